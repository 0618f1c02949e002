#!/bin/sh
# segment-flow: pairs and streams, every kind of output, numbers, what is refused, what it says
# about itself.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
: "${SEGMENT_FLOW:?is the path of segment-flow}"
tested() { "$SEGMENT_FLOW" "$@"; }
program=segment-flow

# scene FILE X: a grey picture of 80 x 60, a texture that is moved to the right by X pixels.
scene() {
    awk -v move="$2" 'BEGIN {
        printf "P2\n80 60\n255\n"
        for (y = 0; y < 60; y++)
            for (x = 0; x < 80; x++) {
                a = x - move
                print int(128 + 50 * sin(a / 3 + y / 7) + 40 * sin(y / 4 - a / 9) + 0.5)
            }
    }' >"$1"
}
for i in 0 1 2 3; do scene "frame$i.pgm" "$i"; done

# ---- a pair ----
works frame0.pgm frame1.pgm pair.flo
is "size of a .flo" "$(wc -c <pair.flo | tr -d ' ')" $((12 + 80 * 60 * 8))
is "letters of a .flo" "$(head -c 4 pair.flo)" PIEH
works --quality accurate frame0.pgm frame1.pgm fine.flo # of the method that is taken where none is named
works frame0.pgm frame1.pgm again.flo --threads 3
same pair.flo again.flo
works frame0.pgm frame1.pgm null: --stats - --check
lines printed 1
has printed '"unit":"px/frame"' '"mean_u":(1\.0|0\.9)' '"residual":[0-2]\.' '"difference":[0-9]+\.'
works frame0.pgm frame1.pgm null: --stats - --unit px/s
has printed '"unit":"px/s"' '"mean_u":2[3-6]\.'
works frame0.pgm frame1.pgm null: --stats - --unit px/s --fps 10
has printed '"mean_u":(10\.|9\.[5-9])'
# What moves at half a pixel per frame or more does so in any unit, and what is still is white.
scene slow.pgm 0.3
for unit in px/frame px/s; do
    works frame0.pgm slow.pgm null: --stats - --unit "$unit"
    has printed '"moving":0\.[0-3]'
    works frame0.pgm slow.pgm "by-${unit#*/}.png" --unit "$unit"
done
same by-frame.png by-s.png
works frame0.pgm frame1.pgm null: --stats - --method horn-schunck --direction backward
has printed '"mean_u":-(1\.0|0\.9)'
works frame0.pgm frame1.pgm null: --stats - --method horn-schunck --consistency
has printed '"occluded":0'

# ---- kinds of pictures ----
for kind in color hsv arrows magnitude warped residual kitti; do
    works frame0.pgm frame1.pgm "$kind.png" --render "$kind"
    there "$kind.png"
done
works frame0.pgm frame1.pgm by-name.kitti.png
same kitti.png by-name.kitti.png
works frame0.pgm frame1.pgm plain.png
same plain.png color.png
works frame0.pgm frame1.pgm fast.png --max-flow 0.5
differ plain.png fast.png
works frame0.pgm frame0.pgm still.ppm --legend
is "white where nothing moves" "$(count still.ppm 255)" $((80 * 60 * 3))
works frame0.pgm frame1.pgm warped.pgm --render warped
works frame0.pgm frame1.pgm field.npy
there field.npy
if [ -n "${SEGMENT_EVAL:-}" ]; then
    "$SEGMENT_EVAL" flow by-name.kitti.png pair.flo >scores 2>&1 || failed "segment-eval cannot read KITTI"
    has scores 'epe +0\.0'
fi

