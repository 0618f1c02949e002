/*
 * Frame differences: what changed between frames that lie `lag` frames apart.
 *
 * R. Jain, H. Nagel, "On the analysis of accumulative difference pictures from image sequences of
 * real world scenes", IEEE Trans. PAMI 1(2), 1979; the difference to both neighbours: Y. Kameda,
 * M. Minoh, "A human motion estimation method using 3-successive video frames", Int. Conf. on
 * Virtual Systems and Multimedia, 1996.
 *
 * Symbols: I(t) a frame in grey, L `lag`, N `span`, D the difference = result.score, tau `fade`
 *   span 2:  D(t) = |I(t) - I(t - L)|
 *   span 3:  D(t) = min(|I(t) - I(t - L)|, |I(t) - I(t + L)|), known L frames later
 *   span N:  D(t) = max - min of I(t), I(t - L), ... I(t - (N-1) L), as far as they exist
 * A pixel has changed where D > `threshold`; `auto` is explained in change_level.c.
 * With `gain` frames are brought to the light of the one described first (light_gain.h): a lamp
 * that is switched on is no change. With `fade` the score is the motion history (motion_history.h):
 * where something has just changed full scale, then less until it is 0 after tau.
 *
 * Steps: 1. the frame as integer grey samples; 2. D row by row, the frame taking the place of the
 * oldest one in the ring in the same pass; 3. threshold, in the same pass if it is a number.
 *
 * Colour is brought to grey: two colours of equal grey are not told apart, and video gives its
 * luma for nothing. The first frame of a stream, or after a jump in time, has nothing to be
 * compared with: its mask is empty and the result marked provisional. With span 3 the frames
 * without a successor are compared with their predecessor only. A pixel that any of the compared
 * frames leaves out gives 0.
 *
 * Cost: one read of each frame compared, two writes; memory: a byte a pixel (two where frames have
 * more than 8 bits) for each frame kept, of which span 2 has L, span 3 has 2 L, N has (N-1) L; two
 * more with `fade`. Known failures: the inside of an object of one colour does not change; what
 * was uncovered counts as changed (span 3 leaves it out); a camera that moves changes everything.
 */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/grid.h"
#include "imgproc/masks.h"
#include "kernels/temporal.h"
#include "temporal/change_level.h"
#include "temporal/light_gain.h"
#include "temporal/motion_history.h"
#include "temporal/temporal_method.h"
#include <segment/temporal.h>

#include <string.h>

#define BAND_HEIGHT 32
#define LEAST 12 /* automatic threshold, 8-bit */
#define MAX_SPAN 32
#define MAX_LAG 250

static const seg_param rows[] = {
    {"span", SEG_PARAM_INT, offsetof(seg_frame_diff_options, span), "2", 2, MAX_SPAN, NULL,
     "frames",
     "Frames compared: 2 = with the frame `lag` before, 3 = changed against the frames before and "
     "after, more = largest minus smallest of so many frames.",
     "N"},
    {"lag", SEG_PARAM_INT, offsetof(seg_frame_diff_options, lag), "1", 1, MAX_LAG, NULL, "frames",
     "Distance of the frames compared.", "L"},
    {"threshold", SEG_PARAM_LEVEL, offsetof(seg_frame_diff_options, threshold), "auto", 0, 255,
     NULL, "8-bit level",
     "Pixels that differ by more have changed; auto = auto:noise, 5 deviations of the noise found "
     "in the differences, within 12 and 50.",
     "T"},
    {"gain", SEG_PARAM_BOOL, offsetof(seg_frame_diff_options, gain), "false", 0, 1, NULL, "",
     "Bring the frames compared to the same light first: a light that is switched is no change.",
     ""},
    {"fade", SEG_PARAM_DURATION, offsetof(seg_frame_diff_options, fade), "0", 0, 1e9, NULL,
     "duration",
     "Time (15f, 2s) in which change fades in the score, which is then the motion history; 0 = the "
     "score is the difference.",
     "tau"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_frame_diff_options)};

