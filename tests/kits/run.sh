#!/bin/sh
# Every measure of segment-eval against a reference: one table on standard output.
#   sh tests/kits/run.sh [PART...]      PART: a file here without .py; default: all
# Exit code 1 if a difference is beyond its bar or a part fails; parts whose Python module or data
# are missing say so and are skipped. README.md beside this tells what is compared with what.
set -eu
cd "$(dirname "$0")"
source=$(cd ../.. && pwd)
parts=$(ls ./*.py | sed 's,^\./,,; s,\.py$,,; /^kit$/d' | xargs)
# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $parts
for part in "$@"; do
    [ -f "$part.py" ] || { echo "unknown part $part (allowed: $parts)" >&2; exit 2; }
done

EVALUATE=${EVALUATE:-}
if [ -z "$EVALUATE" ]; then
    sh "$source/samples/install-packages.sh"
    build=$source/build/quality
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSEGMENT_TESTS=OFF >/dev/null
    cmake --build "$build" >/dev/null
    EVALUATE=$build/bin/segment-eval
fi
export EVALUATE PYTHONDONTWRITEBYTECODE=1 SEGMENT_DATA="${SEGMENT_DATA:-$source/../shared/data}"

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import numpy' 2>/dev/null && { python=$candidate; break; }
done
[ -n "$python" ] || { echo "skipped: no NumPy for Python (Debian: python3-numpy)" >&2; exit 77; }

failed=
echo "| measure | ours | theirs | difference | bar |"
echo "| --- | --- | --- | --- | --- |"
for part in "$@"; do
    status=0
    "$python" -W ignore "$part.py" || status=$?
    [ $status = 0 ] || [ $status = 77 ] || failed="$failed $part"
done
[ -z "$failed" ] || { echo "beyond the bar, or failed:$failed" >&2; exit 1; }
