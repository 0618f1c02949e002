/* GrabCut: cases whose answer is plain, and the brute force over all cuts of a small picture. */
#include "core/math.h"
#include "methods.h"
#include "shapes.h"

#include <check.h>
#include <math.h>
#include <segment/segment.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 40
#define HEIGHT 30

typedef struct scene {
    uint8_t u8[HEIGHT][WIDTH][3];
    uint16_t u16[HEIGHT][WIDTH][3];
    float f32[HEIGHT][WIDTH][3];
    uint8_t truth[HEIGHT][WIDTH];
} scene;

/* A reddish disk on a greenish ground, both of two colours with noise. */
static void make_scene(scene *s, shapes_random *random) {
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const bool inside = (x - 20) * (x - 20) + (y - 14) * (y - 14) < 81;
            const bool second = (x / 5 + y / 5) % 2;
            static const int colours[2][2][3] = {{{60, 140, 70}, {80, 170, 90}},
                                                 {{190, 60, 50}, {230, 90, 60}}};
            s->truth[y][x] = inside ? 255 : 0;
            for (int c = 0; c < 3; c++) {
                const int value = colours[inside][second][c] + (int)shapes_below(random, 9) - 4;
                s->u8[y][x][c] = (uint8_t)value;
                s->u16[y][x][c] = (uint16_t)(value * 257);
                s->f32[y][x][c] = (float)value / 255.0f;
            }
        }
}

static seg_image picture_of(scene *s, seg_format format) {
    seg_image image = {0};
    void *data = format == SEG_U8    ? (void *)s->u8
                 : format == SEG_U16 ? (void *)s->u16
                                     : (void *)s->f32;
    ck_assert_int_eq(seg_image_wrap(&image, data, (ptrdiff_t)(WIDTH * 3 * seg_format_size(format)),
                                    WIDTH, HEIGHT, format, 3),
                     SEG_OK);
    return image;
}

static seg_image bytes_of(uint8_t bytes[HEIGHT][WIDTH]) {
    seg_image image = {0};
    ck_assert_int_eq(seg_image_wrap(&image, bytes, WIDTH, WIDTH, HEIGHT, SEG_U8, 1), SEG_OK);
    return image;
}

static seg_grabcut_options defaults(void) {
    seg_grabcut_options options;
    seg_grabcut_options_init(&options);
    return options;
}

static void check_equal(const seg_image *mask, uint8_t expected[HEIGHT][WIDTH], const char *what) {
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            ck_assert_msg(((uint8_t *)seg_image_row(mask, y))[x] == expected[y][x],
                          "%s: %d,%d is %d", what, x, y, ((uint8_t *)seg_image_row(mask, y))[x]);
}

START_TEST(test_disk_in_any_hint_and_depth) {
    static scene s;
    shapes_random random = shapes_random_start(2);
    make_scene(&s, &random);
    static uint8_t trimap[HEIGHT][WIDTH], scribbles[HEIGHT][WIDTH];
    static int32_t labels[HEIGHT][WIDTH];
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const int square = (x - 20) * (x - 20) + (y - 14) * (y - 14);
            trimap[y][x] = square < 16 ? 255 : square < 144 ? 128 : 64;
            scribbles[y][x] = y == 14 && abs(x - 20) < 8 ? 250 : y == 28 ? 65 : 0;
            labels[y][x] = scribbles[y][x] == 250 ? 1 : scribbles[y][x] ? 2 : 0;
        }
    const seg_image trimap_picture = bytes_of(trimap), strokes = bytes_of(scribbles);
    seg_image markers = {0};
    ck_assert_int_eq(
        seg_image_wrap(&markers, labels, sizeof labels[0], WIDTH, HEIGHT, SEG_LABEL32, 1), SEG_OK);
    for (int format = SEG_U8; format <= SEG_F32; format++) {
        const seg_image picture = picture_of(&s, (seg_format)format);
        seg_image mask = {0}, score = {0};
        seg_grabcut_options options = defaults();
        ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, NULL, NULL, NULL), SEG_OK);
        check_equal(&mask, s.truth, "a margin");
        options.rect = (seg_rect){8, 3, 25, 24};
        ck_assert_int_eq(seg_grabcut(&mask, &score, &picture, NULL, NULL, &options, NULL), SEG_OK);
        check_equal(&mask, s.truth, "rect");
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                const float share = ((float *)seg_image_row(&score, y))[x];
                ck_assert(s.truth[y][x] ? share > 0.5f && share <= 1 : share >= 0 && share < 0.5f);
            }
        options.trimap = &trimap_picture;
        ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, NULL, &options, NULL), SEG_OK);
        check_equal(&mask, s.truth, "trimap");
        options = defaults();
        options.scribbles = &strokes;
        ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, NULL, &options, NULL), SEG_OK);
        check_equal(&mask, s.truth, "scribbles");
        ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, &markers, NULL, NULL), SEG_OK);
        check_equal(&mask, s.truth, "markers");
        seg_image_unref(&mask);
        seg_image_unref(&score);
    }
}
END_TEST

