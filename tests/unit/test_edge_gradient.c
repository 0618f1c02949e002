/* Gradient magnitude: hand cases, then against derivatives written out in double precision. */
#include "core_main.h"
#include "pixels.h"

#define LEVELS 3

static seg_gradient_options options_of(int kernel, int colour, double level) {
    seg_gradient_options options;
    seg_gradient_options_init(&options);
    options.kernel = kernel;
    options.colour = colour;
    options.level = (seg_level){SEG_LEVEL_8BIT, 0, level};
    return options;
}

static float at(const seg_image *image, int32_t x, int32_t y) {
    return ((const float *)seg_image_row(image, y))[x];
}

/* ---- by hand ---- */

/* A step of 100 grey levels has a magnitude of 100 in both directions, whatever the operator. */
START_TEST(a_step_has_its_height) {
    for (int kernel = 0; kernel < 4; kernel++)
        for (int down = 0; down < 2; down++) {
            seg_image picture = {0}, mask = {0}, magnitude = {0};
            ck_assert_ok(seg_image_alloc(&picture, 9, 9, SEG_U8, 1, NULL));
            for (int32_t y = 0; y < 9; y++)
                for (int32_t x = 0; x < 9; x++)
                    ((uint8_t *)seg_image_row(&picture, y))[x] = (down ? y : x) < 4 ? 20 : 120;
            seg_gradient_options options = options_of(kernel, SEG_EDGE_GREY, 99);
            double level;
            ck_assert_ok(seg_gradient(&mask, &magnitude, &level, &picture, NULL, &options, NULL));
            ck_assert_double_eq_tol(level, 99, 1e-9);
            for (int32_t i = 0; i < 9; i++) {
                const bool beside = i == 3 || (i == 4 && kernel != SEG_GRADIENT_ROBERTS);
                const int32_t x = down ? 5 : i, y = down ? i : 5;
                ck_assert_float_eq_tol(at(&magnitude, x, y), beside ? 100 / 255.0f : 0, 1e-6f);
                ck_assert_double_eq(pixels_at(&mask, x, y, 0), beside ? 255 : 0);
            }
            /* not above what it is */
            options.level.value = 100;
            if (kernel != SEG_GRADIENT_ROBERTS) {
                ck_assert_ok(seg_gradient(&mask, NULL, NULL, &picture, NULL, &options, NULL));
                ck_assert_double_eq(pixels_at(&mask, 3, 3, 0), 0);
            }
            seg_image_unref(&picture), seg_image_unref(&mask), seg_image_unref(&magnitude);
        }
}
END_TEST

/* Red beside green of the same grey: no edge in grey, one in colours. */
START_TEST(colours_of_equal_grey) {
    seg_image picture = {0}, magnitude = {0};
    ck_assert_ok(seg_image_alloc(&picture, 8, 5, SEG_U8, 3, NULL));
    for (int32_t y = 0; y < 5; y++)
        for (int32_t x = 0; x < 8; x++) { /* .299 * 200 is .587 * 101.9 */
            uint8_t *pixel = (uint8_t *)seg_image_row(&picture, y) + 3 * x;
            pixel[0] = x < 4 ? 200 : 0, pixel[1] = x < 4 ? 0 : 102, pixel[2] = 0;
        }
    float found[3];
    for (int colour = 0; colour < 3; colour++) {
        const seg_gradient_options options = options_of(SEG_GRADIENT_SOBEL, colour, 50);
        ck_assert_ok(seg_gradient(NULL, &magnitude, NULL, &picture, NULL, &options, NULL));
        found[colour] = at(&magnitude, 4, 2);
    }
    ck_assert_float_lt(found[SEG_EDGE_GREY], 0.01f);
    ck_assert_float_eq_tol(found[SEG_EDGE_MAX], 200 / 255.0f, 1e-4f);
    /* CIE: L* a* b* of these are 42.0 67.0 56.4 and 37.3 -43.6 42.1 or so: 112 of 100 apart */
    ck_assert_float_eq(found[SEG_EDGE_TENSOR], 1);
    seg_image_unref(&picture), seg_image_unref(&magnitude);
}
END_TEST

