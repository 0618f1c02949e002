/*
 * Documents: a page in black and white against its ink, as in the DIBCO competitions.
 *
 * With tp, fp, fn, tn the ink found, ground taken for ink, ink missed, and ground left out:
 * fm    100 times the F-measure 2 tp / (2 tp + fp + fn), and recall and precision in per cent.
 * p-fm  the same of p-recall and p-precision, in which ink pixels weigh by their depth in the
 * stroke and found ground by its distance from the ink: evaluate/stroke_weights.h. K. Ntirogiannis,
 *       B. Gatos, I. Pratikakis, IEEE Trans. Image Processing 22(2), 2013.
 * psnr  10 log10(1 / mean squared difference) of pixels that are 0 or 1.
 * drd   distance reciprocal distortion: for each wrong pixel the pixels of the truth around it that
 *       differ from what was given, in a square of 5 x 5 weighted with the reciprocal of their
 *       distance (weights add up to 1, outside the page is left out), over the number of 8 x 8
 *       blocks of the truth that have both ink and ground (blocks that are cut by the edge of the
 *       page do not count). H. Lu, A. Kot, Y. Shi, "Distance-reciprocal distortion measure for
 *       binary document images", IEEE Signal Processing Letters 11(2), 2004.
 * nrm   negative rate metric, the mean of the rates fn / (fn + tp) and fp / (fp + tn).
 * mcc   Matthews correlation coefficient.
 * Ink is the value 0 in both pictures by default. Where a page is not scored, neither its pixels
 * nor blocks without any scored pixel count. The sums of several pages are those of one large page;
 * the competitions report the means of the pages' values.
 *
 * Cost: the weights, and about 5 ns a pixel for the rest; 3 bytes a pixel, with weights 39.
 */
#include "core/math.h"
#include "core/memory.h"
#include "evaluate/agreement.h"
#include "evaluate/exact_sum.h"
#include "evaluate/object.h"
#include "evaluate/stroke_weights.h"
#include "kernels/agree.h"
#include "metrics.h"

typedef struct documents_options {
    size_t size;
    seg_object_options objects;
    bool pseudo;
} documents_options;

static const seg_param rows[] = {
    SEG_OBJECT_PREDICTION_ROWS(offsetof(documents_options, objects), "50%", "0"),
    SEG_OBJECT_TRUTH_ROWS(offsetof(documents_options, objects), "50%", "0"),
    {"pseudo", SEG_PARAM_BOOL, offsetof(documents_options, pseudo), "true", 0, 1, NULL, "",
     "The weighted measures too, which cost most of the time.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(documents_options)};

typedef enum {
    FM,
    P_FM,
    PSNR,
    DRD,
    NRM,
    MCC,
    RECALL,
    PRECISION,
    P_RECALL,
    P_PRECISION,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [FM] = {"fm", "F-measure", "%", 1, 100},
    [P_FM] = {"p-fm", "pseudo F-measure: of p-recall and p-precision", "%", 1, 100},
    [PSNR] = {"psnr", "peak signal-to-noise ratio", "dB", 1, INFINITY},
    [DRD] = {"drd", "distance reciprocal distortion", "", -1, 0},
    [NRM] = {"nrm", "negative rate metric: mean of fnr and fpr", "", -1, 0},
    [MCC] = {"mcc", "Matthews correlation coefficient", "", 1, 1},
    [RECALL] = {"recall", "ink that was found", "%", 1, 100},
    [PRECISION] = {"precision", "ink among what was found", "%", 1, 100},
    [P_RECALL] = {"p-recall", "recall weighted with the depth in the stroke", "%", 1, 100},
    [P_PRECISION] = {"p-precision", "precision weighted with the distance from ink", "%", 1, 100},
};

/* Kinds of neighbours in the square of 5 x 5, by the square of their distance. */
enum { EDGE, CORNER, TWO_OFF, KNIGHT, FAR_CORNER, RINGS };
static const int32_t ring_squares[RINGS] = {1, 2, 4, 5, 8};

typedef struct documents_tally {
    seg_env env;
    documents_options options;
    int64_t counts[SEG_AGREE_COUNTS];
    int64_t rings[RINGS]; /* differing neighbours of wrong pixels */
    int64_t blocks;       /* with ink and ground */
    seg_exact_sum depth_found, depth_missed, false_alarms; /* weights */
} documents_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    documents_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of documents");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const documents_options *)options;
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    documents_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally);
}

