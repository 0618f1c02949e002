/*
 * Background subtraction by a running average, or against a fixed picture: foreground is what
 * differs from the picture of the empty scene.
 *
 * C. Wren, A. Azarbayejani, T. Darrell, A. Pentland, "Pfinder: real-time tracking of the human
 * body", IEEE Trans. PAMI 19(7), 1997 (the recursive mean); D. Koller et al., "Towards robust
 * automatic traffic scene analysis in real-time", ICPR 1994 (selective update).
 *
 * Symbols: I a frame in grey, B the model = result.background, a `rate`, T `threshold`
 *   D = |I - B| = result.score, foreground where D > T
 *   B <- B + a (I - B)            background pixels
 *   B <- B + a g (I - B)          foreground pixels if `selective`, g = GHOST_SHARE
 *   a = 1 - 2^(-dt / half-life)   with `half-life`, dt by the frames' time stamps
 *
 * Steps, in one pass over the rows: the frame in 16-bit full scale, D, threshold, update. The
 * first frame becomes the model; its mask is empty. While the `warmup` lasts the model is the plain
 * mean of the frames so far (a = 1/n if that is more than a), foreground or not, and results are
 * marked provisional. With `rate` 0 no bit of the model changes after the first frame; a
 * `reference` is never learnt over.
 *
 * B is kept in 16 bits for every depth: the same scene in 8, 16 bits or float gives the same masks.
 * What a step towards the frame loses by rounding would add up (a rate of 0.001 would never move a
 * difference of one grey level), so steps are rounded by a dither that is spread evenly over time
 * and pixels: a golden-ratio sequence per pixel, from a fixed pattern, the same in every run. The
 * mean step is exact; what the dither adds to B stays below a tenth of an 8-bit level. Rates below
 * 1/1024 are saved up and learnt at once when they come to that much, which keeps it so.
 *
 * g > 0 lets what came to stay (a parked car, the ghost of an object that was there in the first
 * frame) fade into the background instead of being foreground for ever.
 *
 * Pixels in frame.ignore (and what is no number) give 0 and are not learnt; frame.known_foreground
 * is not learnt. A pixel is first learnt when it is first seen. Colour is brought to grey.
 *
 * Cost: 2 bytes of state a pixel, read and written once a frame. Known failures: one mean cannot
 * hold a background of two values (leaves, waves); shadows and changes of light are foreground.
 */
#include "core/bands.h"
#include "core/blob.h"
#include "core/check.h"
#include "core/math.h"
#include "core/random.h"
#include "imgproc/input.h"
#include "imgproc/still_method.h"
#include "kernels/temporal.h"
#include "temporal/samples.h"
#include <segment/temporal.h>

#include <string.h>

#define BAND_HEIGHT 32
#define GHOST_SHARE 0.1
#define LEAST_RATE (1.0 / 1024)

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
     "", "Learn foreground at a tenth of the rate only.", ""},
    {"threshold", SEG_PARAM_LEVEL, offsetof(seg_background_options, threshold), "auto", 0, 255,
     NULL, "8-bit level",
     "Foreground differs from the background by more; auto = auto:noise, 5 deviations of the noise "
     "found in the differences, within 25 and 50.",
     "T"},
    {"warmup", SEG_PARAM_DURATION, offsetof(seg_background_options, warmup), "25f", 0, 1e9, NULL,
     "duration", "Time for which the background is the plain mean and results are provisional.",
     ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_background_options)};

void seg_background_options_init(seg_background_options *options) {
    seg_params_init(options, &params);
}

/* ---- state ---- */

typedef struct background {
    seg_still *still;
    seg_samples samples;
    seg_image model;      /* U16, full scale 65535 whatever the frames have */
    seg_image unseen;     /* U8, non-zero where no value was seen yet; see unseen_count */
    int64_t unseen_count; /* 0: the picture does not count */
    uint16_t *pattern;    /* dither along a row; then a row of zeros */
    int32_t pattern_width;
    bool bound;                 /* the model is valid */
    seg_blob_geometry geometry; /* of the frames, as they came */
    int64_t frames;             /* taken so far */
    int64_t updates;            /* learnt so far: the time of the dither */
    double saved_rate;          /* not learnt yet */
    double seconds;             /* from the first frame to the last */
    int64_t last_pts;           /* SEG_NO_PTS if the last frame had none */
    seg_rational last_base;
} background;