void seg_frame_diff_options_init(seg_frame_diff_options *options) {
    seg_params_init(options, &params);
}

/* ---- state ---- */

/* A frame that is kept. */
typedef struct past_frame {
    seg_image picture;
    seg_image left_out; /* valid if `partial` */
    bool partial;
    int64_t scene; /* frames of different scenes are not compared */
    seg_frame about;
} past_frame;

typedef struct frame_diff {
    seg_temporal base;
    past_frame *ring; /* frame n is at ring[n % ring_count] until frame n + ring_count comes */
    int32_t ring_count;
    int64_t described; /* results given so far */
    int64_t scene;
    bool drained; /* flush has begun */
    seg_motion_history history;
} frame_diff;

static const seg_frame_diff_options *options_of(const frame_diff *state) {
    return state->base.still->options;
}

static past_frame *past(frame_diff *state, int64_t n) {
    return &state->ring[n % state->ring_count];
}

static bool fades(const frame_diff *state) {
    return options_of(state)->fade.value > 0;
}

static int32_t delay(const void *options) {
    const seg_frame_diff_options *o = options;
    return o && o->span == 3 ? o->lag : 0;
}

static void release(void *pointer) {
    frame_diff *state = pointer;
    if (!state) return;
    for (int32_t i = 0; state->ring && i < state->ring_count; i++) {
        seg_image_unref(&state->ring[i].picture);
        seg_image_unref(&state->ring[i].left_out);
    }
    seg_release(&state->base.still->env, state->ring);
    seg_motion_history_free(&state->history);
    seg_temporal_free(state);
}

static seg_status create(void **pointer, const void *options, const seg_env *env) {
    SEG_TRY(seg_temporal_create(pointer, sizeof(frame_diff), &params, options, env));
    frame_diff *state = *pointer;
    const seg_frame_diff_options *o = options_of(state);
    state->ring_count = o->lag * (o->span == 3 ? 2 : o->span - 1);
    state->ring =
        seg_allocate_zeroed(env, (size_t)state->ring_count, sizeof *state->ring, "list of frames");
    if (state->ring) return SEG_OK;
    release(state);
    *pointer = NULL;
    return SEG_ERROR_MEMORY;
}

static void reset(void *pointer) {
    frame_diff *state = pointer;
    seg_temporal_reset(state);
    seg_motion_history_reset(&state->history);
    state->described = state->scene = 0;
    state->drained = false;
}

/* ---- the difference of frames ---- */

/* What one pass over the rows does. */
typedef struct pass {
    frame_diff *state;
    const seg_temporal_kernels *kernels;
    const past_frame *before; /* span 2 and 3 */
    const past_frame *middle; /* the frame described; NULL = the new one */
    bool after;               /* span 3: the new frame counts as well */
    int64_t extremes;         /* span N: so many frames before the new one count */
    past_frame *keep;         /* gets the new frame; NULL = there is none */
    const seg_image *left_out;
    seg_image *mask, *score;  /* either may be NULL */
    uint32_t gains[MAX_SPAN]; /* of frames before, from the latest on; span 3: [1] of the new one */
    void *rows;               /* rows of each worker: the difference, then frames in this light */
    size_t row_size, room_size;
    uint16_t level;
} pass;

/* A row in the light of the frame described: as it is, or in the worker's place `i` for it. */
static const void *lit_row(const pass *job, void *own, int32_t i, const void *row) {
    const seg_image *grey = &job->state->base.samples.grey;
    const uint32_t gain = job->gains[i];
    if (gain == 0 || gain == SEG_LIGHT_GAIN_ONE) return row;
    char *room = (char *)own + (size_t)(i + 1) * job->row_size;
    seg_light_scale_row(room, row, gain, (1u << grey->bits) - 1, grey->width);
    return room;
}

