/*
 * Binary morphology on rows of bits.
 *
 * Erosion is the complement of the dilation of the complement, which also gives its border: outside
 * counts as foreground there. Dilation by a square is done by rows, then by columns, each in steps
 * of doubling length, so its cost grows with the logarithm of the side; a cross is the union of a
 * row and a column. A disk or ellipse is the union of its rows: each row of the mask is widened
 * step by step as its rows get longer, and merged into the rows above and below; cost grows with
 * the side, by about a nanosecond a word of 64 pixels and row of it.
 *
 * A band of rows is packed with the rows around it that it depends on, goes through both steps of
 * an opening or closing in cache, and is unpacked.
 *
 * M. van Herk, Pattern Recognition Letters 13, 1992, has a bound independent of the side for grey
 * pictures; on words of bits the plain logarithmic scheme is cheaper.
 */
#include "imgproc/bitmap.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/grey_morphology.h"
#include "imgproc/samples.h"

#include <math.h>
#include <string.h>

#define LEAST_BAND 32

typedef struct morphing {
    const seg_image *target, *mask;
    const seg_bitmap *packed; /* the mask, where it is overwritten by the target; else NULL */
    const seg_bits_kernels *kernels;
    seg_element element;
    int32_t side, radius, passes;
    bool erode; /* in the first pass */
    const int32_t *half;
    int32_t pitch;
    uint64_t *rows, *others; /* of each worker: room of a band with its surroundings */
    size_t room;
    uint64_t *spare;
    size_t spare_room;
} morphing;

/* Rows in cache: row j of `rows` is row `first` + j of the picture, which may be outside. */
typedef struct row_block {
    uint64_t *rows, *others, *spare;
    int64_t first;
    int32_t count;
} row_block;

static uint64_t *row_of(const morphing *morph, uint64_t *rows, int32_t j) {
    return rows + (size_t)j * (size_t)morph->pitch;
}

static size_t row_size(const morphing *morph) {
    return (size_t)morph->pitch * sizeof(uint64_t);
}

static bool inside(const morphing *morph, const row_block *block, int32_t j) {
    return block->first + j >= 0 && block->first + j < morph->mask->height;
}

/* Rows outside count as empty. */
static void load(const morphing *morph, const row_block *block) {
    for (int32_t j = 0; j < block->count; j++) {
        uint64_t *row = row_of(morph, block->rows, j);
        const int32_t y = (int32_t)(block->first + j);
        if (!inside(morph, block, j))
            memset(row, 0, row_size(morph));
        else if (morph->packed)
            memcpy(row, seg_bitmap_row(morph->packed, y), row_size(morph));
        else
            morph->kernels->pack(row, seg_image_row(morph->mask, y), morph->mask->width);
    }
}

static void invert(const morphing *morph, const row_block *block) {
    for (int32_t j = 0; j < block->count; j++)
        if (inside(morph, block, j))
            seg_bits_invert(row_of(morph, block->rows, j), morph->mask->width);
}

/* Rows j and on become the or of `side` rows from j on, as far as there are so many. */
static void merge_columns(const morphing *morph, uint64_t *rows, int32_t count) {
    int32_t length = 1;
    while (length < morph->side) {
        const int32_t step = 2 * length <= morph->side ? length : morph->side - length;
        for (int32_t j = 0; j + step < count; j++)
            morph->kernels->merge(row_of(morph, rows, j), row_of(morph, rows, j + step),
                                  morph->pitch);
        length += step;
    }
}

static void dilate_square(const morphing *morph, const row_block *block) {
    for (int32_t j = 0; j < block->count; j++) {
        uint64_t *row = row_of(morph, block->rows, j);
        if (inside(morph, block, j))
            morph->kernels->widen(row, row, morph->mask->width, morph->radius, block->spare);
    }
    merge_columns(morph, block->rows, block->count);
}

static void dilate_cross(const morphing *morph, const row_block *block) {
    const int32_t left = block->count - 2 * morph->radius;
    for (int32_t j = 0; j < left; j++)
        morph->kernels->widen(row_of(morph, block->others, j),
                              row_of(morph, block->rows, j + morph->radius), morph->mask->width,
                              morph->radius, block->spare);
    merge_columns(morph, block->rows, block->count);
    for (int32_t j = 0; j < left; j++)
        morph->kernels->merge(row_of(morph, block->rows, j), row_of(morph, block->others, j),
                              morph->pitch);
}

