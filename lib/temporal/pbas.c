/*
 * Background subtraction by samples whose thresholds and rates follow the scene, pixel by pixel
 * (PBAS): tight where nothing stirs, wide and quick to learn where waves or leaves do.
 *
 * M. Hofmann, P. Tiefenbacher, G. Rigoll, "Background segmentation with feedback: the pixel-based
 * adaptive segmenter", CVPR Workshops 2012.
 *
 * Symbols: N `samples`, #min `needed`, R_lower `threshold`, R_scale `scale`, 1 / T_lower `rate`;
 * R_inc/dec .05, T_inc 1, T_dec .05, T_upper 200
 *   Background where at least #min samples are nearer than R.
 *   d = moving mean of the least distance to a sample, of background
 *   R <- R (1 - R_inc/dec) if R > R_scale d, else R (1 + R_inc/dec); at least R_lower
 *   T <- T + T_inc / d where foreground, T - T_dec / d where background; T_lower .. T_upper
 *   A background pixel takes the place of one of its samples, and of a neighbour's, with chance
 *   1 / T.
 *
 * Differences to the paper: distances are sums over the colours, compared with R a colour, where
 * the paper segments each colour for itself; gradients are not looked at; the least distance is
 * that of the samples looked at until #min agree; exchanging samples as in consensus.c.
 *
 * Result: as vibe's. Cost: N bytes a pixel and colour (105 by default), plus 13; deeper
 * frames are rounded to 8 bits. Known failures:
 * as of all sample models what stands for long is absorbed from its border; shadows.
 */
#include "core/bands.h"
#include "core/check.h"
#include "temporal/consensus.h"

#include <string.h>

#define SHARE_OF_R 0.05f
#define T_UP 1.0f
#define T_DOWN 0.05f
#define SLOWEST 200.0f
#define FIRST_T 18
#define FRAMES_OF_MEAN 35

static const seg_param rows[] = {
    SEG_SUBTRACTOR_PARAMS(seg_pbas_options, "0.5", "0",
                          "Largest chance of a pixel to exchange a sample;", "9"),
    {"samples", SEG_PARAM_INT, offsetof(seg_pbas_options, samples), "35", 2, 64, NULL, "",
     "Samples kept of each pixel, of 8 bits (deeper frames are rounded): so many bytes a pixel and "
     "colour, plus 13.",
     "N"},
    {"needed", SEG_PARAM_INT, offsetof(seg_pbas_options, needed), "2", 1, 16, NULL, "",
     "Samples that have to agree with a background pixel.", "#min"},
    {"threshold", SEG_PARAM_FLOAT, offsetof(seg_pbas_options, threshold), "18", 1, 80, NULL,
     "8-bit level", "Least difference of a colour that is foreground.", "R_lower"},
    {"scale", SEG_PARAM_FLOAT, offsetof(seg_pbas_options, scale), "5", 1, 20, NULL, "",
     "The difference follows so many means of the least distance.", "R_scale"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_pbas_options)};

void seg_pbas_options_init(seg_pbas_options *options) {
    seg_params_init(options, &params);
}

enum { R = SEG_CONSENSUS_PARTS, T, MEAN };

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    const seg_pbas_options *o = options;
    const float starts[] = {(float)o->threshold, FIRST_T, 0};
    seg_consensus_lay_out(layout, o->samples, false);
    for (int32_t i = 0; i < 3; i++)
        seg_subtractor_add_part(layout, (size_t)layout->width, sizeof(float))->start = starts[i];
}

static float *row_of(const seg_subtractor *model, int32_t part, int32_t y) {
    return (float *)model->layout.parts[part].data + (size_t)y * (size_t)model->layout.width;
}

typedef struct pass {
    const seg_pbas_options *options;
    seg_result *result;
    uint8_t *rooms; /* three rows for each worker */
} pass;

static float clamp(float value, float least, float most) {
    return value < least ? least : value > most ? most : value;
}

