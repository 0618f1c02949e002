/* Flow kernels for the vector units: loops over rows that the compiler makes vectors of. */
#include "kernels/flow_formula.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* ---- Horn and Schunck 1981 ---- */

static void cube(float *restrict dx, float *restrict dy, float *restrict dt,
                 const float *const a[2], const float *const b[2], int32_t count) {
    const float *restrict a0 = a[0], *restrict a1 = a[1], *restrict b0 = b[0], *restrict b1 = b[1];
    for (int32_t x = 0; x < count; x++) {
        dx[x] = 0.25f * ((a0[x + 1] - a0[x]) + (a1[x + 1] - a1[x]) + (b0[x + 1] - b0[x]) +
                         (b1[x + 1] - b1[x]));
        dy[x] = 0.25f * ((a1[x] - a0[x]) + (a1[x + 1] - a0[x + 1]) + (b1[x] - b0[x]) +
                         (b1[x + 1] - b0[x + 1]));
        dt[x] = 0.25f * ((b0[x] - a0[x]) + (b1[x] - a1[x]) + (b0[x + 1] - a0[x + 1]) +
                         (b1[x + 1] - a1[x + 1]));
    }
}

static inline float mean_1981(const float *up, const float *here, const float *down, int32_t x) {
    return (here[x - 1] + here[x + 1] + up[x] + down[x]) * (1.0f / 6) +
           (up[x - 1] + up[x + 1] + down[x - 1] + down[x + 1]) * (1.0f / 12);
}

static void iterate_1981(float *restrict new_u, float *restrict new_v, const float *const u[3],
                         const float *const v[3], const float *restrict dx,
                         const float *restrict dy, const float *restrict dt, float alpha2,
                         int32_t count) {
    const float *restrict u0 = u[0], *restrict u1 = u[1], *restrict u2 = u[2];
    const float *restrict v0 = v[0], *restrict v1 = v[1], *restrict v2 = v[2];
    for (int32_t x = 0; x < count; x++) {
        const float mean_u = mean_1981(u0, u1, u2, x), mean_v = mean_1981(v0, v1, v2, x);
        const float step =
            (dx[x] * mean_u + dy[x] * mean_v + dt[x]) / (alpha2 + dx[x] * dx[x] + dy[x] * dy[x]);
        new_u[x] = mean_u - dx[x] * step;
        new_v[x] = mean_v - dy[x] * step;
    }
}

/* ---- fields ---- */

static void blend_rows(float *restrict out, const float *const *rows, const float *weights,
                       int32_t taps, int32_t count) {
    const float *restrict first = rows[0];
    const float w = weights[0];
    for (int32_t x = 0; x < count; x++)
        out[x] = w * first[x];
    for (int32_t k = 1; k < taps; k++) {
        const float *restrict row = rows[k];
        const float weight = weights[k];
        for (int32_t x = 0; x < count; x++)
            out[x] = out[x] + weight * row[x];
    }
}

/* Where the pixels lie side by side in the source as well. */
static void blend_contiguous(float *restrict out, const float *restrict in,
                             const float *restrict weights, int32_t taps, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = weights[x] * in[x];
    for (int32_t k = 1; k < taps; k++) {
        const float *restrict w = weights + (ptrdiff_t)k * count, *restrict from = in + k;
        for (int32_t x = 0; x < count; x++)
            out[x] = out[x] + w[x] * from[x];
    }
}

#if defined(SEG_LEVEL_AVX2)
/* Eight pixels whose samples are `steps` after the first one's: where a field is enlarged, they are
 * in one vector. */
static inline __m256 blend_near(const float *first, __m256i steps, const float *weights,
                                int32_t taps, int32_t count) {
    __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(weights),
                               _mm256_permutevar8x32_ps(_mm256_loadu_ps(first), steps));
    for (int32_t k = 1; k < taps; k++) {
        const __m256 from = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k), steps);
        weights += count;
        sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_loadu_ps(weights), from));
    }
    return sum;
}

