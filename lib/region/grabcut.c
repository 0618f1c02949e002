/*
 * GrabCut: the object inside a rectangle, a lasso or scribbles, parted from its background where
 * their colours part best and along strong edges. For cutting one thing out of a picture.
 *
 * C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using iterated
 * graph cuts", ACM Trans. Graphics 23(3), 2004.
 *
 * Symbols: z pixel (RGB, levels of 8 bits), a its side, k its Gaussian, K `components`, D the cost
 * of a colour (colour_mixture.h), gamma `smoothness`, beta = 1 / (2 mean |z_m - z_n|^2);
 *   E = sum of D(z_n, a_n) + gamma sum over 8-neighbours m, n of different sides of
 *       exp(-beta |z_m - z_n|^2) / distance(m, n).
 *
 * Steps: 1. K Gaussians of what is known on either side; where no object is known, that half of the
 * unknown pixels begins as object which suits the background worst (the paper takes all of them,
 * and often ends with a patch of background in the object); then in turn 2. the minimum cut gives
 * sides to the unknown pixels; 3. each pixel takes the Gaussian of its side that suits it best;
 * 4. they are learnt anew; until no side changes. Only unknown pixels are nodes of the graph
 * (grid_cut.h), known neighbours pull at them; each cut goes on from the flow of the one before.
 * Costs are whole numbers in the graph, 1/4096 of the paper's.
 *
 * Cost: 0.5 to 3 microseconds a pixel. Known failures: an object of the colours of its background;
 * thin parts are cut off (the shorter border is cheaper).
 */
#include <segment/region.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "core/math.h"
#include "imgproc/grid_cut.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include "region/colour_mixture.h"
#include <segment/imgproc.h>

#include <math.h>
#include <string.h>

#define COST_SCALE 4096.0
#define COST_MOST 4000.0 /* a colour costs at most so much more on one side than on the other */
#define MARGIN_PART 16   /* of the picture, on every side, where nothing is told */

/* Bins of the costs among which the median is looked for, and how many make 1. */
#define COST_BINS 4096
#define COST_BINS_OF_ONE 64

typedef enum grabcut_known { IGNORED, BACKGROUND, OBJECT, UNKNOWN } grabcut_known;
/* Sides, and what belongs to none: ignored pixels, and unknown ones at first. */
enum { SIDE_BACKGROUND, SIDE_OBJECT, SIDE_NONE };

