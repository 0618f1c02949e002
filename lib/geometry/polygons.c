/*
 * Polygons to run lengths, bit for bit as COCO's rleFrPoly (P. Dollar, T.-Y. Lin, COCO API, 2015),
 * so that a mask made here is the mask that the reference makes.
 *
 * What rleFrPoly does: corners go to a grid five times as fine; every edge becomes a chain of grid
 * points, one per step along its longer axis, rounded on the other one; where the chain passes from
 * x = 5 k + 2 to 5 k + 3, the middle of picture column k, the column turns at the row of the upper
 * one of both points, y rounded up to a whole row. Sorted in column order these places are the ends
 * of runs; two that are equal cancel (an even-odd fill).
 *
 * Here the chains are not built: each edge is asked for its two points around the middle of each
 * column that it crosses, in the same arithmetic. Cost: columns crossed, times a sort; far corners
 * cost nothing. Known failure, of the input: corners that are numbers of pixels rather than pixel
 * edges (OpenCV's contours) lose the last column and row; seg_contours_trace gives edges.
 */
#include "geometry/rle.h"

#include "core/check.h"
#include "core/memory.h"
#include "imgproc/sort.h"

#include <math.h>

#define FINE 5   /* grid points per pixel */
#define MIDDLE 2 /* grid point before the middle of a pixel */
#define FURTHEST 1e8

/* A short text of corners may cross very many columns; 256 MB for them are enough for any shape. */
#define MOST_TURNS (1 << 24)

typedef struct turn_places {
    seg_keyed *items; /* key: place in column order */
    int32_t count, capacity;
    int32_t width, height;
    const seg_env *env;
} turn_places;

typedef struct grid_point {
    int32_t x, y;
} grid_point;

/* Column `column` turns at grid row y. */
static seg_status add_turn(turn_places *places, int32_t column, int32_t y) {
    if (places->count == MOST_TURNS)
        return seg_fail(SEG_ERROR_LIMIT, "the edges of a polygon cross more than 2^24 columns");
    SEG_TRY(seg_grow((void **)&places->items, &places->capacity, places->count, places->count + 1,
                     sizeof *places->items, places->env ? places->env->allocator : NULL));
    int32_t row = y <= MIDDLE ? 0 : (y - MIDDLE + FINE - 1) / FINE; /* rounded up */
    if (row > places->height) row = places->height;
    const uint64_t place = (uint64_t)column * (uint64_t)places->height + (uint64_t)row;
    places->items[places->count++] = (seg_keyed){place, 0};
    return SEG_OK;
}

/* `value` at step t of a chain. */
static int32_t at_step(int32_t start, double slope, int32_t t) {
    return (int32_t)(start + slope * t + .5);
}

/* From a rightwards to b, steps along x. */
static seg_status add_flat_edge(turn_places *places, grid_point a, grid_point b, int32_t first,
                                int32_t end) {
    const double slope = (double)(b.y - a.y) / (b.x - a.x);
    for (int32_t column = first; column < end; column++) {
        const int32_t t = FINE * column + MIDDLE - a.x;
        const int32_t before = at_step(a.y, slope, t), behind = at_step(a.y, slope, t + 1);
        SEG_TRY(add_turn(places, column, before < behind ? before : behind));
    }
    return SEG_OK;
}

/* First step of 1 .. last at which the chain has passed the middle of a column, x to x + 1. */
static int32_t step_behind(int32_t start, double slope, int32_t last, int32_t x) {
    const double estimate = (x + .5 - start) / slope;
    int32_t t = estimate < 1 ? 1 : estimate > last ? last : (int32_t)estimate;
    const bool right = slope > 0;
    while (t > 1 && (at_step(start, slope, t - 1) > x) == right)
        t--;
    while (t < last && (at_step(start, slope, t) > x) != right)
        t++;
    return t;
}

/* From a downwards to b, steps along y. */
static seg_status add_steep_edge(turn_places *places, grid_point a, grid_point b, int32_t first,
                                 int32_t end) {
    const double slope = (double)(b.x - a.x) / (b.y - a.y);
    for (int32_t column = first; column < end; column++) {
        const int32_t t = step_behind(a.x, slope, b.y - a.y, FINE * column + MIDDLE);
        SEG_TRY(add_turn(places, column, a.y + t - 1));
    }
    return SEG_OK;
}

/* Columns whose middle lies left of grid column x. */
static int32_t columns_before(int32_t x, int32_t width) {
    if (x <= MIDDLE) return 0;
    const int32_t columns = (x - MIDDLE + FINE - 1) / FINE;
    return columns < width ? columns : width;
}

static seg_status add_edge(turn_places *places, grid_point a, grid_point b) {
    const int32_t dx = a.x < b.x ? b.x - a.x : a.x - b.x;
    const int32_t dy = a.y < b.y ? b.y - a.y : a.y - b.y;
    const int32_t first = columns_before(a.x < b.x ? a.x : b.x, places->width);
    const int32_t end = columns_before(a.x < b.x ? b.x : a.x, places->width);
    if (dx >= dy)
        return a.x < b.x ? add_flat_edge(places, a, b, first, end)
                         : add_flat_edge(places, b, a, first, end);
    return a.y < b.y ? add_steep_edge(places, a, b, first, end)
                     : add_steep_edge(places, b, a, first, end);
}