# ---- both ways ----
# crossing FILE X: ground that stands, and before it a square of 24 x 24 with a texture of its own.
crossing() {
    awk -v at="$2" 'BEGIN {
        printf "P2\n80 60\n255\n"
        for (y = 0; y < 60; y++)
            for (x = 0; x < 80; x++) {
                a = x - at
                inside = a >= 0 && a < 24 && y >= 18 && y < 42
                if (inside) value = 150 + 60 * sin(a * 0.4 + y * 0.2) * cos(y * 0.3)
                else value = 80 + 40 * sin(x / 4.1 + y / 5.3) + 30 * sin(y / 3.9 - x / 7.7)
                print int(value + 0.5)
            }
    }' >"$1"
}
for i in 0 1 2; do crossing "cross$i.pgm" $((20 + 4 * i)); done
# unknown FILE: vectors of a .flo of 80 x 60 that are beyond 1e9.
unknown() {
    tail -c +13 "$1" | od -An -v -tf4 -w8 | awk '$1 > 1e9 && $2 > 1e9 { n++ } END { print n + 0 }'
}
works cross0.pgm cross1.pgm seen.pgm --render occlusion
hidden=$(count seen.pgm 255)
[ "$hidden" -gt 40 ] && [ "$hidden" -lt 600 ] || failed "$hidden pixels are occluded, not about 4 x 24"
is "the rest of an occlusion mask" "$(count seen.pgm 0)" $((80 * 60 - hidden))
works cross0.pgm cross1.pgm both.flo --consistency --unit px/s --fps 0.01
is "unknown vectors of a .flo" "$(unknown both.flo)" "$hidden"
works cross0.pgm cross1.pgm one.flo
is "unknown vectors without --consistency" "$(unknown one.flo)" 0
works cross0.pgm cross1.pgm both.kitti.png --consistency
works cross0.pgm cross1.pgm both.pam --consistency --render kitti
flags=$(tail -c $((80 * 60 * 6)) both.pam | od -An -v -tu2 -w6 --endian=big | awk '$3 == 0 { n++ } END { print n + 0 }')
is "pixels that a KITTI file flags 0" "$flags" "$hidden"
works cross0.pgm cross1.pgm null: --consistency --check --stats -
has printed "\"occluded\":$(awk -v n="$hidden" 'BEGIN { printf "%.4f", n / 4800 }' | cut -c1-5)"
works cross0.pgm cross1.pgm sure.png --consistency --render confidence
works cross0.pgm cross1.pgm sure.pfm --render confidence
is "size of a confidence as floats" "$(tail -c +4 sure.pfm | head -1)" "80 60"
low=$(tail -c $((80 * 60 * 4)) sure.pfm | od -An -v -tf4 -w4 |
    awk '$1 < 0 || $1 > 1 { bad++ } $1 < 0.5 { n++ } END { print n + 0, bad + 0 }')
is "pixels of a confidence below 1/2, and outside 0 to 1" "$low" "$hidden 0"
works 'cross%d.pgm' seen.mkv --render occlusion
is "frames of a video of occlusions" "$(frames seen.mkv)" 2
works 'cross%d.pgm' sure.mkv --render confidence --consistency
is "frames of a video of confidence" "$(frames sure.mkv)" 2

# ---- streams ----
mkdir -p out
works 'frame%d.pgm' 'out/%d.flo' --stats stream.jsonl -y
there out/0.flo out/1.flo out/2.flo
absent out/3.flo
same out/0.flo pair.flo
lines stream.jsonl 3
has stream.jsonl '"field":2'
works 'frame%d.pgm' flow.mkv
is "frames of a video of flow" "$(frames flow.mkv)" 3
works flow.mkv null: --method horn-schunck --quality fastest --stats -
lines printed 2
works 'frame%d.pgm' limited.mkv --limit 2
is "frames of two" "$(frames limited.mkv)" 1

works frame0.pgm frame1.pgm null: --report report.json --method dis --quality fast
has report.json '"method":"dis"' '"quality":"fast"' '"frames":{"read":2,"compared":1}' '"process":'

# What was chosen and found, and what there is to be warned of.
works cross0.pgm cross1.pgm told.png --consistency --report told.json
has told.json '"decisions":\{"levels":[4-9]\.0,"warm":0\.0,"occluded":0\.0[0-9]+,"max-flow":[0-9.]+\}' \
    '"units":\{"max-flow":"px/frame"\}' '"warnings":\[\]'
