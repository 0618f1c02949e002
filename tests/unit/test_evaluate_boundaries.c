/* Boundaries: by hand, against dense assignment, properties, thresholds, what is refused. */
#include "evaluate.h"
#include "evaluate/boundaries.h"
#include "shapes.h"

#define SIDE 100 /* of most pictures: the diagonal is 141 px, so that max-dist is 1.06 px */

static double value_of(const seg_tally *tally, const char *name) {
    const seg_metric *metric = seg_tally_metric(tally);
    double values[32];
    ck_assert_ok(seg_tally_values(tally, values));
    const int32_t at = seg_measure_find(metric, name);
    ck_assert_int_ge(at, 0);
    return values[at];
}

/* Row `i` of the table: threshold, recall, precision, f, found, truth, right, predicted. */
static void curve_row(double row[8], const seg_tally *tally, int32_t i) {
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert(table.columns == 8 && i < table.rows);
    memcpy(row, table.cells + i * 8, 8 * sizeof *row);
    seg_table_free(&table, NULL);
}

static seg_image blank(void) {
    return evaluate_picture(SIDE, SIDE, SEG_U8, NULL);
}

/* A vertical line. */
static void draw(const seg_image *image, int32_t x, int32_t first, int32_t end, uint8_t value) {
    for (int32_t y = first; y < end; y++)
        ((uint8_t *)seg_image_row(image, y))[x] = value;
}

static seg_status try_annotators(seg_tally *tally, const seg_image *prediction,
                                 const seg_image *truths, int32_t count) {
    const seg_pair pair = {.prediction = prediction, .truths = truths, .truth_count = count};
    return seg_tally_add(tally, &pair);
}

static void check_counts(const seg_tally *tally, int32_t i, double found, double truth,
                         double right, double predicted) {
    double row[8];
    curve_row(row, tally, i);
    ck_assert_msg(row[4] == found && row[5] == truth && row[6] == right && row[7] == predicted,
                  "%g of %g found, %g of %g right", row[4], row[5], row[6], row[7]);
}

START_TEST(by_hand) {
    seg_image prediction = blank(), truths[2] = {blank(), blank()};
    draw(&truths[0], 49, 0, SIDE, 1);
    draw(&truths[1], 51, 0, SIDE, 1);
    draw(&prediction, 50, 0, SIDE, 255);
    /* one line beside each of two annotators': both find their partners */
    seg_tally *tally = evaluate_tally("boundaries", "thresholds=1");
    ck_assert_ok(try_annotators(tally, &prediction, truths, 2));
    check_counts(tally, 0, 200, 200, 100, 100);
    ck_assert(value_of(tally, "ods") == 1 && value_of(tally, "ois") == 1);
    ck_assert(value_of(tally, "ods-threshold") == 0.5);
    seg_tally_free(tally);
    /* two lines beside one: only one of each two pixels can have it */
    draw(&prediction, 48, 0, SIDE, 255);
    tally = evaluate_tally("boundaries", "thresholds=1");
    ck_assert_ok(try_annotators(tally, &prediction, truths, 1));
    check_counts(tally, 0, 100, 100, 100, 200);
    ck_assert(value_of(tally, "ods-precision") == 0.5 && value_of(tally, "ods-recall") == 1);
    ck_assert_double_eq_tol(value_of(tally, "ods"), 2.0 / 3, 1e-15);
    seg_tally_free(tally);
    /* two pixels away is too far, unless the distance is raised to 2 of 141.4 */
    tally = evaluate_tally("boundaries", "thresholds=1");
    ck_assert_ok(try_annotators(tally, &truths[1], truths, 1));
    check_counts(tally, 0, 0, 100, 0, 0); /* 1 / 255 is below the threshold */
    draw(&truths[1], 51, 0, SIDE, 200);
    ck_assert_ok(try_annotators(tally, &truths[1], truths, 1));
    check_counts(tally, 0, 0, 200, 0, 100);
    seg_tally_free(tally);
    tally = evaluate_tally("boundaries", "thresholds=1 max-dist=0.0142");
    ck_assert_ok(try_annotators(tally, &truths[1], truths, 1));
    check_counts(tally, 0, 100, 100, 100, 100);
    seg_tally_free(tally);
    seg_image_unref(&prediction);
    seg_image_unref(&truths[0]);
    seg_image_unref(&truths[1]);
}
END_TEST

/* As many pairs as possible come first, then the least distance: the pixel in the middle of three
 * must leave its own place to the others. */
