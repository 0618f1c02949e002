/*
 * Row kernels of first and second derivatives. Samples are whole numbers within 2^16 held as
 * floats, so that sums of them are exact; squares and roots round, everywhere alike.
 */
#ifndef SEG_KERNELS_SLOPES_H
#define SEG_KERNELS_SLOPES_H

#include "kernels/level.h"

/** Sums of squares of the derivatives over the planes: the structure tensor of a row of pixels. */
typedef struct seg_slope_tensor {
    float *xx, *xy, *yy;
} seg_slope_tensor;

/* Rows of samples can be read one to the left and one to the right of the `count` pixels. */
typedef struct seg_slopes_kernels {
    /** room = samples as floats. */
    void (*widen)(float *room, const uint16_t *samples, int32_t count);
    void (*widen_signed)(float *room, const int16_t *samples, int32_t count);
    /** The derivatives of kernels [side, middle, side] x [-1, 0, 1]. */
    void (*centred)(float *dx, float *dy, const float *above, const float *here, const float *below,
                    float side, float middle, int32_t count);
    /** Those of Roberts, each along a diagonal: dx = below[i + 1] - here[i],
     *  dy = below[i] - here[i + 1]. */
    void (*crossed)(float *dx, float *dy, const float *here, const float *below, int32_t count);
    /** out = min(sqrt(dx^2 + dy^2) / unit, most). */
    void (*magnitude)(float *out, const float *dx, const float *dy, float unit, float most,
                      int32_t count);
    /** Takes dx and dy over into best_dx and best_dy where they are longer. */
    void (*longest)(float *best_dx, float *best_dy, const float *dx, const float *dy,
                    int32_t count);
    /** Adds dx^2, dx dy and dy^2. */
    void (*gather)(const seg_slope_tensor *tensor, const float *dx, const float *dy, int32_t count);
    /** Di Zenzo: the direction in which a tensor changes most, as long as it changes: dx and dy
     *  have the square root of its larger eigenvalue as length, and no meaningful sign. */
    void (*steepest)(float *dx, float *dy, const seg_slope_tensor *tensor, int32_t count);
    /** out = left + right + above + below - 4 here. */
    void (*laplacian)(float *out, const float *above, const float *here, const float *below,
                      int32_t count);
    /** How steeply the response passes through 0 at a pixel (zero_crossings.c): the largest of both
     *  axes, times scale, at most 1; 0 where it does not. */
    void (*crossing)(float *out, const float *above, const float *here, const float *below,
                     float scale, int32_t count);
} seg_slopes_kernels;

SEG_KERNELS_DECLARE(slopes);

#endif