static inline __m256 blend_far(const float *in, __m256i starts, const float *weights, int32_t taps,
                               int32_t count) {
    __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(weights), _mm256_i32gather_ps(in, starts, 4));
    for (int32_t k = 1; k < taps; k++) {
        const __m256 from = _mm256_i32gather_ps(in + k, starts, 4);
        weights += count;
        sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_loadu_ps(weights), from));
    }
    return sum;
}
#endif

static void blend_across(float *out, const float *in, const int32_t *starts, const float *weights,
                         int32_t taps, int32_t count) {
    if (starts[count - 1] - starts[0] == count - 1) {
        blend_contiguous(out, in + starts[0], weights, taps, count);
        return;
    }
    int32_t x = 0;
#if defined(SEG_LEVEL_AVX2)
    const int32_t last = starts[count - 1]; /* no sample lies further from the first */
    for (; x + 8 <= count; x += 8) {
        const __m256i from = _mm256_loadu_si256((const __m256i *)(starts + x));
        const __m256i steps = _mm256_sub_epi32(from, _mm256_set1_epi32(starts[x]));
        const bool near = starts[x] + 7 <= last && _mm256_testz_si256(steps, _mm256_set1_epi32(~7));
        _mm256_storeu_ps(out + x, near ? blend_near(in + starts[x], steps, weights + x, taps, count)
                                       : blend_far(in, from, weights + x, taps, count));
    }
#endif
    for (; x < count; x++) {
        const float *from = in + starts[x];
        float sum = weights[x] * from[0];
        for (int32_t k = 1; k < taps; k++)
            sum = sum + weights[k * count + x] * from[k];
        out[x] = sum;
    }
}

static inline void put_warped(float *restrict mean, float *restrict difference,
                              float *restrict inside, const float *restrict first,
                              const float *restrict warped, const float *restrict is_inside,
                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float moved = is_inside[i] * (warped[i] - first[i]);
        inside[i] = is_inside[i];
        mean[i] = first[i] + 0.5f * moved;
        difference[i] = moved;
    }
}

static inline void find_weights(float (*restrict w)[SEG_PLACES], const float *restrict f,
                                int32_t count) {
    for (int32_t i = 0; i < count; i++)
        seg_catmull_rom(f[i], &w[0][i], &w[1][i], &w[2][i], &w[3][i]);
}

static inline float cubic_at(const float *corner, ptrdiff_t stride, const float (*wx)[SEG_PLACES],
                             const float (*wy)[SEG_PLACES], int32_t i) {
    float column[4];
    for (int k = 0; k < 4; k++)
        column[k] = ((wy[0][i] * corner[k] + wy[1][i] * corner[stride + k]) +
                     wy[2][i] * corner[2 * stride + k]) +
                    wy[3][i] * corner[3 * stride + k];
    return ((wx[0][i] * column[0] + wx[1][i] * column[1]) + wx[2][i] * column[2]) +
           wx[3][i] * column[3];
}

#if defined(__SSE2__)
/* The four columns of pixel i, blended downwards. */
static inline __m128 columns_at(const float *corner, ptrdiff_t stride,
                                const float (*wy)[SEG_PLACES], int32_t i) {
    const __m128 a = _mm_mul_ps(_mm_set1_ps(wy[0][i]), _mm_loadu_ps(corner));
    const __m128 b = _mm_mul_ps(_mm_set1_ps(wy[1][i]), _mm_loadu_ps(corner + stride));
    const __m128 c = _mm_mul_ps(_mm_set1_ps(wy[2][i]), _mm_loadu_ps(corner + 2 * stride));
    const __m128 d = _mm_mul_ps(_mm_set1_ps(wy[3][i]), _mm_loadu_ps(corner + 3 * stride));
    return _mm_add_ps(_mm_add_ps(_mm_add_ps(a, b), c), d);
}

