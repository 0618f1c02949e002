#!/bin/sh
# Every real clip that can be decoded, in all codecs, containers and timings: as many frames come
# out as the reference decode has, each with the time stamp that it had in the input.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
clips=${SEGMENT_DATA:-$SEGMENT_SOURCE/../shared/data}/video/clips/variants
if [ ! -d "$clips" ]; then
    echo "skipped: no clips in $clips"
    exit 77
fi
compare() { "$SEGMENT_BUILD/tests/same_times" "$@"; }

# All at once. What is damaged may fail, or end early, but says so and stops nothing.
expect 3 -q --method threshold --level 128 --jobs 2 --keep-going --report report.json \
    "$clips"/*.* 'out/{stem}.{ext}.nut'
lines report.json "$(find "$clips" -maxdepth 1 -name '*.*' | wc -l)"
grep '"status":"failed"' report.json | grep -vE 'damaged_|audio_only|cover_art_only|webp_anim' &&
    failed "these can be decoded"
grep -v '^segment: ' messages && failed "these lines are no messages"

# The only packet that is left cannot be decoded: both are said.
expect 4 --method canny "$clips/damaged_truncated_faststart.mp4" cut.mkv
one_line "a clip that was cut" '1 of 60 announced frames are there, 1 of them damaged beyond'

compared=0
for reference in "$clips"/framemd5/*.framemd5; do
    name=${reference##*/}
    name=${name%.framemd5}
    wanted=$(grep -c '^0,' "$reference")
    { [ "$wanted" -gt 0 ] && [ -f "$clips/$name" ]; } || continue
    is "frames of $name" "$(compare "$clips/$name" "out/$name.nut" 0)" "$wanted"
    compared=$((compared + 1))
done
[ "$compared" -ge 60 ] || failed "only $compared clips have a reference"

# Other containers, with what their clocks resolve; a variable rate, a rotation, a late start.
for name in vfr_h264.mp4 vfr_h264.mkv rot90_displaymatrix.mp4 start_offset_5s.mkv fps1000_h264.mkv; do
    frames=$(compare "$clips/$name" "$clips/$name" 0)
    works --method canny "$clips/$name" "canny-$name.mkv"
    is "times of $name in Matroska" "$(compare "$clips/$name" "canny-$name.mkv" 0.001)" "$frames"
    works --method canny --render overlay "$clips/$name" "seen-$name.mp4"
    is "times of $name in MP4" "$(compare "$clips/$name" "seen-$name.mp4" 0)" "$frames"
done
finish
