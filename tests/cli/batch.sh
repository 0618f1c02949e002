#!/bin/sh
# Many inputs: failures, inputs that end early, --dry-run, --jobs, --resume after the worst.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm
mkdir clips
video clips/a.mkv 40 128 96
for n in b c d e; do cp clips/a.mkv clips/$n.mkv; done

# ---- --keep-going ----
mkdir mixed
cp in.pgm mixed/1.pgm
printf 'P5\n64 48\n255\n' >mixed/2.pgm
cp in.pgm mixed/3.pgm
expect 1 mixed stopped
one_line "a batch with a bad file" 'mixed/2.pgm: '
there stopped/1.png
absent stopped/2.png stopped/3.png stopped/2.png.partial
expect 3 --keep-going mixed going --report going.json
has messages 'mixed/2.pgm: ' '1 of 3 inputs failed'
lines messages 2
there going/1.png going/3.png
absent going/2.png
lines going.json 3
has going.json '"input":"mixed/1.pgm".*"status":"done"' \
    '"input":"mixed/2.pgm".*"status":"failed","error":"' '"input":"mixed/3.pgm".*"status":"done"'
expect 3 --keep-going in.pgm missing.pgm 'names/'
lines messages 2
there names/in.png
fails 1 'missing.pgm: no such file' in.pgm missing.pgm first/
absent first
expect 3 --keep-going --jobs 2 mixed jobs
same jobs/3.png going/3.png

# what goes by the name of a video, but is none, is a failure; other files are named and left out
mkdir odd
cp in.pgm odd/1.pgm
head -c 1000 /dev/zero >odd/2.avi
echo notes >odd/notes.txt
expect 3 --keep-going odd odder
has messages 'odd/2.avi: ' 'odd/notes.txt: warning: left out: neither a picture nor a video' \
    '1 of 2 inputs failed'
there odder/1.png

# ---- an input that ends early: exit 4, with all that it held ----
segment clips/a.mkv whole.y4m --method gaussian
size=$(wc -c <whole.y4m)
head -c $((size / 2)) whole.y4m >cut.y4m
expect 4 --method canny cut.y4m cut.mkv --report cut.json
one_line "a video that was cut" 'cut.y4m: .*the 19 frames before were processed|19 frames'
is "frames of a video that was cut" "$(frames cut.mkv)" 19
has cut.json '"status":"ended early"' '"read":19,"written":19'
segment --method canny whole.y4m whole.mkv
segment --method threshold --level 128 whole.mkv 'whole%02d.pgm'
segment --method threshold --level 128 cut.mkv 'cut%02d.pgm'
same cut18.pgm whole18.pgm
segment --method canny - piped.mkv <cut.y4m 2>messages
is "exit code of a pipe that was cut" $? 4
one_line "a pipe that was cut" 'standard input: .*19 frames'
same piped.mkv cut.mkv
head -c $(($(wc -c <clips/a.mkv) / 2)) clips/a.mkv >half.mkv
expect 4 --method canny half.mkv half.y4m
one_line "half a Matroska" 'half.mkv: '
[ "$(frames half.y4m)" -ge 10 ] || failed "half a Matroska gives $(frames half.y4m) frames"

# ---- --dry-run writes nothing ----
: >before.txt
find . | sort >before.txt
works --dry-run --method canny clips new/ --report new.json --objects new.jsonl
has printed 'clips/a.mkv -> new/a.mkv' 'method: canny' 'memory: about' '5 inputs'
find . | sort | cmp - before.txt || failed "--dry-run leaves files"
fails 2 'exists already' --dry-run in.pgm going/1.png
fails 2 "absent/1.png: cannot create: there is no directory absent" --dry-run in.pgm absent/1.png
fails 2 "absent/r.json: cannot create: there is no directory absent" --report absent/r.json in.pgm null:
works --method canny --report made/r.json --objects 'made/{stem}.jsonl' clips made/below
works --method canny --report numbered/r.json clips/a.mkv 'numbered/%03d.png'
fails 1 'no such file' --dry-run missing.pgm x.png

# ---- --jobs: the same files and the same lines ----
works --method canny --objects one.jsonl --report one.json clips one
works --method canny --objects two.jsonl --report two.json --jobs 2 clips two
works --method canny --objects many.jsonl --jobs 7 clips many
for n in a b c d e; do
    same one/$n.mkv two/$n.mkv
    same one/$n.mkv many/$n.mkv
