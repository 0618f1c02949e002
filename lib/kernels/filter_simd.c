/* Filter kernels for the vector units. The 8-bit blur is written by hand over 16 (SSE2) or 32
 * (AVX2) bytes; the rest are plain loops in same-width arithmetic. */
#include "kernels/filter.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#define HAVE_VECTORS 1
#endif

#if defined(SEG_LEVEL_AVX2)
typedef __m256i vec;
enum { BYTES = 32, WORDS = 16 };
#define V(operation) _mm256_##operation
#define V_BITS(operation) _mm256_##operation##_si256
static inline vec load(const void *from) {
    return _mm256_loadu_si256((const __m256i *)from);
}
static inline void store(void *to, vec value) {
    _mm256_storeu_si256((__m256i *)to, value);
}
/* Two vectors of bytes, unpacked by lanes, back in memory order. */
static inline void store_unpacked(int16_t *to, vec low, vec high) {
    store(to, _mm256_permute2x128_si256(low, high, 0x20));
    store(to + WORDS, _mm256_permute2x128_si256(low, high, 0x31));
}
static inline vec pack_bytes(vec low, vec high) {
    return _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8);
}
#elif defined(__SSE2__)
typedef __m128i vec;
enum { BYTES = 16, WORDS = 8 };
#define V(operation) _mm_##operation
#define V_BITS(operation) _mm_##operation##_si128
static inline vec load(const void *from) {
    return _mm_loadu_si128((const __m128i *)from);
}
static inline void store(void *to, vec value) {
    _mm_storeu_si128((__m128i *)to, value);
}
static inline void store_unpacked(int16_t *to, vec low, vec high) {
    store(to, low);
    store(to + WORDS, high);
}
static inline vec pack_bytes(vec low, vec high) {
    return _mm_packus_epi16(low, high);
}
#endif

/* ---- 8-bit blur, down ---- */

static void blur_down_u8_plain(int16_t *restrict sums, const uint8_t *const *rows,
                               const uint16_t *taps, int32_t radius, size_t first, size_t count) {
    for (size_t i = first; i < count; i++) {
        int32_t sum = taps[0] * rows[radius][i];
        for (int32_t k = 1; k <= radius; k++)
            sum += taps[k] * (rows[radius - k][i] + rows[radius + k][i]);
        sums[i] = (int16_t)(sum - 32768);
    }
}

#ifdef HAVE_VECTORS

/* Any taps: products of 16-bit words. The sums stay below 65536, so they wrap to the right place
 * when 32768 is taken off. */
static inline size_t blur_down_words(int16_t *sums, const uint8_t *const *rows,
                                     const uint16_t *taps, int32_t radius, size_t count) {
    const vec zero = V_BITS(setzero)(), offset = V(set1_epi16)((short)-32768);
    size_t i = 0;
    for (; i + BYTES <= count; i += BYTES) {
        const vec centre = load(rows[radius] + i), tap = V(set1_epi16)((short)taps[0]);
        vec low = V(mullo_epi16)(V(unpacklo_epi8)(centre, zero), tap);
        vec high = V(mullo_epi16)(V(unpackhi_epi8)(centre, zero), tap);
        for (int32_t k = 1; k <= radius; k++) {
            const vec a = load(rows[radius - k] + i), b = load(rows[radius + k] + i);
            const vec twice = V(set1_epi16)((short)taps[k]);
            vec sum = V(add_epi16)(V(unpacklo_epi8)(a, zero), V(unpacklo_epi8)(b, zero));
            low = V(add_epi16)(low, V(mullo_epi16)(sum, twice));
            sum = V(add_epi16)(V(unpackhi_epi8)(a, zero), V(unpackhi_epi8)(b, zero));
            high = V(add_epi16)(high, V(mullo_epi16)(sum, twice));
        }
        store_unpacked(sums + i, V(add_epi16)(low, offset), V(add_epi16)(high, offset));
    }
    return i;
}

#if defined(SEG_LEVEL_AVX2)
/* Small taps: two products of bytes at once. The instruction saturates at 32767, so a pair of
 * equal taps may have 64 each at most, the centre 127. */
