/* Local levels: by hand, against windows added up pixel by pixel, at three depths. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>

#define RULES (SEG_LOCAL_BERNSEN + 1)

static int32_t clamped(int32_t i, int32_t n) {
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static double sample(const seg_image *picture, int32_t x, int32_t y) {
    return pixels_at(picture, clamped(x, picture->width), clamped(y, picture->height), 0);
}

typedef struct window {
    double mean, deviation, energy;
} window;

static window window_of(const seg_image *picture, int32_t x, int32_t y, int32_t side) {
    const int32_t r = side / 2;
    const double n = side * side;
    double sum = 0, squares = 0;
    for (int32_t dy = -r; dy <= r; dy++)
        for (int32_t dx = -r; dx <= r; dx++) {
            const double value = sample(picture, x + dx, y + dy);
            sum += value;
            squares += value * value;
        }
    const double variance = (n * squares - sum * sum) / (n * n);
    return (window){sum / n, sqrt(variance > 0 ? variance : 0),
                    sqrt((squares - (sum / n) * (sum / n)) / n)};
}

static double gaussian_mean(const seg_image *picture, int32_t x, int32_t y, int32_t side) {
    const int32_t r = side / 2;
    const double sigma = 0.3 * (r - 1) + 0.8;
    double sum = 0, weights = 0;
    for (int32_t dy = -r; dy <= r; dy++)
        for (int32_t dx = -r; dx <= r; dx++) {
            const double weight = exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
            sum += weight * sample(picture, x + dx, y + dy);
            weights += weight;
        }
    return sum / weights;
}

/* Half-way between least and most; beyond all samples, on either side, in flat windows. */
static double range_level(const seg_image *picture, int32_t x, int32_t y,
                          const seg_local_options *o) {
    const int32_t r = o->window / 2;
    const double full = seg_image_full_scale(picture);
    double least = full, most = 0;
    for (int32_t dy = -r; dy <= r; dy++)
        for (int32_t dx = -r; dx <= r; dx++) {
            least = fmin(least, sample(picture, x + dx, y + dy));
            most = fmax(most, sample(picture, x + dx, y + dy));
        }
    if (most - least >= o->contrast * full / 255) return (least + most) / 2;
    return (least + most) / 2 > o->level.value / 100 * full ? -full : 2 * full;
}

/* The level of a pixel by the paper; `darkest` and `largest` of the picture. */
static double level_of(const seg_image *picture, int32_t x, int32_t y, seg_local_rule rule,
                       const seg_local_options *o, double darkest, double largest) {
    const double full = seg_image_full_scale(picture);
    if (rule == SEG_LOCAL_ADAPTIVE_GAUSSIAN)
        return (rint(gaussian_mean(picture, x, y, o->window) * 255 / full) - o->c) * full / 255;
    if (rule == SEG_LOCAL_BERNSEN) return range_level(picture, x, y, o);
    const window w = window_of(picture, x, y, o->window);
    switch (rule) {
    case SEG_LOCAL_ADAPTIVE_MEAN:
        return w.mean + (0.5 - o->c) * full / 255; /* above: rounded in 8 bits */
    case SEG_LOCAL_NIBLACK:
        return w.mean + o->k * w.deviation;
    case SEG_LOCAL_SAUVOLA:
        return w.mean * (1 + o->k * (w.deviation / (o->r * full / 255) - 1));
    case SEG_LOCAL_WOLF:
        return w.mean - o->k * (1 - (largest > 0 ? w.deviation / largest : 0)) * (w.mean - darkest);
    default:
        return w.mean + o->k * w.energy;
    }
}

