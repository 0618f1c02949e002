# About 400 superpixels; OpenCV's make as many as their grids allow.
title 'superpixels'
measures br ue_np compactness ev superpixels
scored superpixels --pictures '{inputs}'
data BSDS500-val images/bsds500/images/val images/bsds500/gt_seg/val

ours slic
ours snic
ours etps

theirs SLIC
theirs SEEDS
