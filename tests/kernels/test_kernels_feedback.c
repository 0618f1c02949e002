/* Feedback kernels: every level gives what the readable twin gives, and what was worked out by
 * hand. */
#include "kernels/feedback.h"
#include "scenes.h"

#include <check.h>
#include <string.h>

#define WIDTH (2 * SEG_CONSENSUS_BLOCK)

static const seg_feedback_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_feedback_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_feedback_kernels_avx2;
#endif
}

enum {
    DISTANCE,
    MOTION,
    SLOW,
    QUICK,
    MOTION_QUICK,
    RAW_SLOW,
    RAW_QUICK,
    FINAL_SLOW,
    FINAL_QUICK,
    R,
    T,
    V,
    FLOATS
};
enum {
    RAW,
    LAST_MASK,
    BLINKS,
    AGREEING,
    NEAREST,
    NEAREST_TEXTURE,
    LIMIT,
    TEXTURE_LIMIT,
    OWN,
    OTHER,
    GHOST,
    BYTES
};

typedef struct state {
    float values[FLOATS][WIDTH];
    uint8_t bytes[BYTES][WIDTH];
    uint8_t planes[2][SEG_CONSENSUS_PLANES][WIDTH];
    int32_t colours, needed, texture;
    float threshold, share;
} state;

static void run(const seg_feedback_kernels *k, state *s) {
    seg_feedback_row row = {.agreeing = s->bytes[AGREEING],
                            .nearest = s->bytes[NEAREST],
                            .nearest_texture = s->bytes[NEAREST_TEXTURE],
                            .raw = s->bytes[RAW],
                            .last_mask = s->bytes[LAST_MASK],
                            .blinks = s->bytes[BLINKS],
                            .distance = s->values[DISTANCE],
                            .motion = s->values[MOTION],
                            .distance_slow = s->values[SLOW],
                            .distance_quick = s->values[QUICK],
                            .motion_quick = s->values[MOTION_QUICK],
                            .raw_slow = s->values[RAW_SLOW],
                            .raw_quick = s->values[RAW_QUICK],
                            .final_slow = s->values[FINAL_SLOW],
                            .final_quick = s->values[FINAL_QUICK],
                            .r = s->values[R],
                            .t = s->values[T],
                            .v = s->values[V],
                            .limit = s->bytes[LIMIT],
                            .texture_limit = s->bytes[TEXTURE_LIMIT],
                            .chance_own = s->bytes[OWN],
                            .chance_other = s->bytes[OTHER],
                            .chance_ghost = s->bytes[GHOST],
                            .slow = 0.01f,
                            .quick = 0.04f,
                            .t_least = 2,
                            .t_most = 256,
                            .threshold = s->threshold,
                            .share = s->share,
                            .texture = s->texture,
                            .quickest = 128,
                            .colours = s->colours,
                            .needed = s->needed,
                            .width = WIDTH};
    for (int p = 0; p < SEG_CONSENSUS_PLANES; p++) {
        row.value[p] = s->planes[0][p];
        row.last_value[p] = s->planes[1][p];
    }
    k->limits(&row);
    k->distances(&row);
    k->update(&row);
    k->chances(&row);
}

static uint8_t byte_of(scene_random *random, int most) {
    return (uint8_t)scene_below(random, (uint32_t)most + 1);
}

static void paint(state *s, scene_random *random) {
    memset(s, 0, sizeof *s);
    s->colours = scene_below(random, 2) ? 3 : 1;
    s->needed = 1 + (int32_t)scene_below(random, 16);
    s->texture = (int32_t)scene_below(random, 17);
    s->threshold = (float)(8 + scene_below(random, 93));
    s->share = (float)(1 + scene_below(random, 8)) / 8;
    for (int x = 0; x < WIDTH; x++) {
        for (int i = SLOW; i <= FINAL_QUICK; i++)
            s->values[i][x] = scene_below(random, 8) ? (float)scene_below(random, 1000) / 999 : 0;
        if (!scene_below(random, 3)) s->values[RAW_QUICK][x] = 1;
        s->values[R][x] = 1 + (float)scene_below(random, 400) / 100;
        s->values[T][x] = 2 + (float)scene_below(random, 254);
        s->values[V][x] = (float)scene_below(random, 300) / 10;
        for (int i = RAW; i <= BLINKS; i++)
            s->bytes[i][x] = scene_below(random, 2) ? 255 : 0;
        s->bytes[AGREEING][x] = byte_of(random, s->needed);
        s->bytes[NEAREST][x] = byte_of(random, 255);
        s->bytes[NEAREST_TEXTURE][x] = byte_of(random, 48);
        for (int p = 0; p < SEG_CONSENSUS_PLANES; p++)
            for (int i = 0; i < 2; i++)
                s->planes[i][p][x] = byte_of(random, scene_below(random, 9) ? 255 : 0);
    }
}

