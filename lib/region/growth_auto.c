/*
 * Regions without seeds.
 *
 * 1. Activity of each pixel: the sum of the differences to its neighbours, in 8-bit levels.
 * 2. In order of rising activity (raster order among equals) each pixel that no region has reached
 *    yet seeds one, which grows by the criterion to its end before the next one starts. What stays
 *    smaller than 1/2000 of the picture, and than 16 pixels, is set aside; if nothing reaches that
 *    size, everything starts anew with a quarter of it.
 * 3. What was set aside or never reached goes to the regions around it by the mean of the region
 *    without a tolerance (Adams and Bischof's growing), so that no hole is left.
 * 4. Regions are numbered in raster order of their first pixel.
 */
#include "region/growth.h"

#include "core/check.h"

#include <string.h>

#define LEVELS (8 * 255 + 1)
#define SMALLEST_SHARE 2000
#define SMALLEST_SIZE 16

/* A pixel of a row and the three of another row next to it: adds the differences to the sums. */
static void add_pairs(const seg_growth *growth, uint32_t *sums, uint32_t *other_sums,
                      const void *row, const void *other, int32_t shift, uint16_t *differences) {
    const int32_t width = growth->labels.width - (shift < 0 ? -shift : shift);
    const size_t pixel =
        (size_t)growth->picture.channels * (growth->picture.format == SEG_U8 ? 1 : 2);
    const int32_t from = shift < 0 ? -shift : 0, to = shift > 0 ? shift : 0;
    if (width < 1) return;
    seg_growth_differences(growth, differences, (const char *)row + (size_t)from * pixel,
                           (const char *)other + (size_t)to * pixel, width);
    for (int32_t x = 0; x < width; x++) {
        sums[x + from] += differences[x];
        other_sums[x + to] += differences[x];
    }
}

/* Sums over the neighbours that there are, scaled to eight of them. */
static seg_status find_activity(const seg_growth *growth, uint16_t *activity) {
    const int32_t width = growth->labels.width, height = growth->labels.height;
    uint32_t *sums =
        seg_scratch_take(growth->scratch, 2 * (size_t)width, sizeof *sums, "differences");
    uint16_t *differences =
        seg_scratch_take(growth->scratch, (size_t)width, sizeof *differences, "differences");
    if (!sums || !differences) return SEG_ERROR_MEMORY;
    uint32_t *here = sums, *below = sums + width;
    memset(sums, 0, 2 * (size_t)width * sizeof *sums);
    for (int32_t y = 0; y < height; y++) {
        const void *row = seg_image_row(&growth->picture, y);
        add_pairs(growth, here, here, row, row, 1, differences);
        for (int32_t shift = -1; shift <= 1 && y + 1 < height; shift++)
            add_pairs(growth, here, below, row, seg_image_row(&growth->picture, y + 1), shift,
                      differences);
        const int32_t rows = 1 + (y > 0) + (y + 1 < height);
        for (int32_t x = 0; x < width; x++) {
            const int32_t columns = 1 + (x > 0) + (x + 1 < width);
            const uint64_t neighbours = (uint64_t)(rows * columns - 1);
            uint64_t level = neighbours ? (uint64_t)here[x] * 8 / neighbours : 0;
            level = level * (uint64_t)growth->level_numerator / (uint64_t)growth->level_denominator;
            activity[(size_t)y * (size_t)width + (size_t)x] =
                (uint16_t)(level < LEVELS ? level : LEVELS - 1);
        }
        uint32_t *swap = here;
        here = below;
        below = swap;
        memset(below, 0, (size_t)width * sizeof *below);
    }
    return SEG_OK;
}

/* Free pixels by rising activity, in raster order among equals. */
static seg_status order_pixels(const seg_growth *growth, uint32_t **order_of, size_t *count_of) {
    const int32_t width = growth->labels.width, height = growth->labels.height;
    const size_t pixels = (size_t)width * (size_t)height;
    uint16_t *activity = seg_scratch_take(growth->scratch, pixels, sizeof *activity, "differences");
    uint32_t *order = seg_scratch_take(growth->scratch, pixels, sizeof *order, "sorted pixels");
    size_t *places = seg_scratch_take(growth->scratch, LEVELS, sizeof *places, "sorted pixels");
    if (!activity || !order || !places) return SEG_ERROR_MEMORY;
    SEG_TRY(find_activity(growth, activity));
    memset(places, 0, LEVELS * sizeof *places);
    for (size_t i = 0; i < pixels; i++)
        places[activity[i]]++;
    size_t next = 0;
    for (int32_t level = 0; level < LEVELS; level++) {
        const size_t here = places[level];
        places[level] = next;
        next += here;
    }
    for (size_t i = 0; i < pixels; i++)
        order[places[activity[i]]++] = (uint32_t)i;
    *order_of = order;
    *count_of = pixels;
    return SEG_OK;
}