/* Four pixels at a time: their columns are turned, so that the sum across is one of vectors. */
static inline int32_t cubic_fours(float *warped, const float *second, ptrdiff_t stride,
                                  const int32_t *offset, const float (*wx)[SEG_PLACES],
                                  const float (*wy)[SEG_PLACES], int32_t count) {
    int32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m128 a = columns_at(second + offset[i] - stride - 1, stride, wy, i);
        __m128 b = columns_at(second + offset[i + 1] - stride - 1, stride, wy, i + 1);
        __m128 c = columns_at(second + offset[i + 2] - stride - 1, stride, wy, i + 2);
        __m128 d = columns_at(second + offset[i + 3] - stride - 1, stride, wy, i + 3);
        _MM_TRANSPOSE4_PS(a, b, c, d);
        __m128 sum = _mm_add_ps(_mm_mul_ps(_mm_loadu_ps(&wx[0][i]), a),
                                _mm_mul_ps(_mm_loadu_ps(&wx[1][i]), b));
        sum = _mm_add_ps(sum, _mm_mul_ps(_mm_loadu_ps(&wx[2][i]), c));
        _mm_storeu_ps(&warped[i], _mm_add_ps(sum, _mm_mul_ps(_mm_loadu_ps(&wx[3][i]), d)));
    }
    return i;
}
#else
static inline int32_t cubic_fours(float *warped, const float *second, ptrdiff_t stride,
                                  const int32_t *offset, const float (*wx)[SEG_PLACES],
                                  const float (*wy)[SEG_PLACES], int32_t count) {
    (void)warped, (void)second, (void)stride, (void)offset, (void)wx, (void)wy, (void)count;
    return 0;
}
#endif

static void warp(float *mean, float *difference, float *inside, const float *first,
                 const float *second, ptrdiff_t stride, const float *u, const float *v, int32_t y,
                 int32_t width, int32_t height) {
    seg_flow_places p;
    float wx[4][SEG_PLACES], wy[4][SEG_PLACES], warped[SEG_PLACES];
    for (int32_t x = 0; x < width; x += SEG_PLACES) {
        const int32_t count = width - x < SEG_PLACES ? width - x : SEG_PLACES;
        seg_find_places(&p, u + x, v + x, x, y, stride, 1, width, height, count);
        find_weights(wx, p.fx, count);
        find_weights(wy, p.fy, count);
        int32_t i = cubic_fours(warped, second, stride, p.offset, (const float(*)[SEG_PLACES])wx,
                                (const float(*)[SEG_PLACES])wy, count);
        for (; i < count; i++)
            warped[i] = cubic_at(second + p.offset[i] - stride - 1, stride,
                                 (const float(*)[SEG_PLACES])wx, (const float(*)[SEG_PLACES])wy, i);
        put_warped(mean + x, difference + x, inside + x, first + x, warped, p.inside, count);
    }
}

static void derive(float *restrict out, const float *restrict a, const float *restrict b,
                   const float *restrict c, const float *restrict d, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = (8 * (c[x] - b[x]) - (d[x] - a[x])) * (1.0f / 12);
}

static void split(float *restrict even, float *restrict odd, const float *restrict in,
                  int32_t count) {
    for (int32_t i = 0; i < count / 2; i++) {
        even[i] = in[2 * i];
        odd[i] = in[2 * i + 1];
    }
    if (count % 2) even[count / 2] = in[count - 1];
}

static void join(float *restrict out, const float *restrict even, const float *restrict odd,
                 int32_t count) {
    for (int32_t i = 0; i < count / 2; i++) {
        out[2 * i] = even[i];
        out[2 * i + 1] = odd[i];
    }
    if (count % 2) out[count - 1] = even[count / 2];
}

/* ---- the energy ---- */

static inline float derivative(float a, float b, float c, float d) {
    return (8 * (c - b) - (d - a)) * (1.0f / 12);
}

static inline float second_derivative(float a, float b, float c, float d, float e) {
    return (16 * (b + d) - (a + e) - 30 * c) * (1.0f / 12);
}

