/*
 * Change detection: masks of what moves against CDnet's ground truth and by its rules.
 *
 * N. Goyette, P.-M. Jodoin, F. Porikli, J. Konrad, P. Ishwar, "changedetection.net: a new change
 * detection benchmark dataset", CVPR Workshops 2012. The truth has the codes 0 static, 50 hard
 * shadow, 85 outside the region of interest, 170 unknown motion, 255 motion. Shadow counts as
 * static; 85, 170 and what the ignore mask (the video's ROI) leaves out are not scored. The counts
 * of all frames of a video are summed, and the measures follow from the sums:
 * recall = tp / (tp + fn), specificity = tn / (tn + fp), fpr = fp / (fp + tn), fnr = fn / (tp +
 * fn), pwc = 100 (fn + fp) / all, precision = tp / (tp + fp), f1 = 2 precision recall / (precision
 * + recall), and fpr-s = shadow pixels that were found / all shadow pixels. A category has the
 * means of its videos' values, and the benchmark the means of its categories'.
 *
 * The prediction is object above half of full scale: OpenCV's 127 for shadow is not.
 */
#include "core/memory.h"
#include "evaluate/agreement.h"
#include "evaluate/object.h"
#include "metrics.h"

typedef struct change_options {
    size_t size;
    seg_object_options objects; /* of the prediction; the truth has its codes */
} change_options;

static const seg_param rows[] = {
    SEG_OBJECT_PREDICTION_ROWS(offsetof(change_options, objects), "50%", "-1"),
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(change_options)};

typedef enum {
    TP,
    FP,
    FN,
    TN,
    RECALL,
    SPECIFICITY,
    FPR,
    FNR,
    PWC,
    PRECISION,
    F1,
    FPR_S,
    SHADOW,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [TP] = {"tp", "moving pixels that were found", "px", 0, NAN},
    [FP] = {"fp", "static and shadow pixels that were found", "px", -1, 0},
    [FN] = {"fn", "moving pixels that were missed", "px", -1, 0},
    [TN] = {"tn", "static and shadow pixels left out", "px", 0, NAN},
    [RECALL] = {"recall", "tp / (tp + fn)", "", 1, 1},
    [SPECIFICITY] = {"specificity", "tn / (tn + fp)", "", 1, 1},
    [FPR] = {"fpr", "false positive rate: fp / (fp + tn)", "", -1, 0},
    [FNR] = {"fnr", "false negative rate: fn / (tp + fn)", "", -1, 0},
    [PWC] = {"pwc", "percentage of wrong classifications: 100 (fn + fp) / all", "%", -1, 0},
    [PRECISION] = {"precision", "tp / (tp + fp)", "", 1, 1},
    [F1] = {"f1", "F-measure: 2 tp / (2 tp + fp + fn)", "", 1, 1},
    [FPR_S] = {"fpr-s", "false positive rate in shadow", "", -1, 0},
    [SHADOW] = {"shadow", "shadow pixels", "px", 0, NAN},
};

/* What a code of the truth means. */
typedef enum { STATIC, IN_SHADOW, MOVING, UNSCORED, STRANGE, KINDS } kind;

static kind kind_of(int code) {
    switch (code) {
    case 0:
        return STATIC;
    case 50:
        return IN_SHADOW;
    case 85:
    case 170:
        return UNSCORED;
    case 255:
        return MOVING;
    default:
        return STRANGE;
    }
}

typedef struct change_tally {
    seg_env env;
    seg_object_options objects;
    uint8_t kinds[256];       /* of each code */
    int64_t counts[KINDS][2]; /* [kind][found] */
} change_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    change_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of change");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->objects = ((const change_options *)options)->objects;
    tally->objects.truth_object = 255;
    tally->objects.ignore_value = -1;
    for (int code = 0; code < 256; code++)
        tally->kinds[code] = (uint8_t)kind_of(code);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    change_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally);
}

/* ---- pairs ---- */

static const uint8_t *codes_of(const seg_objects *objects, const seg_object_chunk *chunk) {
    return (const uint8_t *)seg_image_row(objects->truth.picture, chunk->y) + chunk->x;
}

