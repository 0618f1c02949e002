/*
 * Reading PNG.
 *
 * Every colour type and depth, interlaced or not. Samples of 1, 2 and 4 bits become u8 over the
 * full scale, 16 bits stay u16; palettes become RGB or RGBA, or grey if all their colours are
 * opaque greys (masks are often written so); tRNS becomes an alpha channel. Gamma and profiles are
 * left alone: a value in the file is the value in the picture.
 *
 * Files in which nothing is unusual do not come as far as libpng: png_quick.c reads them.
 *
 * Damage: a wrong checksum alone is a warning (except IHDR's: a size that cannot be trusted), and
 * so is anything after the last row. A picture of which rows are missing is refused.
 */
#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"
#include "media/png_quick.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* Everything that outlives a jump out of libpng lives here, in the caller's frame. */
typedef struct png_decoder {
    jmp_buf escape;
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t size, position;
    const seg_env *env;
    seg_image *image;
    seg_picture_info *report;
    seg_status status; /* of our own refusals; SEG_OK if libpng refused */
    char message[120]; /* libpng's */
    bool whole;        /* all rows have come */
    int passes;
    uint8_t greys[256]; /* of a grey palette */
    bool is_grey_palette;
    bool indices; /* are wanted of other palettes */
} png_decoder;

static PNG_FUNCTION(void, on_error, (png_structp png, png_const_charp message), PNG_NORETURN) {
    png_decoder *d = png_get_error_ptr(png);
    snprintf(d->message, sizeof d->message, "%s", message);
    longjmp(d->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    png_decoder *d = png_get_error_ptr(png);
    if (!d->report->warning[0])
        snprintf(d->report->warning, sizeof d->report->warning, "PNG: %s", message);
}

static png_voidp on_malloc(png_structp png, png_alloc_size_t size) {
    const png_decoder *d = png_get_mem_ptr(png);
    return seg_allocate(d->env, size, 1, "the PNG decoder");
}

static void on_free(png_structp png, png_voidp pointer) {
    const png_decoder *d = png_get_mem_ptr(png);
    seg_release(d->env, pointer);
}

static void on_read(png_structp png, png_bytep target, size_t count) {
    png_decoder *d = png_get_io_ptr(png);
    if (count > d->size - d->position) {
        d->position = d->size;
        png_error(png, "the file ends early");
    }
    memcpy(target, d->bytes + d->position, count);
    d->position += count;
}

/* Leaves libpng with a refusal of ours. */
static void refuse(png_decoder *d, seg_status status) {
    d->status = status;
    longjmp(d->escape, 1);
}

/* Chunks that say nothing about the samples are skipped unread: less to parse, less to fear. */
static void skip_chunks(png_structp png) {
    static const png_byte names[] = "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0"
                                    "sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, (int)(sizeof names / 5));
}

/* True if every entry of the palette is grey; d->greys gets them. */
static bool read_grey_palette(png_decoder *d) {
    png_colorp palette;
    int count;
    if (!png_get_PLTE(d->png, d->info, &palette, &count)) return false;
    for (int i = 0; i < count; i++) {
        if (palette[i].red != palette[i].green || palette[i].green != palette[i].blue) return false;
        d->greys[i] = palette[i].red;
    }
    return count > 0;
}

static bool has_transparency(const png_decoder *d) {
    png_bytep alpha = NULL;
    int count = 0;
    png_color_16p colour = NULL;
    if (!png_get_tRNS(d->png, d->info, &alpha, &count, &colour)) return false;
    if (png_get_color_type(d->png, d->info) != PNG_COLOR_TYPE_PALETTE) return true;
    for (int i = 0; i < count; i++)
        if (alpha[i] != 255) return true;
    return false;
}

/* Asks libpng for samples as seg_image has them; returns the channels. */
static int set_transforms(png_decoder *d) {
    int type = png_get_color_type(d->png, d->info);
    int depth = png_get_bit_depth(d->png, d->info);
    bool transparent = has_transparency(d);
    int channels;
    if (type == PNG_COLOR_TYPE_PALETTE) {
        bool grey = read_grey_palette(d);
        if (!grey && d->indices) {
            png_set_packing(d->png);
            return 1;
        }
        d->is_grey_palette = grey && !transparent;
        if (d->is_grey_palette) {
            png_set_packing(d->png); /* indices, one a byte: looked up in place later */
            return 1;
        }
        png_set_palette_to_rgb(d->png);
        if (!transparent) png_set_strip_alpha(d->png);
        if (grey) png_set_rgb_to_gray_fixed(d->png, 1, -1, -1); /* exact where R = G = B */
        channels = (grey ? 1 : 3) + transparent;
    } else {
        bool colour = (type & PNG_COLOR_MASK_COLOR) != 0;
        if (!colour && depth < 8) png_set_expand_gray_1_2_4_to_8(d->png);
        if (transparent) png_set_tRNS_to_alpha(d->png);
        channels = (colour ? 3 : 1) + (transparent || (type & PNG_COLOR_MASK_ALPHA));
    }
    const uint16_t one = 1;
    if (depth == 16 && *(const uint8_t *)&one) png_set_swap(d->png);
    return channels;
}

static void read_header(png_decoder *d) {
    png_set_read_fn(d->png, d, on_read);
    png_set_user_limits(d->png, 0x7fffffff, 0x7fffffff); /* ours follow, with a better message */
    png_set_crc_action(d->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_DISCARD);
    png_set_benign_errors(d->png, 1);
    png_set_compression_buffer_size(d->png, 64 * 1024);
    skip_chunks(d->png);
    png_read_info(d->png, d->info);

    int64_t width = png_get_image_width(d->png, d->info);
    int64_t height = png_get_image_height(d->png, d->info);
    int depth = png_get_bit_depth(d->png, d->info);
    d->report->source_bits = depth;
    seg_status status = seg_media_check_size(width, height, d->env);
    if (status < 0) refuse(d, status);
    int channels = set_transforms(d);
    d->passes = png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
    size_t row = (size_t)width * (size_t)channels * (depth == 16 ? 2 : 1);
    if (png_get_rowbytes(d->png, d->info) != row) png_error(d->png, "rows of unexpected length");
    status = seg_image_alloc(d->image, (int32_t)width, (int32_t)height,
                             depth == 16 ? SEG_U16 : SEG_U8, channels, d->env);
    if (status < 0) refuse(d, status);
}

static void read_rows(png_decoder *d) {
    for (int pass = 0; pass < d->passes; pass++)
        for (int32_t y = 0; y < d->image->height; y++)
            png_read_row(d->png, seg_image_row(d->image, y), NULL);
    d->whole = true;
    png_read_end(d->png, d->info);
}

static void read_exif(png_decoder *d) {
    png_uint_32 size = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(d->png, d->info, &size, &exif) && exif)
        d->report->orientation = seg_exif_orientation(exif, size);
}

