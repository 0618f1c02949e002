/*
 * Random walker: every pixel gets the label of the seed that a walker who starts there and shuns
 * edges is likeliest to reach first. For objects that are marked by a few strokes; weak borders are
 * closed.
 *
 * L. Grady, "Random walks for image segmentation", IEEE Trans. PAMI 28(11), 2006.
 *
 * Symbols: g_i value of pixel i, w_ij = exp(-beta |g_i - g_j|^2 / M) + 10^-6 the weight between
 * 4-neighbours, beta `beta`, M the mean of |g_i - g_j|^2 over the picture (the paper's largest
 * depends on one pixel), x^s the probability of reaching a seed of label s first:
 *   sum over neighbours w_ij (x_i - x_j) = 0 for all pixels but seeds, where x^s is 1 or 0
 *
 * Steps: 1. seeds by ascending label; 2. pixels that no seed is connected with are left out; 3. for
 * every label but the last one an equation, solved by conjugate gradients over multigrid
 * (imgproc/grid_laplace.h) until no probability is off by more than 10^-4 (or 400 steps); the last
 * one has what is left of 1; 4. the largest probability wins, of equal ones that of the smallest
 * label. The score is the probability of the smallest label. Without seeds label 1 begins in the
 * middle sixteenth of the picture's width and height, label 2 at its border.
 *
 * Cost: 0.5 to 2 microseconds a pixel and label. Memory: about 90 bytes a pixel. Known failures: a
 * small seed in textured ground is cut off close around it; many labels take long.
 */
#include <segment/region.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "core/math.h"
#include "imgproc/grid_laplace.h"
#include "imgproc/markers.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include "region/growth.h"

#include <string.h>

#define LEAST_WEIGHT 1e-6
#define ACCURACY 1e-4
#define MOST_STEPS 400
#define MIDDLE_PART 16 /* of width and height */
#define MOST_PIXELS ((int64_t)1 << 29)

static const seg_param rows[] = {
    {"seeds", SEG_PARAM_SEEDS, offsetof(seg_random_walker_options, seeds), "auto", 0, 0, NULL, "px",
     "Points x,y;x,y (labels 1, 2, ...), a picture of labels or of a mask; auto = 1 in the middle, "
     "2 at the border.",
     ""},
    {"beta", SEG_PARAM_FLOAT, offsetof(seg_random_walker_options, beta), "1", 0, 1000, NULL, "",
     "How strongly edges keep walkers back.", "beta"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_random_walker_options)};

void seg_random_walker_options_init(seg_random_walker_options *options) {
    seg_params_init(options, &params);
}

/* What a pixel is, in `index`: a seed's label index, or one of these. */
enum { FREE = -1, LEFT_OUT = -2 };

typedef struct walk {
    seg_growth growth; /* the picture, and its seeds */
    const seg_random_walker_options *options;
    int32_t width, height;
    int32_t *index; /* of each pixel */
    float *best;    /* largest probability so far */
    float *rest;    /* 1 less all probabilities so far */
    int32_t *label; /* its index */
    seg_grid_laplace laplace;
    double *squares; /* slots of bands: sums of |g_i - g_j|^2 */
    double mean;
    int32_t steps;
    const seg_image *score; /* empty: not wanted */
} walk;

/* ---- weights ---- */

/* |g_i - g_j|^2 in 8-bit levels, the same at every depth. */
static double square_between(const walk *job, const void *a, size_t i, const void *b, size_t j) {
    const seg_growth *growth = &job->growth;
    const double unit = (double)growth->level_numerator / (double)growth->level_denominator;
    int64_t sum = 0;
    for (int32_t c = 0; c < growth->colours; c++) {
        const size_t p = i * growth->picture.channels + (size_t)c;
        const size_t q = j * growth->picture.channels + (size_t)c;
        const int64_t difference = growth->picture.format == SEG_U8
                                       ? ((const uint8_t *)a)[p] - ((const uint8_t *)b)[q]
                                       : ((const uint16_t *)a)[p] - ((const uint16_t *)b)[q];
        sum += difference * difference;
    }
    return unit == 1 ? (double)sum : (double)sum * unit * unit;
}

static double square_of(const walk *job, int32_t x, int32_t y, int32_t down) {
    const seg_image *picture = &job->growth.picture;
    return square_between(job, seg_image_row(picture, y), (size_t)x,
                          seg_image_row(picture, y + down), (size_t)(x + 1 - down));
}

