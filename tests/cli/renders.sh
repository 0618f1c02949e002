#!/bin/sh
# What OUTPUT may show, in which files and depths: masks, labels beyond 65535, scores, drawings.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm

# header FILE: width, height, depth and colour type of a PNG
header() { od -An -v -tu1 -j16 -N10 "$1" | tr -s ' ' | tr -d '\n'; }

works --render mask in.pgm mask.png
is "header of a mask" "$(header mask.png)" " 0 0 0 64 0 0 0 48 1 0"
works --render labels in.pgm labels.png
is "header of labels" "$(header labels.png)" " 0 0 0 64 0 0 0 48 16 0"
works --render labels in.pgm labels.pgm
is "pixels of the second label" "$(tail -n +4 labels.pgm | od -An -v -tu2 --endian=big -w2 |
    awk '$1 == 2 { n++ } END { print n + 0 }')" 64
for kind in colors overlay contours; do
    works --render $kind in.pgm $kind.png
    is "header of $kind" "$(header $kind.png)" " 0 0 0 64 0 0 0 48 8 2"
done
works --render cutout in.pgm cutout.png
is "header of a cutout" "$(header cutout.png)" " 0 0 0 64 0 0 0 48 8 6"
fails 2 '--render: method otsu gives no such output \(got background, allowed mask' \
    --render background in.pgm x.png
fails 2 'got picture, allowed mask.*; methods that do: gaussian, ' \
    --method background --render picture in.pgm x.png
works in.pgm outlines.svg
has outlines.svg '<svg' 'M'
fails 2 'SVG holds outlines only \(got --render mask, allowed contours\)' --render mask in.pgm x.svg

# ---- tables of objects ----
works in.pgm null: --objects objects.csv
is "columns of objects" "$(head -1 objects.csv | cut -d, -f1-9)" \
    "frame,time,id,area,x,y,width,height,cx"
works in.pgm null: --objects objects.jsonl
is "rows of objects" "$(($(wc -l <objects.csv) - 1))" "$(($(wc -l <objects.jsonl)))"
is "area in a table" "$(sed -n 2p objects.csv | cut -d, -f4)" \
    "$(sed -n '1s/.*"area":\([0-9]*\).*/\1/p' objects.jsonl)"
has objects.jsonl '"solidity":' '"euler":1' '"intensity":{"grey":{"min":'
works in.pgm null: --objects - --objects-shape table
cmp -s printed objects.csv || failed "a table on standard output differs from that of a file"
works in.pgm null: --objects kept.csv --keep 'mean > 255 || solidity > 1'
is "rows of no objects" "$(wc -l <kept.csv | tr -d ' ')" 1
fails 2 'has no column for --objects-shape polygon' in.pgm null: --objects x.csv \
    --objects-shape polygon
works in.pgm null: --objects rle.csv --objects-shape rle
is "columns of run lengths" "$(head -1 rle.csv)" "$(head -1 objects.csv),rle"
is "rows of run lengths" "$(cut -d, -f1-20 rle.csv | tail -1)" "$(cut -d, -f1-20 objects.csv | tail -1)"
works in.pgm null: --objects whole.jsonl --objects-shape polygon
works in.pgm null: --objects fewer.jsonl --objects-shape polygon --simplify 1000
[ "$(wc -c <fewer.jsonl)" -lt "$(wc -c <whole.jsonl)" ] || failed "--simplify leaves no corner out"
has fewer.jsonl '"polygon":\[\[[0-9,]*\]' '"holes":\['
works in.pgm whole.svg
works in.pgm fewer.svg --simplify 1000
[ "$(wc -c <fewer.svg)" -lt "$(wc -c <whole.svg)" ] || failed "--simplify leaves no corner out"
fails 2 'simplify has no valid value \(got "-1", allowed a number of pixels from 0 up' in.pgm x.svg --simplify -1
fails 2 '--simplify: there are no outlines' in.pgm null: --simplify 1

# ---- curves of edges ----
works --method canny in.pgm edges.csv
is "columns of curves" "$(head -1 edges.csv)" "frame,curve,closed,x,y,nx,ny,strength"
grep -q '^0,2,[01],[0-9.]*,[0-9.]*,-*[01]' edges.csv || failed "edges.csv has no second curve"
works --method canny in.pgm edges.svg
has edges.svg '<path d="M[0-9.]* [0-9.]*L'
works --method canny --render contours in.pgm edge-outlines.svg
has edge-outlines.svg 'label-1'
works --method canny in.pgm - --format csv
cmp -s printed edges.csv || failed "curves on standard output differ from those of a file"
works --method canny in.pgm both/ --format csv
cmp -s both/in.csv edges.csv || failed "curves in a directory differ from those of a file"
fails 2 'CSV holds the curves of edges, and method otsu gives none' in.pgm x.csv
fails 2 'CSV holds curves, which no --render shows' --method canny --render mask in.pgm x.csv

