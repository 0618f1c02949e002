/* Neighbours kernels: every level gives what the readable twin gives, and what was worked out by
 * hand. */
#include "kernels/neighbours.h"
#include "scenes.h"

#include <check.h>
#include <string.h>

#define BLOCKS 3
#define BLOCK SEG_NEIGHBOURS_BLOCK
#define WIDTH (BLOCKS * BLOCK)
#define SAMPLES 9
#define GUARD 0xa5

static const seg_neighbours_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_neighbours_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_neighbours_kernels_avx2;
#endif
}

typedef struct scene {
    uint8_t value[3][WIDTH], samples[WIDTH * SAMPLES * 3];
    uint8_t known[BLOCKS * SAMPLES * SEG_NEIGHBOURS_BYTES];
} scene;

typedef struct masks {
    uint8_t mask[WIDTH + 8], usual[BLOCKS * SEG_NEIGHBOURS_BYTES + 8];
} masks;

static void run(masks *out, const seg_neighbours_kernels *k, const scene *s, int32_t colours,
                int32_t needed, int32_t limit) {
    memset(out, GUARD, sizeof *out);
    const seg_neighbours_row row = {.mask = out->mask,
                                    .usual = out->usual,
                                    .samples = s->samples,
                                    .known = s->known,
                                    .value = {s->value[0], s->value[1], s->value[2]},
                                    .blocks = BLOCKS,
                                    .colours = colours,
                                    .sample_count = SAMPLES,
                                    .needed = needed,
                                    .limit = limit};
    k->search(&row);
    ck_assert_uint_eq(out->mask[WIDTH], GUARD);
    ck_assert_uint_eq(out->usual[BLOCKS * SEG_NEIGHBOURS_BYTES], GUARD);
}

static bool is_usual(const masks *m, int x) {
    return m->usual[x / 8] >> x % 8 & 1;
}

/* Values near each other, some of them anywhere. */
static void paint(scene *s, scene_random *random) {
    const uint32_t spread = 1 + scene_below(random, 60);
    for (int c = 0; c < 3; c++)
        for (int x = 0; x < WIDTH; x++)
            s->value[c][x] = (uint8_t)(90 + scene_below(random, spread));
    for (size_t i = 0; i < sizeof s->samples; i++)
        s->samples[i] = (uint8_t)(scene_below(random, 12) ? 90 + scene_below(random, spread)
                                                          : scene_below(random, 256));
    for (size_t i = 0; i < sizeof s->known; i++)
        s->known[i] = (uint8_t)(scene_below(random, 256) | scene_below(random, 256));
}

START_TEST(levels_agree) {
    static scene s;
    scene_random random = {17};
    int counts[2][2] = {{0}};
    for (int t = 0; t < 600; t++) {
        const int32_t colours = t % 2 ? 3 : 1, needed = 1 + (int32_t)scene_below(&random, 3);
        const int32_t r = (int32_t)scene_below(&random, t % 7 ? 40 : 127), limit = r * r;
        paint(&s, &random);
        masks wanted, got;
        run(&wanted, &seg_neighbours_kernels_ref, &s, colours, needed, limit);
        for (int x = 0; x < WIDTH; x++)
            counts[wanted.mask[x] == 255][is_usual(&wanted, x)]++;
        for (int i = 0; i < level_count; i++) {
            run(&got, levels[i], &s, colours, needed, limit);
            ck_assert_msg(!memcmp(&got, &wanted, sizeof got), "level %d, case %d", i, t);
        }
    }
    ck_assert_int_eq(counts[0][0], 0); /* what is background is usual as well */
    ck_assert_int_gt(counts[0][1], 400);
    ck_assert_int_gt(counts[1][0], 400);
    ck_assert_int_gt(counts[1][1], 400);
}
END_TEST

/* Pixel 40 has the colour 100 100 100. Samples 0 and 1 of it are 3 4 12 away, which is 13; sample 1
 * alone is known to be background; the others are far away, further than 127 in all colours. */
START_TEST(by_hand) {
    static scene s;
    memset(&s, 0, sizeof s);
    memset(s.samples, 255, sizeof s.samples);
    const uint8_t away[3] = {97, 104, 112};
    for (int c = 0; c < 3; c++) {
        s.value[c][40] = 100;
        for (int i = 0; i < 2; i++)
            s.samples[(i * 3 + c) * WIDTH + 40] = away[c];
    }
    s.known[(BLOCKS + 1) * SEG_NEIGHBOURS_BYTES + 1] = 1;
    static const struct {
        int32_t needed, limit;
        uint8_t mask;
        bool usual;
    } cases[] = {
        {1, 169, 0, true}, {1, 168, 255, false}, {2, 169, 255, true}, {3, 126 * 126, 255, false}};
    for (size_t t = 0; t < sizeof cases / sizeof *cases; t++) {
        masks got;
        run(&got, &seg_neighbours_kernels_ref, &s, 3, cases[t].needed, cases[t].limit);
        ck_assert_uint_eq(got.mask[40], cases[t].mask);
        ck_assert_int_eq(is_usual(&got, 40), cases[t].usual);
    }
}
END_TEST

START_TEST(shadows_are_equal) {
    static scene s;
    scene_random random = {23};
    int64_t found = 0;
    for (int t = 0; t < 300; t++) {
        paint(&s, &random);
        for (int c = 0; c < 3; c++)
            for (int x = 0; x < WIDTH; x++)
                s.value[c][x] = (uint8_t)(s.value[c][x] * (150 + scene_below(&random, 120)) / 256);
        uint8_t mask[WIDTH], wanted[WIDTH], got[WIDTH + 1];
        for (int x = 0; x < WIDTH; x++)
            mask[x] = t % 3 && (t % 3 == 1 || scene_below(&random, 2)) ? 255 : 0;
        const int32_t r = 1 + (int32_t)scene_below(&random, t % 5 ? 30 : 126);
        const seg_neighbours_row row = {.samples = s.samples,
                                        .known = s.known,
                                        .value = {s.value[0], s.value[1], s.value[2]},
                                        .blocks = BLOCKS,
                                        .colours = 3,
                                        .sample_count = SAMPLES,
                                        .needed = 1 + (int32_t)scene_below(&random, 3)};
        seg_neighbours_shade shade = {.shadow = wanted,
                                      .mask = mask,
                                      .darkest = (float)scene_below(&random, 100) / 100,
                                      .near_squared = (float)(r * r),
                                      .above = (uint8_t)(r + 1)};
        const int32_t any = seg_neighbours_kernels_ref.shade(&shade, &row);
        for (int x = 0; x < WIDTH; x++)
            found += wanted[x] != 0;
        for (int i = 0; i < level_count; i++) {
            got[WIDTH] = GUARD;
            shade.shadow = got;
            ck_assert_int_eq(levels[i]->shade(&shade, &row), any);
            ck_assert_mem_eq(got, wanted, WIDTH);
            ck_assert_uint_eq(got[WIDTH], GUARD);
        }
    }
    ck_assert_int_gt(found, 1000);
    ck_assert_int_lt(found, 300 * WIDTH / 2);
}
END_TEST

int main(void) {
    find_levels();
    Suite *suite = suite_create("neighbours kernels");
    TCase *cases = tcase_create("neighbours");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, levels_agree);
    tcase_add_test(cases, by_hand);
    tcase_add_test(cases, shadows_are_equal);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
