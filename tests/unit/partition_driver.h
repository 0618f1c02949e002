/* Runs a method and the plainest code for the same rule on many pictures of all forms. */
#ifndef SEG_TESTS_PARTITION_DRIVER_H
#define SEG_TESTS_PARTITION_DRIVER_H

#include "partition.h"

typedef struct partition_case {
    const char *name;
    void *options;
    void (*choose)(void *options, pixels_random *random);
    /* fills the labels, returns their number */
    int32_t (*plain)(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options, seg_scratch *scratch);
    seg_status (*call)(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env);
    int rounds;
    int32_t longest;
} partition_case;

static inline void partition_compare(const partition_case *one, const seg_image *picture,
                                     const seg_image *ignore, const seg_env *env) {
    static plain_labels expected;
    seg_scratch scratch;
    seg_image blocked;
    seg_scratch_init(&scratch, NULL);
    ck_assert_int_eq(seg_picture_blocked(&blocked, picture, ignore, &scratch), SEG_OK);
    expected.width = picture->width;
    expected.height = picture->height;
    const int32_t count = one->plain(&expected, picture, &blocked, one->options, &scratch);
    for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
        if (!pixels_level(level)) continue;
        seg_image labels = {0};
        int32_t regions;
        ck_assert_int_eq(one->call(&labels, &regions, picture, ignore, one->options, env), SEG_OK);
        ck_assert_msg(regions == count, "%s: %d regions, expected %d", one->name, (int)regions,
                      (int)count);
        check_labels(&labels, &expected, one->name);
        seg_image_unref(&labels);
    }
    seg_scratch_free(&scratch);
}

static inline void partition_as_plain_code(const partition_case *one, uint64_t seed) {
    pixels_random random = pixels_random_start(seed);
    pixels_envs envs = pixels_envs_start();
    for (int round = 0; round < one->rounds; round++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, (uint32_t)one->longest);
        const int32_t height = 1 + (int32_t)pixels_below(&random, (uint32_t)one->longest);
        pixels_picture made =
            partition_scene(width, height, SEG_U8 + round % 3, 1 + (int)pixels_below(&random, 4),
                            (uint32_t)round % 10, &random);
        seg_image ignore = partition_ignore(width, height, round % 4 ? 5 : 60, &random);
        one->choose(one->options, &random);
        partition_compare(one, &made.image, round % 2 ? &ignore : NULL,
                          &envs.env[round % PIXELS_ENVS]);
        seg_image_unref(&ignore);
        pixels_free(&made);
    }
    pixels_envs_stop(&envs);
}

static inline bool plain_blocked(const seg_image *blocked, int32_t x, int32_t y) {
    return !seg_image_empty(blocked) && ((uint8_t *)seg_image_row(blocked, y))[x];
}

#endif
