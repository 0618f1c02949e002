#include "augment/draw.h"
#include "augment/fit.h"
#include "common/text.h"
#include <math.h>
#include <segment/imgproc.h>
#include <segment/render.h>
#include <segment/transform.h>
#include <stdlib.h>
#include <string.h>

/* Halfway to the colour of a label. */
static void tint(uint8_t *pixel, int32_t label) {
    const uint32_t colour = seg_label_colour(label);
    for (int c = 0; c < 3; c++)
        pixel[c] = (uint8_t)((pixel[c] + (colour >> (16 - 8 * c) & 255) + 1) / 2);
}

static int32_t label_at(const seg_image *labels, const void *row, int32_t x) {
    if (labels->format == SEG_U8) return ((const uint8_t *)row)[x];
    if (labels->format == SEG_U16) return ((const uint16_t *)row)[x];
    return ((const int32_t *)row)[x];
}

static void tint_labels(seg_image *drawn, const seg_image *labels, int32_t ignore) {
    for (int32_t y = 0; !seg_image_empty(labels) && y < drawn->height; y++) {
        const void *row = seg_image_row(labels, y);
        uint8_t *out = seg_image_row(drawn, y);
        for (int32_t x = 0; x < drawn->width; x++) {
            const int32_t label = label_at(labels, row, x);
            if (label && label != ignore) tint(out + 3 * (size_t)x, label);
        }
    }
}

/* Runs go down the columns, the first one being outside. */
static void tint_runs(seg_image *drawn, const uint32_t *runs, int32_t count, int32_t label) {
    int64_t at = 0;
    for (int32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < runs[i]; k++, at++)
            if (i % 2)
                tint((uint8_t *)seg_image_row(drawn, (int32_t)(at % drawn->height)) +
                         3 * (size_t)(at / drawn->height),
                     label);
}

static seg_status draw_outline(seg_image *drawn, const double *xy, int32_t count, int32_t label) {
    seg_point *points = memory_get((size_t)count + 1, sizeof *points);
    for (int32_t i = 0; i <= count; i++) {
        const double *corner = xy + 2 * (size_t)(i % count);
        points[i] = (seg_point){(int32_t)floor(corner[0]), (int32_t)floor(corner[1])};
    }
    const seg_status status = seg_render_trail(drawn, points, count + 1, label);
    free(points);
    return status;
}

static seg_status draw_rotated(seg_image *drawn, const seg_rotated_box *box, int32_t label) {
    static const int sides[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    const seg_transform turn =
        seg_transform_similarity(1, box->angle * (3.14159265358979323846 / 180));
    double from[8], to[8];
    for (int i = 0; i < 4; i++) {
        from[2 * i] = sides[i][0] * box->width / 2;
        from[2 * i + 1] = sides[i][1] * box->height / 2;
    }
    seg_transform_apply(to, &turn, from, 4);
    for (int i = 0; i < 4; i++) {
        to[2 * i] += box->x;
        to[2 * i + 1] += box->y;
    }
    return draw_outline(drawn, to, 4, label);
}

static seg_status draw_points(seg_image *drawn, const seg_keypoint *points, int32_t count,
                              int32_t label) {
    const double reach = 1 + (drawn->width + drawn->height) / 400.0;
    seg_status status = SEG_OK;
    for (int32_t i = 0; i < count && status >= 0; i++) {
        const double x = points[i].x, y = points[i].y;
        const double xy[8] = {x - reach, y, x, y - reach, x + reach, y, x, y + reach};
        if (points[i].visibility) status = draw_outline(drawn, xy, 4, label + 1 + i);
    }
    return status;
}

static seg_status draw_box(seg_image *drawn, const seg_box *box, int32_t label) {
    const double right = box->x + box->width, bottom = box->y + box->height;
    seg_object object = {.id = label};
    object.box.x = (int32_t)floor(box->x);
    object.box.y = (int32_t)floor(box->y);
    object.box.width = (int32_t)ceil(right) - object.box.x;
    object.box.height = (int32_t)ceil(bottom) - object.box.y;
    return seg_render_objects(drawn, &object, 1);
}

static seg_status draw_object(seg_image *drawn, const seg_sample *sample,
                              const seg_object_label *object) {
    const int32_t label = object->category;
    seg_status status = SEG_OK;
    if (object->kinds & SEG_LABEL_RLE)
        tint_runs(drawn, sample->runs + object->first_run, object->run_count, label);
    for (int32_t i = 0; i < object->polygon_count && status >= 0; i++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + i];
        if (span->count)
            status =
                draw_outline(drawn, sample->corners + 2 * (size_t)span->first, span->count, label);
    }
    if (status >= 0 && object->kinds & SEG_LABEL_ROTATED_BOXES)
        status = draw_rotated(drawn, &object->rotated, label);
    if (status >= 0)
        status =
            draw_points(drawn, sample->points + object->first_point, object->point_count, label);
    if (status >= 0 && object->kinds & SEG_LABEL_BOXES)
        status = draw_box(drawn, &object->box, label);
    return status;
}

seg_status draw_sample(seg_image *drawn, const seg_sample *sample, int32_t ignore) {
    seg_image_unref(drawn);
    seg_status status = seg_convert(drawn, &sample->picture, SEG_U8, NULL);
    if (status >= 0) status = fit_channels(drawn, 3, NULL);
    if (status < 0) return status;
    tint_labels(drawn, &sample->semantic, ignore);
    tint_labels(drawn, &sample->instances, 0);
    for (int32_t i = 0; i < sample->object_count && status >= 0; i++)
        status = draw_object(drawn, sample, &sample->objects[i]);
    return status;
}
