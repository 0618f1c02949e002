#!/bin/sh
# Options that change what is read and what is done: selection of frames, sizes, regions, chains,
# configurations, models, sound; and that results leave a live pipe at once.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm
video scene.mkv 40
frames_of() { segment --method gaussian --sigma 0 "$@" || failed "segment $*"; }
frames_of scene.mkv 'all-%02d.ppm'
differ all-00.ppm all-01.ppm

# ---- which frames, of 30 a second ----
# took NAME FIRST LAST: numbers of the frames that are in NAME-%02d.ppm
took() {
    same "$1-00.ppm" "all-$2.ppm"
    same "$(find . -name "$1-*.ppm" | sort | tail -n 1)" "./all-$3.ppm"
}
frames_of --start 0.4s scene.mkv 'start-%02d.ppm'
took start 12 39
frames_of --start 400ms --limit 5 scene.mkv 'limit-%02d.ppm'
took limit 12 16
frames_of --duration 0:00:00.4 scene.mkv 'duration-%02d.ppm'
took duration 00 11
frames_of --step 13 scene.mkv 'step-%02d.ppm'
same step-01.ppm all-13.ppm
took step 00 39
frames_of --step 3 --start 0.2s --limit 2 scene.mkv 'both-%02d.ppm'
took both 06 09
fails 1 'scene.mkv: no frames came out of it; --start may lie behind' --start 9s scene.mkv x.mkv
absent x.mkv
expect 0 --progress plain --limit 3 scene.mkv null:
has messages 'scene.mkv: frame 3/3, '
expect 0 --progress json --limit 3 scene.mkv null:
has messages '^\{"input":"scene.mkv","frame":3,.*"frames":3,'
expect 0 --progress none --limit 3 scene.mkv null:
lines messages 0

# ---- size, region, what is left out ----
works --resize 32x24 in.pgm small.pgm
is "size" "$(sed -n 2p small.pgm)" "32 24"
works --method threshold --level 128 --roi 0,0,32,48 in.pgm roi.pgm
is "pixels in the region" "$(count roi.pgm 255)" 256
fails 1 'in.pgm: roi is not inside the picture \(got 60,0,10,10, allowed 0,0,64,48\)' \
    --roi 60,0,10,10 in.pgm x.pgm
works --method threshold --level 128 --ignore roi.pgm in.pgm left.pgm
is "pixels that are not left out" "$(count left.pgm 255)" 64
fails 1 'in.pgm: ignore is 32 x 24, the picture 64 x 48' --ignore small.pgm in.pgm x.pgm
fails 2 '--markers: method otsu takes no seeds' --method otsu --markers roi.pgm in.pgm x.pgm
fails 2 '--known-foreground: method otsu learns no background' \
    --method otsu --known-foreground roi.pgm in.pgm x.pgm
works --method region-grow --markers roi.pgm --render labels in.pgm grown.pgm
works --method region-grow --seeds roi.pgm --render labels in.pgm seeded.pgm
same grown.pgm seeded.pgm
works --method background --known-foreground left.pgm scene.mkv null: --resize 64x48

# ---- chains in both spellings ----
works --pre 'gaussian(1.4),median(3)' --post 'open(3),fill-holes,min-area(70)' in.pgm chain.pgm
works --pre 'gaussian=1.4,median=3' --post 'open=3,fill-holes,min-area=70' in.pgm spelt.pgm
works --pre ' gaussian( sigma=1.4 ) , median(side=3)' --post 'open(side=3,element=square), fill-holes,
    min-area(area=70)' in.pgm named.pgm
same chain.pgm spelt.pgm
same chain.pgm named.pgm
is "pixels of the larger square, rounded by the filters" "$(count chain.pgm 255)" 252
for operation in open close dilate erode; do
    works --post "$operation(3)" in.pgm "$operation.pgm"
done
is "dilated pixels" "$(count dilate.pgm 255)" $((18 * 18 + 10 * 10))
is "eroded pixels" "$(count erode.pgm 255)" $((14 * 14 + 6 * 6))
works --post 'max-area(70)' in.pgm small-one.pgm
is "pixels of the smaller square" "$(count small-one.pgm 255)" 64
works --post largest in.pgm largest.pgm
works --keep 'area > 100 && circularity > 0.6' in.pgm kept.pgm
same largest.pgm kept.pgm
fails 2 '--keep: speed is of the motion that a method finds, and otsu finds none .*method motion' \
    --keep 'speed > 2' in.pgm x.pgm
fails 2 '--keep: age is known of tracked objects only' --method background --track \
    --keep 'area > 5 && age > 2' scene.mkv x.mkv
fails 1 'mean_red is of a colour, and the picture has none \(allowed: mean, of grey' \
    --keep 'area > 5 && mean_red > 2' in.pgm x.pgm
works --method motion --keep 'speed > 1' --limit 3 scene.mkv null:
video front.mkv 60
works --method motion --objects front.jsonl front.mkv null:
is "in front of what is still" "$(grep -c '"in_front_of":\[0\]' front.jsonl | sed 's/^[1-9][0-9]*$/yes/')" yes
fails 2 '--post, column 6: the chain ends early \(got nothing, allowed' --post 'open(' in.pgm x.pgm
fails 2 '--pre, column 1: no operation for pre \(got "otsu", allowed gaussian' --pre otsu in.pgm x.pgm

