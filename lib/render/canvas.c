/* The frame as 8-bit RGB rows. */
#include "render/canvas.h"

#include "core/check.h"
#include "core/frame_picture.h"
#include "core/memory.h"

#include <float.h>
#include <string.h>

seg_status seg_canvas_init(seg_canvas *canvas, const seg_frame *frame, const seg_env *env) {
    *canvas = (seg_canvas){0};
    if (!frame) return seg_fail(SEG_ERROR_ARGUMENT, "frame is NULL");
    canvas->source = seg_frame_picture(frame);
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

/* The samples of a row in 8 bits: the picture's memory, or `own`. */
static const uint8_t *row_of_bytes(const seg_canvas *canvas, uint8_t *own, int32_t y) {
    const seg_image *source = canvas->source;
    const void *row = seg_image_row(source, y);
    const size_t count = (size_t)source->width * source->channels;
    if (source->format == SEG_U8) return row;
    if (source->format == SEG_U16)
        for (size_t i = 0; i < count; i++)
            own[i] = canvas->table[((const uint16_t *)row)[i]];
    else
        for (size_t i = 0; i < count; i++)
            own[i] = from_float(((const float *)row)[i]);
    return own;
}

/* Spreads pixels of `channels` bytes to `step` bytes; constants where it is inlined. */
static inline void spread(uint8_t *restrict target, const uint8_t *restrict row, size_t width,
                          size_t channels, size_t step) {
    const bool colour = channels >= 3, alpha = channels == 2 || channels == 4;
    for (size_t x = 0; x < width; x++) {
        const uint8_t *from = row + x * channels;
        uint8_t *to = target + x * step;
        for (size_t c = 0; c < 3; c++)
            to[c] = from[colour ? c : 0];
        if (step == 4) to[3] = alpha ? from[channels - 1] : 255;
    }
}

void seg_canvas_row(const seg_canvas *canvas, uint8_t *target, uint8_t *own, int step, int32_t y) {
    const seg_image *source = canvas->source;
    const uint8_t *row = row_of_bytes(canvas, own, y);
    const size_t width = (size_t)source->width;
    if (source->channels == step) {
        memcpy(target, row, width * (size_t)step);
        return;
    }
    switch (source->channels * 10 + step) {
    case 13:
        spread(target, row, width, 1, 3);
        break;
    case 14:
        spread(target, row, width, 1, 4);
        break;
    case 23:
        spread(target, row, width, 2, 3);
        break;
    case 24:
        spread(target, row, width, 2, 4);
        break;
    case 34:
        spread(target, row, width, 3, 4);
        break;
    default:
        spread(target, row, width, 4, 3);
    }
}
