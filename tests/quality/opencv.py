"""Counterparts of the methods in OpenCV, with its default parameters, on one thread.

    opencv.py METHOD INPUTS OUTPUT [HINT]

Reads the pictures of the folder INPUTS in order of their names, writes masks to the folder OUTPUT
and prints the milliseconds of a picture, the mean without reading and writing. A method is a row of
METHODS: a function that starts it and returns what makes a mask of a picture in BGR, or a list of
masks at several settings, which become NAME_1.png, NAME_2.png, ... With a HINT, --trimap=NAME or
--scribbles=NAME as segment has them, it gets the picture of that name as well.
"""
import os
import re
import sys
import time

import cv2
import numpy as np


def threshold(kind):
    def run(picture):
        return cv2.threshold(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 0, 255,
                             cv2.THRESH_BINARY | kind)[1]
    return lambda: run


def adaptive(kind):
    """A window of 35 and a constant of 10, as ours: OpenCV has no defaults."""
    def run(picture):
        return cv2.adaptiveThreshold(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 255, kind,
                                     cv2.THRESH_BINARY, 35, 10)
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
    """A mask for each threshold; each blurs, as whoever wants one mask has to."""
    def run(picture):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        return [cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 2), high // 2, high) for high in HIGHS]
    return run


def grey_otsu_filled(picture):
    """Otsu's mask, its holes filled."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    return cv2.drawContours(mask, outlines, -1, 255, cv2.FILLED)


def distance_watershed():
    """OpenCV's tutorial on touching objects, with half of the largest distance, not .7 of it."""
    def run(picture):
        mask = grey_otsu_filled(picture)
        distance = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        sure = np.uint8(distance > 0.5 * distance.max())
        markers = cv2.connectedComponents(sure)[1] + 1
        markers[(mask > 0) & (sure == 0)] = 0
        labels = cv2.watershed(picture, markers)
        return np.uint16(np.where(labels > 1, labels - 1, 0))
    return run


def skimage_watershed():
    """scikit-image's example on touching objects; peaks closer than 7 px are one."""
    from scipy import ndimage
    from skimage import feature, segmentation

    def run(picture):
        mask = grey_otsu_filled(picture) > 0
        distance = ndimage.distance_transform_edt(mask)
        peaks = feature.peak_local_max(distance, min_distance=7, labels=ndimage.label(mask)[0])
        markers = np.zeros(mask.shape, np.int32)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        return np.uint16(segmentation.watershed(-distance, markers, mask=mask))
    return run


def grabcut(picture, hint, kind):
    """5 iterations; what is known as segment's grabcut takes it."""
    sides = np.full(hint.shape, cv2.GC_PR_FGD, np.uint8)
    if kind == "trimap":
        sides[hint != 128] = cv2.GC_BGD
        sides[hint == 255] = cv2.GC_FGD
    else:
        sides[:] = cv2.GC_PR_BGD
        sides[hint > 0] = cv2.GC_BGD
        sides[hint >= 128] = cv2.GC_FGD
    cv2.grabCut(picture, sides, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)
    return np.uint8(255) * np.isin(sides, (cv2.GC_FGD, cv2.GC_PR_FGD))


SCALES = 12000, 6000, 3000, 2000, 1400, 1000, 700, 500, 350, 200


def graph(picture):
    """Felzenszwalb's graph at each scale, blurred and pruned as ours is."""
    make = cv2.ximgproc.segmentation.createGraphSegmentation
    return [np.uint16(make(0.8, scale, 300).processImage(picture) + 1) for scale in SCALES]


