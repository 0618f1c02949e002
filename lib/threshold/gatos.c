/*
 * Ink against an estimated background: what is darker than the paper would be there by a share of
 * the ink's own darkness. For documents with stains, shadows and uneven paper.
 *
 * B. Gatos, I. Pratikakis, S. Perantonis, "Adaptive degraded document image binarization", Pattern
 * Recognition 39(3), 2006.
 *
 * Symbols: I picture after a Wiener filter; S rough ink; B(x, y) background: I where there is no
 * rough ink, else the mean of such I in a window around; delta mean of B - I over rough ink; b mean
 * of B there; q `q`, p1 `p1`, p2 `p2`
 *     d(B) = q delta ((1 - p2) / (1 + exp(-4 B / (b (1 - p1)) + 2 (1 + p1) / (1 - p1))) + p2)
 *     ink(x, y) = B - I >= d(B),  foreground is the rest, ink with `invert`
 *
 * Steps: 1. grey rounded to 8 bits; 2. Wiener filter, its noise the mean of the local variances; 3.
 * Sauvola's rule (`window`, `k`); 4. background from running sums over paper (`background`), delta
 * and b; 5. comparison. The paper's upsampling is left to --resize and its shrinking and swelling
 * to --post: on DIBCO's pages its constants for these take 1 F and more. Cost: independent of the
 * windows; 4 bytes a pixel beyond input and output. Known failures: light text on a dark ground
 * (invert the picture first); ink that fills a window; where Sauvola's rule sees no ink there is
 * none.
 */
#include "core/bands.h"
#include "core/math.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "threshold/local.h"
#include "threshold/window.h"
#include <segment/imgproc.h>

#include <stdatomic.h>
#include <string.h>

static const seg_param rows[] = {
    {"window", SEG_PARAM_INT, offsetof(seg_gatos_options, window), "61", 1, SEG_LOCAL_WIDE_SIDE,
     seg_odd_names, "px",
     "Side of the square window of Sauvola's rule, by which rough ink is found.", "w"},
    {"k", SEG_PARAM_FLOAT, offsetof(seg_gatos_options, k), "0.2", -1, 1, NULL, "",
     "How far Sauvola's level drops below the mean where there is no contrast.", "k"},
    {"background", SEG_PARAM_INT, offsetof(seg_gatos_options, background), "51", 3,
     SEG_LOCAL_NARROW_SIDE, seg_odd_names, "px",
     "Side of the square window in which the paper under ink is taken from; some letters wide.",
     "dx"},
    {"wiener", SEG_PARAM_INT, offsetof(seg_gatos_options, wiener), "3", 1, 15, seg_odd_names, "px",
     "Side of the window of the Wiener filter before it; 1 is none.", ""},
    {"q", SEG_PARAM_FLOAT, offsetof(seg_gatos_options, q), "0.6", 0.01, 2, NULL, "",
     "Share of the ink's mean darkness that is ink.", "q"},
    {"p1", SEG_PARAM_FLOAT, offsetof(seg_gatos_options, p1), "0.5", 0, 0.95, NULL, "",
     "On paper darker than this share of the mean less darkness suffices.", "p1"},
    {"p2", SEG_PARAM_FLOAT, offsetof(seg_gatos_options, p2), "0.8", 0, 1, NULL, "",
     "Share of it that suffices there.", "p2"},
    {"invert", SEG_PARAM_BOOL, offsetof(seg_gatos_options, invert), "false", 0, 1, NULL, "",
     "The ink is foreground.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_gatos_options)};

void seg_gatos_options_init(seg_gatos_options *options) {
    seg_params_init(options, &params);
}

typedef struct gatos_sums {
    int64_t ink, paper;             /* pixels */
    int64_t darkness, below, light; /* sums of B - I and of B over ink, of I over paper */
} gatos_sums;

typedef struct gatos_run {
    seg_local_output *output;
    seg_image picture;            /* I */
    seg_image mask, values;       /* paper: 1, and I there; 0 elsewhere */
    seg_window *windows, *counts; /* of values and of mask, for each worker */
    uint8_t *background;          /* a row for each worker */
    float *excess;
    float darkness[256]; /* d(B) */
    int32_t paper;       /* B where no paper is near */
    gatos_sums *sums;    /* of each band */
    atomic_int_fast64_t foreground;
} gatos_run;

/* ---- Wiener filter ---- */

typedef struct wiener_job {
    const seg_image *target, *source;
    seg_window *windows;
    int64_t *variance; /* of each band: sum of n^2 times the local variance */
    double noise;      /* n^2 times */
} wiener_job;

/* n^2 times the variance of a window. */
static int64_t spread(const seg_window *window, int32_t n, int32_t x) {
    const uint32_t *sums = window->sums, *squares = window->squares;
    return (int64_t)n * squares[x] - (int64_t)sums[x] * sums[x];
}

static seg_status variance_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    wiener_job *job = argument;
    seg_window *window = &job->windows[worker];
    int64_t sum = 0;
    seg_window_start(window, first);
    for (int32_t y = first; y < end; y++) {
        seg_window_next(window);
        for (int32_t x = 0; x < job->source->width; x++)
            sum += spread(window, window->side * window->side, x);
    }
    job->variance[band] = sum;
    return SEG_OK;
}

static seg_status wiener_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    wiener_job *job = argument;
    seg_window *window = &job->windows[worker];
    const int32_t n = window->side * window->side;
    seg_window_start(window, first);
    for (int32_t y = first; y < end; y++) {
        seg_window_next(window);
        const uint8_t *in = window->row;
        const uint32_t *sums = window->sums;
        uint8_t *out = seg_image_row(job->target, y);
        for (int32_t x = 0; x < job->source->width; x++) {
            const double variance = (double)spread(window, n, x), mean = (double)sums[x] / n;
            const double kept = variance > job->noise ? (variance - job->noise) / variance : 0;
            out[x] = (uint8_t)(mean + kept * (in[x] - mean) + 0.5);
        }
    }
    return SEG_OK;
}

