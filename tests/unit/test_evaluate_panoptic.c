/* Panoptic quality by hand, then against counts of pixels on random pictures. */
#include "core/memory.h"
#include "evaluate.h"

#define ID "panoptic"

typedef struct scene {
    seg_image predicted, expected;
    seg_instance found[40], truths[40];
    int32_t found_count, truth_count;
} scene;

static seg_pair pair_of(const scene *s) {
    return (seg_pair){.prediction = &s->predicted,
                      .truths = &s->expected,
                      .truth_count = 1,
                      .predicted = s->found,
                      .predicted_count = s->found_count,
                      .expected = s->truths,
                      .expected_count = s->truth_count};
}

static void add_scene(seg_tally *tally, const scene *s) {
    const seg_pair pair = pair_of(s);
    const seg_status status = seg_tally_add(tally, &pair);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

static void free_scene(scene *s) {
    seg_image_unref(&s->predicted);
    seg_image_unref(&s->expected);
}

/* ---- by hand ---- */

/* Truth 1: 4 pixels, predicted 3 of them as 7 (IoU 3/4). Truth 2: 4 pixels, 8 covers 2 and 2 of the
 * unassigned ones: IoU 2/6 as background, 2/4 without void, which is not above .5 either. Truth 3:
 * 2 pixels, missed. 9 lies on unassigned pixels alone. */
static const double truth_row[16] = {1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 3, 3};
static const double found_row[16] = {7, 7, 7, 0, 0, 0, 8, 8, 8, 8, 9, 9, 9, 0, 0, 0};

START_TEST(background_by_hand) {
    seg_image expected = evaluate_picture(16, 1, SEG_U8, truth_row);
    seg_image predicted = evaluate_picture(16, 1, SEG_U16, found_row);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &predicted, &expected, NULL);
    evaluate_check(tally, ID, "tp", 1);
    evaluate_check(tally, ID, "fp", 2);
    evaluate_check(tally, ID, "fn", 2);
    evaluate_check(tally, ID, "pq", .75 / 3);
    evaluate_check(tally, ID, "sq", .75);
    evaluate_check(tally, ID, "rq", 1 / 3.0);
    evaluate_check(tally, ID, "pq-things", .25);
    evaluate_check(tally, ID, "pq-stuff", NAN);
    seg_tally_free(tally);
    /* 9 is void, 8 is not: half of it is not more than half */
    tally = evaluate_tally(ID, "unassigned=void");
    evaluate_add(tally, &predicted, &expected, NULL);
    evaluate_check(tally, ID, "tp", 1);
    evaluate_check(tally, ID, "fp", 1);
    evaluate_check(tally, ID, "pq", .75 / 2.5);
    seg_tally_free(tally);
    /* where 8 grows by a pixel of truth 2, its IoU is 3/6 as background and 3/4 without void */
    ((uint16_t *)seg_image_row(&predicted, 0))[5] = 8;
    for (int mode = 0; mode < 2; mode++) {
        tally = evaluate_tally(ID, mode ? "unassigned=void" : "unassigned=background");
        evaluate_add(tally, &predicted, &expected, NULL);
        evaluate_check(tally, ID, "tp", 1 + mode);
        evaluate_check(tally, ID, "pq", mode ? (.75 + .75) / 2.5 : .75 / 3);
        seg_tally_free(tally);
    }
    seg_image_unref(&expected);
    seg_image_unref(&predicted);
}
END_TEST

