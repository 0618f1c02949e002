/* Point kernels for the vector units. Most are plain loops in same-width arithmetic, which the
 * compiler turns into vector code; grey of interleaved bytes is written by hand, because the
 * compiler does not find the shuffles. */
#include "kernels/pixel.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#endif

static inline uint32_t grey_of(uint32_t red, uint32_t green, uint32_t blue) {
    return (SEG_GREY_RED * red + SEG_GREY_GREEN * green + SEG_GREY_BLUE * blue +
            (1u << (SEG_GREY_SHIFT - 1))) >>
           SEG_GREY_SHIFT;
}

/* The samples of one pixel: `step` is a constant where this is inlined. */
#define SEG_GREY_LOOP(first, step)                                                                 \
    for (int32_t x = (first); x < width; x++) {                                                    \
        const size_t i = (size_t)x * (step);                                                       \
        grey[x] = (uint8_t)grey_of(picture[i], picture[i + 1], picture[i + 2]);                    \
    }

#if defined(SEG_LEVEL_AVX2)

/* Grey of 8 pixels as 32-bit numbers. `rgbx` holds each pixel as bytes R G B x. */
static inline __m256i grey_of_8(__m256i rgbx) {
    const __m256i bytes = _mm256_set1_epi32(0x00ff00ff);
    const __m256i red_blue = _mm256_set1_epi32(SEG_GREY_BLUE << 16 | SEG_GREY_RED);
    const __m256i green = _mm256_set1_epi32(SEG_GREY_GREEN);
    __m256i sum = _mm256_madd_epi16(_mm256_and_si256(rgbx, bytes), red_blue);
    __m256i second = _mm256_and_si256(_mm256_srli_epi16(rgbx, 8), bytes);
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(second, green));
    sum = _mm256_add_epi32(sum, _mm256_set1_epi32(1 << (SEG_GREY_SHIFT - 1)));
    return _mm256_srli_epi32(sum, SEG_GREY_SHIFT);
}

static inline __m256i grey_pack(__m256i a, __m256i b, __m256i c, __m256i d) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    __m256i low = _mm256_packus_epi32(a, b), high = _mm256_packus_epi32(c, d);
    return _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order);
}

/* 8 pixels of 3 bytes. The second half is loaded from byte 8, so that nothing beyond byte 23 is
 * read. */
static inline __m256i load_rgb(const uint8_t *picture) {
    const __m256i spread =
        _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, /* from byte 0 */
                         4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
    __m256i bytes = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)picture));
    bytes = _mm256_inserti128_si256(bytes, _mm_loadu_si128((const __m128i *)(picture + 8)), 1);
    return _mm256_shuffle_epi8(bytes, spread);
}

static int32_t grey_rgb_vector(uint8_t *grey, const uint8_t *picture, int32_t width) {
    int32_t x = 0;
    for (; x + 32 <= width; x += 32) {
        const uint8_t *p = picture + 3 * (size_t)x;
        __m256i a = grey_of_8(load_rgb(p)), b = grey_of_8(load_rgb(p + 24));
        __m256i c = grey_of_8(load_rgb(p + 48)), d = grey_of_8(load_rgb(p + 72));
        _mm256_storeu_si256((__m256i *)(grey + x), grey_pack(a, b, c, d));
    }
    return x;
}

static int32_t grey_rgba_vector(uint8_t *grey, const uint8_t *picture, int32_t width) {
    int32_t x = 0;
    for (; x + 32 <= width; x += 32) {
        const __m256i *p = (const __m256i *)(picture + 4 * (size_t)x);
        __m256i a = grey_of_8(_mm256_loadu_si256(p)), b = grey_of_8(_mm256_loadu_si256(p + 1));
        __m256i c = grey_of_8(_mm256_loadu_si256(p + 2)), d = grey_of_8(_mm256_loadu_si256(p + 3));
        _mm256_storeu_si256((__m256i *)(grey + x), grey_pack(a, b, c, d));
    }
    return x;
}

#elif defined(__SSE2__)

