/*
 * Labels that are pictures: classes of pixels, or ids of objects. The caller reads and writes the
 * files; values are kept as they are.
 */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_FORMATS                                                                              \
    (SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_LABEL32))

static seg_status open_pictures(seg_labels *labels) {
    return seg_labels_is_folder(labels->path)
               ? SEG_OK
               : seg_fail(SEG_ERROR_IO, "%s: no folder of that name", labels->path);
}

/* A pixel of an object in place of a picture that is not read. */
static seg_status stand_in(const seg_labels *labels, seg_image *picture) {
    SEG_TRY(seg_image_alloc(picture, 1, 1, SEG_LABEL32, 1, &labels->env));
    *(int32_t *)seg_image_row(picture, 0) = labels->options.divisor ? labels->options.divisor : 1;
    return SEG_OK;
}

/* The label picture of a name, checked against the sample's; empty if there is none. */
static seg_status read_picture(const seg_labels *labels, seg_image *picture,
                               const seg_sample *sample, const char *path) {
    if (!seg_labels_exists(path)) return SEG_OK;
    if (seg_image_empty(&sample->picture)) return stand_in(labels, picture);
    SEG_TRY(labels->options.read_picture(labels->options.user, picture, path, &labels->env));
    if (picture->channels != 1 || !(SEG_FORMAT_BIT(picture->format) & LABEL_FORMATS))
        return seg_fail(SEG_ERROR_DATA,
                        "%s: a picture of %d channels (labels are in one, of 8 or 16 bits)", path,
                        picture->channels);
    return seg_labels_check_size(sample, path, picture->width, picture->height);
}

static seg_status load_picture(const seg_labels *labels, seg_image *picture,
                               const seg_sample *sample, const char *name) {
    char *path = seg_labels_file(labels->path, name, ".png", &labels->env);
    if (!path) return SEG_ERROR_MEMORY;
    const seg_status status = read_picture(labels, picture, sample, path);
    seg_release(&labels->env, path);
    if (status < 0) seg_image_unref(picture);
    return status;
}

static seg_status write_picture(seg_labels_writer *w, const seg_image *picture, const char *name) {
    char *path = seg_labels_file(w->path, name, ".png", &w->env);
    if (!path) return SEG_ERROR_MEMORY;
    seg_status status = SEG_OK;
    if (!w->overwrite && seg_labels_exists(path))
        status = seg_fail(SEG_ERROR_IO, "%s: exists already", path);
    if (status >= 0) status = seg_labels_make_folders(path, &w->env);
    if (status >= 0) status = w->options.write_picture(w->options.user, path, picture, &w->env);
    seg_release(&w->env, path);
    return status;
}

/* ---- classes ---- */

static seg_status load_semantic(const seg_labels *labels, seg_sample *sample, const char *name,
                                bool *found) {
    seg_image picture = {0};
    if (!seg_labels_wants(labels, SEG_LABEL_SEMANTIC)) return SEG_OK;
    if (!seg_image_empty(&sample->semantic))
        return seg_fail(SEG_ERROR_STATE, "%s: the sample has a picture of classes already",
                        labels->path);
    SEG_TRY(load_picture(labels, &picture, sample, name));
    *found = !seg_image_empty(&picture);
    sample->semantic = picture;
    return SEG_OK;
}

static seg_status begin_pictures(seg_labels_writer *w) {
    return seg_labels_write_names(w, w->path);
}

static seg_status add_semantic(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    return seg_image_empty(&sample->semantic) ? SEG_OK : write_picture(w, &sample->semantic, name);
}

/* ---- objects ---- */

static uint32_t sample_at(const seg_image *picture, int32_t x, int32_t y) {
    const void *row = seg_image_row(picture, y);
    switch (picture->format) {
    case SEG_U8:
        return ((const uint8_t *)row)[x];
    case SEG_U16:
        return ((const uint16_t *)row)[x];
    default:
        return (uint32_t)((const int32_t *)row)[x];
    }
}

