/* Data sets as text: what is read, written and read again is the same to the last bit. */
#include "core/memory.h"
#include "core_main.h"
#include "pixels.h"

#include <segment/data.h>
#include <segment/segment.h>
#include <stdio.h>

typedef struct written {
    char text[1 << 16];
    size_t size, room; /* no more than `room` is taken */
} written;

static bool take(void *user, const char *bytes, size_t size) {
    written *w = user;
    if (size > w->room - w->size) return false;
    memcpy(w->text + w->size, bytes, size);
    w->size += size;
    w->text[w->size] = '\0';
    return true;
}

static void write_text(written *w, const seg_dataset *data, int32_t format) {
    w->size = 0, w->room = sizeof w->text - 1, *w->text = '\0';
    const seg_status status = seg_dataset_write(data, format, take, w, NULL);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

static void parse(seg_dataset *data, const char *text, const seg_dataset *truth) {
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.truth = truth;
    const seg_status status = seg_dataset_parse(data, text, strlen(text), "x", &options, NULL);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

static void check_same_mask(const seg_rle *a, const seg_rle *b) {
    ck_assert(!a == !b);
    if (!a) return;
    ck_assert(a->width == b->width && a->height == b->height && a->count == b->count);
    ck_assert_mem_eq(a->counts, b->counts, (size_t)a->count * sizeof *a->counts);
}

static void check_same(const seg_dataset *a, const seg_dataset *b) {
    ck_assert_int_eq(a->picture_count, b->picture_count);
    ck_assert_int_eq(a->instance_count, b->instance_count);
    ck_assert_int_eq(a->category_count, b->category_count);
    for (int32_t i = 0; i < a->picture_count; i++) {
        const seg_dataset_picture *p = &a->pictures[i], *q = &b->pictures[i];
        ck_assert(p->id == q->id && p->first == q->first && p->count == q->count);
        ck_assert(p->width == q->width && p->height == q->height);
        ck_assert_str_eq(p->sequence, q->sequence);
        ck_assert_str_eq(p->name, q->name);
    }
    for (int32_t i = 0; i < a->instance_count; i++) {
        const seg_instance *p = &a->instances[i], *q = &b->instances[i];
        ck_assert(p->id == q->id && p->category == q->category);
        ck_assert_mem_eq(&p->score, &q->score, sizeof p->score);
        ck_assert_mem_eq(&p->box, &q->box, sizeof p->box);
        ck_assert_mem_eq(&p->area, &q->area, sizeof p->area);
        ck_assert(p->crowd == q->crowd && p->ignore == q->ignore && p->stuff == q->stuff);
        check_same_mask(p->mask, q->mask);
    }
}

static void check_round_trip(const char *text, int32_t format, const seg_dataset *truth) {
    static written w;
    seg_dataset first = {0}, second = {0};
    parse(&first, text, truth);
    write_text(&w, &first, format);
    parse(&second, w.text, truth);
    check_same(&first, &second);
    seg_dataset_free(&first), seg_dataset_free(&second);
}

START_TEST(results_by_hand) {
    static written w;
    const char text[] = "[{\"image_id\":2,\"category_id\":3,\"bbox\":[0.1,2,3.5,4],\"score\":0.7},"
                        "{\"image_id\":-1,\"category_id\":3,\"score\":1,"
                        "\"segmentation\":{\"size\":[2,3],\"counts\":[2,1,3]}}]";
    seg_dataset data = {0};
    parse(&data, text, NULL);
    write_text(&w, &data, SEG_DATASET_COCO_RESULTS);
    ck_assert_str_eq(w.text,
                     "[\n{\"image_id\":-1,\"category_id\":3,\"segmentation\":{\"size\":[2,3],"
                     "\"counts\":\"213\"},\"score\":1.0},\n"
                     "{\"image_id\":2,\"category_id\":3,"
                     "\"bbox\":[0.10000000000000001,2.0,3.5,4.0],"
                     "\"score\":0.69999999999999996}\n]\n");
    seg_dataset_free(&data);
}
END_TEST

START_TEST(rows_by_hand) {
    static written w;
    seg_dataset data = {0};
    parse(&data, "2,7,1.5,1,10,20,0.25\n1,-1,-3,4,5,6\n", NULL);
    write_text(&w, &data, SEG_DATASET_MOT);
    ck_assert_str_eq(w.text, "1,-1,-3,4,5,6,1,-1,-1,-1\n2,7,1.5,1,10,20,0.25,-1,-1,-1\n");
    seg_dataset_free(&data);
}
END_TEST

/* With a box, a mask, both, in any order, with and without the truth. */
START_TEST(results_come_back) {
    static char text[1 << 15];
    const char truth_text[] =
        "{\"images\":[{\"id\":1,\"width\":9,\"height\":7,\"file_name\":\"a.jpg\"},"
        "{\"id\":2,\"width\":9,\"height\":7,\"file_name\":\"b \\\"c\\\".jpg\"},"
        "{\"id\":3,\"width\":9,\"height\":7}],"
        "\"categories\":[{\"id\":1,\"name\":\"x\"},{\"id\":5,\"name\":\"y\",\"isthing\":0}],"
        "\"annotations\":[]}";
    seg_dataset truth = {0};
    parse(&truth, truth_text, NULL);
    check_round_trip("[]", SEG_DATASET_COCO_RESULTS, NULL);
    check_round_trip("[]", SEG_DATASET_COCO_RESULTS, &truth);
    pixels_random random = pixels_random_start(7);
    for (int repeat = 0; repeat < 200; repeat++) {
        char *at = text + sprintf(text, "[");
        const int count = 1 + (int)pixels_below(&random, 12);
        for (int i = 0; i < count; i++) {
            const uint32_t kind = pixels_below(&random, 3); /* box, mask, both */
            at += sprintf(at, "%s{\"image_id\":%d,\"category_id\":%d,\"score\":%.17g", i ? "," : "",
                          1 + (int)pixels_below(&random, 3), pixels_below(&random, 2) ? 1 : 5,
                          pixels_below(&random, 1000000) / 999983.0);
            if (kind != 1)
                at += sprintf(at, ",\"bbox\":[%.17g,%.17g,%.17g,%.17g]",
                              pixels_below(&random, 100000) / 7.0 - 3000,
                              pixels_below(&random, 100) / 3.0, pixels_below(&random, 100) / 9.0,
                              pixels_below(&random, 1000) / 11.0);
            if (kind != 0) {
                const int first = (int)pixels_below(&random, 40);
                const int run = (int)pixels_below(&random, 20);
                at += sprintf(at, ",\"segmentation\":{\"size\":[7,9],\"counts\":[%d,%d,%d]}", first,
                              run, 63 - first - run);
            }
            at += sprintf(at, "}");
        }
        sprintf(at, "]");
        check_round_trip(text, SEG_DATASET_COCO_RESULTS, NULL);
        check_round_trip(text, SEG_DATASET_COCO_RESULTS, &truth);
    }
    seg_dataset_free(&truth);
}
END_TEST

/* Coordinates of any size and sign, decimals that binary numbers do not have. */
START_TEST(rows_come_back) {
    static char text[1 << 15];
    static const double scales[] = {1e-9, 1e-3, 1, 1e3, 1e7};
    check_round_trip("", SEG_DATASET_MOT, NULL);
    pixels_random random = pixels_random_start(11);
    for (int repeat = 0; repeat < 300; repeat++) {
        char *at = text;
        const int count = 1 + (int)pixels_below(&random, 12);
        for (int i = 0; i < count; i++) {
            double value[5];
            for (int k = 0; k < 5; k++)
                value[k] = (pixels_below(&random, 2000001) - (k < 2 || k == 4 ? 1e6 : 0)) / 1e6 *
                           scales[pixels_below(&random, 5)] / (1 + pixels_below(&random, 9));
            at +=
                sprintf(at, "%d,%d,%.17g,%.*g,%.17g,%.17g,%.17g\n",
                        1 + (int)pixels_below(&random, 5), repeat % 3 ? i : -1, value[0],
                        1 + (int)pixels_below(&random, 17), value[1], value[2], value[3], value[4]);
        }
        check_round_trip(text, SEG_DATASET_MOT, NULL);
    }
}
END_TEST

START_TEST(what_is_refused) {
    static written w;
    seg_dataset data = {0};
    parse(&data, "1,7,1,1,10,20\n", NULL);
    ck_assert_fails(seg_dataset_write(NULL, SEG_DATASET_MOT, take, &w, NULL), SEG_ERROR_ARGUMENT,
                    "data is missing");
    ck_assert_fails(seg_dataset_write(&data, SEG_DATASET_MOT, NULL, &w, NULL), SEG_ERROR_ARGUMENT,
                    "sink is missing");
    ck_assert_fails(seg_dataset_write(&data, SEG_DATASET_COCO, take, &w, NULL),
                    SEG_ERROR_UNSUPPORTED, "is not written (allowed: COCO's results");
    for (size_t room = 0; room < 20; room += 5) {
        w.size = 0, w.room = room;
        ck_assert_fails(seg_dataset_write(&data, SEG_DATASET_MOT, take, &w, NULL), SEG_ERROR_IO,
                        "was not taken");
        ck_assert_fails(seg_dataset_write(&data, SEG_DATASET_COCO_RESULTS, take, &w, NULL),
                        SEG_ERROR_IO, "");
    }
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{\"frame\":0,\"id\":2,\"box\":[0,0,1,1]}", "frame 0 in rows"},
        {"{\"input\":\"a\",\"frame\":1,\"id\":2,\"box\":[0,0,1,1]}\n"
         "{\"input\":\"b\",\"frame\":1,\"id\":2,\"box\":[0,0,1,1]}",
         "one sequence is wanted (got \"a\" and \"b\")"},
        {"[{\"image_id\":2,\"category_id\":3,\"bbox\":[0,2,3,4],\"score\":0.7}]", "class 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parse(&data, cases[i].text, NULL);
        w.size = 0, w.room = sizeof w.text - 1;
        ck_assert_fails(seg_dataset_write(&data, SEG_DATASET_MOT, take, &w, NULL),
                        SEG_ERROR_UNSUPPORTED, cases[i].words);
    }
    seg_dataset_free(&data);
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    static written w;
    seg_dataset data = {0};
    parse(&data,
          "[{\"image_id\":1,\"category_id\":3,\"score\":1,\"segmentation\":{\"size\":[2,3],"
          "\"counts\":[2,1,3]}}]",
          NULL);
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 20 && status < 0; n++) {
        w.size = 0, w.room = sizeof w.text - 1;
        seg_memory_fail_at(n);
        status = seg_dataset_write(&data, SEG_DATASET_COCO_RESULTS, take, &w, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
    seg_dataset_free(&data);
}
END_TEST

CORE_MAIN("written data", results_by_hand, rows_by_hand, results_come_back, rows_come_back,
          what_is_refused, no_memory_leaks_nothing)
