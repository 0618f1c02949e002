#!/bin/sh
# segment-eval change: CDnet's codes and tree, categories and their means; flow and its files.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"

# codes FILE ROW...: m moving 255, s shadow 50, o outside 85, u unknown 170, else static 0
codes() {
    codes_file=$1
    shift
    printf '%s\n' "$@" | awk '{ rows[NR] = $0; w = length($0) } END {
        printf "P2\n%d %d\n255\n", w, NR
        v["m"] = 255; v["s"] = 50; v["o"] = 85; v["u"] = 170
        for (y = 1; y <= NR; y++) for (x = 1; x <= w; x++) print v[substr(rows[y], x, 1)] + 0
    }' >"$codes_file"
}

# ---- codes: tp 2, fn 1, fp 2 (one of them shadow), tn 4 (one shadow); o and u do not count ----
mkdir g p
codes g/1.pgm 'mmms' 's..o' '..u.'
mask p/1.pgm '##.#' '..##' '..#.'
works change p g --json
has_value tp 2
has_value fn 1
has_value fp 2
has_value tn 5
has_value recall 0.66666666666666667
has_value shadow 2
has_value fpr_s 0.5
has_value files 1
# one directory is one video: the counts of its frames are summed before measures are taken
codes g/2.pgm '....' '....' '...m'
mask p/2.pgm '....' '....' '...#'
works change p g --json
has_value pairs 2
has_value files 1
has_value recall 0.75

# ---- CDnet's tree ----
video_of() { # video_of CATEGORY/VIDEO FIRST LAST FRAMES
    mkdir -p "data/$1/groundtruth" "data/$1/input" "res/$1"
    echo "$2 $3" >"data/$1/temporalROI.txt"
    mask "data/$1/ROI.pgm" '####' '####' '###.'
    segment -q --method threshold --level 128 "data/$1/ROI.pgm" "data/$1/ROI.png"
    rm "data/$1/ROI.pgm"
    n=1
    while [ $n -le "$4" ]; do
        cp g/1.pgm "$(printf 'data/%s/groundtruth/gt%06d.pgm' "$1" $n)"
        cp p/1.pgm "$(printf 'res/%s/bin%06d.pgm' "$1" $n)"
        n=$((n + 1))
    done
}
video_of easy/a 2 3 4
video_of easy/b 1 1 2
video_of hard/c 1 2 2
# hard/c finds nothing at all
for n in 1 2; do mask res/hard/c/bin00000$n.pgm '....' '....' '....'; done
works change res data --json
has_value files 3
has_value pairs 5
# the last pixel is outside of the ROI: tn 4 a frame
grep -A4 '"name": "easy/a"' printed >one
has one '"pairs": 2' '"tp": 4' '"fp": 4'
# recall: a 2/3, b 2/3, c 0; categories 2/3 and 0; the benchmark 1/3
has_value recall 0.33333333333333333
has_value quoted '"macro_of_groups"'
works change res data
has printed '3 sequences, 5 pairs, 2 groups' '^easy +2 ' '^hard +1 ' 'macro \(mean of groups\) \*'
works change res/easy/a data/easy/a --json
has_value tp 4
has_value tn 8
# frames outside of the range are not needed, those inside are
rm res/easy/a/bin000001.pgm
works change res data --json
rm res/easy/a/bin000003.pgm
expect 1 change res data
has messages 'res/easy/a: has no picture of number 3'
rm -r res/hard/c
expect 1 change res data
has messages 'res/hard/c: is missing'
echo nonsense >data/easy/b/temporalROI.txt
expect 1 change res data
has messages 'data/easy/b/temporalROI.txt: does not hold the numbers'
echo '1 1' >data/easy/b/temporalROI.txt
# masks as a video: frame 1 is number 1
cp p/1.pgm res/easy/a/bin000001.pgm
cp p/1.pgm res/easy/a/bin000003.pgm
segment -q --method threshold --level 128 'res/easy/a/bin%06d.pgm' res/a.nut
rm -r res/easy/a
works change res/a.nut data/easy/a --json
has_value tp 4
has_value tn 8
# another size than the frames': said, and all is scored
mask data/easy/a/ROI.pgm '##'
segment -q --method threshold --level 128 data/easy/a/ROI.pgm data/easy/a/ROI.png -y
expect 0 change res/a.nut data/easy/a --json
has messages 'ROI.png: warning: is not 4 x 3' 'all pixels are scored'
has_value tn 10

# ---- flow ----
flo() { # flo FILE U V: a .flo of 2 x 1 with (U, V) and (0, 0), as octal bytes of floats
    printf 'PIEH\002\000\000\000\001\000\000\000'"$2$3"'\000\000\000\000\000\000\000\000' >"$1"
}
three='\000\000\100\100' four='\000\000\200\100' zero='\000\000\000\000' unknown='\371\002\025\120'
mkdir f t
flo f/x.flo "$three" "$four"
flo t/x.flo "$zero" "$zero"
works flow f t --json
has_value epe 2.5
has_value pixels 2
flo t/x.flo "$unknown" "$unknown"
works flow f t --json
has_value epe 0
has_value pixels 1
printf 'PIEH\002' >f/x.flo
fails 1 'f/x.flo: damaged .flo' flow f t
finish
