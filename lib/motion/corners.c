/*
 * Points that are worth tracking.
 *
 * J. Shi, C. Tomasi, "Good features to track", CVPR 1994: corners are where the smaller eigenvalue
 * of the sum of g g', g the gradient, is large.
 *
 * Steps: 1. that eigenvalue, in squares of 3 x 3 pixels; 2. its maxima among eight neighbours, from
 * `quality` times the largest on; 3. from the strongest to the weakest, raster order among equals,
 * those that are `distance` away from all before.
 */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/field.h"
#include "imgproc/input.h"
#include <segment/motion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAND_HEIGHT 32
#define MARGIN 3 /* pixels of the border whose gradient is not whole */

typedef struct corner {
    float strength;
    int32_t x, y;
} corner;

typedef struct search {
    seg_field picture, strength;
} search;

/* ---- strength ---- */

static float strength_at(const seg_field *picture, int32_t x, int32_t y) {
    float xx = 0, xy = 0, yy = 0;
    const ptrdiff_t stride = picture->stride;
    for (int32_t dy = -1; dy <= 1; dy++)
        for (int32_t dx = -1; dx <= 1; dx++) {
            const float *at = seg_field_row(picture, y + dy) + x + dx;
            const float gx = 0.5f * (at[1] - at[-1]), gy = 0.5f * (at[stride] - at[-stride]);
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
        }
    const float half = 0.5f * (xx - yy);
    return 0.5f * (xx + yy) - sqrtf(half * half + xy * xy);
}

static seg_status strength_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band, (void)worker;
    const search *s = argument;
    for (int32_t y = first; y < end; y++) {
        float *row = seg_field_row(&s->strength, y);
        const bool inner = y >= MARGIN && y < s->picture.height - MARGIN;
        for (int32_t x = 0; x < s->picture.width; x++)
            row[x] = inner && x >= MARGIN && x < s->picture.width - MARGIN
                         ? strength_at(&s->picture, x, y)
                         : 0;
    }
    return SEG_OK;
}

/* ---- choice ---- */

/* Of equal neighbours the first in raster order is the maximum. */
static bool is_maximum(const seg_field *strength, int32_t x, int32_t y) {
    const float *at = seg_field_row(strength, y) + x;
    const ptrdiff_t stride = strength->stride;
    const float value = at[0];
    return value > at[-1] && value > at[-stride - 1] && value > at[-stride] &&
           value > at[-stride + 1] && value >= at[1] && value >= at[stride - 1] &&
           value >= at[stride] && value >= at[stride + 1];
}

/* Counts the maxima, or lists them where there is room. */
static int32_t list_maxima(corner *out, const seg_field *strength, float least) {
    int32_t count = 0;
    for (int32_t y = MARGIN; y < strength->height - MARGIN; y++)
        for (int32_t x = MARGIN; x < strength->width - MARGIN; x++) {
            const float value = seg_field_row(strength, y)[x];
            if (!(value > 0 && value >= least) || !is_maximum(strength, x, y)) continue;
            if (out) out[count] = (corner){value, x, y};
            count++;
        }
    return count;
}

static int compare(const void *left, const void *right) {
    const corner *a = left, *b = right;
    if (a->strength > b->strength || a->strength < b->strength)
        return a->strength > b->strength ? -1 : 1;
    return a->y != b->y ? (a->y < b->y ? -1 : 1) : (a->x > b->x) - (a->x < b->x);
}

/* Cells of the side `distance`: only the nine around a point hold what may be too near. */
typedef struct cells {
    int32_t *first, *next; /* of a cell, behind a point; -1 = none */
    int32_t columns, rows, side;
} cells;

static bool is_free(const cells *c, const seg_tracked_point *points, const corner *at,
                    double distance) {
    const int32_t column = at->x / c->side, row = at->y / c->side;
    for (int32_t y = row > 0 ? row - 1 : 0; y <= row + 1 && y < c->rows; y++)
        for (int32_t x = column > 0 ? column - 1 : 0; x <= column + 1 && x < c->columns; x++)
            for (int32_t i = c->first[y * c->columns + x]; i >= 0; i = c->next[i]) {
                const double dx = points[i].x - at->x, dy = points[i].y - at->y;
                if (dx * dx + dy * dy < distance * distance) return false;
            }
    return true;
}

