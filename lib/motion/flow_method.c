/* The shared state of flow methods. */
#include "motion/flow_method.h"

#include "core/bands.h"
#include "core/frame_picture.h"
#include "imgproc/input.h"
#include "imgproc/planes.h"
#include "imgproc/still_method.h"
#include "motion/consistency.h"

#include <float.h>
#include <string.h>

#define BAND_HEIGHT 64

const char *const seg_flow_quality_names[] = {"fastest", "fast", "default", "accurate", NULL};
const char *const seg_flow_direction_names[] = {"forward", "backward", NULL};

typedef struct flow_state {
    seg_still *still;
    const seg_flow_kind *kind;
    seg_flow_frame frames[2]; /* the frame at hand is written to frames[turn] */
    seg_field flow[2][2];     /* u and v of the direction wanted, and of the other */
    uint8_t *left_out[2];     /* of the frames; rows of `width` bytes; only for consistency */
    float *memory;            /* of the fields; the left-out planes lie behind them */
    int32_t width, height;    /* that there is memory for */
    int32_t turn;
    bool previous; /* frames[1 - turn] is the frame before */
    bool started;  /* flow holds that of the frame before */
} flow_state;

static const seg_flow_options *flow_of(const flow_state *state) {
    return (const seg_flow_options *)((const char *)state->still->options + state->kind->flow);
}

uint32_t seg_flow_outputs(const seg_flow_options *flow) {
    return flow->consistency ? SEG_OUTPUT_FLOW | SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE
                             : SEG_OUTPUT_FLOW;
}

/* ---- life ---- */

seg_status seg_flow_create(void **pointer, const seg_flow_kind *kind, const void *options,
                           const seg_env *env) {
    *pointer = NULL;
    void *still;
    SEG_TRY(seg_still_create(&still, kind->params, options, env));
    flow_state *state = seg_allocate_zeroed(env, 1, sizeof *state, "method state");
    if (!state) {
        seg_still_free(still);
        return SEG_ERROR_MEMORY;
    }
    state->still = still;
    state->kind = kind;
    *pointer = state;
    return SEG_OK;
}

void seg_flow_reset(void *pointer) {
    flow_state *state = pointer;
    state->previous = state->started = false;
}

void seg_flow_free(void *pointer) {
    flow_state *state = pointer;
    if (!state) return;
    const seg_env env = state->still->env;
    seg_release(&env, state->memory);
    seg_still_free(state->still);
    seg_release(&env, state);
}

static bool guided(const flow_state *state) {
    return state->kind->guided && state->kind->guided(state->still->options);
}

/* Memory for frames of that size. */
static seg_status bind(flow_state *state, int32_t width, int32_t height) {
    if (state->memory && state->width == width && state->height == height) return SEG_OK;
    const seg_env *env = &state->still->env;
    const bool colours = guided(state), both = flow_of(state)->consistency;
    const size_t samples = seg_field_samples(width, height);
    const size_t fields = 2 * (size_t)(colours ? 4 : 1) + (both ? 4 : 2);
    const size_t marks = both ? 2 * (size_t)width * (size_t)height : 0;
    seg_flow_reset(state);
    seg_release(env, state->memory);
    state->memory =
        seg_allocate(env, fields * samples * sizeof(float) + marks, 1, "the frames of a flow");
    if (!state->memory) return SEG_ERROR_MEMORY;
    float *next = state->memory;
    for (int i = 0; i < 2; i++) {
        state->frames[i].grey = seg_field_in(next, width, height);
        next += samples;
        for (int c = 0; c < 3 && colours; c++, next += samples)
            state->frames[i].lab[c] = seg_field_in(next, width, height);
        for (int c = 0; c < 2 && (both || i == 0); c++, next += samples)
            state->flow[i][c] = seg_field_in(next, width, height);
    }
    state->left_out[0] = both ? (uint8_t *)next : NULL;
    state->left_out[1] = both ? state->left_out[0] + marks / 2 : NULL;
    state->width = width;
    state->height = height;
    return SEG_OK;
}

/* ---- frames ---- */

