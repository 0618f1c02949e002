/* Patch kernels, the readable twin. */
#include "kernels/patches.h"

#include <math.h>

static float sum_of(const float s[SEG_PATCH]) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static float error_at(const seg_patch_place *p, int32_t x, int32_t y) {
    const float *at = p->second + y * p->stride + x, *below = at + p->stride;
    const float upper = at[0] + p->fx * (at[1] - at[0]);
    const float lower = below[0] + p->fx * (below[1] - below[0]);
    return upper + p->fy * (lower - upper) - p->first[y * p->stride + x];
}

static void compare(seg_patch_sums *sums, const seg_patch_place *p) {
    float e[SEG_PATCH] = {0}, ee[SEG_PATCH] = {0}, ex[SEG_PATCH] = {0}, ey[SEG_PATCH] = {0};
    for (int32_t y = 0; y < SEG_PATCH; y++)
        for (int32_t x = 0; x < SEG_PATCH; x++) {
            const float error = error_at(p, x, y);
            e[x] += error;
            ee[x] += error * error;
            ex[x] += error * p->dx[y * p->stride + x];
            ey[x] += error * p->dy[y * p->stride + x];
        }
    *sums = (seg_patch_sums){sum_of(e), sum_of(ee), sum_of(ex), sum_of(ey)};
}

static void tensor(seg_patch_tensor *tensor, const float *dx, const float *dy, ptrdiff_t stride) {
    float sx[SEG_PATCH] = {0}, sy[SEG_PATCH] = {0};
    float xx[SEG_PATCH] = {0}, xy[SEG_PATCH] = {0}, yy[SEG_PATCH] = {0};
    for (int32_t y = 0; y < SEG_PATCH; y++)
        for (int32_t x = 0; x < SEG_PATCH; x++) {
            const float gx = dx[y * stride + x], gy = dy[y * stride + x];
            sx[x] += gx;
            sy[x] += gy;
            xx[x] += gx * gx;
            xy[x] += gx * gy;
            yy[x] += gy * gy;
        }
    *tensor = (seg_patch_tensor){sum_of(sx), sum_of(sy), sum_of(xx), sum_of(xy), sum_of(yy)};
}

static void spread(float *weight, float *sum_u, float *sum_v, const seg_patch_place *p, float u,
                   float v, int32_t first, int32_t end) {
    for (int32_t y = first; y < end; y++)
        for (int32_t x = 0; x < SEG_PATCH; x++) {
            const float error = fabsf(error_at(p, x, y)), w = 1 / (error > 1 ? error : 1);
            weight[y * p->stride + x] += w;
            sum_u[y * p->stride + x] += w * u;
            sum_v[y * p->stride + x] += w * v;
        }
}

static void halve(float *out, const float *upper, const float *lower, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1])) * 0.25f;
}

const seg_patches_kernels seg_patches_kernels_ref = {
    .compare = compare,
    .tensor = tensor,
    .spread = spread,
    .halve = halve,
};
