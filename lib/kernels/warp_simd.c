/*
 * Kernels of warps. Places are rounded to even by a large constant that is added to a double, or by
 * the conversion itself. Bilinear u8 of 1, 3 and 4 channels is written for AVX2: of two rows, both
 * neighbours of a pixel come in one load, 8 pixels at a time.
 */
#include "kernels/warp_formula.h"

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>
#endif

/* 1.5 * 2^52: the sum's low 32 bits are the nearest whole number, halves to even. */
static inline int32_t to_place(double value) {
    const double low = value > -SEG_WARP_FURTHEST ? value : -SEG_WARP_FURTHEST;
    const double sum = (low < SEG_WARP_FURTHEST ? low : SEG_WARP_FURTHEST) + 6755399441055744.0;
    int64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return (int32_t)bits;
}

#if defined(SEG_LEVEL_AVX2)
/* Four places, rounded as above. */
static inline __m128i to_places(__m256d value) {
    const __m256d low = _mm256_max_pd(value, _mm256_set1_pd(-SEG_WARP_FURTHEST));
    return _mm256_cvtpd_epi32(_mm256_min_pd(low, _mm256_set1_pd(SEG_WARP_FURTHEST)));
}

static inline __m256d columns_from(int32_t first) {
    return _mm256_cvtepi32_pd(_mm_add_epi32(_mm_set1_epi32(first), _mm_setr_epi32(0, 1, 2, 3)));
}

/* `near`: no place has to be cut. */
static inline size_t place_eights(int32_t *places, int32_t start, double step, int32_t first,
                                  size_t count, bool near) {
    const __m256d eight = _mm256_set1_pd(8), by = _mm256_set1_pd(step);
    const __m256i from = _mm256_set1_epi32(start);
    __m256d low = columns_from(first), high = columns_from(first + 4);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) { /* stored as they are read again */
        const __m256d a = _mm256_mul_pd(low, by), b = _mm256_mul_pd(high, by);
        const __m256i both = near ? _mm256_set_m128i(_mm256_cvtpd_epi32(b), _mm256_cvtpd_epi32(a))
                                  : _mm256_set_m128i(to_places(b), to_places(a));
        _mm256_storeu_si256((void *)(places + i), _mm256_add_epi32(from, both));
        low = _mm256_add_pd(low, eight);
        high = _mm256_add_pd(high, eight);
    }
    return i;
}

static size_t place_line_fast(int32_t *places, int32_t start, double step, int32_t first,
                              size_t count) {
    const double last = step * ((double)first + (double)count);
    return first >= 0 && last > -SEG_WARP_FURTHEST && last < SEG_WARP_FURTHEST
               ? place_eights(places, start, step, first, count, true)
               : place_eights(places, start, step, first, count, false);
}

static size_t place_projective_fast(int32_t *x, int32_t *y, const double at[3],
                                    const double step[3], int32_t half, int32_t first,
                                    size_t count) {
    const __m256d four = _mm256_set1_pd(4);
    const __m128i add = _mm_set1_epi32(half);
    __m256d column = columns_from(first);
    size_t i = 0;
    for (; i + 4 <= count; i += 4, column = _mm256_add_pd(column, four)) {
        __m256d value[3];
        for (int k = 0; k < 3; k++)
            value[k] = _mm256_add_pd(_mm256_set1_pd(at[k]),
                                     _mm256_mul_pd(column, _mm256_set1_pd(step[k])));
        _mm_storeu_si128((void *)(x + i),
                         _mm_add_epi32(add, to_places(_mm256_div_pd(value[0], value[2]))));
        _mm_storeu_si128((void *)(y + i),
                         _mm_add_epi32(add, to_places(_mm256_div_pd(value[1], value[2]))));
    }
    return i;
}
#else
static size_t place_line_fast(int32_t *places, int32_t start, double step, int32_t first,
                              size_t count) {
    (void)places, (void)start, (void)step, (void)first, (void)count;
    return 0;
}

static size_t place_projective_fast(int32_t *x, int32_t *y, const double at[3],
                                    const double step[3], int32_t half, int32_t first,
                                    size_t count) {
    (void)x, (void)y, (void)at, (void)step, (void)half, (void)first, (void)count;
    return 0;
}
#endif

