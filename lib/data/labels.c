/* Sets of label files: which format it is, opening them, and the labels of one picture. */
#include "data/labels.h"

#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "files/whole_file.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const seg_labels_driver *const drivers[SEG_LABELS_FORMATS] = {NULL,
                                                                     &seg_labels_coco,
                                                                     &seg_labels_yolo,
                                                                     &seg_labels_voc,
                                                                     &seg_labels_semantic,
                                                                     &seg_labels_instances,
                                                                     &seg_labels_csv,
                                                                     &seg_labels_tree};

void seg_labels_options_init(seg_labels_options *options) {
    *options = (seg_labels_options){
        .size = sizeof *options, .point_numbers = 3, .origin = 1, .kinds = SEG_LABEL_ALL};
}

/* ---- formats ---- */

static const seg_labels_driver *driver_of(int32_t format) {
    return format > 0 && format < SEG_LABELS_FORMATS ? drivers[format] : NULL;
}

const char *seg_labels_format_name(int32_t format) {
    const seg_labels_driver *driver = driver_of(format);
    return driver ? driver->name : NULL;
}

int32_t seg_labels_format_find(const char *name) {
    if (name && seg_text_same_name(name, "auto")) return SEG_LABELS_AUTO;
    for (int32_t i = 1; i < SEG_LABELS_FORMATS; i++)
        if (name && seg_text_same_name(name, drivers[i]->name)) return i;
    return -1;
}

uint32_t seg_labels_format_kinds(int32_t format) {
    const seg_labels_driver *driver = driver_of(format);
    return driver ? driver->kinds : 0;
}

/* What files there are below a folder. */
typedef struct inventory {
    int32_t xml, txt, png, other_pictures, loose; /* loose: pictures in the folder itself */
} inventory;

static seg_status take_stock(void *user, const char *name) {
    inventory *found = user;
    enum { ENOUGH = 10000 };
    const bool other = seg_labels_ends_with(name, ".jpg") || seg_labels_ends_with(name, ".jpeg") ||
                       seg_labels_ends_with(name, ".webp") || seg_labels_ends_with(name, ".bmp") ||
                       seg_labels_ends_with(name, ".tif");
    const bool png = seg_labels_ends_with(name, ".png");
    found->xml += seg_labels_ends_with(name, ".xml");
    found->txt += seg_labels_ends_with(name, ".txt");
    found->png += png;
    found->other_pictures += other;
    found->loose += (png || other) && !strchr(name, '/');
    return found->xml + found->txt + found->png + found->other_pictures < ENOUGH ? SEG_OK : SEG_END;
}

static seg_status guess_folder(int32_t *format, const char *path, const seg_env *env) {
    inventory found = {0};
    SEG_TRY(seg_labels_walk(path, take_stock, &found, env));
    if (found.xml)
        *format = SEG_LABELS_VOC;
    else if (found.txt)
        *format = SEG_LABELS_YOLO;
    else if (found.other_pictures && !found.loose)
        *format = SEG_LABELS_TREE;
    else
        return seg_fail(SEG_ERROR_DATA,
                        "%s: which labels it has cannot be told from its files%s; say which format "
                        "it is",
                        path, found.png ? ", which are pictures" : "");
    return SEG_OK;
}

static seg_status guess_format(int32_t *format, const char *path, const seg_env *env) {
    if (seg_labels_is_folder(path)) return guess_folder(format, path, env);
    if (!seg_labels_exists(path))
        return seg_fail(SEG_ERROR_IO, "%s: cannot be opened (%s)", path, strerror(errno));
    if (seg_labels_ends_with(path, ".yaml") || seg_labels_ends_with(path, ".yml"))
        *format = SEG_LABELS_YOLO;
    else
        *format = seg_labels_ends_with(path, ".json") ? SEG_LABELS_COCO : SEG_LABELS_CSV;
    return SEG_OK;
}

static seg_status check_options(const seg_labels_options *o) {
    if (o->size != sizeof *o)
        return seg_fail(SEG_ERROR_OPTION,
                        "the options of labels have size %zu (expected %zu; use "
                        "seg_labels_options_init)",
                        o->size, sizeof *o);
    if (o->format < 0 || o->format >= SEG_LABELS_FORMATS)
        return seg_fail(SEG_ERROR_OPTION, "format is %ld (allowed: 0 to %d)", (long)o->format,
                        SEG_LABELS_FORMATS - 1);
    if (o->points < 0 || o->points > 1000)
        return seg_fail(SEG_ERROR_OPTION, "points is %ld (allowed: 0 to 1000)", (long)o->points);
    if (o->point_numbers != 2 && o->point_numbers != 3)
        return seg_fail(SEG_ERROR_OPTION, "point_numbers is %ld (allowed: 2, 3)",
                        (long)o->point_numbers);
    if (o->origin != 0 && o->origin != 1)
        return seg_fail(SEG_ERROR_OPTION, "origin is %ld (allowed: 0, 1)", (long)o->origin);
    if (o->divisor < 0)
        return seg_fail(SEG_ERROR_OPTION, "divisor is %ld (allowed: 0 to 2^31 - 1)",
                        (long)o->divisor);
    return SEG_OK;
}

