/* Running trials: each on each unit, as many at once as there are threads. */
#include "common/messages.h"
#include "common/score.h"
#include "common/signals.h"
#include "common/text.h"
#include "eval/tuning.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- trials ---- */

int32_t tuning_find(tuning *target, const double *places) {
    const size_t size = (size_t)target->axes.count * sizeof *places;
    for (int32_t i = 1; i < target->trial_count; i++)
        if (memcmp(target->trials[i].places, places, size) == 0) return i;
    memory_grow((void **)&target->trials, (size_t)target->trial_count, sizeof *target->trials);
    trial *made = &target->trials[target->trial_count];
    *made = (trial){.places = memory_get((size_t)target->axes.count, sizeof *places)};
    made->tallies = memory_get((size_t)target->units.count, sizeof *made->tallies);
    memcpy(made->places, places, size);
    return target->trial_count++;
}

/* ---- pictures ---- */

static bool is_picture(const unit *item) {
    return !item->frames && item->file_count == 1;
}

typedef struct loading {
    tuning *target;
    const seg_env *env;
    blame *whom;
    bool *good;
} loading;

static void load_task(void *argument, int32_t task, int32_t worker) {
    loading *all = argument;
    const unit *item = &all->target->units.items[task];
    (void)worker;
    all->good[task] = true;
    if (is_picture(item))
        all->good[task] = pair_load(&all->target->pictures[task], item->files, item,
                                    all->target->choices.metric, all->env, &all->whom[task]);
}

static void run_tasks(const tuning *from, int32_t count, seg_task task, void *argument) {
    const seg_runner *runner = from->pool ? seg_pool_runner(from->pool) : NULL;
    if (runner)
        runner->run(runner->user, count, task, argument);
    else
        for (int32_t i = 0; i < count; i++)
            task(argument, i, 0);
}

bool tuning_load(tuning *target) {
    const int32_t count = target->units.count;
    const seg_env env = {.limits = &target->choices.common.limits};
    loading all = {.target = target, .env = &env};
    target->pictures = memory_get((size_t)count, sizeof *target->pictures);
    all.whom = memory_get((size_t)count, sizeof *all.whom);
    all.good = memory_get((size_t)count, sizeof *all.good);
    run_tasks(target, count, load_task, &all);
    bool good = true;
    for (int32_t i = 0; i < count; i++) {
        if (!all.good[i]) message_error(all.whom[i].subject, "%s", all.whom[i].why.reason);
        good = good && all.good[i];
        free(all.whom[i].subject);
    }
    free(all.whom);
    free(all.good);
    return good;
}

/* ---- one unit under one setting ---- */

/* What a thread keeps from one task to the next. */
typedef struct tuner {
    int32_t trial; /* of the pipeline; -1 = none */
    void *options;
    seg_pipeline *pipeline;
    seg_result result;
    seg_env env;
} tuner;

/* Why a task failed. */
typedef struct task_failure {
    bool refused; /* by the method's options: the setting is no good, which is no failure */
    bool failed;
    failure why;
} task_failure;

/* Trial 0 is the defaults. */
static seg_status set_options(const tuning *from, tuner *by, int32_t index) {
    const seg_param_table *table = from->recipe.method->params;
    char shown[64];
    seg_status status = seg_params_copy(by->options, from->recipe.options, table, NULL);
    for (int32_t a = 0; a < from->axes.count && status >= 0 && index; a++) {
        axis_text(shown, sizeof shown, &from->axes.items[a], from->trials[index].places[a]);
        status = seg_params_parse(by->options, table, from->axes.items[a].param->name, shown, NULL);
    }
    return status;
}

static seg_status prepare(const tuning *from, tuner *by, int32_t index) {
    const seg_param_table *table = from->recipe.method->params;
    if (by->trial == index && by->pipeline) {
        seg_pipeline_reset(by->pipeline);
        return SEG_OK;
    }
    seg_pipeline_free(by->pipeline);
    by->pipeline = NULL;
    by->trial = index;
    if (by->options) seg_params_clear(by->options, table, NULL);
    if (!by->options) by->options = memory_get(1, table->options_size);
    seg_params_init(by->options, table);
    seg_status status = set_options(from, by, index);
    seg_pipeline_config set = from->recipe.config;
    set.options = by->options;
    return status < 0 ? status : seg_pipeline_create(&by->pipeline, &set, &by->env);
}

