/* Mixture kernels: every level gives what the readable twin gives, and stays within its rows. */
#include "kernels/mixture.h"
#include "scenes.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

#define LONGEST 131
#define PITCH 144
#define GUARD 0xa5

static const seg_mixture_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_mixture_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_mixture_kernels_avx2;
#endif
}

/* The arrays of a row of the model. */
typedef struct mixture {
    uint16_t weight[SEG_MIXTURE_MODES][PITCH];
    uint16_t mode[SEG_MIXTURE_MODES][4 * PITCH];
} mixture;

static uint16_t variance_of(const mixture *m, int mode, int32_t colours, int32_t x) {
    return m->mode[mode][seg_mixture_at(colours, x, 0)];
}

static uint16_t mean_of(const mixture *m, int mode, int32_t colours, int32_t x, int32_t c) {
    return m->mode[mode][seg_mixture_at(colours, x, 1 + c)];
}

typedef struct frame {
    uint8_t value8[3][LONGEST + 1], masks[3][LONGEST + 1];
    uint16_t value[3][PITCH], pattern[PITCH];
} frame;

/* Scene 1 is calm: all pixels meet their heaviest mode while others are still there. */
static void paint(frame *f, scene_random *random, uint32_t scene) {
    for (int x = 0; x < PITCH; x++) {
        f->pattern[x] = (uint16_t)scene_below(random, 65536);
        /* few values, so that modes are met again, some of them near each other */
        const uint32_t value = 40 + 9 * scene_below(random, scene) + scene_below(random, 3);
        for (uint32_t c = 0; c < 3; c++) {
            const uint32_t sample =
                scene == 1 || scene_below(random, 30) ? value + 7 * c : scene_below(random, 256);
            f->value[c][x] = (uint16_t)(sample * 128 + scene_below(random, 2) * 17);
            if (f->value[c][x] > 32640) f->value[c][x] = 32640;
            if (x <= LONGEST) f->value8[c][x] = (uint8_t)sample;
        }
        for (int i = 0; i < 3 && x <= LONGEST; i++)
            f->masks[i][x] = scene_below(random, 4) ? 0 : (uint8_t)scene_below(random, 256);
    }
}

static void point_at(seg_mixture_row *row, mixture *m, const frame *f, int variant) {
    for (int i = 0; i < SEG_MIXTURE_MODES; i++) {
        row->weight[i] = m->weight[i];
        row->mode[i] = m->mode[i];
    }
    for (int c = 0; c < 3; c++) {
        row->value8[c] = variant & 1 ? f->value8[c] + 1 : NULL;
        row->value[c] = f->value[c];
    }
}

static void run(const seg_mixture_kernels *k, mixture *m, const frame *f, seg_mixture_row row,
                uint8_t *mask, int variant) {
    point_at(&row, m, f, variant);
    row.left_out = variant & 2 ? f->masks[0] : NULL;
    row.held = variant & 4 ? f->masks[1] + 1 : NULL;
    row.patient = variant & 8 ? f->masks[2] : NULL;
    row.pattern = f->pattern;
    row.mask = mask;
    memset(mask, GUARD, LONGEST + 8);
    k->step(&row);
    for (int x = row.width; x < LONGEST + 8; x++)
        if (mask[x] != GUARD) ck_abort_msg("byte %d of a row of %d was written", x, row.width);
}

/* Pixels beyond the width are saved with a model: they stay as they are. */
static void compare(const mixture *a, const mixture *b, const seg_mixture_row *row, int level) {
    const int32_t colours = row->colours;
    const int32_t width =
        (row->width + SEG_MIXTURE_BLOCK - 1) / SEG_MIXTURE_BLOCK * SEG_MIXTURE_BLOCK;
    const size_t size = (size_t)width * sizeof(uint16_t);
    for (int m = 0; m < SEG_MIXTURE_MODES; m++) {
        ck_assert_msg(!memcmp(a->weight[m], b->weight[m], size),
                      "level %d, width %d, weights of %d", level, (int)width, m);
        for (int32_t x = 0; x < width; x++) {
            bool differs = false;
            for (int32_t i = 0; i < 1 + colours && a->weight[m][x]; i++) {
                const size_t at = seg_mixture_at(colours, x, i);
                differs |= a->mode[m][at] != b->mode[m][at];
            }
            if (differs) ck_abort_msg("level %d, width %d, mode %d of %d", level, width, m, x);
        }
    }
}

