/*
 * A median is what more than half of the samples reach: it is enough to count, for each column of
 * the square, how many are 255 and how many are not 0.
 */
#include "imgproc/mask_median.h"

#include "core/bands.h"

#include <string.h>

#define CHUNK 512 /* pixels whose sums stay in the nearest cache */

typedef struct job {
    const seg_image *target, *mask;
    int32_t side;
    uint8_t *memory; /* for each worker: a row of counts of what is not 0, then of 255 */
    size_t pitch;    /* of a row of counts, which is continued by side/2 to both sides */
} job;

/* Counts of columns when a row comes (change 1) or goes (255, which is -1). */
static void count_row(uint8_t *restrict some, uint8_t *restrict full, const uint8_t *restrict row,
                      int32_t width, uint8_t change) {
    for (int32_t x = 0; x < width; x++) {
        some[x] = (uint8_t)(some[x] + (row[x] & 1) * change);
        full[x] = (uint8_t)(full[x] + (row[x] >> 7) * change);
    }
}

static void continue_row(uint8_t *counts, int32_t width, int32_t radius) {
    memset(counts - radius, counts[0], (size_t)radius);
    memset(counts + width, counts[width - 1], (size_t)radius);
}

/* Sums of `side` columns from each on; at most 15 * 15. */
static void add_columns(uint8_t *restrict sums, const uint8_t *restrict counts, int32_t count,
                        int32_t side) {
    memset(sums, 0, CHUNK);
    for (int32_t k = 0; k < side; k++)
        for (int32_t i = 0; i < count; i++)
            sums[i] = (uint8_t)(sums[i] + counts[i + k]);
}

static void give_row(uint8_t *out, const uint8_t *some, const uint8_t *full, int32_t width,
                     int32_t side) {
    const uint8_t half = (uint8_t)(side * side / 2);
    uint8_t nonzero[CHUNK], bright[CHUNK];
    for (int32_t x = 0; x < width; x += CHUNK) {
        const int32_t count = width - x < CHUNK ? width - x : CHUNK;
        add_columns(nonzero, some + x - side / 2, count, side);
        add_columns(bright, full + x - side / 2, count, side);
        for (int32_t i = 0; i < count; i++)
            out[x + i] = (uint8_t)((nonzero[i] > half ? 127 : 0) | (bright[i] > half ? 255 : 0));
    }
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
    memset(some, 0, (size_t)width);
    memset(full, 0, (size_t)width);
    for (int32_t y = first - radius; y < first + radius; y++)
        count_row(some, full, row_near(j->mask, y), width, 1);
    for (int32_t y = first; y < end; y++) {
        count_row(some, full, row_near(j->mask, y + radius), width, 1);
        continue_row(some, width, radius);
        continue_row(full, width, radius);
        give_row(seg_image_row(j->target, y), some, full, width, j->side);
        count_row(some, full, row_near(j->mask, y - radius), width, 255);
    }
    return SEG_OK;
}

seg_status seg_mask_median(seg_image *target, const seg_image *mask, int32_t side,
                           seg_scratch *scratch, const seg_env *env) {
    job j = {target, mask, side, NULL, (size_t)mask->width + (size_t)side};
    j.memory =
        seg_scratch_take(scratch, (size_t)seg_workers(env), 2 * j.pitch, "counts of columns");
    if (!j.memory) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, mask->height, 64, median_band, &j);
}
