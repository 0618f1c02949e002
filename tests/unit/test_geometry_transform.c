/* Transforms of the plane: by hand, against their inverses, fits against what made the points. */
#include "core/math.h"
#include "core/memory.h"
#include "core/random.h"
#include "core_main.h"
#include "geometry/solve.h"

#include <math.h>
#include <segment/transform.h>

enum { POINTS = 60 };

static void assert_maps(const seg_transform *t, double x, double y, double u, double v) {
    double at[2] = {x, y};
    seg_transform_apply(at, t, at, 1);
    ck_assert_double_eq_tol(at[0], u, 1e-9 * (1 + fabs(u)));
    ck_assert_double_eq_tol(at[1], v, 1e-9 * (1 + fabs(v)));
}

static void assert_same(const seg_transform *a, const seg_transform *b, double tolerance) {
    for (int i = 0; i < 9; i++)
        ck_assert_double_eq_tol(a->m[i], b->m[i], tolerance);
}

static double number(uint32_t index, double low, double high) {
    const seg_random stream = seg_random_stream(7, 1, 2);
    return low + (high - low) * seg_random_unit(&stream, index);
}

START_TEST(by_hand) {
    const seg_transform shift = seg_transform_translation(3, -2);
    const seg_transform quarter = seg_transform_similarity(2, SEG_PI / 2);
    const seg_transform both = seg_transform_compose(&quarter, &shift);
    const seg_transform about = seg_transform_about(&quarter, 10, 5);
    const seg_transform horizon = {{1, 0, 0, 0, 1, 0, .5, 0, 1}};
    assert_maps(&shift, 1, 1, 4, -1);
    assert_maps(&quarter, 1, 0, 0, 2);
    assert_maps(&quarter, 0, 1, -2, 0);
    assert_maps(&both, 1, 1, 2, 8); /* (4, -1) turned is (1, 4) */
    assert_maps(&about, 10, 5, 10, 5);
    assert_maps(&about, 11, 5, 10, 7);
    assert_maps(&horizon, 2, 4, 1, 2);
    ck_assert(seg_transform_is_affine(&about) && !seg_transform_is_affine(&horizon));
    double away[2] = {-2, 1};
    seg_transform_apply(away, &horizon, away, 1);
    ck_assert(!isfinite(away[0]));
    ck_assert_str_eq(seg_transform_model_name(SEG_TRANSFORM_AFFINE), "affine");
    ck_assert_ptr_null(seg_transform_model_name((seg_transform_model)4));
    ck_assert_int_eq(seg_transform_model_points((seg_transform_model)-1), 0);
}
END_TEST

START_TEST(inverses_undo) {
    const seg_transform t = {{1.2, .3, -7, -.2, .9, 4, 1e-3, -2e-3, 1}};
    const seg_transform identity = seg_transform_identity();
    seg_transform inverse;
    ck_assert_ok(seg_transform_invert(&inverse, &t));
    const seg_transform round = seg_transform_compose(&inverse, &t);
    assert_same(&round, &identity, 1e-12);
    const seg_transform flat = {{1, 2, 0, 2, 4, 0, 0, 0, 1}}, nan = {{NAN}};
    ck_assert_fails(seg_transform_invert(&inverse, &flat), SEG_ERROR_ARGUMENT, "no inverse");
    ck_assert_fails(seg_transform_invert(&inverse, &nan), SEG_ERROR_ARGUMENT, "no inverse");
    ck_assert_fails(seg_transform_invert(NULL, &flat), SEG_ERROR_ARGUMENT, "inverse is missing");
}
END_TEST

static const seg_transform truths[4] = {
    {{1, 0, 5.5, 0, 1, -3.25, 0, 0, 1}},
    {{.8, -.3, 100, .3, .8, 20, 0, 0, 1}},
    {{1.1, .2, -9, -.1, .95, 33, 0, 0, 1}},
    {{1.05, .02, 4, -.03, .98, 8, 1e-4, -2e-4, 1}},
};

static void fill_points(double *from, double *to, const seg_transform *t) {
    for (uint32_t i = 0; i < POINTS; i++) {
        from[2 * i] = number(2 * i, 0, 640);
        from[2 * i + 1] = number(2 * i + 1, 0, 480);
    }
    seg_transform_apply(to, t, from, POINTS);
}

