/*
 * Scores: soft predictions against masks, over all thresholds at once.
 *
 * A pixel is found at a threshold t if its score is at least t. With P object and N ground pixels:
 * roc   tpr = tp / P over fpr = fp / N; auc is the area under it by trapezoids, which counts a tie
 *       of an object and a ground pixel as half right: T. Fawcett, "An introduction to ROC
 *       analysis", Pattern Recognition Letters 27(8), 2006.
 * pr    precision over recall; ap is the sum of precision times gain in recall from threshold to
 *       threshold, without interpolation, as scikit-learn has it.
 * best  the largest f1 = 2 tp / (2 tp + fp + P - tp) and the largest tpr - fpr (W. Youden, 1950),
 *       each at the highest threshold that gives it, finding nothing at all being one.
 * For scores p that are probabilities of being object, y = 1 for object and 0 for ground:
 * brier = mean (p - y)^2 (G. Brier, 1950); log-loss, the cross-entropy, = mean of -ln p for object,
 * -ln(1 - p) for ground; focal-loss = mean of -a (1 - p)^g ln p for object, -(1 - a) p^g ln(1 - p)
 * for ground (T.-Y. Lin et al., "Focal loss for dense object detection", ICCV 2017); arguments of
 * ln are at least `clip`. Calibration: pixels in bins of equal width (low, high] of p, the share of
 * object in a bin held against its mean p; ece is the mean difference weighted with the pixels,
 * mce the largest: C. Guo et al., "On calibration of modern neural networks", ICML 2017.
 *
 * u8 and u16 are p = value / full scale, exact. f32 is rounded to 65536 steps of 0 .. 1, which
 * moves a score by at most 1/131070; the area is then off by at most auc-error, half the pairs that
 * are tied. With `exact` f32 may be any finite numbers; the probability measures are NaN unless all
 * of them are in 0 .. 1.
 *
 * With one class only, what depends on the other is undefined (NaN), unless every score is right: 1
 * for object and 0 for ground.
 *
 * Cost: about 1 ns a pixel, floats 3, exact floats 60; 24 bytes for each different score, and while
 * a picture of exact floats is added 32 bytes for each of its pixels.
 */
#include "core/math.h"
#include "core/memory.h"
#include "evaluate/agreement.h"
#include "evaluate/exact_sum.h"
#include "evaluate/score_list.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <string.h>

typedef struct scores_options {
    size_t size;
    seg_object_options objects; /* of the truth */
    bool exact;
    int32_t bins, points;
    double gamma, alpha, clip;
} scores_options;

