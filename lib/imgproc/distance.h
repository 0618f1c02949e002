/* The distance transform with kept memory. */
#ifndef SEG_IMGPROC_DISTANCE_H
#define SEG_IMGPROC_DISTANCE_H

#include "core/memory.h"
#include <segment/imgproc.h>

/** seg_distance with memory from `scratch`. */
SEG_NODISCARD seg_status seg_distance_with(seg_image *distance, seg_image *squared,
                                           seg_image *nearest, const seg_image *mask,
                                           seg_distance_to to, seg_scratch *scratch);

#endif
