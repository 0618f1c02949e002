/* Formulas of one pixel that both twins of the flow kernels share: what they may not differ in. */
#ifndef SEG_KERNELS_FLOW_FORMULA_H
#define SEG_KERNELS_FLOW_FORMULA_H

#include "kernels/flow.h"

#include <math.h>
#include <stdbool.h>

/** Weights of Catmull-Rom's cubic for the samples at -1, 0, 1, 2 seen from f in 0 .. 1. */
static inline void seg_catmull_rom(float f, float *w0, float *w1, float *w2, float *w3) {
    const float f2 = f * f, f3 = f2 * f;
    *w0 = f2 - 0.5f * (f3 + f);
    *w1 = 1.5f * f3 - 2.5f * f2 + 1;
    *w2 = 2 * f2 - 1.5f * f3 + 0.5f * f;
    *w3 = 0.5f * (f3 - f2);
}

static inline float seg_clamp_to(float x, float most) {
    const float above = x < 0 ? 0 : x;
    return above > most ? most : above;
}

/** share * psi' + even. */
static inline float seg_robust_of(float s2, int32_t penalty, float e2, float share, float even) {
    const float slope =
        penalty == SEG_PENALTY_CHARBONNIER ? 1 / sqrtf(s2 + e2) : 1 / (1 + s2 / (2 * e2));
    return share * slope + even;
}

#endif
