#!/bin/sh
# Every awkward, damaged and absurd picture and clip of the collection through the program, each in a
# process of its own: done, or refused with a message and the right exit code; never a crash, never a
# hang, never more than 1 GiB. What the list of pictures says about size is met; where djpeg and
# pngtopam (netpbm) are installed the pixels are theirs. Prints one line of counts.
# (Frames of clips against their reference decode: unit/media_clips.c and clips.sh.)
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
data=${SEGMENT_DATA:-$SEGMENT_SOURCE/../shared/data}
pictures=$data/images/formats clips=$data/video/clips
if [ ! -f "$pictures/MANIFEST.tsv" ] || [ ! -d "$clips" ]; then
    echo "skipped: no pictures and clips in $data"
    exit 77
fi
instrumented=
if nm -D "$SEGMENT" | grep -qE '__(asan|tsan|ubsan|msan|gcov|llvm_profile|sanitizer)_'; then
    instrumented=yes # takes more memory, and that is not the program's
fi
most=0 decoded=0 partly=0 refused=0 compared=0

# try FILE ARGUMENTS...: runs the program on it; the exit code is in `got`.
try() {
    tried=$1
    shift
    timeout -k 5 120 "$SEGMENT_BUILD/tests/peak_memory" peak "$SEGMENT" -y "$@" \
        >printed 2>messages
    got=$?
    taken=$(($(cat peak 2>/dev/null || echo 0) / 1024))
    [ "$taken" -le "$most" ] || most=$taken
    [ "$taken" -le 1024 ] || [ -n "$instrumented" ] || failed "$tried takes $taken MiB"
    grep -v '^segment: ' messages && failed "$tried: these lines are no messages"
    case $got in
    0) decoded=$((decoded + 1)) ;;
    4)
        partly=$((partly + 1))
        [ -s messages ] || failed "$tried ends early without a word"
        ;;
    1)
        refused=$((refused + 1))
        [ "$(wc -l <messages)" -eq 1 ] || failed "$tried is not refused in one line"
        grep -qF "$tried" messages || failed "$tried is refused without its name: $(cat messages)"
        ;;
    124 | 137) failed "$tried hangs" ;;
    *) failed "$tried: exit code $got" && show ;;
    esac
}

# like_djpeg FILE: out.ppm has the pixels that djpeg gives.
like_djpeg() {
    command -v djpeg >/dev/null || return
    djpeg -pnm "$1" >theirs.ppm 2>/dev/null || return
    head -c 2 theirs.ppm | grep -q P5 && kind=pgm || kind=ppm
    "$SEGMENT" -q -y --method gaussian --sigma 0 out.png ours.$kind 2>/dev/null || return
    cmp -s theirs.ppm ours.$kind || failed "$1 is not decoded as djpeg does"
    compared=$((compared + 1))
}

# like_pngtopam FILE: out.png and the file are the same to libpng. (Not where a tRNS chunk names a
# colour: of those pngtopam makes no pixel transparent.)
like_pngtopam() {
    command -v pngtopam >/dev/null || return
    case $1 in */*tb[bgr]n2c??.png) return ;; esac
    pngtopam -quiet -alphapam "$1" 2>/dev/null | pamdepth 65535 >theirs.pam 2>/dev/null || return
    [ -s theirs.pam ] || return
    pngtopam -quiet -alphapam out.png 2>/dev/null | pamdepth 65535 >ours.pam 2>/dev/null
    cmp -s theirs.pam ours.pam || failed "$1 is not decoded as libpng does"
    compared=$((compared + 1))
}

# ---- pictures ----
# A line for each that is there: file, size, what is to come (yes, no, either, limit).
awk -F '\t' 'NR > 1 {
    ok = $8 == "ok"
    open = ok && index($9, "libpng") && index($9, ") rc=1") # Pillow takes what libpng refuses
    fine = ok || index($9, ") rc=0") || $9 ~ /djpeg rc=[02]/
    limit = $3 * $4 > 268435456 || index($8, "DecompressionBomb")
    print $1, $3 "x" $4, limit ? "limit" : open ? "either" : fine ? "yes" : "no"
}' "$pictures/MANIFEST.tsv" >list
while read -r name size wanted; do
    file=$pictures/$name
    [ -f "$file" ] || continue
    rm -f out.png
    try "$file" --no-autorotate --method gaussian --sigma 0 "$file" out.png
    case $wanted-$got in
    yes-[04] | either-[041]) ;;
    no-1) grep -q 'max-pixels' messages && failed "$name is not too large" ;;
    limit-1) grep -q 'max-pixels' messages || failed "$name: no word of --max-pixels" ;;
    *) failed "$name exits with $got, and can be decoded: $wanted" ;;
    esac
    if [ "$got" -eq 1 ]; then
        absent out.png
        continue
    fi
    [ "$size" = x ] || is "size of $name" "$(od -An -tu1 -j16 -N8 out.png |
        awk '{ print ($3 * 256 + $4) "x" ($7 * 256 + $8) }')" "$size"
    case $name in
    *.jpg | *.jpeg) like_djpeg "$file" ;;
    *.png) like_pngtopam "$file" ;;
    esac
done <list
seen=$((decoded + partly + refused))
[ $seen -ge 300 ] || failed "only $seen pictures of the list are there"

# ---- clips ----
for file in "$clips"/real/*.* "$clips"/variants/*.*; do
    try "$file" -q --method threshold --level 128 --report report.json "$file" null:
    case ${file##*/}-$got in
    *-0 | damaged_*-[14] | Megamind_bugy*-4) ;;
    audio_only* | cover_art_only* | webp_anim*) ;;
    *) failed "$file exits with $got: $(cat messages)" ;;
    esac
    [ "$got" -eq 1 ] && continue
    frames=$(sed -n 's/.*"read":\([0-9]*\).*/\1/p' report.json)
    [ "${frames:-0}" -gt 0 ] || [ $got -eq 4 ] || failed "$file: no frames, and nobody says so"
    reference=${file%/*}/framemd5/${file##*/}.framemd5
    [ ! -f "$reference" ] || is "frames of $file" "$frames" "$(grep -c '^0,' "$reference")"
done
echo "$((decoded + partly + refused)) files: $decoded decoded, $partly in part, $refused refused;" \
    "$compared pictures equal to djpeg's or libpng's; at most $most MiB"
finish
