/*
 * Sobel derivatives: binomial smoothing across the derivative. I. Sobel, G. Feldman, "A 3x3
 * isotropic gradient operator for image processing", Stanford AI project, 1968. Both derivatives
 * come from one pass: rows down into a smooth and a slope row, then across those.
 */
#include <segment/imgproc.h>

#include "core/bands.h"
#include "core/memory.h"
#include "imgproc/rows.h"
#include "kernels/filter.h"

typedef struct sobel_job {
    const seg_image *dx, *dy, *source;
    const seg_filter_kernels *kernels;
    int16_t *rows; /* a smooth and a slope row for each worker, continued to both sides */
    size_t row_size;
    int32_t aperture;
} sobel_job;

static int32_t clamped(int64_t i, int32_t n) {
    return (int32_t)(i < 0 ? 0 : i >= n ? n - 1 : i);
}

static void continue_row(int16_t *row, int32_t width, int32_t radius) {
    for (int32_t k = 1; k <= radius; k++) {
        row[-k] = row[0];
        row[width - 1 + k] = row[width - 1];
    }
}

static seg_status sobel_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const sobel_job *job = argument;
    const seg_image *source = job->source;
    const int32_t width = source->width, radius = job->aperture / 2;
    int16_t *smooth = job->rows + (size_t)worker * 2 * job->row_size + radius;
    int16_t *slope = smooth + job->row_size;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *rows[5];
        for (int32_t k = 0; k < job->aperture; k++)
            rows[k] = seg_image_row(source, clamped((int64_t)y + k - radius, source->height));
        job->kernels->sobel_down(smooth, slope, rows, job->aperture, (size_t)width);
        continue_row(smooth, width, radius);
        continue_row(slope, width, radius);
        job->kernels->sobel_across(seg_image_row(job->dx, y), seg_image_row(job->dy, y), smooth,
                                   slope, job->aperture, (size_t)width);
    }
    return SEG_OK;
}

seg_status seg_sobel(seg_image *dx, seg_image *dy, const seg_image *source, int32_t aperture,
                     const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (aperture != 3 && aperture != 5)
        return seg_fail(SEG_ERROR_ARGUMENT, "aperture is %ld (allowed 3 or 5)", (long)aperture);
    SEG_TRY(seg_image_ensure(dx, source->width, source->height, SEG_U16, 1, env));
    SEG_TRY(seg_image_ensure(dy, source->width, source->height, SEG_U16, 1, env));
    SEG_TRY(seg_check_apart(dx, "dx", dy, "dy"));
    dx->colour = dy->colour = SEG_COLOUR_DATA;

    sobel_job job = {dx, dy, source, seg_filter_kernels_get(), NULL, 0, aperture};
    job.row_size = ((size_t)source->width + 4 + 63) / 32 * 32;
    job.rows = seg_allocate(env, (size_t)seg_workers(env) * 2 * job.row_size, sizeof *job.rows,
                            "rows of sums");
    if (!job.rows) return SEG_ERROR_MEMORY;
    const seg_status status = seg_run_bands(env, source->height, 32, sobel_band, &job);
    seg_release(env, job.rows);
    return status;
}