works 'cross%d.pgm' told.mkv --unit px/s --report told.json
has told.json '"units":\{"max-flow":"px/s"\}' '"decisions_over_frames":\{.*"max-flow":\{"min":'
works frame0.pgm frame1.pgm told.flo --report told.json
has told.json '"decisions":\{"levels":[4-9]\.0,"warm":0\.0\}' '"warnings":\[\]'
works frame0.pgm frame1.pgm told.flo -y --report told.json --method horn-schunck --scheme 1981
has told.json '"decisions":\{"levels":1\.0,'
works 'frame%d.pgm' null: --report told.json --stats - --method horn-schunck --warm-start
has told.json '"warm":\{"min":0\.0,"mean":0\.[0-9]*,"max":1\.0\}'
has printed '"levels":[4-9]'
for i in 0 1 2 3 4; do cp frame1.pgm "step$i.pgm"; done
expect 0 'step%d.pgm' times.y4m --step 2 --report told.json
has messages '^segment-flow: times.y4m: warning: y4m has a constant frame rate'
lines messages 1
has told.json '"warnings":\["y4m has a constant frame rate'
works frame0.pgm frame1.pgm warped.jpg --render warped
head -c $(($(wc -c <warped.jpg) / 2)) warped.jpg >cut.jpg
expect 0 frame0.pgm cut.jpg told.flo -y --report told.json
has messages "cut.jpg: .*JPEG: "
has told.json '"warnings":\["JPEG: '

# ---- points ----
printf 'x,y\n30,30\n50.5;20\n\n# a comment\n40 40 7\n' >places.txt
printf '1,2\na,b\n' >bad.txt
: >none.txt
works 'frame%d.pgm' tracks.csv --points places.txt
is "head of a CSV" "$(head -1 tracks.csv)" frame,time,id,x,y,difference,back
lines tracks.csv 13
is "first place" "$(sed -n 2p tracks.csv)" 0,0.000000,1,30.0000,30.0000,0.000,0.0000
has tracks.csv '^1,0.04[0-9]*,1,31.0[0-9]*,(30.0|29.9)' '^3,0.12[0-9]*,1,33.0[0-9]*,(30.0|29.9)'
works 'frame%d.pgm' tracks.csv --points places.txt --threads 3 -y
lines tracks.csv 13
works frame0.pgm frame1.pgm - --points auto
has printed '"frame":0,"time":0.0,"id":1,"x":[0-9.]+,"y":[0-9.]+' '"frame":1.*"back":0.0'
works frame0.pgm frame1.pgm null: --points auto
printf 'P6\n80 60\n255\n' >colour.ppm
head -c 14400 /dev/zero >>colour.ppm
fails 1 'colour.ppm: has 3 channels of 8 bits, but frame0.pgm has 1 of 8 .must be alike' frame0.pgm colour.ppm x.flo
fails 1 'line 2 is no place \(got "a,b"' frame0.pgm frame1.pgm x.csv --points bad.txt
printf '1,2\n\n80,10\n' >outside.txt
fails 1 'outside.txt: line 3 is outside of the frame \(got 80,10, allowed 0 to 79, 0 to 59\)' \
    frame0.pgm frame1.pgm x.csv --points outside.txt
for place in -1,2 2,-0.5 2,60 1e300,2 nan,2 2,inf; do
    echo "$place" >outside.txt
    fails 1 "outside.txt: line 1 is outside of the frame .got $(echo "$place" | sed 's/1e300/1e\\+300/')" \
        frame0.pgm frame1.pgm x.csv --points outside.txt
