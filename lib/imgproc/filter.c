/*
 * Gaussian blur. Rows are summed downwards first, straight from the picture, then across one row of
 * sums: nothing is rounded in between, and no row of the picture is worked on twice.
 *
 * Integer kernels are OpenCV's: the exact kernel in fixed point, rounded from the outside in with
 * the error carried on, the centre taking what is left, so that the sum is exact and a flat picture
 * stays as it is. The result equals OpenCV's GaussianBlur on 8 and 16 bits.
 */
#include <segment/imgproc.h>

#include "core/bands.h"
#include "core/math.h"
#include "imgproc/gaussian.h"
#include "imgproc/rows.h"
#include "kernels/filter.h"

#include <math.h>
#include <string.h>

/* One sample more can be read by kernels (kernels/filter.h); the rest keeps workers apart. */
#define ROW_SLACK 64

/* Rounds the kernel to units of 1 / one; `weights` from the outside in. */
static void round_taps(uint32_t *taps, const double *weights, int32_t radius, uint32_t one) {
    double error = 0;
    uint32_t sum = 0;
    for (int32_t k = radius; k >= 1; k--) {
        const double exact = weights[k] * one + error;
        const double rounded = rint(exact);
        error = exact - rounded;
        taps[k] = (uint32_t)rounded;
        sum += 2 * taps[k];
    }
    taps[0] = one - sum;
}

static void weigh(double *weights, double sigma, int32_t radius) {
    const double scale = -0.125 / (sigma * sigma); /* of the doubled distance, squared */
    double sum = 0;
    for (int32_t k = radius; k >= 1; k--) {
        weights[k] = seg_exp((double)(4 * k * k) * scale);
        sum += weights[k];
    }
    sum = sum * 2 + 1;
    const double factor = 1 / sum;
    weights[0] = factor;
    for (int32_t k = radius; k >= 1; k--)
        weights[k] *= factor;
}

seg_status seg_gaussian_taps_make(seg_gaussian_taps *taps, double sigma, int32_t aperture) {
    if (!(sigma >= 0 && sigma <= SEG_GAUSSIAN_LARGEST_SIGMA))
        return seg_fail(SEG_ERROR_ARGUMENT, "sigma is %g (allowed 0 to %g pixels)", sigma,
                        SEG_GAUSSIAN_LARGEST_SIGMA);
    if (aperture < 0 || aperture > 255 || (aperture && aperture % 2 == 0))
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "aperture is %ld (allowed: 0 = by sigma, or odd, 1 to 255)",
                        (long)aperture);
    double weights[SEG_GAUSSIAN_LARGEST_RADIUS + 1] = {1};
    uint32_t narrow[SEG_GAUSSIAN_LARGEST_RADIUS + 1];
    memset(taps, 0, sizeof *taps);
    if (sigma > 0) {
        taps->radius = aperture ? aperture / 2 : (int32_t)ceil(3 * sigma);
        weigh(weights, sigma, taps->radius);
    }
    round_taps(narrow, weights, taps->radius, 256);
    round_taps(taps->u16, weights, taps->radius, 65536);
    for (int32_t k = 0; k <= taps->radius; k++) {
        taps->u8[k] = (uint16_t)narrow[k];
        taps->f32[k] = (float)weights[k];
    }
    return SEG_OK;
}

/* A row of the picture, by its type. */
typedef union row_pointer {
    const uint8_t *u8;
    const uint16_t *u16;
    const float *f32;
} row_pointer;

typedef struct blur_job {
    const seg_image *target, *source;
    const seg_gaussian_taps *taps;
    const seg_filter_kernels *kernels;
    row_pointer *rows; /* 2 radius + 1 for each worker */
    uint8_t *sums;     /* one continued row for each worker */
    size_t sums_size;
} blur_job;

/* Where place i of a row or column of n comes from: ... 2 1 0 1 2 ... n-1 n-2 ... */
static int32_t reflected(int64_t i, int32_t n) {
    if (n == 1) return 0;
    const int64_t period = 2 * ((int64_t)n - 1);
    i %= period;
    if (i < 0) i += period;
    return (int32_t)(i < n ? i : period - i);
}

