/*
 * One-to-one matching of boundary pixels by least total distance, at all thresholds.
 *
 * D. Martin, C. Fowlkes, J. Malik, "Learning to detect natural image boundaries using local
 * brightness, color, and texture cues", IEEE Trans. PAMI 26(5), 2004, with the numbers of the
 * benchmark's correspondPixels: a pair costs its distance in hundredths of a pixel, rounded; a
 * pixel without a partner costs as much as fifty times the largest distance, so that there are as
 * many pairs as possible unless one more would push hundreds of others apart. The kit gives pixels
 * without a partner six random ones to be "matched" with, which leaves some pairs out and differs
 * from run to run; here the minimum itself is found.
 *
 * From one threshold to the next few pixels change, so the last solution is kept and mended
 * (geometry/assignment_sparse.h). Annotators are independent of each other.
 */
#include "evaluate/boundaries.h"

#include "core/bands.h"
#include "core/check.h"
#include "geometry/assignment_sparse.h"

#include <math.h>
#include <string.h>

/* The pixels of a side of the matching. */
typedef struct pixel_set {
    int32_t count;
    seg_point *points; /* in raster order */
    int32_t *index;    /* of each pixel of the picture; undefined for others */
} pixel_set;

/* Pixels up to a distance apart, as far as the picture goes. */
typedef struct reach {
    int32_t rows, columns; /* |dy| < rows, |dx| < columns */
    int64_t most;          /* how many pixels there are at most */
    int32_t *half;         /* of row dy: |dx| <= half[|dy|] */
    double *costs;         /* costs[|dy| * columns + |dx|] */
} reach;

/* A picture's truth number `annotator` against all maps. */
typedef struct neighbours {
    const reach *reach;
    const pixel_set *pixels[2];   /* predicted, true */
    const seg_bitmap *present[2]; /* those that take part now */
} neighbours;

enum { PREDICTED, TRUE };

/* ---- who may be paired ---- */

static int32_t smaller(int64_t a, int64_t b) {
    return (int32_t)(a < b ? a : b);
}

static seg_status make_reach(reach *area, double max_distance, const seg_bitmap *map,
                             seg_scratch *scratch) {
    const int64_t radius = (int64_t)max_distance;
    const double square = max_distance * max_distance;
    area->rows = smaller(radius + 1, map->height);
    area->columns = smaller(radius + 1, map->width);
    const size_t rows = (size_t)area->rows, columns = (size_t)area->columns;
    area->half = seg_scratch_take(scratch, rows, sizeof *area->half, "distances");
    area->costs = seg_scratch_take(scratch, rows * columns, sizeof *area->costs, "distances");
    if (!area->half || !area->costs) return SEG_ERROR_MEMORY;
    area->most = 0;
    for (int32_t dy = 0; dy < area->rows; dy++) {
        int32_t half = -1;
        for (int32_t dx = 0; dx < area->columns; dx++) {
            const double d2 = (double)dx * dx + (double)dy * dy;
            area->costs[(size_t)dy * columns + (size_t)dx] = floor(sqrt(d2) * 100 + 0.5);
            if (d2 <= square) half = dx;
        }
        area->half[dy] = half;
        area->most += (2 * (int64_t)half + 1) * (dy ? 2 : 1);
    }
    return SEG_OK;
}

/* Edges to the present pixels of a row from x on both sides. */
static int32_t edges_of_row(seg_matching_edge *edges, const neighbours *n, int32_t other, int32_t x,
                            int32_t y, int32_t dy) {
    const seg_bitmap *present = n->present[other];
    const int32_t half = n->reach->half[dy];
    const int32_t first = x > half ? x - half : 0;
    const int32_t last = smaller((int64_t)x + half, present->width - 1);
    const double *costs = n->reach->costs + (ptrdiff_t)dy * n->reach->columns;
    const int32_t *index = n->pixels[other]->index + (ptrdiff_t)y * present->width;
    const uint64_t *row = seg_bitmap_row(present, y);
    int32_t count = 0;
    for (int32_t i = first >> 6; i <= last >> 6; i++) {
        uint64_t word = row[i];
        if (i == first >> 6) word &= ~(uint64_t)0 << (first & 63);
        if (i == last >> 6) word &= ~(uint64_t)0 >> (63 - (last & 63));
        for (; word; word &= word - 1) {
            const int32_t at = i * 64 + seg_bits_lowest(word);
            edges[count++] = (seg_matching_edge){index[at], costs[at > x ? at - x : x - at]};
        }
    }
    return count;
}