/* max - min over the frames of a span. */
static void range_row(const pass *job, void *own, void *out, const void *now, int32_t y) {
    const seg_image *grey = &job->state->base.samples.grey;
    const int32_t count = (int32_t)job->extremes + 1, lag = options_of(job->state)->lag;
    const uint16_t *wide[MAX_SPAN] = {now};
    const uint8_t *narrow[MAX_SPAN] = {now};
    for (int32_t i = 1; i < count; i++) {
        const past_frame *frame =
            past(job->state, job->state->base.clock.frames - (int64_t)i * lag);
        const void *row = lit_row(job, own, i - 1, seg_image_row(&frame->picture, y));
        wide[i] = row;
        narrow[i] = row;
    }
    if (grey->format == SEG_U16)
        job->kernels->range_u16(out, wide, count, grey->width);
    else
        job->kernels->range_u8(out, narrow, count, grey->width);
}

static void difference_row(const pass *job, void *own, void *out, const void *now, int32_t y) {
    const seg_image *grey = &job->state->base.samples.grey;
    if (!job->before) {
        range_row(job, own, out, now, y);
        return;
    }
    const void *before = lit_row(job, own, 0, seg_image_row(&job->before->picture, y));
    const void *after = job->after ? lit_row(job, own, 1, now) : NULL;
    const void *middle = job->middle ? seg_image_row(&job->middle->picture, y) : now;
    if (grey->format == SEG_U16 && job->after)
        job->kernels->middle_u16(out, middle, before, after, grey->width);
    else if (grey->format == SEG_U16)
        job->kernels->difference_u16(out, middle, before, grey->width);
    else if (job->after)
        job->kernels->middle_u8(out, middle, before, after, grey->width);
    else
        job->kernels->difference_u8(out, middle, before, grey->width);
}

static void mask_row(const pass *job, uint8_t *mask, const void *difference, int32_t y) {
    const seg_image *grey = &job->state->base.samples.grey;
    if (grey->format == SEG_U16)
        job->kernels->above_u16(mask, difference, job->level, grey->width);
    else
        job->kernels->above_u8(mask, difference, (uint8_t)job->level, grey->width);
    if (job->left_out)
        job->kernels->leave_out_u8(mask, seg_image_row(job->left_out, y), grey->width);
}

static seg_status difference_band(void *argument, int32_t band, int32_t first, int32_t end,
                                  int32_t worker) {
    (void)band;
    const pass *job = argument;
    const seg_image *grey = &job->state->base.samples.grey;
    char *own = (char *)job->rows + (size_t)worker * job->room_size;
    for (int32_t y = first; y < end; y++) {
        const void *now = job->keep ? seg_image_row(grey, y) : NULL;
        void *out = job->score ? seg_image_row(job->score, y) : own;
        difference_row(job, own, out, now, y);
        if (job->mask) mask_row(job, seg_image_row(job->mask, y), out, y);
        if (job->score && job->left_out) {
            const uint8_t *left_out = seg_image_row(job->left_out, y);
            if (grey->format == SEG_U16)
                job->kernels->leave_out_u16(out, left_out, grey->width);
            else
                job->kernels->leave_out_u8(out, left_out, grey->width);
        }
        /* last: the place may be that of a frame compared with */
        if (job->keep) memcpy(seg_image_row(&job->keep->picture, y), now, job->row_size);
    }
    return SEG_OK;
}

static seg_status threshold_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band, (void)worker;
    const pass *job = argument;
    for (int32_t y = first; y < end; y++)
        mask_row(job, seg_image_row(job->mask, y), seg_image_row(job->score, y), y);
    return SEG_OK;
}

/* ---- what is left out ---- */