static const seg_image *scored_picture(const seg_result *from, scored_kind kind) {
    const seg_image *const all[] = {&from->mask, &from->labels, &from->score, &from->flow};
    return all[kind];
}

static seg_status add_result(const tuning *from, tuner *by, seg_tally *tally,
                             const loaded_pair *pair) {
    seg_pair view = pair_view(pair, 0);
    if (from->kind == SCORED_SCORE) score_to_one(&by->result);
    view.prediction = scored_picture(&by->result, from->kind);
    return seg_tally_add(tally, &view);
}

static seg_frame frame_of(const loaded_pair *pair, int64_t index) {
    seg_frame frame = {
        .image = pair->picture, .index = index, .pts = index, .duration = 1, .time_base = {1, 25}};
    frame.image.owner = NULL;
    return frame;
}

/* A picture: whatever look-ahead the method has, its one result comes out. */
static seg_status run_picture(const tuning *from, tuner *by, seg_tally *tally,
                              const loaded_pair *pair) {
    const seg_frame frame = frame_of(pair, 0);
    seg_status status = seg_pipeline_apply(by->pipeline, &frame, &by->result);
    if (status == SEG_NO_RESULT_YET) status = seg_pipeline_flush(by->pipeline, &by->result);
    return status == SEG_OK ? add_result(from, by, tally, pair) : status;
}

/* ---- sequences ---- */

/* A sequence as it is read, with the pairs whose results look-ahead holds back. */
typedef struct sequence {
    const tuning *from;
    const unit *unit;
    tuner *by;
    seg_tally *tally;
    streams streams;
    int64_t next; /* frame to read */
    loaded_pair *waiting;
    int64_t *frames; /* of those that wait */
    int32_t count;
    blame whom;
} sequence;

/* A pair of its own that shares the pictures of the last frame. */
static loaded_pair share(const loaded_pair *from) {
    loaded_pair pair = {.picture = seg_image_ref(&from->picture), .truth_count = 1};
    pair.truths = memory_get(1, sizeof *pair.truths);
    pair.truths[0] = seg_image_ref(&from->truths[0]);
    if (from->ignore.data) pair.ignore = seg_image_ref(&from->ignore);
    return pair;
}

static bool read_pair(sequence *s, loaded_pair *pair, bool *there) {
    const unit *item = s->unit;
    if (item->frames) {
        if (!streams_next(&s->streams, there, &s->whom)) return false;
        if (*there) *pair = share(&s->streams.pair);
        return true;
    }
    *there = s->next < item->file_count;
    return !*there || pair_load(pair, &item->files[s->next], item, s->from->choices.metric,
                                &s->by->env, &s->whom);
}

/* The result is of the pair that waits longest. */
static seg_status score_first(sequence *s) {
    const int64_t frame = s->frames[0];
    seg_status status = SEG_OK;
    if (frame >= s->unit->first && (!s->unit->last || frame <= s->unit->last))
        status = add_result(s->from, s->by, s->tally, &s->waiting[0]);
    pair_free(&s->waiting[0]);
    s->count--;
    memmove(s->waiting, s->waiting + 1, (size_t)s->count * sizeof *s->waiting);
    memmove(s->frames, s->frames + 1, (size_t)s->count * sizeof *s->frames);
    return status;
}

/* The pair is taken over. */
static seg_status apply_pair(sequence *s, const loaded_pair *pair) {
    memory_grow((void **)&s->waiting, (size_t)s->count, sizeof *s->waiting);
    memory_grow((void **)&s->frames, (size_t)s->count, sizeof *s->frames);
    s->waiting[s->count] = *pair;
    s->frames[s->count++] = s->next;
    const seg_frame frame = frame_of(pair, s->next++);
    seg_status status = seg_pipeline_apply(s->by->pipeline, &frame, &s->by->result);
    return status == SEG_OK ? score_first(s) : status;
}

