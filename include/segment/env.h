/* Surroundings of a call, all optional: memory, threads, limits, log, progress. */
#ifndef SEGMENT_ENV_H
#define SEGMENT_ENV_H

#include <segment/attributes.h>
#include <segment/status.h>
#include <stddef.h>
#include <stdint.h>

SEG_BEGIN_DECLS

/** Memory of the caller's choosing. Both functions must be callable from any thread. */
typedef struct seg_allocator {
    void *user;
    /** At least `size` bytes aligned to `alignment` (a power of two), or NULL. Not zeroed. */
    void *(*allocate)(void *user, size_t size, size_t alignment);
    /** Releases what `allocate` returned; never called with NULL. */
    void (*release)(void *user, void *pointer);
} seg_allocator;

/** One task of a parallel run. `worker` is in 0 .. threads-1 and runs one task at a time. */
typedef void (*seg_task)(void *argument, int32_t task, int32_t worker);

/**
 * Runs tasks in parallel, for the library. `run` calls `task(argument, i, worker)` once for every
 * i in 0 .. tasks-1, in any order, and returns when all have ended. `threads` is the largest
 * number of workers. Results never depend on it.
 */
typedef struct seg_runner {
    void *user;
    int32_t threads;
    void (*run)(void *user, int32_t tasks, seg_task task, void *argument);
} seg_runner;

/** What is refused before memory is taken for it. 0 means the default of that field. */
typedef struct seg_limits {
    int64_t max_pixels; /**< pixels of one picture; default 256 * 1024 * 1024 */
    int32_t max_side;   /**< width or height in pixels; default 1000000 */
} seg_limits;

#define SEG_DEFAULT_MAX_PIXELS ((int64_t)256 * 1024 * 1024)
#define SEG_DEFAULT_MAX_SIDE 1000000

typedef enum seg_log_level {
    SEG_LOG_WARNING = 1,
    SEG_LOG_INFO = 2,
    SEG_LOG_DEBUG = 3
} seg_log_level;

/** NULL in place of an env, or of any member, means the default: malloc, one thread, silence. */
typedef struct seg_env {
    const seg_allocator *allocator;
    const seg_runner *runner;
    const seg_limits *limits;
    void *user; /**< handed to log and progress */
    void (*log)(void *user, seg_log_level level, const char *message);
    /** Called now and then from the calling thread with 0..1; a non-zero return cancels the call
     *  (SEG_ERROR_CANCELLED). Contexts and pipelines begin each frame with 0, never go back and
     *  end it with 1, when there is nothing left to cancel; a frame cancelled in a context can be
     *  given again. Methods with memory are asked before each frame, not in it. Other functions
     *  tell of the pass at hand, 0 to below 1 for each. What is told does not depend on the number
     *  of threads. */
    int (*progress)(void *user, double fraction);
    /** Of methods that draw random numbers: the same one, the same draws. A saved model does not
     *  hold it: give it again with the model, which then continues with the same bytes. */
    uint64_t seed;
} seg_env;

/** A pool of threads, opaque. */
typedef struct seg_pool seg_pool;

/**
 * Starts a pool. `threads` is the number of workers, the calling thread being one of them;
 * 0 means one per processor that this process may run on. Free with seg_pool_free.
 * Errors: SEG_ERROR_ARGUMENT (threads < 0 or > 1024), SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_pool_create(seg_pool **pool, int32_t threads);

/** The runner to put into seg_env.runner; lives as long as the pool. Nested runs and runs in a
 *  forked child execute inline. */
SEG_API const seg_runner *seg_pool_runner(const seg_pool *pool);

/** Ends the threads and frees the pool. NULL is allowed. */
SEG_API void seg_pool_free(seg_pool *pool);

/** Instruction-set levels; every level gives the same bytes. */
typedef enum seg_cpu_level { SEG_CPU_REF = 0, SEG_CPU_BASE = 1, SEG_CPU_AVX2 = 2 } seg_cpu_level;

/** The level in use: the best of this machine, or less if the environment variable SEG_CPU
 *  (ref, base or avx2) or seg_cpu_level_set says so. */
SEG_API seg_cpu_level seg_cpu_level_get(void);

/** Chooses a level for the whole process, at most what the machine has; returns the level taken.
 *  Not to be called while other calls run. */
SEG_API seg_cpu_level seg_cpu_level_set(seg_cpu_level level);

/** "ref", "base" or "avx2". */
SEG_API const char *seg_cpu_level_name(seg_cpu_level level);

SEG_END_DECLS

#endif
