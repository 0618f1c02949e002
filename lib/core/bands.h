/* Parallel work over bands of rows whose height never depends on the number of threads. */
#ifndef SEG_CORE_BANDS_H
#define SEG_CORE_BANDS_H

#include <segment/env.h>

/** Works on rows first .. end-1 as worker `worker` (scratch belongs to the worker). */
typedef seg_status (*seg_band_function)(void *argument, int32_t band, int32_t first, int32_t end,
                                        int32_t worker);

/** Workers that may run at once: 1 without a runner. Scratch is needed that many times. */
int32_t seg_workers(const seg_env *env);

/** Number of bands of `band_height` rows in `height` rows. */
int32_t seg_band_count(int32_t height, int32_t band_height);

/**
 * Runs `function` for every band. Returns the status of the lowest failing band, with its detail
 * line in the caller's thread. Reductions write a slot per band and add in band order.
 */
SEG_NODISCARD seg_status seg_run_bands(const seg_env *env, int32_t height, int32_t band_height,
                                       seg_band_function function, void *argument);

/** The same for passes that hardly touch most of a row's `width` pixels: fewer than 2^19 of them
 * are sooner done by the caller than shared out. */
SEG_NODISCARD seg_status seg_run_light_bands(const seg_env *env, int32_t width, int32_t height,
                                             int32_t band_height, seg_band_function function,
                                             void *argument);

/** Tells env->progress; SEG_ERROR_CANCELLED if it says stop. */
SEG_API SEG_NODISCARD seg_status seg_progress(const seg_env *env, double fraction);

/** SEG_ERROR_CANCELLED with its detail line. */
seg_status seg_cancelled(void);

/** env->log with printf formatting. */
SEG_API void seg_log(const seg_env *env, seg_log_level level, const char *format, ...)
    SEG_PRINTF(3, 4);

#endif
