/* Moving what is known of each pixel to another view. */
#include "imgproc/grid.h"

#include "core/check.h"

#include <string.h>

/* ---- which place is which ---- */

static void find_row(int32_t *places, const seg_grid *grid, const double m[9], int32_t margin,
                     int32_t y) {
    const double right = grid->width - margin, bottom = grid->height - margin;
    for (int32_t x = 0; x < grid->width; x++) {
        const double to_x = x + 0.5, to_y = y + 0.5;
        const double w = m[6] * to_x + m[7] * to_y + m[8];
        const double from_x = (m[0] * to_x + m[1] * to_y + m[2]) / w;
        const double from_y = (m[3] * to_x + m[4] * to_y + m[5]) / w;
        const bool inside =
            w > 0 && from_x >= margin && from_x < right && from_y >= margin && from_y < bottom;
        places[x] = inside ? (int32_t)from_x + grid->width * (int32_t)from_y : -1;
    }
}

/* How far the places of row y reach back, in rows, if rows are written downwards or upwards. */
static void reach_back(int32_t *down, int32_t *up, const seg_grid *grid, int32_t y) {
    const int32_t *places = grid->places + (size_t)y * (size_t)grid->width;
    for (int32_t x = 0; x < grid->width; x++) {
        if (places[x] < 0) continue;
        const int32_t above = y - places[x] / grid->width;
        *down = above > *down ? above : *down;
        *up = -above > *up ? -above : *up;
    }
}

seg_status seg_grid_make(seg_grid *grid, const double from[9], int32_t width, int32_t height,
                         int32_t margin, size_t row, seg_scratch *scratch) {
    int32_t down = 0, up = 0;
    *grid = (seg_grid){.width = width, .height = height};
    if ((int64_t)width * height > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT,
                        "views of %d x %d pixels cannot be moved (at most 2^31 - 1)", (int)width,
                        (int)height);
    grid->places = seg_scratch_take(scratch, (size_t)width * (size_t)height, sizeof *grid->places,
                                    "places of a view");
    if (!grid->places) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < height; y++) {
        find_row(grid->places + (size_t)y * (size_t)width, grid, from, margin, y);
        reach_back(&down, &up, grid, y);
    }
    grid->upwards = up < down;
    grid->held = (grid->upwards ? up : down) + 1; /* and the row at hand */
    grid->rows = seg_scratch_take(scratch, (size_t)grid->held, row, "rows of a view");
    return grid->rows ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- moving ---- */

/* Pixels from x on that come from places side by side, of one run each, or all from nowhere. */
static int32_t together(const seg_grid *grid, const seg_grid_layout *layout, const int32_t *places,
                        int32_t x) {
    const int32_t from = places[x] < 0 ? -1 : places[x] % grid->width;
    int32_t most = layout->run - x % layout->run, n = 1;
    if (grid->width - x < most) most = grid->width - x;
    if (from >= 0 && layout->run - from % layout->run < most)
        most = layout->run - from % layout->run;
    if (from >= 0 && grid->width - from < most) most = grid->width - from;
    while (n < most && places[x + n] == (from < 0 ? -1 : places[x] + n))
        n++;
    return n;
}

/* `n` bits to place x of a row, from place `from`; NULL = zeros. */
static void move_bits(uint8_t *target, int32_t x, const uint8_t *source, int32_t from, int32_t n) {
    for (int32_t i = 0; i < n; i++, x++, from++) {
        const uint8_t bit = (uint8_t)(1 << x % 8);
        const bool set = source && source[from / 8] >> from % 8 & 1;
        target[x / 8] = (uint8_t)(set ? target[x / 8] | bit : target[x / 8] & ~bit);
    }
}

/* `n` pixels of a plane. `source` NULL = `fill`. */
static void move_run(uint8_t *target, int32_t x, const uint8_t *source, int32_t from, int32_t n,
                     const seg_grid_layout *layout, const void *fill) {
    const size_t size = layout->size;
    if (size == 0) {
        move_bits(target, x, source, from, n);
        return;
    }
    target += (size_t)x * size;
    if (source)
        memcpy(target, source + (size_t)from * size, (size_t)n * size);
    else if (!fill)
        memset(target, 0, (size_t)n * size);
    for (int32_t i = 0; !source && fill && i < n; i++)
        memcpy(target + (size_t)i * size, fill, size);
}

static void move_row(const seg_grid *grid, uint8_t *data, const seg_grid_layout *layout, int32_t y,
                     const void *fill) {
    const int32_t *places = grid->places + (size_t)y * (size_t)grid->width, run = layout->run;
    for (int32_t x = 0, n; x < grid->width; x += n) {
        n = together(grid, layout, places, x);
        uint8_t *target = data + (size_t)y * layout->row + (size_t)(x / run) * layout->block;
        const uint8_t *source = NULL;
        int32_t from = 0;
        if (places[x] >= 0) {
            const int32_t row = places[x] / grid->width;
            const bool whole = grid->upwards ? row < y : row > y;
            from = places[x] % grid->width;
            source = (whole ? data + (size_t)row * layout->row
                            : grid->rows + (size_t)(row % grid->held) * layout->row) +
                     (size_t)(from / run) * layout->block;
        }
        for (int32_t p = 0; p < layout->planes; p++) {
            const size_t at = (size_t)p * layout->plane;
            move_run(target + at, x % run, source ? source + at : NULL, from % run, n, layout,
                     fill);
        }
    }
}

void seg_grid_move(const seg_grid *grid, void *data, const seg_grid_layout *layout,
                   const void *fill) {
    for (int32_t i = 0; i < grid->height; i++) {
        const int32_t y = grid->upwards ? grid->height - 1 - i : i;
        memcpy(grid->rows + (size_t)(y % grid->held) * layout->row,
               (uint8_t *)data + (size_t)y * layout->row, layout->row);
        move_row(grid, data, layout, y, fill);
    }
}

void seg_grid_move_image(const seg_grid *grid, const seg_image *image, const void *fill) {
    if (seg_image_empty(image)) return;
    const seg_grid_layout layout = {.row = (size_t)image->stride,
                                    .run = grid->width,
                                    .planes = 1,
                                    .size = seg_format_size((seg_format)image->format)};
    seg_grid_move(grid, image->data, &layout, fill);
}