static void dilate_disk(const morphing *morph, row_block *block) {
    const int32_t radius = morph->radius, left = block->count - 2 * radius;
    memset(block->others, 0, (size_t)left * row_size(morph));
    for (int32_t j = 0; j < block->count; j++) {
        uint64_t *row = row_of(morph, block->rows, j);
        int32_t width = 0;
        if (!inside(morph, block, j)) continue;
        for (int32_t dy = radius; dy >= 0; dy--) {
            const int32_t half = morph->half[dy + radius];
            const int32_t up = j - radius - dy, down = j - radius + dy;
            if (half > width)
                morph->kernels->widen(row, row, morph->mask->width, half - width, block->spare);
            width = half;
            if (up >= 0 && up < left)
                morph->kernels->merge(row_of(morph, block->others, up), row, morph->pitch);
            if (dy > 0 && down >= 0 && down < left)
                morph->kernels->merge(row_of(morph, block->others, down), row, morph->pitch);
        }
    }
    uint64_t *swap = block->rows;
    block->rows = block->others;
    block->others = swap;
}

/* Afterwards the block is shorter by the radius on either side. */
static void dilate(const morphing *morph, row_block *block) {
    if (morph->element == SEG_ELEMENT_SQUARE)
        dilate_square(morph, block);
    else if (morph->element == SEG_ELEMENT_CROSS)
        dilate_cross(morph, block);
    else
        dilate_disk(morph, block);
    block->first += morph->radius;
    block->count -= 2 * morph->radius;
    /* what grew out of the picture is not seen by the next step */
    for (int32_t j = 0; j < block->count; j++)
        if (!inside(morph, block, j)) memset(row_of(morph, block->rows, j), 0, row_size(morph));
}

static seg_status morph_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const morphing *morph = argument;
    const int32_t margin = morph->passes * morph->radius;
    bool erode = morph->erode;
    (void)band;
    row_block block = {.rows = morph->rows + (size_t)worker * morph->room,
                       .others = morph->others + (size_t)worker * morph->room,
                       .spare = morph->spare + (size_t)worker * morph->spare_room,
                       .first = (int64_t)first - margin,
                       .count = end - first + 2 * margin};
    load(morph, &block);
    for (int32_t pass = 0; pass < morph->passes; pass++) {
        if (erode) invert(morph, &block);
        dilate(morph, &block);
        if (erode) invert(morph, &block);
        erode = !erode;
    }
    for (int32_t y = first; y < end; y++)
        morph->kernels->unpack(seg_image_row(morph->target, y),
                               row_of(morph, block.rows, y - first), morph->mask->width);
    return SEG_OK;
}

static seg_status take_rows(morphing *morph, int32_t band_height, seg_scratch *scratch) {
    const size_t workers = (size_t)seg_workers(&scratch->env);
    const size_t height = (size_t)band_height + 2 * (size_t)morph->passes * (size_t)morph->radius;
    int32_t *half = seg_scratch_take(scratch, (size_t)morph->side, sizeof *half, "an element");
    if (!half) return SEG_ERROR_MEMORY;
    seg_element_rows(half, morph->element, morph->side);
    morph->half = half;
    morph->room = height * (size_t)morph->pitch;
    morph->spare_room = seg_bits_widen_room(morph->mask->width, morph->radius);
    morph->rows = seg_scratch_take(scratch, morph->room * workers, sizeof *morph->rows,
                                   "rows of a packed mask");
    morph->others = seg_scratch_take(scratch, morph->room * workers, sizeof *morph->others,
                                     "rows of a packed mask");
    morph->spare = seg_scratch_take(scratch, morph->spare_room * workers, sizeof *morph->spare,
                                    "rows of a packed mask");
    return morph->rows && morph->others && morph->spare ? SEG_OK : SEG_ERROR_MEMORY;
}

/* True if the pictures share memory, or may. */
static bool overlap(const seg_image *a, const seg_image *b) {
    const seg_image *images[2] = {a, b};
    uintptr_t low[2], high[2];
    for (int i = 0; i < 2; i++) {
        const uintptr_t first = (uintptr_t)images[i]->data;
        const uintptr_t last = (uintptr_t)seg_image_row(images[i], images[i]->height - 1);
        low[i] = first < last ? first : last;
        high[i] = (first < last ? last : first) + (uintptr_t)images[i]->width;
    }
    return low[0] < high[1] && low[1] < high[0];
}

void seg_element_rows(int32_t *half, seg_element element, int32_t side) {
    const int32_t radius = side / 2;
    int32_t disk = 0;
    /* as OpenCV computes them: with the inverse first */
    const double inverse = radius ? 1.0 / ((double)radius * radius) : 0;
    for (int32_t dy = -radius; dy <= radius; dy++) {
        const double chord = sqrt((double)(radius * radius - dy * dy) * inverse);
        while (disk < radius && (disk + 1) * (disk + 1) + dy * dy <= radius * radius)
            disk++;
        while (disk * disk + dy * dy > radius * radius)
            disk--;
        half[dy + radius] = element == SEG_ELEMENT_SQUARE    ? radius
                            : element == SEG_ELEMENT_DISK    ? disk
                            : element == SEG_ELEMENT_ELLIPSE ? (int32_t)rint(radius * chord)
                            : dy == 0                        ? radius
                                                             : 0;
    }
}

