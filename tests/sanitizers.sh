#!/bin/sh
# Builds with the sanitizers and runs the tests there: everything in C under address + undefined,
# the threads' users under thread. Long: run it by hand before a release.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
SEGMENT_BUILD=$PWD/build
jobs=$(nproc)
# A compiler without its sanitizer runtimes cannot do this.
printf 'int main(void){return 0;}\n' >"$SEGMENT_BUILD/sanitizer_probe.c"
for kind in address,undefined thread; do
    if ! "${CC:-cc}" -fsanitize=$kind "$SEGMENT_BUILD/sanitizer_probe.c" \
        -o "$SEGMENT_BUILD/sanitizer_probe" 2>/dev/null; then
        echo "skipped: ${CC:-cc} has no -fsanitize=$kind"
        exit 77
    fi
done

build() {
    cmake -S . -B "$SEGMENT_BUILD/$1" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DSEGMENT_SANITIZE="$2" -DSEGMENT_WERROR=ON >/dev/null
    cmake --build "$SEGMENT_BUILD/$1" -j "$jobs" >"$SEGMENT_BUILD/$1.log" 2>&1 ||
        { tail -50 "$SEGMENT_BUILD/$1.log"; exit 1; }
}
run() {
    ctest --test-dir "$SEGMENT_BUILD/$1" -j "$jobs" --output-on-failure --no-tests=error \
        -R "$2" -E '^house_'
}
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
build asan address,undefined
result=0
run asan "^(unit|kernels|contract|golden|fuzz|cli)_" || result=1
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp"
build tsan thread
run tsan '^(unit_test_core|contract|unit_test_pipeline|unit_media_video|cli_)' || result=1
exit $result