static grid_point to_grid(const double *xy) {
    return (grid_point){(int32_t)(FINE * xy[0] + .5), (int32_t)(FINE * xy[1] + .5)};
}

static seg_status add_polygon(turn_places *places, const double *xy, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const grid_point a = to_grid(xy + 2 * (size_t)i);
        const grid_point b = to_grid(xy + (i + 1 < count ? 2 * (size_t)(i + 1) : 0));
        SEG_TRY(add_edge(places, a, b));
    }
    return SEG_OK;
}

/* The mask that the places make; there are none afterwards. */
static seg_status finish(seg_rle *rle, turn_places *places) {
    const size_t count = (size_t)places->count;
    const seg_env *env = places->env;
    SEG_TRY(seg_rle_begin(rle, places->width, places->height));
    seg_keyed *spare = seg_allocate(env, count, sizeof *spare, "ends of runs");
    uint32_t *turns = seg_allocate(env, count, sizeof *turns, "ends of runs");
    seg_status status = spare && turns ? SEG_OK : SEG_ERROR_MEMORY;
    if (status >= 0) {
        seg_sort(places->items, spare, count);
        for (size_t i = 0; i < count; i++)
            turns[i] = (uint32_t)places->items[i].key;
        status = seg_rle_from_turns(rle, turns, places->count, env);
        places->count = 0;
    }
    seg_release(env, spare);
    seg_release(env, turns);
    return status;
}

static seg_status fill_even_odd(seg_rle *rle, turn_places *places, const double *xy,
                                const int32_t *lengths, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        SEG_TRY(add_polygon(places, xy, lengths[i]));
        xy += 2 * (size_t)lengths[i];
    }
    return finish(rle, places);
}

static seg_status fill_each(seg_rle *masks, turn_places *places, const double *xy,
                            const int32_t *lengths, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        SEG_TRY(fill_even_odd(&masks[i], places, xy, &lengths[i], 1));
        xy += 2 * (size_t)lengths[i];
    }
    return SEG_OK;
}

static seg_status fill_union(seg_rle *rle, turn_places *places, const double *xy,
                             const int32_t *lengths, int32_t count) {
    const seg_env *env = places->env;
    seg_rle *masks = seg_allocate_zeroed(env, (size_t)count, sizeof *masks, "masks of polygons");
    if (!masks) return SEG_ERROR_MEMORY;
    seg_status status = fill_each(masks, places, xy, lengths, count);
    if (status >= 0) status = seg_rle_merge(rle, masks, count, 1, env);
    for (int32_t i = 0; i < count; i++)
        seg_rle_free(&masks[i], env);
    seg_release(env, masks);
    return status;
}

static seg_status check_corners(const double *xy, const int32_t *lengths, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        if (lengths[i] < 0)
            return seg_fail(SEG_ERROR_ARGUMENT, "polygon %ld has %ld corners (at least 0)", (long)i,
                            (long)lengths[i]);
        for (int32_t k = 0; k < lengths[i]; k++, xy += 2) {
            if (fabs(xy[0]) <= FURTHEST && fabs(xy[1]) <= FURTHEST) continue;
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "corner %ld of polygon %ld is %g,%g (allowed: -1e8 to 1e8 pixels)",
                            (long)k, (long)i, xy[0], xy[1]);
        }
    }
    return SEG_OK;
}

seg_status seg_rle_from_polygons(seg_rle *rle, const double *xy, const int32_t *lengths,
                                 int32_t count, seg_fill fill, int32_t width, int32_t height,
                                 const seg_env *env) {
    if (!rle || (count > 0 && (!xy || !lengths)))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", rle ? "xy or lengths" : "rle");
    SEG_TRY(seg_rle_begin(rle, width, height));
    if (count < 0) return seg_fail(SEG_ERROR_ARGUMENT, "count is %ld (at least 0)", (long)count);
    SEG_TRY(check_corners(xy, lengths, count));
    turn_places places = {.width = width, .height = height, .env = env};
    const seg_status status = fill == SEG_FILL_UNION && count > 1
                                  ? fill_union(rle, &places, xy, lengths, count)
                                  : fill_even_odd(rle, &places, xy, lengths, count);
    seg_release(env, places.items);
    return status;
}

seg_status seg_rle_from_box(seg_rle *rle, const seg_box *box, int32_t width, int32_t height,
                            const seg_env *env) {
    if (!box) return seg_fail(SEG_ERROR_ARGUMENT, "box is missing (NULL)");
    const double left = box->x, right = box->x + box->width;
    const double top = box->y, bottom = box->y + box->height;
    const double xy[8] = {left, top, left, bottom, right, bottom, right, top};
    const int32_t length = 4;
    return seg_rle_from_polygons(rle, xy, &length, 1, SEG_FILL_EVEN_ODD, width, height, env);
}

double seg_polygon_area(const double *xy, int32_t count) {
    double doubled = 0;
    for (int32_t i = 1; i + 1 < count; i++) { /* triangles that meet in the first corner */
        const double *a = xy + 2 * (size_t)i, *b = a + 2;
        doubled += (a[0] - xy[0]) * (b[1] - xy[1]) - (b[0] - xy[0]) * (a[1] - xy[1]);
    }
    return fabs(doubled) / 2;
}