static const seg_param rows[] = {
    SEG_OBJECT_TRUTH_ROWS(offsetof(scores_options, objects), "0", "-1"),
    {"exact", SEG_PARAM_BOOL, offsetof(scores_options, exact), "false", 0, 1, NULL, "",
     "Floats as they are, in place of 65536 steps of 0 to 1.", ""},
    {"bins", SEG_PARAM_INT, offsetof(scores_options, bins), "10", 1, 1000, NULL, "",
     "Bins of the calibration table, ece and mce.", "M"},
    {"points", SEG_PARAM_INT, offsetof(scores_options, points), "101", 2, 65536, NULL, "",
     "Rows of the table of thresholds, from 0 to 1.", ""},
    {"focal-gamma", SEG_PARAM_FLOAT, offsetof(scores_options, gamma), "2", 0, 100, NULL, "",
     "How little pixels count in focal-loss that are right already.", "gamma"},
    {"focal-alpha", SEG_PARAM_FLOAT, offsetof(scores_options, alpha), "0.25", 0, 1, NULL, "",
     "Weight of object in focal-loss, ground having the rest of 1.", "alpha"},
    {"clip", SEG_PARAM_FLOAT, offsetof(scores_options, clip), "2.220446049250313e-16", 1e-300, 0.5,
     NULL, "", "Least probability in logarithms.", "epsilon"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(scores_options)};

typedef enum {
    AUC,
    AP,
    BEST_F1,
    BEST_F1_AT,
    YOUDEN,
    YOUDEN_AT,
    BRIER,
    LOG_LOSS,
    FOCAL_LOSS,
    ECE,
    MCE,
    AUC_ERROR,
    POSITIVES,
    NEGATIVES,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [AUC] = {"auc", "area under the ROC curve", "", 1, 1},
    [AP] = {"ap", "average precision: sum of precision times gain in recall", "", 1, 1},
    [BEST_F1] = {"best-f1", "f1 at the threshold that is best for it", "", 1, 1},
    [BEST_F1_AT] = {"best-f1-threshold", "that threshold, of full scale", "", 0, NAN},
    [YOUDEN] = {"youden", "largest tpr - fpr", "", 1, 1},
    [YOUDEN_AT] = {"youden-threshold", "threshold that gives it, of full scale", "", 0, NAN},
    [BRIER] = {"brier", "mean squared difference to 1 for object, 0 for ground", "", -1, 0},
    [LOG_LOSS] = {"log-loss", "cross-entropy, mean", "nat", -1, 0},
    [FOCAL_LOSS] = {"focal-loss", "cross-entropy where what is right counts less", "nat", -1, 0},
    [ECE] = {"ece", "expected calibration error", "", -1, 0},
    [MCE] = {"mce", "largest calibration error of a bin", "", -1, 0},
    [AUC_ERROR] = {"auc-error", "most that auc is off by rounded floats", "", 0, NAN},
    [POSITIVES] = {"positives", "object pixels", "px", 0, NAN},
    [NEGATIVES] = {"negatives", "ground pixels", "px", 0, NAN},
};

enum { ROC, PR, CALIBRATION, THRESHOLDS, TABLES };

static const char *const roc_columns[] = {"threshold", "fpr", "tpr", NULL};
static const char *const pr_columns[] = {"threshold", "recall", "precision", NULL};
static const char *const calibration_columns[] = {"low", "high", "score", "rate", "pixels", NULL};
static const char *const threshold_columns[] = {
    "threshold", "tp", "fp", "fn", "tn", "tpr", "fpr", "precision", "f1", "iou", "youden", NULL};

static const seg_table_kind tables[TABLES] = {
    [ROC] = {"roc", "ROC curve", roc_columns, 1, 2},
    [PR] = {"pr", "precision over recall", pr_columns, 1, 2},
    [CALIBRATION] = {"calibration", "calibration: share of object at each score",
                     calibration_columns, 2, 3},
    [THRESHOLDS] = {"thresholds", "measures of masks at thresholds", threshold_columns, -1, -1},
};

static const int32_t table_widths[TABLES] = {3, 3, 5, 11};

typedef struct scores_tally {
    seg_env env;
    scores_options options;
    seg_score_list list;
    bool rounded; /* floats were */
} scores_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    scores_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of scores");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const scores_options *)options;
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    scores_tally *tally = state;
    const seg_env env = tally->env;
    seg_score_list_free(&tally->list, &env);
    seg_release(&env, tally);
}

static seg_status add(void *state, const seg_pair *pair) {
    scores_tally *tally = state;
    seg_objects objects;
    SEG_TRY(seg_objects_init_truth(&objects, &tally->options.objects, pair, &tally->env));
    seg_score_list list = {0};
    seg_status status =
        seg_score_list_make(&list, pair->prediction, &objects, tally->options.exact, &tally->env);
    if (status >= 0) status = seg_score_list_merge(&tally->list, &list, &tally->env);
    if (status >= 0 && pair->prediction->format == SEG_F32 && !tally->options.exact)
        tally->rounded = true;
    seg_score_list_free(&list, &tally->env);
    return status;
}

static seg_status merge(void *state, const void *from) {
    scores_tally *tally = state;
    const scores_tally *other = from;
    SEG_TRY(seg_score_list_merge(&tally->list, &other->list, &tally->env));
    tally->rounded = tally->rounded || other->rounded;
    return SEG_OK;
}