/* Grey of 4 pixels R G B x as 32-bit numbers. */
static inline __m128i grey_of_4(__m128i rgbx) {
    const __m128i bytes = _mm_set1_epi32(0x00ff00ff);
    const __m128i red_blue = _mm_set1_epi32(SEG_GREY_BLUE << 16 | SEG_GREY_RED);
    const __m128i green = _mm_set1_epi32(SEG_GREY_GREEN);
    __m128i sum = _mm_madd_epi16(_mm_and_si128(rgbx, bytes), red_blue);
    __m128i second = _mm_and_si128(_mm_srli_epi16(rgbx, 8), bytes);
    sum = _mm_add_epi32(sum, _mm_madd_epi16(second, green));
    sum = _mm_add_epi32(sum, _mm_set1_epi32(1 << (SEG_GREY_SHIFT - 1)));
    return _mm_srli_epi32(sum, SEG_GREY_SHIFT);
}

static inline __m128i grey_pack(__m128i a, __m128i b, __m128i c, __m128i d) {
    return _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
}

/* Pixels 0..3 of the 12 low bytes, each spread to four bytes; the fourth is rubbish. */
static inline __m128i spread_rgb(__m128i bytes) {
    __m128i low = _mm_unpacklo_epi32(bytes, _mm_srli_si128(bytes, 3));
    __m128i high = _mm_unpacklo_epi32(_mm_srli_si128(bytes, 6), _mm_srli_si128(bytes, 9));
    return _mm_unpacklo_epi64(low, high);
}

static int32_t grey_rgb_vector(uint8_t *grey, const uint8_t *picture, int32_t width) {
    int32_t x = 0;
    for (; x + 16 <= width; x += 16) {
        const uint8_t *p = picture + 3 * (size_t)x;
        __m128i a = _mm_loadu_si128((const __m128i *)p);
        __m128i b = _mm_loadu_si128((const __m128i *)(p + 12));
        __m128i c = _mm_loadu_si128((const __m128i *)(p + 24));
        /* from byte 32, so that nothing beyond byte 47 is read */
        __m128i d = _mm_srli_si128(_mm_loadu_si128((const __m128i *)(p + 32)), 4);
        a = grey_of_4(spread_rgb(a)), b = grey_of_4(spread_rgb(b));
        c = grey_of_4(spread_rgb(c)), d = grey_of_4(spread_rgb(d));
        _mm_storeu_si128((__m128i *)(grey + x), grey_pack(a, b, c, d));
    }
    return x;
}

static int32_t grey_rgba_vector(uint8_t *grey, const uint8_t *picture, int32_t width) {
    int32_t x = 0;
    for (; x + 16 <= width; x += 16) {
        const __m128i *p = (const __m128i *)(picture + 4 * (size_t)x);
        __m128i a = grey_of_4(_mm_loadu_si128(p)), b = grey_of_4(_mm_loadu_si128(p + 1));
        __m128i c = grey_of_4(_mm_loadu_si128(p + 2)), d = grey_of_4(_mm_loadu_si128(p + 3));
        _mm_storeu_si128((__m128i *)(grey + x), grey_pack(a, b, c, d));
    }
    return x;
}

#else

static int32_t grey_rgb_vector(uint8_t *grey, const uint8_t *picture, int32_t width) {
    (void)grey, (void)picture, (void)width;
    return 0;
}

#define grey_rgba_vector grey_rgb_vector

#endif

static void grey_u8(uint8_t *restrict grey, const uint8_t *restrict picture, int32_t width,
                    int32_t channels) {
    if (channels == 3) {
        SEG_GREY_LOOP(grey_rgb_vector(grey, picture, width), 3)
    } else {
        SEG_GREY_LOOP(grey_rgba_vector(grey, picture, width), 4)
    }
}