/* ---- against double precision ---- */

static const double weights[3][3] = {{1, 2, 1}, {3, 10, 3}, {1, 1, 1}};

static double sample_at(const seg_image *picture, int64_t x, int64_t y, int32_t channel) {
    x = x < 0 ? 0 : x >= picture->width ? picture->width - 1 : x;
    y = y < 0 ? 0 : y >= picture->height ? picture->height - 1 : y;
    const double value = pixels_at(picture, x, y, channel);
    if (picture->format != SEG_F32) return value / seg_image_full_scale(picture);
    return !(value > 0) ? 0 : value > 1 ? 1 : value;
}

static void slopes_at(double slopes[2], const seg_image *picture, int32_t x, int32_t y, int kernel,
                      int32_t channel) {
    slopes[0] = slopes[1] = 0;
    if (kernel == SEG_GRADIENT_ROBERTS) {
        slopes[0] = sample_at(picture, x + 1, y + 1, channel) - sample_at(picture, x, y, channel);
        slopes[1] = sample_at(picture, x, y + 1, channel) - sample_at(picture, x + 1, y, channel);
        slopes[0] /= sqrt(2), slopes[1] /= sqrt(2);
        return;
    }
    double sum = 0;
    for (int k = -1; k <= 1; k++) {
        const double weight = weights[kernel][k + 1];
        slopes[0] += weight * (sample_at(picture, x + 1, y + k, channel) -
                               sample_at(picture, x - 1, y + k, channel));
        slopes[1] += weight * (sample_at(picture, x + k, y + 1, channel) -
                               sample_at(picture, x + k, y - 1, channel));
        sum += weight;
    }
    slopes[0] /= sum, slopes[1] /= sum;
}

static double expected(const seg_image *picture, int32_t x, int32_t y, int kernel, int colour) {
    double longest = 0;
    for (int32_t c = 0; c < (colour == SEG_EDGE_MAX && picture->channels > 2 ? 3 : 1); c++) {
        double slopes[2];
        slopes_at(slopes, picture, x, y, kernel, c);
        longest = fmax(longest, hypot(slopes[0], slopes[1]));
    }
    return fmin(longest, 1);
}

static bool is_number(const seg_image *picture, int32_t x, int32_t y) {
    for (int32_t c = 0; c < (picture->channels < 3 ? 1 : 3); c++)
        if (!isfinite(pixels_at(picture, x, y, c))) return false;
    return true;
}

/* Grey of one channel and the strongest of several, to a unit of 15 bits. */
START_TEST(against_double_precision) {
    pixels_random random = pixels_random_start(72);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 240; repeat++) {
        if (!pixels_level((int)repeat % LEVELS)) continue;
        const int32_t width = 1 + (int32_t)pixels_below(&random, 90);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 80);
        const int kernel = (int)(repeat % 4), format = 1 + (int)(repeat / 4 % 3);
        const int colour = repeat / 12 % 2 ? SEG_EDGE_MAX : SEG_EDGE_GREY;
        const int channels = colour ? 1 + (int)pixels_below(&random, 4) : 1;
        pixels_picture source =
            pixels_make(width, height, format, channels, pixels_below(&random, 10), &random);
        pixels_picture ignore = pixels_make(width, height, SEG_U8, 1, 4, &random);
        pixels_picture magnitude = pixels_make(width, height, SEG_F32, 1, 0, &random);
        pixels_picture mask = pixels_make(width, height, SEG_U8, 1, 0, &random);
        const seg_image *ignored = repeat % 5 == 0 ? &ignore.image : NULL;
        const seg_gradient_options options = options_of(kernel, colour, pixels_below(&random, 255));
        double level;
        ck_assert_ok(seg_gradient(&mask.image, &magnitude.image, &level, &source.image, ignored,
                                  &options, &envs.env[repeat % PIXELS_ENVS]));
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                const bool counts = is_number(&source.image, x, y) &&
                                    !(ignored && pixels_at(ignored, x, y, 0) != 0);
                const double want = counts ? expected(&source.image, x, y, kernel, colour) : 0;
                const double got = (double)at(&magnitude.image, x, y);
                ck_assert_msg(fabs(got - want) < (colour ? 1.0 / 16384 : 1.0 / 32768),
                              "%g for %g at %d %d of %dx%dx%d, format %d, operator %d, colour %d",
                              got, want, x, y, width, height, channels, format, kernel, colour);
                ck_assert_double_eq(pixels_at(&mask.image, x, y, 0),
                                    (float)got > (float)(level / 255) ? 255 : 0);
            }
        pixels_free(&source), pixels_free(&ignore), pixels_free(&magnitude), pixels_free(&mask);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Grey of three equal channels: the gradient of L*, as the grey picture itself has it. */
