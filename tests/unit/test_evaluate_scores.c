/* Scores: curves by hand, then against brute force over all pairs of pixels and all thresholds. */
#include "evaluate.h"

#define ID "scores"

enum { ROC, PR, CALIBRATION, THRESHOLDS };

static void check_table(const seg_tally *tally, int32_t index, const double *wanted, int32_t rows,
                        int32_t columns) {
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, index, &table));
    ck_assert_int_eq(table.rows, rows);
    ck_assert_int_eq(table.columns, columns);
    for (int32_t i = 0; i < rows * columns; i++)
        ck_assert_msg(evaluate_near(table.cells[i], wanted[i], 1e-15),
                      "table %d, row %d, column %d: %.17g, not %.17g", (int)index,
                      (int)(i / columns), (int)(i % columns), table.cells[i], wanted[i]);
    seg_table_free(&table, NULL);
}

/* Object at 1, .8, .4, .2; ground at .8, .2, .2, 0: of 16 pairs 11 are right, 3 tied. */
static const double scores_8[8] = {255, 204, 102, 51, 204, 51, 51, 0};
static const double truth_8[8] = {1, 1, 1, 1, 0, 0, 0, 0};

START_TEST(curves_by_hand) {
    seg_image scores = evaluate_picture(4, 2, SEG_U8, scores_8);
    seg_image truth = evaluate_picture(4, 2, SEG_U8, truth_8);
    seg_tally *tally = evaluate_tally(ID, "points=3 bins=5");
    evaluate_add(tally, &scores, &truth, NULL);
    evaluate_check(tally, ID, "positives", 4);
    evaluate_check(tally, ID, "negatives", 4);
    evaluate_check(tally, ID, "auc", (11 + 3 / 2.) / 16);
    /* found from the top: 1/1, 2/3, 3/4, 4/7, 4/8 */
    evaluate_check(tally, ID, "ap", 0.25 * (1 + 2 / 3. + 3 / 4. + 4 / 7.));
    evaluate_check(tally, ID, "best-f1", 2 * 3 / (2 * 3 + 1 + 1.));
    evaluate_check(tally, ID, "best-f1-threshold", 0.4);
    evaluate_check(tally, ID, "youden", 0.5);
    evaluate_check(tally, ID, "youden-threshold", 0.4);
    evaluate_check(tally, ID, "auc-error", 0);
    /* the point at .8 is a corner, that at .4 as well; between 1 and (0, 0) there is none */
    const double roc[] = {INFINITY, 0,    0,    1,   0,    0.25, 0.8, 0.25, 0.5,
                          0.4,      0.25, 0.75, 0.2, 0.75, 1,    0,   1,    1};
    check_table(tally, ROC, roc, 6, 3);
    const double pr[] = {INFINITY, 0,    1,    1,   0.25, 1,      0.8, 0.5, 2 / 3.,
                         0.4,      0.75, 0.75, 0.2, 1,    4 / 7., 0,   1,   0.5};
    check_table(tally, PR, pr, 6, 3);
    /* (low, high]: four scores of 0 and .2, one of .4, none, two of .8, one of 1 */
    const double calibration[] = {0,   0.2, 0.15, 0.25, 4,   0.2, 0.4, 0.4, 1, 1, 0.4, 0.6, NAN,
                                  NAN, 0,   0.6,  0.8,  0.8, 0.5, 2,   0.8, 1, 1, 1,   1};
    check_table(tally, CALIBRATION, calibration, 5, 5);
    evaluate_check(tally, ID, "ece", (4 * 0.1 + 0.6 + 2 * 0.3 + 0) / 8);
    evaluate_check(tally, ID, "mce", 0.6);
    const double thresholds[] = {0,   4, 4, 0, 0, 1,    1,    0.5,    2 / 3., 0.5,    0,
                                 0.5, 2, 1, 2, 3, 0.5,  0.25, 2 / 3., 4 / 7., 2 / 5., 0.25,
                                 1,   1, 0, 3, 4, 0.25, 0,    1,      2 / 5., 1 / 4., 0.25};
    check_table(tally, THRESHOLDS, thresholds, 3, 11);
    evaluate_check(tally, ID, "brier", (0 + 0.04 + 0.36 + 0.64 + 0.64 + 0.04 + 0.04 + 0) / 8);
    evaluate_check(tally, ID, "log-loss",
                   -(log(0.8) + log(0.4) + log(0.2) + log(0.2) + 2 * log(0.8)) / 8);
    const double focal = 0.25 * (0.04 * log(0.8) + 0.36 * log(0.4) + 0.64 * log(0.2)) +
                         0.75 * (0.64 * log(0.2) + 2 * 0.04 * log(0.8));
    evaluate_check(tally, ID, "focal-loss", -focal / 8);
    seg_tally_free(tally);
    seg_image_unref(&scores);
    seg_image_unref(&truth);
}
END_TEST

