/* Classes: the confusion matrix and its means by hand, then against plain counts on random labels.
 */
#include "evaluate.h"

#define ID "classes"

/* truth 0 0 0 0 1 1 1 2 2 2, given 0 0 0 1 1 1 2 2 0 2 */
static const double wanted_10[10] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
static const double given_10[10] = {0, 0, 0, 1, 1, 1, 2, 2, 0, 2};

static seg_table get_table(const seg_tally *tally, int32_t index) {
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, index, &table));
    return table;
}

static void check_cells(const seg_tally *tally, int32_t index, const double *wanted, int32_t rows,
                        int32_t columns) {
    seg_table table = get_table(tally, index);
    ck_assert_int_eq(table.rows, rows);
    ck_assert_int_eq(table.columns, columns);
    for (int32_t i = 0; i < rows * columns; i++)
        ck_assert_msg(evaluate_near(table.cells[i], wanted[i], 1e-15),
                      "row %d, column %d: %g, not %g", (int)(i / columns), (int)(i % columns),
                      table.cells[i], wanted[i]);
    seg_table_free(&table, NULL);
}

START_TEST(measures_by_hand) {
    seg_image given = evaluate_picture(5, 2, SEG_U8, given_10);
    seg_image wanted = evaluate_picture(5, 2, SEG_U8, wanted_10);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &wanted, NULL);
    const double confusion[9] = {3, 1, 0, 0, 2, 1, 1, 0, 2};
    check_cells(tally, 0, confusion, 3, 3);
    /* class, pixels, found, iou, precision, recall, f1 */
    const double classes[21] = {0, 4, 4, 3 / 5., 3 / 4., 3 / 4., 6 / 8.,
                                1, 3, 3, 2 / 4., 2 / 3., 2 / 3., 4 / 6.,
                                2, 3, 3, 2 / 4., 2 / 3., 2 / 3., 4 / 6.};
    check_cells(tally, 1, classes, 3, 7);
    evaluate_check(tally, ID, "pixel-accuracy", 0.7);
    evaluate_check(tally, ID, "mean-accuracy", (3 / 4. + 2 / 3. + 2 / 3.) / 3);
    evaluate_check(tally, ID, "macro-recall", (3 / 4. + 2 / 3. + 2 / 3.) / 3);
    evaluate_check(tally, ID, "macro-precision", (3 / 4. + 2 / 3. + 2 / 3.) / 3);
    evaluate_check(tally, ID, "macro-f1", (3 / 4. + 2 / 3. + 2 / 3.) / 3);
    evaluate_check(tally, ID, "miou", (3 / 5. + 2 / 4. + 2 / 4.) / 3);
    evaluate_check(tally, ID, "fwiou", 0.4 * 3 / 5. + 0.3 * 2 / 4. + 0.3 * 2 / 4.);
    evaluate_check(tally, ID, "micro-precision", 0.7);
    evaluate_check(tally, ID, "micro-recall", 0.7);
    evaluate_check(tally, ID, "micro-f1", 0.7);
    evaluate_check(tally, ID, "micro-iou", 7 / 13.);
    evaluate_check(tally, ID, "pixels", 10);
    evaluate_check(tally, ID, "classes", 3);
    /* 7 * 10 - (16 + 9 + 9) over 100 - 34, twice */
    evaluate_check(tally, ID, "mcc", 36 / 66.);
    evaluate_check(tally, ID, "kappa", (0.7 - 0.34) / (1 - 0.34));
    seg_tally_free(tally);
    seg_image_unref(&given);
    seg_image_unref(&wanted);
}
END_TEST

START_TEST(without_background) {
    seg_image given = evaluate_picture(5, 2, SEG_U8, given_10);
    seg_image wanted = evaluate_picture(5, 2, SEG_U8, wanted_10);
    seg_tally *tally = evaluate_tally(ID, "background=false");
    evaluate_add(tally, &given, &wanted, NULL);
    evaluate_check(tally, ID, "miou", (2 / 4. + 2 / 4.) / 2);
    evaluate_check(tally, ID, "fwiou", 0.5);
    /* tp 4, fp 2, fn 2 */
    evaluate_check(tally, ID, "micro-precision", 4 / 6.);
    evaluate_check(tally, ID, "micro-iou", 4 / 8.);
    evaluate_check(tally, ID, "classes", 2);
    evaluate_check(tally, ID, "pixel-accuracy", 0.7);
    seg_tally_free(tally);
    seg_image_unref(&given);
    seg_image_unref(&wanted);
}
END_TEST

