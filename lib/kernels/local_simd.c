/* Kernels of local thresholds for the vector units: plain loops, which the compiler turns into
 * vector code, but for the running sum along a row, which it does not. */
#include "kernels/local_formula.h"

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#define VECTOR_SCAN 1
#endif

static void slide_u8(uint32_t *restrict sums, uint32_t *restrict squares,
                     const uint8_t *restrict enter, const uint8_t *restrict leave, size_t count) {
    for (size_t i = 0; i < count; i++) {
        /* enter^2 - leave^2 in two factors: below 2^17 with a sign */
        const int32_t more = enter[i] - leave[i], both = enter[i] + leave[i];
        sums[i] += (uint32_t)more;
        squares[i] += (uint32_t)((int16_t)more * (int16_t)both);
    }
}

static void slide_u16(uint32_t *restrict sums, uint64_t *restrict squares,
                      const uint16_t *restrict enter, const uint16_t *restrict leave,
                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t in = enter[i], out = leave[i];
        sums[i] += in - out;
        squares[i] += (uint64_t)(in * in) - (uint64_t)(out * out);
    }
}

static void slide_sums_u8(uint32_t *restrict sums, const uint8_t *restrict enter,
                          const uint8_t *restrict leave, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += (uint32_t)(enter[i] - leave[i]);
}

static void slide_sums_u16(uint32_t *restrict sums, const uint16_t *restrict enter,
                           const uint16_t *restrict leave, size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] += (uint32_t)(enter[i] - leave[i]);
}

/* ---- sums along a row: out[x + 1] - out[x] = columns[x + side] - columns[x] ---- */

#if defined(SEG_LEVEL_AVX2)
#define LANES 8
static inline __m256i scan(__m256i v) {
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    /* the sum of the lower half goes to all of the upper one */
    const __m256i lower = _mm256_permute2x128_si256(v, v, 0x08);
    return _mm256_add_epi32(v, _mm256_shuffle_epi32(lower, 0xff));
}
static inline size_t window_vectors(uint32_t *out, const uint32_t *columns, size_t count,
                                    size_t side, uint32_t *sum) {
    const __m256i last = _mm256_set1_epi32(7);
    __m256i carry = _mm256_set1_epi32((int32_t)*sum);
    size_t x = 1;
    for (; x + LANES <= count; x += LANES) {
        const __m256i enter = _mm256_loadu_si256((const __m256i *)(columns + x + side - 1));
        const __m256i leave = _mm256_loadu_si256((const __m256i *)(columns + x - 1));
        const __m256i sums = _mm256_add_epi32(carry, scan(_mm256_sub_epi32(enter, leave)));
        _mm256_storeu_si256((__m256i *)(out + x), sums);
        carry = _mm256_permutevar8x32_epi32(sums, last);
    }
    *sum = (uint32_t)_mm256_cvtsi256_si32(carry);
    return x;
}
#elif defined(VECTOR_SCAN)
#define LANES 4
static inline size_t window_vectors(uint32_t *out, const uint32_t *columns, size_t count,
                                    size_t side, uint32_t *sum) {
    __m128i carry = _mm_set1_epi32((int32_t)*sum);
    size_t x = 1;
    for (; x + LANES <= count; x += LANES) {
        const __m128i enter = _mm_loadu_si128((const __m128i *)(columns + x + side - 1));
        const __m128i leave = _mm_loadu_si128((const __m128i *)(columns + x - 1));
        __m128i v = _mm_sub_epi32(enter, leave);
        v = _mm_add_epi32(v, _mm_slli_si128(v, 4));
        v = _mm_add_epi32(v, _mm_slli_si128(v, 8));
        v = _mm_add_epi32(v, carry);
        _mm_storeu_si128((__m128i *)(out + x), v);
        carry = _mm_shuffle_epi32(v, 0xff);
    }
    *sum = (uint32_t)_mm_cvtsi128_si32(carry);
    return x;
}
#else
static inline size_t window_vectors(uint32_t *out, const uint32_t *columns, size_t count,
                                    size_t side, uint32_t *sum) {
    (void)out, (void)columns, (void)count, (void)side, (void)sum;
    return 1;
}
#endif

static void window_u32(uint32_t *restrict out, const uint32_t *restrict columns, size_t count,
                       size_t side) {
    uint32_t sum = 0;
    for (size_t k = 0; k < side; k++)
        sum += columns[k];
    out[0] = sum;
    for (size_t x = window_vectors(out, columns, count, side, &sum); x < count; x++) {
        sum += columns[x + side - 1] - columns[x - 1];
        out[x] = sum;
    }
}

#define WINDOW(name, column_type)                                                                  \
    static void name(uint64_t *restrict out, const column_type *restrict columns, size_t count,    \
                     size_t side) {                                                                \
        uint64_t sum = 0;                                                                          \
        for (size_t k = 0; k < side; k++)                                                          \
            sum += columns[k];                                                                     \
        out[0] = sum;                                                                              \
        for (size_t x = 1; x < count; x++) {                                                       \
            sum = sum + columns[x + side - 1] - columns[x - 1];                                    \
            out[x] = sum;                                                                          \
        }                                                                                          \
    }

