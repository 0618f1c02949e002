/* Rows of MOTChallenge, MOTS and KITTI, JSON Lines of objects: what is read and what is refused. */
#include "core/memory.h"
#include "core_main.h"

#include <segment/data.h>
#include <segment/segment.h>
#include <stdio.h>

static seg_dataset_options options_of(int32_t mot) {
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.mot = mot;
    return options;
}

static void parse(seg_dataset *data, const char *text, const seg_dataset_options *options) {
    const seg_status status = seg_dataset_parse(data, text, strlen(text), "x", options, NULL);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

/* ---- MOT ---- */

START_TEST(rows_of_a_tracker_are_read) {
    const char text[] = "3, 7, 794.27, 247.59, 71.245, 174.88, -1, -1, -1, -1\r\n"
                        "\n"
                        "1,7,1,1,10,20,0.5\n"
                        "1,-4,0.5,2,1e1,0,1,-1,-1,-1,\n"
                        "20,7,5,6,7,8"; /* no end of line */
    seg_dataset data = {0};
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 3);
    ck_assert_int_eq(data.pictures[0].id, 1);
    ck_assert_int_eq(data.pictures[0].count, 2);
    ck_assert_int_eq(data.pictures[1].id, 3);
    ck_assert_int_eq(data.pictures[2].id, 20);
    const seg_instance *first = &data.instances[0], *second = &data.instances[1];
    ck_assert(first->id == 7 && first->category == 1 && first->score == .5);
    ck_assert(first->box.x == 0 && first->box.y == 0 && first->box.width == 10 &&
              first->box.height == 20);
    ck_assert(second->id == -4 && second->box.x == -.5 && second->box.y == 1);
    ck_assert_double_eq(data.instances[2].box.x, 793.27);
    ck_assert_double_eq(data.instances[2].score, -1);
    ck_assert_double_eq(data.instances[3].score, 1);
    /* detections have no ids */
    parse(&data, "1,-1,1,1,5,5,9\n1,-1,8,8,5,5,7\n", NULL);
    ck_assert_int_eq(data.instance_count, 2);
    parse(&data, "", NULL);
    ck_assert_int_eq(data.picture_count, 0);
    seg_dataset_free(&data);
}
END_TEST

START_TEST(rows_of_truth_are_read) {
    const char text[] = "1,1,10,10,5,5,1,1,1\n"  /* a pedestrian */
                        "1,2,20,10,5,5,0,1,1\n"  /* not to be considered */
                        "1,3,30,10,5,5,0,7,.5\n" /* a static person */
                        "1,4,40,10,5,5,0,6,1\n"  /* a vehicle */
                        "1,5,50,10,5,5,0,3,1\n"; /* a car */
    seg_dataset data = {0};
    seg_dataset_options options = options_of(SEG_MOT_TRUTH);
    parse(&data, text, &options);
    ck_assert_int_eq(data.instance_count, 1);
    ck_assert(data.instances[0].category == 1 && !data.instances[0].ignore);
    static const int32_t categories[] = {1, 0, 0, 0, 0};
    for (int rules = SEG_MOT_TRUTH_16; rules <= SEG_MOT_TRUTH_20; rules++) {
        options = options_of(rules);
        parse(&data, text, &options);
        ck_assert_int_eq(data.instance_count, 5);
        for (int i = 0; i < 5; i++) {
            ck_assert_int_eq(data.instances[i].category, categories[i]);
            ck_assert_int_eq(data.instances[i].ignore,
                             i == 2 || (i == 3 && rules == SEG_MOT_TRUTH_20));
        }
    }
    seg_dataset_free(&data);
}
END_TEST

