/* Measuring and following objects whose mask is at hand. */
#ifndef SEG_OBJECTS_MEASURE_H
#define SEG_OBJECTS_MEASURE_H

#include <segment/objects.h>

/** As seg_objects_measure. `mask` (NULL or empty: none) is 0 where there is no label, and a quarter
 *  of what there is to look through. */
SEG_NODISCARD seg_status seg_objects_measure_masked(seg_result *result, const seg_image *labels,
                                                    const seg_image *mask, const seg_image *picture,
                                                    const seg_env *env);

/** As seg_tracker_apply, with such a mask. */
SEG_NODISCARD seg_status seg_tracker_apply_masked(seg_tracker *tracker, seg_result *result,
                                                  const seg_image *mask);

#endif
