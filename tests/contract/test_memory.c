/* Any allocation may fail, nothing leaks, and nothing is allocated once a stream runs. */
#include "contract/harness.h"
#include "core/memory.h"

static void check_failures(const contract_run *run, const char *what) {
    const int64_t live = seg_memory_live();
    /* the harness's own pictures are made before the counting begins: they come first */
    for (int n = 1;; n++) {
        contract_image input, mask;
        contract_image_make(&input, MEMORY_PADDED, run->width, run->height, run->format,
                            run->channels);
        contract_image_make(&mask, MEMORY_PADDED, run->width, run->height, SEG_U8, 1);
        contract_paint_masks(&mask.image, &mask.image, 0);
        seg_result result;
        seg_result_init(&result, run->env);
        seg_context *context = NULL;
        seg_memory_fail_at(n);
        seg_status status = seg_context_create(&context, run->method, run->options, run->env);
        for (int t = 0; t < run->frames && status >= 0; t++) {
            scene_paint_input(&input.image, run->method->input, t);
            seg_frame frame = {.index = t, .pts = t, .time_base = {1, 25}, .image = input.image};
            if (run->masks) frame.ignore = mask.image;
            status = seg_context_apply(context, &frame, 0, &result);
        }
        while (status >= 0 && status != SEG_END)
            status = seg_context_flush(context, 0, &result);
        size_t size = 0;
        if (status >= 0 && run->method->save) {
            status = seg_context_save(context, NULL, &size);
            unsigned char *blob = malloc(size);
            if (status >= 0) status = seg_context_save(context, blob, &size);
            if (status >= 0) status = seg_context_load(context, blob, size);
            free(blob);
        }
        const bool failed = seg_memory_fail_at(0) == 0;
        ck_assert_msg(status < 0 || !failed, "%s, %s: allocation %d fails and nobody minds",
                      run->method->id, what, n);
        if (status < 0) {
            ck_assert_msg(status == SEG_ERROR_MEMORY, "%s, %s, allocation %d: %s: %s",
                          run->method->id, what, n, seg_status_name(status), seg_error_detail());
            ck_assert_ptr_nonnull(strstr(seg_error_detail(), "memory"));
        }
        if (status < 0 && context) {
            /* after the failure it can go on: reset, and the same stream runs through */
            seg_context_reset(context);
            scene_paint_input(&input.image, run->method->input, 0);
            const seg_frame frame = {.pts = 0, .time_base = {1, 25}, .image = input.image};
            ck_assert_int_ge(seg_context_apply(context, &frame, 0, &result), 0);
        }
        seg_context_free(context);
        seg_result_free(&result);
        contract_image_free(&input);
        contract_image_free(&mask);
        ck_assert_msg(seg_memory_live() == live, "%s, %s, allocation %d: %d blocks leak",
                      run->method->id, what, n, (int)(seg_memory_live() - live));
        if (status >= 0) return;
        ck_assert_int_lt(n, 5000);
    }
}

START_TEST(failing_allocations) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        contract_run run = contract_run_of(method, 47, 33, SEG_U8, 1);
        run.options = o.bytes;
        run.masks = variant % 2;
        if (contract_execute(&run).status == SEG_OK) check_failures(&run, o.what);
        contract_options_clear(&o, method);
    }
}
END_TEST

static void failures_of_format(const seg_method *method, seg_format format, int channels) {
    contract_run run = contract_run_of(method, 47, 33, format, channels);
    check_failures(&run, "format");
    run.masks = true;
    check_failures(&run, "format, with masks");
}

START_TEST(failing_allocations_in_any_format) {
    contract_each_format(contract_method(_i), failures_of_format);
}
END_TEST

START_TEST(failing_allocations_with_threads) {
    const seg_method *method = contract_method(_i);
    seg_pool *pool;
    ck_assert_int_eq(seg_pool_create(&pool, 2), SEG_OK);
    const seg_env env = {.runner = seg_pool_runner(pool)};
    contract_run run = contract_run_of(method, 211, 300, SEG_U8, 1);
    run.env = &env;
    run.frames = 2;
    check_failures(&run, "two threads");
    seg_pool_free(pool);
}
END_TEST

/* ---- steady state ---- */

#define STREAM_SETTLES 10 /* frames */

