/* Clustering kernels, the readable twin. */
#include "kernels/slic.h"

static void nearest(uint8_t *choice, const seg_slic_row *row, int32_t shift,
                    const seg_slic_centre *centres, int32_t centre_count) {
    for (int32_t i = 0; i < row->count; i++) {
        uint32_t least = UINT32_MAX;
        for (int32_t k = 0; k < centre_count; k++) {
            const int64_t x = row->x[i] - centres[k].x;
            int64_t distance = x * x;
            for (int c = 0; c < 3 && row->plane[c]; c++) {
                const int64_t colour = row->plane[c][i] * (1 << shift) & ~3;
                const int64_t difference = colour - centres[k].colour[c];
                distance += difference * difference;
            }
            const uint32_t all = (uint32_t)distance + centres[k].more;
            if (all < least) least = all;
        }
        choice[i] = least & 15;
    }
}

static void add(seg_slic_sums *sums, const uint8_t *choice, const seg_slic_row *row,
                int32_t first) {
    for (int32_t i = 0; i < row->count; i++) {
        seg_slic_sums *sum = &sums[choice[i]];
        sum->count++;
        sum->x += first + i;
        for (int c = 0; c < 3 && row->plane[c]; c++)
            sum->colour[c] += row->plane[c][i];
    }
}

const seg_slic_kernels seg_slic_kernels_ref = {.nearest = nearest, .add = add};
