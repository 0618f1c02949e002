/* Row kernels of the exact Euclidean distance transform (imgproc/distance.c). */
#ifndef SEG_KERNELS_DISTANCE_H
#define SEG_KERNELS_DISTANCE_H

#include "kernels/level.h"

#include <stdbool.h>

/** A gap is the distance from a pixel to the nearest feature pixel of its column. Where a column
 *  has none it is `none`, which is larger than any gap. Feature pixels are the non-zero ones of
 *  `mask` if `objects`, else the zeros. */
typedef struct seg_distance_kernels {
    /** gaps[x] = 0 where there is a feature pixel, else one more than before, at most 255. */
    void (*count)(uint8_t *gaps, const uint8_t *mask, int32_t width, bool objects);
    /** gaps[x] = 0 where there is a feature pixel, else one more than before[x], at most `none`. */
    void (*step)(int32_t *gaps, const int32_t *before, const uint8_t *mask, int32_t width,
                 bool objects, int32_t none);
    /** gaps[x] = the smaller one of gaps[x] and other[x] + more. */
    void (*join)(int32_t *gaps, const int32_t *other, int32_t width, int32_t more);
    /** squared[x] = the least gaps[c]^2 + (x - c)^2 over all c of the row, columns[x] the leftmost
     *  c that gives it (`columns` may be NULL). `none` is SEG_DISTANCE_NONE and not all gaps are;
     *  width^2 + the largest gap^2 are below 2^30. `squared` and `columns` have room for
     *  SEG_DISTANCE_SLACK items behind the row. `room` is of seg_distance_room(width) bytes, and
     *  seg_distance_prepare has been called with it. */
    void (*row)(int32_t *squared, int32_t *columns, const int32_t *gaps, int32_t width, void *room);
    /** Square roots, rounded to nearest. */
    void (*root)(float *distance, const int32_t *squared, int32_t width);
} seg_distance_kernels;

SEG_KERNELS_DECLARE(distance);

/** `none` for rows of bounded size: its square is beyond all squares there. */
#define SEG_DISTANCE_NONE 32768

/** Pixels that `row` goes beyond a row with. */
#define SEG_DISTANCE_SLACK 32

/** `none` for rows of any size, below 2^30. */
#define SEG_DISTANCE_WIDE_NONE (1 << 30)

/** Bytes that `row` needs for itself; aligned as int32_t. */
size_t seg_distance_room(int32_t width);

/** Fills in what all rows of a width have in common. */
void seg_distance_prepare(void *room, int32_t width);

/** As the kernel `row`, for rows of any size; `none` is SEG_DISTANCE_WIDE_NONE or
 *  SEG_DISTANCE_NONE. `room` has 2 * width items. One for all levels. */
void seg_distance_row_wide(int64_t *squared, int32_t *columns, const int32_t *gaps, int32_t width,
                           int32_t none, int32_t *room);

#endif
