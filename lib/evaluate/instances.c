/*
 * Instances: how well single things were found, by COCO's average precision and recall, and by
 * one-to-one pairs without scores.
 *
 * T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and the evaluation code
 * that goes with it (COCOeval). A detection is a hit if its IoU with a truth of its class reaches a
 * threshold (evaluate/coco_match.c); ap is the mean over the thresholds .5, .55, ..., .95, over 101
 * recalls and over the classes that have a truth, of the precision at that recall
 * (evaluate/coco_curves.c); ar is the mean over thresholds and classes of the recall with a given
 * number of detections per picture and class. Small is below 32^2 pixels, large above 96^2.
 *
 * For pictures without scores, as of cells: tp, fp, fn, precision, recall and f1 of pairs of IoU
 * above 0.5 over all pictures, and dsb, the mean over pictures and thresholds of tp / (tp + fp +
 * fn) (J. Caicedo et al., "Nucleus segmentation across imaging experiments: the 2018 Data Science
 * Bowl", Nature Methods 16, 2019).
 *
 * Empty cases: a class or a range of areas without truths is left out of a mean; a mean of nothing
 * is undefined (NaN), unless there is no error at all: then it is 1. A picture in which nothing is
 * to be found and nothing is found has dsb 1.
 *
 * Cost: see evaluate/overlaps.c and coco_match.c; 32 bytes are kept for each detection.
 */
#include "core/check.h"
#include "evaluate/coco.h"
#include "evaluate/contingency.h"
#include "evaluate/exact_sum.h"
#include "evaluate/mask_instances.h"
#include "evaluate/pairing.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <string.h>

typedef struct instances_options {
    size_t size;
    seg_overlap_options overlap;
    int32_t max_detections;
    int32_t components; /* seg_mask_rule */
} instances_options;

static const seg_param rows[] = {
    SEG_OVERLAP_ROWS(offsetof(instances_options, overlap)),
    {"max-detections", SEG_PARAM_INT, offsetof(instances_options, max_detections), "0", 0,
     INT32_MAX, NULL, "",
     "Detections of a picture and class that count for ap and ar, best first; 0 = 100 in lists of "
     "instances, as COCO does, all in label pictures.",
     "maxDets"},
    {"components", SEG_PARAM_ENUM, offsetof(instances_options, components), "auto", 0, 0,
     seg_mask_rule_names, "",
     "Whether the connected components of a picture with one value beside 0 are its instances; "
     "auto: if that value is 255, for then it is a mask.",
     ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(instances_options)};

typedef enum {
    AP,
    AP50,
    AP75,
    APS,
    APM,
    APL,
    AR1,
    AR10,
    AR100,
    ARS,
    ARM,
    ARL,
    COCO_MEASURES,
    DSB = COCO_MEASURES,
    TP,
    FP,
    FN,
    PRECISION,
    RECALL,
    F1,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [AP] = {"ap", "average precision, mean over IoU .5 to .95", "", 1, 1},
    [AP50] = {"ap50", "average precision at IoU .5", "", 1, 1},
    [AP75] = {"ap75", "average precision at IoU .75", "", 1, 1},
    [APS] = {"aps", "ap of small things, below 32^2 px", "", 1, 1},
    [APM] = {"apm", "ap of things of 32^2 to 96^2 px", "", 1, 1},
    [APL] = {"apl", "ap of large things, above 96^2 px", "", 1, 1},
    [AR1] = {"ar1", "average recall with 1 detection per picture and class", "", 1, NAN},
    [AR10] = {"ar10", "average recall with 10 detections per picture and class", "", 1, NAN},
    [AR100] = {"ar100", "average recall with max-detections per picture and class", "", 1, 1},
    [ARS] = {"ars", "ar100 of small things, below 32^2 px", "", 1, 1},
    [ARM] = {"arm", "ar100 of things of 32^2 to 96^2 px", "", 1, 1},
    [ARL] = {"arl", "ar100 of large things, above 96^2 px", "", 1, 1},
    [DSB] = {"dsb", "mean over pictures and IoU .5 to .95 of tp / (tp + fp + fn)", "", 1, 1},
    [TP] = {"tp", "pairs of IoU above .5", "things", 0, NAN},
    [FP] = {"fp", "predictions without such a partner", "things", -1, 0},
    [FN] = {"fn", "truths without such a partner", "things", -1, 0},
    [PRECISION] = {"precision", "tp / (tp + fp) at IoU .5, all pictures", "", 1, 1},
    [RECALL] = {"recall", "tp / (tp + fn) at IoU .5, all pictures", "", 1, 1},
    [F1] = {"f1", "2 tp / (2 tp + fp + fn) at IoU .5, all pictures", "", 1, 1},
};

typedef struct instances_tally {
    seg_env env;
    instances_options options;
    seg_coco_matches matches;
    seg_agreement pairs[SEG_PAIRING_THRESHOLDS];
    bool lists;        /* not all pairs were label pictures */
    seg_exact_sum dsb; /* of the pictures */
    int64_t pictures;
    seg_scratch scratch; /* of a picture */
} instances_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    instances_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of instances");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const instances_options *)options;
    seg_coco_matches_init(&tally->matches);
    seg_scratch_init(&tally->scratch, env);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    instances_tally *tally = state;
    const seg_env env = tally->env;
    seg_coco_matches_free(&tally->matches, &env);
    seg_scratch_free(&tally->scratch);
    seg_release(&env, tally);
}

