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

static json_t *describe_intensity(const seg_intensity *from) {
    return json_pack("{s:o, s:o, s:o, s:o}", "min", rounded(from->min), "mean", rounded(from->mean),
                     "max", rounded(from->max), "std", rounded(from->deviation));
}

static json_t *describe_intensities(const seg_object *object) {
    json_t *all = json_object();
    json_object_set_new(all, "grey", describe_intensity(&object->grey));
    if (object->intensities < 4) return all;
    json_object_set_new(all, "red", describe_intensity(&object->red));
    json_object_set_new(all, "green", describe_intensity(&object->green));
    json_object_set_new(all, "blue", describe_intensity(&object->blue));
    return all;
}

/* The numbers of the model in seg_motion, those of u first, then those of v, then what they share.
 */
static json_t *describe_numbers(const seg_object *object) {
    static const int8_t places[][SEG_MOTION_NUMBERS] = {
        [2] = {0, 6},
        [4] = {0, 6, 1, 7},
        [6] = {0, 1, 2, 6, 7, 8},
        [8] = {0, 1, 2, 6, 7, 8, 3, 4},
        [12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
    };
    json_t *list = json_array();
    for (int32_t i = 0; i < object->motion_numbers; i++) {
        const double value = object->motion.p[places[object->motion_numbers][i]];
        json_array_append_new(list, json_real(floor(value * 1e9 + 0.5) / 1e9));
    }
    return list;
}

static const char *model_of(const seg_object *object) {
    seg_motion_model model = SEG_MOTION_TRANSLATION;
    while (seg_motion_model_numbers(model) != object->motion_numbers)
        model++;
    return seg_motion_model_name(model);
}

/* The layers that the object hides, and those that hide it, where there are any. */
static void add_order(json_t *motion, const seg_result *result, int32_t id) {
    json_t *hidden = json_array(), *hiding = json_array();
    for (int32_t i = 0; i < result->order_count; i++) {
        const seg_layer_order *order = &result->orders[i];
        if (order->front == id) json_array_append_new(hidden, json_integer(order->behind));
        if (order->behind == id) json_array_append_new(hiding, json_integer(order->front));
    }
    if (json_array_size(hidden) > 0) json_object_set(motion, "in_front_of", hidden);
    if (json_array_size(hiding) > 0) json_object_set(motion, "behind", hiding);
    json_decref(hidden);
    json_decref(hiding);
}

static json_t *describe_motion(const seg_result *result, const seg_object *object) {
    double direction;
    const double speed = seg_motion_speed(object->relative_x, object->relative_y, &direction);
    const double seconds = result->flow_about.seconds;
    json_t *motion = json_pack("{s:s, s:o, s:[o,o], s:[o,o], s:o, s:o}", "model", model_of(object),
                               "numbers", describe_numbers(object), "centroid",
                               rounded(object->motion_x), rounded(object->motion_y), "relative",
                               rounded(object->relative_x), rounded(object->relative_y), "speed",
                               rounded(speed), "direction", rounded(direction));
    add_order(motion, result, object->id);
    if (seconds > 0) json_object_set_new(motion, "speed_per_second", rounded(speed / seconds));
    return motion;
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
    json_object_set_new(record, "variance_x", rounded(object->variance_x));
    json_object_set_new(record, "covariance", rounded(object->covariance));
    json_object_set_new(record, "variance_y", rounded(object->variance_y));
    json_object_set_new(record, "major", rounded(object->major));
    json_object_set_new(record, "minor", rounded(object->minor));
    json_object_set_new(record, "orientation", rounded(object->orientation));
    json_object_set_new(record, "eccentricity", rounded(object->eccentricity));
    json_object_set_new(record, "convex_area", json_integer(object->convex_area));
    json_object_set_new(record, "solidity", rounded(object->solidity));
    json_object_set_new(record, "euler", json_integer(object->euler));
    if (object->intensities) json_object_set_new(record, "intensity", describe_intensities(object));
    if (object->motion_numbers)
        json_object_set_new(record, "motion", describe_motion(result, object));
    if (!object->age) return record;
    json_object_set_new(
        record, "velocity",
        json_pack("[o,o]", rounded(object->velocity_x), rounded(object->velocity_y)));
    json_object_set_new(record, "age", json_integer(object->age));
    return record;
}

/* Outlines of one region as [[x,y,x,y,...],...], and which of them are holes. `by_id` holds their
 * numbers. */
static void describe_outlines(json_t *record, const seg_contours *contours, const int32_t *by_id,
                              int32_t count) {
    json_t *all = json_array(), *holes = json_array();
    for (int32_t i = 0; i < count; i++) {
        const seg_contour *contour = &contours->items[by_id[i]];
        json_t *outline = json_array();
        for (int32_t k = 0; k < contour->count; k++) {
            seg_point point = contours->points[contour->first + k];
            json_array_append_new(outline, json_integer(point.x));
            json_array_append_new(outline, json_integer(point.y));
        }
        json_array_append_new(all, outline);
        if (contour->hole) json_array_append_new(holes, json_integer(i));
    }
    json_object_set_new(record, "polygon", all);
    json_object_set_new(record, "holes", holes);
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

static seg_status trace(outlines *target, const seg_image *labels, double simplify) {
    seg_status status = seg_contours_trace(&target->contours, labels, NULL);
    if (status >= 0 && simplify > 0)
        status = seg_contours_simplify(&target->contours, simplify, NULL);
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
    describe_outlines(record, &from->contours, from->numbers + first, *next - first);
}

/* A text with quotes, as RFC 4180 has it. */
static void add_quoted(text_buffer *line, const char *text) {
    text_add(line, "\"");
    for (; *text; text++)
        text_add(line, *text == '"' ? "\"\"" : "%c", *text);
    text_add(line, "\"");
}

void objects_head(text_buffer *target, objects_shape shape, bool with_input) {
    const char *name;
    text_add(target, "%sframe,time", with_input ? "input," : "");
    for (int32_t i = 0; (name = seg_object_field_name(i)); i++)
        text_add(target, ",%s", name);
    text_add(target, shape == SHAPE_TABLE_RLE ? ",rle\n" : "\n");
}

/* COCO's text, which has no character that CSV knows. */
static seg_status add_rle(text_buffer *lines, const seg_image *labels, const seg_object *object) {
    seg_rle rle;
    seg_status status = seg_rle_encode(&rle, labels, object->id, &object->box, NULL);
    if (status < 0) return status;
    const size_t room = seg_rle_to_string(NULL, 0, &rle) + 1;
    char *text = memory_get(room, 1);
    seg_rle_to_string(text, room, &rle);
    text_add(lines, ",%s", text);
    free(text);
    seg_rle_free(&rle, NULL);
    return SEG_OK;
}

/* Nothing stands where there is no time or value. */
static seg_status add_row(text_buffer *lines, const seg_result *result, const seg_object *object,
                          objects_shape shape, const char *input) {
    const seg_image *labels = &result->labels;
    if (input) {
        add_quoted(lines, input);
        text_add(lines, ",");
    }
    text_add(lines, "%lld,", (long long)result->index);
    json_t *time = describe_time(result);
    if (json_is_real(time)) text_add(lines, "%.6g", json_real_value(time));
    json_decref(time);
    for (int32_t i = 0; seg_object_field_name(i); i++) {
        const double value = seg_object_field_value(object, i, labels->width, labels->height);
        if (value == floor(value) && fabs(value) < 1e15)
            text_add(lines, ",%.0f", value);
        else
            text_add(lines, isnan(value) ? "," : ",%.3f", value);
    }
    seg_status status = SEG_OK;
    if (shape == SHAPE_TABLE_RLE) status = add_rle(lines, labels, object);
    text_add(lines, "\n");
    return status;
}

seg_status objects_describe(text_buffer *lines, const seg_result *result, objects_shape shape,
                            double simplify, const char *input) {
    outlines traced = {0};
    int32_t next = 0;
    seg_status status = SEG_OK;
    if (shape == SHAPE_POLYGON && result->object_count)
        status = trace(&traced, &result->labels, simplify);
    for (int32_t i = 0; status >= 0 && i < result->object_count; i++) {
        const seg_object *object = &result->objects[i];
        if (objects_are_table(shape)) {
            status = add_row(lines, result, object, shape, input);
            continue;
        }
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
