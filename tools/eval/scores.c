#include "eval/scores.h"
#include "common/messages.h"
#include "common/progress.h"
#include "common/signals.h"
#include "common/text.h"
#include "eval/scoring.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* Units that are scored together before they are added up: bounds the memory of their tallies. */
enum { CHUNK = 64 };

typedef struct run {
    scores *target;
    const seg_env *env; /* of each unit */
    progress *progress;
    bool alone; /* one unit: it may use all threads */
    int32_t first;
    unit_scores chunk[CHUNK];
} run;

static int32_t measures_of(const scores *from) {
    return from->choices->metric->measure_count;
}

/* ---- groups ---- */

static void group_init(score_group *target, const scores *from, const char *name) {
    const size_t count = (size_t)measures_of(from);
    *target = (score_group){.name = name};
    for (int32_t side = 0; side < from->choices->sides; side++) {
        target->sides[side].values = memory_get(count, sizeof(double));
        target->means[side] = memory_get(count, sizeof(double));
        target->defined[side] = memory_get(count, sizeof(int32_t));
    }
}

static void group_free(score_group *target) {
    for (int32_t side = 0; side < MAX_SIDES; side++) {
        seg_tally_free(target->sides[side].tally);
        free(target->sides[side].values);
        free(target->means[side]);
        free(target->defined[side]);
    }
}

static score_group *group_of(scores *target, const unit *item) {
    for (int32_t i = 0; i < target->group_count; i++)
        if (text_equal(target->groups[i].name, item->group)) return &target->groups[i];
    return NULL;
}

/* Groups are known before the work; one group is no group. */
static void find_groups(scores *target) {
    const unit_list *units = target->units;
    for (int32_t i = 0; i < units->count; i++) {
        if (group_of(target, &units->items[i])) continue;
        memory_grow((void **)&target->groups, (size_t)target->group_count, sizeof *target->groups);
        group_init(&target->groups[target->group_count++], target, units->items[i].group);
    }
    if (target->group_count > 1) return;
    for (int32_t i = 0; i < target->group_count; i++)
        group_free(&target->groups[i]);
    target->group_count = 0;
}

static seg_status group_add(score_group *target, const scores *from, const score_row *row) {
    seg_status status = SEG_OK;
    for (int32_t side = 0; side < from->choices->sides && status >= 0; side++) {
        if (!target->sides[side].tally)
            status = seg_tally_create(&target->sides[side].tally, from->choices->metric,
                                      from->choices->options, NULL);
        if (status >= 0)
            status = seg_tally_merge(target->sides[side].tally, row->sides[side].tally);
        for (int32_t m = 0; m < measures_of(from); m++) {
            if (isnan(row->sides[side].values[m])) continue;
            target->means[side][m] += row->sides[side].values[m];
            target->defined[side][m]++;
        }
    }
    target->rows++;
    target->pairs += row->pairs;
    return status;
}

static seg_status group_end(score_group *target, const scores *from) {
    seg_status status = SEG_OK;
    for (int32_t side = 0; side < from->choices->sides && status >= 0; side++) {
        for (int32_t m = 0; m < measures_of(from); m++) {
            int32_t count = target->defined[side][m];
            target->means[side][m] = count ? target->means[side][m] / count : NAN;
        }
        if (target->sides[side].tally)
            status = seg_tally_values(target->sides[side].tally, target->sides[side].values);
    }
    return status;
}

/* The mean over groups of their means. */
static void find_group_means(scores *target) {
    const int32_t count = measures_of(target);
    for (int32_t side = 0; side < target->choices->sides && target->group_count; side++) {
        target->group_means[side] = memory_get((size_t)count, sizeof(double));
        for (int32_t m = 0; m < count; m++) {
            double sum = 0;
            int32_t defined = 0;
            for (int32_t i = 0; i < target->group_count; i++) {
                double value = target->groups[i].means[side][m];
                if (isnan(value)) continue;
                sum += value;
                defined++;
            }
            target->group_means[side][m] = defined ? sum / defined : NAN;
        }
    }
}

/* ---- units ---- */

static void score_task(void *argument, int32_t task, int32_t worker) {
    run *all = argument;
    (void)worker;
    const unit *item = &all->target->units->items[all->first + task];
    unit_score(&all->chunk[task], all->target->choices, item, all->first + task, all->alone,
               all->progress, all->env);
    progress_job(all->progress, item->id, 1);
}

/* Rows keep what will be looked at again: bootstrap samples need tallies. */
static seg_status take_rows(scores *target, unit_scores *from) {
    const bool keep = target->choices->bootstrap > 0;
    seg_status status = SEG_OK;
    for (int32_t i = 0; i < from->count && status >= 0; i++) {
        score_row *row = &from->rows[i];
        score_group *group = group_of(target, &target->units->items[row->unit]);
        status = group_add(&target->all, target, row);
        if (status >= 0 && group) status = group_add(group, target, row);
        for (int32_t side = 0; side < MAX_SIDES && !keep; side++) {
            seg_tally_free(row->sides[side].tally);
            row->sides[side].tally = NULL;
        }
        memory_grow((void **)&target->rows, (size_t)target->row_count, sizeof *target->rows);
        target->rows[target->row_count++] = *row;
        *row = (score_row){0};
    }
    return status;
}

