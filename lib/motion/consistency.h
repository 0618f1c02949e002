/* Forward and backward flow held against each other. */
#ifndef SEG_MOTION_CONSISTENCY_H
#define SEG_MOTION_CONSISTENCY_H

#include "imgproc/field.h"

/** `occluded` (U8) and `confidence` (F32, 0 .. 1), either may be NULL, of the flow u, v, where
 *  back_u, back_v is the flow of the other direction. `left_out` (may be NULL): non-zero rows of
 *  bytes, `width` apart, where neither tells anything. */
SEG_NODISCARD seg_status seg_flow_consistency(seg_image *occluded, seg_image *confidence,
                                              const seg_field *u, const seg_field *v,
                                              const seg_field *back_u, const seg_field *back_v,
                                              const uint8_t *left_out, const seg_env *env);

#endif
