/* Frames as integer samples. */
#include "temporal/samples.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/input.h"
#include "imgproc/still_method.h"
#include <segment/imgproc.h>

#include <float.h>
#include <stdatomic.h>
#include <string.h>

#define BAND_HEIGHT 64

typedef struct number_check {
    const seg_image *source, *ignore;
    seg_image *left_out;
    atomic_bool found;
} number_check;

static seg_status check_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    number_check *check = argument;
    bool found = false;
    for (int32_t y = first; y < end; y++) {
        const float *source = seg_image_row(check->source, y);
        uint8_t *left_out = seg_image_row(check->left_out, y);
        const uint8_t *ignore =
            seg_image_empty(check->ignore) ? NULL : seg_image_row(check->ignore, y);
        uint8_t any = 0;
        for (int32_t x = 0; x < check->source->width; x++) {
            const float value = source[x];
            left_out[x] = value >= -FLT_MAX && value <= FLT_MAX ? 0 : 255;
            any |= left_out[x];
        }
        found = found || any;
        for (int32_t x = 0; ignore && x < check->source->width; x++)
            left_out[x] = ignore[x] ? 255 : left_out[x];
    }
    if (found) atomic_store_explicit(&check->found, true, memory_order_relaxed);
    return SEG_OK;
}

/* Integer samples of a float picture; what is no number is left out. */
static seg_status take_float(seg_samples *samples, const seg_frame *frame, const seg_env *env) {
    const seg_image source = samples->grey;
    SEG_TRY(seg_image_reuse(&samples->own_integer, source.width, source.height, SEG_U16, 1, env));
    SEG_TRY(seg_image_reuse(&samples->own_left_out, source.width, source.height, SEG_U8, 1, env));
    SEG_TRY(seg_convert(&samples->own_integer, &source, SEG_U16, env));
    number_check check = {.source = &source, .ignore = &frame->ignore};
    check.left_out = &samples->own_left_out;
    atomic_init(&check.found, false);
    SEG_TRY(seg_run_bands(env, source.height, BAND_HEIGHT, check_band, &check));
    samples->grey = samples->own_integer;
    samples->grey.owner = NULL;
    if (atomic_load_explicit(&check.found, memory_order_relaxed)) {
        samples->left_out = samples->own_left_out;
        samples->left_out.owner = NULL;
    }
    return SEG_OK;
}

seg_status seg_samples_take(seg_samples *samples, const seg_frame *frame, const seg_env *env) {
    SEG_TRY(seg_input_grey(&samples->grey, &samples->own_grey, frame, env));
    samples->grey.owner = NULL;
    SEG_TRY(seg_check_mask(&frame->ignore, "ignore", samples->grey.width, samples->grey.height));
    samples->left_out = frame->ignore;
    samples->left_out.owner = NULL;
    if (samples->grey.format == SEG_F32) return take_float(samples, frame, env);
    return SEG_OK;
}

void seg_samples_free(seg_samples *samples) {
    seg_image_unref(&samples->own_grey);
    seg_image_unref(&samples->own_integer);
    seg_image_unref(&samples->own_left_out);
    memset(samples, 0, sizeof *samples);
}
