#!/bin/sh
# segment-augment: copies of pictures and clips, the same bytes however the work is split, manifests,
# runs that are killed and resumed, what is refused, what it says about itself.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
: "${SEGMENT_AUGMENT:?is the path of segment-augment}"
tested() { "$SEGMENT_AUGMENT" "$@"; }
program=segment-augment

# pattern FILE SEED [WIDTH HEIGHT]: a picture in colours.
pattern() {
    awk -v s="$2" -v w="${3:-96}" -v h="${4:-64}" 'BEGIN {
        printf "P3\n%d %d\n255\n", w, h
        for (y = 0; y < h; y++)
            for (x = 0; x < w; x++)
                print int(128 + 100 * sin((x + s) / 7)), int(128 + 90 * sin(y / (5 + s))),
                    (x * 3 + y * s) % 256
    }' >"$1"
}
mkdir -p in/cats in/dogs
for i in 1 2 10; do pattern in/cats/$i.ppm $i; done
for i in 1 2; do pattern in/dogs/$i.ppm $((i + 20)) $((60 + 10 * i)) 50; done
awk 'BEGIN { print "P2 40 30 255"; for (i = 0; i < 1200; i++) print i % 251 }' >in/grey.pgm
echo "no picture" >in/notes.txt
chain='hflip(p=0.5), rotate(limit=20), mosaic(width=80, height=60, p=0.5), gaussian-noise, cutout'

# ---- copies ----
works --pipeline "$chain" --copies 3 --rng-seed 42 --manifest all.jsonl --report all.report in/ all/
there all/cats/1_1.ppm all/cats/1_3.ppm all/cats/10_2.ppm all/dogs/2_3.ppm all/grey_1.pgm
is "files" "$(find all -type f | wc -l | tr -d ' ')" 18
absent all/notes_1.txt all/cats/1_0.ppm all/cats/1_4.ppm all.journal
differ all/cats/1_1.ppm all/cats/1_2.ppm
differ all/cats/1_1.ppm all/cats/2_1.ppm
lines all.jsonl 19
lines all.report 6
has all.jsonl '^\{"manifest":1,.*"rng-seed":42.*"count":6' '"sample":"cats/10.ppm","copy":2,"output":"cats/10_2.ppm"' \
    '"step":"rotate","path":[0-9]+,"angle":-?[0-9.]+' '"partner":\["(cats|dogs|grey)'
