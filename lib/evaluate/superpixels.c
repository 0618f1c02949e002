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
 *   compactness sum over s of a(s) / N x 4 pi a(s) / perimeter(s)^2
 * Each is the mean over pictures of the mean over annotators. Label 0 is a superpixel like any
 * other, but not scored in the truth. `split` counts labels that are not one 4-connected piece.
 *
 * Cost: a pass for each annotator, 8 bytes a pixel.
 */
#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "evaluate/contingency.h"
#include "evaluate/exact_sum.h"
#include "imgproc/label_table.h"
#include "metrics.h"
#include <segment/imgproc.h>

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
    [COMPACTNESS] = {"compactness", "area against that of a circle of this perimeter", "", 1, NAN},
    [SUPERPIXELS] = {"superpixels", "number of superpixels", "", 0, NAN},
    [SPLIT] = {"split", "superpixels in more than one piece", "", -1, NAN},
};

typedef struct superpixels_tally {
    seg_env env;
    superpixels_options options;
    seg_exact_sum sums[MEASURES];
    int64_t pictures[MEASURES];                 /* for which the measure is defined */
    seg_image own, near_own, truth, near_truth; /* boundaries, and what is near to them */
    seg_scratch kept, table;                    /* of a picture; of an annotator */
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

static void release_boundaries(superpixels_tally *tally) {
    seg_image_unref(&tally->own);
    seg_image_unref(&tally->near_own);
    seg_image_unref(&tally->truth);
    seg_image_unref(&tally->near_truth);
}

static void release(void *state) {
    superpixels_tally *tally = state;
    const seg_env env = tally->env;
    release_boundaries(tally);
    seg_scratch_free(&tally->kept);
    seg_scratch_free(&tally->table);
    seg_release(&env, tally);
}

/* ---- labels by index ---- */

/* A label picture of any format; negative labels are 0. */
static int32_t label_at(const seg_image *picture, const void *row, int32_t x) {
    if (picture->format == SEG_LABEL32)
        return ((const int32_t *)row)[x] > 0 ? ((const int32_t *)row)[x] : 0;
    if (picture->format == SEG_U16) return ((const uint16_t *)row)[x];
    const uint8_t *bytes = row;
    if (picture->channels == 1) return bytes[x];
    return bytes[3 * x] | bytes[3 * x + 1] << 8 | bytes[3 * x + 2] << 16;
}

/* Superpixels numbered from 0, row by row without gaps. */
typedef struct indexed {
    int32_t *at;
    int32_t width, height, count;
} indexed;

static seg_status index_labels(indexed *out, const seg_image *labels, seg_scratch *scratch) {
    seg_label_table table;
    int32_t zero = -1, last_label = -1, last = 0, found = 0;
    *out = (indexed){NULL, labels->width, labels->height, 0};
    const size_t pixels = (size_t)labels->width * (size_t)labels->height;
    out->at = seg_scratch_take(scratch, pixels, sizeof *out->at, "superpixels");
    if (!out->at) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_label_table_init(&table, scratch));
    int32_t *at = out->at;
    for (int32_t y = 0; y < labels->height; y++) {
        const void *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++) {
            const int32_t label = label_at(labels, row, x);
            if (label != last_label) {
                last_label = label;
                if (label > 0) {
                    SEG_TRY(seg_label_table_index(&table, label, &found));
                    last = zero >= 0 && found >= zero ? found + 1 : found;
                } else {
                    if (zero < 0) zero = table.count;
                    last = zero;
                }
            }
            *at++ = last;
        }
    }
    out->count = table.count + (zero >= 0);
    return SEG_OK;
}

/* ---- boundaries ---- */

static seg_status mark_boundaries(seg_image *mask, const seg_image *labels, const seg_env *env) {
    SEG_TRY(seg_image_ensure(mask, labels->width, labels->height, SEG_U8, 1, env));
    const int32_t width = labels->width, height = labels->height;
    for (int32_t y = 0; y < height; y++) {
        const void *row = seg_image_row(labels, y);
        const void *above = seg_image_row(labels, y ? y - 1 : y);
        const void *below = seg_image_row(labels, y + 1 < height ? y + 1 : y);
        uint8_t *out = seg_image_row(mask, y);
        for (int32_t x = 0; x < width; x++) {
            const int32_t label = label_at(labels, row, x);
            const bool inside = label == label_at(labels, above, x) &&
                                label == label_at(labels, below, x) &&
                                label == label_at(labels, row, x ? x - 1 : x) &&
                                label == label_at(labels, row, x + 1 < width ? x + 1 : x);
            out[x] = inside ? 0 : 255;
        }
    }
    return SEG_OK;
}

