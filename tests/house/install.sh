#!/bin/sh
# Installs into an empty prefix, then builds programs outside the tree against it: through
# pkg-config as C11 and as C++17, statically, and through the CMake package. Then moves it: the
# program finds its libraries by itself, and FFmpeg when something needs it, not before.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
cmake --install "$SEGMENT_BUILD" --prefix "$prefix" >/dev/null
for file in man/man1/segment.1 bash-completion/completions/segment; do
    [ -s "$prefix/share/$file" ] || { echo "share/$file is not installed"; exit 1; }
done
libdir=$(dirname "$(find "$prefix" -name segment.pc)")
export PKG_CONFIG_PATH="$libdir" LD_LIBRARY_PATH="${libdir%/pkgconfig}"
cc=${CC:-cc}

cat >"$work/use.c" <<'EOF'
#include <segment/segment.h>
#include <stdio.h>
int main(void) {
    unsigned char pixels[8] = {10, 12, 11, 200, 210, 205, 9, 207};
    double level = 0;
    seg_image picture = {0}, mask = {0};
    if (seg_image_wrap(&picture, pixels, 4, 4, 2, SEG_U8, 1) < 0) return 1;
    if (seg_otsu(&mask, &level, &picture, NULL, NULL, NULL) < 0) return 2;
    printf("%s %g %d\n", seg_version(), level, ((unsigned char *)mask.data)[3]);
    seg_image_unref(&mask);
    return 0;
}
EOF
sed 's/seg_image picture = {0}, mask = {0};/seg_image picture{}, mask{};/' "$work/use.c" >"$work/use.cpp"
expected="$(pkg-config --modversion segment) 12 255"

check() {
    got=$("$1")
    [ "$got" = "$expected" ] || { echo "$1 printed '$got', expected '$expected'"; exit 1; }
}
flags=$(pkg-config --cflags --libs segment)
# shellcheck disable=SC2086
"$cc" -std=c11 -pedantic-errors -Wall -Wextra -Werror "$work/use.c" -o "$work/use_c" $flags
check "$work/use_c"
if command -v c++ >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    c++ -std=c++17 -pedantic-errors -Wall -Wextra -Werror "$work/use.cpp" -o "$work/use_cpp" $flags
    check "$work/use_cpp"
fi
# shellcheck disable=SC2046
"$cc" -std=c11 "$work/use.c" -o "$work/use_static" $(pkg-config --cflags segment) \
    "${libdir%/pkgconfig}/libsegment.a" -lm -pthread
check "$work/use_static"

# The example in README.md, with what it leaves uninitialised made poison where the compiler can.
{
    echo '#include <stdio.h>'
    sed -n '/^```c$/,/^```$/p' "$SEGMENT_SOURCE/README.md" | sed '/^```/d'
    cat <<'EOF'
int main(void) {
    unsigned char pixels[16 * 16];
    for (int i = 0; i < 16 * 16; i++)
        pixels[i] = i % 16 < 8 ? 10 : 200;
    seg_image edges = {0};
    if (find_edges(pixels, 16, 16, &edges) < 0) return 1;
    const unsigned char *row = seg_image_row(&edges, 8);
    printf("%s %d %d\n", seg_version(), (int)edges.width, row[7] | row[8]);
    seg_image_unref(&edges);
    return 0;
}
EOF
} >"$work/readme.c"
poison=-ftrivial-auto-var-init=pattern
"$cc" $poison -Werror -fsyntax-only -x c /dev/null 2>/dev/null || poison=
expected="$(pkg-config --modversion segment) 16 255"
# shellcheck disable=SC2086
"$cc" -std=c11 -pedantic-errors -Wall -Wextra -Werror $poison "$work/readme.c" -o "$work/readme" $flags
check "$work/readme"
expected="$(pkg-config --modversion segment) 12 255"

mkdir "$work/project"
cp "$work/use.c" "$work/project"
cat >"$work/project/CMakeLists.txt" <<'EOF'
cmake_minimum_required(VERSION 3.22)
project(outside C)
find_package(segment 0.1 REQUIRED)
add_executable(use_package use.c)
target_link_libraries(use_package PRIVATE segment::segment)
EOF
cmake -G Ninja -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_COMPILER="$cc" >/dev/null
cmake --build "$work/project/build" >/dev/null
check "$work/project/build/use_package"

