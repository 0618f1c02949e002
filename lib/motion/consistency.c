/*
 * The forward-backward check: a pixel that is seen in both frames comes back to where it started.
 *
 * N. Sundaram, T. Brox, K. Keutzer, "Dense point trajectories by GPU-accelerated large displacement
 * optical flow", ECCV 2010, equation 5: with w the flow at x and w' the other one at x + w,
 * |w + w'|^2 <= 0.01 (|w|^2 + |w'|^2) + 0.5. The confidence is 1 / (1 + ratio of both sides): 1/2
 * where the check is just passed; 0 where the flow leads out of the picture.
 */
#include "motion/consistency.h"

#include "core/bands.h"
#include "motion/spot.h"

#define BAND_HEIGHT 32
#define RELATIVE 0.01f
#define ABSOLUTE 0.5f

typedef struct check_job {
    seg_image *occluded, *confidence;
    const seg_field *u, *v, *back_u, *back_v;
    const uint8_t *left_out;
} check_job;

static float confidence_of(const check_job *job, int32_t x, int32_t y) {
    const float u = seg_field_row(job->u, y)[x], v = seg_field_row(job->v, y)[x];
    const float tx = (float)x + u, ty = (float)y + v;
    const float last_x = (float)(job->u->width - 1), last_y = (float)(job->u->height - 1);
    if (!(tx >= 0 && tx <= last_x && ty >= 0 && ty <= last_y)) return 0;
    const seg_spot to = seg_spot_at(job->u->width, job->u->height, tx, ty);
    const float back_u = seg_spot_value(job->back_u->data, job->back_u->stride, &to);
    const float back_v = seg_spot_value(job->back_v->data, job->back_v->stride, &to);
    const float du = u + back_u, dv = v + back_v;
    const float allowed = RELATIVE * (u * u + v * v + back_u * back_u + back_v * back_v) + ABSOLUTE;
    return 1 / (1 + (du * du + dv * dv) / allowed);
}

static seg_status check_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const check_job *job = argument;
    const int32_t width = job->u->width;
    for (int32_t y = first; y < end; y++) {
        uint8_t *occluded = job->occluded ? seg_image_row(job->occluded, y) : NULL;
        float *confidence = job->confidence ? seg_image_row(job->confidence, y) : NULL;
        const uint8_t *left_out = job->left_out ? job->left_out + (size_t)y * (size_t)width : NULL;
        for (int32_t x = 0; x < width; x++) {
            const bool out = left_out && left_out[x];
            const float value = out ? 0 : confidence_of(job, x, y);
            if (occluded) occluded[x] = !out && value < 0.5f ? 255 : 0;
            if (confidence) confidence[x] = value;
        }
    }
    return SEG_OK;
}

seg_status seg_flow_consistency(seg_image *occluded, seg_image *confidence, const seg_field *u,
                                const seg_field *v, const seg_field *back_u,
                                const seg_field *back_v, const uint8_t *left_out,
                                const seg_env *env) {
    check_job job = {occluded, confidence, u, v, back_u, back_v, left_out};
    return seg_run_bands(env, u->height, BAND_HEIGHT, check_band, &job);
}
