/*
 * The belief that a pixel moves, as log-odds on a small grid.
 *
 *   E(x) = ln(1 + (r / k s)^2) - c      residual r of the flow against the dominant motion, s its
 *                                       robust deviation; 0 at `threshold` deviations
 *   L(x) = E(x) + rho L'(x + b(x)) + w C(colour of x)
 *
 * L' is the belief of the frame before, fetched along the flow b from where that frame shows the
 * pixel; if E comes from the flow back, the evidence of the flow from that frame is added to it
 * first (the halo of the one lies before an object, that of the other behind it, where it would
 * stay as a trail). C the log-odds of colours, from histograms over what moved and what did not,
 * here and before. Then the mean field of an Ising
 * model whose bonds are weak across edges of colour (Y. Boykov, M. Jolly, ICCV 2001 for the bonds)
 * joins neighbours. Histograms and mean field are found twice, the second time with the colours of
 * the first answer.
 */
#include "motion/moving.h"

#include "core/check.h"
#include "core/math.h"
#include "geometry/motion_fit.h"

#include <math.h>
#include <string.h>

#define SAMPLE_STEP 4
#define CALM 2.0f            /* k */
#define LEAST_DEVIATION 0.25 /* small pixels: what flows err by where all stands still */
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
#define BOND_LEAST 0.1f
#define SWEEPS 15

/* ---- memory ---- */

seg_status seg_moving_bind(seg_moving *moving, int32_t width, int32_t height, const seg_env *env) {
    if (moving->memory && moving->width == width && moving->height == height) return SEG_OK;
    seg_moving_free(moving, env);
    const size_t n = (size_t)width * (size_t)height;
    const size_t samples = (size_t)(width / SAMPLE_STEP + 1) * (size_t)(height / SAMPLE_STEP + 1);
    const size_t room = (seg_motion_fit_room((int32_t)samples) + 7) / 8 * 8;
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

void seg_moving_take_frame(const seg_moving_frame *frame, const int16_t *const lab[3],
                           int32_t planes, size_t stride, int32_t width, int32_t height) {
    double sum = 0;
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            const size_t at = (size_t)y * stride + (size_t)x;
            const size_t i = (size_t)y * (size_t)width + (size_t)x;
            int32_t colour = level16(lab[0][at], 0, 3200);
            for (int32_t p = 1; p < 3; p++)
                colour = colour * 16 + (planes == 3 ? level16(lab[p][at], -4096, 8192) : 8);
            frame->colour[i] = (uint16_t)colour;
            frame->right[i] = x + 1 < width ? squared_step(lab, planes, at, at + 1) : 0;
            frame->below[i] = y + 1 < height ? squared_step(lab, planes, at, at + stride) : 0;
            sum += (double)frame->right[i] + (double)frame->below[i];
        }
    }
    /* beta = 1 / (2 mean squared step) */
    const size_t n = (size_t)width * (size_t)height;
    const float beta = (float)(sum > 0 ? (double)n / sum : 0);
    for (size_t i = 0; i < n; i++) {
        frame->right[i] = (float)seg_exp((double)(-beta * frame->right[i]));
        frame->below[i] = (float)seg_exp((double)(-beta * frame->below[i]));
    }
}

/* ---- the belief of the frame before ---- */

static float clamp_float(float value, float most) {
    return value < -most ? -most : value > most ? most : value;
}

static float bilinear(const float *plane, ptrdiff_t stride, int32_t width, int32_t height, float x,
                      float y) {
    x = x < 0 ? 0 : x > (float)(width - 1) ? (float)(width - 1) : x;
    y = y < 0 ? 0 : y > (float)(height - 1) ? (float)(height - 1) : y;
    const int32_t x0 = (int32_t)x, y0 = (int32_t)y;
    const int32_t x1 = x0 + 1 < width ? x0 + 1 : x0, y1 = y0 + 1 < height ? y0 + 1 : y0;
    const float fx = x - (float)x0, fy = y - (float)y0;
    const float *above = plane + y0 * stride;
    const float *below = plane + y1 * stride;
    const float top = above[x0] + fx * (above[x1] - above[x0]);
    const float bottom = below[x0] + fx * (below[x1] - below[x0]);
    return top + fy * (bottom - top);
}

/* Whether the neighbour's flow leads back to where the pixel is: N. Sundaram, T. Brox, K. Keutzer,
 * ECCV 2010. What the neighbour does not show has no flow, only that of its surroundings. */
