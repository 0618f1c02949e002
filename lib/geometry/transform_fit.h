/* What least squares and robust fits of transforms share. */
#ifndef SEG_GEOMETRY_TRANSFORM_FIT_H
#define SEG_GEOMETRY_TRANSFORM_FIT_H

#include <segment/transform.h>

/** Checks what both are given. */
SEG_NODISCARD seg_status seg_transform_check_points(const seg_transform *transform,
                                                    seg_transform_model model, const double *from,
                                                    const double *to, int32_t count);

/** Least squares over the pairs of points; false if they do not determine the transform. */
bool seg_transform_solve(seg_transform *transform, seg_transform_model model, const double *from,
                         const double *to, const double *weights, int32_t count);

#endif
