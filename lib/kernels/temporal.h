/* Row kernels of frame differences and background models. Rows may be unaligned; nothing outside
 * the `width` pixels is touched. */
#ifndef SEG_KERNELS_TEMPORAL_H
#define SEG_KERNELS_TEMPORAL_H

#include "kernels/level.h"

/**
 * One row of a background model at work. Values are in 16-bit full scale. A step towards the frame
 * is (difference * rate + dither) >> 16 with dither = (pattern[x] + dither_offset) mod 2^16: if
 * dither is spread evenly over 0 .. 65535 the mean step is exact, however small the rate. Rate
 * 65535 with dither 65535 takes the frame over exactly.
 */
typedef struct seg_model_row {
    uint8_t *mask;           /* out: 255 where |value - model| > level, 0 where left_out */
    uint16_t *score;         /* out: |value - model|, 0 where left_out; or NULL */
    uint16_t *model;         /* in and out; untouched if both rates are 0 */
    const uint16_t *value;   /* the frame; or NULL and ... */
    const uint8_t *value_u8; /* ... the frame in 8 bits, which count 257 each */
    const uint8_t *left_out; /* non-zero = no result and not learnt; or NULL */
    const uint8_t *held;     /* non-zero = not learnt; or NULL */
    const uint16_t *pattern;
    int32_t width;
    uint16_t dither_offset;
    uint16_t level;
    const uint16_t *levels;                    /* of each pixel, in place of level; or NULL */
    uint16_t rate_background, rate_foreground; /* share of the frame that is learnt, 65536 = all */
} seg_model_row;

typedef struct seg_temporal_kernels {
    /** out = |a - b|. `out` may be a or b. */
    void (*difference_u8)(uint8_t *out, const uint8_t *a, const uint8_t *b, int32_t width);
    void (*difference_u16)(uint16_t *out, const uint16_t *a, const uint16_t *b, int32_t width);
    /** out = min(|m - a|, |m - b|). */
    void (*middle_u8)(uint8_t *out, const uint8_t *m, const uint8_t *a, const uint8_t *b,
                      int32_t width);
    void (*middle_u16)(uint16_t *out, const uint16_t *m, const uint16_t *a, const uint16_t *b,
                       int32_t width);
    /** out = largest - smallest of `count` rows, at least 1. */
    void (*range_u8)(uint8_t *out, const uint8_t *const *rows, int32_t count, int32_t width);
    void (*range_u16)(uint16_t *out, const uint16_t *const *rows, int32_t count, int32_t width);
    /** mask = 255 where a > level, else 0. */
    void (*above_u8)(uint8_t *mask, const uint8_t *a, uint8_t level, int32_t width);
    void (*above_u16)(uint8_t *mask, const uint16_t *a, uint16_t level, int32_t width);
    /** a = 0 where left_out is not 0. */
    void (*leave_out_u8)(uint8_t *a, const uint8_t *left_out, int32_t width);
    void (*leave_out_u16)(uint16_t *a, const uint8_t *left_out, int32_t width);
    /** out[c] = colour c of each pixel; in has 3 or 4 channels. */
    void (*split_u8)(uint8_t *const out[3], const uint8_t *in, int32_t width, int32_t channels);
    /** Mask, score and update of one row in one pass. */
    void (*model_step)(const seg_model_row *row);
} seg_temporal_kernels;

SEG_KERNELS_DECLARE(temporal);

#endif
