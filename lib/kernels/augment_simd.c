/*
 * Kernels of augmentations. With AVX2, Philox runs at eight positions at once, and hues of eight
 * pixels are found by the formula's own operations, branches being selections.
 */
#include "kernels/augment_formula.h"

#include <string.h>

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>
#endif

/* ---- random numbers ---- */

#if defined(SEG_LEVEL_AVX2)
/* The upper and lower halves of eight products of 32 bits. */
static inline void multiply(__m256i *high, __m256i *low, __m256i x, uint32_t factor) {
    const __m256i by = _mm256_set1_epi32((int32_t)factor);
    const __m256i even = _mm256_mul_epu32(x, by);
    const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(x, 32), by);
    *high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
    *low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}

static inline void philox_round(__m256i x[4], __m256i key0, __m256i key1) {
    __m256i high[2], low[2];
    multiply(&high[0], &low[0], x[0], 0xD2511F53u);
    multiply(&high[1], &low[1], x[2], 0xCD9E8D57u);
    x[0] = _mm256_xor_si256(_mm256_xor_si256(high[1], x[1]), key0);
    x[2] = _mm256_xor_si256(_mm256_xor_si256(high[0], x[3]), key1);
    x[1] = low[1];
    x[3] = low[0];
}

/* Puts the four words of each of eight positions side by side. */
static inline void store_words(uint32_t *out, const __m256i x[4]) {
    const __m256i a = _mm256_unpacklo_epi32(x[0], x[1]), b = _mm256_unpackhi_epi32(x[0], x[1]);
    const __m256i c = _mm256_unpacklo_epi32(x[2], x[3]), d = _mm256_unpackhi_epi32(x[2], x[3]);
    const __m256i rows[4] = {_mm256_unpacklo_epi64(a, c), _mm256_unpackhi_epi64(a, c),
                             _mm256_unpacklo_epi64(b, d), _mm256_unpackhi_epi64(b, d)};
    for (int k = 0; k < 4; k++) {
        _mm_storeu_si128((void *)(out + 4 * k), _mm256_castsi256_si128(rows[k]));
        _mm_storeu_si128((void *)(out + 16 + 4 * k), _mm256_extracti128_si256(rows[k], 1));
    }
}

/* core/random.c's Philox-4x32-10 at positions index .. index + 15, in two halves, which wait for
 * nothing of each other. */
static inline void sixteen_positions(uint32_t *out, const seg_random *stream, uint32_t index) {
    __m256i a[4], b[4], key0 = _mm256_set1_epi32((int32_t)stream->key[0]),
                        key1 = _mm256_set1_epi32((int32_t)stream->key[1]);
    for (int k = 0; k < 4; k++)
        a[k] = b[k] = _mm256_set1_epi32((int32_t)stream->counter[k]);
    a[0] = _mm256_add_epi32(a[0], _mm256_add_epi32(_mm256_set1_epi32((int32_t)index),
                                                   _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)));
    b[0] = _mm256_add_epi32(a[0], _mm256_set1_epi32(8));
    for (int round = 0; round < 10; round++) {
        philox_round(a, key0, key1);
        philox_round(b, key0, key1);
        key0 = _mm256_add_epi32(key0, _mm256_set1_epi32((int32_t)0x9E3779B9u));
        key1 = _mm256_add_epi32(key1, _mm256_set1_epi32((int32_t)0xBB67AE85u));
    }
    store_words(out, a);
    store_words(out + 32, b);
}
#endif

static void words(uint32_t *out, const seg_random *stream, uint32_t index, size_t count) {
    size_t i = 0;
#if defined(SEG_LEVEL_AVX2)
    for (; i + 16 <= count; i += 16)
        sixteen_positions(out + 4 * i, stream, index + (uint32_t)i);
#endif
    for (; i < count; i++)
        seg_random_words(out + 4 * i, stream, index + (uint32_t)i);
}

/* ---- noise ---- */

#define CHUNK 256

static inline uint8_t moved(uint8_t value, int16_t step) {
    const int16_t sum = (int16_t)(value + step);
    return (uint8_t)(sum > 0 ? sum < 255 ? sum : 255 : 0);
}

