/* Change detection: CDnet's codes by hand, and a count pixel by pixel on random frames. */
#include "evaluate.h"

#define ID "change"

/* found and left out of each code, moving more often */
static const double codes_14[14] = {0, 0, 50, 50, 50, 85, 85, 170, 170, 255, 255, 255, 255, 0};
static const double found_14[14] = {255, 0, 255, 0, 0, 255, 0, 255, 0, 255, 255, 255, 0, 0};

START_TEST(codes_by_hand) {
    seg_image found = evaluate_picture(7, 2, SEG_U8, found_14);
    seg_image truth = evaluate_picture(7, 2, SEG_U8, codes_14);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &found, &truth, NULL);
    evaluate_check(tally, ID, "tp", 3);
    evaluate_check(tally, ID, "fp", 2);
    evaluate_check(tally, ID, "fn", 1);
    evaluate_check(tally, ID, "tn", 4);
    evaluate_check(tally, ID, "recall", 3 / 4.);
    evaluate_check(tally, ID, "specificity", 4 / 6.);
    evaluate_check(tally, ID, "fpr", 2 / 6.);
    evaluate_check(tally, ID, "fnr", 1 / 4.);
    evaluate_check(tally, ID, "pwc", 30);
    evaluate_check(tally, ID, "precision", 3 / 5.);
    evaluate_check(tally, ID, "f1", 2 * 0.75 * 0.6 / (0.75 + 0.6));
    evaluate_check(tally, ID, "fpr-s", 1 / 3.);
    evaluate_check(tally, ID, "shadow", 3);
    /* only the first three pixels are in the region of interest */
    double out_14[14];
    for (int i = 0; i < 14; i++)
        out_14[i] = i < 3 ? 0 : 255;
    seg_image ignore = evaluate_picture(7, 2, SEG_U8, out_14);
    seg_tally *inside = evaluate_tally(ID, NULL);
    evaluate_add(inside, &found, &truth, &ignore);
    evaluate_check(inside, ID, "fp", 2);
    evaluate_check(inside, ID, "tn", 1);
    evaluate_check(inside, ID, "fpr-s", 1);
    evaluate_check(inside, ID, "recall", NAN);
    seg_tally_free(tally);
    seg_tally_free(inside);
    seg_image_unref(&found);
    seg_image_unref(&truth);
    seg_image_unref(&ignore);
}
END_TEST

/* 127 is OpenCV's mark for shadow: not found, unless the threshold is lowered. */
START_TEST(threshold_of_the_prediction) {
    const double found_3[3] = {127, 128, 255}, truth_3[3] = {0, 255, 255};
    seg_image found = evaluate_picture(3, 1, SEG_U8, found_3);
    seg_image truth = evaluate_picture(3, 1, SEG_U8, truth_3);
    seg_tally *half = evaluate_tally(ID, NULL), *any = evaluate_tally(ID, "threshold=0"),
              *full = evaluate_tally(ID, "object=255");
    evaluate_add(half, &found, &truth, NULL);
    evaluate_add(any, &found, &truth, NULL);
    evaluate_add(full, &found, &truth, NULL);
    evaluate_check(half, ID, "f1", 1);
    evaluate_check(half, ID, "fpr-s", 0);
    evaluate_check(any, ID, "fp", 1);
    evaluate_check(any, ID, "fpr-s", NAN);
    evaluate_check(full, ID, "fn", 1);
    seg_tally_free(half);
    seg_tally_free(any);
    seg_tally_free(full);
    seg_image_unref(&found);
    seg_image_unref(&truth);
}
END_TEST

