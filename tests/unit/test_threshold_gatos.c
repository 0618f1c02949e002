/* Ink against the background under it: drawn pages whose ink is known, and the paper's formulas
 * pixel by pixel. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>

#define WIDTH 110
#define HEIGHT 70

static int32_t clamped(int32_t i, int32_t n) {
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static bool is_ink(int32_t x, int32_t y) {
    return x % 20 >= 8 && x % 20 < 12 && y >= 10 && y < HEIGHT - 10;
}

/* Vertical strokes on paper that darkens to the right by half of its light. */
static seg_image draw_page(uint32_t noise, pixels_random *random) {
    seg_image page = {0};
    ck_assert_ok(seg_image_alloc(&page, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const int32_t paper = 225 - x, value = is_ink(x, y) ? paper - 70 : paper;
            const int32_t more = noise ? (int32_t)pixels_below(random, noise) : 0;
            ((uint8_t *)seg_image_row(&page, y))[x] = (uint8_t)(value + more);
        }
    return page;
}

START_TEST(strokes_are_found) {
    pixels_random random = pixels_random_start(71);
    for (uint32_t noise = 0; noise <= 20; noise += 20) {
        seg_image page = draw_page(noise, &random), mask = {0};
        int32_t wrong = 0;
        ck_assert_ok(seg_threshold_gatos(&mask, &page, NULL, NULL, NULL));
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                wrong += (pixels_at(&mask, x, y, 0) == 0) != is_ink(x, y);
        ck_assert_msg(wrong <= 20, "noise %u: %d pixels are wrong", (unsigned)noise, (int)wrong);
        seg_image_unref(&page);
        seg_image_unref(&mask);
    }
}
END_TEST

START_TEST(plain_pages_have_no_ink) {
    static const int values[] = {0, 1, 128, 255};
    for (int i = 0; i < 4; i++) {
        seg_image page = {0}, mask = {0};
        ck_assert_ok(seg_image_alloc(&page, 40, 30, SEG_U8, 1, NULL));
        for (int32_t y = 0; y < 30; y++)
            memset(seg_image_row(&page, y), values[i], 40);
        ck_assert_ok(seg_threshold_gatos(&mask, &page, NULL, NULL, NULL));
        for (int32_t y = 0; y < 30; y++)
            for (int32_t x = 0; x < 40; x++)
                ck_assert_double_eq(pixels_at(&mask, x, y, 0), 255);
        seg_image_unref(&page);
        seg_image_unref(&mask);
    }
}
END_TEST

/* ---- the paper's formulas ---- */

typedef double plane[HEIGHT][WIDTH];

static void window_sums(double *sum, double *squares, plane in, int32_t x, int32_t y, int32_t r) {
    *sum = *squares = 0;
    for (int32_t dy = -r; dy <= r; dy++)
        for (int32_t dx = -r; dx <= r; dx++) {
            const double value = in[clamped(y + dy, HEIGHT)][clamped(x + dx, WIDTH)];
            *sum += value;
            *squares += value * value;
        }
}

static void wiener(plane out, plane in, int32_t side) {
    const double n = side * side;
    double noise = 0, sum, squares;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            window_sums(&sum, &squares, in, x, y, side / 2);
            noise += (squares / n - sum / n * (sum / n)) / (WIDTH * HEIGHT);
        }
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            window_sums(&sum, &squares, in, x, y, side / 2);
            const double mean = sum / n, variance = squares / n - mean * mean;
            const double kept = variance > noise ? (variance - noise) / variance : 0;
            out[y][x] = floor(mean + kept * (in[y][x] - mean) + 0.5);
        }
}

static void find_background(plane background, plane picture, const seg_image *rough, int32_t r) {
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            double sum = 0, count = 0;
            background[y][x] = picture[y][x];
            if (pixels_at(rough, x, y, 0) != 0) continue;
            for (int32_t dy = -r; dy <= r; dy++)
                for (int32_t dx = -r; dx <= r; dx++) {
                    const int32_t at_x = clamped(x + dx, WIDTH), at_y = clamped(y + dy, HEIGHT);
                    if (pixels_at(rough, at_x, at_y, 0) == 0) continue;
                    sum += picture[at_y][at_x];
                    count++;
                }
            background[y][x] = floor(sum / count + 0.5);
        }
}