static int compare_ids(const void *a, const void *b) {
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* A sorted list of the ids that occur. */
typedef struct id_list {
    int32_t *items;
    int32_t count, capacity;
} id_list;

static seg_status note_id(id_list *ids, int32_t id, const seg_allocator *allocator) {
    if (ids->count && bsearch(&id, ids->items, (size_t)ids->count, sizeof id, compare_ids))
        return SEG_OK;
    void *items = ids->items;
    SEG_TRY(seg_grow(&items, &ids->capacity, ids->count, ids->count + 1, sizeof id, allocator));
    ids->items = items;
    int32_t at = ids->count++;
    for (; at > 0 && ids->items[at - 1] > id; at--)
        ids->items[at] = ids->items[at - 1];
    ids->items[at] = id;
    return SEG_OK;
}

/* Copies the picture into LABEL32; what is no object becomes 0. */
static seg_status copy_ids(id_list *ids, const seg_image *target, const seg_image *picture,
                           const seg_labels *labels) {
    const int32_t least = labels->options.divisor ? labels->options.divisor : 1;
    int32_t last = 0; /* neighbours are mostly equal */
    for (int32_t y = 0; y < picture->height; y++) {
        int32_t *row = seg_image_row(target, y);
        for (int32_t x = 0; x < picture->width; x++) {
            const uint32_t value = sample_at(picture, x, y);
            row[x] = value >= (uint32_t)least && value <= INT32_MAX ? (int32_t)value : 0;
            if (row[x] && row[x] != last) SEG_TRY(note_id(ids, row[x], labels->env.allocator));
            last = row[x];
        }
    }
    return SEG_OK;
}

/* An id of the file is that of an object already: all are moved behind those. */
static void move_ids(seg_sample *sample, id_list *ids, int32_t by) {
    for (int32_t i = 0; i < ids->count; i++)
        ids->items[i] += by;
    for (int32_t y = 0; by && y < sample->instances.height; y++) {
        int32_t *row = seg_image_row(&sample->instances, y);
        for (int32_t x = 0; x < sample->instances.width; x++)
            row[x] += row[x] ? by : 0;
    }
}

static seg_status add_objects(const seg_labels *labels, seg_sample *sample, id_list *ids,
                              const seg_image *picture) {
    int32_t by = 0;
    SEG_TRY(copy_ids(ids, &sample->instances, picture, labels));
    for (int32_t i = 0; i < sample->object_count; i++)
        if (sample->objects[i].id > by) by = sample->objects[i].id;
    if (ids->count && by > INT32_MAX - ids->items[ids->count - 1])
        return seg_fail(SEG_ERROR_LIMIT, "no ids are left for further objects of the sample");
    const int32_t divisor = labels->options.divisor;
    move_ids(sample, ids, by);
    for (int32_t i = 0; i < ids->count; i++) {
        const seg_object_label object = {.id = ids->items[i],
                                         .category = divisor ? (ids->items[i] - by) / divisor : 0,
                                         .kinds = SEG_LABEL_INSTANCES};
        SEG_TRY(seg_sample_add_object(sample, &object));
    }
    return SEG_OK;
}

static seg_status load_instances(const seg_labels *labels, seg_sample *sample, const char *name,
                                 bool *found) {
    seg_image picture = {0};
    id_list ids = {0};
    if (!seg_labels_wants(labels, SEG_LABEL_INSTANCES)) return SEG_OK;
    if (!seg_image_empty(&sample->instances))
        return seg_fail(SEG_ERROR_STATE, "%s: the sample has a picture of instances already",
                        labels->path);
    SEG_TRY(load_picture(labels, &picture, sample, name));
    *found = !seg_image_empty(&picture);
    if (!*found) return SEG_OK;
    seg_status status = seg_image_alloc(&sample->instances, picture.width, picture.height,
                                        SEG_LABEL32, 1, &labels->env);
    if (status >= 0) status = add_objects(labels, sample, &ids, &picture);
    seg_image_unref(&picture);
    seg_release(&labels->env, ids.items);
    return status;
}

/* ---- objects, written ---- */

typedef struct id_pair {
    int32_t id, value;
} id_pair;

/* With a divisor: an id that tells its class stays, any other gets the lowest number of its class
 * that is free. */
static seg_status choose_value(id_pair *pairs, int32_t count, const seg_object_label *object,
                               const seg_labels_writer *w) {
    const int32_t divisor = w->options.divisor;
    int64_t value = object->id;
    if (divisor && object->id / divisor != object->category)
        value = (int64_t)object->category * divisor;
    for (int32_t i = 0; i < count; i++)
        if (pairs[i].value == value) value++, i = -1;
    if (value <= 0 || value > INT32_MAX || (divisor && value / divisor != object->category))
        return seg_fail(SEG_ERROR_LIMIT,
                        "%s: no number is left for object %ld of category %ld (divisor %ld)",
                        w->path, (long)object->id, (long)object->category, (long)divisor);
    pairs[count] = (id_pair){object->id, (int32_t)value};
    return SEG_OK;
}

static int32_t value_of(const id_pair *pairs, int32_t count, int32_t id) {
    for (int32_t i = 0; i < count; i++)
        if (pairs[i].id == id) return pairs[i].value;
    return 0; /* of an object that was dropped */
}

static seg_status add_instances(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    seg_image picture = {0};
    if (seg_image_empty(&sample->instances)) return SEG_OK;
    id_pair *pairs =
        seg_allocate(&w->env, (size_t)sample->object_count, sizeof *pairs, "ids of objects");
    if (!pairs) return SEG_ERROR_MEMORY;
    seg_status status = seg_image_alloc(&picture, sample->instances.width, sample->instances.height,
                                        SEG_LABEL32, 1, &w->env);
    for (int32_t i = 0; status >= 0 && i < sample->object_count; i++)
        status = choose_value(pairs, i, &sample->objects[i], w);
    for (int32_t y = 0; status >= 0 && y < picture.height; y++) {
        const int32_t *from = seg_image_row(&sample->instances, y);
        int32_t *to = seg_image_row(&picture, y), last = 0, value = 0;
        for (int32_t x = 0; x < picture.width; x++) {
            if (from[x] != last) value = value_of(pairs, sample->object_count, from[x]);
            last = from[x];
            to[x] = value;
        }
    }
    if (status >= 0) status = write_picture(w, &picture, name);
    seg_image_unref(&picture);
    seg_release(&w->env, pairs);
    return status;
}

const seg_labels_driver seg_labels_semantic = {.name = "semantic",
                                               .kinds = SEG_LABEL_SEMANTIC,
                                               .pictures = true,
                                               .open = open_pictures,
                                               .load = load_semantic,
                                               .begin = begin_pictures,
                                               .add = add_semantic};

const seg_labels_driver seg_labels_instances = {.name = "instances",
                                                .kinds = SEG_LABEL_INSTANCES,
                                                .pictures = true,
                                                .open = open_pictures,
                                                .load = load_instances,
                                                .begin = begin_pictures,
                                                .add = add_instances};
