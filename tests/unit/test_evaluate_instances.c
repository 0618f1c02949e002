/* Instances: COCO's measures and one-to-one pairs by hand, then against a dense, literal reading of
 * the protocol on random lists and label pictures. */
#include "core/memory.h"
#include "evaluate.h"

#define ID "instances"

static seg_instance box_of(double x, double y, double width, double height, double score) {
    return (seg_instance){.box = {x, y, width, height}, .score = score};
}

static void add_lists(seg_tally *tally, const seg_instance *predicted, int32_t predicted_count,
                      const seg_instance *expected, int32_t expected_count) {
    const seg_pair pair = {.predicted = predicted,
                           .predicted_count = predicted_count,
                           .expected = expected,
                           .expected_count = expected_count};
    const seg_status status = seg_tally_add(tally, &pair);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

/* ---- by hand ---- */

/* A hit, a miss, a hit, of two truths: precision 1, 1/2, 2/3 at recall .5, .5, 1. The highest at a
 * recall or above is 1 up to .5, which are 51 of the 101 recalls, and 2/3 behind. */
START_TEST(average_precision_by_hand) {
    const seg_instance truths[] = {box_of(0, 0, 10, 10, 1), box_of(50, 0, 10, 10, 1)};
    const seg_instance found[] = {box_of(50, 0, 10, 10, .7), box_of(0, 0, 10, 10, .9),
                                  box_of(20, 20, 10, 10, .8)};
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 3, truths, 2);
    const double ap = (51 + 50 * 2 / 3.0) / 101;
    static const char *const same[] = {"ap", "ap50", "ap75", "aps"};
    for (int i = 0; i < 4; i++)
        evaluate_check(tally, ID, same[i], ap);
    evaluate_check(tally, ID, "ar1", .5);
    evaluate_check(tally, ID, "ar10", 1);
    evaluate_check(tally, ID, "ar100", 1);
    evaluate_check(tally, ID, "ars", 1);
    evaluate_check(tally, ID, "apm", NAN);
    evaluate_check(tally, ID, "arl", NAN);
    evaluate_check(tally, ID, "tp", 2);
    evaluate_check(tally, ID, "fp", 1);
    evaluate_check(tally, ID, "fn", 0);
    evaluate_check(tally, ID, "dsb", 2 / 3.0);
    seg_tally_free(tally);
    /* with two detections per picture the second hit is not seen */
    tally = evaluate_tally(ID, "max-detections=2");
    add_lists(tally, found, 3, truths, 2);
    evaluate_check(tally, ID, "ap", 51 / 101.0);
    evaluate_check(tally, ID, "ar10", .5);
    evaluate_check(tally, ID, "ar100", .5);
    evaluate_check(tally, ID, "tp", 2); /* pairs know no scores */
    seg_tally_free(tally);
}
END_TEST

/* IoU .62 reaches .5, .55 and .6; the better one of two detections is not taken twice. */
START_TEST(thresholds_by_hand) {
    const seg_instance truth = box_of(0, 0, 10, 10, 1);
    const seg_instance found[] = {box_of(0, 0, 10, 6.2, .3), box_of(0, 0, 10, 9, .2)};
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 1, &truth, 1);
    evaluate_check(tally, ID, "ap", .3);
    evaluate_check(tally, ID, "ap50", 1);
    evaluate_check(tally, ID, "ap75", 0);
    evaluate_check(tally, ID, "ar100", .3);
    evaluate_check(tally, ID, "dsb", .3);
    seg_tally_free(tally);
    /* both: at .5 to .6 the surer one is the hit, at .65 to .9 it is a miss before a hit */
    tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 2, &truth, 1);
    evaluate_check(tally, ID, "ap", (3 + 6 * .5) / 10);
    evaluate_check(tally, ID, "ar100", .9);
    evaluate_check(tally, ID, "tp", 1); /* without scores: that of IoU .9 */
    evaluate_check(tally, ID, "fp", 1);
    seg_tally_free(tally);
}
END_TEST

