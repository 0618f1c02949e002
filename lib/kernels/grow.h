/* Row kernels of region growing: which pixels are alike. */
#ifndef SEG_KERNELS_GROW_H
#define SEG_KERNELS_GROW_H

#include "kernels/level.h"

/** What a region takes: low <= sample <= high for each of up to three colours. */
typedef struct seg_grow_range {
    int32_t low[3], high[3]; /* low > high takes nothing; both within 0 .. 65535 or such */
} seg_grow_range;

/**
 * Pixels are `channels` samples apart, of which the first ones are colours: 1, 1, 3, 3 of 1, 2, 3,
 * 4. Flags are 255 for alike, 0 for not.
 */
typedef struct seg_grow_kernels {
    /** Alike: pixels of a and b at the same place differ by at most `tolerance` in each colour. */
    void (*near_u8)(uint8_t *flags, const uint8_t *a, const uint8_t *b, int32_t width,
                    int32_t channels, int32_t tolerance);
    void (*near_u16)(uint8_t *flags, const uint16_t *a, const uint16_t *b, int32_t width,
                     int32_t channels, int32_t tolerance);
    /** Alike: all colours are within the range. */
    void (*within_u8)(uint8_t *flags, const uint8_t *row, int32_t width, int32_t channels,
                      const seg_grow_range *range);
    void (*within_u16)(uint8_t *flags, const uint16_t *row, int32_t width, int32_t channels,
                       const seg_grow_range *range);
} seg_grow_kernels;

SEG_KERNELS_DECLARE(grow);

#endif
