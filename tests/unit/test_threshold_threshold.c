/* threshold and otsu: by hand, against brute force, at every depth, as methods. */
#include "core/memory.h"
#include "core_main.h"
#include "imgproc/input.h"
#include "methods.h"
#include "pixels.h"

#include <float.h>

#define LEVELS 3

static seg_threshold_options fixed(double level, double max, bool invert) {
    seg_threshold_options options;
    seg_threshold_options_init(&options);
    options.level = (seg_level){SEG_LEVEL_8BIT, 0, level};
    options.max = (seg_level){SEG_LEVEL_8BIT, 0, max};
    options.invert = invert;
    return options;
}

START_TEST(by_hand) {
    uint8_t values[] = {0, 99, 100, 101, 200, 201, 255}, ignored[] = {0, 0, 0, 0, 7, 0, 0};
    seg_image picture = {0}, ignore = {0}, mask = {0};
    double level = 0;
    ck_assert_ok(seg_image_wrap(&picture, values, 7, 7, 1, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&ignore, ignored, 7, 7, 1, SEG_U8, 1));
    seg_threshold_options options = fixed(100, 255, false);
    ck_assert_ok(seg_threshold(&mask, &level, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 255, 255, 255, 255}), 7);
    ck_assert_double_eq(level, 100);
    options = fixed(99.5, 200, false);
    ck_assert_ok(seg_threshold(&mask, &level, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 255, 255, 255, 0, 0}), 7);
    options = fixed(100, 200, true); /* what is ignored is never foreground */
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, &ignore, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){255, 255, 255, 0, 0, 255, 255}), 7);
    options = fixed(200, 100, false); /* a range in the other order */
    ck_assert_ok(seg_threshold(&mask, &level, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 255, 255, 0, 0}), 7);
    ck_assert_double_eq(level, 200);
    options = fixed(100, 100, false); /* nothing lies between */
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 0, 0, 0, 0}), 7);
    options.invert = true;
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){255, 255, 255, 255, 255, 255, 255}), 7);
    options = fixed(255, 255, false);
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 0, 0, 0, 0}), 7);
    /* the defaults: above half of full scale */
    ck_assert_ok(seg_threshold(&mask, &level, &picture, NULL, NULL, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 0, 255, 255, 255}), 7);
    ck_assert_double_eq(level, 127.5);
    seg_image_unref(&mask);
}
END_TEST

START_TEST(floats_by_hand) {
    float values[] = {-1, 0, 0.2f, 0.5f, 1, 7, NAN, INFINITY, -INFINITY};
    seg_image picture = {0}, mask = {0};
    ck_assert_ok(seg_image_wrap(&picture, values, sizeof values, 9, 1, SEG_F32, 1));
    seg_threshold_options options = fixed(51, 255, false); /* 51 / 255 = 0.2 */
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, NULL, &options, NULL));
    /* brighter than full scale counts as full scale */
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 255, 255, 255, 0, 0, 0}), 9);
    options.invert = true;
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){255, 255, 255, 0, 0, 0, 0, 0, 0}), 9);
    options.level.value = 255;
    ck_assert_ok(seg_threshold(&mask, NULL, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){255, 255, 255, 255, 255, 255, 0, 0, 0}), 9);
    seg_image_unref(&mask);
}
END_TEST

/* Every kind of level, every layout. */
static seg_level random_level(pixels_random *random) {
    const int kind = (int)pixels_below(random, 5);
    seg_level level = {kind, (int32_t)pixels_below(random, 4), pixels_below(random, 101)};
    if (kind == SEG_LEVEL_8BIT) level.value = pixels_below(random, 511) / 2.0;
    return level;
}

static double resolved(const seg_level *level, const seg_image *grey, const seg_image *ignore) {
    static uint64_t bins[65536];
    const int32_t size = grey->format == SEG_U8 ? 256 : 65536;
    double native;
    ck_assert_ok(seg_histogram(bins, size, grey, ignore, NULL));
    ck_assert_ok(seg_level_resolve(&native, level, SEG_AUTO_OTSU, bins, size, grey));
    return native;
}