WINDOW(window_u32_wide, uint32_t)
WINDOW(window_u64, uint64_t)

/* ---- thresholds ---- */

static void contrast_narrow(float *restrict excess, const uint8_t *restrict grey,
                            const uint32_t *restrict sums, const uint32_t *restrict squares,
                            size_t count, const seg_local_formula *formula) {
    const seg_local_narrow f = seg_local_narrow_of(formula);
    for (size_t x = 0; x < count; x++)
        excess[x] = seg_local_excess_narrow(f, grey[x], sums[x], squares[x]);
}

static void contrast_wide(float *restrict excess, const uint16_t *restrict grey,
                          const uint64_t *restrict sums, const uint64_t *restrict squares,
                          size_t count, const seg_local_formula *formula) {
    const seg_local_formula f = *formula;
    const double per_sample = 1.0 / f.n;
    for (size_t x = 0; x < count; x++)
        excess[x] = seg_local_excess_wide(&f, per_sample, grey[x], sums[x], squares[x]);
}

static void mean_narrow(float *restrict excess, const uint8_t *restrict grey,
                        const uint32_t *restrict sums, size_t count, int32_t n, int32_t slack) {
    for (size_t x = 0; x < count; x++)
        excess[x] = (float)(2 * n * grey[x] + slack - 2 * (int32_t)sums[x]);
}

static void mean_wide(float *restrict excess, const uint16_t *restrict grey,
                      const uint64_t *restrict sums, size_t count, int32_t n, double slack) {
    const double twice = 2.0 * n;
    for (size_t x = 0; x < count; x++)
        excess[x] =
            (float)((twice * (double)(int32_t)grey[x] - 2.0 * seg_local_double(sums[x])) + slack);
}

/* Pairs outside, pixels inside: each pass of the inner loop is a vector of sums in registers. */
#define CHUNK 32

static inline void filter_down_chunk(float *restrict out, const float *const *rows,
                                     const float *taps, int32_t radius, size_t x, size_t count) {
    float sums[CHUNK];
    for (size_t i = 0; i < count; i++)
        sums[i] = taps[0] * rows[radius][x + i];
    for (int32_t k = 1; k <= radius; k++) {
        const float *above = rows[radius - k] + x, *below = rows[radius + k] + x, tap = taps[k];
        for (size_t i = 0; i < count; i++)
            sums[i] += tap * (above[i] + below[i]);
    }
    for (size_t i = 0; i < count; i++)
        out[x + i] = sums[i];
}

static void filter_down(float *restrict out, const float *const *rows, const float *taps,
                        int32_t radius, size_t count) {
    size_t x = 0;
    for (; x + CHUNK <= count; x += CHUNK)
        filter_down_chunk(out, rows, taps, radius, x, CHUNK);
    if (x < count) filter_down_chunk(out, rows, taps, radius, x, count - x);
}

static inline void filter_across_chunk(float *restrict out, const float *row, const float *taps,
                                       int32_t radius, size_t x, size_t count) {
    float sums[CHUNK];
    const float *centre = row + x + radius;
    for (size_t i = 0; i < count; i++)
        sums[i] = taps[0] * centre[i];
    for (int32_t k = 1; k <= radius; k++) {
        const float *left = centre - k, *right = centre + k, tap = taps[k];
        for (size_t i = 0; i < count; i++)
            sums[i] += tap * (left[i] + right[i]);
    }
    for (size_t i = 0; i < count; i++)
        out[x + i] = sums[i];
}

static void filter_across(float *restrict out, const float *row, const float *taps, int32_t radius,
                          size_t count) {
    size_t x = 0;
    for (; x + CHUNK <= count; x += CHUNK)
        filter_across_chunk(out, row, taps, radius, x, CHUNK);
    if (x < count) filter_across_chunk(out, row, taps, radius, x, count - x);
}

static void above_rounded(float *restrict excess, const float *restrict value,
                          const float *restrict mean, float level, size_t count) {
    for (size_t x = 0; x < count; x++)
        excess[x] =
            (value[x] + level) - ((mean[x] + SEG_LOCAL_ROUND_FLOAT) - SEG_LOCAL_ROUND_FLOAT);
}

static void mask_of(uint8_t *restrict mask, const float *restrict excess, size_t count,
                    uint8_t inside) {
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t x = 0; x < count; x++) {
        const int32_t above = excess[x] > 0 ? 255 : 0;
        mask[x] = (uint8_t)((uint8_t)above ^ flip);
    }
}

const seg_local_kernels SEG_LEVEL_NAME(seg_local_kernels) = {
    .slide_u8 = slide_u8,
    .slide_u16 = slide_u16,
    .slide_sums_u8 = slide_sums_u8,
    .slide_sums_u16 = slide_sums_u16,
    .window_u32 = window_u32,
    .window_u32_wide = window_u32_wide,
    .window_u64 = window_u64,
    .contrast_narrow = contrast_narrow,
    .contrast_wide = contrast_wide,
    .mean_narrow = mean_narrow,
    .mean_wide = mean_wide,
    .filter_down = filter_down,
    .filter_across = filter_across,
    .above_rounded = above_rounded,
    .mask_of = mask_of,
};
