title 'ink of documents'
measures fm psnr drd
scored documents --no-pseudo
data DIBCO2009 images/dibco2009/images images/dibco2009/gt

every threshold

theirs otsu
theirs triangle
theirs adaptive-mean
theirs adaptive-gaussian
