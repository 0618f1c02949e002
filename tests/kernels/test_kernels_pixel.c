/* Point kernels: every level gives what the readable twin gives, and stays within its rows. */
#include "kernels/pixel.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 130
#define REPEATS 12

static const seg_pixel_kernels *const ref = &seg_pixel_kernels_ref;
static const seg_pixel_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_pixel_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_pixel_kernels_avx2;
#endif
}

/* Exactly as many bytes as there are samples, so that sanitizers see every step beyond. */
static void *samples_of(int format, size_t count, uint32_t kind, uint32_t full,
                        pixels_random *random) {
    void *samples = malloc(count * seg_format_size((seg_format)format));
    ck_assert_ptr_nonnull(samples);
    pixels_fill(samples, format, count, kind, full, random);
    return samples;
}

static uint8_t want[LONGEST * 4 + 8], got[LONGEST * 4 + 8];

static void start_output(void) {
    memset(want, PIXELS_GUARD, sizeof want);
    memset(got, PIXELS_GUARD, sizeof got);
}

#define COMPARE(call_ref, call_level)                                                              \
    for (int which = 0; which < level_count; which++) {                                            \
        const seg_pixel_kernels *kernels = levels[which];                                          \
        start_output();                                                                            \
        call_ref;                                                                                  \
        call_level;                                                                                \
        ck_assert_mem_eq(got, want, sizeof got);                                                   \
    }

START_TEST(grey) {
    pixels_random random = pixels_random_start(1);
    for (int32_t width = 1; width < LONGEST; width++) {
        for (uint32_t kind = 0; kind < 5; kind++) {
            for (int32_t channels = 3; channels <= 4; channels++) {
                const size_t count = (size_t)width * (size_t)channels;
                uint8_t *a = samples_of(SEG_U8, count, kind, 255, &random);
                uint16_t *b = samples_of(SEG_U16, count, kind, 65535, &random);
                float *c = samples_of(SEG_F32, count, kind, 255, &random);
                COMPARE(ref->grey_u8(want, a, width, channels),
                        kernels->grey_u8(got, a, width, channels))
                COMPARE(ref->grey_u16((uint16_t *)want, b, width, channels),
                        kernels->grey_u16((uint16_t *)got, b, width, channels))
                COMPARE(ref->grey_f32((float *)want, c, width, channels),
                        kernels->grey_f32((float *)got, c, width, channels))
                free(a), free(b), free(c);
            }
        }
    }
}
END_TEST

START_TEST(tables) {
    pixels_random random = pixels_random_start(12);
    for (size_t width = 1; width < LONGEST; width++)
        for (uint32_t repeat = 0; repeat < REPEATS; repeat++) {
            uint8_t *a = samples_of(SEG_U8, width, repeat, 255, &random);
            uint8_t *table = samples_of(SEG_U8, 256, repeat / 2, 255, &random);
            COMPARE(ref->map_u8(want, a, table, width), kernels->map_u8(got, a, table, width))
            const int32_t step = (int32_t)pixels_below(&random, 511) - 255;
            COMPARE(ref->add_u8(want, a, step, width), kernels->add_u8(got, a, step, width))
            const float factor = (float)pixels_below(&random, 4096) / 1024 - 1;
            const float add = (float)pixels_below(&random, 4096) / 8 - 256;
            COMPARE(ref->line_u8(want, a, factor, add, width),
                    kernels->line_u8(got, a, factor, add, width))
            free(a), free(table);
        }
}
END_TEST

