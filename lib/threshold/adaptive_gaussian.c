/*
 * A Gaussian mean of the window, less a constant: as adaptive-mean, but near pixels count more, so
 * that objects cast no rims.
 *
 * Folklore; OpenCV's adaptiveThreshold with ADAPTIVE_THRESH_GAUSSIAN_C and THRESH_BINARY, whose
 * 8-bit result it equals where OpenCV's own float sums are not within their rounding error of a
 * half.
 *
 * Symbols: m mean of the w x w window in 8-bit levels under a Gaussian with
 * sigma = 0.3 ((w - 1) / 2 - 1) + 0.8 (small windows: OpenCV's fixed taps), rounded, halves to
 * even; c `c`
 *     T = m - c,  foreground = g > T, the opposite with `invert`
 * Steps: rows as floats in a ring; sums down, then along the row, in pairs from the inside out.
 * Cost: w + 1 multiplications a pixel; 4 w bytes a column and worker. Known failures: as
 * adaptive-mean.
 */
#include "core/bands.h"
#include "core/math.h"
#include "threshold/local.h"
#include "threshold/window.h"

#include <stdatomic.h>
#include <string.h>

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("35"),
    {"c", SEG_PARAM_INT, offsetof(seg_local_options, c), "10", -255, 255, NULL, "8-bit levels",
     "Taken from the mean.", "C"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

typedef struct gaussian_worker {
    float *ring;         /* side rows: row y is number y modulo side */
    const float **order; /* the rows of a window from top to bottom */
    float *down;         /* sums down, with `radius` more on both sides */
    float *mean, *excess;
    uint16_t *converted; /* f32 as 16 bits */
} gaussian_worker;

typedef struct gaussian_job {
    seg_local_output *output;
    const seg_local_kernels *kernels;
    const seg_pixel_kernels *pixels;
    gaussian_worker *workers;
    float taps[SEG_LOCAL_WIDE_SIDE / 2 + 1];
    int32_t side;
    float level, full;
    atomic_int_fast64_t foreground;
} gaussian_job;

/* taps[k] is k pixels from the centre. */
static void set_taps(float *taps, int32_t side) {
    static const float small[5][5] = {{1},
                                      {0.5f, 0.25f},
                                      {0.375f, 0.25f, 0.0625f},
                                      {0.28125f, 0.21875f, 0.109375f, 0.03125f},
                                      {60 / 256.f, 51 / 256.f, 30 / 256.f, 13 / 256.f, 4 / 256.f}};
    const int32_t radius = side / 2;
    if (radius < 5) {
        memcpy(taps, small[radius], sizeof small[radius]);
        return;
    }
    double weights[SEG_LOCAL_WIDE_SIDE / 2 + 1], sum = 1;
    const double sigma = 0.3 * (radius - 1) + 0.8;
    for (int32_t k = radius; k >= 1; k--) {
        weights[k] = seg_exp(-0.5 * k * k / (sigma * sigma));
        sum += 2 * weights[k];
    }
    weights[0] = 1;
    for (int32_t k = 0; k <= radius; k++)
        taps[k] = (float)(weights[k] / sum);
}

/* Row y of the source in 8-bit levels. A level brought to 16 bits comes back exactly. */
static void load_row(const gaussian_job *job, const gaussian_worker *worker, int32_t y) {
    const seg_image *source = job->output->source;
    const size_t width = (size_t)source->width;
    float *target = worker->ring + (size_t)(y % job->side) * width;
    const void *row = seg_image_row(source, y);
    if (source->format == SEG_U8) {
        const uint8_t *value = row;
        for (size_t x = 0; x < width; x++)
            target[x] = value[x];
        return;
    }
    if (source->format == SEG_F32) {
        job->pixels->f32_to_u16(worker->converted, row, width);
        row = worker->converted;
    }
    const uint16_t *value = row;
    for (size_t x = 0; x < width; x++)
        target[x] = (float)value[x] * 255 / job->full;
}

static void mean_row(const gaussian_job *job, const gaussian_worker *worker, int32_t y) {
    const seg_image *source = job->output->source;
    const size_t width = (size_t)source->width;
    const int32_t radius = job->side / 2, last = source->height - 1;
    for (int32_t k = -radius; k <= radius; k++) {
        const int32_t at = y + k < 0 ? 0 : y + k > last ? last : y + k;
        worker->order[k + radius] = worker->ring + (size_t)(at % job->side) * width;
    }
    float *middle = worker->down + radius;
    job->kernels->filter_down(middle, worker->order, job->taps, radius, width);
    for (int32_t i = 0; i < radius; i++) {
        worker->down[i] = middle[0];
        middle[width + (size_t)i] = middle[width - 1];
    }
    job->kernels->filter_across(worker->mean, worker->down, job->taps, radius, width);
    job->kernels->above_rounded(worker->excess, worker->order[radius], worker->mean, job->level,
                                width);
}

static seg_status gaussian_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band;
    gaussian_job *job = argument;
    const gaussian_worker *mine = &job->workers[worker];
    const int32_t radius = job->side / 2, last = job->output->source->height - 1;
    size_t foreground = 0;
    int32_t loaded = first > radius ? first - radius : 0; /* rows before it are in the ring */
    for (int32_t y = first; y < end; y++) {
        const int32_t needed = y + radius < last ? y + radius : last;
        for (; loaded <= needed; loaded++)
            load_row(job, mine, loaded);
        mean_row(job, mine, y);
        job->kernels->mask_of(seg_image_row(job->output->mask, y), mine->excess,
                              (size_t)job->output->source->width, job->output->invert ? 0 : 255);
        foreground += seg_local_finish(job->output, y, mine->excess);
    }
    atomic_fetch_add_explicit(&job->foreground, (int64_t)foreground, memory_order_relaxed);
    return SEG_OK;
}

