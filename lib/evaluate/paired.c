/*
 * Tests of paired differences: is one prediction better than the other on the same files?
 *
 * Sign test: the number of positive differences is binomial(n, 1/2) where neither is better. Its
 * tail is summed term by term, with the powers of two kept apart so that nothing underflows.
 *
 * Wilcoxon's signed rank test: under the hypothesis each rank has either sign with probability 1/2,
 * so the distribution of the sum of the positive ranks is built rank by rank:
 * P'(s) = (P(s) + P(s - rank)) / 2. Twice the mean ranks are whole numbers, so that ties need no
 * approximation. n (n + 1) n steps, hence the limit.
 */
#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include <segment/evaluate.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { EXACT_LIMIT = 200 };

/* ---- tails ---- */

/* P(X <= most) for X ~ binomial(count, 1/2). */
static double binomial_tail(int32_t count, int32_t most) {
    double term = 1, sum = 1; /* times 2^shift; 2^-count comes last, shift never exceeds count */
    int32_t shift = 0;
    for (int32_t k = 1; k <= most; k++) {
        term = term * (count - k + 1) / k;
        sum += term;
        if (sum > 0x1p500) {
            term *= 0x1p-500;
            sum *= 0x1p-500;
            shift += 500;
        }
    }
    for (shift -= count; shift <= -500; shift += 500)
        sum *= 0x1p-500;
    for (; shift < 0; shift++)
        sum *= 0.5;
    return sum;
}

/* P(Z >= z) of the normal distribution, z >= 0. */
static double normal_tail(double z) {
    const double density = seg_exp(-z * z / 2) / sqrt(2 * SEG_PI);
    if (z < 4) { /* 1/2 - density * (z + z^3/3 + z^5/(3 5) + ...) */
        double term = z, sum = z;
        for (int n = 3; term > sum * DBL_EPSILON / 4; n += 2) {
            term *= z * z / n;
            sum += term;
        }
        return 0.5 - density * sum;
    }
    double fraction = z; /* z + 1/(z + 2/(z + 3/(z + ...))) from the inside out */
    for (int n = 60; n > 0; n--)
        fraction = z + n / fraction;
    return density / fraction;
}

static double two_sided(double tail) {
    return tail >= 0.5 ? 1 : 2 * tail;
}

/* ---- sign test ---- */

static void count_signs(seg_paired_test *test, const double *differences, int32_t count) {
    *test = (seg_paired_test){.p = 1, .exact = true};
    for (int32_t i = 0; i < count; i++) {
        test->positive += differences[i] > 0;
        test->negative += differences[i] < 0;
    }
}

seg_paired_test seg_sign_test(const double *differences, int32_t count) {
    seg_paired_test test;
    count_signs(&test, differences, count);
    const int32_t less = test.positive < test.negative ? test.positive : test.negative;
    test.statistic = test.positive;
    if (test.positive + test.negative)
        test.p = two_sided(binomial_tail(test.positive + test.negative, less));
    return test;
}

/* ---- Wilcoxon ---- */

typedef struct ranked {
    double size;
    bool positive;
    int64_t rank; /* twice the mean rank */
} ranked;

static int compare(const void *a, const void *b) {
    const double p = ((const ranked *)a)->size, q = ((const ranked *)b)->size;
    return (p > q) - (p < q);
}

/* Ranks of sorted items; the sum over ties of t^3 - t. */
static double give_ranks(ranked *items, int32_t count) {
    double ties = 0;
    for (int32_t first = 0; first < count;) {
        int32_t end = first;
        while (end < count && items[end].size == items[first].size)
            end++;
        for (int32_t i = first; i < end; i++)
            items[i].rank = (int64_t)first + 1 + end; /* first + 1 .. end, twice their mean */
        const double length = end - first;
        ties += length * length * length - length;
        first = end;
    }
    return ties;
}

/* P(sum of positive ranks <= most), ranks and sums doubled. */
static seg_status exact_tail(double *tail, const ranked *items, int32_t count, int64_t most,
                             const seg_env *env) {
    const size_t total = (size_t)count * ((size_t)count + 1); /* of all ranks, doubled */
    double *chance = seg_allocate_zeroed(env, total + 1, sizeof *chance, "ranks of differences");
    if (!chance) return SEG_ERROR_MEMORY;
    size_t reached = 0;
    chance[0] = 1;
    for (int32_t i = 0; i < count; i++) {
        const size_t rank = (size_t)items[i].rank;
        reached += rank;
        for (size_t s = reached + 1; s-- > 0;)
            chance[s] = (chance[s] + (s >= rank ? chance[s - rank] : 0)) / 2;
    }
    *tail = 0;
    for (int64_t s = 0; s <= most; s++)
        *tail += chance[s];
    seg_release(env, chance);
    return SEG_OK;
}

static double approximate_tail(int32_t count, int64_t less, double ties) {
    const double n = count, mean = n * (n + 1) / 4;
    const double variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
    const double distance = mean - (double)less / 2 - 0.5; /* continuity */
    return distance <= 0 || variance <= 0 ? 0.5 : normal_tail(distance / sqrt(variance));
}

seg_status seg_wilcoxon_test(seg_paired_test *test, const double *differences, int32_t count,
                             const seg_env *env) {
    if (!test || (count > 0 && !differences))
        return seg_fail(SEG_ERROR_ARGUMENT, "test or differences is missing (NULL)");
    count_signs(test, differences, count);
    const int32_t used = test->positive + test->negative;
    if (!used) return SEG_OK;
    ranked *items = seg_allocate(env, (size_t)used, sizeof *items, "ranks of differences");
    if (!items) return SEG_ERROR_MEMORY;
    int32_t next = 0;
    for (int32_t i = 0; i < count; i++)
        if (differences[i] > 0 || differences[i] < 0)
            items[next++] = (ranked){fabs(differences[i]), differences[i] > 0, 0};
    qsort(items, (size_t)used, sizeof *items, compare);
    const double ties = give_ranks(items, used);
    int64_t positive = 0, total = (int64_t)used * (used + 1);
    for (int32_t i = 0; i < used; i++)
        positive += items[i].positive ? items[i].rank : 0;
    const int64_t less = positive < total - positive ? positive : total - positive;
    double tail = 1;
    seg_status status = SEG_OK;
    test->statistic = (double)positive / 2;
    test->exact = used <= EXACT_LIMIT;
    if (test->exact)
        status = exact_tail(&tail, items, used, less, env);
    else
        tail = approximate_tail(used, less, ties);
    test->p = two_sided(tail);
    seg_release(env, items);
    return status;
}
