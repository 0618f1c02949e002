/* Model blobs: what is written comes back, what is damaged is refused. */
#include "core_main.h"

#include "core/blob.h"
#include "core/memory.h"

#include <math.h>
#include <stdint.h>

static const seg_blob_geometry geometry = {7, 3, SEG_U16, 2, 10, SEG_COLOUR_GREY};

static const uint8_t bytes[] = {1, 2, 255};
static const uint16_t words16[] = {0, 1, 0x1234, 65535};
static const uint32_t words32[] = {0, 0x12345678, UINT32_MAX};
static const int32_t integers[] = {INT32_MIN, -1, INT32_MAX};
static const int64_t longs[] = {INT64_MIN, -2, INT64_MAX};
static const float floats[] = {0, -1.5f, 3e38f};
static const double doubles[] = {0, -0.1, 1e308};

static size_t write_all(void *buffer, size_t room, const seg_image *image) {
    seg_blob_writer writer;
    size_t size = 0;
    seg_blob_write_begin(&writer, buffer, room, "background", 3, &geometry);
    seg_blob_write_u8(&writer, bytes, 3);
    seg_blob_write_u16(&writer, words16, 4);
    seg_blob_write_u32(&writer, words32, 3);
    seg_blob_write_i32(&writer, integers, 3);
    seg_blob_write_i64(&writer, longs, 3);
    seg_blob_write_f32(&writer, floats, 3);
    seg_blob_write_f64(&writer, doubles, 3);
    seg_blob_write_image(&writer, image);
    ck_assert_ok(seg_blob_write_end(&writer, &size));
    return size;
}

static seg_image ramp(seg_format format) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, 5, 4, format, 2, NULL));
    for (int32_t y = 0; y < 4; y++)
        for (int32_t x = 0; x < 10; x++) {
            int value = 20 * y + x;
            void *row = seg_image_row(&image, y);
            if (format == SEG_U8) ((uint8_t *)row)[x] = (uint8_t)value;
            if (format == SEG_U16) ((uint16_t *)row)[x] = (uint16_t)(value * 257);
            if (format == SEG_F32) ((float *)row)[x] = (float)value / 8;
            if (format == SEG_LABEL32) ((int32_t *)row)[x] = -value * 65537;
        }
    return image;
}

START_TEST(what_goes_in_comes_out) {
    const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32, SEG_LABEL32};
    for (int f = 0; f < 4; f++) {
        seg_image image = ramp(formats[f]), back = {0};
        size_t size = write_all(NULL, 0, &image);
        ck_assert_uint_eq(size,
                          72 + 3 + 8 + 12 + 12 + 24 + 12 + 24 + 40 * seg_format_size(formats[f]));
        uint8_t *blob = malloc(size + 1);
        blob[size] = 0x77;
        ck_assert_uint_eq(write_all(blob, size, &image), size);
        ck_assert_uint_eq(blob[size], 0x77);

        seg_blob_reader reader;
        ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "background", 3));
        ck_assert_uint_eq(reader.version, 3);
        ck_assert_int_eq(reader.geometry.width, 7);
        ck_assert_int_eq(reader.geometry.height, 3);
        ck_assert_int_eq(reader.geometry.format, SEG_U16);
        ck_assert_int_eq(reader.geometry.channels, 2);
        ck_assert_int_eq(reader.geometry.bits, 10);
        ck_assert_int_eq(reader.geometry.colour, SEG_COLOUR_GREY);
        ck_assert_uint_eq(seg_blob_left(&reader), size - 72);
        uint8_t b[3];
        uint16_t w[4];
        uint32_t u[3];
        int32_t i[3];
        int64_t l[3];
        float s[3];
        double d[3];
        seg_blob_read_u8(&reader, b, 3);
        seg_blob_read_u16(&reader, w, 4);
        seg_blob_read_u32(&reader, u, 3);
        seg_blob_read_i32(&reader, i, 3);
        seg_blob_read_i64(&reader, l, 3);
        seg_blob_read_f32(&reader, s, 3);
        seg_blob_read_f64(&reader, d, 3);
        ck_assert_mem_eq(b, bytes, sizeof b);
        ck_assert_mem_eq(w, words16, sizeof w);
        ck_assert_mem_eq(u, words32, sizeof u);
        ck_assert_mem_eq(i, integers, sizeof i);
        ck_assert_mem_eq(l, longs, sizeof l);
        ck_assert_mem_eq(s, floats, sizeof s);
        ck_assert_mem_eq(d, doubles, sizeof d);
        ck_assert_ok(seg_image_alloc(&back, 5, 4, formats[f], 2, NULL));
        ck_assert_fails(seg_blob_finish(&reader), SEG_ERROR_DATA, "too many");
        seg_blob_read_image(&reader, &back);
        ck_assert_ok(seg_blob_finish(&reader));
        for (int32_t y = 0; y < 4; y++)
            ck_assert_mem_eq(seg_image_row(&back, y), seg_image_row(&image, y),
                             10 * seg_format_size(formats[f]));
        seg_image_unref(&image);
        seg_image_unref(&back);
        free(blob);
    }
}
END_TEST

