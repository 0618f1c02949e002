/* Any method can be cancelled at any call of progress, goes on afterwards, and tells the same for
 * any number of threads: from 0 to 1, never back. */
#include "contract/harness.h"
#include "core/memory.h"

#define MOST_CALLS 4096

typedef struct watcher {
    int calls, stop_at;
    double told[MOST_CALLS];
} watcher;

static int watch(void *user, double fraction) {
    watcher *w = user;
    ck_assert_int_lt(w->calls, MOST_CALLS);
    w->told[w->calls++] = fraction;
    return w->calls == w->stop_at;
}

static seg_status apply_frame(seg_context *context, const contract_run *run, contract_image *input,
                              seg_result *result, int t) {
    scene_paint_input(&input->image, run->method->input, t);
    const seg_frame frame = {
        .index = t, .pts = 40 * t, .time_base = {1, 1000}, .image = input->image};
    return seg_context_apply(context, &frame, 0, result);
}

/* 0 first, 1 at the end and not before, never back. */
static void check_way(const watcher *w, const char *id, const char *what) {
    ck_assert_msg(w->calls >= 2 && w->told[0] == 0 && w->told[w->calls - 1] == 1,
                  "%s, %s: progress does not go from 0 to 1", id, what);
    for (int i = 1; i < w->calls; i++)
        ck_assert_msg(w->told[i] >= w->told[i - 1] && (i + 1 == w->calls || w->told[i] < 1),
                      "%s, %s: progress goes from %g to %g", id, what, w->told[i - 1], w->told[i]);
}

/* ---- cancelling ---- */

/* Every frame is cancelled at call `stop` (if it has so many before the end) and given again.
 * Returns the most calls that a frame took. */
static int stream_with_stops(const contract_run *run, watcher *w, int stop, uint64_t *hash,
                             const char *what) {
    const seg_method *method = run->method;
    contract_image input;
    contract_image_make(&input, MEMORY_OWN, run->width, run->height, run->format, run->channels);
    seg_context *context;
    seg_result result;
    seg_result_init(&result, run->env);
    ck_assert_int_ge(seg_context_create(&context, method, run->options, run->env), 0);
    *hash = SCENE_HASH_START;
    int most = 0;
    for (int t = 0; t < run->frames; t++) {
        w->calls = 0;
        w->stop_at = stop;
        seg_status status = apply_frame(context, run, &input, &result, t);
        if (status < 0) {
            ck_assert_msg(status == SEG_ERROR_CANCELLED && w->calls == stop,
                          "%s, %s, stopped at call %d of %d: %s: %s", method->id, what, stop,
                          w->calls, seg_status_name(status), seg_error_detail());
            ck_assert_uint_eq(result.outputs, 0);
            w->calls = w->stop_at = 0;
            status = apply_frame(context, run, &input, &result, t);
        }
        ck_assert_msg(status >= 0, "%s, %s, after stop %d: %s", method->id, what, stop,
                      seg_error_detail());
        check_way(w, method->id, what);
        if (w->calls > most) most = w->calls;
        if (status == SEG_OK) *hash = contract_hash(*hash, run, &result);
    }
    seg_status status;
    do {
        w->calls = 0;
        w->stop_at = stop;
        status = seg_context_flush(context, 0, &result);
        if (status == SEG_ERROR_CANCELLED) {
            w->stop_at = 0;
            status = seg_context_flush(context, 0, &result);
        }
        ck_assert_int_ge(status, 0);
        if (status == SEG_OK) *hash = contract_hash(*hash, run, &result);
    } while (status == SEG_OK);
    seg_context_free(context);
    seg_result_free(&result);
    contract_image_free(&input);
    return most;
}

/* Stops at the first calls, then at some: the larger `thorough`, the more. */
static void check_stops(contract_run run, int thorough, const char *what) {
    static watcher w;
    const seg_env env = {.user = &w, .progress = watch};
    const int64_t live = seg_memory_live();
    uint64_t wanted, hash;
    run.env = &env;
    const int calls = stream_with_stops(&run, &w, 0, &wanted, what);
    for (int stop = 1; stop < calls; stop += 1 + stop / thorough) {
        stream_with_stops(&run, &w, stop, &hash, what);
        ck_assert_msg(hash == wanted, "%s, %s: after a stop at call %d of %d other bytes come",
                      run.method->id, what, stop, calls);
        ck_assert_msg(seg_memory_live() == live, "%s, %s: a stop at call %d leaks", run.method->id,
                      what, stop);
    }
}

START_TEST(any_method_can_be_cancelled) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        contract_run run = contract_run_of(method, 61, 131, SEG_U8, 1);
        run.options = o.bytes;
        if (contract_execute(&run).status == SEG_OK) check_stops(run, variant ? 4 : 12, o.what);
        contract_options_clear(&o, method);
    }
}
END_TEST

static void stops_of_format(const seg_method *method, seg_format format, int channels) {
    check_stops(contract_run_of(method, 61, 131, format, channels), 4, "format");
}

START_TEST(in_any_format) {
    contract_each_format(contract_method(_i), stops_of_format);
}
END_TEST

/* ---- threads ---- */

START_TEST(the_same_for_any_number_of_threads) {
    static watcher alone, together;
    const seg_method *method = contract_method(_i);
    const seg_env env = {.user = &alone, .progress = watch};
    contract_run run = contract_run_of(method, 131, 500, SEG_U8, 1);
    uint64_t wanted, hash;
    run.env = &env;
    stream_with_stops(&run, &alone, 0, &wanted, "one thread");
    for (int32_t threads = 2; threads <= 7; threads += 5) {
        seg_pool *pool;
        ck_assert_int_eq(seg_pool_create(&pool, threads), SEG_OK);
        const seg_env more = {
            .user = &together, .progress = watch, .runner = seg_pool_runner(pool)};
        run.env = &more;
        const int calls = stream_with_stops(&run, &together, 0, &hash, "threads");
        ck_assert(hash == wanted);
        ck_assert_int_eq(alone.calls, together.calls); /* of the last frame */
        ck_assert_mem_eq(alone.told, together.told, (size_t)alone.calls * sizeof *alone.told);
        for (int stop = 1; stop < calls; stop += 1 + stop / 4) {
            stream_with_stops(&run, &together, stop, &hash, "threads");
            ck_assert(hash == wanted);
        }
        seg_pool_free(pool);
    }
}
END_TEST

CONTRACT_MAIN("progress", any_method_can_be_cancelled, in_any_format,
              the_same_for_any_number_of_threads)
