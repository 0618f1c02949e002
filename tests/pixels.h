/* Random pictures of any layout, levels and threads, for tests of everything that reads samples. */
#ifndef SEG_TESTS_PIXELS_H
#define SEG_TESTS_PIXELS_H

#include "core/random.h"

#include <check.h>
#include <math.h>
#include <segment/segment.h>
#include <stdlib.h>
#include <string.h>

#define PIXELS_GUARD 0xa5

typedef struct pixels_random {
    seg_random stream;
    uint32_t next;
} pixels_random;

static inline pixels_random pixels_random_start(uint64_t seed) {
    return (pixels_random){seg_random_stream(seed, 0, 0), 0};
}

static inline uint32_t pixels_below(pixels_random *random, uint32_t bound) {
    return seg_random_below(&random->stream, random->next++, bound);
}

/* What samples look like: extremes as likely as noise, few values for ties, runs for flat rows. */
static inline uint32_t pixels_value(pixels_random *random, uint32_t kind, uint32_t full) {
    switch (kind % 5) {
    case 0:
        return pixels_below(random, full + 1);
    case 1:
        return pixels_below(random, 2) ? full : 0;
    case 2:
        return full - pixels_below(random, 3);
    case 3:
        return pixels_below(random, 4) * (full / 3);
    default:
        return pixels_below(random, 8) ? full / 2 : pixels_below(random, full + 1);
    }
}

/* Fills a row of samples. Floats also get what is out of range or not a number. */
static inline void pixels_fill(void *row, int format, size_t count, uint32_t kind, uint32_t full,
                               pixels_random *random) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t value = pixels_value(random, kind, full);
        if (format == SEG_U8) {
            ((uint8_t *)row)[i] = (uint8_t)value;
        } else if (format == SEG_U16) {
            ((uint16_t *)row)[i] = (uint16_t)value;
        } else {
            static const float odd[] = {NAN,      INFINITY, -INFINITY, -0.5f,
                                        1.00001f, 3e38f,    -0.0f,     1e-42f};
            const bool strange = kind >= 5 && pixels_below(random, 10) == 0;
            ((float *)row)[i] = strange ? odd[pixels_below(random, 8)] : (float)value / (float)full;
        }
    }
}

/* A picture in memory of its own, with a stride that is longer than the row or negative, and
 * guards around every row. Kinds 0..4: pixels_value; 5..9: with strange floats. */
typedef struct pixels_picture {
    seg_image image;
    uint8_t *memory;
    size_t row, pitch;
} pixels_picture;

static inline pixels_picture pixels_make(int32_t width, int32_t height, int format, int channels,
                                         uint32_t kind, pixels_random *random) {
    pixels_picture picture = {0};
    const size_t sample = seg_format_size((seg_format)format);
    picture.row = (size_t)width * (size_t)channels * sample;
    picture.pitch = picture.row + sample * (1 + pixels_below(random, 20));
    const size_t size = picture.pitch * (size_t)height;
    picture.memory = malloc(size);
    ck_assert_ptr_nonnull(picture.memory);
    memset(picture.memory, PIXELS_GUARD, size);
    const bool negative = pixels_below(random, 2);
    uint8_t *first = negative ? picture.memory + size - picture.pitch : picture.memory;
    const ptrdiff_t stride = negative ? -(ptrdiff_t)picture.pitch : (ptrdiff_t)picture.pitch;
    ck_assert_int_eq(
        seg_image_wrap(&picture.image, first, stride, width, height, (seg_format)format, channels),
        SEG_OK);
    const uint32_t full = format == SEG_U8 ? 255 : 65535;
    for (int32_t y = 0; y < height; y++)
        pixels_fill(seg_image_row(&picture.image, y), format, (size_t)width * (size_t)channels,
                    kind, full, random);
    return picture;
}

/* Nothing was written between the rows. */
static inline void pixels_free(pixels_picture *picture) {
    for (int32_t y = 0; y < picture->image.height; y++)
        for (size_t i = picture->row; i < picture->pitch; i++)
            ck_assert_uint_eq(picture->memory[(size_t)y * picture->pitch + i], PIXELS_GUARD);
    free(picture->memory);
    *picture = (pixels_picture){0};
}

/* The sample as a number. */
static inline double pixels_at(const seg_image *image, int64_t x, int64_t y, int32_t channel) {
    const void *row = seg_image_row(image, (int32_t)y);
    const size_t at = (size_t)x * image->channels + (size_t)channel;
    return image->format == SEG_U8        ? ((const uint8_t *)row)[at]
           : image->format == SEG_U16     ? ((const uint16_t *)row)[at]
           : image->format == SEG_LABEL32 ? ((const int32_t *)row)[at]
                                          : (double)((const float *)row)[at];
}

/* Two pictures of equal shape hold the same bytes. */
static inline bool pixels_same(const seg_image *a, const seg_image *b) {
    if (a->width != b->width || a->height != b->height || a->format != b->format ||
        a->channels != b->channels)
        return false;
    const size_t row = (size_t)a->width * a->channels * seg_format_size((seg_format)a->format);
    for (int32_t y = 0; y < a->height; y++)
        if (memcmp(seg_image_row(a, y), seg_image_row(b, y), row)) return false;
    return true;
}

/* An env of each number of threads that is tried, and the levels that this machine has. */
#define PIXELS_ENVS 3

typedef struct pixels_envs {
    seg_env env[PIXELS_ENVS];
    seg_pool *pool[PIXELS_ENVS];
} pixels_envs;

static inline pixels_envs pixels_envs_start(void) {
    static const int32_t threads[PIXELS_ENVS] = {1, 2, 7};
    pixels_envs envs = {0};
    for (int i = 0; i < PIXELS_ENVS; i++) {
        ck_assert_int_eq(seg_pool_create(&envs.pool[i], threads[i]), SEG_OK);
        envs.env[i].runner = seg_pool_runner(envs.pool[i]);
    }
    return envs;
}

static inline void pixels_envs_stop(pixels_envs *envs) {
    for (int i = 0; i < PIXELS_ENVS; i++)
        seg_pool_free(envs->pool[i]);
}

/* Takes level `level` if the machine has it. */
static inline bool pixels_level(int level) {
    return seg_cpu_level_set((seg_cpu_level)level) == (seg_cpu_level)level;
}

#endif
