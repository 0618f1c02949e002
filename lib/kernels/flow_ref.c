/* Flow kernels, the readable twin: one pixel at a time. */
#include "kernels/flow_formula.h"

/* ---- Horn and Schunck 1981 ---- */

static void cube(float *dx, float *dy, float *dt, const float *const a[2], const float *const b[2],
                 int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float across = (a[0][x + 1] - a[0][x]) + (a[1][x + 1] - a[1][x]) +
                             (b[0][x + 1] - b[0][x]) + (b[1][x + 1] - b[1][x]);
        const float down = (a[1][x] - a[0][x]) + (a[1][x + 1] - a[0][x + 1]) + (b[1][x] - b[0][x]) +
                           (b[1][x + 1] - b[0][x + 1]);
        const float time = (b[0][x] - a[0][x]) + (b[1][x] - a[1][x]) + (b[0][x + 1] - a[0][x + 1]) +
                           (b[1][x + 1] - a[1][x + 1]);
        dx[x] = 0.25f * across;
        dy[x] = 0.25f * down;
        dt[x] = 0.25f * time;
    }
}

static float mean_1981(const float *const rows[3], int32_t x) {
    const float *up = rows[0], *here = rows[1], *down = rows[2];
    const float near = here[x - 1] + here[x + 1] + up[x] + down[x];
    const float far = up[x - 1] + up[x + 1] + down[x - 1] + down[x + 1];
    return near * (1.0f / 6) + far * (1.0f / 12);
}

static void iterate_1981(float *new_u, float *new_v, const float *const u[3],
                         const float *const v[3], const float *dx, const float *dy, const float *dt,
                         float alpha2, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float mean_u = mean_1981(u, x), mean_v = mean_1981(v, x);
        const float residual = dx[x] * mean_u + dy[x] * mean_v + dt[x];
        const float step = residual / (alpha2 + dx[x] * dx[x] + dy[x] * dy[x]);
        new_u[x] = mean_u - dx[x] * step;
        new_v[x] = mean_v - dy[x] * step;
    }
}

/* ---- fields ---- */

static void blend_rows(float *out, const float *const *rows, const float *weights, int32_t taps,
                       int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        float sum = weights[0] * rows[0][x];
        for (int32_t k = 1; k < taps; k++)
            sum = sum + weights[k] * rows[k][x];
        out[x] = sum;
    }
}

static void blend_across(float *out, const float *in, const int32_t *starts, const float *weights,
                         int32_t taps, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        float sum = weights[x] * in[starts[x]];
        for (int32_t k = 1; k < taps; k++)
            sum = sum + weights[k * count + x] * in[starts[x] + k];
        out[x] = sum;
    }
}

static void put_warped(float *mean, float *difference, float *inside, float first, float warped,
                       bool is_inside) {
    *inside = is_inside ? 1 : 0;
    *difference = *inside * (warped - first);
    *mean = first + 0.5f * *difference;
}

static void warp(float *mean, float *difference, float *inside, const float *first,
                 const float *second, ptrdiff_t stride, const float *u, const float *v, int32_t y,
                 int32_t width, int32_t height) {
    for (int32_t x = 0; x < width; x++) {
        const float px = (float)x + u[x], py = (float)y + v[x];
        const float cx = seg_clamp_to(px, (float)(width - 1));
        const float cy = seg_clamp_to(py, (float)(height - 1));
        const int32_t ix = (int32_t)cx, iy = (int32_t)cy;
        float wx[4], wy[4], column[4];
        seg_catmull_rom(cx - (float)ix, &wx[0], &wx[1], &wx[2], &wx[3]);
        seg_catmull_rom(cy - (float)iy, &wy[0], &wy[1], &wy[2], &wy[3]);
        const float *corner = second + (iy - 1) * stride + ix - 1;
        for (int k = 0; k < 4; k++)
            column[k] = ((wy[0] * corner[k] + wy[1] * corner[stride + k]) +
                         wy[2] * corner[2 * stride + k]) +
                        wy[3] * corner[3 * stride + k];
        const float warped =
            ((wx[0] * column[0] + wx[1] * column[1]) + wx[2] * column[2]) + wx[3] * column[3];
        put_warped(&mean[x], &difference[x], &inside[x], first[x], warped, cx == px && cy == py);
    }
}

static void derive(float *out, const float *a, const float *b, const float *c, const float *d,
                   int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = (8 * (c[x] - b[x]) - (d[x] - a[x])) * (1.0f / 12);
}

static void split(float *even, float *odd, const float *in, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        (x % 2 ? odd : even)[x / 2] = in[x];
}

