/*
 * What moves against the dominant motion, as objects.
 *
 * Frames are brought to a grid of about GRID blocks; flow is found there from the frame at hand to
 * the one before and, unless `look-ahead` is 0, to the next one; a parametric motion is fitted to
 * it robustly (geometry/motion_model.c: the camera, mostly), and what deviates is evidence of an
 * object (moving_evidence.c). Evidence is carried along the flow, learns its colours and joins its
 * neighbours (moving.c); regions are parted by their motions and keep their numbers
 * (moving_objects.c); what they hide of each other tells who is in front (depth_order.c).
 *
 * In the spirit of A. Papazoglou, V. Ferrari, "Fast object segmentation in unconstrained video",
 * ICCV 2013 (motion, colour and neighbours, without training) and of layers by parametric motion
 * (moving_objects.c names them), but a frame ahead at most, and with a mean field in place of a cut
 * over the whole clip.
 *
 * Where everything moves, the motion of the largest part is the dominant one and the other parts
 * are objects; the decision `dominant` tells which share of the frame follows it (dominant.c).
 *
 * A cut (the frames do not agree along the flow) or a jump in time starts anew. Where light is
 * switched, brightness is no guide: the belief stays where it was for that frame.
 *
 * Cost: two flows on the grid, there and back, and about 250 operations a grid pixel; per pixel
 * of the picture the means of blocks and the enlarged answer. Memory: about 130 bytes a grid pixel
 * and, with an ignore mask, two bytes a pixel. Known failures: what stands still relative to the
 * camera's motion is not seen before it moves; large depth steps near a moving camera deviate as
 * objects do; shadows and water move, too. Who is in front is told only where layers move against
 * each other and are not plain.
 */
#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "core/math.h"
#include "imgproc/block_means.h"
#include "imgproc/planes.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include "motion/agreement.h"
#include "motion/depth_order.h"
#include "motion/horn_schunck.h"
#include "motion/moving_objects.h"
#include "motion/moving_result.h"
#include <segment/imgproc.h>

#include <math.h>
#include <string.h>

#define GRID 320          /* blocks along the longer side, about */
#define SLOTS 3           /* frames at hand: one waits for the next and is compared to the last */
#define CUT_AGREEMENT 0.5 /* correlation along the flow below it: another scene */
#define LIGHT_STEP 8.0    /* 8-bit levels that the mean jumps by */
#define LIGHT_AGREEMENT 0.8

static const char *const model_names[] = {"auto",       "translation", "similarity", "affine",
                                          "projective", "quadratic",   NULL};

