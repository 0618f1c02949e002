/* Marr-Hildreth and differences of Gaussians: hand cases, then against convolutions written out. */
#include "core_main.h"
#include "pixels.h"

#define LEVELS 3

static float at(const seg_image *image, int32_t x, int32_t y) {
    return ((const float *)seg_image_row(image, y))[x];
}

/* ---- by hand ---- */

/* A long step of 80 grey levels is one line of pixels whose strength is 80, at every sigma. */
START_TEST(a_step_has_its_contrast) {
    seg_image picture = {0}, mask = {0}, strength = {0};
    ck_assert_ok(seg_image_alloc(&picture, 160, 12, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 12; y++)
        for (int32_t x = 0; x < 160; x++)
            ((uint8_t *)seg_image_row(&picture, y))[x] = x < 80 ? 40 : 120;
    for (int i = 0; i < 6; i++) {
        static const double sigmas[] = {0.7, 2, 5, 0.7, 2, 5};
        seg_log_edges_options log_options;
        seg_dog_edges_options dog_options;
        seg_log_edges_options_init(&log_options);
        seg_dog_edges_options_init(&dog_options);
        log_options.sigma = dog_options.sigma = sigmas[i];
        log_options.level = dog_options.level = (seg_level){SEG_LEVEL_8BIT, 0, 50};
        ck_assert_ok(
            i < 3 ? seg_log_edges(&mask, &strength, NULL, &picture, NULL, &log_options, NULL)
                  : seg_dog_edges(&mask, &strength, NULL, &picture, NULL, &dog_options, NULL));
        int32_t edges = 0;
        for (int32_t x = 0; x < 160; x++)
            edges += pixels_at(&mask, x, 6, 0) != 0;
        ck_assert_int_eq(edges, 1);
        ck_assert_double_eq(pixels_at(&mask, 79, 6, 0),
                            255); /* of two equally near: the left one */
        ck_assert_float_eq_tol(at(&strength, 79, 6), 80 / 255.0f, 1e-4f);
        ck_assert_float_eq(at(&strength, 20, 6), 0);
    }
    seg_image_unref(&picture), seg_image_unref(&mask), seg_image_unref(&strength);
}
END_TEST

/* A disk has one closed curve, as far from the centre as its rim. */
START_TEST(a_disk_has_a_circle) {
    seg_image picture = {0}, mask = {0};
    ck_assert_ok(seg_image_alloc(&picture, 101, 101, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 101; y++)
        for (int32_t x = 0; x < 101; x++)
            ((uint8_t *)seg_image_row(&picture, y))[x] = hypot(x - 50, y - 50) < 30 ? 200 : 50;
    seg_log_edges_options options;
    seg_log_edges_options_init(&options);
    options.level = (seg_level){SEG_LEVEL_8BIT, 0, 75};
    ck_assert_ok(seg_log_edges(&mask, NULL, NULL, &picture, NULL, &options, NULL));
    int32_t edges = 0;
    for (int32_t y = 0; y < 101; y++)
        for (int32_t x = 0; x < 101; x++) {
            if (pixels_at(&mask, x, y, 0) == 0) continue;
            edges++;
            ck_assert_double_eq_tol(hypot(x - 50, y - 50), 30, 1.2);
        }
    ck_assert_int_gt(edges, 150);
    seg_image_unref(&picture), seg_image_unref(&mask);
}
END_TEST

/* ---- against convolutions ---- */

static int32_t reflected(int32_t i, int32_t n) {
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n == 1 ? 0 : i;
}

static int32_t inside(int32_t i, int32_t n) {
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static double tap(double sigma, int32_t place) {
    double sum = 0;
    for (int32_t k = -(int32_t)ceil(5 * sigma); k <= ceil(5 * sigma); k++)
        sum += exp(-k * k / (2 * sigma * sigma));
    return exp(-place * place / (2 * sigma * sigma)) / sum;
}

static double *blurred_of(const seg_image *picture, double sigma) {
    const int32_t width = picture->width, height = picture->height;
    const int32_t radius = (int32_t)ceil(5 * sigma);
    double *out = calloc((size_t)width * (size_t)height, sizeof *out);
    ck_assert_ptr_nonnull(out);
    double sum = 0;
    for (int32_t k = -radius; k <= radius; k++)
        sum += exp(-k * k / (2 * sigma * sigma));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            for (int32_t j = -radius; j <= radius; j++)
                for (int32_t i = -radius; i <= radius; i++)
                    out[y * width + x] +=
                        exp(-(i * i + j * j) / (2 * sigma * sigma)) / (sum * sum) *
                        pixels_at(picture, reflected(x + i, width), reflected(y + j, height), 0);
    return out;
}

static double along(double before, double here, double after) {
    if (here == 0) return before * after < 0 ? fabs(before - after) / 2 : 0;
    double most = 0;
    if (before * here < 0 && fabs(here) < fabs(before)) most = fabs(here - before);
    if (after * here < 0 && fabs(here) <= fabs(after)) most = fmax(most, fabs(here - after));
    return most;
}

/* Responses so near to 0 or to each other that their rounding decides are left out. */
static void check_one(int32_t width, int32_t height, bool laplacian, bool inverted,
                      pixels_random *random, const seg_env *env) {
    const double sigma = 0.8 + pixels_below(random, 3) * 0.6;
    pixels_picture source = pixels_make(width, height, SEG_U8, 1, 0, random);
    seg_image strength = {0};
    seg_log_edges_options log_options;
    seg_dog_edges_options dog_options;
    seg_log_edges_options_init(&log_options);
    seg_dog_edges_options_init(&dog_options);
    log_options.sigma = dog_options.sigma = sigma;
    log_options.level = dog_options.level = (seg_level){SEG_LEVEL_8BIT, 0, 20};
    for (int32_t y = 0; y < height && inverted; y++)
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)seg_image_row(&source.image, y))[x] ^= 255;
    ck_assert_ok(
        laplacian ? seg_log_edges(NULL, &strength, NULL, &source.image, NULL, &log_options, env)
                  : seg_dog_edges(NULL, &strength, NULL, &source.image, NULL, &dog_options, env));
    double *a = blurred_of(&source.image, sigma), *b = blurred_of(&source.image, sigma * 1.6);
    /* what a step gives: beside it, the blurred step changes by a tap of the kernel a pixel */
    const double scale =
        1 /
        (laplacian ? 2 * (tap(sigma, 0) - tap(sigma, 1)) : tap(sigma, 0) - tap(sigma * 1.6, 0)) /
        255;
    const size_t size = (size_t)width * (size_t)height;
    double *response = calloc(size, sizeof *response);
    ck_assert_ptr_nonnull(response);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            const int32_t i = y * width + x;
            response[i] = laplacian ? a[y * width + inside(x - 1, width)] +
                                          a[y * width + inside(x + 1, width)] +
                                          a[inside(y - 1, height) * width + x] +
                                          a[inside(y + 1, height) * width + x] - 4 * a[i]
                                    : a[i] - b[i];
        }
    int32_t checked = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            const double here = response[y * width + x];
            const double around[4] = {response[y * width + inside(x - 1, width)],
                                      response[y * width + inside(x + 1, width)],
                                      response[inside(y - 1, height) * width + x],
                                      response[inside(y + 1, height) * width + x]};
            bool clear = fabs(here) > 1e-3;
            for (int k = 0; k < 4; k++)
                clear =
                    clear && fabs(around[k]) > 1e-3 && fabs(fabs(around[k]) - fabs(here)) > 1e-3;
            if (!clear) continue;
            checked++;
            const double want =
                fmax(along(around[0], here, around[1]), along(around[2], here, around[3])) * scale;
            ck_assert_double_eq_tol((double)at(&strength, x, y), fmin(want, 1), 1e-4);
        }
    ck_assert(checked > width * height / 2 || width < 20 || height < 20);
    free(a), free(b), free(response);
    seg_image_unref(&strength);
    pixels_free(&source);
}