START_TEST(crowds_and_ignored_truths_by_hand) {
    seg_instance truths[] = {box_of(0, 0, 10, 10, 1), box_of(100, 0, 100, 100, 1),
                             box_of(300, 0, 10, 10, 1)};
    truths[1].crowd = true;
    truths[2].ignore = true;
    /* in the crowd twice, on the ignored one twice (only once is ignored), then a hit */
    const seg_instance found[] = {box_of(110, 10, 20, 20, .9), box_of(110, 10, 20, 20, .8),
                                  box_of(300, 0, 10, 10, .7), box_of(300, 0, 10, 10, .6),
                                  box_of(0, 0, 10, 10, .5)};
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 5, truths, 3);
    evaluate_check(tally, ID, "ap", .5);
    evaluate_check(tally, ID, "ar100", 1);
    evaluate_check(tally, ID, "tp", 1);
    evaluate_check(tally, ID, "fp", 0); /* pairs: whatever lies on them is not counted */
    seg_tally_free(tally);
    truths[1].crowd = truths[2].ignore = false;
    tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 5, truths, 3);
    evaluate_check(tally, ID, "tp", 2);
    evaluate_check(tally, ID, "fp", 3);
    evaluate_check(tally, ID, "fn", 1);
    seg_tally_free(tally);
}
END_TEST

/* A truth of 40 x 40 is medium; a detection of 20 x 20 that matches nothing is ignored there. */
START_TEST(areas_by_hand) {
    seg_instance truths[] = {box_of(0, 0, 40, 40, 1), box_of(100, 0, 100, 100, 1)};
    const seg_instance found[] = {box_of(300, 300, 20, 20, .9), box_of(300, 300, 50, 50, .8),
                                  box_of(0, 0, 40, 40, .7)};
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 3, truths, 2);
    evaluate_check(tally, ID, "apm", .5);
    evaluate_check(tally, ID, "apl", 0);
    evaluate_check(tally, ID, "arm", 1);
    evaluate_check(tally, ID, "aps", NAN);
    seg_tally_free(tally);
    truths[0].area = 900; /* annotated, whatever the box says */
    tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 3, truths, 2);
    evaluate_check(tally, ID, "aps", .5);
    evaluate_check(tally, ID, "apm", NAN);
    seg_tally_free(tally);
}
END_TEST

START_TEST(classes_by_hand) {
    seg_instance truths[] = {box_of(0, 0, 10, 10, 1), box_of(50, 0, 10, 10, 1)};
    seg_instance found[] = {box_of(0, 0, 10, 10, .9), box_of(50, 0, 10, 10, .8),
                            box_of(70, 0, 10, 10, .7)};
    truths[0].category = found[0].category = -3;
    truths[1].category = 9;
    found[1].category = -3; /* of another class: a miss there, and not found here */
    found[2].category = 4;  /* of a class without truths: in no mean */
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 3, truths, 2);
    evaluate_check(tally, ID, "ap", .5);
    evaluate_check(tally, ID, "tp", 1);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert_int_eq(table.rows, 3);
    ck_assert_int_eq(table.columns, 15);
    static const double wanted[3][4] = {{-3, 1, 2, 1}, {4, 0, 1, NAN}, {9, 1, 0, 0}};
    for (int i = 0; i < 12; i++)
        ck_assert(evaluate_near(table.cells[i / 4 * 15 + i % 4], wanted[i / 4][i % 4], 1e-12));
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, "categories=false");
    add_lists(tally, found, 3, truths, 2);
    evaluate_check(tally, ID, "ap", 1);
    evaluate_check(tally, ID, "tp", 2);
    seg_tally_free(tally);
}
END_TEST

START_TEST(tables_by_hand) {
    const seg_instance truths[] = {box_of(0, 0, 10, 10, 1), box_of(50, 0, 10, 10, 1)};
    const seg_instance found[] = {box_of(0, 0, 10, 8.2, .9), box_of(20, 20, 10, 10, .8)};
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_lists(tally, found, 2, truths, 2);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 1, &table)); /* pr */
    ck_assert_int_eq(table.rows, 101);
    ck_assert_int_eq(table.columns, 4);
    for (int k = 0; k < 101; k++) {
        const double *cell = table.cells + 4 * k, found_there = k <= 50;
        ck_assert_double_eq_tol(cell[0], k / 100.0, 1e-15);
        ck_assert_double_eq(cell[1], found_there);
        ck_assert_double_eq(cell[2], found_there);
        ck_assert_double_eq_tol(cell[3], found_there * .7, 1e-15); /* .5 to .8 */
    }
    ck_assert_ok(seg_tally_table(tally, 2, &table)); /* thresholds */
    ck_assert_int_eq(table.rows, 10);
    ck_assert_int_eq(table.columns, 8);
    for (int t = 0; t < 10; t++) {
        const double tp = t < 7, wanted[8] = {.5 + .05 * t, tp,     2 - tp, 2 - tp,
                                              tp / 2,       tp / 2, tp / 2, tp / (4 - tp)};
        for (int i = 0; i < 8; i++)
            ck_assert_double_eq_tol(table.cells[8 * t + i], wanted[i], 1e-15);
    }
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
}
END_TEST

