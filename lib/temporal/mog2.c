/*
 * Background subtraction by mixtures of Gaussians: each pixel has as many as its values need, so
 * that leaves, waves and flicker are background as well.
 *
 * Z. Zivkovic, "Improved adaptive Gaussian mixture model for background subtraction", ICPR 2004;
 * Z. Zivkovic, F. van der Heijden, "Efficient adaptive density estimation per image pixel for the
 * task of background subtraction", Pattern Recognition Letters 27(7), 2006; shadows: A. Prati, I.
 * Mikic, M. Trivedi, R. Cucchiara, "Detecting moving shadows: algorithms and evaluation", IEEE
 * Trans. PAMI 25(7), 2003.
 *
 * Symbols: alpha `rate`, M `modes`, T_b = `threshold`^2, T_g = `near-mode`^2, 1 - c_f `share`, c_T
 * `prior`, sigma_0 `deviation`, tau `darkest`
 *   A value x belongs to the first Gaussian m with |x - mu_m|^2 < T_g sigma_m^2; it is background
 *   if it is as near as T_b sigma_m^2 to one of the heaviest that make up 1 - c_f.
 *   pi <- pi + alpha (o - pi) - alpha c_T, o = 1 for m and 0 for others; below 0 one is dropped
 *   mu <- mu + alpha / pi (x - mu), sigma^2 <- sigma^2 + alpha / pi (|x - mu|^2 - sigma^2)
 *   A value that belongs to none replaces the lightest, or adds one.
 *   A foreground pixel that is one of the background's means darkened by tau .. 1, without another
 *   hue, is shadow.
 *
 * Differences to the paper: what the prior takes goes to the Gaussian of the value, not to all;
 * one variance for all colours is compared with the squared distance over all of them, as in the
 * authors' program; for the first 1 / alpha frames alpha is 1 / (2 n), as in OpenCV; everything is
 * in 16 bits with a dither (average.h), which reaches rates of 1 / 65536.
 *
 * Result: mask; score = squared distance to the nearest background Gaussian in variances, full
 * scale 256; background = mean of the heaviest Gaussian.
 *
 * Cost: 10 bytes a pixel and mode in colour, 6 in grey, all allocated; a mode that no pixel of
 * sixteen neighbours has is not read. Known failures: what has stood for long is background; a
 * camera that moves; dark objects before a brighter background of their hue are taken for shadow.
 */
#include "core/bands.h"
#include "core/check.h"
#include "kernels/mixture.h"
#include "temporal/dither.h"
#include "temporal/subtractor.h"

#define VARIANCE_UNIT 64
#define LEAST_VARIANCE 4 /* squared 8-bit levels */
#define MOST_VARIANCE 75
#define LARGEST_SQUARE 1023 /* of kernels/mixture.h */
#define VALUE_ONE 32640     /* full scale of values and means */

static const seg_param rows[] = {
    SEG_SUBTRACTOR_PARAMS(seg_mog2_options, "0.002", "0", "Weight of a new frame in the mixture;",
                          "5"),
    {"modes", SEG_PARAM_INT, offsetof(seg_mog2_options, modes), "5", 1, SEG_MIXTURE_MODES, NULL, "",
     "Most Gaussians of a pixel: 10 bytes each in colour, 6 in grey.", "M"},
    {"threshold", SEG_PARAM_FLOAT, offsetof(seg_mog2_options, threshold), "4", 1.1, 15, NULL,
     "deviations", "Foreground is farther from the background.", "T_b"},
    {"near-mode", SEG_PARAM_FLOAT, offsetof(seg_mog2_options, near_mode), "3", 1.1, 15, NULL,
     "deviations", "A value nearer to a Gaussian belongs to it.", "T_g"},
    {"share", SEG_PARAM_FLOAT, offsetof(seg_mog2_options, share), "0.9", 0, 1, NULL, "",
     "The heaviest Gaussians that make up so much are background.", "1 - c_f"},
    {"prior", SEG_PARAM_FLOAT, offsetof(seg_mog2_options, prior), "0.05", 0, 1, NULL, "",
     "How strongly Gaussians that are seldom met are dropped.", "c_T"},
    {"deviation", SEG_PARAM_FLOAT, offsetof(seg_mog2_options, deviation), "3.9", 0.5, 30, NULL,
     "8-bit level", "Deviation of a new Gaussian.", "sigma_0"},
    {"shadows", SEG_PARAM_ENUM, offsetof(seg_mog2_options, shadows), "drop", 0, 0,
     seg_shadows_names, "",
     "Cast shadows (told by colours only): background, 127 in the mask, or foreground like others.",
     ""},
    {"darkest", SEG_PARAM_FLOAT, offsetof(seg_mog2_options, darkest), "0.7", 0, 1, NULL, "",
     "A shadow leaves at least this share of the light.", "tau"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_mog2_options)};

void seg_mog2_options_init(seg_mog2_options *options) {
    seg_params_init(options, &params);
}

