/*
 * Background subtraction by a running average, by a running Gaussian, or against a fixed picture:
 * foreground is what differs from the picture of the empty scene.
 *
 * C. Wren, A. Azarbayejani, T. Darrell, A. Pentland, "Pfinder: real-time tracking of the human
 * body", IEEE Trans. PAMI 19(7), 1997 (recursive mean and variance); D. Koller et al., "Towards
 * robust automatic traffic scene analysis in real-time", ICPR 1994 (selective update).
 *
 * Symbols: I a frame in grey, B the model = result.background, a `rate`, T `threshold`, K
 * `deviations`, V the variance of each pixel
 *   D = |I - B| = result.score, foreground where D > T, with a Gaussian D > max(T, K sqrt(V))
 *   B <- B + a (I - B)            background pixels
 *   B <- B + a g (I - B)          foreground pixels if `selective`, g = GHOST_SHARE
 *   V <- (1 - a) (V + a D^2)      where the pixel is learnt like background; 0 at first
 *   a = 1 - 2^(-dt / half-life)   with `half-life`, dt by the frames' time stamps
 *   a = dt / history              with `history`
 *
 * Steps, in one pass over the rows: the frame in 16-bit full scale, D, threshold, update. The
 * first frame becomes the model; its mask is empty. While the `warmup` lasts the model is the plain
 * mean (and variance) of the frames so far (a = 1/n if that is more than a), foreground or not, and
 * results are marked provisional. With `rate` 0 or `learn` off no bit of the model changes after
 * the first frame; a `reference` is never learnt over.
 *
 * g > 0 lets what came to stay (a parked car, the ghost of an object that was there in the first
 * frame) fade into the background instead of being foreground for ever. With `absorb` it does not
 * fade: foreground is not learnt until it has stood for so long, then the model of the pixel begins
 * anew.
 *
 * T is a floor for the Gaussian since codecs leave pixels without any variance.
 *
 * Pixels in frame.ignore (and what is no number) give 0 and are not learnt; frame.known_foreground
 * gives 255 in the mask and is not learnt. Colour is brought to grey. How B and V are kept stands
 * in average.h.
 *
 * Cost: 2 bytes of state a pixel, read and written once a frame; 4 more for the Gaussian, 3 more
 * where `absorb` is a time. Known failures: one mean cannot hold a background of two values
 * (leaves, waves), though a variance is less often wrong there; shadows and changes of light are
 * foreground.
 */
#include "core/bands.h"
#include "core/check.h"
#include "temporal/average.h"
#include "temporal/change_level.h"
#include "temporal/learning.h"
#include "temporal/patience.h"
#include "temporal/temporal_method.h"
#include <segment/temporal.h>

#define GHOST_SHARE 0.1

static const char *const model_names[] = {"average", "gaussian", NULL};

static const seg_param rows[] = {
    {"reference", SEG_PARAM_PICTURE, offsetof(seg_background_options, reference), NULL, 0, 0, NULL,
     "", "Picture of the empty scene, kept as it is; without it the scene is learnt.", "B"},
    {"rate", SEG_PARAM_FLOAT, offsetof(seg_background_options, rate), "0.02", 0, 1, NULL,
     "per frame", "Weight of a new frame in the background; 0 = frozen.", "a"},
    {"half-life", SEG_PARAM_DURATION, offsetof(seg_background_options, half_life), "0", 0, 1e9,
     NULL, "duration",
     "Time after which half of the background is new (8s, 200f); replaces the rate if above 0.",
     ""},
    {"selective", SEG_PARAM_BOOL, offsetof(seg_background_options, selective), "true", 0, 1, NULL,
     "", "Learn foreground at a tenth of the rate only, unless it is absorbed by time.", ""},
    {"threshold", SEG_PARAM_LEVEL, offsetof(seg_background_options, threshold), "auto", 0, 255,
     NULL, "8-bit level",
     "Foreground differs from the background by more; auto = auto:noise, 5 deviations of the noise "
     "found in the differences, within 25 and 50.",
     "T"},
    {"warmup", SEG_PARAM_DURATION, offsetof(seg_background_options, warmup), "25f", 0, 1e9, NULL,
     "duration", "Time for which the background is the plain mean and results are provisional.",
     ""},
    {"model", SEG_PARAM_ENUM, offsetof(seg_background_options, model), "average", 0, 0, model_names,
     "", "What is known of a pixel: its mean, or its mean and variance.", ""},
    {"deviations", SEG_PARAM_FLOAT, offsetof(seg_background_options, deviations), "4", 0, 100, NULL,
     "deviations",
     "With model gaussian: foreground differs by more than so many of the pixel's own, too.", "K"},
    SEG_HISTORY_PARAM(seg_background_options, history, "0"),
    SEG_LEARN_PARAM(seg_background_options, learn),
    SEG_ABSORB_PARAM(seg_background_options, absorb),
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_background_options)};

