/* Feedback kernels for AVX2: eight pixels in one vector of floats. */
#include "kernels/feedback.h"

#if defined(SEG_LEVEL_AVX2)
#include <immintrin.h>

typedef __m256 floats;

static inline floats get(const float *p) {
    return _mm256_loadu_ps(p);
}

static inline floats every(float value) {
    return _mm256_set1_ps(value);
}

static inline floats mix(floats mean, floats value, floats weight) {
    return _mm256_add_ps(mean, _mm256_mul_ps(_mm256_sub_ps(value, mean), weight));
}

/* Eight bytes of 0 or 255 as masks of floats. */
static inline floats mask_of(const uint8_t *p) {
    const __m256i words = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
    return _mm256_castsi256_ps(words);
}

static inline floats above(floats a, floats b) {
    return _mm256_cmp_ps(a, b, _CMP_GT_OQ);
}

static inline floats choose(floats mask, floats a, floats b) {
    return _mm256_blendv_ps(b, a, mask);
}

/* Whole numbers of 0 .. 255 as eight bytes. */
static inline void put_bytes(uint8_t *p, __m256i numbers) {
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
    _mm_storel_epi64((__m128i *)(void *)p, _mm_packus_epi16(words, words));
}

/* Eight bytes as numbers. */
static inline __m256i numbers_of(const uint8_t *p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}

static inline floats floats_of(const uint8_t *p) {
    return _mm256_cvtepi32_ps(numbers_of(p));
}

static inline floats unstable_of(const seg_feedback_row *row, int32_t x, floats raw_slow,
                                 floats raw_quick) {
    const floats tenth = every(0.1f);
    const floats gone_slow = above(_mm256_sub_ps(raw_slow, get(row->final_slow + x)), tenth);
    const floats gone_quick = above(_mm256_sub_ps(raw_quick, get(row->final_quick + x)), tenth);
    return _mm256_or_ps(above(get(row->r + x), every(3.0f)), _mm256_or_ps(gone_slow, gone_quick));
}

/* ---- limits ---- */

/* `bits` where value is at least so much. */
static inline __m256i bits_from(floats value, float least, int32_t bits) {
    const floats there = _mm256_cmp_ps(value, every(least), _CMP_GE_OQ);
    return _mm256_and_si256(_mm256_castps_si256(there), _mm256_set1_epi32(bits));
}

static void limits(const seg_feedback_row *row) {
    const floats factor = every((row->colours == 3 ? 1.5f : 0.5f) * row->share),
                 threshold = every(row->threshold);
    const __m256i least = _mm256_set1_epi32(2 + row->texture);
    const __m256i colours = _mm256_set1_epi32(row->colours), most = _mm256_set1_epi32(254);
    for (int32_t x = 0; x < row->width; x += 8) {
        const floats r = get(row->r + x);
        const floats unstable =
            unstable_of(row, x, get(row->raw_slow + x), get(row->raw_quick + x));
        const floats off = _mm256_andnot_ps(unstable, every(6.0f));
        const floats limit = _mm256_mul_ps(factor, _mm256_sub_ps(_mm256_mul_ps(r, threshold), off));
        put_bytes(row->limit + x, _mm256_cvttps_epi32(_mm256_min_ps(limit, every(254.0f))));
        const __m256i more = _mm256_add_epi32(
            bits_from(r, 1.5f, 2), _mm256_add_epi32(bits_from(r, 2.5f, 4), bits_from(r, 3.5f, 8)));
        const __m256i bits =
            _mm256_sub_epi32(_mm256_add_epi32(least, more), _mm256_castps_si256(unstable));
        put_bytes(row->texture_limit + x,
                  _mm256_min_epi32(_mm256_mullo_epi32(bits, colours), most));
    }
}

/* ---- distances ---- */

static inline __m256i ones(__m256i v) {
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i low = _mm256_and_si256(v, nibble);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
}

/* What of a block has changed since the last frame. */
typedef struct changes {
    uint16_t difference[SEG_CONSENSUS_BLOCK]; /* sum over the colours */
    uint8_t texture[SEG_CONSENSUS_BLOCK];     /* bits */
} changes;

