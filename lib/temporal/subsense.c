/*
 * Background subtraction by samples of colour and texture with feedback: "subsense" as published,
 * and "consensus", the default for videos.
 *
 * P.-L. St-Charles, G.-A. Bilodeau, R. Bergevin, "SuBSENSE: a universal change detection method
 * with local adaptive sensitivity", IEEE Trans. Image Processing 24(1), 2015; the texture: G.-A.
 * Bilodeau, J.-P. Jodoin, N. Saunier, "Change detection in feature space using local binary
 * similarity patterns", CRV 2013.
 *
 * Symbols: N `samples`, #min `needed`, R_color `threshold`, R_lbsp `texture`, T_r `contrast`,
 * v(x) at the start `noise`, B `young`, 1 / T_lower `rate`, T_upper `slowest`
 *   Steps of a frame: 1. planes of colour and texture; 2. of each pixel samples are looked at until
 *   #min agree (kernels/consensus.h); 3. feedback to R(x), T(x) and v(x) from the distances, from
 *   raw segmentation that did not last, and from blinking (ibid.); 4. exchange of samples, to
 *   pixels up to two away, quicker into what is foreground without moving (ghosts); 5. the raw mask
 *   is closed, its holes are filled where they do not reach the border, and it is smoothed.
 *
 * Differences to the paper: exchanging samples as in consensus.c; distances of colours are halved
 * to bytes when they are summed up; the contrast is not adjusted to the share of textured pixels;
 * no part of the model is renewed when the whole picture changes.
 *
 * consensus differs in three things. v(x) is 5 instead of 10 at the start: with 10 the threshold of
 * pixels that blink at the start grows until people who are there from the first frame on are
 * absorbed. And the first B frames, B = `young`, are learnt even where they are foreground,
 * frame n later on with chance (B / n)^2: a young model knows too little to tell water and leaves
 * from objects, and what it does not learn stays foreground, since foreground is not learnt. From
 * frame 16 B on the chance is 0. For the same reason the less a model has seen, the more the models
 * of its neighbours are heard: what agrees with #min + 2 n / B of the samples of a pixel next to
 * it has only moved (displaced.h); once that is more than N, they are not asked. The values were
 * chosen on nine clips of CDnet, SBI and UCSD.
 *
 * Result: mask; score = distance to the agreeing samples plus what is missing of them, full scale
 * 1, of its own samples even where a neighbour's decide; background = mean of the samples.
 *
 * Cost: 9 N bytes a pixel in colour (450 by default; 1080p: 930 MB), 3 N in grey, plus 54 (grey
 * 48); fewer `samples` trade quality on moving water for memory. While a model is young, frames
 * full of what moves take three times as long. Known failures: a camera that moves; a start among
 * moving leaves takes some hundred frames; shadows that are deep.
 */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/fill_holes.h"
#include "imgproc/masks.h"
#include "imgproc/samples.h"
#include "temporal/consensus.h"
#include "temporal/displaced.h"

#include <string.h>

#define STEADY 6.0f        /* of R_color, taken off where a pixel is steady */
#define UNSTEADY_TEXTURE 1 /* bits of a colour, added where it is not */
#define FRAMES_OF_MEAN 100 /* of the slow mean; the quick one is a quarter */
#define GHOST_MOTION 0.01f /* a ghost moves less ... */
#define GHOST_RAW 0.995f   /* ... and is foreground for more than this share */
#define CLOSED 3
#define ERODED 7
#define DILATED 7

