/* Derivatives and magnitudes of a tile. Only for canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_GRADIENT_H
#define SEG_KERNELS_CANNY_GRADIENT_H

#include "kernels/canny_tile.h"

/* Differences p[x+1] - p[x-1] and sums p[x-1] + 2 p[x] + p[x+1] of a strip of pixels. */
typedef struct across {
    vec even_difference, odd_difference, even_sum, odd_sum;
} across;

static inline across across_of(const uint8_t *p) {
    const vec twice_second = v_set16(0x0201);
    const vec before = v_load(p - 1), here = v_load(p), after = v_load(p + 1);
    const vec even_right = v_low8(after), odd_right = v_high8(after);
    across a;
    a.even_difference = v_sub16(even_right, v_low8(before));
    a.odd_difference = v_sub16(odd_right, v_high8(before));
    a.even_sum = v_add16(v_pairs8(before, twice_second), even_right);
    a.odd_sum = v_add16(v_pairs8(here, twice_second), odd_right);
    return a;
}

/* The state of a strip: two rows up and one row up of the row to come. */
enum { EVEN_PAIR, ODD_PAIR, EVEN_DIFFERENCE, ODD_DIFFERENCE, EVEN_OLD, ODD_OLD, EVEN_SUM, ODD_SUM };

/* Starts a strip from the two rows above the first row that is to come. */
static void start_strip(vec *state, const uint8_t *first, const uint8_t *second) {
    const across a = across_of(first), b = across_of(second);
    state[EVEN_PAIR] = v_add16(a.even_difference, b.even_difference);
    state[ODD_PAIR] = v_add16(a.odd_difference, b.odd_difference);
    state[EVEN_DIFFERENCE] = b.even_difference;
    state[ODD_DIFFERENCE] = b.odd_difference;
    state[EVEN_OLD] = a.even_sum;
    state[ODD_OLD] = a.odd_sum;
    state[EVEN_SUM] = b.even_sum;
    state[ODD_SUM] = b.odd_sum;
}

static inline vec square_even(vec dx, vec dy) {
    return v_squares(v_weave16(dx, v_up16(dy)));
}

static inline vec square_odd(vec dx, vec dy) {
    return v_squares(v_weave16(v_down16(dx), dy));
}

/* Where the rows that a strip is taken in for go: row r to these first slots and r rows on. */
typedef struct destination {
    int16_t *slope, *magnitude;
    uint8_t *mark;
    vec low;
    int squared;
} destination;

/* Takes in `count` rows of strip s and writes what is derived for the rows above them. */
static inline void step_rows(vec *state, const uint8_t *const *rows, ptrdiff_t x, int32_t count,
                             const destination *to, int32_t s) {
    const size_t lane = (size_t)s * (V_BYTES / 2);
    vec even_pair = state[EVEN_PAIR], odd_pair = state[ODD_PAIR];
    vec even_difference = state[EVEN_DIFFERENCE], odd_difference = state[ODD_DIFFERENCE];
    vec even_old = state[EVEN_OLD], odd_old = state[ODD_OLD];
    vec even_sum = state[EVEN_SUM], odd_sum = state[ODD_SUM];
    for (int32_t r = 0; r < count; r++) {
        const across a = across_of(rows[r] + x);
        const vec even_next = v_add16(even_difference, a.even_difference);
        const vec odd_next = v_add16(odd_difference, a.odd_difference);
        const vec even_dx = v_add16(even_pair, even_next), odd_dx = v_add16(odd_pair, odd_next);
        const vec even_dy = v_sub16(a.even_sum, even_old), odd_dy = v_sub16(a.odd_sum, odd_old);
        int16_t *slope = to->slope + (size_t)r * (to->squared ? 4 : 2) * LANES + lane;
        int16_t *m = to->magnitude + (size_t)r * (to->squared ? 4 : 2) * LANES + lane;
        uint8_t *mark = to->mark + r * MARKS + s;
        if (to->squared) {
            v_store(slope, even_dx);
            v_store(slope + LANES, odd_dx);
            v_store(slope + 2 * LANES, even_dy);
            v_store(slope + 3 * LANES, odd_dy);
            const vec p0 = square_even(even_dx, even_dy), p1 = square_even(odd_dx, odd_dy);
            const vec p2 = square_odd(even_dx, even_dy), p3 = square_odd(odd_dx, odd_dy);
            v_store(m, p0);
            v_store(m + LANES, p1);
            v_store(m + 2 * LANES, p2);
            v_store(m + 3 * LANES, p3);
            const vec most = v_max32(v_max32(p0, p1), v_max32(p2, p3));
            *mark = v_bits(v_above32(most, to->low)) != 0;
        } else {
            const vec even = v_add16(v_abs16(even_dx), v_abs16(even_dy));
            const vec odd = v_add16(v_abs16(odd_dx), v_abs16(odd_dy));
            v_store(slope, v_signed16(even_dx, even_dy));
            v_store(slope + LANES, v_signed16(odd_dx, odd_dy));
            v_store(m, even);
            v_store(m + LANES, odd);
            *mark = v_bits(v_above16(v_max16(even, odd), to->low)) != 0;
        }
        even_pair = even_next;
        odd_pair = odd_next;
        even_difference = a.even_difference;
        odd_difference = a.odd_difference;
        even_old = even_sum;
        odd_old = odd_sum;
        even_sum = a.even_sum;
        odd_sum = a.odd_sum;
    }
    state[EVEN_PAIR] = even_pair;
    state[ODD_PAIR] = odd_pair;
    state[EVEN_DIFFERENCE] = even_difference;
    state[ODD_DIFFERENCE] = odd_difference;
    state[EVEN_OLD] = even_old;
    state[ODD_OLD] = odd_old;
    state[EVEN_SUM] = even_sum;
    state[ODD_SUM] = odd_sum;
}