seg_status seg_labels_choose(const seg_labels_driver **driver, const seg_labels_options *options,
                             bool writing) {
    SEG_TRY(check_options(options));
    *driver = driver_of(options->format);
    if ((*driver)->pictures &&
        !(writing ? options->write_picture != NULL : options->read_picture != NULL))
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "labels of the format %s are pictures, and options->%s_picture is NULL",
                        (*driver)->name, writing ? "write" : "read");
    return SEG_OK;
}

/* ---- opening ---- */

static seg_status open_labels(seg_labels *labels) {
    seg_dataset_options none;
    seg_dataset_options_init(&none);
    SEG_TRY(seg_builder_init(&labels->base, labels->path, &none, &labels->env));
    labels->path = seg_builder_text(&labels->base, labels->path);
    if (!labels->path) return SEG_ERROR_MEMORY;
    labels->base.name = labels->path;
    if (labels->options.format == SEG_LABELS_AUTO)
        SEG_TRY(guess_format(&labels->options.format, labels->path, &labels->env));
    SEG_TRY(seg_labels_choose(&labels->driver, &labels->options, false));
    if (labels->options.classes) SEG_TRY(seg_labels_read_classes(labels, labels->options.classes));
    labels->options.classes = NULL; /* the caller's */
    return labels->driver->open ? labels->driver->open(labels) : SEG_OK;
}

seg_status seg_labels_open(seg_labels **labels, const char *path, const seg_labels_options *options,
                           const seg_env *env) {
    seg_labels_options defaults;
    if (!labels || !path || !*path)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing", labels ? "path" : "labels");
    *labels = NULL;
    seg_labels_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(check_options(options));
    seg_labels *made = seg_allocate_zeroed(env, 1, sizeof *made, "labels");
    if (!made) return SEG_ERROR_MEMORY;
    made->options = *options;
    made->path = path;
    if (env) made->env = *env;
    const seg_status status = open_labels(made);
    if (status < 0)
        seg_labels_close(made);
    else
        *labels = made;
    return status < 0 ? status : SEG_OK;
}

void seg_labels_close(seg_labels *labels) {
    if (!labels) return;
    const seg_env env = labels->env;
    if (labels->driver && labels->driver->close) labels->driver->close(labels);
    seg_release(&env, labels->categories);
    seg_release(&env, labels->by_name);
    seg_release(&env, labels->by_file);
    seg_builder_free(&labels->base);
    seg_release(&env, labels);
}

int32_t seg_labels_format_of(const seg_labels *labels) {
    return labels ? labels->options.format : SEG_LABELS_AUTO;
}

const seg_label_category *seg_labels_categories(const seg_labels *labels, int32_t *count) {
    *count = labels ? labels->category_count : 0;
    return labels ? labels->categories : NULL;
}

int32_t seg_labels_count(const seg_labels *labels) {
    return labels ? labels->name_count : 0;
}

const char *seg_labels_name(const seg_labels *labels, int32_t index) {
    return labels && index >= 0 && index < labels->name_count ? labels->by_name[index].name : NULL;
}

/* ---- samples ---- */

/* What a sample held before; lists go back to it by their counts alone. */
static void undo(seg_sample *sample, const seg_sample *before) {
    sample->object_count = before->object_count;
    sample->polygon_count = before->polygon_count;
    sample->corner_count = before->corner_count;
    sample->point_count = before->point_count;
    sample->run_count = before->run_count;
    sample->class_count = before->class_count;
    if (seg_image_empty(&before->semantic)) seg_image_unref(&sample->semantic);
    if (seg_image_empty(&before->instances)) seg_image_unref(&sample->instances);
}

