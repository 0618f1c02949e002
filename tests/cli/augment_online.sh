#!/bin/sh
# segment-augment --online: arrays for NumPy, tars for WebDataset and bare samples, the same bytes for
# any number of threads; what is refused.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
: "${SEGMENT_AUGMENT:?is the path of segment-augment}"
tested() { "$SEGMENT_AUGMENT" "$@"; }
program=segment-augment

mkdir -p set/cat set/dog
for i in 1 2 3 4 5; do
    picture "set/cat/$i.pgm" $((100 + 20 * i)) 40 30
    picture "set/dog/$i.pgm" $((30 * i)) 50 30
done
chain='hflip(p=0.5), rotate(limit=20), mixup(p=0.4), gaussian-noise'

# ---- arrays ----
works --online --epochs 3 --batch 4 --resize 16x12 --pipeline "$chain" set/
mv printed all.npy
batch=$((16 * 12 * 3))
is "bytes of three epochs of 4, 4 and 2" "$(wc -c <all.npy | tr -d ' ')" $((3 * (10 * batch + 3 * 128)))
is "magic" "$(head -c 8 all.npy | od -An -tx1 | tr -d ' \n')" 934e554d50590100
is "header" "$(tail -c +11 all.npy | head -c 68)" "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 12, 16, 3), } "
for threads in 1 2 7; do
    works --online --epochs 3 --batch 4 --resize 16x12 --pipeline "$chain" --threads $threads set/
    same printed all.npy
done
works --online --epochs 3 --batch 4 --resize 16x12 --pipeline "$chain" --cache 0 set/
same printed all.npy
works --online --epochs 3 --batch 4 --resize 16x12 --pipeline "$chain" --rng-seed 9 set/
differ printed all.npy
works --online --epochs 1 --batch 10 --resize 16x12 --no-shuffle --channels 1 --pipeline '' set/
tail -c +129 printed | head -c $((16 * 12)) >first
works --pipeline '' --resize 16x12 --format pgm set/cat/1.pgm first.pgm
tail -c $((16 * 12)) first.pgm >wanted
same first wanted
works --online --batch 5 --resize 16x12 --pipeline "$chain" --labels set/ --label-format classes set/
mv printed classes.npy
is "bytes with classes" "$(wc -c <classes.npy | tr -d ' ')" $((2 * (5 * batch + 128 + 5 * 2 * 4 + 128)))
works --online --epochs 2 --resize 16x12 --format raw --pipeline "$chain" set/
is "bytes alone" "$(wc -c <printed | tr -d ' ')" $((20 * batch))
for python in /usr/bin/python3 python3; do
    "$python" -c 'import numpy' 2>/dev/null || continue
    "$python" - >said <<END || failed "NumPy cannot read it"
import types, numpy
for name, batches in ("all.npy", 9), ("classes.npy", 4):
    stream = types.SimpleNamespace(read=open(name, "rb").read)
    for i in range(batches):
        array = numpy.lib.format.read_array(stream)
        assert array.ndim == 4 and array.dtype == numpy.uint8 or \\
            array.shape == (5, 2) and abs(array.sum(1) - 1).max() < 1e-6, (array.shape, array.dtype)
        print(array.shape)
    assert stream.read(1) == b""
END
    is "shapes" "$(sed -n '3p;11p' said | tr '\n' ' ')" "(2, 12, 16, 3) (5, 2) "
    break
done

# ---- tars ----
works --online --format webdataset --resize 16x12 --pipeline "$chain" --labels set/ --label-format classes set/
mv printed set.tar
works --online --format webdataset --resize 16x12 --pipeline "$chain" --labels set/ --label-format classes \
    --threads 1 set/
same printed set.tar
mkdir tar
tar xf set.tar -C tar || failed "tar cannot read it"
is "pictures in the tar" "$(find tar -name '*.ppm' | wc -l | tr -d ' ')" 10
is "labels in the tar" "$(find tar -name '*.json' | wc -l | tr -d ' ')" 10
there tar/cat/1_1.json
has tar/dog/2_1.json '"width":16,"height":12,"classes":\{' '"dog":'
works --pipeline "$chain" --resize 16x12 --channels 3 --format ppm set/ files/ # the first epoch is the first copy
tail -n +1 files/cat/3_1.ppm | tail -c $batch >a
tail -c $batch tar/cat/3_1.ppm >b
same a b

# ---- balance ----
rm -f set/dog/[2-5].pgm
works --online --batch 100 --resize 16x12 --balance class --pipeline "$chain" --labels set/ --label-format classes set/
is "header of a balanced epoch" "$(tail -c +11 printed | head -c 68 | tail -c 18)" "(10, 12, 16, 3), }"

# ---- what is refused ----
expect 1 --online --pipeline hflip set/
has messages 'must be alike .*--resize WxH'
fails 2 'format has no valid value .got "png", allowed with --online' --online --format png --pipeline hflip set/
fails 2 'batch has no valid value' --online --batch 0 --pipeline hflip set/
fails 2 'epochs goes with --online' --epochs 2 --pipeline hflip set/ x/
fails 2 'manifest goes with copies in files' --online --manifest m --pipeline hflip set/
printf 'P5 9 9 255 short' >set/cat/bad.pgm
expect 1 --online --resize 16x12 --pipeline "$chain" set/
has messages 'bad.pgm'
expect 3 --online --resize 16x12 --pipeline "$chain" --keep-going --format raw set/
is "bytes of what can be read" "$(wc -c <printed | tr -d ' ')" $((6 * batch))
rm set/cat/bad.pgm
"$SEGMENT_AUGMENT" --online --epochs 100000 --resize 16x12 --pipeline "$chain" set/ 2>messages | head -c 1000 >/dev/null
has messages 'closed the pipe'
if [ -w /dev/full ]; then
    "$SEGMENT_AUGMENT" --online --resize 16x12 --pipeline "$chain" set/ >/dev/full 2>messages
    is "exit on a full disk" $? 1
    has messages 'No space left'
fi
"$SEGMENT_AUGMENT" --online --epochs 1000000 --resize 16x12 --pipeline "$chain" set/ >/dev/null 2>&1 &
children=$!
sleep 0.3
kill -TERM $children
wait $children
is "exit after SIGTERM" $? 143
children=
finish
