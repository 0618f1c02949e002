/* What is the same for all local levels: windows in bands, masks, scores, the typed call, the
 * registry's functions. */
#include "threshold/local.h"

#include "core/bands.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "threshold/window.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

static const seg_local_row *const rules[] = {
    [SEG_LOCAL_ADAPTIVE_MEAN] = &seg_local_row_adaptive_mean,
    [SEG_LOCAL_ADAPTIVE_GAUSSIAN] = &seg_local_row_adaptive_gaussian,
    [SEG_LOCAL_NIBLACK] = &seg_local_row_niblack,
    [SEG_LOCAL_SAUVOLA] = &seg_local_row_sauvola,
    [SEG_LOCAL_WOLF] = &seg_local_row_wolf,
    [SEG_LOCAL_NICK] = &seg_local_row_nick,
    [SEG_LOCAL_BERNSEN] = &seg_local_row_bernsen,
};

#define RULE_COUNT ((int)(sizeof rules / sizeof *rules))

/* ---- rows of masks and scores ---- */

static bool left_out(const void *source, const uint8_t *ignore, size_t x) {
    return (source && !(fabsf(((const float *)source)[x]) <= FLT_MAX)) || (ignore && ignore[x]);
}

/* Rounding must not bring a score to the other side of its mask. */
static void write_score(const seg_local_output *output, float *score, const float *excess,
                        const uint8_t *mask, const void *source, const uint8_t *ignore) {
    const size_t width = (size_t)output->source->width;
    const float scale = output->invert ? -output->scale : output->scale;
    for (size_t x = 0; x < width; x++) {
        const float value = 0.5f + scale * excess[x];
        const float least = mask[x] ? 0.5f : 0, most = mask[x] ? 1 : 0.5f;
        score[x] = value > most ? most : value > least ? value : least;
    }
    if (!source && !ignore) return;
    for (size_t x = 0; x < width; x++)
        if (left_out(source, ignore, x)) score[x] = 0;
}

size_t seg_local_finish(const seg_local_output *output, int32_t y, const float *excess) {
    const seg_pixel_kernels *pixels = seg_pixel_kernels_get();
    const size_t width = (size_t)output->source->width;
    const bool floats = output->source->format == SEG_F32;
    const void *source = floats ? seg_image_row(output->source, y) : NULL;
    const uint8_t *ignore =
        seg_image_empty(output->ignore) ? NULL : seg_image_row(output->ignore, y);
    uint8_t *mask = seg_image_row(output->mask, y);
    if (output->score)
        write_score(output, seg_image_row(output->score, y), excess, mask, source, ignore);
    for (size_t x = 0; floats && x < width; x++)
        if (left_out(source, NULL, x)) mask[x] = 0;
    if (ignore) pixels->clear_ignored(mask, ignore, width);
    return output->counted ? pixels->count_set(mask, width) : 0;
}

/* ---- bands of windows ---- */

typedef struct local_job {
    seg_local_output *output;
    seg_local_kind kind;
    seg_window *windows;
    float *excess; /* a row for each worker */
    seg_local_formula formula;
    int32_t n;
    double slack; /* of SEG_LOCAL_BY_MEAN */
    atomic_int_fast64_t foreground;
    /* the scan: a slot for each band */
    double *lowest, *deviation;
} local_job;

static void find_excess(const local_job *job, float *excess, const seg_window *window) {
    const seg_local_kernels *kernels = window->kernels;
    const size_t width = (size_t)window->source->width;
    if (job->kind == SEG_LOCAL_BY_MEAN) {
        if (window->wide)
            kernels->mean_wide(excess, window->row, window->sums, width, job->n, job->slack);
        else
            kernels->mean_narrow(excess, window->row, window->sums, width, job->n,
                                 (int32_t)job->slack);
    } else if (window->wide) {
        kernels->contrast_wide(excess, window->row, window->sums, window->squares, width,
                               &job->formula);
    } else {
        kernels->contrast_narrow(excess, window->row, window->sums, window->squares, width,
                                 &job->formula);
    }
}

/* The mask of a row without its excess, where that is quicker; else false. */
static bool find_mask(const local_job *job, uint8_t *mask, const seg_window *window) {
    const size_t width = (size_t)window->source->width;
    const uint8_t inside = job->output->invert ? 0 : 255;
    const seg_local_formula *f = &job->formula;
    if (window->wide) return false;
    if (window->columns_only)
        window->kernels->mask_mean_small(mask, window->row, window->column_sums, width,
                                         (size_t)window->side, (int32_t)job->slack, inside);
    else if (job->kind == SEG_LOCAL_BY_MEAN)
        window->kernels->mask_mean_narrow(mask, window->row, window->sums, width, job->n,
                                          (int32_t)job->slack, inside);
    else if (f->slope == 0 && f->energy == 0 && f->product >= 0)
        window->kernels->mask_share_narrow(mask, window->row, window->sums, window->squares, width,
                                           f, inside);
    else
        return false;
    return true;
}

