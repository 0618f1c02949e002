/*
 * COCO's JSON: images, categories and annotations; lists of results; panoptic segments.
 * https://cocodataset.org/#format-data, https://cocodataset.org/#format-results
 *
 * The long lists are read element by element, in whatever order they stand in the file, so that
 * beside the text only what is kept takes memory: boxes and run lengths.
 */
#include "data/coco.h"
#include "core/memory.h"
#include "data/masks.h"

#include <stdlib.h>
#include <string.h>

/* ---- images and categories ---- */

seg_status seg_coco_read_image(void *user, const json_t *from, const seg_json_place *at) {
    seg_builder *b = user;
    seg_dataset_picture picture = {.sequence = "", .labels = ""};
    const char *name = "";
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(
        seg_json_member_whole(&picture.id, from, at, "id", -SEG_JSON_WHOLE, SEG_JSON_WHOLE, false));
    const seg_json_place width_at = seg_json_key(at, "width"),
                         height_at = seg_json_key(at, "height");
    SEG_TRY(seg_size_from_json(&picture.width, &picture.height, seg_json_member(from, "width"),
                               seg_json_member(from, "height"), &width_at, &height_at,
                               &b->store->env));
    SEG_TRY(seg_json_member_string(&name, from, at, "file_name", true));
    picture.name = seg_builder_text(b, name);
    return picture.name ? seg_builder_add_picture(b, &picture) : SEG_ERROR_MEMORY;
}

seg_status seg_coco_read_category(void *user, const json_t *from, const seg_json_place *at) {
    seg_builder *b = user;
    int64_t id;
    bool thing = true;
    const char *name = "";
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(seg_json_member_whole(&id, from, at, "id", INT32_MIN, INT32_MAX, false));
    SEG_TRY(seg_json_member_string(&name, from, at, "name", true));
    SEG_TRY(seg_json_member_flag(&thing, from, at, "isthing"));
    const seg_dataset_category category = {(int32_t)id, seg_builder_text(b, name), !thing};
    return category.name ? seg_builder_add_category(b, &category) : SEG_ERROR_MEMORY;
}

/* ---- annotations and results ---- */

/* The picture that an annotation belongs to; NULL where none are named. */
seg_status seg_coco_find_picture(seg_dataset_picture **picture, int64_t *id, seg_builder *b,
                                 const json_t *from, const seg_json_place *at) {
    *picture = NULL;
    SEG_TRY(
        seg_json_member_whole(id, from, at, "image_id", -SEG_JSON_WHOLE, SEG_JSON_WHOLE, false));
    if (!b->closed) return SEG_OK;
    *picture = seg_builder_find_picture(b, *id);
    const seg_json_place place = seg_json_key(at, "image_id");
    return *picture
               ? SEG_OK
               : seg_json_bad(&place, seg_json_member(from, "image_id"), "the id of a picture");
}

seg_status seg_coco_find_category(seg_instance *instance, const seg_builder *b, const json_t *from,
                                  const seg_json_place *at) {
    int64_t id;
    SEG_TRY(seg_json_member_whole(&id, from, at, "category_id", INT32_MIN, INT32_MAX, false));
    instance->category = (int32_t)id;
    if (!b->category_count) return SEG_OK;
    const seg_dataset_category *category = seg_builder_find_category(b, instance->category);
    const seg_json_place place = seg_json_key(at, "category_id");
    if (!category)
        return seg_json_bad(&place, seg_json_member(from, "category_id"), "the id of a category");
    instance->stuff = category->stuff;
    return SEG_OK;
}

/* The mask of a segmentation; none if there is none, or an empty list. */
static seg_status make_mask(seg_rle *mask, const seg_builder *b, const seg_dataset_picture *picture,
                            const json_t *from, const seg_json_place *at) {
    const seg_env *env = &b->store->env;
    const int32_t width = picture ? picture->width : b->options.width;
    const int32_t height = picture ? picture->height : b->options.height;
    if (!from || (json_is_array(from) && json_array_size(from) == 0)) return SEG_OK;
    if (json_is_object(from)) return seg_mask_from_rle(mask, from, at, width, height, env);
    if (!json_is_array(from)) return seg_json_bad(at, from, "polygons or run lengths");
    if (!width || !height)
        return seg_json_bad(at, from,
                            "run lengths; polygons need the size of their picture, which the truth "
                            "tells");
    return seg_mask_from_polygons(mask, from, at, SEG_FILL_UNION, width, height, env);
}