/* ---- a page ---- */

/* The page as masks of 0 and 255. */
typedef struct page {
    seg_image found, ink, unscored;
} page;

static uint8_t pixel(const seg_image *mask, int32_t x, int32_t y) {
    return ((const uint8_t *)seg_image_row(mask, y))[x];
}

static void add_distortion(documents_tally *tally, const page *p, int32_t x, int32_t y) {
    const uint8_t given = pixel(&p->found, x, y);
    for (int32_t dy = -2; dy <= 2; dy++)
        for (int32_t dx = -2; dx <= 2; dx++) {
            const int32_t nx = x + dx, ny = y + dy;
            if ((dx == 0 && dy == 0) || nx < 0 || ny < 0 || nx >= p->ink.width ||
                ny >= p->ink.height || pixel(&p->ink, nx, ny) == given)
                continue;
            int ring = 0;
            while (ring_squares[ring] != dx * dx + dy * dy)
                ring++;
            tally->rings[ring]++;
        }
}

static void add_pixels(documents_tally *tally, const page *p) {
    const seg_agree_kernels *kernels = seg_agree_kernels_get();
    for (int32_t y = 0; y < p->ink.height; y++) {
        const uint8_t *found = seg_image_row(&p->found, y), *ink = seg_image_row(&p->ink, y),
                      *unscored = seg_image_row(&p->unscored, y);
        kernels->masks(tally->counts, found, ink, unscored, (size_t)p->ink.width);
        for (int32_t x = 0; x < p->ink.width; x++)
            if (found[x] != ink[x] && !unscored[x]) add_distortion(tally, p, x, y);
    }
}

/* A whole block with ink, ground and a scored pixel. */
static bool is_mixed(const page *p, int32_t left, int32_t top) {
    bool ink = false, ground = false, scored = false;
    for (int32_t y = top; y < top + 8; y++)
        for (int32_t x = left; x < left + 8; x++) {
            ink = ink || pixel(&p->ink, x, y);
            ground = ground || !pixel(&p->ink, x, y);
            scored = scored || !pixel(&p->unscored, x, y);
        }
    return ink && ground && scored;
}

static void add_blocks(documents_tally *tally, const page *p) {
    for (int32_t y = 0; y <= p->ink.height - 8; y += 8)
        for (int32_t x = 0; x <= p->ink.width - 8; x += 8)
            tally->blocks += is_mixed(p, x, y);
}

static void add_weights(documents_tally *tally, const page *p, const seg_stroke_weights *weights) {
    size_t i = 0;
    for (int32_t y = 0; y < p->ink.height; y++) {
        double found = 0, missed = 0, alarms = 0;
        for (int32_t x = 0; x < p->ink.width; x++, i++) {
            if (pixel(&p->unscored, x, y)) continue;
            if (pixel(&p->ink, x, y))
                *(pixel(&p->found, x, y) ? &found : &missed) += seg_stroke_recall(weights, i);
            else if (pixel(&p->found, x, y))
                alarms += seg_stroke_precision(weights, i);
        }
        seg_exact_sum_add(&tally->depth_found, found);
        seg_exact_sum_add(&tally->depth_missed, missed);
        seg_exact_sum_add(&tally->false_alarms, alarms);
    }
}

static seg_status add_page(documents_tally *tally, const seg_pair *pair, page *p,
                           seg_scratch *scratch) {
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->options.objects, pair, &tally->env));
    SEG_TRY(seg_objects_draw(&p->found, &p->ink, &p->unscored, &objects, &tally->env));
    seg_stroke_weights weights;
    if (tally->options.pseudo)
        SEG_TRY(seg_stroke_weights_make(&weights, &p->ink, scratch, &tally->env));
    /* nothing fails from here on */
    add_pixels(tally, p);
    add_blocks(tally, p);
    if (tally->options.pseudo) add_weights(tally, p, &weights);
    return SEG_OK;
}

static seg_status add(void *state, const seg_pair *pair) {
    documents_tally *tally = state;
    page p = {{0}, {0}, {0}};
    seg_scratch scratch;
    seg_scratch_init(&scratch, &tally->env);
    const seg_status status = add_page(tally, pair, &p, &scratch);
    seg_scratch_free(&scratch);
    seg_image_unref(&p.found);
    seg_image_unref(&p.ink);
    seg_image_unref(&p.unscored);
    return status;
}

