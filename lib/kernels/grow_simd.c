/* Region-growing kernels as loops in the width of the samples, one for each number of channels, so
 * that the compiler makes vector code of them; pixels of three bytes by hand, because it takes them
 * apart before it compares. */
#include "kernels/grow.h"

#include <string.h>

#define SEG_GROW_LOOPS(type, suffix)                                                               \
    static inline type distance_##suffix(type a, type b) {                                         \
        const type high = a > b ? a : b, low = a > b ? b : a;                                      \
        return (type)(high - low);                                                                 \
    }                                                                                              \
    static inline type larger_##suffix(type a, type b) {                                           \
        return a > b ? a : b;                                                                      \
    }                                                                                              \
    /* how far a value is outside of low .. high */                                                \
    static inline type outside_##suffix(type value, type low, type high) {                         \
        const type inside = value < low ? low : value > high ? high : value;                       \
        return distance_##suffix(value, inside);                                                   \
    }                                                                                              \
    static inline void near_one_##suffix(uint8_t *restrict flags, const type *a, const type *b,    \
                                         int32_t width, int32_t channels, type tolerance) {        \
        for (int32_t x = 0; x < width; x++)                                                        \
            flags[x] = distance_##suffix(a[x * channels], b[x * channels]) <= tolerance ? 255 : 0; \
    }                                                                                              \
    static inline void near_three_##suffix(uint8_t *restrict flags, const type *a, const type *b,  \
                                           int32_t width, int32_t channels, type tolerance) {      \
        for (int32_t x = 0; x < width; x++) {                                                      \
            const type *p = a + x * channels, *q = b + x * channels;                               \
            const type first = distance_##suffix(p[0], q[0]);                                      \
            const type second = distance_##suffix(p[1], q[1]);                                     \
            const type third = distance_##suffix(p[2], q[2]);                                      \
            const type most_of = larger_##suffix(larger_##suffix(first, second), third);           \
            flags[x] = most_of <= tolerance ? 255 : 0;                                             \
        }                                                                                          \
    }                                                                                              \
    static inline void within_one_##suffix(uint8_t *restrict flags, const type *row,               \
                                           int32_t width, int32_t channels, type low, type high) { \
        for (int32_t x = 0; x < width; x++)                                                        \
            flags[x] = outside_##suffix(row[x * channels], low, high) == 0 ? 255 : 0;              \
    }                                                                                              \
    static inline void within_three_##suffix(uint8_t *restrict flags, const type *row,             \
                                             int32_t width, int32_t channels, const type *low,     \
                                             const type *high) {                                   \
        const type low0 = low[0], low1 = low[1], low2 = low[2];                                    \
        const type high0 = high[0], high1 = high[1], high2 = high[2];                              \
        for (int32_t x = 0; x < width; x++) {                                                      \
            const type *p = row + x * channels;                                                    \
            const type first = outside_##suffix(p[0], low0, high0);                                \
            const type second = outside_##suffix(p[1], low1, high1);                               \
            const type third = outside_##suffix(p[2], low2, high2);                                \
            flags[x] = (type)(first | second | third) == 0 ? 255 : 0;                              \
        }                                                                                          \
    }

SEG_GROW_LOOPS(uint8_t, u8)
SEG_GROW_LOOPS(uint16_t, u16)

/* Of three channels. */
#define SEG_GROW_RGB(type, suffix)                                                                 \
    static void near_rgb_##suffix(uint8_t *flags, const type *a, const type *b, int32_t width,     \
                                  type tolerance) {                                                \
        near_three_##suffix(flags, a, b, width, 3, tolerance);                                     \
    }                                                                                              \
    static void within_rgb_##suffix(uint8_t *flags, const type *row, int32_t width,                \
                                    const type *low, const type *high) {                           \
        within_three_##suffix(flags, row, width, 3, low, high);                                    \
    }

SEG_GROW_RGB(uint16_t, u16)

#if defined(SEG_LEVEL_AVX2)

#include <immintrin.h>

enum { STEP = 32 }; /* pixels */

/* Bytes of 32 pixels, 16 of them in each half. */
typedef struct seg_bytes {
    __m256i first, second, third;
} bytes;

static inline __m256i load_part(const uint8_t *part) {
    return _mm256_loadu2_m128i((const __m128i *)(part + 48), (const __m128i *)part);
}

static inline bytes load(const uint8_t *pixels) {
    return (bytes){load_part(pixels), load_part(pixels + 16), load_part(pixels + 32)};
}

static inline __m256i pick(__m256i part, __m128i places) {
    return _mm256_shuffle_epi8(part, _mm256_broadcastsi128_si256(places));
}

/* The same three bytes in all pixels. */
static inline bytes repeat(const uint8_t *pixel) {
    const __m256i all = _mm256_set1_epi32(pixel[0] | pixel[1] << 8 | pixel[2] << 16);
    return (bytes){
        pick(all, _mm_setr_epi8(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0)),
        pick(all, _mm_setr_epi8(1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1)),
        pick(all, _mm_setr_epi8(2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2)),
    };
}

/* 0 where a and b differ by no more than the tolerance. */
static inline __m256i beyond(__m256i a, __m256i b, __m256i tolerance) {
    const __m256i difference = _mm256_or_si256(_mm256_subs_epu8(a, b), _mm256_subs_epu8(b, a));
    return _mm256_subs_epu8(difference, tolerance);
}

/* 0 where a value is within low .. high. */
static inline __m256i outside(__m256i value, __m256i low, __m256i high) {
    return _mm256_or_si256(_mm256_subs_epu8(low, value), _mm256_subs_epu8(value, high));
}

