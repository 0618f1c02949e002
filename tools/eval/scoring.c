#include "eval/scoring.h"
#include "common/signals.h"
#include "common/text.h"
#include "eval/source.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct job {
    unit_scores *target;
    const choices *choices;
    const unit *unit;
    int32_t index; /* of the unit */
    const seg_env *env;
    bool threaded;
} job;

/* ---- failures ---- */

static void blame(job *work, const char *subject) {
    work->target->failed = true;
    if (!work->target->subject && subject) work->target->subject = text_copy(subject);
}

static bool fail_status(job *work, const char *subject, seg_status status) {
    if (status == SEG_ERROR_CANCELLED && signals_received()) work->target->stopped = true;
    failure_note(&work->target->why, status);
    blame(work, subject);
    return false;
}

/* ---- pictures of a pair ---- */

static bool load_one(seg_image *target, const char *path, const seg_metric *metric,
                     picture_role role, const seg_env *env, failure *why, char **subject) {
    if (picture_read_fitted(target, path, metric, role, env, why)) return true;
    *subject = text_copy(path);
    return false;
}

/* A mask of what is scored becomes one of what is not. */
static void turn_round(seg_image *mask) {
    for (int32_t y = 0; y < mask->height; y++) {
        uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++)
            row[x] = row[x] ? 0 : 255;
    }
}

static bool load_ignore(seg_image *target, const char *path, const unit *of,
                        const seg_metric *metric, const seg_env *env, failure *why,
                        char **subject) {
    if (!load_one(target, path, metric, ROLE_MASK, env, why, subject)) return false;
    if (of->score_roi) turn_round(target);
    return true;
}

bool pair_load(loaded_pair *target, const file_set *files, const unit *of, const seg_metric *metric,
               const seg_env *env, failure *why, char **subject) {
    bool good = true;
    *target = (loaded_pair){.truth_count = files->truth_count};
    target->truths = memory_get((size_t)files->truth_count, sizeof *target->truths);
    for (int32_t side = 0; side < MAX_SIDES && good; side++)
        if (files->predictions[side])
            good = load_one(&target->predictions[side], files->predictions[side], metric,
                            ROLE_PREDICTION, env, why, subject);
    for (int32_t t = 0; t < files->truth_count && good; t++)
        good =
            load_one(&target->truths[t], files->truths[t], metric, ROLE_TRUTH, env, why, subject);
    if (good && files->ignore)
        good = load_ignore(&target->ignore, files->ignore, of, metric, env, why, subject);
    if (good && files->picture)
        good = load_one(&target->picture, files->picture, metric, ROLE_PICTURE, env, why, subject);
    return good;
}

seg_pair pair_view(const loaded_pair *from, int32_t side) {
    return (seg_pair){.prediction = &from->predictions[side],
                      .truths = from->truths,
                      .truth_count = from->truth_count,
                      .ignore = from->ignore.data ? &from->ignore : NULL,
                      .picture = from->picture.data ? &from->picture : NULL};
}

void pair_free(loaded_pair *target) {
    for (int32_t side = 0; side < MAX_SIDES; side++)
        seg_image_unref(&target->predictions[side]);
    for (int32_t t = 0; target->truths && t < target->truth_count; t++)
        seg_image_unref(&target->truths[t]);
    free(target->truths);
    seg_image_unref(&target->ignore);
    seg_image_unref(&target->picture);
    *target = (loaded_pair){0};
}

/* ---- rows ---- */

static score_row *add_row(job *work, int64_t frame) {
    unit_scores *target = work->target;
    memory_grow((void **)&target->rows, (size_t)target->count, sizeof *target->rows);
    score_row *row = &target->rows[target->count++];
    *row = (score_row){.unit = work->index, .frame = frame};
    row->id = frame < 0 ? text_copy(work->unit->id)
                        : text_format("%s:%lld", work->unit->id, (long long)frame);
    return row;
}

static bool start_row(job *work, int64_t frame) {
    score_row *row = add_row(work, frame);
    for (int32_t side = 0; side < work->choices->sides; side++) {
        seg_status status = seg_tally_create(&row->sides[side].tally, work->choices->metric,
                                             work->choices->options, work->env);
        if (status < 0) return fail_status(work, NULL, status);
    }
    return true;
}

static bool add_pair(job *work, const loaded_pair *pair, const file_set *files) {
    score_row *row = &work->target->rows[work->target->count - 1];
    for (int32_t side = 0; side < work->choices->sides; side++) {
        const seg_pair view = pair_view(pair, side);
        seg_status status = seg_tally_add(row->sides[side].tally, &view);
        if (status < 0) return fail_status(work, files->predictions[side], status);
    }
    row->pairs++;
    return true;
}

