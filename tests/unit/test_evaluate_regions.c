/* Regions: by hand, against pixel pairs counted one by one, properties, levels and annotators. */
#include "core_main.h"
#include "evaluate.h"
#include "pixels.h"

#include <math.h>

static double value_of(const seg_tally *tally, const char *name) {
    const seg_metric *metric = seg_tally_metric(tally);
    double values[32];
    ck_assert_int_le(metric->measure_count, 32);
    ck_assert_ok(seg_tally_values(tally, values));
    const int32_t at = seg_measure_find(metric, name);
    ck_assert_int_ge(at, 0);
    return values[at];
}

static seg_tally *new_tally(void) {
    seg_tally *tally;
    ck_assert_ok(seg_tally_create(&tally, seg_metric_find("regions"), NULL, NULL));
    return tally;
}

static seg_image labels_of(int32_t *labels, int32_t width, int32_t height) {
    seg_image image = {0};
    ck_assert_ok(seg_image_wrap(&image, labels, width * 4, width, height, SEG_LABEL32, 1));
    return image;
}

static seg_tally *compared(int32_t *found, int32_t *expected, int32_t count) {
    seg_tally *tally = new_tally();
    const seg_image a = labels_of(found, count, 1), b = labels_of(expected, count, 1);
    const seg_pair pair = {.prediction = &a, .truths = &b, .truth_count = 1};
    ck_assert_ok(seg_tally_add(tally, &pair));
    return tally;
}

#define CLOSE(tally, name, wanted) ck_assert_double_eq_tol(value_of(tally, name), wanted, 1e-12)

START_TEST(by_hand) {
    /* S = {0 1 2} {3 4 5}, T = {0 1} {2 3 4 5}: cells 2, 1, 3 */
    int32_t s[] = {1, 1, 1, 2, 2, 2}, t[] = {5, 5, 9, 9, 9, 9};
    seg_tally *tally = compared(s, t, 6);
    CLOSE(tally, "covering", (2 * (2.0 / 3) + 4 * (3.0 / 4)) / 6);
    CLOSE(tally, "covering-ois", (2 * (2.0 / 3) + 4 * (3.0 / 4)) / 6);
    /* 15 pairs; together in both 1 + 0 + 3, in S 6, in T 7: apart in one only 2 + 3 */
    CLOSE(tally, "pri", 10.0 / 15);
    /* squares: both 4 + 1 + 9, S 9 + 9, T 4 + 16 */
    CLOSE(tally, "are-precision", 14.0 / 18);
    CLOSE(tally, "are-recall", 14.0 / 20);
    CLOSE(tally, "are", 1 - 28.0 / 38);
    /* H(S|T): within T's second region S is 1/4, 3/4; H(T|S): within S's first T is 2/3, 1/3 */
    const double split = 4.0 / 6 * (log2(4) / 4 + 3 * log2(4.0 / 3) / 4);
    const double merge = 3.0 / 6 * (2 * log2(1.5) / 3 + log2(3) / 3);
    CLOSE(tally, "vi-split", split);
    CLOSE(tally, "vi-merge", merge);
    CLOSE(tally, "vi", split + merge);
    seg_tally_free(tally);
}
END_TEST

START_TEST(unassigned_labels) {
    /* truth 0 is not scored: what remains agrees */
    int32_t s[] = {1, 1, 2, 2, 3}, t[] = {7, 7, 8, 8, 0};
    seg_tally *tally = compared(s, t, 5);
    CLOSE(tally, "covering", 1);
    CLOSE(tally, "vi", 0);
    CLOSE(tally, "are", 0);
    seg_tally_free(tally);
    /* prediction 0 covers nothing, but is a part of its own */
    int32_t s0[] = {0, 0, 2, 2}, t0[] = {7, 7, 8, 8};
    tally = compared(s0, t0, 4);
    CLOSE(tally, "covering", 0.5);
    CLOSE(tally, "pri", 1);
    CLOSE(tally, "vi", 0);
    /* and in are each of its pixels is one: both 1 + 1 + 4, S the same, T 4 + 4 */
    CLOSE(tally, "are-precision", 1);
    CLOSE(tally, "are-recall", 6.0 / 8);
    CLOSE(tally, "are", 1 - 12.0 / 14);
    seg_tally_free(tally);
    /* nothing to score: undefined */
    int32_t none[] = {0, 0};
    tally = compared(none, none, 2);
    ck_assert(isnan(value_of(tally, "covering")) && isnan(value_of(tally, "pri")));
    seg_tally_free(tally);
}
END_TEST

