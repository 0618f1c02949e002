/*
 * Grey reconstruction: the marker grows as far as the mask allows. From it: extrema of some depth,
 * and filled holes.
 *
 * L. Vincent, "Morphological grayscale reconstruction in image analysis: applications and efficient
 * algorithms", IEEE Trans. Image Processing 2(2), 1993: the hybrid algorithm. One sweep down and
 * one up carry most of it; samples that then still have something to give wait in a queue. Each
 * waits at most once at a time. The result does not depend on the order. Erosions are dilations of
 * the negative.
 *
 * Cost: about 10 ns a pixel and sweep, and some ns for each time a sample waits.
 */
#include "imgproc/reconstruct.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/level_queue.h"
#include "imgproc/rows.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Steps to the neighbours that come before a sample in raster order, and after it. */
typedef struct sweep {
    int32_t width, height, pitch;
    int half; /* 2 or 4 of them */
    ptrdiff_t before[4], after[4];
} sweep;

/* A queue of one level; `here` has a bit for each sample that waits. */
typedef struct waiting {
    seg_level_queue *queue;
    uint64_t *here;
} waiting;

static inline void waiting_add(waiting *list, size_t at) {
    if (list->here[at / 64] >> at % 64 & 1) return;
    list->here[at / 64] |= UINT64_C(1) << at % 64;
    seg_level_queue_add(list->queue, 0, (uint32_t)at);
}

static inline size_t waiting_take(waiting *list) {
    const size_t at = seg_level_queue_take(list->queue, 0);
    list->here[at / 64] &= ~(UINT64_C(1) << at % 64);
    return at;
}

#define TYPE uint8_t
#define NAME(function) function##_u8
#include "imgproc/reconstruct_template.h"
#define TYPE uint16_t
#define NAME(function) function##_u16
#include "imgproc/reconstruct_template.h"
#define TYPE float
#define NAME(function) function##_f32
#include "imgproc/reconstruct_template.h"

static sweep sweep_of(const seg_framed *framed, int32_t connectivity) {
    const ptrdiff_t pitch = framed->pitch;
    sweep s = {framed->width,
               framed->height,
               framed->pitch,
               connectivity == 8 ? 4 : 2,
               {-1, -pitch, -pitch - 1, -pitch + 1},
               {1, pitch, pitch + 1, pitch - 1}};
    return s;
}

static seg_status take_waiting(waiting *list, size_t count, seg_scratch *scratch) {
    list->queue = seg_scratch_take(scratch, 1, sizeof *list->queue, "waiting pixels");
    list->here = seg_scratch_take(scratch, count / 64 + 1, sizeof *list->here, "waiting pixels");
    if (!list->queue || !list->here) return SEG_ERROR_MEMORY;
    memset(list->here, 0, (count / 64 + 1) * sizeof *list->here);
    return seg_level_queue_init(list->queue, 1, count, scratch);
}

/* ---- framed pictures ---- */

static char *framed_row(const seg_framed *framed, int32_t y) {
    const size_t at = ((size_t)y + 1) * (size_t)framed->pitch + 1;
    return (char *)framed->samples + at * seg_format_size((seg_format)framed->format);
}

/* Sets `count` samples to what the border has. */
static void set_border(const seg_framed *framed, char *samples, size_t count) {
    const size_t size = seg_format_size((seg_format)framed->format);
    if (framed->format != SEG_F32)
        memset(samples, 0, count * size);
    else
        for (size_t i = 0; i < count; i++)
            ((float *)(void *)samples)[i] = -INFINITY;
}

seg_status seg_framed_take(seg_framed *framed, int32_t width, int32_t height, seg_format format,
                           seg_scratch *scratch) {
    *framed = (seg_framed){.width = width, .height = height, .format = format, .pitch = width + 2};
    if ((int64_t)framed->pitch * ((int64_t)height + 2) > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the picture is %ld x %ld (allowed below 2^31 pixels)",
                        (long)width, (long)height);
    framed->count = (size_t)framed->pitch * ((size_t)height + 2);
    const size_t size = seg_format_size(format), pitch = (size_t)framed->pitch;
    framed->samples = seg_scratch_take(scratch, framed->count, size, "a framed picture");
    if (!framed->samples) return SEG_ERROR_MEMORY;
    char *samples = framed->samples;
    set_border(framed, samples, pitch + 1);
    for (int32_t y = 0; y < height; y++) /* the end of a row and the start of the next */
        set_border(framed, framed_row(framed, y) + (size_t)width * size, 2);
    set_border(framed, samples + (framed->count - pitch + 1) * size, pitch - 1);
    return SEG_OK;
}

