/* Zhang-Suen thinning, then one by one the pixels that a table takes away from what is left, so
 * that corners become thin and junctions stay. */
#include "evaluate/stroke_skeleton.h"

#include "core/check.h"
#include "core/memory.h"

#include <string.h>

/* Table 1 of Lee and Chen: bit a is set if a pixel goes whose neighbours are a, bits 0 to 7 being
 * those at N, NE, E, SE, S, SW, W, NW. Its neighbours hang together without it; among those that
 * stay all the same are upright lines with a branch to one side. */
static const uint64_t superfluous[4] = {0x020f0000020d06020, 0x0a5aa0aa5b59a0aa,
                                        0x0a0a0000020a02020, 0x04850a0215b5b2020};

static bool on(const uint8_t *row, int32_t x, int32_t width) {
    return row && x >= 0 && x < width && row[x];
}

static uint32_t neighbours(const uint8_t *above, const uint8_t *row, const uint8_t *below,
                           int32_t x, int32_t width) {
    return (uint32_t)(on(above, x, width) | on(above, x + 1, width) << 1 |
                      on(row, x + 1, width) << 2 | on(below, x + 1, width) << 3 |
                      on(below, x, width) << 4 | on(below, x - 1, width) << 5 |
                      on(row, x - 1, width) << 6 | on(above, x - 1, width) << 7);
}

/* One sweep, each pixel seeing what the sweep has left so far; true if any went. */
static bool sweep(const seg_image *skeleton) {
    bool any = false;
    for (int32_t y = 0; y < skeleton->height; y++) {
        const uint8_t *above = y > 0 ? seg_image_row(skeleton, y - 1) : NULL;
        const uint8_t *below = y + 1 < skeleton->height ? seg_image_row(skeleton, y + 1) : NULL;
        uint8_t *row = seg_image_row(skeleton, y);
        for (int32_t x = 0; x < skeleton->width; x++) {
            if (!row[x]) continue;
            const uint32_t around = neighbours(above, row, below, x, skeleton->width);
            if (!(superfluous[around >> 6] >> (around & 63) & 1)) continue;
            row[x] = 0;
            any = true;
        }
    }
    return any;
}

static void clear_frame(const seg_image *mask) {
    const size_t width = (size_t)mask->width;
    memset(seg_image_row(mask, 0), 0, width);
    memset(seg_image_row(mask, mask->height - 1), 0, width);
    for (int32_t y = 0; y < mask->height; y++) {
        uint8_t *row = seg_image_row(mask, y);
        row[0] = row[width - 1] = 0;
    }
}

/* Components that were thinned away get their centre, or their first pixel if that is none. */
static void plant(const seg_image *skeleton, const seg_image *labels,
                  const seg_component *components, int32_t count, bool *has_line) {
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *label = seg_image_row(labels, y);
        const uint8_t *row = seg_image_row(skeleton, y);
        for (int32_t x = 0; x < labels->width; x++)
            if (row[x] && label[x]) has_line[label[x] - 1] = true;
    }
    for (int32_t i = 0; i < count; i++) {
        if (has_line[i]) continue;
        const seg_component *c = &components[i];
        const double area = (double)c->area;
        int32_t x = (int32_t)(c->sum_x / area + 0.5), y = (int32_t)(c->sum_y / area + 0.5);
        if (((const int32_t *)seg_image_row(labels, y))[x] != i + 1) {
            y = c->box.y;
            const int32_t *first = seg_image_row(labels, y);
            for (x = c->box.x; first[x] != i + 1;)
                x++;
        }
        ((uint8_t *)seg_image_row(skeleton, y))[x] = 255;
    }
}

seg_status seg_stroke_skeleton(seg_image *skeleton, const seg_image *mask, const seg_image *labels,
                               const seg_component *components, int32_t count, bool framed,
                               const seg_env *env) {
    SEG_TRY(seg_image_copy(skeleton, mask, env));
    if (framed) clear_frame(skeleton);
    SEG_TRY(seg_thinning(skeleton, skeleton, SEG_THINNING_ZHANG_SUEN, 0, env));
    while (sweep(skeleton))
        ;
    bool *has_line = seg_allocate_zeroed(env, (size_t)count, sizeof *has_line, "flags");
    if (!has_line) return SEG_ERROR_MEMORY;
    plant(skeleton, labels, components, count, has_line);
    seg_release(env, has_line);
    return SEG_OK;
}
