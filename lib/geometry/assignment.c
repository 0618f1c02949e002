/*
 * Linear assignment by shortest augmenting paths (R. Jonker, A. Volgenant, Computing 38, 1987; D.
 * Crouse, "On implementing 2D rectangular assignment algorithms", IEEE Trans. AES 52(4), 2016).
 *
 * u and v are the dual prices of rows and columns: cost - u - v is never negative and 0 for pairs.
 * Each row in turn grows a tree of cheapest alternating paths, as Dijkstra does, until it reaches a
 * free column; prices are adapted so that the path costs nothing, and the pairs along it change.
 * Where there are more rows than columns, the columns look for rows.
 */
#include <segment/geometry.h>

#include "core/check.h"
#include "core/memory.h"

#include <math.h>

#define LARGEST 1e200 /* sums of costs stay finite */

typedef struct solver {
    const double *costs;
    int32_t rows, columns; /* rows <= columns: they may be the caller's columns and rows */
    size_t row_step, column_step;
    double *u, *v;
    double *distance;   /* of columns from the row that searches */
    int32_t *from;      /* row before the column on the shortest path */
    int32_t *column_of; /* of each row, -1 = none */
    int32_t *row_of;
    int32_t *open, open_count; /* columns outside the tree, in no order */
    int32_t *closed;           /* columns of the tree, in the order in which they came */
    seg_scratch scratch;
} solver;

static seg_status prepare(solver *s, const double *costs, int32_t rows, int32_t columns) {
    const bool turned = rows > columns;
    s->costs = costs;
    s->rows = turned ? columns : rows;
    s->columns = turned ? rows : columns;
    s->row_step = turned ? 1 : (size_t)columns;
    s->column_step = turned ? (size_t)columns : 1;
    const size_t m = (size_t)s->rows, n = (size_t)s->columns;
    s->u = seg_scratch_take(&s->scratch, m, sizeof *s->u, "an assignment");
    s->v = seg_scratch_take(&s->scratch, n, sizeof *s->v, "an assignment");
    s->distance = seg_scratch_take(&s->scratch, n, sizeof *s->distance, "an assignment");
    s->from = seg_scratch_take(&s->scratch, n, sizeof *s->from, "an assignment");
    s->column_of = seg_scratch_take(&s->scratch, m, sizeof *s->column_of, "an assignment");
    s->row_of = seg_scratch_take(&s->scratch, n, sizeof *s->row_of, "an assignment");
    s->open = seg_scratch_take(&s->scratch, n, sizeof *s->open, "an assignment");
    s->closed = seg_scratch_take(&s->scratch, n, sizeof *s->closed, "an assignment");
    if (!s->u || !s->v || !s->distance || !s->from || !s->column_of || !s->row_of || !s->open ||
        !s->closed)
        return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < m; i++) {
        s->u[i] = 0;
        s->column_of[i] = -1;
    }
    for (size_t j = 0; j < n; j++) {
        s->v[j] = 0;
        s->row_of[j] = -1;
    }
    return SEG_OK;
}

/* Looks from a row of the tree, `base` away from the root, at the columns outside; returns the
 * place in `open` of the nearest one, a free one if there are several. */
static int32_t look(solver *s, int32_t row, double base) {
    const double *costs = s->costs + (size_t)row * s->row_step;
    double nearest = INFINITY;
    int32_t place = 0;
    for (int32_t k = 0; k < s->open_count; k++) {
        const int32_t j = s->open[k];
        const double distance = base + (costs[(size_t)j * s->column_step] - s->u[row] - s->v[j]);
        if (distance < s->distance[j]) {
            s->distance[j] = distance;
            s->from[j] = row;
        }
        if (s->distance[j] < nearest || (s->distance[j] == nearest && s->row_of[j] < 0)) {
            nearest = s->distance[j];
            place = k;
        }
    }
    return place;
}

/* Grows the tree of `root` to a free column, which is returned; adapts the prices. */
static int32_t search(solver *s, int32_t root) {
    int32_t row = root, closed_count = 0, column;
    double base = 0;
    s->open_count = s->columns;
    for (int32_t j = 0; j < s->columns; j++) {
        s->open[j] = j;
        s->distance[j] = INFINITY;
    }
    for (;;) {
        const int32_t place = look(s, row, base);
        column = s->open[place];
        base = s->distance[column];
        if (s->row_of[column] < 0) break;
        s->open[place] = s->open[--s->open_count];
        s->closed[closed_count++] = column;
        row = s->row_of[column];
    }
    s->u[root] += base;
    for (int32_t k = 0; k < closed_count; k++) {
        const int32_t j = s->closed[k];
        s->u[s->row_of[j]] += base - s->distance[j];
        s->v[j] -= base - s->distance[j];
    }
    return column;
}

/* Changes the pairs along the path from a free column back to the root. */
static void augment(solver *s, int32_t column, int32_t root) {
    for (int32_t row = -1; row != root;) {
        row = s->from[column];
        s->row_of[column] = row;
        const int32_t next = s->column_of[row];
        s->column_of[row] = column;
        column = next;
    }
}

static seg_status solve(int32_t *column_of, const double *costs, int32_t rows, int32_t columns,
                        solver *s) {
    SEG_TRY(prepare(s, costs, rows, columns));
    for (int32_t i = 0; i < s->rows; i++)
        augment(s, search(s, i), i);
    const int32_t *result = rows > columns ? s->row_of : s->column_of;
    for (int32_t r = 0; r < rows; r++)
        column_of[r] = result[r];
    return SEG_OK;
}

seg_status seg_assignment_solve(int32_t *column_of, const double *costs, int32_t rows,
                                int32_t columns, const seg_env *env) {
    if (rows < 0 || columns < 0)
        return seg_fail(SEG_ERROR_ARGUMENT, "costs are %ld x %ld (at least 0 x 0)", (long)rows,
                        (long)columns);
    if (rows > 0 && (!column_of || (columns > 0 && !costs)))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        column_of ? "costs" : "column_of");
    const size_t count = (size_t)rows * (size_t)columns;
    for (size_t i = 0; i < count; i++)
        if (!(fabs(costs[i]) <= LARGEST))
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "the cost of row %zu, column %zu is %g (allowed: -1e200 to 1e200)",
                            i / (size_t)columns, i % (size_t)columns, costs[i]);
    solver s = {0};
    seg_scratch_init(&s.scratch, env);
    const seg_status status = solve(column_of, costs, rows, columns, &s);
    seg_scratch_free(&s.scratch);
    return status;
}
