/*
 * Median of 16-bit and float samples over a square of any side: T. Huang, G. Yang, G. Tang, "A fast
 * two-dimensional median filtering algorithm", IEEE Trans. ASSP 27(1), 1979, with counts in three
 * levels of 128.
 *
 * A tile of the picture is worked on at a time. Its samples become keys below 2^21 in the same
 * order: 16-bit samples as they are, float samples their ranks in the tile. The window walks the
 * tile like an ox ploughing, right, then one row down, then left, so that each step takes one edge
 * of the window out and one in. Cost: 2 side steps of counting a pixel, and at most 400 of search.
 */
#include "core/bands.h"
#include "imgproc/median.h"
#include "imgproc/rows.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TILE_WIDTH 256
#define TILE_HEIGHT 64
#define SHIFT 7

typedef struct sliding_job {
    const seg_image *target, *source;
    int32_t side;
    size_t samples;  /* of the largest tile with its edges */
    uint32_t *keys;  /* `samples` for each worker */
    uint64_t *order; /* f32: twice `samples` for each worker, to sort */
    uint32_t *value; /* f32: bits of the sample of each rank */
    uint16_t *counts;
    size_t keys_end, counts_size; /* keys are below keys_end */
} sliding_job;

/* A tile with its edges, cut at the border of the picture, and the window in it. */
typedef struct sliding_tile {
    int32_t x0, y0, width, height; /* of the part of the picture that keys holds */
    uint32_t *keys;
    uint16_t *fine, *middle, *coarse;
} sliding_tile;

static int32_t clamped(int64_t i, int32_t low, int32_t end) {
    return (int32_t)(i < low ? low : i >= end ? end - 1 : i);
}

/* ---- keys ---- */

/* Bits of a float in an order that is that of the numbers; not finite counts as 0. */
static uint32_t ordered_bits(float value) {
    const float clean = (fabsf(value) <= FLT_MAX ? value : 0) + 0.0f; /* -0 becomes 0 */
    uint32_t bits;
    memcpy(&bits, &clean, sizeof bits);
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

static float float_of(uint32_t ordered) {
    const uint32_t bits = ordered >> 31 ? ordered & 0x7fffffffu : ~ordered;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Sorts by the upper 32 bits: four passes of counting, there and back. */
static void sort_upper(uint64_t *items, uint64_t *other, size_t count) {
    for (int shift = 32; shift < 64; shift += 8) {
        size_t start[257] = {0};
        for (size_t i = 0; i < count; i++)
            start[(items[i] >> shift & 255) + 1]++;
        for (int digit = 0; digit < 256; digit++)
            start[digit + 1] += start[digit];
        for (size_t i = 0; i < count; i++)
            other[start[items[i] >> shift & 255]++] = items[i];
        uint64_t *swap = items;
        items = other;
        other = swap;
    }
}

/* Replaces ordered bits by ranks; equal samples share one. */
static void rank_keys(uint32_t *keys, uint32_t *value, uint64_t *order, size_t count) {
    uint32_t rank = 0;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint64_t)keys[i] << 32 | i;
    sort_upper(order, order + count, count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)(order[i] >> 32);
        if (i && bits != value[rank]) rank++;
        value[rank] = bits;
        keys[(uint32_t)order[i]] = rank;
    }
}

static void load_keys(const sliding_job *job, sliding_tile *tile, int32_t channel, int32_t worker) {
    const seg_image *source = job->source;
    const size_t channels = source->channels;
    uint32_t *key = tile->keys;
    for (int32_t y = tile->y0; y < tile->y0 + tile->height; y++) {
        const void *row = seg_image_row(source, y);
        for (int32_t x = tile->x0; x < tile->x0 + tile->width; x++) {
            const size_t at = (size_t)x * channels + (size_t)channel;
            *key++ = source->format == SEG_U16 ? ((const uint16_t *)row)[at]
                                               : ordered_bits(((const float *)row)[at]);
        }
    }
    if (source->format == SEG_F32)
        rank_keys(tile->keys, job->value + (size_t)worker * job->samples,
                  job->order + (size_t)worker * 2 * job->samples,
                  (size_t)tile->width * (size_t)tile->height);
}

/* ---- the window ---- */

static void count_sample(sliding_tile *tile, int64_t x, int64_t y, int change) {
    const int32_t column = clamped(x, tile->x0, tile->x0 + tile->width) - tile->x0;
    const int32_t row = clamped(y, tile->y0, tile->y0 + tile->height) - tile->y0;
    const uint32_t key = tile->keys[(size_t)row * (size_t)tile->width + (size_t)column];
    tile->fine[key] = (uint16_t)(tile->fine[key] + change);
    tile->middle[key >> SHIFT] = (uint16_t)(tile->middle[key >> SHIFT] + change);
    tile->coarse[key >> 2 * SHIFT] = (uint16_t)(tile->coarse[key >> 2 * SHIFT] + change);
}

static void count_column(sliding_tile *tile, int64_t x, int64_t y, int32_t radius, int change) {
    for (int64_t k = y - radius; k <= y + radius; k++)
        count_sample(tile, x, k, change);
}

