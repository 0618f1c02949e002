/* Kernels of total variation, the readable twin. */
#include "kernels/variation.h"

#include <math.h>

static float derivative(float a, float b, float c, float d) {
    return (8 * (c - b) - (d - a)) * (1.0f / 12);
}

static void linearise(float *gx, float *gy, float *inverse, float *rest, const float *const mean[5],
                      const float *difference, const float *inside, const float *u0,
                      const float *v0, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float *m = mean[2] + x;
        const float dx = inside[x] * derivative(m[-2], m[-1], m[1], m[2]);
        const float dy = inside[x] * derivative(mean[0][x], mean[1][x], mean[3][x], mean[4][x]);
        const float square = dx * dx + dy * dy;
        gx[x] = dx;
        gy[x] = dy;
        inverse[x] = square < SEG_VARIATION_FLAT ? 0 : 1 / square;
        rest[x] = difference[x] - (dx * u0[x] + dy * v0[x]);
    }
}

static void primal(float *u, float *v, const seg_variation_data *data, const float *const dual[4],
                   const float *const above[2], float most, float theta, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float deviation = data->rest[x] + (data->gx[x] * u[x] + data->gy[x] * v[x]);
        float step = -deviation * data->inverse[x];
        if (step < -most) step = -most;
        if (step > most) step = most;
        const float div_u = (dual[0][x] - dual[0][x - 1]) + (dual[1][x] - above[0][x]);
        const float div_v = (dual[2][x] - dual[2][x - 1]) + (dual[3][x] - above[1][x]);
        u[x] = u[x] + step * data->gx[x] + theta * div_u;
        v[x] = v[x] + step * data->gy[x] + theta * div_v;
    }
}

static void dual(float *px, float *py, const float *u, const float *below, float step,
                 int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float gx = u[x + 1] - u[x], gy = below[x] - u[x];
        const float shrink = 1 / (1 + step * sqrtf(gx * gx + gy * gy));
        px[x] = (px[x] + step * gx) * shrink;
        py[x] = (py[x] + step * gy) * shrink;
    }
}

const seg_variation_kernels seg_variation_kernels_ref = {
    .linearise = linearise,
    .primal = primal,
    .dual = dual,
};
