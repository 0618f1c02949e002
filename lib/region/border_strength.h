/* How strongly borders of a partition hold: a soft map of what its regions leave open. */
#ifndef SEG_REGION_BORDER_STRENGTH_H
#define SEG_REGION_BORDER_STRENGTH_H

#include "core/memory.h"
#include <segment/image.h>

/**
 * Joins the regions of `labels` further and further as Mumford and Shah's energy, a squared
 * difference of CIELAB for each pixel and lambda for each side of a border, asks for while lambda
 * grows. `strength` (F32, ensured) of a pixel is log2(lambda) / 24, of the lambda at which the
 * border to its right or lower neighbour goes, the larger one; 0 inside of regions and at lambda 1,
 * in steps of a quarter of an octave; 1 if it holds to the end. Labels below 1 have no borders.
 */
SEG_NODISCARD seg_status seg_border_strength(seg_image *strength, const seg_image *labels,
                                             const seg_image *picture, seg_scratch *scratch);

#endif
