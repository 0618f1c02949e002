/* Samples: lists that keep their memory, checks, copies. */
#include "augment/sample.h"

#include "core/check.h"

#include <math.h>
#include <string.h>

static const char *const kind_names[SEG_LABEL_KINDS] = {
    "class", "boxes", "rotated-boxes", "polygons", "points", "semantic", "instances", "rle"};

const char *seg_label_kind_name(uint32_t kind) {
    for (int i = 0; i < SEG_LABEL_KINDS; i++)
        if (kind == 1u << i) return kind_names[i];
    return NULL;
}

void seg_sample_init(seg_sample *sample, const seg_env *env) {
    memset(sample, 0, sizeof *sample);
    sample->allocator = env ? env->allocator : NULL;
}

static void clear_lists(seg_sample *sample) {
    sample->class_count = sample->object_count = sample->polygon_count = 0;
    sample->corner_count = sample->point_count = sample->run_count = 0;
    sample->dropped = sample->lost_points = 0;
}

void seg_sample_clear(seg_sample *sample) {
    seg_image_unref(&sample->picture);
    seg_image_unref(&sample->semantic);
    seg_image_unref(&sample->instances);
    seg_image_unref(&sample->saliency);
    sample->name = sample->clip = NULL;
    clear_lists(sample);
}

void seg_sample_free(seg_sample *sample) {
    if (!sample) return;
    const seg_env env = {.allocator = sample->allocator};
    seg_sample_clear(sample);
    seg_release_with(env.allocator, sample->classes);
    seg_release_with(env.allocator, sample->objects);
    seg_release_with(env.allocator, sample->polygons);
    seg_release_with(env.allocator, sample->corners);
    seg_release_with(env.allocator, sample->points);
    seg_release_with(env.allocator, sample->runs);
    seg_sample_init(sample, &env);
}

/* ---- lists ---- */

