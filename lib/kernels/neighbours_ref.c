/* The readable twin of the neighbours kernels. */
#include "kernels/neighbours.h"
#include "kernels/shadow.h"

#include <stdbool.h>

#define BLOCK SEG_NEIGHBOURS_BLOCK
#define CUT 127

static uint8_t sample_of(const seg_neighbours_row *row, int32_t x, int32_t i, int32_t c) {
    return row->samples[(i * row->colours + c) * row->blocks * BLOCK + x];
}

static bool is_near(const seg_neighbours_row *row, int32_t x, int32_t i) {
    int32_t sum = 0;
    for (int32_t c = 0; c < row->colours; c++) {
        const int32_t away = row->value[c][x] - sample_of(row, x, i, c);
        const int32_t cut = away < -CUT ? -CUT : away > CUT ? CUT : away;
        sum += cut * cut;
    }
    return sum <= row->limit;
}

static bool is_known(const seg_neighbours_row *row, int32_t x, int32_t i) {
    const uint8_t *bits = row->known + (i * row->blocks + x / BLOCK) * SEG_NEIGHBOURS_BYTES;
    return bits[x % BLOCK / 8] >> x % 8 & 1;
}

static uint8_t *usual_of(const seg_neighbours_row *row, int32_t x) {
    return row->usual + x / BLOCK * SEG_NEIGHBOURS_BYTES + x % BLOCK / 8;
}

static void search(const seg_neighbours_row *row) {
    for (int32_t x = 0; x < row->blocks * BLOCK; x++) {
        int32_t near_any = 0, near_known = 0;
        for (int32_t i = 0; i < row->sample_count && near_known < row->needed; i++) {
            if (!is_near(row, x, i)) continue;
            near_any++;
            near_known += is_known(row, x, i);
        }
        row->mask[x] = near_known < row->needed ? 255 : 0;
        if (x % 8 == 0) *usual_of(row, x) = 0;
        *usual_of(row, x) |= (uint8_t)((near_any >= row->needed) << x % 8);
    }
}

static bool is_shadow_of(const seg_neighbours_shade *shade, const seg_neighbours_row *row,
                         int32_t x, int32_t i) {
    float value[3], lit[3];
    for (int32_t c = 0; c < 3; c++) {
        value[c] = row->value[c][x];
        lit[c] = sample_of(row, x, i, c);
    }
    return seg_is_shadow(value, lit, shade->darkest, shade->near_squared);
}

static int32_t shade(const seg_neighbours_shade *shade, const seg_neighbours_row *row) {
    bool any = false;
    for (int32_t x = 0; x < row->blocks * BLOCK; x++) {
        int32_t found = 0;
        for (int32_t i = 0; i < row->sample_count && shade->mask[x] && found < row->needed; i++)
            found += is_known(row, x, i) && is_shadow_of(shade, row, x, i);
        shade->shadow[x] = found >= row->needed ? 255 : 0;
        any = any || shade->shadow[x];
    }
    return any;
}

const seg_neighbours_kernels seg_neighbours_kernels_ref = {.search = search, .shade = shade};
