/* Models: saved and loaded they go on as if nothing had been; damaged ones are refused; a frozen
 * model does not change. */
#include "contract/harness.h"
#include "core/blob.h"

#define WIDTH 53
#define HEIGHT 31

typedef struct stream {
    seg_context *context;
    seg_result result;
    contract_image input;
    const seg_method *method;
} stream;

static void begin(stream *s, const seg_method *method, const void *options) {
    memset(s, 0, sizeof *s);
    s->method = method;
    seg_result_init(&s->result, NULL);
    contract_image_make(&s->input, MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 1);
    ck_assert_int_eq(seg_context_create(&s->context, method, options, NULL), SEG_OK);
}

static seg_status give(stream *s, int t) {
    scene_paint_input(&s->input.image, s->method->input, t);
    const seg_frame frame = {
        .index = t, .pts = 40 * t, .time_base = {1, 1000}, .image = s->input.image};
    return seg_context_apply(s->context, &frame, 0, &s->result);
}

static void end(stream *s) {
    seg_context_free(s->context);
    seg_result_free(&s->result);
    contract_image_free(&s->input);
}

static unsigned char *save(stream *s, size_t *size) {
    ck_assert_int_eq(seg_context_save(s->context, NULL, size), SEG_OK);
    unsigned char *blob = malloc(*size);
    ck_assert_ptr_nonnull(blob);
    ck_assert_int_eq(seg_context_save(s->context, blob, size), SEG_OK);
    return blob;
}

START_TEST(methods_without_a_model) {
    const seg_method *method = contract_method(_i);
    if (method->save) return;
    stream s;
    size_t size = 0;
    begin(&s, method, NULL);
    ck_assert_int_ge(give(&s, 0), 0);
    ck_assert_int_eq(seg_context_save(s.context, NULL, &size), SEG_ERROR_UNSUPPORTED);
    ck_assert_int_eq(seg_context_load(s.context, "x", 1), SEG_ERROR_UNSUPPORTED);
    end(&s);
}
END_TEST

START_TEST(saved_models_go_on) {
    const seg_method *method = contract_method(_i);
    if (!method->save) return;
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        stream whole, second;
        size_t size = 0, again = 0;
        begin(&whole, method, o.bytes);
        ck_assert_int_eq(seg_context_save(whole.context, NULL, &size), SEG_ERROR_STATE);
        for (int t = 0; t < 6; t++)
            ck_assert_int_ge(give(&whole, t), 0);
        unsigned char *blob = save(&whole, &size);
        begin(&second, method, o.bytes);
        ck_assert_int_eq(seg_context_load(second.context, blob, size), SEG_OK);
        unsigned char *copy = save(&second, &again);
        ck_assert_uint_eq(size, again);
        ck_assert_mem_eq(blob, copy, size);
        for (int t = 6; t < 12; t++) {
            const seg_status status = give(&whole, t);
            ck_assert_int_eq(give(&second, t), status);
            if (status != SEG_OK) continue;
            ck_assert_msg(scene_fnv_result(0, &whole.result) == scene_fnv_result(0, &second.result),
                          "%s, %s: frame %d differs after loading", method->id, o.what, t);
        }
        free(blob);
        free(copy);
        end(&whole);
        end(&second);
        contract_options_clear(&o, method);
    }
}
END_TEST

