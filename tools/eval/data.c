/*
 * Files of annotations: COCO's JSON, rows of MOTChallenge and KITTI, JSON Lines of objects. A
 * picture is a row, or with metrics of sequences a sequence. Pictures that only one of two files
 * has are scored against nothing, as the protocols want it.
 */
#include "common/names.h"
#include "common/text.h"
#include "eval/job.h"
#include <segment/data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct data_job {
    job *work;
    seg_dataset truth, predictions[MAX_SIDES];
    char *truth_labels, *labels[MAX_SIDES]; /* directories of label pictures */
} data_job;

/* ---- reading ---- */

static bool read_one(data_job *d, seg_dataset *target, const char *path, const seg_dataset *truth) {
    const choices *asked = d->work->choices;
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.truth = truth;
    /* KITTI's rules are for both, MOTChallenge's for its truth */
    options.mot = truth && asked->mot < SEG_MOT_KITTI_CAR ? SEG_MOT_PREDICTIONS : asked->mot;
    options.width = asked->width;
    options.height = asked->height;
    seg_status status = seg_dataset_read(target, path, &options, d->work->env);
    return status >= 0 || job_fail_status(d->work, path, status);
}

/* True if all pictures are of one sequence. */
static bool is_single(const seg_dataset *data) {
    for (int32_t i = 1; i < data->picture_count; i++)
        if (strcmp(data->pictures[i].sequence, data->pictures[0].sequence) != 0) return false;
    return true;
}

static bool has_sequence(const seg_dataset *data, const char *name) {
    for (int32_t i = 0; i < data->picture_count; i++)
        if (strcmp(data->pictures[i].sequence, name) == 0) return true;
    return false;
}

static void forget_sequence(seg_dataset *data) {
    for (int32_t i = 0; i < data->picture_count; i++)
        data->pictures[i].sequence = "";
}

/* Where there is one sequence on either side they go together, however they are called; else a
 * name that the truth does not have would quietly count as false alarms. */
static bool match_sequences(data_job *d, int32_t side) {
    seg_dataset *data = &d->predictions[side];
    if (is_single(data) && is_single(&d->truth)) {
        forget_sequence(data);
        return true;
    }
    for (int32_t i = 0; i < data->picture_count; i++) {
        if (has_sequence(&d->truth, data->pictures[i].sequence)) continue;
        snprintf(d->work->target->whom.why.reason, sizeof d->work->target->whom.why.reason,
                 "has the sequence \"%s\", which the truth does not have",
                 data->pictures[i].sequence);
        return job_fail(d->work, d->work->unit->files->predictions[side]);
    }
    return true;
}

/* COCO has the label pictures of x.json in the directory x. */
static char *labels_directory(const char *path) {
    const char *extension = name_extension(path);
    const size_t length = *extension ? (size_t)(extension - path) - 1 : strlen(path);
    return text_copy_part(path, length);
}

static bool read_all(data_job *d) {
    const file_set *files = d->work->unit->files;
    bool good = read_one(d, &d->truth, files->truths.items[0], NULL);
    d->truth_labels = labels_directory(files->truths.items[0]);
    for (int32_t side = 0; side < d->work->choices->sides && good; side++) {
        d->labels[side] = labels_directory(files->predictions[side]);
        good = read_one(d, &d->predictions[side], files->predictions[side], &d->truth) &&
               match_sequences(d, side);
    }
    if (good && is_single(&d->truth)) forget_sequence(&d->truth);
    return good;
}

/* ---- rows ---- */

static char *row_name(const data_job *d, const seg_dataset_picture *picture, bool sequence) {
    const char *unit_id = d->work->unit->id;
    if (sequence) return text_copy(*picture->sequence ? picture->sequence : unit_id);
    if (*picture->name) return name_stem(picture->name);
    return *picture->sequence ? text_format("%s:%lld", picture->sequence, (long long)picture->id)
                              : text_format("%lld", (long long)picture->id);
}

/* The row that a picture belongs to, a new one if it must be. NULL: it failed. */
static score_row *row_of(data_job *d, const seg_dataset_picture *picture) {
    unit_scores *target = d->work->target;
    const bool sequence = (d->work->choices->metric->needs & SEG_METRIC_SEQUENCE) != 0;
    char *name = row_name(d, picture, sequence);
    const int32_t last = target->count - 1;
    if (sequence && last >= 0 && text_equal(target->rows[last].id, name)) {
        free(name);
    } else {
        /* the row before has all of its frames now */
        if (last >= 0 && !row_end(d->work)) {
            free(name);
            return NULL;
        }
        if (!row_start(d->work, name, -1)) return NULL;
    }
    return &target->rows[target->count - 1];
}