void seg_background_options_init(seg_background_options *options) {
    seg_params_init(options, &params);
}

/* ---- state ---- */

typedef struct background {
    seg_temporal base;
    seg_average average;
    seg_patience patience;
    bool bound; /* there is a model */
} background;

static const seg_background_options *options_of(const background *state) {
    return state->base.still->options;
}

static void release(void *pointer) {
    background *state = pointer;
    if (!state) return;
    seg_average_free(&state->average, &state->base.still->env);
    seg_patience_free(&state->patience);
    seg_temporal_free(state);
}

static void reset(void *pointer) {
    background *state = pointer;
    state->bound = false;
    seg_average_reset(&state->average);
    seg_temporal_reset(state);
}

static seg_status check_reference(const seg_background_options *options) {
    if (options->absorb.value > 0 && options->absorb.value < SEG_NEVER)
        return seg_fail(SEG_ERROR_OPTION,
                        "a reference is never learnt over, so that nothing can be absorbed (leave "
                        "absorb away, or begin with --train instead of a reference)");
    return seg_check_image(options->reference, "reference", SEG_ANY_PICTURE, SEG_CHANNELS_ANY);
}

static seg_status create(void **pointer, const void *options, const seg_env *env) {
    SEG_TRY(seg_temporal_create(pointer, sizeof(background), &params, options, env));
    background *state = *pointer;
    const seg_background_options *o = options_of(state);
    state->average.varies = o->model == SEG_BACKGROUND_GAUSSIAN;
    if (!o->reference) return SEG_OK;
    const seg_status status = check_reference(o);
    if (status >= 0) return SEG_OK;
    release(state);
    *pointer = NULL;
    return status;
}

/* What the samples show becomes the model. */
static seg_status start(background *state, const seg_samples *samples, const seg_image *held) {
    seg_still *still = state->base.still;
    SEG_TRY(seg_average_start(&state->average, samples, held, still));
    SEG_TRY(seg_patience_start(&state->patience, &options_of(state)->absorb, samples->grey.width,
                               samples->grey.height, &still->env));
    state->bound = true;
    return SEG_OK;
}

/* The reference picture becomes the model, whatever its format. */
static seg_status take_reference(background *state) {
    const seg_frame frame = {.image = *options_of(state)->reference};
    seg_still *still = state->base.still;
    SEG_TRY(seg_temporal_check_size(&state->base, "the reference", frame.image.width,
                                    frame.image.height));
    seg_samples samples = {0};
    seg_status status = seg_samples_take(&samples, &frame, &still->env);
    if (status >= 0) status = start(state, &samples, NULL);
    seg_samples_free(&samples);
    return status;
}

/* ---- level ---- */

static const seg_change_rule rule = {.least = 25, .median = SEG_MEDIAN_OF_TWO};

/* The level in 16-bit full scale, where differences vote: a first pass without learning. */
static seg_status vote_level(uint16_t *level, const seg_average_pass *second,
                             const background *state, seg_result *result) {
    seg_still *still = state->base.still;
    const seg_level *threshold = &options_of(state)->threshold;
    const seg_image *grey = &state->base.samples.grey;
    seg_average_pass pass = *second;
    pass.step = seg_change_level_step(threshold, grey->width, grey->height);
    const int32_t height = (grey->height + pass.step - 1) / pass.step;
    pass.score = &still->images[0];
    SEG_TRY(seg_image_reuse(pass.score, grey->width, height, SEG_U16, 1, &still->env));
    seg_image left_out = state->base.samples.left_out;
    left_out.height = height;
    left_out.stride *= pass.step;
    if (state->average.unseen_count > 0) {
        pass.left_out = &still->images[1];
        SEG_TRY(seg_image_reuse(pass.left_out, grey->width, height, SEG_U8, 1, &still->env));
        left_out = *pass.left_out;
    }
    SEG_TRY(seg_average_run(&pass, &still->env));
    double native;
    SEG_TRY(seg_change_level(&native, result, threshold, &rule, pass.score, &left_out,
                             &still->scratch));
    *level = seg_level_floor(native);
    return SEG_OK;
}

