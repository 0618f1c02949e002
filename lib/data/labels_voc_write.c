/* Labels of samples as Pascal VOC's XML, of which lib/data/labels_voc.c tells. */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"

#include <stdio.h>
#include <string.h>

/* Characters that XML does not have, however they are written. */
static bool has_controls(const char *name) {
    for (; *name; name++)
        if ((unsigned char)*name < ' ') return true;
    return false;
}

static void put_text(seg_growing_text *text, const char *string) {
    for (; *string; string++)
        switch (*string) {
        case '&':
            seg_growing_text_put(text, "&amp;");
            break;
        case '<':
            seg_growing_text_put(text, "&lt;");
            break;
        case '>':
            seg_growing_text_put(text, "&gt;");
            break;
        default:
            seg_growing_text_add(text, string, 1);
        }
}

static void put_value(seg_growing_text *text, const char *name, int number, double value,
                      double step) {
    char words[SEG_NUMBER_SIZE], key[32];
    if (number)
        snprintf(key, sizeof key, "%s%d>", name, number);
    else
        snprintf(key, sizeof key, "%s>", name);
    seg_share_text(words, value, 1, step);
    const char *const parts[] = {"<", key, words, "</", key};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        seg_growing_text_put(text, parts[i]);
}

static void put_box(seg_growing_text *text, const seg_box *box, double origin) {
    const double x = seg_in_steps(box->x, SEG_HALF_STEP), y = seg_in_steps(box->y, SEG_HALF_STEP);
    const double right = x + seg_in_steps(box->width, SEG_HALF_STEP),
                 bottom = y + seg_in_steps(box->height, SEG_HALF_STEP);
    seg_growing_text_put(text, "    <bndbox>");
    put_value(text, "xmin", 0, x + origin, SEG_HALF_STEP);
    put_value(text, "ymin", 0, y + origin, SEG_HALF_STEP);
    put_value(text, "xmax", 0, right, SEG_HALF_STEP); /* + origin - the pixel that is included */
    put_value(text, "ymax", 0, bottom, SEG_HALF_STEP);
    seg_growing_text_put(text, "</bndbox>\n");
}

static void put_rotated(seg_growing_text *text, const seg_rotated_box *box, double origin) {
    char words[SEG_NUMBER_SIZE];
    seg_growing_text_put(text, "    <robndbox>");
    put_value(text, "cx", 0, box->x + origin, SEG_HALF_STEP);
    put_value(text, "cy", 0, box->y + origin, SEG_HALF_STEP);
    put_value(text, "w", 0, box->width, SEG_HALF_STEP);
    put_value(text, "h", 0, box->height, SEG_HALF_STEP);
    seg_text_from_number(words, seg_in_steps(box->angle, SEG_STEP) * SEG_RADIANS);
    seg_growing_text_put(text, "<angle>");
    seg_growing_text_put(text, words);
    seg_growing_text_put(text, "</angle></robndbox>\n");
}

static void put_polygon(seg_growing_text *text, const double *xy, int32_t count, double origin) {
    seg_growing_text_put(text, "    <polygon>");
    for (int32_t i = 0; i < count; i++) {
        put_value(text, "x", i + 1, xy[2 * (size_t)i] + origin, SEG_HALF_STEP);
        put_value(text, "y", i + 1, xy[2 * (size_t)i + 1] + origin, SEG_HALF_STEP);
    }
    seg_growing_text_put(text, "</polygon>\n");
}

/* Where names are not known, a category is called by its number. */
static seg_status put_name(seg_labels_writer *w, int32_t category) {
    int32_t place;
    if (!w->category_count) {
        seg_growing_text_whole(&w->text, category);
        return SEG_OK;
    }
    SEG_TRY(seg_labels_category_place(&place, w, category));
    const char *name = w->categories[place].name;
    if (!*name || has_controls(name))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s: category %ld has no name that XML holds", w->path,
                        (long)category);
    put_text(&w->text, name);
    return SEG_OK;
}

static seg_status put_object(seg_labels_writer *w, const seg_sample *sample,
                             const seg_object_label *object) {
    const uint32_t kinds = object->kinds & w->options.kinds & w->driver->kinds;
    seg_growing_text *text = &w->text;
    if (!kinds) return SEG_OK;
    seg_growing_text_put(text, "  <object>\n    <name>");
    SEG_TRY(put_name(w, object->category));
    seg_growing_text_put(text, "</name>\n    <difficult>");
    seg_growing_text_put(text, object->crowd ? "1" : "0");
    seg_growing_text_put(text, "</difficult>\n");
    if (kinds & SEG_LABEL_BOXES) put_box(text, &object->box, w->options.origin);
    if (kinds & SEG_LABEL_ROTATED_BOXES) put_rotated(text, &object->rotated, w->options.origin);
    for (int32_t i = 0; kinds & SEG_LABEL_POLYGONS && i < object->polygon_count; i++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + i];
        if (span->count >= 3)
            put_polygon(text, sample->corners + 2 * (size_t)span->first, span->count,
                        w->options.origin);
    }
    seg_growing_text_put(text, "  </object>\n");
    return SEG_OK;
}

static void put_head(seg_growing_text *text, const seg_image *picture, const char *name) {
    const char *slash = strrchr(name, '/');
    seg_growing_text_put(text, "<annotation>\n  <filename>");
    put_text(text, slash ? slash + 1 : name);
    seg_growing_text_put(text, "</filename>\n  <size>");
    put_value(text, "width", 0, picture->width, 1);
    put_value(text, "height", 0, picture->height, 1);
    put_value(text, "depth", 0, picture->channels, 1);
    seg_growing_text_put(text, "</size>\n");
}

seg_status seg_labels_voc_add(seg_labels_writer *w, const seg_sample *sample, const char *name) {
    seg_growing_text_clear(&w->text);
    if (has_controls(name))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s: a name has characters that XML does not hold",
                        w->path);
    put_head(&w->text, &sample->picture, name);
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(put_object(w, sample, &sample->objects[i]));
    seg_growing_text_put(&w->text, "</annotation>\n");
    char *path = seg_labels_file(w->path, name, ".xml", &w->env);
    if (!path) return SEG_ERROR_MEMORY;
    const seg_status status = seg_labels_write_file(w, path);
    seg_release(&w->env, path);
    return status;
}