/* Frames that only one side has are pairs all the same. */
START_TEST(tracks_are_scored) {
    seg_dataset truth = {0}, found = {0};
    const seg_dataset_options options = options_of(SEG_MOT_TRUTH_16);
    parse(&truth, "1,1,1,1,10,10,1,1,1\n1,2,101,1,10,10,0,8,1\n3,1,1,1,10,10,1,1,1\n", &options);
    parse(&found, "1,5,1,1,10,10,1\n1,6,101,1,10,10,1\n2,5,1,1,10,10,1\n3,5,1,1,10,10,1\n", NULL);
    seg_dataset_walk walk = {.predicted = &found, .expected = &truth};
    seg_tally *tally;
    const seg_metric *metric = seg_metric_find("tracks");
    _Alignas(16) unsigned char chosen[256];
    seg_params_init(chosen, metric->params);
    ck_assert_ok(seg_params_parse(chosen, metric->params, "category", "1", NULL));
    ck_assert_ok(seg_tally_create(&tally, metric, chosen, NULL));
    seg_pair pair;
    int pairs = 0;
    for (; seg_dataset_next(&walk, &pair); pairs++) {
        ck_assert_int_eq(walk.predicted_picture->id, pairs + 1);
        ck_assert_int_eq(walk.expected_picture != NULL, pairs != 1);
        ck_assert_ok(seg_tally_add(tally, &pair));
    }
    ck_assert_int_eq(pairs, 3);
    double values[64];
    ck_assert_ok(seg_tally_values(tally, values));
    ck_assert_double_eq(values[seg_measure_find(metric, "tp")], 2);
    ck_assert_double_eq(values[seg_measure_find(metric, "fp")], 1); /* not the distractor */
    ck_assert_double_eq(values[seg_measure_find(metric, "idf1")], 4 / 5.0);
    seg_tally_free(tally);
    walk = (seg_dataset_walk){.expected = &truth};
    for (pairs = 0; seg_dataset_next(&walk, &pair); pairs++)
        ck_assert(!walk.predicted_picture && pair.predicted_count == 0);
    ck_assert_int_eq(pairs, 2);
    seg_dataset_free(&truth);
    seg_dataset_free(&found);
}
END_TEST

START_TEST(bad_rows_are_refused) {
    static const struct {
        const char *text, *words;
        int32_t mot;
    } cases[] = {
        {"1,2,3,4,5", "x:1: 5 fields (allowed: at least 6", 0},
        {"1,2,3,4,5,6\n\n1,2,3,4,5,six", "x:3: height is \"six\" (allowed: a number)", 0},
        {"1,2,3,4,5,6,7,8,9,10,11", "x:1: more than 10 fields", 0},
        {"1,2,,4,5,6", "x:1: left is \"\"", 0},
        {"0,2,3,4,5,6", "x:1: frame is \"0\" (allowed: whole numbers from 1)", 0},
        {"1.5,2,3,4,5,6", "frame is \"1.5\"", 0},
        {"1,99999999999,3,4,5,6", "id is \"99999999999\"", 0},
        {"1,2,1e9,4,5,6", "left is \"1000000000\"", 0},
        {"1,2,3,nan,5,6", "top is \"nan\"", 0},
        {"1,2,3,4,-5,6", "width is \"-5\" (allowed: 0 to 1e8)", 0},
        {"1,2,3,4,5,6 7", "height is \"6 7\"", 0},
        {"1,2,3,4,5,6,7,8,x", "a further field is \"x\"", 0},
        {"1,2,3,4,5,6,1", "7 fields (truth of this benchmark has a class", SEG_MOT_TRUTH_16},
        {"1,2,3,4,5,6,1,-1", "class is \"-1\"", SEG_MOT_TRUTH_16},
        {"4,2,3,4,5,6\n1,2,3,4,5,6\n4,2,3,4,5,6", "x:3: frame 4 has id 2 twice (line 1)", 0},
        {"1 2 3 4 5", "x:1: run lengths add up to 0", 0},
        {"1 2 3 0 5 05", "height is \"0\" (allowed: whole numbers from 1)", 0},
        {"1 2 x 4 5 05", "class is \"x\"", 0},
        {"1 2 3 1000000 1000000 05", "x:1: ", 0},
        {"1 2 3 4 5 05", "x:1: run lengths add up to 5", 0},
    };
    seg_dataset data = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const seg_dataset_options options = options_of(cases[i].mot);
        const seg_status status =
            seg_dataset_parse(&data, cases[i].text, strlen(cases[i].text), "x", &options, NULL);
        ck_assert_msg(status == SEG_ERROR_DATA || status == SEG_ERROR_LIMIT, "%s: %s",
                      cases[i].text, seg_status_name(status));
        ck_assert_msg(strstr(seg_error_detail(), cases[i].words), "%s gives \"%s\", not \"%s\"",
                      cases[i].text, seg_error_detail(), cases[i].words);
    }
}
END_TEST

START_TEST(masks_of_mots_are_read) {
    seg_dataset data = {0};
    parse(&data, "52 1005 1 2 3 02100\n52 10000 10 2 3 06\n", NULL);
    ck_assert_int_eq(data.picture_count, 1);
    ck_assert(data.pictures[0].id == 52 && data.pictures[0].width == 3 &&
              data.pictures[0].height == 2);
    const seg_instance *item = &data.instances[0];
    ck_assert(item->id == 1005 && item->category == 1 && !item->crowd && item->area == 4);
    ck_assert(item->box.width == 3 && item->box.height == 2);
    ck_assert_int_eq(seg_rle_area(item->mask), 4);
    ck_assert(data.instances[1].crowd);
    seg_dataset_options options = options_of(0);
    options.boxes_only = true;
    parse(&data, "52 1005 1 2 3 02100\n", &options);
    ck_assert_ptr_null(data.instances[0].mask);
    seg_dataset_free(&data);
}
END_TEST

