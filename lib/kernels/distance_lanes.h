/* The vectors that the distance kernels are written in: lanes of int32 (l_) or, twice as many, of
 * uint16 (h_), in AVX2, SSE2 or plain C. Only for distance_simd.c. Masks are all ones or all zeros
 * in a lane. */
#ifndef SEG_KERNELS_DISTANCE_LANES_H
#define SEG_KERNELS_DISTANCE_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(SEG_LEVEL_AVX2)

#include <immintrin.h>

#define LANES 8
typedef __m256i lanes, halves;

static inline lanes l_load(const int32_t *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
static inline void l_store(int32_t *p, lanes a) {
    _mm256_storeu_si256((__m256i *)p, a);
}
static inline lanes l_set(int32_t x) {
    return _mm256_set1_epi32(x);
}
static inline lanes l_add(lanes a, lanes b) {
    return _mm256_add_epi32(a, b);
}
static inline lanes l_min(lanes a, lanes b) {
    return _mm256_min_epi32(a, b);
}
static inline lanes l_below(lanes a, lanes b) {
    return _mm256_cmpgt_epi32(b, a);
}
static inline lanes l_select(lanes a, lanes b, lanes mask) {
    return _mm256_blendv_epi8(a, b, mask);
}
/* Squares of lanes that hold 0 .. 32768. */
static inline lanes l_square(lanes a) {
    return _mm256_madd_epi16(a, a);
}
/* Bit i: lane i of a and b are equal. */
static inline uint32_t l_equal(lanes a, lanes b) {
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)));
}
static inline int32_t l_least(lanes a) {
    __m128i m = _mm_min_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    m = _mm_min_epi32(m, _mm_shuffle_epi32(m, 0x4e));
    m = _mm_min_epi32(m, _mm_shuffle_epi32(m, 0xb1));
    return _mm_cvtsi128_si32(m);
}
/* Square roots of lanes that hold 0 .. 2^24. */
static inline void l_root(float *p, lanes a) {
    _mm256_storeu_ps(p, _mm256_sqrt_ps(_mm256_cvtepi32_ps(a)));
}

static inline halves h_load(const uint16_t *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
static inline halves h_set(int32_t x) {
    return _mm256_set1_epi16((int16_t)x);
}
/* At most 65535. */
static inline halves h_add(halves a, halves b) {
    return _mm256_adds_epu16(a, b);
}
static inline halves h_min(halves a, halves b) {
    return _mm256_min_epu16(a, b);
}
static inline halves h_equal(halves a, halves b) {
    return _mm256_cmpeq_epi16(a, b);
}
static inline halves h_select(halves a, halves b, halves mask) {
    return _mm256_blendv_epi8(a, b, mask);
}
/* As int32. */
static inline void h_store(int32_t *p, halves a) {
    l_store(p, _mm256_cvtepu16_epi32(_mm256_castsi256_si128(a)));
    l_store(p + LANES, _mm256_cvtepu16_epi32(_mm256_extracti128_si256(a, 1)));
}
/* From lanes that hold 0 .. 2^30, at most 65535. */
static inline void h_narrow(uint16_t *p, lanes a, lanes b) {
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, b), 0xd8);
    _mm256_storeu_si256((__m256i *)p, packed);
}

#elif defined(__SSE2__)

#include <emmintrin.h>

#define LANES 4
typedef __m128i lanes, halves;

static inline lanes l_load(const int32_t *p) {
    return _mm_loadu_si128((const __m128i *)p);
}
static inline void l_store(int32_t *p, lanes a) {
    _mm_storeu_si128((__m128i *)p, a);
}
static inline lanes l_set(int32_t x) {
    return _mm_set1_epi32(x);
}
static inline lanes l_add(lanes a, lanes b) {
    return _mm_add_epi32(a, b);
}
static inline lanes l_below(lanes a, lanes b) {
    return _mm_cmplt_epi32(a, b);
}
static inline lanes l_select(lanes a, lanes b, lanes mask) {
    return _mm_or_si128(_mm_andnot_si128(mask, a), _mm_and_si128(mask, b));
}
static inline lanes l_min(lanes a, lanes b) {
    return l_select(b, a, l_below(a, b));
}
static inline lanes l_square(lanes a) {
    return _mm_madd_epi16(a, a);
}
static inline uint32_t l_equal(lanes a, lanes b) {
    return (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(a, b)));
}
static inline int32_t l_least(lanes a) {
    a = l_min(a, _mm_shuffle_epi32(a, 0x4e));
    a = l_min(a, _mm_shuffle_epi32(a, 0xb1));
    return _mm_cvtsi128_si32(a);
}
static inline void l_root(float *p, lanes a) {
    _mm_storeu_ps(p, _mm_sqrt_ps(_mm_cvtepi32_ps(a)));
}

