/* Patience with what stands. */
#include "temporal/patience.h"

#include "core/check.h"
#include "imgproc/masks.h"
#include "imgproc/still_method.h"

#include <string.h>

#define ALL UINT16_MAX

static bool counts(const seg_duration *absorb) {
    return absorb->value > 0 && absorb->value < SEG_NEVER;
}

seg_status seg_patience_start(seg_patience *patience, const seg_duration *absorb, int32_t width,
                              int32_t height, const seg_env *env) {
    patience->due = 0;
    if (!counts(absorb)) return SEG_OK;
    SEG_TRY(seg_image_reuse(&patience->spent, width, height, SEG_U16, 1, env));
    SEG_TRY(seg_image_reuse(&patience->gap, width, height, SEG_U8, 1, env));
    seg_image_clear(&patience->spent);
    seg_image_clear(&patience->gap);
    return SEG_OK;
}

void seg_patience_free(seg_patience *patience) {
    seg_image_unref(&patience->spent);
    seg_image_unref(&patience->gap);
}

void seg_patience_judge(uint8_t *absorbed, const seg_patience *patience, int32_t y, int32_t width) {
    memset(absorbed, 0, (size_t)width);
    if (seg_image_empty(&patience->spent)) return;
    const uint16_t *spent = seg_image_row(&patience->spent, y);
    for (int32_t x = 0; x < width; x++)
        absorbed[x] = spent[x] == ALL ? 255 : 0;
}

static void count_row(uint16_t *spent, uint8_t *gap, const uint8_t *mask, uint16_t step,
                      int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const uint16_t room = (uint16_t)(ALL - spent[x]);
        const uint8_t longer = (uint8_t)(gap[x] < SEG_PATIENCE_GAP ? gap[x] + 1 : SEG_PATIENCE_GAP);
        gap[x] = mask[x] ? 0 : longer;
        if (mask[x])
            spent[x] = (uint16_t)(spent[x] + (step < room ? step : room));
        else if (longer == SEG_PATIENCE_GAP)
            spent[x] = 0;
    }
}

void seg_patience_count(seg_patience *patience, const seg_image *mask, const seg_duration *absorb,
                        const seg_clock *clock) {
    if (!counts(absorb)) return;
    patience->due += ALL * seg_clock_step(clock, absorb) / absorb->value;
    if (patience->due > ALL) patience->due = ALL;
    const uint16_t step = (uint16_t)patience->due;
    patience->due -= step;
    for (int32_t y = 0; y < mask->height; y++)
        count_row(seg_image_row(&patience->spent, y), seg_image_row(&patience->gap, y),
                  seg_image_row(mask, y), step, mask->width);
}

size_t seg_patience_row(const seg_patience *patience) {
    return seg_image_empty(&patience->spent) ? 0 : (size_t)patience->spent.stride;
}

void seg_patience_move(seg_patience *patience, const seg_grid *grid) {
    seg_grid_move_image(grid, &patience->spent, NULL);
    seg_grid_move_image(grid, &patience->gap, NULL);
}

/* Too many bytes to count are more than any blob has. */
size_t seg_patience_size(const seg_duration *absorb, int32_t width, int32_t height) {
    size_t pixels, bytes;
    if (!counts(absorb)) return sizeof(double);
    if (!seg_size_multiply(&pixels, (size_t)width, (size_t)height) ||
        !seg_size_multiply(&bytes, pixels, sizeof(uint16_t) + sizeof(uint8_t)))
        return SIZE_MAX;
    return bytes + sizeof(double);
}

void seg_patience_write(seg_blob_writer *writer, const seg_patience *patience) {
    seg_blob_write_f64(writer, &patience->due, 1);
    seg_blob_write_image(writer, &patience->spent);
    seg_blob_write_image(writer, &patience->gap);
}

void seg_patience_read(seg_blob_reader *reader, seg_patience *patience) {
    seg_blob_read_f64(reader, &patience->due, 1);
    if (!(patience->due >= 0 && patience->due <= ALL)) reader->failed = true;
    seg_blob_read_image(reader, &patience->spent);
    seg_blob_read_image(reader, &patience->gap);
}
