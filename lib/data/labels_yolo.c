/*
 * YOLO's texts: a file for each picture, a row for each object: its class and shares of the sides.
 * https://docs.ultralytics.com/datasets/detect/, segment/, pose/, obb/
 *
 *   class x y width height                               a box by its centre
 *   class x1 y1 x2 y2 x3 y3 ...                          a polygon of three corners or more
 *   class x1 y1 x2 y2 x3 y3 x4 y4                        a rotated box (options.oriented)
 *   class x y width height px1 py1 [v1] px2 py2 [v2] ... a box and key points (options.points)
 *
 * A row has one shape: the box of a polygon is its extent, several polygons of an object are joined
 * by edges there and back, which fill nothing. There are no crowds: they are left out.
 *
 * Numbers become pixels in steps (steps.c): sizes in SEG_STEP, the rest in half of it, so that
 * left = centre - width / 2 is exact.
 */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"
#include "data/rows.h"
#include "files/whole_file.h"

#include <stdio.h>
#include <string.h>

#define MOST_NUMBERS 200000 /* of a row */

/* ---- rows ---- */

typedef struct row {
    const seg_labels *labels;
    seg_sample *sample;
    const char *file;
    seg_line_reader line;
    double *numbers; /* behind the class */
    int32_t count, room;
} row;

static seg_status bad_row(const row *r, const char *what) {
    return seg_fail(SEG_ERROR_DATA, "%s:%ld: %ld numbers behind the class (allowed: %s)", r->file,
                    (long)r->line.number, (long)r->count, what);
}

static seg_status read_class(int32_t *category, const row *r, const char *word, size_t length) {
    const seg_builder named = {.name = r->file};
    double value;
    char text[SEG_NUMBER_SIZE];
    SEG_TRY(seg_field_number(&value, &named, &r->line, "the class", word, length));
    const int32_t count = r->labels->category_count;
    if (seg_is_whole(value, 0, INT32_MAX)) {
        *category = (int32_t)value;
        for (int32_t i = 0; i < count; i++)
            if (r->labels->categories[i].id == *category) return SEG_OK;
        if (!count) return SEG_OK;
    }
    char allowed[60];
    snprintf(allowed, sizeof allowed, count ? "one of the %ld classes, from 0" : "0, 1, ...",
             (long)count);
    seg_text_from_number(text, value);
    return seg_field_bad(&named, &r->line, "the class", text, allowed);
}

static seg_status read_numbers(row *r, const char *at) {
    const seg_builder named = {.name = r->file};
    const char *word;
    char text[SEG_NUMBER_SIZE];
    r->count = 0;
    for (size_t length; (length = seg_next_word(&word, &at, &r->line)); r->count++) {
        if (r->count == MOST_NUMBERS) return bad_row(r, "at most 200000");
        void *numbers = r->numbers;
        SEG_TRY(seg_grow(&numbers, &r->room, r->count, r->count + 1, sizeof *r->numbers,
                         r->labels->env.allocator));
        r->numbers = numbers;
        double *number = &r->numbers[r->count];
        SEG_TRY(seg_field_number(number, &named, &r->line, "a coordinate", word, length));
        if (*number >= -1 && *number <= 2) continue;
        seg_text_from_number(text, *number);
        return seg_field_bad(&named, &r->line, "a coordinate", text,
                             "-1 to 2: shares of the sides of the picture, no pixels");
    }
    return SEG_OK;
}

/* ---- shapes ---- */

static double pixels(const row *r, int32_t i, double step) {
    const seg_image *picture = &r->sample->picture;
    return seg_in_steps(r->numbers[i] * (i % 2 ? picture->height : picture->width), step);
}

static seg_status take_box(const row *r, seg_box *box) {
    const double width = pixels(r, 2, SEG_STEP), height = pixels(r, 3, SEG_STEP);
    if (!(width >= 0 && height >= 0))
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: a box of %g x %g (allowed: sides of at least 0)",
                        r->file, (long)r->line.number, r->numbers[2], r->numbers[3]);
    *box = (seg_box){pixels(r, 0, SEG_HALF_STEP) - width / 2,
                     pixels(r, 1, SEG_HALF_STEP) - height / 2, width, height};
    return SEG_OK;
}

