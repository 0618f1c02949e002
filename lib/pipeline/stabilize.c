/*
 * A camera that shakes: each frame is registered to a reference picture (robustly, so that the
 * background decides: geometry/registration.c), warped onto it, and the method sees a camera at
 * rest. Its results are warped back, so that everything behind sees the frames as they came.
 *
 * The reference is the first frame, and then a running mean of the frames in their places with the
 * weight 1 / 64: it follows the light, and what moves leaves no trace in it.
 */
#include "pipeline/stabilize.h"

#include "core/blob.h"
#include "core/check.h"
#include "geometry/registration.h"
#include "imgproc/input.h"
#include "imgproc/still_method.h"
#include "imgproc/warp.h"
#include <segment/imgproc.h>

#include <string.h>

#define MEAN_SHIFT 6 /* the weight of a frame in the reference is 2^-6 */
#define ID "stabilizer"
#define VERSION 1

seg_stabilizer *seg_stabilizer_create(int32_t model, const seg_env *env) {
    seg_stabilizer *made = seg_allocate_zeroed(env, 1, sizeof *made, "a stabilizer");
    if (!made) return NULL;
    if (env) made->env = *env;
    made->env.progress = NULL;
    seg_register_options_init(&made->options);
    made->options.model = model;
    seg_scratch_init(&made->scratch, &made->env);
    made->last = seg_transform_identity();
    return made;
}

void seg_stabilizer_reset(seg_stabilizer *s) {
    if (!s) return;
    seg_image_unref(&s->reference);
    s->last = seg_transform_identity();
}

void seg_stabilizer_free(seg_stabilizer *s) {
    if (!s) return;
    seg_image *const all[] = {&s->reference, &s->grey, &s->placed, &s->mean,  &s->wide,
                              &s->image,     &s->luma, &s->ignore, &s->known, &s->back};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        seg_image_unref(all[i]);
    seg_scratch_free(&s->scratch);
    const seg_env env = s->env;
    seg_release(&env, s);
}

/* ---- warping ---- */

/* `target` (reused) gets `source` by a map from the target to the source. */
static seg_status warp(seg_image *target, const seg_image *source, const seg_transform *map,
                       seg_warp_filter filter, double fill, const seg_env *env) {
    seg_warp w = seg_warp_identity();
    memcpy(w.matrix, map->m, sizeof w.matrix);
    w.filter = filter;
    for (int c = 0; c < 4; c++)
        w.fill[c] = fill;
    SEG_TRY(seg_image_reuse(target, source->width, source->height, (seg_format)source->format,
                            source->channels, env));
    target->bits = source->bits;
    target->colour = source->colour;
    return seg_warp_apply(target, source, &w, env);
}

/* Replaces a picture of the frame by the one in its place. */
static seg_status place(seg_image *picture, seg_image *own, const seg_transform *motion,
                        seg_warp_filter filter, const seg_env *env) {
    if (seg_image_empty(picture)) return SEG_OK;
    SEG_TRY(warp(own, picture, motion, filter, 0, env));
    *picture = *own;
    picture->owner = NULL;
    return SEG_OK;
}

/* The frame's ignore mask in its place, with what the frame does not show: 255 comes from
 * outside. */
static seg_status place_ignore(seg_stabilizer *s, seg_frame *frame, const seg_transform *motion) {
    const seg_image *shape = &s->reference;
    if (seg_image_empty(&frame->ignore)) {
        SEG_TRY(seg_image_reuse(&s->back, shape->width, shape->height, SEG_U8, 1, &s->env));
        for (int32_t y = 0; y < shape->height; y++)
            memset(seg_image_row(&s->back, y), 0, (size_t)shape->width);
        frame->ignore = s->back;
    }
    SEG_TRY(warp(&s->ignore, &frame->ignore, motion, SEG_WARP_NEAREST, 255, &s->env));
    frame->ignore = s->ignore;
    frame->ignore.owner = NULL;
    return SEG_OK;
}

/* ---- frames ---- */

/* The frame's grey in 16 bits. */
static seg_status take_grey(seg_stabilizer *s, seg_image *grey, const seg_frame *frame) {
    SEG_TRY(seg_input_grey(grey, &s->grey, frame, &s->env));
    SEG_TRY(seg_image_reuse(&s->wide, grey->width, grey->height, SEG_U16, 1, &s->env));
    SEG_TRY(seg_convert(&s->wide, grey, SEG_U16, &s->env));
    *grey = s->wide;
    grey->owner = NULL;
    return SEG_OK;
}

static seg_status find_motion(seg_stabilizer *s, seg_transform *motion, const seg_image *grey) {
    double agreement;
    seg_scratch_rewind(&s->scratch);
    const seg_status status = seg_register(motion, &agreement, grey, &s->reference, NULL,
                                           &s->options, &s->scratch, &s->env);
    if (status != SEG_ERROR_DATA) return status;
    *motion = s->last;
    return SEG_OK;
}

/* The mean to be: what the frame does not show stays as it is. */
static void mix(seg_stabilizer *s) {
    for (int32_t y = 0; y < s->mean.height; y++) {
        uint16_t *mean = seg_image_row(&s->mean, y);
        const uint16_t *old = seg_image_row(&s->reference, y);
        const uint16_t *new = seg_image_row(&s->placed, y);
        const uint8_t *ignore = seg_image_row(&s->ignore, y);
        for (int32_t x = 0; x < s->mean.width; x++) {
            const int32_t step = ((int32_t) new[x] - old[x]) / (1 << MEAN_SHIFT);
            mean[x] = (uint16_t)(ignore[x] ? old[x] : old[x] + step);
        }
    }
}

