#include "eval/scoring.h"
#include "common/signals.h"
#include "common/text.h"
#include "eval/job.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- failures ---- */

bool job_fail(job *work, const char *subject) {
    blame *whom = &work->target->whom;
    work->target->failed = true;
    if (!whom->subject && subject) whom->subject = text_copy(subject);
    return false;
}

bool job_fail_status(job *work, const char *subject, seg_status status) {
    failure_note(&work->target->whom.why, status);
    return job_fail(work, subject);
}

/* ---- rows ---- */

bool row_start(job *work, char *id, int64_t frame) {
    unit_scores *target = work->target;
    memory_grow((void **)&target->rows, (size_t)target->count, sizeof *target->rows);
    score_row *row = &target->rows[target->count++];
    *row = (score_row){.id = id, .unit = work->index, .frame = frame};
    for (int32_t side = 0; side < work->choices->sides; side++) {
        seg_status status = seg_tally_create(&row->sides[side].tally, work->choices->metric,
                                             work->choices->options, work->env);
        if (status < 0) return job_fail_status(work, NULL, status);
    }
    return true;
}

/* The row of a whole unit. */
static bool start_whole(job *work) {
    return row_start(work, text_copy(work->unit->id), -1);
}

static bool add_pair(job *work, const loaded_pair *pair, const file_set *files) {
    score_row *row = &work->target->rows[work->target->count - 1];
    for (int32_t side = 0; side < work->choices->sides; side++) {
        const seg_pair view = pair_view(pair, side);
        seg_status status = seg_tally_add(row->sides[side].tally, &view);
        if (status < 0) return job_fail_status(work, files->predictions[side], status);
    }
    row->pairs++;
    work->target->unscored += pair->unscored;
    return true;
}

bool row_end(job *work) {
    score_row *row = &work->target->rows[work->target->count - 1];
    const int32_t count = work->choices->metric->measure_count;
    for (int32_t side = 0; side < work->choices->sides; side++) {
        side_scores *made = &row->sides[side];
        made->values = memory_get((size_t)count, sizeof *made->values);
        seg_status status = seg_tally_finish(made->tally);
        if (status >= 0) status = seg_tally_values(made->tally, made->values);
        if (status < 0) return job_fail_status(work, NULL, status);
    }
    return true;
}

void score_row_free(score_row *row) {
    for (int32_t side = 0; side < MAX_SIDES; side++) {
        seg_tally_free(row->sides[side].tally);
        free(row->sides[side].values);
    }
    free(row->id);
    *row = (score_row){0};
}

/* ---- pictures ---- */

/* Pairs that are read together, by as many threads, and added in their order. */
enum { BATCH = 16 };

typedef struct batch {
    job *work;
    int32_t first, count;
    loaded_pair pairs[BATCH];
    blame whom[BATCH];
    bool loaded[BATCH];
} batch;

static void load_task(void *argument, int32_t task, int32_t worker) {
    batch *all = argument;
    const job *work = all->work;
    (void)worker;
    all->loaded[task] = pair_load(&all->pairs[task], &work->unit->files[all->first + task],
                                  work->unit, work->choices->metric, work->env, &all->whom[task]);
}

static void load_batch(batch *all) {
    const seg_runner *runner = all->work->env->runner;
    if (runner && all->count > 1)
        runner->run(runner->user, all->count, load_task, all);
    else
        for (int32_t i = 0; i < all->count; i++)
            load_task(all, i, 0);
}

/* Adds what was read up to the first that failed. */
static bool add_batch(batch *all) {
    job *work = all->work;
    bool good = true;
    for (int32_t i = 0; i < all->count; i++) {
        if (good && !all->loaded[i]) {
            work->target->whom = all->whom[i];
            all->whom[i].subject = NULL;
            good = job_fail(work, NULL);
        }
        good = good && add_pair(work, &all->pairs[i], &work->unit->files[all->first + i]);
        pair_free(&all->pairs[i]);
        free(all->whom[i].subject);
    }
    return good;
}

static void score_files(job *work) {
    const unit *item = work->unit;
    const int32_t room = work->env->runner ? BATCH : 1;
    bool good = start_whole(work);
    batch *all = memory_get(1, sizeof *all);
    for (int32_t first = 0; first < item->file_count && good; first += room) {
        const int32_t left = item->file_count - first;
        if (signals_received()) work->target->stopped = true;
        if (work->target->stopped) break;
        *all = (batch){.work = work, .first = first, .count = left < room ? left : room};
        load_batch(all);
        good = add_batch(all);
    }
    free(all);
    if (good && !work->target->stopped) row_end(work);
}

/* ---- frames ---- */

/* Says which frame it was. */
static bool fail_frame(job *work, int64_t frame) {
    failure *why = &work->target->whom.why;
    char *whole = text_format("frame %lld: %s", (long long)frame, why->reason);
    snprintf(why->reason, sizeof why->reason, "%s", whole);
    free(whole);
    return false;
}

static bool score_streams(job *work, streams *all) {
    const bool each = work->choices->per_frame;
    const unit *item = work->unit;
    bool there = true;
    if (!each && !start_whole(work)) return false;
    for (;;) {
        if (signals_received()) work->target->stopped = true;
        if (work->target->stopped) return true;
        if (!streams_next(all, &there, &work->target->whom)) return job_fail(work, NULL);
        if (!there) break;
        const int64_t frame = all->frames - 1;
        progress_frame(work->shown, item->id, all->frames, 0);
        if (frame < item->first || (item->last && frame > item->last)) continue;
        if (each && !row_start(work, text_format("%s:%lld", item->id, (long long)frame), frame))
            return false;
        if (!add_pair(work, &all->pair, work->unit->files)) return fail_frame(work, frame);
        if (each && !row_end(work)) return false;
    }
    if (!all->frames) {
        snprintf(work->target->whom.why.reason, sizeof work->target->whom.why.reason,
                 "has no frames");
        return job_fail(work, all->names[0]);
    }
    return each || row_end(work);
}

static void score_frames(job *work) {
    streams all;
    signals_enter();
    if (streams_open(&all, work->unit, work->choices->metric, work->threaded, work->env,
                     &work->target->whom))
        score_streams(work, &all);
    else
        job_fail(work, NULL);
    streams_close(&all);
    signals_leave();
}

void unit_score(unit_scores *target, const choices *from, const unit *item, int32_t index,
                bool threaded, progress *shown, const seg_env *env) {
    job work = {target, from, item, index, env, threaded, shown};
    *target = (unit_scores){0};
    if (item->data)
        score_data(&work);
    else if (item->frames)
        score_frames(&work);
    else
        score_files(&work);
    /* what fails because it was interrupted is no failure */
    if (target->failed && signals_received()) target->stopped = true;
}
