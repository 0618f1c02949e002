/*
 * Otsu's level: the one that separates the histogram into the two classes whose means lie furthest
 * apart for their sizes. For pictures with two clear populations of brightness, with `classes` for
 * three to five.
 *
 * N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. on Systems, Man,
 * and Cybernetics 9(1), 1979.
 *
 * Symbols: p(i) share of level i, w(k) = sum of p up to k, m(k) mean of the levels up to k, n(k) of
 * those above; the between-class variance w(k) (1 - w(k)) (m(k) - n(k))^2 is largest at the level
 * k* that is reported as `level`; foreground = g(x, y) > k*, the opposite with `invert`. M
 * `classes`: above 2 the levels k1 < k2 < ... (`level_1`, ...) with the largest between-class
 * variance (otsu_classes.c) give labels: 0 the darkest class, M - 1 the brightest, the opposite
 * with `invert`; `class_0`, ... are their shares.
 *
 * Steps: 1. grey; 2. histogram: 256 bins for u8, 2^bits for u16, 65536 for f32; 3. k* (level.c, in
 * OpenCV's arithmetic: equal levels for 8 and 16 bits); 4. one comparing pass. Cost: two reads and
 * one write of each pixel. Known failures: classes of very different size or spread pull the level
 * towards the larger one; uneven light; a picture of one class is split all the same.
 */
#include <segment/threshold.h>

#include "core/check.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "methods.h"
#include "threshold/cut.h"
#include "threshold/otsu_classes.h"

static const seg_param rows[] = {
    {"invert", SEG_PARAM_BOOL, offsetof(seg_otsu_options, invert), "false", 0, 1, NULL, "",
     "Dark objects on a light ground; of more classes, class 0 is the brightest.", ""},
    {"classes", SEG_PARAM_INT, offsetof(seg_otsu_options, classes), "2", 2, SEG_OTSU_MAX_CLASSES,
     NULL, "classes", "2 give a mask, more give labels from 0, the darkest class.", "M"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_otsu_options)};

void seg_otsu_options_init(seg_otsu_options *options) {
    seg_params_init(options, &params);
}

static seg_cut cut_of(const seg_otsu_options *options) {
    const seg_level otsu = {SEG_LEVEL_AUTO, SEG_AUTO_OTSU, 0}, full = {SEG_LEVEL_PERCENT, 0, 100};
    return (seg_cut){otsu, full, options->invert, NULL};
}

seg_status seg_otsu(seg_image *mask, double *native_level, const seg_image *picture,
                    const seg_image *ignore, const seg_otsu_options *options, const seg_env *env) {
    seg_otsu_options defaults;
    seg_otsu_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    if (options->classes > 2)
        return seg_fail(SEG_ERROR_OPTION,
                        "classes: a mask has two (got %d, allowed 2); use seg_otsu_classes",
                        (int)options->classes);
    const seg_cut cut = cut_of(options);
    return seg_cut_picture(mask, native_level, picture, ignore, &cut, env);
}

/* ---- more classes than two ---- */

#define LEVELS (SEG_OTSU_MAX_CLASSES - 1)

typedef struct separation {
    seg_class_edges edges;
    double native[LEVELS]; /* as they are reported */
    double share[LEVELS + 1];
} separation;

static void count_shares(separation *found, const int32_t *levels, const uint64_t *bins,
                         int32_t size) {
    uint64_t votes[LEVELS + 1] = {0}, total = 0;
    for (int32_t i = 0, k = 0; i < size; i++) {
        while (k < found->edges.classes - 1 && i > levels[k])
            k++;
        votes[k] += bins[i];
        total += bins[i];
    }
    for (int32_t k = 0; k < found->edges.classes; k++)
        found->share[k] = total ? (double)votes[k] / (double)total : 0;
}

