/* Consensus kernels: every level gives what the readable twin gives, and what was worked out by
 * hand. */
#include "kernels/consensus.h"
#include "scenes.h"

#include <check.h>
#include <string.h>

#define BLOCKS 3
#define BLOCK SEG_CONSENSUS_BLOCK
#define WIDTH (BLOCKS * BLOCK)
#define ROOM 2
#define ROW (WIDTH + 2 * ROOM)
#define SAMPLES 7
#define GUARD 0xa5

static const seg_consensus_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_consensus_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_consensus_kernels_avx2;
#endif
}

/* A row with all that surrounds it. */
typedef struct scene {
    uint8_t around[3][5][ROW], planes[SEG_CONSENSUS_PLANES][WIDTH];
    uint8_t samples[WIDTH * SAMPLES * SEG_CONSENSUS_PLANES];
    uint8_t limit[WIDTH], texture_limit[WIDTH];
    int32_t contrast;
} scene;

static uint8_t near_value(scene_random *random, int value) {
    const int other = value + (int)scene_below(random, 33) - 16;
    if (scene_below(random, 6) == 0) return (uint8_t)scene_below(random, 256);
    return (uint8_t)(other < 0 ? 0 : other > 255 ? 255 : other);
}

/* Samples are near the values, so that some agree. */
static void paint(scene *s, scene_random *random, int32_t colours) {
    const int level = (int)scene_below(random, 256);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 5; i++)
            for (int x = 0; x < ROW; x++)
                s->around[c][i][x] = near_value(random, level);
    s->contrast = (int32_t)scene_below(random, 257);
    for (int x = 0; x < WIDTH; x++) {
        s->limit[x] = (uint8_t)scene_below(random, 256);
        s->texture_limit[x] = (uint8_t)scene_below(random, 40);
    }
    for (int32_t c = 0; c < colours; c++) {
        memcpy(s->planes[c], s->around[c][2] + ROOM, WIDTH);
        const uint8_t *around[5];
        for (int i = 0; i < 5; i++)
            around[i] = s->around[c][i] + ROOM;
        seg_consensus_kernels_ref.texture(s->planes[colours + 2 * c],
                                          s->planes[colours + 2 * c + 1], around, s->contrast,
                                          BLOCKS);
    }
    const size_t planes = (size_t)(3 * colours);
    for (size_t i = 0; i < sizeof s->samples; i++) {
        const size_t run = i / BLOCK, plane = run % planes, block = run / planes / SAMPLES % BLOCKS;
        const uint8_t value = s->planes[plane][block * BLOCK + i % BLOCK];
        s->samples[i] = plane < (size_t)colours  ? near_value(random, value)
                        : scene_below(random, 3) ? (uint8_t)(value ^ (1u << scene_below(random, 8)))
                                                 : value;
    }
}

typedef struct outputs {
    uint8_t agreeing[WIDTH + 8], nearest[WIDTH + 8], nearest_texture[WIDTH + 8];
} outputs;

static void run(outputs *o, const seg_consensus_kernels *k, const scene *s, int32_t colours,
                int32_t needed, bool textured, const uint8_t *only) {
    memset(o, GUARD, sizeof *o);
    seg_consensus_row row = {.agreeing = o->agreeing,
                             .nearest = o->nearest,
                             .nearest_texture = o->nearest_texture,
                             .samples = s->samples,
                             .limit = s->limit,
                             .texture_limit = s->texture_limit,
                             .wanted = only,
                             .contrast = s->contrast,
                             .blocks = BLOCKS,
                             .colours = colours,
                             .sample_count = SAMPLES,
                             .needed = needed};
    for (int p = 0; p < SEG_CONSENSUS_PLANES; p++)
        row.value[p] = s->planes[p];
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 5; i++)
            row.around[c][i] = s->around[c][i] + ROOM;
    (textured ? k->agree_textured : k->agree)(&row);
    ck_assert_uint_eq(o->agreeing[WIDTH], GUARD);
    ck_assert_uint_eq(o->nearest[WIDTH], GUARD);
}

