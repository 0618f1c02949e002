/* Kernels of windows for the vector units: most are loops that the compiler makes vectors of. */
#include "kernels/flow_formula.h"
#include "kernels/windows.h"

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>
#endif

/* ---- polynomial expansion ---- */

enum { BLOCK = 16 }; /* pixels whose sums stay in registers */

/* The filters of one block from its taps: above and below, or left and right. */
static inline void even_step(float *restrict sum, float weight, const float *restrict after,
                             const float *restrict before) {
    for (int i = 0; i < BLOCK; i++)
        sum[i] += weight * (after[i] + before[i]);
}

static inline void odd_step(float *restrict sum, float weight, const float *restrict after,
                            const float *restrict before) {
    for (int i = 0; i < BLOCK; i++)
        sum[i] += weight * (after[i] - before[i]);
}

static inline void first_even(float *restrict sum, float weight, const float *restrict middle) {
    for (int i = 0; i < BLOCK; i++)
        sum[i] = weight * middle[i];
}

static inline void first_odd(float *restrict sum, float weight, const float *restrict after,
                             const float *restrict before) {
    for (int i = 0; i < BLOCK; i++)
        sum[i] = weight * (after[i] - before[i]);
}

static inline void store(float *restrict out, const float *restrict sum) {
    for (int i = 0; i < BLOCK; i++)
        out[i] = sum[i];
}

static inline void down_block(float *const out[3], const float *const *rows, const seg_expansion *e,
                              int32_t x) {
    float blur[BLOCK], slope[BLOCK], curvature[BLOCK];
    first_even(blur, e->blur[0], rows[0] + x);
    first_even(curvature, e->curvature[0], rows[0] + x);
    first_odd(slope, e->slope[1], rows[1] + x, rows[-1] + x);
    even_step(blur, e->blur[1], rows[1] + x, rows[-1] + x);
    even_step(curvature, e->curvature[1], rows[1] + x, rows[-1] + x);
    for (int32_t k = 2; k <= e->radius; k++) {
        even_step(blur, e->blur[k], rows[k] + x, rows[-k] + x);
        even_step(curvature, e->curvature[k], rows[k] + x, rows[-k] + x);
        odd_step(slope, e->slope[k], rows[k] + x, rows[-k] + x);
    }
    store(out[0] + x, blur);
    store(out[1] + x, slope);
    store(out[2] + x, curvature);
}

static inline float even_at(const float *const *rows, const float *weights, int32_t radius,
                            int32_t x) {
    float sum = weights[0] * rows[0][x];
    for (int32_t k = 1; k <= radius; k++)
        sum += weights[k] * (rows[k][x] + rows[-k][x]);
    return sum;
}

static void expand_down(float *const out[3], const float *const *rows, const seg_expansion *e,
                        int32_t count) {
    int32_t x = 0;
    for (; x + BLOCK <= count; x += BLOCK)
        down_block(out, rows, e, x);
    for (; x < count; x++) {
        float slope = e->slope[1] * (rows[1][x] - rows[-1][x]);
        for (int32_t k = 2; k <= e->radius; k++)
            slope += e->slope[k] * (rows[k][x] - rows[-k][x]);
        out[0][x] = even_at(rows, e->blur, e->radius, x);
        out[1][x] = slope;
        out[2][x] = even_at(rows, e->curvature, e->radius, x);
    }
}

/* An even and an odd filter of a row. */
static inline void across_pair(float *even, float *odd, const float *in, const float *even_weights,
                               const float *odd_weights, int32_t radius) {
    float e[BLOCK], o[BLOCK];
    first_even(e, even_weights[0], in);
    first_odd(o, odd_weights[1], in + 1, in - 1);
    even_step(e, even_weights[1], in + 1, in - 1);
    for (int32_t k = 2; k <= radius; k++) {
        even_step(e, even_weights[k], in + k, in - k);
        odd_step(o, odd_weights[k], in + k, in - k);
    }
    store(even, e);
    store(odd, o);
}

static inline void across_even(float *even, const float *in, const float *weights, int32_t radius) {
    float e[BLOCK];
    first_even(e, weights[0], in);
    for (int32_t k = 1; k <= radius; k++)
        even_step(e, weights[k], in + k, in - k);
    store(even, e);
}

