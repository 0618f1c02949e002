/*
 * Split and merge: the picture is split into ever smaller squares until each is even, then even
 * neighbours are merged as long as they stay so. For pictures of flat areas.
 *
 * S. Horowitz, T. Pavlidis, "Picture segmentation by a tree traversal algorithm", Journal of the
 * ACM 23(2), 1976.
 *
 * Symbols: a set of pixels is even, P(R), if max - min <= T in every colour; T `tolerance`.
 *
 * Steps: 1. squares of a quadtree over the picture, the largest ones with P (a square with pixels
 * that take no part is split further); 2. pairs of touching regions, by the difference of their
 * mean colours, join if P of both together holds; in rounds until none does; 3. regions below
 * `min-size` join the neighbour with the nearest mean colour (pieces.h).
 *
 * Cost: about 30 ns a pixel and 1 us a square, in one thread. Memory: 6 bytes a pixel, about 150 a
 * square. Known failures: straight borders of squares show where shading is merged to one side.
 */
#include "core/bands.h"
#include "imgproc/pieces.h"
#include "imgproc/sort.h"
#include "imgproc/union_find.h"
#include "region/partition.h"

#include <math.h>

static const seg_param rows[] = {
    {"tolerance", SEG_PARAM_FLOAT, offsetof(seg_split_merge_options, tolerance), "40", 0, 255, NULL,
     "8-bit level", "Largest difference between two pixels of a region, in each colour.", "T"},
    {"min-size", SEG_PARAM_INT, offsetof(seg_split_merge_options, min_size), "20", 1, 1e9, NULL,
     "px", "Smaller regions join a neighbour.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_split_merge_options)};

void seg_split_merge_options_init(seg_split_merge_options *options) {
    seg_params_init(options, &params);
}

typedef struct span {
    int16_t low[3], high[3];
} span;

typedef struct split_merge {
    seg_planes samples;
    const seg_image *labels, *blocked;
    int32_t tolerance; /* in units of 15-bit samples */
    int32_t squares;
} split_merge;

static bool even(const split_merge *s, const span *of) {
    bool within = true;
    for (int c = 0; c < 3; c++)
        within = within && of->high[c] - of->low[c] <= s->tolerance;
    return within;
}

static void widen(span *into, const span *by) {
    for (int c = 0; c < 3; c++) {
        if (by->low[c] < into->low[c]) into->low[c] = by->low[c];
        if (by->high[c] > into->high[c]) into->high[c] = by->high[c];
    }
}

/* --- splitting --------------------------------------------------------------------------- */

typedef enum square { OUTSIDE, EVEN, MIXED } square;

static square pixel_span(const split_merge *s, span *of, int32_t x, int32_t y) {
    if (!seg_image_empty(s->blocked) && ((const uint8_t *)seg_image_row(s->blocked, y))[x]) {
        ((int32_t *)seg_image_row(s->labels, y))[x] = 0;
        return MIXED;
    }
    for (int32_t c = 0; c < 3; c++) {
        const int32_t plane = s->samples.planes == 1 ? 0 : c;
        of->low[c] = of->high[c] = seg_plane_row(&s->samples, plane, y)[x];
    }
    return EVEN;
}

static void paint(split_merge *s, int32_t x, int32_t y, int32_t side) {
    const int32_t right = side < s->samples.width - x ? x + side : s->samples.width;
    const int32_t bottom = side < s->samples.height - y ? y + side : s->samples.height;
    s->squares++;
    for (int32_t j = y; j < bottom; j++) {
        int32_t *row = seg_image_row(s->labels, j);
        for (int32_t i = x; i < right; i++)
            row[i] = s->squares;
    }
}

/* Span of a square if it is even; else its even quarters are painted. Evenness of a square implies
 * that of its quarters, so that going up from pixels finds what splitting from the top would. */
static square split(split_merge *s, span *of, int32_t x, int32_t y, int32_t side) {
    if (x >= s->samples.width || y >= s->samples.height) return OUTSIDE;
    if (side == 1) return pixel_span(s, of, x, y);
    const int32_t half = side / 2;
    span quarters[4];
    square states[4];
    bool whole = true;
    for (int i = 0; i < 4; i++) {
        states[i] = split(s, &quarters[i], x + (i & 1 ? half : 0), y + (i & 2 ? half : 0), half);
        whole = whole && states[i] != MIXED;
    }
    if (whole) {
        *of = quarters[0];
        for (int i = 1; i < 4; i++)
            if (states[i] == EVEN) widen(of, &quarters[i]);
        if (even(s, of)) return EVEN;
    }
    for (int i = 0; i < 4; i++)
        if (states[i] == EVEN) paint(s, x + (i & 1 ? half : 0), y + (i & 2 ? half : 0), half);
    return MIXED;
}

static void split_all(split_merge *s) {
    int32_t side = 1;
    while (side < s->samples.width || side < s->samples.height)
        side *= 2;
    span all;
    if (split(s, &all, 0, 0, side) == EVEN) paint(s, 0, 0, side);
}

/* --- merging ----------------------------------------------------------------------------- */

typedef struct regions_state {
    int32_t *parents;
    seg_region_stats *stats;
    span *spans;
} regions_state;

static void measure_spans(const split_merge *s, span *spans, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        spans[i] = (span){{INT16_MAX, INT16_MAX, INT16_MAX}, {0, 0, 0}};
    for (int32_t y = 0; y < s->samples.height; y++) {
        const int32_t *row = seg_image_row(s->labels, y);
        for (int32_t x = 0; x < s->samples.width; x++) {
            span pixel;
            if (!row[x]) continue;
            pixel_span(s, &pixel, x, y);
            widen(&spans[row[x] - 1], &pixel);
        }
    }
}

/* Joins the pair if both together are even. */
static bool join(const split_merge *s, regions_state *r, const seg_region_pair *pair) {
    const int32_t a = seg_sets_find(r->parents, pair->a), b = seg_sets_find(r->parents, pair->b);
    if (a == b) return false;
    span both = r->spans[a];
    widen(&both, &r->spans[b]);
    if (!even(s, &both)) return false;
    const int32_t root = seg_sets_join(r->parents, a, b);
    seg_region_add(&r->stats[root], &r->stats[root == a ? b : a]);
    r->spans[root] = both;
    return true;
}

/* One round over the pairs by distance; those that can never join any more are dropped. */
static bool merge_round(const split_merge *s, regions_state *r, seg_region_graph *graph,
                        seg_keyed *items, seg_keyed *spare) {
    size_t open = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const int32_t a = seg_sets_find(r->parents, graph->pairs[i].a);
        const int32_t b = seg_sets_find(r->parents, graph->pairs[i].b);
        if (a == b) continue;
        span both = r->spans[a];
        widen(&both, &r->spans[b]);
        if (!even(s, &both)) continue;
        items[open++] = (seg_keyed){(uint64_t)seg_region_distance(&r->stats[a], &r->stats[b]), i};
    }
    if (!open) return false;
    seg_sort(items, spare, open);
    bool joined = false;
    for (size_t i = 0; i < open; i++)
        joined |= join(s, r, &graph->pairs[items[i].value]);
    return joined;
}

static seg_status merge(const split_merge *s, int32_t *regions, int32_t min_size,
                        seg_scratch *scratch) {
    const size_t count = (size_t)*regions;
    regions_state r;
    seg_region_graph graph;
    r.parents = seg_scratch_take(scratch, count, sizeof *r.parents, "regions");
    r.stats = seg_scratch_take(scratch, count, sizeof *r.stats, "regions");
    r.spans = seg_scratch_take(scratch, count, sizeof *r.spans, "regions");
    if (!r.parents || !r.stats || !r.spans) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_region_graph_make(&graph, s->labels, scratch));
    seg_keyed *items = seg_scratch_take(scratch, graph.count, sizeof *items, "pairs");
    seg_keyed *spare = seg_scratch_take(scratch, graph.count, sizeof *spare, "pairs");
    if (!items || !spare) return SEG_ERROR_MEMORY;
    seg_sets_init(r.parents, *regions);
    seg_regions_measure(r.stats, s->labels, *regions, &s->samples);
    measure_spans(s, r.spans, *regions);
    while (merge_round(s, &r, &graph, items, spare))
        SEG_TRY(seg_progress(&scratch->env, 0.6));
    SEG_TRY(seg_regions_join_small(r.parents, r.stats, *regions, &graph, min_size, scratch));
    seg_regions_renumber(s->labels, r.parents, regions);
    return SEG_OK;
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_split_merge_options *options = options_;
    split_merge s = {.labels = labels, .blocked = blocked};
    SEG_TRY(seg_planes_samples(&s.samples, picture, scratch));
    SEG_TRY(seg_progress(&scratch->env, 0.1));
    /* samples are cut to 15 bits: a difference may look larger by one */
    s.tolerance = (int32_t)floor(options->tolerance * 32767 / 255 + 1);
    split_all(&s);
    SEG_TRY(seg_pieces(labels, regions, scratch)); /* squares in raster order */
    return *regions < 2 ? SEG_OK : merge(&s, regions, options->min_size, scratch);
}

seg_status seg_split_merge(seg_image *labels, int32_t *regions, const seg_image *picture,
                           const seg_image *ignore, const seg_split_merge_options *options,
                           const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(
    split_merge, "split-merge", run, "split and merge",
    "S. Horowitz, T. Pavlidis, Picture segmentation by a tree traversal algorithm, "
    "Journal of the ACM 23(2)",
    1976)
