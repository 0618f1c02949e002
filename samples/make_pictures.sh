#!/bin/sh
# Makes the README's pictures from the project's own scenes, into samples/pictures.
set -eu
cd "$(dirname "$0")/.."
bin=${1:-build/release/bin}
work=build/pictures
out=samples/pictures
rm -rf "$work"
mkdir -p "$work" "$out"
PATH=$PWD/$bin:$PATH
export PATH

make_scene picture "$out/in.png" "$work/truth.png"
segment -y -q --method canny "$out/in.png" "$out/canny.png"
segment -y -q --method otsu "$out/in.png" "$out/otsu.png"
segment -y -q --method region-grow --seeds '110,100;262,236;420,92;470,256;92,282;590,200' \
    --tolerance 60 --render overlay "$out/in.png" "$out/grow.png"
make_scene video "$work/scene.mkv" "$work/scene_truth" 72
segment -y -q --method background --post 'open(3),min-area(80)' --render overlay \
    "$work/scene.mkv" "$work/overlay_%04d.png"
cp "$(find "$work" -name 'overlay_*.png' | sort | tail -n 1)" "$out/background.png"
segment -y -q --method gaussian --sigma 0 --start 2.3666 --limit 1 "$work/scene.mkv" \
    "$out/frame.png"

# How well differences of frames find the movers, and where they fail.
truth=$work/scene_truth/mask_%04d.png
mkdir "$work/frames" "$work/found" "$work/soft" "$work/model"
segment -y -q --method gaussian --sigma 0 "$work/scene.mkv" "$work/frames/%04d.png"
segment -y -q --method frame-diff --post 'open(3),min-area(80)' "$work/scene.mkv" \
    "$work/found/%04d.png"
segment -y -q --method frame-diff --render score "$work/scene.mkv" "$work/soft/%04d.png"
segment -y -q --method background --render score "$work/scene.mkv" "$work/model/%04d.png"
segment-eval masks "$work/found/%04d.png" "$truth" -y -q --pictures "$work/frames/%04d.png" \
    --worst 3 --sheet "$out/errors.png" >/dev/null
segment-eval scores --compare "$work/soft/%04d.png" "$work/model/%04d.png" "$truth" -y -q \
    --plot "$out/pr.svg" >/dev/null

# What augmentations make of a picture: a sheet for each family.
augment_sheets "$out/in.png" "$out/frame.png" "$out"
