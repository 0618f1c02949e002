/* Edge kernels: every level gives what the readable twin gives. */
#include "kernels/edges.h"
#include "shapes.h"

#include <check.h>

#define LONGEST 150

static const seg_edges_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_edges_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_edges_kernels_avx2;
#endif
}

static int16_t sample(shapes_random *random) {
    const uint32_t kind = shapes_below(random, 4);
    if (kind == 0) return (int16_t)shapes_below(random, 3);
    if (kind == 1) return (int16_t)(32767 - shapes_below(random, 3));
    return (int16_t)shapes_below(random, 32768);
}

START_TEST(weights) {
    int16_t planes[2][3][LONGEST];
    uint16_t want[LONGEST + 1], got[LONGEST + 1];
    shapes_random random = shapes_random_start(45);
    for (int32_t count = 0; count <= LONGEST; count++) {
        for (int side = 0; side < 2; side++)
            for (int c = 0; c < 3; c++)
                for (int32_t i = 0; i < count; i++)
                    planes[side][c][i] = sample(&random);
        const int16_t *const a[] = {planes[0][0], planes[0][1], planes[0][2]};
        const int16_t *const b[] = {planes[1][0], planes[1][1], planes[1][2]};
        const float factor = count % 2 ? 16.0f * 255 / 32767 : 1.1f;
        const int32_t shift = (int32_t)shapes_below(&random, 8);
        for (int i = 0; i < level_count; i++) {
            memset(want, 0x77, sizeof want);
            memset(got, 0x77, sizeof got);
            seg_edges_kernels_ref.euclidean(want, a, b, count, factor);
            levels[i]->euclidean(got, a, b, count, factor);
            ck_assert_mem_eq(got, want, sizeof got);
            seg_edges_kernels_ref.largest(want, a, b, count, shift);
            levels[i]->largest(got, a, b, count, shift);
            ck_assert_mem_eq(got, want, sizeof got);
        }
    }
}
END_TEST

/* 3, 4, 12: 13; half of it is 6.5, rounded up. */
START_TEST(by_hand) {
    const int16_t one[3] = {10, 20, 30}, other[3] = {13, 16, 18};
    const int16_t *const a[] = {&one[0], &one[1], &one[2]};
    const int16_t *const b[] = {&other[0], &other[1], &other[2]};
    for (int i = -1; i < level_count; i++) {
        const seg_edges_kernels *kernels = i < 0 ? &seg_edges_kernels_ref : levels[i];
        uint16_t weight;
        kernels->euclidean(&weight, a, b, 1, 0.5f);
        ck_assert_uint_eq(weight, 7);
        kernels->largest(&weight, a, b, 1, 1);
        ck_assert_uint_eq(weight, 6);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("edges");
    tcase_add_test(tcase, weights);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_edges");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
