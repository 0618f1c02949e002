/*
 * Reading JPEG with libjpeg-turbo: grey, YCbCr and RGB, CMYK and YCCK (brought to RGB), baseline
 * and progressive, 8 bits a sample. The integer transform and the smooth chroma upsampling give
 * the same bytes on every processor.
 *
 * Damage is mended as libjpeg does it, with a warning: missing data are grey or repeat what came
 * before. What libjpeg gives up on is refused. A file may not keep us busy: the number of scans is
 * limited, and so is the memory for coefficients.
 */
#include <stddef.h>
#include <stdio.h>
/* jpeglib.h wants the two above. */
#include <jpeglib.h>

#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"
#include <jerror.h>
#include <setjmp.h>
#include <string.h>

/* Real files have about ten scans. Each one touches the whole picture. */
#define MAX_SCANS 500
#define MAX_SCANNED_PIXELS ((int64_t)1 << 34)
/* Coefficients of a progressive picture, kept by libjpeg until the last scan. */
#define MAX_DECODER_BYTES ((int64_t)2 << 30)

/* Everything that outlives a jump out of libjpeg lives here, in the caller's frame. */
typedef struct jpeg_decoder {
    struct jpeg_error_mgr errors; /* first: libjpeg knows only its address */
    struct jpeg_decompress_struct jpeg;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    const uint8_t *bytes;
    size_t size;
    const seg_env *env;
    seg_image *image;
    seg_picture_info *report;
    uint8_t *row;      /* of CMYK */
    seg_status status; /* of our own refusals; SEG_OK if libjpeg refused */
    int code;          /* libjpeg's error, 0 if none */
    char message[JMSG_LENGTH_MAX];
} jpeg_decoder;

static jpeg_decoder *decoder_of(j_common_ptr jpeg) {
    return (jpeg_decoder *)jpeg->client_data;
}

static void on_error(j_common_ptr jpeg) {
    jpeg_decoder *d = decoder_of(jpeg);
    d->code = jpeg->err->msg_code;
    jpeg->err->format_message(jpeg, d->message);
    longjmp(d->escape, 1);
}

/* Level -1 is a warning about damage, the others are traces. */
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    jpeg_decoder *d = decoder_of(jpeg);
    jpeg->err->num_warnings++;
    d->report->truncated |= jpeg->err->msg_code == JWRN_JPEG_EOF;
    if (d->report->warning[0]) return;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    snprintf(d->report->warning, sizeof d->report->warning, "JPEG: %.150s", text);
}

static void refuse(jpeg_decoder *d, seg_status status) {
    d->status = status;
    longjmp(d->escape, 1);
}

/* Called now and then while libjpeg reads: the place to stop files with endless scans. */
static void on_progress(j_common_ptr jpeg) {
    jpeg_decoder *d = decoder_of(jpeg);
    int64_t pixels = (int64_t)d->jpeg.image_width * d->jpeg.image_height;
    int64_t scans = d->jpeg.input_scan_number;
    if (scans > MAX_SCANS || (scans > 32 && scans > MAX_SCANNED_PIXELS / pixels))
        refuse(d, seg_fail(SEG_ERROR_DATA, "damaged JPEG (more than %d scans for %d x %d pixels)",
                           (int)scans - 1, (int)d->jpeg.image_width, (int)d->jpeg.image_height));
}

static void read_exif(jpeg_decoder *d) {
    static const uint8_t mark[6] = "Exif\0";
    for (jpeg_saved_marker_ptr marker = d->jpeg.marker_list; marker; marker = marker->next) {
        if (marker->data_length < sizeof mark || memcmp(marker->data, mark, sizeof mark) != 0)
            continue;
        d->report->orientation =
            seg_exif_orientation(marker->data + sizeof mark, marker->data_length - sizeof mark);
        return;
    }
}

