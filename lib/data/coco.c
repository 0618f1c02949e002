/*
 * COCO's JSON: images, categories and annotations; lists of results; panoptic segments.
 * https://cocodataset.org/#format-data, https://cocodataset.org/#format-results
 *
 * jansson makes a tree of the whole file, about ten times its size in memory; what is kept after
 * that are boxes and run lengths.
 */
#include "core/memory.h"
#include "data/masks.h"

#include <stdlib.h>

/* ---- images and categories ---- */

static seg_status read_image(seg_builder *b, const json_t *from, const seg_json_place *at) {
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

static seg_status read_category(seg_builder *b, const json_t *from, const seg_json_place *at) {
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

static seg_status each(seg_builder *b, const json_t *list, const seg_json_place *at,
                       seg_status (*read)(seg_builder *, const json_t *, const seg_json_place *)) {
    if (!json_is_array(list)) return seg_json_bad(at, list, "a list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const seg_json_place place = seg_json_element(at, i);
        SEG_TRY(read(b, json_array_get(list, i), &place));
    }
    return SEG_OK;
}

/* ---- annotations and results ---- */

/* The picture that an annotation belongs to; NULL where none are named. */
static seg_status find_picture(seg_dataset_picture **picture, int64_t *id, seg_builder *b,
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

static seg_status find_category(seg_instance *instance, const seg_builder *b, const json_t *from,
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
    SEG_TRY(find_category(&item.instance, b, from, at));
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

static seg_status read_annotation(seg_builder *b, const json_t *from, const seg_json_place *at) {
    seg_builder_item item = {.sequence = "", .mask = -1, .instance.score = 1};
    seg_dataset_picture *picture;
    int64_t id = 0;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(find_picture(&picture, &item.picture, b, from, at));
    if (seg_json_member(from, "segments_info"))
        return read_panoptic(b, picture, item.picture, from, at);
    SEG_TRY(find_category(&item.instance, b, from, at));
    SEG_TRY(seg_json_member_whole(&id, from, at, "id", -SEG_JSON_WHOLE, SEG_JSON_WHOLE, true));
    if (id >= INT32_MIN && id <= INT32_MAX) item.instance.id = (int32_t)id;
    SEG_TRY(seg_json_member_flag(&item.instance.crowd, from, at, "iscrowd"));
    SEG_TRY(seg_json_member_flag(&item.instance.ignore, from, at, "ignore"));
    SEG_TRY(seg_json_member_number(&item.instance.score, from, at, "score", -1e300, 1e300, true));
    SEG_TRY(read_region(&item, b, picture, from, at, false));
    return seg_builder_add_item(b, &item);
}

static seg_status read_result(seg_builder *b, const json_t *from, const seg_json_place *at) {
    seg_builder_item item = {.sequence = "", .mask = -1};
    seg_dataset_picture *picture;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object");
    SEG_TRY(find_picture(&picture, &item.picture, b, from, at));
    SEG_TRY(find_category(&item.instance, b, from, at));
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
static seg_status check_ids(seg_builder *b, const json_t *annotations) {
    const size_t count = json_array_size(annotations);
    int64_t *ids = seg_allocate(&b->store->env, count, sizeof *ids, "ids of annotations");
    if (!ids) return SEG_ERROR_MEMORY;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *id = json_object_get(json_array_get(annotations, i), "id");
        if (json_is_number(id)) ids[used++] = (int64_t)json_number_value(id);
    }
    if (used) qsort(ids, used, sizeof *ids, compare_whole);
    seg_status status = SEG_OK;
    for (size_t i = 1; status >= 0 && i < used; i++)
        if (ids[i] == ids[i - 1])
            status = seg_fail(SEG_ERROR_DATA, "%s: two annotations have the id %lld", b->name,
                              (long long)ids[i]);
    seg_release(&b->store->env, ids);
    return status;
}

/* Pictures and categories: those of the file, else those of the truth. */
static seg_status read_heads(seg_builder *b, const json_t *root, const seg_json_place *file) {
    const json_t *images = seg_json_member(root, "images");
    const json_t *categories = seg_json_member(root, "categories");
    const seg_json_place images_at = seg_json_key(file, "images");
    const seg_json_place categories_at = seg_json_key(file, "categories");
    b->closed = images || b->options.truth;
    if (b->options.truth && !images) SEG_TRY(seg_builder_copy_truth(b, b->options.truth));
    if (images) SEG_TRY(each(b, images, &images_at, read_image));
    if (categories) {
        b->category_count = 0;
        SEG_TRY(each(b, categories, &categories_at, read_category));
    }
    SEG_TRY(seg_builder_sort_pictures(b));
    return seg_builder_sort_categories(b);
}

static seg_status read_root(seg_builder *b, const json_t *root) {
    const seg_json_place file = seg_json_file(b->name);
    if (json_is_array(root)) {
        b->closed = b->options.truth != NULL;
        if (b->options.truth) SEG_TRY(seg_builder_copy_truth(b, b->options.truth));
        SEG_TRY(seg_builder_sort_pictures(b));
        SEG_TRY(seg_builder_sort_categories(b));
        return each(b, root, &file, read_result);
    }
    const json_t *annotations = seg_json_member(root, "annotations");
    const seg_json_place annotations_at = seg_json_key(&file, "annotations");
    SEG_TRY(read_heads(b, root, &file));
    SEG_TRY(each(b, annotations, &annotations_at, read_annotation));
    return check_ids(b, annotations);
}

seg_status seg_data_read_coco(seg_builder *b, const char *text, size_t size) {
    seg_status status;
    json_t *root = seg_json_parse(text, size, b->name, &status);
    if (root) status = read_root(b, root);
    json_decref(root);
    return status;
}
