/* Region-growing kernels: every level gives what the readable twin gives. */
#include "kernels/grow.h"
#include "shapes.h"

#include <check.h>

#define LONGEST 140

static const seg_grow_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_grow_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_grow_kernels_avx2;
#endif
}

/* Extremes are as likely as the rest. */
static uint16_t sample(shapes_random *random, uint32_t most) {
    const uint32_t kind = shapes_below(random, 4);
    if (kind == 0) return (uint16_t)shapes_below(random, 3);
    if (kind == 1) return (uint16_t)(most - shapes_below(random, 3));
    return (uint16_t)shapes_below(random, most + 1);
}

START_TEST(near_and_within) {
    static uint8_t a8[LONGEST * 4], b8[LONGEST * 4];
    static uint16_t a16[LONGEST * 4], b16[LONGEST * 4];
    uint8_t want[LONGEST + 1], got[LONGEST + 1];
    shapes_random random = shapes_random_start(41);
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (int32_t channels = 1; channels <= 4; channels++) {
            for (int32_t i = 0; i < width * channels; i++) {
                a8[i] = (uint8_t)sample(&random, 255);
                b8[i] = (uint8_t)sample(&random, 255);
                a16[i] = sample(&random, 65535);
                b16[i] = shapes_below(&random, 2) ? a16[i] : sample(&random, 65535);
            }
            static const int32_t tolerances[] = {0, 1, 20, 254, 255, 256, 5000, 65535, 70000};
            const int32_t tolerance = tolerances[shapes_below(&random, 9)];
            seg_grow_range range;
            for (int c = 0; c < 3; c++) {
                range.low[c] = (int32_t)sample(&random, 65535) >> (width % 2 ? 8 : 0);
                range.high[c] = range.low[c] + (int32_t)shapes_below(&random, 40000) - 1;
            }
            for (int i = 0; i < level_count; i++) {
                for (int kernel = 0; kernel < 4; kernel++) {
                    memset(want, 0x77, sizeof want);
                    memset(got, 0x77, sizeof got);
                    const seg_grow_kernels *both[] = {&seg_grow_kernels_ref, levels[i]};
                    for (int k = 0; k < 2; k++) {
                        uint8_t *flags = k ? got : want;
                        if (kernel == 0)
                            both[k]->near_u8(flags, a8, b8, width, channels, tolerance);
                        else if (kernel == 1)
                            both[k]->near_u16(flags, a16, b16, width, channels, tolerance);
                        else if (kernel == 2)
                            both[k]->within_u8(flags, a8, width, channels, &range);
                        else
                            both[k]->within_u16(flags, a16, width, channels, &range);
                    }
                    ck_assert_mem_eq(want, got, sizeof want);
                    ck_assert_uint_eq(got[width], 0x77);
                }
            }
        }
    }
}
END_TEST

START_TEST(by_hand) {
    /* alpha is left out, the largest difference counts */
    const uint8_t a[] = {10, 20, 30, 0, 10, 20, 30, 0, 0, 0, 0, 9};
    const uint8_t b[] = {12, 18, 32, 255, 12, 18, 33, 0, 0, 0, 0, 7};
    const seg_grow_range range = {{9, 20, 0}, {10, 20, 30}};
    uint8_t flags[3];
    const uint8_t alike[] = {255, 0, 255}, inside[] = {255, 255, 0};
    const seg_grow_kernels *all[] = {&seg_grow_kernels_ref, &seg_grow_kernels_base};
    for (int i = 0; i < 2; i++) {
        all[i]->near_u8(flags, a, b, 3, 4, 2);
        ck_assert_mem_eq(flags, alike, 3);
        all[i]->within_u8(flags, a, 3, 4, &range);
        ck_assert_mem_eq(flags, inside, 3);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("grow");
    tcase_add_test(tcase, near_and_within);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_grow");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
