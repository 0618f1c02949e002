/* Contexts, with two methods made for the purpose: a still one, and one with memory, look-ahead
 * and a model. */
#include "core_main.h"

#include "core/blob.h"
#include "core/check.h"
#include "core/memory.h"
#include <segment/method.h>

#include <stdio.h>

typedef struct fake_options {
    size_t size;
    double sigma;
    int32_t delay;
    seg_seeds seeds;
} fake_options;

static const seg_param items[] = {
    {"sigma", SEG_PARAM_FLOAT, offsetof(fake_options, sigma), "1.5", 0, 10, NULL, "px", "h", ""},
    {"delay", SEG_PARAM_INT, offsetof(fake_options, delay), "1", 0, 4, NULL, "frames", "h", ""},
    {"seeds", SEG_PARAM_SEEDS, offsetof(fake_options, seeds), "auto", 0, 0, NULL, "", "h", ""},
};
static const seg_param_table table = {items, 3, sizeof(fake_options)};

typedef struct fake_state {
    const seg_env *env;
    const fake_options *options;
    int64_t frames, sum;
    seg_image model;
    seg_frame held[4];
    int32_t held_count;
} fake_state;

static int32_t fake_delay(const void *options) {
    return ((const fake_options *)options)->delay;
}

static seg_status fake_create(void **state, const void *options, const seg_env *env) {
    fake_state *fake = seg_allocate_zeroed(env, 1, sizeof *fake, "a fake");
    if (!fake) return SEG_ERROR_MEMORY;
    fake->env = env;
    fake->options = options;
    *state = fake;
    return SEG_OK;
}

static void fake_reset(void *state) {
    fake_state *fake = state;
    while (fake->held_count > 0)
        seg_frame_unref(&fake->held[--fake->held_count]);
    seg_image_unref(&fake->model);
    fake->frames = fake->sum = 0;
}

static void fake_free(void *state) {
    fake_state *fake = state;
    fake_reset(fake);
    seg_release(fake->env, fake);
}

/* Describes the oldest held frame. */
static seg_status fake_describe(fake_state *fake, uint32_t wanted, seg_result *result) {
    seg_frame *frame = &fake->held[0];
    SEG_TRY(seg_image_ensure(&result->mask, frame->image.width, frame->image.height, SEG_U8, 1,
                             fake->env));
    result->outputs = wanted & SEG_OUTPUT_MASK;
    result->index = frame->index;
    result->pts = frame->pts;
    seg_result_decide(result, "sum", (double)fake->sum, "");
    seg_frame_unref(frame);
    fake->held_count--;
    memmove(fake->held, fake->held + 1, (size_t)fake->held_count * sizeof *fake->held);
    return SEG_OK;
}

static seg_status fake_apply(void *state, const seg_frame *frame, uint32_t wanted,
                             seg_result *result) {
    fake_state *fake = state;
    if (seg_image_empty(&fake->model))
        SEG_TRY(seg_image_alloc(&fake->model, frame->image.width, frame->image.height, SEG_U8, 1,
                                fake->env));
    fake->frames++;
    fake->sum += *(uint8_t *)frame->image.data;
    fake->held[fake->held_count++] = seg_frame_ref(frame);
    if (fake->held_count <= fake->options->delay) return SEG_NO_RESULT_YET;
    return fake_describe(fake, wanted, result);
}

static seg_status fake_flush(void *state, uint32_t wanted, seg_result *result) {
    fake_state *fake = state;
    return fake->held_count ? fake_describe(fake, wanted, result) : SEG_END;
}

static seg_status fake_save(void *state, void *buffer, size_t *size) {
    fake_state *fake = state;
    const seg_blob_geometry geometry = seg_blob_geometry_of(&fake->model);
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, "fake", 2, &geometry);
    seg_blob_write_i64(&writer, &fake->frames, 1);
    seg_blob_write_i64(&writer, &fake->sum, 1);
    seg_blob_write_image(&writer, &fake->model);
    return seg_blob_write_end(&writer, size);
}

