/*
 * The whole way from a frame to its result:
 *     pre operations -> method -> post operations -> region and ignore masks -> objects -> keep
 *     -> tracks
 * and the drawing of the result on the frame that it describes.
 *
 * Post operations work on the labels where the method gives labels, else on the mask. Objects are
 * the labels, or the components of the mask, which then are result.labels: the value in the
 * picture is the object's id. Where there are labels the mask is theirs, so that every result of a
 * method that marks anything has a mask.
 */
#include <segment/pipeline.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "core/inner_env.h"
#include "core/memory.h"
#include "imgproc/input.h"
#include "imgproc/masks.h"
#include "imgproc/runs.h"
#include "imgproc/still_method.h"
#include "objects/fields.h"
#include "objects/measure.h"
#include "pipeline/chain.h"
#include "pipeline/finish.h"
#include "pipeline/frames.h"
#include "pipeline/model.h"
#include "pipeline/stabilize.h"

#include <stdio.h>
#include <string.h>

struct seg_pipeline {
    seg_inner_env inner; /* what stages get */
    const seg_method *method;
    seg_context *context;
    seg_chain pre, post;
    seg_keep *keep;
    seg_tracker *tracker;
    seg_stabilizer *stabilizer;
    bool follow; /* the method's model comes along with the camera */
    seg_rect roi;
    const seg_image *ignore; /* borrowed from the caller */
    bool objects, intensities, colour_intensities;
    int32_t connectivity;
    seg_render_kind render;
    bool curves;
    uint32_t given;    /* by the method with its options */
    uint32_t wanted;   /* of these */
    uint32_t carrier;  /* what of it carries the regions: MASK or LABELS */
    uint32_t finished; /* the same behind the post operations */

    seg_frame_queue queue;
    seg_kept_frame *described;
    int32_t width, height;   /* of the frames, once bound; of the frame at hand before */
    bool bound;              /* the method has taken a frame */
    seg_image static_ignore; /* region and mask of the pipeline; empty if there is none */
    seg_image grey;          /* working picture */
    seg_scratch scratch;
    int32_t stages; /* for progress */
};

/* A stage begins: a chance to cancel. */
static seg_status enter_stage(seg_pipeline *pipeline, int32_t stage) {
    return seg_inner_env_part(&pipeline->inner, stage, pipeline->stages);
}

/* ---- creation ---- */

void seg_pipeline_config_init(seg_pipeline_config *config) {
    memset(config, 0, sizeof *config);
    config->size = sizeof *config;
    config->connectivity = 8;
}

static seg_status check_config(const seg_pipeline_config *config) {
    if (!config) return seg_fail(SEG_ERROR_ARGUMENT, "config is missing (NULL)");
    if (config->size != sizeof *config)
        return seg_fail(SEG_ERROR_OPTION,
                        "config.size is %zu (this version has %zu); set the defaults with "
                        "seg_pipeline_config_init first",
                        config->size, sizeof *config);
    if (!config->method) return seg_fail(SEG_ERROR_OPTION, "config.method is missing (NULL)");
    if (config->connectivity != 4 && config->connectivity != 8)
        return seg_fail(SEG_ERROR_OPTION,
                        "connectivity has no valid value (got %d, allowed 4 or 8)",
                        (int)config->connectivity);
    if (!seg_render_name(config->render))
        return seg_fail(SEG_ERROR_OPTION, "render is %d (allowed 0 to %d)", (int)config->render,
                        (int)SEG_RENDER_PICTURE);
    if (config->stabilize < SEG_STABILIZE_NONE || config->stabilize > SEG_STABILIZE_PROJECTIVE)
        return seg_fail(SEG_ERROR_OPTION, "stabilize is %d (allowed 0 to %d)",
                        (int)config->stabilize, (int)SEG_STABILIZE_PROJECTIVE);
    if (config->stabilize && !(config->method->input & SEG_INPUT_STREAM))
        return seg_fail(SEG_ERROR_OPTION,
                        "stabilize: %s has no memory of frames that a shaking camera could disturb",
                        config->method->id);
    if (config->follow && (!config->stabilize || !config->method->move))
        return seg_fail(SEG_ERROR_OPTION,
                        config->stabilize ? "view: %s has no model that can follow a camera"
                                          : "view: %s follows a camera only where it is registered "
                                            "(stabilize)",
                        config->method->id);
    const seg_rect *roi = &config->roi;
    if (roi->width != 0 && (roi->width < 0 || roi->height < 1 || roi->x < 0 || roi->y < 0))
        return seg_fail(
            SEG_ERROR_OPTION,
            "roi is no rectangle (got %d,%d,%d,%d, allowed x,y,width,height inside the picture)",
            (int)roi->x, (int)roi->y, (int)roi->width, (int)roi->height);
    if (!seg_image_empty(config->ignore))
        return seg_check_image(config->ignore, "ignore", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1);
    return SEG_OK;
}

