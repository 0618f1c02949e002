/* Label files that were written are read as what they were: random samples through every format,
 * and what a format does not hold is refused by name. */
#include "augment_samples.h"
#include "core/memory.h"
#include "label_files.h"

static char folder[FOLDER_SIZE];

#define TRIPS 60

/* Coordinates that formats in steps give back exactly. */
static double coordinate(pixels_random *random, int32_t side, bool exact) {
    const double steps = pixels_below(random, (uint32_t)side << 12), step = 1.0 / (1 << 12);
    switch (pixels_below(random, 4)) {
    case 0:
        return pixels_below(random, (uint32_t)side + 1);
    case 1:
        return steps * step;
    case 2:
        return steps * step / (1 << 8);
    default:
        return exact ? steps / 4097.1 : steps * step;
    }
}

static void add_shape(seg_sample *sample, uint32_t kinds, bool exact, int32_t polygons,
                      pixels_random *random) {
    const int32_t width = sample->picture.width, height = sample->picture.height;
    for (int32_t i = 0; kinds & SEG_LABEL_POLYGONS && i < polygons; i++) {
        double xy[20];
        const int32_t corners = 3 + (int32_t)pixels_below(random, 8);
        for (int32_t k = 0; k < 2 * corners; k++)
            xy[k] = coordinate(random, k % 2 ? height : width, exact);
        ck_assert_ok(seg_sample_add_polygon(sample, xy, corners));
    }
    for (int32_t i = 0; kinds & SEG_LABEL_POINTS && i < 3; i++) {
        seg_keypoint point = {0, 0, (int32_t)pixels_below(random, 3)};
        if (point.visibility) point.x = 1 + coordinate(random, width - 1, exact);
        if (point.visibility) point.y = coordinate(random, height, exact);
        ck_assert_ok(seg_sample_add_points(sample, &point, 1));
    }
    if (kinds & SEG_LABEL_RLE) {
        const uint32_t all = (uint32_t)(width * height), first = pixels_below(random, all / 2),
                       second = 1 + pixels_below(random, all / 3);
        const uint32_t runs[3] = {first, second, all - first - second};
        ck_assert_ok(seg_sample_add_runs(sample, runs, 3));
    }
}

/* Objects whose boxes are those of their polygons where a format has no place for others. */
static void make_sample(seg_sample *sample, uint32_t kinds, bool exact, bool crowds,
                        int32_t polygons, uint64_t seed) {
    pixels_random random = pixels_random_start(seed);
    const int32_t width = 3 + (int32_t)pixels_below(&random, 700),
                  height = 3 + (int32_t)pixels_below(&random, 500);
    sample_of(sample, width, height);
    const int32_t objects = (int32_t)pixels_below(&random, 6);
    for (int32_t i = 0; i < objects; i++) {
        seg_object_label object = {.id = i + 1,
                                   .category = 3 * (int32_t)pixels_below(&random, 3),
                                   .crowd = crowds && pixels_below(&random, 3) == 0,
                                   .kinds = kinds};
        if (kinds & SEG_LABEL_BOXES)
            object.box =
                (seg_box){coordinate(&random, width, exact), coordinate(&random, height, exact),
                          coordinate(&random, width, exact), coordinate(&random, height, exact)};
        if (kinds & SEG_LABEL_ROTATED_BOXES)
            object.rotated = (seg_rotated_box){
                coordinate(&random, width, exact), coordinate(&random, height, exact),
                coordinate(&random, width, exact), coordinate(&random, height, exact),
                coordinate(&random, 180, exact)};
        object.area = 1 + pixels_below(&random, 1000) / 7.0;
        ck_assert_ok(seg_sample_add_object(sample, &object));
        add_shape(sample, kinds, exact, polygons, &random);
        sample->objects[i].kinds = kinds;
    }
    ck_assert_ok(seg_sample_check(sample));
}

static const seg_label_category categories[] = {
    {0, "a & <b>, \"c\"", ""}, {3, "Hund", ""}, {6, "z", ""}};

