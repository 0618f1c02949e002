/* Temporal row kernels for the vector units. The simple ones are plain loops in same-width
 * arithmetic, which the compiler turns into vector code; the model step mixes widths, so it is
 * written by hand, 16 pixels a step. */
#include "kernels/temporal.h"

#include <stdbool.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#endif

#define SAMPLE uint8_t
#define NAMED(name) name##_u8
#include "kernels/temporal_rows.h"
#undef SAMPLE
#undef NAMED
#define SAMPLE uint16_t
#define NAMED(name) name##_u16
#include "kernels/temporal_rows.h"

static void widen_u8(uint16_t *out, const uint8_t *a, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint16_t)(a[x] * 257u);
}

static inline void step_pixel(const seg_model_row *row, int32_t x) {
    const bool out = row->left_out && row->left_out[x];
    const int32_t model = row->model[x];
    const int32_t seen =
        (int32_t)(((uint32_t)model + (1u << (SEG_MODEL_FRACTION - 1)))) >> SEG_MODEL_FRACTION;
    const int32_t signed_difference = row->value[x] - seen;
    const int32_t difference = signed_difference < 0 ? -signed_difference : signed_difference;
    const bool foreground = difference > row->level;
    row->mask[x] = (uint8_t)(foreground && !out ? 255 : 0);
    if (row->score) row->score[x] = out ? 0 : (uint16_t)difference;
    if (out || (row->held && row->held[x])) return;
    const float rate = foreground ? row->rate_foreground : row->rate_background;
    const int32_t target = row->value[x] << SEG_MODEL_FRACTION;
    row->model[x] = model + (int32_t)((float)(target - model) * rate);
}

#if defined(SEG_LEVEL_AVX2)

/* model + (target - model) * rate, the rate chosen by the sign-extended mask. */
static inline __m256i learn(__m256i model, __m256i target, __m256i foreground, __m256i frozen,
                            __m256 rate_background, __m256 rate_foreground) {
    const __m256 gap = _mm256_cvtepi32_ps(_mm256_sub_epi32(target, model));
    const __m256 rate =
        _mm256_blendv_ps(rate_background, rate_foreground, _mm256_castsi256_ps(foreground));
    const __m256 kept = _mm256_andnot_ps(_mm256_castsi256_ps(frozen), rate);
    return _mm256_add_epi32(model, _mm256_cvttps_epi32(_mm256_mul_ps(gap, kept)));
}

/* 16 bytes to 16 words: all ones where the byte is not 0. */
static inline __m256i set_words(const uint8_t *bytes) {
    const __m128i loaded = _mm_loadu_si128((const __m128i *)bytes);
    const __m128i clear = _mm_cmpeq_epi8(loaded, _mm_setzero_si128());
    return _mm256_cvtepi8_epi16(_mm_xor_si128(clear, _mm_set1_epi8(-1)));
}

static int32_t step_blocks(const seg_model_row *row) {
    const __m256 rate_background = _mm256_set1_ps(row->rate_background);
    const __m256 rate_foreground = _mm256_set1_ps(row->rate_foreground);
    const bool learning = row->rate_background > 0.0f || row->rate_foreground > 0.0f;
    const __m256i level = _mm256_set1_epi16((short)row->level);
    const __m256i half = _mm256_set1_epi32(1 << (SEG_MODEL_FRACTION - 1));
    int32_t x = 0;
    for (; x + 16 <= row->width; x += 16) {
        const __m256i value = _mm256_loadu_si256((const __m256i *)(row->value + x));
        const __m256i model0 = _mm256_loadu_si256((const __m256i *)(row->model + x));
        const __m256i model1 = _mm256_loadu_si256((const __m256i *)(row->model + x + 8));
        const __m256i seen0 = _mm256_srai_epi32(_mm256_add_epi32(model0, half), SEG_MODEL_FRACTION);
        const __m256i seen1 = _mm256_srai_epi32(_mm256_add_epi32(model1, half), SEG_MODEL_FRACTION);
        const __m256i seen = _mm256_permute4x64_epi64(_mm256_packus_epi32(seen0, seen1), 0xD8);
        __m256i difference =
            _mm256_or_si256(_mm256_subs_epu16(value, seen), _mm256_subs_epu16(seen, value));
        const __m256i below =
            _mm256_cmpeq_epi16(_mm256_subs_epu16(difference, level), _mm256_setzero_si256());
        __m256i foreground = _mm256_xor_si256(below, _mm256_set1_epi16(-1));
        __m256i frozen = row->held ? set_words(row->held + x) : _mm256_setzero_si256();
        if (row->left_out) {
            const __m256i out = set_words(row->left_out + x);
            frozen = _mm256_or_si256(frozen, out);
            foreground = _mm256_andnot_si256(out, foreground);
            difference = _mm256_andnot_si256(out, difference);
        }
        _mm_storeu_si128((__m128i *)(row->mask + x),
                         _mm_packs_epi16(_mm256_castsi256_si128(foreground),
                                         _mm256_extracti128_si256(foreground, 1)));
        if (row->score) _mm256_storeu_si256((__m256i *)(row->score + x), difference);
        if (!learning) continue;
        const __m256i target0 = _mm256_slli_epi32(
            _mm256_cvtepu16_epi32(_mm256_castsi256_si128(value)), SEG_MODEL_FRACTION);
        const __m256i target1 = _mm256_slli_epi32(
            _mm256_cvtepu16_epi32(_mm256_extracti128_si256(value, 1)), SEG_MODEL_FRACTION);
        const __m256i next0 =
            learn(model0, target0, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(foreground)),
                  _mm256_cvtepi16_epi32(_mm256_castsi256_si128(frozen)), rate_background,
                  rate_foreground);
        const __m256i next1 =
            learn(model1, target1, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(foreground, 1)),
                  _mm256_cvtepi16_epi32(_mm256_extracti128_si256(frozen, 1)), rate_background,
                  rate_foreground);
        _mm256_storeu_si256((__m256i *)(row->model + x), next0);
        _mm256_storeu_si256((__m256i *)(row->model + x + 8), next1);
    }
    return x;
}

