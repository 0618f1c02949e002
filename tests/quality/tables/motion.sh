# Objects of moving cameras by DAVIS' rules (the first and last frames are not scored).
title 'what moves before a moving camera'
measures j_mean f_mean
scored video
given --sequence
averaged
for clip in blackswan car-shadow drift-straight; do
    data $clip video/object_segmentation/davis2016_$clip/input \
        video/object_segmentation/davis2016_$clip/groundtruth
done

for quality in fastest fast default; do ours motion --flow-quality $quality; done
ours motion --look-ahead 0
