/* Derivatives and magnitudes of a tile. Only for canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_GRADIENT_H
#define SEG_KERNELS_CANNY_GRADIENT_H

#include "kernels/canny_tile.h"

/* Differences p[x+1] - p[x-1] and sums p[x-1] + 2 p[x] + p[x+1] of a strip of pixels. */
typedef struct across {
    vec even_difference, odd_difference, even_sum, odd_sum;
} across;

static inline across across_of(const uint8_t *p) {
    const vec before = v_load(p - 1), after = v_load(p + 1);
    /* Of an even pixel left, here and right, of the odd one behind it here, right and beyond. */
    const vec left = v_low8(before), here = v_high8(before);
    const vec right = v_low8(after), beyond = v_high8(after);
    const vec middle = v_add16(here, right);
    across a;
    a.even_difference = v_sub16(right, left);
    a.odd_difference = v_sub16(beyond, here);
    a.even_sum = v_add16(v_add16(left, here), middle);
    a.odd_sum = v_add16(middle, v_add16(right, beyond));
    return a;
}

/*
 * dx^2 + dy^2 in 16 bits: the float's exponent and first ten bits of fraction, less those of the
 * smallest number above the high threshold. A larger rank means a larger number, and a number is
 * above the high threshold if its rank is not negative. Equal ranks mean nothing: is_maximum.
 */
#define RANK_OF_0 INT16_MIN

static inline vec rank32(vec squares, vec origin) {
    return v_down32(v_sub32(v_float32(squares), origin), 13);
}

static inline vec rank_of(vec dx, vec dy, vec origin) {
    const vec first = v_squares(v_zip16_first(dx, dy));
    const vec second = v_squares(v_zip16_second(dx, dy));
    return v_narrow32(rank32(first, origin), rank32(second, origin));
}

/* What the limits of a plan become in lanes of magnitudes. */
typedef struct lane_limits {
    vec low, high; /* above: weak, strong */
    vec origin;    /* of ranks */
} lane_limits;

static inline lane_limits lane_limits_of(const seg_canny_plan *plan) {
    enum { BEYOND = 1 << 22 }; /* any dx^2 + dy^2, and exact as a float */
    if (!plan->squared) return (lane_limits){v_set16(plan->low), v_set16(plan->high), v_zero()};
    const int32_t above = plan->high < BEYOND ? plan->high + 1 : BEYOND;
    const vec origin = v_float32(v_set32(above));
    const vec low = rank32(v_set32(plan->low < BEYOND ? plan->low : BEYOND), origin);
    /* That of 0 is left to what is 0, which is never above. */
    return (lane_limits){v_max16(v_narrow32(low, low), v_set16(RANK_OF_0 + 1)), v_set16(-1),
                         origin};
}

/* Where rows of derivatives and magnitudes go. */
typedef struct destination {
    int16_t (*slope)[4][LANES];
    int16_t (*magnitude)[2][LANES];
    uint8_t (*mark)[MARKS];
    lane_limits limits;
    int squared;
} destination;

static inline destination destination_of(tile *t, int32_t i, int squared) {
    const int32_t row = i % RING;
    return (destination){t->slope + row, t->magnitude + row, t->mark + row, lane_limits_of(t->plan),
                         squared};
}

/* Derives `count` rows of strip s from them and the rows around: `rows` starts one row above. */
static inline void step_rows(const uint8_t *const *rows, ptrdiff_t x, int32_t count,
                             const destination *to, int32_t s) {
    const size_t lane = (size_t)s * (V_BYTES / 2);
    across above = across_of(rows[0] + x), here = across_of(rows[1] + x);
    vec even_pair = v_add16(above.even_difference, here.even_difference);
    vec odd_pair = v_add16(above.odd_difference, here.odd_difference);
    for (int32_t r = 0; r < count; r++) {
        const across below = across_of(rows[r + 2] + x);
        const vec even_next = v_add16(here.even_difference, below.even_difference);
        const vec odd_next = v_add16(here.odd_difference, below.odd_difference);
        const vec even_dx = v_add16(even_pair, even_next), odd_dx = v_add16(odd_pair, odd_next);
        const vec even_dy = v_sub16(below.even_sum, above.even_sum);
        const vec odd_dy = v_sub16(below.odd_sum, above.odd_sum);
        vec even, odd;
        if (to->squared) {
            even = rank_of(even_dx, even_dy, to->limits.origin);
            odd = rank_of(odd_dx, odd_dy, to->limits.origin);
            v_store(to->slope[r][0] + lane, even_dx);
            v_store(to->slope[r][1] + lane, odd_dx);
            v_store(to->slope[r][2] + lane, even_dy);
            v_store(to->slope[r][3] + lane, odd_dy);
        } else {
            even = v_add16(v_abs16(even_dx), v_abs16(even_dy));
            odd = v_add16(v_abs16(odd_dx), v_abs16(odd_dy));
            v_store(to->slope[r][0] + lane, v_signed16(even_dx, even_dy));
            v_store(to->slope[r][1] + lane, v_signed16(odd_dx, odd_dy));
        }
        v_store(to->magnitude[r][0] + lane, even);
        v_store(to->magnitude[r][1] + lane, odd);
        vec above_low = v_above16(v_max16(even, odd), to->limits.low);
        if (to->squared) /* equal ranks may be above as well */
            above_low = v_above16(v_max16(even, odd), v_add16(to->limits.low, v_set16(-1)));
        to->mark[r][s] = v_bits(above_low) != 0;
        even_pair = even_next;
        odd_pair = odd_next;
        above = here;
        here = below;
    }
}