START_TEST(fits_find_what_made_the_points) {
    double from[2 * POINTS], to[2 * POINTS];
    for (int model = 0; model < 4; model++) {
        fill_points(from, to, &truths[model]);
        for (int wider = model; wider < 4; wider++)
            for (int count = seg_transform_model_points((seg_transform_model)wider);
                 count <= POINTS; count += 19) {
                seg_transform t;
                ck_assert_ok(
                    seg_transform_fit(&t, (seg_transform_model)wider, from, to, NULL, count));
                assert_same(&t, &truths[model], 1e-6);
            }
    }
}
END_TEST

/* Against the sum of weighted squared distances at a parameter moved to either side. */
static double sum_at(const seg_transform *t, const double *from, const double *to,
                     const double *weights) {
    double mapped[2 * POINTS], sum = 0;
    seg_transform_apply(mapped, t, from, POINTS);
    for (int i = 0; i < 2 * POINTS; i++)
        sum += weights[i / 2] * (mapped[i] - to[i]) * (mapped[i] - to[i]);
    return sum;
}

START_TEST(fits_are_least_squares) {
    double from[2 * POINTS], to[2 * POINTS], weights[POINTS];
    fill_points(from, to, &truths[3]);
    for (uint32_t i = 0; i < 2 * POINTS; i++) {
        to[i] += number(1000 + i, -3, 3);
        weights[i / 2] = i % 3;
    }
    /* directions in which each model may move: of the entries m0 .. m7 */
    static const double steps[4][8][8] = {
        {{0, 0, 1}, {0, 0, 0, 0, 0, 1}},
        {{1, 0, 0, 0, 1}, {0, -1, 0, 1}, {0, 0, 1}, {0, 0, 0, 0, 0, 1}},
        {{1}, {0, 1}, {0, 0, 1}, {0, 0, 0, 1}, {0, 0, 0, 0, 1}, {0, 0, 0, 0, 0, 1}},
        {{1},
         {0, 1},
         {0, 0, 1},
         {0, 0, 0, 1},
         {0, 0, 0, 0, 1},
         {0, 0, 0, 0, 0, 1},
         {0, 0, 0, 0, 0, 0, 1},
         {0, 0, 0, 0, 0, 0, 0, 1}}};
    static const int free_numbers[4] = {2, 4, 6, 8};
    for (int model = 0; model < 4; model++) {
        seg_transform t;
        ck_assert_ok(seg_transform_fit(&t, (seg_transform_model)model, from, to, weights, POINTS));
        const double least = sum_at(&t, from, to, weights);
        for (int k = 0; k < free_numbers[model]; k++)
            for (int sign = -1; sign <= 1; sign += 2) {
                seg_transform moved = t;
                for (int j = 0; j < 8; j++) {
                    const double unit = j >= 6 ? 1e-7 : j % 3 == 2 ? 1e-2 : 1e-4;
                    moved.m[j] += sign * unit * steps[model][k][j];
                }
                ck_assert_double_gt(sum_at(&moved, from, to, weights), least);
            }
    }
}
END_TEST

START_TEST(wrong_pairs_do_not_count) {
    double from[2 * POINTS], to[2 * POINTS];
    uint8_t agrees[POINTS];
    for (int model = 0; model < 4; model++) {
        fill_points(from, to, &truths[model]);
        for (uint32_t i = 0; i < POINTS; i++)
            if (i % 5 < 2) { /* 40 % of them go anywhere */
                to[2 * i] += number(3000 + i, 20, 200);
                to[2 * i + 1] -= number(4000 + i, 20, 200);
            }
        seg_transform t, again;
        ck_assert_ok(seg_transform_fit_robust(&t, agrees, (seg_transform_model)model, from, to,
                                              POINTS, NULL, NULL));
        assert_same(&t, &truths[model], 1e-6);
        for (int i = 0; i < POINTS; i++)
            ck_assert_int_eq(agrees[i], i % 5 >= 2);
        ck_assert_ok(seg_transform_fit_robust(&again, NULL, (seg_transform_model)model, from, to,
                                              POINTS, NULL, NULL));
        ck_assert_mem_eq(&t, &again, sizeof t);
    }
}
END_TEST

