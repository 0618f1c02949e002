/*
 * Regions: how well a partition of the picture into regions agrees with those of annotators, with
 * the measures of the Berkeley benchmark and the adapted Rand error.
 *
 * P. Arbelaez, M. Maire, C. Fowlkes, J. Malik, "Contour detection and hierarchical image
 * segmentation", IEEE Trans. PAMI 33(5), 2011; R. Unnikrishnan, C. Pantofaru, M. Hebert, "Toward
 * objective evaluation of image segmentation algorithms", PAMI 29(6), 2007 (PRI); M. Meila,
 * "Comparing clusterings: an axiomatic view", ICML 2005 (VI); I. Arganda-Carreras et al.,
 * "Crowdsourcing the creation of image segmentation algorithms for connectomics", Frontiers in
 * Neuroanatomy 9, 2015 (ARE).
 *
 * With n(s, t) the pixels that region s and true region t share, a(s), b(t) their sizes, N the sum:
 *   covering  sum over t of b(t) max over s of n / (a + b - n), as a share of the sum of b(t), of
 *             all annotators and pictures together
 *   pri       share of pixel pairs that are together in both, or in neither; mean over annotators
 *   vi        H(S|T) + H(T|S) in bits; vi-split, vi-merge are its two parts
 *   are       1 - f, f of precision = sum of n^2 / sum of a^2, recall = sum of n^2 / sum of b^2:
 *             pixel pairs that are together in both, of those together in one
 *
 * A hierarchy comes as levels of the prediction: `covering`, `pri`, `vi`, `are` are at the one
 * level that is best for all pictures (ODS), -ois at the best of each picture, covering-best at the
 * best of each true region. Label 0 is unassigned: in the truth it is not scored; in the prediction
 * it covers nothing, is one region in pri and vi, and in are, as in the SNEMI3D contest, each of
 * its pixels is a region of its own.
 *
 * `ucm` takes a contour map in place of labels and cuts it into such a hierarchy
 * (evaluate/contour_cuts.c).
 *
 * Pictures' values are added in a form that does not depend on their order. Cost: a pass over each
 * pair of level and annotator, and their shared runs.
 */
#include "core/check.h"
#include "core/memory.h"
#include "evaluate/contour_cuts.h"
#include "evaluate/exact_sum.h"
#include "evaluate/region_overlap.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <string.h>

typedef enum {
    COVERING,
    COVERING_OIS,
    COVERING_BEST,
    COVERING_LEVEL,
    PRI,
    PRI_OIS,
    PRI_LEVEL,
    VI,
    VI_OIS,
    VI_LEVEL,
    VI_SPLIT,
    VI_MERGE,
    ARE,
    ARE_OIS,
    ARE_PRECISION,
    ARE_RECALL,
    MEASURES
} place;

/* Of labels the best are 1 and 0; what a contour map can reach depends on it. */
/* clang-format off */
#define MEASURE_ROWS(one, zero) \
    [COVERING] = {"covering", "covering of the true regions at the best common level", "", 1, one}, \
    [COVERING_OIS] = {"covering-ois", "covering at the best level of each picture", "", 1, one}, \
    [COVERING_BEST] = {"covering-best", "covering at the best level of each region", "", 1, one}, \
    [COVERING_LEVEL] = {"covering-level", "level of covering, counted from 1", "level", 0, NAN}, \
    [PRI] = {"pri", "probabilistic Rand index at its best common level", "", 1, one}, \
    [PRI_OIS] = {"pri-ois", "pri at the best level of each picture", "", 1, one}, \
    [PRI_LEVEL] = {"pri-level", "level of pri, counted from 1", "level", 0, NAN}, \
    [VI] = {"vi", "variation of information at its best common level", "bits", -1, zero}, \
    [VI_OIS] = {"vi-ois", "vi at the best level of each picture", "bits", -1, zero}, \
    [VI_LEVEL] = {"vi-level", "level of vi, counted from 1", "level", 0, NAN}, \
    [VI_SPLIT] = {"vi-split", "the part of vi that is splits: H(S|T)", "bits", -1, zero}, \
    [VI_MERGE] = {"vi-merge", "the part of vi that is mergers: H(T|S)", "bits", -1, zero}, \
    [ARE] = {"are", "adapted Rand error at its best common level", "", -1, zero}, \
    [ARE_OIS] = {"are-ois", "are at the best level of each picture", "", -1, zero}, \
    [ARE_PRECISION] = {"are-precision", "pairs together in both / in the prediction", "", 1, one}, \
    [ARE_RECALL] = {"are-recall", "pairs together in both / in the truth", "", 1, one}
