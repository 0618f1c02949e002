/* How much of a boundary lies near another one. */
#ifndef SEG_EVALUATE_NEAR_H
#define SEG_EVALUATE_NEAR_H

#include "imgproc/bitmap.h"

/** Pixels within `radius` of each other: in a square, or in a disk (Euclidean distance). */
typedef struct seg_near {
    seg_element element; /* SEG_ELEMENT_SQUARE or SEG_ELEMENT_DISK */
    int32_t radius;
} seg_near;

/** Ones of a bitmap. */
int64_t seg_bitmap_ones(const seg_bitmap *bitmap);

/**
 * Counts the ones of `bitmap` that have a one of `other`, of the same size, near to them. Cost: a
 * row of words for each row of `bitmap` that has ones and each row of `other` that has, from the
 * nearest on, until none of the ones is left or the radius is reached. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_bitmap_count_near(int64_t *count, const seg_bitmap *bitmap,
                                               const seg_bitmap *other, const seg_near *near,
                                               seg_scratch *scratch);

#endif
