/*
 * Surfaces: how far the outline of a mask lies from that of the truth.
 *
 * A surface pixel is an object pixel beside which (4-neighbours) there is ground, or the end of the
 * picture. With d(s) the distance of a predicted surface pixel s to the nearest true one, centre to
 * centre in pixels, and d(t) that of a true one to the nearest predicted one:
 *   hausdorff      the largest of all d: D. Huttenlocher et al., "Comparing images using the
 *                  Hausdorff distance", PAMI 15(9), 1993
 *   hd95           the larger of the 95th percentiles of d(s) and of d(t)
 *   hd95-pooled    the 95th percentile of both together
 *   assd           mean of all d
 *   masd           mean of the mean d(s) and the mean d(t)
 *   boundary-precision, boundary-recall, boundary-f
 *                  share of s with d <= tolerance, share of such t, and 2 P R / (P + R): G. Csurka
 *                  et al., "What is a good evaluation measure for semantic segmentation?", 2013
 *   nsd            share of all s and t with d <= tolerance, the surface Dice of S. Nikolov et
 *                  al., arXiv 1809.04430, 2018, counted in pixels
 * Percentiles are interpolated between ranks 0 .. n - 1, as NumPy's are. Names and definitions as
 * in A. Reinke et al., "Understanding metric-related pitfalls in image analysis validation", Nature
 * Methods 21, 2024.
 *
 * All are means over pictures, of those where they are defined. Where both surfaces are empty,
 * distances are 0 and shares 1. Where one is empty, distances are undefined and the picture is left
 * out of their means (`one-empty` counts such pictures), or they are the picture's diagonal
 * (`empty=diagonal`); boundary-f and nsd are 0. Surface pixels that are not scored are not
 * measured, but may be measured to.
 *
 * Cost: two exact distance transforms, and sorting of the distances.
 */
#include "core/math.h"
#include "core/memory.h"
#include "evaluate/exact_sum.h"
#include "evaluate/object.h"
#include "imgproc/bitmap.h"
#include "imgproc/sort.h"
#include "metrics.h"

#include <math.h>

typedef struct surfaces_options {
    size_t size;
    seg_object_options objects;
    seg_size tolerance;
    int32_t empty; /* 0 = undefined, 1 = the diagonal */
} surfaces_options;

static const char *const empty_names[] = {"undefined", "diagonal", NULL};

static const seg_param rows[] = {
    SEG_OBJECT_PREDICTION_ROWS(offsetof(surfaces_options, objects), "0", "-1"),
    SEG_OBJECT_TRUTH_ROWS(offsetof(surfaces_options, objects), "0", "-1"),
    {"tolerance", SEG_PARAM_SIZE, offsetof(surfaces_options, tolerance), "2", 0, 1e6, NULL, "px",
     "How far a surface pixel may lie from the other surface and still be right.", "tau"},
    {"empty", SEG_PARAM_ENUM, offsetof(surfaces_options, empty), "undefined", 0, 0, empty_names, "",
     "What distances are where only one of the two surfaces is empty.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(surfaces_options)};

typedef enum {
    HAUSDORFF,
    HD95,
    HD95_POOLED,
    ASSD,
    MASD,
    BOUNDARY_F,
    BOUNDARY_PRECISION,
    BOUNDARY_RECALL,
    NSD,
    MEANS, /* those above are means over pictures */
    PICTURES = MEANS,
    ONE_EMPTY,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [HAUSDORFF] = {"hausdorff", "Hausdorff distance of the surfaces", "px", -1, 0},
    [HD95] = {"hd95", "the larger 95th percentile of both directions' distances", "px", -1, 0},
    [HD95_POOLED] = {"hd95-pooled", "95th percentile of both directions' distances together", "px",
                     -1, 0},
    [ASSD] = {"assd", "average symmetric surface distance", "px", -1, 0},
    [MASD] = {"masd", "mean of both directions' average distances", "px", -1, 0},
    [BOUNDARY_F] = {"boundary-f", "2 P R / (P + R) of boundary-precision and -recall", "", 1, 1},
    [BOUNDARY_PRECISION] = {"boundary-precision", "share of the surface near the true one", "", 1,
                            1},
    [BOUNDARY_RECALL] = {"boundary-recall", "share of the true surface near the found one", "", 1,
                         1},
    [NSD] = {"nsd", "normalized surface distance, surface Dice", "", 1, 1},
    [PICTURES] = {"pictures", "pictures that were compared", "pictures", 0, NAN},
    [ONE_EMPTY] = {"one-empty", "pictures with only one surface", "pictures", -1, 0},
};

typedef struct surfaces_tally {
    seg_env env;
    surfaces_options options;
    seg_exact_sum sums[MEANS];
    int64_t defined[MEANS]; /* pictures in the sums */
    int64_t one_empty, pictures;
} surfaces_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    surfaces_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of surfaces");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const surfaces_options *)options;
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    surfaces_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally);
}

