# shellcheck shell=sh
# What the tests of segment-eval share. Sourced after common.sh by tests named eval_*.sh.
: "${SEGMENT_EVAL:?is the path of segment-eval}"
tested() { "$SEGMENT_EVAL" "$@"; }
# shellcheck disable=SC2034 # common.sh uses it
program=segment-eval

# mask FILE ROW...: a mask of the characters of each ROW; # is 255, digits d are d * 28, else 0.
mask() {
    mask_file=$1
    shift
    printf '%s\n' "$@" | awk '{
        rows[NR] = $0; if (length($0) > w) w = length($0)
    } END {
        printf "P2\n%d %d\n255\n", w, NR
        for (y = 1; y <= NR; y++)
            for (x = 1; x <= w; x++) {
                c = substr(rows[y], x, 1)
                print c == "#" ? 255 : c ~ /[0-9]/ ? c * 28 : 0
            }
    }' >"$mask_file"
}

# value KEY: a number of the JSON document in `printed`, by its last mention at the top level.
value() {
    sed -n "s/^  \"$1\": \\(.*[^,]\\),*\$/\\1/p" printed
}

# has_value KEY WANTED: the number of that key in the document `printed` is that, up to 1e-9.
has_value() {
    got_value=$(value "$1")
    awk -v a="$got_value" -v b="$2" 'BEGIN {
        if (a == "" || b == "null" || a == "null") exit a != b
        d = a - b; exit !(d < 1e-9 && d > -1e-9) }' || failed "$1 is \"$got_value\" instead of $2"
}
