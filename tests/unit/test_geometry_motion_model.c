/* Parametric motions: evaluating, fitting among outliers, choosing, enlarging. */
#include "core_main.h"

#include <math.h>
#include <segment/motion_model.h>

#define SIDE 24
#define COUNT (SIDE * SIDE)

static const seg_motion affine = {{1.5, 0.01, -0.02, 0, 0, 0, -0.75, 0.03, 0.005, 0, 0, 0}};
static const seg_motion projective = {
    {1.5, 0.01, -0.02, 1e-3, -2e-3, 0, -0.75, 0.03, 0.005, 0, 1e-3, -2e-3}};
static const seg_motion similarity = {{2, 0.02, -0.01, 0, 0, 0, -1, 0.01, 0.02, 0, 0, 0}};

/* Samples of `motion` on a grid of step 5; the first `wrong` of every ten move by (7, -9). */
static void fill(seg_motion_sample *samples, const seg_motion *motion, int wrong) {
    for (int i = 0; i < COUNT; i++) {
        const double x = 5 * (i % SIDE), y = 5 * (i / SIDE);
        double flow[2];
        seg_motion_at(flow, motion, x, y);
        const bool off = i * 7 % 10 < wrong;
        samples[i] = (seg_motion_sample){(float)x, (float)y, off ? 7 : (float)flow[0],
                                         off ? -9 : (float)flow[1], 1};
    }
}

static void check_equal(const seg_motion *found, const seg_motion *expected, double within) {
    for (int i = 0; i < SEG_MOTION_NUMBERS; i++) {
        const double unit = i % 6 == 0 ? 1 : i % 6 < 3 ? 0.01 : 1e-4;
        ck_assert_msg(fabs(found->p[i] - expected->p[i]) <= within * unit, "p%d: %g, expected %g",
                      i, found->p[i], expected->p[i]);
    }
}

START_TEST(by_hand) {
    const seg_motion motion = {{1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6}};
    double flow[2];
    seg_motion_at(flow, &motion, 2, 3);
    ck_assert_double_eq(flow[0], 1 + 4 + 9 + 16 + 30 + 54);
    ck_assert_double_eq(flow[1], -flow[0]);
    ck_assert_str_eq(seg_motion_model_name(SEG_MOTION_PROJECTIVE), "projective");
    ck_assert_ptr_null(seg_motion_model_name((seg_motion_model)5));
    ck_assert_int_eq(seg_motion_model_numbers(SEG_MOTION_QUADRATIC), 12);
}
END_TEST

START_TEST(exact_samples_are_recovered) {
    seg_motion_sample samples[COUNT];
    seg_motion found;
    double deviation;
    fill(samples, &affine, 0);
    for (seg_motion_model model = SEG_MOTION_AFFINE; model <= SEG_MOTION_QUADRATIC; model++) {
        ck_assert_int_eq(seg_motion_fit(&found, &deviation, model, samples, COUNT, NULL), SEG_OK);
        check_equal(&found, &affine, 1e-4);
        ck_assert_double_lt(deviation, 1e-4);
    }
    fill(samples, &similarity, 0);
    ck_assert_int_eq(seg_motion_fit(&found, NULL, SEG_MOTION_SIMILARITY, samples, COUNT, NULL),
                     SEG_OK);
    check_equal(&found, &similarity, 1e-4);
    fill(samples, &projective, 0);
    ck_assert_int_eq(seg_motion_fit(&found, NULL, SEG_MOTION_PROJECTIVE, samples, COUNT, NULL),
                     SEG_OK);
    check_equal(&found, &projective, 1e-3);
}
END_TEST

/* Four of ten are wrong, and wrong in the same way. */
START_TEST(the_many_win) {
    seg_motion_sample samples[COUNT];
    seg_motion found;
    fill(samples, &affine, 4);
    ck_assert_int_eq(seg_motion_fit(&found, NULL, SEG_MOTION_AFFINE, samples, COUNT, NULL), SEG_OK);
    check_equal(&found, &affine, 0.05);
    /* weights of 0 take the others out, so that the few win */
    for (int i = 0; i < COUNT; i++)
        samples[i].weight = samples[i].u == 7 ? 1 : 0;
    ck_assert_int_eq(seg_motion_fit(&found, NULL, SEG_MOTION_AFFINE, samples, COUNT, NULL), SEG_OK);
    const seg_motion other = {{7, [6] = -9}};
    check_equal(&found, &other, 1e-4);
}
END_TEST