static bool has_edge(const walk *job, int32_t x, int32_t y, int32_t down) {
    if (down ? y + 1 == job->height : x + 1 == job->width) return false;
    const size_t i = (size_t)y * (size_t)job->width + (size_t)x;
    return job->index[i] != LEFT_OUT && job->index[i + (down ? (size_t)job->width : 1)] != LEFT_OUT;
}

static seg_status squares_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)worker;
    walk *job = argument;
    double sum = 0, edges = 0;
    for (int32_t y = first; y < end; y++)
        for (int32_t x = 0; x < job->width; x++)
            for (int32_t down = 0; down < 2; down++) {
                if (!has_edge(job, x, y, down)) continue;
                sum += square_of(job, x, y, down);
                edges++;
            }
    job->squares[2 * band] = sum;
    job->squares[2 * band + 1] = edges;
    return SEG_OK;
}

static float weight_of(const walk *job, int32_t x, int32_t y, int32_t down) {
    const double square = job->mean > 0 ? square_of(job, x, y, down) / job->mean : 0;
    return (float)(seg_exp(-job->options->beta * square) + LEAST_WEIGHT);
}

/* Edges of the equations are those between free pixels. */
static seg_status weights_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    walk *job = argument;
    seg_laplace_level *level = &job->laplace.levels[0];
    for (int32_t y = first; y < end; y++)
        for (int32_t x = 0; x < job->width; x++)
            for (int32_t down = 0; down < 2; down++) {
                const size_t i = (size_t)y * (size_t)job->width + (size_t)x;
                if (!has_edge(job, x, y, down) || job->index[i] != FREE ||
                    job->index[i + (down ? (size_t)job->width : 1)] != FREE)
                    continue;
                (down ? level->down : level->right)[i] = weight_of(job, x, y, down);
            }
    return SEG_OK;
}

/* Calls for every edge between a seed and a free pixel. */
static void add_seed_edges(walk *job, float *target, int32_t label) {
    for (size_t k = 0; k < job->growth.seed_count; k++) {
        const seg_growth_seed *seed = &job->growth.seeds[k];
        const size_t at = (size_t)seed->y * (size_t)job->width + (size_t)seed->x;
        if (job->index[at] != seed->index || (label >= 0 && seed->index != label)) continue;
        for (int32_t d = 0; d < 4; d++) {
            const int32_t x = seed->x + seg_growth_steps[d][0],
                          y = seed->y + seg_growth_steps[d][1];
            if (x < 0 || y < 0 || x >= job->width || y >= job->height) continue;
            const size_t i = (size_t)y * (size_t)job->width + (size_t)x;
            if (job->index[i] != FREE) continue;
            const bool first = seg_growth_steps[d][0] + seg_growth_steps[d][1] > 0;
            target[i] += weight_of(job, first ? seed->x : x, first ? seed->y : y,
                                   seg_growth_steps[d][1] != 0);
        }
    }
}

static seg_status find_weights(walk *job) {
    const seg_env *env = &job->growth.scratch->env;
    const int32_t band = seg_point_rows(&job->growth.picture);
    const int32_t bands = seg_band_count(job->height, band);
    double sum = 0, edges = 0;
    job->squares = seg_scratch_take(job->growth.scratch, 2 * (size_t)bands, sizeof(double), "sums");
    if (!job->squares) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, job->height, band, squares_band, job));
    for (int32_t i = 0; i < bands; i++) {
        sum += job->squares[2 * i];
        edges += job->squares[2 * i + 1];
    }
    job->mean = edges > 0 ? sum / edges : 0;
    SEG_TRY(seg_grid_laplace_take(&job->laplace, job->width, job->height, job->growth.scratch));
    SEG_TRY(seg_run_bands(env, job->height, band, weights_band, job));
    add_seed_edges(job, job->laplace.levels[0].ground, -1);
    return seg_grid_laplace_prepare(&job->laplace);
}

/* ---- seeds ---- */

/* Label 1 in the middle, 2 at the border. */
static seg_status automatic_seeds(walk *job) {
    const int32_t width = job->width, height = job->height;
    const int32_t w = (width + MIDDLE_PART - 1) / MIDDLE_PART;
    const int32_t h = (height + MIDDLE_PART - 1) / MIDDLE_PART;
    const seg_rect middle = {(width - w) / 2, (height - h) / 2, w, h};
    seg_image marks;
    SEG_TRY(seg_scratch_image(&marks, &job->growth.labels, SEG_LABEL32, 1, job->growth.scratch));
    for (int32_t y = 0; y < height; y++) {
        int32_t *row = seg_image_row(&marks, y);
        for (int32_t x = 0; x < width; x++) {
            const bool border = x == 0 || y == 0 || x == width - 1 || y == height - 1;
            const bool inside =
                x >= middle.x && x < middle.x + w && y >= middle.y && y < middle.y + h;
            row[x] = inside ? 1 : border ? 2 : 0;
        }
    }
    return seg_growth_seeds(&job->growth, &job->options->seeds, &marks);
}

