#!/bin/sh
# What the program says about itself: every method, parameter and option is in --list, --help, the
# manual page and the completion; the page is clean; completion completes.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
works --list
mv printed list
works --list --json
mv printed list.json
works --help
mv printed help
works --man
mv printed segment.1
works --completion bash
mv printed completion
segment -h >short && same short help
# every way of calling it is among the usages
has help '^segment --try-all FAMILY ' '^segment .*--train CLIP' '^segment --list' 'transparent counts as'

# ---- the list as data: an object for each method, a parameter with all that is known ----
head -n 1 list.json | grep -qx '\[' || failed "--list --json is no array"
sed -n 's/^    "id": "\(.*\)",$/\1/p' list.json >ids
lines ids "$(grep -c '^ .* [a-z]' list)"
for member in title family parameters formats outputs input reference year channels; do
    is "members \"$member\"" "$(grep -c "^    \"$member\": " list.json)" "$(wc -l <ids)"
done
count_members() { grep -c "^        \"$1\": " list.json; }
for member in type unit default range help; do
    is "\"$member\" of parameters" "$(count_members "$member")" "$(count_members name)"
done
has list.json '"formats": \[$' '"id": "canny"' '"unit": "px"' '"default": 1.4'
sed -n '/"name": "sigma"/,/"help"/p' list.json | tr -d ' \n' >sigma
has sigma '"range":\[0.0,42.0\]'
sed -n '/"name": "aperture"/,/"help"/p' list.json | tr -d ' \n' >sides
has sides '"range":\[3,7\],"choices":\[3,5,7\]' '"range":\[0,255\],"choices":\[0,"odd"\]'

# ---- every method and parameter ----
while read -r id; do
    grep -qE "^ .* $id( |$)" list || failed "--list lacks $id"
    grep -qF "  $id " help || failed "--help lacks $id"
    grep -q "^\.S[HS] \(.*[^a-z]\)*$id\|^\.B $id\|^\.TP.*$id\|\\\\fB$id" segment.1 ||
        failed "the manual lacks $id"
    works --help "$id"
    has printed "^$id: "
    sed -n "/^    \"id\": \"$id\"/,/^  }/p" list.json |
        sed -n 's/^        "name": "\(.*\)",$/\1/p' >parameters
    while read -r name; do
        grep -q -- "$name" printed || failed "--help $id lacks $name"
        sed 's/\\-/-/g' segment.1 | grep -q -- "$name" || failed "the manual lacks $name"
        grep -q '"use": "post"' list.json || continue
        sed -n "/^    \"id\": \"$id\"/,/^  }/p" list.json | grep -q '"use": "method"' || continue
        grep -E "^ +$id\)" completion | grep -q -- "--$name" ||
            failed "the completion lacks --$name of $id"
    done <parameters
done <ids

# ---- every option ----
grep -oE '^  (-[a-z], )?--(no-)?[a-z-]+' help | grep -oE -- '--[a-z-]+' | sort -u >options
[ "$(wc -l <options)" -ge 45 ] || failed "--help names only $(wc -l <options) options"
while read -r option; do
    sed 's/\\-/-/g' segment.1 | grep -q -- "$option" || failed "the manual lacks $option"
    grep -q -- "$option" completion || failed "the completion lacks $option"
    works --help "$option"
    has printed "$option"
done <options
grep -oE '^ +(/[*].*)?\[OPTION_[A-Z_]+\] = \{"[a-z-]+"' "$SEGMENT_SOURCE/tools/common/options.c" |
    grep -oE '"[a-z-]+"' | tr -d '"' >rows
while read -r name; do
    case $name in man | completion) continue ;; esac # for packagers
    segment --help "$name" >printed 2>messages || continue # of another program
    grep -qE "^ .* $name( |$)" list && continue             # a method is called so
    grep -q -- "--$name" help || failed "--help lacks --$name"
done <rows
works --help canny
has printed '1986[.]$' '\(3[|]5[|]7 px; default 3\)'
has segment.1 'PAMI 8\(6\), 1986[.]'
works --help connectivity
has printed '\(4[|]8; default 4\)'
works --help median
has printed '\(odd, 1 to 255 px; default 3\)'
has completion 'aperture\) words="3 5 7";;' 'connectivity\) words="4 8";;'
fails 2 'aperture has no valid value \(got 4 px, allowed 3, 5 or 7\)' --method canny --aperture 4 a b
works --help norm
has printed 'l1' 'canny'
fails 2 'no help on "cany"; did you mean canny' --help cany
fails 2 'no help on "sigm"; did you mean sigma' --help sigm
fails 2 'no help on "repot"; did you mean report' --help --repot
works --version
has printed '^segment [0-9]' '^libsegment ' '^libpng ' '^jansson '
fails 2 'allowed bash' --completion tcsh

# ---- the page formats without a warning ----
if command -v groff >/dev/null 2>&1; then
    groff -man -Tutf8 -ww -z segment.1 2>warnings
    is "warnings of groff" "$(cat warnings)" ""
fi

# ---- completion, as readline asks for it ----
if command -v bash >/dev/null 2>&1; then
    bash -n completion || failed "the completion is no bash"
    : >picture.png
    cat >ask.bash <<'EOF'
. ./completion
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_segment 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
EOF
    ask() { bash ask.bash "$@" | sort | tr '\n' ' '; }
    is "methods that begin with can" "$(ask segment --method can)" "canny "
    is "methods after =" "$(ask segment --method = can)" "canny "
    is "parameters of canny" "$(ask segment --method canny --sig)" "--sigma "
    is "parameters after =" "$(ask segment --method = canny --sig)" "--sigma "
    is "parameters without a method" "$(ask segment --sig)" " "
    is "choices of a parameter" "$(ask segment --method canny --norm '')" "l1 l2 "
    is "choices of an option" "$(ask segment --on-resize '')" "fail restart scale "
    is "families" "$(ask segment --try-all '')" "edge filter region threshold "
    is "filters" "$(ask segment --pre grey-o)" "grey-open "
    is "operations" "$(ask segment --post fill)" "fill-holes "
    is "metrics" "$(ask segment --metric su)" "superpixels surfaces "
    is "measures" "$(ask segment --measure pre)" "precision "
    is "formats" "$(ask segment --format mat)" "matroska "
    is "codecs" "$(ask segment --codec ff)" "ffv1 "
    is "options" "$(ask segment --dry)" "--dry-run "
    is "switches" "$(ask segment --no-auto)" "--no-autorotate "
    is "topics of help" "$(ask segment --help fill)" "fill-holes "
    is "files" "$(ask segment pict)" "picture.png "
fi
finish
