/*
 * Sixteen pixels at a time. Sums of four products of 16 bits are two multiplications of pairs; what
 * is unpacked for them is packed again in the same order, within the halves of a vector. Packing
 * with saturation also is what brings levels into 0 .. 255.
 */
#include "media/ffmpeg/yuv420_rows.h"

#if defined(SEG_HAVE_AVX2)

#include <immintrin.h>

#define AT_ONCE 16

static inline __m256i load16(const void *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}

static inline __m256i widen8(const uint8_t *p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)p));
}

/* Two shares in each 32 bits. */
static inline __m256i share_pair(int16_t a, int16_t b) {
    return _mm256_set1_epi32((int32_t)((uint32_t)(uint16_t)a | (uint32_t)(uint16_t)b << 16));
}

/* Sums of four rows of 16-bit values: of the lower and the upper four of each half. */
typedef struct sums {
    __m256i low, high;
} sums;

static inline sums blend(__m256i a, __m256i b, __m256i c, __m256i d, __m256i shares_ab,
                         __m256i shares_cd) {
    return (sums){_mm256_add_epi32(_mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), shares_ab),
                                   _mm256_madd_epi16(_mm256_unpacklo_epi16(c, d), shares_cd)),
                  _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), shares_ab),
                                   _mm256_madd_epi16(_mm256_unpackhi_epi16(c, d), shares_cd))};
}

int32_t seg_yuv420_widen_avx2(int16_t *out, const uint8_t *samples,
                              const int16_t even[SEG_YUV420_TAPS],
                              const int16_t odd[SEG_YUV420_TAPS], int32_t pairs) {
    const __m256i even_ab = share_pair(even[0], even[1]), even_cd = share_pair(even[2], even[3]);
    const __m256i odd_ab = share_pair(odd[0], odd[1]), odd_cd = share_pair(odd[2], odd[3]);
    if (pairs < AT_ONCE) return 0;
    /* the last ones are widened twice where they do not fill a vector */
    for (int32_t next = 0, i = 0; next < pairs; next = i + AT_ONCE) {
        i = next + AT_ONCE <= pairs ? next : pairs - AT_ONCE;
        const __m256i s0 = widen8(samples + i), s1 = widen8(samples + i + 1);
        const __m256i s2 = widen8(samples + i + 2), s3 = widen8(samples + i + 3);
        const __m256i s4 = widen8(samples + i + 4);
        const sums a = blend(s0, s1, s2, s3, even_ab, even_cd);
        const sums b = blend(s1, s2, s3, s4, odd_ab, odd_cd);
        const __m256i left =
            _mm256_packs_epi32(_mm256_srai_epi32(a.low, 7), _mm256_srai_epi32(a.high, 7));
        const __m256i right =
            _mm256_packs_epi32(_mm256_srai_epi32(b.low, 7), _mm256_srai_epi32(b.high, 7));
        const __m256i low = _mm256_unpacklo_epi16(left, right);
        const __m256i high = _mm256_unpackhi_epi16(left, right);
        __m256i *to = (__m256i *)(out + 2 * i);
        _mm256_storeu_si256(to, _mm256_permute2x128_si256(low, high, 0x20));
        _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(low, high, 0x31));
    }
    return pairs;
}

/* Chroma around grey in 1/2^9 of a level. */
static inline sums chroma_of(const int16_t *const lines[SEG_YUV420_TAPS], int32_t x,
                             __m256i shares_ab, __m256i shares_cd) {
    const __m256i grey = _mm256_set1_epi32((1 << 9) - (128 << 19));
    const sums s = blend(load16(lines[0] + x), load16(lines[1] + x), load16(lines[2] + x),
                         load16(lines[3] + x), shares_ab, shares_cd);
    return (sums){_mm256_srai_epi32(_mm256_add_epi32(s.low, grey), 10),
                  _mm256_srai_epi32(_mm256_add_epi32(s.high, grey), 10)};
}

static inline __m256i times(__m256i a, int32_t factor) {
    return _mm256_mullo_epi32(a, _mm256_set1_epi32(factor));
}

