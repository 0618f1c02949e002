/* COCO's JSON: what is read, how it is scored, and what is refused with which words. */
#include "core/memory.h"
#include "core_main.h"

#include <segment/data.h>
#include <segment/segment.h>
#include <stdio.h>

static void parse(seg_dataset *data, const char *text, const seg_dataset_options *options) {
    const seg_status status = seg_dataset_parse(data, text, strlen(text), "x.json", options, NULL);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

/* The texts below have ' in place of ". */
static char *quoted(const char *text) {
    char *copy = strdup(text);
    for (char *c = copy; *c; c++)
        if (*c == '\'') *c = '"';
    return copy;
}

static const char truth_text[] =
    "{'info': {'year': 2026}, 'images': ["
    "  {'id': 12, 'width': 5, 'height': 4, 'file_name': 'b.jpg'},"
    "  {'id': 3, 'width': 6.0, 'height': 3, 'file_name': 'a.jpg'}],"
    " 'categories': [{'id': 7, 'name': 'cell'}, {'id': 2, 'name': 'sky', 'isthing': 0}],"
    " 'annotations': ["
    "  {'id': 1, 'image_id': 12, 'category_id': 7, 'iscrowd': 0, 'area': 5.5,"
    "   'bbox': [1, 0, 3, 2], 'segmentation': [[1, 0, 4, 0, 4, 2, 1, 2]]},"
    "  {'id': 4000000000, 'image_id': 3, 'category_id': 2, 'iscrowd': 1,"
    "   'segmentation': {'size': [3, 6], 'counts': [3, 6, 9]}},"
    "  {'id': 9, 'image_id': 12, 'category_id': 7, 'ignore': true, 'bbox': [0.5, 1.5, 2, 1]},"
    "  {'id': 2, 'image_id': 12, 'category_id': 7, 'area': 8,"
    "   'segmentation': [[0, 0, 2, 0, 2, 2, 0, 2], [3, 2, 5, 2, 5, 4, 3, 4]]}]}";

static void assert_box(const seg_instance *item, double x, double y, double width, double height) {
    ck_assert_msg(item->box.x == x && item->box.y == y && item->box.width == width &&
                      item->box.height == height,
                  "box is %g,%g,%g,%g", item->box.x, item->box.y, item->box.width,
                  item->box.height);
}

START_TEST(truth_is_read) {
    char *text = quoted(truth_text);
    seg_dataset data = {0};
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 2);
    ck_assert_int_eq(data.instance_count, 4);
    ck_assert_int_eq(data.category_count, 2);
    const seg_dataset_picture *a = &data.pictures[0], *b = &data.pictures[1];
    ck_assert_int_eq(a->id, 3);
    ck_assert_str_eq(a->name, "a.jpg");
    ck_assert_str_eq(a->sequence, "");
    ck_assert_str_eq(a->labels, "");
    ck_assert(a->width == 6 && a->height == 3 && a->first == 0 && a->count == 1);
    ck_assert_int_eq(b->id, 12);
    ck_assert(b->width == 5 && b->height == 4 && b->first == 1 && b->count == 3);
    ck_assert_int_eq(data.categories[0].id, 2);
    ck_assert(data.categories[0].stuff && !data.categories[1].stuff);
    ck_assert_str_eq(data.categories[1].name, "cell");
    const seg_instance *crowd = &data.instances[0];
    ck_assert(crowd->crowd && crowd->stuff && !crowd->ignore && crowd->category == 2);
    ck_assert_int_eq(crowd->id, 0); /* beyond 32 bits */
    assert_box(crowd, 1, 0, 2, 3);
    ck_assert_double_eq(crowd->area, 6);
    const seg_instance *square = &data.instances[1];
    ck_assert(square->id == 1 && square->category == 7 && square->score == 1);
    ck_assert_double_eq(square->area, 5.5);
    assert_box(square, 1, 0, 3, 2);
    ck_assert_int_eq(seg_rle_area(square->mask), 6);
    const seg_instance *boxed = &data.instances[2];
    ck_assert(boxed->ignore && !boxed->mask && boxed->area == 0);
    assert_box(boxed, .5, 1.5, 2, 1);
    const seg_instance *both = &data.instances[3];
    ck_assert_int_eq(seg_rle_area(both->mask), 8);
    assert_box(both, 0, 0, 5, 4);
    ck_assert_ptr_eq(seg_dataset_find(&data, NULL, 12), b);
    ck_assert_ptr_null(seg_dataset_find(&data, NULL, 13));
    ck_assert_ptr_null(seg_dataset_find(&data, "x", 12));
    ck_assert_ptr_eq(seg_dataset_category_find(&data, 7), &data.categories[1]);
    ck_assert_ptr_null(seg_dataset_category_find(&data, 8));
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.boxes_only = true;
    parse(&data, text, &options); /* what was there is released */
    assert_box(&data.instances[3], 0, 0, 5, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_ptr_null(data.instances[i].mask);
    seg_dataset_free(&data);
    seg_dataset_free(&data);
    seg_dataset_free(NULL);
    free(text);
}
END_TEST

/* Results get the pictures of the truth; both walk side by side into the metric. */
START_TEST(results_are_scored) {
    char *truth_json = quoted(truth_text);
    /* columns 1 to 3, two of four rows each: 4 2 2 2 2 2 6, as text 4 2 2 0 0 0 4 */
    char *results =
        quoted("[{'image_id': 12, 'category_id': 7, 'score': 0.5,"
               "  'segmentation': {'size': [4, 5], 'counts': '4220004'}},"
               " {'image_id': 12, 'category_id': 7, 'score': 0.9, 'bbox': [0, 0, 2, 2],"
               "  'segmentation': [[0, 0, 2, 0, 2, 2, 0, 2], [3, 2, 5, 2, 5, 4, 3, 4]]}]");
    seg_dataset truth = {0}, found = {0};
    parse(&truth, truth_json, NULL);
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.truth = &truth;
    parse(&found, results, &options);
    ck_assert_int_eq(found.picture_count, 2);
    ck_assert_int_eq(found.category_count, 2);
    ck_assert(found.pictures[0].count == 0 && found.pictures[1].count == 2);
    ck_assert_str_eq(found.pictures[1].name, "b.jpg");
    ck_assert_double_eq(found.instances[0].area, 6);
    assert_box(&found.instances[0], 1, 0, 3, 2);
    ck_assert_double_eq(found.instances[1].area, 4); /* that of the box, as pycocotools takes it */
    assert_box(&found.instances[1], 0, 0, 2, 2);
    seg_tally *tally;
    ck_assert_ok(seg_tally_create(&tally, seg_metric_find("instances"), NULL, NULL));
    seg_dataset_walk walk = {.predicted = &found, .expected = &truth};
    seg_pair pair;
    int pairs = 0;
    for (; seg_dataset_next(&walk, &pair); pairs++) {
        ck_assert_int_eq(walk.predicted_picture->id, pairs ? 12 : 3);
        ck_assert_int_eq(walk.expected_picture->id, pairs ? 12 : 3);
        ck_assert_int_eq(pair.width, pairs ? 5 : 6);
        ck_assert_int_eq(pair.height, pairs ? 4 : 3);
        const seg_instance *ignored = &truth.instances[2];
        if (pairs) ck_assert_ptr_eq(pair.expected + 1, ignored);
        /* the third truth has no mask: boxes are compared there */
        ck_assert_ok(seg_tally_add(tally, &pair));
    }
    ck_assert_int_eq(pairs, 2);
    double values[64];
    ck_assert_ok(seg_tally_values(tally, values));
    ck_assert_double_eq(values[seg_measure_find(seg_metric_find("instances"), "tp")], 1);
    seg_tally_free(tally);
    seg_dataset_free(&found);
    seg_dataset_free(&truth);
    free(results);
    free(truth_json);
}
END_TEST

START_TEST(panoptic_segments_are_read) {
    char *text = quoted(
        "{'images': [{'id': 5, 'width': 4, 'height': 2, 'file_name': 'a.jpg'}],"
        " 'categories': [{'id': 1, 'isthing': 1}, {'id': 2, 'isthing': 0}],"
        " 'annotations': [{'image_id': 5, 'file_name': 'a.png', 'segments_info': ["
        "   {'id': 3226956, 'category_id': 2, 'area': 5, 'iscrowd': 0, 'bbox': [0, 0, 1, 1]},"
        "   {'id': 8, 'category_id': 1, 'iscrowd': 1}]}]}");
    seg_dataset data = {0};
    parse(&data, text, NULL);
    ck_assert_str_eq(data.pictures[0].labels, "a.png");
    ck_assert_int_eq(data.instance_count, 2);
    ck_assert(data.instances[0].id == 3226956 && data.instances[0].stuff);
    ck_assert(data.instances[1].id == 8 && data.instances[1].crowd && !data.instances[1].stuff);
    free(text);
    /* predictions name neither images nor categories */
    text = quoted("{'annotations': [{'image_id': 9, 'file_name': 'p.png', 'segments_info': []},"
                  " {'image_id': 2, 'file_name': 'q.png', 'segments_info':"
                  "   [{'id': 1, 'category_id': 6}]}]}");
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 2);
    ck_assert_str_eq(data.pictures[0].labels, "q.png");
    ck_assert_int_eq(data.pictures[0].count, 1);
    ck_assert_str_eq(data.pictures[1].labels, "p.png");
    ck_assert_int_eq(data.pictures[1].count, 0);
    free(text);
    text = quoted("{'annotations': [{'image_id': 9, 'file_name': 'p.png', 'segments_info': []},"
                  " {'image_id': 9, 'file_name': 'q.png', 'segments_info': []}]}");
    ck_assert_fails(seg_dataset_parse(&data, text, strlen(text), "p.json", NULL, NULL),
                    SEG_ERROR_DATA, "p.json: two pictures have the id 9");
    free(text);
    seg_dataset_free(&data);
}
END_TEST

