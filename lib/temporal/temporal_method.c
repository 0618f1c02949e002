/* The shared state of methods with memory. */
#include "temporal/temporal_method.h"

#include "core/check.h"
#include "imgproc/masks.h"

seg_status seg_temporal_create(void **state, size_t size, const seg_param_table *params,
                               const void *options, const seg_env *env) {
    *state = NULL;
    void *still;
    SEG_TRY(seg_still_create(&still, params, options, env));
    seg_temporal *base = seg_allocate_zeroed(env, 1, size, "method state");
    if (!base) {
        seg_still_free(still);
        return SEG_ERROR_MEMORY;
    }
    base->still = still;
    seg_clock_reset(&base->clock);
    *state = base;
    return SEG_OK;
}

void seg_temporal_free(void *state) {
    seg_temporal *base = state;
    if (!base) return;
    const seg_env env = base->still->env;
    seg_samples_free(&base->samples);
    seg_still_free(base->still);
    seg_release(&env, base);
}

void seg_temporal_reset(void *state) {
    seg_temporal *base = state;
    seg_clock_reset(&base->clock);
}

seg_status seg_temporal_begin(seg_temporal *base, const seg_frame *frame) {
    seg_scratch_rewind(&base->still->scratch);
    SEG_TRY(seg_samples_take(&base->samples, frame, &base->still->env));
    seg_clock_look(&base->clock, frame);
    const seg_image *grey = &base->samples.grey;
    return seg_check_mask(&frame->known_foreground, "known_foreground", grey->width, grey->height);
}

void seg_temporal_end(seg_temporal *base, const seg_frame *frame) {
    base->geometry =
        seg_blob_geometry_of(seg_image_empty(&frame->luma) ? &frame->image : &frame->luma);
    seg_clock_tick(&base->clock, frame);
}

seg_status seg_temporal_check_size(const seg_temporal *base, const char *what, int32_t width,
                                   int32_t height) {
    const seg_image *grey = &base->samples.grey;
    if (grey->width == width && grey->height == height) return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE, "%s is %ldx%ld, the frame %ldx%ld", what, (long)width,
                    (long)height, (long)grey->width, (long)grey->height);
}

/* ---- results ---- */

static void describe(seg_result *result, const seg_frame *frame) {
    result->index = frame->index;
    result->pts = frame->pts;
    result->duration = frame->duration;
    result->time_base = frame->time_base;
}

seg_status seg_temporal_prepare(const seg_temporal *base, const seg_frame *about, uint32_t wanted,
                                seg_format score, int bits, seg_result *result) {
    const int32_t width = base->samples.grey.width, height = base->samples.grey.height;
    const seg_env *env = &base->still->env;
    describe(result, about);
    if (wanted & SEG_OUTPUT_SCORE) {
        SEG_TRY(seg_image_reuse(&result->score, width, height, score, 1, env));
        result->score.bits = (uint8_t)bits;
        result->score.colour = SEG_COLOUR_DATA;
        result->score_full_scale = seg_image_full_scale(&result->score);
        result->outputs |= SEG_OUTPUT_SCORE;
    }
    SEG_TRY(seg_image_reuse(&result->mask, width, height, SEG_U8, 1, env));
    result->mask.colour = SEG_COLOUR_DATA;
    result->outputs |= SEG_OUTPUT_MASK;
    return SEG_OK;
}

void seg_temporal_mark_known(seg_result *result, const seg_image *known,
                             const seg_image *left_out) {
    const bool partial = !seg_image_empty(left_out);
    for (int32_t y = 0; y < result->mask.height && !seg_image_empty(known); y++) {
        uint8_t *mask = seg_image_row(&result->mask, y);
        const uint8_t *marked = seg_image_row(known, y);
        const uint8_t *out = partial ? seg_image_row(left_out, y) : NULL;
        for (int32_t x = 0; x < result->mask.width; x++)
            if (marked[x] && !(out && out[x])) mask[x] = 255;
    }
}

void seg_temporal_give_empty(seg_result *result) {
    seg_image_clear(&result->mask);
    if (result->outputs & SEG_OUTPUT_SCORE) seg_image_clear(&result->score);
    result->flags |= SEG_RESULT_PROVISIONAL;
}
