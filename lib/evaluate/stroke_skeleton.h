/* The skeleton that stroke weights are measured from. */
#ifndef SEG_EVALUATE_STROKE_SKELETON_H
#define SEG_EVALUATE_STROKE_SKELETON_H

#include <segment/imgproc.h>

/** Lines of the components of `mask` (U8 0/255), each with a pixel at least: 0 or 255 in `skeleton`
 *  (U8, ensured, not `mask`). `labels` and `components` are those of seg_components. With `framed`
 *  the outermost pixels of the picture are no part of the mask.
 *  S.-W. Lee and Y.-J. Chen, "Recognition of handwritten Chinese characters via short line
 *  segments", Pattern Recognition 25(5), 1992, without the tracing of curves. */
SEG_NODISCARD seg_status seg_stroke_skeleton(seg_image *skeleton, const seg_image *mask,
                                             const seg_image *labels,
                                             const seg_component *components, int32_t count,
                                             bool framed, const seg_env *env);

#endif
