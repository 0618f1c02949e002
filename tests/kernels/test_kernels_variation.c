/* Kernels of total variation: every level gives what the readable twin gives, and writes nothing
 * else. */
#include "kernels/variation.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 133
#define EDGE 16
#define ROOM (LONGEST + 2 * EDGE)

static const seg_variation_kernels *const ref = &seg_variation_kernels_ref;
static const seg_variation_kernels *levels[2];
static int level_count;
static pixels_random random_state;
static float memory[24][ROOM], wanted[4][ROOM], got[4][ROOM];
static const float *in[24];

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_variation_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_variation_kernels_avx2;
#endif
}

/* -range .. range, sometimes 0. */
static void fill_rows(int from, int count, float range) {
    for (int i = from; i < from + count; i++) {
        for (int x = 0; x < ROOM; x++) {
            const float unit = (float)pixels_below(&random_state, 1u << 20) / (float)(1 << 19) - 1;
            memory[i][x] = pixels_below(&random_state, 5) ? unit * range : 0;
        }
        in[i] = memory[i] + EDGE;
    }
}

/* Outputs begin alike on both sides, their room as well. */
static void start_outputs(int from) {
    for (int i = 0; i < 4; i++) {
        memcpy(wanted[i], memory[from + i], sizeof wanted[i]);
        memcpy(got[i], memory[from + i], sizeof got[i]);
    }
}

static void compare(const char *what, int count) {
    ck_assert_msg(memcmp(wanted, got, sizeof wanted) == 0, "%s, %d pixels", what, count);
}

START_TEST(levels_agree) {
    random_state = pixels_random_start(11);
    find_levels();
    for (int count = 1; count < LONGEST; count++)
        for (int level = 0; level < level_count; level++) {
            const seg_variation_kernels *k = levels[level];
            fill_rows(0, 20, count % 3 ? 255 : 0.01f);
            fill_rows(20, 4, 1);
            const seg_variation_data data = {in[4], in[5], in[6], in[7]};
            const float *const mean[5] = {in[8], in[9], in[10], in[11], in[12]};
            const float *const dual[4] = {in[20], in[21], in[22], in[23]};
            const float *const above[2] = {in[13], in[14]};
            start_outputs(0);
            ref->linearise(wanted[0] + EDGE, wanted[1] + EDGE, wanted[2] + EDGE, wanted[3] + EDGE,
                           mean, in[15], in[20], in[16], in[17], count);
            k->linearise(got[0] + EDGE, got[1] + EDGE, got[2] + EDGE, got[3] + EDGE, mean, in[15],
                         in[20], in[16], in[17], count);
            compare("linearise", count);
            start_outputs(0);
            ref->primal(wanted[0] + EDGE, wanted[1] + EDGE, &data, dual, above, 0.05f, 0.3f, count);
            k->primal(got[0] + EDGE, got[1] + EDGE, &data, dual, above, 0.05f, 0.3f, count);
            compare("primal", count);
            start_outputs(20);
            ref->dual(wanted[0] + EDGE, wanted[1] + EDGE, in[18], in[19], 0.8f, count);
            k->dual(got[0] + EDGE, got[1] + EDGE, in[18], in[19], 0.8f, count);
            compare("dual", count);
        }
}
END_TEST

/* The three cases of the threshold: far to either side a step of `most` along the gradient, near by
 * as far as takes the deviation away. */
START_TEST(threshold_by_hand) {
    float u[3] = {0, 0, 0}, v[3] = {0, 0, 0};
    const float gx[3] = {2, 2, 2}, gy[3] = {0, 0, 0}, inverse[3] = {0.25f, 0.25f, 0.25f};
    const float rest[3] = {8, -8, 0.5f}, zero[4] = {0, 0, 0, 0};
    const seg_variation_data data = {gx, gy, inverse, rest};
    const float *const dual[4] = {zero + 1, zero, zero + 1, zero}, *const above[2] = {zero, zero};
    ref->primal(u, v, &data, dual, above, 0.5f, 1, 3);
    ck_assert_float_eq(u[0], -1);     /* most = 1/2 times 2 */
    ck_assert_float_eq(u[1], 1);      /* to the other side */
    ck_assert_float_eq(u[2], -0.25f); /* 0.5 + 2 u = 0 */
    for (int x = 0; x < 3; x++)
        ck_assert_float_eq(v[x], 0);
}
END_TEST

/* A step of 3 across and 4 down has length 5: p = step (3, 4) / (1 + 5 step). */
START_TEST(dual_by_hand) {
    const float u[2] = {0, 3}, below[1] = {4};
    float px[1] = {0}, py[1] = {0};
    ref->dual(px, py, u, below, 0.6f, 1);
    ck_assert_float_eq_tol(px[0], 0.45f, 1e-6f);
    ck_assert_float_eq_tol(py[0], 0.6f, 1e-6f);
}
END_TEST

CORE_MAIN("kernels of total variation", levels_agree, threshold_by_hand, dual_by_hand)
