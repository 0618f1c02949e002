#!/bin/sh
# segment-augment with labels: they follow the picture in every format, are the same however the work
# is split, and rare classes get more copies.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
: "${SEGMENT_AUGMENT:?is the path of segment-augment}"
tested() { "$SEGMENT_AUGMENT" "$@"; }
program=segment-augment

# thing FILE X Y: grey, 100 x 80, with a bright rectangle of 20 x 10 whose corner is X, Y.
thing() {
    awk -v left="$2" -v top="$3" 'BEGIN {
        printf "P2\n100 80\n255\n"
        for (y = 0; y < 80; y++)
            for (x = 0; x < 100; x++)
                print (x >= left && x < left + 20 && y >= top && y < top + 10 ? 230 : 30)
    }' >"$1"
}
mkdir in
thing in/a.pgm 10 20
thing in/b.pgm 60 5
thing in/c.pgm 40 60
cat >coco.json <<END
{"images": [{"id": 1, "file_name": "a.pgm", "width": 100, "height": 80},
            {"id": 2, "file_name": "b.pgm", "width": 100, "height": 80},
            {"id": 3, "file_name": "c.pgm", "width": 100, "height": 80}],
 "annotations": [
  {"id": 1, "image_id": 1, "category_id": 5, "iscrowd": 0, "bbox": [10, 20, 20, 10], "area": 200,
   "segmentation": [[10, 20, 30, 20, 30, 30, 10, 30]], "keypoints": [10, 20, 2, 30, 30, 1], "num_keypoints": 2},
  {"id": 2, "image_id": 2, "category_id": 5, "iscrowd": 0, "bbox": [60, 5, 20, 10], "area": 200,
   "segmentation": [[60, 5, 80, 5, 80, 15, 60, 15]]},
  {"id": 3, "image_id": 3, "category_id": 9, "iscrowd": 0, "bbox": [40, 60, 20, 10], "area": 200,
   "segmentation": [[40, 60, 60, 60, 60, 70, 40, 70]]}],
 "categories": [{"id": 5, "name": "brick", "keypoints": ["one", "two"], "skeleton": [[1, 2]]},
                {"id": 9, "name": "stone"}]}
END

sed 's/, "keypoints": \[10.*2}/}/' coco.json >plain.json # rows of YOLO have points for all, or none

# ---- where they go ----
works --pipeline hflip --labels coco.json in/ flip/ --output-labels flip.json --report flip.report
has flip.json '"bbox":\[70,20,20,10\]' '"keypoints":\[90,20,2,70,30,1\]' '"file_name":"a_1.pgm"' \
    '"name": ?"brick"' '"skeleton"' '"category_id":9'
has flip.report '"sample":"a.pgm".*"objects":1,"dropped":0,"lost_points":0'
works --pipeline vflip --labels coco.json in/a.pgm vflip.pgm --output-labels vflip.json
has vflip.json '"bbox":\[10,50,20,10\]' '"file_name":"vflip.pgm"'
# what lies in the moved box is the bright thing
works --pipeline 'scale(low=0.8, high=1.2), translate' --rng-seed 5 --labels coco.json in/a.pgm moved.pgm \
    --output-labels moved.json
segment --method threshold --level 128 --objects moved.objects moved.pgm null: 2>/dev/null ||
    segment --method threshold --level 128 --objects moved.objects moved.pgm moved.png
sed -n 's/.*"box":\[\([^]]*\)\].*/\1/p' moved.objects | head -1 >seen
sed -n 's/.*"bbox":\[\([^]]*\)\].*/\1/p' moved.json | head -1 >told
[ "$(paste -d, seen told | awk -F, '{ for (i = 1; i < 5; i++) { d = $i - $(i + 4); if (d > 1.5 || d < -1.5) bad = 1 }
    print bad + 0 }')" = 0 ] || failed "the box $(cat told) is not where the thing is: $(cat seen)"

# what the file says of itself and of its pictures
sed '1s/{"images": \[{"id": 1,/{"info": {"year": 2026}, "licenses": [{"id": 3, "name": "CC0"}], "images": [{"id": 1, "license": 3,/' \
    coco.json >licensed.json