# A part that is not there is named.
sed -i 's/find_package.*/find_package(segment REQUIRED COMPONENTS nosuch)/' "$work/project/CMakeLists.txt"
if cmake -G Ninja -S "$work/project" -B "$work/missing" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_COMPILER="$cc" >/dev/null 2>"$work/messages"; then
    echo "a component that is not there is found"
    exit 1
fi
grep -q 'There is no segment::nosuch in this installation' "$work/messages" || {
    cat "$work/messages"
    exit 1
}

if [ -f "$libdir/segment-media.pc" ]; then
    # shellcheck disable=SC2046
    "$cc" -std=c11 "$SEGMENT_SOURCE/samples/edges.c" -o "$work/edges" \
        $(pkg-config --cflags --libs segment-media) -L"${libdir%/pkgconfig}" -lsegment
    printf 'P5 4 2 255\n\1\1\376\376\1\1\376\376' >"$work/in.pgm"
    "$work/edges" "$work/in.pgm" "$work/out.png"
    [ -s "$work/out.png" ] || { echo "edges wrote nothing"; exit 1; }
fi
if [ -f "$libdir/segment-data.pc" ]; then
    cat >"$work/data.c" <<'END'
#include <segment/data.h>
#include <stdio.h>
int main(void) {
    const char text[] = "[{\"image_id\":4,\"category_id\":1,\"score\":1,\"bbox\":[1,2,3,4]}]";
    seg_dataset data = {0};
    if (seg_dataset_parse(&data, text, sizeof text - 1, "text", NULL, NULL) < 0) return 1;
    printf("%d %g\n", (int)data.pictures[0].id, data.instances[0].box.height);
    seg_dataset_free(&data);
    return 0;
}
END
    expected="4 4"
    # shellcheck disable=SC2046
    "$cc" -std=c11 -pedantic-errors -Wall -Wextra -Werror "$work/data.c" -o "$work/data" \
        $(pkg-config --cflags --libs segment-data)
    check "$work/data"
    # shellcheck disable=SC2046
    "$cc" -std=c11 "$work/data.c" -o "$work/data_static" $(pkg-config --cflags segment-data) \
        "${libdir%/pkgconfig}/libsegment-data.a" "${libdir%/pkgconfig}/libsegment.a" \
        $(pkg-config --libs $(pkg-config --print-requires-private segment-data)) -lm -pthread
    check "$work/data_static"
    cp "$work/data.c" "$work/project"
    cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.22)
project(outside C)
find_package(segment 0.1 REQUIRED COMPONENTS data)
add_executable(use_data data.c)
target_link_libraries(use_data PRIVATE segment::data)
END
    rm -rf "$work/project/build"
    cmake -G Ninja -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$cc" >/dev/null
    cmake --build "$work/project/build" >/dev/null
    check "$work/project/build/use_data"
fi
echo "installed files:"
(cd "$prefix" && find . -type f -o -type l | sort)
[ -f "$work/in.pgm" ] || exit 0

unset LD_LIBRARY_PATH
moved="$work/some where/else"
mkdir "$work/some where"
mv "$prefix" "$moved"
segment() { "$moved/bin/segment" -q -y --method otsu "$@"; }
"$moved/bin/segment" --version >/dev/null
segment "$work/in.pgm" "$work/moved.png"
segment "$work/in.pgm" "$work/moved.mkv"
segment "$work/moved.mkv" "$work/again.png"
cmp "$work/moved.png" "$work/again.png"

# libsegment.so.0.1 and others, but nothing of FFmpeg
if command -v ldd >/dev/null && ldd "$moved/bin/segment" >"$work/loaded"; then
    grep -q libsegment "$work/loaded" || { echo "ldd does not see libsegment"; exit 1; }
    if grep -E 'lib(av|sw)' "$work/loaded"; then echo "loaded at the start"; exit 1; fi
fi
rm "$(find "$moved" -name 'libsegment-ffmpeg.so')"
segment "$work/in.pgm" "$work/without.png"
cmp "$work/moved.png" "$work/without.png"
for arguments in "moved.mkv any.png" "in.pgm any.mkv"; do
    if (cd "$work" && segment $arguments) 2>"$work/message"; then
        echo "$arguments works without FFmpeg"
        exit 1
    fi
    if ! grep -q 'without FFmpeg.*libsegment-ffmpeg.so' "$work/message"; then
        echo "$arguments does not say that FFmpeg is missing:"
        cat "$work/message"
        exit 1
    fi
done
