title 'nuclei'
measures dice mean-dice iou
scored masks --truth-threshold 0raw
data all images/dsb2018/images images/dsb2018/gt
data fluorescence images/dsb2018/images images/dsb2018/gt 'fluo*'

ours otsu
ours li
ours triangle
ours otsu --post fill-holes,split --render labels
ours otsu --pre clahe --post fill-holes,split --render labels
ours otsu --classes 3 --post fill-holes,split --render labels
ours watershed --surface distance

theirs otsu
theirs triangle
theirs otsu+watershed
theirs 'scikit-image otsu+watershed'
