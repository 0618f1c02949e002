/*
 * Colours as planes of 16 bits in working memory: what vector kernels and graphs work on.
 *
 * CIELAB (sRGB, D65, CIE 15:2004) in units of 1/32: L* is 0 .. 3200, a* and b* within -4096 ..
 * 4095. Greys have a* = b* = 0 to the bit, so that a grey picture and its copy in three channels
 * are the same. Or the samples themselves, full scale 32767 at every depth.
 */
#ifndef SEG_IMGPROC_PLANES_H
#define SEG_IMGPROC_PLANES_H

#include "core/memory.h"
#include <segment/image.h>

#define SEG_LAB_UNIT 32
#define SEG_PLANES_SLACK 32 /* samples behind a row that may be read and written */

/** One plane of grey, or three of colours. */
typedef struct seg_planes {
    int32_t width, height;
    int32_t planes; /* 1 or 3 */
    size_t stride;  /* samples between rows */
    int16_t *plane[3];
} seg_planes;

static inline int16_t *seg_plane_row(const seg_planes *planes, int32_t plane, int32_t y) {
    return planes->plane[plane] + (size_t)y * planes->stride;
}

/** CIELAB of a picture of 1-4 channels and any depth; alpha is left out. f32 is rounded to 16 bits,
 *  what is not a number is black. In bands. Accurate to 1/8 of a unit of L*, a*, b*. */
SEG_NODISCARD seg_status seg_planes_lab(seg_planes *planes, const seg_image *picture,
                                        seg_scratch *scratch);

/** The samples of the colours, cut to 15 bits. */
SEG_NODISCARD seg_status seg_planes_samples(seg_planes *planes, const seg_image *picture,
                                            seg_scratch *scratch);

/** Gaussian blur of all planes; sigma 0 does nothing. */
SEG_NODISCARD seg_status seg_planes_blur(seg_planes *planes, double sigma, seg_scratch *scratch);

#endif
