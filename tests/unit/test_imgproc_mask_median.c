/* The median of masks: by hand, and the general median's bytes at every side and odd size. */
#include "core_main.h"
#include "imgproc/mask_median.h"
#include "scenes.h"
#include <segment/imgproc.h>

static void median_of(seg_image *out, const seg_image *mask, int32_t side) {
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_image_ensure(out, mask->width, mask->height, SEG_U8, 1, NULL));
    ck_assert_ok(seg_mask_median(out, mask, side, &scratch, NULL));
    seg_scratch_free(&scratch);
}

/* In squares of 3 x 3, the border repeated; what is more than 4 of 9 wins. */
START_TEST(by_hand) {
    static const uint8_t rows[3][4] = {{255, 255, 0, 0}, {255, 0, 0, 0}, {0, 0, 255, 127}};
    seg_image mask = {0}, out = {0};
    ck_assert_ok(seg_image_alloc(&mask, 4, 3, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 3; y++)
        memcpy(seg_image_row(&mask, y), rows[y], 4);
    median_of(&out, &mask, 3);
    const uint8_t *top = seg_image_row(&out, 0), *last = seg_image_row(&out, 2);
    ck_assert_uint_eq(top[0], 255);  /* 8 of 9: but for the middle */
    ck_assert_uint_eq(top[1], 255);  /* 2 + 2 + 1 */
    ck_assert_uint_eq(top[2], 0);    /* 2 */
    ck_assert_uint_eq(last[2], 0);   /* 4: 255 and 127, twice each */
    ck_assert_uint_eq(last[3], 127); /* 2 of 255, 4 of 127 */
    seg_image_unref(&mask);
    seg_image_unref(&out);
}
END_TEST

START_TEST(as_the_general_median) {
    static const uint8_t values[4] = {0, 127, 255, 255};
    static const int32_t sizes[][2] = {{1, 1}, {1, 9}, {7, 2}, {40, 70}, {131, 65}, {1030, 5}};
    scene_random random = {99};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int32_t side = 3; side <= SEG_MASK_MEDIAN_LARGEST_SIDE; side += 2) {
            seg_image mask = {0}, out = {0}, wanted = {0};
            ck_assert_ok(seg_image_alloc(&mask, sizes[s][0], sizes[s][1], SEG_U8, 1, NULL));
            for (int32_t y = 0; y < mask.height; y++)
                for (int32_t x = 0; x < mask.width; x++) {
                    const uint32_t drawn = scene_below(&random, x % 40 < 20 ? 4 : 9);
                    ((uint8_t *)seg_image_row(&mask, y))[x] = drawn < 4 ? values[drawn] : 0;
                }
            median_of(&out, &mask, side);
            ck_assert_ok(seg_median(&wanted, &mask, side, NULL));
            for (int32_t y = 0; y < mask.height; y++)
                ck_assert_mem_eq(seg_image_row(&out, y), seg_image_row(&wanted, y),
                                 (size_t)mask.width);
            seg_image_unref(&mask);
            seg_image_unref(&out);
            seg_image_unref(&wanted);
        }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("median of masks");
    TCase *cases = tcase_create("mask_median");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, by_hand);
    tcase_add_test(cases, as_the_general_median);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