static int32_t edges_of(const void *context, int32_t side, int32_t node, seg_matching_edge *edges) {
    const neighbours *n = context;
    const seg_point at = n->pixels[side]->points[node];
    const int32_t radius = n->reach->rows - 1, height = n->present[0]->height;
    const int32_t first = at.y > radius ? at.y - radius : 0;
    const int32_t last = smaller((int64_t)at.y + radius, height - 1);
    int32_t count = 0;
    for (int32_t y = first; y <= last; y++)
        count += edges_of_row(edges + count, n, 1 - side, at.x, y, y > at.y ? y - at.y : at.y - y);
    return count;
}

/* ---- pixels ---- */

static int32_t count_pixels(const seg_bitmap *map) {
    int32_t count = 0;
    for (size_t i = 0; i < (size_t)map->pitch * (size_t)map->height; i++)
        count += seg_bits_count(map->words[i]);
    return count;
}

static seg_status list_pixels(pixel_set *set, const seg_bitmap *map, seg_scratch *scratch) {
    const size_t pixels = (size_t)map->width * (size_t)map->height;
    set->count = count_pixels(map);
    set->points =
        seg_scratch_take(scratch, (size_t)set->count, sizeof *set->points, "boundary pixels");
    set->index = seg_scratch_take(scratch, pixels, sizeof *set->index, "boundary pixels");
    if (!set->points || !set->index) return SEG_ERROR_MEMORY;
    int32_t next = 0;
    for (int32_t y = 0; y < map->height; y++)
        for (int32_t i = 0; i < map->pitch; i++)
            for (uint64_t word = seg_bitmap_row(map, y)[i]; word; word &= word - 1) {
                const int32_t x = i * 64 + seg_bits_lowest(word);
                set->index[(size_t)y * (size_t)map->width + (size_t)x] = next;
                set->points[next++] = (seg_point){x, y};
            }
    return SEG_OK;
}

/* ---- matching ---- */

typedef struct match_job {
    const seg_bitmap *maps;
    const seg_bitmap *truths;
    int32_t count, truth_count;
    reach reach;
    double unpaired;
    pixel_set predicted; /* in any map */
    int32_t words;       /* for a bit of each of them */
    uint64_t *right;     /* of each annotator and map: those with a partner */
    int64_t *found;      /* of each annotator and map: true pixels with a partner */
    const seg_env *env;
} match_job;

/* Adds the pixels of a word to the matching, or takes them out of it. */
static void change_word(seg_matching *m, const int32_t *index, uint64_t word, bool come) {
    for (; word; word &= word - 1) {
        const int32_t node = index[seg_bits_lowest(word)];
        if (come)
            seg_matching_activate(m, PREDICTED, node);
        else
            seg_matching_deactivate(m, PREDICTED, node);
    }
}

/* First the pixels go that are no more in the map, then the new ones come. */
static void change_map(seg_matching *m, neighbours *n, const seg_bitmap *before,
                       const seg_bitmap *now) {
    n->present[PREDICTED] = now;
    for (int32_t come = 0; come < 2; come++)
        for (int32_t y = 0; y < now->height; y++)
            for (int32_t i = 0; i < now->pitch; i++) {
                const int32_t *index =
                    n->pixels[PREDICTED]->index + (ptrdiff_t)y * now->width + i * 64;
                const uint64_t was = before ? seg_bitmap_row(before, y)[i] : 0;
                const uint64_t is = seg_bitmap_row(now, y)[i];
                change_word(m, index, come ? is & ~was : was & ~is, come);
            }
}

static int64_t note_pairs(uint64_t *right, const seg_matching *m, const pixel_set *predicted,
                          int32_t words) {
    int64_t found = 0;
    memset(right, 0, (size_t)words * sizeof *right);
    for (int32_t i = 0; i < predicted->count; i++) {
        if (seg_matching_mate(m, PREDICTED, i) < 0) continue;
        right[i >> 6] |= (uint64_t)1 << (i & 63);
        found++;
    }
    return found;
}

