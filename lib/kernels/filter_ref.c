/* Filter kernels as their contracts read: the oracle of the other levels. */
#include "kernels/filter.h"

#include <float.h>
#include <math.h>

static void blur_down_u8(int16_t *sums, const uint8_t *const *rows, const uint16_t *taps,
                         int32_t radius, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t sum = taps[0] * rows[radius][i];
        for (int32_t k = 1; k <= radius; k++)
            sum += taps[k] * (rows[radius - k][i] + rows[radius + k][i]);
        sums[i] = (int16_t)(sum - 32768);
    }
}

static void blur_across_u8(uint8_t *out, const int16_t *sums, const uint16_t *taps, int32_t radius,
                           size_t step, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t sum = taps[0] * (sums[i] + 32768);
        for (int32_t k = 1; k <= radius; k++) {
            const int16_t *before = sums + i - (size_t)k * step;
            const int16_t *after = sums + i + (size_t)k * step;
            sum += taps[k] * (*before + *after + 65536);
        }
        out[i] = (uint8_t)((sum + (1 << 15)) >> 16);
    }
}

static void blur_down_u16(uint32_t *sums, const uint16_t *const *rows, const uint32_t *taps,
                          int32_t radius, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t sum = taps[0] * rows[radius][i];
        for (int32_t k = 1; k <= radius; k++)
            sum += taps[k] * ((uint32_t)rows[radius - k][i] + rows[radius + k][i]);
        sums[i] = sum;
    }
}

static void blur_across_u16(uint16_t *out, const uint32_t *sums, const uint32_t *taps,
                            int32_t radius, size_t step, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint64_t sum = (uint64_t)taps[0] * sums[i];
        for (int32_t k = 1; k <= radius; k++) {
            const uint32_t *centre = sums + i, *before = centre - (size_t)k * step;
            sum += taps[k] * ((uint64_t)*before + centre[(size_t)k * step]);
        }
        out[i] = (uint16_t)((sum + (UINT64_C(1) << 31)) >> 32);
    }
}

static float cleaned(float value) {
    return fabsf(value) <= FLT_MAX ? value : 0;
}

static void blur_down_f32(float *sums, const float *const *rows, const float *taps, int32_t radius,
                          size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums[i] = taps[0] * cleaned(rows[radius][i]);
        for (int32_t k = 1; k <= radius; k++)
            sums[i] +=
                taps[k] * cleaned(rows[radius - k][i]) + taps[k] * cleaned(rows[radius + k][i]);
    }
}

static void blur_across_f32(float *out, const float *sums, const float *taps, int32_t radius,
                            size_t step, size_t count) {
    for (size_t i = 0; i < count; i++) {
        out[i] = taps[0] * sums[i];
        for (int32_t k = 1; k <= radius; k++) {
            const float *before = sums + i - (size_t)k * step, *after = sums + i + (size_t)k * step;
            out[i] += taps[k] * *before + taps[k] * *after;
        }
    }
}

static const int binomial3[3] = {1, 2, 1}, slope3[3] = {-1, 0, 1};
static const int binomial5[5] = {1, 4, 6, 4, 1}, slope5[5] = {-1, -2, 0, 2, 1};

static void sobel_down(int16_t *smooth, int16_t *slope, const uint8_t *const *rows,
                       int32_t aperture, size_t count) {
    const int *binomial = aperture == 3 ? binomial3 : binomial5;
    const int *derivative = aperture == 3 ? slope3 : slope5;
    for (size_t i = 0; i < count; i++) {
        int sum = 0, difference = 0;
        for (int32_t k = 0; k < aperture; k++) {
            sum += binomial[k] * rows[k][i];
            difference += derivative[k] * rows[k][i];
        }
        smooth[i] = (int16_t)sum;
        slope[i] = (int16_t)difference;
    }
}

static void sobel_across(int16_t *dx, int16_t *dy, const int16_t *smooth, const int16_t *slope,
                         int32_t aperture, size_t count) {
    const int *binomial = aperture == 3 ? binomial3 : binomial5;
    const int *derivative = aperture == 3 ? slope3 : slope5;
    const int32_t radius = aperture / 2;
    for (size_t i = 0; i < count; i++) {
        int sum = 0, difference = 0;
        for (int32_t k = -radius; k <= radius; k++) {
            difference += derivative[k + radius] * smooth[(ptrdiff_t)i + k];
            sum += binomial[k + radius] * slope[(ptrdiff_t)i + k];
        }
        dx[i] = (int16_t)difference;
        dy[i] = (int16_t)sum;
    }
}

const seg_filter_kernels seg_filter_kernels_ref = {
    .blur_down_u8 = blur_down_u8,
    .blur_across_u8 = blur_across_u8,
    .blur_down_u16 = blur_down_u16,
    .blur_across_u16 = blur_across_u16,
    .blur_down_f32 = blur_down_f32,
    .blur_across_f32 = blur_across_f32,
    .sobel_down = sobel_down,
    .sobel_across = sobel_across,
};
