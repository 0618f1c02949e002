/* Gaussian blur, Sobel derivatives, medians: against brute force over the whole window. */
#include "core/memory.h"
#include "core_main.h"
#include "imgproc/gaussian.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include "pixels.h"

#include <float.h>
#include <stdio.h>

#define LEVELS 3

static int32_t reflected(int64_t i, int32_t n) {
    while (n > 1 && (i < 0 || i >= n)) /* one mirror after the other */
        i = i < 0 ? -i : 2 * ((int64_t)n - 1) - i;
    return n == 1 ? 0 : (int32_t)i;
}

static int32_t clamped(int64_t i, int32_t n) {
    return (int32_t)(i < 0 ? 0 : i >= n ? n - 1 : i);
}

static double cleaned(double value) {
    return fabs(value) <= FLT_MAX ? value : 0;
}

/* ---- Gaussian ---- */

START_TEST(taps_by_hand) {
    seg_gaussian_taps taps;
    ck_assert_ok(seg_gaussian_taps_make(&taps, 1.4, 5));
    ck_assert_int_eq(taps.radius, 2);
    ck_assert_uint_eq(taps.u8[0], 78);
    ck_assert_uint_eq(taps.u8[1], 61);
    ck_assert_uint_eq(taps.u8[2], 28);
    ck_assert_ok(seg_gaussian_taps_make(&taps, 1.4, 0));
    ck_assert_int_eq(taps.radius, 5); /* ceil(3 sigma) */
    ck_assert_ok(seg_gaussian_taps_make(&taps, 0, 9));
    ck_assert_int_eq(taps.radius, 0);
    ck_assert_uint_eq(taps.u8[0], 256);
}
END_TEST

START_TEST(taps_are_gaussian) {
    for (double sigma = 0.2; sigma <= 42; sigma += 0.37) {
        for (int32_t aperture = 1; aperture <= 255; aperture += 14) {
            seg_gaussian_taps taps;
            ck_assert_ok(seg_gaussian_taps_make(&taps, sigma, aperture));
            double sum = 0;
            int wrong = 0;
            int64_t narrow = -(int64_t)taps.u8[0], wide = -(int64_t)taps.u16[0];
            for (int32_t k = -taps.radius; k <= taps.radius; k++)
                sum += exp(-k * k / (2 * sigma * sigma));
            for (int32_t k = 0; k <= taps.radius; k++) {
                const double exact = exp(-k * k / (2 * sigma * sigma)) / sum;
                narrow += 2 * taps.u8[k];
                wide += 2 * taps.u16[k];
                wrong += fabs(taps.f32[k] - exact) > 1e-7;
                wrong += fabs(taps.u8[k] / 256.0 - exact) > 1.001 / 256;
                wrong += fabs(taps.u16[k] / 65536.0 - exact) > 1.001 / 65536;
            }
            ck_assert_int_eq(wrong, 0);
            ck_assert_int_eq(narrow, 256);
            ck_assert_int_eq(wide, 65536);
        }
    }
}
END_TEST

static double blurred(const seg_image *source, const seg_gaussian_taps *taps, int32_t x, int32_t y,
                      int32_t c) {
    double sum = 0;
    for (int32_t j = -taps->radius; j <= taps->radius; j++) {
        for (int32_t i = -taps->radius; i <= taps->radius; i++) {
            const double value = pixels_at(source, reflected((int64_t)x + i, source->width),
                                           reflected((int64_t)y + j, source->height), c);
            const int32_t p = abs(i), q = abs(j);
            sum += source->format == SEG_U8    ? value * taps->u8[p] * taps->u8[q]
                   : source->format == SEG_U16 ? value * taps->u16[p] * taps->u16[q]
                                               : cleaned(value) * taps->f32[p] * taps->f32[q];
        }
    }
    return source->format == SEG_U8    ? floor((sum + 32768) / 65536)
           : source->format == SEG_U16 ? floor((sum + 2147483648.0) / 4294967296.0)
                                       : sum;
}