static bool marks(const seg_pipeline *pipeline) {
    return pipeline->given & (SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS);
}

/* Post operations and objects need regions. */
static seg_status check_regions(const seg_pipeline *pipeline, const seg_pipeline_config *config) {
    if (marks(pipeline)) return SEG_OK;
    const bool post = config->post && *config->post;
    const bool keep = config->keep && *config->keep;
    if (!post && !keep && !config->track && !config->objects) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION,
                    "%s gives neither mask nor labels, so there is nothing for "
                    "%s",
                    config->method->id,
                    post            ? "post"
                    : keep          ? "keep"
                    : config->track ? "track"
                                    : "objects");
}

/* What is never measured would leave no object. */
static seg_status check_keep(const seg_pipeline *pipeline) {
    const char *tracked = seg_keep_field_of(pipeline->keep, SEG_FIELD_OF_TRACK);
    if (tracked)
        return seg_fail(SEG_ERROR_OPTION,
                        "keep: %s is known of tracked objects only, and objects are chosen before "
                        "they are tracked; the tracks that come out have it",
                        tracked);
    const char *moving = seg_keep_field_of(pipeline->keep, SEG_FIELD_OF_FLOW);
    if (!moving || pipeline->given & SEG_OUTPUT_FLOW) return SEG_OK;
    char givers[96] = "";
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++)
        if (methods[i]->outputs & SEG_OUTPUT_FLOW && methods[i]->input & SEG_INPUT_STREAM)
            snprintf(givers + strlen(givers), sizeof givers - strlen(givers), "%s%s",
                     *givers ? ", " : "", methods[i]->id);
    return seg_fail(SEG_ERROR_OPTION,
                    "keep: %s is of the motion that a method finds, and %s finds none (allowed "
                    "with method %s)",
                    moving, pipeline->method->id, givers);
}

/* What carries the regions behind an operation that gets them on `carrier`. */
static uint32_t carrier_behind(const seg_method *operation, uint32_t carrier) {
    return operation->outputs & carrier ? carrier : SEG_OUTPUT_LABELS;
}

/* Labels carry the regions where the method gives them, and behind operations that make them of
 * masks. */
static seg_status choose_carrier(seg_pipeline *pipeline) {
    const char *giver = pipeline->method->id;
    pipeline->carrier = pipeline->given & SEG_OUTPUT_LABELS ? SEG_OUTPUT_LABELS : SEG_OUTPUT_MASK;
    pipeline->finished = pipeline->carrier;
    for (int32_t i = 0; i < pipeline->post.count; i++) {
        const seg_method *operation = pipeline->post.steps[i].method;
        const bool labels = pipeline->finished == SEG_OUTPUT_LABELS;
        if (!(operation->input & (labels ? SEG_INPUT_LABELS : SEG_INPUT_MASK)))
            return seg_fail(SEG_ERROR_OPTION, "post: %s does not work on %s, which %s gives",
                            operation->id, labels ? "labels" : "masks", giver);
        const uint32_t behind = carrier_behind(operation, pipeline->finished);
        if (behind != pipeline->finished) giver = operation->id;
        pipeline->finished = behind;
    }
    return SEG_OK;
}

static uint32_t find_wanted(const seg_pipeline *pipeline) {
    uint32_t wanted = seg_render_needs(pipeline->render, NULL) & pipeline->given;
    if (pipeline->objects) wanted |= SEG_OUTPUT_FLOW & pipeline->given;
    if (pipeline->curves) wanted |= SEG_OUTPUT_CURVES & pipeline->given;
    if (marks(pipeline)) {
        /* the mask is derived from labels, after the operations on them */
        wanted &= ~(uint32_t)(SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS);
        wanted |= pipeline->carrier;
    }
    return wanted ? wanted : pipeline->given;
}