/* clang-format on */

static const seg_measure measures[MEASURES] = {MEASURE_ROWS(1, 0)};
static const seg_measure cut_measures[MEASURES] = {MEASURE_ROWS(NAN, NAN)};

typedef struct regions_options {
    size_t size;
    int32_t thresholds; /* 0 = the prediction is labels */
} regions_options;

static const seg_param cut_rows[] = {
    {"thresholds", SEG_PARAM_INT, offsetof(regions_options, thresholds), "99", 1, 1000, NULL, "",
     "Thresholds that the contour map is cut at, spread evenly between 0 and 1: level k is at k / "
     "(thresholds + 1).",
     ""},
};
static const seg_param_table cut_params = {cut_rows, sizeof cut_rows / sizeof *cut_rows,
                                           sizeof(regions_options)};

typedef struct level_sums {
    seg_exact_sum covered;        /* pixels of true regions, times how well they are covered */
    seg_exact_sum covering, area; /* the same of the level's regions, and their pixels */
    seg_exact_sum index[SEG_REGION_INDICES];
} level_sums;

typedef struct regions_tally {
    seg_env env;
    int32_t thresholds; /* that predictions are cut at; 0 = they are labels */
    seg_contour_cut cut;
    level_sums *levels;
    int32_t level_count; /* 0 = not known yet */
    int64_t pictures;    /* that had a true region */
    int64_t area;        /* pixels of true regions, over all annotators */
    seg_exact_sum covered_ois, covered_best, rand_ois, vi_ois, adapted_ois;
    seg_scratch kept, table; /* of a picture; of a level and an annotator */
} regions_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    regions_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of regions");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    if (options) tally->thresholds = ((const regions_options *)options)->thresholds;
    seg_scratch_init(&tally->kept, env);
    seg_scratch_init(&tally->table, env);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    regions_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally->levels);
    seg_contour_cut_free(&tally->cut);
    seg_scratch_free(&tally->kept);
    seg_scratch_free(&tally->table);
    seg_release(&env, tally);
}

static seg_status bind_levels(regions_tally *tally, int32_t count) {
    if (tally->level_count == count) return SEG_OK;
    if (tally->level_count)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the prediction has %ld levels (the pictures before had %ld)", (long)count,
                        (long)tally->level_count);
    tally->levels =
        seg_allocate_zeroed(&tally->env, (size_t)count, sizeof *tally->levels, "levels");
    if (!tally->levels) return SEG_ERROR_MEMORY;
    tally->level_count = count;
    return SEG_OK;
}

/* ---- one picture ---- */

typedef struct level_result {
    double covered, covering, area; /* as in level_sums */
    double index[SEG_REGION_INDICES];
} level_result;

typedef struct picture {
    const seg_pair *pair;
    level_result *levels;
    double **best;        /* of each annotator's regions */
    double *last_covered; /* pixels at the best level, of each annotator */
    int32_t annotators;   /* with a true region that is scored */
    int64_t area;
    regions_tally *tally;
} picture;

static double *take_zeros(seg_scratch *scratch, int32_t count) {
    double *values = seg_scratch_take(scratch, (size_t)count, sizeof *values, "covered regions");
    for (int32_t i = 0; values && i < count; i++)
        values[i] = 0;
    return values;
}

