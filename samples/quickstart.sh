#!/bin/sh
# From a fresh clone to first results: installs what is missing, builds, makes a picture and a
# video scene with exact truth, segments both, and says where to look. Repeatable.
set -eu
cd "$(dirname "$0")/.."
out=${1:-build/quickstart}

sh samples/install-packages.sh
cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=Release -DSEGMENT_TESTS=OFF \
    -DSEGMENT_SAMPLES=ON >/dev/null
cmake --build build/release
PATH=$PWD/build/release/bin:$PATH

mkdir -p "$out"
make_scene picture "$out/in.png" "$out/in_truth.png"
make_scene video "$out/scene.mkv" "$out/truth"

# What is run, as it can be typed.
run() {
    printf '+'
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9_./=-]*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    echo
    "$@"
}
cd "$out"
run segment -y --method canny in.png out.png
run segment -y --method otsu --report otsu.json in.png otsu.png
run segment -y --method background scene.mkv masks.mkv --objects objects.jsonl
run segment -y --method background --post "open(3),min-area(60)" --render overlay \
    scene.mkv overlay.mp4

echo
echo "Done. Look at these in $out:"
echo "  in.png, out.png            a picture and its Canny edges"
echo "  otsu.png, otsu.json        its Otsu mask, and the level that was found"
echo "  scene.mkv, overlay.mp4     a video, and its moving objects drawn over it"
echo "  masks.mkv, objects.jsonl   their masks (lossless), and boxes, areas, centroids per frame"
echo "  in_truth.png, truth/       exact masks and optical flow of both scenes"
echo "The program is $PWD/../release/bin/segment; try: segment --list, segment --help canny" |
    sed 's|/build/quickstart/../release|/build/release|'