#define ROOM(list, count_name, capacity_name, more, item)                                          \
    do {                                                                                           \
        void *array_ = sample->list;                                                               \
        if ((more) < 0 || (more) > INT32_MAX / 2 - sample->count_name)                             \
            return seg_fail(SEG_ERROR_LIMIT, "a sample has too many " #list);                      \
        SEG_TRY(seg_grow(&array_, &sample->capacity_name, sample->count_name,                      \
                         sample->count_name + (more), (item), sample->allocator));                 \
        sample->list = array_;                                                                     \
    } while (0)

seg_status seg_sample_room_points(seg_sample *sample, int32_t more) {
    ROOM(points, point_count, point_capacity, more, sizeof *sample->points);
    return SEG_OK;
}

seg_status seg_sample_room_corners(seg_sample *sample, int32_t more) {
    ROOM(corners, corner_count, corner_capacity, more, 2 * sizeof *sample->corners);
    return SEG_OK;
}

seg_status seg_sample_room_runs(seg_sample *sample, int32_t more) {
    ROOM(runs, run_count, run_capacity, more, sizeof *sample->runs);
    return SEG_OK;
}

seg_status seg_sample_add_object(seg_sample *sample, const seg_object_label *object) {
    ROOM(objects, object_count, object_capacity, 1, sizeof *sample->objects);
    seg_object_label *added = &sample->objects[sample->object_count++];
    *added = *object;
    added->visible = 1;
    added->first_polygon = sample->polygon_count;
    added->first_point = sample->point_count;
    added->first_run = sample->run_count;
    added->polygon_count = added->point_count = added->run_count = 0;
    added->kinds &= ~(uint32_t)(SEG_LABEL_POLYGONS | SEG_LABEL_POINTS | SEG_LABEL_RLE);
    return SEG_OK;
}

static seg_object_label *last_object(const seg_sample *sample) {
    if (sample->object_count) return &sample->objects[sample->object_count - 1];
    (void)seg_fail(SEG_ERROR_STATE, "the sample has no object yet (append one first)");
    return NULL;
}

seg_status seg_sample_add_polygon(seg_sample *sample, const double *xy, int32_t corners) {
    seg_object_label *object = last_object(sample);
    if (!object) return SEG_ERROR_STATE;
    ROOM(polygons, polygon_count, polygon_capacity, 1, sizeof *sample->polygons);
    SEG_TRY(seg_sample_room_corners(sample, corners));
    if (corners)
        memcpy(sample->corners + 2 * (size_t)sample->corner_count, xy,
               2 * (size_t)corners * sizeof *xy);
    sample->polygons[sample->polygon_count++] = (seg_polygon_span){sample->corner_count, corners};
    sample->corner_count += corners;
    object->polygon_count++;
    object->kinds |= SEG_LABEL_POLYGONS;
    return SEG_OK;
}

seg_status seg_sample_add_points(seg_sample *sample, const seg_keypoint *points, int32_t count) {
    seg_object_label *object = last_object(sample);
    if (!object) return SEG_ERROR_STATE;
    SEG_TRY(seg_sample_room_points(sample, count));
    if (count) memcpy(sample->points + sample->point_count, points, (size_t)count * sizeof *points);
    sample->point_count += count;
    object->point_count += count;
    object->kinds |= SEG_LABEL_POINTS;
    return SEG_OK;
}

seg_status seg_sample_add_runs(seg_sample *sample, const uint32_t *runs, int32_t count) {
    seg_object_label *object = last_object(sample);
    if (!object) return SEG_ERROR_STATE;
    SEG_TRY(seg_sample_room_runs(sample, count));
    if (count) memcpy(sample->runs + sample->run_count, runs, (size_t)count * sizeof *runs);
    sample->run_count += count;
    object->run_count += count;
    object->kinds |= SEG_LABEL_RLE;
    return SEG_OK;
}

seg_status seg_sample_set_class(seg_sample *sample, int32_t category, int32_t count) {
    if (count < 0 || category < -1 || category >= count)
        return seg_fail(SEG_ERROR_ARGUMENT, "category is %ld (allowed -1 to %ld)", (long)category,
                        (long)count - 1);
    sample->class_count = 0;
    ROOM(classes, class_count, class_capacity, count, sizeof *sample->classes);
    for (int32_t i = 0; i < count; i++)
        sample->classes[i] = i == category;
    sample->class_count = count;
    return SEG_OK;
}

/* ---- run lengths ---- */

seg_status seg_sample_add_mask(seg_sample *sample, const seg_image *mask) {
    uint32_t length = 0;
    bool inside = false;
    SEG_TRY(seg_sample_add_runs(sample, NULL, 0));
    seg_object_label *object = &sample->objects[sample->object_count - 1];
    for (int32_t x = 0; x < mask->width; x++)
        for (int32_t y = 0; y < mask->height; y++) {
            const bool here = ((const uint8_t *)seg_image_row(mask, y))[x] != 0;
            if (here != inside) {
                SEG_TRY(seg_sample_room_runs(sample, 2));
                sample->runs[sample->run_count++] = length;
                length = 0;
                inside = here;
            }
            length++;
        }
    SEG_TRY(seg_sample_room_runs(sample, 1));
    sample->runs[sample->run_count++] = length;
    object->run_count = sample->run_count - object->first_run;
    return SEG_OK;
}

void seg_runs_draw(const seg_image *mask, const uint32_t *runs, int32_t count) {
    int32_t x = 0, y = 0;
    for (int32_t i = 0; i < count; i++)
        for (uint32_t left = runs[i]; left;) {
            const uint32_t room = (uint32_t)(mask->height - y), take = left < room ? left : room;
            if (x == mask->width) return;
            for (uint32_t k = 0; k < take; k++)
                ((uint8_t *)seg_image_row(mask, y + (int32_t)k))[x] = i % 2 ? 255 : 0;
            left -= take;
            y += (int32_t)take;
            if (y == mask->height) x++, y = 0;
        }
}

/* ---- copies ---- */

seg_status seg_image_take(seg_image *target, int32_t width, int32_t height, const seg_image *like,
                          const seg_env *env) {
    if (!seg_image_empty(target) &&
        (target->width != width || target->height != height || target->format != like->format ||
         target->channels != like->channels))
        seg_image_unref(target);
    SEG_TRY(seg_image_ensure(target, width, height, (seg_format)like->format, like->channels, env));
    target->bits = like->bits;
    target->colour = like->colour;
    return SEG_OK;
}

seg_status seg_image_take_copy(seg_image *target, const seg_image *source, const seg_env *env) {
    if (seg_image_empty(source)) {
        seg_image_unref(target);
        return SEG_OK;
    }
    SEG_TRY(seg_image_take(target, source->width, source->height, source, env));
    return seg_image_copy(target, source, env);
}

seg_status seg_sample_append_object(seg_sample *target, const seg_sample *source, int32_t index) {
    const seg_object_label *from = &source->objects[index];
    SEG_TRY(seg_sample_add_object(target, from));
    for (int32_t i = 0; i < from->polygon_count; i++) {
        const seg_polygon_span *span = &source->polygons[from->first_polygon + i];
        SEG_TRY(
            seg_sample_add_polygon(target, source->corners + 2 * (size_t)span->first, span->count));
    }
    if (from->kinds & SEG_LABEL_POINTS)
        SEG_TRY(
            seg_sample_add_points(target, source->points + from->first_point, from->point_count));
    if (from->kinds & SEG_LABEL_RLE)
        SEG_TRY(seg_sample_add_runs(target, source->runs + from->first_run, from->run_count));
    seg_object_label *added = &target->objects[target->object_count - 1];
    added->kinds = from->kinds;
    added->visible = from->visible;
    return SEG_OK;
}

static seg_status copy_labels(seg_sample *sample, const seg_sample *source) {
    clear_lists(sample);
    ROOM(classes, class_count, class_capacity, source->class_count, sizeof *sample->classes);
    if (source->class_count)
        memcpy(sample->classes, source->classes,
               (size_t)source->class_count * sizeof *source->classes);
    sample->class_count = source->class_count;
    for (int32_t i = 0; i < source->object_count; i++)
        SEG_TRY(seg_sample_append_object(sample, source, i));
    sample->dropped = source->dropped;
    sample->lost_points = source->lost_points;
    return SEG_OK;
}

seg_status seg_sample_copy(seg_sample *target, const seg_sample *source, const seg_env *env) {
    if (!target || !source)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", target ? "source" : "target");
    if (target == source) return SEG_OK;
    SEG_TRY(seg_image_take_copy(&target->picture, &source->picture, env));
    SEG_TRY(seg_image_take_copy(&target->semantic, &source->semantic, env));
    SEG_TRY(seg_image_take_copy(&target->instances, &source->instances, env));
    SEG_TRY(seg_image_take_copy(&target->saliency, &source->saliency, env));
    target->name = source->name;
    target->clip = source->clip;
    return copy_labels(target, source);
}

/* ---- checks ---- */

uint32_t seg_sample_kinds(const seg_sample *sample) {
    uint32_t kinds = sample->class_count ? SEG_LABEL_CLASS : 0;
    if (!seg_image_empty(&sample->semantic)) kinds |= SEG_LABEL_SEMANTIC;
    if (!seg_image_empty(&sample->instances)) kinds |= SEG_LABEL_INSTANCES;
    for (int32_t i = 0; i < sample->object_count; i++)
        kinds |= sample->objects[i].kinds;
    return kinds;
}

static seg_status check_labels_picture(const seg_sample *sample, const seg_image *labels,
                                       const char *name, uint32_t formats) {
    if (seg_image_empty(labels)) return SEG_OK;
    SEG_TRY(seg_check_image(labels, name, formats, SEG_CHANNELS_1));
    if (labels->width == sample->picture.width && labels->height == sample->picture.height)
        return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE, "%s is %ld x %ld, the picture %ld x %ld (must be equal)", name,
                    (long)labels->width, (long)labels->height, (long)sample->picture.width,
                    (long)sample->picture.height);
}