static seg_status fake_load(void *state, const void *buffer, size_t size) {
    fake_state *fake = state;
    seg_blob_reader reader;
    int64_t frames, sum;
    seg_image model = {0};
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, "fake", 2));
    seg_blob_read_i64(&reader, &frames, 1);
    seg_blob_read_i64(&reader, &sum, 1);
    SEG_TRY(seg_image_alloc(&model, reader.geometry.width, reader.geometry.height, SEG_U8, 1,
                            fake->env));
    seg_blob_read_image(&reader, &model);
    seg_status status = seg_blob_finish(&reader);
    if (status < 0) {
        seg_image_unref(&model);
        return status;
    }
    fake_reset(fake);
    fake->frames = frames;
    fake->sum = sum;
    fake->model = model;
    return SEG_OK;
}

static const seg_method stream_method = {
    .id = "fake",
    .formats = SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16),
    .channels = SEG_CHANNELS_1 | 1u << 3,
    .input = SEG_INPUT_STREAM,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_BACKGROUND,
    .needs = SEG_NEED_COLOUR,
    .params = &table,
    .delay = fake_delay,
    .create = fake_create,
    .apply = fake_apply,
    .flush = fake_flush,
    .reset = fake_reset,
    .save = fake_save,
    .load = fake_load,
    .free = fake_free,
};

static const seg_frame *last_frame;
static uint32_t last_wanted;
static seg_status next_status;

static seg_status still_apply(void *state, const seg_frame *frame, uint32_t wanted,
                              seg_result *result) {
    (void)state;
    last_frame = frame;
    last_wanted = wanted;
    result->outputs = wanted;
    return next_status;
}

/* The least that a method can be: no options, no state. */
static const seg_method still_method = {
    .id = "still",
    .formats = SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16),
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS,
    .apply = still_apply,
};

static seg_image picture_of(int32_t width, int32_t height, seg_format format, int channels) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, format, channels, NULL));
    return image;
}

static seg_frame frame_of(int32_t width, int32_t height, int64_t index) {
    seg_frame frame = {.index = index, .pts = 100 + index, .time_base = {1, 25}};
    frame.image = picture_of(width, height, SEG_U8, 1);
    *(uint8_t *)frame.image.data = (uint8_t)(index + 1);
    return frame;
}