START_TEST(test_known_pixels_stay) {
    static scene s;
    static uint8_t trimap[HEIGHT][WIDTH], ignore[HEIGHT][WIDTH];
    shapes_random random = shapes_random_start(3);
    make_scene(&s, &random);
    for (int trial = 0; trial < 20; trial++) {
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                static const uint8_t codes[] = {0, 64, 128, 128, 128, 255, 127, 129};
                trimap[y][x] = codes[shapes_below(&random, 8)];
                ignore[y][x] = shapes_below(&random, 10) == 0;
            }
        const seg_image picture = picture_of(&s, SEG_U8), hint = bytes_of(trimap);
        const seg_image left_out = bytes_of(ignore);
        seg_image mask = {0};
        seg_grabcut_options options = defaults();
        options.trimap = &hint;
        ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, &left_out, NULL, &options, NULL),
                         SEG_OK);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                const uint8_t got = ((uint8_t *)seg_image_row(&mask, y))[x];
                if (ignore[y][x])
                    ck_assert_uint_eq(got, 0);
                else if (trimap[y][x] != 128)
                    ck_assert_uint_eq(got, trimap[y][x] == 255 ? 255 : 0);
            }
        seg_image_unref(&mask);
    }
}
END_TEST

/* One Gaussian a side, one round: the mask is the cheapest of all 2^n masks of n unknown pixels, by
 * the energy as it stands in the paper. */
#define SIDE 5
#define UNKNOWNS 9

typedef struct gaussian {
    double mean, variance;
} gaussian;

static double energy(const uint8_t grey[SIDE][SIDE], const uint8_t trimap[SIDE][SIDE],
                     const uint8_t side[SIDE][SIDE], const gaussian models[2], double gamma) {
    double squares = 0, pairs = 0, sum = 0;
    static const int dx[] = {1, 1, 0, -1}, dy[] = {0, 1, 1, 1};
    for (int pass = 0; pass < 2; pass++)
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                for (int d = 0; d < 4; d++) {
                    const int nx = x + dx[d], ny = y + dy[d];
                    if (nx < 0 || nx >= SIDE || ny >= SIDE) continue;
                    const double difference = grey[y][x] - grey[ny][nx];
                    const double square = 3 * difference * difference; /* three equal colours */
                    if (pass == 0) {
                        squares += square;
                        pairs += 1;
                    } else if (side[y][x] != side[ny][nx]) {
                        sum += gamma * exp(-square * pairs / (2 * squares)) /
                               sqrt(dx[d] * dx[d] + dy[d] * dy[d]);
                    }
                }
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            if (trimap[y][x] != 128) continue;
            /* grey as three colours: the variance along the grey axis is three times that of one,
             * and each axis has 1 added */
            const gaussian *model = &models[side[y][x]];
            const double along = 3 * model->variance + 1;
            const double difference = grey[y][x] - model->mean;
            sum += 0.5 * log(along) + 0.5 * 3 * difference * difference / along;
        }
    return sum;
}

static gaussian learn(const uint8_t grey[SIDE][SIDE], const uint8_t trimap[SIDE][SIDE],
                      uint8_t code) {
    double count = 0, sum = 0, squares = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            if (trimap[y][x] != code) continue;
            count += 1;
            sum += grey[y][x];
            squares += grey[y][x] * grey[y][x];
        }
    return (gaussian){sum / count, squares / count - sum / count * sum / count};
}

