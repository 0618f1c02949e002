#include "eval/source.h"
#include "common/messages.h"
#include "common/queue.h"
#include "common/signals.h"
#include "common/text.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD = 3 }; /* frames */

struct source {
    char *name;
    const seg_metric *metric;
    picture_role role;
    const seg_env *env;
    seg_reader *reader;
    /* decoding ahead */
    bool threaded;
    pthread_t thread;
    queue *pictures; /* seg_image * */
    /* how it ended; of the thread until it has ended */
    bool failed;
    failure why;
};

/* ---- one frame ---- */

/* SEG_OK, SEG_END, or a failure that `why` tells. */
static seg_status read_one(source *from, seg_image *picture, failure *why) {
    seg_frame frame = {0};
    seg_status status = seg_reader_read(from->reader, &frame);
    if (status < 0) failure_note(why, status);
    if (status == SEG_OK) {
        seg_image *taken = frame.image.data ? &frame.image : &frame.luma;
        seg_image_unref(picture);
        *picture = seg_image_ref(taken);
        if (!picture_fit(picture, from->metric, from->role, from->env, why))
            status = SEG_ERROR_MEMORY;
    }
    seg_frame_unref(&frame);
    return status;
}

static void *decode(void *argument) {
    source *from = argument;
    signals_enter();
    for (;;) {
        seg_image *picture = memory_get(1, sizeof *picture);
        seg_status status = read_one(from, picture, &from->why);
        if (status == SEG_OK && queue_push(from->pictures, picture)) continue;
        from->failed = status < 0;
        seg_image_unref(picture);
        free(picture);
        break;
    }
    signals_leave();
    queue_end(from->pictures);
    return NULL;
}

/* ---- the source ---- */

/* Masks and scores need no colours: luma is there without a conversion. */
static bool luma_is_enough(const seg_metric *metric, picture_role role) {
    const uint32_t channels =
        role == ROLE_PREDICTION ? metric->prediction_channels : metric->truth_channels;
    return (role == ROLE_PREDICTION || role == ROLE_TRUTH) && channels == 1u << 1;
}

source *source_open(const char *name, const seg_metric *metric, picture_role role, bool threaded,
                    const seg_env *env, failure *why) {
    source *made = memory_get(1, sizeof *made);
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.sequence = true;
    options.luma_only = luma_is_enough(metric, role);
    options.on_resize = SEG_RESIZE_RESTART; /* sizes that differ are for the metric to refuse */
    *made = (source){.name = text_copy(name), .metric = metric, .role = role, .env = env};
    seg_status status = seg_reader_open(&made->reader, name, &options, env);
    if (status < 0) {
        failure_note(why, status);
        source_close(made);
        return NULL;
    }
    if (!threaded) return made;
    made->pictures = queue_create(AHEAD);
    made->threaded = pthread_create(&made->thread, NULL, decode, made) == 0;
    return made;
}

bool source_next(source *from, seg_image *picture, bool *there, failure *why) {
    void *item;
    if (!from->threaded) {
        seg_status status = read_one(from, picture, why);
        *there = status == SEG_OK;
        return status >= 0;
    }
    *there = queue_pop(from->pictures, &item);
    if (*there) {
        seg_image_unref(picture);
        *picture = *(seg_image *)item;
        free(item);
        return true;
    }
    /* The thread ended the queue as the last thing that it did. */
    if (from->failed) *why = from->why;
    return !from->failed;
}

static void stop_thread(source *from) {
    void *item;
    if (!from->pictures) return;
    queue_give_up(from->pictures);
    if (from->threaded) pthread_join(from->thread, NULL);
    while (queue_take(from->pictures, &item)) {
        seg_image_unref(item);
        free(item);
    }
    queue_free(from->pictures);
}

static void say_warnings(const source *from) {
    const char *line = seg_reader_warnings(from->reader);
    while (*line) {
        int length = (int)strcspn(line, "\n");
        message_warning(from->name, "%.*s", length, line);
        line += length;
        if (*line) line++;
    }
}

void source_close(source *from) {
    if (!from) return;
    stop_thread(from);
    if (from->reader) {
        say_warnings(from);
        seg_reader_close(from->reader);
    }
    free(from->name);
    free(from);
}