static inline float even_of(const float *in, const float *weights, int32_t radius) {
    float sum = weights[0] * in[0];
    for (int32_t k = 1; k <= radius; k++)
        sum += weights[k] * (in[k] + in[-k]);
    return sum;
}

static inline float odd_of(const float *in, const float *weights, int32_t radius) {
    float sum = weights[1] * (in[1] - in[-1]);
    for (int32_t k = 2; k <= radius; k++)
        sum += weights[k] * (in[k] - in[-k]);
    return sum;
}

static void expand_across(float *const out[SEG_POLYNOMIAL], const float *const in[3],
                          const seg_expansion *e, int32_t count) {
    int32_t x = 0;
    for (; x + BLOCK <= count; x += BLOCK) {
        across_pair(out[2] + x, out[0] + x, in[0] + x, e->curvature, e->slope, e->radius);
        across_pair(out[1] + x, out[4] + x, in[1] + x, e->blur, e->slope, e->radius);
        across_even(out[3] + x, in[2] + x, e->blur, e->radius);
    }
    for (; x < count; x++) {
        out[0][x] = odd_of(in[0] + x, e->slope, e->radius);
        out[1][x] = even_of(in[1] + x, e->blur, e->radius);
        out[2][x] = even_of(in[0] + x, e->curvature, e->radius);
        out[3][x] = even_of(in[2] + x, e->blur, e->radius);
        out[4][x] = odd_of(in[1] + x, e->slope, e->radius);
    }
}

static void pack(float *restrict out, const float *const in[SEG_POLYNOMIAL], int32_t count) {
    int32_t x = 0;
#if defined(SEG_LEVEL_AVX2)
    for (; x + 4 <= count; x += 4) {
        __m128 a = _mm_loadu_ps(in[0] + x), b = _mm_loadu_ps(in[1] + x);
        __m128 c = _mm_loadu_ps(in[2] + x), d = _mm_loadu_ps(in[3] + x);
        const __m128 e = _mm_loadu_ps(in[4] + x), zero = _mm_setzero_ps();
        _MM_TRANSPOSE4_PS(a, b, c, d);
        float *to = out + SEG_PACKED * (ptrdiff_t)x;
        _mm_storeu_ps(to, a);
        _mm_storeu_ps(to + 4, _mm_move_ss(zero, e));
        _mm_storeu_ps(to + 8, b);
        _mm_storeu_ps(to + 12, _mm_move_ss(zero, _mm_shuffle_ps(e, e, 1)));
        _mm_storeu_ps(to + 16, c);
        _mm_storeu_ps(to + 20, _mm_move_ss(zero, _mm_shuffle_ps(e, e, 2)));
        _mm_storeu_ps(to + 24, d);
        _mm_storeu_ps(to + 28, _mm_move_ss(zero, _mm_shuffle_ps(e, e, 3)));
    }
#endif
    for (; x < count; x++)
        for (int c = 0; c < SEG_PACKED; c++)
            out[SEG_PACKED * (ptrdiff_t)x + c] = c < SEG_POLYNOMIAL ? in[c][x] : 0;
}

/* ---- equations ---- */

/* The polynomials of a chunk of places, one after the other as they come, then each coefficient for
 * itself. */
#if defined(SEG_LEVEL_AVX2)
static inline __m256 sample(const float *at, ptrdiff_t stride, float across, float down) {
    const __m256 fx = _mm256_set1_ps(across), fy = _mm256_set1_ps(down);
    const __m256 a = _mm256_loadu_ps(at), b = _mm256_loadu_ps(at + SEG_PACKED);
    const __m256 c = _mm256_loadu_ps(at + stride), d = _mm256_loadu_ps(at + stride + SEG_PACKED);
    const __m256 upper = _mm256_add_ps(a, _mm256_mul_ps(fx, _mm256_sub_ps(b, a)));
    const __m256 lower = _mm256_add_ps(c, _mm256_mul_ps(fx, _mm256_sub_ps(d, c)));
    return _mm256_add_ps(upper, _mm256_mul_ps(fy, _mm256_sub_ps(lower, upper)));
}

enum { AHEAD = 24 * SEG_PACKED };

