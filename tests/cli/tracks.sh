# --track: ids that stay, velocity and age, continued runs, parameters in reports and files.
. "$(dirname "$0")/common.sh"

video scene.mkv 60
found='--method background --post open(3) --keep area>20'

# shellcheck disable=SC2086
works $found scene.mkv null: --objects plain.jsonl
# shellcheck disable=SC2086
works $found --track scene.mkv whole.mkv --render labels --objects whole.jsonl --report whole.json
has whole.jsonl '"velocity":\[-?[0-9.]+,-?[0-9.]+\],"age":[0-9]+}'
if grep -q velocity plain.jsonl; then failed "velocities without --track"; fi
has whole.json '"track":\{"track-gate":3.0,"track-birth":3,"track-death":"15f"'
ids=$(sed 's/.*"id":\([0-9]*\).*/\1/' whole.jsonl | sort -u | wc -l)
[ "$ids" -ge 1 ] && [ "$ids" -le 6 ] || failed "$ids tracks of a few movers"

# the same in two runs, and with any number of threads
for cut in 34 47; do
    # shellcheck disable=SC2086
    works -y $found --track --limit $cut scene.mkv one.mkv --render labels --objects one.jsonl \
        --save-model tracks.model --threads 3
    # shellcheck disable=SC2086
    works -y $found --track --start "$(awk "BEGIN { print ($cut - .5) / 30 }")" scene.mkv two.mkv \
        --render labels --objects two.jsonl --load-model tracks.model
    cat one.jsonl two.jsonl | sed 's/"frame":[0-9]*,//' >both.jsonl
    sed 's/"frame":[0-9]*,//' whole.jsonl >all.jsonl
    same both.jsonl all.jsonl
    is "frames of both runs" $(($(frames one.mkv) + $(frames two.mkv))) 60
done

# tracks without a model of the method
works --method threshold --level 128 --track scene.mkv null: --save-model t.model --report -
works --method threshold --level 128 --track scene.mkv null: --load-model t.model --report -
fails 2 '--save-model: method threshold keeps no model' \
    --method threshold scene.mkv null: --save-model x.model

# parameters imply it, and come back from a report
works --method background --track-birth 1 scene.mkv null: --report birth.json --objects b1.jsonl
has birth.json '"track-birth":1,'
works --config birth.json scene.mkv null: --objects b2.jsonl
same b1.jsonl b2.jsonl
works --method background --track-birth 1 --no-track scene.mkv null: --objects none.jsonl
if grep -q velocity none.jsonl; then failed "velocities in spite of --no-track"; fi
fails 2 '--track-birth is out of range .got 0, allowed 1 to 1000' --track-birth 0 scene.mkv x.mkv
fails 2 'unknown option --track-brith; did you mean --track-birth' --track-brith 3 scene.mkv x.mkv
fails 2 'neither mask nor labels' --method gaussian --track in.png x.png

# pictures of them
works --method background --track --render tracks scene.mkv tracks.mkv
is "frames" "$(frames tracks.mkv)" 60
expect 0 --help track && has printed '--track-merged'

finish
