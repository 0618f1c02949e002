"""KITTI's tracks against the authors' code, TrackEval, from text files to scores: what the benchmark
leaves out of cars and pedestrians, then HOTA, CLEAR MOT and identity."""
import importlib
import os
import sys
import types

import numpy as np

import kit

if not kit.clone("TrackEval", "trackeval/datasets"):
    kit.skip("no TrackEval in SEGMENT_KITS")
random = np.random.default_rng(29)
FRAMES = 40
TRUE = ["Car", "Car", "Car", "Van", "Van", "Pedestrian", "Pedestrian", "Person", "Cyclist"]
SPACE = " 1.5 1.6 4 0 0 0 0"


def row(t, k, kind, left, top, width, height, truncated=-1, occluded=-1, score=""):
    return "%d %d %s %d %d -10 %.2f %.2f %.2f %.2f%s%s\n" % (
        t, k, kind, truncated, occluded, left, top, left + width, top + height, SPACE, score)


def sequence():
    """Things of all kinds, some occluded or truncated; a tracker that jitters, misses, and finds
    small ones, ones in what is not annotated, and the like of each class as its own."""
    start, speed = random.uniform(0, 400, (len(TRUE), 2)), random.normal(0, 2, (len(TRUE), 2))
    size = random.uniform(26, 70, (len(TRUE), 2))
    truth, found = "", ""
    for t in range(FRAMES):
        for k, kind in enumerate(TRUE):
            box = (*(start[k] + t * speed[k]), *size[k])
            truth += row(t, k, kind, *box, int(random.random() < 0.1), int(random.integers(4)))
            if random.random() < 0.8:
                own = {"Van": "Car", "Person": "Pedestrian"}.get(kind, kind)
                found += row(t, k + (t > 20 and k < 3) * 20, own, *(box + random.normal(0, 4, 4)),
                             score=" %.3f" % random.random())
        truth += row(t, -1, "DontCare", 500, 0, 120, 120)
        for i in range(3):
            kind = ("Car", "Pedestrian")[int(random.integers(2))]
            found += row(t, 100 + i, kind, *random.uniform(400, 560, 2), 30,
                         float(random.uniform(15, 40)), score=" 0.5")
    return found, truth


found, truth = sequence()
kit.write("tracker/data/0000.txt", found)
kit.write("gt/label_02/0000.txt", truth)
folder = os.path.dirname(kit.write("gt/evaluate_tracking.seqmap.training",
                                   "0000 empty 000000 %06d\n" % FRAMES))

np.float, np.int, np.bool = float, int, bool  # which NumPy has dropped since
for name in ("trackeval", "trackeval.metrics", "trackeval.datasets"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [kit.clone("TrackEval", name.replace(".", "/"))]
try:
    kind = importlib.import_module("trackeval.datasets.kitti_2d_box").Kitti2DBox
except ImportError as missing:
    kit.skip("TrackEval: %s" % missing)
data = kind({"GT_FOLDER": folder, "TRACKERS_FOLDER": os.path.dirname(folder),
             "TRACKERS_TO_EVAL": ["tracker"], "PRINT_CONFIG": False})
raw = data.get_raw_seq_data("tracker", "0000")
same = {"hota": "HOTA", "deta": "DetA", "assa": "AssA", "loca": "LocA", "mota": "MOTA",
        "motp": "MOTP", "tp": "CLR_TP", "fp": "CLR_FP", "fn": "CLR_FN", "idsw": "IDSW",
        "frag": "Frag", "mt": "MT", "ml": "ML", "idf1": "IDF1", "idr": "IDR", "idp": "IDP"}
for what in ("car", "pedestrian"):
    ours = kit.evaluate("tracks", "tracker/data/0000.txt", "gt/label_02/0000.txt",
                        "--mot", "kitti-" + what)
    theirs = {}
    for module, metric in (("hota", "HOTA"), ("clear", "CLEAR"), ("identity", "Identity")):
        measure = getattr(importlib.import_module("trackeval.metrics." + module), metric)
        measure = measure() if module == "hota" else measure({"PRINT_CONFIG": False})
        values = measure.eval_sequence(data.get_preprocessed_seq_data(raw, what))
        theirs.update({name: np.mean(value) for name, value in values.items()})
    for name, theirs_name in same.items():
        kit.compare("tracks %s of %ss (TrackEval)" % (name, what), ours[name],
                    theirs[theirs_name], 1e-12)
kit.finish()