static void join(float *out, const float *even, const float *odd, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        out[x] = (x % 2 ? odd : even)[x / 2];
}

/* ---- the energy ---- */

static float derivative(float a, float b, float c, float d) {
    return (8 * (c - b) - (d - a)) * (1.0f / 12);
}

static float second_derivative(float a, float b, float c, float d, float e) {
    return (16 * (b + d) - (a + e) - 30 * c) * (1.0f / 12);
}

static void tensor(float *const tensor[SEG_TENSOR], const float *const mean[5],
                   const float *const across[5], const float *const time[5], const float *inside,
                   float gamma, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float *m = mean[2] + x, *t = time[2] + x;
        const float ix = across[2][x],
                    iy = derivative(mean[0][x], mean[1][x], mean[3][x], mean[4][x]);
        const float ixx = second_derivative(m[-2], m[-1], m[0], m[1], m[2]);
        const float iyy =
            second_derivative(mean[0][x], mean[1][x], mean[2][x], mean[3][x], mean[4][x]);
        const float ixy = derivative(across[0][x], across[1][x], across[3][x], across[4][x]);
        const float it = t[0], ixt = derivative(t[-2], t[-1], t[1], t[2]);
        const float iyt = derivative(time[0][x], time[1][x], time[3][x], time[4][x]);
        const float b = inside[x], g = inside[x] * gamma;
        tensor[SEG_J11][x] = b * (ix * ix) + g * (ixx * ixx + ixy * ixy);
        tensor[SEG_J12][x] = b * (ix * iy) + g * (ixx * ixy + ixy * iyy);
        tensor[SEG_J22][x] = b * (iy * iy) + g * (ixy * ixy + iyy * iyy);
        tensor[SEG_J13][x] = b * (ix * it) + g * (ixx * ixt + ixy * iyt);
        tensor[SEG_J23][x] = b * (iy * it) + g * (ixy * ixt + iyy * iyt);
        tensor[SEG_J33][x] = b * (it * it) + g * (ixt * ixt + iyt * iyt);
    }
}

static void edge_weights(float *weights, const float *u, const float *v, const float *u2,
                         const float *v2, float lambda, const seg_flow_robust *robust,
                         int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float du = u[x] - u2[x], dv = v[x] - v2[x];
        weights[x] = lambda * seg_robust_of(du * du + dv * dv, robust->penalty, robust->e2,
                                            robust->share, robust->even);
    }
}

/* Inverts [a + w, b; b, c + w]; [a b; b c] has no negative eigenvalue, up to rounding. */
static void put_block(float *const out[5], int32_t x, float a, float b, float c, float w, float bu,
                      float bv) {
    const float minor = a * c - b * b;
    const float inverse = 1 / (w * (w + a + c) + (minor < 0 ? 0 : minor));
    out[0][x] = (c + w) * inverse;
    out[1][x] = -b * inverse;
    out[2][x] = (a + w) * inverse;
    out[3][x] = bu;
    out[4][x] = bv;
}

static void blocks(float *const out[5], const float *const j[SEG_TENSOR], const float *u,
                   const float *v, const float *u0, const float *v0, const float *const weight[4],
                   const seg_flow_robust *robust, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float du = u[x] - u0[x], dv = v[x] - v0[x];
        const float error = du * (j[SEG_J11][x] * du + 2 * (j[SEG_J12][x] * dv + j[SEG_J13][x])) +
                            dv * (j[SEG_J22][x] * dv + 2 * j[SEG_J23][x]) + j[SEG_J33][x];
        const float d = seg_robust_of(error < 0 ? 0 : error, robust->penalty, robust->e2,
                                      robust->share, robust->even);
        const float sum = (weight[0][x] + weight[1][x]) + (weight[2][x] + weight[3][x]);
        const float bu = j[SEG_J11][x] * u0[x] + j[SEG_J12][x] * v0[x] - j[SEG_J13][x];
        const float bv = j[SEG_J12][x] * u0[x] + j[SEG_J22][x] * v0[x] - j[SEG_J23][x];
        put_block(out, x, d * j[SEG_J11][x], d * j[SEG_J12][x], d * j[SEG_J22][x], sum, d * bu,
                  d * bv);
    }
}

static void blocks_even(float *const out[5], const float *const j[SEG_TENSOR], const float *u0,
                        const float *v0, const float *neighbours, float lambda, int32_t count) {
    const float d = 1 / lambda;
    for (int32_t x = 0; x < count; x++) {
        const float bu = j[SEG_J11][x] * u0[x] + j[SEG_J12][x] * v0[x] - j[SEG_J13][x];
        const float bv = j[SEG_J12][x] * u0[x] + j[SEG_J22][x] * v0[x] - j[SEG_J23][x];
        put_block(out, x, d * j[SEG_J11][x], d * j[SEG_J12][x], d * j[SEG_J22][x], neighbours[x],
                  d * bu, d * bv);
    }
}

