/* Where regions begin, and what they grow on: seeds from points and pictures, the picture as whole
 * numbers. */
#include "region/growth.h"

#include "core/check.h"
#include "imgproc/label_table.h"
#include "imgproc/markers.h"
#include "imgproc/samples.h"
#include <segment/imgproc.h>

#include <string.h>

seg_status seg_growth_check(const seg_image *picture, const seg_image *ignore,
                            const seg_image *markers) {
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    if (seg_image_empty(markers)) return SEG_OK;
    return seg_check_image(markers, "markers", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1);
}

static int64_t greatest_divisor(int64_t a, int64_t b) {
    while (b) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

seg_status seg_growth_prepare(seg_growth *growth, const seg_image *picture,
                              const seg_image *ignore) {
    growth->colours = seg_colours(picture);
    SEG_TRY(seg_picture_whole(&growth->picture, picture, growth->scratch));
    SEG_TRY(seg_picture_blocked(&growth->blocked, picture, ignore, growth->scratch));
    const int64_t full = (int64_t)seg_image_full_scale(&growth->picture);
    const int64_t divisor = greatest_divisor(255, full);
    growth->level_numerator = 255 / divisor;
    growth->level_denominator = full / divisor;
    return SEG_OK;
}

/* --- seeds --- */

static seg_status take_seeds(seg_growth *growth, size_t seeds, size_t regions) {
    growth->seeds =
        seg_scratch_take(growth->scratch, seeds, sizeof *growth->seeds, "seeds of regions");
    growth->ids = seg_scratch_take(growth->scratch, regions, sizeof *growth->ids, "labels");
    growth->seed_count = seeds;
    growth->count = (int32_t)regions;
    return growth->seeds && growth->ids ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status seeds_from_points(seg_growth *growth, const seg_seeds *seeds) {
    SEG_TRY(take_seeds(growth, (size_t)seeds->count, (size_t)seeds->count));
    for (int32_t i = 0; i < seeds->count; i++) {
        const seg_point point = seeds->points[i];
        SEG_TRY(seg_check_seed(i, point, &growth->labels));
        growth->seeds[i] = (seg_growth_seed){point.x, point.y, i};
        growth->ids[i] = i + 1;
    }
    return SEG_OK;
}

/* Counts the pixels of each label, then lists them by label. */
static seg_status seeds_from_labels(seg_growth *growth, const seg_image *labels) {
    seg_label_table table;
    size_t seeds = 0;
    int32_t index;
    SEG_TRY(seg_label_table_init(&table, growth->scratch));
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++) {
            if (row[x] <= 0) continue;
            SEG_TRY(seg_label_table_index(&table, row[x], &index));
            seeds++;
        }
    }
    SEG_TRY(take_seeds(growth, seeds, (size_t)table.count));
    const int32_t *order = seg_label_table_order(&table);
    int32_t *ranks =
        seg_scratch_take(growth->scratch, (size_t)table.count, sizeof *ranks, "labels");
    size_t *places =
        seg_scratch_take(growth->scratch, (size_t)table.count + 1, sizeof *places, "labels");
    if (!order || !ranks || !places) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < table.count; i++) {
        growth->ids[i] = table.ids[order[i]];
        ranks[order[i]] = i;
    }
    memset(places, 0, ((size_t)table.count + 1) * sizeof *places);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t y = 0; y < labels->height; y++) {
            const int32_t *row = seg_image_row(labels, y);
            for (int32_t x = 0; x < labels->width; x++) {
                if (row[x] <= 0) continue;
                SEG_TRY(seg_label_table_index(&table, row[x], &index));
                const int32_t rank = ranks[index];
                if (pass == 0)
                    places[rank + 1]++;
                else
                    growth->seeds[places[rank]++] = (seg_growth_seed){x, y, rank};
            }
        }
        for (int32_t i = 0; pass == 0 && i < table.count; i++)
            places[i + 1] += places[i];
    }
    return SEG_OK;
}

static seg_status seeds_from_picture(seg_growth *growth, const seg_image *picture) {
    SEG_TRY(seg_check_seed_picture(picture, &growth->labels));
    if (picture->format == SEG_LABEL32) return seeds_from_labels(growth, picture);
    seg_image labels;
    SEG_TRY(seg_scratch_image(&labels, picture, SEG_LABEL32, 1, growth->scratch));
    if (picture->format == SEG_U8) {
        SEG_TRY(seg_components(&labels, NULL, NULL, picture, growth->connectivity,
                               &growth->scratch->env));
        return seeds_from_labels(growth, &labels);
    }
    for (int32_t y = 0; y < picture->height; y++) {
        const uint16_t *row = seg_image_row(picture, y);
        int32_t *out = seg_image_row(&labels, y);
        for (int32_t x = 0; x < picture->width; x++)
            out[x] = row[x];
    }
    return seeds_from_labels(growth, &labels);
}

seg_status seg_growth_seeds(seg_growth *growth, const seg_seeds *seeds, const seg_image *markers) {
    if (!seg_image_empty(markers)) return seeds_from_picture(growth, markers);
    if (seeds->kind == SEG_SEEDS_PICTURE) return seeds_from_picture(growth, seeds->picture);
    return seeds_from_points(growth, seeds);
}
