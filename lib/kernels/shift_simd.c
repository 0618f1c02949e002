/* Mean-shift kernels on vectors of 16 bits: differences from the middle are small where they count,
 * so that sums stay in 16 bits for many rows. */
#include "kernels/shift.h"

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

#define MOST_VECTORS 256 /* that can be added up: 256 * 104 fits 16 bits */

/* Ones, then zeros: a window into it keeps the first lanes. */
static const int16_t keep[2 * LANES] = {
    -1, -1, -1, -1, -1, -1, -1, -1,
#if LANES == 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
};

static const int16_t lanes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static inline words load(const int16_t *p) {
    return BITS(loadu)((const words *)p);
}

/* Count, x, y and colours in 16 bits, and in 32. */
typedef struct totals {
    words narrow[6], wide[6];
} totals;

static inline void flush(totals *t) {
    const words ones = OP(set1_epi16)(1);
    for (int i = 0; i < 6; i++) {
        t->wide[i] = OP(add_epi32)(t->wide[i], OP(madd_epi16)(t->narrow[i], ones));
        t->narrow[i] = BITS(setzero)();
    }
}

static inline int32_t sum_lanes(words v) {
#if defined(SEG_LEVEL_AVX2)
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
#else
    __m128i sum = v;
#endif
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
    return _mm_cvtsi128_si32(sum);
}

static inline words square_cut(words difference) {
    const words zero = BITS(setzero)();
    const words size = OP(max_epi16)(difference, OP(subs_epi16)(zero, difference));
    const words cut = OP(min_epi16)(size, OP(set1_epi16)(SEG_SHIFT_CUT));
    return OP(mullo_epi16)(cut, cut);
}

static inline void add_masked(words *sum, words mask, words value) {
    *sum = OP(add_epi16)(*sum, BITS(and)(mask, value));
}

/* `colours` is a constant where this is inlined. */
static inline void gather_in(seg_shift_sums *sums, const seg_shift_window *window,
                             const int16_t colour[3], int colours) {
    const words beyond = OP(set1_epi16)(SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS + 1);
    words middle[3];
    totals t;
    int32_t vectors = 0;
    for (int c = 0; c < colours; c++)
        middle[c] = OP(set1_epi16)(colour[c]);
    for (int i = 0; i < 6; i++)
        t.narrow[i] = t.wide[i] = BITS(setzero)();
    for (int32_t k = window->first; k < window->end; k++) {
        const int32_t width = window->widths[k], y = k - window->radius;
        const ptrdiff_t row = y * window->stride;
        const words down = OP(set1_epi16)((int16_t)y);
        for (int32_t x = -width; x <= width; x += LANES) {
            const int32_t left = width + 1 - x;
            words difference[3], distance = BITS(setzero)();
            for (int c = 0; c < colours; c++) {
                difference[c] = OP(subs_epi16)(load(window->plane[c] + row + x), middle[c]);
                distance = OP(add_epi16)(distance, square_cut(difference[c]));
            }
            words near = OP(cmpgt_epi16)(beyond, distance);
            if (left < LANES) near = BITS(and)(near, load(keep + LANES - left));
            t.narrow[0] = OP(sub_epi16)(t.narrow[0], near);
            add_masked(&t.narrow[1], near, OP(add_epi16)(OP(set1_epi16)((int16_t)x), load(lanes)));
            add_masked(&t.narrow[2], near, down);
            for (int c = 0; c < colours; c++)
                add_masked(&t.narrow[3 + c], near, difference[c]);
            if (++vectors == MOST_VECTORS) {
                flush(&t);
                vectors = 0;
            }
        }
    }
    flush(&t);
    sums->count = sum_lanes(t.wide[0]);
    sums->x = sum_lanes(t.wide[1]);
    sums->y = sum_lanes(t.wide[2]);
    for (int c = 0; c < 3; c++)
        sums->colour[c] = c < colours ? sum_lanes(t.wide[3 + c]) : 0;
}

static void gather(seg_shift_sums *sums, const seg_shift_window *window, const int16_t colour[3]) {
    if (window->plane[1])
        gather_in(sums, window, colour, 3);
    else
        gather_in(sums, window, colour, 1);
}

const seg_shift_kernels SEG_LEVEL_NAME(seg_shift_kernels) = {.gather = gather};

#else

#define seg_shift_kernels_ref SEG_LEVEL_NAME(seg_shift_kernels)
#include "kernels/shift_ref.c"

#endif
