/* Parts of pictures that are hidden, or taken from a partner. */
#ifndef SEG_AUGMENT_REGIONS_H
#define SEG_AUGMENT_REGIONS_H

#include "augment/step.h"

/** Nothing of the picture is hidden yet: U8 of its size, all 0. */
SEG_NODISCARD seg_status seg_hide_nothing(seg_image *hidden, seg_augment_step *step);

/** Hides columns x .. end - 1 of rows y .. bottom - 1, as far as the picture goes. */
void seg_hide_rect(const seg_image *hidden, int64_t x, int64_t y, int64_t end, int64_t bottom);

/** Fills what is hidden with `value` of 0 .. 255, or with noise; objects of which too little is
 * seen are dropped. */
SEG_NODISCARD seg_status seg_hide_fill(seg_augment_step *step, const seg_image *hidden,
                                       double value, bool noise);

/** Names of the option `fill`: a value, noise. */
extern const char *const seg_fill_names[];

/** Draws a partner that carries the same kinds of labels. */
SEG_NODISCARD seg_status seg_mix_partner(seg_augment_step *step, int32_t which,
                                         seg_sample **partner);

/** Puts that part of the partner, brought to the size of the sample, in its place there: pixels,
 *  labels, and its share of the classes. */
SEG_NODISCARD seg_status seg_mix_rect(seg_augment_step *step, const seg_sample *partner,
                                      seg_rect rect);

#endif
