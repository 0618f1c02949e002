/*
 * Contexts: what is the same for all methods, so that a method's own functions only see frames
 * that they can take: the frame's pictures are whole, of allowed formats and of one size, the
 * outputs asked for exist, calls come in order.
 */
#include <segment/method.h>

#include "core/blob.h"
#include "core/check.h"
#include "core/inner_env.h"
#include "core/memory.h"

#include <float.h>
#include <string.h>

struct seg_context {
    const seg_method *method;
    seg_inner_env inner; /* methods may keep the address of its env until free */
    void *options;       /* a copy, or NULL where the method has none */
    void *state;
    bool bound, flushed;
    seg_blob_geometry geometry; /* of the frames, once bound */
};

#define ANY_FORMAT (SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32))

static bool has_memory(const seg_method *method) {
    return method->input & (SEG_INPUT_STREAM | SEG_INPUT_PAIR);
}

static seg_status copy_options(seg_context *context, const void *options) {
    const seg_param_table *table = context->method->params;
    if (!table) return SEG_OK;
    context->options =
        seg_allocate(&context->inner.env, 1, table->options_size, "the options of a method");
    if (!context->options) return SEG_ERROR_MEMORY;
    seg_params_init(context->options, table);
    return options ? seg_params_copy(context->options, options, table, &context->inner.env)
                   : SEG_OK;
}

seg_status seg_context_create(seg_context **context_out, const seg_method *method,
                              const void *options, const seg_env *env) {
    if (!context_out) return seg_fail(SEG_ERROR_ARGUMENT, "context is missing (NULL)");
    *context_out = NULL;
    if (!method) return seg_fail(SEG_ERROR_ARGUMENT, "method is missing (NULL)");
    seg_context *context = seg_allocate_zeroed(env, 1, sizeof *context, "a context");
    if (!context) return SEG_ERROR_MEMORY;
    context->method = method;
    seg_inner_env_init(&context->inner, env);
    /* a model must not be left half updated: such methods are asked between frames only */
    if (has_memory(method)) context->inner.env.progress = NULL;
    seg_status status = copy_options(context, options);
    if (status >= 0 && method->create)
        status = method->create(&context->state, context->options, &context->inner.env);
    if (status < 0) {
        context->state = NULL; /* a failed create leaves nothing */
        seg_context_free(context);
        return status;
    }
    *context_out = context;
    return SEG_OK;
}

void seg_context_free(seg_context *context) {
    if (!context) return;
    if (context->state && context->method->free) context->method->free(context->state);
    if (context->options)
        seg_params_clear(context->options, context->method->params, &context->inner.env);
    const seg_env env = context->inner.outer;
    seg_release(&env, context->options);
    seg_release(&env, context);
}

/* ---- frames ---- */

/* The picture that the method works on: luma where that is there and enough. */
static const seg_image *primary(const seg_context *context, const seg_frame *frame) {
    if (seg_image_empty(&frame->image)) return &frame->luma;
    if (seg_image_empty(&frame->luma)) return &frame->image;
    return seg_context_needs(context) & SEG_NEED_COLOUR ? &frame->image : &frame->luma;
}