/* ---- objects ---- */

START_TEST(objects_are_read) {
    const char text[] =
        "{\"input\":\"b.mp4\",\"frame\":0,\"time\":0.0,\"id\":1,\"box\":[1,0,2,2],\"area\":3,"
        "\"centroid\":[1,1],\"rle\":{\"size\":[2,3],\"counts\":[2,1,1,2]}}\n"
        "{\"input\":\"a.mp4\",\"frame\":5,\"id\":1,\"box\":[0,0,3,3],\"area\":8,\"score\":0.25,"
        "\"category\":4,\"polygon\":[[0,0,3,0,3,3,0,3],[1,1,1,2,2,2,2,1]]}\n"
        "{\"input\":\"b.mp4\",\"frame\":0,\"id\":2,\"box\":[0,0,1,1],\"crowd\":1,\"ignore\":true}"
        "\n";
    seg_dataset data = {0};
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 2);
    ck_assert_str_eq(data.pictures[0].sequence, "a.mp4");
    ck_assert_int_eq(data.pictures[0].id, 5);
    ck_assert_str_eq(data.pictures[1].sequence, "b.mp4");
    ck_assert_int_eq(data.pictures[1].count, 2);
    ck_assert(data.pictures[1].width == 3 && data.pictures[1].height == 2);
    ck_assert_ptr_null(data.instances[0].mask); /* the size of its picture is not known */
    ck_assert(data.instances[0].score == .25 && data.instances[0].category == 4);
    ck_assert_int_eq(seg_rle_area(data.instances[1].mask), 3);
    ck_assert(data.instances[2].crowd && data.instances[2].ignore);
    ck_assert_ptr_nonnull(seg_dataset_find(&data, "b.mp4", 0));
    ck_assert_ptr_null(seg_dataset_find(&data, NULL, 0));
    seg_dataset_options options = options_of(0);
    options.width = 4;
    options.height = 3;
    ck_assert_fails(seg_dataset_parse(&data, text, strlen(text), "x", &options, NULL),
                    SEG_ERROR_DATA, "x:1: rle.size is [2,3] (allowed: [3,4], as its picture)");
    const char *second = strchr(text, '\n') + 1;
    parse(&data, second, &options);
    ck_assert_int_eq(seg_rle_area(data.instances[0].mask), 8); /* with its hole */
    ck_assert(data.pictures[1].width == 4 && data.pictures[1].height == 3);
    seg_dataset_free(&data);
}
END_TEST

START_TEST(bad_objects_are_refused) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{\"frame\":1,\"id\":2,\"box\":[0,0,1,1]}\n{\"frame\":}", "x:2: line 1, column"},
        {"{\"frame\":1,\"id\":2}", "x:1: has no box"},
        {"{\"frame\":-1,\"id\":2,\"box\":[0,0,1,1]}", "x:1: frame is -1"},
        {"{\"frame\":1,\"box\":[0,0,1,1]}", "x:1: has no id"},
        {"{\"frame\":1,\"id\":3000000000,\"box\":[0,0,1,1]}", "id is 3000000000"},
        {"{\"frame\":1,\"id\":2,\"box\":[0,0,1,-1]}", "x:1: box[3] is -1"},
        {"{\"frame\":1,\"id\":2,\"box\":[0,0,1,1],\"input\":7}", "input is 7"},
        {"{\"frame\":1,\"id\":2,\"box\":[0,0,1,1],\"rle\":[]}",
         "x:1: rle is [] (allowed: an object with size and counts)"},
        {"{\"frame\":1,\"id\":2,\"box\":[0,0,1,1]}\n\n{\"frame\":1,\"id\":2,\"box\":[0,0,1,1]}",
         "x:3: frame 1 has id 2 twice (line 1)"},
        {"{\"frame\":1,\"id\":2,\"box\":[0,0,1,1]}\n[1]", "x:2: has no frame"},
    };
    seg_dataset data = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_fails(
            seg_dataset_parse(&data, cases[i].text, strlen(cases[i].text), "x", NULL, NULL),
            SEG_ERROR_DATA, cases[i].words);
        ck_assert_ptr_null(data.store);
    }
}
END_TEST

