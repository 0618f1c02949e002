/* TV-L1 against whole iterations, one after the other, in double precision. */
#include "core_main.h"
#include "motion_scene.h"

/* Too narrow for a second level, high enough for several bands. */
#define W 11
#define H 210
#define WARP_ITERATIONS 47
#define LAMBDA 0.3
#define THETA 0.3
#define TAU 0.25

typedef double plane[H][W];

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* One warp from 0, as in the paper: v by the threshold, u by the divergence of p, p by the
 * gradient of u. */
static void solve(plane u[2], const float *first, const float *second) {
    static plane a, b, mean, gx, gy, dual[2][2];
    memset(dual, 0, sizeof dual);
    memset(u, 0, 2 * sizeof *u);
    motion_blur(&a[0][0], first, W, H, 0.8);
    motion_blur(&b[0][0], second, W, H, 0.8);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            mean[y][x] = (a[y][x] + b[y][x]) / 2;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            gx[y][x] = motion_slope(&mean[0][0], W, H, x, y, 1, 0);
            gy[y][x] = motion_slope(&mean[0][0], W, H, x, y, 0, 1);
        }
    for (int i = 0; i < WARP_ITERATIONS; i++) {
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                const double square = gx[y][x] * gx[y][x] + gy[y][x] * gy[y][x];
                const double rho =
                    b[y][x] - a[y][x] + gx[y][x] * u[0][y][x] + gy[y][x] * u[1][y][x];
                double step = 0;
                if (rho < -LAMBDA * THETA * square)
                    step = LAMBDA * THETA;
                else if (rho > LAMBDA * THETA * square)
                    step = -LAMBDA * THETA;
                else if (square > 1e-6)
                    step = -rho / square;
                for (int c = 0; c < 2; c++) {
                    double div = dual[c][0][y][x] + dual[c][1][y][x];
                    if (x > 0) div -= dual[c][0][y][x - 1];
                    if (y > 0) div -= dual[c][1][y - 1][x];
                    u[c][y][x] += step * (c ? gy[y][x] : gx[y][x]) + THETA * div;
                }
            }
        for (int c = 0; c < 2; c++)
            for (int y = 0; y < H; y++)
                for (int x = 0; x < W; x++) {
                    const double dx = x + 1 < W ? u[c][y][x + 1] - u[c][y][x] : 0;
                    const double dy = y + 1 < H ? u[c][y + 1][x] - u[c][y][x] : 0;
                    const double shrink = 1 + TAU / THETA * sqrt(dx * dx + dy * dy);
                    dual[c][0][y][x] = (dual[c][0][y][x] + TAU / THETA * dx) / shrink;
                    dual[c][1][y][x] = (dual[c][1][y][x] + TAU / THETA * dy) / shrink;
                }
    }
}

START_TEST(iterations) {
    static float first[W * H], second[W * H];
    static plane wanted[2];
    motion_scene_fill(first, W, H, 0, 0, 2.5);
    motion_scene_fill(second, W, H, 0.4, -0.3, 2.5);
    solve(wanted, first, second);
    flow_run run =
        flow_start("tv-l1", (const char *const[]){"warps", "1", "iterations", "47", "median",
                                                  "false", "attachment", "0.3", NULL});
    flow_give(&run, first, W, H);
    flow_give(&run, second, W, H);
    double largest = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < 2; c++) {
                ck_assert_double_eq_tol((double)flow_at(&run, x, y)[c], wanted[c][y][x], 2e-3);
                largest = larger(largest, fabs(wanted[c][y][x]));
            }
    ck_assert_double_gt(largest, 0.3);
    flow_stop(&run);
}
END_TEST

/* Nothing moves, nothing is found; a single line and column of pixels are no trouble. */
START_TEST(still) {
    static float pixels[W * H];
    static const int sizes[][2] = {{W, H}, {1, 1}, {1, 40}, {40, 1}};
    motion_scene_fill(pixels, W, H, 0, 0, 2.5);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        flow_run run = flow_start("tv-l1", NULL);
        flow_give(&run, pixels, sizes[i][0], sizes[i][1]);
        flow_give(&run, pixels, sizes[i][0], sizes[i][1]);
        for (int y = 0; y < sizes[i][1]; y++)
            for (int x = 0; x < sizes[i][0]; x++)
                ck_assert(flow_at(&run, x, y)[0] == 0 && flow_at(&run, x, y)[1] == 0);
        flow_stop(&run);
    }
}
END_TEST

CORE_MAIN("tv-l1", iterations, still)
