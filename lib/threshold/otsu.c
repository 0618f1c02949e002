/*
 * Otsu's level: the one that separates the histogram into the two classes whose means lie furthest
 * apart for their sizes. For pictures with two clear populations of brightness.
 *
 * N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. on Systems, Man,
 * and Cybernetics 9(1), 1979.
 *
 * Symbols: p(i) share of level i, w(k) = sum of p up to k, m(k) mean of the levels up to k, n(k) of
 * those above; the between-class variance w(k) (1 - w(k)) (m(k) - n(k))^2 is largest at the level
 * k* that is reported as `level`; foreground = g(x, y) > k*, the opposite with `invert`.
 *
 * Steps: 1. grey; 2. histogram: 256 bins for u8, 2^bits for u16, 65536 for f32; 3. k* (level.c, in
 * OpenCV's arithmetic: equal levels for 8 and 16 bits); 4. one comparing pass. Cost: two reads and
 * one write of each pixel. Known failures: classes of very different size or spread pull the level
 * towards the larger one; uneven light; a picture of one class is split all the same.
 */
#include <segment/threshold.h>

#include "core/check.h"
#include "methods.h"
#include "threshold/cut.h"

static const seg_param rows[] = {
    {"invert", SEG_PARAM_BOOL, offsetof(seg_otsu_options, invert), "false", 0, 1, NULL, "",
     "Dark objects on a light ground.", ""},
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
    const seg_cut cut = cut_of(options);
    return seg_cut_picture(mask, native_level, picture, ignore, &cut, env);
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_cut cut = cut_of(still->options);
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
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
