/* The 5x5 blur of a tile's rows: sums over columns, then along rows, rounded once at the end. Only
 * for canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_BLUR_H
#define SEG_KERNELS_CANNY_BLUR_H

#include "kernels/canny_tile.h"

/* Mirrors an index at the first and last item, which are not repeated. */
static int32_t mirrored(int32_t i, int32_t size) {
    if (size == 1) return 0;
    while (i < 0 || i >= size)
        i = i < 0 ? -i : 2 * (size - 1) - i;
    return i;
}

/*
 * The five taps as products of neighbouring bytes (p[-2] p[-1]), (p[0] p[1]) and (p[1] p[2]): the
 * tap of p[1] is split, so that no pair sums up to more than 16 signed bits.
 */
typedef struct tap_pairs {
    vec outer, centre, inner;
} tap_pairs;

static inline tap_pairs pairs_of(const uint8_t taps[3]) {
    const int32_t half = taps[1] / 2;
    return (tap_pairs){v_set16(taps[2] | taps[1] << 8), v_set16(taps[0] | half << 8),
                       v_set16((taps[1] - half) | taps[2] << 8)};
}

static inline vec weigh(vec outer, vec centre, vec inner, const tap_pairs *taps) {
    return v_add16(v_add16(v_pairs8(outer, taps->outer), v_pairs8(centre, taps->centre)),
                   v_pairs8(inner, taps->inner));
}

/* Sums over the columns of a vector of pixels for `count` rows, as two bytes each; `rows` starts
 * two rows above the first. */
static inline void sum_columns(tile *t, const uint8_t *const *rows, ptrdiff_t x, int32_t count,
                               size_t at, const tap_pairs *taps) {
    vec first[ROWS + 3], second[ROWS + 3]; /* rows r and r + 1, interleaved */
    vec row = v_load(rows[0] + x);
    for (int32_t r = 0; r < count + 3; r++) {
        const vec next = v_load(rows[r + 1] + x);
        first[r] = v_zip_first(row, next);
        second[r] = v_zip_second(row, next);
        row = next;
    }
    for (int32_t r = 0; r < count; r++) {
        const vec a = weigh(first[r], first[r + 2], first[r + 3], taps);
        const vec b = weigh(second[r], second[r + 2], second[r + 3], taps);
        v_store(t->sums[0][r] + at, v_narrow(v_low8(a), v_low8(b)));
        v_store(t->sums[1][r] + at, v_narrow(v_high8(a), v_high8(b)));
    }
}

/* Columns x0 .. x1-1 into sums from index `at` on. */
static void sum_range(tile *t, const uint8_t *const *rows, int32_t count, int32_t x0, int32_t x1,
                      size_t at) {
    const tap_pairs taps = pairs_of(t->plan->taps);
    const uint8_t *narrow[ROWS + 4];
    if (x1 - x0 < V_BYTES) { /* only where the picture itself is as narrow */
        for (int32_t r = 0; r < count + 4; r++) {
            memset(t->narrow[r], 0, V_BYTES);
            memcpy(t->narrow[r], rows[r] + x0, (size_t)(x1 - x0));
            narrow[r] = t->narrow[r];
        }
        sum_columns(t, narrow, 0, count, at, &taps);
        return;
    }
    int32_t x = x0;
    if (count == ROWS)
        for (; x + V_BYTES <= x1; x += V_BYTES)
            sum_columns(t, rows, x, ROWS, at + (size_t)(x - x0), &taps);
    else
        for (; x + V_BYTES <= x1; x += V_BYTES)
            sum_columns(t, rows, x, count, at + (size_t)(x - x0), &taps);
    if (x < x1) sum_columns(t, rows, x1 - V_BYTES, count, at + (size_t)(x1 - V_BYTES - x0), &taps);
}

/* One pixel of a lane: high and low byte of the sums weighed for itself. high * 256 + low + 32768
 * would need 24 bits; its upper byte is that of high + low / 256 + 128, which stays below 65536
 * because the taps sum up to 256. */
static inline vec weigh_sums(const uint8_t *low, const uint8_t *high, const tap_pairs *taps) {
    const vec l = weigh(v_load(low - 2), v_load(low), v_load(low + 1), taps);
    const vec h = weigh(v_load(high - 2), v_load(high), v_load(high + 1), taps);
    return v_add16(v_add16(h, v_high8(l)), v_set16(128));
}

