"""segment-augment's pixels against OpenCV's: the largest difference of any sample, in grey levels."""
import json
import os

import numpy as np

import kit

try:
    import cv2
except ImportError:
    kit.skip("no OpenCV for Python (Debian: python3-opencv)")
if not os.access(kit.program("segment-augment"), os.X_OK):
    kit.skip("no segment-augment beside segment-eval")

random = np.random.RandomState(5)


def noise(height, width, channels, smooth):
    """Noise; blurred and stretched where differences of filters should show as in photographs."""
    picture = random.randint(0, 256, (height, width, channels)).astype(np.uint8)
    if smooth:
        picture = cv2.GaussianBlur(picture, (0, 0), 2.0).astype(float).reshape(picture.shape)
        low, high = picture.min(), picture.max()
        picture = np.rint((picture - low) / (high - low) * 255).astype(np.uint8)
    return picture.reshape(height, width, channels)


def augment(picture, pipeline):
    """The copy, and what was drawn for it by names."""
    kit.save_picture("one/in", picture)
    kit.run(kit.program("segment-augment"), "-y", "-q", "--pipeline", pipeline, "--manifest",
            kit.path("drawn.jsonl"), "--format", "pam", kit.path("one"), kit.path("copies") + "/")
    with open(kit.path("drawn.jsonl")) as file:
        drawn = json.loads(file.readlines()[-1])
    return kit.load_picture("copies/in_1.pam"), draws_of(drawn)


def draws_of(line):
    found = {}

    def gather(value):
        if isinstance(value, dict):
            if isinstance(value.get("name"), str) and "value" in value:
                found[value["name"]] = value["value"]
            for key, inner in value.items():
                if isinstance(inner, (int, float)):
                    found.setdefault(key, inner)
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)
    gather(line)
    return found


def differ(name, ours, theirs, bar):
    theirs = theirs.reshape(ours.shape)
    off = np.abs(ours.astype(int) - theirs.astype(int))
    kit.compare("augment %s" % name, off.max(), 0, bar)


def ties(large, small):
    """Places whose middle lies between two pixels, which are equally near."""
    return (2 * np.arange(small) + 1) * large % (2 * small) == 0


def warp(picture, matrix):
    """`matrix` maps corners of pixels; OpenCV's maps their middles."""
    shift = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    whole = np.linalg.inv(shift) @ np.vstack([matrix, [0, 0, 1]]) @ shift
    return cv2.warpAffine(picture, whole[:2], picture.shape[1::-1], flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT)


for channels in 1, 3:
    for height, width in (40, 61), (97, 128), (255, 333):
        for smooth in False, True:
            picture = noise(height, width, channels, smooth)
            what = "%dx%d, %d channel%s, %s" % (width, height, channels, "s"[:channels > 1],
                                               "smooth" if smooth else "noise")
            differ("hflip " + what, augment(picture, "hflip")[0], cv2.flip(picture, 1), 0)
            differ("vflip " + what, augment(picture, "vflip")[0], cv2.flip(picture, 0), 0)
            differ("transpose " + what, augment(picture, "transpose")[0], cv2.transpose(picture), 0)
            differ("quarter " + what, augment(picture, "rotate90(turns=quarter)")[0],
                   cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE), 0)
            for w, h in (width // 2, height // 2), (width * 2, height + 7), (50, 37):
                size = "width=%d,height=%d" % (w, h)
                nearest = augment(picture, "resize(%s,filter=nearest)" % size)[0]
                theirs = cv2.resize(picture, (w, h), interpolation=cv2.INTER_NEAREST_EXACT)
                sure = ~ties(height, h)[:, None] & ~ties(width, w)[None, :]
                if sure.any():
                    differ("nearest to %dx%d of %s" % (w, h, what), nearest[sure],
                           theirs.reshape(nearest.shape)[sure], 0)
                if w <= width and h <= height:
                    differ("area to %dx%d of %s" % (w, h, what),
                           augment(picture, "resize(%s,filter=area)" % size)[0],
                           cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA), 1)
            for sigma in 0.8, 1.5, 3.0:
                differ("gaussian-blur %g %s" % (sigma, what),
                       augment(picture, "gaussian-blur(low=%g,high=%g)" % (sigma, sigma))[0],
                       cv2.GaussianBlur(picture, (0, 0), sigma), 1)
            turned, drawn = augment(picture, "rotate(limit=40)")
            angle = np.radians(drawn["angle"])
            c, s = np.cos(angle), np.sin(angle)
            x, y = width / 2, height / 2
            matrix = np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])
            differ("rotate " + what, turned, warp(picture, matrix), 1)

for height, width in (40, 61), (255, 333):
    picture = noise(height, width, 1, True)
    differ("equalise %dx%d" % (width, height), augment(picture, "equalise")[0],
           cv2.equalizeHist(picture), 0)
    picture = noise(height, width, 3, True)
    turned, drawn = augment(picture, "hsv(h=60,s=0.5,v=0.4)")
    hsv = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + drawn["hue"]) % 360
    hsv[..., 1] = np.clip(hsv[..., 1] * drawn["saturation"], 0, 1)
    hsv[..., 2] = np.clip(hsv[..., 2] * drawn["value"], 0, 1)
    differ("hsv %dx%d" % (width, height), turned,
           np.rint(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255), 1)
kit.finish()
