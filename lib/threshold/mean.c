/*
 * The mean of all voting values as the level. For pictures whose objects take about half of the
 * histogram's mass, and as a yardstick for better rules.
 *
 * C. Glasbey, "An analysis of histogram-based thresholding algorithms", CVGIP: Graphical Models and
 * Image Processing 55(6), 1993, among others.
 *
 * Symbols: h(i) votes for value i; level = sum i h(i) / sum h(i). Cost: one histogram. Known
 * failures: the level moves with the share of the objects.
 */
#include "threshold/global.h"

static double choose(const uint64_t *bins, int32_t size) {
    double votes = 0, sum = 0;
    for (int32_t i = 0; i < size; i++) {
        votes += (double)bins[i];
        sum += i * (double)bins[i];
    }
    return sum / votes;
}

SEG_GLOBAL_METHOD(mean, choose, SEG_BINS_FULL, "the mean value",
                  "C. Glasbey, An analysis of histogram-based thresholding algorithms, CVGIP 55(6)",
                  1993)
