/* Writing JPEG: grey and RGB of 8 bits; 16-bit pictures are rounded to 8. */
#include <stddef.h>
#include <stdio.h>
/* jpeglib.h wants the two above. */
#include <jpeglib.h>

#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include <setjmp.h>

/* From this quality on chroma keeps the full resolution: thin coloured outlines stay sharp. */
#define FULL_CHROMA_QUALITY 90

/* Everything that outlives a jump out of libjpeg lives here, in the caller's frame. */
typedef struct jpeg_encoder {
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr destination;
    jmp_buf escape;
    seg_sink *sink;
    const seg_image *image;
    int quality;
    uint8_t *row; /* of 16-bit pictures */
    seg_status status;
    char message[JMSG_LENGTH_MAX];
    JOCTET buffer[16 * 1024];
} jpeg_encoder;

static void on_error(j_common_ptr jpeg) {
    jpeg_encoder *e = jpeg->client_data;
    jpeg->err->format_message(jpeg, e->message);
    if (e->status >= 0)
        e->status = seg_fail(SEG_ERROR_MEMORY, "the JPEG encoder failed (%s)", e->message);
    longjmp(e->escape, 1);
}

static void on_message(j_common_ptr jpeg, int level) {
    (void)jpeg;
    (void)level;
}

static void on_start(j_compress_ptr jpeg) {
    jpeg_encoder *e = jpeg->client_data;
    e->destination.next_output_byte = e->buffer;
    e->destination.free_in_buffer = sizeof e->buffer;
}

static void put(jpeg_encoder *e, size_t size) {
    e->status = seg_sink_write(e->sink, e->buffer, size);
    if (e->status < 0) longjmp(e->escape, 1);
}

static boolean on_full(j_compress_ptr jpeg) {
    jpeg_encoder *e = jpeg->client_data;
    put(e, sizeof e->buffer);
    on_start(jpeg);
    return TRUE;
}

static void on_end(j_compress_ptr jpeg) {
    jpeg_encoder *e = jpeg->client_data;
    put(e, sizeof e->buffer - e->destination.free_in_buffer);
}

static void to_8_bits(uint8_t *target, const uint16_t *source, size_t count, int bits) {
    uint32_t largest = (1u << bits) - 1;
    for (size_t i = 0; i < count; i++) {
        uint32_t v = source[i] < largest ? source[i] : largest;
        target[i] = (uint8_t)((v * 255u + largest / 2) / largest);
    }
}

static void write_picture(jpeg_encoder *e) {
    const seg_image *image = e->image;
    struct jpeg_compress_struct *jpeg = &e->jpeg;
    jpeg->image_width = (JDIMENSION)image->width;
    jpeg->image_height = (JDIMENSION)image->height;
    jpeg->input_components = image->channels;
    jpeg->in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, e->quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    if (e->quality >= FULL_CHROMA_QUALITY) {
        jpeg->comp_info[0].h_samp_factor = 1;
        jpeg->comp_info[0].v_samp_factor = 1;
    }
    jpeg_start_compress(jpeg, TRUE);
    size_t count = (size_t)image->width * image->channels;
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row = seg_image_row(image, (int32_t)jpeg->next_scanline);
        if (e->row) {
            to_8_bits(e->row, (const uint16_t *)(const void *)row, count, image->bits);
            row = e->row;
        }
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

/* The only function with a setjmp; nothing of its own changes after it. */
static void run(jpeg_encoder *e) {
    e->jpeg.err = jpeg_std_error(&e->errors);
    e->errors.error_exit = on_error;
    e->errors.emit_message = on_message;
    e->jpeg.client_data = e;
    if (setjmp(e->escape)) return;
    jpeg_create_compress(&e->jpeg);
    e->destination.init_destination = on_start;
    e->destination.empty_output_buffer = on_full;
    e->destination.term_destination = on_end;
    e->jpeg.dest = &e->destination;
    write_picture(e);
}

seg_status seg_jpeg_encode(seg_sink *sink, const seg_image *image,
                           const seg_picture_write_options *options, const seg_env *env) {
    if (image->format == SEG_F32 || image->format == SEG_LABEL32)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "JPEG holds 8-bit pictures only; use %s",
                        image->format == SEG_F32 ? seg_float_files(image) : ".png or .npy");
    if (image->channels != 1 && image->channels != 3)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "JPEG has no alpha (the picture has); use .png");
    if (image->width > JPEG_MAX_DIMENSION || image->height > JPEG_MAX_DIMENSION)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "JPEG holds at most 65500 pixels a side (the picture is %d x %d); use .png",
                        (int)image->width, (int)image->height);
    jpeg_encoder encoder = {.sink = sink, .image = image, .quality = options->quality};
    if (image->format == SEG_U16) {
        encoder.row = seg_allocate(env, (size_t)image->width, image->channels, "a JPEG row");
        if (!encoder.row) return SEG_ERROR_MEMORY;
    }
    run(&encoder);
    jpeg_destroy_compress(&encoder.jpeg);
    seg_release(env, encoder.row);
    return encoder.status;
}