static seg_status separate(separation *found, const seg_image *grey, const seg_image *ignore,
                           const seg_otsu_options *options, seg_scratch *scratch,
                           const seg_env *env) {
    const int32_t size = seg_histogram_size(grey), classes = options->classes;
    int32_t levels[LEVELS];
    uint64_t *bins = seg_scratch_take(scratch, (size_t)size, sizeof *bins, "a histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_histogram_with(bins, size, grey, ignore, scratch, env));
    SEG_TRY(seg_otsu_class_bins(levels, classes, bins, size, scratch));
    found->edges.classes = classes;
    found->edges.invert = options->invert;
    for (int32_t k = 0; k < classes - 1; k++) {
        found->native[k] = levels[k] * seg_image_full_scale(grey) / (size - 1);
        /* a bin of f32 holds the values that are rounded to it */
        found->edges.edges[k] = found->native[k] + (grey->format == SEG_F32 ? 0.5 / (size - 1) : 0);
    }
    count_shares(found, levels, bins, size);
    return SEG_OK;
}

static void decide_separation(seg_result *result, const separation *found, const seg_image *grey) {
    static const char *const levels[] = {"level_1", "level_2", "level_3", "level_4"};
    static const char *const raw[] = {"level_1_raw", "level_2_raw", "level_3_raw", "level_4_raw"};
    static const char *const shares[] = {"class_0", "class_1", "class_2", "class_3", "class_4"};
    const int32_t last = found->edges.classes - 1;
    for (int32_t k = 0; k < last; k++) {
        seg_result_decide(result, levels[k], seg_level_8bit(found->native[k], grey), "8-bit");
        seg_result_decide(result, raw[k], found->native[k], "raw");
    }
    for (int32_t k = 0; k <= last; k++)
        seg_result_decide(result, shares[k], found->share[found->edges.invert ? last - k : k],
                          "share");
}

static seg_status classes_frame(seg_still *still, const seg_frame *frame, uint32_t wanted,
                                seg_result *result) {
    const seg_otsu_options *options = still->options;
    const seg_env *env = &still->env;
    seg_image grey = {0};
    separation found;
    SEG_TRY(seg_input_grey(&grey, &still->images[0], frame, env));
    SEG_TRY(separate(&found, &grey, &frame->ignore, options, &still->scratch, env));
    if (wanted & SEG_OUTPUT_LABELS) {
        seg_image *labels = &result->labels;
        SEG_TRY(seg_image_reuse(labels, grey.width, grey.height, SEG_LABEL32, 1, env));
        SEG_TRY(seg_write_classes(labels, &grey, &frame->ignore, &found.edges, env));
        result->outputs |= SEG_OUTPUT_LABELS;
    }
    if (wanted & SEG_OUTPUT_SCORE)
        SEG_TRY(seg_cut_score(result, &grey, &frame->ignore, options->invert, env));
    decide_separation(result, &found, &grey);
    return SEG_OK;
}

static seg_status classes_picture(seg_image *labels, separation *found, const seg_image *picture,
                                  const seg_image *ignore, const seg_otsu_options *options,
                                  seg_image *working, seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    SEG_TRY(separate(found, &grey, ignore, options, scratch, env));
    return seg_write_classes(labels, &grey, ignore, &found->edges, env);
}

seg_status seg_otsu_classes(seg_image *labels, double *native_levels, const seg_image *picture,
                            const seg_image *ignore, const seg_otsu_options *options,
                            const seg_env *env) {
    seg_otsu_options defaults;
    seg_otsu_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    separation found;
    seg_image working = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        classes_picture(labels, &found, picture, ignore, options, &working, &scratch, env);
    seg_scratch_free(&scratch);
    seg_image_unref(&working);
    for (int32_t k = 0; status >= 0 && native_levels && k < options->classes - 1; k++)
        native_levels[k] = found.native[k];
    return status;
}

/* ---- the registry ---- */

static uint32_t outputs_of(const void *options) {
    const seg_otsu_options *chosen = options;
    return SEG_OUTPUT_SCORE | (chosen->classes > 2 ? SEG_OUTPUT_LABELS : SEG_OUTPUT_MASK);
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_otsu_options *options = still->options;
    if (options->classes > 2) return classes_frame(still, frame, wanted, result);
    const seg_cut cut = cut_of(options);
    return seg_cut_frame(still, frame, wanted, result, &cut);
}

const seg_method seg_method_otsu = {
    .id = "otsu",
    .title = "Otsu's level",
    .family = "threshold",
    .reference = "N. Otsu, A threshold selection method from gray-level histograms, IEEE Trans. "
                 "SMC 9(1)",
    .year = 1979,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS | SEG_OUTPUT_SCORE,
    .outputs_of = outputs_of,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
