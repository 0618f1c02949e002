/*
 * Background subtraction by samples (ViBe): a pixel is background if enough of the values that were
 * seen there before are like it. Which samples are kept is left to chance.
 *
 * O. Barnich, M. Van Droogenbroeck, "ViBe: a universal background subtraction algorithm for video
 * sequences", IEEE Trans. Image Processing 20(6), 2011.
 *
 * Symbols: N `samples`, #min `needed`, R `threshold`, 1 / phi `rate`
 *   Background where at least #min samples are within R; distances of colours are sums over the
 *   three, within 4.5 R as in the authors' program. A background pixel takes the place of one of
 *   its own samples with chance 1 / phi, and of one of a neighbour's with the same chance, by which
 *   ghosts dissolve from their border. The first frame: samples from around each pixel.
 *
 * Differences to the paper: how samples are exchanged stands in consensus.c; the mask is smoothed
 * (`smooth`; 1 = not). Samples are 8 bits, deeper frames are rounded to that.
 *
 * Result: mask; score = least distance among the samples looked at (all of foreground's), full
 * scale 255 levels; background = mean of the samples.
 *
 * Cost: N bytes a pixel and colour (60 by default), plus one. Known failures: no memory of more
 * than about N phi frames; waves and leaves beyond R; shadows.
 *
 * Patents: its authors' university held patents on it (EP 2015252, US 8009918); whether they are
 * in force where it is used is for the user to find out. mog2, knn and sigma-delta have none.
 */
#include "core/bands.h"
#include "core/check.h"
#include "temporal/consensus.h"

#include <string.h>

#define COLOUR_FACTOR 4.5

static const seg_param rows[] = {
    SEG_SUBTRACTOR_PARAMS(
        seg_vibe_options, "0.0625", "0",
        "Chance of a background pixel to exchange a sample (the method was patented: "
        "EP 2015252, US 8009918);",
        "5"),
    {"samples", SEG_PARAM_INT, offsetof(seg_vibe_options, samples), "20", 2, 64, NULL, "",
     "Samples kept of each pixel, of 8 bits (deeper frames are rounded): so many bytes a pixel and "
     "colour, plus one.",
     "N"},
    {"needed", SEG_PARAM_INT, offsetof(seg_vibe_options, needed), "2", 1, 16, NULL, "",
     "Samples that have to agree with a background pixel.", "#min"},
    {"threshold", SEG_PARAM_FLOAT, offsetof(seg_vibe_options, threshold), "20", 1, 56, NULL,
     "8-bit level", "Samples that agree differ by no more; 4.5 times as much over three colours.",
     "R"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_vibe_options)};

void seg_vibe_options_init(seg_vibe_options *options) {
    seg_params_init(options, &params);
}

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    seg_consensus_lay_out(layout, ((const seg_vibe_options *)options)->samples, false);
}

typedef struct pass {
    const seg_vibe_options *options;
    seg_result *result;
    uint8_t *limits;  /* a row, the same for all */
    uint8_t *outputs; /* two rows for each worker */
} pass;

static void judge(const seg_consensus *c, void *user, int32_t y, int32_t worker) {
    const pass *job = user;
    const size_t room = (size_t)c->blocks * SEG_CONSENSUS_BLOCK;
    uint8_t *agreeing = job->outputs + (size_t)worker * 2 * room, *nearest = agreeing + room;
    seg_consensus_row row = seg_consensus_point(c, y, job->options->needed);
    row.agreeing = agreeing;
    row.nearest = nearest;
    row.limit = job->limits;
    c->kernels->agree(&row);
    uint8_t *raw = seg_consensus_row_of(c, c->raw, y);
    const uint8_t needed = (uint8_t)job->options->needed;
    for (size_t x = 0; x < room; x++)
        raw[x] = agreeing[x] < needed ? 255 : 0;
    const uint8_t chance = seg_consensus_chance(c, c->model->weight, y);
    memset(seg_consensus_row_of(c, c->chance_own, y), chance, room);
    memset(seg_consensus_row_of(c, c->chance_other, y), chance, room);
    seg_consensus_give_score(c, job->result, nearest, y);
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    const seg_vibe_options *o = model->base.still->options;
    seg_consensus consensus;
    SEG_TRY(seg_consensus_begin(&consensus, model, o->samples, -1, false));
    if (model->first) {
        seg_temporal_give_empty(result);
        return seg_consensus_start(&consensus);
    }
    seg_scratch *scratch = &model->base.still->scratch;
    const size_t room = (size_t)consensus.blocks * SEG_CONSENSUS_BLOCK;
    const size_t workers = (size_t)seg_workers(&model->base.still->env);
    pass job = {.options = o, .result = result};
    job.limits = seg_scratch_take(scratch, room, 1, "limits");
    job.outputs = seg_scratch_take(scratch, 2 * workers, room, "rows");
    if (!job.limits || !job.outputs) return SEG_ERROR_MEMORY;
    const double limit = o->threshold * (model->layout.colours == 3 ? COLOUR_FACTOR : 1);
    memset(job.limits, limit < 254 ? (int)limit : 254, room);
    SEG_TRY(seg_consensus_judge(&consensus, judge, &job, &result->mask));
    return seg_consensus_learn(&consensus);
}

static const seg_subtractor_kind kind = {
    .id = "vibe",
    .version = 1,
    .state_size = sizeof(seg_subtractor),
    .params = &params,
    .shared = offsetof(seg_vibe_options, model),
    .lay_out = lay_out,
    .step = step,
    .background_row = seg_consensus_background_row,
    .spans = 1,
    .samples = offsetof(seg_vibe_options, samples),
    .needed = offsetof(seg_vibe_options, needed),
};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

const seg_method seg_method_vibe = {
    SEG_SUBTRACTOR_METHOD,
    .id = "vibe",
    .title = "samples of each pixel, exchanged at random (ViBe)",
    .reference = "O. Barnich, M. Van Droogenbroeck, ViBe: a universal background subtraction "
                 "algorithm for video sequences, IEEE Trans. Image Processing 20(6)",
    .year = 2011,
    .params = &params,
    .create = create,
};
