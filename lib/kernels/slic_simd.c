/*
 * Clustering kernels on vectors. Samples of two channels stand side by side, so that one
 * multiply-add gives the sum of two squares; the index of the centre rides in the lower bits of
 * the distance, so that the least distance brings it along.
 */
#include "kernels/slic.h"

#include <stdbool.h>
#include <string.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>

#if defined(SEG_LEVEL_AVX2)
typedef __m256i words;
#define LANES 16
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name##_si256
#else
typedef __m128i words;
#define LANES 8
#define OP(name) _mm_##name
#define BITS(name) _mm_##name##_si128
#endif

static inline words load(const int16_t *p) {
    return BITS(loadu)((const words *)p);
}

/* Least of values whose highest bit is flipped. */
static inline words least_of(words a, words b) {
#if defined(SEG_LEVEL_AVX2)
    return _mm256_min_epi32(a, b);
#else
    const __m128i above = _mm_cmpgt_epi32(a, b);
    return _mm_or_si128(_mm_and_si128(above, b), _mm_andnot_si128(above, a));
#endif
}

/* A centre in all lanes: pairs of channels, and what is added. */
typedef struct spread_centre {
    words first, second, more;
} spread_centre;

static inline words spread_pair(int16_t low, int16_t high) {
    return OP(set1_epi32)((int32_t)((uint32_t)(uint16_t)low | (uint32_t)(uint16_t)high << 16));
}

/* Grey: lightness and x; colour: lightness and a*, b* and x. */
static void spread(spread_centre *out, const seg_slic_centre *centre, bool grey) {
    if (grey) {
        out->first = spread_pair(centre->colour[0], centre->x);
    } else {
        out->first = spread_pair(centre->colour[0], centre->colour[1]);
        out->second = spread_pair(centre->colour[2], centre->x);
    }
    out->more = OP(set1_epi32)((int32_t)(centre->more ^ 0x80000000u));
}

static inline words square(words pixels, words centre) {
    const words difference = OP(sub_epi16)(pixels, centre);
    return OP(madd_epi16)(difference, difference);
}

/* The indices in the order of the pixels: unpacking and packing undo each other's lanes. */
static inline void store_choice(uint8_t *choice, words low, words high) {
    const words mask = OP(set1_epi32)(15);
    const words both = OP(packs_epi32)(BITS(and)(low, mask), BITS(and)(high, mask));
    const words packed = OP(packus_epi16)(both, both);
#if defined(SEG_LEVEL_AVX2)
    const __m256i ordered = _mm256_permute4x64_epi64(packed, 0x08);
    _mm_storeu_si128((__m128i *)choice, _mm256_castsi256_si128(ordered));
#else
    _mm_storel_epi64((__m128i *)choice, packed);
#endif
}

static inline words colour(const int16_t *plane, int32_t i, __m128i shift, words mask) {
    return BITS(and)(OP(sll_epi16)(load(plane + i), shift), mask);
}

static void nearest(uint8_t *choice, const seg_slic_row *row, int32_t shift_,
                    const seg_slic_centre *centres, int32_t centre_count) {
    spread_centre all[SEG_SLIC_CENTRES];
    const bool grey = !row->plane[1];
    for (int32_t k = 0; k < centre_count; k++)
        spread(&all[k], &centres[k], grey);
    const __m128i shift = _mm_cvtsi32_si128(shift_);
    const words mask = OP(set1_epi16)(~3);
    const words most = OP(set1_epi32)(0x7fffffff);
    for (int32_t i = 0; i < row->count; i += LANES) {
        const words x = load(row->x + i), l = colour(row->plane[0], i, shift, mask);
        words low = most, high = most;
        if (grey) {
            const words first_low = OP(unpacklo_epi16)(l, x), first_high = OP(unpackhi_epi16)(l, x);
            for (int32_t k = 0; k < centre_count; k++) {
                const words low_square = square(first_low, all[k].first);
                const words high_square = square(first_high, all[k].first);
                low = least_of(low, OP(add_epi32)(low_square, all[k].more));
                high = least_of(high, OP(add_epi32)(high_square, all[k].more));
            }
        } else {
            const words a = colour(row->plane[1], i, shift, mask);
            const words b = colour(row->plane[2], i, shift, mask);
            const words first_low = OP(unpacklo_epi16)(l, a), first_high = OP(unpackhi_epi16)(l, a);
            const words last_low = OP(unpacklo_epi16)(b, x), last_high = OP(unpackhi_epi16)(b, x);
            for (int32_t k = 0; k < centre_count; k++) {
                const words low_square =
                    OP(add_epi32)(square(first_low, all[k].first), square(last_low, all[k].second));
                const words high_square = OP(add_epi32)(square(first_high, all[k].first),
                                                        square(last_high, all[k].second));
                low = least_of(low, OP(add_epi32)(low_square, all[k].more));
                high = least_of(high, OP(add_epi32)(high_square, all[k].more));
            }
        }
        store_choice(choice + i, low, high);
    }
}