static void place_line(int32_t *restrict places, int32_t start, double step, int32_t first,
                       size_t count) {
    for (size_t i = place_line_fast(places, start, step, first, count); i < count; i++)
        places[i] = start + to_place((double)(first + (int32_t)i) * step);
}

static void place_projective(int32_t *restrict x, int32_t *restrict y, const double at[3],
                             const double step[3], int32_t half, int32_t first, size_t count) {
    size_t i = place_projective_fast(x, y, at, step, half, first, count);
    for (; i < count; i++) {
        const double column = (double)(first + (int32_t)i), w = at[2] + column * step[2];
        x[i] = half + to_place((at[0] + column * step[0]) / w);
        y[i] = half + to_place((at[1] + column * step[1]) / w);
    }
}

static void displace(int32_t *restrict x, int32_t *restrict y, const float *restrict field,
                     size_t count) {
    for (size_t i = 0; i < count; i++) {
        x[i] = to_place(x[i] + (double)field[2 * i] * SEG_WARP_ONE);
        y[i] = to_place(y[i] + (double)field[2 * i + 1] * SEG_WARP_ONE);
    }
}

static int inside(const int32_t *restrict x, const int32_t *restrict y, size_t count, int32_t width,
                  int32_t height) {
    if (width <= 0 || height <= 0) return count ? 2 : 0;
    int32_t in = 0, out = 0;
    for (size_t i = 0; i < count; i++) {
        const int32_t yes =
            ((uint32_t)x[i] < (uint32_t)width) & ((uint32_t)y[i] < (uint32_t)height);
        in |= yes;
        out |= yes ^ 1;
    }
    return in | out << 1;
}

#define CUT(place) ((place) >> SEG_WARP_SHIFT)

/* ---- whole pixels ---- */

#if defined(SEG_LEVEL_AVX2)
/* The pixels backwards, as many at a time as 16 bytes hold; bytes that are left over go before the
 * first one that is read, and behind the last one that is written, where others follow. */
static size_t backwards_fast(uint8_t *target, const uint8_t *from, size_t count, size_t pixel) {
    const size_t many = 16 / pixel, over = 16 % pixel;
    uint8_t order[16] = {0};
    size_t i = 0;
    for (size_t b = 0; b < many * pixel; b++)
        order[b] = (uint8_t)(over + (many - 1 - b / pixel) * pixel + b % pixel);
    const __m128i pick = _mm_loadu_si128((const void *)order);
    for (; i + many + (over > 0) <= count; i += many) {
        const uint8_t *first = from - (i + many - 1) * pixel - over;
        _mm_storeu_si128((void *)(target + i * pixel),
                         _mm_shuffle_epi8(_mm_loadu_si128((const void *)first), pick));
    }
    return i;
}
#endif

/* `pixel` is a constant where this is inlined. */
static inline void line_of(uint8_t *target, const uint8_t *from, ptrdiff_t step, size_t count,
                           size_t pixel) {
    for (size_t i = 0; i < count; i++)
        memcpy(target + i * pixel, from + (ptrdiff_t)i * step, pixel);
}

static void line(void *target, const uint8_t *from, ptrdiff_t step, size_t count, size_t pixel) {
    uint8_t *to = target;
#if defined(SEG_LEVEL_AVX2)
    if (step == -(ptrdiff_t)pixel && pixel <= 8) {
        const size_t done = backwards_fast(to, from, count, pixel);
        to += done * pixel, from -= done * pixel, count -= done;
    }
#endif
    if (pixel == 1)
        line_of(to, from, step, count, 1);
    else if (pixel == 3)
        line_of(to, from, step, count, 3);
    else if (pixel == 4)
        line_of(to, from, step, count, 4);
    else
        line_of(to, from, step, count, pixel);
}

/* `pixel` is a constant where this is inlined. */
static inline void nearest_of(uint8_t *target, const seg_image *source, const int32_t *x,
                              const int32_t *y, size_t count, size_t pixel) {
    for (size_t i = 0; i < count; i++)
        memcpy(target + i * pixel, warp_pixel(source, CUT(x[i]), CUT(y[i]), pixel), pixel);
}

