/*
 * Linear assignment: pairs of rows and columns of least total cost.
 *
 * Shortest augmenting paths: R. Jonker and A. Volgenant, A shortest augmenting path algorithm for
 * dense and sparse linear assignment problems, Computing 38, 1987; in the form of D. F. Crouse, On
 * implementing 2D rectangular assignment algorithms, IEEE Transactions on Aerospace and Electronic
 * Systems 52, 2016. Row by row: Dijkstra's algorithm over the reduced costs cost(i, j) - u(i) -
 * v(j), which prices u and v keep at 0 or more, finds the cheapest way to pair one row more.
 *
 * Pairs that are not allowed: every row also has a column of its own at a price beyond all others,
 * which leaves it alone. Such prices are kept apart as whole numbers (`level`), compared first, so
 * that as many pairs as possible come before the least cost, without a "large number" that would
 * take digits from the costs.
 *
 * Cost: rows^2 * columns at most, rows being the fewer; memory of about 50 bytes a row or column,
 * and a copy of the costs where there are more rows than columns.
 */
#include <segment/geometry.h>

#include "core/check.h"
#include "core/memory.h"

#include <math.h>
#include <stdbool.h>

#define LARGEST 1e200 /* sums of costs stay finite */

/* A price: so many times beyond all costs, and the rest. */
typedef struct price {
    int32_t level;
    double rest;
} price;

static inline price plus(price a, price b) {
    return (price){a.level + b.level, a.rest + b.rest};
}

static inline price minus(price a, price b) {
    return (price){a.level - b.level, a.rest - b.rest};
}

static inline bool below(price a, price b) {
    return a.level < b.level || (a.level == b.level && a.rest < b.rest);
}

static const price alone = {1, 0};
static const price nowhere = {INT32_MAX, INFINITY};

/* Prices of rows or columns. */
typedef struct prices {
    double *rest;
    int32_t *level;
} prices;

static inline price get(prices list, int32_t i) {
    return (price){list.level[i], list.rest[i]};
}

static inline void set(prices list, int32_t i, price value) {
    list.level[i] = value.level;
    list.rest[i] = value.rest;
}

typedef struct solver {
    const double *costs;
    int32_t rows, columns; /* rows <= columns */
    prices u, v;
    bool leveled;                /* any of them is not of level 0 */
    int32_t *column_of, *row_of; /* -1 = none */
    /* of the search from a row: how far columns are, over which row, and which are not settled */
    prices distance;
    int32_t *way;
    int32_t *open, open_count;
    int32_t *tree, tree_count; /* settled columns, in order */
} solver;

/* Ways over `row`, which is `so_far` away, to all open columns; returns the nearest one's place in
 * the list of open ones, a free one if there are several. */
static inline int32_t look(solver *s, int32_t row, price so_far, bool leveled) {
    const double *costs = s->costs + (size_t)row * (size_t)s->columns;
    const price base = minus(so_far, get(s->u, row));
    price least = nowhere;
    int32_t nearest = 0;
    for (int32_t i = 0; i < s->open_count; i++) {
        const int32_t j = s->open[i];
        price there = {0, base.rest + (costs[j] - s->v.rest[j])};
        price now = {0, s->distance.rest[j]};
        if (leveled) {
            there.level = costs[j] < INFINITY ? base.level - s->v.level[j] : nowhere.level;
            now.level = s->distance.level[j];
        }
        if (below(there, now)) {
            now = there;
            set(s->distance, j, there);
            s->way[j] = row;
        }
        if (below(now, least) || (!below(least, now) && s->row_of[j] < 0)) {
            least = now;
            nearest = i;
        }
    }
    return nearest;
}

/* Rows and columns that were settled become as near as the end. */
static void reprice(solver *s, int32_t start, price end) {
    s->leveled |= end.level != 0;
    set(s->u, start, plus(get(s->u, start), end));
    for (int32_t i = 0; i < s->tree_count; i++) {
        const int32_t j = s->tree[i], row = s->row_of[j];
        const price more = minus(end, get(s->distance, j));
        set(s->v, j, minus(get(s->v, j), more));
        set(s->u, row, plus(get(s->u, row), more));
    }
}

/* Along the way back from a column, rows take the column that they were reached over. */
static void augment(solver *s, int32_t start, int32_t column) {
    for (int32_t row = -1; row != start;) {
        row = s->way[column];
        const int32_t before = s->column_of[row];
        s->column_of[row] = column;
        s->row_of[column] = row;
        column = before;
    }
}

