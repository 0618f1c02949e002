/* Row kernels of the median over a square. */
#ifndef SEG_KERNELS_MEDIAN_H
#define SEG_KERNELS_MEDIAN_H

#include "kernels/level.h"

/* Sides that median_u8 takes; the others types take 3 and 5. */
#define SEG_MEDIAN_LARGEST_SIDE 15
/** Room before a row of work space, for what continues the row: a line of the cache. */
#define SEG_MEDIAN_LEAD 64

/** Histograms of the columns of a window, for large sides: counts of `side` (at most 255) samples
 *  in 256 bins, and in 16 bins of 16 values each. */
typedef struct seg_median_columns {
    uint8_t (*fine)[256];
    uint8_t (*coarse)[16];
} seg_median_columns;

typedef struct seg_median_kernels {
    /**
     * out[i] = median of rows[0 .. side-1][i - (side/2) * step .. i + (side/2) * step], every
     * `step` samples (the channels). Rows can be read that far to both sides. `work` holds `side`
     * times seg_median_work_row of count + (side - 1) * step samples, aligned for speed. f32: all
     * samples finite, no -0.
     */
    void (*median_u8)(uint8_t *out, uint8_t *work, const uint8_t *const *rows, int32_t side,
                      size_t step, size_t count);
    void (*median_u16)(uint16_t *out, uint16_t *work, const uint16_t *const *rows, int32_t side,
                       size_t step, size_t count);
    void (*median_f32)(float *out, float *work, const float *const *rows, int32_t side, size_t step,
                       size_t count);

    /** The same of whole rows, which go on with their first and last pixels; sides 3 and 5. Nothing
     *  beside the rows is read. `work` holds SEG_MEDIAN_LEAD bytes more for each row. */
    void (*median_whole_u8)(uint8_t *out, uint8_t *work, const uint8_t *const *rows, int32_t side,
                            size_t step, size_t count);
    void (*median_whole_u16)(uint16_t *out, uint16_t *work, const uint16_t *const *rows,
                             int32_t side, size_t step, size_t count);

    /** out[i * step] = median of columns i .. i + side - 1, i below count. */
    void (*median_columns_u8)(uint8_t *out, const seg_median_columns *columns, int32_t side,
                              size_t step, size_t count);

    /** Of masks, whose samples are 0, 127 or 255, columns are counts of what is not 0 and of what
     * is 255: a row comes, and one goes (NULL = none). */
    void (*mask_columns)(uint8_t *some, uint8_t *full, const uint8_t *comes, const uint8_t *goes,
                         size_t count);
    /** out[i] = median of columns i .. i + side - 1 of side samples each, side at most 15. */
    void (*median_mask)(uint8_t *out, const uint8_t *some, const uint8_t *full, int32_t side,
                        size_t count);
} seg_median_kernels;

SEG_KERNELS_DECLARE(median);

/** Bytes of a row of work space for so many bytes of samples: whole lines of the cache, because
 *  what straddles two of them costs twice. */
static inline size_t seg_median_work_row(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

#endif
