/* Filter kernels: every level gives what the readable twin gives, and stays within its rows. */
#include "kernels/filter.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 200
#define LARGEST_RADIUS 9

static const seg_filter_kernels *const ref = &seg_filter_kernels_ref;
static const seg_filter_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_filter_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_filter_kernels_avx2;
#endif
}

/* Taps of any shape that sum to `one`: all in the centre, or spread, or at the outside. */
static void random_taps(uint32_t *taps, int32_t radius, uint32_t one, pixels_random *random) {
    uint32_t left = one / 2;
    const uint32_t shape = pixels_below(random, 3);
    for (int32_t k = radius; k >= 1; k--) {
        const uint32_t most = shape == 0 ? left : shape == 1 ? left / 2 : left / (uint32_t)k;
        taps[k] = pixels_below(random, most + 1);
        left -= taps[k];
    }
    taps[0] = one;
    for (int32_t k = 1; k <= radius; k++)
        taps[0] -= 2 * taps[k];
}

/* Rows of exactly `count` samples. */
static void *make_rows(void **rows, int32_t number, int format, size_t count, uint32_t kind,
                       pixels_random *random) {
    const size_t size = count * seg_format_size((seg_format)format);
    uint8_t *memory = malloc(size * (size_t)number);
    for (int32_t r = 0; r < number; r++) {
        rows[r] = memory + (size_t)r * size;
        pixels_fill(rows[r], format, count, kind, format == SEG_U8 ? 255 : 65535, random);
    }
    return memory;
}

START_TEST(blur_u8) {
    pixels_random random = pixels_random_start(11);
    for (size_t count = 1; count < LONGEST; count++) {
        for (uint32_t kind = 0; kind < 5; kind++) {
            const int32_t radius = (int32_t)pixels_below(&random, LARGEST_RADIUS + 1);
            const size_t step = 1 + pixels_below(&random, 4), edge = (size_t)radius * step;
            uint32_t wide[LARGEST_RADIUS + 1];
            uint16_t taps[LARGEST_RADIUS + 1];
            random_taps(wide, radius, 256, &random);
            for (int32_t k = 0; k <= radius; k++)
                taps[k] = (uint16_t)wide[k];
            void *rows[2 * LARGEST_RADIUS + 1];
            void *memory = make_rows(rows, 2 * radius + 1, SEG_U8, count, kind, &random);
            const uint8_t *in[2 * LARGEST_RADIUS + 1];
            for (int32_t r = 0; r <= 2 * radius; r++)
                in[r] = rows[r];
            /* one sample more can be read; what it is must not matter */
            int16_t *sums = malloc((count + 2 * edge + 1) * sizeof *sums);
            for (size_t i = 0; i < count + 2 * edge + 1; i++)
                sums[i] = (int16_t)((int32_t)pixels_value(&random, kind, 65280) - 32768);
            int16_t down[2][LONGEST + 1];
            uint8_t across[2][LONGEST + 1];
            memset(down, PIXELS_GUARD, sizeof down);
            memset(across, PIXELS_GUARD, sizeof across);
            ref->blur_down_u8(down[0], in, taps, radius, count);
            ref->blur_across_u8(across[0], sums + edge, taps, radius, step, count);
            for (int i = 0; i < level_count; i++) {
                sums[count + 2 * edge] = (int16_t)pixels_below(&random, 65536);
                memset(down[1], PIXELS_GUARD, sizeof down[1]);
                memset(across[1], PIXELS_GUARD, sizeof across[1]);
                levels[i]->blur_down_u8(down[1], in, taps, radius, count);
                levels[i]->blur_across_u8(across[1], sums + edge, taps, radius, step, count);
                ck_assert_mem_eq(down[1], down[0], sizeof down[0]);
                ck_assert_mem_eq(across[1], across[0], sizeof across[0]);
            }
            free(sums), free(memory);
        }
    }
}
END_TEST

/* The largest samples under all taps: the sums must not wrap. */
START_TEST(blur_u8_extremes) {
    uint8_t white[64];
    memset(white, 255, sizeof white);
    const uint8_t *rows[7] = {white, white, white, white, white, white, white};
    const uint16_t taps[][4] = {
        {256, 0, 0, 0}, {128, 64, 0, 0}, {78, 61, 28, 0}, {0, 0, 0, 128}, {127, 64, 0, 0}};
    for (size_t t = 0; t < sizeof taps / sizeof *taps; t++) {
        const int32_t whole = taps[t][0] + 2 * (taps[t][1] + taps[t][2] + taps[t][3]);
        for (int i = -1; i < level_count; i++) {
            int16_t sums[71];
            uint8_t out[64];
            (i < 0 ? ref : levels[i])->blur_down_u8(sums, rows, taps[t], 3, 64);
            for (int x = 0; x < 64; x++)
                ck_assert_int_eq(sums[x], 255 * whole - 32768);
            for (int x = 0; x < 71; x++)
                sums[x] = 65280 - 32768;
            (i < 0 ? ref : levels[i])->blur_across_u8(out, sums + 3, taps[t], 3, 1, 64);
            for (int x = 0; x < 64 && whole == 256; x++)
                ck_assert_uint_eq(out[x], 255);
        }
    }
}
END_TEST

