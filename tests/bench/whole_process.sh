#!/bin/sh
# Whole programs, start-up included: wall time, median of N, and peak memory.
#   sh tests/bench/whole_process.sh [BUILD_DIR [PICTURE.png [VIDEO]]]
# Without PICTURE a generated 1080p scene, without VIDEO a generated 768x576 one. Compares one PNG
# through Canny with an equivalent OpenCV program, a video through Canny with decoding alone and
# with FFmpeg's edgedetect (where they are installed), and looks at the memory of a 4K video
# (MEMORY=no leaves that out).
set -eu
cd "$(dirname "$0")/../.."
bin=$PWD/${1:-build/bench}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
runs=${RUNS:-11}

[ -n "${2:-}" ] || "$bin/make_scene" video "$work/hd.mkv" "$work/truth" 1 1920 1080
if [ -n "${2:-}" ]; then
    cp "$2" "$work/in.png"
else
    "$bin/segment" -q --method gaussian --sigma 0 --limit 1 "$work/hd.mkv" "$work/in.png"
fi
[ -n "${3:-}" ] || "$bin/make_scene" video "$work/video.mkv" "$work/truth" 300 768 576
video=${3:-$work/video.mkv}

# Median wall time of a command in ms.
median() {
    i=0
    while [ $i -lt "$runs" ]; do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1
        end=$(date +%s%N)
        echo $(((end - start) / 1000))
        i=$((i + 1))
    done | sort -n | awk '{ t[NR] = $1 } END { printf "%.1f", t[int((NR + 1) / 2)] / 1000 }'
}
row() { printf '%-58s %10s ms\n' "$1" "$2"; }

row "segment --method canny in.png out.png" "$(median "$bin/segment" -q -y --method canny \
    --low 50 --high 150 "$work/in.png" "$work/out.png")"
if [ -x "$bin/opencv_canny" ]; then
    row "the same with OpenCV" "$(median "$bin/opencv_canny" "$work/in.png" "$work/cv.png")"
fi
runs=$(((runs + 2) / 3))
row "segment --method canny video null:" "$(median "$bin/segment" -q --method canny "$video" null:)"
row "the same, one thread" "$(median "$bin/segment" -q --threads 1 --method canny "$video" null:)"
if command -v ffmpeg >/dev/null 2>&1; then
    row "ffmpeg: decoding alone, one thread" "$(median ffmpeg -v error -threads 1 -i "$video" -f null -)"
    row "ffmpeg: decoding alone" "$(median ffmpeg -v error -i "$video" -f null -)"
    row "ffmpeg: edgedetect" "$(median ffmpeg -v error -i "$video" -vf edgedetect -f null -)"
fi

if [ "${MEMORY:-yes}" = yes ] && [ -x /usr/bin/time ]; then
    for frames in 20 80; do
        "$bin/make_scene" video "$work/uhd.mkv" "$work/truth" $frames 3840 2160
        /usr/bin/time -f "%M" -o "$work/memory" "$bin/segment" -q -y --method canny \
            "$work/uhd.mkv" "$work/masks.mkv"
        printf '%-58s %10s MB\n' "peak memory, 4K video of $frames frames to FFV1" \
            "$(($(cat "$work/memory") / 1024))"
        rm -f "$work/uhd.mkv" "$work/masks.mkv"
    done
fi
