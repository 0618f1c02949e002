/* Frames: references and time. */
#include <segment/frame.h>

void seg_frame_unref(seg_frame *frame) {
    if (!frame) return;
    seg_image_unref(&frame->image);
    seg_image_unref(&frame->luma);
    seg_image_unref(&frame->ignore);
    seg_image_unref(&frame->known_foreground);
    seg_image_unref(&frame->markers);
    *frame = (seg_frame){0};
}

seg_frame seg_frame_ref(const seg_frame *frame) {
    seg_frame second = *frame;
    second.image = seg_image_ref(&frame->image);
    second.luma = seg_image_ref(&frame->luma);
    second.ignore = seg_image_ref(&frame->ignore);
    second.known_foreground = seg_image_ref(&frame->known_foreground);
    second.markers = seg_image_ref(&frame->markers);
    return second;
}

double seg_frame_seconds(const seg_frame *frame) {
    if (frame->pts == SEG_NO_PTS || frame->time_base.num <= 0 || frame->time_base.den <= 0)
        return -1.0;
    return (double)frame->pts * frame->time_base.num / frame->time_base.den;
}
