"""What the comparisons share: random data, files of them, segment-eval's numbers, the table."""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

folder = tempfile.TemporaryDirectory()
beyond = []


def skip(why):
    print("%s: skipped, %s" % (os.path.basename(sys.argv[0]), why), file=sys.stderr)
    sys.exit(77)


def clone(name, path):
    """A file of the reference kit's repository below SEGMENT_KITS, None without it."""
    place = os.path.join(os.environ.get("SEGMENT_KITS", ""), name, path)
    return place if os.path.exists(place) else None


def data(path):
    """A folder of the real data; the part is skipped without it."""
    place = os.path.join(os.environ.get("SEGMENT_DATA", ""), path)
    if not os.path.exists(place):
        skip("no data at " + place)
    return place


def path(name):
    place = os.path.join(folder.name, name)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    return place


def save(name, array):
    """Floats as NPY; masks and labels of 8 and 16 bits as PGM, which needs no module."""
    array = np.asarray(array)
    if array.dtype.kind == "f":
        np.save(path(name + ".npy"), array)
        return
    array = array.astype(np.uint8) * 255 if array.dtype == bool else array
    wide = array.dtype != np.uint8
    with open(path(name + ".pgm"), "wb") as file:
        file.write(b"P5 %d %d %d\n" % (array.shape[1], array.shape[0], 65535 if wide else 255))
        file.write(array.astype(">u2" if wide else np.uint8).tobytes())


def save_picture(name, array):
    """Colours or grey of 8 bits as PPM or PGM."""
    with open(path(name + ".pnm"), "wb") as file:
        height, width, channels = array.shape
        file.write(b"P%d %d %d 255\n" % (6 if channels == 3 else 5, width, height))
        file.write(array.tobytes())


def load_picture(name):
    """A PAM of 8 bits."""
    with open(path(name), "rb") as file:
        head, samples = file.read().split(b"ENDHDR\n", 1)
    sizes = dict(line.split(b" ", 1) for line in head.splitlines() if b" " in line)
    shape = [int(sizes[key]) for key in (b"HEIGHT", b"WIDTH", b"DEPTH")]
    return np.frombuffer(samples, np.uint8).reshape(shape)


def program(name):
    """Another program, which lies beside segment-eval."""
    return os.path.join(os.path.dirname(os.environ["EVALUATE"]), name)


def write(name, text):
    with open(path(name), "w") as file:
        file.write(text if isinstance(text, str) else json.dumps(text))
    return path(name)


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode:
        sys.exit("%s: %s" % (" ".join(arguments), done.stderr.strip()))
    return done.stdout


def evaluate(metric, prediction, truth, *options):
    """segment-eval's document; files and folders below this part's own, or absolute."""
    return json.loads(run(os.environ["EVALUATE"], metric, os.path.join(folder.name, prediction),
                          os.path.join(folder.name, truth), "--json", *options))


def compare(measure, ours, theirs, bar):
    """A row of the table."""
    ours = np.nan if ours is None else float(ours)
    theirs = float(theirs)
    difference = 0.0 if ours == theirs or (ours != ours and theirs != theirs) else abs(ours - theirs)
    bad = not difference <= bar
    print("| %s | %.15g | %.15g | %.1e | %.1e |%s" % (measure, ours, theirs, difference, bar,
                                                  " BEYOND" if bad else ""), flush=True)
    if bad:
        beyond.append(measure)


def blobs(random, height, width, count):
    """Labels 1 .. count of disks and boxes that lie over each other on 0."""
    y, x = np.mgrid[:height, :width]
    labels = np.zeros((height, width), np.uint16)
    for label in range(1, count + 1):
        cy, cx, r = random.uniform(0, height), random.uniform(0, width), random.uniform(3, 14)
        near = (y - cy) ** 2 + (x - cx) ** 2 <= r * r if label % 2 else \
            (abs(y - cy) <= r) & (abs(x - cx) <= 0.7 * r)
        labels[near] = label
    return labels


def voronoi(random, height, width, count):
    """Labels 1 .. count of the cells nearest to random points: a partition."""
    y, x = np.mgrid[:height, :width]
    points = random.uniform(0, 1, (count, 2)) * (height, width)
    distance = (y[..., None] - points[:, 0]) ** 2 + (x[..., None] - points[:, 1]) ** 2
    return (1 + np.argmin(distance, axis=2)).astype(np.uint16)


def finish():
    sys.exit(1 if beyond else 0)
