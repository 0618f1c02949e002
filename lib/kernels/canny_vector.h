/*
 * The vectors that the Canny kernels are written in: bytes, or lanes of 16 or 32 bits, in AVX2
 * (32 bytes), SSE2 or plain C (16 bytes). Only for canny_simd.c. V_BYTES is undefined where there
 * are none, which is the case on big-endian machines: bytes 2i and 2i + 1 must be lane i. Where a
 * mask chooses between lanes it is all ones or all zeros in a lane.
 */
#ifndef SEG_KERNELS_CANNY_VECTOR_H
#define SEG_KERNELS_CANNY_VECTOR_H

#include <stdint.h>
#include <string.h>

#if defined(SEG_LEVEL_AVX2) && !defined(SEG_CANNY_PLAIN)

#include <immintrin.h>

#define V_BYTES 32
#define v_prefetch(p) _mm_prefetch((const char *)(p), _MM_HINT_T0)
typedef __m256i vec;

static inline vec v_load(const void *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
static inline void v_store(void *p, vec a) {
    _mm256_storeu_si256((__m256i *)p, a);
}
/* Aligned, past the cache. */
static inline void v_stream(void *p, vec a) {
    _mm256_stream_si256((__m256i *)p, a);
}
static inline void v_stream_end(void) {
    _mm_sfence();
}
static inline vec v_zero(void) {
    return _mm256_setzero_si256();
}
static inline vec v_set16(int32_t x) {
    return _mm256_set1_epi16((int16_t)x);
}
static inline vec v_set32(int32_t x) {
    return _mm256_set1_epi32(x);
}
static inline vec v_and(vec a, vec b) {
    return _mm256_and_si256(a, b);
}
static inline vec v_or(vec a, vec b) {
    return _mm256_or_si256(a, b);
}
static inline vec v_xor(vec a, vec b) {
    return _mm256_xor_si256(a, b);
}
static inline vec v_add16(vec a, vec b) {
    return _mm256_add_epi16(a, b);
}
static inline vec v_sub16(vec a, vec b) {
    return _mm256_sub_epi16(a, b);
}
static inline vec v_abs16(vec a) {
    return _mm256_abs_epi16(a);
}
static inline vec v_min16(vec a, vec b) {
    return _mm256_min_epi16(a, b);
}
static inline vec v_max16(vec a, vec b) {
    return _mm256_max_epi16(a, b);
}
static inline vec v_above16(vec a, vec b) {
    return _mm256_cmpgt_epi16(a, b);
}
static inline vec v_equal16(vec a, vec b) {
    return _mm256_cmpeq_epi16(a, b);
}
static inline vec v_mulhi16(vec a, vec b) {
    return _mm256_mulhi_epi16(a, b);
}
static inline vec v_negative16(vec a) {
    return _mm256_cmpgt_epi16(_mm256_setzero_si256(), a);
}
/* a, negated where b is negative. */
static inline vec v_signed16(vec a, vec b) {
    return _mm256_sign_epi16(a, _mm256_or_si256(b, _mm256_set1_epi16(1)));
}
static inline vec v_high8(vec a) {
    return _mm256_srli_epi16(a, 8);
}
static inline vec v_low8(vec a) {
    return _mm256_and_si256(a, _mm256_set1_epi16(255));
}
/* a where the mask is 0, b where it is set. */
static inline vec v_select(vec a, vec b, vec mask) {
    return _mm256_blendv_epi8(a, b, mask);
}
static inline uint32_t v_bits(vec a) {
    return (uint32_t)_mm256_movemask_epi8(a);
}
/* Sum of products of neighbouring bytes, a unsigned, b signed; no sum beyond 32767. */
static inline vec v_pairs8(vec a, vec b) {
    return _mm256_maddubs_epi16(a, b);
}
/* Lanes a0 b0 a1 b1 ...: the first and the second half of each 16 bytes, and back again from
 * lanes of 32 bits, which are cut to the nearest that 16 bits hold. */
static inline vec v_zip16_first(vec a, vec b) {
    return _mm256_unpacklo_epi16(a, b);
}
static inline vec v_zip16_second(vec a, vec b) {
    return _mm256_unpackhi_epi16(a, b);
}
static inline vec v_narrow32(vec first, vec second) {
    return _mm256_packs_epi32(first, second);
}
/* Sums of the squares of two lanes. */
static inline vec v_squares(vec a) {
    return _mm256_madd_epi16(a, a);
}
/* The bits of the floats that lanes of 32 bits become. */
static inline vec v_float32(vec a) {
    return _mm256_castps_si256(_mm256_cvtepi32_ps(a));
}
static inline vec v_sub32(vec a, vec b) {
    return _mm256_sub_epi32(a, b);
}
#define v_down32(a, bits) _mm256_srai_epi32(a, bits)
static inline vec v_max8(vec a, vec b) {
    return _mm256_max_epu8(a, b);
}
static inline vec v_min8(vec a, vec b) {
    return _mm256_min_epu8(a, b);
}
/* Unsigned, not below 0. */
static inline vec v_minus8(vec a, vec b) {
    return _mm256_subs_epu8(a, b);
}
/* Square roots of non-negative lanes of 32 bits below 2^24, rounded up. */
static inline vec v_root32(vec a) {
    const __m256 root = _mm256_sqrt_ps(_mm256_cvtepi32_ps(a));
    return _mm256_cvtps_epi32(_mm256_ceil_ps(root));
}
/* Bytes a0 b0 a1 b1 ...: the first and the second half of each 16 bytes, and back again from
 * lanes of 16 bits that hold 0 .. 255. */
static inline vec v_zip_first(vec a, vec b) {
    return _mm256_unpacklo_epi8(a, b);
}
static inline vec v_zip_second(vec a, vec b) {
    return _mm256_unpackhi_epi8(a, b);
}
static inline vec v_narrow(vec first, vec second) {
    return _mm256_packus_epi16(first, second);
}
/* Bytes of all ones where the bits are set, lowest first. */
static inline vec v_spread(uint64_t bits) {
    const vec which = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2,
                                       2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const vec bit = _mm256_set1_epi64x((long long)0x8040201008040201u);
    const vec bytes = _mm256_shuffle_epi8(_mm256_set1_epi32((int32_t)(uint32_t)bits), which);
    return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit);
}