static bool is_shown(const seg_moving_way *way, ptrdiff_t stride, int32_t width, int32_t height,
                     int32_t x, int32_t y) {
    const ptrdiff_t at = (ptrdiff_t)y * stride + x;
    const float u = way->u[at], v = way->v[at];
    const float to_x = (float)x + u, to_y = (float)y + v;
    if (!(to_x > -1 && to_y > -1 && to_x < (float)width && to_y < (float)height)) return false;
    const float ru = bilinear(way->return_u, stride, width, height, to_x, to_y);
    const float rv = bilinear(way->return_v, stride, width, height, to_x, to_y);
    const float error = (u + ru) * (u + ru) + (v + rv) * (v + rv);
    return error < 0.01f * (u * u + v * v + ru * ru + rv * rv) + 0.5f;
}

/* Fetches the belief of the frame before along the flow, where that frame shows the pixel; without
 * flow it stays in place. */
static void carry_on(seg_moving *moving, const seg_moving_flow *flow) {
    const int32_t width = moving->width, height = moving->height;
    const size_t n = (size_t)width * (size_t)height;
    if (!moving->carried) {
        memset(moving->carry, 0, n * sizeof(float));
        return;
    }
    if (!flow || !flow->back.u) {
        memcpy(moving->carry, moving->belief, n * sizeof(float));
        return;
    }
    float *out = moving->carry;
    for (int32_t y = 0; y < height; y++) {
        const float *u = flow->back.u + (ptrdiff_t)y * flow->stride;
        const float *v = flow->back.v + (ptrdiff_t)y * flow->stride;
        for (int32_t x = 0; x < width; x++)
            *out++ = is_shown(&flow->back, flow->stride, width, height, x, y)
                         ? bilinear(moving->belief, width, width, height, (float)x + u[x],
                                    (float)y + v[x])
                         : 0;
    }
}

/* ---- the dominant motion ---- */

/* The motion of what by the log-odds `prior` (NULL = nothing known) does not move. */
static void find_dominant(seg_moving_found *found, const seg_moving *moving, const float *prior,
                          const seg_moving_frame *frame, const seg_moving_flow *flow,
                          int32_t model) {
    int32_t count = 0;
    for (int32_t y = SAMPLE_STEP / 2; y < moving->height; y += SAMPLE_STEP) {
        const ptrdiff_t row = (ptrdiff_t)y * flow->stride;
        for (int32_t x = SAMPLE_STEP / 2; x < moving->width; x += SAMPLE_STEP) {
            const size_t i = (size_t)y * (size_t)moving->width + (size_t)x;
            const double odds = prior ? seg_exp((double)prior[i]) : 0;
            const bool counts =
                !frame->left_out[i] &&
                is_shown(&flow->to, flow->stride, moving->width, moving->height, x, y);
            moving->samples[count++] = (seg_motion_sample){
                .x = (float)x,
                .y = (float)y,
                .u = flow->to.u[row + x],
                .v = flow->to.v[row + x],
                .weight = counts ? (float)(1 / (1 + odds)) : 0,
            };
        }
    }
    if (count == 0) return; /* fewer pixels than a step */
    if (model < 0) {
        seg_motion_choose_in(moving->room, &found->motion, &found->model, &found->deviation,
                             LEAST_DEVIATION, moving->samples, count);
        return;
    }
    found->model = (seg_motion_model)model;
    seg_motion_fit_in(moving->room, &found->motion, &found->deviation, found->model,
                      moving->samples, count);
}

/* ln(1 + (r / k s)^2) at so many deviations. */
static float surprise(double deviations) {
    const double ratio = deviations / (double)CALM;
    return (float)seg_log_e(1 + ratio * ratio);
}

static void weigh_residuals(seg_moving *moving, const seg_moving_found *found,
                            const seg_moving_frame *frame, const seg_moving_flow *flow,
                            double threshold) {
    const double unit = (double)CALM * seg_larger(found->deviation, LEAST_DEVIATION);
    const uint8_t *frame_out = frame->left_out;
    float *out = moving->evidence;
    for (int32_t y = 0; y < moving->height; y++) {
        const float *u = flow->to.u + (ptrdiff_t)y * flow->stride;
        const float *v = flow->to.v + (ptrdiff_t)y * flow->stride;
        for (int32_t x = 0; x < moving->width; x++) {
            double of[2];
            seg_motion_at(of, &found->motion, x, y);
            const double du = (double)u[x] - of[0], dv = (double)v[x] - of[1];
            *out++ = (float)seg_log_e(1 + (du * du + dv * dv) / (unit * unit));
        }
    }
    const float price = surprise(threshold);
    float *evidence = moving->evidence;
    for (int32_t y = 0; y < moving->height; y++)
        for (int32_t x = 0; x < moving->width; x++, evidence++, frame_out++)
            if (*frame_out)
                *evidence = -EVIDENCE_MOST;
            else if (!is_shown(&flow->to, flow->stride, moving->width, moving->height, x, y))
                *evidence = UNSHOWN;
            else
                *evidence = clamp_float(*evidence - price, EVIDENCE_MOST);
}

