/* The registry: which methods and metrics there are. Adding one adds a row here. */
#include "methods.h"

#include "augmentations.h"
#include "core/text.h"
#include "metrics.h"

#include <string.h>

#define METHOD_COUNT ((int32_t)(sizeof methods / sizeof *methods))

/* One line each. */
/* clang-format off */
static const seg_method *const methods[] = {
    &seg_method_otsu,
    &seg_method_threshold,
    &seg_method_hysteresis,
    &seg_method_triangle,
    &seg_method_li,
    &seg_method_yen,
    &seg_method_kapur,
    &seg_method_isodata,
    &seg_method_minimum,
    &seg_method_mean,
    &seg_method_huang,
    &seg_method_moments,
    &seg_method_kittler,
    &seg_method_adaptive_mean,
    &seg_method_adaptive_gaussian,
    &seg_method_niblack,
    &seg_method_sauvola,
    &seg_method_wolf,
    &seg_method_nick,
    &seg_method_bernsen,
    &seg_method_su,
    &seg_method_gatos,
    &seg_method_region_grow,
    &seg_method_flood,
    &seg_method_slic,
    &seg_method_felzenszwalb,
    &seg_method_snic,
    &seg_method_etps,
    &seg_method_mean_shift,
    &seg_method_srm,
    &seg_method_kmeans,
    &seg_method_split_merge,
    &seg_method_random_walker,
    &seg_method_chan_vese,
    &seg_method_grabcut,
    &seg_method_watershed,
    &seg_method_canny,
    &seg_method_gradient,
    &seg_method_log,
    &seg_method_dog,
    &seg_method_frame_diff,
    &seg_method_background,
    &seg_method_sigma_delta,
    &seg_method_temporal_median,
    &seg_method_mog2,
    &seg_method_knn,
    &seg_method_vibe,
    &seg_method_pbas,
    &seg_method_subsense,
    &seg_method_consensus,
    &seg_method_motion,
    &seg_method_horn_schunck,
    &seg_method_dis,
    &seg_method_tv_l1,
    &seg_method_farneback,
    &seg_method_lucas_kanade,
    &seg_method_gaussian,
    &seg_method_median,
    &seg_method_equalise,
    &seg_method_clahe,
    &seg_method_grey_erode,
    &seg_method_grey_dilate,
    &seg_method_grey_open,
    &seg_method_grey_close,
    &seg_method_grey_gradient,
    &seg_method_grey_top_hat,
    &seg_method_grey_black_hat,
    &seg_method_open,
    &seg_method_close,
    &seg_method_dilate,
    &seg_method_erode,
    &seg_method_fill_holes,
    &seg_method_morph_gradient,
    &seg_method_top_hat,
    &seg_method_black_hat,
    &seg_method_split,
    &seg_method_min_area,
    &seg_method_max_area,
    &seg_method_largest,
};
/* clang-format on */

const seg_method *const *seg_methods(int32_t *count) {
    if (count) *count = METHOD_COUNT;
    return methods;
}

const seg_method *seg_method_find(const char *id) {
    for (int32_t i = 0; id && i < METHOD_COUNT; i++)
        if (seg_text_same_name(methods[i]->id, id)) return methods[i];
    return NULL;
}

const char *seg_method_nearest(const char *id) {
    const char *names[METHOD_COUNT];
    for (int32_t i = 0; i < METHOD_COUNT; i++)
        names[i] = methods[i]->id;
    const int32_t nearest = id ? seg_text_nearest(id, names, METHOD_COUNT) : -1;
    return nearest < 0 ? NULL : names[nearest];
}

/* ---- metrics ---- */

#define METRIC_COUNT ((int32_t)(sizeof metrics / sizeof *metrics))

static const seg_metric *const metrics[] = {
    &seg_metric_masks,     &seg_metric_classes,     &seg_metric_scores,    &seg_metric_change,
    &seg_metric_documents, &seg_metric_flow,        &seg_metric_instances, &seg_metric_panoptic,
    &seg_metric_tracks,    &seg_metric_boundaries,  &seg_metric_surfaces,  &seg_metric_regions,
    &seg_metric_ucm,       &seg_metric_superpixels, &seg_metric_video,
};

const seg_metric *const *seg_metrics(int32_t *count) {
    if (count) *count = METRIC_COUNT;
    return metrics;
}

const seg_metric *seg_metric_find(const char *id) {
    for (int32_t i = 0; id && i < METRIC_COUNT; i++)
        if (seg_text_same_name(metrics[i]->id, id)) return metrics[i];
    return NULL;
}

