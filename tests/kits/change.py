"""CDnet's rules (N. Goyette et al., CVPR Workshops 2012; the codes of the truth on
changedetection.net) against a straight count in NumPy, on the video highway with fixed masks: where
the green of a frame differs from the frame before by more than 25."""
import os

import numpy as np

import kit

try:
    from PIL import Image
except ImportError:
    kit.skip("no Pillow (Debian: python3-pil)")

clip = kit.data("video/change_detection/cdnet2014_highway")
first, last = map(int, open(os.path.join(clip, "temporalROI.txt")).read().split())
inside = np.array(Image.open(os.path.join(clip, "ROI.bmp")).convert("L")) > 0
tp = fp = fn = tn = shadow = false_shadow = 0
before = None
for name in sorted(os.listdir(os.path.join(clip, "input"))):
    number = int(name[2:8])
    green = np.array(Image.open(os.path.join(clip, "input", name)))[..., 1].astype(int)
    mask = np.abs(green - (green if before is None else before)) > 25
    before = green
    kit.save("masks/bin%06d" % number, mask)
    if not first <= number <= last:
        continue
    truth = np.array(Image.open(os.path.join(clip, "groundtruth", "gt%06d.png" % number))
                     .convert("L"))
    scored = inside & (truth != 85) & (truth != 170)
    moving = truth == 255
    tp += (scored & mask & moving).sum()
    fp += (scored & mask & ~moving).sum()
    fn += (scored & ~mask & moving).sum()
    tn += (scored & ~mask & ~moving).sum()
    shadow += (scored & (truth == 50)).sum()
    false_shadow += (scored & mask & (truth == 50)).sum()
ours = kit.evaluate("change", "masks", clip)
precision, recall = tp / (tp + fp), tp / (tp + fn)
for name, theirs in (("tp", tp), ("fp", fp), ("fn", fn), ("tn", tn)):
    kit.compare("change " + name, ours[name], theirs, 0)
for name, theirs in (
        ("recall", recall), ("specificity", tn / (tn + fp)), ("fpr", fp / (fp + tn)),
        ("fnr", fn / (tp + fn)), ("pwc", 100 * (fn + fp) / (tp + fp + fn + tn)),
        ("precision", precision), ("f1", 2 * precision * recall / (precision + recall)),
        ("fpr_s", false_shadow / shadow)):
    kit.compare("change " + name, ours[name], theirs, 1e-12)
kit.finish()
