/* Bands, the pool of threads, logs and progress. */
#include "core_main.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY 1000

typedef struct tasks_seen {
    atomic_int count[MANY];
    atomic_int busy[1024]; /* tasks that a worker is in */
    atomic_int wrong;
    int32_t threads;
} tasks_seen;

static void see_task(void *argument, int32_t task, int32_t worker) {
    tasks_seen *seen = argument;
    if (worker < 0 || worker >= seen->threads || atomic_fetch_add(&seen->busy[worker], 1) != 0)
        atomic_fetch_add(&seen->wrong, 1);
    atomic_fetch_add(&seen->count[task], 1);
    if (worker >= 0 && worker < seen->threads) atomic_fetch_sub(&seen->busy[worker], 1);
}

static tasks_seen *tasks_seen_new(int32_t threads) {
    tasks_seen *seen = calloc(1, sizeof *seen);
    ck_assert_ptr_nonnull(seen);
    seen->threads = threads;
    return seen;
}

START_TEST(every_task_runs_once) {
    const int32_t threads[] = {1, 2, 3, 7, 64};
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        seg_pool *pool = NULL;
        ck_assert_ok(seg_pool_create(&pool, threads[t]));
        const seg_runner *runner = seg_pool_runner(pool);
        ck_assert_int_eq(runner->threads, threads[t]);
        const int32_t tasks[] = {0, 1, 2, 3, 8, 100, MANY};
        for (size_t k = 0; k < sizeof tasks / sizeof *tasks; k++) {
            tasks_seen *seen = tasks_seen_new(threads[t]);
            for (int repeat = 0; repeat < 20; repeat++)
                runner->run(runner->user, tasks[k], see_task, seen);
            for (int32_t i = 0; i < MANY; i++)
                ck_assert_int_eq(atomic_load(&seen->count[i]), i < tasks[k] ? 20 : 0);
            ck_assert_int_eq(atomic_load(&seen->wrong), 0);
            free(seen);
        }
        seg_pool_free(pool);
    }
}
END_TEST

static void count_run(void *user, int32_t tasks, seg_task task, void *argument) {
    ++*(int *)user;
    for (int32_t i = 0; i < tasks; i++)
        task(argument, i, 0);
}

static seg_status count_rows(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    *(int32_t *)argument += end - first;
    return SEG_OK;
}

START_TEST(light_runs_are_not_shared_out) {
    int runs = 0;
    const seg_runner runner = {&runs, 2, count_run};
    const seg_env env = {.runner = &runner};
    int32_t rows = 0;
    ck_assert_ok(seg_run_light_bands(&env, 1024, 511, 64, count_rows, &rows));
    ck_assert_int_eq(rows, 511);
    ck_assert_int_eq(runs, 0);
    ck_assert_ok(seg_run_light_bands(&env, 1024, 512, 64, count_rows, &rows));
    ck_assert_int_eq(rows, 511 + 512);
    ck_assert_int_eq(runs, 1);
    ck_assert_ok(seg_run_light_bands(NULL, 1024, 512, 64, count_rows, &rows));
    ck_assert_int_eq(rows, 511 + 2 * 512);
}
END_TEST

