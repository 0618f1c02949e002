#!/bin/sh
# segment-eval of labels: annotators, levels, label pictures in colours.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"

# ---- annotators: NAME_1, NAME_2, or a directory NAME ----
mkdir pred truth dirs dirs/a dirs/b_7
mask pred/a.pgm '1122' '1122'
mask pred/b_7.pgm '1133' '1133'
mask truth/a_1.pgm '1122' '1122'
mask truth/a_2.pgm '1111' '1111'
mask truth/b_7.pgm '1133' '1133'
works regions pred truth --json
has_value files 2
grep -A2 '"name": "a"' printed >one
works regions pred/a.pgm truth --json
has_value files 1
value pri >pri
works regions pred/a.pgm 'truth/a_*.pgm' --json
has_value pri "$(cat pri)"
# half of a's pairs of pixels are as the second annotator has them: pairs within 2 x 4 of 28
has_value pri "$(awk 'BEGIN { printf "%.12f", (1 + 12 / 28) / 2 }')"
cp truth/a_1.pgm dirs/a/joe.pgm
cp truth/a_2.pgm dirs/a/sue.pgm
cp truth/b_7.pgm dirs/b_7/joe.pgm
works regions pred/a.pgm dirs --json
has_value pri "$(cat pri)"
works regions pred dirs --json
has_value files 2
mask truth/c_1.pgm '1111' '1111'
expect 1 regions pred truth
has messages 'pred/c_1: is missing'
rm truth/c_1.pgm
# one truth only, for metrics that take one
expect 1 masks pred truth
has messages 'pred/a_1: is missing' 'pred/a.pgm: has no truth'

# ---- levels ----
mkdir levels
mask levels/a_1.pgm '1111' '1111'
mask levels/a_2.pgm '1122' '1122'
mask levels/a_10.pgm '1234' '1234'
works regions --levels levels 'truth/a_1.pgm' --json
has_value files 1
mkdir only
cp truth/a_1.pgm only/a_1.pgm
works regions --levels levels only --json
has_value covering_ois 1
has_value covering_level 2
fails 2 '--levels: masks takes one prediction' masks --levels levels only

# ---- contour maps are cut ----
mkdir ucm
mask ucm/a.pgm '..9.....' '..9.....' # 252 of 255
mkdir ucm_truth
mask ucm_truth/a_1.pgm '11122222' '11122222'
mask ucm_truth/a_2.pgm '11111111' '11111111'
works ucm ucm ucm_truth --json
has_value files 1
has_value covering_best 1
has_value covering "$(awk 'BEGIN { printf "%.15f", (1 + 10 / 16) / 2 }')"
"$SEGMENT_EVAL" --help ucm >printed
has printed 'predictions of twice the size and one'

# ---- labels in colours are R + 256 G + 65536 B ----
awk 'BEGIN { print "P3\n4 2\n255"
    for (i = 0; i < 8; i++) print i % 4 < 2 ? "1 0 0" : "0 3 0" }' >colours.ppm
works regions colours.ppm truth/a_1.pgm --json
has_value covering 1
# ---- classes: the tables of a metric ----
printf 'P2\n4 2\n255\n0 0 1 1 0 0 1 1\n' >given.pgm
printf 'P2\n4 2\n255\n0 0 0 1 0 0 1 1\n' >wanted.pgm
works classes given.pgm wanted.pgm --table confusion
has printed '^confusion: ' '^    0  4  1$' '^    1  0  3$'
works classes given.pgm wanted.pgm --table per-class
has printed '^class ' '^    0 .* 0.8000 '
works classes --compare given.pgm wanted.pgm wanted.pgm --table per-class
has printed '^per-class of A' '^per-class of B'
fails 2 '--table .*"roc", classes has confusion' classes given.pgm wanted.pgm --table roc
fails 2 'masks has none' masks given.pgm wanted.pgm --table roc
finish
