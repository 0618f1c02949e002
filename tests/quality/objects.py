"""Measures of objects beside those of scikit-image.

    objects.py SEGMENT PICTURE...

Brings each picture to PNG, lets the program find and measure its objects (Otsu's level, at least 5
pixels), measures the same labels by skimage.measure.regionprops, and prints the largest difference
of each measure. The exit code is 1 where one is larger than the rounding of the program's output.
Where both variances are equal scikit-image 0.19 gives the orientation mirrored: left out.
"""
import json
import os
import subprocess
import sys
import tempfile

import cv2
import numpy as np
from skimage import measure

ROUNDED = 0.00051


def pairs(ours, theirs, labels, picture):
    area, moments = theirs.area, theirs.moments_central
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[labels == theirs.label]
    green = picture[:, :, 1][labels == theirs.label]
    yield "area", ours["area"], area
    yield "centroid x", ours["centroid"][0], theirs.centroid[1]
    yield "centroid y", ours["centroid"][1], theirs.centroid[0]
    yield "variance_x", ours["variance_x"], moments[0, 2] / area
    yield "covariance", ours["covariance"], moments[1, 1] / area
    yield "variance_y", ours["variance_y"], moments[2, 0] / area
    yield "major", ours["major"], theirs.axis_major_length
    yield "minor", ours["minor"], theirs.axis_minor_length
    yield "eccentricity", ours["eccentricity"], theirs.eccentricity
    yield "perimeter", ours["perimeter"], theirs.perimeter_crofton
    yield "convex_area", ours["convex_area"], theirs.area_convex
    yield "solidity", ours["solidity"], theirs.solidity
    yield "euler", ours["euler"], theirs.euler_number
    yield "mean of grey", ours["intensity"]["grey"]["mean"], grey.mean()
    yield "min of red", ours["intensity"]["red"]["min"], theirs.intensity_min[0]
    yield "max of blue", ours["intensity"]["blue"]["max"], theirs.intensity_max[2]
    yield "mean of green", ours["intensity"]["green"]["mean"], theirs.intensity_mean[1]
    yield "std of green", ours["intensity"]["green"]["std"], green.std()
    if abs(moments[0, 2] - moments[2, 0]) > 1e-6 * area and ours["major"] - ours["minor"] > 0.01:
        turned = (ours["orientation"] - np.degrees(theirs.orientation) - 90) % 180
        yield "orientation", min(turned, 180 - turned), 0


def main():
    segment, pictures = sys.argv[1], sys.argv[2:]
    worst, objects = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for name in pictures:
            png, npy = os.path.join(folder, "a.png"), os.path.join(folder, "a.npy")
            cv2.imwrite(png, cv2.imread(name, cv2.IMREAD_COLOR))
            lines = subprocess.run(
                [segment, "--method", "otsu", "--post", "min-area(5)", "--render", "labels", png,
                 npy, "--objects", "-", "-y", "-q"], check=True, capture_output=True, text=True)
            picture = cv2.cvtColor(cv2.imread(png), cv2.COLOR_BGR2RGB)
            labels = np.load(npy).astype(int)
            ours = {o["id"]: o for o in map(json.loads, lines.stdout.splitlines())}
            theirs = measure.regionprops(labels, intensity_image=picture)
            assert len(ours) == len(theirs)
            objects += len(theirs)
            for region in theirs:
                for what, a, b in pairs(ours[region.label], region, labels, picture):
                    worst[what] = max(worst.get(what, 0), abs(a - b))
    print(f"{objects} objects of {len(pictures)} pictures; largest differences:")
    for what, difference in worst.items():
        print(f"{what:14} {difference:.6f}{'' if difference <= ROUNDED else '  TOO LARGE'}")
    return any(difference > ROUNDED for difference in worst.values())


if __name__ == "__main__":
    sys.exit(main())
