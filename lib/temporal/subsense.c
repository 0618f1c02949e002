/*
 * Background subtraction by samples of colour and texture with feedback: "subsense", close to
 * what was published, and "consensus", the default for videos.
 *
 * P.-L. St-Charles, G.-A. Bilodeau, R. Bergevin, "SuBSENSE: a universal change detection method
 * with local adaptive sensitivity", IEEE Trans. Image Processing 24(1), 2015; the texture: G.-A.
 * Bilodeau, J.-P. Jodoin, N. Saunier, "Change detection in feature space using local binary
 * similarity patterns", CRV 2013.
 *
 * Symbols: N `samples`, #min `needed`, R_color `threshold`, R_lbsp `texture`, T_r `contrast`,
 * v(x) at the start `noise`, B `young`, 1 / T_lower `rate`, T_upper `slowest`
 *
 * Steps of a frame: 1. planes of colour and texture; 2. of each pixel samples are looked at until
 * #min agree (kernels/consensus.h); 3. feedback to R(x), T(x) and v(x) from the distances, from raw
 * segmentation that did not last, and from blinking (kernels/feedback.h); 4. exchange of samples,
 * to pixels up to two away, quicker into what is foreground without moving (ghosts); 5. the raw
 * mask is closed, its holes are filled where they do not reach the border, and it is smoothed
 * (subsense_mask.c).
 *
 * Differences to the paper: exchanging samples as in consensus.c; distances of colours are halved
 * to bytes when they are summed up; the contrast is not adjusted to the share of textured pixels;
 * no part of the model is renewed when the whole picture changes. And what differs by more than
 * `weak` of R_color is foreground where it lies in a gap of an object (gaps.h) of the smoothed
 * mask: cars have the colours of roads here and there.
 *
 * consensus differs in three things. v(x) is 5 instead of 10 at the start: with 10 the threshold of
 * pixels that blink at the start grows until people who are there from the first frame on are
 * absorbed. And the first B frames, B = `young`, are learnt even where they are foreground,
 * frame n later on with chance (B / n)^2: a young model knows too little to tell water and leaves
 * from objects, and what it does not learn stays foreground, since foreground is not learnt. From
 * frame 16 B on the chance is 0. For the same reason the less a model has seen, the more the models
 * of its neighbours are heard: what agrees with #min + 2 n / B of the samples of a pixel next to
 * it has only moved (displaced.h); once that is more than N, they are not asked. The values, and
 * `weak`, were chosen on nine clips of CDnet, SBI and UCSD.
 *
 * Result: mask; score = distance to the agreeing samples plus what is missing of them, full scale
 * 1, of its own samples even where a neighbour's decide; background = mean of the samples.
 *
 * Cost: 9 N bytes a pixel in colour (450 by default; 1080p: 930 MB), 3 N in grey, plus 54 (grey
 * 48); fewer `samples` trade quality on moving water for memory. While a model is young, frames
 * full of what moves take three times as long. Known failures: a camera that moves; a start among
 * moving leaves takes some hundred frames; shadows that are deep.
 */
#include "temporal/subsense.h"
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/masks.h"
#include "kernels/feedback.h"
#include "temporal/displaced.h"

#include <float.h>
#include <string.h>

/* The table of both methods. */
/* clang-format off */
#define ROWS(noise_text, young_text)                                                               \
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
         "B"},                                                                                     \
        {"weak", SEG_PARAM_FLOAT, offsetof(seg_subsense_options, weak), "0.25", 0.1, 1, NULL,      \
         "of threshold",                                                                           \
         "A difference of more than this is foreground, too, where it lies between two pixels of " \
         "one object in its row or its column. 1 = nowhere, as published.",                                      \
         ""},
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

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    const seg_subsense_options *o = options;
    const float starts[FLOATS_END] = {[R] = 1, [T] = 2, [V] = (float)o->noise};
    const size_t pitch = (size_t)seg_consensus_blocks(layout->width) * SEG_CONSENSUS_BLOCK;
    seg_consensus_lay_out(layout, o->samples, true);
    for (int32_t i = R; i < FLOATS_END; i++)
        seg_subtractor_add_part(layout, pitch, sizeof(float))->start = starts[i];
    for (int32_t i = LAST_RAW; i < LAST_PLANES + 3 * layout->colours; i++)
        seg_subtractor_add_part(layout, pitch, 1);
}

static bool within(const seg_subtractor_part *part, float least, float most) {
    const float *values = part->data;
    for (size_t i = 0; i < part->count; i++)
        if (!(values[i] >= least && values[i] <= most)) return false;
    return true;
}

