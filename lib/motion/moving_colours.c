/* Colours of frames, how they part neighbours, and how often each of them moves. */
#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "motion/moving_inner.h"

#define COLOUR_WEIGHT 0.4f
#define COLOUR_MOST 3.0f
#define COLOUR_MEMORY 0.5f /* of a histogram after a frame */
#define BOND_STEPS                                                                                 \
    20.0f /* squared steps of colour, in units of twice their mean, that are as many */

/* ---- frames ---- */

static int32_t level16(int32_t value, int32_t low, int32_t range) {
    const int32_t level = (value - low) * 16 / range;
    return level < 0 ? 0 : level > 15 ? 15 : level;
}

static float squared_step(const int16_t *const lab[3], int32_t planes, size_t a, size_t b) {
    float sum = 0;
    for (int32_t p = 0; p < planes; p++) {
        const float step = (float)(lab[p][a] - lab[p][b]);
        sum += step * step;
    }
    return sum;
}

typedef struct taking {
    const seg_moving_frame *frame;
    const int16_t *const *lab;
    int32_t planes;
    size_t stride;
    int32_t width, height;
    double *sums; /* of squared steps, by bands: whole numbers */
    float beta;
} taking;

/* Colours, and squared steps in place of bonds. */
static seg_status colours_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)worker;
    const taking *job = argument;
    const seg_moving_frame *frame = job->frame;
    const int16_t *const *lab = job->lab;
    const int32_t planes = job->planes;
    double sum = 0;
    for (int32_t y = first; y < end; y++) {
        for (int32_t x = 0; x < job->width; x++) {
            const size_t at = (size_t)y * job->stride + (size_t)x;
            const size_t i = (size_t)y * (size_t)job->width + (size_t)x;
            int32_t colour = level16(lab[0][at], 0, 3200);
            for (int32_t p = 1; p < 3; p++)
                colour = colour * 16 + (planes == 3 ? level16(lab[p][at], -4096, 8192) : 8);
            frame->colour[i] = (uint16_t)colour;
            frame->right[i] = x + 1 < job->width ? squared_step(lab, planes, at, at + 1) : 0;
            frame->below[i] =
                y + 1 < job->height ? squared_step(lab, planes, at, at + job->stride) : 0;
            sum += (double)frame->right[i] + (double)frame->below[i];
        }
    }
    job->sums[band] = sum;
    return SEG_OK;
}

/* From squared steps to bonds. */
static seg_status bonds_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const taking *job = argument;
    float *right = job->frame->right, *below = job->frame->below;
    const size_t from = (size_t)first * (size_t)job->width, to = (size_t)end * (size_t)job->width;
    for (size_t i = from; i < to; i++) {
        right[i] = seg_quick_exp(-seg_clamp_float(job->beta * right[i], BOND_STEPS));
        below[i] = seg_quick_exp(-seg_clamp_float(job->beta * below[i], BOND_STEPS));
    }
    return SEG_OK;
}

seg_status seg_moving_take_frame(const seg_moving_frame *frame, const int16_t *const lab[3],
                                 int32_t planes, size_t stride, int32_t width, int32_t height,
                                 seg_scratch *scratch, const seg_env *env) {
    const int32_t bands = seg_band_count(height, SEG_MOVING_BAND);
    taking job = {frame, lab, planes, stride, width, height, NULL, 0};
    job.sums = seg_scratch_take(scratch, (size_t)bands, sizeof *job.sums, "steps of colour");
    if (!job.sums) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, height, SEG_MOVING_BAND, colours_band, &job));
    double sum = 0;
    for (int32_t i = 0; i < bands; i++)
        sum += job.sums[i];
    /* beta = 1 / (2 mean squared step) */
    job.beta = (float)(sum > 0 ? (double)width * height / sum : 0);
    return seg_run_bands(env, height, SEG_MOVING_BAND, bonds_band, &job);
}

/* ---- colours ---- */

/* A share of each bin's weight counts for the six bins around it. */
static float smoothed(const float *bins, int32_t bin) {
    float sum = bins[bin];
    for (int shift = 0; shift < 12; shift += 4) {
        const int32_t place = bin >> shift & 15;
        if (place > 0) sum += 0.25f * bins[bin - (1 << shift)];
        if (place < 15) sum += 0.25f * bins[bin + (1 << shift)];
    }
    return sum;
}

/* Log-odds of each colour: how much more often it moves than it stands still. */
void seg_moving_find_colour_odds(seg_moving *moving, const float *moving_bins,
                                 const float *still_bins) {
    float sums[2] = {0};
    for (int32_t bin = 0; bin < SEG_MOVING_COLOURS; bin++) {
        sums[0] += smoothed(moving_bins, bin);
        sums[1] += smoothed(still_bins, bin);
    }
    for (int32_t bin = 0; bin < SEG_MOVING_COLOURS; bin++) {
        const float m = sums[0] > 0 ? smoothed(moving_bins, bin) / sums[0] : 0;
        const float s = sums[1] > 0 ? smoothed(still_bins, bin) / sums[1] : 0;
        const float odds = seg_quick_log((m + 1e-5f) / (s + 1e-5f));
        moving->colour_odds[bin] = COLOUR_WEIGHT * seg_clamp_float(odds, COLOUR_MOST);
    }
}

/* Histograms fade and take the frame at hand, by how far each pixel moves. */
void seg_moving_add_colours(float *moving_bins, float *still_bins, const seg_moving *moving,
                            const seg_moving_frame *frame) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    for (int32_t bin = 0; bin < SEG_MOVING_COLOURS; bin++) {
        moving_bins[bin] = COLOUR_MEMORY * moving->moving_colours[bin];
        still_bins[bin] = COLOUR_MEMORY * moving->still_colours[bin];
    }
    for (size_t i = 0; i < n; i++) {
        if (frame->left_out[i]) continue;
        const float share = 0.5f + 0.5f * moving->mean[i];
        moving_bins[frame->colour[i]] += share;
        still_bins[frame->colour[i]] += 1 - share;
    }
}
