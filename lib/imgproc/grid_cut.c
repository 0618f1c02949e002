/*
 * Two trees of nodes grow from the terminals along edges with capacity left; where they meet there
 * is a path, along which flow is pushed; nodes that it cuts off look for another parent in their
 * tree. Marks of time and distance (section 3.2.3 of the paper's code) keep the trees shallow.
 */
#include "imgproc/grid_cut.h"

#include "core/check.h"

#include <string.h>

const int8_t seg_cut_dx[SEG_CUT_NEIGHBOURS] = {1, 1, 0, -1, -1, -1, 0, 1};
const int8_t seg_cut_dy[SEG_CUT_NEIGHBOURS] = {0, 1, 1, 1, 0, -1, -1, -1};

enum { TREE_SINK = -1, TREE_NONE = 0, TREE_SOURCE = 1 };
/* Parents: a direction, or one of these. */
enum { PARENT_TERMINAL = SEG_CUT_NEIGHBOURS, PARENT_ORPHAN, PARENT_NONE };

#define NOT_ACTIVE (-1)
#define FAR INT32_MAX

seg_status seg_grid_cut_take(seg_grid_cut *cut, int32_t width, int32_t height,
                             seg_scratch *scratch) {
    const int64_t nodes = ((int64_t)width + 2) * ((int64_t)height + 2);
    if (nodes > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "a graph of %ld x %ld pixels (at most 2^31 nodes)",
                        (long)width, (long)height);
    *cut = (seg_grid_cut){.width = width, .height = height, .pitch = (ptrdiff_t)width + 2};
    cut->nodes = seg_scratch_take(scratch, (size_t)nodes, sizeof *cut->nodes, "a graph");
    cut->orphan_room = (int32_t)nodes;
    cut->orphans = seg_scratch_take(scratch, (size_t)nodes, sizeof *cut->orphans, "a graph");
    if (!cut->nodes || !cut->orphans) return SEG_ERROR_MEMORY;
    memset(cut->nodes, 0, (size_t)nodes * sizeof *cut->nodes);
    for (int d = 0; d < SEG_CUT_NEIGHBOURS; d++)
        cut->step[d] = seg_cut_dy[d] * cut->pitch + seg_cut_dx[d];
    return SEG_OK;
}

/* ---- lists ---- */

static void activate(seg_grid_cut *cut, int32_t index) {
    seg_cut_node *node = &cut->nodes[index];
    if (node->next_active != NOT_ACTIVE) return;
    node->next_active = index; /* the last one points to itself */
    if (cut->active_first < 0)
        cut->active_first = index;
    else
        cut->nodes[cut->active_last].next_active = index;
    cut->active_last = index;
}

/* The next active node that still belongs to a tree, or -1. */
static int32_t take_active(seg_grid_cut *cut) {
    while (cut->active_first >= 0) {
        const int32_t index = cut->active_first;
        seg_cut_node *node = &cut->nodes[index];
        cut->active_first = node->next_active == index ? -1 : node->next_active;
        node->next_active = NOT_ACTIVE;
        if (node->tree != TREE_NONE) return index;
    }
    return -1;
}

/* A node is an orphan once at a time, so the ring never overflows. */
static void orphan(seg_grid_cut *cut, int32_t index) {
    cut->nodes[index].parent = PARENT_ORPHAN;
    int64_t place = (int64_t)cut->orphan_first + cut->orphan_count++;
    if (place >= cut->orphan_room) place -= cut->orphan_room;
    cut->orphans[place] = index;
}

static int32_t take_orphan(seg_grid_cut *cut) {
    const int32_t index = cut->orphans[cut->orphan_first];
    cut->orphan_first = cut->orphan_first + 1 == cut->orphan_room ? 0 : cut->orphan_first + 1;
    cut->orphan_count--;
    return index;
}

/* ---- growing ---- */

/* Capacity that is left between a node of `tree` and its neighbour, in the tree's direction of
 * flow: away from the source, towards the sink. */
static inline int32_t growing_capacity(const seg_cut_node *node, const seg_cut_node *neighbour,
                                       int direction, int tree) {
    return tree == TREE_SOURCE ? node->capacity[direction] : neighbour->capacity[direction ^ 4];
}

/* Takes the free neighbours of a node into its tree; the direction in which it meets the other
 * tree, or -1. */
static int grow_node(seg_grid_cut *cut, int32_t index) {
    seg_cut_node *node = &cut->nodes[index];
    const int tree = node->tree;
    for (int d = 0; d < SEG_CUT_NEIGHBOURS; d++) {
        seg_cut_node *neighbour = node + cut->step[d];
        if (growing_capacity(node, neighbour, d, tree) == 0) continue;
        if (neighbour->tree == TREE_NONE) {
            neighbour->tree = (int8_t)tree;
            neighbour->parent = (int8_t)(d ^ 4);
            neighbour->stamp = node->stamp;
            neighbour->distance = node->distance + 1;
            activate(cut, (int32_t)(neighbour - cut->nodes));
        } else if (neighbour->tree != tree) {
            return d;
        } else if (neighbour->stamp <= node->stamp && neighbour->distance > node->distance) {
            /* nearer to the terminal this way */
            neighbour->parent = (int8_t)(d ^ 4);
            neighbour->stamp = node->stamp;
            neighbour->distance = node->distance + 1;
        }
    }
    return -1;
}

/* ---- pushing flow ---- */