/* Sets job->left_out to all that any of the frames compared leaves out; `now` may be empty. */
static seg_status gather_left_out(pass *job, const seg_image *now) {
    frame_diff *state = job->state;
    const seg_image *grey = &state->base.samples.grey;
    const seg_image *parts[MAX_SPAN + 2];
    int32_t count = 0;
    if (!seg_image_empty(now)) parts[count++] = now;
    if (job->before && job->before->partial) parts[count++] = &job->before->left_out;
    if (job->middle && job->middle->partial) parts[count++] = &job->middle->left_out;
    for (int64_t i = 1; !job->before && i <= job->extremes; i++) {
        const past_frame *frame =
            past(state, state->base.clock.frames - i * options_of(state)->lag);
        if (frame->partial) parts[count++] = &frame->left_out;
    }
    job->left_out = NULL;
    if (count == 0) return SEG_OK;
    seg_image *all = &state->base.still->images[0];
    SEG_TRY(seg_image_reuse(all, grey->width, grey->height, SEG_U8, 1, &state->base.still->env));
    SEG_TRY(seg_image_copy(all, parts[0], &state->base.still->env));
    for (int32_t i = 1; i < count; i++)
        seg_ignore_add(all, parts[i]);
    job->left_out = all;
    return SEG_OK;
}

/* Room for what is left out of the frames: all at once, so that no later frame needs memory. */
static seg_status reserve_left_out(frame_diff *state) {
    const seg_image *shape = &state->ring[0].picture;
    const seg_env *env = &state->base.still->env;
    SEG_TRY(seg_image_reuse(&state->base.still->images[0], shape->width, shape->height, SEG_U8, 1,
                            env));
    for (int32_t i = 0; i < state->ring_count; i++)
        SEG_TRY(
            seg_image_reuse(&state->ring[i].left_out, shape->width, shape->height, SEG_U8, 1, env));
    return SEG_OK;
}

static seg_status keep_left_out(frame_diff *state, past_frame *keep) {
    const seg_image *left_out = &state->base.samples.left_out;
    keep->partial = !seg_image_empty(left_out);
    if (!keep->partial) return SEG_OK;
    SEG_TRY(reserve_left_out(state));
    return seg_image_copy(&keep->left_out, left_out, &state->base.still->env);
}

/* ---- results ---- */

static seg_status prepare(const frame_diff *state, const seg_frame *about, uint32_t wanted,
                          seg_result *result) {
    const seg_image *grey = &state->base.samples.grey;
    return seg_temporal_prepare(&state->base, about, wanted,
                                fades(state) ? SEG_U16 : (seg_format)grey->format,
                                fades(state) ? 16 : grey->bits, result);
}

/* Where the difference goes: NULL if nobody needs it as a whole. */
static seg_status find_score(pass *job, seg_result *result) {
    const frame_diff *state = job->state;
    const seg_image *grey = &state->base.samples.grey;
    seg_still *still = state->base.still;
    job->score = NULL;
    if (result->outputs & SEG_OUTPUT_SCORE && !fades(state)) job->score = &result->score;
    if (job->score || !seg_change_level_votes(&options_of(state)->threshold)) return SEG_OK;
    job->score = &still->images[1];
    SEG_TRY(seg_image_reuse(job->score, grey->width, grey->height, (seg_format)grey->format, 1,
                            &still->env));
    job->score->bits = grey->bits;
    return SEG_OK;
}

#define MEDIAN_OF_MIDDLE 0.3877 /* of the smaller of two differences; as seg_median_of_range */

static seg_change_rule rule_of(const pass *job) {
    if (job->after) return (seg_change_rule){LEAST, MEDIAN_OF_MIDDLE};
    return (seg_change_rule){LEAST,
                             seg_median_of_range(job->before ? 2 : (int32_t)job->extremes + 1)};
}

/* Gains of all frames compared, to the light of the frame described. */
static seg_status find_gains(pass *job, seg_result *result) {
    frame_diff *state = job->state;
    const seg_image *now = &state->base.samples.grey;
    if (!options_of(state)->gain) return SEG_OK;
    seg_scratch *scratch = &state->base.still->scratch;
    const seg_image *to = job->middle ? &job->middle->picture : now;
    const int64_t count = job->before ? 1 : job->extremes;
    for (int64_t i = 0; i < count; i++) {
        const past_frame *frame =
            job->before ? job->before
                        : past(state, state->base.clock.frames - (i + 1) * options_of(state)->lag);
        const int32_t mark = seg_scratch_mark(scratch);
        SEG_TRY(seg_light_gain(&job->gains[i], &frame->picture, to, job->left_out, scratch));
        seg_scratch_return(scratch, mark);
    }
    if (job->after) {
        const int32_t mark = seg_scratch_mark(scratch);
        SEG_TRY(seg_light_gain(&job->gains[1], now, to, job->left_out, scratch));
        seg_scratch_return(scratch, mark);
    }
    seg_result_decide(result, "gain", (double)job->gains[0] / SEG_LIGHT_GAIN_ONE, "");
    return SEG_OK;
}

