/* Any bytes as a label file of any format: refused with words, or a sample that is sane and is
 * written and read as it was. The first byte chooses format and options, the rest is the file. */
#include "fuzz_folder.h"

#include <segment/labels.h>

#define SIDE 40

static const char *const files[] = {"a.json", "a.txt", "a.xml", "a.csv", "data.yaml"};
static const int32_t formats[] = {SEG_LABELS_COCO, SEG_LABELS_YOLO, SEG_LABELS_VOC, SEG_LABELS_CSV,
                                  SEG_LABELS_YOLO};

static char folder[64], again[80];

static void remove_folder(void) {
    char path[200];
    for (size_t i = 0; i < 10; i++) {
        snprintf(path, sizeof path, "%s/%s", i < 5 ? folder : again, files[i % 5]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/classes.txt", again);
    unlink(path);
    rmdir(again);
    rmdir(folder);
}

static void make_folder(void) {
    if (*folder) return;
    fuzz_make_folder(folder, sizeof folder);
    snprintf(again, sizeof again, "%s/again", folder);
    atexit(remove_folder);
}

static void start_sample(seg_sample *sample) {
    seg_sample_init(sample, NULL);
    FUZZ_CHECK(seg_image_alloc(&sample->picture, SIDE, SIDE - 10, SEG_U8, 1, NULL) == SEG_OK);
}

static bool is_refusal(seg_status status) {
    return (status == SEG_ERROR_DATA || status == SEG_ERROR_LIMIT || status == SEG_ERROR_SHAPE ||
            status == SEG_ERROR_UNSUPPORTED) &&
           *seg_error_detail();
}

/* What can be written comes back with as many objects. */
static void write_again(const seg_labels *labels, const seg_sample *sample,
                        const seg_labels_options *options) {
    seg_labels_options noted = *options;
    char path[100];
    int32_t count;
    seg_labels_writer *writer;
    seg_labels *second;
    seg_sample back;
    const bool file = options->format == SEG_LABELS_COCO || options->format == SEG_LABELS_CSV;
    const seg_label_category *categories = seg_labels_categories(labels, &count);
    snprintf(path, sizeof path, "%s%s%s", again, file ? "/" : "",
             file ? files[options->format == SEG_LABELS_CSV ? 3 : 0] : "");
    noted.source = labels;
    if (seg_labels_writer_begin(&writer, path, &noted, categories, count, true, NULL) < 0) return;
    const seg_status added = seg_labels_writer_add(writer, sample, "a.jpg");
    FUZZ_CHECK(added == SEG_OK || *seg_error_detail());
    FUZZ_CHECK(seg_labels_writer_finish(writer) == SEG_OK);
    if (added < 0) return;
    FUZZ_CHECK(seg_labels_open(&second, path, options, NULL) == SEG_OK);
    start_sample(&back);
    FUZZ_CHECK(seg_labels_load(second, &back, "a.jpg", NULL) == SEG_OK);
    FUZZ_CHECK(options->format == SEG_LABELS_YOLO || back.object_count == sample->object_count);
    FUZZ_CHECK(seg_sample_check(&back) == SEG_OK);
    seg_sample_free(&back);
    seg_labels_close(second);
}

static void try_labels(const char *path, const seg_labels_options *options) {
    static const seg_limits limits = {.max_pixels = 1 << 20, .max_side = 1 << 16};
    const seg_env env = {.limits = &limits};
    seg_labels *labels;
    seg_sample sample;
    const seg_status opened = seg_labels_open(&labels, path, options, &env);
    FUZZ_CHECK(opened == SEG_OK ? labels != NULL : !labels && is_refusal(opened));
    if (opened < 0) return;
    start_sample(&sample);
    const int32_t listed = seg_labels_count(labels);
    for (int32_t i = 0; i < listed && i < 20; i++) {
        bool found = false;
        seg_sample_free(&sample);
        start_sample(&sample);
        const seg_status loaded =
            seg_labels_load(labels, &sample, seg_labels_name(labels, i), &found);
        FUZZ_CHECK(loaded == SEG_OK ? found : is_refusal(loaded));
    }
    const seg_status loaded = listed ? SEG_OK : seg_labels_load(labels, &sample, "a.jpg", NULL);
    FUZZ_CHECK(loaded == SEG_OK || is_refusal(loaded));
    FUZZ_CHECK(seg_sample_check(&sample) == SEG_OK);
    if (sample.object_count < 100) write_again(labels, &sample, options);
    seg_sample_free(&sample);
    seg_labels_close(labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data input = {bytes, size};
    char path[100];
    make_folder();
    const uint32_t choice = fuzz_byte(&input), which = choice % 5;
    seg_labels_options options;
    seg_labels_options_init(&options);
    options.format = formats[which];
    options.points = choice / 5 % 4 == 1 ? 2 : 0;
    options.point_numbers = 2 + (int32_t)(choice / 20 % 2);
    options.oriented = choice / 5 % 4 == 2;
    options.origin = (int32_t)(choice / 40 % 2);
    options.soft = choice / 80 % 2;
    if (size > 1 << 20) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, files[which]);
    fuzz_put_file(path, input.next, input.left);
    try_labels(which == 0 || which == 3 ? path : folder, &options);
    unlink(path);
    return 0;
}
