/* Flow kernels for the vector units: loops over rows that the compiler makes vectors of. */
#include "kernels/flow.h"

/* ---- Horn and Schunck 1981 ---- */

static void cube(float *restrict dx, float *restrict dy, float *restrict dt,
                 const float *const a[2], const float *const b[2], int32_t count) {
    const float *restrict a0 = a[0], *restrict a1 = a[1], *restrict b0 = b[0], *restrict b1 = b[1];
    for (int32_t x = 0; x < count; x++) {
        dx[x] = 0.25f * ((a0[x + 1] - a0[x]) + (a1[x + 1] - a1[x]) + (b0[x + 1] - b0[x]) +
                         (b1[x + 1] - b1[x]));
        dy[x] = 0.25f * ((a1[x] - a0[x]) + (a1[x + 1] - a0[x + 1]) + (b1[x] - b0[x]) +
                         (b1[x + 1] - b0[x + 1]));
        dt[x] = 0.25f * ((b0[x] - a0[x]) + (b1[x] - a1[x]) + (b0[x + 1] - a0[x + 1]) +
                         (b1[x + 1] - a1[x + 1]));
    }
}

static inline float mean_1981(const float *up, const float *here, const float *down, int32_t x) {
    return (here[x - 1] + here[x + 1] + up[x] + down[x]) * (1.0f / 6) +
           (up[x - 1] + up[x + 1] + down[x - 1] + down[x + 1]) * (1.0f / 12);
}

static void iterate_1981(float *restrict new_u, float *restrict new_v, const float *const u[3],
                         const float *const v[3], const float *restrict dx,
                         const float *restrict dy, const float *restrict dt, float alpha2,
                         int32_t count) {
    const float *restrict u0 = u[0], *restrict u1 = u[1], *restrict u2 = u[2];
    const float *restrict v0 = v[0], *restrict v1 = v[1], *restrict v2 = v[2];
    for (int32_t x = 0; x < count; x++) {
        const float mean_u = mean_1981(u0, u1, u2, x), mean_v = mean_1981(v0, v1, v2, x);
        const float step =
            (dx[x] * mean_u + dy[x] * mean_v + dt[x]) / (alpha2 + dx[x] * dx[x] + dy[x] * dy[x]);
        new_u[x] = mean_u - dx[x] * step;
        new_v[x] = mean_v - dy[x] * step;
    }
}

const seg_flow_kernels SEG_LEVEL_NAME(seg_flow_kernels) = {
    .cube = cube,
    .iterate_1981 = iterate_1981,
};
