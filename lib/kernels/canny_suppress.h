/* Non-maximum suppression, thresholds and statistics of a tile's magnitudes. Only for
 * canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_SUPPRESS_H
#define SEG_KERNELS_CANNY_SUPPRESS_H

#include "kernels/bits.h"
#include "kernels/canny_gradient.h"

/*
 * The direction of a slope: a = |dx|, b = |dy|, T = tan(22.5 degrees) in 15 bits, as OpenCV's
 * rule has it: level if b < a T, upright if b > a (2 + T), else diagonal. With t(x) = floor(x T)
 * the first is b <= t(a). No fraction with a denominator up to 1020 lies between T and
 * 1 / (2 + T), so that the second is a <= t(b).
 */
#define TWICE_TAN_22 27146

/* Masks, looked at in this order. */
typedef struct direction {
    vec not_upright;
    vec not_level;
    vec falling; /* dx and dy have different signs */
} direction;

static inline direction direction_of(vec a, vec b, vec falling) {
    const vec tangent = v_set16(TWICE_TAN_22);
    return (direction){v_above16(a, v_mulhi16(b, tangent)), v_above16(b, v_mulhi16(a, tangent)),
                       falling};
}

/* Of a slope and its magnitude |dx| + |dy|. */
static inline direction direction_of_slope(vec slope, vec m) {
    const vec a = v_abs16(slope);
    return direction_of(a, v_sub16(m, a), v_negative16(slope));
}

static inline direction direction_of_pair(vec dx, vec dy) {
    return direction_of(v_abs16(dx), v_abs16(dy), v_negative16(v_xor(dx, dy)));
}

/* A pixel's eight neighbours, as pointers to lanes. */
typedef struct around {
    const int16_t *left, *right, *up, *down, *up_left, *up_right, *down_left, *down_right;
} around;

/* The larger of the two neighbours across the edge. A number must be above the left, upper or first
 * diagonal one, not below the right or lower one, above the second diagonal one: these are taken as
 * one less, unless they are ranks. (Each mask chooses once only: GCC makes two of one that chooses
 * twice.) */
static inline vec rival_of(direction d, const around *n, int ranks) {
    const vec one_less = ranks ? v_zero() : v_set16(-1);
    const vec level = v_max16(v_add16(v_load(n->right), one_less), v_load(n->left));
    const vec upright = v_max16(v_add16(v_load(n->down), one_less), v_load(n->up));
    const vec rising = v_max16(v_load(n->up_left), v_load(n->down_right));
    const vec falling = v_max16(v_load(n->up_right), v_load(n->down_left));
    const vec diagonal = v_select(rising, falling, d.falling);
    return v_select(upright, v_select(level, diagonal, d.not_level), d.not_upright);
}

/* Rows of magnitudes around a strip, and its slopes. */
typedef struct rows3 {
    const int16_t *above, *here, *below, *slope;
} rows3;

static inline around around_of(const rows3 *r, ptrdiff_t here, ptrdiff_t left, ptrdiff_t right) {
    return (around){r->here + left,  r->here + right,  r->above + here, r->below + here,
                    r->above + left, r->above + right, r->below + left, r->below + right};
}

/* Bits of 0xff in each byte of a vector: even bytes from even lanes, odd ones from odd lanes. */
static inline uint32_t weave_bits(vec even, vec odd) {
    return v_bits(v_select(even, odd, v_set16((int16_t)-256)));
}

/* A bit for each pixel of a strip. */
typedef struct verdict {
    uint32_t weak, strong;
    uint32_t open; /* of equal ranks */
} verdict;

/* Maxima above the low threshold, and those of them above the high one. */
static inline verdict judge(const rows3 *r, const lane_limits *limits, int ranks) {
    const vec even = v_load(r->here), odd = v_load(r->here + LANES);
    const vec even_slope = v_load(r->slope), odd_slope = v_load(r->slope + LANES);
    const around even_around = around_of(r, 0, LANES - 1, LANES);
    const around odd_around = around_of(r, LANES, 0, 1);
    const direction even_direction =
        ranks ? direction_of_pair(even_slope, v_load(r->slope + 2 * LANES))
              : direction_of_slope(even_slope, even);
    const vec even_rival = v_max16(rival_of(even_direction, &even_around, ranks), limits->low);
    const direction odd_direction = ranks
                                        ? direction_of_pair(odd_slope, v_load(r->slope + 3 * LANES))
                                        : direction_of_slope(odd_slope, odd);
    const vec odd_rival = v_max16(rival_of(odd_direction, &odd_around, ranks), limits->low);
    verdict v = {.open = 0};
    v.weak = weave_bits(v_above16(even, even_rival), v_above16(odd, odd_rival));
    v.strong = weave_bits(v_above16(even, limits->high), v_above16(odd, limits->high));
    if (ranks) v.open = weave_bits(v_equal16(even, even_rival), v_equal16(odd, odd_rival));
    return v;
}

/* dx^2 + dy^2 of pixel x, counted from strip 0. */
static inline int32_t square_at(const int16_t (*slope)[LANES], int32_t x) {
    const int32_t dx = slope[x % 2][x / 2], dy = slope[x % 2 + 2][x / 2];
    return dx * dx + dy * dy;
}