static seg_status flush_pairs(sequence *s) {
    seg_status status = SEG_OK;
    while (status >= 0 && s->count) {
        status = seg_pipeline_flush(s->by->pipeline, &s->by->result);
        if (status == SEG_END) break;
        if (status == SEG_OK) status = score_first(s);
    }
    return status;
}

/* False: *whom says it, or `status` is negative. */
static bool run_frames(sequence *s, seg_status *status) {
    bool there = true;
    while (*status >= 0) {
        loaded_pair pair = {0};
        if (signals_received()) return true;
        if (!read_pair(s, &pair, &there)) {
            pair_free(&pair);
            return false;
        }
        if (!there) break;
        *status = apply_pair(s, &pair);
    }
    if (*status >= 0) *status = flush_pairs(s);
    return true;
}

static seg_status run_sequence(const tuning *from, tuner *by, seg_tally *tally, const unit *item,
                               task_failure *out) {
    sequence s = {.from = from, .unit = item, .by = by, .tally = tally};
    seg_status status = SEG_OK;
    bool good = !item->frames ||
                streams_open(&s.streams, item, from->choices.metric, false, &by->env, &s.whom);
    good = good && run_frames(&s, &status);
    if (!good) {
        out->failed = true;
        out->why = s.whom.why;
    }
    if (item->frames) streams_close(&s.streams);
    for (int32_t i = 0; i < s.count; i++)
        pair_free(&s.waiting[i]);
    free(s.waiting);
    free(s.frames);
    free(s.whom.subject);
    return status;
}

/* ---- tasks ---- */

typedef struct batch {
    tuning *target;
    const int32_t *trials;
    tuner *tuners;          /* one a thread */
    task_failure *failures; /* one a task */
} batch;

/* Bounds in the wrong order give what the right order gives: they are not tried. Levels that are
 * not of one kind, or that the picture decides, are in order. */
static bool out_of_order(failure *why, const tuning *from, const void *options) {
    const seg_method *method = from->recipe.method;
    const seg_level *bounds[2];
    if (!method->lower) return false;
    for (int i = 0; i < 2; i++)
        bounds[i] =
            (const void *)((const char *)options +
                           seg_params_find(method->params, i ? method->upper : method->lower)
                               ->offset);
    if (bounds[0]->kind != bounds[1]->kind || bounds[0]->kind == SEG_LEVEL_AUTO ||
        bounds[0]->value <= bounds[1]->value)
        return false;
    snprintf(why->reason, sizeof why->reason, "%s %g is above %s %g", method->lower,
             bounds[0]->value, method->upper, bounds[1]->value);
    return true;
}

static void run_task(void *argument, int32_t task, int32_t worker) {
    batch *all = argument;
    tuning *target = all->target;
    const int32_t units = target->units.count, index = all->trials[task / units], u = task % units;
    const unit *item = &target->units.items[u];
    task_failure *out = &all->failures[task];
    tuner *by = &all->tuners[worker];
    seg_tally *tally = NULL;
    if (signals_received()) return;
    seg_status status = prepare(target, by, index);
    out->refused = status == SEG_ERROR_OPTION || status == SEG_ERROR_ARGUMENT;
    if (status >= 0 && index && out_of_order(&out->why, target, by->options)) {
        out->refused = true;
        return;
    }
    if (status >= 0)
        status =
            seg_tally_create(&tally, target->choices.metric, target->choices.options, &by->env);
    if (status >= 0)
        status = is_picture(item) ? run_picture(target, by, tally, &target->pictures[u])
                                  : run_sequence(target, by, tally, item, out);
    if (status >= 0 && !out->failed) status = seg_tally_finish(tally);
    if (status < 0) {
        out->failed = !out->refused;
        failure_note(&out->why, status);
    }
    target->trials[index].tallies[u] = tally;
}

static void free_tuner(tuner *by, const seg_param_table *table) {
    seg_pipeline_free(by->pipeline);
    seg_result_free(&by->result);
    if (by->options) seg_params_clear(by->options, table, NULL);
    free(by->options);
}

