/*
 * Boundaries: the Berkeley benchmark's comparison of boundary maps with those of annotators.
 *
 * D. Martin, C. Fowlkes, J. Malik, IEEE Trans. PAMI 26(5), 2004; P. Arbelaez, M. Maire, C. Fowlkes,
 * J. Malik, "Contour detection and hierarchical image segmentation", PAMI 33(5), 2011, with the
 * rules of the BSDS500 kit (evaluation_bdry_image, correspondPixels, collect_eval_bdry). Scores are
 * cut at each threshold, thinned, and matched one to one with each annotator's boundary pixels, at
 * most max-dist of the diagonal away, by least total distance:
 *   recall     true pixels that were found / true pixels, both summed over annotators
 *   precision  predicted pixels that match any annotator / predicted pixels
 *   f          2 precision recall / (precision + recall)
 *   ods        f at the threshold that is best for all pictures; between thresholds precision and
 *              recall are interpolated in a hundred steps
 *   ois        f of the counts at each picture's own best threshold, without interpolation
 *   ap         area under precision over recall, interpolated at recall 0, .01, ... 1, where there
 *              are no values 0
 * At a threshold 0/0 is 0, as in the kit. ap is undefined (NaN; the kit prints 0) where recall is
 * the same at all thresholds. Levels of a prediction stand in place of the thresholds: pictures of
 * labels, compared by the thinned outlines of their regions, which is how BSDS500's truth was made,
 * or masks, of a detector that gives no scores, at several settings.
 *
 * Against the kit: its matching leaves some pairs out at random, about 0.0003 of recall on its own
 * sample (boundaries_match.c); all else is the same.
 *
 * Cost: the matching, mended from threshold to threshold, takes most: 0.2 to 0.5 seconds for a
 * picture of 481 x 321 with 99 thresholds and 5 annotators. Memory: 1/8 byte a pixel and threshold,
 * and about 12 bytes a pixel for each annotator that is worked on at a time.
 */
#include "evaluate/boundaries.h"
#include "core/check.h"
#include "core/memory.h"
#include "evaluate/object.h"
#include "metrics.h"

#include <math.h>
#include <string.h>

typedef struct boundaries_options {
    size_t size;
    int32_t thresholds;
    double max_distance; /* of the diagonal */
    int32_t thin;        /* seg_boundary_thin */
    bool labels;
} boundaries_options;

static const char *const thin_names[] = {"none", "prediction", "both", NULL};

static const seg_param rows[] = {
    {"thresholds", SEG_PARAM_INT, offsetof(boundaries_options, thresholds), "99", 1, 1000, NULL, "",
     "Thresholds that scores are cut at, spread evenly between 0 and 1.", "nthresh"},
    {"max-dist", SEG_PARAM_FLOAT, offsetof(boundaries_options, max_distance), "0.0075", 0, 0.1,
     NULL, "of the diagonal", "How far away from each other two pixels may be that match.",
     "maxDist"},
    {"thin", SEG_PARAM_ENUM, offsetof(boundaries_options, thin), "prediction", 0, 0, thin_names, "",
     "What is thinned to lines one pixel wide before it is compared; outlines of true labels are "
     "for either.",
     "thinpb"},
    {"labels", SEG_PARAM_BOOL, offsetof(boundaries_options, labels), "false", 0, 1, NULL, "",
     "Predictions of 8 or 16 bits are labels of regions, not scores of boundaries.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(boundaries_options)};

typedef enum {
    ODS,
    ODS_PRECISION,
    ODS_RECALL,
    ODS_THRESHOLD,
    OIS,
    OIS_PRECISION,
    OIS_RECALL,
    AP,
    MEASURES
} place;

/* Thinning takes pixels of a truth that is not thin, so only its precision is sure. */
static const seg_measure measures[MEASURES] = {
    [ODS] = {"ods", "f at the best threshold for all pictures", "", 1, NAN},
    [ODS_PRECISION] = {"ods-precision", "precision there", "", 1, 1},
    [ODS_RECALL] = {"ods-recall", "recall there", "", 1, NAN},
    [ODS_THRESHOLD] = {"ods-threshold", "that threshold, or level counted from 1", "", 0, NAN},
    [OIS] = {"ois", "f at the best threshold of each picture", "", 1, NAN},
    [OIS_PRECISION] = {"ois-precision", "precision there", "", 1, 1},
    [OIS_RECALL] = {"ois-recall", "recall there", "", 1, NAN},
    [AP] = {"ap", "average precision: area under precision over recall", "", 1, NAN},
};

enum { CURVE_COLUMNS = 8 };

static const char *const curve_columns[CURVE_COLUMNS + 1] = {
    "threshold", "recall", "precision", "f", "found", "truth", "right", "predicted", NULL};

static const seg_table_kind tables[] = {
    {"pr", "precision over recall", curve_columns, 1, 2},
};

typedef struct boundaries_tally {
    seg_env env;
    boundaries_options options;
    seg_boundary_counts *counts; /* of each threshold or level */
    int32_t count;               /* 0 = not known yet */
    bool levels;
    seg_boundary_counts best; /* at the best threshold of each picture */
} boundaries_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    boundaries_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of boundaries");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const boundaries_options *)options;
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    boundaries_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally->counts);
    seg_release(&env, tally);
}

