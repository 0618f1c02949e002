/* Pictures of any depth as 16-bit samples, so that the same picture gives the same segmentation. */
#ifndef SEG_IMGPROC_SAMPLES_H
#define SEG_IMGPROC_SAMPLES_H

#include "core/memory.h"
#include <segment/image.h>

/** Row y with samples of 0 .. 65535: the picture's own, or converted into `room`, which has space
 *  for a row of them. Rounded as seg_convert does; alpha stays. */
const uint16_t *seg_row16(uint16_t *room, const seg_image *picture, int32_t y);

/** Colours of a pixel: 1 for 1 and 2 channels, 3 for 3 and 4. */
static inline int32_t seg_colours(const seg_image *picture) {
    return picture->channels < 3 ? 1 : 3;
}

/** An uninitialised picture of the size of `like` whose pixels are scratch. */
SEG_NODISCARD seg_status seg_scratch_image(seg_image *image, const seg_image *like,
                                           seg_format format, int channels, seg_scratch *scratch);

/** The picture as whole numbers: itself (borrowed), or f32 as 16 bits in scratch. */
SEG_NODISCARD seg_status seg_picture_whole(seg_image *whole, const seg_image *picture,
                                           seg_scratch *scratch);

/** `blocked` = non-zero where a pixel takes no part: it is ignored, or a colour of f32 is not
 *  finite. Empty if there is no such mask; a borrowed header of `ignore`, or scratch. */
SEG_NODISCARD seg_status seg_picture_blocked(seg_image *blocked, const seg_image *picture,
                                             const seg_image *ignore, seg_scratch *scratch);

#endif
