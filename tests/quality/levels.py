"""Levels of the global threshold methods beside scikit-image's, on grey copies of pictures.

    levels.py SEGMENT PICTURES...

Prints a line for every level that is not scikit-image's and, at the end, how many were compared.
Exits with 1 if any differ, with 77 without scikit-image. Levels are equal if the same whole values
are above both. Li's may be another one if its cross entropy is not larger: ours has the least of all levels,
scikit-image's is where an iteration stops.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    from skimage import color, filters, io
except ImportError:
    print("skipped: no scikit-image")
    sys.exit(77)


def level(segment, method, path, *options):
    report = subprocess.run([segment, "--method", method, *options, "--report", "-", path],
                            check=True, capture_output=True, text=True).stdout
    return json.loads(report.splitlines()[0])["decisions"]


def cross_entropy(pixels, level):
    """Of Li and Lee 1993, less a constant, of values above the smallest one."""
    values = pixels.astype(float) - pixels.min()
    above = pixels > level
    return -sum(part.sum() * math.log(part.mean()) for part in (values[above], values[~above])
                if part.size and part.mean() > 0)


METHODS = {"otsu": filters.threshold_otsu, "triangle": filters.threshold_triangle,
           "yen": filters.threshold_yen, "mean": filters.threshold_mean,
           "li": filters.threshold_li, "isodata": filters.threshold_isodata}


def main():
    segment, pictures = sys.argv[1], sys.argv[2:]
    compared = different = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "grey.png")
        for picture in pictures:
            pixels = io.imread(picture)
            if pixels.ndim == 3:
                pixels = numpy.rint(color.rgb2gray(pixels[..., :3]) * 255).astype(numpy.uint8)
            io.imsave(path, pixels, check_contrast=False)
            pairs = [(name, (level(segment, name, path)["level"],), (find(pixels),))
                     for name, find in METHODS.items()]
            for classes in 3, 4:
                found = level(segment, "otsu", path, "--classes", str(classes))
                ours = [found["level_%d" % k] for k in range(1, classes)]
                pairs.append(("otsu %d" % classes, ours,
                              filters.threshold_multiotsu(pixels, classes)))
            for name, ours, theirs in pairs:
                compared += 1
                same = all(math.floor(a) == math.floor(b) for a, b in zip(ours, theirs))
                if name == "li" and not same:
                    same = cross_entropy(pixels, ours[0]) <= cross_entropy(pixels, theirs[0])
                if not same:
                    different += 1
                    print(os.path.basename(picture), name, list(ours), [float(t) for t in theirs])
    print("%d levels compared, %d differ" % (compared, different))
    return 1 if different else 0


sys.exit(main())
