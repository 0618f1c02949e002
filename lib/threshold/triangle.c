/*
 * The level farthest below the line from the histogram's peak to its farther end. For one large
 * population (the ground) with a long tail (the objects).
 *
 * G. Zack, W. Rogers, S. Latt, "Automatic measurement of sister chromatid exchange frequency",
 * Journal of Histochemistry and Cytochemistry 25(7), 1977.
 *
 * Symbols: b the value of the peak (the first of the highest), a the end of the longer tail; the
 * level is the value x between them with the largest distance of (x, h(x)) from the line through
 * (a, 0) and (b, h(b)); of equal ones that nearest to a.
 *
 * Cost: one histogram, one pass over 256 bins. Known failures: two populations of similar size.
 */
#include "threshold/global.h"

/* `end` to `peak`, whichever is larger. */
static int32_t farthest(const uint64_t *bins, int32_t end, int32_t peak) {
    const int32_t step = end < peak ? 1 : -1, width = (peak - end) * step;
    const double height = (double)bins[peak];
    double best = -1;
    int32_t level = end;
    for (int32_t x = 0; x < width; x++) {
        const double distance = height * x - width * (double)bins[end + step * x];
        if (x == 0 || distance > best) {
            best = distance;
            level = end + step * x;
        }
    }
    return level;
}

static double choose(const uint64_t *bins, int32_t size) {
    int32_t first = 0, last = size - 1, peak = 0;
    while (!bins[first])
        first++;
    while (!bins[last])
        last--;
    for (int32_t i = first; i <= last; i++)
        if (bins[i] > bins[peak]) peak = i;
    return farthest(bins, peak - first < last - peak ? last : first, peak);
}

SEG_GLOBAL_METHOD(triangle, choose, SEG_BINS_COARSE, "Zack's triangle",
                  "G. Zack, W. Rogers, S. Latt, Automatic measurement of sister chromatid exchange "
                  "frequency, J. Histochem. Cytochem. 25(7)",
                  1977)
