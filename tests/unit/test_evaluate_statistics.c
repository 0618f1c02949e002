/* How sure numbers are: paired tests against all sign patterns, bootstrap against a plain one. */
#include "core/memory.h"
#include "core/random.h"
#include "evaluate.h"

/* ---- paired tests ---- */

START_TEST(sign_test_by_hand) {
    const double nine[] = {1, 2, 3, -4, 5, 6, 7, 8, 9, 10, 0, NAN};
    seg_paired_test test = seg_sign_test(nine, 12);
    ck_assert_int_eq(test.positive, 9);
    ck_assert_int_eq(test.negative, 1);
    ck_assert_double_eq(test.statistic, 9);
    ck_assert_double_eq(test.p, 2 * (1 + 10) / 1024.0);
    ck_assert(test.exact);
    const double even[] = {1, -1};
    ck_assert_double_eq(seg_sign_test(even, 2).p, 1);
    ck_assert_double_eq(seg_sign_test(even, 0).p, 1);
}
END_TEST

/* 10000 differences, 4900 negative: the exact value, from integers of any length. */
START_TEST(sign_test_of_many) {
    double *many = malloc(10000 * sizeof *many);
    for (int i = 0; i < 10000; i++)
        many[i] = i < 4900 ? -1 : 1;
    ck_assert_double_eq_tol(seg_sign_test(many, 10000).p, 0.046585527704947387, 1e-12);
    for (int i = 0; i < 10000; i++)
        many[i] = 1;
    ck_assert_double_eq(seg_sign_test(many, 10000).p, 0); /* 2^-9999 is beyond the doubles */
    ck_assert_double_eq(seg_sign_test(many, 1000).p, 0x1p-999);
    free(many);
}
END_TEST

START_TEST(wilcoxon_by_hand) {
    seg_paired_test test;
    const double all_up[] = {0.1, 0.3, 0.2};
    ck_assert_ok(seg_wilcoxon_test(&test, all_up, 3, NULL));
    ck_assert_double_eq(test.statistic, 6);
    ck_assert_double_eq(test.p, 0.25);
    /* ranks 1 2 3 4 5, negative ranks 1 and 3: of 32 patterns 7 have a sum of at most 4 */
    const double five[] = {-1, 2, -3, 4, 5};
    ck_assert_ok(seg_wilcoxon_test(&test, five, 5, NULL));
    ck_assert_double_eq(test.statistic, 11);
    ck_assert_double_eq(test.p, 2 * 7 / 32.0);
    const double none[] = {0, NAN};
    ck_assert_ok(seg_wilcoxon_test(&test, none, 2, NULL));
    ck_assert_double_eq(test.p, 1);
    ck_assert_fails(seg_wilcoxon_test(NULL, none, 2, NULL), SEG_ERROR_ARGUMENT, "test");
}
END_TEST

/* Mean rank of |d[i]|, counted from 1. */
static double rank_of(const double *d, int n, int i) {
    double below = 0, equal = 0;
    for (int k = 0; k < n; k++) {
        below += fabs(d[k]) < fabs(d[i]);
        equal += fabs(d[k]) == fabs(d[i]);
    }
    return below + (equal + 1) / 2;
}

static void check_all_patterns(int trial) {
    seg_random stream = seg_random_stream(5, (uint64_t)trial, 0);
    const int n = 1 + trial % 12;
    double d[12], ranks[12], seen = 0;
    for (int i = 0; i < n; i++) {
        /* few sizes, so that there are ties */
        double size = 1 + seg_random_below(&stream, (uint32_t)i, trial % 2 ? 4 : 1000);
        d[i] = seg_random_below(&stream, 100 + (uint32_t)i, 3) ? size : -size;
    }
    for (int i = 0; i < n; i++) {
        ranks[i] = rank_of(d, n, i);
        seen += d[i] > 0 ? ranks[i] : 0;
    }
    int at_most = 0, at_least = 0;
    for (int pattern = 0; pattern < 1 << n; pattern++) {
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += pattern >> i & 1 ? ranks[i] : 0;
        at_most += sum <= seen;
        at_least += sum >= seen;
    }
    const double tail = (at_most < at_least ? at_most : at_least) / (double)(1 << n);
    seg_paired_test test;
    ck_assert_ok(seg_wilcoxon_test(&test, d, n, NULL));
    ck_assert_double_eq(test.statistic, seen);
    ck_assert_double_eq_tol(test.p, tail >= 0.5 ? 1 : 2 * tail, 1e-14);
    ck_assert(test.exact);
}