static seg_status filter(seg_image *target, const seg_image *source, int32_t side,
                         seg_scratch *scratch, const seg_env *env) {
    const int32_t height = source->height, band = seg_window_band(source, side);
    const int32_t count = seg_band_count(height, band);
    wiener_job job = {.target = target, .source = source};
    int64_t sum = 0;
    SEG_TRY(seg_windows_take(&job.windows, source, side, true, seg_workers(env), scratch));
    job.variance = seg_scratch_take(scratch, (size_t)count, sizeof *job.variance, "bands");
    if (!job.variance) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, height, band, variance_band, &job));
    for (int32_t i = 0; i < count; i++)
        sum += job.variance[i];
    job.noise = (double)sum / ((double)source->width * height);
    return seg_run_bands(env, height, band, wiener_band, &job);
}

/* ---- background ---- */

/* Paper in place: the mask of rough paper becomes 1 where a pixel votes, else 0. */
static seg_status paper_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)worker;
    gatos_run *run = argument;
    const seg_image *ignore = run->output->ignore;
    gatos_sums *sums = &run->sums[band];
    for (int32_t y = first; y < end; y++) {
        const uint8_t *value = seg_image_row(&run->picture, y);
        const uint8_t *blocked = seg_image_empty(ignore) ? NULL : seg_image_row(ignore, y);
        uint8_t *mask = seg_image_row(&run->mask, y), *values = seg_image_row(&run->values, y);
        for (int32_t x = 0; x < run->picture.width; x++) {
            mask[x] = mask[x] && !(blocked && blocked[x]);
            values[x] = mask[x] ? value[x] : 0;
            sums->paper += mask[x];
            sums->light += values[x];
        }
    }
    return SEG_OK;
}

/* The next row of B. */
static void find_background(const gatos_run *run, uint8_t *background, seg_window *values,
                            seg_window *counts) {
    seg_window_next(values);
    seg_window_next(counts);
    const uint32_t *sum = values->sums, *count = counts->sums;
    const uint8_t *paper = counts->row, *value = values->row;
    for (int32_t x = 0; x < run->picture.width; x++)
        background[x] = paper[x]   ? value[x]
                        : count[x] ? (uint8_t)((2 * sum[x] + count[x]) / (2 * count[x]))
                                   : (uint8_t)run->paper;
}

