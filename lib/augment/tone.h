/* Curves: each sample of the colours becomes a function of itself. */
#ifndef SEG_AUGMENT_TONE_H
#define SEG_AUGMENT_TONE_H

#include "augment/step.h"
#include "imgproc/row_levels.h"

/** What a level of 0 .. 1 becomes in colour channel c; cut to 0 .. 1 by the caller. */
typedef double (*seg_curve)(const void *user, double level, int32_t channel);

/** Applies a curve to the colours; alpha is copied. f32 is taken as 0 .. 1, and what is not finite
 *  gives 0. Whole numbers go through tables. */
SEG_NODISCARD seg_status seg_tone_apply(seg_augment_step *step, const seg_image *target,
                                        const seg_image *source, seg_curve curve, const void *user);

#endif