/* ---- label pictures ---- */

/* Truth 5 has 10 pixels, of which 2 has 8 and nothing else: IoU .8, above .5 to .75. Truth 6 is
 * missed. Label 2 of ten pixels of which 8 are in the truth is another matter: 8/12. */
START_TEST(label_pictures_by_hand) {
    static const double truth[24] = {5, 5, 5, 5, 5, 0, 6, 6, 5, 5, 5, 5, 5, 0, 6, 6};
    static const double found[24] = {2, 2, 2, 2, 0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0};
    static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_LABEL32};
    for (int f = 0; f < 3; f++) {
        seg_image expected = evaluate_picture(8, 3, formats[f], truth);
        seg_image predicted = evaluate_picture(8, 3, formats[2 - f], found);
        seg_tally *tally = evaluate_tally(ID, NULL);
        evaluate_add(tally, &predicted, &expected, NULL);
        evaluate_check(tally, ID, "tp", 1);
        evaluate_check(tally, ID, "fp", 0);
        evaluate_check(tally, ID, "fn", 1);
        evaluate_check(tally, ID, "precision", 1);
        evaluate_check(tally, ID, "recall", .5);
        evaluate_check(tally, ID, "f1", 2 / 3.0);
        evaluate_check(tally, ID, "dsb", .6 * .5);
        evaluate_check(tally, ID, "ap", .7 * 51 / 101); /* here .8 is reached */
        evaluate_check(tally, ID, "ar100", .7 * .5);
        /* a further picture without anything has dsb 1 */
        seg_image nothing = evaluate_picture(8, 3, SEG_U8, NULL);
        evaluate_add(tally, &nothing, &nothing, NULL);
        evaluate_check(tally, ID, "dsb", (.3 + 1) / 2);
        seg_tally_free(tally);
        /* without the pixels of truth 6, and without those that 2 missed, all is right */
        seg_image ignore = evaluate_picture(8, 3, SEG_U8, NULL);
        for (int y = 0; y < 3; y++)
            for (int x = 4; x < 8; x++)
                ((uint8_t *)seg_image_row(&ignore, y))[x] = 1;
        tally = evaluate_tally(ID, NULL);
        evaluate_add(tally, &predicted, &expected, &ignore);
        evaluate_check(tally, ID, "dsb", 1);
        evaluate_check(tally, ID, "ap", 1);
        evaluate_check(tally, ID, "apl", 1);
        seg_tally_free(tally);
        seg_image_unref(&ignore);
        seg_image_unref(&nothing);
        seg_image_unref(&predicted);
        seg_image_unref(&expected);
    }
}
END_TEST

START_TEST(label_pictures_with_scores_and_classes) {
    static const double truth[8] = {1, 1, 2, 2, 3, 3, 0, 0}, found[8] = {7, 7, 8, 8, 9, 9, 4, 4};
    seg_image expected = evaluate_picture(8, 1, SEG_LABEL32, truth);
    seg_image predicted = evaluate_picture(8, 1, SEG_LABEL32, found);
    seg_instance classes[] = {{.id = 3, .category = 5},
                              {.id = 1, .category = 5},
                              {.id = 2, .category = 6, .crowd = true}};
    seg_instance scores[] = {{.id = 9, .category = 5, .score = .2},
                             {.id = 4, .category = 5, .score = .6},
                             {.id = 8, .category = 6, .score = .3},
                             {.id = 7, .category = 5, .score = .8}};
    seg_pair pair = {.prediction = &predicted,
                     .truths = &expected,
                     .truth_count = 1,
                     .predicted = scores,
                     .predicted_count = 4,
                     .expected = classes,
                     .expected_count = 3};
    seg_tally *tally = evaluate_tally(ID, NULL);
    ck_assert_ok(seg_tally_add(tally, &pair));
    evaluate_check(tally, ID, "ap",
                   (51 + 50 * 2 / 3.0) / 101); /* hit, miss, hit; the crowd aside */
    pair.expected_count = 2;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT,
                    "expected: label 2 of the picture is not among");
    pair.expected_count = 3;
    classes[2].id = 4;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT, "expected: label 2");
    classes[2].id = 3;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT, "id 3 is listed twice");
    classes[2].id = 2;
    scores[0].id = -9;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT,
                    "predicted: id -9 is no label");
    scores[0].id = 9;
    ((int32_t *)seg_image_row(&predicted, 0))[6] = 9;
    ((int32_t *)seg_image_row(&predicted, 0))[7] = 9;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT,
                    "predicted: instance 4 is listed, but not in");
    ck_assert_int_eq(seg_tally_pairs(tally), 1);
    evaluate_check(tally, ID, "ap", (51 + 50 * 2 / 3.0) / 101);
    seg_tally_free(tally);
    seg_image_unref(&expected);
    seg_image_unref(&predicted);
}
END_TEST

