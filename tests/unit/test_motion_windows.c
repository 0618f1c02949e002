/* Farneback's and Lucas and Kanade's flow against their definitions in double precision. */
#include "core_main.h"
#include "motion_scene.h"

/* Too low for a second level. */
#define W 70
#define H 15

typedef double plane[H][W];

static void solve(double *a, double *b, int n) {
    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n; k++) {
            const double factor = a[k * n + i] / a[i * n + i];
            for (int j = i; j < n; j++)
                a[k * n + j] -= factor * a[i * n + j];
            b[k] -= factor * b[i];
        }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= a[i * n + j] * b[j];
        b[i] /= a[i * n + i];
    }
}

/* The flow of one step from 0: the normal equations of the pixels, 5 planes, summed over a window.
 */
static void solve_windows(plane out[2], const plane normal[5], int side, double damping) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double s[5] = {0};
            for (int dy = -side / 2; dy <= side / 2; dy++)
                for (int dx = -side / 2; dx <= side / 2; dx++)
                    for (int k = 0; k < 5; k++)
                        if (x + dx >= 0 && x + dx < W && y + dy >= 0 && y + dy < H)
                            s[k] += normal[k][y + dy][x + dx];
            double a[4] = {s[0] + damping, s[1], s[1], s[2] + damping}, b[2] = {s[3], s[4]};
            solve(a, b, 2);
            out[0][y][x] = b[0];
            out[1][y][x] = b[1];
        }
}

static void compare(const char *id, const char *const *options, const plane wanted[2], float *first,
                    float *second, double allowed) {
    flow_run run = flow_start(id, options);
    flow_give(&run, first, W, H);
    flow_give(&run, second, W, H);
    double largest = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < 2; c++) {
                ck_assert_double_eq_tol((double)flow_at(&run, x, y)[c], wanted[c][y][x], allowed);
                largest = fabs(wanted[c][y][x]) > largest ? fabs(wanted[c][y][x]) : largest;
            }
    ck_assert_double_gt(largest, 0.3);
    flow_stop(&run);
}

/* ---- Farneback ---- */

#define SIGMA 1.2
#define RADIUS 5

/* Weighted least squares of 1, x, y, x^2, y^2, xy in the square around a pixel. */
static void expand(double out[6], const float *picture, int x, int y) {
    double a[36] = {0}, b[6] = {0};
    for (int dy = -RADIUS; dy <= RADIUS; dy++)
        for (int dx = -RADIUS; dx <= RADIUS; dx++) {
            const double base[6] = {1, dx, dy, dx * dx, dy * dy, dx * dy};
            const double weight = exp(-(dx * dx + dy * dy) / (2 * SIGMA * SIGMA));
            const float value = picture[motion_clamp(y + dy, H) * W + motion_clamp(x + dx, W)];
            for (int i = 0; i < 6; i++) {
                for (int k = 0; k < 6; k++)
                    a[i * 6 + k] += weight * base[i] * base[k];
                b[i] += weight * base[i] * 255 * (double)value;
            }
        }
    solve(a, b, 6);
    memcpy(out, b, sizeof b);
}

START_TEST(farneback_step) {
    static float first[W * H], second[W * H];
    static plane normal[5], wanted[2];
    motion_scene_fill(first, W, H, 0, 0, 2.5);
    motion_scene_fill(second, W, H, 0.4, -0.3, 2.5);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double p[6], q[6];
            expand(p, first, x, y);
            expand(q, second, x, y);
            const double a = (p[3] + q[3]) / 2, c = (p[4] + q[4]) / 2, b = (p[5] + q[5]) / 4;
            const double d1 = (p[1] - q[1]) / 2, d2 = (p[2] - q[2]) / 2;
            normal[0][y][x] = a * a + b * b;
            normal[1][y][x] = a * b + b * c;
            normal[2][y][x] = b * b + c * c;
            normal[3][y][x] = a * d1 + b * d2;
            normal[4][y][x] = b * d1 + c * d2;
        }
    solve_windows(wanted, (const plane *)normal, 7, 1e-3);
    compare("farneback", (const char *const[]){"iterations", "1", "window", "7", NULL},
            (const plane *)wanted, first, second, 5e-3);
}
END_TEST

/* A paraboloid that moves is one everywhere: one step finds its motion, be it small or large. */
START_TEST(farneback_paraboloid) {
    static float first[W * H], second[W * H];
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const double ax = x - 35, ay = y - 7, bx = ax - 1.5, by = ay + 2;
            first[y * W + x] = (float)((20 + 0.1 * ax * ax + 0.2 * ay * ay + 0.1 * ax * ay) / 255);
            second[y * W + x] = (float)((20 + 0.1 * bx * bx + 0.2 * by * by + 0.1 * bx * by) / 255);
        }
    flow_run run =
        flow_start("farneback", (const char *const[]){"iterations", "1", "window", "3", NULL});
    flow_give(&run, first, W, H);
    flow_give(&run, second, W, H);
    for (int y = 6; y < H - 6; y++)
        for (int x = 6; x < W - 6; x++) {
            ck_assert_float_eq_tol(flow_at(&run, x, y)[0], 1.5f, 0.1f);
            ck_assert_float_eq_tol(flow_at(&run, x, y)[1], -2, 0.1f);
        }
    flow_stop(&run);
}
END_TEST

/* ---- Lucas and Kanade ---- */

START_TEST(lucas_kanade_step) {
    static float first[W * H], second[W * H];
    static plane a, b, mean, normal[5], wanted[2];
    motion_scene_fill(first, W, H, 0, 0, 2.5);
    motion_scene_fill(second, W, H, 0.4, -0.3, 2.5);
    motion_blur(&a[0][0], first, W, H, 0.7);
    motion_blur(&b[0][0], second, W, H, 0.7);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            mean[y][x] = (a[y][x] + b[y][x]) / 2;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const double gx = motion_slope(&mean[0][0], W, H, x, y, 1, 0);
            const double gy = motion_slope(&mean[0][0], W, H, x, y, 0, 1);
            const double time = b[y][x] - a[y][x];
            normal[0][y][x] = gx * gx;
            normal[1][y][x] = gx * gy;
            normal[2][y][x] = gy * gy;
            normal[3][y][x] = -gx * time;
            normal[4][y][x] = -gy * time;
        }
    solve_windows(wanted, (const plane *)normal, 7, 0.5 * 7 * 7);
    compare("lucas-kanade",
            (const char *const[]){"iterations", "1", "window", "7", "damping", "0.5", "median",
                                  "false", NULL},
            (const plane *)wanted, first, second, 2e-3);
}
END_TEST

CORE_MAIN("flow of windows", farneback_step, farneback_paraboloid, lucas_kanade_step)
