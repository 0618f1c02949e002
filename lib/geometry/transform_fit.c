/*
 * Least squares fits of transforms to pairs of points.
 *
 * Coordinates are first moved to their mean and scaled to a mean distance of sqrt 2 (Hartley's
 * normalisation), where one bound tells whether the points determine the transform; the result is
 * put together with the two normalisations. In these coordinates:
 *   translation   the difference of the means: nothing is left
 *   similarity    a = sum p.q / sum p.p, b = sum p x q / sum p.p  (Umeyama in two dimensions)
 *   affine        normal equations, 3 x 3, the same for both rows
 *   projective    normal equations of the DLT, 8 x 8, then Gauss-Newton steps on the distances
 */
#include "geometry/transform_fit.h"

#include "core/check.h"
#include "geometry/solve.h"

#include <math.h>

#define MOST_COORDINATE 1e9
#define GAUSS_NEWTON_STEPS 10

seg_status seg_transform_check_points(const seg_transform *transform, seg_transform_model model,
                                      const double *from, const double *to, int32_t count) {
    const int32_t least = seg_transform_model_points(model);
    if (!transform || !from || !to)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !transform ? "transform"
                        : !from    ? "from"
                                   : "to");
    if (!least) return seg_fail(SEG_ERROR_ARGUMENT, "model is %d (allowed 0 to 3)", (int)model);
    if (count < least)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s needs %ld pairs of points (got %ld)",
                        seg_transform_model_name(model), (long)least, (long)count);
    for (int64_t i = 0; i < 2 * (int64_t)count; i++)
        if (!(fabs(from[i]) <= MOST_COORDINATE) || !(fabs(to[i]) <= MOST_COORDINATE))
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "point %ld is %g in one set and %g in the other (allowed within 1e9)",
                            (long)(i / 2), from[i], to[i]);
    return SEG_OK;
}

/* ---- normalisation ---- */

typedef struct frame_of {
    double x, y, scale; /* normalised = (point - (x, y)) * scale */
} frame_of;

static double weight_of(const double *weights, int32_t i) {
    return weights ? weights[i] : 1;
}

/* False where all points coincide; the scale is then 1. */
static bool find_frame(frame_of *f, const double *points, const double *weights, int32_t count) {
    double sum = 0, distance = 0;
    *f = (frame_of){0, 0, 1};
    for (int32_t i = 0; i < count; i++) {
        sum += weight_of(weights, i);
        f->x += weight_of(weights, i) * points[2 * i];
        f->y += weight_of(weights, i) * points[2 * i + 1];
    }
    if (!(sum > 0)) return false;
    f->x /= sum;
    f->y /= sum;
    for (int32_t i = 0; i < count; i++) {
        const double x = points[2 * i] - f->x, y = points[2 * i + 1] - f->y;
        distance += weight_of(weights, i) * sqrt(x * x + y * y);
    }
    distance /= sum;
    if (!(distance > 1e-9 * (1 + fabs(f->x) + fabs(f->y)))) return false;
    f->scale = sqrt(2) / distance;
    return true;
}

typedef struct pair {
    double x, y, u, v, weight; /* normalised: (x, y) goes to (u, v) */
} pair;

typedef struct pairs {
    const double *from, *to, *weights;
    int32_t count;
    frame_of source, target;
} pairs;

static pair pair_at(const pairs *p, int32_t i) {
    return (pair){(p->from[2 * i] - p->source.x) * p->source.scale,
                  (p->from[2 * i + 1] - p->source.y) * p->source.scale,
                  (p->to[2 * i] - p->target.x) * p->target.scale,
                  (p->to[2 * i + 1] - p->target.y) * p->target.scale, weight_of(p->weights, i)};
}

/* ---- models, in normalised coordinates ---- */

static bool solve_similarity(seg_transform *t, const pairs *p) {
    double dot = 0, cross = 0, norm = 0;
    for (int32_t i = 0; i < p->count; i++) {
        const pair q = pair_at(p, i);
        dot += q.weight * (q.x * q.u + q.y * q.v);
        cross += q.weight * (q.x * q.v - q.y * q.u);
        norm += q.weight * (q.x * q.x + q.y * q.y);
    }
    const double a = dot / norm, b = cross / norm;
    *t = (seg_transform){{a, -b, 0, b, a, 0, 0, 0, 1}};
    return norm > 0 && a * a + b * b > 1e-18;
}

static bool solve_affine(seg_transform *t, const pairs *p) {
    double matrix[9] = {0}, rows[2][3] = {{0}};
    for (int32_t i = 0; i < p->count; i++) {
        const pair q = pair_at(p, i);
        const double basis[3] = {q.x, q.y, 1};
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k <= j; k++)
                matrix[3 * j + k] += q.weight * basis[j] * basis[k];
            rows[0][j] += q.weight * basis[j] * q.u;
            rows[1][j] += q.weight * basis[j] * q.v;
        }
    }
    if (!seg_solve_symmetric(rows[0], matrix, 3) || !seg_solve_symmetric(rows[1], matrix, 3))
        return false;
    *t = (seg_transform){
        {rows[0][0], rows[0][1], rows[0][2], rows[1][0], rows[1][1], rows[1][2], 0, 0, 1}};
    return true;
}