/* Pointers as arguments: that they are apart is believed of these only. */
static inline void
tensor_loop(float *restrict j11, float *restrict j12, float *restrict j22, float *restrict j13,
            float *restrict j23, float *restrict j33, const float *restrict m0,
            const float *restrict m1, const float *restrict m2, const float *restrict m3,
            const float *restrict m4, const float *restrict a0, const float *restrict a1,
            const float *restrict a2, const float *restrict a3, const float *restrict a4,
            const float *restrict t0, const float *restrict t1, const float *restrict t2,
            const float *restrict t3, const float *restrict t4, const float *restrict inside,
            float gamma, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float ix = a2[x], iy = derivative(m0[x], m1[x], m3[x], m4[x]);
        const float ixx = second_derivative(m2[x - 2], m2[x - 1], m2[x], m2[x + 1], m2[x + 2]);
        const float iyy = second_derivative(m0[x], m1[x], m2[x], m3[x], m4[x]);
        const float ixy = derivative(a0[x], a1[x], a3[x], a4[x]);
        const float it = t2[x], ixt = derivative(t2[x - 2], t2[x - 1], t2[x + 1], t2[x + 2]);
        const float iyt = derivative(t0[x], t1[x], t3[x], t4[x]);
        const float b = inside[x], g = inside[x] * gamma;
        j11[x] = b * (ix * ix) + g * (ixx * ixx + ixy * ixy);
        j12[x] = b * (ix * iy) + g * (ixx * ixy + ixy * iyy);
        j22[x] = b * (iy * iy) + g * (ixy * ixy + iyy * iyy);
        j13[x] = b * (ix * it) + g * (ixx * ixt + ixy * iyt);
        j23[x] = b * (iy * it) + g * (ixy * ixt + iyy * iyt);
        j33[x] = b * (it * it) + g * (ixt * ixt + iyt * iyt);
    }
}

static void tensor(float *const tensor[SEG_TENSOR], const float *const mean[5],
                   const float *const across[5], const float *const time[5], const float *inside,
                   float gamma, int32_t count) {
    tensor_loop(tensor[SEG_J11], tensor[SEG_J12], tensor[SEG_J22], tensor[SEG_J13], tensor[SEG_J23],
                tensor[SEG_J33], mean[0], mean[1], mean[2], mean[3], mean[4], across[0], across[1],
                across[2], across[3], across[4], time[0], time[1], time[2], time[3], time[4],
                inside, gamma, count);
}

static inline void edge_loop(float *restrict weights, const float *restrict u,
                             const float *restrict v, const float *restrict u2,
                             const float *restrict v2, float lambda, int32_t penalty, float e2,
                             float share, float even, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float du = u[x] - u2[x], dv = v[x] - v2[x];
        weights[x] = lambda * seg_robust_of(du * du + dv * dv, penalty, e2, share, even);
    }
}

/* A loop of its own for each penalty. */
#define BY_PENALTY(loop, ...)                                                                      \
    if (robust->penalty == SEG_PENALTY_CHARBONNIER)                                                \
        loop(__VA_ARGS__, SEG_PENALTY_CHARBONNIER, robust->e2, robust->share, robust->even,        \
             count);                                                                               \
    else                                                                                           \
        loop(__VA_ARGS__, SEG_PENALTY_LORENTZIAN, robust->e2, robust->share, robust->even, count);

static void edge_weights(float *weights, const float *u, const float *v, const float *u2,
                         const float *v2, float lambda, const seg_flow_robust *robust,
                         int32_t count) {
    BY_PENALTY(edge_loop, weights, u, v, u2, v2, lambda)
}

static inline void
blocks_loop(float *restrict i11, float *restrict i12, float *restrict i22, float *restrict right_u,
            float *restrict right_v, const float *restrict j11, const float *restrict j12,
            const float *restrict j22, const float *restrict j13, const float *restrict j23,
            const float *restrict j33, const float *restrict u, const float *restrict v,
            const float *restrict u0, const float *restrict v0, const float *restrict w0,
            const float *restrict w1, const float *restrict w2, const float *restrict w3,
            int32_t penalty, float e2, float share, float even, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float du = u[x] - u0[x], dv = v[x] - v0[x];
        const float error = du * (j11[x] * du + 2 * (j12[x] * dv + j13[x])) +
                            dv * (j22[x] * dv + 2 * j23[x]) + j33[x];
        const float d = seg_robust_of(error < 0 ? 0 : error, penalty, e2, share, even);
        const float sum = (w0[x] + w1[x]) + (w2[x] + w3[x]);
        const float a = d * j11[x], b = d * j12[x], c = d * j22[x], w = sum;
        const float minor = a * c - b * b;
        const float inverse = 1 / (w * (w + a + c) + (minor < 0 ? 0 : minor));
        i11[x] = (c + w) * inverse;
        i12[x] = -b * inverse;
        i22[x] = (a + w) * inverse;
        right_u[x] = d * (j11[x] * u0[x] + j12[x] * v0[x] - j13[x]);
        right_v[x] = d * (j12[x] * u0[x] + j22[x] * v0[x] - j23[x]);
    }
}