/* Marks what is blocked, then the seeds, of which the first on a pixel counts. */
static void place_seeds(walk *job) {
    const size_t width = (size_t)job->width;
    for (int32_t y = 0; y < job->height; y++)
        for (int32_t x = 0; x < job->width; x++)
            job->index[(size_t)y * width + (size_t)x] =
                seg_growth_blocked(&job->growth, x, y) ? LEFT_OUT : FREE;
    for (size_t k = 0; k < job->growth.seed_count; k++) {
        const seg_growth_seed *seed = &job->growth.seeds[k];
        int32_t *index = &job->index[(size_t)seed->y * width + (size_t)seed->x];
        if (*index == FREE) *index = seed->index;
    }
}

/* Leaves out what no seed is connected with: its equations have no answer. */
static seg_status leave_out_islands(walk *job) {
    seg_scratch *scratch = job->growth.scratch;
    seg_image mask, parts;
    int32_t count;
    if (seg_image_empty(&job->growth.blocked) && job->growth.seed_count) return SEG_OK;
    SEG_TRY(seg_scratch_image(&mask, &job->growth.labels, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&parts, &job->growth.labels, SEG_LABEL32, 1, scratch));
    for (int32_t y = 0; y < job->height; y++) {
        uint8_t *row = seg_image_row(&mask, y);
        for (int32_t x = 0; x < job->width; x++)
            row[x] = seg_growth_blocked(&job->growth, x, y) ? 0 : 255;
    }
    SEG_TRY(seg_label_mask(&parts, &count, &mask, 4, scratch));
    uint8_t *reached = seg_scratch_take(scratch, (size_t)count + 1, 1, "parts of a picture");
    if (!reached) return SEG_ERROR_MEMORY;
    memset(reached, 0, (size_t)count + 1);
    for (int pass = 0; pass < 2; pass++)
        for (int32_t y = 0; y < job->height; y++) {
            const int32_t *row = seg_image_row(&parts, y);
            int32_t *index = job->index + (size_t)y * (size_t)job->width;
            for (int32_t x = 0; x < job->width; x++)
                if (pass == 0 && index[x] >= 0)
                    reached[row[x]] = 1;
                else if (pass == 1 && index[x] == FREE && !reached[row[x]])
                    index[x] = LEFT_OUT;
        }
    return SEG_OK;
}

/* ---- walking ---- */

static void take_probability(walk *job, int32_t label, bool last) {
    for (int32_t y = 0; y < job->height; y++) {
        float *score = seg_image_empty(job->score) || label ? NULL : seg_image_row(job->score, y);
        for (int32_t x = 0; x < job->width; x++) {
            const size_t i = (size_t)y * (size_t)job->width + (size_t)x;
            double value = last ? (double)job->rest[i] : job->laplace.x[i];
            if (job->index[i] != FREE) value = job->index[i] == label;
            value = value < 0 ? 0 : value > 1 ? 1 : value;
            job->rest[i] -= (float)value;
            if (score) score[x] = (float)value;
            if ((float)value <= job->best[i]) continue;
            job->best[i] = (float)value;
            job->label[i] = label;
        }
    }
}

static seg_status walk_all(walk *job) {
    const size_t pixels = (size_t)job->width * (size_t)job->height;
    const int32_t count = job->growth.count;
    for (size_t i = 0; i < pixels; i++) {
        job->best[i] = 0;
        job->rest[i] = 1;
        job->label[i] = -1;
    }
    if (!seg_image_empty(job->score) && !count)
        for (int32_t y = 0; y < job->height; y++)
            memset(seg_image_row(job->score, y), 0, (size_t)job->width * sizeof(float));
    if (count > 1) SEG_TRY(find_weights(job));
    for (int32_t label = 0; label < count; label++) {
        const bool last = label + 1 == count;
        int32_t steps = 0;
        SEG_TRY(seg_progress(&job->growth.scratch->env, (double)label / count));
        if (!last) {
            memset(job->laplace.levels[0].b, 0, pixels * sizeof(float));
            add_seed_edges(job, job->laplace.levels[0].b, label);
            SEG_TRY(seg_grid_laplace_solve(&job->laplace, ACCURACY, MOST_STEPS, &steps));
        }
        job->steps += steps;
        take_probability(job, label, last);
    }
    return SEG_OK;
}

