/*
 * Test scenes made by integer arithmetic alone: the same bytes on every machine. A scene has a
 * shaded ground with texture, a light disk and a dark box that move with the frame number t, thin
 * lines, and a little noise that changes with t.
 */
#ifndef SEG_TESTS_SCENES_H
#define SEG_TESTS_SCENES_H

#include <segment/segment.h>
#include <stdlib.h>
#include <string.h>

/** A well-mixed hash of 32 bits. */
static inline uint32_t scene_hash(uint32_t a) {
    a ^= a >> 16;
    a *= 0x7feb352du;
    a ^= a >> 15;
    a *= 0x846ca68bu;
    return a ^ a >> 16;
}

/** Numbers of a stream: a counter through the hash. */
typedef struct scene_random {
    uint32_t state;
} scene_random;

static inline uint32_t scene_next(scene_random *random) {
    return scene_hash(random->state++ * 0x9e3779b1u + 0x1234567u);
}

/** 0 .. bound-1. */
static inline uint32_t scene_below(scene_random *random, uint32_t bound) {
    return (uint32_t)(((uint64_t)scene_next(random) * bound) >> 32);
}

/** Sample 0 .. 255 of channel c at x, y of frame t in a picture of width x height. */
static inline int32_t scene_value(int32_t x, int32_t y, int32_t c, int32_t t, int32_t width,
                                  int32_t height) {
    int32_t value = 70 + (x * 40) / width + (y * 30) / height + 12 * c;
    if (((x >> 3) + (y >> 3)) & 1) value += 10;
    const int32_t radius = (width < height ? width : height) / 6 + 1;
    const int32_t cx = width / 5 + 3 * t, cy = height / 3 + t;
    if ((x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius) value = 215 - 20 * c;
    const int32_t bx = width - width / 4 - 2 * t, by = height / 2;
    if (x >= bx && x < bx + width / 6 && y >= by && y < by + height / 4) value = 20 + 9 * c;
    if (x % 37 == 11 || y % 41 == 29) value = value / 2 + 110;
    const uint32_t noise = scene_hash((uint32_t)x * 7919u + (uint32_t)y * 104729u +
                                      (uint32_t)c * 31u + (uint32_t)t * 1299709u);
    value += (int32_t)(noise % 7) - 3;
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Puts a value of 0 .. 255 into sample i of a row. */
static inline void scene_put(void *row, int format, size_t i, int32_t value) {
    switch (format) {
    case SEG_U8:
        ((uint8_t *)row)[i] = (uint8_t)value;
        break;
    case SEG_U16:
        ((uint16_t *)row)[i] = (uint16_t)(value * 257);
        break;
    case SEG_F32:
        ((float *)row)[i] = (float)value / 255.0f;
        break;
    default:
        ((int32_t *)row)[i] = value;
    }
}

/** Paints frame t into an image that is there already. */
static inline void scene_paint(const seg_image *image, int32_t t) {
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++)
            for (int32_t c = 0; c < image->channels; c++)
                scene_put(seg_image_row(image, y), image->format,
                          (size_t)x * image->channels + (size_t)c,
                          scene_value(x, y, c, t, image->width, image->height));
}

/** Paints a mask: the disk and the box of frame t, with holes and specks. */
static inline void scene_paint_mask(const seg_image *image, int32_t t) {
    for (int32_t y = 0; y < image->height; y++) {
        uint8_t *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++) {
            const int32_t value = scene_value(x, y, 0, t, image->width, image->height);
            const uint32_t speck =
                scene_hash((uint32_t)x * 31337u + (uint32_t)y * 7u + (uint32_t)t) % 97;
            const int inside = value > 180 || value < 45;
            row[x] = (speck == 0 ? !inside : inside) ? 255 : 0;
        }
    }
}

/** Paints labels: blocks of 1 .. 12 with gaps. */
static inline void scene_paint_labels(const seg_image *image, int32_t t) {
    for (int32_t y = 0; y < image->height; y++) {
        int32_t *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++) {
            const int32_t block = ((x + t) / 9 + 5 * (y / 7)) % 13;
            row[x] = (x + t) % 9 == 8 ? 0 : block;
        }
    }
}

/** Paints what a method of that input kind takes. */
static inline void scene_paint_input(const seg_image *image, uint32_t input, int32_t t) {
    if (image->format == SEG_LABEL32)
        scene_paint_labels(image, t);
    else if (input & (SEG_INPUT_PICTURE | SEG_INPUT_STREAM | SEG_INPUT_PAIR))
        scene_paint(image, t);
    else
        scene_paint_mask(image, t);
}

/* ---- hashes ---- */

#define SCENE_HASH_START 0xcbf29ce484222325u

/** FNV-1a, 64 bits. */
static inline uint64_t scene_fnv(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash;
}

/** Adds shape and pixels (padding left out) of an image. */
static inline uint64_t scene_fnv_image(uint64_t hash, const seg_image *image) {
    const int32_t shape[5] = {image->width, image->height, image->format, image->channels,
                              image->bits};
    hash = scene_fnv(hash, shape, sizeof shape);
    const size_t size =
        (size_t)image->width * image->channels * seg_format_size((seg_format)image->format);
    for (int32_t y = 0; y < image->height; y++)
        hash = scene_fnv(hash, seg_image_row(image, y), size);
    return hash;
}

/** Adds all that a result holds: pictures, decisions, flags, the frame it describes. */
static inline uint64_t scene_fnv_result(uint64_t hash, const seg_result *result) {
    const struct {
        uint32_t bit;
        const seg_image *image;
    } pictures[] = {
        {SEG_OUTPUT_MASK, &result->mask},       {SEG_OUTPUT_LABELS, &result->labels},
        {SEG_OUTPUT_SCORE, &result->score},     {SEG_OUTPUT_BACKGROUND, &result->background},
        {SEG_OUTPUT_PICTURE, &result->picture}, {SEG_OUTPUT_FLOW, &result->flow},
    };
    hash = scene_fnv(hash, &result->outputs, sizeof result->outputs);
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (result->outputs & pictures[i].bit) hash = scene_fnv_image(hash, pictures[i].image);
    for (int32_t i = 0; i < result->curves.count; i++) {
        hash = scene_fnv(hash, &result->curves.items[i].count, sizeof(int32_t));
        hash = scene_fnv(hash, &result->curves.items[i].closed, sizeof(bool));
    }
    for (int32_t i = 0; i < result->curves.point_count; i++) {
        const seg_edge_point *point = &result->curves.points[i];
        hash = scene_fnv(hash, &point->x, 2 * sizeof(double) + 3 * sizeof(float));
    }
    for (int32_t i = 0; i < result->decision_count; i++) {
        const seg_decision *decision = &result->decisions[i];
        hash = scene_fnv(hash, decision->name, strlen(decision->name));
        hash = scene_fnv(hash, &decision->value, sizeof decision->value);
    }
    hash = scene_fnv(hash, &result->flags, sizeof result->flags);
    hash = scene_fnv(hash, &result->index, sizeof result->index);
    return scene_fnv(hash, &result->pts, sizeof result->pts);
}

#endif
