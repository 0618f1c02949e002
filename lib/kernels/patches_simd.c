/* Patch kernels for the vector units: a row of a patch is eight floats, one or two vectors. */
#include "kernels/patches.h"

#include <math.h>

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>

static inline float sum_of(__m256 s) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/* Row y of the place, between its columns. */
static inline __m256 across_at(const seg_patch_place *p, __m256 fx, int32_t y) {
    const float *at = p->second + y * p->stride;
    const __m256 left = _mm256_loadu_ps(at), right = _mm256_loadu_ps(at + 1);
    return _mm256_add_ps(left, _mm256_mul_ps(fx, _mm256_sub_ps(right, left)));
}

/* What row y differs by, of that row and the one below. */
static inline __m256 errors_at(const seg_patch_place *p, __m256 fy, __m256 upper, __m256 lower,
                               int32_t y) {
    const __m256 value = _mm256_add_ps(upper, _mm256_mul_ps(fy, _mm256_sub_ps(lower, upper)));
    return _mm256_sub_ps(value, _mm256_loadu_ps(p->first + y * p->stride));
}

static void compare(seg_patch_sums *sums, const seg_patch_place *p) {
    const __m256 fx = _mm256_set1_ps(p->fx), fy = _mm256_set1_ps(p->fy);
    __m256 e = _mm256_setzero_ps(), ee = e, ex = e, ey = e, upper = across_at(p, fx, 0);
    for (int32_t y = 0; y < SEG_PATCH; y++) {
        const __m256 lower = across_at(p, fx, y + 1), error = errors_at(p, fy, upper, lower, y);
        e = _mm256_add_ps(e, error);
        ee = _mm256_add_ps(ee, _mm256_mul_ps(error, error));
        ex = _mm256_add_ps(ex, _mm256_mul_ps(error, _mm256_loadu_ps(p->dx + y * p->stride)));
        ey = _mm256_add_ps(ey, _mm256_mul_ps(error, _mm256_loadu_ps(p->dy + y * p->stride)));
        upper = lower;
    }
    *sums = (seg_patch_sums){sum_of(e), sum_of(ee), sum_of(ex), sum_of(ey)};
}

static void tensor(seg_patch_tensor *tensor, const float *dx, const float *dy, ptrdiff_t stride) {
    __m256 sx = _mm256_setzero_ps(), sy = sx, xx = sx, xy = sx, yy = sx;
    for (int32_t y = 0; y < SEG_PATCH; y++) {
        const __m256 gx = _mm256_loadu_ps(dx + y * stride), gy = _mm256_loadu_ps(dy + y * stride);
        sx = _mm256_add_ps(sx, gx);
        sy = _mm256_add_ps(sy, gy);
        xx = _mm256_add_ps(xx, _mm256_mul_ps(gx, gx));
        xy = _mm256_add_ps(xy, _mm256_mul_ps(gx, gy));
        yy = _mm256_add_ps(yy, _mm256_mul_ps(gy, gy));
    }
    *tensor = (seg_patch_tensor){sum_of(sx), sum_of(sy), sum_of(xx), sum_of(xy), sum_of(yy)};
}

static inline void add_to(float *sum, __m256 value) {
    _mm256_storeu_ps(sum, _mm256_add_ps(_mm256_loadu_ps(sum), value));
}

static void spread(float *weight, float *sum_u, float *sum_v, const seg_patch_place *p, float u,
                   float v, int32_t first, int32_t end) {
    const __m256 fx = _mm256_set1_ps(p->fx), fy = _mm256_set1_ps(p->fy);
    const __m256 one = _mm256_set1_ps(1), sign = _mm256_set1_ps(-0.0f);
    __m256 upper = across_at(p, fx, first);
    for (int32_t y = first; y < end; y++) {
        const __m256 lower = across_at(p, fx, y + 1);
        const __m256 error = _mm256_andnot_ps(sign, errors_at(p, fy, upper, lower, y));
        const __m256 w = _mm256_div_ps(one, _mm256_max_ps(error, one));
        add_to(weight + y * p->stride, w);
        add_to(sum_u + y * p->stride, _mm256_mul_ps(w, _mm256_set1_ps(u)));
        add_to(sum_v + y * p->stride, _mm256_mul_ps(w, _mm256_set1_ps(v)));
        upper = lower;
    }
}
#else
static inline float sum_of(const float s[SEG_PATCH]) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static inline void errors_at(float *restrict error, const seg_patch_place *p, int32_t y) {
    const float *restrict at = p->second + y * p->stride, *restrict below = at + p->stride;
    const float *restrict first = p->first + y * p->stride;
    const float fx = p->fx, fy = p->fy;
    for (int x = 0; x < SEG_PATCH; x++) {
        const float upper = at[x] + fx * (at[x + 1] - at[x]);
        const float lower = below[x] + fx * (below[x + 1] - below[x]);
        error[x] = upper + fy * (lower - upper) - first[x];
    }
}

static void compare(seg_patch_sums *sums, const seg_patch_place *p) {
    float e[SEG_PATCH] = {0}, ee[SEG_PATCH] = {0}, ex[SEG_PATCH] = {0}, ey[SEG_PATCH] = {0};
    for (int32_t y = 0; y < SEG_PATCH; y++) {
        float error[SEG_PATCH];
        errors_at(error, p, y);
        for (int x = 0; x < SEG_PATCH; x++) {
            e[x] += error[x];
            ee[x] += error[x] * error[x];
            ex[x] += error[x] * p->dx[y * p->stride + x];
            ey[x] += error[x] * p->dy[y * p->stride + x];
        }
    }
    *sums = (seg_patch_sums){sum_of(e), sum_of(ee), sum_of(ex), sum_of(ey)};
}

static void tensor(seg_patch_tensor *tensor, const float *dx, const float *dy, ptrdiff_t stride) {
    float sx[SEG_PATCH] = {0}, sy[SEG_PATCH] = {0};
    float xx[SEG_PATCH] = {0}, xy[SEG_PATCH] = {0}, yy[SEG_PATCH] = {0};
    for (int32_t y = 0; y < SEG_PATCH; y++)
        for (int x = 0; x < SEG_PATCH; x++) {
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
    for (int32_t y = first; y < end; y++) {
        float error[SEG_PATCH];
        errors_at(error, p, y);
        for (int x = 0; x < SEG_PATCH; x++) {
            const float size = fabsf(error[x]), w = 1 / (size > 1 ? size : 1);
            weight[y * p->stride + x] += w;
            sum_u[y * p->stride + x] += w * u;
            sum_v[y * p->stride + x] += w * v;
        }
    }
}
#endif

static void halve(float *restrict out, const float *restrict upper, const float *restrict lower,
                  int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1])) * 0.25f;
}

const seg_patches_kernels SEG_LEVEL_NAME(seg_patches_kernels) = {
    .compare = compare,
    .tensor = tensor,
    .spread = spread,
    .halve = halve,
};
