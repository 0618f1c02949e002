#include "common/pictures.h"
#include "common/messages.h"
#include <segment/media.h>

static bool fail(const char *path, seg_status status) {
    message_error(path, "%s", message_reason(status));
    return false;
}

bool picture_load_noting(seg_image *target, const char *path, const settings *from,
                         text_buffer *warnings) {
    seg_env env = {.limits = &from->limits};
    seg_picture_info info;
    seg_picture_read_options options;
    seg_picture_read_options_init(&options);
    options.autorotate = from->reader.autorotate;
    seg_status status = seg_picture_read(target, &info, path, &options, &env);
    if (status < 0) return fail(path, status);
    if (!info.warning[0]) return true;
    message_warning(path, "%s", info.warning);
    if (warnings) text_add(warnings, "%s\n", info.warning);
    return true;
}

bool picture_load(seg_image *target, const char *path, const settings *from) {
    return picture_load_noting(target, path, from, NULL);
}

static double sample(const seg_image *image, const void *row, int32_t index) {
    switch (image->format) {
    case SEG_U8:
        return ((const uint8_t *)row)[index];
    case SEG_U16:
        return ((const uint16_t *)row)[index];
    case SEG_F32:
        return ((const float *)row)[index];
    default:
        return ((const int32_t *)row)[index];
    }
}

/* Channels without alpha. */
static int32_t colours(const seg_image *image) {
    return image->channels < 3 ? 1 : 3;
}

bool picture_load_mask(seg_image *target, const char *path, const settings *from) {
    seg_image picture = {0};
    if (!picture_load(&picture, path, from)) return false;
    seg_status status = seg_image_alloc(target, picture.width, picture.height, SEG_U8, 1, NULL);
    int32_t count = colours(&picture);
    for (int32_t y = 0; status >= 0 && y < picture.height; y++) {
        const void *row = seg_image_row(&picture, y);
        uint8_t *out = seg_image_row(target, y);
        for (int32_t x = 0; x < picture.width; x++)
            for (int32_t c = 0; c < count; c++)
                if (sample(&picture, row, x * picture.channels + c) != 0) out[x] = 255;
    }
    target->colour = SEG_COLOUR_DATA;
    seg_image_unref(&picture);
    return status < 0 ? fail(path, status) : true;
}

bool picture_load_labels(seg_image *target, const char *path, const settings *from) {
    seg_image picture = {0};
    if (!picture_load(&picture, path, from)) return false;
    bool grey = picture.format != SEG_F32;
    seg_status status =
        seg_image_alloc(target, picture.width, picture.height, SEG_LABEL32, 1, NULL);
    int32_t count = colours(&picture);
    for (int32_t y = 0; status >= 0 && y < picture.height; y++) {
        const void *row = seg_image_row(&picture, y);
        int32_t *out = seg_image_row(target, y);
        for (int32_t x = 0; x < picture.width; x++) {
            double value = sample(&picture, row, x * picture.channels);
            for (int32_t c = 1; c < count; c++)
                grey = grey && sample(&picture, row, x * picture.channels + c) == value;
            out[x] = (int32_t)value;
        }
    }
    seg_image_unref(&picture);
    if (status < 0) return fail(path, status);
    if (!grey)
        message_error(path, "is no label picture (got colours or float samples, allowed 8- or "
                            "16-bit grey whose values are the labels)");
    return grey;
}
