"""Tracks against HOTA (J. Luiten et al., IJCV 129, 2021, sections 4 and 5), CLEAR MOT (K. Bernardin,
R. Stiefelhagen, 2008) and identity (E. Ristani et al., 2016) in NumPy, and against the authors' own
code, TrackEval, where SEGMENT_KITS has it."""
import importlib
import sys
import types

import numpy as np

import kit

try:
    from scipy.optimize import linear_sum_assignment
except ImportError:
    kit.skip("no SciPy (Debian: python3-scipy)")

random = np.random.default_rng(19)
FRAMES, THINGS = 60, 9


def sequence():
    """Boxes of things that move, and of a tracker that jitters, misses, invents and swaps names."""
    start = random.uniform(0, 300, (THINGS, 2))
    speed = random.normal(0, 3, (THINGS, 2))
    size = random.uniform(20, 60, (THINGS, 2))
    names = np.arange(THINGS)
    truths, tracked = [], []
    for t in range(FRAMES):
        if t % 15 == 14:
            i, k = random.choice(THINGS, 2, replace=False)
            names[[i, k]] = names[[k, i]]
        true_now = {k: (*(start[k] + t * speed[k]), *size[k]) for k in range(THINGS)
                    if random.random() < 0.95}
        now = {int(names[k]): np.add(true_now[k], random.normal(0, 4, 4)) for k in true_now
               if random.random() < 0.85}
        if random.random() < 0.4:
            now[THINGS + int(random.integers(3))] = (*random.uniform(0, 300, 2), 40, 40)
        truths.append({k: np.round(box, 2) for k, box in true_now.items()})
        tracked.append({k: np.round(np.maximum(box, 1), 2) for k, box in now.items()})
    return truths, tracked


def rows(frames):
    return "".join("%d,%d,%.2f,%.2f,%.2f,%.2f,1,1,1\n" % (t + 1, k + 1, *box)
                   for t, frame in enumerate(frames) for k, box in sorted(frame.items()))


def overlaps(a, b):
    a, b = np.array(list(a)).reshape(-1, 1, 4), np.array(list(b)).reshape(1, -1, 4)
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., :2] + a[..., 2:],
                                                              b[..., :2] + b[..., 2:])
    both = np.prod(np.maximum(high - low, 0), 2)
    return both / (np.prod(a[..., 2:], 2) + np.prod(b[..., 2:], 2) - both)


truths, tracked = sequence()
ours = kit.evaluate("tracks", kit.write("found.txt", rows(tracked)),
                    kit.write("truth.txt", rows(truths)))
# names of the tracker in the order of their values, as the authors' code has them
own = sorted({k for frame in tracked for k in frame})
ids = [(np.array(sorted(a), int), np.array([own.index(k) for k in sorted(b)], int))
       for a, b in zip(truths, tracked)]
iou = [overlaps((a[k] for k in sorted(a)), (b[k] for k in sorted(b)))
       for a, b in zip(truths, tracked)]
true_frames = sum(np.bincount(g, minlength=THINGS) for g, _ in ids)
own_frames = sum(np.bincount(p, minlength=len(own)) for _, p in ids)
n_true, n_own = true_frames.sum(), own_frames.sum()


def hota():
    both = np.zeros((THINGS, len(own)))
    for (g, p), s in zip(ids, iou):
        rest = s.sum(0)[None] + s.sum(1)[:, None] - s
        both[np.ix_(g, p)] += np.divide(s, rest, out=np.zeros_like(s), where=rest > 0)
    global_iou = both / (true_frames[:, None] + own_frames[None] - both)
    result = {}
    for alpha in np.arange(0.05, 0.99, 0.05):
        hits, closeness, pairs = 0, 0.0, np.zeros_like(both)
        for (g, p), s in zip(ids, iou):
            r, c = linear_sum_assignment(-global_iou[np.ix_(g, p)] * s)
            good = s[r, c] >= alpha - np.finfo(float).eps
            hits += good.sum()
            closeness += s[r, c][good].sum()
            pairs[g[r[good]], p[c[good]]] += 1
        det = hits / (n_true + n_own - hits)
        tpa, fna, fpa = pairs, true_frames[:, None] - pairs, own_frames[None] - pairs
        share = [(tpa * (tpa / np.maximum(1, of))).sum() / max(1, hits)
                 for of in (tpa + fna + fpa, tpa + fna, tpa + fpa)]
        values = {"deta": det, "assa": share[0], "assre": share[1], "asspr": share[2],
                  "hota": np.sqrt(det * share[0]), "detre": hits / n_true, "detpr": hits / n_own,
                  "loca": closeness / hits if hits else 1,
                  "owta": np.sqrt(hits / n_true * share[0])}
        for name, value in values.items():
            result.setdefault(name, []).append(value)
    return {name: np.mean(values) for name, values in result.items()}


