# CDnet 2014, SBI 2015 and UCSD clips by CDnet's rules.
title 'moving objects'
measures f1
scored change
given --sequence
averaged 'mean of UCSD' boats bottle freeway ocean peds
averaged
for clip in cdnet2014_highway cdnet2014_traffic sbi2015_CAVIAR2 sbi2015_Board ucsd_boats \
    ucsd_bottle ucsd_freeway ucsd_ocean ucsd_peds; do
    data ${clip#*_} video/change_detection/$clip/input video/change_detection/$clip
done

every temporal

theirs absdiff-25
theirs MOG2
theirs KNN
theirs GSOC
