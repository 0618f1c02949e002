/*
 * Motions of objects: a parametric model fitted to the flow of their pixels (geometry/
 * motion_model.c). An object is looked at in its box, every so many pixels of it.
 */
#include <segment/objects.h>

#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "geometry/motion_fit.h"
#include "imgproc/flow.h"

#include <math.h>

#define SAMPLES 512     /* of an object, at least, if it has as many pixels; below twice that */
#define LEAST_NOISE 0.1 /* pixels that flow errs by */

double seg_motion_speed(double u, double v, double *direction) {
    double degrees = u != 0 || v != 0 ? seg_atan2(-v, u) * 180 / SEG_PI : 0;
    if (degrees <= -180) degrees = 180;
    if (direction) *direction = degrees;
    return sqrt(u * u + v * v);
}

static int32_t take_samples(seg_motion_sample *samples, const seg_result *result,
                            const seg_object *object) {
    const seg_rect *box = &object->box;
    const int64_t step = object->area < SAMPLES ? 1 : object->area / SAMPLES;
    int64_t seen = 0;
    int32_t count = 0;
    for (int32_t y = box->y; y < box->y + box->height; y++) {
        const int32_t *labels = seg_image_row(&result->labels, y);
        const float *flow = seg_image_row(&result->flow, y);
        for (int32_t x = box->x; x < box->x + box->width; x++) {
            if (labels[x] != object->id || seen++ % step != 0) continue;
            const float *uv = flow + 2 * (size_t)x;
            if (!seg_flow_known(uv) || count == 2 * SAMPLES) continue;
            samples[count++] = (seg_motion_sample){(float)x, (float)y, uv[0], uv[1], 1};
        }
    }
    return count;
}

/* As many numbers as the samples say; noise is what the richest model leaves. */
static seg_motion_model choose(void *room, seg_motion *motion, const seg_motion_sample *samples,
                               int32_t count) {
    double noise;
    seg_motion_model model;
    seg_motion_fit_in(room, motion, &noise, SEG_MOTION_QUADRATIC, samples, count);
    seg_motion_choose_in(room, motion, &model, NULL, seg_larger(noise, LEAST_NOISE), samples,
                         count);
    return model;
}

static void count_orders(seg_object *object, const seg_result *result) {
    for (int32_t i = 0; i < result->order_count; i++) {
        object->in_front_of += result->orders[i].front == object->id;
        object->behind += result->orders[i].behind == object->id;
    }
}

static void measure(seg_object *object, void *room, const seg_flow_about *about,
                    const seg_motion_sample *samples, int32_t count) {
    double of[2], dominant[2];
    seg_motion_model model = (seg_motion_model)(about->model - 1);
    if (about->model > 0)
        seg_motion_fit_in(room, &object->motion, NULL, model, samples, count);
    else
        model = choose(room, &object->motion, samples, count);
    object->motion_numbers = seg_motion_model_numbers(model);
    seg_motion_at(of, &object->motion, object->centroid_x, object->centroid_y);
    seg_motion_at(dominant, &about->dominant, object->centroid_x, object->centroid_y);
    object->motion_x = of[0];
    object->motion_y = of[1];
    object->relative_x = of[0] - dominant[0];
    object->relative_y = of[1] - dominant[1];
}

seg_status seg_objects_measure_motion(seg_result *result, const seg_env *env) {
    if (!result) return seg_fail(SEG_ERROR_ARGUMENT, "result is missing (NULL)");
    const seg_image *labels = &result->labels, *flow = &result->flow;
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    SEG_TRY(seg_check_image(flow, "flow", SEG_FORMAT_BIT(SEG_F32), 1u << 2));
    if (flow->width != labels->width || flow->height != labels->height)
        return seg_fail(SEG_ERROR_SHAPE, "the flow is %ld x %ld, the labels are %ld x %ld",
                        (long)flow->width, (long)flow->height, (long)labels->width,
                        (long)labels->height);
    const size_t room = (seg_motion_fit_room(2 * SAMPLES) + 7) / 8 * 8;
    double *memory =
        seg_allocate(env, room + 2 * SAMPLES * sizeof(seg_motion_sample), 1, "samples of flow");
    if (!memory) return SEG_ERROR_MEMORY;
    seg_motion_sample *samples = (seg_motion_sample *)(memory + room / 8);
    for (int32_t i = 0; i < result->object_count; i++) {
        seg_object *object = &result->objects[i];
        if (object->motion_numbers > 0) continue;
        const int32_t count = take_samples(samples, result, object);
        count_orders(object, result);
        if (count > 0) measure(object, memory, &result->flow_about, samples, count);
    }
    seg_release(env, memory);
    return SEG_OK;
}
