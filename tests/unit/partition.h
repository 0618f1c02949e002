/* What tests of methods that part a picture into regions share: pictures, the rules for labels, and
 * the plainest code for pieces and for joining small ones. */
#ifndef SEG_TESTS_PARTITION_H
#define SEG_TESTS_PARTITION_H

#include "imgproc/pieces.h"
#include "imgproc/samples.h"
#include "pixels.h"

#include <segment/region.h>

#define PARTITION_LONGEST 64
#define PARTITION_AREA (PARTITION_LONGEST * PARTITION_LONGEST)

/* A partition the plain way: labels of width x height pixels side by side. */
typedef struct plain_labels {
    int32_t width, height;
    int32_t at[PARTITION_AREA];
} plain_labels;

/* Kinds 0..4: pixels_value; from 5 on patches of colour with noise. */
static inline pixels_picture partition_scene(int32_t width, int32_t height, int format,
                                             int channels, uint32_t kind, pixels_random *random) {
    pixels_picture picture = pixels_make(width, height, format, channels, kind % 5, random);
    if (kind < 5) return picture;
    const uint32_t full = format == SEG_U8 ? 255 : 65535;
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width * channels; x++) {
            const int32_t patch = x / channels / 7 * 5 + y / 6 * 3 + x % channels * 2;
            const uint32_t value =
                ((uint32_t)patch % 5 * 60 + pixels_below(random, 12)) * full / 255;
            void *row = seg_image_row(&picture.image, y);
            if (format == SEG_U8)
                ((uint8_t *)row)[x] = (uint8_t)value;
            else if (format == SEG_U16)
                ((uint16_t *)row)[x] = (uint16_t)value;
            else
                ((float *)row)[x] = (float)value / (float)full;
        }
    }
    return picture;
}

static inline seg_image partition_ignore(int32_t width, int32_t height, uint32_t percent,
                                         pixels_random *random) {
    seg_image ignore = {0};
    ck_assert_int_eq(seg_image_alloc(&ignore, width, height, SEG_U8, 1, NULL), SEG_OK);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            if (pixels_below(random, 100) < percent)
                ((uint8_t *)seg_image_row(&ignore, y))[x] =
                    (uint8_t)(1 + pixels_below(random, 255));
    return ignore;
}

/* Paints the 4-connected piece of pixel `start` with `to`; returns its area. */
static inline int32_t plain_flood(plain_labels *labels, int32_t start, int32_t to) {
    static int32_t stack[PARTITION_AREA * 4 + 1];
    const int32_t from = labels->at[start];
    int32_t top = 0, area = 0;
    stack[top++] = start;
    while (top) {
        const int32_t i = stack[--top];
        if (labels->at[i] != from) continue;
        labels->at[i] = to;
        area++;
        const int32_t x = i % labels->width, y = i / labels->width;
        if (x > 0) stack[top++] = i - 1;
        if (x + 1 < labels->width) stack[top++] = i + 1;
        if (y > 0) stack[top++] = i - labels->width;
        if (y + 1 < labels->height) stack[top++] = i + labels->width;
    }
    return area;
}

/* Pieces of equal labels, numbered; labels below 1 become 0. */
static inline int32_t plain_pieces(plain_labels *labels) {
    const int32_t area = labels->width * labels->height, apart = 1 << 24;
    int32_t count = 0;
    for (int32_t i = 0; i < area; i++)
        labels->at[i] = labels->at[i] > 0 ? labels->at[i] : 0;
    for (int32_t i = 0; i < area; i++)
        if (labels->at[i] > 0 && labels->at[i] < apart) plain_flood(labels, i, apart + ++count);
    for (int32_t i = 0; i < area; i++)
        labels->at[i] = labels->at[i] ? labels->at[i] - apart : 0;
    return count;
}

static inline bool plain_touch(const plain_labels *labels, int32_t a, int32_t b) {
    for (int32_t i = 0; i < labels->width * labels->height; i++) {
        if (labels->at[i] != a) continue;
        const int32_t x = i % labels->width, y = i / labels->width;
        if ((x > 0 && labels->at[i - 1] == b) || (y > 0 && labels->at[i - labels->width] == b) ||
            (x + 1 < labels->width && labels->at[i + 1] == b) ||
            (y + 1 < labels->height && labels->at[i + labels->width] == b))
            return true;
    }
    return false;
}