static void nearest(void *target, const seg_image *source, const int32_t *x, const int32_t *y,
                    size_t count) {
    switch (seg_format_size((seg_format)source->format) * source->channels) {
    case 1:
        nearest_of(target, source, x, y, count, 1);
        break;
    case 2:
        nearest_of(target, source, x, y, count, 2);
        break;
    case 3:
        nearest_of(target, source, x, y, count, 3);
        break;
    case 4:
        nearest_of(target, source, x, y, count, 4);
        break;
    case 6:
        nearest_of(target, source, x, y, count, 6);
        break;
    case 8:
        nearest_of(target, source, x, y, count, 8);
        break;
    case 12:
        nearest_of(target, source, x, y, count, 12);
        break;
    default:
        nearest_of(target, source, x, y, count, 16);
    }
}

/* ---- upright bilinear ---- */

static void across_u8(uint16_t *sums, const uint8_t *row, const seg_warp_columns *columns,
                      size_t count) {
    size_t j = 0;
#if defined(SEG_LEVEL_AVX2)
    for (; j + 16 <= count; j += 16) {
        const int32_t *base = columns->base + j / SEG_WARP_GROUP;
        const __m256i samples = _mm256_set_m128i(_mm_loadu_si128((const void *)(row + base[1])),
                                                 _mm_loadu_si128((const void *)(row + base[0])));
        const __m256i pick = _mm256_loadu_si256((const void *)(columns->pick + 2 * j));
        const __m256i weight = _mm256_loadu_si256((const void *)(columns->weight + 2 * j));
        _mm256_storeu_si256((void *)(sums + j),
                            _mm256_maddubs_epi16(_mm256_shuffle_epi8(samples, pick), weight));
    }
#endif
    warp_across_u8(sums, row, columns, j, count);
}

static void down_u8(uint8_t *target, const uint16_t *top, const uint16_t *bottom, int32_t fraction,
                    size_t count) {
    size_t j = 0;
#if defined(SEG_LEVEL_AVX2)
    const __m256i weights = _mm256_set1_epi32(fraction << 16 | (32 - fraction));
    const __m256i half = _mm256_set1_epi32(512);
    for (; j + 16 <= count; j += 16) {
        const __m256i a = _mm256_loadu_si256((const void *)(top + j));
        const __m256i b = _mm256_loadu_si256((const void *)(bottom + j));
        const __m256i low = _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), weights);
        const __m256i high = _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), weights);
        const __m256i words =
            _mm256_packs_epi32(_mm256_srli_epi32(_mm256_add_epi32(low, half), 10),
                               _mm256_srli_epi32(_mm256_add_epi32(high, half), 10));
        _mm_storeu_si128(
            (void *)(target + j),
            _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
    }
#endif
    warp_down_u8(target, top, bottom, fraction, j, count);
}

/* ---- bilinear ---- */

#define FRACTION(place) ((place) & (SEG_WARP_ONE - 1))

/* `channels` is a constant where these are inlined, but of u16: that would be large. */
static inline void bilinear_u8(uint8_t *target, const seg_image *source, const int32_t *x,
                               const int32_t *y, size_t count, size_t channels) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *p = warp_pixel(source, CUT(x[i]), CUT(y[i]), channels);
        const uint8_t *q = p + source->stride;
        for (size_t c = 0; c < channels; c++)
            target[i * channels + c] = warp_mix_u8(p[c], p[channels + c], q[c], q[channels + c],
                                                   FRACTION(x[i]) >> 5, FRACTION(y[i]) >> 5);
    }
}

static inline void bilinear_u16(uint16_t *target, const seg_image *source, const int32_t *x,
                                const int32_t *y, size_t count, size_t channels) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = warp_pixel(source, CUT(x[i]), CUT(y[i]), channels * sizeof *target);
        const uint16_t *p = (const uint16_t *)(const void *)row;
        const uint16_t *q = (const uint16_t *)(const void *)(row + source->stride);
        for (size_t c = 0; c < channels; c++)
            target[i * channels + c] =
                warp_mix_u16(p[c], p[channels + c], q[c], q[channels + c],
                             (uint32_t)FRACTION(x[i]) >> 3, (uint32_t)FRACTION(y[i]) >> 3);
    }
}