/* ---- pictures ---- */

static double dsb_of(const seg_agreement *pairs) {
    double sum = 0;
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++)
        sum += seg_agreement_iou(&pairs[t]);
    return sum / SEG_PAIRING_THRESHOLDS;
}

static seg_status add_labels(instances_tally *tally, const seg_pair *pair) {
    seg_overlaps overlaps;
    seg_agreement pairs[SEG_PAIRING_THRESHOLDS];
    seg_scratch_rewind(&tally->scratch);
    SEG_TRY(seg_overlaps_find(&overlaps, pair, &tally->options.overlap, false, &tally->scratch));
    SEG_TRY(seg_pairing_count(pairs, &overlaps, &tally->scratch));
    SEG_TRY(seg_coco_match(&tally->matches, &overlaps, &tally->scratch));
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++)
        seg_agreement_add(&tally->pairs[t], &pairs[t]);
    tally->lists = tally->lists || seg_image_empty(pair->prediction);
    seg_exact_sum_add(&tally->dsb, dsb_of(pairs));
    tally->pictures++;
    return SEG_OK;
}

static seg_status add(void *state, const seg_pair *pair) {
    instances_tally *tally = state;
    seg_mask_instances taken;
    seg_status status = seg_mask_instances_take(
        &taken, pair, (seg_mask_rule)tally->options.components, &tally->env);
    if (status >= 0) status = add_labels(tally, &taken.pair);
    seg_mask_instances_free(&taken);
    return status;
}

static seg_status merge(void *state, const void *from) {
    instances_tally *tally = state;
    const instances_tally *other = from;
    SEG_TRY(seg_coco_append(&tally->matches, &other->matches, &tally->env));
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++)
        seg_agreement_add(&tally->pairs[t], &other->pairs[t]);
    tally->lists = tally->lists || other->lists;
    seg_exact_sum_merge(&tally->dsb, &other->dsb);
    tally->pictures += other->pictures;
    return SEG_OK;
}

/* ---- classes ---- */

/* The detections of one class after the other. */
typedef struct class_walk {
    const instances_tally *tally;
    const seg_coco_detection **ordered;
    double *spare;
    int32_t next_class, next_detection;
    const seg_coco_class *totals; /* of the current class */
    const seg_coco_detection *const *detections;
    int32_t count;
} class_walk;

static seg_status start_walk(class_walk *walk, const instances_tally *tally, seg_scratch *scratch) {
    *walk = (class_walk){.tally = tally};
    walk->ordered = seg_coco_order(&tally->matches, scratch);
    walk->spare =
        seg_scratch_take(scratch, 2 * (size_t)tally->matches.count, sizeof *walk->spare, "curves");
    return walk->ordered && walk->spare ? SEG_OK : SEG_ERROR_MEMORY;
}

static bool next_class(class_walk *walk) {
    const seg_coco_matches *matches = &walk->tally->matches;
    if (walk->next_class == matches->classes.count) return false;
    walk->totals = seg_class_list_at(&matches->classes, walk->next_class++);
    walk->detections = walk->ordered + walk->next_detection;
    walk->count = 0;
    while (walk->next_detection < matches->count &&
           walk->ordered[walk->next_detection]->category == walk->totals->category) {
        walk->next_detection++;
        walk->count++;
    }
    return true;
}