static seg_labels_writer *begin(const char *path, const seg_labels_options *options) {
    seg_labels_writer *writer;
    const seg_status status =
        seg_labels_writer_begin(&writer, path, options, categories, 3, true, NULL);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
    return writer;
}

static void add(seg_labels_writer *writer, const seg_sample *sample, const char *name) {
    const seg_status status = seg_labels_writer_add(writer, sample, name);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

static void finish(seg_labels_writer *writer) {
    const seg_status status = seg_labels_writer_finish(writer);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

/* The labels alone: loaded into an empty sample of the same size. */
static void load_back(seg_sample *again, const seg_labels *labels, const seg_sample *sample,
                      const char *name) {
    sample_of(again, sample->picture.width, sample->picture.height);
    for (int32_t y = 0; y < again->picture.height; y++)
        memcpy(seg_image_row(&again->picture, y), seg_image_row(&sample->picture, y),
               (size_t)again->picture.width);
    labels_load(labels, again, name);
}

static void trip(const char *path, seg_labels_options *options, uint32_t kinds, bool exact,
                 bool crowds, int32_t polygons, bool indices) {
    static seg_sample samples[TRIPS];
    char name[40];
    seg_labels_writer *writer = begin(path, options);
    for (uint64_t i = 0; i < TRIPS; i++) {
        make_sample(&samples[i], kinds, exact, crowds, polygons, i);
        snprintf(name, sizeof name, "images/%d/%d.jpg", (int)i % 3, (int)i);
        add(writer, &samples[i], name);
    }
    finish(writer);
    seg_labels *labels = labels_open(path, options);
    int32_t count;
    const seg_label_category *read = seg_labels_categories(labels, &count);
    for (int32_t i = 0; i < count; i++)
        ck_assert_int_eq(strcmp(read[i].name, categories[read[i].id / (indices ? 1 : 3)].name), 0);
    for (int i = 0; i < TRIPS; i++) {
        seg_sample again;
        snprintf(name, sizeof name, "images/%d/%d.jpg", i % 3, i);
        load_back(&again, labels, &samples[i], name);
        for (int32_t k = 0; k < samples[i].object_count; k++) {
            seg_object_label *object = &samples[i].objects[k];
            if (indices) object->category /= 3;
            if (indices) object->area = 0;
            ck_assert_double_eq(again.objects[k].area, object->area);
            ck_assert_int_eq(again.objects[k].crowd, object->crowd);
        }
        ck_assert_msg(sample_same(&samples[i], &again), "%s: sample %d differs", path, i);
        seg_sample_free(&again);
        seg_sample_free(&samples[i]);
    }
    seg_labels_close(labels);
}

START_TEST(coco_comes_back) {
    static const uint32_t kinds[] = {
        SEG_LABEL_BOXES, SEG_LABEL_BOXES | SEG_LABEL_POLYGONS | SEG_LABEL_POINTS,
        SEG_LABEL_BOXES | SEG_LABEL_RLE, SEG_LABEL_BOXES | SEG_LABEL_ROTATED_BOXES};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        seg_labels_options options = label_options(SEG_LABELS_COCO);
        trip(path_in(folder, "trip.json"), &options, kinds[i], true, true, 2, false);
    }
}
END_TEST

static const char noted[] =
    "{'licenses': [{'id': 1, 'name': 'CC BY 4.0', 'url': 'http:\\/\\/x'}, {'id':2}],"
    " 'type': 'instances', 'images': ["
    "{'id': 9, 'width': 6, 'height': 3, 'file_name': 'in/a.jpg', 'license': 2, 'depth': 3,"
    " 'coco_url': 'http://y/a', 'flickr_url': null, 'date_captured': '2013-11-14 17:02:52'},"
    "{'id': 4, 'width': 6, 'height': 3, 'file_name': 'in/b.jpg'},"
    "{'id': 7, 'width': 6, 'height': 3, 'file_name': 'in/c.jpg', 'license': 1}],"
    " 'annotations': [], 'info': {'year': 2026, 'version': 1.10, 'contributor': '\xc3\xa9'}}";

/* Copies of COCO's pictures: what is said of the set and of the picture, byte by byte. */
START_TEST(what_coco_says_besides_comes_back) {
    seg_labels_options options = label_options(SEG_LABELS_COCO);
    file_put(folder, "noted.json", noted);
    seg_labels *labels = labels_open(path_in(folder, "noted.json"), NULL);
    for (int round = 0; round < 2; round++) {
        static const char *const files[] = {"first.json", "second.json"};
        static const char *const names[] = {"in/a.jpg", "in/b.jpg", "c.jpg"};
        const char *path = path_in(folder, files[round]);
        seg_labels_writer *writer;
        options.source = labels;
        ck_assert_ok(seg_labels_writer_begin(&writer, path, &options, NULL, 0, true, NULL));
        for (int i = 0; i < 3; i++) {
            seg_sample sample;
            sample_of(&sample, 6, 3);
            sample.name = names[i];
            add(writer, &sample, names[i]);
            seg_sample_free(&sample);
        }
        finish(writer);
        seg_labels_close(labels);
        labels = labels_open(path, NULL);
    }
    seg_labels_close(labels);
    char *first = file_get(folder, "first.json"), *second = file_get(folder, "second.json");
    ck_assert_str_eq(first, second);
    static const char *const said[] = {
        "\"licenses\":[{\"id\": 1, \"name\": \"CC BY 4.0\", \"url\": \"http:\\/\\/x\"}, "
        "{\"id\":2}],",
        "\"info\":{\"year\": 2026, \"version\": 1.10, \"contributor\": \"\xc3\xa9\"},",
        "\"file_name\":\"in/a.jpg\",\"license\":2,\"coco_url\":\"http://y/a\","
        "\"date_captured\":\"2013-11-14 17:02:52\"}",
        "\"file_name\":\"in/b.jpg\"}", "\"file_name\":\"c.jpg\",\"license\":1}"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        ck_assert_msg(strstr(first, said[i]) != NULL, "no %s in %s", said[i], first);
    ck_assert(!strstr(first, "depth") && !strstr(first, "type"));
    free(first);
    free(second);
    /* of labels that are not COCO's there is nothing to say */
    file_put(folder, "noted.csv", "in/a.jpg,dog\n");
    options.source = labels = labels_open(path_in(folder, "noted.csv"), NULL);
    finish(begin(path_in(folder, "third.json"), &options));
    first = file_get(folder, "third.json");
    ck_assert(strncmp(first, "{\"annotations\":[]", 17) == 0);
    free(first);
    seg_labels_close(labels);
    file_put(folder, "noted.json",
             "{'images': [], 'annotations': [], 'licenses': [{'id': 1}, {'id': }]}");
    ck_assert_fails(seg_labels_open(&labels, path_in(folder, "noted.json"), NULL, NULL),
                    SEG_ERROR_DATA, "line 1, column 66");
}
END_TEST

START_TEST(yolo_comes_back) {
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    trip(path_in(folder, "yolo-boxes"), &options, SEG_LABEL_BOXES, false, false, 0, true);
    options.points = 3;
    trip(path_in(folder, "yolo-points"), &options, SEG_LABEL_BOXES | SEG_LABEL_POINTS, false, false,
         0, true);
    options = label_options(SEG_LABELS_YOLO);
    options.kinds = SEG_LABEL_POLYGONS;
    trip(path_in(folder, "yolo-polygons"), &options, SEG_LABEL_POLYGONS, false, false, 1, true);
}
END_TEST

START_TEST(voc_comes_back) {
    static const uint32_t kinds[] = {SEG_LABEL_BOXES, SEG_LABEL_BOXES | SEG_LABEL_POLYGONS,
                                     SEG_LABEL_POLYGONS, SEG_LABEL_BOXES | SEG_LABEL_ROTATED_BOXES};
    for (int i = 0; i < 4; i++) {
        char name[20];
        snprintf(name, sizeof name, "voc%d", i);
        seg_labels_options options = label_options(SEG_LABELS_VOC);
        options.origin = i % 2;
        options.classes = path_in(folder, "voc-classes.txt");
        file_put(folder, "voc-classes.txt", "a & <b>, \"c\"\nHund\nz\n");
        trip(path_in(folder, name), &options, kinds[i], false, true, 2, true);
    }
}
END_TEST

/* The numbers of a text come back, too. */
START_TEST(rows_come_back) {
    static const char rows[] = "0 0.5 0.5 0.25 0.125\n1 0.123456 0.654321 0.010203 0.3\n"
                               "2 0.1 0.2 0.333333 0.444444 0.9 0.7\n";
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    file_put(folder, "rows/a.txt", rows);
    file_put(folder, "rows/classes.txt", "a\nb\nc\n");
    seg_labels *labels = labels_open(path_in(folder, "rows"), &options);
    static const int32_t sizes[][2] = {{640, 480}, {1333, 777}, {7, 5}, {4000, 3000}};
    for (int i = 0; i < 4; i++) {
        seg_sample sample;
        seg_labels_writer *writer;
        sample_of(&sample, sizes[i][0], sizes[i][1]);
        labels_load(labels, &sample, "a.jpg");
        int32_t count;
        const seg_label_category *list = seg_labels_categories(labels, &count);
        ck_assert_ok(seg_labels_writer_begin(&writer, path_in(folder, "rows2"), &options, list,
                                             count, true, NULL));
        add(writer, &sample, "a.png");
        finish(writer);
        char *text = file_get(folder, "rows2/a.txt");
        if (sizes[i][0] > 100) ck_assert_str_eq(text, rows);
        free(text);
        seg_sample_free(&sample);
    }
    seg_labels_close(labels);
}
END_TEST

/* Classes of another set must not name those that have none. */
START_TEST(names_of_an_earlier_set_do_not_stay) {
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    seg_labels_writer *writer;
    file_put(folder, "stale/classes.txt", "cat\n");
    const char *path = path_in(folder, "stale");
    ck_assert_fails(seg_labels_writer_begin(&writer, path, &options, NULL, 0, false, NULL),
                    SEG_ERROR_IO, "classes.txt: exists already");
    ck_assert_ok(seg_labels_writer_begin(&writer, path, &options, NULL, 0, true, NULL));
    ck_assert_int_ne(access(path_in(folder, "stale/classes.txt"), F_OK), 0);
    finish(writer);
}
END_TEST

START_TEST(categories_without_names_are_numbers) {
    static const int32_t formats[] = {SEG_LABELS_COCO, SEG_LABELS_VOC};
    for (int i = 0; i < 2; i++) {
        const char *path = path_in(folder, i ? "numbers" : "numbers.json");
        seg_labels_options options = label_options(formats[i]);
        seg_labels_writer *writer;
        seg_sample sample;
        int32_t count;
        ck_assert_ok(seg_labels_writer_begin(&writer, path, &options, NULL, 0, true, NULL));
        sample_of(&sample, 20, 10);
        for (int32_t k = 0; k < 3; k++) {
            const seg_object_label object = {.id = k + 1,
                                             .category = k == 1 ? 2 : 7,
                                             .kinds = SEG_LABEL_BOXES,
                                             .box = {1, 2, 3, 4}};
            ck_assert_ok(seg_sample_add_object(&sample, &object));
        }
        add(writer, &sample, "a.png");
        finish(writer);
        seg_labels *labels = labels_open(path, &options);
        const seg_label_category *read = seg_labels_categories(labels, &count);
        ck_assert_int_eq(count, 2);
        ck_assert_str_eq(read[0].name, "2");
        ck_assert_str_eq(read[1].name, "7");
        if (!i) ck_assert_int_eq(read[1].id, 7);
        seg_labels_close(labels);
        seg_sample_free(&sample);
    }
}
END_TEST

START_TEST(joined_polygons_fill_the_same_pixels) {
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    static const double squares[3][8] = {
        {1, 1, 5, 1, 5, 5, 1, 5}, {10, 2, 14, 2, 14, 8, 10, 8}, {3, 10, 9, 10, 9, 15, 3, 15}};
    for (int32_t count = 1; count <= 3; count++) {
        seg_sample sample, again;
        const int32_t lengths[3] = {4, 4, 4};
        seg_rle expected, got;
        sample_of(&sample, 20, 20);
        const seg_object_label object = {.id = 1, .kinds = SEG_LABEL_POLYGONS};
        ck_assert_ok(seg_sample_add_object(&sample, &object));
        for (int32_t i = 0; i < count; i++)
            ck_assert_ok(seg_sample_add_polygon(&sample, squares[i], 4));
        seg_labels_writer *writer = begin(path_in(folder, "joined"), &options);
        add(writer, &sample, "a.jpg");
        finish(writer);
        seg_labels *labels = labels_open(path_in(folder, "joined"), &options);
        load_back(&again, labels, &sample, "a.jpg");
        ck_assert_int_eq(again.polygon_count, 1);
        const int32_t length = again.polygons[0].count;
        ck_assert_ok(seg_rle_from_polygons(&expected, squares[0], lengths, count, SEG_FILL_UNION,
                                           20, 20, NULL));
        ck_assert_ok(
            seg_rle_from_polygons(&got, again.corners, &length, 1, SEG_FILL_UNION, 20, 20, NULL));
        ck_assert_int_eq(seg_rle_area(&got), seg_rle_area(&expected));
        ck_assert_int_eq(seg_rle_intersection(&got, &expected), seg_rle_area(&expected));
        seg_rle_free(&got, NULL);
        seg_rle_free(&expected, NULL);
        seg_sample_free(&sample);
        seg_sample_free(&again);
        seg_labels_close(labels);
    }
}
END_TEST

START_TEST(turned_boxes_of_yolo_come_back_nearly) {
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    options.oriented = true;
    seg_sample sample, again;
    sample_of(&sample, 640, 480);
    for (int32_t i = 0; i < 20; i++) {
        const seg_object_label object = {.id = i + 1,
                                         .kinds = SEG_LABEL_ROTATED_BOXES,
                                         .rotated = {100 + i, 90.25, 50 + i, 20.5, 17.0 * i - 160}};
        ck_assert_ok(seg_sample_add_object(&sample, &object));
    }
    seg_labels_writer *writer = begin(path_in(folder, "obb"), &options);
    add(writer, &sample, "a.jpg");
    finish(writer);
    seg_labels *labels = labels_open(path_in(folder, "obb"), &options);
    load_back(&again, labels, &sample, "a.jpg");
    for (int32_t i = 0; i < 20; i++) {
        const seg_rotated_box *a = &sample.objects[i].rotated, *b = &again.objects[i].rotated;
        ck_assert(fabs(a->x - b->x) < 2e-6 && fabs(a->y - b->y) < 2e-6);
        ck_assert(fabs(a->width - b->width) < 4e-6 && fabs(a->height - b->height) < 4e-6);
        ck_assert(fabs(a->angle - b->angle) < 1e-5);
    }
    seg_labels_close(labels);
    seg_sample_free(&sample);
    seg_sample_free(&again);
}
END_TEST

START_TEST(pictures_and_classes_come_back) {
    for (uint32_t i = 0; i < 8; i++) {
        seg_sample sample, again;
        seg_labels_options options = label_options(SEG_LABELS_SEMANTIC);
        sample_make(&sample, SEG_LABEL_SEMANTIC | SEG_LABEL_INSTANCES | SEG_LABEL_CLASS, SEG_U8, 1,
                    40 + (int32_t)i, 33, i);
        options.kinds = SEG_LABEL_SEMANTIC;
        seg_labels_writer *writer = begin(path_in(folder, "semantic"), &options);
        add(writer, &sample, "x/a.jpg");
        finish(writer);
        seg_labels *labels = labels_open(path_in(folder, "semantic"), &options);
        load_back(&again, labels, &sample, "x/a.jpg");
        seg_labels_close(labels);
        options = label_options(SEG_LABELS_INSTANCES);
        options.kinds = SEG_LABEL_INSTANCES;
        options.divisor = i % 2 ? 100 : 0;
        writer = begin(path_in(folder, "instances"), &options);
        add(writer, &sample, "x/a.jpg");
        finish(writer);
        labels = labels_open(path_in(folder, "instances"), &options);
        labels_load(labels, &again, "x/a.jpg");
        ck_assert_int_eq(again.object_count, sample.object_count);
        for (int32_t k = 0; k < sample.object_count; k++) {
            ck_assert(again.objects[k].category == (i % 2 ? again.objects[k].id / 100 : 0));
            if (i % 2 == 0) ck_assert_int_eq(again.objects[k].id, sample.objects[k].id);
        }
        ck_assert(pixels_same(&again.semantic, &sample.semantic));
        if (i % 2 == 0) ck_assert(pixels_same(&again.instances, &sample.instances));
        seg_labels_close(labels);
        /* what was given numbers of its class keeps them */
        if (i % 2) {
            seg_sample third;
            writer = begin(path_in(folder, "instances"), &options);
            add(writer, &again, "x/a.jpg");
            finish(writer);
            labels = labels_open(path_in(folder, "instances"), &options);
            load_back(&third, labels, &sample, "x/a.jpg");
            ck_assert(pixels_same(&again.instances, &third.instances));
            seg_labels_close(labels);
            seg_sample_free(&third);
        }
        seg_sample_free(&sample);
        seg_sample_free(&again);
    }
}
END_TEST

START_TEST(shares_come_back) {
    seg_labels_options options = label_options(SEG_LABELS_CSV);
    static const char *const names[] = {"a.jpg", "x/\"b\", c.jpg", "x/d\n.jpg", "e.jpg"};
    for (int soft = 0; soft < 2; soft++) {
        seg_sample samples[4];
        options.soft = soft;
        seg_labels_writer *writer = begin(path_in(folder, "shares.csv"), &options);
        for (int32_t i = 0; i < 4; i++) {
            sample_of(&samples[i], 2, 2);
            ck_assert_ok(seg_sample_set_class(&samples[i], i % 3, 3));
            if (soft) {
                samples[i].classes[0] = 0.1f * (float)i;
                samples[i].classes[1] = 1 / 3.0f;
                samples[i].classes[2] = 1 - samples[i].classes[0] - samples[i].classes[1];
            }
            add(writer, &samples[i], names[i]);
        }
        finish(writer);
        seg_labels *labels = labels_open(path_in(folder, "shares.csv"), &options);
        ck_assert_int_eq(seg_labels_count(labels), 4);
        int32_t count;
        const seg_label_category *read = seg_labels_categories(labels, &count);
        ck_assert_int_eq(count, 3);
        for (int32_t i = 0; i < 4; i++) {
            seg_sample again;
            load_back(&again, labels, &samples[i], names[i]);
            for (int32_t k = 0; k < 3; k++) { /* names are in another order when they are hard */
                int32_t place = 0;
                while (strcmp(categories[place].name, read[k].name) != 0)
                    place++;
                ck_assert(again.classes[k] == samples[i].classes[place]);
            }
            seg_sample_free(&again);
            seg_sample_free(&samples[i]);
        }
        seg_labels_close(labels);
    }
}
END_TEST

START_TEST(pixels_of_objects_become_run_lengths) {
    seg_sample sample, again;
    seg_labels_options options = label_options(SEG_LABELS_COCO);
    sample_make(&sample, SEG_LABEL_INSTANCES, SEG_U8, 1, 50, 40, 3);
    for (int32_t i = 0; i < sample.object_count; i++)
        sample.objects[i].category = 3;
    seg_labels_writer *writer = begin(path_in(folder, "runs.json"), &options);
    add(writer, &sample, "a.jpg");
    finish(writer);
    seg_labels *labels = labels_open(path_in(folder, "runs.json"), &options);
    load_back(&again, labels, &sample, "a.jpg");
    ck_assert_int_eq(again.object_count, sample.object_count);
    for (int32_t i = 0; i < again.object_count; i++) {
        const seg_object_label *object = &again.objects[i];
        const seg_rle rle = {again.runs + object->first_run, object->run_count, 50, 40};
        seg_rle expected;
        ck_assert_uint_eq(object->kinds, SEG_LABEL_RLE | SEG_LABEL_BOXES);
        ck_assert_ok(
            seg_rle_encode(&expected, &sample.instances, sample.objects[i].id, NULL, NULL));
        ck_assert_int_eq(seg_rle_intersection(&rle, &expected), seg_rle_area(&expected));
        ck_assert_int_eq(seg_rle_area(&rle), seg_rle_area(&expected));
        seg_rle_free(&expected, NULL);
    }
    seg_labels_close(labels);
    seg_sample_free(&sample);
    seg_sample_free(&again);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    int32_t format;
    uint32_t kinds;
    const char *words;
} refused[] = {
    {SEG_LABELS_COCO, SEG_LABEL_CLASS, "hold no class"},
    {SEG_LABELS_COCO, SEG_LABEL_SEMANTIC, "hold no semantic"},
    {SEG_LABELS_COCO, SEG_LABEL_POLYGONS | SEG_LABEL_RLE, "choose by kinds"},
    {SEG_LABELS_YOLO, SEG_LABEL_RLE, "hold no rle"},
    {SEG_LABELS_YOLO, SEG_LABEL_POINTS | SEG_LABEL_BOXES, "option points"},
    {SEG_LABELS_YOLO, SEG_LABEL_ROTATED_BOXES, "option oriented"},
    {SEG_LABELS_YOLO, SEG_LABEL_INSTANCES | SEG_LABEL_BOXES, "hold no instances"},
    {SEG_LABELS_VOC, SEG_LABEL_POINTS, "hold no points"},
    {SEG_LABELS_SEMANTIC, SEG_LABEL_BOXES, "hold no boxes"},
    {SEG_LABELS_INSTANCES, SEG_LABEL_SEMANTIC, "hold no semantic"},
    {SEG_LABELS_TREE, SEG_LABEL_BOXES, "hold no boxes"},
};

START_TEST(what_a_format_does_not_hold_is_refused_by_name) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        seg_labels_options options = label_options(refused[i].format);
        seg_sample sample;
        sample_make(&sample, refused[i].kinds, SEG_U8, 1, 30, 30, 1);
        for (int32_t k = 0; k < sample.object_count; k++)
            sample.objects[k].category = 3;
        char name[20];
        snprintf(name, sizeof name, "refused%d", (int)i);
        ck_assert_fails(seg_labels_check(&sample, path_in(folder, name), &options),
                        SEG_ERROR_UNSUPPORTED, refused[i].words);
        ck_assert(access(path_in(folder, name), F_OK) != 0);
        seg_labels_writer *writer = begin(path_in(folder, name), &options);
        ck_assert_fails(seg_labels_writer_add(writer, &sample, "a.jpg"), SEG_ERROR_UNSUPPORTED,
                        refused[i].words);
        finish(writer);
        seg_sample_free(&sample);
    }
}
END_TEST

