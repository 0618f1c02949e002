/* Objects of different brightness in one mask. */
#ifndef SEG_IMGPROC_HALF_LEVEL_H
#define SEG_IMGPROC_HALF_LEVEL_H

#include "core/memory.h"
#include <segment/image.h>

/**
 * Gives each object of a mask its own level: halfway between its mean and that of the background
 * that is nearer to it than to any other object. `mask` (0/255, in place) becomes what is lighter
 * than the level of the nearest object. `grey` U8 or U16; pixels of `blocked` (may be empty) are
 * left out. A mask without objects or without background stays.
 */
SEG_NODISCARD seg_status seg_half_level(const seg_image *mask, const seg_image *grey,
                                        const seg_image *blocked, int32_t connectivity,
                                        seg_scratch *scratch);

#endif
