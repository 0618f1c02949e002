/*
 * Which of two layers that meet is in front: evidence of what the one hides of the other, gathered
 * from frame to frame. Works on the small grid of moving.h; layers are what is still, 0, and
 * objects by their ids.
 */
#ifndef SEG_MOTION_DEPTH_ORDER_H
#define SEG_MOTION_DEPTH_ORDER_H

#include "motion/moving_objects.h"

/** Two layers that have met. */
typedef struct seg_depth_pair {
    int32_t a, b; /* ids, a < b */
    float lead;   /* votes for a in front - votes for b */
    float votes;
} seg_depth_pair;

/** Motions of an object, and of what is still around it: to the frame before and the next one. */
typedef struct seg_depth_layer {
    seg_motion own[2], around[2];
    seg_rect box;
} seg_depth_layer;

/** Zero-initialise. */
typedef struct seg_depth_order {
    seg_depth_pair *pairs; /* ascending */
    int32_t count, capacity;
    seg_depth_layer *layers; /* working memory */
    int32_t layer_capacity;
    const seg_allocator *allocator;
} seg_depth_order;

SEG_NODISCARD seg_status seg_depth_order_bind(seg_depth_order *order, const seg_env *env);
void seg_depth_order_free(seg_depth_order *order, const seg_env *env);

/** What a frame says whose `objects` are known: `ways` lead from it to the frame before and to the
 * next one. `frame` tells what takes no part. */
SEG_NODISCARD seg_status seg_depth_order_watch(seg_depth_order *order,
                                               const seg_moving_objects *objects,
                                               const seg_moving_frame *frame,
                                               const seg_moving_flow ways[2], const seg_env *env);

/** Forgets the objects that are gone. */
SEG_NODISCARD seg_status seg_depth_order_keep(seg_depth_order *order,
                                              const seg_moving_objects *objects,
                                              seg_scratch *scratch);

/** 1 = a is in front, -1 = b is, 0 = the votes do not tell. */
int seg_depth_pair_front(const seg_depth_pair *pair);

#endif
