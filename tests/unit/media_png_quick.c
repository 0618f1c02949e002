/* The quick way through PNG against libpng: a chunk that nobody knows sends a file to the latter.
 */
#include "core/memory.h"
#include "media/png_quick.h"
#include "media_pictures.h"

typedef struct kind {
    int type, depth, channels;
} kind;

static const kind kinds[] = {{0, 1, 1},  {0, 2, 1}, {0, 4, 1},  {0, 8, 1}, {0, 16, 1}, {2, 8, 3},
                             {2, 16, 3}, {4, 8, 2}, {4, 16, 2}, {6, 8, 4}, {6, 16, 4}};
enum { KINDS = sizeof kinds / sizeof *kinds };

typedef enum twist {
    PLAIN,
    UNKNOWN_CHUNK, /* before the stream */
    TEXT_CHUNKS,   /* around the stream */
    SEVERAL_IDAT,
    SPLIT_IDAT,     /* with a chunk between */
    WRONG_CHECKSUM, /* of IDAT */
    NO_END,
    WRONG_FILTER,
    SHORT_ROWS,
    LONG_ROWS,
    INTERLACED
} twist;

/* Rows of random bytes, each with a random filter. */
static media_bytes make_rows(const kind *k, uint32_t width, uint32_t height, uint32_t *seed,
                             twist how) {
    media_bytes rows = {0};
    const size_t count = ((size_t)width * (size_t)(k->channels * k->depth) + 7) / 8;
    const bool smooth = media_random(seed) % 2;
    for (uint32_t y = 0; y < height - (how == SHORT_ROWS); y++) {
        media_put_byte(&rows, how == WRONG_FILTER && y + 1 == height ? 7 : media_random(seed) % 5);
        for (size_t i = 0; i < count; i++)
            media_put_byte(&rows, smooth ? media_random(seed) % 3 : media_random(seed) & 255);
    }
    if (how == LONG_ROWS) media_put(&rows, "more", 4);
    return rows;
}

static media_bytes make_file(const kind *k, uint32_t width, uint32_t height, uint32_t seed,
                             twist how) {
    media_bytes png = {0}, stream = {0}, rows = make_rows(k, width, height, &seed, how);
    media_put_png_start(&png, width, height, k->depth, k->type, how == INTERLACED);
    if (how == UNKNOWN_CHUNK) media_put_chunk(&png, "prVt", "x", 1);
    if (how == TEXT_CHUNKS) media_put_chunk(&png, "tEXt", "a\0b", 3);
    media_put_png_data(&stream, rows.data, rows.size); /* a chunk: its data are from 8 to -4 */
    const uint8_t *data = stream.data + 8;
    const size_t size = stream.size - 12;
    if (how == SEVERAL_IDAT || how == SPLIT_IDAT) {
        media_put_chunk(&png, "IDAT", data, size / 3);
        if (how == SPLIT_IDAT) media_put_chunk(&png, "tEXt", "a\0b", 3);
        media_put_chunk(&png, "IDAT", data + size / 3, 0);
        media_put_chunk(&png, "IDAT", data + size / 3, size - size / 3);
    } else {
        media_put(&png, stream.data, stream.size);
        if (how == WRONG_CHECKSUM) png.data[png.size - 1] ^= 1;
    }
    if (how == TEXT_CHUNKS) media_put_chunk(&png, "tIME", "1234567", 7);
    if (how != NO_END) media_put_chunk(&png, "IEND", NULL, 0);
    media_free(&stream);
    media_free(&rows);
    return png;
}

static bool quick(seg_image *image, const media_bytes *png) {
    seg_picture_info info = {.orientation = 1};
    return seg_png_decode_quick(image, &info, png->data, png->size, NULL);
}

#ifdef SEG_HAVE_DEFLATE

static void check_equal(const seg_image *a, const seg_image *b, const kind *k) {
    ck_assert_int_eq(a->width, b->width);
    ck_assert_int_eq(a->height, b->height);
    ck_assert_int_eq(a->format, b->format);
    ck_assert_int_eq(a->channels, b->channels);
    ck_assert_int_eq(a->bits, b->bits);
    ck_assert_int_eq(a->colour, b->colour);
    const size_t row = (size_t)a->width * a->channels * seg_format_size((seg_format)a->format);
    for (int32_t y = 0; y < a->height; y++)
        ck_assert_msg(memcmp(seg_image_row(a, y), seg_image_row(b, y), row) == 0,
                      "type %d depth %d, %d x %d: row %d differs", k->type, k->depth, a->width,
                      a->height, y);
}