static seg_status load(const seg_labels *labels, seg_sample *sample, const char *name, bool *found,
                       bool with_picture) {
    bool ignored;
    if (!labels || !sample || !name || !*name)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing",
                        !labels  ? "labels"
                        : sample ? "name"
                                 : "sample");
    if (seg_image_empty(&sample->picture) == with_picture)
        return seg_fail(SEG_ERROR_ARGUMENT, with_picture
                                                ? "the sample has no picture, whose size is needed"
                                                : "the sample has a picture: load its labels");
    if (!found) found = &ignored;
    *found = false;
    const seg_sample before = *sample;
    const seg_status status = labels->driver->load(labels, sample, name, found);
    if (status < 0) undo(sample, &before);
    return status;
}

seg_status seg_labels_load(const seg_labels *labels, seg_sample *sample, const char *name,
                           bool *found) {
    return load(labels, sample, name, found, true);
}

seg_status seg_labels_glance(const seg_labels *labels, seg_sample *sample, const char *name,
                             bool *found) {
    return load(labels, sample, name, found, false);
}

seg_status seg_labels_add_object(seg_sample *sample, const seg_object_label *object) {
    seg_object_label added = *object;
    added.id = 0;
    for (int32_t i = 0; i < sample->object_count; i++)
        if (sample->objects[i].id > added.id) added.id = sample->objects[i].id;
    if (added.id == INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "no id is left for a further object of the sample");
    added.id++;
    return seg_sample_add_object(sample, &added);
}

seg_status seg_labels_check_size(const seg_sample *sample, const char *file, int32_t width,
                                 int32_t height) {
    if (seg_image_empty(&sample->picture)) return SEG_OK; /* at a glance */
    if (sample->picture.width == width && sample->picture.height == height) return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE, "%s: labels of a picture of %ld x %ld, but it has %ld x %ld",
                    file, (long)width, (long)height, (long)sample->picture.width,
                    (long)sample->picture.height);
}

seg_status seg_labels_set_shares(seg_sample *sample, const char *file, const float *shares,
                                 int32_t count) {
    if (sample->class_count)
        return seg_fail(SEG_ERROR_STATE, "%s: the sample has a class already", file);
    SEG_TRY(seg_sample_set_class(sample, -1, count));
    if (count) memcpy(sample->classes, shares, (size_t)count * sizeof *shares);
    return SEG_OK;
}

/* ---- shapes ---- */

seg_box seg_labels_extent(const double *xy, int32_t count) {
    if (!count) return (seg_box){0};
    double left = xy[0], right = xy[0], top = xy[1], bottom = xy[1];
    for (int32_t i = 1; i < count; i++) {
        left = seg_smaller(left, xy[2 * (size_t)i]);
        right = seg_larger(right, xy[2 * (size_t)i]);
        top = seg_smaller(top, xy[2 * (size_t)i + 1]);
        bottom = seg_larger(bottom, xy[2 * (size_t)i + 1]);
    }
    return (seg_box){left, top, right - left, bottom - top};
}

seg_box seg_labels_polygon_box(const seg_sample *sample, const seg_object_label *object) {
    seg_box box = {0};
    for (int32_t i = 0; i < object->polygon_count; i++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + i];
        const seg_box next =
            seg_labels_extent(sample->corners + 2 * (size_t)span->first, span->count);
        const double both[4] = {seg_smaller(box.x, next.x), seg_smaller(box.y, next.y),
                                seg_larger(box.x + box.width, next.x + next.width),
                                seg_larger(box.y + box.height, next.y + next.height)};
        box = i ? seg_labels_extent(both, 2) : next;
    }
    return box;
}

void seg_labels_corners(double xy[8], const seg_rotated_box *box) {
    const double cosine = seg_cos(box->angle * SEG_RADIANS),
                 sine = seg_sin(box->angle * SEG_RADIANS);
    for (int i = 0; i < 4; i++) {
        const double u = (i == 1 || i == 2 ? 0.5 : -0.5) * box->width;
        const double v = (i >= 2 ? 0.5 : -0.5) * box->height;
        xy[2 * i] = box->x + u * cosine - v * sine;
        xy[2 * i + 1] = box->y + u * sine + v * cosine;
    }
}

seg_rotated_box seg_labels_from_corners(const double xy[8]) {
    seg_rotated_box box = {0};
    for (int i = 0; i < 4; i++) {
        box.x += xy[2 * i] / 4;
        box.y += xy[2 * i + 1] / 4;
    }
    const double ux = xy[2] - xy[0], uy = xy[3] - xy[1], vx = xy[4] - xy[2], vy = xy[5] - xy[3];
    box.width = sqrt(ux * ux + uy * uy);
    box.height = sqrt(vx * vx + vy * vy);
    box.angle = ux || uy ? seg_atan2(uy, ux) / SEG_RADIANS : 0;
    return box;
}
