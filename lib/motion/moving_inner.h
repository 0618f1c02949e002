/* What the parts of moving.c share: colours (moving_colours.c) and evidence (moving_evidence.c). */
#ifndef SEG_MOTION_MOVING_INNER_H
#define SEG_MOTION_MOVING_INNER_H

#include "motion/moving.h"
#include "motion/spot.h"

#define SEG_MOVING_BAND 16 /* rows */

static inline float seg_clamp_float(float value, float most) {
    value = value < -most ? -most : value;
    return value > most ? most : value;
}

/** Whether the neighbour's flow leads back to where the pixel is: N. Sundaram, T. Brox, K. Keutzer,
 * ECCV 2010. What the neighbour does not show has no flow, only that of its surroundings. `to` is
 * where its own flow leads. */
static inline bool seg_moving_shown(seg_spot *to, const seg_moving_way *way, ptrdiff_t stride,
                                    int32_t width, int32_t height, int32_t x, int32_t y) {
    const ptrdiff_t at = (ptrdiff_t)y * stride + x;
    const float u = way->u[at], v = way->v[at];
    const float to_x = (float)x + u, to_y = (float)y + v;
    if (!(to_x > -1 && to_y > -1 && to_x < (float)width && to_y < (float)height)) return false;
    *to = seg_spot_at(width, height, to_x, to_y);
    const float ru = seg_spot_value(way->return_u, stride, to);
    const float rv = seg_spot_value(way->return_v, stride, to);
    const float error = (u + ru) * (u + ru) + (v + rv) * (v + rv);
    return error < 0.01f * (u * u + v * v + ru * ru + rv * rv) + 0.5f;
}

/** Log-odds of each colour, to moving->colour_odds: how much more often it moves than it stands
 * still, by SEG_MOVING_COLOURS weights of either. */
void seg_moving_find_colour_odds(seg_moving *moving, const float *moving_bins,
                                 const float *still_bins);

/** The frame's colours on top of what moving->..._colours keep of those before, by how far each
 * pixel moves. */
void seg_moving_add_colours(float *moving_bins, float *still_bins, const seg_moving *moving,
                            const seg_moving_frame *frame);

/** To moving->evidence: what the flow to a neighbour says, and that to the other one (`also`, NULL
 * = none). `found` is of `flow`; `prior`: log-odds of moving, NULL = nothing known. Uses
 * moving->mean as room. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_moving_weigh(seg_moving *moving, seg_dominant *found,
                                          const seg_moving_frame *frame,
                                          const seg_moving_flow *flow, const seg_moving_flow *also,
                                          const float *prior, const seg_moving_rules *rules,
                                          seg_scratch *scratch, const seg_env *env);

#endif
