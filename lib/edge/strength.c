/* What is the same for all methods that cut a strength at a level. */
#include "edge/strength.h"

#include "core/bands.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"

#define BINS 65536

typedef struct cut_job {
    const seg_image *mask; /* or NULL */
    const seg_image *strength, *blocked;
    float level;
    int64_t *above; /* of each band */
} cut_job;

static seg_status cut_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    (void)worker;
    const cut_job *job = argument;
    const int32_t width = job->strength->width;
    job->above[band] = 0;
    for (int32_t y = first; y < end; y++) {
        float *strength = seg_image_row(job->strength, y);
        if (!seg_image_empty(job->blocked)) {
            const uint8_t *none = seg_image_row(job->blocked, y);
            for (int32_t x = 0; x < width; x++)
                strength[x] = none[x] ? 0 : strength[x];
        }
        if (!job->mask) continue;
        uint8_t *mask = seg_image_row(job->mask, y);
        int32_t above = 0;
        for (int32_t x = 0; x < width; x++) {
            const bool is_above = strength[x] > job->level;
            mask[x] = is_above ? 255 : 0;
            above += is_above;
        }
        job->above[band] += above;
    }
    return SEG_OK;
}

/* The level of full scale 1. */
static seg_status find_level(double *level, const seg_image *strength, const seg_image *blocked,
                             const seg_level *wanted, bool zeros_vote, seg_scratch *scratch,
                             const seg_env *env) {
    uint64_t *bins = NULL;
    if (wanted->kind == SEG_LEVEL_PERCENTILE || wanted->kind == SEG_LEVEL_AUTO) {
        bins = seg_scratch_take(scratch, BINS, sizeof *bins, "a histogram of strengths");
        if (!bins) return SEG_ERROR_MEMORY;
        SEG_TRY(seg_histogram_with(bins, BINS, strength, blocked, scratch, env));
        if (!zeros_vote) bins[0] = 0;
    }
    return seg_level_resolve(level, wanted, SEG_AUTO_OTSU, bins, BINS, strength);
}

typedef struct found {
    double level; /* of full scale 1 */
    double share; /* of all pixels */
} found;

static seg_status run(seg_image *mask, const seg_image *strength, found *what,
                      const seg_image *picture, const seg_image *ignore, seg_still *still,
                      const seg_strength *method) {
    seg_scratch *scratch = &still->scratch;
    const seg_env *env = &still->env;
    seg_image blocked;
    const seg_level *wanted =
        (const seg_level *)(const void *)((const char *)still->options + method->level);
    SEG_TRY(seg_picture_blocked(&blocked, picture, ignore, scratch));
    SEG_TRY(method->measure(strength, picture, still->options, &still->images[0], scratch, env));
    SEG_TRY(find_level(&what->level, strength, &blocked, wanted, method->zeros_vote, scratch, env));
    const int32_t rows = seg_point_rows(strength), bands = seg_band_count(strength->height, rows);
    cut_job job = {mask, strength, &blocked, (float)what->level, NULL};
    job.above = seg_scratch_take(scratch, (size_t)bands, sizeof *job.above, "counts");
    if (!job.above) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, strength->height, rows, cut_band, &job));
    int64_t above = 0;
    for (int32_t i = 0; i < bands; i++)
        above += job.above[i];
    what->share = (double)above / ((double)strength->width * strength->height);
    if (mask) mask->colour = SEG_COLOUR_DATA;
    return SEG_OK;
}

seg_status seg_strength_picture(seg_image *mask, seg_image *strength, double *level,
                                const seg_image *picture, const seg_image *ignore,
                                const void *options, const seg_strength *method,
                                const seg_env *env) {
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    if (options) SEG_TRY(seg_params_check(options, method->params));
    if (mask) SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    if (strength)
        SEG_TRY(seg_image_ensure(strength, picture->width, picture->height, SEG_F32, 1, env));
    void *state;
    seg_image room = {0};
    found what = {0, 0};
    SEG_TRY(seg_still_create(&state, method->params, options, env));
    seg_status status = SEG_OK;
    if (!strength)
        status = seg_image_alloc(&room, picture->width, picture->height, SEG_F32, 1, env);
    seg_image *target = strength ? strength : &room;
    if (status >= 0) status = run(mask, target, &what, picture, ignore, state, method);
    target->colour = SEG_COLOUR_DATA;
    seg_image_unref(&room);
    seg_still_free(state);
    if (status >= 0 && level) *level = what.level * 255;
    return status;
}

seg_status seg_strength_frame(void *state, const seg_frame *frame, uint32_t wanted,
                              seg_result *result, const seg_strength *method, bool in_colour) {
    seg_still *still = seg_still_begin(state);
    const bool luma =
        seg_image_empty(&frame->image) || (!in_colour && !seg_image_empty(&frame->luma));
    const seg_image *picture = luma ? &frame->luma : &frame->image;
    const int32_t width = picture->width, height = picture->height;
    seg_image *strength = wanted & SEG_OUTPUT_SCORE ? &result->score : &still->images[1];
    found what = {0, 0};
    SEG_TRY(seg_image_reuse(&result->mask, width, height, SEG_U8, 1, &still->env));
    SEG_TRY(seg_image_reuse(strength, width, height, SEG_F32, 1, &still->env));
    strength->colour = SEG_COLOUR_DATA;
    SEG_TRY(run(&result->mask, strength, &what, picture, &frame->ignore, still, method));
    result->outputs |= SEG_OUTPUT_MASK | (wanted & SEG_OUTPUT_SCORE);
    if (wanted & SEG_OUTPUT_SCORE) result->score_full_scale = 1;
    seg_result_decide(result, "level", what.level * 255, "8-bit");
    seg_result_decide(result, "edge_share", what.share, "");
    return SEG_OK;
}
