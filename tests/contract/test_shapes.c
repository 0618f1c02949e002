/* Every method, format and number of channels: any memory, any size, nothing outside the pixels. */
#include "contract/harness.h"

static const int32_t sizes[][2] = {{1, 1},  {1, 17},  {23, 1},  {2, 2},   {3, 5},
                                   {31, 7}, {33, 32}, {64, 48}, {129, 33}};

#define SIZES ((int)(sizeof sizes / sizeof *sizes))

static contract_outcome execute_good(const contract_run *run) {
    const contract_outcome outcome = contract_execute(run);
    ck_assert_msg(outcome.status == SEG_OK, "%s, %dx%d, format %d, %d channels: %s: %s",
                  run->method->id, (int)run->width, (int)run->height, run->format, run->channels,
                  seg_status_name(outcome.status), seg_error_detail());
    ck_assert_int_eq(outcome.results, run->frames);
    ck_assert_msg(outcome.intact, "%s wrote outside of its results", run->method->id);
    return outcome;
}

static void check_memory(const seg_method *method, seg_format format, int channels) {
    for (int s = 0; s < SIZES; s++) {
        for (int masks = 0; masks < 2; masks++) {
            contract_run run = contract_run_of(method, sizes[s][0], sizes[s][1], format, channels);
            run.masks = masks;
            const contract_outcome wanted = execute_good(&run);
            for (int kind = MEMORY_OWN + 1; kind < MEMORY_KINDS; kind++) {
                run.input = (contract_memory)kind;
                run.output = MEMORY_OWN;
                ck_assert_msg(
                    execute_good(&run).hash == wanted.hash,
                    "%s, %dx%d, format %d, %d channels: input memory %d changes the result",
                    method->id, (int)run.width, (int)run.height, format, channels, kind);
                run.input = MEMORY_OWN;
                run.output = (contract_memory)kind;
                ck_assert_msg(
                    execute_good(&run).hash == wanted.hash,
                    "%s, %dx%d, format %d, %d channels: output memory %d changes the result",
                    method->id, (int)run.width, (int)run.height, format, channels, kind);
            }
        }
    }
}

START_TEST(memory_of_any_kind) {
    contract_each_format(contract_method(_i), check_memory);
}
END_TEST

/* Also with options other than the defaults, in memory with guards on both sides. */
START_TEST(options_at_all_sizes) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 1; contract_variant(&o, method, variant); variant++) {
        for (int s = 0; s < SIZES; s++) {
            contract_run run = contract_run_of(method, sizes[s][0], sizes[s][1], SEG_U8, 1);
            run.options = o.bytes;
            run.input = MEMORY_BEFORE;
            run.output = MEMORY_BEHIND;
            const contract_outcome outcome = contract_execute(&run);
            ck_assert_msg(outcome.status == SEG_OK || outcome.status == SEG_ERROR_OPTION,
                          "%s, %s, %dx%d: %s: %s", method->id, o.what, (int)run.width,
                          (int)run.height, seg_status_name(outcome.status), seg_error_detail());
            if (outcome.status == SEG_OK) ck_assert_int_eq(outcome.results, run.frames);
            ck_assert_msg(outcome.intact, "%s, %s, wrote outside of its results", method->id,
                          o.what);
        }
        contract_options_clear(&o, method);
    }
}
END_TEST

/* ---- what is refused ---- */

static seg_status apply_once(const seg_method *method, seg_frame *frame) {
    seg_context *context;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_context_create(&context, method, NULL, NULL), SEG_OK);
    const seg_status status = seg_context_apply(context, frame, 0, &result);
    if (status < 0) ck_assert_uint_eq(result.outputs, 0);
    seg_context_free(context);
    seg_result_free(&result);
    return status;
}

START_TEST(other_formats_are_refused) {
    const seg_method *method = contract_method(_i);
    for (int f = 0; f < 4; f++)
        for (int channels = 1; channels <= 4; channels++) {
            const bool taken = method->formats & SEG_FORMAT_BIT(contract_formats[f]) &&
                               method->channels & 1u << channels;
            if (taken) continue;
            if (contract_formats[f] == SEG_LABEL32 && channels > 1) continue;
            contract_image input;
            contract_image_make(&input, MEMORY_OWN, 9, 8, contract_formats[f], channels);
            seg_frame frame = {.image = input.image};
            const seg_status status = apply_once(method, &frame);
            ck_assert_msg(status == SEG_ERROR_UNSUPPORTED || status == SEG_ERROR_ARGUMENT,
                          "%s: format %d, %d channels: %s", method->id, contract_formats[f],
                          channels, seg_status_name(status));
            ck_assert_str_ne(seg_error_detail(), "");
            contract_image_free(&input);
        }
}
END_TEST

