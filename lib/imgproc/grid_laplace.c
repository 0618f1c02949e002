/* Conjugate gradients over multigrid, in bands. */
#include "imgproc/grid_laplace.h"

#include "core/bands.h"
#include "core/check.h"

#include <math.h>
#include <string.h>

enum {
    COARSEST = 4, /* sides of a grid that is solved by sweeps alone */
    COARSE_SWEEPS = 16,
    BAND_PIXELS = 1 << 15,
    STEPS_PER_REPORT = 8
};

/* ---- memory ---- */

/* A vector with zeros around it. */
static float *take_vector(const seg_laplace_level *level, seg_scratch *scratch) {
    const size_t around = (size_t)level->width + 1;
    const size_t pixels = (size_t)level->width * (size_t)level->height;
    float *vector = seg_scratch_take(scratch, pixels + 2 * around, sizeof *vector, "a grid");
    if (!vector) return NULL;
    memset(vector, 0, (pixels + 2 * around) * sizeof *vector);
    return vector + around;
}

static seg_status take_level(seg_laplace_level *level, int32_t width, int32_t height,
                             seg_scratch *scratch) {
    *level = (seg_laplace_level){.width = width, .height = height};
    level->band = (BAND_PIXELS / width + 2) / 2 * 2; /* even: no square is cut */
    float **vectors[] = {&level->right, &level->down, &level->ground, &level->x, &level->b};
    for (int i = 0; i < 5; i++)
        if (!(*vectors[i] = take_vector(level, scratch))) return SEG_ERROR_MEMORY;
    return SEG_OK;
}

seg_status seg_grid_laplace_take(seg_grid_laplace *laplace, int32_t width, int32_t height,
                                 seg_scratch *scratch) {
    const size_t around = (size_t)width + 1, pixels = (size_t)width * (size_t)height;
    *laplace = (seg_grid_laplace){.scratch = scratch, .quiet = scratch->env};
    laplace->quiet.progress = NULL;
    double **vectors[] = {&laplace->x, &laplace->residual, &laplace->direction, &laplace->product};
    for (int i = 0; i < 4; i++) {
        double *vector =
            seg_scratch_take(scratch, pixels + 2 * around, sizeof *vector, "an equation");
        if (!vector) return SEG_ERROR_MEMORY;
        memset(vector, 0, (pixels + 2 * around) * sizeof *vector);
        *vectors[i] = vector + around;
    }
    for (int32_t w = width, h = height; laplace->count < SEG_LAPLACE_LEVELS;) {
        SEG_TRY(take_level(&laplace->levels[laplace->count++], w, h, scratch));
        if (w <= COARSEST && h <= COARSEST) break;
        w = (w + 1) / 2;
        h = (h + 1) / 2;
    }
    const size_t bands = (size_t)seg_band_count(height, laplace->levels[0].band);
    laplace->sums = seg_scratch_take(scratch, 2 * bands, sizeof *laplace->sums, "sums");
    return laplace->sums ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- grids ---- */

typedef struct level_job {
    seg_grid_laplace *laplace;
    seg_laplace_level *level, *coarse; /* coarse: the next one */
    double factor, *sums;
    int32_t colour;
} level_job;

static seg_status run(level_job *job, seg_band_function function) {
    return seg_run_bands(&job->laplace->quiet, job->level->height, job->level->band, function, job);
}

/* Rows of the coarse grid from two rows of this one; bands have even heights. */
static seg_status coarsen_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const level_job *job = argument;
    const seg_laplace_level *fine = job->level;
    const size_t width = (size_t)fine->width;
    for (int32_t y = first; y < end; y++) {
        const size_t row = (size_t)y * width;
        const size_t to = (size_t)(y / 2) * (size_t)job->coarse->width;
        for (size_t x = 0; x < width; x++) {
            job->coarse->ground[to + x / 2] += fine->ground[row + x];
            if (x % 2) job->coarse->right[to + x / 2] += fine->right[row + x];
            if (y % 2) job->coarse->down[to + x / 2] += fine->down[row + x];
        }
    }
    return SEG_OK;
}

/* The ground becomes the inverse of the diagonal. */
static seg_status invert_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const level_job *job = argument;
    const seg_laplace_level *level = job->level;
    const ptrdiff_t width = level->width;
    for (ptrdiff_t i = first * width; i < end * width; i++) {
        const float diagonal = level->ground[i] + level->right[i] + level->right[i - 1] +
                               level->down[i] + level->down[i - width];
        level->ground[i] = diagonal > 0 ? 1 / diagonal : 0;
    }
    return SEG_OK;
}