/* Where row i of the sweep starts among magnitudes and slopes. */
static inline size_t slot(const tile *t, int32_t i) {
    return (size_t)(i % RING) * (t->plan->squared ? 4 : 2) * LANES;
}

static inline int16_t *magnitudes(tile *t, int32_t i) {
    return t->magnitude + slot(t, i);
}

static inline int16_t *slopes(tile *t, int32_t i) {
    return t->slope + slot(t, i);
}

/* Sets the magnitudes of a strip's pixels beyond the picture to 0. */
static void clear_beyond(tile *t, int32_t i, int32_t count, int32_t strip, int32_t first) {
    const size_t lane = (size_t)strip * (V_BYTES / 2);
    for (int32_t r = 0; r < count; r++) {
        int16_t *m = magnitudes(t, i) + (size_t)r * (t->plan->squared ? 4 : 2) * LANES;
        for (int32_t x = first; x < V_BYTES; x++) {
            if (t->plan->squared)
                memset(m + (size_t)(x % 4) * LANES + lane + (size_t)(x / 4) * 2, 0, 4);
            else
                m[(size_t)(x % 2) * LANES + lane + (size_t)(x / 2)] = 0;
        }
    }
}

/* Copies the rows of a strip at the end of rows, ends repeated, and points to the copies. */
static void edge_rows(tile *t, const uint8_t **copies, const uint8_t *const *rows, int32_t count,
                      int32_t x) {
    for (int32_t r = 0; r < count; r++) {
        copy_edge(t->edge[r], rows[r], x, t->plan->width);
        copies[r] = t->edge[r] + 1;
    }
}

/* Asks for the next lines of the rows to come. In this order, one row after the other, memory
 * answers twice as fast as when it is asked for all rows of a column at once. */
static inline void fetch_ahead(rows_ahead *ahead, int32_t lines) {
    for (; lines > 0 && ahead->row < RING; lines--) {
        v_prefetch(ahead->rows[ahead->row] + ahead->x);
        ahead->x += 64;
        if (ahead->x < ahead->end) continue;
        ahead->x = ahead->first;
        ahead->row++;
    }
}

static inline destination destination_of(tile *t, int32_t i, int squared) {
    const vec low = squared ? v_set32(t->plan->low) : v_set16(t->plan->low);
    return (destination){slopes(t, i), magnitudes(t, i), t->mark[i % RING], low, squared};
}

static inline void step_strips(tile *t, const strip_set *strips, const uint8_t *const *rows,
                               int32_t count, int32_t i, int squared) {
    const destination to = destination_of(t, i, squared);
    for (int32_t w = 0; w < SET_WORDS; w++) {
        for (uint64_t bits = strips->bits[w]; bits; bits &= bits - 1) {
            const int32_t s = 64 * w + seg_bits_lowest(bits);
            fetch_ahead(&t->ahead, ROWS * V_BYTES / 64);
            step_rows(t->state[s], rows, t->x0 + (s - 1) * V_BYTES, count, &to, s);
        }
    }
}

static strip_range strips_of(const tile *t) {
    const int32_t width = t->plan->width;
    const int32_t left = t->x0 - V_BYTES; /* pixel of strip 0 */
    strip_range range = {t->x0 == 0 ? 1 : 0, STRIPS, 0, 0};
    if (width - left < STRIPS * V_BYTES) range.end = (width - left + V_BYTES - 1) / V_BYTES;
    range.inner_first = range.first;
    range.inner_end = range.end;
    if (t->plan->blur) return range; /* blurred rows have room around them */
    if (t->x0 == 0) range.inner_first++;
    while (range.inner_end > range.inner_first && left + range.inner_end * V_BYTES + 1 > width)
        range.inner_end--;
    return range;
}

