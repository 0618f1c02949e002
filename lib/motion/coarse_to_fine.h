/* Coarse to fine: what the methods that work level by level have in common. */
#ifndef SEG_MOTION_COARSE_TO_FINE_H
#define SEG_MOTION_COARSE_TO_FINE_H

#include "motion/flow_method.h"

/** A level. u and v hold the flow found on the coarser one at this size (0 on the coarsest) and get
 *  this one's. The room around the pictures is filled, that around the flow is anything. What a
 *  method takes of `scratch` is given back after the level. */
typedef struct seg_flow_level {
    const seg_field *first, *second, *u, *v;
    seg_scratch *scratch;
    const seg_env *env;
} seg_flow_level;

typedef struct seg_flow_descent {
    double factor;    /* of the pyramid */
    double presmooth; /* sigma of the blur of both pictures, pixels; 0 = none */
    int32_t halvings; /* of the picture until the finest level, 0 .. 2 */
    int32_t least;    /* pixels of the coarsest level's shorter side */
    seg_status (*visit)(const seg_flow_level *level, const void *options);
} seg_flow_descent;

/** Visits the levels from the coarsest to the finest; with a start only the finer ones. The result
 *  is at the size of the job. A single pixel does not move. */
SEG_NODISCARD seg_status seg_flow_descend(const seg_flow_job *job, const seg_flow_descent *how);

/** The second picture brought back along the flow: mean of it and the first, their difference, and
 *  where it is inside (1, else 0). */
SEG_NODISCARD seg_status seg_flow_bring_back(const seg_field *mean, const seg_field *difference,
                                             const seg_field *inside, const seg_flow_level *level);

/** (u, v) at another size, in pixels of that size. */
SEG_NODISCARD seg_status seg_flow_resize(const seg_field *u, const seg_field *v,
                                         const seg_field *from_u, const seg_field *from_v,
                                         seg_scratch *scratch, const seg_env *env);

/** (u, v) = the other flow, in bands. */
SEG_NODISCARD seg_status seg_flow_copy(const seg_field *u, const seg_field *v,
                                       const seg_field *from_u, const seg_field *from_v,
                                       const seg_env *env);

/** 5 x 5 median of u and v, whose room beside the rows repeats the border, into others. `rows`:
 * five for each worker, of the width's next multiple of 16 and the room of fields on both sides. */
SEG_NODISCARD seg_status seg_flow_median_to(const seg_field *to_u, const seg_field *to_v,
                                            const seg_field *u, const seg_field *v, float *rows,
                                            const seg_env *env);

/** The same in place; the room need not be filled. */
SEG_NODISCARD seg_status seg_flow_median_5(const seg_field *u, const seg_field *v,
                                           seg_scratch *scratch, const seg_env *env);

#endif
