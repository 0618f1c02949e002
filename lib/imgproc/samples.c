/* 16-bit samples, and which pixels take part. */
#include "imgproc/samples.h"

#include "core/check.h"
#include "kernels/pixel.h"
#include <segment/imgproc.h>

#include <float.h>
#include <math.h>

static void widen_row(uint16_t *room, const uint16_t *row, size_t count, uint32_t full) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t value = row[i] < full ? row[i] : full;
        room[i] = (uint16_t)((2 * value * 65535 + full) / (2 * full));
    }
}

const uint16_t *seg_row16(uint16_t *room, const seg_image *picture, int32_t y) {
    const void *row = seg_image_row(picture, y);
    const size_t count = (size_t)picture->width * picture->channels;
    switch (picture->format) {
    case SEG_U8:
        seg_pixel_kernels_get()->u8_to_u16(room, row, count);
        return room;
    case SEG_F32:
        seg_pixel_kernels_get()->f32_to_u16(room, row, count);
        return room;
    default:
        if (picture->bits == 16) return row;
        widen_row(room, row, count, (1u << picture->bits) - 1);
        return room;
    }
}

seg_status seg_scratch_image(seg_image *image, const seg_image *like, seg_format format,
                             int channels, seg_scratch *scratch) {
    const size_t row = (size_t)like->width * (size_t)channels * seg_format_size(format);
    const size_t stride = (row + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    void *memory = seg_scratch_take(scratch, (size_t)like->height, stride, "a working picture");
    if (!memory) return SEG_ERROR_MEMORY;
    *image = (seg_image){0};
    return seg_image_wrap(image, memory, (ptrdiff_t)stride, like->width, like->height, format,
                          channels);
}

seg_status seg_picture_whole(seg_image *whole, const seg_image *picture, seg_scratch *scratch) {
    *whole = *picture;
    whole->owner = NULL;
    if (picture->format != SEG_F32) return SEG_OK;
    SEG_TRY(seg_scratch_image(whole, picture, SEG_U16, picture->channels, scratch));
    return seg_convert(whole, picture, SEG_U16, &scratch->env);
}

seg_status seg_picture_blocked(seg_image *blocked, const seg_image *picture,
                               const seg_image *ignore, seg_scratch *scratch) {
    *blocked = (seg_image){0};
    if (picture->format != SEG_F32) {
        if (!seg_image_empty(ignore)) *blocked = *ignore;
        blocked->owner = NULL;
        return SEG_OK;
    }
    const int32_t colours = seg_colours(picture);
    SEG_TRY(seg_scratch_image(blocked, picture, SEG_U8, 1, scratch));
    for (int32_t y = 0; y < picture->height; y++) {
        const float *row = seg_image_row(picture, y);
        const uint8_t *ignored = seg_image_empty(ignore) ? NULL : seg_image_row(ignore, y);
        uint8_t *out = seg_image_row(blocked, y);
        for (int32_t x = 0; x < picture->width; x++) {
            bool finite = true;
            for (int32_t c = 0; c < colours; c++)
                finite = finite && fabsf(row[(size_t)x * picture->channels + (size_t)c]) <= FLT_MAX;
            out[x] = !finite || (ignored && ignored[x]);
        }
    }
    return SEG_OK;
}
