/* Region-growing kernels as loops in the width of the samples, one for each number of channels, so
 * that the compiler makes vector code of them. */
#include "kernels/grow.h"

#include <stdbool.h>
#include <string.h>

#define SEG_GROW_KERNELS(type, suffix, most)                                                       \
    static inline type distance_##suffix(type a, type b) {                                         \
        const type high = a > b ? a : b, low = a > b ? b : a;                                      \
        return (type)(high - low);                                                                 \
    }                                                                                              \
    static inline type larger_##suffix(type a, type b) {                                           \
        return a > b ? a : b;                                                                      \
    }                                                                                              \
    /* how far a value is outside of low .. high */                                                \
    static inline type outside_##suffix(type value, type low, type high) {                         \
        const type inside = value < low ? low : value > high ? high : value;                       \
        return distance_##suffix(value, inside);                                                   \
    }                                                                                              \
    static inline void near_one_##suffix(uint8_t *restrict flags, const type *a, const type *b,    \
                                         int32_t width, int32_t channels, type tolerance) {        \
        for (int32_t x = 0; x < width; x++)                                                        \
            flags[x] = distance_##suffix(a[x * channels], b[x * channels]) <= tolerance ? 255 : 0; \
    }                                                                                              \
    static inline void near_three_##suffix(uint8_t *restrict flags, const type *a, const type *b,  \
                                           int32_t width, int32_t channels, type tolerance) {      \
        for (int32_t x = 0; x < width; x++) {                                                      \
            const type *p = a + x * channels, *q = b + x * channels;                               \
            const type first = distance_##suffix(p[0], q[0]);                                      \
            const type second = distance_##suffix(p[1], q[1]);                                     \
            const type third = distance_##suffix(p[2], q[2]);                                      \
            const type most_of = larger_##suffix(larger_##suffix(first, second), third);           \
            flags[x] = most_of <= tolerance ? 255 : 0;                                             \
        }                                                                                          \
    }                                                                                              \
    static void near_##suffix(uint8_t *flags, const type *a, const type *b, int32_t width,         \
                              int32_t channels, int32_t tolerance) {                               \
        const type limit = (type)(tolerance > most ? most : tolerance);                            \
        switch (channels) {                                                                        \
        case 1:                                                                                    \
            near_one_##suffix(flags, a, b, width, 1, limit);                                       \
            break;                                                                                 \
        case 2:                                                                                    \
            near_one_##suffix(flags, a, b, width, 2, limit);                                       \
            break;                                                                                 \
        case 3:                                                                                    \
            near_three_##suffix(flags, a, b, width, 3, limit);                                     \
            break;                                                                                 \
        default:                                                                                   \
            near_three_##suffix(flags, a, b, width, 4, limit);                                     \
        }                                                                                          \
    }                                                                                              \
    static inline void within_one_##suffix(uint8_t *restrict flags, const type *row,               \
                                           int32_t width, int32_t channels, type low, type high) { \
        for (int32_t x = 0; x < width; x++)                                                        \
            flags[x] = outside_##suffix(row[x * channels], low, high) == 0 ? 255 : 0;              \
    }                                                                                              \
    static inline void within_three_##suffix(uint8_t *restrict flags, const type *row,             \
                                             int32_t width, int32_t channels, const type *low,     \
                                             const type *high) {                                   \
        const type low0 = low[0], low1 = low[1], low2 = low[2];                                    \
        const type high0 = high[0], high1 = high[1], high2 = high[2];                              \
        for (int32_t x = 0; x < width; x++) {                                                      \
            const type *p = row + x * channels;                                                    \
            const type first = outside_##suffix(p[0], low0, high0);                                \
            const type second = outside_##suffix(p[1], low1, high1);                               \
            const type third = outside_##suffix(p[2], low2, high2);                                \
            flags[x] = (type)(first | second | third) == 0 ? 255 : 0;                              \
        }                                                                                          \
    }                                                                                              \
    static void within_##suffix(uint8_t *flags, const type *row, int32_t width, int32_t channels,  \
                                const seg_grow_range *range) {                                     \
        type low[3] = {0, 0, 0}, high[3] = {0, 0, 0};                                              \
        for (int32_t c = 0; c < (channels < 3 ? 1 : 3); c++) {                                     \
            if (range->low[c] > range->high[c] || range->low[c] > most || range->high[c] < 0) {    \
                memset(flags, 0, (size_t)width);                                                   \
                return;                                                                            \
            }                                                                                      \
            low[c] = (type)(range->low[c] < 0 ? 0 : range->low[c]);                                \
            high[c] = (type)(range->high[c] > most ? most : range->high[c]);                       \
        }                                                                                          \
        switch (channels) {                                                                        \
        case 1:                                                                                    \
            within_one_##suffix(flags, row, width, 1, low[0], high[0]);                            \
            break;                                                                                 \
        case 2:                                                                                    \
            within_one_##suffix(flags, row, width, 2, low[0], high[0]);                            \
            break;                                                                                 \
        case 3:                                                                                    \
            within_three_##suffix(flags, row, width, 3, low, high);                                \
            break;                                                                                 \
        default:                                                                                   \
            within_three_##suffix(flags, row, width, 4, low, high);                                \
        }                                                                                          \
    }

SEG_GROW_KERNELS(uint8_t, u8, 255)
SEG_GROW_KERNELS(uint16_t, u16, 65535)

const seg_grow_kernels SEG_LEVEL_NAME(seg_grow_kernels) = {
    .near_u8 = near_u8,
    .near_u16 = near_u16,
    .within_u8 = within_u8,
    .within_u16 = within_u16,
};