static seg_status bind_counts(boundaries_tally *tally, int32_t count, bool levels) {
    if (tally->count == count && tally->levels == levels) return SEG_OK;
    if (tally->count)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the prediction has %ld %s (the pictures before had %ld %s)", (long)count,
                        levels ? "levels" : "thresholds", (long)tally->count,
                        tally->levels ? "levels" : "thresholds");
    tally->counts =
        seg_allocate_zeroed(&tally->env, (size_t)count, sizeof *tally->counts, "thresholds");
    if (!tally->counts) return SEG_ERROR_MEMORY;
    tally->count = count;
    tally->levels = levels;
    return SEG_OK;
}

/* ---- ratios ---- */

typedef struct ratios {
    double recall, precision, f;
} ratios;

static double f_of(double recall, double precision) {
    const double sum = precision + recall;
    return 2 * precision * recall / (sum > 0 ? sum : 1);
}

static ratios ratios_of(const seg_boundary_counts *c) {
    ratios r = {(double)c->found / (double)(c->truth ? c->truth : 1),
                (double)c->right / (double)(c->predicted ? c->predicted : 1), 0};
    r.f = f_of(r.recall, r.precision);
    return r;
}

static void add_counts(seg_boundary_counts *sum, const seg_boundary_counts *more) {
    sum->found += more->found;
    sum->truth += more->truth;
    sum->right += more->right;
    sum->predicted += more->predicted;
}

/* ---- a picture ---- */

static bool are_labels(const boundaries_tally *tally, const seg_pair *pair) {
    return tally->options.labels || pair->prediction->format == SEG_LABEL32;
}

static seg_status make_maps(seg_bitmap *maps, const boundaries_tally *tally, const seg_pair *pair,
                            int32_t count, bool levels, seg_scratch *scratch) {
    const bool thin = tally->options.thin != SEG_BOUNDARY_THIN_NONE;
    if (levels) {
        for (int32_t i = 0; i < count; i++) {
            const seg_image *level = i ? &pair->levels[i - 1] : pair->prediction;
            SEG_TRY(are_labels(tally, pair)
                        ? seg_boundary_map_of_labels(&maps[i], level, pair->ignore, thin, scratch)
                        : seg_boundary_map_of_mask(&maps[i], level, pair->ignore, thin, scratch));
        }
        return SEG_OK;
    }
    double *thresholds = seg_scratch_take(scratch, (size_t)count, sizeof *thresholds, "thresholds");
    if (!thresholds) return SEG_ERROR_MEMORY;
    seg_boundary_thresholds(thresholds, count);
    return seg_boundary_maps_of_scores(maps, pair->prediction, thresholds, count, pair->ignore,
                                       thin, scratch);
}

/* Masks are as the annotators left them; outlines of labels are thinned as BSDS500's were. */
static seg_status make_truths(seg_bitmap *maps, const boundaries_tally *tally, const seg_pair *pair,
                              seg_scratch *scratch) {
    const int32_t thin = tally->options.thin;
    for (int32_t k = 0; k < pair->truth_count; k++) {
        const seg_image *truth = &pair->truths[k];
        if (truth->format == SEG_U8)
            SEG_TRY(seg_boundary_map_of_mask(&maps[k], truth, pair->ignore,
                                             thin == SEG_BOUNDARY_THIN_BOTH, scratch));
        else
            SEG_TRY(seg_boundary_map_of_labels(&maps[k], truth, pair->ignore,
                                               thin != SEG_BOUNDARY_THIN_NONE, scratch));
    }
    return SEG_OK;
}

static seg_status count_pair(seg_boundary_counts *counts, const boundaries_tally *tally,
                             const seg_pair *pair, int32_t count, bool levels,
                             seg_scratch *scratch) {
    const double width = pair->prediction->width, height = pair->prediction->height;
    seg_bitmap *maps = seg_scratch_take(scratch, (size_t)count, sizeof *maps, "maps");
    seg_bitmap *truths =
        seg_scratch_take(scratch, (size_t)pair->truth_count, sizeof *truths, "maps");
    if (!maps || !truths) return SEG_ERROR_MEMORY;
    SEG_TRY(make_maps(maps, tally, pair, count, levels, scratch));
    SEG_TRY(make_truths(truths, tally, pair, scratch));
    const double diagonal = sqrt(width * width + height * height);
    return seg_boundary_match(counts, maps, count, truths, pair->truth_count,
                              tally->options.max_distance * diagonal, scratch);
}