/* Compares a level with annotator k; the first level makes the room. */
static seg_status compare(picture *p, level_result *result, const seg_image *level, int32_t k,
                          double **of_level) {
    regions_tally *tally = p->tally;
    seg_region_overlap joined;
    SEG_TRY(seg_region_overlap_make(&joined, level, &p->pair->truths[k], p->pair->ignore,
                                    &tally->table));
    const seg_label_areas *truth = &joined.table.b;
    double *of_truth = take_zeros(&tally->table, truth->count);
    if (!*of_level) *of_level = take_zeros(&tally->kept, joined.table.a.count);
    if (!p->best[k]) {
        p->best[k] = take_zeros(&tally->kept, truth->count);
        p->annotators += joined.all > 0;
        p->area += joined.all;
    }
    if (!of_truth || !*of_level || !p->best[k]) return SEG_ERROR_MEMORY;
    if (!joined.all) return SEG_OK;
    seg_region_cover(of_truth, p->best[k], *of_level, &joined);
    seg_region_indices_add(result->index, &joined);
    result->covered += seg_region_covered(truth, of_truth);
    p->last_covered[k] = seg_region_covered(truth, p->best[k]);
    if (k + 1 < p->pair->truth_count) return SEG_OK;
    result->covering = seg_region_covered(&joined.table.a, *of_level);
    for (int32_t i = 1; i < joined.table.a.count; i++)
        result->area += (double)joined.table.a.areas[i];
    return SEG_OK;
}

/* The label picture of a level: given, or cut from the contour map, coarser from one to the next.
 */
static seg_status find_level(const seg_image **level, picture *p, int32_t l) {
    const seg_pair *pair = p->pair;
    regions_tally *tally = p->tally;
    *level = tally->thresholds ? &tally->cut.labels : l ? &pair->levels[l - 1] : pair->prediction;
    if (!tally->thresholds) {
        if (l == 0) seg_contours_warn(*level, &tally->env);
        return SEG_OK;
    }
    return seg_contour_cut_make(&tally->cut, pair->prediction, pair->truths[0].width,
                                pair->truths[0].height, l + 1, tally->thresholds, &tally->env);
}

static seg_status compare_all(picture *p, int32_t levels) {
    const seg_pair *pair = p->pair;
    for (int32_t l = 0; l < levels; l++) {
        const seg_image *level;
        SEG_TRY(find_level(&level, p, l));
        double *of_level = NULL;
        for (int32_t k = 0; k < pair->truth_count; k++)
            SEG_TRY(compare(p, &p->levels[l], level, k, &of_level));
    }
    return SEG_OK;
}

static void add_picture(regions_tally *tally, picture *p) {
    double covered = 0, rand = 0, vi = 0, adapted = 0, best = 0;
    for (int32_t l = 0; l < tally->level_count; l++) {
        level_sums *sums = &tally->levels[l];
        level_result *result = &p->levels[l];
        for (int32_t i = 0; i < SEG_REGION_INDICES; i++) {
            result->index[i] /= p->annotators;
            seg_exact_sum_add(&sums->index[i], result->index[i]);
        }
        seg_exact_sum_add(&sums->covered, result->covered);
        seg_exact_sum_add(&sums->covering, result->covering);
        seg_exact_sum_add(&sums->area, result->area);
        const double both = result->index[SEG_REGION_SPLIT] + result->index[SEG_REGION_MERGE];
        if (l == 0 || result->covered > covered) covered = result->covered;
        if (l == 0 || result->index[SEG_REGION_RAND] > rand) rand = result->index[SEG_REGION_RAND];
        if (l == 0 || both < vi) vi = both;
        if (l == 0 || result->index[SEG_REGION_ADAPTED] < adapted)
            adapted = result->index[SEG_REGION_ADAPTED];
    }
    for (int32_t k = 0; k < p->pair->truth_count; k++)
        best += p->last_covered[k];
    seg_exact_sum_add(&tally->covered_ois, covered);
    seg_exact_sum_add(&tally->covered_best, best);
    seg_exact_sum_add(&tally->rand_ois, rand);
    seg_exact_sum_add(&tally->vi_ois, vi);
    seg_exact_sum_add(&tally->adapted_ois, adapted);
    tally->pictures++;
    tally->area += p->area;
}

