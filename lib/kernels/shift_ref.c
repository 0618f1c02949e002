/* Mean-shift kernels, the readable twin. */
#include "kernels/shift.h"

#include <stdlib.h>
#include <string.h>

static void gather(seg_shift_sums *sums, const seg_shift_window *window, const int16_t colour[3]) {
    memset(sums, 0, sizeof *sums);
    for (int32_t k = 0; k < window->count; k++) {
        const seg_shift_stretch *stretch = &window->stretches[k];
        for (int32_t i = 0; i < SEG_SHIFT_LANES; i++) {
            int32_t difference[3] = {0}, distance = 0;
            for (int c = 0; c < 3 && window->plane[c]; c++) {
                difference[c] = window->plane[c][stretch->offset + i] - colour[c];
                const int32_t size = abs(difference[c]);
                const int32_t cut = size < SEG_SHIFT_CUT ? size : SEG_SHIFT_CUT;
                distance += cut * cut;
            }
            if (!stretch->inside[i] || distance > SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS) continue;
            sums->count++;
            sums->x += stretch->x[i];
            sums->y += stretch->y[i];
            for (int c = 0; c < 3; c++)
                sums->colour[c] += difference[c];
        }
    }
}

static void add_step(seg_shift_many *sums, const int16_t *const plane[3],
                     const seg_shift_step *step, int32_t i) {
    int32_t difference[3] = {0}, distance = 0;
    for (int c = 0; c < 3 && plane[c]; c++) {
        difference[c] = plane[c][step->offset + i] - plane[c][i];
        const int32_t size = abs(difference[c]);
        const int32_t cut = size < SEG_SHIFT_CUT ? size : SEG_SHIFT_CUT;
        distance += cut * cut;
    }
    if (distance > SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS) return;
    sums->count[i]++;
    sums->x[i] = (int16_t)(sums->x[i] + step->x);
    sums->y[i] = (int16_t)(sums->y[i] + step->y);
    for (int c = 0; c < 3; c++)
        sums->colour[c][i] = (int16_t)(sums->colour[c][i] + difference[c]);
}

static void gather_many(seg_shift_many *sums, const int16_t *const plane[3],
                        const seg_shift_step *steps, int32_t count) {
    memset(sums, 0, sizeof *sums);
    for (int32_t k = 0; k < count; k++)
        for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
            add_step(sums, plane, &steps[k], i);
}

const seg_shift_kernels seg_shift_kernels_ref = {.gather = gather, .gather_many = gather_many};