#if defined(SEG_LEVEL_AVX2)
/* Steps of 8 samples, of two from each word. */
static inline __m128i look_up_8(const int16_t *steps, const uint32_t *random) {
    __m128i found = _mm_cvtsi32_si128((uint16_t)steps[SEG_QUANTILE_OF(random[0], 0)]);
    found = _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[0], 1)], 1);
    found = _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[1], 0)], 2);
    found = _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[1], 1)], 3);
    found = _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[2], 0)], 4);
    found = _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[2], 1)], 5);
    found = _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[3], 0)], 6);
    return _mm_insert_epi16(found, steps[SEG_QUANTILE_OF(random[3], 1)], 7);
}

static size_t noise_u8_fast(uint8_t *target, const uint8_t *source, const uint32_t *random,
                            const int16_t *steps, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i values = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(source + i)));
        const __m128i low = look_up_8(steps, random + i / 2),
                      high = look_up_8(steps, random + i / 2 + 4);
        const __m256i sums = _mm256_add_epi16(values, _mm256_set_m128i(high, low));
        _mm_storeu_si128((void *)(target + i), _mm_packus_epi16(_mm256_castsi256_si128(sums),
                                                                _mm256_extracti128_si256(sums, 1)));
    }
    return i;
}
#else
static size_t noise_u8_fast(uint8_t *target, const uint8_t *source, const uint32_t *random,
                            const int16_t *steps, size_t count) {
    (void)target, (void)source, (void)random, (void)steps, (void)count;
    return 0;
}
#endif

/* Steps are looked up one by one, and added many at a time. */
static void noise_u8(uint8_t *target, const uint8_t *source, const uint32_t *random,
                     const int16_t *steps, size_t count) {
    int16_t found[CHUNK];
    size_t first = noise_u8_fast(target, source, random, steps, count);
    for (; first < count; first += CHUNK) {
        const size_t part = count - first < CHUNK ? count - first : CHUNK;
        for (size_t k = 0; k < (part + 1) / 2; k++) {
            const uint32_t word = random[first / 2 + k];
            found[2 * k] = steps[SEG_QUANTILE_OF(word, 0)];
            found[2 * k + 1] = steps[SEG_QUANTILE_OF(word, 1)];
        }
        for (size_t i = 0; i < part; i++)
            target[first + i] = moved(source[first + i], found[i]);
    }
}

/* ---- hues ---- */

#if defined(SEG_LEVEL_AVX2)
#define NONE -1

static inline __m256 constant(float value) {
    return _mm256_set1_ps(value);
}

/* As augment_unit: 0 where it is no number. */
static inline __m256 unit(__m256 value) {
    return _mm256_min_ps(_mm256_max_ps(value, _mm256_setzero_ps()), constant(1));
}

static inline __m256 choose(__m256 no, __m256 yes, __m256 mask) {
    return _mm256_blendv_ps(no, yes, mask);
}

