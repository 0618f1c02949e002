/* Parametric models of motion. All of them are linear in their numbers. */
#include "geometry/motion_fit.h"

#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "imgproc/sort.h"

#include <math.h>
#include <string.h>

#define ROUNDS 24        /* of weighting anew */
#define COARSE_ROUNDS 5  /* of these with twice the scale */
#define AFFINE_ROUNDS 10 /* of these without the numbers beyond affine ones */
#define LEAST_SCALE 0.1  /* pixels */
#define SETTLED 1e-4     /* pixels: a smaller change ends the rounds */
#define TERMS 6

typedef struct model_info {
    const char *name;
    int32_t numbers;
} model_info;

static const model_info models[] = {
    {"translation", 2}, {"similarity", 4}, {"affine", 6}, {"projective", 8}, {"quadratic", 12},
};

static bool known(seg_motion_model model) {
    return model >= SEG_MOTION_TRANSLATION && model <= SEG_MOTION_QUADRATIC;
}

const char *seg_motion_model_name(seg_motion_model model) {
    return known(model) ? models[model].name : NULL;
}

int32_t seg_motion_model_numbers(seg_motion_model model) {
    return known(model) ? models[model].numbers : 0;
}

static void terms_at(double terms[TERMS], double x, double y) {
    terms[0] = 1;
    terms[1] = x;
    terms[2] = y;
    terms[3] = x * x;
    terms[4] = x * y;
    terms[5] = y * y;
}

void seg_motion_at(double flow[2], const seg_motion *motion, double x, double y) {
    double terms[TERMS];
    terms_at(terms, x, y);
    flow[0] = flow[1] = 0;
    for (int i = 0; i < TERMS; i++) {
        flow[0] += motion->p[i] * terms[i];
        flow[1] += motion->p[TERMS + i] * terms[i];
    }
}

/* ---- the linear system of a model ---- */

/* How the 12 numbers depend on those of the model: number k of it stands at u's and v's places. */
typedef struct share {
    int8_t number, sign; /* sign 0 = the number is 0 */
} share;

static const share shares[][SEG_MOTION_NUMBERS] = {
    [SEG_MOTION_TRANSLATION] = {[0] = {0, 1}, [6] = {1, 1}},
    /* u = a + c x - d y, v = b + d x + c y */
    [SEG_MOTION_SIMILARITY] =
        {[0] = {0, 1}, [1] = {2, 1}, [2] = {3, -1}, [6] = {1, 1}, [7] = {3, 1}, [8] = {2, 1}},
    [SEG_MOTION_AFFINE] =
        {[0] = {0, 1}, [1] = {1, 1}, [2] = {2, 1}, [6] = {3, 1}, [7] = {4, 1}, [8] = {5, 1}},
    /* and u = ... + e x^2 + f xy, v = ... + e xy + f y^2 */
    [SEG_MOTION_PROJECTIVE] = {[0] = {0, 1},
                               [1] = {1, 1},
                               [2] = {2, 1},
                               [3] = {6, 1},
                               [4] = {7, 1},
                               [6] = {3, 1},
                               [7] = {4, 1},
                               [8] = {5, 1},
                               [10] = {6, 1},
                               [11] = {7, 1}},
    [SEG_MOTION_QUADRATIC] = {{0, 1},
                              {1, 1},
                              {2, 1},
                              {3, 1},
                              {4, 1},
                              {5, 1},
                              {6, 1},
                              {7, 1},
                              {8, 1},
                              {9, 1},
                              {10, 1},
                              {11, 1}},
};

/* Sums of weighted products of the terms, and of the terms with u and v. */
typedef struct moments {
    double terms[TERMS][TERMS];
    double flow[2][TERMS];
} moments;

/* Solves the symmetric system in place by Cholesky's method; an unknown whose pivot vanishes is
 * left out (0). */
