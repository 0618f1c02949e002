/* Flood fill, and growing by confidence, against the plainest code for each, at every depth. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>
#include <segment/region.h>

enum { MOST = 40, AREA = MOST * MOST };

/* A picture in whole numbers, its size, and what takes part. */
typedef struct scene {
    int32_t width, height, channels, connectivity;
    const seg_image *picture, *ignore;
} scene;

static double value_at(const scene *s, int32_t i, int32_t c) {
    return pixels_at(s->picture, i % s->width, i / s->width, c);
}

static double difference(const scene *s, int32_t i, int32_t j) {
    double most = 0;
    for (int32_t c = 0; c < (s->channels < 3 ? 1 : 3); c++)
        most = fmax(most, fabs(value_at(s, i, c) - value_at(s, j, c)));
    return most;
}

static bool blocked(const scene *s, int32_t i) {
    return s->ignore && pixels_at(s->ignore, i % s->width, i / s->width, 0) != 0;
}

static bool beside(const scene *s, int32_t i, int32_t j) {
    const int32_t dx = abs(i % s->width - j % s->width), dy = abs(i / s->width - j / s->width);
    return s->connectivity == 4 ? dx + dy == 1 : dx <= 1 && dy <= 1 && i != j;
}

/* Whether j may be taken from its neighbour i. */
typedef bool (*belongs)(const scene *s, int32_t i, int32_t j, const void *how);

/* Adds to `filled` what is reached from a seed, in rounds over all pairs of neighbours. */
static void fill(bool *filled, const scene *s, int32_t seed, belongs rule, const void *how) {
    const int32_t count = s->width * s->height;
    bool mine[AREA] = {false}, changed = !blocked(s, seed);
    mine[seed] = changed;
    while (changed) {
        changed = false;
        for (int32_t i = 0; i < count; i++)
            for (int32_t dy = -1; dy <= 1 && mine[i]; dy++)
                for (int32_t dx = -1; dx <= 1; dx++) {
                    const int32_t x = i % s->width + dx, y = i / s->width + dy;
                    if (x < 0 || y < 0 || x >= s->width || y >= s->height) continue;
                    const int32_t j = y * s->width + x;
                    if (mine[j] || blocked(s, j) || !beside(s, i, j) || !rule(s, i, j, how))
                        continue;
                    mine[j] = changed = true;
                }
    }
    for (int32_t i = 0; i < count; i++)
        filled[i] = filled[i] || mine[i];
}

/* ---- flood fill ---- */

typedef struct flood_rule {
    double tolerance;
    int32_t seed; /* -1: floating */
} flood_rule;

static bool near_enough(const scene *s, int32_t i, int32_t j, const void *how) {
    const flood_rule *rule = how;
    return difference(s, rule->seed < 0 ? i : rule->seed, j) <= rule->tolerance;
}

START_TEST(flood_by_hand) {
    /* from 10, 5 away: fixed stops at 16, floating goes on until 30 */
    const uint8_t values[] = {10, 14, 16, 20, 30, 10, 99, 99, 99, 99};
    seg_image picture = {0}, mask = {0};
    seg_flood_options options;
    seg_flood_options_init(&options);
    options.tolerance.value = 5;
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 5, 5, 2, SEG_U8, 1));
    ck_assert_ok(seg_flood(&mask, &picture, NULL, NULL, &options, NULL));
    const uint8_t fixed[] = {255, 255, 0, 0, 0, 255, 0, 0, 0, 0};
    for (int i = 0; i < 10; i++)
        ck_assert_double_eq(pixels_at(&mask, i % 5, i / 5, 0), fixed[i]);
    options.range = SEG_FLOOD_FLOATING;
    ck_assert_ok(seg_flood(&mask, &picture, NULL, NULL, &options, NULL));
    const uint8_t floating[] = {255, 255, 255, 255, 0, 255, 0, 0, 0, 0};
    for (int i = 0; i < 10; i++)
        ck_assert_double_eq(pixels_at(&mask, i % 5, i / 5, 0), floating[i]);
    options.invert = true;
    ck_assert_ok(seg_flood(&mask, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 10; i++)
        ck_assert_double_eq(pixels_at(&mask, i % 5, i / 5, 0), 255 - floating[i]);
    seg_image_unref(&mask);
}
END_TEST