static seg_status take_unit(scores *target, int32_t index, unit_scores *from) {
    const unit *item = &target->units->items[index];
    seg_status status = SEG_OK;
    if (from->stopped)
        target->stopped = true;
    else if (from->failed)
        units_add_problem(target->units, PROBLEM_SCORING,
                          from->whom.subject ? from->whom.subject
                          : item->files      ? item->files->predictions[0]
                                             : item->id,
                          from->whom.why.reason);
    else
        status = take_rows(target, from);
    target->unscored += from->unscored;
    for (int32_t i = 0; i < from->count; i++)
        score_row_free(&from->rows[i]);
    free(from->rows);
    free(from->whom.subject);
    *from = (unit_scores){0};
    return status;
}

static seg_status run_chunk(run *all, const seg_runner *runner, int32_t count) {
    seg_status status = SEG_OK;
    if (runner && !all->alone)
        runner->run(runner->user, count, score_task, all);
    else
        for (int32_t i = 0; i < count; i++)
            score_task(all, i, 0);
    for (int32_t i = 0; i < count; i++) {
        seg_status taken = take_unit(all->target, all->first + i, &all->chunk[i]);
        if (status >= 0) status = taken;
    }
    return status;
}

static seg_status run_all(run *all, const seg_runner *runner) {
    const int32_t count = all->target->units->count;
    seg_status status = SEG_OK;
    for (all->first = 0; all->first < count && status >= 0; all->first += CHUNK) {
        if (all->target->stopped) break;
        int32_t left = count - all->first;
        status = run_chunk(all, runner, left < CHUNK ? left : CHUNK);
    }
    return status;
}

/* ---- the whole ---- */

static int stop_on_signal(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

/* What a metric says of the pictures holds for all of them, and is said once. */
static void log_once(void *user, seg_log_level level, const char *line) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    scores *all = user;
    pthread_mutex_lock(&lock);
    const bool said = all->logged && text_equal(all->logged, line);
    if (!said) {
        free(all->logged);
        all->logged = text_copy(line);
        message_log(all->choices->metric->id, level, line);
    }
    pthread_mutex_unlock(&lock);
}

static seg_status end(scores *target) {
    seg_status status = group_end(&target->all, target);
    for (int32_t i = 0; i < target->group_count && status >= 0; i++)
        status = group_end(&target->groups[i], target);
    find_group_means(target);
    return status;
}

bool scores_make(scores *target, const choices *from, unit_list *units) {
    seg_env env = {.limits = &from->common.limits, .log = log_once, .progress = stop_on_signal};
    seg_tally *trial = NULL;
    *target = (scores){.choices = from, .units = units};
    group_init(&target->all, target, "");
    find_groups(target);
    run *all = memory_get(1, sizeof *all);
    *all = (run){.target = target, .env = &env, .alone = units->count == 1};
    env.user = target;
    all->progress = progress_start(&from->common, units->count);
    /* Options that do not go together are told once, not for every file. */
    seg_status status = seg_tally_create(&trial, from->metric, from->options, NULL);
    seg_tally_free(trial);
    if (status >= 0 && from->common.threads > 1)
        status = seg_pool_create(&target->pool, from->common.threads);
    const seg_runner *runner = scores_runner(target);
    if (all->alone) env.runner = runner;
    if (status >= 0) status = run_all(all, runner);
    units_count_problems(units);
    if (target->unscored)
        message_warning(NULL, "--ignore leaves no pixel to score in %lld of %lld pairs",
                        (long long)target->unscored, (long long)target->all.pairs);
    if (status >= 0) status = end(target);
    if (status < 0) message_error(NULL, "metric %s: %s", from->metric->id, message_reason(status));
    progress_end(all->progress);
    free(all);
    return status >= 0;
}

const seg_runner *scores_runner(const scores *from) {
    return from->pool ? seg_pool_runner(from->pool) : NULL;
}

const double *scores_quoted(const scores *from, int32_t side) {
    const uint32_t needs = from->choices->metric->needs;
    if (!(needs & SEG_METRIC_MEANS)) return from->all.sides[side].values;
    if (needs & SEG_METRIC_SEQUENCE && from->group_means[side]) return from->group_means[side];
    return from->all.means[side];
}

void scores_free(scores *target) {
    for (int32_t i = 0; i < target->row_count; i++)
        score_row_free(&target->rows[i]);
    free(target->rows);
    group_free(&target->all);
    for (int32_t i = 0; i < target->group_count; i++)
        group_free(&target->groups[i]);
    free(target->groups);
    for (int32_t side = 0; side < MAX_SIDES; side++)
        free(target->group_means[side]);
    free(target->logged);
    seg_pool_free(target->pool);
    *target = (scores){0};
}