START_TEST(frames_without_sense_are_refused) {
    const seg_method *method = contract_method(_i);
    seg_frame frame = {0};
    ck_assert_int_eq(apply_once(method, &frame), SEG_ERROR_ARGUMENT);
    contract_image input, mask;
    contract_image_make(&input, MEMORY_OWN, 9, 8, SEG_U8, 1);
    contract_image_make(&mask, MEMORY_OWN, 8, 9, SEG_U8, 1);
    frame.image = input.image;
    frame.ignore = mask.image;
    ck_assert_int_lt(apply_once(method, &frame), 0);
    frame.ignore = (seg_image){0};
    frame.known_foreground = mask.image;
    ck_assert_int_lt(apply_once(method, &frame), 0);
    frame.known_foreground = (seg_image){0};
    frame.image.stride = 3; /* shorter than a row */
    ck_assert_int_eq(apply_once(method, &frame), SEG_ERROR_ARGUMENT);
    contract_image_free(&input);
    contract_image_free(&mask);
}
END_TEST

START_TEST(sizes_are_bound) {
    const seg_method *method = contract_method(_i);
    contract_image small, large;
    contract_image_make(&small, MEMORY_OWN, 9, 8, SEG_U8, 1);
    contract_image_make(&large, MEMORY_OWN, 10, 8, SEG_U8, 1);
    seg_context *context;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_context_create(&context, method, NULL, NULL), SEG_OK);
    seg_frame frame = {.image = small.image};
    ck_assert_int_ge(seg_context_apply(context, &frame, 0, &result), 0);
    frame.image = large.image;
    ck_assert_int_eq(seg_context_apply(context, &frame, 0, &result), SEG_ERROR_SHAPE);
    frame.image = small.image;
    ck_assert_int_ge(seg_context_apply(context, &frame, 0, &result), 0);
    seg_context_reset(context);
    frame.image = large.image;
    ck_assert_int_ge(seg_context_apply(context, &frame, 0, &result), 0);
    seg_context_free(context);
    seg_result_free(&result);
    contract_image_free(&small);
    contract_image_free(&large);
}
END_TEST

/* ---- what comes out ---- */

static void check_outputs(const seg_result *result, const contract_run *run) {
    if (result->outputs & SEG_OUTPUT_MASK) {
        const seg_image *mask = &result->mask;
        ck_assert_int_eq(mask->format, SEG_U8);
        ck_assert_int_eq(mask->channels, 1);
        ck_assert_int_eq(mask->width, run->width);
        ck_assert_int_eq(mask->height, run->height);
        for (int32_t y = 0; y < mask->height; y++)
            for (int32_t x = 0; x < mask->width; x++) {
                const uint8_t value = ((uint8_t *)seg_image_row(mask, y))[x];
                ck_assert(value == 0 || value == 255);
            }
    }
    if (result->outputs & SEG_OUTPUT_LABELS) {
        ck_assert_int_eq(result->labels.format, SEG_LABEL32);
        ck_assert_int_eq(result->labels.width, run->width);
        ck_assert_int_eq(result->labels.height, run->height);
    }
    if (result->outputs & SEG_OUTPUT_SCORE) {
        ck_assert_int_ne(result->score.format, SEG_LABEL32);
        ck_assert_int_eq(result->score.channels, 1);
        ck_assert_int_eq(result->score.width, run->width);
        ck_assert_double_gt(result->score_full_scale, 0);
    }
    if (result->outputs & SEG_OUTPUT_BACKGROUND)
        ck_assert_int_eq(result->background.width, run->width);
    if (result->outputs & SEG_OUTPUT_PICTURE) {
        ck_assert_int_eq(result->picture.width, run->width);
        ck_assert_int_eq(result->picture.format, run->format);
        ck_assert_int_eq(result->picture.channels, run->channels);
    }
}

