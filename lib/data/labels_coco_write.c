/*
 * Labels of samples as COCO's JSON. Annotations go to the file as they come; images, a line for
 * each, wait for the end. Numbers have as many digits as are needed to be read back exactly.
 */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct coco_writer {
    seg_growing_text images;
    int64_t image_count, annotation_count;
    bool invents; /* categories: none were given */
    int32_t category_capacity;
} coco_writer;

seg_status seg_labels_coco_begin(seg_labels_writer *w) {
    coco_writer *c = seg_allocate_zeroed(&w->env, 1, sizeof *c, "a writer of labels");
    if (!c) return SEG_ERROR_MEMORY;
    w->state = c;
    c->images.env = &w->env;
    c->invents = !w->category_count;
    SEG_TRY(seg_labels_begin_file(w));
    seg_growing_text_put(&w->text, "{");
    seg_growing_text_put(&w->text, seg_labels_coco_notes(w->options.source));
    seg_growing_text_put(&w->text, "\"annotations\":[");
    return SEG_OK;
}

seg_status seg_labels_coco_check(const seg_labels_writer *w, const seg_sample *sample) {
    const uint32_t both = SEG_LABEL_POLYGONS | SEG_LABEL_RLE;
    for (int32_t i = 0; i < sample->object_count; i++)
        if ((sample->objects[i].kinds & w->options.kinds & both) == both)
            return seg_fail(SEG_ERROR_UNSUPPORTED,
                            "%s: object %ld has polygons and run lengths, of which COCO holds one; "
                            "choose by kinds",
                            w->path, (long)i);
    return SEG_OK;
}

/* ---- values ---- */

static seg_status put_string(seg_growing_text *text, const char *string) {
    json_t *value = json_string(string);
    if (!value) return seg_fail(SEG_ERROR_ARGUMENT, "\"%s\" is not UTF-8, as JSON must be", string);
    char *written = json_dumps(value, JSON_ENCODE_ANY);
    json_decref(value);
    if (!written) return seg_fail(SEG_ERROR_MEMORY, "no memory for JSON");
    seg_growing_text_put(text, written);
    free(written);
    return SEG_OK;
}

static void put_list(seg_growing_text *text, const char *key, const double *values, int32_t count) {
    seg_growing_text_put(text, key);
    for (int32_t i = 0; i < count; i++) {
        seg_growing_text_put(text, i ? "," : "[");
        seg_growing_text_number(text, values[i]);
    }
    seg_growing_text_put(text, count ? "]" : "[]");
}

static void put_polygons(seg_growing_text *text, const seg_sample *sample,
                         const seg_object_label *object) {
    const char *comma = "";
    seg_growing_text_put(text, ",\"segmentation\":[");
    for (int32_t i = 0; i < object->polygon_count; i++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + i];
        if (span->count < 3) continue; /* no polygon to COCO, and without area */
        put_list(text, comma, sample->corners + 2 * (size_t)span->first, 2 * span->count);
        comma = ",";
    }
    seg_growing_text_put(text, "]");
}

static seg_status put_mask(seg_growing_text *text, const seg_rle *mask, const seg_env *env) {
    const size_t length = seg_rle_to_string(NULL, 0, mask);
    char *string = seg_allocate(env, length + 1, 1, "run lengths");
    if (!string) return SEG_ERROR_MEMORY;
    seg_rle_to_string(string, length + 1, mask);
    seg_growing_text_put(text, ",\"segmentation\":{\"size\":[");
    seg_growing_text_whole(text, mask->height);
    seg_growing_text_put(text, ",");
    seg_growing_text_whole(text, mask->width);
    seg_growing_text_put(text, "],\"counts\":");
    const seg_status status = put_string(text, string);
    seg_growing_text_put(text, "}");
    seg_release(env, string);
    return status;
}

static void put_points(seg_growing_text *text, const seg_sample *sample,
                       const seg_object_label *object) {
    int32_t labelled = 0;
    seg_growing_text_put(text, ",\"keypoints\":[");
    for (int32_t i = 0; i < object->point_count; i++) {
        const seg_keypoint *point = &sample->points[object->first_point + i];
        labelled += point->visibility > 0;
        if (i) seg_growing_text_put(text, ",");
        seg_growing_text_number(text, point->x);
        seg_growing_text_put(text, ",");
        seg_growing_text_number(text, point->y);
        seg_growing_text_put(text, ",");
        seg_growing_text_whole(text, point->visibility);
    }
    seg_growing_text_put(text, "],\"num_keypoints\":");
    seg_growing_text_whole(text, labelled);
}

