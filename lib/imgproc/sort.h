/* Sorting without surprises: stable, no comparison calls, no hidden memory. */
#ifndef SEG_IMGPROC_SORT_H
#define SEG_IMGPROC_SORT_H

#include <stddef.h>
#include <stdint.h>

typedef struct seg_keyed {
    uint64_t key, value;
} seg_keyed;

/** Sorts by ascending key, equal keys in the order that they had. `spare` has room for `count`. */
void seg_sort(seg_keyed *items, seg_keyed *spare, size_t count);

/** The item that would be at place `rank` if they were sorted; reorders `values`. */
float seg_select_rank(float *values, int32_t count, int32_t rank);

#endif
