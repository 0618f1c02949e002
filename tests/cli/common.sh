# shellcheck shell=sh
# What the tests of the program share. Each test is `sh NAME.sh` with SEGMENT (the program),
# SEGMENT_SOURCE and SEGMENT_BUILD in its environment; it works in an empty directory of its own.
set -u
export LC_ALL=C
: "${SEGMENT:?is the path of the program}" "${SEGMENT_BUILD:?is the build directory}"
work=$(mktemp -d)
children=
# shellcheck disable=SC2086
trap '[ -z "$children" ] || kill -9 $children 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
failures=0

segment() { "$SEGMENT" "$@"; }

# The program that is tested, and its name.
tested() { segment "$@"; }
program=segment

failed() { # failed WHAT...
    echo "FAILED: $*"
    failures=$((failures + 1))
}

show() { # what the program said last
    [ ! -s messages ] || sed 's/^/    said: /' messages
}

# expect CODE ARGUMENTS...: runs the program, its streams in `printed` and `messages`.
expect() {
    wanted=$1
    shift
    tested "$@" >printed 2>messages
    got=$?
    [ "$got" -eq "$wanted" ] && return
    failed "$program $* exits with $got instead of $wanted"
    show
    return 1
}

# works ARGUMENTS...: done, and nothing to say about it.
works() {
    expect 0 "$@" || return 1
    [ ! -s messages ] && return
    failed "$program $* is not silent"
    show
    return 1
}

# fails CODE PATTERN ARGUMENTS...: one line that says what is wrong, and nothing on stdout.
fails() {
    fails_code=$1 fails_pattern=$2
    shift 2
    expect "$fails_code" "$@" || return 1
    one_line "$program $*" "$fails_pattern"
    [ ! -s printed ] || failed "$program $* fails and prints"
}

# one_line WHAT PATTERN: `messages` is one line of the program's, and fits.
one_line() {
    if [ "$(wc -l <messages)" -ne 1 ] || ! grep -q "^$program: " messages; then
        failed "$1 does not say it in one line"
        show
    elif ! grep -qE -- "$2" messages; then
        failed "$1 does not say \"$2\""
        show
    fi
}

there() { # there FILE...
    for name in "$@"; do
        [ -s "$name" ] || failed "$name is missing or empty"
    done
}

absent() { # absent FILE...
    for name in "$@"; do
        if [ -e "$name" ] || [ -L "$name" ]; then failed "$name should not be there"; fi
    done
}

same() { # same A B
    cmp -s "$1" "$2" || failed "$1 and $2 differ"
}

differ() { # differ A B
    if cmp -s "$1" "$2"; then failed "$1 and $2 should differ"; fi
}

has() { # has FILE PATTERN...: every pattern is in the file
    has_file=$1
    shift
    for pattern in "$@"; do
        grep -qE -- "$pattern" "$has_file" && continue
        failed "$has_file has no \"$pattern\""
        head -c 600 "$has_file" | sed 's/^/    /'
    done
}

lines() { # lines FILE COUNT
    [ "$(wc -l <"$1")" -eq "$2" ] || failed "$1 has $(wc -l <"$1") lines instead of $2"
}

is() { # is WHAT GOT WANTED
    [ "$2" = "$3" ] || failed "$1 is \"$2\" instead of \"$3\""
}

# picture FILE [LEVEL [WIDTH HEIGHT]]: a grey picture, 64x48 if not said: ground 40, a square of 16
# of that level (200) from 8,8 to 23,23, and another of 8 from 40,20 to 47,27.
picture() {
    awk -v level="${2:-200}" -v w="${3:-64}" -v h="${4:-48}" 'BEGIN {
        printf "P2\n%d %d\n255\n", w, h
        for (y = 0; y < h; y++)
            for (x = 0; x < w; x++)
                print (x >= 8 && x < 24 && y >= 8 && y < 24) ||
                      (x >= 40 && x < 48 && y >= 20 && y < 28) ? level : 40
    }' >"$1"
}

# count FILE VALUE: how many samples of a binary PGM or PPM have the value.
count() {
    tail -n +4 "$1" | od -An -v -tu1 -w1 | awk -v value="$2" '$1 == value { n++ } END { print n+0 }'
}

# frames FILE: how many frames the program reads from it.
frames() {
    segment -q --method threshold --level 128 "$1" null: --report - |
        sed -n 's/.*"read":\([0-9]*\).*/\1/p'
}

# video FILE FRAMES [WIDTH HEIGHT]: movers before a yard that is empty for 30 frames.
video() {
    "$SEGMENT_BUILD/bin/make_scene" video "$1" "$work/truth_of_video" "$2" "${3:-96}" "${4:-64}" \
        >/dev/null || exit 1
    rm -rf "$work/truth_of_video"
}

# waits_for SECONDS COMMAND...: until it is true.
waits_for() {
    tries=$(($1 * 20))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# At the end of every test.
finish() {
    [ "$failures" -eq 0 ] && exit 0
    echo "$failures failed"
    exit 1
}
