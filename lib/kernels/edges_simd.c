/* Edge kernels as loops that the compiler turns into vector code. */
#include "kernels/edges.h"

#include <math.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#endif

static inline float squared(int16_t a, int16_t b) {
    const float difference = (float)((int32_t)a - (int32_t)b);
    return difference * difference;
}

#define BLOCK 64 /* sums that wait for their root, which goes by vectors */

/* sqrtf would set errno, which keeps the compiler from vectors. */
static inline void roots(float *restrict sums) {
#if defined(SEG_LEVEL_AVX2)
    for (int32_t i = 0; i < BLOCK; i += 8)
        _mm256_storeu_ps(sums + i, _mm256_sqrt_ps(_mm256_loadu_ps(sums + i)));
#elif defined(__SSE2__)
    for (int32_t i = 0; i < BLOCK; i += 4)
        _mm_storeu_ps(sums + i, _mm_sqrt_ps(_mm_loadu_ps(sums + i)));
#else
    for (int32_t i = 0; i < BLOCK; i++)
        sums[i] = sqrtf(sums[i]);
#endif
}

static void euclidean(uint16_t *restrict weights, const int16_t *const a[3],
                      const int16_t *const b[3], int32_t count, float factor) {
    const int16_t *a0 = a[0], *a1 = a[1], *a2 = a[2], *b0 = b[0], *b1 = b[1], *b2 = b[2];
    for (int32_t start = 0; start < count; start += BLOCK) {
        float sums[BLOCK] = {0};
        const int32_t size = count - start < BLOCK ? count - start : BLOCK;
        for (int32_t i = 0; i < size; i++)
            sums[i] = squared(a0[start + i], b0[start + i]) +
                      squared(a1[start + i], b1[start + i]) + squared(a2[start + i], b2[start + i]);
        roots(sums);
        for (int32_t i = 0; i < size; i++)
            weights[start + i] = (uint16_t)(int32_t)(sums[i] * factor + 0.5f);
    }
}

static inline int16_t apart(int16_t a, int16_t b) {
    const int16_t high = a > b ? a : b, low = a > b ? b : a;
    return (int16_t)(high - low);
}

static inline int16_t larger(int16_t a, int16_t b) {
    return a > b ? a : b;
}

static void largest(uint16_t *restrict weights, const int16_t *const a[3],
                    const int16_t *const b[3], int32_t count, int32_t shift) {
    const int16_t *a0 = a[0], *a1 = a[1], *a2 = a[2], *b0 = b[0], *b1 = b[1], *b2 = b[2];
    for (int32_t i = 0; i < count; i++) {
        const int16_t first = apart(a0[i], b0[i]), second = apart(a1[i], b1[i]);
        const int16_t most = larger(larger(first, second), apart(a2[i], b2[i]));
        weights[i] = (uint16_t)((uint16_t)most >> shift);
    }
}

const seg_edges_kernels SEG_LEVEL_NAME(seg_edges_kernels) = {
    .euclidean = euclidean,
    .largest = largest,
};
