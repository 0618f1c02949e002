/* Random walks against the equations solved by elimination, by hand, and what must hold. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>
#include <segment/region.h>

enum { MOST = 150 };

static double square(const seg_image *picture, int32_t i, int32_t j) {
    const double unit = 255 / seg_image_full_scale(picture);
    double sum = 0;
    for (int32_t c = 0; c < (picture->channels < 3 ? 1 : 3); c++) {
        const double d = pixels_at(picture, i % picture->width, i / picture->width, c) -
                         pixels_at(picture, j % picture->width, j / picture->width, c);
        sum += d * unit * d * unit;
    }
    return sum;
}

typedef struct problem {
    const seg_image *picture, *ignore;
    int32_t width, height, count;
    int32_t seed[MOST]; /* label, 0 = none, -1 = ignored */
    double beta;
} problem;

static bool edge_between(const problem *p, int32_t i, int32_t j) {
    const int32_t dx = abs(i % p->width - j % p->width), dy = abs(i / p->width - j / p->width);
    return dx + dy == 1 && p->seed[i] >= 0 && p->seed[j] >= 0;
}

/* Gauss with pivots; the solution takes the place of b. False: singular. */
static bool eliminate(double a[MOST][MOST], double *b, int32_t n) {
    for (int32_t k = 0; k < n; k++) {
        int32_t pivot = k;
        for (int32_t i = k; i < n; i++)
            if (fabs(a[i][k]) > fabs(a[pivot][k])) pivot = i;
        if (fabs(a[pivot][k]) < 1e-12) return false;
        for (int32_t j = 0; j < n; j++) {
            const double swap = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = swap;
        }
        const double swap = b[k];
        b[k] = b[pivot];
        b[pivot] = swap;
        for (int32_t i = 0; i < n; i++) {
            if (i == k) continue;
            const double factor = a[i][k] / a[k][k];
            for (int32_t j = k; j < n; j++)
                a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (int32_t i = 0; i < n; i++)
        b[i] /= a[i][i];
    return true;
}

/* The probability of a label at every pixel. */
static bool solve(double *probability, const problem *p, int32_t label) {
    static double a[MOST][MOST];
    double sum = 0, edges = 0;
    for (int32_t i = 0; i < p->count; i++)
        for (int32_t j = i + 1; j < p->count; j++)
            if (edge_between(p, i, j)) sum += square(p->picture, i, j), edges++;
    memset(a, 0, sizeof a);
    for (int32_t i = 0; i < p->count; i++) {
        probability[i] = p->seed[i] == label;
        if (p->seed[i]) a[i][i] = 1;
        for (int32_t j = 0; j < p->count && !p->seed[i]; j++) {
            if (!edge_between(p, i, j)) continue;
            const double d = sum > 0 ? square(p->picture, i, j) / (sum / edges) : 0;
            const double weight = exp(-p->beta * d) + 1e-6;
            a[i][i] += weight;
            a[i][j] -= weight;
        }
    }
    return eliminate(a, probability, p->count);
}

START_TEST(by_hand) {
    /* a row of one value: probabilities fall evenly, 1 5/6 ... 1/6 0; in the middle label 1 wins */
    uint8_t values[7] = {9, 9, 9, 9, 9, 9, 9};
    const seg_point points[] = {{0, 0}, {6, 0}};
    seg_image picture = {0}, labels = {0}, score = {0};
    seg_random_walker_options options;
    seg_random_walker_options_init(&options);
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 2, .points = points};
    ck_assert_ok(seg_image_wrap(&picture, values, 7, 7, 1, SEG_U8, 1));
    ck_assert_ok(seg_random_walker(&labels, &score, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 7; i++) {
        ck_assert_double_eq_tol(pixels_at(&score, i, 0, 0), (6 - i) / 6.0, 1e-4);
        if (i != 3) ck_assert_double_eq(pixels_at(&labels, i, 0, 0), i < 3 ? 1 : 2);
    }
    /* a step: nearly all of the fall is there */
    for (int i = 5; i < 7; i++)
        values[i] = 200;
    ck_assert_ok(seg_random_walker(&labels, &score, &picture, NULL, NULL, &options, NULL));
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(pixels_at(&labels, i, 0, 0), i < 5 ? 1 : 2);
    ck_assert_double_gt(pixels_at(&score, 4, 0, 0), 0.95);
    seg_image_unref(&labels);
    seg_image_unref(&score);
}
END_TEST

START_TEST(against_elimination) {
    pixels_random random = pixels_random_start(91);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 120; repeat++) {
        const int format = repeat % 2 ? SEG_U8 : SEG_U16, channels = 1 + (int)(repeat % 4);
        problem p = {.width = 1 + (int32_t)pixels_below(&random, 12),
                     .height = 1 + (int32_t)pixels_below(&random, 12)};
        pixels_picture picture =
            pixels_make(p.width, p.height, format, channels, repeat % 6, &random);
        pixels_picture ignore = pixels_make(p.width, p.height, SEG_U8, 1, 3, &random);
        p.picture = &picture.image;
        p.ignore = repeat % 3 ? NULL : &ignore.image;
        p.count = p.width * p.height;
        p.beta = 0.5 * (repeat % 4);
        seg_point points[3];
        seg_random_walker_options options;
        seg_random_walker_options_init(&options);
        options.beta = p.beta;
        options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .points = points};
        options.seeds.count = 1 + (int32_t)(repeat % 3);
        for (int32_t i = 0; i < p.count && p.ignore; i++)
            if (pixels_at(p.ignore, i % p.width, i / p.width, 0) != 0) p.seed[i] = -1;
        for (int32_t i = 0; i < options.seeds.count; i++) {
            points[i] = (seg_point){(int32_t)pixels_below(&random, (uint32_t)p.width),
                                    (int32_t)pixels_below(&random, (uint32_t)p.height)};
            int32_t *seed = &p.seed[points[i].y * p.width + points[i].x];
            if (*seed == 0) *seed = i + 1;
        }
        double probability[3][MOST];
        bool whole = true;
        for (int32_t i = 0; i < options.seeds.count; i++)
            whole = solve(probability[i], &p, i + 1) && whole;
        seg_image labels = {0}, score = {0};
        ck_assert_ok(seg_random_walker(&labels, &score, p.picture, p.ignore, NULL, &options,
                                       &envs.env[repeat % PIXELS_ENVS]));
        for (int32_t i = 0; i < p.count && whole; i++) {
            const int label = (int)pixels_at(&labels, i % p.width, i / p.width, 0);
            double best = 0;
            for (int32_t k = 0; k < options.seeds.count; k++)
                best = fmax(best, p.seed[i] < 0 ? 0 : probability[k][i]);
            if (p.seed[i] < 0) {
                ck_assert_int_eq(label, 0);
                continue;
            }
            ck_assert_int_ge(label, 1);
            ck_assert_double_ge(probability[label - 1][i], best - 2e-3);
            ck_assert_double_eq_tol(pixels_at(&score, i % p.width, i / p.width, 0),
                                    probability[0][i], 1e-3);
        }
        seg_image_unref(&labels);
        seg_image_unref(&score);
        pixels_free(&picture);
        pixels_free(&ignore);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* What no seed is connected with has no label; ids of markers are kept. */
START_TEST(islands_and_markers) {
    uint8_t values[35], ignored[35] = {0};
    int32_t marks[35] = {0};
    seg_image picture = {0}, ignore = {0}, markers = {0}, labels = {0}, score = {0};
    for (int i = 0; i < 35; i++)
        values[i] = (uint8_t)(i % 7 < 2 ? 20 : 180);
    for (int y = 0; y < 5; y++)
        ignored[7 * y + 4] = 1;
    marks[7] = 900;
    marks[10] = 70000;
    ck_assert_ok(seg_image_wrap(&picture, values, 7, 7, 5, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&ignore, ignored, 7, 7, 5, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&markers, marks, 28, 7, 5, SEG_LABEL32, 1));
    ck_assert_ok(seg_random_walker(&labels, &score, &picture, &ignore, &markers, NULL, NULL));
    for (int i = 0; i < 35; i++) {
        const int want = i % 7 < 2 ? 900 : i % 7 < 4 ? 70000 : 0;
        ck_assert_double_eq(pixels_at(&labels, i % 7, i / 7, 0), want);
        if (!want) ck_assert_double_eq(pixels_at(&score, i % 7, i / 7, 0), 0);
    }
    seg_image_unref(&labels);
    seg_image_unref(&score);
}
END_TEST

/* A larger picture: two halves told apart by noise of another mean; the same at every depth, and
 * probabilities lie between their neighbours'. */
START_TEST(halves) {
    enum { WIDTH = 150, HEIGHT = 110 };
    pixels_random random = pixels_random_start(92);
    seg_image picture = {0}, labels = {0}, score = {0};
    const seg_point points[] = {{20, 50}, {130, 60}};
    seg_random_walker_options options;
    seg_random_walker_options_init(&options);
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 2, .points = points};
    ck_assert_ok(seg_image_alloc(&picture, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ((uint8_t *)seg_image_row(&picture, y))[x] =
                (uint8_t)((x < 60 + y / 4 ? 60 : 140) + (int32_t)pixels_below(&random, 20));
    ck_assert_ok(seg_random_walker(&labels, &score, &picture, NULL, NULL, &options, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ck_assert_double_eq(pixels_at(&labels, x, y, 0), x < 60 + y / 4 ? 1 : 2);
    for (int32_t y = 1; y < HEIGHT - 1; y++)
        for (int32_t x = 1; x < WIDTH - 1; x++) {
            if ((x == 20 && y == 50) || (x == 130 && y == 60)) continue;
            double least = 1, most = 0;
            const double around[] = {pixels_at(&score, x - 1, y, 0), pixels_at(&score, x + 1, y, 0),
                                     pixels_at(&score, x, y - 1, 0),
                                     pixels_at(&score, x, y + 1, 0)};
            for (int i = 0; i < 4; i++) {
                least = fmin(least, around[i]);
                most = fmax(most, around[i]);
            }
            ck_assert_double_ge(pixels_at(&score, x, y, 0), least - 2e-4);
            ck_assert_double_le(pixels_at(&score, x, y, 0), most + 2e-4);
        }
    for (int format = SEG_U16; format <= SEG_F32; format++) {
        seg_image other = {0}, found = {0};
        ck_assert_ok(seg_convert(&other, &picture, (seg_format)format, NULL));
        ck_assert_ok(seg_random_walker(&found, NULL, &other, NULL, NULL, &options, NULL));
        ck_assert(pixels_same(&found, &labels));
        seg_image_unref(&other);
        seg_image_unref(&found);
    }
    seg_image_unref(&picture);
    seg_image_unref(&labels);
    seg_image_unref(&score);
}
END_TEST

START_TEST(errors) {
    pixels_random random = pixels_random_start(93);
    pixels_picture picture = pixels_make(9, 7, SEG_U8, 3, 0, &random);
    const seg_point outside = {0, 7};
    seg_image labels = {0};
    seg_random_walker_options options;
    seg_random_walker_options_init(&options);
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 1, .points = &outside};
    ck_assert_fails(seg_random_walker(&labels, NULL, &picture.image, NULL, NULL, &options, NULL),
                    SEG_ERROR_OPTION, "seed 1 is outside the picture (got 0,7");
    options.beta = -1;
    ck_assert_fails(seg_random_walker(&labels, NULL, &picture.image, NULL, NULL, &options, NULL),
                    SEG_ERROR_OPTION, "beta");
    seg_image_unref(&labels);
    pixels_free(&picture);
}
END_TEST

CORE_MAIN("random walker", by_hand, against_elimination, islands_and_markers, halves, errors)
