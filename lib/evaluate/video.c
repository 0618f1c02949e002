/*
 * Video objects: how well objects are segmented over a sequence, by the rules of DAVIS.
 *
 * F. Perazzi et al., "A benchmark dataset and evaluation methodology for video object
 * segmentation", CVPR 2016; J. Pont-Tuset et al., "The 2017 DAVIS challenge on video object
 * segmentation", arXiv 1704.00675.
 *
 * Of each object and frame: J = intersection / union of the masks; F = 2 P R / (P + R) with P the
 * share of found boundary pixels that have a true one at most r away, R that of true ones, r =
 * ceil(tolerance x diagonal). A boundary pixel differs from its right, lower or lower right
 * neighbour, which puts boundaries half a pixel towards the origin, as the kit does. Where both
 * masks are empty J = F = 1. Of an object: mean over frames, recall = share of frames above 0.5,
 * decay = mean of the first quarter of frames less that of the last. Then means over all objects of
 * all sequences. The first and the last frame are left out (`ends` scores them).
 *
 * With `labels`, each value of the truth is an object and must have the same value in the
 * prediction (2017); else all that is not 0 is one object (2016). What is found under a value that
 * the truth never has does not count, as in the kit; the kit knows the objects of the first frame
 * only, here those that come later are scored, too. Pixels that are not scored are in no mask.
 * With `proposals`, objects have no names in the prediction: each is given one of its labels, so
 * that J and F are greatest over all (DAVIS 2019, evaluate/video_objects.c). With `stability`, T is
 * how much the outline found changes shape from frame to frame (2016, evaluate/video_outline.c).
 *
 * Cost: two reads of each picture to find the objects, and for each object one of the box around
 * it, as bits (near.h), with proposals of each pair; of a frame 48 bytes for what is seen on
 * either side and in common.
 */
#include "evaluate/video.h"
#include "core/check.h"
#include "evaluate/exact_sum.h"
#include "evaluate/label_row.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <math.h>
#include <string.h>

typedef struct video_options {
    size_t size;
    seg_video_rules rules;
} video_options;

#define FIELD(name) offsetof(video_options, rules.name)

static const seg_param rows[] = {
    {"labels", SEG_PARAM_BOOL, FIELD(labels), "false", 0, 1, NULL, "",
     "Each value is an object of its own; else all that is not 0 is one object.", ""},
    {"ends", SEG_PARAM_BOOL, FIELD(ends), "false", 0, 1, NULL, "",
     "Score the first and the last frame, too.", ""},
    {"stability", SEG_PARAM_BOOL, FIELD(stability), "false", 0, 1, NULL, "",
     "Measure t as well, which takes time: points of an outline squared.", ""},
    {"tolerance", SEG_PARAM_FLOAT, FIELD(tolerance), "0.008", 0, 0.5, NULL, "of the diagonal",
     "How far a boundary may lie from the true one.", "r"},
    {"ignore-value", SEG_PARAM_INT, FIELD(ignore_value), "-1", -1, INT32_MAX, NULL, "raw value",
     "Pixels of this value in the truth are not scored (255 in DAVIS 2017); -1 = all are.", ""},
    {"proposals", SEG_PARAM_INT, FIELD(proposals), "0", 0, 2000, NULL, "labels",
     "Hold each true object against the label 1 to this of the prediction, one to one, that suits "
     "best over the sequence, as DAVIS does without supervision (20, with ends and ignore-value "
     "255); 0 = against the same label.",
     ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(video_options)};

typedef enum {
    JF_MEAN,
    J_MEAN,
    J_RECALL,
    J_DECAY,
    F_MEAN,
    F_RECALL,
    F_DECAY,
    T_MEAN,
    OBJECTS,
    FRAMES,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [JF_MEAN] = {"jf-mean", "mean of j-mean and f-mean", "", 1, 1},
    [J_MEAN] = {"j-mean", "region similarity J: intersection over union", "", 1, 1},
    [J_RECALL] = {"j-recall", "share of frames with J above 0.5", "", 1, 1},
    [J_DECAY] = {"j-decay", "J of the first quarter of frames less that of the last", "", -1, 0},
    [F_MEAN] = {"f-mean", "contour accuracy F", "", 1, 1},
    [F_RECALL] = {"f-recall", "share of frames with F above 0.5", "", 1, 1},
    [F_DECAY] = {"f-decay", "F of the first quarter of frames less that of the last", "", -1, 0},
    [T_MEAN] = {"t", "instability T: 5 times the cost of matching outlines frame by frame", "", -1,
                NAN},
    [OBJECTS] = {"objects", "true objects of all sequences", "objects", 0, NAN},
    [FRAMES] = {"frames", "frames that were scored", "frames", 0, NAN},
};

typedef struct video_tally {
    seg_env env;
    seg_video_rules rules;
    seg_sightings list;
    int32_t *frames; /* of each sequence, in the order in which they were added */
    int32_t sequences, sequence_capacity;
    bool running;                /* the next frame belongs to the last sequence */
    seg_sightings seen;          /* of one frame */
    seg_video_outlines outlines; /* of the last frame of a running sequence */
    seg_video_scratch scratch;
} video_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    video_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of video objects");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->rules = ((const video_options *)options)->rules;
    if (tally->rules.proposals) tally->rules.labels = true;
    seg_scratch_init(&tally->scratch.frame, env);
    seg_scratch_init(&tally->scratch.object, env);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    video_tally *tally = state;
    const seg_env env = tally->env;
    seg_release_with(env.allocator, tally->list.items);
    seg_release_with(env.allocator, tally->seen.items);
    seg_release_with(env.allocator, tally->frames);
    seg_video_outlines_free(&tally->outlines, &env);
    seg_scratch_free(&tally->scratch.frame);
    seg_scratch_free(&tally->scratch.object);
    seg_release(&env, tally);
}

