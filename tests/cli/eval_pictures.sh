#!/bin/sh
# segment-eval's pictures: contact sheets of the worst, plots, the page; and that they are whole.
# shellcheck source=tests/cli/common.sh
. "${0%/*}/common.sh"
# shellcheck source=tests/cli/eval.sh
. "$SEGMENT_SOURCE/tests/cli/eval.sh"
mkdir pred truth other
for n in 1 2 3 4 5; do
    # object: the left half; found: n columns too few, and a stripe on the right that is none
    awk -v n=$n 'BEGIN { print "P2\n40 30\n255"
        for (y = 0; y < 30; y++) for (x = 0; x < 40; x++) print x < 20 - 3 * n || x == 38 ? 255 : 0 }' >pred/p$n.pgm
    awk 'BEGIN { print "P2\n40 30\n255"
        for (y = 0; y < 30; y++) for (x = 0; x < 40; x++) print x < 20 ? 255 : 0 }' >truth/p$n.pgm
    awk -v n=$n 'BEGIN { print "P2\n40 30\n255"
        for (y = 0; y < 30; y++) for (x = 0; x < 40; x++) print x < 20 - n ? 250 - n : x * n }' >other/p$n.pgm
done

# ---- the worst ----
works masks pred truth --worst 2
sed -n '/^worst by f1/,$p' printed >worst
sed -n 3p worst | grep -q '^p5 ' || failed "p5 is not the worst"
sed -n 4p worst | grep -q '^p4 ' || failed "p4 is not the second worst"
lines worst 4
works masks pred truth --worst 1 --measure fp
works masks pred truth --worst
fails 2 'of tp neither much nor little is bad' masks pred truth --worst --measure tp
fails 2 '--worst is "0"' masks pred truth --worst 0
# B made p1 worst: its f1 falls most
works masks --compare truth pred truth --worst 1
has printed '^p5 '

# ---- the sheet: colours of what is found, false and missed ----
works masks pred truth --worst 1 --sheet sheet.png
there sheet.png
segment -q --method gaussian --sigma 0 sheet.png sheet.ppm || failed "the sheet cannot be read"
pixels() { # pixels R G B: how many pixels of the sheet have that colour
    tail -n +4 sheet.ppm | od -An -v -tu1 -w3 | awk -v r="$1" -v g="$2" -v b="$3" \
        '$1 == r && $2 == g && $3 == b { n++ } END { print n + 0 }'
}
# 40 x 30 in a cell of 320 x 240: 8 times as large; the key is 11 x 11
is "pixels found" "$(pixels 0 158 115)" $((5 * 30 * 64 + 121))
is "pixels of false alarms" "$(pixels 213 94 0)" $((30 * 64 + 121))
is "pixels missed" "$(pixels 86 180 233)" $((15 * 30 * 64 + 121))
fails 2 'sheet.png: exists already; -y' masks pred truth --sheet sheet.png
# not scored is not what is rightly left out: rows 0 to 14, whatever is in them
awk 'BEGIN { print "P2\n40 30\n255"; for (i = 0; i < 1200; i++) print i < 600 ? 255 : 0 }' >half.pgm
works masks pred truth --worst 1 --sheet sheet.png -y --ignore half.pgm
segment -q -y --method gaussian --sigma 0 sheet.png sheet.ppm || failed "the sheet cannot be read"
is "pixels not scored" "$(pixels 204 121 167)" $((40 * 15 * 64 + 121))
is "pixels rightly left out" "$(pixels 0 0 0)" $((19 * 15 * 64 + 121))
works masks pred truth --sheet sheet.png -y --pictures other
works scores other truth --sheet scores.png --worst 3
there scores.png

# ---- a video's worst frames ----
segment -q --method threshold --level 128 'pred/p%d.pgm' pred.nut
works masks pred.nut 'truth/p%d.pgm' --per-frame --worst 2 --sheet frames.png
has printed '^pred:4 ' '^pred:3 '
there frames.png
expect 0 masks pred.nut 'truth/p%d.pgm' --sheet none.png
has messages 'per-frame shows the worst frames'
expect 0 masks - 'truth/p%d.pgm' --per-frame --sheet stream.png <pred.nut
has messages 'standard input cannot be read again'

# ---- the page ----
works masks pred truth --html page.html --bootstrap 20
has page.html '^<!doctype html>' '>f1<' 'data:image/png;base64,' 'The 5 worst by f1' '</html>$'
grep -qE '(src|href)="?https?:' page.html && failed "the page loads something from elsewhere"
works masks --compare pred other truth --html both.html
has both.html 'signed rank p'
cp -r pred 'p<&"d'
works masks 'p<&"d' truth --html odd.html
has odd.html 'p&lt;&amp;&quot;d'
if command -v python3 >/dev/null 2>&1; then
    python3 - page.html both.html odd.html <<'PYTHON' || failed "a page is not well-formed"
import base64, html.parser, re, sys
class check(html.parser.HTMLParser):
    void = {"meta", "img", "br"}
    def __init__(self):
        super().__init__()
        self.open = []
    def handle_starttag(self, tag, attributes):
        if tag not in self.void: self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: sys.exit("</%s> closes nothing" % tag)
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8").read()
    parser = check()
    parser.feed(text)
    if parser.open: sys.exit("%s: open at the end: %s" % (name, parser.open))
    for data in re.findall(r"base64,([^\"]*)\"", text):
        if base64.b64decode(data, validate=True)[:8] != b"\x89PNG\r\n\x1a\n": sys.exit("no PNG")
    ids = re.findall(r'\bid="([^"]*)"', text)
    if len(ids) != len(set(ids)): sys.exit("%s: names of SVG parts collide" % name)
    for used in re.findall(r'href="#([^"]*)"', text):
        if used not in ids: sys.exit("%s: #%s is nowhere" % (name, used))
PYTHON
fi

# ---- plots ----
"$SEGMENT_EVAL" --version | grep -q '^cairo' || { echo "no Cairo: plots are not tested"; finish; }
works scores other truth --plot roc.svg
has roc.svg '<svg' '</svg>'
works scores other truth --plot all.svg
[ "$(wc -c <all.svg)" -gt "$(wc -c <roc.svg)" ] || failed "all plots are no more than one"
works scores other truth --plot pr.png
segment -q --method threshold --level 128 pr.png plot.pgm || failed "a plot is no picture"
has plot.pgm '^960 840$'
works masks pred truth --plot histogram.svg
works classes pred truth --plot confusion.svg # of 256 classes two occur
[ "$(wc -c <confusion.svg)" -lt 40000 ] || failed "classes that do not occur are drawn"
works scores --compare other pred truth --plot both.svg
expect 1 masks pred/p1.pgm truth/p1.pgm --plot none.svg
has messages 'none.svg: there is nothing to plot'
fails 2 '--plot is "x.gif".*svg or .png' masks pred truth --plot x.gif
fails 2 'roc.svg: exists already' scores other truth --plot roc.svg
absent none.svg x.gif
# the same bytes again
works scores other truth --plot again.svg --threads 1
works scores other truth --plot again2.svg --threads 5
same again.svg again2.svg
if command -v ldd >/dev/null 2>&1; then
    ldd "$SEGMENT" | grep -q cairo && failed "segment itself links Cairo"
fi
finish