works --pipeline 'mixup(p=0.5)' --copies 2 --labels licensed.json in/ licensed/ --output-labels licensed2.json
has licensed2.json '^."info":."year": 2026.,$' '^"licenses":\[."id": 3, "name": "CC0".\],$' \
    '"file_name":"a_1.pgm","license":3' '"file_name":"a_2.pgm","license":3' '"file_name":"b_1.pgm"}'

# ---- objects that leave ----
works --pipeline 'crop(width=20, height=20)' --copies 8 --labels coco.json in/ crop/ --output-labels crop.json \
    --min-visibility 0.5 --report crop.report
is "objects that are left and dropped" \
    "$(sed 's/.*"objects":\([0-9]*\),"dropped":\([0-9]*\).*/\1 \2/' crop.report | awk '{ n += $1 + $2 } END { print n }')" 24
[ "$(grep -c '"dropped":0' crop.report)" -lt 3 ] || failed "nothing is dropped from small crops"
works --pipeline 'crop(width=20, height=20)' --copies 8 --labels coco.json in/ crop0/ --output-labels crop0.json \
    --min-area 1000000 --report crop0.report
has crop0.report '"objects":0,"dropped":8'
fails 2 'min-visibility is out of range' --pipeline hflip --labels coco.json --min-visibility 2 in/ x/ \
    --output-labels x.json

# ---- however the work is split ----
chain='hflip(p=0.5), rotate(limit=30), mosaic(width=90, height=70, p=0.5), cutmix(p=0.3)'
works --pipeline "$chain" --copies 4 --labels coco.json in/ all/ --output-labels all.json --manifest all.jsonl
for threads in 1 7; do
    works --pipeline "$chain" --copies 4 --labels coco.json in/ t$threads/ --output-labels t$threads.json \
        --threads $threads
    same all.json t$threads.json
    diff -r all t$threads >/dev/null || failed "$threads threads give other pictures"
done
works --replay all.jsonl --labels coco.json in/ again/ --output-labels again.json
same all.json again.json
works --pipeline "$chain" --copies 4 --labels plain.json in/ yolo/ --output-labels yolo.txt --output-label-format yolo
for part in 1 2 3 4; do
    works --pipeline "$chain" --copies 4 --labels plain.json in/ parts/ --output-labels parts.txt \
        --output-label-format yolo --shard $part/4 -y
done
diff -r yolo.txt parts.txt >/dev/null || failed "parts give other labels"
diff -r all parts >/dev/null || failed "parts give other pictures"

# ---- from one format to the other, and back ----
works --pipeline '' --labels coco.json in/ same/ --output-labels same.json
works --pipeline '' --labels same.json same/ same2/ --output-labels same2.json
sed 's/_1\.pgm/.pgm/; s/_1_1/_1/' same2.json >a
sed 's/_1\.pgm/.pgm/' same.json >b
sed -i 's/_1\.pgm/.pgm/' a
same a b
works --pipeline hflip --labels plain.json in/ y/ --output-labels ylabels/ --output-label-format yolo
there ylabels/a_1.txt
works --pipeline hflip --labels ylabels/ --label-format yolo y/ yy/ --output-labels back.json
has back.json '"(bbox|segmentation)":\[+10,20,'

works --pipeline hflip --labels plain.json in/a.pgm grey.pgm --output-labels voc/ --output-label-format voc
works --pipeline hflip --channels 3 --labels plain.json in/a.pgm colour.ppm --output-labels voc/ \
    --output-label-format voc -y
has voc/grey.xml '<width>100</width><height>80</height><depth>1</depth>'
has voc/colour.xml '<width>100</width><height>80</height><depth>3</depth>'

mkdir nameless # classes without names are called by their numbers
echo '7 0.5 0.5 0.2 0.2' >nameless/a.txt
echo '0 0.5 0.5 0.2 0.2' >nameless/b.txt
works --pipeline hflip --labels nameless/ --label-format yolo in/[ab].pgm n/ --output-labels n.json
has n.json '"category_id":7' '^."id":0,"name":"0".,$' '^."id":7,"name":"7".\],$'
is "categories of it" "$(grep -c '"name":' n.json)" 2
works --pipeline hflip --labels nameless/ --label-format yolo in/[ab].pgm nv/ --output-labels nvoc/ \
    --output-label-format voc