static const seg_param rows[] = {
    {"flow-quality", SEG_PARAM_ENUM, offsetof(seg_moving_options, quality), "fast", 0, 3,
     seg_flow_quality_names, "", "Of the flow: how much time for how much accuracy.", ""},
    {"model", SEG_PARAM_ENUM, offsetof(seg_moving_options, model), "affine", 0, 5, model_names, "",
     "Of the dominant motion; auto = the one that explains the flow with the fewest numbers.", ""},
    {"threshold", SEG_PARAM_FLOAT, offsetof(seg_moving_options, threshold), "5", 1, 100, NULL,
     "deviations", "What deviates from the dominant motion by more of its robust deviations moves.",
     ""},
    {"smoothness", SEG_PARAM_FLOAT, offsetof(seg_moving_options, smoothness), "1.5", 0, 10, NULL,
     "", "Of outlines, but for those along edges of colour; 0 = each pixel for itself.", "lambda"},
    {"look-ahead", SEG_PARAM_INT, offsetof(seg_moving_options, look_ahead), "1", 0, 1, NULL,
     "frames", "1 = also by where objects go, a frame later; 0 = by where they come from.", ""},
    {"min-area", SEG_PARAM_FLOAT, offsetof(seg_moving_options, min_area), "0.1", 0, 100, NULL,
     "% of the picture", "Smaller objects are left out.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_moving_options)};

void seg_moving_options_init(seg_moving_options *options) {
    seg_params_init(options, &params);
}

/* ---- state ---- */

typedef struct flow_pair {
    seg_field u, v;
} flow_pair;

/* A frame on the grid. */
typedef struct slot {
    seg_image small; /* means of blocks */
    seg_flow_frame grey;
    seg_moving_frame frame;
    seg_frame about;    /* its place in time */
    seg_image left_out; /* of the picture, if `has_left_out` */
    bool has_left_out;
    flow_pair back, forward; /* to the frame before, if `linked`; to the next one, if that is */
    bool linked;
} slot;

typedef struct motion {
    seg_still *still;
    seg_horn_schunck_options flow_options;
    int32_t width, height; /* of frames */
    int32_t side;          /* of blocks */
    slot slots[SLOTS];
    seg_moving moving;
    seg_moving_objects objects;
    seg_depth_order order;
    void *memory;
    int32_t turn;  /* slot of the frame at hand */
    bool previous; /* there is a frame before it */
    bool waiting;  /* and it has not been described */
    bool drained;  /* flush has begun */
} motion;

static const seg_moving_options *options_of(const motion *state) {
    return state->still->options;
}

static int32_t delay(const void *options) {
    const seg_moving_options *o = options;
    return o->look_ahead;
}

static void reset(void *pointer) {
    motion *state = pointer;
    seg_moving_reset(&state->moving);
    seg_moving_objects_reset(&state->objects);
    state->order.count = 0;
    state->previous = state->waiting = state->drained = false;
}

static void release(void *pointer) {
    motion *state = pointer;
    if (!state) return;
    const seg_env env = state->still->env;
    seg_moving_free(&state->moving, &env);
    seg_moving_objects_free(&state->objects, &env);
    seg_depth_order_free(&state->order, &env);
    for (int i = 0; i < SLOTS; i++) {
        seg_image_unref(&state->slots[i].small);
        seg_image_unref(&state->slots[i].left_out);
    }
    seg_release(&env, state->memory);
    seg_still_free(state->still);
    seg_release(&env, state);
}

static seg_status create(void **pointer, const void *options, const seg_env *env) {
    *pointer = NULL;
    void *still;
    SEG_TRY(seg_still_create(&still, &params, options, env));
    motion *state = seg_allocate_zeroed(env, 1, sizeof *state, "method state");
    if (!state) {
        seg_still_free(still);
        return SEG_ERROR_MEMORY;
    }
    state->still = still;
    seg_horn_schunck_options_init(&state->flow_options);
    state->flow_options.flow.quality = options_of(state)->quality;
    state->flow_options.median = SEG_FLOW_MEDIAN_PLAIN; /* slots have no colours to guide one */
    *pointer = state;
    return SEG_OK;
}

/* ---- memory ---- */

static flow_pair flow_in(float **memory, int32_t width, int32_t height) {
    const size_t samples = seg_field_samples(width, height);
    const flow_pair flow = {seg_field_in(*memory, width, height),
                            seg_field_in(*memory + samples, width, height)};
    *memory += 2 * samples;
    return flow;
}

static seg_status bind_slots(motion *state, int32_t width, int32_t height) {
    if (state->memory && state->width == width && state->height == height) return SEG_OK;
    const seg_env *env = &state->still->env;
    reset(state);
    seg_release(env, state->memory);
    state->side =
        (int32_t)seg_larger(1, floor((double)(width > height ? width : height) / GRID + 0.5));
    const int32_t w = seg_block_count(width, state->side), h = seg_block_count(height, state->side);
    const size_t n = (size_t)w * (size_t)h, samples = seg_field_samples(w, h);
    const size_t fields = 5 * SLOTS * samples * sizeof(float); /* flows and grey */
    const size_t frame = n * (2 * sizeof(float) + sizeof(uint16_t) + 1);
    state->memory = seg_allocate(env, fields + SLOTS * frame, 1, "frames");
    if (!state->memory) return SEG_ERROR_MEMORY;
    float *next = state->memory;
    for (int i = 0; i < SLOTS; i++, next += samples) {
        state->slots[i].back = flow_in(&next, w, h);
        state->slots[i].forward = flow_in(&next, w, h);
        state->slots[i].grey.grey = seg_field_in(next, w, h);
    }
    for (int i = 0; i < SLOTS; i++, next += 2 * n) {
        state->slots[i].frame.right = next;
        state->slots[i].frame.below = next + n;
    }
    uint16_t *colours = (uint16_t *)next;
    uint8_t *marks = (uint8_t *)(colours + SLOTS * n);
    for (int i = 0; i < SLOTS; i++) {
        state->slots[i].frame.colour = colours + (size_t)i * n;
        state->slots[i].frame.left_out = marks + (size_t)i * n;
    }
    state->width = width;
    state->height = height;
    return SEG_OK;
}

static seg_status bind(motion *state, int32_t width, int32_t height) {
    const seg_env *env = &state->still->env;
    SEG_TRY(bind_slots(state, width, height));
    const seg_field *grid = &state->slots[0].grey.grey;
    SEG_TRY(seg_moving_bind(&state->moving, grid->width, grid->height, env));
    SEG_TRY(seg_depth_order_bind(&state->order, env));
    return seg_moving_objects_bind(&state->objects, grid->width, grid->height, env);
}

/* ---- frames ---- */

/* What the frame leaves out, as ignored or as no number: on the grid, blocks that have such a
 * pixel. */
static seg_status take_left_out(motion *state, slot *to, const seg_image *picture,
                                const seg_image *ignore) {
    const seg_image *grid = &to->small;
    seg_image blocked;
    memset(to->frame.left_out, 0, (size_t)grid->width * (size_t)grid->height);
    SEG_TRY(seg_picture_blocked(&blocked, picture, ignore, &state->still->scratch));
    to->has_left_out = !seg_image_empty(&blocked);
    if (!to->has_left_out) return SEG_OK;
    SEG_TRY(
        seg_image_reuse(&to->left_out, state->width, state->height, SEG_U8, 1, &state->still->env));
    for (int32_t y = 0; y < state->height; y++) {
        const uint8_t *row = seg_image_row(&blocked, y);
        uint8_t *blocks = to->frame.left_out + (size_t)(y / state->side) * (size_t)grid->width;
        memcpy(seg_image_row(&to->left_out, y), row, (size_t)state->width);
        for (int32_t x = 0; x < state->width; x++)
            if (row[x]) blocks[x / state->side] = 1;
    }
    return SEG_OK;
}

static seg_status take_frame(motion *state, slot *to, const seg_frame *frame) {
    const seg_env *env = &state->still->env;
    seg_scratch *scratch = &state->still->scratch;
    const seg_image *picture = seg_frame_picture(frame);
    seg_planes lab;
    seg_image *grey = &state->still->images[0];
    SEG_TRY(seg_block_means(&to->small, picture, state->side, scratch, env));
    SEG_TRY(seg_image_reuse(grey, to->small.width, to->small.height, SEG_U16, 1, env));
    SEG_TRY(seg_to_grey(grey, &to->small, env));
    SEG_TRY(seg_field_from_grey(&to->grey.grey, grey, env));
    seg_field_extend(&to->grey.grey);
    SEG_TRY(seg_planes_lab(&lab, &to->small, scratch));
    SEG_TRY(seg_moving_take_frame(
        &to->frame, (const int16_t *const[3]){lab.plane[0], lab.plane[1], lab.plane[2]}, lab.planes,
        lab.stride, lab.width, lab.height, scratch, env));
    to->linked = false;
    to->about = (seg_frame){.index = frame->index,
                            .pts = frame->pts,
                            .duration = frame->duration,
                            .time_base = frame->time_base};
    return take_left_out(state, to, picture, &frame->ignore);
}

static slot *slot_at(motion *state, int32_t ago) {
    return &state->slots[(state->turn + SLOTS - ago) % SLOTS];
}

/* ---- flow ---- */

static seg_status estimate(motion *state, const slot *first, const slot *second,
                           const flow_pair *flow) {
    const seg_flow_job job = {
        .first = &first->grey,
        .second = &second->grey,
        .u = &flow->u,
        .v = &flow->v,
        .options = &state->flow_options,
        .scratch = &state->still->scratch,
        .env = &state->still->env,
    };
    return seg_horn_schunck_flow(&job);
}

static seg_status agree(seg_agreement *found, motion *state, const slot *now, const slot *before,
                        const flow_pair *flow) {
    return seg_agreement_find(found, &now->grey.grey, &before->grey.grey, flow ? &flow->u : NULL,
                              flow ? &flow->v : NULL, &state->still->scratch, &state->still->env);
}

typedef enum link { LINK_FLOW, LINK_NONE, LINK_CUT } link;

/* How a frame hangs together with the one before; finds the flow both ways. */
static seg_status find_link(link *found, motion *state, slot *now, slot *before) {
    seg_agreement still, along;
    SEG_TRY(agree(&still, state, now, before, NULL));
    *found = LINK_NONE;
    if (still.step > LIGHT_STEP && still.correlation > LIGHT_AGREEMENT) return SEG_OK;
    SEG_TRY(estimate(state, now, before, &now->back));
    SEG_TRY(agree(&along, state, now, before, &now->back));
    *found = along.correlation < CUT_AGREEMENT ? LINK_CUT : LINK_FLOW;
    if (*found == LINK_CUT) return SEG_OK;
    SEG_TRY(estimate(state, before, now, &before->forward));
    now->linked = true;
    return SEG_OK;
}

/* ---- results ---- */

/* `sign` -1: the flow leads from the frame that is described to the one before. */
static void tell(const motion *state, const seg_dominant *found, double sign, seg_result *result) {
    static const char *const names[SEG_MOTION_NUMBERS] = {
        "u", "u-x", "u-y", "u-xx", "u-xy", "u-yy", "v", "v-x", "v-y", "v-xx", "v-xy", "v-yy"};
    const int32_t numbers = seg_motion_model_numbers(found->model);
    seg_motion *dominant = &result->flow_about.dominant;
    *dominant = seg_motion_enlarged(&found->motion, state->side);
    result->flow_about.model = options_of(state)->model;
    seg_result_decide(result, "objects", state->objects.count, "");
    seg_result_decide(result, "model-numbers", numbers, "");
    seg_result_decide(result, "dominant", 100 * found->share, "%");
    seg_result_decide(result, "deviation", found->deviation * state->side, "px");
    for (int i = 0; i < SEG_MOTION_NUMBERS; i++) {
        dominant->p[i] *= sign;
        if (i % 6 < 3 || numbers > 6)
            seg_result_decide(result, names[i], dominant->p[i], "px/frame");
    }
}

/* There is room for the usual number from the first frame on. */
static seg_status tell_order(const seg_depth_order *order, seg_result *result) {
    SEG_TRY(seg_grow((void **)&result->orders, &result->order_capacity, 0, order->capacity,
                     sizeof *result->orders, result->allocator));
    for (int32_t i = 0; i < order->count; i++) {
        const seg_depth_pair *pair = &order->pairs[i];
        const int front = seg_depth_pair_front(pair);
        if (front)
            result->orders[result->order_count++] = front > 0 ? (seg_layer_order){pair->a, pair->b}
                                                              : (seg_layer_order){pair->b, pair->a};
    }
    return SEG_OK;
}

static void place_result(seg_result *result, const seg_frame *about) {
    result->index = about->index;
    result->pts = about->pts;
    result->duration = about->duration;
    result->time_base = about->time_base;
}

/* 0 = unknown */
static double seconds_between(const seg_frame *a, const seg_frame *b) {
    const double from = seg_frame_seconds(a), to = seg_frame_seconds(b);
    return from < 0 || to < 0 ? 0 : fabs(to - from);
}

static seg_moving_way way_of(const flow_pair *flow, const flow_pair *return_flow) {
    return (seg_moving_way){flow->u.data, flow->v.data, return_flow->u.data, return_flow->v.data};
}

/* What the flow of a frame to the one after it says, or to the one before it. */
static seg_moving_flow flow_ahead(const slot *of, const slot *after) {
    return (seg_moving_flow){.to = way_of(&of->forward, &after->back),
                             .first = of->grey.grey.data,
                             .second = after->grey.grey.data,
                             .stride = of->back.u.stride};
}

static seg_moving_flow flow_back(const slot *of, const slot *before) {
    const seg_moving_way back = way_of(&of->back, &before->forward);
    return (seg_moving_flow){.to = back,
                             .back = back,
                             .first = of->grey.grey.data,
                             .second = before->grey.grey.data,
                             .stride = of->back.u.stride};
}

/* What a frame between two others says about which of its objects are in front. */
static seg_status watch_order(motion *state, const slot *of, const slot *before,
                              const slot *after) {
    if (!of->linked || !state->objects.carried) return SEG_OK;
    const seg_moving_flow ways[2] = {flow_back(of, before), flow_ahead(of, after)};
    return seg_depth_order_watch(&state->order, &state->objects, &of->frame, ways,
                                 &state->still->env);
}

/* Objects of a frame by its flow to the next one (`ahead`, NULL = none) and to the one before. */
static seg_status describe(motion *state, const slot *of, const slot *before, const slot *ahead,
                           uint32_t wanted, seg_result *result) {
    seg_scratch *scratch = &state->still->scratch;
    const seg_env *env = &state->still->env;
    const seg_moving_options *o = options_of(state);
    const seg_moving_rules rules = {o->model - 1, o->threshold, o->smoothness};
    const double least = ceil(o->min_area / 100 * state->moving.width * state->moving.height);
    seg_moving_flow next = {0}, past = {0};
    if (of->linked) past = flow_back(of, before);
    if (ahead) next = flow_ahead(of, ahead);
    next.back = past.to;
    const seg_moving_flow *back = of->linked ? &past : NULL, *said = ahead ? &next : back;
    const bool known = state->moving.carried || said;
    if (said && !o->look_ahead && state->moving.carried) {
        SEG_TRY(watch_order(state, before, slot_at(state, 2), of));
        const seg_moving_flow hind = flow_ahead(before, of);
        SEG_TRY(seg_moving_hindsight(&state->moving, &before->frame, &hind, &rules, scratch, env));
    }
    seg_dominant found;
    place_result(result, &of->about);
    SEG_TRY(seg_moving_step(&state->moving, &found, &of->frame, said, ahead ? back : NULL, &rules,
                            scratch, env));
    SEG_TRY(seg_moving_objects_find(&state->objects, &state->moving, said, &found.motion,
                                    (int32_t)seg_larger(1, least), scratch, env));
    if (ahead) SEG_TRY(watch_order(state, of, before, ahead));
    SEG_TRY(seg_depth_order_keep(&state->order, &state->objects, scratch));
    SEG_TRY(tell_order(&state->order, result));
    tell(state, &found, ahead ? 1 : -1, result);
    if (said)
        result->flow_about.seconds = seconds_between(&of->about, &(ahead ? ahead : before)->about);
    if (!known) result->flags |= SEG_RESULT_PROVISIONAL;
    const seg_image nothing = {0};
    const seg_moving_answer answer = {.moving = &state->moving,
                                      .objects = &state->objects,
                                      .flow = said,
                                      .sign = ahead ? 1 : -1,
                                      .side = state->side,
                                      .width = state->width,
                                      .height = state->height,
                                      .left_out = of->has_left_out ? &of->left_out : &nothing};
    return seg_moving_write(&answer, wanted, result, scratch, env);
}

static void start_scene(motion *state) {
    seg_moving_reset(&state->moving);
    state->objects.carried = false;
}

/* ---- the method ---- */

static seg_status apply_next(motion *state, bool jump, uint32_t wanted, seg_result *result) {
    slot *now = slot_at(state, 0), *before = slot_at(state, 1);
    const slot *ahead = NULL;
    link found = LINK_CUT;
    if (state->previous && !jump) SEG_TRY(find_link(&found, state, now, before));
    if (found == LINK_FLOW) ahead = now;
    if (state->waiting) SEG_TRY(describe(state, before, slot_at(state, 2), ahead, wanted, result));
    if (found == LINK_CUT) start_scene(state);
    if (options_of(state)->look_ahead) return state->waiting ? SEG_OK : SEG_NO_RESULT_YET;
    return describe(state, now, before, NULL, wanted, result);
}

static seg_status apply(void *pointer, const seg_frame *frame, uint32_t wanted,
                        seg_result *result) {
    motion *state = pointer;
    const seg_image *picture = seg_frame_picture(frame);
    if (state->drained) reset(state);
    seg_scratch_rewind(&state->still->scratch);
    SEG_TRY(bind(state, picture->width, picture->height));
    SEG_TRY(take_frame(state, slot_at(state, 0), frame));
    const seg_status status =
        apply_next(state, frame->flags & SEG_FRAME_DISCONTINUITY, wanted, result);
    if (status < 0) {
        reset(state); /* the belief may be that of either frame */
        return status;
    }
    state->previous = true;
    state->waiting = options_of(state)->look_ahead > 0;
    state->turn = (state->turn + 1) % SLOTS;
    return status;
}

static seg_status flush(void *pointer, uint32_t wanted, seg_result *result) {
    motion *state = pointer;
    if (!state->waiting) return SEG_END;
    seg_scratch_rewind(&state->still->scratch);
    state->drained = true;
    SEG_TRY(describe(state, slot_at(state, 1), slot_at(state, 2), NULL, wanted, result));
    state->waiting = false;
    return SEG_OK;
}

const seg_method seg_method_motion = {
    .id = "motion",
    .title = "what moves against the dominant motion",
    .family = "motion",
    .reference = "A. Papazoglou, V. Ferrari, Fast object segmentation in unconstrained video, ICCV",
    .year = 2013,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_STREAM,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS | SEG_OUTPUT_SCORE | SEG_OUTPUT_FLOW,
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .delay = delay,
    .create = create,
    .apply = apply,
    .flush = flush,
    .reset = reset,
    .free = release,
};
