#!/bin/sh
# Installs what is missing, builds, runs every test, ends with CTest's summary.
#   sh tests/run.sh            all tests, sanitizer builds included
#   sh tests/run.sh REGEX      the tests whose names match
set -eu
cd "$(dirname "$0")/.."

sh samples/install-packages.sh check c++
cmake -S . -B build/test -G Ninja -DCMAKE_BUILD_TYPE=Release "-DSEGMENT_WERROR=${CI:-OFF}" \
    -DSEGMENT_TESTS=ON -DSEGMENT_SAMPLES=ON
cmake --build build/test
exec ctest --test-dir build/test -j "$(nproc)" --output-on-failure --no-tests=error ${1:+-R "$1"}