START_TEST(damaged_models_are_refused) {
    const seg_method *method = contract_method(_i);
    if (!method->save) return;
    stream s;
    size_t size;
    begin(&s, method, NULL);
    for (int t = 0; t < 3; t++)
        ck_assert_int_ge(give(&s, t), 0);
    unsigned char *blob = save(&s, &size);
    for (size_t cut = 0; cut < size; cut += cut < 128 || cut > size - 64 ? 1 : 61)
        ck_assert_int_eq(seg_context_load(s.context, blob, cut), SEG_ERROR_DATA);
    for (size_t at = 0; at < size; at += at < 128 ? 1 : 13) {
        const unsigned char kept = blob[at];
        blob[at] ^= (unsigned char)(1u << (at % 8));
        ck_assert_int_eq(seg_context_load(s.context, blob, size), SEG_ERROR_DATA);
        blob[at] = kept;
    }
    ck_assert_int_eq(seg_context_load(s.context, blob, size), SEG_OK);
    ck_assert_int_ge(give(&s, 3), 0);
    /* another method's model is no model */
    for (int other = 0; other < contract_count(); other++) {
        if (other == _i || !contract_method(other)->load) continue;
        stream o;
        begin(&o, contract_method(other), NULL);
        ck_assert_int_eq(seg_context_load(o.context, blob, size), SEG_ERROR_DATA);
        end(&o);
    }
    free(blob);
    end(&s);
}
END_TEST

/* The content of a blob, cut or lengthened to `length` bytes, in a sound blob of `version` and of
 * frames that are wider by `wider`. */
static void check_recast(const stream *s, const unsigned char *blob, size_t size, size_t length,
                         uint32_t version, int32_t wider) {
    seg_blob_reader reader;
    seg_blob_writer writer;
    ck_assert_int_eq(seg_blob_read_begin(&reader, blob, size, s->method->id, UINT32_MAX), SEG_OK);
    const size_t left = seg_blob_left(&reader);
    uint8_t *content = calloc(length + 1, 1);
    memcpy(content, reader.next, length < left ? length : left);
    seg_blob_geometry geometry = reader.geometry;
    geometry.width += wider;
    size_t room = size + length;
    unsigned char *recast = malloc(room);
    seg_blob_write_begin(&writer, recast, room, s->method->id, version ? version : reader.version,
                         &geometry);
    seg_blob_write_u8(&writer, content, length);
    ck_assert_int_eq(seg_blob_write_end(&writer, &room), SEG_OK);
    const bool as_it_was = length == left && !version && !wider;
    const seg_status status = seg_context_load(s->context, recast, room);
    ck_assert_msg(status == (as_it_was ? SEG_OK : SEG_ERROR_DATA),
                  "%s: %zu bytes instead of %zu, version %u, wider by %d: %s", s->method->id,
                  length, left, (unsigned)version, (int)wider, seg_status_name(status));
    free(recast);
    free(content);
}

/* A sound frame around too little, too much, of another version or of other frames. */
START_TEST(wrong_content_is_refused) {
    const seg_method *method = contract_method(_i);
    if (!method->save) return;
    stream s;
    size_t size;
    begin(&s, method, NULL);
    for (int t = 0; t < 3; t++)
        ck_assert_int_ge(give(&s, t), 0);
    unsigned char *blob = save(&s, &size);
    seg_blob_reader reader;
    ck_assert_int_eq(seg_blob_read_begin(&reader, blob, size, NULL, UINT32_MAX), SEG_OK);
    const size_t left = seg_blob_left(&reader);
    const size_t lengths[] = {0, 1, left / 2, left - 1, left, left + 1, left + 4096};
    for (int i = 0; i < 7; i++)
        check_recast(&s, blob, size, lengths[i], 0, 0);
    check_recast(&s, blob, size, left, 1000000, 0);
    check_recast(&s, blob, size, left, 0, 1);
    check_recast(&s, blob, size, left, 0, -1);
    ck_assert_int_eq(seg_context_load(s.context, blob, size), SEG_OK);
    ck_assert_int_ge(give(&s, 3), 0);
    free(blob);
    end(&s);
}
END_TEST