START_TEST(codes_that_mean_nothing) {
    const double truth_4[4] = {0, 255, 128, 255}, out_4[4] = {0, 0, 1, 0};
    seg_image truth = evaluate_picture(2, 2, SEG_U8, truth_4);
    seg_image ignore = evaluate_picture(2, 2, SEG_U8, out_4);
    seg_tally *tally = evaluate_tally(ID, NULL);
    ck_assert_fails(evaluate_try(tally, &truth, &truth, NULL), SEG_ERROR_DATA,
                    "the truth is 128 at 0,1");
    evaluate_check(tally, ID, "tp", 0);
    evaluate_check(tally, ID, "tn", 0);
    evaluate_add(tally, &truth, &truth, &ignore);
    evaluate_check(tally, ID, "tp", 2);
    seg_tally_free(tally);
    seg_image_unref(&truth);
    seg_image_unref(&ignore);
}
END_TEST

START_TEST(as_a_count_pixel_by_pixel) {
    scene_random random = {3};
    seg_tally *tally = evaluate_tally(ID, NULL);
    double tp = 0, fp = 0, fn = 0, tn = 0, shadow[2] = {0};
    for (int frame = 0; frame < 30; frame++) {
        static const uint8_t codes[5] = {0, 50, 85, 170, 255};
        const int32_t width = frame % 10 ? 1 + (int32_t)scene_below(&random, 90) : 4500;
        seg_image pictures[3];
        for (int i = 0; i < 3; i++)
            pictures[i] = evaluate_picture(width, 3, SEG_U8, NULL);
        for (int32_t i = 0; i < 3 * width; i++) {
            const int32_t x = i % width, y = i / width;
            const uint8_t found = scene_below(&random, 2) ? 255 : 0;
            const uint8_t code = codes[scene_below(&random, 5)];
            const uint8_t out = frame % 2 && scene_below(&random, 4) == 0;
            ((uint8_t *)seg_image_row(&pictures[0], y))[x] = found;
            ((uint8_t *)seg_image_row(&pictures[1], y))[x] = code;
            ((uint8_t *)seg_image_row(&pictures[2], y))[x] = out;
            if (out || code == 85 || code == 170) continue;
            if (code == 50) shadow[found == 255]++;
            tp += found && code == 255, fp += found && code < 255;
            fn += !found && code == 255, tn += !found && code < 255;
        }
        evaluate_add(tally, &pictures[0], &pictures[1], frame % 2 ? &pictures[2] : NULL);
        for (int i = 0; i < 3; i++)
            seg_image_unref(&pictures[i]);
    }
    evaluate_check(tally, ID, "tp", tp);
    evaluate_check(tally, ID, "fp", fp);
    evaluate_check(tally, ID, "fn", fn);
    evaluate_check(tally, ID, "tn", tn);
    evaluate_check(tally, ID, "fpr-s", shadow[1] / (shadow[0] + shadow[1]));
    seg_tally_free(tally);
}
END_TEST

START_TEST(masks_that_are_compared) {
    seg_image found = evaluate_picture(7, 2, SEG_U8, found_14);
    seg_image truth = evaluate_picture(7, 2, SEG_U8, codes_14);
    seg_tally *tally = evaluate_tally(ID, NULL);
    const seg_pair pair = {.prediction = &found, .truths = &truth, .truth_count = 1};
    seg_image drawn[3] = {{0}};
    ck_assert_ok(seg_tally_masks(tally, &pair, &drawn[0], &drawn[1], &drawn[2]));
    for (int i = 0; i < 14; i++) {
        const int32_t x = i % 7, y = i / 7;
        ck_assert_double_eq(evaluate_at(&drawn[0], x, y), found_14[i]);
        ck_assert_double_eq(evaluate_at(&drawn[1], x, y), codes_14[i] == 255 ? 255 : 0);
        const bool out = codes_14[i] == 85 || codes_14[i] == 170;
        ck_assert_double_eq(evaluate_at(&drawn[2], x, y), out ? 255 : 0);
    }
    seg_tally_free(tally);
    for (int i = 0; i < 3; i++)
        seg_image_unref(&drawn[i]);
    seg_image_unref(&found);
    seg_image_unref(&truth);
}
END_TEST

CORE_MAIN("change", codes_by_hand, threshold_of_the_prediction, codes_that_mean_nothing,
          as_a_count_pixel_by_pixel, masks_that_are_compared)
