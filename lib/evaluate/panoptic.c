/*
 * Panoptic quality: how well a picture is divided into segments, things and stuff alike.
 *
 * A. Kirillov, K. He, R. Girshick, C. Rother, P. Dollar, "Panoptic segmentation", CVPR 2019, with
 * the rules of its evaluation code. Segments p and g of one class match if their IoU is above 0.5,
 * which at most one of each does; of each class
 * pq = sum of IoU over matches / (tp + fp / 2 + fn / 2) = sq * rq, with
 * sq = mean IoU of matches, rq = tp / (tp + fp / 2 + fn / 2);
 * the measures are means over the classes that occur. Void pixels (not annotated) count neither in
 * unions nor, with crowds of the class, do segments of which they are more than half.
 *
 * Whether the truth's label 0 is void or background is an option: it is void in panoptic data sets
 * and background in pictures of cells. Lists of instances that cover each other are paired by
 * falling IoU. Empty cases: a class without match has sq 0; a mean over no class is undefined (NaN)
 * unless there is no error at all, then it is 1.
 *
 * Cost: see evaluate/overlaps.c.
 */
#include "core/check.h"
#include "evaluate/class_list.h"
#include "evaluate/contingency.h"
#include "evaluate/exact_sum.h"
#include "evaluate/pairing.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <string.h>

typedef enum { ROLE_AUTO, ROLE_VOID, ROLE_BACKGROUND } unassigned_role;

typedef struct panoptic_options {
    size_t size;
    seg_overlap_options overlap;
    int32_t unassigned; /* unassigned_role */
} panoptic_options;

static const char *const role_names[] = {"auto", "void", "background", NULL};

static const seg_param rows[] = {
    SEG_OVERLAP_ROWS(offsetof(panoptic_options, overlap)),
    {"unassigned", SEG_PARAM_ENUM, offsetof(panoptic_options, unassigned), "auto", 0, 2, role_names,
     "",
     "What label 0 of the truth is; auto: void (not annotated) if the truth comes with a list of "
     "its segments, else background.",
     ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(panoptic_options)};

/* The three of all classes, of things and of stuff, in this order. */
enum { QUALITIES = 3, GROUPS = 3 };

typedef enum {
    PQ,
    SQ,
    RQ,
    PQ_THINGS,
    SQ_THINGS,
    RQ_THINGS,
    PQ_STUFF,
    SQ_STUFF,
    RQ_STUFF,
    TP,
    FP,
    FN,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [PQ] = {"pq", "panoptic quality: sq * rq, mean over classes", "", 1, 1},
    [SQ] = {"sq", "segmentation quality: mean IoU of matches, mean over classes", "", 1, 1},
    [RQ] = {"rq", "recognition quality: tp / (tp + fp / 2 + fn / 2), mean over classes", "", 1, 1},
    [PQ_THINGS] = {"pq-things", "pq over classes of things", "", 1, 1},
    [SQ_THINGS] = {"sq-things", "sq over classes of things", "", 1, 1},
    [RQ_THINGS] = {"rq-things", "rq over classes of things", "", 1, 1},
    [PQ_STUFF] = {"pq-stuff", "pq over classes of stuff", "", 1, 1},
    [SQ_STUFF] = {"sq-stuff", "sq over classes of stuff", "", 1, 1},
    [RQ_STUFF] = {"rq-stuff", "rq over classes of stuff", "", 1, 1},
    [TP] = {"tp", "matches, IoU above .5", "segments", 0, NAN},
    [FP] = {"fp", "predicted segments without a match", "segments", -1, 0},
    [FN] = {"fn", "true segments without a match", "segments", -1, 0},
};

typedef struct class_sums {
    int32_t category;
    bool stuff;
    int64_t tp, fp, fn;
    seg_exact_sum iou; /* of the matches */
} class_sums;

typedef struct panoptic_tally {
    seg_env env;
    panoptic_options options;
    seg_class_list classes; /* of class_sums */
    seg_scratch scratch;    /* of a picture */
} panoptic_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    panoptic_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of segments");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const panoptic_options *)options;
    tally->classes.size = sizeof(class_sums);
    seg_scratch_init(&tally->scratch, env);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    panoptic_tally *tally = state;
    const seg_env env = tally->env;
    seg_class_list_free(&tally->classes, &env);
    seg_scratch_free(&tally->scratch);
    seg_release(&env, tally);
}

/* ---- pictures ---- */

/* Takes void pixels out of the unions. */
static void leave_out_void(const seg_overlaps *o) {
    for (int32_t i = 0; i < o->count; i++) {
        seg_overlap *overlap = &o->items[i];
        if (o->expected.items[overlap->expected].crowd) continue;
        const double whole = o->predicted.sizes[overlap->predicted] +
                             o->expected.sizes[overlap->expected] - overlap->common -
                             o->unassigned[overlap->predicted];
        overlap->iou = overlap->common / whole;
    }
}

/* Pixels of each predicted segment on crowds of its class, on ignored segments and on void. */
static double *find_excused(const seg_overlaps *o, bool voids, seg_scratch *scratch) {
    const size_t count = (size_t)o->predicted.count;
    double *excused = seg_scratch_take(scratch, count, sizeof *excused, "segments");
    for (size_t p = 0; excused && p < count; p++)
        excused[p] = voids ? o->unassigned[p] : 0;
    for (int32_t i = 0; excused && i < o->count; i++)
        if (!seg_counts_as_truth(&o->expected.items[o->items[i].expected]))
            excused[o->items[i].predicted] += o->items[i].common;
    return excused;
}

