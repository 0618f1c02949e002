/*
 * Levels: numbers that mean the same at every depth, and the rules that find them in a histogram.
 *
 * auto:otsu    N. Otsu, IEEE Trans. SMC 9(1), 1979, with OpenCV's arithmetic.
 * auto:median  the median of the voting values.
 * auto:noise   median + 5 * 1.4826 * MAD, where MAD is the median distance to the median (1.4826
 *              MAD estimates the deviation of a normal distribution), counted as at least one 8-bit
 *              step. Of absolute differences of normal noise this is about 3.6 deviations.
 */
#include "core/check.h"
#include "imgproc/input.h"

#include <float.h>
#include <math.h>

#define NOISE_DEVIATIONS 5.0
#define MAD_TO_DEVIATION 1.4826

double seg_level_native(const seg_level *level, const seg_image *image) {
    const double full = seg_image_full_scale(image);
    switch (level->kind) {
    case SEG_LEVEL_PERCENT:
        return level->value * full / 100.0;
    case SEG_LEVEL_RAW:
        return level->value;
    default:
        break;
    }
    const double native = level->value * full / 255.0;
    /* A whole 8-bit level goes the way of an 8-bit sample, so that a picture brought to 10 or 12
     * bits is cut between the same samples. */
    if (image->format == SEG_U16 && level->value == floor(level->value)) return floor(native + 0.5);
    return native;
}

double seg_level_8bit(double native, const seg_image *image) {
    return native * 255.0 / seg_image_full_scale(image);
}

/* The operations and their order are OpenCV's: among nearly equal candidates the rounding decides.
 */
int32_t seg_otsu_bin(const uint64_t *bins, int32_t size) {
    uint64_t total = 0;
    double mean = 0;
    for (int32_t i = 0; i < size; i++) {
        total += bins[i];
        mean += i * (double)bins[i];
    }
    if (!total) return 0;
    const double scale = 1.0 / (double)total;
    mean *= scale;
    double lower_mean = 0, lower_share = 0, best = 0;
    int32_t level = 0;
    for (int32_t i = 0; i < size; i++) {
        const double share = (double)bins[i] * scale;
        lower_mean *= lower_share;
        lower_share += share;
        const double upper_share = 1.0 - lower_share;
        const double less = lower_share < upper_share ? lower_share : upper_share;
        const double more = lower_share < upper_share ? upper_share : lower_share;
        if (less < FLT_EPSILON || more > 1.0 - FLT_EPSILON) continue;
        lower_mean = (lower_mean + i * share) / lower_share;
        const double upper_mean = (mean - lower_share * lower_mean) / upper_share;
        const double between =
            lower_share * upper_share * (lower_mean - upper_mean) * (lower_mean - upper_mean);
        if (between > best) {
            best = between;
            level = i;
        }
    }
    return level;
}

/* The first bin up to which at least `percent` of the votes, and at least one, are counted. */
static int32_t percentile_bin(const uint64_t *bins, int32_t size, double percent) {
    uint64_t total = 0, below = 0;
    for (int32_t i = 0; i < size; i++)
        total += bins[i];
    if (!total) return 0;
    for (int32_t i = 0; i < size; i++) {
        below += bins[i];
        if (below && (double)below * 100.0 >= percent * (double)total) return i;
    }
    return size - 1;
}

/* Median distance of the votes to bin `centre`. */
static int32_t deviation_bin(const uint64_t *bins, int32_t size, int32_t centre) {
    uint64_t total = 0, near = 0;
    for (int32_t i = 0; i < size; i++)
        total += bins[i];
    for (int32_t distance = 0; distance < size; distance++) {
        if (centre - distance >= 0) near += bins[centre - distance];
        if (distance && centre + distance < size) near += bins[centre + distance];
        if (2 * near >= total) return distance;
    }
    return 0;
}

static double noise_level(const uint64_t *bins, int32_t size) {
    const int32_t median = percentile_bin(bins, size, 50);
    const double step = (size - 1) / 255.0;
    double deviation = deviation_bin(bins, size, median);
    if (deviation < step) deviation = step;
    return median + NOISE_DEVIATIONS * MAD_TO_DEVIATION * deviation;
}

/* The bin that an automatic rule chooses. */
static seg_status automatic_bin(double *bin, int rule, const uint64_t *bins, int32_t size) {
    switch (rule) {
    case SEG_AUTO_OTSU:
        *bin = seg_otsu_bin(bins, size);
        return SEG_OK;
    case SEG_AUTO_MEDIAN:
        *bin = percentile_bin(bins, size, 50);
        return SEG_OK;
    case SEG_AUTO_NOISE:
        *bin = noise_level(bins, size);
        return SEG_OK;
    default:
        return seg_fail(SEG_ERROR_OPTION, "the automatic rule of a level is %d (allowed %d to %d)",
                        rule, SEG_AUTO_OTSU, SEG_AUTO_NOISE);
    }
}

seg_status seg_level_resolve(double *native, const seg_level *level, seg_auto_rule rule_default,
                             const uint64_t *bins, int32_t size, const seg_image *image) {
    if (level->kind < SEG_LEVEL_8BIT || level->kind > SEG_LEVEL_AUTO)
        return seg_fail(SEG_ERROR_OPTION, "the kind of a level is %d (allowed %d to %d)",
                        (int)level->kind, SEG_LEVEL_8BIT, SEG_LEVEL_AUTO);
    if (level->kind != SEG_LEVEL_PERCENTILE && level->kind != SEG_LEVEL_AUTO) {
        *native = seg_level_native(level, image);
        return SEG_OK;
    }
    if (!bins || size < 2)
        return seg_fail(SEG_ERROR_ARGUMENT, "this level needs a histogram (bins, size >= 2)");
    double bin = 0;
    if (level->kind == SEG_LEVEL_PERCENTILE)
        bin = percentile_bin(bins, size, level->value);
    else
        SEG_TRY(automatic_bin(
            &bin, level->rule == SEG_AUTO_DEFAULT ? (int)rule_default : level->rule, bins, size));
    *native = bin * seg_image_full_scale(image) / (size - 1);
    return SEG_OK;
}