/* ---- label pictures ---- */

static bool load_labels(data_job *d, seg_image *target, const char *directory,
                        const seg_dataset_picture *picture, picture_role role) {
    unit_scores *out = d->work->target;
    if (!picture || !*picture->labels) return true;
    char *path = name_join(directory, picture->labels);
    const bool good = picture_read_fitted(target, path, d->work->choices->metric, role, true,
                                          d->work->env, &out->whom.why) ||
                      job_fail(d->work, path);
    free(path);
    return good;
}

static bool add_side(data_job *d, int32_t side, score_row *row, seg_pair *pair,
                     const seg_dataset_walk *walk) {
    seg_image prediction = {0}, truth = {0};
    bool good =
        load_labels(d, &prediction, d->labels[side], walk->predicted_picture, ROLE_PREDICTION) &&
        load_labels(d, &truth, d->truth_labels, walk->expected_picture, ROLE_TRUTH);
    if (good && prediction.data && truth.data) {
        pair->prediction = &prediction;
        pair->truths = &truth;
        pair->truth_count = 1;
    }
    if (good) {
        seg_status status = seg_tally_add(row->sides[side].tally, pair);
        if (status < 0)
            good = job_fail_status(d->work, d->work->unit->files->predictions[side], status);
    }
    seg_image_unref(&prediction);
    seg_image_unref(&truth);
    return good;
}

/* ---- the whole ---- */

/* All pictures that the truth or any prediction has, in their order; the sides go through theirs
 * together. */
static const seg_dataset_picture *first_picture(const seg_dataset_walk *walks, int32_t sides) {
    const seg_dataset_picture *first = NULL;
    for (int32_t side = 0; side < sides; side++) {
        const seg_dataset *lists[] = {walks[side].predicted, walks[side].expected};
        const int32_t next[] = {walks[side].next_predicted, walks[side].next_expected};
        for (int i = 0; i < 2; i++) {
            if (next[i] >= lists[i]->picture_count) continue;
            const seg_dataset_picture *other = &lists[i]->pictures[next[i]];
            int order = first ? strcmp(other->sequence, first->sequence) : -1;
            if (!order) order = (other->id > first->id) - (other->id < first->id);
            /* the truth's name of a picture is the better one */
            if (order < 0 || (order == 0 && i == 1)) first = other;
        }
    }
    return first;
}

static bool is_next(const seg_dataset_walk *walk, const seg_dataset_picture *picture) {
    const seg_dataset_picture *own = first_picture(walk, 1);
    return own && strcmp(own->sequence, picture->sequence) == 0 && own->id == picture->id;
}

static bool score_all(data_job *d) {
    const int32_t sides = d->work->choices->sides;
    seg_dataset_walk walks[MAX_SIDES];
    const seg_dataset_picture *picture;
    for (int32_t side = 0; side < MAX_SIDES; side++)
        walks[side] = (seg_dataset_walk){.predicted = &d->predictions[side], .expected = &d->truth};
    while ((picture = first_picture(walks, sides))) {
        score_row *row = row_of(d, picture);
        if (!row) return false;
        row->pairs++;
        for (int32_t side = 0; side < sides; side++) {
            seg_pair pair = {0};
            const bool there = is_next(&walks[side], picture);
            if (there && !seg_dataset_next(&walks[side], &pair)) return false;
            if (!there) continue; /* nothing is there on either of its sides */
            if (!add_side(d, side, row, &pair, &walks[side])) return false;
        }
    }
    if (d->work->target->count) return row_end(d->work);
    snprintf(d->work->target->whom.why.reason, sizeof d->work->target->whom.why.reason,
             "has no pictures, nor has its truth");
    return job_fail(d->work, d->work->unit->files->predictions[0]);
}

void score_data(job *work) {
    data_job d = {.work = work};
    if (read_all(&d)) score_all(&d);
    seg_dataset_free(&d.truth);
    free(d.truth_labels);
    for (int32_t side = 0; side < MAX_SIDES; side++) {
        seg_dataset_free(&d.predictions[side]);
        free(d.labels[side]);
    }
}
