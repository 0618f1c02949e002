/*
 * Local contrast: ink is what is darker than the edges of strokes around it, and near enough of
 * them. For degraded documents: stains, bleed-through, faint strokes and uneven light, with nothing
 * to set by hand.
 *
 * B. Su, S. Lu, C. L. Tan, "Robust document image binarization technique for degraded document
 * images", IEEE Trans. Image Processing 22(4), 2013.
 *
 * Symbols: C(x, y) contrast, from the largest and smallest of 3 x 3 pixels, between relative and
 * absolute by alpha = (deviation / 128)^gamma; gamma `gamma`; E the edges: contrast above its Otsu
 * level on ridges of the gradient; EW `stroke_width`, the most frequent distance between
 * neighbouring edges of a row where it gets darker, then lighter; W `window`, 2 EW; Ne the edges in
 * a window, Emean and Estd of their grey values
 *     ink(x, y) = Ne >= EW and g <= Emean + Estd / 2,  foreground is the rest, ink with `invert`
 *
 * Steps: 1. grey rounded to 8 bits; 2. to 4. edges and stroke width (su_edges.c); 5. running sums
 * over the edges, one comparison. Cost: about 5 bytes a pixel beyond input and output; independent
 * of W. Known failures: light text on a dark ground (invert the picture first); strokes of very
 * different widths in one picture; ink in the middle of areas wider than W.
 */
#include "core/bands.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "threshold/local.h"
#include "threshold/su_edges.h"
#include "threshold/window.h"
#include <segment/imgproc.h>

#include <math.h>
#include <stdatomic.h>

static const char *const window_names[] = {"0", SEG_PARAM_ODD, NULL};

