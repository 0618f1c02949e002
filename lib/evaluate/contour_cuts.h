/* Regions of a contour map at a threshold. */
#ifndef SEG_EVALUATE_CONTOUR_CUTS_H
#define SEG_EVALUATE_CONTOUR_CUTS_H

#include <segment/image.h>

/** A cut and its working memory, reused while sizes stay. Zero-initialise. */
typedef struct seg_contour_cut {
    seg_image labels; /* LABEL32 of the picture's size: the result */
    seg_image mask, components, nearest;
} seg_contour_cut;

/** True if a map for pictures of that size has their contours between the pixels: at (2 x + 1,
 *  2 y + 1) of a map of 2 width + 1 by 2 height + 1 is the pixel (x, y), as in BSDS's ucm2. */
bool seg_contour_is_double(const seg_image *map, int32_t width, int32_t height);

/**
 * Cuts a map (U8, U16, F32; one channel) of the size of the picture, or double, at the threshold
 * n / (count + 1) of full scale: regions are the connected components of what is not above it, 8
 * neighbours in double maps, as BSDS does it, and 4 in others, where a line of pixels that touch at
 * corners must hold. There contours are pixels, and each belongs to the nearest region; where
 * there is no region all labels are 0. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_contour_cut_make(seg_contour_cut *cut, const seg_image *map,
                                              int32_t width, int32_t height, int32_t n,
                                              int32_t count, const seg_env *env);

/** Logs a warning if what should be labels (U8, U16) looks like a map of contours: lines on 0, no
 *  value of which fills a square of 3 pixels. */
void seg_contours_warn(const seg_image *labels, const seg_env *env);

void seg_contour_cut_free(seg_contour_cut *cut);

#endif
