/*
 * Row kernels of optical flow: stencils, warps, the terms of the energy, relaxation. All on floats,
 * each operation rounded for itself and in the order written here, so that all levels agree to the
 * bit. Rows can be read SEG_FIELD_EDGE samples to both sides (imgproc/field.h).
 */
#ifndef SEG_KERNELS_FLOW_H
#define SEG_KERNELS_FLOW_H

#include "kernels/level.h"

#include <stddef.h>

/** What four neighbours hold: left, right, above, below. `weight` is not read by relax_even. */
typedef struct seg_flow_near {
    const float *u[4], *v[4], *weight[4];
} seg_flow_near;

/** The inverse of each pixel's 2 x 2 block of the linear system, and its right side. */
typedef struct seg_flow_block {
    const float *i11, *i12, *i22, *bu, *bv;
} seg_flow_block;

/** The motion tensor of the data terms: symmetric, 3 x 3. */
enum { SEG_J11, SEG_J12, SEG_J22, SEG_J13, SEG_J23, SEG_J33, SEG_TENSOR };

typedef enum seg_robust_kind {
    SEG_PENALTY_CHARBONNIER, /* 2 sqrt(s^2 + e^2) */
    SEG_PENALTY_LORENTZIAN   /* 2 e^2 log(1 + s^2 / (2 e^2)) */
} seg_robust_kind;

/** share * psi' + even: psi' the derivative of a penalty by s^2, which is 1 / sqrt(s^2 + e2) or
 *  1 / (1 + s^2 / (2 e2)). That of s^2 itself is 1: share 0, even 1. */
typedef struct seg_flow_robust {
    int32_t penalty; /* seg_robust_kind */
    float e2, share, even;
} seg_flow_robust;

/** Window of the weighted median: a row of 16 entries is 15 neighbours and one that has no weight.
 */
enum { SEG_GUIDED_RADIUS = 7, SEG_GUIDED_SIDE = 15, SEG_GUIDED_ROW = 16 };

/** Its search ends when it knows the median to so many pixels, or after so many steps. */
#define SEG_GUIDED_EXACT (1.0f / 512)
enum { SEG_GUIDED_STEPS = 24 };

/** What the weighted median of a pixel is made of: rows of its window, at the pixel's column. */
typedef struct seg_guided_window {
    const float *u[SEG_GUIDED_SIDE], *v[SEG_GUIDED_SIDE], *trust[SEG_GUIDED_SIDE];
    const float *colour[3][SEG_GUIDED_SIDE];
    const float *nearness; /* SEG_GUIDED_SIDE rows of SEG_GUIDED_ROW weights */
    float sharpness;       /* 1 / (2 sigma^2) of the colours */
} seg_guided_window;

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

    /* ---- fields ---- */

    /** out = sum of weights[k] * rows[k], from k = 0 on. */
    void (*blend_rows)(float *out, const float *const *rows, const float *weights, int32_t taps,
                       int32_t count);
    /** out[x] = sum of weights[k * count + x] * in[starts[x] + k], from k = 0 on. */
    void (*blend_across)(float *out, const float *in, const int32_t *starts, const float *weights,
                         int32_t taps, int32_t count);
    /** Row y of `second` (pixel (0, 0), with room around it) at x + u, y + v by Catmull-Rom's
     * cubic: mean = (first + that) / 2, difference = that - first; inside = 1, or 0 where it lies
     * out of the picture: there it is as in `first`. */
    void (*warp)(float *mean, float *difference, float *inside, const float *first,
                 const float *second, ptrdiff_t stride, const float *u, const float *v, int32_t y,
                 int32_t width, int32_t height);
    /** out = (8 (c - b) - (d - a)) / 12: the derivative in the middle of a, b, ., c, d. */
    void (*derive)(float *out, const float *a, const float *b, const float *c, const float *d,
                   int32_t count);
    /** even[i] = in[2 i], odd[i] = in[2 i + 1], of in[0 .. count-1]; and back. */
    void (*split)(float *even, float *odd, const float *in, int32_t count);
    void (*join)(float *out, const float *even, const float *odd, int32_t count);

    /* ---- the energy ---- */

    /** The tensor of a row. Rows y - 2 .. y + 2 of the mean picture, its derivative across, and the
     *  difference in time. Constancy of brightness, and weighted by gamma that of the gradient; 0
     *  where inside is. */
    void (*tensor)(float *const tensor[SEG_TENSOR], const float *const mean[5],
                   const float *const across[5], const float *const time[5], const float *inside,
                   float gamma, int32_t count);
    /** weights = lambda * psi'((u - u2)^2 + (v - v2)^2). */
    void (*edge_weights)(float *weights, const float *u, const float *v, const float *u2,
                         const float *v2, float lambda, const seg_flow_robust *robust,
                         int32_t count);
    /** The block of every pixel: d = psi' of the data at (u - u0, v - v0), W = the sum of the
     *  neighbours' weights; the inverse of d J + W and d (J (u0, v0) - (J13, J23)). */
    void (*blocks)(float *const out[5], const float *const tensor[SEG_TENSOR], const float *u,
                   const float *v, const float *u0, const float *v0, const float *const weight[4],
                   const seg_flow_robust *robust, int32_t count);
    /** The same with psi' = 1 and all that divided by lambda: W is the number of neighbours. */
    void (*blocks_even)(float *const out[5], const float *const tensor[SEG_TENSOR], const float *u0,
                        const float *v0, const float *neighbours, float lambda, int32_t count);
    /** (u, v) += omega ((the block's solution for what the neighbours hold) - (u, v)). */
    void (*relax)(float *u, float *v, const seg_flow_near *near, const seg_flow_block *block,
                  float omega, int32_t count);
    /** The same, all weights 1. */
    void (*relax_even)(float *u, float *v, const seg_flow_near *near, const seg_flow_block *block,
                       float omega, int32_t count);
    /** Medians of u and v over the window, each neighbour with the weight nearness * trust /
     *  (1 + d + d^2 / 2 + d^3 / 6), d = sharpness * its squared distance in colour: the least
     *  value, to SEG_GUIDED_EXACT, that half of the weight does not exceed. Weights are summed over
     *  every sixteenth entry; of these sums s, s[k] and s[k + 8] are added, then
     *  ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)). */
    void (*guided_median)(float *u, float *v, const seg_guided_window *window);
    /** u = u0 + what it moved, at most `most` to either side. Never -0. */
    void (*limit)(float *u, const float *u0, float most, int32_t count);
} seg_flow_kernels;

SEG_KERNELS_DECLARE(flow);

#endif
