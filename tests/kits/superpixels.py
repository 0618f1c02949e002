"""Superpixels against the definitions of D. Stutz, A. Hermans, B. Leibe (CVIU 166, 2018) in NumPy:
their section 5, with the measures of Levinshtein, Achanta, Neubert and Protzel, Moore and Schick."""
import numpy as np

import kit

random = np.random.default_rng(13)
HEIGHT, WIDTH = 96, 120
truth = kit.voronoi(random, HEIGHT, WIDTH, 9)
found = kit.voronoi(random, HEIGHT, WIDTH, 60)
y, x = np.mgrid[:HEIGHT, :WIDTH]
grey = np.rint(np.clip(20.0 * truth + random.normal(0, 6, truth.shape), 0, 255)).astype(np.uint8)
for name, array in (("found", found), ("truth", truth), ("grey", grey)):
    kit.save(name, array)
ours = kit.evaluate("superpixels", "found.pgm", "truth.pgm", "--pictures", kit.path("grey.pgm"))


def boundary(labels):
    """A 4-neighbour has another label."""
    edge = np.zeros(labels.shape, bool)
    across, down = labels[:, 1:] != labels[:, :-1], labels[1:] != labels[:-1]
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    edge[1:] |= down
    edge[:-1] |= down
    return edge


def dilate(mask, r):
    padded = np.pad(mask, r)
    return np.max([padded[i:i + mask.shape[0], k:k + mask.shape[1]]
                   for i in range(2 * r + 1) for k in range(2 * r + 1)], 0)


s, t = boundary(found), boundary(truth)
r = int(np.floor(0.0025 * np.hypot(HEIGHT, WIDTH) + 0.5))
hits = (t & dilate(s, r)).sum()
far = (s & ~dilate(t, r)).sum()
n = np.zeros((found.max() + 1, truth.max() + 1))
np.add.at(n, (found.ravel(), truth.ravel()), 1)
n = n[n.sum(1) > 0][:, 1:]
a, b, pixels = n.sum(1), n.sum(0), n.sum()
mean = np.bincount(found.ravel(), grey.ravel())[found.min():] / a
of_mean = mean[found - found.min()]
deviation = np.sqrt(np.bincount(found.ravel(), ((grey - of_mean) ** 2).ravel())[found.min():] / a)
outside = np.pad(found.astype(int), 1, constant_values=-1)
sides = sum((outside[1:-1, 1:-1] != other).astype(int) for other in (
    outside[:-2, 1:-1], outside[2:, 1:-1], outside[1:-1, :-2], outside[1:-1, 2:]))
perimeter = np.bincount(found.ravel(), sides.ravel())[found.min():]
for measure, theirs in (
        ("br", hits / t.sum()), ("bp", hits / (hits + far)),
        ("ue_levin", np.mean([(a[n[:, k] > 0].sum() - b[k]) / b[k] for k in range(len(b))])),
        ("ue_achanta", (a[:, None] * (n > 0.05 * a[:, None])).sum() / pixels - 1),
        ("ue_np", np.minimum(n, a[:, None] - n).sum() / pixels), ("asa", n.max(1).sum() / pixels),
        ("ev", ((of_mean - grey.mean()) ** 2).sum() / ((grey - grey.mean()) ** 2).sum()),
        ("icv", deviation.mean()),
        ("compactness", (a / pixels * 4 * np.pi * a / perimeter ** 2).sum()),
        ("superpixels", len(a))):
    kit.compare("superpixels " + measure, ours[measure], theirs, 1e-12)
kit.finish()
