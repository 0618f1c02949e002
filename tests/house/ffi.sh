#!/bin/sh
# The public headers as other languages read them: cffi parses their text, lays structs out as the
# compiler does, and calls the shared library.
set -eu
library=$SEGMENT_BUILD/lib/libsegment.so
if [ ! -f "$library" ] || nm -D "$library" | grep -q __asan_; then
    echo "skipped: no shared library that other programs can load"
    exit 77
fi
python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import cffi' 2>/dev/null && { python=$candidate; break; }
done
[ -n "$python" ] || { echo "skipped: no Python with cffi (Debian: python3-cffi)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The text without the system's own headers and without attributes, as a generator wants it.
for header in stddef stdint stdbool; do : >"$work/$header.h"; done
"${CC:-cc}" -E -P -std=c11 -nostdinc -U__GNUC__ -U__clang__ -I"$work" \
    -I"$SEGMENT_SOURCE/include" -include segment/segment.h -x c /dev/null >"$work/segment.i"
rm "$work"/*.h
PYTHONDONTWRITEBYTECODE=1 "$python" "$SEGMENT_SOURCE/tests/house/ffi.py" "$work/segment.i" \
    "$library" "$SEGMENT_SOURCE/include" "$work"
