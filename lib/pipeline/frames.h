/* The frames that a pipeline has to keep until their results come. */
#ifndef SEG_PIPELINE_FRAMES_H
#define SEG_PIPELINE_FRAMES_H

#include <segment/frame.h>
#include <segment/transform.h>

/** A kept frame with the mask of what is left out of it. */
typedef struct seg_kept_frame {
    seg_frame frame; /* what seg_pipeline_described gives */
    seg_image
        ignore; /* left out: the frame's own mask, region and mask of the pipeline; or empty */
    seg_transform motion;                      /* from where the method saw it to the frame */
    seg_image own_ignore, own_image, own_luma; /* storage for copies of borrowed memory */
} seg_kept_frame;

/** First in, first out. */
typedef struct seg_frame_queue {
    seg_kept_frame *items;
    int32_t capacity, first, count;
} seg_frame_queue;

SEG_NODISCARD seg_status seg_frame_queue_init(seg_frame_queue *queue, int32_t capacity,
                                              const seg_env *env);

/** The place for the next frame, which is not in the queue before seg_frame_queue_push. */
seg_kept_frame *seg_frame_queue_next(seg_frame_queue *queue);

/**
 * Fills `kept->frame`. With `copy`, pictures in memory without an owner are copied, since they need
 * not last; else they stay borrowed. Masks of the frame are not kept.
 */
SEG_NODISCARD seg_status seg_kept_frame_set(seg_kept_frame *kept, const seg_frame *frame, bool copy,
                                            const seg_env *env);

void seg_frame_queue_push(seg_frame_queue *queue);

/** The method sees another view from now on, whose map to the one before is `from`. */
void seg_frame_queue_move(seg_frame_queue *queue, const seg_transform *from);

/** Takes the oldest frame out; it stays valid until its place is the next one. NULL if empty. */
seg_kept_frame *seg_frame_queue_pop(seg_frame_queue *queue);

/** Drops all frames, keeps the storage. */
void seg_frame_queue_clear(seg_frame_queue *queue);

void seg_frame_queue_free(seg_frame_queue *queue, const seg_env *env);

#endif
