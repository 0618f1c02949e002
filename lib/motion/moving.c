/*
 * The belief that a pixel moves, as log-odds on a small grid.
 *
 *   E(x) = ln(1 + (r / k s)^2) - c      residual r of the flow against the dominant motion, s its
 *                                       robust deviation; 0 at `threshold` deviations
 *   L(x) = E(x) + rho L'(x + b(x)) + w C(colour of x)
 *
 * L' is the belief of the frame before, fetched along the flow b from where that frame shows the
 * pixel. E comes from the flow to both neighbours in time, as their halos lie on either side of an
 * object, and is at least -c; where the next frame is not known yet, what the flow to it says is
 * added to L' a frame later, else halos would stay as trails. C the log-odds of colours, from
 * histograms over what moved and what did not, here and before. Then the mean field of an Ising
 * model whose bonds are weak across edges of colour (Y. Boykov, M. Jolly, ICCV 2001 for the bonds)
 * joins neighbours. Histograms and mean field are found twice, the second time with the colours of
 * the first answer.
 */
#include "motion/moving.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "geometry/motion_fit.h"
#include "motion/mean_field.h"
#include "motion/spot.h"

#include <math.h>
#include <string.h>

#define SAMPLE_STEP 4
#define CALM 2.0f /* k */
#define EVIDENCE_MOST 4.0f
#define REACH 2          /* of the means of what flow explains */
#define GAIN_NOISE 16.0f /* squared 8-bit levels */
#define DOUBT 1.0f       /* evidence against motion where nothing speaks for it */
#define UNSHOWN (-0.5f)  /* evidence where the neighbour does not show a pixel */
#define CARRY 0.5f       /* rho */
#define BELIEF_MOST 4.0f
#define COLOUR_WEIGHT 0.4f
#define COLOUR_MOST 3.0f
#define COLOUR_MEMORY 0.5f /* of a histogram after a frame */
#define BOND_STEPS                                                                                 \
    20.0f /* squared steps of colour, in units of twice their mean, that are as many */
#define BAND_HEIGHT 16

static float clamp_float(float value, float most) {
    value = value < -most ? -most : value;
    return value > most ? most : value;
}

/* ---- memory ---- */

seg_status seg_moving_bind(seg_moving *moving, int32_t width, int32_t height, const seg_env *env) {
    if (moving->memory && moving->width == width && moving->height == height) return SEG_OK;
    seg_moving_free(moving, env);
    const size_t n = (size_t)width * (size_t)height;
    const size_t samples = (size_t)(width / SAMPLE_STEP + 1) * (size_t)(height / SAMPLE_STEP + 1);
    const size_t room = (seg_dominant_room((int32_t)samples) + 7) / 8 * 8;
    const size_t bytes = room + (4 * n + 3 * SEG_MOVING_COLOURS) * sizeof(float) +
                         samples * sizeof(seg_motion_sample);
    moving->room = moving->memory = seg_allocate(env, bytes, 1, "what moves");
    if (!moving->memory) return SEG_ERROR_MEMORY;
    float *next = (float *)(moving->room + room / 8);
    float **const planes[] = {&moving->belief, &moving->carry, &moving->mean, &moving->evidence};
    for (int i = 0; i < 4; i++, next += n)
        *planes[i] = next;
    float **const tables[] = {&moving->moving_colours, &moving->still_colours,
                              &moving->colour_odds};
    for (int i = 0; i < 3; i++, next += SEG_MOVING_COLOURS)
        *tables[i] = next;
    moving->samples = (seg_motion_sample *)next;
    moving->width = width;
    moving->height = height;
    seg_moving_reset(moving);
    return SEG_OK;
}

void seg_moving_reset(seg_moving *moving) {
    moving->carried = false;
    if (!moving->memory) return;
    memset(moving->moving_colours, 0, SEG_MOVING_COLOURS * sizeof(float));
    memset(moving->still_colours, 0, SEG_MOVING_COLOURS * sizeof(float));
}

