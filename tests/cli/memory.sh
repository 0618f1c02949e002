#!/bin/sh
# The largest resident size of runs over 4K video: below 400 MB whatever is written and however
# many threads there are, and the same for a longer video.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
if nm -D "$SEGMENT" | grep -qE '__(asan|tsan|ubsan|msan|gcov|llvm_profile|sanitizer)_'; then
    echo "skipped: an instrumented build"
    exit 77
fi

# A lossy video of that size, as cameras write it.
video small.mkv 40
works --method gaussian --resize 3840x2160 --limit 16 small.mkv large.mp4

# peak ARGUMENTS...: the program works, with at most `most` MB; what it took, in MB, is in `taken`.
most=400
peak() {
    if ! "$SEGMENT_BUILD/tests/peak_memory" peak "$SEGMENT" -y "$@" 2>messages; then
        failed "segment $*"
        show
        return
    fi
    taken=$(($(cat peak) * 1024 / 1000000))
    [ "$taken" -le $most ] || failed "segment $* takes $taken MB"
}

# promised ARGUMENTS...: what --dry-run says is what the run before took, more or less.
promised() {
    works --dry-run -y "$@"
    said=$(sed -n 's/^  memory: about \([0-9]*\) MB$/\1/p' printed)
    if [ "${said:-0}" -lt $((taken * 7 / 10)) ] || [ "$said" -gt $((taken * 18 / 10)) ]; then
        failed "--dry-run promises ${said:-nothing} MB instead of $taken: $*"
    fi
}

for threads in 1 2 4; do
    peak --threads $threads --method canny --limit 6 large.mp4 edges.mkv
    promised --threads $threads --method canny --limit 6 large.mp4 edges.mkv
done
for threads in 2 4; do
    peak --threads $threads --method background --limit 6 --render overlay large.mp4 seen.mp4
    promised --threads $threads --method background --limit 6 --render overlay large.mp4 seen.mp4
done
most=440 # AV1 where there is libaom; VP9 alone is twice that
if ffmpeg -hide_banner -encoders 2>/dev/null | grep -q libaom-av1; then
    peak --threads 2 --method background --limit 6 --render overlay large.mp4 seen.webm
    promised --threads 2 --method background --limit 6 --render overlay large.mp4 seen.webm
fi
most=400
peak --method canny --limit 20 small.mkv edges.mkv # FFV1
promised --method canny --limit 20 small.mkv edges.mkv
most=400
peak --method region-grow --seeds auto --objects objects.jsonl --limit 3 large.mp4 null:
most=400
peak --threads 2 --method canny --post 'close(5),fill-holes' --limit 6 large.mp4 null:
few=$taken
peak --threads 2 --method canny --post 'close(5),fill-holes' large.mp4 null:
[ "$taken" -le $((few + few / 20 + 4)) ] || failed "$taken MB for 16 frames, $few MB for 6"
finish
