/* Mean-shift kernels, the readable twin. */
#include "kernels/shift.h"

#include <stdlib.h>
#include <string.h>

static void gather(seg_shift_sums *sums, const seg_shift_window *window, const int16_t colour[3]) {
    memset(sums, 0, sizeof *sums);
    for (int32_t k = window->first; k < window->end; k++) {
        const int32_t y = k - window->radius;
        for (int32_t x = -window->widths[k]; x <= window->widths[k]; x++) {
            int32_t difference[3] = {0}, distance = 0;
            for (int c = 0; c < 3 && window->plane[c]; c++) {
                difference[c] = window->plane[c][y * window->stride + x] - colour[c];
                const int32_t size = abs(difference[c]);
                const int32_t cut = size < SEG_SHIFT_CUT ? size : SEG_SHIFT_CUT;
                distance += cut * cut;
            }
            if (distance > SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS) continue;
            sums->count++;
            sums->x += x;
            sums->y += y;
            for (int c = 0; c < 3; c++)
                sums->colour[c] += difference[c];
        }
    }
}

const seg_shift_kernels seg_shift_kernels_ref = {.gather = gather};
