#!/bin/sh
# Standard input and output, FIFOs, devices, readers that go away and disks that are full.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm
video scene.mkv 36
works --method canny scene.mkv edges.mkv
works --method canny scene.mkv 'edge%02d.pgm'

# ---- y4m in, y4m out ----
works scene.mkv - --format y4m --method gaussian
mv printed scene.y4m
head -c 10 scene.y4m | grep -q '^YUV4MPEG2 ' || failed "no y4m on standard output"
segment --method canny - - --format y4m <scene.y4m >edges.y4m 2>messages || failed "y4m to y4m"
is "messages" "$(wc -c <messages)" 0
is "frames of the y4m" "$(frames edges.y4m)" 36
segment --method canny scene.y4m direct.mkv
segment --method threshold --level 128 edges.y4m 'back%02d.pgm'
segment --method threshold --level 128 direct.mkv 'direct%02d.pgm'
same back35.pgm direct35.pgm
# shellcheck disable=SC2002 # a pipe is what is tested
cat scene.y4m | segment --method canny - piped.mkv || failed "a pipe as input"
same piped.mkv direct.mkv

# ---- streams of pictures, nut, raw video ----
for format in pam png nut; do
    works --method canny scene.mkv - --format $format
    mv printed stream.$format
    segment --method threshold --level 128 - "$format%02d.pgm" <stream.$format ||
        failed "$format as input"
    same ${format}35.pgm edge35.pgm
    is "frames of the $format stream" "$(find . -name "$format*.pgm" | wc -l)" 36
done
works --method canny scene.mkv - --format rawvideo
is "bytes of raw video" "$(wc -c <printed)" $((36 * 96 * 64))
segment --raw-size 96x64 --raw-format gray --method threshold --level 128 - 'raw%02d.pgm' <printed
same raw35.pgm edge35.pgm
fails 2 '--raw-format needs --raw-size' --raw-format gray - x.mkv

# ---- a single picture in the middle of a pipe ----
segment --method gaussian in.pgm - --format png | segment --method otsu - - --format pam >one.pam
works --method gaussian in.pgm blurred.png
works --method otsu blurred.png one.png
works --method threshold --level 128 one.pam a.pgm
works --method threshold --level 128 one.png b.pgm
same a.pgm b.pgm
segment - piped.png <in.pgm || failed "a picture as standard input"
works in.pgm named.png
same piped.png named.png

# ---- stdout carries data only ----
works --report - in.pgm r.png
lines printed 1
works --method otsu --objects - scene.mkv null: --report r.json
has printed '^\{"frame":35,'
grep -vq '^{"frame":' printed && failed "--objects - prints more than its records"
expect 0 -v --progress plain --method canny scene.mkv - --format rawvideo
is "bytes of raw video with -v" "$(wc -c <printed)" $((36 * 96 * 64))

# ---- FIFOs and devices are written in place ----
mkfifo in.fifo out.fifo
cat scene.y4m >in.fifo &
cat out.fifo >through.y4m &
works --method canny in.fifo out.fifo --format y4m
wait
same through.y4m edges.y4m
[ -p out.fifo ] || failed "the FIFO was replaced"
works --method canny scene.mkv /dev/null --format y4m
works --method canny scene.mkv null:
is "nothing printed for null:" "$(wc -c <printed)" 0

# ---- full disks ----
if [ -w /dev/full ]; then
    for format in y4m nut rawvideo pam png; do
        segment --method canny scene.mkv - --format $format >/dev/full 2>messages
        is "exit code of $format on a full disk" $? 1
        one_line "$format on a full disk" 'standard output: .*(No space|full)'
    done
    segment in.pgm - --format png >/dev/full 2>messages
    is "exit code of a picture on a full disk" $? 1
    one_line "a picture on a full disk" 'standard output: .*No space'
    fails 1 '/dev/full: .*No space' in.pgm /dev/full --format png
    fails 1 '/dev/full: .*No space' --method canny scene.mkv /dev/full --format y4m
    fails 1 '/dev/full: .*No space' --method otsu scene.mkv null: --objects /dev/full
    fails 1 '/dev/full: .*No space' in.pgm null: --report /dev/full
    fails 1 '/dev/full: .*No space' --method background scene.mkv null: --save-model /dev/full
    for word in --list --help --man --version; do
        segment $word >/dev/full 2>messages
        is "exit code of $word on a full disk" $? 1
        one_line "$word on a full disk" 'No space'
    done
    [ -c /dev/full ] || failed "the device was replaced"
fi
(
    ulimit -f 8
    trap '' XFSZ
    segment --method gaussian --codec ffv1 scene.mkv limited.mkv 2>messages
    echo $? >code
) 2>/dev/null
is "exit code at the limit of file sizes" "$(cat code)" 1
one_line "a file that may not grow" 'limited.mkv: .*too large'
absent limited.mkv

# ---- readers that go away ----
for format in y4m nut rawvideo pam png; do
    { segment --method gaussian scene.mkv - --format $format 2>messages; echo $? >code; } |
        head -c 10 >/dev/null
    case $(cat code) in
    1) one_line "$format into a closed pipe" 'standard output: .*(closed|Broken pipe)' ;;
    *) failed "$format into a closed pipe exits with $(cat code)" ;;
    esac
done
{ segment --method otsu --objects - scene.mkv null: 2>messages; echo $? >code; } | true
is "exit code of objects for nobody" "$(cat code)" 1
one_line "objects for nobody" 'closed'

# ---- inputs that end at once ----
segment --method canny - x.png </dev/null 2>messages
is "exit code of an empty input" $? 1
one_line "an empty input" 'standard input: '
segment --method canny - x.png <&- 2>messages
is "exit code of a closed input" $? 1
one_line "a closed input" 'standard input: '
segment in.pgm - --format png >&- 2>messages
is "exit code of a closed output" $? 1
one_line "a closed output" 'standard output: '
absent x.png
finish
