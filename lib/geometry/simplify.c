/*
 * Outlines with fewer corners.
 *
 * D. Douglas, T. Peucker, "Algorithms for the reduction of the number of points required to
 * represent a digitized line or its caricature", Cartographica 10(2), 1973.
 *
 * A closed outline is two lines, between its first corner and the one farthest from it. If these
 * two alone were left the one farthest from the line between them stays too: an area remains one.
 *
 * Cost: corners times how often lines are halved, about log2 of the corners, at worst the corners.
 */
#include "geometry/simplify.h"

#include "core/check.h"
#include "core/memory.h"
#include <segment/geometry.h>

#include <string.h>

/* Square of the distance to the straight line from a to b. */
static double square_from_line(seg_point p, seg_point a, seg_point b) {
    const double x = (double)b.x - a.x, y = (double)b.y - a.y;
    const double px = (double)p.x - a.x, py = (double)p.y - a.y;
    const double along = px * x + py * y, square = x * x + y * y;
    if (along <= 0) return seg_square_distance(p, a);
    if (along >= square) return seg_square_distance(p, b);
    const double across = px * y - py * x;
    return across * across / square;
}

int32_t seg_polyline_farthest(double *square, const seg_point *points, seg_polyline_part part) {
    int32_t found = part.first;
    *square = -1;
    for (int32_t i = part.first + 1; i < part.last; i++) {
        const double s = square_from_line(points[i], points[part.first], points[part.last]);
        if (s < *square) continue;
        *square = s;
        found = i;
    }
    return found;
}

int32_t seg_polyline_simplify(bool *kept, const seg_point *points, seg_polyline_part whole,
                              double tolerance, seg_polyline_part *stack) {
    int32_t count = 0, waiting = 0;
    stack[waiting++] = whole;
    while (waiting) {
        const seg_polyline_part part = stack[--waiting];
        double square;
        const int32_t middle = seg_polyline_farthest(&square, points, part);
        if (square <= tolerance * tolerance) continue;
        kept[middle] = true;
        count++;
        stack[waiting++] = (seg_polyline_part){part.first, middle};
        stack[waiting++] = (seg_polyline_part){middle, part.last};
    }
    return count;
}

/* ---- outlines ---- */

/* Room for the longest outline, its first corner once more at the end. */
typedef struct outline {
    seg_point *points;
    bool *kept;
    seg_polyline_part *stack;
} outline;

static void choose(const outline *o, int32_t count, double tolerance) {
    int32_t far = 0;
    for (int32_t i = 1; i < count; i++)
        if (seg_square_distance(o->points[i], o->points[0]) >
            seg_square_distance(o->points[far], o->points[0]))
            far = i;
    memset(o->kept, 0, (size_t)count * sizeof *o->kept);
    o->kept[0] = o->kept[far] = true;
    const seg_polyline_part out = {0, far}, back = {far, count};
    if (seg_polyline_simplify(o->kept, o->points, out, tolerance, o->stack) +
        seg_polyline_simplify(o->kept, o->points, back, tolerance, o->stack))
        return;
    double off_out, off_back;
    const int32_t on_out = seg_polyline_farthest(&off_out, o->points, out);
    const int32_t on_back = seg_polyline_farthest(&off_back, o->points, back);
    o->kept[off_out >= off_back ? on_out : on_back] = true;
}

/* Moves what is kept of an outline to `to`; returns how many corners that are. */
static int32_t keep(const outline *o, seg_point *to, int32_t count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++)
        if (o->kept[i]) to[kept++] = o->points[i];
    return kept;
}

static void simplify(seg_contours *contours, const outline *o, double tolerance) {
    int32_t end = 0;
    for (int32_t i = 0; i < contours->count; i++) {
        seg_contour *item = &contours->items[i];
        const size_t count = (size_t)item->count;
        memcpy(o->points, contours->points + item->first, count * sizeof *o->points);
        o->points[count] = o->points[0];
        memset(o->kept, 1, count * sizeof *o->kept);
        if (count > 3) choose(o, item->count, tolerance);
        item->first = end;
        item->count = keep(o, contours->points + end, item->count);
        end += item->count;
    }
    contours->point_count = end;
}

seg_status seg_contours_simplify(seg_contours *contours, double tolerance, const seg_env *env) {
    if (!contours) return seg_fail(SEG_ERROR_ARGUMENT, "contours is missing (NULL)");
    if (!(tolerance >= 0))
        return seg_fail(SEG_ERROR_ARGUMENT, "tolerance is %g (allowed: at least 0 pixels)",
                        tolerance);
    size_t room = 1;
    for (int32_t i = 0; i < contours->count; i++)
        if ((size_t)contours->items[i].count >= room) room = (size_t)contours->items[i].count + 1;
    outline o = {.points = seg_allocate(env, room, sizeof *o.points, "an outline"),
                 .kept = seg_allocate(env, room, sizeof *o.kept, "an outline"),
                 .stack = seg_allocate(env, room, sizeof *o.stack, "an outline")};
    const bool good = o.points && o.kept && o.stack;
    if (good) simplify(contours, &o, tolerance);
    seg_release(env, o.points);
    seg_release(env, o.kept);
    seg_release(env, o.stack);
    return good ? SEG_OK : SEG_ERROR_MEMORY;
}
