/* Thinning against the papers' conditions, pixel by pixel, and what thinning promises. */
#include "core/memory.h"
#include "core_main.h"
#include "pixels.h"
#include "shapes.h"

#define LONGEST 150

static int at(const uint8_t *mask, int32_t width, int32_t height, int32_t x, int32_t y) {
    return x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x];
}

/* p[2] .. p[9]: clockwise from the upper neighbour, as in both papers. */
static bool goes(const int p[10], int rule, bool second) {
    if (rule == SEG_THINNING_ZHANG_SUEN) {
        const int b = p[2] + p[3] + p[4] + p[5] + p[6] + p[7] + p[8] + p[9];
        int a = 0;
        for (int i = 2; i <= 9; i++)
            a += !p[i] && p[i == 9 ? 2 : i + 1];
        if (b < 2 || b > 6 || a != 1) return false;
        return second ? p[2] * p[4] * p[8] == 0 && p[2] * p[6] * p[8] == 0
                      : p[2] * p[4] * p[6] == 0 && p[4] * p[6] * p[8] == 0;
    }
    const int c = (!p[2] && (p[3] || p[4])) + (!p[4] && (p[5] || p[6])) +
                  (!p[6] && (p[7] || p[8])) + (!p[8] && (p[9] || p[2]));
    const int n1 = (p[9] || p[2]) + (p[3] || p[4]) + (p[5] || p[6]) + (p[7] || p[8]);
    const int n2 = (p[2] || p[3]) + (p[4] || p[5]) + (p[6] || p[7]) + (p[8] || p[9]);
    const int n = n1 < n2 ? n1 : n2;
    if (c != 1 || n < 2 || n > 3) return false;
    return second ? !((p[6] || p[7] || !p[9]) && p[8]) : !((p[2] || p[3] || !p[5]) && p[4]);
}

/* Returns whether any pixel went. */
static bool brute_step(uint8_t *mask, int32_t width, int32_t height, int rule, bool second) {
    static uint8_t before[LONGEST * LONGEST];
    bool any = false;
    memcpy(before, mask, (size_t)width * (size_t)height);
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            static const int dx[] = {0, 1, 1, 1, 0, -1, -1, -1};
            static const int dy[] = {-1, -1, 0, 1, 1, 1, 0, -1};
            int p[10];
            for (int i = 0; i < 8; i++)
                p[2 + i] = at(before, width, height, x + dx[i], y + dy[i]);
            if (!before[y * width + x] || !goes(p, rule, second)) continue;
            mask[y * width + x] = 0;
            any = true;
        }
    }
    return any;
}

static void brute(uint8_t *mask, int32_t width, int32_t height, int rule, int32_t iterations) {
    bool any = true;
    for (int32_t i = 0; any && (iterations == 0 || i < iterations); i++) {
        any = brute_step(mask, width, height, rule, false);
        any = brute_step(mask, width, height, rule, true) || any;
    }
    for (int32_t i = 0; i < width * height; i++)
        mask[i] = mask[i] ? 255 : 0;
}

static bool same(const seg_image *image, const uint8_t *want) {
    for (int32_t y = 0; y < image->height; y++)
        if (memcmp(seg_image_row(image, y), want + (size_t)y * (size_t)image->width,
                   (size_t)image->width) != 0)
            return false;
    return true;
}

static void check_mask(const uint8_t *mask, int32_t width, int32_t height, const seg_env *env) {
    static uint8_t want[LONGEST * LONGEST];
    seg_image picture = {0}, out = {0};
    ck_assert_ok(seg_image_wrap(&picture, (void *)mask, width, width, height, SEG_U8, 1));
    for (int rule = SEG_THINNING_GUO_HALL; rule <= SEG_THINNING_ZHANG_SUEN; rule++) {
        for (int32_t iterations = 0; iterations < 3; iterations++) {
            memcpy(want, mask, (size_t)width * (size_t)height);
            brute(want, width, height, rule, iterations);
            ck_assert_ok(seg_thinning(&out, &picture, (seg_thinning_rule)rule, iterations, env));
            ck_assert_msg(same(&out, want), "%d x %d, rule %d, iterations %d", width, height, rule,
                          iterations);
        }
    }
    seg_image_unref(&out);
}

START_TEST(by_hand) {
    /* of a 2 x 2 square Guo and Hall leave the lower left pixel, Zhang and Suen none */
    uint8_t square[4 * 4] = {[5] = 1, [6] = 1, [9] = 1, [10] = 1};
    seg_image picture = {0}, out = {0};
    ck_assert_ok(seg_image_wrap(&picture, square, 4, 4, 4, SEG_U8, 1));
    ck_assert_ok(seg_thinning(&out, &picture, SEG_THINNING_ZHANG_SUEN, 0, NULL));
    ck_assert(same(&out, (const uint8_t[4 * 4]){0}));
    ck_assert_ok(seg_thinning(&out, &picture, SEG_THINNING_GUO_HALL, 0, NULL));
    ck_assert(same(&out, (const uint8_t[4 * 4]){[9] = 255}));
    seg_image_unref(&out);

    /* a bar of 3 x 7: both end in the middle row */
    uint8_t bar[5 * 9] = {0};
    for (int i = 0; i < 21; i++)
        bar[(1 + i / 7) * 9 + 1 + i % 7] = 9;
    ck_assert_ok(seg_image_wrap(&picture, bar, 9, 9, 5, SEG_U8, 1));
    for (int rule = SEG_THINNING_GUO_HALL; rule <= SEG_THINNING_ZHANG_SUEN; rule++) {
        ck_assert_ok(seg_thinning(&out, &picture, (seg_thinning_rule)rule, 0, NULL));
        for (int32_t y = 0; y < 5; y++)
            for (int32_t x = 3; x < 6; x++)
                ck_assert_int_eq(((uint8_t *)seg_image_row(&out, y))[x], y == 2 ? 255 : 0);
    }
    /* in place */
    ck_assert_ok(seg_thinning(&picture, &picture, SEG_THINNING_ZHANG_SUEN, 0, NULL));
    ck_assert(same(&picture, seg_image_row(&out, 0)) || out.stride != 9);
    ck_assert(pixels_same(&picture, &out));
    seg_image_unref(&out);
}
END_TEST