START_TEST(levels_agree) {
    scene_random random = {3};
    static scene s;
    int counts[3] = {0};
    for (int t = 0; t < 400; t++) {
        const int32_t colours = t % 2 ? 3 : 1, needed = 1 + (int32_t)scene_below(&random, 3);
        const bool textured = t / 2 % 2;
        paint(&s, &random, colours);
        outputs wanted, got;
        uint8_t chosen[WIDTH];
        for (int x = 0; x < WIDTH; x++)
            chosen[x] = scene_below(&random, 3) ? 255 : 0;
        const uint8_t *only = textured && t % 8 > 3 ? chosen : NULL;
        run(&wanted, &seg_consensus_kernels_ref, &s, colours, needed, textured, only);
        for (int x = 0; x < WIDTH && only; x++)
            if (!only[x]) ck_assert_uint_eq(wanted.agreeing[x], 0);
        for (int x = 0; x < WIDTH; x++)
            counts[wanted.agreeing[x] == 0 ? 0 : wanted.agreeing[x] < needed ? 1 : 2]++;
        for (int i = 0; i < level_count; i++) {
            run(&got, levels[i], &s, colours, needed, textured, only);
            ck_assert_msg(!memcmp(&got, &wanted, sizeof got), "level %d, case %d", i, t);
        }
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_gt(counts[i], 400);
}
END_TEST

START_TEST(textures_are_equal) {
    scene_random random = {4};
    static scene s;
    for (int t = 0; t < 100; t++) {
        paint(&s, &random, 1);
        const uint8_t *around[5];
        for (int i = 0; i < 5; i++)
            around[i] = s.around[0][i] + ROOM;
        for (int i = 0; i < level_count; i++) {
            uint8_t low[WIDTH], high[WIDTH];
            levels[i]->texture(low, high, around, s.contrast, BLOCKS);
            ck_assert_mem_eq(low, s.planes[1], WIDTH);
            ck_assert_mem_eq(high, s.planes[2], WIDTH);
        }
    }
}
END_TEST

/* A pixel of 100 whose right neighbour alone differs by more than a third. */
START_TEST(texture_by_hand) {
    uint8_t rows[5][BLOCK + 2 * ROOM], low[BLOCK], high[BLOCK];
    memset(rows, 100, sizeof rows);
    rows[2][ROOM + 6] = 160;
    rows[0][ROOM + 5] = 133;
    const uint8_t *around[5];
    for (int i = 0; i < 5; i++)
        around[i] = rows[i] + ROOM;
    seg_consensus_kernels_ref.texture(low, high, around, 85, 1);
    ck_assert_uint_eq(low[5], 0);
    ck_assert_uint_eq(high[5], 1); /* neighbour 8 is the one to the right */
    ck_assert_uint_eq(low[6], 255);
    ck_assert_uint_eq(high[6], 255);
    ck_assert_uint_eq(low[7], 128); /* neighbour 7: to the left */
}
END_TEST

START_TEST(samples_are_exchanged) {
    scene_random random = {5};
    for (int t = 0; t < 300; t++) {
        uint8_t chance[BLOCK], from[BLOCK], held[BLOCK], value[2][BLOCK];
        uint16_t pattern[BLOCK];
        uint8_t samples[3][2 * BLOCK], taken[3][BLOCK];
        for (int x = 0; x < BLOCK; x++) {
            chance[x] = (uint8_t)scene_below(&random, 256);
            from[x] = scene_below(&random, 3) ? 0 : 255;
            held[x] = scene_below(&random, 3) ? 0 : (uint8_t)scene_below(&random, 256);
            pattern[x] = (uint16_t)scene_below(&random, 65536);
            value[0][x] = (uint8_t)x;
            value[1][x] = (uint8_t)(100 + x);
        }
        const uint8_t *const values[2] = {value[0], value[1]};
        const uint16_t factor = (uint16_t)scene_below(&random, 65536), addend = (uint16_t)t;
        memset(samples, 200, sizeof samples);
        const int32_t any = seg_consensus_kernels_ref.draw(
            taken[2], chance, from, t % 2 ? held : NULL, pattern, factor, addend);
        seg_consensus_kernels_ref.replace(samples[2], values, taken[2], 2);
        for (int x = 0; x < BLOCK; x++) {
            if (from[x] || (t % 2 && held[x])) ck_assert_uint_eq(taken[2][x], 0);
            ck_assert_uint_eq(samples[2][BLOCK + x], taken[2][x] ? 100 + x : 200);
        }
        for (int i = 0; i < level_count; i++) {
            ck_assert_int_eq(levels[i]->draw(taken[i], chance, from, t % 2 ? held : NULL, pattern,
                                             factor, addend),
                             any);
            levels[i]->replace(samples[i], values, taken[i], 2);
            ck_assert_mem_eq(taken[i], taken[2], BLOCK);
            ck_assert_mem_eq(samples[i], samples[2], 2 * BLOCK);
        }
    }
}
END_TEST

int main(void) {
    find_levels();
    Suite *suite = suite_create("consensus kernels");
    TCase *cases = tcase_create("consensus");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, levels_agree);
    tcase_add_test(cases, textures_are_equal);
    tcase_add_test(cases, texture_by_hand);
    tcase_add_test(cases, samples_are_exchanged);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