static inline void find_changes(changes *found, const seg_feedback_row *row, int32_t x) {
    __m256i low = _mm256_setzero_si256(), high = low, bits = low;
    for (int32_t p = 0; p < 3 * row->colours; p++) {
        const __m256i now = _mm256_loadu_si256((const __m256i *)(const void *)(row->value[p] + x));
        const __m256i last =
            _mm256_loadu_si256((const __m256i *)(const void *)(row->last_value[p] + x));
        if (p >= row->colours) {
            bits = _mm256_add_epi8(bits, ones(_mm256_xor_si256(now, last)));
            continue;
        }
        const __m256i away =
            _mm256_or_si256(_mm256_subs_epu8(now, last), _mm256_subs_epu8(last, now));
        low = _mm256_add_epi16(low, _mm256_cvtepu8_epi16(_mm256_castsi256_si128(away)));
        high = _mm256_add_epi16(high, _mm256_cvtepu8_epi16(_mm256_extracti128_si256(away, 1)));
    }
    _mm256_storeu_si256((__m256i *)(void *)found->difference, low);
    _mm256_storeu_si256((__m256i *)(void *)(found->difference + 16), high);
    _mm256_storeu_si256((__m256i *)(void *)found->texture, bits);
}

/* Mean of two shares. */
static inline floats mean_share(floats a, floats most_a, floats b, floats most_b) {
    const floats sum = _mm256_add_ps(_mm256_div_ps(a, most_a), _mm256_div_ps(b, most_b));
    return _mm256_mul_ps(sum, every(0.5f));
}

static inline floats distance_8(const seg_feedback_row *row, int32_t x, floats most,
                                floats most_bits) {
    const floats near_colour = floats_of(row->nearest + x);
    const floats near = mean_share(_mm256_add_ps(near_colour, near_colour), most,
                                   floats_of(row->nearest_texture + x), most_bits);
    const floats agreeing = floats_of(row->agreeing + x), needed = every((float)row->needed);
    const floats none = _mm256_cmp_ps(agreeing, _mm256_setzero_ps(), _CMP_EQ_OQ);
    const floats missing = _mm256_div_ps(_mm256_sub_ps(needed, agreeing), needed);
    const floats distance = _mm256_add_ps(choose(none, every(1.0f), near), missing);
    return _mm256_min_ps(distance, every(1.0f));
}

static void distances(const seg_feedback_row *row) {
    const floats most = every(256.0f * (float)row->colours);
    const floats most_bits = every(16.0f * (float)row->colours);
    for (int32_t first = 0; first < row->width; first += SEG_CONSENSUS_BLOCK) {
        changes found;
        find_changes(&found, row, first);
        for (int32_t i = 0; i < SEG_CONSENSUS_BLOCK; i += 8) {
            const __m128i difference =
                _mm_loadu_si128((const __m128i *)(const void *)(found.difference + i));
            const floats motion = mean_share(_mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(difference)),
                                             most, floats_of(found.texture + i), most_bits);
            _mm256_storeu_ps(row->motion + first + i, motion);
            _mm256_storeu_ps(row->distance + first + i,
                             distance_8(row, first + i, most, most_bits));
        }
    }
}

/* ---- update ---- */