/* Many names of inputs, each twice, out of order. */
START_TEST(many_sequences) {
    enum { INPUTS = 500 };
    char *text = malloc(2 * INPUTS * 80), *at = text;
    for (int i = 0; i < 2 * INPUTS; i++)
        at += sprintf(at, "{\"input\":\"%03d\",\"frame\":%d,\"id\":1,\"box\":[0,0,1,1]}\n",
                      i * 7 % INPUTS, i < INPUTS);
    seg_dataset data = {0};
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 2 * INPUTS);
    for (int i = 0; i < 2 * INPUTS; i++) {
        char name[8];
        sprintf(name, "%03d", i / 2);
        ck_assert_str_eq(data.pictures[i].sequence, name);
        ck_assert_int_eq(data.pictures[i].id, i % 2);
    }
    seg_dataset_free(&data);
    free(text);
}
END_TEST

/* ---- KITTI ---- */

#define SPACE " 1.5 1.6 4 -1 -1 -1 -10"

START_TEST(rows_of_kitti_are_read) {
    const char text[] = "0 2 Car 0 3 -1.5 10 20 50.5 60" SPACE "\n"
                        "0 5 van 0 0 -10 0 0 4 8" SPACE " 0.25\r\n"
                        "  7 -1 DontCare -1 -1 -10 1 2 3 4" SPACE "\n";
    seg_dataset data = {0};
    parse(&data, text, NULL); /* the format is known by its words */
    ck_assert_int_eq(data.picture_count, 2);
    ck_assert_int_eq(data.instance_count, 3);
    ck_assert_int_eq(data.category_count, 9);
    ck_assert_str_eq(seg_dataset_category_find(&data, 4)->name, "Pedestrian");
    const seg_instance *car = &data.instances[0], *van = &data.instances[1];
    ck_assert(car->id == 2 && car->category == 1 && car->score == 1 && !car->ignore);
    ck_assert(car->box.x == 10 && car->box.y == 20 && car->box.width == 40.5 &&
              car->box.height == 40);
    ck_assert(van->id == 5 && van->category == 2 && van->score == .25);
    ck_assert(data.instances[2].crowd && data.instances[2].category == 9);
    ck_assert_int_eq(data.pictures[1].id, 7);
    seg_dataset_free(&data);
}
END_TEST

/* By hand: of the cars one is found, one is missed; the van's match, the one in DontCare, and the
 * one too small do not count; the one elsewhere does, and the pedestrian is of another class. */
START_TEST(kitti_is_scored_as_the_benchmark_does) {
    const char truth[] = "0 1 Car 0 2 0 0 0 40 40" SPACE "\n"
                         "0 2 Car 0 0 0 100 0 140 40" SPACE "\n"
                         "0 3 Van 0 0 0 200 0 240 40" SPACE "\n"
                         "0 4 Car 1 0 0 300 0 340 40" SPACE "\n" /* truncated */
                         "0 5 Car 0 3 0 400 0 440 40" SPACE "\n" /* occluded */
                         "0 6 Pedestrian 0 0 0 500 0 540 40" SPACE "\n"
                         "0 -1 DontCare -1 -1 -10 600 0 700 100" SPACE "\n";
    const char found[] = "0 1 Car -1 -1 0 0 0 40 40" SPACE " 1\n"
                         "0 2 Car -1 -1 0 200 0 240 40" SPACE " 1\n" /* the van */
                         "0 3 Car -1 -1 0 300 0 340 40" SPACE " 1\n" /* the truncated car */
                         "0 4 Car -1 -1 0 400 0 440 40" SPACE " 1\n" /* the occluded one */
                         "0 5 Car -1 -1 0 610 0 650 40" SPACE " 1\n" /* not annotated */
                         "0 6 Car -1 -1 0 800 0 840 25" SPACE " 1\n" /* too small */
                         "0 7 Car -1 -1 0 800 0 840 26" SPACE " 1\n" /* a false one */
                         "0 8 Pedestrian -1 -1 0 500 0 540 40" SPACE " 1\n";
    static const struct {
        int32_t rules;
        double tp, fp, fn;
    } cases[] = {{SEG_MOT_KITTI_CAR, 1, 1, 1}, {SEG_MOT_KITTI_PEDESTRIAN, 1, 0, 0}};
    for (size_t i = 0; i < 2; i++) {
        seg_dataset expected = {0}, predicted = {0};
        seg_dataset_options options = options_of(cases[i].rules);
        parse(&expected, truth, &options);
        options.truth = &expected;
        parse(&predicted, found, &options);
        const seg_metric *metric = seg_metric_find("tracks");
        seg_tally *tally;
        double values[64];
        seg_pair pair;
        ck_assert_ok(seg_tally_create(&tally, metric, NULL, NULL));
        seg_dataset_walk walk = {.predicted = &predicted, .expected = &expected};
        while (seg_dataset_next(&walk, &pair))
            ck_assert_ok(seg_tally_add(tally, &pair));
        ck_assert_ok(seg_tally_values(tally, values));
        ck_assert_double_eq(values[seg_measure_find(metric, "tp")], cases[i].tp);
        ck_assert_double_eq(values[seg_measure_find(metric, "fp")], cases[i].fp);
        ck_assert_double_eq(values[seg_measure_find(metric, "fn")], cases[i].fn);
        seg_tally_free(tally);
        seg_dataset_free(&expected);
        seg_dataset_free(&predicted);
    }
}
END_TEST