static seg_status add_points(const row *r) {
    const seg_labels_options *o = &r->labels->options;
    const seg_image *picture = &r->sample->picture;
    for (int32_t i = 0; i < o->points; i++) {
        const double *at = r->numbers + 4 + (size_t)i * (size_t)o->point_numbers;
        const double visibility = o->point_numbers == 3 ? at[2] : at[0] != 0 || at[1] != 0 ? 2 : 0;
        if (visibility != 0 && visibility != 1 && visibility != 2)
            return seg_fail(SEG_ERROR_DATA,
                            "%s:%ld: the visibility of point %ld is %g (allowed: 0, 1, 2)", r->file,
                            (long)r->line.number, (long)i, visibility);
        const seg_keypoint point = {seg_in_steps(at[0] * picture->width, SEG_HALF_STEP),
                                    seg_in_steps(at[1] * picture->height, SEG_HALF_STEP),
                                    (int32_t)visibility};
        SEG_TRY(seg_sample_add_points(r->sample, &point, 1));
    }
    return SEG_OK;
}

static seg_status add_box(const row *r, seg_object_label *object) {
    const seg_labels_options *o = &r->labels->options;
    const bool points = o->points && r->count > 4;
    if (points && r->count != 4 + o->points * o->point_numbers) {
        char allowed[80];
        snprintf(allowed, sizeof allowed, "4, and %ld for each of %ld key points",
                 (long)o->point_numbers, (long)o->points);
        return bad_row(r, allowed);
    }
    SEG_TRY(take_box(r, &object->box));
    object->kinds = SEG_LABEL_BOXES & o->kinds;
    if (!object->kinds && !(points && o->kinds & SEG_LABEL_POINTS)) return SEG_OK;
    SEG_TRY(seg_labels_add_object(r->sample, object));
    return points && o->kinds & SEG_LABEL_POINTS ? add_points(r) : SEG_OK;
}

/* The numbers become pixels where they are. */
static seg_status add_corners(const row *r, seg_object_label *object) {
    const uint32_t wanted = r->labels->options.kinds;
    const bool oriented = r->labels->options.oriented && r->count == 8;
    for (int32_t i = 0; i < r->count; i++)
        r->numbers[i] = pixels(r, i, SEG_HALF_STEP);
    if (wanted & SEG_LABEL_BOXES) object->box = seg_labels_extent(r->numbers, r->count / 2);
    if (oriented) object->rotated = seg_labels_from_corners(r->numbers);
    object->kinds = (SEG_LABEL_BOXES | (oriented ? SEG_LABEL_ROTATED_BOXES : 0)) & wanted;
    const bool polygon = !oriented && wanted & SEG_LABEL_POLYGONS;
    if (!object->kinds && !polygon) return SEG_OK;
    SEG_TRY(seg_labels_add_object(r->sample, object));
    return polygon ? seg_sample_add_polygon(r->sample, r->numbers, r->count / 2) : SEG_OK;
}

static seg_status read_row(row *r) {
    seg_object_label object = {0};
    const char *at = r->line.line, *word;
    const size_t length = seg_next_word(&word, &at, &r->line);
    SEG_TRY(read_class(&object.category, r, word, length));
    SEG_TRY(read_numbers(r, at));
    if (r->count == 4 || r->labels->options.points) {
        if (r->count < 4) return bad_row(r, "4 of a box and those of key points");
        return add_box(r, &object);
    }
    if (r->count >= 6 && r->count % 2 == 0) return add_corners(r, &object);
    return bad_row(r, "4 of a box, x and y of at least 3 corners; key points need options");
}

static seg_status read_file(const seg_labels *labels, seg_sample *sample, const char *file) {
    char *text;
    size_t size;
    SEG_TRY(seg_file_read(&text, &size, file, &labels->env));
    const size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    row r = {labels, sample, file, seg_lines_of(text + mark, size - mark), NULL, 0, 0};
    seg_status status = SEG_OK;
    while (status >= 0 && seg_next_line(&r.line))
        status = read_row(&r);
    seg_release(&labels->env, r.numbers);
    seg_release(&labels->env, text);
    return status;
}

/* ---- the set ---- */

typedef struct yolo_set {
    char *folder; /* of what names tell */
    char *labels; /* its folder `labels`, or NULL */
} yolo_set;

/* The classes of a set lie in it or beside it. */
static seg_status find_classes(seg_labels *labels, const char *folder) {
    static const char *const names[] = {"data.yaml",    "classes.txt",    "obj.names",
                                        "../data.yaml", "../classes.txt", "../obj.names"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = seg_labels_join(folder, names[i], &labels->env);
        if (!path) return SEG_ERROR_MEMORY;
        const bool there = seg_labels_exists(path);
        const seg_status status = there ? seg_labels_read_classes(labels, path) : SEG_OK;
        seg_release(&labels->env, path);
        if (there || status < 0) return status;
    }
    return SEG_OK;
}

