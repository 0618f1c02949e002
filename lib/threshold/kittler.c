/*
 * The level of least error if both classes are normal distributions of their own mean, size and
 * spread. For objects and ground of very different spread.
 *
 * J. Kittler, J. Illingworth, "Minimum error thresholding", Pattern Recognition 19(1), 1986.
 *
 * Symbols: P(t) share of the values up to t, s(t) their deviation, primes above t;
 *   J(t) = 1 + 2 (P log s + P' log s') - 2 (P log P + P' log P')
 * tried at every t whose classes both have a spread; where none has, half-way between the values.
 *
 * Cost: one histogram, four logarithms a bin that holds votes. Known failures: long tails; a class
 * of one value has no spread and is never cut off.
 */
#include "core/math.h"
#include "threshold/global.h"

typedef struct class_sums {
    double votes, sum, squares;
} class_sums;

static void add(class_sums *sums, int32_t value, double votes) {
    sums->votes += votes;
    sums->sum += value * votes;
    sums->squares += (double)value * value * votes;
}

static double variance(const class_sums *sums) {
    const double mean = sums->sum / sums->votes;
    return sums->squares / sums->votes - mean * mean;
}

/* P log s^2 - 2 P log P */
static double error_term(const class_sums *sums, double spread, double votes) {
    const double share = sums->votes / votes;
    return share * seg_log_e(spread) - 2 * share * seg_log_e(share);
}

static double choose(const uint64_t *bins, int32_t size) {
    class_sums all = {0}, below = {0};
    const int32_t origin = size / 2; /* smaller squares */
    for (int32_t i = 0; i < size; i++)
        add(&all, i - origin, (double)bins[i]);
    const double least_spread = 1e-9 * (size - 1) * (size - 1);
    double least = 0;
    int32_t level = -1;
    for (int32_t t = 0; t < size; t++) {
        if (!bins[t]) continue;
        add(&below, t - origin, (double)bins[t]);
        if (below.votes == all.votes) break;
        const class_sums above = {all.votes - below.votes, all.sum - below.sum,
                                  all.squares - below.squares};
        const double spread_below = variance(&below), spread_above = variance(&above);
        if (spread_below <= least_spread || spread_above <= least_spread) continue;
        const double error = error_term(&below, spread_below, all.votes) +
                             error_term(&above, spread_above, all.votes);
        if (level >= 0 && error >= least) continue;
        least = error;
        level = t;
    }
    return level >= 0 ? level : origin + all.sum / all.votes;
}

SEG_GLOBAL_METHOD(kittler, choose, SEG_BINS_FULL, "Kittler's least error",
                  "J. Kittler, J. Illingworth, Minimum error thresholding, Pattern Recognition "
                  "19(1)",
                  1986)