static void check_steady(const seg_method *method, seg_format format, int channels,
                         const void *options, const char *what, bool masks) {
    contract_image input, mask;
    contract_image_make(&input, MEMORY_OWN, 157, 83, format, channels);
    contract_image_make(&mask, MEMORY_OWN, 157, 83, SEG_U8, 1);
    contract_paint_masks(&mask.image, &mask.image, 0);
    /* of mask and labels the kind that went in; the other one is derived for convenience */
    const uint32_t kind = format == SEG_LABEL32 ? SEG_OUTPUT_LABELS : SEG_OUTPUT_MASK;
    seg_result result;
    seg_result_init(&result, NULL);
    seg_context *context;
    if (seg_context_create(&context, method, options, NULL) == SEG_OK) {
        const bool alike = contract_on_masks(method) && method->outputs & kind;
        const uint32_t wanted = alike ? kind : seg_context_outputs(context);
        /* content as before, so that lists do not grow; streams move on, and those that look at
         * runs and components see their number grow at first */
        const bool moves = contract_in_order(method);
        const int first = moves ? STREAM_SETTLES : 2;
        for (int t = 0; t < first + 10; t++) {
            scene_paint_input(&input.image, method->input, moves ? t : 0);
            seg_frame frame = {.index = t, .pts = t, .time_base = {1, 25}, .image = input.image};
            if (masks) frame.ignore = mask.image;
            /* the results' own pictures come with the first result */
            const bool steady = t >= first + seg_context_delay(context);
            seg_memory_fail_at(steady ? 1 : 0);
            const seg_status status = seg_context_apply(context, &frame, wanted, &result);
            seg_memory_fail_at(0);
            ck_assert_msg(status >= 0, "%s, %s, format %d, %d channels, frame %d: %s: %s",
                          method->id, what, format, channels, t, seg_status_name(status),
                          seg_error_detail());
        }
        seg_context_free(context);
    }
    seg_result_free(&result);
    contract_image_free(&input);
    contract_image_free(&mask);
}

static void steady_format(const seg_method *method, seg_format format, int channels) {
    check_steady(method, format, channels, NULL, "defaults", false);
    check_steady(method, format, channels, NULL, "with a mask", true);
}

START_TEST(no_memory_after_the_second_frame) {
    const seg_method *method = contract_method(_i);
    contract_each_format(method, steady_format);
    contract_options o;
    for (int variant = 1; contract_variant(&o, method, variant); variant++) {
        check_steady(method, SEG_U8, 1, o.bytes, o.what, variant % 2);
        contract_options_clear(&o, method);
    }
}
END_TEST

/* ---- the caller's allocator ---- */

typedef struct counter {
    int64_t live, calls;
} counter;

static void *count_allocate(void *user, size_t size, size_t alignment) {
    counter *c = user;
    void *block = NULL;
    if (posix_memalign(&block, alignment, size ? size : 1) != 0) return NULL;
    memset(block, 0xbd, size); /* nobody may count on zeros */
    c->live++;
    c->calls++;
    return block;
}

static void count_release(void *user, void *block) {
    counter *c = user;
    free(block);
    c->live--;
}

/* All memory comes from there. */
START_TEST(memory_of_the_caller) {
    const int64_t far_away = INT64_MAX / 2; /* a failure that never comes counts allocations */
    const seg_method *method = contract_method(_i);
    counter c = {0};
    const seg_allocator allocator = {&c, count_allocate, count_release};
    const seg_env env = {.allocator = &allocator};
    contract_run run = contract_run_of(method, 61, 37, SEG_U8, 1);
    run.input = run.output = MEMORY_PADDED; /* the harness itself takes none */
    const uint64_t wanted = contract_execute(&run).hash;
    run.env = &env;
    seg_memory_fail_at(far_away);
    const contract_outcome outcome = contract_execute(&run);
    ck_assert_int_eq(far_away - seg_memory_fail_at(0), c.calls);
    ck_assert_int_eq(outcome.status, SEG_OK);
    ck_assert_uint_eq(outcome.hash, wanted);
    ck_assert_int_gt(c.calls, 0);
    ck_assert_int_eq(c.live, 0);
}
END_TEST

CONTRACT_MAIN("memory", failing_allocations, failing_allocations_in_any_format,
              failing_allocations_with_threads, no_memory_after_the_second_frame,
              memory_of_the_caller)
