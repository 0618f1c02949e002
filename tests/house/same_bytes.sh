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

# All of the registry: `kind family id` of a line that --list prints.
"$bin/segment" --list | awk '
    /^Methods/ { kind = "method" } /^Operations/ { kind = "operation" }
    /^  / { if ($0 ~ /^  [a-z]/) { family = $1; id = $2 } else id = $1; print kind, family, id }
' >"$work/methods"
of() { awk -v kind="$1" -v family="$2" '$1 == kind && $2 ~ family { print $3 }' "$work/methods"; }
pictures=$(of method '^(threshold|region|edge|filter)$')
videos=$(of method '^(temporal|motion)$')
operations=$(of operation .)
for known in otsu canny region-grow; do
    case " $(echo $pictures) " in *" $known "*) ;; *) echo "--list: no $known"; failures=1 ;; esac
done
case " $(echo $videos) " in *" background "*) ;; *) echo "--list: no background"; failures=1 ;; esac
case " $(echo $operations) " in *" largest "*) ;; *) echo "--list: no largest"; failures=1 ;; esac

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
