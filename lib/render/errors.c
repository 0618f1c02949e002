/*
 * Pictures of errors: masks against their truth in three colours, flow against its truth in the
 * colours of KITTI's development kit, which change where the error doubles.
 */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/flow.h"
#include "imgproc/rows.h"
#include "imgproc/still_method.h"
#include <segment/render.h>

#include <math.h>
#include <string.h>

typedef struct comparison {
    const seg_image *prediction, *truth, *ignore; /* ignore may be NULL */
    seg_image *picture;
} comparison;

static const uint8_t unscored[3] = {SEG_AGREEMENT_IGNORED >> 16, SEG_AGREEMENT_IGNORED >> 8 & 255,
                                    SEG_AGREEMENT_IGNORED & 255};

static const uint8_t *ignore_row(const comparison *job, int32_t y) {
    return job->ignore ? seg_image_row(job->ignore, y) : NULL;
}

static seg_status check(comparison *job, uint32_t formats, uint32_t channels, const seg_env *env) {
    if (!job->picture) return seg_fail(SEG_ERROR_ARGUMENT, "picture is missing (NULL)");
    SEG_TRY(seg_check_image(job->truth, "truth", formats, channels));
    SEG_TRY(seg_check_image(job->prediction, "prediction", formats, channels));
    const int32_t width = job->truth->width, height = job->truth->height;
    if (job->prediction->width != width || job->prediction->height != height)
        return seg_fail(SEG_ERROR_SHAPE, "prediction is %ld x %ld, truth %ld x %ld",
                        (long)job->prediction->width, (long)job->prediction->height, (long)width,
                        (long)height);
    SEG_TRY(seg_check_mask(job->ignore, "ignore", width, height));
    if (seg_image_empty(job->ignore)) job->ignore = NULL;
    SEG_TRY(seg_image_reuse(job->picture, width, height, SEG_U8, 3, env));
    job->picture->colour = SEG_COLOUR_RGB;
    return SEG_OK;
}

/* ---- masks ---- */

static seg_status agreement_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band, (void)worker;
    const comparison *job = argument;
    static const uint32_t colours[2][2] = {{SEG_AGREEMENT_TN, SEG_AGREEMENT_FP},
                                           {SEG_AGREEMENT_FN, SEG_AGREEMENT_TP}};
    for (int32_t y = first; y < end; y++) {
        const uint8_t *found = seg_image_row(job->prediction, y),
                      *object = seg_image_row(job->truth, y), *ignored = ignore_row(job, y);
        uint8_t *rgb = seg_image_row(job->picture, y);
        for (int32_t x = 0; x < job->truth->width; x++, rgb += 3) {
            const uint32_t colour = ignored && ignored[x] ? SEG_AGREEMENT_IGNORED
                                                          : colours[object[x] != 0][found[x] != 0];
            rgb[0] = (uint8_t)(colour >> 16);
            rgb[1] = (uint8_t)(colour >> 8);
            rgb[2] = (uint8_t)colour;
        }
    }
    return SEG_OK;
}

seg_status seg_render_agreement(seg_image *picture, const seg_image *prediction,
                                const seg_image *truth, const seg_image *ignore,
                                const seg_env *env) {
    comparison job = {prediction, truth, ignore, picture};
    SEG_TRY(check(&job, SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1, env));
    return seg_run_bands(env, truth->height, seg_point_rows(truth), agreement_band, &job);
}

/* ---- flow ---- */

/* Errors from 1/16 of what is allowed to 16 times that. */
#define STEPS 10

static const uint8_t kitti[STEPS][3] = {
    {49, 54, 149},   {69, 117, 180}, {116, 173, 209}, {171, 217, 233}, {224, 243, 248},
    {254, 224, 144}, {253, 174, 97}, {244, 109, 67},  {215, 48, 39},   {165, 0, 38},
};

static const uint8_t *flow_colour(const float *given, const float *wanted) {
    static const uint8_t unknown[3] = {0, 0, 0};
    if (!seg_flow_known(wanted)) return unknown;
    if (!seg_flow_known(given)) return kitti[STEPS - 1];
    const double du = (double)given[0] - wanted[0], dv = (double)given[1] - wanted[1];
    const double u = wanted[0], v = wanted[1];
    const double error = seg_flow_outlier(sqrt(du * du + dv * dv), sqrt(u * u + v * v));
    int step = 0;
    for (double limit = 0.0625; step < STEPS - 1 && error >= limit; limit *= 2)
        step++;
    return kitti[step];
}

static seg_status flow_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const comparison *job = argument;
    for (int32_t y = first; y < end; y++) {
        const float *given = seg_image_row(job->prediction, y),
                    *wanted = seg_image_row(job->truth, y);
        const uint8_t *ignored = ignore_row(job, y);
        uint8_t *rgb = seg_image_row(job->picture, y);
        for (size_t x = 0; x < (size_t)job->truth->width; x++, rgb += 3)
            memcpy(rgb,
                   ignored && ignored[x] ? unscored : flow_colour(given + 2 * x, wanted + 2 * x),
                   3);
    }
    return SEG_OK;
}

seg_status seg_render_flow_error(seg_image *picture, const seg_image *flow, const seg_image *truth,
                                 const seg_image *ignore, const seg_env *env) {
    comparison job = {flow, truth, ignore, picture};
    SEG_TRY(check(&job, SEG_FORMAT_BIT(SEG_F32), 1u << 2, env));
    return seg_run_bands(env, truth->height, seg_point_rows(truth), flow_band, &job);
}
