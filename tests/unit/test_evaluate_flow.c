/* Flow: errors by hand, quantiles within their bound, sums on random fields against long doubles.
 */
#include "evaluate.h"

#define ID "flow"

static seg_image field(int32_t width, int32_t height, const float *uv) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, SEG_F32, 2, NULL));
    for (int32_t y = 0; y < height && uv; y++)
        memcpy(seg_image_row(&image, y), uv + 2 * (size_t)y * (size_t)width,
               2 * (size_t)width * sizeof *uv);
    return image;
}

START_TEST(errors_by_hand) {
    /* right; 5 px off a right angle apart; 4 px off at 100 px; 0.75 px off; unknown */
    const float wanted_uv[10] = {1, 1, 0, 0, 100, 0, 2, 0, 2e9f, 0};
    const float given_uv[10] = {1, 1, 3, 4, 104, 0, 2.75f, 0, 7, 7};
    seg_image wanted = field(5, 1, wanted_uv), given = field(5, 1, given_uv);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &wanted, NULL);
    evaluate_check(tally, ID, "epe", (0 + 5 + 4 + 0.75) / 4);
    evaluate_check(tally, ID, "r0.5", 75);
    evaluate_check(tally, ID, "r1", 50);
    evaluate_check(tally, ID, "r2", 50);
    evaluate_check(tally, ID, "r3", 50);
    evaluate_check(tally, ID, "r5", 0);
    /* 4 px are no more than 5 % of 100 */
    evaluate_check(tally, ID, "fl", 25);
    evaluate_check(tally, ID, "pixels", 4);
    evaluate_check(tally, ID, "density", 1);
    /* (0,0,1) and (3,4,1); (100,0,1) and (104,0,1); (2,0,1) and (2.75,0,1) */
    const double degrees = 180 / acos(-1);
    const double angles = atan(5) + (atan(104) - atan(100)) + (atan(2.75) - atan(2));
    evaluate_check(tally, ID, "aae", angles / 4 * degrees);
    seg_tally_free(tally);
    seg_image_unref(&wanted);
    seg_image_unref(&given);
}
END_TEST

START_TEST(right_and_opposite_angles) {
    const float wanted_uv[4] = {1e8f, 0, 0, 0}, given_uv[4] = {-1e8f, 0, 0, 0};
    seg_image wanted = field(2, 1, wanted_uv), given = field(2, 1, given_uv);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &wanted, NULL);
    ck_assert_double_eq_tol(evaluate_value(tally, ID, "aae"), 90, 1e-5);
    evaluate_check(tally, ID, "epe", 1e8);
    evaluate_check(tally, ID, "fl", 50);
    seg_tally_free(tally);
    seg_image_unref(&wanted);
    seg_image_unref(&given);
}
END_TEST

/* An angle of 1e-7 is seen, where the arc of a cosine would give 0. */
START_TEST(small_angles) {
    const float wanted_uv[2] = {0, 0}, given_uv[2] = {1e-7f, 0};
    seg_image wanted = field(1, 1, wanted_uv), given = field(1, 1, given_uv);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &wanted, NULL);
    ck_assert_double_eq_tol(evaluate_value(tally, ID, "aae"), (double)1e-7f * 180 / acos(-1),
                            1e-19);
    seg_tally_free(tally);
    seg_image_unref(&wanted);
    seg_image_unref(&given);
}
END_TEST

START_TEST(what_is_unknown) {
    const float wanted_uv[12] = {1, 1, NAN, 0, 0, -1.1e9f, INFINITY, 1, 1e9f, 0, 5, 5};
    const float given_uv[12] = {NAN, 1, 1, 1, 1, 1, 1, 1, 1e9f, 0, 5, 6};
    seg_image wanted = field(6, 1, wanted_uv), given = field(6, 1, given_uv);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &wanted, NULL);
    evaluate_check(tally, ID, "pixels", 3); /* the first and the last two */
    evaluate_check(tally, ID, "density", 2 / 3.);
    evaluate_check(tally, ID, "epe", 0.5);
    /* without the last two nothing is left to measure */
    const double out_6[6] = {0, 0, 0, 0, 1, 1};
    seg_image ignore = evaluate_picture(6, 1, SEG_U8, out_6);
    seg_tally *first = evaluate_tally(ID, NULL);
    evaluate_add(first, &given, &wanted, &ignore);
    evaluate_check(first, ID, "density", 0);
    evaluate_check(first, ID, "epe", NAN);
    evaluate_check(first, ID, "a50", NAN);
    evaluate_check(first, ID, "fl", NAN);
    seg_tally *none = evaluate_tally(ID, NULL);
    evaluate_check(none, ID, "epe", 0);
    evaluate_check(none, ID, "a95", 0);
    evaluate_check(none, ID, "density", 1);
    seg_tally_free(tally);
    seg_tally_free(first);
    seg_tally_free(none);
    seg_image_unref(&wanted);
    seg_image_unref(&given);
    seg_image_unref(&ignore);
}
END_TEST

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The smallest error that at least `percent` of the pixels do not exceed. */
static double exact_quantile(const double *sorted, int count, int percent) {
    for (int i = 0; i < count; i++)
        if (100 * (i + 1) >= percent * count) return sorted[i];
    return NAN;
}