static void blur_along(uint8_t *target, const uint8_t *low, const uint8_t *high, int32_t count,
                       const uint8_t plan_taps[3]) {
    const tap_pairs taps = pairs_of(plan_taps);
    for (int32_t i = 0; i < count; i += V_BYTES) {
        const vec even = weigh_sums(low + i, high + i, &taps);
        const vec odd = weigh_sums(low + i + 1, high + i + 1, &taps);
        v_store(target + i, v_select(v_high8(even), odd, v_set16((int16_t)-256)));
    }
}

/* Blurs rows y .. y+count-1 of the picture, up to ROWS and all inside, for the columns that the
 * tile needs. */
static void blur_rows(tile *t, int32_t y, int32_t count) {
    const seg_canny_plan *plan = t->plan;
    const uint8_t *rows[ROWS + 4];
    for (int32_t r = 0; r < count + 4; r++)
        rows[r] = plan->data + (ptrdiff_t)mirrored(y - 2 + r, plan->height) * plan->stride;
    /* Pixel x of sums is at x - x0 + 2 * V_BYTES, as in smooth. */
    const int32_t origin = t->x0 - 2 * V_BYTES;
    const int32_t x0 = clamped(t->x0 - V_BYTES - 1, 0, plan->width);
    const int32_t x1 = clamped(t->x0 + TILE + V_BYTES + 1, 0, plan->width);
    const int32_t from = clamped(x0 - 2, 0, plan->width), to = clamped(x1 + 2, 0, plan->width);
    sum_range(t, rows, count, from, to, (size_t)(from - origin));
    for (int32_t r = 0; r < count; r++) {
        for (int32_t part = 0; part < 2; part++) {
            uint8_t *sums = t->sums[part][r];
            for (int32_t i = 1; i <= 2 && from == 0; i++)
                sums[-i - origin] = sums[mirrored(-i, plan->width) - origin];
            for (int32_t i = plan->width; i < plan->width + 2 && to == plan->width; i++)
                sums[i - origin] = sums[mirrored(i, plan->width) - origin];
        }
        uint8_t *smooth = t->smooth[(y + r) % SMOOTH_ROWS];
        blur_along(smooth + (x0 - origin), t->sums[0][r] + (x0 - origin),
                   t->sums[1][r] + (x0 - origin), x1 - x0, plan->taps);
        if (x0 == 0) smooth[-1 - origin] = smooth[-origin];
        if (x1 == plan->width) memset(smooth + (x1 - origin), smooth[x1 - 1 - origin], V_BYTES + 1);
    }
}

/* Blurs rows up to `end` that are not yet, from row y on. */
static void blur_up_to(tile *t, int32_t y, int32_t end) {
    if (t->next_smooth < y) t->next_smooth = y;
    while (t->next_smooth < end) {
        const int32_t left = end - t->next_smooth, count = left < ROWS ? left : ROWS;
        blur_rows(t, t->next_smooth, count);
        t->next_smooth += count;
    }
}

/* Points to rows y .. y+count-1 (a batch and the two rows before it) of the picture that the
 * gradient is taken of, the first and last repeated beyond; pixel x of it is at index x. Called
 * with ascending rows. */
static void source_rows(tile *t, const uint8_t **rows, int32_t y, int32_t count) {
    const seg_canny_plan *plan = t->plan;
    const int32_t last = plan->height - 1;
    if (plan->blur) blur_up_to(t, clamped(y, 0, last), clamped(y + count - 1, 0, last) + 1);
    for (int32_t r = 0; r < count; r++) {
        const int32_t from = clamped(y + r, 0, last);
        const uint8_t *smooth = t->smooth[from % SMOOTH_ROWS];
        rows[r] = plan->blur ? smooth - (t->x0 - 2 * V_BYTES)
                             : plan->data + (ptrdiff_t)from * plan->stride;
    }
    t->ahead.row = 0;
    t->ahead.first = t->ahead.x = clamped(t->x0 - V_BYTES, 0, plan->width);
    t->ahead.end = clamped(t->x0 + TILE + V_BYTES, 0, plan->width);
    for (int32_t r = 0; r < RING; r++) {
        const int32_t next = clamped(y + count + r + (plan->blur ? 2 : 0), 0, last);
        t->ahead.rows[r] = plan->data + (ptrdiff_t)next * plan->stride;
    }
}

#endif