static const seg_background_options *options_of(const background *state) {
    return state->still->options;
}

static void release(void *pointer) {
    background *state = pointer;
    if (!state) return;
    const seg_env env = state->still->env;
    seg_image_unref(&state->model);
    seg_image_unref(&state->unseen);
    seg_release(&env, state->pattern);
    seg_samples_free(&state->samples);
    seg_still_free(state->still);
    seg_release(&env, state);
}

static void reset(void *pointer) {
    background *state = pointer;
    state->bound = false;
    state->unseen_count = state->frames = state->updates = 0;
    state->saved_rate = state->seconds = 0;
    state->last_pts = SEG_NO_PTS;
}

static seg_status create(void **pointer, const void *options, const seg_env *env) {
    *pointer = NULL;
    const seg_background_options *given = options;
    void *still;
    SEG_TRY(seg_still_create(&still, &params, options, env));
    if (given && given->reference) {
        const seg_status status =
            seg_check_image(given->reference, "reference", SEG_ANY_PICTURE, SEG_CHANNELS_ANY);
        if (status < 0) {
            seg_still_free(still);
            return status;
        }
    }
    background *state = seg_allocate_zeroed(env, 1, sizeof *state, "background state");
    if (!state) {
        seg_still_free(still);
        return SEG_ERROR_MEMORY;
    }
    state->still = still;
    reset(state);
    *pointer = state;
    return SEG_OK;
}

/* Dither of a row of `width` pixels. */
static seg_status make_pattern(background *state, int32_t width) {
    if (state->pattern_width == width) return SEG_OK;
    const seg_env *env = &state->still->env;
    seg_release(env, state->pattern);
    state->pattern_width = 0;
    state->pattern =
        seg_allocate_zeroed(env, (size_t)width, 2 * sizeof *state->pattern, "dither pattern");
    if (!state->pattern) return SEG_ERROR_MEMORY;
    const seg_random random = seg_random_stream(0, 0, 0);
    uint32_t words[4] = {0};
    for (int32_t x = 0; x < width; x++) {
        if (x % 4 == 0) seg_random_words(words, &random, (uint32_t)x / 4);
        state->pattern[x] = (uint16_t)(words[x % 4] >> 16);
    }
    state->pattern_width = width;
    return SEG_OK;
}

/* ---- rows ---- */

/* Row y in 16-bit full scale: the picture's memory, or `own`. */
static const uint16_t *full_scale_row(const seg_image *grey, int32_t y, uint16_t *own) {
    const int32_t width = grey->width;
    if (grey->format == SEG_U8) {
        const uint8_t *source = seg_image_row(grey, y);
        for (int32_t x = 0; x < width; x++)
            own[x] = (uint16_t)(source[x] * 257);
        return own;
    }
    const uint16_t *source = seg_image_row(grey, y);
    if (grey->bits >= 16) return source;
    const uint16_t most = (uint16_t)((1u << grey->bits) - 1);
    const double scale = 65535.0 / most;
    for (int32_t x = 0; x < width; x++) {
        const uint16_t value = source[x] < most ? source[x] : most;
        own[x] = (uint16_t)(value * scale + 0.5);
    }
    return own;
}

/* Unseen pixels take their first value; all that were unseen go into `out`, as what is left out
 * anyway does. Returns how many took a value. */
static int32_t admit_row(uint8_t *out, uint16_t *model, uint8_t *unseen, const uint16_t *value,
                         const uint8_t *left_out, const uint8_t *held, int32_t width) {
    int32_t admitted = 0;
    for (int32_t x = 0; x < width; x++) {
        out[x] = left_out && left_out[x] ? 255 : 0;
        if (!unseen[x]) continue;
        const bool learn = !out[x] && !(held && held[x]);
        out[x] = 255;
        if (!learn) continue;
        model[x] = value[x];
        unseen[x] = 0;
        admitted++;
    }
    return admitted;
}

/* A pass over the frame, or over every `step`-th row of it. */
typedef struct pass {
    background *state;
    const seg_temporal_kernels *kernels;
    const seg_image *held;
    seg_image *mask;  /* NULL = not wanted */
    seg_image *score; /* NULL = not wanted; row i is row i * step of the frame */
    seg_image *out;   /* gets what was left out, while pixels are unseen; may be NULL */
    uint16_t level, rate_background, rate_foreground;
    int32_t step;
    char *rows; /* of each worker: 16-bit values, left_out, mask */
    size_t row_size;
    int64_t *admitted; /* of each band */
} pass;

