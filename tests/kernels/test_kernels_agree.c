/* Comparing kernels: every level gives what the readable twin gives, and stays within its rows. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "kernels/agree.h"
#include "shapes.h"

#include <check.h>
#include <sys/mman.h>
#include <unistd.h>

#define LONGEST 20000 /* more than 255 vectors of 32 */
#define SIDE 256
#define CELLS (SIDE * SIDE)

static const seg_agree_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_agree_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_agree_kernels_avx2;
#endif
}

START_TEST(masks_by_hand) {
    const uint8_t prediction[7] = {0, 1, 255, 0, 9, 0, 1}, truth[7] = {0, 1, 0, 128, 1, 0, 0};
    const uint8_t ignore[7] = {0, 0, 0, 0, 0, 255, 1};
    const seg_agree_kernels *all[3] = {&seg_agree_kernels_ref, levels[0], levels[level_count - 1]};
    for (int i = 0; i < 3; i++) {
        int64_t counts[SEG_AGREE_COUNTS] = {100};
        all[i]->masks(counts, prediction, truth, ignore, 7);
        const int64_t wanted[SEG_AGREE_COUNTS] = {105, 3, 3, 2};
        ck_assert_mem_eq(counts, wanted, sizeof wanted);
        all[i]->masks(counts, prediction, truth, NULL, 7);
        const int64_t more[SEG_AGREE_COUNTS] = {112, 7, 6, 4};
        ck_assert_mem_eq(counts, more, sizeof more);
    }
}
END_TEST

/* Rows that end where memory ends, so that reading beyond them is seen. */
static uint8_t *guarded(size_t size, uint8_t **room, size_t *mapped) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (size + page - 1) / page * page;
    *mapped = inner + page;
    *room = mmap(NULL, *mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(*room, MAP_FAILED);
    ck_assert_int_eq(mprotect(*room + inner, page, PROT_NONE), 0);
    return *room + inner - size;
}

static void check_masks(size_t width, shapes_random *random) {
    static const uint32_t percents[] = {0, 100, 3, 97, 50, 25};
    uint8_t *room[3], *row[3];
    size_t mapped[3];
    for (int i = 0; i < 3; i++) {
        row[i] = guarded(width, &room[i], &mapped[i]);
        shapes_noise(row[i], (int32_t)width, 1, (ptrdiff_t)width, percents[shapes_below(random, 6)],
                     random);
    }
    for (int ignoring = 0; ignoring < 2; ignoring++) {
        const uint8_t *ignore = ignoring ? row[2] : NULL;
        int64_t wanted[SEG_AGREE_COUNTS] = {1, 2, 3, 4};
        seg_agree_kernels_ref.masks(wanted, row[0], row[1], ignore, width);
        for (int i = 0; i < level_count; i++) {
            int64_t counts[SEG_AGREE_COUNTS] = {1, 2, 3, 4};
            levels[i]->masks(counts, row[0], row[1], ignore, width);
            ck_assert_msg(memcmp(counts, wanted, sizeof wanted) == 0,
                          "level %d, width %d, ignoring %d", i, (int)width, ignoring);
        }
    }
    for (int i = 0; i < 3; i++)
        munmap(room[i], mapped[i]);
}

START_TEST(masks_are_equal) {
    shapes_random random = shapes_random_start(1);
    for (size_t width = 1; width <= 129; width++)
        for (int turn = 0; turn < 4; turn++)
            check_masks(width, &random);
    for (int turn = 0; turn < 12; turn++)
        check_masks(8000 + shapes_below(&random, LONGEST - 8000), &random);
}
END_TEST

START_TEST(full_rows_do_not_overflow) {
    static uint8_t full[LONGEST], empty[LONGEST];
    memset(full, 255, LONGEST);
    for (int i = 0; i < level_count; i++) {
        int64_t counts[SEG_AGREE_COUNTS] = {0};
        levels[i]->masks(counts, full, full, empty, LONGEST);
        levels[i]->masks(counts, empty, empty, NULL, LONGEST);
        const int64_t wanted[SEG_AGREE_COUNTS] = {2 * LONGEST, LONGEST, LONGEST, LONGEST};
        ck_assert_mem_eq(counts, wanted, sizeof wanted);
    }
}
END_TEST

/* Runs of classes with lengths from 1 to about twice a vector. */
static void random_classes(uint8_t *row, size_t width, shapes_random *random) {
    const uint32_t classes = 1 + shapes_below(random, 256), longest = 1 + shapes_below(random, 70);
    for (size_t x = 0; x < width;) {
        const uint8_t class = (uint8_t)shapes_below(random, classes);
        for (size_t end = x + 1 + shapes_below(random, longest); x < end && x < width; x++)
            row[x] = class;
    }
}

START_TEST(classes_are_equal) {
    shapes_random random = shapes_random_start(2);
    int64_t *cells = calloc(CELLS, sizeof *cells), *wanted = calloc(CELLS, sizeof *wanted);
    for (size_t turn = 1; turn <= 150; turn++) {
        const size_t width = turn <= 129 ? turn : 1000 + shapes_below(&random, 3000);
        uint8_t *room[2], *row[2];
        size_t mapped[2];
        for (int i = 0; i < 2; i++) {
            row[i] = guarded(width, &room[i], &mapped[i]);
            random_classes(row[i], width, &random);
        }
        memset(wanted, 0, CELLS * sizeof *wanted);
        seg_agree_kernels_ref.classes(wanted, SIDE, row[0], row[1], width);
        int64_t by_hand = 0;
        for (size_t x = 0; x < width; x++)
            by_hand += row[0][x] == row[0][0] && row[1][x] == row[1][0];
        ck_assert_int_eq(wanted[SIDE * row[1][0] + row[0][0]], by_hand);
        for (int i = 0; i < level_count; i++) {
            memset(cells, 0, CELLS * sizeof *cells);
            levels[i]->classes(cells, SIDE, row[0], row[1], width);
            ck_assert_msg(memcmp(cells, wanted, CELLS * sizeof *cells) == 0, "level %d, width %d",
                          i, (int)width);
        }
        for (int i = 0; i < 2; i++)
            munmap(room[i], mapped[i]);
    }
    free(cells);
    free(wanted);
}
END_TEST

int main(void) {
    find_levels();
    Suite *suite = suite_create("comparing kernels");
    TCase *cases = tcase_create("levels");
    tcase_add_test(cases, masks_by_hand);
    tcase_add_test(cases, masks_are_equal);
    tcase_add_test(cases, full_rows_do_not_overflow);
    tcase_add_test(cases, classes_are_equal);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