/* Replaces one mark by another. */
static void exchange(const seg_growth *growth, int32_t from, int32_t to) {
    for (int32_t y = 0; y < growth->labels.height; y++) {
        int32_t *row = seg_growth_label(growth, 0, y);
        for (int32_t x = 0; x < growth->labels.width; x++)
            row[x] = row[x] == from ? to : row[x];
    }
}

typedef struct search {
    const uint32_t *order;
    size_t pixels, least;
    seg_growth_queue *queue;
    seg_growth_region *regions;
    seg_growth_places taken;
} search;

/* Grows from every pixel that is still free; returns how many regions are large enough. */
static seg_status grow_all(const seg_growth *growth, search *find, int32_t *regions_found) {
    int32_t found = 0;
    for (size_t i = 0; i < find->pixels; i++) {
        const uint32_t width = (uint32_t)growth->labels.width;
        const seg_point place = {(int32_t)(find->order[i] % width),
                                 (int32_t)(find->order[i] / width)};
        if (*seg_growth_label(growth, place.x, place.y) != SEG_GROWTH_FREE) continue;
        if (growth->criterion == SEG_GROW_MEAN)
            SEG_TRY(seg_growth_mean_one(growth, find->queue, place, found, find->regions,
                                        find->least, &find->taken));
        else
            SEG_TRY(
                seg_growth_breadth_one(growth, place, found, &find->regions[found], &find->taken));
        if (find->taken.count >= find->least) {
            found++;
            continue;
        }
        for (size_t j = 0; j < find->taken.count; j++)
            *seg_growth_label(growth, find->taken.items[j].x, find->taken.items[j].y) =
                SEG_GROWTH_SMALL;
    }
    exchange(growth, SEG_GROWTH_SMALL, SEG_GROWTH_FREE);
    *regions_found = found;
    return SEG_OK;
}

static bool has_free_neighbour(const seg_growth *growth, int32_t x, int32_t y) {
    for (int32_t d = 0; d < growth->connectivity; d++) {
        const int32_t u = x + seg_growth_steps[d][0], v = y + seg_growth_steps[d][1];
        if (u < 0 || v < 0 || u >= growth->labels.width || v >= growth->labels.height) continue;
        if (*seg_growth_label(growth, u, v) == SEG_GROWTH_FREE) return true;
    }
    return false;
}

/* Gives what is free to the regions around it. */
static seg_status fill_rest(const seg_growth *growth, search *find) {
    seg_growth without = *growth;
    seg_growth_places *fringe = &find->taken;
    without.tolerance.none = true;
    fringe->count = 0;
    for (int32_t y = 0; y < growth->labels.height; y++) {
        for (int32_t x = 0; x < growth->labels.width; x++) {
            if (*seg_growth_label(growth, x, y) <= 0 || !has_free_neighbour(growth, x, y)) continue;
            SEG_TRY(seg_growth_places_need(fringe, 1, growth->scratch));
            fringe->items[fringe->count++] = (seg_point){x, y};
        }
    }
    return seg_growth_mean(&without, find->queue, find->regions, fringe);
}

static seg_status number(seg_growth *growth, const seg_growth_region *regions, int32_t found) {
    int32_t *numbers = seg_scratch_take(growth->scratch, (size_t)found, sizeof *numbers, "regions");
    if (!numbers) return SEG_ERROR_MEMORY;
    memset(numbers, 0, (size_t)found * sizeof *numbers);
    growth->count = 0;
    growth->covered = 0;
    for (int32_t i = 0; i < found; i++)
        growth->covered += regions[i].count;
    for (int32_t y = 0; y < growth->labels.height; y++) {
        int32_t *row = seg_growth_label(growth, 0, y);
        for (int32_t x = 0; x < growth->labels.width; x++) {
            if (row[x] <= 0) continue;
            if (!numbers[row[x] - 1]) numbers[row[x] - 1] = ++growth->count;
            row[x] = numbers[row[x] - 1];
        }
    }
    return SEG_OK;
}

seg_status seg_growth_automatic(seg_growth *growth) {
    search find = {0};
    uint32_t *order;
    SEG_TRY(
        seg_growth_queue_take(&find.queue, growth)); /* also says if there are too many pixels */
    SEG_TRY(order_pixels(growth, &order, &find.pixels));
    find.order = order;
    find.least = find.pixels / SMALLEST_SHARE;
    if (find.least < SMALLEST_SIZE) find.least = SMALLEST_SIZE;
    int32_t found = 0;
    for (;;) {
        /* as many as there can be, and the one that grows */
        const size_t room = find.pixels / find.least + 1;
        find.regions = seg_scratch_take(growth->scratch, room, sizeof *find.regions, "regions");
        if (!find.regions) return SEG_ERROR_MEMORY;
        SEG_TRY(grow_all(growth, &find, &found));
        if (found > 0 || find.least == 1) break;
        find.least = find.least < 4 ? 1 : find.least / 4;
    }
    SEG_TRY(fill_rest(growth, &find));
    return number(growth, find.regions, found);
}
