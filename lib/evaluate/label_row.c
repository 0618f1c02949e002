/* Label pictures: bytes, 16 bits, three bytes a label, or int32. */
#include "evaluate/label_row.h"

#include "core/check.h"
#include "kernels/bits.h"

seg_status seg_label_picture_check(const seg_image *picture) {
    if (picture->channels == 3 && picture->format != SEG_U8)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "labels in three channels must be u8 (label = r + "
                                               "256 g + 65536 b)");
    return SEG_OK;
}

void seg_label_row_copy(int32_t *labels, const seg_image *picture, int32_t x, int32_t y,
                        int32_t count) {
    const void *row = seg_image_row(picture, y);
    if (picture->format == SEG_LABEL32) {
        const int32_t *from = (const int32_t *)row + x;
        for (int32_t i = 0; i < count; i++)
            labels[i] = from[i] > 0 ? from[i] : 0;
    } else if (picture->format == SEG_U16) {
        const uint16_t *from = (const uint16_t *)row + x;
        for (int32_t i = 0; i < count; i++)
            labels[i] = from[i];
    } else if (picture->channels == 1) {
        const uint8_t *from = (const uint8_t *)row + x;
        for (int32_t i = 0; i < count; i++)
            labels[i] = from[i];
    } else {
        const uint8_t *from = (const uint8_t *)row + 3 * (size_t)x;
        for (int32_t i = 0; i < count; i++, from += 3)
            labels[i] = from[0] | from[1] << 8 | from[2] << 16;
    }
}

void seg_label_row_differences(uint64_t *words, const int32_t *a, const int32_t *b, int32_t *room,
                               int32_t width) {
    for (int32_t x = 0; x < width; x++)
        room[x] = a[x] ^ b[x];
    seg_bits_kernels_get()->pack_equal(words, room, width, 0);
    seg_bits_invert(words, width);
}
