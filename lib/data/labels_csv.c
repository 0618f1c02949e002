/*
 * Classes of whole pictures: a text of rows, as RFC 4180 has it, or a folder for each class.
 *
 *   a.jpg,cat                     the class of each; a first row `name,class` names the columns
 *   name,cat,dog                  with a first row of three fields and more, the share of each
 *   a.jpg,0.25,0.75
 */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"
#include "data/rows.h"
#include "files/whole_file.h"

#include <math.h>
#include <string.h>

typedef struct csv_row {
    const char *name;
    const char *class_name; /* NULL: it has shares */
    int32_t category;       /* or its row of shares */
} csv_row;

typedef struct csv_set {
    csv_row *rows;
    int32_t row_count, row_room;
    float *shares;
    int32_t share_count, share_room;
    bool soft;
} csv_set;

/* ---- fields ---- */

/** A text of which fields are taken in turn; each is copied into `field`. */
typedef struct csv_reader {
    const char *at, *end, *file;
    int32_t line;
    char *field; /* 0-ended, room for the longest of the text */
    bool last;   /* of its row */
} csv_reader;

static seg_status bad_field(const csv_reader *r, const char *what) {
    return seg_fail(SEG_ERROR_DATA, "%s:%ld: %s", r->file, (long)r->line, what);
}

static seg_status read_quoted(csv_reader *r, size_t *length) {
    for (r->at++;; r->at++) {
        if (r->at == r->end) return bad_field(r, "a field in quotes does not end");
        if (*r->at == '"') {
            if (r->at + 1 == r->end || r->at[1] != '"') break;
            r->at++; /* two of them are one */
        }
        r->line += *r->at == '\n';
        r->field[(*length)++] = *r->at;
    }
    r->at++;
    return SEG_OK;
}

static seg_status next_field(csv_reader *r) {
    size_t length = 0;
    if (r->at < r->end && *r->at == '"')
        SEG_TRY(read_quoted(r, &length));
    else
        while (r->at < r->end && *r->at != ',' && *r->at != '\n' && *r->at != '\r')
            r->field[length++] = *r->at++;
    r->field[length] = '\0';
    if (memchr(r->field, '\0', length)) return bad_field(r, "a field holds a byte of value 0");
    if (r->at < r->end && *r->at == '\r') r->at++;
    r->last = r->at == r->end || *r->at == '\n';
    if (!r->last && *r->at != ',') return bad_field(r, "a comma is missing behind a field");
    if (r->at < r->end) r->at++;
    return SEG_OK;
}

/* Rows of nothing are passed over. */
static bool next_row(csv_reader *r) {
    for (; r->at < r->end && (*r->at == '\n' || *r->at == '\r'); r->at++)
        r->line += *r->at == '\n';
    return r->at < r->end;
}

/* ---- rows ---- */

static seg_status add_row(seg_labels *labels, const char *name) {
    csv_set *set = labels->state;
    void *rows = set->rows;
    SEG_TRY(seg_grow(&rows, &set->row_room, set->row_count, set->row_count + 1, sizeof *set->rows,
                     labels->env.allocator));
    set->rows = rows;
    csv_row *row = &set->rows[set->row_count++];
    *row = (csv_row){.name = seg_builder_text(&labels->base, name), .category = -1};
    return row->name ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status read_share(seg_labels *labels, const csv_reader *r, double *sum) {
    csv_set *set = labels->state;
    const char *end;
    double value;
    if (!seg_text_to_number(&value, &end, r->field) || *end || !(value >= 0 && value <= 1))
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: a share is \"%.40s\" (allowed: 0 to 1)", r->file,
                        (long)r->line, r->field);
    void *shares = set->shares;
    SEG_TRY(seg_grow(&shares, &set->share_room, set->share_count, set->share_count + 1,
                     sizeof *set->shares, labels->env.allocator));
    set->shares = shares;
    set->shares[set->share_count++] = (float)value;
    *sum += value;
    return SEG_OK;
}

