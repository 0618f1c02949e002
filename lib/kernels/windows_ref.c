/* Kernels of windows, the readable twin. */
#include "kernels/flow_formula.h"
#include "kernels/windows.h"

/* ---- polynomial expansion ---- */

static float even_down(const float *const *rows, const float *weights, int32_t radius, int32_t x) {
    float sum = weights[0] * rows[0][x];
    for (int32_t k = 1; k <= radius; k++)
        sum += weights[k] * (rows[k][x] + rows[-k][x]);
    return sum;
}

static void expand_down(float *const out[3], const float *const *rows, const seg_expansion *e,
                        int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        float slope = e->slope[1] * (rows[1][x] - rows[-1][x]);
        for (int32_t k = 2; k <= e->radius; k++)
            slope += e->slope[k] * (rows[k][x] - rows[-k][x]);
        out[0][x] = even_down(rows, e->blur, e->radius, x);
        out[1][x] = slope;
        out[2][x] = even_down(rows, e->curvature, e->radius, x);
    }
}

static float even_across(const float *in, const float *weights, int32_t radius) {
    float sum = weights[0] * in[0];
    for (int32_t k = 1; k <= radius; k++)
        sum += weights[k] * (in[k] + in[-k]);
    return sum;
}

static float odd_across(const float *in, const float *weights, int32_t radius) {
    float sum = weights[1] * (in[1] - in[-1]);
    for (int32_t k = 2; k <= radius; k++)
        sum += weights[k] * (in[k] - in[-k]);
    return sum;
}

static void expand_across(float *const out[SEG_POLYNOMIAL], const float *const in[3],
                          const seg_expansion *e, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        out[0][x] = odd_across(in[0] + x, e->slope, e->radius);
        out[1][x] = even_across(in[1] + x, e->blur, e->radius);
        out[2][x] = even_across(in[0] + x, e->curvature, e->radius);
        out[3][x] = even_across(in[2] + x, e->blur, e->radius);
        out[4][x] = odd_across(in[1] + x, e->slope, e->radius);
    }
}

static void pack(float *out, const float *const in[SEG_POLYNOMIAL], int32_t count) {
    for (int32_t x = 0; x < count; x++)
        for (int32_t c = 0; c < SEG_PACKED; c++)
            out[SEG_PACKED * x + c] = c < SEG_POLYNOMIAL ? in[c][x] : 0;
}

/* ---- equations ---- */

static void displace(float *const out[SEG_NORMAL], const float *const first[SEG_POLYNOMIAL],
                     const float *second, ptrdiff_t stride, const float *u, const float *v,
                     int32_t y, int32_t width, int32_t height) {
    for (int32_t x = 0; x < width; x++) {
        const float px = (float)x + u[x], py = (float)y + v[x];
        const float cx = seg_clamp_to(px, (float)(width - 1));
        const float cy = seg_clamp_to(py, (float)(height - 1));
        const float fx = cx - (float)(int32_t)cx, fy = cy - (float)(int32_t)cy;
        const float *at = second + (int32_t)cy * stride + SEG_PACKED * (int32_t)cx;
        float r[SEG_POLYNOMIAL];
        for (int c = 0; c < SEG_POLYNOMIAL; c++) {
            const float *a = at + c, *b = a + stride;
            const float upper = a[0] + fx * (a[SEG_PACKED] - a[0]);
            const float lower = b[0] + fx * (b[SEG_PACKED] - b[0]);
            r[c] = upper + fy * (lower - upper);
        }
        const float weight = cx == px && cy == py ? 1.0f : 0.0f;
        const float xx = weight * (0.5f * (first[2][x] + r[2]));
        const float yy = weight * (0.5f * (first[3][x] + r[3]));
        const float xy = weight * (0.25f * (first[4][x] + r[4]));
        const float b1 = 0.5f * (first[0][x] - r[0]) + (xx * u[x] + xy * v[x]);
        const float b2 = 0.5f * (first[1][x] - r[1]) + (xy * u[x] + yy * v[x]);
        out[SEG_G11][x] = xx * xx + xy * xy;
        out[SEG_G12][x] = (xx + yy) * xy;
        out[SEG_G22][x] = yy * yy + xy * xy;
        out[SEG_H1][x] = xx * b1 + xy * b2;
        out[SEG_H2][x] = xy * b1 + yy * b2;
    }
}

static void gradient(float *const out[SEG_NORMAL], const float *gx, const float *gy,
                     const float *rest, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        out[SEG_G11][x] = gx[x] * gx[x];
        out[SEG_G12][x] = gx[x] * gy[x];
        out[SEG_G22][x] = gy[x] * gy[x];
        out[SEG_H1][x] = -(gx[x] * rest[x]);
        out[SEG_H2][x] = -(gy[x] * rest[x]);
    }
}

/* ---- windows ---- */

static void sum_four(float *out, const float *const rows[4], int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = (rows[0][x] + rows[1][x]) + (rows[2][x] + rows[3][x]);
}

static void sum_rows(float *out, const float *const *rows, int32_t taps, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        float sum = rows[0][x];
        for (int32_t k = 1; k < taps; k++)
            sum += rows[k][x];
        out[x] = sum;
    }
}

static void solve(float *u, float *v, const float *const sums[SEG_NORMAL], const float *u0,
                  const float *v0, float damping, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float a = sums[SEG_G11][x], b = sums[SEG_G12][x], c = sums[SEG_G22][x];
        const float h1 = sums[SEG_H1][x] + damping * u0[x];
        const float h2 = sums[SEG_H2][x] + damping * v0[x];
        const float minor = a * c - b * b;
        const float det = (minor < 0 ? 0 : minor) + damping * (a + c + damping);
        u[x] = ((c + damping) * h1 - b * h2) / det;
        v[x] = ((a + damping) * h2 - b * h1) / det;
    }
}

const seg_windows_kernels seg_windows_kernels_ref = {
    .expand_down = expand_down,
    .expand_across = expand_across,
    .pack = pack,
    .displace = displace,
    .gradient = gradient,
    .sum_four = sum_four,
    .sum_rows = sum_rows,
    .solve = solve,
};
