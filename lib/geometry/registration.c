/*
 * Global motion between two pictures, robust to what moves by itself.
 *
 * Symbols: R reference, I moving, T the transform, b the change of brightness
 *   r(p) = I(T(p)) - R(p) - b             over the pixels p of the reference that are looked at
 *   minimise sum rho(r), rho Tukey's biweight with the reach C = 4.685 s, s = 1.4826 median |r|
 *
 * Steps: levels of half the size each; shifts are tried at the coarsest; then, from coarse to fine,
 * those by a pixel, as thin lines hold a Gauss-Newton step where they happen to lie, and
 * Gauss-Newton steps weighted anew each time, w = (1 - (r / C)^2)^2, until nothing moves by more
 * than 1/100 pixel. The reach of a step is that of the residuals before it, but narrows slowly from
 * WIDEST_REACH on at each level: where most of a picture is flat, the median knows nothing of the
 * edges, which must not be left out before they had a chance to fit.
 *
 * Numbers: sums of bands are doubles, added in the order of the bands; the median comes from a
 * histogram of whole numbers. Cost: a few passes over at most options.pixels pixels.
 *
 * Known failures: repetitive scenes; more than half of the picture moving by itself; no structure.
 */
#include "geometry/registration.h"

#include "core/bands.h"
#include "core/check.h"
#include "geometry/registration_levels.h"
#include "geometry/solve.h"

#include <math.h>
#include <string.h>

#define BAND_HEIGHT 16
#define MOST_STEPS 20
#define SMALL_STEP 0.01 /* pixels of the level */
#define BINS 1024       /* of |r|, a quarter of a grey level each */
#define BINS_PER_LEVEL 4
#define LEAST_DEVIATION 2. /* grey levels: below it is the error of interpolation */
#define WIDEST_REACH 64.   /* grey levels */
#define NARROWING 0.7      /* of the reach, from step to step */
#define TUKEY 4.685
#define UNKNOWNS 9        /* at most: projective and brightness */
#define LEAST_COMMON 0.25 /* of the pixels looked at that must be seen in both */

void seg_register_options_init(seg_register_options *options) {
    *options = (seg_register_options){sizeof *options, SEG_TRANSFORM_TRANSLATION, 0.2, 100000};
}

/* The transform between pictures that are `factor` times smaller. */
static seg_transform at_level(const seg_transform *t, double factor) {
    seg_transform scaled = *t;
    scaled.m[2] /= factor;
    scaled.m[5] /= factor;
    scaled.m[6] *= factor;
    scaled.m[7] *= factor;
    return scaled;
}

/* ---- shifts at the coarsest level ---- */

/* Mean absolute difference of what both have in common; infinite if that is too little. */
static double shift_cost(const seg_registration_level *level, int32_t dx, int32_t dy) {
    const int32_t width = level->width, height = level->height;
    double sum = 0;
    int64_t count = 0;
    for (int32_t y = dy < 0 ? -dy : 0; y < height && y + dy < height; y++) {
        const float *r = level->reference + (size_t)y * (size_t)width;
        const float *m = level->moving + (size_t)(y + dy) * (size_t)width;
        const uint8_t *seen = level->seen + (size_t)y * (size_t)width;
        for (int32_t x = dx < 0 ? -dx : 0; x < width && x + dx < width; x++) {
            if (!seen[x]) continue;
            sum += fabs((double)r[x] - m[x + dx]);
            count++;
        }
    }
    return 2 * count >= (int64_t)width * height / 2 ? sum / (double)count : INFINITY;
}

/* Small shifts go first where several are equally good. */
static void search_shift(seg_transform *t, const seg_registration_level *level, double reach) {
    const int32_t most_x = (int32_t)(reach * level->width);
    const int32_t most_y = (int32_t)(reach * level->height);
    double least = shift_cost(level, 0, 0);
    *t = seg_transform_identity();
    for (int32_t dy = -most_y; dy <= most_y; dy++)
        for (int32_t dx = -most_x; dx <= most_x; dx++) {
            const double cost = shift_cost(level, dx, dy);
            if (!(cost < least)) continue;
            least = cost;
            *t = seg_transform_translation(dx * level->factor, dy * level->factor);
        }
}