has nvoc/a_1.xml '<name>7</name>'
has nvoc/b_1.xml '<name>0</name>'

# ---- a file that is no XML ----
works --pipeline hflip --labels plain.json in/ z/ --output-labels torn/ --output-label-format voc
for name in a b c; do mv torn/${name}_1.xml torn/$name.xml; done
head -c 150 torn/b.xml >half.xml
mv half.xml torn/b.xml
expect 3 --keep-going --pipeline hflip --labels torn/ in/ going/ --output-labels going.json
has messages 'in/b.pgm: torn/+b.xml: line [0-9]+, column [0-9]+: no element found' '1 of 3 inputs failed'
there going/a_1.pgm going/c_1.pgm going.json
absent going/b_1.pgm
expect 1 --pipeline hflip --labels torn/ in/ stopped/ --output-labels stopped.json
has messages 'in/b.pgm: torn/+b.xml: line [0-9]+, column [0-9]+: no element found'
absent stopped.json

# ---- how formats are meant ----
works --pipeline '' --labels coco.json --label-options kinds=boxes in/ k/ --output-labels k.json
! grep -q 'keypoints":\[[0-9]' k.json || failed "key points are kept"
has k.json '"bbox":\[10,20,20,10\]'
works --pipeline '' --labels coco.json --label-options 'kinds=boxes+points, points=2' in/a.pgm k1.pgm \
    --output-labels k1.txt --output-label-format yolo
is "numbers of a row of YOLO" "$(awk '{ print NF }' k1.txt/k1.txt)" 11
fails 2 'no kind of labels "box"' --pipeline '' --labels coco.json --label-options kinds=box in/ x/ --output-labels x.json
fails 2 'label-options: there is no such parameter .got "point"|did you mean' --pipeline '' --labels coco.json \
    --label-options point=3 in/ x/ --output-labels x.json
fails 2 'label-options: origin' --pipeline '' --labels coco.json --label-options origin=3 in/ x/ --output-labels x.json

fails 1 '^segment-augment: nowhere.json: cannot be opened .No such file' --pipeline '' --labels nowhere.json in/ x/ \
    --output-labels x.json

# ---- masks ----
mkdir masks
for name in a b c; do segment --method threshold --level 128 in/$name.pgm masks/$name.png; done
works --pipeline 'hflip, rotate90(p=1)' --labels masks/ --label-format masks in/ m/ --output-labels mlabels/
segment --method threshold --level 128 m/b_1.pgm thresholded.png
segment --method threshold --level 128 mlabels/b_1.png labelled.png
same thresholded.png labelled.png
works --pipeline 'vflip' --labels masks/ --label-format instances in/ i/ --output-labels ilabels/
there ilabels/c_1.png

# ---- frames of clips, and a label of each: one draw for all ----
for clip in east west; do
    mkdir -p walk/$clip walk_masks/$clip
    for i in 1 2 3 4; do
        thing walk/$clip/$i.pgm $((15 * i)) $((10 * i))
        segment --method threshold --level 128 walk/$clip/$i.pgm walk_masks/$clip/$i.png
    done
done
draws() { # draws MANIFEST CLIP COPY: how many ways there are to draw it
    grep "\"sample\":\"$2/.*\"copy\":$3," "$1" | sed 's/.*"draws"//' | sort -u | wc -l | tr -d ' '
}
moves='hflip(p=0.5), rotate(limit=30), translate, scale, gamma, cutmix(p=0.3)'
works --pipeline "$moves" --clips --copies 2 --labels walk_masks/ --label-format masks walk/ walked/ \
    --output-labels walked_masks/ --manifest walked.jsonl
for clip in east west; do
    for copy in 1 2; do is "draws of copy $copy of $clip" "$(draws walked.jsonl $clip $copy)" 1; done
done
is "draws of two copies of two clips" "$(sed -n 's/.*"draws"//p' walked.jsonl | sort -u | wc -l | tr -d ' ')" 4
works --pipeline "$moves" --copies 2 --labels walk_masks/ --label-format masks walk/ strolled/ \
    --output-labels strolled_masks/ --manifest strolled.jsonl
