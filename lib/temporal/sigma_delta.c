/*
 * Background subtraction by counting up and down (sigma-delta): the background goes one level
 * towards the frame, the spread of its differences likewise. No multiplication, 2 bytes a colour.
 *
 * A. Manzanera, J. Richefeu, "A new motion detection algorithm based on sigma-delta background
 * estimation", Pattern Recognition Letters 28(3), 2007.
 *
 * Symbols: M the background, V the spread, N `spread`, V_min `threshold`, V_max `largest`
 *   M <- M + sgn(I - M), in the share `rate` of the frames
 *   D = |I - M|; where it is not 0: V <- V + sgn(N D - V), within V_min .. V_max
 *   foreground where D > V in any colour
 *
 * What is absorbed by time starts anew: a level a frame would take too long.
 *
 * Differences to the paper: the smallest spread is not 2 but what cameras and codecs need; deeper
 * frames are rounded to 8 bits; the mask is smoothed (`smooth`; 1 = not).
 *
 * Result: mask; score = largest D - V over the colours, at least 0, full scale 255; background = M.
 *
 * Cost: 2 bytes a pixel and colour, plus one. Known failures: M moves at most one level a frame, so
 * that ghosts of a start with objects last for up to 255 / rate frames; one value for leaves and
 * waves; shadows.
 */
#include "core/bands.h"
#include "core/check.h"
#include "temporal/subtractor.h"

#include <string.h>

static const seg_param rows[] = {
    SEG_SUBTRACTOR_PARAMS(seg_sigma_delta_options, "0.25", "0",
                          "Share of the frames in which the background moves by a level;", "5"),
    {"spread", SEG_PARAM_INT, offsetof(seg_sigma_delta_options, spread), "2", 1, 8, NULL, "",
     "Foreground differs by more than so many usual differences.", "N"},
    {"threshold", SEG_PARAM_INT, offsetof(seg_sigma_delta_options, threshold), "20", 1, 255, NULL,
     "8-bit level", "Foreground differs by more, however quiet the pixel is.", "V_min"},
    {"largest", SEG_PARAM_INT, offsetof(seg_sigma_delta_options, largest), "80", 1, 255, NULL,
     "8-bit level", "What differs by more is foreground, however lively the pixel is.", "V_max"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_sigma_delta_options)};

void seg_sigma_delta_options_init(seg_sigma_delta_options *options) {
    seg_params_init(options, &params);
}

enum { MEAN, SPREAD, SEEN };

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    (void)options;
    const size_t colours = (size_t)layout->colours, width = (size_t)layout->width;
    for (int32_t i = MEAN; i <= SPREAD; i++) {
        seg_grid_layout *pixels = &seg_subtractor_add_part(layout, width * colours, 1)->pixels;
        pixels->plane = width;
        pixels->planes = layout->colours;
    }
    seg_subtractor_add_part(layout, width, 1);
}

/* Row y of a colour of M or V, or of the pixels seen. */
static uint8_t *row_of(const seg_subtractor *model, int32_t part, int32_t y, int32_t colour) {
    const size_t colours = part == SEEN ? 1 : (size_t)model->layout.colours;
    return (uint8_t *)model->layout.parts[part].data +
           ((size_t)y * colours + (size_t)colour) * (size_t)model->layout.width;
}

typedef struct pass {
    seg_subtractor *model;
    seg_result *result;
    const seg_sigma_delta_options *options;
    bool moves; /* M does in this frame */
    uint8_t *rooms;
    size_t room_size;
} pass;

/* D > V of one colour into the mask; returns nothing new where D = 0. */
static void compare_row(uint8_t *mask, uint8_t *excess, const uint8_t *value, const uint8_t *mean,
                        const uint8_t *spread, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const uint8_t away =
            (uint8_t)(value[x] > mean[x] ? value[x] - mean[x] : mean[x] - value[x]);
        const uint8_t more = (uint8_t)(away > spread[x] ? away - spread[x] : 0);
        excess[x] = more > excess[x] ? more : excess[x];
        mask[x] = excess[x] ? 255 : 0;
    }
}

