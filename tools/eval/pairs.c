#include "eval/pairs.h"
#include "common/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pictures of a pair ---- */

/* The first to blame is it. */
static bool fail(blame *whom, const char *subject) {
    if (!whom->subject)
        whom->subject = text_copy(text_equal(subject, "-") ? "standard input" : subject);
    return false;
}

static bool load_one(seg_image *target, const char *path, const seg_metric *metric,
                     picture_role role, const seg_env *env, blame *whom) {
    if (picture_read_fitted(target, path, metric, role, false, env, &whom->why)) return true;
    return fail(whom, path);
}

static bool is_full(const seg_image *mask) {
    for (int32_t y = 0; y < mask->height; y++)
        if (memchr(seg_image_row(mask, y), 0, (size_t)mask->width)) return false;
    return true;
}

static bool load_ignore(loaded_pair *target, const char *path, const unit *of,
                        const seg_metric *metric, const seg_env *env, blame *whom) {
    if (!load_one(&target->ignore, path, metric, of->score_roi ? ROLE_REGION : ROLE_IGNORE, env,
                  whom))
        return false;
    target->unscored = is_full(&target->ignore);
    return true;
}

static bool load_list(seg_image **target, int32_t *count, const path_list *paths,
                      const seg_metric *metric, picture_role role, const seg_env *env,
                      blame *whom) {
    bool good = true;
    *target = memory_get((size_t)paths->count, sizeof **target);
    for (*count = 0; *count < paths->count && good; ++*count)
        good = load_one(*target + *count, paths->items[*count], metric, role, env, whom);
    return good;
}

bool pair_load(loaded_pair *target, const file_set *files, const unit *of, const seg_metric *metric,
               const seg_env *env, blame *whom) {
    bool good = true;
    *target = (loaded_pair){0};
    for (int32_t side = 0; side < MAX_SIDES && good; side++)
        if (files->predictions[side])
            good = load_one(&target->predictions[side], files->predictions[side], metric,
                            ROLE_PREDICTION, env, whom) &&
                   load_list(&target->levels[side], &target->level_count[side],
                             &files->levels[side], metric, ROLE_PREDICTION, env, whom);
    good = good && load_list(&target->truths, &target->truth_count, &files->truths, metric,
                             ROLE_TRUTH, env, whom);
    if (good && files->ignore) good = load_ignore(target, files->ignore, of, metric, env, whom);
    if (good && files->picture)
        good = load_one(&target->picture, files->picture, metric, ROLE_PICTURE, env, whom);
    return good;
}

seg_pair pair_view(const loaded_pair *from, int32_t side) {
    return (seg_pair){.prediction = &from->predictions[side],
                      .levels = from->levels[side],
                      .level_count = from->level_count[side],
                      .truths = from->truths,
                      .truth_count = from->truth_count,
                      .ignore = from->ignore.data ? &from->ignore : NULL,
                      .picture = from->picture.data ? &from->picture : NULL};
}

static void free_list(seg_image *list, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        seg_image_unref(&list[i]);
    free(list);
}

void pair_free(loaded_pair *target) {
    for (int32_t side = 0; side < MAX_SIDES; side++) {
        seg_image_unref(&target->predictions[side]);
        free_list(target->levels[side], target->level_count[side]);
    }
    free_list(target->truths, target->truth_count);
    seg_image_unref(&target->ignore);
    seg_image_unref(&target->picture);
    *target = (loaded_pair){0};
}

/* ---- frames ---- */

bool streams_open(streams *target, const unit *of, const seg_metric *metric, bool threaded,
                  const seg_env *env, blame *whom) {
    static const picture_role roles[STREAMS] = {ROLE_PREDICTION, ROLE_PREDICTION, ROLE_TRUTH,
                                                ROLE_PICTURE};
    const file_set *files = of->files;
    *target = (streams){.pair.truth_count = 1};
    target->pair.truths = memory_get(1, sizeof *target->pair.truths);
    for (int i = 0; i < MAX_SIDES; i++)
        target->names[i] = files->predictions[i];
    target->names[STREAM_TRUTH] = files->truths.items[0];
    target->names[STREAM_PICTURE] = files->picture;
    if (files->ignore && !load_ignore(&target->pair, files->ignore, of, metric, env, whom))
        return false;
    for (int i = 0; i < STREAMS; i++) {
        if (!target->names[i]) continue;
        target->sources[i] =
            source_open(target->names[i], metric, roles[i], threaded, env, &whom->why);
        if (!target->sources[i]) return fail(whom, target->names[i]);
    }
    return true;
}

/* Who ended first, and who goes on. */
static bool fail_lengths(const streams *from, blame *whom) {
    const char *ended = "", *on = "";
    for (int i = 0; i < STREAMS; i++) {
        if (!from->sources[i]) continue;
        if (from->ended[i])
            ended = from->names[i];
        else
            on = from->names[i];
    }
    snprintf(whom->why.reason, sizeof whom->why.reason,
             "has %lld frames, but %s goes on (both must have as many)", (long long)from->frames,
             text_equal(on, "-") ? "standard input" : on);
    return fail(whom, ended);
}

bool streams_next(streams *target, bool *there, blame *whom) {
    seg_image *const pictures[STREAMS] = {&target->pair.predictions[0],
                                          &target->pair.predictions[1], &target->pair.truths[0],
                                          &target->pair.picture};
    int open = 0, given = 0;
    for (int i = 0; i < STREAMS; i++) {
        bool got;
        if (!target->sources[i]) continue;
        open++;
        if (!source_next(target->sources[i], pictures[i], &got, &whom->why))
            return fail(whom, target->names[i]);
        given += got;
        target->ended[i] = !got;
    }
    *there = given == open;
    if (given && given < open) return fail_lengths(target, whom);
    target->frames += *there;
    return true;
}

void streams_close(streams *target) {
    for (int i = 0; i < STREAMS; i++)
        source_close(target->sources[i]);
    pair_free(&target->pair);
    *target = (streams){0};
}