/* What the row's distances change in R and T; nothing where the pixel may not be learnt. */
static void adapt(const seg_consensus *c, const pass *job, const uint8_t *nearest, int32_t y) {
    const seg_subtractor *model = c->model;
    const seg_pbas_options *o = job->options;
    float *r = row_of(model, R, y), *t = row_of(model, T, y), *mean = row_of(model, MEAN, y);
    const uint8_t *raw = seg_consensus_row_of(c, c->raw, y);
    const float colours = (float)model->layout.colours, least = (float)o->threshold;
    const float quickest = (float)(1 / model->weight), scale = (float)o->scale;
    for (int32_t x = 0; x < model->layout.width; x++) {
        if (!raw[x]) mean[x] += (nearest[x] / colours - mean[x]) * (1.0f / FRAMES_OF_MEAN);
        const float distance = mean[x] > 0.1f ? mean[x] : 0.1f;
        r[x] *= r[x] > scale * distance ? 1 - SHARE_OF_R : 1 + SHARE_OF_R;
        r[x] = clamp(r[x], least, 254 / colours);
        t[x] += raw[x] ? T_UP / distance : -T_DOWN / distance;
        t[x] = clamp(t[x], quickest, SLOWEST > quickest ? SLOWEST : quickest);
    }
}

static void judge(const seg_consensus *c, void *user, int32_t y, int32_t worker) {
    const pass *job = user;
    const seg_subtractor *model = c->model;
    const int32_t width = model->layout.width;
    const size_t room = (size_t)c->blocks * SEG_CONSENSUS_BLOCK;
    uint8_t *limit = job->rooms + (size_t)worker * 3 * room;
    const float *r = row_of(model, R, y), *t = row_of(model, T, y);
    seg_consensus_row row = seg_consensus_point(c, y, job->options->needed);
    row.limit = limit;
    row.agreeing = limit + room;
    row.nearest = limit + 2 * room;
    memset(limit, 0, room);
    for (int32_t x = 0; x < width; x++)
        limit[x] = (uint8_t)clamp(r[x] * (float)model->layout.colours, 0, 254);
    c->kernels->agree(&row);
    uint8_t *raw = seg_consensus_row_of(c, c->raw, y);
    uint8_t *own = seg_consensus_row_of(c, c->chance_own, y);
    uint8_t *other = seg_consensus_row_of(c, c->chance_other, y);
    for (size_t x = 0; x < room; x++)
        raw[x] = row.agreeing[x] < job->options->needed ? 255 : 0;
    if (model->weight > 0) adapt(c, job, row.nearest, y);
    for (int32_t x = 0; x < width; x++)
        own[x] = other[x] = (uint8_t)clamp(256 / (t[x] > 1 ? t[x] : 1), 1, 255);
    seg_consensus_give_score(c, job->result, row.nearest, y);
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    const seg_pbas_options *o = model->base.still->options;
    seg_consensus consensus;
    SEG_TRY(seg_consensus_begin(&consensus, model, o->samples, -1, false));
    if (model->first) {
        seg_temporal_give_empty(result);
        return seg_consensus_start(&consensus);
    }
    const size_t workers = (size_t)seg_workers(&model->base.still->env);
    pass job = {.options = o, .result = result};
    job.rooms = seg_scratch_take(&model->base.still->scratch, 3 * workers,
                                 (size_t)consensus.blocks * SEG_CONSENSUS_BLOCK, "rows");
    if (!job.rooms) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_consensus_judge(&consensus, judge, &job, &result->mask));
    return seg_consensus_learn(&consensus);
}

static const seg_subtractor_kind kind = {
    .id = "pbas",
    .version = 1,
    .state_size = sizeof(seg_subtractor),
    .params = &params,
    .shared = offsetof(seg_pbas_options, model),
    .lay_out = lay_out,
    .step = step,
    .background_row = seg_consensus_background_row,
    .spans = 1,
    .samples = offsetof(seg_pbas_options, samples),
    .needed = offsetof(seg_pbas_options, needed),
};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

const seg_method seg_method_pbas = {
    SEG_SUBTRACTOR_METHOD,
    .id = "pbas",
    .title = "samples of each pixel with feedback to thresholds and rates (PBAS)",
    .reference = "M. Hofmann, P. Tiefenbacher, G. Rigoll, Background segmentation with feedback: "
                 "the pixel-based adaptive segmenter, CVPR Workshops",
    .year = 2012,
    .params = &params,
    .create = create,
};
