/* Motion history. */
#include "temporal/motion_history.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/masks.h"
#include "imgproc/still_method.h"

#define BAND_HEIGHT 64
#define FULL 65535

void seg_motion_history_reset(seg_motion_history *history) {
    if (!seg_image_empty(&history->picture)) seg_image_clear(&history->picture);
    seg_clock_reset(&history->clock);
    history->due = 0;
}

void seg_motion_history_free(seg_motion_history *history) {
    seg_image_unref(&history->picture);
}

seg_status seg_motion_history_bind(seg_motion_history *history, int32_t width, int32_t height,
                                   const seg_env *env) {
    SEG_TRY(seg_image_reuse(&history->picture, width, height, SEG_U16, 1, env));
    seg_motion_history_reset(history);
    return SEG_OK;
}

typedef struct fading {
    seg_image *picture;
    const seg_image *mask;
    uint16_t step;
} fading;

static seg_status fade_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const fading *job = argument;
    for (int32_t y = first; y < end; y++) {
        uint16_t *row = seg_image_row(job->picture, y);
        const uint8_t *mask = seg_image_row(job->mask, y);
        for (int32_t x = 0; x < job->picture->width; x++) {
            const uint16_t faded = (uint16_t)(row[x] > job->step ? row[x] - job->step : 0);
            row[x] = mask[x] ? FULL : faded;
        }
    }
    return SEG_OK;
}

seg_status seg_motion_history_add(seg_motion_history *history, const seg_image *mask,
                                  const seg_frame *about, const seg_duration *span,
                                  const seg_env *env) {
    seg_clock_look(&history->clock, about);
    if (history->clock.frames > 0) {
        SEG_TRY(seg_clock_need(&history->clock, span, "fade"));
        history->due += FULL * seg_clock_step(&history->clock, span) / span->value;
        if (history->due > FULL) history->due = FULL;
    }
    fading job = {&history->picture, mask, (uint16_t)history->due};
    history->due -= job.step;
    seg_clock_tick(&history->clock, about);
    return seg_run_bands(env, mask->height, BAND_HEIGHT, fade_band, &job);
}