static const seg_param rows[] = {
    {"rect", SEG_PARAM_RECT, offsetof(seg_grabcut_options, rect), "0,0,0,0", 0, 0, NULL, "px",
     "x,y,w,h around the object, if there is no other hint; empty = all but a margin of 1/16.", ""},
    {"trimap", SEG_PARAM_PICTURE, offsetof(seg_grabcut_options, trimap), NULL, 0, 0, NULL, "",
     "Picture of what is known: 255 object, 128 unknown, else background; goes before scribbles "
     "and rect, and --markers (label 1 object, others background) before all.",
     "T"},
    {"scribbles", SEG_PARAM_PICTURE, offsetof(seg_grabcut_options, scribbles), NULL, 0, 0, NULL, "",
     "Picture with strokes: 128 to 255 object, 1 to 127 background, 0 unknown.", ""},
    {"components", SEG_PARAM_INT, offsetof(seg_grabcut_options, components), "5", 1,
     SEG_MIXTURE_MOST, NULL, "", "Gaussians in the colour model of object and of background.", "K"},
    {"smoothness", SEG_PARAM_FLOAT, offsetof(seg_grabcut_options, smoothness), "25", 0, 1000, NULL,
     "", "What it costs to part two equal neighbours; more gives smoother borders.", "gamma"},
    {"iterations", SEG_PARAM_INT, offsetof(seg_grabcut_options, iterations), "20", 1, 1000, NULL,
     "", "Rounds of learning and cutting at most; ends when nothing changes.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_grabcut_options)};

void seg_grabcut_options_init(seg_grabcut_options *options) {
    seg_params_init(options, &params);
}

/* Sums of the colours of either side, by component. */
typedef struct grabcut_sums {
    seg_colour_sums of[2][SEG_MIXTURE_MOST];
} grabcut_sums;

typedef struct grabcut {
    const seg_grabcut_options *options;
    const seg_env *env;
    seg_scratch *scratch;
    const seg_image *picture;
    int32_t width, height, band_rows, bands;
    float *planes[SEG_MIXTURE_COLOURS];
    uint8_t *known, *side, *component;
    seg_rect box;       /* around the unknown pixels */
    grabcut_sums *sums; /* a slot for each band */
    seg_colour_mixture models[2];
    seg_grid_cut cut;
    int32_t *pull;   /* of the colours on a node, as in the graph now; rows of the box */
    float *costs[2]; /* a row for each worker */
    int32_t *which;
    uint16_t *samples;          /* a row for each worker */
    double beta, *band_squares; /* sums of |z_m - z_n|^2, a slot for each band */
    int32_t rounds;
} grabcut;

static inline size_t at(const grabcut *job, int32_t x, int32_t y) {
    return (size_t)y * (size_t)job->width + (size_t)x;
}

/* ---- what is known ---- */

static seg_status check_hint(const grabcut *job, const seg_image *hint, const char *name,
                             uint32_t formats) {
    SEG_TRY(seg_check_image(hint, name, formats, SEG_CHANNELS_1));
    if (hint->width == job->width && hint->height == job->height) return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE,
                    "%s has %ld x %ld pixels, the picture %ld x %ld (must be equal)", name,
                    (long)hint->width, (long)hint->height, (long)job->width, (long)job->height);
}

static uint8_t known_of_trimap(uint8_t value) {
    return value == 255 ? OBJECT : value == 128 ? UNKNOWN : BACKGROUND;
}

static uint8_t known_of_scribbles(uint8_t value) {
    return value >= 128 ? OBJECT : value > 0 ? BACKGROUND : UNKNOWN;
}

static seg_status known_from_picture(grabcut *job, const seg_image *hint, const char *name,
                                     uint8_t known_of(uint8_t)) {
    SEG_TRY(check_hint(job, hint, name, SEG_FORMAT_BIT(SEG_U8)));
    for (int32_t y = 0; y < job->height; y++) {
        const uint8_t *row = seg_image_row(hint, y);
        for (int32_t x = 0; x < job->width; x++)
            job->known[at(job, x, y)] = known_of(row[x]);
    }
    return SEG_OK;
}

static seg_status known_from_markers(grabcut *job, const seg_image *markers) {
    SEG_TRY(check_hint(job, markers, "markers", SEG_FORMAT_BIT(SEG_LABEL32)));
    for (int32_t y = 0; y < job->height; y++) {
        const int32_t *row = seg_image_row(markers, y);
        for (int32_t x = 0; x < job->width; x++)
            job->known[at(job, x, y)] = row[x] == 0 ? UNKNOWN : row[x] == 1 ? OBJECT : BACKGROUND;
    }
    return SEG_OK;
}

static seg_status known_from_rect(grabcut *job) {
    seg_rect rect = job->options->rect;
    if (rect.width == 0 && rect.height == 0) {
        rect.x = job->width / MARGIN_PART;
        rect.y = job->height / MARGIN_PART;
        rect.width = job->width - 2 * rect.x;
        rect.height = job->height - 2 * rect.y;
    }
    if (rect.x < 0 || rect.y < 0 || rect.width < 1 || rect.height < 1 ||
        rect.width > job->width - rect.x || rect.height > job->height - rect.y)
        return seg_fail(SEG_ERROR_OPTION,
                        "rect is not inside the picture (got %ld,%ld,%ld,%ld, allowed 0,0,%ld,%ld)",
                        (long)rect.x, (long)rect.y, (long)rect.width, (long)rect.height,
                        (long)job->width, (long)job->height);
    memset(job->known, BACKGROUND, (size_t)job->width * (size_t)job->height);
    for (int32_t y = rect.y; y < rect.y + rect.height; y++)
        memset(job->known + at(job, rect.x, y), UNKNOWN, (size_t)rect.width);
    return SEG_OK;
}

static seg_status find_known(grabcut *job, const seg_image *markers) {
    const seg_grabcut_options *o = job->options;
    if (!seg_image_empty(markers)) return known_from_markers(job, markers);
    if (o->trimap) return known_from_picture(job, o->trimap, "trimap", known_of_trimap);
    if (o->scribbles) return known_from_picture(job, o->scribbles, "scribbles", known_of_scribbles);
    return known_from_rect(job);
}

/* ---- the picture ---- */

/* Levels of 8 bits, the same at every depth. */
static void read_row(const grabcut *job, int32_t y, uint16_t *room) {
    const uint16_t *row = seg_row16(room, job->picture, y);
    const int32_t channels = job->picture->channels;
    for (int c = 0; c < SEG_MIXTURE_COLOURS; c++) {
        float *plane = job->planes[c] + at(job, 0, y);
        const uint16_t *sample = row + (channels < 3 ? 0 : c);
        for (int32_t x = 0; x < job->width; x++)
            plane[x] = (float)sample[(size_t)x * (size_t)channels] / 257.0f;
    }
}

static seg_status read_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const grabcut *job = argument;
    (void)band;
    for (int32_t y = first; y < end; y++)
        read_row(job, y, job->samples + (size_t)worker * seg_row_samples(job->picture));
    return SEG_OK;
}

