/* Temporal kernels: every level gives what the readable twin gives, and stays within its rows. */
#include "kernels/temporal.h"
#include "scenes.h"

#include <check.h>

#define LONGEST 200
#define GUARD 0xa5
#define ROWS 5

static const seg_temporal_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_temporal_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_temporal_kernels_avx2;
#endif
}

/* Values near 0 and near the top as likely as all others. */
static uint32_t extreme(scene_random *random, uint32_t most) {
    switch (scene_below(random, 4)) {
    case 0:
        return scene_below(random, 3);
    case 1:
        return most - scene_below(random, 3);
    default:
        return scene_below(random, most + 1);
    }
}

/* One row of each kind in both sample types, at odd addresses. */
typedef struct rows {
    uint8_t narrow[ROWS][LONGEST + 8];
    uint16_t wide[ROWS][LONGEST + 8];
    uint8_t mask[LONGEST + 8];
} rows;

static void fill(rows *r, scene_random *random) {
    for (int i = 0; i < ROWS; i++)
        for (int x = 0; x < LONGEST + 8; x++) {
            r->narrow[i][x] = (uint8_t)extreme(random, 255);
            r->wide[i][x] = (uint16_t)extreme(random, 65535);
        }
    for (int x = 0; x < LONGEST + 8; x++)
        r->mask[x] = scene_below(random, 3) ? 0 : (uint8_t)extreme(random, 255);
}

/* Output rows with guards behind. */
typedef struct outputs {
    uint8_t narrow[LONGEST + 8];
    uint16_t wide[LONGEST + 8];
} outputs;

/* All simple kernels into one digest; -1 if a guard was touched. */
static uint64_t run_rows(const seg_temporal_kernels *k, const rows *r, int32_t width,
                         uint32_t level) {
    const uint8_t *const narrow[] = {r->narrow[0], r->narrow[1] + 1, r->narrow[2], r->narrow[3] + 3,
                                     r->narrow[4]};
    const uint16_t *const wide[] = {r->wide[0], r->wide[1] + 1, r->wide[2], r->wide[3] + 3,
                                    r->wide[4]};
    uint64_t hash = SCENE_HASH_START;
    outputs o;
    for (int kernel = 0; kernel < 6; kernel++) {
        memset(&o, GUARD, sizeof o);
        memcpy(o.narrow, narrow[1], (size_t)width);
        memcpy(o.wide, wide[1], (size_t)width * 2);
        switch (kernel) {
        case 0:
            k->difference_u8(o.narrow, narrow[0], narrow[1], width);
            k->difference_u16(o.wide, wide[0], wide[1], width);
            break;
        case 1:
            k->middle_u8(o.narrow, narrow[0], narrow[1], narrow[2], width);
            k->middle_u16(o.wide, wide[0], wide[1], wide[2], width);
            break;
        case 2:
            k->range_u8(o.narrow, narrow, (int32_t)(level % ROWS) + 1, width);
            k->range_u16(o.wide, wide, (int32_t)(level % ROWS) + 1, width);
            break;
        case 3:
            k->above_u8(o.narrow, narrow[3], (uint8_t)level, width);
            break;
        case 4:
            k->above_u16(o.narrow, wide[3], (uint16_t)level, width);
            break;
        default:
            k->leave_out_u8(o.narrow, r->mask, width);
            k->leave_out_u16(o.wide, r->mask, width);
        }
        ck_assert_uint_eq(o.narrow[width], GUARD);
        ck_assert_uint_eq(o.wide[width], GUARD * 257);
        hash = scene_fnv(hash, &o, sizeof o);
    }
    return hash;
}

START_TEST(rows_are_equal) {
    scene_random random = {1};
    rows r;
    for (int32_t width = 1; width <= LONGEST; width++) {
        fill(&r, &random);
        const uint32_t level = extreme(&random, 65535);
        const uint64_t wanted = run_rows(&seg_temporal_kernels_ref, &r, width, level);
        for (int i = 0; i < level_count; i++)
            ck_assert_msg(run_rows(levels[i], &r, width, level) == wanted,
                          "level %d, width %d, threshold %u", i, (int)width, (unsigned)level);
    }
}
END_TEST

/* A model step with every combination of optional rows. */
static uint64_t run_model(const seg_temporal_kernels *k, const rows *r, int32_t width, int variant,
                          const uint16_t numbers[4]) {
    uint16_t model[LONGEST + 8], score[LONGEST + 8];
    uint8_t mask[LONGEST + 8];
    memset(score, GUARD, sizeof score);
    memset(mask, GUARD, sizeof mask);
    memcpy(model, r->wide[0], sizeof model);
    const seg_model_row row = {
        .mask = mask,
        .score = variant & 1 ? score : NULL,
        .model = model,
        .value = variant & 2 ? r->wide[1] + 1 : NULL,
        .value_u8 = variant & 2 ? NULL : r->narrow[1] + 1,
        .left_out = variant & 4 ? r->mask : NULL,
        .held = variant & 8 ? r->narrow[2] : NULL,
        .pattern = r->wide[2],
        .width = width,
        .dither_offset = numbers[0],
        .level = numbers[1],
        .levels = variant & 16 ? r->wide[3] + 1 : NULL,
        .rate_background = numbers[2],
        .rate_foreground = numbers[3],
    };
    k->model_step(&row);
    ck_assert_uint_eq(mask[width], GUARD);
    ck_assert_uint_eq(score[width], GUARD * 257);
    ck_assert_mem_eq(model + width, r->wide[0] + width, sizeof model - 2 * (size_t)width);
    uint64_t hash = scene_fnv(SCENE_HASH_START, model, sizeof model);
    hash = scene_fnv(hash, score, sizeof score);
    return scene_fnv(hash, mask, sizeof mask);
}

