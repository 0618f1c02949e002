/*
 * Bootstrap: how far would the numbers move with other files of the same kind?
 *
 * B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993: files are
 * drawn with replacement, their tallies added up, and the measures taken anew; the interval is that
 * of the middle share of the values (percentile method). Random numbers are a function of (seed,
 * sample, position), so that samples may be drawn in any order and by any thread.
 *
 * Cost: samples * count merges of tallies. It says nothing about files of another kind, and too
 * little where files are not independent, such as frames of one video.
 */
#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "core/random.h"
#include <segment/evaluate.h>

#include <math.h>
#include <stdlib.h>

enum { ROUND = 64 }; /* samples between two looks whether to go on */

void seg_bootstrap_options_init(seg_bootstrap_options *options) {
    *options =
        (seg_bootstrap_options){.size = sizeof *options, .samples = 1000, .confidence = 0.95};
}

typedef struct draw {
    const seg_tally *const *sides[2]; /* tallies, others */
    int32_t side_count, count, measures;
    uint64_t seed;
    int32_t first;     /* sample of this round */
    double *values[2]; /* of each file: [side][file * measures + m] */
    double *sums;      /* [sample * measures + m], NULL = not wanted */
    double *means;     /* the same */
    const seg_env *env;
} draw;

/* The values of the sum of the files that a sample drew. */
static seg_status sample_sum(double *values, const draw *all, int32_t side,
                             const seg_random *stream, const seg_env *env) {
    seg_tally *sum;
    SEG_TRY(seg_tally_create_like(&sum, all->sides[side][0], env));
    seg_status status = SEG_OK;
    for (int32_t i = 0; i < all->count && status >= 0; i++) {
        const uint32_t file = seg_random_below(stream, (uint32_t)i, (uint32_t)all->count);
        status = seg_tally_merge(sum, all->sides[side][file]);
    }
    if (status >= 0) status = seg_tally_values(sum, values);
    seg_tally_free(sum);
    return status;
}

static void sample_mean(double *means, int32_t *defined, const draw *all, int32_t side,
                        const seg_random *stream) {
    for (int32_t m = 0; m < all->measures; m++)
        means[m] = defined[m] = 0;
    for (int32_t i = 0; i < all->count; i++) {
        const uint32_t file = seg_random_below(stream, (uint32_t)i, (uint32_t)all->count);
        const double *value = all->values[side] + (size_t)file * (size_t)all->measures;
        for (int32_t m = 0; m < all->measures; m++) {
            if (isnan(value[m])) continue;
            means[m] += value[m];
            defined[m]++;
        }
    }
    for (int32_t m = 0; m < all->measures; m++)
        means[m] = defined[m] ? means[m] / defined[m] : NAN;
}

static void subtract(double *target, const double *other, const double *first, int32_t count) {
    for (int32_t m = 0; m < count; m++)
        target[m] = other[m] - first[m];
}

static seg_status draw_sample(const draw *all, int32_t sample, double *room, int32_t *defined) {
    const seg_random stream = seg_random_stream(all->seed, (uint64_t)sample, 0);
    seg_env env = all->env ? *all->env : (seg_env){0};
    env.runner = NULL;
    env.progress = NULL;
    double *sides[2] = {room, room + all->measures};
    const size_t place = (size_t)sample * (size_t)all->measures;
    for (int32_t side = 0; side < all->side_count && all->sums; side++)
        SEG_TRY(sample_sum(sides[side], all, side, &stream, &env));
    if (all->sums && all->side_count == 2)
        subtract(all->sums + place, sides[1], sides[0], all->measures);
    else if (all->sums)
        for (int32_t m = 0; m < all->measures; m++)
            all->sums[place + (size_t)m] = room[m];
    if (!all->means) return SEG_OK;
    for (int32_t side = 0; side < all->side_count; side++)
        sample_mean(sides[side], defined, all, side, &stream);
    if (all->side_count == 2) {
        subtract(all->means + place, sides[1], sides[0], all->measures);
        return SEG_OK;
    }
    for (int32_t m = 0; m < all->measures; m++)
        all->means[place + (size_t)m] = room[m];
    return SEG_OK;
}

static seg_status draw_samples(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    const draw *all = argument;
    (void)band, (void)worker;
    const size_t measures = (size_t)all->measures;
    double *room = seg_allocate(all->env, 2 * measures, sizeof *room, "values of a sample");
    int32_t *defined = seg_allocate(all->env, measures, sizeof *defined, "values of a sample");
    seg_status status = room && defined ? SEG_OK : SEG_ERROR_MEMORY;
    for (int32_t sample = first; sample < end && status >= 0; sample++)
        status = draw_sample(all, all->first + sample, room, defined);
    seg_release(all->env, room);
    seg_release(all->env, defined);
    return status;
}