static seg_status add(void *state, const seg_pair *pair) {
    regions_tally *tally = state;
    const int32_t level_count = tally->thresholds ? tally->thresholds : pair->level_count + 1;
    const size_t levels = (size_t)level_count, annotators = (size_t)pair->truth_count;
    seg_scratch *kept = &tally->kept;
    seg_scratch_rewind(kept);
    picture p = {.pair = pair, .tally = tally};
    p.levels = seg_scratch_take(kept, levels, sizeof *p.levels, "levels");
    p.best = seg_scratch_take(kept, annotators, sizeof *p.best, "annotators");
    p.last_covered = take_zeros(kept, pair->truth_count);
    if (!p.levels || !p.best || !p.last_covered) return SEG_ERROR_MEMORY;
    memset(p.levels, 0, levels * sizeof *p.levels);
    for (size_t k = 0; k < annotators; k++)
        p.best[k] = NULL;
    SEG_TRY(compare_all(&p, level_count));
    SEG_TRY(bind_levels(tally, level_count));
    if (p.annotators) add_picture(tally, &p);
    return SEG_OK;
}

/* ---- sums and results ---- */

static seg_status merge(void *state, const void *from) {
    regions_tally *tally = state;
    const regions_tally *other = from;
    if (!other->level_count) return SEG_OK;
    SEG_TRY(bind_levels(tally, other->level_count));
    for (int32_t l = 0; l < tally->level_count; l++) {
        level_sums *sums = &tally->levels[l];
        const level_sums *more = &other->levels[l];
        seg_exact_sum_merge(&sums->covered, &more->covered);
        seg_exact_sum_merge(&sums->covering, &more->covering);
        seg_exact_sum_merge(&sums->area, &more->area);
        for (int32_t i = 0; i < SEG_REGION_INDICES; i++)
            seg_exact_sum_merge(&sums->index[i], &more->index[i]);
    }
    seg_exact_sum_merge(&tally->covered_ois, &other->covered_ois);
    seg_exact_sum_merge(&tally->covered_best, &other->covered_best);
    seg_exact_sum_merge(&tally->rand_ois, &other->rand_ois);
    seg_exact_sum_merge(&tally->vi_ois, &other->vi_ois);
    seg_exact_sum_merge(&tally->adapted_ois, &other->adapted_ois);
    tally->pictures += other->pictures;
    tally->area += other->area;
    return SEG_OK;
}

/* What a level gives for all pictures. */
typedef struct level_means {
    double covering, precision, vi, index[SEG_REGION_INDICES];
} level_means;

static level_means means_of(const regions_tally *tally, int32_t level) {
    const level_sums *sums = &tally->levels[level];
    const double area = seg_exact_sum_value(&sums->area);
    level_means means;
    means.covering = seg_exact_sum_value(&sums->covered) / (double)tally->area;
    means.precision = area > 0 ? seg_exact_sum_value(&sums->covering) / area : NAN;
    for (int32_t i = 0; i < SEG_REGION_INDICES; i++)
        means.index[i] = seg_exact_sum_value(&sums->index[i]) / (double)tally->pictures;
    means.vi = means.index[SEG_REGION_SPLIT] + means.index[SEG_REGION_MERGE];
    return means;
}