static void solve(double matrix[SEG_MOTION_NUMBERS][SEG_MOTION_NUMBERS],
                  double right[SEG_MOTION_NUMBERS], int32_t n) {
    bool used[SEG_MOTION_NUMBERS];
    for (int32_t i = 0; i < n; i++) {
        const double whole = matrix[i][i];
        double pivot = whole;
        for (int32_t k = 0; k < i; k++)
            if (used[k]) pivot -= matrix[i][k] * matrix[i][k];
        used[i] = pivot > 1e-9 * whole && pivot > 0;
        if (!used[i]) continue;
        matrix[i][i] = sqrt(pivot);
        for (int32_t j = i + 1; j < n; j++) {
            double sum = matrix[j][i];
            for (int32_t k = 0; k < i; k++)
                if (used[k]) sum -= matrix[j][k] * matrix[i][k];
            matrix[j][i] = sum / matrix[i][i];
        }
    }
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < i; k++)
            if (used[k] && used[i]) right[i] -= matrix[i][k] * right[k];
        right[i] = used[i] ? right[i] / matrix[i][i] : 0;
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        for (int32_t k = i + 1; k < n; k++)
            if (used[k] && used[i]) right[i] -= matrix[k][i] * right[k];
        right[i] = used[i] ? right[i] / matrix[i][i] : 0;
    }
}

static void solve_moments(double p[SEG_MOTION_NUMBERS], const moments *sums,
                          seg_motion_model model) {
    double matrix[SEG_MOTION_NUMBERS][SEG_MOTION_NUMBERS] = {{0}};
    double right[SEG_MOTION_NUMBERS] = {0};
    const share *of = shares[model];
    for (int part = 0; part < 2; part++) {
        for (int i = 0; i < TERMS; i++) {
            const share a = of[part * TERMS + i];
            if (!a.sign) continue;
            right[a.number] += a.sign * sums->flow[part][i];
            for (int j = 0; j < TERMS; j++) {
                const share b = of[part * TERMS + j];
                matrix[a.number][b.number] += a.sign * b.sign * sums->terms[i][j];
            }
        }
    }
    solve(matrix, right, models[model].numbers);
    for (int i = 0; i < SEG_MOTION_NUMBERS; i++)
        p[i] = of[i].sign * right[of[i].number];
}

/* ---- the fit ---- */

typedef struct fit {
    const seg_motion_sample *samples;
    int32_t count;
    double centre_x, centre_y; /* of the places, which are brought to about -1 .. 1 */
    double size, per_size;
    double *residuals; /* squared */
    float *order;      /* room to find the median in */
} fit;

static void normalise(fit *f) {
    double low_x = f->samples[0].x, high_x = low_x, low_y = f->samples[0].y, high_y = low_y;
    for (int32_t i = 1; i < f->count; i++) {
        low_x = seg_smaller(low_x, f->samples[i].x), high_x = seg_larger(high_x, f->samples[i].x);
        low_y = seg_smaller(low_y, f->samples[i].y), high_y = seg_larger(high_y, f->samples[i].y);
    }
    f->centre_x = (low_x + high_x) / 2;
    f->centre_y = (low_y + high_y) / 2;
    f->size = seg_larger(seg_larger(high_x - low_x, high_y - low_y) / 2, 1);
    f->per_size = 1 / f->size;
}

static void find_residuals(fit *f, const seg_motion *motion) {
    const double *p = motion->p, *q = p + TERMS;
    for (int32_t i = 0; i < f->count; i++) {
        const seg_motion_sample *s = &f->samples[i];
        const double x = (s->x - f->centre_x) * f->per_size;
        const double y = (s->y - f->centre_y) * f->per_size;
        const double u = p[0] + x * (p[1] + x * p[3] + y * p[4]) + y * (p[2] + y * p[5]);
        const double v = q[0] + x * (q[1] + x * q[3] + y * q[4]) + y * (q[2] + y * q[5]);
        f->residuals[i] = (s->u - u) * (s->u - u) + (s->v - v) * (s->v - v);
    }
}

/* 1.4826 times the median residual of the samples that have a weight. */
static double find_deviation(const fit *f) {
    int32_t n = 0;
    for (int32_t i = 0; i < f->count; i++)
        if (f->samples[i].weight > 0) f->order[n++] = (float)f->residuals[i];
    return n ? 1.4826 * sqrt((double)seg_select_rank(f->order, n, n / 2)) : 0;
}

