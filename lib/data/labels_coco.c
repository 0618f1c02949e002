/*
 * COCO's JSON as labels of samples: shapes are kept as they are written, where lib/data/coco.c
 * makes masks of them to be scored. https://cocodataset.org/#format-data
 *
 * The labels of all pictures lie in one sample in the order of the file; a picture has a list of
 * its objects there.
 */
#include "core/check.h"
#include "core/memory.h"
#include "data/coco.h"
#include "data/labels.h"
#include "data/masks.h"
#include "files/whole_file.h"

#include <stdlib.h>
#include <string.h>

/* What the file says of a picture beside its labels, as JSON. */
typedef struct picture_note {
    int64_t id;
    const char *text;
} picture_note;

typedef struct coco_set {
    const char *notes;           /* the same of the set */
    picture_note *picture_notes; /* of those that have any, ascending by id */
    int32_t note_count, note_capacity;
    seg_sample all;
    int32_t *pictures;        /* of each object while it is read; then objects by pictures */
    int32_t picture_capacity; /* room of that list */
    int32_t *first;           /* of picture i: objects first[i] .. first[i + 1] - 1 */
} coco_set;

/* ---- what is passed on ---- */

/* Members of the set, as they are written there. */
static seg_status pass_over(void *user, const json_t *from, const seg_json_place *at) {
    (void)user, (void)from, (void)at;
    return SEG_OK;
}

static seg_status keep_member(seg_growing_text *notes, const seg_json_text *text,
                              const seg_json_place *at, seg_json_span span) {
    if (!span.end) return SEG_OK;
    if (text->text[span.start] == '[') SEG_TRY(seg_json_each(text, span, at, pass_over, NULL));
    seg_growing_text_put(notes, "\"");
    seg_growing_text_put(notes, at->key);
    seg_growing_text_put(notes, "\":");
    seg_growing_text_add(notes, text->text + span.start, span.end - span.start);
    seg_growing_text_put(notes, ",\n");
    return SEG_OK;
}