static void curves_of(seg_coco_curves *curves, const class_walk *walk, seg_coco_area area,
                      int32_t most) {
    const int32_t given = walk->tally->options.max_detections;
    const int32_t limit = given ? given : walk->tally->lists ? 100 : INT32_MAX;
    seg_coco_curves_of(curves, walk->detections, walk->count, walk->totals, area,
                       most < limit ? most : limit, walk->spare);
}

static double mean_precision(const seg_coco_curves *curves, int32_t first, int32_t end) {
    double sum = 0;
    for (int32_t t = first; t < end; t++)
        for (int32_t k = 0; k < SEG_COCO_RECALLS; k++)
            sum += curves->precision[t][k];
    return curves->defined ? sum / ((end - first) * SEG_COCO_RECALLS) : NAN;
}

static double mean_recall(const seg_coco_curves *curves) {
    double sum = 0;
    for (int32_t t = 0; t < SEG_COCO_THRESHOLDS; t++)
        sum += curves->recall[t];
    return curves->defined ? sum / SEG_COCO_THRESHOLDS : NAN;
}

/* COCO's measures of one class; NaN where it has no truths. */
static void score_class(double score[COCO_MEASURES], const class_walk *walk) {
    seg_coco_curves curves;
    for (int range = SEG_COCO_SMALL; range <= SEG_COCO_LARGE; range++) {
        curves_of(&curves, walk, (seg_coco_area)range, INT32_MAX);
        score[APS + range - SEG_COCO_SMALL] = mean_precision(&curves, 0, SEG_COCO_THRESHOLDS);
        score[ARS + range - SEG_COCO_SMALL] = mean_recall(&curves);
    }
    curves_of(&curves, walk, SEG_COCO_ALL, 1);
    score[AR1] = mean_recall(&curves);
    curves_of(&curves, walk, SEG_COCO_ALL, 10);
    score[AR10] = mean_recall(&curves);
    curves_of(&curves, walk, SEG_COCO_ALL, INT32_MAX);
    score[AR100] = mean_recall(&curves);
    score[AP] = mean_precision(&curves, 0, SEG_COCO_THRESHOLDS);
    score[AP50] = mean_precision(&curves, 0, 1);
    score[AP75] = mean_precision(&curves, 5, 6);
}

static seg_status average(double *value, const instances_tally *tally, seg_scratch *scratch) {
    class_walk walk;
    double score[COCO_MEASURES], sums[COCO_MEASURES] = {0};
    int64_t defined[COCO_MEASURES] = {0};
    SEG_TRY(start_walk(&walk, tally, scratch));
    while (next_class(&walk)) {
        score_class(score, &walk);
        for (int i = 0; i < COCO_MEASURES; i++) {
            if (isnan(score[i])) continue;
            sums[i] += score[i];
            defined[i]++;
        }
    }
    bool flawless = true;
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++)
        flawless = flawless && tally->pairs[t].fp + tally->pairs[t].fn == 0;
    for (int i = 0; i < COCO_MEASURES; i++)
        value[i] = seg_ratio(sums[i], (double)defined[i], flawless, 1);
    return SEG_OK;
}

static seg_status values(const void *state, double *value) {
    const instances_tally *tally = state;
    seg_scratch scratch;
    seg_scratch_init(&scratch, &tally->env);
    const seg_status status = average(value, tally, &scratch);
    seg_scratch_free(&scratch);
    SEG_TRY(status);
    const seg_agreement *pairs = &tally->pairs[0];
    value[DSB] = seg_ratio(seg_exact_sum_value(&tally->dsb), (double)tally->pictures, true, 1);
    value[TP] = (double)pairs->tp, value[FP] = (double)pairs->fp, value[FN] = (double)pairs->fn;
    value[PRECISION] = seg_agreement_precision(pairs);
    value[RECALL] = seg_agreement_recall(pairs);
    value[F1] = seg_agreement_f(pairs, 1);
    return SEG_OK;
}

/* ---- tables ---- */

typedef enum { CATEGORIES, PR, THRESHOLDS, TABLES } table_place;

static const char *const category_columns[] = {
    "category", "truths", "detections", "ap",    "ap50", "ap75", "aps", "apm",
    "apl",      "ar1",    "ar10",       "ar100", "ars",  "arm",  "arl", NULL};
static const char *const pr_columns[] = {"recall", "precision50", "precision75", "precision", NULL};
static const char *const threshold_columns[] = {"iou",    "tp", "fp", "fn", "precision",
                                                "recall", "f1", "ap", NULL};