/* COCO's panoptic pictures: the label is r + 256 g + 65536 b. */
START_TEST(labels_in_colours) {
    seg_image colours = {0}, labels = {0};
    ck_assert_ok(seg_image_alloc(&colours, 4, 1, SEG_U8, 3, NULL));
    ck_assert_ok(seg_image_alloc(&labels, 4, 1, SEG_LABEL32, 1, NULL));
    static const uint8_t rgb[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 9, 8, 7};
    memcpy(seg_image_row(&colours, 0), rgb, 12);
    const int32_t ids[4] = {0, 1, 256, 9 + 256 * 8 + 65536 * 7};
    memcpy(seg_image_row(&labels, 0), ids, 16);
    const seg_instance list[] = {{.id = 1}, {.id = 256}, {.id = 460809}};
    const seg_pair pair = {.prediction = &colours,
                           .truths = &labels,
                           .truth_count = 1,
                           .predicted = list,
                           .predicted_count = 3};
    seg_tally *tally = evaluate_tally(ID, NULL);
    const seg_status status = seg_tally_add(tally, &pair);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
    evaluate_check(tally, ID, "tp", 3);
    evaluate_check(tally, ID, "dsb", 1);
    seg_tally_free(tally);
    seg_image_unref(&colours);
    seg_image_unref(&labels);
}
END_TEST

/* COCO's limit of 100 detections is for lists that hold guesses, not for pictures of cells. */
START_TEST(more_than_a_hundred_things) {
    enum { THINGS = 150 };
    double labels[THINGS];
    seg_instance list[THINGS];
    for (int i = 0; i < THINGS; i++) {
        labels[i] = i + 1;
        list[i] = box_of(i, 0, 1, 1, 1);
    }
    seg_image picture = evaluate_picture(THINGS, 1, SEG_U8, labels);
    seg_tally *tally = evaluate_tally(ID, NULL), *limited = evaluate_tally(ID, "max-detections=60");
    evaluate_add(tally, &picture, &picture, NULL);
    evaluate_add(limited, &picture, &picture, NULL);
    evaluate_check(tally, ID, "ap", 1);
    evaluate_check(tally, ID, "ar100", 1);
    evaluate_check(tally, ID, "ar10", 10.0 / THINGS);
    evaluate_check(limited, ID, "ar100", 60.0 / THINGS);
    seg_tally_free(tally);
    seg_tally_free(limited);
    tally = evaluate_tally(ID, NULL);
    add_lists(tally, list, THINGS, list, THINGS);
    evaluate_check(tally, ID, "ar100", 100.0 / THINGS);
    evaluate_check(tally, ID, "ap", 67 / 101.0); /* recalls up to 2/3 */
    evaluate_check(tally, ID, "tp", THINGS);
    seg_tally_free(tally);
    seg_image_unref(&picture);
}
END_TEST

/* ---- a literal reading of the protocol ---- */

#define MOST 24
#define PICTURES 6

typedef struct lists {
    seg_instance predicted[PICTURES][MOST], expected[PICTURES][MOST];
    int32_t predicted_count[PICTURES], expected_count[PICTURES];
    seg_rle masks[2 * PICTURES * MOST];
    int32_t mask_count;
    bool by_masks;
} lists;

static double iou_of(const lists *l, const seg_instance *p, const seg_instance *e) {
    return l->by_masks ? seg_rle_iou(p->mask, e->mask, e->crowd)
                       : seg_box_iou(&p->box, &e->box, e->crowd);
}

static double area_of(const lists *l, const seg_instance *item) {
    if (item->area > 0) return item->area;
    return l->by_masks ? (double)seg_rle_area(item->mask) : item->box.width * item->box.height;
}