#define FURTHEST 1e8 /* as seg_rle_from_polygons */

static bool sane(double value) {
    return value >= -FURTHEST && value <= FURTHEST;
}

static bool lies_in(int32_t first, int32_t count, int32_t whole) {
    return first >= 0 && count >= 0 && first <= whole && count <= whole - first;
}

static seg_status check_shapes(const seg_sample *sample, int32_t i) {
    const seg_object_label *object = &sample->objects[i];
    const seg_box *box = &object->box;
    const seg_rotated_box *rotated = &object->rotated;
    if (object->kinds & SEG_LABEL_BOXES &&
        !(sane(box->x) && sane(box->y) && sane(box->width) && sane(box->height) &&
          box->width >= 0 && box->height >= 0))
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the box of object %ld is %g,%g,%g,%g (sides must be at least 0)", (long)i,
                        box->x, box->y, box->width, box->height);
    if (object->kinds & SEG_LABEL_ROTATED_BOXES &&
        !(sane(rotated->x) && sane(rotated->y) && sane(rotated->width) && sane(rotated->height) &&
          sane(rotated->angle) && rotated->width >= 0 && rotated->height >= 0))
        return seg_fail(SEG_ERROR_ARGUMENT, "the rotated box of object %ld is no box", (long)i);
    if (!lies_in(object->first_polygon, object->polygon_count, sample->polygon_count) ||
        !lies_in(object->first_point, object->point_count, sample->point_count) ||
        !lies_in(object->first_run, object->run_count, sample->run_count))
        return seg_fail(SEG_ERROR_ARGUMENT, "the lists of object %ld are not the sample's",
                        (long)i);
    for (int32_t k = 0; k < object->polygon_count; k++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + k];
        bool good = lies_in(span->first, span->count, sample->corner_count);
        for (int32_t c = 0; good && c < 2 * span->count; c++)
            good = sane(sample->corners[2 * (size_t)span->first + (size_t)c]);
        if (!good)
            return seg_fail(SEG_ERROR_ARGUMENT, "polygon %ld of object %ld is damaged", (long)k,
                            (long)i);
    }
    for (int32_t k = 0; k < object->point_count; k++) {
        const seg_keypoint *point = &sample->points[object->first_point + k];
        if (!sane(point->x) || !sane(point->y) || point->visibility < 0 || point->visibility > 2)
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "point %ld of object %ld is %g,%g with visibility %ld (allowed 0 to 2)",
                            (long)k, (long)i, point->x, point->y, (long)point->visibility);
    }
    return SEG_OK;
}