START_TEST(test_cheapest_of_all_masks) {
    shapes_random random = shapes_random_start(4);
    for (int trial = 0; trial < 60; trial++) {
        uint8_t grey[SIDE][SIDE], trimap[SIDE][SIDE], side[SIDE][SIDE], best[SIDE][SIDE] = {{0}};
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                const bool unknown = x > 0 && y > 0 && x < 4 && y < 4;
                trimap[y][x] = unknown ? 128 : y == 0 ? 255 : 0;
                grey[y][x] = (uint8_t)((y < 2 ? 90 : 140) + shapes_below(&random, 60));
            }
        const gaussian models[2] = {learn(grey, trimap, 0), learn(grey, trimap, 255)};
        const double gamma = trial % 2 ? 3 : 25;
        double least = INFINITY;
        for (int choice = 0; choice < 1 << UNKNOWNS; choice++) {
            for (int y = 0; y < SIDE; y++)
                for (int x = 0; x < SIDE; x++)
                    side[y][x] = trimap[y][x] == 128 ? choice >> (3 * (y - 1) + x - 1) & 1
                                                     : trimap[y][x] == 255;
            const double cost = energy(grey, trimap, side, models, gamma);
            if (cost >= least) continue;
            least = cost;
            memcpy(best, side, sizeof best);
        }
        seg_image picture = {0}, hint = {0}, mask = {0};
        seg_grabcut_options options = defaults();
        options.trimap = &hint;
        options.components = 1;
        options.iterations = 1;
        options.smoothness = gamma;
        ck_assert_int_eq(seg_image_wrap(&picture, grey, SIDE, SIDE, SIDE, SEG_U8, 1), SEG_OK);
        ck_assert_int_eq(seg_image_wrap(&hint, trimap, SIDE, SIDE, SIDE, SEG_U8, 1), SEG_OK);
        ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, NULL, &options, NULL), SEG_OK);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                side[y][x] = ((uint8_t *)seg_image_row(&mask, y))[x] != 0;
        /* costs are rounded to 1/4096 in the graph: equal masks, or equally cheap ones */
        const double got = energy(grey, trimap, side, models, gamma);
        ck_assert_msg(fabs(got - least) < 0.01, "trial %d: %g, cheapest %g", trial, got, least);
        seg_image_unref(&mask);
    }
}
END_TEST

static void expect(seg_grabcut_options options, seg_status status, const char *word) {
    static scene s;
    const seg_image picture = picture_of(&s, SEG_U8);
    seg_image mask = {0};
    ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, NULL, &options, NULL), status);
    ck_assert_msg(!word || strstr(seg_error_detail(), word), "%s", seg_error_detail());
    seg_image_unref(&mask);
}

START_TEST(test_errors_name_the_hint) {
    static uint8_t bytes[HEIGHT][WIDTH];
    seg_image small = {0};
    ck_assert_int_eq(seg_image_wrap(&small, bytes, WIDTH, WIDTH - 1, HEIGHT, SEG_U8, 1), SEG_OK);
    seg_grabcut_options options = defaults();
    options.rect = (seg_rect){30, 0, 11, 10};
    expect(options, SEG_ERROR_OPTION, "rect");
    options.rect = (seg_rect){0, 0, 3, 0};
    expect(options, SEG_ERROR_OPTION, "rect");
    options.trimap = &small;
    expect(options, SEG_ERROR_SHAPE, "trimap");
    options.trimap = NULL;
    options.scribbles = &small;
    expect(options, SEG_ERROR_SHAPE, "scribbles");
    options = defaults();
    options.components = 17;
    expect(options, SEG_ERROR_OPTION, "components");
    options = defaults();
    options.rect = (seg_rect){0, 0, WIDTH, HEIGHT}; /* no background: nothing to tell */
    expect(options, SEG_OK, NULL);
}
END_TEST

static void keep_message(void *user, seg_log_level level, const char *message) {
    (void)level;
    snprintf(user, 200, "%s", message);
}

/* Without any background, or anything that may be object, the mask is empty, and that is said. */
START_TEST(test_one_side_alone_is_said) {
    static scene s;
    static uint8_t strokes[HEIGHT][WIDTH];
    shapes_random random = shapes_random_start(5);
    make_scene(&s, &random);
    memset(strokes[5], 255, WIDTH);
    const seg_image picture = picture_of(&s, SEG_U8), hint = bytes_of(strokes);
    char message[200] = "";
    seg_env env = {.log = keep_message, .user = message};
    seg_image mask = {0};
    seg_grabcut_options options = defaults();
    options.scribbles = &hint;
    ck_assert_int_eq(seg_grabcut(&mask, NULL, &picture, NULL, NULL, &options, &env), SEG_OK);
    ck_assert_msg(strstr(message, "background"), "%s", message);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            ck_assert_uint_eq(((uint8_t *)seg_image_row(&mask, y))[x], 0);
    seg_image_unref(&mask);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("grabcut");
    TCase *cases = tcase_create("grabcut");
    tcase_add_test(cases, test_disk_in_any_hint_and_depth);
    tcase_add_test(cases, test_known_pixels_stay);
    tcase_add_test(cases, test_cheapest_of_all_masks);
    tcase_add_test(cases, test_errors_name_the_hint);
    tcase_add_test(cases, test_one_side_alone_is_said);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
