/*
 * Chan-Vese: two regions of one colour each and a short border between them. For objects without
 * clear edges, and in noise.
 *
 * T. Chan, L. Vese, "Active contours without edges", IEEE Trans. Image Processing 10(2), 2001;
 * several colours: T. Chan, B. Sandberg, L. Vese, J. Visual Communication and Image Representation
 * 11(2), 2000.
 *
 * Symbols: u colour of a pixel, c1, c2 mean colours inside and outside, mu `mu`, nu `nu`, lambda1
 * `lambda1`, lambda2 `lambda2`; V variance of the picture, so that contrast does not matter:
 *   E = mu length of the border + nu area inside
 *     + lambda1 sum over inside |u - c1|^2 / V + lambda2 sum over outside |u - c2|^2 / V
 *
 * The graph form, not the level set: for given means the mask of least E is a minimum cut (A.
 * El-Zehiry, A. Elmaghraby, "A graph cut based active contour for multiphase image segmentation",
 * 2008), with the length by the edges to 8 neighbours (Y. Boykov, V. Kolmogorov, "Computing
 * geodesics and minimal surfaces via graph cuts", ICCV 2003). Steps: 1. a first mask; 2. means; 3.
 * the cut; 2. and 3. until nothing changes: E never grows; 4. the same from the other first masks;
 * the one that ends with the least E counts. First masks: above Otsu's level, a tenth of the pixels
 * that is lightest, the middle of the picture (half its sides).
 *
 * Cost: about 1 microsecond a pixel and first mask. Memory: 63 bytes a pixel. Known failures:
 * shaded objects and grounds; E only has a minimum for its means, another pair might be better.
 */
#include <segment/region.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/grid_cut.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include <segment/imgproc.h>

#include <math.h>
#include <string.h>

#define COST_SCALE 4096.0
#define COST_MOST 4000.0 /* a colour costs at most so much more on one side than on the other */
/* What an edge that is cut adds to the length, straight and diagonal: pi / 8 over its length. */
#define LENGTH_STRAIGHT 0.39269908169872414
#define LENGTH_DIAGONAL 0.27768018363489787

static const char *const initial_names[] = {"best", "otsu", "light", "middle", NULL};

