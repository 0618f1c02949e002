#!/bin/sh
# segment-eval masks: hand-made pictures with known counts, pairing, streams, what goes wrong.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"
mkdir pred truth

# ---- two pictures: tp 3, fp 1, fn 2, tn 6 ----
mask pred/a.pgm '###.' '#...' '....'
mask truth/a.pgm '##..' '##..' '#...'
works masks pred/a.pgm truth/a.pgm --json
has_value tp 3
has_value fp 1
has_value fn 2
has_value tn 6
has_value recall 0.6
has_value precision 0.75
has_value f1 0.66666666666666667
has_value files 1
works masks pred/a.pgm truth/a.pgm
has printed '^tp +3$' '^fp +1$' '^fn +2$' '^tn +6$' '^f1 +0.6667$'
works masks truth/a.pgm truth/a.pgm --json
has_value f1 1
has_value fp 0

# ---- directories: micro adds the counts, macro is the mean of the files ----
mask pred/b.pgm '####' '####' '....'
mask truth/b.pgm '####' '####' '....'
works masks pred truth --json
has_value files 2
has_value tp 11
has_value f1 $(awk 'BEGIN { printf "%.12f", 22 / 25 }')
grep -A8 '"macro": {' printed >macro
has macro '"tp": 5.5,'
works masks pred truth --per-file
has printed '2 files' 'micro' 'macro' '^a  ' '^b  '
# any format, any extension; the name counts
segment -q --method gaussian --sigma 0 truth/a.pgm truth/a.png || failed "cannot write a PNG"
rm truth/a.pgm
works masks pred truth --json
has_value tp 11

# ---- patterns and globs ----
mkdir p t
for n in 1 2 10; do
    cp pred/a.pgm p/m$n.pgm
    cp truth/a.png t/$(printf '%04d' $n).png
done
works masks 'p/m%d.pgm' 't/%04d.png' --json
has_value tp 9
has_value files 3
works masks 'pred/*.pgm' 'truth/*' --json
has_value tp 11

# ---- groups ----
mkdir -p pg/x pg/y tg/x tg/y
cp pred/a.pgm pg/x/1.pgm
cp truth/a.png tg/x/1.png
cp pred/b.pgm pg/y/1.pgm
cp pred/b.pgm tg/y/1.pgm
works masks pg tg
has printed '2 files, 2 groups' '^x +1 +3 ' '^y +1 +8 ' 'mean of groups'

# ---- the two parts of a mask that does not count ----
mask ignore.pgm '..#.' '....' '....'
works masks pred/a.pgm truth/a.png --ignore ignore.pgm --json
has_value fp 0
has_value tp 3
mkdir ign
cp ignore.pgm ign/a.pgm
expect 1 masks pred truth --ignore ign
has messages 'ign/b: --ignore has no picture of that name' '1 problem; .* the other 1$'
cp ignore.pgm ign/b.pgm
works masks pred truth --ignore ign --json
has_value tp 10

# ---- options of the metric; csv ----
mask grey.pgm '19' '91'
mask object.pgm '.#' '#.'
works masks grey.pgm object.pgm --threshold 100 --json
has_value f1 1
has printed '"threshold": "100"'
works masks pred truth --csv scores.csv
has scores.csv '^level,average,name,pairs,prediction,tp,fp' '^file,,a,1,pred,3,1,2,6,0.6,' \
    '^all,micro,,2,pred,11,' '^all,macro,,2,pred,5.5,'
fails 2 'scores.csv: exists already; -y' masks pred truth --csv scores.csv
works masks pred truth --csv scores.csv -y
works masks pred truth --csv -
has printed '^level,'
lines printed 5

# ---- what is missing, extra, of another size, empty, unreadable ----
cp pred/a.pgm pred/extra.pgm
expect 1 masks pred truth --json
has messages 'pred/extra.pgm: has no truth in truth'
cp truth/a.png truth/extra2.png
rm pred/extra.pgm
expect 1 masks pred truth
has messages 'pred/extra2: is missing: there is no prediction for truth/extra2.png' \
    '1 problem; --keep-going scores the other 2'
