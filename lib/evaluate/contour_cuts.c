/*
 * Regions of a contour map at a threshold (P. Arbelaez, M. Maire, C. Fowlkes, J. Malik, PAMI 33(5),
 * 2011, and the benchmark that goes with it): in an ultrametric contour map (UCM) contours are
 * closed at every threshold, and what they enclose at k of them is a hierarchy of segmentations.
 */
#include "evaluate/contour_cuts.h"

#include "core/bands.h"

#include "core/check.h"
#include <segment/imgproc.h>

#include <string.h>

bool seg_contour_is_double(const seg_image *map, int32_t width, int32_t height) {
    return map->width == 2 * (int64_t)width + 1 && map->height == 2 * (int64_t)height + 1;
}

/* ---- what is no contour ---- */

/* 255 where a sample is not above n / (count + 1) of full scale. Integers are compared exactly; NaN
 * is no contour. */
static void mark_regions(const seg_image *mask, const seg_image *map, int32_t n, int32_t count) {
    const int64_t full = map->format == SEG_F32 ? 1 : (int64_t)seg_image_full_scale(map);
    const double threshold = (double)n / (count + 1);
    for (int32_t y = 0; y < map->height; y++) {
        const void *row = seg_image_row(map, y);
        uint8_t *to = seg_image_row(mask, y);
        for (int32_t x = 0; x < map->width; x++) {
            const int64_t level = map->format == SEG_U8    ? ((const uint8_t *)row)[x]
                                  : map->format == SEG_U16 ? ((const uint16_t *)row)[x]
                                                           : 0;
            const bool above = map->format == SEG_F32 ? (double)((const float *)row)[x] > threshold
                                                      : level * (count + 1) > n * full;
            to[x] = above ? 0 : 255;
        }
    }
}

/* ---- labels of the picture's pixels ---- */

static void sample_double(const seg_image *labels, const seg_image *components) {
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *from = seg_image_row(components, 2 * y + 1);
        int32_t *to = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++)
            to[x] = from[2 * x + 1];
    }
}

/* Contours become part of the nearest region. */
static seg_status fill_contours(seg_contour_cut *cut, const seg_env *env) {
    const seg_image *labels = &cut->labels;
    SEG_TRY(seg_distance(NULL, NULL, &cut->nearest, &cut->mask, SEG_DISTANCE_TO_OBJECT, env));
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *nearest = seg_image_row(&cut->nearest, y);
        int32_t *to = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++) {
            if (to[x] || nearest[x] < 0) continue;
            const int32_t *row = seg_image_row(labels, nearest[x] / labels->width);
            to[x] = row[nearest[x] % labels->width];
        }
    }
    return SEG_OK;
}

seg_status seg_contour_cut_make(seg_contour_cut *cut, const seg_image *map, int32_t width,
                                int32_t height, int32_t n, int32_t count, const seg_env *env) {
    SEG_TRY(seg_image_ensure(&cut->mask, map->width, map->height, SEG_U8, 1, env));
    mark_regions(&cut->mask, map, n, count);
    if (!seg_contour_is_double(map, width, height)) {
        SEG_TRY(seg_components(&cut->labels, NULL, NULL, &cut->mask, 4, env));
        return fill_contours(cut, env);
    }
    SEG_TRY(seg_image_ensure(&cut->labels, width, height, SEG_LABEL32, 1, env));
    SEG_TRY(seg_components(&cut->components, NULL, NULL, &cut->mask, 8, env));
    sample_double(&cut->labels, &cut->components);
    return SEG_OK;
}

void seg_contour_cut_free(seg_contour_cut *cut) {
    seg_image_unref(&cut->labels);
    seg_image_unref(&cut->mask);
    seg_image_unref(&cut->components);
    seg_image_unref(&cut->nearest);
}

/* ---- maps in place of labels ---- */

static uint32_t sample_at(const seg_image *picture, int32_t x, int32_t y) {
    const void *row = seg_image_row(picture, y);
    return picture->format == SEG_U16 ? ((const uint16_t *)row)[x] : ((const uint8_t *)row)[x];
}

/* A square of 3 x 3 of one value that is not 0, whose upper left pixel is (x, y). */
static bool is_square(const seg_image *picture, int32_t x, int32_t y) {
    const uint32_t value = sample_at(picture, x, y);
    bool same = value != 0;
    for (int32_t i = 1; i < 9 && same; i++)
        same = sample_at(picture, x + i % 3, y + i / 3) == value;
    return same;
}

void seg_contours_warn(const seg_image *labels, const seg_env *env) {
    const int32_t width = labels->width - 2, height = labels->height - 2;
    bool zeros = false, others = false;
    if ((labels->format != SEG_U8 && labels->format != SEG_U16) || labels->channels != 1) return;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            if (is_square(labels, x, y)) return;
            *(sample_at(labels, x, y) ? &others : &zeros) = true;
        }
    if (zeros && others)
        seg_log(env, SEG_LOG_WARNING,
                "the labels look like contours, lines on 0, of which the regions between them are "
                "one (the metric ucm takes contour maps)");
}