static seg_status build(seg_pipeline *pipeline, const seg_pipeline_config *config) {
    const seg_env *env = &pipeline->inner.env;
    SEG_TRY(seg_context_create(&pipeline->context, config->method, config->options, env));
    pipeline->given = seg_context_outputs(pipeline->context);
    SEG_TRY(check_regions(pipeline, config));
    SEG_TRY(seg_chain_create(&pipeline->pre, config->pre, "pre", SEG_INPUT_PICTURE,
                             SEG_OUTPUT_PICTURE, env));
    SEG_TRY(seg_chain_create(&pipeline->post, config->post, "post",
                             SEG_INPUT_MASK | SEG_INPUT_LABELS, SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS,
                             env));
    SEG_TRY(choose_carrier(pipeline));
    if (config->keep && *config->keep) SEG_TRY(seg_keep_create(&pipeline->keep, config->keep, env));
    SEG_TRY(check_keep(pipeline));
    if (config->stabilize) {
        const int32_t model = config->stabilize - SEG_STABILIZE_TRANSLATION;
        pipeline->follow = config->follow;
        pipeline->stabilizer = seg_stabilizer_create(model, env);
        if (!pipeline->stabilizer) return SEG_ERROR_MEMORY;
    }
    if (config->track) SEG_TRY(seg_tracker_create(&pipeline->tracker, config->track, env));
    pipeline->objects = config->objects || pipeline->keep || pipeline->tracker ||
                        config->render == SEG_RENDER_TRACKS;
    /* overlays show where things go, if the method knows */
    if (config->render == SEG_RENDER_OVERLAY && marks(pipeline))
        pipeline->objects |= (pipeline->given & SEG_OUTPUT_FLOW) != 0;
    pipeline->wanted = find_wanted(pipeline);
    pipeline->intensities = config->intensities || seg_keep_needs_picture(pipeline->keep, false);
    pipeline->colour_intensities = seg_keep_needs_picture(pipeline->keep, true);
    pipeline->stages = pipeline->pre.count + 1 + pipeline->post.count + 1;
    return seg_frame_queue_init(&pipeline->queue, seg_context_delay(pipeline->context) + 1, env);
}

seg_status seg_pipeline_create(seg_pipeline **pipeline_out, const seg_pipeline_config *config,
                               const seg_env *env) {
    if (!pipeline_out) return seg_fail(SEG_ERROR_ARGUMENT, "pipeline is missing (NULL)");
    *pipeline_out = NULL;
    SEG_TRY(check_config(config));
    seg_pipeline *pipeline = seg_allocate_zeroed(env, 1, sizeof *pipeline, "a pipeline");
    if (!pipeline) return SEG_ERROR_MEMORY;
    seg_inner_env_init(&pipeline->inner, env);
    pipeline->method = config->method;
    pipeline->roi = config->roi;
    pipeline->ignore = config->ignore;
    pipeline->connectivity = config->connectivity;
    pipeline->render = config->render;
    pipeline->curves = config->curves;
    pipeline->stages = 1;
    seg_scratch_init(&pipeline->scratch, &pipeline->inner.env);
    const seg_status status = build(pipeline, config);
    if (status < 0) {
        seg_pipeline_free(pipeline);
        return status;
    }
    *pipeline_out = pipeline;
    return SEG_OK;
}

void seg_pipeline_free(seg_pipeline *pipeline) {
    if (!pipeline) return;
    seg_context_free(pipeline->context);
    seg_chain_free(&pipeline->pre);
    seg_chain_free(&pipeline->post);
    seg_keep_free(pipeline->keep);
    seg_tracker_free(pipeline->tracker);
    seg_stabilizer_free(pipeline->stabilizer);
    seg_frame_queue_free(&pipeline->queue, &pipeline->inner.env);
    seg_image_unref(&pipeline->static_ignore);
    seg_image_unref(&pipeline->grey);
    seg_scratch_free(&pipeline->scratch);
    const seg_env env = pipeline->inner.outer;
    seg_release(&env, pipeline);
}