static inline seg_region_stats plain_measure(const plain_labels *labels, int32_t label,
                                             const seg_planes *lab) {
    seg_region_stats stats = {0};
    for (int32_t i = 0; i < labels->width * labels->height; i++) {
        if (labels->at[i] != label) continue;
        stats.area++;
        for (int32_t c = 0; c < lab->planes; c++)
            stats.sum[c] += seg_plane_row(lab, c, i / labels->width)[i % labels->width];
    }
    return stats;
}

/* The neighbour with the nearest mean colour, the lowest of several; 0 if there is none. */
static inline int32_t plain_nearest(const plain_labels *labels, int32_t count, int32_t a,
                                    const seg_planes *lab) {
    const seg_region_stats mine = plain_measure(labels, a, lab);
    int64_t least = INT64_MAX;
    int32_t nearest = 0;
    for (int32_t b = 1; b <= count; b++) {
        if (b == a || !plain_touch(labels, a, b)) continue;
        const seg_region_stats other = plain_measure(labels, b, lab);
        int64_t distance = 0;
        for (int c = 0; c < 3; c++) {
            const int64_t d = 16 * mine.sum[c] / mine.area - 16 * other.sum[c] / other.area;
            distance += d * d;
        }
        if (distance >= least) continue;
        least = distance;
        nearest = b;
    }
    return nearest;
}

/* Rounds of joining until no region that has a neighbour is too small. */
static inline int32_t plain_join_small(plain_labels *labels, const seg_planes *lab,
                                       int64_t min_size) {
    static int32_t chosen[PARTITION_AREA + 1], group[PARTITION_AREA + 1];
    for (;;) {
        const int32_t count = plain_pieces(labels);
        bool any = false;
        for (int32_t a = 1; a <= count; a++) {
            const bool small = plain_measure(labels, a, lab).area < min_size;
            chosen[a] = small ? plain_nearest(labels, count, a, lab) : 0;
            group[a] = a;
            any |= chosen[a] > 0;
        }
        if (!any) return count;
        for (int32_t a = 1; a <= count; a++) {
            const int32_t old = chosen[a] ? group[chosen[a]] : group[a], into = group[a];
            for (int32_t b = 1; b <= count; b++)
                group[b] = group[b] == old ? into : group[b];
        }
        for (int32_t i = 0; i < labels->width * labels->height; i++)
            labels->at[i] = labels->at[i] ? group[labels->at[i]] : 0;
    }
}

static inline void plain_take(plain_labels *plain, const seg_image *labels) {
    plain->width = labels->width;
    plain->height = labels->height;
    for (int32_t y = 0; y < labels->height; y++)
        memcpy(plain->at + y * labels->width, seg_image_row(labels, y),
               (size_t)labels->width * sizeof *plain->at);
}

/* Labels are those expected. */
static inline void check_labels(const seg_image *labels, const plain_labels *expected,
                                const char *what) {
    for (int32_t y = 0; y < labels->height; y++)
        for (int32_t x = 0; x < labels->width; x++)
            ck_assert_msg(((int32_t *)seg_image_row(labels, y))[x] ==
                              expected->at[y * labels->width + x],
                          "%s: (%d,%d) is in region %d, expected %d", what, (int)x, (int)y,
                          (int)((int32_t *)seg_image_row(labels, y))[x],
                          (int)expected->at[y * labels->width + x]);
}

/* Every pixel that takes part is in a region, no other is; regions are 4-connected and numbered in
 * raster order of their first pixel. */
static inline void check_partition(const seg_image *labels, int32_t regions,
                                   const seg_image *picture, const seg_image *ignore,
                                   const char *what) {
    static plain_labels plain;
    plain_take(&plain, labels);
    for (int32_t y = 0; y < labels->height; y++) {
        for (int32_t x = 0; x < labels->width; x++) {
            bool out = ignore && ((uint8_t *)seg_image_row(ignore, y))[x];
            for (int32_t c = 0; picture->format == SEG_F32 && c < seg_colours(picture); c++)
                out |= !isfinite(pixels_at(picture, x, y, c));
            const int32_t label = plain.at[y * labels->width + x];
            ck_assert_msg(out ? label == 0 : label > 0, "%s: (%d,%d) has label %d", what, (int)x,
                          (int)y, (int)label);
        }
    }
    ck_assert_msg(plain_pieces(&plain) == regions, "%s: %d pieces, %d regions", what,
                  (int)plain_pieces(&plain), (int)regions);
    check_labels(labels, &plain, what);
}

#endif