static const uint8_t *optional_row(const seg_image *image, int32_t y) {
    return seg_image_empty(image) ? NULL : seg_image_row(image, y);
}

static void set_dither(seg_model_row *row, const background *state, int32_t y) {
    row->pattern = state->pattern;
    /* 40503 / 65536 is near the golden ratio; rows start at unlike places */
    row->dither_offset =
        (uint16_t)((uint32_t)state->updates * 40503u + ((uint32_t)y * 2654435769u >> 16));
    if (row->rate_background < 65535) return;
    row->pattern += state->pattern_width; /* all of the frame: see kernels/temporal.h */
    row->dither_offset = 65535;
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const pass *job = argument;
    background *state = job->state;
    const seg_image *grey = &state->samples.grey;
    uint16_t *values = (uint16_t *)(job->rows + (size_t)worker * job->row_size);
    uint8_t *out = (uint8_t *)(values + grey->width), *own_mask = out + grey->width;
    job->admitted[band] = 0;
    for (int32_t i = first; i < end; i++) {
        const int32_t y = i * job->step;
        seg_model_row row = {
            .mask = job->mask ? seg_image_row(job->mask, y) : own_mask,
            .score = job->score ? seg_image_row(job->score, i) : NULL,
            .model = seg_image_row(&state->model, y),
            .left_out = optional_row(&state->samples.left_out, y),
            .held = optional_row(job->held, y),
            .width = grey->width,
            .level = job->level,
            .rate_background = job->rate_background,
            .rate_foreground = job->rate_foreground,
        };
        if (grey->format == SEG_U8)
            row.value_u8 = seg_image_row(grey, y);
        else
            row.value = full_scale_row(grey, y, values);
        if (state->unseen_count > 0) {
            job->admitted[band] +=
                admit_row(out, row.model, seg_image_row(&state->unseen, y),
                          full_scale_row(grey, y, values), row.left_out, row.held, grey->width);
            if (job->out) memcpy(seg_image_row(job->out, i), out, (size_t)grey->width);
            row.left_out = out;
        }
        set_dither(&row, state, y);
        job->kernels->model_step(&row);
    }
    return SEG_OK;
}

/* Adds up what the bands admitted. */
static void count_admitted(pass *job, int32_t height) {
    for (int32_t band = 0; band < seg_band_count(height, BAND_HEIGHT); band++)
        job->state->unseen_count -= job->admitted[band];
}

