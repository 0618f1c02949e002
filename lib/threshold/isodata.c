/*
 * The level that lies half-way between the means of the two classes that it makes. For two
 * populations of similar spread.
 *
 * T. Ridler, S. Calvard, "Picture thresholding using an iterative selection method", IEEE Trans.
 * SMC 8(8), 1978.
 *
 * Symbols: m(t) mean of the values up to t, n(t) of those above; the level is the smallest t with
 * 0 <= (m(t) + n(t)) / 2 - t < 1, a fixed point of the paper's iteration. Every t is tried: no
 * start to choose. Cost: one histogram, one pass over its bins. Known failures: as Otsu's, classes
 * of very different size.
 */
#include "threshold/global.h"

static double choose(const uint64_t *bins, int32_t size) {
    double votes = 0, sum = 0;
    for (int32_t i = 0; i < size; i++) {
        votes += (double)bins[i];
        sum += i * (double)bins[i];
    }
    double below = 0, sum_below = 0;
    for (int32_t t = 0; t < size && below < votes; t++) {
        below += (double)bins[t];
        sum_below += t * (double)bins[t];
        if (below == 0 || below == votes) continue;
        const double middle = (sum_below / below + (sum - sum_below) / (votes - below)) / 2;
        if (middle - t >= 0 && middle - t < 1) return t;
    }
    return sum / votes; /* the iteration always has a fixed point; rounding alone could hide it */
}

SEG_GLOBAL_METHOD(isodata, choose, SEG_BINS_FULL, "half-way between the classes",
                  "T. Ridler, S. Calvard, Picture thresholding using an iterative selection "
                  "method, IEEE Trans. SMC 8(8)",
                  1978)