/* ---- what is left out ---- */

/* The size of the frames, and what the pipeline leaves out of them. It holds for all frames once
 * the method has taken one: a frame that fails does not bind. */
static seg_status fit(seg_pipeline *pipeline, const seg_frame *frame) {
    const seg_image *picture = seg_frame_picture(frame);
    if (seg_image_empty(picture))
        return seg_fail(SEG_ERROR_ARGUMENT, "the frame has neither image nor luma");
    const int32_t width = picture->width, height = picture->height;
    if (pipeline->bound && width == pipeline->width && height == pipeline->height) return SEG_OK;
    if (pipeline->bound)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the frame is %ld x %ld, the frames before were %ld x %ld; reset the "
                        "pipeline to start anew",
                        (long)width, (long)height, (long)pipeline->width, (long)pipeline->height);
    const seg_rect roi = pipeline->roi;
    if (roi.width > 0 && (roi.width > width - roi.x || roi.height > height - roi.y))
        return seg_fail(
            SEG_ERROR_OPTION, "roi is not inside the picture (got %d,%d,%d,%d, allowed 0,0,%d,%d)",
            (int)roi.x, (int)roi.y, (int)roi.width, (int)roi.height, (int)width, (int)height);
    SEG_TRY(seg_check_mask(pipeline->ignore, "ignore", width, height));
    if (roi.width > 0 || !seg_image_empty(pipeline->ignore)) {
        seg_image *ignore = &pipeline->static_ignore;
        seg_image_unref(ignore); /* new storage is zeroed */
        SEG_TRY(seg_image_alloc(ignore, width, height, SEG_U8, 1, &pipeline->inner.env));
        seg_ignore_add(ignore, pipeline->ignore);
        if (roi.width > 0) seg_ignore_outside(ignore, roi);
    }
    pipeline->width = width;
    pipeline->height = height;
    return SEG_OK;
}

/* kept->ignore: the frame's own mask with that of the pipeline. */
static seg_status find_ignore(seg_pipeline *pipeline, seg_kept_frame *kept,
                              const seg_frame *frame) {
    kept->ignore = pipeline->static_ignore;
    kept->ignore.owner = NULL;
    if (seg_image_empty(&frame->ignore)) return SEG_OK;
    SEG_TRY(seg_check_mask(&frame->ignore, "the frame's ignore mask", pipeline->width,
                           pipeline->height));
    const seg_env *env = &pipeline->inner.env;
    SEG_TRY(seg_image_reuse(&kept->own_ignore, pipeline->width, pipeline->height, SEG_U8, 1, env));
    SEG_TRY(seg_image_copy(&kept->own_ignore, &frame->ignore, env));
    seg_ignore_add(&kept->own_ignore, &pipeline->static_ignore);
    kept->ignore = kept->own_ignore;
    kept->ignore.owner = NULL;
    return SEG_OK;
}

/* ---- pictures before the method ---- */

/* True if the method wants the picture as it came, not only its grey. */
static bool takes_image(const seg_pipeline *pipeline) {
    const seg_method *method = pipeline->method;
    return seg_context_needs(pipeline->context) & SEG_NEED_COLOUR ||
           pipeline->given & SEG_OUTPUT_PICTURE ||
           method->input & (SEG_INPUT_MASK | SEG_INPUT_LABELS);
}

bool seg_pipeline_luma_suffices(const seg_pipeline *pipeline) {
    bool frame_picture;
    seg_render_needs(pipeline->render, &frame_picture);
    return !takes_image(pipeline) && !frame_picture && !pipeline->colour_intensities;
}

/* Replaces the frame's picture by the filtered one. */
static seg_status apply_pre(seg_pipeline *pipeline, seg_frame *frame) {
    if (pipeline->pre.count == 0) return SEG_OK;
    seg_image picture = frame->image;
    if (!takes_image(pipeline) || seg_image_empty(&frame->image))
        SEG_TRY(seg_input_grey(&picture, &pipeline->grey, frame, &pipeline->inner.env));
    for (int32_t i = 0; i < pipeline->pre.count; i++) {
        SEG_TRY(enter_stage(pipeline, i));
        seg_step *step = &pipeline->pre.steps[i];
        seg_frame input = *frame;
        input.image = picture;
        input.luma = (seg_image){0};
        SEG_TRY(seg_context_apply(step->context, &input, SEG_OUTPUT_PICTURE, &step->result));
        picture = step->result.picture;
    }
    picture.owner = NULL;
    frame->image = picture;
    frame->luma = (seg_image){0};
    return SEG_OK;
}

