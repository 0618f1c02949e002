/*
 * Pairing by name. A prediction and its truth have the same name below their directories, whatever
 * their extensions; a metric that takes several annotators also pairs `NAME_1`, `NAME_2`, ... and
 * all files of a directory `NAME`. Frames of videos and streams are paired in their order.
 */
#include "common/messages.h"
#include "common/names.h"
#include "common/text.h"
#include "eval/cdnet.h"
#include "eval/entries.h"
#include "eval/units.h"
#include <ctype.h>
#include <segment/media.h>
#include <stdlib.h>
#include <string.h>

typedef struct pairing {
    unit_list *target;
    const choices *choices;
    entries predictions[MAX_SIDES], truths, ignores, pictures;
    bool several; /* truths of one prediction */
} pairing;

static void add_problem(pairing *all, problem_kind kind, const char *subject, const char *reason) {
    units_add_problem(all->target, kind, subject, reason);
}

/* "a/b" of "a/b/c"; "" without a directory. A new text. */
static char *directory_of(const char *id) {
    const char *slash = strrchr(id, '/');
    return slash ? text_copy_part(id, (size_t)(slash - id)) : text_copy("");
}

/* Names that differ in their extension only. */
static void drop_doubles(pairing *all, entries *list) {
    int32_t kept = 0;
    for (int32_t i = 0; i < list->count; i++) {
        entry *now = &list->items[i], *before = list->items + (kept ? kept - 1 : 0);
        if (!kept || !text_equal(now->id, before->id)) {
            list->items[kept++] = *now;
            continue;
        }
        char *reason =
            text_format("has the same name as %s; only one of them can be paired", before->path);
        add_problem(all, PROBLEM_NAME, now->path, reason);
        free(reason);
        free(now->path);
        free(now->id);
    }
    list->count = kept;
}

/* ---- masks and pictures beside the pair ---- */

/* The file that goes with an id in a list that is optional; one picture goes with all. False: it
 * is missing. */
static bool add_companion(pairing *all, char **target, const entries *list, const char *id,
                          const char *option) {
    if (list->kind == ENTRIES_NONE) return true;
    const entry *found = list->kind == ENTRIES_MANY ? entries_find(list, id) : list->items;
    if (found) {
        *target = text_copy(found->path);
        return true;
    }
    char *subject = name_join(list->name, id);
    char *reason = text_format("%s has no picture of that name", option);
    add_problem(all, PROBLEM_NO_COMPANION, subject, reason);
    free(subject);
    free(reason);
    return false;
}

static bool add_companions(pairing *all, file_set *files, const char *id) {
    bool ignore = add_companion(all, &files->ignore, &all->ignores, id, "--ignore");
    return add_companion(all, &files->picture, &all->pictures, id, "--pictures") && ignore;
}

/* ---- one to one, and frames in order ---- */

/* Two pictures go together whatever their names are. */
static void pair_single(pairing *all) {
    const choices *from = all->choices;
    const char *id = all->predictions[0].items[0].id;
    file_set files = {0};
    if (!add_companions(all, &files, id)) {
        files_free(&files);
        return;
    }
    for (int32_t side = 0; side < from->sides; side++)
        files.predictions[side] = text_copy(all->predictions[side].items[0].path);
    paths_add(&files.truths, all->truths.items[0].path);
    *unit_add_files(units_add(all->target, id, "")) = files;
}

/* Names as they are: the reader of frames knows directories, patterns and globs. */
static void pair_frames(pairing *all) {
    const choices *from = all->choices;
    char *id =
        name_stem(text_equal(from->predictions[0], "-") ? from->truth : from->predictions[0]);
    unit *made = units_add(all->target, id, "");
    file_set *files = unit_add_files(made);
    made->frames = true;
    for (int32_t side = 0; side < from->sides; side++)
        files->predictions[side] = text_copy(from->predictions[side]);
    paths_add(&files->truths, from->truth);
    if (all->ignores.kind > ENTRIES_ONE)
        add_problem(all, PROBLEM_NO_COMPANION, from->ignore,
                    "frames of videos and streams take one mask for --ignore");
    else if (all->ignores.kind == ENTRIES_ONE)
        files->ignore = text_copy(from->ignore);
    if (all->pictures.kind != ENTRIES_NONE) files->picture = text_copy(from->pictures);
    free(id);
}

