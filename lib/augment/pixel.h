/* Augmentations of pixels alone: what their rows of the registry have in common. */
#ifndef SEG_AUGMENT_PIXEL_H
#define SEG_AUGMENT_PIXEL_H

#include "augment/step.h"
#include "augmentations.h"

#define SEG_AUGMENT_PIXEL(name, text, words, function, table_name, check_function)                 \
    const seg_augmentation seg_augmentation_##name = {.id = text,                                  \
                                                      .title = words,                              \
                                                      .family = "pixel",                           \
                                                      .reference = "",                             \
                                                      SEG_AUGMENT_ANY,                             \
                                                      .params = &table_name,                       \
                                                      .check = check_function,                     \
                                                      .filter = function}

#endif
