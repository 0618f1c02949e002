/* What superpixels are like by themselves and on the picture that they cut up. */
#ifndef SEG_EVALUATE_SUPERPIXEL_SHAPES_H
#define SEG_EVALUATE_SUPERPIXEL_SHAPES_H

#include "core/memory.h"
#include <segment/image.h>

typedef struct seg_superpixel_shapes {
    int32_t count;      /* labels, 0 among them where it occurs */
    int32_t split;      /* of them, those that are not one 4-connected piece */
    double compactness; /* mean by area of 4 pi area / perimeter^2 */
    double explained;   /* share of the variation of the colours; NaN without a picture */
    double variation;   /* mean of the deviations from the mean colour, 8-bit levels; NaN so, too */
} seg_superpixel_shapes;

/**
 * Measures the superpixels of a label picture (label_row.h); `picture` (any, of the same size; may
 * be NULL or empty) gives the colours, its alpha is left out. Cost: two passes over the labels, one
 * over the picture, and memory for the labels and the runs of a row. Errors: SEG_ERROR_LIMIT (more
 * than 2^31 - 1 runs), SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_superpixel_shapes_measure(seg_superpixel_shapes *shapes,
                                                       const seg_image *labels,
                                                       const seg_image *picture,
                                                       seg_scratch *scratch);

#endif
