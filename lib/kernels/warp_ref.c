/* Kernels of warps, the readable twin. */
#include "kernels/warp_formula.h"

#include <math.h>

static int32_t to_place(double value) {
    const double low = value > -SEG_WARP_FURTHEST ? value : -SEG_WARP_FURTHEST;
    return (int32_t)rint(low < SEG_WARP_FURTHEST ? low : SEG_WARP_FURTHEST);
}

static void place_line(int32_t *places, int32_t start, double step, int32_t first, size_t count) {
    for (size_t i = 0; i < count; i++)
        places[i] = start + to_place((double)(first + (int32_t)i) * step);
}

static void place_projective(int32_t *x, int32_t *y, const double at[3], const double step[3],
                             int32_t half, int32_t first, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const double column = (double)(first + (int32_t)i), w = at[2] + column * step[2];
        x[i] = half + to_place((at[0] + column * step[0]) / w);
        y[i] = half + to_place((at[1] + column * step[1]) / w);
    }
}

static void displace(int32_t *x, int32_t *y, const float *field, size_t count) {
    for (size_t i = 0; i < count; i++) {
        x[i] = to_place(x[i] + (double)field[2 * i] * SEG_WARP_ONE);
        y[i] = to_place(y[i] + (double)field[2 * i + 1] * SEG_WARP_ONE);
    }
}

static int inside(const int32_t *x, const int32_t *y, size_t count, int32_t width, int32_t height) {
    int found = 0;
    for (size_t i = 0; i < count; i++)
        found |= x[i] >= 0 && x[i] < width && y[i] >= 0 && y[i] < height ? 1 : 2;
    return found;
}

/* Sample `channel` at (x, y) as a number; u8 and u16 are exact in a float. */
static float sample(const seg_image *source, int32_t x, int32_t y, int32_t channel) {
    const void *row = seg_image_row(source, y);
    const size_t at = (size_t)x * source->channels + (size_t)channel;
    if (source->format == SEG_U8) return ((const uint8_t *)row)[at];
    if (source->format == SEG_U16) return ((const uint16_t *)row)[at];
    return ((const float *)row)[at];
}

static void line(void *target, const uint8_t *from, ptrdiff_t step, size_t count, size_t pixel) {
    for (size_t i = 0; i < count; i++)
        memcpy((uint8_t *)target + i * pixel, from + (ptrdiff_t)i * step, pixel);
}

static void across_u8(uint16_t *sums, const uint8_t *row, const seg_warp_columns *columns,
                      size_t count) {
    warp_across_u8(sums, row, columns, 0, count);
}

static void down_u8(uint8_t *target, const uint16_t *top, const uint16_t *bottom, int32_t fraction,
                    size_t count) {
    warp_down_u8(target, top, bottom, fraction, 0, count);
}

static void nearest(void *target, const seg_image *source, const int32_t *x, const int32_t *y,
                    size_t count) {
    const size_t pixel = seg_format_size((seg_format)source->format) * source->channels;
    for (size_t i = 0; i < count; i++)
        memcpy((uint8_t *)target + i * pixel,
               warp_pixel(source, x[i] >> SEG_WARP_SHIFT, y[i] >> SEG_WARP_SHIFT, pixel), pixel);
}

static void bilinear(void *target, const seg_image *source, const int32_t *x, const int32_t *y,
                     size_t count) {
    const int32_t channels = source->channels;
    for (size_t i = 0; i < count; i++)
        for (int32_t c = 0; c < channels; c++) {
            const int32_t left = x[i] >> SEG_WARP_SHIFT, top = y[i] >> SEG_WARP_SHIFT;
            const float p[4] = {sample(source, left, top, c), sample(source, left + 1, top, c),
                                sample(source, left, top + 1, c),
                                sample(source, left + 1, top + 1, c)};
            const int32_t fx = x[i] & (SEG_WARP_ONE - 1), fy = y[i] & (SEG_WARP_ONE - 1);
            const size_t at = i * (size_t)channels + (size_t)c;
            if (source->format == SEG_U8)
                ((uint8_t *)target)[at] = warp_mix_u8((int32_t)p[0], (int32_t)p[1], (int32_t)p[2],
                                                      (int32_t)p[3], fx >> 5, fy >> 5);
            else if (source->format == SEG_U16)
                ((uint16_t *)target)[at] =
                    warp_mix_u16((uint32_t)p[0], (uint32_t)p[1], (uint32_t)p[2], (uint32_t)p[3],
                                 (uint32_t)fx >> 3, (uint32_t)fy >> 3);
            else
                ((float *)target)[at] =
                    warp_mix_f32(p[0], p[1], p[2], p[3], (float)fx * (1.0f / SEG_WARP_ONE),
                                 (float)fy * (1.0f / SEG_WARP_ONE));
        }
}

static void bicubic(void *target, const seg_image *source, const int32_t *x, const int32_t *y,
                    size_t count) {
    const int32_t channels = source->channels;
    const float full = (float)seg_image_full_scale(source);
    for (size_t i = 0; i < count; i++) {
        const int32_t left = x[i] >> SEG_WARP_SHIFT, top = y[i] >> SEG_WARP_SHIFT;
        float across[4], down[4];
        warp_cubic_weights(across, x[i]);
        warp_cubic_weights(down, y[i]);
        for (int32_t c = 0; c < channels; c++) {
            float rows[4];
            for (int32_t k = 0; k < 4; k++) {
                float taps[4];
                for (int32_t l = 0; l < 4; l++)
                    taps[l] = warp_finite(sample(source, left + l - 1, top + k - 1, c));
                rows[k] = warp_cubic(taps, across);
            }
            const float value = warp_cubic(rows, down);
            const size_t at = i * (size_t)channels + (size_t)c;
            if (source->format == SEG_U8)
                ((uint8_t *)target)[at] = (uint8_t)warp_whole(value, full);
            else if (source->format == SEG_U16)
                ((uint16_t *)target)[at] = (uint16_t)warp_whole(value, full);
            else
                ((float *)target)[at] = value;
        }
    }
}

const seg_warp_kernels seg_warp_kernels_ref = {
    .place_line = place_line,
    .place_projective = place_projective,
    .displace = displace,
    .inside = inside,
    .line = line,
    .across_u8 = across_u8,
    .down_u8 = down_u8,
    .nearest = nearest,
    .bilinear = bilinear,
    .bicubic = bicubic,
};
