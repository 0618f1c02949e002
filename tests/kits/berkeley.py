"""Boundaries and regions against the files that the Berkeley evaluator wrote for its own sample:
eval_bdry.txt of its tests 1 to 4 (matched at random, so within 0.001), eval_cover.txt and
eval_RI_VOI.txt of 4 and 5 (six digits). Line by line: tests/unit/media_bsds_*.c."""
import os

import kit

sample = kit.data("images/bsds500/bench_sample")
names = {"eval_bdry.txt": ("ods_threshold", "ods_recall", "ods_precision", "ods", "ois_recall",
                           "ois_precision", "ois", "ap"),
         "eval_cover.txt": ("covering_level", "covering", "covering_ois", "covering_best"),
         "eval_RI_VOI.txt": ("pri_level", "pri", "pri_ois", "vi_level", "vi", "vi_ois")}


def check(test, file, ours, bar):
    with open(os.path.join(sample, "expected", "test_%d" % test, file)) as text:
        for name, theirs in zip(names[file], text.read().split()):
            kit.compare("%s (test %d)" % (name, test), ours[name], float(theirs), bar(theirs))


def digits(printed):
    """A step of the last one: the evaluator adds up what it has rounded. Levels are whole."""
    return 10.0 ** -len(printed.partition(".")[2]) if "." in printed else 0


scores = kit.evaluate("boundaries", sample + "/pb_png", sample + "/gt_bdry", "--thresholds", "5")
labels = kit.evaluate("boundaries", sample + "/segs_png", sample + "/gt_bdry", "--levels",
                      "--labels")
regions = kit.evaluate("regions", sample + "/segs_png", sample + "/gt_seg", "--levels")
for test, ours in ((1, scores), (2, scores), (3, labels), (4, labels)):
    check(test, "eval_bdry.txt", ours, lambda printed: 1e-3)
for test in (4, 5):
    check(test, "eval_cover.txt", regions, digits)
    check(test, "eval_RI_VOI.txt", regions, digits)
kit.finish()
