/* Mean-shift kernels, the readable twin. */
#include "kernels/shift.h"

#include <stdlib.h>
#include <string.h>

/* To nearest, halves up. */
static int32_t mean(int32_t sum, int32_t count) {
    const int32_t twice = 2 * sum + count;
    return twice / (2 * count) - (twice % (2 * count) < 0);
}

static void move(seg_shift_move *move, const seg_shift_disk *disk, const seg_shift_place *place,
                 const int16_t colour[3]) {
    int32_t count = 0, sum[5] = {0};
    for (int32_t y = place->top; y <= place->bottom; y++) {
        const int32_t width = disk->widths[y + disk->radius];
        for (int32_t x = -width; x <= width; x++) {
            int32_t difference[3] = {0}, distance = 0;
            for (int c = 0; c < 3 && place->plane[c]; c++) {
                difference[c] = place->plane[c][y * place->stride + x] - colour[c];
                const int32_t size = abs(difference[c]);
                const int32_t cut = size < SEG_SHIFT_CUT ? size : SEG_SHIFT_CUT;
                distance += cut * cut;
            }
            if (distance > SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS) continue;
            count++;
            for (int c = 0; c < 3; c++)
                sum[c] += difference[c];
            sum[3] += x;
            sum[4] += y;
        }
    }
    memset(move, 0, sizeof *move);
    if (count == 0) return;
    for (int c = 0; c < 3; c++)
        move->colour[c] = mean(sum[c], count);
    move->x = mean(sum[3], count);
    move->y = mean(sum[4], count);
}

static void move_many(seg_shift_moves *moves, const seg_shift_disk *disk,
                      const seg_shift_place *place) {
    seg_shift_one_by_one(moves, disk, place, move);
}

const seg_shift_kernels seg_shift_kernels_ref = {.move = move, .move_many = move_many};