/* ---- surfaces ---- */

/* A surface, and which of its pixels are scored. */
typedef struct surface {
    seg_bitmap pixels, scored;
    size_t count; /* that are scored */
    bool empty;
} surface;

/* Pixels of `row` that have object on all four sides. Outside is ground. */
static uint64_t enclosed(const seg_bitmap *mask, const uint64_t *row, int32_t y, int32_t i) {
    if (y == 0 || y + 1 == mask->height) return 0;
    const uint64_t left = row[i] << 1 | (i > 0 ? row[i - 1] >> 63 : 0);
    const uint64_t right = row[i] >> 1 | (i + 1 < mask->pitch ? row[i + 1] << 63 : 0);
    return left & right & row[i - mask->pitch] & row[i + mask->pitch];
}

static seg_status find_surface(surface *found, const seg_image *mask, const seg_bitmap *ignored,
                               seg_scratch *scratch) {
    seg_bitmap object;
    SEG_TRY(seg_bitmap_pack(&object, mask, false, scratch));
    SEG_TRY(seg_bitmap_take(&found->pixels, mask->width, mask->height, scratch));
    SEG_TRY(seg_bitmap_take(&found->scored, mask->width, mask->height, scratch));
    found->count = 0;
    found->empty = true;
    for (int32_t y = 0; y < mask->height; y++) {
        const uint64_t *row = seg_bitmap_row(&object, y), *left_out = seg_bitmap_row(ignored, y);
        uint64_t *out = seg_bitmap_row(&found->pixels, y);
        uint64_t *scored = seg_bitmap_row(&found->scored, y);
        for (int32_t i = 0; i < object.pitch; i++) {
            out[i] = row[i] & ~enclosed(&object, row, y, i);
            scored[i] = out[i] & ~left_out[i];
            found->count += (size_t)seg_bits_count(scored[i]);
            found->empty = found->empty && out[i] == 0;
        }
    }
    return SEG_OK;
}

/* Squared distances of surface pixels that are scored, as ascending keys. */
typedef struct distances {
    seg_keyed *items;
    size_t count;
} distances;

static uint64_t square(int64_t a) {
    return (uint64_t)(a * a);
}

/* Of the scored pixels of a row to the nearest ones of the other surface. */
static void list_row(distances *list, const uint64_t *scored, const int32_t *nearest, int32_t width,
                     int32_t y) {
    for (int32_t i = 0; i < seg_bits_words(width); i++)
        for (uint64_t word = scored[i]; word; word &= word - 1) {
            const int32_t x = i * 64 + seg_bits_lowest(word), pixel = nearest[x];
            const uint64_t key = square(pixel % width - x) + square(pixel / width - y);
            list->items[list->count++] = (seg_keyed){key, 0};
        }
}

/* From one surface to another one, which is not empty. `mask` and `nearest` are room. */
static seg_status measure(distances *list, const surface *from, const surface *to,
                          const seg_image *mask, seg_image *nearest, seg_scratch *scratch) {
    *list = (distances){NULL, 0};
    if (!from->count) return SEG_OK;
    list->items = seg_scratch_take(scratch, 2 * from->count, sizeof *list->items, "distances");
    if (!list->items) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_bitmap_unpack(mask, &to->pixels, &scratch->env));
    SEG_TRY(seg_distance(NULL, NULL, nearest, mask, SEG_DISTANCE_TO_OBJECT, &scratch->env));
    for (int32_t y = 0; y < mask->height; y++)
        list_row(list, seg_bitmap_row(&from->scored, y), seg_image_row(nearest, y), mask->width, y);
    seg_sort(list->items, list->items + list->count, list->count);
    return SEG_OK;
}

/* ---- measures of a picture ---- */