/* ---- what all results need ---- */

typedef struct totals {
    int64_t positives, negatives;
    bool flawless;      /* object has score 1, ground 0 */
    bool probabilities; /* all scores are in 0 .. 1 */
} totals;

static totals total(const seg_score_list *list) {
    totals sum = {.flawless = true, .probabilities = true};
    for (int32_t i = 0; i < list->count; i++) {
        const seg_score_entry *entry = &list->entries[i];
        sum.positives += entry->positive;
        sum.negatives += entry->negative;
        if ((entry->positive && entry->score != 1) || (entry->negative && entry->score != 0))
            sum.flawless = false;
        if (!(entry->score >= 0 && entry->score <= 1)) sum.probabilities = false;
    }
    return sum;
}

/* The four counts where `found` (its tp and fp) is found. */
static seg_agreement agreement_of(const totals *all, const seg_agreement *found) {
    return (seg_agreement){found->tp, found->fp, all->positives - found->tp,
                           all->negatives - found->fp};
}

/* ---- ranking ---- */

static double f1_of(const totals *all, int64_t tp, int64_t fp) {
    const seg_agreement found = {.tp = tp, .fp = fp}, a = agreement_of(all, &found);
    return seg_agreement_f(&a, 1);
}

/* Areas and best thresholds, from the highest score down. */
static void rank(const seg_score_list *list, const totals *all, double *value) {
    const double positives = (double)all->positives, negatives = (double)all->negatives;
    seg_exact_sum auc = {0}, ap = {0}, tied = {0};
    seg_agreement found = {0};
    double best_f1 = 0, best_j = 0;
    value[BEST_F1_AT] = value[YOUDEN_AT] = INFINITY;
    for (int32_t i = list->count - 1; i >= 0; i--) {
        const seg_score_entry *entry = &list->entries[i];
        const double gain = (double)entry->positive / positives;
        const double width = (double)entry->negative / negatives;
        seg_exact_sum_add(&auc,
                          width * (((double)found.tp + (double)entry->positive / 2) / positives));
        seg_exact_sum_add(&tied, width * gain / 2);
        found.tp += entry->positive;
        found.fp += entry->negative;
        seg_exact_sum_add(&ap, gain * ((double)found.tp / (double)(found.tp + found.fp)));
        const double f1 = f1_of(all, found.tp, found.fp);
        if (f1 > best_f1) best_f1 = f1, value[BEST_F1_AT] = entry->score;
        const double j = (double)found.tp / positives - (double)found.fp / negatives;
        if (j > best_j) best_j = j, value[YOUDEN_AT] = entry->score;
    }
    value[AUC] = seg_exact_sum_value(&auc);
    value[AP] = seg_exact_sum_value(&ap);
    value[AUC_ERROR] = seg_exact_sum_value(&tied);
    value[BEST_F1] = best_f1;
    value[YOUDEN] = best_j;
}

/* Without object there is no recall, without ground no fpr. */
static void leave_undefined(const totals *all, bool rounded, double *value) {
    const double undefined = all->flawless ? 1 : NAN;
    if (all->positives == 0) value[AP] = value[BEST_F1] = undefined, value[BEST_F1_AT] = NAN;
    if (all->positives == 0 || all->negatives == 0) {
        value[AUC] = value[YOUDEN] = undefined;
        value[YOUDEN_AT] = value[AUC_ERROR] = NAN;
    }
    if (!rounded) value[AUC_ERROR] = 0;
}

/* ---- probabilities ---- */

static double clipped_log(double p, double least) {
    return seg_log_e(p < least ? least : p);
}