static void check_kind(const kind *k, uint32_t width, uint32_t height, uint32_t seed, twist how) {
    media_bytes one = make_file(k, width, height, seed, how);
    media_bytes other = make_file(k, width, height, seed, UNKNOWN_CHUNK);
    seg_image a = {0}, b = {0};
    seg_picture_info first, second;
    ck_assert(quick(&a, &one));
    ck_assert(!quick(&b, &other));
    ck_assert(seg_image_empty(&b));
    seg_image_unref(&a);
    ck_assert_ok(seg_picture_decode(&a, &first, one.data, one.size, NULL, NULL));
    ck_assert_ok(seg_picture_decode(&b, &second, other.data, other.size, NULL, NULL));
    check_equal(&a, &b, k);
    ck_assert_int_eq(first.source_bits, second.source_bits);
    ck_assert_int_eq(first.orientation, second.orientation);
    ck_assert_str_eq(first.codec, second.codec);
    ck_assert_str_eq(first.warning, "");
    seg_image_unref(&a);
    seg_image_unref(&b);
    media_free(&one);
    media_free(&other);
}

START_TEST(the_pixels_are_libpngs) {
    uint32_t seed = 1;
    for (int k = 0; k < KINDS; k++)
        for (uint32_t width = 1; width <= 33; width++)
            check_kind(&kinds[k], width, 1 + width % 9, media_random(&seed), PLAIN);
}
END_TEST

START_TEST(chunks_around_and_within_the_stream) {
    check_kind(&kinds[3], 100, 50, 3, TEXT_CHUNKS);
    check_kind(&kinds[0], 100, 50, 4, SEVERAL_IDAT);
    check_kind(&kinds[5], 301, 207, 5, SEVERAL_IDAT);
}
END_TEST

START_TEST(all_else_is_left_to_libpng) {
    static const twist twists[] = {UNKNOWN_CHUNK, SPLIT_IDAT, WRONG_CHECKSUM, NO_END,
                                   WRONG_FILTER,  SHORT_ROWS, LONG_ROWS,      INTERLACED};
    for (size_t i = 0; i < sizeof twists / sizeof *twists; i++) {
        media_bytes png = make_file(&kinds[3], 20, 10, 7, twists[i]);
        seg_image image = {0};
        ck_assert_msg(!quick(&image, &png), "twist %d is taken", twists[i]);
        ck_assert(seg_image_empty(&image));
        media_free(&png);
    }
    media_bytes png = make_file(&kinds[3], 20, 10, 7, PLAIN);
    const size_t whole = png.size;
    for (png.size = 0; png.size < whole; png.size++) {
        seg_image image = {0};
        ck_assert(!quick(&image, &png));
    }
    for (size_t i = 8; i < whole; i++) { /* no damaged byte goes unseen */
        seg_image image = {0};
        png.data[i] ^= 0x10;
        ck_assert_msg(!quick(&image, &png), "byte %zu", i);
        png.data[i] ^= 0x10;
    }
    media_free(&png);
}
END_TEST

START_TEST(limits_and_memory) {
    media_bytes png = make_file(&kinds[4], 40, 30, 9, SEVERAL_IDAT);
    const seg_limits limits = {.max_pixels = 1199};
    const seg_env env = {.limits = &limits};
    seg_image image = {0};
    seg_picture_info info = {.orientation = 1};
    ck_assert(!seg_png_decode_quick(&image, &info, png.data, png.size, &env));
    const int64_t before = seg_memory_live();
    int64_t n = 1;
    for (bool done = false; !done; n++) {
        seg_memory_fail_at(n);
        done = seg_png_decode_quick(&image, &info, png.data, png.size, NULL);
        seg_memory_fail_at(0);
        if (!done) ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_int_ge(n, 5);
    seg_image_unref(&image);
    media_free(&png);
}
END_TEST

CORE_MAIN("quick PNG", the_pixels_are_libpngs, chunks_around_and_within_the_stream,
          all_else_is_left_to_libpng, limits_and_memory)

#else

START_TEST(nothing_is_taken) {
    media_bytes png = make_file(&kinds[3], 20, 10, 7, PLAIN);
    seg_image image = {0};
    ck_assert(!quick(&image, &png));
    media_free(&png);
}
END_TEST

CORE_MAIN("quick PNG", nothing_is_taken)

#endif
