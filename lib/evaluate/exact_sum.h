/*
 * Sums of real numbers that do not depend on the order or the grouping of what is added, so that
 * tallies merge exactly. A sum is a fixed-point number of 64 bits before and 64 behind the point;
 * each number is cut at 2^-64 (its last bit is above that from 2^-12 = 0.00024 on), after which
 * everything is integer addition.
 */
#ifndef SEG_EVALUATE_EXACT_SUM_H
#define SEG_EVALUATE_EXACT_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/** Zero-initialise it. */
typedef struct seg_exact_sum {
    int64_t whole;
    uint64_t fraction; /* of 2^-64 */
    bool beyond;       /* a number was not finite, or the sum left +-2^62: it is NaN */
} seg_exact_sum;

#define SEG_EXACT_ONE 18446744073709551616.0 /* 2^64 */
#define SEG_EXACT_MOST ((int64_t)1 << 62)

static inline void seg_exact_sum_merge(seg_exact_sum *sum, const seg_exact_sum *more) {
    const uint64_t fraction = sum->fraction + more->fraction;
    /* both are within +-2^62, so that this is within +-2^63 */
    const int64_t whole = sum->whole + more->whole + (fraction < sum->fraction);
    sum->beyond = sum->beyond || more->beyond || whole > SEG_EXACT_MOST || whole < -SEG_EXACT_MOST;
    sum->whole = sum->beyond ? 0 : whole;
    sum->fraction = sum->beyond ? 0 : fraction;
}

static inline void seg_exact_sum_add(seg_exact_sum *sum, double value) {
    seg_exact_sum more = {0};
    if (!(value > (double)-SEG_EXACT_MOST && value < (double)SEG_EXACT_MOST)) {
        more.beyond = true;
    } else {
        const double size = fabs(value), whole = floor(size);
        more.whole = (int64_t)whole;
        more.fraction = (uint64_t)((size - whole) * SEG_EXACT_ONE);
        if (value < 0) {
            more.whole = -more.whole - (more.fraction != 0);
            more.fraction = 0 - more.fraction;
        }
    }
    seg_exact_sum_merge(sum, &more);
}

/** The double next to the sum, within a unit of its last place. */
static inline double seg_exact_sum_value(const seg_exact_sum *sum) {
    if (sum->beyond) return NAN;
    if (sum->whole >= 0) return (double)sum->whole + (double)sum->fraction / SEG_EXACT_ONE;
    const uint64_t fraction = 0 - sum->fraction;
    const int64_t whole = -sum->whole - (sum->fraction != 0);
    return -((double)whole + (double)fraction / SEG_EXACT_ONE);
}

#endif