START_TEST(bad_names_and_categories_are_refused) {
    static const char *const names[] = {"", "/etc/a.jpg", "../a.jpg", "a/../b.jpg", "a/..", "a//b"};
    seg_labels_options options = label_options(SEG_LABELS_COCO);
    seg_sample sample;
    for (uint64_t seed = 1; seed == 1 || sample.object_count < 2; seed++) {
        if (seed > 1) seg_sample_free(&sample);
        make_sample(&sample, SEG_LABEL_BOXES, true, false, 0, seed);
    }
    seg_labels_writer *writer = begin(path_in(folder, "names.json"), &options);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_fails(seg_labels_writer_add(writer, &sample, names[i]), SEG_ERROR_ARGUMENT,
                        "no name of a picture");
    ck_assert_fails(seg_labels_writer_add(writer, &sample, "a\xff.jpg"), SEG_ERROR_ARGUMENT,
                    "UTF-8");
    ck_assert_int_gt(sample.object_count, 1);
    sample.objects[1].category = 1;
    ck_assert_fails(seg_labels_writer_add(writer, &sample, "a.jpg"), SEG_ERROR_ARGUMENT,
                    "category 1, which is none of the 3");
    sample.objects[1].category = 3;
    add(writer, &sample, "b.jpg");
    finish(writer);
    seg_labels *labels = labels_open(path_in(folder, "names.json"), &options);
    ck_assert_int_eq(seg_labels_count(labels), 1); /* those that failed left nothing */
    seg_sample again;
    load_back(&again, labels, &sample, "b.jpg");
    ck_assert(sample_same(&sample, &again));
    seg_labels_close(labels);
    seg_sample_free(&again);
    seg_sample_free(&sample);
}
END_TEST

