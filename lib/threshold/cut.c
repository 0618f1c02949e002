/* Cuts a grey picture between two values; masks, scores and decisions of threshold methods. */
#include "threshold/cut.h"

#include "core/bands.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "kernels/pixel.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

typedef struct cut_ends {
    double low, high;  /* of what is compared, low <= high unless nothing is between them */
    double level, max; /* as they are reported, in the samples' unit */
    bool limited;      /* max is below full scale */
    bool invert;
} cut_ends;

/** Pixels of a mask. */
typedef struct cut_share {
    int64_t foreground, voting;
} cut_share;

typedef struct cut_job {
    const seg_image *mask, *grey, *ignore;
    const seg_pixel_kernels *kernels;
    uint32_t low, high;          /* integers: low <= value <= high is inside */
    float float_low, float_high; /* f32: float_low < value <= float_high is inside */
    bool none;                   /* nothing is inside */
    bool counted;
    uint8_t inside;
    atomic_int_fast64_t foreground, ignored;
} cut_job;

static bool needs_histogram(const seg_level *level) {
    return level->kind == SEG_LEVEL_PERCENTILE || level->kind == SEG_LEVEL_AUTO;
}

/* Brings a histogram to 256 bins in place: values are rounded as to 8 bits. */
static void coarsen(uint64_t *bins, int32_t size) {
    const uint64_t last = (uint64_t)size - 1;
    uint64_t coarse[256] = {0};
    for (uint64_t i = 0; i <= last; i++)
        coarse[(i * 510 + last) / (2 * last)] += bins[i];
    memcpy(bins, coarse, sizeof coarse);
}

/* A level by a rule: as it is reported, and where its bin ends. A histogram of one value or none
 * has no two classes: its level is that value, nothing lies above. */
static void find_by_rule(double *native_level, double *edge, const seg_level_rule *rule,
                         uint64_t *bins, int32_t size, const seg_image *grey) {
    const double full = seg_image_full_scale(grey);
    const bool coarse = rule->coarse && size > 256;
    if (coarse) {
        coarsen(bins, size);
        size = 256;
    }
    int32_t first = 0, last = size - 1;
    while (first < size - 1 && !bins[first])
        first++;
    while (last > first && !bins[last])
        last--;
    const double bin = first < last ? rule->choose(bins, size) : first;
    const bool rounded = coarse || grey->format == SEG_F32; /* bins hold values up to an edge */
    *native_level = bin * full / (size - 1);
    *edge = rounded ? (floor(bin) + 0.5) * full / (size - 1) : *native_level;
}

/* The end of a cut. The bins of f32 are values rounded to 16 bits, so a level that came from them
 * is meant up to the upper edge of its bin. */
static double edge_of(double native, const seg_level *level, const seg_image *grey) {
    const bool binned = grey->format == SEG_F32 && needs_histogram(level);
    return binned ? native + 0.5 / 65535.0 : native;
}

/* Levels of a range are taken in either order; where there is no limit there is nothing to turn. */
static void order_ends(cut_ends *ends) {
    if (!ends->limited || ends->low <= ends->high) return;
    const double low = ends->high;
    ends->high = ends->low;
    ends->low = low;
}

static seg_status find_ends(cut_ends *ends, const seg_image *grey, const seg_image *ignore,
                            const seg_cut *cut, seg_scratch *scratch, const seg_env *env) {
    uint64_t *bins = NULL;
    int32_t size = 0;
    if (cut->rule || needs_histogram(&cut->low) || needs_histogram(&cut->high)) {
        size = seg_histogram_size(grey);
        bins = seg_scratch_take(scratch, (size_t)size, sizeof *bins, "a histogram");
        if (!bins) return SEG_ERROR_MEMORY;
        SEG_TRY(seg_histogram_with(bins, size, grey, ignore, scratch, env));
    }
    SEG_TRY(seg_level_resolve(&ends->max, &cut->high, SEG_AUTO_OTSU, bins, size, grey));
    ends->high = edge_of(ends->max, &cut->high, grey);
    ends->limited = ends->max < seg_image_full_scale(grey);
    ends->invert = cut->invert;
    if (cut->rule) {
        find_by_rule(&ends->level, &ends->low, cut->rule, bins, size, grey);
        return SEG_OK;
    }
    SEG_TRY(seg_level_resolve(&ends->level, &cut->low, SEG_AUTO_OTSU, bins, size, grey));
    ends->low = edge_of(ends->level, &cut->low, grey);
    order_ends(ends);
    return SEG_OK;
}

