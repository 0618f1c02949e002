/* Local equalisation of which the contrast is limited. */
#ifndef SEG_IMGPROC_CLAHE_H
#define SEG_IMGPROC_CLAHE_H

#include "core/memory.h"
#include <segment/image.h>

/** Tiles along each side. */
#define SEG_CLAHE_MOST_TILES 64

/** seg_clahe into a picture that fits, with kept memory. */
SEG_NODISCARD seg_status seg_clahe_with(const seg_image *target, const seg_image *source,
                                        double clip, int32_t tiles, seg_scratch *scratch);

#endif
