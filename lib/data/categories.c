/* The classes of a set: of label files themselves, of a list of names, or of YOLO's data.yaml. */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"
#include "data/rows.h"
#include "files/whole_file.h"

#include <stdlib.h>
#include <string.h>

#define MOST_CLASSES 32768

seg_status seg_labels_add_category(seg_labels *labels, int32_t id, const char *name,
                                   const char *json) {
    void *list = labels->categories;
    SEG_TRY(seg_grow(&list, &labels->category_capacity, labels->category_count,
                     labels->category_count + 1, sizeof *labels->categories,
                     labels->env.allocator));
    labels->categories = list;
    const seg_label_category made = {id, seg_builder_text(&labels->base, name),
                                     seg_builder_text(&labels->base, json)};
    if (!made.name || !made.json) return SEG_ERROR_MEMORY;
    labels->categories[labels->category_count++] = made;
    return SEG_OK;
}

static int compare_ids(const void *a, const void *b) {
    const seg_label_category *p = a, *q = b;
    return (p->id > q->id) - (p->id < q->id);
}

seg_status seg_labels_sort_categories(seg_labels *labels) {
    if (!labels->category_count) return SEG_OK;
    qsort(labels->categories, (size_t)labels->category_count, sizeof *labels->categories,
          compare_ids);
    for (int32_t i = 1; i < labels->category_count; i++)
        if (labels->categories[i - 1].id == labels->categories[i].id)
            return seg_fail(SEG_ERROR_DATA, "%s: two categories have the id %ld", labels->path,
                            (long)labels->categories[i].id);
    return SEG_OK;
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

seg_status seg_labels_number_names(seg_labels *labels) {
    const seg_builder *b = &labels->base;
    const char **names =
        seg_allocate(&labels->env, b->sequence_count, sizeof *names, "names of classes");
    if (!names) return SEG_ERROR_MEMORY;
    int32_t count = 0;
    for (uint32_t i = 0; i < b->sequence_room; i++)
        if (b->sequences[i]) names[count++] = b->sequences[i];
    qsort(names, (size_t)count, sizeof *names, compare_texts);
    seg_status status = SEG_OK;
    for (int32_t i = 0; status >= 0 && i < count; i++)
        status = seg_labels_add_category(labels, i, names[i], "");
    seg_release(&labels->env, names);
    labels->names_sorted = true;
    return status;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(a, ((const seg_label_category *)b)->name);
}

bool seg_labels_category_id(int32_t *id, const seg_labels *labels, const char *name) {
    const seg_label_category *found = NULL;
    if (labels->names_sorted && labels->category_count)
        found = bsearch(name, labels->categories, (size_t)labels->category_count,
                        sizeof *labels->categories, compare_names);
    for (int32_t i = 0; !labels->names_sorted && !found && i < labels->category_count; i++)
        if (strcmp(labels->categories[i].name, name) == 0) found = &labels->categories[i];
    if (found) *id = found->id;
    return found != NULL;
}

/* ---- files of names ---- */

/* A name that the list has already would be two classes of one name. */
static seg_status add_name(seg_labels *labels, const char *file, int32_t line, int32_t id,
                           const char *name, size_t length) {
    char text[SEG_FIELD_SIZE * 4];
    int32_t other;
    while (length && is_blank(*name))
        name++, length--;
    while (length && is_blank(name[length - 1]))
        length--;
    if (length >= 2 && (*name == '"' || *name == '\'') && name[length - 1] == *name)
        name++, length -= 2; /* of YAML */
    if (!length || length >= sizeof text || memchr(name, '\0', length))
        return seg_fail(SEG_ERROR_DATA,
                        "%s:%ld: the name of a class has %zu characters (allowed: 1 to %zu)", file,
                        (long)line, length, sizeof text - 1);
    memcpy(text, name, length);
    text[length] = '\0';
    if (seg_labels_category_id(&other, labels, text))
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: the class \"%.40s\" is there twice", file,
                        (long)line, text);
    if (labels->category_count >= MOST_CLASSES)
        return seg_fail(SEG_ERROR_LIMIT, "%s:%ld: more than %d classes", file, (long)line,
                        MOST_CLASSES);
    return seg_labels_add_category(labels, id, text, "");
}

static seg_status read_list(seg_labels *labels, const char *file, const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    while (seg_next_line(&line))
        SEG_TRY(
            add_name(labels, file, line.number, labels->category_count, line.line, line.length));
    return SEG_OK;
}

/* ---- data.yaml: the part of YAML in which such files are written ---- */

