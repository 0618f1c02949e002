#include "evaluate/matching.h"

#include "core/check.h"
#include <segment/geometry.h>

#include <string.h>

/* The edges by a; to be unpaired costs nothing, to be paired less than that. */
typedef struct rows {
    int32_t *starts, *columns, *edges;
    double *costs;
} rows;

static seg_status take(rows *r, int32_t a_count, int32_t edge_count, seg_scratch *scratch) {
    const size_t count = (size_t)edge_count, starts = (size_t)a_count + 1;
    r->starts = seg_scratch_take(scratch, starts, sizeof *r->starts, "a matching");
    r->columns = seg_scratch_take(scratch, count, sizeof *r->columns, "a matching");
    r->edges = seg_scratch_take(scratch, count, sizeof *r->edges, "a matching");
    r->costs = seg_scratch_take(scratch, count, sizeof *r->costs, "a matching");
    if (!r->starts || !r->columns || !r->edges || !r->costs) return SEG_ERROR_MEMORY;
    memset(r->starts, 0, starts * sizeof *r->starts);
    return SEG_OK;
}

static void fill(const rows *r, const seg_edge *edges, int32_t edge_count, int32_t a_count) {
    for (int32_t i = 0; i < edge_count; i++)
        r->starts[edges[i].a]++;
    for (int32_t a = 0, sum = 0; a <= a_count; a++) /* where rows end: filled from behind */
        r->starts[a] = a < a_count ? sum += r->starts[a] : sum;
    for (int32_t i = edge_count - 1; i >= 0; i--) {
        const int32_t place = --r->starts[edges[i].a];
        r->columns[place] = edges[i].b;
        r->edges[place] = i;
        r->costs[place] = -edges[i].weight;
    }
}

seg_status seg_matching_heaviest(int32_t *chosen, const seg_edge *edges, int32_t edge_count,
                                 int32_t a_count, int32_t b_count, seg_scratch *scratch) {
    rows r;
    seg_scratch_rewind(scratch);
    SEG_TRY(take(&r, a_count, edge_count, scratch));
    fill(&r, edges, edge_count, a_count);
    SEG_TRY(seg_assignment_solve_sparse(chosen, r.starts, r.columns, r.costs, a_count, b_count, 0,
                                        &scratch->env));
    for (int32_t a = 0; a < a_count; a++) {
        int32_t i = r.starts[a];
        while (i < r.starts[a + 1] && r.columns[i] != chosen[a])
            i++;
        chosen[a] = i < r.starts[a + 1] ? r.edges[i] : -1;
    }
    return SEG_OK;
}
