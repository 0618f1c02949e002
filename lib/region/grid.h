/* The grid of cells that superpixels start from: about so many, nearly square, parting the picture
 * evenly. */
#ifndef SEG_REGION_GRID_H
#define SEG_REGION_GRID_H

#include <math.h>
#include <stdint.h>

typedef struct seg_grid {
    int32_t width, height; /* of the picture */
    int32_t columns, rows; /* each at least 1 pixel */
} seg_grid;

static inline int32_t seg_grid_count(double cells, int32_t most) {
    const double rounded = floor(cells + 0.5);
    return rounded < 1 ? 1 : rounded > most ? most : (int32_t)rounded;
}

/** Columns of nearly square cells, and as many rows as make about `regions` cells of them. */
static inline void seg_grid_make(seg_grid *grid, int32_t width, int32_t height, int32_t regions) {
    const double side = sqrt((double)width * height / regions);
    grid->width = width;
    grid->height = height;
    grid->columns = seg_grid_count(width / side, width);
    grid->rows = seg_grid_count((double)regions / grid->columns, height);
    grid->columns = seg_grid_count((double)regions / grid->rows, width);
}

/** Left side of a column of cells, and of the one behind the last. */
static inline int32_t seg_grid_left(const seg_grid *grid, int32_t column) {
    return (int32_t)((int64_t)grid->width * column / grid->columns);
}

static inline int32_t seg_grid_top(const seg_grid *grid, int32_t row) {
    return (int32_t)((int64_t)grid->height * row / grid->rows);
}

/** Side of a square as large as a cell, in pixels. */
static inline double seg_grid_side(const seg_grid *grid) {
    return sqrt((double)grid->width * grid->height / ((double)grid->columns * grid->rows));
}

/** Longest side of any cell, in pixels. */
static inline int32_t seg_grid_longest(const seg_grid *grid) {
    const int32_t width = (grid->width - 1) / grid->columns + 1;
    const int32_t height = (grid->height - 1) / grid->rows + 1;
    return width > height ? width : height;
}

#endif