seg_status seg_grid_laplace_prepare(seg_grid_laplace *laplace) {
    for (int32_t l = 0; l < laplace->count; l++) {
        level_job job = {.laplace = laplace, .level = &laplace->levels[l]};
        job.coarse = l + 1 < laplace->count ? job.level + 1 : NULL;
        if (job.coarse) SEG_TRY(run(&job, coarsen_band));
        SEG_TRY(run(&job, invert_band));
    }
    return SEG_OK;
}

/* ---- multigrid ---- */

static inline float sum_around(const seg_laplace_level *level, const float *x, ptrdiff_t i) {
    const ptrdiff_t width = level->width;
    return level->right[i] * x[i + 1] + level->right[i - 1] * x[i - 1] +
           level->down[i] * x[i + width] + level->down[i - width] * x[i - width];
}

/* Pixels of one colour of the chessboard take the value that solves their equation. */
static seg_status sweep_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const level_job *job = argument;
    const seg_laplace_level *level = job->level;
    const ptrdiff_t width = level->width;
    for (int32_t y = first; y < end; y++)
        for (ptrdiff_t x = (y + job->colour) % 2; x < width; x += 2) {
            const ptrdiff_t i = y * width + x;
            level->x[i] = (level->b[i] + sum_around(level, level->x, i)) * level->ground[i];
        }
    return SEG_OK;
}

/* What is left of the equations, added up over squares. */
static seg_status restrict_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band, (void)worker;
    const level_job *job = argument;
    const seg_laplace_level *level = job->level;
    const ptrdiff_t width = level->width;
    float *target = job->coarse->b;
    memset(target + first / 2 * job->coarse->width, 0,
           (size_t)((end + 1) / 2 - first / 2) * (size_t)job->coarse->width * sizeof *target);
    for (int32_t y = first; y < end; y++) {
        float *to = target + (ptrdiff_t)(y / 2) * job->coarse->width;
        for (ptrdiff_t x = 0; x < width; x++) {
            const ptrdiff_t i = y * width + x;
            if (level->ground[i] <= 0) continue;
            to[x / 2] +=
                level->b[i] + sum_around(level, level->x, i) - level->x[i] / level->ground[i];
        }
    }
    return SEG_OK;
}

static seg_status prolong_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const level_job *job = argument;
    const seg_laplace_level *level = job->level;
    const ptrdiff_t width = level->width;
    for (int32_t y = first; y < end; y++) {
        const float *from = job->coarse->x + (ptrdiff_t)(y / 2) * job->coarse->width;
        for (ptrdiff_t x = 0; x < width; x++)
            if (level->ground[y * width + x] > 0) level->x[y * width + x] += from[x / 2];
    }
    return SEG_OK;
}

static seg_status sweep(level_job *job, int32_t colour) {
    job->colour = colour;
    return run(job, sweep_band);
}

/* Improves levels[l].x for levels[l].b; twice as often on every coarser grid. */
static seg_status cycle(seg_grid_laplace *laplace, int32_t l) {
    level_job job = {.laplace = laplace, .level = &laplace->levels[l]};
    if (l + 1 == laplace->count) {
        for (int32_t i = 0; i < COARSE_SWEEPS; i++)
            SEG_TRY(sweep(&job, i % 2));
        for (int32_t i = COARSE_SWEEPS - 1; i >= 0; i--)
            SEG_TRY(sweep(&job, i % 2));
        return SEG_OK;
    }
    job.coarse = job.level + 1;
    SEG_TRY(sweep(&job, 0));
    SEG_TRY(sweep(&job, 1));
    SEG_TRY(run(&job, restrict_band));
    memset(job.coarse->x, 0,
           (size_t)job.coarse->width * (size_t)job.coarse->height * sizeof(float));
    for (int repeat = 0; repeat < (l + 2 == laplace->count ? 1 : 2); repeat++)
        SEG_TRY(cycle(laplace, l + 1));
    SEG_TRY(run(&job, prolong_band));
    SEG_TRY(sweep(&job, 1));
    return sweep(&job, 0);
}

/* ---- conjugate gradients ---- */

static double add_slots(const level_job *job, int which) {
    const int32_t bands = seg_band_count(job->level->height, job->level->band);
    double sum = 0;
    for (int32_t i = 0; i < bands; i++)
        sum += job->sums[2 * i + which];
    return sum;
}

