/* Canny's classification where the gradient is that of colours. */
#ifndef SEG_EDGE_CANNY_COLOUR_H
#define SEG_EDGE_CANNY_COLOUR_H

#include "edge/slopes.h"
#include "kernels/canny.h"

typedef struct seg_canny_colour {
    seg_slopes slopes; /**< blurred, Sobel's */
    double low, high;  /**< weak and strong lie above, 8-bit units of the Sobel kernel */
} seg_canny_colour;

/** Bytes of work memory of a worker. */
size_t seg_canny_colour_work_size(const seg_canny_colour *colour);

/** As seg_canny_kernels.classify. */
void seg_canny_colour_classify(const seg_canny_planes *planes, const seg_canny_colour *colour,
                               int32_t first, int32_t end, void *work);

/** As seg_canny_kernels.count; bin b counts magnitudes in (b - 1, b]. `ignore` may be NULL. */
void seg_canny_colour_count(uint64_t *bins, const seg_canny_colour *colour, const seg_image *ignore,
                            int32_t first, int32_t end, void *work);

/** Rows first .. end-1 of `score` (F32): the magnitude where it is a maximum across the edge, else
 *  and where `ignore` (may be NULL) is not 0, 0. */
void seg_canny_colour_score(const seg_image *score, const seg_canny_colour *colour,
                            const seg_image *ignore, int32_t first, int32_t end, void *work);

#endif
