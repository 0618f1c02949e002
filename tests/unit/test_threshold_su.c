/* Ink between stroke edges: drawn pages whose ink is known, and the rule pixel by pixel. */
#include "core_main.h"
#include "pixels.h"

#include "threshold/su_edges.h"

#include <math.h>

#define WIDTH 120
#define HEIGHT 80

/* Vertical strokes of `stroke` px every 20 px, with half-tones beside them as optics have it, on
 * paper that darkens to the right. */
static seg_image draw_page(int32_t stroke, int32_t noise, pixels_random *random) {
    seg_image page = {0};
    ck_assert_ok(seg_image_alloc(&page, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const int32_t paper = 220 - x / 2;
            const int32_t at = x % 20, tone = at == 7 || at == 8 + stroke ? 45 : 90;
            const bool drawn = at >= 7 && at <= 8 + stroke && y >= 10 && y < HEIGHT - 10;
            const int32_t value = (drawn ? paper - tone : paper) +
                                  (noise ? (int32_t)pixels_below(random, (uint32_t)noise) : 0);
            ((uint8_t *)seg_image_row(&page, y))[x] = (uint8_t)value;
        }
    return page;
}

START_TEST(strokes_are_found) {
    pixels_random random = pixels_random_start(61);
    for (int32_t stroke = 3; stroke <= 6; stroke++) {
        seg_image page = draw_page(stroke, 0, &random), mask = {0};
        ck_assert_ok(seg_threshold_su(&mask, &page, NULL, NULL, NULL));
        int32_t wrong = 0;
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                const int32_t at = x % 20;
                if (at == 7 || at == 8 + stroke) continue; /* half-tones */
                const bool ink = at > 7 && at < 8 + stroke && y >= 10 && y < HEIGHT - 10;
                wrong += (((uint8_t *)seg_image_row(&mask, y))[x] == 0) != ink;
            }
        /* only around corners */
        ck_assert_msg(wrong <= 60, "stroke %d: %d pixels are wrong", (int)stroke, (int)wrong);
        seg_image_unref(&page);
        seg_image_unref(&mask);
    }
}
END_TEST

/* A black border that is ignored, as scans have it: ink is found as without it. */
START_TEST(an_ignored_border_is_no_edge) {
    pixels_random random = pixels_random_start(62);
    seg_image page = draw_page(5, 0, &random), plain = {0}, bordered = {0}, ignore = {0};
    ck_assert_ok(seg_image_alloc(&ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        memset(seg_image_row(&ignore, y), 1, 4);
    ck_assert_ok(seg_threshold_su(&plain, &page, &ignore, NULL, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        memset(seg_image_row(&page, y), 0, 4);
    ck_assert_ok(seg_threshold_su(&bordered, &page, &ignore, NULL, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        ck_assert_mem_eq(seg_image_row(&plain, y), seg_image_row(&bordered, y), WIDTH);
    seg_image_unref(&page);
    seg_image_unref(&plain);
    seg_image_unref(&bordered);
    seg_image_unref(&ignore);
}
END_TEST

START_TEST(plain_paper_has_no_ink) {
    seg_image page = {0}, mask = {0};
    ck_assert_ok(seg_image_alloc(&page, 40, 30, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 30; y++)
        memset(seg_image_row(&page, y), 180, 40);
    ck_assert_ok(seg_threshold_su(&mask, &page, NULL, NULL, NULL));
    for (int32_t y = 0; y < 30; y++)
        for (int32_t x = 0; x < 40; x++)
            ck_assert_uint_eq(((uint8_t *)seg_image_row(&mask, y))[x], 255);
    seg_image_unref(&page);
    seg_image_unref(&mask);
}
END_TEST

/* The rule written out over the edges that were found. */
START_TEST(against_plain_windows) {
    pixels_random random = pixels_random_start(62);
    for (int repeat = 0; repeat < 4; repeat++) {
        seg_image page = draw_page(4, 40, &random), mask = {0};
        seg_su_edges found;
        seg_scratch scratch;
        seg_scratch_init(&scratch, NULL);
        ck_assert_ok(seg_su_edges_find(&found, &page, NULL, 1, &scratch, NULL));
        seg_su_options options;
        seg_su_options_init(&options);
        options.window = repeat % 2 ? 9 : 0;
        ck_assert_ok(seg_threshold_su(&mask, &page, NULL, &options, NULL));
        const int32_t r = options.window ? options.window / 2 : found.stroke;
        ck_assert_int_gt(found.stroke, 1);
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                double count = 0, sum = 0, squares = 0;
                for (int32_t dy = -r; dy <= r; dy++)
                    for (int32_t dx = -r; dx <= r; dx++) {
                        const int32_t at_x = x + dx < 0 ? 0 : x + dx >= WIDTH ? WIDTH - 1 : x + dx;
                        const int32_t at_y = y + dy < 0         ? 0
                                             : y + dy >= HEIGHT ? HEIGHT - 1
                                                                : y + dy;
                        if (pixels_at(&found.edges, at_x, at_y, 0) == 0) continue;
                        const double value = pixels_at(&page, at_x, at_y, 0);
                        count++, sum += value, squares += value * value;
                    }
                bool ink = false;
                if (count >= found.stroke) {
                    const double mean = sum / count;
                    const double spread = squares / count - mean * mean;
                    const double level = mean + sqrt(spread > 0 ? spread : 0) / 2;
                    const double value = pixels_at(&page, x, y, 0);
                    if (fabs(value - level) < 1e-6) continue; /* rounding */
                    ink = value <= level;
                }
                ck_assert_int_eq(pixels_at(&mask, x, y, 0) == 0, ink);
            }
        seg_scratch_free(&scratch);
        seg_image_unref(&page);
        seg_image_unref(&mask);
    }
}
END_TEST

START_TEST(depths_agree) {
    pixels_random random = pixels_random_start(63);
    seg_image page = draw_page(5, 30, &random), want = {0};
    ck_assert_ok(seg_threshold_su(&want, &page, NULL, NULL, NULL));
    for (int format = SEG_U16; format <= SEG_F32; format++) {
        seg_image other = {0}, mask = {0};
        ck_assert_ok(seg_convert(&other, &page, (seg_format)format, NULL));
        ck_assert_ok(seg_threshold_su(&mask, &other, NULL, NULL, NULL));
        ck_assert(pixels_same(&mask, &want));
        seg_image_unref(&other);
        seg_image_unref(&mask);
    }
    seg_su_options options;
    seg_su_options_init(&options);
    options.invert = true;
    seg_image turned = {0};
    ck_assert_ok(seg_threshold_su(&turned, &page, NULL, &options, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ck_assert_double_eq(pixels_at(&turned, x, y, 0), 255 - pixels_at(&want, x, y, 0));
    options.window = 8;
    ck_assert_fails(seg_threshold_su(&turned, &page, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "window has no valid value");
    seg_image_unref(&turned);
    seg_image_unref(&page);
    seg_image_unref(&want);
}
END_TEST

CORE_MAIN("su", strokes_are_found, an_ignored_border_is_no_edge, plain_paper_has_no_ink,
          against_plain_windows, depths_agree)
