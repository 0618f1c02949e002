/*
 * Masks: how many pixels of a mask agree with the truth.
 *
 * With tp, fp, fn, tn the pixels found rightly, found wrongly, missed and left out rightly:
 * tpr = recall = tp / (tp + fn), fpr = fp / (fp + tn), precision = tp / (tp + fp),
 * f1 = 2 tp / (2 tp + fp + fn). Non-zero = object, in both pictures. A ratio that is 0/0 is
 * undefined (NaN), unless there is no error at all: then it has its perfect value.
 *
 * Cost: one read of each picture.
 */
#include "core/check.h"
#include "core/memory.h"
#include "metrics.h"

#include <math.h>

typedef enum { TP, FP, FN, TN, TPR, FPR, PRECISION, F1, MEASURES } place;

static const seg_measure measures[MEASURES] = {
    [TP] = {"tp", "object pixels that were found", "px", 0, NAN},
    [FP] = {"fp", "pixels found that are none", "px", -1, 0},
    [FN] = {"fn", "object pixels that were missed", "px", -1, 0},
    [TN] = {"tn", "pixels rightly left out", "px", 0, NAN},
    [TPR] = {"tpr", "true positive rate, recall: tp / (tp + fn)", "", 1, 1},
    [FPR] = {"fpr", "false positive rate: fp / (fp + tn)", "", -1, 0},
    [PRECISION] = {"precision", "tp / (tp + fp)", "", 1, 1},
    [F1] = {"f1", "2 tp / (2 tp + fp + fn)", "", 1, 1},
};

typedef struct masks_tally {
    seg_env env;
    int64_t counts[2][2]; /* [object in truth][found] */
} masks_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    (void)options;
    masks_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of masks");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    masks_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally);
}

static seg_status add(void *state, const seg_pair *pair) {
    masks_tally *tally = state;
    const seg_image *truth = &pair->truths[0];
    const bool all = seg_image_empty(pair->ignore);
    for (int32_t y = 0; y < truth->height; y++) {
        const uint8_t *found = seg_image_row(pair->prediction, y),
                      *object = seg_image_row(truth, y);
        const uint8_t *ignored = all ? NULL : seg_image_row(pair->ignore, y);
        for (int32_t x = 0; x < truth->width; x++)
            if (!ignored || !ignored[x]) tally->counts[object[x] != 0][found[x] != 0]++;
    }
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    masks_tally *tally = state;
    const masks_tally *other = from;
    for (int i = 0; i < 4; i++)
        tally->counts[i / 2][i % 2] += other->counts[i / 2][i % 2];
    return SEG_OK;
}

static double ratio(double part, double whole, bool flawless, double perfect) {
    return whole > 0 ? part / whole : flawless ? perfect : NAN;
}

static seg_status values(const void *state, double *value) {
    const masks_tally *tally = state;
    const double tp = (double)tally->counts[1][1], fp = (double)tally->counts[0][1],
                 fn = (double)tally->counts[1][0], tn = (double)tally->counts[0][0];
    const bool flawless = fp + fn == 0;
    value[TP] = tp, value[FP] = fp, value[FN] = fn, value[TN] = tn;
    value[TPR] = ratio(tp, tp + fn, flawless, 1);
    value[FPR] = ratio(fp, fp + tn, flawless, 0);
    value[PRECISION] = ratio(tp, tp + fp, flawless, 1);
    value[F1] = ratio(2 * tp, 2 * tp + fp + fn, flawless, 1);
    return SEG_OK;
}

const seg_metric seg_metric_masks = {
    .id = "masks",
    .title = "pixels of masks",
    .reference = "",
    .prediction_formats = SEG_FORMAT_BIT(SEG_U8),
    .truth_formats = SEG_FORMAT_BIT(SEG_U8),
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .measures = measures,
    .measure_count = MEASURES,
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
};