/* Lanes of 64 bits. */
static inline vec v_add64(vec a, vec b) {
    return _mm256_add_epi64(a, b);
}
/* b & ~a. */
static inline vec v_without(vec b, vec a) {
    return _mm256_andnot_si256(a, b);
}
static inline int v_any(vec a) {
    return !_mm256_testz_si256(a, a);
}
/* The words before those of `here`: the last one of `before` and all but the last of `here`. */
static inline vec v_before64(vec here, vec before) {
    const vec turned = _mm256_permute4x64_epi64(here, 0x93);
    return _mm256_blend_epi32(turned, _mm256_permute4x64_epi64(before, 0x93), 3);
}
#define v_up64(a, bits) _mm256_slli_epi64(a, bits)
#define v_down64(a, bits) _mm256_srli_epi64(a, bits)

#elif defined(__SSE2__) && !defined(SEG_CANNY_PLAIN)

#include <emmintrin.h>

#define V_BYTES 16
#define v_prefetch(p) _mm_prefetch((const char *)(p), _MM_HINT_T0)
typedef __m128i vec;

static inline vec v_load(const void *p) {
    return _mm_loadu_si128((const __m128i *)p);
}
static inline void v_store(void *p, vec a) {
    _mm_storeu_si128((__m128i *)p, a);
}
static inline void v_stream(void *p, vec a) {
    _mm_stream_si128((__m128i *)p, a);
}
static inline void v_stream_end(void) {
    _mm_sfence();
}
static inline vec v_zero(void) {
    return _mm_setzero_si128();
}
static inline vec v_set16(int32_t x) {
    return _mm_set1_epi16((int16_t)x);
}
static inline vec v_set32(int32_t x) {
    return _mm_set1_epi32(x);
}
static inline vec v_and(vec a, vec b) {
    return _mm_and_si128(a, b);
}
static inline vec v_or(vec a, vec b) {
    return _mm_or_si128(a, b);
}
static inline vec v_xor(vec a, vec b) {
    return _mm_xor_si128(a, b);
}
static inline vec v_add16(vec a, vec b) {
    return _mm_add_epi16(a, b);
}
static inline vec v_sub16(vec a, vec b) {
    return _mm_sub_epi16(a, b);
}
static inline vec v_min16(vec a, vec b) {
    return _mm_min_epi16(a, b);
}
static inline vec v_max16(vec a, vec b) {
    return _mm_max_epi16(a, b);
}
static inline vec v_abs16(vec a) {
    return v_max16(a, v_sub16(v_zero(), a));
}
static inline vec v_above16(vec a, vec b) {
    return _mm_cmpgt_epi16(a, b);
}
static inline vec v_equal16(vec a, vec b) {
    return _mm_cmpeq_epi16(a, b);
}
static inline vec v_mulhi16(vec a, vec b) {
    return _mm_mulhi_epi16(a, b);
}
static inline vec v_negative16(vec a) {
    return _mm_cmpgt_epi16(_mm_setzero_si128(), a);
}
static inline vec v_signed16(vec a, vec b) {
    const vec negative = v_negative16(b);
    return v_sub16(v_xor(a, negative), negative);
}
static inline vec v_high8(vec a) {
    return _mm_srli_epi16(a, 8);
}
static inline vec v_low8(vec a) {
    return _mm_and_si128(a, _mm_set1_epi16(255));
}
static inline vec v_select(vec a, vec b, vec mask) {
    return _mm_or_si128(_mm_andnot_si128(mask, a), _mm_and_si128(mask, b));
}
static inline uint32_t v_bits(vec a) {
    return (uint32_t)_mm_movemask_epi8(a);
}
static inline vec v_pairs8(vec a, vec b) {
    const vec even = _mm_srai_epi16(_mm_slli_epi16(b, 8), 8), odd = _mm_srai_epi16(b, 8);
    return v_add16(_mm_mullo_epi16(v_low8(a), even), _mm_mullo_epi16(v_high8(a), odd));
}
static inline vec v_zip16_first(vec a, vec b) {
    return _mm_unpacklo_epi16(a, b);
}
static inline vec v_zip16_second(vec a, vec b) {
    return _mm_unpackhi_epi16(a, b);
}
static inline vec v_narrow32(vec first, vec second) {
    return _mm_packs_epi32(first, second);
}
static inline vec v_squares(vec a) {
    return _mm_madd_epi16(a, a);
}
static inline vec v_float32(vec a) {
    return _mm_castps_si128(_mm_cvtepi32_ps(a));
}
static inline vec v_sub32(vec a, vec b) {
    return _mm_sub_epi32(a, b);
}
#define v_down32(a, bits) _mm_srai_epi32(a, bits)
static inline vec v_max8(vec a, vec b) {
    return _mm_max_epu8(a, b);
}
static inline vec v_min8(vec a, vec b) {
    return _mm_min_epu8(a, b);
}
static inline vec v_minus8(vec a, vec b) {
    return _mm_subs_epu8(a, b);
}
static inline vec v_root32(vec a) {
    const __m128 root = _mm_sqrt_ps(_mm_cvtepi32_ps(a));
    const __m128i down = _mm_cvttps_epi32(root);
    return _mm_sub_epi32(down, _mm_castps_si128(_mm_cmplt_ps(_mm_cvtepi32_ps(down), root)));
}
static inline vec v_zip_first(vec a, vec b) {
    return _mm_unpacklo_epi8(a, b);
}
static inline vec v_zip_second(vec a, vec b) {
    return _mm_unpackhi_epi8(a, b);
}
static inline vec v_narrow(vec first, vec second) {
    return _mm_packus_epi16(first, second);
}
static inline vec v_spread(uint64_t bits) {
    const vec bit = _mm_set1_epi64x((long long)0x8040201008040201u);
    vec bytes = _mm_cvtsi32_si128((int32_t)(bits & 0xffff));
    bytes = _mm_unpacklo_epi8(bytes, bytes);  /* 0 0 1 1 */
    bytes = _mm_shufflelo_epi16(bytes, 0x50); /* 0 0 0 0 1 1 1 1 */
    bytes = _mm_shuffle_epi32(bytes, 0x50);   /* eight of each */
    return _mm_cmpeq_epi8(_mm_and_si128(bytes, bit), bit);
}

static inline vec v_add64(vec a, vec b) {
    return _mm_add_epi64(a, b);
}
static inline vec v_without(vec b, vec a) {
    return _mm_andnot_si128(a, b);
}
static inline int v_any(vec a) {
    return _mm_movemask_epi8(_mm_cmpeq_epi8(a, _mm_setzero_si128())) != 0xffff;
}
static inline vec v_before64(vec here, vec before) {
    return _mm_castpd_si128(_mm_shuffle_pd(_mm_castsi128_pd(before), _mm_castsi128_pd(here), 1));
}
#define v_up64(a, bits) _mm_slli_epi64(a, bits)
#define v_down64(a, bits) _mm_srli_epi64(a, bits)

#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include "kernels/canny_vector_plain.h"
#endif

#endif
