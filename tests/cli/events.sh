# --events: a line for each object that came and went, with its picture.
. "$(dirname "$0")/common.sh"

video scene.mkv 60
found='--method background --post open(3) --keep area>20'

# shellcheck disable=SC2086
works $found scene.mkv null: --events seen.jsonl --objects o.jsonl
there seen.jsonl
has seen.jsonl '"id":1,"start":[0-9.]+,"end":[0-9.]+,"first_frame":[0-9]+,"last_frame":[0-9]+' \
    '"peak_area":[0-9]+,"peak_time":[0-9.]+,"peak_frame":[0-9]+,"peak_box":\[' \
    '"picture":"seen-1.png"'
ids=$(sed 's/.*"id":\([0-9]*\).*/\1/' o.jsonl | sort -un)
is "tracks with events" "$(sed 's/.*"id":\([0-9]*\).*/\1/' seen.jsonl | sort -un)" "$ids"
for id in $ids; do
    there "seen-$id.png"
    peak=$(grep "\"id\":$id," o.jsonl | sed 's/.*"area":\([0-9]*\).*/\1/' | sort -n | tail -1)
    has seen.jsonl "\"id\":$id,.*\"peak_area\":$peak,"
done

# what is there already is not written over, unless that is wanted
rm seen.jsonl
# shellcheck disable=SC2086
expect 1 $found scene.mkv null: --events seen.jsonl
has messages 'seen-1.png: exists already; -y replaces it'
# shellcheck disable=SC2086
works -y $found scene.mkv null: --events seen.jsonl

# standard output has no place for pictures; several inputs have names of their own
mkdir none
cp scene.mkv other.mkv
# shellcheck disable=SC2086
(cd none && expect 0 $found ../scene.mkv null: --events -) || failures=$((failures + 1))
has none/printed '"picture":null'
is "files" "$(ls none)" "$(printf 'messages\nprinted')"
# shellcheck disable=SC2086
works $found scene.mkv other.mkv null: --events both.jsonl --jobs 2
there both-scene-1.png both-other-1.png
same both-scene-1.png both-other-1.png
grep '"input":"scene.mkv"' both.jsonl | sed 's/"input":"scene.mkv",//; s/both-scene/seen/' >a.jsonl
same a.jsonl seen.jsonl
is "order of inputs" "$(sed 's/{"input":"\([a-z]*\).*/\1/' both.jsonl | uniq | tr '\n' ' ')" \
    "scene other "
# shellcheck disable=SC2086
works $found scene.mkv other.mkv null: --events '{stem}-own.jsonl'
there scene-own.jsonl other-own.jsonl scene-own-1.png other-own-1.png
finish
