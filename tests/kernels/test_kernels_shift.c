/* Mean-shift kernels: every level gives what the readable twin gives. */
#include "kernels/shift.h"
#include "shapes.h"

#include <check.h>
#include <stdbool.h>

#define MOST 64
#define STRIDE (2 * MOST + 1 + SEG_SHIFT_SLACK)

static const seg_shift_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_shift_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_shift_kernels_avx2;
#endif
}

/* All alike (so that sums are largest), near the radius, anything, or far as can be. */
static int16_t sample(shapes_random *random, uint32_t kind, int16_t around) {
    if (kind == 0) return (int16_t)(around + 99);
    if (kind == 1) return (int16_t)(around + (int32_t)shapes_below(random, 220) - 110);
    if (kind == 2) return (int16_t)((int32_t)shapes_below(random, 65536) - 32768);
    return shapes_below(random, 2) ? 30000 : around;
}

static void compare(uint32_t kind, int32_t radius, bool colour, shapes_random *random) {
    static int16_t planes[3][STRIDE * (2 * MOST + 1)];
    int16_t middle[3], widths[2 * MOST + 1];
    for (int c = 0; c < 3; c++) {
        middle[c] = (int16_t)((int32_t)shapes_below(random, 20000) - 10000);
        for (size_t i = 0; i < sizeof planes[c] / sizeof *planes[c]; i++)
            planes[c][i] = sample(random, c ? (kind ? kind : 4) : kind, middle[c]);
    }
    seg_shift_window window = {.stride = STRIDE, .radius = radius, .widths = widths};
    for (int32_t k = 0; k <= 2 * radius; k++)
        widths[k] =
            (int16_t)(kind == 0 ? radius : (int32_t)shapes_below(random, (uint32_t)radius + 1));
    window.first = kind ? (int32_t)shapes_below(random, (uint32_t)radius + 1) : 0;
    window.end =
        kind ? radius + 1 + (int32_t)shapes_below(random, (uint32_t)radius + 1) : 2 * radius + 1;
    for (int c = 0; c < (colour ? 3 : 1); c++)
        window.plane[c] = planes[c] + MOST * STRIDE + MOST;
    seg_shift_sums want, got;
    seg_shift_kernels_ref.gather(&want, &window, middle);
    for (int i = 0; i < level_count; i++) {
        memset(&got, 0x55, sizeof got);
        levels[i]->gather(&got, &window, middle);
        ck_assert_mem_eq(&got, &want, sizeof got);
    }
}

START_TEST(windows) {
    shapes_random random = shapes_random_start(47);
    for (int round = 0; round < 1000; round++)
        compare((uint32_t)round % 4, 1 + (int32_t)shapes_below(&random, MOST), round % 2, &random);
    for (int round = 0; round < 8; round++)
        compare((uint32_t)round % 4, MOST, round % 2, &random);
}
END_TEST

/* A cross of five pixels: one of them is too far in colour. */
START_TEST(by_hand) {
    int16_t plane[3 * 32] = {0};
    static const int16_t widths[] = {0, 1, 0};
    plane[1] = 100;
    plane[32] = 101;
    plane[32 + 2] = -40;
    plane[2 * 32 + 1] = 7;
    const seg_shift_window window = {{plane + 33}, 32, 0, 3, 1, widths};
    const int16_t colour[3] = {0, 0, 0};
    for (int i = -1; i < level_count; i++) {
        seg_shift_sums sums;
        (i < 0 ? &seg_shift_kernels_ref : levels[i])->gather(&sums, &window, colour);
        ck_assert_int_eq(sums.count, 4);
        ck_assert_int_eq(sums.x, 1);
        ck_assert_int_eq(sums.y, 0);
        ck_assert_int_eq(sums.colour[0], 67);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("shift");
    tcase_add_test(tcase, windows);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_shift");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
