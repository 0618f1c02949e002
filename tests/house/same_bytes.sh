#!/bin/sh
# The promise of the same bytes: every method over a generated picture or video, with 1, 2 and 7
# threads, at every CPU level, with AVX2 and FMA hidden from libc, and run twice, must give the
# same masks, JSON and lossless video files.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$SEGMENT_BUILD/bin
"$bin/make_scene" picture "$work/in.png" "$work/truth.png"
"$bin/make_scene" video "$work/scene.mkv" "$work/truth" 45 320 180

failures=0

# All of the registry, by what each entry works on: a family or a kind of input that is new here
# must not be left out silently.
"$bin/segment" --list --json | awk -F '"' '
    $2 == "id" { id = $4 } $2 == "use" { use = $4 }
    $2 == "input" { getline; print use, $2, id }
' >"$work/methods"
of() { awk -v use="$1" -v input="$2" '$1 == use && $2 ~ input { print $3 }' "$work/methods"; }
pictures=$(of method '^picture$')
videos=$(of method '^stream$')
operations=$(of post '^(mask|labels)$')
tried=$(echo $pictures $videos $operations | wc -w)
[ "$tried" -eq "$("$bin/segment" --list --json | grep -c '^    "id"')" ] || {
    echo "--list has what nothing here tries:"
    grep -vE '^(method (picture|stream)|post (mask|labels)) ' "$work/methods"
    failures=1
}

# argument OPERATION: what it cannot do without
argument() { case $1 in min-area | max-area) echo "$1(20)" ;; *) echo "$1" ;; esac; }

# variant NAME [VAR=VALUE...] -- segment's further arguments
variant() {
    out=$work/$1
    shift
    mkdir "$out"
    (
        cd "$out"
        while [ "$1" != -- ]; do export "${1?}"; shift; done
        shift
        for method in $pictures; do
            "$bin/segment" -q --method $method --report $method.json "$@" ../in.png $method.png
        done
        for operation in $operations; do
            "$bin/segment" -q --method otsu --post "$(argument $operation)" \
                --objects $operation.jsonl "$@" ../in.png $operation.png
        done
        for method in canny $videos; do
            "$bin/segment" -q --method $method --objects $method.jsonl "$@" ../scene.mkv $method.mkv
        done
        "$bin/segment" -q --method background --render overlay --codec ffv1 "$@" \
            ../scene.mkv overlay.mkv
        # times differ from run to run and are no result
        for report in *.json; do
            sed 's/"time":{[^}]*}//; s/"[a-z_]*seconds": *[0-9.e+-]*//g' "$report" >"$report.1"
            mv "$report.1" "$report"
        done
    )
}
compare() {
    if ! diff -r "$work/first" "$work/$1" >"$work/differences"; then
        echo "$1 differs from the first run:"
        cat "$work/differences"
        failures=1
    fi
}
variant first -- --threads 1
variant again -- --threads 1
variant threads2 -- --threads 2
variant threads7 -- --threads 7
variant ref SEG_CPU=ref -- --threads 2
variant base SEG_CPU=base -- --threads 1
variant avx2 SEG_CPU=avx2 -- --threads 1
variant libc GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable -- --threads 1
for name in again threads2 threads7 ref base avx2 libc; do compare $name; done
[ -s "$work/first/canny.png" ] && [ -s "$work/first/background.mkv" ] || failures=1
exit $failures