/* Above a level: integers by their floor; f32 by 16-bit rounding where bins gave the level. */
static bool above(double value, const seg_level *level, double native, const seg_image *grey) {
    const bool binned = level->kind == SEG_LEVEL_PERCENTILE || level->kind == SEG_LEVEL_AUTO;
    if (grey->format != SEG_F32) return value > floor(native);
    if (!binned) return (float)value > (float)native;
    const double clipped = value > 0 ? value < 1 ? value : 1 : 0;
    return rintf((float)clipped * 65535) > native * 65535 + 0.25;
}

START_TEST(against_brute_force) {
    pixels_random random = pixels_random_start(61);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 400; repeat++) {
        const int format = SEG_U8 + (int)pixels_below(&random, 3);
        const int channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, 129);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 30);
        pixels_picture picture = pixels_make(width, height, format, channels, repeat % 10, &random);
        pixels_picture ignore = pixels_make(width, height, SEG_U8, 1, 3, &random);
        pixels_picture mask = pixels_make(width, height, SEG_U8, 1, 0, &random);
        const seg_image *left_out = repeat % 2 ? &ignore.image : NULL;
        seg_threshold_options options = fixed(0, 0, repeat % 3 == 0);
        options.level = random_level(&random);
        options.max = random_level(&random);
        seg_image grey = {0};
        ck_assert_ok(seg_to_grey(&grey, &picture.image, NULL));
        const double low = resolved(&options.level, &grey, left_out);
        const double high = resolved(&options.max, &grey, left_out);
        double native;
        pixels_level((int)repeat % LEVELS);
        ck_assert_ok(seg_threshold(&mask.image, &native, &picture.image, left_out, &options,
                                   &envs.env[repeat % PIXELS_ENVS]));
        ck_assert_double_eq(native, low);
        const double full = seg_image_full_scale(&grey);
        const bool turned = high < low; /* then max is where the range begins */
        int wrong = 0;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                const double value = pixels_at(&grey, x, y, 0);
                const bool over_level = low < full && above(value, &options.level, low, &grey);
                const bool over_max = high < full && above(value, &options.max, high, &grey);
                const bool inside =
                    high < full && turned ? over_max && !over_level : over_level && !over_max;
                bool want = inside != options.invert && fabs(value) <= FLT_MAX;
                if (left_out && pixels_at(left_out, x, y, 0) != 0) want = false;
                wrong += pixels_at(&mask.image, x, y, 0) != (want ? 255 : 0);
            }
        ck_assert_msg(wrong == 0, "%d pixels, format %d, level kind %d %g, max kind %d %g", wrong,
                      format, (int)options.level.kind, options.level.value, (int)options.max.kind,
                      options.max.value);
        seg_image_unref(&grey);
        pixels_free(&picture), pixels_free(&ignore), pixels_free(&mask);
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(otsu_by_hand) {
    uint8_t values[] = {10, 10, 12, 50, 52, 200}, ignored[] = {0, 0, 0, 0, 0, 1};
    seg_image picture = {0}, ignore = {0}, mask = {0};
    double level;
    ck_assert_ok(seg_image_wrap(&picture, values, 6, 6, 1, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&ignore, ignored, 6, 6, 1, SEG_U8, 1));
    ck_assert_ok(seg_otsu(&mask, &level, &picture, NULL, NULL, NULL));
    ck_assert_double_eq(level, 52);
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 0, 0, 255}), 6);
    ck_assert_ok(seg_otsu(&mask, &level, &picture, &ignore, NULL, NULL));
    ck_assert_double_eq(level, 12);
    ck_assert_mem_eq(mask.data, ((uint8_t[]){0, 0, 0, 255, 255, 0}), 6);
    seg_otsu_options options;
    seg_otsu_options_init(&options);
    options.invert = true;
    ck_assert_ok(seg_otsu(&mask, &level, &picture, &ignore, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){255, 255, 255, 0, 0, 0}), 6);
    seg_image_unref(&mask);
}
END_TEST

