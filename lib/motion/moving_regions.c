/*
 * Connected regions are parted where pixels follow different affine motions: motions are found one
 * after the other in what the ones before leave unexplained, pixels go to the motion that fits them
 * best and then to the majority around them (J. Wang, E. Adelson, "Representing moving images with
 * layers", IEEE Trans. Image Processing 3(5), 1994, with the sequential start of M. Irani, B.
 * Rousso, S. Peleg, IJCV 12(1), 1994). Parts that touch and move alike are joined again.
 *
 * Regions and pairs of them are looked at in parallel, each of them by one worker.
 */
#include "motion/moving_regions.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "imgproc/pieces.h"
#include "imgproc/samples.h"
#include "imgproc/union_find.h"

#include <math.h>
#include <string.h>

#define MOTIONS 4       /* at most, in one region */
#define UNEXPLAINED 0.2 /* share of a region that asks for another motion */
#define REFITS 2
#define VOTE_ROUNDS 2
#define VOTE_REACH 2        /* majority over 5 x 5 */
#define TOLERANCE 1.0       /* small pixels */
#define SPEED_TOLERANCE 0.3 /* of the speed against the dominant motion */
#define BAND_HEIGHT 16

typedef seg_moving_regions regions;

/* ---- areas ---- */

static seg_status measure(regions *r) {
    const size_t room = (size_t)r->count + 1;
    r->items = seg_scratch_take(r->scratch, room, sizeof *r->items, "regions");
    if (!r->items) return SEG_ERROR_MEMORY;
    memset(r->items, 0, room * sizeof *r->items);
    for (int32_t y = 0; y < r->labels.height; y++) {
        const int32_t *row = seg_image_row(&r->labels, y);
        for (int32_t x = 0; x < r->labels.width; x++) {
            if (row[x] < 1) continue;
            seg_moving_region *item = &r->items[row[x] - 1];
            seg_rect *box = &item->box;
            if (item->area++ == 0) *box = (seg_rect){x, y, 1, 1};
            if (x < box->x) box->width += box->x - x, box->x = x;
            if (x >= box->x + box->width) box->width = x - box->x + 1;
            box->height = y - box->y + 1;
        }
    }
    return SEG_OK;
}

/* Takes away regions that are too small; the others are numbered in the same order. */
static seg_status drop_small(regions *r) {
    SEG_TRY(measure(r));
    int32_t kept = 0, *numbers = seg_scratch_take(r->scratch, (size_t)r->count + 1, sizeof *numbers,
                                                  "numbers of regions");
    if (!numbers) return SEG_ERROR_MEMORY;
    numbers[0] = 0;
    for (int32_t i = 0; i < r->count; i++) {
        const bool large = r->items[i].area >= r->least;
        if (large) r->items[kept++] = r->items[i];
        numbers[i + 1] = large ? kept : 0;
    }
    if (kept == r->count) return SEG_OK;
    r->count = kept;
    for (int32_t y = 0; y < r->labels.height; y++) {
        int32_t *row = seg_image_row(&r->labels, y);
        for (int32_t x = 0; x < r->labels.width; x++)
            row[x] = numbers[row[x]];
    }
    return SEG_OK;
}

/* ---- motions of a region ---- */

static double squared_residual(const seg_motion *motion, const seg_motion_sample *s) {
    double of[2];
    seg_motion_at(of, motion, (double)s->x, (double)s->y);
    return ((double)s->u - of[0]) * ((double)s->u - of[0]) +
           ((double)s->v - of[1]) * ((double)s->v - of[1]);
}

static int32_t nearest_motion(const seg_motion *motions, int32_t count, const seg_motion_sample *s,
                              double *residual) {
    int32_t best = 0;
    for (int32_t k = 0; k < count; k++) {
        const double r = squared_residual(&motions[k], s);
        if (k > 0 && !(r < *residual)) continue;
        *residual = r;
        best = k;
    }
    return best;
}

