/* The readable twin of the temporal kernels. */
#include "kernels/temporal.h"

#include <stdbool.h>
#include <stddef.h>

static int32_t absolute(int32_t value) {
    return value < 0 ? -value : value;
}

static int32_t smaller(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static void difference_u8(uint8_t *out, const uint8_t *a, const uint8_t *b, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint8_t)absolute(a[x] - b[x]);
}

static void difference_u16(uint16_t *out, const uint16_t *a, const uint16_t *b, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint16_t)absolute(a[x] - b[x]);
}

static void middle_u8(uint8_t *out, const uint8_t *m, const uint8_t *a, const uint8_t *b,
                      int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint8_t)smaller(absolute(m[x] - a[x]), absolute(m[x] - b[x]));
}

static void middle_u16(uint16_t *out, const uint16_t *m, const uint16_t *a, const uint16_t *b,
                       int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint16_t)smaller(absolute(m[x] - a[x]), absolute(m[x] - b[x]));
}

static void range_u8(uint8_t *out, const uint8_t *const *rows, int32_t count, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        uint8_t low = rows[0][x], high = rows[0][x];
        for (int32_t i = 1; i < count; i++) {
            if (rows[i][x] < low) low = rows[i][x];
            if (rows[i][x] > high) high = rows[i][x];
        }
        out[x] = (uint8_t)(high - low);
    }
}

static void range_u16(uint16_t *out, const uint16_t *const *rows, int32_t count, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        uint16_t low = rows[0][x], high = rows[0][x];
        for (int32_t i = 1; i < count; i++) {
            if (rows[i][x] < low) low = rows[i][x];
            if (rows[i][x] > high) high = rows[i][x];
        }
        out[x] = (uint16_t)(high - low);
    }
}

static void above_u8(uint8_t *mask, const uint8_t *a, uint8_t level, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        mask[x] = a[x] > level ? 255 : 0;
}

static void above_u16(uint8_t *mask, const uint16_t *a, uint16_t level, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        mask[x] = a[x] > level ? 255 : 0;
}

static void leave_out_u8(uint8_t *a, const uint8_t *left_out, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        if (left_out[x]) a[x] = 0;
}

static void leave_out_u16(uint16_t *a, const uint8_t *left_out, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        if (left_out[x]) a[x] = 0;
}

static void split_u8(uint8_t *const out[3], const uint8_t *in, int32_t width, int32_t channels) {
    for (int32_t x = 0; x < width; x++)
        for (int32_t c = 0; c < 3; c++)
            out[c][x] = in[(size_t)x * (size_t)channels + (size_t)c];
}

static void model_step(const seg_model_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        if (row->left_out && row->left_out[x]) {
            row->mask[x] = 0;
            if (row->score) row->score[x] = 0;
            continue;
        }
        const int32_t value = row->value ? row->value[x] : row->value_u8[x] * 257;
        const int32_t difference = absolute(value - row->model[x]);
        const bool foreground = difference > (row->levels ? row->levels[x] : row->level);
        row->mask[x] = foreground ? 255 : 0;
        if (row->score) row->score[x] = (uint16_t)difference;
        const uint32_t rate = foreground ? row->rate_foreground : row->rate_background;
        if (rate == 0 || (row->held && row->held[x])) continue;
        const uint16_t dither = (uint16_t)(row->pattern[x] + row->dither_offset);
        const int32_t step = (int32_t)(((uint32_t)difference * rate + dither) >> 16);
        row->model[x] =
            (uint16_t)(value > row->model[x] ? row->model[x] + step : row->model[x] - step);
    }
}

const seg_temporal_kernels seg_temporal_kernels_ref = {
    .difference_u8 = difference_u8,
    .difference_u16 = difference_u16,
    .middle_u8 = middle_u8,
    .middle_u16 = middle_u16,
    .range_u8 = range_u8,
    .range_u16 = range_u16,
    .above_u8 = above_u8,
    .above_u16 = above_u16,
    .leave_out_u8 = leave_out_u8,
    .leave_out_u16 = leave_out_u16,
    .split_u8 = split_u8,
    .model_step = model_step,
};