/* ---- one by one ---- */

#define PIXELS 60
#define MOST_LABEL 8

static void random_labels(int32_t *labels, pixels_random *random, uint32_t count) {
    for (int32_t i = 0; i < PIXELS; i++)
        labels[i] =
            i && pixels_below(random, 2) ? labels[i - 1] : 1 + (int32_t)pixels_below(random, count);
}

static double share(const int32_t *labels, int32_t label) {
    int32_t n = 0;
    for (int32_t i = 0; i < PIXELS; i++)
        n += labels[i] == label;
    return (double)n / PIXELS;
}

static double joint_share(const int32_t *a, int32_t label_a, const int32_t *b, int32_t label_b) {
    int32_t n = 0;
    for (int32_t i = 0; i < PIXELS; i++)
        n += a[i] == label_a && b[i] == label_b;
    return (double)n / PIXELS;
}

static double slow_covering(const int32_t *s, const int32_t *t) {
    double sum = 0;
    for (int32_t j = 1; j <= MOST_LABEL; j++) {
        double best = 0;
        for (int32_t i = 1; i <= MOST_LABEL; i++) {
            const double common = joint_share(s, i, t, j);
            const double whole = share(s, i) + share(t, j) - common;
            if (whole > 0 && common / whole > best) best = common / whole;
        }
        sum += share(t, j) * best;
    }
    return sum;
}

static double slow_pri(const int32_t *s, const int32_t *t) {
    int32_t agree = 0, pairs = 0;
    for (int32_t i = 0; i < PIXELS; i++)
        for (int32_t j = 0; j < i; j++, pairs++)
            agree += (s[i] == s[j]) == (t[i] == t[j]);
    return (double)agree / pairs;
}

static double slow_are(const int32_t *s, const int32_t *t) {
    double both = 0, found = 0, expected = 0;
    for (int32_t i = 0; i < PIXELS; i++)
        for (int32_t j = 0; j < PIXELS; j++) {
            both += s[i] == s[j] && t[i] == t[j];
            found += s[i] == s[j];
            expected += t[i] == t[j];
        }
    const double precision = both / found, recall = both / expected;
    return 1 - 2 * precision * recall / (precision + recall);
}

static double slow_vi(const int32_t *s, const int32_t *t) {
    double sum = 0;
    for (int32_t i = 1; i <= MOST_LABEL; i++)
        for (int32_t j = 1; j <= MOST_LABEL; j++) {
            const double p = joint_share(s, i, t, j);
            if (p > 0) sum -= p * (log2(p / share(s, i)) + log2(p / share(t, j)));
        }
    return sum;
}

START_TEST(against_brute_force) {
    pixels_random random = pixels_random_start(91);
    for (int repeat = 0; repeat < 100; repeat++) {
        int32_t s[PIXELS], t[PIXELS];
        random_labels(s, &random, 2 + (uint32_t)repeat % (MOST_LABEL - 1));
        random_labels(t, &random, 5);
        seg_tally *tally = compared(s, t, PIXELS);
        CLOSE(tally, "covering", slow_covering(s, t));
        CLOSE(tally, "pri", slow_pri(s, t));
        CLOSE(tally, "vi", slow_vi(s, t));
        CLOSE(tally, "are", slow_are(s, t));
        seg_tally_free(tally);
    }
}
END_TEST

