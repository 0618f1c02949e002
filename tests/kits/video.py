"""Objects of a video against DAVIS's J, F and T (F. Perazzi et al., CVPR 2016, section 4) and its
matching of proposals (S. Caelles et al., 2019) in NumPy, and against the authors' own code,
davis2017-evaluation, where SEGMENT_KITS has it."""
import importlib.util
import itertools
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


# ---- temporal stability (section 4.3, and the constants of the authors' code) ----

def outlines(mask):
    """Closed paths of corners along the edges of pixels, the mask on the right hand."""
    inside = np.pad(mask, 1)
    edges = {}
    for y, x in np.argwhere(mask):
        for dy, dx, start, end in ((-1, 0, (x, y), (x + 1, y)), (0, 1, (x + 1, y), (x + 1, y + 1)),
                                   (1, 0, (x + 1, y + 1), (x, y + 1)), (0, -1, (x, y + 1), (x, y))):
            if not inside[y + dy + 1, x + dx + 1]:
                edges.setdefault(start, []).append(end)
    while edges:
        start = min(edges, key=lambda p: (p[1], p[0]))
        path, at, before = [start], start, None
        while True:
            ends = edges[at]
            # at a corner where two pixels touch: on to the other one
            end = next((e for e in ends if before and (e[0] - at[0]) * (at[1] - before[1]) -
                        (e[1] - at[1]) * (at[0] - before[0]) > 0), ends[0])
            ends.remove(end)
            if not ends:
                del edges[at]
            before, at = at, end
            path.append(at)
            if at == start and start not in edges:
                break
        p = np.array(path, float)
        turns = [i for i in range(1, len(p) - 1)
                 if (p[i + 1] - p[i] != p[i] - p[i - 1]).any()]
        yield p[[0] + turns + [len(p) - 1]]


def to_segment(p, a, b):
    """Squared; the corners are whole numbers, so that equal distances are equal."""
    v, w = b - a, p - a
    if w @ v <= 0:
        return w @ w
    return (w[0] * v[1] - w[1] * v[0]) ** 2 / (v @ v) if w @ v < v @ v else (p - b) @ (p - b)


def simplified(path):
    line = [path[0]]
    for point in path[1:-1]:
        if np.hypot(*(point - line[-1])) >= 1.5:
            line.append(point)
    line.append(path[-1])

    def part(first, last):
        reach = [to_segment(line[i], line[first], line[last]) for i in range(first + 1, last)]
        if not reach or max(reach) <= 1.5 ** 2:
            return [first]
        key = last - 1 - int(np.argmax(reach[::-1]))
        return part(first, key) + part(key, last)
    return np.array([line[i] for i in part(0, len(line) - 1)] + [line[-1]])


def samples(mask):
    best = max((simplified(path) for path in outlines(mask)), key=len)
    points = [best[:1]]
    for a, b in zip(best, best[1:]):
        n = int(np.ceil(np.hypot(*(b - a)) / 3))
        points.append(a + (b - a) * (np.arange(1, n + 1) / n)[:, None])
    return np.concatenate(points)


def contexts(points):
    step = points[None] - points[:, None]
    reach = np.hypot(step[..., 0], step[..., 1])
    reach /= reach.mean()
    ring = (reach[..., None] < [0.125, 0.25, 0.5, 1, 2]).sum(-1)
    angle = np.fmod(np.arctan2(step[..., 1], step[..., 0]) + 2 * np.pi, 2 * np.pi)
    sector = np.floor(angle / (np.pi / 6) + 1e-9).astype(int) % 12
    bins = np.array([np.bincount((12 * (r - 1) + s)[r > 0], minlength=60)
                     for r, s in zip(ring, sector)], float)
    return bins / bins.sum(1, keepdims=True)


def least(items, cost):
    """The first of those that only rounding could make larger."""
    best = items[0]
    for item in items[1:]:
        if cost(item) < cost(best) - 1e-12:
            best = item
    return best


