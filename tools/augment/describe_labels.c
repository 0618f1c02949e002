#include "augment/describe_labels.h"
#include "common/text.h"
#include <segment/geometry.h>
#include <stdio.h>
#include <stdlib.h>

static const char *name_of(const seg_labels *labels, int32_t id) {
    int32_t count;
    const seg_label_category *all = seg_labels_categories(labels, &count);
    for (int32_t i = 0; i < count; i++)
        if (all[i].id == id) return all[i].name;
    return "";
}

static json_t *describe_classes(const seg_sample *sample, const seg_labels *labels) {
    int32_t count;
    const seg_label_category *all = seg_labels_categories(labels, &count);
    json_t *shares = json_object();
    for (int32_t i = 0; i < sample->class_count; i++) {
        if (sample->classes[i] <= 0) continue;
        char number[16];
        snprintf(number, sizeof number, "%ld", (long)i);
        json_object_set_new(shares, i < count ? all[i].name : number,
                            json_real((double)sample->classes[i]));
    }
    return shares;
}

static json_t *describe_polygons(const seg_sample *sample, const seg_object_label *object) {
    json_t *all = json_array();
    for (int32_t i = 0; i < object->polygon_count; i++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + i];
        json_t *corners = json_array();
        for (int32_t k = 0; k < 2 * span->count; k++)
            json_array_append_new(corners,
                                  json_real(sample->corners[2 * (size_t)span->first + (size_t)k]));
        json_array_append_new(all, corners);
    }
    return all;
}

static json_t *describe_points(const seg_sample *sample, const seg_object_label *object) {
    json_t *all = json_array();
    for (int32_t i = 0; i < object->point_count; i++) {
        const seg_keypoint *point = &sample->points[object->first_point + i];
        json_array_append_new(all, json_pack("[f,f,i]", point->x, point->y, point->visibility));
    }
    return all;
}

/* COCO's compressed text. */
static json_t *describe_runs(const seg_sample *sample, const seg_object_label *object) {
    const seg_rle rle = {sample->runs + object->first_run, object->run_count, sample->picture.width,
                         sample->picture.height};
    const size_t length = seg_rle_to_string(NULL, 0, &rle);
    char *text = memory_get(length + 1, 1);
    seg_rle_to_string(text, length + 1, &rle);
    json_t *all = json_pack("{s:[i,i], s:s}", "size", rle.height, rle.width, "counts", text);
    free(text);
    return all;
}

static json_t *describe_object(const seg_sample *sample, const seg_object_label *object,
                               const seg_labels *labels) {
    const seg_box *box = &object->box;
    const seg_rotated_box *turned = &object->rotated;
    json_t *all =
        json_pack("{s:i, s:s, s:b, s:i}", "category", object->category, "name",
                  name_of(labels, object->category), "crowd", object->crowd, "id", object->id);
    if (object->kinds & SEG_LABEL_BOXES)
        json_object_set_new(all, "box",
                            json_pack("[f,f,f,f]", box->x, box->y, box->width, box->height));
    if (object->kinds & SEG_LABEL_ROTATED_BOXES)
        json_object_set_new(all, "rotated_box",
                            json_pack("[f,f,f,f,f]", turned->x, turned->y, turned->width,
                                      turned->height, turned->angle));
    if (object->kinds & SEG_LABEL_POLYGONS)
        json_object_set_new(all, "polygons", describe_polygons(sample, object));
    if (object->kinds & SEG_LABEL_POINTS)
        json_object_set_new(all, "points", describe_points(sample, object));
    if (object->kinds & SEG_LABEL_RLE)
        json_object_set_new(all, "rle", describe_runs(sample, object));
    return all;
}

json_t *describe_labels(const seg_sample *sample, const seg_labels *labels) {
    json_t *all =
        json_pack("{s:i, s:i}", "width", sample->picture.width, "height", sample->picture.height);
    if (sample->class_count) json_object_set_new(all, "classes", describe_classes(sample, labels));
    json_t *objects = json_array();
    for (int32_t i = 0; i < sample->object_count; i++)
        json_array_append_new(objects, describe_object(sample, &sample->objects[i], labels));
    json_object_set_new(all, "objects", objects);
    return all;
}
