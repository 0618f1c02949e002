/* Row kernels that compare a row with the truth: counts of masks, tables of classes. */
#ifndef SEG_KERNELS_AGREE_H
#define SEG_KERNELS_AGREE_H

#include "kernels/level.h"

/* What seg_agree_kernels.masks counts. */
enum {
    SEG_AGREE_SCORED, /* samples that are not ignored */
    SEG_AGREE_FOUND,  /* of these, non-zero in the prediction */
    SEG_AGREE_OBJECT, /* non-zero in the truth */
    SEG_AGREE_BOTH,   /* non-zero in both */
    SEG_AGREE_COUNTS
};

typedef struct seg_agree_kernels {
    /** Adds a row of masks to counts[SEG_AGREE_COUNTS]. `ignore` NULL = all are scored, else
     *  samples where it is not 0 are left out. */
    void (*masks)(int64_t *counts, const uint8_t *prediction, const uint8_t *truth,
                  const uint8_t *ignore, size_t count);
    /** Adds a row to cells[side * truth + prediction]; all samples are below `side`. */
    void (*classes)(int64_t *cells, size_t side, const uint8_t *prediction, const uint8_t *truth,
                    size_t count);
} seg_agree_kernels;

SEG_KERNELS_DECLARE(agree);

#endif
