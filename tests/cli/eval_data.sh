#!/bin/sh
# segment-eval of annotations: COCO's JSON, MOTChallenge's rows, JSON Lines of segment --objects.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"

# ---- COCO: one of two cats is found; precision 1 up to recall .5 is 51 of 101 points ----
cat >gt.json <<'JSON'
{"images": [{"id": 1, "width": 100, "height": 90, "file_name": "dir/a.jpg"},
            {"id": 2, "width": 100, "height": 90, "file_name": "b.jpg"}],
 "categories": [{"id": 7, "name": "cat"}],
 "annotations": [
  {"id": 1, "image_id": 1, "category_id": 7, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0},
  {"id": 2, "image_id": 2, "category_id": 7, "bbox": [50, 50, 30, 30], "area": 900, "iscrowd": 0}]}
JSON
cat >dt.json <<'JSON'
[{"image_id": 1, "category_id": 7, "bbox": [10, 10, 20, 20], "score": 0.9},
 {"image_id": 2, "category_id": 7, "bbox": [0, 0, 30, 30], "score": 0.8}]
JSON
works instances dt.json gt.json --json
has_value ap "$(awk 'BEGIN { printf "%.12f", 51 / 101 }')"
has_value files 2
has_value tp 1
has_value fp 1
has_value fn 1
has printed '"name": "a"' '"name": "b"'
works instances dt.json gt.json --per-file --worst 1
sed -n '/^worst by ap/,$p' printed | grep -q '^b ' || failed "b is not the worst picture"
works instances dt.json gt.json --bootstrap 20
works instances --compare dt.json dt.json gt.json --json
has printed '"larger": 0'
# the truth itself, a picture that nothing was found in
printf '[{"image_id": 1, "category_id": 7, "bbox": [10, 10, 20, 20], "score": 0.9}]' >less.json
works instances less.json gt.json --json
has_value files 2
has_value fn 1
printf '[{"image_id": 3, "category_id": 7, "bbox": [1, 1, 2, 2], "score": 0.9}]' >strange.json
expect 1 instances strange.json gt.json
has messages '^segment-eval: strange.json: '
printf '{"images": [' >broken.json
expect 1 instances dt.json broken.json
has messages '^segment-eval: broken.json: '
mask picture.pgm '##' '..'
fails 1 'is a file of annotations, its partner is none' instances dt.json picture.pgm
fails 1 'dt.json: ' masks dt.json picture.pgm

# ---- MOTChallenge: a switch of identity in the last of three frames ----
printf '%s\n' 1,1,10,10,20,20,1 2,1,12,10,20,20,1 3,1,14,10,20,20,1 >t.txt
printf '%s\n' 1,7,10,10,20,20,1 2,7,12,10,20,20,1 3,8,14,10,20,20,1 >p.txt
works tracks p.txt t.txt --json
has_value mota "$(awk 'BEGIN { printf "%.12f", 2 / 3 }')"
has_value idsw 1
has_value idf1 "$(awk 'BEGIN { printf "%.12f", 2 / 3 }')"
# hota: all found (1), association (2 x 2/3 + 1/3) / 3
has_value hota "$(awk 'BEGIN { printf "%.12f", sqrt(5 / 9) }')"
has_value files 1
has_value pairs 3
mkdir -p P T/S1/gt T/S2/gt
cp p.txt P/S1.txt
cp t.txt P/S2.txt
cp t.txt T/S1/gt/gt.txt
cp t.txt T/S2/gt/gt.txt
works tracks P T --json
has_value files 2
has_value idsw 1
works tracks P T --per-file
has printed '2 sequences, 6 pairs' '^S1 ' '^S2 '
rm -r T/S2
expect 1 tracks P T
has messages 'P/S2.txt: has no truth'
# rows of MOT16: class 8 is a distractor, conf 0 does not count
printf '%s\n' 1,1,10,10,20,20,1,1,1 1,2,60,10,20,20,1,8,1 1,3,80,80,10,10,0,1,1 >t16.txt
printf '%s\n' 1,1,10,10,20,20,1 1,5,60,10,20,20,1 >p16.txt
works tracks p16.txt t16.txt --mot mot16 --category 1 --json
has_value fp 0
has_value fn 0
has_value tp 1
# KITTI: the van's match and the car in DontCare do not count
box=' 1.5 1.6 4 0 0 0 0'
printf '%s\n' "0 1 Car 0 0 0 10 10 50 50$box" "0 2 Van 0 0 0 60 10 99 50$box" \
    "0 -1 DontCare -1 -1 -10 200 0 300 99$box" >tk.txt
