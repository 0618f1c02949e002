/* Masks: counts and ratios by hand, then against a pixel-by-pixel count on random pictures. */
#include "evaluate.h"

#define ID "masks"

/* tp 3, fp 1, fn 2, tn 4 */
static const double found_10[10] = {255, 255, 255, 255, 0, 0, 0, 0, 0, 0};
static const double object_10[10] = {255, 255, 255, 0, 255, 255, 0, 0, 0, 0};

START_TEST(measures_by_hand) {
    seg_image found = evaluate_picture(5, 2, SEG_U8, found_10);
    seg_image object = evaluate_picture(5, 2, SEG_U8, object_10);
    seg_tally *tally = evaluate_tally(ID, "beta=2");
    evaluate_add(tally, &found, &object, NULL);
    evaluate_check(tally, ID, "tp", 3);
    evaluate_check(tally, ID, "fp", 1);
    evaluate_check(tally, ID, "fn", 2);
    evaluate_check(tally, ID, "tn", 4);
    evaluate_check(tally, ID, "tpr", 3 / 5.0);
    evaluate_check(tally, ID, "recall", 3 / 5.0);
    evaluate_check(tally, ID, "fpr", 1 / 5.0);
    evaluate_check(tally, ID, "fnr", 2 / 5.0);
    evaluate_check(tally, ID, "specificity", 4 / 5.0);
    evaluate_check(tally, ID, "precision", 3 / 4.0);
    evaluate_check(tally, ID, "f1", 2 * 0.75 * 0.6 / (0.75 + 0.6));
    evaluate_check(tally, ID, "dice", 6 / 9.0);
    /* (1 + 4) P R / (4 P + R) */
    evaluate_check(tally, ID, "f-beta", 5 * 0.75 * 0.6 / (4 * 0.75 + 0.6));
    evaluate_check(tally, ID, "accuracy", 0.7);
    evaluate_check(tally, ID, "balanced-accuracy", 0.7);
    evaluate_check(tally, ID, "pwc", 30);
    evaluate_check(tally, ID, "iou", 3 / 6.0);
    evaluate_check(tally, ID, "mcc", (3 * 4 - 1 * 2) / sqrt(4 * 5 * 5 * 6));
    /* observed 0.7, by chance 0.4 * 0.5 + 0.6 * 0.5 */
    evaluate_check(tally, ID, "kappa", (0.7 - 0.5) / (1 - 0.5));
    seg_tally_free(tally);
    seg_image_unref(&found);
    seg_image_unref(&object);
}
END_TEST

START_TEST(swapping_the_pictures) {
    seg_image found = evaluate_picture(5, 2, SEG_U8, found_10);
    seg_image object = evaluate_picture(5, 2, SEG_U8, object_10);
    seg_tally *tally = evaluate_tally(ID, NULL), *swapped = evaluate_tally(ID, NULL);
    evaluate_add(tally, &found, &object, NULL);
    evaluate_add(swapped, &object, &found, NULL);
    ck_assert_double_eq(evaluate_value(tally, ID, "recall"),
                        evaluate_value(swapped, ID, "precision"));
    static const char *const same[] = {"tp", "tn", "f1", "iou", "accuracy", "mcc", "kappa"};
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(evaluate_value(tally, ID, same[i]),
                            evaluate_value(swapped, ID, same[i]));
    seg_tally_free(tally);
    seg_tally_free(swapped);
    seg_image_unref(&found);
    seg_image_unref(&object);
}
END_TEST

/* Background and object change places: what is recall becomes specificity, mcc and kappa stay. */
START_TEST(swapping_the_classes) {
    seg_image found = evaluate_picture(5, 2, SEG_U8, found_10);
    seg_image object = evaluate_picture(5, 2, SEG_U8, object_10);
    seg_tally *tally = evaluate_tally(ID, NULL);
    seg_tally *other = evaluate_tally(ID, "object=0 truth-object=0");
    evaluate_add(tally, &found, &object, NULL);
    evaluate_add(other, &found, &object, NULL);
    static const char *const pairs[][2] = {
        {"tp", "tn"}, {"fp", "fn"}, {"recall", "specificity"}, {"mcc", "mcc"}, {"kappa", "kappa"}};
    for (int i = 0; i < 5; i++) {
        ck_assert_double_eq(evaluate_value(tally, ID, pairs[i][0]),
                            evaluate_value(other, ID, pairs[i][1]));
        ck_assert_double_eq(evaluate_value(tally, ID, pairs[i][1]),
                            evaluate_value(other, ID, pairs[i][0]));
    }
    seg_tally_free(tally);
    seg_tally_free(other);
    seg_image_unref(&found);
    seg_image_unref(&object);
}
END_TEST