START_TEST(wilcoxon_against_all_patterns) {
    for (int trial = 0; trial < 96; trial++)
        check_all_patterns(trial);
}
END_TEST

/* Above the limit the approximation takes over, and is near what would be exact. */
START_TEST(wilcoxon_of_many) {
    double many[260];
    for (int i = 0; i < 260; i++)
        many[i] = (i * 37 % 260 + 1) * (i % 9 < 5 ? 1 : -1);
    seg_paired_test exact, approximate;
    ck_assert_ok(seg_wilcoxon_test(&approximate, many, 260, NULL));
    ck_assert(!approximate.exact);
    ck_assert_double_eq_tol(approximate.p, 0.16144288914455285, 1e-9);
    ck_assert_ok(seg_wilcoxon_test(&exact, many, 200, NULL));
    ck_assert(exact.exact);
    ck_assert_double_eq_tol(exact.p, 0.21627434656929176, 1e-12);
    for (int i = 0; i < 260; i++)
        many[i] = i + 1;
    ck_assert_ok(seg_wilcoxon_test(&approximate, many, 260, NULL));
    ck_assert(approximate.p > 0 && approximate.p < 1e-40);
}
END_TEST

START_TEST(paired_tests_are_symmetric) {
    const double d[] = {0.5, -0.1, 0.7, 0.7, -0.2, 0.9, 1.1},
                 turned[] = {-0.5, 0.1, -0.7, -0.7, 0.2, -0.9, -1.1};
    seg_paired_test a, b;
    ck_assert_ok(seg_wilcoxon_test(&a, d, 7, NULL));
    ck_assert_ok(seg_wilcoxon_test(&b, turned, 7, NULL));
    ck_assert_double_eq(a.p, b.p);
    ck_assert_double_eq(a.statistic + b.statistic, 28);
    ck_assert_double_eq(seg_sign_test(d, 7).p, seg_sign_test(turned, 7).p);
}
END_TEST

/* ---- bootstrap ---- */

enum { FILES = 7 };

/* Tallies of small random masks. */
static void make_tallies(seg_tally **tallies, int count, uint64_t seed) {
    for (int i = 0; i < count; i++) {
        double found[48], object[48];
        seg_random stream = seg_random_stream(seed, (uint64_t)i, 0);
        for (int k = 0; k < 48; k++) {
            object[k] = seg_random_below(&stream, (uint32_t)k, 3) ? 0 : 255;
            found[k] = seg_random_below(&stream, 100 + (uint32_t)k, 4) ? object[k] : 255;
        }
        seg_image a = evaluate_picture(8, 6, SEG_U8, found);
        seg_image b = evaluate_picture(8, 6, SEG_U8, object);
        tallies[i] = evaluate_tally("masks", NULL);
        evaluate_add(tallies[i], &a, &b, NULL);
        seg_image_unref(&a);
        seg_image_unref(&b);
    }
}

static void free_tallies(seg_tally **tallies, int count) {
    for (int i = 0; i < count; i++)
        seg_tally_free(tallies[i]);
}

static int32_t place(const char *name) {
    return seg_measure_find(seg_metric_find("masks"), name);
}

/* Two files: a quarter of the samples is A twice, a quarter B twice, half one of each. */
START_TEST(bootstrap_of_two) {
    seg_tally *tallies[2];
    make_tallies(tallies, 2, 3);
    seg_tally *both = evaluate_tally("masks", NULL);
    ck_assert_ok(seg_tally_merge(both, tallies[0]));
    ck_assert_ok(seg_tally_merge(both, tallies[1]));
    double a = evaluate_value(tallies[0], "masks", "f1");
    double b = evaluate_value(tallies[1], "masks", "f1");
    const double low = a < b ? a : b, high = a < b ? b : a;
    ck_assert(a != b);
    seg_interval sums[32], means[32];
    seg_bootstrap_options options;
    seg_bootstrap_options_init(&options);
    ck_assert_ok(
        seg_bootstrap(sums, means, (const seg_tally *const *)tallies, NULL, 2, &options, NULL));
    ck_assert_double_eq(sums[place("f1")].low, low);
    ck_assert_double_eq(sums[place("f1")].high, high);
    ck_assert_double_eq(means[place("f1")].low, low);
    ck_assert_double_eq(means[place("f1")].high, high);
    options.confidence = 0.4; /* from 0.3 to 0.7: one of each */
    ck_assert_ok(
        seg_bootstrap(sums, means, (const seg_tally *const *)tallies, NULL, 2, &options, NULL));
    ck_assert_double_eq(sums[place("f1")].low, evaluate_value(both, "masks", "f1"));
    ck_assert_double_eq(sums[place("f1")].high, evaluate_value(both, "masks", "f1"));
    ck_assert_double_eq(means[place("f1")].low, (a + b) / 2);
    seg_tally_free(both);
    free_tallies(tallies, 2);
}
END_TEST

