/*
 * Fits of transforms to pairs of points of which some are wrong: random minimal samples, scored by
 * the squared distances cut off at the threshold T (MSAC), with as many samples as the share of
 * agreeing pairs calls for; then least squares with Tukey's weights (1 - (d / cT)^2)^2.
 *
 * Sample i is drawn from the random stream (seed, i), so that the result depends on nothing else.
 */
#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "core/random.h"
#include "geometry/transform_fit.h"

#include <math.h>
#include <stddef.h>

#define TUKEY_REACH 1.5 /* of the threshold: weights reach 0 there */
#define WEIGHTED_FITS 8
#define DRAWS 24 /* tries to draw different pairs */

void seg_transform_robust_options_init(seg_transform_robust_options *options) {
    *options = (seg_transform_robust_options){sizeof *options, 2, 0.99, 2000, 0};
}

static seg_status check_options(const seg_transform_robust_options *o) {
    if (o->size != sizeof *o)
        return seg_fail(SEG_ERROR_OPTION,
                        "options.size is %zu (this version has %zu); set the defaults with "
                        "seg_transform_robust_options_init first",
                        o->size, sizeof *o);
    if (!(o->threshold > 0 && o->threshold <= 1e9))
        return seg_fail(SEG_ERROR_OPTION, "threshold is %g (allowed above 0, to 1e9 px)",
                        o->threshold);
    if (!(o->confidence >= 0 && o->confidence < 1))
        return seg_fail(SEG_ERROR_OPTION, "confidence is %g (allowed 0 to below 1)", o->confidence);
    if (o->iterations < 1 || o->iterations > 1000000)
        return seg_fail(SEG_ERROR_OPTION, "iterations is %ld (allowed 1 to 1000000)",
                        (long)o->iterations);
    if (o->seed < 0)
        return seg_fail(SEG_ERROR_OPTION, "seed is %lld (allowed 0 and above)", (long long)o->seed);
    return SEG_OK;
}

typedef struct fit {
    seg_transform_model model;
    const double *from, *to;
    int32_t count;
    double threshold;
} fit;

/* NaN and infinity never agree. */
static double squared_distance(const fit *f, const seg_transform *t, int32_t i) {
    double at[2];
    seg_transform_apply(at, t, f->from + 2 * (size_t)i, 1);
    const double x = at[0] - f->to[2 * (size_t)i], y = at[1] - f->to[2 * (size_t)i + 1];
    const double d = x * x + y * y;
    return d >= 0 ? d : INFINITY;
}

/* Sum of squared distances, each at most the threshold's; counts the pairs within. */
static double score(int32_t *agreeing, const fit *f, const seg_transform *t, double best) {
    const double most = f->threshold * f->threshold;
    double sum = 0;
    *agreeing = 0;
    for (int32_t i = 0; i < f->count && sum < best; i++) {
        const double d = squared_distance(f, t, i);
        *agreeing += d <= most;
        sum += d < most ? d : most;
    }
    return sum;
}

/* A transform through randomly drawn pairs; false if they do not determine one. */
static bool draw(seg_transform *t, const fit *f, uint64_t seed, int32_t number) {
    const int32_t wanted = seg_transform_model_points(f->model);
    const seg_random stream = seg_random_stream(seed, (uint64_t)number, 0);
    double from[8], to[8];
    int32_t drawn[4], count = 0;
    for (uint32_t n = 0; n < DRAWS && count < wanted; n++) {
        const int32_t i = (int32_t)seg_random_below(&stream, n, (uint32_t)f->count);
        bool fresh = true;
        for (int32_t k = 0; k < count; k++)
            fresh = fresh && drawn[k] != i;
        if (!fresh) continue;
        drawn[count] = i;
        for (int c = 0; c < 2; c++) {
            from[2 * count + c] = f->from[2 * (size_t)i + (size_t)c];
            to[2 * count + c] = f->to[2 * (size_t)i + (size_t)c];
        }
        count++;
    }
    return count == wanted && seg_transform_solve(t, f->model, from, to, NULL, wanted);
}

/* Samples after which one without outliers was drawn, with that confidence. */
static int32_t samples_needed(const fit *f, int32_t agreeing, double confidence, int32_t most) {
    const double share = (double)agreeing / f->count;
    double clean = 1;
    for (int32_t i = 0; i < seg_transform_model_points(f->model); i++)
        clean *= share;
    if (clean >= 1) return 1;
    if (clean < 1e-9) return most;
    const double needed = seg_log_e(1 - confidence) / seg_log_e(1 - clean);
    return needed < most ? (int32_t)needed + 1 : most;
}

static bool search(seg_transform *best, const fit *f, const seg_transform_robust_options *o) {
    double least = INFINITY;
    int32_t limit = o->iterations;
    bool found = false;
    for (int32_t n = 0; n < limit; n++) {
        seg_transform t;
        int32_t agreeing;
        if (!draw(&t, f, (uint64_t)o->seed, n)) continue;
        const double sum = score(&agreeing, f, &t, least);
        if (!(sum < least)) continue;
        least = sum;
        *best = t;
        found = true;
        const int32_t needed = samples_needed(f, agreeing, o->confidence, limit);
        if (needed < limit) limit = needed;
    }
    return found;
}

/* Keeps what it had where weighting does not improve the score. */
static void refine(seg_transform *t, const fit *f, double *weights) {
    const double reach = TUKEY_REACH * f->threshold;
    int32_t agreeing;
    double least = score(&agreeing, f, t, INFINITY);
    for (int n = 0; n < WEIGHTED_FITS; n++) {
        seg_transform next;
        for (int32_t i = 0; i < f->count; i++) {
            const double share = squared_distance(f, t, i) / (reach * reach);
            weights[i] = share < 1 ? (1 - share) * (1 - share) : 0;
        }
        if (!seg_transform_solve(&next, f->model, f->from, f->to, weights, f->count)) return;
        const double sum = score(&agreeing, f, &next, INFINITY);
        if (!(sum < least)) return;
        *t = next;
        least = sum;
    }
}

seg_status seg_transform_fit_robust(seg_transform *transform, uint8_t *agrees,
                                    seg_transform_model model, const double *from, const double *to,
                                    int32_t count, const seg_transform_robust_options *options,
                                    const seg_env *env) {
    seg_transform_robust_options o;
    seg_transform_robust_options_init(&o);
    if (options) o = *options;
    SEG_TRY(check_options(&o));
    SEG_TRY(seg_transform_check_points(transform, model, from, to, count));
    const fit f = {model, from, to, count, o.threshold};
    if (!search(transform, &f, &o))
        return seg_fail(SEG_ERROR_DATA, "no sample of the %ld pairs determines the transform (%s)",
                        (long)count, seg_transform_model_name(model));
    double *weights = seg_allocate(env, (size_t)count, sizeof *weights, "weights of points");
    if (!weights) return SEG_ERROR_MEMORY;
    refine(transform, &f, weights);
    seg_release(env, weights);
    for (int32_t i = 0; agrees && i < count; i++)
        agrees[i] = squared_distance(&f, transform, i) <= o.threshold * o.threshold;
    return SEG_OK;
}
