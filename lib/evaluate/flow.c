/*
 * Flow: how far a flow field is from the true one.
 *
 * With (u, v) the flow and (u', v') the true one of a pixel, epe is the mean end-point error
 * |(u, v) - (u', v')|, aae the mean angle in degrees between (u, v, 1) and (u', v', 1): J. Barron,
 * D. Fleet, S. Beauchemin, "Performance of optical flow techniques", IJCV 12(1), 1994. r-x is the
 * percentage of pixels whose end-point error is above x pixels, a-x the error that x % of the
 * pixels do not exceed: S. Baker et al., "A database and evaluation methodology for optical flow",
 * IJCV 92(1), 2011. fl is the percentage of outliers, off by more than 3 pixels and by more than 5
 * % of the true flow: M. Menze, A. Geiger, "Object scene flow for autonomous vehicles", CVPR 2015.
 *
 * Only pixels whose true flow is known are scored (neither component NaN or beyond 1e9). Where the
 * flow itself is unknown there, nothing can be measured: `density` tells for which share of the
 * scored pixels there is a flow, and all other measures are over those. Occluded pixels, pixels
 * near motion boundaries and the like are chosen by the ignore mask.
 *
 * Quantiles come from a histogram with 128 bins an octave: a50, a75 and a95 are within 0.4 % of the
 * exact value, and within 0.0005 px below 0.001 px. Sums are exact (evaluate/exact_sum.h).
 *
 * Cost: about 30 ns a pixel, most of it the angle; 44 KiB.
 */
#include "imgproc/flow.h"
#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "evaluate/agreement.h"
#include "evaluate/exact_sum.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <string.h>

typedef enum {
    EPE,
    AAE,
    R_HALF,
    R1,
    R2,
    R3,
    R5,
    A50,
    A75,
    A95,
    FL,
    DENSITY,
    PIXELS,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [EPE] = {"epe", "mean end-point error", "px", -1, 0},
    [AAE] = {"aae", "mean angular error of (u, v, 1)", "deg", -1, 0},
    [R_HALF] = {"r0.5", "pixels with an end-point error above 0.5 px", "%", -1, 0},
    [R1] = {"r1", "above 1 px", "%", -1, 0},
    [R2] = {"r2", "above 2 px", "%", -1, 0},
    [R3] = {"r3", "above 3 px", "%", -1, 0},
    [R5] = {"r5", "above 5 px", "%", -1, 0},
    [A50] = {"a50", "end-point error that half of the pixels do not exceed", "px", -1, 0},
    [A75] = {"a75", "that 75 % of the pixels do not exceed", "px", -1, 0},
    [A95] = {"a95", "that 95 % of the pixels do not exceed", "px", -1, 0},
    [FL] = {"fl", "outliers: off by more than 3 px and 5 %", "%", -1, 0},
    [DENSITY] = {"density", "share of the scored pixels that have a flow", "", 1, 1},
    [PIXELS] = {"pixels", "pixels of known true flow that were scored", "px", 0, NAN},
};

#define LIMITS 5
static const double limits[LIMITS] = {0.5, 1, 2, 3, 5};

static const char *const error_columns[] = {"epe", "share", NULL};

static const seg_table_kind tables[] = {
    {"errors", "share of the pixels whose end-point error is at most that", error_columns, 0, 1},
};

/* Bin 0 has errors of exactly 0, bin 1 those below 2^-10, the others 1/128 of an octave each. */
#define LEAST_EXPONENT (-10)
#define MOST_EXPONENT 33 /* flows are below 2^30 in each component */
#define OCTAVE_BITS 7
#define OCTAVE (1 << OCTAVE_BITS)
#define BINS (2 + (MOST_EXPONENT - LEAST_EXPONENT) * OCTAVE)

typedef struct flow_tally {
    seg_env env;
    int64_t known, compared; /* pixels: of true flow, and of these with a flow */
    int64_t above[LIMITS], outliers;
    seg_exact_sum epe, angle; /* px, degrees */
    int64_t bins[BINS];
} flow_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    (void)options;
    flow_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of flow");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    flow_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally);
}

/* ---- histogram ---- */

/* The exponent and the first bits of the fraction are the highest bits of a float. */
static int32_t bin_of(double error) {
    const float narrow = (float)error;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    const int32_t octave = (int32_t)(bits >> 23) - 127 - LEAST_EXPONENT;
    if (octave < 0) return error > 0 ? 1 : 0;
    return 2 + octave * OCTAVE + (int32_t)(bits >> (23 - OCTAVE_BITS) & (OCTAVE - 1));
}

/* Least error of a bin; 0 and 1 begin at 0. */
static double bin_start(int32_t bin) {
    if (bin < 2) return 0;
    const int32_t octave = (bin - 2) / OCTAVE, step = (bin - 2) % OCTAVE;
    double start = 1 + (double)step / OCTAVE;
    for (int32_t i = LEAST_EXPONENT; i < LEAST_EXPONENT + octave; i++)
        start *= 2;
    return start / (1 << -LEAST_EXPONENT);
}