static seg_status leave_out(grabcut *job, const seg_image *ignore) {
    seg_image blocked;
    SEG_TRY(seg_picture_blocked(&blocked, job->picture, ignore, job->scratch));
    if (seg_image_empty(&blocked)) return SEG_OK;
    for (int32_t y = 0; y < job->height; y++) {
        const uint8_t *row = seg_image_row(&blocked, y);
        uint8_t *known = job->known + at(job, 0, y);
        for (int32_t x = 0; x < job->width; x++)
            known[x] = row[x] ? IGNORED : known[x];
    }
    return SEG_OK;
}

static void find_box(grabcut *job) {
    int32_t left = job->width, right = -1, top = job->height, bottom = -1;
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++) {
            if (job->known[at(job, x, y)] != UNKNOWN) continue;
            left = x < left ? x : left;
            right = x > right ? x : right;
            top = y < top ? y : top;
            bottom = y;
        }
    if (right >= 0) job->box = (seg_rect){left, top, right - left + 1, bottom - top + 1};
}

/* ---- colour models ---- */

static void count_pixel(const grabcut *job, grabcut_sums *sums, size_t i) {
    seg_colour_sums *of = &sums->of[job->side[i]][job->component[i]];
    const double r = job->planes[0][i], g = job->planes[1][i], b = job->planes[2][i];
    of->count += 1;
    of->sum[0] += r;
    of->sum[1] += g;
    of->sum[2] += b;
    of->product[0] += r * r;
    of->product[1] += r * g;
    of->product[2] += r * b;
    of->product[3] += g * g;
    of->product[4] += g * b;
    of->product[5] += b * b;
}

/* Sums over all bands; components beyond `count` stay untouched. */
static void add_bands(grabcut_sums *all, const grabcut *job) {
    memset(all, 0, sizeof *all);
    for (int32_t band = 0; band < job->bands; band++)
        for (int a = 0; a < 2; a++)
            for (int32_t k = 0; k < job->options->components; k++)
                seg_colour_sums_add(&all->of[a][k], &job->sums[band].of[a][k]);
}

/* One split of each side: component `from` gives the half along the axis to `to`. */
typedef struct grabcut_split {
    grabcut *job;
    seg_colour_axis axes[2];
    int32_t from[2], to;
} grabcut_split;

static seg_status split_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const grabcut_split *split = argument;
    const grabcut *job = split->job;
    (void)worker;
    memset(&job->sums[band], 0, sizeof job->sums[band]);
    for (size_t i = at(job, 0, first); i < at(job, 0, end); i++) {
        const int a = job->side[i];
        if (a == SIDE_NONE) continue;
        if (split->to > 0 && job->component[i] == split->from[a]) {
            const seg_colour_axis *axis = &split->axes[a];
            double along = 0;
            for (int c = 0; c < SEG_MIXTURE_COLOURS; c++)
                along += axis->direction[c] * (job->planes[c][i] - axis->mean[c]);
            if (along > 0) job->component[i] = (uint8_t)split->to;
        }
        count_pixel(job, &job->sums[band], i);
    }
    return SEG_OK;
}