static void grey_u16(uint16_t *restrict grey, const uint16_t *restrict picture, int32_t width,
                     int32_t channels) {
    if (channels == 3) {
        for (size_t x = 0; x < (size_t)width; x++)
            grey[x] = (uint16_t)grey_of(picture[3 * x], picture[3 * x + 1], picture[3 * x + 2]);
    } else {
        for (size_t x = 0; x < (size_t)width; x++)
            grey[x] = (uint16_t)grey_of(picture[4 * x], picture[4 * x + 1], picture[4 * x + 2]);
    }
}

static void grey_f32(float *restrict grey, const float *restrict picture, int32_t width,
                     int32_t channels) {
    if (channels == 3) {
        for (size_t x = 0; x < (size_t)width; x++)
            grey[x] =
                picture[3 * x] * 0.299f + picture[3 * x + 1] * 0.587f + picture[3 * x + 2] * 0.114f;
    } else {
        for (size_t x = 0; x < (size_t)width; x++)
            grey[x] =
                picture[4 * x] * 0.299f + picture[4 * x + 1] * 0.587f + picture[4 * x + 2] * 0.114f;
    }
}

/* value - low wraps below low, so that one unsigned comparison tests both ends. */
static void range_u8(uint8_t *restrict mask, const uint8_t *restrict value, size_t count,
                     uint8_t low, uint8_t high, uint8_t inside) {
    const uint8_t span = (uint8_t)(high - low), outside = (uint8_t)(255 - inside);
    for (size_t i = 0; i < count; i++) {
        const uint8_t above = (uint8_t)(value[i] - low);
        mask[i] = above <= span ? inside : outside;
    }
}

static void range_u16(uint8_t *restrict mask, const uint16_t *restrict value, size_t count,
                      uint16_t low, uint16_t high, uint8_t inside) {
    const uint16_t span = (uint16_t)(high - low);
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t i = 0; i < count; i++) {
        const uint16_t above = (uint16_t)(value[i] - low);
        const uint16_t within = above <= span ? 255 : 0;
        mask[i] = (uint8_t)((uint8_t)within ^ flip);
    }
}

static inline uint32_t when(bool condition) {
    return condition ? UINT32_MAX : 0;
}

static inline uint32_t is_finite(float value) {
    return when(fabsf(value) <= FLT_MAX);
}

static void range_f32(uint8_t *restrict mask, const float *restrict value, size_t count, float low,
                      float high, uint8_t inside) {
    const uint32_t flip = inside ? 0 : UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        uint32_t within = when(value[i] > low) & when(value[i] <= high);
        within = (within ^ flip) & is_finite(value[i]);
        mask[i] = (uint8_t)within;
    }
}

static void differs_u8(uint8_t *restrict mask, const uint8_t *restrict a, const uint8_t *restrict b,
                       size_t count, uint8_t level) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t high = a[i] > b[i] ? a[i] : b[i];
        const uint8_t low = a[i] > b[i] ? b[i] : a[i];
        const uint8_t difference = (uint8_t)(high - low);
        mask[i] = difference > level ? 255 : 0;
    }
}

static void differs_u16(uint8_t *restrict mask, const uint16_t *restrict a,
                        const uint16_t *restrict b, size_t count, uint16_t level) {
    for (size_t i = 0; i < count; i++) {
        const uint16_t high = a[i] > b[i] ? a[i] : b[i];
        const uint16_t low = a[i] > b[i] ? b[i] : a[i];
        const uint16_t difference = (uint16_t)(high - low);
        const uint16_t differs = difference > level ? 255 : 0;
        mask[i] = (uint8_t)differs;
    }
}

/* value * full rounded to nearest, ties to even. Adding 2^23 leaves no bits for a fraction. */
static inline float quantised(float value, float full) {
    value = value > 0 ? value : 0;
    value = value < 1 ? value : 1;
    return (value * full + 8388608.0f) - 8388608.0f;
}

static void differs_f32(uint8_t *restrict mask, const float *restrict a, const float *restrict b,
                        size_t count, float level) {
    for (size_t i = 0; i < count; i++) {
        const float difference = fabsf(quantised(a[i], 65535) - quantised(b[i], 65535));
        mask[i] = (uint8_t)(when(difference > level) & is_finite(a[i]) & is_finite(b[i]));
    }
}

