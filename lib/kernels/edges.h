/* Row kernels of graphs of pixels: how unlike two neighbours are. */
#ifndef SEG_KERNELS_EDGES_H
#define SEG_KERNELS_EDGES_H

#include "kernels/level.h"

/** Pixels of three planes each (grey gives the same one three times), samples 0 .. 32767. */
typedef struct seg_edges_kernels {
    /** weights[i] = (int)(sqrt(sum of squared differences of a[.][i] and b[.][i]) * factor + 0.5f),
     *  squares, sum (in the order of the planes), root and product in float; below 65536. */
    void (*euclidean)(uint16_t *weights, const int16_t *const a[3], const int16_t *const b[3],
                      int32_t count, float factor);
    /** weights[i] = largest absolute difference >> shift. */
    void (*largest)(uint16_t *weights, const int16_t *const a[3], const int16_t *const b[3],
                    int32_t count, int32_t shift);
} seg_edges_kernels;

SEG_KERNELS_DECLARE(edges);

#endif
