/* Where points, polygons and boxes of a picture go. */
#include "augment/geometry.h"

#include "core/math.h"

#include <math.h>
#include <string.h>

#define ROUNDS 16  /* of the search for a point in a field */
#define ON_SIDE 16 /* points taken of a box's side that may bend */
#define ON_ELLIPSE 64
#define FURTHEST 1e8

/* The displacement at a point of the new picture, between the four pixels around. */
static void displacement(double d[2], const seg_image *field, double x, double y) {
    x -= 0.5, y -= 0.5;
    x = x > 0 ? x < field->width - 1 ? x : field->width - 1 : 0;
    y = y > 0 ? y < field->height - 1 ? y : field->height - 1 : 0;
    const int32_t left = (int32_t)x, top = (int32_t)y;
    const int32_t right = left + (left + 1 < field->width);
    const int32_t bottom = top + (top + 1 < field->height);
    const float *a = seg_image_row(field, top), *b = seg_image_row(field, bottom);
    const double fx = x - left, fy = y - top;
    for (int c = 0; c < 2; c++) {
        const double up = (double)a[2 * left + c] * (1 - fx) + (double)a[2 * right + c] * fx;
        const double down = (double)b[2 * left + c] * (1 - fx) + (double)b[2 * right + c] * fx;
        d[c] = up * (1 - fy) + down * fy;
    }
}

static void make_sane(double *xy, int32_t count) {
    for (int32_t i = 0; i < 2 * count; i++)
        xy[i] = xy[i] >= -FURTHEST ? xy[i] <= FURTHEST ? xy[i] : FURTHEST : -FURTHEST;
}

void seg_geometry_points(const seg_augment_geometry *geometry, double *xy, int32_t count) {
    if (!geometry->field) {
        seg_transform_apply(xy, &geometry->forward, xy, count);
        make_sane(xy, count);
        return;
    }
    /* a point t of the new picture shows back(t) + d(t): t = forward(s - d(t)), again and again */
    for (int32_t i = 0; i < count; i++) {
        const double s[2] = {xy[2 * i], xy[2 * i + 1]};
        double t[2], d[2];
        seg_transform_apply(t, &geometry->forward, s, 1);
        for (int round = 0; round < ROUNDS; round++) {
            displacement(d, geometry->field, t[0], t[1]);
            const double back[2] = {s[0] - d[0], s[1] - d[1]};
            seg_transform_apply(t, &geometry->forward, back, 1);
        }
        memcpy(xy + 2 * i, t, sizeof t);
    }
    make_sane(xy, count);
}

double seg_geometry_growth(const seg_augment_geometry *geometry, double x, double y) {
    double xy[6] = {x, y, x + 1, y, x, y + 1};
    const double *m = geometry->forward.m;
    if (!geometry->field && seg_transform_is_affine(&geometry->forward))
        return fabs(m[0] * m[4] - m[1] * m[3]) / (m[8] * m[8]);
    seg_geometry_points(geometry, xy, 3);
    return fabs((xy[2] - xy[0]) * (xy[5] - xy[1]) - (xy[4] - xy[0]) * (xy[3] - xy[1]));
}

/* ---- polygons ---- */

/* Keeps what lies on the good side of one edge of the frame: sign * (coordinate - edge) >= 0. */
static int32_t clip_side(double *to, const double *xy, int32_t count, int axis, double edge,
                         double sign) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        const double *a = xy + 2 * i, *b = xy + 2 * ((i + 1) % count);
        const double from_a = sign * (a[axis] - edge), from_b = sign * (b[axis] - edge);
        if (from_a >= 0) memcpy(to + 2 * (size_t)kept++, a, 2 * sizeof *a);
        if ((from_a >= 0) == (from_b >= 0)) continue;
        const double t = from_a / (from_a - from_b);
        to[2 * kept + axis] = edge;
        to[2 * kept + 1 - axis] = a[1 - axis] + t * (b[1 - axis] - a[1 - axis]);
        kept++;
    }
    return kept;
}

int32_t seg_polygon_clip(double *xy, int32_t count, double *spare, double width, double height) {
    const seg_box box = seg_points_box(xy, count);
    if (box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height)
        return count;
    count = clip_side(spare, xy, count, 0, 0, 1);
    count = clip_side(xy, spare, count, 0, width, -1);
    count = clip_side(spare, xy, count, 1, 0, 1);
    return clip_side(xy, spare, count, 1, height, -1);
}

/* ---- boxes ---- */

seg_box seg_points_box(const double *xy, int32_t count) {
    if (count < 1) return (seg_box){0};
    double low[2] = {xy[0], xy[1]}, high[2] = {xy[0], xy[1]};
    for (int32_t i = 1; i < count; i++)
        for (int c = 0; c < 2; c++) {
            const double value = xy[2 * i + c];
            if (value < low[c]) low[c] = value;
            if (value > high[c]) high[c] = value;
        }
    return (seg_box){low[0], low[1], high[0] - low[0], high[1] - low[1]};
}

