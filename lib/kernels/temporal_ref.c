/* The readable twin of the temporal kernels. */
#include "kernels/temporal.h"

#include <stdbool.h>

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

static void extremes_u8(uint8_t *low, uint8_t *high, const uint8_t *a, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        if (a[x] < low[x]) low[x] = a[x];
        if (a[x] > high[x]) high[x] = a[x];
    }
}

static void extremes_u16(uint16_t *low, uint16_t *high, const uint16_t *a, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        if (a[x] < low[x]) low[x] = a[x];
        if (a[x] > high[x]) high[x] = a[x];
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

static void widen_u8(uint16_t *out, const uint8_t *a, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = (uint16_t)(a[x] * 257);
}

static void model_step(const seg_model_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        if (row->left_out && row->left_out[x]) {
            row->mask[x] = 0;
            if (row->score) row->score[x] = 0;
            continue;
        }
        const int32_t half = 1 << (SEG_MODEL_FRACTION - 1);
        const int32_t background = (row->model[x] + half) >> SEG_MODEL_FRACTION;
        const int32_t difference = absolute(row->value[x] - background);
        const bool foreground = difference > row->level;
        row->mask[x] = foreground ? 255 : 0;
        if (row->score) row->score[x] = (uint16_t)difference;
        if (row->held && row->held[x]) continue;
        const float rate = foreground ? row->rate_foreground : row->rate_background;
        const int32_t target = row->value[x] << SEG_MODEL_FRACTION;
        row->model[x] += (int32_t)((float)(target - row->model[x]) * rate);
    }
}

const seg_temporal_kernels seg_temporal_kernels_ref = {
    .difference_u8 = difference_u8,
    .difference_u16 = difference_u16,
    .middle_u8 = middle_u8,
    .middle_u16 = middle_u16,
    .extremes_u8 = extremes_u8,
    .extremes_u16 = extremes_u16,
    .above_u8 = above_u8,
    .above_u16 = above_u16,
    .leave_out_u8 = leave_out_u8,
    .leave_out_u16 = leave_out_u16,
    .widen_u8 = widen_u8,
    .model_step = model_step,
};
