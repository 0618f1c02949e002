# One object cut out of a picture: pixels on the wrong side, of those that the hint leaves open.
title 'GrabCut'
measures pwc
scored masks --ignore-value 128 --ignore '{ignored}'
hints box trimap images/grabcut/rect --level 127raw --max 128raw --invert
hints lasso trimap images/grabcut/lasso --level 127raw --max 128raw --invert
hints strokes scribbles images/grabcut/scribbles1 --level 0raw

ours grabcut '{hint}'

theirs grabcut '{hint}'
