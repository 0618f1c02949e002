/* Pictures made smaller by whole factors. */
#ifndef SEG_IMGPROC_BLOCK_MEANS_H
#define SEG_IMGPROC_BLOCK_MEANS_H

#include "core/memory.h"
#include <segment/image.h>

/** Blocks of `side` pixels that cover `length` pixels; the last may be cut. */
static inline int32_t seg_block_count(int32_t length, int32_t side) {
    return (length + side - 1) / side;
}

/**
 * The mean of each block of side x side pixels, rounded: `small` (a working picture: reused while
 * it fits) is U16 with the channels of `picture`, of full scale 65535. In bands. What is not a
 * number counts as black.
 */
SEG_NODISCARD seg_status seg_block_means(seg_image *small, const seg_image *picture, int32_t side,
                                         seg_scratch *scratch, const seg_env *env);

#endif