void seg_moving_free(seg_moving *moving, const seg_env *env) {
    seg_release(env, moving->memory);
    *moving = (seg_moving){0};
}

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
        right[i] = seg_quick_exp(-clamp_float(job->beta * right[i], BOND_STEPS));
        below[i] = seg_quick_exp(-clamp_float(job->beta * below[i], BOND_STEPS));
    }
    return SEG_OK;
}

seg_status seg_moving_take_frame(const seg_moving_frame *frame, const int16_t *const lab[3],
                                 int32_t planes, size_t stride, int32_t width, int32_t height,
                                 seg_scratch *scratch, const seg_env *env) {
    const int32_t bands = seg_band_count(height, BAND_HEIGHT);
    taking job = {frame, lab, planes, stride, width, height, NULL, 0};
    job.sums = seg_scratch_take(scratch, (size_t)bands, sizeof *job.sums, "steps of colour");
    if (!job.sums) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, height, BAND_HEIGHT, colours_band, &job));
    double sum = 0;
    for (int32_t i = 0; i < bands; i++)
        sum += job.sums[i];
    /* beta = 1 / (2 mean squared step) */
    job.beta = (float)(sum > 0 ? (double)width * height / sum : 0);
    return seg_run_bands(env, height, BAND_HEIGHT, bonds_band, &job);
}

/* ---- passes over the grid ---- */

/* What the bands of a frame read and write. */
typedef struct pass {
    seg_moving *moving;
    const seg_moving_frame *frame;
    const seg_moving_flow *flow;
    const seg_dominant *found;
    float per_unit; /* 1 / (k s)^2, of squared residuals */
    float price;    /* evidence that no motion has */
    float *spare;
} pass;

static seg_status over_grid(const pass *job, seg_band_function function, const seg_env *env) {
    pass own = *job;
    return seg_run_bands(env, job->moving->height, BAND_HEIGHT, function, &own);
}

/* ---- the belief of the frame before ---- */

/* Whether the neighbour's flow leads back to where the pixel is: N. Sundaram, T. Brox, K. Keutzer,
 * ECCV 2010. What the neighbour does not show has no flow, only that of its surroundings. `to` is
 * where its own flow leads. */
static bool is_shown(seg_spot *to, const seg_moving_way *way, ptrdiff_t stride, int32_t width,
                     int32_t height, int32_t x, int32_t y) {
    const ptrdiff_t at = (ptrdiff_t)y * stride + x;
    const float u = way->u[at], v = way->v[at];
    const float to_x = (float)x + u, to_y = (float)y + v;
    if (!(to_x > -1 && to_y > -1 && to_x < (float)width && to_y < (float)height)) return false;
    *to = seg_spot_at(width, height, to_x, to_y);
    const float ru = seg_spot_value(way->return_u, stride, to);
    const float rv = seg_spot_value(way->return_v, stride, to);
    const float error = (u + ru) * (u + ru) + (v + rv) * (v + rv);
    return error < 0.01f * (u * u + v * v + ru * ru + rv * rv) + 0.5f;
}

static seg_status carry_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    const seg_moving_flow *flow = job->flow;
    const int32_t width = job->moving->width, height = job->moving->height;
    for (int32_t y = first; y < end; y++) {
        float *out = job->moving->carry + (size_t)y * (size_t)width;
        seg_spot to;
        for (int32_t x = 0; x < width; x++)
            out[x] = is_shown(&to, &flow->back, flow->stride, width, height, x, y)
                         ? seg_spot_value(job->moving->belief, width, &to)
                         : 0;
    }
    return SEG_OK;
}

/* Fetches the belief of the frame before along the flow, where that frame shows the pixel; without
 * flow it stays in place. */
static seg_status carry_on(const pass *job, const seg_env *env) {
    const seg_moving *moving = job->moving;
    const size_t bytes = (size_t)moving->width * (size_t)moving->height * sizeof(float);
    if (!moving->carried) {
        memset(moving->carry, 0, bytes);
        return SEG_OK;
    }
    if (job->flow && job->flow->back.u) return over_grid(job, carry_band, env);
    memcpy(moving->carry, moving->belief, bytes);
    return SEG_OK;
}