/* --- sums -------------------------------------------------------------------------------- */

static inline bool uniform(const uint8_t *choice, int32_t *which) {
    const __m128i bytes = LANES == 16 ? _mm_loadu_si128((const __m128i *)choice)
                                      : _mm_loadl_epi64((const __m128i *)choice);
    const __m128i same = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)choice[0]));
    const int all = (1 << LANES) - 1;
    *which = choice[0];
    return (_mm_movemask_epi8(same) & all) == all;
}

static inline int64_t sum_lanes(words v) {
    int32_t lanes[LANES / 2];
    int64_t sum = 0;
    memcpy(lanes, &v, sizeof lanes);
    for (int i = 0; i < LANES / 2; i++)
        sum += lanes[i];
    return sum;
}

/* Sums of a run of whole vectors with the same choice. */
static int32_t add_run(seg_slic_sums *sums, const uint8_t *choice, const seg_slic_row *row,
                       int32_t first, int32_t i) {
    const int32_t which = choice[i], start = i;
    const words ones = OP(set1_epi16)(1);
    words total[3] = {BITS(setzero)(), BITS(setzero)(), BITS(setzero)()};
    int32_t now;
    do {
        for (int c = 0; c < 3 && row->plane[c]; c++)
            total[c] = OP(add_epi32)(total[c], OP(madd_epi16)(load(row->plane[c] + i), ones));
        i += LANES;
    } while (i + LANES <= row->count && uniform(choice + i, &now) && now == which);
    seg_slic_sums *sum = &sums[which];
    const int64_t pixels = i - start;
    sum->count += pixels;
    sum->x += pixels * (first + start) + pixels * (pixels - 1) / 2;
    for (int c = 0; c < 3 && row->plane[c]; c++)
        sum->colour[c] += sum_lanes(total[c]);
    return i;
}

static inline void add_pixel(seg_slic_sums *sums, const uint8_t *choice, const seg_slic_row *row,
                             int32_t first, int32_t i) {
    seg_slic_sums *sum = &sums[choice[i]];
    sum->count++;
    sum->x += first + i;
    for (int c = 0; c < 3 && row->plane[c]; c++)
        sum->colour[c] += row->plane[c][i];
}

static void add(seg_slic_sums *sums, const uint8_t *choice, const seg_slic_row *row,
                int32_t first) {
    int32_t i = 0, which;
    while (i + LANES <= row->count) {
        if (uniform(choice + i, &which)) {
            i = add_run(sums, choice, row, first, i);
            continue;
        }
        for (int32_t end = i + LANES; i < end; i++)
            add_pixel(sums, choice, row, first, i);
    }
    for (; i < row->count; i++)
        add_pixel(sums, choice, row, first, i);
}

const seg_slic_kernels SEG_LEVEL_NAME(seg_slic_kernels) = {.nearest = nearest, .add = add};

#else

#define seg_slic_kernels_ref SEG_LEVEL_NAME(seg_slic_kernels)
#include "kernels/slic_ref.c"

#endif
