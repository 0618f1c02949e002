/* Sparse assignment whose nodes come and go: what is left of the last solution is kept. */
#ifndef SEG_GEOMETRY_ASSIGNMENT_SPARSE_H
#define SEG_GEOMETRY_ASSIGNMENT_SPARSE_H

#include "core/memory.h"
#include <segment/geometry.h>
#include <stdbool.h>

/** A node of the other side that a node may be paired with. */
typedef struct seg_matching_edge {
    int32_t node;
    double cost;
} seg_matching_edge;

/** The two sides of a bipartite graph, their nodes numbered from 0. */
typedef struct seg_matching_graph {
    int32_t count[2];
    int32_t most_edges; /* of a node */
    /** Writes the edges of a node to active nodes of the other side; returns how many. Edges to
     *  inactive ones may be among them. */
    int32_t (*edges)(const void *context, int32_t side, int32_t node, seg_matching_edge *edges);
    const void *context;
} seg_matching_graph;

typedef struct seg_matching_node {
    double price;    /* of an unpaired node at rest: `unpaired` */
    double distance; /* in search number `search` */
    int32_t mate;    /* -1 = none */
    int32_t way;     /* the node before in that search */
    uint32_t search;
    uint32_t settled; /* the last search in which its distance became final */
    bool active, waiting;
} seg_matching_node;

/**
 * Pairs of least cost between active nodes, each unpaired one of which costs `unpaired`: two are
 * paired if that costs no more than twice as much. All nodes are inactive at first. Memory is the
 * scratch's.
 */
typedef struct seg_matching {
    seg_matching_graph graph;
    double unpaired;
    seg_matching_node *nodes[2];
    seg_matching_edge *edges;
    struct seg_matching_way *queue;
    int32_t queue_count, queue_room;
    int32_t *settled; /* nodes of the other side, in the order of their distance */
    int32_t *waiting[2], waiting_count[2]; /* unpaired nodes that have to be looked at */
    uint32_t search;
    seg_scratch *scratch;
} seg_matching;

SEG_NODISCARD seg_status seg_matching_init(seg_matching *matching, const seg_matching_graph *graph,
                                           double unpaired, seg_scratch *scratch);

/** The graph's edges must already tell of the nodes that are active after this. */
void seg_matching_activate(seg_matching *matching, int32_t side, int32_t node);

/** Its mate, if any, has to look for another one. */
void seg_matching_deactivate(seg_matching *matching, int32_t side, int32_t node);

/** Finds the best pairs. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_matching_solve(seg_matching *matching);

static inline int32_t seg_matching_mate(const seg_matching *matching, int32_t side, int32_t node) {
    return matching->nodes[side][node].mate;
}

/** As seg_assignment_solve_sparse, with memory of the scratch. */
SEG_NODISCARD seg_status seg_assignment_solve_sparse_in(seg_scratch *scratch, int32_t *column_of,
                                                        const int32_t *starts,
                                                        const int32_t *columns_of_rows,
                                                        const double *costs, int32_t rows,
                                                        int32_t columns, double unpaired);

#endif
