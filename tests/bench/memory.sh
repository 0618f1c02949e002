#!/bin/sh
# Bytes a pixel that methods take beyond their input and their output, and the largest picture that
# this is about.
#   sh tests/bench/memory.sh [BUILD [PHOTO [METHOD...]]]
# BUILD: a build with tests (default build/test). PHOTO: a picture in colour (default: of
# SEGMENT_DATA). Methods: all of the families threshold, region and edge but those that need seeds.
# The picture is taken at 3 and at 12 megapixels, with one thread: what a method takes whatever the
# size is, and what the program takes anyway, falls out of the difference. Beside it the graph
# methods say in their heads what they take. Last, 20000 x 14000 pixels are thresholded and labelled.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/test}
photo=${2:-${SEGMENT_DATA:-../shared/data}/images/photos/large/$(ls "${SEGMENT_DATA:-../shared/data}/images/photos/large" 2>/dev/null | head -1)}
[ -f "$photo" ] || { echo "skipped: no photo at $photo" >&2; exit 77; }
[ -x "$build/tests/peak_memory" ] || { echo "skipped: $build has no tests/peak_memory" >&2; exit 77; }
[ $# -lt 2 ] || shift
[ $# -lt 1 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
segment=$build/bin/segment

# peak ARGUMENTS...: the largest resident size in bytes
peak() {
    "$build/tests/peak_memory" "$work/peak" nice "$segment" -y -q --threads 1 "$@" || return 1
    echo $(($(cat "$work/peak") * 1024))
}

sized() { # WIDTHxHEIGHT FILE
    "$segment" -y -q --method gaussian --sigma 0 --max-pixels 300M --resize "$1" --limit 1 \
        --render picture "$photo" "$2"
}

# in_family NAME: the methods of a family, as --list prints them
in_family() {
    "$segment" --list | awk -v family="$1" '
        /^Operations/ { exit }
        /^  [a-z]/ { inside = $1 == family; if (inside) print $2; next }
        inside { print $1 }'
}

sized 2000x1500 "$work/small.ppm"
sized 4000x3000 "$work/large.ppm"
[ $# -gt 0 ] || set -- $(in_family threshold) $(in_family region) $(in_family edge)
echo "| method | bytes a pixel beyond input and output |"
echo "| --- | --- |"
for method in "$@"; do
    gives=$("$segment" --help "$method" | sed -n 's/^Family .*; gives \([a-z]*\).*/\1/p')
    case $gives in labels) out=4 ;; score) out=2 ;; *) out=1 ;; esac
    small=$(peak --method "$method" "$work/small.ppm" null: 2>"$work/said") &&
        large=$(peak --method "$method" "$work/large.ppm" null: 2>"$work/said") || {
        echo "| \`$method\` | - ($(sed -n '1s/^segment: //p' "$work/said")) |"
        continue
    }
    awk -v method="$method" -v more=$((large - small)) -v out=$out 'BEGIN {
        bytes = more / 9e6 - 3 - out
        printf "| `%s` | %.1f |\n", method, (bytes > 0 ? bytes : 0)
    }'
done

echo
# FFmpeg stops short of 2^28 pixels: ten strips, one above the other
ffmpeg -v error -y -i "$photo" -vf scale=20000:1400,format=gray -frames:v 1 -f rawvideo "$work/strip"
{
    printf 'P5\n20000 14000\n255\n'
    for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$work/strip"; done
} >"$work/huge.pgm"
for name in mask labels; do
    bytes=$(peak --method otsu --max-pixels 300M --render $name "$work/huge.pgm" null:)
    awk -v bytes="$bytes" -v name=$name 'BEGIN {
        printf "20000 x 14000, %s: %.0f MB, %.2f bytes a pixel with input and output\n", name,
               bytes / 1e6, bytes / 280e6
        exit bytes > 8 * 280e6
    }'
done