/* Continues the row to both sides; item = bytes of one pixel's sums. */
static void continue_row(uint8_t *row, int32_t width, int32_t radius, size_t item) {
    for (int32_t k = 1; k <= radius; k++) {
        memcpy(row - (size_t)k * item, row + (size_t)reflected(-k, width) * item, item);
        memcpy(row + ((size_t)width + (size_t)k - 1) * item,
               row + (size_t)reflected((int64_t)width + k - 1, width) * item, item);
    }
}

static void blur_row(const blur_job *job, void *target, const row_pointer *rows, uint8_t *sums) {
    const seg_gaussian_taps *taps = job->taps;
    const seg_filter_kernels *kernels = job->kernels;
    const int32_t width = job->source->width, radius = taps->radius;
    const size_t step = job->source->channels, count = seg_row_samples(job->source);
    switch (job->source->format) {
    case SEG_U8:
        kernels->blur_down_u8((int16_t *)(void *)sums, &rows->u8, taps->u8, radius, count);
        continue_row(sums, width, radius, step * sizeof(int16_t));
        kernels->blur_across_u8(target, (int16_t *)(void *)sums, taps->u8, radius, step, count);
        break;
    case SEG_U16:
        kernels->blur_down_u16((uint32_t *)(void *)sums, &rows->u16, taps->u16, radius, count);
        continue_row(sums, width, radius, step * sizeof(uint32_t));
        kernels->blur_across_u16(target, (uint32_t *)(void *)sums, taps->u16, radius, step, count);
        break;
    default:
        kernels->blur_down_f32((float *)(void *)sums, &rows->f32, taps->f32, radius, count);
        continue_row(sums, width, radius, step * sizeof(float));
        kernels->blur_across_f32(target, (float *)(void *)sums, taps->f32, radius, step, count);
    }
}

static seg_status blur_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const blur_job *job = argument;
    const seg_image *source = job->source;
    const int32_t radius = job->taps->radius;
    row_pointer *rows = job->rows + (size_t)worker * (2 * (size_t)radius + 1);
    const size_t item = source->channels * (source->format == SEG_U8 ? sizeof(int16_t) : 4);
    uint8_t *sums = job->sums + (size_t)worker * job->sums_size + (size_t)radius * item;
    for (int32_t y = first; y < end; y++) {
        for (int32_t k = -radius; k <= radius; k++) {
            const void *row = seg_image_row(source, reflected((int64_t)y + k, source->height));
            if (source->format == SEG_U8)
                rows[k + radius].u8 = row;
            else if (source->format == SEG_U16)
                rows[k + radius].u16 = row;
            else
                rows[k + radius].f32 = row;
        }
        blur_row(job, seg_image_row(job->target, y), rows, sums);
    }
    return SEG_OK;
}

seg_status seg_gaussian_with(seg_image *target, const seg_image *source,
                             const seg_gaussian_taps *taps, seg_scratch *scratch,
                             const seg_env *env) {
    const size_t workers = (size_t)seg_workers(env), radius = (size_t)taps->radius;
    const size_t item = source->channels * (source->format == SEG_U8 ? sizeof(int16_t) : 4);
    SEG_TRY(seg_check_apart(target, "target", source, "source"));
    target->bits = source->bits;
    target->colour = source->colour;

    blur_job job = {target, source, taps, seg_filter_kernels_get(), NULL, NULL, 0};
    job.sums_size = ((size_t)source->width + 2 * radius) * item + ROW_SLACK;
    job.sums_size = (job.sums_size + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    job.rows = seg_scratch_take(scratch, workers * (2 * radius + 1), sizeof *job.rows, "rows");
    job.sums = seg_scratch_take(scratch, workers, job.sums_size, "rows of sums");
    if (!job.rows || !job.sums) return SEG_ERROR_MEMORY;
    memset(job.sums, 0, workers * job.sums_size);
    return seg_run_bands(env, source->height, 32, blur_band, &job);
}

seg_status seg_gaussian(seg_image *target, const seg_image *source, double sigma, int32_t aperture,
                        const seg_env *env) {
    seg_gaussian_taps taps;
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_gaussian_taps_make(&taps, sigma, aperture));
    if (taps.radius == 0) return seg_image_copy(target, source, env);
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_gaussian_with(target, source, &taps, &scratch, env);
    seg_scratch_free(&scratch);
    return status;
}
