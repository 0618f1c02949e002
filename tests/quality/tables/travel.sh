# Background models before cameras that travel (DAVIS): as they are, laid on the first frame, and
# coming along.
title 'what moves before a travelling camera'
measures mcc
scored masks
given --sequence
averaged
for clip in blackswan car-shadow drift-straight; do
    data $clip video/object_segmentation/davis2016_$clip/input \
        video/object_segmentation/davis2016_$clip/groundtruth
done

for method in background mog2 vibe frame-diff; do
    ours $method
    ours $method --stabilize translation
    ours $method --stabilize translation --view follow
done