START_TEST(gaussian) {
    pixels_random random = pixels_random_start(51);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 150; repeat++) {
        const int format = SEG_U8 + (int)pixels_below(&random, 3);
        const int channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width =
            repeat < 20 ? 1 + (int32_t)repeat / 4 : 1 + (int32_t)pixels_below(&random, 129);
        const int32_t height = 1 + (int32_t)pixels_below(&random, repeat % 4 ? 10 : 70);
        const double sigma = 0.3 + pixels_below(&random, 300) / 100.0;
        const int32_t aperture = 1 + 2 * (int32_t)pixels_below(&random, 8);
        pixels_picture source = pixels_make(width, height, format, channels, repeat % 5, &random);
        pixels_picture target = pixels_make(width, height, format, channels, 0, &random);
        pixels_level((int)repeat % LEVELS);
        ck_assert_ok(seg_gaussian(&target.image, &source.image, sigma, aperture,
                                  &envs.env[repeat % PIXELS_ENVS]));
        seg_gaussian_taps taps;
        ck_assert_ok(seg_gaussian_taps_make(&taps, sigma, aperture));
        int wrong = 0;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                for (int32_t c = 0; c < channels; c++) {
                    const double want = blurred(&source.image, &taps, x, y, c);
                    const double got = pixels_at(&target.image, x, y, c);
                    wrong += !(fabs(got - want) <= (format == SEG_F32 ? 1e-6 : 0.25));
                }
        ck_assert_msg(wrong == 0, "%d samples of %d x %d, format %d", wrong, width, height, format);
        pixels_free(&target), pixels_free(&source);
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(gaussian_keeps_flat_pictures) {
    seg_image source = {0}, target = {0};
    ck_assert_ok(seg_image_alloc(&source, 40, 30, SEG_U16, 3, NULL));
    for (int32_t y = 0; y < 30; y++)
        for (int32_t x = 0; x < 120; x++)
            ((uint16_t *)seg_image_row(&source, y))[x] = (uint16_t)(65535 - x % 3);
    ck_assert_ok(seg_gaussian(&target, &source, 7.7, 0, NULL));
    ck_assert(pixels_same(&target, &source));
    seg_image_unref(&target);
    ck_assert_ok(seg_gaussian(&target, &source, 0, 0, NULL));
    ck_assert(pixels_same(&target, &source));
    seg_image_unref(&target);
    seg_image_unref(&source);
}
END_TEST

/* ---- Sobel ---- */

START_TEST(sobel_by_hand) {
    uint8_t step[] = {0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10};
    seg_image source = {0}, dx = {0}, dy = {0};
    ck_assert_ok(seg_image_wrap(&source, step, 4, 4, 3, SEG_U8, 1));
    ck_assert_ok(seg_sobel(&dx, &dy, &source, 3, NULL));
    const int16_t want[] = {0, 40, 40, 0}, flat[] = {0, 0, 0, 0};
    for (int32_t y = 0; y < 3; y++) {
        ck_assert_mem_eq(seg_image_row(&dx, y), want, sizeof want);
        ck_assert_mem_eq(seg_image_row(&dy, y), flat, sizeof flat);
    }
    seg_image_unref(&dx);
    seg_image_unref(&dy);
}
END_TEST

START_TEST(sobel) {
    static const int smooth[2][5] = {{1, 2, 1}, {1, 4, 6, 4, 1}};
    static const int slope[2][5] = {{-1, 0, 1}, {-1, -2, 0, 2, 1}};
    pixels_random random = pixels_random_start(52);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 200; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, repeat % 4 ? 129 : 4);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 70);
        const int which = (int)repeat % 2, radius = 1 + which;
        pixels_picture source = pixels_make(width, height, SEG_U8, 1, repeat % 5, &random);
        pixels_picture dx = pixels_make(width, height, SEG_U16, 1, 0, &random);
        pixels_picture dy = pixels_make(width, height, SEG_U16, 1, 0, &random);
        pixels_level((int)repeat % LEVELS);
        ck_assert_ok(seg_sobel(&dx.image, &dy.image, &source.image, 2 * radius + 1,
                               &envs.env[repeat % PIXELS_ENVS]));
        int wrong = 0;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                int p = 0, q = 0;
                for (int j = 0; j <= 2 * radius; j++)
                    for (int i = 0; i <= 2 * radius; i++) {
                        const int value =
                            (int)pixels_at(&source.image, clamped((int64_t)x + i - radius, width),
                                           clamped((int64_t)y + j - radius, height), 0);
                        p += slope[which][i] * smooth[which][j] * value;
                        q += slope[which][j] * smooth[which][i] * value;
                    }
                wrong += ((int16_t *)seg_image_row(&dx.image, y))[x] != p;
                wrong += ((int16_t *)seg_image_row(&dy.image, y))[x] != q;
            }
        ck_assert_int_eq(wrong, 0);
        pixels_free(&source), pixels_free(&dx), pixels_free(&dy);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* ---- median ---- */

