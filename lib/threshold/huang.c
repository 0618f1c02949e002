/*
 * The level at which it is least fuzzy which class a pixel belongs to. For soft transitions between
 * objects and ground.
 *
 * L. Huang, M. Wang, "Image thresholding by minimizing the measures of fuzziness", Pattern
 * Recognition 28(1), 1995.
 *
 * Symbols: first, last values that occur; m the mean of a value's class; membership
 * u(i) = 1 / (1 + |i - m| / (last - first)), between 1/2 and 1; the level minimises the votes'
 * sum of Shannon's S(u) = -u log u - (1 - u) log(1 - u).
 *
 * Cost: one histogram, two logarithms for each pair of a level and one of 256 values. Known
 * failures: very small objects.
 */
#include "core/math.h"
#include "threshold/global.h"

static double shannon(double membership) {
    if (membership >= 1) return 0;
    return -membership * seg_log_e(membership) - (1 - membership) * seg_log_e(1 - membership);
}

/* Fuzziness of the values first .. last as one class around their mean. */
static double fuzziness(const uint64_t *bins, int32_t first, int32_t last, double range) {
    double votes = 0, sum = 0, total = 0;
    for (int32_t i = first; i <= last; i++) {
        votes += (double)bins[i];
        sum += i * (double)bins[i];
    }
    const double mean = sum / votes;
    for (int32_t i = first; i <= last; i++) {
        if (!bins[i]) continue;
        const double distance = i < mean ? mean - i : i - mean;
        total += (double)bins[i] * shannon(1 / (1 + distance / range));
    }
    return total;
}

static double choose(const uint64_t *bins, int32_t size) {
    int32_t first = 0, last = size - 1;
    while (!bins[first])
        first++;
    while (!bins[last])
        last--;
    double least = 0;
    int32_t level = -1;
    for (int32_t t = first; t < last; t++) {
        if (!bins[t]) continue;
        const double sum =
            fuzziness(bins, first, t, last - first) + fuzziness(bins, t + 1, last, last - first);
        if (level >= 0 && sum >= least) continue;
        least = sum;
        level = t;
    }
    return level;
}

SEG_GLOBAL_METHOD(huang, choose, SEG_BINS_COARSE, "Huang's least fuzziness",
                  "L. Huang, M. Wang, Image thresholding by minimizing the measures of fuzziness, "
                  "Pattern Recognition 28(1)",
                  1995)