/* Names the first scored pixel whose code means nothing. */
static seg_status refuse(const change_tally *tally, const seg_objects *objects) {
    seg_object_chunk chunk;
    for (seg_objects_start(&chunk); seg_objects_next(&chunk, objects);) {
        const uint8_t *codes = codes_of(objects, &chunk);
        for (int32_t i = 0; i < chunk.count; i++)
            if (tally->kinds[codes[i]] == STRANGE && !(chunk.ignore && chunk.ignore[i]))
                return seg_fail(SEG_ERROR_DATA,
                                "the truth is %d at %ld,%ld (allowed 0 static, 50 shadow, 85 and "
                                "170 not scored, 255 motion); masks without codes: the metric "
                                "masks",
                                codes[i], (long)(chunk.x + i), (long)chunk.y);
    }
    return SEG_OK;
}

static seg_status add(void *state, const seg_pair *pair) {
    change_tally *tally = state;
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->objects, pair, &tally->env));
    int64_t counts[KINDS][2] = {{0}};
    seg_object_chunk chunk;
    for (seg_objects_start(&chunk); seg_objects_next(&chunk, &objects);) {
        const uint8_t *codes = codes_of(&objects, &chunk);
        for (int32_t i = 0; i < chunk.count; i++) {
            const uint8_t what =
                chunk.ignore && chunk.ignore[i] ? UNSCORED : tally->kinds[codes[i]];
            counts[what][chunk.prediction[i] != 0]++;
        }
    }
    if (counts[STRANGE][0] + counts[STRANGE][1] > 0) return refuse(tally, &objects);
    for (int i = 0; i < KINDS; i++)
        for (int found = 0; found < 2; found++)
            tally->counts[i][found] += counts[i][found];
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    change_tally *tally = state;
    const change_tally *other = from;
    for (int i = 0; i < KINDS; i++)
        for (int found = 0; found < 2; found++)
            tally->counts[i][found] += other->counts[i][found];
    return SEG_OK;
}

/* ---- results ---- */

static seg_status values(const void *state, double *value) {
    const change_tally *tally = state;
    const int64_t *moving = tally->counts[MOVING], *still = tally->counts[STATIC],
                  *shadow = tally->counts[IN_SHADOW];
    const seg_agreement a = {
        .tp = moving[1], .fp = still[1] + shadow[1], .fn = moving[0], .tn = still[0] + shadow[0]};
    value[TP] = (double)a.tp, value[FP] = (double)a.fp;
    value[FN] = (double)a.fn, value[TN] = (double)a.tn;
    value[RECALL] = seg_agreement_recall(&a);
    value[SPECIFICITY] = seg_agreement_specificity(&a);
    value[FPR] = seg_agreement_fpr(&a);
    value[FNR] = seg_agreement_fnr(&a);
    value[PWC] = seg_agreement_pwc(&a);
    value[PRECISION] = seg_agreement_precision(&a);
    value[F1] = seg_agreement_f(&a, 1);
    value[SHADOW] = (double)(shadow[0] + shadow[1]);
    value[FPR_S] = seg_ratio((double)shadow[1], value[SHADOW], a.fp + a.fn == 0, 0);
    return SEG_OK;
}

static seg_status masks(const void *state, const seg_pair *pair, seg_image *prediction,
                        seg_image *truth, seg_image *ignored) {
    const change_tally *tally = state;
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->objects, pair, &tally->env));
    SEG_TRY(seg_objects_draw(prediction, truth, ignored, &objects, &tally->env));
    for (int32_t y = 0; y < ignored->height; y++) {
        const uint8_t *codes = seg_image_row(objects.truth.picture, y);
        uint8_t *row = seg_image_row(ignored, y);
        for (int32_t x = 0; x < ignored->width; x++)
            if (tally->kinds[codes[x]] == UNSCORED) row[x] = 255;
    }
    return SEG_OK;
}

const seg_metric seg_metric_change = {
    .id = "change",
    .title = "change detection by CDnet's rules",
    .reference = "Goyette et al., changedetection.net",
    .year = 2012,
    .prediction_formats = SEG_OBJECT_FORMATS,
    .truth_formats = SEG_FORMAT_BIT(SEG_U8),
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .needs = SEG_METRIC_MEANS | SEG_METRIC_SEQUENCE,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "f1",
    .empty = "No change in either picture: all is perfect. Nothing found of what changed: "
             "precision is undefined, recall and f1 0. Something found where nothing changed: "
             "recall is undefined, precision and f1 0. Without shadows fpr-s is undefined.",
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
    .masks = masks,
};
