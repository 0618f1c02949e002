/*
 * Filters as methods, picture to picture, for chains before a method: gaussian(1.4), median(3).
 * Each frame is filtered at its own depth with all its channels; alpha is filtered as the rest.
 */
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/gaussian.h"
#include "imgproc/median.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include <segment/imgproc.h>

/* Makes result->picture fit. */
static seg_status prepare(seg_result *result, const seg_image *source, const seg_env *env) {
    SEG_TRY(seg_check_image(source, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_image_reuse(&result->picture, source->width, source->height,
                            (seg_format)source->format, source->channels, env));
    result->outputs |= SEG_OUTPUT_PICTURE;
    return SEG_OK;
}

/* ---- gaussian ---- */

typedef struct gaussian_options {
    size_t size;
    double sigma;
    int32_t aperture;
} gaussian_options;

static const char *const aperture_names[] = {"0", SEG_PARAM_ODD, NULL};

static const seg_param gaussian_rows[] = {
    {"sigma", SEG_PARAM_FLOAT, offsetof(gaussian_options, sigma), "1.4", 0,
     SEG_GAUSSIAN_LARGEST_SIGMA, NULL, "px", "Standard deviation of the blur; 0 = none.", "sigma"},
    {"aperture", SEG_PARAM_INT, offsetof(gaussian_options, aperture), "0", 0, 255, aperture_names,
     "px", "Side of the kernel; 0 = by sigma, 2 ceil(3 sigma) + 1.", ""},
};

static const seg_param_table gaussian_params = {
    gaussian_rows, sizeof gaussian_rows / sizeof *gaussian_rows, sizeof(gaussian_options)};

static seg_status gaussian_create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &gaussian_params, options, env);
}

static seg_status gaussian_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                 seg_result *result) {
    (void)wanted;
    seg_still *still = seg_still_begin(state);
    const gaussian_options *options = still->options;
    const seg_image *source = seg_frame_picture(frame);
    seg_gaussian_taps taps;
    SEG_TRY(seg_gaussian_taps_make(&taps, options->sigma, options->aperture));
    SEG_TRY(prepare(result, source, &still->env));
    if (taps.radius == 0) return seg_image_copy(&result->picture, source, &still->env);
    return seg_gaussian_with(&result->picture, source, &taps, &still->scratch, &still->env);
}

const seg_method seg_method_gaussian = {
    .id = "gaussian",
    .title = "Gaussian blur",
    .family = "filter",
    .reference = "",
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_PICTURE,
    .needs = SEG_NEED_COLOUR,
    .params = &gaussian_params,
    .create = gaussian_create,
    .apply = gaussian_apply,
    .free = seg_still_free,
};

/* ---- median ---- */

typedef struct median_options {
    size_t size;
    int32_t side;
} median_options;

static const seg_param median_rows[] = {
    {"side", SEG_PARAM_INT, offsetof(median_options, side), "3", 1, 255, seg_odd_names, "px",
     "Side of the square; 1 = none.", ""},
};

static const seg_param_table median_params = {median_rows, sizeof median_rows / sizeof *median_rows,
                                              sizeof(median_options)};

static seg_status median_create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &median_params, options, env);
}

static seg_status median_apply(void *state, const seg_frame *frame, uint32_t wanted,
                               seg_result *result) {
    (void)wanted;
    seg_still *still = seg_still_begin(state);
    const median_options *options = still->options;
    const seg_image *source = seg_frame_picture(frame);
    SEG_TRY(prepare(result, source, &still->env));
    if (options->side == 1) return seg_image_copy(&result->picture, source, &still->env);
    return seg_median_with(&result->picture, source, options->side, &still->scratch, &still->env);
}

const seg_method seg_method_median = {
    .id = "median",
    .title = "median over a square",
    .family = "filter",
    .reference = "J. Tukey, Exploratory data analysis, Addison-Wesley",
    .year = 1977,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_PICTURE,
    .needs = SEG_NEED_COLOUR,
    .params = &median_params,
    .create = median_create,
    .apply = median_apply,
    .free = seg_still_free,
};
