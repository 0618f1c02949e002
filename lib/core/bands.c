/* Parallel work over bands of rows; log and progress of an env. */
#include "core/bands.h"

#include "core/check.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

typedef struct band_run {
    seg_band_function function;
    void *argument;
    int32_t height, band_height;
    atomic_int failed_band; /* lowest band that failed so far, or the number of bands */
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

static seg_status run_band(const band_run *run, int32_t band, int32_t worker) {
    int32_t first = band * run->band_height;
    int32_t rows = run->height - first < run->band_height ? run->height - first : run->band_height;
    return run->function(run->argument, band, first, first + rows, worker);
}

static void band_task(void *argument, int32_t band, int32_t worker) {
    band_run *run = argument;
    /* Bands above a failed one are of no use; those below may still fail and then count. */
    if (band > atomic_load_explicit(&run->failed_band, memory_order_relaxed)) return;
    seg_status status = run_band(run, band, worker);
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
    if (seg_workers(env) == 1 || bands <= 1) {
        for (int32_t band = 0; band < bands; band++)
            SEG_TRY(run_band(&run, band, 0));
        return SEG_OK;
    }
    atomic_init(&run.failed_band, bands);
    run.described_band = bands;
    pthread_mutex_init(&run.mutex, NULL);
    env->runner->run(env->runner->user, bands, band_task, &run);
    pthread_mutex_destroy(&run.mutex);
    if (run.described_band == bands) return SEG_OK;
    seg_error_detail_set(run.detail);
    return run.status;
}

seg_status seg_progress(const seg_env *env, double fraction) {
    if (!env || !env->progress) return SEG_OK;
    if (fraction < 0 || fraction != fraction) fraction = 0;
    if (fraction > 1) fraction = 1;
    if (env->progress(env->user, fraction) == 0) return SEG_OK;
    return seg_fail(SEG_ERROR_CANCELLED, "cancelled by the caller at %.0f %%", 100 * fraction);
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