/* A row, or its negative, to `out`; f32 without what is not finite, and without -0. */
static void copy_row(void *out, const void *in, int32_t width, int32_t format, uint16_t full,
                     bool negative) {
    if (format == SEG_F32) {
        const float *from = in;
        float *to = out;
        for (int32_t x = 0; x < width; x++) {
            const float value = fabsf(from[x]) <= FLT_MAX ? from[x] : 0;
            to[x] = negative ? 0.0f - value : value + 0.0f;
        }
    } else if (!negative) {
        memcpy(out, in, (size_t)width * seg_format_size((seg_format)format));
    } else if (format == SEG_U8) {
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)out)[x] = (uint8_t)(full - ((const uint8_t *)in)[x]);
    } else {
        for (int32_t x = 0; x < width; x++) {
            const uint16_t value = ((const uint16_t *)in)[x];
            ((uint16_t *)out)[x] = (uint16_t)(value < full ? full - value : 0);
        }
    }
}

static uint16_t full_of(const seg_image *picture) {
    return picture->format == SEG_F32 ? 0 : (uint16_t)seg_image_full_scale(picture);
}

seg_status seg_framed_load(seg_framed *framed, const seg_image *picture, bool negative,
                           seg_scratch *scratch) {
    SEG_TRY(seg_framed_take(framed, picture->width, picture->height, (seg_format)picture->format,
                            scratch));
    for (int32_t y = 0; y < picture->height; y++)
        copy_row(framed_row(framed, y), seg_image_row(picture, y), picture->width, picture->format,
                 full_of(picture), negative);
    return SEG_OK;
}

void seg_framed_store(const seg_image *picture, const seg_framed *framed, bool negative) {
    for (int32_t y = 0; y < picture->height; y++)
        copy_row(seg_image_row(picture, y), framed_row(framed, y), picture->width, picture->format,
                 full_of(picture), negative);
}

/* ---- reconstruction ---- */

seg_status seg_framed_reconstruct(seg_framed *marker, const seg_framed *mask, int32_t connectivity,
                                  seg_scratch *scratch) {
    const sweep s = sweep_of(marker, connectivity);
    waiting list;
    SEG_TRY(take_waiting(&list, marker->count, scratch));
    if (marker->format == SEG_U8)
        reconstruct_u8(marker->samples, mask->samples, &s, &list);
    else if (marker->format == SEG_U16)
        reconstruct_u16(marker->samples, mask->samples, &s, &list);
    else
        reconstruct_f32(marker->samples, mask->samples, &s, &list);
    return SEG_OK;
}

void seg_framed_lower(seg_framed *marker, const seg_framed *mask, double h) {
    const int32_t whole = h < 65535 ? (int32_t)h : 65535;
    for (int32_t y = 0; y < mask->height; y++) {
        char *out = framed_row(marker, y), *in = framed_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++) {
            if (mask->format == SEG_U8) {
                const int32_t value = ((uint8_t *)in)[x];
                ((uint8_t *)out)[x] = (uint8_t)(value > whole ? value - whole : 0);
            } else if (mask->format == SEG_U16) {
                const int32_t value = ((uint16_t *)(void *)in)[x];
                ((uint16_t *)(void *)out)[x] = (uint16_t)(value > whole ? value - whole : 0);
            } else {
                ((float *)(void *)out)[x] = ((float *)(void *)in)[x] - (float)h;
            }
        }
    }
}

seg_status seg_framed_maxima(const seg_image *extrema, const seg_framed *picture,
                             int32_t connectivity, seg_scratch *scratch) {
    const sweep s = sweep_of(picture, connectivity);
    seg_framed maxima;
    uint32_t *stack = seg_scratch_take(scratch, picture->count, sizeof *stack, "waiting pixels");
    if (!stack) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_framed_take(&maxima, picture->width, picture->height, SEG_U8, scratch));
    for (int32_t y = 0; y < picture->height; y++)
        memset(framed_row(&maxima, y), 255, (size_t)picture->width);
    if (picture->format == SEG_U8)
        find_maxima_u8(maxima.samples, picture->samples, &s, stack);
    else if (picture->format == SEG_U16)
        find_maxima_u16(maxima.samples, picture->samples, &s, stack);
    else
        find_maxima_f32(maxima.samples, picture->samples, &s, stack);
    for (int32_t y = 0; y < picture->height; y++)
        memcpy(seg_image_row(extrema, y), framed_row(&maxima, y), (size_t)picture->width);
    return SEG_OK;
}

/* ---- for callers ---- */

static seg_status check(const seg_image *picture, const char *name, int32_t connectivity) {
    SEG_TRY(seg_check_image(picture, name, SEG_ANY_PICTURE, SEG_CHANNELS_1));
    if (connectivity == 4 || connectivity == 8) return SEG_OK;
    return seg_fail(SEG_ERROR_ARGUMENT, "connectivity is %ld (allowed 4 or 8)", (long)connectivity);
}

static seg_status ensure(seg_image *target, const seg_image *picture, const seg_env *env) {
    SEG_TRY(seg_image_ensure(target, picture->width, picture->height, (seg_format)picture->format,
                             1, env));
    target->bits = picture->bits;
    target->colour = picture->colour;
    return SEG_OK;
}