/* ---- empty pictures ---- */

static void check_empty(double found_value, double object_value, const char *name, double wanted) {
    const double found_1[1] = {found_value}, object_1[1] = {object_value};
    seg_image found = evaluate_picture(1, 1, SEG_U8, found_1);
    seg_image object = evaluate_picture(1, 1, SEG_U8, object_1);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &found, &object, NULL);
    evaluate_check(tally, ID, name, wanted);
    seg_tally_free(tally);
    seg_image_unref(&found);
    seg_image_unref(&object);
}

START_TEST(what_is_undefined) {
    /* nothing there, nothing found: no error at all */
    static const char *const perfect_1[] = {"recall", "specificity", "precision", "f1",
                                            "iou",    "accuracy",    "mcc",       "kappa"};
    for (int i = 0; i < 8; i++)
        check_empty(0, 0, perfect_1[i], 1);
    check_empty(0, 0, "fpr", 0);
    check_empty(0, 0, "fnr", 0);
    check_empty(0, 0, "pwc", 0);
    check_empty(255, 255, "specificity", 1);
    check_empty(255, 255, "fpr", 0);
    /* nothing there, something found */
    check_empty(255, 0, "recall", NAN);
    check_empty(255, 0, "precision", 0);
    check_empty(255, 0, "f1", 0);
    check_empty(255, 0, "mcc", NAN);
    check_empty(255, 0, "balanced-accuracy", NAN);
    check_empty(255, 0, "kappa", 0);
    /* something there, nothing found */
    check_empty(0, 255, "precision", NAN);
    check_empty(0, 255, "recall", 0);
    check_empty(0, 255, "fpr", NAN);
}
END_TEST

START_TEST(a_tally_of_nothing) {
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_check(tally, ID, "tp", 0);
    evaluate_check(tally, ID, "f1", 1);
    evaluate_check(tally, ID, "pwc", 0);
    seg_tally_free(tally);
}
END_TEST

/* ---- options ---- */

START_TEST(three_valued_truth) {
    const double found_6[6] = {255, 0, 255, 0, 255, 0};
    const double object_6[6] = {255, 255, 0, 0, 128, 128};
    seg_image found = evaluate_picture(6, 1, SEG_U8, found_6);
    seg_image object = evaluate_picture(6, 1, SEG_U8, object_6);
    seg_tally *plain = evaluate_tally(ID, NULL);
    evaluate_add(plain, &found, &object, NULL);
    evaluate_check(plain, ID, "tp", 2);
    evaluate_check(plain, ID, "fn", 2);
    seg_tally *left_out = evaluate_tally(ID, "ignore-value=128");
    evaluate_add(left_out, &found, &object, NULL);
    evaluate_check(left_out, ID, "tp", 1);
    evaluate_check(left_out, ID, "fn", 1);
    evaluate_check(left_out, ID, "fp", 1);
    evaluate_check(left_out, ID, "tn", 1);
    /* with a mask on top */
    const double ignore_6[6] = {1, 0, 0, 0, 0, 0};
    seg_image ignore = evaluate_picture(6, 1, SEG_U8, ignore_6);
    evaluate_add(left_out, &found, &object, &ignore);
    evaluate_check(left_out, ID, "tp", 1);
    evaluate_check(left_out, ID, "fn", 2);
    /* and above a level */
    seg_tally *above = evaluate_tally(ID, "truth-threshold=128 threshold=100");
    evaluate_add(above, &found, &object, NULL);
    evaluate_check(above, ID, "tp", 1);
    evaluate_check(above, ID, "fp", 2);
    seg_tally_free(plain);
    seg_tally_free(left_out);
    seg_tally_free(above);
    seg_image_unref(&found);
    seg_image_unref(&object);
    seg_image_unref(&ignore);
}
END_TEST

