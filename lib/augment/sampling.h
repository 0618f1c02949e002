/* Options that geometric augmentations share: what lies between pixels, and what outside. */
#ifndef SEG_AUGMENT_SAMPLING_H
#define SEG_AUGMENT_SAMPLING_H

#include "augment/step.h"

typedef struct seg_sampling {
    int32_t filter, border;
    double fill;
} seg_sampling;

extern const char *const seg_sampling_filters[]; /* of seg_warp_filter */
extern const char *const seg_sampling_borders[]; /* of seg_border */

/** Rows of a member `sampling`. */
#define SEG_SAMPLING_ROWS(type)                                                                    \
    {"filter",                                                                                     \
     SEG_PARAM_ENUM,                                                                               \
     offsetof(type, sampling.filter),                                                              \
     "bilinear",                                                                                   \
     0,                                                                                            \
     3,                                                                                            \
     seg_sampling_filters,                                                                         \
     "",                                                                                           \
     "what lies between pixels of the picture; of masks always nearest",                           \
     ""},                                                                                          \
        {"border",                                                                                 \
         SEG_PARAM_ENUM,                                                                           \
         offsetof(type, sampling.border),                                                          \
         "constant",                                                                               \
         0,                                                                                        \
         3,                                                                                        \
         seg_sampling_borders,                                                                     \
         "",                                                                                       \
         "what lies outside: objects are never repeated",                                          \
         ""},                                                                                      \
    {                                                                                              \
        "fill", SEG_PARAM_FLOAT, offsetof(type, sampling.fill), "0", 0, 255, NULL, "8-bit level",  \
            "what lies outside with a constant border", ""                                         \
    }

/** Sets the geometry's filter, border and fill. */
static inline void seg_sampling_set(seg_augment_geometry *geometry, const seg_sampling *sampling) {
    geometry->filter = (seg_warp_filter)sampling->filter;
    geometry->border = (seg_border)sampling->border;
    geometry->fill = sampling->fill;
}

/** The geometry is a matrix about the picture's middle, which stays the middle. */
void seg_sampling_about_middle(seg_augment_geometry *geometry, const seg_transform *transform);

#endif
