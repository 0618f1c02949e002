/* Small things done to whole masks. */
#include "imgproc/masks.h"

#include <string.h>

void seg_image_clear(const seg_image *image) {
    if (seg_image_empty(image)) return;
    const size_t row =
        (size_t)image->width * image->channels * seg_format_size((seg_format)image->format);
    for (int32_t y = 0; y < image->height; y++)
        memset(seg_image_row(image, y), 0, row);
}

void seg_ignore_add(const seg_image *ignore, const seg_image *more) {
    if (seg_image_empty(more)) return;
    for (int32_t y = 0; y < ignore->height; y++) {
        uint8_t *target = seg_image_row(ignore, y);
        const uint8_t *row = seg_image_row(more, y);
        for (int32_t x = 0; x < ignore->width; x++)
            target[x] |= row[x];
    }
}

void seg_ignore_outside(const seg_image *ignore, seg_rect roi) {
    for (int32_t y = 0; y < ignore->height; y++) {
        uint8_t *row = seg_image_row(ignore, y);
        if (y < roi.y || y >= roi.y + roi.height) {
            memset(row, 255, (size_t)ignore->width);
            continue;
        }
        memset(row, 255, (size_t)roi.x);
        memset(row + roi.x + roi.width, 255, (size_t)(ignore->width - roi.x - roi.width));
    }
}