START_TEST(pairs_before_distance) {
    seg_image prediction = blank(), truth = blank();
    uint8_t *found = seg_image_row(&prediction, 50), *expected = seg_image_row(&truth, 50);
    found[10] = found[11] = found[12] = 255;
    expected[11] = expected[12] = expected[13] = 1;
    seg_tally *tally = evaluate_tally("boundaries", "thresholds=1 thin=none");
    evaluate_add(tally, &prediction, &truth, NULL);
    check_counts(tally, 0, 3, 3, 3, 3);
    seg_tally_free(tally);
    seg_image_unref(&prediction);
    seg_image_unref(&truth);
}
END_TEST

/* The distance may be more than the picture is high. */
START_TEST(long_and_low) {
    seg_image prediction = evaluate_picture(3000, 1, SEG_U8, NULL);
    seg_image truth = evaluate_picture(3000, 1, SEG_U8, NULL);
    ((uint8_t *)prediction.data)[0] = ((uint8_t *)prediction.data)[1500] = 255;
    ((uint8_t *)truth.data)[300] = ((uint8_t *)truth.data)[1801] = 1;
    seg_tally *tally = evaluate_tally("boundaries", "thresholds=1 max-dist=0.1");
    evaluate_add(tally, &prediction, &truth, NULL);
    check_counts(tally, 0, 1, 2, 1, 2); /* 300 is within, 301 is not */
    seg_tally_free(tally);
    seg_image_unref(&prediction);
    seg_image_unref(&truth);
}
END_TEST

/* Three thresholds with counts that are known: .25 finds all and 60 px too many, .5 80 px and none
 * too many, .75 20 px. */
START_TEST(curve_by_hand) {
    seg_image prediction = blank(), truth = blank();
    draw(&truth, 50, 0, SIDE, 1);
    draw(&prediction, 50, 0, 20, 204);
    draw(&prediction, 50, 20, 80, 153);
    draw(&prediction, 50, 80, SIDE, 102);
    draw(&prediction, 10, 0, 60, 102);
    seg_tally *tally = evaluate_tally("boundaries", "thresholds=3");
    evaluate_add(tally, &prediction, &truth, NULL);
    check_counts(tally, 0, 100, 100, 100, 160);
    check_counts(tally, 1, 80, 100, 80, 80);
    check_counts(tally, 2, 20, 100, 20, 20);
    ck_assert_double_eq_tol(value_of(tally, "ois"), 1.6 / 1.8, 1e-15);
    /* between .25 and .5: r = 1 - .2 d, p = .625 + .375 d, of the hundred steps the best one */
    double best = 0, at = 0;
    for (int i = 0; i < 100; i++) {
        const double d = i / 99.0, r = 1 - 0.2 * d, p = 0.625 + 0.375 * d, f = 2 * r * p / (r + p);
        if (f > best) best = f, at = 0.25 + 0.25 * d;
    }
    ck_assert(best >= 1.6 / 1.8);
    ck_assert_double_eq_tol(value_of(tally, "ods"), best, 1e-14);
    ck_assert_double_eq_tol(value_of(tally, "ods-threshold"), at, 1e-14);
    /* 0 below .2, 1 to .8, then down to .625: 61 values of 1, 20 of 1 - .375 k / 20 */
    double area = 0.61;
    for (int k = 1; k <= 20; k++)
        area += 0.01 * (1 - 0.375 * k / 20);
    ck_assert_double_eq_tol(value_of(tally, "ap"), area, 1e-13);
    /* a second picture that is best elsewhere */
    seg_image other = blank();
    draw(&other, 50, 0, SIDE, 102);
    evaluate_add(tally, &other, &truth, NULL);
    check_counts(tally, 0, 200, 200, 200, 260);
    check_counts(tally, 2, 20, 200, 20, 20);
    ck_assert_double_eq_tol(value_of(tally, "ois-recall"), 180.0 / 200, 1e-15);
    ck_assert_double_eq_tol(value_of(tally, "ois-precision"), 1, 1e-15);
    seg_tally_free(tally);
    seg_image_unref(&other);
    seg_image_unref(&prediction);
    seg_image_unref(&truth);
}
END_TEST

/* 0, 51, ... 255 are full-scale fifths: at 99 thresholds they lie on 20, 40, 60 and 80, where the
 * kit's rounding decides. */
