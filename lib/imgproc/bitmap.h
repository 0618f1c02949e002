/* A mask packed into bits, 64 pixels a word (kernels/bits.h), in scratch memory. */
#ifndef SEG_IMGPROC_BITMAP_H
#define SEG_IMGPROC_BITMAP_H

#include "core/memory.h"
#include "kernels/bits.h"
#include <segment/imgproc.h>

typedef struct seg_bitmap {
    uint64_t *words;
    int32_t width, height;
    int32_t pitch; /* words a row */
} seg_bitmap;

static inline uint64_t *seg_bitmap_row(const seg_bitmap *bitmap, int32_t y) {
    return bitmap->words + (size_t)y * (size_t)bitmap->pitch;
}

static inline bool seg_bitmap_test(const seg_bitmap *bitmap, int32_t x, int32_t y) {
    return seg_bits_test(seg_bitmap_row(bitmap, y), x);
}

/** Rows of a band of the functions below and of most others over bitmaps. */
#define SEG_BITMAP_BAND 64

/** A bitmap of undefined content in `scratch`. */
SEG_NODISCARD seg_status seg_bitmap_take(seg_bitmap *bitmap, int32_t width, int32_t height,
                                         seg_scratch *scratch);

/** Non-zero pixels of a U8 mask, or the others if `inverted`. The bitmap is taken. */
SEG_NODISCARD seg_status seg_bitmap_pack(seg_bitmap *bitmap, const seg_image *mask, bool inverted,
                                         seg_scratch *scratch);

/** Pixels of `value` in a label picture. The bitmap is taken. */
SEG_NODISCARD seg_status seg_bitmap_pack_label(seg_bitmap *bitmap, const seg_image *labels,
                                               int32_t value, seg_scratch *scratch);

/** 0 and 255 into a U8 picture of the same size. */
SEG_NODISCARD seg_status seg_bitmap_unpack(const seg_image *mask, const seg_bitmap *bitmap,
                                           const seg_env *env);

/** Ones to zeros and back. */
SEG_NODISCARD seg_status seg_bitmap_invert(seg_bitmap *bitmap, const seg_env *env);

/** Sets (`on`) or clears the pixels start .. end-1 of a row; start < end. */
void seg_bitmap_span(uint64_t *row, int32_t start, int32_t end, bool on);

/** Half-widths of the element's rows: half[dy + radius] for dy = -radius .. radius, where the row
 *  covers -half .. half. `half` has room for `side` items. */
void seg_element_rows(int32_t *half, seg_element element, int32_t side);

#define SEG_ELEMENT_MAX_SIDE 1023

/** Checks an element and its side; `status` is what is returned if they are not allowed. */
SEG_NODISCARD seg_status seg_element_check(seg_element element, int32_t side, seg_status status);

/** seg_morphology_mask with checked arguments, `target` ensured, memory from `scratch`. */
SEG_NODISCARD seg_status seg_morphology_mask_with(seg_image *target, const seg_image *mask,
                                                  seg_morphology operation, seg_element element,
                                                  int32_t side, seg_scratch *scratch);

#endif
