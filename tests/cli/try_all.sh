#!/bin/sh
# --try-all: a contact sheet of all methods of a family, and their scores.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm

# sheet FILE: it is an RGB picture that is not one colour
sheet() {
    works --method gaussian --sigma 0 "$1" "$1.ppm"
    is "kind of $1" "$(head -1 "$1.ppm")" P6
    [ "$(tail -n +4 "$1.ppm" | od -An -v -tu1 -w3 | sort -u | wc -l)" -gt 4 ] ||
        failed "$1 shows nothing"
}

# ---- every family of methods for pictures; the more methods, the larger the sheet ----
for family in threshold region edge filter; do
    works --try-all $family in.pgm $family.png
    sheet $family.png
done
rows() { sed -n 2p "$1.png.ppm" | cut -d' ' -f2; }
[ "$(rows threshold)" -gt "$(rows edge)" ] || failed "the sheet of thresholds is no larger"
works --threads 1 --try-all threshold in.pgm one.png
works --threads 3 --try-all threshold in.pgm three.png
same one.png three.png
same one.png threshold.png

# ---- scores: of the truth, and its negative, which the sheet must tell apart ----
works --method threshold --level 100 in.pgm truth.pgm
works --method threshold --level 100 --invert in.pgm wrong.pgm
works --try-all threshold --truth truth.pgm in.pgm right.png
works --try-all threshold --truth wrong.pgm in.pgm wrong.png
works --try-all threshold --truth truth.pgm --metric documents --measure psnr in.pgm psnr.png
works --try-all threshold --truth truth.pgm --metric masks --object 255 in.pgm object.png
works --try-all region --truth truth.pgm in.pgm regions.png
differ right.png wrong.png
differ right.png psnr.png
differ right.png threshold.png
sheet right.png

# ---- what else is given counts for all ----
works --try-all threshold --post 'erode(9)' in.pgm eroded.png
differ eroded.png threshold.png
works --try-all threshold --render overlay in.pgm overlay.png
differ overlay.png threshold.png
works --try-all threshold in.pgm - --format png >/dev/null
cp printed piped.png
same piped.png threshold.png

# ---- what a method cannot work on is said, and the others are shown ----
expect 0 --try-all region --roi 0,0,16,16 in.pgm part.png
sheet part.png

# ---- wrong usage ----
fails 2 'no such family \(got "nose", allowed threshold, region, edge, filter\)' \
    --try-all nose in.pgm x.png
fails 2 '--method does not go with --try-all' --try-all edge --method canny in.pgm x.png
fails 2 '--report does not go with --try-all' --try-all edge --report - in.pgm x.png
fails 2 '--truth goes with --try-all only' --truth truth.pgm in.pgm x.png
fails 2 '--metric needs --truth' --try-all edge --metric masks in.pgm x.png
fails 2 '--metric tracks compares no pictures' --try-all edge --truth truth.pgm --metric tracks \
    in.pgm x.png
fails 2 '--measure is "iuo" \(masks has ' --try-all edge --truth truth.pgm --measure iuo in.pgm x.png
fails 2 'takes one picture as INPUT' --try-all edge in.pgm truth.pgm '{stem}.png'
fails 2 'writes one picture' --try-all edge in.pgm null:
fails 2 'exists already' --try-all edge in.pgm edge.png
fails 2 'same file as input truth.pgm' -y --try-all edge --truth truth.pgm in.pgm truth.pgm
fails 1 'No such file' --try-all edge --truth missing.pgm in.pgm x.png
fails 2 'gives no such output' --try-all threshold --render background in.pgm x.png
picture small.pgm 200 32 24
expect 1 --try-all edge --truth small.pgm in.pgm x.png
has messages 'size|32' 'no method of family edge works on it'
absent x.png
finish
