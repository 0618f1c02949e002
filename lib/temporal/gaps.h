/*
 * Gaps in objects: where weak differences count.
 *
 * Two thresholds as in J. Canny, "A computational approach to edge detection", IEEE Trans. PAMI
 * 8(6), 1986, section V, for regions: a weak difference is no noise if there are strong ones
 * around.
 */
#ifndef SEG_TEMPORAL_GAPS_H
#define SEG_TEMPORAL_GAPS_H

#include "core/memory.h"
#include <segment/image.h>

/**
 * 255 between two pixels of one component (4-connected) in its row or its column, with none of
 * another one in between, else 0. `gaps` has rows of `pitch` bytes, 0 behind the width of `mask`
 * (U8).
 */
SEG_NODISCARD seg_status seg_gaps_find(uint8_t *gaps, size_t pitch, const seg_image *mask,
                                       seg_scratch *scratch);

#endif
