/*
 * Masks: how many pixels of a mask agree with the truth.
 *
 * With tp, fp, fn, tn the pixels found rightly, found wrongly, missed and left out rightly, every
 * measure is a function of the four counts (evaluate/agreement.h); tp, fp, fn, tn, tpr, fpr as in
 * T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27(8), 2006. Non-zero
 * is object, in both pictures, unless the options say otherwise. A ratio that is 0/0 is undefined
 * (NaN), unless there is no error at all: then it has its perfect value.
 *
 * Cost: one read of each picture, about 0.03 ns a pixel where both are 8-bit masks, else 0.2.
 */
#include "core/memory.h"
#include "evaluate/agreement.h"
#include "evaluate/object.h"
#include "kernels/agree.h"
#include "metrics.h"

typedef struct masks_options {
    size_t size;
    seg_object_options objects;
    double beta;
} masks_options;

static const seg_param rows[] = {
    SEG_OBJECT_PREDICTION_ROWS(offsetof(masks_options, objects), "0", "-1"),
    SEG_OBJECT_TRUTH_ROWS(offsetof(masks_options, objects), "0", "-1"),
    {"beta", SEG_PARAM_FLOAT, offsetof(masks_options, beta), "1", 0, 1000, NULL, "",
     "How much more recall counts than precision in f-beta.", "beta"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(masks_options)};

typedef enum {
    TP,
    FP,
    FN,
    TN,
    TPR,
    RECALL,
    FPR,
    FNR,
    SPECIFICITY,
    PRECISION,
    F1,
    F_BETA,
    ACCURACY,
    BALANCED,
    PWC,
    IOU,
    DICE,
    MCC,
    KAPPA,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [TP] = {"tp", "object pixels that were found", "px", 0, NAN},
    [FP] = {"fp", "pixels found that are none", "px", -1, 0},
    [FN] = {"fn", "object pixels that were missed", "px", -1, 0},
    [TN] = {"tn", "pixels rightly left out", "px", 0, NAN},
    [TPR] = {"tpr", "true positive rate: tp / (tp + fn)", "", 1, 1},
    [RECALL] = {"recall", "the same as tpr", "", 1, 1},
    [FPR] = {"fpr", "false positive rate: fp / (fp + tn)", "", -1, 0},
    [FNR] = {"fnr", "false negative rate: fn / (fn + tp)", "", -1, 0},
    [SPECIFICITY] = {"specificity", "true negative rate: tn / (tn + fp)", "", 1, 1},
    [PRECISION] = {"precision", "tp / (tp + fp)", "", 1, 1},
    [F1] = {"f1", "2 tp / (2 tp + fp + fn)", "", 1, 1},
    [F_BETA] = {"f-beta", "(1 + b) tp / ((1 + b) tp + b fn + fp), b = beta^2", "", 1, 1},
    [ACCURACY] = {"accuracy", "(tp + tn) / all", "", 1, 1},
    [BALANCED] = {"balanced-accuracy", "mean of tpr and specificity", "", 1, 1},
    [PWC] = {"pwc", "percentage of wrong classifications: 100 (fp + fn) / all", "%", -1, 0},
    [IOU] = {"iou", "intersection over union, Jaccard: tp / (tp + fp + fn)", "", 1, 1},
    [DICE] = {"dice", "the same as f1", "", 1, 1},
    [MCC] = {"mcc", "Matthews correlation coefficient", "", 1, 1},
    [KAPPA] = {"kappa", "Cohen's kappa: agreement beyond chance", "", 1, 1},
};

typedef struct masks_tally {
    seg_env env;
    masks_options options;
    int64_t counts[SEG_AGREE_COUNTS];
} masks_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    masks_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of masks");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const masks_options *)options;
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
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->options.objects, pair, &tally->env));
    const seg_agree_kernels *kernels = seg_agree_kernels_get();
    seg_object_chunk chunk;
    for (seg_objects_start(&chunk); seg_objects_next(&chunk, &objects);)
        kernels->masks(tally->counts, chunk.prediction, chunk.truth, chunk.ignore,
                       (size_t)chunk.count);
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    masks_tally *tally = state;
    const masks_tally *other = from;
    for (int i = 0; i < SEG_AGREE_COUNTS; i++)
        tally->counts[i] += other->counts[i];
    return SEG_OK;
}

static seg_status values(const void *state, double *value) {
    const masks_tally *tally = state;
    const seg_agreement a = seg_agreement_of_counts(tally->counts);
    value[TP] = (double)a.tp, value[FP] = (double)a.fp;
    value[FN] = (double)a.fn, value[TN] = (double)a.tn;
    value[TPR] = value[RECALL] = seg_agreement_recall(&a);
    value[FPR] = seg_agreement_fpr(&a);
    value[FNR] = seg_agreement_fnr(&a);
    value[SPECIFICITY] = seg_agreement_specificity(&a);
    value[PRECISION] = seg_agreement_precision(&a);
    value[F1] = value[DICE] = seg_agreement_f(&a, 1);
    value[F_BETA] = seg_agreement_f(&a, tally->options.beta);
    value[ACCURACY] = seg_agreement_accuracy(&a);
    value[BALANCED] = (value[TPR] + value[SPECIFICITY]) / 2;
    value[PWC] = seg_agreement_pwc(&a);
    value[IOU] = seg_agreement_iou(&a);
    value[MCC] = seg_agreement_mcc(&a);
    value[KAPPA] = seg_agreement_kappa(&a);
    return SEG_OK;
}

static seg_status masks(const void *state, const seg_pair *pair, seg_image *prediction,
                        seg_image *truth, seg_image *ignored) {
    const masks_tally *tally = state;
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->options.objects, pair, &tally->env));
    return seg_objects_draw(prediction, truth, ignored, &objects, &tally->env);
}

const seg_metric seg_metric_masks = {
    .id = "masks",
    .title = "pixels of masks",
    .reference = "Fawcett, An introduction to ROC analysis",
    .year = 2006,
    .prediction_formats = SEG_OBJECT_FORMATS,
    .truth_formats = SEG_OBJECT_FORMATS,
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "f1",
    .empty = "Nothing in either picture: all is perfect. Nothing found of what is there: precision "
             "and mcc are undefined, recall, f1 and iou 0. Something found where nothing is: "
             "recall, balanced-accuracy and mcc are undefined, precision, f1 and iou 0.",
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
    .masks = masks,
};