/* The table of both methods. */
/* clang-format off */
#define ROWS(noise_text, young_text)                                                                           \
    SEG_SUBTRACTOR_PARAMS(seg_subsense_options, "0.5", "0",                                             \
                     "Largest chance of a pixel to exchange a sample;", "9"),                      \
        {"samples", SEG_PARAM_INT, offsetof(seg_subsense_options, samples), "50", 2, 64, NULL, "", \
         "Samples kept of each pixel, of 8 bits (deeper frames are rounded): 9 bytes each in "      \
         "colour, 3 in grey, and 54 or 48 more a pixel.",                                          \
         "N"},                                                                                     \
        {"needed", SEG_PARAM_INT, offsetof(seg_subsense_options, needed), "2", 1, 16, NULL, "",    \
         "Samples that have to agree with a background pixel.", "#min"},                           \
        {"threshold", SEG_PARAM_FLOAT, offsetof(seg_subsense_options, threshold), "30", 8, 100,    \
         NULL, "8-bit level", "Least difference of a colour that is foreground.", "R_color"},      \
        {"texture", SEG_PARAM_INT, offsetof(seg_subsense_options, texture), "3", 0, 16, NULL,      \
         "bits", "Least difference of a colour's texture that is foreground, and twice per R.",    \
         "R_lbsp"},                                                                                \
        {"contrast", SEG_PARAM_FLOAT, offsetof(seg_subsense_options, contrast), "0.333", 0, 1,     \
         NULL, "", "Neighbours that differ by more than this share of the value are texture.",     \
         "T_r"},                                                                                   \
        {"noise", SEG_PARAM_FLOAT, offsetof(seg_subsense_options, noise), noise_text, 0.1, 100,    \
         NULL, "",                                                                                 \
         "How unsteady pixels are held to be at first: more for a start among moving leaves, "     \
         "less for one with people in the scene.",                                                 \
         "v"},                                                                                     \
        {"slowest", SEG_PARAM_FLOAT, offsetof(seg_subsense_options, slowest), "256", 2, 256, NULL, \
         "frames", "Longest time between two samples exchanged.", "T_upper"},                      \
        {"young", SEG_PARAM_FLOAT, offsetof(seg_subsense_options, young), young_text,              \
         0, 1000, NULL, "frames",                                                                  \
         "So many first frames are learnt even where they are foreground, frame n behind them "    \
         "with the square of this / n as the chance; and in frame n what agrees with needed + "    \
         "2 n / this samples of a neighbour has only moved, and is background. 0 = neither.",      \
         "B"},
/* clang-format on */

static const seg_param rows[] = {ROWS("10", "0")};

static const seg_param consensus_rows[] = {ROWS("5", "8")};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_subsense_options)};
static const seg_param_table consensus_params = {
    consensus_rows, sizeof consensus_rows / sizeof *consensus_rows, sizeof(seg_subsense_options)};

void seg_subsense_options_init(seg_subsense_options *options) {
    seg_params_init(options, &params);
}

void seg_consensus_options_init(seg_subsense_options *options) {
    seg_params_init(options, &consensus_params);
}

/* ---- the arrays ---- */

enum {
    R = SEG_CONSENSUS_PARTS,
    T,
    V,
    DISTANCE_SLOW,
    DISTANCE_QUICK,
    MOTION,
    RAW_SLOW,
    RAW_QUICK,
    FINAL_SLOW,
    FINAL_QUICK,
    FLOATS_END,
    LAST_RAW = FLOATS_END, /* bytes from here on: the raw mask of the frame before */
    LAST_BLINK,            /* where it differed from the one before that */
    BLINKS,                /* where it did so in one of two frames, away from the mask */
    LAST_MASK,             /* after step 5 */
    LAST_PLANES            /* and on: one for each plane */
};

static size_t pitch_of(int32_t width) {
    return (size_t)seg_consensus_blocks(width) * SEG_CONSENSUS_BLOCK;
}

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    const seg_subsense_options *o = options;
    const float starts[FLOATS_END] = {[R] = 1, [T] = 2, [V] = (float)o->noise};
    const size_t pitch = pitch_of(layout->width);
    seg_consensus_lay_out(layout, o->samples, true);
    for (int32_t i = R; i < FLOATS_END; i++)
        seg_subtractor_add_part(layout, pitch, sizeof(float))->start = starts[i];
    for (int32_t i = LAST_RAW; i < LAST_PLANES + 3 * layout->colours; i++)
        seg_subtractor_add_part(layout, pitch, 1);
}

static float *floats_of(const seg_subtractor *model, int32_t part, int32_t y) {
    return (float *)model->layout.parts[part].data + (size_t)y * pitch_of(model->layout.width);
}

