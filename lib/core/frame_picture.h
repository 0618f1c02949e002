/* What a method looks at. */
#ifndef SEG_CORE_FRAME_PICTURE_H
#define SEG_CORE_FRAME_PICTURE_H

#include <segment/frame.h>

/** The image, or the luma of a frame that has nothing else. */
static inline const seg_image *seg_frame_picture(const seg_frame *frame) {
    return seg_image_empty(&frame->image) ? &frame->luma : &frame->image;
}

#endif
