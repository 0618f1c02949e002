/* Levels: means of blocks, the finest one straight from the samples. */
#include "geometry/registration_levels.h"

#include "core/bands.h"
#include "core/check.h"

#include <string.h>

#define BAND_HEIGHT 32
#define SMALLEST_SIDE 16

/* ---- the finest level ---- */

typedef struct shrink_job {
    seg_registration_level *level;
    const seg_image *moving, *reference, *ignore;
    int32_t factor;
} shrink_job;

/* Adds what is in the row to sums of blocks of `factor` samples. */
static void add_row(float *sums, const seg_image *image, int32_t y, int32_t width, int32_t factor) {
    const void *row = seg_image_row(image, y);
    for (int32_t x = 0; x < width; x++)
        for (int32_t k = x * factor; k < (x + 1) * factor; k++)
            switch (image->format) {
            case SEG_U8:
                sums[x] += ((const uint8_t *)row)[k];
                break;
            case SEG_U16:
                sums[x] += ((const uint16_t *)row)[k];
                break;
            default: {
                const float value = ((const float *)row)[k];
                sums[x] += value > 0 ? value < 1 ? value : 1 : 0; /* NaN is 0 */
            }
            }
}

static void shrink_row(float *target, const seg_image *image, int32_t y, int32_t width,
                       int32_t factor) {
    const float scale =
        (float)(255 / seg_image_full_scale(image) / ((double)factor * (double)factor));
    memset(target, 0, (size_t)width * sizeof *target);
    for (int32_t k = 0; k < factor; k++)
        add_row(target, image, y * factor + k, width, factor);
    for (int32_t x = 0; x < width; x++)
        target[x] *= scale;
}

static void shrink_mask(uint8_t *seen, const seg_image *ignore, int32_t y, int32_t width,
                        int32_t factor) {
    memset(seen, 1, (size_t)width);
    if (seg_image_empty(ignore)) return;
    for (int32_t k = 0; k < factor; k++) {
        const uint8_t *row = seg_image_row(ignore, y * factor + k);
        for (int32_t x = 0; x < width * factor; x++)
            if (row[x]) seen[x / factor] = 0;
    }
}

static seg_status shrink_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const shrink_job *job = argument;
    const seg_registration_level *level = job->level;
    const int32_t width = level->width;
    for (int32_t y = first; y < end; y++) {
        const size_t at = (size_t)y * (size_t)width;
        shrink_row(level->moving + at, job->moving, y, width, job->factor);
        shrink_row(level->reference + at, job->reference, y, width, job->factor);
        shrink_mask(level->seen + at, job->ignore, y, width, job->factor);
    }
    return SEG_OK;
}

/* ---- coarser levels, gradients ---- */

static void halve(float *target, const float *source, int32_t width, int32_t height,
                  int32_t source_width) {
    for (int32_t y = 0; y < height; y++) {
        const float *above = source + 2 * (size_t)y * (size_t)source_width;
        const float *below = above + source_width;
        float *row = target + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++)
            row[x] = (above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1]) * 0.25f;
    }
}

static void halve_mask(uint8_t *target, const uint8_t *source, int32_t width, int32_t height,
                       int32_t source_width) {
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *above = source + 2 * (size_t)y * (size_t)source_width;
        const uint8_t *below = above + source_width;
        uint8_t *row = target + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++)
            row[x] = above[2 * x] & above[2 * x + 1] & below[2 * x] & below[2 * x + 1];
    }
}

/* Central differences, one-sided at the edges. */
static seg_status gradient_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band, (void)worker;
    const seg_registration_level *level = argument;
    const int32_t width = level->width, height = level->height;
    for (int32_t y = first; y < end; y++) {
        const float *row = level->moving + (size_t)y * (size_t)width;
        const float *above = y > 0 ? row - width : row, *below = y + 1 < height ? row + width : row;
        const float down = above != row && below != row ? 0.5f : 1;
        float *target = level->gradient + 2 * (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) {
            const int32_t left = x > 0 ? x - 1 : x, right = x + 1 < width ? x + 1 : x;
            target[2 * x] = (row[right] - row[left]) * (right - left == 2 ? 0.5f : 1);
            target[2 * x + 1] = (below[x] - above[x]) * down;
        }
    }
    return SEG_OK;
}

static seg_status take(seg_registration_level *level, int32_t width, int32_t height, double factor,
                       seg_scratch *scratch) {
    const size_t pixels = (size_t)width * (size_t)height;
    *level = (seg_registration_level){.width = width, .height = height, .factor = factor};
    level->moving = seg_scratch_take(scratch, pixels, sizeof(float), "a level");
    level->reference = seg_scratch_take(scratch, pixels, sizeof(float), "a level");
    level->gradient = seg_scratch_take(scratch, 2 * pixels, sizeof(float), "a level");
    level->seen = seg_scratch_take(scratch, pixels, 1, "a level");
    const bool good = level->moving && level->reference && level->gradient && level->seen;
    return good ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_status seg_registration_levels_make(seg_registration_levels *levels, const seg_image *moving,
                                        const seg_image *reference, const seg_image *ignore,
                                        int32_t pixels, seg_scratch *scratch, const seg_env *env) {
    int32_t factor = 1;
    while ((int64_t)(moving->width / factor) * (moving->height / factor) > pixels &&
           moving->width / factor >= 2 * SMALLEST_SIDE &&
           moving->height / factor >= 2 * SMALLEST_SIDE)
        factor *= 2;
    seg_registration_level *level = levels->items;
    SEG_TRY(take(level, moving->width / factor, moving->height / factor, factor, scratch));
    shrink_job job = {level, moving, reference, ignore, factor};
    SEG_TRY(seg_run_bands(env, level->height, BAND_HEIGHT, shrink_band, &job));
    SEG_TRY(seg_run_bands(env, level->height, BAND_HEIGHT, gradient_band, level));
    levels->count = 1;
    while (levels->count < SEG_REGISTRATION_LEVELS && level->width >= 2 * SMALLEST_SIDE &&
           level->height >= 2 * SMALLEST_SIDE) {
        const seg_registration_level *finer = level++;
        const int32_t width = finer->width / 2, height = finer->height / 2;
        SEG_TRY(take(level, width, height, 2 * finer->factor, scratch));
        halve(level->moving, finer->moving, width, height, finer->width);
        halve(level->reference, finer->reference, width, height, finer->width);
        halve_mask(level->seen, finer->seen, width, height, finer->width);
        SEG_TRY(seg_run_bands(env, height, BAND_HEIGHT, gradient_band, level));
        levels->count++;
    }
    return SEG_OK;
}