static seg_status take_rows(pass *job) {
    background *state = job->state;
    const int32_t width = state->samples.grey.width, height = state->samples.grey.height;
    seg_scratch *scratch = &state->still->scratch;
    job->row_size = ((size_t)width * 4 + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    job->rows =
        seg_scratch_take(scratch, (size_t)seg_workers(&state->still->env), job->row_size, "rows");
    job->admitted = seg_scratch_take(scratch, (size_t)seg_band_count(height, BAND_HEIGHT),
                                     sizeof *job->admitted, "counts");
    return job->rows && job->admitted ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- first frame ---- */

typedef struct start {
    background *state;
    const seg_image *source, *left_out, *held;
    char *rows;
    size_t row_size;
    int64_t *unseen; /* of each band */
} start;

static seg_status start_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const start *job = argument;
    uint16_t *values = (uint16_t *)(job->rows + (size_t)worker * job->row_size);
    const int32_t width = job->source->width;
    int64_t count = 0;
    for (int32_t y = first; y < end; y++) {
        uint16_t *model = seg_image_row(&job->state->model, y);
        memcpy(model, full_scale_row(job->source, y, values), (size_t)width * sizeof *model);
        const uint8_t *left_out = optional_row(job->left_out, y);
        const uint8_t *held = optional_row(job->held, y);
        if (!left_out && !held) continue;
        uint8_t *unseen = seg_image_row(&job->state->unseen, y);
        for (int32_t x = 0; x < width; x++) {
            unseen[x] = (left_out && left_out[x]) || (held && held[x]) ? 1 : 0;
            count += unseen[x];
        }
    }
    job->unseen[band] = count;
    return SEG_OK;
}

/* The model from samples. `held` may be NULL. */
static seg_status start_model(background *state, const seg_samples *samples,
                              const seg_image *held) {
    const seg_env *env = &state->still->env;
    const seg_image *grey = &samples->grey;
    SEG_TRY(seg_image_reuse(&state->model, grey->width, grey->height, SEG_U16, 1, env));
    SEG_TRY(make_pattern(state, grey->width));
    if (!seg_image_empty(&samples->left_out) || !seg_image_empty(held))
        SEG_TRY(seg_image_reuse(&state->unseen, grey->width, grey->height, SEG_U8, 1, env));
    pass common = {.state = state};
    SEG_TRY(take_rows(&common));
    start job = {state,           grey,           &samples->left_out, held, common.rows,
                 common.row_size, common.admitted};
    SEG_TRY(seg_run_bands(env, grey->height, BAND_HEIGHT, start_band, &job));
    state->unseen_count = 0;
    for (int32_t band = 0; band < seg_band_count(grey->height, BAND_HEIGHT); band++)
        state->unseen_count += job.unseen[band];
    state->bound = true;
    return SEG_OK;
}

/* The reference picture becomes the model, whatever its format. */
static seg_status take_reference(background *state) {
    const seg_frame frame = {.image = *options_of(state)->reference};
    const seg_image *grey = &state->samples.grey;
    if (frame.image.width != grey->width || frame.image.height != grey->height)
        return seg_fail(SEG_ERROR_SHAPE, "reference is %dx%d, the frame %dx%d",
                        (int)frame.image.width, (int)frame.image.height, (int)grey->width,
                        (int)grey->height);
    seg_samples samples = {0};
    seg_status status = seg_samples_take(&samples, &frame, &state->still->env);
    /* start_model sizes its rows by the frame's samples: both pictures have the same size */
    if (status >= 0) status = start_model(state, &samples, NULL);
    seg_samples_free(&samples);
    return status;
}

/* ---- time and rates ---- */

/* Seconds since the last frame; negative if one of the two has no time. */
static double seconds_since(const background *state, const seg_frame *frame) {
    if (frame->pts == SEG_NO_PTS || state->last_pts == SEG_NO_PTS || frame->time_base.num <= 0 ||
        frame->time_base.den <= 0)
        return -1;
    const double now = (double)frame->pts * frame->time_base.num / frame->time_base.den;
    const double last = (double)state->last_pts * state->last_base.num / state->last_base.den;
    return now > last ? now - last : 0;
}

static seg_status need_time(const char *name) {
    return seg_fail(SEG_ERROR_ARGUMENT,
                    "%s is given in seconds, but the frames have no time stamps; give it in "
                    "frames, e.g. 200f",
                    name);
}

/* True while the plain mean is formed. */
static bool warming_up(const background *state) {
    const seg_duration *warmup = &options_of(state)->warmup;
    return warmup->in_seconds ? state->seconds < warmup->value
                              : (double)state->frames < warmup->value;
}

/* The rates in 1/65536, now or, if they are too small, saved for a later frame. */
static void spread_rate(pass *job, double rate, bool selective) {
    background *state = job->state;
    const double due = state->saved_rate + rate - state->saved_rate * rate;
    state->saved_rate = due < LEAST_RATE ? due : 0;
    job->rate_background = job->rate_foreground = 0;
    if (due < LEAST_RATE) return;
    const double slow = selective ? due * GHOST_SHARE : due;
    job->rate_background = due * 65536 > 65535 ? 65535 : (uint16_t)(due * 65536 + 0.5);
    job->rate_foreground = slow * 65536 > 65535 ? 65535 : (uint16_t)(slow * 65536 + 0.5);
    state->updates++;
}

/* How much of the frame is learnt; `elapsed` in seconds, negative if unknown. */
static seg_status find_rates(pass *job, bool *provisional, double elapsed, double *found) {
    const background *state = job->state;
    const seg_background_options *o = options_of(state);
    double rate = o->rate;
    if (o->reference) rate = 0;
    *provisional = false;
    const bool timed = o->half_life.value > 0;
    if (!o->reference && timed) {
        if (o->half_life.in_seconds && elapsed < 0) return need_time("half-life");
        const double span = o->half_life.in_seconds ? elapsed : 1;
        rate = 1 - seg_exp(-0.69314718055994530942 * span / o->half_life.value);
    }
    const bool learning = !o->reference && (timed || o->rate > 0);
    if (learning && o->warmup.in_seconds && elapsed < 0) return need_time("warmup");
    const bool warm = learning && warming_up(state);
    if (warm) {
        const double mean = 1.0 / (double)(state->frames + 1);
        if (mean > rate) rate = mean;
        *provisional = true;
    }
    *found = rate;
    spread_rate(job, rate, o->selective && !warm);
    return SEG_OK;
}

/* ---- level ---- */

static const seg_change_rule rule = {.least = 25, .median = SEG_MEDIAN_OF_TWO};

/* The level in 16-bit full scale, where differences vote: a first pass without learning. */
static seg_status vote_level(uint16_t *level, const pass *second, seg_result *result) {
    background *state = second->state;
    const seg_env *env = &state->still->env;
    const seg_level *threshold = &options_of(state)->threshold;
    const seg_image *grey = &state->samples.grey;
    pass job = *second;
    job.mask = NULL;
    job.rate_background = job.rate_foreground = 0;
    job.step = seg_change_level_step(threshold, grey->width, grey->height);
    const int32_t height = (grey->height + job.step - 1) / job.step;
    seg_image *difference = &state->still->images[0];
    SEG_TRY(seg_image_reuse(difference, grey->width, height, SEG_U16, 1, env));
    job.score = difference;
    seg_image left_out = state->samples.left_out;
    left_out.height = height;
    left_out.stride *= job.step;
    if (state->unseen_count > 0) {
        job.out = &state->still->images[1];
        SEG_TRY(seg_image_reuse(job.out, grey->width, height, SEG_U8, 1, env));
        left_out = *job.out;
    }
    SEG_TRY(seg_run_bands(env, height, BAND_HEIGHT, step_band, &job));
    count_admitted(&job, height);
    double native;
    SEG_TRY(seg_change_level(&native, result, threshold, &rule, difference, &left_out,
                             &state->still->scratch));
    *level = seg_level_floor(native);
    return SEG_OK;
}

static seg_status find_level(pass *job, seg_result *result) {
    const seg_level *threshold = &options_of(job->state)->threshold;
    const seg_image *grey = &job->state->samples.grey;
    if (seg_change_level_votes(threshold)) return vote_level(&job->level, job, result);
    double native;
    SEG_TRY(seg_change_level(&native, result, threshold, &rule, grey, NULL,
                             &job->state->still->scratch));
    job->level = seg_level_floor(native / seg_image_full_scale(grey) * 65535);
    return SEG_OK;
}

/* ---- results ---- */

typedef struct model_copy {
    const seg_image *model, *unseen;
    seg_image *picture;
} model_copy;

/* A row of the model in the depth of the frames. */
static void picture_row(seg_image *picture, const uint16_t *model, const uint8_t *unseen,
                        int32_t y) {
    const int32_t width = picture->width;
    void *row = seg_image_row(picture, y);
    if (picture->format == SEG_U8) {
        uint8_t *target = row;
        for (int32_t x = 0; x < width; x++) /* model * 255 / 65535, rounded: exact for all values */
            target[x] = (uint8_t)((model[x] * 255u + 32895u) >> 16);
        for (int32_t x = 0; unseen && x < width; x++)
            target[x] = unseen[x] ? 0 : target[x];
        return;
    }
    uint16_t *target = row;
    const double scale = seg_image_full_scale(picture) / 65535.0;
    for (int32_t x = 0; x < width; x++)
        target[x] = unseen && unseen[x] ? 0 : (uint16_t)(model[x] * scale + 0.5);
}

static seg_status picture_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const model_copy *job = argument;
    for (int32_t y = first; y < end; y++)
        picture_row(job->picture, seg_image_row(job->model, y), optional_row(job->unseen, y), y);
    return SEG_OK;
}