START_TEST(pools_of_odd_sizes) {
    seg_pool *pool = NULL;
    ck_assert_fails(seg_pool_create(&pool, -1), SEG_ERROR_ARGUMENT, "threads is -1");
    ck_assert_ptr_null(pool);
    ck_assert_fails(seg_pool_create(&pool, 1025), SEG_ERROR_ARGUMENT, "0 to 1024");
    ck_assert_fails(seg_pool_create(NULL, 1), SEG_ERROR_ARGUMENT, "NULL");
    int64_t live = seg_memory_live();
    seg_memory_fail_at(1);
    ck_assert_fails(seg_pool_create(&pool, 2), SEG_ERROR_MEMORY, "pool");
    seg_memory_fail_at(0);
    ck_assert_ok(seg_pool_create(&pool, 0));
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    ck_assert_int_ge(seg_pool_runner(pool)->threads, 1);
    ck_assert_int_le(seg_pool_runner(pool)->threads, online);
    seg_pool_free(pool);
    seg_pool_free(NULL);
    ck_assert_ptr_null(seg_pool_runner(NULL));
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

/* Sanitizers need more address space than this leaves. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if !defined(SANITIZED)
START_TEST(threads_that_cannot_start) {
    const struct rlimit narrow = {(rlim_t)256 << 20, (rlim_t)256 << 20};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &narrow), 0);
    seg_pool *pool = NULL;
    int64_t live = seg_memory_live();
    ck_assert_fails(seg_pool_create(&pool, 1000), SEG_ERROR_MEMORY, "of 1000 threads");
    ck_assert_ptr_null(pool);
    ck_assert_int_eq(seg_memory_live(), live);
    ck_assert_ok(seg_pool_create(&pool, 4));
    seg_pool_free(pool);
}
END_TEST
#endif

static void wait_for_other(void *argument, int32_t task, int32_t worker) {
    (void)task;
    (void)worker;
    pthread_barrier_wait(argument);
}

START_TEST(both_threads_take_part) {
    /* Two tasks that wait for each other end only if two workers run at once. */
    seg_pool *pool = NULL;
    ck_assert_ok(seg_pool_create(&pool, 2));
    const seg_runner *runner = seg_pool_runner(pool);
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 200; i++)
        runner->run(runner->user, 2, wait_for_other, &barrier);
    pthread_barrier_destroy(&barrier);
    seg_pool_free(pool);
}
END_TEST

typedef struct nested_work {
    const seg_runner *runner, *other;
    atomic_int inner, wrong;
} nested_work;

static void inner_task(void *argument, int32_t task, int32_t worker) {
    nested_work *work = argument;
    (void)task;
    if (worker < 0 || worker >= 4) atomic_fetch_add(&work->wrong, 1);
    atomic_fetch_add(&work->inner, 1);
}

static void outer_task(void *argument, int32_t task, int32_t worker) {
    nested_work *work = argument;
    (void)worker;
    const seg_runner *runner = task % 2 ? work->runner : work->other;
    runner->run(runner->user, 10, inner_task, work);
}

START_TEST(nested_runs_are_inline) {
    seg_pool *pool = NULL, *other = NULL;
    ck_assert_ok(seg_pool_create(&pool, 4));
    ck_assert_ok(seg_pool_create(&other, 3));
    nested_work work = {.runner = seg_pool_runner(pool), .other = seg_pool_runner(other)};
    for (int i = 0; i < 50; i++)
        work.runner->run(work.runner->user, 40, outer_task, &work);
    ck_assert_int_eq(atomic_load(&work.inner), 50 * 40 * 10);
    ck_assert_int_eq(atomic_load(&work.wrong), 0);
    seg_pool_free(other);
    seg_pool_free(pool);
}
END_TEST

static void *run_from_thread(void *argument) {
    const seg_runner *runner = argument;
    tasks_seen *seen = calloc(1, sizeof *seen);
    if (!seen) return NULL;
    seen->threads = runner->threads;
    for (int i = 0; i < 100; i++)
        runner->run(runner->user, 50, see_task, seen);
    bool right = atomic_load(&seen->wrong) == 0;
    for (int i = 0; i < 50; i++)
        right = right && atomic_load(&seen->count[i]) == 100;
    free(seen);
    return right ? argument : NULL;
}

START_TEST(several_threads_share_a_pool) {
    seg_pool *pool = NULL;
    ck_assert_ok(seg_pool_create(&pool, 3));
    pthread_t threads[5];
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_from_thread,
                                        (void *)(uintptr_t)seg_pool_runner(pool)),
                         0);
    for (int i = 0; i < 5; i++) {
        void *right;
        pthread_join(threads[i], &right);
        ck_assert_ptr_nonnull(right);
    }
    seg_pool_free(pool);
}
END_TEST

START_TEST(a_forked_child_runs_inline) {
    seg_pool *pool = NULL;
    ck_assert_ok(seg_pool_create(&pool, 4));
    const seg_runner *runner = seg_pool_runner(pool);
    tasks_seen *seen = tasks_seen_new(4);
    runner->run(runner->user, MANY, see_task, seen);
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(60); /* a hang must not outlive the test */
        runner->run(runner->user, MANY, see_task, seen);
        int right = atomic_load(&seen->wrong) == 0;
        for (int i = 0; i < MANY; i++)
            right = right && atomic_load(&seen->count[i]) == 2;
        seg_pool_free(pool);
        _exit(right ? 0 : 1);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    /* the parent's threads work on */
    runner->run(runner->user, MANY, see_task, seen);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(atomic_load(&seen->count[i]), 2);
    free(seen);
    seg_pool_free(pool);
}
END_TEST

