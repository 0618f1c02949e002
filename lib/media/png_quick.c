/*
 * PNG with libdeflate: the whole stream is inflated at once, two to three times as fast as libpng
 * and zlib do it piece by piece, and rows of one byte a pixel are unfiltered eight bytes at a time.
 *
 * What it is worth, in whole processes (`sh tests/bench/evaluate.sh png`): scoring 1000 pairs of
 * 1080p masks takes 1.9 s, with libpng alone 15.8 s, pairs of one bit a pixel 3.6 times less, 64
 * photographs through Otsu 0.53 s and 0.78 s.
 *
 * Only files in which all is well are taken: every checksum right, sizes that fit, known chunks.
 * All others are left to libpng, whose judgement of damage counts.
 */
#include "media/png_quick.h"

#ifdef SEG_HAVE_DEFLATE

#include "core/memory.h"
#include "media/codec.h"
#include "media/limits.h"
#include <libdeflate.h>
#include <stdio.h>
#include <string.h>

/* Larger ones are streamed by libpng instead of being held in memory twice. */
#define MOST_BYTES ((size_t)64 << 20)

/* ---- chunks ---- */

typedef struct quick {
    const uint8_t *bytes;
    size_t size;
    uint32_t width, height;
    int depth, channels;
    const uint8_t *stream; /* of all IDAT chunks */
    size_t stream_size;
    uint8_t *joined; /* where there are several; else NULL */
    const seg_env *env;
} quick;

static uint32_t big_endian_32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool read_header(quick *q, const uint8_t *data, size_t length) {
    static const int channels[] = {1, 0, 3, 0, 2, 0, 4};
    if (length != 13) return false;
    q->width = big_endian_32(data);
    q->height = big_endian_32(data + 4);
    q->depth = data[8];
    if (data[9] > 6 || !channels[data[9]]) return false; /* palettes are libpng's */
    q->channels = channels[data[9]];
    const bool small = q->depth == 1 || q->depth == 2 || q->depth == 4;
    if (!(q->depth == 8 || q->depth == 16 || (small && q->channels == 1))) return false;
    return !data[10] && !data[11] && !data[12]; /* the only compression, filters, no interlace */
}

/* True for chunks that say nothing about the samples. */
static bool says_nothing(const uint8_t *type) {
    static const char names[] =
        "bKGDcHRMgAMAhISTiCCPiTXtoFFspCALpHYssBITsCALsPLTsRGBsTERtEXttIMEzTXt";
    for (size_t i = 0; names[i]; i += 4)
        if (memcmp(type, names + i, 4) == 0) return true;
    return false;
}

typedef struct chunk {
    const uint8_t *type, *data;
    size_t length;
} chunk;

/* The chunk at *position, whose checksum is right; *position is moved behind it. */
static bool next_chunk(const quick *q, chunk *found, size_t *position) {
    if (q->size - *position < 12) return false;
    const uint8_t *start = q->bytes + *position;
    *found = (chunk){start + 4, start + 8, big_endian_32(start)};
    if (found->length > q->size - *position - 12) return false;
    *position += found->length + 12;
    return libdeflate_crc32(0, found->type, found->length + 4) ==
           big_endian_32(found->data + found->length);
}

static bool add_stream(quick *q, const chunk *piece) {
    if (!q->stream) {
        q->stream = piece->data;
        q->stream_size = piece->length;
        return true;
    }
    if (!q->joined) { /* room for all that can come */
        q->joined = seg_allocate(q->env, q->size, 1, "the PNG's stream");
        if (!q->joined) return false;
        memcpy(q->joined, q->stream, q->stream_size);
        q->stream = q->joined;
    }
    memcpy(q->joined + q->stream_size, piece->data, piece->length);
    q->stream_size += piece->length;
    return true;
}

static bool read_chunks(quick *q) {
    size_t position = 8;
    chunk now;
    bool ended = false; /* the stream has */
    if (!next_chunk(q, &now, &position) || memcmp(now.type, "IHDR", 4) != 0 ||
        !read_header(q, now.data, now.length))
        return false;
    while (next_chunk(q, &now, &position)) {
        if (memcmp(now.type, "IEND", 4) == 0) return q->stream != NULL && now.length == 0;
        if (memcmp(now.type, "IDAT", 4) == 0) {
            if (ended || !add_stream(q, &now)) return false;
        } else if (!says_nothing(now.type)) {
            return false;
        } else {
            ended = q->stream != NULL;
        }
    }
    return false;
}

