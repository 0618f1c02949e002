/*
 * The level whose two-valued picture loses least cross entropy against the original. For small or
 * dim objects, where Otsu's level is drawn into the ground.
 *
 * C. Li, C. Lee, "Minimum cross entropy thresholding", Pattern Recognition 26(4), 1993. Li and
 * Tam (Pattern Recognition Letters 19(8), 1998) iterate to a minimum near the mean; here all levels
 * are tried, so it is the least of all.
 *
 * Symbols: h(i) votes for value i, counted from the darkest that occurs; for the classes up to t
 * and above it, mass a = sum i h(i), mean m = a / sum h(i):
 *   eta(t) = -a_0 log m_0 - a_1 log m_1                     (the term that does not vary left out)
 *
 * Cost: one histogram, two logarithms a bin that holds votes. Known failures: a few very bright
 * values pull the level up.
 */
#include "core/math.h"
#include "threshold/global.h"

static double term(double mass, double votes) {
    return mass > 0 ? mass * seg_log_e(mass / votes) : 0;
}

static double choose(const uint64_t *bins, int32_t size) {
    int32_t first = 0;
    while (!bins[first])
        first++;
    double votes = 0, mass = 0;
    for (int32_t i = first; i < size; i++) {
        votes += (double)bins[i];
        mass += (i - first) * (double)bins[i];
    }
    double below = 0, mass_below = 0, best = -1;
    int32_t level = first;
    for (int32_t t = first; t < size; t++) {
        if (!bins[t]) continue;
        below += (double)bins[t];
        mass_below += (t - first) * (double)bins[t];
        if (below == votes) break;
        const double gain = term(mass_below, below) + term(mass - mass_below, votes - below);
        if (gain > best) {
            best = gain;
            level = t;
        }
    }
    return level;
}

SEG_GLOBAL_METHOD(li, choose, SEG_BINS_FULL, "Li's least cross entropy",
                  "C. Li, C. Lee, Minimum cross entropy thresholding, Pattern Recognition 26(4)",
                  1993)
