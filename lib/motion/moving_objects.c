/*
 * From a belief to objects. Connected regions are parted where pixels follow different affine
 * motions: motions are found one after the other in what the ones before leave unexplained, pixels
 * go to the motion that fits them best and then to the majority around them (J. Wang, E. Adelson,
 * "Representing moving images with layers", IEEE Trans. Image Processing 3(5), 1994, with the
 * sequential start of M. Irani, B. Rousso, S. Peleg, IJCV 12(1), 1994). Parts that touch and move
 * alike are joined again. An object keeps the number of the one it covers most along the flow, by
 * an optimal assignment.
 */
#include "motion/moving_objects.h"

#include "core/check.h"
#include "core/math.h"
#include "geometry/assignment_sparse.h"
#include "geometry/motion_fit.h"
#include "imgproc/pieces.h"
#include "imgproc/samples.h"
#include "imgproc/sort.h"
#include "imgproc/union_find.h"

#include <math.h>
#include <string.h>

#define USUAL_OBJECTS 256 /* more are room for the frame that has them */
#define MOTIONS 4         /* at most, in one region */
#define SAMPLES 2048      /* of a region, about */
#define UNEXPLAINED 0.2   /* share of a region that asks for another motion */
#define REFITS 2
#define VOTE_ROUNDS 2
#define VOTE_REACH 2        /* majority over 5 x 5 */
#define TOLERANCE 1.0       /* small pixels */
#define SPEED_TOLERANCE 0.3 /* of the speed against the dominant motion */

/* ---- memory ---- */

seg_status seg_moving_objects_bind(seg_moving_objects *objects, int32_t width, int32_t height,
                                   const seg_env *env) {
    if (objects->items && objects->width == width && objects->height == height) return SEG_OK;
    seg_moving_objects_free(objects, env);
    objects->allocator = env ? env->allocator : NULL;
    const size_t n = (size_t)width * (size_t)height;
    const size_t samples = n < 2 * SAMPLES ? n : 2 * SAMPLES; /* take_samples */
    const size_t room = (seg_motion_fit_room((int32_t)samples) + 7) / 8 * 8;
    const size_t bytes = room + samples * sizeof(seg_motion_sample) + n * sizeof(int32_t);
    objects->room = objects->memory = seg_allocate(env, bytes, 1, "numbers of objects");
    if (!objects->memory) return SEG_ERROR_MEMORY;
    objects->samples = (seg_motion_sample *)(objects->room + room / 8);
    objects->labels = (int32_t *)(objects->samples + samples);
    objects->width = width;
    objects->height = height;
    return seg_grow((void **)&objects->items, &objects->capacity, 0, USUAL_OBJECTS,
                    sizeof *objects->items, objects->allocator);
}

void seg_moving_objects_reset(seg_moving_objects *objects) {
    objects->carried = false;
    objects->last_id = objects->count = 0;
}

void seg_moving_objects_free(seg_moving_objects *objects, const seg_env *env) {
    seg_release(env, objects->memory);
    seg_release(env, objects->items);
    *objects = (seg_moving_objects){0};
}

/* ---- motions of a region ---- */

typedef struct finding {
    seg_image labels; /* of the frame at hand, numbered */
    int32_t regions;
    int32_t *areas;              /* of labels, at label - 1 */
    const seg_moving_flow *flow; /* NULL = none */
    const seg_motion *dominant;
    int32_t least;
    seg_motion_sample *samples;
    double *room; /* to fit motions in */
    seg_scratch *scratch;
} finding;

static void fit(const finding *f, seg_motion *motion, int32_t count) {
    seg_motion_fit_in(f->room, motion, NULL, SEG_MOTION_AFFINE, f->samples, count);
}

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

/* Every so many pixels of the region, so that about SAMPLES of them come. */
static int32_t take_samples(const finding *f, int32_t label) {
    const int32_t step = 1 + f->areas[label - 1] / SAMPLES;
    int32_t seen = 0, count = 0;
    for (int32_t y = 0; y < f->labels.height; y++) {
        const int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < f->labels.width; x++)
            if (row[x] == label && seen++ % step == 0)
                f->samples[count++] = sample_at(f->flow, x, y);
    }
    return count;
}

/* What a pixel may deviate by: part of how fast the region moves against the dominant motion. */
static double squared_tolerance(const finding *f, int32_t count) {
    double sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += sqrt(squared_residual(f->dominant, &f->samples[i]));
    const double tolerance = seg_larger(TOLERANCE, SPEED_TOLERANCE * sum / count);
    return tolerance * tolerance;
}