START_TEST(model_steps_are_equal) {
    scene_random random = {2};
    rows r;
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (int variant = 0; variant < 32; variant++) {
            fill(&r, &random);
            uint16_t numbers[4];
            for (int i = 0; i < 4; i++)
                numbers[i] = (uint16_t)extreme(&random, 65535);
            if (scene_below(&random, 4) == 0) numbers[2] = numbers[3] = 0;
            const uint64_t wanted =
                run_model(&seg_temporal_kernels_ref, &r, width, variant, numbers);
            for (int i = 0; i < level_count; i++)
                ck_assert_msg(run_model(levels[i], &r, width, variant, numbers) == wanted,
                              "level %d, width %d, variant %d", i, (int)width, variant);
        }
    }
}
END_TEST

START_TEST(model_step_by_hand) {
    /* differences 0, 100 up, 100 down, 1000 up; rate 1/4 background, 1/8 foreground */
    const uint16_t value[4] = {500, 600, 400, 1500};
    const uint16_t pattern[4] = {0, 0, 65535, 40000};
    uint16_t model[4] = {500, 500, 500, 500}, score[4];
    uint8_t mask[4];
    const seg_model_row row = {.mask = mask,
                               .score = score,
                               .model = model,
                               .value = value,
                               .pattern = pattern,
                               .width = 4,
                               .level = 100,
                               .rate_background = 16384,
                               .rate_foreground = 8192};
    seg_temporal_kernels_ref.model_step(&row);
    const uint8_t wanted_mask[4] = {0, 0, 0, 255};
    const uint16_t wanted_score[4] = {0, 100, 100, 1000};
    const uint16_t wanted_model[4] = {500, 525, 475, 625};
    ck_assert_mem_eq(mask, wanted_mask, sizeof mask);
    ck_assert_mem_eq(score, wanted_score, sizeof score);
    ck_assert_mem_eq(model, wanted_model, sizeof model);
}
END_TEST

START_TEST(full_rate_takes_the_frame) {
    const uint16_t pattern[1] = {0};
    for (int i = 0; i < level_count + 1; i++) {
        const seg_temporal_kernels *k = i < level_count ? levels[i] : &seg_temporal_kernels_ref;
        for (uint32_t value = 0; value < 65536; value += 5) {
            uint16_t model[1] = {31000}, frame[1] = {(uint16_t)value};
            uint8_t mask[1];
            const seg_model_row row = {.mask = mask,
                                       .model = model,
                                       .value = frame,
                                       .pattern = pattern,
                                       .width = 1,
                                       .dither_offset = 65535,
                                       .level = 65535,
                                       .rate_background = 65535,
                                       .rate_foreground = 65535};
            k->model_step(&row);
            ck_assert_uint_eq(model[0], value);
        }
    }
}
END_TEST

START_TEST(colours_are_split) {
    scene_random random = {9};
    uint8_t in[LONGEST * 4 + 1], out[3][LONGEST + 1];
    for (int32_t i = 0; i < (int32_t)sizeof in; i++)
        in[i] = (uint8_t)scene_below(&random, 256);
    for (int32_t width = 1; width <= LONGEST; width++)
        for (int32_t channels = 3; channels <= 4; channels++)
            for (int i = -1; i < level_count; i++) {
                uint8_t *const apart[3] = {out[0], out[1], out[2]};
                memset(out, GUARD, sizeof out);
                (i < 0 ? &seg_temporal_kernels_ref : levels[i])
                    ->split_u8(apart, in + 1, width, channels);
                for (int32_t x = 0; x < width; x++)
                    for (int32_t c = 0; c < 3; c++)
                        ck_assert_uint_eq(out[c][x], in[1 + x * channels + c]);
                for (int c = 0; c < 3; c++)
                    ck_assert_uint_eq(out[c][width], GUARD);
            }
}
END_TEST

int main(void) {
    find_levels();
    Suite *suite = suite_create("temporal kernels");
    TCase *cases = tcase_create("levels");
    tcase_add_test(cases, rows_are_equal);
    tcase_add_test(cases, colours_are_split);
    tcase_add_test(cases, model_steps_are_equal);
    tcase_add_test(cases, model_step_by_hand);
    tcase_add_test(cases, full_rate_takes_the_frame);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