/* Of the thresholds with the largest f the lowest. */
static int32_t best_of(const seg_boundary_counts *counts, int32_t count) {
    int32_t best = 0;
    for (int32_t i = 1; i < count; i++)
        if (ratios_of(&counts[i]).f > ratios_of(&counts[best]).f) best = i;
    return best;
}

static seg_status check_prediction(const seg_pair *pair, bool labels) {
    if (labels && pair->prediction->format == SEG_F32)
        return seg_fail(SEG_ERROR_OPTION, "labels is set, but the prediction holds floats (labels "
                                          "are of 8, 16 or 32 bits)");
    for (int32_t i = 0; !labels && pair->level_count && i <= pair->level_count; i++) {
        const seg_image *level = i ? &pair->levels[i - 1] : pair->prediction;
        uint8_t value;
        if (level->format != SEG_U8)
            return seg_fail(
                SEG_ERROR_OPTION,
                "%ld levels of a prediction that are neither labels nor masks (levels "
                "of 8 bits are masks, with labels set those of 8 or 16 bits are labels)",
                (long)pair->level_count + 1);
        if (!seg_has_one_value(&value, level))
            return seg_fail(SEG_ERROR_OPTION,
                            "a level has several values beside 0 as labels of regions have; levels "
                            "of 8 bits are masks of boundaries, or with --labels regions (labels)");
    }
    return SEG_OK;
}

static seg_status add(void *state, const seg_pair *pair) {
    boundaries_tally *tally = state;
    const bool labels = are_labels(tally, pair), levels = labels || pair->level_count > 0;
    const int32_t count = levels ? pair->level_count + 1 : tally->options.thresholds;
    SEG_TRY(check_prediction(pair, labels));
    seg_scratch scratch;
    seg_scratch_init(&scratch, &tally->env);
    seg_boundary_counts *counts =
        seg_scratch_take(&scratch, (size_t)count, sizeof *counts, "counts");
    seg_status status = counts ? SEG_OK : SEG_ERROR_MEMORY;
    if (status >= 0) status = count_pair(counts, tally, pair, count, levels, &scratch);
    if (status >= 0) status = bind_counts(tally, count, levels);
    if (status >= 0) {
        for (int32_t i = 0; i < count; i++)
            add_counts(&tally->counts[i], &counts[i]);
        add_counts(&tally->best, &counts[best_of(counts, count)]);
    }
    seg_scratch_free(&scratch);
    return status;
}

/* ---- sums and results ---- */

static seg_status merge(void *state, const void *from) {
    boundaries_tally *tally = state;
    const boundaries_tally *other = from;
    if (!other->count) return SEG_OK;
    SEG_TRY(bind_counts(tally, other->count, other->levels));
    for (int32_t i = 0; i < tally->count; i++)
        add_counts(&tally->counts[i], &other->counts[i]);
    add_counts(&tally->best, &other->best);
    return SEG_OK;
}

static void fill_thresholds(double *thresholds, const boundaries_tally *tally) {
    if (!tally->levels && tally->count) seg_boundary_thresholds(thresholds, tally->count);
    for (int32_t i = 0; tally->levels && i < tally->count; i++)
        thresholds[i] = i + 1;
}

/* The largest f between thresholds, in a hundred points from one to the next (the kit's maxF). */
static double best_between(ratios *best, const ratios *curve, const double *thresholds,
                           int32_t count) {
    double threshold = thresholds[0];
    *best = curve[0];
    for (int32_t i = 1; i < count; i++) {
        for (int32_t step = 0; step < 100; step++) {
            const double d = step / 99.0;
            ratios r = {curve[i].recall * d + curve[i - 1].recall * (1 - d),
                        curve[i].precision * d + curve[i - 1].precision * (1 - d), 0};
            r.f = f_of(r.recall, r.precision);
            if (!(r.f > best->f)) continue;
            *best = r;
            threshold = thresholds[i] * d + thresholds[i - 1] * (1 - d);
        }
    }
    return threshold;
}

/* Sorts by recall; of equal ones the one with the highest threshold stays. Returns how many. */
static int32_t sort_curve(ratios *sorted, const ratios *curve, int32_t count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t at = kept;
        while (at > 0 && sorted[at - 1].recall > curve[i].recall)
            at--;
        if (at > 0 && sorted[at - 1].recall == curve[i].recall) {
            sorted[at - 1] = curve[i];
            continue;
        }
        memmove(sorted + at + 1, sorted + at, (size_t)(kept - at) * sizeof *sorted);
        sorted[at] = curve[i];
        kept++;
    }
    return kept;
}