done
same one.jsonl two.jsonl
same one.jsonl many.jsonl
is "order of the reports" "$(sed 's/.*"input":"clips.\(.\).*/\1/' two.json | tr -d '\n')" abcde

# ---- a picture for each input ----
mkdir shots of
cp in.pgm shots/a.pgm
works --method otsu --resize 50% in.pgm shots/b.png
for shot in shots/a.pgm shots/b.png; do
    stem=$(basename "${shot%.*}")
    works --method otsu $shot "of/$stem.png"
    works --method mean --ignore "of/$stem.png" $shot "one-$stem.png"
    works --method watershed --seeds "of/$stem.png" $shot "basins-$stem.png"
done
works --method mean --ignore 'of/{stem}.png' shots all --jobs 2 --report all.json
same all/a.png one-a.png
same all/b.png one-b.png
works --method watershed --seeds 'of/{stem}.png' --resume shots basins
same basins/a.png basins-a.png
same basins/b.png basins-b.png
touch of/b.png
works --method watershed --seeds 'of/{stem}.png' --resume shots basins --report seeds.json
is "skipped after one's seeds were touched" "$(grep -c '"status":"skipped"' seeds.json)" 1
rm of/b.png
expect 3 --method mean --ignore 'of/{stem}.png' --keep-going -y shots all
has messages 'of/b.png: cannot open'
same all/a.png one-a.png
fails 2 'unknown word in the name \(got \{stern\}' --method mean --ignore '{stern}.png' -y shots all

# ---- kill -9 in the middle, then --resume ----
slow="--method canny --sigma 20"
# shellcheck disable=SC2086
works $slow clips wanted
# shellcheck disable=SC2086
SEG_CPU=ref "$SEGMENT" $slow --resume clips killed &
children=$!
ended() { # names of the files that the journal knows to be done
    sed -n 's/^{"state":"done","input":"clips.\(.\)\.mkv".*/\1/p' killed.journal 2>/dev/null
}
# shellcheck disable=SC2317 # waits_for calls it
two_ended() { [ "$(ended | wc -l)" -ge 2 ]; }
waits_for 20 two_ended || failed "the batch does not come to its second file"
kill -9 $children
wait $children 2>/dev/null
children=
finished=$(ended)
[ "$(echo "$finished" | wc -l)" -lt 5 ] || failed "the batch was too fast to be killed"
for name in killed/*.mkv; do same "$name" "wanted/${name#*/}"; done
there killed.journal
: >mark
sleep 0.02
# shellcheck disable=SC2086
expect 0 -v $slow --resume clips killed --report resumed.json
for n in a b c d e; do same killed/$n.mkv wanted/$n.mkv; done
absent killed/*.partial
for name in $finished; do
    has messages "clips/$name.mkv: done already"
    [ -z "$(find "killed/$name.mkv" -newer mark)" ] || failed "$name was done again"
done
is "skipped" "$(grep -c '"status":"skipped"' resumed.json)" "$(echo "$finished" | wc -w)"
lines resumed.json 5

# all is done: nothing is left to do
# shellcheck disable=SC2086
works $slow --resume clips killed --report again.json
is "skipped" "$(grep -c '"status":"skipped"' again.json)" 5
# another parameter, or another input, is another job
works --method canny --sigma 2 --resume clips killed --report other.json
is "skipped with another parameter" "$(grep -c '"status":"skipped"' other.json)" 0
differ killed/a.mkv wanted/a.mkv
sleep 0.02
touch clips/b.mkv
works --method canny --sigma 2 --resume clips killed --report touched.json
is "skipped after one was touched" "$(grep -c '"status":"skipped"' touched.json)" 4
rm killed/c.mkv
works --method canny --sigma 2 --resume clips killed
there killed/c.mkv
# files of unknown origin are not taken for results
mkdir foreign
printf 'precious' >foreign/a.mkv
fails 2 'foreign/a.mkv: exists already' --method canny --resume clips foreign
# one file
works --method canny --resume clips/a.mkv single.mkv
works --method canny --resume clips/a.mkv single.mkv --report -
has printed '"status":"skipped"'
fails 2 '--resume needs an OUTPUT' --resume in.pgm null:
finish
