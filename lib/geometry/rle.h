/* Run lengths from the places where a mask turns on and off. */
#ifndef SEG_GEOMETRY_RLE_H
#define SEG_GEOMETRY_RLE_H

#include <segment/geometry.h>

/** An empty list for a picture of width x height. SEG_ERROR_LIMIT if places do not fit 32 bits. */
SEG_NODISCARD seg_status seg_rle_begin(seg_rle *rle, int32_t width, int32_t height);

/**
 * The shortest list whose mask turns at `turns`: ascending places in column order, at most width *
 * height; two that are equal cancel. `turns` is used up.
 */
SEG_NODISCARD seg_status seg_rle_from_turns(seg_rle *rle, uint32_t *turns, int32_t count,
                                            const seg_env *env);

#endif