/* Fits motion k to the samples that it suits best. */
static void refit(const finding *f, seg_motion *motions, int32_t motion_count, int32_t k,
                  int32_t count) {
    double residual;
    int32_t mine = 0;
    for (int32_t i = 0; i < count; i++) {
        const bool own = nearest_motion(motions, motion_count, &f->samples[i], &residual) == k;
        f->samples[i].weight = own ? 1 : 0;
        mine += own;
    }
    if (mine > 0) fit(f, &motions[k], count);
}

/* The motions that the region's pixels follow: 1 .. MOTIONS of them. */
static int32_t find_motions(seg_motion *motions, const finding *f, int32_t label) {
    const int32_t count = take_samples(f, label);
    const double tolerance = squared_tolerance(f, count);
    int32_t found = 1;
    fit(f, &motions[0], count);
    for (; found < MOTIONS; found++) {
        int32_t unexplained = 0;
        for (int32_t i = 0; i < count; i++) {
            double residual = 0;
            nearest_motion(motions, found, &f->samples[i], &residual);
            f->samples[i].weight = residual > tolerance ? 1 : 0;
            unexplained += residual > tolerance;
        }
        const double pixels = (double)unexplained / count * f->areas[label - 1];
        if (unexplained < UNEXPLAINED * count || pixels < f->least) break;
        fit(f, &motions[found], count);
        for (int32_t round = 0; round < REFITS; round++)
            for (int32_t k = 0; k <= found; k++)
                refit(f, motions, found + 1, k, count);
    }
    return found;
}

/* ---- parts ---- */

/* The commonest part around a pixel among those of its region; of several the lowest. */
static int32_t majority(const finding *f, const uint8_t *parts, int32_t x, int32_t y) {
    const int32_t width = f->labels.width, height = f->labels.height;
    const int32_t label = ((const int32_t *)seg_image_row(&f->labels, y))[x];
    int32_t votes[MOTIONS] = {0};
    for (int32_t j = y - VOTE_REACH; j <= y + VOTE_REACH; j++) {
        if (j < 0 || j >= height) continue;
        const int32_t *row = seg_image_row(&f->labels, j);
        for (int32_t i = x - VOTE_REACH; i <= x + VOTE_REACH; i++)
            if (i >= 0 && i < width && row[i] == label)
                votes[parts[(size_t)j * (size_t)width + (size_t)i]]++;
    }
    int32_t best = 0;
    for (int32_t k = 1; k < MOTIONS; k++)
        if (votes[k] > votes[best]) best = k;
    return best;
}

static void vote(const finding *f, uint8_t *parts, uint8_t *spare) {
    const size_t n = (size_t)f->labels.width * (size_t)f->labels.height;
    for (int round = 0; round < VOTE_ROUNDS; round++) {
        memcpy(spare, parts, n);
        for (int32_t y = 0; y < f->labels.height; y++) {
            const int32_t *row = seg_image_row(&f->labels, y);
            for (int32_t x = 0; x < f->labels.width; x++)
                if (row[x] > 0)
                    parts[(size_t)y * (size_t)f->labels.width + (size_t)x] =
                        (uint8_t)majority(f, spare, x, y);
        }
    }
}

/* Labels of regions become labels of their parts, connected and numbered. */
static seg_status part(finding *f) {
    const size_t width = (size_t)f->labels.width, n = width * (size_t)f->labels.height;
    uint8_t *parts = seg_scratch_take(f->scratch, n, 2, "parts of what moves");
    seg_motion *motions =
        seg_scratch_take(f->scratch, (size_t)f->regions * MOTIONS + 1, sizeof *motions, "motions");
    int32_t *counts =
        seg_scratch_take(f->scratch, (size_t)f->regions + 1, sizeof *counts, "motions");
    if (!parts || !motions || !counts) return SEG_ERROR_MEMORY;
    for (int32_t label = 1; label <= f->regions; label++)
        counts[label - 1] = find_motions(motions + (label - 1) * MOTIONS, f, label);
    for (int32_t y = 0; y < f->labels.height; y++) {
        const int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < f->labels.width; x++) {
            double residual = 0;
            if (row[x] < 1) continue;
            const seg_motion_sample s = sample_at(f->flow, x, y);
            parts[(size_t)y * width + (size_t)x] = (uint8_t)nearest_motion(
                motions + (row[x] - 1) * MOTIONS, counts[row[x] - 1], &s, &residual);
        }
    }
    vote(f, parts, parts + n);
    for (int32_t y = 0; y < f->labels.height; y++) {
        int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < f->labels.width; x++)
            if (row[x] > 0)
                row[x] = (row[x] - 1) * MOTIONS + parts[(size_t)y * width + (size_t)x] + 1;
    }
    return seg_pieces(&f->labels, &f->regions, f->scratch);
}

/* ---- areas ---- */

