/*
 * Warps of upright sources of u8: scaled, mirrored, moved. Columns stay columns, so that where the
 * pixels of a block lie is found once for all its rows.
 */
#include "imgproc/warp_job.h"

#include <string.h>

#define SPAN (4 * SEG_WARP_BLOCK * 17) /* samples of the source that an area's block looks at */

/* ---- areas ---- */

/* Columns that all rows of a block look at: offsets of samples from the lowest one. */
typedef struct upright_columns {
    int32_t low, samples; /* in the source: the first column, and samples from there on */
    uint16_t offsets[SEG_WARP_FINEST][SEG_WARP_BLOCK];
} upright_columns;

/* False: some lie outside, or too far from each other. */
static bool find_columns(const warp_job *job, upright_columns *columns, int32_t first, int32_t row,
                         int32_t count) {
    int32_t x[SEG_WARP_FINEST][SEG_WARP_BLOCK], y[SEG_WARP_BLOCK], low = INT32_MAX,
                                                                   high = INT32_MIN;
    const int32_t channels = job->source->channels;
    for (int32_t l = 0; l < job->across; l++) {
        seg_warp_place(job, x[l], y, first, row, count, (l + 0.5) / job->across - 0.5, 0);
        for (int32_t i = 0; i < count; i++) {
            x[l][i] >>= SEG_WARP_SHIFT;
            low = x[l][i] < low ? x[l][i] : low;
            high = x[l][i] > high ? x[l][i] : high;
        }
    }
    if (low < 0 || high >= job->source->width || high - low >= SPAN / channels) return false;
    columns->low = low;
    columns->samples = (high - low + 1) * channels;
    for (int32_t l = 0; l < job->across; l++)
        for (int32_t i = 0; i < count; i++)
            columns->offsets[l][i] = (uint16_t)((x[l][i] - low) * channels);
    return true;
}

/* sums = row, or += row. */
static void add_row(uint16_t *restrict sums, const uint8_t *restrict row, int32_t count,
                    bool first) {
    const uint16_t keep = first ? 0 : 0xffff;
    for (int32_t i = 0; i < count; i++)
        sums[i] = (uint16_t)((sums[i] & keep) + row[i]);
}

/* Adds the rows of the source that a target row looks at, which is quick. False: one of them is
 * outside. */
static bool add_rows(const warp_job *job, uint16_t *restrict sums, const upright_columns *columns,
                     int32_t first, int32_t row) {
    for (int32_t k = 0; k < job->down; k++) {
        int32_t x, y;
        seg_warp_place(job, &x, &y, first, row, 1, 0, (k + 0.5) / job->down - 0.5);
        y >>= SEG_WARP_SHIFT;
        if (y < 0 || y >= job->source->height) return false;
        const uint8_t *restrict from =
            (const uint8_t *)seg_image_row(job->source, y) + (size_t)columns->low * job->pixel;
        add_row(sums, from, columns->samples, k == 0);
    }
    return true;
}

/* Means of the sums in the columns, rounded as take_means does: of at most 256 samples, both are
 * exact. `channels` is a constant where this is inlined. */
static inline void mean_columns(const warp_job *job, uint8_t *target, const uint16_t *sums,
                                const upright_columns *columns, int32_t count, int32_t channels) {
    const uint32_t parts = (uint32_t)(job->across * job->down);
    const uint64_t inverse = (((uint64_t)1 << 32) + 2 * parts - 1) / (2 * parts);
    for (int32_t i = 0; i < count; i++) {
        uint32_t total[4] = {0};
        for (int32_t l = 0; l < job->across; l++) {
            const uint16_t *from = sums + columns->offsets[l][i];
            for (int32_t c = 0; c < channels; c++)
                total[c] += from[c];
        }
        for (int32_t c = 0; c < channels; c++)
            target[i * channels + c] = (uint8_t)((2 * total[c] + parts) * inverse >> 32);
    }
}

void seg_warp_upright_areas(const warp_job *job, int32_t first, int32_t end) {
    upright_columns columns = {0};
    uint16_t sums[SPAN] = {0};
    const int32_t channels = job->source->channels;
    for (int32_t from = 0; from < job->target->width; from += SEG_WARP_BLOCK) {
        const int32_t left = job->target->width - from,
                      count = left < SEG_WARP_BLOCK ? left : SEG_WARP_BLOCK;
        const bool inside = find_columns(job, &columns, from, first, count);
        for (int32_t row = first; row < end; row++) {
            uint8_t *target =
                (uint8_t *)seg_image_row(job->target, row) + (size_t)from * job->pixel;
            if (!inside || !add_rows(job, sums, &columns, from, row))
                seg_warp_part(job, target, from, row, count);
            else if (channels == 1)
                mean_columns(job, target, sums, &columns, count, 1);
            else if (channels == 3)
                mean_columns(job, target, sums, &columns, count, 3);
            else
                mean_columns(job, target, sums, &columns, count, channels);
        }
    }
}

/* ---- bilinear ---- */

