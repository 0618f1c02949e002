/*
 * Kernels of warps: where the pixels of a target row come from, and what lies there.
 *
 * Places are whole numbers of 1/1024 pixel (SEG_WARP_ONE): 2^20 pixels fit. The fraction counts to
 * 1/32 pixel for u8, as OpenCV's does, 1/128 for u16 and 1/1024 for f32; places come rounded to
 * that, so that kernels cut.
 */
#ifndef SEG_KERNELS_WARP_H
#define SEG_KERNELS_WARP_H

#include "kernels/level.h"
#include <segment/image.h>

#define SEG_WARP_SHIFT 10
#define SEG_WARP_ONE (1 << SEG_WARP_SHIFT)
/* Places are cut at this many pixels to either side, far enough from what overflows. */
#define SEG_WARP_FURTHEST ((double)((1 << 30) - (1 << 12)))
/* Columns to the right of the last tap that may be read. */
#define SEG_WARP_SLACK 2

/** Rounding of places, added before kernels cut: half a pixel to the nearest one, half of 1/32 ...
 */
#define SEG_WARP_HALF_PIXEL (SEG_WARP_ONE / 2)
#define SEG_WARP_HALF_U8 16
#define SEG_WARP_HALF_U16 4

/* Sampling: every tap, and SEG_WARP_SLACK pixels to the right, lies inside `source`. */
typedef void (*seg_warp_sample)(void *target, const seg_image *source, const int32_t *x,
                                const int32_t *y, size_t count);

/* Samples of a row that are mixed of two each, in groups: those of a group lie near each other. */
#define SEG_WARP_GROUP 8   /* samples of the target */
#define SEG_WARP_SPREAD 16 /* samples of the source, from the group's base on, that may be read */
typedef struct seg_warp_columns {
    const int32_t *base;   /* of each group, the last one cut */
    const uint8_t *pick;   /* two of each sample, from the base on */
    const uint8_t *weight; /* of both; they sum to 32. Picks and weights fill the last group */
} seg_warp_columns;

typedef struct seg_warp_kernels {
    /** places[i] = start + round((first + i) * step), cut to the furthest. */
    void (*place_line)(int32_t *places, int32_t start, double step, int32_t first, size_t count);
    /** x[i] = half + round(X / W), y alike, of numerators and denominator at[k] + (first + i) *
     *  step[k], k = x, y, w; in 1/1024 pixel. */
    void (*place_projective)(int32_t *x, int32_t *y, const double at[3], const double step[3],
                             int32_t half, int32_t first, size_t count);
    /** Adds displacements in pixels, x and y in turn. */
    void (*displace)(int32_t *x, int32_t *y, const float *field, size_t count);
    /** 1 if places lie in 0 .. width and 0 .. height (exclusive, 1/1024 pixel), 2 if some do not,
     *  or both. */
    int (*inside)(const int32_t *x, const int32_t *y, size_t count, int32_t width, int32_t height);
    /** target[i] = the pixel at from + i * step bytes; of 1 .. 16 bytes. */
    void (*line)(void *target, const uint8_t *from, ptrdiff_t step, size_t count, size_t pixel);
    /** sums[j] = the two samples of j, weighed: 32 times the sample in between. */
    void (*across_u8)(uint16_t *sums, const uint8_t *row, const seg_warp_columns *columns,
                      size_t count);
    /** The rounded mix of two such rows, weights 32 - fraction and fraction. */
    void (*down_u8)(uint8_t *target, const uint16_t *top, const uint16_t *bottom, int32_t fraction,
                    size_t count);
    seg_warp_sample nearest;  /* any format */
    seg_warp_sample bilinear; /* not of labels; what is not finite counts as 0 */
    seg_warp_sample bicubic;  /* Catmull-Rom, likewise */
} seg_warp_kernels;

SEG_KERNELS_DECLARE(warp);

#endif