def slic(picture):
    """Cells of 18 pixels are about 400 on 481 x 321 once small ones are merged."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    found = cv2.ximgproc.createSuperpixelSLIC(lab, cv2.ximgproc.SLIC, 18, 10.0)
    found.iterate(10)
    found.enforceLabelConnectivity(25)
    return np.uint16(found.getLabels() + 1)


def seeds(picture):
    """500 at three levels: its grid makes 384 of them on 481 x 321."""
    height, width = picture.shape[:2]
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    found = cv2.ximgproc.createSuperpixelSEEDS(width, height, 3, 500, 3, 2, 5)
    found.iterate(lab, 10)
    return np.uint16(found.getLabels() + 1)


METHODS = {
    "grabcut": lambda: grabcut,
    "graph": lambda: graph,
    "SLIC": lambda: slic,
    "SEEDS": lambda: seeds,
    "otsu+watershed": distance_watershed,
    "scikit-image otsu+watershed": skimage_watershed,
    "otsu": threshold(cv2.THRESH_OTSU),
    "triangle": threshold(cv2.THRESH_TRIANGLE),
    "adaptive-mean": adaptive(cv2.ADAPTIVE_THRESH_MEAN_C),
    "adaptive-gaussian": adaptive(cv2.ADAPTIVE_THRESH_GAUSSIAN_C),
    "blur+Canny": edges,
    "absdiff-25": frame_difference,
    "MOG2": background(cv2.createBackgroundSubtractorMOG2),
    "KNN": background(cv2.createBackgroundSubtractorKNN),
    "GSOC": background(lambda: cv2.bgsegm.createBackgroundSubtractorGSOC()),
}


def dis(preset):
    return lambda: lambda a, b, d=cv2.DISOpticalFlow_create(preset): d.calc(a, b, None)


def farneback():
    return lambda a, b: cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 3, 15, 3, 5, 1.2, 0)


def contributed(create):
    return lambda: lambda a, b, d=create(): d.calc(a, b, None)


# Of two grey pictures; the contributed ones are not in every build of OpenCV.
FLOWS = {
    "DIS ultrafast": dis(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST),
    "DIS fast": dis(cv2.DISOPTICAL_FLOW_PRESET_FAST),
    "DIS medium": dis(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM),
    "Farneback": farneback,
    "TV-L1": contributed(lambda: cv2.optflow.createOptFlow_DualTVL1()),
    "DeepFlow": contributed(lambda: cv2.optflow.createOptFlow_DeepFlow()),
}


def write_flow(path, flow):
    with open(path, "wb") as file:
        file.write(b"PIEH")
        np.array(flow.shape[1::-1], "<i4").tofile(file)
        flow.astype("<f4").tofile(file)


def run_flow(method, inputs, output):
    """The first two pictures of the folder; the mean of three runs after one that warms up."""
    names = sorted(os.listdir(inputs))[:2]
    first, second = (cv2.imread(os.path.join(inputs, n), cv2.IMREAD_GRAYSCALE) for n in names)
    run = FLOWS[method]()
    write_flow(os.path.join(output, "flow10.flo"), run(first, second))
    begin = time.perf_counter()
    for _ in range(3):
        run(first, second)
    print(1000 * (time.perf_counter() - begin) / 3)


def main():
    method, inputs, output = sys.argv[1:4]
    hint = re.fullmatch("--(.*)=(.*)", sys.argv[4]) if len(sys.argv) > 4 else None
    cv2.setNumThreads(1)
    if method in FLOWS:
        return run_flow(method, inputs, output)
    run, seconds, made = METHODS[method](), 0.0, 0
    for name in sorted(os.listdir(inputs)):
        picture = cv2.imread(os.path.join(inputs, name), cv2.IMREAD_COLOR)
        stem = os.path.splitext(name)[0]
        more = []
        if hint:
            path = hint[2].replace("{stem}", stem)
            more = [cv2.imread(path, cv2.IMREAD_GRAYSCALE), hint[1]]
        begin = time.perf_counter()
        masks = run(picture, *more)
        seconds += time.perf_counter() - begin
        stem = os.path.join(output, stem)
        if isinstance(masks, list):
            for level, mask in enumerate(masks, 1):
                cv2.imwrite("%s_%d.png" % (stem, level), mask)
        else:
            masks = [masks]
            cv2.imwrite(stem + ".png", masks[0])
        made += len(masks)
    print(1000 * seconds / made)


if __name__ == "__main__":
    main()
