/* One input from its first frame to its report. */
#ifndef TOOLS_WORK_H
#define TOOLS_WORK_H

#include "common/events.h"
#include "common/feed.h"
#include "common/ledger.h"
#include "common/outfile.h"
#include "common/progress.h"
#include "common/record.h"
#include "common/sink.h"

/** What a thread that works on inputs keeps from one to the next. */
typedef struct worker {
    plan *plan;
    ledger *ledger;
    progress *progress;
    int32_t threads; /* its share */
    seg_pool *pool;  /* NULL until an input is worth it */
    seg_env env;
    seg_pipeline *pipeline;
    const recipe *recipe; /* of the pipeline */
    bool pipeline_pooled; /* the pipeline uses the pool */
    const job *item;      /* being worked on */
    seg_result result;
} worker;

typedef enum outcome {
    OUTCOME_DONE,
    OUTCOME_TRUNCATED, /* done as far as the input went */
    OUTCOME_FAILED,
    OUTCOME_STOPPED, /* by a signal */
    OUTCOME_SKIPPED  /* was done before */
} outcome;

/** An input being worked on. */
typedef struct work {
    worker *worker;
    const settings *settings;
    const job *item;
    const recipe *how;
    recipe *own; /* `how` where each input has pictures of its own; else NULL */
    feed feed;
    sink *sink;
    outfile curves;  /* OUTPUT_CURVES */
    seg_image spare; /* a picture to draw into again */
    events events;   /* pictures of objects that have not gone yet */
    int32_t width, height;
    int64_t frames_in, results, frames_out, objects, damaged, resized;
    bool provisional; /* the last result: the method has seen too little */
    double start, decode_seconds, process_seconds, encode_seconds;
    decision_notes decisions;
    /* the first thing that went wrong */
    bool failed, stopped, truncated;
    bool kept; /* OUTPUT.partial holds what was written */
    char error[1024];
} work;

void worker_init(worker *target, plan *from, ledger *lines, progress *shown, int32_t threads);
void worker_free(worker *target);

/** Works on one input; whatever happens is said and reported. `*report` gets the record, owned by
 *  the caller. */
outcome work_run(worker *target, const job *item, json_t **report);

/* ---- for the loops over frames (stages.c) ---- */

/** The input's name for messages. */
const char *work_name(const work *from);
/** Notes a failure, unless there is one already, and says it. `subject` NULL: the input. */
void work_fail(work *target, const char *subject, seg_status status);
/** The same for a failure that was said already, or is no failure but the end of a blocked wait by
 *  a signal. */
void work_fail_silently(work *target, const char *what);

/** A picture drawn for the sink. */
typedef struct drawing {
    seg_image picture;
    int64_t index, pts, duration;
} drawing;

/** Takes a drawing to where it is written; false stops the work. */
typedef bool (*work_deliver)(void *user, drawing *drawn);

/** Runs the method on a frame, which is given back to its pool, and hands on what comes out. False:
 *  stop. */
bool work_frame(work *target, seg_frame *frame, work_deliver deliver, void *user);

/** After the last frame: what look-ahead holds back. False: it failed. */
bool work_flush(work *target, work_deliver deliver, void *user);

/** The record for --report. */
json_t *report_describe(const work *from, outcome how);

#endif