/* The first components: the one that spreads most is halved, until there are enough. */
static seg_status start_components(grabcut *job, grabcut_sums *sums) {
    grabcut_split split = {.job = job};
    memset(job->component, 0, (size_t)job->width * (size_t)job->height);
    for (int32_t k = 0; k < job->options->components; k++) {
        split.to = k;
        for (int a = 0; a < 2; a++) {
            double widest = -1;
            for (int32_t i = 0; i < k; i++) {
                const seg_colour_axis axis = seg_colour_axis_of(&sums->of[a][i]);
                const double spread = axis.variance * sums->of[a][i].count;
                if (spread <= widest) continue;
                widest = spread;
                split.axes[a] = axis;
                split.from[a] = i;
            }
        }
        SEG_TRY(seg_run_bands(job->env, job->height, job->band_rows, split_band, &split));
        add_bands(sums, job);
    }
    return SEG_OK;
}

/* Costs of a row of pixels from x on, by both models. */
static void row_costs(const grabcut *job, int32_t x, int32_t y, int32_t count, int a,
                      int32_t worker, float **costs, int32_t **which) {
    const size_t i = at(job, x, y), slot = (size_t)worker * (size_t)job->width;
    const float *planes[] = {job->planes[0] + i, job->planes[1] + i, job->planes[2] + i};
    *costs = job->costs[a] + slot;
    *which = job->which + slot;
    seg_colour_mixture_costs(*costs, *which, &job->models[a], planes, count);
}

/* Each pixel takes the component of its side that suits it best. */
static seg_status assign_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    const grabcut *job = argument;
    memset(&job->sums[band], 0, sizeof job->sums[band]);
    for (int32_t y = first; y < end; y++) {
        const size_t row = at(job, 0, y);
        for (int a = 0; a < 2; a++) {
            float *costs;
            int32_t *which;
            row_costs(job, 0, y, job->width, a, worker, &costs, &which);
            for (int32_t x = 0; x < job->width; x++)
                if (job->side[row + (size_t)x] == a)
                    job->component[row + (size_t)x] = (uint8_t)which[x];
        }
        for (int32_t x = 0; x < job->width; x++)
            if (job->side[row + (size_t)x] != SIDE_NONE)
                count_pixel(job, &job->sums[band], row + (size_t)x);
    }
    return SEG_OK;
}

/* ---- the graph ---- */

static double square_between(const grabcut *job, size_t i, size_t j) {
    double sum = 0;
    for (int c = 0; c < SEG_MIXTURE_COLOURS; c++) {
        const double d = (double)job->planes[c][i] - (double)job->planes[c][j];
        sum += d * d;
    }
    return sum;
}

/* The pixel of a neighbour, or false if it is outside or ignored. */
static bool neighbour_of(const grabcut *job, int32_t x, int32_t y, int d, size_t *index) {
    const int32_t nx = x + seg_cut_dx[d], ny = y + seg_cut_dy[d];
    if (nx < 0 || ny < 0 || nx >= job->width || ny >= job->height) return false;
    *index = at(job, nx, ny);
    return job->known[*index] != IGNORED;
}

static seg_status squares_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    const grabcut *job = argument;
    double sum = 0, count = 0;
    size_t other;
    (void)worker;
    for (int32_t y = first; y < end; y++)
        for (int32_t x = 0; x < job->width; x++) {
            const size_t i = at(job, x, y);
            if (job->known[i] == IGNORED) continue;
            for (int d = 0; d < 4; d++) {
                if (!neighbour_of(job, x, y, d, &other)) continue;
                sum += square_between(job, i, other);
                count += 1;
            }
        }
    job->band_squares[2 * band] = sum;
    job->band_squares[2 * band + 1] = count;
    return SEG_OK;
}

static seg_status find_beta(grabcut *job) {
    double sum = 0, count = 0;
    SEG_TRY(seg_run_bands(job->env, job->height, job->band_rows, squares_band, job));
    for (int32_t band = 0; band < job->bands; band++) {
        sum += job->band_squares[2 * band];
        count += job->band_squares[2 * band + 1];
    }
    job->beta = sum > 0 ? count / (2 * sum) : 0;
    return SEG_OK;
}

static int32_t node_at(const grabcut *job, int32_t x, int32_t y) {
    return seg_grid_cut_index(&job->cut, x - job->box.x, y - job->box.y);
}