START_TEST(flood_against_brute_force) {
    pixels_random random = pixels_random_start(81);
    for (uint32_t repeat = 0; repeat < 300; repeat++) {
        const int format = repeat % 2 ? SEG_U8 : SEG_U16, channels = 1 + (int)(repeat % 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, repeat % 9 ? 24 : 40);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 20);
        pixels_picture picture = pixels_make(width, height, format, channels, repeat % 6, &random);
        pixels_picture ignore = pixels_make(width, height, SEG_U8, 1, 3, &random);
        const scene s = {width,          height,
                         channels,       repeat % 5 ? 4 : 8,
                         &picture.image, repeat % 3 ? NULL : &ignore.image};
        seg_point points[3];
        seg_flood_options options;
        seg_flood_options_init(&options);
        options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .points = points};
        options.seeds.count = 1 + (int32_t)(repeat % 3);
        options.connectivity = s.connectivity;
        options.range = (int32_t)(repeat / 2 % 2);
        options.invert = repeat % 7 == 0;
        const double tolerance = (double)pixels_below(&random, 90);
        options.tolerance = (seg_level){.value = tolerance};
        bool filled[AREA] = {false};
        for (int32_t i = 0; i < options.seeds.count; i++) {
            points[i].x = (int32_t)pixels_below(&random, (uint32_t)width);
            points[i].y = (int32_t)pixels_below(&random, (uint32_t)height);
            const int32_t seed = points[i].y * width + points[i].x;
            const flood_rule rule = {tolerance * (format == SEG_U8 ? 1 : 257),
                                     options.range == SEG_FLOOD_FIXED ? seed : -1};
            fill(filled, &s, seed, near_enough, &rule);
        }
        seg_image mask = {0};
        ck_assert_ok(seg_flood(&mask, &picture.image, s.ignore, NULL, &options, NULL));
        for (int32_t i = 0; i < width * height; i++) {
            const bool want = filled[i] != options.invert && !blocked(&s, i);
            ck_assert_msg(pixels_at(&mask, i % width, i / width, 0) == (want ? 255 : 0),
                          "repeat %u, pixel %d, %d", (unsigned)repeat, (int)(i % width),
                          (int)(i / width));
        }
        seg_image_unref(&mask);
        pixels_free(&picture);
        pixels_free(&ignore);
    }
}
END_TEST

/* The label of a seed picture is one region: its range is about the mean of its pixels. */
START_TEST(flood_from_a_picture) {
    const uint8_t values[] = {10, 20, 30, 26, 90}, marks[] = {1, 0, 1, 0, 0};
    seg_image picture = {0}, seeds = {0}, mask = {0};
    seg_flood_options options;
    seg_flood_options_init(&options);
    options.tolerance.value = 6; /* of 10 and 30: 20 */
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 5, 5, 1, SEG_U8, 1));
    ck_assert_ok(seg_image_alloc(&seeds, 5, 1, SEG_U16, 1, NULL));
    for (int i = 0; i < 5; i++)
        ((uint16_t *)seeds.data)[i] = marks[i];
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_PICTURE, .picture = &seeds};
    ck_assert_ok(seg_flood(&mask, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 5; i++)
        ck_assert_double_eq(pixels_at(&mask, i, 0, 0), i < 4 ? 255 : 0);
    seg_image_unref(&seeds);
    seg_image_unref(&mask);
}
END_TEST