/* augment_hsv of eight pixels. */
static inline void eight_hsv(__m256 rgb[3], const seg_hsv_change *change) {
    const __m256 r = rgb[0], g = rgb[1], b = rgb[2], zero = _mm256_setzero_ps();
    const __m256 most = _mm256_max_ps(_mm256_max_ps(r, g), b);
    const __m256 range = _mm256_sub_ps(most, _mm256_min_ps(_mm256_min_ps(r, g), b));
    const __m256 is_r = _mm256_cmp_ps(most, r, _CMP_EQ_OQ);
    const __m256 is_g = _mm256_cmp_ps(most, g, _CMP_EQ_OQ);
    const __m256 above =
        choose(choose(_mm256_sub_ps(r, g), _mm256_sub_ps(b, r), is_g), _mm256_sub_ps(g, b), is_r);
    const __m256 add = choose(choose(constant(4), constant(2), is_g), zero, is_r);
    __m256 hue = _mm256_mul_ps(_mm256_add_ps(_mm256_div_ps(above, range), add), constant(1.0f / 6));
    hue = choose(hue, _mm256_add_ps(hue, constant(1)), _mm256_cmp_ps(hue, zero, _CMP_LT_OQ));
    hue = _mm256_and_ps(hue, _mm256_cmp_ps(range, zero, _CMP_GT_OQ));
    const __m256 saturation =
        _mm256_and_ps(_mm256_div_ps(range, most), _mm256_cmp_ps(most, zero, _CMP_GT_OQ));

    const __m256 turned = _mm256_mul_ps(_mm256_add_ps(hue, constant(change->turn)), constant(6));
    const __m256 value = unit(_mm256_mul_ps(most, constant(change->value)));
    const __m256 depth =
        _mm256_mul_ps(value, unit(_mm256_mul_ps(saturation, constant(change->saturation))));
    for (int c = 0; c < 3; c++) {
        __m256 k = _mm256_add_ps(constant((float)(5 - 2 * c)), turned);
        const __m256 whole = _mm256_floor_ps(_mm256_mul_ps(k, constant(1.0f / 6)));
        k = _mm256_sub_ps(k, _mm256_mul_ps(constant(6), whole));
        const __m256 near = _mm256_min_ps(k, _mm256_sub_ps(constant(4), k));
        rgb[c] = _mm256_sub_ps(value, _mm256_mul_ps(depth, unit(near)));
    }
}

/* Eight pixels at a time, four in either half; 16 bytes of each half are read and written, so that
 * others must follow. */
static size_t hsv_u8_fast(uint8_t *target, const uint8_t *source, const seg_hsv_change *change,
                          size_t width, size_t channels) {
    const char s = (char)channels;
    const __m256i first = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, NONE, NONE, NONE, s, NONE, NONE, NONE, (char)(2 * s), NONE, NONE, NONE,
                      (char)(3 * s), NONE, NONE, NONE));
    const __m128i close =
        channels == 4
            ? _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
            : _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, NONE, NONE, NONE, NONE);
    const __m256i step = _mm256_set1_epi32(1);
    size_t i = 0;
    for (; i + 8 + (channels == 3 ? 2 : 0) <= width; i += 8) {
        const uint8_t *from = source + i * channels;
        uint8_t *to = target + i * channels;
        const __m256i in = _mm256_set_m128i(_mm_loadu_si128((const void *)(from + 4 * channels)),
                                            _mm_loadu_si128((const void *)from));
        __m256i pick = first, out = _mm256_setzero_si256();
        __m256 rgb[3];
        for (int c = 0; c < 3; c++, pick = _mm256_add_epi8(pick, step))
            rgb[c] = _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_shuffle_epi8(in, pick)),
                                   constant(1.0f / 255));
        eight_hsv(rgb, change);
        for (int c = 2; c >= 0; c--) {
            const __m256 level =
                _mm256_add_ps(_mm256_mul_ps(unit(rgb[c]), constant(255)), constant(0.5f));
            out = _mm256_or_si256(_mm256_slli_epi32(out, 8), _mm256_cvttps_epi32(level));
        }
        if (channels == 4)
            out =
                _mm256_or_si256(out, _mm256_and_si256(in, _mm256_set1_epi32((int32_t)0xff000000u)));
        _mm_storeu_si128((void *)to, _mm_shuffle_epi8(_mm256_castsi256_si128(out), close));
        _mm_storeu_si128((void *)(to + 4 * channels),
                         _mm_shuffle_epi8(_mm256_extracti128_si256(out, 1), close));
    }
    return i;
}
#endif

static void hsv_u8(uint8_t *target, const uint8_t *source, const seg_hsv_change *change,
                   size_t width, size_t channels) {
    size_t done = 0;
#if defined(SEG_LEVEL_AVX2)
    done = hsv_u8_fast(target, source, change, width, channels);
#endif
    augment_hsv_u8(target, source, change, done, width, channels);
}

const seg_augment_kernels SEG_LEVEL_NAME(seg_augment_kernels) = {
    .words = words,
    .noise_u8 = noise_u8,
    .hsv_u8 = hsv_u8,
};