/* ---- filters (PNG, third edition, 9.2) ---- */

/* Sums of bytes, each for itself. */
static inline uint64_t add_bytes(uint64_t a, uint64_t b) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    return ((a & low) + (b & low)) ^ ((a ^ b) & ~low);
}

static inline uint64_t load(const uint8_t *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline void store(uint8_t *p, uint64_t word) {
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(word >> 8 * i);
}

/* Running sums of eight bytes in three additions, and the sum so far on top of them. */
static void undo_sub_1(uint8_t *row, const uint8_t *from, size_t count) {
    uint64_t last = 0; /* in all bytes */
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t word = load(from + i);
        word = add_bytes(word, word << 8);
        word = add_bytes(word, word << 16);
        word = add_bytes(word, word << 32);
        word = add_bytes(word, last);
        store(row + i, word);
        last = (word >> 56) * 0x0101010101010101u;
    }
    for (uint8_t sum = (uint8_t)last; i < count; i++)
        row[i] = sum = (uint8_t)(sum + from[i]);
}

static inline uint8_t paeth(int left, int up, int corner) {
    int to_left = up - corner, to_up = left - corner, to_corner = to_left + to_up;
    to_left = to_left < 0 ? -to_left : to_left;
    to_up = to_up < 0 ? -to_up : to_up;
    to_corner = to_corner < 0 ? -to_corner : to_corner;
    if (to_left <= to_up && to_left <= to_corner) return (uint8_t)left;
    return (uint8_t)(to_up <= to_corner ? up : corner);
}

/* The filters that look to the left, for pixels of `step` bytes: a constant where it is inlined. */
static inline void undo_left(uint8_t *row, const uint8_t *from, const uint8_t *above, size_t count,
                             int filter, size_t step) {
    uint8_t left[8] = {0}, corner[8] = {0};
    for (size_t i = 0; i < count; i += step)
        for (size_t c = 0; c < step; c++) {
            const uint8_t up = above[i + c];
            const int guess = filter == 1   ? left[c]
                              : filter == 3 ? (left[c] + up) >> 1
                                            : paeth(left[c], up, corner[c]);
            row[i + c] = left[c] = (uint8_t)(from[i + c] + guess);
            corner[c] = up;
        }
}

static void undo_left_any(uint8_t *row, const uint8_t *from, const uint8_t *above, size_t count,
                          int filter, size_t step) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        if (filter == 1)                                                                           \
            undo_left(row, from, above, count, 1, n);                                              \
        else if (filter == 3)                                                                      \
            undo_left(row, from, above, count, 3, n);                                              \
        else                                                                                       \
            undo_left(row, from, above, count, 4, n);                                              \
        break
    switch (step) {
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(6);
        CASE(8);
    }
#undef CASE
}

/* Row `row` of `from`, which begins with its filter; `row` may be from + 1. */
static bool undo_filter(uint8_t *row, const uint8_t *from, const uint8_t *above, size_t count,
                        size_t step) {
    const int filter = *from++;
    if (filter == 0) {
        if (row != from) memcpy(row, from, count);
    } else if (filter == 2) {
        for (size_t i = 0; i < count; i++)
            row[i] = (uint8_t)(from[i] + above[i]);
    } else if (filter == 1 && step == 1) {
        undo_sub_1(row, from, count);
    } else if (filter <= 4) {
        undo_left_any(row, from, above, count, filter, step);
    } else {
        return false;
    }
    return true;
}

/* ---- samples ---- */

/* Samples of 1, 2 and 4 bits over the full scale of 8. */
static void expand_row(uint8_t *row, const uint8_t *packed, uint32_t width, int depth,
                       uint8_t table[256][8]) {
    const uint32_t each = 8u / (uint32_t)depth;
    uint32_t x = 0;
    for (; x + each <= width; x += each)
        memcpy(row + x, table[*packed++], each);
    if (x < width) memcpy(row + x, table[*packed], width - x);
}