static seg_status give_background(background *state, seg_result *result) {
    const seg_image *grey = &state->samples.grey;
    const seg_env *env = &state->still->env;
    SEG_TRY(seg_image_reuse(&result->background, grey->width, grey->height,
                            (seg_format)grey->format, 1, env));
    result->background.bits = grey->bits;
    result->background.colour = grey->colour;
    const bool partial = state->unseen_count > 0;
    model_copy job = {&state->model, partial ? &state->unseen : NULL, &result->background};
    return seg_run_bands(env, grey->height, BAND_HEIGHT, picture_band, &job);
}

static seg_status prepare(background *state, const seg_frame *frame, uint32_t wanted,
                          seg_result *result) {
    const seg_image *grey = &state->samples.grey;
    const seg_env *env = &state->still->env;
    seg_describe(result, frame);
    SEG_TRY(seg_image_reuse(&result->mask, grey->width, grey->height, SEG_U8, 1, env));
    result->mask.colour = SEG_COLOUR_DATA;
    if (wanted & SEG_OUTPUT_SCORE) {
        SEG_TRY(seg_image_reuse(&result->score, grey->width, grey->height, SEG_U16, 1, env));
        result->score.colour = SEG_COLOUR_DATA;
        result->score_full_scale = 65535;
    }
    result->outputs |= wanted & (SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE | SEG_OUTPUT_BACKGROUND);
    result->outputs |= SEG_OUTPUT_MASK;
    return SEG_OK;
}