static inline void bilinear_f32(float *target, const seg_image *source, const int32_t *x,
                                const int32_t *y, size_t count, size_t channels) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = warp_pixel(source, CUT(x[i]), CUT(y[i]), channels * sizeof *target);
        const float *p = (const float *)(const void *)row;
        const float *q = (const float *)(const void *)(row + source->stride);
        const float fx = (float)FRACTION(x[i]) * (1.0f / SEG_WARP_ONE);
        const float fy = (float)FRACTION(y[i]) * (1.0f / SEG_WARP_ONE);
        for (size_t c = 0; c < channels; c++)
            target[i * channels + c] =
                warp_mix_f32(p[c], p[channels + c], q[c], q[channels + c], fx, fy);
    }
}

#define BY_CHANNELS(function)                                                                      \
    switch (source->channels) {                                                                    \
    case 1:                                                                                        \
        function(target, source, x, y, count, 1);                                                  \
        break;                                                                                     \
    case 2:                                                                                        \
        function(target, source, x, y, count, 2);                                                  \
        break;                                                                                     \
    case 3:                                                                                        \
        function(target, source, x, y, count, 3);                                                  \
        break;                                                                                     \
    default:                                                                                       \
        function(target, source, x, y, count, 4);                                                  \
    }

#if defined(SEG_LEVEL_AVX2)

/* Two neighbours each of two rows: of pixel a in the lower half, of pixel b in the upper one. */
static inline __m256i load_taps(const uint8_t *top, const uint8_t *bottom, int32_t a, int32_t b) {
    const __m256i p = _mm256_broadcastq_epi64(_mm_loadl_epi64((const void *)(top + a)));
    const __m256i q = _mm256_broadcastq_epi64(_mm_loadl_epi64((const void *)(bottom + a)));
    const __m256i r = _mm256_broadcastq_epi64(_mm_loadl_epi64((const void *)(top + b)));
    const __m256i s = _mm256_broadcastq_epi64(_mm_loadl_epi64((const void *)(bottom + b)));
    return _mm256_blend_epi32(_mm256_blend_epi32(p, q, 0x0c), _mm256_blend_epi32(r, s, 0xc0), 0xf0);
}

/* Pixels i and i + 4 of eight, 2^16 times what they are: `pick` puts the two taps of a channel in
 * the upper row and those in the lower one side by side, 4 bytes for each channel. */
#define MIX_TWO(i)                                                                                 \
    _mm256_add_epi32(                                                                              \
        half, _mm256_madd_epi16(                                                                   \
                  _mm256_maddubs_epi16(                                                            \
                      _mm256_shuffle_epi8(load_taps(top, bottom, at[i], at[(i) + 4]), pick),       \
                      _mm256_shuffle_epi32(across, 0x55 * (i))),                                   \
                  _mm256_shuffle_epi32(down, 0x55 * (i))))

/* Eight pixels of 3 or 4 channels whose upper taps begin at `at`. In either half bytes come channel
 * by channel, of pixels 0 and 1, then of 2 and 3. */
static inline __m256i mix_eight(const seg_image *source, const int32_t *at, const int32_t *x,
                                const int32_t *y, __m256i pick) {
    const uint8_t *top = source->data, *bottom = top + source->stride;
    const __m256i mask = _mm256_set1_epi32(31), half = _mm256_set1_epi32(1 << 15);
    const __m256i px = _mm256_loadu_si256((const void *)x);
    const __m256i py = _mm256_loadu_si256((const void *)y);
    const __m256i fx = _mm256_and_si256(_mm256_srli_epi32(px, 5), mask);
    const __m256i fy = _mm256_and_si256(_mm256_srli_epi32(py, 5), mask);
    /* bytes 32 - fx, fx, twice; words 64 (32 - fy), 64 fy */
    const __m256i across = _mm256_add_epi32(_mm256_mullo_epi32(fx, _mm256_set1_epi32(0x00ff00ff)),
                                            _mm256_set1_epi32(0x00200020));
    const __m256i down = _mm256_add_epi32(_mm256_mullo_epi32(fy, _mm256_set1_epi32(0xffff << 6)),
                                          _mm256_set1_epi32(32 << 6));
    const __m256i first = _mm256_blend_epi16(_mm256_srli_epi32(MIX_TWO(0), 16), MIX_TWO(1), 0xaa);
    const __m256i second = _mm256_blend_epi16(_mm256_srli_epi32(MIX_TWO(2), 16), MIX_TWO(3), 0xaa);
    return _mm256_packus_epi16(first, second);
}

