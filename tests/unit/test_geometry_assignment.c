/* Assignment: by hand, against all permutations, and by its optimality on larger matrices. */
#include "core/memory.h"
#include "core_main.h"
#include "scenes.h"

#include <math.h>
#include <segment/geometry.h>

enum { MOST = 7 };

/* Sum of the pairs; checks that they are one to one and as many as there can be. */
static double sum_of(const int32_t *column_of, const double *costs, int32_t rows, int32_t columns) {
    bool *taken = calloc((size_t)columns + 1, sizeof *taken);
    double sum = 0;
    int32_t pairs = 0;
    for (int32_t r = 0; r < rows; r++) {
        const int32_t c = column_of[r];
        ck_assert(c >= -1 && c < columns);
        if (c < 0) continue;
        ck_assert(!taken[c]);
        taken[c] = true;
        sum += costs[r * columns + c];
        pairs++;
    }
    free(taken);
    ck_assert_int_eq(pairs, rows < columns ? rows : columns);
    return sum;
}

/* Least sum of `left` more pairs from row `row` on. */
static double least(const double *costs, int32_t rows, int32_t columns, int32_t row, int32_t left,
                    uint32_t taken) {
    if (left == 0) return 0;
    double best = INFINITY;
    if (rows - row > left) best = least(costs, rows, columns, row + 1, left, taken);
    for (int32_t c = 0; c < columns; c++)
        if (!(taken >> c & 1))
            best = fmin(best, costs[row * columns + c] +
                                  least(costs, rows, columns, row + 1, left - 1, taken | 1u << c));
    return best;
}

START_TEST(by_hand) {
    const double costs[9] = {4, 1, 3, 2, 0, 5, 3, 2, 2}; /* 1 + 2 + 2 */
    int32_t column_of[3];
    ck_assert_ok(seg_assignment_solve(column_of, costs, 3, 3, NULL));
    ck_assert(column_of[0] == 1 && column_of[1] == 0 && column_of[2] == 2);
    const double tall[6] = {5, 9, 1, 7, 2, 3}; /* 3 x 2: row 1 takes 1, row 2 takes 3 */
    ck_assert_ok(seg_assignment_solve(column_of, tall, 3, 2, NULL));
    ck_assert(column_of[0] == -1 && column_of[1] == 0 && column_of[2] == 1);
    ck_assert_ok(seg_assignment_solve(column_of, tall, 1, 6, NULL));
    ck_assert_int_eq(column_of[0], 2);
    ck_assert_ok(seg_assignment_solve(column_of, NULL, 3, 0, NULL));
    ck_assert(column_of[0] == -1 && column_of[1] == -1 && column_of[2] == -1);
    ck_assert_ok(seg_assignment_solve(NULL, NULL, 0, 5, NULL));
}
END_TEST

START_TEST(no_permutation_is_cheaper) {
    for (uint32_t seed = 1; seed <= 1500; seed++) {
        scene_random random = {seed * 100};
        const int32_t rows = 1 + (int32_t)scene_below(&random, MOST - 1);
        const int32_t columns = 1 + (int32_t)scene_below(&random, MOST - 1);
        double costs[MOST * MOST];
        for (int32_t i = 0; i < rows * columns; i++)
            costs[i] = seed % 3 ? (double)scene_below(&random, seed % 3 == 1 ? 4 : 1000) - 2
                                : scene_next(&random) / 4294967296.0;
        int32_t column_of[MOST];
        ck_assert_ok(seg_assignment_solve(column_of, costs, rows, columns, NULL));
        const double best = least(costs, rows, columns, 0, rows < columns ? rows : columns, 0);
        ck_assert_double_eq_tol(sum_of(column_of, costs, rows, columns), best, 1e-12);
    }
}
END_TEST

/* No two pairs can be exchanged, nor three turned, nor can a free column be used, for less. */
START_TEST(large_matrices_have_no_cheaper_exchange) {
    enum { ROWS = 60, COLUMNS = 75 };
    static double costs[ROWS * COLUMNS], turned[ROWS * COLUMNS];
    for (uint32_t seed = 1; seed <= 10; seed++) {
        scene_random random = {seed * 9000};
        for (int32_t i = 0; i < ROWS * COLUMNS; i++) {
            costs[i] = seed % 2 ? scene_next(&random) / 4294967296.0 : scene_below(&random, 6);
            turned[i % COLUMNS * ROWS + i / COLUMNS] = costs[i];
        }
        int32_t c[ROWS], back[COLUMNS];
        ck_assert_ok(seg_assignment_solve(c, costs, ROWS, COLUMNS, NULL));
        ck_assert_ok(seg_assignment_solve(back, turned, COLUMNS, ROWS, NULL));
        ck_assert_double_eq_tol(sum_of(c, costs, ROWS, COLUMNS),
                                sum_of(back, turned, COLUMNS, ROWS), 1e-11);
        bool taken[COLUMNS] = {false};
        for (int32_t i = 0; i < ROWS; i++)
            taken[c[i]] = true;
#define COST(i, j) costs[(i)*COLUMNS + (j)]
        for (int32_t i = 0; i < ROWS; i++) {
            for (int32_t j = 0; j < COLUMNS; j++)
                ck_assert(taken[j] || COST(i, c[i]) <= COST(i, j) + 1e-12);
            for (int32_t k = 0; k < ROWS; k++)
                for (int32_t l = 0; l < ROWS; l++) {
                    if (i == k || i == l || k == l) continue;
                    const double now = COST(i, c[i]) + COST(k, c[k]) + COST(l, c[l]);
                    if (COST(i, c[k]) + COST(k, c[l]) + COST(l, c[i]) < now - 1e-12 ||
                        COST(i, c[k]) + COST(k, c[i]) + COST(l, c[l]) < now - 1e-12)
                        ck_abort_msg("rows %d, %d, %d can be exchanged", i, k, l);
                }
        }
    }
}
END_TEST

START_TEST(bad_costs_are_refused) {
    int32_t column_of[2];
    const double nan[4] = {0, 1, NAN, 1}, infinite[4] = {0, INFINITY, 2, 1};
    ck_assert_fails(seg_assignment_solve(column_of, nan, 2, 2, NULL), SEG_ERROR_ARGUMENT,
                    "row 1, column 0 is nan");
    ck_assert_fails(seg_assignment_solve(column_of, infinite, 2, 2, NULL), SEG_ERROR_ARGUMENT,
                    "row 0, column 1 is inf");
    ck_assert_fails(seg_assignment_solve(column_of, nan, -1, 2, NULL), SEG_ERROR_ARGUMENT,
                    "-1 x 2");
    ck_assert_fails(seg_assignment_solve(column_of, NULL, 1, 2, NULL), SEG_ERROR_ARGUMENT,
                    "costs is missing");
    ck_assert_fails(seg_assignment_solve(NULL, nan, 1, 2, NULL), SEG_ERROR_ARGUMENT,
                    "column_of is missing");
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    const double costs[6] = {5, 9, 1, 7, 2, 3};
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 100 && status < 0; n++) {
        int32_t column_of[3];
        seg_memory_fail_at(n);
        status = seg_assignment_solve(column_of, costs, 3, 2, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
}
END_TEST

CORE_MAIN("assignment", by_hand, no_permutation_is_cheaper, large_matrices_have_no_cheaper_exchange,
          bad_costs_are_refused, no_memory_leaks_nothing)
