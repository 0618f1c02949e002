#!/bin/sh
# Ctrl-C and SIGTERM: the exit code says so, what was written is whole and in NAME.partial, nothing
# stands under a final name.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
video scene.mkv 36
segment --method gaussian scene.mkv scene.y4m
picture in.pgm
mkfifo input.fifo

# Feeds the scene through a FIFO and then keeps it open, as a camera would.
feed() {
    { cat scene.y4m && exec sleep 60; } >input.fifo &
    feeder=$!
}

# ended PID: waits for it, but not for ever; its exit code.
ended() {
    # Short sleeps: the one that is going on outlives its shell.
    { for _ in $(seq 100); do sleep 0.1; done && kill -9 "$1"; } >/dev/null 2>&1 &
    watch=$!
    wait "$1"
    code=$?
    kill $watch 2>/dev/null
    wait $watch 2>/dev/null
    return $code
}

# try SIGNAL CODE OUTPUT ARGUMENTS...
try() {
    signal=$1 wanted=$2 output=$3
    shift 3
    feed
    "$SEGMENT" "$@" --method otsu input.fifo "$output" --objects seen.jsonl 2>messages &
    children="$! $feeder"
    pid=$!
    waits_for 20 grep -qs '"frame":3[0-9]' seen.jsonl.partial ||
        failed "$output: frames of a live input are held back"
    kill -"$signal" $pid
    ended $pid
    is "exit code after SIG$signal" $? "$wanted"
    kill $feeder 2>/dev/null
    wait $feeder 2>/dev/null
    children=
    one_line "SIG$signal" 'segment: input.fifo: stopped after 3[0-9] frames'
    absent "$output" seen.jsonl
    rm -f seen.jsonl.partial
}

for threads in 1 2; do
    try INT 130 one.mkv -y --threads $threads
    has messages 'what was written is in one.mkv.partial'
    there one.mkv.partial
    n=$(frames one.mkv.partial)
    [ "${n:-0}" -ge 30 ] || failed "one.mkv.partial has $n frames"
    rm one.mkv.partial
done
try TERM 143 two.mkv
there two.mkv.partial
try INT 130 three.y4m
[ "$(frames three.y4m.partial)" -ge 30 ] || failed "three.y4m.partial is not whole"
try TERM 143 four.mkv --report four.json
absent four.json

# stop SIGNAL CODE WHAT ARGUMENTS...: while the program waits, which is its business with `feeder`.
stop() {
    signal=$1 wanted=$2 what=$3
    shift 3
    "$SEGMENT" -v "$@" 2>messages >taken &
    pid=$!
    children="$pid $feeder"
    waits_for 20 grep -q -e '->' messages || failed "$what: no work begins"
    sleep 0.2
    kill -"$signal" $pid
    ended $pid
    is "exit code after SIG$signal $what" $? "$wanted"
    kill $feeder 2>/dev/null
    wait $feeder 2>/dev/null
    children=
    sed -i '/->/d' messages
    one_line "SIG$signal $what" 'segment: [^ ]*: stopped after [0-9]+ frames?$'
}

# while nothing comes at all, or nobody has opened the other end
mkfifo silent.fifo
sleep 60 >silent.fifo &
feeder=$!
stop INT 130 "with a silent input" --method canny silent.fifo five.mkv
sleep 60 &
feeder=$!
stop TERM 143 "with an input that nobody writes" --method canny silent.fifo five.mkv
absent five.mkv five.mkv.partial
sleep 60 &
feeder=$!
stop INT 130 "with an output that nobody reads" --method canny in.pgm silent.fifo --format png

# while nobody takes the output, of whatever kind
mkfifo output.fifo
for threads in 1 2; do
    for format in rawvideo y4m nut png; do
        { exec 3<output.fifo && exec sleep 60; } &
        feeder=$!
        stop TERM 143 "with blocked $format" --method gaussian scene.mkv output.fifo \
            --format $format --threads $threads
    done
done
{ exec 3<output.fifo && exec sleep 60; } &
feeder=$!
awk 'BEGIN { printf "P2\n400 400\n255\n"; for (i = 0; i < 160000; i++) print i * 7919 % 256 }' >noise.pgm
stop INT 130 "with a blocked picture" --method gaussian noise.pgm output.fifo --format pgm
{ exec 3<output.fifo && exec sleep 60; } &
feeder=$!
stop INT 130 "with blocked objects" --objects output.fifo --objects-shape polygon noise.pgm null:

# a reader that is slow, but reads, gets whole frames
{ while [ ! -e go ]; do sleep 0.02; done; exec cat; } <output.fifo >slowly.y4m &
feeder=$!
"$SEGMENT" -v --method gaussian scene.mkv output.fifo --format y4m 2>messages &
pid=$!
children="$pid $feeder"
waits_for 20 grep -q -e '->' messages
sleep 0.2
kill -INT $pid
touch go
ended $pid
is "exit code after SIGINT with a slow reader" $? 130
wait $feeder
children=
frame=$((6 + 96 * 64 * 3))
is "bytes of a cut frame" "$((($(wc -c <slowly.y4m) - $(head -n 1 slowly.y4m | wc -c)) % frame))" 0

# in a batch: what was done stays, the rest is left
mkdir batch
cp scene.mkv batch/a.mkv
cp scene.mkv batch/b.mkv
cp scene.mkv batch/c.mkv
SEG_CPU=ref "$SEGMENT" --method canny --sigma 30 --threads 1 batch results 2>messages &
pid=$!
children=$pid
waits_for 20 test -e results/a.mkv
kill -INT $pid
ended $pid
is "exit code of a batch after SIGINT" $? 130
children=
is "frames of the first" "$(frames results/a.mkv)" 36
absent results/c.mkv
one_line "SIGINT in a batch" 'stopped (after|before)'
finish