is "draws of frames that are none" "$(draws strolled.jsonl east 1)" 4
works --replay walked.jsonl --labels walk_masks/ --label-format masks walk/ walked2/ --output-labels walked2_masks/
diff -r walked walked2 >/dev/null && diff -r walked_masks walked2_masks >/dev/null || failed "a clip is not replayed"
fails 2 'clips cannot be changed with --replay' --replay walked.jsonl --clips walk/ x/
for part in 1 2 3; do
    works --pipeline "$moves" --clips --copies 2 --labels walk_masks/ --label-format masks walk/ walked3/ \
        --output-labels walked3_masks/ --shard $part/3 --threads $part -y
done
diff -r walked walked3 >/dev/null && diff -r walked_masks walked3_masks >/dev/null ||
    failed "parts of clips are other ones"
# Directories that are given each are clips each; frames cannot be balanced one by one.
mkdir apart
for i in 1 2; do
    cp walk/east/$i.pgm apart/e$i.pgm
done
works --pipeline 'rotate(limit=40)' --clips apart/ walk/west/ two/ --manifest two.jsonl
is "draws of two directories" "$(sed -n 's/.*"draws"//p' two.jsonl | sort -u | wc -l | tr -d ' ')" 2
fails 2 'balance copies pictures one by one' --pipeline hflip --clips --labels walk_masks/ --label-format masks \
    --balance class:3 walk/ x/
# Boxes have no place in arrays: told before the first of them.
fails 2 'arrays hold classes of pictures only' --online --pipeline hflip --labels coco.json in/
# The mask of a frame lies where its thing lies.
works --pipeline 'hflip(p=0.5), rotate90, crop(width=70, height=60)' --clips --copies 3 --labels walk_masks/ \
    --label-format masks walk/ cropped/ --output-labels cropped_masks/
for copy in 1 2 3; do
    for i in 1 2 3 4; do
        segment --method threshold --level 128 cropped/west/${i}_$copy.pgm seen.png
        segment --method threshold --level 128 cropped_masks/west/${i}_$copy.png told.png
        same seen.png told.png
    done
done
# A box that moves by 15, 10 from frame to frame still does, mirrored and from somewhere else.
{
    printf '{"images": ['
    for i in 1 2 3 4; do
        [ $i = 1 ] || printf ,
        printf '{"id": %d, "file_name": "east/%d.pgm", "width": 100, "height": 80}' $i $i
    done
    printf '], "annotations": ['
    for i in 1 2 3 4; do
        [ $i = 1 ] || printf ,
        printf '{"id": %d, "image_id": %d, "category_id": 1, "bbox": [%d, %d, 20, 10], "area": 200, "iscrowd": 0}' \
            $i $i $((15 * i)) $((10 * i))
    done
    printf '], "categories": [{"id": 1, "name": "thing"}]}'
} >walk.json
works --pipeline 'hflip, translate(x=0.05, y=0.05)' --clips --rng-seed 7 --labels walk.json walk/east/ step/ \
    --output-labels step.json --boxes-from corners --min-area 0
sed -n 's/.*"bbox":\[\([^]]*\)\].*/\1/p' step.json >steps
lines steps 4
is "steps of the boxes" "$(awk -F, 'NR > 1 { printf "%.3f,%.3f ", $1 - x, $2 - y } { x = $1; y = $2 }' steps)" \
    "-15.000,10.000 -15.000,10.000 -15.000,10.000 "

# ---- classes, and their balance ----
mkdir -p tree/cat tree/dog
for i in 1 2 3 4 5; do thing tree/cat/$i.pgm $((10 * i)) 10; done
thing tree/dog/1.pgm 50 50
works --pipeline hflip --balance class --labels tree/ --label-format classes tree/ balanced/
is "cats" "$(ls balanced/cat | wc -l | tr -d ' ')" 5
is "dogs" "$(ls balanced/dog | wc -l | tr -d ' ')" 5
works --pipeline 'rotate' --balance class:8 --originals --labels tree/ --label-format classes tree/ eight/
is "cats of eight" "$(ls eight/cat | wc -l | tr -d ' ')" 8
is "dogs of eight" "$(ls eight/dog | wc -l | tr -d ' ')" 8
there eight/dog/1_0.pgm
works --pipeline 'mixup(p=1)' --labels tree/ --label-format classes tree/ soft/ --output-labels soft.csv
has soft.csv '^name,cat,dog$'
awk -F, 'NR > 1 { s = $2 + $3; if (s < 0.9999 || s > 1.0001) bad = 1 } END { exit bad }' soft.csv ||
    failed "shares of classes do not sum to one"