static seg_status find_level(seg_average_pass *pass, const background *state, seg_result *result) {
    const seg_level *threshold = &options_of(state)->threshold;
    const seg_image *grey = &state->base.samples.grey;
    if (seg_change_level_votes(threshold)) return vote_level(&pass->level, pass, state, result);
    double native;
    SEG_TRY(seg_change_level(&native, result, threshold, &rule, grey, NULL,
                             &state->base.still->scratch));
    pass->level = seg_level_floor(native / seg_image_full_scale(grey) * 65535);
    return SEG_OK;
}

/* ---- frames ---- */

/* How much of the frame is learnt: nothing over a reference. */
static seg_status find_weight(double *weight, bool *warm, const background *state) {
    const seg_background_options *o = options_of(state);
    const seg_learning learning = {o->rate, o->history, o->half_life, o->warmup, true, o->learn};
    *weight = 0;
    *warm = false;
    if (o->reference) return SEG_OK;
    return seg_learning_weigh(weight, warm, &learning, &state->base.clock);
}

/* What has been foreground for long enough, in a working picture. */
static seg_status find_absorbed(seg_average_pass *pass, const background *state) {
    seg_still *still = state->base.still;
    const seg_image *mean = &state->average.mean;
    pass->absorbed = &still->images[2];
    SEG_TRY(seg_image_reuse(pass->absorbed, mean->width, mean->height, SEG_U8, 1, &still->env));
    for (int32_t y = 0; y < mean->height; y++)
        seg_patience_judge(seg_image_row(pass->absorbed, y), &state->patience, y, mean->width);
    return SEG_OK;
}

/* The share of the weight that foreground has. */
static double foreground_share(const seg_background_options *options, bool warm) {
    if (warm) return 1;
    if (options->absorb.value > 0) return 0;
    return options->selective ? GHOST_SHARE : 1;
}

static seg_status apply_next(background *state, const seg_frame *frame, seg_result *result) {
    const seg_background_options *o = options_of(state);
    const seg_clock *clock = &state->base.clock;
    seg_still *still = state->base.still;
    seg_average_pass pass;
    bool warm;
    double weight;
    if (!o->reference) SEG_TRY(seg_clock_need(clock, &o->absorb, "absorb"));
    SEG_TRY(seg_average_prepare(&pass, &state->average, &state->base.samples, still));
    pass.held = &frame->known_foreground;
    SEG_TRY(find_level(&pass, state, result));
    SEG_TRY(find_weight(&weight, &warm, state));
    if (o->absorb.value > 0 && weight > 0) SEG_TRY(find_absorbed(&pass, state));
    seg_average_set_weight(&pass, weight, foreground_share(o, warm));
    pass.deviations = (float)o->deviations;
    pass.mask = &result->mask;
    if (result->outputs & SEG_OUTPUT_SCORE) pass.score = &result->score;
    SEG_TRY(seg_average_run(&pass, &still->env));
    seg_patience_count(&state->patience, &result->mask, &o->absorb, clock);
    if (warm) result->flags |= SEG_RESULT_PROVISIONAL;
    seg_result_decide(result, "rate", weight, "per frame");
    return SEG_OK;
}

/* The frame that starts the model: nothing can be foreground yet. */
static seg_status apply_first(background *state, const seg_frame *frame, seg_result *result) {
    SEG_TRY(start(state, &state->base.samples, &frame->known_foreground));
    seg_temporal_give_empty(result);
    return SEG_OK;
}