/* Mean over a square of 2 REACH + 1, cut at the border; in place. */
static void smooth(float *plane, int32_t width, int32_t height, float *spare) {
    for (int32_t y = 0; y < height; y++) {
        const float *row = plane + (size_t)y * (size_t)width;
        float *out = spare + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) {
            const int32_t left = x > REACH ? x - REACH : 0;
            const int32_t right = x + REACH < width ? x + REACH : width - 1;
            float sum = 0;
            for (int32_t i = left; i <= right; i++)
                sum += row[i];
            out[x] = sum / (float)(right - left + 1);
        }
    }
    for (int32_t y = 0; y < height; y++) {
        const int32_t top = y > REACH ? y - REACH : 0;
        const int32_t bottom = y + REACH < height ? y + REACH : height - 1;
        float *out = plane + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) {
            float sum = 0;
            for (int32_t i = top; i <= bottom; i++)
                sum += spare[(size_t)i * (size_t)width + (size_t)x];
            out[x] = sum / (float)(bottom - top + 1);
        }
    }
}

/*
 * Flow fills plain areas from their surroundings, and so says of a road that it moves as the car on
 * it. What counts is how much better the flow explains the neighbouring frame than the dominant
 * motion does: evidence for motion is cut by
 * gain / (gain + noise), and the rest of it counts against.
 */
static void doubt(seg_moving *moving, const seg_moving_found *found, const seg_moving_flow *flow,
                  float *spare) {
    const int32_t width = moving->width, height = moving->height;
    const size_t n = (size_t)width * (size_t)height;
    float *gain = moving->mean; /* not needed before neighbours come */
    for (int32_t y = 0; y < height; y++) {
        const ptrdiff_t row = (ptrdiff_t)y * flow->stride;
        for (int32_t x = 0; x < width; x++) {
            double of[2];
            seg_motion_at(of, &found->motion, x, y);
            const float here = flow->first[row + x];
            const float still = here - bilinear(flow->second, flow->stride, width, height,
                                                (float)(x + of[0]), (float)(y + of[1]));
            const float moved =
                here - bilinear(flow->second, flow->stride, width, height,
                                (float)x + flow->to.u[row + x], (float)y + flow->to.v[row + x]);
            gain[(size_t)y * (size_t)width + (size_t)x] = still * still - moved * moved;
        }
    }
    smooth(gain, width, height, spare);
    for (size_t i = 0; i < n; i++) {
        if (!(moving->evidence[i] > 0)) continue;
        const float sure = gain[i] > 0 ? gain[i] / (gain[i] + GAIN_NOISE) : 0;
        moving->evidence[i] = sure * moving->evidence[i] - (1 - sure) * DOUBT;
    }
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

/* Log-odds of each colour. `now` adds what moves in the frame at hand. */
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
        const double odds = seg_log_e((double)(m + 1e-5f) / (double)(s + 1e-5f));
        moving->colour_odds[bin] = COLOUR_WEIGHT * clamp_float((float)odds, COLOUR_MOST);
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

/* ---- neighbours ---- */

/* tanh to 2 %: the mean of a spin in a field, at a fraction of its price. */
static float squash(float x) {
    x = clamp_float(x, 3);
    return x * (27 + x * x) / (27 + 9 * x * x);
}

/* Mean field: all pixels at once, from the means before. Leaves it in moving->mean; `spare` is of
 * the same size. */
static void settle(seg_moving *moving, const seg_moving_frame *frame, const float *odds,
                   float smoothness, float *spare) {
    const int32_t width = moving->width, height = moving->height;
    const size_t n = (size_t)width * (size_t)height, w = (size_t)width;
    const float least = smoothness * BOND_LEAST;
    float *from = moving->mean, *to = spare;
    for (size_t i = 0; i < n; i++)
        from[i] = squash(0.5f * odds[i]);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int32_t y = 0; y < height; y++) {
            for (size_t x = 0, i = (size_t)y * w; x < w; x++, i++) {
                float pull = 0;
                if (x > 0) pull += (smoothness * frame->right[i - 1] + least) * from[i - 1];
                if (x + 1 < w) pull += (smoothness * frame->right[i] + least) * from[i + 1];
                if (y > 0) pull += (smoothness * frame->below[i - w] + least) * from[i - w];
                if (y + 1 < height) pull += (smoothness * frame->below[i] + least) * from[i + w];
                to[i] = squash(0.5f * odds[i] + pull);
            }
        }
        float *const swap = from;
        from = to;
        to = swap;
    }
    if (from != moving->mean) memcpy(moving->mean, from, n * sizeof(float));
}

