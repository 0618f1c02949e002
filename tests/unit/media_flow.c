/* .flo: bytes by hand, there and back, damage. */
#define _DEFAULT_SOURCE /* mkstemps */
#include "core_main.h"
#include <segment/media.h>
#include <stdio.h>
#include <unistd.h>

/* 3 x 1: (1, -2), (0.5, 0), unknown */
static const unsigned char by_hand[] = {
    'P', 'I',  'E', 'H', 3, 0,    0, 0, 1, 0, 0,    0,    0,    0,    0x80, 0x3f, 0,    0,
    0,   0xc0, 0,   0,   0, 0x3f, 0, 0, 0, 0, 0xf9, 0x02, 0x15, 0x50, 0xf9, 0x02, 0x15, 0x50};

START_TEST(bytes_by_hand) {
    seg_image flow = {0};
    seg_picture_info info;
    ck_assert_ok(seg_picture_decode(&flow, &info, by_hand, sizeof by_hand, NULL, NULL));
    ck_assert_str_eq(info.codec, "flo");
    ck_assert_int_eq(flow.format, SEG_F32);
    ck_assert_int_eq(flow.channels, 2);
    ck_assert_int_eq(flow.width, 3);
    ck_assert_int_eq(flow.height, 1);
    const float *row = seg_image_row(&flow, 0);
    const float wanted[] = {1, -2, 0.5f, 0, 1e10f, 1e10f};
    for (int i = 0; i < 6; i++)
        ck_assert_float_eq(row[i], wanted[i]);
    void *bytes;
    size_t size;
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "flo";
    ck_assert_ok(seg_picture_encode(&bytes, &size, &flow, &options, NULL));
    ck_assert_uint_eq(size, sizeof by_hand);
    ck_assert_mem_eq(bytes, by_hand, size);
    seg_bytes_free(bytes, NULL);
    seg_image_unref(&flow);
}
END_TEST

START_TEST(files_there_and_back) {
    char name[] = "/tmp/segment-flow-XXXXXX.flo";
    const int file = mkstemps(name, 4);
    ck_assert_int_ge(file, 0);
    close(file);
    seg_image flow = {0}, back = {0};
    ck_assert_ok(seg_image_alloc(&flow, 17, 5, SEG_F32, 2, NULL));
    for (int32_t y = 0; y < 5; y++)
        for (int32_t x = 0; x < 34; x++)
            ((float *)seg_image_row(&flow, y))[x] = (float)(y * 34 + x) / 7 - 10;
    ck_assert_ok(seg_picture_write(name, &flow, NULL, NULL));
    ck_assert_int_eq(seg_source_probe(name), SEG_SOURCE_PICTURE);
    ck_assert_ok(seg_picture_read(&back, NULL, name, NULL, NULL));
    for (int32_t y = 0; y < 5; y++)
        ck_assert_mem_eq(seg_image_row(&flow, y), seg_image_row(&back, y), 17 * 8);
    seg_image_unref(&flow);
    seg_image_unref(&back);
    unlink(name);
}
END_TEST

START_TEST(damage) {
    seg_image flow = {0};
    unsigned char bytes[sizeof by_hand];
    for (size_t size = 4; size < sizeof by_hand; size++)
        ck_assert_fails(seg_picture_decode(&flow, NULL, by_hand, size, NULL, NULL), SEG_ERROR_DATA,
                        "damaged .flo");
    memcpy(bytes, by_hand, sizeof bytes);
    bytes[4] = 0;
    ck_assert_fails(seg_picture_decode(&flow, NULL, bytes, sizeof bytes, NULL, NULL),
                    SEG_ERROR_DATA, "0 x 1");
    bytes[7] = 0x80;
    ck_assert_fails(seg_picture_decode(&flow, NULL, bytes, sizeof bytes, NULL, NULL),
                    SEG_ERROR_DATA, "size");
    memset(bytes + 4, 0x7f, 8);
    ck_assert_fails(seg_picture_decode(&flow, NULL, bytes, sizeof bytes, NULL, NULL),
                    SEG_ERROR_LIMIT, "");
    ck_assert(seg_image_empty(&flow));
}
END_TEST

START_TEST(other_pictures_are_refused) {
    seg_image grey = {0};
    void *bytes;
    size_t size;
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "flo";
    ck_assert_ok(seg_image_alloc(&grey, 3, 3, SEG_U8, 1, NULL));
    ck_assert_fails(seg_picture_encode(&bytes, &size, &grey, &options, NULL), SEG_ERROR_UNSUPPORTED,
                    "optical flow");
    seg_image_unref(&grey);
}
END_TEST

CORE_MAIN(".flo", bytes_by_hand, files_there_and_back, damage, other_pictures_are_refused)
