/*
 * Row kernels of total variation and L1: primal and dual steps. Floats, each operation rounded for
 * itself in the order written here, so that all levels agree to the bit.
 */
#ifndef SEG_KERNELS_VARIATION_H
#define SEG_KERNELS_VARIATION_H

#include "kernels/level.h"

/** The brightness's deviation along a flow is rest + gx u + gy v; inverse = 1 / (gx^2 + gy^2), 0
 *  where that is below SEG_VARIATION_FLAT. */
typedef struct seg_variation_data {
    const float *gx, *gy, *inverse, *rest;
} seg_variation_data;

#define SEG_VARIATION_FLAT 1e-6f

typedef struct seg_variation_kernels {
    /** The data of a row, linearised at (u0, v0). Rows y - 2 .. y + 2 of the mean picture, the
     *  difference in time; 0 where inside is. */
    void (*linearise)(float *gx, float *gy, float *inverse, float *rest, const float *const mean[5],
                      const float *difference, const float *inside, const float *u0,
                      const float *v0, int32_t count);
    /** s = -(rest + gx u + gy v) * inverse, at most `most` to either side; (u, v) = (u, v) + s
     *  (gx, gy) + theta (div(ux, uy), div(vx, vy)), where dual = ux, uy, vx, vy and above = the row
     *  above of uy, vy. div is backward differences: sample -1 of ux and vx is read. */
    void (*primal)(float *u, float *v, const seg_variation_data *data, const float *const dual[4],
                   const float *const above[2], float most, float theta, int32_t count);
    /** p = (p + step g) / (1 + step |g|) with g the forward differences of u: sample `count` of it
     *  is read; px, py are the dual of u. */
    void (*dual)(float *px, float *py, const float *u, const float *below, float step,
                 int32_t count);
} seg_variation_kernels;

SEG_KERNELS_DECLARE(variation);

#endif
