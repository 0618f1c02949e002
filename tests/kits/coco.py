"""AP and AR of instances against COCO's rules (https://cocodataset.org/#detection-eval; T.-Y. Lin et
al., ECCV 2014) in NumPy, and against COCOeval itself: of pycocotools where it is installed, else of
cocoapi in SEGMENT_KITS, its C part (overlaps) replaced with NumPy."""
import contextlib
import importlib
import io
import sys
import types

import numpy as np

import kit

random = np.random.default_rng(31)
WIDTH, HEIGHT, IMAGES, CLASSES = 320, 240, 10, 3
IOU = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
AREAS = {"": (0, 1e10), "s": (0, 32 ** 2), "m": (32 ** 2, 96 ** 2), "l": (96 ** 2, 1e10)}


def box():
    w, h = np.exp(random.uniform(np.log(8), np.log(150), 2))
    return np.round([random.uniform(0, WIDTH - w), random.uniform(0, HEIGHT - h), w, h], 1)


def ellipse(b):
    """The mask of a box."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return ((x + 0.5 - b[0] - b[2] / 2) / b[2]) ** 2 + ((y + 0.5 - b[1] - b[3] / 2) / b[3]) ** 2 < 0.25


def run_lengths(mask):
    flat = np.concatenate([[0], mask.T.ravel().astype(int), [1 - mask.T.ravel()[-1].astype(int)]])
    counts = np.diff(np.concatenate([[0], np.flatnonzero(np.diff(flat)), [mask.size]]))
    counts = counts[:-1] if counts[-1] == 0 else counts
    return {"size": [HEIGHT, WIDTH], "counts": counts.tolist()}


def scene():
    truths, found = [], []
    for image in range(1, IMAGES + 1):
        for _ in range(random.integers(4, 14)):
            b, category = box(), int(random.integers(1, CLASSES + 1))
            truths.append({"id": len(truths) + 1, "image_id": image, "category_id": category,
                           "bbox": b.tolist(), "mask": ellipse(b), "area": float(b[2] * b[3]),
                           "iscrowd": int(random.random() < 0.08)})
            for _ in range(random.integers(0, 3)):
                near = np.round(np.maximum(b + random.normal(0, 0.06, 4) * b[[2, 3, 2, 3]], 1), 1)
                found.append({"image_id": image, "category_id": category, "bbox": near.tolist()})
        for _ in range(random.integers(0, 3)):
            found.append({"image_id": image, "category_id": int(random.integers(1, CLASSES + 1)),
                          "bbox": box().tolist()})
    scores = np.round(random.permutation(len(found)) / len(found), 6)
    for k, detection in enumerate(found):
        detection.update(id=k + 1, score=float(scores[k]), mask=ellipse(detection["bbox"]))
    return truths, found


truths, found = scene()


def overlap(d, g, kind):
    """IoU; with a crowd the share of the detection that lies in it."""
    if kind == "segm":
        both, a, b = (d["mask"] & g["mask"]).sum(), d["mask"].sum(), g["mask"].sum()
    else:
        p, q = np.array(d["bbox"]), np.array(g["bbox"])
        side = np.minimum(p[:2] + p[2:], q[:2] + q[2:]) - np.maximum(p[:2], q[:2])
        both, a, b = np.prod(np.maximum(side, 0)), p[2] * p[3], q[2] * q[3]
    union = a if g["iscrowd"] else a + b - both
    return both / union if union else 0.0


def area(d, kind):
    return d["mask"].sum() if kind == "segm" else d["bbox"][2] * d["bbox"][3]


def match(dets, gts, iou, threshold, bounds, kind):
    """For each detection, best first: hit, and whether it counts."""
    aside = [g["iscrowd"] or not bounds[0] <= g["area"] <= bounds[1] for g in gts]
    taken, rows = set(), []
    for i, d in enumerate(dets):
        best = None
        for among in (False, True):  # truths that count come first
            able = [k for k in range(len(gts)) if bool(aside[k]) == among and
                    (k not in taken or gts[k]["iscrowd"]) and iou[i][k] >= min(threshold, 1 - 1e-10)]
            if able:
                best = max(able, key=lambda k: (iou[i][k], k))  # the last of equal ones
                break
        if best is None:
            rows.append((False, bounds[0] <= area(d, kind) <= bounds[1]))
        else:
            taken.add(best)
            rows.append((True, not aside[best]))
    return rows, sum(not a for a in aside)


def definition(kind):
    cells = {}
    for c in range(1, CLASSES + 1):
        for image in range(1, IMAGES + 1):
            gts = [g for g in truths if (g["image_id"], g["category_id"]) == (image, c)]
            dets = sorted((d for d in found if (d["image_id"], d["category_id"]) == (image, c)),
                          key=lambda d: -d["score"])[:100]
            cells[c, image] = dets, gts, [[overlap(d, g, kind) for g in gts] for d in dets]

    def curve(c, threshold, bounds, most):
        rows, positives = [], 0
        for image in range(1, IMAGES + 1):
            dets, gts, iou = cells[c, image]
            hits, count = match(dets[:most], gts, iou, threshold, bounds, kind)
            positives += count
            rows += [(-d["score"], hit) for d, (hit, counts) in zip(dets, hits) if counts]
        hit = np.array([h for _, h in sorted(rows, key=lambda r: r[0])], bool)
        tp, fp = np.cumsum(hit), np.cumsum(~hit)
        if not positives:
            return None
        recall, precision = tp / positives, tp / np.maximum(tp + fp, 1)
        best = np.maximum.accumulate(precision[::-1])[::-1]  # at this recall or a higher one
        at = np.searchsorted(recall, RECALLS, side="left")
        q = [best[k] if k < len(best) else 0 for k in at]
        return np.mean(q), recall[-1] if len(recall) else 0

    def mean(part, thresholds, bounds, most=100):
        values = [curve(c, t, bounds, most) for c in range(1, CLASSES + 1) for t in thresholds]
        return np.mean([v[part] for v in values if v])

    result = {"ap50": mean(0, IOU[:1], AREAS[""]), "ap75": mean(0, IOU[5:6], AREAS[""])}
    for suffix, bounds in AREAS.items():
        result["ap" + suffix] = mean(0, IOU, bounds)
        result["ar" + (suffix or "100")] = mean(1, IOU, bounds)
    result["ar1"], result["ar10"] = mean(1, IOU, AREAS[""], 1), mean(1, IOU, AREAS[""], 10)
    return result


class Annotations:
    """As much of pycocotools' COCO as COCOeval looks at."""

    def __init__(self, annotations, kind):
        self.annotations = [dict(a, iscrowd=a.get("iscrowd", 0), segmentation=a,
                                 area=a.get("area", area(a, kind))) for a in annotations]

    def getImgIds(self):
        return list(range(1, IMAGES + 1))

    def getCatIds(self):
        return list(range(1, CLASSES + 1))

    def getAnnIds(self, imgIds, catIds=()):
        return range(len(self.annotations))

    def loadAnns(self, ids):
        return self.annotations

    def annToRLE(self, annotation):
        return annotation["segmentation"]