/* The least capacity from a node up to its terminal; `least` before. */
static int32_t bottleneck(const seg_grid_cut *cut, const seg_cut_node *node, int32_t least) {
    const int tree = node->tree;
    while (node->parent != PARENT_TERMINAL) {
        const int up = node->parent;
        const seg_cut_node *parent = node + cut->step[up];
        const int32_t capacity = growing_capacity(parent, node, up ^ 4, tree);
        least = capacity < least ? capacity : least;
        node = parent;
    }
    const int32_t terminal = tree == TREE_SOURCE ? node->excess : -node->excess;
    return terminal < least ? terminal : least;
}

/* Takes `flow` off the way from a node up to its terminal; what is cut off becomes orphans. */
static void push_up(seg_grid_cut *cut, seg_cut_node *node, int32_t flow) {
    const int tree = node->tree;
    while (node->parent != PARENT_TERMINAL) {
        const int up = node->parent;
        seg_cut_node *parent = node + cut->step[up];
        int32_t *along = tree == TREE_SOURCE ? &parent->capacity[up ^ 4] : &node->capacity[up];
        int32_t *back = tree == TREE_SOURCE ? &node->capacity[up] : &parent->capacity[up ^ 4];
        *along -= flow;
        *back += flow;
        if (*along == 0) orphan(cut, (int32_t)(node - cut->nodes));
        node = parent;
    }
    node->excess -= tree == TREE_SOURCE ? flow : -flow;
    if (node->excess == 0) orphan(cut, (int32_t)(node - cut->nodes));
}

static void augment(seg_grid_cut *cut, int32_t index, int direction) {
    seg_cut_node *node = &cut->nodes[index], *other = node + cut->step[direction];
    const bool forward = node->tree == TREE_SOURCE;
    seg_cut_node *from = forward ? node : other, *to = forward ? other : node;
    const int d = forward ? direction : direction ^ 4;
    int32_t flow = bottleneck(cut, from, from->capacity[d]);
    flow = bottleneck(cut, to, flow);
    from->capacity[d] -= flow;
    to->capacity[d ^ 4] += flow;
    push_up(cut, from, flow);
    push_up(cut, to, flow);
}

/* ---- adoption ---- */

/* Steps from a node to the terminal of its tree, FAR if an orphan lies on the way. Marks the way as
 * right at this time. */
static int32_t depth(seg_grid_cut *cut, seg_cut_node *start) {
    int32_t steps = 0;
    for (seg_cut_node *node = start;; node += cut->step[node->parent]) {
        if (node->stamp == cut->time) {
            steps += node->distance;
            break;
        }
        if (node->parent == PARENT_ORPHAN) return FAR;
        steps++;
        if (node->parent == PARENT_TERMINAL) {
            node->stamp = cut->time;
            node->distance = 1;
            break;
        }
    }
    int32_t distance = steps;
    for (seg_cut_node *node = start; node->stamp != cut->time; node += cut->step[node->parent]) {
        node->stamp = cut->time;
        node->distance = distance--;
    }
    return steps;
}

/* The orphan leaves its tree, and its children are orphans too. */
static void set_free(seg_grid_cut *cut, seg_cut_node *node) {
    const int tree = node->tree;
    for (int d = 0; d < SEG_CUT_NEIGHBOURS; d++) {
        seg_cut_node *neighbour = node + cut->step[d];
        if (neighbour->tree != tree) continue;
        const int32_t index = (int32_t)(neighbour - cut->nodes);
        if (growing_capacity(neighbour, node, d ^ 4, tree) > 0) activate(cut, index);
        if (neighbour->parent == (d ^ 4)) orphan(cut, index);
    }
    node->tree = TREE_NONE;
    node->parent = PARENT_NONE;
}

static void adopt(seg_grid_cut *cut) {
    while (cut->orphan_count > 0) {
        seg_cut_node *node = &cut->nodes[take_orphan(cut)];
        int best = PARENT_NONE;
        int32_t nearest = FAR;
        for (int d = 0; d < SEG_CUT_NEIGHBOURS; d++) {
            seg_cut_node *neighbour = node + cut->step[d];
            if (neighbour->tree != node->tree) continue;
            if (growing_capacity(neighbour, node, d ^ 4, node->tree) == 0) continue;
            const int32_t steps = depth(cut, neighbour);
            if (steps >= nearest) continue;
            nearest = steps;
            best = d;
        }
        if (best == PARENT_NONE) {
            set_free(cut, node);
        } else {
            node->parent = (int8_t)best;
            node->stamp = cut->time;
            node->distance = nearest + 1;
        }
    }
}

/* ---- the cut ---- */

/* Trees of one node each, at the terminals. */
static void plant(seg_grid_cut *cut) {
    cut->active_first = cut->active_last = -1;
    cut->orphan_first = cut->orphan_count = 0;
    cut->time = 0;
    for (int32_t i = 0; i < cut->orphan_room; i++) {
        seg_cut_node *node = &cut->nodes[i];
        node->tree = node->excess > 0 ? TREE_SOURCE : node->excess < 0 ? TREE_SINK : TREE_NONE;
        node->parent = node->tree ? PARENT_TERMINAL : PARENT_NONE;
        node->next_active = NOT_ACTIVE;
        node->stamp = 0;
        node->distance = 1;
        if (node->tree) activate(cut, i);
    }
}

void seg_grid_cut_solve(seg_grid_cut *cut) {
    plant(cut);
    int32_t index;
    while ((index = take_active(cut)) >= 0) {
        int direction;
        while (cut->nodes[index].tree != TREE_NONE && (direction = grow_node(cut, index)) >= 0) {
            cut->time++;
            augment(cut, index, direction);
            adopt(cut);
        }
    }
}
