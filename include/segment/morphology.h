/* Morphology of grey pictures: what is larger or smaller, darker or lighter than its surroundings.
 * Masks and labels have theirs in imgproc.h. */
#ifndef SEGMENT_MORPHOLOGY_H
#define SEGMENT_MORPHOLOGY_H

#include <segment/imgproc.h>

SEG_BEGIN_DECLS

/**
 * A flat structuring element: offsets from the pixel, which is at (width / 2, height / 2) of the
 * element's box, rounded down. Zero-initialise, set what is needed.
 */
typedef struct seg_structure {
    int32_t element;       /**< seg_element */
    int32_t width, height; /**< of its box, pixels, 1..1023; height 0 = as width. A disk and a cross
                              are square and odd; a line is `width` long, odd, from end to end */
    double angle;          /**< of a line, degrees counter-clockwise from the row; -360..360 */
    const seg_image *mask; /**< SEG_ELEMENT_MASK: U8, non-zero belongs; its size is the element's;
                              at least one pixel */
} seg_structure;

/**
 * Grey morphology of a picture (u8, u16, f32; each of 1..4 channels for itself) by any flat
 * structuring element B:
 *   erode      least of the samples at offsets in B       dilate  most of them
 *   open       erosion, then dilation by -B               close   dilation, then erosion by -B
 *   gradient   dilation - erosion; 0 where no point of the element is in the picture
 *   top hat    picture - opening                          black hat  closing - picture
 * Samples outside of the picture never count, as by OpenCV's default; nor do NaN and infinity.
 * Where nothing counts, erosion gives full scale, dilation 0, and both give 0 for f32. Erosion and
 * dilation look at the same offsets, so that one is the other on the negative; for elements that
 * are their own mirror image all seven are OpenCV's. `target` (ensured) may be `source`. Cost:
 * rectangles a few operations a sample and a logarithm of the width, whatever the height (M. van
 * Herk, Pattern Recognition Letters 13, 1992; J. Gil, M. Werman, IEEE Trans. PAMI 15(5), 1993);
 * others one operation a sample and run of the element's rows (E. Urbach, M. Wilkinson, IEEE Trans.
 * Image Processing 17(1), 2008). Errors: SEG_ERROR_ARGUMENT (operation, element, sizes),
 * SEG_ERROR_SHAPE, SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_morphology_picture(seg_image *target, const seg_image *source,
                                                        seg_morphology operation,
                                                        const seg_structure *structure,
                                                        const seg_env *env);

/**
 * Grey reconstruction of one-channel pictures of one format (u8, u16, f32; NaN and infinity count
 * as 0). By dilation: `marker` (where it is above `mask`: the mask) grows over connected pixels as
 * long as it stays below `mask`. By erosion: the same of the negatives. `target` (ensured) may be
 * either. `connectivity` 4 or 8. Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_SHAPE, SEG_ERROR_LIMIT
 * (2^31 pixels), SEG_ERROR_MEMORY.
 * L. Vincent, "Morphological grayscale reconstruction in image analysis: applications and efficient
 * algorithms", IEEE Trans. Image Processing 2(2), 1993.
 */
SEG_API SEG_NODISCARD seg_status seg_reconstruct(seg_image *target, const seg_image *marker,
                                                 const seg_image *mask, bool erosion,
                                                 int32_t connectivity, const seg_env *env);

/** Takes out maxima (`minima`: minima) that are less than `h` above (below) their surroundings, and
 *  lowers (raises) the others by `h`: the h-maxima (h-minima) transform. `h` >= 0 in units of the
 *  samples, rounded down for u8 and u16. Else as seg_reconstruct. */
SEG_API SEG_NODISCARD seg_status seg_flatten_extrema(seg_image *target, const seg_image *source,
                                                     bool minima, double h, int32_t connectivity,
                                                     const seg_env *env);

/** `mask` (ensured U8): 255 on regional maxima (`minima`: minima), which are connected pixels of
 * one value all of whose neighbours are lower (higher); a flat picture is one. Else as
 *  seg_reconstruct. */
SEG_API SEG_NODISCARD seg_status seg_regional_extrema(seg_image *mask, const seg_image *source,
                                                      bool minima, int32_t connectivity,
                                                      const seg_env *env);

/** Fills dark basins that do not reach the border of the picture, up to their lowest rim, over
 * which they would flow out by `connectivity`. Else as seg_reconstruct. */
SEG_API SEG_NODISCARD seg_status seg_fill_grey_holes(seg_image *target, const seg_image *source,
                                                     int32_t connectivity, const seg_env *env);

SEG_END_DECLS

#endif
