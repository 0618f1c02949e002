/* Thinning of rows of bits (kernels/bits.h): which pixels a sub-iteration takes away. */
#ifndef SEG_KERNELS_THINNING_H
#define SEG_KERNELS_THINNING_H

#include "kernels/level.h"

#include <stdbool.h>

/** The sub-iterations. Each iteration of a rule is its first one, then its second one. */
typedef enum seg_thinning_step {
    SEG_THINNING_GUO_HALL_FIRST,
    SEG_THINNING_GUO_HALL_SECOND,
    SEG_THINNING_ZHANG_SUEN_FIRST,
    SEG_THINNING_ZHANG_SUEN_SECOND
} seg_thinning_step;

/** Rows have `count` words; the word before the first and the one behind the last are read as
 *  well: zeros, as is what lies outside of the picture. */
typedef struct seg_thinning_kernels {
    /** out = `row` without the pixels that the sub-iteration takes away; true if there are any.
     *  `above` and `below` are its neighbours. `out` is none of the others. */
    bool (*thin)(uint64_t *out, const uint64_t *above, const uint64_t *row, const uint64_t *below,
                 int32_t count, seg_thinning_step step);
} seg_thinning_kernels;

SEG_KERNELS_DECLARE(thinning);

#endif
