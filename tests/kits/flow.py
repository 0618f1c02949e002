"""Flow against NumPy: end-point and angular error (Baker et al., IJCV 92, 2011), KITTI's outliers."""
import numpy as np

import kit

random = np.random.default_rng(17)
truth = random.normal(0, 6, (70, 90, 2)).astype(np.float32)
found = (truth + random.normal(0, 1.5, truth.shape)).astype(np.float32)
truth[random.random((70, 90)) < 0.1] = 1e10
for name, field in (("found", found), ("truth", truth)):
    with open(kit.path(name + ".flo"), "wb") as file:
        file.write(np.float32(202021.25).tobytes() + np.array([90, 70], "<i4").tobytes())
        file.write(field.astype("<f4").tobytes())
ours = kit.evaluate("flow", "found.flo", "truth.flo")
known = (np.abs(truth) <= 1e9).all(2)
f, t = found[known].astype(float), truth[known].astype(float)
error = np.sqrt(((f - t) ** 2).sum(1))
long_f, long_t = np.sqrt((f ** 2).sum(1) + 1), np.sqrt((t ** 2).sum(1) + 1)
angle = np.degrees(np.arccos(np.clip(((f * t).sum(1) + 1) / (long_f * long_t), -1, 1)))
for measure, theirs, bar in (
        ("epe", error.mean(), 1e-12), ("aae", angle.mean(), 1e-9),
        ("r1", 100 * (error > 1).mean(), 1e-11), ("r3", 100 * (error > 3).mean(), 1e-11),
        ("fl", 100 * ((error > 3) & (error > 0.05 * np.sqrt((t ** 2).sum(1)))).mean(), 1e-11),
        # from a histogram of 128 bins an octave
        ("a50", np.percentile(error, 50), 0.004 * np.percentile(error, 50) + 1e-3),
        ("a95", np.percentile(error, 95), 0.004 * np.percentile(error, 95) + 1e-3),
        ("pixels", known.sum(), 0)):
    kit.compare("flow " + measure, ours[measure], theirs, bar)
kit.finish()
