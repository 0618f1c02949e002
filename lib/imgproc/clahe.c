/*
 * Contrast-limited adaptive histogram equalisation: brings out what is faint wherever it is,
 * however uneven the light, and noise no further than a limit lets it.
 *
 * K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994.
 *
 * Steps: 1. a histogram of luma of each tile, of which what lies above `clip` times the mean of a
 * level is spread over all levels, and a curve of it: the share of pixels below a level and half of
 * those at it; 2. pixels get what the curves of the four tiles around say of their luma,
 * bilinearly, between the two nearest of 256 levels linearly. Colours change by the ratio of their
 * luma's change, so that hues stay.
 *
 * Cost: two passes, about 20 ns a pixel, in bands. Memory: 2 KB a tile.
 */
#include "imgproc/clahe.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/row_levels.h"
#include "imgproc/rows.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include <segment/imgproc.h>

#define BINS 256

/* Between which tiles a column or row lies, and how near to the second. */
typedef struct between {
    int32_t first, second;
    float part;
} between;

typedef struct clahe_job {
    const seg_image *target, *source;
    double clip;
    int32_t tiles;
    float *counts, *curves; /* of each tile, BINS */
    float *rows;            /* of each worker: levels */
    between *columns;
} clahe_job;

static float luma_of(const float *pixel, int32_t channels) {
    return channels < 3 ? pixel[0] : 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
}

/* Place of a level among the bins, 0 .. BINS - 1. */
static float place_of(float level) {
    return level > 0 ? level < 1 ? level * (BINS - 1) : BINS - 1 : 0;
}

static float *row_of(const clahe_job *job, int32_t worker) {
    return job->rows + (size_t)worker * seg_row_samples(job->source);
}

/* ---- curves ---- */

/* The curve of a tile, from its counts; `limit` in pixels. A tile without pixels changes nothing.
 */
static void make_curve(float *curve, float *counts, float limit) {
    float over = 0, total = 0, sum = 0;
    for (int i = 0; i < BINS; i++) {
        total += counts[i];
        if (counts[i] <= limit) continue;
        over += counts[i] - limit;
        counts[i] = limit;
    }
    for (int i = 0; i < BINS; i++) {
        const float count = counts[i] + over / BINS;
        curve[i] = total > 0 ? (sum + count * 0.5f) / total : (float)i / (BINS - 1);
        sum += count;
    }
}

static int32_t tile_of(int64_t place, int32_t tiles, int32_t side) {
    return (int32_t)(place * tiles / side);
}

/* Curves of a row of tiles. */
static seg_status curve_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const clahe_job *job = argument;
    const seg_image *source = job->source;
    const int32_t tiles = job->tiles, channels = source->channels;
    const double pixels = (double)source->width * source->height / ((double)tiles * tiles);
    float *row = row_of(job, worker);
    (void)band;
    for (int32_t down = first; down < end; down++) {
        const size_t place = (size_t)down * (size_t)tiles * BINS;
        float *counts = job->counts + place, *curves = job->curves + place;
        for (int32_t i = 0; i < tiles * BINS; i++)
            counts[i] = 0;
        /* the first row whose tile is this one */
        int32_t y = (int32_t)(((int64_t)down * source->height + tiles - 1) / tiles);
        for (; y < source->height && tile_of(y, tiles, source->height) == down; y++) {
            seg_row_levels(row, source, y);
            for (int32_t x = 0; x < source->width; x++) {
                const float luma = luma_of(row + (size_t)x * (size_t)channels, channels);
                const int32_t bin = (int32_t)(place_of(luma) + 0.5f);
                counts[tile_of(x, tiles, source->width) * BINS + bin] += 1;
            }
        }
        for (int32_t i = 0; i < tiles; i++)
            make_curve(curves + i * BINS, counts + i * BINS, (float)(job->clip * pixels / BINS));
    }
    return SEG_OK;
}

/* ---- pixels ---- */

static between find_between(int32_t place, int32_t tiles, int32_t side) {
    const float at = ((float)place + 0.5f) * (float)tiles / (float)side - 0.5f;
    const int32_t low = at > 0 ? (int32_t)at : 0;
    between b = {.first = low < tiles ? low : tiles - 1};
    b.second = b.first + 1 < tiles ? b.first + 1 : b.first;
    const float part = at - (float)b.first;
    b.part = part > 0 ? part < 1 ? part : 1 : 0;
    return b;
}

static float curve_at(const float *curve, int32_t low, float part) {
    return low + 1 < BINS ? curve[low] + (curve[low + 1] - curve[low]) * part : curve[low];
}

