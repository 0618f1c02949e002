/* What a pixel between pixels is worth: the formulas that all levels share. */
#ifndef SEG_KERNELS_WARP_FORMULA_H
#define SEG_KERNELS_WARP_FORMULA_H

#include "kernels/warp.h"

#include <float.h>
#include <string.h>

static inline const uint8_t *warp_pixel(const seg_image *source, int32_t x, int32_t y,
                                        size_t pixel) {
    return (const uint8_t *)seg_image_row(source, y) + (size_t)x * pixel;
}

static inline float warp_finite(float value) {
    return value >= -FLT_MAX && value <= FLT_MAX ? value : 0;
}

static inline void warp_across_u8(uint16_t *sums, const uint8_t *row,
                                  const seg_warp_columns *columns, size_t first, size_t count) {
    for (size_t j = first; j < count; j++) {
        const uint8_t *from = row + columns->base[j / SEG_WARP_GROUP];
        const uint8_t *pick = columns->pick + 2 * j, *weight = columns->weight + 2 * j;
        sums[j] = (uint16_t)(from[pick[0]] * weight[0] + from[pick[1]] * weight[1]);
    }
}

static inline void warp_down_u8(uint8_t *target, const uint16_t *top, const uint16_t *bottom,
                                int32_t fraction, size_t first, size_t count) {
    for (size_t j = first; j < count; j++)
        target[j] = (uint8_t)((top[j] * (32 - fraction) + bottom[j] * fraction + 512) >> 10);
}

static inline uint8_t warp_mix_u8(int32_t a, int32_t b, int32_t c, int32_t d, int32_t fx,
                                  int32_t fy) {
    const int32_t top = a * (32 - fx) + b * fx, bottom = c * (32 - fx) + d * fx;
    return (uint8_t)((top * (32 - fy) + bottom * fy + 512) >> 10);
}

static inline uint16_t warp_mix_u16(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t fx,
                                    uint32_t fy) {
    const uint32_t top = a * (128 - fx) + b * fx, bottom = c * (128 - fx) + d * fx;
    return (uint16_t)((top * (128 - fy) + bottom * fy + (1u << 13)) >> 14);
}

static inline float warp_mix_f32(float a, float b, float c, float d, float fx, float fy) {
    a = warp_finite(a), b = warp_finite(b), c = warp_finite(c), d = warp_finite(d);
    const float top = a + (b - a) * fx, bottom = c + (d - c) * fx;
    return top + (bottom - top) * fy;
}

/* Keys' cubic with a = -1/2: R. Keys, "Cubic convolution interpolation for digital image
 * processing", 1981. */
static inline void warp_cubic_weights(float w[4], int32_t place) {
    const float t = (float)(place & (SEG_WARP_ONE - 1)) * (1.0f / SEG_WARP_ONE);
    w[0] = ((-0.5f * t + 1) * t - 0.5f) * t;
    w[1] = (1.5f * t - 2.5f) * t * t + 1;
    w[2] = ((-1.5f * t + 2) * t + 0.5f) * t;
    w[3] = (0.5f * t - 0.5f) * t * t;
}

static inline float warp_cubic(const float taps[4], const float w[4]) {
    return taps[0] * w[0] + taps[1] * w[1] + taps[2] * w[2] + taps[3] * w[3];
}

/* Rounded to a whole number of 0 .. full. */
static inline uint32_t warp_whole(float value, float full) {
    const float low = value > 0 ? value : 0;
    return (uint32_t)((low < full ? low : full) + 0.5f);
}

#endif
