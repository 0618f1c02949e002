/* Local equalisation against its definition, worked out anew for every pixel. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>
#include <segment/imgproc.h>

/* Luma and what it counts as are of single precision, lest a pixel at a half counts elsewhere. */
static float level_at(const seg_image *picture, int32_t x, int32_t y, int32_t c) {
    const double value = pixels_at(picture, x, y, c);
    if (!(value >= -1e30 && value <= 1e30)) return 0;
    if (picture->format == SEG_F32) return (float)value;
    return (float)value * (float)(1 / seg_image_full_scale(picture));
}

static float luma_at(const seg_image *picture, int32_t x, int32_t y) {
    const float first = level_at(picture, x, y, 0);
    if (picture->channels < 3) return first;
    return 0.299f * first + 0.587f * level_at(picture, x, y, 1) +
           0.114f * level_at(picture, x, y, 2);
}

static float cut_place(float luma) {
    return luma <= 0 ? 0 : luma >= 1 ? 255 : luma * 255;
}

/* The curve of a tile at every level. */
static void plain_curve(double curve[256], const seg_image *picture, int32_t across, int32_t down,
                        int32_t tiles, double clip) {
    double counts[256] = {0}, total = 0, over = 0, below = 0;
    const double limit = clip * picture->width * picture->height / tiles / tiles / 256;
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width; x++) {
            if (x * tiles / picture->width != across || y * tiles / picture->height != down)
                continue;
            counts[(int32_t)(cut_place(luma_at(picture, x, y)) + 0.5f)]++;
            total++;
        }
    for (int i = 0; i < 256; i++)
        over += counts[i] > limit ? counts[i] - limit : 0;
    for (int i = 0; i < 256; i++) {
        const double count = fmin(counts[i], limit) + over / 256;
        curve[i] = total > 0 ? (below + count / 2) / total : i / 255.0;
        below += count;
    }
}

static double curve_at(const seg_image *picture, int32_t across, int32_t down, int32_t tiles,
                       double clip, double place) {
    static double curves[64][256];
    static const seg_image *last;
    static double last_clip;
    if (last != picture || last_clip != clip)
        for (int32_t i = 0; i < tiles * tiles; i++)
            plain_curve(curves[i], picture, i % tiles, i / tiles, tiles, clip);
    last = picture;
    last_clip = clip;
    const int low = (int)place < 254 ? (int)place : 254;
    const double *curve = curves[down * tiles + across];
    return curve[low] + (curve[low + 1] - curve[low]) * (place - low);
}

static double between(int32_t *first, int32_t *second, int32_t place, int32_t tiles, int32_t side) {
    const double at = fmax(0, fmin(tiles - 1, (place + 0.5) * tiles / side - 0.5));
    *first = (int32_t)at;
    *second = *first + 1 < tiles ? *first + 1 : *first;
    return at - *first;
}

static double plain_level(const seg_image *picture, int32_t x, int32_t y, int32_t tiles,
                          double clip) {
    int32_t left, right, top, bottom;
    const double fx = between(&left, &right, x, tiles, picture->width);
    const double fy = between(&top, &bottom, y, tiles, picture->height);
    const double place = cut_place(luma_at(picture, x, y));
    return (1 - fy) * ((1 - fx) * curve_at(picture, left, top, tiles, clip, place) +
                       fx * curve_at(picture, right, top, tiles, clip, place)) +
           fy * ((1 - fx) * curve_at(picture, left, bottom, tiles, clip, place) +
                 fx * curve_at(picture, right, bottom, tiles, clip, place));
}

static void compare(const seg_image *got, const seg_image *from, int32_t tiles, double clip) {
    const double full = seg_image_full_scale(from);
    const double rounding = from->format == SEG_F32 ? 0 : 0.5;
    for (int32_t i = 0; i < from->width * from->height; i++) {
        const int32_t x = i % from->width, y = i / from->width;
        const double luma = luma_at(from, x, y), level = plain_level(from, x, y, tiles, clip);
        for (int32_t c = 0; c < from->channels; c++) {
            const bool alpha = from->channels % 2 == 0 && c == from->channels - 1;
            const double own = level_at(from, x, y, c);
            const double want = alpha ? own : luma > 0 ? own * level / luma : level;
            const double off = pixels_at(got, x, y, c) - fmax(0, fmin(1, want)) * full;
            ck_assert_msg(fabs(off) <= rounding + full * 1e-4, "(%d,%d) channel %d is off by %g",
                          (int)x, (int)y, (int)c, off);
        }
    }
}

START_TEST(as_defined) {
    pixels_random random = pixels_random_start(82);
    for (int round = 0; round < 90; round++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, 40);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 30);
        pixels_picture made = pixels_make(width, height, SEG_U8 + round % 3, 1 + round / 3 % 4,
                                          pixels_below(&random, 5), &random);
        seg_clahe_options options;
        seg_image got = {0};
        seg_clahe_options_init(&options);
        options.tiles = 1 + (int32_t)pixels_below(&random, 8);
        options.clip = (double[]){1, 1.5, 4, 40, 900}[round % 5] + round * 1e-6;
        ck_assert_ok(seg_clahe(&got, &made.image, &options, NULL));
        compare(&got, &made.image, options.tiles, options.clip);
        ck_assert_ok(seg_clahe(&made.image, &made.image, &options, NULL)); /* in place */
        ck_assert(pixels_same(&got, &made.image));
        seg_image_unref(&got);
        pixels_free(&made);
    }
}
END_TEST

/* Levels 10 (4 times), 20, 30 (twice) and 200 of eight: 2, 4.5, 6 and 7.5 eighths of 255. With the
 * limit at the mean all levels count the same, whatever there is. */
START_TEST(by_hand) {
    static uint8_t pixels[8] = {10, 200, 10, 30, 20, 10, 30, 10};
    static const uint8_t want[8] = {64, 239, 64, 191, 143, 64, 191, 64};
    seg_image picture = {0}, got = {0};
    seg_clahe_options options;
    seg_clahe_options_init(&options);
    options.tiles = 1;
    options.clip = 1000;
    ck_assert_ok(seg_image_wrap(&picture, pixels, 4, 4, 2, SEG_U8, 1));
    ck_assert_ok(seg_clahe(&got, &picture, &options, NULL));
    for (int i = 0; i < 8; i++)
        ck_assert_double_eq(pixels_at(&got, i % 4, i / 4, 0), want[i]);
    options.clip = 1;
    ck_assert_ok(seg_clahe(&got, &picture, &options, NULL));
    for (int i = 0; i < 8; i++)
        ck_assert_double_le(fabs(pixels_at(&got, i % 4, i / 4, 0) - pixels[i]), 4.5);
    options.tiles = 65;
    ck_assert_int_eq(seg_clahe(&got, &picture, &options, NULL), SEG_ERROR_OPTION);
    seg_image_unref(&got);
}
END_TEST

CORE_MAIN("clahe", as_defined, by_hand)
