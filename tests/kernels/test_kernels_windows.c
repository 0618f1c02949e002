/* Kernels of windows: every level gives what the readable twin gives, and writes nothing else. */
#include "kernels/windows.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 133
#define EDGE 16
#define ROOM (LONGEST + 2 * EDGE)
#define ROWS 40
#define HEIGHT 5

static const seg_windows_kernels *const ref = &seg_windows_kernels_ref;
static const seg_windows_kernels *levels[2];
static int level_count;
static pixels_random random_state;
static float memory[ROWS][ROOM], wanted[SEG_NORMAL][ROOM], got[SEG_NORMAL][ROOM];
static float *wanted_rows[SEG_NORMAL], *got_rows[SEG_NORMAL];
static const float *in[ROWS];

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_windows_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_windows_kernels_avx2;
#endif
}

static float random_value(float range) {
    const float unit = (float)pixels_below(&random_state, 1u << 20) / (float)(1 << 19) - 1;
    return pixels_below(&random_state, 5) ? unit * range : 0;
}

static void start(float range) {
    for (int i = 0; i < ROWS; i++) {
        for (int x = 0; x < ROOM; x++)
            memory[i][x] = random_value(range);
        in[i] = memory[i] + EDGE;
    }
    memset(wanted, PIXELS_GUARD, sizeof wanted);
    memset(got, PIXELS_GUARD, sizeof got);
    for (int k = 0; k < SEG_NORMAL; k++) {
        wanted_rows[k] = wanted[k] + EDGE;
        got_rows[k] = got[k] + EDGE;
    }
}

static void compare(const char *what, int count) {
    ck_assert_msg(memcmp(wanted, got, sizeof wanted) == 0, "%s, %d pixels", what, count);
}

START_TEST(rows_agree) {
    random_state = pixels_random_start(21);
    find_levels();
    for (int count = 1; count < LONGEST; count++)
        for (int level = 0; level < level_count; level++) {
            const seg_windows_kernels *k = levels[level];
            const int32_t taps = 1 + count % 31;
            seg_expansion e = {.radius = 1 + count % SEG_EXPANSION_RADIUS};
            for (int32_t i = 0; i <= e.radius; i++) {
                e.blur[i] = random_value(1);
                e.slope[i] = random_value(1);
                e.curvature[i] = random_value(1);
            }
            start(count % 3 ? 255 : 0.1f);
            ref->expand_down(wanted_rows, in + 20, &e, count);
            k->expand_down(got_rows, in + 20, &e, count);
            compare("expand_down", count);
            ref->expand_across(wanted_rows, in, &e, count);
            k->expand_across(got_rows, in, &e, count);
            compare("expand_across", count);
            ref->sum_four(wanted_rows[0], in, count);
            k->sum_four(got_rows[0], in, count);
            compare("sum_four", count);
            ref->sum_rows(wanted_rows[0], in, taps, count);
            k->sum_rows(got_rows[0], in, taps, count);
            compare("sum_rows", count);
            ref->gradient(wanted_rows, in[0], in[1], in[2], count);
            k->gradient(got_rows, in[0], in[1], in[2], count);
            compare("gradient", count);
            ref->solve(wanted_rows[0], wanted_rows[1], in, in[6], in[7], 0.7f, count);
            k->solve(got_rows[0], got_rows[1], in, in[6], in[7], 0.7f, count);
            compare("solve", count);
        }
}
END_TEST

START_TEST(polynomials_agree) {
    static float packed[2][HEIGHT + 1][SEG_PACKED * ROOM];
    random_state = pixels_random_start(22);
    find_levels();
    for (int width = 1; width < LONGEST - 1; width++)
        for (int level = 0; level < level_count; level++) {
            const seg_windows_kernels *k = levels[level];
            start(9);
            memset(packed, PIXELS_GUARD, sizeof packed);
            for (int y = 0; y <= HEIGHT; y++) {
                ref->pack(packed[0][y], in + 5 * y, width + 1);
                k->pack(packed[1][y], in + 5 * y, width + 1);
            }
            ck_assert_mem_eq(packed[0], packed[1], sizeof packed[0]);
            for (int y = 0; y < HEIGHT; y++) {
                ref->displace(wanted_rows, in + 31, packed[0][0], SEG_PACKED * ROOM, in[36], in[37],
                              y, width, HEIGHT);
                k->displace(got_rows, in + 31, packed[0][0], SEG_PACKED * ROOM, in[36], in[37], y,
                            width, HEIGHT);
                compare("displace", width);
            }
        }
}
END_TEST

/* Two equations in one unknown each: 2 u = 6, 3 v = -6. */
START_TEST(solution_by_hand) {
    const float g11[1] = {4}, g12[1] = {0}, g22[1] = {9}, h1[1] = {12}, h2[1] = {-18};
    const float none[1] = {0}, start_u[1] = {7};
    const float *const sums[SEG_NORMAL] = {g11, g12, g22, h1, h2};
    float u[1], v[1];
    ref->solve(u, v, sums, none, none, 1e-6f, 1);
    ck_assert_float_eq_tol(u[0], 3, 1e-4f);
    ck_assert_float_eq_tol(v[0], -2, 1e-4f);
    /* nothing known: what was there before stays */
    const float *const empty[SEG_NORMAL] = {none, none, none, none, none};
    ref->solve(u, v, empty, start_u, none, 0.5f, 1);
    ck_assert_float_eq(u[0], 7);
    ck_assert_float_eq(v[0], 0);
}
END_TEST

CORE_MAIN("kernels of windows", rows_agree, polynomials_agree, solution_by_hand)