/* ---- the dominant motion ---- */

/* The motion of what by the log-odds `prior` (NULL = nothing known) does not move. Pixels that the
 * neighbour does not show count: in water and leaves they are many, and without them the deviation
 * would be that of the calm parts only. */
static void find_dominant(seg_dominant *found, const seg_moving *moving, const float *prior,
                          const seg_moving_frame *frame, const seg_moving_flow *flow,
                          int32_t model) {
    int32_t count = 0;
    for (int32_t y = SAMPLE_STEP / 2; y < moving->height; y += SAMPLE_STEP) {
        const ptrdiff_t row = (ptrdiff_t)y * flow->stride;
        for (int32_t x = SAMPLE_STEP / 2; x < moving->width; x += SAMPLE_STEP) {
            const size_t i = (size_t)y * (size_t)moving->width + (size_t)x;
            const float odds = prior ? seg_quick_exp(prior[i]) : 0;
            moving->samples[count++] = (seg_motion_sample){
                .x = (float)x,
                .y = (float)y,
                .u = flow->to.u[row + x],
                .v = flow->to.v[row + x],
                .weight = frame->left_out[i] ? 0 : 1 / (1 + odds),
            };
        }
    }
    if (count == 0) return; /* fewer pixels than a step */
    seg_dominant_find(moving->room, found, model, moving->samples, count, moving->width,
                      moving->height);
}

/* ln(1 + (r / k s)^2) at so many deviations. */
static float surprise(double deviations) {
    const double ratio = deviations / (double)CALM;
    return (float)seg_log_e(1 + ratio * ratio);
}

static seg_status residuals_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    const seg_moving_flow *flow = job->flow;
    const int32_t width = job->moving->width, height = job->moving->height;
    for (int32_t y = first; y < end; y++) {
        const size_t row = (size_t)y * (size_t)width;
        const float *u = flow->to.u + (ptrdiff_t)y * flow->stride;
        const float *v = flow->to.v + (ptrdiff_t)y * flow->stride;
        float *evidence = job->moving->evidence + row;
        const seg_motion_row dominant = seg_motion_along(&job->found->motion, y);
        seg_spot to;
        for (int32_t x = 0; x < width; x++) {
            if (job->frame->left_out[row + (size_t)x]) {
                evidence[x] = -EVIDENCE_MOST;
                continue;
            }
            if (!is_shown(&to, &flow->to, flow->stride, width, height, x, y)) {
                evidence[x] = UNSHOWN;
                continue;
            }
            const float du = u[x] - seg_motion_in_row(dominant.u, x);
            const float dv = v[x] - seg_motion_in_row(dominant.v, x);
            const float odds = seg_quick_log(1 + (du * du + dv * dv) * job->per_unit);
            evidence[x] = clamp_float(odds - job->price, EVIDENCE_MOST);
        }
    }
    return SEG_OK;
}

/*
 * Flow fills plain areas from their surroundings, and so says of a road that it moves as the car on
 * it. What counts is how much better the flow explains the neighbouring frame than the dominant
 * motion does, as a mean over a square of 2 REACH + 1, cut at the border: evidence for motion is
 * cut by gain / (gain + noise), and the rest of it counts against.
 */
static void find_gain(float *gain, const pass *job, int32_t y) {
    const seg_moving_flow *flow = job->flow;
    const int32_t width = job->moving->width, height = job->moving->height;
    const ptrdiff_t row = (ptrdiff_t)y * flow->stride;
    const seg_motion_row dominant = seg_motion_along(&job->found->motion, y);
    for (int32_t x = 0; x < width; x++) {
        const seg_spot calm =
            seg_spot_at(width, height, (float)x + seg_motion_in_row(dominant.u, x),
                        (float)y + seg_motion_in_row(dominant.v, x));
        const seg_spot own = seg_spot_at(width, height, (float)x + flow->to.u[row + x],
                                         (float)y + flow->to.v[row + x]);
        const float here = flow->first[row + x];
        const float still = here - seg_spot_value(flow->second, flow->stride, &calm);
        const float moved = here - seg_spot_value(flow->second, flow->stride, &own);
        gain[x] = still * still - moved * moved;
    }
}

