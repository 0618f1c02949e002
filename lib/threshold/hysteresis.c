/*
 * Two levels: the parts above the low one that somewhere reach above the high one. For scores,
 * gradients and grey pictures whose objects are surely there in places and weak in others.
 *
 * J. Canny, "A computational approach to edge detection", IEEE Trans. PAMI 8(6), 1986, of edges;
 * otherwise folklore, scikit-image's apply_hysteresis_threshold.
 *
 * Symbols: g(x, y) grey value, L `low`, H `high`
 *     weak = g > L, strong = g > H; foreground = the connected parts of weak that hold a strong
 *     pixel, the opposite with `invert`; neighbours are 4 or 8 by `connectivity`
 *
 * Steps: 1. grey; 2. a histogram if a level is a percentile or automatic; 3. two comparing passes
 * into bits; 4. parts as runs, joined, kept if one of their runs holds a strong bit. Cost: about
 * half a byte a pixel and 12 bytes a run. Known failures: one bridge of weak pixels carries the
 * foreground into everything behind it.
 */
#include <segment/threshold.h>

#include "core/check.h"
#include "imgproc/input.h"
#include "imgproc/runs.h"
#include "imgproc/samples.h"
#include "kernels/pixel.h"
#include "methods.h"
#include "threshold/cut.h"

#include <string.h>