START_TEST(creating) {
    int64_t live = seg_memory_live();
    seg_context *context = NULL;
    ck_assert_fails(seg_context_create(NULL, &still_method, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "context");
    ck_assert_fails(seg_context_create(&context, NULL, NULL, NULL), SEG_ERROR_ARGUMENT, "method");
    ck_assert_ptr_null(context);
    fake_options options;
    seg_params_init(&options, &table);
    options.sigma = -1;
    ck_assert_fails(seg_context_create(&context, &stream_method, &options, NULL), SEG_ERROR_OPTION,
                    "sigma is out of range (got -1, allowed 0 to 10 px)");
    ck_assert_ptr_null(context);
    options.size = 0;
    ck_assert_fails(seg_context_create(&context, &stream_method, &options, NULL), SEG_ERROR_OPTION,
                    "options.size is 0");
    seg_params_init(&options, &table);
    ck_assert_ok(seg_params_parse(&options, &table, "seeds", "1,2;3,4", NULL));
    options.delay = 3;
    ck_assert_ok(seg_context_create(&context, &stream_method, &options, NULL));
    seg_params_clear(&options, &table, NULL); /* the context has its own */
    ck_assert_int_eq(seg_context_delay(context), 3);
    seg_context_free(context);
    ck_assert_ok(seg_context_create(&context, &stream_method, NULL, NULL));
    ck_assert_int_eq(seg_context_delay(context), 1);
    seg_context_free(context);
    ck_assert_ok(seg_context_create(&context, &still_method, NULL, NULL));
    ck_assert_int_eq(seg_context_delay(context), 0);
    seg_context_free(context);
    seg_context_free(NULL);
    seg_context_reset(NULL);
    ck_assert_int_eq(seg_context_delay(NULL), 0);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(creating_without_memory) {
    int64_t live = seg_memory_live();
    fake_options options;
    seg_params_init(&options, &table);
    ck_assert_ok(seg_params_parse(&options, &table, "seeds", "1,2;3,4", NULL));
    int64_t before = seg_memory_live(), n = 1;
    for (;; n++) {
        seg_context *context = NULL;
        seg_memory_fail_at(n);
        seg_status status = seg_context_create(&context, &stream_method, &options, NULL);
        seg_memory_fail_at(0);
        ck_assert_int_eq(context == NULL, status < 0);
        seg_context_free(context);
        ck_assert_int_eq(seg_memory_live(), before);
        if (status == SEG_OK) break;
        ck_assert_int_eq(status, SEG_ERROR_MEMORY);
    }
    ck_assert_int_eq(n, 5); /* context, options, seeds, state */
    seg_params_clear(&options, &table, NULL);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(frames_are_checked) {
    seg_context *context = NULL;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_ok(seg_context_create(&context, &still_method, NULL, NULL));
    seg_frame frame = frame_of(6, 4, 0), empty = {0};
    next_status = SEG_OK;
    last_frame = NULL;
    ck_assert_fails(seg_context_apply(NULL, &frame, 0, &result), SEG_ERROR_ARGUMENT, "context");
    ck_assert_fails(seg_context_apply(context, NULL, 0, &result), SEG_ERROR_ARGUMENT, "frame");
    ck_assert_fails(seg_context_apply(context, &frame, 0, NULL), SEG_ERROR_ARGUMENT, "result");
    ck_assert_fails(seg_context_apply(context, &empty, 0, &result), SEG_ERROR_ARGUMENT,
                    "neither image nor luma");
    ck_assert_fails(seg_context_apply(context, &frame, SEG_OUTPUT_FLOW, &result),
                    SEG_ERROR_UNSUPPORTED, "still does not give");

    seg_frame bad = frame;
    bad.image = picture_of(6, 4, SEG_F32, 1);
    ck_assert_fails(seg_context_apply(context, &bad, 0, &result), SEG_ERROR_UNSUPPORTED,
                    "the frame's image has f32 samples (allowed: u8 or u16)");
    seg_image_unref(&bad.image);
    bad.image = frame.image;
    bad.image.stride = 5;
    ck_assert_fails(seg_context_apply(context, &bad, 0, &result), SEG_ERROR_ARGUMENT, "stride");

    const struct {
        size_t member;
        int32_t width;
        seg_format format;
        seg_status status;
        const char *words;
    } extras[] = {
        {offsetof(seg_frame, ignore), 5, SEG_U8, SEG_ERROR_SHAPE, "ignore mask is 5 x 4"},
        {offsetof(seg_frame, ignore), 6, SEG_U16, SEG_ERROR_UNSUPPORTED, "ignore mask has u16"},
        {offsetof(seg_frame, known_foreground), 7, SEG_U8, SEG_ERROR_SHAPE, "known foreground"},
        {offsetof(seg_frame, markers), 7, SEG_LABEL32, SEG_ERROR_SHAPE, "markers are 7 x 4"},
        {offsetof(seg_frame, markers), 6, SEG_U8, SEG_ERROR_UNSUPPORTED, "markers has u8"},
        {offsetof(seg_frame, luma), 7, SEG_U8, SEG_ERROR_SHAPE, "its luma 7 x 4"}};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        bad = frame;
        seg_image *image = (seg_image *)((char *)&bad + extras[i].member);
        *image = picture_of(extras[i].width, 4, extras[i].format, 1);
        ck_assert_fails(seg_context_apply(context, &bad, 0, &result), extras[i].status,
                        extras[i].words);
        seg_image_unref(image);
    }
    ck_assert_ptr_null(last_frame); /* the method saw none of it */

    /* nothing was bound by frames that were refused */
    seg_frame other = frame_of(9, 9, 3);
    other.ignore = picture_of(9, 9, SEG_U8, 1);
    other.known_foreground = picture_of(9, 9, SEG_U8, 1);
    other.markers = picture_of(9, 9, SEG_LABEL32, 1);
    other.luma = picture_of(9, 9, SEG_U8, 1);
    ck_assert_ok(seg_context_apply(context, &other, 0, &result));
    ck_assert_ptr_eq(last_frame, &other);
    seg_frame_unref(&other);
    seg_frame_unref(&frame);
    seg_context_free(context);
    seg_result_free(&result);
}
END_TEST

/* Gives a mask, or labels in its place. */
static uint32_t labels_of_many_frames(const void *options) {
    const fake_options *chosen = options;
    return chosen->delay > 1 ? SEG_OUTPUT_LABELS : SEG_OUTPUT_MASK;
}

START_TEST(options_decide_what_is_given) {
    seg_method method = still_method;
    method.params = &table;
    method.outputs_of = labels_of_many_frames;
    fake_options options;
    seg_params_init(&options, &table);
    for (int32_t delay = 1; delay <= 2; delay++) {
        const uint32_t given = delay > 1 ? SEG_OUTPUT_LABELS : SEG_OUTPUT_MASK;
        const uint32_t other = SEG_OUTPUT_MASK + SEG_OUTPUT_LABELS - given;
        options.delay = delay;
        seg_context *context = NULL;
        seg_result result;
        seg_result_init(&result, NULL);
        seg_frame frame = frame_of(5, 4, 0);
        next_status = SEG_OK;
        ck_assert_ok(seg_context_create(&context, &method, &options, NULL));
        ck_assert_uint_eq(seg_context_outputs(context), given);
        ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
        ck_assert_uint_eq(last_wanted, given);
        ck_assert_ok(seg_context_apply(context, &frame, given, &result));
        ck_assert_fails(seg_context_apply(context, &frame, other, &result), SEG_ERROR_UNSUPPORTED,
                        "does not give");
        ck_assert_fails(seg_context_flush(context, other, &result), SEG_ERROR_UNSUPPORTED,
                        "does not give");
        seg_context_free(context);
        seg_result_free(&result);
        seg_image_unref(&frame.image);
    }
    ck_assert_uint_eq(seg_context_outputs(NULL), 0);
}
END_TEST

START_TEST(luma_stands_for_colour_where_it_suffices) {
    seg_context *context = NULL;
    seg_result result;
    seg_result_init(&result, NULL);
    next_status = SEG_OK;
    seg_frame frame = {0};
    frame.image = picture_of(6, 4, SEG_F32, 3);
    frame.luma = picture_of(6, 4, SEG_U8, 1);
    /* a grey method takes the luma, and the image may be what it likes */
    ck_assert_ok(seg_context_create(&context, &still_method, NULL, NULL));
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    seg_context_free(context);
    /* one that needs colour looks at the image */
    seg_method colourful = still_method;
    colourful.needs = SEG_NEED_COLOUR;
    ck_assert_ok(seg_context_create(&context, &colourful, NULL, NULL));
    ck_assert_fails(seg_context_apply(context, &frame, 0, &result), SEG_ERROR_UNSUPPORTED, "f32");
    seg_image_unref(&frame.image); /* without it luma is enough */
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    seg_context_free(context);
    seg_frame_unref(&frame);
    seg_result_free(&result);
}
END_TEST

START_TEST(results_start_clean) {
    seg_context *context = NULL;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_ok(seg_context_create(&context, &still_method, NULL, NULL));
    seg_frame frame = frame_of(6, 4, 5);
    frame.duration = 2;
    next_status = SEG_OK;
    result.flags = 7;
    result.outputs = 63;
    result.object_count = 3;
    result.score_full_scale = 9;
    seg_result_decide(&result, "old", 1, "");
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_uint_eq(last_wanted, SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS); /* 0 means all */
    ck_assert_uint_eq(result.flags, 0);
    ck_assert_int_eq(result.decision_count, 0);
    ck_assert_int_eq(result.object_count, 0);
    ck_assert_double_eq(result.score_full_scale, 0);
    ck_assert_int_eq(result.index, 5);
    ck_assert_int_eq(result.pts, 105);
    ck_assert_int_eq(result.duration, 2);
    ck_assert_int_eq(result.time_base.den, 25);
    ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_LABELS, &result));
    ck_assert_uint_eq(last_wanted, SEG_OUTPUT_LABELS);
    next_status = SEG_ERROR_CANCELLED;
    ck_assert_int_eq(seg_context_apply(context, &frame, 0, &result), SEG_ERROR_CANCELLED);
    ck_assert_uint_eq(result.outputs, 0); /* a failed call gave nothing */
    seg_frame_unref(&frame);
    seg_context_free(context);
    seg_result_free(&result);
}
END_TEST

