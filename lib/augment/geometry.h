/* Labels under a geometry: points, polygons, boxes, masks. */
#ifndef SEG_AUGMENT_GEOMETRY_H
#define SEG_AUGMENT_GEOMETRY_H

#include "augment/step.h"

/** Points of the old picture in the new one, x, y in turn, in place. */
void seg_geometry_points(const seg_augment_geometry *geometry, double *xy, int32_t count);

/** How many pixels of the new picture a pixel of the old one at (x, y) becomes. */
double seg_geometry_growth(const seg_augment_geometry *geometry, double x, double y);

/** Cuts a polygon to 0 .. width, 0 .. height: Sutherland and Hodgman 1974. `xy` and `spare` have
 *  room for SEG_CLIP_ROOM(count) corners; the result is in `xy`. Returns its corners. */
int32_t seg_polygon_clip(double *xy, int32_t count, double *spare, double width, double height);

#define SEG_CLIP_ROOM(count) (6 * (size_t)(count) + 16)

/** The box of points. */
seg_box seg_points_box(const double *xy, int32_t count);

/** The part of a box in 0 .. width, 0 .. height. */
seg_box seg_box_clip(seg_box box, double width, double height);

/** The box of what becomes of a box: of the ellipse in it, or of its corners. Not cut. */
seg_box seg_geometry_box(const seg_augment_geometry *geometry, const seg_box *box, bool ellipse);

/** The smallest box along the moved width of a rotated one that holds its moved corners. */
seg_rotated_box seg_geometry_rotated(const seg_augment_geometry *geometry,
                                     const seg_rotated_box *box);

/** The four corners, x, y in turn. */
void seg_rotated_corners(double xy[8], const seg_rotated_box *box);

#endif
