/* The kernel of mean shift: what lies near a point in place and colour. */
#ifndef SEG_KERNELS_SHIFT_H
#define SEG_KERNELS_SHIFT_H

#include "kernels/level.h"

#define SEG_SHIFT_LANES 16

/* The radius of the ball in colours, and where differences are cut: three such squares fit 16 bits,
 * one alone is beyond the radius. */
#define SEG_SHIFT_RADIUS 100
#define SEG_SHIFT_CUT 104

/** Sixteen pixels of a window, side by side. */
typedef struct seg_shift_stretch {
    int16_t inside[SEG_SHIFT_LANES];                /* -1 for a pixel of the window, else 0 */
    int16_t x[SEG_SHIFT_LANES], y[SEG_SHIFT_LANES]; /* from the middle, within -64 .. 64 inside */
    ptrdiff_t offset;                               /* of the first one from the middle, samples */
} seg_shift_stretch;

/** All samples of the stretches can be read; they and the middle lie within -16000 .. 30000, and
 *  differ by less than 32768 downwards. */
typedef struct seg_shift_window {
    const int16_t *plane[3]; /* the middle pixel; 1 and 2 are NULL for grey */
    const seg_shift_stretch *stretches;
    int32_t count;
} seg_shift_window;

typedef struct seg_shift_sums {
    int32_t count, x, y, colour[3]; /* x, y and colours as differences from the middle */
} seg_shift_sums;

/* Up to this radius the sums over a disk fit 16 bits. */
#define SEG_SHIFT_SMALL 10

/** A pixel of a disk, from the middle. */
typedef struct seg_shift_step {
    ptrdiff_t offset; /* samples */
    int32_t x, y;
} seg_shift_step;

/** Sums of sixteen windows whose middles lie side by side. */
typedef struct seg_shift_many {
    int16_t count[SEG_SHIFT_LANES], x[SEG_SHIFT_LANES], y[SEG_SHIFT_LANES];
    int16_t colour[3][SEG_SHIFT_LANES];
} seg_shift_many;

typedef struct seg_shift_kernels {
    /** Sums over the pixels of the window whose colours lie within SEG_SHIFT_RADIUS of `colour`
     *  (differences are cut at SEG_SHIFT_CUT before they are squared). */
    void (*gather)(seg_shift_sums *sums, const seg_shift_window *window, const int16_t colour[3]);
    /** The same for sixteen pixels from `plane` on, each with its own colour, over a disk of
     * `count` steps whose radius is at most SEG_SHIFT_SMALL. */
    void (*gather_many)(seg_shift_many *sums, const int16_t *const plane[3],
                        const seg_shift_step *steps, int32_t count);
} seg_shift_kernels;

SEG_KERNELS_DECLARE(shift);

#endif
