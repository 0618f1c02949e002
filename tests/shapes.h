/* Masks for tests of morphology, components, regions and outlines. */
#ifndef SEG_TESTS_SHAPES_H
#define SEG_TESTS_SHAPES_H

#include "core/random.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A stream of words for loops that just want the next number. */
typedef struct shapes_random {
    seg_random stream;
    uint32_t next;
} shapes_random;

static inline shapes_random shapes_random_start(uint64_t seed) {
    return (shapes_random){seg_random_stream(seed, 0, 0), 0};
}

static inline uint32_t shapes_below(shapes_random *random, uint32_t bound) {
    return seg_random_below(&random->stream, random->next++, bound);
}

/* Non-zero with probability percent / 100, any non-zero value. */
static inline void shapes_noise(uint8_t *mask, int32_t width, int32_t height, ptrdiff_t stride,
                                uint32_t percent, shapes_random *random) {
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            mask[y * stride + x] =
                shapes_below(random, 100) < percent ? (uint8_t)(1 + shapes_below(random, 255)) : 0;
}

enum {
    SHAPES_CHECKERBOARD,
    SHAPES_COMB,       /* teeth that only meet in the last row */
    SHAPES_COMB_RIGHT, /* teeth that only meet in the last column */
    SHAPES_SPIRAL,
    SHAPES_FULL,
    SHAPES_FRAMES, /* nested rings */
    SHAPES_DIAGONALS,
    SHAPES_COUNT
};

static inline void shapes_spiral(uint8_t *mask, int32_t width, int32_t height, ptrdiff_t stride) {
    int32_t x = 0, y = 0, dx = 1, dy = 0, turns = 0;
    while (turns < 2) {
        mask[y * stride + x] = 255;
        const int64_t ahead_x = x + 2 * dx, ahead_y = y + 2 * dy;
        const int64_t near_x = x + dx, near_y = y + dy;
        const int inside = near_x >= 0 && near_y >= 0 && near_x < width && near_y < height;
        const int far_inside = ahead_x >= 0 && ahead_y >= 0 && ahead_x < width && ahead_y < height;
        if (inside && !mask[near_y * stride + near_x] &&
            !(far_inside && mask[ahead_y * stride + ahead_x])) {
            x = (int32_t)near_x;
            y = (int32_t)near_y;
            turns = 0;
        } else {
            const int32_t turned = dx;
            dx = -dy;
            dy = turned;
            turns++;
        }
    }
}

static inline void shapes_draw(uint8_t *mask, int32_t width, int32_t height, ptrdiff_t stride,
                               int shape) {
    for (int32_t y = 0; y < height; y++)
        memset(mask + y * stride, 0, (size_t)width);
    if (shape == SHAPES_SPIRAL) {
        shapes_spiral(mask, width, height, stride);
        return;
    }
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            int32_t ring = x < y ? x : y;
            if (width - 1 - x < ring) ring = width - 1 - x;
            if (height - 1 - y < ring) ring = height - 1 - y;
            const int on = shape == SHAPES_CHECKERBOARD ? (x + y) % 2 == 0
                           : shape == SHAPES_COMB       ? x % 2 == 0 || y == height - 1
                           : shape == SHAPES_COMB_RIGHT ? y % 2 == 0 || x == width - 1
                           : shape == SHAPES_FRAMES     ? ring % 2 == 0
                           : shape == SHAPES_DIAGONALS  ? (x + y) % 3 == 0
                                                        : 1;
            if (on) mask[y * stride + x] = 255;
        }
    }
}

#endif