/* The only function with a setjmp; nothing of its own changes after it. */
static void run(png_decoder *d) {
    if (setjmp(d->escape)) return;
    d->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, d, on_error, on_warning, d, on_malloc,
                                      on_free);
    if (!d->png) refuse(d, SEG_ERROR_MEMORY);
    d->info = png_create_info_struct(d->png);
    if (!d->info) refuse(d, SEG_ERROR_MEMORY);
    read_header(d);
    read_rows(d);
}

static uint32_t big_endian_32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The size decides about memory: it is believed only if IHDR's checksum holds. */
static seg_status check_start(const uint8_t *bytes, size_t size) {
    if (size < 33 || png_sig_cmp(bytes, 0, 8))
        return seg_fail(SEG_ERROR_DATA, "damaged PNG (the header is incomplete)");
    if (memcmp(bytes + 12, "CgBI", 4) == 0)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "a PNG in Apple's own variant (CgBI); save it as standard PNG");
    if (memcmp(bytes + 12, "IHDR", 4) != 0 || big_endian_32(bytes + 8) != 13 ||
        (uint32_t)crc32(0, bytes + 12, 17) != big_endian_32(bytes + 29))
        return seg_fail(SEG_ERROR_DATA, "damaged PNG (the header's checksum is wrong)");
    return SEG_OK;
}

static void look_up_greys(const png_decoder *d) {
    for (int32_t y = 0; y < d->image->height; y++) {
        uint8_t *row = seg_image_row(d->image, y);
        for (int32_t x = 0; x < d->image->width; x++)
            row[x] = d->greys[row[x]];
    }
}

static seg_status finish(png_decoder *d) {
    if (d->status < 0) return d->status;
    if (!d->whole) {
        /* libpng words its out-of-memory as an error like any other. */
        if (strstr(d->message, "emory"))
            return seg_fail(SEG_ERROR_MEMORY, "no memory for the PNG decoder");
        return seg_fail(SEG_ERROR_DATA, "damaged PNG (%s)", d->message);
    }
    if (d->message[0] && !d->report->warning[0])
        snprintf(d->report->warning, sizeof d->report->warning, "PNG, after the last row: %s",
                 d->message);
    if (d->is_grey_palette) look_up_greys(d);
    d->image->colour = d->image->channels <= 2 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB;
    return SEG_OK;
}

static seg_status decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                         size_t size, bool indices, const seg_env *env) {
    SEG_TRY(check_start(bytes, size));
    if (seg_png_decode_quick(image, info, bytes, size, env)) return SEG_OK;
    png_decoder decoder = {.bytes = bytes,
                           .size = size,
                           .env = env,
                           .image = image,
                           .report = info,
                           .indices = indices};
    snprintf(info->codec, sizeof info->codec, "png");
    run(&decoder);
    seg_status status = finish(&decoder);
    if (status == SEG_OK) read_exif(&decoder);
    if (decoder.png) png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    if (status < 0) seg_image_unref(image);
    return status;
}

seg_status seg_png_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env) {
    return decode(image, info, bytes, size, false, env);
}

seg_status seg_png_decode_indices(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                                  size_t size, const seg_env *env) {
    return decode(image, info, bytes, size, true, env);
}