/* The mask, which becomes the item's, with its box and area, as far as they are wanted. */
static seg_status read_mask(seg_builder_item *item, bool *found, seg_builder *b,
                            const seg_dataset_picture *picture, const json_t *from,
                            const seg_json_place *above) {
    const seg_json_place at = seg_json_key(above, "segmentation");
    seg_rle mask = {0};
    SEG_TRY(make_mask(&mask, b, picture, from, &at));
    *found = mask.counts != NULL;
    if (!*found) return SEG_OK;
    item->instance.box = seg_box_of_mask(&mask);
    item->instance.area = (double)seg_rle_area(&mask);
    if (!b->options.boxes_only) return seg_builder_add_mask(b, &mask, &item->mask);
    seg_rle_free(&mask, &b->store->env);
    return SEG_OK;
}

/* Box, mask and area. Masks are not looked at where only boxes are wanted and there is one. */
static seg_status read_region(seg_builder_item *item, seg_builder *b,
                              const seg_dataset_picture *picture, const json_t *from,
                              const seg_json_place *at, bool result) {
    const json_t *box = seg_json_member(from, "bbox"),
                 *region = seg_json_member(from, "segmentation");
    const seg_json_place box_at = seg_json_key(at, "bbox");
    seg_instance *instance = &item->instance;
    bool found = false;
    if (json_is_array(box) && json_array_size(box) == 0) box = NULL;
    if (!(box && b->options.boxes_only)) SEG_TRY(read_mask(item, &found, b, picture, region, at));
    if (!box && !found)
        return seg_json_bad(&box_at, box, "a list of 4 numbers, or a segmentation in its place");
    if (box) SEG_TRY(seg_box_from_json(&instance->box, box, &box_at));
    if (box && result) instance->area = instance->box.width * instance->box.height;
    return result ? SEG_OK
                  : seg_json_member_number(&instance->area, from, at, "area", 0, 1e18, true);
}

static seg_status read_segment(seg_builder *b, int64_t image, const json_t *from,
                               const seg_json_place *at) {
    seg_builder_item item = {.sequence = "", .picture = image, .mask = -1, .instance.score = 1};
    int64_t id;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(seg_json_member_whole(&id, from, at, "id", 1, 0xffffff, false));
    item.instance.id = (int32_t)id;
    SEG_TRY(seg_coco_find_category(&item.instance, b, from, at));
    SEG_TRY(seg_json_member_flag(&item.instance.crowd, from, at, "iscrowd"));
    return seg_builder_add_item(b, &item);
}

/* Segments of a label picture, whose file is named. */
static seg_status read_panoptic(seg_builder *b, seg_dataset_picture *picture, int64_t image,
                                const json_t *from, const seg_json_place *at) {
    const char *name = "";
    const json_t *segments = seg_json_member(from, "segments_info");
    const seg_json_place segments_at = seg_json_key(at, "segments_info");
    SEG_TRY(seg_json_member_string(&name, from, at, "file_name", false));
    const char *labels = seg_builder_text(b, name);
    if (!labels) return SEG_ERROR_MEMORY;
    if (picture && *picture->labels) {
        const seg_json_place place = seg_json_key(at, "image_id");
        return seg_json_bad(&place, seg_json_member(from, "image_id"), "each picture once");
    }
    if (picture) {
        picture->labels = labels;
    } else {
        const seg_dataset_picture made = {
            .sequence = "", .id = image, .name = "", .labels = labels};
        SEG_TRY(seg_builder_add_picture(b, &made));
    }
    if (!json_is_array(segments)) return seg_json_bad(&segments_at, segments, "a list");
    for (size_t i = 0; i < json_array_size(segments); i++) {
        const seg_json_place place = seg_json_element(&segments_at, i);
        SEG_TRY(read_segment(b, image, json_array_get(segments, i), &place));
    }
    return SEG_OK;
}

static seg_status read_annotation(void *user, const json_t *from, const seg_json_place *at) {
    seg_builder *b = user;
    seg_builder_item item = {.sequence = "", .mask = -1, .instance.score = 1};
    seg_dataset_picture *picture;
    int64_t id = 0;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(seg_coco_find_picture(&picture, &item.picture, b, from, at));
    if (seg_json_member(from, "segments_info"))
        return read_panoptic(b, picture, item.picture, from, at);
    SEG_TRY(seg_coco_find_category(&item.instance, b, from, at));
    SEG_TRY(seg_json_member_whole(&id, from, at, "id", -SEG_JSON_WHOLE, SEG_JSON_WHOLE, true));
    if (seg_json_member(from, "id")) SEG_TRY(seg_builder_add_id(b, id));
    if (id >= INT32_MIN && id <= INT32_MAX) item.instance.id = (int32_t)id;
    SEG_TRY(seg_json_member_flag(&item.instance.crowd, from, at, "iscrowd"));
    SEG_TRY(seg_json_member_flag(&item.instance.ignore, from, at, "ignore"));
    SEG_TRY(seg_json_member_number(&item.instance.score, from, at, "score", -1e300, 1e300, true));
    SEG_TRY(read_region(&item, b, picture, from, at, false));
    return seg_builder_add_item(b, &item);
}