static inline void update_8(const seg_feedback_row *row, int32_t x) {
    const floats raw = mask_of(row->raw + x), last = mask_of(row->last_mask + x);
    const floats blinks = mask_of(row->blinks + x), set = _mm256_and_ps(raw, every(1.0f));
    const floats slow_weight = every(row->slow), quick_weight = every(row->quick);
    const floats distance = get(row->distance + x);
    const floats slow = mix(get(row->distance_slow + x), distance, slow_weight);
    const floats quick = mix(get(row->distance_quick + x), distance, quick_weight);
    const floats motion = mix(get(row->motion_quick + x), get(row->motion + x), quick_weight);
    const floats raw_slow = mix(get(row->raw_slow + x), set, slow_weight);
    const floats raw_quick = mix(get(row->raw_quick + x), set, quick_weight);
    const floats least = _mm256_min_ps(slow, quick);
    const floats most = _mm256_max_ps(_mm256_max_ps(slow, quick), every(0.001f));
    floats r = get(row->r + x), t = get(row->t + x), v = get(row->v + x);
    const floats tenth = every(0.1f);
    const floats unstable = unstable_of(row, x, raw_slow, raw_quick);
    const floats slower = _mm256_or_ps(last, _mm256_and_ps(raw, above(tenth, least)));
    const floats up = _mm256_add_ps(t, _mm256_div_ps(every(0.5f), _mm256_mul_ps(most, v)));
    const floats down = _mm256_sub_ps(t, _mm256_div_ps(_mm256_mul_ps(every(0.25f), v), most));
    t = _mm256_max_ps(choose(slower, up, down), every(row->t_least));
    t = _mm256_min_ps(t, every(row->t_most));
    const floats calm = choose(last, every(0.025f), choose(unstable, every(0.05f), tenth));
    const floats livelier = _mm256_and_ps(blinks, above(most, tenth));
    v = choose(livelier, _mm256_add_ps(v, every(1.0f)), _mm256_sub_ps(v, calm));
    v = _mm256_max_ps(v, tenth);
    const floats root = _mm256_add_ps(every(1.0f), _mm256_mul_ps(every(2.0f), least));
    const floats wider = _mm256_add_ps(r, _mm256_mul_ps(every(0.01f), _mm256_sub_ps(v, tenth)));
    const floats closer = _mm256_sub_ps(r, _mm256_div_ps(every(0.01f), v));
    r = _mm256_max_ps(choose(above(_mm256_mul_ps(root, root), r), wider, closer), every(1.0f));
    _mm256_storeu_ps(row->distance_slow + x, slow);
    _mm256_storeu_ps(row->distance_quick + x, quick);
    _mm256_storeu_ps(row->motion_quick + x, motion);
    _mm256_storeu_ps(row->raw_slow + x, raw_slow);
    _mm256_storeu_ps(row->raw_quick + x, raw_quick);
    _mm256_storeu_ps(row->r + x, r);
    _mm256_storeu_ps(row->t + x, t);
    _mm256_storeu_ps(row->v + x, v);
}

static void update(const seg_feedback_row *row) {
    for (int32_t x = 0; x < row->width; x += 8)
        update_8(row, x);
}

/* ---- chances ---- */

static inline void put_chances(uint8_t *p, floats chance) {
    const floats within = _mm256_min_ps(_mm256_max_ps(chance, every(1.0f)), every(255.0f));
    put_bytes(p, _mm256_cvttps_epi32(within));
}

static void chances(const seg_feedback_row *row) {
    for (int32_t x = 0; x < row->width; x += 8) {
        const floats t = get(row->t + x);
        put_chances(row->chance_own + x,
                    _mm256_div_ps(every(256.0f), _mm256_max_ps(t, every(1.0f))));
        put_chances(row->chance_other + x,
                    _mm256_div_ps(every(512.0f), _mm256_add_ps(t, every(2.0f))));
        const floats ghost = _mm256_and_ps(above(get(row->raw_quick + x), every(0.995f)),
                                           above(every(0.01f), get(row->motion_quick + x)));
        put_bytes(row->chance_ghost + x,
                  _mm256_and_si256(_mm256_castps_si256(ghost), _mm256_set1_epi32(row->quickest)));
    }
}

#else

static void limits(const seg_feedback_row *row) {
    seg_feedback_kernels_ref.limits(row);
}

static void distances(const seg_feedback_row *row) {
    seg_feedback_kernels_ref.distances(row);
}

static void update(const seg_feedback_row *row) {
    seg_feedback_kernels_ref.update(row);
}

static void chances(const seg_feedback_row *row) {
    seg_feedback_kernels_ref.chances(row);
}

#endif

const seg_feedback_kernels SEG_LEVEL_NAME(seg_feedback_kernels) = {
    .limits = limits,
    .distances = distances,
    .update = update,
    .chances = chances,
};