static seg_status merge(void *state, const void *from) {
    documents_tally *tally = state;
    const documents_tally *other = from;
    for (int i = 0; i < SEG_AGREE_COUNTS; i++)
        tally->counts[i] += other->counts[i];
    for (int i = 0; i < RINGS; i++)
        tally->rings[i] += other->rings[i];
    tally->blocks += other->blocks;
    seg_exact_sum_merge(&tally->depth_found, &other->depth_found);
    seg_exact_sum_merge(&tally->depth_missed, &other->depth_missed);
    seg_exact_sum_merge(&tally->false_alarms, &other->false_alarms);
    return SEG_OK;
}

/* ---- results ---- */

/* Sum over wrong pixels; four neighbours of each kind, but eight a knight's move off. */
static double distortion(const documents_tally *tally) {
    double sum = 0, all = 0;
    for (int i = 0; i < RINGS; i++) {
        const double weight = 1 / sqrt(ring_squares[i]);
        sum += (double)tally->rings[i] * weight;
        all += (i == KNIGHT ? 8 : 4) * weight;
    }
    return sum / all;
}

static void pseudo_values(const documents_tally *tally, const seg_agreement *a, double *value) {
    const bool flawless = a->fp == 0 && a->fn == 0;
    const double found = seg_exact_sum_value(&tally->depth_found),
                 missed = seg_exact_sum_value(&tally->depth_missed),
                 alarms = seg_exact_sum_value(&tally->false_alarms), tp = (double)a->tp;
    const double recall = seg_ratio(found, found + missed, flawless, 1);
    const double precision = seg_ratio(tp, tp + alarms, flawless, 1);
    value[P_RECALL] = 100 * recall;
    value[P_PRECISION] = 100 * precision;
    value[P_FM] = 100 * seg_ratio(2 * recall * precision, recall + precision, false, 1);
    /* both are 0: nothing was found rightly */
    if (recall + precision == 0) value[P_FM] = 0;
}

static seg_status values(const void *state, double *value) {
    const documents_tally *tally = state;
    const seg_agreement a = seg_agreement_of_counts(tally->counts);
    const double wrong = (double)(a.fp + a.fn), all = (double)tally->counts[SEG_AGREE_SCORED];
    value[FM] = 100 * seg_agreement_f(&a, 1);
    value[RECALL] = 100 * seg_agreement_recall(&a);
    value[PRECISION] = 100 * seg_agreement_precision(&a);
    value[PSNR] = wrong > 0 ? 10 * seg_log_e(all / wrong) / seg_log_e(10) : INFINITY;
    value[DRD] = seg_ratio(distortion(tally), (double)tally->blocks, wrong == 0, 0);
    value[NRM] = (seg_agreement_fnr(&a) + seg_agreement_fpr(&a)) / 2;
    value[MCC] = seg_agreement_mcc(&a);
    if (tally->options.pseudo)
        pseudo_values(tally, &a, value);
    else
        value[P_FM] = value[P_RECALL] = value[P_PRECISION] = NAN;
    return SEG_OK;
}

static seg_status masks(const void *state, const seg_pair *pair, seg_image *prediction,
                        seg_image *truth, seg_image *ignored) {
    const documents_tally *tally = state;
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->options.objects, pair, &tally->env));
    return seg_objects_draw(prediction, truth, ignored, &objects, &tally->env);
}

const seg_metric seg_metric_documents = {
    .id = "documents",
    .title = "ink of document pages by DIBCO's measures",
    .reference = "Ntirogiannis et al., Performance evaluation methodology for historical document "
                 "image binarization",
    .year = 2013,
    .prediction_formats = SEG_OBJECT_FORMATS,
    .truth_formats = SEG_OBJECT_FORMATS,
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .needs = SEG_METRIC_MEANS,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "fm",
    .empty = "No ink in either picture: all is perfect, psnr infinite. No ink found: fm and recall "
             "are 0, precision, p-fm and mcc undefined. Ink found where none is: fm and precision "
             "are 0, recall, p-fm, drd, nrm and mcc undefined.",
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
    .masks = masks,
};
