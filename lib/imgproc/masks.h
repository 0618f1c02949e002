/* Small things done to whole masks. */
#ifndef SEG_IMGPROC_MASKS_H
#define SEG_IMGPROC_MASKS_H

#include <segment/image.h>

/** All samples to 0. An empty image is left alone. */
void seg_image_clear(const seg_image *image);

/** `ignore` leaves out what `more` leaves out as well. Both U8 of one size; `more` may be empty. */
void seg_ignore_add(const seg_image *ignore, const seg_image *more);

/** `ignore` leaves out all that is not in `roi`, which lies inside. */
void seg_ignore_outside(const seg_image *ignore, seg_rect roi);

#endif
