#include "common/objects.h"
#include <jansson.h>
#include <math.h>
#include <segment/geometry.h>
#include <stdlib.h>

/* A thousandth of a pixel is more than any of these numbers knows. */
static json_t *rounded(double value) {
    return json_real(floor(value * 1000 + 0.5) / 1000);
}

static json_t *describe_time(const seg_result *result) {
    if (result->pts == SEG_NO_PTS || result->time_base.den <= 0) return json_null();
    double seconds = (double)result->pts * result->time_base.num / result->time_base.den;
    return json_real(floor(seconds * 1e6 + 0.5) / 1e6);
}

static json_t *describe_object(const seg_result *result, const seg_object *object,
                               const char *input) {
    json_t *record = json_object();
    const seg_rect *box = &object->box;
    if (input) json_object_set_new(record, "input", json_string(input));
    json_object_set_new(record, "frame", json_integer(result->index));
    json_object_set_new(record, "time", describe_time(result));
    json_object_set_new(record, "id", json_integer(object->id));
    json_object_set_new(record, "box",
                        json_pack("[i,i,i,i]", box->x, box->y, box->width, box->height));
    json_object_set_new(record, "area", json_integer(object->area));
    json_object_set_new(
        record, "centroid",
        json_pack("[o,o]", rounded(object->centroid_x), rounded(object->centroid_y)));
    json_object_set_new(record, "perimeter", rounded(object->perimeter));
    json_object_set_new(record, "circularity", rounded(object->circularity));
    if (!object->age) return record;
    json_object_set_new(
        record, "velocity",
        json_pack("[o,o]", rounded(object->velocity_x), rounded(object->velocity_y)));
    json_object_set_new(record, "age", json_integer(object->age));
    return record;
}

/* Outlines of one region as [[x,y,x,y,...],...], holes as well. `by_id` holds their numbers. */
static json_t *describe_outlines(const seg_contours *contours, const int32_t *by_id,
                                 int32_t count) {
    json_t *all = json_array();
    for (int32_t i = 0; i < count; i++) {
        const seg_contour *contour = &contours->items[by_id[i]];
        json_t *outline = json_array();
        for (int32_t k = 0; k < contour->count; k++) {
            seg_point point = contours->points[contour->first + k];
            json_array_append_new(outline, json_integer(point.x));
            json_array_append_new(outline, json_integer(point.y));
        }
        json_array_append_new(all, outline);
    }
    return all;
}

static seg_status describe_rle(json_t *record, const seg_image *labels, const seg_object *object) {
    seg_rle rle;
    seg_status status = seg_rle_encode(&rle, labels, object->id, &object->box, NULL);
    if (status < 0) return status;
    json_t *list = json_array();
    for (int32_t i = 0; i < rle.count; i++)
        json_array_append_new(list, json_integer(rle.counts[i]));
    json_object_set_new(
        record, "rle",
        json_pack("{s:[i,i], s:o}", "size", labels->height, labels->width, "counts", list));
    seg_rle_free(&rle, NULL);
    return SEG_OK;
}

/* Numbers of the outlines, sorted by label and then as they came. */
typedef struct outline_key {
    int32_t id, number;
} outline_key;

static int compare_keys(const void *a, const void *b) {
    const outline_key *p = a, *q = b;
    if (p->id != q->id) return p->id < q->id ? -1 : 1;
    return (p->number > q->number) - (p->number < q->number);
}

typedef struct outlines {
    seg_contours contours;
    outline_key *keys;
    int32_t *numbers; /* of the outlines, by label */
} outlines;

static seg_status trace(outlines *target, const seg_image *labels) {
    seg_status status = seg_contours_trace(&target->contours, labels, NULL);
    if (status < 0) return status;
    size_t count = (size_t)target->contours.count;
    target->keys = memory_get(count, sizeof *target->keys);
    target->numbers = memory_get(count, sizeof *target->numbers);
    for (size_t i = 0; i < count; i++)
        target->keys[i] = (outline_key){target->contours.items[i].id, (int32_t)i};
    qsort(target->keys, count, sizeof *target->keys, compare_keys);
    for (size_t i = 0; i < count; i++)
        target->numbers[i] = target->keys[i].number;
    return SEG_OK;
}

static void outlines_free(outlines *target) {
    seg_contours_free(&target->contours, NULL);
    free(target->keys);
    free(target->numbers);
}

/* Objects ascend by id, so the outlines are walked once. */
static void add_outlines(json_t *record, const outlines *from, int32_t *next, int32_t id) {
    int32_t count = from->contours.count, first;
    while (*next < count && from->keys[*next].id < id)
        ++*next;
    first = *next;
    while (*next < count && from->keys[*next].id == id)
        ++*next;
    json_object_set_new(record, "polygon",
                        describe_outlines(&from->contours, from->numbers + first, *next - first));
}

seg_status objects_describe(text_buffer *lines, const seg_result *result, objects_shape shape,
                            const char *input) {
    outlines traced = {0};
    int32_t next = 0;
    seg_status status = SEG_OK;
    if (shape == SHAPE_POLYGON && result->object_count) status = trace(&traced, &result->labels);
    for (int32_t i = 0; status >= 0 && i < result->object_count; i++) {
        const seg_object *object = &result->objects[i];
        json_t *record = describe_object(result, object, input);
        if (shape == SHAPE_POLYGON) add_outlines(record, &traced, &next, object->id);
        if (shape == SHAPE_RLE) status = describe_rle(record, &result->labels, object);
        char *line = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(12));
        text_add(lines, "%s\n", line ? line : "{}");
        free(line);
        json_decref(record);
    }
    outlines_free(&traced);
    return status;
}
