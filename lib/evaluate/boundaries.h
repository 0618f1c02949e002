/* What the metric of boundaries is made of: thin maps, and how they are matched. */
#ifndef SEG_EVALUATE_BOUNDARIES_H
#define SEG_EVALUATE_BOUNDARIES_H

#include "imgproc/bitmap.h"
#include <segment/evaluate.h>

/** Which maps are thinned before they are compared. */
typedef enum seg_boundary_thin {
    SEG_BOUNDARY_THIN_NONE = 0,
    SEG_BOUNDARY_THIN_PREDICTION,
    SEG_BOUNDARY_THIN_BOTH
} seg_boundary_thin;

/** Boundary pixels of a map: of the truth those that were found and all, of the prediction those
 *  that are right and all. */
typedef struct seg_boundary_counts {
    int64_t found, truth, right, predicted;
} seg_boundary_counts;

/** `count` thresholds spread evenly over 0 .. 1 without the ends, as the kit computes them. */
void seg_boundary_thresholds(double *thresholds, int32_t count);

/** maps[i]: the pixels of a picture of scores that are at least thresholds[i] of full scale,
 * thinned if `thin`, without those of `ignore`. Equal maps may share their words. */
SEG_NODISCARD seg_status seg_boundary_maps_of_scores(seg_bitmap *maps, const seg_image *scores,
                                                     const double *thresholds, int32_t count,
                                                     const seg_image *ignore, bool thin,
                                                     seg_scratch *scratch);

/** Where the regions of a picture of labels (one channel, integers) meet: pixels that differ from
 *  the one to the right, below, or across, as the kit's seg2bdry marks them. */
SEG_NODISCARD seg_status seg_boundary_map_of_labels(seg_bitmap *map, const seg_image *labels,
                                                    const seg_image *ignore, bool thin,
                                                    seg_scratch *scratch);

/** The non-zero pixels of a mask. */
SEG_NODISCARD seg_status seg_boundary_map_of_mask(seg_bitmap *map, const seg_image *mask,
                                                  const seg_image *ignore, bool thin,
                                                  seg_scratch *scratch);

/** counts[i] compares maps[i] with all truths, pixels up to max_distance apart. Errors:
 *  SEG_ERROR_LIMIT (pixels), SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_boundary_match(seg_boundary_counts *counts, const seg_bitmap *maps,
                                            int32_t count, const seg_bitmap *truths,
                                            int32_t truth_count, double max_distance,
                                            seg_scratch *scratch);

#endif