/* ---- annotations ---- */

static bool is_data(const entries *list) {
    return list->kind == ENTRIES_DATA;
}

/* Files of annotations go together; they cannot be held against pictures. */
static bool check_data(pairing *all) {
    const choices *from = all->choices;
    bool any = is_data(&all->truths), every = any;
    for (int32_t side = 0; side < from->sides; side++) {
        any = any || is_data(&all->predictions[side]);
        every = every && is_data(&all->predictions[side]);
    }
    if (any && !every)
        add_problem(all, PROBLEM_NAME, is_data(&all->truths) ? from->truth : from->predictions[0],
                    "is a file of annotations, its partner is none (both must be, or none)");
    return any;
}

static unit *add_data(pairing *all, const char *id, const char *group, const file_set *files) {
    unit *made = units_add(all->target, id, group);
    made->data = true;
    *unit_add_files(made) = *files;
    return made;
}

static void pair_data(pairing *all) {
    const choices *from = all->choices;
    file_set files = {0};
    if (all->target->problem_count) return;
    if (from->ignore || from->pictures) {
        add_problem(all, PROBLEM_NO_COMPANION, from->ignore ? from->ignore : from->pictures,
                    "goes with pictures, not with files of annotations");
        return;
    }
    for (int32_t side = 0; side < from->sides; side++)
        files.predictions[side] = text_copy(from->predictions[side]);
    paths_add(&files.truths, from->truth);
    add_data(all, all->predictions[0].items[0].id, "", &files);
}

/* MOTChallenge has the truth of NAME in NAME/gt/gt.txt, beside much that is no truth. */
static void find_mot_truths(entries *list) {
    int32_t kept = 0, found = 0;
    for (int32_t i = 0; i < list->count; i++)
        found += list->items[i].data && text_ends(list->items[i].id, "/gt/gt");
    for (int32_t i = 0; i < list->count && found; i++) {
        entry *now = &list->items[i];
        if (now->data && text_ends(now->id, "/gt/gt")) {
            now->id[strlen(now->id) - strlen("/gt/gt")] = 0;
            list->items[kept++] = *now;
        } else {
            free(now->id);
            free(now->path);
        }
    }
    if (found) list->count = kept;
}

/* ---- many to many ---- */

/* The prediction that a truth belongs to: of the same name, or without the number of an annotator,
 * or named as the truth's directory. */
static entry *prediction_of(pairing *all, const char *truth_id) {
    const entries *list = &all->predictions[0];
    entry *found = entries_find(list, truth_id);
    if (found || !all->several) return found;
    char *base = entries_base(truth_id);
    found = base ? entries_find(list, base) : NULL;
    if (!found && base) { /* a/1_2 is of a, too */
        char *directory = directory_of(truth_id);
        found = *directory ? entries_find(list, directory) : NULL;
        free(directory);
    }
    free(base);
    return found;
}

/* A directory below `root` whose pictures are the frames of the video of that id, or NULL. */
static char *frames_directory(const char *root, const char *id) {
    char *path = name_join(root, id);
    if (name_is_directory(path)) return path;
    free(path);
    return NULL;
}

/* Marks all entries below the directory of that id. */
static void use_below(entries *list, const char *id) {
    size_t length = strlen(id);
    for (int32_t i = 0; i < list->count; i++)
        if (strncmp(list->items[i].id, id, length) == 0 && list->items[i].id[length] == '/')
            list->items[i].used = true;
}

/* A video in the one list: the other has a video or a directory of frames of the same name. */
static const char *frames_for(entries *list, const char *id, char **own) {
    entry *found = entries_find(list, id);
    *own = NULL;
    if (found) {
        found->used = true;
        return found->path;
    }
    *own = frames_directory(list->name, id);
    if (*own) use_below(list, id);
    return *own;
}

