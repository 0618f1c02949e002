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

/** Where a chunk of pixels comes from. */
enum { SEG_PLACES = 64 };

typedef struct seg_flow_places {
    int32_t offset[SEG_PLACES]; /* of the sample up and left of the place */
    float fx[SEG_PLACES], fy[SEG_PLACES], inside[SEG_PLACES];
} seg_flow_places;

/** Pixels first .. first + count - 1 of row y at (x + u, y + v), in the picture; rows are `stride`
 *  samples apart, pixels `step`. */
static inline void seg_find_places(seg_flow_places *p, const float *restrict u,
                                   const float *restrict v, int32_t first, int32_t y,
                                   ptrdiff_t stride, int32_t step, int32_t width, int32_t height,
                                   int32_t count) {
    const float last_x = (float)(width - 1), last_y = (float)(height - 1), row = (float)y;
    const int32_t down = (int32_t)stride;
    for (int32_t i = 0; i < count; i++) {
        const float px = (float)(first + i) + u[i], py = row + v[i];
        const float cx = seg_clamp_to(px, last_x), cy = seg_clamp_to(py, last_y);
        const int32_t ix = (int32_t)cx, iy = (int32_t)cy;
        p->offset[i] = iy * down + step * ix;
        p->fx[i] = cx - (float)ix;
        p->fy[i] = cy - (float)iy;
        p->inside[i] = ((cx == px) & (cy == py)) ? 1.0f : 0.0f;
    }
}

#endif
