"""Counterparts of the methods in OpenCV, with its default parameters, on one thread.

    opencv.py FAMILY INPUTS OUTPUT

Reads the pictures of the folder INPUTS in order of their names, writes masks to OUTPUT/METHOD and
prints a line `METHOD MILLISECONDS` for each method: the mean time of a picture, without reading and
writing.
"""
import os
import sys
import time

import cv2


def threshold(kind):
    def run(picture):
        return cv2.threshold(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 0, 255,
                             cv2.THRESH_BINARY | kind)[1]
    return lambda: run


def background(create):
    def start():
        model = create()
        # 127 marks shadows, which are background
        return lambda frame: cv2.threshold(model.apply(frame), 200, 255, cv2.THRESH_BINARY)[1]
    return start


def frame_difference():
    before = []

    def run(frame):
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        mask = cv2.threshold(cv2.absdiff(grey, before[0] if before else grey), 25, 255,
                             cv2.THRESH_BINARY)[1]
        before[:] = [grey]
        return mask
    return run


HIGHS = 20, 30, 40, 50, 65, 80, 100, 125, 150, 200


def edges():
    """A mask for each threshold."""
    def run(picture):
        grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (0, 0), 2)
        return [cv2.Canny(grey, high // 2, high) for high in HIGHS]
    return run


LEVELS = {"otsu": threshold(cv2.THRESH_OTSU), "triangle": threshold(cv2.THRESH_TRIANGLE)}
METHODS = {
    "documents": LEVELS,
    "nuclei": LEVELS,
    "boundaries": {"blur+Canny": edges},
    "change": {
        "absdiff-25": frame_difference,
        "MOG2": background(cv2.createBackgroundSubtractorMOG2),
        "KNN": background(cv2.createBackgroundSubtractorKNN),
    },
}


def main():
    family, inputs, output = sys.argv[1:]
    cv2.setNumThreads(1)
    names = sorted(os.listdir(inputs))
    for method, start in METHODS[family].items():
        folder = os.path.join(output, method)
        os.makedirs(folder, exist_ok=True)
        run, seconds = start(), 0.0
        for name in names:
            picture = cv2.imread(os.path.join(inputs, name), cv2.IMREAD_COLOR)
            begin = time.perf_counter()
            masks = run(picture)
            seconds += time.perf_counter() - begin
            stem = os.path.join(folder, os.path.splitext(name)[0])
            levels = masks if isinstance(masks, list) else [masks]
            for level, mask in enumerate(levels, 1):
                cv2.imwrite("%s_%d.png" % (stem, level) if len(levels) > 1 else stem + ".png", mask)
        print(method, "%.2f" % (1000 * seconds / len(names) / len(levels)), flush=True)


if __name__ == "__main__":
    main()
