/*
 * Row kernels of optical flow: stencils, warps, the terms of the energy, relaxation. All on floats,
 * each operation rounded for itself and in the order written here, so that all levels agree to the
 * bit. Rows can be read SEG_FIELD_EDGE samples to both sides (imgproc/field.h).
 */
#ifndef SEG_KERNELS_FLOW_H
#define SEG_KERNELS_FLOW_H

#include "kernels/level.h"

typedef struct seg_flow_kernels {
    /* ---- Horn and Schunck 1981; rows y and y + 1 of the first frame a and the second b ---- */

    /** The mean of the four differences along each edge of the cube a, b: across, down, in time. */
    void (*cube)(float *dx, float *dy, float *dt, const float *const a[2], const float *const b[2],
                 int32_t count);
    /** Of rows y - 1, y, y + 1 of u and v: m = (left + right + above + below) / 6 + (the four
     *  diagonal ones) / 12; new = m - d (dx mu + dy mv + dt) / (alpha2 + dx^2 + dy^2). */
    void (*iterate_1981)(float *new_u, float *new_v, const float *const u[3],
                         const float *const v[3], const float *dx, const float *dy, const float *dt,
                         float alpha2, int32_t count);
} seg_flow_kernels;

SEG_KERNELS_DECLARE(flow);

#endif
