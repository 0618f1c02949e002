#!/bin/sh
# Where results go: directories in natural order, templates, collisions, what may not be overwritten.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
mkdir scans
for n in 1 2 10; do picture scans/page$n.pgm $((100 + n)); done
picture in.pgm

# ---- a directory: natural order, one file for each ----
works --method otsu --report order.json scans masks
is "order of the names" "$(sed 's/.*"input":"\([^"]*\)".*/\1/' order.json | tr '\n' ' ')" \
    "scans/page1.pgm scans/page2.pgm scans/page10.pgm "
there masks/page1.png masks/page2.png masks/page10.png
is "files in masks" "$(find masks -type f | wc -l)" 3
absent masks.journal
works --method otsu scans/ deep/er/masks/
there deep/er/masks/page10.png
works --method otsu --format pgm scans pgms
there pgms/page10.pgm
works --render contours --format svg scans svgs
there svgs/page10.svg
works scans/page1.pgm masks2/
there masks2/page1.png
works scans/page1.pgm scans/page2.pgm masks3
there masks3/page1.png masks3/page2.png

# a sequence: one video, or a picture for each frame
works --sequence --method frame-diff scans seq.mkv
is "frames of the sequence" "$(frames seq.mkv)" 3
works --method frame-diff scans implied.mkv
same seq.mkv implied.mkv
works --sequence=10 --method otsu scans seqdir/
there seqdir/page1.png seqdir/page2.png seqdir/page10.png
same seqdir/page10.png masks/page10.png
works --method otsu 'scans/page*.pgm' glob.mkv
is "frames of the glob" "$(frames glob.mkv)" 3
works --method otsu 'scans/page%d.pgm' 'numbered/%03d.png'
there numbered/000.png numbered/001.png

# ---- templates ----
works --method otsu scans 'out/{stem}.mask.{ext}'
there out/page1.mask.pgm out/page10.mask.pgm
works --method otsu scans 'out/{index}-{stem}.png'
there out/0-page1.png out/1-page2.png out/2-page10.png
works in.pgm '{stem}_mask.png'
there in_mask.png
works in.pgm 'keep{1}.png'
there 'keep{1}.png'
fails 2 'unknown word in the name \(got \{name\}, allowed' scans 'out/{name}.png'
works scans 'out/{stem}.png' --objects 'out/{stem}.jsonl'
lines out/page10.jsonl 2

# ---- one picture: more frames leave what was there ----
video clip.mkv 3
works --method otsu in.pgm sole.png
cp sole.png old.png
fails 1 'sole.png: a picture takes one frame' --method canny clip.mkv sole.png -y
same sole.png old.png
fails 1 'sole.npy: a picture takes one frame' --method canny --render score clip.mkv sole.npy
absent sole.png.partial sole.npy sole.npy.partial
works --method canny --limit 1 clip.mkv sole.npy

# ---- collisions ----
mkdir other
cp scans/page1.pgm other/page1.ppm
fails 2 'would be written twice' scans/page1.pgm other/page1.ppm collide/
fails 2 'would be written twice' scans 'collide/same-{ext}.png'
works scans/page1.pgm other/page1.ppm 'collide/{stem}-{ext}.png'
there collide/page1-pgm.png collide/page1-ppm.png
fails 2 '3 inputs need as many outputs \(got one name\); give .*or \{index\}$' scans one.png
fails 2 'or \{index\}; --sequence makes them one video$' scans one.mkv
fails 2 "or \{index\}; one video is made of a quoted pattern, such as 'frames/\*.png'$" \
    scans/page1.pgm other/page1.ppm one.mkv
fails 2 'would be written twice' in.pgm both.json --format png --report both.json
absent one.png one.mkv both.json

# ---- the output is the input, under any name ----
cp in.pgm mine.pgm
ln -s mine.pgm soft.pgm
ln mine.pgm hard.pgm
mkdir sub
for name in mine.pgm ./mine.pgm sub/../mine.pgm "$PWD/mine.pgm" soft.pgm hard.pgm; do
    fails 2 'same file as input' mine.pgm "$name"
    fails 2 'same file as input' -y mine.pgm "$name"
done
fails 2 'same file as input' -y soft.pgm mine.pgm
fails 2 'same file as input' -y hard.pgm soft.pgm
fails 2 'same file as input' -y in.pgm x.png --report in.pgm
fails 2 'same file as input' -y in.pgm x.png --objects in.pgm
fails 2 'same file as input' -y in.pgm mine.pgm --ignore mine.pgm
fails 2 'same file as input' -y --method region-grow --seeds mine.pgm in.pgm mine.pgm
fails 2 'same file as input|is an input' -y --format pgm scans scans
cp in.pgm a.png.partial
fails 2 'written by way of|destroy' -y a.png.partial a.png
same mine.pgm in.pgm
same a.png.partial in.pgm
[ -L soft.pgm ] || failed "the symbolic link was replaced"
absent x.png

# ---- no more than is allowed: what there is ends well ----
video long.mkv 60
for threads in 1 2; do
    for output in capped.y4m 'capped/%03d.pgm'; do
        fails 4 'long.mkv: as much as --max-output allows is written; [0-9]+ frames were processed' \
            -y --threads $threads --method background --max-output 50k long.mkv "$output" \
            --objects capped.jsonl
        bytes=$(cat capped.jsonl capped.y4m capped/*.pgm 2>/dev/null | wc -c)
        [ "$bytes" -ge 51200 ] || failed "$output ends at $bytes bytes"
        n=$(sed -n 's/.*; \([0-9]*\) frames were processed/\1/p' messages)
        # 9 frames of 6144 bytes, and those on their way
        if [ "$n" -lt 7 ] || [ "$n" -gt 14 ]; then failed "$output ends after $n frames"; fi
        [ "$output" != capped.y4m ] || is "frames of $output" "$(frames $output)" "$n"
        rm -rf capped capped.y4m
    done
done
works --method background --max-output 1G long.mkv room.mkv
is "frames of room.mkv" "$(frames room.mkv)" 60
fails 4 'as much as --max-output allows is written; [12] of 3 inputs were left' \
    --method otsu --format pgm --max-output 4k scans capped-scans
there capped-scans/page1.pgm
absent capped-scans/page10.pgm
fails 2 'max-output .*allowed bytes, e.g. 500M or 10G' --max-output 0 in.pgm x.png

# ---- existing files need -y ----
printf 'precious' >old.png
fails 2 'old.png: exists already; -y replaces it' in.pgm old.png
fails 2 'old.png: exists already' in.pgm new.png --report old.png
fails 2 'old.png: exists already' in.pgm new.png --objects old.png
fails 2 'exists already' --method otsu scans masks
fails 2 'exists already' --sequence --method otsu scans seqdir/
fails 2 'exists already' --method otsu 'scans/page%d.pgm' 'numbered/%03d.png'
is "an existing file" "$(cat old.png)" precious
absent new.png
works -y in.pgm old.png
works --overwrite --method otsu scans masks
works -y --method otsu 'scans/page%d.pgm' 'numbered/%03d.png'
works in.pgm fresh.png
same old.png fresh.png
printf 'precious' >old.json
works -y in.pgm fresh.png --report old.json
has old.json '"status":"done"'

# a failed run leaves an older result alone
printf 'P5\n64 48\n255\n' >broken.pgm
printf 'precious' >kept.png
fails 1 'broken.pgm' -y broken.pgm kept.png
is "the older result" "$(cat kept.png)" precious
finish
