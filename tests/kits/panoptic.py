"""Panoptic quality against A. Kirillov et al. (CVPR 2019, section 4) in NumPy, and against the
authors' own code, panopticapi, where SEGMENT_KITS has it."""
import importlib
import os
import sys

import numpy as np

import kit

try:
    from PIL import Image
except ImportError:
    kit.skip("no Pillow (Debian: python3-pil)")

random = np.random.default_rng(29)
CATEGORIES = {k: {"id": k, "name": "c%d" % k, "isthing": int(k < 4)} for k in range(1, 7)}
PICTURES, CROWD = 6, 4


def picture(number):
    """Truth with void pixels and a crowd; a prediction that moves, splits and renames."""
    truth = kit.voronoi(random, 60, 80, 14).astype(int) + 100 * number
    classes = {k: int(random.integers(1, 7)) for k in np.unique(truth)}
    found = np.roll(truth, (2, 3), (0, 1)) + 5000
    found_classes = {k + 5000: c if random.random() < 0.8 else int(random.integers(1, 7))
                     for k, c in classes.items()}
    hit = random.choice(list(classes), 3, replace=False)
    truth[truth == hit[0]] = 0
    classes.pop(hit[0])
    part = (found == hit[1] + 5000) & (np.arange(80)[None] % 7 < 3)
    found[part] += 3000
    found_classes[hit[1] + 8000] = found_classes[hit[1] + 5000]
    found[random.random(found.shape) < 0.02] = 0
    return truth, classes, found, found_classes, hit[2]


def segments(labels, classes, crowd=None):
    return [{"id": int(k), "category_id": classes[k], "iscrowd": int(k == crowd),
             "area": int((labels == k).sum())} for k in np.unique(labels) if k]


def write(name, labels):
    rgb = np.stack([labels % 256, labels // 256 % 256, labels // 65536], 2).astype(np.uint8)
    Image.fromarray(rgb).save(kit.path(name))


pictures = [picture(n) for n in range(PICTURES)]
annotations = {"truth": [], "found": []}
for n, (truth, classes, found, found_classes, crowd) in enumerate(pictures):
    for kind, labels, of, crowded in (("truth", truth, classes, crowd),
                                      ("found", found, found_classes, None)):
        write("%s/%d.png" % (kind, n), labels)
        annotations[kind].append({"image_id": n, "file_name": "%d.png" % n,
                                  "segments_info": segments(labels, of, crowded)})
images = [{"id": n, "width": 80, "height": 60, "file_name": "%d.jpg" % n} for n in range(PICTURES)]
for kind, listed in annotations.items():
    kit.write(kind + ".json", {"images": images, "annotations": listed,
                               "categories": list(CATEGORIES.values())})
ours = kit.evaluate("panoptic", "found.json", "truth.json")


def counts():
    """tp, fp, fn and the sum of IoU of each class."""
    sums = {k: np.zeros(4) for k in CATEGORIES}
    for truth, classes, found, found_classes, crowd in pictures:
        void, matched = truth == 0, set()
        for g, c in classes.items():
            if g == crowd:
                continue
            best = 0
            for s, d in found_classes.items():
                both = ((truth == g) & (found == s)).sum()
                if c == d and both:
                    iou = both / ((truth == g).sum() + ((found == s) & ~void).sum() - both)
                    if iou > 0.5:
                        best = iou
                        matched.add(s)
            sums[c] += (best > 0, 0, best == 0, best)
        for s, d in found_classes.items():
            own = found == s
            out = void | (truth == crowd) if classes[crowd] == d else void
            if s not in matched and own.any() and (own & out).sum() / own.sum() <= 0.5:
                sums[d][1] += 1
    return sums


def check(name, sums):
    for suffix, wanted in (("", (0, 1)), ("_things", (1,)), ("_stuff", (0,))):
        rows = [v for k, v in sums.items() if CATEGORIES[k]["isthing"] in wanted and v[:3].any()]
        rq = [tp / (tp + fp / 2 + fn / 2) for tp, fp, fn, _ in rows]
        sq = [iou / tp if tp else 0 for tp, _, _, iou in rows]
        for what, theirs in (("pq", np.multiply(sq, rq)), ("sq", sq), ("rq", rq)):
            kit.compare("panoptic %s%s (%s)" % (what, suffix, name), ours[what + suffix],
                        np.mean(theirs), 1e-12)
    for what, theirs in zip(("tp", "fp", "fn"), sum(sums.values())):
        kit.compare("panoptic %s (%s)" % (what, name), ours[what], theirs, 0)


check("NumPy", counts())
source = kit.clone("panopticapi", "panopticapi/evaluation.py")
if source:
    sys.path.insert(0, os.path.dirname(os.path.dirname(source)))
    evaluation = importlib.import_module("panopticapi.evaluation")
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")  # it tells of its progress
    stats = evaluation.pq_compute_single_core(
        0, list(zip(annotations["truth"], annotations["found"])), kit.path("truth"),
        kit.path("found"), CATEGORIES)
    sys.stdout = stdout
    check("panopticapi", {k: np.array([stats[k].tp, stats[k].fp, stats[k].fn, stats[k].iou])
                          for k in CATEGORIES})
else:
    print("panoptic: no panopticapi in SEGMENT_KITS, NumPy alone", file=sys.stderr)
kit.finish()