static int32_t choose(seg_tracked_point *points, int32_t most, const corner *corners, int32_t count,
                      double distance, cells *c) {
    int32_t taken = 0;
    for (int32_t i = 0; i < count && taken < most; i++) {
        if (!is_free(c, points, &corners[i], distance)) continue;
        int32_t *cell = &c->first[corners[i].y / c->side * c->columns + corners[i].x / c->side];
        points[taken] = (seg_tracked_point){.x = corners[i].x, .y = corners[i].y};
        c->next[taken] = *cell;
        *cell = taken++;
    }
    return taken;
}

static seg_status pick(seg_tracked_point *points, int32_t *count, int32_t most, const search *s,
                       double quality, double distance, seg_scratch *scratch) {
    const seg_field *strength = &s->strength;
    float largest = 0;
    for (int32_t y = 0; y < strength->height; y++)
        for (int32_t x = 0; x < strength->width; x++) {
            const float value = seg_field_row(strength, y)[x];
            largest = value > largest ? value : largest;
        }
    const float least = (float)(quality * (double)largest);
    const int32_t maxima = list_maxima(NULL, strength, least);
    if (maxima == 0) return SEG_OK;
    cells c = {.side = distance > 1 ? (int32_t)distance + 1 : 1};
    c.columns = strength->width / c.side + 1;
    c.rows = strength->height / c.side + 1;
    const size_t cell_count = (size_t)c.columns * (size_t)c.rows;
    corner *corners = seg_scratch_take(scratch, (size_t)maxima, sizeof *corners, "corners");
    c.first = seg_scratch_take(scratch, cell_count, sizeof *c.first, "cells of corners");
    c.next = seg_scratch_take(scratch, (size_t)most, sizeof *c.next, "cells of corners");
    if (!corners || !c.first || !c.next) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < cell_count; i++)
        c.first[i] = -1;
    list_maxima(corners, strength, least);
    qsort(corners, (size_t)maxima, sizeof *corners, compare);
    *count = choose(points, most, corners, maxima, distance, &c);
    return SEG_OK;
}

static seg_status find(seg_tracked_point *points, int32_t *count, int32_t most,
                       const seg_image *picture, double quality, double distance,
                       seg_scratch *scratch, const seg_env *env) {
    search s;
    seg_image grey = {0}, work = {0};
    seg_status status = seg_picture_grey(&grey, &work, picture, env);
    if (status >= 0) status = seg_fields_take(&s.picture, 1, grey.width, grey.height, scratch);
    if (status >= 0) status = seg_field_from_grey(&s.picture, &grey, env);
    seg_image_unref(&work);
    SEG_TRY(status);
    SEG_TRY(seg_fields_take(&s.strength, 1, s.picture.width, s.picture.height, scratch));
    SEG_TRY(seg_run_bands(env, s.picture.height, BAND_HEIGHT, strength_band, &s));
    return pick(points, count, most, &s, quality, distance, scratch);
}

seg_status seg_points_find(seg_tracked_point *points, int32_t *count, int32_t most,
                           const seg_image *picture, double quality, double distance,
                           const seg_env *env) {
    if (!points || !count || !picture)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !points  ? "points"
                        : !count ? "count"
                                 : "picture");
    *count = 0;
    if (most < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "most is out of range (got %d, allowed: 1 and more)",
                        (int)most);
    if (!(quality >= 0 && quality <= 1))
        return seg_fail(SEG_ERROR_ARGUMENT, "quality is out of range (got %g, allowed: 0 to 1)",
                        quality);
    if (!(distance >= 0 && distance <= 1e6))
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "distance is out of range (got %g, allowed: 0 to 1000000)", distance);
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    seg_scratch scratch = {0};
    seg_scratch_init(&scratch, env);
    const seg_status status = find(points, count, most, picture, quality, distance, &scratch, env);
    seg_scratch_free(&scratch);
    return status;
}