static uint8_t *bytes_of(const seg_subtractor *model, int32_t part, int32_t y) {
    return (uint8_t *)model->layout.parts[part].data + (size_t)y * pitch_of(model->layout.width);
}

static uint8_t *last_plane(const seg_subtractor *model, int32_t plane, int32_t y) {
    return bytes_of(model, LAST_PLANES + plane, y);
}

/* ---- rows ---- */

typedef struct pass {
    const seg_subsense_options *options;
    seg_result *result;
    char *rooms; /* of each worker */
    size_t room_size;
    float slow, quick;
    int32_t needed_elsewhere; /* samples of a neighbour; 0 = they are not asked */
} pass;

/* Rows of a worker. */
typedef struct work {
    uint8_t *limit, *texture_limit, *agreeing, *nearest, *nearest_texture, *unstable;
    uint8_t *displaced;
    float *distance, *motion, *r;
} work;

static work work_of(const pass *job, int32_t worker, size_t pitch) {
    float *floats = (float *)(void *)(job->rooms + (size_t)worker * job->room_size);
    uint8_t *bytes = (uint8_t *)(floats + 3 * pitch);
    return (work){bytes,
                  bytes + pitch,
                  bytes + 2 * pitch,
                  bytes + 3 * pitch,
                  bytes + 4 * pitch,
                  bytes + 5 * pitch,
                  bytes + 6 * pitch,
                  floats,
                  floats + pitch,
                  floats + 2 * pitch};
}

static bool is_unstable(const seg_subtractor *model, int32_t y, size_t x) {
    return floats_of(model, R, y)[x] > 3 ||
           floats_of(model, RAW_SLOW, y)[x] - floats_of(model, FINAL_SLOW, y)[x] > 0.1f ||
           floats_of(model, RAW_QUICK, y)[x] - floats_of(model, FINAL_QUICK, y)[x] > 0.1f;
}

/* Foreground that is not to be absorbed (yet) keeps its R: growing, it would take it in. */
static void restore_r(float *r, const float *before, const uint8_t *raw, const uint8_t *patient,
                      int32_t width) {
    for (int32_t x = 0; x < width && patient; x++)
        if (patient[x] && raw[x]) r[x] = before[x];
}

/* Thresholds of a row from R. */
static void set_limits(const work *w, const seg_subtractor *model, const seg_subsense_options *o,
                       int32_t y) {
    const int32_t colours = model->layout.colours;
    const float factor = colours == 3 ? 1.5f : 0.5f, threshold = (float)o->threshold;
    const float *r = floats_of(model, R, y);
    for (size_t x = 0; x < pitch_of(model->layout.width); x++) {
        const bool unstable = is_unstable(model, y, x);
        const float limit = factor * (r[x] * threshold - (unstable ? 0 : STEADY));
        const int32_t power = r[x] < 1.5f ? 2 : r[x] < 2.5f ? 4 : r[x] < 3.5f ? 8 : 16;
        const int32_t bits = (power + o->texture + (unstable ? UNSTEADY_TEXTURE : 0)) * colours;
        w->limit[x] = (uint8_t)(limit < 254 ? limit : 254);
        w->texture_limit[x] = (uint8_t)(bits < 254 ? bits : 254);
    }
}

static int32_t ones(uint32_t bits) {
    bits = (bits & 0x55) + (bits >> 1 & 0x55);
    bits = (bits & 0x33) + (bits >> 2 & 0x33);
    return (int32_t)((bits & 15) + (bits >> 4));
}

