#!/bin/sh
# Moving objects of a video from the file to JSON Lines, whole programs with their start: wall time,
# median of N, beside OpenCV's MOG2 on two threads; and the peak memory of a long video.
#   sh tests/bench/moving_objects.sh [BUILD_DIR [VIDEO]]
# VIDEO is vtest.avi of SEGMENT_DATA unless given. METHODS names others than mog2 and background;
# HOUR=yes adds an hour of generated video, of which the first minute and the whole are compared.
set -eu
cd "$(dirname "$0")/../.."
bin=$PWD/${1:-build/bench}/bin
video=${2:-${SEGMENT_DATA:-../shared/data}/video/clips/real/vtest.avi}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
runs=${RUNS:-5}

# Median wall time of a command in ms; of one that fails, what it says.
median() {
    "$@" >"$work/said" 2>&1 || {
        echo "fails: $(head -1 "$work/said")"
        return 0
    }
    i=0
    while [ $i -lt "$runs" ]; do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1
        end=$(date +%s%N)
        echo $(((end - start) / 1000))
        i=$((i + 1))
    done | sort -n | awk '{ t[NR] = $1 } END { printf "%.1f", t[int((NR + 1) / 2)] / 1000 }'
}
row() { printf '%-66s %10s %s\n' "$1" "$2" "$3"; }

# objects METHOD INPUT ARGUMENTS...: detection, cleaning, tracking, a line for each object.
objects() {
    method=$1 input=$2
    shift 2
    "$bin/segment" -q -y --threads 2 --method "$method" --post 'open(3)' --keep 'area > 150' \
        --track --objects "$work/objects.jsonl" "$@" "$input"
}

if [ -f "$video" ]; then
    for method in ${METHODS:-mog2 background}; do
        "$bin/segment" --help "$method" >/dev/null 2>&1 || continue
        row "segment --method $method, cleaned, tracked, to JSON lines" \
            "$(median objects "$method" "$video")" ms
    done
    if [ -x "$bin/opencv_mog2" ]; then
        row "OpenCV: MOG2 alone, two threads" "$(median "$bin/opencv_mog2" "$video")" ms
        row "OpenCV: MOG2, opening, contours, boxes as text" \
            "$(median "$bin/opencv_mog2" "$video" blobs)" ms
    fi
else
    echo "skipped: $video is missing (SEGMENT_DATA)"
fi

if [ "${HOUR:-no}" = yes ] && [ -x /usr/bin/time ]; then
    "$bin/make_scene" video "$work/minute.mkv" "$work/truth" 1800 320 240 >/dev/null
    i=0
    while [ $i -lt 60 ]; do
        echo "file '$work/minute.mkv'"
        i=$((i + 1))
    done >"$work/list"
    ffmpeg -v error -f concat -safe 0 -i "$work/list" -c copy "$work/hour.mkv"
    for name in minute hour; do
        /usr/bin/time -f %M -o "$work/memory" "$bin/segment" -q -y --threads 2 \
            --method "${METHODS:-background}" --post 'open(3)' --keep 'area > 50' --track \
            --objects "$work/objects.jsonl" --events "$work/events.jsonl" "$work/$name.mkv" \
            "$work/$name-masks.mkv"
        row "peak memory: $(wc -l <"$work/objects.jsonl") objects of a $name" \
            "$(($(cat "$work/memory") / 1024))" MB
    done
fi
