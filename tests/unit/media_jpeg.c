/* JPEG: colour spaces, progressive files, orientation, damage, endless scans, writing. */
#include <stddef.h>
#include <stdio.h>
/* jpeglib.h wants the two above. */
#include <jpeglib.h>

#include "media_pictures.h"

/* ---- files made with libjpeg itself ---- */

typedef struct jpeg_kind {
    J_COLOR_SPACE input, stored;
    int channels;
    bool progressive;
    int quality;
} jpeg_kind;

static media_bytes encode(const uint8_t *pixels, int width, int height, jpeg_kind kind) {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &size);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = kind.channels;
    jpeg.in_color_space = kind.input;
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, kind.stored);
    jpeg_set_quality(&jpeg, kind.quality, TRUE);
    if (kind.progressive) jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        const uint8_t *row = pixels + (size_t)jpeg.next_scanline * (size_t)(width * kind.channels);
        JSAMPROW rows[1] = {(JSAMPROW)(uintptr_t)row};
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    media_bytes bytes = {0};
    media_put(&bytes, data, size);
    free(data);
    return bytes;
}

#define WIDTH 45
#define HEIGHT 31

/* A smooth picture, so that little is lost. */
static void paint(uint8_t *pixels, int channels) {
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < channels; c++)
                pixels[(y * WIDTH + x) * channels + c] =
                    (uint8_t)(40 + c * 30 + (c == 1 ? x * 2 : y * 3) + (c == 3 ? 60 : 0));
}

static seg_status decode(seg_image *image, seg_picture_info *info, const media_bytes *bytes) {
    return seg_picture_decode(image, info, bytes->data, bytes->size, NULL, NULL);
}

static const jpeg_kind grey = {JCS_GRAYSCALE, JCS_GRAYSCALE, 1, false, 100};
static const jpeg_kind colour = {JCS_RGB, JCS_YCbCr, 3, false, 100};
static const jpeg_kind layered = {JCS_RGB, JCS_YCbCr, 3, true, 100};

START_TEST(colour_spaces) {
    static const jpeg_kind kinds[] = {
        {JCS_GRAYSCALE, JCS_GRAYSCALE, 1, false, 100},
        {JCS_GRAYSCALE, JCS_GRAYSCALE, 1, true, 100},
        {JCS_RGB, JCS_YCbCr, 3, false, 100},
        {JCS_RGB, JCS_YCbCr, 3, true, 100},
        {JCS_RGB, JCS_RGB, 3, false, 100},
        {JCS_CMYK, JCS_CMYK, 4, false, 100},
        {JCS_CMYK, JCS_YCCK, 4, false, 100},
        {JCS_CMYK, JCS_YCCK, 4, true, 100},
    };
    uint8_t pixels[WIDTH * HEIGHT * 4];
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int channels = kinds[k].channels;
        paint(pixels, channels);
        media_bytes bytes = encode(pixels, WIDTH, HEIGHT, kinds[k]);
        seg_image image = {0};
        seg_picture_info info;
        ck_assert_ok(decode(&image, &info, &bytes));
        ck_assert_str_eq(info.codec, "jpeg");
        ck_assert_str_eq(info.warning, "");
        ck_assert_int_eq(info.source_bits, 8);
        ck_assert_int_eq(image.width, WIDTH);
        ck_assert_int_eq(image.height, HEIGHT);
        ck_assert_int_eq(image.channels, channels == 1 ? 1 : 3);
        ck_assert_int_eq(image.colour, channels == 1 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                for (int c = 0; c < image.channels; c++) {
                    const uint8_t *p = pixels + (y * WIDTH + x) * channels;
                    int wanted = channels == 4 ? (p[c] * p[3] + 127) / 255 : p[c];
                    int got = ((uint8_t *)seg_image_row(&image, y))[x * image.channels + c];
                    ck_assert_msg(abs(got - wanted) <= 6, "kind %zu: %d,%d,%d is %d, not %d", k, x,
                                  y, c, got, wanted);
                }
        seg_image_unref(&image);
        media_free(&bytes);
    }
}
END_TEST

/* ---- orientation ---- */

/* Puts an APP1 marker behind the start of the file. */
static media_bytes with_app1(const media_bytes *jpeg, const media_bytes *content) {
    media_bytes all = {0};
    media_put(&all, jpeg->data, 2);
    media_put(&all, "\xff\xe1", 2);
    media_put_byte(&all, (unsigned)(content->size + 2) >> 8);
    media_put_byte(&all, (unsigned)(content->size + 2) & 255);
    media_put(&all, content->data, content->size);
    media_put(&all, jpeg->data + 2, jpeg->size - 2);
    return all;
}

