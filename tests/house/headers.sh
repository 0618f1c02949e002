#!/bin/sh
# Every public header compiles alone, as strict C11 and as C++17; every internal header alone as
# C11. Repeated inclusion is harmless.
set -eu
cd "$SEGMENT_SOURCE"
failures=0
cc=${CC:-cc}
cxx=${CXX:-c++}
command -v "$cxx" >/dev/null || { echo "no C++ compiler $cxx: C++ not tested"; cxx=; }
strict="-fsyntax-only -pedantic-errors -Wall -Wextra -Wshadow -Wundef -Werror"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

try() { # try HEADER COMPILER FLAGS...
    header=$1
    shift
    if ! "$@" >"$work/messages" 2>&1; then
        echo "$header does not compile alone: $*"
        head -20 "$work/messages"
        failures=$((failures + 1))
    fi
}

count=0
for path in include/segment/*.h; do
    header=segment/${path##*/}
    printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$header" "$header" \
        >"$work/alone.c"
    cp "$work/alone.c" "$work/alone.cpp"
    # shellcheck disable=SC2086
    try "$header" "$cc" -std=c11 $strict -Wstrict-prototypes -Iinclude "$work/alone.c"
    # shellcheck disable=SC2086
    [ -z "$cxx" ] || try "$header" "$cxx" -std=c++17 $strict -Iinclude "$work/alone.cpp"
    count=$((count + 1))
done
[ "$count" -ge 15 ] || { echo "only $count public headers found"; exit 1; }

# Internal headers: those of libsegment need nothing but the compiler. Level headers of kernels are
# parts of a translation unit, and so are templates.
for path in lib/core/*.h lib/imgproc/*.h lib/geometry/*.h lib/threshold/*.h lib/region/*.h \
    lib/edge/*.h lib/temporal/*.h lib/objects/*.h lib/render/*.h lib/evaluate/*.h \
    lib/pipeline/*.h lib/data/*.h lib/files/*.h lib/*.h; do
    case $path in *_template.h) continue ;; esac
    [ -f "$path" ] || continue
    header=${path#lib/}
    printf '#include "%s"\n#include "%s"\nint main(void) { return 0; }\n' "$header" "$header" \
        >"$work/alone.c"
    try "$header" "$cc" -std=c11 -fsyntax-only -Wall -Wextra -Wno-unused -Wno-unused-function \
        -Werror -D_POSIX_C_SOURCE=200809L -Ilib -Iinclude "$work/alone.c"
done

# A header that needs another one first must be found.
printf 'seg_status broken(void);\n' >"$work/broken.h"
printf '#include "broken.h"\n' >"$work/broken.c"
# shellcheck disable=SC2086
if "$cc" -std=c11 $strict -I"$work" "$work/broken.c" 2>/dev/null; then
    echo "a header that does not stand alone went unnoticed"
    exit 1
fi
exit "$failures"
