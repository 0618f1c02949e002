"""Objects of a video against DAVIS's J and F (F. Perazzi et al., CVPR 2016, section 4) in NumPy, and
against the authors' own code, davis2017-evaluation, where SEGMENT_KITS has it."""
import importlib.util
import sys

import numpy as np

import kit

random = np.random.default_rng(23)
FRAMES, OBJECTS, HEIGHT, WIDTH = 22, 3, 90, 140
REACH = int(np.ceil(0.008 * np.hypot(HEIGHT, WIDTH)))


def labels(shake):
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    frame = np.zeros((HEIGHT, WIDTH), np.uint8)
    for k, (cy, cx, r) in enumerate(centres, 1):
        dy, dx, dr = random.normal(0, shake, 3)
        frame[(y - cy - dy) ** 2 + (x - cx - dx) ** 2 <= (r + dr) ** 2] = k
    return frame


truths, founds = [], []
centres = np.array([[30, 30, 14], [50, 80, 18], [40, 110, 10]], float)
for t in range(FRAMES):
    centres += (0.5, 0.8, 0)
    truths.append(labels(0))
    founds.append(labels(0.4 + 0.2 * t))
    if t == 9:
        truths[-1][truths[-1] == 3] = 0
        founds[-1][founds[-1] == 3] = 0
    kit.save("truth/clip/%02d" % t, truths[-1])
    kit.save("found/clip/%02d" % t, founds[-1])
pattern = ["found/clip/%02d.pgm", "truth/clip/%02d.pgm"]
ours = kit.evaluate("video", *pattern, "--labels")


def boundary(mask):
    """Unlike the right, the lower or the lower right neighbour; those of the last column and row
    have one neighbour, the corner has none."""
    e, s, d = np.zeros_like(mask), np.zeros_like(mask), np.zeros_like(mask)
    e[:, :-1], s[:-1], d[:-1, :-1] = mask[:, 1:], mask[1:], mask[1:, 1:]
    edge = (mask ^ e) | (mask ^ s) | (mask ^ d)
    edge[-1], edge[:, -1] = mask[-1] ^ e[-1], mask[:, -1] ^ s[:, -1]
    edge[-1, -1] = False
    return edge


def near(edge):
    """Within a disk of REACH pixels."""
    result, (h, w) = np.zeros_like(edge), edge.shape
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            if dy * dy + dx * dx <= REACH * REACH:
                result[max(dy, 0):h + min(dy, 0), max(dx, 0):w + min(dx, 0)] |= \
                    edge[max(-dy, 0):h + min(-dy, 0), max(-dx, 0):w + min(-dx, 0)]
    return result


def region(truth, found):
    union = (truth | found).sum()
    return (truth & found).sum() / union if union else 1.0


def contour(truth, found):
    t, s = boundary(truth), boundary(found)
    if not t.any() or not s.any():
        return float(t.any() == s.any())
    p, r = (s & near(t)).sum() / s.sum(), (t & near(s)).sum() / t.sum()
    return 2 * p * r / (p + r) if p + r else 0.0


def statistics(values):
    """Mean, recall, decay over objects; of frames but the first and last."""
    bounds = np.round(np.linspace(1, values.shape[1], 5) + 1e-10).astype(int) - 1
    decay = values[:, bounds[0]:bounds[1] + 1].mean(1) - values[:, bounds[3]:bounds[4] + 1].mean(1)
    return values.mean(), (values > 0.5).mean(1).mean(), decay.mean()


def check(name, j_of, f_of):
    pairs = [[(t == k, s == k) for t, s in list(zip(truths, founds))[1:-1]]
             for k in range(1, OBJECTS + 1)]
    j = statistics(np.array([[j_of(*pair) for pair in row] for row in pairs]))
    f = statistics(np.array([[f_of(*pair) for pair in row] for row in pairs]))
    for what, theirs in zip(("j_mean", "j_recall", "j_decay", "f_mean", "f_recall", "f_decay"),
                            j + f):
        kit.compare("video %s (%s)" % (what, name), ours[what], theirs, 1e-12)
    kit.compare("video jf_mean (%s)" % name, ours["jf_mean"], (j[0] + f[0]) / 2, 1e-12)


check("NumPy", region, contour)
source = kit.clone("davis2017-evaluation", "davis2017/metrics.py")
if source:
    try:
        spec = importlib.util.spec_from_file_location("metrics", source)
        metrics = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(metrics)
        check("davis2017-evaluation", metrics.db_eval_iou, metrics.db_eval_boundary)
    except ImportError as missing:
        print("video: davis2017-evaluation left out, %s" % missing, file=sys.stderr)
else:
    print("video: no davis2017-evaluation in SEGMENT_KITS, NumPy alone", file=sys.stderr)
kit.finish()
