#!/bin/sh
# The house's floors: includes go down only (core -> kernels -> imgproc -> geometry -> families ->
# methods.c -> pipeline -> tools; core -> media, data -> tools), families do not know each other,
# codecs stay in media, JSON and XML in data and tools, intrinsics in kernels and in files that are
# built for one level (media/ffmpeg/yuv420_avx2.c).
set -eu

# check ROOT: one line for each include that breaks the rules
check() {
    (cd "$1" && find include lib tools -name '*.[ch]' | LC_ALL=C sort | xargs awk '
    function domain_of_public(name) {
        sub(/\.h$/, "", name)
        if (name == "morphology") return "imgproc" # its second header
        if (name == "transform") return "geometry"
        if (name == "labels") return "data"
        return (name in floor) ? name : name == "segment" ? "tools" : "core"
    }
    function bad(why) {
        printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
    }
    BEGIN {
        floor["core"] = 0; floor["kernels"] = 1; floor["imgproc"] = 2; floor["geometry"] = 3
        split("threshold region edge temporal motion objects render augment evaluate", f, " ")
        for (i in f) { floor[f[i]] = 4; family[f[i]] = 1 }
        floor["methods"] = floor["metrics"] = floor["augmentations"] = 5; floor["pipeline"] = 6; floor["tools"] = 9
        # beside the stairs: media stands on core alone, data on core and on public headers below;
        # both on files
        floor["files"] = 7; floor["media"] = 7; floor["data"] = 7
        owner["media"] = "png\\.h|jpeglib\\.h|jerror\\.h|jmorecfg\\.h|turbojpeg\\.h|zlib\\.h|libdeflate\\.h|lib(av|sw)[a-z]+/.*"
        owner["data|tools"] = "jansson\\.h|expat\\.h|libxml/.*|archive\\.h|archive_entry\\.h"
        owner["tools"] = "cairo.*"
        owner["kernels"] = "[a-z]*intrin\\.h|arm_neon\\.h|simde/.*"
        owner["core|media|tools|data"] = "ctype\\.h|time\\.h|sys/time\\.h"
        owner["nobody"] = "locale\\.h|omp\\.h|complex\\.h|tgmath\\.h|fenv\\.h"
    }
    /^[ \t]*#[ \t]*include/ {
        here = FILENAME
        if (here ~ /^tools\//) here = "tools"
        else if (here ~ /^include\/segment\//) {
            if (here == "include/segment/segment.h") next
            sub(/.*\//, "", here); here = domain_of_public(here)
        } else {
            sub(/^lib\//, "", here); sub(/\/.*/, "", here); sub(/\.[ch]$/, "", here)
        }
        if (!(here in floor)) { bad("unknown domain " here); next }

        name = $0
        system_header = name ~ /</
        sub(/^[^<"]*[<"]/, "", name); sub(/[>"].*/, "", name)
        if (system_header && name !~ /^segment\//) {
            for (who in owner) {
                split(who, allowed, "|"); mine = 0
                for (k in allowed) if (allowed[k] == here) mine = 1
                if (who == "kernels" && FILENAME ~ /_avx2\.c$/) mine = 1
                if (!mine && name ~ ("^(" owner[who] ")$")) bad("only in " who)
            }
            next
        }
        if (system_header) {
            sub(/^segment\//, "", name); there = domain_of_public(name)
            # outlines and run lengths of objects are made in geometry, and declared with objects
            if (here == "geometry" && there == "objects") next
        } else {
            if (name ~ /^(methods|metrics|augmentations)\.h$/) next # the rows that their files define
            if (name !~ /\//) { if (here != "tools") bad("write the domain: \"domain/file.h\""); next }
            there = name; sub(/\/.*/, "", there)
            if (here == "tools" && !(there in floor)) next
        }
        if (!(there in floor)) { bad("unknown domain " there); next }
        if (here == there || here == "tools") next
        if (here == "data" && system_header && (there == "geometry" || there == "evaluate" || there == "augment")) next
        if (there == "files" && (here == "media" || here == "data")) next
        if (here == "media" || here == "data" || here == "files") { if (there != "core") bad(here " stands on core alone") }
        else if (there == "media" || there == "data" || there == "files") bad("only tools know " there)
        else if (floor[there] > floor[here]) bad(there " is above " here)
        else if ((here in family) && (there in family)) bad(here " must not know " there)
    }')
}

# The rules find what they are there for.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/include/segment" "$work/tools" "$work/lib"
for domain in core kernels imgproc edge region media data pipeline; do mkdir "$work/lib/$domain"; done
plant() { printf '%s\n' "$2" >"$work/$1"; }
plant lib/core/a.c '#include "imgproc/input.h"'
plant lib/core/b.c '#include <immintrin.h>'
plant lib/kernels/a.c '#include <segment/imgproc.h>'
plant lib/imgproc/a.c '  #  include "pipeline/frames.h"'
plant lib/edge/a.c '#include "region/grow.h"'
plant lib/edge/b.c '#include <segment/region.h>'
plant lib/edge/c.c '#include <png.h>'
plant lib/edge/d.c '#include <libavcodec/avcodec.h>'
plant lib/edge/e.c '#include <segment/segment.h>'
plant lib/region/a.c '#include "grow.h"'
plant lib/region/b.c '#include "attic/grow.h"'
plant lib/media/a.c '#include "imgproc/input.h"'
plant lib/media/b.c '#include <jansson.h>'
plant lib/pipeline/a.c '#include <segment/media.h>'
plant lib/pipeline/b.c '#include <locale.h>'
plant include/segment/image.h '#include <segment/method.h>
#include <segment/edge.h>'
plant tools/a.c '#include <jpeglib.h>'
plant lib/data/a.c '#include "geometry/rle.h"'
plant lib/data/b.c '#include <segment/edge.h>'
planted=19
plant lib/edge/good.c '#include "core/check.h"
#include "imgproc/input.h"
#include "methods.h"
#include <segment/edge.h>
#include <string.h>'
plant lib/media/good.c '#include <png.h>
#include "core/check.h"
#include "media/png.h"'
plant lib/media/good_avx2.c '#include <immintrin.h>'
plant lib/data/good.c '#include <jansson.h>
#include <segment/geometry.h>
#include <segment/evaluate.h>
#include <segment/augment.h>
#include <segment/labels.h>
#include "core/check.h"
#include "data/json.h"'
plant tools/good.c '#include <jansson.h>
#include "options.h"
#include "common/options.h"
#include <segment/segment.h>
#include <segment/media.h>'
found=$(check "$work" | tee "$work/found" | wc -l)
if [ "$found" -ne "$planted" ] || grep -q good "$work/found"; then
    echo "the rules find $found of $planted planted breaches:"
    cat "$work/found"
    exit 1
fi

breaches=$(check "$SEGMENT_SOURCE")
[ -z "$breaches" ] || { echo "$breaches"; exit 1; }