static void clear(seg_image *image) {
    for (int32_t y = 0; y < image->height; y++)
        memset(seg_image_row(image, y), 0,
               (size_t)image->width * seg_format_size((seg_format)image->format));
}

/* The frame that starts the model: nothing can be foreground yet. */
static seg_status apply_first(background *state, const seg_frame *frame, uint32_t wanted,
                              seg_result *result) {
    SEG_TRY(prepare(state, frame, wanted, result));
    SEG_TRY(start_model(state, &state->samples, &frame->known_foreground));
    clear(&result->mask);
    if (wanted & SEG_OUTPUT_SCORE) clear(&result->score);
    result->flags |= SEG_RESULT_PROVISIONAL;
    return SEG_OK;
}

static seg_status apply_next(background *state, const seg_frame *frame, uint32_t wanted,
                             seg_result *result) {
    pass job = {.state = state, .held = &frame->known_foreground, .step = 1};
    job.kernels = seg_temporal_kernels_get();
    const double elapsed = seconds_since(state, frame);
    bool provisional;
    double rate = 0;
    SEG_TRY(prepare(state, frame, wanted, result));
    SEG_TRY(take_rows(&job));
    SEG_TRY(find_level(&job, result));
    SEG_TRY(find_rates(&job, &provisional, elapsed, &rate));
    job.mask = &result->mask;
    if (wanted & SEG_OUTPUT_SCORE) job.score = &result->score;
    SEG_TRY(seg_run_bands(&state->still->env, job.mask->height, BAND_HEIGHT, step_band, &job));
    count_admitted(&job, job.mask->height);
    if (provisional) result->flags |= SEG_RESULT_PROVISIONAL;
    if (elapsed > 0) state->seconds += elapsed;
    seg_result_decide(result, "rate", rate, "per frame");
    return SEG_OK;
}

static seg_status apply(void *pointer, const seg_frame *frame, uint32_t wanted,
                        seg_result *result) {
    background *state = pointer;
    seg_scratch_rewind(&state->still->scratch);
    if (!wanted) wanted = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE | SEG_OUTPUT_BACKGROUND;
    SEG_TRY(seg_samples_take(&state->samples, frame, &state->still->env));
    const seg_image *grey = &state->samples.grey;
    SEG_TRY(
        seg_check_mask(&frame->known_foreground, "known_foreground", grey->width, grey->height));
    if (state->bound && (grey->width != state->model.width || grey->height != state->model.height))
        return seg_fail(SEG_ERROR_SHAPE, "frame is %dx%d, the model %dx%d", (int)grey->width,
                        (int)grey->height, (int)state->model.width, (int)state->model.height);
    if (!state->bound && options_of(state)->reference) SEG_TRY(take_reference(state));
    SEG_TRY(state->bound ? apply_next(state, frame, wanted, result)
                         : apply_first(state, frame, wanted, result));
    state->geometry =
        seg_blob_geometry_of(seg_image_empty(&frame->luma) ? &frame->image : &frame->luma);
    state->frames++;
    state->last_pts =
        frame->time_base.num > 0 && frame->time_base.den > 0 ? frame->pts : SEG_NO_PTS;
    state->last_base = frame->time_base;
    return wanted & SEG_OUTPUT_BACKGROUND ? give_background(state, result) : SEG_OK;
}

/* ---- the model as a blob ---- */

