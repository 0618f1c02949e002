/* Dither that is spread evenly over time and pixels, the same in every run. */
#ifndef SEG_TEMPORAL_DITHER_H
#define SEG_TEMPORAL_DITHER_H

#include <stdint.h>

/** Noise of a row, all rows alike: seg_dither_offset tells them apart. */
void seg_dither_pattern(uint16_t *pattern, int32_t width);

/** What row y adds to the pattern (mod 2^16) at a step: a golden-ratio sequence for each pixel. */
static inline uint16_t seg_dither_offset(int64_t step, int32_t y) {
    /* 40503 / 65536 is near the golden ratio; rows start at unlike places */
    return (uint16_t)((uint32_t)step * 40503u + ((uint32_t)y * 2654435769u >> 16));
}

#endif
