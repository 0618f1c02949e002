/* Fields at other sizes, and pyramids of them. */
#ifndef SEG_IMGPROC_PYRAMID_H
#define SEG_IMGPROC_PYRAMID_H

#include "imgproc/field.h"

#define SEG_PYRAMID_LEVELS 32

/** Sizes of the levels from the finest (0) to the coarsest, each `factor` times the one before. */
typedef struct seg_pyramid {
    int32_t levels;
    int32_t width[SEG_PYRAMID_LEVELS], height[SEG_PYRAMID_LEVELS];
} seg_pyramid;

/** Levels down to `factor` (1/4 .. 0.95) times the one before, while the shorter side is at least
 *  `least` pixels; the finest one is always there. */
void seg_pyramid_plan(seg_pyramid *pyramid, int32_t width, int32_t height, double factor,
                      int32_t least);

/**
 * `source` at the size of `target`, which is 1/4 .. 1 of it: each pixel a mean of what lies under
 * it, weighted by a Gaussian of sigma 0.6 sqrt(1 / factor^2 - 1) pixels (E. Meinhardt-Llopis, J.
 * Sanchez, D. Kondermann, "Horn-Schunck optical flow with a multi-scale strategy", IPOL 3, 2013).
 * The room around `target` is filled. Memory comes from `scratch`.
 */
SEG_NODISCARD seg_status seg_field_shrink(const seg_field *target, const seg_field *source,
                                          seg_scratch *scratch, const seg_env *env);

/** `source` at the size of `target` by Catmull-Rom's cubic, times `gain`. */
SEG_NODISCARD seg_status seg_field_enlarge(const seg_field *target, const seg_field *source,
                                           float gain, seg_scratch *scratch, const seg_env *env);

/** The same by straight lines: faster, and smooth enough where much is added. */
SEG_NODISCARD seg_status seg_field_stretch(const seg_field *target, const seg_field *source,
                                           float gain, seg_scratch *scratch, const seg_env *env);

/** `target`, half as large (rounded up), each pixel the mean of the 2 x 2 under it; fills the room
 * as well. The room of `source` is filled. */
SEG_NODISCARD seg_status seg_field_halve(const seg_field *target, const seg_field *source,
                                         const seg_env *env);

/** Gaussian blur of that sigma (0 < sigma <= 4), borders repeated; fills the room as well. */
SEG_NODISCARD seg_status seg_field_blur(const seg_field *target, const seg_field *source,
                                        double sigma, seg_scratch *scratch, const seg_env *env);

/** The levels of a plan: the finest is `picture`, blurred by sigma `presmooth` if that is above 0,
 * at the plan's size; each other one is the one before, shrunk. All have their room filled. */
SEG_NODISCARD seg_status seg_pyramid_build(seg_field *levels, const seg_field *picture,
                                           const seg_pyramid *plan, double presmooth,
                                           seg_scratch *scratch, const seg_env *env);

#endif
