title 'nuclei, fluorescence, one by one'
measures f1 dsb tp fp fn
scored instances
data DSB2018 images/dsb2018/images images/dsb2018/gt 'fluo*'

ours otsu --post fill-holes --render labels
ours otsu --post fill-holes,split --render labels
ours otsu --pre clahe --post fill-holes,split --render labels
ours otsu --classes 3 --post fill-holes,split --render labels
ours watershed --surface distance

theirs otsu+watershed
theirs 'scikit-image otsu+watershed'