static void compare(const seg_image *picture, seg_local_rule rule, int32_t side, bool invert) {
    seg_local_options options;
    seg_local_options_init(&options, rule);
    options.window = side;
    options.invert = invert;
    options.c = side % 4 - 1;
    seg_image mask = {0};
    ck_assert_ok(seg_threshold_local(&mask, picture, NULL, rule, &options, NULL));
    double darkest = 1e300, largest = 0;
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width; x++) {
            darkest = fmin(darkest, sample(picture, x, y));
            largest = fmax(largest, window_of(picture, x, y, side).deviation);
        }
    const double full = seg_image_full_scale(picture);
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width; x++) {
            const double level = level_of(picture, x, y, rule, &options, darkest, largest);
            const double value = sample(picture, x, y);
            if (value != level && fabs(value - level) < 1e-5 * full) continue; /* rounding */
            const bool above = value > level;
            ck_assert_msg(((uint8_t *)seg_image_row(&mask, y))[x] == (above != invert ? 255 : 0),
                          "rule %d, window %d, (%d, %d): %g against %.12g", (int)rule, (int)side,
                          (int)x, (int)y, value, level);
        }
    seg_image_unref(&mask);
}

/* Windows of all kinds, also larger than the picture and than what 32 bits hold. */
START_TEST(against_plain_windows) {
    static const int32_t sides[] = {1, 3, 5, 11, 31, 61};
    pixels_random random = pixels_random_start(51);
    for (int s = 0; s < 6; s++)
        for (int format = SEG_U8; format <= SEG_U16; format++) {
            pixels_picture source =
                pixels_make(29, 17, (seg_format)format, 1, (uint32_t)s % 5, &random);
            for (int rule = 0; rule < RULES; rule++) {
                if (rule == SEG_LOCAL_ADAPTIVE_GAUSSIAN && sides[s] < 11) continue; /* below */
                compare(&source.image, (seg_local_rule)rule, sides[s], (s + rule) % 2);
            }
            pixels_free(&source);
        }
    pixels_picture source = pixels_make(9, 7, SEG_U8, 1, 2, &random);
    for (int rule = 0; rule < RULES; rule++)
        compare(&source.image, (seg_local_rule)rule, 301, false);
    pixels_free(&source);
}
END_TEST

static void check_row(const uint8_t *values, int32_t count, seg_local_rule rule, int32_t side,
                      int32_t c, const uint8_t *want) {
    seg_image picture = {0}, mask = {0};
    seg_local_options options;
    seg_local_options_init(&options, rule);
    options.window = side;
    options.c = c;
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, count, count, 1, SEG_U8, 1));
    ck_assert_ok(seg_threshold_local(&mask, &picture, NULL, rule, &options, NULL));
    ck_assert_mem_eq(mask.data, want, (size_t)count);
    seg_image_unref(&mask);
}