static void set_ends(cut_job *job, const cut_ends *ends) {
    const double full = seg_image_full_scale(job->grey);
    const bool open = ends->high >= full;
    if (job->grey->format == SEG_F32) {
        job->float_low = ends->low >= full ? FLT_MAX : (float)ends->low;
        job->float_high = open ? FLT_MAX : (float)ends->high;
        return;
    }
    const double largest = job->grey->format == SEG_U8 ? 255 : 65535;
    const double low = floor(ends->low) + 1, high = open ? largest : floor(ends->high);
    job->none = !(low <= high && low <= largest && high >= 0);
    if (job->none) return;
    job->low = low < 0 ? 0 : (uint32_t)low;
    job->high = (uint32_t)high;
}

static void cut_row(const cut_job *job, uint8_t *mask, const void *grey, size_t width) {
    if (job->none)
        memset(mask, 255 - job->inside, width);
    else if (job->grey->format == SEG_U8)
        job->kernels->range_u8(mask, grey, width, (uint8_t)job->low, (uint8_t)job->high,
                               job->inside);
    else if (job->grey->format == SEG_U16)
        job->kernels->range_u16(mask, grey, width, (uint16_t)job->low, (uint16_t)job->high,
                                job->inside);
    else
        job->kernels->range_f32(mask, grey, width, job->float_low, job->float_high, job->inside);
}

static seg_status cut_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    (void)band, (void)worker;
    cut_job *job = argument;
    const size_t width = (size_t)job->grey->width;
    size_t foreground = 0, ignored = 0;
    for (int32_t y = first; y < end; y++) {
        uint8_t *mask = seg_image_row(job->mask, y);
        cut_row(job, mask, seg_image_row(job->grey, y), width);
        if (job->ignore) {
            const uint8_t *ignore = seg_image_row(job->ignore, y);
            job->kernels->clear_ignored(mask, ignore, width);
            for (size_t x = 0; job->counted && x < width; x++)
                ignored += ignore[x] != 0;
        }
        if (job->counted) foreground += job->kernels->count_set(mask, width);
    }
    atomic_fetch_add_explicit(&job->foreground, (int64_t)foreground, memory_order_relaxed);
    atomic_fetch_add_explicit(&job->ignored, (int64_t)ignored, memory_order_relaxed);
    return SEG_OK;
}

/* Writes the mask (ensured before). Pixels that are ignored or not finite give 0. `share` may be
 * NULL. */
static seg_status write_mask(seg_image *mask, cut_share *share, const seg_image *grey,
                             const seg_image *ignore, const cut_ends *ends, const seg_env *env) {
    SEG_TRY(seg_check_apart(mask, "mask", grey, "picture"));
    cut_job job = {.mask = mask, .grey = grey, .kernels = seg_pixel_kernels_get()};
    job.ignore = seg_image_empty(ignore) ? NULL : ignore;
    job.inside = ends->invert ? 0 : 255;
    job.counted = share != NULL;
    atomic_init(&job.foreground, 0);
    atomic_init(&job.ignored, 0);
    set_ends(&job, ends);
    mask->colour = SEG_COLOUR_DATA;
    SEG_TRY(seg_run_bands(env, grey->height, seg_point_rows(grey), cut_band, &job));
    if (share) {
        share->foreground = atomic_load(&job.foreground);
        share->voting = (int64_t)grey->width * grey->height - atomic_load(&job.ignored);
    }
    return SEG_OK;
}

typedef struct score_job {
    const seg_image *score, *grey, *ignore;
    bool invert;
} score_job;

static void score_row(const score_job *job, void *score, const void *grey, const uint8_t *ignore) {
    const size_t width = (size_t)job->grey->width;
    const uint32_t full = (uint32_t)seg_image_full_scale(job->grey);
    for (size_t x = 0; x < width; x++) {
        const bool counts = !ignore || !ignore[x];
        if (job->grey->format == SEG_F32) {
            const float value = ((const float *)grey)[x];
            const float inside = value > 1 ? 1 : value > 0 ? value : 0;
            const bool finite = fabsf(value) <= FLT_MAX;
            ((float *)score)[x] = !counts || !finite ? 0 : job->invert ? 1 - inside : inside;
        } else if (job->grey->format == SEG_U16) {
            const uint32_t value = ((const uint16_t *)grey)[x];
            const uint32_t inside = value < full ? value : full;
            ((uint16_t *)score)[x] = (uint16_t)(!counts ? 0 : job->invert ? full - inside : inside);
        } else {
            const uint8_t value = ((const uint8_t *)grey)[x];
            ((uint8_t *)score)[x] = (uint8_t)(!counts ? 0 : job->invert ? 255 - value : value);
        }
    }
}