static const seg_param rows[] = {
    {"mu", SEG_PARAM_FLOAT, offsetof(seg_chan_vese_options, mu), "0.5", 0, 1000, NULL, "",
     "What a pixel of the border's length costs; more gives smoother borders.", "mu"},
    {"nu", SEG_PARAM_FLOAT, offsetof(seg_chan_vese_options, nu), "0", -100, 100, NULL, "",
     "What a pixel inside costs.", "nu"},
    {"lambda1", SEG_PARAM_FLOAT, offsetof(seg_chan_vese_options, lambda1), "1", 0, 100, NULL, "",
     "How much the inside must be of one colour.", "lambda1"},
    {"lambda2", SEG_PARAM_FLOAT, offsetof(seg_chan_vese_options, lambda2), "1", 0, 100, NULL, "",
     "How much the outside must be of one colour.", "lambda2"},
    {"initial", SEG_PARAM_ENUM, offsetof(seg_chan_vese_options, initial), "best", 0, 3,
     initial_names, "",
     "First mask: above Otsu's level, the lightest tenth, the middle, or whichever ends best.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_chan_vese_options, iterations), "50", 1, 1000, NULL,
     "", "Rounds of means and cut at most; ends when nothing changes.", ""},
    {"invert", SEG_PARAM_BOOL, offsetof(seg_chan_vese_options, invert), "false", 0, 1, NULL, "",
     "The darker region is inside.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_chan_vese_options)};

void seg_chan_vese_options_init(seg_chan_vese_options *options) {
    seg_params_init(options, &params);
}

typedef struct means {
    double count[2], colour[2][3]; /* outside, inside; 8-bit levels */
} means;

typedef struct contour {
    const seg_chan_vese_options *options;
    seg_image picture, grey, blocked; /* whole numbers */
    int32_t width, height, colours;
    double unit;     /* 8-bit levels of a sample */
    double variance; /* V, in these */
    uint8_t *inside, *best;
    int32_t *pull; /* of each node, as in the graph now */
    seg_grid_cut cut;
    int64_t energy, best_energy;
    means means;
    int32_t rounds;
    seg_scratch *scratch;
} contour;

static size_t at(const contour *job, int32_t x, int32_t y) {
    return (size_t)y * (size_t)job->width + (size_t)x;
}

static bool left_out(const contour *job, int32_t x, int32_t y) {
    return !seg_image_empty(&job->blocked) && ((const uint8_t *)seg_image_row(&job->blocked, y))[x];
}

static int32_t sample(const seg_image *picture, int32_t x, int32_t y, int32_t c) {
    const void *row = seg_image_row(picture, y);
    const size_t i = (size_t)x * picture->channels + (size_t)c;
    return picture->format == SEG_U8 ? ((const uint8_t *)row)[i] : ((const uint16_t *)row)[i];
}

/* ---- means and energy ---- */

static means find_means(const contour *job) {
    means found = {0};
    int64_t sums[2][3] = {0}, counts[2] = {0};
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++) {
            if (left_out(job, x, y)) continue;
            const int side = job->inside[at(job, x, y)];
            counts[side]++;
            for (int32_t c = 0; c < job->colours; c++)
                sums[side][c] += sample(&job->picture, x, y, c);
        }
    for (int side = 0; side < 2; side++) {
        found.count[side] = (double)counts[side];
        for (int32_t c = 0; c < job->colours && counts[side]; c++)
            found.colour[side][c] = (double)sums[side][c] * job->unit / (double)counts[side];
    }
    return found;
}

/* What a pixel costs on a side, in whole numbers. */
static int32_t cost_of(const contour *job, int32_t x, int32_t y, int side) {
    const double lambda = side ? job->options->lambda1 : job->options->lambda2;
    double sum = 0;
    for (int32_t c = 0; c < job->colours; c++) {
        const double off = sample(&job->picture, x, y, c) * job->unit - job->means.colour[side][c];
        sum += off * off;
    }
    double cost = lambda * sum / job->variance + (side ? job->options->nu : 0);
    cost = cost > COST_MOST ? COST_MOST : cost < -COST_MOST ? -COST_MOST : cost;
    return (int32_t)floor(cost * COST_SCALE + 0.5);
}

static int32_t length_of(const contour *job, int direction) {
    return (int32_t)floor(
        job->options->mu * (direction & 1 ? LENGTH_DIAGONAL : LENGTH_STRAIGHT) * COST_SCALE + 0.5);
}

/* The neighbour in a direction takes part. */
static bool neighbour_of(const contour *job, int32_t x, int32_t y, int d, int32_t *nx,
                         int32_t *ny) {
    *nx = x + seg_cut_dx[d];
    *ny = y + seg_cut_dy[d];
    return *nx >= 0 && *ny >= 0 && *nx < job->width && *ny < job->height &&
           !left_out(job, *nx, *ny);
}

static int64_t energy_of(const contour *job) {
    int64_t energy = 0;
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++) {
            if (left_out(job, x, y)) continue;
            const int side = job->inside[at(job, x, y)];
            energy += cost_of(job, x, y, side);
            for (int d = 0; d < 4; d++) {
                int32_t nx, ny;
                if (neighbour_of(job, x, y, d, &nx, &ny) && job->inside[at(job, nx, ny)] != side)
                    energy += length_of(job, d);
            }
        }
    return energy;
}

/* ---- cuts ---- */

static void join_all(contour *job) {
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++) {
            if (left_out(job, x, y)) continue;
            for (int d = 0; d < 4; d++) {
                int32_t nx, ny;
                if (neighbour_of(job, x, y, d, &nx, &ny))
                    seg_grid_cut_join(&job->cut, seg_grid_cut_index(&job->cut, x, y), d,
                                      length_of(job, d));
            }
        }
}