/* ---- regions after the method ---- */

/* Gives `target` the pixels of `source`, without copying where both own their memory. */
static seg_status hand_over(seg_image *target, seg_image *source, const seg_env *env) {
    if (!seg_image_empty(target) && !target->owner) return seg_image_copy(target, source, env);
    const seg_image other = *target;
    *target = *source;
    *source = other;
    return SEG_OK;
}

static seg_image *carried(uint32_t carrier, seg_result *result) {
    return carrier == SEG_OUTPUT_LABELS ? &result->labels : &result->mask;
}

static seg_status apply_post(seg_pipeline *pipeline, const seg_kept_frame *kept,
                             seg_result *result) {
    uint32_t carrier = pipeline->carrier;
    for (int32_t i = 0; i < pipeline->post.count; i++) {
        SEG_TRY(enter_stage(pipeline, pipeline->pre.count + 1 + i));
        seg_step *step = &pipeline->post.steps[i];
        seg_frame input = {.index = kept->frame.index,
                           .pts = kept->frame.pts,
                           .duration = kept->frame.duration,
                           .time_base = kept->frame.time_base};
        input.image = *carried(carrier, result);
        const uint32_t behind = carrier_behind(step->method, carrier);
        SEG_TRY(seg_context_apply(step->context, &input, behind, &step->result));
        SEG_TRY(hand_over(carried(behind, result), carried(behind, &step->result),
                          &pipeline->inner.env));
        if (!(step->method->outputs & SEG_OUTPUT_MASK)) result->order_count = 0; /* other ids */
        if (behind != carrier) result->outputs = (result->outputs & ~carrier) | behind;
        carrier = behind;
    }
    return SEG_OK;
}

/* The picture that intensities are of; NULL where nobody asks for them. */
static const seg_image *measured_picture(const seg_pipeline *pipeline, const seg_kept_frame *kept) {
    const seg_image *image = &kept->frame.image;
    if (seg_image_empty(image)) image = &kept->frame.luma;
    return pipeline->intensities && image->format != SEG_LABEL32 ? image : NULL;
}

/* Nor would what a picture does not have. */
static seg_status check_colours(const seg_pipeline *pipeline, const seg_image *picture) {
    const char *name = seg_keep_field_of(pipeline->keep, SEG_FIELD_OF_COLOUR);
    if (!name || (picture && picture->channels >= 3)) return SEG_OK;
    return seg_fail(SEG_ERROR_UNSUPPORTED,
                    "keep: %s is of a colour, and the picture has none (allowed: %.*s, of grey)",
                    name, (int)(strchr(name, '_') - name), name);
}

/* Of the objects that have none yet. */
static seg_status find_motions(seg_result *result, const seg_env *env) {
    return result->outputs & SEG_OUTPUT_FLOW ? seg_objects_measure_motion(result, env) : SEG_OK;
}

static seg_status find_objects(seg_pipeline *pipeline, const seg_kept_frame *kept,
                               seg_result *result) {
    const seg_env *env = &pipeline->inner.env;
    const bool masked = pipeline->finished == SEG_OUTPUT_MASK;
    if (masked) {
        const seg_image *mask = &result->mask;
        SEG_TRY(seg_image_reuse(&result->labels, mask->width, mask->height, SEG_LABEL32, 1, env));
        SEG_TRY(
            seg_components_with(&result->labels, mask, pipeline->connectivity, &pipeline->scratch));
        result->outputs |= SEG_OUTPUT_LABELS;
    }
    const seg_image *picture = measured_picture(pipeline, kept);
    SEG_TRY(check_colours(pipeline, picture));
    SEG_TRY(seg_objects_measure_masked(result, &result->labels, masked ? &result->mask : NULL,
                                       picture, env));
    SEG_TRY(find_motions(result, env));
    if (!pipeline->keep) return SEG_OK;
    return seg_result_keep(result, pipeline->keep, masked, &pipeline->scratch, env);
}