static seg_status local_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    local_job *job = argument;
    const seg_local_output *output = job->output;
    seg_window *window = &job->windows[worker];
    const size_t width = (size_t)window->source->width;
    float *excess = job->excess + (size_t)worker * width;
    size_t foreground = 0;
    seg_window_start(window, first);
    for (int32_t y = first; y < end; y++) {
        uint8_t *mask = seg_image_row(output->mask, y);
        seg_window_next(window);
        const bool found = find_mask(job, mask, window);
        if (!found || output->score) find_excess(job, excess, window);
        if (!found) window->kernels->mask_of(mask, excess, width, output->invert ? 0 : 255);
        foreground += seg_local_finish(output, y, excess);
    }
    atomic_fetch_add_explicit(&job->foreground, (int64_t)foreground, memory_order_relaxed);
    return SEG_OK;
}

/* The smallest sample, and the largest root of the formula: the excess of a black pixel where all
 * of the formula but the root's slope is 0. */
static seg_status scan_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    local_job *job = argument;
    seg_window *window = &job->windows[worker];
    const size_t width = (size_t)window->source->width;
    float *roots = job->excess + (size_t)worker * width, largest = 0;
    uint32_t lowest = UINT16_MAX;
    seg_window_start(window, first);
    for (int32_t y = first; y < end; y++) {
        seg_window_next(window);
        const uint8_t *ignore =
            seg_image_empty(job->output->ignore) ? NULL : seg_image_row(job->output->ignore, y);
        for (size_t x = 0; x < width; x++) {
            if (ignore && ignore[x]) continue;
            const uint32_t value = window->wide ? ((const uint16_t *)window->row)[x]
                                                : ((const uint8_t *)window->row)[x];
            lowest = value < lowest ? value : lowest;
        }
        seg_window black = *window;
        black.row = window->zeros;
        find_excess(job, roots, &black);
        for (size_t x = 0; x < width; x++)
            if (!ignore || !ignore[x]) largest = roots[x] > largest ? roots[x] : largest;
    }
    job->lowest[band] = lowest;
    job->deviation[band] = largest;
    return SEG_OK;
}

static seg_status scan(seg_local_scene *scene, local_job *job, int32_t rows, seg_scratch *scratch,
                       const seg_env *env) {
    const int32_t height = job->output->source->height;
    const int32_t count = seg_band_count(height, rows);
    job->lowest = seg_scratch_take(scratch, 2 * (size_t)count, sizeof(double), "bands");
    if (!job->lowest) return SEG_ERROR_MEMORY;
    job->deviation = job->lowest + count;
    job->formula = (seg_local_formula){.n = job->n, .slope = -1};
    SEG_TRY(seg_run_bands(env, height, rows, scan_band, job));
    scene->lowest = job->lowest[0];
    scene->deviation = 0;
    for (int32_t i = 0; i < count; i++) {
        if (job->lowest[i] < scene->lowest) scene->lowest = job->lowest[i];
        if (job->deviation[i] > scene->deviation) scene->deviation = job->deviation[i];
    }
    scene->deviation /= job->n;
    return SEG_OK;
}

static seg_status run_windows(seg_local_output *output, int64_t *foreground,
                              const seg_local_row *rule, const seg_local_options *options,
                              seg_scratch *scratch, const seg_env *env) {
    const seg_image *source = output->source;
    const int32_t side = options->window, rows = seg_window_band(source, side);
    const int32_t workers = seg_workers(env);
    local_job job = {.output = output, .kind = rule->kind, .n = side * side};
    atomic_init(&job.foreground, 0);
    const bool squared = rule->kind == SEG_LOCAL_BY_SPREAD;
    SEG_TRY(seg_windows_take(&job.windows, source, side, squared, workers, scratch));
    job.excess = seg_scratch_take(scratch, (size_t)source->width * (size_t)workers,
                                  sizeof *job.excess, "rows of levels");
    if (!job.excess) return SEG_ERROR_MEMORY;
    seg_local_scene scene = {.full = seg_window_full_scale(source)};
    if (rule->scanned) {
        job.kind = SEG_LOCAL_BY_SPREAD;
        SEG_TRY(scan(&scene, &job, rows, scratch, env));
    }
    output->scale = (float)(0.5 / (job.n * scene.full));
    if (squared) {
        job.formula = (seg_local_formula){.n = job.n};
        rule->formula(&job.formula, options, &scene);
    } else {
        /* A rounded 8-bit mean below value + c is a mean below value + c - 1/2. */
        job.slack = job.n * ((2.0 * options->c - 1) * scene.full / 255);
        output->scale /= 2;
        for (int32_t i = 0; i < workers; i++)
            job.windows[i].columns_only =
                !job.windows[i].wide && side <= SEG_LOCAL_SMALL_SIDE && !output->score;
    }
    SEG_TRY(seg_run_bands(env, source->height, rows, local_band, &job));
    *foreground = atomic_load(&job.foreground);
    return SEG_OK;
}

/* ---- calls ---- */