static seg_status match_truth(const match_job *job, int32_t annotator, seg_scratch *scratch) {
    pixel_set truth;
    SEG_TRY(list_pixels(&truth, &job->truths[annotator], scratch));
    neighbours n = {.reach = &job->reach,
                    .pixels = {&job->predicted, &truth},
                    .present = {&job->maps[job->count - 1], &job->truths[annotator]}};
    const int32_t most = job->predicted.count > truth.count ? job->predicted.count : truth.count;
    const seg_matching_graph graph = {.count = {job->predicted.count, truth.count},
                                      .most_edges = smaller(job->reach.most, most),
                                      .edges = edges_of,
                                      .context = &n};
    seg_matching m;
    SEG_TRY(seg_matching_init(&m, &graph, job->unpaired, scratch));
    for (int32_t i = 0; i < truth.count; i++)
        seg_matching_activate(&m, TRUE, i);
    for (int32_t i = job->count - 1; i >= 0; i--) {
        const size_t place = (size_t)annotator * (size_t)job->count + (size_t)i;
        uint64_t *right = job->right + place * (size_t)job->words;
        const seg_bitmap *before = i + 1 < job->count ? &job->maps[i + 1] : NULL;
        if (!before || before->words != job->maps[i].words)
            change_map(&m, &n, before, &job->maps[i]);
        SEG_TRY(seg_matching_solve(&m));
        job->found[place] = note_pairs(right, &m, &job->predicted, job->words);
    }
    return SEG_OK;
}

static seg_status match_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const match_job *job = argument;
    (void)band, (void)worker;
    for (int32_t i = first; i < end; i++) {
        seg_scratch scratch;
        seg_scratch_init(&scratch, job->env);
        const seg_status status = match_truth(job, i, &scratch);
        seg_scratch_free(&scratch);
        SEG_TRY(status);
    }
    return SEG_OK;
}

/* A predicted pixel is right if any annotator has a partner for it. */
static int64_t count_right(const match_job *job, int32_t map) {
    int64_t count = 0;
    for (int32_t i = 0; i < job->words; i++) {
        uint64_t any = 0;
        for (int32_t k = 0; k < job->truth_count; k++)
            any |= job->right[((size_t)k * (size_t)job->count + (size_t)map) * (size_t)job->words +
                              (size_t)i];
        count += seg_bits_count(any);
    }
    return count;
}

static void sum_up(seg_boundary_counts *counts, const match_job *job) {
    int64_t truth = 0;
    for (int32_t k = 0; k < job->truth_count; k++)
        truth += count_pixels(&job->truths[k]);
    for (int32_t i = 0; i < job->count; i++) {
        counts[i] = (seg_boundary_counts){
            .truth = truth, .right = count_right(job, i), .predicted = count_pixels(&job->maps[i])};
        for (int32_t k = 0; k < job->truth_count; k++)
            counts[i].found += job->found[(size_t)k * (size_t)job->count + (size_t)i];
    }
}

static seg_status prepare(match_job *job, double max_distance, seg_scratch *scratch) {
    const seg_bitmap *first = &job->maps[0];
    seg_bitmap any;
    if ((int64_t)first->width * first->height > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "pictures are %ld x %ld (allowed: up to 2^31 - 1 pixels)",
                        (long)first->width, (long)first->height);
    SEG_TRY(make_reach(&job->reach, max_distance, first, scratch));
    const double outlier = ceil(100 * max_distance * 100);
    job->unpaired = (outlier > 1 ? outlier : 1) / 2;
    SEG_TRY(seg_bitmap_take(&any, first->width, first->height, scratch));
    const size_t words = (size_t)any.pitch * (size_t)any.height;
    memcpy(any.words, first->words, words * sizeof *any.words);
    for (int32_t i = 1; i < job->count; i++)
        for (size_t k = 0; job->maps[i].words != job->maps[i - 1].words && k < words; k++)
            any.words[k] |= job->maps[i].words[k];
    SEG_TRY(list_pixels(&job->predicted, &any, scratch));
    job->words = seg_bits_words(job->predicted.count);
    const size_t places = (size_t)job->truth_count * (size_t)job->count;
    job->found = seg_scratch_take(scratch, places, sizeof *job->found, "counts");
    job->right =
        seg_scratch_take(scratch, places * (size_t)job->words, sizeof *job->right, "pairs");
    return job->found && job->right ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_status seg_boundary_match(seg_boundary_counts *counts, const seg_bitmap *maps, int32_t count,
                              const seg_bitmap *truths, int32_t truth_count, double max_distance,
                              seg_scratch *scratch) {
    match_job job = {.maps = maps,
                     .count = count,
                     .truths = truths,
                     .truth_count = truth_count,
                     .env = &scratch->env};
    SEG_TRY(prepare(&job, max_distance, scratch));
    SEG_TRY(seg_run_bands(&scratch->env, truth_count, 1, match_band, &job));
    sum_up(counts, &job);
    return SEG_OK;
}