static double distance_at(const distances *list, size_t rank) {
    return sqrt((double)list->items[rank].key);
}

static double percentile_95(const distances *list) {
    if (!list->count) return 0;
    const double rank = 0.95 * (double)(list->count - 1);
    const size_t below = (size_t)rank, above = below + 1 < list->count ? below + 1 : below;
    const double low = distance_at(list, below), high = distance_at(list, above);
    return low + (high - low) * (rank - (double)below);
}

static double sum_of(const distances *list) {
    double sum = 0;
    for (size_t i = 0; i < list->count; i++)
        sum += distance_at(list, i);
    return sum;
}

static size_t count_within(const distances *list, double tolerance) {
    size_t count = 0;
    while (count < list->count && distance_at(list, count) <= tolerance)
        count++;
    return count;
}

/* Merges two ascending lists. */
static seg_status pool(distances *all, const distances *a, const distances *b,
                       seg_scratch *scratch) {
    size_t i = 0, k = 0;
    all->count = a->count + b->count;
    all->items = seg_scratch_take(scratch, all->count, sizeof *all->items, "distances");
    if (!all->items) return SEG_ERROR_MEMORY;
    for (size_t n = 0; n < all->count; n++) {
        const bool from_a = k == b->count || (i < a->count && a->items[i].key <= b->items[k].key);
        all->items[n] = from_a ? a->items[i++] : b->items[k++];
    }
    return SEG_OK;
}

static double share(size_t part, size_t whole) {
    return whole ? (double)part / (double)whole : NAN;
}

/* Of two surfaces; a direction in which nothing is scored has no say. */
static void fill_values(double value[MEANS], const distances *predicted, const distances *expected,
                        const distances *all, double tolerance) {
    const distances *lists[2] = {predicted, expected};
    double largest = 0, largest_95 = 0, sum = 0, means = 0;
    size_t near[2], directions = 0;
    for (int k = 0; k < 2; k++) {
        const size_t count = lists[k]->count;
        near[k] = count_within(lists[k], tolerance);
        if (!count) continue;
        const double own = sum_of(lists[k]);
        largest = seg_larger(largest, distance_at(lists[k], count - 1));
        largest_95 = seg_larger(largest_95, percentile_95(lists[k]));
        sum += own;
        means += own / (double)count;
        directions++;
    }
    value[HAUSDORFF] = largest;
    value[HD95] = largest_95;
    value[HD95_POOLED] = percentile_95(all);
    value[ASSD] = sum / (double)all->count;
    value[MASD] = means / (double)directions;
    const double precision = value[BOUNDARY_PRECISION] = share(near[0], predicted->count);
    const double recall = value[BOUNDARY_RECALL] = share(near[1], expected->count);
    const double both = precision + recall;
    value[BOUNDARY_F] = both > 0 ? 2 * precision * recall / both : both; /* 0, or undefined */
    value[NSD] = share(near[0] + near[1], all->count);
}

static void fill_perfect(double value[MEANS]) {
    for (int i = 0; i < MEANS; i++)
        value[i] = measures[i].perfect;
}

/* One of the surfaces is empty, the other one has pixels that are scored. */
static void fill_one_empty(double value[MEANS], bool predicted, const seg_image *mask,
                           int32_t empty) {
    const double width = mask->width, height = mask->height;
    for (int i = 0; i < BOUNDARY_F; i++)
        value[i] = empty ? sqrt(width * width + height * height) : NAN;
    value[BOUNDARY_F] = value[NSD] = 0;
    value[BOUNDARY_PRECISION] = predicted ? 0 : NAN;
    value[BOUNDARY_RECALL] = predicted ? NAN : 0;
}

/* ---- a pair ---- */

typedef struct picture {
    seg_image masks[2], ignored, nearest;
    double value[MEANS];
    bool one_empty;
} picture;

static seg_status measure_surfaces(picture *p, const surfaces_tally *tally,
                                   const surface surfaces[2], seg_scratch *scratch) {
    const seg_image *mask = &p->masks[0]; /* no more needed */
    distances lists[2], all;
    for (int k = 0; k < 2; k++)
        SEG_TRY(measure(&lists[k], &surfaces[k], &surfaces[1 - k], mask, &p->nearest, scratch));
    SEG_TRY(pool(&all, &lists[0], &lists[1], scratch));
    const seg_size *tolerance = &tally->options.tolerance;
    const double side = mask->width < mask->height ? mask->width : mask->height;
    fill_values(p->value, &lists[0], &lists[1], &all,
                tolerance->in_percent ? tolerance->value / 100 * side : tolerance->value);
    return SEG_OK;
}

