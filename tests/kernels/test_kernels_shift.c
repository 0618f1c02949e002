/* Mean-shift kernels: every level gives what the readable twin gives. */
#include "kernels/shift.h"
#include "shapes.h"

#include <check.h>
#include <stdbool.h>

#define MOST 200 /* stretches of a window */
#define ROOM 4000

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
    if (kind == 2) return (int16_t)((int32_t)shapes_below(random, 46001) - 16000);
    return shapes_below(random, 2) ? 30000 : around;
}

static void compare(uint32_t kind, int32_t count, bool colour, shapes_random *random) {
    static int16_t planes[3][ROOM + SEG_SHIFT_LANES];
    static seg_shift_stretch stretches[MOST];
    seg_shift_window window = {.stretches = stretches, .count = count};
    int16_t middle[3];
    for (int c = 0; c < 3; c++) {
        middle[c] = (int16_t)((int32_t)shapes_below(random, 20000) - 10000);
        for (size_t i = 0; i < sizeof planes[c] / sizeof *planes[c]; i++)
            planes[c][i] = c && !kind ? middle[c] : sample(random, kind, middle[c]);
        if (c == 0 || colour) window.plane[c] = planes[c] + ROOM / 2;
    }
    for (int32_t k = 0; k < count; k++) {
        stretches[k].offset = (ptrdiff_t)shapes_below(random, ROOM) - ROOM / 2;
        for (int i = 0; i < SEG_SHIFT_LANES; i++) {
            stretches[k].inside[i] = kind && shapes_below(random, 3) == 0 ? 0 : -1;
            stretches[k].x[i] = (int16_t)(kind ? (int32_t)shapes_below(random, 129) - 64 : 64);
            stretches[k].y[i] = (int16_t)(kind ? (int32_t)shapes_below(random, 129) - 64 : -64);
        }
    }
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
        compare((uint32_t)round % 4, (int32_t)shapes_below(&random, MOST + 1), round % 2, &random);
    for (int round = 0; round < 8; round++)
        compare((uint32_t)round % 4, MOST, round / 4, &random);
}
END_TEST

static void compare_many(uint32_t kind, int32_t count, bool colour, shapes_random *random) {
    static int16_t planes[3][ROOM + SEG_SHIFT_LANES];
    static seg_shift_step steps[MOST];
    const int16_t *plane[3] = {0};
    for (int c = 0; c < 3; c++) {
        const int16_t around = (int16_t)((int32_t)shapes_below(random, 10000) - 5000);
        for (size_t i = 0; i < sizeof planes[c] / sizeof *planes[c]; i++)
            planes[c][i] = kind == 3 && c ? around : sample(random, kind, around);
        /* the middles are no further below anything than the samples are apart */
        for (int i = 0; i < SEG_SHIFT_LANES; i++)
            planes[c][ROOM / 2 + i] = kind == 2 ? (int16_t)shapes_below(random, 10000) : around;
        if (c == 0 || colour) plane[c] = planes[c] + ROOM / 2;
    }
    for (int32_t k = 0; k < count; k++)
        steps[k] = (seg_shift_step){(ptrdiff_t)shapes_below(random, ROOM) - ROOM / 2,
                                    (int32_t)shapes_below(random, 21) - 10,
                                    (int32_t)shapes_below(random, 21) - 10};
    seg_shift_many want, got;
    seg_shift_kernels_ref.gather_many(&want, plane, steps, count);
    for (int i = 0; i < level_count; i++) {
        memset(&got, 0x55, sizeof got);
        levels[i]->gather_many(&got, plane, steps, count);
        ck_assert_mem_eq(&got, &want, sizeof got);
    }
}

START_TEST(many_windows) {
    shapes_random random = shapes_random_start(49);
    for (int round = 0; round < 1000; round++)
        compare_many((uint32_t)round % 4, (int32_t)shapes_below(&random, MOST + 1), round % 2,
                     &random);
}
END_TEST

/* Of the pixels inside, 100 is just near enough, 101 is not. */
START_TEST(by_hand) {
    static const int16_t plane[SEG_SHIFT_LANES] = {0, 100, 101, -40, 7};
    seg_shift_stretch stretch = {.offset = 0};
    for (int i = 0; i < 4; i++) {
        stretch.inside[i] = -1;
        stretch.x[i] = (int16_t)(i - 1);
        stretch.y[i] = 5;
    }
    const seg_shift_window window = {{plane}, &stretch, 1};
    const int16_t colour[3] = {0, 0, 0};
    for (int i = -1; i < level_count; i++) {
        seg_shift_sums sums;
        (i < 0 ? &seg_shift_kernels_ref : levels[i])->gather(&sums, &window, colour);
        ck_assert_int_eq(sums.count, 3);
        ck_assert_int_eq(sums.x, -1 + 0 + 2);
        ck_assert_int_eq(sums.y, 15);
        ck_assert_int_eq(sums.colour[0], 60);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("shift");
    tcase_add_test(tcase, windows);
    tcase_add_test(tcase, many_windows);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_shift");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