static void pair_video(pairing *all, const char *id) {
    const char *names[MAX_SIDES + 1];
    char *own[MAX_SIDES + 1];
    const int32_t sides = all->choices->sides;
    bool complete = true;
    for (int32_t i = 0; i <= sides; i++) {
        entries *list = i < sides ? &all->predictions[i] : &all->truths;
        names[i] = frames_for(list, id, &own[i]);
        if (names[i]) continue;
        char *subject = name_join(list->name, id);
        add_problem(all, PROBLEM_NO_PREDICTION, subject,
                    "is missing: neither a video nor a directory of frames");
        free(subject);
        complete = false;
    }
    file_set files = {0};
    if (complete) complete = add_companions(all, &files, id);
    if (complete) {
        char *group = directory_of(id);
        unit *made = units_add(all->target, id, group);
        made->frames = true;
        for (int32_t i = 0; i < sides; i++)
            files.predictions[i] = text_copy(names[i]);
        paths_add(&files.truths, names[sides]);
        *unit_add_files(made) = files;
        free(group);
    } else {
        files_free(&files);
    }
    for (int32_t i = 0; i <= sides; i++)
        free(own[i]);
}

static void pair_videos(pairing *all) {
    const int32_t sides = all->choices->sides;
    for (int32_t i = 0; i <= sides; i++) {
        entries *list = i < sides ? &all->predictions[i] : &all->truths;
        for (int32_t k = 0; k < list->count; k++)
            if (list->items[k].video && !list->items[k].used) pair_video(all, list->items[k].id);
    }
}

/* Truths by prediction: list[i] of the prediction items[i]. */
static void collect_truths(pairing *all, file_set *sets) {
    entries *predictions = &all->predictions[0];
    for (int32_t i = 0; i < all->truths.count; i++) {
        entry *truth = &all->truths.items[i];
        if (truth->used) continue;
        entry *found = prediction_of(all, truth->id);
        if (found && !found->used) {
            paths_add(&sets[found - predictions->items].truths, truth->path);
        } else if (all->predictions[0].kind != ENTRIES_ONE) {
            char *subject = name_join(predictions->name, truth->id);
            char *reason = text_format("is missing: there is no prediction for %s", truth->path);
            add_problem(all, PROBLEM_NO_PREDICTION, subject, reason);
            free(subject);
            free(reason);
        }
    }
}

static void add_prediction(file_set *files, int32_t side, const entry *from) {
    files->predictions[side] = text_copy(from->path);
    for (int32_t i = 0; i < from->level_count; i++)
        paths_add(&files->levels[side], from->levels[i]);
}

/* The second prediction of --compare has the names of the first. */
static bool add_other_sides(pairing *all, file_set *files, const char *id) {
    bool complete = true;
    for (int32_t side = 1; side < all->choices->sides; side++) {
        entries *list = &all->predictions[side];
        entry *found = list->kind == ENTRIES_ONE ? list->items : entries_find(list, id);
        if (found) {
            add_prediction(files, side, found);
            found->used = true;
            continue;
        }
        char *subject = name_join(list->name, id);
        add_problem(all, PROBLEM_NO_PREDICTION, subject, "is missing");
        free(subject);
        complete = false;
    }
    return complete;
}

/* The metric's unit: a picture, or all pictures of a directory in order. */
static unit *unit_for(pairing *all, const char *id) {
    const bool sequence =
        all->choices->sequence || (all->choices->metric->needs & SEG_METRIC_SEQUENCE);
    char *directory = directory_of(id), *stem = NULL;
    unit *found = NULL;
    if (!sequence) {
        found = units_add(all->target, id, directory);
    } else {
        if (!*directory) stem = name_stem(all->predictions[0].name);
        const char *name = stem ? stem : directory;
        char *group = directory_of(name);
        for (int32_t i = all->target->count - 1; i >= 0 && !found; i--)
            if (text_equal(all->target->items[i].id, name)) found = &all->target->items[i];
        if (!found) found = units_add(all->target, name, group);
        free(group);
    }
    free(directory);
    free(stem);
    return found;
}

/* Where no name is the other's: how they look, and what helps. */
static void say_namings(const pairing *all) {
    bool numbers[2];
    const entry *prediction = &all->predictions[0].items[0], *truth = &all->truths.items[0];
    char *first = name_generalise(&numbers[0], prediction->path),
         *second = name_generalise(&numbers[1], truth->path);
    message_error(NULL, "no name pairs: predictions are named like %s, truths like %s; %s", first,
                  second,
                  numbers[0] && numbers[1] ? "given as these patterns they are paired by number"
                                           : "names must be the same up to their extensions");
    free(first);
    free(second);
}

