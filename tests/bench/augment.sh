#!/bin/sh
# A COCO set of the GrabCut pictures through hflip, rotate, mosaic and cutmix, JPEG in to JPEG out, as
# whole programs on two threads: wall time, median of N, beside OpenCV doing the same without labels.
#   sh tests/bench/augment.sh [BUILD_DIR]
# Pictures and masks are found by SEGMENT_DATA. COPIES of each picture, RUNS of each program.
set -eu
cd "$(dirname "$0")/../.."
bin=$PWD/${1:-build/bench}/bin
data=${SEGMENT_DATA:-../shared/data}/images/grabcut
if [ ! -d "$data/images" ]; then
    echo "skipped: $data/images is missing (SEGMENT_DATA)"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
runs=${RUNS:-5} copies=${COPIES:-4}

# The set: JPEGs, and the largest part of each mask as run lengths.
"$bin/segment-augment" -q --pipeline '' --format jpeg "$data/images" "$work/named"
mkdir "$work/in"
for picture in "$work"/named/*_1.jpg; do
    name=${picture##*/}
    mv "$picture" "$work/in/${name%_1.jpg}.jpg"
done
"$bin/segment" -q --method threshold --level 200 --objects "$work/objects.jsonl" \
    --objects-shape rle "$data/gt/" null:
awk '{
    name = $0; sub(/.*\/gt\//, "", name); sub(/\.[a-z]*".*/, "", name)
    area = $0; sub(/.*"area":/, "", area); sub(/,.*/, "", area)
    box = $0; sub(/.*"box":/, "", box); sub(/\].*/, "]", box)
    rle = $0; sub(/.*"rle":/, "", rle); sub(/\}\}$/, "}", rle)
    size = $0; sub(/.*"size":\[/, "", size); sub(/\].*/, "", size); split(size, sides, ",")
    if (area + 0 <= most[name] + 0) next
    if (!(name in most)) order[++count] = name
    most[name] = area; boxes[name] = box; shapes[name] = rle; heights[name] = sides[1]; widths[name] = sides[2]
}
END {
    printf "{\"images\":["
    for (i = 1; i <= count; i++)
        printf "%s{\"id\":%d,\"file_name\":\"%s.jpg\",\"width\":%d,\"height\":%d}", (i > 1 ? "," : ""), i,
            order[i], widths[order[i]], heights[order[i]]
    printf "],\"annotations\":["
    for (i = 1; i <= count; i++)
        printf "%s{\"id\":%d,\"image_id\":%d,\"category_id\":1,\"iscrowd\":0,\"area\":%d,\"bbox\":%s,\"segmentation\":%s}\n",
            (i > 1 ? "," : ""), i, i, most[order[i]], boxes[order[i]], shapes[order[i]]
    printf "],\"categories\":[{\"id\":1,\"name\":\"object\"}]}\n"
}' "$work/objects.jsonl" >"$work/coco.json"

# Median wall time of a command in ms.
median() {
    i=0
    while [ $i -lt "$runs" ]; do
        rm -rf "$work/out" "$work/out.json"
        start=$(date +%s%N)
        "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
        end=$(date +%s%N)
        echo $(((end - start) / 1000))
        i=$((i + 1))
    done | sort -n | awk '{ t[NR] = $1 } END { printf "%.1f", t[int((NR + 1) / 2)] / 1000 }'
}
row() { printf '%-58s %10s ms\n' "$1" "$2"; }
ours() {
    "$bin/segment-augment" -q --threads 2 --quality 92 --copies "$copies" \
        --pipeline 'hflip(p=0.5), rotate(limit=15), mosaic(p=0.5), cutmix(p=0.5)' "$@" "$work/in" "$work/out"
}
theirs() { "$bin/opencv_augment" "$work/in" "$work/out" "$copies" 92 "$@"; }

labels="--labels $work/coco.json --output-labels $work/out.json"
# shellcheck disable=SC2086
a=$(median ours $labels)
row "segment-augment, $copies copies of 25 pictures with their masks" "$a"
row "the same without labels" "$(median ours)"
# shellcheck disable=SC2086
row "the same, partners read each time" "$(median ours $labels --cache 0)"
if [ -x "$bin/opencv_augment" ]; then
    b=$(median theirs)
    row "OpenCV without labels, partners read each time" "$b"
    row "OpenCV without labels, partners read once" "$(median theirs cache)"
    echo "$a $b" | awk '{ printf "%-58s %10.2f times\n", "OpenCV / segment-augment", $2 / $1 }'
fi
