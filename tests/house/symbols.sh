#!/bin/sh
# What libsegment takes from the system and what it shows: imports from a list (no random numbers,
# no clocks, no files, no elementary functions whose last bits differ between machines), exports
# that begin with seg_, below 1.5 MB stripped, and no instruction that rounds elsewhere.
set -eu
shared=$SEGMENT_BUILD/lib/libsegment.so
static=$SEGMENT_BUILD/lib/libsegment.a
if [ ! -f "$shared" ]; then
    echo "skipped: no shared ELF library here"
    exit 77
fi
if nm -D "$shared" | grep -qE '__(asan|tsan|ubsan|msan|gcov|llvm_profile|sanitizer)_'; then
    echo "skipped: an instrumented build"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "$1"
    failures=$((failures + 1))
}

# sqrt and floor are exact everywhere; all other functions of libm are our own (core/math).
cat >"$work/allowed" <<'LIST'
mem(cpy|move|set|cmp|chr)
str(n?len|n?cmp|n?chr|rchr|cspn|spn|str|pbrk)
v?snprintf
malloc|calloc|free|aligned_alloc|posix_memalign
qsort|bsearch
getenv|getpid|sysconf|sched_getaffinity|__sched_cpucount|madvise
pthread_(attr_(init|destroy|setstacksize)|create|join|sigmask|once|self|equal)
pthread_(mutex|cond|rwlock)_[a-z]+
sigfillset
sqrtf?|floorf?|ceilf?|truncf?|rintf?|nearbyintf?|fabsf?|copysignf?
__errno_location|__tls_get_addr|__stack_chk_fail|__cxa_finalize
__(mem|str|v?sn)[a-z]*_chk
__gmon_start__|_ITM_.*|_Jv_.*
__aeabi_.*|__aarch64_.*|_GLOBAL_OFFSET_TABLE_
LIST
pattern="^($(paste -sd'|' "$work/allowed"))$"
nm -D --undefined-only "$shared" | awk '{ print $NF }' | sed 's/@.*//' | sort -u >"$work/imports"
[ -s "$work/imports" ] || fail "nm finds no imports"
for name in rand time pow sinf fopen exit printf strtod isalpha abort __ctype_b_loc; do
    if echo "$name" | grep -qE "$pattern"; then fail "the list would allow $name"; fi
done
strangers=$(grep -vE "$pattern" "$work/imports" || true)
[ -z "$strangers" ] || fail "libsegment imports what is not on the list:
$strangers"

nm -D --defined-only "$shared" | awk '{ print $NF }' | sed 's/@.*//' >"$work/exports"
grep -qx seg_image_alloc "$work/exports" || fail "seg_image_alloc is not exported"
strangers=$(grep -vE '^(seg_[a-z0-9_]+|_init|_fini|__bss_start|_edata|_end)$' "$work/exports" || true)
[ -z "$strangers" ] || fail "libsegment exports names without seg_:
$strangers"
strangers=$(nm -g --defined-only "$static" 2>/dev/null | awk 'NF == 3 { print $3 }' |
    grep -v '^seg_' || true)
[ -z "$strangers" ] || fail "libsegment.a defines global names without seg_:
$strangers"

# Everything that the public headers promise is there. Media and data have their own libraries.
for header in "$SEGMENT_SOURCE"/include/segment/*.h; do
    case $header in */media.h | */data.h | */labels.h) continue ;; esac
    tr '\n' ' ' <"$header" | grep -oE 'SEG_API [^;]*;' | grep -oE '\bseg_[a-z0-9_]+\(' |
        tr -d '(' >>"$work/declared"
done
grep -vE '^seg_task$' "$work/declared" | sort -u >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -ge 60 ] || fail "only $(wc -l <"$work/wanted") functions declared"
missing=$(sort -u "$work/exports" | comm -23 "$work/wanted" -)
[ -z "$missing" ] || fail "declared, but not exported:
$missing"

# libsegment-data: all that data.h and labels.h promise, nothing of jansson's, no further libraries.
data=$SEGMENT_BUILD/lib/libsegment-data.so
if [ -f "$data" ]; then
    nm -D --defined-only "$data" | awk '{ print $NF }' | sed 's/@.*//' | sort -u >"$work/exports"
    for header in data labels; do
        tr '\n' ' ' <"$SEGMENT_SOURCE/include/segment/$header.h" | grep -oE 'SEG_API [^;]*;'
    done |
        grep -oE '\bseg_[a-z0-9_]+\(' | tr -d '(' | sort -u >"$work/wanted"
    [ "$(wc -l <"$work/wanted")" -ge 20 ] || fail "only $(wc -l <"$work/wanted") in data.h and labels.h"
    missing=$(comm -23 "$work/wanted" "$work/exports")
    [ -z "$missing" ] || fail "declared in data.h or labels.h, but not exported:
$missing"
    strangers=$(comm -13 "$work/wanted" "$work/exports" |
        grep -vE '^(_init|_fini|__bss_start|_edata|_end)$' || true)
    [ -z "$strangers" ] || fail "libsegment-data exports what data.h and labels.h do not declare:
$strangers"
    strangers=$(nm -g --defined-only "$SEGMENT_BUILD/lib/libsegment-data.a" 2>/dev/null |
        awk 'NF == 3 { print $3 }' | grep -v '^seg_' || true)
    [ -z "$strangers" ] || fail "libsegment-data.a defines global names without seg_:
$strangers"
    if command -v readelf >/dev/null; then
        needs=$(readelf -d "$data" | grep NEEDED | sed 's/.*\[\(.*\)\]/\1/' |
            grep -vE '^(libsegment|libjansson|libexpat|libc|libm)\.' || true)
        [ -z "$needs" ] || fail "libsegment-data needs $needs"
    fi
fi

strip -o "$work/stripped.so" "$shared"
size=$(wc -c <"$work/stripped.so")
echo "libsegment: $size bytes stripped"
[ "$size" -lt 1500000 ] || fail "libsegment has $size bytes (budget 1500000)"

# Multiply-add rounds once where others round twice; approximate reciprocals differ between makers.
if command -v objdump >/dev/null; then
    objdump -d --no-show-raw-insn "$shared" >"$work/code"
    grep -qE '\b(v?movdqu|ldr)\b' "$work/code" || fail "objdump shows no code"
    banned='\b(vfn?m(add|sub)[0-9a-z]*|v?rcp(ps|ss|14[ps][sd])|v?rsqrt(ps|ss|14[ps][sd])|fmadd|fmsub|fmla|fmls|frecpe|frsqrte)\b'
    if grep -nE "$banned" "$work/code" | head -5 >"$work/breaches" && [ -s "$work/breaches" ]; then
        fail "libsegment has instructions that round elsewhere:
$(cat "$work/breaches")"
    fi
fi

# And none of their intrinsics in the source, whatever this compiler made of them.
banned='_mm(256|512)?_(mask_)?(fn?m(add|sub)|fmaddsub|fmsubadd|rcp|rsqrt)[a-z0-9_]*|-ffast-math|-Ofast|-mfma|\bfmaf?\('
if grep -rnE --include='*.[ch]' --include=CMakeLists.txt --include='*.cmake' -e "$banned" \
    "$SEGMENT_SOURCE/lib" "$SEGMENT_SOURCE/CMakeLists.txt" | grep -vE '(never|no|not) -m?f' \
    >"$work/breaches"; then
    fail "banned for the same bytes everywhere:
$(cat "$work/breaches")"
fi
exit "$failures"