START_TEST(files_are_whole_or_not_there) {
    static const char *const files[] = {"whole/a.json", "whole/a.csv"};
    for (int i = 0; i < 2; i++) {
        seg_labels_writer *writer;
        seg_labels_options options = label_options(0);
        writer = begin(path_in(folder, files[i]), &options);
        ck_assert(access(path_in(folder, files[i]), F_OK) != 0);
        seg_labels_writer_abandon(writer);
        ck_assert(access(path_in(folder, files[i]), F_OK) != 0);
        writer = begin(path_in(folder, files[i]), &options);
        finish(writer);
        ck_assert(access(path_in(folder, files[i]), F_OK) == 0);
        ck_assert_fails(seg_labels_writer_begin(&writer, path_in(folder, files[i]), &options,
                                                categories, 3, false, NULL),
                        SEG_ERROR_IO, "exists already");
    }
    seg_labels_writer *writer;
    ck_assert_fails(seg_labels_writer_begin(&writer, "x", NULL, NULL, 0, false, NULL),
                    SEG_ERROR_OPTION, "not told by its name");
    const seg_label_category twice[] = {{1, "a", ""}, {1, "b", ""}};
    ck_assert_fails(seg_labels_writer_begin(&writer, "x.json", NULL, twice, 2, false, NULL),
                    SEG_ERROR_ARGUMENT, "the same id, 1");
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    static const int32_t formats[] = {SEG_LABELS_COCO, SEG_LABELS_YOLO, SEG_LABELS_VOC};
    seg_sample sample;
    make_sample(&sample, SEG_LABEL_BOXES | SEG_LABEL_POLYGONS, false, false, 1, 5);
    for (int i = 0; i < 3; i++) {
        seg_labels_options options = label_options(formats[i]);
        seg_status status = SEG_ERROR_MEMORY;
        const int64_t before = seg_memory_live();
        int64_t n = 1;
        for (; n < 300 && status < 0; n++) {
            seg_labels_writer *writer;
            seg_memory_fail_at(n);
            status = seg_labels_writer_begin(&writer, path_in(folder, "memory"), &options,
                                             categories, 3, true, NULL);
            if (status >= 0) status = seg_labels_writer_add(writer, &sample, "a.jpg");
            if (status >= 0)
                status = seg_labels_writer_finish(writer);
            else
                seg_labels_writer_abandon(writer);
            seg_memory_fail_at(0);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            ck_assert_int_eq(seg_memory_live(), before);
        }
        ck_assert_msg(status == SEG_OK && n > 5, "%s", seg_error_detail());
        folder_remove(path_in(folder, "memory"));
        unlink(path_in(folder, "memory"));
    }
    seg_sample_free(&sample);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {coco_comes_back,
                                  what_coco_says_besides_comes_back,
                                  yolo_comes_back,
                                  voc_comes_back,
                                  rows_come_back,
                                  names_of_an_earlier_set_do_not_stay,
                                  categories_without_names_are_numbers,
                                  joined_polygons_fill_the_same_pixels,
                                  turned_boxes_of_yolo_come_back_nearly,
                                  pictures_and_classes_come_back,
                                  shares_come_back,
                                  pixels_of_objects_become_run_lengths,
                                  what_a_format_does_not_hold_is_refused_by_name,
                                  bad_names_and_categories_are_refused,
                                  files_are_whole_or_not_there,
                                  no_memory_leaks_nothing};
    folder_make(folder);
    const int code = core_run("trips of label files", tests, sizeof tests / sizeof *tests);
    folder_remove(folder);
    return code;
}
