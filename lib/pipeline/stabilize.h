/* Frames of a camera that shakes or travels, brought to where it looked first, or to a view that
 * follows it; results brought back. */
#ifndef SEG_PIPELINE_STABILIZE_H
#define SEG_PIPELINE_STABILIZE_H

#include "core/memory.h"
#include <segment/frame.h>
#include <segment/method.h>
#include <segment/result.h>
#include <segment/transform.h>

typedef struct seg_stabilizer {
    seg_register_options options;
    seg_env env; /* without progress: frames are not left half done */
    seg_scratch scratch;
    seg_image reference; /* grey, 16 bits: a slow mean of what was brought to its place; empty
                            before the first frame */
    seg_image unseen;    /* U8: 255 where no frame has shown the reference; empty before a move */
    seg_transform view;  /* from the first frame's view to that of the reference */
    seg_transform last;  /* from the reference to the frame */
    bool found;          /* so was the motion of the frame at hand */
    bool far;            /* ... and far from that of the frame before */
    int32_t jumps;       /* so many frames in a row were, before this one; at most SETTLED */
    /* working pictures: grey, the same in 16 bits, that in place, mean to be; what the method gets;
       results */
    seg_image grey, wide, placed, mean, image, luma, ignore, known, back;
} seg_stabilizer;

/** NULL out of memory. `model` is a seg_transform_model. */
seg_stabilizer *seg_stabilizer_create(int32_t model, const seg_env *env);
void seg_stabilizer_free(seg_stabilizer *stabilizer);
/** The next frame is the first. */
void seg_stabilizer_reset(seg_stabilizer *stabilizer);

/**
 * A frame comes: finds how the camera moved. `motion` leads from the reference to the frame; where
 * nothing can be found, or what is found holds for too little of the picture, it is that of the
 * frame before.
 */
SEG_NODISCARD seg_status seg_stabilizer_find(seg_stabilizer *stabilizer, const seg_frame *frame,
                                             seg_transform *motion);

/** True if the frame shows so much else than the reference that the view is to move: by whole
 * pixels, where that is enough. A jump is followed once a frame is near the one before, or many in
 * a row were not. `from` gets the map from the new view to the present one. */
bool seg_stabilizer_strays(const seg_stabilizer *stabilizer, const seg_transform *motion,
                           seg_transform *from);

/** Moves the reference and the model of `context` there; `motion` then leads from the new view.
 * What fails moves neither. */
SEG_NODISCARD seg_status seg_stabilizer_move(seg_stabilizer *stabilizer, seg_context *context,
                                             const seg_transform *from, seg_transform *motion);

/**
 * Puts the pictures and masks of the frame in place: borrowed, until the next call. What the frame
 * does not show is added to frame->ignore. Nothing is learnt before seg_stabilizer_learn.
 */
SEG_NODISCARD seg_status seg_stabilizer_place(seg_stabilizer *stabilizer, seg_frame *frame,
                                              const seg_transform *motion);

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