START_TEST(classes_that_are_absent) {
    /* class 1 nowhere, class 2 only in the truth, class 3 only given */
    const double given_4[4] = {0, 0, 3, 0}, wanted_4[4] = {0, 0, 0, 2};
    seg_image given = evaluate_picture(4, 1, SEG_U16, given_4);
    seg_image wanted = evaluate_picture(4, 1, SEG_LABEL32, wanted_4);
    seg_tally *tally = evaluate_tally(ID, "classes=5");
    evaluate_add(tally, &given, &wanted, NULL);
    evaluate_check(tally, ID, "classes", 3);
    evaluate_check(tally, ID, "miou", (2 / 4. + 0 + 0) / 3);
    evaluate_check(tally, ID, "mean-accuracy", (2 / 3. + 0) / 2);
    evaluate_check(tally, ID, "macro-precision", (2 / 3. + 0) / 2);
    seg_table table = get_table(tally, 1);
    ck_assert_int_eq(table.rows, 5);
    ck_assert(isnan(table.cells[1 * 7 + 3]));
    ck_assert(isnan(table.cells[2 * 7 + 4]));
    ck_assert_double_eq(table.cells[2 * 7 + 5], 0);
    ck_assert(isnan(table.cells[3 * 7 + 5]));
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
    seg_image_unref(&given);
    seg_image_unref(&wanted);
}
END_TEST

START_TEST(nothing_at_all) {
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_check(tally, ID, "miou", 1);
    evaluate_check(tally, ID, "mcc", 1);
    evaluate_check(tally, ID, "classes", 0);
    check_cells(tally, 0, NULL, 0, 0);
    /* one class only, all right */
    const double same_2[2] = {3, 3};
    seg_image same = evaluate_picture(2, 1, SEG_U8, same_2);
    evaluate_add(tally, &same, &same, NULL);
    evaluate_check(tally, ID, "mcc", 1);
    evaluate_check(tally, ID, "kappa", 1);
    evaluate_check(tally, ID, "classes", 1);
    seg_tally_free(tally);
    seg_image_unref(&same);
}
END_TEST

START_TEST(values_that_are_no_classes) {
    const double good_2[2] = {0, 1}, large_2[2] = {0, 5000}, less_2[2] = {1, -1};
    seg_image good = evaluate_picture(2, 1, SEG_LABEL32, good_2);
    seg_image large = evaluate_picture(2, 1, SEG_LABEL32, large_2);
    seg_image less = evaluate_picture(2, 1, SEG_LABEL32, less_2);
    seg_tally *any = evaluate_tally(ID, NULL), *two = evaluate_tally(ID, "classes=1");
    evaluate_add(any, &good, &good, NULL);
    ck_assert_fails(evaluate_try(any, &large, &good, NULL), SEG_ERROR_DATA,
                    "the prediction has class 5000 at 1,0");
    ck_assert_fails(evaluate_try(any, &good, &less, NULL), SEG_ERROR_DATA,
                    "the truth has class -1 at 1,0");
    ck_assert_fails(evaluate_try(two, &good, &good, NULL), SEG_ERROR_DATA, "allowed 0 to 0");
    evaluate_check(any, ID, "pixels", 2);
    evaluate_check(any, ID, "miou", 1);
    evaluate_check(two, ID, "pixels", 0);
    seg_tally_free(any);
    seg_tally_free(two);
    seg_image_unref(&good);
    seg_image_unref(&large);
    seg_image_unref(&less);
}
END_TEST

/* ---- random labels against plain counts ---- */

#define MOST 300

typedef struct plain {
    double cells[MOST][MOST];
    double all;
} plain;

static void count_plainly(plain *p, const seg_image pictures[3], bool ignoring, int32_t left_out) {
    for (int32_t y = 0; y < pictures[0].height; y++)
        for (int32_t x = 0; x < pictures[0].width; x++) {
            const int given = (int)evaluate_at(&pictures[0], x, y);
            const int wanted = (int)evaluate_at(&pictures[1], x, y);
            if (wanted == left_out || (ignoring && evaluate_at(&pictures[2], x, y) != 0)) continue;
            p->cells[wanted][given]++;
            p->all++;
        }
}

static void check_plainly(const seg_tally *tally, const plain *p) {
    double right = 0, miou = 0, fwiou = 0, classes = 0, chance = 0, rows = 0, columns = 0;
    for (int i = 0; i < MOST; i++) {
        double row = 0, column = 0;
        for (int k = 0; k < MOST; k++)
            row += p->cells[i][k], column += p->cells[k][i];
        right += p->cells[i][i];
        chance += row * column, rows += row * row, columns += column * column;
        const double whole = row + column - p->cells[i][i];
        if (whole == 0) continue;
        miou += p->cells[i][i] / whole;
        fwiou += row * p->cells[i][i] / whole;
        classes++;
    }
    evaluate_check(tally, ID, "pixels", p->all);
    if (p->all == 0) return;
    evaluate_check(tally, ID, "classes", classes);
    evaluate_check(tally, ID, "pixel-accuracy", right / p->all);
    evaluate_check(tally, ID, "miou", miou / classes);
    evaluate_check(tally, ID, "fwiou", fwiou / p->all);
    const double square = p->all * p->all;
    if (rows < square && columns < square)
        evaluate_check(tally, ID, "mcc",
                       (right * p->all - chance) / sqrt((square - rows) * (square - columns)));
    if (chance < square)
        evaluate_check(tally, ID, "kappa", (right * p->all - chance) / (square - chance));
}

