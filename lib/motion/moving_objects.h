/*
 * Objects of what moves: regions that follow one affine motion, and who they were before. Works on
 * the small grid of moving.h.
 */
#ifndef SEG_MOTION_MOVING_OBJECTS_H
#define SEG_MOTION_MOVING_OBJECTS_H

#include "motion/fit_rooms.h"
#include "motion/moving.h"

/** Zero-initialise. */
typedef struct seg_moving_objects {
    int32_t width, height;
    int32_t *labels; /* of each pixel of the last frame, 1 .. count, 0 = none; rows without gaps */
    int32_t last_id; /* given so far */
    bool carried;    /* `labels` is of the frame before */
    int32_t *items;  /* ids of the labels */
    int32_t count, capacity;
    seg_fit_rooms rooms;
    const seg_allocator *allocator;
} seg_moving_objects;

SEG_NODISCARD seg_status seg_moving_objects_bind(seg_moving_objects *objects, int32_t width,
                                                 int32_t height, const seg_env *env);
void seg_moving_objects_reset(seg_moving_objects *objects);
void seg_moving_objects_free(seg_moving_objects *objects, const seg_env *env);

/** Objects of the frame at hand: of at least `least` pixels where moving->mean is above 0. `flow`
 *  and `dominant` are NULL where there is no flow; regions are then not parted by their motions. */
SEG_NODISCARD seg_status seg_moving_objects_find(seg_moving_objects *objects,
                                                 const seg_moving *moving,
                                                 const seg_moving_flow *flow,
                                                 const seg_motion *dominant, int32_t least,
                                                 seg_scratch *scratch, const seg_env *env);

#endif
