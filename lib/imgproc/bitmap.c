/* Masks to bits and back, in bands of rows. */
#include "imgproc/bitmap.h"

#include "core/bands.h"
#include "core/check.h"

typedef struct packing {
    const seg_bitmap *bitmap;
    const seg_image *image;
    const seg_bits_kernels *kernels;
    int32_t value;
    bool inverted;
} packing;

seg_status seg_bitmap_take(seg_bitmap *bitmap, int32_t width, int32_t height,
                           seg_scratch *scratch) {
    *bitmap = (seg_bitmap){.width = width, .height = height, .pitch = seg_bits_words(width)};
    size_t count;
    if (!seg_size_multiply(&count, (size_t)bitmap->pitch, (size_t)height)) count = SIZE_MAX;
    bitmap->words = seg_scratch_take(scratch, count, sizeof *bitmap->words, "a packed mask");
    return bitmap->words ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status pack_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const packing *pack = argument;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++) {
        uint64_t *row = seg_bitmap_row(pack->bitmap, y);
        pack->kernels->pack(row, seg_image_row(pack->image, y), pack->bitmap->width);
        if (pack->inverted) seg_bits_invert(row, pack->bitmap->width);
    }
    return SEG_OK;
}

static seg_status pack_label_band(void *argument, int32_t band, int32_t first, int32_t end,
                                  int32_t worker) {
    const packing *pack = argument;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++)
        pack->kernels->pack_equal(seg_bitmap_row(pack->bitmap, y), seg_image_row(pack->image, y),
                                  pack->bitmap->width, pack->value);
    return SEG_OK;
}

static seg_status unpack_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    const packing *pack = argument;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++)
        pack->kernels->unpack(seg_image_row(pack->image, y), seg_bitmap_row(pack->bitmap, y),
                              pack->bitmap->width);
    return SEG_OK;
}

static seg_status invert_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    const packing *pack = argument;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++)
        seg_bits_invert(seg_bitmap_row(pack->bitmap, y), pack->bitmap->width);
    return SEG_OK;
}

static seg_status run(packing *pack, seg_band_function function, const seg_env *env) {
    return seg_run_light_bands(env, pack->bitmap->width, pack->bitmap->height, SEG_BITMAP_BAND,
                               function, pack);
}

seg_status seg_bitmap_pack(seg_bitmap *bitmap, const seg_image *mask, bool inverted,
                           seg_scratch *scratch) {
    SEG_TRY(seg_bitmap_take(bitmap, mask->width, mask->height, scratch));
    packing pack = {.bitmap = bitmap, .image = mask, .inverted = inverted};
    pack.kernels = seg_bits_kernels_get();
    return run(&pack, pack_band, &scratch->env);
}

seg_status seg_bitmap_pack_label(seg_bitmap *bitmap, const seg_image *labels, int32_t value,
                                 seg_scratch *scratch) {
    SEG_TRY(seg_bitmap_take(bitmap, labels->width, labels->height, scratch));
    packing pack = {.bitmap = bitmap, .image = labels, .value = value};
    pack.kernels = seg_bits_kernels_get();
    return run(&pack, pack_label_band, &scratch->env);
}

seg_status seg_bitmap_unpack(const seg_image *mask, const seg_bitmap *bitmap, const seg_env *env) {
    packing pack = {.bitmap = bitmap, .image = mask, .kernels = seg_bits_kernels_get()};
    return run(&pack, unpack_band, env);
}

seg_status seg_bitmap_invert(seg_bitmap *bitmap, const seg_env *env) {
    packing pack = {.bitmap = bitmap};
    return run(&pack, invert_band, env);
}

void seg_bitmap_span(uint64_t *row, int32_t start, int32_t end, bool on) {
    const int32_t last = (end - 1) >> 6;
    uint64_t mask = ~(uint64_t)0 << (start & 63);
    for (int32_t i = start >> 6; i <= last; i++) {
        if (i == last) mask &= ~(uint64_t)0 >> (63 - ((end - 1) & 63));
        row[i] = on ? row[i] | mask : row[i] & ~mask;
        mask = ~(uint64_t)0;
    }
}
