/*
 * Strips of a batch of rows in which no magnitude can be above the low threshold, because their
 * pixels hardly differ: much of a smooth picture is left out that way. Only for canny_simd.c.
 *
 * Over 3x3 pixels that span at most R, dx + dy and dx - dy are each twice a sum of three
 * differences: |dx| + |dy| <= 6 R, and dx^2 + dy^2 <= 20 R^2. In such a strip magnitudes count as
 * 0; a maximum next to it, which is above the threshold, is as much above 0.
 */
#ifndef SEG_KERNELS_CANNY_FLAT_H
#define SEG_KERNELS_CANNY_FLAT_H

#include "kernels/canny_gradient.h"

/* If less than 1/WORTHWHILE of the strips of a batch is flat, the next few are not looked at. */
#define WORTHWHILE 8
#define PATIENCE 7

/* The largest span that keeps magnitudes from exceeding the low threshold; -1: do not look. */
static int32_t flat_span_of(const seg_canny_plan *plan) {
    int32_t span = 0;
    if (plan->width < V_BYTES) return -1;
    while (span < 255 &&
           (plan->squared ? 20 * (span + 1) * (span + 1) : 6 * (span + 1)) <= plan->low)
        span++;
    return span;
}

/* Before the first batch of a tile. Columns that are not looked at never count. */
static void start_flat(tile *t) {
    const int32_t seen = t->plan->width - t->x0 + 2 * V_BYTES, last = (STRIPS + 1) * V_BYTES;
    const size_t begin = (size_t)(t->range.first + 1) * V_BYTES;
    const size_t end = (size_t)(seen < last ? seen : last);
    memset(t->flat, 0, sizeof t->flat);
    memset(t->cleared, 0, sizeof t->cleared);
    memset(t->most, 0, begin);
    memset(t->least, 255, begin);
    memset(t->most + end, 0, SMOOTH - end);
    memset(t->least + end, 255, SMOOTH - end);
    t->patience = 0;
}

static inline void take_columns(tile *t, const uint8_t *const *rows, int32_t count, int32_t x) {
    const size_t at = (size_t)(x - t->x0 + 2 * V_BYTES);
    vec most = v_load(rows[0] + x), least = most;
    for (int32_t r = 1; r < count; r++) {
        const vec pixels = v_load(rows[r] + x);
        most = v_max8(most, pixels);
        least = v_min8(least, pixels);
    }
    v_store(t->most + at, most);
    v_store(t->least + at, least);
}

/* The extremes of `count` rows in the columns of all strips, by whole vectors: the picture is not
 * narrower than one. */
static void take_extremes(tile *t, const uint8_t *const *rows, int32_t count) {
    const int32_t width = t->plan->width;
    const int32_t end = t->x0 + (t->range.end - 1) * V_BYTES;
    int32_t x = t->x0 + (t->range.first - 1) * V_BYTES;
    for (; x + V_BYTES <= width && x < end; x += V_BYTES)
        if (count == RING + 2)
            take_columns(t, rows, RING + 2, x);
        else
            take_columns(t, rows, count, x);
    if (x < end) take_columns(t, rows, count, width - V_BYTES);
}

static inline bool is_flat(const tile *t, int32_t s, vec span) {
    const uint8_t *most = t->most + (size_t)(s + 1) * V_BYTES;
    const uint8_t *least = t->least + (size_t)(s + 1) * V_BYTES;
    const vec highest = v_max8(v_max8(v_load(most - 1), v_load(most + 1)), v_load(most));
    const vec lowest = v_min8(v_min8(v_load(least - 1), v_load(least + 1)), v_load(least));
    return !v_any(v_minus8(v_minus8(highest, lowest), span));
}

/* Marks the flat strips of a batch of `count` rows; `rows` starts one row above. */
static void find_flat(tile *t, const uint8_t *const *rows, int32_t count) {
    const strip_range *range = &t->range;
    if (t->flat_span < 0) return;
    if (t->patience-- > 0) {
        memset(t->flat, 0, sizeof t->flat);
        return;
    }
    const vec span = v_set16(t->flat_span * 0x101);
    int32_t found = 0;
    take_extremes(t, rows, count + 2);
    for (int32_t s = range->first; s < range->end; s++)
        found += t->flat[s] = is_flat(t, s, span);
    t->patience = found * WORTHWHILE < range->end - range->first ? PATIENCE : 0;
}

#endif
