/* Median kernels as their contracts read: gather, sort, take the middle one. The oracle of the
 * other levels. */
#include "kernels/median.h"

/* Insertion sort of the window, one template for all sample types. */
#define SEG_MEDIAN(type, suffix)                                                                   \
    static void median_##suffix(type *out, type *work, const type *const *rows, int32_t side,      \
                                size_t step, size_t count) {                                       \
        type window[SEG_MEDIAN_LARGEST_SIDE * SEG_MEDIAN_LARGEST_SIDE];                            \
        (void)work;                                                                                \
        for (size_t i = 0; i < count; i++) {                                                       \
            int32_t size = 0;                                                                      \
            for (int32_t r = 0; r < side; r++)                                                     \
                for (int32_t k = -(side / 2); k <= side / 2; k++) {                                \
                    const type sample = rows[r][(ptrdiff_t)i + k * (ptrdiff_t)step];               \
                    int32_t place = size++;                                                        \
                    for (; place > 0 && window[place - 1] > sample; place--)                       \
                        window[place] = window[place - 1];                                         \
                    window[place] = sample;                                                        \
                }                                                                                  \
            out[i] = window[size / 2];                                                             \
        }                                                                                          \
    }

SEG_MEDIAN(uint8_t, u8)
SEG_MEDIAN(uint16_t, u16)
SEG_MEDIAN(float, f32)

/* Each pixel from a copy of its window. */
#define SEG_MEDIAN_WHOLE(type, suffix)                                                             \
    static void median_whole_##suffix(type *out, type *work, const type *const *rows,              \
                                      int32_t side, size_t step, size_t count) {                   \
        type copies[5][5];                                                                         \
        const type *middles[5];                                                                    \
        for (size_t i = 0; i < count; i++) {                                                       \
            for (int32_t r = 0; r < side; r++) {                                                   \
                for (int32_t k = 0; k < side; k++) {                                               \
                    ptrdiff_t at = (ptrdiff_t)i + (k - side / 2) * (ptrdiff_t)step;                \
                    while (at < 0)                                                                 \
                        at += (ptrdiff_t)step;                                                     \
                    while (at >= (ptrdiff_t)count)                                                 \
                        at -= (ptrdiff_t)step;                                                     \
                    copies[r][k] = rows[r][at];                                                    \
                }                                                                                  \
                middles[r] = copies[r] + side / 2;                                                 \
            }                                                                                      \
            median_##suffix(out + i, work, middles, side, 1, 1);                                   \
        }                                                                                          \
    }

SEG_MEDIAN_WHOLE(uint8_t, u8)
SEG_MEDIAN_WHOLE(uint16_t, u16)

static void median_columns_u8(uint8_t *out, const seg_median_columns *columns, int32_t side,
                              size_t step, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t below = 0, value = 0;
        for (; value < 256; value++) {
            for (int32_t k = 0; k < side; k++)
                below += columns->fine[i + (size_t)k][value];
            if (2 * below > side * side) break;
        }
        out[i * step] = (uint8_t)value;
    }
}

static void mask_columns(uint8_t *some, uint8_t *full, const uint8_t *comes, const uint8_t *goes,
                         size_t count) {
    for (size_t i = 0; i < count; i++) {
        some[i] = (uint8_t)(some[i] + (comes[i] > 0) - (goes && goes[i] > 0));
        full[i] = (uint8_t)(full[i] + (comes[i] == 255) - (goes && goes[i] == 255));
    }
}

static void median_mask(uint8_t *out, const uint8_t *some, const uint8_t *full, int32_t side,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t nonzero = 0, bright = 0;
        for (size_t k = 0; k < (size_t)side; k++) {
            nonzero += some[i + k];
            bright += full[i + k];
        }
        out[i] = 2 * bright > side * side ? 255 : 2 * nonzero > side * side ? 127 : 0;
    }
}

const seg_median_kernels seg_median_kernels_ref = {
    .median_u8 = median_u8,
    .median_u16 = median_u16,
    .median_f32 = median_f32,
    .median_whole_u8 = median_whole_u8,
    .median_whole_u16 = median_whole_u16,
    .median_columns_u8 = median_columns_u8,
    .mask_columns = mask_columns,
    .median_mask = median_mask,
};