static void add_equation(double *matrix, double *right, const double *row, double value,
                         double weight) {
    for (int j = 0; j < 8; j++) {
        for (int k = 0; k <= j; k++)
            matrix[8 * j + k] += weight * row[j] * row[k];
        right[j] += weight * row[j] * value;
    }
}

/* One step for m0 .. m7 with m8 = 1: `linear` the DLT, else Gauss-Newton from `t`. */
static bool step_projective(seg_transform *t, const pairs *p, bool linear) {
    double matrix[64] = {0}, right[8] = {0};
    const double *m = t->m;
    for (int32_t i = 0; i < p->count; i++) {
        const pair q = pair_at(p, i);
        double w = 1, u = q.u, v = q.v, du = q.u, dv = q.v;
        if (!linear) {
            w = m[6] * q.x + m[7] * q.y + 1;
            if (!(fabs(w) > 1e-9)) return false;
            u = (m[0] * q.x + m[1] * q.y + m[2]) / w;
            v = (m[3] * q.x + m[4] * q.y + m[5]) / w;
            du = q.u - u;
            dv = q.v - v;
        }
        const double x = q.x / w, y = q.y / w, one = 1 / w;
        const double row_u[8] = {x, y, one, 0, 0, 0, -u * x, -u * y};
        const double row_v[8] = {0, 0, 0, x, y, one, -v * x, -v * y};
        add_equation(matrix, right, row_u, du, q.weight);
        add_equation(matrix, right, row_v, dv, q.weight);
    }
    if (!seg_solve_symmetric(right, matrix, 8)) return false;
    for (int j = 0; j < 8; j++)
        t->m[j] = linear ? right[j] : t->m[j] + right[j];
    t->m[8] = 1;
    return true;
}

static double distances(const seg_transform *t, const pairs *p) {
    double sum = 0;
    for (int32_t i = 0; i < p->count; i++) {
        const pair q = pair_at(p, i);
        double at[2] = {q.x, q.y};
        seg_transform_apply(at, t, at, 1);
        sum += q.weight * ((at[0] - q.u) * (at[0] - q.u) + (at[1] - q.v) * (at[1] - q.v));
    }
    return sum;
}

static bool solve_projective(seg_transform *t, const pairs *p) {
    if (!step_projective(t, p, true)) return false;
    double best = distances(t, p);
    if (p->count == 4) return best < 1e-9; /* more than fits: three of them lie on a line */
    for (int step = 0; step < GAUSS_NEWTON_STEPS; step++) {
        seg_transform next = *t;
        if (!step_projective(&next, p, false)) break;
        const double sum = distances(&next, p);
        if (!(sum < best)) break;
        *t = next;
        best = sum;
    }
    return true;
}

/* ---- the whole ---- */

static seg_transform into_frame(const frame_of *f) {
    const double s = f->scale;
    return (seg_transform){{s, 0, -s * f->x, 0, s, -s * f->y, 0, 0, 1}};
}

static seg_transform out_of_frame(const frame_of *f) {
    const double s = 1 / f->scale;
    return (seg_transform){{s, 0, f->x, 0, s, f->y, 0, 0, 1}};
}

bool seg_transform_solve(seg_transform *transform, seg_transform_model model, const double *from,
                         const double *to, const double *weights, int32_t count) {
    pairs p = {.from = from, .to = to, .weights = weights, .count = count};
    const bool spread = find_frame(&p.source, from, weights, count);
    const bool target_spread = find_frame(&p.target, to, weights, count);
    if (model == SEG_TRANSFORM_TRANSLATION) {
        *transform = seg_transform_translation(p.target.x - p.source.x, p.target.y - p.source.y);
        return true;
    }
    if (!spread || !target_spread) return false;
    seg_transform t = seg_transform_identity();
    const bool solved = model == SEG_TRANSFORM_SIMILARITY ? solve_similarity(&t, &p)
                        : model == SEG_TRANSFORM_AFFINE   ? solve_affine(&t, &p)
                                                          : solve_projective(&t, &p);
    if (!solved) return false;
    const seg_transform in = into_frame(&p.source), out = out_of_frame(&p.target);
    const seg_transform half = seg_transform_compose(&t, &in);
    *transform = seg_transform_compose(&out, &half);
    return true;
}

seg_status seg_transform_fit(seg_transform *transform, seg_transform_model model,
                             const double *from, const double *to, const double *weights,
                             int32_t count) {
    SEG_TRY(seg_transform_check_points(transform, model, from, to, count));
    double sum = 0;
    for (int32_t i = 0; weights && i < count; i++) {
        if (!(weights[i] >= 0 && weights[i] <= 1e100))
            return seg_fail(SEG_ERROR_ARGUMENT, "weight %ld is %g (allowed 0 to 1e100)", (long)i,
                            weights[i]);
        sum += weights[i];
    }
    if ((!weights || sum > 0) && seg_transform_solve(transform, model, from, to, weights, count))
        return SEG_OK;
    return seg_fail(SEG_ERROR_DATA,
                    "the points do not determine the transform (%s of %ld pairs): too many "
                    "coincide, lie on a line or weigh nothing",
                    seg_transform_model_name(model), (long)count);
}