START_TEST(by_hand) {
    /* means 10 10 11.67 13.33 15 (rounded 10 10 12 13 15); c = 0 wants more than that */
    const uint8_t steps[] = {10, 10, 10, 15, 15};
    check_row(steps, 5, SEG_LOCAL_ADAPTIVE_MEAN, 3, 0, (uint8_t[]){0, 0, 0, 255, 0});
    /* c = 3: means less 3 are 7 7 9 10 12 */
    check_row(steps, 5, SEG_LOCAL_ADAPTIVE_MEAN, 3, 3, (uint8_t[]){255, 255, 255, 255, 255});
    /* taps 1/4 1/2 1/4: 10 10 11.25 13.75 15, rounded 10 10 11 14 15 */
    check_row(steps, 5, SEG_LOCAL_ADAPTIVE_GAUSSIAN, 3, 0, (uint8_t[]){0, 0, 0, 255, 0});
    /* halves go to even: means 12.5 -> 12 and 13.5 -> 14 */
    const uint8_t halves[] = {12, 12, 14, 14, 14, 14};
    check_row(halves, 6, SEG_LOCAL_ADAPTIVE_GAUSSIAN, 3, 0, (uint8_t[]){0, 0, 0, 0, 0, 0});
    check_row(halves, 6, SEG_LOCAL_ADAPTIVE_GAUSSIAN, 3, 1,
              (uint8_t[]){255, 255, 255, 255, 255, 255});
    /* nothing is above its own flat window, but with Sauvola and NICK */
    const uint8_t flat[] = {9, 9, 9};
    check_row(flat, 3, SEG_LOCAL_NIBLACK, 3, 0, (uint8_t[]){0, 0, 0});
    check_row(flat, 3, SEG_LOCAL_WOLF, 3, 0, (uint8_t[]){0, 0, 0});
    check_row(flat, 3, SEG_LOCAL_SAUVOLA, 3, 0, (uint8_t[]){255, 255, 255});
    check_row(flat, 3, SEG_LOCAL_NICK, 3, 0, (uint8_t[]){255, 255, 255});
    /* 10 60 100: least and most 10 60, 10 100, 60 100; half-way 35 55 80 */
    check_row((uint8_t[]){10, 60, 100}, 3, SEG_LOCAL_BERNSEN, 3, 0, (uint8_t[]){0, 255, 255});
    /* flat windows (below 40) are of the class of their mid-grey: 10 200 | 200 210 */
    check_row(flat, 3, SEG_LOCAL_BERNSEN, 3, 0, (uint8_t[]){0, 0, 0});
    check_row((uint8_t[]){10, 200, 200, 210}, 4, SEG_LOCAL_BERNSEN, 3, 0,
              (uint8_t[]){0, 255, 255, 255});
    /* a flat window just at half of full scale is dark: 127 + 128 is no more than 255 */
    check_row((uint8_t[]){127, 128}, 2, SEG_LOCAL_BERNSEN, 3, 0, (uint8_t[]){0, 0});
    check_row((uint8_t[]){128, 128}, 2, SEG_LOCAL_BERNSEN, 3, 0, (uint8_t[]){255, 255});
}
END_TEST

START_TEST(depths_agree) {
    pixels_random random = pixels_random_start(52);
    for (int repeat = 0; repeat < 20; repeat++) {
        pixels_picture source = pixels_make(61, 31, SEG_U8, 1, (uint32_t)repeat % 5, &random);
        for (int rule = 0; rule < RULES; rule++) {
            seg_image want = {0};
            ck_assert_ok(
                seg_threshold_local(&want, &source.image, NULL, (seg_local_rule)rule, NULL, NULL));
            for (int format = SEG_U16; format <= SEG_F32; format++) {
                seg_image other = {0}, mask = {0};
                ck_assert_ok(seg_convert(&other, &source.image, (seg_format)format, NULL));
                ck_assert_ok(
                    seg_threshold_local(&mask, &other, NULL, (seg_local_rule)rule, NULL, NULL));
                ck_assert_msg(pixels_same(&mask, &want), "rule %d, format %d, kind %d", rule,
                              format, repeat % 5);
                seg_image_unref(&other);
                seg_image_unref(&mask);
            }
            seg_image_unref(&want);
        }
        pixels_free(&source);
    }
}
END_TEST

/* The score is on the mask's side of one half, everywhere. */
START_TEST(scores_agree_with_masks) {
    static const char *const ids[] = {
        "adaptive-mean", "adaptive-gaussian", "niblack", "sauvola", "wolf", "nick", "bernsen"};
    pixels_random random = pixels_random_start(53);
    for (int rule = 0; rule < RULES; rule++)
        for (int invert = 0; invert < 2; invert++) {
            pixels_picture source = pixels_make(50, 40, SEG_U8, 1, (uint32_t)rule % 5, &random);
            seg_local_options options;
            seg_local_options_init(&options, (seg_local_rule)rule);
            options.invert = invert;
            seg_context *context = NULL;
            seg_result result;
            seg_result_init(&result, NULL);
            ck_assert_ok(seg_context_create(&context, seg_method_find(ids[rule]), &options, NULL));
            const seg_frame frame = {.image = source.image};
            ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
            ck_assert_double_eq(result.score_full_scale, 1);
            for (int32_t y = 0; y < 40; y++)
                for (int32_t x = 0; x < 50; x++) {
                    const float score = ((float *)seg_image_row(&result.score, y))[x];
                    const uint8_t mask = ((uint8_t *)seg_image_row(&result.mask, y))[x];
                    ck_assert(mask ? score >= 0.5f : score <= 0.5f);
                }
            seg_context_free(context);
            seg_result_free(&result);
            pixels_free(&source);
        }
}
END_TEST

