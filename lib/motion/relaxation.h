/*
 * Fields cut into their even and odd columns, and the relaxation of the linear system on them. A
 * pixel is red where row and column are both even or both odd: red pixels have black neighbours
 * only, and the reds of a row lie side by side, so that all of a colour can be renewed at once, in
 * any order.
 */
#ifndef SEG_MOTION_RELAXATION_H
#define SEG_MOTION_RELAXATION_H

#include "kernels/flow.h"
#include "motion/flow_method.h"

/** A field's even columns, and its odd ones. Beyond the border there is 0. */
typedef struct seg_halves {
    seg_field half[2];
} seg_halves;

/** Columns of each half. */
static inline int32_t seg_half_width(int32_t width, int odd) {
    return odd ? width / 2 : (width + 1) / 2;
}

/** `count` fields in halves, of working memory. */
SEG_NODISCARD seg_status seg_halves_take(seg_halves *halves, int32_t count, int32_t width,
                                         int32_t height, seg_scratch *scratch);

/** The same memory for a smaller field; its border and what is beyond are 0. */
seg_halves seg_halves_reshape(const seg_halves *halves, int32_t width, int32_t height);

/** The linear system: blocks, unknowns and the weights between a pixel and the ones to its right
 *  and below it. */
typedef struct seg_flow_system {
    int32_t width, height;
    seg_halves block[5]; /* i11, i12, i22, bu, bv: seg_flow_block */
    seg_halves u, v;
    seg_halves right, below; /* weights; not used if `even` */
    bool even;               /* all weights are 1 */
} seg_flow_system;

/** Weights of the pixels of one half of row y: left, right, above, below. */
void seg_flow_system_weights(const float *weights[4], const seg_flow_system *system, int32_t y,
                             int odd);

/** `sweeps` times: the red pixels, then the black ones. */
SEG_NODISCARD seg_status seg_flow_relax(const seg_flow_system *system, int32_t sweeps, double omega,
                                        const seg_env *env);

#endif