/* Means across go to `spare`; `mean`, not needed before neighbours come, has the gains. */
static seg_status gain_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    const int32_t width = job->moving->width;
    for (int32_t y = first; y < end; y++) {
        float *gain = job->moving->mean + (size_t)y * (size_t)width;
        float *out = job->spare + (size_t)y * (size_t)width;
        find_gain(gain, job, y);
        for (int32_t x = 0; x < width; x++) {
            const int32_t left = x > REACH ? x - REACH : 0;
            const int32_t right = x + REACH < width ? x + REACH : width - 1;
            float sum = 0;
            for (int32_t i = left; i <= right; i++)
                sum += gain[i];
            out[x] = sum / (float)(right - left + 1);
        }
    }
    return SEG_OK;
}

static seg_status doubt_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    const size_t width = (size_t)job->moving->width;
    const int32_t height = job->moving->height;
    for (int32_t y = first; y < end; y++) {
        const int32_t top = y > REACH ? y - REACH : 0;
        const int32_t bottom = y + REACH < height ? y + REACH : height - 1;
        float *evidence = job->moving->evidence + (size_t)y * width;
        for (size_t x = 0; x < width; x++) {
            if (!(evidence[x] > 0)) continue;
            float sum = 0;
            for (int32_t i = top; i <= bottom; i++)
                sum += job->spare[(size_t)i * width + x];
            const float gain = sum / (float)(bottom - top + 1);
            const float sure = gain > 0 ? gain / (gain + GAIN_NOISE) : 0;
            evidence[x] = sure * evidence[x] - (1 - sure) * DOUBT;
        }
    }
    return SEG_OK;
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
static void find_colour_odds(seg_moving *moving, const float *moving_bins,
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
        moving->colour_odds[bin] = COLOUR_WEIGHT * clamp_float(odds, COLOUR_MOST);
    }
}

/* Histograms fade and take the frame at hand, by how far each pixel moves. */
static void add_colours(float *moving_bins, float *still_bins, const seg_moving *moving,
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

/* ---- a frame ---- */

static seg_status odds_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    const seg_moving *moving = job->moving;
    const size_t width = (size_t)moving->width;
    for (size_t i = (size_t)first * width; i < (size_t)end * width; i++)
        moving->belief[i] = moving->evidence[i] + moving->colour_odds[job->frame->colour[i]];
    return SEG_OK;
}

/* Twice: with the colours known so far, then with those of the answer. */
static seg_status decide(const pass *job, double smoothness, float *bins, const seg_env *env) {
    seg_moving *moving = job->moving;
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    float *odds = moving->belief; /* not needed any more: carry has it */
    float *moving_bins = bins, *still_bins = bins + SEG_MOVING_COLOURS;
    const seg_mean_field field = {.width = moving->width,
                                  .height = moving->height,
                                  .odds = odds,
                                  .right = job->frame->right,
                                  .below = job->frame->below,
                                  .smoothness = (float)smoothness,
                                  .mean = moving->mean,
                                  .spare = job->spare};
    for (int round = 0; round < 2; round++) {
        if (round == 1 || moving->carried) {
            find_colour_odds(moving, round ? moving_bins : moving->moving_colours,
                             round ? still_bins : moving->still_colours);
            SEG_TRY(over_grid(job, odds_band, env));
        } else {
            memcpy(odds, moving->evidence, n * sizeof(float));
        }
        SEG_TRY(seg_mean_field_settle(&field, env));
        add_colours(moving_bins, still_bins, moving, job->frame);
    }
    memcpy(moving->moving_colours, moving_bins, SEG_MOVING_COLOURS * sizeof(float));
    memcpy(moving->still_colours, still_bins, SEG_MOVING_COLOURS * sizeof(float));
    return SEG_OK;
}

