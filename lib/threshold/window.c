/* Running sums of columns, and along rows over them. */
#include "threshold/window.h"

#include "core/check.h"

#include <string.h>

double seg_window_full_scale(const seg_image *source) {
    return source->format == SEG_F32 ? 65535 : seg_image_full_scale(source);
}

int32_t seg_window_band(const seg_image *source, int32_t side) {
    const int64_t rows = 128 + 8 * (int64_t)side;
    return rows < source->height ? (int32_t)rows : source->height;
}

static seg_status take_one(seg_window *window, seg_scratch *scratch) {
    const size_t width = (size_t)window->source->width;
    const size_t columns = width + (size_t)window->side - 1;
    const size_t item = window->wide ? sizeof(uint64_t) : sizeof(uint32_t);
    const size_t sum = window->wide ? sizeof(uint32_t) : sizeof(uint16_t);
    window->column_sums = seg_scratch_take(scratch, columns, sum, "sums of columns");
    window->sums = seg_scratch_take(scratch, width, item, "sums of windows");
    window->zeros = seg_scratch_take(scratch, width, sizeof(uint16_t), "a row of zeros");
    if (!window->column_sums || !window->sums || !window->zeros) return SEG_ERROR_MEMORY;
    memset(window->zeros, 0, width * sizeof(uint16_t));
    if (window->squared) {
        window->column_squares = seg_scratch_take(scratch, columns, item, "squares of columns");
        window->squares = seg_scratch_take(scratch, width, item, "squares of windows");
        if (!window->column_squares || !window->squares) return SEG_ERROR_MEMORY;
    }
    for (int i = 0; i < 3 && window->wide && window->source->format != SEG_U16; i++) {
        window->converted[i] = seg_scratch_take(scratch, width, sizeof(uint16_t), "rows");
        if (!window->converted[i]) return SEG_ERROR_MEMORY;
    }
    return SEG_OK;
}

seg_status seg_windows_take(seg_window **windows, const seg_image *source, int32_t side,
                            bool squared, int32_t workers, seg_scratch *scratch) {
    seg_window *all = seg_scratch_take(scratch, (size_t)workers, sizeof *all, "windows");
    if (!all) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < workers; i++) {
        all[i] = (seg_window){.source = source, .side = side, .squared = squared};
        all[i].kernels = seg_local_kernels_get();
        all[i].pixels = seg_pixel_kernels_get();
        all[i].wide = source->format != SEG_U8 || side > SEG_LOCAL_NARROW_SIDE;
        SEG_TRY(take_one(&all[i], scratch));
    }
    *windows = all;
    return SEG_OK;
}

/* Row y, or the nearest one there is. `slot` tells converted rows apart. */
static const void *row_of(const seg_window *window, int64_t y, int slot) {
    const seg_image *source = window->source;
    const int32_t last = source->height - 1;
    const void *row = seg_image_row(source, y < 0 ? 0 : y > last ? last : (int32_t)y);
    uint16_t *converted = window->converted[slot];
    if (!converted) return row;
    const size_t width = (size_t)source->width;
    if (source->format == SEG_F32)
        window->pixels->f32_to_u16(converted, row, width);
    else
        for (size_t x = 0; x < width; x++)
            converted[x] = ((const uint8_t *)row)[x];
    return converted;
}

static void slide(seg_window *window, const void *enter, const void *leave) {
    const seg_local_kernels *kernels = window->kernels;
    const size_t width = (size_t)window->source->width, radius = (size_t)window->side / 2;
    if (window->wide) {
        uint32_t *sums = (uint32_t *)window->column_sums + radius;
        uint64_t *squares = (uint64_t *)window->column_squares;
        if (window->squared)
            kernels->slide_u16(sums, squares + radius, enter, leave, width);
        else
            kernels->slide_sums_u16(sums, enter, leave, width);
    } else {
        uint16_t *sums = (uint16_t *)window->column_sums + radius;
        uint32_t *squares = (uint32_t *)window->column_squares;
        if (window->squared)
            kernels->slide_u8(sums, squares + radius, enter, leave, width);
        else
            kernels->slide_sums_u8(sums, enter, leave, width);
    }
}

void seg_window_start(seg_window *window, int32_t y) {
    const size_t columns = (size_t)window->source->width + (size_t)window->side - 1;
    const int64_t radius = window->side / 2;
    memset(window->column_sums, 0, columns * (window->wide ? sizeof(uint32_t) : sizeof(uint16_t)));
    if (window->squared)
        memset(window->column_squares, 0,
               columns * (window->wide ? sizeof(uint64_t) : sizeof(uint32_t)));
    window->y = y - 1;
    for (int64_t k = -radius; k <= radius; k++)
        slide(window, row_of(window, y - 1 + k, 0), window->zeros);
}

/* The border columns once more on both sides. */
#define REPEAT_BORDER(type, columns_)                                                              \
    do {                                                                                           \
        type *columns = (columns_);                                                                \
        for (size_t i = 0; i < radius; i++) {                                                      \
            columns[i] = columns[radius];                                                          \
            columns[radius + width + i] = columns[radius + width - 1];                             \
        }                                                                                          \
    } while (0)

void seg_window_next(seg_window *window) {
    const seg_local_kernels *kernels = window->kernels;
    const size_t width = (size_t)window->source->width, side = (size_t)window->side;
    const size_t radius = side / 2;
    window->y++;
    const void *leave = row_of(window, (int64_t)window->y - 1 - (int64_t)radius, 1);
    slide(window, row_of(window, (int64_t)window->y + (int64_t)radius, 0), leave);
    window->row = row_of(window, window->y, 2);
    if (window->wide) {
        REPEAT_BORDER(uint32_t, window->column_sums);
        kernels->window_u32_wide(window->sums, window->column_sums, width, side);
    } else {
        REPEAT_BORDER(uint16_t, window->column_sums);
        if (window->columns_only) return;
        kernels->window_u16(window->sums, window->column_sums, width, side);
    }
    if (!window->squared) return;
    if (window->wide) {
        REPEAT_BORDER(uint64_t, window->column_squares);
        kernels->window_u64(window->squares, window->column_squares, width, side);
    } else {
        REPEAT_BORDER(uint32_t, window->column_squares);
        kernels->window_u32(window->squares, window->column_squares, width, side);
    }
}