/* R, T and v are what feedback leaves; means are of shares. */
static bool sane(const seg_subtractor_layout *layout) {
    const seg_subtractor_part *parts = layout->parts;
    bool whole = within(&parts[R], 1, FLT_MAX) && within(&parts[T], 1, FLT_MAX) &&
                 within(&parts[V], 0.1f, FLT_MAX);
    for (int32_t i = DISTANCE_SLOW; i < FLOATS_END; i++)
        whole = whole && within(&parts[i], 0, 1);
    return whole;
}

static uint8_t *last_plane(const seg_subtractor *model, int32_t plane, int32_t y) {
    return seg_subsense_bytes(model, LAST_PLANES + plane, y);
}

/* ---- rows ---- */

/* Rows of a worker. */
typedef struct work {
    uint8_t *limit, *texture_limit, *agreeing, *nearest, *nearest_texture;
    uint8_t *displaced;
    float *distance, *motion, *r;
} work;

static work work_of(const seg_subsense *s, int32_t worker) {
    const size_t pitch = seg_subsense_pitch(&s->base);
    float *floats = (float *)(void *)(s->rooms + (size_t)worker * s->room_size);
    uint8_t *bytes = (uint8_t *)(floats + 3 * pitch);
    return (work){bytes,
                  bytes + pitch,
                  bytes + 2 * pitch,
                  bytes + 3 * pitch,
                  bytes + 4 * pitch,
                  bytes + 5 * pitch,
                  floats,
                  floats + pitch,
                  floats + 2 * pitch};
}

/* Foreground that is not to be absorbed (yet) keeps its R: growing, it would take it in. */
static void restore_r(float *r, const float *before, const uint8_t *raw, const uint8_t *patient,
                      int32_t width) {
    for (int32_t x = 0; x < width && patient; x++)
        if (patient[x] && raw[x]) r[x] = before[x];
}

/* In 256ths, within 1 and 255. */
static uint8_t chance_of(double share) {
    const float chance = (float)(share * 256);
    return (uint8_t)(chance < 1 ? 1 : chance > 255 ? 255 : chance);
}

static seg_feedback_row feedback_of(const seg_subsense *s, int32_t y, const work *w) {
    const seg_subtractor *model = &s->base;
    const seg_subsense_options *o = seg_subsense_options_of(s);
    const seg_consensus *c = &s->frame;
    const double least = 1 / model->weight;
    seg_feedback_row row = {
        .agreeing = w->agreeing,
        .nearest = w->nearest,
        .nearest_texture = w->nearest_texture,
        .raw = seg_consensus_row_of(c, c->raw, y),
        .last_mask = seg_subsense_bytes(model, LAST_MASK, y),
        .blinks = seg_subsense_bytes(model, BLINKS, y),
        .distance = w->distance,
        .motion = w->motion,
        .distance_slow = seg_subsense_floats(model, DISTANCE_SLOW, y),
        .distance_quick = seg_subsense_floats(model, DISTANCE_QUICK, y),
        .motion_quick = seg_subsense_floats(model, MOTION, y),
        .raw_slow = seg_subsense_floats(model, RAW_SLOW, y),
        .raw_quick = seg_subsense_floats(model, RAW_QUICK, y),
        .final_slow = seg_subsense_floats(model, FINAL_SLOW, y),
        .final_quick = seg_subsense_floats(model, FINAL_QUICK, y),
        .r = seg_subsense_floats(model, R, y),
        .t = seg_subsense_floats(model, T, y),
        .v = seg_subsense_floats(model, V, y),
        .limit = w->limit,
        .texture_limit = w->texture_limit,
        .chance_own = seg_consensus_row_of(c, c->chance_own, y),
        .chance_other = seg_consensus_row_of(c, c->chance_other, y),
        .chance_ghost = seg_consensus_row_of(c, c->chance_ghost, y),
        .slow = seg_subsense_weight(model->base.clock.frames, SEG_SUBSENSE_SLOW),
        .quick = seg_subsense_weight(model->base.clock.frames, SEG_SUBSENSE_QUICK),
        .t_least = (float)least,
        .t_most = (float)(o->slowest > least ? o->slowest : least),
        .threshold = (float)o->threshold,
        .share = 1,
        .texture = o->texture,
        .quickest = chance_of(model->weight),
        .colours = model->layout.colours,
        .needed = o->needed,
        .width = (int32_t)seg_subsense_pitch(model),
    };
    for (int32_t p = 0; p < c->planes; p++) {
        row.value[p] = seg_consensus_row_of(c, c->plane[p], y);
        row.last_value[p] = last_plane(model, p, y);
    }
    return row;
}

