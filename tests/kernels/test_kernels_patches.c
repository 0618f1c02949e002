/* Patch kernels: every level gives what the readable twin gives. */
#include "kernels/patches.h"
#include "pixels.h"
#include "unit/core_main.h"

#define STRIDE 24
#define ROWS 12

static const seg_patches_kernels *const ref = &seg_patches_kernels_ref;
static const seg_patches_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_patches_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_patches_kernels_avx2;
#endif
}

static void fill(float *out, int count, float range, pixels_random *random) {
    for (int i = 0; i < count; i++)
        out[i] = ((float)pixels_below(random, 1u << 20) / (float)(1 << 19) - 1) * range;
}

START_TEST(patches) {
    static float planes[4][ROWS * STRIDE], sums[2][3][ROWS * STRIDE];
    pixels_random random = pixels_random_start(3);
    find_levels();
    for (int run = 0; run < 500; run++)
        for (int level = 0; level < level_count; level++) {
            for (int i = 0; i < 4; i++)
                fill(planes[i], ROWS * STRIDE, run % 3 ? 255 : 0.7f, &random);
            seg_patch_place place = {planes[0], planes[1], planes[2], planes[3], STRIDE, 0, 0};
            place.fx = (float)(run % 7) / 7;
            place.fy = (float)(run % 5) / 5;
            const seg_patches_kernels *got = levels[level];
            seg_patch_sums a, b;
            ref->compare(&a, &place);
            got->compare(&b, &place);
            ck_assert_mem_eq(&a, &b, sizeof a);
            seg_patch_tensor s, t;
            ref->tensor(&s, planes[1], planes[2], STRIDE);
            got->tensor(&t, planes[1], planes[2], STRIDE);
            ck_assert_mem_eq(&s, &t, sizeof s);
            for (int i = 0; i < 3; i++) {
                fill(sums[0][i], ROWS * STRIDE, 9, &random);
                memcpy(sums[1][i], sums[0][i], sizeof sums[0][i]);
            }
            const int first = (int)pixels_below(&random, 9), end = first + (8 - first) / 2;
            ref->spread(sums[0][0], sums[0][1], sums[0][2], &place, 1.3f, -0.7f, first, end);
            got->spread(sums[1][0], sums[1][1], sums[1][2], &place, 1.3f, -0.7f, first, end);
            ck_assert_mem_eq(sums[0], sums[1], sizeof sums[0]);
        }
}
END_TEST

/* A constant patch over a ramp: the sums can be told. */
START_TEST(sums_by_hand) {
    static float first[8 * STRIDE], slope[8 * STRIDE], none[8 * STRIDE], second[9 * STRIDE];
    for (int y = 0; y < 9; y++)
        for (int x = 0; x < STRIDE; x++)
            second[y * STRIDE + x] = (float)x;
    for (int i = 0; i < 8 * STRIDE; i++)
        slope[i] = 2;
    const seg_patch_place place = {first, slope, none, second, STRIDE, 0.5f, 0};
    seg_patch_sums sums;
    ref->compare(&sums, &place);
    /* e = x + 1/2 for x = 0 .. 7: 32 a row; e^2: 140 + 28 + 2 */
    ck_assert_float_eq(sums.e, 8 * 32);
    ck_assert_float_eq(sums.ee, 8 * 170);
    ck_assert_float_eq(sums.ex, 8 * 64);
    ck_assert_float_eq(sums.ey, 0);
}
END_TEST

START_TEST(halves) {
    pixels_random random = pixels_random_start(5);
    static float rows[2][260], out[2][132];
    find_levels();
    for (int count = 0; count <= 130; count++)
        for (int level = 0; level < level_count; level++) {
            fill(rows[0], 260, 255, &random);
            fill(rows[1], 260, 255, &random);
            memset(out, PIXELS_GUARD, sizeof out);
            ref->halve(out[0], rows[0], rows[1], count);
            levels[level]->halve(out[1], rows[0], rows[1], count);
            ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
        }
}
END_TEST

CORE_MAIN("patch kernels", patches, sums_by_hand, halves)
