/* Filling holes: background components that do not touch the border, found as runs. */
#include "imgproc/fill_holes.h"

#include "core/check.h"

bool seg_hole_counts(const seg_component *hole, const seg_bitmap *bitmap, int64_t max_area) {
    const seg_rect *box = &hole->box;
    const bool inside = box->x > 0 && box->y > 0 && box->x + box->width < bitmap->width &&
                        box->y + box->height < bitmap->height;
    return inside && (max_area == 0 || hole->area <= max_area);
}

seg_status seg_bitmap_fill_holes(seg_bitmap *bitmap, int64_t max_area, seg_scratch *scratch) {
    seg_runs runs;
    SEG_TRY(seg_bitmap_invert(bitmap, &scratch->env));
    SEG_TRY(seg_runs_label(&runs, bitmap, 4, scratch));
    /* still inverted: ones of holes go out */
    for (int32_t y = 0; y < bitmap->height; y++) {
        uint64_t *row = seg_bitmap_row(bitmap, y);
        for (int32_t i = 0; i < runs.count[y]; i++) {
            const uint32_t run = runs.first[y] + (uint32_t)i;
            const seg_component *hole = &runs.measures[seg_runs_of(&runs, run) - 1];
            if (seg_hole_counts(hole, bitmap, max_area))
                seg_bitmap_span(row, runs.runs[run].start, runs.runs[run].end, false);
        }
    }
    return seg_bitmap_invert(bitmap, &scratch->env);
}

seg_status seg_fill_holes_with(seg_image *target, const seg_image *mask, int64_t max_area,
                               seg_scratch *scratch) {
    seg_bitmap bitmap;
    SEG_TRY(seg_bitmap_pack(&bitmap, mask, false, scratch));
    SEG_TRY(seg_bitmap_fill_holes(&bitmap, max_area, scratch));
    return seg_bitmap_unpack(target, &bitmap, &scratch->env);
}

seg_status seg_fill_holes(seg_image *target, const seg_image *mask, int64_t max_area,
                          const seg_env *env) {
    SEG_TRY(seg_check_image(mask, "mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (max_area < 0)
        return seg_fail(SEG_ERROR_ARGUMENT, "max_area is %lld (allowed: 0 for any, or more)",
                        (long long)max_area);
    SEG_TRY(seg_image_ensure(target, mask->width, mask->height, SEG_U8, 1, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_fill_holes_with(target, mask, max_area, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