static bool end_row(job *work) {
    score_row *row = &work->target->rows[work->target->count - 1];
    const int32_t count = work->choices->metric->measure_count;
    for (int32_t side = 0; side < work->choices->sides; side++) {
        side_scores *made = &row->sides[side];
        made->values = memory_get((size_t)count, sizeof *made->values);
        seg_status status = seg_tally_values(made->tally, made->values);
        if (status < 0) return fail_status(work, NULL, status);
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

static void score_files(job *work) {
    const unit *item = work->unit;
    bool good = start_row(work, -1);
    for (int32_t i = 0; i < item->file_count && good; i++) {
        loaded_pair pair;
        if (signals_received()) work->target->stopped = true;
        good = !work->target->stopped &&
               pair_load(&pair, &item->files[i], item, work->choices->metric, work->env,
                         &work->target->why, &work->target->subject);
        if (work->target->stopped) break;
        if (!good) blame(work, NULL);
        good = good && add_pair(work, &pair, &item->files[i]);
        pair_free(&pair);
    }
    if (good && !work->target->stopped) end_row(work);
}

/* ---- frames ---- */

/* Predictions, the truth, and the picture if there is one. */
enum { PLACES = MAX_SIDES + 2, TRUTH = MAX_SIDES, PICTURE };

typedef struct streams {
    source *sources[PLACES];
    const char *names[PLACES];
    bool ended[PLACES];
    int64_t frames;
} streams;

static bool open_streams(job *work, streams *all) {
    static const picture_role roles[PLACES] = {ROLE_PREDICTION, ROLE_PREDICTION, ROLE_TRUTH,
                                               ROLE_PICTURE};
    const file_set *files = work->unit->files;
    for (int i = 0; i < MAX_SIDES; i++)
        all->names[i] = files->predictions[i];
    all->names[TRUTH] = files->truths[0];
    all->names[PICTURE] = files->picture;
    for (int i = 0; i < PLACES; i++) {
        if (!all->names[i]) continue;
        all->sources[i] = source_open(all->names[i], work->choices->metric, roles[i],
                                      work->threaded, work->env, &work->target->why);
        if (all->sources[i]) continue;
        blame(work, all->names[i]);
        return false;
    }
    return true;
}

/* Who ended first, and who goes on. */
static bool fail_lengths(job *work, const streams *all) {
    const char *ended = "", *on = "";
    for (int i = 0; i < PLACES; i++) {
        if (!all->sources[i]) continue;
        if (all->ended[i])
            ended = all->names[i];
        else
            on = all->names[i];
    }
    snprintf(work->target->why.reason, sizeof work->target->why.reason,
             "has %lld frames, but %s goes on (both must have as many)", (long long)all->frames,
             text_equal(on, "-") ? "standard input" : on);
    blame(work, text_equal(ended, "-") ? "standard input" : ended);
    return false;
}

/* Says which frame it was. */
static bool fail_frame(job *work, int64_t frame) {
    failure *why = &work->target->why;
    char *whole = text_format("frame %lld: %s", (long long)frame, why->reason);
    snprintf(why->reason, sizeof why->reason, "%s", whole);
    free(whole);
    return false;
}

/* The next frame of each; *there is false where all have ended. */
static bool next_frames(job *work, streams *all, loaded_pair *pair, bool *there) {
    seg_image *const targets[PLACES] = {&pair->predictions[0], &pair->predictions[1],
                                        &pair->truths[0], &pair->picture};
    int open = 0, given = 0;
    for (int i = 0; i < PLACES; i++) {
        bool got;
        if (!all->sources[i]) continue;
        open++;
        if (!source_next(all->sources[i], targets[i], &got, &work->target->why)) {
            blame(work, all->names[i]);
            return false;
        }
        given += got;
        all->ended[i] = !got;
    }
    *there = given == open;
    if (given && given < open) return fail_lengths(work, all);
    all->frames += *there;
    return true;
}

static bool score_streams(job *work, streams *all, loaded_pair *pair) {
    const bool each = work->choices->per_frame;
    const file_set *files = work->unit->files;
    bool there = true;
    if (!each && !start_row(work, -1)) return false;
    for (;;) {
        if (signals_received()) work->target->stopped = true;
        if (work->target->stopped) return true;
        if (!next_frames(work, all, pair, &there)) return false;
        if (!there) break;
        if (each && !start_row(work, all->frames - 1)) return false;
        if (!add_pair(work, pair, files)) return fail_frame(work, all->frames - 1);
        if (each && !end_row(work)) return false;
    }
    if (!each) return end_row(work);
    return true;
}

static void score_frames(job *work) {
    const unit *item = work->unit;
    streams all = {0};
    loaded_pair pair = {.truth_count = 1};
    pair.truths = memory_get(1, sizeof *pair.truths);
    bool good = !item->files->ignore ||
                load_ignore(&pair.ignore, item->files->ignore, item, work->choices->metric,
                            work->env, &work->target->why, &work->target->subject);
    if (!good) blame(work, NULL);
    signals_enter();
    if (good && open_streams(work, &all)) good = score_streams(work, &all, &pair);
    signals_leave();
    for (int i = 0; i < PLACES; i++)
        source_close(all.sources[i]);
    if (good && !work->target->failed && !work->target->stopped && !all.frames) {
        snprintf(work->target->why.reason, sizeof work->target->why.reason, "has no frames");
        blame(work, all.names[0]);
    }
    pair_free(&pair);
}

void unit_score(unit_scores *target, const choices *from, const unit *item, int32_t index,
                bool threaded, const seg_env *env) {
    job work = {target, from, item, index, env, threaded};
    *target = (unit_scores){0};
    if (item->frames)
        score_frames(&work);
    else
        score_files(&work);
}
