/* What is known of each pixel, moved to another view of the same scene: of each place the nearest
 * one, whatever a pixel's memory looks like, in that memory. */
#ifndef SEG_IMGPROC_GRID_H
#define SEG_IMGPROC_GRID_H

#include "core/memory.h"
#include <segment/image.h>

/** Which place of the old view each place of the new one was. */
typedef struct seg_grid {
    int32_t width, height;
    int32_t *places; /* x + width * y for each place; -1 = it was not in view */
    bool upwards;    /* rows are written from the last to the first */
    int32_t held;    /* so many rows are read after they were written over */
    uint8_t *rows;   /* room for them */
} seg_grid;

/** How pixels lie in memory: that of (x, y) on plane p begins at
 *  y * row + x / run * block + p * plane + x % run * size. */
typedef struct seg_grid_layout {
    size_t row;     /* bytes from one row to the next */
    int32_t run;    /* pixels that lie side by side ... */
    size_t block;   /* ... and bytes from their first one to that of the next ones */
    size_t plane;   /* bytes from one plane to the next */
    int32_t planes; /* of each pixel */
    size_t size;    /* bytes of a pixel on a plane; 0 = it is a bit, the lowest of a byte first */
} seg_grid_layout;

/**
 * `from` leads from the new view to the old one, row by row as a seg_warp's matrix, pixel (0,0)
 * being 0..1, 0..1. What was within `margin` pixels of the old view's border does not count as
 * seen. `row` is the largest of the layouts' that will be moved. All room comes from `scratch`:
 * SEG_ERROR_MEMORY; 2^31 pixels or more are SEG_ERROR_LIMIT. What follows cannot fail.
 */
SEG_NODISCARD seg_status seg_grid_make(seg_grid *grid, const double from[9], int32_t width,
                                       int32_t height, int32_t margin, size_t row,
                                       seg_scratch *scratch);

/** Moves `data`. What was not in view becomes `fill`, a pixel on a plane; NULL = zeros. */
void seg_grid_move(const seg_grid *grid, void *data, const seg_grid_layout *layout,
                   const void *fill);

/** The same with a picture of one channel in memory of its own; an empty one is let be. */
void seg_grid_move_image(const seg_grid *grid, const seg_image *image, const void *fill);

#endif
