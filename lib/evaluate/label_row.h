/* Rows of label pictures of any format as int32. */
#ifndef SEG_EVALUATE_LABEL_ROW_H
#define SEG_EVALUATE_LABEL_ROW_H

#include <segment/image.h>

/** Formats and channels of pictures of labels: one channel, or RGB as COCO's panoptic pictures,
 *  label = r + 256 g + 65536 b. */
#define SEG_LABEL_FORMATS                                                                          \
    (SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_LABEL32))
#define SEG_LABEL_CHANNELS (1u << 1 | 1u << 3)

/** SEG_ERROR_UNSUPPORTED for three channels of another format than u8; a picture of the formats
 *  and channels above has no other faults. */
SEG_NODISCARD seg_status seg_label_picture_check(const seg_image *picture);

/** Writes the labels of pixels x .. x + count - 1 of row y; negative ones as 0. */
void seg_label_row_copy(int32_t *labels, const seg_image *picture, int32_t x, int32_t y,
                        int32_t count);

/** Ones where a[x] and b[x] differ; `room` has room for `width` labels. */
void seg_label_row_differences(uint64_t *words, const int32_t *a, const int32_t *b, int32_t *room,
                               int32_t width);

#endif