static int compare(const void *a, const void *b) {
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double median_of(const seg_image *source, int32_t side, int32_t x, int32_t y, int32_t c,
                        double *window) {
    size_t count = 0;
    for (int32_t j = -(side / 2); j <= side / 2; j++)
        for (int32_t i = -(side / 2); i <= side / 2; i++)
            window[count++] = cleaned(pixels_at(source, clamped((int64_t)x + i, source->width),
                                                clamped((int64_t)y + j, source->height), c));
    qsort(window, count, sizeof *window, compare);
    return window[count / 2];
}

static void check_median(int32_t width, int32_t height, int format, int channels, int32_t side,
                         uint32_t kind, pixels_random *random, const seg_env *env) {
    double *window = malloc((size_t)side * (size_t)side * sizeof *window);
    pixels_picture source = pixels_make(width, height, format, channels, kind, random);
    pixels_picture target = pixels_make(width, height, format, channels, 0, random);
    ck_assert_ok(seg_median(&target.image, &source.image, side, env));
    /* every pixel of small windows, some of large ones */
    int wrong = 0;
    const uint32_t size = (uint32_t)(width * height * channels), cost = (uint32_t)(side * side);
    const uint32_t every = side < 6 ? 1 : 1 + size / 300 * (1 + cost / 1000);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            for (int32_t c = 0; c < channels; c++)
                if (pixels_below(random, every) == 0)
                    wrong += pixels_at(&target.image, x, y, c) !=
                             median_of(&source.image, side, x, y, c, window);
    ck_assert_msg(wrong == 0, "%d samples of %d x %d, format %d, side %d", wrong, width, height,
                  format, side);
    pixels_free(&source), pixels_free(&target);
    free(window);
}

START_TEST(median) {
    static const int32_t sides[] = {3, 3, 5, 5, 7, 9, 13, 15, 17, 19, 31, 63};
    pixels_random random = pixels_random_start(53);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 240; repeat++) {
        const int format = SEG_U8 + (int)pixels_below(&random, 3);
        const int channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, repeat % 5 ? 129 : 8);
        const int32_t height = 1 + (int32_t)pixels_below(&random, repeat % 4 ? 10 : 80);
        pixels_level((int)repeat % LEVELS);
        check_median(width, height, format, channels, sides[repeat % 12],
                     format == SEG_F32 ? repeat % 10 : repeat % 5, &random,
                     &envs.env[repeat / 3 % PIXELS_ENVS]);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Several tiles and bands, the largest side. */
START_TEST(median_of_large_pictures) {
    pixels_random random = pixels_random_start(54);
    pixels_envs envs = pixels_envs_start();
    for (int format = SEG_U8; format <= SEG_F32; format++) {
        check_median(1100, 150, format, 1, 21, 0, &random, &envs.env[1]);
        check_median(530, 70, format, 1, 255, 0, &random, &envs.env[2]);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* ---- as methods ---- */

START_TEST(methods) {
    pixels_random random = pixels_random_start(55);
    pixels_picture source = pixels_make(61, 47, SEG_U8, 3, 0, &random);
    const seg_method *const filters[] = {&seg_method_gaussian, &seg_method_median};
    for (int i = 0; i < 2; i++) {
        seg_context *context = NULL;
        seg_result result;
        seg_result_init(&result, NULL);
        seg_image want = {0};
        ck_assert_ok(seg_context_create(&context, filters[i], NULL, NULL));
        const seg_frame frame = {.image = source.image};
        ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
        if (i == 0)
            ck_assert_ok(seg_gaussian(&want, &source.image, 1.4, 0, NULL));
        else
            ck_assert_ok(seg_median(&want, &source.image, 3, NULL));
        ck_assert_uint_eq(result.outputs, SEG_OUTPUT_PICTURE);
        ck_assert(pixels_same(&result.picture, &want));
        /* nothing is allocated for the second frame */
        seg_memory_fail_at(1);
        ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
        seg_memory_fail_at(0);
        /* another size after a reset; a luma alone is filtered as well */
        seg_context_reset(context);
        seg_image grey = {0};
        ck_assert_ok(seg_to_grey(&grey, &want, NULL));
        const seg_frame single = {.luma = grey};
        ck_assert_ok(seg_context_apply(context, &single, 0, &result));
        ck_assert_int_eq(result.picture.channels, 1);
        seg_image_unref(&grey);
        seg_image_unref(&want);
        seg_result_free(&result);
        seg_context_free(context);
    }
    ck_assert_int_eq(seg_memory_live(), 0);
    pixels_free(&source);
}
END_TEST

/* A whole number is refused as a text and in the struct. */
static void check_option(const seg_method *method, const char *name, int32_t value,
                         const char *words) {
    char text[16];
    uint64_t options[8];
    seg_context *context = NULL;
    ck_assert_uint_ge(sizeof options, method->params->options_size);
    seg_params_init(options, method->params);
    snprintf(text, sizeof text, "%d", (int)value);
    ck_assert_fails(seg_params_parse(options, method->params, name, text, NULL), SEG_ERROR_OPTION,
                    words);
    memcpy((char *)options + seg_params_find(method->params, name)->offset, &value, sizeof value);
    ck_assert_fails(seg_context_create(&context, method, options, NULL), SEG_ERROR_OPTION, words);
    ck_assert_ptr_null(context);
}

START_TEST(bad_arguments) {
    pixels_random random = pixels_random_start(56);
    pixels_picture a = pixels_make(20, 10, SEG_U8, 1, 0, &random);
    pixels_picture rgb = pixels_make(20, 10, SEG_U8, 3, 0, &random);
    seg_image out = {0}, more = {0};
    ck_assert_fails(seg_gaussian(&out, &a.image, -1, 0, NULL), SEG_ERROR_ARGUMENT, "sigma is -1");
    ck_assert_fails(seg_gaussian(&out, &a.image, NAN, 0, NULL), SEG_ERROR_ARGUMENT, "sigma is nan");
    ck_assert_fails(seg_gaussian(&out, &a.image, 50, 0, NULL), SEG_ERROR_ARGUMENT, "0 to 42");
    ck_assert_fails(seg_gaussian(&out, &a.image, 1, 4, NULL), SEG_ERROR_ARGUMENT, "aperture is 4");
    ck_assert_fails(seg_gaussian(&a.image, &a.image, 1, 3, NULL), SEG_ERROR_ARGUMENT, "same");
    ck_assert_fails(seg_median(&out, &a.image, 4, NULL), SEG_ERROR_ARGUMENT,
                    "side has no valid value (got 4");
    ck_assert_fails(seg_median(&out, &a.image, 257, NULL), SEG_ERROR_ARGUMENT, "1 to 255");
    ck_assert_fails(seg_median(&a.image, &a.image, 3, NULL), SEG_ERROR_ARGUMENT, "same");
    ck_assert_fails(seg_sobel(&out, &more, &a.image, 7, NULL), SEG_ERROR_ARGUMENT, "3 or 5");
    ck_assert_fails(seg_sobel(&out, &more, &rgb.image, 3, NULL), SEG_ERROR_UNSUPPORTED, "channels");
    check_option(&seg_method_median, "side", 4, "side has no valid value (got 4 px");
    check_option(&seg_method_gaussian, "aperture", 4,
                 "aperture has no valid value (got 4 px, allowed 0 or odd numbers");
    pixels_free(&a), pixels_free(&rgb);
}
END_TEST

static seg_status run_filter(int which, seg_image *out, seg_image *more, const seg_image *source) {
    switch (which) {
    case 0:
        return seg_gaussian(out, source, 1, 0, NULL);
    case 1:
        return seg_median(out, source, 3, NULL);
    case 2:
        return seg_median(out, source, 17, NULL);
    default:
        return seg_sobel(out, more, source, 3, NULL);
    }
}

START_TEST(memory_failures) {
    pixels_random random = pixels_random_start(57);
    for (int which = 0; which < 6; which++) {
        const int format = which < 4 ? SEG_U8 : SEG_F32;
        pixels_picture source = pixels_make(50, 40, format, 1, 0, &random);
        seg_status status = SEG_ERROR_MEMORY;
        for (int64_t n = 1; status < 0; n++) {
            seg_image out = {0}, more = {0};
            seg_memory_fail_at(n);
            /* f32: the blur, and the median by a sliding window */
            status = run_filter(which < 4 ? which : which == 4 ? 0 : 2, &out, &more, &source.image);
            seg_memory_fail_at(0);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            seg_image_unref(&out);
            seg_image_unref(&more);
            ck_assert_int_eq(seg_memory_live(), 0);
            ck_assert_int_lt(n, 30);
        }
        pixels_free(&source);
    }
}
END_TEST

CORE_MAIN("imgproc_filter", taps_by_hand, taps_are_gaussian, gaussian, gaussian_keeps_flat_pictures,
          sobel_by_hand, sobel, median, median_of_large_pictures, methods, bad_arguments,
          memory_failures)
