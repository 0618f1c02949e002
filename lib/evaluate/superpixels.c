/*
 * Superpixels: how well many small regions respect the boundaries of annotators' larger ones, and
 * how they are shaped.
 *
 * D. Stutz, A. Hermans, B. Leibe, "Superpixels: an evaluation of the state-of-the-art", Computer
 * Vision and Image Understanding 166, 2018, with the measures of A. Levinshtein et al.
 * (TurboPixels, PAMI 31(12), 2009), R. Achanta et al. (SLIC, PAMI 34(11), 2012), P. Neubert and P.
 * Protzel (2012), A. Moore et al. (2008) and A. Schick et al. (ICPR 2012).
 *
 * With n(s, t) the pixels that superpixel s and true region t share, a(s), b(t) their sizes, N all:
 *   br          share of true boundary pixels with a boundary of superpixels at most r away, in a
 *               square; r = round(tolerance x diagonal); a boundary pixel has a 4-neighbour of
 *               another label
 *   bp          those, as a share of them and of the boundary pixels of superpixels far from any
 *   ue-levin    mean over t of (sum of a(s) with n > 0, less b(t)) / b(t)
 *   ue-achanta  (sum over t of a(s) with n > 5 % of a(s)) / N - 1
 *   ue-np       sum of min(n, a(s) - n) over all that meet / N
 *   asa         sum over s of the largest n / N; 1 - asa is the error of van den Bergh et al.
 *   ev          variance of the colours that the superpixels' means explain, of all
 *   icv         intra-cluster variation: mean over s of the deviation from its mean colour
 *   compactness sum over s of a(s) / N x 4 pi a(s) / perimeter(s)^2
 * Each is the mean over pictures of the mean over annotators. Label 0 is a superpixel like any
 * other, but not scored in the truth. `split` counts labels that are not one 4-connected piece.
 * What the superpixels are by themselves (from ev on) is of the whole picture, ignored pixels too.
 *
 * Cost: two passes over the superpixels, two for each annotator, and boundaries as bits (near.h).
 */
#include "core/check.h"
#include "core/memory.h"
#include "evaluate/contingency.h"
#include "evaluate/contour_cuts.h"
#include "evaluate/exact_sum.h"
#include "evaluate/near.h"
#include "evaluate/superpixel_shapes.h"
#include "metrics.h"

#include <math.h>
#include <string.h>

#define ACHANTA_SHARE 0.05

typedef struct superpixels_options {
    size_t size;
    double tolerance;
} superpixels_options;

static const seg_param rows[] = {
    {"tolerance", SEG_PARAM_FLOAT, offsetof(superpixels_options, tolerance), "0.0025", 0, 0.5, NULL,
     "of the diagonal", "How far a boundary may lie from the true one.", "r"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(superpixels_options)};

typedef enum {
    BR,
    BP,
    UE_LEVIN,
    UE_ACHANTA,
    UE_NP,
    ASA,
    EV,
    ICV,
    COMPACTNESS,
    SUPERPIXELS,
    SPLIT,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [BR] = {"br", "boundary recall", "", 1, 1},
    [BP] = {"bp", "boundary precision", "", 1, 1},
    [UE_LEVIN] = {"ue-levin", "under-segmentation error of Levinshtein", "", -1, 0},
    [UE_ACHANTA] = {"ue-achanta", "under-segmentation error of Achanta, 5 %", "", -1, 0},
    [UE_NP] = {"ue-np", "under-segmentation error of Neubert and Protzel", "", -1, 0},
    [ASA] = {"asa", "achievable segmentation accuracy", "", 1, 1},
    [EV] = {"ev", "explained variation of the colours", "", 1, NAN},
    [ICV] = {"icv", "intra-cluster variation of the colours", "8-bit level", -1, NAN},
    [COMPACTNESS] = {"compactness", "area against that of a circle of this perimeter", "", 1, NAN},
    [SUPERPIXELS] = {"superpixels", "number of superpixels", "superpixels", 0, NAN},
    [SPLIT] = {"split", "superpixels in more than one piece", "superpixels", -1, NAN},
};

typedef struct superpixels_tally {
    seg_env env;
    superpixels_options options;
    seg_exact_sum sums[MEASURES];
    int64_t pictures[MEASURES]; /* for which the measure is defined */
    seg_scratch kept, table;    /* memory of a picture, and of an annotator */
} superpixels_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    superpixels_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of superpixels");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const superpixels_options *)options;
    seg_scratch_init(&tally->kept, env);
    seg_scratch_init(&tally->table, env);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    superpixels_tally *tally = state;
    const seg_env env = tally->env;
    seg_scratch_free(&tally->kept);
    seg_scratch_free(&tally->table);
    seg_release(&env, tally);
}

