/* Masks of SuBSENSE: cleaning, gaps, and what of them is fed back. */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/fill_holes.h"
#include "imgproc/samples.h"
#include "temporal/gaps.h"
#include "temporal/subsense.h"

#include <string.h>

#define CLOSED 3
#define ERODED 7
#define DILATED 7

typedef struct cleaning {
    const seg_image *mask, *core, *full;
} cleaning;

static void unite_row(uint8_t *restrict out, const uint8_t *restrict core,
                      const uint8_t *restrict full, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] |= core[x] | full[x];
}

/* What filling added to the closed mask, and its cores. */
static seg_status unite_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const cleaning *job = argument;
    for (int32_t y = first; y < end; y++)
        unite_row(seg_image_row(job->mask, y), seg_image_row(job->core, y),
                  seg_image_row(job->full, y), job->mask->width);
    return SEG_OK;
}

seg_status seg_subsense_clean(const seg_subsense *s, const seg_image *mask) {
    seg_scratch *scratch = &s->base.base.still->scratch;
    seg_image closed = {0}, filled = {0};
    SEG_TRY(seg_scratch_image(&closed, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&filled, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_morphology_mask_with(&closed, mask, SEG_MORPH_CLOSE, SEG_ELEMENT_SQUARE, CLOSED,
                                     scratch));
    SEG_TRY(seg_fill_holes_with(&filled, &closed, 0, scratch));
    SEG_TRY(seg_morphology_mask_with(&closed, &closed, SEG_MORPH_ERODE, SEG_ELEMENT_SQUARE, ERODED,
                                     scratch));
    cleaning job = {mask, &closed, &filled};
    return seg_run_light_bands(&scratch->env, mask->width, mask->height, SEG_SUBTRACTOR_BAND,
                               unite_band, &job);
}

/* ---- gaps ---- */

typedef struct gaps_job {
    const seg_subsense *s;
    const uint8_t *gaps;
    const seg_image *mask;
} gaps_job;

static seg_status gaps_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const gaps_job *job = argument;
    const seg_consensus *c = &job->s->frame;
    const seg_subsense_options *o = seg_subsense_options_of(job->s);
    const size_t width = (size_t)job->mask->width, pitch = seg_subsense_pitch(c->model);
    for (int32_t y = first; y < end; y++) {
        const uint8_t *gap = job->gaps + (size_t)y * pitch,
                      *unseen = seg_consensus_unseen_row(c, y);
        if (!memchr(gap, 255, width)) continue;
        seg_consensus_row row = seg_subsense_row(job->s, o->weak, y, worker);
        row.wanted = gap;
        c->kernels->agree_textured(&row);
        uint8_t *mask = seg_image_row(job->mask, y);
        for (size_t x = 0; x < width; x++)
            if (gap[x] && row.agreeing[x] < o->needed && !unseen[x]) mask[x] = 255;
    }
    return SEG_OK;
}

/* Weak differences in gaps of objects become foreground, and holes that are left, as in step 5. */
static seg_status fill_gaps(const seg_subsense *s, seg_image *mask) {
    seg_still *still = s->base.base.still;
    const size_t height = (size_t)mask->height, pitch = seg_subsense_pitch(&s->base);
    if (seg_subsense_options_of(s)->weak >= 1) return SEG_OK;
    uint8_t *gaps = seg_scratch_take(&still->scratch, height, pitch, "gaps of the mask");
    if (!gaps) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_gaps_find(gaps, pitch, mask, &still->scratch));
    gaps_job job = {s, gaps, mask};
    SEG_TRY(seg_run_bands(&still->env, mask->height, SEG_SUBTRACTOR_BAND, gaps_band, &job));
    return seg_fill_holes_with(mask, mask, 0, &still->scratch);
}

/* ---- feedback ---- */

static void mean_of(float *restrict mean, const uint8_t *restrict mask, float weight,
                    int32_t width) {
    for (int32_t x = 0; x < width; x++)
        mean[x] += ((mask[x] ? 1.0f : 0.0f) - mean[x]) * weight;
}

/* Pixels that change now or have changed just before, far from objects. */
static void blinks_of(uint8_t *restrict blinks, uint8_t *restrict blink, uint8_t *restrict last_raw,
                      const uint8_t *restrict raw, const uint8_t *restrict near_mask,
                      int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const uint8_t changed = raw[x] ^ last_raw[x];
        blinks[x] = (uint8_t)((changed | blink[x]) & ~near_mask[x]);
        blink[x] = changed;
        last_raw[x] = raw[x];
    }
}

typedef struct remembering {
    const seg_subsense *s;
    const seg_image *mask, *wide;
    float slow, quick;
} remembering;

static seg_status remember_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band, (void)worker;
    const remembering *job = argument;
    const seg_subtractor *model = &job->s->base;
    const seg_consensus *c = &job->s->frame;
    const int32_t width = job->mask->width;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *now = seg_image_row(job->mask, y);
        blinks_of(seg_subsense_bytes(model, BLINKS, y), seg_subsense_bytes(model, LAST_BLINK, y),
                  seg_subsense_bytes(model, LAST_RAW, y), seg_consensus_row_of(c, c->raw, y),
                  seg_image_row(job->wide, y), width);
        memcpy(seg_subsense_bytes(model, LAST_MASK, y), now, (size_t)width);
        mean_of(seg_subsense_floats(model, FINAL_SLOW, y), now, job->slow, width);
        mean_of(seg_subsense_floats(model, FINAL_QUICK, y), now, job->quick, width);
    }
    return SEG_OK;
}

/* What the next frame needs of the masks. */
static seg_status remember(const seg_subsense *s, const seg_image *mask) {
    seg_scratch *scratch = &s->base.base.still->scratch;
    const int64_t n = s->base.base.clock.frames + 1;
    seg_image wide = {0};
    SEG_TRY(seg_scratch_image(&wide, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_morphology_mask_with(&wide, mask, SEG_MORPH_DILATE, SEG_ELEMENT_SQUARE, DILATED,
                                     scratch));
    remembering job = {s, mask, &wide, seg_subsense_weight(n, SEG_SUBSENSE_SLOW),
                       seg_subsense_weight(n, SEG_SUBSENSE_QUICK)};
    return seg_run_bands(&scratch->env, mask->height, SEG_SUBTRACTOR_BAND, remember_band, &job);
}

seg_status seg_subsense_finish(seg_subtractor *model, seg_result *result) {
    const seg_subsense *s = (const seg_subsense *)model;
    SEG_TRY(fill_gaps(s, &result->mask));
    return model->weight > 0 ? remember(s, &result->mask) : SEG_OK;
}
