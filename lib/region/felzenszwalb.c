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
 * Steps: 1. samples of 15 bits, blurred; 2. edges to the 4-neighbours (the paper takes 8, which
 * makes regions that hang together by corners), sorted by weight in sixteenths of a level; 3. one
 * pass over them in order joins; 4. another one joins regions smaller than `min-size` along their
 * lightest edges.
 *
 * Cost: about 100 ns a pixel in colour. The edges are sorted in bands, joined in one thread.
 * Memory: 20 bytes a pixel, and 2 for each colour (8 at most at once). Known failures: smooth
 * shading across an edge joins what lies beside it; a single weak spot in an edge is a leak.
 */
#include "core/bands.h"
#include "imgproc/union_find.h"
#include "region/partition.h"
#include "region/pixel_graph.h"

static const seg_param rows[] = {
    {"scale", SEG_PARAM_FLOAT, offsetof(seg_felzenszwalb_options, scale), "300", 0, 1e6, NULL,
     "8-bit level x px", "How large regions get: the more, the larger.", "k"},
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_felzenszwalb_options, sigma), "0.8", 0, 42, NULL, "px",
     "Gaussian blur before it; 0 = none.", ""},
    {"min-size", SEG_PARAM_INT, offsetof(seg_felzenszwalb_options, min_size), "50", 1, 1e9, NULL,
     "px", "Smaller regions join a neighbour.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_felzenszwalb_options)};

void seg_felzenszwalb_options_init(seg_felzenszwalb_options *options) {
    seg_params_init(options, &params);
}

/* At roots. */
typedef struct region {
    int32_t size;
    float most; /* Int(C) + k / |C| */
} region;

typedef struct forest {
    seg_pixel_graph graph;
    int32_t *parents;
    region *regions;
} forest;

static inline int32_t join(forest *f, int32_t a, int32_t b) {
    const int32_t low = a < b ? a : b, high = a < b ? b : a;
    f->parents[high] = low;
    f->regions[low].size += f->regions[high].size;
    return low;
}

static void join_alike(forest *f, float scale) {
    const seg_pixel_graph *graph = &f->graph;
    uint32_t i = 0;
    for (int32_t level = 0; level < graph->levels; level++) {
        const float weight = (float)level;
        for (; i < graph->ends[level]; i++) {
            const uint32_t edge = graph->edges[i];
            const int32_t a = seg_sets_find(f->parents, seg_edge_from(edge));
            const int32_t b = seg_sets_find(f->parents, seg_edge_to(graph, edge));
            if (a == b || weight > f->regions[a].most || weight > f->regions[b].most) continue;
            region *root = &f->regions[join(f, a, b)];
            root->most = weight + scale / (float)root->size;
        }
    }
}

static void join_small(forest *f, int32_t min_size) {
    for (size_t i = 0; i < f->graph.count; i++) {
        const uint32_t edge = f->graph.edges[i];
        const int32_t a = seg_sets_find(f->parents, seg_edge_from(edge));
        const int32_t b = seg_sets_find(f->parents, seg_edge_to(&f->graph, edge));
        if (a == b) continue;
        if (f->regions[a].size < min_size || f->regions[b].size < min_size) join(f, a, b);
    }
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_felzenszwalb_options *options = options_;
    const seg_env *env = &scratch->env;
    const int32_t pixels = labels->width * labels->height;
    seg_planes samples;
    forest f;
    SEG_TRY(seg_planes_samples(&samples, picture, scratch));
    SEG_TRY(seg_planes_blur(&samples, options->sigma, scratch));
    SEG_TRY(seg_pixel_graph_make(&f.graph, &samples, blocked, SEG_WEIGHT_EUCLIDEAN, scratch));
    SEG_TRY(seg_progress(env, 0.3));
    f.parents = seg_scratch_take(scratch, (size_t)pixels, sizeof *f.parents, "regions");
    f.regions = seg_scratch_take(scratch, (size_t)pixels, sizeof *f.regions, "regions");
    if (!f.parents || !f.regions) return SEG_ERROR_MEMORY;
    const float scale = (float)(16 * options->scale);
    for (int32_t i = 0; i < pixels; i++) {
        f.parents[i] = i;
        f.regions[i] = (region){1, scale};
    }
    join_alike(&f, scale);
    SEG_TRY(seg_progress(env, 0.8));
    if (options->min_size > 1) join_small(&f, options->min_size);
    seg_pixel_sets_label(labels, regions, f.parents, blocked);
    return SEG_OK;
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