/* ---- what is refused ---- */

#define IMAGE "'images': [{'id': 1, 'width': 5, 'height': 4}]"
#define WITH(annotation) "{" IMAGE ", 'annotations': [" annotation "]}"
#define MASKED(segmentation)                                                                       \
    WITH("{'image_id': 1, 'category_id': 1, 'segmentation': " segmentation "}")

START_TEST(bad_files_are_refused_with_the_place) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{", "x.json: line 1, column 2: a text in quotes expected"},
        {"{'a': 1, 'a': 2}", "x.json: line 1, column 10: duplicate object key"},
        {"{'annotations': [], 'annotations': []}", "duplicate object key"},
        {"{'images': [], 'annotations': [{'a': 1, 'a': 2}]}", "duplicate object key"},
        {"{'annotations': []", "line 1, column 19: ',' or '}' expected"},
        {"{'annotations' []}", "column 16: ':' expected"},
        {"{'annotations': [7", "line 1, column 17: this list has no end"},
        {"[7", "x.json: [0] is 7 (allowed: an object)"},
        {"[{'image_id': 1, 'category_id': 1, 'score': 1, 'bbox': [0, 0, 1, 1]} 7", "',' or ']' "},
        {"{'annotations': [}", "line 1, column 19: ',' or '}' expected"},
        {"{'annotations': [}]}", "line 1, column 19: "},
        {"{'annotations': []} x", "line 1, column 20: end of the text expected"},
        {"{'annotations': [], }", "a text in quotes expected"},
        {"{'other': [1,], 'annotations': []}", "line 1, column 14: "},
        {"{\n 'images': [],\n 'annotations': [{'image_id': 1e}]}", "line 3, column 32: "},
        {"{'annotations': [], 'b': '\xff'}", "unable to decode byte 0xff"},
        {"[{'image_id': 1} {}]", "x.json: [0] has no category_id"},
        {"[] []", "end of the text expected"},
        {"[],", "end of the text expected"},
        {"[", "x.json: line 1, column 1: unexpected token near end of file"},
        {"{'annotations': null}", "x.json: has no annotations (allowed: a list)"},
        {"{'annotations': 'x'}", "x.json: annotations is \"x\" (allowed: a list)"},
        {"{'images': {'id': 1}, 'annotations': []}", "images is an object of 1 (allowed: a list)"},
        {"{}", "x.json: has no annotations (allowed: a list)"},
        {"{'annotations': {}}", "x.json: annotations is an object of 0 (allowed: a list)"},
        {"{'images': 3, 'annotations': []}", "x.json: images is 3 (allowed: a list)"},
        {"{'images': [{'id': 1, 'width': 5, 'height': 5}, {'id': 2, 'width': -1, 'height': 5}], "
         "'annotations': []}",
         "x.json: images[1].width is -1 (allowed: whole numbers from 1 to 1000000)"},
        {"{'images': [{'id': 1, 'width': 2.5, 'height': 5}], 'annotations': []}",
         "images[0].width is 2.5"},
        {"{'images': [{'id': 1, 'width': 5}], 'annotations': []}", "images[0] has no height"},
        {"{'images': [{'id': 'one', 'width': 5, 'height': 5}], 'annotations': []}",
         "images[0].id is \"one\""},
        {"{'images': [{'id': 1, 'width': 999999, 'height': 999999}], 'annotations': []}",
         "images[0]: "},
        {"{'images': [{'id': 1, 'width': 5, 'height': 4}, {'id': 1, 'width': 5, 'height': 4}], "
         "'annotations': []}",
         "two pictures have the id 1"},
        {"{'images': [{'id': 1, 'width': 5, 'height': 4, 'file_name': 7}], 'annotations': []}",
         "images[0].file_name is 7 (allowed: a text)"},
        {"{'categories': [{'id': 1}, {'id': 1}], 'annotations': []}",
         "two categories have the id 1"},
        {"{'categories': [{'id': 3000000000}], 'annotations': []}", "categories[0].id is 3000000"},
        {WITH("7"), "annotations[0] is 7 (allowed: an object)"},
        {WITH("{'category_id': 1}"), "annotations[0] has no image_id"},
        {WITH("{'image_id': 2, 'category_id': 1}"),
         "annotations[0].image_id is 2 (allowed: the id of a picture)"},
        {"{'images': [], 'annotations': [{'image_id': 2, 'category_id': 1}]}", "image_id is 2"},
        {WITH("{'image_id': 1}"), "annotations[0] has no category_id"},
        {WITH("{'image_id': 1, 'category_id': 1}"), "annotations[0] has no bbox"},
        {"{" IMAGE ", 'categories': [{'id': 5}], 'annotations': [{'image_id': 1, 'category_id': "
         "1, 'bbox': [0, 0, 1, 1]}]}",
         "annotations[0].category_id is 1 (allowed: the id of a category)"},
        {WITH("{'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1]}"),
         "annotations[0].bbox is [0,0,1] (allowed: a list of 4 numbers"},
        {WITH("{'image_id': 1, 'category_id': 1, 'bbox': [0, 0, -1, 2]}"),
         "annotations[0].bbox[2] is -1 (allowed: numbers from 0 to 1e+08)"},
        {WITH("{'image_id': 1, 'category_id': 1, 'bbox': [0, 'y', 1, 2]}"), "bbox[1] is \"y\""},
        {WITH("{'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1, 1], 'area': -2}"), "area is -2"},
        {WITH("{'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1, 1], 'iscrowd': 2}"),
         "annotations[0].iscrowd is 2 (allowed: 0, 1, false or true)"},
        {WITH("{'id': 7, 'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1, 1]}, "
              "{'id': 7, 'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1, 1]}"),
         "two annotations have the id 7"},
        {MASKED("7"), "annotations[0].segmentation is 7 (allowed: polygons or run lengths)"},
        {MASKED("[[0, 0, 1, 1]]"), "segmentation[0] is [0,0,1,1] (allowed: a list of x, y"},
        {MASKED("[[0, 0, 1, 1, 2, 2, 3]]"), "segmentation[0] is [0,0,1,1,2,2,3]"},
        {MASKED("[[0, 0, 1, 1, 2, 2], 5]"), "segmentation[1] is 5"},
        {MASKED("[[0, 0, 1, 1e9, 2, 2]]"), "segmentation[0][3] is 1000000000.0 (allowed: numbers"},
        {MASKED("[[0, 0, 1, null, 2, 2]]"), "segmentation[0][3] is null"},
        {MASKED("{'counts': [20]}"), "segmentation has no size"},
        {MASKED("{'size': [4, 5]}"), "segmentation has no counts"},
        {MASKED("{'size': [5, 4], 'counts': [20]}"),
         "segmentation.size is [5,4] (allowed: [4,5], as its picture)"},
        {MASKED("{'size': [4, 5], 'counts': [19]}"),
         "segmentation.counts: run lengths add up to 19"},
        {MASKED("{'size': [4, 5], 'counts': [-1, 21]}"), "segmentation.counts[0] is -1"},
        {MASKED("{'size': [4, 5], 'counts': [4294967295, 21]}"), "add up to 4294967316"},
        {MASKED("{'size': [4, 5], 'counts': [4294967296]}"), "counts[0] is 4294967296"},
        {MASKED("{'size': [4, 5], 'counts': '42220'}"), "counts: run lengths add up to 14"},
        {MASKED("{'size': [4, 5], 'counts': ' '}"), "character 0 has code 32"},
        {MASKED("{'size': [4, 5], 'counts': {}}"), "segmentation.counts is an object of 0"},
        {"[3]", "x.json: [0] is 3 (allowed: an object)"},
        {"[{'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1, 1]}]", "x.json: [0] has no score"},
        {"[{'image_id': 1, 'category_id': 1, 'score': 1e999, 'bbox': [0, 0, 1, 1]}]", "overflow"},
        {"[{'image_id': 1, 'category_id': 1, 'score': 1, 'segmentation': [[0, 0, 1, 1, 2, 2]]}]",
         "polygons need the size of their picture"},
        {"{'annotations': [{'image_id': 1, 'segments_info': []}]}", "has no file_name"},
        {"{'annotations': [{'image_id': 1, 'file_name': 'a', 'segments_info': [{'id': 0}]}]}",
         "annotations[0].segments_info[0].id is 0 (allowed: whole numbers from 1 to 16777215)"},
    };
    seg_dataset data = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = quoted(cases[i].text);
        const seg_status status =
            seg_dataset_parse(&data, text, strlen(text), "x.json", NULL, NULL);
        ck_assert_msg(status == SEG_ERROR_DATA || status == SEG_ERROR_LIMIT, "%s: %s", text,
                      seg_status_name(status));
        ck_assert_msg(strstr(seg_error_detail(), cases[i].words), "%s gives \"%s\", not \"%s\"",
                      text, seg_error_detail(), cases[i].words);
        ck_assert_ptr_null(data.store);
        free(text);
    }
}
END_TEST