static seg_status open_yolo(seg_labels *labels) {
    const seg_env *env = &labels->env;
    yolo_set *set = seg_allocate_zeroed(env, 1, sizeof *set, "labels");
    if (!set) return SEG_ERROR_MEMORY;
    labels->state = set;
    const bool file = seg_labels_exists(labels->path); /* data.yaml */
    set->folder = seg_labels_join(labels->path, file ? ".." : ".", env);
    if (!set->folder) return SEG_ERROR_MEMORY;
    *strrchr(set->folder, '/') = '\0'; /* the path again */
    if (file) {
        char *slash = strrchr(set->folder, '/');
        if (slash)
            *slash = '\0';
        else
            memcpy(set->folder, ".", 2);
        if (!labels->category_count) SEG_TRY(seg_labels_read_classes(labels, labels->path));
    }
    if (!seg_labels_is_folder(set->folder))
        return seg_fail(SEG_ERROR_IO, "%s: no folder of that name", set->folder);
    char *inner = seg_labels_join(set->folder, "labels", env);
    if (!inner) return SEG_ERROR_MEMORY;
    if (seg_labels_is_folder(inner))
        set->labels = inner;
    else
        seg_release(env, inner);
    return labels->category_count ? SEG_OK : find_classes(labels, set->folder);
}

static void close_yolo(seg_labels *labels) {
    yolo_set *set = labels->state;
    if (!set) return;
    seg_release(&labels->env, set->folder);
    seg_release(&labels->env, set->labels);
    seg_release(&labels->env, set);
}

/* In the tree of YOLO's, `images` of a name stands for `labels`; in any other way of naming, names
 * go on behind the folder `labels`, if there is one. */
static seg_status load_yolo(const seg_labels *labels, seg_sample *sample, const char *name,
                            bool *found) {
    const yolo_set *set = labels->state;
    const bool tree = strncmp(name, "images/", 7) == 0 || strstr(name, "/images/");
    char *path = seg_labels_file(set->labels && !tree ? set->labels : set->folder, name, ".txt",
                                 &labels->env);
    if (!path) return SEG_ERROR_MEMORY;
    *found = seg_labels_exists(path);
    const seg_status status = *found ? read_file(labels, sample, path) : SEG_OK;
    seg_release(&labels->env, path);
    return status;
}

/* ---- writing ---- */

/* What a row has no place for is refused by name. */
static seg_status check_object(const seg_labels_writer *w, const seg_object_label *object) {
    const uint32_t kinds = object->kinds & w->options.kinds & w->driver->kinds;
    const int32_t points = w->options.points;
    const char *lost = NULL, *hint = "";
    if (kinds & SEG_LABEL_POINTS && !points)
        lost = "points", hint = "tell how many by the option points";
    else if (kinds & SEG_LABEL_ROTATED_BOXES && !w->options.oriented)
        lost = "rotated-boxes", hint = "set the option oriented";
    else if (kinds & SEG_LABEL_POLYGONS && (points || w->options.oriented))
        lost = "polygons", hint = "choose other kinds";
    else if (kinds == SEG_LABEL_POINTS)
        lost = "points without a box", hint = "give it a box";
    if (object->crowd) return SEG_OK;
    if (lost)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s: a row of YOLO has no place for %s here; %s",
                        w->path, lost, hint);
    if (kinds & SEG_LABEL_POINTS && object->point_count != points)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "%s: an object has %ld key points, but each of the set has %ld (option "
                        "points)",
                        w->path, (long)object->point_count, (long)points);
    return SEG_OK;
}

static seg_status check_yolo(const seg_labels_writer *w, const seg_sample *sample) {
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(check_object(w, &sample->objects[i]));
    return SEG_OK;
}

static seg_status begin_yolo(seg_labels_writer *w) {
    return seg_labels_write_names(w, w->path);
}

static void put_share(seg_labels_writer *w, double value, double side, double step) {
    char number[SEG_NUMBER_SIZE];
    seg_share_text(number, value, side, step);
    seg_growing_text_put(&w->text, " ");
    seg_growing_text_put(&w->text, number);
}

static void put_corners(seg_labels_writer *w, const seg_sample *sample, const double *xy,
                        int32_t count) {
    for (int32_t i = 0; i < 2 * count; i++)
        put_share(w, xy[i], i % 2 ? sample->picture.height : sample->picture.width, SEG_HALF_STEP);
}

