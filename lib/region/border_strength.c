/*
 * A hierarchy of regions as one map: each border with the scale at which it goes.
 *
 * G. Koepfler, C. Lopez, J.-M. Morel, "A multiscale algorithm for image segmentation by variational
 * method", SIAM Journal on Numerical Analysis 31(1), 1994; of D. Mumford, J. Shah, "Optimal
 * approximations by piecewise smooth functions and associated variational problems", Comm. on Pure
 * and Applied Mathematics 42(5), 1989.
 *
 * For regions A and B with |A|, |B| pixels, mean colours a, b and a common border of l sides,
 * joining them adds |A| |B| / (|A| + |B|) |a - b|^2 to the energy and takes lambda l away: it pays
 * once lambda is as large as
 *   c(A, B) = |A| |B| / (|A| + |B|) |a - b|^2 / l
 *
 * Steps: 1. lambda = 1, 2^(1/4), ...: pairs with c no larger than it are joined, the cheapest
 * first, each looked at anew when its turn comes; in rounds until there are none, at most eight;
 * 2. the larger region stays the root of both and lambda is noted at the other: the way to a root
 * is short, and the lambda that made two regions one is the last one on the way from one to the
 * other.
 *
 * Cost: in one thread, some 20 rounds over the pairs that are left. Memory: 64 bytes a pair and 48
 * a region.
 */
#include "region/border_strength.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/pieces.h"
#include "imgproc/sort.h"
#include "imgproc/still_method.h"

#include <string.h>

#define LEVELS 96 /* values of lambda */
#define OCTAVE 4  /* of them */
#define ROUNDS 8
#define DISTANCE_UNIT (256.0 * SEG_LAB_UNIT * SEG_LAB_UNIT) /* of seg_region_distance */

typedef struct hierarchy {
    seg_region_stats *stats; /* at roots */
    int32_t *parents;
    uint8_t *levels; /* of regions that are joined to their parents */
    seg_keyed *pairs, *queue, *spare;
    size_t count; /* of pairs; key: both roots, value: length */
} hierarchy;

static float lambda_of(int32_t level) {
    static const double quarters[OCTAVE] = {1, 1.189207115002721, 1.4142135623730951,
                                            1.681792830507429};
    return (float)((double)(UINT32_C(1) << (level / OCTAVE)) * quarters[level % OCTAVE]);
}

static seg_keyed pair_of(int32_t a, int32_t b, uint64_t length) {
    const uint32_t low = (uint32_t)(a < b ? a : b), high = (uint32_t)(a < b ? b : a);
    return (seg_keyed){(uint64_t)low << 32 | high, length};
}

static int32_t first_of(const seg_keyed *pair) {
    return (int32_t)(pair->key >> 32);
}

static int32_t second_of(const seg_keyed *pair) {
    return (int32_t)(pair->key & UINT32_MAX);
}

static int32_t root_of(const hierarchy *h, int32_t region) {
    while (h->parents[region] != region)
        region = h->parents[region];
    return region;
}

/* --- joining ----------------------------------------------------------------------------- */

static float cost_of(const hierarchy *h, int32_t a, int32_t b, uint64_t length) {
    const seg_region_stats *one = &h->stats[a], *other = &h->stats[b];
    const double distance = (double)seg_region_distance(one, other) / DISTANCE_UNIT;
    const double area_a = (double)one->area, area_b = (double)other->area;
    return (float)(area_a * area_b / (area_a + area_b) * distance / (double)length);
}

static void join(hierarchy *h, int32_t a, int32_t b, int32_t level) {
    const int64_t area_a = h->stats[a].area, area_b = h->stats[b].area;
    const bool stays = area_a > area_b || (area_a == area_b && a < b);
    const int32_t root = stays ? a : b, other = stays ? b : a;
    h->parents[other] = root;
    h->levels[other] = (uint8_t)level;
    seg_region_add(&h->stats[root], &h->stats[other]);
}

/* Costs are queued by their bits, which are in order as whole numbers. */
static float cost_at(const hierarchy *h, size_t place) {
    const uint32_t bits = (uint32_t)h->queue[place].key;
    float cost;
    memcpy(&cost, &bits, sizeof cost);
    return cost;
}

static void queue_pairs(hierarchy *h) {
    for (size_t i = 0; i < h->count; i++) {
        const seg_keyed *pair = &h->pairs[i];
        const float cost = cost_of(h, first_of(pair), second_of(pair), pair->value);
        uint32_t bits;
        memcpy(&bits, &cost, sizeof bits);
        h->queue[i] = (seg_keyed){bits, i};
    }
    seg_sort(h->queue, h->spare, h->count);
}