/* Coefficients 0 .. 4 of four pixels. */
static inline void turn_four(float (*out)[SEG_PLACES], int32_t i, __m256 p0, __m256 p1, __m256 p2,
                             __m256 p3) {
    const __m256 a = _mm256_unpacklo_ps(p0, p1), b = _mm256_unpackhi_ps(p0, p1);
    const __m256 c = _mm256_unpacklo_ps(p2, p3), d = _mm256_unpackhi_ps(p2, p3);
    const __m256 even = _mm256_shuffle_ps(a, c, 0x44); /* 0, and 4 in the upper half */
    _mm_storeu_ps(&out[0][i], _mm256_castps256_ps128(even));
    _mm_storeu_ps(&out[1][i], _mm256_castps256_ps128(_mm256_shuffle_ps(a, c, 0xee)));
    _mm_storeu_ps(&out[2][i], _mm256_castps256_ps128(_mm256_shuffle_ps(b, d, 0x44)));
    _mm_storeu_ps(&out[3][i], _mm256_castps256_ps128(_mm256_shuffle_ps(b, d, 0xee)));
    _mm_storeu_ps(&out[4][i], _mm256_extractf128_ps(even, 1));
}

static inline int32_t sample_fours(float (*out)[SEG_PLACES], const float *second, ptrdiff_t stride,
                                   const seg_flow_places *p, int32_t count) {
    int32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        /* the row below comes from memory: it is fetched a few pixels before it is needed */
        const float *below = second + p->offset[i] + stride + AHEAD;
        _mm_prefetch((const char *)below, _MM_HINT_T0);
        _mm_prefetch((const char *)(below + 2 * SEG_PACKED), _MM_HINT_T0);
        turn_four(out, i, sample(second + p->offset[i], stride, p->fx[i], p->fy[i]),
                  sample(second + p->offset[i + 1], stride, p->fx[i + 1], p->fy[i + 1]),
                  sample(second + p->offset[i + 2], stride, p->fx[i + 2], p->fy[i + 2]),
                  sample(second + p->offset[i + 3], stride, p->fx[i + 3], p->fy[i + 3]));
    }
    return i;
}
#else
static inline int32_t sample_fours(float (*out)[SEG_PLACES], const float *second, ptrdiff_t stride,
                                   const seg_flow_places *p, int32_t count) {
    (void)out, (void)second, (void)stride, (void)p, (void)count;
    return 0;
}
#endif

static inline void sample_chunk(float (*out)[SEG_PLACES], const float *second, ptrdiff_t stride,
                                const seg_flow_places *p, int32_t count) {
    for (int32_t i = sample_fours(out, second, stride, p, count); i < count; i++) {
        const float *a = second + p->offset[i], *b = a + stride;
        for (int c = 0; c < SEG_POLYNOMIAL; c++) {
            const float upper = a[c] + p->fx[i] * (a[SEG_PACKED + c] - a[c]);
            const float lower = b[c] + p->fx[i] * (b[SEG_PACKED + c] - b[c]);
            out[c][i] = upper + p->fy[i] * (lower - upper);
        }
    }
}

static inline void equation_loop(float *restrict g11, float *restrict g12, float *restrict g22,
                                 float *restrict h1, float *restrict h2, const float *restrict f0,
                                 const float *restrict f1, const float *restrict f2,
                                 const float *restrict f3, const float *restrict f4,
                                 const float *restrict r0, const float *restrict r1,
                                 const float *restrict r2, const float *restrict r3,
                                 const float *restrict r4, const float *restrict inside,
                                 const float *restrict u, const float *restrict v, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float xx = inside[x] * (0.5f * (f2[x] + r2[x]));
        const float yy = inside[x] * (0.5f * (f3[x] + r3[x]));
        const float xy = inside[x] * (0.25f * (f4[x] + r4[x]));
        const float b1 = 0.5f * (f0[x] - r0[x]) + (xx * u[x] + xy * v[x]);
        const float b2 = 0.5f * (f1[x] - r1[x]) + (xy * u[x] + yy * v[x]);
        g11[x] = xx * xx + xy * xy;
        g12[x] = (xx + yy) * xy;
        g22[x] = yy * yy + xy * xy;
        h1[x] = xx * b1 + xy * b2;
        h2[x] = xy * b1 + yy * b2;
    }
}