static seg_status read_shares(seg_labels *labels, csv_reader *r) {
    csv_set *set = labels->state;
    const int32_t columns = labels->category_count;
    const int32_t line = r->line;
    double sum = 0;
    int32_t count = 0;
    set->rows[set->row_count - 1].category = set->row_count - 1;
    for (; !r->last; count++) {
        SEG_TRY(next_field(r));
        if (count < columns) SEG_TRY(read_share(labels, r, &sum));
    }
    if (count != columns)
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: %s shares than the first row has classes (%ld)",
                        r->file, (long)line, count < columns ? "fewer" : "more", (long)columns);
    if (fabs(sum - 1) > 1e-3)
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: the shares sum to %g (must be 1)", r->file,
                        (long)line, sum);
    return SEG_OK;
}

static seg_status read_class(seg_labels *labels, csv_reader *r) {
    csv_set *set = labels->state;
    if (r->last) return bad_field(r, "a name without a class");
    SEG_TRY(next_field(r));
    if (!r->last) return bad_field(r, "more than two fields, below a first row of two");
    if (!*r->field) return bad_field(r, "a class without a name");
    set->rows[set->row_count - 1].class_name = seg_builder_intern(&labels->base, r->field);
    return set->rows[set->row_count - 1].class_name ? SEG_OK : SEG_ERROR_MEMORY;
}

/* The first row: names of columns, if it has three fields or says so. */
static seg_status read_first(seg_labels *labels, csv_reader *r) {
    csv_set *set = labels->state;
    csv_reader ahead = *r;
    SEG_TRY(next_field(&ahead));
    bool head = strcmp(ahead.field, "name") == 0 || strcmp(ahead.field, "image") == 0 ||
                strcmp(ahead.field, "filename") == 0;
    if (ahead.last) return bad_field(r, "a name without a class");
    SEG_TRY(next_field(&ahead));
    set->soft = !ahead.last;
    if (!set->soft && !head) return SEG_OK;
    SEG_TRY(next_field(r));
    while (!r->last) {
        int32_t other;
        SEG_TRY(next_field(r));
        if (!set->soft) continue;
        if (!*r->field) return bad_field(r, "a class without a name");
        if (seg_labels_category_id(&other, labels, r->field))
            return bad_field(r, "two columns have the same class");
        if (labels->category_count == 32768)
            return seg_fail(SEG_ERROR_LIMIT, "%s:%ld: more than 32768 classes", r->file,
                            (long)r->line);
        SEG_TRY(seg_labels_add_category(labels, labels->category_count, r->field, ""));
    }
    r->line++;
    return SEG_OK;
}

static seg_status read_rows(seg_labels *labels, csv_reader *r) {
    csv_set *set = labels->state;
    if (!next_row(r)) return SEG_OK;
    const int32_t named = labels->category_count; /* by a file of classes */
    labels->category_count = 0;
    const seg_status first = read_first(labels, r);
    if (!set->soft) labels->category_count = named;
    SEG_TRY(first);
    for (; next_row(r); r->line++) {
        SEG_TRY(next_field(r));
        if (!*r->field) return bad_field(r, "a row without the name of a picture");
        SEG_TRY(add_row(labels, r->field));
        SEG_TRY(set->soft ? read_shares(labels, r) : read_class(labels, r));
    }
    return SEG_OK;
}

/* ---- the set ---- */

static const char *name_of(const seg_labels *labels, int32_t item) {
    return ((const csv_set *)labels->state)->rows[item].name;
}

static seg_status number_classes(seg_labels *labels) {
    csv_set *set = labels->state;
    if (set->soft) return SEG_OK;
    if (!labels->category_count) SEG_TRY(seg_labels_number_names(labels));
    for (int32_t i = 0; i < set->row_count; i++) {
        csv_row *row = &set->rows[i];
        if (!seg_labels_category_id(&row->category, labels, row->class_name))
            return seg_fail(SEG_ERROR_DATA,
                            "%s: \"%.40s\", the class of \"%.80s\", is none of the "
                            "classes",
                            labels->path, row->class_name, row->name);
    }
    return SEG_OK;
}

