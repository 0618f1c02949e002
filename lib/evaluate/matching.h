/* One-to-one matchings of greatest weight where few pairs are possible. */
#ifndef SEG_EVALUATE_MATCHING_H
#define SEG_EVALUATE_MATCHING_H

#include "core/memory.h"

/** A possible pair: no two edges join the same a and b. */
typedef struct seg_edge {
    int32_t a, b;
    double weight; /* above 0 */
} seg_edge;

/**
 * Chooses edges that share no end and have the greatest sum of weights: chosen[a] = index of the
 * edge at a, -1 = none. `scratch` is rewound: it serves this only. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_matching_heaviest(int32_t *chosen, const seg_edge *edges,
                                               int32_t edge_count, int32_t a_count, int32_t b_count,
                                               seg_scratch *scratch);

#endif
