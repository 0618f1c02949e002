/* Non-maximum suppression, thresholds and statistics of a tile's magnitudes. Only for
 * canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_SUPPRESS_H
#define SEG_KERNELS_CANNY_SUPPRESS_H

#include "kernels/bits.h"
#include "kernels/canny_flat.h"

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
    vec falling; /* dx and dy have different signs; at least the sign bit */
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
    return direction_of(v_abs16(dx), v_abs16(dy), v_xor(dx, dy));
}

/* A pixel's eight neighbours, as pointers to lanes. */
typedef struct around {
    const int16_t *left, *right, *up, *down, *up_left, *up_right, *down_left, *down_right;
} around;

/* Ones where m is above `low` and a maximum across its edge: above the left, upper or first
 * diagonal neighbour, not below the right or lower one, above the second diagonal one. (Each mask
 * chooses once only: GCC makes two of one that chooses twice.) */
static inline vec maxima16(vec m, direction d, const around *n, vec low) {
    const vec one_less = v_set16(-1);
    const vec level = v_max16(v_add16(v_load(n->right), one_less), v_load(n->left));
    const vec upright = v_max16(v_add16(v_load(n->down), one_less), v_load(n->up));
    const vec rising = v_max16(v_load(n->up_left), v_load(n->down_right));
    const vec falling = v_max16(v_load(n->up_right), v_load(n->down_left));
    const vec diagonal = v_select(rising, falling, d.falling);
    const vec rival = v_select(upright, v_select(level, diagonal, d.not_level), d.not_upright);
    return v_above16(m, v_max16(rival, low));
}

static inline vec maxima32(vec m, direction d, const around *n, vec low) {
    const vec one_less = v_set32(-1);
    const vec level = v_max32(v_add32(v_load(n->right), one_less), v_load(n->left));
    const vec upright = v_max32(v_add32(v_load(n->down), one_less), v_load(n->up));
    const vec rising = v_max32(v_load(n->up_left), v_load(n->down_right));
    const vec falling = v_max32(v_load(n->up_right), v_load(n->down_left));
    const vec diagonal = v_select32(rising, falling, d.falling);
    const vec rival = v_select32(upright, v_select32(level, diagonal, d.not_level), d.not_upright);
    return v_above32(m, v_max32(rival, low));
}

static inline direction even_lanes(direction d) {
    return (direction){v_up16(d.not_upright), v_up16(d.not_level), v_up16(d.falling)};
}

/* Rows of magnitudes and slopes at a strip. */
typedef struct rows3 {
    const int16_t *above, *here, *below, *slope;
} rows3;

static inline around around_of(const rows3 *r, ptrdiff_t here, ptrdiff_t left, ptrdiff_t right) {
    return (around){r->here + left,  r->here + right,  r->above + here, r->below + here,
                    r->above + left, r->above + right, r->below + left, r->below + right};
}

/* Bits of 0xff in each byte of a vector: even bytes from even lanes, odd ones from odd lanes. */
static inline uint32_t weave_bits16(vec even, vec odd) {
    return v_bits(v_select(even, odd, v_set16((int16_t)-256)));
}

static inline uint32_t weave_bits32(vec p0, vec p1, vec p2, vec p3) {
    const vec second = v_set16((int16_t)-256);
    return v_bits(v_weave16(v_select(p0, p1, second), v_select(p2, p3, second)));
}

/* Weak and strong bits of a strip, |dx| + |dy|. */
static inline uint32_t strip16(const rows3 *r, vec low, vec high, uint32_t *strong) {
    const vec even = v_load(r->here), odd = v_load(r->here + LANES);
    const around even_around = around_of(r, 0, LANES - 1, LANES);
    const around odd_around = around_of(r, LANES, 0, 1);
    const direction even_direction = direction_of_slope(v_load(r->slope), even);
    const vec even_maxima = maxima16(even, even_direction, &even_around, low);
    const direction odd_direction = direction_of_slope(v_load(r->slope + LANES), odd);
    const vec odd_maxima = maxima16(odd, odd_direction, &odd_around, low);
    const uint32_t weak = weave_bits16(even_maxima, odd_maxima);
    *strong = weak & weave_bits16(v_above16(even, high), v_above16(odd, high));
    return weak;
}