static const seg_param rows[] = {
    {"low", SEG_PARAM_LEVEL, offsetof(seg_hysteresis_options, low), "25%", 0, 255, NULL,
     "8-bit level",
     "Foreground is brighter than this everywhere; the lower of the two levels is low.", "L"},
    {"high", SEG_PARAM_LEVEL, offsetof(seg_hysteresis_options, high), "50%", 0, 255, NULL,
     "8-bit level", "Each part of the foreground is brighter than this somewhere.", "H"},
    {"connectivity", SEG_PARAM_INT, offsetof(seg_hysteresis_options, connectivity), "8", 4, 8,
     seg_connectivity_names, "neighbours", "Neighbours that are connected.", ""},
    {"invert", SEG_PARAM_BOOL, offsetof(seg_hysteresis_options, invert), "false", 0, 1, NULL, "",
     "Swap foreground and background.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_hysteresis_options)};

void seg_hysteresis_options_init(seg_hysteresis_options *options) {
    seg_params_init(options, &params);
}

static seg_cut cut_above(seg_level level, bool invert) {
    const seg_level full = {SEG_LEVEL_PERCENT, 0, 100};
    return (seg_cut){level, full, invert, NULL};
}

/* ---- parts ---- */

/* True if a strip of `strong` has a one in the run. */
static bool holds_strong(const seg_runs *runs, const seg_bitmap *strong, int32_t strip,
                         seg_bits_run run) {
    for (int32_t dy = 0; dy < runs->strip_rows; dy++) {
        const int32_t y = strip * runs->strip_rows + dy;
        if (y >= strong->height) break;
        const uint64_t *row = seg_bitmap_row(strong, y);
        for (int32_t word = run.start >> 6; word <= (run.end - 1) >> 6; word++) {
            uint64_t bits = row[word];
            if (word == run.start >> 6) bits &= UINT64_MAX << (run.start & 63);
            if (word == (run.end - 1) >> 6) bits &= UINT64_MAX >> (63 - ((run.end - 1) & 63));
            if (bits) return true;
        }
    }
    return false;
}

static seg_status keep_strong_parts(seg_image *mask, const seg_image *strong_mask,
                                    int32_t connectivity, seg_scratch *scratch) {
    seg_bitmap weak, strong;
    seg_runs runs;
    SEG_TRY(seg_bitmap_pack(&weak, mask, false, scratch));
    SEG_TRY(seg_bitmap_pack(&strong, strong_mask, false, scratch));
    SEG_TRY(seg_runs_label(&runs, &weak, connectivity, scratch));
    const size_t count = (size_t)runs.components;
    bool *kept = seg_scratch_take(scratch, count ? count : 1, sizeof *kept, "parts that are kept");
    if (!kept) return SEG_ERROR_MEMORY;
    memset(kept, 0, count * sizeof *kept);
    for (int32_t strip = 0; strip < runs.strips; strip++)
        for (int32_t i = 0; i < runs.count[strip]; i++) {
            const uint32_t number = runs.first[strip] + (uint32_t)i;
            bool *part = &kept[seg_runs_of(&runs, number) - 1];
            *part = *part || holds_strong(&runs, &strong, strip, runs.runs[number]);
        }
    /* in place: the runs say all there is to know */
    for (int32_t strip = 0; strip < runs.strips; strip++)
        for (int32_t i = 0; i < runs.count[strip]; i++) {
            const uint32_t number = runs.first[strip] + (uint32_t)i;
            if (kept[seg_runs_of(&runs, number) - 1]) continue;
            const seg_bits_run run = runs.runs[number];
            const int32_t y = strip * runs.strip_rows;
            for (int32_t dy = 0; dy < runs.strip_rows && y + dy < weak.height; dy++)
                seg_bitmap_span(seg_bitmap_row(&weak, y + dy), run.start, run.end, false);
        }
    return seg_bitmap_unpack(mask, &weak, &scratch->env);
}

typedef struct hysteresis_levels {
    double low, high; /* native */
} hysteresis_levels;

/* `mask` is ensured. */
static seg_status find_mask(seg_image *mask, hysteresis_levels *levels, const seg_image *grey,
                            const seg_image *ignore, const seg_hysteresis_options *options,
                            seg_scratch *scratch, const seg_env *env) {
    seg_image other = {0};
    const seg_cut low = cut_above(options->low, false), high = cut_above(options->high, false);
    SEG_TRY(seg_scratch_image(&other, grey, SEG_U8, 1, scratch));
    SEG_TRY(seg_cut_mask(mask, &levels->low, grey, ignore, &low, scratch, env));
    SEG_TRY(seg_cut_mask(&other, &levels->high, grey, ignore, &high, scratch, env));
    if (levels->low > levels->high) { /* given the wrong way round, as in Canny */
        SEG_TRY(seg_cut_mask(mask, &levels->low, grey, ignore, &high, scratch, env));
        SEG_TRY(seg_cut_mask(&other, &levels->high, grey, ignore, &low, scratch, env));
    }
    SEG_TRY(keep_strong_parts(mask, &other, options->connectivity, scratch));
    if (!options->invert) return SEG_OK;
    /* all pixels that count but the parts: those above 0, and those not */
    const seg_level zero = {SEG_LEVEL_8BIT, 0, 0};
    seg_image dark = {0};
    SEG_TRY(seg_scratch_image(&dark, grey, SEG_U8, 1, scratch));
    const seg_cut above = cut_above(zero, false), not_above = cut_above(zero, true);
    SEG_TRY(seg_cut_mask(&other, NULL, grey, ignore, &above, scratch, env));
    SEG_TRY(seg_cut_mask(&dark, NULL, grey, ignore, &not_above, scratch, env));
    for (int32_t y = 0; y < grey->height; y++) {
        uint8_t *row = seg_image_row(mask, y);
        const uint8_t *a = seg_image_row(&other, y), *b = seg_image_row(&dark, y);
        for (int32_t x = 0; x < grey->width; x++)
            row[x] = (uint8_t)(~row[x] & (a[x] | b[x]));
    }
    return SEG_OK;
}

/* ---- calls ---- */

static seg_status hysteresis_picture(seg_image *mask, hysteresis_levels *levels,
                                     const seg_image *picture, const seg_image *ignore,
                                     const seg_hysteresis_options *options, seg_image *working,
                                     seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    return find_mask(mask, levels, &grey, ignore, options, scratch, env);
}

seg_status seg_hysteresis(seg_image *mask, double native_levels[2], const seg_image *picture,
                          const seg_image *ignore, const seg_hysteresis_options *options,
                          const seg_env *env) {
    seg_hysteresis_options defaults;
    seg_hysteresis_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    hysteresis_levels levels = {0, 0};
    seg_image working = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        hysteresis_picture(mask, &levels, picture, ignore, options, &working, &scratch, env);
    seg_scratch_free(&scratch);
    seg_image_unref(&working);
    if (status >= 0 && native_levels) {
        native_levels[0] = levels.low;
        native_levels[1] = levels.high;
    }
    return status;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_hysteresis_options *options = still->options;
    const seg_env *env = &still->env;
    seg_image grey = {0};
    hysteresis_levels levels;
    SEG_TRY(seg_input_grey(&grey, &still->images[0], frame, env));
    SEG_TRY(seg_image_reuse(&result->mask, grey.width, grey.height, SEG_U8, 1, env));
    SEG_TRY(
        find_mask(&result->mask, &levels, &grey, &frame->ignore, options, &still->scratch, env));
    result->outputs |= SEG_OUTPUT_MASK;
    if (wanted & SEG_OUTPUT_SCORE)
        SEG_TRY(seg_cut_score(result, &grey, &frame->ignore, options->invert, env));
    seg_result_decide(result, "low", seg_level_8bit(levels.low, &grey), "8-bit");
    seg_result_decide(result, "low_raw", levels.low, "raw");
    seg_result_decide(result, "high", seg_level_8bit(levels.high, &grey), "8-bit");
    seg_result_decide(result, "high_raw", levels.high, "raw");
    return SEG_OK;
}

const seg_method seg_method_hysteresis = {
    .id = "hysteresis",
    .title = "parts above a low level that reach above a high one",
    .family = "threshold",
    .reference = "",
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .params = &params,
    .lower = "low",
    .upper = "high",
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
