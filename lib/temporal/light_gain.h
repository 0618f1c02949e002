/* Light that changes for the whole picture: how much brighter one frame is than another. */
#ifndef SEG_TEMPORAL_LIGHT_GAIN_H
#define SEG_TEMPORAL_LIGHT_GAIN_H

#include "core/memory.h"
#include <segment/image.h>

#define SEG_LIGHT_GAIN_ONE 1024

/**
 * The median of to / from over the pixels that are neither dark nor bright to the full in either:
 * whatever less than half of the picture does has little say. In 1/1024, up to 4; exactly 1 where
 * it is within 1/100 of it, or where no pixel can tell. Pictures of one channel, u8 or u16, of one
 * size and format; what `left_out` (may be NULL) marks does not vote. Room comes from `scratch`.
 */
SEG_NODISCARD seg_status seg_light_gain(uint32_t *gain, const seg_image *from, const seg_image *to,
                                        const seg_image *left_out, seg_scratch *scratch);

/** out = row times gain, rounded, at most the full scale. `full` below 256: samples are u8. */
void seg_light_scale_row(void *out, const void *row, uint32_t gain, uint32_t full, int32_t width);

#endif
