/* A sample as people look at it: the picture with its labels drawn on it. */
#ifndef TOOLS_AUGMENT_DRAW_H
#define TOOLS_AUGMENT_DRAW_H

#include <segment/augment.h>

/** RGB of 8 bits, made anew: masks tinted, outlines, boxes, key points, in the colours of their
 *  classes (of objects by `instances`, of their numbers). Pixels of the class `ignore` stay. */
SEG_NODISCARD seg_status draw_sample(seg_image *drawn, const seg_sample *sample, int32_t ignore);

#endif
