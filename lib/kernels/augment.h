/* Row kernels of augmentations: random numbers, noise, hues. Rows may be unaligned; nothing outside
 * the given samples is touched. */
#ifndef SEG_KERNELS_AUGMENT_H
#define SEG_KERNELS_AUGMENT_H

#include "core/random.h"
#include "kernels/level.h"

#include <stddef.h>

/* Normal deviates come from a table of quantiles, two of each random word: its upper 12 bits, then
 * those from bit 15 down. */
#define SEG_QUANTILES 4096
#define SEG_QUANTILE_OF(word, second) ((word) >> ((second) ? 4 : 20) & (SEG_QUANTILES - 1))

/** A pixel's hue, in turns, is added to, saturation and value are multiplied and cut to 0 .. 1. */
typedef struct seg_hsv_change {
    float turn, saturation, value;
} seg_hsv_change;

typedef struct seg_augment_kernels {
    /** The 4 * count words at positions index .. index + count - 1 of a stream: as
     *  seg_random_words. */
    void (*words)(uint32_t *words, const seg_random *stream, uint32_t index, size_t count);
    /** target[i] = source[i] + steps[quantile i of the words], cut to 0 .. 255. In place, too. */
    void (*noise_u8)(uint8_t *target, const uint8_t *source, const uint32_t *words,
                     const int16_t *steps, size_t count);
    /** Pixels of 3 or 4 samples, the last of 4 being alpha, which is copied. */
    void (*hsv_u8)(uint8_t *target, const uint8_t *source, const seg_hsv_change *change,
                   size_t width, size_t channels);
} seg_augment_kernels;

SEG_KERNELS_DECLARE(augment);

#endif