static void losses(const seg_score_list *list, const totals *all, const scores_options *options,
                   double *value) {
    seg_exact_sum brier = {0}, log_loss = {0}, focal = {0};
    for (int32_t i = 0; i < list->count; i++) {
        const seg_score_entry *entry = &list->entries[i];
        const double p = entry->score, q = 1 - p;
        const double object = (double)entry->positive, ground = (double)entry->negative;
        const double miss = -clipped_log(p, options->clip), alarm = -clipped_log(q, options->clip);
        seg_exact_sum_add(&brier, object * (q * q) + ground * (p * p));
        seg_exact_sum_add(&log_loss, object * miss + ground * alarm);
        seg_exact_sum_add(&focal,
                          object * options->alpha * seg_pow(q, options->gamma) * miss +
                              ground * (1 - options->alpha) * seg_pow(p, options->gamma) * alarm);
    }
    const double pixels = (double)(all->positives + all->negatives);
    value[BRIER] = seg_ratio(seg_exact_sum_value(&brier), pixels, all->flawless, 0);
    value[LOG_LOSS] = seg_ratio(seg_exact_sum_value(&log_loss), pixels, all->flawless, 0);
    value[FOCAL_LOSS] = seg_ratio(seg_exact_sum_value(&focal), pixels, all->flawless, 0);
}

/* A bin of the calibration table. */
typedef struct score_bin {
    int64_t positives, pixels;
    double sum; /* of the scores */
} score_bin;

/* Bin b of n holds b / n < p <= (b + 1) / n, the first one 0 as well; entries ascend. Starts at
 * entry *next and leaves it at the first entry of the bin after. */
static score_bin bin_of(const seg_score_list *list, int32_t bin, int32_t bins, int32_t *next) {
    score_bin b = {0};
    seg_exact_sum sum = {0};
    const double high = (bin + 1) / (double)bins;
    for (; *next < list->count && list->entries[*next].score <= high; ++*next) {
        const seg_score_entry *entry = &list->entries[*next];
        const int64_t pixels = entry->positive + entry->negative;
        b.positives += entry->positive;
        b.pixels += pixels;
        seg_exact_sum_add(&sum, entry->score * (double)pixels);
    }
    b.sum = seg_exact_sum_value(&sum);
    return b;
}

static void calibrate(const seg_score_list *list, const totals *all, int32_t bins, double *value) {
    double sum = 0, largest = 0;
    for (int32_t bin = 0, next = 0; bin < bins; bin++) {
        const score_bin b = bin_of(list, bin, bins, &next);
        if (b.pixels == 0) continue;
        const double off = fabs((double)b.positives - b.sum);
        sum += off;
        if (off / (double)b.pixels > largest) largest = off / (double)b.pixels;
    }
    const double pixels = (double)(all->positives + all->negatives);
    value[ECE] = seg_ratio(sum, pixels, all->flawless, 0);
    value[MCE] = seg_ratio(largest, pixels > 0, all->flawless, 0);
}

static seg_status values(const void *state, double *value) {
    const scores_tally *tally = state;
    const totals all = total(&tally->list);
    value[POSITIVES] = (double)all.positives;
    value[NEGATIVES] = (double)all.negatives;
    rank(&tally->list, &all, value);
    leave_undefined(&all, tally->rounded, value);
    if (all.probabilities) {
        losses(&tally->list, &all, &tally->options, value);
        calibrate(&tally->list, &all, tally->options.bins, value);
    } else {
        value[BRIER] = value[LOG_LOSS] = value[FOCAL_LOSS] = value[ECE] = value[MCE] = NAN;
    }
    return SEG_OK;
}

/* ---- tables ---- */

/* Whether the middle one of three points lies on the line between the others, that being level or
 * upright. */
static bool between(const seg_agreement *before, const seg_agreement *at,
                    const seg_agreement *after) {
    return (before->tp == at->tp && at->tp == after->tp) ||
           (before->fp == at->fp && at->fp == after->fp);
}