/* Rows of the workers; with gains also of each frame compared. */
static seg_status take_rows(pass *job) {
    const frame_diff *state = job->state;
    const seg_image *grey = &state->base.samples.grey;
    const seg_frame_diff_options *o = options_of(state);
    job->row_size = (size_t)grey->width * seg_format_size((seg_format)grey->format);
    job->room_size = job->row_size * (o->gain ? (size_t)o->span : 1);
    job->rows =
        seg_scratch_take(&state->base.still->scratch, (size_t)seg_workers(&state->base.still->env),
                         job->room_size, "rows");
    return job->rows ? SEG_OK : SEG_ERROR_MEMORY;
}

/* The motion history after this frame, and as its score. */
static seg_status add_history(frame_diff *state, const seg_frame *about, const seg_image *left_out,
                              seg_result *result) {
    if (!fades(state)) return SEG_OK;
    const seg_env *env = &state->base.still->env;
    const seg_image *picture = &state->history.picture;
    SEG_TRY(seg_motion_history_add(&state->history, &result->mask, about, &options_of(state)->fade,
                                   env));
    if (!(result->outputs & SEG_OUTPUT_SCORE)) return SEG_OK;
    for (int32_t y = 0; y < picture->height; y++) {
        uint16_t *score = seg_image_row(&result->score, y);
        memcpy(score, seg_image_row(picture, y), (size_t)picture->width * sizeof *score);
        if (left_out)
            seg_temporal_kernels_get()->leave_out_u16(score, seg_image_row(left_out, y),
                                                      picture->width);
    }
    return SEG_OK;
}

/* Runs the pass that `job` describes. */
static seg_status run_pass(pass *job, seg_result *result) {
    frame_diff *state = job->state;
    const seg_env *env = &state->base.still->env;
    const seg_image *grey = &state->base.samples.grey;
    const seg_level *threshold = &options_of(state)->threshold;
    const seg_change_rule rule = rule_of(job);
    double level;
    if (!seg_change_level_votes(threshold)) {
        SEG_TRY(seg_change_level(&level, result, threshold, &rule, grey, NULL,
                                 &state->base.still->scratch));
        job->level = seg_level_floor(level);
        job->mask = &result->mask;
        return seg_run_bands(env, grey->height, BAND_HEIGHT, difference_band, job);
    }
    SEG_TRY(seg_run_bands(env, grey->height, BAND_HEIGHT, difference_band, job));
    SEG_TRY(seg_change_level(&level, result, threshold, &rule, job->score, job->left_out,
                             &state->base.still->scratch));
    job->level = seg_level_floor(level);
    job->mask = &result->mask;
    return seg_run_bands(env, grey->height, BAND_HEIGHT, threshold_band, job);
}

/* Compares as `job` says and fills the result. */
static seg_status compare(pass *job, const seg_frame *about, uint32_t wanted, seg_result *result) {
    SEG_TRY(prepare(job->state, about, wanted, result));
    SEG_TRY(find_score(job, result));
    SEG_TRY(take_rows(job));
    SEG_TRY(find_gains(job, result));
    SEG_TRY(run_pass(job, result));
    return add_history(job->state, about, job->left_out, result);
}

/* Nothing to compare with. */
static seg_status give_empty(frame_diff *state, const seg_frame *about, uint32_t wanted,
                             seg_result *result) {
    SEG_TRY(prepare(state, about, wanted, result));
    seg_temporal_give_empty(result);
    seg_motion_history_reset(&state->history);
    return add_history(state, about, NULL, result);
}

