/* The grey picture of a frame, without a copy where there is one already. */
#include "imgproc/input.h"

#include "core/check.h"
#include "imgproc/still_method.h"
#include <segment/imgproc.h>

static seg_image borrowed(const seg_image *image) {
    seg_image header = *image;
    header.owner = NULL;
    return header;
}

seg_status seg_picture_grey(seg_image *grey, seg_image *scratch, const seg_image *picture,
                            const seg_env *env) {
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (picture->channels == 1) {
        *grey = borrowed(picture);
        return SEG_OK;
    }
    SEG_TRY(seg_image_reuse(scratch, picture->width, picture->height, (seg_format)picture->format,
                            1, env));
    SEG_TRY(seg_to_grey(scratch, picture, env));
    *grey = borrowed(scratch);
    return SEG_OK;
}

seg_status seg_input_grey(seg_image *grey, seg_image *scratch, const seg_frame *frame,
                          const seg_env *env) {
    if (!frame) return seg_fail(SEG_ERROR_ARGUMENT, "frame is missing (NULL)");
    if (seg_image_empty(&frame->luma)) return seg_picture_grey(grey, scratch, &frame->image, env);
    SEG_TRY(seg_check_image(&frame->luma, "luma", SEG_ANY_PICTURE, SEG_CHANNELS_1));
    *grey = borrowed(&frame->luma);
    return SEG_OK;
}