/* Edges between unknown pixels; known neighbours pull to their side. */
static void join_pixel(grabcut *job, int32_t x, int32_t y) {
    const size_t i = at(job, x, y);
    const int32_t node = node_at(job, x, y);
    size_t other;
    for (int d = 0; d < SEG_CUT_NEIGHBOURS; d++) {
        if (!neighbour_of(job, x, y, d, &other)) continue;
        const grabcut_known known = job->known[other];
        if (known == UNKNOWN && d >= 4) continue; /* joined from there */
        const double near = d & 1 ? sqrt(0.5) : 1;
        const double weight =
            job->options->smoothness * near * seg_exp(-job->beta * square_between(job, i, other));
        const int32_t capacity = (int32_t)(weight * COST_SCALE + 0.5);
        if (known == UNKNOWN)
            seg_grid_cut_join(&job->cut, node, d, capacity);
        else
            seg_grid_cut_pull(&job->cut, node, known == OBJECT ? capacity : -capacity);
    }
}

static void join_all(grabcut *job) {
    for (int32_t y = job->box.y; y < job->box.y + job->box.height; y++)
        for (int32_t x = job->box.x; x < job->box.x + job->box.width; x++)
            if (job->known[at(job, x, y)] == UNKNOWN) join_pixel(job, x, y);
}

/* What the colours say: cost as background less cost as object, in whole numbers. */
static seg_status pull_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    grabcut *job = argument;
    const seg_rect box = job->box;
    (void)band;
    for (int32_t y = box.y + first; y < box.y + end; y++) {
        float *costs[2];
        int32_t *which;
        for (int a = 0; a < 2; a++)
            row_costs(job, box.x, y, box.width, a, worker, &costs[a], &which);
        int32_t *pull = job->pull + (size_t)(y - box.y) * (size_t)box.width;
        for (int32_t x = 0; x < box.width; x++) {
            if (job->known[at(job, box.x + x, y)] != UNKNOWN) continue;
            double more = (double)costs[0][x] - (double)costs[1][x];
            more = more > COST_MOST ? COST_MOST : more < -COST_MOST ? -COST_MOST : more;
            const int32_t now = (int32_t)floor(more * COST_SCALE + 0.5);
            seg_grid_cut_pull(&job->cut, node_at(job, box.x + x, y), now - pull[x]);
            pull[x] = now;
        }
    }
    return SEG_OK;
}

/* New sides of the unknown pixels; true if any changed. */
static bool take_sides(grabcut *job) {
    bool changed = false;
    for (int32_t y = job->box.y; y < job->box.y + job->box.height; y++)
        for (int32_t x = job->box.x; x < job->box.x + job->box.width; x++) {
            const size_t i = at(job, x, y);
            if (job->known[i] != UNKNOWN) continue;
            const uint8_t side = seg_grid_cut_source(&job->cut, node_at(job, x, y));
            changed = changed || side != job->side[i];
            job->side[i] = side;
        }
    return changed;
}

/* ---- the whole ---- */