/* How far the row is from the model and from the last frame, both 0 .. 1. */
static void set_distances(const work *w, const seg_consensus *c, int32_t needed, int32_t y) {
    const seg_subtractor *model = c->model;
    const int32_t colours = model->layout.colours;
    const float most = 256.0f * (float)colours, most_bits = 16.0f * (float)colours;
    const size_t pitch = pitch_of(model->layout.width);
    for (size_t x = 0; x < pitch; x++) {
        const bool any = w->agreeing[x] > 0;
        const float colour = any ? (float)w->nearest[x] * 2 / most : 1;
        const float bits = any ? (float)w->nearest_texture[x] / most_bits : 1;
        const float missing = (float)(needed - w->agreeing[x]) / (float)needed;
        const float distance = (colour + bits) / 2 + missing;
        w->distance[x] = distance < 1 ? distance : 1;
        int32_t difference = 0, texture = 0;
        for (int32_t p = 0; p < c->planes; p++) {
            const int32_t now = seg_consensus_row_of(c, c->plane[p], y)[x];
            const int32_t before = last_plane(model, p, y)[x];
            if (p < colours)
                difference += now > before ? now - before : before - now;
            else
                texture += ones((uint32_t)(now ^ before));
        }
        w->motion[x] = ((float)difference / most + (float)texture / most_bits) / 2;
    }
}

/* Chances from T; ghosts take samples whatever T is. */
static void set_chances(const seg_consensus *c, int32_t y) {
    const seg_subtractor *model = c->model;
    const float *t = floats_of(model, T, y), *motion = floats_of(model, MOTION, y);
    const float *raw_quick = floats_of(model, RAW_QUICK, y);
    uint8_t *own = seg_consensus_row_of(c, c->chance_own, y);
    uint8_t *other = seg_consensus_row_of(c, c->chance_other, y);
    uint8_t *ghost = seg_consensus_row_of(c, c->chance_ghost, y);
    const float quickest = (float)(model->weight < 1.0 / 256 ? 1 : model->weight * 256);
    for (size_t x = 0; x < pitch_of(model->layout.width); x++) {
        const float chance = 256 / (t[x] > 1 ? t[x] : 1), twice = 512 / (t[x] + 2);
        own[x] = (uint8_t)(chance < 1 ? 1 : chance > 255 ? 255 : chance);
        other[x] = (uint8_t)(twice < 1 ? 1 : twice > 255 ? 255 : twice);
        const bool still = raw_quick[x] > GHOST_RAW && motion[x] < GHOST_MOTION;
        ghost[x] = still ? (uint8_t)(quickest > 255 ? 255 : quickest) : 0;
    }
}

static void remember_planes(const seg_consensus *c, int32_t y) {
    for (int32_t p = 0; p < c->planes; p++)
        memcpy(last_plane(c->model, p, y), seg_consensus_row_of(c, c->plane[p], y),
               pitch_of(c->model->layout.width));
}

static void judge(const seg_consensus *c, void *user, int32_t y, int32_t worker) {
    const pass *job = user;
    const seg_subtractor *model = c->model;
    const seg_subsense_options *o = job->options;
    const size_t pitch = pitch_of(model->layout.width);
    const work w = work_of(job, worker, pitch);
    set_limits(&w, model, o, y);
    seg_consensus_row row = seg_consensus_point(c, y, o->needed);
    row.contrast = c->contrast;
    row.limit = w.limit;
    row.texture_limit = w.texture_limit;
    row.agreeing = w.agreeing;
    row.nearest = w.nearest;
    row.nearest_texture = w.nearest_texture;
    c->kernels->agree_textured(&row);
    uint8_t *raw = seg_consensus_row_of(c, c->raw, y);
    for (size_t x = 0; x < pitch; x++)
        raw[x] = w.agreeing[x] < o->needed ? 255 : 0;
    set_distances(&w, c, o->needed, y);
    if (job->result->outputs & SEG_OUTPUT_SCORE) {
        for (size_t x = 0; x < pitch; x++)
            w.limit[x] = (uint8_t)(w.distance[x] * 255);
        seg_consensus_give_score(c, job->result, w.limit, y);
    }
    if (model->weight > 0) {
        const seg_feedback_row feedback = {
            .raw = raw,
            .last_mask = bytes_of(model, LAST_MASK, y),
            .blinks = bytes_of(model, BLINKS, y),
            .distance = w.distance,
            .motion = w.motion,
            .distance_slow = floats_of(model, DISTANCE_SLOW, y),
            .distance_quick = floats_of(model, DISTANCE_QUICK, y),
            .motion_quick = floats_of(model, MOTION, y),
            .raw_slow = floats_of(model, RAW_SLOW, y),
            .raw_quick = floats_of(model, RAW_QUICK, y),
            .final_slow = floats_of(model, FINAL_SLOW, y),
            .final_quick = floats_of(model, FINAL_QUICK, y),
            .r = floats_of(model, R, y),
            .t = floats_of(model, T, y),
            .v = floats_of(model, V, y),
            .unstable = w.unstable,
            .slow = job->slow,
            .quick = job->quick,
            .t_least = (float)(1 / model->weight),
            .t_most = (float)(o->slowest > 1 / model->weight ? o->slowest : 1 / model->weight),
            .width = (int32_t)pitch,
        };
        memcpy(w.r, feedback.r, pitch * sizeof *w.r);
        c->kernels->feedback(&feedback);
        restore_r(feedback.r, w.r, raw, seg_optional_row(&model->patient, y), model->layout.width);
    }
    if (model->weight > 0) remember_planes(c, y);
    if (job->needed_elsewhere) {
        set_limits(&w, model, o, y);
        seg_displaced_excuse(c, &row, job->needed_elsewhere, y, w.displaced);
    }
    set_chances(c, y);
}

