/*
 * Convex area. In units of half a pixel the points around a centre are whole numbers, so that
 * nothing is rounded. The two sides of a hull are functions of the row, each found by A. Andrew,
 * "Another efficient algorithm for convex hulls in two dimensions", 1979, from points that come
 * sorted. Cost: linear in the rows.
 */
#include "objects/convex.h"

/* One side of a hull from the lowest row up: t = -y grows, x(t) is convex; of the right side x is
 * negative. */
typedef struct side {
    seg_hull_point *points;
    int64_t count;
} side;

static void add(side *s, int64_t t, int64_t x) {
    if (s->count && s->points[s->count - 1].t == t) {
        if (s->points[s->count - 1].x <= x) return;
        s->count--;
    }
    while (s->count >= 2) {
        const seg_hull_point *a = &s->points[s->count - 2], *b = &s->points[s->count - 1];
        if ((b->t - a->t) * (x - a->x) > (b->x - a->x) * (t - a->t)) break; /* b sticks out */
        s->count--;
    }
    s->points[s->count++] = (seg_hull_point){t, x};
}

static void add_pixel(side *s, int64_t y, int64_t x) {
    add(s, -(2 * y + 1), 2 * x);
    add(s, -2 * y, 2 * x - 1);
    add(s, -(2 * y - 1), 2 * x);
}

/* The first whole pixel from the side on in the row of t; *at is where the last search ended. */
static int64_t first_pixel(const side *s, int64_t *at, int64_t t) {
    while (*at + 2 < s->count && s->points[*at + 1].t <= t)
        ++*at;
    const seg_hull_point *a = &s->points[*at], *b = a + 1;
    const int64_t length = b->t - a->t;
    const int64_t above = a->x * length + (b->x - a->x) * (t - a->t), below = 2 * length;
    return above > 0 ? (above + below - 1) / below : -(-above / below); /* rounded up */
}

int64_t seg_convex_area(const seg_extent *extents, int32_t last, seg_hull_point *room) {
    int64_t rows = 0, area = 0, top = 0;
    for (int32_t i = last; i >= 0; i = extents[i].above) {
        top = extents[i].y;
        rows++;
    }
    side left = {room, 0}, right = {room + 3 * rows, 0};
    for (int32_t i = last; i >= 0; i = extents[i].above) {
        add_pixel(&left, extents[i].y, extents[i].left);
        add_pixel(&right, extents[i].y, -(int64_t)extents[i].right);
    }
    int64_t at_left = 0, at_right = 0;
    for (int64_t y = extents[last].y; y >= top; y--)
        area += 1 - first_pixel(&left, &at_left, -2 * y) - first_pixel(&right, &at_right, -2 * y);
    return area;
}
