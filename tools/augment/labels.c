#include "augment/labels.h"
#include "augment/wire.h"
#include "common/messages.h"
#include "common/text.h"
#include <segment/media.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool fail(const char *path, seg_status status) {
    message_error(path, "%s", message_reason(status));
    return false;
}

static seg_status read_picture(void *user, seg_image *image, const char *path, const seg_env *env) {
    seg_picture_info info;
    seg_picture_read_options options;
    (void)user;
    seg_picture_read_options_init(&options);
    options.indices = true; /* classes are often stored as indices of a palette */
    return seg_picture_read(image, &info, path, &options, env);
}

static seg_status write_picture(void *user, const char *path, const seg_image *image,
                                const seg_env *env) {
    (void)user;
    return seg_picture_write(path, image, NULL, env);
}

/* Names of --label-format; masks and classes are what people call semantic, csv and tree. */
static int32_t format_of(const char *name, const char *path) {
    if (text_equal(name, "masks")) return SEG_LABELS_SEMANTIC;
    if (!text_equal(name, "classes")) return seg_labels_format_find(name);
    return text_ends_any_case(path, ".csv") ? SEG_LABELS_CSV : SEG_LABELS_TREE;
}

/* ---- --label-options ---- */

#define FIELD(name) offsetof(seg_labels_options, name)

static const seg_param rows[] = {
    {"points", SEG_PARAM_INT, FIELD(points), "0", 0, 10000, NULL, "", "", ""},
    {"point-numbers", SEG_PARAM_INT, FIELD(point_numbers), "3", 2, 3, NULL, "", "", ""},
    {"oriented", SEG_PARAM_BOOL, FIELD(oriented), "false", 0, 1, NULL, "", "", ""},
    {"origin", SEG_PARAM_INT, FIELD(origin), "1", 0, 1, NULL, "", "", ""},
    {"divisor", SEG_PARAM_INT, FIELD(divisor), "0", 0, INT32_MAX, NULL, "", "", ""},
};
static const seg_param_table table = {rows, sizeof rows / sizeof *rows, sizeof(seg_labels_options)};

/* "boxes+points" */
static bool read_kinds(uint32_t *kinds, char *value) {
    *kinds = 0;
    for (char *at = value, *next; at; at = next) {
        next = strchr(at, '+');
        if (next) *next++ = 0;
        uint32_t bit = 1;
        while (bit <= SEG_LABEL_ALL && !text_equal(seg_label_kind_name(bit), at))
            bit <<= 1;
        if (bit > SEG_LABEL_ALL) {
            message_error(NULL,
                          "--label-options: there is no kind of labels \"%s\" (allowed class, "
                          "boxes, rotated-boxes, polygons, points, semantic, instances, rle)",
                          at);
            return false;
        }
        *kinds |= bit;
    }
    return true;
}

static bool read_option(seg_labels_options *options, char *word) {
    char *value = strchr(word, '=');
    if (value) *value++ = 0;
    if (value && text_equal(word, "kinds")) return read_kinds(&options->kinds, value);
    if (value && text_equal(word, "classes")) {
        options->classes = value;
        return true;
    }
    const seg_status status = seg_params_parse(options, &table, word, value ? value : "true", NULL);
    if (status < 0) message_error(NULL, "--label-options: %s", message_reason(status));
    return status >= 0;
}

/* `*text` gets the words that options->classes points into. False: a message was given. */
static bool read_options(seg_labels_options *options, char **text, const augment_job *job,
                         const char *format, const char *path) {
    const char *given = job->given->values[OPTION_LABEL_OPTIONS];
    seg_labels_options_init(options);
    *text = text_copy(given ? given : "");
    for (char *at = *text, *next; *at; at = next) {
        next = at + strcspn(at, ",");
        if (*next) *next++ = 0;
        at += strspn(at, " ");
        if (!read_option(options, at)) return false;
    }
    if (format) options->format = format_of(format, path);
    options->read_picture = read_picture;
    options->write_picture = write_picture;
    return true;
}