static seg_motion_sample sample_at(const seg_moving_flow *flow, int32_t x, int32_t y) {
    const ptrdiff_t at = (ptrdiff_t)y * flow->stride + x;
    return (seg_motion_sample){(float)x, (float)y, flow->to.u[at], flow->to.v[at], 1};
}

/* A region's flow at every so many of its pixels, so that about SEG_REGION_SAMPLES of them come. */
typedef struct samples {
    seg_fit_room room;
    int32_t count;
} samples;

static samples take_samples(const regions *r, int32_t label, int32_t worker) {
    const seg_moving_region *item = &r->items[label - 1];
    const seg_rect *box = &item->box;
    const int32_t step = 1 + item->area / SEG_REGION_SAMPLES;
    samples taken = {.room = seg_fit_room_of(r->rooms, worker)};
    int32_t seen = 0;
    for (int32_t y = box->y; y < box->y + box->height; y++) {
        const int32_t *row = seg_image_row(&r->labels, y);
        for (int32_t x = box->x; x < box->x + box->width; x++)
            if (row[x] == label && seen++ % step == 0)
                taken.room.samples[taken.count++] = sample_at(r->flow, x, y);
    }
    return taken;
}

static void fit(const samples *s, seg_motion *motion) {
    seg_motion_fit_in(s->room.memory, motion, NULL, SEG_MOTION_AFFINE, s->room.samples, s->count);
}

/* What a pixel may deviate by: part of how fast the region moves against the dominant motion. */
static double squared_tolerance(const regions *r, const samples *s) {
    double sum = 0;
    for (int32_t i = 0; i < s->count; i++)
        sum += sqrt(squared_residual(r->dominant, &s->room.samples[i]));
    const double tolerance = seg_larger(TOLERANCE, SPEED_TOLERANCE * sum / s->count);
    return tolerance * tolerance;
}

/* Fits motion k to the samples that it suits best. */
static void refit(const samples *s, seg_motion *motions, int32_t motion_count, int32_t k) {
    double residual;
    int32_t mine = 0;
    for (int32_t i = 0; i < s->count; i++) {
        seg_motion_sample *sample = &s->room.samples[i];
        const bool own = nearest_motion(motions, motion_count, sample, &residual) == k;
        sample->weight = own ? 1 : 0;
        mine += own;
    }
    if (mine > 0) fit(s, &motions[k]);
}

/* The motions that the region's pixels follow: 1 .. MOTIONS of them. */
static int32_t find_motions(seg_motion *motions, const regions *r, int32_t label, int32_t worker) {
    const samples s = take_samples(r, label, worker);
    const double tolerance = squared_tolerance(r, &s);
    int32_t found = 1;
    fit(&s, &motions[0]);
    for (; found < MOTIONS; found++) {
        int32_t unexplained = 0;
        for (int32_t i = 0; i < s.count; i++) {
            double residual = 0;
            nearest_motion(motions, found, &s.room.samples[i], &residual);
            s.room.samples[i].weight = residual > tolerance ? 1 : 0;
            unexplained += residual > tolerance;
        }
        const double pixels = (double)unexplained / s.count * r->items[label - 1].area;
        if (unexplained < UNEXPLAINED * s.count || pixels < r->least) break;
        fit(&s, &motions[found]);
        for (int32_t round = 0; round < REFITS; round++)
            for (int32_t k = 0; k <= found; k++)
                refit(&s, motions, found + 1, k);
    }
    return found;
}

/* ---- parts ---- */

typedef struct parting {
    const regions *r;
    seg_motion *motions; /* MOTIONS of each region */
    int32_t *counts;
    const uint8_t *from; /* parts before a vote */
    uint8_t *parts;
} parting;

static seg_status motions_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band;
    const parting *job = argument;
    for (int32_t i = first; i < end; i++)
        job->counts[i] = find_motions(job->motions + i * MOTIONS, job->r, i + 1, worker);
    return SEG_OK;
}