START_TEST(the_layout_is_fixed) {
    /* byte for byte, as another machine would write it */
    uint8_t blob[80];
    seg_blob_writer writer;
    size_t size;
    const uint16_t values[] = {0x0102, 0xfffe};
    seg_blob_write_begin(&writer, blob, sizeof blob, "mog2", 2, &geometry);
    seg_blob_write_u16(&writer, values, 2);
    ck_assert_ok(seg_blob_write_end(&writer, &size));
    ck_assert_uint_eq(size, 76);
    ck_assert_mem_eq(blob, "SEGMODEL\1\0\0\0\2\0\0\0mog2\0\0\0\0", 24);
    ck_assert_mem_eq(blob + 44, "\7\0\0\0\3\0\0\0\2\2\12\1\114\0\0\0\0\0\0\0", 20);
    ck_assert_mem_eq(blob + 72, "\2\1\376\377", 4);
    uint64_t sum = 0;
    for (int i = 7; i >= 0; i--)
        sum = sum << 8 | blob[64 + i];
    ck_assert_msg(sum == 0x47c1d26cecc9aaa0u, "checksum %#llx", (unsigned long long)sum);
}
END_TEST

START_TEST(any_damage_is_found) {
    seg_image image = ramp(SEG_U8);
    size_t size = write_all(NULL, 0, &image);
    uint8_t *blob = malloc(size), *copy = malloc(size);
    write_all(blob, size, &image);
    seg_blob_reader reader;
    for (size_t at = 0; at < size; at++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, blob, size);
            copy[at] ^= (uint8_t)(1 << bit);
            if (seg_blob_read_begin(&reader, copy, size, "background", 3) != SEG_ERROR_DATA)
                ck_abort_msg("byte %zu, bit %d: not found", at, bit);
            uint8_t value = 9;
            seg_blob_read_u8(&reader, &value, 1);
            if (value != 0 || seg_blob_left(&reader) != 0) ck_abort_msg("a failed reader reads");
        }
    for (size_t length = 0; length < size; length++)
        if (seg_blob_read_begin(&reader, blob, length, "background", 3) != SEG_ERROR_DATA)
            ck_abort_msg("cut at %zu: not found", length);
    ck_assert_fails(seg_blob_read_begin(&reader, NULL, 100, "background", 3), SEG_ERROR_DATA,
                    "no saved model");
    ck_assert_fails(seg_blob_read_begin(&reader, blob, size, "mog2", 3), SEG_ERROR_DATA,
                    "belongs to the method \"background\" (not \"mog2\")");
    ck_assert_fails(seg_blob_read_begin(&reader, blob, size, "background", 2), SEG_ERROR_DATA,
                    "version 3 (allowed 1 to 2)");
    ck_assert_fails(seg_blob_read_begin(&reader, blob, size - 1, "background", 3), SEG_ERROR_DATA,
                    "header says");
    ck_assert_ok(seg_blob_read_begin(&reader, blob, size, NULL, UINT32_MAX));
    free(blob);
    free(copy);
    seg_image_unref(&image);
}
END_TEST

START_TEST(impossible_geometries) {
    const seg_blob_geometry bad[] = {
        {0, 3, SEG_U8, 1, 8, 1},   {7, -1, SEG_U8, 1, 8, 1}, {7, 3, 0, 1, 8, 1},
        {7, 3, 9, 1, 8, 1},        {7, 3, SEG_U8, 0, 8, 1},  {7, 3, SEG_U8, 5, 8, 1},
        {7, 3, SEG_U8, 1, 7, 1},   {7, 3, SEG_U16, 1, 0, 1}, {7, 3, SEG_U16, 1, 17, 1},
        {7, 3, SEG_F32, 1, 16, 1}, {7, 3, SEG_U8, 1, 8, 4}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t blob[72];
        seg_blob_writer writer;
        seg_blob_reader reader;
        size_t size;
        seg_blob_write_begin(&writer, blob, sizeof blob, "x", 1, &bad[i]);
        ck_assert_ok(seg_blob_write_end(&writer, &size));
        ck_assert_fails(seg_blob_read_begin(&reader, blob, size, "x", 1), SEG_ERROR_DATA,
                        "impossible");
    }
}
END_TEST