/* ---- annotations ---- */

/* The object's mask, owned or borrowed from the sample; counts are NULL where it has none. */
static seg_status find_mask(seg_rle *mask, bool *owned, const seg_sample *sample,
                            const seg_object_label *object, uint32_t kinds, const seg_env *env) {
    *mask = (seg_rle){0};
    *owned = false;
    if (kinds & SEG_LABEL_RLE) {
        *mask = (seg_rle){sample->runs + object->first_run, object->run_count,
                          sample->picture.width, sample->picture.height};
    } else if (kinds & SEG_LABEL_INSTANCES && !(kinds & SEG_LABEL_POLYGONS)) {
        *owned = true;
        return seg_rle_encode(mask, &sample->instances, object->id, NULL, env);
    }
    return SEG_OK;
}

/* COCO has a box for every object. */
static seg_box box_of(const seg_sample *sample, const seg_object_label *object, uint32_t kinds,
                      const seg_rle *mask) {
    double xy[8];
    if (kinds & SEG_LABEL_BOXES) return object->box;
    if (mask->counts) {
        const seg_rect box = seg_rle_box(mask);
        return (seg_box){box.x, box.y, box.width, box.height};
    }
    if (kinds & SEG_LABEL_POLYGONS) return seg_labels_polygon_box(sample, object);
    if (kinds & SEG_LABEL_ROTATED_BOXES) {
        seg_labels_corners(xy, &object->rotated);
        return seg_labels_extent(xy, 4);
    }
    return (seg_box){0};
}

static double area_of(const seg_sample *sample, const seg_object_label *object, uint32_t kinds,
                      const seg_rle *mask, const seg_box *box) {
    if (object->area > 0) return object->area;
    if (mask->counts) return (double)seg_rle_area(mask);
    double area = 0;
    for (int32_t i = 0; kinds & SEG_LABEL_POLYGONS && i < object->polygon_count; i++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + i];
        area += seg_polygon_area(sample->corners + 2 * (size_t)span->first, span->count);
    }
    return area > 0 ? area : box->width * box->height;
}

static seg_status put_shape(seg_growing_text *text, const seg_sample *sample,
                            const seg_object_label *object, uint32_t kinds, const seg_env *env) {
    seg_rle mask;
    bool owned;
    SEG_TRY(find_mask(&mask, &owned, sample, object, kinds, env));
    const seg_box box = box_of(sample, object, kinds, &mask);
    const double sides[4] = {box.x, box.y, box.width, box.height};
    put_list(text, ",\"bbox\":", sides, 4);
    seg_growing_text_put(text, ",\"area\":");
    seg_growing_text_number(text, area_of(sample, object, kinds, &mask, &box));
    seg_status status = SEG_OK;
    if (mask.counts)
        status = put_mask(text, &mask, env);
    else if (kinds & SEG_LABEL_POLYGONS)
        put_polygons(text, sample, object);
    if (owned) seg_rle_free(&mask, env);
    return status;
}

/* Where names are not known, a category that is met is called by its number. */
static seg_status note_category(seg_labels_writer *w, int32_t id) {
    coco_writer *c = w->state;
    int32_t place;
    char name[16];
    if (!c->invents) return seg_labels_category_place(&place, w, id);
    if (seg_labels_category_find(&place, w, id)) return SEG_OK;
    void *list = w->categories;
    SEG_TRY(seg_grow(&list, &c->category_capacity, w->category_count, w->category_count + 1,
                     sizeof *w->categories, w->env.allocator));
    w->categories = list;
    snprintf(name, sizeof name, "%ld", (long)id);
    const seg_label_category made = {id, seg_builder_text(&w->base, name), ""};
    if (!made.name) return SEG_ERROR_MEMORY;
    w->categories[w->category_count++] = made;
    return SEG_OK;
}

