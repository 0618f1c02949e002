/* How point operations are cut into bands of rows. */
#ifndef SEG_IMGPROC_ROWS_H
#define SEG_IMGPROC_ROWS_H

#include "core/check.h"
#include "kernels/pixel.h"
#include <segment/image.h>

/** Rows of a band of about 2^15 pixels: long enough that starting it costs nothing, short enough
 *  that its samples stay in the second-level cache. Depends on the picture only. */
static inline int32_t seg_point_rows(const seg_image *image) {
    const int32_t rows = (1 << 15) / image->width;
    return rows < 1 ? 1 : rows;
}

/** Samples of a row. */
static inline size_t seg_row_samples(const seg_image *image) {
    return (size_t)image->width * image->channels;
}

/** Refuses an output that is one of the inputs, where rows are read after others were written. */
static inline seg_status seg_check_apart(const seg_image *output, const char *output_name,
                                         const seg_image *input, const char *input_name) {
    if (output->data != input->data) return SEG_OK;
    return seg_fail(SEG_ERROR_ARGUMENT, "%s and %s are the same pixels (must be apart)",
                    output_name, input_name);
}

/** The first label that is not 0 from `x` on, or `width`. */
static inline int32_t seg_skip_zeros(const int32_t *row, int32_t x, int32_t width) {
    if (x >= width || row[x]) return x;
    const size_t left = (size_t)(width - x) * sizeof *row;
    return x + (int32_t)(seg_pixel_kernels_get()->zeros_before(row + x, left) / sizeof *row);
}

/** The same, told by a mask that is 0 where no label is: a quarter of the bytes. NULL = none. */
static inline int32_t seg_skip_unmasked(const int32_t *row, const uint8_t *mask, int32_t x,
                                        int32_t width) {
    if (!mask) return seg_skip_zeros(row, x, width);
    if (x >= width || mask[x]) return x;
    return x + (int32_t)seg_pixel_kernels_get()->zeros_before(mask + x, (size_t)(width - x));
}

/** Row y; NULL where there is no image. */
static inline void *seg_optional_row(const seg_image *image, int32_t y) {
    return seg_image_empty(image) ? NULL : seg_image_row(image, y);
}

#endif