def cocoeval():
    try:
        return importlib.import_module("pycocotools.cocoeval"), "pycocotools"
    except ImportError:
        place = kit.clone("cocoapi", "PythonAPI/pycocotools")
    if not place:
        print("coco: no pycocotools, no cocoapi in SEGMENT_KITS, NumPy alone", file=sys.stderr)
        return None, None
    np.float, np.int = float, int  # which NumPy has dropped since
    package, mask = types.ModuleType("pycocotools"), types.ModuleType("pycocotools.mask")
    package.__path__ = [place]
    package.mask = mask
    sys.modules.update({"pycocotools": package, "pycocotools.mask": mask})
    return importlib.import_module("pycocotools.cocoeval"), "cocoapi"


def authors(module, kind):
    module.maskUtils = types.SimpleNamespace(iou=lambda d, g, crowd: np.array(
        [[overlap(pick(p), dict(pick(q), iscrowd=c), kind) for q, c in zip(g, crowd)] for p in d]))
    pick = (lambda a: a) if kind == "segm" else (lambda b: {"bbox": b})
    with contextlib.redirect_stdout(io.StringIO()):
        run = module.COCOeval(Annotations(truths, kind), Annotations(found, kind), kind)
        run.params.iouThrs, run.params.recThrs = IOU, RECALLS
        run.evaluate()
        run.accumulate()
        run.summarize()
    return dict(zip(("ap", "ap50", "ap75", "aps", "apm", "apl", "ar1", "ar10", "ar100", "ars",
                     "arm", "arl"), run.stats))


def files(kind):
    def written(annotation):
        row = {k: v for k, v in annotation.items() if k != "mask"}
        if kind == "segm":
            row["segmentation"] = run_lengths(annotation["mask"])
            if "score" in row:
                del row["bbox"]  # so that its area is the mask's
        return row
    kit.write("truth.json", {
        "images": [{"id": n, "width": WIDTH, "height": HEIGHT} for n in range(1, IMAGES + 1)],
        "categories": [{"id": n, "name": str(n)} for n in range(1, CLASSES + 1)],
        "annotations": [written(t) for t in truths]})
    kit.write("found.json", [{k: v for k, v in written(d).items() if k != "id"} for d in found])


module, name = cocoeval()
for kind, option in (("bbox", "boxes"), ("segm", "masks")):
    files(kind)
    ours = kit.evaluate("instances", "found.json", "truth.json", "--overlap", option)
    for measure, theirs in definition(kind).items():
        kit.compare("instances %s of %s (NumPy)" % (measure, option), ours[measure], theirs, 1e-12)
    if module:
        for measure, theirs in authors(module, kind).items():
            kit.compare("instances %s of %s (%s)" % (measure, option, name), ours[measure], theirs,
                        1e-12)
kit.finish()
