/*
 * Median over a square: removes specks and keeps edges. J. Tukey, "Exploratory data analysis",
 * Addison-Wesley, 1977.
 *
 * Three ways, by cost: small sides in vector registers (kernels/median.h); 8-bit beyond by
 * histograms of columns, whose cost does not grow with the side; 16-bit and float beyond by a
 * sliding window of counts (median_sliding.c), whose cost grows with the side.
 */
#include "imgproc/median.h"

#include "core/bands.h"
#include "imgproc/rows.h"
#include "kernels/median.h"
#include <segment/imgproc.h>

#include <float.h>
#include <math.h>
#include <string.h>

static int32_t clamped(int64_t i, int32_t n) {
    return (int32_t)(i < 0 ? 0 : i >= n ? n - 1 : i);
}

/* ---- small sides: of integers up to 5 from the rows as they lie, else from a ring of rows that
 * are continued to both sides ---- */

#define LARGEST_WHOLE 5

typedef union row_pointer {
    const uint8_t *u8;
    const uint16_t *u16;
    const float *f32;
} row_pointer;

typedef struct small_job {
    const seg_image *target, *source;
    const seg_median_kernels *kernels;
    int32_t side;
    uint8_t *memory; /* for each worker: `side` continued rows, then as much work space */
    size_t row_size; /* bytes of a continued row */
} small_job;

/* Non-finite samples give 0; adding 0 turns -0 into 0, so that equal samples are equal bits. */
static void clean_row(float *samples, size_t count) {
    for (size_t i = 0; i < count; i++)
        samples[i] = (fabsf(samples[i]) <= FLT_MAX ? samples[i] : 0) + 0.0f;
}

/* Row y of the picture, continued, into the ring. */
static void load_row(const small_job *job, uint8_t *ring, int64_t y) {
    const seg_image *source = job->source;
    const size_t pixel = seg_format_size((seg_format)source->format) * source->channels;
    const size_t edge = (size_t)(job->side / 2), width = (size_t)source->width;
    uint8_t *slot = ring + (size_t)((y + job->side) % job->side) * job->row_size;
    uint8_t *row = slot + edge * pixel;
    memcpy(row, seg_image_row(source, clamped(y, source->height)), width * pixel);
    if (source->format == SEG_F32) clean_row((float *)(void *)row, width * source->channels);
    for (size_t k = 0; k < edge; k++) {
        memcpy(slot + k * pixel, row, pixel);
        memcpy(row + (width + k) * pixel, row + (width - 1) * pixel, pixel);
    }
}

static void small_row(const small_job *job, void *target, const row_pointer *rows, void *work) {
    const size_t step = job->source->channels, count = seg_row_samples(job->source);
    if (job->source->format == SEG_U8)
        job->kernels->median_u8(target, work, &rows->u8, job->side, step, count);
    else if (job->source->format == SEG_U16)
        job->kernels->median_u16(target, work, &rows->u16, job->side, step, count);
    else
        job->kernels->median_f32(target, work, &rows->f32, job->side, step, count);
}

/* Row y from the rows of the picture. */
static void whole_row(const small_job *job, int32_t y, void *work) {
    const int32_t side = job->side, height = job->source->height;
    const size_t step = job->source->channels, count = seg_row_samples(job->source);
    void *target = seg_image_row(job->target, y);
    row_pointer rows[LARGEST_WHOLE];
    for (int32_t k = 0; k < side; k++) {
        const void *row = seg_image_row(job->source, clamped((int64_t)y + k - side / 2, height));
        if (job->source->format == SEG_U8)
            rows[k].u8 = row;
        else
            rows[k].u16 = row;
    }
    if (job->source->format == SEG_U8)
        job->kernels->median_whole_u8(target, work, &rows->u8, side, step, count);
    else
        job->kernels->median_whole_u16(target, work, &rows->u16, side, step, count);
}

static seg_status small_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const small_job *job = argument;
    const int32_t side = job->side, radius = side / 2;
    const size_t pixel = seg_format_size((seg_format)job->source->format) * job->source->channels;
    uint8_t *ring = job->memory + (size_t)worker * 2 * (size_t)side * job->row_size;
    row_pointer rows[SEG_MEDIAN_LARGEST_SIDE];
    if (side <= LARGEST_WHOLE && job->source->format != SEG_F32) {
        for (int32_t y = first; y < end; y++)
            whole_row(job, y, ring);
        return SEG_OK;
    }
    for (int64_t y = (int64_t)first - radius; y < (int64_t)first + radius; y++)
        load_row(job, ring, y);
    for (int64_t y = first; y < end; y++) {
        load_row(job, ring, y + radius);
        for (int32_t k = 0; k < side; k++) {
            const size_t slot = (size_t)((y + k - radius + side) % side);
            const void *row = ring + slot * job->row_size + (size_t)radius * pixel;
            if (job->source->format == SEG_U8)
                rows[k].u8 = row;
            else if (job->source->format == SEG_U16)
                rows[k].u16 = row;
            else
                rows[k].f32 = row;
        }
        small_row(job, seg_image_row(job->target, (int32_t)y), rows,
                  ring + (size_t)side * job->row_size);
    }
    return SEG_OK;
}