static seg_status apply(void *pointer, const seg_frame *frame, uint32_t wanted,
                        seg_result *result) {
    background *state = pointer;
    seg_temporal *base = &state->base;
    const seg_image *mean = &state->average.mean;
    SEG_TRY(seg_temporal_begin(base, frame));
    if (state->bound)
        SEG_TRY(seg_temporal_check_size(base, "the model", mean->width, mean->height));
    if (!state->bound && options_of(state)->reference) SEG_TRY(take_reference(state));
    SEG_TRY(seg_temporal_prepare(base, frame, wanted, SEG_U16, 16, result));
    SEG_TRY(state->bound ? apply_next(state, frame, result) : apply_first(state, frame, result));
    seg_temporal_mark_known(result, &frame->known_foreground, &base->samples.left_out);
    seg_temporal_end(base, frame);
    if (!(wanted & SEG_OUTPUT_BACKGROUND)) return SEG_OK;
    result->outputs |= SEG_OUTPUT_BACKGROUND;
    return seg_average_picture(&result->background, &state->average, &base->samples,
                               &base->still->env);
}

/* ---- the model as a blob ---- */

#define BLOB_VERSION 3

static seg_status save(void *pointer, void *buffer, size_t *size) {
    const background *state = pointer;
    if (!state->bound) return seg_fail(SEG_ERROR_STATE, "there is no model before the first frame");
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, "background", BLOB_VERSION,
                         &state->base.geometry);
    seg_clock_write(&writer, &state->base.clock);
    seg_patience_write(&writer, &state->patience);
    seg_average_write(&writer, &state->average);
    return seg_blob_write_end(&writer, size);
}

/* All that comes after the clock. */
static seg_status read_model(seg_blob_reader *reader, const background *state,
                             const seg_clock *clock, seg_average *average, seg_patience *patience) {
    const seg_blob_geometry *geometry = &reader->geometry;
    const seg_duration *absorb = &options_of(state)->absorb;
    const seg_env *env = &state->base.still->env;
    const size_t size = seg_patience_size(absorb, geometry->width, geometry->height);
    if (size > seg_blob_left(reader))
        return seg_fail(SEG_ERROR_DATA, "the model ends early, or is one with other options");
    SEG_TRY(seg_patience_start(patience, absorb, geometry->width, geometry->height, env));
    seg_patience_read(reader, patience);
    return seg_average_read(reader, average, clock, env);
}

static seg_status load(void *pointer, const void *buffer, size_t size) {
    background *state = pointer;
    const seg_env *env = &state->base.still->env;
    seg_blob_reader reader;
    seg_clock clock;
    seg_average average = {.varies = state->average.varies};
    seg_patience patience = {0};
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, "background", BLOB_VERSION));
    if (reader.version != BLOB_VERSION || !seg_clock_read(&reader, &clock))
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible or ends early");
    const seg_status status = read_model(&reader, state, &clock, &average, &patience);
    seg_average_free(status < 0 ? &average : &state->average, env);
    seg_patience_free(status < 0 ? &patience : &state->patience);
    if (status < 0) return status;
    state->average = average;
    state->patience = patience;
    state->base.clock = clock;
    state->base.geometry = reader.geometry;
    state->bound = true;
    return SEG_OK;
}

/* ---- another view ---- */

static seg_status move(void *pointer, const double from[9]) {
    background *state = pointer;
    seg_grid grid;
    SEG_TRY(seg_average_move(&state->average, &grid, from, seg_patience_row(&state->patience),
                             state->base.still));
    seg_patience_move(&state->patience, &grid);
    return SEG_OK;
}

const seg_method seg_method_background = {
    .id = "background",
    .title = "difference from a reference picture, a running average or a running Gaussian",
    .family = "temporal",
    .reference = "C. Wren, A. Azarbayejani, T. Darrell, A. Pentland, Pfinder: real-time tracking "
                 "of the human body, IEEE Trans. PAMI 19(7)",
    .year = 1997,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_STREAM,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE | SEG_OUTPUT_BACKGROUND,
    .needs = SEG_NEED_REFERENCE,
    .params = &params,
    .create = create,
    .apply = apply,
    .reset = reset,
    .save = save,
    .load = load,
    .move = move,
    .free = release,
};
