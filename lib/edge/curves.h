/* From a mask of thin edges to chains of points between the pixels. */
#ifndef SEG_EDGE_CURVES_H
#define SEG_EDGE_CURVES_H

#include "edge/slopes.h"
#include <segment/result.h>

/** Fills `curves` (emptied first; its memory is kept and comes from `allocator`) with the chains of
 *  the edges in `mask` (U8, non-zero = edge). `slopes` is prepared for the picture that they are
 *  of. Errors: SEG_ERROR_MEMORY, _LIMIT (more than 2^30 edge pixels). */
SEG_NODISCARD seg_status seg_edge_curves_trace(seg_edge_curves *curves, const seg_image *mask,
                                               const seg_slopes *slopes,
                                               const seg_allocator *allocator, seg_scratch *scratch,
                                               const seg_env *env);

#endif
