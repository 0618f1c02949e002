#!/bin/sh
# Configures and builds every preset of CMakePresets.json, and the release build with clang, all
# with warnings as errors, and tries each of them shortly. What a machine cannot build (no clang)
# is skipped with a message. Long: run it by hand before a release.
#   sh tests/presets.sh [NAME...]   all, or these; `clang` is the release preset with clang
set -eu
cd "$(dirname "$0")/.."
root=build/presets
mkdir -p "$root"
presets=$(cmake --list-presets | sed -n 's/^ *"\([a-z-]*\)".*/\1/p')
[ $# -gt 0 ] || set -- $presets clang
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp"

# configure NAME BUILD
configure() {
    case $1 in
    clang) cmake --preset release -B "$2" -G Ninja -DSEGMENT_WERROR=ON -DCMAKE_C_COMPILER=clang ;;
    *) cmake --preset "$1" -B "$2" -G Ninja -DSEGMENT_WERROR=ON ;;
    esac
}

# smoke NAME BUILD: that it works at all, by what the preset is for.
smoke() {
    case $1 in
    fuzz)
        for target in "$2"/tests/fuzz_*; do
            corpus=tests/fuzz/corpus/${target##*/fuzz_}
            [ -d "$corpus" ] || continue
            mkdir -p "$2/found" # new inputs go to the first folder
            "$target" -max_total_time=10 -artifact_prefix="$2/" "$2/found" "$corpus" >"$2/said" 2>&1 ||
                { tail -20 "$2/said"; return 1; }
        done ;;
    bench) "$2/bin/bench" --runs 1 --size 1080p --only otsu | grep '^otsu' ;; # however fast
    *) ctest --test-dir "$2" -j "$(nproc)" --no-tests=error --output-on-failure \
        -R "^(unit_test_core|unit_test_edge_canny|contract_test_options|cli_usage)" ;;
    esac
}

needs_clang() { [ "$1" = clang ] || [ "$1" = fuzz ]; }

result=0
for name in "$@"; do
    build=$root/$name
    log=$root/$name.log
    if needs_clang "$name" && ! command -v clang >/dev/null; then
        echo "$name: skipped, no clang"
        continue
    fi
    start=$(date +%s)
    failed=
    configure "$name" "$build" >"$log" 2>&1 || failed=configure
    [ -n "$failed" ] || cmake --build "$build" >>"$log" 2>&1 || failed=build
    [ -n "$failed" ] || smoke "$name" "$build" >>"$log" 2>&1 || failed=smoke
    if [ -n "$failed" ]; then
        echo "$name: $failed FAILED, $log says:"
        tail -30 "$log"
        result=1
    else
        echo "$name: good, $(($(date +%s) - start)) s"
    fi
done
exit $result