START_TEST(random_fields) {
    scene_random random = {9};
    for (int turn = 0; turn < 60; turn++) {
        const int32_t width = 1 + (int32_t)scene_below(&random, 60);
        const int32_t height = 1 + (int32_t)scene_below(&random, 20);
        const double scale = pow(10, (int)scene_below(&random, 12) - 5);
        seg_image wanted = field(width, height, NULL), given = field(width, height, NULL);
        double *errors = calloc((size_t)(width * height), sizeof *errors);
        long double epe = 0, angle = 0;
        int pixels = 0, outliers = 0, above_1 = 0;
        for (int32_t i = 0; i < width * height; i++) {
            float *w = (float *)seg_image_row(&wanted, i / width) + 2 * (i % width);
            float *g = (float *)seg_image_row(&given, i / width) + 2 * (i % width);
            for (int c = 0; c < 2; c++) {
                w[c] = (float)(((double)scene_next(&random) / 4e9 - 0.5) * scale);
                g[c] = w[c] + (float)(((double)scene_next(&random) / 4e9 - 0.5) * scale / 3);
            }
            if (scene_below(&random, 9) == 0) {
                w[1] = 1e10f;
                continue;
            }
            const long double du = (long double)g[0] - w[0], dv = (long double)g[1] - w[1];
            const long double error = sqrtl(du * du + dv * dv);
            const long double size = sqrtl((long double)w[0] * w[0] + (long double)w[1] * w[1]);
            const long double cross = (long double)g[0] * w[1] - (long double)g[1] * w[0];
            angle += atan2l(sqrtl(du * du + dv * dv + cross * cross),
                            (long double)g[0] * w[0] + (long double)g[1] * w[1] + 1);
            epe += error;
            outliers += error > 3 && error > 0.05L * size;
            above_1 += error > 1;
            errors[pixels++] = (double)error;
        }
        seg_tally *tally = evaluate_tally(ID, NULL);
        evaluate_add(tally, &given, &wanted, NULL);
        if (pixels > 0) {
            qsort(errors, (size_t)pixels, sizeof *errors, ascending);
            evaluate_check(tally, ID, "epe", (double)(epe / pixels));
            evaluate_check(tally, ID, "aae", (double)(angle / pixels * 180 / acosl(-1)));
            evaluate_check(tally, ID, "fl", 100.0 * outliers / pixels);
            evaluate_check(tally, ID, "r1", 100.0 * above_1 / pixels);
            static const char *const names[3] = {"a50", "a75", "a95"};
            static const int percents[3] = {50, 75, 95};
            for (int i = 0; i < 3; i++) {
                const double exact = exact_quantile(errors, pixels, percents[i]);
                const double got = evaluate_value(tally, ID, names[i]);
                ck_assert_msg(fabs(got - exact) <= fmax(0.004 * exact, 0.0005), "%s is %g, not %g",
                              names[i], got, exact);
            }
        }
        free(errors);
        seg_tally_free(tally);
        seg_image_unref(&wanted);
        seg_image_unref(&given);
    }
}
END_TEST

START_TEST(table_of_errors) {
    const float wanted_uv[8] = {0}, given_uv[8] = {0, 0, 0.0005f, 0, 0.3f, 0, 1.1f, 0};
    seg_image wanted = field(4, 1, wanted_uv), given = field(4, 1, given_uv);
    seg_tally *tally = evaluate_tally(ID, NULL);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert_int_eq(table.rows, 0);
    evaluate_add(tally, &given, &wanted, NULL);
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert_int_eq(table.columns, 2);
    ck_assert_double_eq(table.cells[0], 0x1p-10);
    ck_assert_double_eq(table.cells[1], 0.5);
    const double *last = table.cells + 2 * (table.rows - 1);
    ck_assert_double_eq(last[0], 1.125);
    ck_assert_double_eq(last[1], 1);
    ck_assert_double_eq(last[-1], 0.75);
    for (int32_t row = 1; row < table.rows; row++)
        ck_assert(table.cells[2 * row] > table.cells[2 * row - 2]);
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
    seg_image_unref(&wanted);
    seg_image_unref(&given);
}
END_TEST

CORE_MAIN("flow", errors_by_hand, right_and_opposite_angles, small_angles, what_is_unknown,
          random_fields, table_of_errors)
