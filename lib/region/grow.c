/*
 * Region growing: from one or several seeds, pixels are taken as long as they are like the region.
 * For objects that are even in colour, and for parting a picture into even pieces.
 *
 * R. Adams, L. Bischof, "Seeded region growing", IEEE Trans. PAMI 16(6), 1994.
 *
 * Symbols: g(x) value of pixel x, A_i region i, T `tolerance`; differences are the largest over the
 * colours, alpha is left out.
 *   seed       x joins A_i if |g(x) - mean of the seed's pixels| <= T
 *   neighbour  x joins A_i from its neighbour y in A_i if |g(x) - g(y)| <= T
 *   mean       x joins A_i if |g(x) - mean of A_i| <= T, most similar pixels first
 *   confidence x joins A_i if |g(x) - mean of A_i| <= k deviations of A_i, in each colour, where
 * A_i is the region of the iteration before (growth_confidence.c)
 *
 * Steps: 1. the tolerance as a fraction of whole numbers, f32 as 16 bits; 2. seeds in order of
 * their labels; 3. growing: by seed and neighbour a region at a time on rows of bits if regions do
 * not meet, else all of them a step at a time, a pixel that two reach in the same step going to the
 * smaller label; by mean through a queue ordered by difference (growth_mean.c); without seeds by
 * the rule of growth_auto.c. Pixels that are ignored or not finite are never reached.
 * Nothing depends on threads: growing runs in one.
 *
 * The score is 256 less |g(x) - mean of A_i| in 8-bit levels, by the mean that the region has in
 * the end, and 0 where x is in none: score > 0 is the mask, score > 256 - t what is within t of it.
 *
 * Cost: about 1 ns a pixel by seed and neighbour where regions do not meet, about 20 ns where they
 * do, 100 to 300 ns by mean and without seeds. Known failures: neighbour leaks through one soft
 * spot of an edge; seed stops in shading; mean depends on where it starts.
 */
#include <segment/region.h>

#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/markers.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include "region/growth.h"
#include <segment/imgproc.h>

#include <string.h>

/* So many regions by the criterion seed are tried one after the other: each compares all pixels of
 * the rows that it reaches. */
#define MOST_FLOODED 16

static const char *const criterion_names[] = {"seed", "mean", "neighbour", "confidence", NULL};

static const seg_param rows[] = {
    {"seeds", SEG_PARAM_SEEDS, offsetof(seg_region_grow_options, seeds), "auto", 0, 0, NULL, "px",
     "Points x,y;x,y (labels 1, 2, ...), a picture of labels or of a mask, or auto.", ""},
    {"tolerance", SEG_PARAM_LEVEL, offsetof(seg_region_grow_options, tolerance), "20", 0, 255, NULL,
     "8-bit level",
     "Largest difference that belongs: 20, 8%, 500raw; p90 and auto (= auto:noise) are of the "
     "differences between neighbouring pixels.",
     "T"},
    {"criterion", SEG_PARAM_ENUM, offsetof(seg_region_grow_options, criterion), "mean", 0, 3,
     criterion_names, "",
     "What a pixel must be like: the seed, the region's mean, its neighbour, or (confidence) "
     "within "
     "some deviations of the region's mean.",
     ""},
    {"connectivity", SEG_PARAM_INT, offsetof(seg_region_grow_options, connectivity), "4", 4, 8,
     seg_connectivity_names, "", "Neighbours of a pixel.", ""},
    {"multiplier", SEG_PARAM_FLOAT, offsetof(seg_region_grow_options, multiplier), "2.5", 0, 100,
     NULL, "", "Of confidence: standard deviations from the mean that belong.", "k"},
    {"iterations", SEG_PARAM_INT, offsetof(seg_region_grow_options, iterations), "4", 0, 100, NULL,
     "", "Of confidence: how often mean and deviation are taken anew.", ""},
    {"radius", SEG_PARAM_INT, offsetof(seg_region_grow_options, radius), "1", 0, 100, NULL, "px",
     "Of confidence: the first mean and deviation are of windows of side 2 radius + 1 around the "
     "seeds.",
     ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_region_grow_options)};

