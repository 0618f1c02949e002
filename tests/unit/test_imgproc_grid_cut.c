/* Minimum cuts against the plainest flow algorithm: shortest paths one after the other. */
#include "imgproc/grid_cut.h"

#include "shapes.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MOST 100

/* A dense graph of at most MOST nodes, the source and the sink. */
typedef struct flow_graph {
    int32_t nodes; /* source = nodes, sink = nodes + 1 */
    int64_t capacity[MOST + 2][MOST + 2];
} flow_graph;

static flow_graph graph;

/* Nodes that the source reaches; parent of each, or -1. */
static void reach(int32_t *parent) {
    int32_t queue[MOST + 2], first = 0, count = 0;
    for (int32_t i = 0; i < graph.nodes + 2; i++)
        parent[i] = -1;
    queue[count++] = graph.nodes;
    parent[graph.nodes] = graph.nodes;
    while (first < count) {
        const int32_t i = queue[first++];
        for (int32_t j = 0; j < graph.nodes + 2; j++) {
            if (parent[j] >= 0 || graph.capacity[i][j] == 0) continue;
            parent[j] = i;
            queue[count++] = j;
        }
    }
}

static void plain_cut(bool *source) {
    int32_t parent[MOST + 2];
    const int32_t sink = graph.nodes + 1;
    for (reach(parent); parent[sink] >= 0; reach(parent)) {
        int64_t flow = INT64_MAX;
        for (int32_t i = sink; i != graph.nodes; i = parent[i])
            if (graph.capacity[parent[i]][i] < flow) flow = graph.capacity[parent[i]][i];
        for (int32_t i = sink; i != graph.nodes; i = parent[i]) {
            graph.capacity[parent[i]][i] -= flow;
            graph.capacity[i][parent[i]] += flow;
        }
    }
    for (int32_t i = 0; i < graph.nodes; i++)
        source[i] = parent[i] >= 0;
}

typedef struct grid_case {
    int32_t width, height;
    int32_t edges[MOST][4]; /* towards the directions 0 .. 3 */
    int32_t terminals[MOST];
} grid_case;

static bool neighbour(const grid_case *grid, int32_t i, int d, int32_t *other) {
    const int32_t x = i % grid->width + seg_cut_dx[d], y = i / grid->width + seg_cut_dy[d];
    *other = y * grid->width + x;
    return x >= 0 && y >= 0 && x < grid->width && y < grid->height;
}

static void plain_solution(const grid_case *grid, bool *source) {
    int32_t other;
    memset(&graph, 0, sizeof graph);
    graph.nodes = grid->width * grid->height;
    for (int32_t i = 0; i < graph.nodes; i++) {
        for (int d = 0; d < 4; d++)
            if (neighbour(grid, i, d, &other))
                graph.capacity[i][other] = graph.capacity[other][i] = grid->edges[i][d];
        if (grid->terminals[i] > 0) graph.capacity[graph.nodes][i] = grid->terminals[i];
        if (grid->terminals[i] < 0) graph.capacity[i][graph.nodes + 1] = -grid->terminals[i];
    }
    plain_cut(source);
}

static int32_t node_of(const seg_grid_cut *cut, const grid_case *grid, int32_t i) {
    return seg_grid_cut_index(cut, i % grid->width, i / grid->width);
}

static void build(seg_grid_cut *cut, const grid_case *grid) {
    int32_t other;
    for (int32_t i = 0; i < grid->width * grid->height; i++) {
        for (int d = 0; d < 4; d++)
            if (neighbour(grid, i, d, &other))
                seg_grid_cut_join(cut, node_of(cut, grid, i), d, grid->edges[i][d]);
        seg_grid_cut_pull(cut, node_of(cut, grid, i), grid->terminals[i]);
    }
}

