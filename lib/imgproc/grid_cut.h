/*
 * Minimum cuts of a picture: every pixel is a node with edges to its 8 neighbours and to one of two
 * terminals; the cheapest cut parts the nodes into those of the source and those of the sink.
 *
 * Y. Boykov, V. Kolmogorov, "An experimental comparison of min-cut/max-flow algorithms for energy
 * minimization in vision", IEEE Trans. PAMI 26(9), 2004. After a cut, terminal links may be changed
 * and the next cut goes on from the flow found so far: P. Kohli, P. Torr, "Dynamic graph cuts for
 * efficient inference in Markov random fields", IEEE Trans. PAMI 29(12), 2007.
 *
 * Capacities are whole numbers and the source's side is the smallest that any minimum cut has, so
 * the answer does not depend on the algorithm. 52 + 4 bytes a pixel.
 */
#ifndef SEG_IMGPROC_GRID_CUT_H
#define SEG_IMGPROC_GRID_CUT_H

#include "core/memory.h"

/** The 8 neighbours clockwise from the right; the opposite of d is d ^ 4. */
#define SEG_CUT_NEIGHBOURS 8
extern const int8_t seg_cut_dx[SEG_CUT_NEIGHBOURS], seg_cut_dy[SEG_CUT_NEIGHBOURS];

/** Largest capacity of an edge, and largest sum of terminal links of a node. */
#define SEG_CUT_MOST (1 << 26)

typedef struct seg_cut_node {
    int32_t capacity[SEG_CUT_NEIGHBOURS]; /* what is left towards each neighbour */
    int32_t excess;                       /* > 0: left from the source; < 0: left to the sink */
    int32_t distance;                     /* estimate of the steps to the terminal */
    uint32_t stamp;                       /* when `distance` was right */
    int32_t next_active;                  /* the queue of active nodes */
    int8_t tree, parent;
} seg_cut_node;

typedef struct seg_grid_cut {
    int32_t width, height;
    ptrdiff_t pitch; /* nodes from row to row; a border of nodes without edges lies around */
    ptrdiff_t step[SEG_CUT_NEIGHBOURS];
    seg_cut_node *nodes;
    int32_t *orphans; /* a ring with room for every node */
    int32_t orphan_first, orphan_count, orphan_room;
    int32_t active_first, active_last;
    uint32_t time;
} seg_grid_cut;

/** A graph of width x height nodes without edges, in scratch.
 *  Errors: SEG_ERROR_MEMORY, SEG_ERROR_LIMIT (more than 2^31 - 1 nodes with the border). */
SEG_NODISCARD seg_status seg_grid_cut_take(seg_grid_cut *cut, int32_t width, int32_t height,
                                           seg_scratch *scratch);

/** Node of a pixel inside. */
static inline int32_t seg_grid_cut_index(const seg_grid_cut *cut, int32_t x, int32_t y) {
    return (int32_t)((y + 1) * cut->pitch + x + 1);
}

/** An undirected edge from a node to its neighbour in a direction, which must be inside. Once for
 *  each pair, before the first cut; capacity 0 .. SEG_CUT_MOST. */
static inline void seg_grid_cut_join(seg_grid_cut *cut, int32_t node, int direction,
                                     int32_t capacity) {
    cut->nodes[node].capacity[direction] = capacity;
    cut->nodes[node + cut->step[direction]].capacity[direction ^ 4] = capacity;
}

/** Adds to (capacity of the link from the source) - (capacity of the link to the sink). */
static inline void seg_grid_cut_pull(seg_grid_cut *cut, int32_t node, int32_t change) {
    cut->nodes[node].excess += change;
}

/** Finds the minimum cut of the graph as it is now. */
void seg_grid_cut_solve(seg_grid_cut *cut);

/** True if the node lies on the source's side. */
static inline bool seg_grid_cut_source(const seg_grid_cut *cut, int32_t node) {
    return cut->nodes[node].tree > 0;
}

#endif