#elif defined(__SSE2__)

static inline __m128i learn(__m128i model, __m128i target, __m128i foreground, __m128i frozen,
                            __m128 rate_background, __m128 rate_foreground) {
    const __m128 gap = _mm_cvtepi32_ps(_mm_sub_epi32(target, model));
    const __m128 chosen = _mm_castsi128_ps(foreground);
    const __m128 rate =
        _mm_or_ps(_mm_and_ps(chosen, rate_foreground), _mm_andnot_ps(chosen, rate_background));
    const __m128 kept = _mm_andnot_ps(_mm_castsi128_ps(frozen), rate);
    return _mm_add_epi32(model, _mm_cvttps_epi32(_mm_mul_ps(gap, kept)));
}

/* 8 bytes to 8 words: all ones where the byte is not 0. */
static inline __m128i set_words(const uint8_t *bytes) {
    const __m128i loaded = _mm_loadl_epi64((const __m128i *)bytes);
    const __m128i clear = _mm_cmpeq_epi8(loaded, _mm_setzero_si128());
    return _mm_xor_si128(_mm_unpacklo_epi8(clear, clear), _mm_set1_epi16(-1));
}

static int32_t step_blocks(const seg_model_row *row) {
    const __m128 rate_background = _mm_set1_ps(row->rate_background);
    const __m128 rate_foreground = _mm_set1_ps(row->rate_foreground);
    const bool learning = row->rate_background > 0.0f || row->rate_foreground > 0.0f;
    const __m128i level = _mm_set1_epi16((short)row->level);
    /* SSE2 packs signed words only: go there and back by half the range */
    const __m128i offset = _mm_set1_epi32(32768);
    const __m128i half = _mm_set1_epi32(1 << (SEG_MODEL_FRACTION - 1));
    const __m128i zero = _mm_setzero_si128();
    int32_t x = 0;
    for (; x + 8 <= row->width; x += 8) {
        const __m128i value = _mm_loadu_si128((const __m128i *)(row->value + x));
        const __m128i model0 = _mm_loadu_si128((const __m128i *)(row->model + x));
        const __m128i model1 = _mm_loadu_si128((const __m128i *)(row->model + x + 4));
        const __m128i seen0 = _mm_srai_epi32(_mm_add_epi32(model0, half), SEG_MODEL_FRACTION);
        const __m128i seen1 = _mm_srai_epi32(_mm_add_epi32(model1, half), SEG_MODEL_FRACTION);
        const __m128i seen = _mm_xor_si128(
            _mm_packs_epi32(_mm_sub_epi32(seen0, offset), _mm_sub_epi32(seen1, offset)),
            _mm_set1_epi16((short)0x8000));
        __m128i difference = _mm_or_si128(_mm_subs_epu16(value, seen), _mm_subs_epu16(seen, value));
        const __m128i below = _mm_cmpeq_epi16(_mm_subs_epu16(difference, level), zero);
        __m128i foreground = _mm_xor_si128(below, _mm_set1_epi16(-1));
        __m128i frozen = row->held ? set_words(row->held + x) : zero;
        if (row->left_out) {
            const __m128i out = set_words(row->left_out + x);
            frozen = _mm_or_si128(frozen, out);
            foreground = _mm_andnot_si128(out, foreground);
            difference = _mm_andnot_si128(out, difference);
        }
        _mm_storel_epi64((__m128i *)(row->mask + x), _mm_packs_epi16(foreground, foreground));
        if (row->score) _mm_storeu_si128((__m128i *)(row->score + x), difference);
        if (!learning) continue;
        const __m128i target0 = _mm_slli_epi32(_mm_unpacklo_epi16(value, zero), SEG_MODEL_FRACTION);
        const __m128i target1 = _mm_slli_epi32(_mm_unpackhi_epi16(value, zero), SEG_MODEL_FRACTION);
        _mm_storeu_si128((__m128i *)(row->model + x),
                         learn(model0, target0, _mm_unpacklo_epi16(foreground, foreground),
                               _mm_unpacklo_epi16(frozen, frozen), rate_background,
                               rate_foreground));
        _mm_storeu_si128((__m128i *)(row->model + x + 4),
                         learn(model1, target1, _mm_unpackhi_epi16(foreground, foreground),
                               _mm_unpackhi_epi16(frozen, frozen), rate_background,
                               rate_foreground));
    }
    return x;
}

#else

static int32_t step_blocks(const seg_model_row *row) {
    (void)row;
    return 0;
}

#endif

static void model_step(const seg_model_row *row) {
    for (int32_t x = step_blocks(row); x < row->width; x++)
        step_pixel(row, x);
}

const seg_temporal_kernels SEG_LEVEL_NAME(seg_temporal_kernels) = {
    .difference_u8 = difference_u8,
    .difference_u16 = difference_u16,
    .middle_u8 = middle_u8,
    .middle_u16 = middle_u16,
    .extremes_u8 = extremes_u8,
    .extremes_u16 = extremes_u16,
    .above_u8 = above_u8,
    .above_u16 = above_u16,
    .leave_out_u8 = leave_out_u8,
    .leave_out_u16 = leave_out_u16,
    .widen_u8 = widen_u8,
    .model_step = model_step,
};