void seg_region_grow_options_init(seg_region_grow_options *options) {
    seg_params_init(options, &params);
}

/* All labels free, but those of blocked pixels. */
static void clear_labels(const seg_growth *growth) {
    for (int32_t y = 0; y < growth->labels.height; y++) {
        int32_t *row = seg_growth_label(growth, 0, y);
        if (seg_image_empty(&growth->blocked)) {
            memset(row, 0, (size_t)growth->labels.width * sizeof *row);
            continue;
        }
        const uint8_t *blocked = seg_image_row(&growth->blocked, y);
        for (int32_t x = 0; x < growth->labels.width; x++)
            row[x] = blocked[x] ? SEG_GROWTH_BLOCKED : SEG_GROWTH_FREE;
    }
}

/* --- growing ----------------------------------------------------------------------------- */

static seg_status grow_by_mean(seg_growth *growth) {
    seg_growth_queue *queue;
    seg_growth_places fringe = {0};
    SEG_TRY(seg_growth_queue_take(&queue, growth));
    seg_growth_region *regions =
        seg_scratch_take(growth->scratch, (size_t)growth->count, sizeof *regions, "regions");
    if (!regions) return SEG_ERROR_MEMORY;
    memset(regions, 0, (size_t)growth->count * sizeof *regions);
    SEG_TRY(seg_growth_places_need(&fringe, growth->seed_count, growth->scratch));
    for (size_t i = 0; i < growth->seed_count; i++) {
        const seg_growth_seed *seed = &growth->seeds[i];
        int32_t *label = seg_growth_label(growth, seed->x, seed->y);
        if (*label != SEG_GROWTH_FREE) continue; /* blocked, or of a seed before */
        *label = seed->index + 1;
        seg_growth_add(growth, &regions[seed->index], seed->x, seed->y);
        fringe.items[fringe.count++] = (seg_point){seed->x, seed->y};
    }
    SEG_TRY(seg_growth_mean(growth, queue, regions, &fringe));
    growth->covered = 0;
    for (int32_t i = 0; i < growth->count; i++)
        growth->covered += regions[i].count;
    return SEG_OK;
}

/* By confidence they grow within ranges that were found before, else as by seed. */
static seg_status grow_seeds(seg_growth *growth) {
    if (growth->criterion == SEG_GROW_MEAN) return grow_by_mean(growth);
    bool competing = true;
    if (growth->criterion == SEG_GROW_NEIGHBOUR || growth->count <= MOST_FLOODED)
        SEG_TRY(seg_growth_flood(growth, &competing));
    if (!competing) return SEG_OK;
    clear_labels(growth);
    return seg_growth_breadth(growth);
}

typedef struct growth_report {
    int64_t regions, covered, all; /* regions with a pixel, pixels in them, pixels not ignored */
} growth_report;

/* Indices to labels, the marks of blocked pixels to 0. */
static void finish(const seg_growth *growth, growth_report *report) {
    /* points have the labels 1, 2, ... already */
    const bool renamed =
        growth->ids && growth->count > 0 && growth->ids[growth->count - 1] != growth->count;
    int64_t blocked = 0;
    for (int32_t y = 0; y < growth->labels.height; y++) {
        int32_t *row = seg_growth_label(growth, 0, y);
        for (int32_t x = 0; renamed && x < growth->labels.width; x++)
            row[x] = row[x] > 0 ? growth->ids[row[x] - 1] : row[x];
        if (seg_image_empty(&growth->blocked)) continue;
        const uint8_t *marks = seg_image_row(&growth->blocked, y);
        for (int32_t x = 0; x < growth->labels.width; x++) {
            blocked += marks[x] != 0;
            row[x] = row[x] > 0 ? row[x] : 0;
        }
    }
    report->covered = growth->covered;
    report->all = (int64_t)growth->labels.width * growth->labels.height - blocked;
}