/* Names pairs by their roots, adds up those that have become one, and queues them. */
static void renew_pairs(hierarchy *h) {
    size_t kept = 0, count = 0;
    for (size_t i = 0; i < h->count; i++) {
        const int32_t a = root_of(h, first_of(&h->pairs[i]));
        const int32_t b = root_of(h, second_of(&h->pairs[i]));
        if (a != b) h->pairs[kept++] = pair_of(a, b, h->pairs[i].value);
    }
    seg_sort(h->pairs, h->spare, kept);
    for (size_t i = 0; i < kept; i++)
        if (count && h->pairs[count - 1].key == h->pairs[i].key)
            h->pairs[count - 1].value += h->pairs[i].value;
        else
            h->pairs[count++] = h->pairs[i];
    h->count = count;
    queue_pairs(h);
}

static void join_queued(hierarchy *h, float most, int32_t level) {
    for (size_t i = 0; i < h->count && cost_at(h, i) <= most; i++) {
        const seg_keyed *pair = &h->pairs[h->queue[i].value];
        const int32_t a = root_of(h, first_of(pair)), b = root_of(h, second_of(pair));
        if (a != b && cost_of(h, a, b, pair->value) <= most) join(h, a, b, level);
    }
}

static seg_status join_all(hierarchy *h, const seg_env *env) {
    renew_pairs(h);
    for (int32_t level = 0; level < LEVELS; level++)
        for (int round = 0; round < ROUNDS && h->count && cost_at(h, 0) <= lambda_of(level);
             round++) {
            join_queued(h, lambda_of(level), level);
            renew_pairs(h);
            SEG_TRY(seg_progress(env, 0.9));
        }
    return SEG_OK;
}

/* --- the map ----------------------------------------------------------------------------- */

/* The level at which two regions became one. Those on the way to a root grow. */
static int32_t level_between(const hierarchy *h, int32_t a, int32_t b) {
    int32_t level = 0;
    while (a != b) {
        const int32_t level_a = h->parents[a] == a ? LEVELS : h->levels[a];
        const int32_t level_b = h->parents[b] == b ? LEVELS : h->levels[b];
        if (level_a == LEVELS && level_b == LEVELS) return LEVELS;
        level = level_a < level_b ? level_a : level_b;
        if (level_a < level_b)
            a = h->parents[a];
        else
            b = h->parents[b];
    }
    return level;
}

static void draw(const hierarchy *h, const seg_image *strength, const seg_image *labels) {
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        const int32_t *below = seg_image_row(labels, y + 1 < labels->height ? y + 1 : y);
        float *out = seg_image_row(strength, y);
        for (int32_t x = 0; x < labels->width; x++) {
            const int32_t others[2] = {x + 1 < labels->width ? row[x + 1] : row[x], below[x]};
            int32_t most = 0;
            for (int k = 0; k < 2; k++) {
                if (row[x] < 1 || others[k] < 1 || others[k] == row[x]) continue;
                const int32_t level = level_between(h, row[x] - 1, others[k] - 1);
                most = level > most ? level : most;
            }
            out[x] = (float)most / LEVELS;
        }
    }
}

static seg_status make_hierarchy(hierarchy *h, int32_t regions, const seg_image *labels,
                                 const seg_image *picture, seg_scratch *scratch) {
    const size_t count = (size_t)regions;
    seg_planes lab;
    seg_region_graph graph;
    h->stats = seg_scratch_take(scratch, count, sizeof *h->stats, "regions");
    h->parents = seg_scratch_take(scratch, count, sizeof *h->parents, "regions");
    h->levels = seg_scratch_take(scratch, count, sizeof *h->levels, "regions");
    if (!h->stats || !h->parents || !h->levels) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_planes_lab(&lab, picture, scratch));
    seg_regions_measure(h->stats, labels, regions, &lab);
    SEG_TRY(seg_region_graph_make(&graph, labels, scratch));
    h->count = graph.count;
    h->pairs = seg_scratch_take(scratch, graph.count, sizeof *h->pairs, "pairs");
    h->queue = seg_scratch_take(scratch, graph.count, sizeof *h->queue, "pairs");
    h->spare = seg_scratch_take(scratch, graph.count, sizeof *h->spare, "pairs");
    if (!h->pairs || !h->queue || !h->spare) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < regions; i++)
        h->parents[i] = i;
    for (size_t i = 0; i < graph.count; i++)
        h->pairs[i] = pair_of(graph.pairs[i].a, graph.pairs[i].b, (uint64_t)graph.pairs[i].length);
    return join_all(h, &scratch->env);
}

seg_status seg_border_strength(seg_image *strength, const seg_image *labels,
                               const seg_image *picture, seg_scratch *scratch) {
    hierarchy h = {0};
    int32_t regions = 0;
    SEG_TRY(seg_image_reuse(strength, labels->width, labels->height, SEG_F32, 1, &scratch->env));
    strength->colour = SEG_COLOUR_DATA;
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++)
            regions = row[x] > regions ? row[x] : regions;
    }
    if (regions) SEG_TRY(make_hierarchy(&h, regions, labels, picture, scratch));
    draw(&h, strength, labels);
    return SEG_OK;
}