static void read_header(jpeg_decoder *d) {
    jpeg_mem_src(&d->jpeg, d->bytes, (unsigned long)d->size);
    jpeg_save_markers(&d->jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&d->jpeg, TRUE);
    read_exif(d);
    int64_t width = d->jpeg.image_width;
    int64_t height = d->jpeg.image_height;
    seg_status status = seg_media_check_size(width, height, d->env);
    if (status < 0) refuse(d, status);
    d->report->source_bits = d->jpeg.data_precision;
    int channels = 3;
    if (d->jpeg.jpeg_color_space == JCS_GRAYSCALE) {
        d->jpeg.out_color_space = JCS_GRAYSCALE;
        channels = 1;
    } else if (d->jpeg.jpeg_color_space == JCS_CMYK || d->jpeg.jpeg_color_space == JCS_YCCK) {
        d->jpeg.out_color_space = JCS_CMYK;
    } else if (d->jpeg.num_components == 3) {
        d->jpeg.out_color_space = JCS_RGB;
    } else {
        refuse(d,
               seg_fail(SEG_ERROR_UNSUPPORTED, "JPEG with %d colour components (allowed 1, 3 or 4)",
                        d->jpeg.num_components));
    }
    d->jpeg.dct_method = JDCT_ISLOW;
    d->jpeg.mem->max_memory_to_use =
        sizeof(long) > 4 ? (long)MAX_DECODER_BYTES : (long)(MAX_DECODER_BYTES / 2 - 1);
    status = seg_image_alloc(d->image, (int32_t)width, (int32_t)height, SEG_U8, channels, d->env);
    if (status < 0) refuse(d, status);
    if (d->jpeg.out_color_space == JCS_CMYK) {
        d->row = seg_allocate(d->env, (size_t)width, 4, "a row of a JPEG");
        if (!d->row) refuse(d, SEG_ERROR_MEMORY);
    }
}

/* Adobe's files hold inverted ink (255 = none), and nobody else writes CMYK: R = C K / 255. */
static void cmyk_to_rgb(uint8_t *rgb, const uint8_t *cmyk, int32_t width) {
    for (int32_t x = 0; x < width; x++, rgb += 3, cmyk += 4)
        for (int c = 0; c < 3; c++)
            rgb[c] = (uint8_t)((cmyk[c] * cmyk[3] + 127) / 255);
}

static void read_rows(jpeg_decoder *d) {
    jpeg_start_decompress(&d->jpeg);
    if ((int64_t)d->jpeg.output_width != d->image->width ||
        (int64_t)d->jpeg.output_height != d->image->height)
        refuse(d, seg_fail(SEG_ERROR_DATA, "damaged JPEG (its size changes)"));
    while (d->jpeg.output_scanline < d->jpeg.output_height) {
        uint8_t *target = seg_image_row(d->image, (int32_t)d->jpeg.output_scanline);
        JSAMPROW row = d->row ? d->row : target;
        if (jpeg_read_scanlines(&d->jpeg, &row, 1) != 1)
            refuse(d, seg_fail(SEG_ERROR_DATA, "damaged JPEG (a row is missing)"));
        if (d->row) cmyk_to_rgb(target, d->row, d->image->width);
    }
    jpeg_finish_decompress(&d->jpeg);
}

/* The only function with a setjmp; nothing of its own changes after it. */
static void run(jpeg_decoder *d) {
    d->jpeg.err = jpeg_std_error(&d->errors);
    d->errors.error_exit = on_error;
    d->errors.emit_message = on_message;
    d->jpeg.client_data = d;
    if (setjmp(d->escape)) return;
    jpeg_create_decompress(&d->jpeg);
    d->progress.progress_monitor = on_progress;
    d->jpeg.progress = &d->progress;
    read_header(d);
    read_rows(d);
}

static seg_status finish(const jpeg_decoder *d) {
    if (d->status < 0) return d->status;
    switch (d->code) {
    case 0:
        return SEG_OK;
    case JERR_OUT_OF_MEMORY:
        return seg_fail(SEG_ERROR_MEMORY, "no memory for the JPEG decoder");
    case JERR_NO_BACKING_STORE:
        return seg_fail(SEG_ERROR_LIMIT,
                        "the progressive JPEG needs more than %lld MiB to be decoded; save it as "
                        "baseline JPEG",
                        (long long)(MAX_DECODER_BYTES >> 20));
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
        return seg_fail(SEG_ERROR_UNSUPPORTED, "JPEG of a rare kind (%s)", d->message);
    default:
        return seg_fail(SEG_ERROR_DATA, "damaged JPEG (%s)", d->message);
    }
}

seg_status seg_jpeg_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                           size_t size, const seg_env *env) {
    jpeg_decoder decoder = {
        .bytes = bytes, .size = size, .env = env, .image = image, .report = info};
    snprintf(info->codec, sizeof info->codec, "jpeg");
    run(&decoder);
    seg_status status = finish(&decoder);
    jpeg_destroy_decompress(&decoder.jpeg);
    seg_release(env, decoder.row);
    if (status < 0)
        seg_image_unref(image);
    else
        image->colour = image->channels == 1 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB;
    return status;
}
