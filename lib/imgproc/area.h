/* Pictures made smaller: each pixel is the mean of the area that it covers. */
#ifndef SEG_IMGPROC_AREA_H
#define SEG_IMGPROC_AREA_H

#include "core/memory.h"
#include <segment/image.h>

/**
 * Fills `target` with `source` (u8, u16 or f32 of the same channels) brought to its size, which is
 * at most as wide and as high: means by the exact shares of pixels, as OpenCV's INTER_AREA, rounded
 * half up. f32 that is not finite counts as 0. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_area_shrink(const seg_image *target, const seg_image *source,
                                         seg_scratch *scratch);

#endif
