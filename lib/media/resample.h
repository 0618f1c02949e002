/* Another size for pictures. */
#ifndef SEG_MEDIA_RESAMPLE_H
#define SEG_MEDIA_RESAMPLE_H

#include <segment/image.h>

/**
 * `target` (ensured to width x height) gets `source` at another size: bilinear where it grows, a
 * triangle over all pixels that fall together where it shrinks (so nothing aliases). u8, u16 or
 * f32, 1-4 channels, alpha like any channel; bits and colour are kept. NaN and infinity count as 0.
 * Errors: SEG_ERROR_SHAPE, SEG_ERROR_UNSUPPORTED (labels), SEG_ERROR_LIMIT, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_resample(seg_image *target, const seg_image *source, int32_t width,
                                      int32_t height, const seg_env *env);

#endif
