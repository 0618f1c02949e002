/*
 * The level that keeps the first three moments of the picture when its classes become two values.
 * For pictures that are nearly two-valued but blurred.
 *
 * W. Tsai, "Moment-preserving thresholding: a new approach", Computer Vision, Graphics, and Image
 * Processing 29(3), 1985.
 *
 * Symbols: m_k the k-th moment of the values, z_0 < z_1 the roots of z^2 + c_1 z + c_0 = 0 with
 *   c_0 = (m_1 m_3 - m_2^2) / (m_2 - m_1^2), c_1 = (m_1 m_2 - m_3) / (m_2 - m_1^2)
 * p_0 = (z_1 - m_1) / (z_1 - z_0) the share of the darker class; the level is the first value up to
 * which more than p_0 of the values lie.
 *
 * Cost: one histogram, two passes over its bins. Known failures: more than two populations.
 */
#include "threshold/global.h"

#include <math.h>

/* Values are taken from the middle and as shares of the range, which the roots do not mind. */
static double darker_share(const uint64_t *bins, int32_t size, double votes) {
    double m1 = 0, m2 = 0, m3 = 0;
    for (int32_t i = 0; i < size; i++) {
        const double z = (double)i / (size - 1) - 0.5, share = (double)bins[i] / votes;
        m1 += z * share;
        m2 += z * z * share;
        m3 += z * z * z * share;
    }
    const double spread = m2 - m1 * m1;
    const double c0 = (m1 * m3 - m2 * m2) / spread, c1 = (m1 * m2 - m3) / spread;
    const double root = sqrt(c1 * c1 - 4 * c0);
    const double z0 = (-c1 - root) / 2, z1 = (-c1 + root) / 2;
    return (z1 - m1) / (z1 - z0);
}

static double choose(const uint64_t *bins, int32_t size) {
    double votes = 0, below = 0;
    for (int32_t i = 0; i < size; i++)
        votes += (double)bins[i];
    const double share = darker_share(bins, size, votes);
    for (int32_t t = 0; t < size; t++) {
        below += (double)bins[t];
        if (below > share * votes) return t;
    }
    return size - 1;
}

SEG_GLOBAL_METHOD(moments, choose, SEG_BINS_FULL, "Tsai's preserved moments",
                  "W. Tsai, Moment-preserving thresholding: a new approach, CVGIP 29(3)", 1985)
