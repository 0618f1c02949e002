/* The last passes over a result: what is left out is cleared, objects are filtered, masks are
 * derived from labels. */
#ifndef SEG_PIPELINE_FINISH_H
#define SEG_PIPELINE_FINISH_H

#include "core/memory.h"
#include <segment/objects.h>

/** mask, labels and score become 0 where `ignore` is not 0. */
SEG_NODISCARD seg_status seg_result_leave_out(seg_result *result, const seg_image *ignore,
                                              const seg_env *env);

/** result->mask = 255 where result->labels > 0. */
SEG_NODISCARD seg_status seg_result_derive_mask(seg_result *result, const seg_env *env);

/** Removes the objects that do not pass from the list, from the labels, and from the mask if the
 *  labels are its components (`masked`); ids stay. */
SEG_NODISCARD seg_status seg_result_keep(seg_result *result, const seg_keep *keep, bool masked,
                                         seg_scratch *scratch, const seg_env *env);

#endif
