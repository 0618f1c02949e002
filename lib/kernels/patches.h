/* Kernels of patch search: squares of 8 x 8 pixels held against a picture between its pixels. */
#ifndef SEG_KERNELS_PATCHES_H
#define SEG_KERNELS_PATCHES_H

#include "kernels/level.h"

#include <stddef.h>

enum { SEG_PATCH = 8 };

/** A patch and the place it is held against, nine rows of nine samples at `second`. A sample there
 *  lies between four: h = a + fx (b - a) of two rows, then h + fy (h' - h). */
typedef struct seg_patch_place {
    const float *first, *dx, *dy; /* the patch and its derivatives, rows `stride` apart */
    const float *second;
    ptrdiff_t stride;
    float fx, fy;
} seg_patch_place;

/** Sums over a patch, each over its eight columns first, these added as
 *  ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)). e = second - first. */
typedef struct seg_patch_sums {
    float e, ee, ex, ey;
} seg_patch_sums;

/** The same of the derivatives: for the matrix of the search. */
typedef struct seg_patch_tensor {
    float x, y, xx, xy, yy;
} seg_patch_tensor;

typedef struct seg_patches_kernels {
    void (*compare)(seg_patch_sums *sums, const seg_patch_place *place);
    void (*tensor)(seg_patch_tensor *tensor, const float *dx, const float *dy, ptrdiff_t stride);
    /** In rows first .. end-1 of the patch: w = 1 / max(1, |e|); weight += w, sum_u += w u,
     *  sum_v += w v. The sums' rows are `stride` apart as well, at the patch's own place. */
    void (*spread)(float *weight, float *sum_u, float *sum_v, const seg_patch_place *place, float u,
                   float v, int32_t first, int32_t end);
    /** out[x] = mean of the 2 x 2 samples at 2 x of two rows: ((a + b) + (c + d)) / 4. */
    void (*halve)(float *out, const float *upper, const float *lower, int32_t count);
} seg_patches_kernels;

SEG_KERNELS_DECLARE(patches);

#endif
