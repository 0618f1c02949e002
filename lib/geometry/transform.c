/* Transforms of the plane as 3 x 3 matrices. */
#include <segment/transform.h>

#include "core/check.h"
#include "core/math.h"

#include <float.h>

static const struct {
    const char *name;
    int32_t points;
} models[] = {{"translation", 1}, {"similarity", 2}, {"affine", 3}, {"projective", 4}};

static bool known(seg_transform_model model) {
    return (size_t)model < sizeof models / sizeof *models;
}

const char *seg_transform_model_name(seg_transform_model model) {
    return known(model) ? models[model].name : NULL;
}

int32_t seg_transform_model_points(seg_transform_model model) {
    return known(model) ? models[model].points : 0;
}

seg_transform seg_transform_identity(void) {
    return (seg_transform){{1, 0, 0, 0, 1, 0, 0, 0, 1}};
}

seg_transform seg_transform_translation(double x, double y) {
    return (seg_transform){{1, 0, x, 0, 1, y, 0, 0, 1}};
}

seg_transform seg_transform_similarity(double scale, double angle) {
    const double c = scale * seg_cos(angle), s = scale * seg_sin(angle);
    return (seg_transform){{c, -s, 0, s, c, 0, 0, 0, 1}};
}

/* The same map with m8 = 1, unless that is 0. */
static seg_transform normalised(seg_transform t) {
    const double w = t.m[8];
    if (w == 0 || w == 1) return t;
    for (int i = 0; i < 9; i++)
        t.m[i] /= w;
    return t;
}

seg_transform seg_transform_compose(const seg_transform *second, const seg_transform *first) {
    seg_transform product;
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++) {
            double sum = 0;
            for (int k = 0; k < 3; k++)
                sum += second->m[3 * row + k] * first->m[3 * k + column];
            product.m[3 * row + column] = sum;
        }
    return normalised(product);
}

seg_transform seg_transform_about(const seg_transform *transform, double x, double y) {
    const seg_transform there = seg_transform_translation(-x, -y);
    const seg_transform back = seg_transform_translation(x, y);
    const seg_transform both = seg_transform_compose(transform, &there);
    return seg_transform_compose(&back, &both);
}

seg_status seg_transform_invert(seg_transform *inverse, const seg_transform *transform) {
    if (!inverse || !transform)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        inverse ? "transform" : "inverse");
    const double *m = transform->m;
    /* the adjugate; rows of it dotted with columns of m are the determinant */
    const seg_transform adjugate = {{
        m[4] * m[8] - m[5] * m[7],
        m[2] * m[7] - m[1] * m[8],
        m[1] * m[5] - m[2] * m[4],
        m[5] * m[6] - m[3] * m[8],
        m[0] * m[8] - m[2] * m[6],
        m[2] * m[3] - m[0] * m[5],
        m[3] * m[7] - m[4] * m[6],
        m[1] * m[6] - m[0] * m[7],
        m[0] * m[4] - m[1] * m[3],
    }};
    const double *a = adjugate.m;
    const double determinant = m[0] * a[0] + m[1] * a[3] + m[2] * a[6];
    if (!(determinant != 0) || !(determinant >= -DBL_MAX && determinant <= DBL_MAX))
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the transform has no inverse (its determinant is %g); it maps the plane "
                        "to a line or a point",
                        determinant);
    for (int i = 0; i < 9; i++)
        inverse->m[i] = a[i] / determinant;
    *inverse = normalised(*inverse);
    return SEG_OK;
}

bool seg_transform_is_affine(const seg_transform *transform) {
    return transform && transform->m[6] == 0 && transform->m[7] == 0;
}

void seg_transform_apply(double *mapped, const seg_transform *transform, const double *points,
                         int32_t count) {
    const double *m = transform->m;
    const bool plain = seg_transform_is_affine(transform) && m[8] == 1;
    for (int32_t i = 0; i < count; i++) {
        const double x = points[2 * i], y = points[2 * i + 1];
        const double w = plain ? 1 : m[6] * x + m[7] * y + m[8];
        mapped[2 * i] = (m[0] * x + m[1] * y + m[2]) / w;
        mapped[2 * i + 1] = (m[3] * x + m[4] * y + m[5]) / w;
    }
}
