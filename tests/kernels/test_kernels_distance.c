/* Distance kernels: every level gives what the readable twin gives. */
#include "kernels/distance.h"
#include "shapes.h"

#include <check.h>
#include <stdlib.h>

#define LONGEST 300

static const seg_distance_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_distance_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_distance_kernels_avx2;
#endif
}

/* Kinds: small, mixed, mostly none, large, along a line, all alike. At least one is not none. */
static void fill(int32_t *gaps, int32_t width, uint32_t kind, shapes_random *random) {
    for (int32_t x = 0; x < width; x++) {
        const int32_t small = (int32_t)shapes_below(random, 5);
        const int32_t large = (int32_t)shapes_below(random, 20000);
        gaps[x] = kind == 0   ? small
                  : kind == 1 ? (shapes_below(random, 3) ? small * 40 : large)
                  : kind == 2 ? (shapes_below(random, 30) ? SEG_DISTANCE_NONE : small * 100)
                  : kind == 3 ? large
                  : kind == 4 ? 230 + x / 3 + (int32_t)shapes_below(random, 2)
                              : 254;
    }
    gaps[shapes_below(random, (uint32_t)width)] = (int32_t)shapes_below(random, 300);
}

START_TEST(rows) {
    static int32_t gaps[LONGEST], squared[2][LONGEST + SEG_DISTANCE_SLACK];
    static int32_t columns[2][LONGEST + SEG_DISTANCE_SLACK];
    shapes_random random = shapes_random_start(71);
    for (int32_t width = 1; width <= LONGEST; width++) {
        void *room = malloc(seg_distance_room(width));
        seg_distance_prepare(room, width);
        for (uint32_t repeat = 0; repeat < 18; repeat++) {
            fill(gaps, width, repeat % 6, &random);
            seg_distance_kernels_ref.row(squared[0], columns[0], gaps, width, NULL);
            for (int i = 0; i < level_count; i++) {
                levels[i]->row(squared[1], columns[1], gaps, width, room);
                ck_assert_mem_eq(squared[0], squared[1], (size_t)width * sizeof(int32_t));
                ck_assert_mem_eq(columns[0], columns[1], (size_t)width * sizeof(int32_t));
                memset(squared[1], 0x77, sizeof squared[1]);
                levels[i]->row(squared[1], NULL, gaps, width, room);
                ck_assert_mem_eq(squared[0], squared[1], (size_t)width * sizeof(int32_t));
            }
        }
        free(room);
    }
}
END_TEST

/* The lower envelope against the twin. */
START_TEST(wide_rows) {
    static int32_t gaps[LONGEST], squared[LONGEST], columns[2][LONGEST], room[2 * LONGEST];
    static int64_t wide[LONGEST];
    shapes_random random = shapes_random_start(72);
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (uint32_t repeat = 0; repeat < 6; repeat++) {
            fill(gaps, width, repeat, &random);
            seg_distance_kernels_ref.row(squared, columns[0], gaps, width, NULL);
            seg_distance_row_wide(wide, columns[1], gaps, width, SEG_DISTANCE_NONE, room);
            for (int32_t x = 0; x < width; x++)
                ck_assert_int_eq(wide[x], squared[x]);
            ck_assert_mem_eq(columns[0], columns[1], (size_t)width * sizeof(int32_t));
        }
    }
}
END_TEST

START_TEST(gaps_of_columns) {
    static uint8_t mask[LONGEST], counts[2][LONGEST + 1];
    static int32_t gaps[2][LONGEST + 1], other[LONGEST];
    shapes_random random = shapes_random_start(73);
    for (int32_t width = 1; width <= LONGEST; width++) {
        const bool objects = shapes_below(&random, 2);
        const int32_t none = width % 2 ? SEG_DISTANCE_NONE : SEG_DISTANCE_WIDE_NONE;
        shapes_noise(mask, width, 1, width, 40, &random);
        for (int i = 0; i < level_count; i++) {
            const seg_distance_kernels *both[] = {&seg_distance_kernels_ref, levels[i]};
            for (int32_t x = 0; x < width; x++) {
                const uint32_t kind = shapes_below(&random, 4);
                other[x] = kind ? (int32_t)shapes_below(&random, 300) : none - (int32_t)kind / 2;
                counts[0][x] = counts[1][x] = (uint8_t)(255 - shapes_below(&random, kind ? 3 : 99));
            }
            for (int k = 0; k < 2; k++) {
                counts[k][width] = 0x77;
                gaps[k][width] = 0x77;
                both[k]->count(counts[k], mask, width, objects);
                both[k]->step(gaps[k], other, mask, width, objects, none);
            }
            ck_assert_mem_eq(counts[0], counts[1], (size_t)width + 1);
            ck_assert_mem_eq(gaps[0], gaps[1], ((size_t)width + 1) * sizeof(int32_t));
            for (int32_t x = 0; x < width; x++)
                other[x] = (int32_t)shapes_below(&random, 300);
            for (int k = 0; k < 2; k++)
                both[k]->join(gaps[k], other, width, 1 + width % 40);
            ck_assert_mem_eq(gaps[0], gaps[1], ((size_t)width + 1) * sizeof(int32_t));
        }
    }
}
END_TEST

START_TEST(roots) {
    static int32_t squared[LONGEST];
    static float distance[2][LONGEST + 1];
    shapes_random random = shapes_random_start(74);
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (int32_t x = 0; x < width; x++) {
            const uint32_t kind = shapes_below(&random, 40);
            const int32_t root = (int32_t)shapes_below(&random, 32768);
            squared[x] = kind == 0   ? (int32_t)shapes_below(&random, 1u << 31)
                         : kind == 1 ? (1 << 24) + (int32_t)shapes_below(&random, 3) - 1
                         : kind == 2 ? root * root
                         : width % 3 ? (int32_t)shapes_below(&random, 1 << 24)
                                     : 0;
        }
        distance[0][width] = distance[1][width] = 5;
        seg_distance_kernels_ref.root(distance[0], squared, width);
        for (int i = 0; i < level_count; i++) {
            levels[i]->root(distance[1], squared, width);
            ck_assert_mem_eq(distance[0], distance[1], ((size_t)width + 1) * sizeof(float));
        }
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("distance");
    tcase_add_test(tcase, rows);
    tcase_add_test(tcase, wide_rows);
    tcase_add_test(tcase, gaps_of_columns);
    tcase_add_test(tcase, roots);
    Suite *suite = suite_create("kernels_distance");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
