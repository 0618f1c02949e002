/* Row kernels of frame differences and background models. Rows may be unaligned; nothing outside
 * the `width` pixels is touched. */
#ifndef SEG_KERNELS_TEMPORAL_H
#define SEG_KERNELS_TEMPORAL_H

#include "kernels/level.h"

/** Background model: one int32 a pixel, the value in 16-bit units with 15 bits of fraction. */
#define SEG_MODEL_FRACTION 15
/** One row of a background model at work. */
typedef struct seg_model_row {
    uint8_t *mask;           /* out: 255 where |value - model| > level, 0 where left_out */
    uint16_t *score;         /* out: |value - model|, 0 where left_out; or NULL */
    int32_t *model;          /* in and out */
    const uint16_t *value;   /* the frame, 16-bit full scale */
    const uint8_t *left_out; /* non-zero = no result and not learnt; or NULL */
    const uint8_t *held;     /* non-zero = not learnt; or NULL */
    int32_t width;
    uint16_t level;
    float rate_background, rate_foreground; /* share of the frame that is learnt, 0 .. 1 */
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
    /** low = min(low, a), high = max(high, a). */
    void (*extremes_u8)(uint8_t *low, uint8_t *high, const uint8_t *a, int32_t width);
    void (*extremes_u16)(uint16_t *low, uint16_t *high, const uint16_t *a, int32_t width);
    /** mask = 255 where a > level, else 0. */
    void (*above_u8)(uint8_t *mask, const uint8_t *a, uint8_t level, int32_t width);
    void (*above_u16)(uint8_t *mask, const uint16_t *a, uint16_t level, int32_t width);
    /** a = 0 where left_out is not 0. */
    void (*leave_out_u8)(uint8_t *a, const uint8_t *left_out, int32_t width);
    void (*leave_out_u16)(uint16_t *a, const uint8_t *left_out, int32_t width);
    /** out = 257 * a: 8-bit to 16-bit full scale. */
    void (*widen_u8)(uint16_t *out, const uint8_t *a, int32_t width);
    /** Mask, score and update of one row in one pass. */
    void (*model_step)(const seg_model_row *row);
} seg_temporal_kernels;

SEG_KERNELS_DECLARE(temporal);

#endif