static void blocks(float *const out[5], const float *const tensor[SEG_TENSOR], const float *u,
                   const float *v, const float *u0, const float *v0, const float *const weight[4],
                   const seg_flow_robust *robust, int32_t count) {
    BY_PENALTY(blocks_loop, out[0], out[1], out[2], out[3], out[4], tensor[SEG_J11],
               tensor[SEG_J12], tensor[SEG_J22], tensor[SEG_J13], tensor[SEG_J23], tensor[SEG_J33],
               u, v, u0, v0, weight[0], weight[1], weight[2], weight[3])
}

static inline void even_loop(float *restrict i11, float *restrict i12, float *restrict i22,
                             float *restrict right_u, float *restrict right_v,
                             const float *restrict j11, const float *restrict j12,
                             const float *restrict j22, const float *restrict j13,
                             const float *restrict j23, const float *restrict u0,
                             const float *restrict v0, const float *restrict neighbours, float d,
                             int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float a = d * j11[x], b = d * j12[x], c = d * j22[x], w = neighbours[x];
        const float minor = a * c - b * b;
        const float inverse = 1 / (w * (w + a + c) + (minor < 0 ? 0 : minor));
        i11[x] = (c + w) * inverse;
        i12[x] = -b * inverse;
        i22[x] = (a + w) * inverse;
        right_u[x] = d * (j11[x] * u0[x] + j12[x] * v0[x] - j13[x]);
        right_v[x] = d * (j12[x] * u0[x] + j22[x] * v0[x] - j23[x]);
    }
}

static void blocks_even(float *const out[5], const float *const j[SEG_TENSOR], const float *u0,
                        const float *v0, const float *neighbours, float lambda, int32_t count) {
    even_loop(out[0], out[1], out[2], out[3], out[4], j[SEG_J11], j[SEG_J12], j[SEG_J22],
              j[SEG_J13], j[SEG_J23], u0, v0, neighbours, 1 / lambda, count);
}

static void relax(float *restrict u, float *restrict v, const seg_flow_near *near,
                  const seg_flow_block *block, float omega, int32_t count) {
    const float *restrict ul = near->u[0], *restrict ur = near->u[1], *restrict ua = near->u[2],
                          *restrict ub = near->u[3];
    const float *restrict vl = near->v[0], *restrict vr = near->v[1], *restrict va = near->v[2],
                          *restrict vb = near->v[3];
    const float *restrict wl = near->weight[0], *restrict wr = near->weight[1],
                          *restrict wa = near->weight[2], *restrict wb = near->weight[3];
    const float *restrict i11 = block->i11, *restrict i12 = block->i12, *restrict i22 = block->i22;
    const float *restrict bu = block->bu, *restrict bv = block->bv;
    for (int32_t x = 0; x < count; x++) {
        const float near_u = (wl[x] * ul[x] + wr[x] * ur[x]) + (wa[x] * ua[x] + wb[x] * ub[x]);
        const float near_v = (wl[x] * vl[x] + wr[x] * vr[x]) + (wa[x] * va[x] + wb[x] * vb[x]);
        const float a = bu[x] + near_u, b = bv[x] + near_v;
        u[x] = u[x] + omega * ((i11[x] * a + i12[x] * b) - u[x]);
        v[x] = v[x] + omega * ((i12[x] * a + i22[x] * b) - v[x]);
    }
}

