#include "evaluate/matching.h"

#include "core/check.h"
#include <segment/geometry.h>

#include <string.h>

/* The graph: nodes 0 .. a_count-1 are the a's, the b's follow. */
typedef struct graph {
    const seg_edge *edges;
    int32_t edge_count, a_count, node_count;
    int32_t *parents;  /* union-find; later the root */
    int32_t *place;    /* of a node in its component, among a's or among b's */
    int32_t *order;    /* edges by component */
    int32_t *starts;   /* of each root: its first edge in order, and one more */
    int32_t *sizes[2]; /* of each root: its a's and b's */
} graph;

static int32_t root_of(int32_t *parents, int32_t node) {
    while (parents[node] != node) {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    return node;
}

static seg_status take(graph *g, seg_scratch *scratch) {
    const size_t nodes = (size_t)g->node_count, edges = (size_t)g->edge_count;
    g->parents = seg_scratch_take(scratch, nodes, sizeof *g->parents, "a matching");
    g->place = seg_scratch_take(scratch, nodes, sizeof *g->place, "a matching");
    g->order = seg_scratch_take(scratch, edges, sizeof *g->order, "a matching");
    g->starts = seg_scratch_take(scratch, nodes + 2, sizeof *g->starts, "a matching");
    for (int side = 0; side < 2; side++) {
        g->sizes[side] = seg_scratch_take(scratch, nodes, sizeof *g->sizes[side], "a matching");
        if (!g->sizes[side]) return SEG_ERROR_MEMORY;
        memset(g->sizes[side], 0, nodes * sizeof *g->sizes[side]);
    }
    return g->parents && g->place && g->order && g->starts ? SEG_OK : SEG_ERROR_MEMORY;
}

static void find_components(graph *g) {
    for (int32_t i = 0; i < g->node_count; i++)
        g->parents[i] = i;
    for (int32_t i = 0; i < g->edge_count; i++) {
        const int32_t a = root_of(g->parents, g->edges[i].a);
        const int32_t b = root_of(g->parents, g->a_count + g->edges[i].b);
        if (a < b)
            g->parents[b] = a;
        else
            g->parents[a] = b;
    }
    memset(g->starts, 0, ((size_t)g->node_count + 2) * sizeof *g->starts);
    for (int32_t i = 0; i < g->node_count; i++) {
        const int32_t root = g->parents[i] = root_of(g->parents, i);
        g->place[i] = g->sizes[i >= g->a_count][root]++;
    }
    /* edges by counting; starts[root + 2] counts, then starts[root + 1] moves to the end */
    for (int32_t i = 0; i < g->edge_count; i++)
        g->starts[g->parents[g->edges[i].a] + 2]++;
    for (int32_t i = 0; i < g->node_count; i++)
        g->starts[i + 2] += g->starts[i + 1];
    for (int32_t i = 0; i < g->edge_count; i++)
        g->order[g->starts[g->parents[g->edges[i].a] + 1]++] = i;
}

/* The component of `root` as a dense matrix of costs. */
static seg_status solve(int32_t *chosen, const graph *g, int32_t root, double *costs,
                        int32_t *column_of, const seg_env *env) {
    const int32_t rows = g->sizes[0][root], columns = g->sizes[1][root];
    const int32_t *first = g->order + g->starts[root], *end = g->order + g->starts[root + 1];
    memset(costs, 0, (size_t)rows * (size_t)columns * sizeof *costs);
    for (const int32_t *i = first; i < end; i++) {
        const seg_edge *edge = &g->edges[*i];
        costs[(size_t)g->place[edge->a] * (size_t)columns +
              (size_t)g->place[g->a_count + edge->b]] = -edge->weight;
    }
    SEG_TRY(seg_assignment_solve(column_of, costs, rows, columns, env));
    for (const int32_t *i = first; i < end; i++) {
        const seg_edge *edge = &g->edges[*i];
        if (column_of[g->place[edge->a]] == g->place[g->a_count + edge->b]) chosen[edge->a] = *i;
    }
    return SEG_OK;
}

seg_status seg_matching_heaviest(int32_t *chosen, const seg_edge *edges, int32_t edge_count,
                                 int32_t a_count, int32_t b_count, seg_scratch *scratch) {
    for (int32_t a = 0; a < a_count; a++)
        chosen[a] = -1;
    if (b_count > INT32_MAX - 2 - a_count)
        return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 items to match");
    seg_scratch_rewind(scratch);
    graph g = {edges, edge_count, a_count, a_count + b_count, NULL, NULL, NULL, NULL, {NULL}};
    SEG_TRY(take(&g, scratch));
    find_components(&g);
    size_t most_cells = 0;
    int32_t most_rows = 0;
    for (int32_t i = 0; i < g.node_count; i++) {
        const size_t cells = (size_t)g.sizes[0][i] * (size_t)g.sizes[1][i];
        if (cells > most_cells) most_cells = cells;
        if (cells && g.sizes[0][i] > most_rows) most_rows = g.sizes[0][i];
    }
    double *costs = seg_scratch_take(scratch, most_cells, sizeof *costs, "costs of pairs");
    int32_t *column_of =
        seg_scratch_take(scratch, (size_t)most_rows, sizeof *column_of, "a matching");
    if (!costs || !column_of) return SEG_ERROR_MEMORY;
    for (int32_t root = 0; root < g.node_count; root++) {
        const int32_t count = g.starts[root + 1] - g.starts[root];
        if (count == 1)
            chosen[edges[g.order[g.starts[root]]].a] = g.order[g.starts[root]];
        else if (count > 1)
            SEG_TRY(solve(chosen, &g, root, costs, column_of, &scratch->env));
    }
    return SEG_OK;
}
