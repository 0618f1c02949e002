/* Row kernels of clustering in colour and place: the nearest of a few centres, and sums of what
 * belongs to each. */
#ifndef SEG_KERNELS_SLIC_H
#define SEG_KERNELS_SLIC_H

#include "kernels/level.h"

#define SEG_SLIC_SLACK 16   /* samples behind `count` that may be read and written */
#define SEG_SLIC_CENTRES 16 /* most of them */
#define SEG_SLIC_NONE 15 /* choice of a pixel that takes no part; no centre then has that index */

/** A centre. `colour` and `x` are multiples of 4, as pixels are after shifting; `more` = 16 times
 *  something (the squared distance in y), plus the centre's index in its lower 4 bits. */
typedef struct seg_slic_centre {
    int16_t colour[3];
    int16_t x;
    uint32_t more;
} seg_slic_centre;

/** A stretch of a row: colours (planes 1 and 2 are NULL for grey) and scaled places. */
typedef struct seg_slic_row {
    const int16_t *plane[3];
    const int16_t *x; /* multiples of 4 */
    int32_t count;
} seg_slic_row;

typedef struct seg_slic_sums {
    int64_t count, x, colour[3];
} seg_slic_sums;

typedef struct seg_slic_kernels {
    /**
     * choice = index (below 16) of the nearest centre, the lowest of several as near: the lower 4
     * bits of the least of (sum of squared differences of the colours and of x) + more, which is
     * below 2^32. A colour is (sample << shift) & ~3. Differences fit 16 bits.
     */
    void (*nearest)(uint8_t *choice, const seg_slic_row *row, int32_t shift,
                    const seg_slic_centre *centres, int32_t centre_count);
    /** Adds each pixel to sums[choice]: place first + i, samples as they are. Choices are below 16;
     *  count is at most 65536. */
    void (*add)(seg_slic_sums *sums, const uint8_t *choice, const seg_slic_row *row, int32_t first);
} seg_slic_kernels;

SEG_KERNELS_DECLARE(slic);

#endif