static int compare(const void *a, const void *b) {
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The same from the four counts, drawn and sorted here. */
START_TEST(bootstrap_against_a_plain_one) {
    enum { SAMPLES = 301 };
    seg_tally *tallies[FILES];
    make_tallies(tallies, FILES, 11);
    double f1[SAMPLES], mean[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
        seg_random stream = seg_random_stream(42, (uint64_t)s, 0);
        double tp = 0, wrong = 0;
        mean[s] = 0;
        for (int i = 0; i < FILES; i++) {
            const seg_tally *file = tallies[seg_random_below(&stream, (uint32_t)i, FILES)];
            tp += evaluate_value(file, "masks", "tp");
            wrong += evaluate_value(file, "masks", "fp") + evaluate_value(file, "masks", "fn");
            mean[s] += evaluate_value(file, "masks", "f1") / FILES;
        }
        f1[s] = 2 * tp / (2 * tp + wrong);
    }
    qsort(f1, SAMPLES, sizeof *f1, compare);
    qsort(mean, SAMPLES, sizeof *mean, compare);
    seg_interval sums[32], means[32];
    seg_bootstrap_options options;
    seg_bootstrap_options_init(&options);
    options.samples = SAMPLES;
    options.confidence = 0.9; /* places 15 and 285 of 0 .. 300 */
    options.seed = 42;
    ck_assert_ok(
        seg_bootstrap(sums, means, (const seg_tally *const *)tallies, NULL, FILES, &options, NULL));
    ck_assert_double_eq_tol(sums[place("f1")].low, f1[15], 1e-12);
    ck_assert_double_eq_tol(sums[place("f1")].high, f1[285], 1e-12);
    ck_assert_double_eq_tol(means[place("f1")].low, mean[15], 1e-12);
    ck_assert_double_eq_tol(means[place("f1")].high, mean[285], 1e-12);
    free_tallies(tallies, FILES);
}
END_TEST

START_TEST(bootstrap_of_differences) {
    seg_tally *tallies[FILES], *others[FILES];
    make_tallies(tallies, FILES, 1);
    make_tallies(others, FILES, 2);
    const seg_tally *const *a = (const seg_tally *const *)tallies;
    const seg_tally *const *b = (const seg_tally *const *)others;
    seg_interval same[32], forth[32], back[32];
    ck_assert_ok(seg_bootstrap(same, NULL, a, a, FILES, NULL, NULL));
    ck_assert_double_eq(same[place("f1")].low, 0);
    ck_assert_double_eq(same[place("f1")].high, 0);
    ck_assert_ok(seg_bootstrap(forth, NULL, a, b, FILES, NULL, NULL));
    ck_assert_ok(seg_bootstrap(NULL, back, a, b, FILES, NULL, NULL));
    ck_assert(forth[place("f1")].low < forth[place("f1")].high);
    ck_assert_ok(seg_bootstrap(back, NULL, b, a, FILES, NULL, NULL));
    ck_assert_double_eq_tol(forth[place("f1")].low, -back[place("f1")].high, 1e-12);
    ck_assert_double_eq_tol(forth[place("f1")].high, -back[place("f1")].low, 1e-12);
    free_tallies(tallies, FILES);
    free_tallies(others, FILES);
}
END_TEST

START_TEST(bootstrap_does_not_depend_on_threads) {
    seg_tally *tallies[FILES];
    make_tallies(tallies, FILES, 9);
    seg_interval alone[32], together[32];
    const seg_tally *const *a = (const seg_tally *const *)tallies;
    const int32_t measures = seg_metric_find("masks")->measure_count;
    ck_assert_ok(seg_bootstrap(alone, NULL, a, NULL, FILES, NULL, NULL));
    for (int32_t threads = 2; threads <= 7; threads += 5) {
        seg_pool *pool;
        ck_assert_ok(seg_pool_create(&pool, threads));
        seg_env env = {.runner = seg_pool_runner(pool)};
        ck_assert_ok(seg_bootstrap(together, NULL, a, NULL, FILES, NULL, &env));
        ck_assert_mem_eq(alone, together, (size_t)measures * sizeof *alone);
        seg_pool_free(pool);
    }
    free_tallies(tallies, FILES);
}
END_TEST

/* No object and nothing found in any file: f1 is perfect by convention; recall of files without
 * objects but with false alarms is undefined. */
START_TEST(undefined_values) {
    seg_tally *tallies[3];
    const double none[4] = {0, 0, 0, 0}, some[4] = {255, 0, 0, 0};
    seg_image empty = evaluate_picture(2, 2, SEG_U8, none),
              one = evaluate_picture(2, 2, SEG_U8, some);
    for (int i = 0; i < 3; i++) {
        tallies[i] = evaluate_tally("masks", NULL);
        evaluate_add(tallies[i], &one, &empty, NULL);
    }
    seg_interval sums[32], means[32];
    ck_assert_ok(
        seg_bootstrap(sums, means, (const seg_tally *const *)tallies, NULL, 3, NULL, NULL));
    ck_assert_double_nan(sums[place("recall")].low);
    ck_assert_double_nan(means[place("recall")].high);
    ck_assert_double_eq(sums[place("precision")].low, 0);
    free_tallies(tallies, 3);
    seg_image_unref(&empty);
    seg_image_unref(&one);
}
END_TEST

static int cancel(void *user, double fraction) {
    (void)user;
    return fraction > 0.5;
}

START_TEST(bootstrap_refusals) {
    seg_tally *tallies[3];
    make_tallies(tallies, 3, 9);
    const seg_tally *const *a = (const seg_tally *const *)tallies;
    seg_interval sums[32];
    seg_bootstrap_options options;
    seg_bootstrap_options_init(&options);
    ck_assert_fails(seg_bootstrap(sums, NULL, a, NULL, 1, &options, NULL), SEG_ERROR_ARGUMENT,
                    "2 files");
    ck_assert_fails(seg_bootstrap(sums, NULL, NULL, NULL, 3, &options, NULL), SEG_ERROR_ARGUMENT,
                    "files");
    options.confidence = 1;
    ck_assert_fails(seg_bootstrap(sums, NULL, a, NULL, 3, &options, NULL), SEG_ERROR_OPTION,
                    "confidence");
    options.confidence = 0.5;
    options.samples = 0;
    ck_assert_fails(seg_bootstrap(sums, NULL, a, NULL, 3, &options, NULL), SEG_ERROR_OPTION,
                    "samples");
    options.size = 0;
    ck_assert_fails(seg_bootstrap(sums, NULL, a, NULL, 3, &options, NULL), SEG_ERROR_OPTION,
                    "size");
    seg_env env = {.progress = cancel};
    ck_assert_fails(seg_bootstrap(sums, NULL, a, NULL, 3, NULL, &env), SEG_ERROR_CANCELLED,
                    "cancelled");
    seg_tally *strange = evaluate_tally("masks", "beta=3");
    const seg_tally *mixed[2] = {tallies[0], strange};
    ck_assert_fails(seg_bootstrap(sums, NULL, mixed, NULL, 2, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "add up");
    seg_tally_free(strange);
    free_tallies(tallies, 3);
}
END_TEST

START_TEST(memory_runs_out) {
    seg_tally *tallies[3];
    make_tallies(tallies, 3, 9);
    const seg_tally *const *a = (const seg_tally *const *)tallies;
    const double d[] = {1, 2, -3};
    seg_interval sums[32], means[32];
    seg_bootstrap_options options;
    seg_bootstrap_options_init(&options);
    options.samples = 5;
    const int64_t before = seg_memory_live();
    int64_t n = 1;
    for (seg_status status = SEG_ERROR_MEMORY; status != SEG_OK; n++) {
        seg_memory_fail_at(n);
        status = seg_bootstrap(sums, means, a, a, 3, &options, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_int_gt(n, 10);
    seg_paired_test test;
    for (n = 1; n <= 2; n++) {
        seg_memory_fail_at(n);
        ck_assert_int_eq(seg_wilcoxon_test(&test, d, 3, NULL), SEG_ERROR_MEMORY);
        seg_memory_fail_at(0);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    free_tallies(tallies, 3);
}
END_TEST

CORE_MAIN("statistics", sign_test_by_hand, sign_test_of_many, wilcoxon_by_hand,
          wilcoxon_against_all_patterns, wilcoxon_of_many, paired_tests_are_symmetric,
          bootstrap_of_two, bootstrap_against_a_plain_one, bootstrap_of_differences,
          bootstrap_does_not_depend_on_threads, undefined_values, bootstrap_refusals,
          memory_runs_out)