#define BLOB_VERSION 1
#define MOST_FRAMES ((int64_t)1 << 62)

static seg_status save(void *pointer, void *buffer, size_t *size) {
    background *state = pointer;
    if (!state->bound) return seg_fail(SEG_ERROR_STATE, "there is no model before the first frame");
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, "background", BLOB_VERSION,
                         &state->geometry);
    seg_blob_write_i64(&writer, &state->frames, 1);
    seg_blob_write_i64(&writer, &state->updates, 1);
    seg_blob_write_f64(&writer, &state->saved_rate, 1);
    seg_blob_write_f64(&writer, &state->seconds, 1);
    seg_blob_write_i64(&writer, &state->last_pts, 1);
    seg_blob_write_i32(&writer, &state->last_base.num, 1);
    seg_blob_write_i32(&writer, &state->last_base.den, 1);
    const int32_t partial = state->unseen_count > 0;
    seg_blob_write_i32(&writer, &partial, 1);
    seg_blob_write_image(&writer, &state->model);
    if (partial) seg_blob_write_image(&writer, &state->unseen);
    return seg_blob_write_end(&writer, size);
}

/* Bytes of a model of that geometry; false if there can be no such model. */
static bool model_bytes(size_t *bytes, const seg_blob_geometry *geometry, bool partial) {
    size_t pixels;
    return seg_size_multiply(&pixels, (size_t)geometry->width, (size_t)geometry->height) &&
           seg_size_multiply(bytes, pixels, partial ? 3 : 2);
}

/* The pictures of a model; on failure the caller releases what there is. */
static seg_status load_pictures(background *next, seg_blob_reader *reader, bool partial,
                                const seg_env *env) {
    const int32_t width = reader->geometry.width, height = reader->geometry.height;
    SEG_TRY(seg_image_alloc(&next->model, width, height, SEG_U16, 1, env));
    seg_blob_read_image(reader, &next->model);
    if (partial) {
        SEG_TRY(seg_image_alloc(&next->unseen, width, height, SEG_U8, 1, env));
        seg_blob_read_image(reader, &next->unseen);
        for (int32_t y = 0; y < height; y++) {
            const uint8_t *row = seg_image_row(&next->unseen, y);
            for (int32_t x = 0; x < width; x++)
                next->unseen_count += row[x] != 0;
        }
    }
    SEG_TRY(seg_blob_finish(reader));
    return make_pattern(next, width);
}

static seg_status load(void *pointer, const void *buffer, size_t size) {
    background *state = pointer;
    seg_blob_reader reader;
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, "background", BLOB_VERSION));
    background next = {.still = state->still, .bound = true, .geometry = reader.geometry};
    seg_blob_read_i64(&reader, &next.frames, 1);
    seg_blob_read_i64(&reader, &next.updates, 1);
    seg_blob_read_f64(&reader, &next.saved_rate, 1);
    seg_blob_read_f64(&reader, &next.seconds, 1);
    seg_blob_read_i64(&reader, &next.last_pts, 1);
    next.last_base.num = seg_blob_read_bounded(&reader, 0, INT32_MAX);
    next.last_base.den = seg_blob_read_bounded(&reader, 0, INT32_MAX);
    const bool partial = seg_blob_read_bounded(&reader, 0, 1) == 1;
    const bool timed = next.last_base.num > 0 && next.last_base.den > 0;
    size_t bytes = 0;
    if (!model_bytes(&bytes, &reader.geometry, partial) || bytes != seg_blob_left(&reader) ||
        next.frames < 0 || next.frames > MOST_FRAMES || next.updates < 0 ||
        next.updates > next.frames || !(next.saved_rate >= 0 && next.saved_rate < LEAST_RATE) ||
        next.seconds < 0 || (next.last_pts != SEG_NO_PTS && !timed))
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible or ends early");
    const seg_status status = load_pictures(&next, &reader, partial, &state->still->env);
    /* the loser of the two states goes */
    background *loser = status < 0 ? &next : state;
    seg_image_unref(&loser->model);
    seg_image_unref(&loser->unseen);
    seg_release(&state->still->env, loser->pattern);
    if (status < 0) return status;
    next.samples = state->samples;
    *state = next;
    return SEG_OK;
}

const seg_method seg_method_background = {
    .id = "background",
    .title = "difference from a reference picture or a running average",
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
    .free = release,
};
