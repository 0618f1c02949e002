/* Samples with labels of every kind, for tests of augmentations. */
#ifndef SEG_TESTS_AUGMENT_SAMPLES_H
#define SEG_TESTS_AUGMENT_SAMPLES_H

#include "core_main.h"
#include "pixels.h"

#include <segment/augment.h>
#include <stdio.h>

#define SAMPLE_SET 5
#define SAMPLE_CLASSES 4

/* An ellipse as a polygon of 24 corners. */
static inline void sample_ellipse(double xy[48], double x, double y, double a, double b) {
    for (int i = 0; i < 24; i++) {
        xy[2 * i] = x + a * cos(i * 3.14159265358979 / 12);
        xy[2 * i + 1] = y + b * sin(i * 3.14159265358979 / 12);
    }
}

/* Four ellipses that do not touch, each an object with all of `kinds`; its key point is the centre.
 * The picture is noise with the objects in flat colours. */
static inline void sample_make(seg_sample *sample, uint32_t kinds, int format, int channels,
                               int32_t width, int32_t height, uint32_t seed) {
    static const char *const names[SAMPLE_SET] = {"a/0.png", "a/1.png", "b/2.png", "b/3.png", "4"};
    pixels_random random = pixels_random_start(seed + 1000);
    seg_image ids = {0};
    seg_sample_init(sample, NULL);
    sample->name = names[seed % SAMPLE_SET];
    ck_assert_ok(
        seg_image_alloc(&sample->picture, width, height, (seg_format)format, channels, NULL));
    ck_assert_ok(seg_image_alloc(&ids, width, height, SEG_LABEL32, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        pixels_fill(seg_image_row(&sample->picture, y), format, (size_t)width * (size_t)channels, 0,
                    format == SEG_U8 ? 255 : 65535, &random);
    if (kinds & SEG_LABEL_SEMANTIC)
        ck_assert_ok(seg_image_alloc(&sample->semantic, width, height, SEG_U8, 1, NULL));
    for (int k = 0; k < 4; k++) {
        const double x = width * (k % 2 ? 0.72 : 0.27) + pixels_below(&random, 3);
        const double y = height * (k / 2 ? 0.72 : 0.27) + pixels_below(&random, 3);
        const double a = width * 0.14, b = height * (0.1 + 0.03 * k);
        double xy[48];
        const int32_t corners = 24, id = 10 + 7 * k;
        seg_rle rle;
        seg_image mask = {0};
        sample_ellipse(xy, x, y, a, b);
        ck_assert_ok(
            seg_rle_from_polygons(&rle, xy, &corners, 1, SEG_FILL_UNION, width, height, NULL));
        ck_assert_ok(seg_rle_decode(&mask, &rle, NULL));
        const seg_rect box = seg_rle_box(&rle);
        seg_object_label object = {.id = id,
                                   .category = 1 + k % 3,
                                   .tag = 100 + k,
                                   .kinds =
                                       kinds & ~(uint32_t)(SEG_LABEL_CLASS | SEG_LABEL_SEMANTIC)};
        object.box = (seg_box){box.x, box.y, box.width, box.height};
        object.rotated = (seg_rotated_box){x, y, 2 * a, 2 * b, 0};
        ck_assert_ok(seg_sample_add_object(sample, &object));
        if (kinds & SEG_LABEL_POLYGONS) ck_assert_ok(seg_sample_add_polygon(sample, xy, 24));
        const seg_keypoint points[2] = {{x, y, 2}, {0, 0, 0}};
        if (kinds & SEG_LABEL_POINTS) ck_assert_ok(seg_sample_add_points(sample, points, 2));
        if (kinds & SEG_LABEL_RLE) ck_assert_ok(seg_sample_add_runs(sample, rle.counts, rle.count));
        for (int32_t row = 0; row < height; row++)
            for (int32_t column = 0; column < width; column++) {
                if (!((const uint8_t *)seg_image_row(&mask, row))[column]) continue;
                ((int32_t *)seg_image_row(&ids, row))[column] = id;
                if (kinds & SEG_LABEL_SEMANTIC)
                    ((uint8_t *)seg_image_row(&sample->semantic, row))[column] =
                        (uint8_t)(1 + k % 3);
            }
        seg_image_unref(&mask);
        seg_rle_free(&rle, NULL);
    }
    if (kinds & SEG_LABEL_CLASS)
        ck_assert_ok(
            seg_sample_set_class(sample, (int32_t)(seed % SAMPLE_CLASSES), SAMPLE_CLASSES));
    if (kinds & SEG_LABEL_INSTANCES)
        sample->instances = ids;
    else
        seg_image_unref(&ids);
    ck_assert_ok(seg_sample_check(sample));
}

/* A set of them, for mixing. */
typedef struct sample_set {
    uint32_t kinds;
    int format, channels;
    int32_t width, height;
} sample_set;

static inline seg_status sample_load(void *user, int64_t index, seg_sample *sample) {
    const sample_set *set = user;
    seg_sample_free(sample);
    sample_make(sample, set->kinds, set->format, set->channels, set->width + (int32_t)index * 3,
                set->height - (int32_t)index * 2, (uint32_t)index);
    return SEG_OK;
}

/* A pipeline of one augmentation; policies hold something. */
static inline seg_augment_pipeline *sample_pipeline(const char *text,
                                                    const seg_augment_options *options) {
    seg_augment_pipeline *pipeline;
    ck_assert_msg(seg_augment_pipeline_create(&pipeline, text, options, NULL) == SEG_OK, "%s: %s",
                  text, seg_error_detail());
    return pipeline;
}

static inline void sample_text(char text[200], const seg_augmentation *augmentation,
                               const char *arguments) {
    const bool sized = seg_params_find(augmentation->params, "width") != NULL;
    snprintf(text, 200, "%s(%s%s%sp=1)", augmentation->id,
             augmentation->holds ? "hflip,rotate90,transpose," : "",
             sized ? "width=50,height=40," : "", arguments);
}

/* The same labels and pictures, to the bit. */
static inline bool sample_same(const seg_sample *a, const seg_sample *b) {
    if (!pixels_same(&a->picture, &b->picture) ||
        seg_image_empty(&a->semantic) != seg_image_empty(&b->semantic) ||
        seg_image_empty(&a->instances) != seg_image_empty(&b->instances))
        return false;
    if (!seg_image_empty(&a->semantic) && !pixels_same(&a->semantic, &b->semantic)) return false;
    if (!seg_image_empty(&a->instances) && !pixels_same(&a->instances, &b->instances)) return false;
    if (a->class_count != b->class_count || a->object_count != b->object_count ||
        a->corner_count != b->corner_count || a->point_count != b->point_count ||
        a->run_count != b->run_count || a->dropped != b->dropped)
        return false;
    for (int32_t i = 0; i < a->class_count; i++)
        if (a->classes[i] != b->classes[i]) return false;
    for (int32_t i = 0; i < 2 * a->corner_count; i++)
        if (a->corners[i] != b->corners[i]) return false;
    for (int32_t i = 0; i < a->run_count; i++)
        if (a->runs[i] != b->runs[i]) return false;
    for (int32_t i = 0; i < a->point_count; i++)
        if (a->points[i].x != b->points[i].x || a->points[i].y != b->points[i].y ||
            a->points[i].visibility != b->points[i].visibility)
            return false;
    for (int32_t i = 0; i < a->object_count; i++) {
        const seg_object_label *p = &a->objects[i], *q = &b->objects[i];
        if (p->id != q->id || p->category != q->category || p->kinds != q->kinds ||
            p->box.x != q->box.x || p->box.y != q->box.y || p->box.width != q->box.width ||
            p->box.height != q->box.height || p->rotated.angle != q->rotated.angle ||
            p->visible != q->visible)
            return false;
    }
    return true;
}

#endif