expect 3 masks pred truth --keep-going --json
has_value files 2
has printed '"file": "pred/extra2"'
rm truth/extra2.png
mask pred/b.pgm '###' '###'
expect 1 masks pred truth
has messages 'pred/b.pgm: the prediction is 3 x 2'
expect 3 masks pred truth --keep-going --json
has_value files 1
: >pred/b.pgm
expect 1 masks pred truth
has messages 'pred/b.pgm: the file is empty'
printf 'P5\n4 3\n255\nabc' >pred/b.pgm
expect 1 masks pred truth
has messages 'pred/b.pgm: damaged PNM'
cp truth/b.pgm pred/b.pgm
cp truth/b.pgm pred/b.png
expect 1 masks pred truth
has messages 'pred/b.png: has the same name as pred/b.pgm'
rm pred/b.png
printf 'notes\n' >pred/README
expect 0 masks pred truth
has messages 'pred/README: warning: left out: neither a picture nor a video'
rm pred/README
mkdir none
fails 1 'none: no pictures' masks none truth
fails 1 'nowhere: no such file' masks nowhere truth
fails 1 "none/\*.png: no file fits" masks 'none/*.png' truth

# ---- colours that are grey, and colours that are not ----
segment -q --method otsu --render colors truth/a.png colours.png
fails 1 'colours.png: ' masks colours.png truth/a.png
awk 'BEGIN { print "P3\n4 3\n255"; for (i = 0; i < 12; i++) { v = i < 5 ? 255 : 0; print v, v, v } }' >grey.ppm
works masks grey.ppm truth/a.png --json
has_value tp 3

# ---- usage ----
fails 2 'the metric is missing'
fails 2 'unknown metric "mask"; did you mean masks\?' mask pred truth
fails 2 'masks takes PRED TRUTH \(got 1 name\)' masks pred
fails 2 'masks takes --compare A B TRUTH \(got 2 names\)' masks --compare pred truth
fails 2 'unknown option --csw; did you mean --csv\?' masks pred truth --csw x
fails 2 '--beta is a parameter of a metric \(masks.*\); name the metric first' --beta 3 masks a b
fails 2 'beta is out of range \(got -1' masks pred truth --beta -1
fails 2 '--measure is "zzz" \(masks has tp, fp' masks pred truth --measure zzz
fails 2 'standard input.*2 times' masks - -
fails 2 '--json and --csv -' masks pred truth --json --csv -
fails 1 'bootstrap needs 2 files' masks pred/a.pgm truth/a.png --bootstrap
fails 2 '--bootstrap is "3"' masks pred truth --bootstrap 3
fails 2 '--confidence is "12"' masks pred truth --bootstrap --confidence 12

# ---- any number of threads gives the same bytes ----
mkdir many manytruth
i=0
while [ $i -lt 150 ]; do
    awk -v s=$i 'BEGIN { srand(s); print "P2\n16 8\n255"; for (i = 0; i < 128; i++) print rand() < 0.5 ? 255 : 0 }' >many/$i.pgm
    awk -v s=$i 'BEGIN { srand(s + 777); print "P2\n16 8\n255"; for (i = 0; i < 128; i++) print rand() < 0.5 ? 255 : 0 }' >manytruth/$i.pgm
    i=$((i + 1))
done
works masks many manytruth --json --bootstrap 50 --threads 1
cp printed one
works masks many manytruth --json --bootstrap 50 --threads 7
same one printed
works masks many manytruth --json --bootstrap 50 --rng-seed 1
differ one printed
has printed '"samples": 50' '"intervals"'
# natural order
works masks many manytruth --csv -
sed -n 4p printed | grep -q '^file,,2,' || failed "files are not in natural order"
finish
