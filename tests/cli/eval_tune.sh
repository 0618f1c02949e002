#!/bin/sh
# segment-eval tune: toys whose best is known, cross-validation, settings that segment reads.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"

# ---- one parameter: ground is 0 to 90, object 110 to 200, so that 90 to 109 is perfect ----
mkdir pictures truth
for n in 1 2 3 4 5 6; do
    awk -v n=$n 'BEGIN { srand(n); print "P2\n32 24\n255"
        for (y = 0; y < 24; y++) for (x = 0; x < 32; x++)
            print (x - 16) ^ 2 + (y - 12) ^ 2 < 60 + 8 * n ? 110 + int(91 * rand()) : int(91 * rand()) }' >pictures/$n.pgm
    awk -v n=$n 'BEGIN { print "P2\n32 24\n255"
        for (y = 0; y < 24; y++) for (x = 0; x < 32; x++)
            print (x - 16) ^ 2 + (y - 12) ^ 2 < 60 + 8 * n ? 255 : 0 }' >truth/$n.pgm
done
works tune --method threshold --vary level=10:250:5 --truth truth pictures --output best.json --json
has printed '"method": "threshold"' '"measure": "f1"' '"f1": 1.0' '"held_out"'
has best.json '"method": "threshold"' '"level": "' '"held_out": 1.0' '"pictures": 6'
level=$(sed -n 's/.*"level": "\(.*\)".*/\1/p' best.json)
awk -v l="$level" 'BEGIN { exit !(l >= 90 && l < 110) }' || failed "the best level is $level"
segment -q --config best.json pictures/ found/ || failed "segment does not read the settings"
works masks found truth --json
has_value f1 1
works tune --method threshold --vary level=10:250:5 --truth truth pictures --search grid
has printed '^level ' '5 settings tried' 'Cross-validation' 'training .*, held out .*expect'
fails 2 'best.json: exists already' tune --method threshold --vary level --truth truth pictures \
    --output best.json

# ---- the score is that of the program itself ----
works tune --method threshold --vary 'level=60|100|140' --truth truth pictures --csv - --search grid \
    --post 'open(3)'
for level in 60 100 140; do
    segment -q --method threshold --level $level --post 'open(3)' pictures/ direct/ -y
    "$SEGMENT_EVAL" masks direct truth --csv - >direct.csv
    f1=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "f1") c = i } $1 == "all" && $2 == "micro" { print $c }' direct.csv)
    grep "^$level," printed | grep -q ",$f1," || failed "level $level does not score $f1"
done

# scores whose full scale is not 1, too
works tune --method canny --vary 'sigma=1|2' --render score --metric scores --truth truth pictures \
    --csv - --search grid
for sigma in 1 2; do
    segment -q --method canny --sigma $sigma --render score pictures/ 'soft/{stem}.npy' -y
    "$SEGMENT_EVAL" scores soft truth --csv - >direct.csv
    brier=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "brier") c = i } $1 == "all" && $2 == "micro" { print $c }' direct.csv)
    grep "^$sigma," printed | grep -q ",$brier," || failed "the score at sigma $sigma does not have $brier"
done

# ---- two parameters: object lies between 90 and 150 ----
mkdir band bandtruth
for n in 1 2 3 4; do
    awk -v n=$n 'BEGIN { srand(n); print "P2\n40 40\n255"
        for (y = 0; y < 40; y++) for (x = 0; x < 40; x++) { r = rand()
            print y < 20 ? (x < 20 ? int(80 * r) : 160 + int(90 * r)) : 90 + int(61 * r) } }' >band/$n.pgm
    awk 'BEGIN { print "P2\n40 40\n255"
        for (y = 0; y < 40; y++) for (x = 0; x < 40; x++) print y < 20 ? 0 : 255 }' >bandtruth/$n.pgm
done
for search in coordinate nelder-mead; do
    works tune --method threshold --vary level=20:120:3,max=100:250:3 --truth bandtruth band \
        --search $search --json --folds 2
    sed -n '/^  "best"/,/}/p' printed | grep -q '"f1": 1.0' || failed "$search does not find the band"
done
works tune --method threshold --vary level=20:120:3,max=100:250:3 --truth bandtruth band --json \
    --threads 1
cp printed one
works tune --method threshold --vary level=20:120:3,max=100:250:3 --truth bandtruth band --json \
    --threads 6
same one printed

# ---- words, switches, standard ranges; what the method refuses is counted ----
works tune --method otsu --vary invert --truth truth pictures --json
has printed '"invert": "false"'
works tune --method canny --vary aperture=3:7:5,norm --metric boundaries --thresholds 1 --truth truth \
    pictures --folds 0
has printed 'of them are no good to the method and are left out' '^aperture ' '^norm '
works tune --method canny --vary sigma --metric boundaries --thresholds 1 --truth truth pictures \
    --folds 2 --measure ods
