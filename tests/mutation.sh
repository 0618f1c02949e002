#!/bin/sh
# Tests the contract tests: methods with one fault each (tests/mutation/mutants.c) take the
# registry's place, and the suite must fail for every one. Prints which test found what; a fault
# that nothing finds is a hole in the suite. Takes some minutes.
#   sh tests/mutation.sh [NAME...]   all faults, or these
set -eu
cd "$(dirname "$0")/.."
source=tests/mutation/mutants.c
build=build/mutation
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Release -DSEGMENT_MEDIA=OFF \
    -DSEGMENT_DATASETS=OFF -DSEGMENT_TESTS=OFF >/dev/null
cmake --build $build --target segment_static >/dev/null
suites="shapes frames options models memory progress same"
# shellcheck disable=SC2046,SC2086 # flags and lists of words
for suite in $suites; do
    "${CC:-cc}" -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -Wall -Wextra -Ilib -Iinclude -Itests \
        -o $build/$suite tests/contract/test_$suite.c $source $build/lib/libsegment.a \
        $(pkg-config --cflags --libs check) -lm
done
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(sed -n 's/^    {"\([a-z-]*\)", .*/\1/p' $source)
export SEGMENT_SOURCE="$PWD" CK_DEFAULT_TIMEOUT=60
found=0 survived=0 sound=0 broken=0
for name in "$@"; do
    finder=
    for suite in $suites; do
        MUTANT=$name $build/$suite >$build/said 2>&1 && continue
        # FILE:LINE:KIND:SUITE:TEST:NUMBER: MESSAGE
        finder=$(sed -n 's/^[^ ]*:[0-9]*:[FE]:[^:]*:\([a-z_0-9]*\):.*/\1/p' $build/said | head -1)
        finder="$suite: ${finder:-$(tail -1 $build/said)}"
        break
    done
    case $name in
    sound-*)
        sound=$((sound + 1))
        [ -z "$finder" ] || { broken=$((broken + 1)); echo "NO FAULT: $name, but $finder fails"; }
        ;;
    *)
        if [ -n "$finder" ]; then
            found=$((found + 1))
            printf '%-40s %s\n' "$name" "$finder"
        else
            survived=$((survived + 1))
            echo "SURVIVED: $name"
        fi
        ;;
    esac
done
echo "$found faults found, $survived not; $((sound - broken)) of $sound sound methods pass"
[ $((survived + broken)) -eq 0 ]
