/*
 * Superpixels that grow from a grid of seeds, always by the pixel nearest to its centre in colour
 * and place. As SLIC, but connected from the start, in one pass, without rounds.
 *
 * R. Achanta, S. Suesstrunk, "Superpixels and polygons using simple non-iterative clustering", CVPR
 * 2017.
 *
 * Symbols: K `regions`, m `compactness`, s = pixels / K; for a pixel x of colour c that touches
 * cluster k, whose mean colour is c_k and mean place x_k so far:
 *   d = |c - c_k|^2 + m^2 |x - x_k|^2 / s     (CIELAB; the paper divides by its m = m^2 here)
 *
 * Steps: 1. CIELAB, and a seed in the middle of each cell of a grid, at the nearest pixel that
 * takes part; 2. a queue of pixels by distance: the nearest one that is in no cluster yet joins,
 * moves the means, and its 4-neighbours enter; 3. pixels out of reach of every seed become regions
 * of their own, piece by piece.
 *
 * The queue is sorted into classes of distance 1/256 apart (relative), first come first served in a
 * class. Cost: about 100 ns a pixel, in one thread. Memory: 6 bytes a pixel and 16 for each that
 * waits. Known failures: a seed on a speck grows badly; means drift along thin things.
 */
#include "core/bands.h"
#include "imgproc/pieces.h"
#include "kernels/bits.h"
#include "region/grid.h"
#include "region/partition.h"

#include <string.h>

static const seg_param rows[] = {
    {"regions", SEG_PARAM_INT, offsetof(seg_snic_options, regions), "400", 1, 10000000, NULL, "",
     "About so many superpixels.", "K"},
    {"compactness", SEG_PARAM_FLOAT, offsetof(seg_snic_options, compactness), "10", 0, 200, NULL,
     "CIELAB", "How much place counts: the colour difference that weighs as a cell's side.", "m"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_snic_options)};

void seg_snic_options_init(seg_snic_options *options) {
    seg_params_init(options, &params);
}

/* --- the queue --------------------------------------------------------------------------- */

#define CLASSES (64 * 256) /* of distances below 2^64 */
#define NONE (-1)

typedef struct node {
    int32_t x, y, cluster, next;
} node;

typedef struct queue {
    node *nodes;
    size_t used, room;
    int32_t free; /* list of nodes to be used again */
    int32_t first[CLASSES], last[CLASSES];
    uint64_t filled[CLASSES / 64]; /* classes that hold something */
    int32_t lowest;                /* no word of `filled` below it holds anything */
    seg_scratch *scratch;
} queue;

/* Class of a distance of 0 or more: exponent and 8 bits of mantissa of the distance + 1. */
static int32_t class_of(float distance) {
    const float above = distance + 1;
    uint32_t bits;
    memcpy(&bits, &above, sizeof bits);
    const int32_t class = (int32_t)((bits - 0x3f800000u) >> 15);
    return class < CLASSES ? class : CLASSES - 1;
}

static seg_status take_queue(queue **made, seg_scratch *scratch) {
    queue *q = seg_scratch_take(scratch, 1, sizeof *q, "a queue");
    if (!q) return SEG_ERROR_MEMORY;
    *q = (queue){.free = NONE, .scratch = scratch};
    for (int32_t i = 0; i < CLASSES; i++)
        q->first[i] = NONE;
    *made = q;
    return SEG_OK;
}

static seg_status new_node(queue *q, int32_t *index) {
    if (q->free != NONE) {
        *index = q->free;
        q->free = q->nodes[q->free].next;
        return SEG_OK;
    }
    if (q->used == q->room) {
        const size_t room = q->room ? 2 * q->room : 4096;
        node *larger = seg_scratch_take(q->scratch, room, sizeof *larger, "a queue");
        if (!larger) return SEG_ERROR_MEMORY;
        if (q->used) memcpy(larger, q->nodes, q->used * sizeof *larger);
        q->nodes = larger;
        q->room = room;
    }
    *index = (int32_t)q->used++;
    return SEG_OK;
}