/* All that follows the method. */
static seg_status finish(seg_pipeline *pipeline, const seg_kept_frame *kept, seg_result *result) {
    const seg_env *env = &pipeline->inner.env;
    seg_scratch_rewind(&pipeline->scratch);
    /* of two pictures of the regions only the carrier goes through the operations */
    if (marks(pipeline))
        result->outputs &= ~(uint32_t)(SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS) | pipeline->carrier;
    if (pipeline->stabilizer)
        SEG_TRY(seg_stabilizer_return(pipeline->stabilizer, result, &kept->motion));
    SEG_TRY(apply_post(pipeline, kept, result));
    SEG_TRY(enter_stage(pipeline, pipeline->stages - 1));
    if (!seg_image_empty(&kept->ignore)) SEG_TRY(seg_result_leave_out(result, &kept->ignore, env));
    if (pipeline->objects) SEG_TRY(find_objects(pipeline, kept, result));
    if (result->outputs & SEG_OUTPUT_LABELS && pipeline->finished == SEG_OUTPUT_LABELS)
        SEG_TRY(seg_result_derive_mask(result, env));
    /* the mask stays what was found: tracks give names to it */
    if (!pipeline->tracker) return SEG_OK;
    SEG_TRY(seg_tracker_apply_masked(pipeline->tracker, result, &result->mask));
    result->order_count = 0; /* other ids */
    return find_motions(result, env);
}

/* ---- frames ---- */

static seg_status finish_described(seg_pipeline *pipeline, seg_result *result) {
    pipeline->described = seg_frame_queue_pop(&pipeline->queue);
    if (!pipeline->described)
        return seg_fail(SEG_ERROR_STATE, "%s gave more results than it got frames",
                        pipeline->method->id);
    const seg_status status = finish(pipeline, pipeline->described, result);
    if (status < 0) result->outputs = 0;
    return status;
}

/* Finds where the frame is in what the method sees, which may follow a camera that travels, and
 * brings it there. */
static seg_status steady(seg_pipeline *pipeline, seg_frame *frame, seg_transform *motion) {
    seg_stabilizer *stabilizer = pipeline->stabilizer;
    seg_transform from;
    SEG_TRY(seg_stabilizer_find(stabilizer, frame, motion));
    if (pipeline->follow && seg_stabilizer_strays(stabilizer, motion, &from)) {
        SEG_TRY(seg_stabilizer_move(stabilizer, pipeline->context, &from, motion));
        seg_frame_queue_move(&pipeline->queue, &from);
    }
    return seg_stabilizer_place(stabilizer, frame, motion);
}

/* The frame through pre operations and method. */
static seg_status apply_method(seg_pipeline *pipeline, const seg_frame *frame, seg_result *result) {
    SEG_TRY(fit(pipeline, frame));
    seg_kept_frame *kept = seg_frame_queue_next(&pipeline->queue);
    const bool copy = pipeline->queue.capacity > 1;
    SEG_TRY(seg_kept_frame_set(kept, frame, copy, &pipeline->inner.env));
    SEG_TRY(find_ignore(pipeline, kept, frame));
    seg_frame input = *frame;
    input.ignore = kept->ignore;
    if (pipeline->stabilizer) SEG_TRY(steady(pipeline, &input, &kept->motion));
    SEG_TRY(apply_pre(pipeline, &input));
    SEG_TRY(enter_stage(pipeline, pipeline->pre.count));
    const seg_status status =
        seg_context_apply(pipeline->context, &input, pipeline->wanted, result);
    if (status >= 0 && pipeline->stabilizer)
        seg_stabilizer_learn(pipeline->stabilizer, &kept->motion);
    return status;
}

seg_status seg_pipeline_apply(seg_pipeline *pipeline, const seg_frame *frame, seg_result *result) {
    if (!pipeline || !frame || !result)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !pipeline ? "pipeline"
                        : !frame  ? "frame"
                                  : "result");
    pipeline->described = NULL;
    result->outputs = 0;
    if (pipeline->queue.count == pipeline->queue.capacity)
        return seg_fail(SEG_ERROR_STATE, "%s holds back more frames than it said",
                        pipeline->method->id);
    SEG_TRY(seg_inner_env_begin(&pipeline->inner));
    const seg_status status = apply_method(pipeline, frame, result);
    if (status < 0) {
        if (!pipeline->bound) seg_chain_reset(&pipeline->pre);
        return status;
    }
    pipeline->bound = true;
    seg_frame_queue_push(&pipeline->queue);
    if (status == SEG_OK) SEG_TRY(finish_described(pipeline, result));
    seg_inner_env_end(&pipeline->inner);
    return status;
}