static void relax_even(float *restrict u, float *restrict v, const seg_flow_near *near,
                       const seg_flow_block *block, float omega, int32_t count) {
    const float *restrict ul = near->u[0], *restrict ur = near->u[1], *restrict ua = near->u[2],
                          *restrict ub = near->u[3];
    const float *restrict vl = near->v[0], *restrict vr = near->v[1], *restrict va = near->v[2],
                          *restrict vb = near->v[3];
    const float *restrict i11 = block->i11, *restrict i12 = block->i12, *restrict i22 = block->i22;
    const float *restrict bu = block->bu, *restrict bv = block->bv;
    for (int32_t x = 0; x < count; x++) {
        const float a = bu[x] + ((ul[x] + ur[x]) + (ua[x] + ub[x]));
        const float b = bv[x] + ((vl[x] + vr[x]) + (va[x] + vb[x]));
        u[x] = u[x] + omega * ((i11[x] * a + i12[x] * b) - u[x]);
        v[x] = v[x] + omega * ((i12[x] * a + i22[x] * b) - v[x]);
    }
}

/* ---- the weighted median ---- */

enum { ENTRIES = SEG_GUIDED_SIDE * SEG_GUIDED_ROW };

/* The search for both medians goes in step: two sums of weights at a time, each in two chains. */
typedef struct both {
    float u, v;
} both;

