/* Kernels of augmentations, the readable twin. */
#include "kernels/augment_formula.h"

static void words(uint32_t *out, const seg_random *stream, uint32_t index, size_t count) {
    for (size_t i = 0; i < count; i++)
        seg_random_words(out + 4 * i, stream, index + (uint32_t)i);
}

static void noise_u8(uint8_t *target, const uint8_t *source, const uint32_t *random,
                     const int16_t *steps, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const int32_t sum = source[i] + steps[SEG_QUANTILE_OF(random[i / 2], i % 2)];
        target[i] = (uint8_t)(sum > 0 ? sum < 255 ? sum : 255 : 0);
    }
}

static void hsv_u8(uint8_t *target, const uint8_t *source, const seg_hsv_change *change,
                   size_t width, size_t channels) {
    augment_hsv_u8(target, source, change, 0, width, channels);
}

const seg_augment_kernels seg_augment_kernels_ref = {
    .words = words,
    .noise_u8 = noise_u8,
    .hsv_u8 = hsv_u8,
};