/* ---- the arrays: dither, then of each mode weight, variance and means ---- */

static size_t pitch_of(int32_t width) {
    return ((size_t)width + SEG_MIXTURE_BLOCK - 1) / SEG_MIXTURE_BLOCK * SEG_MIXTURE_BLOCK;
}

/* Variances and means of a row. */
static size_t mode_pitch(const seg_subtractor_layout *layout) {
    return pitch_of(layout->width) * (size_t)(1 + layout->colours);
}

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    const seg_mog2_options *o = options;
    const size_t stream = SEG_MIXTURE_BLOCK * sizeof(uint16_t);
    /* weights are looked at together; the rest of a mode only where there is one */
    for (int32_t m = 0; m < o->modes; m++) {
        seg_subtractor_add_part(layout, pitch_of(layout->width), sizeof(uint16_t));
        seg_grid_layout *pixels =
            &seg_subtractor_add_part(layout, mode_pitch(layout), sizeof(uint16_t))->pixels;
        pixels->run = SEG_MIXTURE_BLOCK;
        pixels->planes = 1 + layout->colours;
        pixels->plane = stream;
        pixels->block = stream * (size_t)pixels->planes;
    }
}

static uint16_t *weight_row(const seg_subtractor_layout *layout, int32_t mode, int32_t y) {
    return (uint16_t *)layout->parts[2 * mode].data + (size_t)y * pitch_of(layout->width);
}

static uint16_t *mode_row(const seg_subtractor_layout *layout, int32_t mode, int32_t y) {
    return (uint16_t *)layout->parts[2 * mode + 1].data + (size_t)y * mode_pitch(layout);
}

/* A mode that is there has a variance, and means in their range. */
static bool sane_mode(const uint16_t *mode, int32_t colours, int32_t x) {
    for (int32_t c = 0; c < colours; c++)
        if (mode[seg_mixture_at(colours, x, 1 + c)] > VALUE_ONE) return false;
    return mode[seg_mixture_at(colours, x, 0)] > 0;
}

/* Weights descend and add up. */
static bool sane(const seg_subtractor_layout *layout) {
    const int32_t modes = layout->count / 2;
    for (int32_t y = 0; y < layout->height; y++)
        for (int32_t x = 0; x < layout->width; x++) {
            uint32_t sum = 0, before = 65535;
            for (int32_t m = 0; m < modes; m++) {
                const uint32_t weight = weight_row(layout, m, y)[x];
                if (weight > before) return false;
                if (weight && !sane_mode(mode_row(layout, m, y), layout->colours, x)) return false;
                sum += weight;
                before = weight;
            }
            if (sum != 0 && sum != 65535) return false;
        }
    return true;
}

/* ---- frames ---- */

typedef struct pass {
    seg_subtractor *model;
    seg_result *result;
    const seg_mog2_options *options;
    const seg_mixture_kernels *kernels;
    seg_mixture_row constants;
    char *rooms;
    size_t room_size;
} pass;

/* Of the model before it learns this row; 0 where nothing was seen yet. */
static void score_row(uint16_t *score, const seg_mixture_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        float nearest = 65535;
        uint32_t before = 0;
        if (!row->weight[0][x] || (row->left_out && row->left_out[x])) nearest = 0;
        for (int32_t m = 0; m < row->modes && row->weight[m][x] && before < row->background; m++) {
            float distance = 0;
            for (int32_t c = 0; c < row->colours; c++) {
                const int32_t value = row->value8[c] ? row->value8[c][x] << 7 : row->value[c][x];
                const uint16_t mean = row->mode[m][seg_mixture_at(row->colours, x, 1 + c)];
                const float away = (float)(value - mean) / 16;
                distance += away * away;
            }
            distance = distance / row->mode[m][seg_mixture_at(row->colours, x, 0)] * 256;
            if (distance < nearest) nearest = distance;
            before += row->weight[m][x];
        }
        score[x] = (uint16_t)nearest;
    }
}

static void point_at(seg_mixture_row *row, const pass *job, int32_t y, char *room) {
    const seg_subtractor *model = job->model;
    const seg_subtractor_layout *layout = &model->layout;
    if (model->picture.format == SEG_U8)
        seg_subtractor_row8(row->value8, model, y, (uint8_t *)room);
    else
        seg_subtractor_row16(row->value, model, y, (uint16_t *)(void *)room);
    row->mask = seg_image_row(&job->result->mask, y);
    row->left_out = seg_optional_row(&model->left_out, y);
    row->held = seg_optional_row(&model->held, y);
    row->patient = seg_optional_row(&model->patient, y);
    row->dither_offset = seg_dither_offset(model->base.clock.frames, y);
    for (int32_t m = 0; m < row->modes; m++) {
        row->weight[m] = weight_row(layout, m, y);
        row->mode[m] = mode_row(layout, m, y);
    }
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const pass *job = argument;
    char *room = job->rooms + (size_t)worker * job->room_size;
    const bool scored = job->result->outputs & SEG_OUTPUT_SCORE;
    const seg_mog2_options *o = job->options;
    const bool shadows = o->shadows != SEG_SHADOWS_KEEP && job->constants.colours == 3;
    const seg_mixture_shade shade = {.darkest = (float)o->darkest,
                                     .near_squared = (float)(o->threshold * o->threshold),
                                     .value = o->shadows == SEG_SHADOWS_MARK ? 127 : 0};
    for (int32_t y = first; y < end; y++) {
        seg_mixture_row row = job->constants;
        point_at(&row, job, y, room);
        if (scored) score_row(seg_image_row(&job->result->score, y), &row);
        job->kernels->step(&row);
        if (shadows) job->kernels->shade(&shade, &row);
    }
    return SEG_OK;
}