START_TEST(classes_and_crowds_by_hand) {
    scene s = {.predicted = evaluate_picture(16, 1, SEG_LABEL32, found_row),
               .expected = evaluate_picture(16, 1, SEG_LABEL32, truth_row),
               .found = {{.id = 7, .category = 1}, {.id = 8, .category = 2}, {.id = 9}},
               .truths = {{.id = 1, .category = 1, .stuff = true},
                          {.id = 2, .category = 2},
                          {.id = 3, .category = 2}},
               .found_count = 3,
               .truth_count = 3};
    seg_tally *tally = evaluate_tally(ID, NULL); /* with a list: 0 is void */
    add_scene(tally, &s);
    evaluate_check(tally, ID, "pq", (.75 + 0) / 2); /* class 0 has no more than an excused one */
    evaluate_check(tally, ID, "sq", (.75 + 0) / 2);
    evaluate_check(tally, ID, "rq", .5);
    evaluate_check(tally, ID, "pq-stuff", .75);
    evaluate_check(tally, ID, "sq-things", 0);
    seg_table table = {0};
    ck_assert_ok(seg_tally_table(tally, 0, &table));
    ck_assert_int_eq(table.rows, 3);
    static const double wanted[3][8] = {
        {0, 0, 0, 0, 0, NAN, NAN, NAN}, {1, 1, 1, 0, 0, .75, .75, 1}, {2, 0, 0, 1, 2, 0, 0, 0}};
    for (int i = 0; i < 24; i++)
        ck_assert(evaluate_near(table.cells[i], wanted[i / 8][i % 8], 1e-12));
    seg_table_free(&table, NULL);
    seg_tally_free(tally);
    /* as a crowd, truth 2 is no longer missed, and with void it covers all of 8 */
    s.truths[1].crowd = true;
    tally = evaluate_tally(ID, NULL);
    add_scene(tally, &s);
    evaluate_check(tally, ID, "fp", 0);
    evaluate_check(tally, ID, "fn", 1);
    seg_tally_free(tally);
    /* of another class it covers nothing, and half of 8 on void is not enough */
    s.truths[1].category = 3;
    tally = evaluate_tally(ID, NULL);
    add_scene(tally, &s);
    evaluate_check(tally, ID, "fp", 1);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, "categories=false");
    add_scene(tally, &s);
    evaluate_check(tally, ID, "fp", 0);
    evaluate_check(tally, ID, "pq", .75 / 1.5);
    seg_tally_free(tally);
    free_scene(&s);
}
END_TEST

/* Lists without pictures are paired by falling IoU. */
START_TEST(lists_by_hand) {
    const seg_instance truths[] = {{.box = {0, 0, 10, 10}, .score = 1},
                                   {.box = {0, 0, 10, 9}, .score = 1}};
    const seg_instance found[] = {{.box = {0, 0, 10, 10}, .score = 1},
                                  {.box = {0, 0, 10, 8}, .score = 1},
                                  {.box = {0, 0, 10, 7}, .score = 1}};
    const seg_pair pair = {
        .predicted = found, .predicted_count = 3, .expected = truths, .expected_count = 2};
    seg_tally *tally = evaluate_tally(ID, NULL);
    ck_assert_ok(seg_tally_add(tally, &pair));
    evaluate_check(tally, ID, "sq", (1 + 8 / 9.0) / 2);
    evaluate_check(tally, ID, "pq", (1 + 8 / 9.0) / 2.5);
    seg_tally_free(tally);
}
END_TEST

/* ---- random pictures ---- */

enum { SIDE = 30, LABELS = 16, CLASSES = 4 };

static void random_scene(scene *s, uint32_t seed) {
    scene_random random = {seed * 7000};
    bool seen[2][LABELS] = {{false}};
    *s = (scene){.predicted = evaluate_picture(SIDE, SIDE, SEG_LABEL32, NULL),
                 .expected = evaluate_picture(SIDE, SIDE, SEG_U16, NULL)};
    for (int32_t i = 0; i < SIDE * SIDE; i++) {
        const uint32_t block = (uint32_t)(i / SIDE / 8 * 8 + i % SIDE / 6);
        const int32_t truth = (int32_t)(scene_hash(seed * 64 + block) % LABELS);
        const int32_t found =
            scene_below(&random, 6) ? (truth * 5) % LABELS : (int32_t)scene_below(&random, LABELS);
        ((uint16_t *)seg_image_row(&s->expected, i / SIDE))[i % SIDE] = (uint16_t)truth;
        ((int32_t *)seg_image_row(&s->predicted, i / SIDE))[i % SIDE] = found;
        seen[0][found] = seen[1][truth] = true;
    }
    int32_t classes[LABELS];
    for (int32_t k = 0; k < LABELS; k++)
        classes[k] = (int32_t)scene_below(&random, CLASSES);
    for (int32_t k = 1; k < LABELS; k++) {
        if (seen[1][k])
            s->truths[s->truth_count++] = (seg_instance){.id = k,
                                                         .category = classes[k],
                                                         .stuff = classes[k] < 2,
                                                         .crowd = scene_below(&random, 6) == 0};
        const bool right = scene_below(&random, 5) > 0;
        if (seen[0][k]) /* label 13 k is 5 k of the truth: 5 * 13 = 65 = 1 modulo 16 */
            s->found[s->found_count++] = (seg_instance){
                .id = k,
                .category = right ? classes[13 * k % LABELS] : (int32_t)scene_below(&random, 4),
                .score = 1};
    }
}