static seg_status take_lab(flow_state *state, seg_flow_frame *frame, const seg_frame *given) {
    const seg_image *picture = seg_frame_picture(given);
    seg_planes planes;
    SEG_TRY(seg_planes_lab(&planes, picture, &state->still->scratch));
    for (int c = 0; c < 3; c++) {
        for (int32_t y = 0; y < planes.height; y++) {
            float *out = seg_field_row(&frame->lab[c], y);
            const int16_t *in = c < planes.planes ? seg_plane_row(&planes, c, y) : NULL;
            for (int32_t x = 0; x < planes.width; x++)
                out[x] = in ? (float)in[x] / SEG_LAB_UNIT : 0;
        }
        seg_field_extend(&frame->lab[c]);
    }
    return SEG_OK;
}

/* Pixels that are no numbers, or that the frame leaves out. */
static void mark_left_out(uint8_t *marks, const seg_image *grey, const seg_image *ignore) {
    const size_t width = (size_t)grey->width;
    for (int32_t y = 0; y < grey->height; y++, marks += width) {
        const uint8_t *ignored = seg_image_empty(ignore) ? NULL : seg_image_row(ignore, y);
        const float *values = grey->format == SEG_F32 ? seg_image_row(grey, y) : NULL;
        for (size_t x = 0; x < width; x++) {
            const bool number = !values || (values[x] >= -FLT_MAX && values[x] <= FLT_MAX);
            marks[x] = !number || (ignored && ignored[x]);
        }
    }
}

static seg_status take_frame(flow_state *state, const seg_frame *given) {
    const seg_env *env = &state->still->env;
    seg_image grey;
    SEG_TRY(seg_input_grey(&grey, &state->still->images[0], given, env));
    SEG_TRY(bind(state, grey.width, grey.height));
    seg_flow_frame *frame = &state->frames[state->turn];
    SEG_TRY(seg_field_from_grey(&frame->grey, &grey, env));
    seg_field_extend(&frame->grey);
    if (guided(state)) SEG_TRY(take_lab(state, frame, given));
    if (state->left_out[0]) mark_left_out(state->left_out[state->turn], &grey, &given->ignore);
    return SEG_OK;
}

/* ---- flow ---- */

/* What little there is in a tiny or flat picture may call for any displacement. One that is longer
 * than the picture leads to nothing that was compared. */
static seg_status limit_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const seg_flow_job *job = argument;
    const seg_field *const fields[2] = {job->u, job->v};
    const float most[2] = {(float)job->u->width, (float)job->u->height};
    for (int c = 0; c < 2; c++)
        for (int32_t y = first; y < end; y++) {
            float *row = seg_field_row(fields[c], y);
            for (int32_t x = 0; x < job->u->width; x++) {
                const float value = row[x] < most[c] ? row[x] : most[c];
                row[x] = value > -most[c] ? value : -most[c];
            }
        }
    return SEG_OK;
}

/* Direction 0 is the one wanted, 1 the other. */
static seg_status estimate(flow_state *state, int32_t way, int32_t *levels) {
    const bool forward = (flow_of(state)->direction == SEG_FLOW_FORWARD) == (way == 0);
    const seg_flow_frame *now = &state->frames[state->turn];
    const seg_flow_frame *before = &state->frames[1 - state->turn];
    seg_flow_job job = {
        .first = forward ? before : now,
        .second = forward ? now : before,
        .u = &state->flow[way][0],
        .v = &state->flow[way][1],
        .started = state->started && flow_of(state)->warm_start,
        .levels = levels,
        .options = state->still->options,
        .scratch = &state->still->scratch,
        .env = &state->still->env,
    };
    seg_scratch_rewind(&state->still->scratch);
    SEG_TRY(state->kind->estimate(&job));
    return seg_run_bands(job.env, state->height, BAND_HEIGHT, limit_band, &job);
}

typedef struct output_job {
    const seg_image *target;
    const seg_field *u, *v;
} output_job;

static seg_status output_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const output_job *job = argument;
    for (int32_t y = first; y < end; y++) {
        float *restrict out = seg_image_row(job->target, y);
        const float *restrict u = seg_field_row(job->u, y), *restrict v = seg_field_row(job->v, y);
        for (int32_t x = 0; x < job->target->width; x++) {
            out[2 * x] = u[x];
            out[2 * x + 1] = v[x];
        }
    }
    return SEG_OK;
}