static seg_status take_memory(grabcut *job) {
    const size_t pixels = (size_t)job->width * (size_t)job->height;
    const size_t row = (size_t)seg_workers(job->env) * (size_t)job->width;
    for (int c = 0; c < SEG_MIXTURE_COLOURS; c++)
        job->planes[c] = seg_scratch_take(job->scratch, pixels, sizeof(float), "colour planes");
    job->known = seg_scratch_take(job->scratch, pixels, 1, "what is known");
    job->side = seg_scratch_take(job->scratch, pixels, 1, "sides");
    job->component = seg_scratch_take(job->scratch, pixels, 1, "components");
    job->sums = seg_scratch_take(job->scratch, (size_t)job->bands, sizeof *job->sums, "sums");
    job->band_squares =
        seg_scratch_take(job->scratch, (size_t)job->bands, 2 * sizeof(double), "sums");
    for (int a = 0; a < 2; a++)
        job->costs[a] = seg_scratch_take(job->scratch, row, sizeof(float), "costs");
    job->which = seg_scratch_take(job->scratch, row, sizeof(int32_t), "costs");
    job->samples =
        seg_scratch_take(job->scratch, row, job->picture->channels * sizeof(uint16_t), "samples");
    const bool all = job->planes[0] && job->planes[1] && job->planes[2] && job->known &&
                     job->side && job->component && job->sums && job->band_squares &&
                     job->costs[0] && job->costs[1] && job->which && job->samples;
    return all ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status take_graph(grabcut *job) {
    const size_t pixels = (size_t)job->box.width * (size_t)job->box.height;
    SEG_TRY(seg_grid_cut_take(&job->cut, job->box.width, job->box.height, job->scratch));
    job->pull = seg_scratch_take(job->scratch, pixels, sizeof *job->pull, "a graph");
    if (!job->pull) return SEG_ERROR_MEMORY;
    memset(job->pull, 0, pixels * sizeof *job->pull);
    return SEG_OK;
}

static void learn(grabcut *job, const grabcut_sums *sums) {
    for (int a = 0; a < 2; a++)
        seg_colour_mixture_learn(&job->models[a], sums->of[a], job->options->components);
}

/* The sides of what is known; counts the pixels that are known so, by grabcut_known. */
static void start_sides(grabcut *job, int64_t counts[4]) {
    static const uint8_t side_of[4] = {SIDE_NONE, SIDE_BACKGROUND, SIDE_OBJECT, SIDE_NONE};
    memset(counts, 0, 4 * sizeof *counts);
    for (size_t i = 0; i < (size_t)job->width * (size_t)job->height; i++) {
        job->side[i] = side_of[job->known[i]];
        counts[job->known[i]]++;
    }
}

static int32_t cost_bin(float cost) {
    const float bin = cost * COST_BINS_OF_ONE;
    return bin <= 0 ? 0 : bin >= COST_BINS - 1 ? COST_BINS - 1 : (int32_t)bin;
}

/* Makes object of those unknown pixels that cost more than the median as background, and background
 * of the others; object of those at the median, too, if none costs more. */
static void part_unknown(grabcut *job, int64_t unknown) {
    int64_t bins[COST_BINS] = {0}, below = 0;
    int32_t median = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t y = job->box.y; y < job->box.y + job->box.height; y++) {
            float *costs;
            int32_t *which;
            row_costs(job, job->box.x, y, job->box.width, SIDE_BACKGROUND, 0, &costs, &which);
            for (int32_t x = 0; x < job->box.width; x++) {
                const size_t i = at(job, job->box.x + x, y);
                if (job->known[i] != UNKNOWN) continue;
                const int32_t bin = cost_bin(costs[x]);
                if (pass == 0)
                    bins[bin]++;
                else
                    job->side[i] = bin > median ? SIDE_OBJECT : SIDE_BACKGROUND;
            }
        }
        while (pass == 0 && (below += bins[median]) * 2 < unknown)
            median++;
        if (pass == 0 && below == unknown) median--; /* nothing costs more than the median */
    }
}

/* The first models. */
static seg_status start_models(grabcut *job, const int64_t counts[4]) {
    grabcut_sums sums;
    SEG_TRY(start_components(job, &sums));
    learn(job, &sums);
    if (counts[OBJECT] || !counts[UNKNOWN]) return SEG_OK;
    part_unknown(job, counts[UNKNOWN]);
    SEG_TRY(start_components(job, &sums));
    learn(job, &sums);
    return SEG_OK;
}

/* Rounds of cutting and learning. */
static seg_status iterate(grabcut *job) {
    grabcut_sums sums;
    bool changed = true;
    while (changed && job->rounds < job->options->iterations) {
        SEG_TRY(seg_progress(job->env, (double)job->rounds / job->options->iterations));
        SEG_TRY(seg_run_bands(job->env, job->box.height, job->band_rows, pull_band, job));
        seg_grid_cut_solve(&job->cut);
        changed = take_sides(job);
        job->rounds++;
        if (!changed) break;
        SEG_TRY(seg_run_bands(job->env, job->height, job->band_rows, assign_band, job));
        add_bands(&sums, job);
        learn(job, &sums);
    }
    return SEG_OK;
}