static seg_status median_small(seg_image *target, const seg_image *source, int32_t side,
                               seg_scratch *scratch, const seg_env *env) {
    const size_t pixel = seg_format_size((seg_format)source->format) * source->channels;
    small_job job = {target, source, seg_median_kernels_get(), side, NULL, 0};
    job.row_size = ((size_t)source->width + (size_t)side - 1) * pixel;
    job.row_size = (job.row_size + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    if (job.row_size % 2048 == 0) job.row_size += SEG_ALIGNMENT; /* spread over the cache's sets */
    job.memory = seg_scratch_take(scratch, (size_t)seg_workers(env) * 2 * (size_t)side,
                                  job.row_size, "rows of a median");
    if (!job.memory) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, source->height, 32, small_band, &job);
}

/* ---- large sides of 8 bits: histograms of columns ---- */

#define TILE_WIDTH 512

typedef struct columns_job {
    const seg_image *target, *source;
    const seg_median_kernels *kernels;
    int32_t side;
    uint8_t *memory; /* for each worker: fine, then coarse histograms */
} columns_job;

static size_t columns_of(int32_t side) {
    return TILE_WIDTH + (size_t)side - 1;
}

static void count_row(seg_median_columns *columns, const uint8_t *row, int32_t x0, size_t count,
                      int32_t width, int32_t channels, int change) {
    for (size_t i = 0; i < count; i++) {
        const int32_t x = clamped((int64_t)x0 + (int64_t)i, width);
        const uint8_t value = row[(size_t)x * (size_t)channels];
        columns->fine[i][value] = (uint8_t)(columns->fine[i][value] + change);
        columns->coarse[i][value >> 4] = (uint8_t)(columns->coarse[i][value >> 4] + change);
    }
}

/* One channel of a tile of a band. */
static void columns_tile(const columns_job *job, seg_median_columns *columns, int32_t first,
                         int32_t end, int32_t x0, int32_t channel) {
    const seg_image *source = job->source;
    const int32_t width = source->width, height = source->height, channels = source->channels;
    const int32_t radius = job->side / 2;
    const size_t tile = (size_t)(width - x0 < TILE_WIDTH ? width - x0 : TILE_WIDTH);
    const size_t count = tile + (size_t)job->side - 1;
    memset(columns->fine, 0, count * sizeof *columns->fine);
    memset(columns->coarse, 0, count * sizeof *columns->coarse);
    for (int64_t y = (int64_t)first - radius; y <= (int64_t)first + radius; y++) {
        const uint8_t *row = seg_image_row(source, clamped(y, height));
        count_row(columns, row + channel, x0 - radius, count, width, channels, 1);
    }
    for (int64_t y = first;; y++) {
        uint8_t *out = seg_image_row(job->target, (int32_t)y);
        job->kernels->median_columns_u8(out + (size_t)x0 * (size_t)channels + channel, columns,
                                        job->side, (size_t)channels, tile);
        if (y + 1 == end) break;
        const uint8_t *leaves = seg_image_row(source, clamped(y - radius, height));
        const uint8_t *enters = seg_image_row(source, clamped(y + 1 + radius, height));
        count_row(columns, leaves + channel, x0 - radius, count, width, channels, -1);
        count_row(columns, enters + channel, x0 - radius, count, width, channels, 1);
    }
}

static seg_status columns_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band;
    const columns_job *job = argument;
    const size_t count = columns_of(job->side);
    uint8_t *memory = job->memory + (size_t)worker * count * (256 + 16);
    seg_median_columns columns;
    columns.fine = (uint8_t(*)[256])(void *)memory;
    columns.coarse = (uint8_t(*)[16])(void *)(memory + count * 256);
    for (int32_t x0 = 0; x0 < job->source->width;) {
        for (int32_t channel = 0; channel < job->source->channels; channel++)
            columns_tile(job, &columns, first, end, x0, channel);
        if (job->source->width - x0 <= TILE_WIDTH) break;
        x0 += TILE_WIDTH;
    }
    return SEG_OK;
}

static seg_status median_columns(seg_image *target, const seg_image *source, int32_t side,
                                 seg_scratch *scratch, const seg_env *env) {
    columns_job job = {target, source, seg_median_kernels_get(), side, NULL};
    job.memory = seg_scratch_take(scratch, (size_t)seg_workers(env) * columns_of(side), 256 + 16,
                                  "histograms of columns");
    if (!job.memory) return SEG_ERROR_MEMORY;
    /* Filling the histograms of a band costs as much as moving them `side` rows. */
    return seg_run_bands(env, source->height, side < 32 ? 64 : 2 * side, columns_band, &job);
}

/* ---- the choice ---- */

seg_status seg_median_with(seg_image *target, const seg_image *source, int32_t side,
                           seg_scratch *scratch, const seg_env *env) {
    SEG_TRY(seg_check_apart(target, "target", source, "source"));
    target->bits = source->bits;
    target->colour = source->colour;
    const bool is_u8 = source->format == SEG_U8;
    if (side <= (is_u8 ? SEG_MEDIAN_LARGEST_SIDE : 5))
        return median_small(target, source, side, scratch, env);
    if (is_u8) return median_columns(target, source, side, scratch, env);
    return seg_median_sliding(target, source, side, scratch, env);
}

seg_status seg_median(seg_image *target, const seg_image *source, int32_t side,
                      const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (side < 1 || side > 255 || side % 2 == 0)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "side has no valid value (got %ld px, allowed odd numbers from 1 to 255)",
                        (long)side);
    if (side == 1) return seg_image_copy(target, source, env);
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_median_with(target, source, side, &scratch, env);
    seg_scratch_free(&scratch);
    return status;
}
