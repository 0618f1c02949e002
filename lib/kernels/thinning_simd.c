/* Thinning 64 pixels a word: the conditions as logic on the neighbours' planes of bits. The
 * compiler makes vector code of the loops over words. */
#include "kernels/thinning.h"

/* The neighbours of the pixels of a word, as in the readable twin. */
typedef struct planes {
    uint64_t x1, x2, x3, x4, x5, x6, x7, x8;
} planes;

static inline uint64_t to_right(const uint64_t *row, int32_t i) {
    return row[i] >> 1 | row[i + 1] << 63;
}

static inline uint64_t to_left(const uint64_t *row, int32_t i) {
    return row[i] << 1 | row[i - 1] >> 63;
}

static inline planes neighbours(const uint64_t *above, const uint64_t *row, const uint64_t *below,
                                int32_t i) {
    return (planes){to_right(row, i), to_right(above, i), above[i], to_left(above, i),
                    to_left(row, i),  to_left(below, i),  below[i], to_right(below, i)};
}

/* How many of some planes are set, as far as the conditions ask. */
typedef struct tally {
    uint64_t one, two; /* at least */
} tally;

static inline tally count(tally so_far, uint64_t plane) {
    return (tally){so_far.one | plane, so_far.two | (so_far.one & plane)};
}

static inline tally count_four(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return count(count(count((tally){a, 0}, b), c), d);
}

static inline uint64_t exactly_one(tally t) {
    return t.one & ~t.two;
}

static inline uint64_t guo_hall(planes p, uint64_t side) {
    const tally crossings = count_four(~p.x1 & (p.x2 | p.x3), ~p.x3 & (p.x4 | p.x5),
                                       ~p.x5 & (p.x6 | p.x7), ~p.x7 & (p.x8 | p.x1));
    const uint64_t a1 = p.x1 | p.x2, a2 = p.x3 | p.x4, a3 = p.x5 | p.x6, a4 = p.x7 | p.x8;
    const uint64_t b1 = p.x2 | p.x3, b2 = p.x4 | p.x5, b3 = p.x6 | p.x7, b4 = p.x8 | p.x1;
    const uint64_t at_least_two = count_four(a1, a2, a3, a4).two & count_four(b1, b2, b3, b4).two;
    const uint64_t four = a1 & a2 & a3 & a4 & b1 & b2 & b3 & b4;
    return exactly_one(crossings) & at_least_two & ~four & ~side;
}

static inline uint64_t zhang_suen(planes p, uint64_t side) {
    tally crossings = count_four(~p.x1 & p.x2, ~p.x2 & p.x3, ~p.x3 & p.x4, ~p.x4 & p.x5);
    crossings = count(count(crossings, ~p.x5 & p.x6), ~p.x6 & p.x7);
    crossings = count(count(crossings, ~p.x7 & p.x8), ~p.x8 & p.x1);
    tally ones = count_four(p.x1, p.x2, p.x3, p.x4);
    ones = count(count(count(count(ones, p.x5), p.x6), p.x7), p.x8);
    tally zeros = count_four(~p.x1, ~p.x2, ~p.x3, ~p.x4);
    zeros = count(count(count(count(zeros, ~p.x5), ~p.x6), ~p.x7), ~p.x8);
    return exactly_one(crossings) & ones.two & zeros.two & ~side;
}

/* One function a sub-iteration: `goes` says which neighbourhoods p lose their pixel. */
#define SEG_THINNING_STEP(name, goes)                                                              \
    static bool name(uint64_t *restrict out, const uint64_t *above, const uint64_t *row,           \
                     const uint64_t *below, int32_t words) {                                       \
        uint64_t gone = 0;                                                                         \
        for (int32_t i = 0; i < words; i++) {                                                      \
            const planes p = neighbours(above, row, below, i);                                     \
            const uint64_t taken = row[i] & (goes);                                                \
            out[i] = row[i] ^ taken;                                                               \
            gone |= taken;                                                                         \
        }                                                                                          \
        return gone != 0;                                                                          \
    }

SEG_THINNING_STEP(guo_hall_first, guo_hall(p, (p.x2 | p.x3 | ~p.x8) & p.x1))
SEG_THINNING_STEP(guo_hall_second, guo_hall(p, (p.x6 | p.x7 | ~p.x4) & p.x5))
SEG_THINNING_STEP(zhang_suen_first, zhang_suen(p, p.x1 &p.x7 &(p.x3 | p.x5)))
SEG_THINNING_STEP(zhang_suen_second, zhang_suen(p, p.x3 &p.x5 &(p.x1 | p.x7)))

static bool thin(uint64_t *out, const uint64_t *above, const uint64_t *row, const uint64_t *below,
                 int32_t words, seg_thinning_step step) {
    switch (step) {
    case SEG_THINNING_GUO_HALL_FIRST:
        return guo_hall_first(out, above, row, below, words);
    case SEG_THINNING_GUO_HALL_SECOND:
        return guo_hall_second(out, above, row, below, words);
    case SEG_THINNING_ZHANG_SUEN_FIRST:
        return zhang_suen_first(out, above, row, below, words);
    default:
        return zhang_suen_second(out, above, row, below, words);
    }
}

const seg_thinning_kernels SEG_LEVEL_NAME(seg_thinning_kernels) = {.thin = thin};
