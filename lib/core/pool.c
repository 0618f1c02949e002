/*
 * A small pool of threads behind seg_runner.
 *
 * The calling thread is worker 0 and takes tasks like the others, from one atomic counter. Workers
 * sleep on a condition between runs, but look for the next one for a moment first: what iterates
 * has runs of a tenth of a millisecond, and waking a sleeper takes a third of that. A run wakes
 * only as many as it has tasks for, and does not wait for one that has not woken by the time all
 * tasks are taken. A run from within a task, from a second thread while the pool is busy, or in a
 * forked child (where the threads are gone) executes inline in its caller.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* sched_getaffinity */
#endif

#include <segment/env.h>

#include "core/check.h"
#include "core/memory.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define MAX_THREADS 1024
/* The same everywhere: defaults run from 128 KiB to 8 MiB. */
#define STACK_SIZE ((size_t)2 * 1024 * 1024)
#define LOOKS 100000 /* before sleeping: some 30 microseconds */

typedef struct pool_worker {
    seg_pool *pool;
    int32_t index;
    pthread_t thread;
} pool_worker;

struct seg_pool {
    seg_runner runner;
    pid_t process;                   /* that has the threads */
    atomic_int_fast64_t next;        /* task to take */
    pthread_mutex_t caller;          /* held during a run */
    pthread_mutex_t mutex;           /* guards all that follows */
    pthread_cond_t work, done;       /* a run has opened, the last worker has left it */
    atomic_uint_fast64_t run_number; /* written under the mutex, as is `joined` */
    atomic_int joined;               /* workers inside the run */
    bool open, quit;                 /* workers may join the run; end */
    int32_t places;                  /* workers that may still join */
    int32_t tasks;
    seg_task task;
    void *argument;
    pool_worker workers[];
};

/* The pool whose task this thread is executing, and as which worker. */
static _Thread_local const seg_pool *current_pool;
static _Thread_local int32_t current_worker;

static void take_tasks(seg_pool *pool, seg_task task, void *argument, int32_t tasks,
                       int32_t worker) {
    const seg_pool *outer_pool = current_pool;
    int32_t outer_worker = current_worker;
    current_pool = pool;
    current_worker = worker;
    for (;;) {
        int64_t i = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (i >= tasks) break;
        task(argument, (int32_t)i, worker);
    }
    current_pool = outer_pool;
    current_worker = outer_worker;
}

/* Returns at the next run after `seen`, or soon without one. */
static void look_for_run(seg_pool *pool, uint64_t seen) {
    for (int32_t i = 0; i < LOOKS; i++)
        if (atomic_load_explicit(&pool->run_number, memory_order_relaxed) != seen) return;
}

/* Returns when all workers have left the run, or soon. */
static void look_for_end(seg_pool *pool) {
    for (int32_t i = 0; i < LOOKS; i++)
        if (atomic_load_explicit(&pool->joined, memory_order_relaxed) == 0) return;
}

static void *worker_main(void *argument) {
    pool_worker *self = argument;
    seg_pool *pool = self->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->quit && !(pool->open && pool->places > 0 && pool->run_number != seen))
            pthread_cond_wait(&pool->work, &pool->mutex);
        if (pool->quit) break;
        seen = pool->run_number;
        pool->joined++;
        pool->places--;
        seg_task task = pool->task;
        void *task_argument = pool->argument;
        int32_t tasks = pool->tasks;
        pthread_mutex_unlock(&pool->mutex);
        take_tasks(pool, task, task_argument, tasks, self->index);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->joined == 0) pthread_cond_signal(&pool->done);
        pthread_mutex_unlock(&pool->mutex);
        look_for_run(pool, seen);
        pthread_mutex_lock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void run_inline(int32_t tasks, seg_task task, void *argument, int32_t worker) {
    for (int32_t i = 0; i < tasks; i++)
        task(argument, i, worker);
}

