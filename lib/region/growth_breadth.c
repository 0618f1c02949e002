/*
 * Regions that grow a step at a time, all at once.
 *
 * The list of places that the last step reached is ordered by region, and so is, because it is
 * worked through in order, the next one: a pixel that several regions reach in the same step goes
 * to the one of the smallest label.
 */
#include "region/growth.h"

#include "core/check.h"
#include "kernels/grow.h"

#include <stdlib.h>
#include <string.h>

/* The whole numbers that differ by at most the tolerance from a region's mean. */
static seg_grow_range range_of(const seg_growth *growth, const seg_growth_region *region) {
    seg_grow_range range = {{1, 1, 1}, {0, 0, 0}};
    if (region->count == 0) return range;
    const int64_t scale = region->count * growth->tolerance.denominator;
    const int64_t reach = region->count * growth->tolerance.numerator;
    for (int32_t c = 0; c < growth->colours; c++) {
        const int64_t centre = region->sum[c] * growth->tolerance.denominator;
        const int64_t low = centre - reach, high = (centre + reach) / scale;
        range.low[c] = low <= 0 ? 0 : (int32_t)((low + scale - 1) / scale);
        range.high[c] = high > UINT16_MAX ? UINT16_MAX : (int32_t)high;
    }
    return range;
}

seg_status seg_growth_ranges(const seg_growth *growth, seg_grow_range **ranges) {
    const size_t count = (size_t)growth->count;
    *ranges = growth->ranges;
    if (*ranges) return SEG_OK;
    seg_growth_region *regions =
        seg_scratch_take(growth->scratch, count, sizeof *regions, "regions");
    *ranges = seg_scratch_take(growth->scratch, count, sizeof **ranges, "regions");
    if (!regions || !*ranges) return SEG_ERROR_MEMORY;
    seg_growth_sum_seeds(growth, regions);
    for (size_t i = 0; i < count; i++)
        (*ranges)[i] = range_of(growth, &regions[i]);
    return SEG_OK;
}

#define SAMPLE uint8_t
#define NAMED(name) name##_u8
#include "region/growth_breadth_template.h"
#undef SAMPLE
#undef NAMED
#define SAMPLE uint16_t
#define NAMED(name) name##_u16
#include "region/growth_breadth_template.h"

const int8_t seg_growth_steps[8][2] = {{0, -1},  {-1, 0}, {1, 0},  {0, 1},
                                       {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};

seg_status seg_growth_places_need(seg_growth_places *places, size_t more, seg_scratch *scratch) {
    if (places->room - places->count >= more) return SEG_OK;
    size_t room = places->room ? 2 * places->room : 1024;
    if (room < places->count + more) room = places->count + more;
    seg_point *items = seg_scratch_take(scratch, room, sizeof *items, "places of regions");
    if (!items) return SEG_ERROR_MEMORY;
    if (places->count) memcpy(items, places->items, places->count * sizeof *items);
    places->items = items;
    places->room = room;
    return SEG_OK;
}

seg_status seg_growth_breadth(seg_growth *growth) {
    seg_growth_places now = {0}, next = {0};
    seg_grow_range *ranges = NULL;
    if (growth->criterion == SEG_GROW_SEED) SEG_TRY(seg_growth_ranges(growth, &ranges));
    SEG_TRY(seg_growth_places_need(&now, growth->seed_count, growth->scratch));
    for (size_t i = 0; i < growth->seed_count; i++) {
        const seg_growth_seed *seed = &growth->seeds[i];
        int32_t *label = seg_growth_label(growth, seed->x, seed->y);
        if (*label != SEG_GROWTH_FREE) continue; /* blocked, or of a seed before */
        *label = seed->index + 1;
        now.items[now.count++] = (seg_point){seed->x, seed->y};
    }
    growth->covered = 0;
    while (now.count > 0) {
        growth->covered += (int64_t)now.count;
        next.count = 0;
        SEG_TRY(growth->picture.format == SEG_U8 ? step_u8(growth, ranges, &now, &next)
                                                 : step_u16(growth, ranges, &now, &next));
        const seg_growth_places swap = now;
        now = next;
        next = swap;
    }
    return SEG_OK;
}

seg_status seg_growth_breadth_one(const seg_growth *growth, seg_point start, int32_t index,
                                  seg_growth_region *region, seg_growth_places *taken) {
    *region = (seg_growth_region){0};
    seg_growth_add(growth, region, start.x, start.y);
    const seg_grow_range range = range_of(growth, region);
    taken->count = 0;
    SEG_TRY(seg_growth_places_need(taken, 1, growth->scratch));
    *seg_growth_label(growth, start.x, start.y) = index + 1;
    taken->items[taken->count++] = start;
    SEG_TRY(growth->picture.format == SEG_U8 ? spread_u8(growth, &range, taken)
                                             : spread_u16(growth, &range, taken));
    for (size_t i = 1; i < taken->count; i++)
        seg_growth_add(growth, region, taken->items[i].x, taken->items[i].y);
    return SEG_OK;
}
