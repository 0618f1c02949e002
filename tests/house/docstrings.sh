#!/bin/sh
# Every public function that can fail says how: its comment, or that of the functions before it, or
# a comment of its section or header that speaks for all that follow, names its errors or another
# function whose errors it has.
set -eu

# check HEADER...: a line for each function whose errors are nowhere told
check() {
    awk '
    function bad(name) { printf "%s:%d: %s: its errors are not told\n", FILENAME, FNR, name }
    function tells(text) {
        return text ~ /[Ee]rrors|SEG_ERROR_|[Aa]s seg_|[Tt]he same|[Tt]he rest|[Aa]ll else|Else as/
    }
    FNR == 1 { own = section = "" }
    /^\/\*/ { comment = ""; within = 1; shared = !/^\/\*\*/ }
    within { comment = comment " " $0 }
    /\*\// && within {
        within = 0
        if (shared) section = comment; else own = comment
        next
    }
    /^SEG_API SEG_NODISCARD seg_status/ {
        name = $4
        sub(/\(.*/, "", name)
        if (!tells(own) && section !~ /[Ee]rrors/) bad(name)
    }
    /^(typedef|struct|#define)/ { own = "" } # is not about functions that follow
    ' "$@"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/told.h" <<'END'
/* Of what. Errors of all: SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_covered(void);
END
cat >"$work/untold.h" <<'END'
/* Of what. */
/** Does it. Errors: SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_told(void);
SEG_API SEG_NODISCARD seg_status seg_told_with_it(void);
/** Does more. */
SEG_API SEG_NODISCARD seg_status seg_untold(void);
END
[ -z "$(check "$work/told.h")" ] || { echo "errors that are told are not seen"; exit 1; }
[ "$(check "$work/untold.h" | wc -l)" = 1 ] || { echo "errors that are not told are not missed"; exit 1; }

cd "$SEGMENT_SOURCE"
found=$(check include/segment/*.h)
[ -z "$found" ] || { echo "$found"; exit 1; }