START_TEST(grey_in_colours) {
    pixels_random random = pixels_random_start(73);
    pixels_picture grey = pixels_make(61, 40, SEG_U8, 1, 0, &random);
    pixels_picture rgb = pixels_make(61, 40, SEG_U8, 3, 0, &random);
    for (int32_t y = 0; y < 40; y++)
        for (int32_t i = 0; i < 3 * 61; i++)
            ((uint8_t *)seg_image_row(&rgb.image, y))[i] =
                ((uint8_t *)seg_image_row(&grey.image, y))[i / 3];
    for (int colour = 0; colour < 3; colour++) {
        seg_image a = {0}, b = {0};
        const seg_gradient_options options = options_of(SEG_GRADIENT_SCHARR, colour, 50);
        ck_assert_ok(seg_gradient(NULL, &a, NULL, &grey.image, NULL, &options, NULL));
        ck_assert_ok(seg_gradient(NULL, &b, NULL, &rgb.image, NULL, &options, NULL));
        for (int32_t y = 0; y < 40; y++)
            for (int32_t x = 0; x < 61; x++)
                ck_assert_float_eq_tol(at(&a, x, y), at(&b, x, y), 1e-6f);
        seg_image_unref(&a), seg_image_unref(&b);
    }
    pixels_free(&grey), pixels_free(&rgb);
}
END_TEST

/* Otsu's level of two kinds of steps lies between them. */
START_TEST(automatic_level) {
    seg_image picture = {0}, mask = {0};
    ck_assert_ok(seg_image_alloc(&picture, 64, 40, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 40; y++)
        for (int32_t x = 0; x < 64; x++)
            ((uint8_t *)seg_image_row(&picture, y))[x] =
                (uint8_t)(x < 32 ? x / 4 * 4 : 128 + (x / 4 % 2) * 100);
    double level;
    ck_assert_ok(seg_gradient(&mask, NULL, &level, &picture, NULL, NULL, NULL));
    ck_assert_double_ge(level, 4);
    ck_assert_double_lt(level, 100);
    ck_assert_double_eq(pixels_at(&mask, 15, 9, 0), 0);
    ck_assert_double_eq(pixels_at(&mask, 40, 9, 0), 255);
    seg_image_unref(&picture), seg_image_unref(&mask);
}
END_TEST

START_TEST(errors) {
    seg_image picture = {0}, mask = {0};
    seg_gradient_options options;
    ck_assert_ok(seg_image_alloc(&picture, 4, 4, SEG_U8, 1, NULL));
    seg_gradient_options_init(&options);
    options.kernel = 4;
    ck_assert_fails(seg_gradient(&mask, NULL, NULL, &picture, NULL, &options, NULL),
                    SEG_ERROR_OPTION, "operator");
    ck_assert_fails(seg_gradient(&mask, NULL, NULL, NULL, NULL, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "picture");
    seg_image small = {0};
    ck_assert_ok(seg_image_alloc(&small, 3, 4, SEG_U8, 1, NULL));
    ck_assert_fails(seg_gradient(&mask, NULL, NULL, &picture, &small, NULL, NULL), SEG_ERROR_SHAPE,
                    "ignore");
    seg_image_unref(&picture), seg_image_unref(&small);
}
END_TEST

CORE_MAIN("edge_gradient", a_step_has_its_height, colours_of_equal_grey, against_double_precision,
          grey_in_colours, automatic_level, errors)