START_TEST(against_the_conditions) {
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(61);
    for (int repeat = 0; repeat < 150; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, LONGEST);
        const int32_t height = 1 + (int32_t)shapes_below(&random, 60);
        shapes_noise(mask, width, height, width, 30 + shapes_below(&random, 70), &random);
        check_mask(mask, width, height, NULL);
    }
    for (int shape = 0; shape < SHAPES_COUNT; shape++) {
        shapes_draw(mask, 131, 97, 131, shape);
        check_mask(mask, 131, 97, NULL);
    }
}
END_TEST

/* Blobs as of real masks: thresholded smooth noise. */
static void blobs(uint8_t *mask, int32_t width, int32_t height, shapes_random *random) {
    static uint8_t rough[LONGEST * LONGEST];
    seg_image picture = {0}, smooth = {0};
    for (int32_t i = 0; i < width * height; i++)
        rough[i] = (uint8_t)shapes_below(random, 256);
    ck_assert_ok(seg_image_wrap(&picture, rough, width, width, height, SEG_U8, 1));
    ck_assert_ok(seg_gaussian(&smooth, &picture, 3, 0, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            mask[y * width + x] = ((uint8_t *)seg_image_row(&smooth, y))[x] > 126;
    seg_image_unref(&smooth);
}

START_TEST(properties) {
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(62);
    for (int repeat = 0; repeat < 20; repeat++) {
        seg_image picture = {0}, thin = {0}, again = {0};
        int32_t before, after;
        blobs(mask, 140, 90, &random);
        ck_assert_ok(seg_image_wrap(&picture, mask, 140, 140, 90, SEG_U8, 1));
        ck_assert_ok(seg_thinning(&thin, &picture, SEG_THINNING_GUO_HALL, 0, NULL));
        ck_assert_ok(seg_components(NULL, NULL, &before, &picture, 8, NULL));
        ck_assert_ok(seg_components(NULL, NULL, &after, &thin, 8, NULL));
        ck_assert_int_eq(before, after);
        ck_assert_ok(seg_thinning(&again, &thin, SEG_THINNING_GUO_HALL, 0, NULL));
        ck_assert(pixels_same(&thin, &again));
        for (int32_t y = 0; y < 90; y++)
            for (int32_t x = 0; x < 140; x++)
                ck_assert(mask[y * 140 + x] || !((uint8_t *)seg_image_row(&thin, y))[x]);
        seg_image_unref(&thin);
        seg_image_unref(&again);
    }
}
END_TEST

START_TEST(threads_and_levels) {
    static uint8_t mask[LONGEST * LONGEST];
    shapes_random random = shapes_random_start(63);
    pixels_envs envs = pixels_envs_start();
    for (int i = 0; i < PIXELS_ENVS; i++) {
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            if (!pixels_level(level)) continue;
            blobs(mask, 100, LONGEST, &random);
            check_mask(mask, 100, LONGEST, &envs.env[i]);
        }
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(layouts) {
    pixels_random random = pixels_random_start(64);
    for (int repeat = 0; repeat < 20; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, 140), height = 30;
        pixels_picture in = pixels_make(width, height, SEG_U8, 1, 1, &random);
        pixels_picture out = pixels_make(width, height, SEG_U8, 1, 0, &random);
        uint8_t want[140 * 30];
        for (int32_t y = 0; y < height; y++)
            memcpy(want + y * width, seg_image_row(&in.image, y), (size_t)width);
        brute(want, width, height, SEG_THINNING_GUO_HALL, 0);
        ck_assert_ok(seg_thinning(&out.image, &in.image, SEG_THINNING_GUO_HALL, 0, NULL));
        ck_assert(same(&out.image, want));
        pixels_free(&in);
        pixels_free(&out);
    }
}
END_TEST

START_TEST(refusals_and_memory) {
    uint8_t mask[100] = {0};
    seg_image picture = {0}, out = {0};
    ck_assert_ok(seg_image_wrap(&picture, mask, 10, 10, 10, SEG_U8, 1));
    ck_assert_fails(seg_thinning(&out, &picture, (seg_thinning_rule)7, 0, NULL), SEG_ERROR_ARGUMENT,
                    "rule is 7");
    ck_assert_fails(seg_thinning(&out, &picture, SEG_THINNING_GUO_HALL, -1, NULL),
                    SEG_ERROR_ARGUMENT, "iterations is -1");
    ck_assert_fails(seg_thinning(&out, &out, SEG_THINNING_GUO_HALL, 0, NULL), SEG_ERROR_ARGUMENT,
                    "mask");
    const int64_t live = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    int64_t n = 1;
    for (; status == SEG_ERROR_MEMORY; n++) {
        seg_memory_fail_at(n);
        status = seg_thinning(&out, &picture, SEG_THINNING_GUO_HALL, 0, NULL);
        seg_memory_fail_at(0);
        if (status < 0) ck_assert_int_eq(seg_memory_live(), live + !seg_image_empty(&out));
    }
    ck_assert_int_eq(status, SEG_OK);
    ck_assert_int_gt(n, 5);
    seg_image_unref(&out);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

CORE_MAIN("imgproc_thinning", by_hand, against_the_conditions, properties, threads_and_levels,
          layouts, refusals_and_memory)
