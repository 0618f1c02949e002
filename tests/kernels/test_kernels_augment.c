/* Kernels of augmentations: every level gives what the readable twin gives. */
#include "kernels/augment.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 130

static const seg_augment_kernels *const ref = &seg_augment_kernels_ref;

static const seg_augment_kernels *level_of(int which) {
    if (which == 0) return &seg_augment_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) return &seg_augment_kernels_avx2;
#endif
    return NULL;
}

/* Exactly as many samples as are asked for, so that sanitizers see every step beyond. */
static uint8_t *bytes_of(size_t count, uint32_t kind, pixels_random *random) {
    uint8_t *bytes = malloc(count);
    ck_assert_ptr_nonnull(bytes);
    pixels_fill(bytes, SEG_U8, count, kind, 255, random);
    return bytes;
}

START_TEST(words) {
    pixels_random random = pixels_random_start(1);
    for (size_t count = 1; count < 40; count++)
        for (int which = 0; which < 2 && level_of(which); which++) {
            const seg_random stream =
                seg_random_stream(pixels_below(&random, 1u << 31) * (uint64_t)0x100000007,
                                  pixels_below(&random, 1000), pixels_below(&random, 10));
            const uint32_t index = count % 3 ? pixels_below(&random, 5000) : UINT32_MAX - 9;
            uint32_t *want = malloc(16 * count), *got = malloc(16 * count);
            ref->words(want, &stream, index, count);
            level_of(which)->words(got, &stream, index, count);
            ck_assert_mem_eq(got, want, 16 * count);
            free(want), free(got);
        }
}
END_TEST

START_TEST(noise) {
    pixels_random random = pixels_random_start(2);
    int16_t steps[SEG_QUANTILES];
    for (size_t count = 1; count < 700; count += count < LONGEST ? 1 : 37)
        for (int which = 0; which < 2 && level_of(which); which++) {
            uint32_t *drawn = malloc((count + 1) / 2 * sizeof *drawn);
            for (size_t i = 0; i < (count + 1) / 2; i++)
                drawn[i] = pixels_below(&random, 1u << 31) << 1 ^ pixels_below(&random, 1u << 31);
            const int32_t most = count % 4 ? 20 : 1000;
            for (int i = 0; i < SEG_QUANTILES; i++)
                steps[i] = (int16_t)((int32_t)pixels_below(&random, 2 * (uint32_t)most) - most);
            uint8_t *source = bytes_of(count, (uint32_t)count, &random);
            uint8_t *want = malloc(count), *got = malloc(count);
            ref->noise_u8(want, source, drawn, steps, count);
            level_of(which)->noise_u8(got, source, drawn, steps, count);
            ck_assert_mem_eq(got, want, count);
            level_of(which)->noise_u8(source, source, drawn, steps, count); /* in place */
            ck_assert_mem_eq(source, want, count);
            free(drawn), free(source), free(want), free(got);
        }
}
END_TEST

static void compare_hsv(const uint8_t *source, const seg_hsv_change *change, size_t width,
                        size_t channels) {
    uint8_t *want = malloc(width * channels), *got = malloc(width * channels);
    ref->hsv_u8(want, source, change, width, channels);
    for (int which = 0; which < 2 && level_of(which); which++) {
        level_of(which)->hsv_u8(got, source, change, width, channels);
        ck_assert_mem_eq(got, want, width * channels);
    }
    free(want), free(got);
}

START_TEST(hues) {
    pixels_random random = pixels_random_start(3);
    for (size_t width = 1; width < LONGEST; width++)
        for (size_t channels = 3; channels <= 4; channels++)
            for (uint32_t kind = 0; kind < 5; kind++) {
                const seg_hsv_change change = {(float)pixels_below(&random, 1001) / 1000 - 0.5f,
                                               (float)pixels_below(&random, 2001) / 1000,
                                               (float)pixels_below(&random, 2001) / 1000};
                uint8_t *source = bytes_of(width * channels, kind, &random);
                compare_hsv(source, &change, width, channels);
                free(source);
            }
}
END_TEST

/* Nothing turned and nothing multiplied: the same colours, all that there are on a grid. */
START_TEST(unchanged_hues) {
    const seg_hsv_change none = {0, 1, 1};
    uint8_t source[52 * 3], got[52 * 3];
    for (int r = 0; r < 256; r += 5)
        for (int g = 0; g < 256; g += 5) {
            for (int b = 0; b < 52; b++) {
                source[3 * b] = (uint8_t)r;
                source[3 * b + 1] = (uint8_t)g;
                source[3 * b + 2] = (uint8_t)(5 * b);
            }
            compare_hsv(source, &none, 52, 3);
            ref->hsv_u8(got, source, &none, 52, 3);
            ck_assert_mem_eq(got, source, sizeof got);
        }
}
END_TEST

CORE_MAIN("kernels_augment", words, noise, hues, unchanged_hues)
