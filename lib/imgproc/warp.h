/* Inverse-mapped warps: affine, projective, by a field of displacements; of pictures, masks,
 * labels.
 */
#ifndef SEG_IMGPROC_WARP_H
#define SEG_IMGPROC_WARP_H

#include <segment/image.h>

/** How what lies between pixels is found. */
typedef enum seg_warp_filter {
    SEG_WARP_NEAREST = 0,
    SEG_WARP_BILINEAR,
    SEG_WARP_BICUBIC, /**< Catmull-Rom; may overshoot, u8 and u16 are cut */
    SEG_WARP_AREA     /**< mean of nearest pixels on a grid in the target pixel, as fine as the warp
                         shrinks at the picture's middle, at most 16 x 16; bilinear where it does not */
} seg_warp_filter;

/** What lies outside the source. */
typedef enum seg_border {
    SEG_BORDER_CONSTANT = 0, /**< `fill` */
    SEG_BORDER_REPLICATE,    /**< aaa|abcd|ddd */
    SEG_BORDER_REFLECT,      /**< dcb|abcd|cba: the edge pixel is not repeated */
    SEG_BORDER_WRAP          /**< bcd|abcd|abc */
} seg_border;

typedef struct seg_warp {
    /** Row by row, from the target to the source, both in pixels with (0,0) .. (1,1) being the
     *  first pixel (its centre is at 1/2, 1/2). Source = (m0 x + m1 y + m2, m3 x + m4 y + m5) / (m6
     *  x + m7 y + m8). */
    double matrix[9];
    /** F32 of 2 channels, of the target's size, added to what the matrix gives (pixels of the
     *  source); NULL = none. Displacements that are no number lead outside. */
    const seg_image *field;
    seg_warp_filter filter;
    seg_border border;
    double fill[4]; /**< of each channel, in the unit of the samples; rounded and cut */
} seg_warp;

/** Identity, bilinear, a border of zeros. */
seg_warp seg_warp_identity(void);

/** The same map for coordinates in which the first pixel's centre is at (0,0), as OpenCV has them,
 *  brought into those of seg_warp. */
void seg_warp_matrix_from_centres(double matrix[9], const double centres[9]);

/** Where place i of a row of n lies under a border rule; -1 outside with SEG_BORDER_CONSTANT. */
int64_t seg_border_place(int64_t i, int64_t n, seg_border border);

/**
 * Fills `target`, a picture of any size and the format and channels of `source`. Labels take the
 * nearest filter only. No memory is allocated. Bilinear u8 under an affine map equals OpenCV's
 * warpAffine bit for bit: places are rounded to 1/32 pixel; u16 to 1/128, f32 and bicubic to
 * 1/1024. Errors: SEG_ERROR_ARGUMENT (pictures, same pixels, a matrix that is not finite, field),
 * SEG_ERROR_SHAPE, SEG_ERROR_UNSUPPORTED (labels with another filter), SEG_ERROR_LIMIT (a side of
 * the source beyond 2^19 - 1 pixels), SEG_ERROR_CANCELLED.
 */
SEG_NODISCARD seg_status seg_warp_apply(const seg_image *target, const seg_image *source,
                                        const seg_warp *warp, const seg_env *env);

#endif
