#!/bin/sh
# README.md: the example compiles, the tables of methods are those of the registry. `sh
# tests/house/readme.sh update` (with SEGMENT_SOURCE and SEGMENT_BUILD, as CTest sets them) writes
# them anew.
set -eu
table=$SEGMENT_BUILD/bin/method_table
readme=$SEGMENT_SOURCE/README.md
if [ ! -x "$table" ]; then
    echo "skipped: built without samples"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$readme" >"$work/example.c"
grep -q seg_canny "$work/example.c"
"${CC:-cc}" -std=c11 -Wall -Wextra -Werror -I"$SEGMENT_SOURCE/include" -c "$work/example.c" \
    -o "$work/example.o"
"$table" >"$work/table"
[ "$(grep -c '^| .* | `' "$work/table")" -ge 16 ]
awk -v table="$work/table" '
    /^<!-- end of methods -->$/ { while ((getline line < table) > 0) print line; skip = 0; n++ }
    !skip { print }
    /^<!-- methods -->$/ { skip = 1; n++ }
    END { exit n == 2 ? 0 : 1 }' "$readme" >"$work/README.md" || {
    echo "README.md has no <!-- methods --> ... <!-- end of methods -->"
    exit 1
}
if [ "${1:-}" = update ]; then
    cat "$work/README.md" >"$readme"
    exit 0
fi
diff -u "$readme" "$work/README.md" && exit 0
echo "README.md and the registry disagree; sh tests/house/readme.sh update mends it"
exit 1
