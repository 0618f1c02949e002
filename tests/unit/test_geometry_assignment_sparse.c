/* Sparse assignment: by hand, against all ways to pair, against dense, and while nodes come and
 * go. */
#include "core/memory.h"
#include "core_main.h"
#include "geometry/assignment_sparse.h"
#include "scenes.h"

#include <math.h>

enum { MOST = 7, LARGE = 40 };

/* A full matrix of costs, INFINITY where there is no edge, as lists. */
typedef struct lists {
    int32_t starts[LARGE + 1], columns[LARGE * LARGE];
    double costs[LARGE * LARGE];
} lists;

static void make_lists(lists *l, const double *matrix, int32_t rows, int32_t columns) {
    int32_t count = 0;
    for (int32_t r = 0; r < rows; r++) {
        l->starts[r] = count;
        for (int32_t c = 0; c < columns; c++) {
            if (matrix[r * columns + c] == INFINITY) continue;
            l->columns[count] = c;
            l->costs[count++] = matrix[r * columns + c];
        }
    }
    l->starts[rows] = count;
}

/* Pairs and what is left over of both sides. */
static double total_of(const int32_t *column_of, const double *matrix, int32_t rows,
                       int32_t columns, double unpaired) {
    uint64_t taken = 0;
    double sum = (rows + columns) * unpaired;
    for (int32_t r = 0; r < rows; r++) {
        const int32_t c = column_of[r];
        if (c < 0) continue;
        ck_assert(c < columns && !(taken >> c & 1) && matrix[r * columns + c] < INFINITY);
        taken |= (uint64_t)1 << c;
        sum += matrix[r * columns + c] - 2 * unpaired;
    }
    return sum;
}

static double least(const double *matrix, int32_t rows, int32_t columns, double unpaired,
                    int32_t row, uint32_t taken) {
    if (row == rows) return (rows + columns) * unpaired;
    double best = least(matrix, rows, columns, unpaired, row + 1, taken);
    for (int32_t c = 0; c < columns; c++)
        if (!(taken >> c & 1) && matrix[row * columns + c] < INFINITY)
            best = fmin(best, matrix[row * columns + c] - 2 * unpaired +
                                  least(matrix, rows, columns, unpaired, row + 1, taken | 1u << c));
    return best;
}

static void fill(double *matrix, int32_t count, uint32_t kind, uint32_t percent,
                 scene_random *random) {
    for (int32_t i = 0; i < count; i++) {
        matrix[i] = kind == 0   ? scene_below(random, 4) /* many ties */
                    : kind == 1 ? (double)scene_below(random, 1000) - 300
                                : scene_next(random) / 4294967296.0 * 9;
        if (scene_below(random, 100) >= percent) matrix[i] = INFINITY;
    }
}

START_TEST(by_hand) {
    /* row 0 may have 0 or 1, row 1 only 0 */
    const int32_t starts[] = {0, 2, 3}, columns[] = {0, 1, 0};
    const double costs[] = {1, 7, 2};
    int32_t column_of[2];
    /* apart 7 + 2 = 9; row 0 alone with column 0 costs 1 + 2 * unpaired */
    ck_assert_ok(seg_assignment_solve_sparse(column_of, starts, columns, costs, 2, 2, 4.5, NULL));
    ck_assert(column_of[0] == 1 && column_of[1] == 0);
    ck_assert_ok(seg_assignment_solve_sparse(column_of, starts, columns, costs, 2, 2, 3.5, NULL));
    ck_assert(column_of[0] == 0 && column_of[1] == -1);
    ck_assert_ok(seg_assignment_solve_sparse(column_of, starts, columns, costs, 2, 2, 0.4, NULL));
    ck_assert(column_of[0] == -1 && column_of[1] == -1);
    ck_assert_ok(seg_assignment_solve_sparse(NULL, NULL, NULL, NULL, 0, 3, 1, NULL));
}
END_TEST

START_TEST(against_all_ways) {
    static lists l;
    for (uint32_t seed = 1; seed <= 4000; seed++) {
        scene_random random = {seed * 100};
        const int32_t rows = 1 + (int32_t)scene_below(&random, MOST - 1);
        const int32_t columns = 1 + (int32_t)scene_below(&random, MOST - 1);
        double matrix[MOST * MOST];
        int32_t column_of[MOST];
        fill(matrix, rows * columns, seed % 3, 10 + scene_below(&random, 91), &random);
        const double unpaired = seed % 3 == 1 ? (double)scene_below(&random, 600) - 100
                                              : scene_below(&random, 12) / 2.0;
        make_lists(&l, matrix, rows, columns);
        ck_assert_ok(seg_assignment_solve_sparse(column_of, l.starts, l.columns, l.costs, rows,
                                                 columns, unpaired, NULL));
        const double found = total_of(column_of, matrix, rows, columns, unpaired);
        const double want = least(matrix, rows, columns, unpaired, 0, 0);
        ck_assert_msg(fabs(found - want) <= (seed % 3 == 2 ? 1e-12 : 0), "seed %u: %g, not %g",
                      seed, found, want);
    }
}
END_TEST