# ---- a report is a configuration ----
options="--method canny --sigma 2.5 --high p95 --post close=3 --keep area>5 --roi 1,2,50,40"
# shellcheck disable=SC2086
works $options in.pgm one.pgm --report one.json
works --config one.json in.pgm two.pgm --report two.json
same one.pgm two.pgm
for name in one two; do sed 's/"output":"[a-z.]*"//; s/"time":.*//' $name.json >$name.bare; done
same one.bare two.bare
works --config one.json --sigma 1 in.pgm three.pgm --report -
has printed '"sigma":1.0,.*"high":"p95"'
cat one.json one.json >lines.json
works --config lines.json in.pgm four.pgm
same one.pgm four.pgm
fails 2 'one.json: is for method canny, but --method is otsu' --config one.json --method otsu in.pgm x.pgm
fails 2 'none.json: cannot open' --config none.json in.pgm x.pgm
echo '{"method":"canny","sigma":3}' >wrong.json
fails 2 'wrong.json: unknown member \(got "sigma", allowed method' --config wrong.json in.pgm x.pgm
echo '{"method":' >wrong.json
fails 2 'wrong.json: is no JSON: line' --config wrong.json in.pgm x.pgm

# ---- a model continues where it was saved ----
works --method background --limit 20 scene.mkv null: --save-model half.model
works --method background scene.mkv 'whole-%02d.pgm' --save-model whole.model
works --method background --start 0.66s --load-model half.model scene.mkv 'rest-%02d.pgm' \
    --save-model rest.model
same rest-00.pgm whole-20.pgm
same rest-19.pgm whole-39.pgm
same rest.model whole.model
# another seed draws otherwise, the same one the same; a model continues with its seed
for seed in 0 7 8; do
    works --method vibe --rng-seed $seed --limit 30 scene.mkv null: --save-model seed-$seed.model
done
works --method vibe --limit 30 scene.mkv null: --save-model plain.model
same plain.model seed-0.model
differ seed-7.model seed-8.model
works --method vibe --rng-seed 7 --limit 20 scene.mkv null: --save-model early.model
works --method vibe --rng-seed 7 --start 0.66s --limit 10 --load-model early.model scene.mkv null: \
    --save-model late.model
same late.model seed-7.model
fails 2 '--save-model: method otsu keeps no model' --method otsu in.pgm x.pgm --save-model x.model
fails 2 'a reference is never learnt over' --method background --reference in.pgm --absorb 2s scene.mkv null:
fails 1 'one.json: this is no saved model' --method background --load-model one.json scene.mkv null:
head -c 100 half.model >cut.model
fails 1 'cut.model: the model has 100 bytes' --method background --load-model cut.model scene.mkv null:
fails 1 'no.model: cannot open' --method background --load-model no.model scene.mkv null:
fails 2 'half.model: is the same file as input' --method background --load-model half.model scene.mkv half.model \
    --format matroska -y
works --method background --limit 2 --load-model half.model scene.mkv null: --save-model half.model -y
absent x.pgm x.model

# ---- codecs ----
fails 2 'x.mkv: codec is "bogus"' --codec bogus scene.mkv x.mkv
fails 2 'x.mkv: codec is "huffyuv", which does not fit into matroska' --codec huffyuv scene.mkv x.mkv
fails 2 'x.y4m: codec is "ffv1", but y4m has no codecs' --codec ffv1 scene.mkv x.y4m
works --codec huffyuv scene.mkv huff.avi
works --codec mjpeg --render overlay scene.mkv motion.mkv
works --method gaussian --quality 5 --limit 1 scene.mkv 'poor%d.jpg'
works --method gaussian --quality 95 --limit 1 scene.mkv 'rich%d.jpg'
[ "$(wc -c <poor0.jpg)" -lt "$(wc -c <rich0.jpg)" ] || failed "--quality does nothing for sequences"
absent x.mkv x.y4m

# ---- sound ----
clip=${SEGMENT_DATA:-$SEGMENT_SOURCE/../shared/data}/video/clips/variants/with_audio_aac.mp4
if [ -f "$clip" ]; then
    for name in sound.mp4 sound.mkv; do
        works --audio copy --render overlay "$clip" $name
        works --audio none --render overlay "$clip" "no-$name"
        [ "$(wc -c <$name)" -gt $(($(wc -c <no-$name) + 5000)) ] || failed "$name has no sound"
    done
    expect 0 --audio copy "$clip" sound.gif
    one_line "sound in GIF" 'sound.gif: warning: gif does not hold the sound'
    expect 0 --audio copy "$clip" sound.y4m
    one_line "sound in y4m" 'sound.y4m: warning: y4m holds no sound'
fi

# ---- a live input: each result leaves before the next frame comes ----
works --method gaussian scene.mkv scene.y4m
works --method canny scene.y4m edges.y4m
mkfifo live.fifo
for format in y4m nut png; do
    works --method canny scene.y4m - --format $format
    mv printed "wanted.$format"
    { cat scene.y4m && exec sleep 60; } >live.fifo &
    feeder=$!
    "$SEGMENT" --method canny live.fifo - --format $format >"live.$format" &
    children="$! $feeder"
    # NUT ends with an index
    # shellcheck disable=SC2317 # waits_for calls it
    whole() { [ "$(wc -c <"live.$format")" -ge $(($(wc -c <"wanted.$format") - 400)) ]; }
    waits_for 20 whole || failed "$format: frames of a live input are held back"
    # shellcheck disable=SC2086
    kill -9 $children
    # shellcheck disable=SC2086
    wait $children 2>/dev/null
    children=
done
finish
