/*
 * Parallel work over bands of rows; log and progress of an env.
 *
 * Progress of a run is told at fixed shares of the bands that are done, always by the thread that
 * called: what is told, and in what order, is the same for any number of threads.
 */
#include "core/bands.h"

#include "core/check.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

/* Shares of a run that are told: enough to be cancelled soon, too few to cost anything. */
#define MOST_SHARES 8
#define LIGHT_PIXELS (1 << 19)

/* Progress of a run; the calling thread's own. */
typedef struct shares {
    const seg_env *env; /* NULL: nobody listens, or the run is a part of another one's band */
    int32_t bands, count, told;
} shares;

typedef struct band_run {
    seg_band_function function;
    void *argument;
    int32_t height, band_height;
    shares shares;
    pthread_t caller;
    atomic_int done;
    atomic_int failed_band; /* lowest band that failed so far, or the number of bands */
    atomic_bool cancelled;  /* by the caller: no band is of use any more */
    pthread_mutex_t mutex;  /* guards what follows */
    int32_t described_band; /* whose status and detail are kept */
    seg_status status;
    char detail[SEG_DETAIL_SIZE];
} band_run;

int32_t seg_workers(const seg_env *env) {
    if (!env || !env->runner || !env->runner->run || env->runner->threads < 1) return 1;
    return env->runner->threads;
}

int32_t seg_band_count(int32_t height, int32_t band_height) {
    if (height < 1) return 0;
    if (band_height < 1) band_height = 1;
    return height / band_height + (height % band_height != 0);
}

/* ---- progress ---- */

/* Of this thread: it works on a band, whose run tells for all that happens in it. */
static _Thread_local bool in_band;

static shares shares_of(const seg_env *env, int32_t bands) {
    const bool heard = env && env->progress && !in_band;
    return (shares){heard ? env : NULL, bands, bands < MOST_SHARES ? bands : MOST_SHARES, 0};
}

seg_status seg_cancelled(void) {
    return seg_fail(SEG_ERROR_CANCELLED, "cancelled by the caller");
}

/* Tells 0 before the first band, then i/count once that share of the bands is done. */
static seg_status tell_shares(shares *of, int32_t done) {
    if (!of->env) return SEG_OK;
    while (of->told < of->count && (int64_t)of->told * of->bands <= (int64_t)done * of->count) {
        const double fraction = (double)of->told++ / of->count;
        SEG_TRY(seg_progress(of->env, fraction));
    }
    return SEG_OK;
}

/* ---- bands ---- */

static seg_status run_band(const band_run *run, int32_t band, int32_t worker) {
    int32_t first = band * run->band_height;
    int32_t rows = run->height - first < run->band_height ? run->height - first : run->band_height;
    const bool outer = in_band;
    in_band = true;
    const seg_status status = run->function(run->argument, band, first, first + rows, worker);
    in_band = outer;
    return status;
}

static void band_task(void *argument, int32_t band, int32_t worker) {
    band_run *run = argument;
    /* Bands above a failed one are of no use; those below may still fail and then count. */
    if (band > atomic_load_explicit(&run->failed_band, memory_order_relaxed)) return;
    if (atomic_load_explicit(&run->cancelled, memory_order_relaxed)) return;
    seg_status status = run_band(run, band, worker);
    const int32_t done = atomic_fetch_add_explicit(&run->done, 1, memory_order_relaxed) + 1;
    if (pthread_equal(pthread_self(), run->caller) && tell_shares(&run->shares, done) < 0)
        atomic_store_explicit(&run->cancelled, true, memory_order_relaxed);
    if (status >= 0) return;
    pthread_mutex_lock(&run->mutex);
    if (band < run->described_band) {
        run->described_band = band;
        run->status = status;
        snprintf(run->detail, sizeof run->detail, "%s", seg_error_detail());
        atomic_store_explicit(&run->failed_band, band, memory_order_relaxed);
    }
    pthread_mutex_unlock(&run->mutex);
}

seg_status seg_run_bands(const seg_env *env, int32_t height, int32_t band_height,
                         seg_band_function function, void *argument) {
    band_run run = {.function = function, .argument = argument, .height = height};
    run.band_height = band_height < 1 ? 1 : band_height;
    int32_t bands = seg_band_count(height, run.band_height);
    run.shares = shares_of(env, bands);
    SEG_TRY(tell_shares(&run.shares, 0));
    if (seg_workers(env) == 1 || bands <= 1) {
        for (int32_t band = 0; band < bands; band++) {
            SEG_TRY(run_band(&run, band, 0));
            SEG_TRY(tell_shares(&run.shares, band + 1));
        }
        return SEG_OK;
    }
    run.caller = pthread_self();
    atomic_init(&run.done, 0);
    atomic_init(&run.failed_band, bands);
    atomic_init(&run.cancelled, false);
    run.described_band = bands;
    pthread_mutex_init(&run.mutex, NULL);
    env->runner->run(env->runner->user, bands, band_task, &run);
    pthread_mutex_destroy(&run.mutex);
    if (run.described_band < bands) {
        seg_error_detail_set(run.detail);
        return run.status;
    }
    if (atomic_load(&run.cancelled)) return seg_cancelled();
    return tell_shares(&run.shares, bands);
}

seg_status seg_run_light_bands(const seg_env *env, int32_t width, int32_t height,
                               int32_t band_height, seg_band_function function, void *argument) {
    if (!env || (int64_t)width * height >= LIGHT_PIXELS)
        return seg_run_bands(env, height, band_height, function, argument);
    seg_env alone = *env;
    alone.runner = NULL;
    return seg_run_bands(&alone, height, band_height, function, argument);
}

seg_status seg_progress(const seg_env *env, double fraction) {
    if (!env || !env->progress) return SEG_OK;
    if (fraction < 0 || fraction != fraction) fraction = 0;
    if (fraction > 1) fraction = 1;
    return env->progress(env->user, fraction) == 0 ? SEG_OK : seg_cancelled();
}

void seg_log(const seg_env *env, seg_log_level level, const char *format, ...) {
    if (!env || !env->log) return;
    char message[SEG_DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length >= 0) env->log(env->user, level, message);
}
