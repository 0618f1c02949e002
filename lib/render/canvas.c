/* The frame as 8-bit RGB rows. */
#include "render/canvas.h"

#include "core/check.h"
#include "core/memory.h"

#include <float.h>
#include <string.h>

seg_status seg_canvas_init(seg_canvas *canvas, const seg_frame *frame, const seg_env *env) {
    *canvas = (seg_canvas){0};
    if (!frame) return seg_fail(SEG_ERROR_ARGUMENT, "frame is NULL");
    canvas->source = seg_image_empty(&frame->image) ? &frame->luma : &frame->image;
    SEG_TRY(seg_check_image(canvas->source, "frame", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (canvas->source->format != SEG_U16) return SEG_OK;
    canvas->table = seg_allocate(env, 65536, 1, "table of grey levels");
    if (!canvas->table) return SEG_ERROR_MEMORY;
    const uint32_t most = (1u << canvas->source->bits) - 1;
    for (uint32_t value = 0; value < 65536; value++)
        canvas->table[value] = value < most ? (uint8_t)((value * 255 + most / 2) / most) : 255;
    return SEG_OK;
}

void seg_canvas_free(seg_canvas *canvas, const seg_env *env) {
    seg_release(env, canvas->table);
    canvas->table = NULL;
}

static uint8_t from_float(float value) {
    if (!(value > 0)) return 0; /* NaN too */
    return value < 1 ? (uint8_t)(value * 255 + 0.5f) : value <= FLT_MAX ? 255 : 0;
}

static uint8_t sample(const seg_canvas *canvas, const void *row, size_t i) {
    switch (canvas->source->format) {
    case SEG_U8:
        return ((const uint8_t *)row)[i];
    case SEG_U16:
        return canvas->table[((const uint16_t *)row)[i]];
    default:
        return from_float(((const float *)row)[i]);
    }
}

/* The common cases: 8-bit grey and RGB to RGB. */
static bool fast_row(const seg_canvas *canvas, uint8_t *target, int step, const uint8_t *row) {
    const seg_image *source = canvas->source;
    if (source->format != SEG_U8 || step != 3) return false;
    if (source->channels == 3) {
        memcpy(target, row, (size_t)source->width * 3);
        return true;
    }
    if (source->channels != 1) return false;
    for (int32_t x = 0; x < source->width; x++) {
        target[3 * (size_t)x] = row[x];
        target[3 * (size_t)x + 1] = row[x];
        target[3 * (size_t)x + 2] = row[x];
    }
    return true;
}

void seg_canvas_row(const seg_canvas *canvas, uint8_t *target, int step, int32_t y) {
    const seg_image *source = canvas->source;
    const void *row = seg_image_row(source, y);
    if (fast_row(canvas, target, step, row)) return;
    const size_t channels = source->channels;
    const bool colour = channels >= 3, alpha = channels == 2 || channels == 4;
    for (size_t x = 0; x < (size_t)source->width; x++) {
        const size_t from = x * channels, to = x * (size_t)step;
        for (size_t c = 0; c < 3; c++)
            target[to + c] = sample(canvas, row, from + (colour ? c : 0));
        if (step == 4) target[to + 3] = alpha ? sample(canvas, row, from + channels - 1) : 255;
    }
}