/* ---- reading ---- */

int labels_open(augment_job *target) {
    const char *const *values = target->given->values;
    const char *path = values[OPTION_LABELS];
    if (!path) {
        static const option_id others[] = {OPTION_LABEL_FORMAT, OPTION_OUTPUT_LABELS,
                                           OPTION_OUTPUT_LABEL_FORMAT, OPTION_LABEL_OPTIONS,
                                           OPTION_BALANCE};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (values[others[i]]) {
                message_error(NULL, "--%s needs --labels, which says what is known of the pictures",
                              option_get(others[i])->name);
                return EXIT_USAGE;
            }
        return EXIT_DONE;
    }
    const seg_env env = {.limits = &target->settings.limits};
    seg_labels_options options;
    char *text;
    seg_status status = SEG_OK;
    const bool good = read_options(&options, &text, target, values[OPTION_LABEL_FORMAT], path);
    if (good) status = seg_labels_open(&target->labels, path, &options, &env);
    free(text);
    if (!good) return EXIT_USAGE;
    const char *reason = message_reason(status);
    if (status < 0 && text_ends(reason, "say which format it is"))
        message_error(path, "%s: --label-format %s", reason,
                      option_get(OPTION_LABEL_FORMAT)->choices);
    else if (status < 0)
        fail(path, status);
    if (status < 0) return status == SEG_ERROR_OPTION ? EXIT_USAGE : EXIT_FAILED;
    const bool tree = seg_labels_format_of(target->labels) == SEG_LABELS_TREE;
    if (values[OPTION_OUTPUT_LABELS] || values[OPTION_PREVIEW] || values[OPTION_ONLINE] ||
        (tree && !seg_augment_pipeline_mixes(target->pipeline)))
        return EXIT_DONE;
    message_error(NULL, "--output-labels is missing: the labels of the copies would be lost%s",
                  tree ? " (a class folder cannot hold the mixed ones; give a .csv)" : "");
    return EXIT_USAGE;
}

/* ---- what is refused ---- */

static int32_t output_format(const augment_job *job, const char *path) {
    const char *format = job->given->values[OPTION_OUTPUT_LABEL_FORMAT];
    if (format) return format_of(format, path);
    if (text_ends_any_case(path, ".json")) return SEG_LABELS_COCO;
    if (text_ends_any_case(path, ".csv")) return SEG_LABELS_CSV;
    return seg_labels_format_of(job->labels);
}

/* What --output-labels is written with; free `*text` in any case. */
static bool output_options(seg_labels_options *options, char **text, const augment_job *job,
                           const char *path) {
    if (!read_options(options, text, job, NULL, path)) return false; /* was read before */
    options->format = output_format(job, path);
    options->soft = seg_augment_pipeline_mixes(job->pipeline);
    options->source = job->labels;
    return true;
}

/* What one sample's labels say against the run. Files that are bad fail when it is their turn. */
static bool check_item(const augment_job *job, const set_item *item, const char *path,
                       const seg_labels_options *options) {
    const char *format = job->settings.format;
    const bool arrays =
        job->given->values[OPTION_ONLINE] && !(format && text_equal(format, "webdataset"));
    seg_sample sample;
    seg_status status = SEG_OK;
    bool held = true;
    seg_sample_init(&sample, NULL);
    sample.name = item->name;
    if (seg_labels_glance(job->labels, &sample, item->name, NULL) >= 0) {
        status = seg_augment_pipeline_check(job->pipeline, &sample);
        if (status >= 0 && path) status = seg_labels_check(&sample, path, options);
        held = status < 0 || !arrays || wire_check_arrays(&sample, item->path);
    }
    seg_sample_free(&sample);
    return held && (status >= 0 || fail(item->path, status));
}