/* The same picture at three depths is cut at the same pixels, whatever the level. */
START_TEST(depths_agree) {
    pixels_random random = pixels_random_start(62);
    for (int repeat = 0; repeat < 120; repeat++) {
        pixels_picture source = pixels_make(61, 31, SEG_U8, 1, (uint32_t)repeat % 5, &random);
        seg_threshold_options options = fixed(0, 255, repeat % 2);
        options.level = random_level(&random);
        if (options.level.kind == SEG_LEVEL_RAW) options.level.kind = SEG_LEVEL_PERCENT;
        seg_image want = {0};
        ck_assert_ok(seg_threshold(&want, NULL, &source.image, NULL, &options, NULL));
        for (int format = SEG_U16; format <= SEG_F32; format++) {
            seg_image other = {0}, mask = {0};
            ck_assert_ok(seg_convert(&other, &source.image, (seg_format)format, NULL));
            ck_assert_ok(seg_threshold(&mask, NULL, &other, NULL, &options, NULL));
            ck_assert_msg(pixels_same(&mask, &want), "format %d, kind %d, rule %d, value %g",
                          format, (int)options.level.kind, (int)options.level.rule,
                          options.level.value);
            seg_image_unref(&other);
            seg_image_unref(&mask);
        }
        seg_image_unref(&want);
        pixels_free(&source);
    }
}
END_TEST

/* f32 is cut as the picture brought to 16 bits. */
START_TEST(floats_as_16_bits) {
    pixels_random random = pixels_random_start(63);
    for (int repeat = 0; repeat < 40; repeat++) {
        seg_image source = {0}, wide = {0}, want = {0}, got = {0};
        ck_assert_ok(seg_image_alloc(&source, 90, 70, SEG_F32, 1, NULL));
        for (int32_t y = 0; y < 70; y++)
            for (int32_t x = 0; x < 90; x++)
                ((float *)seg_image_row(&source, y))[x] =
                    (float)pixels_below(&random, 1 << 24) /
                    (float)(INT64_C(1) << (24 + repeat % 3 * 4));
        ck_assert_ok(seg_convert(&wide, &source, SEG_U16, NULL));
        double level, level_wide;
        ck_assert_ok(seg_otsu(&got, &level, &source, NULL, NULL, NULL));
        ck_assert_ok(seg_otsu(&want, &level_wide, &wide, NULL, NULL, NULL));
        ck_assert(pixels_same(&got, &want));
        ck_assert_double_eq_tol(seg_level_8bit(level, &source), seg_level_8bit(level_wide, &wide),
                                1e-9);
        seg_image_unref(&source);
        seg_image_unref(&wide);
        seg_image_unref(&want);
        seg_image_unref(&got);
    }
}
END_TEST

