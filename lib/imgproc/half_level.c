/*
 * One step of the level that T. W. Ridler and S. Calvard, "Picture thresholding using an iterative
 * selection method", IEEE Trans. SMC 8(8), 1978, iterate for whole pictures, in the influence zone
 * of each object: the edge of a blurred object is where it has half its height.
 */
#include "imgproc/half_level.h"

#include "core/check.h"
#include "imgproc/distance.h"
#include "imgproc/runs.h"
#include "imgproc/samples.h"

#include <string.h>

/* Of an object (1) and of the background around it (0). */
typedef struct influence {
    int64_t count[2], sum[2];
} influence;

typedef struct zones {
    const seg_image *mask, *grey, *blocked, *objects, *nearest;
    influence *zones; /* at label - 1 */
} zones;

static int32_t value_at(const zones *z, int32_t x, int32_t y) {
    const uint8_t *row = seg_image_row(z->grey, y);
    return z->grey->format == SEG_U8 ? row[x] : ((const uint16_t *)(const void *)row)[x];
}

/* The zone of a pixel; NULL if it is left out. */
static influence *zone_at(const zones *z, int32_t x, int32_t y) {
    if (!seg_image_empty(z->blocked) && ((const uint8_t *)seg_image_row(z->blocked, y))[x])
        return NULL;
    const int32_t at = ((const int32_t *)seg_image_row(z->nearest, y))[x];
    const int32_t *row = seg_image_row(z->objects, at / z->mask->width);
    return &z->zones[row[at % z->mask->width] - 1];
}

static void measure(const zones *z) {
    for (int32_t y = 0; y < z->mask->height; y++) {
        const uint8_t *mask = seg_image_row(z->mask, y);
        for (int32_t x = 0; x < z->mask->width; x++) {
            influence *zone = zone_at(z, x, y);
            if (!zone) continue;
            zone->count[mask[x] != 0]++;
            zone->sum[mask[x] != 0] += value_at(z, x, y);
        }
    }
}

static bool is_lighter(const influence *zone, int32_t value) {
    const double outside = (double)zone->sum[0] / (double)zone->count[0];
    const double inside = (double)zone->sum[1] / (double)zone->count[1];
    return 2 * value > outside + inside;
}

static void cut(const zones *z) {
    for (int32_t y = 0; y < z->mask->height; y++) {
        uint8_t *mask = seg_image_row(z->mask, y);
        for (int32_t x = 0; x < z->mask->width; x++) {
            const influence *zone = zone_at(z, x, y);
            if (zone && zone->count[0]) mask[x] = is_lighter(zone, value_at(z, x, y)) ? 255 : 0;
        }
    }
}

seg_status seg_half_level(const seg_image *mask, const seg_image *grey, const seg_image *blocked,
                          int32_t connectivity, seg_scratch *scratch) {
    const int32_t mark = seg_scratch_mark(scratch);
    seg_image objects, nearest;
    seg_bitmap bitmap;
    seg_runs runs;
    SEG_TRY(seg_scratch_image(&objects, mask, SEG_LABEL32, 1, scratch));
    SEG_TRY(seg_scratch_image(&nearest, mask, SEG_LABEL32, 1, scratch));
    SEG_TRY(seg_bitmap_pack(&bitmap, mask, false, scratch));
    SEG_TRY(seg_runs_label(&runs, &bitmap, connectivity, scratch));
    if (runs.components == 0) {
        seg_scratch_return(scratch, mark);
        return SEG_OK;
    }
    SEG_TRY(seg_runs_paint(&objects, &runs, scratch));
    SEG_TRY(seg_distance_with(NULL, NULL, &nearest, mask, SEG_DISTANCE_TO_OBJECT, scratch));
    zones z = {mask, grey, blocked, &objects, &nearest, NULL};
    z.zones = seg_scratch_take(scratch, (size_t)runs.components, sizeof *z.zones, "objects");
    if (!z.zones) return SEG_ERROR_MEMORY;
    memset(z.zones, 0, (size_t)runs.components * sizeof *z.zones);
    measure(&z);
    cut(&z);
    seg_scratch_return(scratch, mark);
    return SEG_OK;
}