/* Bytes or those behind them: pixels whose three bytes are 0 are 0 where they begin. */
static inline __m256i three(__m256i part, __m256i next) {
    return _mm256_or_si256(part, _mm256_or_si256(_mm256_alignr_epi8(next, part, 1),
                                                 _mm256_alignr_epi8(next, part, 2)));
}

/* 255 for pixels whose three bytes are 0. */
static inline __m256i zero_pixels(bytes v) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i first =
        pick(three(v.first, v.second),
             _mm_setr_epi8(0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    const __m256i second =
        pick(three(v.second, v.third),
             _mm_setr_epi8(-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1));
    const __m256i third = pick(three(v.third, zero), _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1,
                                                                   -1, -1, -1, 1, 4, 7, 10, 13));
    return _mm256_cmpeq_epi8(_mm256_or_si256(first, _mm256_or_si256(second, third)), zero);
}

/* Where the step from pixel x on is read: the last ones in a copy, behind which there is room. */
static inline const uint8_t *pixels_from(const uint8_t *row, int32_t x, int32_t width,
                                         uint8_t copy[3 * STEP]) {
    if (width - x >= STEP) return row + 3 * x;
    memset(copy, 0, 3 * STEP);
    memcpy(copy, row + 3 * x, 3 * (size_t)(width - x));
    return copy;
}

static inline void store(uint8_t *flags, int32_t x, int32_t width, __m256i alike) {
    uint8_t copy[STEP];
    if (width - x >= STEP) {
        _mm256_storeu_si256((__m256i *)(flags + x), alike);
        return;
    }
    _mm256_storeu_si256((__m256i *)copy, alike);
    memcpy(flags + x, copy, (size_t)(width - x));
}

static void near_rgb_u8(uint8_t *flags, const uint8_t *a, const uint8_t *b, int32_t width,
                        uint8_t tolerance) {
    const __m256i limit = _mm256_set1_epi8((char)tolerance);
    uint8_t copies[2][3 * STEP];
    for (int32_t x = 0; x < width; x += STEP) {
        const bytes p = load(pixels_from(a, x, width, copies[0]));
        const bytes q = load(pixels_from(b, x, width, copies[1]));
        const bytes far = {beyond(p.first, q.first, limit), beyond(p.second, q.second, limit),
                           beyond(p.third, q.third, limit)};
        store(flags, x, width, zero_pixels(far));
    }
}

static void within_rgb_u8(uint8_t *flags, const uint8_t *row, int32_t width, const uint8_t *low,
                          const uint8_t *high) {
    const bytes from = repeat(low), to = repeat(high);
    uint8_t copy[3 * STEP];
    for (int32_t x = 0; x < width; x += STEP) {
        const bytes p = load(pixels_from(row, x, width, copy));
        const bytes out = {outside(p.first, from.first, to.first),
                           outside(p.second, from.second, to.second),
                           outside(p.third, from.third, to.third)};
        store(flags, x, width, zero_pixels(out));
    }
}

#else

SEG_GROW_RGB(uint8_t, u8)

#endif

#define SEG_GROW_KERNELS(type, suffix, most)                                                       \
    static void near_##suffix(uint8_t *flags, const type *a, const type *b, int32_t width,         \
                              int32_t channels, int32_t tolerance) {                               \
        const type limit = (type)(tolerance > most ? most : tolerance);                            \
        switch (channels) {                                                                        \
        case 1:                                                                                    \
            near_one_##suffix(flags, a, b, width, 1, limit);                                       \
            break;                                                                                 \
        case 2:                                                                                    \
            near_one_##suffix(flags, a, b, width, 2, limit);                                       \
            break;                                                                                 \
        case 3:                                                                                    \
            near_rgb_##suffix(flags, a, b, width, limit);                                          \
            break;                                                                                 \
        default:                                                                                   \
            near_three_##suffix(flags, a, b, width, 4, limit);                                     \
        }                                                                                          \
    }                                                                                              \
    static void within_##suffix(uint8_t *flags, const type *row, int32_t width, int32_t channels,  \
                                const seg_grow_range *range) {                                     \
        type low[3] = {0, 0, 0}, high[3] = {0, 0, 0};                                              \
        for (int32_t c = 0; c < (channels < 3 ? 1 : 3); c++) {                                     \
            if (range->low[c] > range->high[c] || range->low[c] > most || range->high[c] < 0) {    \
                memset(flags, 0, (size_t)width);                                                   \
                return;                                                                            \
            }                                                                                      \
            low[c] = (type)(range->low[c] < 0 ? 0 : range->low[c]);                                \
            high[c] = (type)(range->high[c] > most ? most : range->high[c]);                       \
        }                                                                                          \
        switch (channels) {                                                                        \
        case 1:                                                                                    \
            within_one_##suffix(flags, row, width, 1, low[0], high[0]);                            \
            break;                                                                                 \
        case 2:                                                                                    \
            within_one_##suffix(flags, row, width, 2, low[0], high[0]);                            \
            break;                                                                                 \
        case 3:                                                                                    \
            within_rgb_##suffix(flags, row, width, low, high);                                     \
            break;                                                                                 \
        default:                                                                                   \
            within_three_##suffix(flags, row, width, 4, low, high);                                \
        }                                                                                          \
    }

SEG_GROW_KERNELS(uint8_t, u8, 255)
SEG_GROW_KERNELS(uint16_t, u16, 65535)

const seg_grow_kernels SEG_LEVEL_NAME(seg_grow_kernels) = {
    .near_u8 = near_u8,
    .near_u16 = near_u16,
    .within_u8 = within_u8,
    .within_u16 = within_u16,
};
