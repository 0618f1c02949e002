/* Histograms with working memory that is kept from frame to frame. */
#ifndef SEG_IMGPROC_HISTOGRAM_H
#define SEG_IMGPROC_HISTOGRAM_H

#include "core/memory.h"
#include <segment/image.h>

/** Bins that the histogram of a picture has: 256, 2^bits, or 65536. */
int32_t seg_histogram_size(const seg_image *source);

/** seg_histogram, its tables taken from `scratch`. */
SEG_NODISCARD seg_status seg_histogram_with(uint64_t *bins, int32_t size, const seg_image *source,
                                            const seg_image *ignore, seg_scratch *scratch,
                                            const seg_env *env);

#endif