static double measured(int32_t *s, int32_t *t, const char *name) {
    seg_tally *tally = compared(s, t, PIXELS);
    const double value = value_of(tally, name);
    seg_tally_free(tally);
    return value;
}

START_TEST(properties) {
    pixels_random random = pixels_random_start(92);
    for (int repeat = 0; repeat < 60; repeat++) {
        int32_t a[PIXELS], b[PIXELS], c[PIXELS], renamed[PIXELS];
        random_labels(a, &random, 3), random_labels(b, &random, 5), random_labels(c, &random, 7);
        for (int32_t i = 0; i < PIXELS; i++)
            renamed[i] = 1000 - 37 * a[i];
        const char *const names[] = {"covering", "pri", "vi", "are"};
        for (int k = 0; k < 4; k++)
            ck_assert_double_eq_tol(measured(a, b, names[k]), measured(renamed, b, names[k]),
                                    1e-12);
        for (int k = 1; k < 4; k++)
            ck_assert_double_eq_tol(measured(a, b, names[k]), measured(b, a, names[k]), 1e-12);
        ck_assert_double_le(measured(a, c, "vi"),
                            measured(a, b, "vi") + measured(b, c, "vi") + 1e-12);
        ck_assert_double_eq_tol(measured(a, b, "are-precision"), measured(b, a, "are-recall"),
                                1e-12);
    }
}
END_TEST

/* Two levels and two annotators of two pictures: the best of what each alone gives. */
START_TEST(levels_and_annotators) {
    pixels_random random = pixels_random_start(93);
    for (int repeat = 0; repeat < 30; repeat++) {
        seg_tally *tally = new_tally();
        double covering[2] = {0}, pri[2] = {0}, vi[2] = {0}, ois = 0, pri_ois = 0, vi_ois = 0;
        for (int picture = 0; picture < 2; picture++) {
            int32_t s[2][PIXELS], t[2][PIXELS];
            double own[2] = {0}, own_pri[2] = {0}, own_vi[2] = {0};
            for (int i = 0; i < 2; i++)
                random_labels(s[i], &random, 2 + 5 * (uint32_t)i), random_labels(t[i], &random, 4);
            const seg_image levels[] = {labels_of(s[0], PIXELS, 1), labels_of(s[1], PIXELS, 1)};
            const seg_image truths[] = {labels_of(t[0], PIXELS, 1), labels_of(t[1], PIXELS, 1)};
            const seg_pair pair = {.prediction = levels,
                                   .levels = levels + 1,
                                   .level_count = 1,
                                   .truths = truths,
                                   .truth_count = 2};
            ck_assert_ok(seg_tally_add(tally, &pair));
            for (int l = 0; l < 2; l++) {
                for (int k = 0; k < 2; k++) {
                    own[l] += slow_covering(s[l], t[k]) / 4;
                    own_pri[l] += slow_pri(s[l], t[k]) / 4;
                    own_vi[l] += slow_vi(s[l], t[k]) / 4;
                }
                covering[l] += own[l], pri[l] += own_pri[l], vi[l] += own_vi[l];
            }
            ois += fmax(own[0], own[1]), pri_ois += fmax(own_pri[0], own_pri[1]);
            vi_ois += fmin(own_vi[0], own_vi[1]);
        }
        CLOSE(tally, "covering", fmax(covering[0], covering[1]));
        CLOSE(tally, "covering-level", covering[1] > covering[0] ? 2 : 1);
        CLOSE(tally, "covering-ois", ois);
        ck_assert_double_ge(value_of(tally, "covering-best"), ois - 1e-12);
        CLOSE(tally, "pri", fmax(pri[0], pri[1]));
        CLOSE(tally, "pri-ois", pri_ois);
        CLOSE(tally, "vi", fmin(vi[0], vi[1]));
        CLOSE(tally, "vi-ois", vi_ois);
        seg_table table = {0};
        ck_assert_ok(seg_tally_table(tally, 0, &table));
        ck_assert_int_eq(table.rows, 2);
        for (int l = 0; l < 2; l++)
            ck_assert_double_eq_tol(table.cells[l * table.columns + 1], covering[l], 1e-12);
        seg_table_free(&table, NULL);
        seg_tally_free(tally);
    }
}
END_TEST