/* Of the first `count` terms, which are those that the model has: others are multiplied by 0. */
static void gather(moments *sums, const fit *f, double scale, int32_t count) {
    const double per_square = 1 / (scale * scale);
    memset(sums, 0, sizeof *sums);
    for (int32_t i = 0; i < f->count; i++) {
        const seg_motion_sample *s = &f->samples[i];
        const double far = 1 + f->residuals[i] * per_square;
        const double weight = s->weight / (far * far);
        double terms[TERMS];
        terms_at(terms, (s->x - f->centre_x) * f->per_size, (s->y - f->centre_y) * f->per_size);
        for (int32_t a = 0; a < count; a++) {
            const double share_of = weight * terms[a];
            for (int b = 0; b <= a; b++)
                sums->terms[a][b] += share_of * terms[b];
            sums->flow[0][a] += share_of * s->u;
            sums->flow[1][a] += share_of * s->v;
        }
    }
    for (int a = 0; a < TERMS; a++)
        for (int b = a + 1; b < TERMS; b++)
            sums->terms[a][b] = sums->terms[b][a];
}

/* A start that half of the samples may contradict: the medians of u and v. */
static void start(seg_motion *motion, const fit *f) {
    memset(motion, 0, sizeof *motion);
    for (int part = 0; part < 2; part++) {
        int32_t n = 0;
        for (int32_t i = 0; i < f->count; i++)
            if (f->samples[i].weight > 0) f->order[n++] = part ? f->samples[i].v : f->samples[i].u;
        if (n) motion->p[part * TERMS] = (double)seg_select_rank(f->order, n, n / 2);
    }
}

/* The motion at (x - x0) * s, (y - y0) * s as a motion at (x, y). */
static void substitute(seg_motion *motion, double x0, double y0, double s) {
    for (int part = 0; part < 2; part++) {
        double *p = motion->p + part * TERMS;
        const double a = p[0], b = p[1] * s, c = p[2] * s;
        const double d = p[3] * s * s, e = p[4] * s * s, g = p[5] * s * s;
        p[0] = a - b * x0 - c * y0 + d * x0 * x0 + e * x0 * y0 + g * y0 * y0;
        p[1] = b - 2 * d * x0 - e * y0;
        p[2] = c - e * x0 - 2 * g * y0;
        p[3] = d, p[4] = e, p[5] = g;
    }
}

/* Numbers of the normalised places as numbers of pixels. */
static void denormalise(seg_motion *motion, const fit *f) {
    substitute(motion, f->centre_x, f->centre_y, 1 / f->size);
}

seg_motion seg_motion_enlarged(const seg_motion *motion, double scale) {
    seg_motion large = *motion;
    const double offset = (scale - 1) / 2;
    for (int i = 0; i < SEG_MOTION_NUMBERS; i++)
        large.p[i] *= scale;
    substitute(&large, offset, offset, 1 / scale);
    return large;
}

/* How far the motions are apart within the picture, pixels at most. */
static double change(const seg_motion *a, const seg_motion *b) {
    double sum = 0;
    for (int i = 0; i < SEG_MOTION_NUMBERS; i++)
        sum += fabs(a->p[i] - b->p[i]);
    return sum;
}

static void run(seg_motion *motion, double *deviation, seg_motion_model model, fit *f) {
    moments sums;
    start(motion, f);
    for (int round = 0; round < ROUNDS; round++) {
        const seg_motion before = *motion;
        find_residuals(f, motion);
        const double noise = seg_larger(find_deviation(f), LEAST_SCALE);
        const bool early = round < AFFINE_ROUNDS && model > SEG_MOTION_AFFINE;
        const seg_motion_model now = early ? SEG_MOTION_AFFINE : model;
        gather(&sums, f, noise * (round < COARSE_ROUNDS ? 3 : 1.5),
               now > SEG_MOTION_AFFINE ? TERMS : 3);
        solve_moments(motion->p, &sums, now);
        if (now == model && round > COARSE_ROUNDS && change(motion, &before) < SETTLED) break;
    }
    find_residuals(f, motion);
    if (deviation) *deviation = find_deviation(f);
}

