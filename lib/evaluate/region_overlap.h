/* One partition of a picture against another one: what the measures of regions are made of. */
#ifndef SEG_EVALUATE_REGION_OVERLAP_H
#define SEG_EVALUATE_REGION_OVERLAP_H

#include "evaluate/contingency.h"

/** Rand index; the two parts of the variation of information, bits; adapted Rand error and the
 *  precision and recall of pixel pairs that it is made of. */
typedef enum seg_region_index {
    SEG_REGION_RAND,
    SEG_REGION_SPLIT,
    SEG_REGION_MERGE,
    SEG_REGION_ADAPTED,
    SEG_REGION_PRECISION,
    SEG_REGION_RECALL,
    SEG_REGION_INDICES
} seg_region_index;

/** A table without the pixels that the truth leaves unassigned. */
typedef struct seg_region_overlap {
    seg_contingency table;
    int64_t *sizes; /* of the prediction's labels, by index */
    int64_t all;
} seg_region_overlap;

/** Fills it; all memory is scratch, which is rewound. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_region_overlap_make(seg_region_overlap *joined, const seg_image *level,
                                                 const seg_image *truth, const seg_image *ignore,
                                                 seg_scratch *scratch);

/** Adds the indices; some pixel must be scored. */
void seg_region_indices_add(double index[SEG_REGION_INDICES], const seg_region_overlap *joined);

/** How well regions are covered: `of_truth` at this level, `best` at the best one so far, and
 *  `of_level` over all annotators so far. By the indices of the table. */
void seg_region_cover(double *of_truth, double *best, double *of_level,
                      const seg_region_overlap *joined);

/** Pixels of regions, each times how well it is covered; label 0 is none. */
double seg_region_covered(const seg_label_areas *regions, const double *how_well);

#endif