/* The middle of the bin up to which at least that share of the pixels is. */
static double quantile(const flow_tally *tally, double share) {
    int64_t below = 0;
    for (int32_t bin = 0; bin < BINS; bin++) {
        below += tally->bins[bin];
        if (below > 0 && (double)below >= share * (double)tally->compared)
            return bin == 0 ? 0 : (bin_start(bin) + bin_start(bin + 1)) / 2;
    }
    return seg_ratio(0, 0, tally->known == 0, 0);
}

/* ---- pairs ---- */

static void add_pixel(flow_tally *tally, const float *given, const float *wanted, double *epe_sum,
                      double *angle_sum) {
    const double u = given[0], v = given[1], tu = wanted[0], tv = wanted[1];
    const double du = u - tu, dv = v - tv, cross = u * tv - v * tu;
    const double error = sqrt(du * du + dv * dv);
    /* from sine and cosine, as the arc of the cosine alone is blind to small angles */
    const double sine = sqrt(dv * dv + du * du + cross * cross), cosine = u * tu + v * tv + 1;
    *epe_sum += error;
    *angle_sum += seg_atan2(sine, cosine) * (180 / SEG_PI);
    for (int i = 0; i < LIMITS; i++)
        tally->above[i] += error > limits[i];
    tally->outliers += seg_flow_outlier(error, sqrt(tu * tu + tv * tv)) > 1;
    tally->bins[bin_of(error)]++;
    tally->compared++;
}

static seg_status add(void *state, const seg_pair *pair) {
    flow_tally *tally = state;
    const seg_image *truth = &pair->truths[0];
    const bool all = seg_image_empty(pair->ignore);
    for (int32_t y = 0; y < truth->height; y++) {
        const float *given = seg_image_row(pair->prediction, y), *wanted = seg_image_row(truth, y);
        const uint8_t *ignored = all ? NULL : seg_image_row(pair->ignore, y);
        double epe_sum = 0, angle_sum = 0;
        for (int32_t x = 0; x < truth->width; x++, given += 2, wanted += 2) {
            if ((ignored && ignored[x]) || !seg_flow_known(wanted)) continue;
            tally->known++;
            if (seg_flow_known(given)) add_pixel(tally, given, wanted, &epe_sum, &angle_sum);
        }
        seg_exact_sum_add(&tally->epe, epe_sum);
        seg_exact_sum_add(&tally->angle, angle_sum);
    }
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    flow_tally *tally = state;
    const flow_tally *other = from;
    tally->known += other->known;
    tally->compared += other->compared;
    tally->outliers += other->outliers;
    for (int i = 0; i < LIMITS; i++)
        tally->above[i] += other->above[i];
    seg_exact_sum_merge(&tally->epe, &other->epe);
    seg_exact_sum_merge(&tally->angle, &other->angle);
    for (int32_t bin = 0; bin < BINS; bin++)
        tally->bins[bin] += other->bins[bin];
    return SEG_OK;
}

/* ---- results ---- */

static seg_status values(const void *state, double *value) {
    const flow_tally *tally = state;
    const double pixels = (double)tally->compared;
    const bool nothing = tally->known == 0;
    value[EPE] = seg_ratio(seg_exact_sum_value(&tally->epe), pixels, nothing, 0);
    value[AAE] = seg_ratio(seg_exact_sum_value(&tally->angle), pixels, nothing, 0);
    for (int i = 0; i < LIMITS; i++)
        value[R_HALF + i] = 100 * seg_ratio((double)tally->above[i], pixels, nothing, 0);
    value[A50] = quantile(tally, 0.5);
    value[A75] = quantile(tally, 0.75);
    value[A95] = quantile(tally, 0.95);
    value[FL] = 100 * seg_ratio((double)tally->outliers, pixels, nothing, 0);
    value[DENSITY] = seg_ratio(pixels, (double)tally->known, nothing, 1);
    value[PIXELS] = (double)tally->known;
    return SEG_OK;
}

/* A row for every eighth of an octave, up to the first that has all pixels. */
static seg_status table(const void *state, int32_t index, seg_table *out) {
    (void)index;
    const flow_tally *tally = state;
    if (tally->compared == 0) return SEG_OK;
    const int32_t step = OCTAVE / 8, most = 1 + (BINS - 2) / step;
    SEG_TRY(seg_table_take(out, most, 2, &tally->env));
    int64_t below = 0;
    int32_t bin = 0;
    for (int32_t end = 2; out->rows < most && below < tally->compared; end += step) {
        for (; bin < end; bin++)
            below += tally->bins[bin];
        double *row = seg_table_next(out);
        row[0] = bin_start(end);
        row[1] = (double)below / (double)tally->compared;
    }
    return SEG_OK;
}

const seg_metric seg_metric_flow = {
    .id = "flow",
    .title = "optical flow",
    .reference = "Baker et al., A database and evaluation methodology for optical flow",
    .year = 2011,
    .prediction_formats = SEG_FORMAT_BIT(SEG_F32),
    .truth_formats = SEG_FORMAT_BIT(SEG_F32),
    .prediction_channels = 1u << 2,
    .truth_channels = 1u << 2,
    .needs = SEG_METRIC_MEANS,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "epe",
    .empty = "No known vector in the truth: nothing is wrong, density is 1. No vector found: "
             "density is 0, errors are undefined.",
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table,
    .free = release,
};
