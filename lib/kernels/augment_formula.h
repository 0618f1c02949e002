/* Hue, saturation and value of a pixel, which all levels share. */
#ifndef SEG_KERNELS_AUGMENT_FORMULA_H
#define SEG_KERNELS_AUGMENT_FORMULA_H

#include "kernels/augment.h"

#include <math.h>

static inline float augment_unit(float value) {
    return value > 0 ? value < 1 ? value : 1 : 0;
}

/* A. Smith, "Color gamut transform pairs", SIGGRAPH 1978; hue in turns. */
static inline void augment_to_hsv(float hsv[3], const float rgb[3]) {
    const float r = rgb[0], g = rgb[1], b = rgb[2];
    const float most = r > g ? r > b ? r : b : g > b ? g : b;
    const float least = r < g ? r < b ? r : b : g < b ? g : b, range = most - least;
    float hue = 0;
    if (range > 0) {
        hue = most == r ? (g - b) / range : most == g ? (b - r) / range + 2 : (r - g) / range + 4;
        hue *= 1.0f / 6;
        if (hue < 0) hue += 1;
    }
    hsv[0] = hue;
    hsv[1] = most > 0 ? range / most : 0;
    hsv[2] = most;
}

static inline void augment_from_hsv(float rgb[3], const float hsv[3]) {
    static const float offsets[3] = {5, 3, 1};
    for (int c = 0; c < 3; c++) {
        float k = offsets[c] + hsv[0] * 6;
        k -= 6 * floorf(k * (1.0f / 6));
        const float other = 4 - k, near = k < other ? k : other;
        rgb[c] = hsv[2] - hsv[2] * hsv[1] * augment_unit(near);
    }
}

static inline void augment_hsv(float rgb[3], const seg_hsv_change *change) {
    float hsv[3];
    augment_to_hsv(hsv, rgb);
    hsv[0] += change->turn;
    hsv[1] = augment_unit(hsv[1] * change->saturation);
    hsv[2] = augment_unit(hsv[2] * change->value);
    augment_from_hsv(rgb, hsv);
}

/* Pixels first .. width - 1. */
static inline void augment_hsv_u8(uint8_t *target, const uint8_t *source,
                                  const seg_hsv_change *change, size_t first, size_t width,
                                  size_t channels) {
    for (size_t i = first * channels; i < width * channels; i += channels) {
        float rgb[3];
        for (size_t c = 0; c < 3; c++)
            rgb[c] = (float)source[i + c] * (1.0f / 255);
        augment_hsv(rgb, change);
        for (size_t c = 0; c < 3; c++)
            target[i + c] = (uint8_t)(augment_unit(rgb[c]) * 255 + 0.5f);
        if (channels == 4) target[i + 3] = source[i + 3];
    }
}

#endif
