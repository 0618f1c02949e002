#!/bin/sh
# What segment-eval says to who asks for something that cannot be: short, whole, and with a way on.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"

# ---- no name pairs ----
mkdir pred truth
mask one.pgm '#.' '##'
for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
    cp one.pgm "pred/img_${n}_mask.pgm"
    cp one.pgm "truth/gt$((${n#0} + 100)).pgm"
done
expect 1 masks pred truth
lines messages 43 # 20 of each kind, what is left of each, how they are named
has messages 'like pred/img_%02d_mask.pgm, truths like truth/gt%d.pgm; given as these patterns' \
    'and 3 more predictions without a truth \(-v names them\)' \
    'and 3 more truths without a prediction'
expect 1 masks pred truth -v
lines messages 47
# 23 numbers have partners by number: 1 .. 23 against 101 .. 123 have none; renamed they do
rm truth/*
for n in 01 02 03; do cp one.pgm "truth/gt_$n.pgm"; done
rm pred/*_0[4-9]_* pred/*_[12]?_*
expect 1 masks pred truth
has messages 'like pred/img_%02d_mask.pgm, truths like truth/gt_%02d.pgm'
works masks pred/img_%02d_mask.pgm truth/gt_%02d.pgm --json
has_value files 3
# names without numbers
rm pred/* truth/*
cp one.pgm pred/cat.pgm
cp one.pgm truth/dog.pgm
expect 1 masks pred truth
has messages 'like pred/cat.pgm, truths like truth/dog.pgm; names must be the same up to'
# where some names pair the others are just named
cp one.pgm pred/dog.pgm
expect 1 masks pred truth
grep -q 'no name pairs' messages && failed "a name pairs, and it says that none does"

# ---- what is wrong with a file is said once, and the file is named once ----
cp one.pgm pred/cat.pgm
cp one.pgm truth/cat.pgm
printf 'P5\n3 3\n255\nxx' >pred/cat.pgm
expect 3 masks pred truth --json --keep-going
has messages '^segment-eval: pred/cat.pgm: [^/]*$'
has printed '"file": "pred/cat.pgm"' '"problem": "[^/"]*"'

# ---- what cannot be written is said before anything is read ----
nothing_read() { # nothing_read PATTERN OPTIONS...: a usage error, although there is nothing to score
    nothing_pattern=$1
    shift
    fails 2 "$nothing_pattern" masks no.pgm no.pgm "$@"
}
nothing_read '--sheet is "x.gif": no picture format is called "gif"' --sheet x.gif
nothing_read '--sheet is "x.flo"' --sheet x.flo
nothing_read '^segment-eval: no/x.csv: cannot create: there is no directory no$' --csv no/x.csv
nothing_read '^segment-eval: pred: is a directory' --html pred
nothing_read '^segment-eval: x.csv: would be written twice' --csv x.csv --html x.csv
nothing_read '^segment-eval: no.pgm: is an input, too' --csv no.pgm -y
mkdir mine true
cp one.pgm mine/dog.pgm
cp one.pgm true/dog.pgm
for read in mine/dog.pgm true/../true/dog.pgm; do # one of many is an input as well
    fails 2 "^segment-eval: $read: is an input, too" masks mine true --csv "$read" -y
    fails 2 "^segment-eval: $read: is an input, too" masks 'mine/*.pgm' 'true/*.pgm' --html "$read" -y
    fails 2 "^segment-eval: $read: is an input, too" tune --method threshold --vary level \
        --truth true mine --output "$read" -y
    cmp -s one.pgm "$read" || failed "$read is not what it was"
done
nothing_read '--worst is "-3" .allowed: a whole number from 1' --worst -3
nothing_read '--bootstrap is "-0" .allowed' --bootstrap -0
expect 0 masks one.pgm one.pgm --csv /dev/null --html /dev/null
if "$SEGMENT_EVAL" --version | grep -q '^cairo'; then
    nothing_read '--plot is "pr.svg", but masks has no plot pr .it has histogram; any other name' --plot pr.svg
    fails 2 'classes has no plot roc .it has confusion, histogram;' classes no.pgm no.pgm --plot roc.png
    fails 1 'no.pgm: no such file' scores no.pgm one.pgm --plot roc.svg
    fails 1 'no.pgm: no such file' masks no.pgm one.pgm --plot everything.svg
fi

# ---- names of measures: as they are shown, and as data has them ----
works documents one.pgm one.pgm --measure p_fm --worst 1
has printed '^worst by p-fm'
works documents one.pgm one.pgm --measure p-fm --worst 1
has printed '^worst by p-fm'
printf 'PIEH\002\000\000\000\001\000\000\000' >a.flo
printf '\000\000\200\077\000\000\200\077\000\000\200\077\000\000\200\077' >>a.flo # (1, 1), (1, 1)
works flow a.flo a.flo --json --measure r0_5
has_value r0_5 0
works flow a.flo a.flo --csv - --measure r0.5
has printed ',r0_5,r1,'
fails 2 '--measure is "r0" .flow has epe' flow a.flo a.flo --measure r0
printf 'P2\n2 1\n255\n0 1\n' >classes.pgm
works classes classes.pgm classes.pgm --json
has printed '"per_class": \{'
works classes classes.pgm classes.pgm --table per_class
has printed '^per-class: '

# ---- undefined is null, infinite is not ----
works documents one.pgm one.pgm --json
has_value psnr 1e308
works documents one.pgm one.pgm --csv -
has printed '^all,micro,.*,inf,'
works documents one.pgm one.pgm
has printed '^psnr +inf$'
mask none.pgm '..' '..'
works masks none.pgm one.pgm --json
has_value precision null
"$SEGMENT_EVAL" --help >printed
has printed 'in JSON, which has no such number, 1e308'

# ---- masks and labels ----
printf 'P2\n5 2\n255\n255 255 0 255 0\n0 0 0 0 255\n' >mask.pgm
printf 'P2\n5 2\n255\n1 1 0 2 0\n0 0 0 0 2\n' >labels.pgm
expect 0 instances mask.pgm mask.pgm --json
has_value tp 2 # 8 neighbours: the corner belongs to the second
one_line "a mask as instances" 'masks: their connected components are the instances .--components no'
mkdir masks
for n in 1 2 3; do cp mask.pgm masks/$n.pgm; done
expect 0 instances masks masks
one_line "three masks as instances" 'masks: their connected components'
works instances mask.pgm mask.pgm --components no --json
has_value tp 1
works instances mask.pgm labels.pgm --components yes --json
has_value tp 2
has_value fp 0
has_value fn 0
printf 'P2\n5 2\n255\n7 7 0 7 0\n0 0 0 0 7\n' >one_label.pgm
works instances one_label.pgm labels.pgm --json
has_value fp 1
mkdir levels
cp labels.pgm levels/a_1.pgm
cp mask.pgm levels/a_2.pgm
mkdir level_truth
cp labels.pgm level_truth/a.pgm
expect 1 boundaries --levels levels level_truth
has messages 'several values beside 0 as labels of regions have; .* with --labels regions'
works boundaries --levels --labels levels level_truth --json
has printed '"ods_threshold": [12]'
printf 'Pf\n2 1\n-1.0\n\000\000\200\076\000\000\200\077' >soft.pfm # 0.25, 1
fails 1 'soft.pfm: holds scores, .*; regions takes labels .the metric ucm takes contour maps, --levels' regions soft.pfm classes.pgm

# ---- a contour map of 8 bits in place of labels: lines on 0 ----
awk 'BEGIN { print "P2\n9 9\n255"; for (i = 0; i < 81; i++) print (i % 9 == 4 || int(i / 9) == 4) * 200 }' >map.pgm
awk 'BEGIN { print "P2\n9 9\n255"; for (i = 0; i < 81; i++) print 1 + (i % 9 > 4) + 2 * (i > 44) }' >four.pgm
for metric in regions superpixels; do
    expect 0 $metric map.pgm four.pgm
    one_line "contours as labels" 'look like contours, lines on 0, .* .the metric ucm takes contour maps'
    works $metric four.pgm four.pgm
done
works ucm map.pgm four.pgm --json
has_value covering 1

# ---- a mask that leaves nothing: no error, hence perfect, which nobody should believe ----
mask everything.pgm '##' '##'
expect 0 masks none.pgm one.pgm --ignore everything.pgm
one_line "everything ignored" '--ignore leaves no pixel to score in 1 of 1 pairs'
works masks none.pgm one.pgm --ignore none.pgm
finish
