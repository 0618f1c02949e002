#!/bin/sh
# One picture: default methods, formats, names, what the pixels are.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm
area=$((16 * 16 + 8 * 8))

# ---- the default for pictures is otsu ----
works in.pgm default.pgm
works --method otsu in.pgm otsu.pgm
same default.pgm otsu.pgm
is "pixels of the mask" "$(count otsu.pgm 255)" $area
is "other pixels" "$(count otsu.pgm 0)" $((64 * 48 - area))
works --method otsu --invert in.pgm dark.pgm
is "pixels of the inverted mask" "$(count dark.pgm 0)" $area
works --method threshold --level 199 in.pgm above.pgm
is "foreground is above the level" "$(count above.pgm 255)" $area
works --method threshold --level 200 in.pgm at.pgm
is "the level itself is not above" "$(count at.pgm 255)" 0
works --method threshold --level 30 --max 40 in.pgm between.pgm
is "pixels up to --max" "$(count between.pgm 255)" $((64 * 48 - area))

# ---- the default for video is consensus, even for one that has a picture's name ----
video scene.mkv 36
works scene.mkv default.mkv --report default.json
has default.json '"method":"consensus"' '"read":36,"written":36'
works --method background scene.mkv named.mkv
same default.mkv named.mkv
cp scene.mkv scene.png
works scene.png misnamed.mkv --report misnamed.json
has misnamed.json '"method":"consensus"' '"container":"matroska'
cp in.pgm picture.mkv
works picture.mkv misnamed.pgm --report - -y
has printed '"method":"otsu"' '"container":"picture"'
same misnamed.pgm otsu.pgm

# ---- every kind of file holds the same mask ----
for format in png pbm pgm pam npy jpg; do
    works in.pgm kind.$format
    works --method threshold --level 128 kind.$format back-$format.pgm
    same back-$format.pgm otsu.pgm
done
works in.pgm 'format' --format png
works --method threshold --level 128 format format.pgm
same format.pgm otsu.pgm
od -An -tx1 -N4 format | grep -q '89 50 4e 47' || failed "--format png gives no PNG"
works --compression 0 in.pgm large.png
works --compression 9 in.pgm small.png
[ "$(wc -c <large.png)" -ge "$(wc -c <small.png)" ] || failed "--compression does nothing"
works --method gaussian --quality 5 in.pgm poor.jpg
works --method gaussian --quality 95 in.pgm rich.jpg
[ "$(wc -c <poor.jpg)" -lt "$(wc -c <rich.jpg)" ] || failed "--quality does nothing"
fails 2 '--compression has no valid value \(got "10", allowed a whole number from 0 to 9\)' --compression 10 in.pgm x.png
fails 1 'x.ppm: ppm cannot hold 1 channel' in.pgm x.ppm
fails 1 'webp cannot hold 8-bit pictures of 1 channel without loss' in.pgm x.webp
works --render overlay in.pgm colours.ppm
fails 2 'x: format.*nosuch' in.pgm x --format nosuch
fails 2 'x.nosuch: no picture or video format has this extension; use .png, .jpg, ' in.pgm x.nosuch
fails 2 'x.nosuch: no picture or video format' --dry-run in.pgm x.nosuch
absent x x.png x.nosuch

# ---- a method of video has nothing to compare a lone picture with ----
expect 0 --method background in.pgm lone.pgm --report lone.json
one_line "a lone picture" \
    "in.pgm: warning: method background compares frames and had one only; .*'frames/\*\.png'"
has lone.json '"warnings":\["method background compares'
is "pixels of the lone mask" "$(count lone.pgm 255)" 0
works --method background --save-model empty.model in.pgm
works --method background --load-model empty.model in.pgm null:
works --method background --reference in.pgm in.pgm null:

# ---- names ----
mkdir "a dir"
cp in.pgm "a dir/with space & 'quote' %.pgm"
works "a dir/with space & 'quote' %.pgm" "a dir/out put.pgm"
same "a dir/out put.pgm" otsu.pgm
cp in.pgm 'lit%03d.pgm'
works 'lit%03d.pgm' literal.pgm
same literal.pgm otsu.pgm
cp in.pgm 'star[1]*.pgm'
works 'star[1]*.pgm' star.pgm
same star.pgm otsu.pgm
works ./in.pgm ./relative.pgm
works "$PWD/in.pgm" "$PWD/absolute.pgm"
same absolute.pgm otsu.pgm

# ---- what cannot be read ----
: >empty.png
fails 1 'empty.png: ' empty.png x.png
printf 'just some words\n' >words.png
fails 1 'words.png: ' words.png x.png
head -c 900 in.pgm >cut.pgm
fails 1 'cut.pgm: damaged PNM \(the file ends early\)' cut.pgm x.png
works --method gaussian in.pgm whole.png
head -c 150 whole.png >cut.png
fails 1 'cut.png: damaged PNG \(the file ends early\)' cut.png x.png
works --method gaussian --quality 99 in.pgm whole.jpg
head -c 900 whole.jpg >cut.jpg
expect 4 cut.jpg partly.png
one_line "a JPEG that is cut still shows its upper part" 'cut.jpg: ended early .*processed'
there partly.png
mkdir locked
printf 'P5\n100000 100000\n255\n' >huge.pgm
fails 1 'max-pixels' huge.pgm huge.png
fails 1 'max-pixels' --max-pixels 1000 in.pgm tiny.png
absent huge.png tiny.png

# ---- what cannot be written ----
fails 2 'no/such/x.png: cannot create: there is no directory no/such' in.pgm no/such/x.png
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w locked
    fails 1 'locked/x.png: ' in.pgm locked/x.png
fi
works in.pgm null:
is "nothing printed" "$(wc -c <printed)" 0
finish