static void make_table(uint8_t table[256][8], int depth) {
    const int each = 8 / depth, most = (1 << depth) - 1;
    for (int byte = 0; byte < 256; byte++)
        for (int i = 0; i < each; i++)
            table[byte][i] = (uint8_t)((byte >> (8 - depth * (i + 1)) & most) * (255 / most));
}

static void swap_row(uint16_t *row, const uint8_t *from, size_t count) {
    for (size_t i = 0; i < count; i++)
        row[i] = (uint16_t)(from[2 * i] << 8 | from[2 * i + 1]);
}

/* Bytes of a row without its filter. */
static size_t row_size(const quick *q) {
    return ((size_t)q->width * (size_t)q->channels * (size_t)q->depth + 7) / 8;
}

static bool undo_rows(seg_image *image, uint8_t *raw, const quick *q) {
    const size_t count = row_size(q);
    const size_t step = q->depth < 8 ? 1 : (size_t)q->channels * (size_t)q->depth / 8;
    uint8_t table[256][8], *nothing = seg_allocate_zeroed(q->env, count, 1, "a row of the PNG");
    const uint8_t *above = nothing;
    bool good = nothing != NULL;
    if (q->depth < 8) make_table(table, q->depth);
    for (uint32_t y = 0; y < q->height && good; y++) {
        uint8_t *from = raw + (size_t)y * (count + 1), *row = seg_image_row(image, (int32_t)y);
        uint8_t *plain = q->depth == 8 ? row : from + 1;
        good = undo_filter(plain, from, above, count, step);
        if (q->depth < 8) expand_row(row, plain, q->width, q->depth, table);
        if (q->depth == 16) swap_row((uint16_t *)(void *)row, plain, count / 2);
        above = plain;
    }
    seg_release(q->env, nothing);
    return good;
}

/* ---- the whole ---- */

/* Whether matches may reach as far back as there is anything: libdeflate does not look at the
 * window that the stream declares, zlib refuses matches beyond it. */
static bool window_suffices(const quick *q, size_t size) {
    if (q->stream_size < 2 || q->stream[0] >> 4 > 7) return false;
    const size_t window = (size_t)256 << (q->stream[0] >> 4);
    return window >= size || window == 32768;
}

/* Neither less nor more than the rows, and nothing behind the stream. */
static bool inflate_all(uint8_t *raw, size_t size, const quick *q) {
    if (!window_suffices(q, size)) return false;
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    if (!inflater) return false;
    size_t used = 0;
    const enum libdeflate_result result =
        libdeflate_zlib_decompress_ex(inflater, q->stream, q->stream_size, raw, size, &used, NULL);
    libdeflate_free_decompressor(inflater);
    return result == LIBDEFLATE_SUCCESS && used == q->stream_size;
}

static bool decode(seg_image *image, const quick *q) {
    if (seg_media_check_size(q->width, q->height, q->env) < 0) return false;
    size_t size;
    if (!seg_size_multiply(&size, row_size(q) + 1, q->height) || size > MOST_BYTES) return false;
    uint8_t *raw = seg_allocate(q->env, size, 1, "the PNG's rows");
    bool good = raw && inflate_all(raw, size, q) &&
                seg_image_alloc(image, (int32_t)q->width, (int32_t)q->height,
                                q->depth == 16 ? SEG_U16 : SEG_U8, q->channels, q->env) >= 0;
    good = good && undo_rows(image, raw, q);
    seg_release(q->env, raw);
    if (!good) seg_image_unref(image);
    return good;
}

bool seg_png_decode_quick(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env) {
    quick q = {.bytes = bytes, .size = size, .env = env};
    const bool good = size > 8 && read_chunks(&q) && decode(image, &q);
    seg_release(env, q.joined);
    if (!good) return false;
    snprintf(info->codec, sizeof info->codec, "png");
    info->source_bits = q.depth;
    image->colour = q.channels <= 2 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB;
    return true;
}

#else

bool seg_png_decode_quick(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env) {
    (void)image, (void)info, (void)bytes, (void)size, (void)env;
    return false;
}

#endif