START_TEST(levels_mean_the_same_at_every_depth) {
    /* 8-bit 0, 50, 51, 255 and the same in other formats */
    const double narrow[4] = {0, 50, 51, 255};
    const double wide[4] = {0, 50 * 257, 51 * 257, 65535};
    const double real[4] = {0, 50 / 255.0, 51 / 255.0, 1};
    const double object_4[4] = {0, 0, 1, 1};
    seg_image pictures[3] = {evaluate_picture(4, 1, SEG_U8, narrow),
                             evaluate_picture(4, 1, SEG_U16, wide),
                             evaluate_picture(4, 1, SEG_F32, real)};
    seg_image object = evaluate_picture(4, 1, SEG_LABEL32, object_4);
    for (int i = 0; i < 3; i++) {
        static const char *const levels[] = {"threshold=50.5", "threshold=19.9%", "threshold=p50",
                                             "threshold=auto:median"};
        for (int level = 0; level < 4; level++) {
            seg_tally *tally = evaluate_tally(ID, levels[level]);
            evaluate_add(tally, &pictures[i], &object, NULL);
            ck_assert_msg(evaluate_value(tally, ID, "accuracy") == 1, "format %d, %s", i,
                          levels[level]);
            seg_tally_free(tally);
        }
        seg_tally *all = evaluate_tally(ID, "threshold=255");
        evaluate_add(all, &pictures[i], &object, NULL);
        evaluate_check(all, ID, "tp", 0);
        seg_tally_free(all);
        seg_image_unref(&pictures[i]);
    }
    seg_image_unref(&object);
}
END_TEST

START_TEST(labels_and_single_values) {
    const double labels[6] = {0, 7, 7, -3, 300, 2000000000};
    const double object_6[6] = {0, 1, 1, 0, 0, 0};
    seg_image found = evaluate_picture(6, 1, SEG_LABEL32, labels);
    seg_image object = evaluate_picture(6, 1, SEG_U16, object_6);
    seg_tally *any = evaluate_tally(ID, NULL), *seven = evaluate_tally(ID, "object=7"),
              *huge = evaluate_tally(ID, "object=2000000000");
    evaluate_add(any, &found, &object, NULL);
    evaluate_check(any, ID, "tp", 2);
    evaluate_check(any, ID, "fp", 3);
    evaluate_add(seven, &found, &object, NULL);
    evaluate_check(seven, ID, "accuracy", 1);
    evaluate_add(huge, &found, &object, NULL);
    evaluate_check(huge, ID, "fp", 1);
    ck_assert_fails(evaluate_try(huge, &object, &object, NULL), SEG_ERROR_OPTION, "object");
    seg_image real = evaluate_picture(6, 1, SEG_F32, labels);
    evaluate_add(seven, &real, &object, NULL);
    evaluate_check(seven, ID, "accuracy", 1);
    seg_tally_free(any);
    seg_tally_free(seven);
    seg_tally_free(huge);
    seg_image_unref(&found);
    seg_image_unref(&object);
    seg_image_unref(&real);
}
END_TEST

START_TEST(not_finite_is_no_object) {
    const double values[4] = {NAN, INFINITY, -INFINITY, 0.5};
    const double object_4[4] = {0, 0, 0, 1};
    seg_image found = evaluate_picture(4, 1, SEG_F32, values);
    seg_image object = evaluate_picture(4, 1, SEG_U8, object_4);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &found, &object, NULL);
    evaluate_check(tally, ID, "accuracy", 1);
    seg_tally_free(tally);
    seg_image_unref(&found);
    seg_image_unref(&object);
}
END_TEST

/* ---- a brute-force count on random pictures, wider than a chunk ---- */

