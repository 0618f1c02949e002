/* Holes of bitmaps, for the functions and for the post operations. */
#ifndef SEG_IMGPROC_FILL_HOLES_H
#define SEG_IMGPROC_FILL_HOLES_H

#include "imgproc/runs.h"

/** True if a background component is a hole to be filled: it does not touch the border and has at
 *  most `max_area` pixels (0 = any). */
bool seg_hole_counts(const seg_component *hole, const seg_bitmap *bitmap, int64_t max_area);

/** As seg_fill_holes, in place. */
SEG_NODISCARD seg_status seg_bitmap_fill_holes(seg_bitmap *bitmap, int64_t max_area,
                                               seg_scratch *scratch);

/** seg_fill_holes with checked arguments, `target` ensured, memory from `scratch`. */
SEG_NODISCARD seg_status seg_fill_holes_with(seg_image *target, const seg_image *mask,
                                             int64_t max_area, seg_scratch *scratch);

#endif