/* ---- masks ---- */

/* Step 5: the mask, closed, filled, and without what is small. */
static seg_status clean(seg_subtractor *model, seg_image *mask) {
    seg_scratch *scratch = &model->base.still->scratch;
    seg_image closed = {0}, filled = {0};
    SEG_TRY(seg_scratch_image(&closed, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&filled, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_morphology_mask_with(&closed, mask, SEG_MORPH_CLOSE, SEG_ELEMENT_SQUARE, CLOSED,
                                     scratch));
    SEG_TRY(seg_fill_holes_with(&filled, &closed, 0, scratch));
    SEG_TRY(seg_morphology_mask_with(&closed, &closed, SEG_MORPH_ERODE, SEG_ELEMENT_SQUARE, ERODED,
                                     scratch));
    /* what filling added to the closed mask, and its cores */
    for (int32_t y = 0; y < mask->height; y++) {
        uint8_t *out = seg_image_row(mask, y);
        const uint8_t *core = seg_image_row(&closed, y), *full = seg_image_row(&filled, y);
        for (int32_t x = 0; x < mask->width; x++)
            out[x] |= core[x] | full[x];
    }
    return SEG_OK;
}

/* After smoothing: what the next frame needs of the masks. */
static seg_status remember(seg_subtractor *model, seg_result *result) {
    seg_scratch *scratch = &model->base.still->scratch;
    const seg_image *mask = &result->mask;
    const int64_t n = model->base.clock.frames + 1;
    const float slow = 1.0f / (float)(n < FRAMES_OF_MEAN ? n : FRAMES_OF_MEAN);
    const float quick = 1.0f / (float)(n < FRAMES_OF_MEAN / 4 ? n : FRAMES_OF_MEAN / 4);
    seg_image wide = {0};
    SEG_TRY(seg_scratch_image(&wide, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_morphology_mask_with(&wide, mask, SEG_MORPH_DILATE, SEG_ELEMENT_SQUARE, DILATED,
                                     scratch));
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *raw = model->raw_mask + (size_t)y * (size_t)mask->width;
        const uint8_t *now = seg_image_row(mask, y), *near_mask = seg_image_row(&wide, y);
        uint8_t *last_raw = bytes_of(model, LAST_RAW, y),
                *last_mask = bytes_of(model, LAST_MASK, y);
        uint8_t *blink = bytes_of(model, LAST_BLINK, y), *blinks = bytes_of(model, BLINKS, y);
        float *final_slow = floats_of(model, FINAL_SLOW, y);
        float *final_quick = floats_of(model, FINAL_QUICK, y);
        for (int32_t x = 0; x < mask->width; x++) {
            const uint8_t changed = raw[x] ^ last_raw[x];
            blinks[x] = (uint8_t)((changed | blink[x]) & ~near_mask[x]);
            blink[x] = changed;
            last_raw[x] = raw[x];
            last_mask[x] = now[x];
            final_slow[x] += ((now[x] ? 1.0f : 0.0f) - final_slow[x]) * slow;
            final_quick[x] += ((now[x] ? 1.0f : 0.0f) - final_quick[x]) * quick;
        }
    }
    return SEG_OK;
}

/* ---- frames ---- */

/* The less a model has seen, the more its neighbours are heard; one that learns nothing has no age:
 * the same frame has the same mask whenever it comes. */
static int32_t needed_of_neighbours(const seg_subtractor *model, const seg_subsense_options *o) {
    if (!(o->young > 0 && model->weight > 0)) return 0;
    const double wanted = o->needed + 2 * (double)model->base.clock.frames / o->young;
    return wanted <= o->samples ? (int32_t)wanted : 0;
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    const seg_subsense_options *o = model->base.still->options;
    seg_consensus c;
    const double share = model->layout.colours == 3 ? o->contrast : o->contrast / 3;
    const int32_t contrast = (int32_t)(share * 256 + 0.5);
    SEG_TRY(seg_consensus_begin(&c, model, o->samples, contrast, true));
    c.reach = 2;
    c.young = o->young;
    if (model->first) {
        seg_temporal_give_empty(result);
        for (int32_t y = 0; y < model->layout.height; y++)
            remember_planes(&c, y);
        return seg_consensus_start(&c);
    }
    const size_t pitch = pitch_of(model->layout.width);
    const int64_t n = model->base.clock.frames;
    pass job = {.options = o, .result = result};
    job.slow = 1.0f / (float)(n < FRAMES_OF_MEAN ? n : FRAMES_OF_MEAN);
    job.quick = 1.0f / (float)(n < FRAMES_OF_MEAN / 4 ? n : FRAMES_OF_MEAN / 4);
    job.needed_elsewhere = needed_of_neighbours(model, o);
    job.room_size = pitch * (3 * sizeof(float) + 6) + seg_displaced_room(&c);
    job.rooms =
        seg_scratch_take(&model->base.still->scratch, (size_t)seg_workers(&model->base.still->env),
                         job.room_size, "rows");
    if (!job.rooms) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_consensus_judge(&c, judge, &job, &result->mask));
    SEG_TRY(seg_consensus_learn(&c));
    SEG_TRY(seg_consensus_keep_raw(&c));
    return clean(model, &result->mask);
}

