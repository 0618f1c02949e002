/*
 * Masks of pictures: a row becomes a row of 0 and 255 by the pixel kernels, or is taken as it is
 * where it is a mask already.
 */
#include "evaluate/object.h"

#include "core/memory.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "kernels/pixel.h"
#include <segment/imgproc.h>

#include <float.h>
#include <math.h>

/* ---- rules ---- */

/* The level in the picture's own unit; percentiles and automatic rules look at the scored pixels.
 */
static seg_status native_level(double *native, const seg_level *level, const seg_image *picture,
                               const seg_image *ignore, const seg_env *env) {
    if (level->kind != SEG_LEVEL_PERCENTILE && level->kind != SEG_LEVEL_AUTO) {
        *native = seg_level_native(level, picture);
        return SEG_OK;
    }
    const int32_t size = seg_histogram_size(picture);
    uint64_t *bins = seg_allocate(env, (size_t)size, sizeof *bins, "a histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    seg_status status = seg_histogram(bins, size, picture, ignore, env);
    if (status >= 0) status = seg_level_resolve(native, level, SEG_AUTO_OTSU, bins, size, picture);
    seg_release(env, bins);
    return status;
}

/* Object is what lies above the level. */
static seg_status test_above(seg_object_test *test, const seg_level *level, const seg_image *ignore,
                             const seg_env *env) {
    const seg_image *picture = test->picture;
    if (picture->format == SEG_LABEL32) return SEG_OK; /* all but 0 */
    double native;
    SEG_TRY(native_level(&native, level, picture, ignore, env));
    test->above = (float)native;
    if (picture->format == SEG_F32) return SEG_OK;
    const uint32_t most = picture->format == SEG_U8 ? 255 : 65535;
    test->low = native < most ? (uint32_t)native + 1 : 0;
    test->high = most;
    test->inside = native < most ? 255 : 0;
    test->as_is = picture->format == SEG_U8 && test->low == 1;
    return SEG_OK;
}

static seg_status test_equal(seg_object_test *test, int32_t value, const char *option) {
    const int format = test->picture->format;
    const int32_t most = format == SEG_U8 ? 255 : format == SEG_U16 ? 65535 : INT32_MAX;
    if (value > most)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s is %ld (a sample of these pictures is at most %ld); values are raw",
                        option, (long)value, (long)most);
    test->equal = true;
    test->value = value;
    test->low = test->high = (uint32_t)value;
    test->inside = 255;
    return SEG_OK;
}

static seg_status test_init(seg_object_test *test, const seg_image *picture, const seg_level *level,
                            int32_t value, const char *option, const seg_image *ignore,
                            const seg_env *env) {
    *test = (seg_object_test){.picture = picture};
    if (value >= 0) return test_equal(test, value, option);
    return test_above(test, level, ignore, env);
}

seg_status seg_unscored_init(seg_unscored *unscored, const seg_pair *pair, int32_t value) {
    *unscored = (seg_unscored){.mask = seg_image_empty(pair->ignore) ? NULL : pair->ignore};
    unscored->value.picture = &pair->truths[0];
    unscored->by_value = value >= 0;
    return unscored->by_value ? test_equal(&unscored->value, value, "ignore-value") : SEG_OK;
}

seg_status seg_objects_init_truth(seg_objects *objects, const seg_object_options *options,
                                  const seg_pair *pair, const seg_env *env) {
    objects->prediction = (seg_object_test){.picture = NULL};
    SEG_TRY(seg_unscored_init(&objects->unscored, pair, options->ignore_value));
    return test_init(&objects->truth, &pair->truths[0], &options->truth_threshold,
                     options->truth_object, "truth-object", objects->unscored.mask, env);
}

seg_status seg_objects_init(seg_objects *objects, const seg_object_options *options,
                            const seg_pair *pair, const seg_env *env) {
    SEG_TRY(seg_objects_init_truth(objects, options, pair, env));
    return test_init(&objects->prediction, pair->prediction, &options->threshold, options->object,
                     "object", objects->unscored.mask, env);
}

/* ---- pixels ---- */

static void mask_labels(uint8_t *mask, const int32_t *row, size_t count,
                        const seg_object_test *test) {
    if (test->equal) {
        for (size_t i = 0; i < count; i++)
            mask[i] = row[i] == test->value ? 255 : 0;
    } else {
        for (size_t i = 0; i < count; i++)
            mask[i] = row[i] != 0 ? 255 : 0;
    }
}