/* ---- boundaries ---- */

/* Pixels that differ from their left neighbour, where `changes` has ones, and those neighbours. */
static void add_changes(uint64_t *row, const uint64_t *changes, int32_t words) {
    for (int32_t i = 0; i < words; i++)
        row[i] |= changes[i] | changes[i] >> 1 | (i + 1 < words ? changes[i + 1] << 63 : 0);
}

/* Pixels with a 4-neighbour of another label. */
static seg_status mark_boundaries(seg_bitmap *boundary, const seg_image *labels,
                                  seg_scratch *scratch) {
    const int32_t width = labels->width, words = seg_bits_words(width);
    const seg_bits_kernels *kernels = seg_bits_kernels_get();
    SEG_TRY(seg_bitmap_take(boundary, width, labels->height, scratch));
    int32_t *lines = seg_scratch_take(scratch, (size_t)width, 3 * sizeof *lines, "rows of labels");
    uint64_t *changes = seg_scratch_take(scratch, (size_t)words, sizeof *changes, "a row of bits");
    if (!lines || !changes) return SEG_ERROR_MEMORY;
    int32_t *line = lines, *above = lines + width, *room = lines + 2 * (size_t)width;
    for (int32_t y = 0; y < labels->height; y++) {
        uint64_t *out = seg_bitmap_row(boundary, y);
        memset(out, 0, (size_t)words * sizeof *out);
        seg_label_row_copy(line, labels, 0, y, width);
        if (y) {
            seg_label_row_differences(out, line, above, room, width);
            kernels->merge(seg_bitmap_row(boundary, y - 1), out, words);
        }
        kernels->pack_changes(changes, line, width);
        changes[0] &= ~(uint64_t)1; /* the first pixel has no left neighbour */
        add_changes(out, changes, words);
        int32_t *swap = above;
        above = line;
        line = swap;
    }
    return SEG_OK;
}

/* Pixels of labels above 0 that are not ignored. */
static seg_status mark_scored(seg_bitmap *scored, const seg_image *truth, const seg_image *ignore,
                              seg_scratch *scratch) {
    const int32_t width = truth->width, words = seg_bits_words(width);
    const seg_bits_kernels *kernels = seg_bits_kernels_get();
    SEG_TRY(seg_bitmap_take(scored, width, truth->height, scratch));
    int32_t *line = seg_scratch_take(scratch, (size_t)width, sizeof *line, "a row of labels");
    uint64_t *ignored = seg_scratch_take(scratch, (size_t)words, sizeof *ignored, "a row of bits");
    if (!line || !ignored) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < truth->height; y++) {
        uint64_t *out = seg_bitmap_row(scored, y);
        seg_label_row_copy(line, truth, 0, y, width);
        kernels->pack_equal(out, line, width, 0);
        if (!seg_image_empty(ignore)) {
            kernels->pack(ignored, seg_image_row(ignore, y), width);
            kernels->merge(out, ignored, words);
        }
        seg_bits_invert(out, width);
    }
    return SEG_OK;
}