static seg_status ink_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    gatos_run *run = argument;
    const seg_image *ignore = run->output->ignore;
    seg_window *values = &run->windows[worker], *counts = &run->counts[worker];
    uint8_t *background = run->background + (size_t)worker * (size_t)run->picture.width;
    gatos_sums *sums = &run->sums[band];
    seg_window_start(values, first);
    seg_window_start(counts, first);
    for (int32_t y = first; y < end; y++) {
        const uint8_t *value = seg_image_row(&run->picture, y);
        const uint8_t *mask = seg_image_row(&run->mask, y);
        const uint8_t *blocked = seg_image_empty(ignore) ? NULL : seg_image_row(ignore, y);
        find_background(run, background, values, counts);
        for (int32_t x = 0; x < run->picture.width; x++) {
            if (mask[x] || (blocked && blocked[x])) continue;
            sums->ink++;
            sums->darkness += background[x] - value[x];
            sums->below += background[x];
        }
    }
    return SEG_OK;
}

/* d(B) for every B; infinite, so that nothing is ink, where there is no paper, or no ink darker
 * than it. */
static void set_darkness(gatos_run *run, const gatos_sums *sums, const seg_gatos_options *options) {
    const double delta = sums->ink ? (double)sums->darkness / (double)sums->ink : 0;
    const double mean = sums->ink ? (double)sums->below / (double)sums->ink : 0;
    const double p1 = options->p1, p2 = options->p2;
    for (int32_t b = 0; b < 256; b++) {
        const double bend = -4.0 * b / (mean * (1 - p1)) + 2 * (1 + p1) / (1 - p1);
        run->darkness[b] = delta > 0 && mean > 0 && sums->paper
                               ? (float)(options->q * delta * ((1 - p2) / (1 + seg_exp(bend)) + p2))
                               : 512;
    }
}

static seg_status result_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    gatos_run *run = argument;
    seg_window *values = &run->windows[worker], *counts = &run->counts[worker];
    const size_t width = (size_t)run->picture.width;
    uint8_t *background = run->background + (size_t)worker * width;
    float *excess = run->excess + (size_t)worker * width;
    size_t foreground = 0;
    seg_window_start(values, first);
    seg_window_start(counts, first);
    for (int32_t y = first; y < end; y++) {
        const uint8_t *value = seg_image_row(&run->picture, y);
        find_background(run, background, values, counts);
        for (size_t x = 0; x < width; x++)
            excess[x] = run->darkness[background[x]] - (float)(background[x] - value[x]);
        values->kernels->mask_of(seg_image_row(run->output->mask, y), excess, width,
                                 run->output->invert ? 0 : 255);
        foreground += seg_local_finish(run->output, y, excess);
    }
    atomic_fetch_add_explicit(&run->foreground, (int64_t)foreground, memory_order_relaxed);
    return SEG_OK;
}

/* ---- the whole ---- */

/* I, and the mask of rough paper. */
static seg_status find_rough(gatos_run *run, const seg_image *source,
                             const seg_gatos_options *options, seg_scratch *scratch,
                             const seg_env *env) {
    seg_image narrow = *source;
    seg_local_options sauvola;
    seg_local_options_init(&sauvola, SEG_LOCAL_SAUVOLA);
    sauvola.window = options->window;
    sauvola.k = options->k;
    if (source->format != SEG_U8) {
        SEG_TRY(seg_scratch_image(&narrow, source, SEG_U8, 1, scratch));
        SEG_TRY(seg_convert(&narrow, source, SEG_U8, env));
    }
    run->picture = narrow;
    if (options->wiener > 1) {
        SEG_TRY(seg_scratch_image(&run->picture, source, SEG_U8, 1, scratch));
        SEG_TRY(filter(&run->picture, &narrow, options->wiener, scratch, env));
    }
    SEG_TRY(seg_scratch_image(&run->mask, source, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&run->values, source, SEG_U8, 1, scratch));
    return seg_local_mask(&run->mask, &run->picture, SEG_LOCAL_SAUVOLA, &sauvola, scratch, env);
}