/* The text behind "KEY:" in a line; NULL if it is another key. A comment is no part of it. */
static const char *value_of(const seg_line_reader *line, const char *key, size_t *length) {
    const size_t word = strlen(key);
    if (line->length <= word || memcmp(line->line, key, word) != 0 || line->line[word] != ':')
        return NULL;
    const char *value = line->line + word + 1, *end = line->line + line->length;
    const char *comment = memchr(value, '#', (size_t)(end - value));
    if (comment && (comment == value || is_blank(comment[-1]))) end = comment;
    while (value < end && is_blank(*value))
        value++;
    while (end > value && is_blank(end[-1]))
        end--;
    *length = (size_t)(end - value);
    return value;
}

/* [a, 'b', "c"] */
static seg_status read_flow(seg_labels *labels, const char *file, int32_t line, const char *text,
                            size_t length) {
    if (length < 2 || text[length - 1] != ']')
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: the list has no ] in its line", file, (long)line);
    const char *at = text + 1, *end = text + length - 1;
    while (at < end) {
        const char *stop = at, *quote = NULL;
        for (; stop < end && (quote || *stop != ','); stop++) {
            if (quote && *stop == *quote)
                quote = NULL;
            else if (!quote && (*stop == '"' || *stop == '\''))
                quote = stop;
        }
        SEG_TRY(add_name(labels, file, line, labels->category_count, at, (size_t)(stop - at)));
        at = stop + 1;
    }
    return SEG_OK;
}

/* "- name" or "7: name"; false: the list is at its end. */
static bool is_item(const seg_line_reader *line, int32_t *id, const char **name) {
    const char *at = line->line, *end = line->line + line->length;
    if (*at == '-' && line->length > 1 && is_blank(at[1])) {
        *name = at + 1;
        return true;
    }
    int64_t number = 0;
    while (at < end && *at >= '0' && *at <= '9' && number <= MOST_CLASSES)
        number = 10 * number + (*at++ - '0');
    if (at == line->line || at == end || *at != ':' || number > MOST_CLASSES) return false;
    *id = (int32_t)number;
    *name = at + 1;
    return true;
}

static seg_status read_block(seg_labels *labels, const char *file, seg_line_reader *line) {
    for (;;) {
        seg_line_reader next = *line;
        int32_t id = labels->category_count;
        const char *name;
        if (!seg_next_line(&next) || !is_item(&next, &id, &name)) return SEG_OK;
        *line = next;
        SEG_TRY(add_name(labels, file, line->number, id, name,
                         (size_t)(line->line + line->length - name)));
    }
}

/* [17, 3] */
static seg_status read_shape(seg_labels *labels, const char *file, int32_t line, const char *text,
                             size_t length) {
    char copy[SEG_FIELD_SIZE];
    const char *end;
    double points, numbers = 0;
    bool good = length > 2 && length < sizeof copy && *text == '[';
    if (good) {
        memcpy(copy, text + 1, length - 1);
        copy[length - 1] = '\0';
        good = seg_text_to_number(&points, &end, copy) && *end == ',';
        while (good && is_blank(*++end)) {
        }
        good = good && seg_text_to_number(&numbers, &end, end) && *end == ']' &&
               seg_is_whole(points, 1, 1000) && (numbers == 2 || numbers == 3);
    }
    if (!good)
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: kpt_shape is %.*s (allowed: [1 to 1000, 2 or 3])",
                        file, (long)line, (int)(length < 40 ? length : 40), text);
    labels->options.points = (int32_t)points;
    labels->options.point_numbers = (int32_t)numbers;
    return SEG_OK;
}

static seg_status read_yaml(seg_labels *labels, const char *file, const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    while (seg_next_line(&line)) {
        size_t length;
        const char *names = value_of(&line, "names", &length);
        if (names && length && *names == '[')
            SEG_TRY(read_flow(labels, file, line.number, names, length));
        else if (names && length)
            return seg_fail(SEG_ERROR_DATA,
                            "%s:%ld: names is %.*s (allowed: a list [a, b], or a line for each)",
                            file, (long)line.number, (int)(length < 40 ? length : 40), names);
        else if (names)
            SEG_TRY(read_block(labels, file, &line));
        const char *shape = value_of(&line, "kpt_shape", &length);
        if (shape) SEG_TRY(read_shape(labels, file, line.number, shape, length));
    }
    return seg_labels_sort_categories(labels);
}

seg_status seg_labels_read_classes(seg_labels *labels, const char *path) {
    char *text;
    size_t size;
    SEG_TRY(seg_file_read(&text, &size, path, &labels->env));
    const bool yaml = seg_labels_ends_with(path, ".yaml") || seg_labels_ends_with(path, ".yml");
    const size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    const seg_status status = yaml ? read_yaml(labels, path, text + mark, size - mark)
                                   : read_list(labels, path, text + mark, size - mark);
    seg_release(&labels->env, text);
    return status;
}