works --pipeline hflip --balance class --labels coco.json in/ rare/ --output-labels rare.json
is "pictures of bricks and stones" "$(ls rare | wc -l | tr -d ' ')" 4
works --pipeline hflip --balance class:6 --labels coco.json in/ six/ --output-labels six.json
is "six of each" "$(grep -c '"category_id":9' six.json) $(grep -c '"category_id":5' six.json)" "6 6"

# ---- what is refused before anything is written ----
refuses() { # WORDS ARGUMENTS...
    words=$1
    shift
    for more in '' --keep-going '--threads 1' --resume; do
        # shellcheck disable=SC2086 # none, one or two words
        fails 2 "$words" $more "$@" --report no.report --manifest no.jsonl --output-labels no.labels in/ no/
        absent no no.labels no.report no.jsonl no.labels.partial no.report.partial no.jsonl.partial
    done
}
refuses 'in/a.pgm: no.labels: a row of YOLO has no place for points here; tell how many by the option points' \
    --pipeline hflip --labels coco.json --output-label-format yolo
refuses 'in/a.pgm: no.labels: an object has 2 key points, but each of the set has 3' \
    --pipeline hflip --labels coco.json --output-label-format yolo --label-options 'kinds=boxes+points,points=3'
refuses 'in/a.pgm: no.labels: labels of the format voc hold no points, which "a.pgm" has' \
    --pipeline hflip --labels coco.json --output-label-format voc
refuses 'labels of the format coco hold no semantic' \
    --pipeline hflip --labels masks/ --label-format masks --output-label-format coco
refuses 'labels of the format yolo hold no instances' \
    --pipeline hflip --labels masks/ --label-format instances --output-label-format yolo
refuses 'mixup cannot carry semantic labels, which the sample "a.pgm" has' \
    --pipeline 'mixup(p=0.001)' --labels masks/ --label-format masks
refuses 'object 0 of "a.pgm" has a box but no mask' \
    --pipeline hflip --labels coco.json --output-label-format coco --boxes-from mask
mv coco.json b_first.json # of a set of which the last picture alone has them
sed 's/"keypoints": \[10, 20.*2}/"x": 0}/
    s/\[\[40, 60, 60, 60, 60, 70, 40, 70\]\]/&, "keypoints": [41, 61, 2]/' b_first.json >coco.json
refuses 'in/c.pgm: .* no place for points' --pipeline hflip --labels coco.json --output-label-format yolo
mv b_first.json coco.json
fails 2 'mixup cannot carry semantic' --preview no.png --pipeline 'mixup(p=0.001)' --labels masks/ --label-format masks in/
absent no.png

# ---- what is refused, and what is told ----
fails 2 'output-labels is missing' --pipeline hflip --labels coco.json in/ x/
fails 2 'output-labels is missing.*class folder cannot' --pipeline mixup --labels tree/ --label-format classes tree/ x/
fails 2 'balance needs --labels' --pipeline hflip --balance class in/ x/
fails 2 'balance has no valid value' --pipeline hflip --balance object --labels coco.json in/ x/ --output-labels x.json
fails 1 'nothing.json' --pipeline hflip --labels nothing.json in/ x/ --output-labels x.json
head -c 300 coco.json >cut.json
fails 1 'cut.json' --pipeline hflip --labels cut.json in/ x/ --output-labels x.json
sed 's/100, "height": 80/90, "height": 80/' coco.json >sizes.json
fails 1 '100' --pipeline hflip --labels sizes.json --threads 1 in/ x/ --output-labels x.json
absent x.json
rm -rf x
sed 's/"b.pgm"/"other.pgm"/' coco.json >other.json
expect 0 --pipeline hflip --labels other.json in/ x/ --output-labels x.json
has messages 'has nothing on 1 of 3 pictures'
is "images of it" "$(grep -c file_name x.json)" 2
rm -rf x x.json
fails 1 'exists already|replac' --pipeline hflip --labels coco.json in/ x/ --output-labels flip.json
rm -rf x