static seg_status push(queue *q, int32_t class, int32_t x, int32_t y, int32_t cluster) {
    int32_t index;
    SEG_TRY(new_node(q, &index));
    q->nodes[index] = (node){x, y, cluster, NONE};
    if (q->first[class] == NONE)
        q->first[class] = index;
    else
        q->nodes[q->last[class]].next = index;
    q->last[class] = index;
    q->filled[class / 64] |= (uint64_t)1 << class % 64;
    if (class / 64 < q->lowest) q->lowest = class / 64;
    return SEG_OK;
}

/* The nearest node; false if there is none. */
static bool pop(queue *q, node *taken) {
    while (q->lowest < CLASSES / 64 && !q->filled[q->lowest])
        q->lowest++;
    if (q->lowest == CLASSES / 64) return false;
    const int32_t class = 64 * q->lowest + seg_bits_lowest(q->filled[q->lowest]);
    const int32_t index = q->first[class];
    *taken = q->nodes[index];
    q->first[class] = taken->next;
    if (taken->next == NONE) q->filled[q->lowest] &= ~((uint64_t)1 << class % 64);
    q->nodes[index].next = q->free;
    q->free = index;
    return true;
}

/* --- clusters ---------------------------------------------------------------------------- */

typedef struct cluster {
    int64_t count, sum[5];
    float mean[5]; /* L*, a*, b*, x, y */
} cluster;

typedef struct snic {
    seg_planes lab;
    seg_grid grid;
    const seg_image *labels, *blocked;
    queue *queue;
    cluster *clusters;
    float weight; /* of squared places */
} snic;

static void values_at(const snic *s, int32_t x, int32_t y, int32_t values[5]) {
    values[1] = values[2] = 0;
    for (int32_t c = 0; c < s->lab.planes; c++)
        values[c] = seg_plane_row(&s->lab, c, y)[x];
    values[3] = x;
    values[4] = y;
}

static float distance(const snic *s, const cluster *to, int32_t x, int32_t y) {
    int32_t values[5];
    float d[5];
    values_at(s, x, y, values);
    for (int i = 0; i < 5; i++)
        d[i] = (float)values[i] - to->mean[i];
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + s->weight * (d[3] * d[3] + d[4] * d[4]);
}

static void add(const snic *s, cluster *to, int32_t x, int32_t y) {
    int32_t values[5];
    values_at(s, x, y, values);
    to->count++;
    const float part = 1.0f / (float)to->count;
    for (int i = 0; i < 5; i++) {
        to->sum[i] += values[i];
        to->mean[i] = (float)to->sum[i] * part;
    }
}

static int32_t *label_at(const snic *s, int32_t x, int32_t y) {
    return (int32_t *)seg_image_row(s->labels, y) + x;
}

static bool blocked_at(const snic *s, int32_t x, int32_t y) {
    return !seg_image_empty(s->blocked) && ((const uint8_t *)seg_image_row(s->blocked, y))[x];
}

/* The pixel of a cell that takes part and is nearest to its middle; false if none is. */
static bool seed_of(const snic *s, int32_t column, int32_t row, seg_point *seed) {
    const int32_t left = seg_grid_left(&s->grid, column), top = seg_grid_top(&s->grid, row);
    const int32_t right = seg_grid_left(&s->grid, column + 1);
    const int32_t bottom = seg_grid_top(&s->grid, row + 1);
    *seed = (seg_point){(left + right - 1) / 2, (top + bottom - 1) / 2};
    if (!blocked_at(s, seed->x, seed->y)) return true;
    const seg_point middle = *seed;
    int64_t least = INT64_MAX;
    for (int32_t y = top; y < bottom; y++)
        for (int32_t x = left; x < right; x++) {
            const int64_t dx = x - middle.x, dy = y - middle.y;
            if (dx * dx + dy * dy >= least || blocked_at(s, x, y)) continue;
            least = dx * dx + dy * dy;
            *seed = (seg_point){x, y};
        }
    return least < INT64_MAX;
}