static void largest_sample(uint8_t *restrict mask, const uint8_t *restrict samples, int32_t width,
                           int32_t channels) {
    const size_t step = (size_t)channels;
    for (size_t x = 0; x < (size_t)width; x++)
        mask[x] = samples[x * step];
    for (size_t c = 1; c < step; c++)
        for (size_t x = 0; x < (size_t)width; x++) {
            const uint8_t sample = samples[x * step + c];
            mask[x] = mask[x] > sample ? mask[x] : sample;
        }
}

/* Bytes count up to 255 before they are summed: half the work of widening each sample. */
static size_t count_set(const uint8_t *mask, size_t count) {
    enum { LANES = 32 };
    size_t set = 0, i = 0;
    while (count - i >= LANES) {
        uint8_t lanes[LANES] = {0};
        for (int turn = 0; turn < 255 && count - i >= LANES; turn++, i += LANES)
            for (int lane = 0; lane < LANES; lane++)
                lanes[lane] = (uint8_t)(lanes[lane] + (mask[i + (size_t)lane] >> 7));
        for (int lane = 0; lane < LANES; lane++)
            set += lanes[lane];
    }
    for (; i < count; i++)
        set += mask[i] >> 7;
    return set;
}

#if defined(SEG_LEVEL_AVX2)
/* Sixteen entries at a time by shuffles, which give 0 where the top bit is set: samples lose 16
 * each time, and what they find is the difference from the entries before. Below 128, then from
 * there. */
static size_t map_u8_fast(uint8_t *target, const uint8_t *source, const uint8_t *table,
                          size_t count) {
    uint8_t change[256];
    memcpy(change, table, sizeof change);
    for (int i = 16; i < 128; i++) {
        change[i] = (uint8_t)(change[i] ^ table[i - 16]);
        change[128 + i] = (uint8_t)(change[128 + i] ^ table[128 + i - 16]);
    }
    const __m256i below = _mm256_set1_epi8(16), top = _mm256_set1_epi8(-128);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m256i low[2], high[2], found[2];
        for (int k = 0; k < 2; k++) {
            low[k] = _mm256_loadu_si256((const void *)(source + i + 32 * k));
            high[k] = _mm256_xor_si256(low[k], top);
            found[k] = _mm256_setzero_si256();
        }
        for (int part = 0; part < 128; part += 16) {
            const __m256i a =
                _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)(change + part)));
            const __m256i b =
                _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)(change + 128 + part)));
            for (int k = 0; k < 2; k++) {
                const __m256i both = _mm256_xor_si256(_mm256_shuffle_epi8(a, low[k]),
                                                      _mm256_shuffle_epi8(b, high[k]));
                found[k] = _mm256_xor_si256(found[k], both);
                low[k] = _mm256_subs_epi8(low[k], below);
                high[k] = _mm256_subs_epi8(high[k], below);
            }
        }
        for (int k = 0; k < 2; k++)
            _mm256_storeu_si256((void *)(target + i + 32 * k), found[k]);
    }
    return i;
}
#endif

static void map_u8(uint8_t *target, const uint8_t *source, const uint8_t *table, size_t count) {
    size_t i = 0;
#if defined(SEG_LEVEL_AVX2)
    i = map_u8_fast(target, source, table, count);
#endif
    for (; i < count; i++)
        target[i] = table[source[i]];
}

/* In forms that saturating instructions have. */
static void add_u8(uint8_t *target, const uint8_t *source, int32_t step, size_t count) {
    const uint8_t more = (uint8_t)(step > 0 ? step : 0), less = (uint8_t)(step < 0 ? -step : 0);
    for (size_t i = 0; i < count; i++) {
        const uint8_t sum = (uint8_t)(source[i] + more);
        const uint8_t cut = sum < more ? 255 : sum;
        target[i] = (uint8_t)(cut > less ? cut - less : 0);
    }
}

static inline uint8_t on_line(uint8_t value, float factor, float add) {
    const int32_t level = (int32_t)((float)value * factor + add);
    return (uint8_t)(level > 0 ? level < 255 ? level : 255 : 0);
}