static seg_status draw_all(draw *all, int32_t samples) {
    for (all->first = 0; all->first < samples; all->first += ROUND) {
        const int32_t left = samples - all->first;
        SEG_TRY(seg_progress(all->env, (double)all->first / samples));
        SEG_TRY(seg_run_bands(all->env, left < ROUND ? left : ROUND, 4, draw_samples, all));
    }
    return SEG_OK;
}

/* ---- intervals ---- */

static int compare(const void *a, const void *b) {
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* Between the two values that are nearest; `sorted` has at least one. */
static double quantile(const double *sorted, int32_t count, double share) {
    const double place = share * (count - 1);
    const int32_t below = (int32_t)place;
    if (below + 1 >= count) return sorted[count - 1];
    const double part = place - below;
    return part > 0 ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[below];
}

/* The middle share of a column; `room` holds a column. */
static seg_interval middle(double *room, const double *values, int32_t samples, int32_t measures,
                           int32_t m, double confidence) {
    int32_t defined = 0;
    for (int32_t s = 0; s < samples; s++) {
        const double value = values[(size_t)s * (size_t)measures + (size_t)m];
        if (!isnan(value)) room[defined++] = value;
    }
    if (defined <= samples / 2) return (seg_interval){NAN, NAN};
    qsort(room, (size_t)defined, sizeof *room, compare);
    const double outside = (1 - confidence) / 2;
    return (seg_interval){quantile(room, defined, outside), quantile(room, defined, 1 - outside)};
}

/* ---- the whole ---- */

static seg_status check(const seg_bootstrap_options *options, const seg_tally *const *tallies,
                        int32_t count) {
    if (options->size == 0)
        return seg_fail(SEG_ERROR_OPTION, "the size of seg_bootstrap_options is 0; call "
                                          "seg_bootstrap_options_init first");
    if (options->samples < 1 || options->samples > 100000000)
        return seg_fail(SEG_ERROR_OPTION, "samples is %ld (allowed 1 to 100000000)",
                        (long)options->samples);
    if (!(options->confidence > 0 && options->confidence < 1))
        return seg_fail(SEG_ERROR_OPTION, "confidence is %g (allowed between 0 and 1)",
                        options->confidence);
    if (!tallies || count < 2)
        return seg_fail(SEG_ERROR_ARGUMENT, "count is %ld (a bootstrap needs 2 files or more)",
                        (long)count);
    return SEG_OK;
}

static seg_status take_values(draw *all) {
    for (int32_t side = 0; side < all->side_count; side++)
        for (int32_t i = 0; i < all->count; i++)
            SEG_TRY(seg_tally_values(all->sides[side][i],
                                     all->values[side] + (size_t)i * (size_t)all->measures));
    return SEG_OK;
}

static seg_status take_memory(draw *all, double **room, int32_t samples, bool sums, bool means) {
    const size_t measures = (size_t)all->measures;
    const char *what = "samples of a bootstrap";
    for (int32_t side = 0; side < all->side_count; side++) {
        all->values[side] =
            seg_allocate(all->env, measures * (size_t)all->count, sizeof(double), what);
        if (!all->values[side]) return SEG_ERROR_MEMORY;
    }
    *room = seg_allocate(all->env, (size_t)samples, sizeof(double), what);
    if (!*room) return SEG_ERROR_MEMORY;
    if (sums) all->sums = seg_allocate(all->env, measures * (size_t)samples, sizeof(double), what);
    if (means)
        all->means = seg_allocate(all->env, measures * (size_t)samples, sizeof(double), what);
    return (sums && !all->sums) || (means && !all->means) ? SEG_ERROR_MEMORY : SEG_OK;
}

seg_status seg_bootstrap(seg_interval *sums, seg_interval *means, const seg_tally *const *tallies,
                         const seg_tally *const *others, int32_t count,
                         const seg_bootstrap_options *options, const seg_env *env) {
    seg_bootstrap_options chosen;
    seg_bootstrap_options_init(&chosen);
    if (options) chosen = *options;
    SEG_TRY(check(&chosen, tallies, count));
    draw all = {.sides = {tallies, others},
                .side_count = others ? 2 : 1,
                .count = count,
                .measures = seg_tally_metric(tallies[0])->measure_count,
                .seed = chosen.seed,
                .env = env};
    double *room = NULL;
    seg_status status = take_memory(&all, &room, chosen.samples, sums != NULL, means != NULL);
    if (status >= 0) status = take_values(&all);
    if (status >= 0) status = draw_all(&all, chosen.samples);
    for (int32_t m = 0; m < all.measures && status >= 0; m++) {
        if (sums)
            sums[m] = middle(room, all.sums, chosen.samples, all.measures, m, chosen.confidence);
        if (means)
            means[m] = middle(room, all.means, chosen.samples, all.measures, m, chosen.confidence);
    }
    seg_release(env, all.values[0]);
    seg_release(env, all.values[1]);
    seg_release(env, all.sums);
    seg_release(env, all.means);
    seg_release(env, room);
    return status;
}