static seg_status push_seeds(const snic *s) {
    int32_t count = 0;
    for (int32_t row = 0; row < s->grid.rows; row++)
        for (int32_t column = 0; column < s->grid.columns; column++, count++) {
            seg_point seed;
            if (seed_of(s, column, row, &seed)) SEG_TRY(push(s->queue, 0, seed.x, seed.y, count));
        }
    return SEG_OK;
}

static seg_status push_neighbour(const snic *s, int32_t x, int32_t y, int32_t cluster_index) {
    if (x < 0 || y < 0 || x >= s->lab.width || y >= s->lab.height) return SEG_OK;
    if (*label_at(s, x, y)) return SEG_OK;
    const float d = distance(s, &s->clusters[cluster_index], x, y);
    return push(s->queue, class_of(d), x, y, cluster_index);
}

static seg_status grow(const snic *s, const seg_env *env) {
    const double pixels = (double)s->lab.width * s->lab.height;
    int64_t done = 0;
    for (node n; pop(s->queue, &n);) {
        int32_t *label = label_at(s, n.x, n.y);
        if (*label) continue;
        *label = n.cluster + 1;
        add(s, &s->clusters[n.cluster], n.x, n.y);
        SEG_TRY(push_neighbour(s, n.x - 1, n.y, n.cluster));
        SEG_TRY(push_neighbour(s, n.x + 1, n.y, n.cluster));
        SEG_TRY(push_neighbour(s, n.x, n.y - 1, n.cluster));
        SEG_TRY(push_neighbour(s, n.x, n.y + 1, n.cluster));
        if (++done % (1 << 18) == 0) SEG_TRY(seg_progress(env, (double)done / pixels));
    }
    return SEG_OK;
}

/* --- all of it --------------------------------------------------------------------------- */

/* Blocked pixels are never free. */
static void clear_labels(const snic *s) {
    for (int32_t y = 0; y < s->lab.height; y++)
        for (int32_t x = 0; x < s->lab.width; x++)
            *label_at(s, x, y) = blocked_at(s, x, y) ? NONE : 0;
}

/* What no seed reached, to be parted into pieces. */
static void label_rest(const snic *s) {
    for (int32_t y = 0; y < s->lab.height; y++)
        for (int32_t x = 0; x < s->lab.width; x++)
            if (!*label_at(s, x, y)) *label_at(s, x, y) = INT32_MAX;
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_snic_options *options = options_;
    snic s = {.labels = labels, .blocked = blocked};
    SEG_TRY(seg_planes_lab(&s.lab, picture, scratch));
    SEG_TRY(seg_progress(&scratch->env, 0));
    seg_grid_make(&s.grid, s.lab.width, s.lab.height, options->regions);
    const double weight = options->compactness * SEG_LAB_UNIT / seg_grid_side(&s.grid);
    s.weight = (float)(weight * weight);
    const size_t cells = (size_t)s.grid.columns * (size_t)s.grid.rows;
    s.clusters = seg_scratch_take(scratch, cells, sizeof *s.clusters, "clusters");
    if (!s.clusters) return SEG_ERROR_MEMORY;
    memset(s.clusters, 0, cells * sizeof *s.clusters);
    SEG_TRY(take_queue(&s.queue, scratch));
    clear_labels(&s);
    SEG_TRY(push_seeds(&s));
    SEG_TRY(grow(&s, &scratch->env));
    label_rest(&s);
    return seg_pieces(labels, regions, scratch);
}

seg_status seg_snic(seg_image *labels, int32_t *regions, const seg_image *picture,
                    const seg_image *ignore, const seg_snic_options *options, const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(snic, "snic", run, "SNIC superpixels",
                     "R. Achanta, S. Suesstrunk, Superpixels and polygons using simple "
                     "non-iterative clustering, CVPR",
                     2017)