/* Where leaving over costs more than anything else, as many are paired as can be, as cheaply as
 * they can. */
START_TEST(as_the_dense_one) {
    static double matrix[LARGE * LARGE];
    static lists l;
    for (uint32_t seed = 1; seed <= 100; seed++) {
        scene_random random = {seed * 3000};
        const int32_t rows = 1 + (int32_t)scene_below(&random, LARGE);
        const int32_t columns = 1 + (int32_t)scene_below(&random, LARGE);
        int32_t sparse[LARGE], dense[LARGE];
        fill(matrix, rows * columns, seed % 2, 2 + scene_below(&random, 40), &random);
        make_lists(&l, matrix, rows, columns);
        ck_assert_ok(seg_assignment_solve_sparse(sparse, l.starts, l.columns, l.costs, rows,
                                                 columns, 1e6, NULL));
        ck_assert_ok(seg_assignment_solve(dense, matrix, rows, columns, NULL));
        ck_assert(total_of(sparse, matrix, rows, columns, 1e6) ==
                  total_of(dense, matrix, rows, columns, 1e6));
    }
}
END_TEST

/* Costs that are sums of one number per row and one per column: all ways to pair the same nodes
 * cost the same but for rounding, so that settled nodes may seem nearer than they were. */
START_TEST(ties_but_for_rounding) {
    static double matrix[LARGE * LARGE];
    static lists l;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        scene_random random = {seed * 3000};
        const int32_t rows = 1 + (int32_t)scene_below(&random, LARGE);
        const int32_t columns = 1 + (int32_t)scene_below(&random, LARGE);
        int32_t sparse[LARGE], dense[LARGE];
        double of_rows[LARGE], of_columns[LARGE];
        fill(of_rows, rows, 2, 100, &random);
        fill(of_columns, columns, 2, 100, &random);
        fill(matrix, rows * columns, 2, 5 + scene_below(&random, 96), &random);
        for (int32_t i = 0; i < rows * columns; i++)
            if (matrix[i] < INFINITY)
                matrix[i] = -(of_rows[i / columns] + of_columns[i % columns]) / 7;
        make_lists(&l, matrix, rows, columns);
        ck_assert_ok(seg_assignment_solve_sparse(sparse, l.starts, l.columns, l.costs, rows,
                                                 columns, 0, NULL));
        const double found = total_of(sparse, matrix, rows, columns, 0);
        for (int32_t i = 0; i < rows * columns; i++) /* a pair that gains nothing is none */
            if (matrix[i] == INFINITY) matrix[i] = 0;
        ck_assert_ok(seg_assignment_solve(dense, matrix, rows, columns, NULL));
        ck_assert_double_eq_tol(found, total_of(dense, matrix, rows, columns, 0), 1e-9);
    }
}
END_TEST

/* ---- nodes that come and go ---- */

typedef struct full_graph {
    const double *matrix;
    int32_t rows, columns;
} full_graph;

static int32_t edges_of(const void *context, int32_t side, int32_t node, seg_matching_edge *edges) {
    const full_graph *g = context;
    int32_t count = 0;
    for (int32_t i = 0; i < (side ? g->rows : g->columns); i++) {
        const double cost =
            side ? g->matrix[i * g->columns + node] : g->matrix[node * g->columns + i];
        if (cost < INFINITY) edges[count++] = (seg_matching_edge){i, cost};
    }
    return count;
}

/* The best total of the active nodes, afresh. */
static double afresh(const full_graph *g, const bool *active[2], double unpaired) {
    static double matrix[LARGE * LARGE];
    static lists l;
    int32_t column_of[LARGE];
    int32_t away = 0;
    for (int32_t i = 0; i < g->rows * g->columns; i++)
        matrix[i] =
            active[0][i / g->columns] && active[1][i % g->columns] ? g->matrix[i] : INFINITY;
    for (int32_t i = 0; i < g->rows; i++)
        away += !active[0][i];
    for (int32_t i = 0; i < g->columns; i++)
        away += !active[1][i];
    make_lists(&l, matrix, g->rows, g->columns);
    ck_assert_ok(seg_assignment_solve_sparse(column_of, l.starts, l.columns, l.costs, g->rows,
                                             g->columns, unpaired, NULL));
    return total_of(column_of, matrix, g->rows, g->columns, unpaired) - away * unpaired;
}

