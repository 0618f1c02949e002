#!/bin/sh
# How good the methods are on real pictures and video with ground truth: method x data x score x
# time, beside OpenCV where its Python module is installed. Markdown on standard output.
#   sh tests/quality/run.sh [--readme] [TABLE...]      TABLE: a file of tables/; default: all
# README.md beside this says how a row is added, what the time is, and what the environment changes.
set -eu
cd "$(dirname "$0")/../.."
source=$PWD
data=${SEGMENT_DATA:-$source/../shared/data}
[ -d "$data" ] || { echo "skipped: no data at $data" >&2; exit 77; }
data=$(cd "$data" && pwd)
runs=${RUNS:-3}
quiet=${QUIET:-}
readme=
[ "${1:-}" = --readme ] && { readme=$source/README.md; shift; }
tables=$(ls tests/quality/tables | sed 's/\.sh$//' | xargs)
# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $tables
for table in "$@"; do
    [ -f "tests/quality/tables/$table.sh" ] || {
        echo "unknown table $table (allowed: $tables)" >&2
        exit 2
    }
done

sh samples/install-packages.sh
build=$source/build/quality
nice cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSEGMENT_TESTS=OFF >/dev/null
nice cmake --build "$build" >/dev/null
segment=$build/bin/segment
segment_flow=$build/bin/segment-flow
evaluate="nice $build/bin/segment-eval"
failures=0

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import cv2' 2>/dev/null && { python=$candidate; break; }
done
[ -n "$python" ] || echo "no OpenCV module for Python here: its rows are left out" >&2

# What a table says first.
title() { title=$1; }
measures() { measures=$*; }
scored() { scorer=$*; }
given() { given=$*; }
# averaged [NAME SET...]: a column with the mean over these data sets; default: over all
averaged() {
    printf '%s' "${1:-mean}" >>"$work/means"
    [ $# -eq 0 ] || shift
    printf '\t%s' "$@" >>"$work/means"
    echo >>"$work/means"
}
sparse() { sparse=1; }     # only some frames have a truth: the others are not scored
# data NAME INPUTS TRUTH [PATTERN]: of the folders all files, or those that match
data() {
    if ! [ -e "$data/$2" ] || ! [ -e "$data/$3" ]; then
        echo "$table: no $1 at $data/$2: left out" >&2
    elif [ -z "${4:-}" ]; then
        printf '%s\t%s\t%s\n' "$1" "$data/$2" "$data/$3" >>"$work/data"
    else
        mkdir -p "$work/inputs-$1" "$work/truth-$1"
        # shellcheck disable=SC2086 # a pattern
        (cd "$data" && ln -sf "$PWD/$2"/$4 "$work/inputs-$1" && ln -sf "$PWD/$3"/$4 "$work/truth-$1")
        printf '%s\t%s\t%s\n' "$1" "$work/inputs-$1" "$work/truth-$1" >>"$work/data"
    fi
}

# hints NAME OPTION FOLDER LEVELS...: GrabCut's pictures with what --OPTION is given for each, pictures
# of FOLDER; {hint} in a row stands for it. What threshold finds in them with LEVELS is not scored.
hints() {
    data "$1" images/grabcut/images images/grabcut/gt
    [ -s "$work/data" ] || return 0
    echo "--$2=$data/$3/{stem}.png" >"$work/hint-$1"
    hinted=$data/$3 ignored=$work/ignored-$1
    shift 3
    nice "$segment" -y -q --method threshold "$@" "$hinted" "$ignored/"
}
# Words with {inputs}, {ignored} and {hint} filled in for the data set at hand.
filled() {
    hint=
    [ ! -f "$work/hint-$set" ] || hint=$(cat "$work/hint-$set")
    printf '%s' "$*" |
        sed "s#{inputs}#$inputs#g; s#{ignored}#$work/ignored-$set#g; s#{hint}#$hint#g"
}

# What it says of its rows; everything after the first -- of sweep is one setting each.
ours() { row "\`$*\`" run_ours "$@"; }
flow() { row "\`$*\`" run_flow "$@"; }
sweep() { row "\`${*%% -- *}\`" run_sweep "$@"; }
every() { for method in $(methods_of "$1"); do ours "$method"; done; }
theirs() {
    [ -n "$python" ] || return 0
    case $1 in
    scikit-image*) "$python" -c 'import skimage' 2>/dev/null && row "$1" run_theirs "$@" || : ;;
    *) row "OpenCV $1" run_theirs "$@" ;;
    esac
}

# row NAME COMMAND...: runs the command for each data set, scores what it writes to $out, and keeps
# a line (name, data, measure, score, ms) for each measure.
row() {
    name=$1
    shift
    rows=$((rows + 1))
    while IFS='	' read -r set inputs truth; do
        out=$work/$rows-$set
        mkdir -p "$out"
        if ms=$("$@" </dev/null 2>"$work/messages") && only_judged &&
            $evaluate $(filled "$scorer") "$out" "$truth" --json >"$work/scores" 2>"$work/messages"; then
            for measure in $measures; do
                printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$set" "$measure" \
                    "$(score_of "$measure")" "$ms" | tee -a "$work/rows" >&2
            done
        else
            echo "$table: $name on $set failed:" >&2
            head -3 "$work/messages" >&2
            failures=$((failures + 1))
        fi
    done <"$work/data"
}

# Takes away results that have no truth, if that is to be so.
only_judged() {
    for file in "$out"/*; do
        [ "$sparse" = 0 ] || [ -e "$truth/${file##*/}" ] || rm -f "$file"
    done
}