static seg_status check(const seg_motion *motion, const seg_motion_sample *samples, int32_t count) {
    if (!motion || !samples)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", motion ? "samples" : "motion");
    if (count < 1) return seg_fail(SEG_ERROR_ARGUMENT, "count is %d (allowed: 1 and more)", count);
    for (int32_t i = 0; i < count; i++) {
        const seg_motion_sample *s = &samples[i];
        const float sum = s->x + s->y + s->u + s->v + s->weight;
        if (!(fabsf(sum) < 1e30f && s->weight >= 0))
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "samples[%d] is not finite, or its weight is below 0", i);
    }
    return SEG_OK;
}

#define ROOM_OF_SAMPLE (sizeof(double) + sizeof(float)) /* a residual and its place in an order */

size_t seg_motion_fit_room(int32_t count) {
    return (size_t)count * ROOM_OF_SAMPLE;
}

static fit fit_in(void *room, const seg_motion_sample *samples, int32_t count) {
    fit f = {.samples = samples, .count = count, .residuals = room};
    f.order = (float *)(f.residuals + count);
    normalise(&f);
    return f;
}

void seg_motion_fit_in(void *room, seg_motion *motion, double *deviation, seg_motion_model model,
                       const seg_motion_sample *samples, int32_t count) {
    fit f = fit_in(room, samples, count);
    run(motion, deviation, model, &f);
    denormalise(motion, &f);
}

seg_status seg_motion_fit(seg_motion *motion, double *deviation, seg_motion_model model,
                          const seg_motion_sample *samples, int32_t count, const seg_env *env) {
    SEG_TRY(check(motion, samples, count));
    if (!known(model))
        return seg_fail(SEG_ERROR_ARGUMENT, "model is %d (allowed 0 to 4)", (int)model);
    void *room = seg_allocate(env, (size_t)count, ROOM_OF_SAMPLE, "residuals");
    if (!room) return SEG_ERROR_MEMORY;
    seg_motion_fit_in(room, motion, deviation, model, samples, count);
    seg_release(env, room);
    return SEG_OK;
}

static double criterion(const fit *f, seg_motion_model model, double noise) {
    double sum = models[model].numbers * seg_log_e(2.0 * f->count);
    for (int32_t i = 0; i < f->count; i++)
        sum += seg_smaller(f->residuals[i] / (noise * noise), 9) * (f->samples[i].weight > 0);
    return sum;
}

void seg_motion_choose_in(void *room, seg_motion *motion, seg_motion_model *model,
                          double *deviation, double noise, const seg_motion_sample *samples,
                          int32_t count) {
    fit f = fit_in(room, samples, count);
    double least = 0;
    for (seg_motion_model next = SEG_MOTION_TRANSLATION; next <= SEG_MOTION_QUADRATIC; next++) {
        seg_motion tried;
        double tried_deviation;
        run(&tried, &tried_deviation, next, &f);
        const double price = criterion(&f, next, noise);
        if (next != SEG_MOTION_TRANSLATION && !(price < least)) continue;
        least = price;
        *motion = tried;
        *model = next;
        if (deviation) *deviation = tried_deviation;
    }
    denormalise(motion, &f);
}

seg_status seg_motion_choose(seg_motion *motion, seg_motion_model *model, double *deviation,
                             double noise, const seg_motion_sample *samples, int32_t count,
                             const seg_env *env) {
    SEG_TRY(check(motion, samples, count));
    if (!model) return seg_fail(SEG_ERROR_ARGUMENT, "model is missing (NULL)");
    if (!(noise > 0 && noise < 1e9))
        return seg_fail(SEG_ERROR_ARGUMENT, "noise is %g (allowed: above 0)", noise);
    void *room = seg_allocate(env, (size_t)count, ROOM_OF_SAMPLE, "residuals");
    if (!room) return SEG_ERROR_MEMORY;
    seg_motion_choose_in(room, motion, model, deviation, noise, samples, count);
    seg_release(env, room);
    return SEG_OK;
}