/* Those of a bitmap that are scored. */
static seg_status keep_scored(seg_bitmap *kept, const seg_bitmap *bitmap, const seg_bitmap *scored,
                              seg_scratch *scratch) {
    SEG_TRY(seg_bitmap_take(kept, bitmap->width, bitmap->height, scratch));
    const size_t words = (size_t)bitmap->pitch * (size_t)bitmap->height;
    for (size_t i = 0; i < words; i++)
        kept->words[i] = bitmap->words[i] & scored->words[i];
    return SEG_OK;
}

/* br and bp against one annotator; NaN where there is no boundary to find, or none found. */
static seg_status compare_boundaries(double *br, double *bp, const seg_pair *pair,
                                     const seg_image *truth, const seg_bitmap *own,
                                     const seg_near *near, seg_scratch *scratch) {
    seg_bitmap expected, scored, expected_scored, own_scored;
    int64_t found, close;
    seg_scratch_rewind(scratch);
    SEG_TRY(mark_boundaries(&expected, truth, scratch));
    SEG_TRY(mark_scored(&scored, truth, pair->ignore, scratch));
    SEG_TRY(keep_scored(&expected_scored, &expected, &scored, scratch));
    SEG_TRY(keep_scored(&own_scored, own, &scored, scratch));
    SEG_TRY(seg_bitmap_count_near(&found, &expected_scored, own, near, scratch));
    SEG_TRY(seg_bitmap_count_near(&close, &own_scored, &expected, near, scratch));
    const int64_t all = seg_bitmap_ones(&expected_scored);
    const int64_t far = seg_bitmap_ones(&own_scored) - close;
    *br = all ? (double)found / (double)all : NAN;
    *bp = found + far ? (double)found / (double)(found + far) : NAN;
    return SEG_OK;
}

/* ---- overlaps ---- */

static seg_status compare_overlaps(double *value, const seg_pair *pair, const seg_image *truth,
                                   seg_scratch *scratch) {
    seg_contingency table;
    seg_scratch_rewind(scratch);
    SEG_TRY(seg_contingency_count(&table, pair->prediction, truth, pair->ignore, scratch));
    const size_t count = (size_t)table.a.count, regions = (size_t)table.b.count;
    int64_t *size = seg_scratch_take(scratch, count, sizeof *size, "superpixels");
    int64_t *touching = seg_scratch_take(scratch, regions, sizeof *touching, "regions");
    if (!size || !touching) return SEG_ERROR_MEMORY;
    memset(size, 0, count * sizeof *size);
    memset(touching, 0, regions * sizeof *touching);
    int64_t all = 0, achanta = 0, np = 0, asa = 0;
    for (int32_t i = 0; i < table.count; i++)
        if (table.cells[i].b) size[table.cells[i].a] += table.cells[i].pixels;
    for (int32_t i = 0; i < table.count;) {
        const int32_t a = table.cells[i].a;
        int64_t largest = 0;
        for (; i < table.count && table.cells[i].a == a; i++) {
            const int64_t n = table.cells[i].pixels, rest = size[a] - n;
            if (!table.cells[i].b) continue;
            touching[table.cells[i].b] += size[a];
            if ((double)n > ACHANTA_SHARE * (double)size[a]) achanta += size[a];
            np += n < rest ? n : rest;
            if (n > largest) largest = n;
        }
        asa += largest;
        all += size[a];
    }
    if (!all) return SEG_OK;
    double levin = 0;
    int64_t scored = 0;
    for (int32_t b = 1; b < table.b.count; b++) {
        if (!table.b.areas[b]) continue;
        levin += (double)(touching[b] - table.b.areas[b]) / (double)table.b.areas[b];
        scored++;
    }
    value[UE_LEVIN] = levin / (double)scored;
    value[UE_ACHANTA] = (double)achanta / (double)all - 1;
    value[UE_NP] = (double)np / (double)all;
    value[ASA] = (double)asa / (double)all;
    return SEG_OK;
}