static seg_status nearest_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const parting *job = argument;
    const int32_t width = job->r->labels.width;
    for (int32_t y = first; y < end; y++) {
        const int32_t *row = seg_image_row(&job->r->labels, y);
        uint8_t *parts = job->parts + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) {
            double residual = 0;
            if (row[x] < 1) continue;
            const seg_motion_sample s = sample_at(job->r->flow, x, y);
            parts[x] = (uint8_t)nearest_motion(job->motions + (row[x] - 1) * MOTIONS,
                                               job->counts[row[x] - 1], &s, &residual);
        }
    }
    return SEG_OK;
}

/* The commonest part around a pixel among those of its region; of several the lowest. */
static int32_t majority(const parting *job, int32_t x, int32_t y) {
    const seg_image *labels = &job->r->labels;
    const int32_t label = ((const int32_t *)seg_image_row(labels, y))[x];
    int32_t votes[MOTIONS] = {0};
    for (int32_t j = y - VOTE_REACH; j <= y + VOTE_REACH; j++) {
        if (j < 0 || j >= labels->height) continue;
        const int32_t *row = seg_image_row(labels, j);
        for (int32_t i = x - VOTE_REACH; i <= x + VOTE_REACH; i++)
            if (i >= 0 && i < labels->width && row[i] == label)
                votes[job->from[(size_t)j * (size_t)labels->width + (size_t)i]]++;
    }
    int32_t best = 0;
    for (int32_t k = 1; k < MOTIONS; k++)
        if (votes[k] > votes[best]) best = k;
    return best;
}

static seg_status vote_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const parting *job = argument;
    const int32_t width = job->r->labels.width;
    for (int32_t y = first; y < end; y++) {
        const int32_t *row = seg_image_row(&job->r->labels, y);
        for (int32_t x = 0; x < width; x++)
            if (row[x] > 0)
                job->parts[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)majority(job, x, y);
    }
    return SEG_OK;
}

/* Labels of regions become labels of their parts, connected and numbered. */
static seg_status part(regions *r) {
    const size_t width = (size_t)r->labels.width, n = width * (size_t)r->labels.height;
    const size_t count = (size_t)r->count + 1;
    uint8_t *parts = seg_scratch_take(r->scratch, n, 2, "parts of what moves");
    parting job = {.r = r, .parts = parts};
    job.motions = seg_scratch_take(r->scratch, count, MOTIONS * sizeof(seg_motion), "motions");
    job.counts = seg_scratch_take(r->scratch, count, sizeof *job.counts, "motions");
    if (!parts || !job.motions || !job.counts) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(r->env, r->count, 1, motions_band, &job));
    SEG_TRY(seg_run_bands(r->env, r->labels.height, BAND_HEIGHT, nearest_band, &job));
    for (int round = 0; round < VOTE_ROUNDS; round++) {
        job.from = parts + (round % 2 ? n : 0);
        job.parts = parts + (round % 2 ? 0 : n);
        SEG_TRY(seg_run_bands(r->env, r->labels.height, BAND_HEIGHT, vote_band, &job));
    }
    for (int32_t y = 0; y < r->labels.height; y++) {
        int32_t *row = seg_image_row(&r->labels, y);
        for (int32_t x = 0; x < r->labels.width; x++)
            if (row[x] > 0)
                row[x] = (row[x] - 1) * MOTIONS + job.parts[(size_t)y * width + (size_t)x] + 1;
    }
    return seg_pieces(&r->labels, &r->count, r->scratch);
}

/* ---- what moves alike ---- */

typedef struct joining {
    const regions *r;
    const seg_region_graph *graph;
    seg_motion *motions; /* of each region */
    int32_t *hosts;      /* of each region that is too small the one that it touches most, or -1 */
    int64_t *longest;    /* border with it */
    uint8_t *belong;     /* whether a pair is one */
} joining;

static seg_status fit_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    (void)band;
    const joining *job = argument;
    for (int32_t i = first; i < end; i++) {
        const samples s = take_samples(job->r, i + 1, worker);
        fit(&s, &job->motions[i]);
    }
    return SEG_OK;
}

