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

/* How many pairs there can be, and the least sum of so many. */
typedef struct best {
    int32_t pairs;
    double sum;
} best;

static best try_all(const double *costs, int32_t rows, int32_t columns, int32_t row,
                    uint32_t taken) {
    if (row == rows) return (best){0, 0};
    best found = try_all(costs, rows, columns, row + 1, taken); /* the row is left over */
    for (int32_t c = 0; c < columns; c++) {
        if (taken >> c & 1 || costs[row * columns + c] == INFINITY) continue;
        best with = try_all(costs, rows, columns, row + 1, taken | 1u << c);
        with.pairs++;
        with.sum += costs[row * columns + c];
        if (with.pairs > found.pairs || (with.pairs == found.pairs && with.sum < found.sum))
            found = with;
    }
    return found;
}

static best count(const int32_t *column_of, const double *costs, int32_t rows, int32_t columns) {
    best found = {0, 0};
    uint64_t taken = 0;
    for (int32_t r = 0; r < rows; r++) {
        const int32_t c = column_of[r];
        if (c < 0) continue;
        ck_assert(c < columns && !(taken >> c & 1) && costs[r * columns + c] < INFINITY);
        taken |= (uint64_t)1 << c;
        found.pairs++;
        found.sum += costs[r * columns + c];
    }
    return found;
}

START_TEST(pairs_that_may_not_be) {
    int32_t column_of[MOST];
    /* two pairs are better than one that is cheap */
    const double forced[4] = {-1000, 7, 5, INFINITY};
    ck_assert_ok(seg_assignment_solve(column_of, forced, 2, 2, NULL));
    ck_assert(column_of[0] == 1 && column_of[1] == 0);
    const double none[2] = {INFINITY, INFINITY};
    ck_assert_ok(seg_assignment_solve(column_of, none, 2, 1, NULL));
    ck_assert(column_of[0] == -1 && column_of[1] == -1);
    for (uint32_t seed = 1; seed <= 4000; seed++) {
        scene_random random = {seed * 100};
        const int32_t rows = 1 + (int32_t)scene_below(&random, MOST - 1);
        const int32_t columns = 1 + (int32_t)scene_below(&random, MOST - 1);
        const uint32_t kind = seed % 4, blocked = 20 + scene_below(&random, 70);
        double costs[MOST * MOST];
        for (int32_t i = 0; i < rows * columns; i++) {
            costs[i] = kind == 0   ? scene_below(&random, 3) /* many ties */
                       : kind == 1 ? (double)scene_below(&random, 1000) - 500
                       : kind == 2 ? scene_next(&random) / 4294967296.0
                                   : ldexp(1, (int)scene_below(&random, 40));
            if (scene_below(&random, 100) < blocked) costs[i] = INFINITY;
        }
        ck_assert_ok(seg_assignment_solve(column_of, costs, rows, columns, NULL));
        const best found = count(column_of, costs, rows, columns);
        const best want = try_all(costs, rows, columns, 0, 0);
        ck_assert_int_eq(found.pairs, want.pairs);
        ck_assert(fabs(found.sum - want.sum) <= (kind == 2 ? 1e-12 : 0));
    }
}
END_TEST

/* Turning rows into columns, scaling and adding to whole rows leave the best what it is. */
START_TEST(blocked_matrices_turned_and_scaled) {
    enum { ROWS = 40, COLUMNS = 55 };
    static double costs[ROWS * COLUMNS], turned[ROWS * COLUMNS], more[ROWS * COLUMNS];
    for (uint32_t seed = 1; seed <= 30; seed++) {
        scene_random random = {seed * 7000};
        int32_t column_of[COLUMNS];
        for (int32_t i = 0; i < ROWS * COLUMNS; i++) {
            const bool blocked = scene_below(&random, 100) < (seed % 3 ? 30 : 96);
            costs[i] = blocked ? INFINITY : scene_below(&random, 1000);
            turned[i % COLUMNS * ROWS + i / COLUMNS] = costs[i];
            more[i] = 3 * costs[i] + (i / COLUMNS) * 10;
        }
        ck_assert_ok(seg_assignment_solve(column_of, costs, ROWS, COLUMNS, NULL));
        const best first = count(column_of, costs, ROWS, COLUMNS);
        ck_assert_ok(seg_assignment_solve(column_of, turned, COLUMNS, ROWS, NULL));
        const best other = count(column_of, turned, COLUMNS, ROWS);
        ck_assert(first.pairs == other.pairs && first.sum == other.sum);
        ck_assert(seed % 3 == 0 || first.pairs == ROWS);
        if (first.pairs < ROWS) continue;
        ck_assert_ok(seg_assignment_solve(column_of, more, ROWS, COLUMNS, NULL));
        ck_assert(count(column_of, more, ROWS, COLUMNS).sum ==
                  3 * first.sum + 10 * (ROWS - 1) * ROWS / 2);
    }
}
END_TEST

START_TEST(bad_costs_are_refused) {
    int32_t column_of[2];
    const double nan[4] = {0, 1, NAN, 1}, infinite[4] = {0, -INFINITY, 2, 1};
    ck_assert_fails(seg_assignment_solve(column_of, nan, 2, 2, NULL), SEG_ERROR_ARGUMENT,
                    "row 1, column 0 is nan");
    ck_assert_fails(seg_assignment_solve(column_of, infinite, 2, 2, NULL), SEG_ERROR_ARGUMENT,
                    "row 0, column 1 is -inf");
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
          pairs_that_may_not_be, blocked_matrices_turned_and_scaled, bad_costs_are_refused,
          no_memory_leaks_nothing)
