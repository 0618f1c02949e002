/* The readable twin of the neighbours kernels. */
#include "kernels/neighbours.h"

#include <stdbool.h>

#define BLOCK SEG_NEIGHBOURS_BLOCK
#define CUT 127

static bool is_near(const seg_neighbours_row *row, int32_t x, int32_t i) {
    const int32_t first = (x / BLOCK * row->sample_count + i) * row->colours;
    int32_t sum = 0;
    for (int32_t c = 0; c < row->colours; c++) {
        const int32_t away = row->value[c][x] - row->samples[(first + c) * BLOCK + x % BLOCK];
        const int32_t cut = away < -CUT ? -CUT : away > CUT ? CUT : away;
        sum += cut * cut;
    }
    return sum <= row->limit;
}

static bool is_known(const seg_neighbours_row *row, int32_t x, int32_t i) {
    const uint8_t *bits = row->known + (x / BLOCK * row->pitch + i) * SEG_NEIGHBOURS_BYTES;
    return bits[x % BLOCK / 8] >> x % 8 & 1;
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
        row->usual[x] = near_any >= row->needed ? 255 : 0;
    }
}

const seg_neighbours_kernels seg_neighbours_kernels_ref = {.search = search};