def warped(cost):
    total = np.zeros_like(cost)
    come = {}
    for i in range(cost.shape[0]):
        for k in range(cost.shape[1]):
            ways = [(a, b) for a, b in ((i - 1, k - 1), (i - 1, k), (i, k - 1))
                    if a >= 0 and b >= 0]
            if ways:
                come[i, k] = least(ways, lambda way: total[way])
                total[i, k] = total[come[i, k]] + cost[i, k]
    path = [(cost.shape[0] - 1, cost.shape[1] - 1)]
    while path[-1] in come:
        path.append(come[path[-1]])
    return path


def instability(a, b):
    p, q = contexts(samples(a))[:, None], contexts(samples(b))[None]
    cost = (np.divide((p - q) ** 2, p + q, out=np.zeros(np.broadcast(p, q).shape),
                      where=p + q > 0)).sum(-1) / 2
    i, k = least(warped(cost)[:-1], lambda pair: cost[pair])
    rolled = np.roll(cost, (-(i + 1), -(k + 1)), (0, 1))
    rows = {}
    for i, k in warped(rolled):
        if i not in rows or rolled[i, k] < rolled[i, rows[i]] - 1e-12:
            rows[i] = k
    columns = {}
    for i, k in rows.items():
        columns[k] = min(columns.get(k, np.inf), rolled[i, k])
    return np.mean(list(columns.values()))


steady = kit.evaluate("video", *pattern, "--labels", "--stability")
of_objects = [[5 * instability(a == k, b == k) for a, b in zip(founds[1:-2], founds[2:-1])
               if (a == k).any() and (b == k).any()] for k in range(1, OBJECTS + 1)]
kit.compare("video t (NumPy)", steady["t"], np.mean([np.mean(t) for t in of_objects]), 1e-12)

# ---- without supervision: names do not count ----

PROPOSALS = 5
names = random.permutation(PROPOSALS) + 1
guesses = []
for t, found in enumerate(founds):
    proposals = np.where(found > 0, names[np.maximum(found, 1) - 1], 0)
    proposals[5:20, 100:120] = names[3]
    proposals[60:88, 20 + t:40 + t] = names[4]
    kit.save("proposed/clip/%02d" % t, proposals.astype(np.uint8))
    guesses.append(proposals)
proposed = kit.evaluate("video", "proposed/clip/%02d.pgm", "truth/clip/%02d.pgm", "--proposals",
                        "20", "--ends")


def check_proposals(name, j_of, f_of):
    """All ways to give each object a proposal of its own."""
    values = np.array([[[(j_of(t == k, s == p), f_of(t == k, s == p)) for t, s in
                         zip(truths, guesses)] for p in range(1, PROPOSALS + 1)]
                       for k in range(1, OBJECTS + 1)])
    means = values.mean((2, 3))
    best = max(itertools.permutations(range(PROPOSALS), OBJECTS),
               key=lambda way: means[range(OBJECTS), way].sum())
    chosen = values[range(OBJECTS), best]
    j, f = statistics(chosen[..., 0]), statistics(chosen[..., 1])
    for what, theirs in zip(("j_mean", "j_recall", "j_decay", "f_mean", "f_recall", "f_decay"),
                            j + f):
        kit.compare("video %s of proposals (%s)" % (what, name), proposed[what], theirs, 1e-12)


check_proposals("NumPy", region, contour)
source = kit.clone("davis2017-evaluation", "davis2017/metrics.py")
if source:
    try:
        spec = importlib.util.spec_from_file_location("metrics", source)
        metrics = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(metrics)
        check("davis2017-evaluation", metrics.db_eval_iou, metrics.db_eval_boundary)
        check_proposals("davis2017-evaluation", metrics.db_eval_iou, metrics.db_eval_boundary)
    except ImportError as missing:
        print("video: davis2017-evaluation left out, %s" % missing, file=sys.stderr)
else:
    print("video: no davis2017-evaluation in SEGMENT_KITS, NumPy alone", file=sys.stderr)
kit.finish()
