#!/bin/sh
# segment-eval over videos, streams and sequences: paired frame by frame, in constant memory.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"
"$SEGMENT_BUILD/bin/make_scene" video scene.mkv scene 40 96 64 >/dev/null || exit 1
mkdir truth
cp scene/mask_*.png truth
segment -q --method background scene.mkv masks.mkv
segment -q --method background scene.mkv masks/

# ---- the same numbers from a video, a directory, a stream, a pattern, a glob ----
works masks masks.mkv truth --json
has_value pairs 40
has_value files 1
value tp >tp
value f1 >f1
[ "$(cat tp)" -gt 0 ] || failed "nothing was found"
check_same() {
    has_value tp "$(cat tp)"
    has_value f1 "$(cat f1)"
}
segment -q --method background scene.mkv truth.mkv -y
works masks masks.mkv 'truth/mask_%04d.png' --json
check_same
works masks masks.mkv 'truth/*.png' --json --threads 1
check_same
segment -q --method background scene.mkv - --format y4m | works masks - truth --json
check_same
segment -q --method background scene.mkv - --format nut >masks.nut
works masks - 'truth/mask_*.png' --json <masks.nut
check_same
segment -q --method threshold --level 128 'truth/mask_%04d.png' truth.nut
works masks masks.mkv truth.nut --json
check_same
works masks truth.nut truth --json
has_value f1 1

# ---- frames as files ----
works masks masks.mkv truth --json --per-frame
has_value files 40
check_same
has printed '"name": "masks:0"' '"name": "masks:39"'
works masks masks.mkv truth --per-frame --bootstrap 20
has printed '40 frames' 'mean of frames'

# ---- videos in directories; a directory of frames is a video, too ----
mkdir v t
cp masks.mkv v/one.mkv
cp masks.mkv v/two.mkv
cp truth.nut t/one.nut
cp -r truth t/two
works masks v t --json
has_value files 2
has_value pairs 80
has_value f1 "$(cat f1)"
rm -r t/two
expect 1 masks v t --json
has messages 't/two: is missing: neither a video nor a directory of frames'

# ---- numbers of frames must agree ----
rm truth/mask_0039.png
fails 1 'truth: has 39 frames, but masks.mkv goes on' masks masks.mkv truth --json
segment -q --method background --limit 30 scene.mkv short.mkv
fails 1 'short.mkv: has 30 frames, but truth goes on' masks short.mkv truth --json
fails 1 'standard input' masks - truth </dev/null
head -c 3000 masks.nut >cut.nut
expect 1 masks cut.nut truth
has messages '^segment-eval: '

# ---- a size that differs in the middle ----
cp truth/mask_0000.png truth/mask_0039.png
segment -q --method threshold --level 128 --resize 48x32 truth/mask_0000.png truth/mask_0020.png -y
expect 1 masks masks.mkv truth
has messages 'masks.mkv: frame 20: the prediction is 96 x 64 \(it must be 48 x 32'

# ---- memory does not grow with the length ----
peak() { # peak FRAMES: `most` is the largest size in KB while a stream of masks is scored
    awk -v n="$1" 'BEGIN {
        printf "YUV4MPEG2 W320 H240 F25:1 Ip A1:1 Cmono\n"
        row = sprintf("%0320d", 0)
        gsub("0", "\377", row)
        for (f = 0; f < n; f++) { print "FRAME"; for (y = 0; y < 240; y++) printf "%s", row }
    }' >stream.y4m
    "$SEGMENT_EVAL" masks - stream.y4m <stream.y4m --json --threads 2 >printed &
    pid=$!
    most=0
    while kill -0 "$pid" 2>/dev/null; do
        now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
        [ -n "$now" ] && [ "$now" -gt "$most" ] && most=$now
    done
    wait "$pid" || failed "a stream of $1 masks is not scored"
    grep -q "\"pairs\": $1" printed || failed "not all of $1 masks are scored"
}
if [ -r /proc/self/status ] &&
    ! nm -D "$SEGMENT_EVAL" | grep -qE '__(asan|tsan|ubsan|msan|gcov|llvm_profile|sanitizer)_'; then
    peak 200
    short=$most
    peak 2000
    echo "peak of 200 masks: $short KB, of 2000: $most KB"
    [ "$most" -lt $((short + 6000)) ] || failed "memory grows with the length of a stream"
fi
finish
