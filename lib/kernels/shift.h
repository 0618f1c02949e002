/* The kernel of mean shift: what lies near a point in place and colour. */
#ifndef SEG_KERNELS_SHIFT_H
#define SEG_KERNELS_SHIFT_H

#include "kernels/level.h"

#define SEG_SHIFT_SLACK 16 /* samples behind a row of the window that may be read */

/* The radius of the ball in colours, and where differences are cut: three such squares fit 16 bits,
 * one alone is beyond the radius. */
#define SEG_SHIFT_RADIUS 100
#define SEG_SHIFT_CUT 104

/** A disk of pixels: row k (0 .. 2 radius) has the columns -widths[k] .. widths[k]. */
typedef struct seg_shift_window {
    const int16_t *plane[3]; /* the middle pixel; 1 and 2 are NULL for grey */
    ptrdiff_t stride;        /* samples between rows */
    int32_t first, end;      /* rows that are in the picture, of 0 .. 2 radius + 1 */
    int32_t radius;          /* at most 64 */
    const int16_t *widths;
} seg_shift_window;

typedef struct seg_shift_sums {
    int32_t count, x, y, colour[3]; /* x, y and colours as differences from the middle */
} seg_shift_sums;

typedef struct seg_shift_kernels {
    /** Sums over the pixels of the window whose colours lie within SEG_SHIFT_RADIUS of `colour`
     *  (differences are cut at SEG_SHIFT_CUT before they are squared). */
    void (*gather)(seg_shift_sums *sums, const seg_shift_window *window, const int16_t colour[3]);
} seg_shift_kernels;

SEG_KERNELS_DECLARE(shift);

#endif