START_TEST(against_convolutions) {
    pixels_random random = pixels_random_start(74);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 24; repeat++) {
        if (!pixels_level((int)repeat % LEVELS)) continue;
        check_one(1 + (int32_t)pixels_below(&random, 70), 1 + (int32_t)pixels_below(&random, 70),
                  repeat / 3 % 2, repeat % 4 == 3, &random, &envs.env[repeat % PIXELS_ENVS]);
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(errors) {
    seg_image picture = {0}, mask = {0};
    seg_log_edges_options log_options;
    seg_dog_edges_options dog_options;
    ck_assert_ok(seg_image_alloc(&picture, 4, 4, SEG_U8, 1, NULL));
    seg_log_edges_options_init(&log_options);
    log_options.sigma = 26;
    ck_assert_fails(seg_log_edges(&mask, NULL, NULL, &picture, NULL, &log_options, NULL),
                    SEG_ERROR_OPTION, "sigma");
    seg_dog_edges_options_init(&dog_options);
    dog_options.ratio = 1;
    ck_assert_fails(seg_dog_edges(&mask, NULL, NULL, &picture, NULL, &dog_options, NULL),
                    SEG_ERROR_OPTION, "ratio");
    seg_image_unref(&picture);
}
END_TEST

CORE_MAIN("edge_zero_crossings", a_step_has_its_contrast, a_disk_has_a_circle, against_convolutions,
          errors)