#undef MIX_TWO
#define ABSENT -1
#define PART 64 /* pixels whose offsets are made ahead, so that loads need not wait for them */

/* At least eight pixels of 3 or 4 channels; the last eight may be partly those before. */
static void mix_part(uint8_t *target, const seg_image *source, const int32_t *x, const int32_t *y,
                     size_t count) {
    const bool four = source->channels == 4;
    const __m128i taps = four ? _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)
                              : _mm_setr_epi8(0, 3, 8, 11, 1, 4, 9, 12, 2, 5, 10, 13, ABSENT,
                                              ABSENT, ABSENT, ABSENT);
    const __m128i bytes = four ? _mm_setr_epi8(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15)
                               : _mm_setr_epi8(0, 2, 4, 1, 3, 5, 8, 10, 12, 9, 11, 13, ABSENT,
                                               ABSENT, ABSENT, ABSENT);
    const __m256i pick = _mm256_broadcastsi128_si256(taps);
    const __m256i order = _mm256_broadcastsi128_si256(bytes);
    const int32_t stride = (int32_t)source->stride, channels = source->channels;
    int32_t at[PART];
    for (size_t i = 0; i < count; i++)
        at[i] = CUT(y[i]) * stride + CUT(x[i]) * channels;
    for (size_t i = 0; i < count; i += 8) {
        const size_t k = i + 8 <= count ? i : count - 8;
        const __m256i pixels =
            _mm256_shuffle_epi8(mix_eight(source, at + k, x + k, y + k, pick), order);
        const __m128i end = _mm256_extracti128_si256(pixels, 1);
        uint8_t *to = target + k * (size_t)channels;
        _mm_storeu_si128((void *)to, _mm256_castsi256_si128(pixels));
        if (four) {
            _mm_storeu_si128((void *)(to + 16), end);
        } else {
            const int32_t rest = _mm_extract_epi32(end, 2);
            _mm_storel_epi64((void *)(to + 12), end);
            memcpy(to + 20, &rest, sizeof rest);
        }
    }
}

/* Returns how many pixels it made. */
static size_t bilinear_u8x34(uint8_t *target, const seg_image *source, const int32_t *x,
                             const int32_t *y, size_t count) {
    if (count < 8) return 0;
    for (size_t i = 0; i < count; i += PART) {
        const size_t first = count - i < 8 ? count - 8 : i,
                     some = count - first < PART ? count - first : PART;
        mix_part(target + first * source->channels, source, x + first, y + first, some);
    }
    return count;
}

static size_t bilinear_u8x1(uint8_t *target, const seg_image *source, const int32_t *x,
                            const int32_t *y, size_t count) {
    const __m256i stride = _mm256_set1_epi32((int32_t)source->stride);
    const __m256i mask = _mm256_set1_epi32(31), one = _mm256_set1_epi32(32);
    const int *top_data = source->data;
    const int *bottom_data = (const void *)((const uint8_t *)source->data + source->stride);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256i px = _mm256_loadu_si256((const void *)(x + i));
        const __m256i py = _mm256_loadu_si256((const void *)(y + i));
        const __m256i offsets =
            _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srai_epi32(py, SEG_WARP_SHIFT), stride),
                             _mm256_srai_epi32(px, SEG_WARP_SHIFT));
        const __m256i fx = _mm256_and_si256(_mm256_srli_epi32(px, 5), mask);
        const __m256i fy = _mm256_and_si256(_mm256_srli_epi32(py, 5), mask);
        const __m256i across =
            _mm256_add_epi32(_mm256_sub_epi32(_mm256_slli_epi32(fx, 8), fx), one);
        const __m256i down = _mm256_add_epi32(_mm256_sub_epi32(_mm256_slli_epi32(fy, 16), fy), one);
        const __m256i top =
            _mm256_maddubs_epi16(_mm256_i32gather_epi32(top_data, offsets, 1), across);
        const __m256i bottom =
            _mm256_maddubs_epi16(_mm256_i32gather_epi32(bottom_data, offsets, 1), across);
        const __m256i sums =
            _mm256_madd_epi16(_mm256_blend_epi16(top, _mm256_slli_epi32(bottom, 16), 0xaa), down);
        const __m256i value = _mm256_srli_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(512)), 10);
        const __m128i words =
            _mm_packs_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
        _mm_storel_epi64((void *)(target + i), _mm_packus_epi16(words, words));
    }
    return i;
}

