/* Pictures and small files for the tests of libsegment-media. */
#ifndef SEG_TESTS_MEDIA_PICTURES_H
#define SEG_TESTS_MEDIA_PICTURES_H

#include "core/memory.h"
#include "core/random.h"
#include "core_main.h"

#include <segment/media.h>
#include <stdio.h>

/* ---- random numbers ---- */

static inline uint32_t media_random(uint32_t *state) {
    seg_random stream = seg_random_stream(*state / 4, 0, 77);
    uint32_t words[4];
    seg_random_words(words, &stream, 0);
    return words[(*state)++ % 4];
}

/* ---- pictures ---- */

static inline size_t media_row_bytes(const seg_image *image) {
    return (size_t)image->width * image->channels * seg_format_size((seg_format)image->format);
}

/* Random samples: any value of `bits`, labels 0..65535, floats of -1..1. */
static inline seg_image media_picture(int32_t width, int32_t height, seg_format format,
                                      int channels, int bits, uint32_t seed) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, format, channels, NULL));
    image.bits = (uint8_t)bits;
    size_t count = (size_t)width * (size_t)channels;
    for (int32_t y = 0; y < height; y++) {
        void *row = seg_image_row(&image, y);
        for (size_t i = 0; i < count; i++) {
            uint32_t v = media_random(&seed);
            if (format == SEG_U8) ((uint8_t *)row)[i] = (uint8_t)v;
            if (format == SEG_U16) ((uint16_t *)row)[i] = (uint16_t)(v & ((1u << bits) - 1));
            if (format == SEG_F32) ((float *)row)[i] = (float)(int32_t)v / 2147483648.0f;
            if (format == SEG_LABEL32) ((int32_t *)row)[i] = (int32_t)(v & 0xffff);
        }
    }
    return image;
}

/* A mask of blobs and noise: 0 and 255, colour DATA. */
static inline seg_image media_mask(int32_t width, int32_t height, uint32_t seed) {
    seg_image mask = media_picture(width, height, SEG_U8, 1, 8, seed);
    for (int32_t y = 0; y < height; y++) {
        uint8_t *row = seg_image_row(&mask, y);
        for (int32_t x = 0; x < width; x++)
            row[x] = ((x / 5 + y / 3) % 2) ^ (row[x] < 20) ? 255 : 0;
    }
    mask.colour = SEG_COLOUR_DATA;
    return mask;
}

static inline bool media_equal(const seg_image *a, const seg_image *b) {
    if (a->width != b->width || a->height != b->height || a->format != b->format ||
        a->channels != b->channels || a->bits != b->bits)
        return false;
    for (int32_t y = 0; y < a->height; y++)
        if (memcmp(seg_image_row(a, y), seg_image_row(b, y), media_row_bytes(a)) != 0) return false;
    return true;
}

/* ---- bytes ---- */

typedef struct media_bytes {
    uint8_t *data;
    size_t size, capacity;
} media_bytes;

static inline void media_put(media_bytes *bytes, const void *data, size_t size) {
    if (bytes->size + size > bytes->capacity) {
        bytes->capacity = 2 * (bytes->size + size) + 64;
        bytes->data = realloc(bytes->data, bytes->capacity);
        ck_assert_ptr_nonnull(bytes->data);
    }
    if (size) memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static inline void media_put_byte(media_bytes *bytes, unsigned value) {
    uint8_t byte = (uint8_t)value;
    media_put(bytes, &byte, 1);
}

static inline void media_put_32(media_bytes *bytes, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        media_put_byte(bytes, value >> shift & 255);
}

static inline void media_put_text(media_bytes *bytes, const char *text) {
    media_put(bytes, text, strlen(text));
}

static inline void media_free(media_bytes *bytes) {
    free(bytes->data);
    *bytes = (media_bytes){0};
}

/* ---- PNG by hand: no library of the code under test ---- */

static inline uint32_t media_crc(const uint8_t *data, size_t size) {
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? 0xedb88320u ^ crc >> 1 : crc >> 1;
    }
    return ~crc;
}

static inline void media_put_chunk(media_bytes *png, const char *type, const void *data,
                                   size_t size) {
    media_put_32(png, (uint32_t)size);
    size_t start = png->size;
    media_put(png, type, 4);
    media_put(png, data, size);
    media_put_32(png, media_crc(png->data + start, 4 + size));
}

static inline void media_put_png_start(media_bytes *png, uint32_t width, uint32_t height, int depth,
                                       int type, int interlace) {
    media_bytes header = {0};
    media_put_32(&header, width);
    media_put_32(&header, height);
    const uint8_t rest[5] = {(uint8_t)depth, (uint8_t)type, 0, 0, (uint8_t)interlace};
    media_put(&header, rest, 5);
    media_put(png, "\x89PNG\r\n\x1a\n", 8);
    media_put_chunk(png, "IHDR", header.data, header.size);
    media_free(&header);
}

/* A zlib stream of stored blocks. */
static inline void media_put_png_data(media_bytes *png, const uint8_t *rows, size_t size) {
    media_bytes stream = {0};
    media_put(&stream, "\x78\x01", 2);
    uint32_t a = 1, b = 0;
    for (size_t at = 0; at < size || !at;) {
        size_t length = size - at < 60000 ? size - at : 60000;
        media_put_byte(&stream, at + length == size);
        const uint8_t lengths[4] = {(uint8_t)length, (uint8_t)(length >> 8), (uint8_t)~length,
                                    (uint8_t)(~length >> 8)};
        media_put(&stream, lengths, 4);
        media_put(&stream, rows + at, length);
        at += length;
        if (!size) break;
    }
    for (size_t i = 0; i < size; i++) {
        a = (a + rows[i]) % 65521;
        b = (b + a) % 65521;
    }
    media_put_32(&stream, b << 16 | a);
    media_put_chunk(png, "IDAT", stream.data, stream.size);
    media_free(&stream);
}

/* An EXIF block that holds an orientation, in either byte order. */
static inline void media_put_exif(media_bytes *bytes, int orientation, bool big_endian) {
    static const uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
                                     0,   1,   0,  0, 0, 0, 0, 0, 0, 0, 0,    0,    0};
    static const uint8_t big[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                                  3,   0,   0, 0,  1, 0, 0, 0, 0, 0, 0,    0,    0};
    size_t start = bytes->size;
    media_put(bytes, big_endian ? big : little, sizeof big);
    bytes->data[start + (big_endian ? 19 : 18)] = (uint8_t)orientation;
}

/* Where pixel (x, y) of a stored picture is shown. */
static inline void media_orient(int32_t *shown_x, int32_t *shown_y, int32_t x, int32_t y,
                                int32_t width, int32_t height, int orientation) {
    const int32_t right = width - 1 - x, below = height - 1 - y;
    switch (orientation) {
    case 2: /* mirrored */
        *shown_x = right, *shown_y = y;
        break;
    case 3: /* turned by half */
        *shown_x = right, *shown_y = below;
        break;
    case 4: /* upside down */
        *shown_x = x, *shown_y = below;
        break;
    case 5: /* transposed */
        *shown_x = y, *shown_y = x;
        break;
    case 6: /* turned right: the left column becomes the top row, from its end */
        *shown_x = below, *shown_y = x;
        break;
    case 7: /* transposed along the other diagonal */
        *shown_x = below, *shown_y = right;
        break;
    case 8: /* turned left: the right column becomes the top row */
        *shown_x = y, *shown_y = right;
        break;
    default:
        *shown_x = x, *shown_y = y;
        break;
    }
}

#endif