seg_status seg_local_block(seg_local_output *output, seg_scratch *scratch) {
    SEG_TRY(seg_picture_blocked(&output->blocked, output->source, output->ignore, scratch));
    output->ignore = &output->blocked;
    return SEG_OK;
}

static seg_status run(seg_local_output *output, int64_t *foreground, const seg_local_row *rule,
                      const seg_local_options *options, seg_scratch *scratch, const seg_env *env) {
    SEG_TRY(seg_check_apart(output->mask, "mask", output->source, "picture"));
    output->mask->colour = SEG_COLOUR_DATA;
    SEG_TRY(seg_local_block(output, scratch));
    if (rule->kind == SEG_LOCAL_BY_GAUSSIAN)
        return seg_local_gaussian(output, foreground, options, scratch, env);
    if (rule->kind == SEG_LOCAL_BY_RANGE)
        return seg_local_range(output, foreground, options, scratch, env);
    return run_windows(output, foreground, rule, options, scratch, env);
}

seg_status seg_local_mask(seg_image *mask, const seg_image *grey, seg_local_rule rule,
                          const seg_local_options *options, seg_scratch *scratch,
                          const seg_env *env) {
    const seg_image none = {0};
    seg_local_output output = {.mask = mask, .source = grey, .ignore = &none};
    int64_t foreground;
    return run(&output, &foreground, rules[rule], options, scratch, env);
}

void seg_local_options_init(seg_local_options *options, seg_local_rule rule) {
    memset(options, 0, sizeof *options);
    if ((int)rule >= 0 && (int)rule < RULE_COUNT) seg_params_init(options, rules[rule]->params);
}

static seg_status local_picture(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                                const seg_local_row *rule, const seg_local_options *options,
                                seg_image *working, seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    int64_t foreground;
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    seg_local_output output = {
        .mask = mask, .source = &grey, .ignore = ignore, .invert = options->invert};
    return run(&output, &foreground, rule, options, scratch, env);
}

seg_status seg_threshold_local(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                               seg_local_rule rule, const seg_local_options *options,
                               const seg_env *env) {
    if ((int)rule < 0 || (int)rule >= RULE_COUNT)
        return seg_fail(SEG_ERROR_OPTION, "rule is %d (allowed 0 to %d, see seg_local_rule)",
                        (int)rule, RULE_COUNT - 1);
    seg_local_options defaults;
    seg_local_options_init(&defaults, rule);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, rules[rule]->params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    seg_image working = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        local_picture(mask, picture, ignore, rules[rule], options, &working, &scratch, env);
    seg_scratch_free(&scratch);
    seg_image_unref(&working);
    return status;
}

seg_status seg_local_output_take(seg_local_output *output, seg_result *result, uint32_t wanted,
                                 const seg_env *env) {
    const seg_image *grey = output->source;
    SEG_TRY(seg_image_reuse(&result->mask, grey->width, grey->height, SEG_U8, 1, env));
    output->mask = &result->mask;
    output->counted = true;
    if (!(wanted & SEG_OUTPUT_SCORE)) return SEG_OK;
    SEG_TRY(seg_image_reuse(&result->score, grey->width, grey->height, SEG_F32, 1, env));
    SEG_TRY(seg_check_apart(&result->score, "the score", grey, "the picture"));
    result->score.colour = SEG_COLOUR_DATA;
    result->score_full_scale = 1;
    output->score = &result->score;
    return SEG_OK;
}

void seg_local_decide(seg_result *result, const seg_local_output *output, int32_t window,
                      int64_t foreground) {
    const seg_image *grey = output->source;
    int64_t voting = (int64_t)grey->width * grey->height;
    if (!seg_image_empty(output->ignore))
        for (int32_t y = 0; y < grey->height; y++)
            for (int32_t x = 0; x < grey->width; x++)
                voting -= ((const uint8_t *)seg_image_row(output->ignore, y))[x] != 0;
    result->outputs |= SEG_OUTPUT_MASK | (output->score ? SEG_OUTPUT_SCORE : 0);
    seg_result_decide(result, "window", window, "px");
    seg_result_decide(result, "foreground", voting ? (double)foreground / (double)voting : 0,
                      "share");
}

seg_status seg_local_create(void **state, const seg_local_row *rule, const void *options,
                            const seg_env *env) {
    return seg_still_create(state, rule->params, options, env);
}

seg_status seg_local_apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result,
                           const seg_local_row *rule) {
    seg_still *still = seg_still_begin(state);
    const seg_env *env = &still->env;
    const seg_local_options *options = still->options;
    seg_image grey = {0};
    int64_t foreground;
    SEG_TRY(seg_input_grey(&grey, &still->images[0], frame, env));
    seg_local_output output = {
        .source = &grey, .ignore = &frame->ignore, .invert = options->invert};
    SEG_TRY(seg_local_output_take(&output, result, wanted, env));
    SEG_TRY(run(&output, &foreground, rule, options, &still->scratch, env));
    seg_local_decide(result, &output, options->window, foreground);
    return SEG_OK;
}
