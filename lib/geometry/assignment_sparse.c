/*
 * Sparse assignment by shortest augmenting paths from either side, warm or cold.
 *
 * Nodes have prices with price(a) + price(b) <= cost(a, b), equal for pairs, and never above
 * `unpaired`, which is what unpaired nodes have: then no pairs are cheaper (linear programming
 * duality). A node that comes takes the highest price that its edges leave it; one that goes leaves
 * its mate with the price it had. Unpaired nodes with less than `unpaired` wait; for each in turn,
 * Dijkstra's algorithm over the reduced costs cost - price - price finds what is cheapest: pairing
 * it by an alternating path to an unpaired node of the other side, or leaving unpaired instead some
 * node of its own side that the tree has reached. All other prices and pairs stay.
 *
 * Cost: a search settles the nodes that are nearer than its end; where few nodes come and go, these
 * are few.
 */
#include "geometry/assignment_sparse.h"

#include "core/check.h"

#include <math.h>
#include <string.h>

#define LARGEST 1e200 /* sums of costs stay finite */

typedef struct seg_matching_way {
    double distance;
    int32_t node;
} seg_matching_way;

seg_status seg_matching_init(seg_matching *m, const seg_matching_graph *graph, double unpaired,
                             seg_scratch *scratch) {
    *m = (seg_matching){.graph = *graph, .unpaired = unpaired, .scratch = scratch};
    for (int32_t side = 0; side < 2; side++) {
        const size_t count = (size_t)graph->count[side];
        m->nodes[side] = seg_scratch_take(scratch, count, sizeof **m->nodes, "nodes");
        m->waiting[side] = seg_scratch_take(scratch, count, sizeof **m->waiting, "nodes");
        if (!m->nodes[side] || !m->waiting[side]) return SEG_ERROR_MEMORY;
        for (size_t i = 0; i < count; i++)
            m->nodes[side][i] = (seg_matching_node){.mate = -1};
    }
    const int32_t most = graph->count[0] > graph->count[1] ? graph->count[0] : graph->count[1];
    m->edges =
        seg_scratch_take(scratch, (size_t)graph->most_edges, sizeof *m->edges, "edges of a node");
    m->settled = seg_scratch_take(scratch, (size_t)most, sizeof *m->settled, "settled nodes");
    return m->edges && m->settled ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- the queue of a search: a binary heap, nearest first, equally near ones by number ---- */

static inline bool nearer(seg_matching_way a, seg_matching_way b) {
    return a.distance < b.distance || (a.distance == b.distance && a.node < b.node);
}

/* Takes at most as many more ways as a node has edges. */
static seg_status make_room(seg_matching *m) {
    const int64_t needed = (int64_t)m->queue_count + m->graph.most_edges;
    if (needed <= m->queue_room) return SEG_OK;
    const size_t room = 2 * (size_t)needed;
    if (room > INT32_MAX) return seg_fail(SEG_ERROR_MEMORY, "too many edges");
    seg_matching_way *queue = seg_scratch_take(m->scratch, room, sizeof *queue, "ways");
    if (!queue) return SEG_ERROR_MEMORY;
    if (m->queue_count) memcpy(queue, m->queue, (size_t)m->queue_count * sizeof *queue);
    m->queue = queue;
    m->queue_room = (int32_t)room;
    return SEG_OK;
}

static void push(seg_matching *m, seg_matching_way way) {
    int32_t i = m->queue_count++;
    while (i > 0 && nearer(way, m->queue[(i - 1) / 2])) {
        m->queue[i] = m->queue[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    m->queue[i] = way;
}

static seg_matching_way pop(seg_matching *m) {
    const seg_matching_way first = m->queue[0], last = m->queue[--m->queue_count];
    int32_t i = 0;
    for (int32_t child = 1; child < m->queue_count; child = 2 * i + 1) {
        if (child + 1 < m->queue_count && nearer(m->queue[child + 1], m->queue[child])) child++;
        if (!nearer(m->queue[child], last)) break;
        m->queue[i] = m->queue[child];
        i = child;
    }
    m->queue[i] = last;
    return first;
}

/* ---- a search ---- */

/* How a search may end. */
typedef struct search_end {
    double distance; /* of leaving `node`, of the searching side, unpaired: the cheapest such way */
    int32_t node;
    double nearest_free; /* of an unpaired node of the other side that was seen */
} search_end;

/* Ways from a node of `side`, which is `so_far` away, to its neighbours that are no farther than
 * the end. */
static seg_status look_from(seg_matching *m, int32_t side, int32_t node, double so_far,
                            search_end *end) {
    SEG_TRY(make_room(m));
    const int32_t count = m->graph.edges(m->graph.context, side, node, m->edges);
    const double base = so_far - m->nodes[side][node].price;
    double farthest = end->distance < end->nearest_free ? end->distance : end->nearest_free;
    for (int32_t i = 0; i < count; i++) {
        seg_matching_node *other = &m->nodes[1 - side][m->edges[i].node];
        const double distance = base + m->edges[i].cost - other->price;
        if (distance > farthest || !other->active) continue;
        /* a nearer way than that of a settled node can only come from rounding */
        if (other->settled == m->search) continue;
        if (other->search == m->search && other->distance <= distance) continue;
        other->search = m->search;
        other->distance = distance;
        other->way = node;
        if (other->mate < 0) farthest = end->nearest_free = distance;
        push(m, (seg_matching_way){distance, m->edges[i].node});
    }
    return SEG_OK;
}

/* Nodes that were settled become as near as the end. */
static void reprice(seg_matching *m, int32_t side, int32_t start, int32_t settled, double end) {
    m->nodes[side][start].price += end;
    for (int32_t i = 0; i < settled; i++) {
        seg_matching_node *other = &m->nodes[1 - side][m->settled[i]];
        other->price -= end - other->distance;
        m->nodes[side][other->mate].price += end - other->distance;
    }
}

/* Along the way back from a node of the other side, nodes take the mate that they were reached
 * over. */
static void augment(seg_matching *m, int32_t side, int32_t start, int32_t last) {
    for (int32_t node = -1; node != start;) {
        node = m->nodes[1 - side][last].way;
        const int32_t before = m->nodes[side][node].mate;
        m->nodes[side][node].mate = last;
        m->nodes[1 - side][last].mate = node;
        last = before;
    }
}

/* Pairs `start` or leaves a node of its side unpaired, whatever is cheaper. */
static seg_status search(seg_matching *m, int32_t side, int32_t start) {
    search_end end = {m->unpaired - m->nodes[side][start].price, start, INFINITY};
    int32_t settled = 0;
    m->search++;
    m->queue_count = 0;
    SEG_TRY(look_from(m, side, start, 0, &end));
    while (m->queue_count > 0) {
        const seg_matching_way way = pop(m);
        seg_matching_node *other = &m->nodes[1 - side][way.node];
        if (way.distance > other->distance) continue; /* a nearer way was found */
        if (way.distance > end.distance) break;
        if (other->mate < 0) {
            reprice(m, side, start, settled, way.distance);
            augment(m, side, start, way.node);
            return SEG_OK;
        }
        other->settled = m->search;
        m->settled[settled++] = way.node;
        const double here = way.distance + m->unpaired - m->nodes[side][other->mate].price;
        if (here < end.distance) {
            end.distance = here;
            end.node = other->mate;
        }
        SEG_TRY(look_from(m, side, other->mate, way.distance, &end));
    }
    reprice(m, side, start, settled, end.distance);
    const int32_t last = m->nodes[side][end.node].mate;
    m->nodes[side][end.node].mate = -1;
    m->nodes[side][end.node].price = m->unpaired; /* but for rounding it is already */
    if (end.node == start) return SEG_OK;
    augment(m, side, start, last);
    return SEG_OK;
}

/* ---- nodes that come and go ---- */

static void make_wait(seg_matching *m, int32_t side, int32_t node) {
    if (m->nodes[side][node].waiting) return;
    m->nodes[side][node].waiting = true;
    m->waiting[side][m->waiting_count[side]++] = node;
}

void seg_matching_activate(seg_matching *m, int32_t side, int32_t node) {
    const int32_t count = m->graph.edges(m->graph.context, side, node, m->edges);
    double price = m->unpaired;
    for (int32_t i = 0; i < count; i++) {
        const seg_matching_node *other = &m->nodes[1 - side][m->edges[i].node];
        const double most = m->edges[i].cost - other->price;
        if (other->active && most < price) price = most;
    }
    m->nodes[side][node].active = true;
    m->nodes[side][node].price = price;
    if (price < m->unpaired) make_wait(m, side, node);
}

void seg_matching_deactivate(seg_matching *m, int32_t side, int32_t node) {
    seg_matching_node *gone = &m->nodes[side][node];
    gone->active = false;
    if (gone->mate < 0) return;
    m->nodes[1 - side][gone->mate].mate = -1;
    make_wait(m, 1 - side, gone->mate);
    gone->mate = -1;
}

seg_status seg_matching_solve(seg_matching *m) {
    for (int32_t side = 0; side < 2; side++) {
        for (int32_t i = 0; i < m->waiting_count[side]; i++) {
            seg_matching_node *node = &m->nodes[side][m->waiting[side][i]];
            node->waiting = false;
            if (node->active && node->mate < 0 && node->price < m->unpaired)
                SEG_TRY(search(m, side, m->waiting[side][i]));
        }
        m->waiting_count[side] = 0;
    }
    return SEG_OK;
}

/* ---- once, for callers ---- */

typedef struct row_lists {
    const int32_t *starts, *columns;
    const double *costs;
} row_lists;

/* Only rows are searched from, so only they need their edges. */
static int32_t edges_of_row(const void *context, int32_t side, int32_t node,
                            seg_matching_edge *edges) {
    const row_lists *lists = context;
    if (side == 1) return 0;
    const int32_t first = lists->starts[node], count = lists->starts[node + 1] - first;
    for (int32_t i = 0; i < count; i++)
        edges[i] = (seg_matching_edge){lists->columns[first + i], lists->costs[first + i]};
    return count;
}

static seg_status check(const int32_t *column_of, const row_lists *lists, int32_t rows,
                        int32_t columns, double unpaired) {
    if (rows < 0 || columns < 0)
        return seg_fail(SEG_ERROR_ARGUMENT, "costs are %ld x %ld (at least 0 x 0)", (long)rows,
                        (long)columns);
    if (!(fabs(unpaired) <= LARGEST))
        return seg_fail(SEG_ERROR_ARGUMENT, "unpaired is %g (allowed: -1e200 to 1e200)", unpaired);
    if (rows == 0) return SEG_OK;
    if (!column_of || !lists->starts)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        column_of ? "starts" : "column_of");
    for (int32_t r = 0; r < rows; r++)
        if (lists->starts[0] != 0 || lists->starts[r + 1] < lists->starts[r])
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "starts go from %ld to %ld at row %ld (allowed: from 0 on, never down)",
                            (long)lists->starts[r], (long)lists->starts[r + 1], (long)r);
    if (lists->starts[rows] > 0 && (!lists->columns || !lists->costs))
        return seg_fail(SEG_ERROR_ARGUMENT, "columns_of_rows or costs is missing (NULL)");
    for (int32_t i = 0; i < lists->starts[rows]; i++)
        if (lists->columns[i] < 0 || lists->columns[i] >= columns ||
            !(fabs(lists->costs[i]) <= LARGEST))
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "item %ld is column %ld at a cost of %g (allowed: columns up to %ld, "
                            "costs within +-1e200)",
                            (long)i, (long)lists->columns[i], lists->costs[i], (long)columns - 1);
    return SEG_OK;
}