static size_t bilinear_u8_fast(uint8_t *target, const seg_image *source, const int32_t *x,
                               const int32_t *y, size_t count) {
    const int64_t stride = source->stride < 0 ? -source->stride : source->stride;
    if (stride * source->height > INT32_MAX) return 0; /* offsets have 32 bits */
    switch (source->channels) {
    case 1:
        return bilinear_u8x1(target, source, x, y, count);
    case 3:
    case 4:
        return bilinear_u8x34(target, source, x, y, count);
    default:
        return 0;
    }
}
#else
static size_t bilinear_u8_fast(uint8_t *target, const seg_image *source, const int32_t *x,
                               const int32_t *y, size_t count) {
    (void)target, (void)source, (void)x, (void)y, (void)count;
    return 0;
}
#endif

static void bilinear(void *samples, const seg_image *source, const int32_t *x, const int32_t *y,
                     size_t count) {
    if (source->format == SEG_U8) {
        uint8_t *target = samples;
        const size_t done = bilinear_u8_fast(target, source, x, y, count);
        target += done * source->channels;
        x += done, y += done, count -= done;
        BY_CHANNELS(bilinear_u8)
    } else if (source->format == SEG_U16) {
        uint16_t *target = samples;
        bilinear_u16(target, source, x, y, count, source->channels);
    } else {
        float *target = samples;
        BY_CHANNELS(bilinear_f32)
    }
}

/* ---- bicubic ---- */

#define BICUBIC(name, type, finite, finish)                                                        \
    static inline void name(type *target, const seg_image *source, const int32_t *x,               \
                            const int32_t *y, size_t count, size_t channels) {                     \
        const float full = (float)seg_image_full_scale(source);                                    \
        (void)full;                                                                                \
        for (size_t i = 0; i < count; i++) {                                                       \
            const uint8_t *row =                                                                   \
                warp_pixel(source, CUT(x[i]) - 1, CUT(y[i]) - 1, channels * sizeof(type));         \
            float across[4], down[4], rows[4][4];                                                  \
            warp_cubic_weights(across, x[i]);                                                      \
            warp_cubic_weights(down, y[i]);                                                        \
            for (int k = 0; k < 4; k++, row += source->stride) {                                   \
                const type *p = (const type *)(const void *)row;                                   \
                for (size_t c = 0; c < channels; c++) {                                            \
                    const float taps[4] = {finite(p[c]), finite(p[channels + c]),                  \
                                           finite(p[2 * channels + c]),                            \
                                           finite(p[3 * channels + c])};                           \
                    rows[c][k] = warp_cubic(taps, across);                                         \
                }                                                                                  \
            }                                                                                      \
            for (size_t c = 0; c < channels; c++)                                                  \
                target[i * channels + c] = finish(warp_cubic(rows[c], down));                      \
        }                                                                                          \
    }

#define AS_U8(value) ((uint8_t)warp_whole(value, full))
#define AS_U16(value) ((uint16_t)warp_whole(value, full))
BICUBIC(bicubic_u8, uint8_t, (float), AS_U8)
BICUBIC(bicubic_u16, uint16_t, (float), AS_U16)
BICUBIC(bicubic_f32, float, warp_finite, )

static void bicubic(void *samples, const seg_image *source, const int32_t *x, const int32_t *y,
                    size_t count) {
    if (source->format == SEG_U8) {
        uint8_t *target = samples;
        bicubic_u8(target, source, x, y, count, source->channels);
    } else if (source->format == SEG_U16) {
        uint16_t *target = samples;
        bicubic_u16(target, source, x, y, count, source->channels);
    } else {
        float *target = samples;
        bicubic_f32(target, source, x, y, count, source->channels);
    }
}

const seg_warp_kernels SEG_LEVEL_NAME(seg_warp_kernels) = {
    .place_line = place_line,
    .place_projective = place_projective,
    .displace = displace,
    .inside = inside,
    .line = line,
    .across_u8 = across_u8,
    .down_u8 = down_u8,
    .nearest = nearest,
    .bilinear = bilinear,
    .bicubic = bicubic,
};