has printed '^sigma '
# bounds in the wrong order are what the right order is: 3 of 9
"$SEGMENT_EVAL" tune --method canny --vary 'low=20|60|100,high=30|70|110' --metric boundaries --thresholds 1 \
    --truth truth pictures --folds 0 --json -v >printed 2>messages || failed "tune fails"
has messages '3 of 9 settings are left out: low 60 is above high 30, \.\.\.'
has printed '"refused": "low 100 is above high 70"'
[ "$(grep -c '"refused"' printed)" = 3 ] || failed "$(grep -c '"refused"' printed) settings are refused"
works tune --method region-grow --seeds 16,12 --vary tolerance=5:120:4 --metric regions --truth truth pictures
has printed '^tolerance '

# ---- a method with memory, on a video with its frames' truth ----
"$SEGMENT_BUILD/bin/make_scene" video scene.mkv scene 40 96 64 >/dev/null || exit 1
mkdir masks
cp scene/mask_*.png masks
works tune --method background --vary 'threshold=10|20|40' --truth masks scene.mkv --csv - --folds 0
for level in 10 20 40; do
    segment -q --method background --threshold $level scene.mkv moving.mkv -y
    "$SEGMENT_EVAL" masks moving.mkv masks --csv - >direct.csv
    tp=$(awk -F, '$1 == "all" && $2 == "micro" { print $6 }' direct.csv)
    grep -q "^$level,$tp," printed || failed "threshold $level does not find $tp pixels of the video"
done
expect 0 tune --method background --vary 'threshold=10|40' --truth masks scene.mkv
has messages 'one picture only'

# ---- wrong usage ----
fails 2 '--truth is missing' tune --method otsu --vary invert pictures
fails 2 '--method is missing' tune --vary invert --truth truth pictures
fails 2 '--vary is missing' tune --method otsu --truth truth pictures
fails 2 'tune takes PICTURES' tune --method otsu --vary invert --truth truth
fails 2 'no parameter "levle"; did you mean level\?' tune --method threshold --vary levle --truth truth pictures
while IFS='@' read -r list why; do
    fails 2 "$why" tune --method threshold --vary "$list" --truth truth pictures
done <<'LISTS'
level=3:1:5@"level=3:1:5": FROM must be less than TO .allowed NAME,
level=1:3@"level=1:3": the number of values is missing
level=1:3:1@the number of values is none that is allowed
level=1:3:1001@the number of values is none that is allowed
level=a:b:3@FROM and TO must be numbers
level=10:40%:3@FROM and TO are not of one unit
level=-5:20:3@level is out of range .got -5, allowed 0 to 255
level=5:256:3@level is out of range .got 256
level=20|x@level has no valid value .got "x"
level=@level has no valid value .got ""
level,@a name is missing
=3@a name is missing
LISTS
fails 2 'level is named twice' tune --method threshold --vary level,level --truth truth pictures
fails 2 'invert cannot be varied so' tune --method otsu --vary invert=0:1:2 --truth truth pictures
fails 2 'seeds cannot be varied so' tune --method region-grow --vary seeds --truth truth pictures
fails 2 'more than 100000 settings' tune --method threshold --vary level=1:9:1000,max=1:9:1000 \
    --truth truth pictures
fails 2 '--folds is "7".*number of pictures, 6' tune --method otsu --vary invert --folds 7 \
    --truth truth pictures
fails 2 '--folds is "1"' tune --method otsu --vary invert --folds 1 --truth truth pictures
fails 2 'metric flow takes a flow, but method otsu gives none' tune --method otsu --vary invert \
    --metric flow --truth truth pictures
fails 2 'unknown metric "mask"; did you mean masks' tune --method otsu --vary invert --metric mask \
    --truth truth pictures
fails 2 'of this measure neither' tune --method otsu --vary invert --measure tp --truth truth pictures
fails 2 'aperture has no valid value .got 4 px, allowed 3, 5 or 7' tune --method canny \
    --vary 'aperture=4|6' --truth truth pictures
rm truth/1.pgm
expect 1 tune --method otsu --vary invert --truth truth pictures
has messages 'pictures/1.pgm: has no truth' 'keep-going tunes with the other'
expect 3 tune --method otsu --vary invert --truth truth pictures --keep-going
mask truth/1.pgm '##'
expect 1 tune --method otsu --vary invert --truth truth pictures
has messages '1: the prediction is 32 x 24'

# ---- plots ----
if "$SEGMENT_EVAL" --version | grep -q '^cairo'; then
    works tune --method threshold --vary level=20:120:3,max=100:250:3 --truth bandtruth band \
        --plot surface.svg
    has surface.svg '<svg' '</svg>'
    # words are named on the axis, and every two parameters have a surface: 3 curves, 3 surfaces
    works tune --method canny --vary 'sigma=1:2:2,low=20:40:2,norm' --metric boundaries --thresholds 1 \
        --truth bandtruth band --folds 0 --plot words.png
    segment -q --method threshold --level 128 words.png words.pgm || failed "a plot is no picture"
    has words.pgm '^1944 2568$'
fi
finish