/* Zeros for the derivatives and magnitudes of row i in lanes first .. end-1. */
static void clear_lanes(tile *t, int32_t i, int32_t part, int32_t first, int32_t end) {
    const int16_t nothing = t->plan->squared ? RANK_OF_0 : 0;
    for (int32_t lane = first; lane < end; lane++) {
        t->slope[i % RING][part][lane] = t->slope[i % RING][part + 2][lane] = 0;
        t->magnitude[i % RING][part][lane] = nothing;
    }
}

/* The same in a whole row, and for strips first .. end-1 of all rows. */
static void clear_row(tile *t, int32_t i) {
    clear_lanes(t, i, 0, 0, LANES);
    clear_lanes(t, i, 1, 0, LANES);
}

static void clear_strips(tile *t, int32_t first, int32_t end) {
    for (int32_t i = 0; i < RING; i++)
        for (int32_t part = 0; part < 2; part++)
            clear_lanes(t, i, part, first * (V_BYTES / 2), end * (V_BYTES / 2));
}

/* The same for a strip's pixels from `first` on, beyond the picture, in `count` rows. */
static void clear_beyond(tile *t, int32_t i, int32_t count, int32_t strip, int32_t first) {
    const int32_t lane = strip * (V_BYTES / 2), end = lane + V_BYTES / 2;
    for (int32_t r = 0; r < count; r++) {
        clear_lanes(t, i + r, 0, lane + (first + 1) / 2, end);
        clear_lanes(t, i + r, 1, lane + first / 2, end);
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

/* No slopes and no marks in rows i .. i+count-1 of a flat strip. */
static void clear_flat(tile *t, int32_t i, int32_t count, int32_t s) {
    const int32_t first = s * (V_BYTES / 2), end = first + V_BYTES / 2;
    for (int32_t r = i; r < i + count; r++) {
        clear_lanes(t, r, 0, first, end);
        clear_lanes(t, r, 1, first, end);
        t->mark[r % RING][s] = 0;
    }
}

static inline void step_strips(tile *t, const uint8_t *const *rows, int32_t count, int32_t i,
                               int squared) {
    const destination to = destination_of(t, i, squared);
    uint8_t *cleared = t->cleared[i % RING / ROWS];
    for (int32_t s = t->range.inner_first; s < t->range.inner_end; s++) {
        fetch_ahead(&t->ahead, ROWS * V_BYTES / 64);
        if (t->flat[s]) {
            if (!cleared[s]) clear_flat(t, i, count, s);
            cleared[s] = count == ROWS;
            continue;
        }
        cleared[s] = 0;
        step_rows(rows, t->x0 + (s - 1) * V_BYTES, count, &to, s);
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

static inline bool is_inner(const tile *t, int32_t s) {
    return s >= t->range.inner_first && s < t->range.inner_end;
}

/* One strip at the end of rows. */
static void step_edge(tile *t, const uint8_t *const *rows, int32_t count, int32_t i, int32_t s) {
    const uint8_t *copies[ROWS + 2];
    const destination to = destination_of(t, i, t->plan->squared);
    edge_rows(t, copies, rows, count + 2, t->x0 + (s - 1) * V_BYTES);
    step_rows(copies, 0, count, &to, s);
}

/* Writes rows i .. i+count-1 of the sweep; `rows` starts one row above the first. */
static void step(tile *t, const uint8_t *const *rows, int32_t count, int32_t i) {
    const strip_range *range = &t->range;
    /* The cases are spelt out so that the compiler unrolls the usual number of rows. */
    if (count == ROWS && !t->plan->squared)
        step_strips(t, rows, ROWS, i, 0);
    else if (count == ROWS)
        step_strips(t, rows, ROWS, i, 1);
    else
        step_strips(t, rows, count, i, t->plan->squared);
    for (int32_t s = range->first; s < range->end; s++) {
        if (is_inner(t, s)) s = range->inner_end;
        if (s < range->end) step_edge(t, rows, count, i, s);
    }
    const int32_t last = t->x0 + (range->end - 2) * V_BYTES;
    if (last + V_BYTES > t->plan->width)
        clear_beyond(t, i, count, range->end - 1, t->plan->width - last);
}

#endif
