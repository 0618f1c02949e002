/*
 * The loop over the frames of one input. With one thread each frame is decoded, processed and
 * written in turn; with more, the three steps overlap:
 *
 *     decode (own thread) --frames--> process (calling thread) --drawings--> write (own thread)
 *
 * Both queues are short, so memory does not grow with the length of the input, and a stage begins
 * only what it has a place for. Whoever fails makes the others stop; pictures travel back from the
 * writer to be drawn into again.
 */
#include "common/stages.h"
#include "common/cap.h"
#include "common/messages.h"
#include "common/queue.h"
#include "common/signals.h"
#include "common/text.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Enough to even out the pace of the stages. */
int32_t stages_waiting(const seg_stream_info *info, bool luma) {
    enum { MOST = 3, BYTES = 1 << 23 };
    int64_t bytes = (int64_t)info->width * info->height * (luma ? 1 : 4); /* RGB and luma */
    int64_t length = bytes > 0 ? BYTES / bytes : MOST;
    return length < MOST ? (int32_t)length : MOST;
}

/* What a read that gave no frame means for the work. */
static void note_end(work *target, seg_status status, const char *reason) {
    if (status == SEG_END) return;
    if (status == SEG_ERROR_TRUNCATED) {
        target->truncated = true;
        snprintf(target->error, sizeof target->error, "%s", reason);
        return;
    }
    work_fail(target, NULL, status);
}

/* Nothing more is read once enough is written. */
static seg_status read_frame(work *target, seg_frame *frame) {
    double start = clock_seconds();
    seg_status status = feed_read(&target->feed, frame);
    target->decode_seconds += clock_seconds() - start;
    return status == SEG_OK && cap_reached() ? SEG_ERROR_TRUNCATED : status;
}

/* Why a read gave no frame. */
static const char *reason_of(seg_status status) {
    const bool capped = status == SEG_ERROR_TRUNCATED && cap_reached();
    return capped ? "as much as --max-output allows is written" : message_reason(status);
}

static bool write_drawing(work *target, const drawing *drawn) {
    double start = clock_seconds();
    bool good =
        sink_write(target->sink, &drawn->picture, drawn->index, drawn->pts, drawn->duration);
    target->encode_seconds += clock_seconds() - start;
    return good;
}

/* ---- one thread ---- */

static bool write_now(void *user, drawing *drawn) {
    work *target = user;
    bool good = write_drawing(target, drawn);
    target->spare = drawn->picture;
    if (!good) work_fail_silently(target, "OUTPUT could not be written");
    return good;
}

void stages_run_alone(work *target) {
    seg_frame frame = {0};
    bool good = true;
    while (good) {
        if (signals_received()) target->stopped = true;
        if (target->stopped) break;
        seg_status status = read_frame(target, &frame);
        if (status != SEG_OK) {
            note_end(target, status, reason_of(status));
            break;
        }
        good = work_frame(target, &frame, write_now, target);
    }
    seg_frame_unref(&frame);
    if (good && !target->failed) work_flush(target, write_now, target);
}

/* ---- three threads ---- */

typedef struct stages {
    work *work;
    queue *frames;   /* seg_frame *, from the decoder */
    queue *drawings; /* drawing *, to the writer */
    queue *spares;   /* seg_image *, back from the writer */
    /* how reading ended; read by others once the decoder has ended */
    seg_status end;
    char reason[1024];
    bool write_failed; /* once the writer has ended */
} stages;

static void *decode_stage(void *argument) {
    stages *all = argument;
    signals_enter();
    for (;;) {
        seg_frame *frame = memory_get(1, sizeof *frame);
        all->end = SEG_END;
        if (queue_wait_room(all->frames))
            all->end = signals_received() ? SEG_ERROR_CANCELLED : read_frame(all->work, frame);
        if (all->end == SEG_OK && queue_push(all->frames, frame)) continue;
        if (all->end < 0) snprintf(all->reason, sizeof all->reason, "%s", reason_of(all->end));
        if (all->end == SEG_OK) all->end = SEG_END; /* the others gave up */
        seg_frame_unref(frame);
        free(frame);
        break;
    }
    signals_leave();
    queue_end(all->frames);
    return NULL;
}