static bool left_out(const lists *l, const seg_instance *truth, const double *range) {
    const double area = area_of(l, truth);
    return truth->crowd || truth->ignore || area < range[0] || area > range[1];
}

typedef struct verdict {
    double score;
    int32_t picture, rank;
    bool hit, ignored;
} verdict;

/* Matches one picture at one threshold; truths and detections of the class in matrices. */
static int32_t judge(verdict *verdicts, const lists *l, int32_t i, int32_t category,
                     double threshold, const double *range, int64_t *truths) {
    const seg_instance *found[MOST], *wanted[MOST];
    bool taken[MOST] = {false};
    int32_t found_count = 0, wanted_count = 0;
    for (int32_t p = 0; p < l->predicted_count[i]; p++) /* insertion sort by falling score */
        if (l->predicted[i][p].category == category) {
            int32_t k = found_count++;
            for (; k > 0 && found[k - 1]->score < l->predicted[i][p].score; k--)
                found[k] = found[k - 1];
            found[k] = &l->predicted[i][p];
        }
    for (int pass = 0; pass < 2; pass++)
        for (int32_t e = 0; e < l->expected_count[i]; e++)
            if (l->expected[i][e].category == category &&
                left_out(l, &l->expected[i][e], range) == (pass == 1))
                wanted[wanted_count++] = &l->expected[i][e];
    for (int32_t e = 0; e < wanted_count; e++)
        *truths += !left_out(l, wanted[e], range);
    for (int32_t p = 0; p < found_count; p++) {
        double best = fmin(threshold, 1 - 1e-10);
        int32_t match = -1;
        for (int32_t e = 0; e < wanted_count; e++) {
            if (taken[e] && !wanted[e]->crowd) continue;
            if (match >= 0 && !left_out(l, wanted[match], range) && left_out(l, wanted[e], range))
                break;
            if (iou_of(l, found[p], wanted[e]) < best) continue;
            best = iou_of(l, found[p], wanted[e]);
            match = e;
        }
        if (match >= 0) taken[match] = true;
        const double area = area_of(l, found[p]);
        verdicts[p] = (verdict){found[p]->score, i, p, match >= 0,
                                match >= 0 ? left_out(l, wanted[match], range)
                                           : area < range[0] || area > range[1]};
    }
    return found_count;
}

/* ap (over the 101 recalls) and the recall reached, of one class, threshold and range. */
static bool score(double *ap, double *reached, const lists *l, int32_t category, double threshold,
                  const double *range, int32_t most) {
    static verdict all[PICTURES * MOST];
    int32_t count = 0;
    int64_t truths = 0;
    for (int32_t i = 0; i < PICTURES; i++) {
        verdict verdicts[MOST];
        const int32_t found = judge(verdicts, l, i, category, threshold, range, &truths);
        for (int32_t p = 0; p < found && p < most; p++) {
            int32_t k = count++;
            for (; k > 0 && all[k - 1].score < verdicts[p].score; k--)
                all[k] = all[k - 1];
            all[k] = verdicts[p];
        }
    }
    *ap = *reached = 0;
    for (int32_t r = 0; r <= 100; r++) {
        double best = 0, hits = 0, misses = 0;
        for (int32_t k = 0; k < count; k++) {
            hits += all[k].hit && !all[k].ignored;
            misses += !all[k].hit && !all[k].ignored;
            const double recall = hits / (double)truths;
            if (recall >= r * .01 && hits > 0) best = fmax(best, hits / (hits + misses));
            if (recall > *reached) *reached = recall;
        }
        *ap += best / 101;
    }
    return truths > 0;
}

static void random_instance(lists *l, seg_instance *item, scene_random *random) {
    const double side = 1 + scene_below(random, scene_below(random, 3) ? 30 : 150);
    *item = box_of(scene_below(random, 60), scene_below(random, 40), side,
                   1 + scene_below(random, (uint32_t)side), scene_below(random, 12) / 11.0);
    item->category = (int32_t)scene_below(random, 3);
    if (scene_below(random, 3) == 0) item->area = 1 + scene_below(random, 12000);
    if (!l->by_masks) return;
    seg_rle *mask = &l->masks[l->mask_count++];
    ck_assert_ok(seg_rle_from_box(mask, &item->box, 160, 130, NULL));
    item->mask = mask;
}

