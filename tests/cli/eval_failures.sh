#!/bin/sh
# segment-eval where writing fails, readers go away, pictures are absurd, or somebody stops it.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"
mkdir pred truth
for n in 1 2 3; do
    mask pred/$n.pgm '###.' '#..#' '....'
    mask truth/$n.pgm '##..' '#..#' '.#..'
done

# ---- full disks and closed pipes ----
if [ -w /dev/full ]; then
    for option in --csv --html; do
        expect 1 masks pred truth $option /dev/full
        has messages '/dev/full: .*No space left'
    done
    "$SEGMENT_EVAL" masks pred truth >/dev/full 2>messages
    is "exit on a full standard output" $? 1
    one_line "a full standard output" 'standard output: '
fi
fails 2 'no/such/file.csv: cannot create' masks pred truth --csv no/such/file.csv
fails 2 'no/such/sheet.png: cannot create' masks pred truth --sheet no/such/sheet.png
mkfifo pipe
"$SEGMENT_EVAL" masks pred truth --json >pipe 2>messages &
pid=$!
: <pipe
wait $pid
got=$?
[ $got -eq 0 ] || [ $got -eq 1 ] || failed "a reader that goes away ends it with $got"
[ $got -eq 0 ] || one_line "a reader that goes away" 'closed the pipe'

# ---- absurd pictures ----
printf 'P5\n100000 100000\n255\n' >huge.pgm
fails 1 'huge.pgm.*max-pixels' masks huge.pgm truth/1.pgm
fails 1 'max-pixels' masks pred/1.pgm truth/1.pgm --max-pixels 3
fails 2 '--max-pixels .*no' masks pred/1.pgm truth/1.pgm --max-pixels no
ln -s . pred/loop
expect 1 masks pred truth
has messages 'too many levels'
rm pred/loop
if [ "$(id -u)" -ne 0 ]; then
    chmod a-r pred/1.pgm
    expect 1 masks pred truth
    has messages 'pred/1.pgm: cannot open'
    chmod a+r pred/1.pgm
fi
name=$(printf 'pred/\377\001odd.pgm')
if cp pred/1.pgm "$name" 2>/dev/null; then
    cp truth/1.pgm "$(printf 'truth/\377\001odd.pgm')"
    works masks pred truth --json
    works masks pred truth --csv odd.csv
    if command -v python3 >/dev/null 2>&1; then
        python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' printed 2>/dev/null
        works masks pred truth --json
        python3 -c 'import json, sys; d = json.load(open(sys.argv[1], encoding="utf-8"))
assert d["files"] == 4 and len(d["per_file"]) == 4, d' printed || failed "the document is no JSON"
    fi
    rm "$name" "$(printf 'truth/\377\001odd.pgm')"
fi

# ---- stopped ----
mkfifo endless
"$SEGMENT_EVAL" masks - truth --csv stopped.csv <endless >/dev/null 2>messages &
pid=$!
exec 9>endless
sleep 0.3
kill -INT $pid
wait $pid
is "exit after Ctrl-C" $? 130
exec 9>&-
absent stopped.csv
one_line "Ctrl-C" 'stopped'
"$SEGMENT_EVAL" tune --method otsu --vary invert --truth truth 'no*' 2>messages
is "exit without pictures" $? 1
finish