static const seg_instance *item_of(const seg_instance *list, int32_t count, int32_t id) {
    for (int32_t i = 0; i < count; i++)
        if (list[i].id == id) return &list[i];
    return NULL;
}

/* The definition, with the counts of pixels in matrices; sums[class] = IoU, tp, fp, fn. */
static void count_by_definition(double sums[CLASSES][4], const scene *s) {
    double joint[LABELS][LABELS] = {{0}}, found[LABELS] = {0}, truth[LABELS] = {0};
    bool matched[LABELS] = {false};
    for (int32_t i = 0; i < SIDE * SIDE; i++) {
        const int32_t p = ((int32_t *)seg_image_row(&s->predicted, i / SIDE))[i % SIDE];
        const int32_t g = ((uint16_t *)seg_image_row(&s->expected, i / SIDE))[i % SIDE];
        joint[p][g]++;
        found[p]++;
        truth[g]++;
    }
    for (int32_t p = 1; p < LABELS; p++) {
        const seg_instance *segment = item_of(s->found, s->found_count, p);
        if (!segment) continue;
        bool hit = false;
        double excused = joint[p][0];
        for (int32_t g = 1; g < LABELS; g++) {
            const seg_instance *other = item_of(s->truths, s->truth_count, g);
            if (!other || other->category != segment->category) continue;
            const double iou = joint[p][g] / (found[p] + truth[g] - joint[p][g] - joint[p][0]);
            if (other->crowd) excused += joint[p][g];
            if (other->crowd || iou <= .5) continue;
            hit = matched[g] = true;
            sums[segment->category][0] += iou;
            sums[segment->category][1]++;
        }
        if (!hit && excused / found[p] <= .5) sums[segment->category][2]++;
    }
    for (int32_t i = 0; i < s->truth_count; i++)
        if (!s->truths[i].crowd && !matched[s->truths[i].id]) sums[s->truths[i].category][3]++;
}

START_TEST(random_pictures_agree_with_the_definition) {
    for (uint32_t seed = 1; seed <= 60; seed++) {
        seg_tally *tally = evaluate_tally(ID, NULL);
        double sums[CLASSES][4] = {{0}};
        bool stuff[CLASSES] = {false};
        for (uint32_t picture = 0; picture < 3; picture++) {
            scene s;
            random_scene(&s, seed * 3 + picture);
            add_scene(tally, &s);
            count_by_definition(sums, &s);
            for (int32_t i = 0; i < s.truth_count; i++)
                if (s.truths[i].stuff) stuff[s.truths[i].category] = true;
            free_scene(&s);
        }
        static const char *const names[3][3] = {{"pq", "sq", "rq"},
                                                {"pq-things", "sq-things", "rq-things"},
                                                {"pq-stuff", "sq-stuff", "rq-stuff"}};
        for (int group = 0; group < 3; group++) {
            double mean[3] = {0}, classes = 0;
            for (int c = 0; c < CLASSES; c++) {
                const double *sum = sums[c], whole = sum[1] + sum[2] / 2 + sum[3] / 2;
                if (whole == 0 || (group && stuff[c] != (group == 2))) continue;
                classes++;
                mean[0] += sum[0] / whole;
                mean[1] += sum[1] > 0 ? sum[0] / sum[1] : 0;
                mean[2] += sum[1] / whole;
            }
            for (int k = 0; k < 3; k++)
                evaluate_check(tally, ID, names[group][k], classes > 0 ? mean[k] / classes : NAN);
        }
        seg_tally_free(tally);
    }
}
END_TEST