static void fill_roc(const seg_score_list *list, const totals *all, seg_table *table) {
    seg_agreement before = {0}, at = {0};
    double threshold = INFINITY;
    for (int32_t i = list->count - 1; i >= -1; i--) {
        seg_agreement after = at;
        if (i >= 0) {
            after.tp += list->entries[i].positive;
            after.fp += list->entries[i].negative;
        }
        const bool corner = table->rows == 0 || i < 0 || !between(&before, &at, &after);
        if (corner) {
            double *row = seg_table_next(table);
            row[0] = threshold;
            row[1] = (double)at.fp / (double)all->negatives;
            row[2] = (double)at.tp / (double)all->positives;
            before = at;
        }
        at = after;
        if (i >= 0) threshold = list->entries[i].score;
    }
}

static void fill_pr(const seg_score_list *list, const totals *all, seg_table *table) {
    seg_agreement found = {0};
    double *row = seg_table_next(table);
    row[0] = INFINITY, row[1] = 0, row[2] = 1;
    for (int32_t i = list->count - 1; i >= 0; i--) {
        found.tp += list->entries[i].positive;
        found.fp += list->entries[i].negative;
        row = seg_table_next(table);
        row[0] = list->entries[i].score;
        row[1] = (double)found.tp / (double)all->positives;
        row[2] = (double)found.tp / (double)(found.tp + found.fp);
    }
}

static void fill_calibration(const seg_score_list *list, int32_t bins, seg_table *table) {
    for (int32_t bin = 0, next = 0; bin < bins; bin++) {
        const score_bin b = bin_of(list, bin, bins, &next);
        double *row = seg_table_next(table);
        row[0] = bin / (double)bins;
        row[1] = (bin + 1) / (double)bins;
        row[2] = b.pixels ? b.sum / (double)b.pixels : NAN;
        row[3] = b.pixels ? (double)b.positives / (double)b.pixels : NAN;
        row[4] = (double)b.pixels;
    }
}

static void fill_thresholds(const seg_score_list *list, const totals *all, int32_t points,
                            seg_table *table) {
    seg_agreement found = {.tp = all->positives, .fp = all->negatives};
    for (int32_t point = 0, next = 0; point < points; point++) {
        const double threshold = point / (double)(points - 1);
        for (; next < list->count && list->entries[next].score < threshold; next++) {
            found.tp -= list->entries[next].positive;
            found.fp -= list->entries[next].negative;
        }
        const seg_agreement a = agreement_of(all, &found);
        const double tpr = seg_agreement_recall(&a), fpr = seg_agreement_fpr(&a);
        const double row[] = {threshold,
                              (double)a.tp,
                              (double)a.fp,
                              (double)a.fn,
                              (double)a.tn,
                              tpr,
                              fpr,
                              seg_agreement_precision(&a),
                              seg_agreement_f(&a, 1),
                              seg_agreement_iou(&a),
                              tpr - fpr};
        memcpy(seg_table_next(table), row, sizeof row);
    }
}

static seg_status table(const void *state, int32_t index, seg_table *out) {
    const scores_tally *tally = state;
    const seg_score_list *list = &tally->list;
    const scores_options *options = &tally->options;
    const totals all = total(list);
    const int32_t most = index == CALIBRATION  ? options->bins
                         : index == THRESHOLDS ? options->points
                                               : list->count + 1;
    SEG_TRY(seg_table_take(out, most, table_widths[index], &tally->env));
    if (index == ROC)
        fill_roc(list, &all, out);
    else if (index == PR)
        fill_pr(list, &all, out);
    else if (index == CALIBRATION)
        fill_calibration(list, options->bins, out);
    else
        fill_thresholds(list, &all, options->points, out);
    return SEG_OK;
}

const seg_metric seg_metric_scores = {
    .id = "scores",
    .title = "soft scores over all thresholds",
    .reference = "Fawcett, An introduction to ROC analysis",
    .year = 2006,
    .prediction_formats = SEG_ANY_PICTURE,
    .truth_formats = SEG_OBJECT_FORMATS,
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "auc",
    .empty = "A truth without object pixels, or without others: measures that need both are "
             "undefined, unless every score is right: then they are perfect.",
    .tables = tables,
    .table_count = TABLES,
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table,
    .free = release,
};