static seg_status read_text(seg_labels *labels, const char *text, size_t size) {
    const size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    csv_reader r = {.at = text + mark, .end = text + size, .file = labels->path, .line = 1};
    r.field = seg_allocate(&labels->env, size + 1, 1, "a field");
    if (!r.field) return SEG_ERROR_MEMORY;
    const seg_status status = read_rows(labels, &r);
    seg_release(&labels->env, r.field);
    return status;
}

static seg_status open_csv(seg_labels *labels) {
    char *text;
    size_t size;
    csv_set *set = seg_allocate_zeroed(&labels->env, 1, sizeof *set, "labels");
    if (!set) return SEG_ERROR_MEMORY;
    labels->state = set;
    SEG_TRY(seg_file_read(&text, &size, labels->path, &labels->env));
    const seg_status status = read_text(labels, text, size);
    seg_release(&labels->env, text);
    SEG_TRY(status);
    SEG_TRY(number_classes(labels));
    return seg_labels_index_names(labels, set->row_count, name_of);
}

static void close_csv(seg_labels *labels) {
    csv_set *set = labels->state;
    if (!set) return;
    seg_release(&labels->env, set->rows);
    seg_release(&labels->env, set->shares);
    seg_release(&labels->env, set);
}

static seg_status set_class(const seg_labels *labels, seg_sample *sample, int32_t category) {
    if (sample->class_count)
        return seg_fail(SEG_ERROR_STATE, "%s: the sample has a class already", labels->path);
    int32_t place = 0;
    while (labels->categories[place].id != category)
        place++;
    return seg_sample_set_class(sample, place, labels->category_count);
}

static seg_status load_csv(const seg_labels *labels, seg_sample *sample, const char *name,
                           bool *found) {
    const csv_set *set = labels->state;
    const int32_t index = seg_labels_find_name(labels, name);
    if (index < 0 || !seg_labels_wants(labels, SEG_LABEL_CLASS)) return SEG_OK;
    const csv_row *row = &set->rows[index];
    *found = true;
    return set->soft ? seg_labels_set_shares(sample, labels->path,
                                             set->shares + (size_t)row->category *
                                                               (size_t)labels->category_count,
                                             labels->category_count)
                     : set_class(labels, sample, row->category);
}

/* ---- folders of classes ---- */

static seg_status note_folder(void *user, const char *name) {
    seg_labels *labels = user;
    const char *slash = strchr(name, '/');
    char folder[256];
    const size_t length = slash ? (size_t)(slash - name) : 0;
    if (!length || length >= sizeof folder) return SEG_OK;
    memcpy(folder, name, length);
    folder[length] = '\0';
    return seg_builder_intern(&labels->base, folder) ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status open_tree(seg_labels *labels) {
    if (!seg_labels_is_folder(labels->path))
        return seg_fail(SEG_ERROR_IO, "%s: no folder of that name", labels->path);
    if (labels->category_count) return SEG_OK;
    SEG_TRY(seg_labels_walk(labels->path, note_folder, labels, &labels->env));
    return seg_labels_number_names(labels);
}

static seg_status load_tree(const seg_labels *labels, seg_sample *sample, const char *name,
                            bool *found) {
    const char *slash = strchr(name, '/');
    const size_t length = slash ? (size_t)(slash - name) : 0;
    if (!length || !seg_labels_wants(labels, SEG_LABEL_CLASS)) return SEG_OK;
    for (int32_t i = 0; i < labels->category_count && !*found; i++) {
        const char *class_name = labels->categories[i].name;
        if (strlen(class_name) != length || memcmp(class_name, name, length) != 0) continue;
        *found = true;
        return set_class(labels, sample, labels->categories[i].id);
    }
    return SEG_OK;
}

const seg_labels_driver seg_labels_csv = {.name = "csv",
                                          .kinds = SEG_LABEL_CLASS,
                                          .open = open_csv,
                                          .load = load_csv,
                                          .close = close_csv,
                                          .begin = seg_labels_csv_begin,
                                          .add = seg_labels_csv_add,
                                          .finish = seg_labels_end_file};

const seg_labels_driver seg_labels_tree = {.name = "tree",
                                           .kinds = SEG_LABEL_CLASS,
                                           .open = open_tree,
                                           .load = load_tree,
                                           .add = seg_labels_tree_add};
