/* What methods are given: frames are only borrowed and never written to; samples that are no number
 * count as left out; few bits in wide samples mean what they say. What is asked for does not change
 * what comes. */
#include "contract/harness.h"

#include <math.h>

#define WIDTH 61
#define HEIGHT 43
#define FRAMES 6

/* A stream through one context; what comes goes into a hash, or into the last mask. */
typedef struct frames_run {
    const seg_method *method;
    seg_context *context;
    seg_result result;
    uint64_t hash;
} frames_run;

static void begin(frames_run *run, const seg_method *method, const void *options,
                  const seg_env *env) {
    *run = (frames_run){.method = method, .hash = SCENE_HASH_START};
    seg_result_init(&run->result, env);
    ck_assert_int_eq(seg_context_create(&run->context, method, options, env), SEG_OK);
}

static seg_status give(frames_run *run, const seg_image *image, int t, uint32_t wanted) {
    const seg_frame frame = {
        .image = *image, .index = t, .pts = 40 * t, .duration = 40, .time_base = {1, 1000}};
    const seg_status status = seg_context_apply(run->context, &frame, wanted, &run->result);
    if (status == SEG_OK) run->hash = scene_fnv_result(run->hash, &run->result);
    return status;
}

static void end(frames_run *run) {
    while (seg_context_flush(run->context, 0, &run->result) == SEG_OK)
        run->hash = scene_fnv_result(run->hash, &run->result);
    seg_context_free(run->context);
    seg_result_free(&run->result);
}

/* ---- frames are borrowed ---- */

/* Nothing of a frame may be needed after the call: a stream of frames that all stay where they are
 * gives what the same frames give in one memory that is overwritten after each call. */
static void check_borrowed(const seg_method *method, seg_format format, int channels,
                           const void *options, const char *what) {
    contract_image kept[FRAMES], passing;
    frames_run whole, torn;
    if (seg_context_create(&whole.context, method, options, NULL) < 0) return;
    seg_context_free(whole.context); /* these options can be used together */
    contract_image_make(&passing, MEMORY_OWN, WIDTH, HEIGHT, format, channels);
    begin(&whole, method, options, NULL);
    begin(&torn, method, options, NULL);
    bool good = true;
    for (int t = 0; t < FRAMES; t++) {
        contract_image_make(&kept[t], MEMORY_OWN, WIDTH, HEIGHT, format, channels);
        scene_paint_input(&kept[t].image, method->input, t);
        scene_paint_input(&passing.image, method->input, t);
        good = good && give(&whole, &kept[t].image, t, 0) >= 0;
        good = good && give(&torn, &passing.image, t, 0) >= 0;
        for (int32_t y = 0; y < HEIGHT; y++)
            memset(seg_image_row(&passing.image, y), 0x21 + t,
                   contract_row_bytes(WIDTH, format, channels));
    }
    end(&whole);
    end(&torn);
    ck_assert_msg(whole.hash == torn.hash,
                  "%s, %s, format %d, %d channels: needs frames after the "
                  "call",
                  method->id, what, format, channels);
    for (int t = 0; t < FRAMES; t++)
        contract_image_free(&kept[t]);
    contract_image_free(&passing);
}

static void borrowed_of_format(const seg_method *method, seg_format format, int channels) {
    check_borrowed(method, format, channels, NULL, "defaults");
}

START_TEST(frames_are_borrowed) {
    const seg_method *method = contract_method(_i);
    contract_each_format(method, borrowed_of_format);
    contract_options o;
    for (int variant = 1; contract_variant(&o, method, variant); variant++) {
        check_borrowed(method, SEG_U8, 1, o.bytes, o.what);
        contract_options_clear(&o, method);
    }
}
END_TEST

/* What is no method for streams sees each frame for itself, whatever came before. */
START_TEST(pictures_stand_alone) {
    const seg_method *method = contract_method(_i);
    if (contract_in_order(method)) return;
    contract_image input;
    contract_image_make(&input, MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 1);
    frames_run stream;
    begin(&stream, method, NULL, NULL);
    for (int t = 0; t < FRAMES; t++) {
        frames_run alone;
        begin(&alone, method, NULL, NULL);
        stream.hash = SCENE_HASH_START;
        scene_paint_input(&input.image, method->input, t);
        ck_assert_int_eq(give(&stream, &input.image, t, 0), SEG_OK);
        ck_assert_int_eq(give(&alone, &input.image, t, 0), SEG_OK);
        end(&alone);
        ck_assert_msg(alone.hash == stream.hash, "%s: frame %d depends on those before it",
                      method->id, t);
    }
    end(&stream);
    contract_image_free(&input);
}
END_TEST