static void count_line(sliding_tile *tile, int64_t x, int64_t y, int32_t radius, int change) {
    for (int64_t k = x - radius; k <= x + radius; k++)
        count_sample(tile, k, y, change);
}

static uint32_t middle_key(const sliding_tile *tile, uint32_t half) {
    uint32_t below = 0, key = 0;
    for (; below + tile->coarse[key] <= half; key++)
        below += tile->coarse[key];
    for (key <<= SHIFT; below + tile->middle[key] <= half; key++)
        below += tile->middle[key];
    for (key <<= SHIFT; below + tile->fine[key] <= half; key++)
        below += tile->fine[key];
    return key;
}

static void put_result(const sliding_job *job, int32_t x, int32_t y, int32_t channel, uint32_t key,
                       int32_t worker) {
    const size_t at = (size_t)x * job->source->channels + (size_t)channel;
    void *row = seg_image_row(job->target, y);
    if (job->source->format == SEG_U16)
        ((uint16_t *)row)[at] = (uint16_t)key;
    else
        ((float *)row)[at] = float_of(job->value[(size_t)worker * job->samples + key]);
}

static void walk_tile(const sliding_job *job, sliding_tile *tile, int32_t first, int32_t end,
                      int32_t left, int32_t right, int32_t channel, int32_t worker) {
    const int32_t radius = job->side / 2;
    const uint32_t half = (uint32_t)job->side * (uint32_t)job->side / 2;
    int32_t x = left, move = 1;
    for (int64_t k = (int64_t)left - radius; k <= (int64_t)left + radius; k++)
        count_column(tile, k, first, radius, 1);
    for (int32_t y = first;; y++) {
        for (;; x += move) {
            put_result(job, x, y, channel, middle_key(tile, half), worker);
            if (x + move < left || x + move >= right) break;
            count_column(tile, (int64_t)x - (int64_t)move * radius, y, radius, -1);
            count_column(tile, (int64_t)x + (int64_t)move * (radius + 1), y, radius, 1);
        }
        if (y + 1 == end) break;
        count_line(tile, x, (int64_t)y - radius, radius, -1);
        count_line(tile, x, (int64_t)y + radius + 1, radius, 1);
        move = -move;
    }
}

static seg_status sliding_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band;
    const sliding_job *job = argument;
    const int32_t width = job->source->width, height = job->source->height;
    const int32_t radius = job->side / 2;
    uint16_t *counts = job->counts + (size_t)worker * job->counts_size;
    sliding_tile tile = {.keys = job->keys + (size_t)worker * job->samples};
    tile.fine = counts;
    tile.middle = tile.fine + job->keys_end;
    tile.coarse = tile.middle + (job->keys_end >> SHIFT);
    tile.y0 = clamped((int64_t)first - radius, 0, height);
    tile.height = clamped((int64_t)end - 1 + radius, 0, height) + 1 - tile.y0;
    for (int32_t left = 0; left < width;) {
        const int32_t right = width - left < TILE_WIDTH ? width : left + TILE_WIDTH;
        tile.x0 = clamped((int64_t)left - radius, 0, width);
        tile.width = clamped((int64_t)right - 1 + radius, 0, width) + 1 - tile.x0;
        for (int32_t channel = 0; channel < job->source->channels; channel++) {
            load_keys(job, &tile, channel, worker);
            memset(counts, 0, job->counts_size * sizeof *counts);
            walk_tile(job, &tile, first, end, left, right, channel, worker);
        }
        left = right;
    }
    return SEG_OK;
}

seg_status seg_median_sliding(seg_image *target, const seg_image *source, int32_t side,
                              seg_scratch *scratch, const seg_env *env) {
    const size_t workers = (size_t)seg_workers(env), edges = (size_t)side - 1;
    const bool ranked = source->format == SEG_F32;
    sliding_job job = {.target = target, .source = source, .side = side};
    job.samples = (TILE_WIDTH + edges) * (TILE_HEIGHT + edges);
    /* Whole nodes of the counting tree on each level. */
    const size_t node = (size_t)1 << 2 * SHIFT;
    job.keys_end = ranked ? (job.samples + node - 1) / node * node : 65536;
    job.counts_size = job.keys_end + (job.keys_end >> SHIFT) + (job.keys_end >> 2 * SHIFT);
    job.keys = seg_scratch_take(scratch, workers * job.samples, sizeof *job.keys, "keys");
    job.counts = seg_scratch_take(scratch, workers * job.counts_size, sizeof *job.counts, "counts");
    if (!job.keys || !job.counts) return SEG_ERROR_MEMORY;
    if (ranked) {
        job.value = seg_scratch_take(scratch, workers * job.samples, sizeof *job.value, "ranks");
        job.order =
            seg_scratch_take(scratch, workers * job.samples, 2 * sizeof *job.order, "an order");
        if (!job.value || !job.order) return SEG_ERROR_MEMORY;
    }
    return seg_run_bands(env, source->height, TILE_HEIGHT, sliding_band, &job);
}
