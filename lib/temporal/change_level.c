/*
 * The automatic level. In a scene at rest the difference of two frames is noise around 0, so the
 * median m of its absolute values gives the noise's deviation, sigma = m / 0.6745 (or what the
 * median is where more than two frames are compared), whatever less than half of the picture does
 * (the median absolute deviation: P. Rousseeuw, C. Croux, "Alternatives to the median absolute
 * deviation", J. Am. Stat. Assoc. 88, 1993, section 1). The level is SIGMAS * sigma within bounds:
 * at least what the method asks for, since video codecs leave most blocks of a scene at rest
 * without any difference and change others by a few steps, and small differences are shadows more
 * often than objects; at most MOST, since where most of the picture moves the median is motion. The
 * median is interpolated within its bin: integer samples would else give one of a handful of
 * levels.
 */
#include "temporal/change_level.h"

#include "core/check.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include <segment/imgproc.h>

#define SIGMAS 5.0
#define MOST_8BIT 50.0
#define NOISE_VOTERS 131072 /* about as many pixels, in whole rows, are enough for the median */

/* Deviation of the noise, in bins, from the histogram of absolute differences. */
static double noise_deviation(const uint64_t *bins, int32_t size, double median_of_noise) {
    uint64_t total = 0;
    for (int32_t i = 0; i < size; i++)
        total += bins[i];
    if (total == 0) return 0;
    const double half = (double)total / 2;
    double below = 0;
    int32_t bin = 0;
    while (below + (double)bins[bin] < half)
        below += (double)bins[bin++];
    /* bin i stands for differences of i - 0.5 to i + 0.5, bin 0 for those of 0 to 0.5 */
    const double share = (half - below) / (double)bins[bin];
    const double median = bin == 0 ? 0.5 * share : bin - 0.5 + share;
    return median / median_of_noise;
}

/* Found by integrating the normal distribution. */
double seg_median_of_range(int32_t frames) {
    static const double medians[] = {SEG_MEDIAN_OF_TWO,
                                     1.1227,
                                     1.3989,
                                     1.5959,
                                     1.7477,
                                     1.8706,
                                     1.9734,
                                     2.0615,
                                     2.1384,
                                     2.2065,
                                     2.2676,
                                     2.3228,
                                     2.3732,
                                     2.4195,
                                     2.4622,
                                     2.5019,
                                     2.5390,
                                     2.5737,
                                     2.6063,
                                     2.6371,
                                     2.6662,
                                     2.6938,
                                     2.7201,
                                     2.7451,
                                     2.7690,
                                     2.7918,
                                     2.8137,
                                     2.8347,
                                     2.8548,
                                     2.8742,
                                     2.8929};
    return medians[frames - 2];
}

static int32_t voting_step(int32_t width, int32_t height) {
    const double pixels = (double)width * height;
    if (pixels < 2 * NOISE_VOTERS) return 1;
    const double step = pixels / NOISE_VOTERS;
    return step < height ? (int32_t)step : height;
}

static bool is_noise_rule(const seg_level *level) {
    return level->kind == SEG_LEVEL_AUTO &&
           (level->rule == SEG_AUTO_DEFAULT || level->rule == SEG_AUTO_NOISE);
}

int32_t seg_change_level_step(const seg_level *level, int32_t width, int32_t height) {
    return is_noise_rule(level) ? voting_step(width, height) : 1;
}

bool seg_change_level_votes(const seg_level *level) {
    return level->kind == SEG_LEVEL_AUTO || level->kind == SEG_LEVEL_PERCENTILE;
}

uint16_t seg_level_floor(double native) {
    if (!(native > 0)) return 0;
    return native >= 65535 ? 65535 : (uint16_t)native;
}

/* Every `step`-th row, as a header over the same memory. */
static seg_image thin_out(const seg_image *image, int32_t step) {
    seg_image thin = *image;
    thin.height = (image->height + step - 1) / step;
    thin.stride = image->stride * step;
    thin.owner = NULL;
    return thin;
}

static seg_status vote(double *native, seg_result *result, const seg_level *level,
                       const seg_change_rule *rule, const seg_image *difference,
                       const seg_image *left_out, seg_scratch *scratch) {
    const int32_t step = seg_change_level_step(level, difference->width, difference->height);
    const seg_image voters = thin_out(difference, step);
    seg_image silent = {0};
    if (!seg_image_empty(left_out)) silent = thin_out(left_out, step);
    const int32_t size = seg_histogram_size(&voters);
    uint64_t *bins = seg_scratch_take(scratch, (size_t)size, sizeof *bins, "histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_histogram_with(bins, size, &voters, seg_image_empty(&silent) ? NULL : &silent,
                               scratch, &scratch->env));
    if (!is_noise_rule(level))
        return seg_level_resolve(native, level, SEG_AUTO_NOISE, bins, size, difference);
    const double sigma = noise_deviation(bins, size, rule->median);
    const double unit = seg_image_full_scale(difference) / 255;
    *native = SIGMAS * sigma;
    if (*native < rule->least * unit) *native = rule->least * unit;
    if (*native > MOST_8BIT * unit) *native = MOST_8BIT * unit;
    seg_result_decide(result, "noise", seg_level_8bit(sigma, difference), "8-bit");
    return SEG_OK;
}

seg_status seg_change_level(double *native, seg_result *result, const seg_level *level,
                            const seg_change_rule *rule, const seg_image *difference,
                            const seg_image *left_out, seg_scratch *scratch) {
    if (seg_change_level_votes(level))
        SEG_TRY(vote(native, result, level, rule, difference, left_out, scratch));
    else
        *native = seg_level_native(level, difference);
    seg_result_decide(result, "threshold", seg_level_8bit(*native, difference), "8-bit");
    return SEG_OK;
}