printf '%s\n' "0 4 Car -1 -1 0 10 10 50 50$box 0.9" "0 5 Car -1 -1 0 60 10 99 50$box 0.8" \
    "0 6 Car -1 -1 0 210 10 250 50$box 0.8" >pk.txt
works tracks pk.txt tk.txt --mot kitti-car --json
has_value tp 1
has_value fp 0
has_value fn 0
works tracks pk.txt tk.txt --json
has_value fp 1
expect 1 tracks p.txt t.txt --mot kitti-car
has messages "KITTI's rules do not suit"
fails 2 '--mot .*mot99' tracks p16.txt t16.txt --mot mot99
fails 2 '--size is "big"' tracks p16.txt t16.txt --size big

# ---- JSON Lines: what segment --objects writes, against itself and against MOT's rows ----
"$SEGMENT_BUILD/bin/make_scene" video scene.mkv scene 40 96 64 >/dev/null || exit 1
segment -q --method background scene.mkv --objects found.jsonl --objects-shape rle
works tracks found.jsonl found.jsonl --json --size 96x64
has_value hota 1
has_value mota 1
works instances found.jsonl found.jsonl --json --size 96x64
has_value ap 1
printf '%s\n' '{"input": "one", "frame": 1, "id": 1, "box": [10, 10, 20, 20]}' \
    '{"input": "two", "frame": 1, "id": 1, "box": [10, 10, 20, 20]}' >two.jsonl
printf '%s\n' '{"input": "one", "frame": 1, "id": 1, "box": [10, 10, 20, 20]}' \
    '{"input": "six", "frame": 1, "id": 1, "box": [10, 10, 20, 20]}' >six.jsonl
expect 1 tracks six.jsonl two.jsonl
has messages 'six.jsonl: has the sequence "six", which the truth does not have'

# ---- panoptic: JSON beside a directory of label pictures ----
mkdir pt pp
awk 'BEGIN { print "P3\n4 2\n255"; for (i = 0; i < 8; i++) print i % 4 < 2 ? "1 0 0" : "2 0 0" }' >pt/1.ppm
awk 'BEGIN { print "P3\n4 2\n255"; for (i = 0; i < 8; i++) print i % 4 < 2 ? "5 0 0" : "6 0 0" }' >pp/1.ppm
panoptic() { # panoptic FILE ID1 ID2
    cat >"$1" <<JSON
{"images": [{"id": 1, "width": 4, "height": 2, "file_name": "1.jpg"}],
 "categories": [{"id": 3, "name": "sky", "isthing": 0}, {"id": 4, "name": "dog", "isthing": 1}],
 "annotations": [{"image_id": 1, "file_name": "1.ppm", "segments_info": [
   {"id": $2, "category_id": 3, "area": 4, "bbox": [0, 0, 2, 2], "iscrowd": 0},
   {"id": $3, "category_id": 4, "area": 4, "bbox": [2, 0, 2, 2], "iscrowd": 0}]}]}
JSON
}
panoptic pt.json 1 2
panoptic pp.json 5 6
works panoptic pp.json pt.json --json
has_value pq 1
has_value tp 2
rm pp/1.ppm
expect 1 panoptic pp.json pt.json
has messages 'pp/1.ppm'
finish