START_TEST(bad_rows_of_kitti_are_refused) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"0 1 Bus 0 0 0 0 0 1 1" SPACE, "x:1: type is \"Bus\" (allowed: Car, Van"},
        {"0 1 Car 0 0 0 0 0 1 1", "x:1: 10 fields (allowed: 17, or 18"},
        {"0 1 Car 0 0 0 0 0 1 1" SPACE " 1 2", "x:1: more than 18 fields"},
        {"\n0 1 Car 0 0 0 5 0 1 1" SPACE, "x:2: right is \"1\" (allowed: from left"},
        {"0 -1 Car 0 0 0 0 0 1 1" SPACE, "x:1: id is \"-1\""},
        {"0.5 1 Car 0 0 0 0 0 1 1" SPACE, "x:1: frame is \"0.5\""},
        {"0 1 Car 0 0 0 0 x 1 1" SPACE, "x:1: top is \"x\" (allowed: a number)"},
        {"0 1 Car 0 0 0 0 0 1 1" SPACE "\n0 1 Van 0 0 0 0 0 1 1" SPACE,
         "x:2: frame 0 has id 1 twice (line 1)"},
    };
    seg_dataset data = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_fails(
            seg_dataset_parse(&data, cases[i].text, strlen(cases[i].text), "x", NULL, NULL),
            SEG_ERROR_DATA, cases[i].words);
    seg_dataset_options options = options_of(SEG_MOT_TRUTH_16);
    const char *car = "0 1 Car 0 0 0 0 0 1 1" SPACE, *box = "1,1,2,3,4,5\n";
    ck_assert_fails(seg_dataset_parse(&data, car, strlen(car), "x", &options, NULL),
                    SEG_ERROR_OPTION, "do not suit KITTI");
    options.mot = SEG_MOT_KITTI_CAR;
    ck_assert_fails(seg_dataset_parse(&data, box, strlen(box), "x", &options, NULL),
                    SEG_ERROR_OPTION, "do not suit rows of MOTChallenge");
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    static const char boxes[] = "1,1,2,3,4,5\n2,1,2,3,4,5\n", masks[] = "52 1005 1 2 3 02100\n";
    static const char objects[] = "{\"input\":\"b.mp4\",\"frame\":0,\"id\":1,\"box\":[1,0,2,2],"
                                  "\"rle\":{\"size\":[2,3],\"counts\":[2,1,1,2]}}\n";
    static const char cars[] = "0 1 Car 0 0 0 0 0 1 1" SPACE "\n";
    static const char *const texts[] = {boxes, masks, objects, cars};
    for (int k = 0; k < 4; k++) {
        const int64_t before = seg_memory_live();
        seg_status status = SEG_ERROR_MEMORY;
        for (int64_t n = 1; n < 300 && status < 0; n++) {
            seg_dataset data = {0};
            seg_memory_fail_at(n);
            status = seg_dataset_parse(&data, texts[k], strlen(texts[k]), "x", NULL, NULL);
            seg_memory_fail_at(0);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            seg_dataset_free(&data);
            ck_assert_int_eq(seg_memory_live(), before);
        }
        ck_assert_ok(status);
    }
}
END_TEST

CORE_MAIN("tracks data", rows_of_a_tracker_are_read, rows_of_truth_are_read, tracks_are_scored,
          bad_rows_are_refused, masks_of_mots_are_read, objects_are_read, bad_objects_are_refused,
          many_sequences, rows_of_kitti_are_read, kitti_is_scored_as_the_benchmark_does,
          bad_rows_of_kitti_are_refused, no_memory_leaks_nothing)