/* ---- a step ---- */

/* What a band of rows gives. */
typedef struct band_sums {
    double matrix[UNKNOWNS * UNKNOWNS], right[UNKNOWNS]; /* lower triangle */
    int32_t histogram[BINS];
    int64_t looked, common, counted;
} band_sums;

typedef struct step_job {
    const seg_registration_level *level;
    seg_transform t; /* at the level */
    double brightness, reach;
    int32_t model, unknowns;
    double x, y, scale; /* coordinates that steps are measured in: (p - (x, y)) / scale */
    band_sums *bands;
} step_job;

/* The sample and its gradient between pixels; false outside. */
static bool sample(double values[3], const seg_registration_level *level, double x, double y) {
    x -= 0.5;
    y -= 0.5;
    if (!(x >= 0 && y >= 0 && x <= level->width - 1 && y <= level->height - 1)) return false;
    const int32_t column = (int32_t)x, row = (int32_t)y;
    const double right = x - column, down = y - row;
    const double weights[4] = {(1 - right) * (1 - down), right * (1 - down), (1 - right) * down,
                               right * down};
    const size_t at = (size_t)row * (size_t)level->width + (size_t)column;
    const size_t beside = column + 1 < level->width,
                 below = row + 1 < level->height ? (size_t)level->width : 0;
    const size_t places[4] = {at, at + beside, at + below, at + below + beside};
    values[0] = values[1] = values[2] = 0;
    for (int i = 0; i < 4; i++) {
        values[0] += weights[i] * level->moving[places[i]];
        values[1] += weights[i] * level->gradient[2 * places[i]];
        values[2] += weights[i] * level->gradient[2 * places[i] + 1];
    }
    return true;
}

/* Where T takes a point, and the w that it divides by: 1 if T is affine. */
typedef struct mapped {
    double x, y, w;
} mapped;

static mapped map_point(const seg_transform *t, double x, double y) {
    const double *m = t->m, w = m[6] * x + m[7] * y + m[8];
    return (mapped){(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w, w};
}

/* d r / d unknowns: those of the model, then the brightness. (gx, gy): d I / d T. */
static void derive(double row[UNKNOWNS], const step_job *job, double gx, double gy, double x,
                   double y, mapped to) {
    const double u = (x - job->x) / job->scale, v = (y - job->y) / job->scale;
    gx /= to.w;
    gy /= to.w;
    switch (job->model) {
    case SEG_TRANSFORM_TRANSLATION:
        row[0] = gx;
        row[1] = gy;
        break;
    case SEG_TRANSFORM_SIMILARITY:
        row[0] = gx * u + gy * v;
        row[1] = gy * u - gx * v;
        row[2] = gx;
        row[3] = gy;
        break;
    default:
        row[0] = gx * u;
        row[1] = gx * v;
        row[2] = gx;
        row[3] = gy * u;
        row[4] = gy * v;
        row[5] = gy;
        if (job->model != SEG_TRANSFORM_PROJECTIVE) break;
        const double away = (gx * (to.x - job->x) + gy * (to.y - job->y)) / job->scale;
        row[6] = -away * u;
        row[7] = -away * v;
    }
    row[job->unknowns - 1] = -1;
}

static void add_pixel(band_sums *sums, const step_job *job, const double values[3],
                      double reference, double x, double y, mapped to) {
    const double r = values[0] - reference - job->brightness, size = fabs(r);
    const double bin = size * BINS_PER_LEVEL;
    sums->common++;
    sums->histogram[bin < BINS - 1 ? (int32_t)bin : BINS - 1]++;
    if (size >= job->reach) return;
    const double share = r / job->reach, weight = (1 - share * share) * (1 - share * share);
    double row[UNKNOWNS];
    derive(row, job, values[1], values[2], x, y, to);
    for (int32_t j = 0; j < job->unknowns; j++) {
        const double weighted = weight * row[j];
        for (int32_t k = 0; k <= j; k++)
            sums->matrix[j * job->unknowns + k] += weighted * row[k];
        sums->right[j] -= weighted * r;
    }
    sums->counted++;
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)worker;
    const step_job *job = argument;
    const seg_registration_level *level = job->level;
    band_sums *sums = &job->bands[band];
    memset(sums, 0, sizeof *sums);
    for (int32_t row = first; row < end; row++)
        for (int32_t column = 0; column < level->width; column++) {
            const size_t at = (size_t)row * (size_t)level->width + (size_t)column;
            const double x = column + 0.5, y = row + 0.5;
            double values[3];
            if (!level->seen[at]) continue;
            sums->looked++;
            const mapped to = map_point(&job->t, x, y);
            if (sample(values, level, to.x, to.y))
                add_pixel(sums, job, values, level->reference[at], x, y, to);
        }
    return SEG_OK;
}

