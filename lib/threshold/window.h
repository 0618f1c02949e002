/* Sums over the square window around every pixel, row by row, at a cost that does not depend on the
 * side. Beyond the picture its border pixels are repeated, so that every window is whole. */
#ifndef SEG_THRESHOLD_WINDOW_H
#define SEG_THRESHOLD_WINDOW_H

#include "core/memory.h"
#include "kernels/local.h"
#include "kernels/pixel.h"
#include <segment/image.h>

/**
 * One worker's sums. Narrow ones are of u8 pictures and sides up to SEG_LOCAL_NARROW_SIDE: rows of
 * u8, sums and squares of 32 bits. Wide ones are of all others: rows of u16 (f32 rounded to 16
 * bits, what is not finite as f32_to_u16 has it), sums and squares of 64 bits.
 */
typedef struct seg_window {
    const seg_local_kernels *kernels;
    const seg_pixel_kernels *pixels;
    const seg_image *source;
    int32_t side, y;
    bool wide, squared;
    bool columns_only; /* set between rows: no sums of windows, only of columns */
    const void *row;   /* row y of the source */
    void *sums;        /* of its windows */
    void *squares;     /* if squared */
    void *column_sums, *column_squares;
    uint16_t *converted[3]; /* rows that are not u8 or u16 as they should be */
    void *zeros;
} seg_window;

/** Windows for `workers` workers. `source`: one channel; `side` odd, 1 to SEG_LOCAL_WIDE_SIDE. */
SEG_NODISCARD seg_status seg_windows_take(seg_window **windows, const seg_image *source,
                                          int32_t side, bool squared, int32_t workers,
                                          seg_scratch *scratch);

/** The next row will be `y`. */
void seg_window_start(seg_window *window, int32_t y);

/** Goes on to the next row. */
void seg_window_next(seg_window *window);

/** What a full sample is in the rows of windows: 255, 65535, or what u16 has. */
double seg_window_full_scale(const seg_image *source);

/** Rows of a band: enough to pay for its first window; depends on picture and side only. */
int32_t seg_window_band(const seg_image *source, int32_t side);

#endif
