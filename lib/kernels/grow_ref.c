/* Region-growing kernels, the readable twin. */
#include "kernels/grow.h"

#include <stdlib.h>

#define SEG_GROW_REFERENCE(type, suffix)                                                           \
    static void near_##suffix(uint8_t *flags, const type *a, const type *b, int32_t width,         \
                              int32_t channels, int32_t tolerance) {                               \
        const int32_t colours = channels < 3 ? 1 : 3;                                              \
        for (int32_t x = 0; x < width; x++) {                                                      \
            flags[x] = 255;                                                                        \
            for (int32_t c = 0; c < colours; c++)                                                  \
                if (abs(a[x * channels + c] - b[x * channels + c]) > tolerance) flags[x] = 0;      \
        }                                                                                          \
    }                                                                                              \
    static void within_##suffix(uint8_t *flags, const type *row, int32_t width, int32_t channels,  \
                                const seg_grow_range *range) {                                     \
        const int32_t colours = channels < 3 ? 1 : 3;                                              \
        for (int32_t x = 0; x < width; x++) {                                                      \
            flags[x] = 255;                                                                        \
            for (int32_t c = 0; c < colours; c++) {                                                \
                const int32_t value = row[x * channels + c];                                       \
                if (value < range->low[c] || value > range->high[c]) flags[x] = 0;                 \
            }                                                                                      \
        }                                                                                          \
    }

SEG_GROW_REFERENCE(uint8_t, u8)
SEG_GROW_REFERENCE(uint16_t, u16)

const seg_grow_kernels seg_grow_kernels_ref = {
    .near_u8 = near_u8,
    .near_u16 = near_u16,
    .within_u8 = within_u8,
    .within_u16 = within_u16,
};