static void relax_pixel(float *u, float *v, float near_u, float near_v, const seg_flow_block *block,
                        float omega, int32_t x) {
    const float a = block->bu[x] + near_u, b = block->bv[x] + near_v;
    const float new_u = block->i11[x] * a + block->i12[x] * b;
    const float new_v = block->i12[x] * a + block->i22[x] * b;
    u[x] = u[x] + omega * (new_u - u[x]);
    v[x] = v[x] + omega * (new_v - v[x]);
}

static void relax(float *u, float *v, const seg_flow_near *near, const seg_flow_block *block,
                  float omega, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        float weighted[2][4];
        for (int k = 0; k < 4; k++) {
            weighted[0][k] = near->weight[k][x] * near->u[k][x];
            weighted[1][k] = near->weight[k][x] * near->v[k][x];
        }
        relax_pixel(u, v, (weighted[0][0] + weighted[0][1]) + (weighted[0][2] + weighted[0][3]),
                    (weighted[1][0] + weighted[1][1]) + (weighted[1][2] + weighted[1][3]), block,
                    omega, x);
    }
}

static void relax_even(float *u, float *v, const seg_flow_near *near, const seg_flow_block *block,
                       float omega, int32_t count) {
    for (int32_t x = 0; x < count; x++)
        relax_pixel(u, v, (near->u[0][x] + near->u[1][x]) + (near->u[2][x] + near->u[3][x]),
                    (near->v[0][x] + near->v[1][x]) + (near->v[2][x] + near->v[3][x]), block, omega,
                    x);
}

enum { ENTRIES = SEG_GUIDED_SIDE * SEG_GUIDED_ROW };

/* Weights of the values up to `most`: a sum for every sixteenth entry, then of halves. */
static float weight_up_to(const float *values, const float *weights, float most) {
    float s[16] = {0};
    for (int i = 0; i < ENTRIES; i++)
        s[i % 16] += values[i] <= most ? weights[i] : 0;
    for (int k = 0; k < 8; k++)
        s[k] += s[k + 8];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static float weighted_median(const float *values, const float *weights) {
    float low = values[0], high = values[0];
    for (int i = 0; i < ENTRIES; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    const float half = 0.5f * weight_up_to(values, weights, high);
    for (int step = 0; step < SEG_GUIDED_STEPS && high - low > SEG_GUIDED_EXACT; step++) {
        const float middle = 0.5f * (low + high);
        if (weight_up_to(values, weights, middle) >= half)
            high = middle;
        else
            low = middle;
    }
    return high + 0.0f;
}

static void guided_median(float *u, float *v, const seg_guided_window *window) {
    float values_u[ENTRIES], values_v[ENTRIES], weights[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
        const int row = i / SEG_GUIDED_ROW, x = i % SEG_GUIDED_ROW - SEG_GUIDED_RADIUS;
        float distance = 0;
        for (int c = 0; c < 3; c++) {
            const float d = window->colour[c][row][x] - window->colour[c][SEG_GUIDED_RADIUS][0];
            distance = distance + d * d;
        }
        const float d = window->sharpness * distance;
        weights[i] = window->nearness[i] * window->trust[row][x] /
                     (1 + d * (1 + d * (0.5f + d * (1.0f / 6))));
        /* the entry without weight stands where the middle one does */
        const int at = i % SEG_GUIDED_ROW == SEG_GUIDED_SIDE ? 0 : x;
        values_u[i] = window->u[row][at];
        values_v[i] = window->v[row][at];
    }
    *u = weighted_median(values_u, weights);
    *v = weighted_median(values_v, weights);
}

static void limit(float *u, const float *u0, float most, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float moved = u[x] - u0[x];
        const float low = moved < -most ? -most : moved;
        u[x] = (u0[x] + (low > most ? most : low)) + 0.0f;
    }
}

const seg_flow_kernels seg_flow_kernels_ref = {
    .cube = cube,
    .iterate_1981 = iterate_1981,
    .blend_rows = blend_rows,
    .blend_across = blend_across,
    .warp = warp,
    .derive = derive,
    .split = split,
    .join = join,
    .tensor = tensor,
    .edge_weights = edge_weights,
    .blocks = blocks,
    .blocks_even = blocks_even,
    .relax = relax,
    .relax_even = relax_even,
    .guided_median = guided_median,
    .limit = limit,
};
