/* Clustering kernels: every level gives what the readable twin gives. */
#include "kernels/slic.h"
#include "shapes.h"

#include <check.h>
#include <stdbool.h>

#define LONGEST 140

static const seg_slic_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_slic_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_slic_kernels_avx2;
#endif
}

static int16_t between(shapes_random *random, int32_t low, int32_t high) {
    const uint32_t kind = shapes_below(random, 4);
    if (kind == 0) return (int16_t)low;
    if (kind == 1) return (int16_t)high;
    return (int16_t)(low + (int32_t)shapes_below(random, (uint32_t)(high - low + 1)));
}

/* A row of `count` pixels with slack, and centres, at the limits of what is allowed. */
typedef struct scene {
    int16_t planes[3][LONGEST + SEG_SLIC_SLACK], x[LONGEST + SEG_SLIC_SLACK];
    seg_slic_centre centres[9];
    seg_slic_row row;
    int32_t shift;
} scene;

static void make(scene *s, int32_t count, bool colour, shapes_random *random) {
    s->shift = shapes_below(random, 2) ? 2 : 0;
    for (int32_t i = 0; i < LONGEST + SEG_SLIC_SLACK; i++) {
        for (int c = 0; c < 3; c++)
            s->planes[c][i] = c ? between(random, -3452, 3144) : between(random, 0, 3200);
        s->x[i] = (int16_t)(between(random, 0, 13500) & ~3);
    }
    for (int k = 0; k < 9; k++) {
        for (int c = 0; c < 3; c++)
            s->centres[k].colour[c] = (int16_t)((c && colour ? between(random, -3452, 3144) * 4
                                                             : between(random, 0, 3200) * 4) &
                                                ~3);
        s->centres[k].x = (int16_t)(between(random, -13500, 13500) & ~3);
        const uint32_t down = (uint32_t)between(random, 0, 6750) * 4;
        s->centres[k].more = down * down + (uint32_t)k;
    }
    s->row = (seg_slic_row){.plane = {s->planes[0]}, .x = s->x, .count = count};
    if (colour) s->row.plane[1] = s->planes[1], s->row.plane[2] = s->planes[2];
}

START_TEST(nearest_and_sums) {
    static scene s;
    shapes_random random = shapes_random_start(43);
    for (int32_t count = 1; count <= LONGEST; count++) {
        for (int round = 0; round < 8; round++) {
            make(&s, count, round % 2, &random);
            const int32_t centres = 1 + (int32_t)shapes_below(&random, 9);
            uint8_t want[LONGEST + SEG_SLIC_SLACK], got[LONGEST + SEG_SLIC_SLACK];
            seg_slic_kernels_ref.nearest(want, &s.row, s.shift, s.centres, centres);
            for (int i = 0; i < level_count; i++) {
                levels[i]->nearest(got, &s.row, s.shift, s.centres, centres);
                ck_assert_mem_eq(got, want, (size_t)count);
            }
            /* long runs of the same choice, now and then another one */
            for (int32_t i = 0; i < count && round < 4; i++)
                want[i] = i && shapes_below(&random, 30) ? want[i - 1]
                                                         : (uint8_t)shapes_below(&random, 16);
            seg_slic_sums sums[3][SEG_SLIC_CENTRES];
            memset(sums, 7, sizeof sums);
            seg_slic_kernels_ref.add(sums[0], want, &s.row, 1000);
            for (int i = 0; i < level_count; i++) {
                levels[i]->add(sums[1 + i], want, &s.row, 1000);
                ck_assert_mem_eq(sums[1 + i], sums[0], sizeof sums[0]);
            }
        }
    }
}
END_TEST

/* Of centres as near the lowest index is chosen; a distance that needs all 32 bits is no wrap. */
START_TEST(by_hand) {
    int16_t l[1 + SEG_SLIC_SLACK] = {0}, x[1 + SEG_SLIC_SLACK] = {0};
    const seg_slic_row row = {.plane = {l}, .x = x, .count = 1};
    const seg_slic_centre centres[] = {
        {{0, 0, 0}, 0, 0xfffffff0u + 5}, {{8, 0, 0}, 4, 16 + 2}, {{4, 0, 0}, -8, 16 + 1}};
    uint8_t choice[1 + SEG_SLIC_SLACK];
    for (int i = -1; i < level_count; i++) {
        const seg_slic_kernels *kernels = i < 0 ? &seg_slic_kernels_ref : levels[i];
        kernels->nearest(choice, &row, 0, centres, 1);
        ck_assert_int_eq(choice[0], 5);
        kernels->nearest(choice, &row, 0, centres, 3);
        ck_assert_int_eq(choice[0], 1);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("slic");
    tcase_add_test(tcase, nearest_and_sums);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_slic");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