static seg_status put_annotation(seg_labels_writer *w, const seg_sample *sample, int32_t index) {
    coco_writer *c = w->state;
    seg_growing_text *text = &w->text;
    const seg_object_label *object = &sample->objects[index];
    const uint32_t kinds = object->kinds & w->options.kinds;
    if (!kinds) return SEG_OK; /* what it had was given up */
    SEG_TRY(note_category(w, object->category));
    seg_growing_text_put(text, c->annotation_count ? ",\n{\"id\":" : "\n{\"id\":");
    seg_growing_text_whole(text, ++c->annotation_count);
    seg_growing_text_put(text, ",\"image_id\":");
    seg_growing_text_whole(text, c->image_count + 1);
    seg_growing_text_put(text, ",\"category_id\":");
    seg_growing_text_whole(text, object->category);
    seg_growing_text_put(text, object->crowd ? ",\"iscrowd\":1" : ",\"iscrowd\":0");
    SEG_TRY(put_shape(text, sample, object, kinds, &w->env));
    if (kinds & SEG_LABEL_ROTATED_BOXES) {
        const seg_rotated_box *r = &object->rotated;
        const double values[5] = {r->x, r->y, r->width, r->height, r->angle};
        put_list(text, ",\"rotated_box\":", values, 5);
    }
    if (kinds & SEG_LABEL_POINTS) put_points(text, sample, object);
    seg_growing_text_put(text, "}");
    return SEG_OK;
}

static seg_status put_image(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    coco_writer *c = w->state;
    seg_growing_text *text = &c->images;
    seg_growing_text_put(text, c->image_count ? ",\n{\"id\":" : "\n{\"id\":");
    seg_growing_text_whole(text, c->image_count + 1);
    seg_growing_text_put(text, ",\"width\":");
    seg_growing_text_whole(text, sample->picture.width);
    seg_growing_text_put(text, ",\"height\":");
    seg_growing_text_whole(text, sample->picture.height);
    seg_growing_text_put(text, ",\"file_name\":");
    SEG_TRY(put_string(text, name));
    seg_growing_text_put(text, seg_labels_coco_picture_notes(w->options.source, sample->name));
    seg_growing_text_put(text, "}");
    return SEG_OK;
}

static seg_status add(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    coco_writer *c = w->state;
    SEG_TRY(put_image(w, sample, name));
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(put_annotation(w, sample, i));
    SEG_TRY(seg_growing_text_status(&c->images));
    return seg_growing_text_status(&w->text);
}

/* A sample that fails leaves nothing behind. */
seg_status seg_labels_coco_add(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    coco_writer *c = w->state;
    const size_t text = w->text.size, images = c->images.size;
    const int64_t annotations = c->annotation_count;
    const int32_t categories = w->category_count;
    const seg_status status = add(w, sample, name);
    if (status < 0) {
        w->text.size = text;
        c->images.size = images;
        w->text.failed = c->images.failed = false;
        c->annotation_count = annotations;
        w->category_count = categories;
        return status;
    }
    c->image_count++;
    return seg_labels_hand_over(w);
}

/* ---- the end ---- */

static seg_status put_category(seg_growing_text *text, const seg_label_category *category) {
    if (*category->json) {
        seg_growing_text_put(text, category->json);
        return SEG_OK;
    }
    seg_growing_text_put(text, "{\"id\":");
    seg_growing_text_whole(text, category->id);
    seg_growing_text_put(text, ",\"name\":");
    SEG_TRY(put_string(text, category->name));
    seg_growing_text_put(text, "}");
    return SEG_OK;
}

static int compare_ids(const void *a, const void *b) {
    const seg_label_category *p = a, *q = b;
    return (p->id > q->id) - (p->id < q->id);
}

seg_status seg_labels_coco_finish(seg_labels_writer *w) {
    coco_writer *c = w->state;
    seg_growing_text *text = &w->text;
    if (c->invents && w->category_count)
        qsort(w->categories, (size_t)w->category_count, sizeof *w->categories, compare_ids);
    seg_growing_text_put(text, "],\n\"categories\":[");
    for (int32_t i = 0; i < w->category_count; i++) {
        seg_growing_text_put(text, i ? ",\n" : "\n");
        SEG_TRY(put_category(text, &w->categories[i]));
    }
    seg_growing_text_put(text, "],\n\"images\":[");
    seg_growing_text_add(text, c->images.bytes, c->images.size);
    seg_growing_text_put(text, "]}\n");
    return seg_labels_end_file(w);
}

void seg_labels_coco_abandon(seg_labels_writer *w) {
    coco_writer *c = w->state;
    if (!c) return;
    seg_growing_text_free(&c->images);
    seg_release(&w->env, c);
}
