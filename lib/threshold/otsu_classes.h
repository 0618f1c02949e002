/* Otsu's levels of a histogram for more than two classes, and pictures of classes. */
#ifndef SEG_THRESHOLD_OTSU_CLASSES_H
#define SEG_THRESHOLD_OTSU_CLASSES_H

#include "core/memory.h"
#include <segment/threshold.h>

/**
 * The levels (last bins of all classes but the brightest, ascending) that separate `classes` (2 to
 * SEG_OTSU_MAX_CLASSES) with the largest between-class variance; of equal ones the lowest. A
 * histogram of fewer values than classes gives a class to each value, and the levels left over are
 * the last value: above them lies nothing. `levels`: classes - 1 bins.
 */
SEG_NODISCARD seg_status seg_otsu_class_bins(int32_t *levels, int32_t classes, const uint64_t *bins,
                                             int32_t size, seg_scratch *scratch);

/** Where the classes of a picture part, in the unit of its samples: class k holds the values v with
 *  edges[k-1] < v <= edges[k]. */
typedef struct seg_class_edges {
    double edges[SEG_OTSU_MAX_CLASSES - 1];
    int32_t classes;
    bool invert; /**< class 0 is the brightest, not the darkest */
} seg_class_edges;

/** Writes the class of every pixel into `labels` (LABEL32, of the picture's size). Pixels that are
 *  ignored or not finite give 0. */
SEG_NODISCARD seg_status seg_write_classes(seg_image *labels, const seg_image *grey,
                                           const seg_image *ignore, const seg_class_edges *edges,
                                           const seg_env *env);

#endif
