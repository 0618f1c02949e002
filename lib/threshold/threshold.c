/*
 * Fixed, percentile or automatic level: what is brighter than a level is foreground. For pictures
 * whose objects and ground do not overlap in brightness, and as the last step of other methods.
 *
 * Symbols: g(x, y) grey value, T `level`, M `max`
 *   foreground(x, y) = T < g(x, y) <= M, the opposite with `invert`; M < T change places
 *
 * Steps: 1. grey; 2. a histogram if `level` or `max` is a percentile or automatic; 3. one comparing
 * pass. Integer samples are compared with the floor of T, f32 with T as a float, or at 16 bits if T
 * came from the histogram. Cost: one read and one write of each pixel, one read more for the
 * histogram. Known failures: uneven light, where no single level separates.
 */
#include <segment/threshold.h>

#include "core/check.h"
#include "methods.h"
#include "threshold/cut.h"

static const seg_param rows[] = {
    {"level", SEG_PARAM_LEVEL, offsetof(seg_threshold_options, level), "50%", 0, 255, NULL,
     "8-bit level",
     "Foreground is brighter than this: 50, 20%, p90, 12000raw, auto:otsu, auto:median, "
     "auto:noise; auto = auto:otsu.",
     "T"},
    {"max", SEG_PARAM_LEVEL, offsetof(seg_threshold_options, max), "100%", 0, 255, NULL,
     "8-bit level",
     "Foreground is not brighter than this, so that level and max are the ends of a range, in "
     "either order; from full scale on there is no limit.",
     "M"},
    {"invert", SEG_PARAM_BOOL, offsetof(seg_threshold_options, invert), "false", 0, 1, NULL, "",
     "Swap foreground and background.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_threshold_options)};

void seg_threshold_options_init(seg_threshold_options *options) {
    seg_params_init(options, &params);
}

static seg_cut cut_of(const seg_threshold_options *options) {
    return (seg_cut){options->level, options->max, options->invert, NULL};
}

seg_status seg_threshold(seg_image *mask, double *native_level, const seg_image *picture,
                         const seg_image *ignore, const seg_threshold_options *options,
                         const seg_env *env) {
    seg_threshold_options defaults;
    seg_threshold_options_init(&defaults);
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

const seg_method seg_method_threshold = {
    .id = "threshold",
    .title = "fixed, percentile or automatic level",
    .family = "threshold",
    .reference = "",
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