static int stop_on_signal(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

/* What went wrong first, in the order of the trials and units. */
static bool settle(tuning *target, const batch *all, int32_t count) {
    const int32_t units = target->units.count;
    for (int32_t task = 0; task < count * units; task++) {
        trial *one = &target->trials[all->trials[task / units]];
        const task_failure *out = &all->failures[task];
        one->done = true;
        if (out->refused && !one->refusal) one->refusal = text_copy(out->why.reason);
        if (!out->failed) continue;
        message_error(target->units.items[task % units].id, "%s", out->why.reason);
        return false;
    }
    return true;
}

static bool run_batch(tuning *target, const int32_t *trials, int32_t count) {
    const int32_t threads = target->choices.common.threads, units = target->units.count;
    batch all = {.target = target, .trials = trials};
    all.tuners = memory_get((size_t)threads, sizeof *all.tuners);
    all.failures = memory_get((size_t)count * (size_t)units, sizeof *all.failures);
    for (int32_t i = 0; i < threads; i++) {
        all.tuners[i].trial = -1;
        all.tuners[i].env =
            (seg_env){.limits = &target->choices.common.limits, .progress = stop_on_signal};
        seg_result_init(&all.tuners[i].result, NULL);
    }
    run_tasks(target, count * units, run_task, &all);
    target->stopped = signals_received() != 0;
    const bool good = !target->stopped && settle(target, &all, count);
    for (int32_t i = 0; i < threads; i++)
        free_tuner(&all.tuners[i], target->recipe.method->params);
    free(all.tuners);
    free(all.failures);
    return good;
}

/* Trials in pieces: the failures of a piece have room in memory however large the grid is. */
enum { PIECE = 256 };

bool tuning_run(tuning *target, const int32_t *trials, int32_t count) {
    int32_t piece[PIECE], filled = 0;
    bool good = true;
    for (int32_t i = 0; i < count && good; i++) {
        bool known = target->trials[trials[i]].done;
        for (int32_t k = 0; k < filled; k++)
            known = known || piece[k] == trials[i];
        if (!known) piece[filled++] = trials[i];
        if (filled < PIECE && i + 1 < count) continue;
        if (filled) good = run_batch(target, piece, filled);
        filled = 0;
    }
    return good;
}

/* ---- what came of them ---- */

/* The mean of the units' values, for metrics whose protocol quotes means. */
static void mean_values(double *values, const tuning *from, const trial *one, const bool *in) {
    const int32_t count = from->choices.metric->measure_count;
    double *own = memory_get((size_t)count, sizeof *own);
    int32_t *defined = memory_get((size_t)count, sizeof *defined);
    for (int32_t m = 0; m < count; m++)
        values[m] = 0;
    for (int32_t u = 0; u < from->units.count; u++) {
        if ((in && !in[u]) || seg_tally_values(one->tallies[u], own) < 0) continue;
        for (int32_t m = 0; m < count; m++) {
            if (isnan(own[m])) continue;
            values[m] += own[m];
            defined[m]++;
        }
    }
    for (int32_t m = 0; m < count; m++)
        values[m] = defined[m] ? values[m] / defined[m] : NAN;
    free(own);
    free(defined);
}

void tuning_values(double *values, const tuning *from, const trial *one, const bool *in) {
    const seg_metric *metric = from->choices.metric;
    seg_tally *sum = NULL;
    for (int32_t m = 0; m < metric->measure_count; m++)
        values[m] = NAN;
    if (one->refusal || !one->done) return;
    if (metric->needs & SEG_METRIC_MEANS) {
        mean_values(values, from, one, in);
        return;
    }
    seg_status status = seg_tally_create(&sum, metric, from->choices.options, NULL);
    for (int32_t u = 0; u < from->units.count && status >= 0; u++)
        if (!in || in[u]) status = seg_tally_merge(sum, one->tallies[u]);
    if (status >= 0) status = seg_tally_values(sum, values);
    if (status < 0) message_error(NULL, "metric %s: %s", metric->id, message_reason(status));
    seg_tally_free(sum);
}

double tuning_objective(const tuning *from, int32_t index, const bool *in) {
    const int32_t m = from->choices.measure;
    const seg_metric *metric = from->choices.metric;
    double *values = memory_get((size_t)metric->measure_count, sizeof *values);
    tuning_values(values, from, &from->trials[index], in);
    const double value = values[m] * metric->measures[m].better;
    free(values);
    return value;
}
