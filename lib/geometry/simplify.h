/* Lines of corners with fewer of them: what outlines, here and in scores of videos, share. */
#ifndef SEG_GEOMETRY_SIMPLIFY_H
#define SEG_GEOMETRY_SIMPLIFY_H

#include <segment/image.h>

static inline double seg_square_distance(seg_point a, seg_point b) {
    const double x = (double)a.x - b.x, y = (double)a.y - b.y;
    return x * x + y * y;
}

/** A line that is still to be looked at, from one corner that is kept to another. */
typedef struct seg_polyline_part {
    int32_t first, last;
} seg_polyline_part;

/** Of the corners between points[first] and points[last] (which may be equal) the one farthest from
 *  the straight line between them, the last of equals, and the square of its distance; `first` and
 *  -1 if there are none. */
int32_t seg_polyline_farthest(double *square, const seg_point *points, seg_polyline_part part);

/** Sets kept[i] for the corners between that Douglas and Peucker keep: the farthest of a part,
 * while it is beyond the tolerance, then the same of both halves. `stack`: room for as many parts
 * as there are corners. Returns how many. */
int32_t seg_polyline_simplify(bool *kept, const seg_point *points, seg_polyline_part whole,
                              double tolerance, seg_polyline_part *stack);

#endif