/* Where a boundary is at most r away. */
static seg_status mark_near(seg_image *near, const seg_image *boundary, double tolerance,
                            const seg_env *env) {
    const double width = boundary->width, height = boundary->height;
    const double radius = floor(tolerance * sqrt(width * width + height * height) + 0.5);
    const int32_t side = radius < 511 ? 2 * (int32_t)radius + 1 : 1023;
    if (side == 1) return seg_image_copy(near, boundary, env);
    return seg_morphology_mask(near, boundary, SEG_MORPH_DILATE, SEG_ELEMENT_SQUARE, side, env);
}

/* br and bp against one annotator; NaN where there is no boundary to find, or none found. */
static void compare_boundaries(double *br, double *bp, const superpixels_tally *tally,
                               const seg_pair *pair, const seg_image *labels) {
    int64_t found = 0, missed = 0, far = 0;
    const bool all = seg_image_empty(pair->ignore);
    for (int32_t y = 0; y < labels->height; y++) {
        const uint8_t *own = seg_image_row(&tally->own, y),
                      *truth = seg_image_row(&tally->truth, y);
        const uint8_t *near_own = seg_image_row(&tally->near_own, y);
        const uint8_t *near_truth = seg_image_row(&tally->near_truth, y);
        const uint8_t *ignored = all ? NULL : seg_image_row(pair->ignore, y);
        const void *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++) {
            if ((!own[x] && !truth[x]) || (ignored && ignored[x]) || !label_at(labels, row, x))
                continue;
            found += truth[x] && near_own[x];
            missed += truth[x] && !near_own[x];
            far += own[x] && !near_truth[x];
        }
    }
    *br = found + missed ? (double)found / (double)(found + missed) : NAN;
    *bp = found + far ? (double)found / (double)(found + far) : NAN;
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

/* ---- the superpixels themselves ---- */

static seg_status measure_shapes(double *value, const indexed *labels, seg_scratch *scratch) {
    const size_t count = (size_t)labels->count;
    int64_t *area = seg_scratch_take(scratch, count, sizeof *area, "areas");
    int64_t *perimeter = seg_scratch_take(scratch, count, sizeof *perimeter, "perimeters");
    if (!area || !perimeter) return SEG_ERROR_MEMORY;
    memset(area, 0, count * sizeof *area);
    memset(perimeter, 0, count * sizeof *perimeter);
    const int32_t width = labels->width, height = labels->height;
    const int32_t *at = labels->at;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++, at++) {
            area[*at]++;
            perimeter[*at] += (x == 0 || at[-1] != *at) + (x + 1 == width || at[1] != *at) +
                              (y == 0 || at[-width] != *at) + (y + 1 == height || at[width] != *at);
        }
    const double pixels = (double)width * height;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double a = (double)area[i], p = (double)perimeter[i];
        sum += a / pixels * (4 * SEG_PI * a / (p * p));
    }
    value[COMPACTNESS] = sum;
    value[SUPERPIXELS] = (double)count;
    return SEG_OK;
}