#define WIDE 512        /* pixels of a block of the target: long parts of the source's rows */
#define MOST (4 * WIDE) /* samples of it */

typedef struct mixed_columns {
    seg_warp_columns columns;
    int32_t base[MOST / SEG_WARP_GROUP];
    uint8_t pick[2 * MOST], weight[2 * MOST];
} mixed_columns;

/* Both samples of the source, and weights, of each sample of the block. */
static bool find_neighbours(const warp_job *job, int32_t *neighbours, uint8_t *weight,
                            int32_t first, int32_t row, int32_t count) {
    int32_t x[WIDE], y[WIDE];
    const int32_t width = job->source->width, channels = job->source->channels;
    seg_warp_place(job, x, y, first, row, count, 0, 0);
    for (int32_t i = 0; i < count; i++) {
        const int32_t at = x[i] >> SEG_WARP_SHIFT, fraction = x[i] >> 5 & 31;
        const int32_t left = (int32_t)seg_border_place(at, width, job->warp->border);
        const int32_t right = (int32_t)seg_border_place(at + 1, width, job->warp->border);
        if (left < 0 || right < 0) return false;
        for (int32_t c = 0; c < channels; c++) {
            *neighbours++ = left * channels + c;
            *neighbours++ = right * channels + c;
            *weight++ = (uint8_t)(32 - fraction);
            *weight++ = (uint8_t)fraction;
        }
    }
    return true;
}

/* The plan of a block. False: some lie outside, or too far from each other. */
static bool mix_columns(const warp_job *job, mixed_columns *made, int32_t first, int32_t row,
                        int32_t count) {
    int32_t neighbours[2 * MOST];
    const int32_t channels = job->source->channels, all = 2 * count * channels;
    const int32_t last_base = job->source->width * channels - SEG_WARP_SPREAD;
    made->columns = (seg_warp_columns){made->base, made->pick, made->weight};
    if (last_base < 0 || !find_neighbours(job, neighbours, made->weight, first, row, count))
        return false;
    for (int32_t j = 0; j < all; j += 2 * SEG_WARP_GROUP) {
        const int32_t end = j + 2 * SEG_WARP_GROUP < all ? j + 2 * SEG_WARP_GROUP : all;
        int32_t base = last_base, most = 0;
        for (int32_t k = j; k < end; k++)
            base = neighbours[k] < base ? neighbours[k] : base;
        for (int32_t k = j; k < end; k++) {
            most = neighbours[k] - base > most ? neighbours[k] - base : most;
            made->pick[k] = (uint8_t)(neighbours[k] - base);
        }
        if (most >= SEG_WARP_SPREAD) return false;
        made->base[j / (2 * SEG_WARP_GROUP)] = base;
    }
    return true;
}

/* Rows of the source, mixed across, of which the last two are kept: odd ones and even ones. */
typedef struct mixed_rows {
    int64_t number[2];
    uint16_t samples[2][MOST];
} mixed_rows;

static const uint16_t *mixed_row(const warp_job *job, mixed_rows *rows,
                                 const mixed_columns *columns, int64_t y, size_t samples) {
    const int which = y & 1;
    if (rows->number[which] != y)
        job->kernels->across_u8(rows->samples[which], seg_image_row(job->source, (int32_t)y),
                                &columns->columns, samples);
    rows->number[which] = y;
    return rows->samples[which];
}

/* A block of a row. False: a row lies outside, or both rows of it in the same place. */
static bool mix_row(const warp_job *job, uint8_t *target, mixed_rows *rows,
                    const mixed_columns *columns, int32_t first, int32_t row, int32_t count) {
    int32_t x, y;
    seg_warp_place(job, &x, &y, first, row, 1, 0, 0);
    const int32_t at = y >> SEG_WARP_SHIFT, height = job->source->height;
    const int64_t top = seg_border_place(at, height, job->warp->border);
    const int64_t bottom = seg_border_place((int64_t)at + 1, height, job->warp->border);
    if (top < 0 || bottom < 0 || (top != bottom && (top & 1) == (bottom & 1))) return false;
    const size_t samples = (size_t)count * job->source->channels;
    const uint16_t *a = mixed_row(job, rows, columns, top, samples);
    const uint16_t *b = mixed_row(job, rows, columns, bottom, samples);
    job->kernels->down_u8(target, a, b, y >> 5 & 31, samples);
    return true;
}

void seg_warp_upright_bilinear(const warp_job *job, int32_t first, int32_t end) {
    mixed_columns columns;
    mixed_rows rows;
    for (int32_t from = 0; from < job->target->width; from += WIDE) {
        const int32_t left = job->target->width - from, count = left < WIDE ? left : WIDE;
        const bool near = mix_columns(job, &columns, from, first, count);
        rows.number[0] = rows.number[1] = -1;
        for (int32_t row = first; row < end; row++) {
            uint8_t *target =
                (uint8_t *)seg_image_row(job->target, row) + (size_t)from * job->pixel;
            if (!near || !mix_row(job, target, &rows, &columns, from, row, count))
                seg_warp_part(job, target, from, row, count);
        }
    }
}