START_TEST(orientation_is_applied) {
    uint8_t pixels[WIDTH * HEIGHT * 3];
    paint(pixels, 3);
    media_bytes plain = encode(pixels, WIDTH, HEIGHT, colour);
    seg_image stored = {0};
    ck_assert_ok(decode(&stored, NULL, &plain));
    for (int orientation = 1; orientation <= 8; orientation++) {
        media_bytes exif = {0};
        media_put(&exif, "Exif\0\0", 6);
        media_put_exif(&exif, orientation, orientation & 1);
        media_bytes bytes = with_app1(&plain, &exif);
        seg_image shown = {0};
        seg_picture_info info;
        ck_assert_ok(decode(&shown, &info, &bytes));
        ck_assert_int_eq(info.orientation, orientation);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                int32_t sx, sy;
                media_orient(&sx, &sy, x, y, WIDTH, HEIGHT, orientation);
                ck_assert_mem_eq((uint8_t *)seg_image_row(&shown, sy) + 3 * sx,
                                 (uint8_t *)seg_image_row(&stored, y) + 3 * x, 3);
            }
        seg_image_unref(&shown);
        /* Every shorter EXIF block is harmless. */
        for (size_t size = 0; size < exif.size; size++) {
            media_bytes cut = {exif.data, size, 0};
            media_bytes short_one = with_app1(&plain, &cut);
            ck_assert_ok(decode(&shown, &info, &short_one));
            ck_assert(info.orientation == 1 || info.orientation == orientation);
            seg_image_unref(&shown);
            media_free(&short_one);
        }
        media_free(&bytes);
        media_free(&exif);
    }
    seg_image_unref(&stored);
    media_free(&plain);
}
END_TEST

/* ---- damage ---- */

/* Where the first scan's data begin: behind the SOS header. */
static size_t first_scan(const media_bytes *bytes) {
    size_t at = 2; /* behind SOI */
    while (bytes->data[at + 1] != 0xda)
        at += 2 + ((size_t)bytes->data[at + 2] << 8 | bytes->data[at + 3]);
    return at + 2 + ((size_t)bytes->data[at + 2] << 8 | bytes->data[at + 3]);
}

/* Without its headers a file is nothing; with them and no end it is a picture with a warning. */
START_TEST(cut_files_are_decoded_with_a_warning) {
    uint8_t pixels[WIDTH * HEIGHT * 3];
    paint(pixels, 3);
    for (int k = 0; k < 2; k++) {
        media_bytes bytes = encode(pixels, WIDTH, HEIGHT, k ? layered : colour);
        const size_t whole = bytes.size, data = first_scan(&bytes);
        size_t decoded = 0;
        for (bytes.size = 0; bytes.size < whole - 2; bytes.size++) {
            seg_image image = {0};
            seg_picture_info info;
            const seg_status status = decode(&image, &info, &bytes);
            /* The last three bytes of the scan's header hold nothing that a picture needs. In a
             * layered file the tables of a later scan may be cut, which libjpeg refuses. */
            const bool may = bytes.size >= data - 3, must = bytes.size >= data && !k;
            ck_assert_msg(status == SEG_OK ? may : !must, "%zu of %zu bytes, data from %zu: %s",
                          bytes.size, whole, data, seg_status_name(status));
            if (status == SEG_OK) {
                decoded++;
                ck_assert_int_eq(image.width, WIDTH);
                ck_assert_int_eq(image.height, HEIGHT);
                ck_assert_msg(info.warning[0], "%zu of %zu bytes", bytes.size, whole);
            }
            seg_image_unref(&image);
        }
        ck_assert_uint_gt(decoded * 2, whole - data);
        media_free(&bytes);
    }
}
END_TEST

START_TEST(rare_kinds_are_named) {
    uint8_t pixels[WIDTH * HEIGHT];
    paint(pixels, 1);
    media_bytes bytes = encode(pixels, WIDTH, HEIGHT, grey);
    seg_image image = {0};
    size_t frame = 0;
    while (!(bytes.data[frame] == 0xff && bytes.data[frame + 1] == 0xc0))
        frame++;
    bytes.data[frame + 4] = 12; /* bits a sample */
    ck_assert_fails(decode(&image, NULL, &bytes), SEG_ERROR_UNSUPPORTED, "precision 12");
    bytes.data[frame + 4] = 8;
    bytes.data[frame + 1] = 0xc3; /* lossless */
    ck_assert_fails(decode(&image, NULL, &bytes), SEG_ERROR_UNSUPPORTED, "rare kind");
    media_free(&bytes);
}
END_TEST

START_TEST(large_pictures_are_refused_unseen) {
    uint8_t pixels[WIDTH * HEIGHT];
    paint(pixels, 1);
    media_bytes bytes = encode(pixels, WIDTH, HEIGHT, grey);
    size_t frame = 0;
    while (!(bytes.data[frame] == 0xff && bytes.data[frame + 1] == 0xc0))
        frame++;
    memcpy(bytes.data + frame + 5, "\xff\x00\xff\x00", 4); /* 65280 x 65280 */
    seg_image image = {0};
    int64_t live = seg_memory_live();
    ck_assert_fails(decode(&image, NULL, &bytes), SEG_ERROR_LIMIT, "--max-pixels");
    ck_assert(seg_memory_live() == live);
    media_free(&bytes);
}
END_TEST

