/*
 * Cast shadows: a background colour darkened, without another hue.
 *
 * A. Prati, I. Mikic, M. Trivedi, R. Cucchiara, "Detecting moving shadows: algorithms and
 * evaluation", IEEE Trans. PAMI 25(7), 2003; as in Z. Zivkovic's programs.
 */
#ifndef SEG_KERNELS_SHADOW_H
#define SEG_KERNELS_SHADOW_H

#include <stdbool.h>

/** True if `value` is the background's colour `mean` at a share of its light of `darkest` to 1, as
 *  near to it, in colours as dark, as the square root of `near_squared`. Three colours each. */
static inline bool seg_is_shadow(const float *value, const float *mean, float darkest,
                                 float near_squared) {
    float product = 0, square = 0;
    for (int c = 0; c < 3; c++) {
        product += value[c] * mean[c];
        square += mean[c] * mean[c];
    }
    if (!(square > 0) || product > square || product < darkest * square) return false;
    const float light = product / square;
    float distance = 0;
    for (int c = 0; c < 3; c++) {
        const float away = light * mean[c] - value[c];
        distance += away * away;
    }
    return distance < near_squared * light * light;
}

#endif