# The value over all files, which --json has on a line of its own; mean-NAME is the mean of the files.
score_of() {
    case $1 in
    mean-*) sed -n '/^  "macro"/,/^  }/s/^ *"'"${1#mean-}"'": \([^,]*\),*$/\1/p' "$work/scores" ;;
    *) sed -n 's/^  "'"$1"'": \([^,]*\),*$/\1/p' "$work/scores" ;;
    esac | head -1 | awk '{ printf "%.4g", $1 }'
}

# Each prints the milliseconds of a picture or frame: the median of several runs.
run_ours() {
    for run in $(seq "$runs"); do
        $quiet "$segment" -y -q --threads 1 --method $(filled "$@") $given \
            --report "$work/report" "$inputs" "$out/"
        time_of "$work/report"
    done | median
}
# Of frames that are a pair over and over: the first field is kept.
run_flow() {
    for run in $(seq "$runs"); do
        $quiet "$segment_flow" -y -q --threads 1 --method "$@" --report "$work/report" \
            "$inputs" "$out/%d.flo"
        sed 's/.*"compared":\([0-9]*\).*"process":\([0-9.e+-]*\).*/\1 \2/' "$work/report" |
            awk '{ print 1000 * $2 / $1 }'
    done | median
    find "$out" -name '*.flo' ! -name 0.flo -exec rm -f {} +
    mv "$out/0.flo" "$out/flow10.flo"
}
run_sweep() {
    base=${*%% -- *}
    while [ "$1" != -- ]; do shift; done
    shift
    for run in $(seq "$runs"); do
        level=0
        : >"$work/reports"
        for setting in "$@"; do
            level=$((level + 1))
            $quiet "$segment" -y -q --threads 1 --method $base $setting $given \
                --report "$work/report" "$inputs" "$out/{stem}_$level.png"
            cat "$work/report" >>"$work/reports"
        done
        time_of "$work/reports"
    done | median
}
run_theirs() {
    for run in $(seq "$runs"); do
        $quiet "$python" tests/quality/opencv.py "$1" "$inputs" "$out" $(filled "${2:-}")
    done | median
}
median() { sort -g | awk '{ t[NR] = $1 } END { if (NR) print t[int((NR + 1) / 2)]; exit !NR }'; }

# The mean of a picture or frame, without decoding and encoding, from the records of --report.
time_of() {
    sed 's/.*"frames":{"read":\([0-9]*\).*"process":\([0-9.e+-]*\).*/\1 \2/' "$1" |
        awk '{ frames += $1; seconds += $2 } END { print 1000 * seconds / frames }'
}

# The methods of a family, as --list prints them: its name stands before the first.
methods_of() {
    "$segment" --list | awk -v family="$1" '
        /^Operations/ { exit }
        /^  [a-z]/ { inside = $1 == family; if (inside) print $2; next }
        inside { print $1 }'
}

# Methods down, data sets and measures across, the mean time last.
print_table() {
    awk -F '\t' -v title="$title" -v list="$work/means" '
        FILENAME == list { means++; mean[means] = $1; of_all[means] = $2 == ""
                    for (i = 2; i <= NF; i++) is_of[means, $i] = 1; next }
        !(($2, $3) in column) { column[$2, $3] = ++columns; set[columns] = $2; of[columns] = $3 }
        !($2 in known) { known[$2] = 1; sets++ }
        !($3 in measured) { measured[$3] = 1; measures++ }
        !($1 in line) { line[$1] = ++lines; name[lines] = $1 }
        { score[line[$1], column[$2, $3]] = $4; ms[line[$1]] += $5; cells[line[$1]]++ }
        { for (m = 1; m <= means; m++) if (of_all[m] || (m, $2) in is_of) {
            sum[line[$1], m] += $4; summed[line[$1], m]++ } }
        END {
            text = "| " title
            if (measures == 1) text = text ", " of[1]
            if (sets == 1) text = text ", " set[1]
            for (c = 1; c <= columns; c++)
                text = text " | " (measures == 1 ? (sets == 1 ? "score" : set[c]) : \
                                   sets == 1 ? of[c] : set[c] " " of[c])
            for (m = 1; m <= means; m++) text = text " | " mean[m]
            print text " | ms |"
            for (c = 0; c <= columns + 1 + means; c++) printf "| --- "
            print "|"
            for (l = 1; l <= lines; l++) {
                text = "| " name[l]
                for (c = 1; c <= columns; c++) text = text " | " score[l, c]
                for (m = 1; m <= means; m++)
                    text = text (summed[l, m] ? sprintf(" | %.3f", sum[l, m] / summed[l, m]) : " |")
                printf "%s | %.3g |\n", text, ms[l] / cells[l]
            }
        }' "$work/means" "$work/rows"
}

# Puts the table between its marks in README.md.
into_readme() {
    awk -v table="$work/table" -v name="$table" '
        $0 == "<!-- end of quality: " name " -->" {
            while ((getline line < table) > 0) print line
            skip = 0
            found++
        }
        !skip { print }
        $0 == "<!-- quality: " name " -->" { skip = 1; found++ }
        END { exit found == 2 ? 0 : 1 }' "$readme" >"$work/README" ||
        { echo "$readme has no <!-- quality: $table --> ... <!-- end of quality: $table -->" >&2; exit 1; }
    cat "$work/README" >"$readme"
}

for table in "$@"; do
    work=$build/quality/$table
    rm -rf "$work"
    mkdir -p "$work"
    : >"$work/data"
    : >"$work/rows"
    : >"$work/means"
    rows=0 title=$table measures= scorer= given= sparse=0
    # shellcheck disable=SC1090 # one of tables/
    . "$source/tests/quality/tables/$table.sh"
    [ -s "$work/rows" ] || continue
    print_table | tee "$work/table"
    echo
    [ -z "$readme" ] || into_readme
done
[ "$failures" = 0 ]