/* The same refinement a thousand times over. */
START_TEST(endless_scans_are_refused) {
    uint8_t pixels[WIDTH * HEIGHT * 3];
    paint(pixels, 3);
    media_bytes bytes = encode(pixels, WIDTH, HEIGHT, layered), bomb = {0};
    size_t last = 0;
    for (size_t i = 0; i + 1 < bytes.size; i++)
        if (bytes.data[i] == 0xff && bytes.data[i + 1] == 0xda) last = i;
    ck_assert_uint_gt(last, 0);
    media_put(&bomb, bytes.data, last);
    for (int i = 0; i < 1000; i++)
        media_put(&bomb, bytes.data + last, bytes.size - 2 - last);
    media_put(&bomb, "\xff\xd9", 2);
    seg_image image = {0};
    ck_assert_fails(decode(&image, NULL, &bomb), SEG_ERROR_DATA, "scans");
    ck_assert(seg_image_empty(&image));
    media_free(&bytes);
    media_free(&bomb);
}
END_TEST

/* ---- writing ---- */

START_TEST(written_pictures_come_back) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    ck_assert_int_eq(options.quality, 92);
    options.format = "jpeg";
    for (int channels = 1; channels <= 3; channels += 2)
        for (int format = SEG_U8; format <= SEG_U16; format++)
            for (int quality = 50; quality <= 100; quality += 25) {
                seg_image image = {0}, back = {0};
                int bits = format == SEG_U8 ? 8 : 12;
                ck_assert_ok(
                    seg_image_alloc(&image, WIDTH, HEIGHT, (seg_format)format, channels, NULL));
                image.bits = (uint8_t)bits;
                uint8_t pixels[WIDTH * HEIGHT * 3];
                paint(pixels, channels);
                for (int y = 0; y < HEIGHT; y++)
                    for (int i = 0; i < WIDTH * channels; i++) {
                        unsigned v = pixels[y * WIDTH * channels + i];
                        if (format == SEG_U8)
                            ((uint8_t *)seg_image_row(&image, y))[i] = (uint8_t)v;
                        else
                            ((uint16_t *)seg_image_row(&image, y))[i] =
                                (uint16_t)((v * 4095 + 127) / 255);
                    }
                options.quality = quality;
                void *bytes = NULL;
                size_t size;
                ck_assert_ok(seg_picture_encode(&bytes, &size, &image, &options, NULL));
                ck_assert_ok(seg_picture_decode(&back, NULL, bytes, size, NULL, NULL));
                ck_assert_int_eq(back.channels, channels);
                for (int y = 0; y < HEIGHT; y++)
                    for (int i = 0; i < WIDTH * channels; i++) {
                        int got = ((uint8_t *)seg_image_row(&back, y))[i];
                        int wanted = pixels[y * WIDTH * channels + i];
                        ck_assert_int_le(abs(got - wanted), quality == 100 ? 6 : 24);
                    }
                seg_bytes_free(bytes, NULL);
                seg_image_unref(&image);
                seg_image_unref(&back);
            }
}
END_TEST

START_TEST(what_jpeg_cannot_hold) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "jpg";
    void *bytes = NULL;
    size_t size;
    seg_image image = media_picture(4, 4, SEG_U8, 4, 8, 1);
    ck_assert_fails(seg_picture_encode(&bytes, &size, &image, &options, NULL),
                    SEG_ERROR_UNSUPPORTED, "alpha");
    seg_image_unref(&image);
    image = media_picture(4, 4, SEG_LABEL32, 1, 32, 1);
    ck_assert_fails(seg_picture_encode(&bytes, &size, &image, &options, NULL),
                    SEG_ERROR_UNSUPPORTED, ".npy");
    seg_image_unref(&image);
    image = media_picture(65501, 1, SEG_U8, 1, 8, 1);
    ck_assert_fails(seg_picture_encode(&bytes, &size, &image, &options, NULL),
                    SEG_ERROR_UNSUPPORTED, "65500");
    for (int quality = 0; quality <= 101; quality += 101) {
        options.quality = quality;
        ck_assert_fails(seg_picture_encode(&bytes, &size, &image, &options, NULL), SEG_ERROR_OPTION,
                        "allowed 1 to 100");
    }
    seg_image_unref(&image);
}
END_TEST

CORE_MAIN("jpeg", colour_spaces, orientation_is_applied, cut_files_are_decoded_with_a_warning,
          rare_kinds_are_named, large_pictures_are_refused_unseen, endless_scans_are_refused,
          written_pictures_come_back, what_jpeg_cannot_hold)