/* The text as one of the set's own. */
static seg_status take_notes(const char **taken, seg_labels *labels, seg_growing_text *notes) {
    seg_growing_text_add(notes, "", 1);
    SEG_TRY(seg_growing_text_status(notes));
    *taken = seg_builder_text(&labels->base, notes->bytes);
    return *taken ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status write_note(seg_growing_text *notes, const json_t *from, const char *key) {
    const json_t *value = seg_json_member(from, key);
    if (!value) return SEG_OK;
    char *json = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (!json) return seg_fail(SEG_ERROR_MEMORY, "no memory for JSON");
    seg_growing_text_put(notes, ",\"");
    seg_growing_text_put(notes, key);
    seg_growing_text_put(notes, "\":");
    seg_growing_text_put(notes, json);
    free(json);
    return SEG_OK;
}

static seg_status add_note(seg_labels *labels, const json_t *from, seg_growing_text *notes) {
    static const char *const keys[] = {"license", "coco_url", "flickr_url", "date_captured"};
    coco_set *set = labels->state;
    picture_note note = {labels->base.pictures[labels->base.picture_count - 1].id, NULL};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        SEG_TRY(write_note(notes, from, keys[i]));
    if (!notes->size && !notes->failed) return SEG_OK;
    SEG_TRY(take_notes(&note.text, labels, notes));
    void *list = set->picture_notes;
    SEG_TRY(seg_grow(&list, &set->note_capacity, set->note_count, set->note_count + 1, sizeof note,
                     labels->env.allocator));
    set->picture_notes = list;
    set->picture_notes[set->note_count++] = note;
    return SEG_OK;
}

static seg_status read_image(void *user, const json_t *from, const seg_json_place *at) {
    seg_labels *labels = user;
    seg_growing_text notes = {.env = &labels->env};
    SEG_TRY(seg_coco_read_image(&labels->base, from, at));
    const seg_status status = add_note(labels, from, &notes);
    seg_growing_text_free(&notes);
    return status;
}

static int compare_notes(const void *a, const void *b) {
    const picture_note *p = a, *q = b;
    return (p->id > q->id) - (p->id < q->id);
}

const char *seg_labels_coco_notes(const seg_labels *labels) {
    return labels && labels->driver == &seg_labels_coco ? ((const coco_set *)labels->state)->notes
                                                        : "";
}

const char *seg_labels_coco_picture_notes(const seg_labels *labels, const char *name) {
    const coco_set *set = labels && labels->driver == &seg_labels_coco ? labels->state : NULL;
    const int32_t index = set && set->note_count && name ? seg_labels_find_name(labels, name) : -1;
    if (index < 0) return "";
    const picture_note wanted = {labels->base.pictures[index].id, NULL};
    const picture_note *found =
        bsearch(&wanted, set->picture_notes, (size_t)set->note_count, sizeof wanted, compare_notes);
    return found ? found->text : "";
}

/* ---- annotations ---- */

static seg_status read_category(void *user, const json_t *from, const seg_json_place *at) {
    seg_labels *labels = user;
    SEG_TRY(seg_coco_read_category(&labels->base, from, at));
    const seg_dataset_category *read = &labels->base.categories[labels->base.category_count - 1];
    char *json = json_dumps(from, JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (!json) return seg_fail(SEG_ERROR_MEMORY, "%s: no memory for its JSON", labels->path);
    const seg_status status = seg_labels_add_category(labels, read->id, read->name, json);
    free(json);
    return status;
}

static seg_status read_box(seg_object_label *object, const json_t *from, const seg_json_place *at) {
    const json_t *box = seg_json_member(from, "bbox");
    const seg_json_place box_at = seg_json_key(at, "bbox");
    if (!box || (json_is_array(box) && json_array_size(box) == 0)) return SEG_OK;
    object->kinds |= SEG_LABEL_BOXES;
    return seg_box_from_json(&object->box, box, &box_at);
}

static seg_status read_rotated(seg_object_label *object, const json_t *from,
                               const seg_json_place *at) {
    const json_t *list = seg_json_member(from, "rotated_box");
    const seg_json_place list_at = seg_json_key(at, "rotated_box");
    seg_rotated_box *box = &object->rotated;
    double *const fields[5] = {&box->x, &box->y, &box->width, &box->height, &box->angle};
    if (!list) return SEG_OK;
    if (!json_is_array(list) || json_array_size(list) != 5)
        return seg_json_bad(&list_at, list, "5 numbers: x, y, width, height, degrees");
    for (size_t i = 0; i < 5; i++) {
        const seg_json_place place = seg_json_element(&list_at, i);
        const double least = i == 2 || i == 3 ? 0 : -SEG_FURTHEST;
        SEG_TRY(seg_json_number(fields[i], json_array_get(list, i), &place, least, SEG_FURTHEST));
    }
    object->kinds |= SEG_LABEL_ROTATED_BOXES;
    return SEG_OK;
}

static seg_status read_polygons(seg_sample *sample, const json_t *from, const seg_json_place *at,
                                const seg_env *env) {
    seg_json_polygons p;
    SEG_TRY(seg_polygons_from_json(&p, from, at, env));
    seg_status status = SEG_OK;
    const double *xy = p.xy;
    for (int32_t i = 0; status >= 0 && i < p.count; xy += 2 * (size_t)p.lengths[i], i++)
        status = seg_sample_add_polygon(sample, xy, p.lengths[i]);
    seg_json_polygons_free(&p, env);
    return status;
}

static seg_status read_runs(seg_sample *sample, const json_t *from, const seg_json_place *at,
                            const seg_dataset_picture *picture, const seg_env *env) {
    seg_rle mask;
    SEG_TRY(seg_mask_from_rle(&mask, from, at, picture->width, picture->height, env));
    const seg_status status = seg_sample_add_runs(sample, mask.counts, mask.count);
    seg_rle_free(&mask, env);
    return status;
}

static seg_status read_region(seg_labels *labels, const json_t *from, const seg_json_place *above,
                              const seg_dataset_picture *picture) {
    seg_sample *all = &((coco_set *)labels->state)->all;
    const seg_json_place at = seg_json_key(above, "segmentation");
    const json_t *region = seg_json_member(from, "segmentation");
    if (!region || (json_is_array(region) && json_array_size(region) == 0)) return SEG_OK;
    if (json_is_array(region)) return read_polygons(all, region, &at, &labels->env);
    if (json_is_object(region)) return read_runs(all, region, &at, picture, &labels->env);
    return seg_json_bad(&at, region, "polygons or run lengths");
}

static seg_status read_points(seg_labels *labels, const json_t *from, const seg_json_place *above) {
    seg_sample *all = &((coco_set *)labels->state)->all;
    const seg_json_place at = seg_json_key(above, "keypoints");
    const json_t *list = seg_json_member(from, "keypoints");
    const size_t count = json_array_size(list);
    if (!list || (json_is_array(list) && !count)) return SEG_OK;
    if (!json_is_array(list) || count % 3 || count > INT32_MAX)
        return seg_json_bad(&at, list, "a list of x, y, visibility, x, y, visibility, ...");
    for (size_t i = 0; i < count; i += 3) {
        const seg_json_place places[3] = {seg_json_element(&at, i), seg_json_element(&at, i + 1),
                                          seg_json_element(&at, i + 2)};
        seg_keypoint point;
        int64_t visibility;
        SEG_TRY(seg_json_number(&point.x, json_array_get(list, i), &places[0], -SEG_FURTHEST,
                                SEG_FURTHEST));
        SEG_TRY(seg_json_number(&point.y, json_array_get(list, i + 1), &places[1], -SEG_FURTHEST,
                                SEG_FURTHEST));
        SEG_TRY(seg_json_whole(&visibility, json_array_get(list, i + 2), &places[2], 0, 2));
        point.visibility = (int32_t)visibility;
        SEG_TRY(seg_sample_add_points(all, &point, 1));
    }
    return SEG_OK;
}

static seg_status read_annotation(void *user, const json_t *from, const seg_json_place *at) {
    seg_labels *labels = user;
    coco_set *set = labels->state;
    seg_builder *b = &labels->base;
    seg_object_label object = {.id = 1};
    seg_instance instance;
    seg_dataset_picture *picture;
    int64_t image;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    if (seg_json_member(from, "segments_info"))
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "%s: panoptic segments are no labels of samples; read their pictures as "
                        "instances",
                        labels->path);
    SEG_TRY(seg_coco_find_picture(&picture, &image, b, from, at));
    SEG_TRY(seg_coco_find_category(&instance, b, from, at));
    object.category = instance.category;
    SEG_TRY(
        seg_json_member_whole(&object.tag, from, at, "id", -SEG_JSON_WHOLE, SEG_JSON_WHOLE, true));
    if (seg_json_member(from, "id")) SEG_TRY(seg_builder_add_id(b, object.tag));
    SEG_TRY(seg_json_member_flag(&object.crowd, from, at, "iscrowd"));
    SEG_TRY(seg_json_member_number(&object.area, from, at, "area", 0, 1e18, true));
    SEG_TRY(read_box(&object, from, at));
    SEG_TRY(read_rotated(&object, from, at));
    void *pictures = set->pictures;
    SEG_TRY(seg_grow(&pictures, &set->picture_capacity, set->all.object_count,
                     set->all.object_count + 1, sizeof *set->pictures, labels->env.allocator));
    set->pictures = pictures;
    set->pictures[set->all.object_count] = (int32_t)(picture - b->pictures);
    SEG_TRY(seg_sample_add_object(&set->all, &object));
    SEG_TRY(read_region(labels, from, at, picture));
    SEG_TRY(read_points(labels, from, at));
    const seg_json_place box_at = seg_json_key(at, "bbox");
    return set->all.objects[set->all.object_count - 1].kinds
               ? SEG_OK
               : seg_json_bad(&box_at, NULL, "a list of 4 numbers, or a segmentation in its place");
}

/* ---- the set ---- */

static const char *name_of(const seg_labels *labels, int32_t item) {
    return labels->base.pictures[item].name;
}

static seg_status index_names(seg_labels *labels) {
    for (int32_t i = 0; i < labels->base.picture_count; i++)
        if (!*labels->base.pictures[i].name)
            return seg_fail(SEG_ERROR_DATA, "%s: the image of id %lld has no file_name",
                            labels->path, (long long)labels->base.pictures[i].id);
    return seg_labels_index_names(labels, labels->base.picture_count, name_of);
}

/* Counts, then deals: objects of a picture stay in the order of the file. */
static seg_status deal_objects(seg_labels *labels) {
    coco_set *set = labels->state;
    const int32_t pictures = labels->base.picture_count, objects = set->all.object_count;
    int32_t *order = seg_allocate(&labels->env, (size_t)objects, sizeof *order, "objects");
    set->first =
        seg_allocate_zeroed(&labels->env, (size_t)pictures + 2, sizeof *set->first, "objects");
    if (!order || !set->first) {
        seg_release(&labels->env, order);
        return SEG_ERROR_MEMORY;
    }
    for (int32_t i = 0; i < objects; i++)
        set->first[set->pictures[i] + 2]++;
    for (int32_t i = 2; i <= pictures; i++)
        set->first[i] += set->first[i - 1];
    for (int32_t i = 0; i < objects; i++)
        order[set->first[set->pictures[i] + 1]++] = i;
    seg_release(&labels->env, set->pictures);
    set->pictures = order;
    return SEG_OK;
}

static seg_status read_members(seg_labels *labels, const seg_json_text *text) {
    enum { IMAGES, CATEGORIES, ANNOTATIONS, INFO, LICENSES, MEMBERS };
    static const char *const keys[MEMBERS] = {"images", "categories", "annotations", "info",
                                              "licenses"};
    seg_builder *b = &labels->base;
    coco_set *set = labels->state;
    const seg_json_place file = seg_json_file(labels->path);
    seg_json_place at[MEMBERS];
    seg_json_span found[MEMBERS];
    for (int i = 0; i < MEMBERS; i++)
        at[i] = seg_json_key(&file, keys[i]);
    SEG_TRY(seg_json_find_members(found, keys, MEMBERS, text, seg_json_root(text)));
    b->closed = true;
    SEG_TRY(seg_json_each(text, found[IMAGES], &at[IMAGES], read_image, labels));
    SEG_TRY(seg_builder_sort_pictures(b));
    if (set->note_count)
        qsort(set->picture_notes, (size_t)set->note_count, sizeof *set->picture_notes,
              compare_notes);
    if (found[CATEGORIES].end)
        SEG_TRY(seg_json_each(text, found[CATEGORIES], &at[CATEGORIES], read_category, labels));
    SEG_TRY(seg_builder_sort_categories(b));
    SEG_TRY(seg_labels_sort_categories(labels));
    SEG_TRY(seg_json_each(text, found[ANNOTATIONS], &at[ANNOTATIONS], read_annotation, labels));
    SEG_TRY(seg_coco_check_ids(b));
    seg_growing_text notes = {.env = &labels->env};
    seg_status status = SEG_OK;
    for (int i = INFO; i <= LICENSES && status >= 0; i++)
        status = keep_member(&notes, text, &at[i], found[i]);
    if (status >= 0) status = take_notes(&set->notes, labels, &notes);
    seg_growing_text_free(&notes);
    return status;
}

static seg_status open_coco(seg_labels *labels) {
    char *bytes;
    seg_json_text text = {.name = labels->path};
    coco_set *set = seg_allocate_zeroed(&labels->env, 1, sizeof *set, "labels");
    if (!set) return SEG_ERROR_MEMORY;
    labels->state = set;
    seg_sample_init(&set->all, &labels->env);
    SEG_TRY(seg_file_read(&bytes, &text.size, labels->path, &labels->env));
    text.text = bytes;
    if (text.size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) text.text += 3, text.size -= 3;
    const seg_status status = read_members(labels, &text);
    seg_release(&labels->env, bytes);
    SEG_TRY(status);
    SEG_TRY(index_names(labels));
    return deal_objects(labels);
}

static void close_coco(seg_labels *labels) {
    coco_set *set = labels->state;
    if (!set) return;
    seg_sample_free(&set->all);
    seg_release(&labels->env, set->pictures);
    seg_release(&labels->env, set->first);
    seg_release(&labels->env, set->picture_notes);
    seg_release(&labels->env, set);
}

/* ---- a picture's ---- */

static seg_status add_object(const seg_labels *labels, seg_sample *sample, int32_t index) {
    const seg_sample *all = &((const coco_set *)labels->state)->all;
    seg_object_label object = all->objects[index];
    const uint32_t kinds = object.kinds & labels->options.kinds;
    if (!kinds) return SEG_OK;
    object.kinds = kinds;
    SEG_TRY(seg_labels_add_object(sample, &object));
    for (int32_t i = 0; kinds & SEG_LABEL_POLYGONS && i < object.polygon_count; i++) {
        const seg_polygon_span *span = &all->polygons[object.first_polygon + i];
        SEG_TRY(
            seg_sample_add_polygon(sample, all->corners + 2 * (size_t)span->first, span->count));
    }
    if (kinds & SEG_LABEL_POINTS)
        SEG_TRY(
            seg_sample_add_points(sample, all->points + object.first_point, object.point_count));
    if (kinds & SEG_LABEL_RLE)
        SEG_TRY(seg_sample_add_runs(sample, all->runs + object.first_run, object.run_count));
    return SEG_OK;
}

static seg_status load_coco(const seg_labels *labels, seg_sample *sample, const char *name,
                            bool *found) {
    const coco_set *set = labels->state;
    const int32_t index = seg_labels_find_name(labels, name);
    if (index < 0) return SEG_OK;
    const seg_dataset_picture *picture = &labels->base.pictures[index];
    SEG_TRY(seg_labels_check_size(sample, labels->path, picture->width, picture->height));
    for (int32_t i = set->first[index]; i < set->first[index + 1]; i++)
        SEG_TRY(add_object(labels, sample, set->pictures[i]));
    *found = true;
    return SEG_OK;
}

const seg_labels_driver seg_labels_coco = {.name = "coco",
                                           .kinds = SEG_LABEL_BOXES | SEG_LABEL_ROTATED_BOXES |
                                                    SEG_LABEL_POLYGONS | SEG_LABEL_POINTS |
                                                    SEG_LABEL_INSTANCES | SEG_LABEL_RLE,
                                           .open = open_coco,
                                           .load = load_coco,
                                           .close = close_coco,
                                           .check = seg_labels_coco_check,
                                           .begin = seg_labels_coco_begin,
                                           .add = seg_labels_coco_add,
                                           .finish = seg_labels_coco_finish,
                                           .abandon = seg_labels_coco_abandon};