static void pair_files(pairing *all) {
    entries *predictions = &all->predictions[0];
    file_set *sets = memory_get((size_t)predictions->count, sizeof *sets);
    collect_truths(all, sets);
    for (int32_t i = 0; i < predictions->count; i++) {
        entry *item = &predictions->items[i];
        bool complete = !item->used && sets[i].truths.count;
        if (!item->used && !sets[i].truths.count) {
            char *reason = text_format("has no truth in %s", all->truths.name);
            add_problem(all, PROBLEM_NO_TRUTH, item->path, reason);
            free(reason);
        }
        if (complete) complete = add_other_sides(all, &sets[i], item->id);
        if (complete) complete = add_companions(all, &sets[i], item->id);
        if (!complete) {
            files_free(&sets[i]);
            continue;
        }
        add_prediction(&sets[i], 0, item);
        if (item->data) {
            char *group = directory_of(item->id);
            add_data(all, item->id, group, &sets[i]);
            free(group);
        } else {
            *unit_add_files(unit_for(all, item->id)) = sets[i];
        }
    }
    free(sets);
    if (!all->target->count && all->target->said[PROBLEM_NO_TRUTH]) say_namings(all);
    for (int32_t side = 1; side < all->choices->sides; side++)
        for (int32_t i = 0; i < all->predictions[side].count; i++) {
            const entry *item = &all->predictions[side].items[i];
            if (!item->used && !entries_find(predictions, item->id))
                add_problem(all, PROBLEM_NO_PREDICTION, item->path,
                            "has no partner in the other prediction");
        }
}

/* ---- the whole ---- */

static bool list_all(pairing *all) {
    const choices *from = all->choices;
    const bool data = (from->metric->needs & SEG_METRIC_INSTANCES) != 0;
    bool numbers = entries_is_numbered(from->truth), good = true;
    for (int32_t side = 0; side < from->sides; side++)
        numbers = numbers && entries_is_numbered(from->predictions[side]);
    for (int32_t side = 0; side < from->sides; side++) {
        entries_list(&all->predictions[side], from->predictions[side], numbers, data);
        good = good && all->predictions[side].kind != ENTRIES_NONE;
    }
    entries_list(&all->truths, from->truth, numbers, data);
    good = good && all->truths.kind != ENTRIES_NONE;
    if (from->ignore) entries_list(&all->ignores, from->ignore, numbers, false);
    if (from->pictures) entries_list(&all->pictures, from->pictures, numbers, false);
    return good && (!from->ignore || all->ignores.kind != ENTRIES_NONE) &&
           (!from->pictures || all->pictures.kind != ENTRIES_NONE);
}

static bool any_of_kind(const pairing *all, entries_kind kind) {
    bool any = all->truths.kind == kind;
    for (int32_t side = 0; side < all->choices->sides; side++)
        any = any || all->predictions[side].kind == kind;
    return any;
}

bool units_find(unit_list *target, const choices *from) {
    pairing all = {.target = target,
                   .choices = from,
                   .several = (from->metric->needs & SEG_METRIC_ANNOTATORS) != 0};
    *target = (unit_list){0};
    if (cdnet_is_dataset(from->truth)) {
        cdnet_find(target, from);
        return true;
    }
    bool listed = list_all(&all);
    if (!listed) {
        /* said already */
    } else if (check_data(&all)) {
        pair_data(&all);
    } else if (any_of_kind(&all, ENTRIES_FRAMES)) {
        pair_frames(&all);
    } else if (!any_of_kind(&all, ENTRIES_MANY)) {
        pair_single(&all);
    } else {
        for (int32_t side = 0; side < from->sides; side++) {
            drop_doubles(&all, &all.predictions[side]);
            if (from->levels) entries_fold(&all.predictions[side]);
        }
        find_mot_truths(&all.truths);
        drop_doubles(&all, &all.truths);
        pair_videos(&all);
        pair_files(&all);
    }
    for (int32_t side = 0; side < from->sides; side++)
        entries_free(&all.predictions[side]);
    units_count_problems(target);
    entries_free(&all.truths);
    entries_free(&all.ignores);
    entries_free(&all.pictures);
    return listed;
}