/* product = A direction; sums: direction * product. */
static seg_status multiply_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)worker;
    const level_job *job = argument;
    const seg_laplace_level *level = job->level;
    const ptrdiff_t width = level->width;
    const double *p = job->laplace->direction;
    double sum = 0;
    for (ptrdiff_t i = first * width; i < end * width; i++) {
        double value = 0;
        if (level->ground[i] > 0)
            value = p[i] / (double)level->ground[i] -
                    ((double)level->right[i] * p[i + 1] + (double)level->right[i - 1] * p[i - 1] +
                     (double)level->down[i] * p[i + width] +
                     (double)level->down[i - width] * p[i - width]);
        job->laplace->product[i] = value;
        sum += p[i] * value;
    }
    job->sums[2 * band] = sum;
    return SEG_OK;
}

/* x += factor direction, residual -= factor product; the residual becomes what multigrid is given.
 */
static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const level_job *job = argument;
    const seg_grid_laplace *all = job->laplace;
    const ptrdiff_t width = job->level->width;
    for (ptrdiff_t i = first * width; i < end * width; i++) {
        all->x[i] += job->factor * all->direction[i];
        all->residual[i] -= job->factor * all->product[i];
        job->level->b[i] = (float)all->residual[i];
        job->level->x[i] = 0;
    }
    return SEG_OK;
}

/* Sums of residual * z and product * z, z being multigrid's answer. */
static seg_status dot_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    (void)worker;
    const level_job *job = argument;
    const seg_grid_laplace *all = job->laplace;
    const ptrdiff_t width = job->level->width;
    double sum = 0, other = 0;
    for (ptrdiff_t i = first * width; i < end * width; i++) {
        sum += all->residual[i] * (double)job->level->x[i];
        other += all->product[i] * (double)job->level->x[i];
    }
    job->sums[2 * band] = sum;
    job->sums[2 * band + 1] = other;
    return SEG_OK;
}

/* direction = z + factor direction; sums: the largest |z|. */
static seg_status turn_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)worker;
    const level_job *job = argument;
    double *p = job->laplace->direction, most = 0;
    const ptrdiff_t width = job->level->width;
    for (ptrdiff_t i = first * width; i < end * width; i++) {
        const double z = (double)job->level->x[i], size = z < 0 ? -z : z;
        p[i] = z + job->factor * p[i];
        most = size > most ? size : most;
    }
    job->sums[2 * band] = most;
    return SEG_OK;
}

static double most_slot(const level_job *job) {
    const int32_t bands = seg_band_count(job->level->height, job->level->band);
    double most = 0;
    for (int32_t i = 0; i < bands; i++)
        most = job->sums[2 * i] > most ? job->sums[2 * i] : most;
    return most;
}

static void start(seg_grid_laplace *laplace) {
    seg_laplace_level *level = &laplace->levels[0];
    const size_t pixels = (size_t)level->width * (size_t)level->height;
    for (size_t i = 0; i < pixels; i++) {
        laplace->residual[i] = level->ground[i] > 0 ? (double)level->b[i] : 0;
        laplace->x[i] = laplace->direction[i] = laplace->product[i] = 0;
    }
}

seg_status seg_grid_laplace_solve(seg_grid_laplace *laplace, double accuracy, int32_t most,
                                  int32_t *steps) {
    level_job job = {.laplace = laplace, .level = &laplace->levels[0], .sums = laplace->sums};
    double before = 0;
    start(laplace);
    for (*steps = 0;; ++*steps) {
        if (*steps % STEPS_PER_REPORT == 0)
            SEG_TRY(seg_progress(&laplace->scratch->env, *steps / (*steps + 50.0)));
        SEG_TRY(run(&job, step_band)); /* of length 0 at first */
        SEG_TRY(cycle(laplace, 0));
        SEG_TRY(run(&job, dot_band));
        const double now = add_slots(&job, 0), other = add_slots(&job, 1);
        /* z against the change of the residual, -factor * product */
        job.factor = before > 0 ? -job.factor * other / before : 0;
        SEG_TRY(run(&job, turn_band));
        if (!(now > 0) || most_slot(&job) <= accuracy || *steps == most) return SEG_OK;
        before = now;
        SEG_TRY(run(&job, multiply_band));
        const double curvature = add_slots(&job, 0);
        if (!(curvature > 0)) return SEG_OK;
        job.factor = now / curvature;
    }
}
