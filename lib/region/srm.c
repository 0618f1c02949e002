/*
 * Statistical region merging: neighbours join if their means differ by no more than chance allows
 * for regions of their sizes. For few, large regions in spite of noise.
 *
 * R. Nock, F. Nielsen, "Statistical region merging", IEEE Trans. PAMI 26(11), 2004.
 *
 * Symbols: g = 256 levels, Q `q`, |I| the pixels of the picture, delta = 1 / (6 |I|^2); for a
 * region R of |R| pixels
 *   b(R)^2 = g^2 / (2 Q |R|) (min(g, |R|) log(1 + |R|) + log(1 / delta))
 * and R and R' join if |mean R - mean R'| <= sqrt(b(R)^2 + b(R')^2) in every colour.
 *
 * Steps: 1. edges to the 4-neighbours, sorted by the largest difference of a colour in sixteenths
 * of a level; 2. one pass over them in order joins.
 *
 * Cost: about 150 ns a pixel. Edges are sorted in bands, joined in one thread. Memory: 44 bytes a
 * pixel. Known failures: what is joined stays joined: smooth shading is a chain of small steps.
 */
#include "core/bands.h"
#include "core/math.h"
#include "imgproc/union_find.h"
#include "region/partition.h"
#include "region/pixel_graph.h"

static const seg_param rows[] = {
    {"q", SEG_PARAM_FLOAT, offsetof(seg_srm_options, q), "32", 0.01, 1e6, NULL, "",
     "How many regions: the more, the finer; 32 is common, 256 very fine.", "Q"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_srm_options)};

void seg_srm_options_init(seg_srm_options *options) {
    seg_params_init(options, &params);
}

#define LEVELS 256
/* Samples are of 15 bits. */
#define LEVEL_UNIT (32767.0 / 255)

/* At roots. */
typedef struct region {
    int64_t sum[3];
    int32_t size;
    float bound; /* b(R)^2 in squared units of samples */
} region;

typedef struct forest {
    seg_pixel_graph graph;
    int32_t *parents;
    region *regions;
    double unit, confidence; /* g^2 / (2 Q) and log(1 / delta) */
} forest;

static float bound_of(const forest *f, int32_t size) {
    const double choices = (size < LEVELS ? size : LEVELS) * seg_log_e(1.0 + size);
    return (float)(f->unit / size * (choices + f->confidence));
}

static bool alike(const region *a, const region *b) {
    const float bound = a->bound + b->bound;
    for (int c = 0; c < 3; c++) {
        const float difference =
            (float)a->sum[c] / (float)a->size - (float)b->sum[c] / (float)b->size;
        if (difference * difference > bound) return false;
    }
    return true;
}

static void join(forest *f, int32_t a, int32_t b) {
    const int32_t low = a < b ? a : b, high = a < b ? b : a;
    region *into = &f->regions[low], *from = &f->regions[high];
    f->parents[high] = low;
    into->size += from->size;
    for (int c = 0; c < 3; c++)
        into->sum[c] += from->sum[c];
    into->bound = bound_of(f, into->size);
}

static void start(forest *f, const seg_planes *samples) {
    const region one = {{0}, 1, bound_of(f, 1)};
    int32_t i = 0;
    for (int32_t y = 0; y < samples->height; y++)
        for (int32_t x = 0; x < samples->width; x++, i++) {
            f->parents[i] = i;
            f->regions[i] = one;
            for (int32_t c = 0; c < samples->planes; c++)
                f->regions[i].sum[c] = seg_plane_row(samples, c, y)[x];
        }
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_srm_options *options = options_;
    const int32_t pixels = labels->width * labels->height;
    seg_planes samples;
    forest f = {.unit = LEVELS * LEVELS / (2 * options->q) * LEVEL_UNIT * LEVEL_UNIT};
    f.confidence = seg_log_e(6) + 2 * seg_log_e(pixels);
    SEG_TRY(seg_planes_samples(&samples, picture, scratch));
    SEG_TRY(seg_pixel_graph_make(&f.graph, &samples, blocked, SEG_WEIGHT_LARGEST, 4, scratch));
    SEG_TRY(seg_progress(&scratch->env, 0.3));
    f.parents = seg_scratch_take(scratch, (size_t)pixels, sizeof *f.parents, "regions");
    f.regions = seg_scratch_take(scratch, (size_t)pixels, sizeof *f.regions, "regions");
    if (!f.parents || !f.regions) return SEG_ERROR_MEMORY;
    start(&f, &samples);
    for (size_t i = 0; i < f.graph.count; i++) {
        const uint32_t edge = f.graph.edges[i];
        const int32_t a = seg_sets_find(f.parents, seg_edge_from(edge));
        const int32_t b = seg_sets_find(f.parents, seg_edge_to(&f.graph, edge));
        if (a != b && alike(&f.regions[a], &f.regions[b])) join(&f, a, b);
    }
    seg_pixel_sets_label(labels, regions, f.parents, blocked);
    return SEG_OK;
}

seg_status seg_srm(seg_image *labels, int32_t *regions, const seg_image *picture,
                   const seg_image *ignore, const seg_srm_options *options, const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(srm, "srm", run, "statistical region merging",
                     "R. Nock, F. Nielsen, Statistical region merging, IEEE Trans. PAMI 26(11)",
                     2004)
