#!/bin/sh
# The tables of methods, metrics and augmentations in README.md are those of the registry. `sh
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
"$table" >"$work/methods"
"$table" metrics >"$work/metrics"
"$table" augmentations >"$work/augmentations"
[ "$(grep -c '^| .* | `' "$work/methods")" -ge 16 ]
[ "$(grep -c '^| `' "$work/metrics")" -ge 14 ]
[ "$(grep -c '^| .* | `' "$work/augmentations")" -ge 60 ]

# insert WHAT FROM TO: the table WHAT between its marks
insert() {
    awk -v table="$work/$1" -v what="$1" '
        $0 == "<!-- end of " what " -->" {
            while ((getline line < table) > 0) print line
            skip = 0
            n++
        }
        !skip { print }
        $0 == "<!-- " what " -->" { skip = 1; n++ }
        END { exit n == 2 ? 0 : 1 }' "$2" >"$3" || {
        echo "README.md has no <!-- $1 --> ... <!-- end of $1 -->"
        exit 1
    }
}
insert methods "$readme" "$work/README.half"
insert metrics "$work/README.half" "$work/README.most"
insert augmentations "$work/README.most" "$work/README.md"
if [ "${1:-}" = update ]; then
    cat "$work/README.md" >"$readme"
    exit 0
fi
diff -u "$readme" "$work/README.md" && exit 0
echo "README.md and the registry disagree; sh tests/house/readme.sh update mends it"
exit 1