START_TEST(reading_beyond_the_end) {
    uint8_t blob[100];
    seg_blob_writer writer;
    seg_blob_reader reader;
    size_t size;
    const int32_t number = 5;
    seg_blob_write_begin(&writer, blob, sizeof blob, "x", 1, &geometry);
    seg_blob_write_i32(&writer, &number, 1);
    ck_assert_ok(seg_blob_write_end(&writer, &size));
    int32_t values[3] = {1, 2, 3};
    ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "x", 1));
    seg_blob_read_i32(&reader, values, 3);
    ck_assert_int_eq(values[0] | values[1] | values[2], 0);
    ck_assert_fails(seg_blob_finish(&reader), SEG_ERROR_DATA, "ends early");
    /* once failed, always failed */
    seg_blob_read_i32(&reader, values, 1);
    ck_assert_int_eq(values[0], 0);
    seg_blob_read_u8(&reader, NULL, 0);
    ck_assert_int_eq(seg_blob_finish(&reader), SEG_ERROR_DATA);

    ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "x", 1));
    ck_assert_int_eq(seg_blob_read_bounded(&reader, 5, 9), 5);
    ck_assert_ok(seg_blob_finish(&reader));
    ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "x", 1));
    ck_assert_int_eq(seg_blob_read_bounded(&reader, 6, 9), 6);
    ck_assert_int_eq(seg_blob_finish(&reader), SEG_ERROR_DATA);
    ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "x", 1));
    ck_assert_int_eq(seg_blob_read_bounded(&reader, -9, 4), -9);
    ck_assert_int_eq(seg_blob_finish(&reader), SEG_ERROR_DATA);
}
END_TEST

START_TEST(infinities_are_refused) {
    const float bad_floats[] = {1, NAN, INFINITY, -INFINITY};
    const double bad_doubles[] = {1, NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++) {
        uint8_t blob[100];
        seg_blob_writer writer;
        seg_blob_reader reader;
        size_t size;
        float f;
        double d;
        seg_blob_write_begin(&writer, blob, sizeof blob, "x", 1, &geometry);
        seg_blob_write_f32(&writer, &bad_floats[i], 1);
        seg_blob_write_f64(&writer, &bad_doubles[0], 1);
        ck_assert_ok(seg_blob_write_end(&writer, &size));
        ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "x", 1));
        seg_blob_read_f32(&reader, &f, 1);
        ck_assert_float_eq(f, i ? 0 : 1);
        ck_assert_int_eq(reader.failed, i != 0);
        seg_blob_write_begin(&writer, blob, sizeof blob, "x", 1, &geometry);
        seg_blob_write_f64(&writer, &bad_doubles[i], 1);
        ck_assert_ok(seg_blob_write_end(&writer, &size));
        ck_assert_ok(seg_blob_read_begin(&reader, blob, size, "x", 1));
        seg_blob_read_f64(&reader, &d, 1);
        ck_assert_double_eq(d, i ? 0 : 1);
        ck_assert_int_eq(reader.failed, i != 0);
    }
}
END_TEST

START_TEST(too_little_room) {
    seg_image image = ramp(SEG_U8);
    size_t size = write_all(NULL, 0, &image);
    for (size_t room = 0; room < size; room += 7) {
        /* exactly as large as said, so that a byte too many is found */
        uint8_t *blob = malloc(room ? room : 1);
        seg_blob_writer writer;
        size_t written = 1;
        seg_blob_write_begin(&writer, blob, room, "background", 3, &geometry);
        seg_blob_write_image(&writer, &image);
        seg_blob_write_u32(&writer, words32, 3);
        seg_blob_write_i64(&writer, longs, 3);
        seg_blob_write_f32(&writer, floats, 3);
        seg_blob_write_f64(&writer, doubles, 3);
        seg_blob_write_u8(&writer, bytes, 3);
        seg_blob_write_u16(&writer, words16, 4);
        seg_blob_write_i32(&writer, integers, 3);
        ck_assert_fails(seg_blob_write_end(&writer, &written), SEG_ERROR_LIMIT, "needs");
        ck_assert_uint_eq(written, 1);
        free(blob);
    }
    seg_blob_writer writer;
    size_t written;
    seg_blob_write_begin(&writer, NULL, 0, "background", 3, &geometry);
    seg_blob_write_f64(&writer, NULL, SIZE_MAX / 4);
    ck_assert_fails(seg_blob_write_end(&writer, &written), SEG_ERROR_LIMIT, "memory");
    seg_image_unref(&image);
}
END_TEST

CORE_MAIN("core_blob", what_goes_in_comes_out, the_layout_is_fixed, any_damage_is_found,
          impossible_geometries, reading_beyond_the_end, infinities_are_refused, too_little_room)