seg_status seg_pipeline_flush(seg_pipeline *pipeline, seg_result *result) {
    if (!pipeline || !result)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        pipeline ? "result" : "pipeline");
    pipeline->described = NULL;
    result->outputs = 0;
    SEG_TRY(seg_inner_env_begin(&pipeline->inner));
    SEG_TRY(enter_stage(pipeline, pipeline->pre.count));
    const seg_status status = seg_context_flush(pipeline->context, pipeline->wanted, result);
    if (status < 0) return status;
    if (status == SEG_OK) SEG_TRY(finish_described(pipeline, result));
    seg_inner_env_end(&pipeline->inner);
    return status;
}

const seg_frame *seg_pipeline_described(const seg_pipeline *pipeline) {
    return pipeline && pipeline->described ? &pipeline->described->frame : NULL;
}

void seg_pipeline_release_described(seg_pipeline *pipeline) {
    if (!pipeline || !pipeline->described) return;
    seg_frame_unref(&pipeline->described->frame);
    pipeline->described = NULL;
}

/* Of the tracks that are seen. */
static seg_status draw_trails(const seg_tracker *tracker, seg_image *picture) {
    int32_t tracks, points;
    const seg_track *list = seg_tracker_tracks(tracker, &tracks);
    for (int32_t t = 0; t < tracks; t++) {
        const seg_point *trail = seg_tracker_trail(tracker, t, &points);
        if (list[t].seen) SEG_TRY(seg_render_trail(picture, trail, points, list[t].id));
    }
    return SEG_OK;
}

seg_status seg_pipeline_render(seg_pipeline *pipeline, const seg_result *result,
                               seg_image *picture) {
    if (!pipeline) return seg_fail(SEG_ERROR_ARGUMENT, "pipeline is missing (NULL)");
    SEG_TRY(seg_render(picture, pipeline->render, seg_pipeline_described(pipeline), result,
                       &pipeline->inner.outer));
    return pipeline->render == SEG_RENDER_TRACKS ? draw_trails(pipeline->tracker, picture) : SEG_OK;
}

void seg_pipeline_reset(seg_pipeline *pipeline) {
    if (!pipeline) return;
    seg_context_reset(pipeline->context);
    seg_chain_reset(&pipeline->pre);
    seg_chain_reset(&pipeline->post);
    seg_tracker_reset(pipeline->tracker);
    seg_stabilizer_reset(pipeline->stabilizer);
    seg_frame_queue_clear(&pipeline->queue);
    pipeline->described = NULL;
    pipeline->bound = false;
    seg_image_unref(&pipeline->static_ignore);
}

seg_context *seg_pipeline_context(seg_pipeline *pipeline) {
    return pipeline ? pipeline->context : NULL;
}

const seg_tracker *seg_pipeline_tracker(const seg_pipeline *pipeline) {
    return pipeline ? pipeline->tracker : NULL;
}

seg_status seg_pipeline_save(seg_pipeline *pipeline, void *buffer, size_t *size) {
    if (!pipeline || !size)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", pipeline ? "size" : "pipeline");
    if (!pipeline->tracker && !pipeline->stabilizer)
        return seg_context_save(pipeline->context, buffer, size);
    const seg_model_parts parts = {pipeline->method->save ? pipeline->context : NULL,
                                   pipeline->tracker, pipeline->stabilizer};
    return seg_model_save(&parts, buffer, size, &pipeline->inner.env);
}

seg_status seg_pipeline_load(seg_pipeline *pipeline, const void *buffer, size_t size) {
    if (!pipeline) return seg_fail(SEG_ERROR_ARGUMENT, "pipeline is missing (NULL)");
    const seg_model_parts parts = {pipeline->context, pipeline->tracker, pipeline->stabilizer};
    return seg_model_load(&parts, buffer, size, &pipeline->inner.env);
}