START_TEST(ranges) {
    pixels_random random = pixels_random_start(2);
    for (size_t width = 1; width < LONGEST; width++) {
        for (uint32_t repeat = 0; repeat < REPEATS; repeat++) {
            uint8_t *a = samples_of(SEG_U8, width, repeat, 255, &random);
            uint16_t *b = samples_of(SEG_U16, width, repeat, 65535, &random);
            float *c = samples_of(SEG_F32, width, repeat, 255, &random);
            uint32_t low = pixels_value(&random, repeat, 255);
            uint32_t high = low + pixels_below(&random, 256 - low);
            const uint8_t inside = repeat % 2 ? 255 : 0;
            COMPARE(ref->range_u8(want, a, width, (uint8_t)low, (uint8_t)high, inside),
                    kernels->range_u8(got, a, width, (uint8_t)low, (uint8_t)high, inside))
            COMPARE(ref->range_f32(want, c, width, (float)low / 255, (float)high / 255, inside),
                    kernels->range_f32(got, c, width, (float)low / 255, (float)high / 255, inside))
            low = pixels_value(&random, repeat, 65535);
            high = low + pixels_below(&random, 65536 - low);
            COMPARE(ref->range_u16(want, b, width, (uint16_t)low, (uint16_t)high, inside),
                    kernels->range_u16(got, b, width, (uint16_t)low, (uint16_t)high, inside))
            free(a), free(b), free(c);
        }
    }
}
END_TEST

START_TEST(differences) {
    pixels_random random = pixels_random_start(3);
    for (size_t width = 1; width < LONGEST; width++) {
        for (uint32_t repeat = 0; repeat < REPEATS; repeat++) {
            uint8_t *a = samples_of(SEG_U8, width, repeat, 255, &random);
            uint8_t *b = samples_of(SEG_U8, width, repeat, 255, &random);
            uint16_t *c = samples_of(SEG_U16, width, repeat, 65535, &random);
            uint16_t *d = samples_of(SEG_U16, width, repeat, 65535, &random);
            float *e = samples_of(SEG_F32, width, repeat, 255, &random);
            float *f = samples_of(SEG_F32, width, repeat, 255, &random);
            const uint8_t level = (uint8_t)pixels_value(&random, repeat, 255);
            const uint16_t wide = (uint16_t)pixels_value(&random, repeat, 65535);
            COMPARE(ref->differs_u8(want, a, b, width, level),
                    kernels->differs_u8(got, a, b, width, level))
            COMPARE(ref->differs_u16(want, c, d, width, wide),
                    kernels->differs_u16(got, c, d, width, wide))
            COMPARE(ref->differs_f32(want, e, f, width, (float)level * 257),
                    kernels->differs_f32(got, e, f, width, (float)level * 257))
            free(a), free(b), free(c), free(d), free(e), free(f);
        }
    }
}
END_TEST

START_TEST(masks) {
    pixels_random random = pixels_random_start(4);
    for (int32_t width = 1; width < LONGEST; width++) {
        for (int32_t channels = 2; channels <= 4; channels++) {
            uint8_t *a = samples_of(SEG_U8, (size_t)width * (size_t)channels, 1, 255, &random);
            uint8_t *ignore = samples_of(SEG_U8, (size_t)width, 3, 255, &random);
            COMPARE(ref->largest_sample(want, a, width, channels),
                    kernels->largest_sample(got, a, width, channels))
            COMPARE(
                (memcpy(want, a, (size_t)width), ref->clear_ignored(want, ignore, (size_t)width)),
                (memcpy(got, a, (size_t)width), kernels->clear_ignored(got, ignore, (size_t)width)))
            for (int level = 0; level < level_count; level++)
                ck_assert_uint_eq(levels[level]->count_set(a, (size_t)width),
                                  ref->count_set(a, (size_t)width));
            free(a), free(ignore);
        }
    }
    /* longer than the bytes of the inner counters can count */
    const size_t count = 3 * 255 * 32 + 17;
    uint8_t *mask = malloc(count);
    memset(mask, 255, count);
    for (int level = 0; level < level_count; level++)
        ck_assert_uint_eq(levels[level]->count_set(mask, count), count);
    free(mask);
}
END_TEST

START_TEST(zeros) {
    enum { MOST = 300 };
    uint8_t row[MOST];
    for (size_t count = 0; count <= MOST; count++)
        for (size_t first = 0; first <= count; first++) {
            for (size_t x = 0; x < MOST; x++)
                row[x] = (uint8_t)(x < first ? 0 : x == first ? 1U << x % 8 : (unsigned)(x % 2));
            ck_assert_uint_eq(ref->zeros_before(row, count), first);
            for (int level = 0; level < level_count; level++)
                ck_assert_uint_eq(levels[level]->zeros_before(row, count), first);
        }
}
END_TEST

