/* Median kernels: the networks proven by the 0-1 principle, every level equal to the readable twin.
 */
#include "kernels/median.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 130

static const seg_median_kernels *const ref = &seg_median_kernels_ref;
static const seg_median_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_median_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_median_kernels_avx2;
#endif
}

/* A network that takes minima and maxima sorts all numbers if it sorts all zeros and ones. Columns
 * are sorted by the network as well, so a column counts by its number of ones: 6^5 windows. Each is
 * laid out on its own, 5 pixels wide. */
START_TEST(zero_one_principle) {
    for (int side = 3; side <= 5; side += 2) {
        const size_t edge = (size_t)side / 2;
        int windows = 1;
        for (int c = 0; c < side; c++)
            windows *= side + 1;
        const size_t count = (size_t)windows * (size_t)side;
        uint8_t *memory = calloc((size_t)side, count), *out = malloc(count);
        uint8_t *work = malloc((size_t)side * seg_median_work_row(count));
        const uint8_t *rows[5];
        for (int r = 0; r < side; r++)
            rows[r] = memory + (size_t)r * count + edge;
        for (int window = 0; window < windows; window++)
            for (int c = 0, code = window; c < side; c++, code /= side + 1)
                for (int r = 0; r < code % (side + 1); r++)
                    memory[(size_t)((r + c) % side) * count + (size_t)(window * side + c)] = 1;
        for (int i = -1; i < level_count; i++) {
            const seg_median_kernels *kernels = i < 0 ? ref : levels[i];
            kernels->median_u8(out, work, rows, side, 1, count - 2 * edge);
            for (int window = 0; window < windows; window++) {
                int ones = 0;
                for (int c = 0, code = window; c < side; c++, code /= side + 1)
                    ones += code % (side + 1);
                ck_assert_int_eq(out[window * side], 2 * ones > side * side);
            }
        }
        free(memory), free(out), free(work);
    }
}
END_TEST

