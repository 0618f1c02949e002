/* Exact sums: any order and grouping gives the same bits, next to the true sum. */
#include "core_main.h"
#include "evaluate/exact_sum.h"
#include "scenes.h"

static double sum_of(const double *values, int count) {
    seg_exact_sum sum = {0};
    for (int i = 0; i < count; i++)
        seg_exact_sum_add(&sum, values[i]);
    return seg_exact_sum_value(&sum);
}

START_TEST(sums_by_hand) {
    ck_assert_double_eq(sum_of(NULL, 0), 0);
    const double halves[3] = {0.5, 0.5, 0.25};
    ck_assert_double_eq(sum_of(halves, 3), 1.25);
    const double signs[3] = {-0.75, 0.5, -2};
    ck_assert_double_eq(sum_of(signs, 3), -2.25);
    const double cancels[3] = {1e15, 0.1, -1e15};
    ck_assert_double_eq(sum_of(cancels, 3), 0.1);
    const double small[2] = {-1e-9, 3e-9};
    ck_assert_double_eq_tol(sum_of(small, 2), 2e-9, 1e-19);
    const double tiny[1] = {-1e-30};
    ck_assert_double_eq(sum_of(tiny, 1), 0);
    const double least[1] = {-0x1p-64};
    ck_assert_double_eq(sum_of(least, 1), -0x1p-64);
    const double third[1] = {-1 / 3.0};
    ck_assert_double_eq(sum_of(third, 1), -1 / 3.0);
}
END_TEST

START_TEST(beyond_all_bounds) {
    const double strange[4] = {NAN, INFINITY, -INFINITY, 5e18};
    for (int i = 0; i < 4; i++)
        ck_assert(isnan(sum_of(&strange[i], 1)));
    const double large[3] = {4e18, 4e18, -4e18};
    ck_assert(isnan(sum_of(large, 3)));
    const double less[3] = {-4e18, -4e18, 4e18};
    ck_assert(isnan(sum_of(less, 3)));
    const double within[3] = {4e18, -4e18, -4e18};
    ck_assert_double_eq(sum_of(within, 3), -4e18);
}
END_TEST

/* Numbers of very different size and both signs. */
static double random_number(scene_random *random) {
    const double value = (double)scene_next(random) - 2147483648.0;
    return ldexp(value, (int)scene_below(random, 60) - 50);
}

START_TEST(any_order_and_grouping) {
    scene_random random = {1};
    for (int turn = 0; turn < 300; turn++) {
        double values[50];
        const int count = 1 + (int)scene_below(&random, 50);
        long double wanted = 0, size = 0;
        for (int i = 0; i < count; i++) {
            values[i] = random_number(&random);
            wanted += values[i];
            size += fabsl((long double)values[i]);
        }
        const double forwards = sum_of(values, count);
        ck_assert(fabsl(forwards - wanted) <= 1e-18L * size + fabsl(wanted) * 0x1p-52L + 1e-17L);
        /* in parts, merged from the right */
        const int cut = (int)scene_below(&random, (uint32_t)count + 1);
        seg_exact_sum parts[2] = {{0}};
        for (int i = count - 1; i >= 0; i--)
            seg_exact_sum_add(&parts[i < cut], values[i]);
        seg_exact_sum_merge(&parts[0], &parts[1]);
        ck_assert_double_eq(seg_exact_sum_value(&parts[0]), forwards);
    }
}
END_TEST

CORE_MAIN("exact sums", sums_by_hand, beyond_all_bounds, any_order_and_grouping)