static seg_status solve_once(int32_t *column_of, const row_lists *lists, int32_t rows,
                             int32_t columns, double unpaired, seg_scratch *scratch) {
    seg_matching_graph graph = {.count = {rows, columns}, .edges = edges_of_row, .context = lists};
    for (int32_t r = 0; r < rows; r++) {
        const int32_t count = lists->starts[r + 1] - lists->starts[r];
        if (count > graph.most_edges) graph.most_edges = count;
    }
    seg_matching m;
    SEG_TRY(seg_matching_init(&m, &graph, unpaired, scratch));
    /* a search goes along an edge once */
    m.queue_room = rows > 0 ? lists->starts[rows] + graph.most_edges : 0;
    m.queue = seg_scratch_take(scratch, (size_t)m.queue_room, sizeof *m.queue, "ways");
    if (!m.queue) return SEG_ERROR_MEMORY;
    for (int32_t c = 0; c < columns; c++)
        seg_matching_activate(&m, 1, c);
    for (int32_t r = 0; r < rows; r++)
        seg_matching_activate(&m, 0, r);
    SEG_TRY(seg_matching_solve(&m));
    for (int32_t r = 0; r < rows; r++)
        column_of[r] = seg_matching_mate(&m, 0, r);
    return SEG_OK;
}

seg_status seg_assignment_solve_sparse_in(seg_scratch *scratch, int32_t *column_of,
                                          const int32_t *starts, const int32_t *columns_of_rows,
                                          const double *costs, int32_t rows, int32_t columns,
                                          double unpaired) {
    const row_lists lists = {starts, columns_of_rows, costs};
    SEG_TRY(check(column_of, &lists, rows, columns, unpaired));
    return solve_once(column_of, &lists, rows, columns, unpaired, scratch);
}

seg_status seg_assignment_solve_sparse(int32_t *column_of, const int32_t *starts,
                                       const int32_t *columns_of_rows, const double *costs,
                                       int32_t rows, int32_t columns, double unpaired,
                                       const seg_env *env) {
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_assignment_solve_sparse_in(
        &scratch, column_of, starts, columns_of_rows, costs, rows, columns, unpaired);
    seg_scratch_free(&scratch);
    return status;
}
