/* Mean-shift kernels: every level gives what the readable twin gives. */
#include "kernels/shift.h"
#include "shapes.h"

#include <check.h>
#include <stdbool.h>

#define SIDE (2 * SEG_SHIFT_LARGE + 1)
#define COLUMNS ((SIDE + SEG_SHIFT_LANES - 1) / SEG_SHIFT_LANES)
#define STRIDE (SIDE + 3 * SEG_SHIFT_LANES)
#define ROOM (SIDE * STRIDE)

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
    if (kind == 2) return (int16_t)((int32_t)shapes_below(random, 32000) - 16000);
    return shapes_below(random, 2) ? 30000 : around;
}

typedef struct scene {
    seg_shift_disk disk;
    seg_shift_place place;
    int32_t widths[SIDE];
    int16_t inside[COLUMNS * SIDE * SEG_SHIFT_LANES], planes[3][ROOM];
} scene;

/* A disk, or something within. */
static void set_disk(scene *s, int32_t radius, bool whole, shapes_random *random) {
    int16_t *inside = s->inside;
    const int32_t side = 2 * radius + 1, columns = (side + SEG_SHIFT_LANES - 1) / SEG_SHIFT_LANES;
    s->disk = (seg_shift_disk){radius, columns, s->widths, s->inside};
    for (int32_t y = 0; y < side; y++) {
        int32_t width = radius;
        while (width * width + (y - radius) * (y - radius) > radius * radius)
            width--;
        s->widths[y] = whole ? width : (int32_t)shapes_below(random, (uint32_t)width + 1);
    }
    for (int32_t k = 0; k < columns; k++)
        for (int32_t y = 0; y < side; y++)
            for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
                *inside++ = abs(SEG_SHIFT_LANES * k + i - radius) <= s->widths[y] ? -1 : 0;
}

static void set_place(scene *s, uint32_t kind, bool colour, shapes_random *random) {
    const int32_t radius = s->disk.radius;
    const uint32_t rows = kind ? (uint32_t)radius + 1 : 1;
    s->place = (seg_shift_place){.stride = STRIDE,
                                 .top = (int32_t)shapes_below(random, rows) - radius,
                                 .bottom = radius - (int32_t)shapes_below(random, rows)};
    for (int c = 0; c < 3; c++) {
        const int16_t around = (int16_t)shapes_below(random, kind == 3 ? 10000 : 8000);
        for (int32_t i = 0; i < ROOM; i++)
            s->planes[c][i] =
                (c && !kind) || (c && kind == 3) ? around : sample(random, kind, around);
        int16_t *middle = s->planes[c] + radius * STRIDE + SEG_SHIFT_LARGE;
        for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
            if (kind != 2) middle[i] = around;
        if (c == 0 || colour) s->place.plane[c] = middle;
    }
}

static void compare(const scene *s) {
    seg_shift_move want, got;
    seg_shift_moves all, some;
    int16_t colour[3];
    for (int c = 0; c < 3; c++)
        colour[c] = s->place.plane[c] ? *s->place.plane[c] : 0;
    seg_shift_kernels_ref.move(&want, &s->disk, &s->place, colour);
    seg_shift_kernels_ref.move_many(&all, &s->disk, &s->place);
    for (int i = 0; i < level_count; i++) {
        memset(&got, 0x55, sizeof got);
        memset(&some, 0x55, sizeof some);
        levels[i]->move(&got, &s->disk, &s->place, colour);
        levels[i]->move_many(&some, &s->disk, &s->place);
        ck_assert_mem_eq(&got, &want, sizeof got);
        ck_assert_mem_eq(&some, &all, sizeof some);
    }
}

START_TEST(windows) {
    static scene s;
    shapes_random random = shapes_random_start(47);
    for (int round = 0; round < 400; round++) {
        const uint32_t most = round % 20 ? SEG_SHIFT_SMALL + 4 : SEG_SHIFT_LARGE;
        set_disk(&s, 1 + (int32_t)shapes_below(&random, most), round % 3 == 0, &random);
        set_place(&s, (uint32_t)round % 4, round / 4 % 2, &random);
        compare(&s);
    }
}
END_TEST

/* The largest sums: all of a disk differ by 99. */
START_TEST(sums) {
    static const int32_t radii[] = {SEG_SHIFT_SMALL, SEG_SHIFT_SMALL + 1, SEG_SHIFT_LARGE};
    static scene s;
    shapes_random random = shapes_random_start(49);
    for (int i = 0; i < 6; i++) {
        set_disk(&s, radii[i / 2], true, &random);
        set_place(&s, 0, i % 2, &random);
        compare(&s);
    }
}
END_TEST

/* Of a row from -2 to 2, 100 is just near enough, 101 is not; halves go up. */
START_TEST(by_hand) {
    static const struct {
        int16_t row[5];
        int32_t x, colour;
    } cases[] = {{{101, -101, 0, 100, 50}, 1, 50},
                 {{-100, 900, 0, 101, 30000}, -1, -50},
                 {{101, 101, 0, 1, 101}, 1, 1},
                 {{101, -1, 0, 101, 101}, 0, 0}};
    static scene s;
    shapes_random random = shapes_random_start(51);
    set_disk(&s, 2, true, &random);
    for (int i = 0; i < 4; i++)
        for (int level = -1; level < level_count; level++) {
            const seg_shift_kernels *kernels = level < 0 ? &seg_shift_kernels_ref : levels[level];
            int16_t *middle = s.planes[0] + SEG_SHIFT_LANES;
            const int16_t colour[3] = {0, 0, 0};
            seg_shift_move move;
            memcpy(middle - 2, cases[i].row, sizeof cases[i].row);
            s.place = (seg_shift_place){{middle}, STRIDE, 0, 0};
            kernels->move(&move, &s.disk, &s.place, colour);
            ck_assert_int_eq(move.x, cases[i].x);
            ck_assert_int_eq(move.y, 0);
            ck_assert_int_eq(move.colour[0], cases[i].colour);
        }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("shift");
    tcase_add_test(tcase, windows);
    tcase_add_test(tcase, sums);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_shift");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
