/* The median with working memory kept from frame to frame. */
#ifndef SEG_IMGPROC_MEDIAN_H
#define SEG_IMGPROC_MEDIAN_H

#include "core/memory.h"
#include <segment/image.h>

/** seg_median into a target that is ensured already, memory taken from `scratch`. */
SEG_NODISCARD seg_status seg_median_with(seg_image *target, const seg_image *source, int32_t side,
                                         seg_scratch *scratch, const seg_env *env);

/** The same for u16 and f32 and any odd side, by a sliding window of counts. */
SEG_NODISCARD seg_status seg_median_sliding(seg_image *target, const seg_image *source,
                                            int32_t side, seg_scratch *scratch, const seg_env *env);

#endif
