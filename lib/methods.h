/* The registry's rows, each defined in its method's own file. */
#ifndef SEG_METHODS_H
#define SEG_METHODS_H

#include <segment/method.h>

extern const seg_method seg_method_threshold; /* threshold/threshold.c */
extern const seg_method seg_method_otsu;      /* threshold/otsu.c */
/* global levels: threshold/<name>.c */
extern const seg_method seg_method_huang, seg_method_isodata, seg_method_kapur, seg_method_kittler,
    seg_method_li, seg_method_mean, seg_method_minimum, seg_method_moments, seg_method_triangle,
    seg_method_yen;
extern const seg_method seg_method_hysteresis; /* threshold/hysteresis.c */
/* local levels: threshold/<name>.c */
extern const seg_method seg_method_adaptive_gaussian, seg_method_adaptive_mean, seg_method_nick,
    seg_method_niblack, seg_method_sauvola, seg_method_su, seg_method_wolf, seg_method_bernsen,
    seg_method_gatos;
extern const seg_method seg_method_region_grow; /* region/grow.c */
extern const seg_method seg_method_flood;       /* region/flood.c */
/* partitions: region/<name>.c */
extern const seg_method seg_method_etps, seg_method_felzenszwalb, seg_method_kmeans,
    seg_method_mean_shift, seg_method_slic, seg_method_snic, seg_method_split_merge, seg_method_srm;
extern const seg_method seg_method_grabcut;   /* region/grabcut.c */
extern const seg_method seg_method_watershed; /* region/watershed.c */
/* edges: edge/<name>.c */
extern const seg_method seg_method_canny, seg_method_dog, seg_method_gradient, seg_method_log;
extern const seg_method seg_method_frame_diff; /* temporal/frame_diff.c */
extern const seg_method seg_method_background; /* temporal/background.c */
extern const seg_method seg_method_grabcut;    /* region/grabcut.c */
extern const seg_method seg_method_canny;      /* edge/canny.c */
extern const seg_method seg_method_frame_diff; /* temporal/frame_diff.c */
extern const seg_method seg_method_background; /* temporal/background.c */
extern const seg_method seg_method_grabcut;    /* region/grabcut.c */
extern const seg_method seg_method_watershed;  /* region/watershed.c */
extern const seg_method seg_method_canny;      /* edge/canny.c */
extern const seg_method seg_method_frame_diff; /* temporal/frame_diff.c */
extern const seg_method seg_method_background; /* temporal/background.c */
/* background models: temporal/<name>.c */
extern const seg_method seg_method_consensus, seg_method_knn, seg_method_mog2, seg_method_pbas,
    seg_method_sigma_delta, seg_method_subsense, seg_method_temporal_median, seg_method_vibe;
extern const seg_method seg_method_frame_diff;    /* temporal/frame_diff.c */
extern const seg_method seg_method_background;    /* temporal/background.c */
extern const seg_method seg_method_grabcut;       /* region/grabcut.c */
extern const seg_method seg_method_chan_vese;     /* region/chan_vese.c */
extern const seg_method seg_method_random_walker; /* region/random_walker.c */
extern const seg_method seg_method_canny;         /* edge/canny.c */
extern const seg_method seg_method_frame_diff;    /* temporal/frame_diff.c */
extern const seg_method seg_method_background;    /* temporal/background.c */
extern const seg_method seg_method_grabcut;       /* region/grabcut.c */
extern const seg_method seg_method_watershed;     /* region/watershed.c */
extern const seg_method seg_method_canny;         /* edge/canny.c */
extern const seg_method seg_method_frame_diff;    /* temporal/frame_diff.c */
extern const seg_method seg_method_background;    /* temporal/background.c */
/* picture -> picture, for --pre: imgproc/operations.c */
extern const seg_method seg_method_gaussian;
extern const seg_method seg_method_median;
extern const seg_method seg_method_equalise;
extern const seg_method seg_method_clahe;
/* the same: imgproc/grey_operations.c */
extern const seg_method seg_method_grey_erode, seg_method_grey_dilate, seg_method_grey_open,
    seg_method_grey_close, seg_method_grey_gradient, seg_method_grey_top_hat,
    seg_method_grey_black_hat;
/* mask -> mask, labels -> labels, for --post: imgproc/mask_operations.c */
extern const seg_method seg_method_open;
extern const seg_method seg_method_close;
extern const seg_method seg_method_dilate;
extern const seg_method seg_method_erode;
extern const seg_method seg_method_morph_gradient;
extern const seg_method seg_method_top_hat;
extern const seg_method seg_method_black_hat;
extern const seg_method seg_method_fill_holes;
extern const seg_method seg_method_split; /* to labels: imgproc/split.c */
extern const seg_method seg_method_min_area;
extern const seg_method seg_method_max_area;
/* flow: motion/<name>.c */
extern const seg_method seg_method_dis, seg_method_tv_l1, seg_method_farneback;
extern const seg_method seg_method_horn_schunck, seg_method_lucas_kanade;
extern const seg_method seg_method_dis, seg_method_tv_l1, seg_method_horn_schunck;
extern const seg_method seg_method_motion;
extern const seg_method seg_method_largest;

#endif
