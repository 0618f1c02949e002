/* Sets of label files: writing them. */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- what has a place ---- */

/* Kinds of which the format has none must have been given up by name. Pixels of objects that have
 * run lengths or polygons as well tell nothing new. */
static seg_status check_labels(const seg_labels_writer *w, const seg_sample *sample) {
    const uint32_t kinds = seg_sample_kinds(sample) & w->options.kinds;
    uint32_t missing = kinds & ~w->driver->kinds;
    if (kinds & (SEG_LABEL_RLE | SEG_LABEL_POLYGONS) & w->driver->kinds)
        missing &= ~(uint32_t)SEG_LABEL_INSTANCES;
    for (uint32_t kind = 1; kind <= missing; kind <<= 1)
        if (missing & kind)
            return seg_fail(SEG_ERROR_UNSUPPORTED,
                            "%s: labels of the format %s hold no %s, which \"%s\" has; write them "
                            "in another format, or do without",
                            w->path, w->driver->name, seg_label_kind_name(kind),
                            sample->name ? sample->name : "the sample");
    return w->driver->check ? w->driver->check(w, sample) : SEG_OK;
}

/* The format that is meant: the option, else by the name of the path. */
static seg_status choose_format(seg_labels_writer *w) {
    if (w->options.format == SEG_LABELS_AUTO && seg_labels_ends_with(w->path, ".json"))
        w->options.format = SEG_LABELS_COCO;
    if (w->options.format == SEG_LABELS_AUTO && seg_labels_ends_with(w->path, ".csv"))
        w->options.format = SEG_LABELS_CSV;
    if (w->options.format == SEG_LABELS_AUTO)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s: the format of labels is not told by its name (.json, .csv); give it "
                        "(yolo, voc, semantic, instances, tree)",
                        w->path);
    return seg_labels_choose(&w->driver, &w->options, true);
}

seg_status seg_labels_check(const seg_sample *sample, const char *path,
                            const seg_labels_options *options) {
    seg_labels_writer w = {.path = path};
    if (!sample || !path || !*path)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing", sample ? "path" : "sample");
    if (options)
        w.options = *options;
    else
        seg_labels_options_init(&w.options);
    SEG_TRY(choose_format(&w));
    return check_labels(&w, sample);
}

/* ---- beginning ---- */

static seg_status copy_categories(seg_labels_writer *w, const seg_label_category *categories,
                                  int32_t count) {
    w->categories = seg_allocate(&w->env, (size_t)count, sizeof *w->categories, "categories");
    if (!w->categories) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++) {
        const seg_label_category *from = &categories[i];
        int32_t place;
        if (seg_labels_category_find(&place, w, from->id))
            return seg_fail(SEG_ERROR_ARGUMENT, "categories %ld and %ld have the same id, %ld",
                            (long)place, (long)i, (long)from->id);
        w->categories[i] =
            (seg_label_category){from->id, seg_builder_text(&w->base, from->name ? from->name : ""),
                                 seg_builder_text(&w->base, from->json ? from->json : "")};
        if (!w->categories[i].name || !w->categories[i].json) return SEG_ERROR_MEMORY;
        w->category_count++;
    }
    return SEG_OK;
}

static seg_status begin(seg_labels_writer *w, const seg_label_category *categories, int32_t count) {
    seg_dataset_options none;
    seg_dataset_options_init(&none);
    w->text.env = &w->env;
    SEG_TRY(seg_builder_init(&w->base, w->path, &none, &w->env));
    w->path = seg_builder_text(&w->base, w->path);
    if (!w->path) return SEG_ERROR_MEMORY;
    w->base.name = w->path;
    SEG_TRY(choose_format(w));
    SEG_TRY(copy_categories(w, categories, count));
    return w->driver->begin ? w->driver->begin(w) : SEG_OK;
}

static void release(seg_labels_writer *w) {
    const seg_env env = w->env;
    seg_growing_text_free(&w->text);
    seg_release(&env, w->categories);
    seg_builder_free(&w->base);
    seg_release(&env, w);
}