START_TEST(corners_of_a_roc) {
    /* object above .5, ground below, in steps that are no corners */
    const double scores_8b[8] = {250, 240, 230, 220, 40, 30, 20, 10};
    seg_image scores = evaluate_picture(8, 1, SEG_U8, scores_8b);
    seg_image truth = evaluate_picture(8, 1, SEG_U8, truth_8);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &scores, &truth, NULL);
    const double roc[] = {INFINITY, 0, 0, 220 / 255., 0, 1, 10 / 255., 1, 1};
    check_table(tally, ROC, roc, 3, 3);
    evaluate_check(tally, ID, "auc", 1);
    evaluate_check(tally, ID, "best-f1-threshold", 220 / 255.);
    seg_tally_free(tally);
    seg_image_unref(&scores);
    seg_image_unref(&truth);
}
END_TEST

/* ---- what is undefined ---- */

static void check_single(double score, double object, const char *name, double wanted) {
    const double score_1[1] = {score}, truth_1[1] = {object};
    seg_image scores = evaluate_picture(1, 1, SEG_U8, score_1);
    seg_image truth = evaluate_picture(1, 1, SEG_U8, truth_1);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &scores, &truth, NULL);
    evaluate_check(tally, ID, name, wanted);
    seg_tally_free(tally);
    seg_image_unref(&scores);
    seg_image_unref(&truth);
}

START_TEST(one_class_only) {
    check_single(0, 0, "auc", 1);
    check_single(0, 0, "ap", 1);
    check_single(0, 0, "best-f1", 1);
    check_single(0, 0, "log-loss", 0);
    check_single(51, 0, "auc", NAN);
    check_single(51, 0, "ap", NAN);
    check_single(51, 0, "best-f1", NAN);
    check_single(51, 0, "youden", NAN);
    check_single(51, 0, "brier", 0.04);
    check_single(255, 255, "auc", 1);
    check_single(51, 255, "auc", NAN);
    check_single(51, 255, "ap", 1);
    check_single(51, 255, "best-f1", 1);
    check_single(51, 255, "best-f1-threshold", 0.2);
    /* a certain mistake costs the logarithm of the clip */
    check_single(0, 255, "log-loss", -log(2.220446049250313e-16));
    check_single(255, 0, "focal-loss", -0.75 * log(2.220446049250313e-16));
    seg_tally *none = evaluate_tally(ID, NULL);
    evaluate_check(none, ID, "auc", 1);
    evaluate_check(none, ID, "brier", 0);
    evaluate_check(none, ID, "mce", 0);
    seg_tally_free(none);
}
END_TEST

/* ---- floats ---- */