START_TEST(levels_agree) {
    scene_random random = {6};
    for (int t = 0; t < 500; t++) {
        state start;
        paint(&start, &random);
        state wanted = start;
        run(&seg_feedback_kernels_ref, &wanted);
        for (int i = 0; i < level_count; i++) {
            state got = start;
            run(levels[i], &got);
            ck_assert_msg(!memcmp(&got, &wanted, sizeof got), "level %d, case %d", i, t);
        }
    }
}
END_TEST

/* A steady pixel: R falls by 0.01 / v, v by 0.1, T by 0.25 v / D with the v that was. */
START_TEST(steady_by_hand) {
    static state s;
    s = (state){.colours = 3, .needed = 2, .texture = 3, .threshold = 30, .share = 1};
    s.values[R][0] = 2;
    s.values[T][0] = 50;
    s.values[V][0] = 4;
    s.values[SLOW][0] = s.values[QUICK][0] = 0.25f;
    s.bytes[AGREEING][0] = 2;
    s.bytes[NEAREST][0] = 48;         /* 96 / 768 = 1/8 */
    s.bytes[NEAREST_TEXTURE][0] = 18; /* 18 / 48 = 3/8; mean 1/4 */
    s.planes[0][1][0] = 96;           /* 1/8 of 768 */
    s.planes[0][3][0] = 0x3f;         /* 6 of 48 bits */
    run(&seg_feedback_kernels_ref, &s);
    ck_assert_uint_eq(s.bytes[LIMIT][0], 81);         /* 1.5 (2 * 30 - 6) */
    ck_assert_uint_eq(s.bytes[TEXTURE_LIMIT][0], 21); /* 3 (4 + 3) */
    ck_assert_float_eq(s.values[DISTANCE][0], 0.25f);
    ck_assert_float_eq(s.values[MOTION][0], 0.125f);
    ck_assert_float_eq_tol(s.values[T][0], 50 - 0.25f * 4 / 0.25f, 1e-5f);
    ck_assert_float_eq_tol(s.values[V][0], 3.9f, 1e-6f);
    /* (1 + 2 * 0.25)^2 = 2.25 > 2: R rises by 0.01 * (3.9 - 0.1) */
    ck_assert_float_eq_tol(s.values[R][0], 2.038f, 1e-6f);
    ck_assert_uint_eq(s.bytes[OWN][0], 5);    /* 256 / 49 */
    ck_assert_uint_eq(s.bytes[OTHER][0], 10); /* 512 / 51 */
    ck_assert_uint_eq(s.bytes[GHOST][0], 0);
}
END_TEST

/* None of two agrees, and it has long been foreground without moving: a ghost, unsteady. */
START_TEST(ghost_by_hand) {
    static state s;
    s = (state){.colours = 1, .needed = 2, .texture = 3, .threshold = 30, .share = 1};
    s.values[R][0] = 1;
    s.values[V][0] = 1;
    s.values[RAW_SLOW][0] = s.values[RAW_QUICK][0] = 1;
    s.bytes[RAW][0] = 255;
    run(&seg_feedback_kernels_ref, &s);
    ck_assert_uint_eq(s.bytes[LIMIT][0], 15);        /* 0.5 * 30 */
    ck_assert_uint_eq(s.bytes[TEXTURE_LIMIT][0], 6); /* 2 + 3 + 1 */
    ck_assert_float_eq(s.values[DISTANCE][0], 1);
    ck_assert_uint_eq(s.bytes[GHOST][0], 128);
}
END_TEST

int main(void) {
    find_levels();
    Suite *suite = suite_create("feedback kernels");
    TCase *cases = tcase_create("feedback");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, levels_agree);
    tcase_add_test(cases, steady_by_hand);
    tcase_add_test(cases, ghost_by_hand);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