START_TEST(blur_u16) {
    pixels_random random = pixels_random_start(12);
    for (size_t count = 1; count < LONGEST; count++) {
        const int32_t radius = (int32_t)pixels_below(&random, LARGEST_RADIUS + 1);
        const size_t step = 1 + pixels_below(&random, 4), edge = (size_t)radius * step;
        uint32_t taps[LARGEST_RADIUS + 1];
        random_taps(taps, radius, 65536, &random);
        void *rows[2 * LARGEST_RADIUS + 1];
        void *memory = make_rows(rows, 2 * radius + 1, SEG_U16, count, (uint32_t)count, &random);
        const uint16_t *in[2 * LARGEST_RADIUS + 1];
        for (int32_t r = 0; r <= 2 * radius; r++)
            in[r] = rows[r];
        uint32_t *sums = malloc((count + 2 * edge + 1) * sizeof *sums);
        for (size_t i = 0; i < count + 2 * edge + 1; i++)
            sums[i] = pixels_value(&random, (uint32_t)count, 65535) << 16;
        uint32_t down[2][LONGEST + 1];
        uint16_t across[2][LONGEST + 1];
        memset(down, PIXELS_GUARD, sizeof down);
        memset(across, PIXELS_GUARD, sizeof across);
        ref->blur_down_u16(down[0], in, taps, radius, count);
        ref->blur_across_u16(across[0], sums + edge, taps, radius, step, count);
        for (int i = 0; i < level_count; i++) {
            levels[i]->blur_down_u16(down[1], in, taps, radius, count);
            levels[i]->blur_across_u16(across[1], sums + edge, taps, radius, step, count);
            ck_assert_mem_eq(down[1], down[0], sizeof down[0]);
            ck_assert_mem_eq(across[1], across[0], sizeof across[0]);
        }
        free(sums), free(memory);
    }
}
END_TEST

START_TEST(blur_f32) {
    pixels_random random = pixels_random_start(13);
    for (size_t count = 1; count < LONGEST; count++) {
        const int32_t radius = (int32_t)pixels_below(&random, LARGEST_RADIUS + 1);
        const size_t step = 1 + pixels_below(&random, 4), edge = (size_t)radius * step;
        float taps[LARGEST_RADIUS + 1];
        for (int32_t k = 0; k <= radius; k++)
            taps[k] = (float)pixels_below(&random, 1000) / 4321;
        void *rows[2 * LARGEST_RADIUS + 1], *sums[1];
        void *memory = make_rows(rows, 2 * radius + 1, SEG_F32, count, (uint32_t)count, &random);
        void *more = make_rows(sums, 1, SEG_F32, count + 2 * edge + 1, 0, &random);
        const float *in[2 * LARGEST_RADIUS + 1];
        for (int32_t r = 0; r <= 2 * radius; r++)
            in[r] = rows[r];
        float down[2][LONGEST + 1], across[2][LONGEST + 1];
        memset(down, PIXELS_GUARD, sizeof down);
        memset(across, PIXELS_GUARD, sizeof across);
        ref->blur_down_f32(down[0], in, taps, radius, count);
        ref->blur_across_f32(across[0], (float *)more + edge, taps, radius, step, count);
        for (size_t i = 0; i < count; i++)
            ck_assert(isfinite(down[0][i]));
        for (int i = 0; i < level_count; i++) {
            levels[i]->blur_down_f32(down[1], in, taps, radius, count);
            levels[i]->blur_across_f32(across[1], (float *)more + edge, taps, radius, step, count);
            ck_assert_mem_eq(down[1], down[0], sizeof down[0]);
            ck_assert_mem_eq(across[1], across[0], sizeof across[0]);
        }
        free(more), free(memory);
    }
}
END_TEST

START_TEST(sobel) {
    pixels_random random = pixels_random_start(14);
    for (size_t count = 1; count < LONGEST; count++) {
        for (int32_t aperture = 3; aperture <= 5; aperture += 2) {
            const size_t edge = (size_t)aperture / 2;
            void *rows[5];
            void *memory = make_rows(rows, 5, SEG_U8, count, (uint32_t)count, &random);
            const uint8_t *in[5] = {rows[0], rows[1], rows[2], rows[3], rows[4]};
            int16_t *smooth = malloc((count + 2 * edge) * sizeof *smooth);
            int16_t *slope = malloc((count + 2 * edge) * sizeof *slope);
            for (size_t i = 0; i < count + 2 * edge; i++) {
                smooth[i] = (int16_t)pixels_value(&random, (uint32_t)count, 4080);
                slope[i] = (int16_t)((int32_t)pixels_value(&random, (uint32_t)count, 1530) - 765);
            }
            int16_t out[2][4][LONGEST + 1];
            memset(out, PIXELS_GUARD, sizeof out);
            ref->sobel_down(out[0][0], out[0][1], in, aperture, count);
            ref->sobel_across(out[0][2], out[0][3], smooth + edge, slope + edge, aperture, count);
            for (int i = 0; i < level_count; i++) {
                levels[i]->sobel_down(out[1][0], out[1][1], in, aperture, count);
                levels[i]->sobel_across(out[1][2], out[1][3], smooth + edge, slope + edge, aperture,
                                        count);
                ck_assert_mem_eq(out[1], out[0], sizeof out[0]);
            }
            free(smooth), free(slope), free(memory);
        }
    }
}
END_TEST

int main(void) {
    find_levels();
    const TTest *const tests[] = {blur_u8, blur_u8_extremes, blur_u16, blur_f32, sobel};
    return core_run("kernels_filter", tests, sizeof tests / sizeof *tests);
}