static seg_status reserve(video_tally *tally, int32_t sightings_more, int32_t sequences_more) {
    if (sightings_more > INT32_MAX - tally->list.count ||
        sequences_more > INT32_MAX - tally->sequences)
        return seg_fail(SEG_ERROR_LIMIT, "too many objects and frames to score together");
    SEG_TRY(seg_grow((void **)&tally->list.items, &tally->list.capacity, tally->list.count,
                     tally->list.count + sightings_more, sizeof *tally->list.items,
                     tally->env.allocator));
    return seg_grow((void **)&tally->frames, &tally->sequence_capacity, tally->sequences,
                    tally->sequences + sequences_more, sizeof *tally->frames, tally->env.allocator);
}

static seg_status add(void *state, const seg_pair *pair) {
    video_tally *tally = state;
    seg_video_outlines now = {0};
    seg_status status = seg_video_compare(&tally->seen, &now, &tally->outlines, pair, &tally->rules,
                                          &tally->scratch, &tally->env);
    if (status >= 0) status = reserve(tally, tally->seen.count, 1);
    if (status < 0) {
        seg_video_outlines_free(&now, &tally->env);
        return status;
    }
    if (!tally->running) tally->frames[tally->sequences++] = 0;
    tally->running = true;
    seg_video_outlines_free(&tally->outlines, &tally->env);
    tally->outlines = now;
    const int32_t sequence = tally->sequences - 1;
    for (int32_t i = 0; i < tally->seen.count; i++) {
        seg_sighting seen = tally->seen.items[i];
        seen.sequence = sequence;
        seen.frame = tally->frames[sequence];
        tally->list.items[tally->list.count++] = seen;
    }
    tally->frames[sequence]++;
    return SEG_OK;
}

static seg_status finish(void *state) {
    video_tally *tally = state;
    tally->running = false;
    seg_video_outlines_free(&tally->outlines, &tally->env);
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    video_tally *tally = state;
    const video_tally *other = from;
    SEG_TRY(reserve(tally, other->list.count, other->sequences));
    SEG_TRY(finish(tally));
    for (int32_t i = 0; i < other->list.count; i++) {
        seg_sighting seen = other->list.items[i];
        seen.sequence += tally->sequences;
        tally->list.items[tally->list.count++] = seen;
    }
    for (int32_t i = 0; i < other->sequences; i++)
        tally->frames[tally->sequences++] = other->frames[i];
    return SEG_OK;
}

