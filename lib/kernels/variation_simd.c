/* Kernels of total variation for the vector units: loops that the compiler makes vectors of. */
#include "kernels/variation.h"

#include <math.h>

static inline float derivative(float a, float b, float c, float d) {
    return (8 * (c - b) - (d - a)) * (1.0f / 12);
}

/* Pointers as arguments: that they are apart is believed of these only. */
static inline void linearise_loop(float *restrict gx, float *restrict gy, float *restrict inverse,
                                  float *restrict rest, const float *restrict m0,
                                  const float *restrict m1, const float *restrict m2,
                                  const float *restrict m3, const float *restrict m4,
                                  const float *restrict difference, const float *restrict inside,
                                  const float *restrict u0, const float *restrict v0,
                                  int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float dx = inside[x] * derivative(m2[x - 2], m2[x - 1], m2[x + 1], m2[x + 2]);
        const float dy = inside[x] * derivative(m0[x], m1[x], m3[x], m4[x]);
        const float square = dx * dx + dy * dy, one_over = 1 / square;
        gx[x] = dx;
        gy[x] = dy;
        inverse[x] = square < SEG_VARIATION_FLAT ? 0 : one_over;
        rest[x] = difference[x] - (dx * u0[x] + dy * v0[x]);
    }
}

static void linearise(float *gx, float *gy, float *inverse, float *rest, const float *const mean[5],
                      const float *difference, const float *inside, const float *u0,
                      const float *v0, int32_t count) {
    linearise_loop(gx, gy, inverse, rest, mean[0], mean[1], mean[2], mean[3], mean[4], difference,
                   inside, u0, v0, count);
}

static inline void primal_loop(float *restrict u, float *restrict v, const float *restrict gx,
                               const float *restrict gy, const float *restrict inverse,
                               const float *restrict rest, const float *restrict ux,
                               const float *restrict uy, const float *restrict vx,
                               const float *restrict vy, const float *restrict above_u,
                               const float *restrict above_v, float most, float theta,
                               int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float deviation = rest[x] + (gx[x] * u[x] + gy[x] * v[x]);
        const float wanted = -deviation * inverse[x];
        const float low = wanted < -most ? -most : wanted, step = low > most ? most : low;
        const float div_u = (ux[x] - ux[x - 1]) + (uy[x] - above_u[x]);
        const float div_v = (vx[x] - vx[x - 1]) + (vy[x] - above_v[x]);
        u[x] = u[x] + step * gx[x] + theta * div_u;
        v[x] = v[x] + step * gy[x] + theta * div_v;
    }
}

static void primal(float *u, float *v, const seg_variation_data *data, const float *const dual[4],
                   const float *const above[2], float most, float theta, int32_t count) {
    primal_loop(u, v, data->gx, data->gy, data->inverse, data->rest, dual[0], dual[1], dual[2],
                dual[3], above[0], above[1], most, theta, count);
}

static void dual(float *restrict px, float *restrict py, const float *restrict u,
                 const float *restrict below, float step, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float gx = u[x + 1] - u[x], gy = below[x] - u[x];
        const float shrink = 1 / (1 + step * sqrtf(gx * gx + gy * gy));
        px[x] = (px[x] + step * gx) * shrink;
        py[x] = (py[x] + step * gy) * shrink;
    }
}

const seg_variation_kernels SEG_LEVEL_NAME(seg_variation_kernels) = {
    .linearise = linearise,
    .primal = primal,
    .dual = dual,
};
