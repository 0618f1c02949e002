/* What augmentations share that give a picture the style of a partner; labels stay. */
#ifndef SEG_AUGMENT_STYLE_H
#define SEG_AUGMENT_STYLE_H

#include "augment/tone.h"
#include "augmentations.h"

/** Their options begin so. */
typedef struct seg_style_head {
    size_t size;
    double p, low, high;
} seg_style_head;

#define SEG_STYLE_ROWS                                                                             \
    {"low",                                                                                        \
     SEG_PARAM_FLOAT,                                                                              \
     offsetof(seg_style_head, low),                                                                \
     "0.5",                                                                                        \
     0,                                                                                            \
     1,                                                                                            \
     NULL,                                                                                         \
     "",                                                                                           \
     "between the picture (0) and the partner's style (1), uniform in low .. high",                \
     ""},                                                                                          \
    {                                                                                              \
        "high", SEG_PARAM_FLOAT, offsetof(seg_style_head, high), "1", 0, 1, NULL, "",              \
            "greatest strength", ""                                                                \
    }

#define SEG_AUGMENT_STYLE(name, text, words, paper, when, table_name)                              \
    const seg_augmentation seg_augmentation_##name = {.id = text,                                  \
                                                      .title = words,                              \
                                                      .family = "style",                           \
                                                      .reference = paper,                          \
                                                      .year = when,                                \
                                                      .partners = 1,                               \
                                                      SEG_AUGMENT_ANY,                             \
                                                      .params = &table_name,                       \
                                                      .check = seg_style_check,                    \
                                                      .mix = name}

/** low must not be above high. */
seg_status seg_style_check(const void *options);

/** Draws the partner and the strength. */
SEG_NODISCARD seg_status seg_style_draw(seg_augment_step *step, seg_sample **partner,
                                        double *strength);

/** A picture like the sample's, to be put in its place. */
SEG_NODISCARD seg_status seg_style_picture(seg_augment_step *step, seg_image *target);

#endif