/* ---- pictures ---- */

static seg_near near_of(const superpixels_tally *tally, const seg_image *labels) {
    const double width = labels->width, height = labels->height;
    const double radius =
        floor(tally->options.tolerance * sqrt(width * width + height * height) + 0.5);
    return (seg_near){SEG_ELEMENT_SQUARE, radius < INT32_MAX ? (int32_t)radius : INT32_MAX};
}

/* Means over annotators, of those for which a measure is defined. */
static seg_status compare_annotators(superpixels_tally *tally, const seg_pair *pair,
                                     double *value) {
    const seg_near near = near_of(tally, pair->prediction);
    double sums[EV] = {0};
    int32_t defined[EV] = {0};
    seg_bitmap boundary;
    SEG_TRY(mark_boundaries(&boundary, pair->prediction, &tally->kept));
    for (int32_t k = 0; k < pair->truth_count; k++) {
        const seg_image *truth = &pair->truths[k];
        double own[EV] = {NAN, NAN, NAN, NAN, NAN, NAN};
        SEG_TRY(compare_overlaps(own, pair, truth, &tally->table));
        SEG_TRY(
            compare_boundaries(&own[BR], &own[BP], pair, truth, &boundary, &near, &tally->table));
        for (int32_t i = 0; i < EV; i++) {
            if (isnan(own[i])) continue;
            sums[i] += own[i];
            defined[i]++;
        }
    }
    for (int32_t i = 0; i < EV; i++)
        value[i] = defined[i] ? sums[i] / defined[i] : NAN;
    return SEG_OK;
}

static seg_status measure_picture(superpixels_tally *tally, const seg_pair *pair, double *value) {
    seg_superpixel_shapes shapes;
    SEG_TRY(seg_label_picture_check(pair->prediction));
    seg_scratch_rewind(&tally->kept);
    SEG_TRY(seg_superpixel_shapes_measure(&shapes, pair->prediction, pair->picture, &tally->kept));
    value[EV] = shapes.explained;
    value[ICV] = shapes.variation;
    value[COMPACTNESS] = shapes.compactness;
    value[SUPERPIXELS] = shapes.count;
    value[SPLIT] = shapes.split;
    return compare_annotators(tally, pair, value);
}

static seg_status add(void *state, const seg_pair *pair) {
    superpixels_tally *tally = state;
    double value[MEASURES];
    for (int32_t i = 0; i < MEASURES; i++)
        value[i] = NAN;
    seg_contours_warn(pair->prediction, &tally->env);
    SEG_TRY(measure_picture(tally, pair, value));
    for (int32_t i = 0; i < MEASURES; i++) {
        if (isnan(value[i])) continue;
        seg_exact_sum_add(&tally->sums[i], value[i]);
        tally->pictures[i]++;
    }
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    superpixels_tally *tally = state;
    const superpixels_tally *other = from;
    for (int32_t i = 0; i < MEASURES; i++) {
        seg_exact_sum_merge(&tally->sums[i], &other->sums[i]);
        tally->pictures[i] += other->pictures[i];
    }
    return SEG_OK;
}

static seg_status values(const void *state, double *value) {
    const superpixels_tally *tally = state;
    for (int32_t i = 0; i < MEASURES; i++)
        value[i] = tally->pictures[i]
                       ? seg_exact_sum_value(&tally->sums[i]) / (double)tally->pictures[i]
                       : NAN;
    return SEG_OK;
}

const seg_metric seg_metric_superpixels = {
    .id = "superpixels",
    .title = "superpixels against regions",
    .reference = "Stutz, Hermans, Leibe, Superpixels: an evaluation of the state-of-the-art, CVIU "
                 "166",
    .year = 2018,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_ANNOTATORS | SEG_METRIC_PICTURE,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "br",
    .empty = "Pixels of the truth that are 0 belong to no region and are not scored; where there "
             "is no region all that compares with it is undefined.",
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
};
