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
 * The score, of contexts only, is the share of scales at which a border holds: what is found
 * whatever the scale is more often what people draw than what is found at any one of them.
 *
 * Cost: about 180 ns a pixel in colour, 120 to 4 neighbours; most of it is waiting for pixels all
 * over the picture. The edges are sorted in bands, joined in one thread. Memory: 24 bytes a pixel,
 * 16 to 4 neighbours, 2 for each colour (8 at most at once), and 24 for each run of step 4. Known
 * failures: smooth shading across an edge joins what lies beside it; a single weak spot in an edge
 * is a leak.
 */
#include "core/bands.h"
#include "core/frame_picture.h"
#include "core/inner_env.h"
#include "imgproc/masks.h"
#include "imgproc/pieces.h"
#include "region/partition.h"
#include "region/pixel_graph.h"

#include <math.h>

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
    {"scales", SEG_PARAM_INT, offsetof(seg_felzenszwalb_options, scales), "0", 0, 24, NULL, "",
     "Gives a score: the share of so many scales, k and on by factors of the root of 2, at which a "
     "pixel is on "
     "a "
     "border; 0 = none.",
     ""},
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
    const bool first = nodes[a].parent <= nodes[b].parent; /* the larger one: short ways */
    const int32_t root = first ? a : b, other = first ? b : a;
    nodes[root].parent += nodes[other].parent;
    nodes[root].most = weight + f->scale / (float)-nodes[root].parent;
    nodes[other].parent = root;
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

/* --- the method -------------------------------------------------------------------------- */

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static uint32_t outputs_of(const void *options_) {
    const seg_felzenszwalb_options *options = options_;
    return SEG_OUTPUT_LABELS | (options->scales > 0 ? SEG_OUTPUT_SCORE : 0);
}

/* Counts a scale for pixels whose neighbour to the right or below is in another region. */
static void count_borders(const seg_image *score, const seg_image *labels) {
    for (int32_t y = 0; y < labels->height; y++) {
        float *counts = seg_image_row(score, y);
        const int32_t *row = seg_image_row(labels, y);
        const int32_t *below = seg_image_row(labels, y + 1 < labels->height ? y + 1 : y);
        for (int32_t x = 0; x < labels->width; x++) {
            const int32_t here = row[x], right = x + 1 < labels->width ? row[x + 1] : here;
            counts[x] +=
                here > 0 && ((right > 0 && right != here) || (below[x] > 0 && below[x] != here));
        }
    }
}

/* From the largest scale down: labels are those of k. */
static seg_status part_at_scales(seg_still *still, const seg_frame *frame, seg_result *result) {
    seg_felzenszwalb_options *options = still->options;
    const seg_image *score = &result->score;
    const double k = options->scale;
    const int32_t scales = options->scales;
    seg_inner_env inner;
    seg_status status = SEG_OK;
    seg_inner_env_init(&inner, &still->env);
    still->scratch.env = inner.env;
    for (int32_t i = 0; i < scales && status >= 0; i++) {
        options->scale = k * sqrt((double)(1 << (scales - 1 - i)));
        status = seg_inner_env_part(&inner, i, scales);
        if (status >= 0) status = seg_partition_frame(still, frame, result, run);
        if (status >= 0) count_borders(score, &result->labels);
    }
    options->scale = k;
    still->scratch.env = still->env;
    for (int32_t y = 0; y < score->height; y++) {
        float *row = seg_image_row(score, y);
        for (int32_t x = 0; x < score->width; x++)
            row[x] /= (float)scales;
    }
    return status;
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = state;
    const seg_image *picture = seg_frame_picture(frame);
    if (!(wanted & SEG_OUTPUT_SCORE)) return seg_partition_frame(still, frame, result, run);
    SEG_TRY(
        seg_image_reuse(&result->score, picture->width, picture->height, SEG_F32, 1, &still->env));
    seg_image_clear(&result->score);
    SEG_TRY(part_at_scales(still, frame, result));
    result->outputs |= SEG_OUTPUT_SCORE;
    result->score.colour = SEG_COLOUR_DATA;
    result->score_full_scale = 1;
    return SEG_OK;
}

const seg_method seg_method_felzenszwalb = {
    .id = "felzenszwalb",
    .title = "Felzenszwalb's graph of pixels",
    .family = "region",
    .reference = "P. Felzenszwalb, D. Huttenlocher, Efficient graph-based image segmentation, "
                 "International Journal of Computer Vision 59(2)",
    .year = 2004,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_LABELS | SEG_OUTPUT_SCORE,
    .outputs_of = outputs_of,
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
