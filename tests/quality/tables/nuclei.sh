title 'nuclei'
measures dice iou
scored masks --truth-threshold 0raw
data DSB2018 images/dsb2018/images images/dsb2018/gt

ours otsu
ours li
ours triangle
ours otsu --classes 3 --post fill-holes,split --render labels

theirs otsu
theirs triangle
