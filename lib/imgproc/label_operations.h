/* Post operations on label pictures. All write labels of 0 and more into *target, which has the
 * size of the source and may not be it; labels below 1 count as background. */
#ifndef SEG_IMGPROC_LABEL_OPERATIONS_H
#define SEG_IMGPROC_LABEL_OPERATIONS_H

#include "core/memory.h"
#include <segment/imgproc.h>

/**
 * Morphology of labels. Erosion keeps a pixel if all pixels of the element around it, as far as
 * they are in the picture, bear its label. Dilation gives a background pixel the label nearest to
 * it (Euclidean) within the element, the smaller one of two as near. Opening keeps what elements
 * that lie within one label cover. Closing adds to the labels those pixels of their dilation that
 * survive its erosion. The gradient is the dilation without the erosion, the top hat what opening
 * takes away, the black hat what closing adds. Labels next to each other never change by dilation
 * and closing. For a single label all are the operations of masks.
 */
SEG_NODISCARD seg_status seg_labels_morphology(seg_image *target, const seg_image *source,
                                               seg_morphology operation, seg_element element,
                                               int32_t side, seg_scratch *scratch);

/** Gives each hole of the background (as seg_fill_holes) the label with the longest border to it,
 *  counted in pixel sides; the smaller one of two as long. */
SEG_NODISCARD seg_status seg_labels_fill_holes(seg_image *target, const seg_image *source,
                                               int64_t max_area, seg_scratch *scratch);

/** What is kept of masks' components, or of labels, by area. */
typedef struct seg_area_filter {
    int64_t min_area, max_area; /* inclusive */
    int64_t largest; /* keep so many, the largest; of equal ones those that come first: smaller
                        labels, components that begin higher; 0 = all */
} seg_area_filter;

/** keep[i] = whether item i of that area passes; items in the order that breaks ties. */
SEG_NODISCARD seg_status seg_area_filter_apply(bool *keep, const int64_t *areas, int32_t count,
                                               const seg_area_filter *filter, seg_scratch *scratch);

/** Sets labels that do not pass to 0. A label's area is all of its pixels, connected or not. */
SEG_NODISCARD seg_status seg_labels_filter(seg_image *target, const seg_image *source,
                                           const seg_area_filter *filter, seg_scratch *scratch);

#endif