/* Sides for the means; true if any changed. */
static bool cut_once(contour *job) {
    bool changed = false;
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++) {
            if (left_out(job, x, y)) continue;
            const int32_t now = cost_of(job, x, y, 0) - cost_of(job, x, y, 1);
            int32_t *pull = &job->pull[at(job, x, y)];
            seg_grid_cut_pull(&job->cut, seg_grid_cut_index(&job->cut, x, y), now - *pull);
            *pull = now;
        }
    seg_grid_cut_solve(&job->cut);
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++) {
            const uint8_t side =
                !left_out(job, x, y) &&
                seg_grid_cut_source(&job->cut, seg_grid_cut_index(&job->cut, x, y));
            changed = changed || side != job->inside[at(job, x, y)];
            job->inside[at(job, x, y)] = side;
        }
    return changed;
}

/* From the mask as it is to one that no cut betters. A region without pixels keeps its mean. */
static seg_status settle(contour *job) {
    for (int32_t i = 0; i < job->options->iterations; i++) {
        const means before = job->means;
        SEG_TRY(seg_progress(&job->scratch->env, (double)i / job->options->iterations));
        job->means = find_means(job);
        for (int side = 0; side < 2; side++)
            if (job->means.count[side] <= 0)
                memcpy(job->means.colour[side], before.colour[side], sizeof before.colour[side]);
        job->rounds++;
        if (!cut_once(job)) break;
    }
    job->energy = energy_of(job);
    return SEG_OK;
}

/* ---- first masks ---- */

/* Pixels of the grey picture above a level, or not above it with `invert`. */
static seg_status start_above(contour *job, const seg_level *level) {
    const int32_t size = seg_histogram_size(&job->grey);
    uint64_t *bins = seg_scratch_take(job->scratch, (size_t)size, sizeof *bins, "a histogram");
    double native;
    if (!bins) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_histogram_with(bins, size, &job->grey, &job->blocked, job->scratch,
                               &job->scratch->env));
    SEG_TRY(seg_level_resolve(&native, level, SEG_AUTO_OTSU, bins, size, &job->grey));
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++)
            job->inside[at(job, x, y)] = !left_out(job, x, y) && (sample(&job->grey, x, y, 0) >
                                                                  native) != job->options->invert;
    return SEG_OK;
}

static void start_in_the_middle(contour *job) {
    const int32_t left = job->width / 4, top = job->height / 4;
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++)
            job->inside[at(job, x, y)] = !left_out(job, x, y) && x >= left &&
                                         x < job->width - left && y >= top && y < job->height - top;
}