static void random_lists(lists *l, uint32_t seed) {
    scene_random random = {seed * 9000};
    memset(l, 0, sizeof *l);
    l->by_masks = seed % 2;
    for (int32_t i = 0; i < PICTURES; i++) {
        l->expected_count[i] = (int32_t)scene_below(&random, MOST / 2);
        l->predicted_count[i] = (int32_t)scene_below(&random, MOST);
        for (int32_t e = 0; e < l->expected_count[i]; e++) {
            random_instance(l, &l->expected[i][e], &random);
            l->expected[i][e].crowd = scene_below(&random, 7) == 0;
            l->expected[i][e].ignore = scene_below(&random, 9) == 0;
        }
        for (int32_t p = 0; p < l->predicted_count[i]; p++) {
            random_instance(l, &l->predicted[i][p], &random);
            if (l->expected_count[i] && scene_below(&random, 4)) { /* near a truth */
                seg_instance *item = &l->predicted[i][p];
                const seg_instance *near =
                    &l->expected[i][scene_below(&random, (uint32_t)l->expected_count[i])];
                item->box = near->box;
                item->box.x += scene_below(&random, 3);
                item->box.height += scene_below(&random, 4);
                item->category = near->category;
                if (l->by_masks) {
                    seg_rle_free((seg_rle *)item->mask, NULL);
                    ck_assert_ok(
                        seg_rle_from_box((seg_rle *)item->mask, &item->box, 160, 130, NULL));
                }
            }
        }
    }
}

static void free_lists(lists *l) {
    for (int32_t i = 0; i < l->mask_count; i++)
        seg_rle_free(&l->masks[i], NULL);
}

static void add_all(seg_tally *tally, const lists *l, int32_t first, int32_t end) {
    for (int32_t i = first; i < end; i++)
        add_lists(tally, l->predicted[i], l->predicted_count[i], l->expected[i],
                  l->expected_count[i]);
}

START_TEST(random_lists_agree_with_the_protocol) {
    static const double ranges[4][2] = {{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}};
    static const struct {
        const char *name;
        int range, first, end, most;
        bool recall;
    } wanted[] = {{"ap", 0, 0, 10, 9, 0},  {"ap50", 0, 0, 1, 9, 0},  {"ap75", 0, 5, 6, 9, 0},
                  {"aps", 1, 0, 10, 9, 0}, {"apm", 2, 0, 10, 9, 0},  {"apl", 3, 0, 10, 9, 0},
                  {"ar1", 0, 0, 10, 1, 1}, {"ar10", 0, 0, 10, 9, 1}, {"ar100", 0, 0, 10, 9, 1},
                  {"ars", 1, 0, 10, 9, 1}, {"arm", 2, 0, 10, 9, 1},  {"arl", 3, 0, 10, 9, 1}};
    static lists l;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        random_lists(&l, seed);
        seg_tally *tally = evaluate_tally(ID, "max-detections=9");
        add_all(tally, &l, 0, PICTURES);
        for (size_t m = 0; m < sizeof wanted / sizeof *wanted; m++) {
            double sum = 0, terms = 0;
            for (int32_t category = 0; category < 3; category++)
                for (int t = wanted[m].first; t < wanted[m].end; t++) {
                    double ap, reached;
                    if (!score(&ap, &reached, &l, category,
                               t == 9 ? .95 : .5 + t * ((.95 - .5) / 9), ranges[wanted[m].range],
                               wanted[m].most))
                        continue;
                    sum += wanted[m].recall ? reached : ap;
                    terms++;
                }
            evaluate_check(tally, ID, wanted[m].name, terms > 0 ? sum / terms : NAN);
        }
        seg_tally_free(tally);
        free_lists(&l);
    }
}
END_TEST

/* ---- pairs ---- */