START_TEST(floats_that_are_refused) {
    const double good_3[3] = {0, 1, 0.5}, large_3[3] = {0.5, 1.5, -0.5}, nan_3[3] = {0.5, 0.5, NAN};
    const double truth_3[3] = {0, 1, 1}, out_3[3] = {0, 0, 1};
    seg_image good = evaluate_picture(3, 1, SEG_F32, good_3);
    seg_image large = evaluate_picture(3, 1, SEG_F32, large_3);
    seg_image strange = evaluate_picture(3, 1, SEG_F32, nan_3);
    seg_image truth = evaluate_picture(3, 1, SEG_U8, truth_3);
    seg_image ignore = evaluate_picture(3, 1, SEG_U8, out_3);
    seg_tally *rounded = evaluate_tally(ID, NULL), *exact = evaluate_tally(ID, "exact=true");
    ck_assert_fails(evaluate_try(rounded, &large, &truth, NULL), SEG_ERROR_DATA,
                    "the score is 1.5 at 1,0");
    ck_assert_fails(evaluate_try(rounded, &strange, &truth, NULL), SEG_ERROR_DATA, "at 2,0");
    ck_assert_fails(evaluate_try(exact, &strange, &truth, NULL), SEG_ERROR_DATA, "at 2,0");
    evaluate_add(rounded, &strange, &truth, &ignore);
    evaluate_add(rounded, &good, &truth, NULL);
    evaluate_check(rounded, ID, "positives", 3);
    /* scores that are no probabilities have a rank all the same */
    evaluate_add(exact, &large, &truth, NULL);
    evaluate_check(exact, ID, "auc", 0.5);
    evaluate_check(exact, ID, "brier", NAN);
    evaluate_check(exact, ID, "log-loss", NAN);
    evaluate_check(exact, ID, "ece", NAN);
    evaluate_check(exact, ID, "best-f1-threshold", -0.5);
    seg_tally_free(rounded);
    seg_tally_free(exact);
    seg_image_unref(&good);
    seg_image_unref(&large);
    seg_image_unref(&strange);
    seg_image_unref(&truth);
    seg_image_unref(&ignore);
}
END_TEST

START_TEST(depths_mix) {
    /* the same scores in 8 bits, 16 bits, 10 bits and float are the same scores */
    const double narrow[3] = {0, 51, 255}, wide[3] = {0, 13107, 65535}, ten[3] = {0, 0, 1023},
                 real[3] = {0, 0.2, 1}, truth_3[3] = {0, 1, 1};
    seg_image pictures[4] = {
        evaluate_picture(3, 1, SEG_U8, narrow), evaluate_picture(3, 1, SEG_U16, wide),
        evaluate_picture(3, 1, SEG_U16, ten), evaluate_picture(3, 1, SEG_F32, real)};
    pictures[2].bits = 10;
    seg_image truth = evaluate_picture(3, 1, SEG_U8, truth_3);
    seg_tally *tally = evaluate_tally(ID, NULL);
    for (int i = 0; i < 4; i++)
        evaluate_add(tally, &pictures[i], &truth, NULL);
    const double pr[] = {INFINITY, 0, 1, 1, 0.5, 1, 0.2, 7 / 8., 1, 0, 1, 8 / 12.};
    check_table(tally, PR, pr, 4, 3);
    seg_tally_free(tally);
    for (int i = 0; i < 4; i++)
        seg_image_unref(&pictures[i]);
    seg_image_unref(&truth);
}
END_TEST

START_TEST(zeros_of_both_signs_are_tied) {
    const double scores_2[2] = {-0.0, 0.0}, truth_2[2] = {1, 0};
    seg_image scores = evaluate_picture(2, 1, SEG_F32, scores_2);
    seg_image truth = evaluate_picture(2, 1, SEG_U8, truth_2);
    seg_tally *tally = evaluate_tally(ID, "exact=true");
    evaluate_add(tally, &scores, &truth, NULL);
    evaluate_check(tally, ID, "auc", 0.5);
    seg_tally_free(tally);
    seg_image_unref(&scores);
    seg_image_unref(&truth);
}
END_TEST

/* ---- brute force ---- */

typedef struct sample {
    double score;
    bool object;
} sample;

typedef struct brute {
    double auc, ap, best_f1, youden, brier, log_loss, focal, ece;
} brute;

static int descending(const void *a, const void *b) {
    const double x = ((const sample *)a)->score, y = ((const sample *)b)->score;
    return (x < y) - (x > y);
}

static double at_threshold(const sample *s, int count, double threshold, int positives, brute *b) {
    double tp = 0, fp = 0;
    for (int i = 0; i < count; i++)
        if (s[i].score >= threshold) *(s[i].object ? &tp : &fp) += 1;
    const double f1 = 2 * tp / (tp + fp + positives);
    const double youden = tp / positives - fp / (count - positives);
    if (f1 > b->best_f1) b->best_f1 = f1;
    if (youden > b->youden) b->youden = youden;
    return tp / (tp + fp);
}