START_TEST(the_first_frame_binds_the_geometry) {
    seg_context *context = NULL;
    seg_result result;
    seg_result_init(&result, NULL);
    next_status = SEG_OK;
    ck_assert_ok(seg_context_create(&context, &still_method, NULL, NULL));
    seg_frame frame = frame_of(6, 4, 0), wider = frame_of(7, 4, 1), deep = {0};
    deep.image = picture_of(6, 4, SEG_U16, 3);
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_fails(seg_context_apply(context, &wider, 0, &result), SEG_ERROR_SHAPE,
                    "the frame is 7 x 4, the frames before were 6 x 4; reset");
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_ok(seg_context_apply(context, &deep, 0, &result)); /* a still method has no memory */
    seg_context_reset(context);
    ck_assert_ok(seg_context_apply(context, &wider, 0, &result));
    seg_context_free(context);

    ck_assert_ok(seg_context_create(&context, &stream_method, NULL, NULL));
    ck_assert_int_eq(seg_context_apply(context, &frame, 0, &result), SEG_NO_RESULT_YET);
    ck_assert_fails(seg_context_apply(context, &deep, 0, &result), SEG_ERROR_SHAPE,
                    "3 channels of 16 bits");
    seg_context_free(context);
    seg_frame_unref(&frame);
    seg_frame_unref(&wider);
    seg_frame_unref(&deep);
    seg_result_free(&result);
}
END_TEST