START_TEST(as_a_count_pixel_by_pixel) {
    scene_random random = {1};
    for (int turn = 0; turn < 40; turn++) {
        const int32_t width = turn < 30 ? 1 + (int32_t)scene_below(&random, 90)
                                        : 4000 + (int32_t)scene_below(&random, 5000);
        const int32_t height = 1 + (int32_t)scene_below(&random, 9);
        static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32, SEG_LABEL32};
        seg_image pictures[3];
        for (int i = 0; i < 3; i++) {
            const seg_format format = i == 2 ? SEG_U8 : formats[scene_below(&random, 4)];
            pictures[i] = evaluate_picture(width, height, format, NULL);
            for (int32_t y = 0; y < height; y++)
                for (int32_t x = 0; x < width; x++)
                    scene_put(seg_image_row(&pictures[i], y), format, (size_t)x,
                              (int32_t)scene_below(&random, 3));
        }
        const bool ignoring = turn % 2;
        double tp = 0, fp = 0, fn = 0, tn = 0;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                if (ignoring && evaluate_at(&pictures[2], x, y) != 0) continue;
                const bool found = evaluate_at(&pictures[0], x, y) != 0;
                const bool object = evaluate_at(&pictures[1], x, y) != 0;
                tp += found && object, fp += found && !object;
                fn += !found && object, tn += !found && !object;
            }
        seg_tally *tally = evaluate_tally(ID, NULL);
        evaluate_add(tally, &pictures[0], &pictures[1], ignoring ? &pictures[2] : NULL);
        evaluate_check(tally, ID, "tp", tp);
        evaluate_check(tally, ID, "fp", fp);
        evaluate_check(tally, ID, "fn", fn);
        evaluate_check(tally, ID, "tn", tn);
        const double whole = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
        if (whole > 0) evaluate_check(tally, ID, "mcc", (tp * tn - fp * fn) / sqrt(whole));
        const double all = tp + fp + fn + tn;
        const double chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / (all * all);
        if (all > 0 && chance < 1)
            evaluate_check(tally, ID, "kappa", ((tp + tn) / all - chance) / (1 - chance));
        seg_tally_free(tally);
        for (int i = 0; i < 3; i++)
            seg_image_unref(&pictures[i]);
    }
}
END_TEST

START_TEST(masks_that_are_compared) {
    const double found_4[4] = {10, 200, 10, 200}, object_4[4] = {0, 0, 1, 2};
    const double ignore_4[4] = {9, 0, 0, 0};
    seg_image found = evaluate_picture(2, 2, SEG_U8, found_4);
    seg_image object = evaluate_picture(2, 2, SEG_LABEL32, object_4);
    seg_image ignore = evaluate_picture(2, 2, SEG_U8, ignore_4);
    seg_tally *tally = evaluate_tally(ID, "threshold=100 truth-object=2 ignore-value=1");
    const seg_pair pair = {
        .prediction = &found, .truths = &object, .truth_count = 1, .ignore = &ignore};
    seg_image drawn[3] = {{0}};
    ck_assert_ok(seg_tally_masks(tally, &pair, &drawn[0], &drawn[1], &drawn[2]));
    const double wanted[3][4] = {{0, 255, 0, 255}, {0, 0, 0, 255}, {255, 0, 255, 0}};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++)
            ck_assert_double_eq(evaluate_at(&drawn[i], k % 2, k / 2), wanted[i][k]);
    ck_assert_int_eq(seg_tally_pairs(tally), 0);
    ck_assert_fails(seg_tally_masks(tally, &pair, &drawn[0], NULL, &drawn[2]), SEG_ERROR_ARGUMENT,
                    "mask");
    seg_tally_free(tally);
    for (int i = 0; i < 3; i++)
        seg_image_unref(&drawn[i]);
    seg_image_unref(&found);
    seg_image_unref(&object);
    seg_image_unref(&ignore);
}
END_TEST

CORE_MAIN("masks", measures_by_hand, swapping_the_pictures, swapping_the_classes, what_is_undefined,
          a_tally_of_nothing, three_valued_truth, levels_mean_the_same_at_every_depth,
          labels_and_single_values, not_finite_is_no_object, as_a_count_pixel_by_pixel,
          masks_that_are_compared)