static uint16_t share_of_65535(double share) {
    return (uint16_t)(share * 65535 + 0.5);
}

/* What is the same for all rows. */
static seg_mixture_row constants_of(const seg_subtractor *model, const seg_mog2_options *o) {
    const double near_background = o->threshold * o->threshold;
    const double near_mode = o->near_mode * o->near_mode;
    double rate = model->weight;
    const double early = 0.5 / (double)(model->base.clock.frames + 1);
    if (rate > 0 && early > rate) rate = early;
    const uint16_t learnt = share_of_65535(rate);
    seg_mixture_row row = {.width = model->layout.width,
                           .modes = o->modes,
                           .colours = model->layout.colours,
                           .rate = learnt < SEG_MIXTURE_FASTEST ? learnt : SEG_MIXTURE_FASTEST,
                           .prune = share_of_65535(rate * o->prior),
                           .background = share_of_65535(o->share),
                           .near_background = (uint16_t)(65536 / near_background),
                           .near_mode = (uint16_t)(65536 / near_mode),
                           .first = (uint16_t)(o->deviation * o->deviation * VARIANCE_UNIT + 0.5),
                           .least = LEAST_VARIANCE * VARIANCE_UNIT};
    /* a squared distance that was cut must be beyond all variances */
    const double reach =
        LARGEST_SQUARE / (near_background > near_mode ? near_background : near_mode);
    const double most = reach < MOST_VARIANCE ? reach : MOST_VARIANCE;
    row.most = (uint16_t)(most * VARIANCE_UNIT);
    if (row.first > row.most) row.first = row.most;
    if (row.least > row.first) row.least = row.first;
    return row;
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    const seg_mog2_options *o = model->base.still->options;
    const size_t width = (size_t)model->layout.width;
    const size_t workers = (size_t)seg_workers(&model->base.still->env);
    seg_scratch *scratch = &model->base.still->scratch;
    pass job = {model, result, o, seg_mixture_kernels_get(), constants_of(model, o), NULL, 0};
    job.room_size = (width + SEG_MIXTURE_BLOCK) * 7 * sizeof(uint16_t);
    job.rooms = seg_scratch_take(scratch, workers, job.room_size, "rows");
    uint16_t *pattern =
        seg_scratch_take(scratch, pitch_of(model->layout.width), sizeof *pattern, "dither pattern");
    if (!job.rooms || !pattern) return SEG_ERROR_MEMORY;
    seg_dither_pattern(pattern, (int32_t)pitch_of(model->layout.width));
    job.constants.pattern = pattern;
    return seg_run_bands(&model->base.still->env, model->layout.height, SEG_SUBTRACTOR_BAND,
                         step_band, &job);
}

static void background_row(const seg_subtractor *model, void *out, bool wide, int32_t y) {
    const seg_subtractor_layout *layout = &model->layout;
    uint8_t *narrow_row = out;
    uint16_t *wide_row = out;
    const uint16_t *mode = mode_row(layout, 0, y);
    for (int32_t x = 0; x < layout->width; x++)
        for (int32_t c = 0; c < layout->colours; c++) {
            const size_t at = (size_t)x * (size_t)layout->colours + (size_t)c;
            const uint32_t mean = mode[seg_mixture_at(layout->colours, x, 1 + c)];
            if (wide)
                wide_row[at] = (uint16_t)((mean * 65535u + VALUE_ONE / 2) / VALUE_ONE);
            else
                narrow_row[at] = (uint8_t)((mean + 64) >> 7);
        }
}

static const seg_subtractor_kind kind = {
    .id = "mog2",
    .version = 2,
    .state_size = sizeof(seg_subtractor),
    .params = &params,
    .shared = offsetof(seg_mog2_options, model),
    .lay_out = lay_out,
    .step = step,
    .background_row = background_row,
    .sane = sane,
};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

const seg_method seg_method_mog2 = {
    SEG_SUBTRACTOR_METHOD,
    .id = "mog2",
    .title = "adaptive mixture of Gaussians",
    .reference = "Z. Zivkovic, F. van der Heijden, Efficient adaptive density estimation per image "
                 "pixel for the task of background subtraction, Pattern Recognition Letters 27(7)",
    .year = 2006,
    .params = &params,
    .create = create,
};
