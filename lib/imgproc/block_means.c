/* Means of blocks. */
#include "imgproc/block_means.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"

#include <string.h>

#define BAND_HEIGHT 8 /* rows of blocks */

typedef struct means_job {
    const seg_image *small, *picture;
    int32_t side;
    uint16_t *rooms; /* a row of samples for each worker */
    uint64_t *sums;  /* a row of sums for each worker */
} means_job;

static void add_row(uint64_t *sums, const uint16_t *row, const means_job *job) {
    const int32_t channels = job->picture->channels;
    int32_t x = 0;
    for (int32_t block = 0; block < job->small->width; block++, sums += channels) {
        const int32_t end =
            x + job->side < job->picture->width ? x + job->side : job->picture->width;
        for (; x < end; x++, row += channels)
            for (int32_t c = 0; c < channels; c++)
                sums[c] += row[c];
    }
}

static seg_status means_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const means_job *job = argument;
    const int32_t channels = job->picture->channels, side = job->side;
    const size_t small_row = (size_t)job->small->width * (size_t)channels;
    uint64_t *sums = job->sums + (size_t)worker * small_row;
    uint16_t *room = job->rooms + (size_t)worker * (size_t)job->picture->width * (size_t)channels;
    for (int32_t by = first; by < end; by++) {
        const int32_t top = by * side;
        const int32_t rows = top + side < job->picture->height ? side : job->picture->height - top;
        memset(sums, 0, small_row * sizeof *sums);
        for (int32_t y = top; y < top + rows; y++)
            add_row(sums, seg_row16(room, job->picture, y), job);
        uint16_t *out = seg_image_row(job->small, by);
        for (int32_t bx = 0; bx < job->small->width; bx++) {
            const int32_t left = bx * side;
            const int32_t columns =
                left + side < job->picture->width ? side : job->picture->width - left;
            const uint64_t area = (uint64_t)rows * (uint64_t)columns;
            for (int32_t c = 0; c < channels; c++)
                out[bx * channels + c] = (uint16_t)((sums[bx * channels + c] + area / 2) / area);
        }
    }
    return SEG_OK;
}

seg_status seg_block_means(seg_image *small, const seg_image *picture, int32_t side,
                           seg_scratch *scratch, const seg_env *env) {
    const int32_t width = seg_block_count(picture->width, side);
    const int32_t height = seg_block_count(picture->height, side);
    const size_t workers = (size_t)seg_workers(env), channels = (size_t)picture->channels;
    SEG_TRY(seg_image_reuse(small, width, height, SEG_U16, picture->channels, env));
    small->colour = picture->colour;
    means_job job = {.small = small, .picture = picture, .side = side};
    job.rooms = seg_scratch_take(scratch, workers * (size_t)picture->width * channels, 2, "rows");
    job.sums = seg_scratch_take(scratch, workers * (size_t)width * channels, sizeof *job.sums,
                                "sums of blocks");
    if (!job.rooms || !job.sums) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, height, BAND_HEIGHT, means_band, &job);
}