seg_status seg_element_check(seg_element element, int32_t side, seg_status status) {
    if (side < 1 || side > SEG_ELEMENT_MAX_SIDE || side % 2 == 0)
        return seg_fail(status,
                        "side has no valid value (got %ld px, allowed odd numbers from 1 to %d)",
                        (long)side, SEG_ELEMENT_MAX_SIDE);
    if (element < SEG_ELEMENT_SQUARE || element > SEG_ELEMENT_ELLIPSE)
        return seg_fail(
            status, "element has no valid value (got %d, allowed square, disk, cross or ellipse)",
            (int)element);
    return SEG_OK;
}

static seg_status morph(seg_image *target, const seg_image *mask, seg_morphology operation,
                        seg_element element, int32_t side, seg_scratch *scratch) {
    morphing morph = {.target = target, .mask = mask, .element = element, .side = side};
    if (element == SEG_ELEMENT_DISK && side == 3) morph.element = SEG_ELEMENT_CROSS; /* the same */
    morph.kernels = seg_bits_kernels_get();
    morph.radius = side / 2;
    morph.passes = operation == SEG_MORPH_OPEN || operation == SEG_MORPH_CLOSE ? 2 : 1;
    morph.erode = operation == SEG_MORPH_ERODE || operation == SEG_MORPH_OPEN;
    morph.pitch = seg_bits_words(mask->width);
    /* rows at the border of a band are loaded twice: keep their share low */
    int32_t band_height = 4 * side > LEAST_BAND ? 4 * side : LEAST_BAND;
    if (band_height > mask->height) band_height = mask->height;
    SEG_TRY(take_rows(&morph, band_height, scratch));
    seg_bitmap packed;
    if (overlap(target, mask)) {
        SEG_TRY(seg_bitmap_pack(&packed, mask, false, scratch));
        morph.packed = &packed;
    }
    return seg_run_light_bands(&scratch->env, mask->width, mask->height, band_height, morph_band,
                               &morph);
}

/* target = where the mask is and `other` is not; the other way round if `swapped`. */
static void subtract(const seg_image *target, const seg_image *mask, const seg_image *other,
                     bool swapped) {
    for (int32_t y = 0; y < mask->height; y++) {
        uint8_t *out = seg_image_row(target, y);
        const uint8_t *a = seg_image_row(swapped ? other : mask, y);
        const uint8_t *b = seg_image_row(swapped ? mask : other, y);
        for (int32_t x = 0; x < mask->width; x++)
            out[x] = a[x] && !b[x] ? 255 : 0;
    }
}

seg_status seg_morphology_mask_with(seg_image *target, const seg_image *mask,
                                    seg_morphology operation, seg_element element, int32_t side,
                                    seg_scratch *scratch) {
    seg_image other;
    if (operation <= SEG_MORPH_CLOSE) return morph(target, mask, operation, element, side, scratch);
    SEG_TRY(seg_scratch_image(&other, mask, SEG_U8, 1, scratch));
    if (operation == SEG_MORPH_GRADIENT) {
        SEG_TRY(morph(&other, mask, SEG_MORPH_ERODE, element, side, scratch));
        SEG_TRY(morph(target, mask, SEG_MORPH_DILATE, element, side, scratch));
        subtract(target, target, &other, false);
        return SEG_OK;
    }
    const bool opening = operation == SEG_MORPH_TOP_HAT;
    SEG_TRY(
        morph(&other, mask, opening ? SEG_MORPH_OPEN : SEG_MORPH_CLOSE, element, side, scratch));
    subtract(target, mask, &other, !opening);
    return SEG_OK;
}

seg_status seg_morphology_mask(seg_image *target, const seg_image *mask, seg_morphology operation,
                               seg_element element, int32_t side, const seg_env *env) {
    SEG_TRY(seg_check_image(mask, "mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (operation < SEG_MORPH_ERODE || operation > SEG_MORPH_BLACK_HAT)
        return seg_fail(SEG_ERROR_ARGUMENT, "operation is %d (allowed %d to %d)", (int)operation,
                        (int)SEG_MORPH_ERODE, (int)SEG_MORPH_BLACK_HAT);
    SEG_TRY(seg_element_check(element, side, SEG_ERROR_ARGUMENT));
    SEG_TRY(seg_image_ensure(target, mask->width, mask->height, SEG_U8, 1, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        seg_morphology_mask_with(target, mask, operation, element, side, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
