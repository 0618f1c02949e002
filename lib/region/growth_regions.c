/* Labels of regions that grow one after the other, as long as they do not meet. */
#include "region/growth_flood.h"

#include "core/check.h"

#include <string.h>

/* Label pictures above this size do not stay in the caches: written past them. */
#define PAST_CACHE ((size_t)4 << 20)

typedef struct painting {
    seg_flooding flood;
    int32_t *ink; /* a row of one label */
    seg_bits_run *runs;
} painting;

/* Writes the first region, and 0 everywhere else. */
static void paint_first(const painting *by, int32_t label) {
    const seg_flooding *flood = &by->flood;
    const seg_image *labels = &flood->growth->labels;
    const size_t width = (size_t)labels->width, bytes = width * sizeof *by->ink;
    for (size_t x = 0; x < width; x++)
        by->ink[x] = label;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_growth_label(flood->growth, 0, y);
        if (y < flood->top || y > flood->bottom || !flood->rows[y].touched)
            memset(row, 0, bytes);
        else
            flood->bits->paint(row, by->ink, seg_bitmap_row(&flood->filled, y), labels->width,
                               (size_t)labels->height * bytes > PAST_CACHE);
    }
}

/* Writes another region; false if a pixel has a label already. */
static bool paint(const painting *by, int32_t label) {
    const seg_flooding *flood = &by->flood;
    bool apart = true;
    for (int32_t y = flood->top; y <= flood->bottom; y++) {
        if (!flood->rows[y].touched) continue;
        const uint64_t *filled = seg_bitmap_row(&flood->filled, y);
        int32_t *row = seg_growth_label(flood->growth, 0, y);
        const int32_t count = flood->bits->runs(by->runs, filled, filled, flood->filled.pitch);
        for (int32_t i = 0; i < count; i++) {
            int32_t taken = 0;
            for (int32_t x = by->runs[i].start; x < by->runs[i].end; x++)
                taken |= row[x];
            for (int32_t x = by->runs[i].start; x < by->runs[i].end; x++)
                row[x] = label;
            apart = apart && !taken;
        }
    }
    return apart;
}

static seg_status take_rows(painting *by, const seg_growth *growth) {
    const size_t pitch = (size_t)by->flood.filled.pitch;
    by->ink = seg_scratch_take(growth->scratch, (size_t)growth->labels.width, sizeof *by->ink,
                               "a row of a region");
    by->runs = seg_scratch_take(growth->scratch, pitch * 32 + SEG_BITS_SLACK, sizeof *by->runs,
                                "runs of a region");
    return by->ink && by->runs ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_status seg_growth_flood(seg_growth *growth, bool *competing) {
    painting by;
    seg_grow_range *ranges = NULL;
    *competing = false;
    growth->covered = 0;
    SEG_TRY(seg_flooding_take(&by.flood, growth));
    SEG_TRY(take_rows(&by, growth));
    if (growth->criterion == SEG_GROW_SEED) SEG_TRY(seg_growth_ranges(growth, &ranges));
    by.flood.top = growth->labels.height;
    by.flood.bottom = -1;
    if (growth->seed_count == 0) paint_first(&by, 0);
    for (size_t first = 0, end; first < growth->seed_count && !*competing; first = end) {
        const int32_t index = growth->seeds[first].index;
        end = seg_growth_seeds_end(growth, first);
        seg_flooding_region(&by.flood, ranges ? &ranges[index] : NULL, first, end);
        if (first == 0)
            paint_first(&by, index + 1);
        else
            *competing = !paint(&by, index + 1);
        growth->covered += seg_flooding_sweep(&by.flood);
    }
    return SEG_OK;
}