/* Lists may stand in any order, with null for what is not there, behind a byte order mark. */
START_TEST(members_in_any_order) {
    char *text =
        quoted("\xef\xbb\xbf {'annotations': [ {'image_id' : 1, 'category_id': 5, 'bbox': "
               "[0, 1, 2, 3], 'note': 'a ] and a } and \\\\\\\" '} ,\n{'image_id': 1, "
               "'category_id': 5, 'bbox': [0, 0, 1, 1]}], 'x': {'y': [[], {}]}, 'z': -1.5e3, "
               "'images' : [{'id': 1, 'width': 5, 'height': 4}],\r\n 'info': null, "
               "'categories':[ {'id': 5} ] }\n\n");
    seg_dataset data = {0};
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 1);
    ck_assert_int_eq(data.category_count, 1);
    ck_assert_int_eq(data.instance_count, 2);
    assert_box(&data.instances[0], 0, 1, 2, 3);
    free(text);
    text = quoted("{'images': null, 'categories': null, 'annotations': [ ]}");
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 0);
    free(text);
    /* ids of panoptic annotations mean nothing */
    text =
        quoted("{'annotations': [{'id': 1e300, 'image_id': 1, 'file_name': 'a', 'segments_info': "
               "[]}, {'id': 1e300, 'image_id': 2, 'file_name': 'b', 'segments_info': []}]}");
    parse(&data, text, NULL);
    ck_assert_int_eq(data.picture_count, 2);
    seg_dataset_free(&data);
    free(text);
}
END_TEST

