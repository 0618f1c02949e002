#!/bin/sh
# What segment-eval says about itself: every metric, parameter, measure and option is in --list,
# --help, the manual page and the completion.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"
works --list
mv printed list
works --list --json
mv printed list.json
works --help
mv printed help
works --man
sed 's/\\-/-/g' printed >page
mv printed segment-eval.1
works --completion bash
mv printed completion

# ---- metrics, their parameters and measures ----
sed -n 's/^    "id": "\(.*\)",$/\1/p' list.json >ids
[ "$(wc -l <ids)" -ge 14 ] || failed "only $(wc -l <ids) metrics are listed"
for wanted in masks classes scores boundaries surfaces regions superpixels change documents \
    instances panoptic video tracks flow; do
    grep -qx "$wanted" ids || failed "there is no metric $wanted"
done
while read -r id; do
    grep -qE "^  $id " list || failed "--list lacks $id"
    grep -qE "^  $id " help || failed "--help lacks $id"
    grep -qE "^\.SS $id$" segment-eval.1 || failed "the manual lacks $id"
    works --help "$id"
    has printed "^$id: " '^Measures'
    works "$id" --help
    has printed "^$id: "
    sed -n "/^    \"id\": \"$id\"/,/^  }/p" list.json |
        sed -n 's/^        "name": "\(.*\)",$/\1/p' >names
    [ -s names ] || failed "$id has no measures"
    sed -n "/^\.SS $id\$/,/^\.S[SH] /p" segment-eval.1 | sed 's/\\-/-/g' >section
    while read -r name; do
        grep -q -- "$name" printed || failed "--help $id lacks $name"
        grep -qF -- "$name" section || failed "the manual lacks $name of $id"
    done <names
    sed -n "/^    \"id\": \"$id\"/,/\"measures\"/p" list.json |
        sed -n 's/^        "name": "\(.*\)",$/\1/p' >parameters
    while read -r name; do
        grep -E "^ +$id\)" completion | grep -q -- "--$name" ||
            failed "the completion lacks --$name of $id"
    done <parameters
done <ids
works --help tune
has printed '^tune: ' 'ross-validation'
works --help beta
has printed 'is a parameter of' 'masks'
fails 2 'no help on "mask"; did you mean masks' --help mask

# ---- options ----
grep -oE '^  (-[a-z], )?--[a-z-]+' help | grep -oE -- '--[a-z-]+' | sort -u >options
[ "$(wc -l <options)" -ge 40 ] || failed "--help names only $(wc -l <options) options"
while read -r option; do
    grep -q -- "$option" page || failed "the manual lacks $option"
    grep -q -- "$option" completion || failed "the completion lacks $option"
    works --help "$option"
    has printed "$option"
done <options
for mine in codec resume objects-shape load-model; do
    grep -q -- "--$mine" help && failed "--help names --$mine, an option of segment"
    fails 2 "unknown option --$mine" masks a b --$mine x
done
fails 2 '--vary goes with tune only' masks a b --vary x
fails 2 '--metric goes with tune' masks a b --metric scores
fails 2 '--bootstrap is of no use to tune' tune --method otsu --vary invert --truth t p --bootstrap
works --version
has printed '^segment-eval [0-9]' '^libsegment ' '^libpng ' '^jansson '

# ---- the page formats without a warning; the completion completes ----
if command -v groff >/dev/null 2>&1; then
    groff -man -Tutf8 -ww -z segment-eval.1 2>warnings
    is "warnings of groff" "$(cat warnings)" ""
fi
if command -v bash >/dev/null 2>&1; then
    bash -n completion || failed "the completion is no bash"
    : >picture.png
    cat >ask.bash <<'BASH'
. ./completion
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_segment_eval 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
BASH
    ask() { bash ask.bash "$@" | sort | tr '\n' ' '; }
    is "metrics that begin with s" "$(ask segment-eval su)" "superpixels surfaces "
    is "commands" "$(ask segment-eval tu)" "tune "
    is "parameters of masks" "$(ask segment-eval masks --bet)" "--beta "
    is "options" "$(ask segment-eval masks --boot)" "--bootstrap "
    is "choices of an option" "$(ask segment-eval tune --search '')" "coordinate grid nelder-mead "
    is "metrics of tune" "$(ask segment-eval tune --metric su)" "superpixels surfaces "
    is "methods of tune" "$(ask segment-eval tune --method can)" "canny "
    is "files" "$(ask segment-eval masks pict)" "picture.png "
fi
finish
