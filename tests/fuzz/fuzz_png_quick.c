/* The quick way through PNG against libpng: what it takes libpng takes too, without a warning, with
 * the same pixels and the same words about them. */
#include "fuzz_data.h"

#include "core/memory.h"
#include "media/png_quick.h"
#include <zlib.h>

enum { MAX_PIXELS = 1 << 18, HEADER_END = 33 };

static const seg_limits limits = {.max_pixels = MAX_PIXELS};
static const seg_env env = {.limits = &limits};

static uint32_t load_32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store_32(uint8_t *p, uint32_t value) {
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A fuzzer does not guess checksums: those of all chunks that fit are made right. */
static void mend_checksums(uint8_t *png, size_t size) {
    for (size_t at = 8; size - at >= 12;) {
        const size_t length = load_32(png + at);
        if (length > size - at - 12) return;
        store_32(png + at + 8 + length, (uint32_t)crc32(0, png + at + 4, (uInt)length + 4));
        at += length + 12;
        if (at > size) return;
    }
}

static size_t put_chunk(uint8_t *at, const char *type, const uint8_t *data, size_t length) {
    store_32(at, (uint32_t)length);
    memcpy(at + 4, type, 4);
    if (length) memcpy(at + 8, data, length);
    store_32(at + 8 + length, (uint32_t)crc32(0, at + 4, (uInt)length + 4));
    return length + 12;
}

/* The file with a chunk that nobody knows behind its header, which is not for the quick way. */
static uint8_t *for_libpng(const uint8_t *png, size_t size, size_t *longer) {
    uint8_t *copy = malloc(size + 12);
    if (!copy) abort();
    memcpy(copy, png, HEADER_END);
    *longer = size + put_chunk(copy + HEADER_END, "prVt", NULL, 0);
    memcpy(copy + HEADER_END + 12, png + HEADER_END, size - HEADER_END);
    return copy;
}

static void compare(const seg_image *a, const seg_image *b) {
    FUZZ_CHECK(a->width == b->width && a->height == b->height && a->format == b->format &&
               a->channels == b->channels && a->bits == b->bits && a->colour == b->colour);
    const size_t row = (size_t)a->width * a->channels * seg_format_size((seg_format)a->format);
    for (int32_t y = 0; y < a->height; y++)
        FUZZ_CHECK(memcmp(seg_image_row(a, y), seg_image_row(b, y), row) == 0);
}

static void check(const uint8_t *png, size_t size) {
    seg_image quick = {0}, slow = {0};
    seg_picture_info quick_info = {.orientation = 1}, slow_info;
    if (!seg_png_decode_quick(&quick, &quick_info, png, size, &env)) {
        FUZZ_CHECK(seg_image_empty(&quick));
        return;
    }
    size_t longer;
    uint8_t *other = for_libpng(png, size, &longer);
    FUZZ_CHECK(seg_picture_decode(&slow, &slow_info, other, longer, NULL, &env) == SEG_OK);
    compare(&quick, &slow);
    FUZZ_CHECK(quick_info.source_bits == slow_info.source_bits);
    FUZZ_CHECK(slow_info.orientation == 1 && !*slow_info.warning);
    FUZZ_CHECK(strcmp(quick_info.codec, slow_info.codec) == 0);
    seg_image_unref(&quick);
    seg_image_unref(&slow);
    free(other);
}

/* Rows for a picture of that size: filters, rarely unknown ones, and the input's bytes. Returns
 * their length, with 32 in `odd` one byte more or less. */
static size_t make_rows(uint8_t *rows, size_t room, fuzz_data *data, size_t row, size_t height,
                        uint32_t odd) {
    size_t length = 0;
    const fuzz_data start = *data;
    for (size_t y = 0; y < height && length + row + 2 < room; y++) {
        const uint32_t filter = fuzz_byte(data);
        rows[length++] = (uint8_t)(filter == 255 ? 5 : filter % 5);
        for (size_t i = 0; i < row; i++) {
            if (data->left == 0) *data = start;
            rows[length++] = (uint8_t)fuzz_byte(data);
        }
    }
    return !(odd & 32) ? length : odd & 64 ? length + 1 : length - 1;
}

/* The zlib stream; bits of `odd` put something behind it, or tell of a smaller window. */
static size_t make_stream(uint8_t *stream, size_t room, uint8_t *rows, size_t size, uint32_t how,
                          uint32_t odd) {
    z_stream z = {
        .next_in = rows, .avail_in = (uInt)size, .next_out = stream, .avail_out = (uInt)room - 8};
    const int level = (int)(how % 10), window = 9 + (int)(how / 10 % 7);
    if (deflateInit2(&z, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    const int end = deflate(&z, Z_FINISH);
    size_t length = z.total_out;
    deflateEnd(&z);
    if (end != Z_STREAM_END) return 0;
    if (odd & 1) {
        memset(stream + length, (int)odd, 3);
        length += 3;
    }
    if (odd & 2) {
        stream[0] = (uint8_t)((odd & 0xf0) | 8);
        stream[1] = (uint8_t)(31 - ((uint32_t)stream[0] << 8) % 31);
    }
    return length;
}

/* A file that is nearly, or entirely, as it should be. */
static void make_and_check(fuzz_data *data) {
    static const uint8_t types[] = {0, 2, 4, 6, 3}, channels[] = {1, 3, 2, 4, 1};
    static uint8_t png[1 << 17], stream[1 << 16], rows[1 << 15];
    const uint32_t width = 1 + fuzz_below(data, 70), height = 1 + fuzz_below(data, 50);
    const uint32_t type = fuzz_byte(data) % 5, depth = 1u << fuzz_byte(data) % 5;
    const uint32_t odd = fuzz_byte(data), how = fuzz_byte(data);
    uint8_t header[13] = {[8] = (uint8_t)depth, [9] = types[type]};
    store_32(header, width);
    store_32(header + 4, height);
    const size_t row = (width * channels[type] * depth + 7) / 8;
    const size_t made = make_rows(rows, sizeof rows, data, row, height, odd);
    const size_t length = make_stream(stream, sizeof stream, rows, made, how, odd);
    size_t size = 8;
    memcpy(png, "\x89PNG\r\n\x1a\n", 8);
    size += put_chunk(png + size, "IHDR", header, sizeof header);
    if (odd & 4) size += put_chunk(png + size, "gAMA", header, 4);
    size += put_chunk(png + size, "IDAT", stream, length / 2);
    if (odd & 8) size += put_chunk(png + size, "tEXt", header, 0);
    size += put_chunk(png + size, "IDAT", stream + length / 2, length - length / 2);
    if (!(odd & 16)) size += put_chunk(png + size, "IEND", NULL, 0);
    check(png, size);
}

/* The first byte: whether the rest is a file, or what a file is made of. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size > HEADER_END && bytes[0] & 1) {
        uint8_t *png = malloc(size - 1);
        if (!png) abort();
        memcpy(png, bytes + 1, size - 1);
        mend_checksums(png, size - 1);
        if (memcmp(png, "\x89PNG\r\n\x1a\n", 8) == 0 && load_32(png + 8) == 13)
            check(png, size - 1);
        free(png);
    } else if (size) {
        fuzz_data data = {bytes + 1, size - 1};
        make_and_check(&data);
    }
    return 0;
}