static seg_mixture_row constants(int32_t width, scene_random *random) {
    static const uint16_t rates[] = {0, 1, 131, 1300, 20000, SEG_MIXTURE_FASTEST};
    return (seg_mixture_row){.width = width,
                             .modes = 1 + (int32_t)scene_below(random, SEG_MIXTURE_MODES),
                             .colours = scene_below(random, 2) ? 3 : 1,
                             .rate = rates[scene_below(random, 6)],
                             .prune = (uint16_t)(scene_below(random, 2) * scene_below(random, 300)),
                             .background = (uint16_t)scene_below(random, 65536),
                             .near_background = 65536 / 16,
                             .near_mode = 65536 / 9,
                             .first = 15 * 64,
                             .least = 4 * 64,
                             .most = 4000};
}

START_TEST(levels_are_equal) {
    scene_random random = {7};
    static frame f;
    static mixture wanted, got[2];
    for (int32_t width = 1; width <= LONGEST; width++) {
        seg_mixture_row row = constants(width, &random);
        memset(&wanted, 0, sizeof wanted);
        memset(got, 0, sizeof got);
        int32_t foreground = 0;
        for (int t = 0; t < 56; t++) {
            uint8_t masks[3][LONGEST + 8];
            paint(&f, &random, t < 12 ? 2 : t < 36 ? 1 : 12);
            const int variant = (int)scene_below(&random, 16);
            row.rate = constants(width, &random).rate;
            row.dither_offset = (uint16_t)scene_below(&random, 65536);
            run(&seg_mixture_kernels_ref, &wanted, &f, row, masks[2], variant);
            for (int i = 0; i < level_count; i++) {
                run(levels[i], &got[i], &f, row, masks[i], variant);
                ck_assert_mem_eq(masks[i], masks[2], (size_t)width);
                compare(&wanted, &got[i], &row, i);
            }
            for (int32_t x = 0; x < width; x++)
                foreground += masks[2][x] != 0;
        }
        if (width > 40) ck_assert_int_gt(foreground, 0);
    }
}
END_TEST

/* Weights descend and add up to 65535, whatever comes. */
START_TEST(weights_add_up) {
    scene_random random = {8};
    static frame f;
    static mixture m;
    uint8_t mask[LONGEST + 8];
    seg_mixture_row row = constants(LONGEST, &random);
    row.modes = SEG_MIXTURE_MODES;
    row.colours = 3;
    for (int t = 0; t < 300; t++) {
        paint(&f, &random, 8);
        row.rate = t % 7 == 0 ? SEG_MIXTURE_FASTEST : t % 3 ? 400 : 9000;
        row.prune = (uint16_t)(t % 2 * 20);
        row.dither_offset = (uint16_t)scene_below(&random, 65536);
        run(&seg_mixture_kernels_ref, &m, &f, row, mask, 1);
        for (int x = 0; x < LONGEST; x++) {
            uint32_t sum = 0;
            for (int i = 0; i < SEG_MIXTURE_MODES; i++) {
                sum += m.weight[i][x];
                if (i) ck_assert_uint_le(m.weight[i][x], m.weight[i - 1][x]);
            }
            ck_assert_uint_eq(sum, 65535);
        }
    }
}
END_TEST

/* Two values by turns, worked out by hand: the second one starts a mode of weight 0.1, its squared
 * distance of 3 * 10^2 being beyond 9 * 15; met again it goes up by a tenth of what is missing. */
START_TEST(two_values) {
    static frame f;
    static mixture m;
    uint8_t mask[LONGEST + 8];
    seg_mixture_row row = {.width = 1,
                           .modes = 5,
                           .colours = 3,
                           .rate = 6553,
                           .background = 58981,
                           .near_background = 4096,
                           .near_mode = 7281,
                           .first = 960,
                           .least = 256,
                           .most = 4000};
    memset(&f, 0, sizeof f);
    f.value[0][0] = f.value[1][0] = f.value[2][0] = 100 * 128;
    run(&seg_mixture_kernels_ref, &m, &f, row, mask, 0);
    ck_assert_uint_eq(mask[0], 0); /* never seen before */
    ck_assert_uint_eq(m.weight[0][0], 65535);
    ck_assert_uint_eq(mean_of(&m, 0, 3, 0, 2), 12800);
    ck_assert_uint_eq(variance_of(&m, 0, 3, 0), 960);
    f.value[0][0] = f.value[1][0] = f.value[2][0] = 110 * 128;
    run(&seg_mixture_kernels_ref, &m, &f, row, mask, 0);
    ck_assert_uint_eq(mask[0], 255); /* 300 > 16 * 15 */
    ck_assert_uint_eq(m.weight[1][0], 6553);
    ck_assert_uint_eq(m.weight[0][0], 65535 - 6553);
    ck_assert_uint_eq(mean_of(&m, 1, 3, 0, 0), 14080);
    run(&seg_mixture_kernels_ref, &m, &f, row, mask, 0);
    ck_assert_uint_eq(mask[0], 255); /* the first mode alone is 0.9 of all: enough */
    /* w0 loses floor(58982 * 6553 / 65536) = 5897 */
    ck_assert_uint_eq(m.weight[0][0], 58982 - 5897);
    ck_assert_uint_eq(m.weight[1][0], 65535 - (58982 - 5897));
    /* the variance falls towards 0 by the share 6553 / 12450 of 960, at a dither of 0 */
    ck_assert_uint_eq(variance_of(&m, 1, 3, 0), 960 - 505);
    run(&seg_mixture_kernels_ref, &m, &f, row, mask, 0);
    ck_assert_uint_eq(mask[0], 0); /* the first mode is below 0.9 of all */
    f.value[0][0] = 100 * 128 + 1;
    f.value[1][0] = f.value[2][0] = 100 * 128;
    row.rate = 0;
    const mixture before = m;
    run(&seg_mixture_kernels_ref, &m, &f, row, mask, 0);
    ck_assert_mem_eq(&before, &m, sizeof m);
}
END_TEST

