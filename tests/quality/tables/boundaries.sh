# Edges at a series of thresholds are levels of one prediction. Sigma 2 is the best for both.
title 'boundaries'
measures ods ois ap
scored boundaries --levels
data BSDS500-val images/bsds500/images/val images/bsds500/gt_bdry/val

sweep canny --sigma 2 -- '--high 20 --low 10' '--high 30 --low 15' '--high 40 --low 20' \
    '--high 50 --low 25' '--high 65 --low 32' '--high 80 --low 40' '--high 100 --low 50' \
    '--high 125 --low 62' '--high 150 --low 75' '--high 200 --low 100'

theirs blur+Canny