seg_box seg_box_clip(seg_box box, double width, double height) {
    const double left = box.x > 0 ? box.x : 0, top = box.y > 0 ? box.y : 0;
    const double right = box.x + box.width < width ? box.x + box.width : width;
    const double bottom = box.y + box.height < height ? box.y + box.height : height;
    if (!(right > left) || !(bottom > top)) return (seg_box){0};
    return (seg_box){left, top, right - left, bottom - top};
}

/* The ellipse with half axes a and b: |M (a cos, b sin)| is largest at hypot(m a, n b). */
static seg_box affine_ellipse(const double *m, const seg_box *box) {
    const double a = box->width / 2, b = box->height / 2;
    const double x = box->x + a, y = box->y + b;
    const double cx = (m[0] * x + m[1] * y + m[2]) / m[8];
    const double cy = (m[3] * x + m[4] * y + m[5]) / m[8];
    const double w = fabs(m[8]);
    const double hx = sqrt(m[0] * a * m[0] * a + m[1] * b * m[1] * b) / w;
    const double hy = sqrt(m[3] * a * m[3] * a + m[4] * b * m[4] * b) / w;
    return (seg_box){cx - hx, cy - hy, 2 * hx, 2 * hy};
}

seg_box seg_geometry_box(const seg_augment_geometry *geometry, const seg_box *box, bool ellipse) {
    double xy[2 * 4 * ON_SIDE];
    const double right = box->x + box->width, bottom = box->y + box->height;
    const bool affine = !geometry->field && seg_transform_is_affine(&geometry->forward);
    int32_t count = 4;
    if (ellipse && affine) return affine_ellipse(geometry->forward.m, box);
    if (ellipse) {
        count = ON_ELLIPSE;
        for (int32_t i = 0; i < count; i++) {
            const double angle = 2 * SEG_PI * i / count;
            xy[2 * i] = box->x + box->width / 2 * (1 + seg_cos(angle));
            xy[2 * i + 1] = box->y + box->height / 2 * (1 + seg_sin(angle));
        }
    } else {
        const double corners[8] = {box->x, box->y, right, box->y, right, bottom, box->x, bottom};
        const int32_t steps = geometry->field ? ON_SIDE : 1;
        count = 4 * steps;
        for (int32_t i = 0; i < count; i++) {
            const double *a = corners + 2 * (i / steps), *b = corners + 2 * ((i / steps + 1) % 4);
            const double t = (double)(i % steps) / steps;
            xy[2 * i] = a[0] + t * (b[0] - a[0]);
            xy[2 * i + 1] = a[1] + t * (b[1] - a[1]);
        }
    }
    seg_geometry_points(geometry, xy, count);
    return seg_points_box(xy, count);
}

void seg_rotated_corners(double xy[8], const seg_rotated_box *box) {
    const double angle = box->angle * (SEG_PI / 180), c = seg_cos(angle), s = seg_sin(angle);
    static const double signs[8] = {-1, -1, 1, -1, 1, 1, -1, 1};
    for (int i = 0; i < 4; i++) {
        const double u = signs[2 * i] * box->width / 2, v = signs[2 * i + 1] * box->height / 2;
        xy[2 * i] = box->x + c * u - s * v;
        xy[2 * i + 1] = box->y + s * u + c * v;
    }
}

seg_rotated_box seg_geometry_rotated(const seg_augment_geometry *geometry,
                                     const seg_rotated_box *box) {
    double xy[8], low[2], high[2];
    seg_rotated_corners(xy, box);
    seg_geometry_points(geometry, xy, 4);
    /* along the mean of the two moved sides */
    double dx = xy[2] - xy[0] + xy[4] - xy[6], dy = xy[3] - xy[1] + xy[5] - xy[7];
    const double length = sqrt(dx * dx + dy * dy);
    if (!(length > 0))
        dx = 1, dy = 0;
    else
        dx /= length, dy /= length;
    for (int i = 0; i < 4; i++) {
        const double along[2] = {xy[2 * i] * dx + xy[2 * i + 1] * dy,
                                 xy[2 * i + 1] * dx - xy[2 * i] * dy};
        for (int c = 0; c < 2; c++) {
            if (i == 0 || along[c] < low[c]) low[c] = along[c];
            if (i == 0 || along[c] > high[c]) high[c] = along[c];
        }
    }
    const double u = (low[0] + high[0]) / 2, v = (low[1] + high[1]) / 2;
    return (seg_rotated_box){u * dx - v * dy, u * dy + v * dx, high[0] - low[0], high[1] - low[1],
                             seg_atan2(dy, dx) * (180 / SEG_PI)};
}