static bool same_scene(frame_diff *state, int64_t a, int64_t b) {
    return a >= 0 && past(state, a)->scene == past(state, b)->scene;
}

/* The new frame without a comparison. */
static seg_status keep_picture(frame_diff *state, past_frame *keep) {
    return seg_image_copy(&keep->picture, &state->base.samples.grey, &state->base.still->env);
}

/* Takes what only later frames need, in their order, so that none of them needs memory. */
static seg_status reserve(frame_diff *state) {
    const seg_image *grey = &state->base.samples.grey;
    const seg_env *env = &state->base.still->env;
    seg_scratch *scratch = &state->base.still->scratch;
    const seg_level *threshold = &options_of(state)->threshold;
    pass rows_job = {.state = state};
    SEG_TRY(take_rows(&rows_job));
    if (options_of(state)->gain) {
        const int32_t mark = seg_scratch_mark(scratch);
        uint32_t unused;
        SEG_TRY(seg_light_gain(&unused, grey, grey, NULL, scratch));
        seg_scratch_return(scratch, mark);
    }
    if (fades(state))
        SEG_TRY(seg_motion_history_bind(&state->history, grey->width, grey->height, env));
    if (seg_change_level_votes(threshold)) {
        seg_image *difference = &state->base.still->images[1];
        const seg_change_rule rule = {LEAST, SEG_MEDIAN_OF_TWO};
        seg_result unused;
        double level;
        seg_result_init(&unused, env);
        SEG_TRY(seg_image_reuse(difference, grey->width, grey->height, (seg_format)grey->format, 1,
                                env));
        difference->bits = grey->bits;
        SEG_TRY(seg_change_level(&level, &unused, threshold, &rule, difference, NULL, scratch));
    }
    seg_scratch_rewind(scratch);
    return SEG_OK;
}

static seg_status bind(frame_diff *state) {
    const seg_image *grey = &state->base.samples.grey;
    for (int32_t i = 0; i < state->ring_count; i++) {
        SEG_TRY(seg_image_reuse(&state->ring[i].picture, grey->width, grey->height,
                                (seg_format)grey->format, 1, &state->base.still->env));
        state->ring[i].partial = false;
    }
    return reserve(state);
}

/* Span 3: the frame `lag` before the new one is described. */
static seg_status apply_middle(frame_diff *state, past_frame *keep, uint32_t wanted,
                               seg_result *result) {
    const int64_t n = state->base.clock.frames;
    const int32_t lag = options_of(state)->lag;
    if (n < lag) {
        SEG_TRY(keep_picture(state, keep));
        return SEG_NO_RESULT_YET;
    }
    const past_frame *middle = past(state, n - lag);
    if (!same_scene(state, n - 2 * lag, n - lag)) {
        SEG_TRY(give_empty(state, &middle->about, wanted, result));
        return keep_picture(state, keep);
    }
    pass job = {.state = state, .kernels = seg_temporal_kernels_get(), .keep = keep};
    job.before = past(state, n - 2 * lag);
    job.middle = middle;
    job.after = middle->scene == state->scene;
    SEG_TRY(gather_left_out(&job, job.after ? &state->base.samples.left_out : NULL));
    return compare(&job, &middle->about, wanted, result);
}

/* Span 2 and more: the new frame is described. */
static seg_status apply_latest(frame_diff *state, past_frame *keep, const seg_frame *frame,
                               uint32_t wanted, seg_result *result) {
    const int64_t n = state->base.clock.frames;
    const seg_frame_diff_options *o = options_of(state);
    int64_t compared = 0;
    while (compared < o->span - 1 && n >= (compared + 1) * o->lag &&
           past(state, n - (compared + 1) * o->lag)->scene == state->scene)
        compared++;
    if (compared == 0) {
        SEG_TRY(give_empty(state, frame, wanted, result));
        return keep_picture(state, keep);
    }
    pass job = {.state = state, .kernels = seg_temporal_kernels_get(), .keep = keep};
    if (compared == 1)
        job.before = past(state, n - o->lag);
    else
        job.extremes = compared;
    if (compared < o->span - 1) result->flags |= SEG_RESULT_PROVISIONAL;
    SEG_TRY(gather_left_out(&job, &state->base.samples.left_out));
    return compare(&job, frame, wanted, result);
}

