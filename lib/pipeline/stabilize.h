/* Frames of a camera that shakes, brought to where it looked at first; results brought back. */
#ifndef SEG_PIPELINE_STABILIZE_H
#define SEG_PIPELINE_STABILIZE_H

#include "core/memory.h"
#include <segment/frame.h>
#include <segment/result.h>
#include <segment/transform.h>

typedef struct seg_stabilizer {
    seg_register_options options;
    seg_env env; /* without progress: frames are not left half done */
    seg_scratch scratch;
    seg_image reference; /* grey, 16 bits: a slow mean of what was brought to its place; empty
                            before the first frame */
    seg_transform last;  /* from the reference to the frame */
    /* working pictures: grey, in place, mean to be, 16 bits; what the method gets; results */
    seg_image grey, placed, mean, wide, image, luma, ignore, known, back;
} seg_stabilizer;

/** NULL out of memory. `model` is a seg_transform_model. */
seg_stabilizer *seg_stabilizer_create(int32_t model, const seg_env *env);
void seg_stabilizer_free(seg_stabilizer *stabilizer);
/** The next frame is the first. */
void seg_stabilizer_reset(seg_stabilizer *stabilizer);

/**
 * Finds how the camera moved and puts the frame's pictures and masks in place: borrowed, until the
 * next call. `motion` leads from the reference to the frame; where nothing can be found it is that
 * of the frame before. What the frame does not show is added to frame->ignore. Nothing is learnt
 * before seg_stabilizer_learn.
 */
SEG_NODISCARD seg_status seg_stabilizer_place(seg_stabilizer *stabilizer, seg_frame *frame,
                                              seg_transform *motion);

/** The method took the frame that was placed last. */
void seg_stabilizer_learn(seg_stabilizer *stabilizer, const seg_transform *motion);

/** Brings a result to where the frame is; what the reference does not show is 0. */
SEG_NODISCARD seg_status seg_stabilizer_return(seg_stabilizer *stabilizer, seg_result *result,
                                               const seg_transform *motion);

/** As seg_tracker_save and _load. */
SEG_NODISCARD seg_status seg_stabilizer_save(const seg_stabilizer *stabilizer, void *buffer,
                                             size_t *size);
SEG_NODISCARD seg_status seg_stabilizer_load(seg_stabilizer *stabilizer, const void *buffer,
                                             size_t size);

#endif