static seg_status score_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const score_job *job = argument;
    for (int32_t y = first; y < end; y++)
        score_row(job, seg_image_row(job->score, y), seg_image_row(job->grey, y),
                  job->ignore ? seg_image_row(job->ignore, y) : NULL);
    return SEG_OK;
}

seg_status seg_cut_score(seg_result *result, const seg_image *grey, const seg_image *ignore,
                         bool invert, const seg_env *env) {
    SEG_TRY(seg_image_reuse(&result->score, grey->width, grey->height, (seg_format)grey->format, 1,
                            env));
    SEG_TRY(seg_check_apart(&result->score, "the score", grey, "the picture"));
    result->score.bits = grey->bits;
    result->score.colour = SEG_COLOUR_DATA;
    result->score_full_scale = seg_image_full_scale(grey);
    result->outputs |= SEG_OUTPUT_SCORE;
    score_job job = {&result->score, grey, seg_image_empty(ignore) ? NULL : ignore, invert};
    return seg_run_bands(env, grey->height, seg_point_rows(grey), score_band, &job);
}

seg_status seg_cut_frame(seg_still *still, const seg_frame *frame, uint32_t wanted,
                         seg_result *result, const seg_cut *cut) {
    const seg_env *env = &still->env;
    const seg_image *ignore = &frame->ignore;
    seg_image grey = {0};
    cut_ends ends;
    cut_share share;
    SEG_TRY(seg_input_grey(&grey, &still->images[0], frame, env));
    SEG_TRY(find_ends(&ends, &grey, ignore, cut, &still->scratch, env));
    /* The mask is cheap and its share is a decision: it is always made. */
    SEG_TRY(seg_image_reuse(&result->mask, grey.width, grey.height, SEG_U8, 1, env));
    SEG_TRY(write_mask(&result->mask, &share, &grey, ignore, &ends, env));
    result->outputs |= SEG_OUTPUT_MASK;
    if (wanted & SEG_OUTPUT_SCORE) SEG_TRY(seg_cut_score(result, &grey, ignore, cut->invert, env));
    seg_result_decide(result, "level", seg_level_8bit(ends.level, &grey), "8-bit");
    seg_result_decide(result, "level_raw", ends.level, "raw");
    if (ends.limited) {
        seg_result_decide(result, "max", seg_level_8bit(ends.max, &grey), "8-bit");
        seg_result_decide(result, "max_raw", ends.max, "raw");
    }
    seg_result_decide(result, "foreground",
                      share.voting ? (double)share.foreground / (double)share.voting : 0, "share");
    return SEG_OK;
}

seg_status seg_cut_mask(seg_image *mask, double *native_level, const seg_image *grey,
                        const seg_image *ignore, const seg_cut *cut, seg_scratch *scratch,
                        const seg_env *env) {
    cut_ends ends;
    SEG_TRY(find_ends(&ends, grey, ignore, cut, scratch, env));
    SEG_TRY(write_mask(mask, NULL, grey, ignore, &ends, env));
    if (native_level) *native_level = ends.level;
    return SEG_OK;
}

static seg_status cut_picture(seg_image *mask, double *native_level, const seg_image *picture,
                              const seg_image *ignore, const seg_cut *cut, seg_image *working,
                              seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0};
    SEG_TRY(seg_picture_grey(&grey, working, picture, env));
    return seg_cut_mask(mask, native_level, &grey, ignore, cut, scratch, env);
}

seg_status seg_cut_picture(seg_image *mask, double *native_level, const seg_image *picture,
                           const seg_image *ignore, const seg_cut *cut, const seg_env *env) {
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    seg_image working = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        cut_picture(mask, native_level, picture, ignore, cut, &working, &scratch, env);
    seg_scratch_free(&scratch);
    seg_image_unref(&working);
    return status;
}