static void displace(float *const out[SEG_NORMAL], const float *const first[SEG_POLYNOMIAL],
                     const float *second, ptrdiff_t stride, const float *u, const float *v,
                     int32_t y, int32_t width, int32_t height) {
    seg_flow_places p;
    float r[SEG_POLYNOMIAL][SEG_PLACES];
    for (int32_t x = 0; x < width; x += SEG_PLACES) {
        const int32_t count = width - x < SEG_PLACES ? width - x : SEG_PLACES;
        seg_find_places(&p, u + x, v + x, x, y, stride, SEG_PACKED, width, height, count);
        sample_chunk(r, second, stride, &p, count);
        equation_loop(out[0] + x, out[1] + x, out[2] + x, out[3] + x, out[4] + x, first[0] + x,
                      first[1] + x, first[2] + x, first[3] + x, first[4] + x, r[0], r[1], r[2],
                      r[3], r[4], p.inside, u + x, v + x, count);
    }
}

static inline void gradient_loop(float *restrict g11, float *restrict g12, float *restrict g22,
                                 float *restrict h1, float *restrict h2, const float *restrict gx,
                                 const float *restrict gy, const float *restrict rest,
                                 int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        g11[x] = gx[x] * gx[x];
        g12[x] = gx[x] * gy[x];
        g22[x] = gy[x] * gy[x];
        h1[x] = -(gx[x] * rest[x]);
        h2[x] = -(gy[x] * rest[x]);
    }
}

static void gradient(float *const out[SEG_NORMAL], const float *gx, const float *gy,
                     const float *rest, int32_t count) {
    gradient_loop(out[0], out[1], out[2], out[3], out[4], gx, gy, rest, count);
}

/* ---- windows ---- */

static inline void four_loop(float *restrict out, const float *restrict a, const float *restrict b,
                             const float *restrict c, const float *restrict d, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = (a[x] + b[x]) + (c[x] + d[x]);
}

static void sum_four(float *out, const float *const rows[4], int32_t count) {
    four_loop(out, rows[0], rows[1], rows[2], rows[3], count);
}

static inline void add_row(float *restrict sum, const float *restrict row) {
    for (int i = 0; i < BLOCK; i++)
        sum[i] += row[i];
}

static void sum_rows(float *out, const float *const *rows, int32_t taps, int32_t count) {
    int32_t x = 0;
    for (; x + 2 * BLOCK <= count; x += 2 * BLOCK) {
        float left[BLOCK], right[BLOCK];
        store(left, rows[0] + x);
        store(right, rows[0] + x + BLOCK);
        for (int32_t k = 1; k < taps; k++) {
            add_row(left, rows[k] + x);
            add_row(right, rows[k] + x + BLOCK);
        }
        store(out + x, left);
        store(out + x + BLOCK, right);
    }
    for (; x < count; x++) {
        float sum = rows[0][x];
        for (int32_t k = 1; k < taps; k++)
            sum += rows[k][x];
        out[x] = sum;
    }
}

static inline void solve_loop(float *restrict u, float *restrict v, const float *restrict g11,
                              const float *restrict g12, const float *restrict g22,
                              const float *restrict r1, const float *restrict r2,
                              const float *restrict u0, const float *restrict v0, float damping,
                              int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float a = g11[x], b = g12[x], c = g22[x];
        const float h1 = r1[x] + damping * u0[x], h2 = r2[x] + damping * v0[x];
        const float minor = a * c - b * b;
        const float det = (minor < 0 ? 0 : minor) + damping * (a + c + damping);
        u[x] = ((c + damping) * h1 - b * h2) / det;
        v[x] = ((a + damping) * h2 - b * h1) / det;
    }
}

static void solve(float *u, float *v, const float *const sums[SEG_NORMAL], const float *u0,
                  const float *v0, float damping, int32_t count) {
    solve_loop(u, v, sums[0], sums[1], sums[2], sums[3], sums[4], u0, v0, damping, count);
}

const seg_windows_kernels SEG_LEVEL_NAME(seg_windows_kernels) = {
    .expand_down = expand_down,
    .expand_across = expand_across,
    .pack = pack,
    .displace = displace,
    .gradient = gradient,
    .sum_four = sum_four,
    .sum_rows = sum_rows,
    .solve = solve,
};