/* ---- what is wanted ---- */

static uint64_t hash_of(const seg_result *result, uint32_t output) {
    const seg_image *const images[] = {&result->mask,       &result->labels,  &result->score,
                                       &result->background, &result->picture, &result->flow};
    uint64_t hash = SCENE_HASH_START;
    for (int i = 0; i < 6; i++)
        if (output & 1u << i) hash = scene_fnv_image(hash, images[i]);
    return hash;
}

/* One output alone is the same as among all, and so are the frame that it describes, the
 * decisions and the flags. */
START_TEST(what_is_wanted_changes_nothing) {
    const seg_method *method = contract_method(_i);
    contract_image input;
    contract_image_make(&input, MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 1);
    for (uint32_t output = 1; output <= SEG_OUTPUT_FLOW; output *= 2) {
        frames_run all, one;
        begin(&all, method, NULL, NULL);
        begin(&one, method, NULL, NULL);
        if (!(seg_context_outputs(all.context) & output)) {
            end(&all);
            end(&one);
            continue;
        }
        for (int t = 0; t < FRAMES; t++) {
            scene_paint_input(&input.image, method->input, t);
            const seg_status status = give(&all, &input.image, t, 0);
            ck_assert_int_ge(status, 0);
            ck_assert_int_eq(give(&one, &input.image, t, output), status);
            if (status != SEG_OK) continue;
            const seg_result *a = &all.result, *b = &one.result;
            ck_assert_msg(hash_of(a, output) == hash_of(b, output),
                          "%s, frame %d: output %d is another when wanted alone", method->id, t,
                          (int)output);
            ck_assert_int_eq(a->pts, 40 * a->index);
            ck_assert_int_eq(a->duration, 40);
            ck_assert_int_eq(a->time_base.num, 1);
            ck_assert_int_eq(a->time_base.den, 1000);
            ck_assert_int_eq(a->index, b->index);
            ck_assert_int_eq(a->pts, b->pts);
            ck_assert_uint_eq(a->flags, b->flags);
        }
        end(&all);
        end(&one);
    }
    contract_image_free(&input);
}
END_TEST

/* ---- samples that are no number ---- */

/* Puts `value` into a colour of each pixel that `where` marks. */
static void spoil(const seg_image *image, const seg_image *where, float value) {
    const int colours = image->channels < 3 ? 1 : 3; /* the last one of 2 and 4 is alpha */
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            if (((uint8_t *)seg_image_row(where, y))[x])
                ((float *)seg_image_row(image, y))[x * image->channels + y % colours] = value;
}

/* Marked pixels that are in the mask or in a region. */
static int found_in(const seg_result *result, const seg_image *where) {
    int found = 0;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            if (!((uint8_t *)seg_image_row(where, y))[x]) continue;
            if (result->outputs & SEG_OUTPUT_MASK)
                found += ((uint8_t *)seg_image_row(&result->mask, y))[x] != 0;
            if (result->outputs & SEG_OUTPUT_LABELS)
                found += ((int32_t *)seg_image_row(&result->labels, y))[x] > 0;
        }
    return found;
}

