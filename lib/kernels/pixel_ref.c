/* Point kernels as their contracts read: the oracle of the other levels. */
#include "kernels/pixel.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

static uint32_t grey_of(uint32_t red, uint32_t green, uint32_t blue) {
    return (SEG_GREY_RED * red + SEG_GREY_GREEN * green + SEG_GREY_BLUE * blue +
            (1u << (SEG_GREY_SHIFT - 1))) >>
           SEG_GREY_SHIFT;
}

static void grey_u8(uint8_t *grey, const uint8_t *picture, int32_t width, int32_t channels) {
    for (int32_t x = 0; x < width; x++, picture += channels)
        grey[x] = (uint8_t)grey_of(picture[0], picture[1], picture[2]);
}

static void grey_u16(uint16_t *grey, const uint16_t *picture, int32_t width, int32_t channels) {
    for (int32_t x = 0; x < width; x++, picture += channels)
        grey[x] = (uint16_t)grey_of(picture[0], picture[1], picture[2]);
}

static void grey_f32(float *grey, const float *picture, int32_t width, int32_t channels) {
    for (int32_t x = 0; x < width; x++, picture += channels)
        grey[x] = picture[0] * 0.299f + picture[1] * 0.587f + picture[2] * 0.114f;
}

static bool is_finite(float value) {
    return value >= -FLT_MAX && value <= FLT_MAX;
}

static void range_u8(uint8_t *mask, const uint8_t *value, size_t count, uint8_t low, uint8_t high,
                     uint8_t inside) {
    for (size_t i = 0; i < count; i++)
        mask[i] = value[i] >= low && value[i] <= high ? inside : (uint8_t)(255 - inside);
}

static void range_u16(uint8_t *mask, const uint16_t *value, size_t count, uint16_t low,
                      uint16_t high, uint8_t inside) {
    for (size_t i = 0; i < count; i++)
        mask[i] = value[i] >= low && value[i] <= high ? inside : (uint8_t)(255 - inside);
}

static void range_f32(uint8_t *mask, const float *value, size_t count, float low, float high,
                      uint8_t inside) {
    for (size_t i = 0; i < count; i++) {
        mask[i] = value[i] > low && value[i] <= high ? inside : (uint8_t)(255 - inside);
        if (!is_finite(value[i])) mask[i] = 0;
    }
}

static void differs_u8(uint8_t *mask, const uint8_t *a, const uint8_t *b, size_t count,
                       uint8_t level) {
    for (size_t i = 0; i < count; i++) {
        int difference = a[i] > b[i] ? a[i] - b[i] : b[i] - a[i];
        mask[i] = difference > level ? 255 : 0;
    }
}

static void differs_u16(uint8_t *mask, const uint16_t *a, const uint16_t *b, size_t count,
                        uint16_t level) {
    for (size_t i = 0; i < count; i++) {
        int difference = a[i] > b[i] ? a[i] - b[i] : b[i] - a[i];
        mask[i] = difference > level ? 255 : 0;
    }
}

/* value * full rounded to nearest, ties to even, clamped to 0 .. full; NaN gives 0. */
static uint32_t quantised(float value, float full) {
    if (!(value > 0)) return 0;
    if (value >= 1) return (uint32_t)full;
    return (uint32_t)rintf(value * full);
}

static void differs_f32(uint8_t *mask, const float *a, const float *b, size_t count, float level) {
    for (size_t i = 0; i < count; i++) {
        float difference = fabsf((float)quantised(a[i], 65535) - (float)quantised(b[i], 65535));
        mask[i] = difference > level && is_finite(a[i]) && is_finite(b[i]) ? 255 : 0;
    }
}

static void largest_sample(uint8_t *mask, const uint8_t *samples, int32_t width, int32_t channels) {
    for (int32_t x = 0; x < width; x++, samples += channels) {
        mask[x] = samples[0];
        for (int32_t c = 1; c < channels; c++)
            if (samples[c] > mask[x]) mask[x] = samples[c];
    }
}

static size_t count_set(const uint8_t *mask, size_t count) {
    size_t set = 0;
    for (size_t i = 0; i < count; i++)
        set += mask[i] != 0;
    return set;
}

static void map_u8(uint8_t *target, const uint8_t *source, const uint8_t *table, size_t count) {
    for (size_t i = 0; i < count; i++)
        target[i] = table[source[i]];
}

static void add_u8(uint8_t *target, const uint8_t *source, int32_t step, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const int32_t sum = source[i] + step;
        target[i] = (uint8_t)(sum > 0 ? sum < 255 ? sum : 255 : 0);
    }
}

static void line_u8(uint8_t *target, const uint8_t *source, float factor, float add, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const int32_t level = (int32_t)((float)source[i] * factor + add);
        target[i] = (uint8_t)(level > 0 ? level < 255 ? level : 255 : 0);
    }
}

static void clear_ignored(uint8_t *mask, const uint8_t *ignore, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (ignore[i]) mask[i] = 0;
}

static void u8_to_u16(uint16_t *out, const uint8_t *in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint16_t)(in[i] * 257);
}

static void u8_to_f32(float *out, const uint8_t *in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (float)in[i] / 255.0f;
}

static void u16_to_u8(uint8_t *out, const uint16_t *in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)((in[i] + 128) / 257);
}

static void u16_to_f32(float *out, const uint16_t *in, size_t count, float full) {
    for (size_t i = 0; i < count; i++)
        out[i] = (float)in[i] < full ? (float)in[i] / full : 1.0f;
}

static void f32_to_u8(uint8_t *out, const float *in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)quantised(in[i], 255);
}

static void f32_to_u16(uint16_t *out, const float *in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint16_t)quantised(in[i], 65535);
}

static void count_u8(uint32_t *bins, const uint8_t *value, size_t count) {
    for (size_t i = 0; i < count; i++)
        bins[value[i]]++;
}

static void count_pairs_u8(uint32_t *pairs, uint32_t *bins, const uint8_t *value, size_t count) {
    size_t i = 0;
    for (; i + 2 <= count; i += 2)
        pairs[value[i] + 256 * value[i + 1]]++;
    for (; i < count; i++)
        bins[value[i]]++;
}

static size_t zeros_before(const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    size_t zeros = 0;
    while (zeros < count && byte[zeros] == 0)
        zeros++;
    return zeros;
}

static void fold_pairs(uint32_t *bins, const uint32_t *pairs) {
    for (int pair = 0; pair < 65536; pair++) {
        bins[pair & 255] += pairs[pair];
        bins[pair >> 8] += pairs[pair];
    }
}

const seg_pixel_kernels seg_pixel_kernels_ref = {
    .grey_u8 = grey_u8,
    .grey_u16 = grey_u16,
    .grey_f32 = grey_f32,
    .range_u8 = range_u8,
    .range_u16 = range_u16,
    .range_f32 = range_f32,
    .differs_u8 = differs_u8,
    .differs_u16 = differs_u16,
    .differs_f32 = differs_f32,
    .largest_sample = largest_sample,
    .count_set = count_set,
    .map_u8 = map_u8,
    .add_u8 = add_u8,
    .line_u8 = line_u8,
    .zeros_before = zeros_before,
    .clear_ignored = clear_ignored,
    .u8_to_u16 = u8_to_u16,
    .u8_to_f32 = u8_to_f32,
    .u16_to_u8 = u16_to_u8,
    .u16_to_f32 = u16_to_f32,
    .f32_to_u8 = f32_to_u8,
    .f32_to_u16 = f32_to_u16,
    .count_u8 = count_u8,
    .count_pairs_u8 = count_pairs_u8,
    .fold_pairs = fold_pairs,
};