static seg_status read_result(void *user, const json_t *from, const seg_json_place *at) {
    seg_builder *b = user;
    seg_builder_item item = {.sequence = "", .mask = -1};
    seg_dataset_picture *picture;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(seg_coco_find_picture(&picture, &item.picture, b, from, at));
    SEG_TRY(seg_coco_find_category(&item.instance, b, from, at));
    SEG_TRY(seg_json_member_number(&item.instance.score, from, at, "score", -1e300, 1e300, false));
    SEG_TRY(read_region(&item, b, picture, from, at, true));
    return seg_builder_add_item(b, &item);
}

/* ---- files ---- */

static int compare_whole(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* No two annotations may have one id. */
seg_status seg_coco_check_ids(seg_builder *b) {
    if (b->id_count) qsort(b->ids, (size_t)b->id_count, sizeof *b->ids, compare_whole);
    for (int32_t i = 1; i < b->id_count; i++)
        if (b->ids[i] == b->ids[i - 1])
            return seg_fail(SEG_ERROR_DATA, "%s: two annotations have the id %lld", b->name,
                            (long long)b->ids[i]);
    return SEG_OK;
}

static seg_status read_list(seg_builder *b, const seg_json_text *text, seg_json_span list,
                            const char *key,
                            seg_status (*read)(void *, const json_t *, const seg_json_place *)) {
    const seg_json_place file = seg_json_file(b->name), at = seg_json_key(&file, key);
    return seg_json_each(text, list, &at, read, b);
}

static seg_status read_truth(seg_builder *b, const seg_json_text *text, seg_json_span root) {
    enum { IMAGES, CATEGORIES, ANNOTATIONS, LISTS };
    static const char *const keys[LISTS] = {"images", "categories", "annotations"};
    seg_json_span lists[LISTS];
    SEG_TRY(seg_json_find_members(lists, keys, LISTS, text, root));
    const bool images = lists[IMAGES].end != 0, categories = lists[CATEGORIES].end != 0;
    b->closed = images || b->options.truth;
    /* pictures and categories are those of the file, else those of the truth */
    if (b->options.truth && !images) SEG_TRY(seg_builder_copy_truth(b, b->options.truth));
    if (images) SEG_TRY(read_list(b, text, lists[IMAGES], keys[IMAGES], seg_coco_read_image));
    if (categories) {
        b->category_count = 0;
        SEG_TRY(read_list(b, text, lists[CATEGORIES], keys[CATEGORIES], seg_coco_read_category));
    }
    SEG_TRY(seg_builder_sort_pictures(b));
    SEG_TRY(seg_builder_sort_categories(b));
    SEG_TRY(read_list(b, text, lists[ANNOTATIONS], keys[ANNOTATIONS], read_annotation));
    return seg_coco_check_ids(b);
}

static seg_status read_results(seg_builder *b, const seg_json_text *text, seg_json_span root) {
    const seg_json_place file = seg_json_file(b->name);
    b->closed = b->options.truth != NULL;
    if (b->options.truth) SEG_TRY(seg_builder_copy_truth(b, b->options.truth));
    SEG_TRY(seg_builder_sort_pictures(b));
    SEG_TRY(seg_builder_sort_categories(b));
    return seg_json_each(text, root, &file, read_result, b);
}

/* Annotations or results are no more than the places where one names its picture. */
static int32_t count_items(const char *text, size_t size) {
    static const char word[] = "\"image_id\"";
    const size_t length = sizeof word - 1, least = 40; /* bytes of an item, at least */
    const char *end = text + size, *at = text;
    int64_t count = 0;
    while ((at = memchr(at, 'm', (size_t)(end - at)))) {
        if (at - text >= 2 && (size_t)(end - at) >= length - 2 && memcmp(at - 2, word, length) == 0)
            count++;
        at++;
    }
    const int64_t most = (int64_t)(size / least);
    if (count > most) count = most;
    return count < INT32_MAX ? (int32_t)count : INT32_MAX;
}

seg_status seg_data_read_coco(seg_builder *b, const char *text, size_t size) {
    SEG_TRY(seg_builder_reserve_items(b, count_items(text, size)));
    const seg_json_text whole = {text, size, b->name};
    const seg_json_span root = seg_json_root(&whole);
    const bool results = root.start < size && text[root.start] == '[';
    return results ? read_results(b, &whole, root) : read_truth(b, &whole, root);
}
