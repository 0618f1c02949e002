# Middlebury's pairs; OpenCV's with its presets and its example's parameters of Farneback.
title 'end-point error in pixels'
measures epe
scored flow
averaged

# pair NAME: frames 10 and 11 in turn, thirteen of them, so that the time is not that of the first
pair() {
    folder=$data/video/optical_flow/middlebury_$1
    [ -d "$folder" ] || { echo "$table: no $1 at $folder: left out" >&2; return; }
    mkdir -p "$work/inputs-$1"
    for i in $(seq 0 12); do
        ln -sf "$folder/input/frame1$((i % 2)).png" "$work/inputs-$1/$i.png"
    done
    printf '%s\t%s\t%s\n' "$1" "$work/inputs-$1" "$folder/groundtruth" >>"$work/data"
}
for pair in RubberWhale Grove2 Urban3 Hydrangea; do pair "$pair"; done

for method in horn-schunck dis tv-l1 farneback lucas-kanade; do
    for quality in fastest fast default accurate; do flow "$method" --quality "$quality"; done
done

theirs 'DIS ultrafast'
theirs 'DIS fast'
theirs 'DIS medium'
theirs Farneback
theirs TV-L1
theirs DeepFlow