static void check_wanted_with(const seg_method *method, seg_format format, int channels,
                              const void *options) {
    contract_run run = contract_run_of(method, 37, 23, format, channels);
    contract_image input;
    contract_image_make(&input, MEMORY_OWN, run.width, run.height, format, channels);
    for (uint32_t wanted = 0; wanted <= SEG_OUTPUT_FLOW; wanted = wanted ? wanted * 2 : 1) {
        seg_context *context;
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_int_eq(seg_context_create(&context, method, options, NULL), SEG_OK);
        const uint32_t given = seg_context_outputs(context);
        ck_assert_uint_ne(given, 0);
        ck_assert_uint_eq(given & ~method->outputs, 0);
        const int32_t delay = seg_context_delay(context);
        for (int t = 0; t < run.frames + delay; t++) {
            scene_paint_input(&input.image, method->input, t);
            const seg_frame frame = {.index = 5 + t, .image = input.image};
            const seg_status status = seg_context_apply(context, &frame, wanted, &result);
            if (wanted & ~given) {
                ck_assert_int_eq(status, SEG_ERROR_UNSUPPORTED);
                continue;
            }
            if (t < delay && status == SEG_NO_RESULT_YET) continue;
            if (options && status != SEG_OK) { /* an option that this scene defies */
                ck_assert_int_ne(status, SEG_ERROR_UNSUPPORTED);
                continue;
            }
            ck_assert_int_eq(status, SEG_OK);
            const uint32_t due = wanted ? wanted : given;
            ck_assert_uint_eq(result.outputs & due, due);
            ck_assert_uint_eq(result.outputs & ~given, 0);
            if (!options) ck_assert_int_eq(result.index, 5 + t - delay);
            check_outputs(&result, &run);
        }
        seg_context_free(context);
        seg_result_free(&result);
    }
    contract_image_free(&input);
}

static void check_wanted(const seg_method *method, seg_format format, int channels) {
    check_wanted_with(method, format, channels, NULL);
}

/* Every output, alone and all at once; what options take away is refused. */
START_TEST(outputs_as_declared) {
    const seg_method *method = contract_method(_i);
    contract_each_format(method, check_wanted);
    contract_options o;
    uint32_t all = 0;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        seg_context *context = NULL;
        if (seg_context_create(&context, method, o.bytes, NULL) == SEG_OK) {
            all |= seg_context_outputs(context);
            check_wanted_with(method, SEG_U8, 1, o.bytes);
        }
        seg_context_free(context);
        contract_options_clear(&o, method);
    }
    ck_assert_uint_eq(all, method->outputs);
}
END_TEST

/* Pixels that are left out are in no mask and no region. */
START_TEST(left_out_pixels_are_nowhere) {
    const seg_method *method = contract_method(_i);
    if (contract_on_masks(method)) return;
    contract_image input, masks[2];
    contract_image_make(&input, MEMORY_OWN, 61, 43, SEG_U8, 1);
    for (int i = 0; i < 2; i++)
        contract_image_make(&masks[i], MEMORY_OWN, 61, 43, SEG_U8, 1);
    seg_context *context;
    seg_result result;
    seg_result_init(&result, NULL);
    ck_assert_int_eq(seg_context_create(&context, method, NULL, NULL), SEG_OK);
    const int32_t delay = seg_context_delay(context);
    for (int t = 0; t < 4 + delay; t++) {
        scene_paint(&input.image, t);
        contract_paint_masks(&masks[0].image, &masks[1].image, t);
        const seg_frame frame = {.index = t, .image = input.image, .ignore = masks[0].image};
        ck_assert_int_eq(seg_context_apply(context, &frame, 0, &result),
                         t < delay ? SEG_NO_RESULT_YET : SEG_OK);
        if (t < delay) continue;
        contract_paint_masks(&masks[0].image, &masks[1].image, (int)result.index);
        for (int32_t y = 0; y < 43; y++)
            for (int32_t x = 0; x < 61; x++) {
                if (!((uint8_t *)seg_image_row(&masks[0].image, y))[x]) continue;
                if (result.outputs & SEG_OUTPUT_MASK)
                    ck_assert_int_eq(((uint8_t *)seg_image_row(&result.mask, y))[x], 0);
                if (result.outputs & SEG_OUTPUT_LABELS)
                    ck_assert_int_le(((int32_t *)seg_image_row(&result.labels, y))[x], 0);
            }
    }
    seg_context_free(context);
    seg_result_free(&result);
    contract_image_free(&input);
    contract_image_free(&masks[0]);
    contract_image_free(&masks[1]);
}
END_TEST

CONTRACT_MAIN("shapes", memory_of_any_kind, options_at_all_sizes, other_formats_are_refused,
              frames_without_sense_are_refused, sizes_are_bound, outputs_as_declared,
              left_out_pixels_are_nowhere)