static seg_status measure(finding *f) {
    f->areas =
        seg_scratch_take(f->scratch, (size_t)f->regions + 1, sizeof *f->areas, "areas of objects");
    if (!f->areas) return SEG_ERROR_MEMORY;
    memset(f->areas, 0, ((size_t)f->regions + 1) * sizeof *f->areas);
    for (int32_t y = 0; y < f->labels.height; y++) {
        const int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < f->labels.width; x++)
            if (row[x] > 0) f->areas[row[x] - 1]++;
    }
    return SEG_OK;
}

/* Takes away regions that are too small; numbers the others and measures them. */
static seg_status drop_small(finding *f) {
    SEG_TRY(measure(f));
    for (int32_t y = 0; y < f->labels.height; y++) {
        int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < f->labels.width; x++)
            if (row[x] > 0 && f->areas[row[x] - 1] < f->least) row[x] = 0;
    }
    SEG_TRY(seg_pieces(&f->labels, &f->regions, f->scratch));
    return measure(f);
}

/* ---- what moves alike ---- */

static void fit_regions(seg_motion *motions, const finding *f) {
    for (int32_t label = 1; label <= f->regions; label++)
        fit(f, &motions[label - 1], take_samples(f, label));
}

/* Whether the pixels of region `label` move by `motion` as well, by root mean square. */
static bool agrees(const finding *f, int32_t label, const seg_motion *motion) {
    const int32_t count = take_samples(f, label);
    double sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += squared_residual(motion, &f->samples[i]);
    return sum <= count * squared_tolerance(f, count);
}

/* Of each region that is too small the one that it touches most, -1 for the others. What lies
 * between two objects is of one of them, not what joins them. */
static seg_status find_hosts(int32_t **hosts, const finding *f, const seg_region_graph *graph) {
    const size_t room = (size_t)f->regions + 1;
    int64_t *longest = seg_scratch_take(f->scratch, room, sizeof *longest, "borders of regions");
    *hosts = seg_scratch_take(f->scratch, room, sizeof **hosts, "borders of regions");
    if (!longest || !*hosts) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < f->regions; i++) {
        longest[i] = 0;
        (*hosts)[i] = -1;
    }
    for (size_t i = 0; i < 2 * graph->count; i++) {
        const seg_region_pair *pair = &graph->pairs[i / 2];
        const int32_t own = i % 2 ? pair->b : pair->a;
        if (f->areas[own] >= f->least || pair->length <= longest[own]) continue;
        longest[own] = pair->length;
        (*hosts)[own] = i % 2 ? pair->a : pair->b;
    }
    return SEG_OK;
}

static bool belong_together(const finding *f, const int32_t *hosts, const seg_motion *motions,
                            const seg_region_pair *pair) {
    const int32_t a = pair->a, b = pair->b;
    const int32_t small = f->areas[a] < f->areas[b] ? a : b, large = a + b - small;
    if (hosts[small] < 0) return agrees(f, small + 1, &motions[large]);
    return hosts[small] == large || hosts[large] == small;
}

/* Joins neighbours that move alike, and what is too small with the one that it touches most. */
static seg_status join(finding *f) {
    seg_region_graph graph;
    int32_t *hosts, *parents = seg_scratch_take(f->scratch, (size_t)f->regions + 1, sizeof *parents,
                                                "sets of regions");
    seg_motion *motions =
        seg_scratch_take(f->scratch, (size_t)f->regions + 1, sizeof *motions, "motions");
    if (!parents || !motions) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_region_graph_make(&graph, &f->labels, f->scratch));
    SEG_TRY(find_hosts(&hosts, f, &graph));
    fit_regions(motions, f);
    seg_sets_init(parents, f->regions);
    for (size_t i = 0; i < graph.count; i++)
        if (belong_together(f, hosts, motions, &graph.pairs[i]))
            seg_sets_join(parents, graph.pairs[i].a, graph.pairs[i].b);
    seg_regions_renumber(&f->labels, parents, &f->regions);
    return measure(f);
}

/* ---- who they were ---- */

/* Label at the place where the pixel was in the frame before; 0 = none. */
static int32_t label_before(const seg_moving_objects *objects, const seg_moving_flow *flow,
                            int32_t x, int32_t y) {
    if (flow && flow->back.u) {
        const ptrdiff_t at = (ptrdiff_t)y * flow->stride + x;
        const double px = floor((double)x + (double)flow->back.u[at] + 0.5);
        const double py = floor((double)y + (double)flow->back.v[at] + 0.5);
        if (!(px >= 0 && px < objects->width && py >= 0 && py < objects->height)) return 0;
        x = (int32_t)px;
        y = (int32_t)py;
    }
    return objects->labels[(size_t)y * (size_t)objects->width + (size_t)x];
}

/* The pairs of a region and a former object that overlap, as rows of a sparse assignment. */
typedef struct overlaps {
    int32_t *starts, *columns; /* columns are places in objects->items */
    double *costs;
    int32_t *column_of;
    seg_keyed *pairs; /* twice as many as the grid has pixels */
} overlaps;