static seg_status values(const void *state, double *value) {
    const regions_tally *tally = state;
    for (int32_t i = 0; i < MEASURES; i++)
        value[i] = NAN;
    if (!tally->pictures) return SEG_OK;
    const double pictures = (double)tally->pictures, area = (double)tally->area;
    for (int32_t l = 0; l < tally->level_count; l++) {
        const level_means means = means_of(tally, l);
        if (l == 0 || means.covering > value[COVERING]) {
            value[COVERING] = means.covering;
            value[COVERING_LEVEL] = l + 1;
        }
        if (l == 0 || means.index[SEG_REGION_RAND] > value[PRI]) {
            value[PRI] = means.index[SEG_REGION_RAND];
            value[PRI_LEVEL] = l + 1;
        }
        if (l == 0 || means.vi < value[VI]) {
            value[VI] = means.vi;
            value[VI_LEVEL] = l + 1;
            value[VI_SPLIT] = means.index[SEG_REGION_SPLIT];
            value[VI_MERGE] = means.index[SEG_REGION_MERGE];
        }
        if (l == 0 || means.index[SEG_REGION_ADAPTED] < value[ARE]) {
            value[ARE] = means.index[SEG_REGION_ADAPTED];
            value[ARE_PRECISION] = means.index[SEG_REGION_PRECISION];
            value[ARE_RECALL] = means.index[SEG_REGION_RECALL];
        }
    }
    value[COVERING_OIS] = seg_exact_sum_value(&tally->covered_ois) / area;
    value[COVERING_BEST] = seg_exact_sum_value(&tally->covered_best) / area;
    value[PRI_OIS] = seg_exact_sum_value(&tally->rand_ois) / pictures;
    value[VI_OIS] = seg_exact_sum_value(&tally->vi_ois) / pictures;
    value[ARE_OIS] = seg_exact_sum_value(&tally->adapted_ois) / pictures;
    return SEG_OK;
}

static const char *const level_columns[] = {"level", "covering", "precision", "pri",
                                            "vi",    "are",      NULL};
static const seg_table_kind tables[] = {
    {"levels", "every level over all pictures", level_columns, 0, 1},
};

static seg_status table_of(const void *state, int32_t index, seg_table *table) {
    (void)index;
    const regions_tally *tally = state;
    const int32_t columns = (int32_t)(sizeof level_columns / sizeof *level_columns) - 1;
    const int32_t rows = tally->pictures ? tally->level_count : 0;
    SEG_TRY(seg_table_take(table, rows, columns, &tally->env));
    for (int32_t l = 0; l < rows; l++) {
        const level_means means = means_of(tally, l);
        const double row[] = {l + 1.0,         means.covering,
                              means.precision, means.index[SEG_REGION_RAND],
                              means.vi,        means.index[SEG_REGION_ADAPTED]};
        memcpy(seg_table_next(table), row, sizeof row);
    }
    return SEG_OK;
}

const seg_metric seg_metric_regions = {
    .id = "regions",
    .title = "partitions into regions",
    .reference = "Arbelaez, Maire, Fowlkes, Malik, Contour detection and hierarchical image "
                 "segmentation, PAMI 33(5)",
    .year = 2011,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_ANNOTATORS | SEG_METRIC_LEVELS,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "covering",
    .empty = "Pixels of the truth that are 0 belong to no region and are not scored; where no "
             "truth has a region all is undefined.",
    .tables = tables,
    .table_count = (int32_t)(sizeof tables / sizeof *tables),
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table_of,
    .free = release,
};

const seg_metric seg_metric_ucm = {
    .id = "ucm",
    .title = "contour maps, cut into regions at thresholds",
    .reference = "Arbelaez, Maire, Fowlkes, Malik, Contour detection and hierarchical image "
                 "segmentation, PAMI 33(5)",
    .year = 2011,
    .prediction_formats = SEG_ANY_PICTURE,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = 1u << 1,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_ANNOTATORS | SEG_METRIC_DOUBLE,
    .params = &cut_params,
    .measures = cut_measures,
    .measure_count = MEASURES,
    .summary = "covering",
    .empty = "Pixels of the truth that are 0 belong to no region and are not scored; where no "
             "truth has a region all is undefined.",
    .tables = tables,
    .table_count = (int32_t)(sizeof tables / sizeof *tables),
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table_of,
    .free = release,
};