static void check_no_numbers(const seg_method *method, int channels) {
    static const float none[] = {NAN, INFINITY, -INFINITY};
    const uint32_t segments = method->outputs & (SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS);
    /* where a pixel is judged by itself and the others only vote, it is as if left out; a window
     * of neighbours may see it as 0 */
    const bool pointwise =
        strcmp(method->family, "temporal") == 0 ||
        (strcmp(method->family, "threshold") == 0 && !seg_params_find(method->params, "window"));
    contract_image input, masks[3]; /* of the frame at hand, and of that which is described */
    contract_image_make(&input, MEMORY_OWN, WIDTH, HEIGHT, SEG_F32, channels);
    for (int i = 0; i < 3; i++)
        contract_image_make(&masks[i], MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 1);
    frames_run marked, wrong[3];
    begin(&marked, method, NULL, NULL);
    for (int i = 0; i < 3; i++)
        begin(&wrong[i], method, NULL, NULL);
    for (int t = 0; t < FRAMES; t++) {
        scene_paint(&input.image, t);
        contract_paint_masks(&masks[0].image, &masks[1].image, t);
        seg_frame frame = {.image = input.image, .ignore = masks[0].image};
        frame.index = t;
        frame.pts = 40 * t;
        frame.time_base = (seg_rational){1, 1000};
        const seg_status status = seg_context_apply(marked.context, &frame, 0, &marked.result);
        for (int i = 0; i < 3; i++) {
            spoil(&input.image, &masks[0].image, none[i]);
            ck_assert_int_eq(give(&wrong[i], &input.image, t, 0), status);
            if (status != SEG_OK) continue;
            const int described = (int)wrong[i].result.index;
            contract_paint_masks(&masks[1].image, &masks[2].image, described);
            ck_assert_msg(found_in(&wrong[i].result, &masks[1].image) == 0,
                          "%s, %d channels, frame %d: %g in the result", method->id, channels, t,
                          (double)none[i]);
            ck_assert_msg(!pointwise || hash_of(&marked.result, segments) ==
                                            hash_of(&wrong[i].result, segments),
                          "%s, %d channels, frame %d: %g has a vote", method->id, channels, t,
                          (double)none[i]);
        }
    }
    end(&marked);
    for (int i = 0; i < 3; i++)
        end(&wrong[i]);
    contract_image_free(&input);
    for (int i = 0; i < 3; i++)
        contract_image_free(&masks[i]);
}

/* Floats that are no number, or infinite, are in no mask and no region, and have no vote about the
 * others but as their neighbours. */
START_TEST(what_is_no_number_is_left_out) {
    const seg_method *method = contract_method(_i);
    if (contract_on_masks(method) || !(method->formats & SEG_FORMAT_BIT(SEG_F32))) return;
    for (int channels = 1; channels <= 4; channels++)
        if (method->channels & 1u << channels) check_no_numbers(method, channels);
}
END_TEST

/* ---- few bits ---- */

/* 10 and 12 bits in 16 give the masks of 8 bits, up to what rounding moves. */
START_TEST(few_bits_in_wide_samples) {
    const seg_method *method = contract_method(_i);
    const uint32_t both = SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16);
    if ((method->formats & both) != both || !(method->outputs & SEG_OUTPUT_MASK)) return;
    contract_image eight, wide;
    contract_image_make(&eight, MEMORY_OWN, WIDTH, HEIGHT, SEG_U8, 1);
    contract_image_make(&wide, MEMORY_OWN, WIDTH, HEIGHT, SEG_U16, 1);
    for (int bits = 10; bits <= 12; bits += 2) {
        frames_run of_eight, of_wide;
        begin(&of_eight, method, NULL, NULL);
        if (!(seg_context_outputs(of_eight.context) & SEG_OUTPUT_MASK)) { /* only with options */
            end(&of_eight);
            break;
        }
        begin(&of_wide, method, NULL, NULL);
        wide.image.bits = (uint8_t)bits;
        const int most = (1 << bits) - 1;
        for (int t = 0; t < FRAMES; t++) {
            scene_paint(&eight.image, t);
            for (int32_t y = 0; y < HEIGHT; y++)
                for (int32_t x = 0; x < WIDTH; x++)
                    ((uint16_t *)seg_image_row(&wide.image, y))[x] =
                        (uint16_t)((((uint8_t *)seg_image_row(&eight.image, y))[x] * most + 127) /
                                   255);
            const seg_status status = give(&of_eight, &eight.image, t, SEG_OUTPUT_MASK);
            ck_assert_int_ge(status, 0);
            ck_assert_int_eq(give(&of_wide, &wide.image, t, SEG_OUTPUT_MASK), status);
            if (status != SEG_OK) continue;
            int differ = 0;
            for (int32_t y = 0; y < HEIGHT; y++)
                for (int32_t x = 0; x < WIDTH; x++)
                    differ += ((uint8_t *)seg_image_row(&of_eight.result.mask, y))[x] !=
                              ((uint8_t *)seg_image_row(&of_wide.result.mask, y))[x];
            ck_assert_msg(differ <= WIDTH * HEIGHT * 3 / 100,
                          "%s, %d bits, frame %d: %d pixels are not as with 8 bits", method->id,
                          bits, t, differ);
        }
        end(&of_eight);
        end(&of_wide);
    }
    contract_image_free(&eight);
    contract_image_free(&wide);
}
END_TEST

CONTRACT_MAIN("frames", frames_are_borrowed, pictures_stand_alone, what_is_wanted_changes_nothing,
              what_is_no_number_is_left_out, few_bits_in_wide_samples)