seg_consensus_row seg_subsense_row(const seg_subsense *s, double share, int32_t y, int32_t worker) {
    const work w = work_of(s, worker);
    seg_consensus_row row = seg_consensus_point(&s->frame, y, seg_subsense_options_of(s)->needed);
    seg_feedback_row feedback = feedback_of(s, y, &w);
    feedback.share = (float)share;
    seg_feedback_kernels_get()->limits(&feedback);
    row.contrast = s->frame.contrast;
    row.limit = w.limit;
    row.texture_limit = w.texture_limit;
    row.agreeing = w.agreeing;
    row.nearest = w.nearest;
    row.nearest_texture = w.nearest_texture;
    return row;
}

static void remember_planes(const seg_consensus *c, int32_t y) {
    for (int32_t p = 0; p < c->planes; p++)
        memcpy(last_plane(c->model, p, y), seg_consensus_row_of(c, c->plane[p], y),
               seg_subsense_pitch(c->model));
}

static void judge(const seg_consensus *c, void *user, int32_t y, int32_t worker) {
    const seg_subsense *s = user;
    const seg_subtractor *model = c->model;
    const size_t pitch = seg_subsense_pitch(model);
    const work w = work_of(s, worker);
    const seg_feedback_kernels *kernels = seg_feedback_kernels_get();
    const seg_feedback_row feedback = feedback_of(s, y, &w);
    const seg_consensus_row row = seg_subsense_row(s, 1, y, worker);
    c->kernels->agree_textured(&row);
    uint8_t *raw = seg_consensus_row_of(c, c->raw, y);
    for (size_t x = 0; x < pitch; x++)
        raw[x] = w.agreeing[x] < feedback.needed ? 255 : 0;
    kernels->distances(&feedback);
    if (s->result->outputs & SEG_OUTPUT_SCORE) {
        for (size_t x = 0; x < pitch; x++)
            w.limit[x] = (uint8_t)(w.distance[x] * 255);
        seg_consensus_give_score(c, s->result, w.limit, y);
    }
    if (model->weight > 0) {
        memcpy(w.r, feedback.r, pitch * sizeof *w.r);
        kernels->update(&feedback);
        restore_r(feedback.r, w.r, raw, seg_optional_row(&model->patient, y), model->layout.width);
        remember_planes(c, y);
    }
    if (s->needed_elsewhere) {
        kernels->limits(&feedback);
        seg_displaced_excuse(c, &row, s->needed_elsewhere, y, w.displaced);
    }
    kernels->chances(&feedback);
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
    seg_subsense *s = (seg_subsense *)model;
    const seg_subsense_options *o = seg_subsense_options_of(s);
    seg_still *still = model->base.still;
    seg_consensus *c = &s->frame;
    const double share = model->layout.colours == 3 ? o->contrast : o->contrast / 3;
    const int32_t contrast = (int32_t)(share * 256 + 0.5);
    SEG_TRY(seg_consensus_begin(c, model, o->samples, contrast, true));
    c->reach = 2;
    c->young = o->young;
    if (model->first) {
        seg_temporal_give_empty(result);
        for (int32_t y = 0; y < model->layout.height; y++)
            remember_planes(c, y);
        return seg_consensus_start(c);
    }
    s->result = result;
    s->needed_elsewhere = needed_of_neighbours(model, o);
    s->room_size = seg_subsense_pitch(model) * (3 * sizeof(float) + 5) + seg_displaced_room(c);
    s->rooms =
        seg_scratch_take(&still->scratch, (size_t)seg_workers(&still->env), s->room_size, "rows");
    if (!s->rooms) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_consensus_judge(c, judge, s, &result->mask));
    SEG_TRY(seg_consensus_learn(c));
    return seg_subsense_clean(s, &result->mask);
}

#define KIND(name, table)                                                                          \
    {                                                                                              \
        .id = name, .version = 1, .state_size = sizeof(seg_subsense), .params = &table,            \
        .shared = offsetof(seg_subsense_options, model), .lay_out = lay_out, .step = step,         \
        .finish = seg_subsense_finish, .background_row = seg_consensus_background_row,             \
        .textured = true, .sane = sane, .spans = 1,                                                \
        .samples = offsetof(seg_subsense_options, samples),                                        \
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