has all.report '"input":"in/dogs/2.ppm","sample":"dogs/2.ppm","status":"done","outputs":\["dogs/2_1.ppm"'
is "the order of the set" "$(sed -n 's/.*"sample":"\([^"]*\)".*/\1/p' all.report | tr '\n' ' ')" \
    "cats/1.ppm cats/2.ppm cats/10.ppm dogs/1.ppm dogs/2.ppm grey.pgm "
works --pipeline "$chain" --copies 3 --rng-seed 43 in/ other/
differ all/cats/1_1.ppm other/cats/1_1.ppm

# ---- the same bytes for any number of threads, samples at once, and parts ----
same_files() { diff -r all "$1" >/dev/null || failed "$1 differs from all"; }
for threads in 1 2 7; do
    works --pipeline "$chain" --copies 3 --rng-seed 42 --threads $threads --manifest t.jsonl in/ t$threads/
    same_files t$threads
    same t.jsonl all.jsonl
done
works --pipeline "$chain" --copies 3 --rng-seed 42 --threads 4 --jobs 2 --cache 0 in/ jobs/
same_files jobs
: >parts.jsonl
for part in 1 2 3 4; do
    works --pipeline "$chain" --copies 3 --rng-seed 42 --shard $part/4 --manifest p.jsonl in/ parts/
    cat p.jsonl >>parts.jsonl
done
same_files parts
grep -v '"manifest"' parts.jsonl >a
grep -v '"manifest"' all.jsonl >b
same a b
works --pipeline "$chain" --copies 3 --rng-seed 42 --shard 9/9 in/ nine/
is "the last of nine parts" "$(find nine -type f | wc -l | tr -d ' ')" 3
works --pipeline "$chain" --copies 1 --rng-seed 42 in/ one/ # a copy does not depend on others
same all/cats/1_1.ppm one/cats/1_1.ppm
works --pipeline 'hflip(p=0.5), rotate(limit=20)' in/cats/10.ppm alone.ppm # nor a sample
works --pipeline 'hflip(p=0.5), rotate(limit=20)' in/cats/ cats/
same alone.ppm cats/10_1.ppm
works --pipeline 'hflip(p=0.5), rotate(limit=20)' 'in/cats/*.ppm' glob/
diff -r cats glob >/dev/null || failed "a glob gives other copies than its directory"

# ---- replay ----
works --replay all.jsonl in/ again/ --manifest again.jsonl
same_files again
same again.jsonl all.jsonl
works --replay parts.jsonl in/ again2/
same_files again2
grep -e '"manifest"' -e '"copy":2' all.jsonl >seconds.jsonl
works --replay seconds.jsonl in/ seconds/
is "second copies" "$(find seconds -type f | wc -l | tr -d ' ')" 6
same seconds/dogs/1_2.ppm all/dogs/1_2.ppm
fails 2 'rng-seed cannot be changed with --replay' --replay all.jsonl --rng-seed 1 in/ x/
sed 's/"angle":[-0-9.]*/"angle":1.5/' all.jsonl >changed.jsonl
fails 1 'drawn otherwise than the manifest has it' --replay changed.jsonl in/ x/ --threads 1
fails 2 'was written of another set .6 names' --replay all.jsonl in/cats/ x/
sed 's/mosaic[^)]*), //' all.jsonl >plain.jsonl
fails 2 'which is not in the inputs' --replay plain.jsonl in/cats/ x/
tail -n 3 all.jsonl >headless.jsonl
fails 2 'line 1: comes before the header' --replay headless.jsonl in/ x/
sed 's,"output":"cats,"output":"../cats,' all.jsonl >outside.jsonl
fails 2 'line 2: has an output that is not below OUTPUT' --replay outside.jsonl in/ x/
{ cat all.jsonl && tail -n 2 all.jsonl; } >double.jsonl
fails 2 'double.jsonl: line 20: has the output "grey_2.pgm" of line 18 again' --replay double.jsonl in/ xx/
absent xx
head -c 700 all.jsonl >cut.jsonl
fails 2 'cut.jsonl: line [0-9]+: is no JSON object' --replay cut.jsonl in/ x/
fails 2 'cannot open' --replay nothing.jsonl in/ x/
rm -rf x

works --pipeline '' in/cats/1.ppm upright.jpg
mkdir turned
{
    printf '\377\330\377\341\000\042Exif\000\000MM\000\052\000\000\000\010\000\001' # then the orientation: 6
    printf '\001\022\000\003\000\000\000\001\000\006\000\000\000\000\000\000'
    tail -c +3 upright.jpg
} >turned/1.jpg
for turn in autorotate no-autorotate; do
    works --pipeline 'rotate(limit=20)' --$turn --format png turned/ $turn/ --manifest $turn.jsonl
    works --replay $turn.jsonl turned/ $turn-again/
    same $turn/1_1.png $turn-again/1_1.png
done
differ autorotate/1_1.png no-autorotate/1_1.png
fails 2 'autorotate cannot be changed with --replay' --replay no-autorotate.jsonl --autorotate turned/ x/
sed 's/"autorotate":[a-z]*,//' autorotate.jsonl >before.jsonl
works --replay before.jsonl turned/ before/
same autorotate/1_1.png before/1_1.png
absent x

# ---- pipelines in files ----
cat >policy.json <<END
{"pipeline": [{"name": "hflip", "p": 0.5}, {"name": "rotate", "limit": 20},
    {"name": "mosaic", "width": 80, "height": 60, "p": 0.5}, "gaussian-noise", "cutout"]}
END
works --pipeline policy.json --copies 3 --rng-seed 42 in/ policy/
same_files policy
echo '[{"name": "one-of", "p": 0.9, "steps": ["vflip", {"name": "gamma"}]}]' >held.json
works --pipeline held.json in/ held/ --manifest held.jsonl
has held.jsonl '"step":"one-of"' '"step":"(vflip|gamma)"'
works --pipeline 'one-of(p=0.9, vflip, gamma)' in/ held2/
diff -r held held2 >/dev/null || failed "a file and the same text differ"
works --pipeline "$(cat policy.json)" --copies 3 --rng-seed 42 in/ typed/
diff -r policy typed >/dev/null || failed "JSON as it is gives another set than its file"
fails 2 '--pipeline: cannot be read as JSON .line 1' --pipeline '["hflip",]' in/ x/
echo '[{"limit": 3}]' >bad.json
fails 2 'a step is a name, or an object with "name"' --pipeline bad.json in/ x/
echo '[{"name": "rotate", "limit": "1), hflip("}]' >bad.json
fails 2 'no value of limit' --pipeline bad.json in/ x/
echo '[' >bad.json
fails 2 'nowhere.json: cannot open .No such file' --pipeline nowhere.json in/ x/
fails 2 'cannot be read as JSON .line [1-9]' --pipeline bad.json in/ x/

# ---- sizes, channels, formats, originals ----
works --pipeline hflip --resize 32x24 --channels 1 --originals --format png in/ sized/
there sized/cats/1_0.png sized/cats/1_1.png
segment -q --method threshold --level 128 sized/cats/1_0.png null: --report sized.report
has sized.report '"width":32,"height":24'
works --originals --pipeline hflip in/cats/1.ppm originals/
segment --method threshold --level 128 in/cats/1.ppm a.png
segment --method threshold --level 128 originals/1_0.ppm b.png
same a.png b.png
works --pipeline vflip in/cats/1.ppm once.png
works --pipeline 'vflip, vflip' in/cats/1.ppm twice.png
works --pipeline '' in/cats/1.ppm none.png
same twice.png none.png

# ---- clips: one draw for all frames ----
video clip.mkv 12 96 64
works --pipeline 'hflip(p=0.5), rotate(limit=10), gamma' --copies 2 clip.mkv clips/ --manifest clip.jsonl \
    --codec ffv1
is "frames of a copy" "$(frames clips/clip_1.mkv)" 12
lines clip.jsonl 3
works --replay clip.jsonl clip.mkv clips2/ --codec ffv1
same clips/clip_2.mkv clips2/clip_2.mkv
works --pipeline vflip clip.mkv turned.mkv --codec ffv1
works --pipeline vflip turned.mkv back.mkv --codec ffv1
segment --method threshold --level 100 clip.mkv a.mkv
segment --method threshold --level 100 back.mkv b.mkv
same a.mkv b.mkv
fails 2 'is a video; --labels are of pictures: give its frames as pictures of a directory, and --clips' \
    --pipeline hflip --labels coco.json --output-labels x.json clip.mkv x/
fails 2 'is a video; steps that mix' --pipeline mosaic clip.mkv x/

# ---- killed and resumed ----
mkdir many
for i in 1 2 3 4 5 6 7 8 9; do pattern many/$i.ppm $i 400 300; done
slow='elastic, median-blur, rotate, gaussian-noise'
works --pipeline "$slow" --copies 4 many/ whole/ --manifest whole.jsonl
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 4 --resume many/ broken/ --manifest broken.jsonl &
children=$!
waits_for 60 test -e broken/3_1.ppm
kill -9 $children 2>/dev/null
wait $children 2>/dev/null
children=
absent broken.jsonl
there broken.journal
rm -f broken/1_2.ppm # done, but gone
works --pipeline "$slow" --copies 4 --resume many/ broken/ --manifest broken.jsonl
rm -f broken/*.partial
diff -r whole broken >/dev/null || failed "killed and resumed gives another set"
same whole.jsonl broken.jsonl
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 4 --resume many/ broken/ -v 2>messages
has messages '0 samples done, 9 were there, 0 failed; 0 files written'
pattern many/5.ppm 77 400 300 # another file: another time stamp or size
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 4 --resume many/ broken/ -v 2>messages
has messages '1 samples done, 8 were there'
pattern many/10.ppm 10 400 300 # one more: the others stay, unless they may be mixed with it
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 4 --resume many/ broken/ -v 2>messages
has messages '1 samples done, 9 were there'
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 4 --rng-seed 3 --resume many/ broken/ -v 2>messages
has messages '10 samples done, 0 were there'
"$SEGMENT_AUGMENT" --pipeline "$slow" --copies 40 --threads 1 many/ stopped/ --manifest s.jsonl 2>messages &
children=$!
waits_for 60 test -e stopped/1_1.ppm
kill -TERM $children
wait $children
is "exit after SIGTERM" $? 143
children=
has messages 'stopped; --resume goes on'
absent s.jsonl
is "half files" "$(find stopped -name '*.partial' | wc -l | tr -d ' ')" 0

# ---- what is refused ----
fails 2 'exists already; -y replaces it' --pipeline "$chain" --copies 3 in/ all/
works --pipeline "$chain" --copies 3 --rng-seed 42 -y in/ all/
same_files again
fails 2 'pipeline is missing' in/ x/
fails 2 'INPUT and OUTPUT are wanted .got 1 name' --pipeline hflip in/
fails 2 'is an input, too' --pipeline hflip in/ in/
fails 2 'did you mean "hflip"' --pipeline hflp in/ x/
fails 2 'column 15: rotate: limit' --pipeline 'hflip, rotate(limit=nothing)' in/ x/
fails 2 'limit is a parameter of .*rotate.*write it there' --limit 20 in/ x/
fails 2 'copies has no valid value .got "0"' --pipeline hflip --copies 0 in/ x/
fails 2 'cache has no valid value' --pipeline hflip --cache much in/ x/
fails 2 'resize has no valid value' --pipeline hflip --resize 50% in/ x/
fails 2 'unknown option --copie; did you mean --copies' --pipeline hflip --copie 2 in/ x/
fails 2 'from standard input' --pipeline hflip - x/
fails 2 'OUTPUT is a directory' --pipeline hflip in/ -
fails 1 'nothing/?: ' --pipeline hflip nothing/ x/
mkdir empty
fails 1 'no pictures and no videos are there' --pipeline hflip empty/ x/
fails 2 'pipeline, column 17: rotate: limit is given twice' --pipeline 'rotate(limit=5, limit=9)' in/ x/
fails 2 'column 24: one-of: p is given twice' --pipeline 'one-of(p=0.5, hflip(), p=1)' in/ x/
fails 2 'column 6001: more than 1000 operations' in/ x/ --pipeline \
    "$(awk 'BEGIN { for (i = 0; i < 20000; i++) printf "hflip,"; print "hflip" }')"
mkdir twice
cp in/cats/1.ppm twice/1.ppm
fails 2 'has the same name in the set as' --pipeline hflip in/cats/1.ppm twice/1.ppm x/
cp in/cats/1.ppm twice/1.pam
fails 2 '1_1.png: would be the name of copies of two inputs, 1.pam and 1.ppm' --pipeline hflip --format png twice/ x/
absent x

# ---- damaged pictures ----
cp -r in damaged
head -c 900 in/cats/2.ppm >damaged/cats/2.ppm
printf 'P6 100000 100000 255 ' >damaged/bomb.ppm
: >damaged/empty.png
ln -s nowhere.png damaged/link.png
ln -s .. damaged/dogs/loop
expect 1 --pipeline hflip damaged/dogs/ x/ # a link in circles
rm -rf x damaged/dogs/loop
expect 1 --pipeline hflip damaged/ x/
rm -rf x
expect 3 --pipeline "$chain" --keep-going damaged/ kept/ --report kept.report
has messages 'bomb.ppm: ' 'empty.png: ' 'link.png: ' 'cats/2.ppm: ' '4 of 9 inputs failed'
has kept.report '"sample":"empty.png","status":"failed","outputs":\[\]' '"sample":"dogs/1.ppm","status":"done"'
expect 3 --pipeline "$chain" --keep-going damaged/ kept1/ --threads 1
diff -r kept kept1 >/dev/null || failed "threads decide what --keep-going gives"

# ---- what matters ----
mkdir flat light
for name in a b; do
    awk 'BEGIN { printf "P2\n40 30\n255\n"; for (i = 0; i < 1200; i++) print 100 }' >flat/$name.pgm
    awk 'BEGIN { printf "P2\n40 30\n255\n"; for (i = 0; i < 1200; i++) print i % 40 < 12 ? 0 : 255 }' >light/$name.pgm
done
works --pipeline 'keep-cutout(p=1, tries=200)' --copies 4 --saliency light/ flat/ spared/ --manifest spared.jsonl
is "windows that hide what is light" "$(grep -c '"x":\([3-9]\|[1-9][0-9]\),' spared.jsonl)" 0
fails 2 'was written with --saliency, which must be given again' --replay spared.jsonl flat/ x/
works --replay spared.jsonl --saliency light/ flat/ spared2/
diff -r spared spared2 >/dev/null || failed "a replay with --saliency gives other pictures"
fails 2 '--saliency is empty' --pipeline keep-cutout --saliency '' flat/ x/
rm light/b.pgm
fails 1 'b.pgm: light/b.pgm: cannot open' --pipeline keep-cutout --saliency light/ flat/ x/
rm -rf x

# ---- outputs that fail ----
if [ -w /dev/full ]; then
    fails 1 'standard output|/dev/full' --pipeline hflip in/ full/ --manifest /dev/full
fi
"$SEGMENT_AUGMENT" --pipeline hflip --copies 9 in/ closed/ --manifest - 2>messages | head -c 10 >/dev/null
works --pipeline hflip in/ pipe/ --manifest - -q
lines printed 7
: >file
fails 1 'cannot make the directory|Not a directory' --pipeline hflip in/ file/x/
works --pipeline hflip --dry-run --copies 2 in/ dry/
has printed 'in/cats/1.ppm -> dry//?cats/1_2.ppm' 'set: 6 samples, hash [0-9a-f]{16}'
absent dry

# ---- what it says about itself ----
works --list
has printed 'geometric +hflip' 'mix +.*'
works --list --json
has printed '"id": "mosaic"' '"partners": 3' '"name": "limit"' '"rotated-boxes"'
works --help
has printed '--pipeline TEXT' '--replay FILE' 'one-of\(gaussian-blur'
works --help rotate
has printed '^rotate: ' 'limit' 'All labels follow'
works --help limit
has printed 'rotate'
fails 2 'did you mean rotate' --help rotat
fails 2 'it is no augmentation, parameter or option' --help qqqqqqqqqq
works --man
has printed '^\.TH SEGMENT\\?-AUGMENT' 'AUGMENTATIONS'
works --completion bash
has printed '--pipeline\) words="hflip' 'complete -F _segment_augment segment-augment'
works --version
finish
