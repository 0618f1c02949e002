/* How well a pixel suits the region that it is in. */
#include "region/growth.h"

#include <math.h>
#include <string.h>

/* Sums of the pixels in each region; indices are still in place. */
static void sum_regions(const seg_growth *growth, seg_growth_region *regions) {
    for (int32_t y = 0; y < growth->labels.height; y++) {
        const int32_t *labels = seg_growth_label(growth, 0, y);
        for (int32_t x = 0; x < growth->labels.width; x++)
            if (labels[x] > 0) seg_growth_add(growth, &regions[labels[x] - 1], x, y);
    }
}

/* Largest difference over the colours between a pixel and the region's mean, in samples. */
static double difference(const seg_growth *growth, const seg_growth_region *region, int32_t x,
                         int32_t y) {
    const void *row = seg_image_row(&growth->picture, y);
    const size_t first = (size_t)x * growth->picture.channels;
    double largest = 0;
    for (int32_t c = 0; c < growth->colours; c++) {
        const int64_t sample = growth->picture.format == SEG_U8
                                   ? ((const uint8_t *)row)[first + (size_t)c]
                                   : ((const uint16_t *)row)[first + (size_t)c];
        const double off = fabs((double)(sample * region->count - region->sum[c]));
        largest = off > largest ? off : largest;
    }
    return largest / (double)region->count;
}

seg_status seg_growth_score(seg_image *score, const seg_growth *growth) {
    const size_t count = growth->count > 0 ? (size_t)growth->count : 1;
    const double level = (double)growth->level_numerator / (double)growth->level_denominator;
    seg_growth_region *regions =
        seg_scratch_take(growth->scratch, count, sizeof *regions, "means of regions");
    if (!regions) return SEG_ERROR_MEMORY;
    memset(regions, 0, count * sizeof *regions);
    sum_regions(growth, regions);
    for (int32_t y = 0; y < growth->labels.height; y++) {
        const int32_t *labels = seg_growth_label(growth, 0, y);
        float *out = seg_image_row(score, y);
        for (int32_t x = 0; x < growth->labels.width; x++)
            out[x] = labels[x] > 0
                         ? (float)(SEG_GROWTH_SCORE_FULL -
                                   level * difference(growth, &regions[labels[x] - 1], x, y))
                         : 0;
    }
    return SEG_OK;
}
