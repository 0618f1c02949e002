/* Zero crossings: rows of the response go through a ring of three. */
#include "edge/zero_crossings.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/gaussian.h"
#include "imgproc/input.h"
#include "imgproc/samples.h"
#include "kernels/slopes.h"

#include <math.h>
#include <string.h>

#define BAND 64

typedef struct samples_job {
    const seg_image *samples, *grey;
    const seg_slopes_kernels *kernels;
    uint16_t *rooms; /* a row for each worker */
} samples_job;

static seg_status samples_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band;
    const samples_job *job = argument;
    const int32_t width = job->grey->width;
    uint16_t *room = job->rooms + (size_t)worker * (size_t)width;
    for (int32_t y = first; y < end; y++)
        job->kernels->widen(seg_image_row(job->samples, y), seg_row16(room, job->grey, y), width);
    return SEG_OK;
}

seg_status seg_grey_samples(const seg_image *samples, const seg_image *picture, seg_image *working,
                            seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    samples_job job = {samples, &grey, seg_slopes_kernels_get(), NULL};
    job.rooms = seg_scratch_take(scratch, (size_t)seg_workers(env),
                                 (size_t)grey.width * sizeof *job.rooms, "rows");
    if (!job.rooms) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, grey.height, BAND, samples_band, &job);
}

seg_status seg_wide_blur(seg_image *blurred, double weights[2], const seg_image *samples,
                         double sigma, seg_scratch *scratch, const seg_env *env) {
    seg_gaussian_taps taps;
    SEG_TRY(seg_gaussian_taps_make(&taps, sigma, 2 * (int32_t)ceil(5 * sigma) + 1));
    weights[0] = (double)taps.f32[0];
    weights[1] = (double)taps.f32[1];
    SEG_TRY(seg_scratch_image(blurred, samples, SEG_F32, 1, scratch));
    return seg_gaussian_with(blurred, samples, &taps, scratch, env);
}

/* ---- the response ---- */

typedef struct crossings_job {
    const seg_image *strength, *a, *b; /* b NULL: the Laplacian of a */
    const seg_slopes_kernels *kernels;
    float scale;
    float *rows; /* of each worker: 3 of the response, 3 of a, with a sample more on either side */
    size_t pitch;
} crossings_job;

static int32_t clamped(int64_t y, int32_t height) {
    return (int32_t)(y < 0 ? 0 : y >= height ? height - 1 : y);
}

static void continue_row(float *row, int32_t width) {
    row[-1] = row[0];
    row[width] = row[width - 1];
}

/* A row of the Laplacian; its input is copied to have neighbours at both ends. */
static void laplacian_row(const crossings_job *job, float *out, float *spare, int64_t y) {
    const int32_t width = job->a->width, height = job->a->height;
    const float *here = seg_image_row(job->a, clamped(y, height));
    memcpy(spare, here, (size_t)width * sizeof *spare);
    continue_row(spare, width);
    job->kernels->laplacian(out, seg_image_row(job->a, clamped(y - 1, height)), spare,
                            seg_image_row(job->a, clamped(y + 1, height)), width);
}

static void response_row(const crossings_job *job, float *out, float *spare, int64_t y) {
    const int32_t width = job->a->width, row = clamped(y, job->a->height);
    if (job->b) {
        const float *a = seg_image_row(job->a, row), *b = seg_image_row(job->b, row);
        for (int32_t x = 0; x < width; x++)
            out[x] = a[x] - b[x];
    } else {
        laplacian_row(job, out, spare, row);
    }
    continue_row(out, width);
}

static seg_status crossings_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band;
    const crossings_job *job = argument;
    float *rows = job->rows + (size_t)worker * 4 * job->pitch + 16;
    float *ring[3] = {rows, rows + job->pitch, rows + 2 * job->pitch};
    float *spare = rows + 3 * job->pitch;
    for (int64_t y = (int64_t)first - 1; y <= first; y++)
        response_row(job, ring[(y + 3) % 3], spare, y);
    for (int32_t y = first; y < end; y++) {
        response_row(job, ring[(y + 1) % 3], spare, (int64_t)y + 1);
        job->kernels->crossing(seg_image_row(job->strength, y), ring[(y + 2) % 3], ring[y % 3],
                               ring[(y + 1) % 3], job->scale, job->strength->width);
    }
    return SEG_OK;
}

seg_status seg_zero_crossings(const seg_image *strength, const seg_image *a, const seg_image *b,
                              float scale, seg_scratch *scratch, const seg_env *env) {
    crossings_job job = {strength, a, b, seg_slopes_kernels_get(), scale, NULL, 0};
    job.pitch = ((size_t)a->width + 2 + 31) / 16 * 16 + 16;
    job.rows = seg_scratch_take(scratch, (size_t)seg_workers(env), 4 * job.pitch * sizeof(float),
                                "rows of a response");
    if (!job.rows) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, strength->height, BAND, crossings_band, &job);
}