static void write_labels(const walk *job) {
    for (int32_t y = 0; y < job->height; y++) {
        int32_t *row = seg_growth_label(&job->growth, 0, y);
        const size_t at = (size_t)y * (size_t)job->width;
        for (int32_t x = 0; x < job->width; x++) {
            const int32_t label = job->label[at + (size_t)x];
            const bool left_out = job->index[at + (size_t)x] == LEFT_OUT;
            row[x] = label < 0 || left_out ? 0 : job->growth.ids[label];
            if (left_out && !seg_image_empty(job->score))
                ((float *)seg_image_row(job->score, y))[x] = 0;
        }
    }
}

static seg_status take_memory(walk *job) {
    const size_t pixels = (size_t)job->width * (size_t)job->height;
    seg_scratch *scratch = job->growth.scratch;
    job->index = seg_scratch_take(scratch, pixels, sizeof *job->index, "seeds");
    job->best = seg_scratch_take(scratch, pixels, sizeof *job->best, "probabilities");
    job->rest = seg_scratch_take(scratch, pixels, sizeof *job->rest, "probabilities");
    job->label = seg_scratch_take(scratch, pixels, sizeof *job->label, "labels");
    return job->index && job->best && job->rest && job->label ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status walk_picture(seg_image *labels, const seg_image *score, int32_t *steps,
                               const seg_image *picture, const seg_image *ignore,
                               const seg_image *markers, const seg_random_walker_options *options,
                               seg_scratch *scratch) {
    walk job = {.options = options, .width = picture->width, .height = picture->height};
    job.growth = (seg_growth){.labels = *labels, .scratch = scratch, .connectivity = 8};
    job.score = score;
    if ((int64_t)job.width * job.height > MOST_PIXELS)
        return seg_fail(SEG_ERROR_LIMIT,
                        "a picture of %ld x %ld is too large (allowed: %ld pixels)",
                        (long)job.width, (long)job.height, (long)MOST_PIXELS);
    SEG_TRY(seg_growth_prepare(&job.growth, picture, ignore));
    if (seg_image_empty(markers) && options->seeds.kind == SEG_SEEDS_AUTO)
        SEG_TRY(automatic_seeds(&job));
    else
        SEG_TRY(seg_growth_seeds(&job.growth, &options->seeds, markers));
    SEG_TRY(take_memory(&job));
    place_seeds(&job);
    SEG_TRY(leave_out_islands(&job));
    SEG_TRY(walk_all(&job));
    write_labels(&job);
    *steps = job.steps;
    return SEG_OK;
}

seg_status seg_random_walker(seg_image *labels, seg_image *score, const seg_image *picture,
                             const seg_image *ignore, const seg_image *markers,
                             const seg_random_walker_options *options, const seg_env *env) {
    seg_random_walker_options defaults;
    const seg_image none = {0};
    int32_t steps;
    seg_random_walker_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_growth_check(picture, ignore, markers));
    SEG_TRY(seg_image_ensure(labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    if (score) SEG_TRY(seg_image_ensure(score, picture->width, picture->height, SEG_F32, 1, env));
    if (!seg_image_empty(markers)) SEG_TRY(seg_check_apart(labels, "labels", markers, "markers"));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = walk_picture(labels, score ? score : &none, &steps, picture, ignore,
                                           markers, options, &scratch);
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
    const seg_image none = {0};
    const bool scored = wanted & SEG_OUTPUT_SCORE;
    int32_t steps = 0;
    SEG_TRY(seg_image_reuse(&result->labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    if (scored)
        SEG_TRY(seg_image_reuse(&result->score, picture->width, picture->height, SEG_F32, 1, env));
    if (!seg_image_empty(&frame->markers))
        SEG_TRY(seg_check_apart(&result->labels, "the result", &frame->markers, "the markers"));
    SEG_TRY(walk_picture(&result->labels, scored ? &result->score : &none, &steps, picture,
                         &frame->ignore, &frame->markers, still->options, &still->scratch));
    result->outputs |= SEG_OUTPUT_LABELS | (scored ? SEG_OUTPUT_SCORE : 0);
    result->score_full_scale = 1;
    seg_result_decide(result, "steps", steps, "");
    return SEG_OK;
}

const seg_method seg_method_random_walker = {
    .id = "random-walker",
    .title = "random walks to seeds",
    .family = "region",
    .reference = "L. Grady, Random walks for image segmentation, IEEE Trans. PAMI 28(11)",
    .year = 2006,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_LABELS | SEG_OUTPUT_SCORE,
    .needs = SEG_NEED_COLOUR | SEG_NEED_SEEDS,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