static int32_t find_root(int32_t *parent, int32_t i) {
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static void join(int32_t *parent, int32_t a, int32_t b) {
    a = find_root(parent, a), b = find_root(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* Labels that have several pieces, by union of neighbours. */
static seg_status count_split(double *value, const indexed *labels, seg_scratch *scratch) {
    const int32_t width = labels->width, pixels = width * labels->height;
    int32_t *parent = seg_scratch_take(scratch, (size_t)pixels, sizeof *parent, "pieces");
    int32_t *pieces = seg_scratch_take(scratch, (size_t)labels->count, sizeof *pieces, "pieces");
    if (!parent || !pieces) return SEG_ERROR_MEMORY;
    memset(pieces, 0, (size_t)labels->count * sizeof *pieces);
    const int32_t *at = labels->at;
    for (int32_t i = 0; i < pixels; i++) {
        parent[i] = i;
        if (i % width && at[i - 1] == at[i]) join(parent, i - 1, i);
        if (i >= width && at[i - width] == at[i]) join(parent, i - width, i);
    }
    for (int32_t i = 0; i < pixels; i++)
        pieces[at[i]] += parent[i] == i;
    value[SPLIT] = 0;
    for (int32_t k = 0; k < labels->count; k++)
        value[SPLIT] += pieces[k] > 1;
    return SEG_OK;
}

static double sample_at(const seg_image *picture, const void *row, size_t i) {
    if (picture->format == SEG_U8) return ((const uint8_t *)row)[i];
    if (picture->format == SEG_U16) return ((const uint16_t *)row)[i];
    const float value = ((const float *)row)[i];
    return isfinite(value) ? (double)value : 0;
}

/* Explained variation, all colour channels together. */
static seg_status explain_colours(double *value, const indexed *labels, const seg_image *picture,
                                  seg_scratch *scratch) {
    const int32_t channels = picture->channels - (picture->channels % 2 == 0); /* without alpha */
    const size_t count = (size_t)labels->count;
    double *sum = seg_scratch_take(scratch, count, sizeof *sum, "colours");
    int64_t *area = seg_scratch_take(scratch, count, sizeof *area, "areas");
    if (!sum || !area) return SEG_ERROR_MEMORY;
    const double pixels = (double)labels->width * labels->height;
    double explained = 0, all = 0;
    for (int32_t c = 0; c < channels; c++) {
        double total = 0, squares = 0, classes = 0;
        memset(area, 0, count * sizeof *area);
        for (size_t i = 0; i < count; i++)
            sum[i] = 0;
        const int32_t *at = labels->at;
        for (int32_t y = 0; y < labels->height; y++) {
            const void *row = seg_image_row(picture, y);
            for (int32_t x = 0; x < labels->width; x++, at++) {
                const double sample =
                    sample_at(picture, row, (size_t)x * picture->channels + (size_t)c);
                sum[*at] += sample;
                area[*at]++;
                total += sample;
                squares += sample * sample;
            }
        }
        for (size_t i = 0; i < count; i++)
            classes += sum[i] * sum[i] / (double)area[i];
        explained += classes - total * total / pixels;
        all += squares - total * total / pixels;
    }
    value[EV] = all > 0 ? explained / all : 1; /* nothing was to be explained */
    return SEG_OK;
}

/* ---- pictures ---- */

/* Means over annotators, of those for which a measure is defined. */
static seg_status compare_annotators(superpixels_tally *tally, const seg_pair *pair,
                                     double *value) {
    const seg_env *env = &tally->env;
    double sums[EV] = {0};
    int32_t defined[EV] = {0};
    SEG_TRY(mark_boundaries(&tally->own, pair->prediction, env));
    SEG_TRY(mark_near(&tally->near_own, &tally->own, tally->options.tolerance, env));
    for (int32_t k = 0; k < pair->truth_count; k++) {
        const seg_image *truth = &pair->truths[k];
        double own[EV] = {NAN, NAN, NAN, NAN, NAN, NAN};
        SEG_TRY(mark_boundaries(&tally->truth, truth, env));
        SEG_TRY(mark_near(&tally->near_truth, &tally->truth, tally->options.tolerance, env));
        compare_boundaries(&own[BR], &own[BP], tally, pair, truth);
        SEG_TRY(compare_overlaps(own, pair, truth, &tally->table));
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
    indexed labels;
    seg_scratch_rewind(&tally->kept);
    SEG_TRY(index_labels(&labels, pair->prediction, &tally->kept));
    SEG_TRY(measure_shapes(value, &labels, &tally->kept));
    SEG_TRY(count_split(value, &labels, &tally->kept));
    if (!seg_image_empty(pair->picture))
        SEG_TRY(explain_colours(value, &labels, pair->picture, &tally->kept));
    return compare_annotators(tally, pair, value);
}

static seg_status add(void *state, const seg_pair *pair) {
    superpixels_tally *tally = state;
    if ((int64_t)pair->prediction->width * pair->prediction->height > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the prediction is %ld x %ld (allowed: 2^31 - 1 pixels)",
                        (long)pair->prediction->width, (long)pair->prediction->height);
    double value[MEASURES];
    for (int32_t i = 0; i < MEASURES; i++)
        value[i] = NAN;
    const seg_status status = measure_picture(tally, pair, value);
    release_boundaries(tally); /* the next picture may have another size */
    SEG_TRY(status);
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
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .free = release,
};
