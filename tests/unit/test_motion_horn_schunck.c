/* Horn and Schunck: the 1981 iteration by hand and against its linear system. */
#include "core_main.h"
#include "motion_scene.h"

#include <math.h>

/* ---- 1981 ---- */

/* One iteration from 0 on a ramp that moves by a tenth of its slope: every derivative is the same
 * everywhere but at the border, where the copy of the border halves it. */
START_TEST(one_iteration_by_hand) {
    float first[3][4], second[3][4];
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 4; x++) {
            first[y][x] = (float)(8 * x) / 255;
            second[y][x] = (float)(8 * x - 4) / 255 + 8.0f / 255;
            first[y][x] += 8.0f / 255;
        }
    flow_run run = flow_start("horn-schunck", (const char *const[]){"scheme", "1981", "iterations",
                                                                    "1", "alpha", "4", NULL});
    flow_give(&run, &first[0][0], 4, 3);
    flow_give(&run, &second[0][0], 4, 3);
    /* Ex = 8, Ey = 0, Et = -4: u = 8 * 4 / (16 + 64) */
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++) {
            ck_assert_float_eq_tol(flow_at(&run, x, y)[0], 0.4f, 0.002f);
            ck_assert_float_eq_tol(flow_at(&run, x, y)[1], 0, 1e-6f);
        }
    /* the last column: no difference across */
    ck_assert_float_eq_tol(flow_at(&run, 3, 1)[0], 0, 1e-6f);
    flow_stop(&run);
}
END_TEST

/* ---- the linear system ---- */

#define W 7
#define H 6
#define N (W * H)

static int clamp_to(int i, int size) {
    return i < 0 ? 0 : i < size ? i : size - 1;
}

static double at(const float *picture, int x, int y) {
    return 255.0 * (double)picture[clamp_to(y, H) * W + clamp_to(x, W)];
}

/* Mean of the differences along the four edges of the cube in one direction. */
static double cube_edge(const float *const frames[2], int x, int y, int direction) {
    double sum = 0;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            if (direction == 0)
                sum += at(frames[j], x + 1, y + i) - at(frames[j], x, y + i);
            else if (direction == 1)
                sum += at(frames[j], x + i, y + 1) - at(frames[j], x + i, y);
            else
                sum += at(frames[1], x + i, y + j) - at(frames[0], x + i, y + j);
        }
    return sum / 4;
}

static void solve(double *a, double *b, int n) {
    for (int i = 0; i < n; i++) {
        int pivot = i;
        for (int k = i + 1; k < n; k++)
            if (fabs(a[k * n + i]) > fabs(a[pivot * n + i])) pivot = k;
        for (int j = 0; j < n; j++) {
            const double t = a[i * n + j];
            a[i * n + j] = a[pivot * n + j];
            a[pivot * n + j] = t;
        }
        const double t = b[i];
        b[i] = b[pivot];
        b[pivot] = t;
        for (int k = i + 1; k < n; k++) {
            const double factor = a[k * n + i] / a[i * n + i];
            for (int j = i; j < n; j++)
                a[k * n + j] -= factor * a[i * n + j];
            b[k] -= factor * b[i];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= a[i * n + j] * b[j];
        b[i] /= a[i * n + i];
    }
}

/* (alpha^2 + Ex^2) u + Ex Ey v - alpha^2 mean(u) = -Ex Et, and likewise for v: equation 10 of the
 * paper with the mean in place of the Laplacian, the border copied outwards. */
static void build_system(double *a, double *b, const float *const frames[2], double alpha) {
    memset(a, 0, sizeof(double) * 4 * N * N);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const double e[3] = {cube_edge(frames, x, y, 0), cube_edge(frames, x, y, 1),
                                 cube_edge(frames, x, y, 2)};
            for (int c = 0; c < 2; c++) {
                const int row = 2 * (y * W + x) + c;
                a[row * 2 * N + 2 * (y * W + x)] += e[c] * e[0];
                a[row * 2 * N + 2 * (y * W + x) + 1] += e[c] * e[1];
                a[row * 2 * N + row] += alpha * alpha;
                b[row] = -e[c] * e[2];
                for (int dy = -1; dy <= 1; dy++)
                    for (int dx = -1; dx <= 1; dx++) {
                        if (!dx && !dy) continue;
                        const double weight = dx && dy ? 1.0 / 12 : 1.0 / 6;
                        const int near = clamp_to(y + dy, H) * W + clamp_to(x + dx, W);
                        a[row * 2 * N + 2 * near + c] -= alpha * alpha * weight;
                    }
            }
        }
}

START_TEST(iteration_solves_the_system) {
    static double a[4 * N * N], b[2 * N];
    float first[N], second[N];
    motion_scene_fill(first, W, H, 0, 0, 1.5);
    motion_scene_fill(second, W, H, 0.4, -0.3, 1.5);
    const float *const frames[2] = {first, second};
    build_system(a, b, frames, 12);
    solve(a, b, 2 * N);
    flow_run run = flow_start("horn-schunck", (const char *const[]){"scheme", "1981", "iterations",
                                                                    "4000", "alpha", "12", NULL});
    flow_give(&run, first, W, H);
    flow_give(&run, second, W, H);
    double largest = 0;
    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) {
            ck_assert_float_eq_tol(flow_at(&run, i % W, i / W)[c], (float)b[2 * i + c], 0.004f);
            largest = fmax(largest, fabs(b[2 * i + c]));
        }
    ck_assert_double_gt(largest, 0.2);
    flow_stop(&run);
}
END_TEST

CORE_MAIN("horn-schunck", one_iteration_by_hand, iteration_solves_the_system)