static seg_status start(contour *job, int32_t which) {
    const seg_level otsu = {.kind = SEG_LEVEL_AUTO, .rule = SEG_AUTO_OTSU};
    const seg_level tenth = {.kind = SEG_LEVEL_PERCENTILE, .value = job->options->invert ? 10 : 90};
    if (which == SEG_CHAN_VESE_OTSU) return start_above(job, &otsu);
    if (which == SEG_CHAN_VESE_LIGHT) return start_above(job, &tenth);
    start_in_the_middle(job);
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status prepare(contour *job, const seg_image *picture, const seg_image *ignore) {
    const size_t pixels = (size_t)job->width * (size_t)job->height;
    seg_scratch *scratch = job->scratch;
    SEG_TRY(seg_picture_whole(&job->picture, picture, scratch));
    SEG_TRY(seg_picture_blocked(&job->blocked, picture, ignore, scratch));
    job->colours = seg_colours(picture);
    job->unit = 255 / seg_image_full_scale(&job->picture);
    job->grey = job->picture;
    if (job->picture.channels > 1) {
        SEG_TRY(seg_scratch_image(&job->grey, &job->picture, (seg_format)job->picture.format, 1,
                                  scratch));
        SEG_TRY(seg_to_grey(&job->grey, &job->picture, &scratch->env));
    }
    job->inside = seg_scratch_take(scratch, pixels, 1, "masks");
    job->best = seg_scratch_take(scratch, pixels, 1, "masks");
    job->pull = seg_scratch_take(scratch, pixels, sizeof *job->pull, "a graph");
    if (!job->inside || !job->best || !job->pull) return SEG_ERROR_MEMORY;
    memset(job->inside, 0, pixels);
    memset(job->best, 0, pixels);
    memset(job->pull, 0, pixels * sizeof *job->pull);
    return seg_grid_cut_take(&job->cut, job->width, job->height, scratch);
}

/* V, by whole numbers: the mean over all pixels of the square from their mean. */
static double find_variance(const contour *job) {
    double variance = 0;
    for (int32_t c = 0; c < job->colours; c++) {
        int64_t sum = 0, squares = 0, count = 0;
        for (int32_t y = 0; y < job->height; y++)
            for (int32_t x = 0; x < job->width; x++) {
                if (left_out(job, x, y)) continue;
                const int64_t value = sample(&job->picture, x, y, c);
                sum += value;
                squares += value * value;
                count++;
            }
        if (!count) return 0;
        const double mean = (double)sum * job->unit / (double)count;
        variance += (double)squares * job->unit * job->unit / (double)count - mean * mean;
    }
    return variance > 1e-9 ? variance : 0;
}

static seg_status find_contour(seg_image *mask, contour *job, const seg_image *picture,
                               const seg_image *ignore) {
    const int32_t chosen = job->options->initial;
    bool any = false;
    job->width = picture->width;
    job->height = picture->height;
    SEG_TRY(prepare(job, picture, ignore));
    job->variance = find_variance(job);
    if (job->variance > 0) join_all(job);
    for (int32_t i = SEG_CHAN_VESE_OTSU; i <= SEG_CHAN_VESE_MIDDLE && job->variance > 0; i++) {
        if (chosen != SEG_CHAN_VESE_BEST && chosen != i) continue;
        SEG_TRY(start(job, i));
        job->means = (means){0};
        SEG_TRY(settle(job));
        if (any && job->energy >= job->best_energy) continue;
        any = true;
        job->best_energy = job->energy;
        memcpy(job->best, job->inside, (size_t)job->width * (size_t)job->height);
    }
    for (int32_t y = 0; y < job->height; y++) {
        uint8_t *out = seg_image_row(mask, y);
        for (int32_t x = 0; x < job->width; x++)
            out[x] = job->best[at(job, x, y)] ? 255 : 0;
    }
    mask->colour = SEG_COLOUR_DATA;
    return SEG_OK;
}

seg_status seg_chan_vese(seg_image *mask, double *energy, const seg_image *picture,
                         const seg_image *ignore, const seg_chan_vese_options *options,
                         const seg_env *env) {
    seg_chan_vese_options defaults;
    seg_chan_vese_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    SEG_TRY(seg_check_apart(mask, "mask", picture, "picture"));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    contour job = {.options = options, .scratch = &scratch};
    const seg_status status = find_contour(mask, &job, picture, ignore);
    if (energy && status >= 0) *energy = (double)job.best_energy / COST_SCALE;
    seg_scratch_free(&scratch);
    return status;
}

/* ---- the method ---- */

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_image *picture = seg_frame_picture(frame);
    contour job = {.options = still->options, .scratch = &still->scratch};
    (void)wanted;
    SEG_TRY(
        seg_image_reuse(&result->mask, picture->width, picture->height, SEG_U8, 1, &still->env));
    SEG_TRY(find_contour(&result->mask, &job, picture, &frame->ignore));
    result->outputs |= SEG_OUTPUT_MASK;
    seg_result_decide(result, "energy", (double)job.best_energy / COST_SCALE, "");
    seg_result_decide(result, "rounds", job.rounds, "");
    return SEG_OK;
}

const seg_method seg_method_chan_vese = {
    .id = "chan-vese",
    .title = "two even regions with a short border",
    .family = "region",
    .reference = "T. Chan, L. Vese, Active contours without edges, IEEE Trans. Image Processing "
                 "10(2)",
    .year = 2001,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK,
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
