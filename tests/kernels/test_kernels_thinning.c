/* Thinning kernels: every level gives what the readable twin gives, on all neighbourhoods. */
#include "kernels/thinning.h"
#include "shapes.h"

#include <check.h>

#define WORDS 5

static const seg_thinning_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_thinning_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_thinning_kernels_avx2;
#endif
}

static void compare(uint64_t rows[3][WORDS + 2], int32_t count) {
    uint64_t want[WORDS + 1], got[WORDS + 1];
    for (int step = SEG_THINNING_GUO_HALL_FIRST; step <= SEG_THINNING_ZHANG_SUEN_SECOND; step++) {
        memset(want, 0x77, sizeof want);
        const bool any = seg_thinning_kernels_ref.thin(want, rows[0] + 1, rows[1] + 1, rows[2] + 1,
                                                       count, (seg_thinning_step)step);
        for (int i = 0; i < level_count; i++) {
            memset(got, 0x77, sizeof got);
            ck_assert_int_eq(levels[i]->thin(got, rows[0] + 1, rows[1] + 1, rows[2] + 1, count,
                                             (seg_thinning_step)step),
                             any);
            ck_assert_mem_eq(want, got, sizeof want);
        }
    }
}

/* Each of the 256 neighbourhoods at each place of a word and beyond its ends. */
START_TEST(neighbourhoods) {
    for (int32_t places = 0; places < 256; places++) {
        uint64_t rows[3][WORDS + 2] = {{0}};
        for (int32_t at = 0; at < 3; at++) {
            for (int32_t i = 0; i < 9; i++) {
                const int32_t bit = i < 4 ? i : i - 1;
                const int32_t x = 64 + (at == 0 ? 0 : at == 1 ? 63 : 127) + i % 3 - 1;
                const bool on = i == 4 || places >> bit & 1;
                if (x >= 64 && x < 64 + 128 && on) rows[i / 3][x / 64] |= (uint64_t)1 << x % 64;
            }
        }
        compare(rows, 2);
    }
}
END_TEST

START_TEST(noise) {
    shapes_random random = shapes_random_start(51);
    for (int repeat = 0; repeat < 2000; repeat++) {
        const int32_t count = 1 + (int32_t)shapes_below(&random, WORDS);
        const uint32_t percent = 20 + shapes_below(&random, 75);
        uint64_t rows[3][WORDS + 2] = {{0}};
        for (int32_t y = 0; y < 3; y++)
            for (int32_t x = 64; x < 64 + 64 * count; x++)
                if (shapes_below(&random, 100) < percent) rows[y][x / 64] |= (uint64_t)1 << x % 64;
        compare(rows, count);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("thinning");
    tcase_add_test(tcase, neighbourhoods);
    tcase_add_test(tcase, noise);
    Suite *suite = suite_create("kernels_thinning");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