/* Shadows among what a mixture that has learnt a while finds, by every level as by the twin. */
START_TEST(shadows_are_equal) {
    scene_random random = {9};
    static frame f;
    int32_t found = 0, left = 0;
    for (int32_t width = 1; width <= LONGEST; width++) {
        static mixture m;
        uint8_t mask[LONGEST + 8];
        memset(&m, 0, sizeof m);
        seg_mixture_row row = constants(width, &random);
        row.colours = 3;
        row.rate = 3000;
        const int variant = (int)scene_below(&random, 2);
        for (int t = 0; t < 12; t++) {
            paint(&f, &random, 8);
            run(&seg_mixture_kernels_ref, &m, &f, row, mask, variant);
        }
        point_at(&row, &m, &f, variant);
        for (int32_t x = 0; x < width; x++)
            mask[x] = (uint8_t)(scene_below(&random, 2) * 255);
        const seg_mixture_shade shade = {
            .darkest = 0.1f * (float)scene_below(&random, 9), .near_squared = 16, .value = 127};
        uint8_t wanted[LONGEST + 8], got[LONGEST + 8];
        memcpy(wanted, mask, sizeof mask);
        row.mask = wanted;
        seg_mixture_kernels_ref.shade(&shade, &row);
        for (int i = 0; i < level_count; i++) {
            memcpy(got, mask, sizeof mask);
            row.mask = got;
            levels[i]->shade(&shade, &row);
            ck_assert_mem_eq(got, wanted, sizeof wanted); /* with what is beyond the row */
        }
        for (int32_t x = 0; x < width; x++) {
            found += wanted[x] == 127;
            left += wanted[x] == 255;
        }
    }
    ck_assert_int_gt(found, 100);
    ck_assert_int_gt(left, 100);
}
END_TEST

/* One mode of (200, 160, 120): 0.8 of its light is shadow, 0.6 is too dark, another hue is none. */
START_TEST(a_shadow) {
    static mixture m;
    static frame f;
    static const uint8_t levels8[3][3] = {{160, 120, 160}, {128, 96, 96}, {96, 72, 128}};
    memset(&m, 0, sizeof m);
    for (int32_t x = 0; x < 3; x++) {
        m.weight[0][x] = 65535;
        m.mode[0][seg_mixture_at(3, x, 0)] = 4 * 64;
        for (int32_t c = 0; c < 3; c++) {
            m.mode[0][seg_mixture_at(3, x, 1 + c)] = (uint16_t)((200 - 40 * c) * 128);
            f.value8[c][1 + x] = levels8[c][x];
        }
    }
    uint8_t mask[8] = {255, 255, 255, 7};
    seg_mixture_row row = {.mask = mask, .width = 3, .modes = 2, .colours = 3, .background = 58981};
    point_at(&row, &m, &f, 1);
    const seg_mixture_shade shade = {.darkest = 0.7f, .near_squared = 16, .value = 127};
    seg_mixture_kernels_ref.shade(&shade, &row);
    ck_assert_uint_eq(mask[0], 127);
    ck_assert_uint_eq(mask[1], 255);
    ck_assert_uint_eq(mask[2], 255);
    ck_assert_uint_eq(mask[3], 7);
}
END_TEST

int main(void) {
    find_levels();
    Suite *suite = suite_create("mixture kernels");
    TCase *cases = tcase_create("mixture");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, two_values);
    tcase_add_test(cases, weights_add_up);
    tcase_add_test(cases, levels_are_equal);
    tcase_add_test(cases, a_shadow);
    tcase_add_test(cases, shadows_are_equal);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