START_TEST(flood_errors) {
    pixels_random random = pixels_random_start(82);
    pixels_picture picture = pixels_make(9, 7, SEG_U8, 3, 0, &random);
    const seg_point outside = {9, 0};
    seg_image mask = {0};
    seg_flood_options options;
    seg_flood_options_init(&options);
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 1, .points = &outside};
    ck_assert_fails(seg_flood(&mask, &picture.image, NULL, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "seed 1 is outside the picture (got 9,0");
    options.range = 2;
    ck_assert_fails(seg_flood(&mask, &picture.image, NULL, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "range");
    ck_assert_fails(seg_flood(&mask, NULL, NULL, NULL, NULL, NULL), SEG_ERROR_ARGUMENT, "picture");
    seg_image_unref(&mask);
    pixels_free(&picture);
}
END_TEST

/* ---- growing by confidence ---- */

typedef struct span {
    double low[3], high[3];
} span;

static bool in_span(const scene *s, int32_t i, int32_t j, const void *how) {
    const span *range = how;
    (void)i;
    for (int32_t c = 0; c < (s->channels < 3 ? 1 : 3); c++)
        if (value_at(s, j, c) < range->low[c] || value_at(s, j, c) > range->high[c]) return false;
    return true;
}

/* Mean and unbiased variance, in two passes; the seed's value is always inside. */
static span span_of(const scene *s, const bool *in, int32_t seed, double multiplier) {
    span range;
    for (int32_t c = 0; c < (s->channels < 3 ? 1 : 3); c++) {
        double count = 0, sum = 0, spread = 0;
        for (int32_t i = 0; i < s->width * s->height; i++)
            if (in[i]) sum += value_at(s, i, c), count++;
        for (int32_t i = 0; i < s->width * s->height; i++)
            if (in[i]) spread += pow(value_at(s, i, c) - sum / count, 2);
        const double reach = (count > 1 ? multiplier * sqrt(spread / (count - 1)) : 0) + 1e-6;
        range.low[c] = fmin(sum / count - reach, value_at(s, seed, c));
        range.high[c] = fmax(sum / count + reach, value_at(s, seed, c));
    }
    return range;
}

static void grow_plainly(bool *filled, const scene *s, int32_t seed,
                         const seg_region_grow_options *options) {
    bool in[AREA] = {false};
    for (int32_t i = 0; i < s->width * s->height; i++)
        in[i] = abs(i % s->width - seed % s->width) <= options->radius &&
                abs(i / s->width - seed / s->width) <= options->radius && !blocked(s, i);
    for (int32_t n = 0;; n++) {
        const span range = span_of(s, in, seed, options->multiplier);
        memset(in, 0, sizeof in);
        fill(in, s, seed, in_span, &range);
        if (n == options->iterations) break;
    }
    memcpy(filled, in, sizeof in);
}

START_TEST(confidence_by_hand) {
    /* windows of 3: mean 11, deviation 1, 1.5 of them 9.5 .. 12.5; the region is the same; without
     * iterations 14 is out, with a wide range all but 90 follow */
    const uint8_t values[] = {10, 11, 12, 12, 14, 90, 11};
    seg_image picture = {0}, labels = {0};
    const seg_point seed = {1, 0};
    seg_region_grow_options options;
    seg_region_grow_options_init(&options);
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 1, .points = &seed};
    options.criterion = SEG_GROW_CONFIDENCE;
    options.multiplier = 1.5;
    options.iterations = 0;
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 7, 7, 1, SEG_U8, 1));
    ck_assert_ok(seg_region_grow(&labels, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(pixels_at(&labels, i, 0, 0), i < 4 ? 1 : 0);
    options.multiplier = 3;
    ck_assert_ok(seg_region_grow(&labels, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(pixels_at(&labels, i, 0, 0), i < 5 ? 1 : 0);
    /* of one value: only that value, at any multiplier */
    options.radius = 0;
    options.iterations = 4;
    ck_assert_ok(seg_region_grow(&labels, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(pixels_at(&labels, i, 0, 0), i == 1 ? 1 : 0);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(confidence_against_brute_force) {
    pixels_random random = pixels_random_start(83);
    for (uint32_t repeat = 0; repeat < 200; repeat++) {
        const int format = repeat % 2 ? SEG_U8 : SEG_U16, channels = 1 + (int)(repeat % 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, 24);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 20);
        pixels_picture picture = pixels_make(width, height, format, channels, repeat % 6, &random);
        pixels_picture ignore = pixels_make(width, height, SEG_U8, 1, 3, &random);
        const scene s = {width,          height,
                         channels,       repeat % 5 ? 4 : 8,
                         &picture.image, repeat % 3 ? NULL : &ignore.image};
        const seg_point point = {(int32_t)pixels_below(&random, (uint32_t)width),
                                 (int32_t)pixels_below(&random, (uint32_t)height)};
        const int32_t seed = point.y * width + point.x;
        seg_region_grow_options options;
        seg_region_grow_options_init(&options);
        options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 1, .points = &point};
        options.criterion = SEG_GROW_CONFIDENCE;
        options.connectivity = s.connectivity;
        options.multiplier = 0.25 * pixels_below(&random, 16);
        options.iterations = (int32_t)pixels_below(&random, 6);
        options.radius = (int32_t)pixels_below(&random, 4);
        bool filled[AREA] = {false};
        if (!blocked(&s, seed)) grow_plainly(filled, &s, seed, &options);
        seg_image labels = {0};
        ck_assert_ok(seg_region_grow(&labels, &picture.image, s.ignore, NULL, &options, NULL));
        for (int32_t i = 0; i < width * height; i++)
            ck_assert_msg(pixels_at(&labels, i % width, i / width, 0) == (filled[i] ? 1 : 0),
                          "repeat %u, pixel %d, %d", (unsigned)repeat, (int)(i % width),
                          (int)(i / width));
        seg_image_unref(&labels);
        pixels_free(&picture);
        pixels_free(&ignore);
    }
}
END_TEST

/* Regions that meet: each pixel has the label of one that would take it alone, and none is lost. */
START_TEST(confidence_of_several) {
    pixels_random random = pixels_random_start(84);
    for (uint32_t repeat = 0; repeat < 60; repeat++) {
        const int32_t width = 24, height = 20;
        pixels_picture picture = pixels_make(width, height, SEG_U8, 1, repeat % 6, &random);
        const scene s = {width, height, 1, 4, &picture.image, NULL};
        seg_point points[3];
        bool alone[3][AREA];
        seg_region_grow_options options;
        seg_region_grow_options_init(&options);
        options.criterion = SEG_GROW_CONFIDENCE;
        for (int i = 0; i < 3; i++) {
            points[i] = (seg_point){(int32_t)pixels_below(&random, (uint32_t)width),
                                    (int32_t)pixels_below(&random, (uint32_t)height)};
            memset(alone[i], 0, sizeof alone[i]);
            grow_plainly(alone[i], &s, points[i].y * width + points[i].x, &options);
        }
        options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 3, .points = points};
        seg_image labels = {0};
        ck_assert_ok(seg_region_grow(&labels, &picture.image, NULL, NULL, &options, NULL));
        for (int32_t i = 0; i < width * height; i++) {
            const int label = (int)pixels_at(&labels, i % width, i / width, 0);
            ck_assert(label == 0 || alone[label - 1][i]);
        }
        for (int i = 0; i < 3; i++)
            ck_assert_double_ge(pixels_at(&labels, points[i].x, points[i].y, 0), 1);
        seg_image_unref(&labels);
        pixels_free(&picture);
    }
}
END_TEST

CORE_MAIN("flood", flood_by_hand, flood_against_brute_force, flood_from_a_picture, flood_errors,
          confidence_by_hand, confidence_against_brute_force, confidence_of_several)
