/* The frames that a pipeline has to keep until their results come. */
#include "pipeline/frames.h"

#include "core/check.h"
#include "core/memory.h"
#include "imgproc/still_method.h"

seg_status seg_frame_queue_init(seg_frame_queue *queue, int32_t capacity, const seg_env *env) {
    *queue = (seg_frame_queue){.capacity = capacity};
    queue->items =
        seg_allocate_zeroed(env, (size_t)capacity, sizeof *queue->items, "list of kept frames");
    return queue->items ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_kept_frame *seg_frame_queue_next(seg_frame_queue *queue) {
    return &queue->items[(queue->first + queue->count) % queue->capacity];
}

/* A picture that lasts: a reference where there is an owner, else a copy in `own`. */
static seg_status keep_image(seg_image *kept, seg_image *own, const seg_image *image, bool copy,
                             const seg_env *env) {
    if (image->owner) {
        *kept = seg_image_ref(image);
        return SEG_OK;
    }
    if (seg_image_empty(image) || !copy) {
        *kept = *image;
        return SEG_OK;
    }
    SEG_TRY(seg_image_reuse(own, image->width, image->height, (seg_format)image->format,
                            image->channels, env));
    SEG_TRY(seg_image_copy(own, image, env));
    *kept = seg_image_ref(own);
    return SEG_OK;
}

seg_status seg_kept_frame_set(seg_kept_frame *kept, const seg_frame *frame, bool copy,
                              const seg_env *env) {
    seg_frame_unref(&kept->frame);
    kept->ignore = (seg_image){0};
    kept->frame = (seg_frame){.index = frame->index,
                              .pts = frame->pts,
                              .duration = frame->duration,
                              .time_base = frame->time_base,
                              .flags = frame->flags};
    SEG_TRY(keep_image(&kept->frame.image, &kept->own_image, &frame->image, copy, env));
    return keep_image(&kept->frame.luma, &kept->own_luma, &frame->luma, copy, env);
}

void seg_frame_queue_push(seg_frame_queue *queue) {
    queue->count++;
}

void seg_frame_queue_move(seg_frame_queue *queue, const seg_transform *from) {
    for (int32_t i = 0; i < queue->count; i++) {
        seg_transform *motion = &queue->items[(queue->first + i) % queue->capacity].motion;
        *motion = seg_transform_compose(motion, from);
    }
}

seg_kept_frame *seg_frame_queue_pop(seg_frame_queue *queue) {
    if (queue->count == 0) return NULL;
    seg_kept_frame *oldest = &queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    return oldest;
}

void seg_frame_queue_clear(seg_frame_queue *queue) {
    for (int32_t i = 0; i < queue->capacity; i++) {
        seg_frame_unref(&queue->items[i].frame);
        queue->items[i].ignore = (seg_image){0};
    }
    queue->first = queue->count = 0;
}

void seg_frame_queue_free(seg_frame_queue *queue, const seg_env *env) {
    if (!queue->items) return;
    seg_frame_queue_clear(queue);
    for (int32_t i = 0; i < queue->capacity; i++) {
        seg_image_unref(&queue->items[i].own_ignore);
        seg_image_unref(&queue->items[i].own_image);
        seg_image_unref(&queue->items[i].own_luma);
    }
    seg_release(env, queue->items);
    *queue = (seg_frame_queue){0};
}