static const seg_param rows[] = {
    {"window", SEG_PARAM_INT, offsetof(seg_su_options, window), "0", 0, SEG_LOCAL_NARROW_SIDE,
     window_names, "px", "Side of the square window; 0 = twice the stroke width found.", "W"},
    {"gamma", SEG_PARAM_FLOAT, offsetof(seg_su_options, gamma), "1", 0, 10, NULL, "",
     "How quickly relative contrast loses weight in pictures of little contrast.", "gamma"},
    {"invert", SEG_PARAM_BOOL, offsetof(seg_su_options, invert), "false", 0, 1, NULL, "",
     "The ink is foreground.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_su_options)};

void seg_su_options_init(seg_su_options *options) {
    seg_params_init(options, &params);
}

typedef struct su_run {
    seg_local_output *output;
    const seg_image *grey; /* of 8 bits */
    seg_su_edges found;
    seg_window *counts, *values; /* windows of edges, and of the grey on them */
    float *excess;               /* a row for each worker */
    int32_t side;
    atomic_int_fast64_t foreground;
} su_run;

/* Grey levels above the level of the window; 255 where there are too few edges for ink. */
static void find_excess(const su_run *run, float *excess, const seg_window *counts,
                        const seg_window *values, const uint8_t *grey) {
    const uint32_t *count = counts->sums, *sum = values->sums, *squares = values->squares;
    const uint32_t least = run->found.stroke > 1 ? (uint32_t)run->found.stroke : 1;
    for (int32_t x = 0; x < run->grey->width; x++) {
        excess[x] = 255;
        if (count[x] < least) continue;
        /* all times Ne: nothing is divided before it is compared */
        const uint64_t spread = (uint64_t)count[x] * squares[x] - (uint64_t)sum[x] * sum[x];
        const double above =
            (double)grey[x] * count[x] - ((double)sum[x] + 0.5 * sqrt((double)spread));
        excess[x] = (float)(above / count[x]);
    }
}

static seg_status su_band(void *argument, int32_t band, int32_t first, int32_t end,
                          int32_t worker) {
    (void)band;
    su_run *run = argument;
    seg_window *counts = &run->counts[worker], *values = &run->values[worker];
    const size_t width = (size_t)run->grey->width;
    float *excess = run->excess + (size_t)worker * width;
    size_t foreground = 0;
    seg_window_start(counts, first);
    seg_window_start(values, first);
    for (int32_t y = first; y < end; y++) {
        seg_window_next(counts);
        seg_window_next(values);
        find_excess(run, excess, counts, values, seg_image_row(run->grey, y));
        counts->kernels->mask_of(seg_image_row(run->output->mask, y), excess, width,
                                 run->output->invert ? 0 : 255);
        foreground += seg_local_finish(run->output, y, excess);
    }
    atomic_fetch_add_explicit(&run->foreground, (int64_t)foreground, memory_order_relaxed);
    return SEG_OK;
}

/* The side of windows: odd, and such that their sums fit. */
static int32_t side_of(const seg_su_options *options, int32_t stroke) {
    if (options->window) return options->window;
    const int32_t side = 2 * stroke + 1;
    return side < 3 ? 3 : side > SEG_LOCAL_NARROW_SIDE ? SEG_LOCAL_NARROW_SIDE : side;
}

static seg_status run_su(su_run *run, seg_local_output *output, const seg_su_options *options,
                         seg_scratch *scratch, const seg_env *env) {
    const seg_image *source = output->source;
    const int32_t workers = seg_workers(env);
    seg_image narrow = {0};
    SEG_TRY(seg_check_apart(output->mask, "mask", source, "picture"));
    output->mask->colour = SEG_COLOUR_DATA;
    output->scale = 0.5f / 255;
    SEG_TRY(seg_local_block(output, scratch));
    run->output = output;
    run->grey = source;
    atomic_init(&run->foreground, 0);
    if (source->format != SEG_U8) {
        SEG_TRY(seg_scratch_image(&narrow, source, SEG_U8, 1, scratch));
        SEG_TRY(seg_convert(&narrow, source, SEG_U8, env));
        run->grey = &narrow;
    }
    SEG_TRY(
        seg_su_edges_find(&run->found, run->grey, output->ignore, options->gamma, scratch, env));
    run->side = side_of(options, run->found.stroke);
    SEG_TRY(seg_windows_take(&run->counts, &run->found.edges, run->side, false, workers, scratch));
    SEG_TRY(seg_windows_take(&run->values, &run->found.values, run->side, true, workers, scratch));
    run->excess = seg_scratch_take(scratch, (size_t)source->width * (size_t)workers,
                                   sizeof *run->excess, "rows of levels");
    if (!run->excess) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, source->height, seg_window_band(source, run->side), su_band, run);
}

static seg_status su_picture(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                             const seg_su_options *options, seg_image *working,
                             seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    su_run run = {0};
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    seg_local_output output = {
        .mask = mask, .source = &grey, .ignore = ignore, .invert = options->invert};
    return run_su(&run, &output, options, scratch, env);
}

seg_status seg_threshold_su(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                            const seg_su_options *options, const seg_env *env) {
    seg_su_options defaults;
    seg_su_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    seg_image working = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = su_picture(mask, picture, ignore, options, &working, &scratch, env);
    seg_scratch_free(&scratch);
    seg_image_unref(&working);
    return status;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_su_options *options = still->options;
    seg_image grey = {0};
    su_run run = {0};
    SEG_TRY(seg_input_grey(&grey, &still->images[0], frame, &still->env));
    seg_local_output output = {.source = &grey, .ignore = &frame->ignore};
    output.invert = options->invert;
    SEG_TRY(seg_local_output_take(&output, result, wanted, &still->env));
    SEG_TRY(run_su(&run, &output, options, &still->scratch, &still->env));
    seg_local_decide(result, &output, run.side, atomic_load(&run.foreground));
    seg_result_decide(result, "stroke_width", run.found.stroke, "px");
    seg_result_decide(result, "contrast", run.found.level, "share");
    return SEG_OK;
}

const seg_method seg_method_su = {
    .id = "su",
    .title = "ink darker than the stroke edges around it",
    .family = "threshold",
    .reference = "B. Su, S. Lu, C. L. Tan, Robust document image binarization technique for "
                 "degraded document images, IEEE Trans. Image Processing 22(4)",
    .year = 2013,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