/* Rate 0: not one bit of the model's picture changes. */
START_TEST(frozen_models_do_not_change) {
    const seg_method *method = contract_method(_i);
    if (!(method->outputs & SEG_OUTPUT_BACKGROUND)) return;
    contract_options o;
    contract_variant(&o, method, 0);
    ck_assert_int_eq(seg_params_parse(o.bytes, method->params, "rate", "0", NULL), SEG_OK);
    stream s;
    begin(&s, method, o.bytes);
    uint64_t first = 0;
    for (int t = 0; t < 60; t++) {
        ck_assert_int_eq(give(&s, t), SEG_OK);
        const uint64_t hash = scene_fnv_image(0, &s.result.background);
        if (t == 0) first = hash;
        ck_assert_msg(hash == first, "%s: frame %d changed the frozen model", method->id, t);
    }
    end(&s);
    contract_options_clear(&o, method);
}
END_TEST

/* What is left out, or known as foreground, stays in the model as it was. */
static void check_not_learnt(const seg_method *method, bool known) {
    stream s;
    contract_image mask;
    begin(&s, method, NULL);
    contract_image_make(&mask, MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 1);
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ((uint8_t *)seg_image_row(&mask.image, y))[x] = (x / 3 + y / 2) % 2 ? 255 : 0;
    seg_image first = {0};
    int learnt = 0;
    /* a median over a long window follows late */
    for (int t = 0; t < 40 || (t < 400 && !learnt); t++) {
        scene_paint_input(&s.input.image, method->input, t);
        seg_frame frame = {.index = t, .pts = 40 * t, .time_base = {1, 1000}};
        frame.image = s.input.image;
        if (t) *(known ? &frame.known_foreground : &frame.ignore) = mask.image;
        ck_assert_int_eq(seg_context_apply(s.context, &frame, 0, &s.result), SEG_OK);
        const seg_image *model = &s.result.background;
        if (t == 0) ck_assert_int_eq(seg_image_copy(&first, model, NULL), SEG_OK);
        const size_t pixel = model->channels * seg_format_size((seg_format)model->format);
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                const bool same =
                    !memcmp((char *)seg_image_row(&first, y) + (size_t)x * pixel,
                            (char *)seg_image_row(model, y) + (size_t)x * pixel, pixel);
                learnt += !same;
                ck_assert_msg(same || !((uint8_t *)seg_image_row(&mask.image, y))[x],
                              "%s, frame %d: learnt what is %s", method->id, t,
                              known ? "known as foreground" : "left out");
            }
    }
    ck_assert_msg(learnt > 0, "%s learns nothing at all", method->id);
    seg_image_unref(&first);
    contract_image_free(&mask);
    end(&s);
}

START_TEST(what_is_marked_is_not_learnt) {
    const seg_method *method = contract_method(_i);
    if (!(method->outputs & SEG_OUTPUT_BACKGROUND)) return;
    check_not_learnt(method, false);
    check_not_learnt(method, true);
}
END_TEST

/* The first frame of a stream has nothing to differ from, unless look-ahead knows the next one. Its
 * result comes after the delay. */
START_TEST(first_frames_are_empty) {
    const seg_method *method = contract_method(_i);
    if (!(method->input & SEG_INPUT_STREAM)) return;
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        stream s;
        begin(&s, method, o.bytes);
        const int32_t delay = seg_context_delay(s.context);
        for (int t = 0; t < delay; t++)
            ck_assert_int_eq(give(&s, t), SEG_NO_RESULT_YET);
        ck_assert_int_eq(give(&s, delay), SEG_OK);
        ck_assert_int_eq(s.result.index, 0);
        const bool provisional = s.result.flags & SEG_RESULT_PROVISIONAL;
        ck_assert(provisional || delay > 0);
        for (int32_t y = 0; provisional && y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                ck_assert_int_eq(((uint8_t *)seg_image_row(&s.result.mask, y))[x], 0);
        end(&s);
        contract_options_clear(&o, method);
    }
}
END_TEST

CONTRACT_MAIN("models", methods_without_a_model, saved_models_go_on, damaged_models_are_refused,
              wrong_content_is_refused, frozen_models_do_not_change, what_is_marked_is_not_learnt,
              first_frames_are_empty)