START_TEST(look_ahead_and_flush) {
    int64_t live = seg_memory_live();
    for (int32_t delay = 0; delay <= 3; delay++) {
        seg_context *context = NULL;
        seg_result result;
        fake_options options;
        seg_result_init(&result, NULL);
        seg_params_init(&options, &table);
        options.delay = delay;
        ck_assert_ok(seg_context_create(&context, &stream_method, &options, NULL));
        for (int pass = 0; pass < 2; pass++) {
            int64_t described = 0;
            /* before any frame there is nothing to flush */
            if (pass) {
                ck_assert_int_eq(seg_context_flush(context, 0, &result), SEG_END);
                seg_context_reset(context);
            }
            for (int64_t index = 0; index < 5; index++) {
                seg_frame frame = frame_of(6, 4, index);
                seg_status status = seg_context_apply(context, &frame, 0, &result);
                seg_frame_unref(&frame);
                ck_assert_int_eq(status, index < delay ? SEG_NO_RESULT_YET : SEG_OK);
                if (status != SEG_OK) continue;
                ck_assert_int_eq(result.index, described);
                ck_assert_int_eq(result.pts, 100 + described++);
            }
            while (seg_context_flush(context, SEG_OUTPUT_MASK, &result) == SEG_OK)
                ck_assert_int_eq(result.index, described++);
            ck_assert_int_eq(described, 5);
            ck_assert_int_eq(seg_context_flush(context, 0, &result), SEG_END);
            seg_frame late = frame_of(6, 4, 9);
            ck_assert_fails(seg_context_apply(context, &late, 0, &result), SEG_ERROR_STATE,
                            "flushed");
            seg_frame_unref(&late);
            seg_context_reset(context);
        }
        ck_assert_fails(seg_context_flush(context, SEG_OUTPUT_FLOW, &result), SEG_ERROR_UNSUPPORTED,
                        "fake");
        ck_assert_fails(seg_context_flush(NULL, 0, &result), SEG_ERROR_ARGUMENT, "context");
        ck_assert_fails(seg_context_flush(context, 0, NULL), SEG_ERROR_ARGUMENT, "result");
        seg_context_free(context);
        seg_result_free(&result);
    }
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(models) {
    int64_t live = seg_memory_live();
    seg_context *context = NULL, *still = NULL;
    seg_result result;
    seg_result_init(&result, NULL);
    size_t size = 0;
    uint8_t small[8];
    ck_assert_ok(seg_context_create(&context, &stream_method, NULL, NULL));
    ck_assert_ok(seg_context_create(&still, &still_method, NULL, NULL));
    ck_assert_fails(seg_context_save(still, NULL, &size), SEG_ERROR_UNSUPPORTED, "no model");
    ck_assert_fails(seg_context_load(still, small, 8), SEG_ERROR_UNSUPPORTED, "no model");
    ck_assert_fails(seg_context_save(NULL, NULL, &size), SEG_ERROR_ARGUMENT, "context");
    ck_assert_fails(seg_context_save(context, NULL, NULL), SEG_ERROR_ARGUMENT, "size");
    ck_assert_fails(seg_context_load(NULL, small, 8), SEG_ERROR_ARGUMENT, "context");
    ck_assert_fails(seg_context_save(context, NULL, &size), SEG_ERROR_STATE, "no frame");

    for (int64_t index = 0; index < 3; index++) {
        seg_frame frame = frame_of(6, 4, index);
        ck_assert_int_ge(seg_context_apply(context, &frame, 0, &result), 0);
        seg_frame_unref(&frame);
    }
    ck_assert_ok(seg_context_save(context, NULL, &size));
    ck_assert_uint_eq(size, 72 + 16 + 24);
    uint8_t *blob = malloc(size), *again = malloc(size);
    size_t room = size - 1;
    ck_assert_fails(seg_context_save(context, blob, &room), SEG_ERROR_LIMIT, "112 bytes");
    ck_assert_uint_eq(room, size - 1);
    room = size;
    ck_assert_ok(seg_context_save(context, blob, &room));
    ck_assert_uint_eq(room, size);
    seg_context_free(context);

    /* a fresh context goes on where the other was, bound to its geometry */
    ck_assert_ok(seg_context_create(&context, &stream_method, NULL, NULL));
    ck_assert_fails(seg_context_load(context, blob, size - 1), SEG_ERROR_DATA, "bytes");
    ck_assert_ok(seg_context_load(context, blob, size));
    room = size;
    ck_assert_ok(seg_context_save(context, again, &room));
    ck_assert_mem_eq(again, blob, size);
    seg_frame wider = frame_of(7, 4, 3), fourth = frame_of(6, 4, 3), fifth = frame_of(6, 4, 4);
    ck_assert_fails(seg_context_apply(context, &wider, 0, &result), SEG_ERROR_SHAPE, "6 x 4");
    ck_assert_int_eq(seg_context_apply(context, &fourth, 0, &result), SEG_NO_RESULT_YET);
    ck_assert_ok(seg_context_apply(context, &fifth, 0, &result));
    ck_assert_double_eq(seg_result_decision(&result, "sum")->value, 1 + 2 + 3 + 4 + 5);

    /* any damage is refused and changes nothing */
    for (size_t at = 0; at < size; at++) {
        memcpy(again, blob, size);
        again[at] ^= 0x40;
        ck_assert_int_eq(seg_context_load(context, again, size), SEG_ERROR_DATA);
    }
    ck_assert_fails(seg_context_load(context, NULL, 0), SEG_ERROR_DATA, "no saved model");
    ck_assert_ok(seg_context_apply(context, &fifth, 0, &result));
    ck_assert_double_eq(seg_result_decision(&result, "sum")->value, 20);

    /* a picture beyond the limits of this host */
    const seg_limits limits = {20, 100};
    const seg_env env = {.limits = &limits};
    seg_context *limited = NULL;
    ck_assert_ok(seg_context_create(&limited, &stream_method, NULL, &env));
    ck_assert_fails(seg_context_load(limited, blob, size), SEG_ERROR_LIMIT, "6 x 4");
    seg_context_free(limited);

    seg_memory_fail_at(1);
    ck_assert_int_eq(seg_context_load(context, blob, size), SEG_ERROR_MEMORY);
    seg_memory_fail_at(0);
    free(blob);
    free(again);
    seg_frame_unref(&wider);
    seg_frame_unref(&fourth);
    seg_frame_unref(&fifth);
    seg_context_free(context);
    seg_context_free(still);
    seg_result_free(&result);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

CORE_MAIN("core_context", creating, creating_without_memory, frames_are_checked,
          options_decide_what_is_given, luma_stands_for_colour_where_it_suffices,
          results_start_clean, the_first_frame_binds_the_geometry, look_ahead_and_flush, models)
