/* Canny's classification for samples of 16 bits and for kernels of 5 and 7, in 32 and 64 bits. */
#ifndef SEG_EDGE_CANNY_WIDE_H
#define SEG_EDGE_CANNY_WIDE_H

#include "kernels/canny.h"
#include <segment/image.h>

typedef struct seg_canny_wide {
    const seg_image *picture; /**< one channel, u8 or u16 */
    int32_t aperture;         /**< 3, 5 or 7 */
    bool squared;             /**< magnitude dx^2 + dy^2 instead of |dx| + |dy| */
    int64_t low, high;        /**< weak and strong lie above, in units of the samples and the
                                   kernel, squared if `squared` */
    double bin_unit;          /**< magnitude that a bin of the histogram stands for */
} seg_canny_wide;

/** Bytes of work memory for a picture of that width. */
size_t seg_canny_wide_work_size(int32_t width);

/** As seg_canny_kernels.classify. */
void seg_canny_wide_classify(const seg_canny_planes *planes, const seg_canny_wide *wide,
                             int32_t first, int32_t end, void *work);

/**
 * Rows first .. end-1 of `score` (F32): the magnitude, not squared, in so many
 * `unit`s where it is a maximum across the edge, else 0. Rounded up: for every whole t (for l1
 * every float) it is above t where the exact magnitude is, and only there.
 */
void seg_canny_wide_score(const seg_image *score, const seg_canny_wide *wide, double unit,
                          int32_t first, int32_t end, void *work);

/** As seg_canny_kernels.count; bin b counts magnitudes in (b - 1, b] units. */
void seg_canny_wide_count(uint64_t *bins, const seg_canny_wide *wide, const seg_image *ignore,
                          int32_t first, int32_t end, void *work);

#endif
