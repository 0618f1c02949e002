/* Rows as levels, and back. */
#include "imgproc/row_levels.h"

#include <float.h>

void seg_row_levels(float *levels, const seg_image *picture, int32_t y) {
    const void *row = seg_image_row(picture, y);
    const size_t count = (size_t)picture->width * picture->channels;
    const float unit = (float)(1 / seg_image_full_scale(picture));
    for (size_t i = 0; i < count; i++) {
        const float value = picture->format == SEG_U8    ? (float)((const uint8_t *)row)[i] * unit
                            : picture->format == SEG_U16 ? (float)((const uint16_t *)row)[i] * unit
                                                         : ((const float *)row)[i];
        levels[i] = value >= -FLT_MAX && value <= FLT_MAX ? value : 0;
    }
}

void seg_row_store(const seg_image *picture, int32_t y, const float *levels) {
    void *row = seg_image_row(picture, y);
    const size_t count = (size_t)picture->width * picture->channels;
    const float full = (float)seg_image_full_scale(picture);
    for (size_t i = 0; i < count; i++) {
        const float level = levels[i] > 0 ? levels[i] < 1 ? levels[i] : 1 : 0;
        if (picture->format == SEG_U8)
            ((uint8_t *)row)[i] = (uint8_t)(level * full + 0.5f);
        else if (picture->format == SEG_U16)
            ((uint16_t *)row)[i] = (uint16_t)(level * full + 0.5f);
        else
            ((float *)row)[i] = level;
    }
}
