/* All pixels at once, from the means before: in a fixed number of sweeps, which bands may share. */
#include "motion/mean_field.h"

#include "core/bands.h"
#include "core/check.h"

#include <string.h>

#define BOND_LEAST 0.1f
#define SWEEPS 15
#define BAND_HEIGHT 16

typedef struct sweep {
    const seg_mean_field *field;
    const float *from; /* means before a sweep, and after it */
    float *to;
} sweep;

/* tanh to 2 %: the mean of a spin in a field, at a fraction of its price. */
static float squash(float x) {
    x = x < -3 ? -3 : x;
    x = x > 3 ? 3 : x;
    return x * (27 + x * x) / (27 + 9 * x * x);
}

static seg_status start_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const sweep *job = argument;
    const size_t width = (size_t)job->field->width;
    const float *restrict odds = job->field->odds;
    float *restrict to = job->to;
    for (size_t i = (size_t)first * width; i < (size_t)end * width; i++)
        to[i] = squash(0.5f * odds[i]);
    return SEG_OK;
}

/* What the neighbours of the pixel say. */
static float pull_at(const sweep *job, int32_t x, int32_t y) {
    const seg_mean_field *field = job->field;
    const int32_t width = field->width, height = field->height;
    const size_t w = (size_t)width, i = (size_t)y * w + (size_t)x;
    const float *right = field->right, *below = field->below, *from = job->from;
    const float smoothness = field->smoothness, least = smoothness * BOND_LEAST;
    float pull = 0;
    if (x > 0) pull += (smoothness * right[i - 1] + least) * from[i - 1];
    if (x + 1 < width) pull += (smoothness * right[i] + least) * from[i + 1];
    if (y > 0) pull += (smoothness * below[i - w] + least) * from[i - w];
    if (y + 1 < height) pull += (smoothness * below[i] + least) * from[i + w];
    return pull;
}

/* Pixels that have all four neighbours: from column 1 to the last but one of a row. */
static void sweep_inner(float *restrict to, const sweep *job, int32_t y) {
    const seg_mean_field *field = job->field;
    const size_t w = (size_t)field->width, row = (size_t)y * w;
    const float *restrict right = field->right + row, *restrict below = field->below + row;
    const float *restrict above = below - w, *restrict odds = field->odds + row;
    const float *restrict here = job->from + row, *restrict over = here - w,
                          *restrict under = here + w;
    const float smoothness = field->smoothness, least = smoothness * BOND_LEAST;
    for (size_t x = 1; x + 1 < w; x++) {
        float pull = 0;
        pull += (smoothness * right[x - 1] + least) * here[x - 1];
        pull += (smoothness * right[x] + least) * here[x + 1];
        pull += (smoothness * above[x] + least) * over[x];
        pull += (smoothness * below[x] + least) * under[x];
        to[x] = squash(0.5f * odds[x] + pull);
    }
}

static seg_status sweep_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const sweep *job = argument;
    const int32_t width = job->field->width;
    const float *odds = job->field->odds;
    for (int32_t y = first; y < end; y++) {
        const size_t row = (size_t)y * (size_t)width;
        const bool border = y == 0 || y + 1 == job->field->height;
        const int32_t step = border || width < 3 ? 1 : width - 1; /* all, or both ends */
        for (int32_t x = 0; x < width; x += step)
            job->to[row + (size_t)x] = squash(0.5f * odds[row + (size_t)x] + pull_at(job, x, y));
        if (step > 1) sweep_inner(job->to + row, job, y);
    }
    return SEG_OK;
}

seg_status seg_mean_field_settle(const seg_mean_field *field, const seg_env *env) {
    float *const means[2] = {field->mean, field->spare};
    sweep job = {.field = field, .to = means[0]};
    SEG_TRY(seg_run_bands(env, field->height, BAND_HEIGHT, start_band, &job));
    for (int i = 0; i < SWEEPS; i++) {
        job.from = means[i % 2];
        job.to = means[1 - i % 2];
        SEG_TRY(seg_run_bands(env, field->height, BAND_HEIGHT, sweep_band, &job));
    }
    const size_t n = (size_t)field->width * (size_t)field->height;
    if (job.to != field->mean) memcpy(field->mean, job.to, n * sizeof(float));
    return SEG_OK;
}
