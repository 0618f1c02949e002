/* Comparing kernels for the vector units. Masks are counted in bytes, which are added up before
 * they can overflow; classes in whole vectors where both rows stay the same, as they mostly do. */
#include "kernels/agree.h"

#include <stdbool.h>
#include <string.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#define VECTORS 1
#endif

static inline void mask_pixel(int64_t *counts, bool found, bool object, bool scored) {
    counts[SEG_AGREE_SCORED] += scored;
    counts[SEG_AGREE_FOUND] += found && scored;
    counts[SEG_AGREE_OBJECT] += object && scored;
    counts[SEG_AGREE_BOTH] += found && object && scored;
}

#if defined(VECTORS)

#if defined(SEG_LEVEL_AVX2)
typedef __m256i bytes;
#define LANES 32
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name##_si256
#define ALL_LANES 0xffffffffu

static inline int64_t sum_words(bytes v) {
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    return _mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}
#else
typedef __m128i bytes;
#define LANES 16
#define OP(name) _mm_##name
#define BITS(name) _mm_##name##_si128
#define ALL_LANES 0xffffu

static inline int64_t sum_words(bytes v) {
    int64_t words[2];
    memcpy(words, &v, sizeof words);
    return words[0] + words[1];
}
#endif

static inline bytes load(const uint8_t *p) {
    return BITS(loadu)((const bytes *)p);
}

static inline bytes is_zero(bytes v) {
    return OP(cmpeq_epi8)(v, BITS(setzero)());
}

static inline int64_t sum_bytes(bytes v) {
    return sum_words(OP(sad_epu8)(v, BITS(setzero)()));
}

/* At most 255 vectors: counts the zeros, of which there may be up to 255 a lane. */
static inline void mask_block(int64_t *counts, const uint8_t *prediction, const uint8_t *truth,
                              const uint8_t *ignore, size_t vectors) {
    bytes scored = BITS(setzero)(), missed = scored, ground = scored, either = scored;
    for (size_t i = 0; i < vectors; i++) {
        bytes p = is_zero(load(prediction + i * LANES)), t = is_zero(load(truth + i * LANES));
        bytes none = BITS(or)(p, t);
        if (ignore) {
            const bytes in = is_zero(load(ignore + i * LANES));
            scored = OP(sub_epi8)(scored, in);
            p = BITS(and)(p, in);
            t = BITS(and)(t, in);
            none = BITS(and)(none, in);
        }
        missed = OP(sub_epi8)(missed, p);
        ground = OP(sub_epi8)(ground, t);
        either = OP(sub_epi8)(either, none);
    }
    const int64_t all = ignore ? sum_bytes(scored) : (int64_t)(vectors * LANES);
    counts[SEG_AGREE_SCORED] += all;
    counts[SEG_AGREE_FOUND] += all - sum_bytes(missed);
    counts[SEG_AGREE_OBJECT] += all - sum_bytes(ground);
    counts[SEG_AGREE_BOTH] += all - sum_bytes(either);
}

static size_t mask_blocks(int64_t *counts, const uint8_t *prediction, const uint8_t *truth,
                          const uint8_t *ignore, size_t count) {
    size_t done = 0;
    for (size_t left = count / LANES; left > 0;) {
        const size_t vectors = left < 255 ? left : 255;
        if (ignore)
            mask_block(counts, prediction + done, truth + done, ignore + done, vectors);
        else
            mask_block(counts, prediction + done, truth + done, NULL, vectors);
        done += vectors * LANES;
        left -= vectors;
    }
    return done;
}

/* True if the LANES samples of both rows are those at `at`. */
static inline bool uniform(const uint8_t *prediction, const uint8_t *truth) {
    const bytes p = OP(cmpeq_epi8)(load(prediction), OP(set1_epi8)((char)prediction[0]));
    const bytes t = OP(cmpeq_epi8)(load(truth), OP(set1_epi8)((char)truth[0]));
    return (uint32_t)OP(movemask_epi8)(BITS(and)(p, t)) == ALL_LANES;
}

#else

#define LANES 16

static size_t mask_blocks(int64_t *counts, const uint8_t *prediction, const uint8_t *truth,
                          const uint8_t *ignore, size_t count) {
    (void)counts, (void)prediction, (void)truth, (void)ignore, (void)count;
    return 0;
}

static inline bool uniform(const uint8_t *prediction, const uint8_t *truth) {
    return memcmp(prediction, prediction + 1, LANES - 1) == 0 &&
           memcmp(truth, truth + 1, LANES - 1) == 0;
}

#endif

static void masks(int64_t *counts, const uint8_t *prediction, const uint8_t *truth,
                  const uint8_t *ignore, size_t count) {
    for (size_t i = mask_blocks(counts, prediction, truth, ignore, count); i < count; i++)
        mask_pixel(counts, prediction[i] != 0, truth[i] != 0, !ignore || !ignore[i]);
}

static void classes(int64_t *cells, size_t side, const uint8_t *prediction, const uint8_t *truth,
                    size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        if (uniform(prediction + i, truth + i)) {
            cells[side * truth[i] + prediction[i]] += LANES;
            continue;
        }
        for (size_t k = i; k < i + LANES; k++)
            cells[side * truth[k] + prediction[k]]++;
    }
    for (; i < count; i++)
        cells[side * truth[i] + prediction[i]]++;
}

const seg_agree_kernels SEG_LEVEL_NAME(seg_agree_kernels) = {
    .masks = masks,
    .classes = classes,
};
