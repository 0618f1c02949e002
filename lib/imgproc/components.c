/* Connected components of masks, for callers; the work is done in runs.c. */
#include "imgproc/runs.h"

#include "core/check.h"

static seg_status label_mask(seg_image *labels, seg_component **components, int32_t *count,
                             const seg_image *mask, int32_t connectivity, seg_scratch *scratch) {
    const seg_env *env = &scratch->env;
    seg_bitmap bitmap;
    seg_runs runs;
    SEG_TRY(seg_bitmap_pack(&bitmap, mask, false, scratch));
    SEG_TRY(seg_runs_find(&runs, &bitmap, connectivity, scratch));
    seg_component *measures = NULL;
    if (components) {
        measures = seg_allocate(env, (size_t)runs.components, sizeof *measures, "components");
        if (!measures) return SEG_ERROR_MEMORY;
    }
    seg_status status = seg_runs_number(&runs, measures, scratch);
    if (status >= 0 && labels) status = seg_runs_paint(labels, &runs, scratch);
    if (status < 0) {
        seg_release(env, measures);
        return status;
    }
    if (components) *components = measures;
    if (count) *count = runs.components;
    return SEG_OK;
}

seg_status seg_components_with(seg_image *labels, const seg_image *mask, int32_t connectivity,
                               seg_scratch *scratch) {
    SEG_TRY(seg_image_ensure(labels, mask->width, mask->height, SEG_LABEL32, 1, &scratch->env));
    return label_mask(labels, NULL, NULL, mask, connectivity, scratch);
}

seg_status seg_components(seg_image *labels, seg_component **components, int32_t *count,
                          const seg_image *mask, int32_t connectivity, const seg_env *env) {
    if (components) *components = NULL;
    if (count) *count = 0;
    SEG_TRY(seg_check_image(mask, "mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (connectivity != 4 && connectivity != 8)
        return seg_fail(SEG_ERROR_ARGUMENT, "connectivity is %ld (allowed 4 or 8)",
                        (long)connectivity);
    if (components && !count)
        return seg_fail(SEG_ERROR_ARGUMENT, "components are asked for without a count (NULL)");
    if (labels) SEG_TRY(seg_image_ensure(labels, mask->width, mask->height, SEG_LABEL32, 1, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = label_mask(labels, components, count, mask, connectivity, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

void seg_components_free(seg_component *components, const seg_env *env) {
    seg_release(env, components);
}