/* All bands, in the first of them. */
static seg_status sum_bands(step_job *job, const seg_env *env) {
    SEG_TRY(seg_run_bands(env, job->level->height, BAND_HEIGHT, step_band, job));
    band_sums *all = job->bands;
    const int32_t bands = seg_band_count(job->level->height, BAND_HEIGHT);
    for (int32_t b = 1; b < bands; b++) {
        const band_sums *more = &job->bands[b];
        for (int i = 0; i < UNKNOWNS * UNKNOWNS; i++)
            all->matrix[i] += more->matrix[i];
        for (int i = 0; i < UNKNOWNS; i++)
            all->right[i] += more->right[i];
        for (int i = 0; i < BINS; i++)
            all->histogram[i] += more->histogram[i];
        all->looked += more->looked;
        all->common += more->common;
        all->counted += more->counted;
    }
    return SEG_OK;
}

/* C of the residuals at hand. */
static double find_reach(const band_sums *all) {
    int64_t below = 0;
    int32_t bin = 0;
    while (bin < BINS - 1 && 2 * (below + all->histogram[bin]) < all->common)
        below += all->histogram[bin++];
    const double deviation = 1.4826 * (bin + 0.5) / BINS_PER_LEVEL;
    return TUKEY * (deviation > LEAST_DEVIATION ? deviation : LEAST_DEVIATION);
}

/* Moves T by a step; returns how far the farthest corner goes. */
static double move(step_job *job, const double *d) {
    double step[6] = {0}, turn[2] = {0}; /* of m0 .. m5, in (u, v, 1); of m6 and m7, in (u, v) */
    switch (job->model) {
    case SEG_TRANSFORM_TRANSLATION:
        step[2] = d[0];
        step[5] = d[1];
        break;
    case SEG_TRANSFORM_SIMILARITY:
        step[0] = step[4] = d[0];
        step[1] = -d[1];
        step[3] = d[1];
        step[2] = d[2];
        step[5] = d[3];
        break;
    default:
        memcpy(step, d, sizeof step);
        if (job->model == SEG_TRANSFORM_PROJECTIVE) memcpy(turn, d + 6, sizeof turn);
    }
    job->brightness += d[job->unknowns - 1];
    double farthest = 0;
    for (int axis = 0; axis < 2; axis++) {
        const double *s = step + 3 * axis;
        double *m = job->t.m + 3 * axis;
        m[0] += s[0] / job->scale;
        m[1] += s[1] / job->scale;
        m[2] += s[2] - (s[0] * job->x + s[1] * job->y) / job->scale;
        const double far = fabs(s[0]) + fabs(s[1]) + fabs(s[2]);
        if (far > farthest) farthest = far;
    }
    if (job->model != SEG_TRANSFORM_PROJECTIVE) return farthest;
    /* w changes about the middle of the picture, which stays in its place */
    const double a = turn[0] / (job->scale * job->scale), b = turn[1] / (job->scale * job->scale);
    const double c = -(a * job->x + b * job->y), change[3] = {a, b, c};
    double *m = job->t.m;
    for (int k = 0; k < 3; k++) {
        m[k] += job->x * change[k];
        m[3 + k] += job->y * change[k];
        m[6 + k] += change[k];
    }
    return farthest + fabs(turn[0]) + fabs(turn[1]);
}

