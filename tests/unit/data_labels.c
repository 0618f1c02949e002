/* Label files: what each format means, and what is refused with which words. */
#include "core/memory.h"
#include "label_files.h"

#include <math.h>

static char folder[FOLDER_SIZE];

static void assert_box(const seg_object_label *object, double x, double y, double width,
                       double height) {
    const seg_box *box = &object->box;
    ck_assert(object->kinds & SEG_LABEL_BOXES);
    ck_assert_msg(box->x == x && box->y == y && box->width == width && box->height == height,
                  "box is %g,%g,%g,%g", box->x, box->y, box->width, box->height);
}

static void assert_corners(const seg_sample *sample, int32_t polygon, const double *xy,
                           int32_t count) {
    const seg_polygon_span *span = &sample->polygons[polygon];
    ck_assert_int_eq(span->count, count);
    for (int32_t i = 0; i < 2 * count; i++)
        ck_assert_double_eq(sample->corners[2 * span->first + i], xy[i]);
}

/* ---- COCO ---- */

static const char coco_text[] =
    "{'info': {'year': 2026}, 'images': ["
    "  {'id': 12, 'width': 5, 'height': 4, 'file_name': 'train/b.jpg'},"
    "  {'id': 3, 'width': 6, 'height': 3, 'file_name': 'a.jpg'},"
    "  {'id': 4, 'width': 6, 'height': 3, 'file_name': 'x/c.jpg'},"
    "  {'id': 5, 'width': 6, 'height': 3, 'file_name': 'y/c.jpg'}],"
    " 'categories': [{'id': 7, 'name': 'cell', 'keypoints': ['middle', 'end']},"
    "                {'id': 2, 'name': 'sky'}],"
    " 'annotations': ["
    "  {'id': 1, 'image_id': 12, 'category_id': 7, 'iscrowd': 0, 'area': 5.5,"
    "   'bbox': [1, 0.1, 3, 2], 'segmentation': [[1, 0, 4, 0, 4, 2], [0, 3, 1, 3, 1, 4, 0, 4]],"
    "   'keypoints': [2.5, 1, 2, 0, 0, 0], 'num_keypoints': 1},"
    "  {'id': 4000000000, 'image_id': 3, 'category_id': 2, 'iscrowd': 1,"
    "   'segmentation': {'size': [3, 6], 'counts': [3, 6, 9]}},"
    "  {'id': 9, 'image_id': 12, 'category_id': 2, 'bbox': [0, 1, 2, 1],"
    "   'rotated_box': [2, 2, 3, 1, 30]}]}";