/* Regions of which a seed's pixel bears the label; indices are still in place. */
static int64_t count_regions(const seg_growth *growth) {
    int64_t regions = 0;
    int32_t last = -1;
    for (size_t i = 0; i < growth->seed_count; i++) {
        const seg_growth_seed *seed = &growth->seeds[i];
        if (seed->index == last) continue;
        if (*seg_growth_label(growth, seed->x, seed->y) != seed->index + 1) continue;
        regions++;
        last = seed->index;
    }
    return regions;
}

static seg_status grow(seg_image *labels, seg_image *score, growth_report *report,
                       const seg_image *picture, const seg_image *ignore, const seg_image *markers,
                       const seg_region_grow_options *options, seg_scratch *scratch) {
    seg_growth growth = {.labels = *labels, .scratch = scratch};
    growth.criterion = options->criterion;
    growth.connectivity = options->connectivity;
    SEG_TRY(seg_growth_prepare(&growth, picture, ignore));
    const bool automatic = seg_image_empty(markers) && options->seeds.kind == SEG_SEEDS_AUTO;
    if (!automatic) SEG_TRY(seg_growth_seeds(&growth, &options->seeds, markers));
    SEG_TRY(seg_growth_set_tolerance(&growth, &options->tolerance, picture->format));
    if (growth.criterion == SEG_GROW_CONFIDENCE) {
        growth.criterion = automatic ? SEG_GROW_MEAN : SEG_GROW_SEED;
        if (!automatic)
            SEG_TRY(seg_growth_confidence(&growth, options->multiplier, options->iterations,
                                          options->radius));
    }
    if (automatic || growth.criterion == SEG_GROW_MEAN) clear_labels(&growth);
    SEG_TRY(automatic ? seg_growth_automatic(&growth) : grow_seeds(&growth));
    report->regions = automatic ? growth.count : count_regions(&growth);
    if (score) SEG_TRY(seg_growth_score(score, &growth));
    finish(&growth, report);
    return SEG_OK;
}

seg_status seg_region_grow(seg_image *labels, const seg_image *picture, const seg_image *ignore,
                           const seg_image *markers, const seg_region_grow_options *options,
                           const seg_env *env) {
    seg_region_grow_options defaults;
    seg_region_grow_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_growth_check(picture, ignore, markers));
    SEG_TRY(seg_image_ensure(labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    if (!seg_image_empty(markers)) SEG_TRY(seg_check_apart(labels, "labels", markers, "markers"));
    seg_scratch scratch;
    growth_report report;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        grow(labels, NULL, &report, picture, ignore, markers, options, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

/* --- the method -------------------------------------------------------------------------- */

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_env *env = &still->env;
    const seg_image *picture = seg_frame_picture(frame);
    seg_image *score = wanted & SEG_OUTPUT_SCORE ? &result->score : NULL;
    growth_report report;
    SEG_TRY(seg_image_reuse(&result->labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    if (score) SEG_TRY(seg_image_reuse(score, picture->width, picture->height, SEG_F32, 1, env));
    if (!seg_image_empty(&frame->markers))
        SEG_TRY(seg_check_apart(&result->labels, "the result", &frame->markers, "the markers"));
    SEG_TRY(grow(&result->labels, score, &report, picture, &frame->ignore, &frame->markers,
                 still->options, &still->scratch));
    result->outputs |= SEG_OUTPUT_LABELS | (score ? SEG_OUTPUT_SCORE : 0);
    if (score) {
        score->colour = SEG_COLOUR_DATA;
        result->score_full_scale = SEG_GROWTH_SCORE_FULL;
    }
    seg_result_decide(result, "regions", (double)report.regions, "");
    seg_result_decide(result, "covered",
                      report.all ? 100.0 * (double)report.covered / (double)report.all : 0, "%");
    return SEG_OK;
}

const seg_method seg_method_region_grow = {
    .id = "region-grow",
    .title = "seeded region growing",
    .family = "region",
    .reference = "R. Adams, L. Bischof, Seeded region growing, IEEE Trans. PAMI 16(6)",
    .year = 1994,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_LABELS | SEG_OUTPUT_SCORE,
    .needs = SEG_NEED_COLOUR | SEG_NEED_SEEDS,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