/* ---- shifts by a pixel ---- */

typedef struct shift_job {
    const step_job *step;
    seg_transform t;
    double *sums; /* of each band: differences cut off, pixels */
} shift_job;

static seg_status shift_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)worker;
    const shift_job *job = argument;
    const seg_registration_level *level = job->step->level;
    double sum = 0, count = 0, values[3];
    for (int32_t row = first; row < end; row++)
        for (int32_t column = 0; column < level->width; column++) {
            const size_t at = (size_t)row * (size_t)level->width + (size_t)column;
            const mapped to = map_point(&job->t, column + 0.5, row + 0.5);
            if (!level->seen[at] || !sample(values, level, to.x, to.y)) continue;
            const double size = fabs(values[0] - level->reference[at] - job->step->brightness);
            sum += size < WIDEST_REACH ? size : WIDEST_REACH;
            count++;
        }
    job->sums[2 * band] = sum;
    job->sums[2 * band + 1] = count;
    return SEG_OK;
}

/* T may be a pixel off in any direction: takes the best; where it is is tried first. */
static seg_status settle_pixel(step_job *job, double *sums, const seg_env *env) {
    static const int8_t shifts[9][2] = {{0, 0},   {-1, 0}, {1, 0},  {0, -1}, {0, 1},
                                        {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};
    const seg_transform start = job->t;
    const int32_t bands = seg_band_count(job->level->height, BAND_HEIGHT);
    double least = INFINITY;
    for (int i = 0; i < 9; i++) {
        shift_job trial = {job, start, sums};
        double sum = 0, count = 0;
        for (int k = 0; k < 3; k++) {
            trial.t.m[k] += shifts[i][0] * start.m[6 + k];
            trial.t.m[3 + k] += shifts[i][1] * start.m[6 + k];
        }
        SEG_TRY(seg_run_bands(env, job->level->height, BAND_HEIGHT, shift_band, &trial));
        for (int32_t b = 0; b < bands; b++) {
            sum += sums[2 * b];
            count += sums[2 * b + 1];
        }
        if (!(count > 0 && sum / count < least)) continue;
        least = sum / count;
        job->t = trial.t;
    }
    return SEG_OK;
}

static seg_status fail(const char *why) {
    return seg_fail(SEG_ERROR_DATA, "the motion of the picture cannot be found: %s", why);
}

/* All steps at a level; the shares are those of the last one. */
static seg_status descend(step_job *job, double *agreement, const seg_env *env) {
    const band_sums *all = job->bands;
    for (int step = 0; step < MOST_STEPS; step++) {
        double d[UNKNOWNS];
        SEG_TRY(sum_bands(job, env));
        if ((double)all->common < LEAST_COMMON * (double)all->looked || all->common < 16)
            return fail("the pictures have too little in common");
        *agreement = (double)all->counted / (double)all->common;
        memcpy(d, all->right, sizeof d);
        if (!seg_solve_symmetric(d, all->matrix, job->unknowns))
            return fail("there is no structure in them");
        const double wanted = find_reach(all);
        const bool settled = job->reach <= wanted;
        job->reach *= NARROWING;
        if (job->reach < wanted) job->reach = wanted;
        if (move(job, d) < SMALL_STEP && settled) break;
    }
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status check(const seg_image *moving, const seg_image *reference,
                        const seg_image *ignore, const seg_register_options *o) {
    if (o->size != sizeof *o)
        return seg_fail(SEG_ERROR_OPTION,
                        "options.size is %zu (this version has %zu); set the defaults with "
                        "seg_register_options_init first",
                        o->size, sizeof *o);
    if (o->model < SEG_TRANSFORM_TRANSLATION || o->model > SEG_TRANSFORM_PROJECTIVE)
        return seg_fail(SEG_ERROR_OPTION, "model is %d (allowed 0 to 3, a seg_transform_model)",
                        (int)o->model);
    if (!(o->reach >= 0 && o->reach <= 0.5))
        return seg_fail(SEG_ERROR_OPTION, "reach is %g (allowed 0 to 0.5)", o->reach);
    if (o->pixels < 256 || o->pixels > 1 << 26)
        return seg_fail(SEG_ERROR_OPTION, "pixels is %ld (allowed 256 to 2^26)", (long)o->pixels);
    SEG_TRY(seg_check_image(moving, "moving", SEG_ANY_PICTURE, SEG_CHANNELS_1));
    SEG_TRY(seg_check_image(reference, "reference", SEG_ANY_PICTURE, SEG_CHANNELS_1));
    if (moving->width != reference->width || moving->height != reference->height)
        return seg_fail(SEG_ERROR_SHAPE, "moving is %ld x %ld, reference %ld x %ld",
                        (long)moving->width, (long)moving->height, (long)reference->width,
                        (long)reference->height);
    return seg_check_mask(ignore, "ignore", moving->width, moving->height);
}

seg_status seg_register(seg_transform *transform, double *agreement, const seg_image *moving,
                        const seg_image *reference, const seg_image *ignore,
                        const seg_register_options *options, seg_scratch *scratch,
                        const seg_env *env) {
    static const int32_t unknowns[] = {3, 5, 7, 9};
    seg_registration_levels levels;
    SEG_TRY(check(moving, reference, ignore, options));
    SEG_TRY(seg_registration_levels_make(&levels, moving, reference, ignore, options->pixels,
                                         scratch, env));
    const size_t bands = (size_t)seg_band_count(levels.items[0].height, BAND_HEIGHT);
    step_job job = {.model = options->model, .unknowns = unknowns[options->model]};
    job.bands = seg_scratch_take(scratch, bands, sizeof *job.bands, "sums of bands");
    double *sums = seg_scratch_take(scratch, 2 * bands, sizeof *sums, "sums of bands");
    if (!job.bands || !sums) return SEG_ERROR_MEMORY;
    seg_transform t;
    search_shift(&t, &levels.items[levels.count - 1], options->reach);
    for (int32_t i = levels.count - 1; i >= 0; i--) {
        const seg_registration_level *level = &levels.items[i];
        job.level = level;
        job.reach = WIDEST_REACH;
        job.t = at_level(&t, level->factor);
        job.x = level->width * 0.5;
        job.y = level->height * 0.5;
        job.scale = (level->width > level->height ? level->width : level->height) * 0.5;
        SEG_TRY(settle_pixel(&job, sums, env));
        SEG_TRY(descend(&job, agreement, env));
        t = at_level(&job.t, 1 / level->factor);
    }
    const seg_transform identity = seg_transform_identity();
    *transform = seg_transform_compose(&t, &identity); /* m8 = 1 */
    return SEG_OK;
}

seg_status seg_transform_register(seg_transform *transform, double *agreement,
                                  const seg_image *moving, const seg_image *reference,
                                  const seg_image *ignore, const seg_register_options *options,
                                  const seg_env *env) {
    seg_register_options defaults;
    seg_scratch scratch = {0};
    double share;
    if (!transform) return seg_fail(SEG_ERROR_ARGUMENT, "transform is missing (NULL)");
    seg_register_options_init(&defaults);
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_register(transform, &share, moving, reference, ignore,
                                           options ? options : &defaults, &scratch, env);
    seg_scratch_free(&scratch);
    if (status >= 0 && agreement) *agreement = share;
    return status;
}