static inline size_t blur_down_bytes(int16_t *sums, const uint8_t *const *rows,
                                     const uint16_t *taps, int32_t radius, size_t count) {
    const vec zero = V_BITS(setzero)(), offset = V(set1_epi16)((short)-32768);
    size_t i = 0;
    for (; i + BYTES <= count; i += BYTES) {
        const vec centre = load(rows[radius] + i), tap = V(set1_epi8)((char)taps[0]);
        vec low = V(maddubs_epi16)(V(unpacklo_epi8)(centre, zero), tap);
        vec high = V(maddubs_epi16)(V(unpackhi_epi8)(centre, zero), tap);
        for (int32_t k = 1; k <= radius; k++) {
            const vec a = load(rows[radius - k] + i), b = load(rows[radius + k] + i);
            const vec twice = V(set1_epi8)((char)taps[k]);
            low = V(add_epi16)(low, V(maddubs_epi16)(V(unpacklo_epi8)(a, b), twice));
            high = V(add_epi16)(high, V(maddubs_epi16)(V(unpackhi_epi8)(a, b), twice));
        }
        store_unpacked(sums + i, V(add_epi16)(low, offset), V(add_epi16)(high, offset));
    }
    return i;
}

static bool taps_are_small(const uint16_t *taps, int32_t radius) {
    bool small = taps[0] <= 127;
    for (int32_t k = 1; k <= radius; k++)
        small = small && taps[k] <= 64;
    return small;
}
#endif

/* The common radii as constants, so that loops over taps unroll and taps stay in registers. */
#define SEG_BY_RADIUS(function, ...)                                                               \
    (radius == 1   ? function(__VA_ARGS__, 1, count)                                               \
     : radius == 2 ? function(__VA_ARGS__, 2, count)                                               \
     : radius == 3 ? function(__VA_ARGS__, 3, count)                                               \
                   : function(__VA_ARGS__, radius, count))

static void blur_down_u8(int16_t *sums, const uint8_t *const *rows, const uint16_t *taps,
                         int32_t radius, size_t count) {
    size_t done;
#if defined(SEG_LEVEL_AVX2)
    if (taps_are_small(taps, radius))
        done = SEG_BY_RADIUS(blur_down_bytes, sums, rows, taps);
    else
#endif
        done = SEG_BY_RADIUS(blur_down_words, sums, rows, taps);
    blur_down_u8_plain(sums, rows, taps, radius, done, count);
}

#else

static void blur_down_u8(int16_t *sums, const uint8_t *const *rows, const uint16_t *taps,
                         int32_t radius, size_t count) {
    blur_down_u8_plain(sums, rows, taps, radius, 0, count);
}

#endif

/* ---- 8-bit blur, across ---- */

static void blur_across_u8_plain(uint8_t *restrict out, const int16_t *restrict sums,
                                 const uint16_t *taps, int32_t radius, size_t step, size_t first,
                                 size_t count) {
    for (size_t i = first; i < count; i++) {
        int32_t sum = taps[0] * sums[i] + 32768 * 256 + (1 << 15);
        const int16_t *before = sums + i, *after = sums + i;
        for (int32_t k = 1; k <= radius; k++) {
            before -= step, after += step;
            sum += taps[k] * (*before + *after);
        }
        out[i] = (uint8_t)(sum >> 16);
    }
}

#ifdef HAVE_VECTORS

/* Takes off the offset of the sums and rounds: 256 * 32768 + 2^15 = 514 * 16384. */
#define ROUNDING (256 * 32768 + (1 << 15))

/* Taps of a pair of neighbours, for the multiply-add of 16-bit pairs. */
static inline vec tap_pair(uint32_t first, uint32_t second) {
    return V(set1_epi32)((int)(second << 16 | first));
}

/* The tap at place j of the whole kernel, 0 beyond it. */
static inline uint32_t tap_at(const uint16_t *taps, int32_t radius, int32_t j) {
    const int32_t away = j < radius ? radius - j : j - radius;
    return away > radius ? 0 : taps[away];
}

/* WORDS results as 16-bit words. One channel: a multiply-add of neighbouring words gives every
 * second result; the same one word further on gives those in between. */
static inline vec across_words(const int16_t *sums, const uint16_t *taps, int32_t radius) {
    vec even = V(set1_epi32)(ROUNDING), odd = even;
    const int16_t *from = sums - radius;
    for (int32_t j = 0; j <= 2 * radius; j += 2) {
        const vec pair = tap_pair(tap_at(taps, radius, j), tap_at(taps, radius, j + 1));
        even = V(add_epi32)(even, V(madd_epi16)(load(from + j), pair));
        odd = V(add_epi32)(odd, V(madd_epi16)(load(from + j + 1), pair));
    }
    even = V(srli_epi32)(even, 16);
    odd = V_BITS(and)(odd, V(set1_epi32)((int)0xffff0000));
    return V_BITS(or)(even, odd);
}

