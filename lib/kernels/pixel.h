/* Row kernels of point operations: grey, thresholds, differences, sample formats, counting.
 * Rows may be unaligned; nothing outside the given samples is touched. */
#ifndef SEG_KERNELS_PIXEL_H
#define SEG_KERNELS_PIXEL_H

#include "kernels/level.h"

/* BT.601 weights of red, green and blue in units of 2^-15, as OpenCV's cvtColor has them. */
#define SEG_GREY_RED 9798
#define SEG_GREY_GREEN 19235
#define SEG_GREY_BLUE 3735
#define SEG_GREY_SHIFT 15

typedef struct seg_pixel_kernels {
    /** grey = (9798 r + 19235 g + 3735 b + 2^14) >> 15 of `width` pixels of 3 or 4 samples. */
    void (*grey_u8)(uint8_t *grey, const uint8_t *picture, int32_t width, int32_t channels);
    void (*grey_u16)(uint16_t *grey, const uint16_t *picture, int32_t width, int32_t channels);
    /** grey = (r * 0.299f + g * 0.587f) + b * 0.114f, in that order. */
    void (*grey_f32)(float *grey, const float *picture, int32_t width, int32_t channels);

    /** mask = low <= value <= high ? inside : 255 - inside; low <= high. */
    void (*range_u8)(uint8_t *mask, const uint8_t *value, size_t count, uint8_t low, uint8_t high,
                     uint8_t inside);
    void (*range_u16)(uint8_t *mask, const uint16_t *value, size_t count, uint16_t low,
                      uint16_t high, uint8_t inside);
    /** mask = low < value <= high ? inside : 255 - inside; 0 where value is not finite. */
    void (*range_f32)(uint8_t *mask, const float *value, size_t count, float low, float high,
                      uint8_t inside);

    /** mask = |a - b| > level ? 255 : 0. */
    void (*differs_u8)(uint8_t *mask, const uint8_t *a, const uint8_t *b, size_t count,
                       uint8_t level);
    void (*differs_u16)(uint8_t *mask, const uint16_t *a, const uint16_t *b, size_t count,
                        uint16_t level);
    /** The same for samples rounded to 16 bits as f32_to_u16 does; 0 where one is not finite. */
    void (*differs_f32)(uint8_t *mask, const float *a, const float *b, size_t count, float level);

    /** mask = largest of the `channels` (2..4) samples of each pixel. */
    void (*largest_sample)(uint8_t *mask, const uint8_t *samples, int32_t width, int32_t channels);
    /** Number of samples that are not 0, of a mask of 0 and 255. */
    size_t (*count_set)(const uint8_t *mask, size_t count);
    /** target = table[source], of 256 entries. In place, too. */
    void (*map_u8)(uint8_t *target, const uint8_t *source, const uint8_t *table, size_t count);
    /** target = source + step, cut to 0 .. 255; |step| is at most 255. In place, too. */
    void (*add_u8)(uint8_t *target, const uint8_t *source, int32_t step, size_t count);
    /** target = the whole part of source * factor + add, cut to 0 .. 255; below 2^24 either way. In
     *  place, too. */
    void (*line_u8)(uint8_t *target, const uint8_t *source, float factor, float add, size_t count);
    /** How many bytes are 0 before the first that is not. */
    size_t (*zeros_before)(const void *bytes, size_t count);
    /** mask = ignore ? 0 : mask. */
    void (*clear_ignored)(uint8_t *mask, const uint8_t *ignore, size_t count);

    /** Full scale to full scale, to nearest (f32: ties to even, clamped, NaN gives 0). u16 is taken
     *  to have 16 significant bits, but for u16_to_f32, where `full` is its largest value. */
    void (*u8_to_u16)(uint16_t *out, const uint8_t *in, size_t count);
    void (*u8_to_f32)(float *out, const uint8_t *in, size_t count);
    void (*u16_to_u8)(uint8_t *out, const uint16_t *in, size_t count);
    void (*u16_to_f32)(float *out, const uint16_t *in, size_t count, float full);
    void (*f32_to_u8)(uint8_t *out, const float *in, size_t count);
    void (*f32_to_u16)(uint16_t *out, const float *in, size_t count);

    /** Adds the counts of `count` samples to 256 counters. */
    void (*count_u8)(uint32_t *bins, const uint8_t *value, size_t count);
    /** The same for long rows: most samples are counted in `pairs` (65536 counters, one for each
     *  two neighbouring samples), the rest in `bins`; which ones is left to the level. */
    void (*count_pairs_u8)(uint32_t *pairs, uint32_t *bins, const uint8_t *value, size_t count);
    /** Adds what `pairs` holds to 256 counters. */
    void (*fold_pairs)(uint32_t *bins, const uint32_t *pairs);
} seg_pixel_kernels;

SEG_KERNELS_DECLARE(pixel);

#endif