/* ---- results ---- */

static seg_status visit(const video_tally *tally,
                        void (*visitor)(void *user, const seg_video_object *object), void *user) {
    return seg_video_visit(&tally->list, tally->frames, tally->sequences, &tally->rules, visitor,
                           user, &tally->env);
}

typedef struct means {
    seg_exact_sum sums[SEG_VIDEO_NUMBERS];
    int32_t objects, with_t; /* t is undefined where no outline is in two frames */
} means;

static void add_object(void *user, const seg_video_object *object) {
    means *all = user;
    for (int32_t i = 0; i < SEG_VIDEO_T; i++)
        seg_exact_sum_add(&all->sums[i], object->numbers[i]);
    all->objects++;
    if (isnan(object->numbers[SEG_VIDEO_T])) return;
    seg_exact_sum_add(&all->sums[SEG_VIDEO_T], object->numbers[SEG_VIDEO_T]);
    all->with_t++;
}

static seg_status values(const void *state, double *value) {
    const video_tally *tally = state;
    means all = {0};
    SEG_TRY(visit(tally, add_object, &all));
    for (int32_t i = 0; i < SEG_VIDEO_NUMBERS; i++) {
        const int32_t count = i == SEG_VIDEO_T ? all.with_t : all.objects;
        value[J_MEAN + i] = count ? seg_exact_sum_value(&all.sums[i]) / count : NAN;
    }
    value[JF_MEAN] = (value[J_MEAN] + value[F_MEAN]) / 2;
    value[OBJECTS] = all.objects;
    value[FRAMES] = 0;
    for (int32_t s = 0; s < tally->sequences; s++) {
        const seg_video_span scored = seg_video_scored(tally->frames[s], &tally->rules);
        value[FRAMES] += scored.end - scored.first;
    }
    return SEG_OK;
}

static const char *const object_columns[] = {"sequence", "object",   "proposal", "frames",
                                             "j-mean",   "j-recall", "j-decay",  "f-mean",
                                             "f-recall", "f-decay",  "t",        NULL};
static const seg_table_kind tables[] = {
    {"objects", "every true object and the label that it is held against; sequences from 1",
     object_columns, -1, -1},
};

#define COLUMNS ((int32_t)(sizeof object_columns / sizeof *object_columns) - 1)

static void fill_row(void *user, const seg_video_object *object) {
    double *row = seg_table_next(user);
    row[0] = object->sequence + 1;
    row[1] = object->object;
    row[2] = object->proposal;
    row[3] = object->frames;
    memcpy(row + 4, object->numbers, sizeof object->numbers);
}

static seg_status table_of(const void *state, int32_t index, seg_table *table) {
    (void)index;
    const video_tally *tally = state;
    means all = {0};
    SEG_TRY(visit(tally, add_object, &all));
    SEG_TRY(seg_table_take(table, all.objects, COLUMNS, &tally->env));
    const seg_status status = visit(tally, fill_row, table);
    if (status < 0) seg_table_free(table, &tally->env);
    return status;
}

const seg_metric seg_metric_video = {
    .id = "video",
    .title = "objects of a video (DAVIS J, F and T)",
    .reference = "Perazzi et al., A benchmark dataset and evaluation methodology for video object "
                 "segmentation, CVPR",
    .year = 2016,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_SEQUENCE,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "jf-mean",
    .empty = "An object that is in neither picture of a frame has J = F = 1 there; in one of them "
             "only 0. t is of frames that follow each other and both have an outline. Without "
             "frames to score all is undefined.",
    .tables = tables,
    .table_count = (int32_t)(sizeof tables / sizeof *tables),
    .create = create,
    .add = add,
    .finish = finish,
    .merge = merge,
    .values = values,
    .table = table_of,
    .free = release,
};