/* ---- a frame ---- */

/* Twice: with the colours known so far, then with those of the answer. */
static void decide(seg_moving *moving, const seg_moving_frame *frame, float smoothness,
                   float *spare, float *bins) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    float *odds = moving->belief; /* not needed any more: carry has it */
    float *moving_bins = bins, *still_bins = bins + SEG_MOVING_COLOURS;
    for (int round = 0; round < 2; round++) {
        if (round == 1 || moving->carried) {
            find_colour_odds(moving, round ? moving_bins : moving->moving_colours,
                             round ? still_bins : moving->still_colours);
            for (size_t i = 0; i < n; i++)
                odds[i] = moving->evidence[i] + moving->colour_odds[frame->colour[i]];
        } else {
            memcpy(odds, moving->evidence, n * sizeof(float));
        }
        settle(moving, frame, odds, smoothness, spare);
        add_colours(moving_bins, still_bins, moving, frame);
    }
    memcpy(moving->moving_colours, moving_bins, SEG_MOVING_COLOURS * sizeof(float));
    memcpy(moving->still_colours, still_bins, SEG_MOVING_COLOURS * sizeof(float));
}

/* Evidence of a frame by its flow to a neighbour. */
static void weigh(seg_moving *moving, seg_moving_found *found, const float *prior,
                  const seg_moving_frame *frame, const seg_moving_flow *flow,
                  const seg_moving_rules *rules, float *spare) {
    find_dominant(found, moving, prior, frame, flow, rules->model);
    weigh_residuals(moving, found, frame, flow, rules->threshold);
    doubt(moving, found, flow, spare);
}

seg_status seg_moving_hindsight(seg_moving *moving, const seg_moving_frame *frame,
                                const seg_moving_flow *flow, const seg_moving_rules *rules,
                                seg_scratch *scratch) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    float *spare = seg_scratch_take(scratch, n, sizeof *spare, "beliefs");
    if (!spare) return SEG_ERROR_MEMORY;
    seg_moving_found found = {.model = SEG_MOTION_TRANSLATION};
    weigh(moving, &found, moving->belief, frame, flow, rules, spare);
    for (size_t i = 0; i < n; i++)
        moving->belief[i] = clamp_float(moving->belief[i] + moving->evidence[i], BELIEF_MOST);
    return SEG_OK;
}

seg_status seg_moving_step(seg_moving *moving, seg_moving_found *found,
                           const seg_moving_frame *frame, const seg_moving_flow *flow,
                           const seg_moving_rules *rules, seg_scratch *scratch) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    float *spare = seg_scratch_take(scratch, n + 2 * SEG_MOVING_COLOURS, sizeof *spare, "beliefs");
    if (!spare) return SEG_ERROR_MEMORY;
    carry_on(moving, flow);
    *found = (seg_moving_found){.model = SEG_MOTION_TRANSLATION};
    if (flow) {
        weigh(moving, found, moving->carried ? moving->carry : NULL, frame, flow, rules, spare);
    } else {
        memset(moving->evidence, 0, n * sizeof(float));
    }
    const float share = flow ? CARRY : 1;
    for (size_t i = 0; i < n; i++)
        moving->evidence[i] += share * moving->carry[i];
    decide(moving, frame, (float)rules->smoothness, spare, spare + n);
    for (size_t i = 0; i < n; i++) {
        const double p = 0.5 + 0.5 * (double)moving->mean[i];
        moving->belief[i] = clamp_float((float)seg_log_e((p + 1e-4) / (1 - p + 1e-4)), BELIEF_MOST);
    }
    moving->carried = true;
    return SEG_OK;
}