seg_status seg_labels_writer_begin(seg_labels_writer **writer, const char *path,
                                   const seg_labels_options *options,
                                   const seg_label_category *categories, int32_t count,
                                   bool overwrite, const seg_env *env) {
    seg_labels_options defaults;
    if (!writer || !path || !*path)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing", writer ? "path" : "writer");
    *writer = NULL;
    if (count < 0 || (count && !categories))
        return seg_fail(SEG_ERROR_ARGUMENT, "%ld categories (allowed: 0 and more, with a list)",
                        (long)count);
    seg_labels_options_init(&defaults);
    seg_labels_writer *made = seg_allocate_zeroed(env, 1, sizeof *made, "a writer of labels");
    if (!made) return SEG_ERROR_MEMORY;
    made->options = options ? *options : defaults;
    made->path = path;
    made->overwrite = overwrite;
    if (env) made->env = *env;
    const seg_status status = begin(made, categories, count);
    if (status < 0)
        seg_labels_writer_abandon(made);
    else
        *writer = made;
    return status < 0 ? status : SEG_OK;
}

/* ---- samples ---- */

bool seg_labels_category_find(int32_t *place, const seg_labels_writer *writer, int32_t category) {
    for (int32_t i = 0; i < writer->category_count; i++)
        if (writer->categories[i].id == category) {
            *place = i;
            return true;
        }
    return false;
}

seg_status seg_labels_category_place(int32_t *place, const seg_labels_writer *writer,
                                     int32_t category) {
    if (seg_labels_category_find(place, writer, category)) return SEG_OK;
    return seg_fail(SEG_ERROR_ARGUMENT,
                    "%s: an object is of category %ld, which is none of the %ld that were given",
                    writer->path, (long)category, (long)writer->category_count);
}

/* Names are put behind the path of a folder: they may not lead out of it. */
static seg_status check_name(const seg_labels_writer *w, const char *name) {
    bool good = *name && *name != '/';
    for (const char *at = name; good && at; at = strchr(at, '/')) {
        if (*at == '/') at++;
        good = strncmp(at, "../", 3) != 0 && strcmp(at, "..") != 0 && *at && *at != '/';
    }
    return good ? SEG_OK
                : seg_fail(SEG_ERROR_ARGUMENT,
                           "%s: \"%s\" is no name of a picture (allowed: relative, without ..)",
                           w->path, name);
}

seg_status seg_labels_writer_add(seg_labels_writer *writer, const seg_sample *sample,
                                 const char *name) {
    if (!writer || !sample || !name)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !writer  ? "writer"
                        : sample ? "name"
                                 : "sample");
    SEG_TRY(check_name(writer, name));
    SEG_TRY(seg_sample_check(sample));
    SEG_TRY(check_labels(writer, sample));
    return writer->driver->add(writer, sample, name);
}

/* ---- the end ---- */

seg_status seg_labels_writer_finish(seg_labels_writer *writer) {
    if (!writer) return seg_fail(SEG_ERROR_ARGUMENT, "writer is missing (NULL)");
    const seg_status status = writer->driver->finish ? writer->driver->finish(writer) : SEG_OK;
    seg_labels_writer_abandon(writer);
    return status < 0 ? status : SEG_OK;
}

void seg_labels_writer_abandon(seg_labels_writer *writer) {
    if (!writer) return;
    if (writer->driver && writer->driver->abandon) writer->driver->abandon(writer);
    if (writer->opened) seg_atomic_file_abandon(&writer->file, false);
    release(writer);
}

/* Classes without names would be read with those of an earlier set. */
static seg_status drop_names(const seg_labels_writer *writer, const char *path) {
    if (!seg_labels_exists(path)) return SEG_OK;
    if (!writer->overwrite)
        return seg_fail(SEG_ERROR_IO,
                        "%s: exists already and would name these classes, which have no names; "
                        "choose another folder",
                        path);
    if (unlink(path) == 0) return SEG_OK;
    return seg_fail(SEG_ERROR_IO, "%s: cannot remove (%s)", path, strerror(errno));
}

seg_status seg_labels_write_names(seg_labels_writer *writer, const char *folder) {
    for (int32_t i = 0; i < writer->category_count; i++) {
        if (!*writer->categories[i].name || strpbrk(writer->categories[i].name, "\r\n"))
            return seg_fail(SEG_ERROR_ARGUMENT, "%s: category %ld has no name that fits in a line",
                            writer->path, (long)writer->categories[i].id);
        seg_growing_text_put(&writer->text, writer->categories[i].name);
        seg_growing_text_put(&writer->text, "\n");
    }
    char *path = seg_labels_file(folder, "classes", ".txt", &writer->env);
    if (!path) return SEG_ERROR_MEMORY;
    const seg_status status =
        writer->category_count ? seg_labels_write_file(writer, path) : drop_names(writer, path);
    seg_release(&writer->env, path);
    return status;
}