START_TEST(random_label_pictures_agree_with_counting) {
    for (uint32_t seed = 1; seed <= 40; seed++) {
        scene_random random = {seed * 5000};
        enum { SIDE = 24, LABELS = 9 };
        seg_image pictures[2];
        int64_t joint[LABELS][LABELS] = {{0}}, area[2][LABELS] = {{0}};
        for (int k = 0; k < 2; k++)
            pictures[k] = evaluate_picture(SIDE, SIDE, SEG_LABEL32, NULL);
        const int32_t factor = seed % 4 == 0 ? 100000007 : 1;
        for (int32_t i = 0; i < SIDE * SIDE; i++) {
            const int32_t a =
                (int32_t)(scene_hash(seed + (uint32_t)(i / SIDE / 6 * 8 + i % SIDE / 5)) % LABELS);
            const int32_t b = scene_below(&random, 6) ? a : (int32_t)scene_below(&random, LABELS);
            ((int32_t *)seg_image_row(&pictures[0], i / SIDE))[i % SIDE] = b * factor;
            ((int32_t *)seg_image_row(&pictures[1], i / SIDE))[i % SIDE] = a * factor;
            joint[b][a]++;
            area[0][b]++;
            area[1][a]++;
        }
        double dsb = 0;
        seg_tally *tally = evaluate_tally(ID, NULL);
        evaluate_add(tally, &pictures[0], &pictures[1], NULL);
        for (int t = 0; t < 10; t++) {
            double tp = 0, predicted = 0, expected = 0;
            for (int a = 1; a < LABELS; a++) {
                predicted += area[0][a] > 0;
                expected += area[1][a] > 0;
                for (int b = 1; b < LABELS; b++) /* IoU > (10 + t) / 20, in whole numbers */
                    tp += 20 * joint[a][b] > (10 + t) * (area[0][a] + area[1][b] - joint[a][b]);
            }
            dsb += predicted + expected > 0 ? tp / (predicted + expected - tp) / 10 : .1;
            if (t == 0) {
                evaluate_check(tally, ID, "tp", tp);
                evaluate_check(tally, ID, "fp", predicted - tp);
                evaluate_check(tally, ID, "fn", expected - tp);
            }
        }
        evaluate_check(tally, ID, "dsb", dsb);
        seg_tally_free(tally);
        seg_image_unref(&pictures[0]);
        seg_image_unref(&pictures[1]);
    }
}
END_TEST

/* ---- properties ---- */

START_TEST(truth_against_itself_is_perfect) {
    static lists l;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        random_lists(&l, seed);
        seg_tally *tally = evaluate_tally(ID, NULL);
        for (int32_t i = 0; i < PICTURES; i++) {
            /* two equal truths would be found in any order, but crowds and ignored ones are no
             * truths: what is found on them is not counted */
            add_lists(tally, l.expected[i], l.expected_count[i], l.expected[i],
                      l.expected_count[i]);
        }
        const seg_metric *metric = evaluate_metric(ID);
        double values[32];
        ck_assert_ok(seg_tally_values(tally, values));
        for (int32_t i = 0; i < metric->measure_count; i++)
            if (!isnan(metric->measures[i].perfect))
                ck_assert_msg(fabs(values[i] - metric->measures[i].perfect) < 1e-12, "%s is %.17g",
                              metric->measures[i].name, values[i]);
        seg_tally_free(tally);
        free_lists(&l);
    }
}
END_TEST

static void assert_same_values(const seg_tally *a, const seg_tally *b) {
    double va[32], vb[32];
    ck_assert_ok(seg_tally_values(a, va));
    ck_assert_ok(seg_tally_values(b, vb));
    ck_assert_mem_eq(va, vb, sizeof(double) * (size_t)evaluate_metric(ID)->measure_count);
}

START_TEST(tallies_merge_exactly) {
    static lists l;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        random_lists(&l, seed);
        seg_tally *whole = evaluate_tally(ID, NULL), *sum = evaluate_tally(ID, NULL);
        add_all(whole, &l, 0, PICTURES);
        for (int32_t i = 0; i < PICTURES; i += 2) {
            seg_tally *part = evaluate_tally(ID, NULL);
            add_all(part, &l, i, i + 2);
            ck_assert_ok(seg_tally_merge(sum, part));
            seg_tally_free(part);
        }
        assert_same_values(whole, sum);
        seg_tally_free(whole);
        seg_tally_free(sum);
        free_lists(&l);
    }
}
END_TEST