/* The marker may be above the mask (below it by erosion): what is, counts as equal to it. */
static void clip(seg_framed *marker, const seg_framed *mask) {
    for (size_t i = 0; i < mask->count; i++) {
        if (mask->format == SEG_U8) {
            uint8_t *p = (uint8_t *)marker->samples + i, limit = ((uint8_t *)mask->samples)[i];
            *p = *p < limit ? *p : limit;
        } else if (mask->format == SEG_U16) {
            uint16_t *p = (uint16_t *)marker->samples + i, limit = ((uint16_t *)mask->samples)[i];
            *p = *p < limit ? *p : limit;
        } else {
            float *p = (float *)marker->samples + i, limit = ((float *)mask->samples)[i];
            *p = *p < limit ? *p : limit;
        }
    }
}

static seg_status reconstruct(seg_image *target, const seg_image *marker, const seg_image *mask,
                              bool erosion, int32_t connectivity, seg_scratch *scratch) {
    seg_framed below, above;
    SEG_TRY(seg_framed_load(&below, marker, erosion, scratch));
    SEG_TRY(seg_framed_load(&above, mask, erosion, scratch));
    clip(&below, &above);
    SEG_TRY(seg_framed_reconstruct(&below, &above, connectivity, scratch));
    seg_framed_store(target, &below, erosion);
    return SEG_OK;
}

seg_status seg_reconstruct(seg_image *target, const seg_image *marker, const seg_image *mask,
                           bool erosion, int32_t connectivity, const seg_env *env) {
    SEG_TRY(check(mask, "mask", connectivity));
    SEG_TRY(check(marker, "marker", connectivity));
    if (marker->width != mask->width || marker->height != mask->height ||
        marker->format != mask->format || marker->bits != mask->bits)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the marker is %ld x %ld of format %d, the mask %ld x %ld of format %d "
                        "(must be equal)",
                        (long)marker->width, (long)marker->height, marker->format,
                        (long)mask->width, (long)mask->height, mask->format);
    SEG_TRY(ensure(target, mask, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = reconstruct(target, marker, mask, erosion, connectivity, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

static seg_status flatten(seg_image *target, const seg_image *source, bool minima, double h,
                          int32_t connectivity, seg_scratch *scratch) {
    seg_framed below, above;
    SEG_TRY(seg_framed_load(&above, source, minima, scratch));
    SEG_TRY(seg_framed_take(&below, above.width, above.height, (seg_format)above.format, scratch));
    seg_framed_lower(&below, &above, h);
    SEG_TRY(seg_framed_reconstruct(&below, &above, connectivity, scratch));
    seg_framed_store(target, &below, minima);
    return SEG_OK;
}

seg_status seg_flatten_extrema(seg_image *target, const seg_image *source, bool minima, double h,
                               int32_t connectivity, const seg_env *env) {
    SEG_TRY(check(source, "source", connectivity));
    if (!(h >= 0 && h <= FLT_MAX))
        return seg_fail(SEG_ERROR_ARGUMENT, "h is %g (allowed: 0 or more, in units of the samples)",
                        h);
    SEG_TRY(ensure(target, source, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = flatten(target, source, minima, h, connectivity, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

seg_status seg_regional_extrema(seg_image *mask, const seg_image *source, bool minima,
                                int32_t connectivity, const seg_env *env) {
    SEG_TRY(check(source, "source", connectivity));
    SEG_TRY(seg_image_ensure(mask, source->width, source->height, SEG_U8, 1, env));
    SEG_TRY(seg_check_apart(mask, "mask", source, "source"));
    seg_scratch scratch;
    seg_framed framed;
    seg_scratch_init(&scratch, env);
    seg_status status = seg_framed_load(&framed, source, minima, &scratch);
    if (status >= 0) status = seg_framed_maxima(mask, &framed, connectivity, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

/* The marker is the picture at its border, and as low as it gets inside (of the negative). */
static seg_status fill(seg_image *target, const seg_image *source, int32_t connectivity,
                       seg_scratch *scratch) {
    seg_framed below, above;
    SEG_TRY(seg_framed_load(&above, source, true, scratch));
    SEG_TRY(seg_framed_take(&below, above.width, above.height, (seg_format)above.format, scratch));
    const size_t size = seg_format_size((seg_format)above.format), width = (size_t)above.width;
    for (int32_t y = 0; y < above.height; y++) {
        char *out = framed_row(&below, y), *in = framed_row(&above, y);
        if (y == 0 || y == above.height - 1) {
            memcpy(out, in, width * size);
            continue;
        }
        set_border(&below, out, width);
        memcpy(out, in, size);
        memcpy(out + (width - 1) * size, in + (width - 1) * size, size);
    }
    SEG_TRY(seg_framed_reconstruct(&below, &above, connectivity, scratch));
    seg_framed_store(target, &below, true);
    return SEG_OK;
}

seg_status seg_fill_grey_holes(seg_image *target, const seg_image *source, int32_t connectivity,
                               const seg_env *env) {
    SEG_TRY(check(source, "source", connectivity));
    SEG_TRY(ensure(target, source, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = fill(target, source, connectivity, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
