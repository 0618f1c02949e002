/* What moves, brought from the small grid to the pixels of a result. */
#ifndef SEG_MOTION_MOVING_RESULT_H
#define SEG_MOTION_MOVING_RESULT_H

#include "motion/moving_objects.h"
#include <segment/method.h>

/** An answer on the grid, and the picture that it is of. */
typedef struct seg_moving_answer {
    const seg_moving *moving;
    const seg_moving_objects *objects;
    const seg_moving_flow *flow; /* NULL = unknown */
    double sign;                 /* of the flow: -1 where the neighbour is the frame before */
    int32_t side;                /* pixels of the picture along a pixel of the grid */
    int32_t width, height;       /* of the picture */
    const seg_image *left_out;   /* U8, non-zero = no object; empty = nothing */
} seg_moving_answer;

/** Fills what is wanted of result->mask, labels, score and flow. */
SEG_NODISCARD seg_status seg_moving_write(const seg_moving_answer *answer, uint32_t wanted,
                                          seg_result *result, seg_scratch *scratch,
                                          const seg_env *env);

#endif