#if defined(SEG_LEVEL_AVX2)
static inline float sum_of_sixteen(__m256 a, __m256 b) {
    const __m256 s = _mm256_add_ps(a, b);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

static inline __m256 taken(const float *values, __m256 most, __m256 weights) {
    return _mm256_and_ps(_mm256_cmp_ps(_mm256_load_ps(values), most, _CMP_LE_OQ), weights);
}

static inline both weights_up_to(const float *u, const float *v, const float *weights, both most) {
    const __m256 most_u = _mm256_set1_ps(most.u), most_v = _mm256_set1_ps(most.v);
    __m256 ua = _mm256_setzero_ps(), ub = ua, va = ua, vb = ua;
    for (int i = 0; i < ENTRIES; i += 16) {
        const __m256 a = _mm256_load_ps(weights + i), b = _mm256_load_ps(weights + i + 8);
        ua = _mm256_add_ps(ua, taken(u + i, most_u, a));
        va = _mm256_add_ps(va, taken(v + i, most_v, a));
        ub = _mm256_add_ps(ub, taken(u + i + 8, most_u, b));
        vb = _mm256_add_ps(vb, taken(v + i + 8, most_v, b));
    }
    return (both){sum_of_sixteen(ua, ub), sum_of_sixteen(va, vb)};
}

static inline void find_range(float *low, float *high, const float *values) {
    __m256 least = _mm256_load_ps(values), most = least;
    for (int i = 8; i < ENTRIES; i += 8) {
        const __m256 value = _mm256_load_ps(values + i);
        least = _mm256_min_ps(least, value);
        most = _mm256_max_ps(most, value);
    }
    float a[8], b[8];
    _mm256_storeu_ps(a, least);
    _mm256_storeu_ps(b, most);
    *low = a[0], *high = b[0];
    for (int i = 1; i < 8; i++) {
        *low = a[i] < *low ? a[i] : *low;
        *high = b[i] > *high ? b[i] : *high;
    }
}
#else
static inline float weight_up_to(const float *values, const float *weights, float most) {
    float s[16] = {0};
    for (int i = 0; i < ENTRIES; i += 16)
        for (int k = 0; k < 16; k++)
            s[k] += values[i + k] <= most ? weights[i + k] : 0;
    for (int k = 0; k < 8; k++)
        s[k] += s[k + 8];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static inline both weights_up_to(const float *u, const float *v, const float *weights, both most) {
    return (both){weight_up_to(u, weights, most.u), weight_up_to(v, weights, most.v)};
}

static inline void find_range(float *low, float *high, const float *values) {
    *low = *high = values[0];
    for (int i = 1; i < ENTRIES; i++) {
        *low = values[i] < *low ? values[i] : *low;
        *high = values[i] > *high ? values[i] : *high;
    }
}
#endif

/* One step of a search that has not ended. */
static inline void narrow(float *low, float *high, float middle, float weight, float half) {
    if (!(*high - *low > SEG_GUIDED_EXACT)) return;
    if (weight >= half)
        *high = middle;
    else
        *low = middle;
}

static inline both weighted_medians(const float *u, const float *v, const float *weights) {
    both low, high;
    find_range(&low.u, &high.u, u);
    find_range(&low.v, &high.v, v);
    const both all = weights_up_to(u, v, weights, high);
    const both half = {0.5f * all.u, 0.5f * all.v};
    for (int step = 0; step < SEG_GUIDED_STEPS; step++) {
        if (!(high.u - low.u > SEG_GUIDED_EXACT) && !(high.v - low.v > SEG_GUIDED_EXACT)) break;
        const both middle = {0.5f * (low.u + high.u), 0.5f * (low.v + high.v)};
        const both weight = weights_up_to(u, v, weights, middle);
        narrow(&low.u, &high.u, middle.u, weight.u, half.u);
        narrow(&low.v, &high.v, middle.v, weight.v, half.v);
    }
    return (both){high.u + 0.0f, high.v + 0.0f};
}

static inline void weigh_row(float *restrict weights, const float *restrict nearness,
                             const float *restrict trust, const float *restrict a,
                             const float *restrict b, const float *restrict c, float a0, float b0,
                             float c0, float sharpness) {
    for (int i = 0; i < SEG_GUIDED_ROW; i++) {
        const float da = a[i] - a0, db = b[i] - b0, dc = c[i] - c0;
        const float d = sharpness * (da * da + db * db + dc * dc);
        weights[i] = nearness[i] * trust[i] / (1 + d * (1 + d * (0.5f + d * (1.0f / 6))));
    }
}

static inline void take_row(float *restrict out, const float *restrict in) {
    for (int i = 0; i < SEG_GUIDED_ROW; i++)
        out[i] = in[i - SEG_GUIDED_RADIUS];
    out[SEG_GUIDED_SIDE] = in[0]; /* has no weight */
}

static void guided_median(float *u, float *v, const seg_guided_window *window) {
    _Alignas(32) float values_u[ENTRIES], values_v[ENTRIES], weights[ENTRIES];
    const float a = window->colour[0][SEG_GUIDED_RADIUS][0];
    const float b = window->colour[1][SEG_GUIDED_RADIUS][0];
    const float c = window->colour[2][SEG_GUIDED_RADIUS][0];
    for (int row = 0; row < SEG_GUIDED_SIDE; row++) {
        const int at = row * SEG_GUIDED_ROW;
        weigh_row(weights + at, window->nearness + at, window->trust[row] - SEG_GUIDED_RADIUS,
                  window->colour[0][row] - SEG_GUIDED_RADIUS,
                  window->colour[1][row] - SEG_GUIDED_RADIUS,
                  window->colour[2][row] - SEG_GUIDED_RADIUS, a, b, c, window->sharpness);
        take_row(values_u + at, window->u[row]);
        take_row(values_v + at, window->v[row]);
    }
    const both medians = weighted_medians(values_u, values_v, weights);
    *u = medians.u;
    *v = medians.v;
}

static void limit(float *restrict u, const float *restrict u0, float most, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float moved = u[x] - u0[x];
        const float low = moved < -most ? -most : moved;
        u[x] = (u0[x] + (low > most ? most : low)) + 0.0f;
    }
}

const seg_flow_kernels SEG_LEVEL_NAME(seg_flow_kernels) = {
    .cube = cube,
    .iterate_1981 = iterate_1981,
    .blend_rows = blend_rows,
    .blend_across = blend_across,
    .warp = warp,
    .derive = derive,
    .split = split,
    .join = join,
    .tensor = tensor,
    .edge_weights = edge_weights,
    .blocks = blocks,
    .blocks_even = blocks_even,
    .relax = relax,
    .relax_even = relax_even,
    .guided_median = guided_median,
    .limit = limit,
};
