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

#define BAND 256    /* rows; counters of a band are a few hundred edges each on average */
#define LEVELS 7072 /* 255 * sqrt(3) * 16, rounded up */
#define LARGEST_SHIFT 3

typedef struct graph_job {
    seg_pixel_graph *graph;
    const seg_planes *samples;
    const seg_image *blocked;
    const seg_edges_kernels *kernels;
    seg_pixel_weight weight;
    uint32_t *counts;  /* of each band: of each weight; then where its edges go */
    uint16_t *weights; /* of each worker: a row to the right, a row down */
    size_t room;
} graph_job;

static void weigh(const graph_job *job, uint16_t *weights, const int16_t *const a[3],
                  const int16_t *const b[3], int32_t count) {
    if (job->weight == SEG_WEIGHT_LARGEST)
        job->kernels->largest(weights, a, b, count, LARGEST_SHIFT);
    else
        job->kernels->euclidean(weights, a, b, count, 16.0f * 255 / 32767);
}

/* The edges of row y: to the right, and down unless it is the last one. */
static void weigh_row(const graph_job *job, int32_t y, uint16_t *right, uint16_t *down) {
    const seg_planes *samples = job->samples;
    const int16_t *here[3], *beside[3], *below[3];
    const bool last = y + 1 == samples->height;
    for (int32_t c = 0; c < 3; c++) {
        const int32_t plane = samples->planes == 1 ? 0 : c;
        here[c] = seg_plane_row(samples, plane, y);
        beside[c] = here[c] + 1;
        below[c] = seg_plane_row(samples, plane, last ? y : y + 1);
    }
    weigh(job, right, here, beside, samples->width - 1);
    if (!last) weigh(job, down, here, below, samples->width);
}

/* Visits the edges of a band in raster order, of a pixel first that to the right. */
static void visit_band(const graph_job *job, int32_t band, int32_t first, int32_t end,
                       int32_t worker, bool place) {
    const int32_t width = job->samples->width, height = job->samples->height;
    uint32_t *counts = job->counts + (size_t)band * LEVELS;
    uint16_t *right = job->weights + 2 * (size_t)worker * job->room, *down = right + job->room;
    const bool whole = seg_image_empty(job->blocked);
    for (int32_t y = first; y < end; y++) {
        weigh_row(job, y, right, down);
        const uint8_t *out = whole ? NULL : seg_image_row(job->blocked, y);
        const uint8_t *out_below =
            whole || y + 1 == height ? NULL : seg_image_row(job->blocked, y + 1);
        const uint32_t row = (uint32_t)y * (uint32_t)width;
        for (int32_t x = 0; x < width; x++) {
            if (out && out[x]) continue;
            const uint32_t edge = 2 * (row + (uint32_t)x);
            if (x + 1 < width && !(out && out[x + 1])) {
                if (place) job->graph->edges[counts[right[x]]] = edge;
                counts[right[x]]++;
            }
            if (y + 1 < height && !(out_below && out_below[x])) {
                if (place) job->graph->edges[counts[down[x]]] = edge + 1;
                counts[down[x]]++;
            }
        }
    }
}

static seg_status count_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const graph_job *job = argument;
    memset(job->counts + (size_t)band * LEVELS, 0, LEVELS * sizeof *job->counts);
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
    for (int32_t level = 0; level < LEVELS; level++) {
        for (int32_t band = 0; band < bands; band++) {
            uint32_t *count = &job->counts[(size_t)band * LEVELS + (size_t)level];
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
                                seg_scratch *scratch) {
    const seg_env *env = &scratch->env;
    const int32_t bands = seg_band_count(samples->height, BAND);
    graph_job job = {graph, samples, blocked, seg_edges_kernels_get(), weight, NULL, NULL, 0};
    *graph = (seg_pixel_graph){.width = samples->width, .levels = LEVELS};
    job.room = ((size_t)samples->width + 63) / 32 * 32;
    job.counts = seg_scratch_take(scratch, (size_t)bands, LEVELS * sizeof *job.counts, "counts");
    job.weights = seg_scratch_take(scratch, (size_t)seg_workers(env),
                                   2 * job.room * sizeof *job.weights, "weights of edges");
    graph->ends = seg_scratch_take(scratch, LEVELS, sizeof *graph->ends, "counts");
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