/* Whether the pixel is above the low threshold and a maximum across its edge; by exact numbers. */
static bool is_maximum(const tile *t, int32_t i, int32_t x) {
    const int16_t(*above)[LANES] = t->slope[(i - 1) % RING], (*here)[LANES] = t->slope[i % RING];
    const int16_t(*below)[LANES] = t->slope[(i + 1) % RING];
    const int32_t dx = here[x % 2][x / 2], dy = here[x % 2 + 2][x / 2];
    const int32_t a = dx < 0 ? -dx : dx, b = dy < 0 ? -dy : dy, m = dx * dx + dy * dy;
    if (m <= t->plan->low) return false;
    if (b <= a * TWICE_TAN_22 >> 16)
        return m > square_at(here, x - 1) && m >= square_at(here, x + 1);
    if (a <= b * TWICE_TAN_22 >> 16) return m > square_at(above, x) && m >= square_at(below, x);
    const int32_t side = (dx ^ dy) < 0 ? -1 : 1;
    return m > square_at(above, x - side) && m > square_at(below, x + side);
}

/* Maxima among the open pixels of a strip. */
static uint32_t settle_open(const tile *t, int32_t i, int32_t s, uint32_t open) {
    uint32_t weak = 0;
    for (; open; open &= open - 1) {
        const int32_t bit = seg_bits_lowest(open);
        weak |= (uint32_t)is_maximum(t, i, s * V_BYTES + bit) << bit;
    }
    return weak;
}

/* The planes' words that a tile's row fills. */
typedef struct output {
    uint64_t *weak, *strong;
    int32_t words;
} output;

static inline rows3 strip_of(const tile *t, int32_t i, int32_t s) {
    const size_t lane = (size_t)s * (V_BYTES / 2);
    return (rows3){t->magnitude[(i - 1) % RING][0] + lane, t->magnitude[i % RING][0] + lane,
                   t->magnitude[(i + 1) % RING][0] + lane, t->slope[i % RING][0] + lane};
}

/* Bits of strip s into words that are zero; strip 0 lies before the tile. */
static inline void put_bits(uint64_t *words, int32_t s, uint32_t bits) {
    memcpy((char *)words + (s - 1) * (V_BYTES / 8), &bits, V_BYTES / 8);
}

/* Eight marks as bits, the first one lowest. */
static inline uint64_t marks_of(const uint8_t *mark) {
    uint64_t bytes;
    memcpy(&bytes, mark, sizeof bytes);
    return bytes * 0x0102040810204080u >> 56;
}

/* Strips that have magnitudes above low, up to 64 from `first` on (a multiple of 8), of which
 * those that the tile has no words for are left out. */
static inline uint64_t marked_strips(const uint8_t *mark, int32_t first, int32_t words) {
    const int32_t end = 1 + words * STRIPS_OF_WORD - first;
    uint64_t strips = 0;
    for (int32_t s = 0; s < 64 && s < end; s += 8)
        strips |= marks_of(mark + first + s) << s;
    if (end < 64) strips &= ((uint64_t)1 << end) - 1;
    return first == 0 ? strips & ~(uint64_t)1 : strips;
}

static inline void suppress_strips(const tile *t, int32_t i, const output *to, int ranks) {
    const lane_limits limits = lane_limits_of(t->plan);
    const uint8_t *mark = t->mark[i % RING];
    for (int32_t first = 0; first < 1 + to->words * STRIPS_OF_WORD; first += 64) {
        uint64_t strips = marked_strips(mark, first, to->words);
        for (; strips; strips &= strips - 1) {
            const int32_t s = first + seg_bits_lowest(strips);
            const rows3 rows = strip_of(t, i, s);
            verdict v = judge(&rows, &limits, ranks);
            if (ranks && v.open) v.weak |= settle_open(t, i, s, v.open);
            put_bits(to->weak, s, v.weak);
            put_bits(to->strong, s, v.weak & v.strong);
        }
    }
}

/* Weak and strong maxima of row i of the sweep. */
static void suppress(const tile *t, int32_t i, const output *to) {
    for (int32_t w = 0; w < to->words; w++)
        to->weak[w] = to->strong[w] = 0;
    if (t->plan->squared)
        suppress_strips(t, i, to, 1);
    else
        suppress_strips(t, i, to, 0);
}

/* dx^2 + dy^2 of even pixels or odd ones, as rounded roots. */
static inline vec roots_of(vec dx, vec dy) {
    return v_narrow32(v_root32(v_squares(v_zip16_first(dx, dy))),
                      v_root32(v_squares(v_zip16_second(dx, dy))));
}

/* Roots for the ranks of row i. */
static void take_roots(tile *t, int32_t i) {
    int16_t(*slope)[LANES] = t->slope[i % RING], (*m)[LANES] = t->magnitude[i % RING];
    for (int32_t lane = 0; lane < LANES; lane += V_BYTES / 2)
        for (int32_t odd = 0; odd < 2; odd++)
            v_store(m[odd] + lane,
                    roots_of(v_load(slope[odd] + lane), v_load(slope[odd + 2] + lane)));
}

/* Counts the magnitudes of row i of the sweep, rounded up; neighbours go to different tables,
 * because adding to the same counter at once has to wait. */
static void count_row(tile *t, int32_t i, int32_t pixels, const uint8_t *ignore) {
    if (t->plan->squared) take_roots(t, i);
    const int16_t *even = t->magnitude[i % RING][0] + V_BYTES / 2, *odd = even + LANES;
    if (ignore) {
        for (int32_t x = 0; x < pixels; x++)
            if (!ignore[x]) t->bins[0][x % 2 ? odd[x / 2] : even[x / 2]]++;
        return;
    }
    int32_t x = 0;
    for (; x + 4 <= pixels; x += 4) {
        t->bins[0][even[x / 2]]++;
        t->bins[1][odd[x / 2]]++;
        t->bins[2][even[x / 2 + 1]]++;
        t->bins[3][odd[x / 2 + 1]]++;
    }
    for (; x < pixels; x++)
        t->bins[0][x % 2 ? odd[x / 2] : even[x / 2]]++;
}

#endif
