/*
 * Regions by a graph of pixels: two join if the edge between them is no heavier than what is found
 * inside of each. Keeps fine detail in even areas and passes over it in busy ones.
 *
 * P. Felzenszwalb, D. Huttenlocher, "Efficient graph-based image segmentation", International
 * Journal of Computer Vision 59(2), 2004.
 *
 * Symbols: w weight of an edge, the distance of two pixels' colours in 8-bit levels after a blur by
 * `sigma`; k `scale`; for a region C, Int(C) the heaviest edge of its minimum spanning tree and |C|
 * its size, C and D join by an edge w if
 *   w <= Int(C) + k / |C|  and  w <= Int(D) + k / |D|
 *
 * Steps: 1. samples of 15 bits, blurred; 2. edges to the neighbours, sorted by weight in steps of
 * 1/128 level (steps of a sixteenth are too coarse: edges inside of even regions weigh no more, and
 * all that are equal join); 3. one pass over them in order joins; 4. what hangs together by corners
 * only is parted, and pieces smaller than `min-size` join the neighbour with the nearest mean
 * colour (pieces.h; the authors' program takes the lightest edge, which scores the same).
 *
 * Cost: about 180 ns a pixel in colour, 120 to 4 neighbours; most of it is waiting for pixels all
 * over the picture. The edges are sorted in bands, joined in one thread. Memory: 24 bytes a pixel,
 * 16 to 4 neighbours, 2 for each colour (8 at most at once), and 24 for each run of step 4. Known
 * failures: smooth shading across an edge joins what lies beside it; a single weak spot in an edge
 * is a leak.
 */
#include "core/bands.h"
#include "imgproc/pieces.h"
#include "region/partition.h"
#include "region/pixel_graph.h"

static const seg_param rows[] = {
    {"scale", SEG_PARAM_FLOAT, offsetof(seg_felzenszwalb_options, scale), "300", 0, 1e6, NULL,
     "8-bit level x px", "How large regions get: the more, the larger.", "k"},
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_felzenszwalb_options, sigma), "0.8", 0, 42, NULL, "px",
     "Gaussian blur before it; 0 = none.", ""},
    {"min-size", SEG_PARAM_INT, offsetof(seg_felzenszwalb_options, min_size), "50", 1, 1e9, NULL,
     "px", "Smaller regions join a neighbour.", ""},
    {"connectivity", SEG_PARAM_INT, offsetof(seg_felzenszwalb_options, connectivity), "8", 4, 8,
     seg_connectivity_names, "",
     "Neighbours of a pixel in the graph; regions hang together by sides.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_felzenszwalb_options)};

void seg_felzenszwalb_options_init(seg_felzenszwalb_options *options) {
    seg_params_init(options, &params);
}

/* A pixel. A root has -|C| in place of a parent, and Int(C) + k / |C|. */
typedef struct node {
    int32_t parent;
    float most;
} node;

typedef struct forest {
    seg_pixel_graph graph;
    node *nodes;
    float scale;
} forest;

/* The pixel's parent, or itself at a root. */
static inline int32_t step(const node *nodes, int32_t i) {
    return nodes[i].parent < 0 ? i : nodes[i].parent;
}

/* The root; paths are halved on the way. */
static inline int32_t find(node *nodes, int32_t i) {
    for (int32_t up = step(nodes, i); up != i; i = up, up = step(nodes, i)) {
        const int32_t next = step(nodes, up);
        if (next == up) return up;
        nodes[i].parent = next;
        up = next;
    }
    return i;
}

/* The way from a pixel to its root is one step. */
static inline void shorten(node *nodes, int32_t i, int32_t root) {
    if (i != root) nodes[i].parent = root;
}

static inline void join_if_alike(forest *f, int32_t a, int32_t b, float weight) {
    node *nodes = f->nodes;
    if (a == b || weight > nodes[a].most || weight > nodes[b].most) return;
    const int32_t low = a < b ? a : b, high = a < b ? b : a;
    nodes[low].parent += nodes[high].parent;
    nodes[low].most = weight + f->scale / (float)-nodes[low].parent;
    nodes[high].parent = low;
}

#define BLOCK 64

/* All edges in order. Those of a block go two steps towards their roots before the first of them is
 * looked at: the pixels are all over the picture, and so they are waited for together. */
static void join_alike(forest *f) {
    const seg_pixel_graph *graph = &f->graph;
    node *nodes = f->nodes;
    int32_t level = 0;
    for (size_t start = 0; start < graph->count; start += BLOCK) {
        const size_t left = graph->count - start, size = left < BLOCK ? left : BLOCK;
        const uint32_t *edges = graph->edges + start;
        int32_t a[BLOCK], b[BLOCK];
        for (size_t i = 0; i < size; i++) {
            a[i] = step(nodes, seg_edge_from(edges[i]));
            b[i] = step(nodes, seg_edge_to(graph, edges[i]));
        }
        for (size_t i = 0; i < size; i++) {
            a[i] = step(nodes, a[i]);
            b[i] = step(nodes, b[i]);
        }
        for (size_t i = 0; i < size; i++) {
            while (start + i >= graph->ends[level])
                level++;
            const int32_t from = find(nodes, a[i]), to = find(nodes, b[i]);
            shorten(nodes, seg_edge_from(edges[i]), from);
            shorten(nodes, seg_edge_to(graph, edges[i]), to);
            join_if_alike(f, from, to, (float)level);
        }
    }
}

/* The root of each pixel, from 1 on; 0 where blocked. */
static void label_roots(const seg_image *labels, node *nodes, const seg_image *blocked) {
    int32_t i = 0;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++)
            row[x] = find(nodes, i++) + 1;
    }
    seg_partition_unlabel(labels, blocked);
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_felzenszwalb_options *options = options_;
    const seg_env *env = &scratch->env;
    const int32_t pixels = labels->width * labels->height;
    seg_planes samples;
    forest f = {.scale = (float)(SEG_EUCLIDEAN_UNIT * options->scale)};
    SEG_TRY(seg_planes_samples(&samples, picture, scratch));
    SEG_TRY(seg_planes_blur(&samples, options->sigma, scratch));
    SEG_TRY(seg_pixel_graph_make(&f.graph, &samples, blocked, SEG_WEIGHT_EUCLIDEAN,
                                 options->connectivity, scratch));
    SEG_TRY(seg_progress(env, 0.3));
    f.nodes = seg_scratch_take(scratch, (size_t)pixels, sizeof *f.nodes, "regions");
    if (!f.nodes) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < pixels; i++)
        f.nodes[i] = (node){-1, f.scale};
    join_alike(&f);
    SEG_TRY(seg_progress(env, 0.8));
    label_roots(labels, f.nodes, blocked);
    return seg_pieces_clean(labels, regions, &samples, options->min_size, scratch);
}

seg_status seg_felzenszwalb(seg_image *labels, int32_t *regions, const seg_image *picture,
                            const seg_image *ignore, const seg_felzenszwalb_options *options,
                            const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(felzenszwalb, "felzenszwalb", run, "Felzenszwalb's graph of pixels",
                     "P. Felzenszwalb, D. Huttenlocher, Efficient graph-based image segmentation, "
                     "International Journal of Computer Vision 59(2)",
                     2004)
