/* Kernels of derivatives: every level gives what the readable twin gives. */
#include "kernels/slopes.h"
#include "shapes.h"

#include <check.h>
#include <math.h>

#define LONGEST 150
#define ROOM (LONGEST + 2)

static const seg_slopes_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_slopes_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_slopes_kernels_avx2;
#endif
}

/* Few values, so that there are ties and zeros, or any of 16 bits with either sign. */
static void fill(float *row, shapes_random *random) {
    const uint32_t kind = shapes_below(random, 4);
    for (int32_t i = 0; i < ROOM; i++) {
        const int32_t wide = (int32_t)shapes_below(random, 131071) - 65535;
        const int32_t narrow = (int32_t)shapes_below(random, 5) - 2;
        row[i] = (float)(kind == 0 ? wide : kind == 1 ? narrow : kind == 2 ? narrow * 32767 : 7);
    }
}

typedef struct rows {
    float in[7][ROOM], out[3][ROOM];
} rows;

/* All kernels one after the other; what each wrote, behind `count` as well. */
static void run_all(const seg_slopes_kernels *k, rows results[9], const rows *given,
                    const uint16_t *samples, int32_t count) {
    for (int i = 0; i < 9; i++)
        results[i] = *given;
    const float *above = given->in[0] + 1, *here = given->in[1] + 1, *below = given->in[2] + 1;
    k->widen(results[0].out[0], samples, count);
    k->widen_signed(results[0].out[1], (const int16_t *)samples, count);
    k->centred(results[1].out[0], results[1].out[1], above, here, below, 3, 10, count);
    k->crossed(results[2].out[0], results[2].out[1], here, below, count);
    k->magnitude(results[3].out[0], above, below, 262140, 1, count);
    k->magnitude(results[3].out[1], above, below, 77.7f, 1e30f, count);
    k->longest(results[4].in[3], results[4].in[4], above, below, count);
    const seg_slope_tensor sums = {results[5].in[3], results[5].in[4], results[5].in[5]};
    k->gather(&sums, above, here, count);
    k->gather(&sums, below, above, count);
    results[6] = results[5];
    const seg_slope_tensor made = {results[6].in[3], results[6].in[4], results[6].in[5]};
    k->steepest(results[6].out[0], results[6].out[1], &made, count);
    k->laplacian(results[7].out[0], above, here, below, count);
    k->crossing(results[8].out[0], above, here, below, 1e-5f, count);
}

START_TEST(same_as_the_twin) {
    static rows given, want[9], got[9];
    uint16_t samples[LONGEST];
    shapes_random random = shapes_random_start(71);
    for (int32_t count = 0; count <= LONGEST; count++)
        for (int repeat = 0; repeat < 4; repeat++) {
            memset(&given, 0, sizeof given);
            for (int i = 0; i < 5; i++)
                fill(given.in[i], &random);
            for (int32_t i = 0; i < LONGEST; i++)
                samples[i] = (uint16_t)shapes_below(&random, 65536);
            if (repeat < 3) /* sums of a tensor begin at 0, or at anything */
                memset(given.in[3], 0, sizeof given.in[3] * 3);
            for (int32_t i = 0; i < ROOM; i++) {
                given.in[3][i] = fabsf(given.in[3][i]);
                given.in[5][i] = fabsf(given.in[5][i]);
            }
            run_all(&seg_slopes_kernels_ref, want, &given, samples, count);
            for (int level = 0; level < level_count; level++) {
                run_all(levels[level], got, &given, samples, count);
                for (int i = 0; i < 9; i++)
                    ck_assert_msg(!memcmp(&got[i], &want[i], sizeof got[i]),
                                  "level %d, kernel %d, %d pixels", level, i, count);
            }
        }
}
END_TEST

static const seg_slopes_kernels *kernels_of(int level) {
    return level < 0 ? &seg_slopes_kernels_ref : levels[level];
}

/* Two channels that change along (3, 4) / 5, by 5 and by 10: eigenvalue 125; none for no change. */
START_TEST(tensor_by_hand) {
    for (int level = -1; level < level_count; level++) {
        float xx[3] = {9 + 36, 0, 0}, xy[3] = {12 + 48, 0, 0}, yy[3] = {16 + 64, 0, 49};
        float dx[3], dy[3];
        const seg_slope_tensor tensor = {xx, xy, yy};
        kernels_of(level)->steepest(dx, dy, &tensor, 3);
        ck_assert_float_eq_tol(dx[0], 0.6f * sqrtf(125), 1e-5f);
        ck_assert_float_eq_tol(dy[0], 0.8f * sqrtf(125), 1e-5f);
        ck_assert(dx[1] == 0 && dy[1] == 0);
        ck_assert(dx[2] == 0 && dy[2] == 7);
    }
}
END_TEST

/* 3 -1 passes by 4 at the -1, -1 2 by 3 at the -1; 2 -2 at the 2, which comes first; 5 0 -3 at the
 * 0 by 8 / 2. */
START_TEST(crossings_by_hand) {
    static const float row[] = {3, 3, -1, -1, 2, -2, -5, -5, 5, 0, -3, -3};
    static const float want[] = {0, 0, 4, 3, 4, 0, 0, 10, 0, 4, 0, 0};
    const float above[12] = {0}, below[12] = {0};
    for (int level = -1; level < level_count; level++) {
        float got[12] = {0};
        kernels_of(level)->crossing(got + 1, above + 1, row + 1, below + 1, 0.01f, 10);
        for (int i = 1; i < 11; i++)
            ck_assert_msg(fabsf(got[i] - want[i] * 0.01f) < 1e-6f, "%d: %g", i, (double)got[i]);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("slopes");
    tcase_add_test(tcase, same_as_the_twin);
    tcase_add_test(tcase, tensor_by_hand);
    tcase_add_test(tcase, crossings_by_hand);
    Suite *suite = suite_create("kernels_slopes");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
