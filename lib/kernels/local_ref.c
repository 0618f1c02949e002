/* Kernels of local thresholds, written for reading: the oracle of the other levels. */
#include "kernels/local_formula.h"

static void slide_u8(uint16_t *sums, uint32_t *squares, const uint8_t *enter, const uint8_t *leave,
                     size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums[i] = (uint16_t)(sums[i] + enter[i] - leave[i]);
        squares[i] = squares[i] + (uint32_t)enter[i] * enter[i] - (uint32_t)leave[i] * leave[i];
    }
}

static void slide_u16(uint32_t *sums, uint64_t *squares, const uint16_t *enter,
                      const uint16_t *leave, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums[i] = sums[i] + enter[i] - leave[i];
        squares[i] = squares[i] + (uint64_t)enter[i] * enter[i] - (uint64_t)leave[i] * leave[i];
    }
}

static void slide_sums_u8(uint16_t *sums, const uint8_t *enter, const uint8_t *leave,
                          size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] = (uint16_t)(sums[i] + enter[i] - leave[i]);
}

static void slide_sums_u16(uint32_t *sums, const uint16_t *enter, const uint16_t *leave,
                           size_t count) {
    for (size_t i = 0; i < count; i++)
        sums[i] = sums[i] + enter[i] - leave[i];
}

#define WINDOW(name, out_type, column_type)                                                        \
    static void name(out_type *out, const column_type *columns, size_t count, size_t side) {       \
        for (size_t x = 0; x < count; x++) {                                                       \
            out[x] = 0;                                                                            \
            for (size_t k = 0; k < side; k++)                                                      \
                out[x] += columns[x + k];                                                          \
        }                                                                                          \
    }

WINDOW(window_u16, uint32_t, uint16_t)
WINDOW(window_u32, uint32_t, uint32_t)
WINDOW(window_u32_wide, uint64_t, uint32_t)
WINDOW(window_u64, uint64_t, uint64_t)

static void contrast_narrow(float *excess, const uint8_t *grey, const uint32_t *sums,
                            const uint32_t *squares, size_t count,
                            const seg_local_formula *formula) {
    const seg_local_narrow f = seg_local_narrow_of(formula);
    for (size_t x = 0; x < count; x++)
        excess[x] = seg_local_excess_narrow(&f, grey[x], sums[x], squares[x]);
}

static void contrast_wide(float *excess, const uint16_t *grey, const uint64_t *sums,
                          const uint64_t *squares, size_t count, const seg_local_formula *formula) {
    for (size_t x = 0; x < count; x++)
        excess[x] = seg_local_excess_wide(formula, 1.0 / formula->n, grey[x], sums[x], squares[x]);
}

static void mean_narrow(float *excess, const uint8_t *grey, const uint32_t *sums, size_t count,
                        int32_t n, int32_t slack) {
    for (size_t x = 0; x < count; x++)
        excess[x] = (float)(2 * n * grey[x] + slack - 2 * (int32_t)sums[x]);
}

static void mean_wide(float *excess, const uint16_t *grey, const uint64_t *sums, size_t count,
                      int32_t n, double slack) {
    for (size_t x = 0; x < count; x++)
        excess[x] = (float)((2.0 * n * grey[x] - 2.0 * (double)sums[x]) + slack);
}

static void filter_down(float *out, const float *const *rows, const float *taps, int32_t radius,
                        size_t count) {
    for (size_t x = 0; x < count; x++) {
        float sum = taps[0] * rows[radius][x];
        for (int32_t k = 1; k <= radius; k++)
            sum += taps[k] * (rows[radius - k][x] + rows[radius + k][x]);
        out[x] = sum;
    }
}

static void filter_across(float *out, const float *row, const float *taps, int32_t radius,
                          size_t count) {
    for (size_t x = 0; x < count; x++) {
        const float *centre = row + x + radius;
        float sum = taps[0] * centre[0];
        for (int32_t k = 1; k <= radius; k++)
            sum += taps[k] * (centre[-k] + centre[k]);
        out[x] = sum;
    }
}

static void above_rounded(float *excess, const float *value, const float *mean, float level,
                          size_t count) {
    for (size_t x = 0; x < count; x++)
        excess[x] = (value[x] + level) - rintf(mean[x]);
}

static void mask_share_narrow(uint8_t *mask, const uint8_t *grey, const uint32_t *sums,
                              const uint32_t *squares, size_t count,
                              const seg_local_formula *formula, uint8_t inside) {
    const seg_local_narrow f = seg_local_narrow_of(formula);
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t x = 0; x < count; x++) {
        const int32_t above = seg_local_share_narrow(&f, grey[x], sums[x], squares[x]) ? 255 : 0;
        mask[x] = (uint8_t)((uint8_t)above ^ flip);
    }
}

static void mask_mean_narrow(uint8_t *mask, const uint8_t *grey, const uint32_t *sums, size_t count,
                             int32_t n, int32_t slack, uint8_t inside) {
    const uint8_t flip = (uint8_t)(255 - inside);
    for (size_t x = 0; x < count; x++) {
        const int32_t above = 2 * n * grey[x] + slack > 2 * (int32_t)sums[x] ? 255 : 0;
        mask[x] = (uint8_t)((uint8_t)above ^ flip);
    }
}

static void mask_mean_small(uint8_t *mask, const uint8_t *grey, const uint16_t *columns,
                            size_t count, size_t side, int32_t slack, uint8_t inside) {
    for (size_t x = 0; x < count; x++) {
        uint32_t sum = 0;
        for (size_t k = 0; k < side; k++)
            sum += columns[x + k];
        mask_mean_narrow(mask + x, grey + x, &sum, 1, (int32_t)(side * side), slack, inside);
    }
}

static void mask_of(uint8_t *mask, const float *excess, size_t count, uint8_t inside) {
    for (size_t x = 0; x < count; x++)
        mask[x] = excess[x] > 0 ? inside : (uint8_t)(255 - inside);
}

const seg_local_kernels seg_local_kernels_ref = {
    .slide_u8 = slide_u8,
    .slide_u16 = slide_u16,
    .slide_sums_u8 = slide_sums_u8,
    .slide_sums_u16 = slide_sums_u16,
    .window_u16 = window_u16,
    .window_u32 = window_u32,
    .window_u32_wide = window_u32_wide,
    .window_u64 = window_u64,
    .contrast_narrow = contrast_narrow,
    .contrast_wide = contrast_wide,
    .mean_narrow = mean_narrow,
    .mean_wide = mean_wide,
    .mask_share_narrow = mask_share_narrow,
    .mask_mean_narrow = mask_mean_narrow,
    .mask_mean_small = mask_mean_small,
    .filter_down = filter_down,
    .filter_across = filter_across,
    .above_rounded = above_rounded,
    .mask_of = mask_of,
};