/* Evidence of a frame by its flow to a neighbour. */
static seg_status weigh(pass *job, seg_dominant *found, const float *prior,
                        const seg_moving_rules *rules, const seg_env *env) {
    find_dominant(found, job->moving, prior, job->frame, job->flow, rules->model);
    job->found = found;
    const double unit = (double)CALM * seg_larger(found->deviation, SEG_LEAST_DEVIATION);
    job->per_unit = (float)(1 / (unit * unit));
    job->price = surprise(rules->threshold);
    SEG_TRY(over_grid(job, residuals_band, env));
    SEG_TRY(over_grid(job, gain_band, env));
    return over_grid(job, doubt_band, env);
}

seg_status seg_moving_hindsight(seg_moving *moving, const seg_moving_frame *frame,
                                const seg_moving_flow *flow, const seg_moving_rules *rules,
                                seg_scratch *scratch, const seg_env *env) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    pass job = {.moving = moving, .frame = frame, .flow = flow};
    job.spare = seg_scratch_take(scratch, n, sizeof(float), "beliefs");
    if (!job.spare) return SEG_ERROR_MEMORY;
    seg_dominant found = {.model = SEG_MOTION_TRANSLATION};
    SEG_TRY(weigh(&job, &found, moving->belief, rules, env));
    for (size_t i = 0; i < n; i++)
        moving->belief[i] = clamp_float(moving->belief[i] + moving->evidence[i], BELIEF_MOST);
    return SEG_OK;
}

static seg_status belief_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    const seg_moving *moving = job->moving;
    const size_t width = (size_t)moving->width;
    for (size_t i = (size_t)first * width; i < (size_t)end * width; i++) {
        const float p = 0.5f + 0.5f * moving->mean[i];
        const float odds = seg_quick_log((p + 1e-4f) / (1 - p + 1e-4f));
        moving->belief[i] = clamp_float(odds, BELIEF_MOST);
    }
    return SEG_OK;
}

/* Evidence by both neighbours: the halo of the one lies before an object, that of the other behind
 * it. That a pixel stands still is one fact, by however many it is told: objects that pause are to
 * outlast it by what is known of them. */
static seg_status weigh_both(pass *job, seg_dominant *found, const seg_moving_flow *also,
                             const float *prior, const seg_moving_rules *rules,
                             const seg_env *env) {
    seg_moving *moving = job->moving;
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    pass other = *job;
    other.flow = also;
    SEG_TRY(weigh(&other, found, prior, rules, env));
    float *kept = moving->belief; /* not needed any more: carry has it */
    memcpy(kept, moving->evidence, n * sizeof(float));
    SEG_TRY(weigh(job, found, prior, rules, env));
    for (size_t i = 0; i < n; i++) {
        const float sum = clamp_float(moving->evidence[i] + kept[i], EVIDENCE_MOST);
        moving->evidence[i] = sum < -job->price ? -job->price : sum;
    }
    return SEG_OK;
}

seg_status seg_moving_step(seg_moving *moving, seg_dominant *found, const seg_moving_frame *frame,
                           const seg_moving_flow *flow, const seg_moving_flow *also,
                           const seg_moving_rules *rules, seg_scratch *scratch,
                           const seg_env *env) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    pass job = {.moving = moving, .frame = frame, .flow = flow};
    job.spare = seg_scratch_take(scratch, n + 2 * SEG_MOVING_COLOURS, sizeof(float), "beliefs");
    if (!job.spare) return SEG_ERROR_MEMORY;
    SEG_TRY(carry_on(&job, env));
    *found = (seg_dominant){.model = SEG_MOTION_TRANSLATION};
    const float *prior = moving->carried ? moving->carry : NULL;
    if (flow && also) {
        SEG_TRY(weigh_both(&job, found, also, prior, rules, env));
    } else if (flow) {
        SEG_TRY(weigh(&job, found, prior, rules, env));
    } else {
        memset(moving->evidence, 0, n * sizeof(float));
    }
    const float share = flow ? CARRY : 1;
    for (size_t i = 0; i < n; i++)
        moving->evidence[i] += share * moving->carry[i];
    SEG_TRY(decide(&job, rules->smoothness, job.spare + n, env));
    SEG_TRY(over_grid(&job, belief_band, env));
    moving->carried = true;
    return SEG_OK;
}
