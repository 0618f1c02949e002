/*
 * What the flow of a frame to its neighbours in time says of each pixel: log-odds of moving.
 *
 *   E(x) = s ln(1 + (r / k d)^2) - c    residual r of the flow against the dominant motion, d its
 *                                       robust deviation; c: 0 at `threshold` deviations, s = 1
 *
 * Flow fills plain areas from their surroundings, and so says of a road that it moves as the car on
 * it. What moves leaves a change where it was and brings one to where it comes: s = g / (g + noise)
 * is by how much better, in squares, the flow explains either place than the dominant motion does,
 * the lesser of the two, as a mean over a square of 2 REACH + 1 pixels. What an object is about to
 * cover changes too, but nothing changes where its flow would have it go. The rest of the evidence,
 * 1 - s, counts against motion.
 *
 * Neighbours on both sides: their halos lie on either side of an object, so that a pixel of which
 * both say that it moves is as sure as the less sure of them. That a pixel stands still is one
 * fact, by however many it is told: objects that pause are to outlast it by what is known of them.
 */
#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "geometry/motion_fit.h"
#include "imgproc/sort.h"
#include "motion/moving_inner.h"

#define CALM 2.0f /* k */
#define EVIDENCE_MOST 4.0f
#define REACH 2
#define LEAST_NOISE 1.0f /* squared 8-bit levels */
#define DOUBT 1.0f       /* evidence against motion where nothing speaks for it */
#define UNSHOWN (-0.5f)  /* evidence where the neighbour does not show a pixel */

/* What the flow to one neighbour says. */
typedef struct witness {
    const seg_moving_flow *flow;
    seg_dominant found;
    float per_unit; /* 1 / (k d)^2, of squared residuals */
    float noise;
    float *evidence; /* as if all of it were sure */
    float *sure;     /* 0 .. 1 */
} witness;

typedef struct weighing {
    seg_moving *moving;
    const seg_moving_frame *frame;
    const float *prior;
    int32_t model;
    float price; /* evidence that no motion has */
    witness witnesses[SEG_MOVING_WITNESSES];
    int32_t count;
    const witness *at_hand;
    float *gains[2], *sums[2]; /* where a pixel is and where it goes */
} weighing;

/* ---- the dominant motion ---- */

/* The motion of what by the log-odds `prior` does not move. Pixels that the neighbour does not show
 * count: in water and leaves they are many, and without them the deviation would be that of the
 * calm parts only. */
static void find_dominant(const weighing *job, witness *w, const seg_moving_fit *room) {
    const seg_moving *moving = job->moving;
    const seg_moving_flow *flow = w->flow;
    int32_t count = 0;
    for (int32_t y = SEG_MOVING_STEP / 2; y < moving->height; y += SEG_MOVING_STEP) {
        const ptrdiff_t row = (ptrdiff_t)y * flow->stride;
        for (int32_t x = SEG_MOVING_STEP / 2; x < moving->width; x += SEG_MOVING_STEP) {
            const size_t i = (size_t)y * (size_t)moving->width + (size_t)x;
            const float odds = job->prior ? seg_quick_exp(job->prior[i]) : 0;
            room->samples[count++] = (seg_motion_sample){
                .x = (float)x,
                .y = (float)y,
                .u = flow->to.u[row + x],
                .v = flow->to.v[row + x],
                .weight = job->frame->left_out[i] ? 0 : 1 / (1 + odds),
            };
        }
    }
    if (count == 0) return; /* fewer pixels than a step */
    seg_dominant_find(room->memory, &w->found, job->model, room->samples, count, moving->width,
                      moving->height);
}

/* Difference between a pixel and where its flow leads, 8-bit levels. */
static float own_difference(const weighing *job, const seg_moving_flow *flow, int32_t x, int32_t y,
                            seg_spot *to) {
    const ptrdiff_t at = (ptrdiff_t)y * flow->stride + x;
    *to = seg_spot_at(job->moving->width, job->moving->height, (float)x + flow->to.u[at],
                      (float)y + flow->to.v[at]);
    return flow->first[at] - seg_spot_value(flow->second, flow->stride, to);
}

/* Variance of a picture's noise: half of that of what flow leaves between two, whose median square
 * is 0.455 of it where it is Gaussian. */
