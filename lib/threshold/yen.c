/*
 * The level whose two classes have the largest correlation, an entropy of second order. For small
 * bright objects on an even ground.
 *
 * J. Yen, F. Chang, S. Chang, "A new criterion for automatic multilevel thresholding", IEEE Trans.
 * Image Processing 4(3), 1995.
 *
 * Symbols: p(i) share of value i, P(t) = sum of p up to t, G(t) = sum of p^2 up to t, G'(t) of
 * those above; C(t) = -log(G G') + 2 log(P (1 - P)), largest where (P (1 - P))^2 / (G G') is.
 *
 * Cost: one histogram, one pass over 256 bins. Known failures: a second population within the
 * ground attracts the level.
 */
#include "threshold/global.h"

static double choose(const uint64_t *bins, int32_t size) {
    double votes = 0, squares = 0;
    for (int32_t i = 0; i < size; i++) {
        votes += (double)bins[i];
        squares += (double)bins[i] * (double)bins[i];
    }
    double below = 0, squares_below = 0, best = -1;
    int32_t level = 0;
    for (int32_t t = 0; t < size; t++) {
        if (!bins[t]) continue;
        below += (double)bins[t];
        squares_below += (double)bins[t] * (double)bins[t];
        if (below == votes) break;
        const double product = below / votes * ((votes - below) / votes);
        const double correlation =
            product * product / (squares_below / squares * ((squares - squares_below) / squares));
        if (correlation > best) {
            best = correlation;
            level = t;
        }
    }
    return level;
}

SEG_GLOBAL_METHOD(yen, choose, SEG_BINS_COARSE, "Yen's largest correlation",
                  "J. Yen, F. Chang, S. Chang, A new criterion for automatic multilevel "
                  "thresholding, IEEE Trans. Image Processing 4(3)",
                  1995)