/* Makes room in the result for what is wanted. */
static seg_status prepare(const flow_state *state, uint32_t wanted, seg_result *result) {
    const seg_env *env = &state->still->env;
    const int32_t width = state->width, height = state->height;
    if (wanted & SEG_OUTPUT_FLOW) {
        SEG_TRY(seg_image_reuse(&result->flow, width, height, SEG_F32, 2, env));
        result->flow.colour = SEG_COLOUR_DATA;
    }
    if (wanted & SEG_OUTPUT_MASK) {
        SEG_TRY(seg_image_reuse(&result->mask, width, height, SEG_U8, 1, env));
        result->mask.colour = SEG_COLOUR_DATA;
    }
    if (wanted & SEG_OUTPUT_SCORE) {
        SEG_TRY(seg_image_reuse(&result->score, width, height, SEG_F32, 1, env));
        result->score.colour = SEG_COLOUR_DATA;
        result->score_full_scale = 1;
    }
    return SEG_OK;
}

static void give_nothing(seg_result *result, uint32_t wanted) {
    const seg_image *const images[] = {&result->flow, &result->mask, &result->score};
    const uint32_t bits[] = {SEG_OUTPUT_FLOW, SEG_OUTPUT_MASK, SEG_OUTPUT_SCORE};
    for (int i = 0; i < 3; i++)
        for (int32_t y = 0; (wanted & bits[i]) && y < images[i]->height; y++)
            memset(seg_image_row(images[i], y), 0,
                   (size_t)images[i]->width * images[i]->channels *
                       seg_format_size((seg_format)images[i]->format));
    result->flags |= SEG_RESULT_PROVISIONAL;
}

static seg_status give_flow(flow_state *state, uint32_t wanted, seg_result *result) {
    const seg_env *env = &state->still->env;
    int32_t levels = 1;
    SEG_TRY(estimate(state, 0, &levels));
    seg_result_decide(result, "levels", levels, "");
    seg_result_decide(result, "warm", state->started && flow_of(state)->warm_start, "");
    if (wanted & SEG_OUTPUT_FLOW) {
        output_job job = {&result->flow, &state->flow[0][0], &state->flow[0][1]};
        SEG_TRY(seg_run_bands(env, state->height, BAND_HEIGHT, output_band, &job));
    }
    if (!flow_of(state)->consistency) return SEG_OK;
    /* also where nobody wants to see it, so that a warm start does not depend on that */
    SEG_TRY(estimate(state, 1, NULL));
    const bool forward = flow_of(state)->direction == SEG_FLOW_FORWARD;
    const int32_t grid = forward ? 1 - state->turn : state->turn;
    return seg_flow_consistency(wanted & SEG_OUTPUT_MASK ? &result->mask : NULL,
                                wanted & SEG_OUTPUT_SCORE ? &result->score : NULL,
                                &state->flow[0][0], &state->flow[0][1], &state->flow[1][0],
                                &state->flow[1][1], state->left_out[grid], env);
}

seg_status seg_flow_apply(void *pointer, const seg_frame *frame, uint32_t wanted,
                          seg_result *result) {
    flow_state *state = pointer;
    seg_scratch_rewind(&state->still->scratch);
    SEG_TRY(take_frame(state, frame));
    SEG_TRY(prepare(state, wanted, result));
    const bool comparable = state->previous && !(frame->flags & SEG_FRAME_DISCONTINUITY);
    if (comparable) {
        const seg_status status = give_flow(state, wanted, result);
        if (status < 0) {
            state->started = false; /* the flow may be half written */
            return status;
        }
    } else {
        give_nothing(result, wanted);
    }
    result->outputs |= wanted;
    state->started = comparable;
    state->previous = true;
    state->turn = 1 - state->turn;
    return SEG_OK;
}

/* ---- two pictures ---- */

static seg_status run_pair(seg_context *context, seg_result *result, const seg_image *first,
                           const seg_image *second) {
    if (!(seg_context_outputs(context) & SEG_OUTPUT_FLOW))
        return seg_fail(SEG_ERROR_ARGUMENT, "the method gives no flow");
    seg_frame frame = {.index = 0, .pts = SEG_NO_PTS, .image = *first};
    SEG_TRY(seg_context_apply(context, &frame, SEG_OUTPUT_FLOW, result));
    frame.index = 1;
    frame.image = *second;
    return seg_context_apply(context, &frame, 0, result);
}

seg_status seg_flow_between(seg_result *result, const seg_method *method, const seg_image *first,
                            const seg_image *second, const void *options, const seg_env *env) {
    if (!result || !method || !first || !second)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !result   ? "result"
                        : !method ? "method"
                        : !first  ? "first"
                                  : "second");
    seg_context *context;
    SEG_TRY(seg_context_create(&context, method, options, env));
    const seg_status status = run_pair(context, result, first, second);
    seg_context_free(context);
    return status;
}
