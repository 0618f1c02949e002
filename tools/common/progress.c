#include "common/progress.h"
#include "common/messages.h"
#include "common/text.h"
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24 };

struct progress {
    progress_mode mode; /* AUTO is settled: a bar is PROGRESS_AUTO */
    int32_t jobs, jobs_done;
    int64_t frames_done; /* of all inputs */
    double start, last;
    pthread_mutex_t lock;
};

double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

progress *progress_start(const settings *from, int32_t jobs) {
    progress *made = memory_get(1, sizeof *made);
    made->mode = from->progress;
    if (made->mode == PROGRESS_AUTO && !isatty(STDERR_FILENO)) made->mode = PROGRESS_NONE;
    if (message_verbosity() == VERBOSITY_QUIET) made->mode = PROGRESS_NONE;
    made->jobs = jobs;
    made->start = made->last = clock_seconds();
    pthread_mutex_init(&made->lock, NULL);
    return made;
}

typedef struct state {
    const char *input;
    int64_t done, frames; /* of this input */
    double rate;          /* frames/s */
    double left;          /* seconds, negative if unknown */
    double share;         /* of all the work, negative if unknown */
} state;

static state find_state(const progress *from, const char *input, int64_t done, int64_t frames,
                        double now) {
    state s = {input, done, frames, 0, -1, -1};
    double spent = now - from->start;
    if (spent > 0) s.rate = (double)from->frames_done / spent;
    double part = frames > 0 ? (double)done / (double)frames : -1;
    if (part > 1) part = 1;
    if (from->jobs > 1) {
        s.share = ((double)from->jobs_done + (part > 0 && part < 1 ? part : 0)) / from->jobs;
        if (s.share > 1) s.share = 1;
    } else {
        s.share = part;
    }
    if (s.share > 0) s.left = spent * (1 - s.share) / s.share;
    return s;
}

static void format_time(char *shown, size_t size, double seconds) {
    long whole = seconds > 359999 ? 359999 : (long)(seconds + 0.5);
    if (whole >= 3600)
        snprintf(shown, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(shown, size, "%ld:%02ld", whole / 60, whole % 60);
}

static void describe(char *line, size_t size, const progress *from, const state *s) {
    char left[32] = "?", inputs[48] = "", of[32] = "";
    if (s->left >= 0) format_time(left, sizeof left, s->left);
    if (from->jobs > 1)
        snprintf(inputs, sizeof inputs, "input %d/%d, ", from->jobs_done, from->jobs);
    if (s->frames > 0) snprintf(of, sizeof of, "/%lld", (long long)s->frames);
    snprintf(line, size, "%sframe %lld%s, %.1f frames/s, %s left", inputs, (long long)s->done, of,
             s->rate, left);
}

static void show_bar(const progress *from, const state *s) {
    char body[160], bar[BAR_WIDTH + 1], line[256];
    describe(body, sizeof body, from, s);
    int full = s->share > 0 ? (int)(s->share * BAR_WIDTH) : 0;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_WIDTH] = 0;
    if (s->share >= 0)
        snprintf(line, sizeof line, "[%s] %3.0f%% %s", bar, 100 * s->share, body);
    else
        snprintf(line, sizeof line, "%s", body);
    message_status_line(line);
}

static void show_json(const progress *from, const state *s, double now) {
    json_t *record =
        json_pack("{s:s, s:I, s:i, s:i, s:f, s:f}", "input", s->input, "frame", (json_int_t)s->done,
                  "inputs_done", from->jobs_done, "inputs", from->jobs, "seconds",
                  now - from->start, "frames_per_second", s->rate);
    json_object_set_new(record, "frames", s->frames > 0 ? json_integer(s->frames) : json_null());
    json_object_set_new(record, "seconds_left", s->left >= 0 ? json_real(s->left) : json_null());
    char *line = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (line) fprintf(stderr, "%s\n", line);
    free(line);
    json_decref(record);
}

static void show(progress *target, const char *input, int64_t done, int64_t frames, double now) {
    char body[160];
    state s = find_state(target, input, done, frames, now);
    target->last = now;
    if (target->mode == PROGRESS_AUTO) show_bar(target, &s);
    if (target->mode == PROGRESS_JSON) show_json(target, &s, now);
    if (target->mode == PROGRESS_PLAIN) {
        describe(body, sizeof body, target, &s);
        fprintf(stderr, "%s: %s\n", input, body);
    }
}

void progress_frame(progress *target, const char *input, int64_t done, int64_t frames) {
    if (target->mode == PROGRESS_NONE) return;
    pthread_mutex_lock(&target->lock);
    double now = clock_seconds(), pause = target->mode == PROGRESS_AUTO ? 0.1 : 1;
    target->frames_done++;
    /* Short work shows no bar at all. */
    if (now - target->last >= pause && now - target->start >= 0.5)
        show(target, input, done, frames, now);
    pthread_mutex_unlock(&target->lock);
}

void progress_job(progress *target, const char *input, int64_t frames) {
    if (target->mode == PROGRESS_NONE) return;
    pthread_mutex_lock(&target->lock);
    double now = clock_seconds();
    target->jobs_done++;
    if (target->mode != PROGRESS_AUTO || now - target->start >= 0.5)
        show(target, input, frames, frames, now);
    pthread_mutex_unlock(&target->lock);
}

void progress_end(progress *target) {
    if (!target) return;
    if (target->mode == PROGRESS_AUTO) message_status_line(NULL);
    pthread_mutex_destroy(&target->lock);
    free(target);
}
