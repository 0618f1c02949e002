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
/* policies: augment/policies.c */
extern const seg_augmentation seg_augmentation_sequence, seg_augmentation_one_of,
    seg_augmentation_some_of;

#endif
