/* Ones near others: by hand, and against a look at every pixel of the element. */
#include "evaluate/near.h"

#include "core_main.h"
#include "pixels.h"

static seg_scratch scratch;

/* `many` of 100 pixels are ones; `clumped`: some rows have none. */
static seg_bitmap random_bitmap(int32_t width, int32_t height, uint32_t many, bool clumped,
                                pixels_random *random) {
    seg_bitmap bitmap;
    ck_assert_ok(seg_bitmap_take(&bitmap, width, height, &scratch));
    memset(bitmap.words, 0, (size_t)bitmap.pitch * (size_t)height * sizeof *bitmap.words);
    for (int32_t y = 0; y < height; y++) {
        if (clumped && pixels_below(random, 3)) continue;
        for (int32_t x = 0; x < width; x++)
            if (pixels_below(random, 100) < many)
                seg_bitmap_span(seg_bitmap_row(&bitmap, y), x, x + 1, true);
    }
    return bitmap;
}

static bool is_near(const seg_bitmap *other, int32_t x, int32_t y, const seg_near *near) {
    const int64_t r = near->radius;
    for (int32_t v = 0; v < other->height; v++)
        for (int32_t u = 0; u < other->width; u++) {
            const int64_t dx = u - x, dy = v - y;
            const bool inside = near->element == SEG_ELEMENT_DISK
                                    ? dx * dx + dy * dy <= r * r
                                    : dx <= r && -dx <= r && dy <= r && -dy <= r;
            if (inside && seg_bitmap_test(other, u, v)) return true;
        }
    return false;
}

START_TEST(against_every_pixel) {
    static const int32_t radii[] = {0, 1, 2, 3, 5, 8, 17, 31, 32, 63, 64, 65, 100, 1000, INT32_MAX};
    static const uint32_t shares[] = {0, 1, 4, 50, 100};
    pixels_random random = pixels_random_start(_i);
    seg_scratch_init(&scratch, NULL);
    const int32_t width = 1 + (int32_t)pixels_below(&random, _i % 2 ? 200 : 70);
    const int32_t height = 1 + (int32_t)pixels_below(&random, 40);
    for (int repeat = 0; repeat < 12; repeat++) {
        seg_scratch_rewind(&scratch);
        const seg_bitmap one =
            random_bitmap(width, height, shares[pixels_below(&random, 5)], repeat % 2, &random);
        const seg_bitmap other =
            random_bitmap(width, height, shares[pixels_below(&random, 5)], repeat % 3, &random);
        const seg_near near = {repeat % 4 < 2 ? SEG_ELEMENT_DISK : SEG_ELEMENT_SQUARE,
                               radii[pixels_below(&random, sizeof radii / sizeof *radii)]};
        int64_t wanted = 0, ones = 0, count;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                if (!seg_bitmap_test(&one, x, y)) continue;
                ones++;
                wanted += is_near(&other, x, y, &near);
            }
        ck_assert_ok(seg_bitmap_count_near(&count, &one, &other, &near, &scratch));
        ck_assert_msg(count == wanted, "%d x %d, element %d, radius %d: %d, not %d", (int)width,
                      (int)height, (int)near.element, (int)near.radius, (int)count, (int)wanted);
        ck_assert_int_eq(seg_bitmap_ones(&one), ones);
    }
    seg_scratch_free(&scratch);
}
END_TEST

/* (3, 4) is 5 away: in the disk of 5, not of 4; in the square of 4. */
START_TEST(by_hand) {
    seg_scratch_init(&scratch, NULL);
    pixels_random random = pixels_random_start(1);
    const seg_bitmap one = random_bitmap(10, 10, 0, false, &random);
    const seg_bitmap other = random_bitmap(10, 10, 0, false, &random);
    seg_bitmap_span(seg_bitmap_row(&one, 1), 1, 2, true);
    seg_bitmap_span(seg_bitmap_row(&other, 5), 4, 5, true);
    const struct {
        seg_near near;
        int64_t count;
    } cases[] = {{{SEG_ELEMENT_DISK, 5}, 1},
                 {{SEG_ELEMENT_DISK, 4}, 0},
                 {{SEG_ELEMENT_SQUARE, 4}, 1},
                 {{SEG_ELEMENT_SQUARE, 3}, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t count;
        ck_assert_ok(seg_bitmap_count_near(&count, &one, &other, &cases[i].near, &scratch));
        ck_assert_int_eq(count, cases[i].count);
        ck_assert_ok(seg_bitmap_count_near(&count, &other, &one, &cases[i].near, &scratch));
        ck_assert_int_eq(count, cases[i].count);
    }
    seg_scratch_free(&scratch);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("near");
    TCase *cases = tcase_create("near");
    tcase_add_test(cases, by_hand);
    tcase_add_loop_test(cases, against_every_pixel, 0, 60);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
