/* Mean-shift kernels on vectors of 16 bits: differences from the middle are small where they count,
 * so that sums stay in 16 bits for many pixels. */
#include "kernels/shift.h"

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

/* That can be added up: of two pixels a lane, 256 * 100 fits 16 bits. */
#define MOST_STRETCHES 128

static inline words load(const int16_t *p) {
    return BITS(loadu)((const words *)p);
}

/* Count, x, y and colours in 16 bits, and in 32. */
typedef struct totals {
    words narrow[6], wide[6];
} totals;

static inline void flush(totals *t, int count) {
    const words ones = OP(set1_epi16)(1);
    for (int i = 0; i < count; i++) {
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
#if defined(SEG_LEVEL_AVX2)
    const words size = _mm256_abs_epi16(difference);
#else
    const words size = _mm_max_epi16(difference, _mm_sub_epi16(_mm_setzero_si128(), difference));
#endif
    const words cut = OP(min_epi16)(size, OP(set1_epi16)(SEG_SHIFT_CUT));
    return OP(mullo_epi16)(cut, cut);
}

static inline void add_masked(words *sum, words mask, words value) {
    *sum = OP(add_epi16)(*sum, BITS(and)(mask, value));
}

/* Adds LANES pixels of a stretch, from its pixel `first` on. */
static inline void add_pixels(totals *t, const seg_shift_window *window,
                              const seg_shift_stretch *stretch, int first, const words *middle,
                              int colours) {
    const words beyond = OP(set1_epi16)(SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS + 1);
    words difference[3], distance = BITS(setzero)();
    for (int c = 0; c < colours; c++) {
        const words pixels = load(window->plane[c] + stretch->offset + first);
        difference[c] = OP(subs_epi16)(pixels, middle[c]);
        distance = OP(add_epi16)(distance, square_cut(difference[c]));
    }
    const words near = BITS(and)(OP(cmpgt_epi16)(beyond, distance), load(stretch->inside + first));
    t->narrow[0] = OP(sub_epi16)(t->narrow[0], near);
    add_masked(&t->narrow[1], near, load(stretch->x + first));
    add_masked(&t->narrow[2], near, load(stretch->y + first));
    for (int c = 0; c < colours; c++)
        add_masked(&t->narrow[3 + c], near, difference[c]);
}

/* `colours` is a constant where this is inlined. */
static inline void gather_in(seg_shift_sums *sums, const seg_shift_window *window,
                             const int16_t colour[3], int colours) {
    words middle[3];
    totals t;
    for (int c = 0; c < colours; c++)
        middle[c] = OP(set1_epi16)(colour[c]);
    for (int i = 0; i < 6; i++)
        t.narrow[i] = t.wide[i] = BITS(setzero)();
    for (int32_t start = 0; start < window->count; start += MOST_STRETCHES) {
        const int32_t end =
            start + MOST_STRETCHES < window->count ? start + MOST_STRETCHES : window->count;
        for (int32_t k = start; k < end; k++)
            for (int first = 0; first < SEG_SHIFT_LANES; first += LANES)
                add_pixels(&t, window, &window->stretches[k], first, middle, colours);
        flush(&t, 3 + colours);
    }
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

/* --- many windows ------------------------------------------------------------------------ */

static inline void store(int16_t *to, words v) {
    BITS(storeu)((words *)to, v);
}

/* LANES pixels from `first` on; `colours` is a constant where this is inlined. */
static inline void many_in(seg_shift_many *sums, const int16_t *const plane[3],
                           const seg_shift_step *steps, int32_t count, int first, int colours) {
    const words beyond = OP(set1_epi16)(SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS + 1);
    words middle[3], total[6];
    for (int i = 0; i < 6; i++)
        total[i] = BITS(setzero)();
    for (int c = 0; c < colours; c++)
        middle[c] = load(plane[c] + first);
    for (int32_t k = 0; k < count; k++) {
        words difference[3], distance = BITS(setzero)();
        for (int c = 0; c < colours; c++) {
            difference[c] = OP(subs_epi16)(load(plane[c] + steps[k].offset + first), middle[c]);
            distance = OP(add_epi16)(distance, square_cut(difference[c]));
        }
        const words near = OP(cmpgt_epi16)(beyond, distance);
        total[0] = OP(sub_epi16)(total[0], near);
        add_masked(&total[1], near, OP(set1_epi16)((int16_t)steps[k].x));
        add_masked(&total[2], near, OP(set1_epi16)((int16_t)steps[k].y));
        for (int c = 0; c < colours; c++)
            add_masked(&total[3 + c], near, difference[c]);
    }
    store(sums->count + first, total[0]);
    store(sums->x + first, total[1]);
    store(sums->y + first, total[2]);
    for (int c = 0; c < 3; c++)
        store(sums->colour[c] + first, total[3 + c]);
}

static void gather_many(seg_shift_many *sums, const int16_t *const plane[3],
                        const seg_shift_step *steps, int32_t count) {
    for (int first = 0; first < SEG_SHIFT_LANES; first += LANES) {
        if (plane[1])
            many_in(sums, plane, steps, count, first, 3);
        else
            many_in(sums, plane, steps, count, first, 1);
    }
}

const seg_shift_kernels SEG_LEVEL_NAME(seg_shift_kernels) = {
    .gather = gather,
    .gather_many = gather_many,
};

#else

#define seg_shift_kernels_ref SEG_LEVEL_NAME(seg_shift_kernels)
#include "kernels/shift_ref.c"

#endif