START_TEST(thresholds) {
    double list[99];
    seg_boundary_thresholds(list, 1);
    ck_assert(list[0] == 0.5);
    seg_boundary_thresholds(list, 3);
    ck_assert(list[0] == 0.25 && list[1] == 0.5 && list[2] == 0.75);
    seg_boundary_thresholds(list, 99);
    for (int i = 0; i < 99; i++) {
        ck_assert_double_eq_tol(list[i], (i + 1) / 100.0, 1e-15);
        ck_assert(i == 0 || list[i] > list[i - 1]);
    }
    ck_assert(list[0] == 0.01 && list[98] == 0.99);
}
END_TEST

START_TEST(formats_agree) {
    double values[SIDE * SIDE];
    scene_random random = {77};
    for (int i = 0; i < SIDE * SIDE; i++)
        values[i] = scene_below(&random, 20) ? 0 : scene_below(&random, 256);
    seg_image truth = blank(), bytes = evaluate_picture(SIDE, SIDE, SEG_U8, values);
    draw(&truth, 40, 10, 90, 1);
    for (int i = 0; i < SIDE * SIDE; i++)
        values[i] *= 257;
    seg_image words = evaluate_picture(SIDE, SIDE, SEG_U16, values);
    for (int i = 0; i < SIDE * SIDE; i++)
        values[i] = i % 97 == 5 ? NAN : i % 89 == 3 ? INFINITY : values[i] / 65535;
    seg_image floats = evaluate_picture(SIDE, SIDE, SEG_F32, values);
    for (int i = 0; i < SIDE * SIDE; i++) /* where floats are no numbers there is nothing */
        if (!isfinite(values[i])) {
            ((uint8_t *)seg_image_row(&bytes, i / SIDE))[i % SIDE] = 0;
            ((uint16_t *)seg_image_row(&words, i / SIDE))[i % SIDE] = 0;
        }
    double rows[3][8];
    const seg_image *pictures[] = {&bytes, &words, &floats};
    for (int32_t threshold = 0; threshold < 9; threshold += 4) {
        for (int k = 0; k < 3; k++) {
            seg_tally *tally = evaluate_tally("boundaries", "thresholds=9");
            evaluate_add(tally, pictures[k], &truth, NULL);
            curve_row(rows[k], tally, threshold);
            seg_tally_free(tally);
            ck_assert_mem_eq(rows[0], rows[k], sizeof rows[0]);
        }
        ck_assert_double_gt(rows[0][7], 0);
    }
    seg_image_unref(&truth);
    seg_image_unref(&bytes);
    seg_image_unref(&words);
    seg_image_unref(&floats);
}
END_TEST

/* ---- against dense assignment ---- */

enum { SMALL = 24, MOST_PIXELS = SMALL * SMALL };

/* How many pairs there can be. */
static int32_t pairs_of(const seg_image *a, const seg_image *b, double distance) {
    static double costs[MOST_PIXELS * MOST_PIXELS];
    static int32_t column_of[MOST_PIXELS];
    int32_t rows = 0, columns = 0, pairs = 0;
    for (int32_t j = 0; j < b->width * b->height; j++)
        columns += evaluate_at(b, j % b->width, j / b->width) != 0;
    for (int32_t i = 0; i < a->width * a->height; i++) {
        const int32_t ax = i % a->width, ay = i / a->width;
        if (evaluate_at(a, ax, ay) == 0) continue;
        double *cost = costs + rows++ * columns;
        for (int32_t j = 0; j < b->width * b->height; j++) {
            const int32_t bx = j % b->width, by = j / b->width;
            if (evaluate_at(b, bx, by) == 0) continue;
            const double d2 = (ax - bx) * (ax - bx) + (ay - by) * (ay - by);
            *cost++ = d2 <= distance * distance ? sqrt(d2) : INFINITY;
        }
    }
    ck_assert_ok(seg_assignment_solve(column_of, costs, rows, columns, NULL));
    for (int32_t r = 0; r < rows; r++)
        pairs += column_of[r] >= 0;
    return pairs;
}

static void noise(const seg_image *image, uint32_t percent, shapes_random *random) {
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++)
            ((uint8_t *)seg_image_row(image, y))[x] =
                shapes_below(random, 100) < percent ? (uint8_t)(1 + shapes_below(random, 255)) : 0;
}

static void cut(const seg_image *out, const seg_image *scores, double threshold) {
    for (int32_t y = 0; y < out->height; y++)
        for (int32_t x = 0; x < out->width; x++)
            ((uint8_t *)seg_image_row(out, y))[x] = evaluate_at(scores, x, y) / 255 >= threshold;
}