START_TEST(conversions) {
    pixels_random random = pixels_random_start(5);
    for (size_t width = 1; width < LONGEST; width++) {
        for (uint32_t kind = 0; kind < 10; kind++) {
            uint8_t *a = samples_of(SEG_U8, width, kind, 255, &random);
            uint16_t *b = samples_of(SEG_U16, width, kind, 65535, &random);
            float *c = samples_of(SEG_F32, width, kind, kind % 2 ? 255 : 1 << 20, &random);
            const float full = kind % 2 ? 65535 : 4095;
            COMPARE(ref->u8_to_u16((uint16_t *)want, a, width),
                    kernels->u8_to_u16((uint16_t *)got, a, width))
            COMPARE(ref->u8_to_f32((float *)want, a, width),
                    kernels->u8_to_f32((float *)got, a, width))
            COMPARE(ref->u16_to_u8(want, b, width), kernels->u16_to_u8(got, b, width))
            COMPARE(ref->u16_to_f32((float *)want, b, width, full),
                    kernels->u16_to_f32((float *)got, b, width, full))
            COMPARE(ref->f32_to_u8(want, c, width), kernels->f32_to_u8(got, c, width))
            COMPARE(ref->f32_to_u16((uint16_t *)want, c, width),
                    kernels->f32_to_u16((uint16_t *)got, c, width))
            free(a), free(b), free(c);
        }
    }
}
END_TEST

/* Every 16-bit sample, and floats around every tie of 8 bits. */
START_TEST(conversions_exhaustive) {
    for (uint32_t value = 0; value < 65536; value++) {
        const uint16_t in = (uint16_t)value;
        const float near_tie = nextafterf(((float)(value >> 8) + 0.5f) / 255, value & 1 ? 0 : 1);
        uint8_t a, b;
        float f;
        ref->u16_to_u8(&a, &in, 1);
        ck_assert_uint_eq(a, (uint8_t)floor(value * 255.0 / 65535.0 + 0.5));
        for (int level = 0; level < level_count; level++) {
            levels[level]->u16_to_u8(&b, &in, 1);
            ck_assert_uint_eq(b, a);
            uint16_t back;
            levels[level]->u16_to_f32(&f, &in, 1, 65535);
            levels[level]->f32_to_u16(&back, &f, 1);
            ck_assert_uint_eq(back, value);
            uint8_t c;
            ref->f32_to_u8(&c, &near_tie, 1);
            levels[level]->f32_to_u8(&b, &near_tie, 1);
            ck_assert_uint_eq(b, c);
        }
    }
}
END_TEST

START_TEST(counting) {
    pixels_random random = pixels_random_start(6);
    uint32_t *pairs = malloc(65536 * sizeof *pairs);
    for (uint32_t repeat = 0; repeat < 300; repeat++) {
        const size_t count = repeat < 129 ? repeat + 1 : 1 + pixels_below(&random, 5000);
        uint8_t *values = samples_of(SEG_U8, count, repeat, 255, &random);
        uint32_t expected[256] = {0}, counted[256];
        ref->count_u8(expected, values, count);
        for (int level = -1; level < level_count; level++) {
            const seg_pixel_kernels *kernels = level < 0 ? ref : levels[level];
            memset(counted, 0, sizeof counted);
            kernels->count_u8(counted, values, count);
            ck_assert_mem_eq(counted, expected, sizeof counted);
            memset(counted, 0, sizeof counted);
            memset(pairs, 0, 65536 * sizeof *pairs);
            kernels->count_pairs_u8(pairs, counted, values, count);
            kernels->fold_pairs(counted, pairs);
            ck_assert_mem_eq(counted, expected, sizeof counted);
        }
        free(values);
    }
    free(pairs);
}
END_TEST

int main(void) {
    find_levels();
    const TTest *const tests[] = {grey,    tables, ranges,      differences,
                                  masks,   zeros,  conversions, conversions_exhaustive,
                                  counting};
    return core_run("kernels_pixel", tests, sizeof tests / sizeof *tests);
}
