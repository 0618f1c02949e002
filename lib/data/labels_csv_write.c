/* Classes of pictures as a text of rows, of which lib/data/labels_csv.c tells. */
#include "core/check.h"
#include "data/labels.h"

#include <string.h>

static void put_field(seg_growing_text *text, const char *field) {
    if (!strpbrk(field, ",\"\r\n")) {
        seg_growing_text_put(text, field);
        return;
    }
    seg_growing_text_put(text, "\"");
    for (; *field; field++) {
        if (*field == '"') seg_growing_text_put(text, "\"");
        seg_growing_text_add(text, field, 1);
    }
    seg_growing_text_put(text, "\"");
}

static seg_status check_names(const seg_labels_writer *w) {
    for (int32_t i = 0; i < w->category_count; i++)
        if (!*w->categories[i].name)
            return seg_fail(SEG_ERROR_ARGUMENT, "%s: category %ld has no name", w->path,
                            (long)w->categories[i].id);
    return SEG_OK;
}

seg_status seg_labels_csv_begin(seg_labels_writer *w) {
    SEG_TRY(check_names(w));
    if (w->options.soft && w->category_count < 2)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "%s: shares of %ld classes (a table of them has two and more)", w->path,
                        (long)w->category_count);
    SEG_TRY(seg_labels_begin_file(w));
    seg_growing_text_put(&w->text, w->options.soft ? "name" : "name,class");
    for (int32_t i = 0; w->options.soft && i < w->category_count; i++) {
        seg_growing_text_put(&w->text, ",");
        put_field(&w->text, w->categories[i].name);
    }
    seg_growing_text_put(&w->text, "\n");
    return seg_growing_text_status(&w->text);
}

/* The one class of a sample. */
static seg_status only_class(int32_t *place, const seg_labels_writer *w, const seg_sample *sample) {
    for (*place = 0; *place < sample->class_count; ++*place)
        if (sample->classes[*place] == 1.0f) return SEG_OK;
    return seg_fail(SEG_ERROR_UNSUPPORTED,
                    "%s: a sample has shares of several classes, of which only one is written; a "
                    "table of shares holds them (option soft of CSV)",
                    w->path);
}

static seg_status check_count(const seg_labels_writer *w, const seg_sample *sample) {
    return sample->class_count == w->category_count
               ? SEG_OK
               : seg_fail(SEG_ERROR_ARGUMENT, "%s: a sample of %ld classes, but %ld were given",
                          w->path, (long)sample->class_count, (long)w->category_count);
}

static seg_status put_row(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    int32_t place = 0;
    SEG_TRY(check_count(w, sample));
    if (!w->options.soft) SEG_TRY(only_class(&place, w, sample));
    put_field(&w->text, name);
    if (!w->options.soft) {
        seg_growing_text_put(&w->text, ",");
        put_field(&w->text, w->categories[place].name);
    }
    for (int32_t i = 0; w->options.soft && i < sample->class_count; i++) {
        seg_growing_text_put(&w->text, ",");
        seg_growing_text_number(&w->text, (double)sample->classes[i]);
    }
    seg_growing_text_put(&w->text, "\n");
    return seg_growing_text_status(&w->text);
}

seg_status seg_labels_csv_add(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    const size_t before = w->text.size;
    if (!sample->class_count || !(w->options.kinds & SEG_LABEL_CLASS)) return SEG_OK;
    const seg_status status = put_row(w, sample, name);
    if (status >= 0) return seg_labels_hand_over(w);
    w->text.size = before;
    w->text.failed = false;
    return status;
}

/* The picture lies in the folder of its class: there is nothing to write, but all to check. */
seg_status seg_labels_tree_add(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    int32_t place;
    if (!sample->class_count || !(w->options.kinds & SEG_LABEL_CLASS)) return SEG_OK;
    SEG_TRY(check_count(w, sample));
    SEG_TRY(only_class(&place, w, sample));
    const char *class_name = w->categories[place].name;
    const size_t length = strlen(class_name);
    if (length && strncmp(name, class_name, length) == 0 && name[length] == '/') return SEG_OK;
    return seg_fail(SEG_ERROR_ARGUMENT, "%s: \"%s\" does not lie in the folder of its class, %s/",
                    w->path, name, class_name);
}