# ---- scores: 16 bits whatever the input has, 0 to 1 in files of floats ----
works --render score in.pgm score.png
is "header of a score" "$(header score.png)" " 0 0 0 64 0 0 0 48 16 0"
works --render score in.pgm score.pgm
is "the score's value" "$(tail -n +4 score.pgm | od -An -v -tu2 --endian=big -w2 | sort -u |
    tr -d '\n')" " 10280 51400"
works --render score in.pgm score.npy
head -c 60 score.npy | grep -q "'<f4'" || failed "score.npy holds no floats"
is "the score's value in .npy" "$(tail -c 4 score.npy | od -An -tf4 | tr -d ' ')" 0.15686275
works --render score in.pgm score.pfm
# canny's full scale is a step from black to white, region growing's a pixel like its region
awk 'BEGIN { print "P2\n20 9\n255"
    for (y = 0; y < 9; y++) for (x = 0; x < 20; x++) print x < 10 ? 0 : 51 }' >step.pgm
works --method canny --sigma 0 --render score step.pgm step-score.pgm
is "score of a step of a fifth" "$(tail -n +4 step-score.pgm | od -An -v -tu2 --endian=big -w2 |
    sort -n | tail -1)" " 13107"
works --method region-grow --seeds 2,2 --tolerance 5 --render score step.pgm grown.npy
is "score of an even region" "$(tail -c 720 grown.npy | od -An -v -tf4 -w4 | tr -d ' ' | sort -u |
    tr '\n' ' ')" "0 1 "
works -q --method frame-diff --render score in.pgm 'score%d.npy'
video scene.mkv 6
works --method frame-diff --render score scene.mkv score.mkv
works --method gaussian --sigma 0 score.mkv 'back%d.pgm'
is "depth of a video of scores" "$(sed -n 3p back0.pgm)" 65535

# ---- labels that 16 bits do not hold: every second pixel of every second row is a region ----
awk 'BEGIN { printf "P2\n600 600\n255\n"
    for (y = 0; y < 600; y++) for (x = 0; x < 600; x++) print x % 2 || y % 2 ? 10 : 200 }' >dots.pgm
works --render labels dots.pgm dots.npy
is "the last label" "$(od -An -tu4 -j128 dots.npy | tr -s ' ' '\n' | sort -n | tail -1)" 90000
works --render labels dots.pgm dots.png
is "header of larger labels" "$(header dots.png)" " 0 0 2 88 0 0 2 88 8 2"
works --method gaussian --sigma 0 dots.png dots.ppm
is "the last label of the PNG" "$(tail -n +4 dots.ppm | od -An -v -tu1 -w3 |
    awk '{ id = $1 + 256 * $2 + 65536 * $3; if (id > last) last = id } END { print last }')" 90000
works --render labels dots.pgm 'dots%d.png'
for name in dots.mkv dots.pam x.y4m; do
    fails 1 'labels below 0 or above 65535 do not fit into .*\.npy or \.png' \
        --render labels dots.pgm $name
    absent $name
done

# ---- depth and alpha survive ----
printf 'P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n' >deep.pam
printf '\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020' >>deep.pam
for name in deep.png deep.mkv deep.nut; do
    works --method gaussian --sigma 0 deep.pam $name
    works --method gaussian --sigma 0 $name "$name.pam"
    is "samples through $name" "$(tail -c 16 $name.pam | od -An -tx1)" \
        "$(tail -c 16 deep.pam | od -An -tx1)"
done
expect 0 --method gaussian --sigma 0 --resize 64x48 deep.pam shallow.mp4
one_line "16 bits in MP4" 'shallow.mp4: warning: .*(8 bits|alpha)'

# ---- pictures of one output may differ in size; videos may not ----
picture text.pgm 200 80 48
works --method gaussian --sigma 0 in.pgm narrow.pgm
works --method gaussian --sigma 0 text.pgm wide.pgm
cat narrow.pgm wide.pgm | segment --method otsu --on-resize restart - 'size%d.pgm' 2>messages ||
    failed "two sizes into pictures"
is "the second picture" "$(sed -n 2p size1.pgm)" "80 48"
cat narrow.pgm wide.pgm | segment -q --method otsu --on-resize restart - sizes.mkv 2>messages
is "exit code of two sizes in a video" $? 1
one_line "two sizes into a video" 'sizes.mkv: frame 1 is 80x48 .*pictures'
cat narrow.pgm wide.pgm | segment --method otsu - scaled.mkv 2>messages || failed "scaled sizes"
one_line "scaled sizes" 'standard input: warning: frames of 80x48 .* are brought to 64x48'
cat narrow.pgm wide.pgm | segment -q --method otsu --on-resize fail - x.mkv 2>messages
is "exit code of --on-resize fail" $? 1
one_line "--on-resize fail" 'frame 1 is 80x48, those before are 64x48, .*scale or restart'
absent x.png x.svg x.y4m sizes.mkv x.mkv
finish
