/* The registry's augmentations, each defined in its own file under augment/. */
#ifndef SEG_AUGMENTATIONS_H
#define SEG_AUGMENTATIONS_H

#include <segment/augment.h>

/* geometric: augment/turns.c */
extern const seg_augmentation seg_augmentation_hflip, seg_augmentation_vflip,
    seg_augmentation_transpose, seg_augmentation_rotate90, seg_augmentation_d4;
/* policies: augment/policies.c */
extern const seg_augmentation seg_augmentation_sequence, seg_augmentation_one_of,
    seg_augmentation_some_of;

#endif