static float find_noise(const weighing *job, const seg_moving_flow *flow, float *values) {
    int32_t count = 0;
    seg_spot to;
    for (int32_t y = SEG_MOVING_STEP / 2; y < job->moving->height; y += SEG_MOVING_STEP)
        for (int32_t x = SEG_MOVING_STEP / 2; x < job->moving->width; x += SEG_MOVING_STEP) {
            if (job->frame->left_out[(size_t)y * (size_t)job->moving->width + (size_t)x]) continue;
            const float difference = own_difference(job, flow, x, y, &to);
            values[count++] = difference * difference;
        }
    if (count == 0) return LEAST_NOISE;
    const float noise = seg_select_rank(values, count, count / 2) / (2 * 0.455f);
    return noise > LEAST_NOISE ? noise : LEAST_NOISE;
}

static seg_status dominant_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band, (void)worker;
    weighing *job = argument;
    for (int32_t i = first; i < end; i++) {
        witness *w = &job->witnesses[i];
        const seg_moving_fit *room = &job->moving->fits[i];
        w->found = (seg_dominant){.model = SEG_MOTION_TRANSLATION};
        find_dominant(job, w, room);
        const double unit = (double)CALM * seg_larger(w->found.deviation, SEG_LEAST_DEVIATION);
        w->per_unit = (float)(1 / (unit * unit));
        w->noise = find_noise(job, w->flow, (float *)room->memory);
    }
    return SEG_OK;
}

/* ---- what deviates ---- */

static void find_residuals(const weighing *job, int32_t y) {
    const witness *w = job->at_hand;
    const seg_moving_flow *flow = w->flow;
    const int32_t width = job->moving->width, height = job->moving->height;
    const size_t row = (size_t)y * (size_t)width;
    const float *u = flow->to.u + (ptrdiff_t)y * flow->stride;
    const float *v = flow->to.v + (ptrdiff_t)y * flow->stride;
    float *evidence = w->evidence + row;
    const seg_motion_row dominant = seg_motion_along(&w->found.motion, y);
    seg_spot to;
    for (int32_t x = 0; x < width; x++) {
        if (job->frame->left_out[row + (size_t)x]) {
            evidence[x] = -EVIDENCE_MOST;
            continue;
        }
        if (!seg_moving_shown(&to, &flow->to, flow->stride, width, height, x, y)) {
            evidence[x] = UNSHOWN;
            continue;
        }
        const float du = u[x] - seg_motion_in_row(dominant.u, x);
        const float dv = v[x] - seg_motion_in_row(dominant.v, x);
        const float odds = seg_quick_log(1 + (du * du + dv * dv) * w->per_unit);
        evidence[x] = seg_clamp_float(odds - job->price, EVIDENCE_MOST);
    }
}

/* ---- what flow explains ---- */

/* By how much worse, in squares, the dominant motion explains the neighbour where a pixel is, and
 * where its flow leads. */
static void find_gains(const weighing *job, int32_t y) {
    const witness *w = job->at_hand;
    const seg_moving_flow *flow = w->flow;
    const int32_t width = job->moving->width, height = job->moving->height;
    const ptrdiff_t row = (ptrdiff_t)y * flow->stride;
    const seg_motion_row dominant = seg_motion_along(&w->found.motion, y);
    float *left = job->gains[0] + (size_t)y * (size_t)width;
    float *reached = job->gains[1] + (size_t)y * (size_t)width;
    const uint8_t *left_out = job->frame->left_out + (size_t)y * (size_t)width;
    for (int32_t x = 0; x < width; x++) {
        if (left_out[x]) { /* says nothing of what is beside it */
            left[x] = reached[x] = 0;
            continue;
        }
        seg_spot to;
        const float own = own_difference(job, flow, x, y, &to);
        const seg_spot calm =
            seg_spot_at(width, height, (float)x + seg_motion_in_row(dominant.u, x),
                        (float)y + seg_motion_in_row(dominant.v, x));
        const float here = flow->first[row + x] - seg_spot_value(flow->second, flow->stride, &calm);
        const double to_x = (double)((float)x + flow->to.u[row + x]);
        const double to_y = (double)((float)y + flow->to.v[row + x]);
        double of[2];
        seg_motion_at(of, &w->found.motion, to_x, to_y);
        const seg_spot from =
            seg_spot_at(width, height, (float)(to_x - of[0]), (float)(to_y - of[1]));
        const float there = seg_spot_value(flow->second, flow->stride, &to) -
                            seg_spot_value(flow->first, flow->stride, &from);
        left[x] = here * here - own * own;
        reached[x] = there * there - own * own;
    }
}