START_TEST(as_plain_counts) {
    scene_random random = {5};
    static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_LABEL32};
    for (int turn = 0; turn < 60; turn++) {
        const int32_t width = turn % 10 ? 1 + (int32_t)scene_below(&random, 120)
                                        : 4000 + (int32_t)scene_below(&random, 300);
        const int32_t height = 1 + (int32_t)scene_below(&random, 6);
        const bool narrow = turn % 4 != 3;
        const uint32_t classes = narrow ? 1 + scene_below(&random, 200) : MOST;
        const int32_t left_out = turn % 3 ? -1 : (int32_t)scene_below(&random, 5);
        seg_image pictures[3];
        for (int i = 0; i < 3; i++) {
            const seg_format format =
                i == 2 ? SEG_U8
                       : formats[narrow ? scene_below(&random, 3) : 1 + scene_below(&random, 2)];
            pictures[i] = evaluate_picture(width, height, format, NULL);
            uint32_t value = 0;
            for (int32_t y = 0; y < height; y++)
                for (int32_t x = 0; x < width; x++) {
                    if (scene_below(&random, 40) == 0 || x == 0)
                        value = scene_below(&random, i == 2 ? 2 : classes);
                    if (format == SEG_U16)
                        ((uint16_t *)seg_image_row(&pictures[i], y))[x] = (uint16_t)value;
                    else
                        scene_put(seg_image_row(&pictures[i], y), format, (size_t)x,
                                  (int32_t)value);
                }
        }
        char options[64];
        snprintf(options, sizeof options, "ignore-value=%d", (int)left_out);
        seg_tally *tally = evaluate_tally(ID, options);
        plain *p = calloc(1, sizeof *p);
        evaluate_add(tally, &pictures[0], &pictures[1], turn % 2 ? &pictures[2] : NULL);
        count_plainly(p, pictures, turn % 2, left_out);
        check_plainly(tally, p);
        free(p);
        seg_tally_free(tally);
        for (int i = 0; i < 3; i++)
            seg_image_unref(&pictures[i]);
    }
}
END_TEST

/* Two classes, background left out: what the metric of masks gives. */
START_TEST(two_classes_are_masks) {
    scene_random random = {6};
    seg_image given = evaluate_picture(64, 48, SEG_U8, NULL);
    seg_image wanted = evaluate_picture(64, 48, SEG_U8, NULL);
    for (int32_t i = 0; i < 64 * 48; i++) {
        ((uint8_t *)seg_image_row(&given, i / 64))[i % 64] = (uint8_t)scene_below(&random, 2);
        ((uint8_t *)seg_image_row(&wanted, i / 64))[i % 64] = (uint8_t)scene_below(&random, 2);
    }
    seg_tally *classes = evaluate_tally(ID, "background=false"),
              *masks = evaluate_tally("masks", NULL);
    evaluate_add(classes, &given, &wanted, NULL);
    evaluate_add(masks, &given, &wanted, NULL);
    static const char *const same[][2] = {{"miou", "iou"},
                                          {"macro-f1", "f1"},
                                          {"micro-recall", "recall"},
                                          {"pixel-accuracy", "accuracy"},
                                          {"mcc", "mcc"},
                                          {"kappa", "kappa"}};
    for (int i = 0; i < 6; i++)
        evaluate_check(classes, ID, same[i][0], evaluate_value(masks, "masks", same[i][1]));
    seg_tally_free(classes);
    seg_tally_free(masks);
    seg_image_unref(&given);
    seg_image_unref(&wanted);
}
END_TEST

/* Tables that grew differently add up. */
START_TEST(merging_tables_of_different_size) {
    const double small_2[2] = {0, 1}, large_2[2] = {9, 1};
    seg_image small = evaluate_picture(2, 1, SEG_U8, small_2);
    seg_image large = evaluate_picture(2, 1, SEG_U8, large_2);
    for (int order = 0; order < 2; order++) {
        seg_tally *a = evaluate_tally(ID, NULL), *b = evaluate_tally(ID, NULL);
        evaluate_add(a, &small, order ? &large : &small, NULL);
        evaluate_add(b, &large, order ? &small : &large, NULL);
        seg_tally *first = order ? b : a, *second = order ? a : b;
        ck_assert_ok(seg_tally_merge(first, second));
        seg_table table = get_table(first, 0);
        ck_assert_int_eq(table.rows, 10);
        ck_assert_double_eq(table.cells[1 * 10 + 1], 2);
        ck_assert_double_eq(table.cells[order ? 9 : 0], 1);
        ck_assert_double_eq(table.cells[order ? 90 : 99], 1);
        seg_table_free(&table, NULL);
        seg_tally_free(a);
        seg_tally_free(b);
    }
    seg_image_unref(&small);
    seg_image_unref(&large);
}
END_TEST

CORE_MAIN("classes", measures_by_hand, without_background, classes_that_are_absent, nothing_at_all,
          values_that_are_no_classes, as_plain_counts, two_classes_are_masks,
          merging_tables_of_different_size)
