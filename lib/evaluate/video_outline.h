/* How far outlines of masks are from each other in shape: DAVIS's temporal stability. */
#ifndef SEG_EVALUATE_VIDEO_OUTLINE_H
#define SEG_EVALUATE_VIDEO_OUTLINE_H

#include "imgproc/bitmap.h"

/** Points along an outline, at most 3 pixels apart, the last one where the first one is. */
typedef struct seg_outline {
    double *xy; /* x, y, x, y, ..., pixels; only differences mean something */
    int32_t count;
} seg_outline;

/** Points of an outline that are compared at most: cost and memory grow with their square. */
#define SEG_OUTLINE_MOST 8192

/** The outline of a mask that has most corners left when it is simplified; count = 0 if there is
 *  none with three. All memory is scratch. Errors: SEG_ERROR_LIMIT (SEG_OUTLINE_MOST),
 *  SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_outline_make(seg_outline *outline, const seg_bitmap *mask,
                                          seg_scratch *scratch);

/** Mean cost of matching two outlines, neither of them empty: 0 = the same shape. Errors:
 *  SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_outline_compare(double *cost, const seg_outline *a,
                                             const seg_outline *b, seg_scratch *scratch);

#endif