def clear():
    last, before = {}, {}
    tp = switches = 0
    closeness = 0.0
    matched, begun = np.zeros(THINGS), np.zeros(THINGS)
    for (g, p), s in zip(ids, iou):
        keep = np.array([[before.get(i) == k for k in p] for i in g], float).reshape(s.shape)
        score = np.where(s >= 0.5 - np.finfo(float).eps, 1000 * keep + s, 0)
        r, c = linear_sum_assignment(-score)
        good = score[r, c] > 0
        now = dict(zip(g[r[good]], p[c[good]]))
        switches += sum(i in last and last[i] != k for i, k in now.items())
        for i in now:
            matched[i] += 1
            begun[i] += i not in before
        tp += len(now)
        closeness += s[r[good], c[good]].sum()
        last.update(now)
        before = now
    ratio = matched / true_frames
    fp, fn = n_own - tp, n_true - tp
    return {"mota": (tp - fp - switches) / n_true, "motp": closeness / tp,
            "moda": (tp - fp) / n_true, "smota": (closeness - fp - switches) / n_true, "tp": tp,
            "fp": fp, "fn": fn, "idsw": switches, "frag": np.maximum(begun - 1, 0).sum(),
            "mt": (ratio > 0.8).sum(), "ml": (ratio < 0.2).sum()}


def identity():
    together = np.zeros((THINGS, len(own)))
    for (g, p), s in zip(ids, iou):
        together[np.ix_(g, p)] += s >= 0.5
    r, c = linear_sum_assignment(-together)
    idtp = together[r, c].sum()
    return {"idf1": 2 * idtp / (n_true + n_own), "idr": idtp / n_true, "idp": idtp / n_own}


def authors():
    """Their modules one by one: the package as a whole wants more than they need."""
    np.float, np.int = float, int  # which NumPy has dropped since
    for name in ("trackeval", "trackeval.metrics"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [kit.clone("TrackEval", name.replace(".", "/"))]
    data = {"num_timesteps": FRAMES, "num_gt_ids": THINGS, "num_tracker_ids": len(own),
            "num_gt_dets": n_true, "num_tracker_dets": n_own, "gt_ids": [g for g, _ in ids],
            "tracker_ids": [p for _, p in ids], "similarity_scores": iou}
    values = {}
    for module, kind in (("hota", "HOTA"), ("clear", "CLEAR"), ("identity", "Identity")):
        metric = getattr(importlib.import_module("trackeval.metrics." + module), kind)
        metric = metric() if module == "hota" else metric({"PRINT_CONFIG": False})
        values.update({name: np.mean(v) for name, v in metric.eval_sequence(data).items()})
    same = {"hota": "HOTA", "deta": "DetA", "assa": "AssA", "loca": "LocA", "detre": "DetRe",
            "detpr": "DetPr", "assre": "AssRe", "asspr": "AssPr", "owta": "OWTA", "mota": "MOTA",
            "motp": "MOTP", "moda": "MODA", "smota": "sMOTA", "tp": "CLR_TP", "fp": "CLR_FP",
            "fn": "CLR_FN", "idsw": "IDSW", "frag": "Frag", "mt": "MT", "pt": "PT", "ml": "ML",
            "idf1": "IDF1", "idr": "IDR", "idp": "IDP"}
    return {name: values[theirs] for name, theirs in same.items()}


for name, theirs in {**hota(), **clear(), **identity()}.items():
    kit.compare("tracks %s (NumPy)" % name, ours[name], theirs, 1e-12)
if kit.clone("TrackEval", "trackeval/metrics"):
    for name, theirs in authors().items():
        kit.compare("tracks %s (TrackEval)" % name, ours[name], theirs, 1e-12)
else:
    print("tracks: no TrackEval in SEGMENT_KITS, NumPy alone", file=sys.stderr)
kit.finish()
