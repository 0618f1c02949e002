/* The median of masks by counting, whose cost hardly grows with the side. */
#ifndef SEG_IMGPROC_MASK_MEDIAN_H
#define SEG_IMGPROC_MASK_MEDIAN_H

#include "core/memory.h"
#include <segment/image.h>

#define SEG_MASK_MEDIAN_LARGEST_SIDE 15

/** seg_median of a mask of 0, 127 and 255 alone over a square of an odd side up to the largest.
 *  The target is ensured already; memory comes from `scratch`. */
SEG_NODISCARD seg_status seg_mask_median(seg_image *target, const seg_image *mask, int32_t side,
                                         seg_scratch *scratch, const seg_env *env);

#endif
