# Berkeley's motion sequences: of the objects in the frames that have a truth, the share that is found
# at an IoU of a half. Each clip's first frame is one of them; without look-ahead nothing is known of
# it, so that .60, .71, .80 and .71 would be all others.
title 'moving objects found'
measures recall
scored instances --components no
given --sequence --render labels
averaged
sparse
for clip in cars1 cars2 marple4 people2; do
    data $clip video/object_segmentation/bms26_$clip/input \
        video/object_segmentation/bms26_$clip/groundtruth
done

for quality in fast default; do
    ours motion --flow-quality $quality
    ours motion --flow-quality $quality --look-ahead 0
done