static seg_status apply(void *pointer, const seg_frame *frame, uint32_t wanted,
                        seg_result *result) {
    frame_diff *state = pointer;
    if (state->drained) reset(state);
    SEG_TRY(seg_temporal_begin(&state->base, frame));
    if (state->base.clock.frames == 0) SEG_TRY(bind(state));
    if (frame->flags & SEG_FRAME_DISCONTINUITY) state->scene++;
    past_frame *keep = past(state, state->base.clock.frames);
    seg_status status = options_of(state)->span == 3
                            ? apply_middle(state, keep, wanted, result)
                            : apply_latest(state, keep, frame, wanted, result);
    const seg_status kept = status < 0 ? status : keep_left_out(state, keep);
    if (kept < 0) {
        reset(state); /* the oldest frame may be half overwritten */
        return kept;
    }
    keep->scene = state->scene;
    keep->about = (seg_frame){.index = frame->index,
                              .pts = frame->pts,
                              .duration = frame->duration,
                              .time_base = frame->time_base};
    seg_temporal_end(&state->base, frame);
    if (status == SEG_OK) state->described++;
    return status;
}

static seg_status flush(void *pointer, uint32_t wanted, seg_result *result) {
    frame_diff *state = pointer;
    const seg_frame_diff_options *o = options_of(state);
    if (o->span != 3 || state->described >= state->base.clock.frames) return SEG_END;
    seg_scratch_rewind(&state->base.still->scratch);
    state->drained = true;
    const int64_t m = state->described;
    const past_frame *middle = past(state, m);
    seg_status status;
    if (same_scene(state, m - o->lag, m)) {
        pass job = {.state = state, .kernels = seg_temporal_kernels_get()};
        job.before = past(state, m - o->lag);
        job.middle = middle;
        SEG_TRY(gather_left_out(&job, NULL));
        status = compare(&job, &middle->about, wanted, result);
    } else {
        status = give_empty(state, &middle->about, wanted, result);
    }
    if (status == SEG_OK) state->described++;
    return status;
}

/* The frames kept, to another view: what they do not show of it is left out of them. */
static seg_status move(void *pointer, const double from[9]) {
    frame_diff *state = pointer;
    const seg_image *picture = &state->ring[0].picture, *history = &state->history.picture;
    const size_t strides[] = {(size_t)picture->stride, (size_t)history->stride};
    seg_grid grid;
    SEG_TRY(reserve_left_out(state));
    seg_scratch_rewind(&state->base.still->scratch);
    SEG_TRY(seg_grid_make(&grid, from, picture->width, picture->height, 0,
                          strides[fades(state) && strides[1] > strides[0]],
                          &state->base.still->scratch));
    for (int32_t i = 0; i < state->ring_count; i++) {
        past_frame *frame = &state->ring[i];
        if (!frame->partial) seg_image_clear(&frame->left_out);
        frame->partial = true;
        seg_grid_move_image(&grid, &frame->picture, NULL);
        seg_grid_move_image(&grid, &frame->left_out, &(uint8_t){255});
    }
    seg_grid_move_image(&grid, history, NULL);
    return SEG_OK;
}

const seg_method seg_method_frame_diff = {
    .id = "frame-diff",
    .title = "differences between two, three or N frames",
    .family = "temporal",
    .reference = "R. Jain, H. Nagel, On the analysis of accumulative difference pictures from "
                 "image sequences of real world scenes, IEEE Trans. PAMI 1(2)",
    .year = 1979,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_STREAM,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .params = &params,
    .delay = delay,
    .create = create,
    .apply = apply,
    .flush = flush,
    .reset = reset,
    .move = move,
    .free = release,
};