static brute by_force(sample *s, int count, int positives) {
    brute b = {0};
    long double right = 0, brier = 0, log_loss = 0, focal = 0, ap = 0;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < count; k++)
            if (s[i].object && !s[k].object)
                right += s[i].score > s[k].score ? 1 : s[i].score == s[k].score ? 0.5 : 0;
    b.auc = (double)(right / positives / (count - positives));
    qsort(s, (size_t)count, sizeof *s, descending);
    for (int i = 0; i < count;) {
        int gain = 0;
        const double threshold = s[i].score,
                     precision = at_threshold(s, count, threshold, positives, &b);
        for (; i < count && s[i].score == threshold; i++)
            gain += s[i].object;
        ap += (long double)gain / positives * precision;
    }
    b.ap = (double)ap;
    for (int bin = 0; bin < 10; bin++) {
        long double off = 0;
        for (int i = 0; i < count; i++)
            if ((s[i].score > bin / 10. || bin == 0) && s[i].score <= (bin + 1) / 10.)
                off += s[i].object - (long double)s[i].score;
        b.ece += (double)(fabsl(off) / count);
    }
    for (int i = 0; i < count; i++) {
        const long double p = s[i].object ? s[i].score : 1 - s[i].score;
        const long double loss = -logl(p < 2.220446049250313e-16L ? 2.220446049250313e-16L : p);
        brier += (1 - p) * (1 - p);
        log_loss += loss;
        focal += (s[i].object ? 0.25L : 0.75L) * (1 - p) * (1 - p) * loss;
    }
    b.brier = (double)(brier / count), b.log_loss = (double)(log_loss / count);
    b.focal = (double)(focal / count);
    return b;
}

static void check_brute(const seg_tally *tally, const brute *b) {
    evaluate_check(tally, ID, "auc", b->auc);
    evaluate_check(tally, ID, "ap", b->ap);
    evaluate_check(tally, ID, "best-f1", b->best_f1);
    evaluate_check(tally, ID, "youden", b->youden);
    evaluate_check(tally, ID, "brier", b->brier);
    evaluate_check(tally, ID, "log-loss", b->log_loss);
    evaluate_check(tally, ID, "focal-loss", b->focal);
    evaluate_check(tally, ID, "ece", b->ece);
}

START_TEST(as_brute_force) {
    scene_random random = {11};
    for (int turn = 0; turn < 60; turn++) {
        static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32};
        const seg_format format = formats[turn % 3];
        const int32_t width = 2 + (int32_t)scene_below(&random, 40), height = 1 + turn % 9;
        const uint32_t levels = turn % 2 ? 5 : 60000, object_share = 1 + scene_below(&random, 9);
        seg_image scores = evaluate_picture(width, height, format, NULL);
        seg_image truth = evaluate_picture(width, height, SEG_U8, NULL);
        seg_image ignore = evaluate_picture(width, height, SEG_U8, NULL);
        sample *samples = calloc((size_t)(width * height), sizeof *samples);
        int count = 0, positives = 0;
        for (int32_t i = 0; i < width * height; i++) {
            const int32_t x = i % width, y = i / width;
            const bool object = i == 0 || (i > 1 && scene_below(&random, 10) < object_share);
            const double score = scene_below(&random, levels + 1) / (double)levels;
            const bool out = i > 1 && scene_below(&random, 8) == 0;
            if (format == SEG_U8)
                ((uint8_t *)seg_image_row(&scores, y))[x] = (uint8_t)(score * 255);
            else if (format == SEG_U16)
                ((uint16_t *)seg_image_row(&scores, y))[x] = (uint16_t)(score * 65535);
            else
                ((float *)seg_image_row(&scores, y))[x] = (float)score;
            ((uint8_t *)seg_image_row(&truth, y))[x] = object ? 255 : 0;
            ((uint8_t *)seg_image_row(&ignore, y))[x] = out;
            if (out) continue;
            const double sample_score = evaluate_at(&scores, x, y);
            samples[count].score = format == SEG_U8    ? sample_score / 255
                                   : format == SEG_U16 ? sample_score / 65535
                                                       : sample_score;
            samples[count++].object = object;
            positives += object;
        }
        const brute b = by_force(samples, count, positives);
        seg_tally *exact = evaluate_tally(ID, "exact=true"), *rounded = evaluate_tally(ID, NULL);
        evaluate_add(exact, &scores, &truth, &ignore);
        check_brute(exact, &b);
        evaluate_add(rounded, &scores, &truth, &ignore);
        const double off = fabs(evaluate_value(rounded, ID, "auc") - b.auc);
        const double bound = evaluate_value(rounded, ID, "auc-error");
        ck_assert_msg(off <= bound + 1e-12, "auc is off by %g, more than %g", off, bound);
        if (format != SEG_F32) ck_assert_double_eq(bound, 0);
        ck_assert_double_eq_tol(evaluate_value(rounded, ID, "brier"), b.brier, 2 / 131070.);
        seg_tally_free(exact);
        seg_tally_free(rounded);
        free(samples);
        seg_image_unref(&scores);
        seg_image_unref(&truth);
        seg_image_unref(&ignore);
    }
}
END_TEST

