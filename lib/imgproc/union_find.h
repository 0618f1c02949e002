/* Disjoint sets of whole numbers. Of two sets that are joined the lower root stays, so that roots
 * do not depend on the order of the unions. */
#ifndef SEG_IMGPROC_UNION_FIND_H
#define SEG_IMGPROC_UNION_FIND_H

#include <stdint.h>

/** Each number is a set of its own. */
static inline void seg_sets_init(int32_t *parents, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        parents[i] = i;
}

/** Root of i's set; paths are halved on the way. */
static inline int32_t seg_sets_find(int32_t *parents, int32_t i) {
    while (parents[i] != i) {
        parents[i] = parents[parents[i]];
        i = parents[i];
    }
    return i;
}

/** Joins the sets of a and b; returns the root of both. */
static inline int32_t seg_sets_join(int32_t *parents, int32_t a, int32_t b) {
    a = seg_sets_find(parents, a);
    b = seg_sets_find(parents, b);
    const int32_t low = a < b ? a : b, high = a < b ? b : a;
    parents[high] = low;
    return low;
}

#endif
