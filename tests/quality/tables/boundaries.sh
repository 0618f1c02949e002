# Edges at a series of thresholds, and regions at a series of scales, are levels of one prediction.
# Sigma 2 is the best for either Canny.
title 'boundaries'
measures ods ois ap
scored boundaries --levels
data BSDS500-val images/bsds500/images/val images/bsds500/gt_bdry/val

highs="20 30 40 50 65 80 100 125 150 200"
canny() {
    # shellcheck disable=SC2046 # a setting each
    sweep canny --sigma 2 "$@" -- $(for high in $highs; do echo "--high=$high"; done)
}
canny
canny --colour max
canny --colour tensor
zero_crossings() {
    # shellcheck disable=SC2046 # a setting each
    sweep "$@" -- $(for level in 5 10 15 20 25 30 40 50 65 80; do echo "--level=$level"; done)
}
zero_crossings log --sigma 2
zero_crossings dog --sigma 1.6

theirs blur+Canny

scored boundaries
given --render score
ours felzenszwalb --scale 100 --scales 12 --min-size 300
ours mean-shift

scored boundaries --levels --labels
given --render labels
# shellcheck disable=SC2046 # a setting each
sweep felzenszwalb --min-size 300 -- $(for k in 12000 6000 3000 2000 1400 1000 700 500 350 200; do
    echo "--scale=$k"
done)

theirs graph