static void put_box(seg_labels_writer *w, const seg_sample *sample, const seg_box *box) {
    const double width = seg_in_steps(box->width, SEG_STEP),
                 height = seg_in_steps(box->height, SEG_STEP);
    const double x = seg_in_steps(box->x, SEG_HALF_STEP) + width / 2,
                 y = seg_in_steps(box->y, SEG_HALF_STEP) + height / 2;
    put_share(w, x, sample->picture.width, SEG_HALF_STEP);
    put_share(w, y, sample->picture.height, SEG_HALF_STEP);
    put_share(w, width, sample->picture.width, SEG_STEP);
    put_share(w, height, sample->picture.height, SEG_STEP);
}

static void put_points(seg_labels_writer *w, const seg_sample *sample,
                       const seg_object_label *object, uint32_t kinds) {
    const bool has = kinds & SEG_LABEL_POINTS;
    for (int32_t i = 0; i < w->options.points; i++) {
        const seg_keypoint none = {0, 0, 0};
        const seg_keypoint *point = has ? &sample->points[object->first_point + i] : &none;
        put_share(w, point->x, sample->picture.width, SEG_HALF_STEP);
        put_share(w, point->y, sample->picture.height, SEG_HALF_STEP);
        if (w->options.point_numbers < 3) continue;
        seg_growing_text_put(&w->text, " ");
        seg_growing_text_whole(&w->text, point->visibility);
    }
}

/* There and back: from the last corner of a polygon to its first, on to the next polygon; at the
 * end from polygon to polygon back to the first. */
static void put_polygons(seg_labels_writer *w, const seg_sample *sample,
                         const seg_object_label *object) {
    const seg_polygon_span *spans = sample->polygons + object->first_polygon;
    for (int32_t i = 0; i < object->polygon_count; i++) {
        const double *xy = sample->corners + 2 * (size_t)spans[i].first;
        put_corners(w, sample, xy, spans[i].count);
        if (object->polygon_count > 1 && spans[i].count) put_corners(w, sample, xy, 1);
    }
    for (int32_t i = object->polygon_count - 2; i >= 1; i--)
        if (spans[i].count) put_corners(w, sample, sample->corners + 2 * (size_t)spans[i].first, 1);
}

static int32_t corners_of(const seg_sample *sample, const seg_object_label *object) {
    int32_t corners = 0;
    for (int32_t i = 0; i < object->polygon_count; i++)
        corners += sample->polygons[object->first_polygon + i].count;
    return corners;
}

static seg_status put_row(seg_labels_writer *w, const seg_sample *sample,
                          const seg_object_label *object) {
    const uint32_t kinds = object->kinds & w->options.kinds & w->driver->kinds;
    int32_t category = object->category;
    double xy[8];
    if (!kinds || object->crowd) return SEG_OK;
    if (w->category_count) SEG_TRY(seg_labels_category_place(&category, w, category));
    seg_growing_text_whole(&w->text, category);
    if (w->options.points) {
        put_box(w, sample, &object->box);
        put_points(w, sample, object, kinds);
    } else if (w->options.oriented && kinds & SEG_LABEL_ROTATED_BOXES) {
        seg_labels_corners(xy, &object->rotated);
        put_corners(w, sample, xy, 4);
    } else if (kinds & SEG_LABEL_POLYGONS && corners_of(sample, object) >= 3) {
        put_polygons(w, sample, object);
    } else {
        put_box(w, sample, &object->box);
    }
    seg_growing_text_put(&w->text, "\n");
    return SEG_OK;
}

static seg_status add_yolo(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    seg_status status = SEG_OK;
    seg_growing_text_clear(&w->text);
    for (int32_t i = 0; status >= 0 && i < sample->object_count; i++)
        status = put_row(w, sample, &sample->objects[i]);
    SEG_TRY(status);
    char *path = seg_labels_file(w->path, name, ".txt", &w->env);
    if (!path) return SEG_ERROR_MEMORY;
    if (w->category_count && strcmp(path + strlen(w->path), "/classes.txt") == 0)
        status = seg_fail(SEG_ERROR_ARGUMENT,
                          "%s: the labels of %s would be classes.txt, which has the names of the "
                          "classes; call the picture otherwise",
                          w->path, name);
    else
        status = seg_labels_write_file(w, path);
    seg_release(&w->env, path);
    return status;
}

const seg_labels_driver seg_labels_yolo = {.name = "yolo",
                                           .kinds = SEG_LABEL_BOXES | SEG_LABEL_ROTATED_BOXES |
                                                    SEG_LABEL_POLYGONS | SEG_LABEL_POINTS,
                                           .open = open_yolo,
                                           .load = load_yolo,
                                           .close = close_yolo,
                                           .check = check_yolo,
                                           .begin = begin_yolo,
                                           .add = add_yolo};
