/* Non-maximum suppression, thresholds and statistics of a tile's magnitudes. Only for
 * canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_SUPPRESS_H
#define SEG_KERNELS_CANNY_SUPPRESS_H

#include "kernels/canny_gradient.h"

/*
 * The direction of a slope: a = |dx|, b = |dy|, T = tan(22.5 degrees) in 15 bits, as OpenCV's
 * rule has it: level if b < a T, upright if b > a (2 + T), else diagonal. With t = mulhi(2 a, T),
 * the first is b <= t, and since no fraction with a denominator up to 1020 lies between T and
 * 1 / (2 + T), the second is a <= mulhi(2 b, T). So a slope is diagonal where the smaller one is
 * above the share of the larger one.
 */
#define TWICE_TAN_22 27146

typedef struct direction {
    vec diagonal; /* else level or upright */
    vec upright;  /* of the latter */
    vec falling;  /* sign bit: a diagonal where dx and dy have different signs */
} direction;

static inline direction direction_of(vec dx, vec dy) {
    const vec a = v_abs16(dx), b = v_abs16(dy);
    const vec small = v_min16(a, b), large = v_max16(a, b);
    return (direction){v_above16(small, v_mulhi16(large, v_set16(TWICE_TAN_22))), v_above16(b, a),
                       v_xor(dx, dy)};
}

/* A pixel's eight neighbours, as pointers to lanes. */
typedef struct around {
    const int16_t *left, *right, *up, *down, *up_left, *up_right, *down_left, *down_right;
} around;

/* Ones where m is above `low` and a maximum across its edge: above the left, upper or first
 * diagonal neighbour, not below the right or lower one, above the second diagonal one. */
static inline vec maxima16(vec m, direction d, const around *n, vec low) {
    const vec falling = v_sign16(d.falling);
    const vec before = v_select(v_load(n->left), v_load(n->up), d.upright);
    const vec after = v_select(v_load(n->right), v_load(n->down), d.upright);
    const vec straight = v_max16(before, v_add16(after, v_set16(-1)));
    const vec above = v_select(v_load(n->up_left), v_load(n->up_right), falling);
    const vec below = v_select(v_load(n->down_right), v_load(n->down_left), falling);
    const vec rival = v_select(straight, v_max16(above, below), d.diagonal);
    return v_above16(m, v_max16(rival, low));
}

static inline vec maxima32(vec m, direction d, const around *n, vec low) {
    const vec before = v_select32(v_load(n->left), v_load(n->up), d.upright);
    const vec after = v_select32(v_load(n->right), v_load(n->down), d.upright);
    const vec straight = v_max32(before, v_sub32(after, v_set32(1)));
    const vec above = v_select32(v_load(n->up_left), v_load(n->up_right), d.falling);
    const vec below = v_select32(v_load(n->down_right), v_load(n->down_left), d.falling);
    const vec rival = v_select32(straight, v_max32(above, below), d.diagonal);
    return v_above32(m, v_max32(rival, low));
}

static inline direction even_lanes(direction d) {
    return (direction){v_up16(d.diagonal), v_up16(d.upright), v_up16(d.falling)};
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
    const direction even_direction = direction_of(v_load(r->slope), v_load(r->slope + 2 * LANES));
    const direction odd_direction =
        direction_of(v_load(r->slope + LANES), v_load(r->slope + 3 * LANES));
    const uint32_t weak = weave_bits16(maxima16(even, even_direction, &even_around, low),
                                       maxima16(odd, odd_direction, &odd_around, low));
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
    const direction even = direction_of(v_load(r->slope), v_load(r->slope + 2 * LANES));
    const direction odd = direction_of(v_load(r->slope + LANES), v_load(r->slope + 3 * LANES));
    const uint32_t weak = weave_bits32(
        maxima32(p0, even_lanes(even), &around0, low), maxima32(p1, even_lanes(odd), &around1, low),
        maxima32(p2, even, &around2, low), maxima32(p3, odd, &around3, low));
    *strong = weak & weave_bits32(v_above32(p0, high), v_above32(p1, high), v_above32(p2, high),
                                  v_above32(p3, high));
    return weak;
}

/* True if a block of 64 pixels has no magnitude above `low`. */
static inline int block_is_low16(const int16_t *m, vec low) {
    vec most = v_load(m);
    for (int32_t s = 0; s < 64 / V_BYTES; s++) {
        most = v_max16(most, v_load(m + s * (V_BYTES / 2)));
        most = v_max16(most, v_load(m + LANES + s * (V_BYTES / 2)));
    }
    return !v_bits(v_above16(most, low));
}

static inline int block_is_low32(const int16_t *m, vec low) {
    vec most = v_load(m);
    for (int32_t s = 0; s < 64 / V_BYTES; s++)
        for (int32_t phase = 0; phase < 4; phase++)
            most = v_max32(most, v_load(m + phase * LANES + s * (V_BYTES / 2)));
    return !v_bits(v_above32(most, low));
}

static rows3 rows_at(tile *t, int32_t i) {
    return (rows3){magnitudes(t, i - 1), magnitudes(t, i), magnitudes(t, i + 1),
                   t->slope[i % RING]};
}

/* Words of both planes for row i of the sweep. */
static inline void suppress(tile *t, int32_t i, uint64_t *weak, uint64_t *strong, int32_t words,
                            int squared) {
    const vec low = squared ? v_set32(t->plan->low) : v_set16(t->plan->low);
    const vec high = squared ? v_set32(t->plan->high) : v_set16(t->plan->high);
    rows3 r = rows_at(t, i);
    size_t lane = V_BYTES / 2;
    for (int32_t w = 0; w < words; w++, lane += 32) {
        uint64_t weak_word = 0, strong_word = 0;
        const int16_t *m = r.here + lane;
        if (!(squared ? block_is_low32(m, low) : block_is_low16(m, low))) {
            for (int32_t s = 0; s < 64 / V_BYTES; s++) {
                const size_t at = lane + (size_t)s * (V_BYTES / 2);
                const rows3 here = {r.above + at, r.here + at, r.below + at, r.slope + at};
                uint32_t strong_bits;
                const uint64_t weak_bits = squared ? strip32(&here, low, high, &strong_bits)
                                                   : strip16(&here, low, high, &strong_bits);
                weak_word |= weak_bits << (s * V_BYTES);
                strong_word |= (uint64_t)strong_bits << (s * V_BYTES);
            }
        }
        weak[w] = weak_word;
        strong[w] = strong_word;
    }
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