static double kept(const seg_matching *m, const full_graph *g, const bool *active[2]) {
    double sum = 0;
    for (int32_t i = 0; i < g->rows; i++) {
        const int32_t mate = seg_matching_mate(m, 0, i);
        if (mate >= 0) {
            ck_assert(active[0][i] && active[1][mate] && seg_matching_mate(m, 1, mate) == i);
            sum += g->matrix[i * g->columns + mate];
        } else if (active[0][i]) {
            sum += m->unpaired;
        }
    }
    for (int32_t i = 0; i < g->columns; i++)
        if (active[1][i] && seg_matching_mate(m, 1, i) < 0) sum += m->unpaired;
    return sum;
}

START_TEST(nodes_come_and_go) {
    static double matrix[LARGE * LARGE];
    for (uint32_t seed = 1; seed <= 60; seed++) {
        scene_random random = {seed * 5000};
        const int32_t rows = 1 + (int32_t)scene_below(&random, LARGE);
        const int32_t columns = 1 + (int32_t)scene_below(&random, LARGE);
        const full_graph g = {matrix, rows, columns};
        const double unpaired = seed % 2 ? 4 : 1 + scene_below(&random, 500);
        fill(matrix, rows * columns, 1 - seed % 2, 5 + scene_below(&random, 40), &random);
        bool active_rows[LARGE] = {false}, active_columns[LARGE] = {false};
        bool *active[2] = {active_rows, active_columns};
        const seg_matching_graph graph = {
            .count = {rows, columns}, .most_edges = LARGE, .edges = edges_of, .context = &g};
        seg_scratch scratch;
        seg_matching m;
        seg_scratch_init(&scratch, NULL);
        ck_assert_ok(seg_matching_init(&m, &graph, unpaired, &scratch));
        for (int step = 0; step < 30; step++) {
            const uint32_t changes = scene_below(&random, step % 5 ? 4 : 40);
            for (uint32_t k = 0; k < changes; k++) {
                const int32_t side = (int32_t)scene_below(&random, 2);
                const int32_t node =
                    (int32_t)scene_below(&random, side ? (uint32_t)columns : (uint32_t)rows);
                if (active[side][node])
                    seg_matching_deactivate(&m, side, node);
                else
                    seg_matching_activate(&m, side, node);
                active[side][node] = !active[side][node];
            }
            ck_assert_ok(seg_matching_solve(&m));
            const bool *const_active[2] = {active_rows, active_columns};
            ck_assert(kept(&m, &g, const_active) == afresh(&g, const_active, unpaired));
        }
        seg_scratch_free(&scratch);
    }
}
END_TEST

START_TEST(refusals_and_memory) {
    const int32_t starts[] = {0, 2, 3}, columns[] = {0, 1, 0};
    const int32_t down[] = {0, 2, 1}, far[] = {0, 2, 0};
    const double costs[] = {1, 7, 2}, bad[] = {1, INFINITY, 2};
    int32_t column_of[2];
#define SOLVE(...) seg_assignment_solve_sparse(column_of, __VA_ARGS__, NULL)
    ck_assert_fails(SOLVE(down, columns, costs, 2, 2, 1), SEG_ERROR_ARGUMENT, "at row 1");
    ck_assert_fails(SOLVE(starts, far, costs, 2, 2, 1), SEG_ERROR_ARGUMENT, "column 2");
    ck_assert_fails(SOLVE(starts, columns, bad, 2, 2, 1), SEG_ERROR_ARGUMENT, "item 1");
    ck_assert_fails(SOLVE(starts, columns, costs, 2, 2, NAN), SEG_ERROR_ARGUMENT, "unpaired");
    ck_assert_fails(SOLVE(starts, columns, costs, -2, 2, 1), SEG_ERROR_ARGUMENT, "-2 x 2");
    ck_assert_fails(SOLVE(NULL, columns, costs, 2, 2, 1), SEG_ERROR_ARGUMENT, "starts is missing");
    ck_assert_fails(SOLVE(starts, NULL, costs, 2, 2, 1), SEG_ERROR_ARGUMENT, "missing");
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 100 && status < 0; n++) {
        seg_memory_fail_at(n);
        status = SOLVE(starts, columns, costs, 2, 2, 5);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
}
END_TEST

CORE_MAIN("assignment_sparse", by_hand, against_all_ways, as_the_dense_one, ties_but_for_rounding,
          nodes_come_and_go, refusals_and_memory)