static const seg_table_kind tables[TABLES] = {
    [CATEGORIES] = {"categories", "scores of each class", category_columns, -1, -1},
    [PR] = {"pr", "precision at recall, mean of the classes: at IoU .5, at .75, over .5 to .95",
            pr_columns, 0, 1},
    [THRESHOLDS] = {"thresholds", "pairs of IoU above a threshold, ap = tp / (tp + fp + fn)",
                    threshold_columns, 0, 6},
};

static seg_status fill_categories(seg_table *table, const instances_tally *tally,
                                  seg_scratch *scratch) {
    class_walk walk;
    SEG_TRY(start_walk(&walk, tally, scratch));
    double *cell = table->cells;
    while (next_class(&walk)) {
        *cell++ = walk.totals->category;
        *cell++ = (double)walk.totals->truths[SEG_COCO_ALL];
        *cell++ = walk.count;
        score_class(cell, &walk);
        cell += COCO_MEASURES;
    }
    return SEG_OK;
}

static seg_status fill_pr(seg_table *table, const instances_tally *tally, seg_scratch *scratch) {
    class_walk walk;
    seg_coco_curves curves;
    int64_t defined = 0;
    SEG_TRY(start_walk(&walk, tally, scratch));
    memset(table->cells, 0, sizeof(double) * SEG_COCO_RECALLS * 4);
    while (next_class(&walk)) {
        curves_of(&curves, &walk, SEG_COCO_ALL, INT32_MAX);
        if (!curves.defined) continue;
        defined++;
        for (int32_t k = 0; k < SEG_COCO_RECALLS; k++) {
            double *cell = table->cells + 4 * k, sum = 0;
            for (int32_t t = 0; t < SEG_COCO_THRESHOLDS; t++)
                sum += curves.precision[t][k];
            cell[1] += curves.precision[0][k];
            cell[2] += curves.precision[5][k];
            cell[3] += sum / SEG_COCO_THRESHOLDS;
        }
    }
    for (int32_t k = 0; k < SEG_COCO_RECALLS; k++) {
        double *cell = table->cells + 4 * k;
        cell[0] = k / (SEG_COCO_RECALLS - 1.0);
        for (int i = 1; i < 4; i++)
            cell[i] = defined ? cell[i] / (double)defined : NAN;
    }
    return SEG_OK;
}

static seg_status fill_thresholds(seg_table *table, const instances_tally *tally) {
    double *cell = table->cells;
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++) {
        const seg_agreement *pairs = &tally->pairs[t];
        *cell++ = seg_pairing_threshold(t);
        *cell++ = (double)pairs->tp;
        *cell++ = (double)pairs->fp;
        *cell++ = (double)pairs->fn;
        *cell++ = seg_agreement_precision(pairs);
        *cell++ = seg_agreement_recall(pairs);
        *cell++ = seg_agreement_f(pairs, 1);
        *cell++ = seg_agreement_iou(pairs);
    }
    return SEG_OK;
}

static seg_status table(const void *state, int32_t index, seg_table *made) {
    const instances_tally *tally = state;
    const int32_t row_counts[TABLES] = {tally->matches.classes.count, SEG_COCO_RECALLS,
                                        SEG_PAIRING_THRESHOLDS};
    const int32_t column_counts[TABLES] = {3 + COCO_MEASURES, 4, 8};
    SEG_TRY(seg_table_take(made, row_counts[index], column_counts[index], &tally->env));
    made->rows = row_counts[index];
    seg_scratch scratch;
    seg_scratch_init(&scratch, &tally->env);
    const seg_status status = index == CATEGORIES ? fill_categories(made, tally, &scratch)
                              : index == PR       ? fill_pr(made, tally, &scratch)
                                                  : fill_thresholds(made, tally);
    seg_scratch_free(&scratch);
    if (status < 0) seg_table_free(made, &tally->env);
    return status;
}

const seg_metric seg_metric_instances = {
    .id = "instances",
    .title = "single things: COCO's AP and AR, one-to-one pairs",
    .reference = "T.-Y. Lin et al., Microsoft COCO: common objects in context, ECCV",
    .year = 2014,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_INSTANCES,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "ap",
    .empty =
        "Nothing in either: all is perfect. Nothing found of what is there: ap, ar, dsb, recall "
        "and f1 are 0, precision is undefined. Something found where nothing is: ap, ar and recall "
        "are undefined, dsb, precision and f1 0. Sizes that the truth does not have are undefined.",
    .tables = tables,
    .table_count = TABLES,
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table,
    .free = release,
};
