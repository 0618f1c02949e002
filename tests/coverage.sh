#!/bin/sh
# Line coverage of lib/ by the C tests and the program's tests: a line per folder, the files below
# 90 %, and the total, which must be above 90 %. Installs lcov if it is missing; takes some minutes.
set -eu
cd "$(dirname "$0")/.."
command -v lcov >/dev/null 2>&1 || sh samples/install-packages.sh check c++ lcov
build=build/coverage
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DSEGMENT_SAMPLES=ON \
    -DCMAKE_C_FLAGS="--coverage -O1 -fprofile-update=atomic" >/dev/null
cmake --build $build >/dev/null
find $build -name '*.gcda' -delete
export GCOV_ERROR_FILE=/dev/null # tests limit the size of files, and look at each line of stderr
ctest --test-dir $build -j "$(nproc)" -E '^house_' --output-on-failure >$build/ctest.log || tail -20 $build/ctest.log
lcov --quiet --capture --directory $build/lib --base-directory . --no-external \
    --output-file $build/coverage.info 2>$build/lcov.log
awk -F '[:,]' '
/^SF:/ { file = $2; ours = sub(/^.*\/lib\//, "", file) }
/^DA:/ && ours { # a header is in the record of every file that includes it
    place = file ":" $2
    if (!(place in count)) { lines[file]++; count[place] = 0 }
    if ($3 > 0 && !count[place]) { hit[file]++; count[place] = 1 }
}
END {
    for (f in lines) {
        folder = f
        sub(/\/.*/, "", folder)
        all_lines[folder] += lines[f]; all_hit[folder] += hit[f]
        total += lines[f]; total_hit += hit[f]
        if (hit[f] < 0.9 * lines[f])
            printf "below 90 %%: %s, %d of %d lines missed\n", f, lines[f] - hit[f], lines[f]
    }
    for (f in all_lines)
        printf "%-12s %5.1f %% of %5d lines\n", f, 100 * all_hit[f] / all_lines[f], all_lines[f]
    printf "lib/ %.2f %% of %d lines\n", 100 * total_hit / total, total
    exit !(total_hit > 0.9 * total)
}' $build/coverage.info >$build/coverage.txt || result=1
sort $build/coverage.txt
exit ${result:-0}