/* ---- properties of floats ---- */

enum { FLOATS = 400 };

static seg_tally *of_floats(const char *options, const float *scores, const uint8_t *truth,
                            int32_t count) {
    seg_tally *tally = evaluate_tally(ID, options);
    seg_image a = {0}, b = {0};
    ck_assert_ok(seg_image_wrap(&a, (void *)(uintptr_t)scores, 4 * count, count, 1, SEG_F32, 1));
    ck_assert_ok(seg_image_wrap(&b, (void *)(uintptr_t)truth, count, count, 1, SEG_U8, 1));
    evaluate_add(tally, &a, &b, NULL);
    return tally;
}

static void check_ranked(const seg_tally *tally, const seg_tally *as, const char *what) {
    static const char *const names[] = {"auc", "ap", "best-f1", "youden"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const double value = evaluate_value(tally, ID, names[i]),
                     wanted = evaluate_value(as, ID, names[i]);
        ck_assert_msg(evaluate_near(value, wanted, 1e-12), "%s: %s is %.17g, not %.17g", what,
                      names[i], value, wanted);
    }
}

/* Exact curves depend on nothing but the order of the scores: not on their scale, nor on that of
 * the pixels, nor on how they are dealt out to pictures, nor on how often each of them comes. */
START_TEST(exact_floats_are_ranks) {
    scene_random random = {31};
    for (int turn = 0; turn < 30; turn++) {
        const uint32_t levels = turn % 3 ? 1u << (3 + turn % 17) : 7;
        float plain[FLOATS], scaled[FLOATS], negative[FLOATS], mixed[2 * FLOATS];
        uint8_t truth[FLOATS], swapped[FLOATS], mixed_truth[2 * FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            plain[i] = (float)scene_below(&random, levels) / (float)levels;
            scaled[i] = plain[i] * 4096 - 7 + (plain[i] > 0.5f ? 1e6f : 0); /* exact, rising */
            negative[i] = -plain[i];
            truth[i] = i < 2 ? (uint8_t)i : (uint8_t)(scene_below(&random, 4) == 0);
            swapped[i] = !truth[i];
        }
        for (int i = 0; i < 2 * FLOATS; i++) { /* 7 has no divisor in common with 400 */
            mixed[i] = plain[i * 7 % FLOATS];
            mixed_truth[i] = truth[i * 7 % FLOATS];
        }
        seg_tally *one = of_floats("exact=true", plain, truth, FLOATS);
        seg_tally *of_scaled = of_floats("exact=true", scaled, truth, FLOATS);
        seg_tally *of_twice = of_floats("exact=true", mixed, mixed_truth, 2 * FLOATS);
        seg_tally *turned = of_floats("exact=true", negative, swapped, FLOATS);
        seg_tally *against = of_floats("exact=true", negative, truth, FLOATS);
        seg_tally *dealt = of_floats("exact=true", mixed, mixed_truth, FLOATS / 3);
        seg_tally *rest = of_floats("exact=true", mixed + FLOATS / 3, mixed_truth + FLOATS / 3,
                                    FLOATS - FLOATS / 3);
        ck_assert_ok(seg_tally_merge(dealt, rest));
        check_ranked(of_scaled, one, "scaled");
        check_ranked(of_twice, one, "each twice");
        check_ranked(dealt, one, "dealt out");
        ck_assert(isnan(evaluate_value(of_scaled, ID, "brier"))); /* no probabilities */
        ck_assert_double_eq(evaluate_value(one, ID, "auc-error"), 0);
        evaluate_check(turned, ID, "auc", evaluate_value(one, ID, "auc"));
        evaluate_check(turned, ID, "youden", evaluate_value(one, ID, "youden"));
        evaluate_check(against, ID, "auc", 1 - evaluate_value(one, ID, "auc"));
        seg_tally *const all[] = {one, of_scaled, of_twice, turned, against, dealt, rest};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            seg_tally_free(all[i]);
    }
}
END_TEST

