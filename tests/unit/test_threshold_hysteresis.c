/* Hysteresis: by hand, and against growing from strong pixels until nothing changes. */
#include "core_main.h"
#include "pixels.h"

static seg_hysteresis_options options_of(double low, double high, int32_t connectivity) {
    seg_hysteresis_options options;
    seg_hysteresis_options_init(&options);
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, low};
    options.high = (seg_level){SEG_LEVEL_8BIT, 0, high};
    options.connectivity = connectivity;
    return options;
}

START_TEST(by_hand) {
    const uint8_t values[3][5] = {{9, 9, 0, 9, 0}, {0, 0, 20, 0, 9}, {0, 9, 0, 0, 9}};
    seg_image picture = {0}, mask = {0};
    double levels[2];
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 5, 5, 3, SEG_U8, 1));
    seg_hysteresis_options options = options_of(5, 15, 4);
    ck_assert_ok(seg_hysteresis(&mask, levels, &picture, NULL, &options, NULL));
    ck_assert_double_eq(levels[0], 5);
    ck_assert_double_eq(levels[1], 15);
    for (int32_t y = 0; y < 3; y++)
        for (int32_t x = 0; x < 5; x++)
            ck_assert_double_eq(pixels_at(&mask, x, y, 0), x == 2 && y == 1 ? 255 : 0);
    /* by corners all of them hang together */
    options.connectivity = 8;
    for (int invert = 0; invert < 2; invert++) {
        options.invert = invert;
        ck_assert_ok(seg_hysteresis(&mask, NULL, &picture, NULL, &options, NULL));
        for (int32_t y = 0; y < 3; y++)
            for (int32_t x = 0; x < 5; x++)
                ck_assert_double_eq(pixels_at(&mask, x, y, 0),
                                    (values[y][x] > 5) != invert ? 255 : 0);
    }
    /* the lower level is the low one, whichever is given as such */
    options = options_of(15, 5, 8);
    ck_assert_ok(seg_hysteresis(&mask, levels, &picture, NULL, &options, NULL));
    ck_assert_double_eq(levels[0], 5);
    ck_assert_double_eq(levels[1], 15);
    for (int32_t y = 0; y < 3; y++)
        for (int32_t x = 0; x < 5; x++)
            ck_assert_double_eq(pixels_at(&mask, x, y, 0), values[y][x] > 5 ? 255 : 0);
    /* a level that nothing reaches */
    options = options_of(5, 30, 8);
    ck_assert_ok(seg_hysteresis(&mask, NULL, &picture, NULL, &options, NULL));
    for (int32_t y = 0; y < 3; y++)
        for (int32_t x = 0; x < 5; x++)
            ck_assert_double_eq(pixels_at(&mask, x, y, 0), 0);
    options.connectivity = 6;
    ck_assert_fails(seg_hysteresis(&mask, NULL, &picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "connectivity");
    seg_image_unref(&mask);
}
END_TEST

START_TEST(against_growing) {
    enum { W = 133, H = 21 };
    pixels_random random = pixels_random_start(71);
    for (int repeat = 0; repeat < 40; repeat++) {
        pixels_picture source = pixels_make(W, H, SEG_U8, 1, 0, &random);
        const int32_t connectivity = repeat % 2 ? 4 : 8;
        const double low = 90 + 20 * (repeat % 4), high = 246 + repeat % 9;
        bool kept[H][W] = {{false}};
        for (bool changed = true; changed;) {
            changed = false;
            for (int32_t y = 0; y < H; y++)
                for (int32_t x = 0; x < W; x++) {
                    const double value = pixels_at(&source.image, x, y, 0);
                    if (kept[y][x] || value <= low) continue;
                    bool near = value > high;
                    for (int32_t dy = -1; dy <= 1; dy++)
                        for (int32_t dx = -1; dx <= 1; dx++) {
                            if (connectivity == 4 && dx && dy) continue;
                            if (y + dy < 0 || y + dy >= H || x + dx < 0 || x + dx >= W) continue;
                            near = near || kept[y + dy][x + dx];
                        }
                    kept[y][x] = near;
                    changed = changed || near;
                }
        }
        seg_hysteresis_options options = options_of(low, high, connectivity);
        seg_image mask = {0};
        ck_assert_ok(seg_hysteresis(&mask, NULL, &source.image, NULL, &options, NULL));
        for (int32_t y = 0; y < H; y++)
            for (int32_t x = 0; x < W; x++)
                ck_assert_double_eq(pixels_at(&mask, x, y, 0), kept[y][x] ? 255 : 0);
        seg_image_unref(&mask);
        pixels_free(&source);
    }
}
END_TEST

CORE_MAIN("hysteresis", by_hand, against_growing)
