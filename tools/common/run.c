#include "common/run.h"
#include "common/cap.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include "common/work.h"
#include "common/workers.h"
#include <segment/version.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct run {
    plan *plan;
    journal *journal;
    ledger *ledger;
    progress *progress;
    int32_t threads; /* of each worker */
    atomic_int next; /* job to take */
    atomic_bool stop;
    atomic_int counts[OUTCOME_SKIPPED + 1];
} run;

/* Skipped inputs keep their record in the report. */
static bool was_done(run *all, const job *item, json_t **report) {
    const json_t *before;
    if (!all->plan->settings->resume || !journal_has_done(all->journal, item, &before))
        return false;
    *report = before ? json_deep_copy(before) : NULL;
    if (*report) json_object_set_new(*report, "status", json_string("skipped"));
    message_note(item->input, "done already");
    progress_job(all->progress, item->input, 0);
    return true;
}

static json_t *problem_report(const job *item) {
    return json_pack("{s:s, s:s, s:s, s:s}", "input", item->input, "status", "failed", "error",
                     item->problem, "version", seg_version());
}

static outcome run_job(run *all, worker *by, const job *item) {
    json_t *report = NULL;
    outcome how;
    if (item->problem) {
        message_error(item->input, "%s", item->problem);
        report = problem_report(item);
        progress_job(all->progress, item->input, 0);
        how = OUTCOME_FAILED;
    } else if (was_done(all, item, &report)) {
        how = OUTCOME_SKIPPED;
    } else {
        journal_start(all->journal, item);
        how = work_run(by, item, &report);
    }
    bool whole = how == OUTCOME_DONE || how == OUTCOME_TRUNCATED;
    if (how == OUTCOME_DONE) journal_finish(all->journal, item, report);
    if (!ledger_job(all->ledger, item, report, whole) && how != OUTCOME_STOPPED)
        how = OUTCOME_FAILED;
    json_decref(report);
    return how;
}

static void *work_stage(void *argument) {
    run *all = argument;
    worker by;
    signals_enter();
    worker_init(&by, all->plan, all->ledger, all->progress, all->threads);
    while (!atomic_load(&all->stop)) {
        int32_t index = atomic_fetch_add(&all->next, 1);
        if (index >= all->plan->job_count) break;
        outcome how = run_job(all, &by, &all->plan->jobs[index]);
        atomic_fetch_add(&all->counts[how], 1);
        bool failed = how == OUTCOME_FAILED && !all->plan->settings->keep_going;
        if (failed || signals_received() || cap_reached()) atomic_store(&all->stop, true);
    }
    worker_free(&by);
    signals_leave();
    return NULL;
}

static bool make_directories(const plan *from) {
    for (int32_t i = 0; i < from->job_count; i++) {
        if (!plan_makes_parent(from, &from->jobs[i])) continue;
        char *parent = name_parent(from->jobs[i].output);
        bool good = directory_make(parent);
        free(parent);
        if (!good) return false;
    }
    return true;
}

/* Inputs that --max-output left no room for. */
static int left_over(const run *all) {
    int left = all->plan->job_count;
    for (int how = 0; how <= OUTCOME_SKIPPED; how++)
        left -= atomic_load(&all->counts[how]);
    return cap_reached() ? left : 0;
}

static int exit_code(const run *all, bool files_good) {
    int failed = atomic_load(&all->counts[OUTCOME_FAILED]);
    bool several = all->plan->job_count > 1;
    if (signals_received() && !atomic_load(&all->counts[OUTCOME_STOPPED]))
        message_error(NULL, "stopped before the next input");
    if (signals_received()) return 128 + signals_received();
    if (failed && several && all->plan->settings->keep_going) {
        message_error(NULL, "%d of %d inputs failed", failed, (int)all->plan->job_count);
        return EXIT_SOME_FAILED;
    }
    if (failed || !files_good) return EXIT_FAILED;
    if (left_over(all))
        message_error(NULL, "as much as --max-output allows is written; %d of %d inputs were left",
                      left_over(all), (int)all->plan->job_count);
    const bool cut = atomic_load(&all->counts[OUTCOME_TRUNCATED]) || left_over(all);
    return cut ? EXIT_TRUNCATED : EXIT_DONE;
}

int run_plan(plan *from, journal *done) {
    const settings *chosen = from->settings;
    int32_t workers = chosen->jobs < from->job_count ? chosen->jobs : from->job_count;
    if (workers < 1) workers = 1; /* a shard may be empty */
    run all = {.plan = from, .journal = done};
    cap_set(chosen->max_output);
    signals_catch();
    if (!make_directories(from)) return EXIT_FAILED;
    all.ledger = ledger_open(from, workers > 1);
    if (!all.ledger) return EXIT_FAILED;
    all.threads = chosen->threads / workers;
    if (all.threads < 1) all.threads = 1;
    all.progress = progress_start(chosen, from->job_count);
    workers_run(workers, work_stage, &all);
    progress_end(all.progress);
    int failed = atomic_load(&all.counts[OUTCOME_FAILED]) + signals_received();
    /* What was written about the inputs that were done is kept, also after a failure. */
    bool files_good = ledger_close(all.ledger, !signals_received());
    const bool cut = atomic_load(&all.counts[OUTCOME_TRUNCATED]) || left_over(&all);
    journal_close(done, !failed && files_good && !cut);
    return exit_code(&all, files_good);
}