/* Zeros in strips first .. end-1 of all rows. */
static void clear_strips(tile *t, int32_t first, int32_t end) {
    const size_t size = (size_t)(end - first) * V_BYTES, lane = (size_t)first * (V_BYTES / 2);
    if (end <= first) return;
    for (size_t part = 0; part < (size_t)RING * 4; part++) {
        memset(t->slope + part * LANES + lane, 0, size);
        memset(t->magnitude + part * LANES + lane, 0, size);
    }
}

/* Zeros for the magnitudes of strips in the half of the ring that begins with row i. */
static void clear_half(tile *t, const strip_set *strips, int32_t i) {
    const size_t parts = (size_t)ROWS * (t->plan->squared ? 4 : 2);
    for (int32_t w = 0; w < SET_WORDS; w++) {
        for (uint64_t bits = strips->bits[w]; bits; bits &= bits - 1) {
            const int32_t s = 64 * w + seg_bits_lowest(bits);
            int16_t *m = magnitudes(t, i) + (size_t)s * (V_BYTES / 2);
            for (size_t part = 0; part < parts; part++)
                v_store(m + part * LANES, v_zero());
            for (int32_t r = 0; r < ROWS; r++)
                t->mark[i % RING + r][s] = 0;
        }
    }
}

static inline bool is_inner(const tile *t, int32_t s) {
    return s >= t->range.inner_first && s < t->range.inner_end;
}

/* Begins the hot strips that were not in the batch before; `rows` starts two rows above the first
 * that is to come. */
static void start_strips(tile *t, const strip_set *hot, const strip_set *before,
                         const uint8_t *const *rows) {
    for (int32_t w = 0; w < SET_WORDS; w++) {
        for (uint64_t bits = hot->bits[w] & ~before->bits[w]; bits; bits &= bits - 1) {
            const int32_t s = 64 * w + seg_bits_lowest(bits);
            const int32_t x = t->x0 + (s - 1) * V_BYTES;
            const uint8_t *copies[2];
            if (is_inner(t, s)) {
                start_strip(t->state[s], rows[0] + x, rows[1] + x);
            } else {
                edge_rows(t, copies, rows, 2, x);
                start_strip(t->state[s], copies[0], copies[1]);
            }
        }
    }
}

/* One strip at the end of rows. */
static void step_edge(tile *t, const uint8_t *const *rows, int32_t count, int32_t i, int32_t s) {
    const int32_t x = t->x0 + (s - 1) * V_BYTES;
    const uint8_t *copies[ROWS];
    const destination to = destination_of(t, i, t->plan->squared);
    edge_rows(t, copies, rows, count, x);
    step_rows(t->state[s], copies, 0, count, &to, s);
}

/* Takes in `count` rows and writes rows i .. i+count-1 of the sweep, those above them, in the hot
 * strips, and zeros in the others. */
static void step(tile *t, const strip_set *hot, const uint8_t *const *rows, int32_t count,
                 int32_t i) {
    const strip_range *range = &t->range;
    strip_set *clean = &t->clean[i / ROWS % 2];
    strip_set inner, cold;
    for (int32_t w = 0; w < SET_WORDS; w++) {
        inner.bits[w] = hot->bits[w] & t->inner.bits[w];
        cold.bits[w] = t->all.bits[w] & ~(hot->bits[w] | clean->bits[w]);
        clean->bits[w] = (clean->bits[w] | cold.bits[w]) & ~hot->bits[w];
    }
    clear_half(t, &cold, i);
    /* The cases are spelt out so that the compiler unrolls the usual number of rows. */
    if (count == ROWS && !t->plan->squared)
        step_strips(t, &inner, rows, ROWS, i, 0);
    else if (count == ROWS)
        step_strips(t, &inner, rows, ROWS, i, 1);
    else
        step_strips(t, &inner, rows, count, i, t->plan->squared);
    for (int32_t s = range->first; s < range->end; s++) {
        if (is_inner(t, s)) s = range->inner_end;
        if (s < range->end && hot->bits[s / 64] >> s % 64 & 1) step_edge(t, rows, count, i, s);
    }
    const int32_t last = t->x0 + (range->end - 2) * V_BYTES;
    if (last + V_BYTES > t->plan->width)
        clear_beyond(t, i, count, range->end - 1, t->plan->width - last);
}

#endif