static seg_status take_rows(gatos_run *run, int32_t side, int32_t bands, seg_scratch *scratch,
                            const seg_env *env) {
    const int32_t workers = seg_workers(env);
    const size_t width = (size_t)run->picture.width * (size_t)workers;
    run->sums = seg_scratch_take(scratch, (size_t)bands, sizeof *run->sums, "bands");
    run->background = seg_scratch_take(scratch, width, 1, "rows of background");
    run->excess = seg_scratch_take(scratch, width, sizeof *run->excess, "rows of levels");
    if (!run->sums || !run->background || !run->excess) return SEG_ERROR_MEMORY;
    memset(run->sums, 0, (size_t)bands * sizeof *run->sums);
    SEG_TRY(seg_windows_take(&run->windows, &run->values, side, false, workers, scratch));
    return seg_windows_take(&run->counts, &run->mask, side, false, workers, scratch);
}

static seg_status run_gatos(gatos_run *run, gatos_sums *all, seg_local_output *output,
                            const seg_gatos_options *options, seg_scratch *scratch,
                            const seg_env *env) {
    const seg_image *source = output->source;
    const int32_t side = options->background, band = seg_window_band(source, side);
    const int32_t bands = seg_band_count(source->height, band);
    SEG_TRY(seg_check_apart(output->mask, "mask", source, "picture"));
    output->mask->colour = SEG_COLOUR_DATA;
    output->scale = 0.5f / 255;
    run->output = output;
    atomic_init(&run->foreground, 0);
    SEG_TRY(seg_local_block(output, scratch));
    SEG_TRY(find_rough(run, source, options, scratch, env));
    SEG_TRY(take_rows(run, side, bands, scratch, env));
    SEG_TRY(seg_run_bands(env, source->height, band, paper_band, run));
    *all = (gatos_sums){0};
    for (int32_t i = 0; i < bands; i++) {
        all->paper += run->sums[i].paper;
        all->light += run->sums[i].light;
    }
    run->paper = all->paper ? (int32_t)((all->light + all->paper / 2) / all->paper) : 255;
    SEG_TRY(seg_run_bands(env, source->height, band, ink_band, run));
    for (int32_t i = 0; i < bands; i++) {
        all->ink += run->sums[i].ink;
        all->darkness += run->sums[i].darkness;
        all->below += run->sums[i].below;
    }
    set_darkness(run, all, options);
    return seg_run_bands(env, source->height, band, result_band, run);
}

static seg_status gatos_picture(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                                const seg_gatos_options *options, seg_image *working,
                                seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    gatos_run run = {0};
    gatos_sums all;
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    seg_local_output output = {
        .mask = mask, .source = &grey, .ignore = ignore, .invert = options->invert};
    return run_gatos(&run, &all, &output, options, scratch, env);
}

seg_status seg_threshold_gatos(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                               const seg_gatos_options *options, const seg_env *env) {
    seg_gatos_options defaults;
    seg_gatos_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    seg_image working = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        gatos_picture(mask, picture, ignore, options, &working, &scratch, env);
    seg_scratch_free(&scratch);
    seg_image_unref(&working);
    return status;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_gatos_options *options = still->options;
    seg_image grey = {0};
    gatos_run run = {0};
    gatos_sums all;
    SEG_TRY(seg_input_grey(&grey, &still->images[0], frame, &still->env));
    seg_local_output output = {
        .source = &grey, .ignore = &frame->ignore, .invert = options->invert};
    SEG_TRY(seg_local_output_take(&output, result, wanted, &still->env));
    SEG_TRY(run_gatos(&run, &all, &output, options, &still->scratch, &still->env));
    seg_local_decide(result, &output, options->window, atomic_load(&run.foreground));
    seg_result_decide(result, "darkness", all.ink ? (double)all.darkness / (double)all.ink : 0,
                      "8-bit");
    seg_result_decide(result, "paper", run.paper, "8-bit");
    return SEG_OK;
}

const seg_method seg_method_gatos = {
    .id = "gatos",
    .title = "ink darker than the background estimated under it",
    .family = "threshold",
    .reference = "B. Gatos, I. Pratikakis, S. Perantonis, Adaptive degraded document image "
                 "binarization, Pattern Recognition 39(3)",
    .year = 2006,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
