/* Convex hulls of regions given by the first and last pixel of each of their rows. */
#ifndef SEG_OBJECTS_CONVEX_H
#define SEG_OBJECTS_CONVEX_H

#include <stdint.h>

/** The outermost pixels of a region in a row. */
typedef struct seg_extent {
    int32_t y, left, right;
    int32_t above; /**< index of the region's next row further up, -1 = none */
} seg_extent;

/** A corner of one side of a hull. */
typedef struct seg_hull_point {
    int64_t t, x;
} seg_hull_point;

/** Corners that seg_convex_area needs room for, for a region of so many rows. */
#define SEG_HULL_ROOM(rows) (2 * (3 * (int64_t)(rows)))

/**
 * Pixels whose centre lies in or on the convex hull of a region: that of the points half a pixel
 * above, below, left and right of the centres of its pixels, without rounding. `last` is the extent
 * of its lowest row; `room` holds SEG_HULL_ROOM of its rows.
 */
int64_t seg_convex_area(const seg_extent *extents, int32_t last, seg_hull_point *room);

#endif