START_TEST(points_that_determine_nothing) {
    const double line[10] = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4},
                 same[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double wild[10] = {0, 0, NAN, 1};
    const double none[5] = {0}, minus[5] = {1, -1, 1, 1, 1};
    seg_transform t;
    ck_assert_ok(seg_transform_fit(&t, SEG_TRANSFORM_SIMILARITY, line, line, NULL, 5));
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_AFFINE, line, line, NULL, 5),
                    SEG_ERROR_DATA, "do not determine");
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_PROJECTIVE, line, line, NULL, 5),
                    SEG_ERROR_DATA, "do not determine");
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_SIMILARITY, same, line, NULL, 5),
                    SEG_ERROR_DATA, "do not determine");
    ck_assert_ok(seg_transform_fit(&t, SEG_TRANSFORM_TRANSLATION, same, line, NULL, 5));
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_TRANSLATION, line, line, none, 5),
                    SEG_ERROR_DATA, "weigh nothing");
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_TRANSLATION, line, line, minus, 5),
                    SEG_ERROR_ARGUMENT, "weight 1 is -1");
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_AFFINE, line, line, NULL, 2),
                    SEG_ERROR_ARGUMENT, "needs 3 pairs of points (got 2)");
    ck_assert_fails(seg_transform_fit(&t, SEG_TRANSFORM_TRANSLATION, line, wild, NULL, 2),
                    SEG_ERROR_ARGUMENT, "point 1 is");
    ck_assert_fails(seg_transform_fit(&t, (seg_transform_model)9, line, line, NULL, 5),
                    SEG_ERROR_ARGUMENT, "model is 9");
    ck_assert_fails(
        seg_transform_fit_robust(&t, NULL, SEG_TRANSFORM_AFFINE, line, line, 5, NULL, NULL),
        SEG_ERROR_DATA, "no sample of the 5 pairs");
    seg_transform_robust_options o;
    seg_transform_robust_options_init(&o);
    o.threshold = 0;
    ck_assert_fails(
        seg_transform_fit_robust(&t, NULL, SEG_TRANSFORM_AFFINE, line, line, 5, &o, NULL),
        SEG_ERROR_OPTION, "threshold is 0");
    o = (seg_transform_robust_options){0};
    ck_assert_fails(
        seg_transform_fit_robust(&t, NULL, SEG_TRANSFORM_AFFINE, line, line, 5, &o, NULL),
        SEG_ERROR_OPTION, "options.size is 0");
}
END_TEST

START_TEST(small_systems) {
    const double a[9] = {4, 0, 0, 2, 5, 0, 1, 3, 6}; /* lower triangle */
    double x[3] = {4 * 1 + 2 * 2 + 1 * 3, 2 * 1 + 5 * 2 + 3 * 3, 1 + 3 * 2 + 6 * 3};
    ck_assert(seg_solve_symmetric(x, a, 3));
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(x[i], i + 1, 1e-12);
    const double flat[4] = {1, 0, 1, 1}, negative[1] = {-1};
    ck_assert(!seg_solve_symmetric(x, flat, 2));
    ck_assert(!seg_solve_symmetric(x, negative, 1));
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    double from[2 * POINTS], to[2 * POINTS];
    fill_points(from, to, &truths[2]);
    const int64_t before = seg_memory_live();
    seg_transform t;
    seg_memory_fail_at(1);
    ck_assert_fails(
        seg_transform_fit_robust(&t, NULL, SEG_TRANSFORM_AFFINE, from, to, POINTS, NULL, NULL),
        SEG_ERROR_MEMORY, "weights");
    seg_memory_fail_at(0);
    ck_assert_int_eq(seg_memory_live(), before);
}
END_TEST

CORE_MAIN("transform", by_hand, inverses_undo, fits_find_what_made_the_points,
          fits_are_least_squares, wrong_pairs_do_not_count, points_that_determine_nothing,
          small_systems, no_memory_leaks_nothing)
