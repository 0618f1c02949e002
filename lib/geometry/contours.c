/*
 * Outlines of regions along the cracks between pixels.
 *
 * Each crack between a pixel of label L > 0 and a pixel that is not L belongs to one closed cycle,
 * walked with L on the right hand: outlines run clockwise as seen on a screen, holes the other way.
 * Where two pixels of L meet at a corner only, the walk turns towards the other one: regions hang
 * together over corners (8-connected), holes do not. Every cycle has a crack with L below it, so a
 * scan for such cracks that no cycle has walked yet finds each cycle once, at its top left corner.
 *
 * Cost: one pass over the labels and one step per crack; a bit per pixel remembers top cracks.
 */
#include <segment/geometry.h>

#include "core/check.h"
#include "core/memory.h"

typedef enum direction { RIGHT, DOWN, LEFT, UP } direction;

typedef struct tracer {
    const seg_image *labels;
    uint64_t *walked; /* a bit per pixel: the crack above it is part of a cycle */
    seg_contours *contours;
    int32_t item_capacity, point_capacity;
    const seg_env *env;
} tracer;

static bool is(const tracer *t, int32_t x, int32_t y, int32_t id) {
    if (x < 0 || y < 0 || x >= t->labels->width || y >= t->labels->height) return false;
    return ((const int32_t *)seg_image_row(t->labels, y))[x] == id;
}

static size_t bit_of(const tracer *t, int32_t x, int32_t y) {
    return (size_t)y * (size_t)t->labels->width + (size_t)x;
}

static bool walked(const tracer *t, int32_t x, int32_t y) {
    size_t bit = bit_of(t, x, y);
    return t->walked[bit / 64] >> (bit % 64) & 1;
}

static seg_status add_point(tracer *t, int32_t x, int32_t y) {
    seg_contours *c = t->contours;
    if (c->point_count == INT32_MAX) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 corners");
    SEG_TRY(seg_grow((void **)&c->points, &t->point_capacity, c->point_count, c->point_count + 1,
                     sizeof *c->points, t->env ? t->env->allocator : NULL));
    c->points[c->point_count++] = (seg_point){x, y};
    return SEG_OK;
}

static direction turn(const tracer *t, int32_t x, int32_t y, direction heading, int32_t id) {
    /* the pixels ahead of corner (x, y), to the left and to the right of the heading */
    static const int8_t ahead_left[4][2] = {{0, -1}, {0, 0}, {-1, 0}, {-1, -1}};
    static const int8_t ahead_right[4][2] = {{0, 0}, {-1, 0}, {-1, -1}, {0, -1}};
    if (is(t, x + ahead_left[heading][0], y + ahead_left[heading][1], id))
        return (direction)((heading + 3) & 3);
    if (is(t, x + ahead_right[heading][0], y + ahead_right[heading][1], id)) return heading;
    return (direction)((heading + 1) & 3);
}

/* Walks the cycle whose top left crack lies above pixel (x0, y0). */
static seg_status walk(tracer *t, int32_t x0, int32_t y0, int32_t id) {
    static const int8_t step[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    seg_contours *c = t->contours;
    if (c->count == INT32_MAX) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 outlines");
    SEG_TRY(seg_grow((void **)&c->items, &t->item_capacity, c->count, c->count + 1,
                     sizeof *c->items, t->env ? t->env->allocator : NULL));
    int32_t first = c->point_count, x = x0, y = y0;
    int64_t doubled_area = 0; /* only its sign is needed: the sum of x dy */
    direction heading = RIGHT;
    SEG_TRY(add_point(t, x, y));
    do {
        if (heading == RIGHT)
            t->walked[bit_of(t, x, y) / 64] |= UINT64_C(1) << bit_of(t, x, y) % 64;
        doubled_area += (int64_t)x * step[heading][1];
        x += step[heading][0];
        y += step[heading][1];
        direction next = turn(t, x, y, heading, id);
        bool closed = x == x0 && y == y0 && next == RIGHT;
        if (next != heading && !closed) SEG_TRY(add_point(t, x, y));
        heading = next;
        if (closed) break;
    } while (true);
    c->items[c->count++] = (seg_contour){id, doubled_area < 0, first, c->point_count - first};
    return SEG_OK;
}

static seg_status trace(tracer *t) {
    const seg_image *labels = t->labels;
    const int32_t *above = NULL;
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++) {
            if (row[x] <= 0 || (above && above[x] == row[x]) || walked(t, x, y)) continue;
            SEG_TRY(walk(t, x, y, row[x]));
        }
        above = row;
    }
    return SEG_OK;
}

seg_status seg_contours_trace(seg_contours *contours, const seg_image *labels, const seg_env *env) {
    if (!contours) return seg_fail(SEG_ERROR_ARGUMENT, "contours is missing (NULL)");
    *contours = (seg_contours){0};
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    size_t pixels = (size_t)labels->width * (size_t)labels->height;
    tracer t = {.labels = labels, .contours = contours, .env = env};
    t.walked = seg_allocate_zeroed(env, pixels / 64 + 1, sizeof *t.walked, "a bitmap of cracks");
    if (!t.walked) return SEG_ERROR_MEMORY;
    seg_status status = trace(&t);
    seg_release(env, t.walked);
    if (status < 0) seg_contours_free(contours, env);
    return status;
}

void seg_contours_free(seg_contours *contours, const seg_env *env) {
    if (!contours) return;
    seg_release(env, contours->items);
    seg_release(env, contours->points);
    *contours = (seg_contours){0};
}