/* What the tiles around say of a luma; `upper` and `lower` are rows of their curves. */
static float level_of(const float *upper, const float *lower, const between *column, float down,
                      float luma) {
    const float at = place_of(luma);
    const int32_t low = (int32_t)at, left = column->first * BINS, right = column->second * BINS;
    const float part = at - (float)low;
    const float a = curve_at(upper + left, low, part), b = curve_at(upper + right, low, part);
    const float c = curve_at(lower + left, low, part), d = curve_at(lower + right, low, part);
    const float above = a + (b - a) * column->part, below = c + (d - c) * column->part;
    return above + (below - above) * down;
}

static seg_status pixel_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const clahe_job *job = argument;
    const seg_image *source = job->source;
    const int32_t channels = source->channels, colours = seg_colour_channels(source);
    const size_t pitch = (size_t)job->tiles * BINS;
    float *row = row_of(job, worker);
    (void)band;
    for (int32_t y = first; y < end; y++) {
        const between lines = find_between(y, job->tiles, source->height);
        const float *upper = job->curves + (size_t)lines.first * pitch;
        const float *lower = job->curves + (size_t)lines.second * pitch;
        seg_row_levels(row, source, y);
        for (int32_t x = 0; x < source->width; x++) {
            float *pixel = row + (size_t)x * (size_t)channels;
            const float luma = luma_of(pixel, channels);
            const float level = level_of(upper, lower, &job->columns[x], lines.part, luma);
            for (int32_t k = 0; k < colours; k++)
                pixel[k] = luma > 0 ? pixel[k] * (level / luma) : level;
        }
        seg_row_store(job->target, y, row);
    }
    return SEG_OK;
}

seg_status seg_clahe_with(const seg_image *target, const seg_image *source, double clip,
                          int32_t tiles, seg_scratch *scratch) {
    const seg_env *env = &scratch->env;
    const size_t bins = (size_t)tiles * (size_t)tiles * BINS, width = (size_t)source->width;
    clahe_job job = {.target = target, .source = source, .clip = clip, .tiles = tiles};
    job.counts = seg_scratch_take(scratch, bins, sizeof *job.counts, "histograms");
    job.curves = seg_scratch_take(scratch, bins, sizeof *job.curves, "curves");
    job.columns = seg_scratch_take(scratch, width, sizeof *job.columns, "columns");
    job.rows = seg_scratch_take(scratch, (size_t)seg_workers(env),
                                seg_row_samples(source) * sizeof *job.rows, "levels");
    if (!job.counts || !job.curves || !job.columns || !job.rows) return SEG_ERROR_MEMORY;
    for (int32_t x = 0; x < source->width; x++)
        job.columns[x] = find_between(x, tiles, source->width);
    SEG_TRY(seg_run_bands(env, tiles, 1, curve_band, &job));
    return seg_run_bands(env, source->height, seg_point_rows(source), pixel_band, &job);
}

/* ---- the method ---- */

static const seg_param rows[] = {
    {"clip", SEG_PARAM_FLOAT, offsetof(seg_clahe_options, clip), "4", 1, 1000, NULL, "",
     "No level of a tile counts more than this times the mean; the less, the weaker.", ""},
    {"tiles", SEG_PARAM_INT, offsetof(seg_clahe_options, tiles), "8", 1, SEG_CLAHE_MOST_TILES, NULL,
     "", "Along each side; 1 = the same everywhere.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_clahe_options)};

void seg_clahe_options_init(seg_clahe_options *options) {
    seg_params_init(options, &params);
}

seg_status seg_clahe(seg_image *target, const seg_image *source, const seg_clahe_options *options,
                     const seg_env *env) {
    seg_clahe_options defaults;
    seg_clahe_options_init(&defaults);
    if (options) SEG_TRY(seg_params_check(options, &params));
    const seg_clahe_options *o = options ? options : &defaults;
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    target->bits = source->bits;
    target->colour = source->colour;
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_clahe_with(target, source, o->clip, o->tiles, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    (void)wanted;
    seg_still *still = seg_still_begin(state);
    const seg_clahe_options *o = still->options;
    const seg_image *source = seg_frame_picture(frame);
    SEG_TRY(seg_check_image(source, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_image_reuse(&result->picture, source->width, source->height,
                            (seg_format)source->format, source->channels, &still->env));
    result->picture.bits = source->bits;
    result->picture.colour = source->colour;
    result->outputs |= SEG_OUTPUT_PICTURE;
    return seg_clahe_with(&result->picture, source, o->clip, o->tiles, &still->scratch);
}

const seg_method seg_method_clahe = {
    .id = "clahe",
    .title = "local equalisation with limited contrast",
    .family = "filter",
    .reference = "K. Zuiderveld, Contrast limited adaptive histogram equalization, Graphics Gems "
                 "IV",
    .year = 1994,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_PICTURE,
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
