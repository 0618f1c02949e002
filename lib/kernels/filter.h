/*
 * Row kernels of separable filters. Each filter goes down first: some rows are summed into one row
 * of sums in working memory; then across that row, which the caller has continued to both sides.
 * Nothing is rounded in between, so the order does not show in the result.
 */
#ifndef SEG_KERNELS_FILTER_H
#define SEG_KERNELS_FILTER_H

#include "kernels/level.h"

/* Half of a symmetric kernel: taps[0] is the centre, taps[k] is k rows or pixels away. `rows` are
 * 2 radius + 1 rows, the centre in the middle. Across, `step` is the distance of neighbours in
 * samples (the channels), sums[-radius * step .. count + radius * step] can be read. */
typedef struct seg_filter_kernels {
    /** sums = sum of taps * rows - 32768; all taps of the kernel together are 256. */
    void (*blur_down_u8)(int16_t *sums, const uint8_t *const *rows, const uint16_t *taps,
                         int32_t radius, size_t count);
    /** out = (sum of taps * (sums + 32768) + 2^15) >> 16. */
    void (*blur_across_u8)(uint8_t *out, const int16_t *sums, const uint16_t *taps, int32_t radius,
                           size_t step, size_t count);
    /** The same with 16 bits more; all taps together are 65536. */
    void (*blur_down_u16)(uint32_t *sums, const uint16_t *const *rows, const uint32_t *taps,
                          int32_t radius, size_t count);
    void (*blur_across_u16)(uint16_t *out, const uint32_t *sums, const uint32_t *taps,
                            int32_t radius, size_t step, size_t count);
    /** Centre first, then for k = 1, 2, ...: += taps[k] * before + taps[k] * after. Samples that
     *  are not finite count as 0. */
    void (*blur_down_f32)(float *sums, const float *const *rows, const float *taps, int32_t radius,
                          size_t count);
    void (*blur_across_f32)(float *out, const float *sums, const float *taps, int32_t radius,
                            size_t step, size_t count);

    /** smooth = binomial sum of `aperture` (3 or 5) rows, slope = their derivative downwards. */
    void (*sobel_down)(int16_t *smooth, int16_t *slope, const uint8_t *const *rows,
                       int32_t aperture, size_t count);
    /** dx = derivative of smooth, dy = binomial sum of slope; aperture / 2 samples on either side
     *  can be read. */
    void (*sobel_across)(int16_t *dx, int16_t *dy, const int16_t *smooth, const int16_t *slope,
                         int32_t aperture, size_t count);
} seg_filter_kernels;

SEG_KERNELS_DECLARE(filter);

#endif