static inline size_t across_single(uint8_t *out, const int16_t *sums, const uint16_t *taps,
                                   int32_t radius, size_t count) {
    size_t i = 0;
    for (; i + BYTES <= count; i += BYTES) {
        const vec low = across_words(sums + i, taps, radius);
        const vec high = across_words(sums + i + WORDS, taps, radius);
        store(out + i, pack_bytes(low, high));
    }
    return i;
}

/* Several channels: both neighbours at distance k have the same tap. */
static inline vec across_words_step(const int16_t *sums, const uint16_t *taps, int32_t radius,
                                    size_t step) {
    const vec centre = load(sums), ones = V(set1_epi16)(514);
    const vec rounded = tap_pair(taps[0], 16384);
    vec low = V(madd_epi16)(V(unpacklo_epi16)(centre, ones), rounded);
    vec high = V(madd_epi16)(V(unpackhi_epi16)(centre, ones), rounded);
    for (int32_t k = 1; k <= radius; k++) {
        const vec before = load(sums - (size_t)k * step), after = load(sums + (size_t)k * step);
        const vec pair = tap_pair(taps[k], taps[k]);
        low = V(add_epi32)(low, V(madd_epi16)(V(unpacklo_epi16)(before, after), pair));
        high = V(add_epi32)(high, V(madd_epi16)(V(unpackhi_epi16)(before, after), pair));
    }
    return V(packs_epi32)(V(srli_epi32)(low, 16), V(srli_epi32)(high, 16));
}

static inline size_t across_several(uint8_t *out, const int16_t *sums, const uint16_t *taps,
                                    size_t step, int32_t radius, size_t count) {
    size_t i = 0;
    for (; i + BYTES <= count; i += BYTES) {
        const vec low = across_words_step(sums + i, taps, radius, step);
        const vec high = across_words_step(sums + i + WORDS, taps, radius, step);
        store(out + i, pack_bytes(low, high));
    }
    return i;
}

static void blur_across_u8(uint8_t *out, const int16_t *sums, const uint16_t *taps, int32_t radius,
                           size_t step, size_t count) {
    const size_t done = step == 1 ? SEG_BY_RADIUS(across_single, out, sums, taps)
                                  : SEG_BY_RADIUS(across_several, out, sums, taps, step);
    blur_across_u8_plain(out, sums, taps, radius, step, done, count);
}

#else

static void blur_across_u8(uint8_t *out, const int16_t *sums, const uint16_t *taps, int32_t radius,
                           size_t step, size_t count) {
    blur_across_u8_plain(out, sums, taps, radius, step, 0, count);
}

#endif

/* ---- 16-bit and float blur ---- */

static void blur_down_u16(uint32_t *restrict sums, const uint16_t *const *rows,
                          const uint32_t *taps, int32_t radius, size_t count) {
    const uint16_t *centre = rows[radius];
    for (size_t i = 0; i < count; i++)
        sums[i] = taps[0] * centre[i];
    for (int32_t k = 1; k <= radius; k++) {
        const uint16_t *a = rows[radius - k], *b = rows[radius + k];
        const uint32_t tap = taps[k];
        for (size_t i = 0; i < count; i++)
            sums[i] += tap * ((uint32_t)a[i] + b[i]);
    }
}

/* In blocks whose 64-bit sums stay in the first-level cache. */
static void blur_across_u16(uint16_t *restrict out, const uint32_t *restrict sums,
                            const uint32_t *taps, int32_t radius, size_t step, size_t count) {
    enum { BLOCK = 256 };
    uint64_t total[BLOCK];
    for (size_t first = 0; first < count; first += BLOCK) {
        const size_t part = count - first < BLOCK ? count - first : BLOCK;
        const uint32_t *centre = sums + first;
        for (size_t i = 0; i < part; i++)
            total[i] = (uint64_t)taps[0] * centre[i] + (UINT64_C(1) << 31);
        for (int32_t k = 1; k <= radius; k++) {
            const uint32_t *a = centre - (size_t)k * step, *b = centre + (size_t)k * step;
            const uint32_t tap = taps[k];
            for (size_t i = 0; i < part; i++)
                total[i] += (uint64_t)tap * a[i] + (uint64_t)tap * b[i];
        }
        for (size_t i = 0; i < part; i++)
            out[first + i] = (uint16_t)(total[i] >> 32);
    }
}

