/* Edge kernels, the readable twin. */
#include "kernels/edges.h"

#include <math.h>
#include <stdlib.h>

static void euclidean(uint16_t *weights, const int16_t *const a[3], const int16_t *const b[3],
                      int32_t count, float factor) {
    for (int32_t i = 0; i < count; i++) {
        float sum = 0;
        for (int c = 0; c < 3; c++) {
            const float difference = (float)(a[c][i] - b[c][i]);
            sum = sum + difference * difference;
        }
        weights[i] = (uint16_t)(sqrtf(sum) * factor + 0.5f);
    }
}

static void largest(uint16_t *weights, const int16_t *const a[3], const int16_t *const b[3],
                    int32_t count, int32_t shift) {
    for (int32_t i = 0; i < count; i++) {
        int32_t most = 0;
        for (int c = 0; c < 3; c++)
            if (abs(a[c][i] - b[c][i]) > most) most = abs(a[c][i] - b[c][i]);
        weights[i] = (uint16_t)(most >> shift);
    }
}

const seg_edges_kernels seg_edges_kernels_ref = {.euclidean = euclidean, .largest = largest};