static double area_under(const ratios *sorted, int32_t count) {
    double sum = 0;
    int32_t next = 0;
    if (count < 2) return NAN;
    for (int32_t i = 0; i <= 100; i++) {
        const double recall = i * 0.01;
        while (next < count && sorted[next].recall < recall)
            next++;
        if (next == count || recall < sorted[0].recall) continue;
        const ratios *high = &sorted[next], *low = next ? high - 1 : high;
        const double span = high->recall - low->recall;
        const double part = span > 0 ? (recall - low->recall) / span : 0;
        sum += low->precision + (high->precision - low->precision) * part;
    }
    return sum * 0.01;
}

static void fill_values(double *value, const boundaries_tally *tally, ratios *curve, ratios *sorted,
                        double *thresholds) {
    bool predicted = false;
    for (int32_t i = 0; i < tally->count; i++) {
        curve[i] = ratios_of(&tally->counts[i]);
        predicted |= tally->counts[i].predicted > 0;
    }
    ratios best;
    value[ODS_THRESHOLD] = best_between(&best, curve, thresholds, tally->count);
    const ratios own = ratios_of(&tally->best);
    const bool truth = tally->counts[0].truth > 0;
    value[ODS] = best.f, value[OIS] = own.f;
    value[ODS_PRECISION] = predicted ? best.precision : NAN;
    value[OIS_PRECISION] = predicted ? own.precision : NAN;
    value[ODS_RECALL] = truth ? best.recall : NAN;
    value[OIS_RECALL] = truth ? own.recall : NAN;
    value[AP] = area_under(sorted, sort_curve(sorted, curve, tally->count));
    if (truth || predicted) return;
    for (int32_t i = 0; i < MEASURES; i++) /* nothing to find, and nothing found */
        value[i] = i == ODS_THRESHOLD ? NAN : 1;
}

static seg_status values(const void *state, double *value) {
    const boundaries_tally *tally = state;
    if (!tally->count) {
        for (int32_t i = 0; i < MEASURES; i++)
            value[i] = i == ODS_THRESHOLD ? NAN : 1;
        return SEG_OK;
    }
    const size_t count = (size_t)tally->count;
    seg_scratch scratch;
    seg_scratch_init(&scratch, &tally->env);
    ratios *curves = seg_scratch_take(&scratch, 2 * count, sizeof *curves, "a curve");
    double *thresholds = seg_scratch_take(&scratch, count, sizeof *thresholds, "thresholds");
    const seg_status status = curves && thresholds ? SEG_OK : SEG_ERROR_MEMORY;
    if (status >= 0) {
        fill_thresholds(thresholds, tally);
        fill_values(value, tally, curves, curves + count, thresholds);
    }
    seg_scratch_free(&scratch);
    return status;
}

static seg_status table_of(const void *state, int32_t index, seg_table *table) {
    const boundaries_tally *tally = state;
    (void)index;
    const size_t count = (size_t)tally->count;
    double *thresholds = seg_allocate(&tally->env, count, sizeof *thresholds, "thresholds");
    double *cells =
        seg_allocate(&tally->env, count * CURVE_COLUMNS, sizeof *cells, "a table of thresholds");
    if (!thresholds || !cells) {
        seg_release(&tally->env, thresholds);
        seg_release(&tally->env, cells);
        return SEG_ERROR_MEMORY;
    }
    fill_thresholds(thresholds, tally);
    for (size_t i = 0; i < count; i++) {
        const seg_boundary_counts *c = &tally->counts[i];
        const ratios r = ratios_of(c);
        const double row[CURVE_COLUMNS] = {
            thresholds[i],    r.recall,         r.precision,      r.f,
            (double)c->found, (double)c->truth, (double)c->right, (double)c->predicted};
        memcpy(cells + i * CURVE_COLUMNS, row, sizeof row);
    }
    seg_release(&tally->env, thresholds);
    *table = (seg_table){cells, tally->count, CURVE_COLUMNS};
    return SEG_OK;
}

const seg_metric seg_metric_boundaries = {
    .id = "boundaries",
    .title = "boundaries, matched one to one (BSDS)",
    .reference = "Martin, Fowlkes, Malik, Learning to detect natural image boundaries using local "
                 "brightness, color, and texture cues, PAMI 26(5)",
    .year = 2004,
    .prediction_formats = SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32),
    .truth_formats = SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_LABEL32),
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .needs = SEG_METRIC_ANNOTATORS | SEG_METRIC_LEVELS,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "ods",
    .empty = "No boundary in either picture: all is perfect. None found of those that are there: "
             "precision and ap are undefined, recall, ods and ois 0. Some found where none are: "
             "recall and ap are undefined, precision, ods and ois 0.",
    .tables = tables,
    .table_count = (int32_t)(sizeof tables / sizeof *tables),
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table_of,
    .free = release,
};