#if defined(SEG_LEVEL_AVX2)
static inline __m256i eight_on_line(const uint8_t *source, __m256 factor, __m256 add) {
    const __m256i values = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)source));
    const __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(values), factor);
    return _mm256_cvttps_epi32(_mm256_add_ps(scaled, add));
}

/* Levels are cut while they are packed, which mixes up their fours. */
static size_t line_u8_fast(uint8_t *target, const uint8_t *source, float factor, float add,
                           size_t count) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256 by = _mm256_set1_ps(factor), plus = _mm256_set1_ps(add);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m256i a = eight_on_line(source + i, by, plus);
        const __m256i b = eight_on_line(source + i + 8, by, plus);
        const __m256i c = eight_on_line(source + i + 16, by, plus);
        const __m256i d = eight_on_line(source + i + 24, by, plus);
        const __m256i bytes =
            _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
        _mm256_storeu_si256((void *)(target + i), _mm256_permutevar8x32_epi32(bytes, order));
    }
    return i;
}
#endif

static void line_u8(uint8_t *target, const uint8_t *source, float factor, float add, size_t count) {
    size_t i = 0;
#if defined(SEG_LEVEL_AVX2)
    i = line_u8_fast(target, source, factor, add, count);
#endif
    for (; i < count; i++)
        target[i] = on_line(source[i], factor, add);
}

static size_t zeros_before(const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    size_t i = 0;
#if defined(SEG_LEVEL_AVX2)
    for (; i + 128 <= count; i += 128) {
        const __m256i *const some = (const __m256i *)(const void *)(byte + i);
        const __m256i first =
            _mm256_or_si256(_mm256_loadu_si256(some), _mm256_loadu_si256(some + 1));
        const __m256i last =
            _mm256_or_si256(_mm256_loadu_si256(some + 2), _mm256_loadu_si256(some + 3));
        const __m256i all = _mm256_or_si256(first, last);
        if (!_mm256_testz_si256(all, all)) break;
    }
#endif
    for (; i + 8 <= count; i += 8) {
        uint64_t eight;
        memcpy(&eight, byte + i, sizeof eight);
        if (eight) break;
    }
    while (i < count && byte[i] == 0)
        i++;
    return i;
}

static void clear_ignored(uint8_t *restrict mask, const uint8_t *restrict ignore, size_t count) {
    for (size_t i = 0; i < count; i++)
        mask[i] = ignore[i] ? 0 : mask[i];
}

static void u8_to_u16(uint16_t *restrict out, const uint8_t *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint16_t)(in[i] * 257);
}

static void u8_to_f32(float *restrict out, const uint8_t *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (float)in[i] / 255.0f;
}

/* Rounds v / 257: 255/65536 is close enough to 1/257 for all v (tested for each). */
static void u16_to_u8(uint8_t *restrict out, const uint16_t *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)((in[i] * 255u + 32895u) >> 16);
}

static void u16_to_f32(float *restrict out, const uint16_t *restrict in, size_t count, float full) {
    for (size_t i = 0; i < count; i++) {
        const float value = (float)in[i] < full ? (float)in[i] : full;
        out[i] = value / full;
    }
}

static void f32_to_u8(uint8_t *restrict out, const float *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(int32_t)quantised(in[i], 255);
}

static void f32_to_u16(uint16_t *restrict out, const float *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (uint16_t)(int32_t)quantised(in[i], 65535);
}

/* Four tables, so that equal neighbours do not wait for each other's counter. */
static void count_u8(uint32_t *bins, const uint8_t *value, size_t count) {
    uint32_t more[3][256];
    size_t i = 0;
    if (count >= 1024) {
        memset(more, 0, sizeof more);
        for (; i + 4 <= count; i += 4) {
            bins[value[i]]++;
            more[0][value[i + 1]]++;
            more[1][value[i + 2]]++;
            more[2][value[i + 3]]++;
        }
        for (int bin = 0; bin < 256; bin++)
            bins[bin] += more[0][bin] + more[1][bin] + more[2][bin];
    }
    for (; i < count; i++)
        bins[value[i]]++;
}

