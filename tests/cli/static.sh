# A fixed camera that sees nothing move: noise, flickering light and compression are no objects.
. "$(dirname "$0")/common.sh"

# 40 frames of 160x120: textures, noise of about 3 levels that is anew in each frame, light that beats
# with the mains by 2 %; in `moving` a square crosses, else the test could not fail
mkdir still moving
awk 'function random() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
function ground(x, y) { return hash[(int(x / 5) * 7 + int(y / 5) * 131) % 997] + hash[(x * 3 + y * 17) % 997] / 4 }
BEGIN {
    seed = 12345
    for (i = 0; i < 997; i++) hash[i] = int(90 * random())
    for (t = 0; t < 40; t++) {
        still = sprintf("still/%03d.pgm", t); moving = sprintf("moving/%03d.pgm", t)
        print "P2 160 120 255" >still; print "P2 160 120 255" >moving
        light = 1 + 0.02 * sin(2.4 * t)
        for (y = 0; y < 120; y++) for (x = 0; x < 160; x++) {
            grain = 3 * (random() + random() + random() + random() - 2) * 1.7
            place = x - 3 * t # of the square
            square = place >= 0 && place < 30 && y >= 40 && y < 70
            print int(light * (60 + ground(x, y)) + grain) >still
            print int(light * (60 + (square ? 60 + ground(place + 300, y) / 2 : ground(x, y))) + grain) >moving
        }
        close(still); close(moving)
    }
}'

# As a camera would write it: an overlay of nothing is the picture itself.
for clip in still moving; do
    for codec in mjpeg mpeg4; do
        works --method threshold --level 255 --render overlay --sequence=25 --codec $codec $clip $clip-$codec.mkv
    done
done

# objects CLIP AHEAD: how many there are in all frames
objects() {
    works -y --method motion --look-ahead "$2" "$1" null: --objects found.jsonl
    wc -l <found.jsonl
}
for codec in mjpeg mpeg4; do
    for ahead in 0 1; do
        count=$(objects still-$codec.mkv $ahead)
        [ "$count" -eq 0 ] || failed "$codec, look-ahead $ahead: $count objects where nothing moves"
        count=$(objects moving-$codec.mkv $ahead)
        [ "$count" -ge 30 ] || failed "$codec, look-ahead $ahead: a square is seen $count times only"
    done
done
finish