START_TEST(against_dense_assignment) {
    shapes_random random = shapes_random_start(95);
    static const char *const distances[] = {"0", "0.03", "0.05", "0.1"};
    for (int repeat = 0; repeat < 60; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, SMALL);
        const int32_t height = 1 + (int32_t)shapes_below(&random, SMALL);
        const char *distance = distances[repeat % 4];
        seg_image prediction = evaluate_picture(width, height, SEG_U8, NULL);
        seg_image map = evaluate_picture(width, height, SEG_U8, NULL);
        seg_image truths[2] = {evaluate_picture(width, height, SEG_U8, NULL),
                               evaluate_picture(width, height, SEG_U8, NULL)};
        noise(&prediction, 10 + shapes_below(&random, 80), &random);
        noise(&truths[0], 5 + shapes_below(&random, 40), &random);
        noise(&truths[1], 5 + shapes_below(&random, 40), &random);
        char options[100];
        snprintf(options, sizeof options, "thresholds=7 thin=none max-dist=%s", distance);
        seg_tally *tally = evaluate_tally("boundaries", options);
        ck_assert_ok(try_annotators(tally, &prediction, truths, 2));
        const double most = atof(distance) * sqrt((double)width * width + (double)height * height);
        for (int32_t i = 0; i < 7; i++) {
            double row[8];
            curve_row(row, tally, i);
            cut(&map, &prediction, row[0]);
            const int32_t first = pairs_of(&map, &truths[0], most);
            const int32_t second = pairs_of(&map, &truths[1], most);
            ck_assert_double_eq(row[4], first + second);
            ck_assert_double_ge(row[6], first > second ? first : second);
            ck_assert_double_le(row[6], fmin(first + second, row[7]));
        }
        seg_tally_free(tally);
        seg_image_unref(&prediction);
        seg_image_unref(&map);
        seg_image_unref(&truths[0]);
        seg_image_unref(&truths[1]);
    }
}
END_TEST

/* ---- properties ---- */

static seg_image turned(const seg_image *image) {
    seg_image out = evaluate_picture(image->height, image->width, SEG_U8, NULL);
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++)
            ((uint8_t *)seg_image_row(&out, x))[y] = ((uint8_t *)seg_image_row(image, y))[x];
    return out;
}

/* What a threshold gives does not depend on which others there are; turning the pictures changes
 * no number of pairs; prediction and truth may change places. */
START_TEST(properties) {
    shapes_random random = shapes_random_start(96);
    seg_image prediction = evaluate_picture(130, 90, SEG_U8, NULL);
    seg_image truth = evaluate_picture(130, 90, SEG_U8, NULL);
    for (int repeat = 0; repeat < 10; repeat++) {
        double row[8], other[8];
        noise(&prediction, 30, &random);
        noise(&truth, 10, &random);
        seg_tally *many = evaluate_tally("boundaries", "thresholds=99 max-dist=0.02 thin=none");
        evaluate_add(many, &prediction, &truth, NULL);
        seg_tally *one = evaluate_tally("boundaries", "thresholds=1 max-dist=0.02 thin=none");
        evaluate_add(one, &prediction, &truth, NULL);
        curve_row(row, many, 49);
        curve_row(other, one, 0);
        ck_assert_double_eq_tol(row[0], other[0], 1e-15);
        ck_assert(row[4] == other[4] && row[7] == other[7]);

        seg_image turned_prediction = turned(&prediction), turned_truth = turned(&truth);
        seg_tally *turn = evaluate_tally("boundaries", "thresholds=1 max-dist=0.02 thin=none");
        evaluate_add(turn, &turned_prediction, &turned_truth, NULL);
        curve_row(other, turn, 0);
        ck_assert(row[4] == other[4] && row[6] == other[6]);

        cut(&truth, &truth, 0.5);
        cut(&prediction, &prediction, 0.5);
        seg_tally *swapped[2];
        for (int k = 0; k < 2; k++) {
            seg_image scores = evaluate_picture(130, 90, SEG_U8, NULL);
            for (int32_t y = 0; y < 90; y++)
                for (int32_t x = 0; x < 130; x++)
                    ((uint8_t *)seg_image_row(&scores, y))[x] =
                        evaluate_at(k ? &truth : &prediction, x, y) != 0 ? 255 : 0;
            swapped[k] = evaluate_tally("boundaries", "thresholds=1 max-dist=0.02 thin=none");
            evaluate_add(swapped[k], &scores, k ? &prediction : &truth, NULL);
            seg_image_unref(&scores);
        }
        ck_assert(value_of(swapped[0], "ods-recall") == value_of(swapped[1], "ods-precision"));
        ck_assert(value_of(swapped[0], "ods-precision") == value_of(swapped[1], "ods-recall"));
        seg_tally_free(swapped[0]);
        seg_tally_free(swapped[1]);
        seg_tally_free(many);
        seg_tally_free(one);
        seg_tally_free(turn);
        seg_image_unref(&turned_prediction);
        seg_image_unref(&turned_truth);
    }
    seg_image_unref(&prediction);
    seg_image_unref(&truth);
}
END_TEST