static seg_status check_object(const seg_sample *sample, int32_t i) {
    const seg_object_label *object = &sample->objects[i];
    if (object->kinds & (SEG_LABEL_CLASS | SEG_LABEL_SEMANTIC) || object->kinds > SEG_LABEL_ALL)
        return seg_fail(SEG_ERROR_ARGUMENT, "object %ld has kinds that no object has (%lu)",
                        (long)i, (unsigned long)object->kinds);
    if (object->kinds & SEG_LABEL_INSTANCES && seg_image_empty(&sample->instances))
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "object %ld is said to be in `instances`, which is empty", (long)i);
    if (object->id < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "the id of object %ld is %ld (at least 1)", (long)i,
                        (long)object->id);
    for (int32_t k = 0; k < i; k++)
        if (sample->objects[k].id == object->id)
            return seg_fail(SEG_ERROR_ARGUMENT, "objects %ld and %ld have the same id, %ld",
                            (long)k, (long)i, (long)object->id);
    SEG_TRY(check_shapes(sample, i));
    if (!(object->kinds & SEG_LABEL_RLE)) return SEG_OK;
    const seg_rle rle = {sample->runs + object->first_run, object->run_count, sample->picture.width,
                         sample->picture.height};
    return seg_rle_check(&rle, "the mask of an object");
}

seg_status seg_sample_check(const seg_sample *sample) {
    if (!sample) return seg_fail(SEG_ERROR_ARGUMENT, "sample is missing (NULL)");
    SEG_TRY(seg_check_image(&sample->picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(check_labels_picture(sample, &sample->semantic, "semantic",
                                 SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) |
                                     SEG_FORMAT_BIT(SEG_LABEL32)));
    SEG_TRY(
        check_labels_picture(sample, &sample->instances, "instances", SEG_FORMAT_BIT(SEG_LABEL32)));
    SEG_TRY(check_labels_picture(sample, &sample->saliency, "saliency", SEG_FORMAT_BIT(SEG_U8)));
    double sum = 0;
    for (int32_t i = 0; i < sample->class_count; i++) {
        if (!(sample->classes[i] >= 0 && sample->classes[i] <= 1))
            return seg_fail(SEG_ERROR_ARGUMENT, "class %ld has the share %g (allowed 0 to 1)",
                            (long)i, (double)sample->classes[i]);
        sum += (double)sample->classes[i];
    }
    if (sample->class_count && fabs(sum - 1) > 1e-3)
        return seg_fail(SEG_ERROR_ARGUMENT, "the classes' shares sum to %g (must be 1)", sum);
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(check_object(sample, i));
    return SEG_OK;
}