static seg_status write_score(seg_image *score, const grabcut *job) {
    for (int32_t y = 0; y < job->height; y++) {
        float *out = seg_image_row(score, y), *costs[2];
        int32_t *which;
        for (int a = 0; a < 2; a++)
            row_costs(job, 0, y, job->width, a, 0, &costs[a], &which);
        for (int32_t x = 0; x < job->width; x++) {
            const grabcut_known known = job->known[at(job, x, y)];
            const double more = (double)costs[0][x] - (double)costs[1][x];
            out[x] = known == UNKNOWN ? (float)(1 / (1 + seg_exp(-more))) : known == OBJECT;
        }
    }
    return SEG_OK;
}

static seg_status part(grabcut *job, const int64_t counts[4]) {
    SEG_TRY(seg_run_bands(job->env, job->height, job->band_rows, read_band, job));
    find_box(job);
    SEG_TRY(start_models(job, counts));
    if (!counts[UNKNOWN]) return SEG_OK;
    SEG_TRY(take_graph(job));
    SEG_TRY(find_beta(job));
    join_all(job);
    return iterate(job);
}

static seg_status grab(seg_image *mask, seg_image *score, grabcut *job, const seg_image *ignore,
                       const seg_image *markers) {
    const seg_image *picture = job->picture;
    int64_t counts[4];
    job->width = picture->width;
    job->height = picture->height;
    job->band_rows = seg_point_rows(picture);
    job->bands = seg_band_count(job->height, job->band_rows);
    SEG_TRY(take_memory(job));
    SEG_TRY(find_known(job, markers));
    SEG_TRY(leave_out(job, ignore));
    start_sides(job, counts);
    const bool two_sides = counts[BACKGROUND] && counts[OBJECT] + counts[UNKNOWN];
    if (two_sides)
        SEG_TRY(part(job, counts));
    else
        seg_log(job->env, SEG_LOG_WARNING, "grabcut: nothing is known as %s, so the mask is empty",
                counts[BACKGROUND] ? "object or unknown" : "background");
    for (int32_t y = 0; y < job->height; y++) {
        uint8_t *out = seg_image_row(mask, y);
        for (int32_t x = 0; x < job->width; x++)
            out[x] = two_sides && job->side[at(job, x, y)] == SIDE_OBJECT ? 255 : 0;
        if (score && !two_sides)
            memset(seg_image_row(score, y), 0, (size_t)job->width * sizeof(float));
    }
    return score && two_sides ? write_score(score, job) : SEG_OK;
}

seg_status seg_grabcut(seg_image *mask, seg_image *score, const seg_image *picture,
                       const seg_image *ignore, const seg_image *markers,
                       const seg_grabcut_options *options, const seg_env *env) {
    seg_grabcut_options defaults;
    seg_grabcut_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    if (score) SEG_TRY(seg_image_ensure(score, picture->width, picture->height, SEG_F32, 1, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    grabcut job = {.options = options, .env = env, .scratch = &scratch, .picture = picture};
    const seg_status status = grab(mask, score, &job, ignore, markers);
    seg_scratch_free(&scratch);
    return status;
}

/* ---- the method ---- */

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_env *env = &still->env;
    const seg_image *picture = seg_frame_picture(frame);
    const int32_t width = picture->width, height = picture->height;
    const bool scored = wanted & SEG_OUTPUT_SCORE;
    grabcut job = {
        .options = still->options, .env = env, .scratch = &still->scratch, .picture = picture};
    SEG_TRY(seg_image_reuse(&result->mask, width, height, SEG_U8, 1, env));
    if (scored) SEG_TRY(seg_image_reuse(&result->score, width, height, SEG_F32, 1, env));
    SEG_TRY(
        grab(&result->mask, scored ? &result->score : NULL, &job, &frame->ignore, &frame->markers));
    result->outputs |= SEG_OUTPUT_MASK | (scored ? SEG_OUTPUT_SCORE : 0);
    result->score_full_scale = 1;
    seg_result_decide(result, "iterations", job.rounds, "");
    return SEG_OK;
}

const seg_method seg_method_grabcut = {
    .id = "grabcut",
    .title = "object cut out by colour",
    .family = "region",
    .reference = "C. Rother, V. Kolmogorov, A. Blake, GrabCut: interactive foreground extraction "
                 "using iterated graph cuts, ACM Trans. Graphics 23(3)",
    .year = 2004,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .needs = SEG_NEED_COLOUR | SEG_NEED_SEEDS,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
