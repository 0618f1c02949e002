/*
 * The valley between the two peaks of the smoothed histogram. For two clear populations.
 *
 * J. Prewitt, M. Mendelsohn, "The analysis of cell images", Annals of the New York Academy of
 * Sciences 128, 1966.
 *
 * Steps: the histogram between its ends is averaged over three neighbours (the ends count twice)
 * until fewer than three peaks are left; the level is the lowest value between the two, the first
 * of equal ones. Where never two are left, the level is Otsu's.
 *
 * Cost: one histogram, up to 10000 passes over 256 bins. Known failures: one population; peaks of
 * very different size, where the smaller is smoothed away first.
 */
#include "imgproc/input.h"
#include "threshold/global.h"

#define BINS 256
#define MOST_PASSES 10000

static void smooth(double *votes, int32_t count) {
    double before = votes[0];
    for (int32_t i = 0; i < count; i++) {
        const double here = votes[i], after = votes[i + 1 < count ? i + 1 : i];
        votes[i] = (before + here + after) / 3;
        before = here;
    }
}

/* Counts the peaks; the places of the first two. A rise must follow a fall to count again. */
static int32_t find_peaks(int32_t place[2], const double *votes, int32_t size) {
    int32_t count = 0;
    bool rising = true;
    for (int32_t i = 0; i + 1 < size; i++) {
        if (rising && votes[i + 1] < votes[i]) {
            rising = false;
            if (count < 2) place[count] = i;
            count++;
        } else if (!rising && votes[i + 1] > votes[i]) {
            rising = true;
        }
    }
    return count;
}

static double choose(const uint64_t *bins, int32_t size) {
    double votes[BINS];
    int32_t first = 0, last = size - 1;
    while (!bins[first])
        first++;
    while (!bins[last])
        last--;
    const int32_t count = last - first + 1;
    for (int32_t i = 0; i < count; i++)
        votes[i] = (double)bins[first + i];
    int32_t peak[2] = {0, 0}, peaks = 3;
    for (int32_t pass = 0; pass < MOST_PASSES && peaks > 2; pass++) {
        smooth(votes, count);
        peaks = find_peaks(peak, votes, count);
    }
    if (peaks != 2) return seg_otsu_bin(bins, size);
    int32_t level = peak[0];
    for (int32_t i = peak[0]; i <= peak[1]; i++)
        if (votes[i] < votes[level]) level = i;
    return first + level;
}

SEG_GLOBAL_METHOD(minimum, choose, SEG_BINS_COARSE, "the valley of the histogram",
                  "J. Prewitt, M. Mendelsohn, The analysis of cell images, Annals of the New York "
                  "Academy of Sciences 128",
                  1966)