START_TEST(numbers_of_levels_differ) {
    int32_t s[] = {1, 2}, t[] = {1, 1};
    const seg_image a[] = {labels_of(s, 2, 1), labels_of(t, 2, 1)};
    seg_pair pair = {.prediction = a, .truths = a + 1, .truth_count = 1};
    seg_tally *tally = new_tally();
    ck_assert_ok(seg_tally_add(tally, &pair));
    pair.levels = a + 1;
    pair.level_count = 1;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_SHAPE, "has 2 levels");
    CLOSE(tally, "covering", 0.5);
    seg_tally_free(tally);
}
END_TEST

/* ---- contour maps ---- */

/* Pixels 0 1 | 2 : 3, the line stronger than the dots; in full and between thresholds. */
START_TEST(contours_between_pixels) {
    enum { WIDTH = 4, HEIGHT = 2 };
    double map[5 * 9] = {0};
    for (int y = 0; y < 5; y++) {
        map[9 * y + 4] = 0.65;
        map[9 * y + 6] = 0.25;
    }
    int32_t truth[] = {1, 1, 2, 2, 1, 1, 2, 2};
    const seg_image wanted = labels_of(truth, WIDTH, HEIGHT);
    seg_image contours = evaluate_picture(9, 5, SEG_F32, map);
    seg_tally *tally = evaluate_tally("ucm", "thresholds=9");
    evaluate_add(tally, &contours, &wanted, NULL);
    evaluate_check(tally, "ucm", "covering", 1);
    evaluate_check(tally, "ucm", "covering-level", 3);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert_int_eq(table.rows, 9);
    for (int l = 0; l < 9; l++) /* 01 2 3, then 01 23, then 0123 */
        ck_assert_double_eq_tol(table.cells[l * table.columns + 1],
                                l < 2   ? 0.75
                                : l < 6 ? 1
                                        : 0.5,
                                1e-12);
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
    seg_image_unref(&contours);
    /* neither of the picture's size nor double */
    contours = evaluate_picture(8, 4, SEG_F32, map);
    tally = evaluate_tally("ucm", NULL);
    ck_assert_int_eq(evaluate_try(tally, &contours, &wanted, NULL), SEG_ERROR_SHAPE);
    seg_tally_free(tally);
    seg_image_unref(&contours);
}
END_TEST

/* The line holds, although its pixels touch at corners only, and belongs to the nearest region, of
 * two the left one. */
START_TEST(contours_on_pixels) {
    const double map[] = {0, 0, 255, /**/ 0, 255, 0, /**/ 255, 0, 0};
    int32_t truth[] = {1, 1, 1, /**/ 1, 1, 2, /**/ 2, 2, 2};
    const seg_image wanted = labels_of(truth, 3, 3);
    seg_image contours = evaluate_picture(3, 3, SEG_U8, map);
    seg_tally *tally = evaluate_tally("ucm", "thresholds=1");
    evaluate_add(tally, &contours, &wanted, NULL);
    evaluate_check(tally, "ucm", "covering", (5 * 5 / 6.0 + 4 * 3 / 4.0) / 9);
    seg_tally_free(tally);
    seg_image_unref(&contours);
}
END_TEST

/* Regions by spreading the least label until nothing changes. */
static void cut_by_hand(int32_t *labels, const double *map, int32_t width, int32_t height,
                        double threshold, bool corners) {
    for (int32_t i = 0; i < width * height; i++)
        labels[i] = map[i] <= threshold ? i + 1 : 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < width * height; i++)
            for (int k = 0; k < 9 && labels[i]; k++) {
                const int32_t x = i % width + k % 3 - 1, y = i / width + k / 3 - 1;
                if (x < 0 || y < 0 || x >= width || y >= height) continue;
                if (!corners && k % 2 == 0) continue;
                const int32_t other = labels[y * width + x];
                if (!other || other >= labels[i]) continue;
                labels[i] = other;
                changed = true;
            }
    }
}