/* Wolf's smallest sample and largest deviation are of what is not ignored; only windows see it. */
START_TEST(wolf_scans_what_counts) {
    enum { SIDE = 60, BORDER = 8, WINDOW = 5 };
    pixels_random random = pixels_random_start(63);
    seg_image page = {0}, ignore = {0}, plain = {0}, bordered = {0};
    ck_assert_ok(seg_image_alloc(&page, SIDE, SIDE, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&ignore, SIDE, SIDE, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < SIDE; y++) {
        for (int32_t x = 0; x < SIDE; x++)
            ((uint8_t *)seg_image_row(&page, y))[x] = (uint8_t)(120 + pixels_below(&random, 60));
        memset(seg_image_row(&ignore, y), 1, BORDER);
    }
    seg_local_options options;
    seg_local_options_init(&options, SEG_LOCAL_WOLF);
    options.window = WINDOW;
    ck_assert_ok(seg_threshold_local(&plain, &page, &ignore, SEG_LOCAL_WOLF, &options, NULL));
    for (int32_t y = 0; y < SIDE; y++) /* too far for the windows of what counts */
        memset(seg_image_row(&page, y), 0, BORDER - WINDOW);
    ck_assert_ok(seg_threshold_local(&bordered, &page, &ignore, SEG_LOCAL_WOLF, &options, NULL));
    for (int32_t y = 0; y < SIDE; y++)
        ck_assert_mem_eq(seg_image_row(&plain, y), seg_image_row(&bordered, y), SIDE);
    seg_image_unref(&page);
    seg_image_unref(&ignore);
    seg_image_unref(&plain);
    seg_image_unref(&bordered);
}
END_TEST

START_TEST(options_and_errors) {
    const uint8_t values[] = {10, 10, 200, 200};
    seg_image picture = {0}, mask = {0};
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 4, 4, 1, SEG_U8, 1));
    seg_local_options options;
    seg_local_options_init(&options, SEG_LOCAL_SAUVOLA);
    options.window = 24;
    ck_assert_fails(seg_threshold_local(&mask, &picture, NULL, SEG_LOCAL_SAUVOLA, &options, NULL),
                    SEG_ERROR_OPTION, "window has no valid value (got 24 px, allowed odd");
    options.window = 2001;
    ck_assert_fails(seg_threshold_local(&mask, &picture, NULL, SEG_LOCAL_SAUVOLA, &options, NULL),
                    SEG_ERROR_OPTION, "window has no valid value");
    ck_assert_fails(seg_threshold_local(&mask, &picture, NULL, (seg_local_rule)RULES, NULL, NULL),
                    SEG_ERROR_OPTION, "rule is 7");
    seg_local_options_init(&options, (seg_local_rule)RULES);
    ck_assert_uint_eq(options.size, 0);
    const uint8_t ignored[] = {0, 255, 0, 1};
    seg_image ignore = {0};
    ck_assert_ok(seg_image_wrap(&ignore, (void *)(uintptr_t)ignored, 4, 4, 1, SEG_U8, 1));
    seg_local_options_init(&options, SEG_LOCAL_NICK);
    ck_assert_ok(seg_threshold_local(&mask, &picture, &ignore, SEG_LOCAL_NICK, &options, NULL));
    ck_assert_uint_eq(((uint8_t *)mask.data)[1], 0);
    ck_assert_uint_eq(((uint8_t *)mask.data)[3], 0);
    seg_image_unref(&mask);
}
END_TEST

CORE_MAIN("local levels", by_hand, against_plain_windows, depths_agree, scores_agree_with_masks,
          wolf_scans_what_counts, options_and_errors)