static seg_status compare(picture *p, const surfaces_tally *tally, const seg_pair *pair,
                          seg_scratch *scratch) {
    seg_objects objects;
    seg_bitmap ignored;
    surface surfaces[2];
    SEG_TRY(seg_objects_init(&objects, &tally->options.objects, pair, &tally->env));
    SEG_TRY(seg_objects_draw(&p->masks[0], &p->masks[1], &p->ignored, &objects, &tally->env));
    SEG_TRY(seg_bitmap_pack(&ignored, &p->ignored, false, scratch));
    for (int k = 0; k < 2; k++)
        SEG_TRY(find_surface(&surfaces[k], &p->masks[k], &ignored, scratch));
    fill_perfect(p->value);
    if (!surfaces[0].count && !surfaces[1].count) return SEG_OK;
    if (!surfaces[0].empty && !surfaces[1].empty)
        return measure_surfaces(p, tally, surfaces, scratch);
    p->one_empty = true;
    fill_one_empty(p->value, !surfaces[0].empty, &p->masks[0], tally->options.empty);
    return SEG_OK;
}

static void add_values(surfaces_tally *tally, const picture *p) {
    for (int i = 0; i < MEANS; i++) {
        if (isnan(p->value[i])) continue;
        seg_exact_sum_add(&tally->sums[i], p->value[i]);
        tally->defined[i]++;
    }
    tally->one_empty += p->one_empty;
    tally->pictures++;
}

static seg_status add(void *state, const seg_pair *pair) {
    surfaces_tally *tally = state;
    picture p = {.one_empty = false};
    seg_scratch scratch;
    seg_scratch_init(&scratch, &tally->env);
    const seg_status status = compare(&p, tally, pair, &scratch);
    if (status >= 0) add_values(tally, &p);
    seg_scratch_free(&scratch);
    seg_image_unref(&p.masks[0]);
    seg_image_unref(&p.masks[1]);
    seg_image_unref(&p.ignored);
    seg_image_unref(&p.nearest);
    return status;
}

/* ---- sums and results ---- */

static seg_status merge(void *state, const void *from) {
    surfaces_tally *tally = state;
    const surfaces_tally *other = from;
    for (int i = 0; i < MEANS; i++) {
        seg_exact_sum_merge(&tally->sums[i], &other->sums[i]);
        tally->defined[i] += other->defined[i];
    }
    tally->one_empty += other->one_empty;
    tally->pictures += other->pictures;
    return SEG_OK;
}

static seg_status values(const void *state, double *value) {
    const surfaces_tally *tally = state;
    for (int i = 0; i < MEANS; i++) {
        const double sum = seg_exact_sum_value(&tally->sums[i]);
        value[i] = tally->pictures == 0 ? measures[i].perfect
                   : tally->defined[i]  ? sum / (double)tally->defined[i]
                                        : NAN;
    }
    value[PICTURES] = (double)tally->pictures;
    value[ONE_EMPTY] = (double)tally->one_empty;
    return SEG_OK;
}

static seg_status masks(const void *state, const seg_pair *pair, seg_image *prediction,
                        seg_image *truth, seg_image *ignored) {
    const surfaces_tally *tally = state;
    seg_objects objects;
    SEG_TRY(seg_objects_init(&objects, &tally->options.objects, pair, &tally->env));
    return seg_objects_draw(prediction, truth, ignored, &objects, &tally->env);
}

const seg_metric seg_metric_surfaces = {
    .id = "surfaces",
    .title = "distances between the outlines of masks",
    .reference = "Reinke et al., Understanding metric-related pitfalls in image analysis "
                 "validation, Nature Methods 21",
    .year = 2024,
    .prediction_formats = SEG_OBJECT_FORMATS,
    .truth_formats = SEG_OBJECT_FORMATS,
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .needs = SEG_METRIC_MEANS,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "hd95",
    .empty = "No surface in either picture: distances are 0, shares 1. In one only: distances are "
             "undefined and the picture is left out of their means (or the diagonal, by --empty), "
             "boundary-f and nsd 0; one-empty counts such pictures.",
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
    .masks = masks,
};
