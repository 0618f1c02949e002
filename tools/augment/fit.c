#include "augment/fit.h"
#include <segment/imgproc.h>
#include <string.h>

static void store_full(unsigned char *sample, const seg_image *image) {
    const float one = 1;
    const uint16_t most = (uint16_t)((1u << image->bits) - 1);
    if (image->format == SEG_U8)
        *sample = 255;
    else if (image->format == SEG_U16)
        memcpy(sample, &most, sizeof most);
    else
        memcpy(sample, &one, sizeof one);
}

/* Copies colours between 1-2 and 3-4 channels: grey becomes three, alpha is kept, or full. */
static void spread_row(unsigned char *out, const unsigned char *in, const seg_image *to,
                       const seg_image *from) {
    const size_t size = seg_format_size((seg_format)to->format);
    const int colours = to->channels < 3 ? 1 : 3, given = from->channels < 3 ? 1 : 3;
    for (int32_t x = 0; x < to->width; x++) {
        for (int c = 0; c < colours; c++)
            memcpy(out + (size_t)c * size, in + (size_t)(given == 1 ? 0 : c) * size, size);
        if (to->channels > colours && from->channels > given)
            memcpy(out + (size_t)colours * size, in + (size_t)given * size, size);
        else if (to->channels > colours)
            store_full(out + (size_t)colours * size, to);
        out += to->channels * size;
        in += from->channels * size;
    }
}

seg_status fit_channels(seg_image *picture, int32_t channels, const seg_env *env) {
    seg_image made = {0}, grey = {0};
    const seg_image *from = picture;
    seg_status status = SEG_OK;
    if (picture->channels == channels) return SEG_OK;
    if (channels < 3 && picture->channels > 2) {
        status = seg_to_grey(&grey, picture, env); /* alpha goes with the colours */
        from = &grey;
    }
    if (status >= 0)
        status = seg_image_alloc(&made, picture->width, picture->height,
                                 (seg_format)picture->format, channels, env);
    if (status >= 0) made.bits = picture->bits;
    for (int32_t y = 0; status >= 0 && y < made.height; y++)
        spread_row(seg_image_row(&made, y), seg_image_row(from, y), &made, from);
    seg_image_unref(&grey);
    if (status < 0) return status;
    seg_image_unref(picture);
    *picture = made;
    return SEG_OK;
}

seg_status fit_depth(seg_image *picture, const seg_env *env) {
    seg_image levels = {0}, made = {0};
    if (picture->format != SEG_U16 || picture->bits == 16) return SEG_OK;
    seg_status status = seg_convert(&levels, picture, SEG_F32, env);
    if (status >= 0) status = seg_convert(&made, &levels, SEG_U16, env);
    seg_image_unref(&levels);
    if (status < 0) return status;
    seg_image_unref(picture);
    *picture = made;
    return SEG_OK;
}

seg_status fit_like(seg_image *picture, const seg_image *like, const seg_env *env) {
    seg_image made = {0};
    seg_status status = fit_channels(picture, like->channels, env);
    if (status < 0 || picture->format == like->format) return status;
    status = seg_convert(&made, picture, (seg_format)like->format, env);
    if (status < 0) return status;
    seg_image_unref(picture);
    *picture = made;
    return SEG_OK;
}
