/* The registry's augmentations, each defined in its own file under augment/. */
#ifndef SEG_AUGMENTATIONS_H
#define SEG_AUGMENTATIONS_H

#include <segment/augment.h>

/* geometric: augment/turns.c */
extern const seg_augmentation seg_augmentation_hflip, seg_augmentation_vflip,
    seg_augmentation_transpose, seg_augmentation_rotate90, seg_augmentation_d4;
/* geometric: augment/affine.c, crops.c, bends.c */
extern const seg_augmentation seg_augmentation_rotate, seg_augmentation_scale,
    seg_augmentation_translate, seg_augmentation_jitter, seg_augmentation_shear,
    seg_augmentation_affine, seg_augmentation_crop, seg_augmentation_centre_crop,
    seg_augmentation_safe_crop, seg_augmentation_object_crop, seg_augmentation_resize,
    seg_augmentation_letterbox, seg_augmentation_resized_crop, seg_augmentation_perspective,
    seg_augmentation_elastic, seg_augmentation_grid_distortion;
/* erasing: augment/erase.c */
extern const seg_augmentation seg_augmentation_cutout, seg_augmentation_random_erasing,
    seg_augmentation_hide_and_seek, seg_augmentation_gridmask, seg_augmentation_fencemask;
/* mixing: augment/mix.c */
extern const seg_augmentation seg_augmentation_mixup, seg_augmentation_sample_pairing,
    seg_augmentation_cutmix, seg_augmentation_mosaic, seg_augmentation_copy_paste;
/* pixels: augment/tone.c */
extern const seg_augmentation seg_augmentation_brightness, seg_augmentation_contrast,
    seg_augmentation_gamma, seg_augmentation_invert, seg_augmentation_solarise,
    seg_augmentation_posterise, seg_augmentation_auto_contrast, seg_augmentation_equalise;
/* pixels: augment/colour.c */
extern const seg_augmentation seg_augmentation_hsv, seg_augmentation_saturation,
    seg_augmentation_hue, seg_augmentation_grey, seg_augmentation_colour_jitter,
    seg_augmentation_grey_world, seg_augmentation_white_patch, seg_augmentation_temperature,
    seg_augmentation_channel_shuffle, seg_augmentation_channel_drop;
/* pixels: augment/noise.c */
extern const seg_augmentation seg_augmentation_gaussian_noise,
    seg_augmentation_multiplicative_noise, seg_augmentation_poisson_noise,
    seg_augmentation_iso_noise, seg_augmentation_salt_and_pepper;
/* pixels: augment/blur.c */
extern const seg_augmentation seg_augmentation_gaussian_blur, seg_augmentation_box_blur,
    seg_augmentation_median_blur, seg_augmentation_motion_blur, seg_augmentation_defocus_blur,
    seg_augmentation_sharpen;
/* pixels: augment/damage.c, weather.c, clahe.c */
extern const seg_augmentation seg_augmentation_jpeg, seg_augmentation_downscale,
    seg_augmentation_shadow, seg_augmentation_fog, seg_augmentation_rain, seg_augmentation_clahe;
/* style: augment/style.c */
extern const seg_augmentation seg_augmentation_reinhard, seg_augmentation_histogram_match,
    seg_augmentation_colour_transport;
/* style: augment/fourier.c, quilt.c */
extern const seg_augmentation seg_augmentation_fda, seg_augmentation_quilting;
/* augment/keep.c */
extern const seg_augmentation seg_augmentation_keep_cutout, seg_augmentation_keep_cutmix;
/* policies: augment/auto_policies.c */
extern const seg_augmentation seg_augmentation_rand_augment, seg_augmentation_trivial_augment;
/* policies: augment/policies.c */
extern const seg_augmentation seg_augmentation_sequence, seg_augmentation_one_of,
    seg_augmentation_some_of;

#endif