static void recycle(stages *all, drawing *drawn) {
    seg_image *spare = memory_get(1, sizeof *spare);
    *spare = drawn->picture;
    free(drawn);
    if (queue_push(all->spares, spare)) return;
    seg_image_unref(spare);
    free(spare);
}

static void *write_stage(void *argument) {
    stages *all = argument;
    void *item;
    signals_enter();
    while (queue_pop(all->drawings, &item)) {
        drawing *drawn = item;
        if (write_drawing(all->work, drawn)) {
            recycle(all, drawn);
            continue;
        }
        all->write_failed = true;
        seg_image_unref(&drawn->picture);
        free(drawn);
        queue_give_up(all->drawings);
        break;
    }
    signals_leave();
    return NULL;
}

static bool hand_on(void *user, drawing *drawn) {
    stages *all = user;
    drawing *sent = memory_get(1, sizeof *sent);
    *sent = *drawn;
    if (!queue_push(all->drawings, sent)) {
        seg_image_unref(&sent->picture);
        free(sent);
        return false;
    }
    return true;
}

/* A picture that the writer is done with, to be drawn into. */
static void take_spare(stages *all) {
    void *item;
    if (all->work->spare.data || !queue_take(all->spares, &item)) return;
    all->work->spare = *(seg_image *)item;
    free(item);
}

static void process_frames(stages *all) {
    work *target = all->work;
    void *item;
    bool good = true;
    while (good) {
        good = queue_wait_room(all->drawings);
        if (!good || !queue_pop(all->frames, &item)) break;
        take_spare(all);
        good = work_frame(target, item, hand_on, all);
        seg_frame_unref(item);
        free(item);
    }
    if (!good) queue_give_up(all->frames);
    if (good) work_flush(target, hand_on, all);
}

static void empty_queues(stages *all) {
    void *item;
    while (queue_take(all->frames, &item)) {
        seg_frame_unref(item);
        free(item);
    }
    while (queue_take(all->drawings, &item)) {
        seg_image_unref(&((drawing *)item)->picture);
        free(item);
    }
    while (queue_take(all->spares, &item)) {
        seg_image_unref(item);
        free(item);
    }
}

static void note_outcome(stages *all) {
    work *target = all->work;
    if (all->write_failed) work_fail_silently(target, "OUTPUT could not be written");
    if (all->end == SEG_END || target->failed) return;
    if (all->end == SEG_ERROR_CANCELLED && signals_received()) {
        target->stopped = true;
    } else if (all->end == SEG_ERROR_TRUNCATED) {
        note_end(target, all->end, all->reason);
    } else {
        work_fail_silently(target, all->reason);
        message_error(work_name(target), "%s", all->reason);
    }
}

void stages_run_threaded(work *target) {
    stages all = {.work = target, .end = SEG_END};
    pthread_t decoder, writer;
    bool luma = seg_pipeline_luma_suffices(target->worker->pipeline);
    int32_t length = stages_waiting(&target->feed.info, luma);
    all.frames = queue_create(length);
    if (length < 1) length = 1;
    all.drawings = queue_create(length);
    all.spares = queue_create(length + 2); /* all, with those being drawn and written: no wait */
    bool writing = target->sink && pthread_create(&writer, NULL, write_stage, &all) == 0;
    bool decoding =
        (writing || !target->sink) && pthread_create(&decoder, NULL, decode_stage, &all) == 0;
    if (decoding) {
        process_frames(&all);
        pthread_join(decoder, NULL);
    }
    queue_end(all.drawings);
    if (writing) pthread_join(writer, NULL);
    if (!decoding) {
        message_error(work_name(target), "cannot start threads; try --threads 1");
        work_fail_silently(target, "cannot start threads");
    }
    note_outcome(&all);
    empty_queues(&all);
    queue_free(all.frames);
    queue_free(all.drawings);
    queue_free(all.spares);
}