static seg_status check_pictures(const seg_context *context, const seg_frame *frame) {
    const seg_image *picture = primary(context, frame);
    if (seg_image_empty(picture))
        return seg_fail(SEG_ERROR_ARGUMENT, "the frame has neither image nor luma");
    const char *name = picture == &frame->luma ? "the frame's luma" : "the frame's image";
    SEG_TRY(seg_check_image(picture, name, context->method->formats, context->method->channels));
    if (!seg_image_empty(&frame->image) && !seg_image_empty(&frame->luma)) {
        SEG_TRY(seg_check_image(&frame->image, "the frame's image", ANY_FORMAT, SEG_CHANNELS_ANY));
        SEG_TRY(seg_check_image(&frame->luma, "the frame's luma", ANY_FORMAT, SEG_CHANNELS_1));
        if (frame->image.width != frame->luma.width || frame->image.height != frame->luma.height)
            return seg_fail(SEG_ERROR_SHAPE, "the frame's image is %ld x %ld, its luma %ld x %ld",
                            (long)frame->image.width, (long)frame->image.height,
                            (long)frame->luma.width, (long)frame->luma.height);
    }
    int32_t width = picture->width, height = picture->height;
    SEG_TRY(seg_check_mask(&frame->ignore, "the frame's ignore mask", width, height));
    SEG_TRY(
        seg_check_mask(&frame->known_foreground, "the frame's known foreground", width, height));
    if (seg_image_empty(&frame->markers)) return SEG_OK;
    SEG_TRY(seg_check_image(&frame->markers, "the frame's markers", SEG_FORMAT_BIT(SEG_LABEL32),
                            SEG_CHANNELS_1));
    if (frame->markers.width != width || frame->markers.height != height)
        return seg_fail(SEG_ERROR_SHAPE, "the frame's markers are %ld x %ld, the frame %ld x %ld",
                        (long)frame->markers.width, (long)frame->markers.height, (long)width,
                        (long)height);
    return SEG_OK;
}

/* A method with memory cannot compare samples of another kind; others only bind the size. */
static seg_status check_geometry(const seg_context *context, const seg_image *picture) {
    if (!context->bound) return SEG_OK;
    const seg_blob_geometry *bound = &context->geometry;
    if (picture->width != bound->width || picture->height != bound->height)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the frame is %ld x %ld, the frames before were %ld x %ld; reset the "
                        "context to start anew",
                        (long)picture->width, (long)picture->height, (long)bound->width,
                        (long)bound->height);
    if (!has_memory(context->method)) return SEG_OK;
    if (picture->format != bound->format || picture->channels != bound->channels ||
        picture->bits != bound->bits)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the frame has %d channels of %d bits (format %d), the frames before had "
                        "%d of %d (format %d); reset the context to start anew",
                        picture->channels, picture->bits, picture->format, bound->channels,
                        bound->bits, bound->format);
    return SEG_OK;
}

uint32_t seg_context_outputs(const seg_context *context) {
    if (!context) return 0;
    const seg_method *method = context->method;
    return method->outputs_of ? method->outputs_of(context->options) : method->outputs;
}

uint32_t seg_context_needs(const seg_context *context) {
    if (!context) return 0;
    const seg_method *method = context->method;
    return method->needs_of ? method->needs_of(context->options) : method->needs;
}

static seg_status resolve_wanted(uint32_t *resolved, const seg_context *context, uint32_t wanted) {
    const uint32_t given = seg_context_outputs(context);
    if (wanted & ~given)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "%s does not give all that is wanted (bits %#x; with these options it "
                        "gives %#x)",
                        context->method->id, (unsigned)wanted, (unsigned)given);
    *resolved = wanted ? wanted : given;
    return SEG_OK;
}

/* Nothing of the frame before may show through. */
static void clear_result(seg_result *result) {
    result->outputs = 0;
    result->flags = 0;
    result->decision_count = 0;
    result->object_count = 0;
    result->order_count = 0;
    result->curves.count = result->curves.point_count = 0;
    result->score_full_scale = 0;
    result->flow_about = (seg_flow_about){0};
    result->index = 0;
    result->pts = SEG_NO_PTS;
    result->duration = 0;
    result->time_base = (seg_rational){0, 0};
}