#define KIND(name, table)                                                                          \
    {                                                                                              \
        .id = name, .version = 1, .state_size = sizeof(seg_subtractor), .params = &table,          \
        .shared = offsetof(seg_subsense_options, model), .lay_out = lay_out, .step = step,         \
        .finish = remember, .background_row = seg_consensus_background_row, .textured = true,      \
        .spans = 1, .samples = offsetof(seg_subsense_options, samples),                            \
        .needed = offsetof(seg_subsense_options, needed)                                           \
    }

static const seg_subtractor_kind kind = KIND("subsense", params);
static const seg_subtractor_kind consensus_kind = KIND("consensus", consensus_params);

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

static seg_status create_consensus(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &consensus_kind, options, env);
}

#define REFERENCE                                                                                  \
    "P.-L. St-Charles, G.-A. Bilodeau, R. Bergevin, SuBSENSE: a universal change detection "       \
    "method "                                                                                      \
    "with local adaptive sensitivity, IEEE Trans. Image Processing 24(1)"

const seg_method seg_method_subsense = {
    SEG_SUBTRACTOR_METHOD,
    .id = "subsense",
    .title = "samples of colour and texture with feedback (SuBSENSE)",
    .reference = REFERENCE,
    .year = 2015,
    .params = &params,
    .create = create,
};

const seg_method seg_method_consensus = {
    SEG_SUBTRACTOR_METHOD,
    .id = "consensus",
    .title = "the default for videos: SuBSENSE that knows a new scene sooner",
    .reference = REFERENCE,
    .year = 2015,
    .params = &consensus_params,
    .create = create_consensus,
};