/* Means of a row over 2 REACH + 1 pixels, cut at the border. */
static void mean_across(float *out, const float *row, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const int32_t left = x > REACH ? x - REACH : 0;
        const int32_t right = x + REACH < width ? x + REACH : width - 1;
        float sum = 0;
        for (int32_t i = left; i <= right; i++)
            sum += row[i];
        out[x] = sum / (float)(right - left + 1);
    }
}

static seg_status look_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const weighing *job = argument;
    const int32_t width = job->moving->width;
    for (int32_t y = first; y < end; y++) {
        const size_t row = (size_t)y * (size_t)width;
        find_residuals(job, y);
        find_gains(job, y);
        for (int i = 0; i < 2; i++)
            mean_across(job->sums[i] + row, job->gains[i] + row, width);
    }
    return SEG_OK;
}

static seg_status sure_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const weighing *job = argument;
    const size_t width = (size_t)job->moving->width;
    const int32_t height = job->moving->height;
    for (int32_t y = first; y < end; y++) {
        const int32_t top = y > REACH ? y - REACH : 0;
        const int32_t bottom = y + REACH < height ? y + REACH : height - 1;
        float *sure = job->at_hand->sure + (size_t)y * width;
        for (size_t x = 0; x < width; x++) {
            float left = 0, reached = 0;
            for (int32_t i = top; i <= bottom; i++) {
                left += job->sums[0][(size_t)i * width + x];
                reached += job->sums[1][(size_t)i * width + x];
            }
            const float gain = (left < reached ? left : reached) / (float)(bottom - top + 1);
            sure[x] = gain > 0 ? gain / (gain + job->at_hand->noise) : 0;
        }
    }
    return SEG_OK;
}

/* ---- both neighbours ---- */

static float doubted(float evidence, float sure) {
    return evidence > 0 ? sure * evidence - (1 - sure) * DOUBT : evidence;
}

static seg_status sum_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    (void)band, (void)worker;
    const weighing *job = argument;
    const witness *a = &job->witnesses[0], *b = &job->witnesses[1];
    const size_t width = (size_t)job->moving->width;
    float *out = job->moving->evidence;
    for (size_t i = (size_t)first * width; i < (size_t)end * width; i++) {
        if (job->count == 1) {
            out[i] = doubted(a->evidence[i], a->sure[i]);
            continue;
        }
        const bool both = a->evidence[i] > 0 && b->evidence[i] > 0;
        const float less = a->sure[i] < b->sure[i] ? a->sure[i] : b->sure[i];
        const float sum = doubted(a->evidence[i], both ? less : a->sure[i]) +
                          doubted(b->evidence[i], both ? less : b->sure[i]);
        const float most = seg_clamp_float(sum, EVIDENCE_MOST);
        out[i] = most < -job->price ? -job->price : most;
    }
    return SEG_OK;
}

/* ln(1 + (r / k d)^2) at so many deviations. */
static float surprise(double deviations) {
    const double ratio = deviations / (double)CALM;
    return (float)seg_log_e(1 + ratio * ratio);
}

seg_status seg_moving_weigh(seg_moving *moving, seg_dominant *found, const seg_moving_frame *frame,
                            const seg_moving_flow *flow, const seg_moving_flow *also,
                            const float *prior, const seg_moving_rules *rules, seg_scratch *scratch,
                            const seg_env *env) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    weighing job = {.moving = moving,
                    .frame = frame,
                    .prior = prior,
                    .model = rules->model,
                    .price = surprise(rules->threshold),
                    .witnesses = {{.flow = flow}, {.flow = also}},
                    .count = also ? 2 : 1};
    float *planes = seg_scratch_take(scratch, n, 7 * sizeof *planes, "evidence");
    if (!planes) return SEG_ERROR_MEMORY;
    job.gains[0] = moving->mean; /* not needed before neighbours come */
    job.gains[1] = planes;
    for (int i = 0; i < 2; i++) {
        job.sums[i] = planes + (size_t)(1 + i) * n;
        job.witnesses[i].sure = planes + (size_t)(3 + i) * n;
        job.witnesses[i].evidence = planes + (size_t)(5 + i) * n;
    }
    SEG_TRY(seg_run_bands(env, job.count, 1, dominant_band, &job));
    for (int i = 0; i < job.count; i++) {
        job.at_hand = &job.witnesses[i];
        SEG_TRY(seg_run_bands(env, moving->height, SEG_MOVING_BAND, look_band, &job));
        SEG_TRY(seg_run_bands(env, moving->height, SEG_MOVING_BAND, sure_band, &job));
    }
    *found = job.witnesses[0].found;
    return seg_run_bands(env, moving->height, SEG_MOVING_BAND, sum_band, &job);
}
