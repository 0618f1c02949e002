/* Gaussian kernels as numbers, and the filter with working memory kept from frame to frame. */
#ifndef SEG_IMGPROC_GAUSSIAN_H
#define SEG_IMGPROC_GAUSSIAN_H

#include "core/memory.h"
#include <segment/image.h>

#define SEG_GAUSSIAN_LARGEST_RADIUS 127
#define SEG_GAUSSIAN_LARGEST_SIGMA 42.0

/** Half of a symmetric kernel: [0] is the centre, [k] is k pixels away. */
typedef struct seg_gaussian_taps {
    int32_t radius;
    uint16_t u8[SEG_GAUSSIAN_LARGEST_RADIUS + 1];  /* the whole kernel sums to 256 */
    uint32_t u16[SEG_GAUSSIAN_LARGEST_RADIUS + 1]; /* the whole kernel sums to 65536 */
    float f32[SEG_GAUSSIAN_LARGEST_RADIUS + 1];
} seg_gaussian_taps;

/** The kernel of seg_gaussian; errors as there. sigma 0 gives the kernel 1. */
SEG_NODISCARD seg_status seg_gaussian_taps_make(seg_gaussian_taps *taps, double sigma,
                                                int32_t aperture);

/** seg_gaussian into a target that is ensured already, memory taken from `scratch`. */
SEG_NODISCARD seg_status seg_gaussian_with(seg_image *target, const seg_image *source,
                                           const seg_gaussian_taps *taps, seg_scratch *scratch,
                                           const seg_env *env);

#endif