static void compare(const seg_grid_cut *cut, const grid_case *grid, int trial, int round) {
    bool expected[MOST];
    plain_solution(grid, expected);
    for (int32_t i = 0; i < grid->width * grid->height; i++)
        ck_assert_msg(seg_grid_cut_source(cut, node_of(cut, grid, i)) == expected[i],
                      "trial %d, round %d: node %d of %d x %d", trial, round, (int)i,
                      (int)grid->width, (int)grid->height);
}

START_TEST(test_three_in_a_row) {
    seg_scratch scratch;
    seg_grid_cut cut;
    seg_scratch_init(&scratch, NULL);
    ck_assert_int_eq(seg_grid_cut_take(&cut, 3, 1, &scratch), SEG_OK);
    const int32_t a = seg_grid_cut_index(&cut, 0, 0);
    seg_grid_cut_pull(&cut, a, 10);
    seg_grid_cut_pull(&cut, a + 2, -10);
    seg_grid_cut_join(&cut, a, 0, 7);
    seg_grid_cut_join(&cut, a + 1, 0, 3); /* the cheaper edge is cut */
    seg_grid_cut_solve(&cut);
    ck_assert(seg_grid_cut_source(&cut, a));
    ck_assert(seg_grid_cut_source(&cut, a + 1));
    ck_assert(!seg_grid_cut_source(&cut, a + 2));
    /* now the one in the middle belongs to the sink: 3 + 5 > 7 */
    seg_grid_cut_pull(&cut, a + 1, -5);
    seg_grid_cut_solve(&cut);
    ck_assert(seg_grid_cut_source(&cut, a));
    ck_assert(!seg_grid_cut_source(&cut, a + 1));
    seg_scratch_free(&scratch);
}
END_TEST

/* Small capacities make ties and many saturated edges; zero ones make holes. */
START_TEST(test_equals_plain_flow) {
    shapes_random random = shapes_random_start(1);
    for (int trial = 0; trial < 300; trial++) {
        grid_case grid = {.width = 1 + (int32_t)shapes_below(&random, 10)};
        grid.height = 1 + (int32_t)shapes_below(&random, 10);
        const uint32_t largest = trial % 3 == 0 ? 3 : trial % 3 == 1 ? 20 : 1 << 20;
        seg_scratch scratch;
        seg_grid_cut cut;
        seg_scratch_init(&scratch, NULL);
        ck_assert_int_eq(seg_grid_cut_take(&cut, grid.width, grid.height, &scratch), SEG_OK);
        for (int32_t i = 0; i < grid.width * grid.height; i++) {
            for (int d = 0; d < 4; d++)
                grid.edges[i][d] = (int32_t)shapes_below(&random, largest);
            grid.terminals[i] =
                (int32_t)shapes_below(&random, 4 * largest) - (int32_t)(2 * largest);
        }
        build(&cut, &grid);
        for (int round = 0; round < 4; round++) {
            seg_grid_cut_solve(&cut);
            compare(&cut, &grid, trial, round);
            /* other terminal links, the flow stays */
            for (int32_t i = 0; i < grid.width * grid.height; i++) {
                if (shapes_below(&random, 3)) continue;
                const int32_t now =
                    (int32_t)shapes_below(&random, 4 * largest) - (int32_t)(2 * largest);
                seg_grid_cut_pull(&cut, node_of(&cut, &grid, i), now - grid.terminals[i]);
                grid.terminals[i] = now;
            }
        }
        seg_scratch_free(&scratch);
    }
}
END_TEST

START_TEST(test_too_large) {
    seg_scratch scratch;
    seg_grid_cut cut;
    seg_scratch_init(&scratch, NULL);
    ck_assert_int_eq(seg_grid_cut_take(&cut, 1 << 20, 1 << 20, &scratch), SEG_ERROR_LIMIT);
    seg_scratch_free(&scratch);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("grid_cut");
    TCase *cases = tcase_create("grid_cut");
    tcase_add_test(cases, test_three_in_a_row);
    tcase_add_test(cases, test_equals_plain_flow);
    tcase_add_test(cases, test_too_large);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