/* Whether the pixels of a region move by `motion` as well, by root mean square. */
static bool agrees(const regions *r, int32_t region, const seg_motion *motion, int32_t worker) {
    const samples s = take_samples(r, region + 1, worker);
    double sum = 0;
    for (int32_t i = 0; i < s.count; i++)
        sum += squared_residual(motion, &s.room.samples[i]);
    return sum <= s.count * squared_tolerance(r, &s);
}

/* What lies between two objects is of one of them, not what joins them. */
static void find_hosts(const joining *job) {
    const seg_region_graph *graph = job->graph;
    for (int32_t i = 0; i < job->r->count; i++) {
        job->longest[i] = 0;
        job->hosts[i] = -1;
    }
    for (size_t i = 0; i < 2 * graph->count; i++) {
        const seg_region_pair *pair = &graph->pairs[i / 2];
        const int32_t own = i % 2 ? pair->b : pair->a;
        if (job->r->items[own].area >= job->r->least || pair->length <= job->longest[own]) continue;
        job->longest[own] = pair->length;
        job->hosts[own] = i % 2 ? pair->a : pair->b;
    }
}

static seg_status belong_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const joining *job = argument;
    for (int32_t i = first; i < end; i++) {
        const int32_t a = job->graph->pairs[i].a, b = job->graph->pairs[i].b;
        const int32_t small = job->r->items[a].area < job->r->items[b].area ? a : b;
        const int32_t large = a + b - small;
        job->belong[i] = job->hosts[small] < 0
                             ? agrees(job->r, small, &job->motions[large], worker)
                             : job->hosts[small] == large || job->hosts[large] == small;
    }
    return SEG_OK;
}

/* Joins neighbours that move alike, and what is too small with the one that it touches most. */
static seg_status join(regions *r) {
    const size_t count = (size_t)r->count + 1;
    seg_region_graph graph;
    joining job = {.r = r, .graph = &graph};
    int32_t *parents = seg_scratch_take(r->scratch, count, sizeof *parents, "sets of regions");
    job.motions = seg_scratch_take(r->scratch, count, sizeof *job.motions, "motions");
    job.longest = seg_scratch_take(r->scratch, count, sizeof *job.longest, "borders of regions");
    job.hosts = seg_scratch_take(r->scratch, count, sizeof *job.hosts, "borders of regions");
    if (!parents || !job.motions || !job.longest || !job.hosts) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_region_graph_make(&graph, &r->labels, r->scratch));
    job.belong = seg_scratch_take(r->scratch, graph.count + 1, 1, "pairs of regions");
    if (!job.belong) return SEG_ERROR_MEMORY;
    find_hosts(&job);
    SEG_TRY(seg_run_bands(r->env, r->count, 1, fit_band, &job));
    SEG_TRY(seg_run_bands(r->env, (int32_t)graph.count, 1, belong_band, &job));
    seg_sets_init(parents, r->count);
    for (size_t i = 0; i < graph.count; i++)
        if (job.belong[i]) seg_sets_join(parents, graph.pairs[i].a, graph.pairs[i].b);
    seg_regions_renumber(&r->labels, parents, &r->count);
    return SEG_OK;
}

/* ---- all of it ---- */

seg_status seg_moving_regions_find(regions *r, const seg_moving *moving) {
    const seg_image shape = {.width = moving->width, .height = moving->height};
    SEG_TRY(seg_scratch_image(&r->labels, &shape, SEG_LABEL32, 1, r->scratch));
    const float *mean = moving->mean;
    for (int32_t y = 0; y < moving->height; y++) {
        int32_t *row = seg_image_row(&r->labels, y);
        for (int32_t x = 0; x < moving->width; x++)
            row[x] = *mean++ > 0;
    }
    SEG_TRY(seg_pieces(&r->labels, &r->count, r->scratch));
    SEG_TRY(drop_small(r));
    if (!r->flow) return SEG_OK;
    SEG_TRY(part(r));
    SEG_TRY(measure(r));
    SEG_TRY(join(r));
    return drop_small(r);
}