seg_status seg_stabilizer_place(seg_stabilizer *s, seg_frame *frame, seg_transform *motion) {
    seg_image grey;
    *motion = seg_transform_identity();
    SEG_TRY(take_grey(s, &grey, frame));
    SEG_TRY(seg_image_reuse(&s->mean, grey.width, grey.height, SEG_U16, 1, &s->env));
    if (seg_image_empty(&s->reference)) return seg_image_copy(&s->mean, &grey, &s->env);
    SEG_TRY(find_motion(s, motion, &grey));
    SEG_TRY(place(&frame->image, &s->image, motion, SEG_WARP_BILINEAR, &s->env));
    SEG_TRY(place(&frame->luma, &s->luma, motion, SEG_WARP_BILINEAR, &s->env));
    SEG_TRY(place(&frame->known_foreground, &s->known, motion, SEG_WARP_NEAREST, &s->env));
    SEG_TRY(place_ignore(s, frame, motion));
    SEG_TRY(warp(&s->placed, &grey, motion, SEG_WARP_BILINEAR, 0, &s->env));
    mix(s);
    return SEG_OK;
}

void seg_stabilizer_learn(seg_stabilizer *s, const seg_transform *motion) {
    const seg_image old = s->reference;
    s->reference = s->mean;
    s->mean = old;
    s->last = *motion;
}

/* Own pictures are exchanged, borrowed ones filled. */
static seg_status bring_back(seg_stabilizer *s, seg_image *picture, const seg_transform *back,
                             seg_warp_filter filter) {
    SEG_TRY(warp(&s->back, picture, back, filter, 0, &s->env));
    if (!picture->owner) return seg_image_copy(picture, &s->back, &s->env);
    const seg_image other = *picture;
    *picture = s->back;
    s->back = other;
    return SEG_OK;
}

seg_status seg_stabilizer_return(seg_stabilizer *s, seg_result *result,
                                 const seg_transform *motion) {
    const struct {
        uint32_t output;
        seg_image *picture;
        seg_warp_filter filter;
    } all[] = {{SEG_OUTPUT_MASK, &result->mask, SEG_WARP_NEAREST},
               {SEG_OUTPUT_LABELS, &result->labels, SEG_WARP_NEAREST},
               {SEG_OUTPUT_SCORE, &result->score, SEG_WARP_NEAREST},
               {SEG_OUTPUT_FLOW, &result->flow, SEG_WARP_BILINEAR},
               {SEG_OUTPUT_BACKGROUND, &result->background, SEG_WARP_BILINEAR}};
    const seg_transform identity = seg_transform_identity();
    if (memcmp(motion, &identity, sizeof identity) != 0) {
        seg_transform back;
        SEG_TRY(seg_transform_invert(&back, motion));
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            if (result->outputs & all[i].output)
                SEG_TRY(bring_back(s, all[i].picture, &back, all[i].filter));
    }
    seg_result_decide(result, "shift-x", motion->m[2], "px");
    seg_result_decide(result, "shift-y", motion->m[5], "px");
    return SEG_OK;
}

/* ---- as a blob ---- */

seg_status seg_stabilizer_save(const seg_stabilizer *s, void *buffer, size_t *size) {
    if (seg_image_empty(&s->reference))
        return seg_fail(SEG_ERROR_STATE, "there is no reference before the first frame");
    const seg_blob_geometry geometry = seg_blob_geometry_of(&s->reference);
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, ID, VERSION, &geometry);
    seg_blob_write_f64(&writer, s->last.m, 9);
    seg_blob_write_image(&writer, &s->reference);
    return seg_blob_write_end(&writer, size);
}

seg_status seg_stabilizer_load(seg_stabilizer *s, const void *buffer, size_t size) {
    seg_blob_reader reader;
    seg_transform last, inverse;
    seg_image reference = {0};
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, ID, VERSION));
    const seg_blob_geometry *g = &reader.geometry;
    seg_blob_read_f64(&reader, last.m, 9);
    if (g->format != SEG_U16 || g->channels != 1 || g->bits != 16 || reader.failed ||
        seg_blob_left(&reader) / 2 / (size_t)g->width < (size_t)g->height)
        return seg_fail(SEG_ERROR_DATA, "the stabilizer's content is impossible or ends early");
    if (!seg_transform_is_affine(&last) || seg_transform_invert(&inverse, &last) < 0)
        return seg_fail(SEG_ERROR_DATA, "the stabilizer's motion is impossible");
    SEG_TRY(seg_check_limits(g->width, g->height, &s->env));
    SEG_TRY(seg_image_alloc(&reference, g->width, g->height, SEG_U16, 1, &s->env));
    seg_blob_read_image(&reader, &reference);
    const seg_status status = seg_blob_finish(&reader);
    if (status < 0) {
        seg_image_unref(&reference);
        return status;
    }
    seg_image_unref(&s->reference);
    s->reference = reference;
    s->last = last;
    return SEG_OK;
}