static void fill_by_hand(int32_t *labels, int32_t width, int32_t height) {
    int32_t filled[64];
    for (int32_t i = 0; i < width * height; i++) {
        int32_t least = INT32_MAX;
        filled[i] = labels[i];
        for (int32_t x = 0; x < width && !labels[i]; x++) /* leftmost, then uppermost */
            for (int32_t y = 0; y < height; y++) {
                const int32_t dx = x - i % width, dy = y - i / width;
                if (!labels[y * width + x] || dx * dx + dy * dy >= least) continue;
                least = dx * dx + dy * dy;
                filled[i] = labels[y * width + x];
            }
    }
    memcpy(labels, filled, (size_t)(width * height) * sizeof *labels);
}

START_TEST(contours_by_hand) {
    enum { WIDTH = 6, HEIGHT = 5, CUTS = 4 };
    static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32};
    static const double full[] = {255, 65535, 1};
    uint32_t state = 7;
    for (int round = 0; round < 60; round++) {
        const bool twice = round % 2;
        const int kind = round / 2 % 3;
        const int32_t width = twice ? 2 * WIDTH + 1 : WIDTH,
                      height = twice ? 2 * HEIGHT + 1 : HEIGHT;
        double map[13 * 11], shares[13 * 11];
        int32_t truth[WIDTH * HEIGHT], cuts[CUTS][WIDTH * HEIGHT], labels[13 * 11];
        seg_image levels[CUTS];
        for (int i = 0; i < width * height; i++) {
            state = state * 1664525u + 1013904223u;
            shares[i] = (state >> 24) % 6 / 5.0; /* also 1 / 5, a threshold itself */
            map[i] = shares[i] * full[kind];
            if (kind == 2) shares[i] = (double)(float)shares[i];
        }
        for (int i = 0; i < WIDTH * HEIGHT; i++)
            truth[i] = 1 + i % WIDTH / 2;
        for (int c = 0; c < CUTS; c++) {
            cut_by_hand(labels, shares, width, height, (c + 1) / (CUTS + 1.0), twice);
            if (!twice) fill_by_hand(labels, width, height);
            for (int i = 0; i < WIDTH * HEIGHT; i++)
                cuts[c][i] =
                    twice ? labels[(2 * (i / WIDTH) + 1) * width + 2 * (i % WIDTH) + 1] : labels[i];
            levels[c] = labels_of(cuts[c], WIDTH, HEIGHT);
        }
        const seg_image wanted = labels_of(truth, WIDTH, HEIGHT);
        const seg_pair pair = {.prediction = levels,
                               .levels = levels + 1,
                               .level_count = CUTS - 1,
                               .truths = &wanted,
                               .truth_count = 1};
        seg_image contours = evaluate_picture(width, height, formats[kind], map);
        seg_tally *tally = evaluate_tally("ucm", "thresholds=4"), *plain = new_tally();
        evaluate_add(tally, &contours, &wanted, NULL);
        ck_assert_ok(seg_tally_add(plain, &pair));
        double got[32], expected[32];
        ck_assert_ok(seg_tally_values(tally, got));
        ck_assert_ok(seg_tally_values(plain, expected));
        for (int32_t m = 0; m < seg_tally_metric(tally)->measure_count; m++)
            ck_assert_msg(got[m] == expected[m], "%s is %.17g, not %.17g",
                          seg_tally_metric(tally)->measures[m].name, got[m], expected[m]);
        seg_tally_free(tally);
        seg_tally_free(plain);
        seg_image_unref(&contours);
    }
}
END_TEST

CORE_MAIN("regions", by_hand, unassigned_labels, against_brute_force, properties,
          levels_and_annotators, numbers_of_levels_differ, contours_between_pixels,
          contours_on_pixels, contours_by_hand)
