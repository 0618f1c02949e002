/* The lists of a sample, and pictures in working memory. */
#ifndef SEG_AUGMENT_SAMPLE_H
#define SEG_AUGMENT_SAMPLE_H

#include "core/memory.h"
#include <segment/augment.h>

/** Makes room for `more` items of a list, counted in items. */
SEG_NODISCARD seg_status seg_sample_room_points(seg_sample *sample, int32_t more);
SEG_NODISCARD seg_status seg_sample_room_corners(seg_sample *sample, int32_t more);
SEG_NODISCARD seg_status seg_sample_room_runs(seg_sample *sample, int32_t more);

/** Appends a copy of object `index` of another sample, with all that belongs to it. */
SEG_NODISCARD seg_status seg_sample_append_object(seg_sample *target, const seg_sample *source,
                                                  int32_t index);

/** Makes a picture one of a size, with the samples and colour of `like`: reused if it fits, else
 *  allocated anew. */
SEG_NODISCARD seg_status seg_image_take(seg_image *target, int32_t width, int32_t height,
                                        const seg_image *like, const seg_env *env);

/** The same pixels in a picture that may be replaced: reused if it fits, else allocated anew. */
SEG_NODISCARD seg_status seg_image_take_copy(seg_image *target, const seg_image *source,
                                             const seg_env *env);

/** Run lengths of the non-zero pixels of a U8 mask, appended to the object last appended. */
SEG_NODISCARD seg_status seg_sample_add_mask(seg_sample *sample, const seg_image *mask);

/** Draws runs of a picture of the mask's size: 255 on what they cover, else 0. */
void seg_runs_draw(const seg_image *mask, const uint32_t *runs, int32_t count);

#endif