static void check_method(const seg_method *method, int format, pixels_random *random) {
    pixels_picture picture = pixels_make(83, 57, format, 3, 5, random);
    pixels_picture ignore = pixels_make(83, 57, SEG_U8, 1, 3, random);
    seg_context *context = NULL;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_ok(seg_context_create(&context, method, NULL, NULL));
    const seg_frame frame = {.image = picture.image, .ignore = ignore.image};
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_uint_eq(result.outputs, SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE);

    seg_image mask = {0}, grey = {0};
    double level = 0;
    if (method == &seg_method_otsu)
        ck_assert_ok(seg_otsu(&mask, &level, &picture.image, &ignore.image, NULL, NULL));
    else
        ck_assert_ok(seg_threshold(&mask, &level, &picture.image, &ignore.image, NULL, NULL));
    ck_assert(pixels_same(&mask, &result.mask));
    ck_assert_ok(seg_to_grey(&grey, &picture.image, NULL));
    int64_t foreground = 0, voting = 0, wrong = 0;
    for (int32_t y = 0; y < 57; y++)
        for (int32_t x = 0; x < 83; x++) {
            const bool votes = pixels_at(&ignore.image, x, y, 0) == 0;
            double value = pixels_at(&grey, x, y, 0);
            if (format == SEG_F32)
                value = !(fabs(value) <= FLT_MAX) || value < 0 ? 0 : fmin(value, 1);
            foreground += pixels_at(&mask, x, y, 0) == 255;
            voting += votes;
            wrong += pixels_at(&result.score, x, y, 0) != (votes ? value : 0);
        }
    ck_assert_int_eq(wrong, 0);
    ck_assert_double_eq(result.score_full_scale, seg_image_full_scale(&grey));
    ck_assert_double_eq(seg_result_decision(&result, "level")->value, seg_level_8bit(level, &grey));
    ck_assert_double_eq(seg_result_decision(&result, "level_raw")->value, level);
    ck_assert_double_eq(seg_result_decision(&result, "foreground")->value,
                        (double)foreground / (double)voting);
    /* only the mask; nothing is allocated any more */
    seg_memory_fail_at(1);
    ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_MASK, &result));
    seg_memory_fail_at(0);
    ck_assert_uint_eq(result.outputs, SEG_OUTPUT_MASK);
    ck_assert(pixels_same(&mask, &result.mask));
    seg_image_unref(&mask);
    seg_image_unref(&grey);
    seg_result_free(&result);
    seg_context_free(context);
    ck_assert_int_eq(seg_memory_live(), 0);
    pixels_free(&picture), pixels_free(&ignore);
}

START_TEST(methods) {
    pixels_random random = pixels_random_start(64);
    for (int format = SEG_U8; format <= SEG_F32; format++) {
        check_method(&seg_method_otsu, format, &random);
        check_method(&seg_method_threshold, format, &random);
    }
}
END_TEST

START_TEST(bad_arguments) {
    pixels_random random = pixels_random_start(65);
    pixels_picture picture = pixels_make(20, 10, SEG_U8, 1, 0, &random);
    pixels_picture other = pixels_make(21, 10, SEG_U8, 1, 0, &random);
    seg_image mask = {0};
    seg_threshold_options options = fixed(300, 255, false);
    ck_assert_fails(seg_threshold(&mask, NULL, &picture.image, NULL, &options, NULL),
                    SEG_ERROR_OPTION, "level");
    options = fixed(3, 255, false);
    options.size = 0;
    ck_assert_fails(seg_threshold(&mask, NULL, &picture.image, NULL, &options, NULL),
                    SEG_ERROR_OPTION, "size");
    ck_assert_fails(seg_otsu(&mask, NULL, &picture.image, &other.image, NULL, NULL),
                    SEG_ERROR_SHAPE, "ignore");
    ck_assert_fails(seg_otsu(&other.image, NULL, &picture.image, NULL, NULL, NULL), SEG_ERROR_SHAPE,
                    "21 x 10");
    ck_assert_fails(seg_otsu(&picture.image, NULL, &picture.image, NULL, NULL, NULL),
                    SEG_ERROR_ARGUMENT, "same pixels");
    ck_assert_fails(seg_otsu(&mask, NULL, NULL, NULL, NULL, NULL), SEG_ERROR_ARGUMENT, "missing");
    pixels_picture rgb = pixels_make(20, 10, SEG_U8, 3, 0, &random);
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; status < 0; n++) {
        seg_image_unref(&mask);
        seg_memory_fail_at(n);
        status = seg_otsu(&mask, NULL, &rgb.image, NULL, NULL, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        ck_assert_int_lt(n, 30);
    }
    seg_image_unref(&mask);
    ck_assert_int_eq(seg_memory_live(), 0);
    pixels_free(&picture), pixels_free(&other), pixels_free(&rgb);
}
END_TEST

CORE_MAIN("threshold", by_hand, floats_by_hand, against_brute_force, otsu_by_hand, depths_agree,
          floats_as_16_bits, methods, bad_arguments)
