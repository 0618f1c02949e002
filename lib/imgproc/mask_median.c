/*
 * A median is what more than half of the samples reach: it is enough to count, for each column of
 * the square, how many are 255 and how many are not 0.
 */
#include "imgproc/mask_median.h"

#include "core/bands.h"
#include "kernels/median.h"

#include <string.h>

typedef struct job {
    const seg_image *target, *mask;
    int32_t side;
    uint8_t *memory; /* for each worker: a row of counts of what is not 0, then of 255 */
    size_t pitch;    /* of a row of counts, which is continued by side/2 to both sides */
} job;

static void continue_row(uint8_t *counts, int32_t width, int32_t radius) {
    memset(counts - radius, counts[0], (size_t)radius);
    memset(counts + width, counts[width - 1], (size_t)radius);
}

static const uint8_t *row_near(const seg_image *mask, int32_t y) {
    return seg_image_row(mask, y < 0 ? 0 : y >= mask->height ? mask->height - 1 : y);
}

static seg_status median_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const job *j = argument;
    const int32_t width = j->mask->width, radius = j->side / 2;
    uint8_t *some = j->memory + (size_t)worker * 2 * j->pitch + radius, *full = some + j->pitch;
    const seg_median_kernels *kernels = seg_median_kernels_get();
    const size_t count = (size_t)width;
    memset(some, 0, count);
    memset(full, 0, count);
    for (int32_t y = first - radius; y < first + radius; y++)
        kernels->mask_columns(some, full, row_near(j->mask, y), NULL, count);
    for (int32_t y = first; y < end; y++) {
        const uint8_t *goes = y > first ? row_near(j->mask, y - radius - 1) : NULL;
        kernels->mask_columns(some, full, row_near(j->mask, y + radius), goes, count);
        continue_row(some, width, radius);
        continue_row(full, width, radius);
        kernels->median_mask(seg_image_row(j->target, y), some - radius, full - radius, j->side,
                             count);
    }
    return SEG_OK;
}

seg_status seg_mask_median(seg_image *target, const seg_image *mask, int32_t side,
                           seg_scratch *scratch, const seg_env *env) {
    job j = {target, mask, side, NULL, (size_t)mask->width + (size_t)side};
    j.memory =
        seg_scratch_take(scratch, (size_t)seg_workers(env), 2 * j.pitch, "counts of columns");
    if (!j.memory) return SEG_ERROR_MEMORY;
    return seg_run_light_bands(env, mask->width, mask->height, 64, median_band, &j);
}