/* The same for dx^2 + dy^2: four phases of pixels, 32 bits each. */
static inline uint32_t strip32(const rows3 *r, vec low, vec high, uint32_t *strong) {
    const vec p0 = v_load(r->here), p1 = v_load(r->here + LANES);
    const vec p2 = v_load(r->here + 2 * LANES), p3 = v_load(r->here + 3 * LANES);
    const around around0 = around_of(r, 0, 3 * LANES - 2, LANES);
    const around around1 = around_of(r, LANES, 0, 2 * LANES);
    const around around2 = around_of(r, 2 * LANES, LANES, 3 * LANES);
    const around around3 = around_of(r, 3 * LANES, 2 * LANES, 2);
    const direction even = direction_of_pair(v_load(r->slope), v_load(r->slope + 2 * LANES));
    const direction odd = direction_of_pair(v_load(r->slope + LANES), v_load(r->slope + 3 * LANES));
    const uint32_t weak = weave_bits32(
        maxima32(p0, even_lanes(even), &around0, low), maxima32(p1, even_lanes(odd), &around1, low),
        maxima32(p2, even, &around2, low), maxima32(p3, odd, &around3, low));
    *strong = weak & weave_bits32(v_above32(p0, high), v_above32(p1, high), v_above32(p2, high),
                                  v_above32(p3, high));
    return weak;
}

/* The planes' words that a tile's row fills. */
typedef struct output {
    uint64_t *weak, *strong;
    int32_t words;
} output;

static inline rows3 strip_of(const rows3 *r, int32_t s) {
    const size_t lane = (size_t)s * (V_BYTES / 2);
    return (rows3){r->above + lane, r->here + lane, r->below + lane, r->slope + lane};
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

static inline void suppress_strips(const uint8_t *mark, const rows3 *rows, const output *to,
                                   vec low, vec high, int squared) {
    for (int32_t first = 0; first < 1 + to->words * STRIPS_OF_WORD; first += 64) {
        uint64_t strips = marked_strips(mark, first, to->words);
        for (; strips; strips &= strips - 1) {
            const int32_t s = first + seg_bits_lowest(strips);
            const rows3 strip = strip_of(rows, s);
            uint32_t strong;
            put_bits(to->weak, s,
                     squared ? strip32(&strip, low, high, &strong)
                             : strip16(&strip, low, high, &strong));
            put_bits(to->strong, s, strong);
        }
    }
}

/* Weak and strong maxima of row i of the sweep. */
static void suppress(tile *t, int32_t i, const output *to) {
    const rows3 rows = {magnitudes(t, i - 1), magnitudes(t, i), magnitudes(t, i + 1), slopes(t, i)};
    const uint8_t *mark = t->mark[i % RING];
    for (int32_t w = 0; w < to->words; w++)
        to->weak[w] = to->strong[w] = 0;
    if (t->plan->squared)
        suppress_strips(mark, &rows, to, v_set32(t->plan->low), v_set32(t->plan->high), 1);
    else
        suppress_strips(mark, &rows, to, v_set16(t->plan->low), v_set16(t->plan->high), 0);
}

/* Magnitude of pixel x of the tile in row i, in whole units, rounded up. */
static inline int32_t whole(const int16_t *m, int32_t x) {
    return m[(x % 2) * LANES + V_BYTES / 2 + x / 2];
}

/* Replaces dx^2 + dy^2 by their rounded roots, in the layout of |dx| + |dy|; `target` may not be
 * the row itself. */
static void take_roots(int16_t *target, const int16_t *m) {
    for (int32_t lane = 0; lane < LANES; lane += V_BYTES / 2)
        for (int32_t odd = 0; odd < 2; odd++) {
            const vec first = v_root32(v_load(m + odd * LANES + lane));
            const vec second = v_root32(v_load(m + (odd + 2) * LANES + lane));
            v_store(target + odd * LANES + lane, v_weave16(first, v_up16(second)));
        }
}

/* Counts the magnitudes of row i of the sweep; neighbours go to different tables, because adding
 * to the same counter at once has to wait. */
static void count_row(tile *t, int32_t i, int32_t pixels, const uint8_t *ignore) {
    const int16_t *m = magnitudes(t, i);
    _Alignas(64) int16_t roots[2 * LANES];
    if (t->plan->squared) {
        take_roots(roots, m);
        m = roots;
    }
    if (ignore) {
        for (int32_t x = 0; x < pixels; x++)
            if (!ignore[x]) t->bins[0][whole(m, x)]++;
        return;
    }
    const int16_t *even = m + V_BYTES / 2, *odd = even + LANES;
    int32_t x = 0;
    for (; x + 4 <= pixels; x += 4) {
        t->bins[0][even[x / 2]]++;
        t->bins[1][odd[x / 2]]++;
        t->bins[2][even[x / 2 + 1]]++;
        t->bins[3][odd[x / 2 + 1]]++;
    }
    for (; x < pixels; x++)
        t->bins[0][whole(m, x)]++;
}

#endif
