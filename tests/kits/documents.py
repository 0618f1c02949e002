"""Documents against DIBCO's definitions in NumPy (on its pages of 2009 and on random ones), and,
where SEGMENT_KITS has it, against Doxa's sample: the weights of the competitions' own program and
the line that Doxa publishes for its Sauvola mask."""
import os
import sys

import numpy as np

import kit

random = np.random.default_rng(37)


def measures(truth, found):
    """Ink is True. Lu, Kot, Shi (2004) for drd; Ntirogiannis et al. (2013) for the rest."""
    tp, fp = (truth & found).sum(), (~truth & found).sum()
    fn, tn = (truth & ~found).sum(), (~truth & ~found).sum()
    recall, precision = tp / (tp + fn), tp / (tp + fp)
    y, x = np.mgrid[-2:3, -2:3]
    weights = 1 / np.sqrt(np.maximum(x * x + y * y, 1))
    weights[2, 2] = 0
    weights /= weights.sum()
    padded = np.pad(truth.astype(float), 2, constant_values=np.nan)
    distortion = 0.0
    for i, k in np.argwhere(truth != found):
        around = padded[i:i + 5, k:k + 5]
        distortion += np.nansum(weights * np.abs(around - found[i, k]))
    rows, columns = truth.shape[0] // 8, truth.shape[1] // 8
    ink = truth[:8 * rows, :8 * columns].reshape(rows, 8, columns, 8).sum((1, 3))
    return {"fm": 200 * recall * precision / (recall + precision), "recall": 100 * recall,
            "precision": 100 * precision,
            "psnr": 10 * np.log10(1 / ((fp + fn) / truth.size)),
            "drd": distortion / ((ink > 0) & (ink < 64)).sum(),
            "nrm": (fn / (fn + tp) + fp / (fp + tn)) / 2,
            "mcc": (float(tp) * tn - float(fp) * fn) / np.sqrt(float(tp + fp) * (tp + fn) *
                                                              (tn + fp) * (tn + fn))}


def check(name, truth, found):
    kit.save("truth", ~truth)
    kit.save("found", ~found)
    ours = kit.evaluate("documents", "found.pgm", "truth.pgm", "--no-pseudo")
    for measure, theirs in measures(truth, found).items():
        kit.compare("documents %s, %s" % (measure, name), ours[measure], theirs, 1e-11)


def netpbm(path):
    """The ink of a PBM file of either kind."""
    with open(path, "rb") as file:
        text = file.read()
    words, at = [], 0
    while len(words) < 3:
        end = at
        while text[end:end + 1].strip():
            end += 1
        if text[at:at + 1] == b"#":
            end = text.index(b"\n", at)
        elif end > at:
            words.append(text[at:end])
        at = end + 1
    width, height = int(words[1]), int(words[2])
    if words[0] == b"P1":
        return np.array([c == ord("1") for c in text[at:] if c in b"01"]).reshape(height, width)
    bits = np.unpackbits(np.frombuffer(text[at:], np.uint8).reshape(height, -1), axis=1)
    return bits[:, :width] > 0


def doxa():
    folder = kit.clone("Doxa", "Doxa.Test/Resources")
    truth = os.path.join(folder, "2JohnC1V3-GroundTruth.pbm")
    found = os.path.join(folder, "2JohnC1V3-Sauvola.pbm")
    ours = kit.evaluate("documents", found, truth)
    # Doxa.Test/ClassifiedPerformanceTests.cpp
    for measure, theirs in (("fm", 93.204), ("recall", 91.3811), ("precision", 95.1025),
                            ("p_fm", 93.393), ("p_recall", 92.7954), ("p_precision", 93.9983),
                            ("mcc", 0.918), ("nrm", 0.048), ("psnr", 16.329)):
        kit.compare("documents %s, Doxa's Sauvola line" % measure, ours[measure], theirs, 1e-3)
    t, s = netpbm(truth), netpbm(found)
    recall, precision = (np.array(open(os.path.join(folder, "2JohnC1V3-GroundTruth_%sWeights.dat"
                                                    % kind)).read().split(), float).reshape(t.shape)
                         for kind in "RP")
    p_recall = (recall * (t & s)).sum() / (recall * t).sum()
    # ink that is found counts 1, ground that is found 1 more than its weight
    hits, wrong = (t & s).sum(), ((1 + precision) * (s & ~t)).sum()
    for measure, theirs in (("p_recall", 100 * p_recall), ("p_precision",
                                                          100 * hits / (hits + wrong))):
        # the weights are written with six decimals
        kit.compare("documents %s, the competitions' weights" % measure, ours[measure], theirs,
                    1e-4)


y, x = np.mgrid[:123, :157]
page = (np.sin(x / 9 + np.sin(y / 13)) > 0.7) | ((y // 11) % 4 == 1) & (x % 23 < 14)
check("random", page, page ^ (random.random(page.shape) < 0.03))
pages = os.path.join(os.environ.get("SEGMENT_DATA", ""), "images/dibco2009")
try:
    from PIL import Image
    for name in sorted(os.listdir(os.path.join(pages, "gt"))):
        truth = np.array(Image.open(os.path.join(pages, "gt", name)).convert("L")) < 128
        source = os.path.splitext(name)[0] + ".png"
        grey = np.array(Image.open(os.path.join(pages, "images", source)).convert("L"))
        check(name, truth, grey < 130)
except (ImportError, FileNotFoundError) as missing:
    print("documents: pages of 2009 left out, %s" % missing, file=sys.stderr)
if kit.clone("Doxa", "Doxa.Test/Resources"):
    doxa()
else:
    print("documents: no Doxa in SEGMENT_KITS, NumPy alone", file=sys.stderr)
kit.finish()