#define CHECK_TYPE(type, format, suffix, largest_side)                                             \
    START_TEST(median_##suffix) {                                                                  \
        pixels_random random = pixels_random_start(21);                                            \
        for (size_t count = 1; count < LONGEST; count++) {                                         \
            for (int32_t side = 3; side <= (largest_side); side += 2) {                            \
                const size_t step = 1 + pixels_below(&random, 4);                                  \
                const size_t edge = (size_t)(side / 2) * step, wide = count + 2 * edge;            \
                type *memory = malloc((size_t)side * wide * sizeof *memory);                       \
                type *work = malloc((size_t)side * seg_median_work_row(wide * sizeof *work));      \
                const type *rows[SEG_MEDIAN_LARGEST_SIDE];                                         \
                const uint32_t kind = pixels_below(&random, 5);                                    \
                for (int32_t r = 0; r < side; r++) {                                               \
                    pixels_fill(memory + (size_t)r * wide, format, wide, kind,                     \
                                sizeof(type) == 1 ? 255 : 65535, &random);                         \
                    rows[r] = memory + (size_t)r * wide + edge;                                    \
                }                                                                                  \
                type want[LONGEST + 1], got[LONGEST + 1];                                          \
                memset(want, PIXELS_GUARD, sizeof want);                                           \
                memset(got, PIXELS_GUARD, sizeof got);                                             \
                ref->median_##suffix(want, work, rows, side, step, count);                         \
                for (int i = 0; i < level_count; i++) {                                            \
                    levels[i]->median_##suffix(got, work, rows, side, step, count);                \
                    ck_assert_mem_eq(got, want, sizeof want);                                      \
                }                                                                                  \
                free(memory), free(work);                                                          \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    END_TEST

CHECK_TYPE(uint8_t, SEG_U8, u8, SEG_MEDIAN_LARGEST_SIDE)
CHECK_TYPE(uint16_t, SEG_U16, u16, 5)
CHECK_TYPE(float, SEG_F32, f32, 5)

/* Of whole rows: what continued copies give. */
#define CHECK_WHOLE(type, format, suffix)                                                          \
    START_TEST(median_whole_##suffix) {                                                            \
        pixels_random random = pixels_random_start(24);                                            \
        for (size_t width = 1; width < LONGEST / 4; width++) {                                     \
            for (uint32_t kind = 0; kind < 8; kind++) {                                            \
                const size_t step = 1 + kind % 4, count = width * step;                            \
                const int32_t side = kind < 4 ? 3 : 5;                                             \
                const size_t edge = (size_t)(side / 2) * step, wide = count + 2 * edge;            \
                const size_t plane = SEG_MEDIAN_LEAD + seg_median_work_row(wide * sizeof(type));   \
                type *work = malloc((size_t)side * plane), *whole[5], *longer[5];                  \
                const type *rows[5], *continued[5];                                                \
                for (int32_t r = 0; r < side; r++) {                                               \
                    rows[r] = whole[r] = malloc(count * sizeof(type));                             \
                    longer[r] = malloc(wide * sizeof(type));                                       \
                    continued[r] = longer[r] + edge;                                               \
                    pixels_fill(whole[r], format, count, pixels_below(&random, 5),                 \
                                sizeof(type) == 1 ? 255 : 65535, &random);                         \
                    for (size_t i = 0; i < wide; i++) {                                            \
                        size_t at = i; /* in the longer row, of a pixel that there is */           \
                        while (at < edge)                                                          \
                            at += step;                                                            \
                        while (at >= edge + count)                                                 \
                            at -= step;                                                            \
                        longer[r][i] = whole[r][at - edge];                                        \
                    }                                                                              \
                }                                                                                  \
                type want[LONGEST + 1], got[LONGEST + 1];                                          \
                memset(want, PIXELS_GUARD, sizeof want);                                           \
                ref->median_##suffix(want, work, continued, side, step, count);                    \
                for (int i = -1; i < level_count; i++) {                                           \
                    const seg_median_kernels *kernels = i < 0 ? ref : levels[i];                   \
                    memset(got, PIXELS_GUARD, sizeof got);                                         \
                    kernels->median_whole_##suffix(got, work, rows, side, step, count);            \
                    ck_assert_mem_eq(got, want, sizeof want);                                      \
                }                                                                                  \
                for (int32_t r = 0; r < side; r++)                                                 \
                    free(whole[r]), free(longer[r]);                                               \
                free(work);                                                                        \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    END_TEST

CHECK_WHOLE(uint8_t, SEG_U8, u8)
CHECK_WHOLE(uint16_t, SEG_U16, u16)

START_TEST(columns_u8) {
    pixels_random random = pixels_random_start(22);
    for (uint32_t repeat = 0; repeat < 60; repeat++) {
        const int32_t side = 1 + 2 * (int32_t)pixels_below(&random, repeat % 3 ? 20 : 128);
        const size_t count = 1 + pixels_below(&random, 90), step = 1 + pixels_below(&random, 4);
        const size_t number = count + (size_t)side - 1;
        seg_median_columns columns;
        columns.fine = calloc(number, sizeof *columns.fine);
        columns.coarse = calloc(number, sizeof *columns.coarse);
        for (size_t column = 0; column < number; column++)
            for (int32_t k = 0; k < side; k++) {
                const uint32_t value = pixels_value(&random, repeat, 255);
                columns.fine[column][value]++;
                columns.coarse[column][value >> 4]++;
            }
        uint8_t want[90 * 4], got[90 * 4];
        memset(want, PIXELS_GUARD, sizeof want);
        ref->median_columns_u8(want, &columns, side, step, count);
        for (int i = 0; i < level_count; i++) {
            memset(got, PIXELS_GUARD, sizeof got);
            levels[i]->median_columns_u8(got, &columns, side, step, count);
            ck_assert_mem_eq(got, want, sizeof want);
        }
        free(columns.fine), free(columns.coarse);
    }
}
END_TEST

START_TEST(masks) {
    static const uint8_t values[] = {0, 127, 255};
    enum { MOST = 15 };
    pixels_random random = pixels_random_start(23);
    for (uint32_t repeat = 0; repeat < 200; repeat++) {
        const int32_t side = 1 + 2 * (int32_t)pixels_below(&random, 8);
        const size_t count = 1 + pixels_below(&random, LONGEST), wide = count + (size_t)side - 1;
        const uint32_t kinds = 2 + pixels_below(&random, 2); /* without 255, or with it */
        uint8_t mask[MOST + 1][LONGEST + MOST], want[LONGEST], got[LONGEST];
        for (int32_t r = 0; r <= side; r++)
            for (size_t x = 0; x < wide; x++)
                mask[r][x] = values[pixels_below(&random, kinds)];
        for (int i = -1; i < level_count; i++) {
            const seg_median_kernels *kernels = i < 0 ? ref : levels[i];
            uint8_t some[LONGEST + MOST] = {0}, full[LONGEST + MOST] = {0};
            for (int32_t r = 0; r < side; r++)
                kernels->mask_columns(some, full, mask[r], NULL, wide);
            kernels->mask_columns(some, full, mask[side], mask[0], wide); /* rows 1 .. side */
            memset(got, PIXELS_GUARD, sizeof got);
            kernels->median_mask(i < 0 ? want : got, some, full, side, count);
            if (i >= 0) ck_assert_mem_eq(got, want, count);
            if (i >= 0 && count < LONGEST) ck_assert_int_eq(got[count], PIXELS_GUARD);
        }
        for (size_t x = 0; x < count; x++) {
            int32_t lower = 0, upper = 0;
            for (int32_t r = 1; r <= side; r++)
                for (size_t k = 0; k < (size_t)side; k++) {
                    lower += mask[r][x + k] <= want[x];
                    upper += mask[r][x + k] >= want[x];
                }
            ck_assert(2 * lower > side * side && 2 * upper > side * side);
        }
    }
}
END_TEST

int main(void) {
    find_levels();
    const TTest *const tests[] = {zero_one_principle, median_u8,        median_u16, median_f32,
                                  median_whole_u8,    median_whole_u16, columns_u8, masks};
    return core_run("kernels_median", tests, sizeof tests / sizeof *tests);
}