static void mask_floats(uint8_t *mask, const float *row, size_t count,
                        const seg_object_test *test) {
    if (test->equal) {
        for (size_t i = 0; i < count; i++)
            mask[i] = row[i] == (float)test->value ? 255 : 0;
    } else {
        seg_pixel_kernels_get()->range_f32(mask, row, count, test->above, FLT_MAX, 255);
    }
}

/* The mask of `count` pixels; in `room`, or the picture's own row. */
static const uint8_t *mask_pixels(const seg_object_test *test, int32_t x, int32_t y, int32_t count,
                                  uint8_t *room) {
    const void *row = seg_image_row(test->picture, y);
    const seg_pixel_kernels *kernels = seg_pixel_kernels_get();
    const size_t n = (size_t)count;
    switch (test->picture->format) {
    case SEG_U8:
        if (test->as_is) return (const uint8_t *)row + x;
        kernels->range_u8(room, (const uint8_t *)row + x, n, (uint8_t)test->low,
                          (uint8_t)test->high, test->inside);
        break;
    case SEG_U16:
        kernels->range_u16(room, (const uint16_t *)row + x, n, (uint16_t)test->low,
                           (uint16_t)test->high, test->inside);
        break;
    case SEG_F32:
        mask_floats(room, (const float *)row + x, n, test);
        break;
    default:
        mask_labels(room, (const int32_t *)row + x, n, test);
    }
    return room;
}

const uint8_t *seg_unscored_pixels(const seg_unscored *unscored, int32_t x, int32_t y,
                                   int32_t count, uint8_t *room) {
    const uint8_t *mask = NULL;
    if (unscored->mask) mask = (const uint8_t *)seg_image_row(unscored->mask, y) + x;
    if (!unscored->by_value) return mask;
    const uint8_t *found = mask_pixels(&unscored->value, x, y, count, room);
    if (mask)
        for (int32_t i = 0; i < count; i++)
            room[i] |= mask[i];
    return found;
}

bool seg_objects_next(seg_object_chunk *chunk, const seg_objects *objects) {
    const seg_image *shape = objects->truth.picture;
    chunk->x += chunk->count;
    if (chunk->x >= shape->width) {
        chunk->x = 0;
        chunk->y++;
    }
    if (chunk->y >= shape->height) return false;
    const int32_t left = shape->width - chunk->x;
    chunk->count = left < SEG_OBJECT_CHUNK ? left : SEG_OBJECT_CHUNK;
    const int32_t x = chunk->x, y = chunk->y, count = chunk->count;
    chunk->prediction = objects->prediction.picture
                            ? mask_pixels(&objects->prediction, x, y, count, chunk->room[0])
                            : NULL;
    chunk->truth = mask_pixels(&objects->truth, x, y, count, chunk->room[1]);
    chunk->ignore = seg_unscored_pixels(&objects->unscored, x, y, count, chunk->room[2]);
    return true;
}

/* ---- pictures ---- */

static void draw_row(const seg_image *picture, const seg_object_chunk *chunk, const uint8_t *mask) {
    uint8_t *row = (uint8_t *)seg_image_row(picture, chunk->y) + chunk->x;
    for (int32_t i = 0; i < chunk->count; i++)
        row[i] = mask && mask[i] ? 255 : 0;
}

seg_status seg_objects_draw(seg_image *prediction, seg_image *truth, seg_image *ignored,
                            const seg_objects *objects, const seg_env *env) {
    const seg_image *shape = objects->truth.picture;
    seg_image *const pictures[] = {prediction, truth, ignored};
    for (int i = 0; i < 3; i++)
        SEG_TRY(seg_image_ensure(pictures[i], shape->width, shape->height, SEG_U8, 1, env));
    seg_object_chunk chunk;
    for (seg_objects_start(&chunk); seg_objects_next(&chunk, objects);) {
        draw_row(prediction, &chunk, chunk.prediction);
        draw_row(truth, &chunk, chunk.truth);
        draw_row(ignored, &chunk, chunk.ignore);
    }
    return SEG_OK;
}

bool seg_has_one_value(uint8_t *value, const seg_image *picture) {
    *value = 0;
    for (int32_t y = 0; y < picture->height; y++) {
        const uint8_t *row = seg_image_row(picture, y);
        for (int32_t x = 0; x < picture->width; x++) {
            if (!row[x] || row[x] == *value) continue;
            if (*value) return false;
            *value = row[x];
        }
    }
    return true;
}
