# --stabilize with a camera that travels: what moves is found after more than a picture's width.
. "$(dirname "$0")/common.sh"

# 60 frames of 96x60, three pixels farther to the right each; a square overtakes the camera
mkdir pan truth
awk 'function spots(x, y, s) { return hash[(int(x / s) * 7 + int(y / s) * 131 + s) % 997] }
BEGIN {
    value = 12345
    for (i = 0; i < 997; i++) { value = (value * 1103 + 12347) % 65536; hash[i] = int(value / 700) }
    for (t = 0; t < 60; t++) {
        frame = sprintf("pan/%03d.pgm", t); mask = sprintf("truth/%03d.pgm", t)
        print "P2 96 60 255" >frame; print "P2 96 60 255" >mask
        for (y = 0; y < 60; y++) for (x = 0; x < 96; x++) {
            place = x - 10 - (t - 12) # of the square
            inside = t >= 12 && place >= 0 && place < 16 && y >= 22 && y < 38
            print inside ? 250 : 20 + int((spots(x + 3 * t, y, 4) + spots(x + 3 * t, y, 9)) / 1) >frame
            print inside ? 255 : 0 >mask
        }
        close(frame); close(mask)
    }
}'

# scored METHOD: F1 over all frames, in percent
scored() {
    works -y --method "$1" --sequence --stabilize translation --view follow pan "$1/"
    "$SEGMENT_BUILD/bin/segment-eval" masks "$1" truth --json 2>/dev/null |
        sed -n 's/^  "f1": \([0-9.]*\).*/\1/p' | head -1 | awk '{ print int(100 * $1) }'
}
for method in background mog2 vibe sigma-delta temporal-median knn pbas; do
    f1=$(scored $method)
    [ "${f1:-0}" -ge 75 ] || failed "$method: F1 $f1 % along a pan"
done

# the same bytes with any number of threads, and behind a model that was saved half-way
works --method mog2 --sequence --stabilize translation --view follow --threads 7 pan seven/
works --method mog2 --sequence --stabilize translation --view follow --limit 31 pan first/ --save-model half.model
mkdir rest
for t in $(seq 31 59); do cp "pan/$(printf '%03d' "$t").pgm" rest/; done
works --method mog2 --sequence --stabilize translation --view follow --load-model half.model rest second/
for t in $(seq 0 59); do
    name=$(printf '%03d' "$t")
    same "seven/$name.png" "mog2/$name.png"
    if [ "$t" -lt 31 ]; then same "first/$name.png" "mog2/$name.png"
    else same "second/$name.png" "mog2/$name.png"; fi
done

segment --help >help.txt
tr -s ' \n' '  ' <help.txt >flat.txt
has flat.txt 'along with a camera that travels'
finish