for folder in one one/ ./one; do
    fails 2 'a_1.png: would be the name of a copy and of its labels' --pipeline hflip --format png -y \
        --labels masks/ --label-format masks in/ one/ --output-labels $folder
done
absent one
mkdir one
ln -s one other
fails 2 'a_1.png: would be the name of a copy and of its labels' --pipeline hflip --format png -y \
    --labels masks/ --label-format masks in/ other/ --output-labels one
fails 2 'one.png: would be the name of a copy and of its labels' --pipeline hflip -y \
    --labels masks/ --label-format masks in/a.pgm one/one.png --output-labels one
works --pipeline hflip --labels masks/ --label-format masks in/ one/ --output-labels one
there one/a_1.pgm one/a_1.png
fails 1 'the labels of classes.png would be classes.txt' --pipeline hflip -y --labels plain.json in/a.pgm \
    classes.png --output-labels named/ --output-label-format yolo
has named/classes.txt '^brick$'

mkdir stems
cp in/a.pgm stems/a.pgm
cp in/b.pgm stems/a.pam
sed 's/"b.pgm"/"a.pam"/' plain.json >stems.json
for format in yolo voc; do
    fails 2 'a_1: would be the name of labels of two inputs, a.pam and a.pgm' --pipeline hflip -y \
        --labels stems.json stems/ x/ --output-labels xlabels/ --output-label-format $format
done
absent x xlabels
works --pipeline hflip --labels stems.json stems/ x/ --output-labels x.json --manifest stems.jsonl
fails 2 'a_1: would be the name of labels of two inputs, a.pam and a.pgm' --replay stems.jsonl \
    --labels stems.json stems/ x2/ --output-labels xlabels/ --output-label-format yolo
absent x2 xlabels
rm -rf x x.json

# ---- killed and resumed ----
mkdir many
for i in 1 2 3 4 5 6; do thing many/$i.pgm $((10 * i)) $((8 * i)); done
{
    printf '{"images": ['
    for i in 1 2 3 4 5 6; do
        [ $i = 1 ] || printf ,
        printf '{"id": %d, "file_name": "%d.pgm", "width": 100, "height": 80}' $i $i
    done
    printf '], "annotations": ['
    for i in 1 2 3 4 5 6; do
        [ $i = 1 ] || printf ,
        printf '{"id": %d, "image_id": %d, "category_id": 1, "bbox": [%d, %d, 20, 10], "area": 200, "iscrowd": 0}' \
            $i $i $((10 * i)) $((8 * i))
    done
    printf '], "categories": [{"id": 1, "name": "thing"}]}'
} >many.json
slow='elastic, median-blur, rotate'
works --pipeline "$slow" --copies 30 --labels many.json many/ whole/ --output-labels whole.json
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 30 --labels many.json --resume many/ broken/ --output-labels broken.json &
children=$!
waits_for 60 test -e broken/3_1.pgm
kill -9 $children 2>/dev/null
wait $children 2>/dev/null
children=
absent broken.json
works --pipeline "$slow" --copies 30 --labels many.json --resume many/ broken/ --output-labels broken.json
rm -f broken/*.partial
same whole.json broken.json
diff -r whole broken >/dev/null || failed "killed and resumed gives another set"

# ---- a sheet ----
works --preview sheet.png --pipeline "$chain" --copies 3 --labels coco.json in/
there sheet.png
fails 2 'exists already' --preview sheet.png --pipeline "$chain" --labels coco.json in/
works --preview sheet1.png --threads 1 --pipeline "$chain" --copies 3 --labels coco.json in/
same sheet.png sheet1.png
works --preview masks.png --pipeline rotate --labels masks/ --label-format masks in/
differ sheet.png masks.png
fails 1 'say which format it is: --label-format coco.yolo.voc.masks' \
    --preview x.png --pipeline rotate --labels masks/ in/
fails 2 'report goes with copies in files' --preview x.png --report r --pipeline hflip in/
finish