seg_status seg_context_apply(seg_context *context, const seg_frame *frame, uint32_t wanted,
                             seg_result *result) {
    if (!context || !frame || !result)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !context ? "context"
                        : !frame ? "frame"
                                 : "result");
    if (context->flushed)
        return seg_fail(SEG_ERROR_STATE, "the stream was flushed; reset the context to start anew");
    clear_result(result);
    SEG_TRY(resolve_wanted(&wanted, context, wanted));
    SEG_TRY(check_pictures(context, frame));
    const seg_image *picture = primary(context, frame);
    SEG_TRY(check_geometry(context, picture));

    /* Methods with look-ahead overwrite this with the frame that they describe. */
    result->index = frame->index;
    result->pts = frame->pts;
    result->duration = frame->duration;
    result->time_base = frame->time_base;
    SEG_TRY(seg_inner_env_begin(&context->inner));
    seg_status status = context->method->apply(context->state, frame, wanted, result);
    if (status < 0) {
        result->outputs = 0;
        return status;
    }
    if (!context->bound) context->geometry = seg_blob_geometry_of(picture);
    context->bound = true;
    seg_inner_env_end(&context->inner);
    return status;
}

seg_status seg_context_flush(seg_context *context, uint32_t wanted, seg_result *result) {
    if (!context || !result)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", context ? "result" : "context");
    SEG_TRY(resolve_wanted(&wanted, context, wanted));
    clear_result(result);
    if (context->method->flush && context->bound) SEG_TRY(seg_inner_env_begin(&context->inner));
    context->flushed = true;
    if (!context->method->flush || !context->bound) return SEG_END;
    seg_status status = context->method->flush(context->state, wanted, result);
    if (status < 0)
        result->outputs = 0;
    else
        seg_inner_env_end(&context->inner);
    return status;
}

void seg_context_reset(seg_context *context) {
    if (!context) return;
    if (context->method->reset) context->method->reset(context->state);
    context->bound = context->flushed = false;
}

int32_t seg_context_delay(const seg_context *context) {
    if (!context || !context->method->delay) return 0;
    return context->method->delay(context->options);
}

/* ---- models ---- */

seg_status seg_context_save(seg_context *context, void *buffer, size_t *size) {
    if (!context || !size)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", context ? "size" : "context");
    const seg_method *method = context->method;
    if (!method->save)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s has no model to save", method->id);
    if (!context->bound)
        return seg_fail(SEG_ERROR_STATE, "there is no model yet: no frame has been seen");
    size_t needed = 0;
    SEG_TRY(method->save(context->state, NULL, &needed));
    if (buffer && *size < needed)
        return seg_fail(SEG_ERROR_LIMIT, "the model needs %zu bytes (the buffer has %zu)", needed,
                        *size);
    *size = needed;
    return buffer ? method->save(context->state, buffer, size) : SEG_OK;
}

seg_status seg_context_load(seg_context *context, const void *buffer, size_t size) {
    if (!context) return seg_fail(SEG_ERROR_ARGUMENT, "context is missing (NULL)");
    const seg_method *method = context->method;
    if (!method->load)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s has no model to load", method->id);
    /* The method checks its own version; here only whose it is and what its frames look like. */
    seg_blob_reader reader;
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, method->id, UINT32_MAX));
    SEG_TRY(seg_check_limits(reader.geometry.width, reader.geometry.height, &context->inner.env));
    SEG_TRY(method->load(context->state, buffer, size));
    context->geometry = reader.geometry;
    context->bound = true;
    context->flushed = false;
    return SEG_OK;
}

/* ---- another view ---- */

seg_status seg_context_move(seg_context *context, const double from[9]) {
    if (!context || !from)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", context ? "from" : "context");
    const seg_method *method = context->method;
    for (int i = 0; i < 9; i++)
        if (!(from[i] >= -DBL_MAX && from[i] <= DBL_MAX))
            return seg_fail(SEG_ERROR_ARGUMENT, "from[%d] is no finite number", i);
    if (!method->move)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s has no model that can be moved", method->id);
    if (!context->bound || context->flushed)
        return seg_fail(SEG_ERROR_STATE, context->bound
                                             ? "the stream was flushed; reset the context"
                                             : "there is no model yet: no frame has been seen");
    return method->move(context->state, from);
}
