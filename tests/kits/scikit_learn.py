"""Pixel measures and curves against scikit-learn's, on random masks, classes and scores."""
import numpy as np

import kit

try:
    from sklearn import metrics
    from sklearn.calibration import calibration_curve
except ImportError:
    kit.skip("no scikit-learn (Debian: python3-sklearn)")

BAR = 1e-12
random = np.random.default_rng(7)


def masks():
    truth = random.random((60, 80)) < 0.3
    found = truth ^ (random.random((60, 80)) < 0.2)
    kit.save("found", found)
    kit.save("truth", truth)
    ours = kit.evaluate("masks", "found.pgm", "truth.pgm", "--beta", "2")
    t, p = truth.ravel(), found.ravel()
    for name, theirs in (
            ("recall", metrics.recall_score(t, p)), ("precision", metrics.precision_score(t, p)),
            ("specificity", metrics.recall_score(~t, ~p)), ("f1", metrics.f1_score(t, p)),
            ("f_beta", metrics.fbeta_score(t, p, beta=2)), ("iou", metrics.jaccard_score(t, p)),
            ("accuracy", metrics.accuracy_score(t, p)),
            ("balanced_accuracy", metrics.balanced_accuracy_score(t, p)),
            ("mcc", metrics.matthews_corrcoef(t, p)), ("kappa", metrics.cohen_kappa_score(t, p))):
        kit.compare("masks " + name, ours[name], theirs, BAR)


def classes():
    truth = random.integers(0, 7, (60, 80)).astype(np.uint8)
    found = np.where(random.random((60, 80)) < 0.6, truth, random.integers(0, 7, (60, 80)))
    kit.save("found", found.astype(np.uint8))
    kit.save("truth", truth)
    ours = kit.evaluate("classes", "found.pgm", "truth.pgm")
    t, p = truth.ravel(), found.ravel()
    counts = np.bincount(t, minlength=7) / t.size
    each = metrics.jaccard_score(t, p, average=None)
    for name, theirs in (
            ("miou", each.mean()), ("fwiou", counts @ each),
            ("pixel_accuracy", metrics.accuracy_score(t, p)),
            ("mean_accuracy", metrics.balanced_accuracy_score(t, p)),
            ("macro_f1", metrics.f1_score(t, p, average="macro")),
            ("micro_f1", metrics.f1_score(t, p, average="micro")),
            ("macro_precision", metrics.precision_score(t, p, average="macro")),
            ("macro_recall", metrics.recall_score(t, p, average="macro")),
            ("mcc", metrics.matthews_corrcoef(t, p)), ("kappa", metrics.cohen_kappa_score(t, p))):
        kit.compare("classes " + name, ours[name], theirs, BAR)


def scores(kind, values, truth, full, *options):
    kit.save(kind + "/a", values)
    kit.save("sharp/a", truth)
    ours = kit.evaluate("scores", kind, "sharp", *options)
    t, s = truth.ravel(), values.ravel().astype(float) / full
    fpr, tpr, _ = metrics.roc_curve(t, s)
    precision, recall, _ = metrics.precision_recall_curve(t, s)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    rate, mean = calibration_curve(t, s, n_bins=10)
    # bins (low, high], as calibration_curve has them
    pixels = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], s), minlength=10)
    gap = abs(rate - mean)
    for name, theirs in (
            ("auc", metrics.roc_auc_score(t, s)), ("ap", metrics.average_precision_score(t, s)),
            ("best_f1", f1.max()), ("youden", (tpr - fpr).max()),
            ("brier", metrics.brier_score_loss(t, s)),
            ("log_loss", metrics.log_loss(t, s, eps=2.220446049250313e-16)),
            ("ece", (gap * pixels[pixels > 0]).sum() / s.size), ("mce", gap.max())):
        kit.compare("scores of %s %s" % (kind, name), ours[name], theirs, BAR)
    rows = np.array([row[1:] for row in ours["tables"]["roc"]["rows"]])
    turns = corners(t, s)
    kit.compare("scores of %s roc: points" % kind, len(rows), len(turns), 0)
    if len(rows) == len(turns):
        kit.compare("scores of %s roc: largest difference" % kind, abs(rows - turns).max(), 0, BAR)


def corners(t, s):
    """The points at which the curve turns, those in the midst of level and upright lines left out."""
    fpr, tpr, _ = metrics.roc_curve(t, s, drop_intermediate=False)
    x, y = np.rint(fpr * (~t).sum()).astype(int), np.rint(tpr * t.sum()).astype(int)
    keep = [0]
    for i in range(1, len(x) - 1):
        k = keep[-1]
        if not (x[k] == x[i] == x[i + 1] or y[k] == y[i] == y[i + 1]):
            keep.append(i)
    keep.append(len(x) - 1)
    return np.stack([fpr[keep], tpr[keep]], 1)


masks()
classes()
truth = random.random((60, 80)) < 0.4
soft = np.clip(random.normal(0.4 + 0.2 * truth, 0.25), 0, 1)
scores("u8", np.rint(soft * 255).astype(np.uint8), truth, 255)
scores("u16", np.rint(soft * 65535).astype(np.uint16), truth, 65535)
scores("f32", soft.astype(np.float32), truth, 1,"--exact")
kit.finish()