/* Levels in 1/2^22 of sixteen pixels as bytes. */
static inline __m128i levels_of(__m256i low, __m256i high) {
    const __m256i words =
        _mm256_packs_epi32(_mm256_srai_epi32(low, 22), _mm256_srai_epi32(high, 22));
    return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

/* Every third byte of 48 is from the same colour; -1 = from another one. */
static void interleave(uint8_t *out, __m128i red, __m128i green, __m128i blue) {
    __m128i *to = (__m128i *)out;
    const __m128i r0 = _mm_setr_epi8(0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5);
    const __m128i g0 = _mm_setr_epi8(-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1);
    const __m128i b0 = _mm_setr_epi8(-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1);
    const __m128i r1 = _mm_setr_epi8(-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1);
    const __m128i g1 = _mm_setr_epi8(5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10);
    const __m128i b1 = _mm_setr_epi8(-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1);
    const __m128i r2 =
        _mm_setr_epi8(-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1);
    const __m128i g2 =
        _mm_setr_epi8(-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1);
    const __m128i b2 =
        _mm_setr_epi8(10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15);
    const __m128i r[3] = {r0, r1, r2}, g[3] = {g0, g1, g2}, b[3] = {b0, b1, b2};
    for (int i = 0; i < 3; i++)
        _mm_storeu_si128(to + i, _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(red, r[i]),
                                                           _mm_shuffle_epi8(green, g[i])),
                                              _mm_shuffle_epi8(blue, b[i])));
}

int32_t seg_yuv420_give_avx2(uint8_t *out, const uint8_t *luma, const seg_yuv420_chroma *chroma,
                             const seg_yuv420_matrix *m, int32_t width) {
    const int16_t *shares = chroma->shares;
    const __m256i shares_ab = share_pair(shares[0], shares[1]);
    const __m256i shares_cd = share_pair(shares[2], shares[3]);
    const __m256i base = _mm256_set1_epi32((1 << 21) - m->black * m->luma);
    const __m256i scale = share_pair((int16_t)m->luma, 0), zero = _mm256_setzero_si256();
    int32_t x = 0;
    for (; x + AT_ONCE <= width; x += AT_ONCE) {
        const sums u = chroma_of(chroma->u, x, shares_ab, shares_cd);
        const sums v = chroma_of(chroma->v, x, shares_ab, shares_cd);
        const __m256i wide = widen8(luma + x);
        const __m256i y_low = _mm256_madd_epi16(_mm256_unpacklo_epi16(wide, zero), scale);
        const __m256i y_high = _mm256_madd_epi16(_mm256_unpackhi_epi16(wide, zero), scale);
        const sums y = {_mm256_add_epi32(_mm256_slli_epi32(y_low, 9), base),
                        _mm256_add_epi32(_mm256_slli_epi32(y_high, 9), base)};
        const sums green = {_mm256_add_epi32(times(v.low, m->v_green), times(u.low, m->u_green)),
                            _mm256_add_epi32(times(v.high, m->v_green), times(u.high, m->u_green))};
        interleave(
            out + 3 * (size_t)x,
            levels_of(_mm256_add_epi32(y.low, times(v.low, m->v_red)),
                      _mm256_add_epi32(y.high, times(v.high, m->v_red))),
            levels_of(_mm256_add_epi32(y.low, green.low), _mm256_add_epi32(y.high, green.high)),
            levels_of(_mm256_add_epi32(y.low, times(u.low, m->u_blue)),
                      _mm256_add_epi32(y.high, times(u.high, m->u_blue))));
    }
    return x;
}

/* 255 / 219 of the levels above black, to nearest. */
static inline __m256i expanded(__m256i words) {
    const __m256i numerator = _mm256_add_epi16(_mm256_mullo_epi16(words, _mm256_set1_epi16(255)),
                                               _mm256_set1_epi16(109 - 16 * 255));
    const __m256i factor = _mm256_set1_epi16((short)38305);
    return _mm256_srli_epi16(_mm256_mulhi_epu16(numerator, factor), 7);
}

int32_t seg_luma_expand_avx2(uint8_t *out, const uint8_t *luma, int32_t width) {
    const __m256i black = _mm256_set1_epi8(16), white = _mm256_set1_epi8((char)235);
    const __m256i zero = _mm256_setzero_si256();
    int32_t x = 0;
    for (; x + 2 * AT_ONCE <= width; x += 2 * AT_ONCE) {
        const __m256i level = _mm256_min_epu8(_mm256_max_epu8(load16(luma + x), black), white);
        const __m256i low = expanded(_mm256_unpacklo_epi8(level, zero));
        const __m256i high = expanded(_mm256_unpackhi_epi8(level, zero));
        _mm256_storeu_si256((__m256i *)(out + x), _mm256_packus_epi16(low, high));
    }
    return x;
}

#else

typedef int seg_yuv420_no_avx2; /* a file holds something */

#endif
