#!/bin/sh
# Speed and memory of segment-eval, and of reading PNG with libdeflate beside libpng alone.
#   sh tests/bench/evaluate.sh [PART...]      masks boundaries stream png; default: all
#   masks       1000 pairs of 1080p masks in one process, beside a script with NumPy and OpenCV
#   boundaries  one BSDS picture at 99 thresholds with 5 annotators, one thread (SEGMENT_DATA)
#   stream      ten hours of video, 900 000 pairs of frames through pipes: memory (two minutes)
#   png         whole processes with libdeflate and without, on masks and photographs
# RUNS (default 3) runs are made of each, the median counts; QUIET is a command put before each. Exit
# code 1 if a bar is missed.
set -eu
cd "$(dirname "$0")/../.."
source=$PWD
runs=${RUNS:-3}
quiet=${QUIET:-}
[ $# -gt 0 ] || set -- masks boundaries stream png
data=${SEGMENT_DATA:-$source/../shared/data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# configure_and_build NAME OPTIONS...
build() {
    name=$1
    shift
    nice cmake -S "$source" -B "$source/build/$name" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DSEGMENT_TESTS=OFF "$@" >/dev/null
    nice cmake --build "$source/build/$name" >/dev/null
}
sh samples/install-packages.sh
build quality
evaluate=$source/build/quality/bin/segment-eval

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import cv2' 2>/dev/null && { python=$candidate; break; }
done

# Median seconds of a command.
median() {
    i=0
    while [ $i -lt "$runs" ]; do
        # what waits for quiet is not timed
        $quiet sh -c 'start=$(date +%s%N); "$@" >/dev/null || exit; end=$(date +%s%N)
            echo $((end - start))' timed "$@"
        i=$((i + 1))
    done | sort -n | awk '{ t[NR] = $1 } END { printf "%.3f", t[int((NR + 1) / 2)] / 1e9 }'
}
row() { printf '%-62s %s\n' "$1" "$2"; }
failed=
at_most() { awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }' || failed="$failed $1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# 50 pairs of masks of one and of eight bits; 1000 names of those of eight.
make_masks() {
    [ -d "$work/8" ] && return
    mkdir -p "$work/8/p" "$work/8/t" "$work/1/p" "$work/1/t"
    nice "$python" - "$work" <<'END'
import os, sys
import cv2
import numpy as np
work, random = sys.argv[1], np.random.default_rng(1)
for n in range(50):
    truth = np.zeros((1080, 1920), np.uint8)
    for _ in range(25):
        cv2.ellipse(truth, (int(random.integers(1920)), int(random.integers(1080))),
                    (int(random.integers(10, 200)), int(random.integers(10, 120))),
                    float(random.integers(180)), 0, 360, 255, -1)
    found = np.roll(truth, (3, -4), (0, 1))
    found[random.random(found.shape) < 0.0005] ^= 255
    for kind, mask in (("p", found), ("t", truth)):
        cv2.imwrite("%s/1/%s/%03d.png" % (work, kind, n), mask, [cv2.IMWRITE_PNG_BILEVEL, 1])
        cv2.imwrite("%s/8/%s/%03d.png" % (work, kind, n), mask)
        for copy in range(1, 20):
            os.link("%s/8/%s/%03d.png" % (work, kind, n),
                    "%s/8/%s/%03d.png" % (work, kind, n + 50 * copy))
END
}

cat >"$work/script.py" <<'END'
"""What people write: masks with OpenCV, counts with NumPy."""
import os, sys
import cv2
import numpy as np
cv2.setNumThreads(1)
tp = fp = fn = tn = 0
for name in sorted(os.listdir(sys.argv[1])):
    p = cv2.imread(os.path.join(sys.argv[1], name), cv2.IMREAD_GRAYSCALE) > 0
    t = cv2.imread(os.path.join(sys.argv[2], name), cv2.IMREAD_GRAYSCALE) > 0
    tp += np.count_nonzero(p & t)
    fp += np.count_nonzero(p & ~t)
    fn += np.count_nonzero(~p & t)
    tn += np.count_nonzero(~p & ~t)
print(tp, fp, fn, tn, 2 * tp / (2 * tp + fp + fn))
END

masks() {
    [ -n "$python" ] || { echo "masks: skipped, no OpenCV module for Python" >&2; return 0; }
    make_masks
    ours=$(median "$evaluate" masks "$work/8/p" "$work/8/t" --threads 1)
    both=$(median "$evaluate" masks "$work/8/p" "$work/8/t")
    theirs=$(runs=1 && median "$python" "$work/script.py" "$work/8/p" "$work/8/t")
    row "masks: 1000 pairs of 1080p PNG, one thread" "$ours s"
    row "masks: the same, all threads" "$both s"
    row "masks: a script with NumPy and OpenCV" "$theirs s, $(ratio "$theirs" "$ours") times (bar 5)"
    at_most masks 5 "$(ratio "$theirs" "$ours")"
}

boundaries() {
    sample=$data/images/bsds500/bench_sample
    [ -d "$sample" ] || { echo "boundaries: skipped, no $sample" >&2; return 0; }
    mkdir -p "$work/b/p" "$work/b/t"
    cp "$sample/pb_png/2018.png" "$work/b/p"
    cp "$sample"/gt_bdry/2018_[1-5].png "$work/b/t"
    time=$(median "$evaluate" boundaries "$work/b/p" "$work/b/t" --thresholds 99 --threads 1)
    row "boundaries: one picture, 99 thresholds, 5 annotators, one thread" "$time s (bar 3)"
    at_most boundaries "$time" 3
}

# Frames of a minute over and over, as raw video in a Y4M stream.
feed() {
    printf 'YUV4MPEG2 W320 H240 F25:1 Ip A1:1 Cmono XCOLORRANGE=FULL\n'
    i=0
    while [ $i -lt "$2" ]; do
        cat "$1"
        i=$((i + 1))
    done
}
memory_of() { awk '/VmHWM/ { print $2 }' "/proc/$1/status"; }

stream() {
    minutes=600
    LC_ALL=C awk -v out="$work/minute" 'BEGIN {
        for (y = 0; y < 240; y++) { black = black sprintf("%320s", ""); }
        gsub(/ /, "\001", black); white = black; gsub(/\001/, "\376", white)
        for (t = 0; t < 1500; t++) {
            cut = 320 * (20 + t % 200)
            printf "FRAME\n%s%s", substr(white, 1, cut), substr(black, cut + 1) > (out ".p")
            cut += 320 * (t % 7)
            printf "FRAME\n%s%s", substr(white, 1, cut), substr(black, cut + 1) > (out ".t")
        }
    }'
    mkfifo "$work/p" "$work/t"
    feed "$work/minute.p" $minutes >"$work/p" &
    feed "$work/minute.t" $minutes >"$work/t" &
    start=$(date +%s)
    "$evaluate" masks - "$work/t" --threshold 50% --truth-threshold 50% --json <"$work/p" \
        >"$work/scores" &
    process=$!
    # a minute of video is read in a fraction of a second; this is after many, the end after 600
    sleep 5
    early=$(memory_of $process)
    late=$early
    while now=$(memory_of $process 2>/dev/null) && [ -n "$now" ]; do
        late=$now
        sleep 0.2
    done
    wait $process
    row "stream: pairs of 320x240 frames, 10 hours at 25 fps" \
        "$(sed -n 's/^  "pairs": \([0-9]*\),/\1/p' "$work/scores") in $(($(date +%s) - start)) s"
    row "stream: peak memory after 5 s, and at the end" "$early kB, $late kB (bar 1 % more)"
    at_most stream "$late" "$((early + early / 100))"
}

png() {
    build quality-libpng -DSEGMENT_DEFLATE=OFF
    slow=$source/build/quality-libpng/bin
    quick=$source/build/quality/bin
    compare() { # TEXT PROGRAM ARGUMENTS...
        text=$1 program=$2
        shift 2
        with=$(median "$quick/$program" "$@")
        without=$(median "$slow/$program" "$@")
        row "png: $text" "$with s, libpng alone $without s, $(ratio "$without" "$with") times"
    }
    if [ -n "$python" ]; then
        make_masks
        compare "1000 pairs of 1080p masks of 8 bits, scored" segment-eval masks "$work/8/p" \
            "$work/8/t" --threads 1
        compare "50 pairs of 1080p masks of 1 bit, scored" segment-eval masks "$work/1/p" \
            "$work/1/t" --threads 1
    fi
    if [ -d "$data/images/photos" ] && [ -n "$python" ]; then
        mkdir -p "$work/photos"
        nice "$python" - "$data/images/photos" "$work/photos" <<'END'
import os, sys
import cv2
for folder, _, names in sorted(os.walk(sys.argv[1])):
    for name in sorted(names):
        picture = cv2.imread(os.path.join(folder, name))
        if picture is not None:
            cv2.imwrite(os.path.join(sys.argv[2], os.path.splitext(name)[0] + ".png"), picture)
END
        compare "$(ls "$work/photos" | wc -l) photographs through otsu" segment -q -y --threads 1 \
            --method otsu "$work/photos" "$work/out/"
        compare "the largest of them" segment -q -y --threads 1 --method otsu \
            "$(ls -S "$work"/photos/* | head -1)" "$work/one.png"
    fi
}

for part in "$@"; do
    case $part in
    masks | boundaries | stream | png) $part ;;
    *) echo "unknown part $part (allowed: masks boundaries stream png)" >&2; exit 2 ;;
    esac
done
[ -z "$failed" ] || { echo "bars missed:$failed" >&2; exit 1; }
