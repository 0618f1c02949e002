/* The last passes over a result. */
#include "pipeline/finish.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"
#include "imgproc/still_method.h"

#include <string.h>

#define BAND_HEIGHT 64

/* ---- what is left out ---- */

typedef struct leave_out_job {
    seg_image *images[3];
    int count;
    const seg_image *ignore;
} leave_out_job;

static void leave_out_row(const seg_image *image, const uint8_t *ignore, int32_t y) {
    void *row = seg_image_row(image, y);
    const int32_t width = image->width;
    switch (seg_format_size((seg_format)image->format)) {
    case 1:
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)row)[x] = ignore[x] ? 0 : ((uint8_t *)row)[x];
        break;
    case 2:
        for (int32_t x = 0; x < width; x++)
            ((uint16_t *)row)[x] = ignore[x] ? 0 : ((uint16_t *)row)[x];
        break;
    default: /* labels, and floats, whose 0 has the same bits */
        for (int32_t x = 0; x < width; x++)
            if (ignore[x]) memset((int32_t *)row + x, 0, sizeof(int32_t));
    }
}

static seg_status leave_out_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band, (void)worker;
    const leave_out_job *job = argument;
    for (int i = 0; i < job->count; i++)
        for (int32_t y = first; y < end; y++)
            leave_out_row(job->images[i], seg_image_row(job->ignore, y), y);
    return SEG_OK;
}

seg_status seg_result_leave_out(seg_result *result, const seg_image *ignore, const seg_env *env) {
    leave_out_job job = {.ignore = ignore};
    if (result->outputs & SEG_OUTPUT_MASK) job.images[job.count++] = &result->mask;
    if (result->outputs & SEG_OUTPUT_LABELS) job.images[job.count++] = &result->labels;
    if (result->outputs & SEG_OUTPUT_SCORE) job.images[job.count++] = &result->score;
    return seg_run_bands(env, ignore->height, BAND_HEIGHT, leave_out_band, &job);
}

/* ---- masks ---- */

static seg_status mask_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const seg_result *result = argument;
    for (int32_t y = first; y < end; y++) {
        uint8_t *mask = seg_image_row(&result->mask, y);
        const int32_t *labels = seg_image_row(&result->labels, y);
        for (int32_t x = 0; x < result->mask.width; x++)
            mask[x] = labels[x] > 0 ? 255 : 0;
    }
    return SEG_OK;
}

seg_status seg_result_derive_mask(seg_result *result, const seg_env *env) {
    const seg_image *labels = &result->labels;
    SEG_TRY(seg_image_reuse(&result->mask, labels->width, labels->height, SEG_U8, 1, env));
    result->mask.colour = SEG_COLOUR_DATA;
    SEG_TRY(seg_run_bands(env, labels->height, BAND_HEIGHT, mask_band, result));
    result->outputs |= SEG_OUTPUT_MASK;
    return SEG_OK;
}

/* ---- keep ---- */

/* Which labels go: by a table where the ids are dense, else by search in the list of kept ids. */
typedef struct keep_job {
    const seg_image *labels, *mask; /* the mask may be NULL */
    const uint8_t *table;           /* table[id] != 0 = keep; NULL = search */
    const seg_object *kept;
    int32_t count;
} keep_job;

static bool is_kept(const keep_job *job, int32_t id) {
    if (job->table) return job->table[id] != 0;
    int32_t low = 0, high = job->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (job->kept[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < job->count && job->kept[low].id == id;
}

static void keep_row(const keep_job *job, int32_t y) {
    int32_t *row = seg_image_row(job->labels, y);
    uint8_t *mask = seg_optional_row(job->mask, y);
    const int32_t width = job->labels->width;
    for (int32_t x = seg_skip_unmasked(row, mask, 0, width), end; x < width;
         x = seg_skip_unmasked(row, mask, end, width)) {
        const int32_t id = row[x];
        for (end = x + 1; end < width && row[end] == id;)
            end++;
        if (id <= 0 || is_kept(job, id)) continue;
        memset(row + x, 0, (size_t)(end - x) * sizeof *row);
        if (mask) memset(mask + x, 0, (size_t)(end - x));
    }
}

static seg_status keep_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const keep_job *job = argument;
    for (int32_t y = first; y < end; y++)
        keep_row(job, y);
    return SEG_OK;
}

seg_status seg_result_keep(seg_result *result, const seg_keep *keep, bool masked,
                           seg_scratch *scratch, const seg_env *env) {
    const seg_image *labels = &result->labels;
    keep_job job = {.labels = labels, .mask = masked ? &result->mask : NULL};
    const int32_t all = result->object_count;
    const int32_t largest = all > 0 ? result->objects[all - 1].id : 0;
    uint8_t *table = NULL;
    if (largest / 8 <= all + 4096) {
        table = seg_scratch_take(scratch, (size_t)largest + 1, 1, "table of kept objects");
        if (!table) return SEG_ERROR_MEMORY;
        memset(table, 0, (size_t)largest + 1);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < all; i++) {
        const seg_object object = result->objects[i];
        if (!seg_keep_test(keep, &object, labels->width, labels->height)) continue;
        result->objects[kept++] = object;
        if (table) table[object.id] = 1;
    }
    result->object_count = kept;
    if (kept == all) return SEG_OK;
    job.table = table;
    job.kept = result->objects;
    job.count = kept;
    return seg_run_light_bands(env, labels->width, labels->height, BAND_HEIGHT, keep_band, &job);
}