/* With both thinned, or neither, the truth against itself is perfect; else its precision is. */
START_TEST(truth_against_itself) {
    static const char *const options[] = {"thin=both", "thin=none", "thin=prediction"};
    seg_image truth = blank();
    scene_paint_mask(&truth, 2);
    for (int k = 0; k < 3; k++) {
        seg_tally *tally = evaluate_tally("boundaries", options[k]);
        evaluate_add(tally, &truth, &truth, NULL);
        ck_assert(value_of(tally, "ods-precision") == 1 && value_of(tally, "ois-precision") == 1);
        ck_assert((value_of(tally, "ods") == 1) == (k < 2));
        ck_assert((value_of(tally, "ods-recall") == 1) == (k < 2));
        ck_assert(isnan(value_of(tally, "ap"))); /* one recall at all thresholds is no curve */
        seg_tally_free(tally);
    }
    seg_image_unref(&truth);
}
END_TEST

START_TEST(nothing) {
    seg_image empty = blank(), line = blank();
    draw(&line, 30, 0, SIDE, 255);
    seg_tally *tally = evaluate_tally("boundaries", NULL);
    ck_assert(value_of(tally, "ods") == 1 && value_of(tally, "ap") == 1);
    evaluate_add(tally, &empty, &empty, NULL);
    ck_assert(value_of(tally, "ods") == 1 && value_of(tally, "ois-recall") == 1);
    evaluate_add(tally, &empty, &line, NULL); /* nothing found */
    ck_assert(value_of(tally, "ods") == 0 && value_of(tally, "ods-recall") == 0);
    ck_assert(isnan(value_of(tally, "ods-precision")));
    seg_tally_free(tally);
    tally = evaluate_tally("boundaries", NULL); /* nothing to find */
    evaluate_add(tally, &line, &empty, NULL);
    ck_assert(value_of(tally, "ods") == 0 && value_of(tally, "ods-precision") == 0);
    ck_assert(isnan(value_of(tally, "ods-recall")));
    seg_tally_free(tally);
    /* what is ignored is not there */
    tally = evaluate_tally("boundaries", NULL);
    evaluate_add(tally, &line, &empty, &line);
    evaluate_add(tally, &empty, &line, &line);
    ck_assert(value_of(tally, "ods") == 1);
    seg_tally_free(tally);
    seg_image_unref(&empty);
    seg_image_unref(&line);
}
END_TEST

/* ---- labels ---- */

START_TEST(outlines_of_labels) {
    /* three regions; a corner belongs to the outline of what meets there */
    const double labels[] = {1, 1, 2, 2, /* */
                             1, 1, 2, 2, /* */
                             3, 3, 3, 3};
    const char *const want[] = {".#..", "####", "...."};
    const seg_format formats[] = {SEG_U8, SEG_U16, SEG_LABEL32};
    for (int f = 0; f < 3; f++) {
        seg_image image = evaluate_picture(4, 3, formats[f], labels);
        seg_scratch scratch;
        seg_bitmap map;
        seg_scratch_init(&scratch, NULL);
        ck_assert_ok(seg_boundary_map_of_labels(&map, &image, NULL, false, &scratch));
        for (int32_t y = 0; y < 3; y++)
            for (int32_t x = 0; x < 4; x++)
                ck_assert_msg(seg_bitmap_test(&map, x, y) == (want[y][x] == '#'), "%d, %d", x, y);
        seg_scratch_free(&scratch);
        seg_image_unref(&image);
    }
}
END_TEST

