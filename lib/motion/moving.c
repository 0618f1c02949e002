/*
 * The belief that a pixel moves, as log-odds on a small grid.
 *
 *   L(x) = E(x) + rho L'(x + b(x)) + w C(colour of x)
 *
 * L' is the belief of the frame before, fetched along the flow b from where that frame shows the
 * pixel. E is what the flow to the neighbours in time says (moving_evidence.c); where the next
 * frame is not known yet, what the flow to it says is added to L' a frame later, else halos would
 * stay as trails. C the log-odds of colours, from histograms over what moved and what did not, here
 * and before (moving_colours.c). Then the mean field of an Ising model whose bonds are weak across
 * edges of colour (Y. Boykov, M. Jolly, ICCV 2001 for the bonds) joins neighbours. Histograms and
 * mean field are found twice, the second time with the colours of the first answer.
 */
#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "motion/mean_field.h"
#include "motion/moving_inner.h"

#include <math.h>
#include <string.h>

#define CARRY 0.5f /* rho */
#define BELIEF_MOST 4.0f

/* ---- memory ---- */

seg_status seg_moving_bind(seg_moving *moving, int32_t width, int32_t height, const seg_env *env) {
    if (moving->memory && moving->width == width && moving->height == height) return SEG_OK;
    seg_moving_free(moving, env);
    const size_t n = (size_t)width * (size_t)height;
    const size_t samples =
        (size_t)(width / SEG_MOVING_STEP + 1) * (size_t)(height / SEG_MOVING_STEP + 1);
    const size_t fit = (seg_dominant_room((int32_t)samples) + 7) / 8 * 8;
    const size_t bytes = SEG_MOVING_WITNESSES * (fit + samples * sizeof(seg_motion_sample)) +
                         (4 * n + 3 * SEG_MOVING_COLOURS) * sizeof(float);
    char *room = seg_allocate(env, bytes, 1, "what moves");
    moving->memory = room;
    if (!room) return SEG_ERROR_MEMORY;
    for (int i = 0; i < SEG_MOVING_WITNESSES; i++, room += fit)
        moving->fits[i].memory = (double *)room;
    for (int i = 0; i < SEG_MOVING_WITNESSES; i++, room += samples * sizeof(seg_motion_sample))
        moving->fits[i].samples = (seg_motion_sample *)room;
    float *next = (float *)room;
    float **const planes[] = {&moving->belief, &moving->carry, &moving->mean, &moving->evidence};
    for (int i = 0; i < 4; i++, next += n)
        *planes[i] = next;
    float **const tables[] = {&moving->moving_colours, &moving->still_colours,
                              &moving->colour_odds};
    for (int i = 0; i < 3; i++, next += SEG_MOVING_COLOURS)
        *tables[i] = next;
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

/* ---- passes over the grid ---- */

/* What the bands of a frame read and write. */
typedef struct pass {
    seg_moving *moving;
    const seg_moving_frame *frame;
    const seg_moving_flow *flow;
    float *spare;
} pass;

static seg_status over_grid(const pass *job, seg_band_function function, const seg_env *env) {
    pass own = *job;
    return seg_run_bands(env, job->moving->height, SEG_MOVING_BAND, function, &own);
}

/* ---- the belief of the frame before ---- */

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
            out[x] = seg_moving_shown(&to, &flow->back, flow->stride, width, height, x, y)
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
            seg_moving_find_colour_odds(moving, round ? moving_bins : moving->moving_colours,
                                        round ? still_bins : moving->still_colours);
            SEG_TRY(over_grid(job, odds_band, env));
        } else {
            memcpy(odds, moving->evidence, n * sizeof(float));
        }
        SEG_TRY(seg_mean_field_settle(&field, env));
        seg_moving_add_colours(moving_bins, still_bins, moving, job->frame);
    }
    memcpy(moving->moving_colours, moving_bins, SEG_MOVING_COLOURS * sizeof(float));
    memcpy(moving->still_colours, still_bins, SEG_MOVING_COLOURS * sizeof(float));
    return SEG_OK;
}

seg_status seg_moving_hindsight(seg_moving *moving, const seg_moving_frame *frame,
                                const seg_moving_flow *flow, const seg_moving_rules *rules,
                                seg_scratch *scratch, const seg_env *env) {
    const size_t n = (size_t)moving->width * (size_t)moving->height;
    seg_dominant found;
    SEG_TRY(
        seg_moving_weigh(moving, &found, frame, flow, NULL, moving->belief, rules, scratch, env));
    for (size_t i = 0; i < n; i++)
        moving->belief[i] = seg_clamp_float(moving->belief[i] + moving->evidence[i], BELIEF_MOST);
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
        moving->belief[i] = seg_clamp_float(odds, BELIEF_MOST);
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
    if (flow) {
        SEG_TRY(seg_moving_weigh(moving, found, frame, flow, also, prior, rules, scratch, env));
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