START_TEST(nothing_and_nothing) {
    const seg_instance one = box_of(0, 0, 50, 50, 1);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_check(tally, ID, "ap", 1);
    evaluate_check(tally, ID, "f1", 1);
    evaluate_check(tally, ID, "dsb", 1);
    add_lists(tally, NULL, 0, NULL, 0);
    evaluate_check(tally, ID, "ap", 1);
    evaluate_check(tally, ID, "dsb", 1);
    add_lists(tally, &one, 1, NULL, 0); /* found where nothing is */
    evaluate_check(tally, ID, "ap", NAN);
    evaluate_check(tally, ID, "dsb", .5);
    evaluate_check(tally, ID, "precision", 0);
    evaluate_check(tally, ID, "recall", NAN);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, NULL);
    add_lists(tally, NULL, 0, &one, 1); /* missed */
    evaluate_check(tally, ID, "ap", 0);
    evaluate_check(tally, ID, "apm", 0);
    evaluate_check(tally, ID, "aps", NAN);
    evaluate_check(tally, ID, "dsb", 0);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 1, &table));
    ck_assert_double_eq(table.cells[1], 0);
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(bad_pairs_are_refused) {
    uint32_t counts[] = {0, 6}, odd[] = {7};
    const seg_rle wide = {counts, 2, 3, 2}, high = {counts, 2, 2, 3}, wrong = {odd, 1, 3, 2};
    seg_instance found = box_of(0, 0, 3, 2, 1), truth = found;
    const seg_pair pair = {
        .predicted = &found, .predicted_count = 1, .expected = &truth, .expected_count = 1};
    seg_tally *tally = evaluate_tally(ID, "overlap=masks");
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_UNSUPPORTED,
                    "predicted, item 0 has no mask");
    found.mask = &wide;
    truth.mask = &high;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_SHAPE, "3 x 2 and of 2 x 3");
    truth.mask = &wrong;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_DATA, "add up to 7");
    truth.mask = &wide;
    seg_pair sized = pair;
    sized.width = 4;
    ck_assert_fails(seg_tally_add(tally, &sized), SEG_ERROR_SHAPE, "3 x 2 (the pair: 4 x 0)");
    uint8_t pixel = 1;
    seg_image ignore = {0};
    ck_assert_ok(seg_image_wrap(&ignore, &pixel, 1, 1, 1, SEG_U8, 1));
    seg_pair ignoring = pair;
    ignoring.ignore = &ignore;
    ck_assert_fails(seg_tally_add(tally, &ignoring), SEG_ERROR_UNSUPPORTED, "label pictures");
    found.score = NAN;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT, "predicted, item 0");
    found.score = 1;
    truth.box.width = -1;
    ck_assert_fails(seg_tally_add(tally, &pair), SEG_ERROR_ARGUMENT, "expected, item 0");
    truth.box.width = 3;
    ck_assert_ok(seg_tally_add(tally, &pair));
    ck_assert_int_eq(seg_tally_pairs(tally), 1);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, "overlap=boxes");
    seg_image labels = evaluate_picture(1, 1, SEG_U8, NULL);
    ck_assert_fails(evaluate_try(tally, &labels, &labels, NULL), SEG_ERROR_UNSUPPORTED, "boxes");
    seg_image_unref(&labels);
    seg_tally_free(tally);
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    static lists l;
    random_lists(&l, 3);
    seg_image labels = evaluate_picture(40, 30, SEG_LABEL32, NULL);
    scene_paint_labels(&labels, 0);
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 1000 && status < 0; n++) {
        seg_tally *tally = NULL, *sum = NULL;
        seg_table table = {0};
        double values[32];
        const seg_pair pair = {.predicted = l.predicted[0],
                               .predicted_count = l.predicted_count[0],
                               .expected = l.expected[0],
                               .expected_count = l.expected_count[0]};
        const seg_pair pictures = {.prediction = &labels, .truths = &labels, .truth_count = 1};
        seg_memory_fail_at(n);
        status = seg_tally_create(&tally, evaluate_metric(ID), NULL, NULL);
        if (status >= 0) status = seg_tally_create(&sum, evaluate_metric(ID), NULL, NULL);
        if (status >= 0) status = seg_tally_add(tally, &pair);
        if (status >= 0) status = seg_tally_add(tally, &pictures);
        if (status >= 0) status = seg_tally_merge(sum, tally);
        if (status >= 0) status = seg_tally_values(sum, values);
        for (int32_t i = 0; status >= 0 && i < 3; i++)
            status = seg_tally_table(sum, i, &table);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        seg_table_free(&table, NULL);
        seg_tally_free(tally);
        seg_tally_free(sum);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
    seg_image_unref(&labels);
    free_lists(&l);
}
END_TEST

CORE_MAIN("instances", average_precision_by_hand, thresholds_by_hand,
          crowds_and_ignored_truths_by_hand, areas_by_hand, classes_by_hand, tables_by_hand,
          label_pictures_by_hand, label_pictures_with_scores_and_classes, labels_in_colours,
          more_than_a_hundred_things, random_lists_agree_with_the_protocol,
          random_label_pictures_agree_with_counting, truth_against_itself_is_perfect,
          tallies_merge_exactly, nothing_and_nothing, bad_pairs_are_refused,
          no_memory_leaks_nothing)
