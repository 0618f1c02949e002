/*
 * The level whose two classes together have the largest entropy. For objects and ground that are
 * both spread over many values.
 *
 * J. Kapur, P. Sahoo, A. Wong, "A new method for gray-level picture thresholding using the entropy
 * of the histogram", Computer Vision, Graphics, and Image Processing 29(3), 1985.
 *
 * Symbols: p(i) share of value i, P = sum of p up to t, H = -sum p log p up to t, H' above it;
 *   psi(t) = log(P (1 - P)) + H / P + H' / (1 - P)
 *
 * Cost: one histogram, a logarithm and a half a bin of 256. Known failures: a flat, wide ground is
 * split in the middle.
 */
#include "core/math.h"
#include "threshold/global.h"

static double entropy(double share) {
    return share > 0 ? -share * seg_log_e(share) : 0;
}

static double choose(const uint64_t *bins, int32_t size) {
    double votes = 0, whole = 0;
    for (int32_t i = 0; i < size; i++)
        votes += (double)bins[i];
    for (int32_t i = 0; i < size; i++)
        whole += entropy((double)bins[i] / votes);
    double below = 0, entropy_below = 0, best = -1;
    int32_t level = 0;
    for (int32_t t = 0; t < size; t++) {
        if (!bins[t]) continue;
        below += (double)bins[t];
        entropy_below += entropy((double)bins[t] / votes);
        if (below == votes) break;
        const double lower = below / votes, upper = (votes - below) / votes;
        const double sum =
            seg_log_e(lower * upper) + entropy_below / lower + (whole - entropy_below) / upper;
        if (sum > best) {
            best = sum;
            level = t;
        }
    }
    return level;
}

SEG_GLOBAL_METHOD(kapur, choose, SEG_BINS_COARSE, "Kapur's largest entropy",
                  "J. Kapur, P. Sahoo, A. Wong, A new method for gray-level picture thresholding "
                  "using the entropy of the histogram, CVGIP 29(3)",
                  1985)
