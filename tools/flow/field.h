/* What segment-flow does to the pixels of a field, and to those of the frames beside it. */
#ifndef TOOLS_FLOW_FIELD_H
#define TOOLS_FLOW_FIELD_H

#include <segment/motion.h>

/** Makes the flow unknown where a mask is not 0. */
void field_hide(seg_image *flow, const seg_image *mask);

/** Another unit: a field and its numbers times `factor`. What moves stays what moves: its bound is
 *  0.5 pixels per frame, in which fields are found and measured. Unknown flow stays as it is. */
void field_scale(seg_image *flow, seg_flow_numbers *numbers, double factor);

/** |first - warped| into `picture`, 0 where `inside` is. */
SEG_NODISCARD seg_status field_residual(seg_image *picture, const seg_image *first,
                                        const seg_image *warped, const seg_image *inside,
                                        const seg_env *env);

/** Mean difference of samples in 8-bit levels, where `inside` is not 0; 0 if that is nowhere. */
double field_difference(const seg_image *a, const seg_image *b, const seg_image *inside);

/** Share of the pixels of a mask that are not 0. */
double field_share(const seg_image *mask);

#endif
