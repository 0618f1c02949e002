"""Regions and surfaces against scikit-image's and scikit-learn's, covering against NumPy."""
import numpy as np

import kit

try:
    from skimage import metrics
except ImportError:
    kit.skip("no scikit-image (Debian: python3-skimage)")

random = np.random.default_rng(11)


def regions():
    truth = kit.voronoi(random, 70, 90, 12)
    found = kit.voronoi(random, 70, 90, 20)
    kit.save("found", found)
    kit.save("truth", truth)
    ours = kit.evaluate("regions", "found.pgm", "truth.pgm")
    split, merge = metrics.variation_of_information(truth, found)
    for name, theirs in (("vi", split + merge), ("vi_split", split), ("vi_merge", merge)):
        kit.compare("regions " + name, ours[name], theirs, 1e-12)
    n = metrics.contingency_table(truth, found, ignore_labels=()).toarray()
    a, b = n.sum(0), n.sum(1)
    # scikit-image leaves out pairs of a pixel with itself, which Arganda-Carreras et al. count
    kit.compare("regions are (about)", ours["are"],
                metrics.adapted_rand_error(truth, found, ignore_labels=())[0], 2e-3)
    precision, recall = (n ** 2).sum() / (a @ a), (n ** 2).sum() / (b @ b)
    for name, theirs in (("are", 1 - 2 * precision * recall / (precision + recall)),
                         ("are_precision", precision), ("are_recall", recall)):
        kit.compare("regions %s (NumPy)" % name, ours[name], theirs, 1e-12)
    with np.errstate(invalid="ignore"):
        overlap = np.nan_to_num(n / (a[None, :] + b[:, None] - n))
    kit.compare("regions covering (NumPy)", ours["covering"], b @ overlap.max(1) / b.sum(), 1e-12)
    try:
        from sklearn.metrics import rand_score
    except ImportError:
        return
    kit.compare("regions pri (scikit-learn)", ours["pri"],
                rand_score(truth.ravel(), found.ravel()), 1e-12)


def border(mask):
    inside = np.pad(mask, 1)
    return mask & ~(inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:])


def surfaces():
    truth = kit.blobs(random, 80, 100, 9) > 0
    found = np.roll(truth, (2, -3), (0, 1)) ^ (random.random(truth.shape) < 0.004)
    kit.save("found", found)
    kit.save("truth", truth)
    ours = kit.evaluate("surfaces", "found.pgm", "truth.pgm")
    s, t = border(found), border(truth)
    kit.compare("surfaces hausdorff", ours["hausdorff"], metrics.hausdorff_distance(s, t), 1e-12)
    points = [np.argwhere(s).astype(float), np.argwhere(t).astype(float)]
    all_pairs = np.sqrt(((points[0][:, None] - points[1][None]) ** 2).sum(2))
    ds, dt = all_pairs.min(1), all_pairs.min(0)
    both = np.concatenate([ds, dt])
    p, r = (ds <= 2).mean(), (dt <= 2).mean()
    for name, theirs in (
            ("hd95", max(np.percentile(ds, 95), np.percentile(dt, 95))),
            ("hd95_pooled", np.percentile(both, 95)), ("assd", both.mean()),
            ("masd", (ds.mean() + dt.mean()) / 2), ("boundary_precision", p),
            ("boundary_recall", r), ("boundary_f", 2 * p * r / (p + r)), ("nsd", (both <= 2).mean())):
        kit.compare("surfaces %s (NumPy)" % name, ours[name], theirs, 1e-12)


regions()
surfaces()
kit.finish()