START_TEST(coco_is_read) {
    static const double first[] = {1, 0, 4, 0, 4, 2}, second[] = {0, 3, 1, 3, 1, 4, 0, 4};
    int32_t count;
    file_put(folder, "coco.json", coco_text);
    seg_labels *labels = labels_open(path_in(folder, "coco.json"), NULL);
    ck_assert_int_eq(seg_labels_format_of(labels), SEG_LABELS_COCO);
    const seg_label_category *categories = seg_labels_categories(labels, &count);
    ck_assert_int_eq(count, 2);
    ck_assert(categories[0].id == 2 && strcmp(categories[0].name, "sky") == 0);
    ck_assert_ptr_nonnull(strstr(categories[1].json, "middle"));
    ck_assert_int_eq(seg_labels_count(labels), 4);
    ck_assert_str_eq(seg_labels_name(labels, 1), "train/b.jpg");
    seg_sample sample;
    sample_of(&sample, 5, 4);
    labels_load(labels, &sample, "train/b.jpg");
    ck_assert_int_eq(sample.object_count, 2);
    const seg_object_label *o = sample.objects;
    assert_box(&o[0], 1, 0.1, 3, 2);
    ck_assert(o[0].category == 7 && o[0].tag == 1 && !o[0].crowd && o[0].area == 5.5);
    ck_assert_uint_eq(o[0].kinds, SEG_LABEL_BOXES | SEG_LABEL_POLYGONS | SEG_LABEL_POINTS);
    assert_corners(&sample, 0, first, 3);
    assert_corners(&sample, 1, second, 4);
    ck_assert(sample.point_count == 2 && sample.points[0].x == 2.5 &&
              sample.points[0].visibility == 2 && sample.points[1].visibility == 0);
    ck_assert(o[1].rotated.x == 2 && o[1].rotated.angle == 30 && o[1].tag == 9);
    ck_assert_int_ne(o[0].id, o[1].id);
    seg_sample_free(&sample);
    sample_of(&sample, 6, 3);
    labels_load(labels, &sample, "any/where/a.jpg"); /* the only a.jpg */
    ck_assert(sample.object_count == 1 && sample.objects[0].crowd);
    ck_assert(sample.objects[0].tag == 4000000000 && sample.objects[0].kinds == SEG_LABEL_RLE);
    ck_assert(sample.run_count == 3 && sample.runs[1] == 6);
    bool found;
    ck_assert_ok(seg_labels_load(labels, &sample, "c.jpg", &found)); /* of two */
    ck_assert(!found && sample.object_count == 1);
    labels_load(labels, &sample, "x/c.jpg"); /* known to have nothing */
    ck_assert_int_eq(sample.object_count, 1);
    ck_assert_fails(seg_labels_load(labels, &sample, "b.jpg", &found), SEG_ERROR_SHAPE,
                    "5 x 4, but it has 6 x 3");
    ck_assert_int_eq(sample.object_count, 1);
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

START_TEST(kinds_that_are_not_wanted_are_passed_over) {
    seg_labels_options options = label_options(SEG_LABELS_COCO);
    options.kinds = SEG_LABEL_BOXES | SEG_LABEL_CLASS;
    file_put(folder, "coco.json", coco_text);
    seg_labels *labels = labels_open(path_in(folder, "coco.json"), &options);
    seg_sample sample;
    sample_of(&sample, 5, 4);
    labels_load(labels, &sample, "b.jpg");
    ck_assert_uint_eq(seg_sample_kinds(&sample), SEG_LABEL_BOXES);
    ck_assert(sample.object_count == 2 && sample.corner_count == 0 && sample.point_count == 0);
    seg_sample_free(&sample);
    sample_of(&sample, 6, 3);
    labels_load(labels, &sample, "a.jpg");
    ck_assert_int_eq(sample.object_count, 0); /* it has no box */
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

/* ---- YOLO ---- */

START_TEST(yolo_rows_are_read) {
    static const double corners[] = {10, 5, 90, 5, 90, 45};
    file_put(folder, "set/labels/train/a.txt",
             "1 0.5 0.5 0.2 0.4\r\n\n0 0.1 0.1  0.9 0.1\t0.9 0.9\n");
    file_put(folder, "set/labels/train/empty.txt", "");
    file_put(folder, "set/data.yaml",
             "# a set\npath: .\nnames:\n  0: cat # small\n  1: 'two words'\nnc: 2\n");
    seg_labels *labels = labels_open(path_in(folder, "set"), NULL);
    int32_t count;
    ck_assert_int_eq(seg_labels_format_of(labels), SEG_LABELS_YOLO);
    const seg_label_category *categories = seg_labels_categories(labels, &count);
    ck_assert_int_eq(count, 2);
    ck_assert_str_eq(categories[1].name, "two words");
    static const char *const names[] = {"images/train/a.jpg", "train/a.png"};
    for (int i = 0; i < 2; i++) {
        seg_sample sample;
        sample_of(&sample, 100, 50);
        labels_load(labels, &sample, names[i]);
        ck_assert_int_eq(sample.object_count, 2);
        assert_box(&sample.objects[0], 40, 15, 20, 20);
        ck_assert_int_eq(sample.objects[0].category, 1);
        assert_box(&sample.objects[1], 10, 5, 80, 40);
        assert_corners(&sample, 0, corners, 3);
        labels_load(labels, &sample, "images/train/empty.jpg");
        ck_assert_int_eq(sample.object_count, 2);
        bool found;
        ck_assert_ok(seg_labels_load(labels, &sample, "images/train/none.jpg", &found));
        ck_assert(!found);
        seg_sample_free(&sample);
    }
    seg_labels_close(labels);
}
END_TEST

START_TEST(yolo_points_and_turned_boxes_are_read) {
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    file_put(folder, "p/a.txt", "0 0.5 0.5 0.2 0.4 0.25 0.5 2 0 0 0\n");
    file_put(folder, "p/pose.yaml", "kpt_shape: [2, 3]\nnames: ['a', b]\n");
    options.classes = path_in(folder, "p/pose.yaml");
    seg_labels *labels = labels_open(path_in(folder, "p"), &options);
    seg_sample sample;
    sample_of(&sample, 100, 50);
    labels_load(labels, &sample, "a.jpg");
    ck_assert_int_eq(sample.objects[0].point_count, 2);
    ck_assert(sample.points[0].x == 25 && sample.points[0].y == 25);
    ck_assert(sample.points[0].visibility == 2 && sample.points[1].visibility == 0);
    seg_sample_free(&sample);
    seg_labels_close(labels);
    /* the square of side 10 round (50,25), a quarter of a turn and a half */
    options.classes = NULL;
    options.oriented = true;
    file_put(folder, "o/a.txt",
             "3 0.5 0.3585786437 0.5707106781 0.5 0.5 0.6414213562 0.4292893219 0.5");
    labels = labels_open(path_in(folder, "o"), &options);
    sample_of(&sample, 100, 50);
    labels_load(labels, &sample, "a.jpg");
    const seg_rotated_box *box = &sample.objects[0].rotated;
    ck_assert(fabs(box->x - 50) < 1e-5 && fabs(box->y - 25) < 1e-5 && fabs(box->width - 10) < 1e-5);
    ck_assert(fabs(box->height - 10) < 1e-5 && fabs(box->angle - 45) < 1e-4);
    ck_assert_int_eq(sample.objects[0].category, 3);
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

/* ---- Pascal VOC ---- */

static const char voc_text[] =
    "<?xml version='1.0'?><!-- a picture -->\n"
    "<annotation verified='yes'><folder>f</folder><size><width>100</width><height> 50\n</height>"
    "<depth>3</depth></size>\n"
    "<object><name>dog &amp; cat</name><pose>Left</pose><difficult>1</difficult>\n"
    "<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>"
    "<bndbox><xmax>20</xmax><xmin>11</xmin><ymin>1</ymin><ymax>50</ymax></bndbox></object>"
    "<object><name>ant</name><polygon><x1>1</x1><y1>1</y1><x2>5</x2><y2>1</y2><x3>5</x3>"
    "<y3>7.5</y3></polygon><robndbox><cx>51</cx><cy>26</cy><w>10</w><h>4</h>"
    "<angle>1.5707963267948966</angle></robndbox></object></annotation>";

START_TEST(voc_is_read) {
    static const double corners[] = {0, 0, 4, 0, 4, 6.5};
    file_put(folder, "v/sub/a.xml", voc_text);
    seg_labels *labels = labels_open(path_in(folder, "v"), NULL);
    int32_t count;
    ck_assert_int_eq(seg_labels_format_of(labels), SEG_LABELS_VOC);
    const seg_label_category *categories = seg_labels_categories(labels, &count);
    ck_assert_int_eq(count, 2);
    ck_assert_str_eq(categories[0].name, "ant");
    ck_assert_str_eq(categories[1].name, "dog & cat");
    seg_sample sample;
    sample_of(&sample, 100, 50);
    labels_load(labels, &sample, "sub/a.jpg");
    ck_assert_int_eq(sample.object_count, 2);
    assert_box(&sample.objects[0], 10, 0, 10, 50);
    ck_assert(sample.objects[0].crowd && sample.objects[0].category == 1);
    ck_assert_uint_eq(sample.objects[1].kinds, SEG_LABEL_POLYGONS | SEG_LABEL_ROTATED_BOXES);
    assert_corners(&sample, 0, corners, 3);
    ck_assert(sample.objects[1].rotated.x == 50 && sample.objects[1].rotated.width == 10);
    ck_assert_double_eq(sample.objects[1].rotated.angle, 90);
    seg_sample_free(&sample);
    seg_labels_close(labels);
    seg_labels_options options = label_options(SEG_LABELS_VOC);
    options.origin = 0;
    labels = labels_open(path_in(folder, "v"), &options);
    sample_of(&sample, 100, 50);
    labels_load(labels, &sample, "sub/a.jpg");
    assert_box(&sample.objects[0], 11, 1, 9, 49);
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

/* A bad file is its picture's business, not that of all. */
START_TEST(a_bad_voc_file_fails_when_it_is_loaded) {
    file_put(folder, "half/a.xml", voc_text);
    file_put(folder, "half/b.xml", "<annotation><object><name>bee</name>");
    file_put(folder, "half/c.xml", "no XML");
    seg_labels *labels = labels_open(path_in(folder, "half"), NULL);
    seg_sample sample;
    bool found;
    int32_t count;
    seg_labels_categories(labels, &count);
    ck_assert_int_eq(count, 3);
    sample_of(&sample, 100, 50);
    ck_assert_int_eq(seg_labels_load(labels, &sample, "b.jpg", &found), SEG_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "half/b.xml: line 1, column 37"));
    ck_assert_int_eq(seg_labels_load(labels, &sample, "c.jpg", &found), SEG_ERROR_DATA);
    labels_load(labels, &sample, "a.jpg");
    ck_assert_int_eq(sample.object_count, 2);
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

/* ---- pictures ---- */

static void put_picture(const char *name, const uint16_t *values, int32_t width, int32_t height) {
    seg_image image = {0};
    file_put(folder, name, "");
    ck_assert_ok(seg_image_alloc(&image, width, height, SEG_U16, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        memcpy(seg_image_row(&image, y), values + y * width, (size_t)width * 2);
    ck_assert_ok(picture_write(NULL, path_in(folder, name), &image, NULL));
    seg_image_unref(&image);
}

START_TEST(label_pictures_are_read) {
    static const uint16_t values[] = {0, 7, 2001, 2001, 1002, 0, 2001, 1000};
    put_picture("m/a.png", values, 4, 2);
    seg_labels_options options = label_options(SEG_LABELS_INSTANCES);
    options.divisor = 1000;
    seg_labels *labels = labels_open(path_in(folder, "m"), &options);
    seg_sample sample;
    sample_of(&sample, 4, 2);
    labels_load(labels, &sample, "a.jpg");
    ck_assert_int_eq(sample.object_count, 3);
    ck_assert(sample.objects[0].id == 1000 && sample.objects[0].category == 1);
    ck_assert(sample.objects[1].id == 1002 && sample.objects[2].category == 2);
    const int32_t *row = seg_image_row(&sample.instances, 0);
    ck_assert(row[0] == 0 && row[1] == 0 && row[2] == 2001);
    ck_assert_fails(seg_labels_load(labels, &sample, "a.jpg", NULL), SEG_ERROR_STATE,
                    "instances already");
    ck_assert_int_eq(sample.object_count, 3);
    seg_labels_close(labels);
    options = label_options(SEG_LABELS_SEMANTIC);
    labels = labels_open(path_in(folder, "m"), &options);
    labels_load(labels, &sample, "a.jpg");
    ck_assert_int_eq(((const uint16_t *)seg_image_row(&sample.semantic, 1))[3], 1000);
    seg_sample_free(&sample);
    /* ids behind those of objects that are there */
    options = label_options(SEG_LABELS_INSTANCES);
    seg_labels_close(labels);
    labels = labels_open(path_in(folder, "m"), &options);
    sample_of(&sample, 4, 2);
    const seg_object_label box = {.id = 5, .kinds = SEG_LABEL_BOXES, .box = {0, 0, 1, 1}};
    ck_assert_ok(seg_sample_add_object(&sample, &box));
    labels_load(labels, &sample, "a.jpg");
    ck_assert_int_eq(sample.object_count, 5);
    ck_assert_int_eq(((const int32_t *)seg_image_row(&sample.instances, 0))[1], 12);
    ck_assert_int_eq(sample.objects[1].id, 12);
    seg_sample_free(&sample);
    sample_of(&sample, 5, 2);
    ck_assert_fails(seg_labels_load(labels, &sample, "a.jpg", NULL), SEG_ERROR_SHAPE, "4 x 2");
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

/* ---- classes of pictures ---- */

START_TEST(classes_are_read) {
    int32_t count;
    seg_sample sample;
    file_put(folder, "hard.csv", "name,class\r\n'a, ''b''.jpg',dog\r\nx/c.jpg,cat\r\n\r\n");
    seg_labels *labels = labels_open(path_in(folder, "hard.csv"), NULL);
    const seg_label_category *categories = seg_labels_categories(labels, &count);
    ck_assert(count == 2 && strcmp(categories[0].name, "cat") == 0);
    ck_assert_int_eq(seg_labels_count(labels), 2);
    sample_of(&sample, 2, 2);
    labels_load(labels, &sample, "a, \"b\".jpg");
    ck_assert(sample.class_count == 2 && sample.classes[0] == 0 && sample.classes[1] == 1);
    ck_assert_fails(seg_labels_load(labels, &sample, "c.jpg", NULL), SEG_ERROR_STATE,
                    "a class already");
    seg_sample_free(&sample);
    seg_labels_close(labels);

    file_put(folder, "soft.csv", "file,z,a\none.png,0.25,0.75");
    labels = labels_open(path_in(folder, "soft.csv"), NULL);
    categories = seg_labels_categories(labels, &count);
    ck_assert(count == 2 && strcmp(categories[0].name, "z") == 0);
    sample_of(&sample, 2, 2);
    labels_load(labels, &sample, "one.png");
    ck_assert(sample.classes[0] == 0.25f && sample.classes[1] == 0.75f);
    seg_sample_free(&sample);
    seg_labels_close(labels);

    file_put(folder, "tree/dog/a.jpg", "x");
    file_put(folder, "tree/cat/b.jpg", "x");
    file_put(folder, "tree/notes.txt", "x");
    seg_labels_options options = label_options(SEG_LABELS_TREE);
    labels = labels_open(path_in(folder, "tree"), &options);
    categories = seg_labels_categories(labels, &count);
    ck_assert(count == 2 && strcmp(categories[0].name, "cat") == 0);
    sample_of(&sample, 2, 2);
    labels_load(labels, &sample, "dog/a.jpg");
    ck_assert(sample.class_count == 2 && sample.classes[1] == 1);
    seg_sample_free(&sample);
    seg_labels_close(labels);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *file, *text, *words;
} bad_files[] = {
    {"a.json", "{'images': [{'id': 1, 'width': 2, 'height': 2}], 'annotations': []}",
     "no file_name"},
    {"a.json", "{'annotations': []}", "has no images"},
    {"a.json", "{'images': []", "',' or '}' expected"},
    {"a.json",
     "{'images': [{'id':1,'width':2,'height':2,'file_name':'a'},"
     "{'id':2,'width':2,'height':2,'file_name':'a'}],'annotations':[]}",
     "two pictures have the name"},
    {"a.json",
     "{'images': [{'id':1,'width':2,'height':2,'file_name':'a'}],'annotations':[{'image_id':1,"
     "'category_id':1}]}",
     "annotations[0] has no bbox"},
    {"a.json",
     "{'images': [{'id':1,'width':2,'height':2,'file_name':'a'}],'annotations':[{'image_id':1,"
     "'category_id':1,'bbox':[0,0,1,1],'keypoints':[1,2]}]}",
     "annotations[0].keypoints is [1,2]"},
    {"a.json",
     "{'images': [{'id':1,'width':2,'height':2,'file_name':'a'}],'annotations':[{'image_id':1,"
     "'category_id':1,'rotated_box':[1,2,3,-4,5]}]}",
     "rotated_box[3] is -4"},
    {"a.json",
     "{'images': [{'id':1,'width':2,'height':2,'file_name':'a'}],'annotations':[{'image_id':1,"
     "'category_id':1,'segmentation':[[1,2,3,4,5]]}]}",
     "segmentation[0] is"},
    {"a.json",
     "{'images': [{'id':1,'width':2,'height':2,'file_name':'a'}],'annotations':[{'image_id':1,"
     "'segments_info':[],'file_name':'a.png'}]}",
     "panoptic"},
    {"a.csv", "a.jpg", "a.csv:1: a name without a class"},
    {"a.csv", "a.jpg,x\nb.jpg\n", "a.csv:2: a name without a class"},
    {"a.csv", "a.jpg,x\na.jpg,y\n", "two pictures have the name"},
    {"a.csv", "a.jpg,x\n\n'b,x\n", "in quotes does not end"},
    {"a.csv", "n,a,b\nx,0.5,0.6\n", "a.csv:2: the shares sum to 1.1"},
    {"a.csv", "n,a,b\nx,0.5\n", "fewer shares"},
    {"a.csv", "n,a,b\nx,0.5,0.5,0\n", "more shares"},
    {"a.csv", "n,a,b\nx,0.5,half\n", "a share is \"half\""},
    {"a.csv", "n,a,a\nx,0.5,0.5\n", "the same class"},
    {"a.csv", "n,c\n'a'b,c\n", "a comma is missing"},
    {"v/a.xml", "<annotation><object><name>x</name>", "line 1, column 35: no element found"},
    {"v/a.xml", "<html></html>", "no <annotation>, but html"},
    {"v/a.xml", "<annotation>\n<object></object></annotation>", "line 2"},
    {"v/a.xml", "<annotation><object><name>x</name></object></annotation>", "without a bndbox"},
    {"v/a.xml",
     "<annotation><object><name>x</name><bndbox><xmin>1</xmin></bndbox></object></annotation>",
     "without one of xmin"},
    {"v/a.xml",
     "<annotation><object><name>x</name><bndbox><xmin>one</xmin></bndbox></object></annotation>",
     "not a number from -1e8 to 1e8: one"},
    {"v/a.xml",
     "<annotation><object><name>x</name><bndbox><xmin>9</xmin><xmax>3</xmax><ymin>1</ymin>"
     "<ymax>2</ymax></bndbox></object></annotation>",
     "ends before it begins"},
    {"v/a.xml",
     "<annotation><object><name>x</name><polygon><x1>1</x1><x2>2</x2></polygon></object>"
     "</annotation>",
     "in turn: x2"},
    {"v/a.xml",
     "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;'>]><annotation>&c;</annotation>",
     "document type"},
};

START_TEST(bad_files_are_refused_with_the_place) {
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        const bool xml = bad_files[i].file[0] == 'v';
        seg_labels *labels;
        file_put(folder, bad_files[i].file, bad_files[i].text);
        if (xml) {
            seg_sample sample;
            sample_of(&sample, 100, 50);
            labels = labels_open(path_in(folder, "v"), NULL);
            ck_assert_fails(seg_labels_load(labels, &sample, "a.jpg", NULL), SEG_ERROR_DATA,
                            bad_files[i].words);
            seg_sample_free(&sample);
            seg_labels_close(labels);
            continue;
        }
        ck_assert_fails(seg_labels_open(&labels, path_in(folder, bad_files[i].file), NULL, NULL),
                        strstr(bad_files[i].words, "panoptic") ? SEG_ERROR_UNSUPPORTED
                                                               : SEG_ERROR_DATA,
                        bad_files[i].words);
        ck_assert_ptr_null(labels);
    }
}
END_TEST

static const struct {
    const char *text, *words;
} bad_rows[] = {
    {"0 0.5 0.5 0.1", "a.txt:1: 3 numbers"},
    {"\n0 0.5 0.5 0.1 0.2 0.3", "a.txt:2: 5 numbers"},
    {"x 0.5 0.5 0.1 0.1", "the class is \"x\""},
    {"1.5 0.5 0.5 0.1 0.1", "the class is \"1.5\""},
    {"2 0.5 0.5 0.1 0.1", "one of the 2 classes"},
    {"0 50 0.5 0.1 0.1", "no pixels"},
    {"0 0.5 0.5 -0.1 0.1", "sides of at least 0"},
    {"0 0.5 0.5 0.1 nan", "a coordinate is \"nan\""},
    {"0 0.1 0.1 0.2 0.2 0.3 0.3 0.4", "7 numbers"},
};

START_TEST(bad_rows_are_refused_with_the_line) {
    seg_labels_options options = label_options(SEG_LABELS_YOLO);
    seg_sample sample;
    sample_of(&sample, 100, 50);
    file_put(folder, "y/classes.txt", "a\nb\n");
    for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
        file_put(folder, "y/a.txt", bad_rows[i].text);
        seg_labels *labels = labels_open(path_in(folder, "y"), &options);
        ck_assert_fails(seg_labels_load(labels, &sample, "a.jpg", NULL), SEG_ERROR_DATA,
                        bad_rows[i].words);
        ck_assert(sample.object_count == 0 && sample.corner_count == 0);
        seg_labels_close(labels);
    }
    static const char *const yaml[][2] = {{"names: cats\n", "data.yaml:1: names is cats"},
                                          {"names: [a, b\n", "no ]"},
                                          {"names:\n- a\n- a\n", "data.yaml:3"},
                                          {"names:\n 1: a\n 1: b\n", "two categories"},
                                          {"kpt_shape: 17\n", "kpt_shape is 17"},
                                          {"names: [a,,b]", "0 characters"}};
    for (size_t i = 0; i < sizeof yaml / sizeof *yaml; i++) {
        seg_labels *labels;
        file_put(folder, "y/data.yaml", yaml[i][0]);
        ck_assert_fails(seg_labels_open(&labels, path_in(folder, "y"), &options, NULL),
                        SEG_ERROR_DATA, yaml[i][1]);
    }
    seg_sample_free(&sample);
}
END_TEST

/* Kinds and numbers are those of the whole; sizes, coordinates and pixels are not looked at. */
START_TEST(a_glance_needs_no_picture) {
    static const uint16_t values[] = {0, 7, 2001, 2001, 1002, 0, 2001, 1000};
    static const struct {
        int32_t format;
        const char *path, *name;
        uint32_t kinds;
        int32_t objects, points;
    } sets[] = {
        {SEG_LABELS_COCO, "glance/coco.json", "b.jpg",
         SEG_LABEL_BOXES | SEG_LABEL_POLYGONS | SEG_LABEL_POINTS | SEG_LABEL_ROTATED_BOXES, 2, 2},
        {SEG_LABELS_COCO, "glance/coco.json", "a.jpg", SEG_LABEL_RLE, 1, 0},
        {SEG_LABELS_YOLO, "glance/y", "a.jpg", SEG_LABEL_BOXES | SEG_LABEL_POLYGONS, 2, 0},
        {SEG_LABELS_VOC, "glance/v", "a.jpg",
         SEG_LABEL_BOXES | SEG_LABEL_ROTATED_BOXES | SEG_LABEL_POLYGONS, 2, 0},
        {SEG_LABELS_SEMANTIC, "glance/m", "a.jpg", SEG_LABEL_SEMANTIC, 0, 0},
        {SEG_LABELS_INSTANCES, "glance/m", "a.jpg", SEG_LABEL_INSTANCES, 1, 0},
        {SEG_LABELS_CSV, "glance/c.csv", "a.jpg", SEG_LABEL_CLASS, 0, 0},
    };
    file_put(folder, "glance/coco.json", coco_text);
    file_put(folder, "glance/y/a.txt", "0 0.5 0.5 0.2 0.4\n0 0.1 0.1 0.9 0.1 0.9 0.9\n");
    file_put(folder, "glance/v/a.xml", voc_text);
    file_put(folder, "glance/c.csv", "a.jpg,dog\n");
    file_put(folder, "glance/m/a.png", "");
    put_picture("glance/m/a.png", values, 4, 2);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        seg_labels_options options = label_options(sets[i].format);
        seg_labels *labels = labels_open(path_in(folder, sets[i].path), &options);
        seg_sample sample;
        bool found;
        seg_sample_init(&sample, NULL);
        ck_assert_ok(seg_labels_glance(labels, &sample, "none.jpg", &found));
        ck_assert(!found && !seg_sample_kinds(&sample));
        ck_assert_ok(seg_labels_glance(labels, &sample, sets[i].name, &found));
        ck_assert(found);
        ck_assert_msg(seg_sample_kinds(&sample) == sets[i].kinds, "%s has kinds %u", sets[i].path,
                      seg_sample_kinds(&sample));
        ck_assert_int_eq(sample.object_count, sets[i].objects);
        ck_assert_int_eq(sample.point_count, sets[i].points);
        seg_sample_free(&sample);
        sample_of(&sample, 5, 4);
        ck_assert_fails(seg_labels_glance(labels, &sample, sets[i].name, &found),
                        SEG_ERROR_ARGUMENT, "has a picture");
        seg_sample_free(&sample);
        seg_labels_close(labels);
    }
}
END_TEST

START_TEST(options_and_paths_are_checked) {
    seg_labels *labels;
    seg_labels_options options = label_options(0);
    ck_assert_fails(seg_labels_open(&labels, path_in(folder, "none.json"), NULL, NULL),
                    SEG_ERROR_IO, "cannot be opened");
    ck_assert_fails(seg_labels_open(&labels, "", NULL, NULL), SEG_ERROR_ARGUMENT, "path");
    options.size = 0;
    ck_assert_fails(seg_labels_open(&labels, folder, &options, NULL), SEG_ERROR_OPTION, "size 0");
    options = label_options(99);
    ck_assert_fails(seg_labels_open(&labels, folder, &options, NULL), SEG_ERROR_OPTION,
                    "format is 99");
    options = label_options(SEG_LABELS_SEMANTIC);
    options.read_picture = NULL;
    ck_assert_fails(seg_labels_open(&labels, folder, &options, NULL), SEG_ERROR_UNSUPPORTED,
                    "read_picture is NULL");
    file_put(folder, "g/a.png", "");
    ck_assert_fails(seg_labels_open(&labels, path_in(folder, "g"), NULL, NULL), SEG_ERROR_DATA,
                    "say which format");
    for (int32_t i = 0; i < SEG_LABELS_FORMATS; i++) {
        const char *name = seg_labels_format_name(i);
        ck_assert_int_eq(seg_labels_format_find(name ? name : "auto"), i);
        ck_assert(!name == !seg_labels_format_kinds(i));
    }
    ck_assert_int_eq(seg_labels_format_find("coca"), -1);
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    static const char *const sets[] = {"memory/coco.json", "memory/hard.csv", "memory/v",
                                       "memory/y"};
    static const char *const names[] = {"b.jpg", "x/c.jpg", "a.jpg", "a.jpg"};
    file_put(folder, "memory/coco.json", coco_text);
    file_put(folder, "memory/hard.csv", "name,class\n'a, ''b''.jpg',dog\nx/c.jpg,cat\n");
    file_put(folder, "memory/v/a.xml", voc_text);
    file_put(folder, "memory/y/a.txt", "0 0.5 0.5 0.2 0.4\n0 0.1 0.1 0.9 0.1 0.9 0.9\n");
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        seg_sample sample;
        const bool small = i == 0;
        sample_of(&sample, small ? 5 : 100, small ? 4 : 50);
        seg_status status = SEG_ERROR_MEMORY;
        int64_t n = 1;
        for (; n < 500 && status < 0; n++) {
            seg_labels *labels;
            seg_sample_clear(&sample);
            seg_sample_free(&sample);
            sample_of(&sample, small ? 5 : 100, small ? 4 : 50);
            const int64_t before = seg_memory_live();
            seg_memory_fail_at(n);
            status = seg_labels_open(&labels, path_in(folder, sets[i]), NULL, NULL);
            if (status >= 0) status = seg_labels_load(labels, &sample, names[i], NULL);
            seg_memory_fail_at(0);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            seg_labels_close(labels);
            if (status < 0) ck_assert_int_eq(sample.object_count, 0);
            if (status < 0) seg_sample_free(&sample);
            if (status < 0) ck_assert_int_le(seg_memory_live(), before);
        }
        ck_assert_msg(status == SEG_OK && n > 5, "%s: %s", sets[i], seg_error_detail());
        seg_sample_free(&sample);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {coco_is_read,
                                  kinds_that_are_not_wanted_are_passed_over,
                                  yolo_rows_are_read,
                                  yolo_points_and_turned_boxes_are_read,
                                  voc_is_read,
                                  a_bad_voc_file_fails_when_it_is_loaded,
                                  label_pictures_are_read,
                                  classes_are_read,
                                  bad_files_are_refused_with_the_place,
                                  bad_rows_are_refused_with_the_line,
                                  a_glance_needs_no_picture,
                                  options_and_paths_are_checked,
                                  no_memory_leaks_nothing};
    folder_make(folder);
    const int code = core_run("label files", tests, sizeof tests / sizeof *tests);
    folder_remove(folder);
    return code;
}
