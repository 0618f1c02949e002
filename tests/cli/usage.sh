#!/bin/sh
# The command line: how options and parameters are written, and what is said about wrong ones.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
picture in.pgm

# ---- forms ----
works --method threshold --level 128 in.pgm a.png
works --method=threshold --level=128 in.pgm b.png
works in.pgm c.png --level 128 --method threshold
works --level 128 in.pgm --method threshold -- d.png
for name in b c d; do same a.png $name.png; done
works --method threshold --level 30 --level 128 in.pgm last.png
same a.png last.png
works --method otsu --invert in.pgm inverted.png
works --method otsu --no-invert in.pgm straight.png
works --method otsu in.pgm plain.png
differ inverted.png plain.png
same straight.png plain.png
works --method otsu --invert --no-invert in.pgm again.png
same again.png plain.png
works --method otsu --invert=true in.pgm said.png
same said.png inverted.png
works --no-autorotate --method otsu in.pgm flag.png
same flag.png plain.png
works -qy --method otsu in.pgm plain.png
mkdir -p dash
cp in.pgm dash/--in.pgm
cd dash || exit 1
works --method otsu -- --in.pgm -out.png
same ./-out.png ../plain.png
fails 2 'unknown option -o.*\./-out.png' --method otsu ./--in.pgm -out.png
cd ..

# ---- unknown and wrong ----
fails 2 'unknown option --metod; did you mean --method\?' --metod otsu in.pgm x.png
fails 2 'unknown option --levle; did you mean --level\?' --method threshold --levle 3 in.pgm x.png
fails 2 'unknown option --zzzzzzzz' --zzzzzzzz in.pgm x.png
fails 2 'unknown option -z' -z in.pgm x.png
fails 2 'unknown method "cany"; did you mean canny\?' --method cany in.pgm x.png
fails 2 'unknown method "qqqqqqqqqq".*--list' --method qqqqqqqqqq in.pgm x.png
fails 2 'open works on masks.*--post' --method open in.pgm x.png
fails 2 '--level is a parameter of a method \(.*threshold.*\); name the method with --method' \
    --level 3 in.pgm x.png
fails 2 'method otsu has no parameter --level, it is one of threshold' --method otsu --level 3 in.pgm x.png
fails 2 'method otsu has no parameter --high, it is one of hysteresis, canny' --method otsu --high 3 in.pgm x.png
fails 2 '--method needs a value' in.pgm x.png --method
fails 2 '--report is given twice .got a.json and b.json' --report a.json --report b.json in.pgm x.png
fails 2 '--level needs a value' --method threshold in.pgm x.png --level
fails 2 '--method needs a value' --method --level 3 in.pgm x.png
fails 2 '--overwrite takes no value \(got "1"\)' --overwrite=1 in.pgm x.png
fails 2 '--render has no valid value \(got "masks", allowed mask\|labels' --render masks in.pgm x.png
fails 2 '--no-sigma: sigma is no switch; it takes a value, --sigma VALUE' --no-sigma --method canny in.pgm x.png
fails 2 '--no-method|--no-level|unknown option' --no-level --method threshold in.pgm x.png
fails 2 '--threads has no valid value \(got "many", allowed' --threads many in.pgm x.png
fails 2 '--threads has no valid value \(got "-1", allowed' --threads -1 in.pgm x.png
fails 2 '--limit has no valid value \(got "0", allowed' --limit 0 in.pgm x.png
fails 2 '--resize has no valid value \(got "big"' --resize big in.pgm x.png
fails 2 '--roi has no valid value \(got "1,2,3"' --roi 1,2,3 in.pgm x.png
fails 2 '--start has no valid value \(got "soon"' --start soon in.pgm x.png
fails 2 '--max-pixels has no valid value \(got "0"' --max-pixels 0 in.pgm x.png

SEG_CPU=sse9
export SEG_CPU
fails 2 'SEG_CPU has no valid value \(got "sse9", allowed ref, base or avx2\)' in.pgm x.png
for SEG_CPU in ref base avx2 ''; do
    works --method otsu in.pgm "level$SEG_CPU.png"
    same "level$SEG_CPU.png" plain.png
done
unset SEG_CPU

# ---- values out of range ----
fails 2 'level is out of range \(got 300, allowed 0 to 255' --method threshold --level 300 in.pgm x.png
fails 2 'level is out of range \(got -3, allowed 0 to 255' --method threshold --level=-3 in.pgm x.png
fails 2 'level is out of range \(got 120%, allowed 0 to 100 percent\)' --method threshold --level 120% in.pgm x.png
fails 2 'level' --method threshold --level high in.pgm x.png
fails 2 'sigma is out of range \(got -1, allowed 0 to' --method canny --sigma -1 in.pgm x.png
fails 2 'sigma.*"nan"' --method canny --sigma nan in.pgm x.png
fails 2 'method canny: aperture has no valid value \(got 4 px, allowed' --method canny --aperture 4 in.pgm x.png
fails 2 'norm has no valid value \(got "l3", allowed l1 or l2\); did you mean "l1"' --method canny --norm l3 in.pgm x.png
fails 2 'high has no valid value \(got "a", allowed' --method canny --high a in.pgm x.png
fails 2 'post|opne' --post 'opne(3)' in.pgm x.png
fails 2 'did you mean "open"' --post 'opne(3)' in.pgm x.png
fails 2 'pre' --pre 'min-area(3)' in.pgm x.png
fails 2 'keep' --keep 'aera > 3' in.pgm x.png
fails 2 'keep' --keep 'area >' in.pgm x.png

# ---- seeds ----
fails 1 'in.pgm: seed 1 is outside the picture \(got 64,3, allowed x 0 to 63, y 0 to 47\)' --method region-grow --seeds '64,3' in.pgm x.png
fails 2 'seeds' --method region-grow --seeds '3' in.pgm x.png
fails 2 '--seeds has no valid value \(got "3,4;x", allowed auto, points x,y;x,y;\.\.\. or the name' \
    --method region-grow --seeds '3,4;x' in.pgm x.png
works --method region-grow --seeds '10,10;42,22' in.pgm grown.png

# ---- names ----
fails 2 'INPUT and OUTPUT are missing'
fails 2 'OUTPUT is missing \(got one name, "in.pgm"\)' in.pgm
fails 1 'none.png: no such file' none.png x.png
echo hello >text.png
fails 1 'text.png: is neither a picture nor a video that can be read' text.png x.png
fails 1 'text.png: is no video that can be read' text.png x.mkv --input-format y4m
segment - x.png <&- >printed 2>messages && failed "a closed standard input is read"
is "of a closed standard input" "$(cat messages)" \
    "segment: standard input: cannot open (Bad file descriptor)"
fails 1 'none.*pattern' 'none-*.png' x.png
fails 1 'none/%03d.png.*pattern' none/%03d.png x.mkv
fails 2 'needs --format' in.pgm -
fails 2 'standard input \(-\) is named too often \(got 2 times, allowed once\)' - - out/
fails 2 'standard output \(-\) is named too often \(got 2 times' in.pgm - --format pam --report -
absent x.png x.mkv out
finish