static void pool_run(void *user, int32_t tasks, seg_task task, void *argument) {
    seg_pool *pool = user;
    if (current_pool) {
        run_inline(tasks, task, argument, current_pool == pool ? current_worker : 0);
        return;
    }
    if (tasks <= 1 || pool->runner.threads == 1 || pool->process != getpid() ||
        pthread_mutex_trylock(&pool->caller) != 0) {
        run_inline(tasks, task, argument, 0);
        return;
    }
    int32_t helpers = pool->runner.threads - 1 < tasks - 1 ? pool->runner.threads - 1 : tasks - 1;
    pthread_mutex_lock(&pool->mutex);
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    pool->task = task;
    pool->argument = argument;
    pool->tasks = tasks;
    pool->places = helpers;
    pool->run_number++;
    pool->open = true;
    pthread_mutex_unlock(&pool->mutex);
    /* After the unlock, so that who wakes does not find the mutex taken. */
    if (helpers == pool->runner.threads - 1) {
        pthread_cond_broadcast(&pool->work);
    } else {
        for (int32_t i = 0; i < helpers; i++)
            pthread_cond_signal(&pool->work);
    }

    take_tasks(pool, task, argument, tasks, 0);

    pthread_mutex_lock(&pool->mutex);
    pool->open = false;
    pthread_mutex_unlock(&pool->mutex);
    look_for_end(pool);
    pthread_mutex_lock(&pool->mutex);
    while (pool->joined > 0)
        pthread_cond_wait(&pool->done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
    pthread_mutex_unlock(&pool->caller);
}

static int32_t processors(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int count = CPU_COUNT(&set);
        if (count > 0) return count;
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int32_t)online : 1;
}

/* Ends `started` threads. */
static void stop_workers(seg_pool *pool, int32_t started) {
    pthread_mutex_lock(&pool->mutex);
    pool->quit = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (int32_t i = 0; i < started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    pthread_mutex_destroy(&pool->caller);
}

/* Starts the threads with all signals blocked: the host's threads get them. */
static int32_t start_workers(seg_pool *pool) {
    sigset_t all, before;
    sigfillset(&all);
    bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    pthread_attr_t attributes;
    bool sized = pthread_attr_init(&attributes) == 0;
    if (sized) pthread_attr_setstacksize(&attributes, STACK_SIZE);
    int32_t started = 0;
    while (started < pool->runner.threads - 1) {
        pool_worker *worker = &pool->workers[started];
        worker->pool = pool;
        worker->index = started + 1;
        if (pthread_create(&worker->thread, sized ? &attributes : NULL, worker_main, worker) != 0)
            break;
        started++;
    }
    if (sized) pthread_attr_destroy(&attributes);
    if (masked) pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

seg_status seg_pool_create(seg_pool **pool_out, int32_t threads) {
    if (!pool_out) return seg_fail(SEG_ERROR_ARGUMENT, "pool is missing (NULL)");
    *pool_out = NULL;
    if (threads < 0 || threads > MAX_THREADS)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "threads is %ld (allowed 0 to %d; 0 = one per processor)", (long)threads,
                        MAX_THREADS);
    if (threads == 0) threads = processors();
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    size_t size = sizeof(seg_pool) + (size_t)(threads - 1) * sizeof(pool_worker);
    seg_pool *pool = seg_allocate_zeroed(NULL, 1, size, "a pool of threads");
    if (!pool) return SEG_ERROR_MEMORY;
    pool->runner = (seg_runner){pool, threads, pool_run};
    pool->process = getpid();
    atomic_init(&pool->next, 0);
    atomic_init(&pool->run_number, 0);
    atomic_init(&pool->joined, 0);
    pthread_mutex_init(&pool->caller, NULL);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    int32_t started = start_workers(pool);
    if (started < threads - 1) {
        stop_workers(pool, started);
        seg_release(NULL, pool);
        return seg_fail(SEG_ERROR_MEMORY, "only %ld of %ld threads could be started",
                        (long)started + 1, (long)threads);
    }
    *pool_out = pool;
    return SEG_OK;
}

const seg_runner *seg_pool_runner(const seg_pool *pool) {
    return pool ? &pool->runner : NULL;
}

void seg_pool_free(seg_pool *pool) {
    if (!pool) return;
    /* In a forked child there are no threads to join, and locks may be in any state. */
    if (pool->process == getpid()) stop_workers(pool, pool->runner.threads - 1);
    seg_release(NULL, pool);
}
