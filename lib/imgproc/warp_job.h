/* A warp that runs, for the ways that it may go: any (warp.c), upright (warp_upright.c). */
#ifndef SEG_IMGPROC_WARP_JOB_H
#define SEG_IMGPROC_WARP_JOB_H

#include "imgproc/warp.h"
#include "kernels/warp.h"

#define SEG_WARP_BLOCK 64  /* pixels placed at a time */
#define SEG_WARP_PIXEL 16  /* bytes of the largest pixel */
#define SEG_WARP_FINEST 16 /* samples of a side of a pixel, for areas */

typedef struct warp_job {
    const seg_image *target, *source;
    const seg_warp *warp;
    const seg_warp_kernels *kernels;
    seg_warp_sample sample;
    double matrix[9]; /* from target columns and rows to 1/1024 pixel of the source's, at centres */
    bool affine;
    bool upright;         /* affine, and columns stay columns: the source is scaled, or mirrored */
    bool moves;           /* whole pixels, and neighbours stay so: moved, mirrored, turned */
    int32_t half;         /* rounding of places */
    int32_t before, taps; /* of a side: those before the place, and all */
    int32_t across, down; /* samples of a target pixel */
    uint8_t fill[SEG_WARP_PIXEL];
    bool flat; /* the fill is one byte, repeated */
    size_t pixel;
} warp_job;

/** Places of the pixels first .. first + count - 1 of a target row, shifted by a part of a pixel.
 */
void seg_warp_place(const warp_job *job, int32_t *x, int32_t *y, int32_t first, int32_t row,
                    int32_t count, double shift_x, double shift_y);

/** Any pixels of a row, in the long way. */
void seg_warp_part(const warp_job *job, uint8_t *target, int32_t first, int32_t row, int32_t count);

/** Rows of a source of u8 whose columns are the target's: the same bytes as in the long way. */
void seg_warp_upright_areas(const warp_job *job, int32_t first, int32_t end);
void seg_warp_upright_bilinear(const warp_job *job, int32_t first, int32_t end);

#endif
