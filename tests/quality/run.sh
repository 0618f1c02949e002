#!/bin/sh
# How good the methods are on real pictures and video with ground truth: method x data x score x
# time, beside OpenCV where its Python module is installed. Tables on standard output.
#   sh tests/quality/run.sh [FAMILY...]      documents nuclei boundaries change; default: all
# The data are found through SEGMENT_DATA (default ../shared/data beside the source); what is not
# there is named and left out. Methods run with their default parameters, on one thread. The time is
# what the method takes for a picture or frame, without decoding and encoding.
set -eu
cd "$(dirname "$0")/../.."
source=$PWD
data=${SEGMENT_DATA:-$source/../shared/data}
export data
[ -d "$data" ] || { echo "skipped: no data at $data" >&2; exit 77; }
data=$(cd "$data" && pwd)

sh samples/install-packages.sh
build=$source/build/quality
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSEGMENT_TESTS=OFF >/dev/null
cmake --build "$build" >/dev/null
segment=$build/bin/segment
evaluate=$build/bin/segment-eval
work=$build/quality
rm -rf "$work"
mkdir -p "$work"

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import cv2' 2>/dev/null && { python=$candidate; break; }
done
[ -n "$python" ] || echo "no OpenCV module for Python here: its rows are left out" >&2

# row FAMILY DATA METHOD MEASURE SCORE MS
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" | tee -a "$work/table.tsv" >&2; }

# The methods of a family, as --list prints them: its name stands before the first.
methods_of() {
    "$segment" --list | awk -v family="$1" '
        /^Operations/ { exit }
        /^  [a-z]/ { inside = $1 == family; if (inside) print $2; next }
        inside { print $1 }'
}

# Milliseconds of the method per picture or frame, from the records of --report.
time_of() {
    sed 's/.*"frames":{"read":\([0-9]*\).*"process":\([0-9.e+-]*\).*/\1 \2/' "$1" |
        awk '{ frames += $1; seconds += $2 } END { printf "%.2f", 1000 * seconds / frames }'
}

# score MEASURE METRIC ARGUMENTS... : the quoted value over all files
score() {
    measure=$1
    shift
    "$evaluate" "$@" --json >"$work/scores.json" 2>"$work/messages" ||
        { head -3 "$work/messages" >&2; return 1; }
    sed -n "s/^  \"$measure\": \([^,]*\),*\$/\1/p" "$work/scores.json" | head -1 |
        awk '{ printf "%.4f", $1 }'
}

# pictures FAMILY DATA METHOD MEASURE PICTURES TRUTH METRIC [OPTIONS...] -- SEGMENT'S OPTIONS...
pictures() {
    family=$1 name=$2 method=$3 measure=$4 inputs=$5 truth=$6 metric=$7
    shift 7
    options=
    while [ "$1" != -- ]; do options="$options $1"; shift; done
    shift
    out=$work/$family-$name-$method
    mkdir -p "$out"
    "$segment" -q --threads 1 --method "$method" "$@" --report "$out.json" "$inputs" "$out/"
    # shellcheck disable=SC2086 # a list of words
    row "$family" "$name" "$method" "$measure" \
        "$(score "$measure" "$metric" "$out" "$truth" $options)" "$(time_of "$out.json")"
}

documents() {
    pages=$data/images/dibco2009
    [ -d "$pages" ] || { echo "no documents at $pages" >&2; return 0; }
    for method in $(methods_of threshold); do
        pictures documents dibco2009 "$method" fm "$pages/images" "$pages/gt" documents \
            --no-pseudo --
    done
    peer documents dibco2009 fm "$pages/images" "$pages/gt" documents --no-pseudo
}

nuclei() {
    cells=$data/images/dsb2018
    [ -d "$cells" ] || { echo "no nuclei at $cells" >&2; return 0; }
    for method in otsu li triangle; do
        pictures nuclei dsb2018 "$method" dice "$cells/images" "$cells/gt" masks \
            --truth-threshold 0raw --
    done
    peer nuclei dsb2018 dice "$cells/images" "$cells/gt" masks --truth-threshold 0raw
}

# Edges at a series of thresholds are levels of one prediction. Sigma 2 is the best for both.
boundaries() {
    pictures=$data/images/bsds500
    [ -d "$pictures/images/val" ] || { echo "no boundaries at $pictures" >&2; return 0; }
    out=$work/boundaries-canny
    mkdir -p "$out"
    level=1
    for high in 20 30 40 50 65 80 100 125 150 200; do
        "$segment" -q --threads 1 --method canny --sigma 2 --high $high --low $((high / 2)) \
            --report "$out.$level.json" "$pictures/images/val" "$out/{stem}_$level.png"
        level=$((level + 1))
    done
    cat "$out".*.json >"$out.json"
    row boundaries bsds500 canny ods \
        "$(score ods boundaries "$out" "$pictures/gt_bdry/val" --levels)" \
        "$(time_of "$out.json")"
    peer boundaries bsds500 ods "$pictures/images/val" "$pictures/gt_bdry/val" boundaries \
        --levels
}

change() {
    for clip in "$data"/video/change_detection/*; do
        [ -d "$clip/input" ] || { echo "no clips of change detection at $clip" >&2; continue; }
        name=$(basename "$clip")
        for method in $(methods_of temporal); do
            out=$work/change-$name-$method
            "$segment" -q --threads 1 --method "$method" --sequence --report "$out.json" \
                "$clip/input" "$out/"
            row change "$name" "$method" f1 "$(score f1 change "$out" "$clip")" \
                "$(time_of "$out.json")"
        done
        peer change "$name" f1 "$clip/input" "$clip" change
    done
}

# The counterparts write masks, which are scored as ours are.
peer() {
    [ -n "$python" ] || return 0
    family=$1 name=$2 measure=$3 inputs=$4 truth=$5 metric=$6
    shift 6
    "$python" tests/quality/opencv.py "$family" "$inputs" "$work/cv-$name" |
        while read -r method ms; do
            row "$family" "$name" "OpenCV $method" "$measure" \
                "$(score "$measure" "$metric" "$work/cv-$name/$method" "$truth" "$@")" "$ms"
        done
}

[ $# -gt 0 ] || set -- documents nuclei boundaries change
for family in "$@"; do
    case $family in
    documents | nuclei | boundaries | change) $family ;;
    *) echo "unknown family $family (allowed: documents nuclei boundaries change)" >&2; exit 2 ;;
    esac
done
# A table for each family: methods down, data across, the mean time of a picture or frame last.
awk -F '\t' '
$1 != family { flush_table(); family = $1; measure = $4; names = methods = 0 }
!(($1, $2) in known) { known[$1, $2] = 1; name[++names] = $2 }
!(($1, $3) in seen) { seen[$1, $3] = 1; method[++methods] = $3 }
{ value[$2, $3] = $5; ms[$2, $3] = $6 }
END { flush_table() }
function flush_table(    m, n, line, sum) {
    if (family == "") return
    line = "| " family ", " measure " |"
    for (n = 1; n <= names; n++) line = line " " name[n] " |"
    print line " ms |"
    for (n = -1; n <= names; n++) printf "| --- "
    print "|"
    for (m = 1; m <= methods; m++) {
        line = "| " method[m] " |"
        sum = 0
        for (n = 1; n <= names; n++) {
            line = line " " value[name[n], method[m]] " |"
            sum += ms[name[n], method[m]] / names
        }
        printf "%s %.2f |\n", line, sum
    }
    print ""
}' "$work/table.tsv"