const char *seg_metric_nearest(const char *id) {
    const char *names[METRIC_COUNT];
    for (int32_t i = 0; i < METRIC_COUNT; i++)
        names[i] = metrics[i]->id;
    const int32_t nearest = id ? seg_text_nearest(id, names, METRIC_COUNT) : -1;
    return nearest < 0 ? NULL : names[nearest];
}

/* ---- augmentations ---- */

#define AUGMENTATION_COUNT ((int32_t)(sizeof augmentations / sizeof *augmentations))

/* One line each. */
/* clang-format off */
static const seg_augmentation *const augmentations[] = {
    &seg_augmentation_hflip,
    &seg_augmentation_vflip,
    &seg_augmentation_transpose,
    &seg_augmentation_rotate90,
    &seg_augmentation_d4,
    &seg_augmentation_rotate,
    &seg_augmentation_scale,
    &seg_augmentation_translate,
    &seg_augmentation_jitter,
    &seg_augmentation_shear,
    &seg_augmentation_affine,
    &seg_augmentation_crop,
    &seg_augmentation_centre_crop,
    &seg_augmentation_safe_crop,
    &seg_augmentation_object_crop,
    &seg_augmentation_resize,
    &seg_augmentation_letterbox,
    &seg_augmentation_resized_crop,
    &seg_augmentation_perspective,
    &seg_augmentation_elastic,
    &seg_augmentation_grid_distortion,
    &seg_augmentation_brightness,
    &seg_augmentation_contrast,
    &seg_augmentation_gamma,
    &seg_augmentation_invert,
    &seg_augmentation_solarise,
    &seg_augmentation_posterise,
    &seg_augmentation_auto_contrast,
    &seg_augmentation_equalise,
    &seg_augmentation_hsv,
    &seg_augmentation_saturation,
    &seg_augmentation_hue,
    &seg_augmentation_grey,
    &seg_augmentation_colour_jitter,
    &seg_augmentation_grey_world,
    &seg_augmentation_white_patch,
    &seg_augmentation_temperature,
    &seg_augmentation_channel_shuffle,
    &seg_augmentation_channel_drop,
    &seg_augmentation_gaussian_noise,
    &seg_augmentation_multiplicative_noise,
    &seg_augmentation_poisson_noise,
    &seg_augmentation_iso_noise,
    &seg_augmentation_salt_and_pepper,
    &seg_augmentation_gaussian_blur,
    &seg_augmentation_box_blur,
    &seg_augmentation_median_blur,
    &seg_augmentation_motion_blur,
    &seg_augmentation_defocus_blur,
    &seg_augmentation_sharpen,
    &seg_augmentation_jpeg,
    &seg_augmentation_downscale,
    &seg_augmentation_shadow,
    &seg_augmentation_fog,
    &seg_augmentation_rain,
    &seg_augmentation_clahe,
    &seg_augmentation_cutout,
    &seg_augmentation_random_erasing,
    &seg_augmentation_hide_and_seek,
    &seg_augmentation_gridmask,
    &seg_augmentation_fencemask,
    &seg_augmentation_keep_cutout,
    &seg_augmentation_mixup,
    &seg_augmentation_sample_pairing,
    &seg_augmentation_cutmix,
    &seg_augmentation_keep_cutmix,
    &seg_augmentation_mosaic,
    &seg_augmentation_copy_paste,
    &seg_augmentation_reinhard,
    &seg_augmentation_histogram_match,
    &seg_augmentation_colour_transport,
    &seg_augmentation_fda,
    &seg_augmentation_quilting,
    &seg_augmentation_sequence,
    &seg_augmentation_one_of,
    &seg_augmentation_some_of,
    &seg_augmentation_rand_augment,
    &seg_augmentation_trivial_augment,
};
/* clang-format on */

const seg_augmentation *const *seg_augmentations(int32_t *count) {
    if (count) *count = AUGMENTATION_COUNT;
    return augmentations;
}

const seg_augmentation *seg_augmentation_find(const char *id) {
    for (int32_t i = 0; id && i < AUGMENTATION_COUNT; i++)
        if (seg_text_same_name(augmentations[i]->id, id)) return augmentations[i];
    return NULL;
}

const char *seg_augmentation_nearest(const char *id) {
    const char *names[AUGMENTATION_COUNT];
    for (int32_t i = 0; i < AUGMENTATION_COUNT; i++)
        names[i] = augmentations[i]->id;
    const int32_t nearest = id ? seg_text_nearest(id, names, AUGMENTATION_COUNT) : -1;
    return nearest < 0 ? NULL : names[nearest];
}