static inline halves h_load(const uint16_t *p) {
    return _mm_loadu_si128((const __m128i *)p);
}
static inline halves h_set(int32_t x) {
    return _mm_set1_epi16((int16_t)x);
}
static inline halves h_add(halves a, halves b) {
    return _mm_adds_epu16(a, b);
}
static inline halves h_min(halves a, halves b) {
    return _mm_sub_epi16(a, _mm_subs_epu16(a, b));
}
static inline halves h_equal(halves a, halves b) {
    return _mm_cmpeq_epi16(a, b);
}
static inline halves h_select(halves a, halves b, halves mask) {
    return l_select(a, b, mask);
}
static inline void h_store(int32_t *p, halves a) {
    l_store(p, _mm_unpacklo_epi16(a, _mm_setzero_si128()));
    l_store(p + LANES, _mm_unpackhi_epi16(a, _mm_setzero_si128()));
}
static inline void h_narrow(uint16_t *p, lanes a, lanes b) {
    const __m128i most = _mm_set1_epi32(65535), bias = _mm_set1_epi32(32768);
    a = _mm_sub_epi32(l_min(a, most), bias);
    b = _mm_sub_epi32(l_min(b, most), bias);
    const __m128i packed = _mm_xor_si128(_mm_packs_epi32(a, b), _mm_set1_epi16(INT16_MIN));
    _mm_storeu_si128((__m128i *)p, packed);
}

#else

#include <math.h>

#define LANES 4
typedef struct lanes {
    int32_t v[LANES];
} lanes;

/* r.v[i] from x = a.v[i] and y = b.v[i], in loops that compilers turn into the machine's vectors.
 */
#define L_EACH(name, expression)                                                                   \
    static inline lanes name(lanes a, lanes b) {                                                   \
        lanes r;                                                                                   \
        for (int i = 0; i < LANES; i++) {                                                          \
            const int32_t x = a.v[i], y = b.v[i];                                                  \
            r.v[i] = (expression);                                                                 \
        }                                                                                          \
        return r;                                                                                  \
    }

L_EACH(l_add, x + y)
L_EACH(l_min, x < y ? x : y)
L_EACH(l_below, x < y ? -1 : 0)

static inline lanes l_load(const int32_t *p) {
    lanes r;
    memcpy(&r, p, sizeof r);
    return r;
}
static inline void l_store(int32_t *p, lanes a) {
    memcpy(p, &a, sizeof a);
}
static inline lanes l_set(int32_t x) {
    lanes r;
    for (int i = 0; i < LANES; i++)
        r.v[i] = x;
    return r;
}
static inline lanes l_select(lanes a, lanes b, lanes mask) {
    for (int i = 0; i < LANES; i++)
        a.v[i] = (a.v[i] & ~mask.v[i]) | (b.v[i] & mask.v[i]);
    return a;
}
static inline lanes l_square(lanes a) {
    for (int i = 0; i < LANES; i++)
        a.v[i] *= a.v[i];
    return a;
}
static inline uint32_t l_equal(lanes a, lanes b) {
    uint32_t bits = 0;
    for (int i = 0; i < LANES; i++)
        bits |= (uint32_t)(a.v[i] == b.v[i]) << i;
    return bits;
}
static inline int32_t l_least(lanes a) {
    int32_t least = a.v[0];
    for (int i = 1; i < LANES; i++)
        least = a.v[i] < least ? a.v[i] : least;
    return least;
}
static inline void l_root(float *p, lanes a) {
    for (int i = 0; i < LANES; i++)
        p[i] = sqrtf((float)a.v[i]);
}

typedef struct halves {
    uint16_t v[2 * LANES];
} halves;

#define H_EACH(name, expression)                                                                   \
    static inline halves name(halves a, halves b) {                                                \
        for (int i = 0; i < 2 * LANES; i++) {                                                      \
            const uint32_t x = a.v[i], y = b.v[i];                                                 \
            a.v[i] = (uint16_t)(expression);                                                       \
        }                                                                                          \
        return a;                                                                                  \
    }

H_EACH(h_add, x + y < 65535 ? x + y : 65535)
H_EACH(h_min, x < y ? x : y)
H_EACH(h_equal, x == y ? 65535 : 0)

static inline halves h_load(const uint16_t *p) {
    halves r;
    memcpy(&r, p, sizeof r);
    return r;
}
static inline halves h_set(int32_t x) {
    halves r;
    for (int i = 0; i < 2 * LANES; i++)
        r.v[i] = (uint16_t)x;
    return r;
}
static inline halves h_select(halves a, halves b, halves mask) {
    for (int i = 0; i < 2 * LANES; i++)
        a.v[i] = (uint16_t)((a.v[i] & ~mask.v[i]) | (b.v[i] & mask.v[i]));
    return a;
}
static inline void h_store(int32_t *p, halves a) {
    for (int i = 0; i < 2 * LANES; i++)
        p[i] = a.v[i];
}
static inline void h_narrow(uint16_t *p, lanes a, lanes b) {
    for (int i = 0; i < LANES; i++) {
        p[i] = (uint16_t)(a.v[i] < 65535 ? a.v[i] : 65535);
        p[LANES + i] = (uint16_t)(b.v[i] < 65535 ? b.v[i] : 65535);
    }
}

#endif

#endif