START_TEST(sleeping_workers_use_no_time) {
    seg_pool *pool = NULL;
    ck_assert_ok(seg_pool_create(&pool, 8));
    tasks_seen *seen = tasks_seen_new(8);
    seg_pool_runner(pool)->run(seg_pool_runner(pool)->user, 100, see_task, seen);
    struct timespec before, after, pause = {0, 200000000};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double used =
        (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
    ck_assert_double_lt(used, 0.1); /* one spinning worker would use 0.2 */
    free(seen);
    seg_pool_free(pool);
}
END_TEST

/* ---- bands ---- */

typedef struct rows_seen {
    int32_t height, band_height;
    atomic_int rows[600], bands[600];
    atomic_int wrong;
    int32_t fail_first, fail_second; /* bands that fail, or -1 */
} rows_seen;

static seg_status see_rows(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    rows_seen *seen = argument;
    if (first != band * seen->band_height || end <= first || end > seen->height || worker < 0)
        atomic_fetch_add(&seen->wrong, 1);
    if (end != seen->height && end - first != seen->band_height) atomic_fetch_add(&seen->wrong, 1);
    for (int32_t y = first; y < end; y++)
        atomic_fetch_add(&seen->rows[y], 1);
    atomic_fetch_add(&seen->bands[band], 1);
    if (band == seen->fail_first) {
        sched_yield(); /* let the higher one fail first, if it can */
        return seg_fail(SEG_ERROR_DATA, "band %d is bad", (int)band);
    }
    if (band == seen->fail_second) return seg_fail(SEG_ERROR_LIMIT, "band %d is bad", (int)band);
    return SEG_OK;
}

START_TEST(bands_cover_all_rows) {
    const int32_t heights[] = {1, 2, 7, 8, 9, 63, 64, 65, 577};
    const int32_t band_heights[] = {1, 2, 8, 64, 1000, INT32_MAX};
    for (int threads = 0; threads <= 7; threads += threads < 2 ? 1 : 5) {
        seg_pool *pool = NULL;
        seg_env env = {0};
        if (threads) {
            ck_assert_ok(seg_pool_create(&pool, threads));
            env.runner = seg_pool_runner(pool);
        }
        ck_assert_int_eq(seg_workers(&env), threads ? threads : 1);
        for (size_t h = 0; h < sizeof heights / sizeof *heights; h++)
            for (size_t b = 0; b < sizeof band_heights / sizeof *band_heights; b++) {
                rows_seen seen = {.height = heights[h],
                                  .band_height = band_heights[b],
                                  .fail_first = -1,
                                  .fail_second = -1};
                ck_assert_ok(seg_run_bands(&env, heights[h], band_heights[b], see_rows, &seen));
                int32_t bands = seg_band_count(heights[h], band_heights[b]);
                for (int32_t y = 0; y < 600; y++) {
                    ck_assert_int_eq(atomic_load(&seen.rows[y]), y < heights[h]);
                    ck_assert_int_eq(atomic_load(&seen.bands[y]), y < bands);
                }
                ck_assert_int_eq(atomic_load(&seen.wrong), 0);
            }
        seg_pool_free(pool);
    }
}
END_TEST

START_TEST(band_counts) {
    ck_assert_int_eq(seg_band_count(0, 8), 0);
    ck_assert_int_eq(seg_band_count(-3, 8), 0);
    ck_assert_int_eq(seg_band_count(1, 8), 1);
    ck_assert_int_eq(seg_band_count(8, 8), 1);
    ck_assert_int_eq(seg_band_count(9, 8), 2);
    ck_assert_int_eq(seg_band_count(9, 0), 9);
    ck_assert_int_eq(seg_band_count(INT32_MAX, INT32_MAX), 1);
    ck_assert_int_eq(seg_band_count(INT32_MAX, 2), 1 << 30);
    rows_seen seen = {0};
    ck_assert_ok(seg_run_bands(NULL, 0, 8, see_rows, &seen));
    ck_assert_int_eq(seg_workers(NULL), 1);
    const seg_runner hollow = {NULL, 8, NULL};
    const seg_env env = {.runner = &hollow};
    ck_assert_int_eq(seg_workers(&env), 1);
}
END_TEST

START_TEST(the_lowest_failing_band_counts) {
    for (int threads = 1; threads <= 4; threads++) {
        seg_pool *pool = NULL;
        ck_assert_ok(seg_pool_create(&pool, threads));
        const seg_env env = {.runner = seg_pool_runner(pool)};
        for (int round = 0; round < 100; round++) {
            rows_seen seen = {
                .height = 100, .band_height = 4, .fail_first = round % 10, .fail_second = 10};
            (void)seg_fail(SEG_ERROR_STATE, "old");
            ck_assert_int_eq(seg_run_bands(&env, 100, 4, see_rows, &seen), SEG_ERROR_DATA);
            char expected[32];
            snprintf(expected, sizeof expected, "band %d is bad", round % 10);
            ck_assert_str_eq(seg_error_detail(), expected);
            for (int32_t band = 0; band <= round % 10; band++)
                ck_assert_int_eq(atomic_load(&seen.bands[band]), 1);
        }
        seg_pool_free(pool);
    }
}
END_TEST

/* A host's runner that takes tasks backwards. */
static void run_backwards(void *user, int32_t tasks, seg_task task, void *argument) {
    ++*(int *)user;
    for (int32_t i = tasks - 1; i >= 0; i--)
        task(argument, i, i % 2);
}

START_TEST(a_hosts_runner_in_any_order) {
    int runs = 0;
    const seg_runner runner = {&runs, 2, run_backwards};
    const seg_env env = {.runner = &runner};
    rows_seen seen = {.height = 50, .band_height = 7, .fail_first = -1, .fail_second = -1};
    ck_assert_ok(seg_run_bands(&env, 50, 7, see_rows, &seen));
    ck_assert_int_eq(runs, 1);
    rows_seen failing = {.height = 50, .band_height = 7, .fail_first = 2, .fail_second = 6};
    ck_assert_fails(seg_run_bands(&env, 50, 7, see_rows, &failing), SEG_ERROR_DATA, "band 2");
}
END_TEST

/* ---- log and progress ---- */

typedef struct listener {
    char message[600];
    int level, calls, cancel;
    double fraction;
} listener;

static void listen_log(void *user, seg_log_level level, const char *message) {
    listener *heard = user;
    heard->level = (int)level;
    heard->calls++;
    snprintf(heard->message, sizeof heard->message, "%s", message);
}

static int listen_progress(void *user, double fraction) {
    listener *heard = user;
    heard->fraction = fraction;
    return heard->cancel;
}

START_TEST(log_and_progress) {
    listener heard = {.fraction = -1};
    const seg_env env = {.user = &heard, .log = listen_log, .progress = listen_progress};
    seg_log(&env, SEG_LOG_INFO, "%d of %s", 3, "five");
    ck_assert_str_eq(heard.message, "3 of five");
    ck_assert_int_eq(heard.level, SEG_LOG_INFO);
    seg_log(NULL, SEG_LOG_INFO, "nobody");
    const seg_env silent = {0};
    seg_log(&silent, SEG_LOG_INFO, "nobody");
    ck_assert_int_eq(heard.calls, 1);

    ck_assert_ok(seg_progress(NULL, 0.5));
    ck_assert_ok(seg_progress(&silent, 0.5));
    ck_assert_ok(seg_progress(&env, 0.25));
    ck_assert_double_eq(heard.fraction, 0.25);
    ck_assert_ok(seg_progress(&env, 7));
    ck_assert_double_eq(heard.fraction, 1);
    ck_assert_ok(seg_progress(&env, -7));
    ck_assert_double_eq(heard.fraction, 0);
    heard.cancel = 1;
    ck_assert_fails(seg_progress(&env, 0.5), SEG_ERROR_CANCELLED, "cancelled");
}
END_TEST

#if defined(SANITIZED)
#define ALSO
#else
#define ALSO threads_that_cannot_start,
#endif

CORE_MAIN("core_bands", ALSO every_task_runs_once, light_runs_are_not_shared_out,
          pools_of_odd_sizes, both_threads_take_part, nested_runs_are_inline,
          several_threads_share_a_pool, a_forked_child_runs_inline, sleeping_workers_use_no_time,
          bands_cover_all_rows, band_counts, the_lowest_failing_band_counts,
          a_hosts_runner_in_any_order, log_and_progress)