static inline uint64_t load_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* All four pairs of the word are equal. */
static inline bool is_flat(uint64_t word) {
    return word == (word << 16 | word >> 48);
}

/* Counts the pairs of words many of which may be flat. */
static void count_flat(uint32_t *pairs, const uint8_t *value, size_t words) {
    for (size_t i = 0; i < words; i++) {
        const uint64_t word = load_word(value + 8 * i);
        if (is_flat(word)) {
            pairs[(uint16_t)word] += 4;
            continue;
        }
        pairs[(uint16_t)word]++;
        pairs[(uint16_t)(word >> 16)]++;
        pairs[(uint16_t)(word >> 32)]++;
        pairs[word >> 48]++;
    }
}

#define CHUNK 256 /* samples */

/* Equal pairs close together wait for each other's counter, so two places are counted in turn. */
static inline void count_chunk(uint32_t *pairs, const uint8_t *value) {
    for (size_t i = 0; i < CHUNK / 2; i += 8) {
        const uint64_t a = load_word(value + i), b = load_word(value + CHUNK / 2 + i);
        pairs[(uint16_t)a]++;
        pairs[(uint16_t)b]++;
        pairs[(uint16_t)(a >> 16)]++;
        pairs[(uint16_t)(b >> 16)]++;
        pairs[(uint16_t)(a >> 32)]++;
        pairs[(uint16_t)(b >> 32)]++;
        pairs[a >> 48]++;
        pairs[b >> 48]++;
    }
}

/* A chunk of which a good part is flat, as in scanned text. */
static inline bool mostly_flat(const uint8_t *value) {
    int flat = 0;
    for (size_t i = 0; i < CHUNK; i += CHUNK / 4)
        flat += is_flat(load_word(value + i));
    return flat >= 2;
}

/* One counter serves two samples, which halves the work. In flat chunks all four pairs of a word
 * are added at once. */
static void count_pairs_u8(uint32_t *pairs, uint32_t *bins, const uint8_t *value, size_t count) {
    size_t i = 0;
    for (size_t part; i + 8 <= count; i += part) {
        part = count - i < CHUNK ? (count - i) / 8 * 8 : CHUNK;
        if (part < CHUNK || mostly_flat(value + i))
            count_flat(pairs, value + i, part / 8);
        else
            count_chunk(pairs, value + i);
    }
    for (; i < count; i++)
        bins[value[i]]++;
}

static void fold_pairs(uint32_t *restrict bins, const uint32_t *restrict pairs) {
    for (int high = 0; high < 256; high++, pairs += 256) {
        uint32_t sum = 0;
        for (int low = 0; low < 256; low++) {
            sum += pairs[low];
            bins[low] += pairs[low];
        }
        bins[high] += sum;
    }
}

const seg_pixel_kernels SEG_LEVEL_NAME(seg_pixel_kernels) = {
    .grey_u8 = grey_u8,
    .grey_u16 = grey_u16,
    .grey_f32 = grey_f32,
    .range_u8 = range_u8,
    .range_u16 = range_u16,
    .range_f32 = range_f32,
    .differs_u8 = differs_u8,
    .differs_u16 = differs_u16,
    .differs_f32 = differs_f32,
    .largest_sample = largest_sample,
    .count_set = count_set,
    .map_u8 = map_u8,
    .add_u8 = add_u8,
    .line_u8 = line_u8,
    .zeros_before = zeros_before,
    .clear_ignored = clear_ignored,
    .u8_to_u16 = u8_to_u16,
    .u8_to_f32 = u8_to_f32,
    .u16_to_u8 = u16_to_u8,
    .u16_to_f32 = u16_to_f32,
    .f32_to_u8 = f32_to_u8,
    .f32_to_u16 = f32_to_u16,
    .count_u8 = count_u8,
    .count_pairs_u8 = count_pairs_u8,
    .fold_pairs = fold_pairs,
};
