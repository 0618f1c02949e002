/*
 * Writing PNG: masks in 1 bit, u8 and u16 with 1 to 4 channels, labels in 16 bits. Larger labels
 * become RGB as in COCO's panoptic files: id = R + 256 G + 65536 B.
 *
 * u16 pictures of fewer than 16 bits are brought to the full scale of the file (value * 65535 /
 * largest), which loses nothing; data keep their numbers. The bytes depend on the picture, the
 * options and the zlib that is linked, on nothing else.
 */
#include "media/codec.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* Of options.compression: up to here speed counts more than bytes. */
#define FAST_LEVELS 3
#define SAMPLED_ROWS 16

/* Everything that outlives a jump out of libpng lives here, in the caller's frame. */
typedef struct png_encoder {
    jmp_buf escape;
    png_structp png;
    png_infop info;
    seg_sink *sink;
    const seg_image *image;
    const seg_env *env;
    int level;
    bool is_mask;
    uint8_t *row;      /* packed or rescaled; NULL if rows go out as they are */
    seg_status status; /* of the sink; SEG_OK if libpng failed */
    char message[120];
    bool done;
} png_encoder;

static PNG_FUNCTION(void, on_error, (png_structp png, png_const_charp message), PNG_NORETURN) {
    png_encoder *e = png_get_error_ptr(png);
    snprintf(e->message, sizeof e->message, "%s", message);
    longjmp(e->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message; /* about metadata, of which we write none */
}

static png_voidp on_malloc(png_structp png, png_alloc_size_t size) {
    const png_encoder *e = png_get_mem_ptr(png);
    return seg_allocate(e->env, size, 1, "the PNG encoder");
}

static void on_free(png_structp png, png_voidp pointer) {
    const png_encoder *e = png_get_mem_ptr(png);
    seg_release(e->env, pointer);
}

static void on_write(png_structp png, png_bytep bytes, size_t size) {
    png_encoder *e = png_get_io_ptr(png);
    e->status = seg_sink_write(e->sink, bytes, size);
    if (e->status < 0) longjmp(e->escape, 1);
}

static void on_flush(png_structp png) {
    (void)png;
}

static bool is_mask(const seg_image *image) {
    if (image->format != SEG_U8 || image->channels != 1 || image->colour != SEG_COLOUR_DATA)
        return false;
    for (int32_t y = 0; y < image->height; y++)
        if (!seg_row_is_binary(seg_image_row(image, y), image->width)) return false;
    return true;
}

/* True if the samples have to be brought to the 16 bits of the file. */
static bool needs_rescaling(const seg_image *image) {
    return image->format == SEG_U16 && image->bits < 16 && image->colour != SEG_COLOUR_DATA;
}

static void rescale(uint16_t *target, const uint16_t *source, size_t count, int bits) {
    uint32_t largest = (1u << bits) - 1;
    for (size_t i = 0; i < count; i++) {
        uint32_t v = source[i] < largest ? source[i] : largest;
        target[i] = (uint16_t)((v * 65535u + largest / 2) / largest);
    }
}

/* True if most pixels repeat the one before them, on a few rows: drawings, labels, flat colours;
 * false for photographs and scores. */
static bool is_flat(const seg_image *image) {
    size_t pixel = seg_format_size((seg_format)image->format) * image->channels;
    int64_t equal = 0;
    int64_t seen = 0;
    for (int i = 0; i < SAMPLED_ROWS; i++) {
        const uint8_t *row =
            seg_image_row(image, (int32_t)((int64_t)image->height * i / SAMPLED_ROWS));
        for (int32_t x = 1; x < image->width; x++, row += pixel)
            equal += memcmp(row, row + pixel, pixel) == 0;
        seen += image->width - 1;
    }
    return equal * 2 > seen;
}

/*
 * Measured on 1080p pictures: runs of equal bytes are all that pays for packed masks (half the
 * time of deflate's fastest level, and smaller); photographs do as well with runs of differences
 * to the left as with deflate at level 3, in less than half the time; flat pictures need real
 * matches and no prediction. From level 4 on deflate may take its time.
 */
static void choose_compression(png_encoder *e) {
    bool fast = e->level <= FAST_LEVELS;
    bool flat = e->is_mask || is_flat(e->image);
    int level = fast && e->level > 0 ? 1 : e->level;
    int strategy = flat ? Z_DEFAULT_STRATEGY : Z_FILTERED;
    if (fast && (e->is_mask || !flat)) strategy = Z_RLE;
    png_set_compression_level(e->png, level);
    png_set_compression_strategy(e->png, strategy);
    png_set_filter(e->png, PNG_FILTER_TYPE_BASE,
                   flat || level == 0 ? PNG_FILTER_NONE : PNG_FILTER_SUB);
}

static void write_header(png_encoder *e) {
    static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    const seg_image *image = e->image;
    int depth = e->is_mask ? 1 : image->format == SEG_U16 ? 16 : 8;
    png_set_write_fn(e->png, e, on_write, on_flush);
    png_set_user_limits(e->png, 0x7fffffff, 0x7fffffff);
    png_set_compression_buffer_size(e->png, 64 * 1024);
    choose_compression(e);
    png_set_IHDR(e->png, e->info, (png_uint_32)image->width, (png_uint_32)image->height, depth,
                 types[image->channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(e->png, e->info);
    if (depth == 16 && !seg_host_is_big_endian()) png_set_swap(e->png);
}

static void write_rows(png_encoder *e) {
    const seg_image *image = e->image;
    size_t count = (size_t)image->width * image->channels;
    for (int32_t y = 0; y < image->height; y++) {
        const void *row = seg_image_row(image, y);
        if (e->is_mask)
            seg_row_pack(e->row, row, image->width);
        else if (e->row)
            rescale((uint16_t *)(void *)e->row, row, count, image->bits);
        png_write_row(e->png, e->row ? e->row : row);
    }
    png_write_end(e->png, e->info);
    e->done = true;
}

/* The only function with a setjmp; nothing of its own changes after it. */
static void run(png_encoder *e) {
    if (setjmp(e->escape)) return;
    e->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, e, on_error, on_warning, e, on_malloc,
                                       on_free);
    if (!e->png) return;
    e->info = png_create_info_struct(e->png);
    if (!e->info) return;
    write_header(e);
    write_rows(e);
}

static seg_status encode(seg_sink *sink, const seg_image *image,
                         const seg_picture_write_options *options, const seg_env *env) {
    png_encoder encoder = {.sink = sink, .image = image, .env = env};
    encoder.is_mask = is_mask(image);
    encoder.level = options->compression;
    if (encoder.is_mask || needs_rescaling(image)) {
        encoder.row = seg_allocate(env, (size_t)image->width * image->channels, 2, "a PNG row");
        if (!encoder.row) return SEG_ERROR_MEMORY;
    }
    run(&encoder);
    if (encoder.png) png_destroy_write_struct(&encoder.png, &encoder.info);
    seg_release(env, encoder.row);
    if (encoder.status < 0) return encoder.status;
    if (!encoder.done)
        return seg_fail(SEG_ERROR_MEMORY, "the PNG encoder failed (%s)",
                        encoder.message[0] ? encoder.message : "no memory");
    return SEG_OK;
}

static bool labels_fit(const seg_image *labels, int32_t largest) {
    size_t count = (size_t)labels->width * labels->channels;
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        bool beyond = false;
        for (size_t i = 0; i < count; i++)
            beyond |= (row[i] < 0) | (row[i] > largest);
        if (beyond) return false;
    }
    return true;
}

static seg_status labels_to_rgb(seg_image *samples, const seg_image *labels, const seg_env *env) {
    enum { LARGEST = (1 << 24) - 1 };
    if (labels->channels != 1 || !labels_fit(labels, LARGEST))
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "labels below 0 or above %d do not fit into PNG; use .npy", LARGEST);
    SEG_TRY(seg_image_alloc(samples, labels->width, labels->height, SEG_U8, 3, env));
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *source = seg_image_row(labels, y);
        uint8_t *target = seg_image_row(samples, y);
        for (int32_t x = 0; x < labels->width; x++, target += 3) {
            target[0] = (uint8_t)source[x];
            target[1] = (uint8_t)(source[x] >> 8);
            target[2] = (uint8_t)(source[x] >> 16);
        }
    }
    seg_log(env, SEG_LOG_INFO, "labels above 65535: the PNG is RGB, id = R + 256 G + 65536 B");
    return SEG_OK;
}

seg_status seg_png_encode(seg_sink *sink, const seg_image *image,
                          const seg_picture_write_options *options, const seg_env *env) {
    if (image->format == SEG_F32)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "PNG holds no float samples; use %s",
                        seg_float_files(image));
    if (image->format != SEG_LABEL32) return encode(sink, image, options, env);
    seg_image samples = {0};
    SEG_TRY(labels_fit(image, UINT16_MAX) ? seg_labels_to_u16(&samples, image, "PNG", env)
                                          : labels_to_rgb(&samples, image, env));
    seg_status status = encode(sink, &samples, options, env);
    seg_image_unref(&samples);
    return status;
}
