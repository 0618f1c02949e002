/* Mean-shift kernels on vectors of 16 bits: differences from the middle are small where they count,
 * so that sums over a column of a disk stay in 16 bits. Places are not added up pixel by pixel: of
 * how many have been seen up to each row, or pixel of a row, the sum tells. */
#include "kernels/shift.h"

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>

#if defined(SEG_LEVEL_AVX2)
typedef __m256i words;
typedef __m256 floats;
#define LANES 16
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name##_si256
#else
typedef __m128i words;
typedef __m128 floats;
#define LANES 8
#define OP(name) _mm_##name
#define BITS(name) _mm_##name##_si128
#endif

static inline words load(const int16_t *p) {
    return BITS(loadu)((const words *)p);
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

static inline void take_masked(words *sum, words mask, words value) {
    *sum = OP(sub_epi16)(*sum, BITS(and)(mask, value));
}

/* The means of sums, to nearest, halves up. `count` is 1 .. 16641, |sum| up to 104 times that: all
 * but the quotient is exact, and that stays on its side of whole numbers. */
static inline words find_means(words sum, floats count) {
    const words twice = OP(add_epi32)(sum, sum);
    const floats up = OP(mul_ps)(count, OP(set1_ps)(2 * 256 + 1));
    const floats above = OP(add_ps)(OP(cvtepi32_ps)(twice), up);
    const words mean = OP(cvttps_epi32)(OP(div_ps)(above, OP(add_ps)(count, count)));
    return OP(sub_epi32)(mean, OP(set1_epi32)(256));
}

/* The sums of four vectors, in each 128 bits. */
static inline words sum_four(const words v[4]) {
    const words a = OP(add_epi32)(OP(unpacklo_epi32)(v[0], v[1]), OP(unpackhi_epi32)(v[0], v[1]));
    const words b = OP(add_epi32)(OP(unpacklo_epi32)(v[2], v[3]), OP(unpackhi_epi32)(v[2], v[3]));
    return OP(add_epi32)(OP(unpacklo_epi64)(a, b), OP(unpackhi_epi64)(a, b));
}

static inline void sum_eight(int32_t sums[8], const words v[8]) {
    const words low = sum_four(v), high = sum_four(v + 4);
#if defined(SEG_LEVEL_AVX2)
    _mm256_storeu_si256((words *)sums,
                        _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
                                         _mm256_permute2x128_si256(low, high, 0x31)));
#else
    _mm_storeu_si128((words *)sums, low);
    _mm_storeu_si128((words *)(sums + 4), high);
#endif
}

/* The first or second half of each 128 bits as 32 bits. */
static inline words widen(words v, int half) {
    const words twice = half ? OP(unpackhi_epi16)(v, v) : OP(unpacklo_epi16)(v, v);
    return OP(srai_epi32)(twice, 16);
}

static inline void store_means(int16_t *to, words sum, const floats count[2]) {
    const words low = find_means(widen(sum, 0), count[0]);
    const words high = find_means(widen(sum, 1), count[1]);
    BITS(storeu)((words *)to, OP(packs_epi32)(low, high));
}

#define COLOURS 1
#define NAMED(name) name##_grey
#include "kernels/shift_window.h"
#undef COLOURS
#undef NAMED
#define COLOURS 3
#define NAMED(name) name##_colour
#include "kernels/shift_window.h"

static void move(seg_shift_move *move, const seg_shift_disk *disk, const seg_shift_place *place,
                 const int16_t colour[3]) {
    (place->plane[1] ? move_colour : move_grey)(move, disk, place, colour);
}

static void move_many(seg_shift_moves *moves, const seg_shift_disk *disk,
                      const seg_shift_place *place) {
    if (disk->radius > SEG_SHIFT_SMALL) {
        seg_shift_one_by_one(moves, disk, place, move);
        return;
    }
    for (int first = 0; first < SEG_SHIFT_LANES; first += LANES)
        (place->plane[1] ? many_colour : many_grey)(moves, disk, place, first);
}

const seg_shift_kernels SEG_LEVEL_NAME(seg_shift_kernels) = {
    .move = move,
    .move_many = move_many,
};

#else

#define seg_shift_kernels_ref SEG_LEVEL_NAME(seg_shift_kernels)
#include "kernels/shift_ref.c"

#endif