static class_sums *class_of(panoptic_tally *tally, const seg_instance *segment) {
    class_sums *sums = seg_class_list_get(&tally->classes, segment->category);
    sums->stuff = sums->stuff || segment->stuff;
    return sums;
}

static void count_segments(panoptic_tally *tally, const seg_overlaps *o,
                           const seg_partner *partners, const double *excused) {
    for (int32_t e = 0; e < o->expected.count; e++) {
        const seg_instance *truth = &o->expected.items[e];
        class_of(tally, truth)->fn += seg_counts_as_truth(truth);
    }
    for (int32_t p = 0; p < o->predicted.count; p++) {
        class_sums *sums = class_of(tally, &o->predicted.items[p]);
        if (partners[p].iou > .5) {
            sums->tp++;
            sums->fn--;
            seg_exact_sum_add(&sums->iou, partners[p].iou);
        } else if (!(excused[p] > .5 * o->predicted.sizes[p])) {
            sums->fp++;
        }
    }
}

static seg_status add(void *state, const seg_pair *pair) {
    panoptic_tally *tally = state;
    seg_overlaps overlaps;
    seg_scratch_rewind(&tally->scratch);
    SEG_TRY(seg_overlaps_find(&overlaps, pair, &tally->options.overlap, false, &tally->scratch));
    const bool voids =
        overlaps.unassigned && (tally->options.unassigned == ROLE_VOID ||
                                (tally->options.unassigned == ROLE_AUTO && pair->expected));
    if (voids) leave_out_void(&overlaps);
    const double *excused = find_excused(&overlaps, voids, &tally->scratch);
    const seg_partner *partners = seg_pairing_find(&overlaps, &tally->scratch);
    if (!excused || !partners) return SEG_ERROR_MEMORY;
    const int64_t segments = (int64_t)overlaps.predicted.count + overlaps.expected.count;
    SEG_TRY(seg_class_list_reserve(&tally->classes, segments, &tally->env));
    count_segments(tally, &overlaps, partners, excused);
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    panoptic_tally *tally = state;
    const panoptic_tally *other = from;
    SEG_TRY(seg_class_list_reserve(&tally->classes, other->classes.count, &tally->env));
    for (int32_t i = 0; i < other->classes.count; i++) {
        const class_sums *more = seg_class_list_at(&other->classes, i);
        class_sums *sums = seg_class_list_get(&tally->classes, more->category);
        sums->stuff = sums->stuff || more->stuff;
        sums->tp += more->tp;
        sums->fp += more->fp;
        sums->fn += more->fn;
        seg_exact_sum_merge(&sums->iou, &more->iou);
    }
    return SEG_OK;
}

/* ---- measures ---- */

/* pq, sq and rq of a class; false if nothing of it occurs. */
static bool score_class(double score[QUALITIES], const class_sums *sums) {
    const double tp = (double)sums->tp, iou = seg_exact_sum_value(&sums->iou);
    const double whole = tp + .5 * (double)sums->fp + .5 * (double)sums->fn;
    score[PQ] = whole > 0 ? iou / whole : NAN;
    score[SQ] = tp > 0 ? iou / tp : whole > 0 ? 0 : NAN;
    score[RQ] = whole > 0 ? tp / whole : NAN;
    return whole > 0;
}

static seg_status values(const void *state, double *value) {
    const panoptic_tally *tally = state;
    double sums[GROUPS][QUALITIES] = {{0}}, classes[GROUPS] = {0};
    value[TP] = value[FP] = value[FN] = 0;
    for (int32_t i = 0; i < tally->classes.count; i++) {
        const class_sums *item = seg_class_list_at(&tally->classes, i);
        double score[QUALITIES];
        value[TP] += (double)item->tp;
        value[FP] += (double)item->fp;
        value[FN] += (double)item->fn;
        if (!score_class(score, item)) continue;
        for (int group = 0; group < GROUPS; group++) {
            if (group > 0 && item->stuff != (group == 2)) continue;
            classes[group]++;
            for (int k = 0; k < QUALITIES; k++)
                sums[group][k] += score[k];
        }
    }
    const bool flawless = value[FP] + value[FN] == 0;
    for (int i = 0; i < GROUPS * QUALITIES; i++)
        value[i] =
            seg_ratio(sums[i / QUALITIES][i % QUALITIES], classes[i / QUALITIES], flawless, 1);
    return SEG_OK;
}

static const char *const category_columns[] = {"category", "stuff", "tp", "fp", "fn",
                                               "pq",       "sq",    "rq", NULL};

static const seg_table_kind tables[] = {
    {"categories", "scores of each class", category_columns, -1, -1},
};

static seg_status table(const void *state, int32_t index, seg_table *made) {
    const panoptic_tally *tally = state;
    (void)index;
    SEG_TRY(seg_table_take(made, tally->classes.count, 8, &tally->env));
    for (int32_t i = 0; i < tally->classes.count; i++) {
        const class_sums *item = seg_class_list_at(&tally->classes, i);
        double *cell = seg_table_next(made);
        cell[0] = item->category, cell[1] = item->stuff;
        cell[2] = (double)item->tp, cell[3] = (double)item->fp, cell[4] = (double)item->fn;
        score_class(cell + 5, item);
    }
    return SEG_OK;
}

const seg_metric seg_metric_panoptic = {
    .id = "panoptic",
    .title = "segments of things and stuff: panoptic quality",
    .reference = "A. Kirillov et al., Panoptic segmentation, CVPR",
    .year = 2019,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_INSTANCES,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "pq",
    .empty = "Nothing in either: all is perfect. A class that one of them alone has counts as 0; "
             "one that neither has is in no mean; a mean of no classes is undefined.",
    .tables = tables,
    .table_count = 1,
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table,
    .free = release,
};
