/* The same bytes: any number of threads, any instruction set, any run, after a reset; the same
 * regions at any depth. */
#include "contract/harness.h"

#include "adverse.h"

/* Large enough for several bands of rows in each method; no larger, as some take microseconds a
 * pixel and are run hundreds of times. */
#define LARGE_WIDTH 331
#define LARGE_HEIGHT 420
/* The least of which nearly every method makes several bands: those of point operations have 32768
 * pixels, those of grey morphology 128 rows. */
#define MIDDLE_WIDTH 113
#define MIDDLE_HEIGHT 300
#define SMALL_WIDTH 97
#define SMALL_HEIGHT 71

static uint64_t execute_good(const contract_run *run, const char *what) {
    const contract_outcome outcome = contract_execute(run);
    ck_assert_msg(outcome.status == SEG_OK, "%s, %s: %s: %s", run->method->id, what,
                  seg_status_name(outcome.status), seg_error_detail());
    return outcome.hash;
}

/* 7 threads, with `all` also 1 and 2; and bands in another order, in memory full of rubbish. */
static void check_runners(contract_run run, bool all, const char *what) {
    const uint64_t wanted = execute_good(&run, what);
    const int32_t threads[] = {7, 1, 2};
    for (int i = 0; i < (all ? 3 : 1); i++) {
        seg_pool *pool;
        ck_assert_int_eq(seg_pool_create(&pool, threads[i]), SEG_OK);
        const seg_env env = {.runner = seg_pool_runner(pool)};
        run.env = &env;
        ck_assert_msg(execute_good(&run, what) == wanted, "%s, %s: %d threads give other bytes",
                      run.method->id, what, (int)threads[i]);
        seg_pool_free(pool);
    }
    for (int order = 0; order < (all ? ADVERSE_ORDERS : 1); order++) {
        adverse world;
        adverse_start(&world, order, 0xff);
        run.env = &world.env;
        ck_assert_msg(execute_good(&run, what) == wanted,
                      "%s, %s: the order of bands, or what was in memory, counts", run.method->id,
                      what);
    }
}

START_TEST(any_number_of_threads) {
    const seg_method *method = contract_method(_i);
    contract_run run = contract_run_of(method, LARGE_WIDTH, LARGE_HEIGHT, SEG_U8, 1);
    run.frames = contract_in_order(method) ? 3 : 1;
    check_runners(run, true, "defaults");
    run.masks = true;
    check_runners(run, false, "with masks");
}
END_TEST

static void threads_of_format(const seg_method *method, seg_format format, int channels) {
    contract_run run = contract_run_of(method, MIDDLE_WIDTH, MIDDLE_HEIGHT, format, channels);
    run.frames = contract_in_order(method) ? 3 : 1;
    check_runners(run, false, "format");
}

START_TEST(any_number_of_threads_in_any_format) {
    contract_each_format(contract_method(_i), threads_of_format);
}
END_TEST

START_TEST(any_number_of_threads_with_any_options) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 1; contract_variant(&o, method, variant); variant++) {
        contract_run run = contract_run_of(method, MIDDLE_WIDTH, MIDDLE_HEIGHT, SEG_U8, 1);
        run.options = o.bytes;
        run.frames = contract_in_order(method) ? 3 : 1;
        if (contract_execute(&run).status == SEG_OK) check_runners(run, false, o.what);
        contract_options_clear(&o, method);
    }
}
END_TEST

/* ---- instruction sets ---- */

static void check_levels(const contract_run *run, const char *what) {
    const seg_cpu_level best = seg_cpu_level_set(SEG_CPU_AVX2);
    const uint64_t wanted = execute_good(run, what);
    for (int level = SEG_CPU_REF; level < (int)best; level++) {
        ck_assert_int_eq(seg_cpu_level_set((seg_cpu_level)level), level);
        ck_assert_msg(execute_good(run, what) == wanted,
                      "%s, %s, format %d, %d channels: %s differs "
                      "from %s",
                      run->method->id, what, run->format, run->channels,
                      seg_cpu_level_name((seg_cpu_level)level), seg_cpu_level_name(best));
    }
    seg_cpu_level_set(best);
}

static void levels_of_format(const seg_method *method, seg_format format, int channels) {
    for (int32_t width = 3; width < 300; width += 71) {
        contract_run run = contract_run_of(method, width, 37, format, channels);
        check_levels(&run, "defaults");
        run.masks = true;
        check_levels(&run, "with masks");
    }
}

START_TEST(any_instruction_set) {
    contract_each_format(contract_method(_i), levels_of_format);
}
END_TEST

START_TEST(any_instruction_set_with_any_options) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 1; contract_variant(&o, method, variant); variant++) {
        contract_run run = contract_run_of(method, SMALL_WIDTH, SMALL_HEIGHT, SEG_U8, 1);
        run.options = o.bytes;
        if (contract_execute(&run).status == SEG_OK) check_levels(&run, o.what);
        contract_options_clear(&o, method);
    }
}
END_TEST

/* ---- runs ---- */

START_TEST(second_run_and_reset) {
    const seg_method *method = contract_method(_i);
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        contract_run run = contract_run_of(method, SMALL_WIDTH, SMALL_HEIGHT, SEG_U8, 1);
        run.options = o.bytes;
        run.masks = variant % 2;
        if (contract_execute(&run).status == SEG_OK) {
            const uint64_t wanted = execute_good(&run, o.what);
            ck_assert_msg(execute_good(&run, o.what) == wanted, "%s, %s: the second run differs",
                          method->id, o.what);
            run.twice = true;
            ck_assert_msg(execute_good(&run, o.what) == wanted,
                          "%s, %s: after a reset it is not as new", method->id, o.what);
        }
        contract_options_clear(&o, method);
    }
}
END_TEST

/* ---- depths ---- */

/* Masks and labels of the same scene in 8 bits, 16 bits and float. Colours are grey ones: the grey
 * of others has more digits in 16 bits than in 8. */
static void check_depths(const contract_run *first, const char *what) {
    contract_run run = *first;
    run.segments = run.grey = true;
    uint64_t wanted = 0;
    for (int f = 0; f < 3; f++) {
        run.format = contract_formats[f];
        const uint64_t hash = execute_good(&run, what);
        if (f == 0) wanted = hash;
        ck_assert_msg(hash == wanted, "%s, %s, %d channels: format %d gives other regions",
                      run.method->id, what, run.channels, run.format);
    }
}

START_TEST(any_depth) {
    const seg_method *method = contract_method(_i);
    if ((method->formats & 14) != 14) return; /* not a method of pictures */
    contract_options o;
    for (int variant = 0; contract_variant(&o, method, variant); variant++) {
        for (int channels = 1; channels <= 4; channels++) {
            if (!(method->channels & 1u << channels)) continue;
            contract_run run = contract_run_of(method, SMALL_WIDTH, SMALL_HEIGHT, SEG_U8, channels);
            run.options = o.bytes;
            run.masks = variant % 2;
            if (contract_execute(&run).status == SEG_OK) check_depths(&run, o.what);
        }
        contract_options_clear(&o, method);
    }
}
END_TEST

CONTRACT_MAIN("same bytes", any_number_of_threads, any_number_of_threads_in_any_format,
              any_number_of_threads_with_any_options, any_instruction_set,
              any_instruction_set_with_any_options, second_run_and_reset, any_depth)