bool labels_check(const augment_job *job) {
    const char *path = job->given->values[OPTION_OUTPUT_LABELS];
    seg_labels_options options;
    char *text = NULL;
    bool good = !path || !job->labels || output_options(&options, &text, job, path);
    for (int32_t i = 0; good && job->labels && i < job->set.count; i++)
        good = check_item(job, &job->set.items[i], path, &options);
    free(text);
    return good;
}

/* ---- labels on their way ---- */

seg_status labels_keep(kept_labels *kept, seg_sample *from, const char *name) {
    seg_sample lists = *from;
    lists.picture = lists.semantic = lists.instances = lists.saliency = (seg_image){0};
    *kept = (kept_labels){.name = text_copy(name),
                          .width = from->picture.width,
                          .height = from->picture.height,
                          .channels = from->picture.channels};
    seg_sample_init(&kept->sample, NULL);
    const seg_status status = seg_sample_copy(&kept->sample, &lists, NULL);
    kept->sample.semantic = from->semantic;
    kept->sample.instances = from->instances;
    from->semantic = from->instances = (seg_image){0};
    return status;
}

void labels_free(kept_labels *kept) {
    seg_sample_free(&kept->sample);
    free(kept->name);
}

/* ---- writing ---- */

struct labels_out {
    const char *path;
    seg_labels_writer *writer;
    void *blank; /* in place of pictures, of which only the shape counts: nobody reads it */
    size_t blank_size;
};

bool labels_are_files(const augment_job *job) {
    const char *path = job->given->values[OPTION_OUTPUT_LABELS];
    if (!path) return false;
    const int32_t format = output_format(job, path);
    return format == SEG_LABELS_YOLO || format == SEG_LABELS_VOC || labels_are_pictures(job);
}

bool labels_are_pictures(const augment_job *job) {
    const char *path = job->given->values[OPTION_OUTPUT_LABELS];
    const int32_t format = path ? output_format(job, path) : SEG_LABELS_AUTO;
    return format == SEG_LABELS_SEMANTIC || format == SEG_LABELS_INSTANCES;
}

bool labels_out_open(labels_out **opened, const augment_job *job) {
    const char *path = job->given->values[OPTION_OUTPUT_LABELS];
    int32_t count;
    *opened = NULL;
    if (!path) return true;
    seg_labels_options options;
    char *text;
    if (!output_options(&options, &text, job, path)) {
        free(text);
        return false;
    }
    labels_out *made = memory_get(1, sizeof *made);
    const seg_label_category *categories = seg_labels_categories(job->labels, &count);
    made->path = path;
    const seg_status status =
        seg_labels_writer_begin(&made->writer, path, &options, categories, count,
                                job->settings.overwrite || job->settings.resume, NULL);
    *opened = made;
    free(text);
    return status >= 0 || fail(path, status);
}

/* A picture like that of the copy without pixels of its own. */
static seg_image blank_of(labels_out *target, const kept_labels *kept) {
    const size_t row = (size_t)kept->width * (size_t)kept->channels,
                 size = row * (size_t)kept->height;
    seg_image blank = {0};
    if (size > target->blank_size) {
        free(target->blank);
        target->blank = memory_get(target->blank_size = size, 1);
    }
    (void)!seg_image_wrap(&blank, target->blank, (ptrdiff_t)row, kept->width, kept->height, SEG_U8,
                          kept->channels);
    return blank;
}

bool labels_out_add(labels_out *target, const kept_labels *kept) {
    seg_sample whole = kept->sample;
    whole.picture = blank_of(target, kept);
    const seg_status status = seg_labels_writer_add(target->writer, &whole, kept->name);
    return status >= 0 || fail(target->path, status);
}

bool labels_out_close(labels_out *target, bool whole) {
    seg_status status = SEG_OK;
    if (!target) return true;
    if (whole && target->writer)
        status = seg_labels_writer_finish(target->writer);
    else
        seg_labels_writer_abandon(target->writer);
    const bool good = status >= 0 || fail(target->path, status);
    free(target->blank);
    free(target);
    return good;
}