static void learn_pixel(const pass *job, uint8_t value, uint8_t *mean, uint8_t *spread) {
    const seg_sigma_delta_options *o = job->options;
    const int32_t away = value > *mean ? value - *mean : *mean - value;
    const int32_t wanted = away * o->spread;
    if (job->moves && away) *mean = (uint8_t)(value > *mean ? *mean + 1 : *mean - 1);
    if (!away) return;
    int32_t next = *spread + (wanted > *spread) - (wanted < *spread);
    const int32_t least = o->threshold, most = o->largest > least ? o->largest : least;
    next = next < least ? least : next > most ? most : next;
    *spread = (uint8_t)next;
}

static void step_row(const pass *job, int32_t y, uint8_t *room) {
    seg_subtractor *model = job->model;
    const int32_t width = model->layout.width, colours = model->layout.colours;
    const uint8_t *value[3];
    uint8_t *excess = room + 12 * (size_t)width, *mask = seg_image_row(&job->result->mask, y);
    seg_subtractor_row8(value, model, y, room);
    uint8_t *seen = row_of(model, SEEN, y, 0);
    const uint8_t *left_out = seg_optional_row(&model->left_out, y);
    const uint8_t *held = seg_optional_row(&model->held, y);
    const uint8_t *patient = seg_optional_row(&model->patient, y);
    const uint8_t *absorbed = seg_optional_row(&model->absorbed, y);
    memset(excess, 0, (size_t)width);
    for (int32_t c = 0; c < colours; c++)
        compare_row(mask, excess, value[c], row_of(model, MEAN, y, c), row_of(model, SPREAD, y, c),
                    width);
    for (int32_t x = 0; x < width; x++) {
        if (!seen[x]) mask[x] = excess[x] = 0;
        const bool kept = (left_out && left_out[x]) || (held && held[x]) ||
                          (seen[x] && patient && patient[x] && mask[x]);
        if (kept || (seen[x] && model->weight <= 0)) continue;
        const bool anew = !seen[x] || (absorbed && absorbed[x] && mask[x]);
        for (int32_t c = 0; c < colours; c++) {
            uint8_t *mean = row_of(model, MEAN, y, c) + x,
                    *spread = row_of(model, SPREAD, y, c) + x;
            if (anew) {
                *mean = value[c][x];
                *spread = (uint8_t)job->options->threshold;
            } else {
                learn_pixel(job, value[c][x], mean, spread);
            }
        }
        seen[x] = 1;
    }
    if (!(job->result->outputs & SEG_OUTPUT_SCORE)) return;
    uint16_t *score = seg_image_row(&job->result->score, y);
    for (int32_t x = 0; x < width; x++)
        score[x] = left_out && left_out[x] ? 0 : (uint16_t)(excess[x] * 257);
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const pass *job = argument;
    for (int32_t y = first; y < end; y++)
        step_row(job, y, job->rooms + (size_t)worker * job->room_size);
    return SEG_OK;
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    const seg_env *env = &model->base.still->env;
    pass job = {.model = model, .result = result, .options = model->base.still->options};
    job.moves = seg_subtractor_due(model, 1, NULL);
    job.room_size = (size_t)model->layout.width * 14;
    job.rooms = seg_scratch_take(&model->base.still->scratch, (size_t)seg_workers(env),
                                 job.room_size, "rows");
    if (!job.rooms) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, model->layout.height, SEG_SUBTRACTOR_BAND, step_band, &job);
}

static void background_row(const seg_subtractor *model, void *out, bool wide, int32_t y) {
    const uint8_t *rows8[3];
    for (int32_t c = 0; c < model->layout.colours; c++)
        rows8[c] = row_of(model, MEAN, y, c);
    seg_subtractor_interleave(model, out, wide, rows8);
}

static const seg_subtractor_kind kind = {
    .id = "sigma-delta",
    .version = 1,
    .state_size = sizeof(seg_subtractor),
    .params = &params,
    .shared = offsetof(seg_sigma_delta_options, model),
    .lay_out = lay_out,
    .step = step,
    .background_row = background_row,
};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

const seg_method seg_method_sigma_delta = {
    SEG_SUBTRACTOR_METHOD,
    .id = "sigma-delta",
    .title = "background and spread counted up and down",
    .reference = "A. Manzanera, J. Richefeu, A new motion detection algorithm based on sigma-delta "
                 "background estimation, Pattern Recognition Letters 28(3)",
    .year = 2007,
    .params = &params,
    .create = create,
};