START_TEST(against_the_formulas) {
    static plane in, picture, background;
    pixels_random random = pixels_random_start(72);
    for (int repeat = 0; repeat < 3; repeat++) {
        seg_image page = draw_page(60, &random), mask = {0}, rough = {0}, filtered = {0};
        seg_gatos_options options;
        seg_gatos_options_init(&options);
        options.window = 25;
        options.background = 31;
        options.wiener = 1 + 2 * repeat;
        options.q = 0.5 + 0.1 * repeat;
        ck_assert_ok(seg_threshold_gatos(&mask, &page, NULL, &options, NULL));
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                picture[y][x] = in[y][x] = pixels_at(&page, x, y, 0);
        if (repeat) wiener(picture, in, options.wiener);
        ck_assert_ok(seg_image_alloc(&filtered, WIDTH, HEIGHT, SEG_U8, 1, NULL));
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                ((uint8_t *)seg_image_row(&filtered, y))[x] = (uint8_t)picture[y][x];
        seg_local_options sauvola;
        seg_local_options_init(&sauvola, SEG_LOCAL_SAUVOLA);
        sauvola.window = options.window;
        ck_assert_ok(
            seg_threshold_local(&rough, &filtered, NULL, SEG_LOCAL_SAUVOLA, &sauvola, NULL));
        find_background(background, picture, &rough, options.background / 2);
        double delta = 0, mean = 0, count = 0;
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                if (pixels_at(&rough, x, y, 0) != 0) continue;
                delta += background[y][x] - picture[y][x];
                mean += background[y][x];
                count++;
            }
        ck_assert_double_gt(count, 100);
        delta /= count;
        mean /= count;
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                const double b = background[y][x], p1 = options.p1, p2 = options.p2;
                const double level =
                    options.q * delta *
                    ((1 - p2) / (1 + exp(-4 * b / (mean * (1 - p1)) + 2 * (1 + p1) / (1 - p1))) +
                     p2);
                const double darkness = b - picture[y][x];
                if (fabs(darkness - level) < 1e-4) continue; /* rounding */
                ck_assert_msg((pixels_at(&mask, x, y, 0) == 0) == (darkness > level),
                              "(%d, %d): %g against %g", (int)x, (int)y, darkness, level);
            }
        seg_image_unref(&page);
        seg_image_unref(&mask);
        seg_image_unref(&rough);
        seg_image_unref(&filtered);
    }
}
END_TEST

/* A black border that is ignored is neither ink nor paper: what is far from it stays as it is. */
START_TEST(an_ignored_border_does_not_count) {
    pixels_random random = pixels_random_start(73);
    seg_image page = draw_page(0, &random), plain = {0}, bordered = {0}, ignore = {0};
    seg_gatos_options options;
    seg_gatos_options_init(&options);
    options.window = 9; /* Sauvola's windows see it */
    options.wiener = 1;
    ck_assert_ok(seg_image_alloc(&ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        memset(seg_image_row(&ignore, y), 1, 6);
    ck_assert_ok(seg_threshold_gatos(&plain, &page, &ignore, &options, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        memset(seg_image_row(&page, y), 0, 2);
    ck_assert_ok(seg_threshold_gatos(&bordered, &page, &ignore, &options, NULL));
    ck_assert(pixels_same(&plain, &bordered));
    seg_image_unref(&page);
    seg_image_unref(&plain);
    seg_image_unref(&bordered);
    seg_image_unref(&ignore);
}
END_TEST

START_TEST(depths_and_options) {
    pixels_random random = pixels_random_start(74);
    seg_image page = draw_page(30, &random), want = {0}, turned = {0};
    ck_assert_ok(seg_threshold_gatos(&want, &page, NULL, NULL, NULL));
    for (int format = SEG_U16; format <= SEG_F32; format++) {
        seg_image other = {0}, mask = {0};
        ck_assert_ok(seg_convert(&other, &page, (seg_format)format, NULL));
        ck_assert_ok(seg_threshold_gatos(&mask, &other, NULL, NULL, NULL));
        ck_assert(pixels_same(&mask, &want));
        seg_image_unref(&other);
        seg_image_unref(&mask);
    }
    seg_gatos_options options;
    seg_gatos_options_init(&options);
    options.invert = true;
    ck_assert_ok(seg_threshold_gatos(&turned, &page, NULL, &options, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ck_assert_double_eq(pixels_at(&turned, x, y, 0), 255 - pixels_at(&want, x, y, 0));
    options.background = 50;
    ck_assert_fails(seg_threshold_gatos(&turned, &page, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "background has no valid value (got 50 px, allowed odd");
    ck_assert_fails(seg_threshold_gatos(&page, &page, NULL, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "must be apart");
    seg_image_unref(&turned);
    seg_image_unref(&page);
    seg_image_unref(&want);
}
END_TEST

CORE_MAIN("gatos", strokes_are_found, plain_pages_have_no_ink, against_the_formulas,
          an_ignored_border_does_not_count, depths_and_options)