done
printf '\001\377junk\n1,2\n' >junk.txt
fails 1 'junk.txt: line 1 is no place' frame0.pgm frame1.pgm x.csv --points junk.txt
printf '1,2\n\0003,4\n' >junk.txt
fails 1 'junk.txt: is no text .byte 4 is 0' frame0.pgm frame1.pgm x.csv --points junk.txt
fails 1 'frame0.pgm: ' frame0.pgm frame1.pgm x.csv --points frame0.pgm
fails 1 'has no places' frame0.pgm frame1.pgm x.csv --points none.txt
fails 1 'missing.txt' frame0.pgm frame1.pgm x.csv --points missing.txt
absent x.csv
fails 2 'is no name for points' frame0.pgm frame1.pgm x.png --points auto
fails 2 'stats is about fields' frame0.pgm frame1.pgm x.csv --points auto --stats -
fails 2 'exists already' frame0.pgm frame1.pgm tracks.csv --points auto

# ---- what is refused ----
fails 1 'no two frames' frame0.pgm null:
picture small.pgm
fails 1 'small.pgm: is 64 x 48, but frame0.pgm is 80 x 60; --resize' frame0.pgm small.pgm x.flo
absent x.flo
fails 1 'frame9.pgm: ' frame0.pgm frame9.pgm x.flo
absent x.flo
fails 2 'exists already; -y replaces it' frame0.pgm frame1.pgm pair.flo
fails 2 'is an input, too' frame0.pgm frame1.pgm frame1.pgm -y
fails 2 'FRAME1 FRAME2 OUTPUT or VIDEO OUTPUT is wanted \(got 1 names\)' frame0.pgm
fails 2 'otsu gives no flow' --method otsu frame0.pgm frame1.pgm x.flo
fails 2 'did you mean horn-schunck' --method horn-shunck frame0.pgm frame1.pgm x.flo
fails 2 'method horn-schunck: warps has no valid value .got .x., allowed .*; see segment-flow --help horn-schunck' \
    --warps x frame0.pgm frame1.pgm x.flo
fails 2 'method horn-schunck: quality has no valid value .*; did you mean .fast' --method horn-schunck --quality best frame0.pgm frame1.pgm x.flo
fails 2 'max-flow has no valid value' frame0.pgm frame1.pgm x.png --max-flow 0
fails 2 'unit has no valid value' frame0.pgm frame1.pgm x.png --unit mph
fails 2 'named too often' frame0.pgm frame1.pgm - --format pam --stats -
fails 1 'optical flow' frame0.pgm frame1.pgm x.flo --render color
absent x.flo
segment --method horn-schunck frame0.pgm x.png >printed 2>messages && failed "segment takes a flow method"
has messages 'use segment-flow'

# Hints lead to what takes a field.
fails 1 'PNG holds no float samples; use .flo or .npy' frame0.pgm frame1.pgm x.png --render flow
fails 1 'PFM holds 1 or 3 channels \(the picture has 2\); use .flo or .npy' frame0.pgm frame1.pgm x.pfm
fails 1 'write .flo or .npy files' frame0.pgm frame1.pgm x.mkv --render flow
fails 2 'no picture or video format has this extension; use .png, .jpg, .*.npy or .flo,' frame0.pgm frame1.pgm x.svg
absent x.png x.pfm x.mkv x.svg

# ---- pipes ----
works --format flo frame0.pgm frame1.pgm nameless
same nameless pair.flo
works frame0.pgm frame1.pgm - --format flo
same printed pair.flo
works frame0.pgm frame1.pgm - --format npy
same printed field.npy
works frame0.pgm frame1.pgm png.flo --format png
same png.flo plain.png
works frame0.pgm frame1.pgm - --format pam
head -c 2 printed | grep -q P7 || failed "no PAM on standard output"

# ---- what it says about itself ----
works --list
has printed 'horn-schunck'
works --list --json
has printed '"id": "horn-schunck"' '"name": "penalty"'
works --help
has printed 'FRAME1 FRAME2 OUTPUT' '--max-flow' '--quality|horn-schunck'
works --help horn-schunck
has printed '--penalty' '1981' '--median'
works --help render
has printed 'residual'
works --man
has printed '^\.TH SEGMENT\\?-FLOW'
works --completion bash
has printed 'segment-flow' '--penalty'
works --version
finish