static seg_status take_worker(gaussian_worker *worker, size_t width, size_t side,
                              seg_scratch *scratch) {
    const char *what = "rows of a Gaussian";
    worker->ring = seg_scratch_take(scratch, side * width, sizeof(float), what);
    worker->order = seg_scratch_take(scratch, side, sizeof *worker->order, what);
    worker->down = seg_scratch_take(scratch, width + side, sizeof(float), what);
    worker->mean = seg_scratch_take(scratch, width, sizeof(float), what);
    worker->excess = seg_scratch_take(scratch, width, sizeof(float), what);
    worker->converted = seg_scratch_take(scratch, width, sizeof(uint16_t), what);
    return worker->ring && worker->order && worker->down && worker->mean && worker->excess &&
                   worker->converted
               ? SEG_OK
               : SEG_ERROR_MEMORY;
}

seg_status seg_local_gaussian(seg_local_output *output, int64_t *foreground,
                              const seg_local_options *options, seg_scratch *scratch,
                              const seg_env *env) {
    const seg_image *source = output->source;
    const int32_t workers = seg_workers(env);
    gaussian_job job = {.output = output, .side = options->window, .level = (float)options->c};
    job.kernels = seg_local_kernels_get();
    job.pixels = seg_pixel_kernels_get();
    job.full = (float)seg_window_full_scale(source);
    output->scale = 0.5f / 255;
    set_taps(job.taps, job.side);
    atomic_init(&job.foreground, 0);
    job.workers = seg_scratch_take(scratch, (size_t)workers, sizeof *job.workers, "workers");
    if (!job.workers) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < workers; i++)
        SEG_TRY(take_worker(&job.workers[i], (size_t)source->width, (size_t)job.side, scratch));
    SEG_TRY(
        seg_run_bands(env, source->height, seg_window_band(source, job.side), gaussian_band, &job));
    *foreground = atomic_load(&job.foreground);
    return SEG_OK;
}

const seg_local_row seg_local_row_adaptive_gaussian = {SEG_LOCAL_BY_GAUSSIAN, false, &table, NULL};

SEG_LOCAL_METHOD(adaptive_gaussian, "adaptive-gaussian",
                 "Gaussian mean of the window less a constant", "", 0);
