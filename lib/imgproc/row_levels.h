/* Rows of any picture as levels of full scale 1, for what computes in floats. */
#ifndef SEG_IMGPROC_ROW_LEVELS_H
#define SEG_IMGPROC_ROW_LEVELS_H

#include <segment/image.h>

/** Channels that are colours: the last of 2 and 4 is alpha. */
static inline int32_t seg_colour_channels(const seg_image *picture) {
    return picture->channels - (picture->channels % 2 == 0);
}

/** A row as levels of 0 .. 1 (f32 as it is, what is not finite as 0), and back, cut and rounded. */
void seg_row_levels(float *levels, const seg_image *picture, int32_t y);
void seg_row_store(const seg_image *picture, int32_t y, const float *levels);

#endif
