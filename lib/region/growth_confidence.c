/*
 * What a region may hold by its own statistics: the values within some standard deviations of its
 * mean. They are taken of windows around the seeds, the region grows within them, its own mean and
 * deviation follow, and so on, a few times; as ITK's ConfidenceConnectedImageFilter, of several
 * colours each for itself. Seeds always belong: a range reaches to their values.
 *
 * Symbols: mu, s^2 mean and unbiased variance; k `multiplier`
 *   range = mu - k s .. mu + k s
 */
#include "region/growth_flood.h"

#include "core/bands.h"
#include "core/check.h"

#include <math.h>

/* Sums over pixels: whole numbers, exact. 2^30 pixels of 16 bits fit. */
typedef struct statistics {
    int64_t count, sum[3], squares[3];
} statistics;

static void add_pixel(statistics *all, const seg_growth *growth, int32_t x, int32_t y) {
    const void *row = seg_image_row(&growth->picture, y);
    all->count++;
    for (int32_t c = 0; c < growth->colours; c++) {
        const size_t at = (size_t)x * growth->picture.channels + (size_t)c;
        const int64_t value = growth->picture.format == SEG_U8 ? ((const uint8_t *)row)[at]
                                                               : ((const uint16_t *)row)[at];
        all->sum[c] += value;
        all->squares[c] += value * value;
    }
}

/* The windows around the seeds; where they overlap pixels count as often. */
static statistics of_windows(const seg_growth *growth, size_t first, size_t end, int32_t radius) {
    statistics all = {0};
    const int32_t width = growth->labels.width, height = growth->labels.height;
    for (size_t i = first; i < end; i++) {
        const seg_growth_seed *seed = &growth->seeds[i];
        if (seg_growth_blocked(growth, seed->x, seed->y)) continue;
        const int32_t top = seed->y > radius ? seed->y - radius : 0;
        const int32_t bottom = seed->y < height - radius ? seed->y + radius : height - 1;
        const int32_t left = seed->x > radius ? seed->x - radius : 0;
        const int32_t right = seed->x < width - radius ? seed->x + radius : width - 1;
        for (int32_t y = top; y <= bottom; y++)
            for (int32_t x = left; x <= right; x++)
                if (!seg_growth_blocked(growth, x, y)) add_pixel(&all, growth, x, y);
    }
    return all;
}

static statistics of_region(const seg_flooding *flood) {
    statistics all = {0};
    for (int32_t y = flood->top; y <= flood->bottom; y++) {
        if (!flood->rows[y].touched) continue;
        const uint64_t *words = seg_bitmap_row(&flood->filled, y);
        for (int32_t i = 0; i < flood->filled.pitch; i++)
            for (uint64_t word = words[i]; word; word &= word - 1)
                add_pixel(&all, flood->growth, 64 * i + seg_bits_lowest(word), y);
    }
    return all;
}

/* Values at the very ends belong, whatever rounding makes of them, at every depth. */
static void set_range(seg_grow_range *range, const seg_growth *growth, const statistics *of,
                      double multiplier) {
    const double full = seg_image_full_scale(&growth->picture), n = (double)of->count;
    for (int32_t c = 0; c < growth->colours; c++) {
        const double mean = (double)of->sum[c] / n;
        double spread = (double)of->squares[c] - mean * (double)of->sum[c];
        if (of->count < 2 || spread < 0) spread = 0;
        const double reach =
            (of->count < 2 ? 0 : multiplier * sqrt(spread / (n - 1))) + full * 1e-9;
        range->low[c] = mean - reach > 0 ? (int32_t)ceil(mean - reach) : 0;
        range->high[c] = mean + reach < full ? (int32_t)floor(mean + reach) : (int32_t)full;
    }
}

static void hold_seeds(seg_grow_range *range, const seg_growth *growth, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        statistics seed = {0};
        if (seg_growth_blocked(growth, growth->seeds[i].x, growth->seeds[i].y)) continue;
        add_pixel(&seed, growth, growth->seeds[i].x, growth->seeds[i].y);
        for (int32_t c = 0; c < growth->colours; c++) {
            if (seed.sum[c] < range->low[c]) range->low[c] = (int32_t)seed.sum[c];
            if (seed.sum[c] > range->high[c]) range->high[c] = (int32_t)seed.sum[c];
        }
    }
}

seg_status seg_growth_confidence(seg_growth *growth, double multiplier, int32_t iterations,
                                 int32_t radius) {
    seg_flooding flood;
    SEG_TRY(seg_flooding_take(&flood, growth));
    growth->ranges = seg_scratch_take(growth->scratch, (size_t)growth->count,
                                      sizeof *growth->ranges, "ranges of regions");
    if (!growth->ranges) return SEG_ERROR_MEMORY;
    for (size_t first = 0, end; first < growth->seed_count; first = end) {
        seg_grow_range *range = &growth->ranges[growth->seeds[first].index];
        end = seg_growth_seeds_end(growth, first);
        *range = (seg_grow_range){{1, 1, 1}, {0, 0, 0}};
        statistics of = of_windows(growth, first, end, radius);
        for (int32_t i = 0; of.count; i++) {
            set_range(range, growth, &of, multiplier);
            hold_seeds(range, growth, first, end);
            if (i == iterations) break;
            SEG_TRY(seg_progress(&growth->scratch->env, 0));
            seg_flooding_region(&flood, range, first, end);
            of = of_region(&flood);
            (void)seg_flooding_sweep(&flood);
        }
    }
    return SEG_OK;
}
