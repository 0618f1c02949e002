/* Canny's score. Only who asks for it pays for it: the mask comes from another sweep. */
#include "edge/canny_score.h"

#include "core/bands.h"
#include "core/check.h"

typedef struct score_job {
    const seg_image *score;
    const seg_canny_wide *wide;
    const seg_image *ignore; /* or NULL */
    double unit;
    char *work; /* of each worker */
    size_t work_size;
} score_job;

static seg_status score_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const score_job *job = argument;
    seg_canny_wide_score(job->score, job->wide, job->unit, first, end,
                         job->work + (size_t)worker * job->work_size);
    for (int32_t y = first; job->ignore && y < end; y++) {
        float *row = seg_image_row(job->score, y);
        const uint8_t *ignored = seg_image_row(job->ignore, y);
        for (int32_t x = 0; x < job->score->width; x++)
            row[x] = ignored[x] ? 0 : row[x];
    }
    return SEG_OK;
}

seg_status seg_canny_score(const seg_image *score, const seg_canny_wide *wide,
                           const seg_image *ignore, seg_scratch *scratch, const seg_env *env) {
    score_job job = {.score = score, .wide = wide};
    job.ignore = seg_image_empty(ignore) ? NULL : ignore;
    job.unit = seg_image_full_scale(wide->picture) / 255;
    job.work_size = seg_canny_wide_work_size(score->width);
    job.work_size = (job.work_size + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    job.work = seg_scratch_take(scratch, (size_t)seg_workers(env), job.work_size, "gradients");
    if (!job.work) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, score->height, SEG_CANNY_BAND, score_band, &job);
}