static inline float cleaned(float value) {
    return fabsf(value) <= FLT_MAX ? value : 0;
}

/* Sums of so many samples stay in registers while the taps go by. */
#define BLOCK 32

static inline void down_block(float *restrict sums, const float *const *rows, const float *taps,
                              int32_t radius, size_t start, size_t count) {
    float sum[BLOCK];
    const float *centre = rows[radius] + start;
    for (size_t i = 0; i < count; i++)
        sum[i] = taps[0] * cleaned(centre[i]);
    for (int32_t k = 1; k <= radius; k++) {
        const float *a = rows[radius - k] + start, *b = rows[radius + k] + start, tap = taps[k];
        for (size_t i = 0; i < count; i++)
            sum[i] += tap * cleaned(a[i]) + tap * cleaned(b[i]);
    }
    for (size_t i = 0; i < count; i++)
        sums[start + i] = sum[i];
}

static void blur_down_f32(float *restrict sums, const float *const *rows, const float *taps,
                          int32_t radius, size_t count) {
    size_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK)
        down_block(sums, rows, taps, radius, i, BLOCK);
    if (i < count) down_block(sums, rows, taps, radius, i, count - i);
}

static inline void across_block(float *restrict out, const float *restrict sums, const float *taps,
                                int32_t radius, size_t step, size_t count) {
    float sum[BLOCK];
    for (size_t i = 0; i < count; i++)
        sum[i] = taps[0] * sums[i];
    for (int32_t k = 1; k <= radius; k++) {
        const float *a = sums - (size_t)k * step, *b = sums + (size_t)k * step, tap = taps[k];
        for (size_t i = 0; i < count; i++)
            sum[i] += tap * a[i] + tap * b[i];
    }
    for (size_t i = 0; i < count; i++)
        out[i] = sum[i];
}

static void blur_across_f32(float *restrict out, const float *restrict sums, const float *taps,
                            int32_t radius, size_t step, size_t count) {
    size_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK)
        across_block(out + i, sums + i, taps, radius, step, BLOCK);
    if (i < count) across_block(out + i, sums + i, taps, radius, step, count - i);
}

/* ---- Sobel ---- */

static void sobel_down(int16_t *restrict smooth, int16_t *restrict slope,
                       const uint8_t *const *rows, int32_t aperture, size_t count) {
    const uint8_t *a = rows[0], *b = rows[1], *c = rows[2];
    if (aperture == 3) {
        for (size_t i = 0; i < count; i++) {
            smooth[i] = (int16_t)(a[i] + 2 * b[i] + c[i]);
            slope[i] = (int16_t)(c[i] - a[i]);
        }
        return;
    }
    const uint8_t *d = rows[3], *e = rows[4];
    for (size_t i = 0; i < count; i++) {
        smooth[i] = (int16_t)(a[i] + 4 * b[i] + 6 * c[i] + 4 * d[i] + e[i]);
        slope[i] = (int16_t)(e[i] - a[i] + 2 * (d[i] - b[i]));
    }
}

static void sobel_across(int16_t *restrict dx, int16_t *restrict dy, const int16_t *restrict smooth,
                         const int16_t *restrict slope, int32_t aperture, size_t count) {
    if (aperture == 3) {
        const int16_t *s = smooth - 1, *d = slope - 1;
        for (size_t i = 0; i < count; i++) {
            dx[i] = (int16_t)(s[i + 2] - s[i]);
            dy[i] = (int16_t)(d[i] + 2 * d[i + 1] + d[i + 2]);
        }
        return;
    }
    const int16_t *s = smooth - 2, *d = slope - 2;
    for (size_t i = 0; i < count; i++) {
        dx[i] = (int16_t)(s[i + 4] - s[i] + 2 * (s[i + 3] - s[i + 1]));
        dy[i] = (int16_t)(d[i] + 4 * d[i + 1] + 6 * d[i + 2] + 4 * d[i + 3] + d[i + 4]);
    }
}

const seg_filter_kernels SEG_LEVEL_NAME(seg_filter_kernels) = {
    .blur_down_u8 = blur_down_u8,
    .blur_across_u8 = blur_across_u8,
    .blur_down_u16 = blur_down_u16,
    .blur_across_u16 = blur_across_u16,
    .blur_down_f32 = blur_down_f32,
    .blur_across_f32 = blur_across_f32,
    .sobel_down = sobel_down,
    .sobel_across = sobel_across,
};
