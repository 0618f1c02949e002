#!/bin/sh
# Line coverage of lib/ by the C tests and the program's tests; needs gcovr. Prints a table and
# its total.
set -eu
cd "$(dirname "$0")/.."
command -v gcovr >/dev/null 2>&1 || { echo "coverage.sh needs gcovr" >&2; exit 1; }
build=build/coverage
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS="--coverage -O1 -fprofile-update=atomic" >/dev/null
cmake --build $build >/dev/null
find $build -name '*.gcda' -delete
ctest --test-dir $build -E '^house_' --output-on-failure >$build/ctest.log || tail -20 $build/ctest.log
gcovr -r . --object-directory $build --filter lib/ --gcov-ignore-parse-errors \
    --merge-mode-functions=separate 2>/dev/null || gcovr -r . --object-directory $build --filter lib/