START_TEST(tallies_merge_in_any_order) {
    double values[3][16];
    const size_t size = sizeof(double) * (size_t)evaluate_metric(ID)->measure_count;
    for (int way = 0; way < 3; way++) {
        seg_tally *sum = evaluate_tally(ID, NULL);
        for (uint32_t k = 0; k < 8; k++) {
            scene s;
            random_scene(&s, 1 + (way == 2 ? 7 - k : k));
            seg_tally *part = evaluate_tally(ID, NULL);
            add_scene(way ? part : sum, &s);
            if (way) ck_assert_ok(seg_tally_merge(sum, part));
            seg_tally_free(part);
            free_scene(&s);
        }
        ck_assert_ok(seg_tally_values(sum, values[way]));
        ck_assert_mem_eq(values[way], values[0], size);
        seg_tally_free(sum);
    }
}
END_TEST

START_TEST(truth_against_itself_is_perfect) {
    const seg_metric *metric = evaluate_metric(ID);
    for (uint32_t seed = 1; seed <= 20; seed++) {
        scene s;
        random_scene(&s, seed);
        seg_pair pair = pair_of(&s);
        pair.prediction = &s.expected;
        pair.predicted = s.truths;
        pair.predicted_count = s.truth_count;
        seg_tally *tally = evaluate_tally(ID, NULL);
        ck_assert_ok(seg_tally_add(tally, &pair));
        double values[16];
        ck_assert_ok(seg_tally_values(tally, values));
        for (int32_t i = 0; i < metric->measure_count; i++)
            if (!isnan(metric->measures[i].perfect))
                ck_assert_msg(fabs(values[i] - metric->measures[i].perfect) < 1e-12, "%s is %.17g",
                              metric->measures[i].name, values[i]);
        seg_tally_free(tally);
        free_scene(&s);
    }
}
END_TEST

START_TEST(nothing_and_nothing) {
    seg_image empty = evaluate_picture(4, 4, SEG_U8, NULL);
    seg_image full = evaluate_picture(4, 4, SEG_U8, NULL);
    memset(seg_image_row(&full, 1), 5, 4);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &empty, &empty, NULL);
    evaluate_check(tally, ID, "pq", 1);
    evaluate_check(tally, ID, "pq-stuff", 1);
    evaluate_add(tally, &full, &empty, NULL);
    evaluate_check(tally, ID, "pq", 0);
    evaluate_check(tally, ID, "pq-stuff", NAN);
    seg_tally_free(tally);
    seg_image_unref(&empty);
    seg_image_unref(&full);
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    scene s;
    random_scene(&s, 5);
    const seg_pair pair = pair_of(&s);
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 1000 && status < 0; n++) {
        seg_tally *tally = NULL, *sum = NULL;
        seg_table table = {0};
        seg_memory_fail_at(n);
        status = seg_tally_create(&tally, evaluate_metric(ID), NULL, NULL);
        if (status >= 0) status = seg_tally_create(&sum, evaluate_metric(ID), NULL, NULL);
        if (status >= 0) status = seg_tally_add(tally, &pair);
        if (status >= 0) status = seg_tally_merge(sum, tally);
        if (status >= 0) status = seg_tally_table(sum, 0, &table);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        seg_table_free(&table, NULL);
        seg_tally_free(tally);
        seg_tally_free(sum);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
    free_scene(&s);
}
END_TEST

CORE_MAIN("panoptic", background_by_hand, classes_and_crowds_by_hand, lists_by_hand,
          random_pictures_agree_with_the_definition, tallies_merge_in_any_order,
          truth_against_itself_is_perfect, nothing_and_nothing, no_memory_leaks_nothing)