START_TEST(the_simplest_model_is_chosen) {
    const seg_motion shift = {{0.5, [6] = 2}};
    const seg_motion *const motions[] = {&shift, &similarity, &affine, &projective};
    seg_motion_sample samples[COUNT];
    for (int m = 0; m < 4; m++) {
        seg_motion found;
        seg_motion_model model;
        fill(samples, motions[m], 2);
        for (int i = 0; i < COUNT; i++) { /* a little noise */
            samples[i].u += 0.05f * (float)(i * 37 % 11 - 5) / 5;
            samples[i].v += 0.05f * (float)(i * 53 % 13 - 6) / 6;
        }
        ck_assert_int_eq(seg_motion_choose(&found, &model, NULL, 0.1, samples, COUNT, NULL),
                         SEG_OK);
        ck_assert_int_eq(model, m);
    }
}
END_TEST

/* On a line, what lies across it cannot be told. */
START_TEST(what_is_not_determined_is_0) {
    seg_motion_sample samples[SIDE];
    seg_motion found;
    for (int i = 0; i < SIDE; i++)
        samples[i] = (seg_motion_sample){(float)i, 0, 1 + 0.1f * (float)i, 2, 1};
    ck_assert_int_eq(seg_motion_fit(&found, NULL, SEG_MOTION_AFFINE, samples, SIDE, NULL), SEG_OK);
    for (int i = 0; i < SIDE; i++) {
        double flow[2];
        seg_motion_at(flow, &found, i, 0);
        ck_assert_double_eq_tol(flow[0], 1 + 0.1 * i, 1e-5);
        ck_assert_double_eq_tol(flow[1], 2, 1e-5);
    }
    ck_assert_double_eq_tol(found.p[2], 0, 1e-12);
    ck_assert_int_eq(seg_motion_fit(&found, NULL, SEG_MOTION_QUADRATIC, samples, 1, NULL), SEG_OK);
    ck_assert_double_eq_tol(found.p[0], 1, 1e-6);
}
END_TEST

/* A block of 4 x 4 pixels moves four times as far as the small pixel that it is. */
START_TEST(larger_pictures_move_further) {
    const seg_motion large = seg_motion_enlarged(&projective, 4);
    for (int i = 0; i < 40; i++) {
        const double x = i * 3 % 17, y = i * 5 % 23;
        double small_flow[2], large_flow[2];
        seg_motion_at(small_flow, &projective, x, y);
        seg_motion_at(large_flow, &large, 4 * x + 1.5, 4 * y + 1.5);
        ck_assert_double_eq_tol(large_flow[0], 4 * small_flow[0], 1e-9);
        ck_assert_double_eq_tol(large_flow[1], 4 * small_flow[1], 1e-9);
    }
}
END_TEST

START_TEST(errors_name_what_is_wrong) {
    seg_motion_sample sample = {0, 0, 1, NAN, 1};
    seg_motion found;
    seg_motion_model model;
    ck_assert_fails(seg_motion_fit(NULL, NULL, SEG_MOTION_AFFINE, &sample, 1, NULL),
                    SEG_ERROR_ARGUMENT, "motion");
    ck_assert_fails(seg_motion_fit(&found, NULL, SEG_MOTION_AFFINE, &sample, 0, NULL),
                    SEG_ERROR_ARGUMENT, "count is 0");
    ck_assert_fails(seg_motion_fit(&found, NULL, SEG_MOTION_AFFINE, &sample, 1, NULL),
                    SEG_ERROR_ARGUMENT, "samples[0]");
    sample.v = 0;
    ck_assert_fails(seg_motion_fit(&found, NULL, (seg_motion_model)9, &sample, 1, NULL),
                    SEG_ERROR_ARGUMENT, "model is 9");
    ck_assert_fails(seg_motion_choose(&found, &model, NULL, 0, &sample, 1, NULL),
                    SEG_ERROR_ARGUMENT, "noise is 0");
}
END_TEST

CORE_MAIN("geometry_motion_model", by_hand, exact_samples_are_recovered, the_many_win,
          the_simplest_model_is_chosen, what_is_not_determined_is_0, larger_pictures_move_further,
          errors_name_what_is_wrong)