START_TEST(deep_and_long_texts_are_refused) {
    enum { DEPTH = 100000 };
    char *text = malloc(2 * DEPTH + 1);
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    seg_dataset data = {0};
    ck_assert_fails(seg_dataset_parse(&data, text, 2 * DEPTH, "deep", NULL, NULL), SEG_ERROR_DATA,
                    "deep: line 1");
    free(text);
    /* a long name of a file does not spoil the message */
    char name[600];
    memset(name, 'n', sizeof name);
    name[599] = '\0';
    ck_assert_int_eq(seg_dataset_parse(&data, "{}", 2, name, NULL, NULL), SEG_ERROR_DATA);
    ck_assert_int_eq(strncmp(seg_error_detail(), "nnnn", 4), 0);
}
END_TEST

START_TEST(files_are_read) {
    char path[] = "/tmp/segment-data-XXXXXX";
    const int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    char *text = quoted(truth_text);
    FILE *file = fdopen(descriptor, "w");
    fputs(text, file);
    fclose(file);
    free(text);
    seg_dataset data = {0};
    ck_assert_ok(seg_dataset_read(&data, path, NULL, NULL));
    ck_assert_int_eq(data.instance_count, 4);
    remove(path);
    ck_assert_fails(seg_dataset_read(&data, path, NULL, NULL), SEG_ERROR_IO, "cannot be opened");
    ck_assert_ptr_null(data.store);
    ck_assert_fails(seg_dataset_read(&data, "/tmp", NULL, NULL), SEG_ERROR_IO, "cannot be read");
    seg_dataset_options options = {0};
    ck_assert_fails(seg_dataset_parse(&data, "{}", 2, "x", &options, NULL), SEG_ERROR_OPTION,
                    "size 0");
    seg_dataset_options_init(&options);
    options.format = 9;
    ck_assert_fails(seg_dataset_parse(&data, "{}", 2, "x", &options, NULL), SEG_ERROR_OPTION,
                    "format is 9");
    options.format = 0;
    options.width = 5;
    ck_assert_fails(seg_dataset_parse(&data, "{}", 2, "x", &options, NULL), SEG_ERROR_OPTION,
                    "5 x 0");
    ck_assert_fails(seg_dataset_parse(&data, "hello", 5, "x", NULL, NULL), SEG_ERROR_DATA,
                    "format is not known");
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    char *text = quoted(truth_text);
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 300 && status < 0; n++) {
        seg_dataset data = {0}, again = {0};
        seg_dataset_options options;
        seg_dataset_options_init(&options);
        seg_memory_fail_at(n);
        status = seg_dataset_parse(&data, text, strlen(text), "x.json", NULL, NULL);
        options.truth = &data;
        if (status >= 0) status = seg_dataset_parse(&again, "[]", 2, "y.json", &options, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        seg_dataset_free(&data);
        seg_dataset_free(&again);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
    free(text);
}
END_TEST

CORE_MAIN("COCO data", truth_is_read, results_are_scored, panoptic_segments_are_read,
          bad_files_are_refused_with_the_place, members_in_any_order,
          deep_and_long_texts_are_refused, files_are_read, no_memory_leaks_nothing)
