/* Flow kernels, the readable twin: one pixel at a time. */
#include "kernels/flow.h"

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

const seg_flow_kernels seg_flow_kernels_ref = {
    .cube = cube,
    .iterate_1981 = iterate_1981,
};