/* Scores in a few of the 65536 steps, many to a step: the rounded area is within the bound that it
 * states, and reaches it where in every step object lies above ground. */
START_TEST(the_bound_of_rounded_floats) {
    scene_random random = {37};
    for (int turn = 0; turn < 60; turn++) {
        const uint32_t steps = 1 + scene_below(&random, 12);
        const bool worst = turn % 3 == 0, best = turn % 3 == 1;
        float scores[FLOATS];
        uint8_t truth[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            const double step = (100 + scene_below(&random, steps)) / 65535.;
            truth[i] = i < 2 ? (uint8_t)i : (uint8_t)scene_below(&random, 2);
            /* at most 0.45 of a step from its middle */
            const double up = scene_below(&random, 1000) / 1000. * 0.45 / 65535;
            const bool above = worst ? truth[i] : best ? !truth[i] : scene_below(&random, 2);
            scores[i] = (float)(step + (above ? up + 1e-8 : -up));
        }
        seg_tally *exact = of_floats("exact=true", scores, truth, FLOATS);
        seg_tally *rounded = of_floats(NULL, scores, truth, FLOATS);
        const double bound = evaluate_value(rounded, ID, "auc-error");
        const double off = evaluate_value(exact, ID, "auc") - evaluate_value(rounded, ID, "auc");
        ck_assert(bound > 0 && bound <= 0.5);
        ck_assert_msg(fabs(off) <= bound + 1e-12, "off by %g, bound %g", off, bound);
        if (worst) ck_assert_double_eq_tol(off, bound, 1e-12);
        if (best) ck_assert_double_eq_tol(off, -bound, 1e-12);
        /* a score moves by at most 1 / 131070, and so does its difference to 0 or 1 */
        ck_assert_double_eq_tol(evaluate_value(rounded, ID, "brier"),
                                evaluate_value(exact, ID, "brier"), 2 / 131070.);
        seg_tally_free(exact);
        seg_tally_free(rounded);
    }
}
END_TEST

/* Object and ground exchanged, scores turned round: the same area. */
START_TEST(turned_round) {
    scene_random random = {12};
    seg_image scores = evaluate_picture(50, 40, SEG_U8, NULL),
              turned = evaluate_picture(50, 40, SEG_U8, NULL);
    seg_image truth = evaluate_picture(50, 40, SEG_U8, NULL);
    for (int32_t i = 0; i < 2000; i++) {
        const uint8_t score = (uint8_t)scene_below(&random, 256);
        ((uint8_t *)seg_image_row(&scores, i / 50))[i % 50] = score;
        ((uint8_t *)seg_image_row(&turned, i / 50))[i % 50] = (uint8_t)(255 - score);
        ((uint8_t *)seg_image_row(&truth, i / 50))[i % 50] = (uint8_t)scene_below(&random, 2);
    }
    seg_tally *plain = evaluate_tally(ID, NULL), *other = evaluate_tally(ID, "truth-object=0"),
              *both = evaluate_tally(ID, "truth-object=0");
    evaluate_add(plain, &scores, &truth, NULL);
    evaluate_add(other, &scores, &truth, NULL);
    evaluate_add(both, &turned, &truth, NULL);
    evaluate_check(both, ID, "auc", evaluate_value(plain, ID, "auc"));
    evaluate_check(both, ID, "brier", evaluate_value(plain, ID, "brier"));
    evaluate_check(other, ID, "auc", 1 - evaluate_value(plain, ID, "auc"));
    seg_tally_free(plain);
    seg_tally_free(other);
    seg_tally_free(both);
    seg_image_unref(&scores);
    seg_image_unref(&turned);
    seg_image_unref(&truth);
}
END_TEST

CORE_MAIN("scores", curves_by_hand, corners_of_a_roc, one_class_only, floats_that_are_refused,
          depths_mix, zeros_of_both_signs_are_tied, as_brute_force, exact_floats_are_ranks,
          the_bound_of_rounded_floats, turned_round)