/* Pairs `start`, or leaves alone the row that is cheapest to leave alone. */
static void pair(solver *s, int32_t start) {
    int32_t row = start, left_alone = start;
    price so_far = {0, 0}, end = minus(alone, get(s->u, start));
    s->tree_count = 0;
    s->open_count = s->columns;
    for (int32_t j = 0; j < s->columns; j++) {
        s->open[j] = j;
        set(s->distance, j, nowhere);
    }
    while (s->open_count > 0) {
        const int32_t place = s->leveled ? look(s, row, so_far, true) : look(s, row, so_far, false);
        const int32_t column = s->open[place];
        if (below(end, get(s->distance, column))) break;
        s->open[place] = s->open[--s->open_count];
        so_far = get(s->distance, column);
        row = s->row_of[column];
        if (row < 0) {
            reprice(s, start, so_far);
            augment(s, start, column);
            return;
        }
        s->tree[s->tree_count++] = column;
        const price here = minus(plus(so_far, alone), get(s->u, row));
        if (!below(here, end)) continue;
        end = here;
        left_alone = row;
    }
    reprice(s, start, end);
    if (left_alone == start) return;
    const int32_t column = s->column_of[left_alone];
    s->column_of[left_alone] = -1;
    augment(s, start, column);
}

static seg_status take_prices(prices *list, size_t count, seg_scratch *scratch) {
    list->rest = seg_scratch_take(scratch, count, sizeof *list->rest, "prices");
    list->level = seg_scratch_take(scratch, count, sizeof *list->level, "prices");
    if (!list->rest || !list->level) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        set(*list, (int32_t)i, (price){0, 0});
    return SEG_OK;
}

static seg_status solve(solver *s, seg_scratch *scratch) {
    const size_t rows = (size_t)s->rows, columns = (size_t)s->columns;
    SEG_TRY(take_prices(&s->u, rows, scratch));
    SEG_TRY(take_prices(&s->v, columns, scratch));
    SEG_TRY(take_prices(&s->distance, columns, scratch));
    s->column_of = seg_scratch_take(scratch, rows, sizeof *s->column_of, "pairs");
    s->row_of = seg_scratch_take(scratch, columns, sizeof *s->row_of, "pairs");
    s->way = seg_scratch_take(scratch, columns, sizeof *s->way, "ways");
    s->open = seg_scratch_take(scratch, columns, sizeof *s->open, "columns");
    s->tree = seg_scratch_take(scratch, columns, sizeof *s->tree, "columns");
    if (!s->column_of || !s->row_of || !s->way || !s->open || !s->tree) return SEG_ERROR_MEMORY;
    for (size_t j = 0; j < columns; j++)
        s->row_of[j] = -1;
    for (size_t i = 0; i < rows; i++)
        s->column_of[i] = -1;
    for (int32_t i = 0; i < s->rows; i++)
        pair(s, i);
    return SEG_OK;
}

/* The rows are the fewer: costs as they are, or the other way round. */
static seg_status solve_any(int32_t *column_of, const double *costs, int32_t rows, int32_t columns,
                            seg_scratch *scratch) {
    solver s = {.costs = costs, .rows = rows, .columns = columns};
    if (rows <= columns) {
        SEG_TRY(solve(&s, scratch));
        for (int32_t i = 0; i < rows; i++)
            column_of[i] = s.column_of[i];
        return SEG_OK;
    }
    double *turned =
        seg_scratch_take(scratch, (size_t)rows * (size_t)columns, sizeof *turned, "costs");
    if (!turned) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < rows; i++)
        for (int32_t j = 0; j < columns; j++)
            turned[(size_t)j * (size_t)rows + (size_t)i] =
                costs[(size_t)i * (size_t)columns + (size_t)j];
    s = (solver){.costs = turned, .rows = columns, .columns = rows};
    SEG_TRY(solve(&s, scratch));
    for (int32_t i = 0; i < rows; i++)
        column_of[i] = s.row_of[i];
    return SEG_OK;
}

static seg_status check(const int32_t *column_of, const double *costs, int32_t rows,
                        int32_t columns) {
    if (rows < 0 || columns < 0)
        return seg_fail(SEG_ERROR_ARGUMENT, "costs are %ld x %ld (at least 0 x 0)", (long)rows,
                        (long)columns);
    if (rows > 0 && (!column_of || (columns > 0 && !costs)))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        column_of ? "costs" : "column_of");
    const size_t count = (size_t)rows * (size_t)columns;
    for (size_t i = 0; i < count; i++)
        if (!(fabs(costs[i]) <= LARGEST || costs[i] == INFINITY))
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "the cost of row %zu, column %zu is %g (allowed: -1e200 to 1e200, or "
                            "INFINITY for two that may not be paired)",
                            i / (size_t)columns, i % (size_t)columns, costs[i]);
    return SEG_OK;
}

seg_status seg_assignment_solve(int32_t *column_of, const double *costs, int32_t rows,
                                int32_t columns, const seg_env *env) {
    SEG_TRY(check(column_of, costs, rows, columns));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = solve_any(column_of, costs, rows, columns, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