/* What depends on the grid alone comes first, so that it is the same memory in every frame. */
static seg_status take_overlaps(overlaps *o, size_t n, seg_scratch *scratch) {
    o->pairs = seg_scratch_take(scratch, n, 2 * sizeof *o->pairs, "overlaps");
    o->columns = seg_scratch_take(scratch, n, sizeof *o->columns, "overlaps");
    o->costs = seg_scratch_take(scratch, n, sizeof *o->costs, "overlaps");
    return o->pairs && o->columns && o->costs ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status find_overlaps(overlaps *o, const finding *f, const seg_moving_objects *objects,
                                const seg_moving_flow *flow) {
    const size_t rows = (size_t)f->regions + 1;
    o->starts = seg_scratch_take(f->scratch, rows, sizeof *o->starts, "overlaps");
    o->column_of = seg_scratch_take(f->scratch, rows, sizeof *o->column_of, "overlaps");
    if (!o->starts || !o->column_of) return SEG_ERROR_MEMORY;
    seg_keyed *pairs = o->pairs;
    size_t count = 0;
    for (int32_t y = 0; y < objects->height; y++) {
        const int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < objects->width; x++) {
            const int32_t before =
                row[x] > 0 && objects->carried ? label_before(objects, flow, x, y) : 0;
            if (before > 0)
                pairs[count++].key = (uint64_t)row[x] << 32 | (uint64_t)(uint32_t)before;
        }
    }
    seg_sort(pairs, pairs + (size_t)objects->width * (size_t)objects->height, count);
    int32_t used = 0, label = 1;
    o->starts[0] = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && pairs[end].key == pairs[i].key;)
            end++;
        for (; label < (int32_t)(pairs[i].key >> 32); label++)
            o->starts[label] = used;
        o->columns[used] = (int32_t)(pairs[i].key & 0xffffffffu) - 1;
        o->costs[used++] = -(double)(end - i);
    }
    for (; label <= f->regions; label++)
        o->starts[label] = used;
    return SEG_OK;
}

/* Numbers of regions: those of the former objects they are paired with, or new ones. */
static seg_status number(seg_moving_objects *objects, overlaps *o, const finding *f,
                         const seg_moving_flow *flow) {
    SEG_TRY(find_overlaps(o, f, objects, flow));
    SEG_TRY(seg_assignment_solve_sparse_in(f->scratch, o->column_of, o->starts, o->columns,
                                           o->costs, f->regions, objects->count, 0));
    const int32_t former = objects->count, room = former + f->regions;
    SEG_TRY(seg_grow((void **)&objects->items, &objects->capacity, former, room,
                     sizeof *objects->items, objects->allocator));
    for (int32_t i = 0; i < f->regions; i++) {
        const int32_t column = o->column_of[i];
        objects->items[former + i] = column >= 0 ? objects->items[column] : ++objects->last_id;
    }
    memmove(objects->items, objects->items + former, (size_t)f->regions * sizeof *objects->items);
    objects->count = f->regions;
    return SEG_OK;
}

/* ---- all of it ---- */

static seg_status find_regions(finding *f, const seg_moving *moving) {
    const seg_image shape = {.width = moving->width, .height = moving->height};
    SEG_TRY(seg_scratch_image(&f->labels, &shape, SEG_LABEL32, 1, f->scratch));
    const float *mean = moving->mean;
    for (int32_t y = 0; y < moving->height; y++) {
        int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < moving->width; x++)
            row[x] = *mean++ > 0;
    }
    SEG_TRY(seg_pieces(&f->labels, &f->regions, f->scratch));
    SEG_TRY(drop_small(f));
    if (!f->flow) return SEG_OK;
    SEG_TRY(part(f));
    SEG_TRY(measure(f));
    SEG_TRY(join(f));
    return drop_small(f);
}

seg_status seg_moving_objects_find(seg_moving_objects *objects, const seg_moving *moving,
                                   const seg_moving_flow *flow, const seg_motion *dominant,
                                   int32_t least, seg_scratch *scratch) {
    finding f = {.flow = flow,
                 .dominant = dominant,
                 .least = least,
                 .samples = objects->samples,
                 .room = objects->room,
                 .scratch = scratch};
    overlaps o;
    SEG_TRY(take_overlaps(&o, (size_t)objects->width * (size_t)objects->height, scratch));
    SEG_TRY(find_regions(&f, moving));
    SEG_TRY(number(objects, &o, &f, flow));
    for (int32_t y = 0; y < objects->height; y++)
        memcpy(objects->labels + (size_t)y * (size_t)objects->width, seg_image_row(&f.labels, y),
               (size_t)objects->width * sizeof *objects->labels);
    objects->carried = true;
    return SEG_OK;
}
