/* Equalisation against the definition in whole numbers, at every depth. */
#include "core_main.h"
#include "pixels.h"

#include <segment/imgproc.h>

/* 32-bit floats stand for 16 bits. */
static int32_t level_of(const seg_image *picture, int32_t x, int32_t y, int32_t c) {
    const double value = pixels_at(picture, x, y, c);
    if (picture->format != SEG_F32) return (int32_t)value;
    return value > 0 ? value < 1 ? (int32_t)(value * 65535 + 0.5) : 65535 : 0;
}

/* sum / rest of full scale lies within half a level, and a float's error, of what was written. */
static void compare(const seg_image *got, const seg_image *from) {
    const int32_t colours = from->channels < 3 ? 1 : 3;
    const double full = from->format == SEG_F32 ? 65535 : seg_image_full_scale(from);
    for (int32_t c = 0; c < from->channels; c++)
        for (int32_t i = 0; i < from->width * from->height; i++) {
            const int32_t x = i % from->width, y = i / from->width;
            const int32_t level = level_of(from, x, y, c);
            int64_t least = INT32_MAX, first = 0, upto = 0, total = 0;
            for (int32_t k = 0; k < from->width * from->height; k++) {
                const int32_t other = level_of(from, k % from->width, k / from->width, c);
                if (other < least) least = other, first = 0;
                first += other == least;
                upto += other <= level;
                total++;
            }
            const double want = c >= colours || first == total
                                    ? level
                                    : full * (double)(upto - first) / (double)(total - first);
            const double off = level_of(got, x, y, c) - want;
            ck_assert_double_le(off < 0 ? -off : off, 0.5 + full * 1e-6);
        }
}

START_TEST(by_hand) {
    /* levels 10 (4 times), 20, 30 (twice), 200: 0, 1/4, 3/4, 1 of 255 */
    static uint8_t pixels[8] = {10, 200, 10, 30, 20, 10, 30, 10};
    static const uint8_t want[8] = {0, 255, 0, 191, 64, 0, 191, 0};
    seg_image picture = {0}, got = {0};
    ck_assert_ok(seg_image_wrap(&picture, pixels, 4, 4, 2, SEG_U8, 1));
    ck_assert_ok(seg_equalise(&got, &picture, NULL));
    for (int i = 0; i < 8; i++)
        ck_assert_double_eq(pixels_at(&got, i % 4, i / 4, 0), want[i]);
    ck_assert_ok(seg_equalise(&picture, &picture, NULL)); /* in place */
    ck_assert_mem_eq(pixels, want, 8);
    memset(pixels, 77, 8);
    ck_assert_ok(seg_equalise(&got, &picture, NULL));
    for (int i = 0; i < 8; i++)
        ck_assert_double_eq(pixels_at(&got, i % 4, i / 4, 0), 77);
    seg_image_unref(&got);
}
END_TEST

START_TEST(against_the_definition) {
    pixels_random random = pixels_random_start(81);
    for (int repeat = 0; repeat < 120; repeat++) {
        static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
        pixels_picture picture = pixels_make(
            1 + (int32_t)pixels_below(&random, 12), 1 + (int32_t)pixels_below(&random, 9),
            formats[repeat % 3], 1 + repeat / 3 % 4, (uint32_t)repeat % 2, &random);
        seg_image got = {0};
        ck_assert_ok(seg_equalise(&got, &picture.image, NULL));
        compare(&got, &picture.image);
        seg_image_unref(&got);
        pixels_free(&picture);
    }
}
END_TEST

/* A large picture goes by pairs of samples: the same as its rows do with a small one's curve. */
START_TEST(large) {
    pixels_random random = pixels_random_start(82);
    pixels_picture picture = pixels_make(1001, 541, SEG_U8, 1, 0, &random);
    seg_image got = {0};
    int64_t upto[256] = {0};
    for (int32_t y = 0; y < 541; y++)
        for (int32_t x = 0; x < 1001; x++)
            upto[level_of(&picture.image, x, y, 0)]++;
    int32_t first = 0;
    while (!upto[first])
        first++;
    const int64_t least = upto[first];
    for (int i = 1; i < 256; i++)
        upto[i] += upto[i - 1];
    ck_assert_ok(seg_equalise(&got, &picture.image, NULL));
    for (int32_t y = 0; y < 541; y++)
        for (int32_t x = 0; x < 1001; x++) {
            const int64_t other = upto[level_of(&picture.image, x, y, 0)] - least;
            const double want = 255.0 * (double)other / (double)(1001 * 541 - least);
            const double off = pixels_at(&got, x, y, 0) - want;
            ck_assert_double_le(off < 0 ? -off : off, 0.501);
        }
    seg_image_unref(&got);
    pixels_free(&picture);
}
END_TEST

CORE_MAIN("equalise", by_hand, against_the_definition, large)