START_TEST(levels_of_labels) {
    double labels[SIDE * SIDE];
    seg_image levels[2], truth = blank();
    for (int l = 0; l < 2; l++) { /* the second level halves the regions of the first */
        for (int i = 0; i < SIDE * SIDE; i++)
            labels[i] = 1 + i % SIDE / (l ? 25 : 50);
        levels[l] = evaluate_picture(SIDE, SIDE, SEG_LABEL32, labels);
    }
    draw(&truth, 49, 0, SIDE, 1);
    draw(&truth, 24, 0, SIDE, 1);
    seg_tally *tally = evaluate_tally("boundaries", NULL);
    seg_pair pair = {.prediction = &levels[0],
                     .levels = &levels[1],
                     .level_count = 1,
                     .truths = &truth,
                     .truth_count = 1};
    ck_assert_ok(seg_tally_add(tally, &pair));
    check_counts(tally, 0, 100, 200, 100, 100);
    check_counts(tally, 1, 200, 200, 200, 300);
    double row[8];
    curve_row(row, tally, 1);
    ck_assert(row[0] == 2);
    /* all pictures have as many levels */
    pair.level_count = 0;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_SHAPE, "has 1 levels");
    seg_tally_free(tally);
    /* labels of 16 bits are scores unless it is said that they are labels */
    seg_image words = evaluate_picture(SIDE, SIDE, SEG_U16, labels);
    tally = evaluate_tally("boundaries", "labels=yes");
    evaluate_add(tally, &words, &truth, NULL);
    check_counts(tally, 0, 200, 200, 200, 300);
    seg_tally_free(tally);
    /* a truth of labels has the same outlines */
    tally = evaluate_tally("boundaries", "labels=yes");
    evaluate_add(tally, &words, &levels[1], NULL);
    check_counts(tally, 0, 300, 300, 300, 300);
    seg_tally_free(tally);
    for (int l = 0; l < 2; l++)
        seg_image_unref(&levels[l]);
    seg_image_unref(&truth);
    seg_image_unref(&words);
}
END_TEST

/* Masks that lie within each other give what a picture of scores gives at as many thresholds. */
START_TEST(levels_of_masks) {
    double weak[SIDE * SIDE], strong[SIDE * SIDE], score[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
        weak[i] = i % SIDE == 30 || i / SIDE == 60 ? 255 : 0;
        strong[i] = i % SIDE == 30 ? 255 : 0;
        score[i] = strong[i] > 0 ? 200 : weak[i] > 0 ? 100 : 0;
    }
    seg_image levels[] = {evaluate_picture(SIDE, SIDE, SEG_U8, weak),
                          evaluate_picture(SIDE, SIDE, SEG_U8, strong)};
    seg_image scores = evaluate_picture(SIDE, SIDE, SEG_U8, score), truth = blank();
    draw(&truth, 31, 0, SIDE, 1);
    seg_tally *masks = evaluate_tally("boundaries", NULL);
    seg_tally *cuts = evaluate_tally("boundaries", "thresholds=2"); /* at 1/3 and 2/3 */
    const seg_pair pair = {.prediction = &levels[0],
                           .levels = &levels[1],
                           .level_count = 1,
                           .truths = &truth,
                           .truth_count = 1};
    ck_assert_ok(seg_tally_add(masks, &pair));
    evaluate_add(cuts, &scores, &truth, NULL);
    for (int level = 0; level < 2; level++) {
        double got[8], want[8];
        curve_row(got, masks, level);
        curve_row(want, cuts, level);
        ck_assert(want[4] > 0);
        for (int column = 1; column < 8; column++)
            ck_assert_double_eq(got[column], want[column]);
    }
    seg_tally_free(masks), seg_tally_free(cuts);
    seg_image_unref(&levels[0]), seg_image_unref(&levels[1]);
    seg_image_unref(&scores), seg_image_unref(&truth);
}
END_TEST

START_TEST(refusals) {
    seg_image scores = blank(), truth = blank();
    seg_image floats = evaluate_picture(SIDE, SIDE, SEG_F32, NULL);
    seg_tally *tally = evaluate_tally("boundaries", "labels=yes");
    ck_assert_fails(evaluate_try(tally, &floats, &truth, NULL), SEG_ERROR_OPTION, "floats");
    seg_tally_free(tally);
    tally = evaluate_tally("boundaries", NULL);
    const seg_pair pair = {.prediction = &floats,
                           .levels = &floats,
                           .level_count = 1,
                           .truths = &truth,
                           .truth_count = 1};
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_OPTION, "2 levels");
    seg_tally_free(tally);
    seg_image_unref(&scores);
    seg_image_unref(&floats);
    seg_image_unref(&truth);
}
END_TEST

CORE_MAIN("boundaries", by_hand, pairs_before_distance, long_and_low, curve_by_hand, thresholds,
          formats_agree, against_dense_assignment, properties, truth_against_itself, nothing,
          outlines_of_labels, levels_of_labels, levels_of_masks, refusals)
