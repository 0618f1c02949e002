/*
 * Edges by a counting sort in two passes over the picture: weights are computed twice rather than
 * kept. Bands count on their own; each then knows where its edges of each weight begin, so that
 * the order is by weight, then by place, whatever the threads do.
 */
#include "region/pixel_graph.h"

#include "core/bands.h"
#include "core/check.h"
#include "kernels/edges.h"

#include <string.h>

#define BAND 256 /* rows; counters of a band are a few hundred edges each on average */
#define NONE UINT16_MAX

/* Sixteenths of a level tell all differences of 8-bit samples from each other, and equal ones,
 * which 15 bits round, not. */
#define LARGEST_SHIFT 3
#define LARGEST_LEVELS 4096
/* A finer step: where weights are no more than a few levels, edges that are equal would join
 * whatever k says. */
#define EUCLIDEAN_LEVELS 56536 /* 255 * sqrt(3) * 128, rounded up */

typedef struct graph_job {
    seg_pixel_graph *graph;
    const seg_planes *samples;
    const seg_image *blocked;
    const seg_edges_kernels *kernels;
    seg_pixel_weight weight;
    uint32_t *counts;  /* of each band: of each weight; then where its edges go */
    uint16_t *weights; /* of each worker: a row of each direction */
    size_t room;
    int32_t directions;
} graph_job;

/* A row of edges in one direction, from pixel `from` of row y to pixel `to` of row y or y + 1. */
static void weigh(const graph_job *job, uint16_t *weights, int32_t y, int32_t from, int32_t to,
                  bool down) {
    const seg_planes *samples = job->samples;
    const int16_t *a[3], *b[3];
    const int32_t count = samples->width - (from > to ? from : to);
    for (int32_t c = 0; c < 3; c++) {
        const int32_t plane = samples->planes == 1 ? 0 : c;
        a[c] = seg_plane_row(samples, plane, y) + from;
        b[c] = seg_plane_row(samples, plane, y + down) + to;
    }
    if (job->weight == SEG_WEIGHT_LARGEST)
        job->kernels->largest(weights + from, a, b, count, LARGEST_SHIFT);
    else
        job->kernels->euclidean(weights + from, a, b, count,
                                (float)SEG_EUCLIDEAN_UNIT * 255 / 32767);
    if (from) weights[0] = NONE;
    if (to) weights[samples->width - 1] = NONE;
    if (seg_image_empty(job->blocked)) return;
    const uint8_t *out = seg_image_row(job->blocked, y);
    const uint8_t *other = (const uint8_t *)seg_image_row(job->blocked, y + down) + to;
    for (int32_t i = 0; i < count; i++)
        if (out[from + i] || other[i]) weights[from + i] = NONE;
}

/* Visits the edges of row y, pixel by pixel. */
static inline void visit_row(const graph_job *job, uint32_t *counts, const uint16_t *weights,
                             int32_t y, int32_t directions, bool place) {
    const int32_t width = job->samples->width;
    uint32_t edge = 4 * (uint32_t)y * (uint32_t)width;
    for (int32_t x = 0; x < width; x++, edge += 4)
        for (int32_t d = 0; d < directions; d++) {
            const uint16_t weight = weights[(size_t)d * job->room + (size_t)x];
            if (weight == NONE) continue;
            if (place) job->graph->edges[counts[weight]] = edge + (uint32_t)d;
            counts[weight]++;
        }
}

/* Visits the edges of a band in raster order, of a pixel in order of directions. */
static void visit_band(const graph_job *job, int32_t band, int32_t first, int32_t end,
                       int32_t worker, bool place) {
    static const int32_t from[4] = {0, 0, 0, 1}, to[4] = {1, 0, 1, 0};
    uint32_t *counts = job->counts + (size_t)band * (size_t)job->graph->levels;
    uint16_t *weights = job->weights + (size_t)worker * (size_t)job->directions * job->room;
    for (int32_t y = first; y < end; y++) {
        const int32_t directions = y + 1 < job->samples->height ? job->directions : 1;
        for (int32_t d = 0; d < directions; d++)
            weigh(job, weights + (size_t)d * job->room, y, from[d], to[d], d > 0);
        if (directions == 4)
            visit_row(job, counts, weights, y, 4, place);
        else if (directions == 2)
            visit_row(job, counts, weights, y, 2, place);
        else
            visit_row(job, counts, weights, y, 1, place);
    }
}

static seg_status count_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const graph_job *job = argument;
    const size_t levels = (size_t)job->graph->levels;
    memset(job->counts + (size_t)band * levels, 0, levels * sizeof *job->counts);
    visit_band(job, band, first, end, worker, false);
    return SEG_OK;
}

static seg_status place_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    visit_band(argument, band, first, end, worker, true);
    return SEG_OK;
}

/* Counts to places; the number of all edges. */
static uint32_t sum_counts(const graph_job *job, int32_t bands) {
    uint32_t next = 0;
    for (int32_t level = 0; level < job->graph->levels; level++) {
        for (int32_t band = 0; band < bands; band++) {
            uint32_t *count =
                &job->counts[(size_t)band * (size_t)job->graph->levels + (size_t)level];
            const uint32_t own = *count;
            *count = next;
            next += own;
        }
        job->graph->ends[level] = next;
    }
    return next;
}

seg_status seg_pixel_graph_make(seg_pixel_graph *graph, const seg_planes *samples,
                                const seg_image *blocked, seg_pixel_weight weight,
                                int32_t connectivity, seg_scratch *scratch) {
    const int32_t width = samples->width;
    const seg_env *env = &scratch->env;
    const int32_t bands = seg_band_count(samples->height, BAND);
    graph_job job = {graph, samples, blocked, seg_edges_kernels_get(), weight, NULL, NULL, 0, 0};
    *graph = (seg_pixel_graph){.direction = {1, width, width + 1, width - 1}};
    graph->levels = weight == SEG_WEIGHT_LARGEST ? LARGEST_LEVELS : EUCLIDEAN_LEVELS;
    job.directions = connectivity / 2;
    const size_t levels = (size_t)graph->levels;
    job.room = ((size_t)width + 63) / 32 * 32;
    job.counts = seg_scratch_take(scratch, (size_t)bands, levels * sizeof *job.counts, "counts");
    job.weights = seg_scratch_take(scratch, (size_t)seg_workers(env),
                                   (size_t)job.directions * job.room * sizeof *job.weights,
                                   "weights of edges");
    graph->ends = seg_scratch_take(scratch, levels, sizeof *graph->ends, "counts");
    if (!job.counts || !job.weights || !graph->ends) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, samples->height, BAND, count_band, &job));
    graph->count = sum_counts(&job, bands);
    graph->edges = seg_scratch_take(scratch, graph->count, sizeof *graph->edges, "edges");
    if (!graph->edges) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, samples->height, BAND, place_band, &job);
}

void seg_pixel_sets_label(const seg_image *labels, int32_t *regions, int32_t *parents,
                          const seg_image *blocked) {
    int32_t count = 0, *next = parents;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_image_row(labels, y);
        const uint8_t *out = seg_image_empty(blocked) ? NULL : seg_image_row(blocked, y);
        const int32_t first = (int32_t)(next - parents);
        for (int32_t x = 0; x < labels->width; x++, next++) {
            if (out && out[x]) {
                row[x] = *next = 0;
                continue;
            }
            /* a lower parent holds its number, negated */
            *next = *next == first + x ? -++count : parents[*next];
            row[x] = -*next;
        }
    }
    *regions = count;
}
